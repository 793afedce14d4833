"""Tests of the Event of a booking: one, up to date, gone or marked in the end."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from booker_components.subscribers.salesforce import Cancellation, Match, OwnerRule, Record, SalesforceRules
from booker_components.values import Booking, BookingStatus, EventKind

from .desk import BOOKING, CANCELLED, KEY, MOVED, Desk

MARKED = SalesforceRules(cancelled=Cancellation.MARK)
NEXT = replace(MOVED, uid="b-2", replaces="b-1")
THIRD = replace(MOVED, uid="b-3", replaces="b-2")


def test_booked_is_an_event_of_the_lead(desk: Desk) -> None:
    """The Event has the times, the place and the uid of the booking, and who comes."""
    desk.hear(EventKind.CREATED)

    (lead,), (event,) = desk.org.records("Lead"), desk.org.records("Event")
    assert event["WhoId"] == lead.id
    assert event["Subject"] == "Intro call"
    assert event["StartDateTime"] == datetime(2027, 2, 2, 8, 0, tzinfo=UTC)
    assert event["EndDateTime"] == datetime(2027, 2, 2, 8, 30, tzinfo=UTC)
    assert event["Location"] == "https://meet.example.com/1"
    assert event["Description"] == "Grace Brewster Hopper <grace@guest.example.com>"
    assert event[KEY] == "b-1"


def test_moved_is_the_same_event(desk: Desk) -> None:
    """A move overwrites the Event, and leaves whom it is about and who owns it."""
    other = desk.org.add("Contact", LastName="Assistant")
    ann = desk.org.add_user("ann@example.com")
    desk.hear(EventKind.CREATED)
    (event,) = desk.org.records("Event")
    desk.org.change(event, WhoId=other.id, OwnerId=ann.id)

    desk.hear(EventKind.RESCHEDULED, MOVED)

    (after,) = desk.org.records("Event")
    assert after.id == event.id
    assert after["StartDateTime"] == MOVED.start
    assert (after["WhoId"], after["OwnerId"]) == (other.id, ann.id)


@pytest.mark.parametrize("kind", [EventKind.CANCELLED, EventKind.REJECTED], ids=str)
def test_cancelled_is_deleted(desk: Desk, kind: EventKind) -> None:
    """The Event goes, the Lead stays."""
    desk.hear(EventKind.CREATED)

    desk.hear(kind, CANCELLED)

    assert desk.org.records("Event") == []
    assert len(desk.org.records("Lead")) == 1


def test_cancelled_is_marked_by_choice(desk: Desk) -> None:
    """With 'mark' the Event stays, once, and says that it was cancelled, and why."""
    desk.hear(EventKind.CREATED, rules=MARKED)

    for _ in range(2):
        desk.hear(EventKind.CANCELLED, CANCELLED, rules=MARKED)

    (event,) = desk.org.records("Event")
    assert event["Subject"] == "[Cancelled] Intro call"
    assert event["Description"].endswith("Reason: Ill")


@pytest.mark.parametrize("rules", [SalesforceRules(), MARKED], ids=["delete", "mark"])
def test_cancelled_without_an_event_is_nothing(desk: Desk, rules: SalesforceRules) -> None:
    """A cancellation of which nothing was written makes nothing."""
    desk.hear(EventKind.CANCELLED, CANCELLED, rules=rules)

    assert desk.state() == {"Lead": [], "Contact": [], "Event": []}


def test_moved_before_it_was_known_is_written(desk: Desk) -> None:
    """A booking that is first heard of as moved gets its Lead and its Event all the same."""
    desk.hear(EventKind.RESCHEDULED, NEXT)

    (lead,), (event,) = desk.org.records("Lead"), desk.org.records("Event")
    assert (event["WhoId"], event[KEY]) == (lead.id, "b-2")


def test_without_activity_there_is_no_event(desk: Desk) -> None:
    """With 'activity' off only the Lead is made; nothing of Events is asked, not even of their field."""
    desk.org.remove_field("Event", KEY)
    rules = SalesforceRules(activity=False)

    desk.hear(EventKind.CREATED, rules=rules)
    desk.hear(EventKind.CANCELLED, CANCELLED, rules=rules)

    assert len(desk.org.records("Lead")) == 1
    assert desk.org.records("Event") == []


def test_nobody_to_be_about_is_no_event(desk: Desk) -> None:
    """Where nobody is registered and nobody found, no Event is made (seed: only if somebody matches)."""
    desk.hear(EventKind.CREATED, rules=SalesforceRules(register_lead=False))

    assert desk.state() == {"Lead": [], "Contact": [], "Event": []}


@pytest.mark.parametrize(
    ("order", "expected"),
    [
        pytest.param((Match(record=Record.LEAD), Match(record=Record.CONTACT)), "Lead", id="lead first"),
        pytest.param(
            (Match(record=Record.CONTACT), Match(record=Record.LEAD)), "Contact", id="contact first"
        ),
    ],
)
def test_only_one_gets_the_event(desk: Desk, order: tuple[Match, ...], expected: str) -> None:
    """Of a Lead and a Contact with the address, the first in the order of 'match' has the Event."""
    people = {
        name: desk.org.add(name, LastName="Hopper", Email="grace@guest.example.com")
        for name in ("Lead", "Contact")
    }

    desk.hear(EventKind.CREATED, rules=SalesforceRules(match=order))

    (event,) = desk.org.records("Event")
    assert event["WhoId"] == people[expected].id


def test_a_new_uid_is_the_same_event(desk: Desk) -> None:
    """Where moving makes a new booking, its Event is the one of the old, under the new uid."""
    desk.hear(EventKind.CREATED)
    (before,) = desk.org.records("Event")

    desk.hear(EventKind.RESCHEDULED, NEXT)

    (after,) = desk.org.records("Event")
    assert (after.id, after[KEY], after["StartDateTime"]) == (before.id, "b-2", MOVED.start)


CHAIN = (
    (EventKind.CREATED, BOOKING),
    (EventKind.RESCHEDULED, NEXT),
    (EventKind.RESCHEDULED, THIRD),
)


@pytest.mark.parametrize(
    "order",
    [(0, 1, 2), (0, 2, 1), (1, 0, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)],
    ids=lambda order: "".join(map(str, order)),
)
def test_older_states_never_overwrite_newer_ones(desk: Desk, order: tuple[int, ...]) -> None:
    """In whatever order the bookings of one chain are heard of, one Event stands, with the last times."""
    for number in order:
        desk.hear(*CHAIN[number])

    (event,) = desk.org.records("Event")
    assert (event[KEY], event["StartDateTime"]) == ("b-3", MOVED.start)
    assert len(desk.org.records("Lead")) == 1


def test_a_late_predecessor_does_not_come_back(desk: Desk) -> None:
    """What a cancelled booking replaced stays away, though it is heard of last."""
    gone = replace(CANCELLED, uid="b-2", replaces="b-1")
    desk.hear(EventKind.RESCHEDULED, NEXT)
    desk.hear(EventKind.CANCELLED, gone)

    desk.hear(EventKind.CREATED)

    assert desk.org.records("Event") == []


def test_copies_of_the_event_go(desk: Desk) -> None:
    """Two Events with one uid become one with the next change: the older one stays."""
    desk.hear(EventKind.CREATED)
    (event,) = desk.org.records("Event")
    desk.clock.move(timedelta(minutes=1))
    desk.org.add("Event", Subject="Copy", **{KEY: "b-1"})

    desk.hear(EventKind.RESCHEDULED, MOVED)

    (after,) = desk.org.records("Event")
    assert (after.id, after["StartDateTime"]) == (event.id, MOVED.start)


def test_waiting_is_written_and_rejected_is_deleted(desk: Desk) -> None:
    """A booking that waits for its host holds its time, so it has its Event until it is declined."""
    waiting = replace(BOOKING, status=BookingStatus.PENDING)
    desk.hear(EventKind.CREATED, waiting)
    there = len(desk.org.records("Event"))

    desk.hear(EventKind.REJECTED, replace(CANCELLED, status=BookingStatus.REJECTED))

    assert there == 1
    assert desk.org.records("Event") == []


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param(OwnerRule(), "integration@booker.example.com", id="login"),
        pytest.param(OwnerRule(host=True), "ada@example.com", id="host"),
        pytest.param(OwnerRule(user="bo@example.com"), "bo@example.com", id="user"),
        pytest.param(OwnerRule(host=True, user="bo@example.com"), "ada@example.com", id="host before user"),
    ],
)
def test_owner_follows_the_rule(desk: Desk, rule: OwnerRule, expected: str) -> None:
    """Lead and Event are the login's, the host's or a certain user's."""
    for email in ("ada@example.com", "bo@example.com"):
        desk.org.add_user(email)

    desk.hear(EventKind.CREATED, rules=SalesforceRules(owner=rule))

    for name in ("Lead", "Event"):
        (made,) = desk.org.records(name)
        assert desk.org.record(made["OwnerId"])["Email"] == expected


