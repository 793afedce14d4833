"""`flask booker salesforce check` finds what does not fit, and shows what would be sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from booker_components import create_booking
from booker_components.testing import FakeSalesforce, FrozenClock

from ..conftest import MONDAY, TUESDAY
from .desk import KEY, config_of

MakeApp = Callable[..., Flask]

MAPPED: dict[str, Any] = {
    "topic": "Topic__c",
    "size": {"name": "Size__c", "kind": "picklist"},
    "days": {"name": "Days__c", "kind": "multipicklist"},
}


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of the app."""
    return FrozenClock(MONDAY)


@pytest.fixture
def org(clock: FrozenClock) -> Iterator[FakeSalesforce]:
    """An org whose fields fit the questions of the check-up."""
    with FakeSalesforce(clock=clock) as made:
        made.add_field("Event", KEY, external_id=True, case_sensitive=True)
        for record in ("Lead", "Contact"):
            made.add_field(record, "Topic__c")
            made.add_field(record, "Size__c", type="picklist", picklist=("Small", "Large"))
            made.add_field(record, "Days__c", type="multipicklist", picklist=("Mon", "Tue"))
        yield made


@pytest.fixture
def check(make_app: MakeApp, org: FakeSalesforce) -> Callable[..., Result]:
    """Run the check of an app whose check-up has these rules."""

    def run(*words: str, config: dict[str, Any] | None = None, **rules: Any) -> Result:
        salesforce = {"check-up": {"fields": MAPPED} | rules}
        app = make_app(BOOKER_DISPATCH="none", **config_of(org, salesforce=salesforce) | (config or {}))
        result: Result = app.test_cli_runner().invoke(args=["booker", "salesforce", "check", *words])
        return result

    return run


def test_all_is_well(check: Callable[..., Result], org: FakeSalesforce) -> None:
    """Login, fields and questions fit; nothing is written."""
    result = check()

    assert result.exit_code == 0
    assert "ok     Logged in at 127.0.0.1" in result.output
    assert "(by key)" in result.output
    assert "ok     'check-up': 3 mapped fields fit the org." in result.output
    assert "note   'BOOKER_MAIL_URL' is not set" in result.output
    assert {each.method for each in org.requests if "sobjects" in each.path} == {"GET"}


def test_a_refused_login_ends_the_check(check: Callable[..., Result], org: FakeSalesforce) -> None:
    """Without a login nothing else can be looked at."""
    org.refuse_logins("invalid_grant", "authentication failure")

    result = check()

    assert result.exit_code == 1
    assert "WRONG  Salesforce refused the login: invalid_grant." in result.output
    assert "the app at Salesforce has the certificate of the private key" in result.output
    assert "mapped fields" not in result.output


#: What the administrator does, the rules, what is said.
FLAWS: list[Any] = [
    pytest.param(
        lambda org: org.remove_field("Lead", "Topic__c"),
        {},
        "WRONG",
        "Lead has no field 'Topic__c'",
        id="no field",
    ),
    pytest.param(
        lambda org: org.add_field("Lead", "Size__c", type="boolean"),
        {},
        "WRONG",
        "Lead.Size__c is a boolean, but is mapped as picklist",
        id="type",
    ),
    pytest.param(
        lambda org: org.add_field("Lead", "Topic__c", length=40),
        {},
        "note",
        "Lead.Topic__c takes 40 characters",
        id="length",
    ),
    pytest.param(
        lambda org: org.add_field("Lead", "Size__c", type="picklist", picklist=("Small",)),
        {},
        "WRONG",
        "Lead.Size__c lacks the values 'Large'",
        id="restricted picklist",
    ),
    pytest.param(
        lambda org: org.add_field(
            "Lead", "Days__c", type="multipicklist", picklist=("Mon",), restricted=False
        ),
        {},
        "note",
        "Lead.Days__c lacks the values 'Tue'",
        id="open picklist",
    ),
    pytest.param(
        lambda org: org.add_field("Lead", "Topic__c", createable=False),
        {},
        "WRONG",
        "Lead.Topic__c cannot be set on a new record",
        id="not createable",
    ),
    pytest.param(
        lambda org: org.add_field("Contact", "Topic__c", updateable=False),
        {"overwrite": True},
        "WRONG",
        "Contact.Topic__c cannot be overwritten",
        id="not updateable",
    ),
    pytest.param(
        lambda org: org.add_field("Lead", "Region__c", required=True),
        {},
        "WRONG",
        "The org wants Lead.Region__c",
        id="required",
    ),
    pytest.param(
        lambda org: None, {"person_accounts": True}, "WRONG", "The org wants Lead.Company", id="company"
    ),
    pytest.param(lambda org: None, {"record_type": "Web"}, "WRONG", "no record type 'Web'", id="record type"),
    pytest.param(
        lambda org: org.remove_field("Event", KEY), {}, "WRONG", f"Events have no field '{KEY}'", id="no key"
    ),
    pytest.param(
        lambda org: org.add_field("Event", KEY), {}, "WRONG", f"Event.{KEY} is no external id", id="plain key"
    ),
    pytest.param(
        lambda org: org.add_field("Event", KEY, external_id=True, length=20),
        {},
        "WRONG",
        f"Event.{KEY} must be a text of 40 characters",
        id="short key",
    ),
    pytest.param(
        lambda org: org.add_field("Event", KEY, external_id=True, updateable=False),
        {},
        "WRONG",
        f"Event.{KEY} cannot be written",
        id="key not writable",
    ),
    pytest.param(
        lambda org: org.add_field("Event", "Kind__c", required=True),
        {},
        "WRONG",
        "The org wants Event.Kind__c",
        id="required of events",
    ),
    pytest.param(
        lambda org: None,
        {"match": [{"record": "Lead", "where": "Gone__c = 'x'"}]},
        "WRONG",
        "Guests cannot be looked for by 'match': Salesforce refused a query: INVALID_FIELD (Gone__c)",
        id="condition",
    ),
    pytest.param(
        lambda org: None,
        {"owner": {"user": "gone@example.com"}},
        "WRONG",
        "OwnerId: there is no active user",
        id="owner",
    ),
    pytest.param(
        lambda org: org.deny("Event", "delete"),
        {},
        "WRONG",
        "Our user may not delete Events",
        id="no deleting",
    ),
    pytest.param(
        lambda org: org.deny("Lead", "create"),
        {},
        "WRONG",
        "Our user may not create Leads",
        id="no creating",
    ),
    pytest.param(
        lambda org: org.add_field("Lead", "Gone__c"),
        {"fields": {"gone": "Gone__c"}},
        "note",
        "'gone' is mapped, but no question has that name",
        id="no question",
    ),
]


