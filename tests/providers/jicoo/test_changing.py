"""Tests of moving, cancelling and editing bookings, whatever becomes of the calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import (
    BookingClosed,
    BookingNotFound,
    InvalidRequest,
    NotBookable,
    OutcomeUnknown,
    ProviderRefused,
    ProviderUnavailable,
    SlotTaken,
)
from booker_components.policy import Rule
from booker_components.providers.jicoo.changing import Changer
from booker_components.providers.jicoo.desk import Desk
from booker_components.values import Booking, BookingStatus, EventType

from .samples import BO, HALF_HOUR, NINE, ZOE, AtJicoo, at_jicoo, declared, slot

LOST: list[dict[str, Any]] = [{"cut": True}, {"status": 500}, {"status": 504}, {"garbage": True}]
IDS = ["cut", "500", "504", "garbage"]


def booked(at: AtJicoo, **changes: Any) -> str:
    """Book with every detail, and give the uid."""
    return at.provider.book(at.request(answers={"topic": "pricing"}, notes="Hi", **changes)).uid


def changer(at: AtJicoo, *event_types: EventType, key: str = "cancelReason") -> Changer:
    """Give a changer by itself, for what the provider's protocol has no words for."""
    given = event_types or (declared(),)
    desk = Desk.of(
        at.client, turns=at.turns, clock=at.clock, sleep=at.naps.append, declared=given, cancel_reason_key=key
    )
    return Changer(desk)


# --- moving --------------------------------------------------------------------------------------


def test_a_booking_moves_and_keeps_its_uid(at: AtJicoo) -> None:
    """It tells where it was, why it moved and by whom, of which Jicoo keeps nothing."""
    old = at.provider.get(booked(at))

    moved = at.provider.reschedule(old.uid, slot(3), reason="Ill", by="guest")

    assert at.sent("POST", "/reschedule") == {
        "timeZone": "Asia/Tokyo",
        "startedAt": "2026-03-03T10:30:00.000Z",
    }
    assert (moved.uid, moved.start, moved.duration, moved.replaces) == (old.uid, slot(3), HALF_HOUR, "")
    assert (moved.former_start, moved.reason, moved.changed_by) == (NINE, "Ill", "guest")
    assert (moved.attendee, moved.notes, moved.answers) == (old.attendee, old.notes, old.answers)
    assert at.provider.get(old.uid) == replace(moved, former_start=None, reason="", changed_by="")


def test_a_booking_that_gets_another_uid_says_what_it_replaces(at: AtJicoo) -> None:
    """Nothing says that the uid is kept."""
    at.fake.habits.keeps_uid = False
    uid = booked(at)

    moved = at.provider.reschedule(uid, slot(3), by="guest")

    assert moved.uid != uid
    assert (moved.replaces, moved.former_start) == (uid, NINE)
    assert not at.provider.get(uid).is_open


def test_a_move_to_where_it_is_changes_nothing(at: AtJicoo) -> None:
    """Nor is it refused: the call before may have had no answer."""
    uid = booked(at)
    at.provider.reschedule(uid, slot(3))

    again = at.provider.reschedule(uid, slot(3), reason="Ill", by="guest")

    assert again == at.provider.get(uid)
    assert len(at.calls("POST", f"/bookings/{uid}/reschedule")) == 1


def test_a_time_that_is_not_offered(at: AtJicoo) -> None:
    """Nothing is sent."""
    uid = booked(at)
    at.fake.book(at.page, slot(1))

    with pytest.raises(SlotTaken):
        at.provider.reschedule(uid, slot(1), by="guest")
    with pytest.raises(NotBookable) as caught:
        at.provider.reschedule(uid, slot(1) + timedelta(minutes=7), by="guest")

    assert caught.value.rule == Rule.GRID
    assert at.calls("POST", f"/bookings/{uid}/reschedule") == []


def test_a_time_that_was_taken_meanwhile(at: AtJicoo) -> None:
    """Known to be free some seconds ago, refused by Jicoo; the next page shows fresh times."""
    uid = booked(at)
    at.starts()
    at.fake.book(at.page, slot(1))

    with pytest.raises(SlotTaken):
        at.provider.reschedule(uid, slot(1), by="host")

    assert len(at.calls("POST", f"/bookings/{uid}/reschedule")) == 1
    assert slot(1) not in at.starts()
    assert at.provider.get(uid).start == NINE


