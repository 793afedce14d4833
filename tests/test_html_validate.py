"""Every example before html-validate, where that is installed; test_examples.py reads them in any case."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

from booker_components.examples import EXAMPLES

from .test_examples import page

#: The program, from `npm install html-validate` (10 or newer).
VALIDATOR = os.environ.get("BOOKER_HTML_VALIDATE") or shutil.which("html-validate")

if VALIDATOR:

    def test_html_validate_finds_nothing(tmp_path: Path) -> None:
        """In the pages of the examples that people see; those for tests have markup for addresses."""
        assert VALIDATOR
        for each in EXAMPLES:
            if not each.hidden:
                (tmp_path / f"{each.name}.html").write_text(page(each), "utf-8")
        rules = tmp_path / "rules.json"
        rules.write_text(json.dumps({"root": True, "extends": ["html-validate:standard"]}))

        ran = subprocess.run(
            [VALIDATOR, "--config", rules, "--formatter", "text", *sorted(tmp_path.glob("*.html"))],
            capture_output=True,
            text=True,
            check=False,
        )

        assert (ran.stdout, ran.stderr, ran.returncode) == ("", "", 0)
