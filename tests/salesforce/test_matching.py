"""Tests of how a guest is found: by an address that may be anything."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.subscribers.salesforce import Match, Record, SalesforceRules, Ties
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


@pytest.mark.parametrize("kept", ["BO@xn--bcher-kva.example", "bo@BÜCHER.example"], ids=["ascii", "unicode"])
def test_either_writing_of_a_domain_is_found(desk: Desk, kept: str) -> None:
    """However the org has written it, an international address is the same."""
    lead = desk.org.add("Lead", LastName="Ek", Email=kept)

    found = find(desk.client, RULES, Email.of("Bo@Bücher.example"))

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