def test_a_move_and_a_booking_never_both_call_for_one_time(at: AtJicoo) -> None:
    """Whoever is second finds the time taken before it calls (contracts/jicoo.md 9.4)."""
    patient = at.other(sleep=lambda seconds: time.sleep(0.05))
    uid = patient.book(at.request(slot(0), attendee=BO)).uid
    at.fake.next(delay=0.3, method="POST", path="/bookings*")
    before = len(at.calls("POST"))

    def tried(act: Callable[[], Booking]) -> str:
        try:
            return act().uid
        except SlotTaken:
            return "taken"

    acts = [lambda: patient.reschedule(uid, slot(2)), lambda: patient.book(at.request(slot(2)))]
    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(tried, acts))

    assert ended.count("taken") == 1
    assert len(at.calls("POST")) - before == 1


def test_a_move_is_held_against_what_is_free_now(at: AtJicoo) -> None:
    """Not against what was free some seconds ago: nothing says that Jicoo refuses what it does not offer."""
    uid = at.provider.book(at.request(slot(0))).uid
    at.starts()
    at.fake.book(at.page, slot(2))

    with pytest.raises(SlotTaken):
        at.provider.reschedule(uid, slot(2))

    assert at.calls("POST", f"/bookings/{uid}") == []


def test_a_move_that_is_refused_while_the_slot_is_there(at: AtJicoo) -> None:
    """A limit of the page's, perhaps; the words stay with us."""
    uid = booked(at)
    at.fake.next(status=422, words="zoe@example.org", method="POST", path=f"/bookings/{uid}/reschedule")

    with pytest.raises(NotBookable) as caught:
        at.provider.reschedule(uid, slot(1), by="guest")

    assert "zoe" not in caught.value.message + caught.value.sentence


def test_a_booking_that_was_cancelled_while_it_moved(at: AtJicoo) -> None:
    """It is closed, whatever is free."""
    uid = booked(at)
    at.starts()
    at.fake.next(delay=0.3, method="POST", path=f"/bookings/{uid}/reschedule")

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(at.provider.reschedule, uid, slot(1), by="guest")
        while not at.calls("POST", f"/bookings/{uid}/reschedule"):
            time.sleep(0.01)
        at.fake.cancel(uid, by="host")
        with pytest.raises(BookingClosed):
            slow.result(10)


def test_what_is_our_own_fault_when_moving(at: AtJicoo) -> None:
    """A guest can do nothing about it; what is gone is not found."""
    uid = booked(at)
    at.fake.next(status=403, method="POST", path=f"/bookings/{uid}/reschedule")
    at.fake.next(status=404, method="POST", path=f"/bookings/{uid}/reschedule")

    with pytest.raises(ProviderRefused):
        at.provider.reschedule(uid, slot(1), by="guest")
    with pytest.raises(BookingNotFound):
        at.provider.reschedule(uid, slot(1), by="guest")


def test_an_event_type_that_is_gone_offers_no_time(at: AtJicoo) -> None:
    """There is none to move to."""
    page = at.fake.add_event_type(hosts=[at.page.hosts[0].user])
    uid = at.fake.book(page, NINE).uid
    del at.fake.store.event_types[page.uid]

    with pytest.raises(BookingClosed) as caught:
        at.provider.reschedule(uid, slot(1), by="guest")

    assert caught.value.rule == Rule.GONE


@pytest.mark.parametrize("fault", LOST, ids=IDS)
@pytest.mark.parametrize("keeps_uid", [True, False], ids=["same uid", "other uid"])
def test_a_move_whose_answer_was_lost_is_found(at: AtJicoo, fault: dict[str, Any], keeps_uid: bool) -> None:
    """Where it was moved to, or by guest and start where it has another uid."""
    at.fake.habits.keeps_uid = keeps_uid
    uid = booked(at)
    at.fake.next(**fault, perform=True, method="POST", path=f"/bookings/{uid}/reschedule")

    moved = at.provider.reschedule(uid, slot(3), reason="Ill", by="guest")

    assert (moved.start, moved.former_start, moved.reason) == (slot(3), NINE, "Ill")
    assert (moved.uid == uid, moved.replaces) == (keeps_uid, "" if keeps_uid else uid)


def test_a_move_that_was_not_made_may_be_tried_again(at: AtJicoo) -> None:
    """After two looks it is certain enough."""
    uid = booked(at)
    at.fake.next(cut=True, method="POST", path=f"/bookings/{uid}/reschedule")

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.reschedule(uid, slot(3), by="guest")

    assert not isinstance(caught.value, OutcomeUnknown)
    assert at.naps == [2.0]
    assert at.provider.reschedule(uid, slot(3), by="guest").start == slot(3)


def test_a_lost_move_of_what_was_cancelled(at: AtJicoo) -> None:
    """Somebody else was quicker, or it is there no more."""
    uid = booked(at)
    path = f"/bookings/{uid}/reschedule"
    at.starts()
    at.fake.next(delay=0.3, cut=True, method="POST", path=path)

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(at.provider.reschedule, uid, slot(1), by="guest")
        while not at.calls("POST", path):
            time.sleep(0.01)
        at.fake.cancel(uid, by="host")
        with pytest.raises(BookingClosed):
            slow.result(10)


