"""Tests of answers as fields: every type, lengths, and what a field cannot hold."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from booker_components.subscribers.salesforce import FieldKind, FieldMap, Record, SalesforceRules, TooLong
from booker_components.subscribers.salesforce.failures import SalesforceFailed
from booker_components.subscribers.salesforce.mapping import Unfit, cut, mapped, value
from booker_components.values import Answer, EventKind

from .desk import BOOKING, Desk

YES = {"Small": "S", "Large": "L"}


def field(kind: FieldKind, **more: Any) -> FieldMap:
    """Give a field of a kind."""
    return FieldMap("Size__c", kind=kind, **more)


@pytest.mark.parametrize(
    ("mapped_to", "answer", "expected"),
    [
        pytest.param(field(FieldKind.TEXT), " two \n lines\t", "two lines", id="text is one line"),
        pytest.param(field(FieldKind.TEXT), "x\x00\x07y", "xy", id="control characters"),
        pytest.param(field(FieldKind.TEXT), "x" * 300, "x" * 255, id="text is cut"),
        pytest.param(field(FieldKind.TEXT, length=3), "ab 🐘", "ab", id="cut between characters"),
        pytest.param(field(FieldKind.TEXT, length=5), "ab 🐘", "ab 🐘", id="two units"),
        pytest.param(field(FieldKind.TEXT), ("Mon", "Tue"), "Mon, Tue", id="choices as text"),
        pytest.param(field(FieldKind.TEXT), True, "Yes", id="tick as text"),
        pytest.param(field(FieldKind.TEXT), 1234567.0, "1234567", id="number as text"),
        pytest.param(field(FieldKind.TEXT), 2.5, "2.5", id="fraction as text"),
        pytest.param(field(FieldKind.LONG_TEXT), "two\nlines ", "two\nlines", id="long text keeps lines"),
        pytest.param(field(FieldKind.LONG_TEXT), "x" * 40_000, "x" * 32_768, id="long text is cut"),
        pytest.param(field(FieldKind.PICKLIST), "Small", "Small", id="picklist"),
        pytest.param(field(FieldKind.PICKLIST, values=YES), "Large", "L", id="picklist by value"),
        pytest.param(field(FieldKind.MULTIPICKLIST), ("Mon", "Tue"), "Mon;Tue", id="multi-select"),
        pytest.param(field(FieldKind.MULTIPICKLIST, values=YES), ("Small", "Large"), "S;L", id="by values"),
        pytest.param(field(FieldKind.MULTIPICKLIST), "Mon", "Mon", id="multi-select of one"),
        pytest.param(
            field(FieldKind.MULTIPICKLIST, values={"a;b": "a or b"}), ("a;b",), "a or b", id="renamed"
        ),
        pytest.param(field(FieldKind.CHECKBOX), True, True, id="ticked"),
        pytest.param(field(FieldKind.CHECKBOX), False, False, id="not ticked"),
        pytest.param(field(FieldKind.NUMBER), 3.0, 3, id="whole number"),
        pytest.param(field(FieldKind.NUMBER), 2.5, 2.5, id="number"),
        pytest.param(field(FieldKind.NUMBER), " 12 ", 12, id="number in a text"),
        pytest.param(field(FieldKind.DATE), " 2027-02-03 ", "2027-02-03", id="date"),
    ],
)
def test_answers_take_the_type_of_their_field(mapped_to: FieldMap, answer: Answer, expected: object) -> None:
    """Each kind of answer in each kind of field that holds it (contracts/jicoo.md 8.6)."""
    made = value(mapped_to, answer)

    assert (made, type(made)) == (expected, type(expected))


@pytest.mark.parametrize(
    ("mapped_to", "answer", "reason"),
    [
        pytest.param(field(FieldKind.TEXT, too_long=TooLong.REFUSE), "x" * 256, "255 characters", id="long"),
        pytest.param(field(FieldKind.PICKLIST, length=3), "Small", "3 characters", id="half a choice"),
        pytest.param(field(FieldKind.PICKLIST), ("a", "b"), "one choice", id="several for one"),
        pytest.param(field(FieldKind.PICKLIST), True, "one choice", id="tick for a choice"),
        pytest.param(field(FieldKind.MULTIPICKLIST), ("a;b", "c"), "';'", id="semicolon"),
        pytest.param(field(FieldKind.MULTIPICKLIST), 3.0, "choices", id="number for choices"),
        pytest.param(field(FieldKind.CHECKBOX), "Yes", "a tick", id="text for a tick"),
        pytest.param(field(FieldKind.NUMBER), "many", "a number", id="words"),
        pytest.param(field(FieldKind.NUMBER), True, "a number", id="tick for a number"),
        pytest.param(field(FieldKind.NUMBER), "1e999", "a number", id="no end"),
        pytest.param(field(FieldKind.NUMBER), "nan", "a number", id="no number"),
        pytest.param(field(FieldKind.DATE), "3 February", "a date", id="words for a date"),
        pytest.param(field(FieldKind.DATE), 3.0, "a date", id="number for a date"),
    ],
)
def test_what_a_field_cannot_hold_is_said(mapped_to: FieldMap, answer: Answer, reason: str) -> None:
    """The reason names what the field takes, and quotes nothing of the answer."""
    with pytest.raises(Unfit, match=reason):
        value(mapped_to, answer)


def test_sources_are_answers_and_facts_of_the_booking() -> None:
    """Slugs of questions and the words for facts; empty answers and fields of other objects are left out."""
    booking = replace(BOOKING, notes="Bring cake", answers={"size": "Small", "none": "", "secret": "x"})
    fields = {
        "name": FieldMap("Whole__c"),
        "first_name": FieldMap("First__c"),
        "last_name": FieldMap("Last__c"),
        "email": FieldMap("Typed__c"),
        "notes": FieldMap("Notes__c", kind=FieldKind.LONG_TEXT),
        "title": FieldMap("Topic__c", contact="Subject__c"),
        "size": FieldMap("Size__c", contact=""),
        "none": FieldMap("None__c"),
        "unasked": FieldMap("Unasked__c"),
    }

    made = mapped(SalesforceRules(fields=fields), booking, Record.CONTACT)

    assert made.fields == {
        "Whole__c": "Grace Brewster Hopper",
        "First__c": "Grace Brewster",
        "Last__c": "Hopper",
        "Typed__c": "grace@guest.example.com",
        "Notes__c": "Bring cake",
        "Subject__c": "Intro call",
    }
    assert made.unfit == {}


def test_cutting_never_leaves_half_a_character() -> None:
    """A character of two units that does not fit as a whole goes as a whole."""
    assert [cut("a🐘b", length) for length in (1, 2, 3, 4)] == ["a", "a", "a🐘", "a🐘b"]


TYPES = {
    "topic": ("Topic__c", FieldKind.TEXT, {"type": "string", "length": 20}),
    "story": ("Story__c", FieldKind.LONG_TEXT, {"type": "textarea", "length": 32768}),
    "size": ("Size__c", FieldKind.PICKLIST, {"type": "picklist", "picklist": ("Small", "Large")}),
    "days": ("Days__c", FieldKind.MULTIPICKLIST, {"type": "multipicklist", "picklist": ("Mon", "Tue")}),
    "news": ("News__c", FieldKind.CHECKBOX, {"type": "boolean"}),
    "people": ("People__c", FieldKind.NUMBER, {"type": "double"}),
    "since": ("Since__c", FieldKind.DATE, {"type": "date"}),
}

ANSWERS: dict[str, Answer] = {
    "topic": "Compilers",
    "story": "Once\nupon a time",
    "size": "Large",
    "days": ("Mon", "Tue"),
    "news": True,
    "people": 12.0,
    "since": "2027-01-01",
}


@pytest.mark.parametrize("record", ["Lead", "Contact"])
def test_every_type_arrives(desk: Desk, record: str) -> None:
    """A field of every type takes its answer, at Leads and at Contacts."""
    for name, _, options in TYPES.values():
        desk.org.add_field(record, name, **options)
    fields = {slug: FieldMap(name, kind=kind) for slug, (name, kind, _) in TYPES.items()}
    rules = SalesforceRules(
        register_lead=record == "Lead", register_contact=record == "Contact", fields=fields
    )

    desk.hear(EventKind.CREATED, replace(BOOKING, answers=ANSWERS), rules=rules)

    (made,) = desk.org.records(record)
    assert {name: str(made[name]) for name, _, _ in TYPES.values()} == {
        "Topic__c": "Compilers",
        "Story__c": "Once\nupon a time",
        "Size__c": "Large",
        "Days__c": "Mon;Tue",
        "News__c": "True",
        "People__c": "12.0",
        "Since__c": "2027-01-01",
    }


@pytest.mark.parametrize(
    "setup",
    [
        pytest.param({"type": "picklist", "picklist": ("Small",)}, id="no such value"),
        pytest.param({"type": "string", "length": 2}, id="too long"),
        pytest.param({"type": "boolean"}, id="other type"),
        pytest.param({"type": "string", "createable": False}, id="read-only"),
        pytest.param(None, id="no such field"),
    ],
)
def test_one_refused_field_does_not_stop_the_rest(desk: Desk, setup: dict[str, Any] | None) -> None:
    """The Lead and the Event are made, with the other field, without the refused one."""
    if setup is not None:
        desk.org.add_field("Lead", "Size__c", **setup)
    desk.org.add_field("Lead", "Topic__c")
    fields = {"size": FieldMap("Size__c"), "topic": FieldMap("Topic__c")}
    booking = replace(BOOKING, answers={"size": "Large", "topic": "Compilers"})

    desk.hear(EventKind.CREATED, booking, rules=SalesforceRules(fields=fields))

    (lead,) = desk.org.records("Lead")
    assert lead["Topic__c"] == "Compilers"
    assert not lead.get("Size__c")
    assert len(desk.org.records("Event")) == 1


BOTH = replace(BOOKING, answers={"size": "Large", "topic": "Compilers"})


@pytest.mark.parametrize(
    ("refuses", "size", "topic"),
    [
        pytest.param(lambda lead: lead["Topic__c"], "Large", None, id="one of them"),
        pytest.param(lambda lead: lead["Topic__c"] or lead["Size__c"], None, None, id="both"),
    ],
)
def test_a_rule_of_the_org_that_names_no_field(
    desk: Desk, refuses: Any, size: str | None, topic: str | None
) -> None:
    """Which field is meant is found out by trying; what nobody can tell apart is left out together."""
    desk.org.add_field("Lead", "Size__c")
    desk.org.add_field("Lead", "Topic__c")
    desk.org.add_validation_rule("Lead", lambda lead: "Not like this." if refuses(lead) else None)
    fields = {"size": FieldMap("Size__c"), "topic": FieldMap("Topic__c")}

    desk.hear(EventKind.CREATED, BOTH, rules=SalesforceRules(fields=fields))

    (lead,) = desk.org.records("Lead")
    assert (lead["Size__c"], lead["Topic__c"]) == (size, topic)
    assert len(desk.org.records("Event")) == 1


def test_two_fields_are_refused_for_different_reasons(desk: Desk) -> None:
    """One that is not named and one that is: both are left out, the guest is written once."""
    desk.org.add_field("Lead", "Size__c", type="boolean")
    desk.org.add_field("Lead", "Topic__c", length=2)
    fields = {"size": FieldMap("Size__c"), "topic": FieldMap("Topic__c")}

    desk.hear(EventKind.CREATED, BOTH, rules=SalesforceRules(fields=fields))

    (lead,) = desk.org.records("Lead")
    assert (lead["Size__c"], lead["Topic__c"]) == (False, None)
    assert lead["FirstName"] == "Grace Brewster"


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        pytest.param("Large", "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", id="refused there"),
        pytest.param(("a", "b"), "unfit", id="refused here"),
    ],
)
def test_a_required_field_stops_the_guest(desk: Desk, answer: Answer, code: str) -> None:
    """Without a field that the rules require nobody is registered, and no Event made."""
    desk.org.add_field("Lead", "Size__c", type="picklist", picklist=("Small",))
    fields = {"size": FieldMap("Size__c", kind=FieldKind.PICKLIST, required=True)}

    with pytest.raises(SalesforceFailed) as failure:
        desk.hear(
            EventKind.CREATED,
            replace(BOOKING, answers={"size": answer}),
            rules=SalesforceRules(fields=fields),
        )

    assert (failure.value.code, failure.value.permanent) == (code, True)
    assert desk.state() == {"Lead": [], "Contact": [], "Event": []}


def test_an_overwrite_that_is_refused_still_leaves_the_event(desk: Desk) -> None:
    """When nothing that is mapped can be overwritten, the booking is written all the same."""
    desk.org.add("Lead", LastName="Hopper", Email="grace@guest.example.com")
    rules = SalesforceRules(overwrite=True, fields={"title": FieldMap("Gone__c")})

    desk.hear(EventKind.CREATED, rules=rules)

    assert len(desk.org.records("Event")) == 1