@pytest.mark.parametrize(("change", "rules", "mark", "said"), FLAWS)
def test_what_does_not_fit_is_said(
    check: Callable[..., Result],
    org: FakeSalesforce,
    change: Callable[[FakeSalesforce], object],
    rules: dict[str, Any],
    mark: str,
    said: str,
) -> None:
    """Each flaw is named with its field; those that would be refused end with exit code 1."""
    change(org)

    result = check(**rules)

    (line,) = [each for each in result.output.splitlines() if said in each]
    assert line.startswith(mark)
    assert result.exit_code == (1 if mark == "WRONG" else 0)


def test_a_usable_record_type_is_well(check: Callable[..., Result], org: FakeSalesforce) -> None:
    """By its developer name or its id."""
    record_type = org.add_record_type("Lead", "Web Booking")

    assert check(record_type="Web_Booking").exit_code == 0
    assert check(record_type=record_type.id).exit_code == 0


def test_rules_for_nothing_are_noted(check: Callable[..., Result], org: FakeSalesforce) -> None:
    """A slug that is no event type's is likely misspelt."""
    result = check(config=config_of(org, salesforce={"chek-up": {}, "*": {}}))

    assert "note   There are rules for 'chek-up'" in result.output
    assert result.exit_code == 0


def test_a_refused_description_is_a_finding(check: Callable[..., Result], org: FakeSalesforce) -> None:
    """What cannot be looked at is said, not raised."""
    org.next(status=200, body={"fields": [{}]}, path="*/describe")

    result = check()

    assert "WRONG  The answer to a description of Lead cannot be read." in result.output


# --- what would be sent --------------------------------------------------------------------------


def dry_run(make_app: MakeApp, org: FakeSalesforce, uid: str = "", **rules: Any) -> Result:
    """Book, and show what would be sent for the booking, or for another *uid*."""
    app = make_app(BOOKER_DISPATCH="none", **config_of(org, salesforce={"intro-call": rules}))
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo Ek", email="bo@guest.example.com")
    words = ["booker", "salesforce", "check", "--booking", uid or booking.uid]
    result: Result = app.test_cli_runner().invoke(args=words)
    return result


def test_a_dry_run_shows_what_would_be_sent(make_app: MakeApp, org: FakeSalesforce) -> None:
    """Record by record, field by field; nothing is written."""
    result = dry_run(make_app, org)

    shown = result.output.partition("would create Lead\n")[2]
    assert "    LastName: Ek\n" in shown
    assert f"would write Event {KEY} = " in shown
    assert "    WhoId: (the new Lead)\n" in shown
    assert org.records("Lead") == []
    assert org.records("Event") == []


def test_a_dry_run_shows_what_is_left_out(make_app: MakeApp, org: FakeSalesforce) -> None:
    """What we know ourselves to be unfit is said."""
    result = dry_run(make_app, org, fields={"title": {"name": "Topic__c", "length": 3, "too_long": "refuse"}})

    assert "left out: Topic__c: it takes 3 characters" in result.output


def test_a_dry_run_of_nothing(make_app: MakeApp, org: FakeSalesforce) -> None:
    """Where the rules want nothing, that is said."""
    assert "Nothing would be sent." in dry_run(make_app, org, register_lead=False).output


def test_a_dry_run_of_an_unknown_booking(make_app: MakeApp, org: FakeSalesforce) -> None:
    """A uid that nobody knows is an error."""
    result = dry_run(make_app, org, uid="unknown")

    assert result.exit_code == 1
    assert "WRONG  There is no booking" in result.output


def test_a_dry_run_without_rules(make_app: MakeApp, org: FakeSalesforce) -> None:
    """A booking of an event type that has no rules is said to be left alone."""
    app = make_app(BOOKER_DISPATCH="none", **config_of(org, salesforce={"check-up": {}}))
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo Ek", email="bo@guest.example.com")

    result = app.test_cli_runner().invoke(args=["booker", "salesforce", "check", "--booking", booking.uid])

    assert "There are no rules for 'intro-call'" in result.output
