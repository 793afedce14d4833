"""The rules that hold at every provider: cut-offs, reasons, notice, and who may pass over them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from booker_components import (
    Attendee,
    Booking,
    BookingClosed,
    BookingEvent,
    BookingFilter,
    BookingRequest,
    BookingWindow,
    CancelScope,
    ChangeRule,
    EventKind,
    EventType,
    Frequency,
    InvalidRequest,
    LinkExpired,
    NotBookable,
    ReasonRule,
    Schedule,
    Series,
    Slot,
    TimeWindow,
    cancel_booking,
    create_booking,
    get_slots,
    reschedule_booking,
)
from booker_components.changes import checked_reason
from booker_components.outbox import Outbox
from booker_components.policy import Rule
from booker_components.service import BookingService
from booker_components.testing import FrozenClock

from .conftest import INTRO, TUESDAY


def service(app: Flask) -> BookingService:
    """Give the service of an app."""
    found: BookingService = app.extensions["booker"].service
    return found


def test_a_change_after_the_cut_off_is_refused_with_its_deadline(app: Flask, clock: FrozenClock) -> None:
    """A guest who comes too late learns until when it was possible; a host may still act."""
    with app.app_context():
        booking = create_booking(
            "check-up", TUESDAY, name="Bo", email="bo@example.com", answers={"topic": "Knee"}
        )
        clock.set(TUESDAY - timedelta(hours=23))

        with pytest.raises(BookingClosed) as refusal:
            reschedule_booking(booking.uid, TUESDAY + timedelta(days=1), reason="Ill")
        moved = reschedule_booking(booking.uid, TUESDAY + timedelta(days=1), force=True)

    assert refusal.value.until == TUESDAY - timedelta(hours=24)
    assert (moved.uid, moved.revision, moved.former_start) == (booking.uid, 2, TUESDAY)


def test_a_required_reason_is_required(app: Flask) -> None:
    """Moving without the reason that the event type wants names the field."""
    with app.app_context():
        booking = create_booking(
            "check-up", TUESDAY, name="Bo", email="bo@example.com", answers={"topic": "Knee"}
        )

        with pytest.raises(InvalidRequest) as refusal:
            reschedule_booking(booking.uid, TUESDAY + timedelta(days=1))

    assert set(refusal.value.problems) == {"reason"}


def test_an_unwanted_reason_is_dropped() -> None:
    """Where no reason is asked for, none is kept."""
    assert checked_reason(ReasonRule.OFF, "private") == ""
    assert checked_reason(ReasonRule.OPTIONAL, "") == ""


def test_a_time_outside_the_rules_is_not_bookable(app: Flask) -> None:
    """The past and the hours after work are refused with the rule's word."""
    with app.app_context():
        for start, rule in ((TUESDAY - timedelta(days=7), "past"), (TUESDAY + timedelta(hours=12), "hours")):
            with pytest.raises(NotBookable) as refusal:
                create_booking("intro-call", start, name="Bo", email="bo@example.com")
            assert refusal.value.rule == rule


def test_slots_are_clamped_to_the_booking_window(app: Flask, clock: FrozenClock) -> None:
    """However long a window is asked for, nothing beyond the horizon is offered."""
    with app.app_context():
        slots = get_slots("intro-call", start=clock(), end=clock() + timedelta(days=1000))
        far = get_slots("intro-call", start=clock() + timedelta(days=500), end=clock() + timedelta(days=600))

    assert slots[-1].start < clock() + timedelta(days=62)
    assert far == ()


def test_the_next_slot_is_found_weeks_ahead(app: Flask, clock: FrozenClock) -> None:
    """The search goes on until the booking window ends."""
    booking_service = service(app)
    intro = booking_service.event_type("intro-call")
    shut: EventType = replace(intro, minimum_notice=timedelta(days=45))

    found = booking_service.next_slot(shut, clock())
    none = booking_service.next_slot(intro, clock() + timedelta(days=400))

    assert found is not None
    assert found.start >= clock() + timedelta(days=45)
    assert none is None


def test_each_change_is_told_once(app: Flask) -> None:
    """Created, moved, cancelled: one event each, with the booking as it stood."""
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com", key="k")
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com", key="k")
        reschedule_booking(booking.uid, TUESDAY + timedelta(days=1))
        cancel_booking(booking.uid, reason="Ill")
        with pytest.raises(BookingClosed):
            cancel_booking(booking.uid)

    events = list(reversed(app.extensions["booker"].outbox.events()))
    assert [event.kind for event in events] == [
        EventKind.CREATED,
        EventKind.RESCHEDULED,
        EventKind.CANCELLED,
    ]
    assert [event.booking.revision for event in events] == [1, 2, 3]