def test_host_that_is_no_active_user_leaves_it_to_the_next(desk: Desk) -> None:
    """A host who is not, or no longer, a user owns nothing: then the rule's user does."""
    desk.org.add_user("ada@example.com", active=False)
    bo = desk.org.add_user("bo@example.com")

    desk.hear(EventKind.CREATED, rules=SalesforceRules(owner=OwnerRule(host=True, user=bo.id)))

    (lead,) = desk.org.records("Lead")
    assert lead["OwnerId"] == bo.id


def test_subject_names_what_the_rule_says(desk: Desk) -> None:
    """The subject is filled in, and cut to what the field takes."""
    rules = SalesforceRules(subject="{name} and {host}: {title}")
    wordy = replace(BOOKING, title="x" * 300)

    desk.hear(EventKind.CREATED, wordy, rules=rules)

    (event,) = desk.org.records("Event")
    assert event["Subject"] == f"Grace Brewster Hopper and Ada Lovelace: {'x' * 300}"[:255]


def test_a_hostile_uid_stays_one_value(desk: Desk) -> None:
    """A uid of signs that mean something in SOQL or in a path is only a uid."""
    odd = "a'b/c?d#e%20 \\..'"
    booking: Booking = replace(BOOKING, uid=odd)

    desk.hear(EventKind.CREATED, booking)
    desk.hear(EventKind.RESCHEDULED, replace(MOVED, uid=odd))

    (event,) = desk.org.records("Event")
    assert (event[KEY], event["StartDateTime"]) == (odd, MOVED.start)


