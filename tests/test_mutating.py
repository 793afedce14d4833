"""Tests of mutation testing itself, and what docs/testing.md says is true: its files, commands and sums."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from .mutating import table, undecorated

ROOT = Path(__file__).resolve().parent.parent
PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")

SOURCE = '''\
from functools import lru_cache


@lru_cache(maxsize=2)
def twice(number):
    """Give the double."""
    return [2 * number]


class Box:
    @property
    def size(self):
        return 3

    @classmethod
    def of(cls):
        return cls()
'''


def test_properties_and_caches_are_changed_too() -> None:
    """Their functions stand without a decorator, and are what they were."""
    source = undecorated(SOURCE)

    names: dict[str, object] = {}
    exec(source, names)

    assert re.findall(r"@\w+", source) == ["@classmethod"]
    assert eval("twice(2) is twice(2) and twice(2) == [4]", names)
    assert eval("Box.of().size", names) == 3


def test_scores_are_counted_by_module() -> None:
    """As mutmut lists them, with what all of them add up to."""
    results = """
    booker_components.links.x_read__mutmut_1: killed
    booker_components.links.xǁLinksǁcheck__mutmut_2: timeout
    booker_components.policy.x_may_hold__mutmut_1: no tests
    booker_components.policy.x_may_hold__mutmut_2: survived
    """

    rows = table(results.strip()).splitlines()[2:]

    assert rows == [
        "| links | 2 | 1 | 1 | 0 |",
        "| policy | 2 | 0 | 0 | 2 |",
        "| all | 4 | 1 | 1 | 2 |",
    ]


def rows() -> dict[str, list[int]]:
    """Give the scores of the page by module."""
    found = re.findall(r"^\| `?([\w./]+)`? \|((?: \d+ \|)+)$", PAGE, flags=re.MULTILINE)
    return {module: [int(figure) for figure in figures.split("|")[:-1]] for module, figures in found}


def test_every_module_that_is_changed_has_a_score() -> None:
    """Those of [tool.mutmut] that hold any function."""
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]

    modules = {str(path.relative_to(ROOT)) for pattern in wanted for path in ROOT.glob(pattern)}

    assert set(rows()) - {"all"} == {module.removeprefix("booker_components/") for module in modules}


def test_the_scores_add_up() -> None:
    """Every change was noticed, or makes no difference for a reason that is told; nothing is left."""
    scores = rows()
    total = scores.pop("all")

    assert total == [sum(figures) for figures in zip(*scores.values(), strict=True)]
    assert all(mutants == killed + equivalent for mutants, killed, equivalent in scores.values())


def test_what_the_page_names_is_there() -> None:
    """Files and folders of the tests, commands of the Makefile, variables that tests read."""
    tests = [path.read_text() for path in (ROOT / "tests").rglob("*.py")]
    makefile = (ROOT / "Makefile").read_text()

    files = re.findall(r"`((?:tests|booker_components)/[\w./]*)`", PAGE)
    targets = re.findall(r"(?:^|`)make (\w+)", PAGE, flags=re.MULTILINE)
    variables = re.findall(r"`?(BOOKER_\w+)", PAGE)

    assert files
    assert [file for file in files if not (ROOT / file).exists()] == []
    assert [target for target in targets if not re.search(rf"^{target}:", makefile, re.MULTILINE)] == []
    assert [name for name in variables if not any(name in each for each in tests)] == []
