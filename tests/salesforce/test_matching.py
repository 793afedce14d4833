"""Tests of how a guest is found: by an address that may be anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.subscribers.salesforce import FieldMap, Match, Record, SalesforceRules, Ties
from booker_components.subscribers.salesforce.failures import SalesforceFailed
from booker_components.subscribers.salesforce.matching import Email, find
from booker_components.values import Attendee, EventKind

from .desk import BOOKING, Desk

RULES = SalesforceRules()


@pytest.mark.parametrize(
    ("typed", "sent", "keys"),
    [
        pytest.param(" Bo@Example.COM\t", "Bo@Example.COM", ("bo@example.com",), id="case and blanks"),
        pytest.param(
            "bo@bücher.example",
            "bo@xn--bcher-kva.example",
            ("bo@xn--bcher-kva.example", "bo@bücher.example"),
            id="international",
        ),
        pytest.param("e\u0301va@example.com", "éva@example.com", ("éva@example.com",), id="composed"),
        pytest.param("no address", "no address", ("no address",), id="no address"),
        pytest.param("bo@\u2028.example", "bo@\u2028.example", ("bo@\u2028.example",), id="no domain"),
        pytest.param("", "", ("",), id="nothing"),
    ],
)
def test_addresses_are_compared_in_one_form(typed: str, sent: str, keys: tuple[str, ...]) -> None:
    """Trimmed, lower case, composed, the domain as servers write it (contracts/jicoo.md 9.1)."""
    assert Email.of(typed) == Email(sent=sent, keys=keys)


@pytest.mark.parametrize("typed", ["Bo@XN--bcher-kva.example", "Bo@Bücher.example"], ids=["ascii", "unicode"])
@pytest.mark.parametrize("kept", ["BO@xn--bcher-kva.example", "bo@BÜCHER.example"], ids=["ascii", "unicode"])
def test_either_writing_of_a_domain_is_found(desk: Desk, kept: str, typed: str) -> None:
    """However guest and org have written it, an international address is the same."""
    lead = desk.org.add("Lead", LastName="Ek", Email=kept)

    found = find(desk.client, RULES, Email.of(typed))

    assert found is not None
    assert found.id == lead.id


@pytest.mark.parametrize(
    "hostile",
    [
        "x' OR Email != '",
        "\\' OR Id != null --@example.com",
        "' OR IsConverted = false LIMIT 1 --",
        "bo%@example.com",
        "b_@example.com",
        "{keys}@example.com",
        "a\nb'\r\t\x08\x0c\"@example.com",
        "bo@example.com') OR (Email LIKE '%",
        "'@'\\",
    ],
    ids=repr,
)
def test_a_hostile_address_finds_nobody(desk: Desk, hostile: str) -> None:
    """Whatever a guest types as an address is one value of the query, and nobody else's record is found."""
    for name in ("Lead", "Contact"):
        desk.org.add(name, LastName="Ek", Company="Ek", Email="bo@example.com") if name == "Lead" else None
    desk.org.add("Contact", LastName="Ek", Email="bo@example.com")

    assert find(desk.client, RULES, Email.of(hostile)) is None


@pytest.mark.parametrize("odd", ["bo+a&b=c%2B@example.com", "bo#?/=@example.com"])
def test_signs_of_addresses_and_queries_stay_what_they_are(desk: Desk, odd: str) -> None:
    """A plus sign is one: the same guest is the same Lead, the one without it is another."""
    desk.org.add("Lead", LastName="Ek", Email="bo@example.com")
    guest = replace(BOOKING, attendee=Attendee(name="Bo Ek", email=odd))

    for uid in ("b-1", "b-2"):
        desk.hear(EventKind.CREATED, replace(guest, uid=uid))

    assert [each["Email"] for each in desk.org.records("Lead")] == ["bo@example.com", odd]
    assert len({each["WhoId"] for each in desk.org.records("Event")}) == 1


def test_a_hostile_address_is_found_as_itself(desk: Desk) -> None:
    """An address with a quotation mark, as some people have, is found."""
    lead = desk.org.add("Lead", LastName="O'Hara", Email="o'hara\\@example.com")

    found = find(desk.client, RULES, Email.of("O'Hara\\@example.com"))

    assert found is not None
    assert found.id == lead.id


