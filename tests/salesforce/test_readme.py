"""What the README says of Salesforce is true: its example runs, its names are there."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from booker_components import Booker
from booker_components.settings import settings_table
from booker_components.subscribers.salesforce import FieldKind, SalesforceRules
from booker_components.subscribers.salesforce.rules import SOURCES
from booker_components.testing import FakeSalesforce

from ..conftest import INTRO
from ..test_readme import README, blocks
from .desk import KEY

SECTION = README.partition("## Salesforce\n")[2].partition("\n## ")[0]
EXAMPLES = [each for each in blocks("python") if "BOOKER_SALESFORCE" in each]


def test_the_example_fits_an_org(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of the example, with an org that has its fields, pass the check."""
    example, _ = EXAMPLES
    config: dict[str, Any] = {}
    with FakeSalesforce() as org:
        org.add_field("Event", KEY, external_id=True)
        for record in ("Lead", "Contact"):
            org.add_field(record, "Topic__c")
            org.add_field(record, "Size__c", type="picklist", picklist=("Small", "Large"))
            org.add_field(record, "Days__c", type="multipicklist", picklist=("Mon", "Tue"))
        monkeypatch.setenv("SALESFORCE_CLIENT_ID", org.credentials.consumer_key)
        monkeypatch.setenv("SALESFORCE_PRIVATE_KEY", org.credentials.private_key)
        exec(example, {"app": SimpleNamespace(config=config)})
        username = {"BOOKER_SALESFORCE_USERNAME": org.credentials.username}
        app = make_app(**(config | username), BOOKER_SALESFORCE_URL=org.url)

        result = app.test_cli_runner().invoke(args=["booker", "salesforce", "check"])

    assert result.exit_code == 0, result.output
    assert "'check-up': 3 mapped fields fit the org." in result.output


def test_the_example_of_the_stand_in_passes_the_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    """An app of the ten lines writes to the pretended org, which has all that is wanted."""
    app = Flask("partner", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")

    exec(EXAMPLES[1], {"app": app, "Booker": Booker})
    request.addfinalizer(app.extensions["booker"].storage.close)

    said = capsys.readouterr().out
    assert "ok     '*': 0 mapped fields fit the org." in said
    assert "WRONG" not in said
    assert said.endswith("[] []\n")


def test_every_rule_is_told_with_its_default() -> None:
    """The table names every field of the rules, and no other."""
    table = SECTION.partition("| Rule |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`(\w+)`", row.split("|")[1])}

    assert named == {each.name for each in fields(SalesforceRules)}


def test_every_word_is_one_of_ours() -> None:
    """Settings, kinds and sources that the section names exist."""
    settings = set(re.findall(r"BOOKER_[A-Z_]*[A-Z]", SECTION))

    assert all(f"`{each}`" in settings_table() for each in settings)
    assert all(f"`{each}`" in SECTION for each in FieldKind)
    assert all(f"`{each}`" in SECTION for each in SOURCES)