def test_characters_that_no_json_can_hold_are_dropped(desk: Desk) -> None:
    """Half a character, as a webhook may tell it, and control characters keep no booking away."""
    odd = replace(BOOKING, title="Intro\ud83d\x00 call", notes="One\ntwo\udc00\x07")

    desk.hear(EventKind.CREATED, odd)

    (event,) = desk.org.records("Event")
    assert event["Subject"] == "Intro call"
    assert event["Description"].endswith("\nOne\ntwo")


def test_who_shares_a_hosts_address_but_cannot_own_is_not_chosen(desk: Desk) -> None:
    """A customer's login with the host's address owns nothing."""
    portal = desk.org.add_user("ada@example.com", username="ada@portal.example.com")
    desk.org.change(portal, UserType="CspLitePortal")
    ada = desk.org.add_user("ada@example.com")

    desk.hear(EventKind.CREATED, rules=SalesforceRules(owner=OwnerRule(host=True)))

    assert [each["OwnerId"] for each in desk.org.records("Lead")] == [ada.id]


@pytest.mark.parametrize("code", ["TRANSFER_REQUIRES_READ", "OP_WITH_INVALID_USER_TYPE_EXCEPTION"])
def test_an_owner_who_is_refused_does_not_stop_the_rest(desk: Desk, code: str) -> None:
    """Somebody who may not own Leads leaves them to whoever is logged in."""
    desk.org.add_user("ada@example.com")
    desk.org.next(code=code, status=400, fields=[], method="POST", path="*/sobjects/Lead*")

    desk.hear(EventKind.CREATED, rules=SalesforceRules(owner=OwnerRule(host=True)))

    (lead,) = desk.org.records("Lead")
    assert lead["OwnerId"] == desk.org.user.id
    assert len(desk.org.records("Event")) == 1