@pytest.mark.parametrize(("ties", "expected"), [(Ties.NEWEST, 1), (Ties.OLDEST, 0)], ids=str)
def test_of_several_one_is_chosen(desk: Desk, ties: Ties, expected: int) -> None:
    """By choice the newest or the oldest of several Leads is the guest's."""
    leads = []
    for name in ("Old", "New"):
        leads.append(desk.org.add("Lead", LastName=name, Email="grace@guest.example.com"))
        desk.clock.move(timedelta(hours=1))

    desk.hear(EventKind.CREATED, rules=SalesforceRules(ties=ties))

    assert [each["WhoId"] for each in desk.org.records("Event")] == [leads[expected].id]


def test_of_several_none_is_told(desk: Desk) -> None:
    """By choice nothing is written where several Leads have the address."""
    for name in ("Old", "New"):
        desk.org.add("Lead", LastName=name, Email="grace@guest.example.com")

    with pytest.raises(SalesforceFailed, match="Several Leads") as failure:
        desk.hear(EventKind.CREATED, rules=SalesforceRules(ties=Ties.NONE))

    assert failure.value.permanent
    assert desk.org.records("Event") == []


def test_matches_can_be_narrowed_and_tried_in_turn(desk: Desk) -> None:
    """A condition of the host's own narrows the search; what it leaves is looked for by the next one."""
    desk.org.add("Lead", LastName="Cold", Email="grace@guest.example.com", Rating="Cold", City="{x}")
    warm = desk.org.add("Lead", LastName="Warm", Email="grace@guest.example.com", Rating="Warm", City="{x}")
    order = (
        Match(record=Record.LEAD, where="Rating = 'Hot' OR City = '{y}'"),
        Match(record=Record.LEAD, where="Rating = 'Warm' AND City = '{x}'"),
        Match(record=Record.CONTACT),
    )

    desk.hear(EventKind.CREATED, rules=SalesforceRules(match=order))

    assert [each["WhoId"] for each in desk.org.records("Event")] == [warm.id]


def test_a_condition_cannot_widen_the_search(desk: Desk) -> None:
    """A condition with OR stays within the guest's address, and within Leads that are still such."""
    desk.org.add("Lead", LastName="Ek", Email="bo@example.com", Rating="Hot")
    order = (Match(record=Record.LEAD, where="Rating = 'Hot' OR Rating = 'Warm'"),)
    guest = replace(BOOKING, attendee=Attendee(name="Grace", email="grace@guest.example.com"))

    desk.hear(EventKind.CREATED, guest, rules=SalesforceRules(match=order))

    assert len(desk.org.records("Lead")) == 2


@pytest.mark.parametrize("record", [Record.LEAD, Record.CONTACT], ids=str)
@pytest.mark.parametrize(
    "order",
    [
        pytest.param((Match(record=Record.LEAD, where="Title = 'Boss'"),), id="narrowed leads"),
        pytest.param((Match(record=Record.CONTACT, where="Title = 'Boss'"),), id="narrowed contacts"),
    ],
)
def test_who_is_made_is_made_once_whatever_the_condition(
    desk: Desk, record: Record, order: tuple[Match, ...]
) -> None:
    """A record that we have made, and that no 'match' finds, is not made again when an event is repeated."""
    lead = record is Record.LEAD
    rules = SalesforceRules(register_lead=lead, register_contact=not lead, match=order)

    for kind in (EventKind.CREATED, EventKind.CREATED, EventKind.RESCHEDULED):
        desk.hear(kind, rules=rules)

    assert len(desk.org.records(record)) == 1
    assert [each["WhoId"] for each in desk.org.records("Event")] == [desk.org.records(record)[0].id]


def test_who_is_outside_the_condition_is_not_overwritten(desk: Desk) -> None:
    """Who has the address, but is not among those whom 'match' names, is left as it is and not made again."""
    desk.org.add("Lead", LastName="Hopper", Email="grace@guest.example.com")
    rules = SalesforceRules(
        overwrite=True,
        match=(Match(record=Record.LEAD, where="Rating = 'Hot'"),),
        fields={"title": FieldMap("Title")},
    )

    desk.hear(EventKind.CREATED, rules=rules)

    assert [each["Title"] for each in desk.org.records("Lead")] == [None]
    assert len(desk.org.records("Event")) == 1