def test_a_look_that_fails_leaves_a_move_unknown(at: AtJicoo) -> None:
    """Nobody can tell; the booking is read once before the call, and cannot be read after it."""
    uid = booked(at)
    at.fake.next(cut=True, perform=True, method="POST", path=f"/bookings/{uid}/reschedule")
    at.fake.next(delay=0.01, method="GET", path=f"/bookings/{uid}")
    at.fake.next(status=503, times=3, method="GET", path=f"/bookings/{uid}")

    with pytest.raises(OutcomeUnknown):
        at.provider.reschedule(uid, slot(3), by="guest")


# --- cancelling ----------------------------------------------------------------------------------


def test_a_cancellation_tells_why_and_by_whom(at: AtJicoo) -> None:
    """To Jicoo it is the host who calls the API; we know better."""
    uid = booked(at)

    cancelled = at.provider.cancel(uid, reason="Ill", by="guest")

    assert at.sent("POST", "/cancel") == {"cancelReason": "Ill"}
    assert (cancelled.status, cancelled.revision) == (BookingStatus.CANCELLED, 2)
    assert (cancelled.reason, cancelled.changed_by) == ("Ill", "guest")
    assert cancelled.attendee == ZOE


def test_without_a_reason_the_body_is_empty(at: AtJicoo) -> None:
    """And who did it is as Jicoo tells."""
    cancelled = at.provider.cancel(booked(at))

    assert at.sent("POST", "/cancel") == {}
    assert (cancelled.reason, cancelled.changed_by) == ("", "host")


def test_the_name_of_the_reason_is_a_setting(at: AtJicoo) -> None:
    """It is not documented (contracts/jicoo.md 2.5)."""
    at.fake.habits.cancel_reason_key = "reason"
    at.fake.habits.strict_cancel = True

    cancelled = changer(at, key="reason").cancel(booked(at), reason="Ill", by="guest", scope=None)  # type: ignore[arg-type]

    assert at.sent("POST", "/cancel") == {"reason": "Ill"}
    assert cancelled.reason == "Ill"


@pytest.mark.parametrize("status", [400, 422])
def test_a_cancellation_never_fails_for_its_reason(at: AtJicoo, status: int) -> None:
    """It is sent once more without it; we keep the reason all the same."""
    uid = booked(at)
    at.fake.next(status=status, method="POST", path=f"/bookings/{uid}/cancel")

    cancelled = at.provider.cancel(uid, reason="Ill", by="guest")

    assert at.sent("POST", "/cancel") == {}
    assert (cancelled.is_open, cancelled.reason, cancelled.changed_by) == (False, "Ill", "guest")


def test_an_answer_without_a_body(at: AtJicoo) -> None:
    """What Jicoo answers is not documented either: then the booking is read again."""
    at.fake.habits.cancelled_status = 204

    assert not at.provider.cancel(booked(at), reason="Ill", by="guest").is_open


def test_a_cancellation_by_somebody_else_at_this_moment(at: AtJicoo) -> None:
    """It is closed, and not by us."""
    uid = booked(at)
    at.fake.next(delay=0.3, method="POST", path=f"/bookings/{uid}/cancel")

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(at.provider.cancel, uid, by="guest")
        while not at.calls("POST", f"/bookings/{uid}/cancel"):
            time.sleep(0.01)
        at.fake.cancel(uid, by="host")
        with pytest.raises(BookingClosed) as caught:
            slow.result(10)

    assert caught.value.rule == Rule.CANCELLED


@pytest.mark.parametrize(
    ("status", "error"),
    [(422, BookingClosed), (403, ProviderRefused), (404, BookingNotFound), (429, ProviderUnavailable)],
)
def test_a_cancellation_that_is_refused(at: AtJicoo, status: int, error: type[Exception]) -> None:
    """The booking stands."""
    uid = booked(at)
    at.fake.next(status=status, method="POST", path=f"/bookings/{uid}/cancel")

    with pytest.raises(error):
        at.provider.cancel(uid, by="guest")

    assert at.provider.get(uid).is_open


@pytest.mark.parametrize("fault", LOST, ids=IDS)
def test_a_cancellation_whose_answer_was_lost_is_found(at: AtJicoo, fault: dict[str, Any]) -> None:
    """The booking is closed."""
    uid = booked(at)
    at.fake.next(**fault, perform=True, method="POST", path=f"/bookings/{uid}/cancel")

    cancelled = at.provider.cancel(uid, reason="Ill", by="guest")

    assert (cancelled.is_open, cancelled.reason) == (False, "Ill")


