"""Tests of the rules that hosts write: as values, as tables, and wrong ones."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from typing import Any

import pytest

from booker_components.errors import ConfigurationError
from booker_components.subscribers.salesforce import (
    Cancellation,
    FieldKind,
    FieldMap,
    Match,
    NameOrder,
    OwnerRule,
    Record,
    SalesforceRules,
    Ties,
    TooLong,
)
from booker_components.subscribers.salesforce.reading import check_choices, read_rules
from booker_components.subscribers.salesforce.rules import rules_of
from booker_components.values import EventType, Host, Question, QuestionKind

from .desk import BOOKING

TABLES = """
["*"]
register_lead = false

[intro-call]
register_lead = false
register_contact = true
activity = true
overwrite = true
record_type = "Web"
person_accounts = true
cancelled = "mark"
names = "last first"
company = "firm"
no_company = "None"
subject = "{title} with {host}"
ties = "oldest"
owner = {host = true, user = "ann@example.com"}
match = [{record = "Contact"}, {record = "Lead", where = "Rating = 'Hot'"}]

[intro-call.fields]
topic = "Topic__c"
days = {name = "Days__c", kind = "multipicklist", contact = "Dates__c", values = {Mon = "1"}, required = true}
story = {name = "Story__c", kind = "long text", length = 100, too_long = "refuse"}
"""

INTRO = SalesforceRules(
    register_lead=False,
    register_contact=True,
    overwrite=True,
    record_type="Web",
    person_accounts=True,
    cancelled=Cancellation.MARK,
    names=NameOrder.LAST_FIRST,
    company="firm",
    no_company="None",
    subject="{title} with {host}",
    ties=Ties.OLDEST,
    owner=OwnerRule(host=True, user="ann@example.com"),
    match=(Match(record=Record.CONTACT), Match(record=Record.LEAD, where="Rating = 'Hot'")),
    fields={
        "topic": FieldMap("Topic__c"),
        "days": FieldMap(
            "Days__c", kind=FieldKind.MULTIPICKLIST, contact="Dates__c", values={"Mon": "1"}, required=True
        ),
        "story": FieldMap("Story__c", kind=FieldKind.LONG_TEXT, length=100, too_long=TooLong.REFUSE),
    },
)


def test_tables_say_all_that_values_do() -> None:
    """Every field of the rules can be written as in TOML, and values pass through."""
    tables = tomllib.loads(TABLES)

    assert read_rules(tables)["intro-call"] == INTRO
    assert read_rules({"intro-call": INTRO})["intro-call"] is INTRO


def test_an_event_type_has_its_own_rules_or_those_of_all() -> None:
    """'*' is for event types without rules of their own; without it there are none for these."""
    rules = read_rules(tomllib.loads(TABLES))

    assert rules_of(BOOKING, rules) == INTRO
    assert rules_of(replace(BOOKING, event_type="other"), rules) == SalesforceRules(register_lead=False)
    assert rules_of(replace(BOOKING, event_type="other"), {"intro-call": INTRO}) is None


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        pytest.param(3, "must map slugs", id="number"),
        pytest.param({"": {}}, "must map slugs", id="no slug"),
        pytest.param({"*": 3}, "must be a SalesforceRules or a mapping", id="no rules"),
        pytest.param({"*": {"overwrites": True}}, "did you mean 'overwrite'", id="misspelt"),
        pytest.param({"*": {"qqqq": True}}, "it takes activity", id="unknown"),
        pytest.param({"*": {"overwrite": "yes"}}, "'\\*.overwrite' is 'yes'", id="no flag"),
        pytest.param({"*": {"record_type": 3}}, "must be a text", id="no text"),
        pytest.param({"*": {"cancelled": "keep"}}, "one of 'delete', 'mark'", id="no choice"),
        pytest.param({"*": {"fields": ["a"]}}, "must map questions", id="list of fields"),
        pytest.param({"*": {"fields": {"a": "No Field"}}}, "the API name", id="no API name"),
        pytest.param({"*": {"fields": {"a": "A__c', Id"}}}, "the API name", id="hostile name"),
        pytest.param({"*": {"fields": {"a": {}}}}, "lacks 'name'", id="field without name"),
        pytest.param({"*": {"fields": {"a": {"name": "A", "length": 0}}}}, "below 1", id="no length"),
        pytest.param({"*": {"fields": {"a": {"name": "A", "length": True}}}}, "whole number", id="flag"),
        pytest.param({"*": {"fields": {"a": {"name": "A", "values": 3}}}}, "choices to values", id="values"),
        pytest.param({"*": {"match": []}}, "empty 'match'", id="no match"),
        pytest.param({"*": {"match": "Lead"}}, "list of records", id="match as text"),
        pytest.param({"*": {"match": [{"record": "Account"}]}}, "'Lead', 'Contact'", id="other record"),
        pytest.param({"*": {"match": [{"where": "x"}]}}, "lacks 'record'", id="match without record"),
        pytest.param({"*": {"register_contact": True}}, "'register_lead' to False", id="both switches"),
        pytest.param({"*": {"no_company": ""}}, "a Lead needs one", id="no company"),
        pytest.param({"*": {"subject": "{email}"}}, "{title}, {name} and {host}", id="subject"),
        pytest.param({"*": {"subject": "{title"}}, "in braces", id="broken subject"),
        pytest.param({"*": {"subject": ""}}, "in braces", id="no subject"),
        pytest.param({"*": {"subject": "{title.uid}"}}, "in braces", id="part of a title"),
    ],
)
def test_wrong_rules_are_named(setting: Any, said: str) -> None:
    """What is wrong is said at the start, with its place and the remedy."""
    with pytest.raises(ConfigurationError, match=said):
        read_rules(setting)


def test_a_value_with_a_semicolon_is_refused() -> None:
    """A multi-select picklist parts its values by ';' (contracts/jicoo.md 8.6)."""
    with pytest.raises(ConfigurationError, match="parts its values"):
        FieldMap("Days__c", kind=FieldKind.MULTIPICKLIST, values={"Mon": "1;2"})


@pytest.mark.parametrize(
    ("field", "refused"),
    [
        pytest.param(FieldMap("Days__c", kind=FieldKind.MULTIPICKLIST), True, id="multi-select"),
        pytest.param(
            FieldMap("Days__c", kind=FieldKind.MULTIPICKLIST, values={"a;b": "ab"}), False, id="renamed"
        ),
        pytest.param(FieldMap("Days__c"), False, id="text"),
    ],
)
def test_a_choice_with_a_semicolon_is_refused_at_the_start(field: FieldMap, refused: bool) -> None:
    """The choices of declared questions are looked at before anybody makes one."""
    days = Question(slug="days", label="Days", kind=QuestionKind.CHECKBOXES, options=("a;b", "c"))
    host = Host(slug="ada", name="Ada", zone="UTC")
    event_type = EventType(slug="talk", title="Talk", hosts=(host,), questions=(days,))
    rules = {"*": SalesforceRules(fields={"days": field})}

    if refused:
        with pytest.raises(ConfigurationError, match="'a;b'"):
            check_choices(rules, [event_type])
    else:
        check_choices(rules, [event_type])