def test_the_search_for_a_free_time_ends(app: Flask, clock: FrozenClock) -> None:
    """Where nothing is free and the booking window has no end, a page asks a bounded number of times."""
    booking_service = service(app)
    closed = Schedule(weekly=((),) * 7)
    endless = replace(
        booking_service.event_type("intro-call"), schedule=closed, window=BookingWindow(days=None)
    )
    asked: list[TimeWindow] = []
    slots = booking_service.slots

    def counted(event_type: EventType, window: TimeWindow, **more: Any) -> Sequence[Slot]:
        asked.append(window)
        return slots(event_type, window, **more)

    booking_service.slots = counted  # type: ignore[method-assign]  # counts, and asks the real one

    assert booking_service.next_slot(endless, clock()) is None
    assert len(asked) <= 14


def test_a_naive_time_is_refused_with_its_name(app: Flask) -> None:
    """Moving to a time without a zone says so."""
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
        with pytest.raises(ValueError, match="must be aware"):
            reschedule_booking(booking.uid, TUESDAY.replace(tzinfo=None))


class FailingOutbox(Outbox):
    """An outbox that cannot keep an event."""

    def add(self, kind: EventKind, booking: Booking) -> BookingEvent:
        """Fail, as a full disk would."""
        raise OSError(f"No room for {kind}.")


def test_a_change_and_its_event_are_kept_together_or_not_at_all(app: Flask, clock: FrozenClock) -> None:
    """When the event cannot be kept, nothing is booked, moved or cancelled."""
    parts = app.extensions["booker"]
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
    failing = BookingService(
        provider=parts.service.provider,
        storage=parts.storage,
        outbox=FailingOutbox(parts.storage, clock=clock),
        clock=clock,
    )
    guest = Attendee(name="Bo", email="bo@example.com")
    request = BookingRequest(event_type="intro-call", start=TUESDAY + timedelta(hours=1), attendee=guest)

    for change in (
        lambda: failing.book(request),
        lambda: failing.reschedule(booking.uid, TUESDAY + timedelta(hours=2)),
        lambda: failing.cancel(booking.uid),
    ):
        with pytest.raises(OSError, match="No room"):
            change()

    assert parts.service.bookings(BookingFilter()) == (booking,)


def test_a_change_that_comes_late_is_left(app: Flask) -> None:
    """A guest who acts on a booking as it was finds it changed, and changes nothing."""
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
        reschedule_booking(booking.uid, TUESDAY + timedelta(days=1))

    with pytest.raises(LinkExpired):
        service(app).cancel(booking.uid, revision=1)

    assert service(app).get(booking.uid).is_open


def test_no_other_change_comes_between_the_rule_and_the_change(
    make_app: Callable[..., Flask], database_url: str
) -> None:
    """While a booking is looked at to be cancelled, a host who moves it waits, and finds it cancelled."""
    app = make_app(BOOKER_DATABASE_URL=database_url)
    parts = app.extensions["booker"]
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
    outcomes: list[str] = []

    def move() -> None:
        try:
            parts.service.reschedule(booking.uid, TUESDAY + timedelta(days=1), force=True)
            outcomes.append("moved")
        except BookingClosed:
            outcomes.append("too late")

    mover = threading.Thread(target=move)

    class Watched(BookingService):
        def event_type_of(self, booking: Booking) -> EventType | None:
            mover.start()
            mover.join(timeout=0.3)
            outcomes.append("waits" if mover.is_alive() else "did not wait")
            return super().event_type_of(booking)

    watched = Watched(
        provider=parts.service.provider,
        storage=parts.storage,
        outbox=parts.outbox,
        clock=parts.service.clock,
    )

    cancelled = watched.cancel(booking.uid)
    mover.join(timeout=30)

    assert outcomes == ["waits", "too late"]
    assert not cancelled.is_open


def test_a_series_is_not_cancelled_past_the_cutoff_of_one_of_its_dates(
    make_app: Callable[..., Flask],
) -> None:
    """A date that can no longer be cancelled alone is not cancelled through another one either."""
    weekly = replace(
        INTRO,
        series=Series(frequency=Frequency.WEEKLY, occurrences=3),
        cancel=ChangeRule(notice=timedelta(days=2)),
    )
    app = make_app(BOOKER_EVENT_TYPES=[weekly])
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
    _, second, third = booking.occurrences

    with pytest.raises(BookingClosed) as caught:
        service(app).cancel(third.uid, scope=CancelScope.ALL)
    cancelled = service(app).cancel(second.uid, scope=CancelScope.FOLLOWING)

    assert caught.value.rule == Rule.CUTOFF
    assert [each.status.value for each in cancelled.occurrences] == ["confirmed", "cancelled", "cancelled"]


def test_a_host_books_a_series_without_a_date_that_is_taken(make_app: Callable[..., Flask]) -> None:
    """As guests do on the page."""
    weekly = replace(INTRO, series=Series(frequency=Frequency.WEEKLY, occurrences=3))
    app = make_app(BOOKER_EVENT_TYPES=[weekly])
    taken = TUESDAY + timedelta(weeks=1)
    with app.app_context():
        create_booking("intro-call", taken, name="Al", email="al@example.com", occurrences=1)

        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com", without=[taken])

    assert [each.start for each in booking.occurrences] == [TUESDAY, TUESDAY + timedelta(weeks=2)]