def test_a_cancellation_that_was_not_made_may_be_tried_again(at: AtJicoo) -> None:
    """After two looks it is certain enough."""
    uid = booked(at)
    at.fake.next(cut=True, method="POST", path=f"/bookings/{uid}/cancel")

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.cancel(uid, by="guest")

    assert not isinstance(caught.value, OutcomeUnknown)
    assert not at.provider.cancel(uid, by="guest").is_open


def test_an_answer_that_says_that_it_stands_is_not_believed(at: AtJicoo) -> None:
    """It is read again."""
    uid = booked(at)
    stands = at.fake.requests[-1].answer
    assert stands is not None
    at.fake.next(status=200, body=stands.json, perform=True, method="POST", path=f"/bookings/{uid}/cancel")

    assert not at.provider.cancel(uid, by="guest").is_open


# --- editing -------------------------------------------------------------------------------------


def test_a_host_edits_what_is_said_and_nothing_else(at: AtJicoo) -> None:
    """Only what is sent changes; the guest is not told of (contracts/jicoo.md 2.6)."""
    uid = booked(at)

    edited = changer(at).update(uid, title="Second call", description="Bring the plan", priority="high")

    assert at.sent("PATCH", uid) == {
        "name": "Second call",
        "description": "Bring the plan",
        "priority": "high",
    }
    assert (edited.title, edited.start, edited.attendee) == ("Second call", NINE, ZOE)
    assert edited.former_start is None


def test_a_host_may_move_to_any_time(at: AtJicoo) -> None:
    """A start alone keeps the length; whoever is to know is notified."""
    uid, night = booked(at), NINE - timedelta(hours=8)

    edited = changer(at).update(uid, start=night, message="Sorry", notify=True, zone="Europe/Paris")

    assert at.sent("PATCH", uid) == {
        "startedAt": "2026-03-03T01:00:00.000Z",
        "endedAt": "2026-03-03T01:30:00.000Z",
        "updateMessage": "Sorry",
        "isSendUpdates": True,
        "timeZone": "Europe/Paris",
    }
    assert (edited.start, edited.former_start, edited.changed_by) == (night, NINE, "host")


def test_a_host_may_change_length_and_hosts(at: AtJicoo) -> None:
    """And clear the description."""
    uid, bo = booked(at), at.fake.add_user("Bo")

    edited = changer(at).update(uid, description="", end=slot(2), hosts={bo.id: "editor"}, notify=False)

    assert at.sent("PATCH", uid) == {
        "description": None,
        "endedAt": "2026-03-03T10:00:00.000Z",
        "hosts": [{"userId": bo.id, "role": "editor"}],
        "isSendUpdates": False,
    }
    assert (edited.end, edited.duration) == (slot(2), 2 * HALF_HOUR)


def test_an_edit_that_is_refused(at: AtJicoo) -> None:
    """By us for a message that is too long, by Jicoo for an end before the start."""
    uid = booked(at)

    with pytest.raises(InvalidRequest) as caught:
        changer(at).update(uid, message="m" * 2001)
    with pytest.raises(NotBookable):
        changer(at).update(uid, end=NINE - HALF_HOUR)

    assert list(caught.value.problems) == ["message"]
    assert at.provider.get(uid).duration == HALF_HOUR


def test_an_edit_of_nothing(at: AtJicoo) -> None:
    """What is not there, or has just gone."""
    uid = booked(at)
    at.fake.next(status=404, method="PATCH", path=f"/bookings/{uid}")
    at.fake.next(status=403, method="PATCH", path=f"/bookings/{uid}")

    with pytest.raises(BookingNotFound):
        changer(at).update("nothing", title="x")
    with pytest.raises(BookingNotFound):
        changer(at).update(uid, title="x")
    with pytest.raises(ProviderRefused):
        changer(at).update(uid, title="x")


def test_an_edit_without_an_answer(at: AtJicoo) -> None:
    """Nobody looks what became of it: it may be sent again as it is."""
    uid = booked(at)
    at.fake.next(cut=True, method="PATCH", path=f"/bookings/{uid}")

    with pytest.raises(OutcomeUnknown):
        changer(at).update(uid, title="Second call")


def test_a_group_page(tmp_path: Path) -> None:
    """Who moves leaves the others where they are."""
    with at_jicoo(tmp_path, capacity=3) as at:
        mine, other = booked(at), at.fake.book(at.page, NINE).uid

        at.provider.reschedule(mine, slot(1), by="guest")

        assert at.provider.get(other).start == NINE
        assert NINE in at.starts()
