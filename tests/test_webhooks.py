"""Webhooks come in: whoever subscribes hears of bookings made elsewhere, of each change exactly once."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_wtf import CSRFProtect

from booker_components import EventKind, create_booking, get_booking
from booker_components.records.inbox import Inbox, InboxState
from booker_components.testing import FrozenClock, Recorder

from .conftest import TUESDAY
from .elsewhere import Elsewhere, elsewhere, hear, pass_on, send

CREATED, MOVED, CANCELLED = EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED
WEDNESDAY = TUESDAY + timedelta(days=1)
Making = Callable[..., tuple[Elsewhere, Flask]]


@pytest.fixture
def making(clock: FrozenClock, make_app: Callable[..., Flask]) -> Iterator[Making]:
    """Make a Cal.com whose event type has the given fields, and an app that hears of it."""
    with_ends = []

    def make(*, settings: dict[str, Any] | None = None, **fields: Any) -> tuple[Elsewhere, Flask]:
        context = elsewhere(clock, **fields)
        with_ends.append(context)
        there = context.__enter__()
        return there, make_app(**(there.settings() | (settings or {})))

    yield make
    for context in with_ends:
        context.__exit__(None, None, None)


def inbox(app: Flask) -> Inbox:
    """Give the inbox of an app."""
    found: Inbox = app.extensions["booker"].receiver.inbox
    return found


def counts(app: Flask) -> tuple[int, ...]:
    """Give how many webhooks are new, done, kept and parked."""
    return tuple(inbox(app).counts("calcom").values())


def notice(trigger: str, payload: dict[str, Any], at: str = "2027-02-01T08:00:00.000Z") -> bytes:
    """Give the body of a webhook."""
    return json.dumps({"triggerEvent": trigger, "createdAt": at, "payload": payload}).encode()


# --- what is heard -------------------------------------------------------------------------------


def test_a_booking_made_elsewhere_is_heard_of_once(making: Making, recorder: Recorder) -> None:
    """Who books at Cal.com is known to the subscribers as if they had booked here."""
    there, app = making()
    made = there.calcom.book(there.intro, TUESDAY)

    answers = pass_on(app, there.sent())
    hear(app)

    assert (answers, recorder.kinds) == ([204], [CREATED])
    booking = recorder.events[0].booking
    assert (booking.uid, booking.attendee.name, booking.start) == (made.uid, "Bo", TUESDAY)


def test_copies_are_heard_of_once(making: Making, recorder: Recorder) -> None:
    """A webhook that comes three times, before and after the first was taken, makes one event."""
    there, app = making()
    there.calcom.book(there.intro, TUESDAY)
    sent = there.sent()

    pass_on(app, sent * 2)
    hear(app)
    pass_on(app, sent)
    hear(app)

    assert recorder.kinds == [CREATED]
    assert counts(app) == (0, 1, 0, 0)


def test_every_change_is_heard_of_in_order(making: Making, recorder: Recorder) -> None:
    """Made, moved and cancelled: each is one event, of the booking that it is about."""
    there, app = making()
    first = there.calcom.book(there.intro, TUESDAY)
    pass_on(app, there.sent())
    hear(app)
    second = there.calcom.reschedule(first.uid, WEDNESDAY)
    pass_on(app, there.sent())
    hear(app)
    there.calcom.cancel(second.uid, reason="Ill")
    pass_on(app, there.sent())
    hear(app)

    assert recorder.kinds == [CREATED, MOVED, CANCELLED]
    assert [each.booking.uid for each in recorder.events] == [first.uid, second.uid, second.uid]
    assert recorder.events[1].booking.replaces == first.uid
    assert recorder.events[2].booking.reason == "Ill"


def test_late_webhooks_tell_how_things_stand_now(making: Making, recorder: Recorder) -> None:
    """Out of order, nobody hears that a booking was made after it was cancelled or moved."""
    there, app = making()
    gone, moved = (
        there.calcom.book(there.intro, TUESDAY),
        there.calcom.book(there.intro, TUESDAY + timedelta(hours=2), name="Cy", email="cy@example.org"),
    )
    there.calcom.cancel(gone.uid)
    stands = there.calcom.reschedule(moved.uid, WEDNESDAY)

    pass_on(app, there.sent()[::-1])
    hear(app)

    heard = {(each.booking.uid, each.kind) for each in recorder.events}
    assert heard == {(gone.uid, CANCELLED), (stands.uid, MOVED)}
    assert len(recorder.events) == 2


def test_an_own_booking_and_its_webhook_are_one_event(making: Making, recorder: Recorder) -> None:
    """Who books here hears nothing new from Cal.com."""
    there, app = making()
    with app.app_context():
        booking = create_booking("intro", TUESDAY, name="Bo", email="bo@example.org")

    pass_on(app, there.sent())
    hear(app)

    assert [(each.kind, each.booking.uid) for each in recorder.events] == [(CREATED, booking.uid)]


def test_a_webhook_that_is_faster_than_our_own_call_is_the_one_event(
    making: Making, recorder: Recorder
) -> None:
    """Whoever looks first tells it; the other finds nothing new."""
    there, app = making()
    made = there.calcom.book(there.intro, TUESDAY)
    pass_on(app, there.sent())
    hear(app)

    with app.app_context():
        app.extensions["booker"].service.observe(made.uid)
    hear(app)

    assert recorder.kinds == [CREATED]


def test_the_hosts_agreement_is_heard_of(making: Making, recorder: Recorder) -> None:
    """Cal.com sends BOOKING_CREATED for it, which is none (contracts/calcom.md 5)."""
    there, app = making(confirmationPolicy={"type": "always"})
    made = there.calcom.book(there.intro, TUESDAY)
    pass_on(app, there.sent())
    hear(app)
    there.calcom.confirm(made.uid)
    pass_on(app, there.sent())
    hear(app)

    assert recorder.kinds == [CREATED, EventKind.CONFIRMED]


def test_a_refusal_of_the_host_is_heard_of(making: Making, recorder: Recorder) -> None:
    """A booking that waited and was declined is rejected, not cancelled."""
    there, app = making(confirmationPolicy={"type": "always"})
    made = there.calcom.book(there.intro, TUESDAY)
    pass_on(app, there.sent())
    hear(app)
    there.calcom.decline(made.uid, reason="No time")
    pass_on(app, there.sent())
    hear(app)

    assert recorder.kinds == [CREATED, EventKind.REJECTED]


def test_a_move_that_is_sent_as_a_request_is_a_move(making: Making, recorder: Recorder) -> None:
    """Where the host has to agree, Cal.com tells a move as BOOKING_REQUESTED without the old uid."""
    there, app = making(confirmationPolicy={"type": "always"})
    made = there.calcom.book(there.intro, TUESDAY)
    pass_on(app, there.sent())
    hear(app)
    there.calcom.reschedule(made.uid, WEDNESDAY)
    sent = there.sent()
    pass_on(app, sent)
    hear(app)

    assert [each.trigger for each in sent] == ["BOOKING_REQUESTED"]
    assert recorder.kinds == [CREATED, MOVED]
    assert recorder.events[1].booking.replaces == made.uid


def test_somebody_who_did_not_come_is_heard_of(making: Making, recorder: Recorder) -> None:
    """What the booking itself does not tell comes from the webhook, once."""
    there, app = making()
    made = there.calcom.book(there.intro, TUESDAY)
    absent = [{"email": "bo@example.org", "noShow": True}]
    there.calcom.notify(made.uid, "BOOKING_NO_SHOW_UPDATED", {"bookingUid": made.uid, "attendees": absent})

    pass_on(app, there.sent() * 2)
    hear(app)

    assert recorder.kinds == [CREATED, EventKind.NO_SHOW]


def test_a_booking_that_was_never_told_of_is_heard_of_before_what_happened_to_it(
    making: Making, recorder: Recorder
) -> None:
    """Who missed the first webhook hears of the booking with the next one, whatever that tells."""
    there, app = making()
    made = there.calcom.book(there.intro, TUESDAY)
    there.sent()

    send(app, notice("BOOKING_PAID", {"uid": made.uid, "paymentId": 3}))
    hear(app)

    assert recorder.kinds == [CREATED, EventKind.PAID]


def test_a_booking_that_is_gone_is_heard_of_as_it_was_told(making: Making, recorder: Recorder) -> None:
    """What we knew and can no longer read stands in the webhook itself."""
    there, app = making()
    made = there.calcom.book(there.intro, TUESDAY)
    pass_on(app, there.sent())
    hear(app)
    there.calcom.cancel(made.uid, reason="Ill")
    sent = there.sent()
    with there.calcom.store.lock:
        del there.calcom.store.bookings[made.uid]

    pass_on(app, sent)
    hear(app)

    assert recorder.kinds == [CREATED, EventKind.CANCELLED]
    assert recorder.events[1].booking.attendee.email == "bo@example.org"


def test_a_webhook_alone_makes_no_booking(making: Making, recorder: Recorder) -> None:
    """Whoever knows a secret could tell of bookings that never were: what cannot be read is not believed."""
    there, app = making()
    made = there.calcom.book(there.intro, TUESDAY)
    sent = there.sent()
    with there.calcom.store.lock:
        del there.calcom.store.bookings[made.uid]

    pass_on(app, sent)
    hear(app)

    assert recorder.kinds == []


# --- seats and series ----------------------------------------------------------------------------

SEATS = {"seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}}


def take_seat(there: Elsewhere, name: str = "Bo") -> tuple[str, str]:
    """Book a seat, and give the uid of the booking and of the seat."""
    made = there.calcom.book(there.intro, TUESDAY, name=name, email=f"{name.lower()}@example.org")
    return made.uid, made.attendees[-1].seat


def test_each_seat_is_heard_of_by_itself(making: Making, recorder: Recorder) -> None:
    """Two guests of one time are two bookings to the subscribers, each with its own guest."""
    there, app = making(**SEATS)
    shared, first = take_seat(there)
    _, second = take_seat(there, "Cy")

    pass_on(app, there.sent())
    hear(app)

    heard = [(each.kind, each.booking.uid, each.booking.attendee.name) for each in recorder.events]
    assert heard == [(CREATED, first, "Bo"), (CREATED, second, "Cy")]
    assert {each.booking.shared for each in recorder.events} == {shared}


def test_who_has_a_seat_is_heard_of_without_the_hosts_key(making: Making, recorder: Recorder) -> None:
    """Cal.com shows strangers no guests of a shared time; the webhook tells who it is about."""
    there, app = making(settings={"BOOKER_CALCOM_API_KEY": "", "BOOKER_CALCOM_AUTH": "none"}, **SEATS)
    _, seat = take_seat(there)

    pass_on(app, there.sent())
    hear(app)

    assert [(each.booking.uid, each.booking.attendee.name) for each in recorder.events] == [(seat, "Bo")]


def test_a_seat_that_was_given_up_is_heard_of(making: Making, recorder: Recorder) -> None:
    """It can no longer be read; the other seats go on."""
    there, app = making(**SEATS)
    shared, first = take_seat(there)
    take_seat(there, "Cy")
    pass_on(app, there.sent())
    hear(app)
    there.calcom.cancel(shared, seat=first)
    pass_on(app, there.sent())
    hear(app)

    assert recorder.kinds == [CREATED, CREATED, CANCELLED]
    ended = recorder.events[2].booking
    assert (ended.uid, ended.shared, ended.attendee.name) == (first, shared, "Bo")


def test_a_seat_that_moved_is_heard_of(making: Making, recorder: Recorder) -> None:
    """A seat keeps its uid and has another time; Cal.com does not name the old booking."""
    there, app = making(**SEATS)
    shared, seat = take_seat(there)
    pass_on(app, there.sent())
    hear(app)
    there.calcom.reschedule(shared, WEDNESDAY, seat=seat)
    pass_on(app, there.sent())
    hear(app)

    assert recorder.kinds == [CREATED, MOVED]
    assert (recorder.events[1].booking.uid, recorder.events[1].booking.start) == (seat, WEDNESDAY)


def test_a_series_that_was_cancelled_is_heard_of_as_a_whole(making: Making, recorder: Recorder) -> None:
    """One webhook may stand for all occurrences that were cancelled together."""
    there, app = making(recurrence={"interval": 1, "occurrences": 3, "frequency": "weekly"})
    first = there.calcom.book(there.intro, TUESDAY)
    uids = [each.uid for each in there.calcom.store.series(first.recurring)]
    pass_on(app, there.sent())
    hear(app)
    for uid in uids:
        there.calcom.cancel(uid)
    pass_on(app, there.sent()[:1])
    hear(app)

    assert sorted(recorder.kinds) == [CANCELLED] * 3 + [CREATED] * 3
    assert {each.booking.uid for each in recorder.events} == set(uids)


# --- what goes wrong -----------------------------------------------------------------------------


def test_a_webhook_is_kept_while_the_api_is_down(
    making: Making, recorder: Recorder, clock: FrozenClock
) -> None:
    """Cal.com sends nothing twice: what was answered is heard of once the API answers again."""
    there, app = making()
    there.calcom.book(there.intro, TUESDAY)
    there.calcom.next(method="GET", path="/bookings/*", status=500, times=3)

    answers = pass_on(app, there.sent())
    hear(app)
    waiting = (counts(app), list(recorder.kinds))
    clock.move(timedelta(minutes=1))
    hear(app)

    assert answers == [204]
    assert waiting == ((1, 0, 0, 0), [])
    assert recorder.kinds == [CREATED]


def test_a_webhook_that_fails_for_a_day_is_given_up_and_can_be_retried(
    making: Making, recorder: Recorder, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A day of failures is said in the log, without personal data; retrying takes it again."""
    there, app = making()
    there.calcom.book(there.intro, TUESDAY)
    pass_on(app, there.sent())
    clock.move(timedelta(hours=24))
    there.calcom.next(method="GET", path="/bookings/*", status=418)

    hear(app)
    parked = counts(app)
    inbox(app).retry("calcom")
    hear(app)

    assert parked == (0, 0, 0, 1)
    assert recorder.kinds == [CREATED]
    said = [each.getMessage() for each in caplog.records if each.levelno == logging.ERROR]
    assert len(said) == 1
    assert f"now {InboxState.PARKED}" in said[0]
    assert "bo@example.org" not in caplog.text


def test_lost_webhooks_are_made_up_for(making: Making, recorder: Recorder) -> None:
    """Looking at what has changed since finds what nobody told; what is known is told to nobody again."""
    there, app = making()
    known, lost = (
        there.calcom.book(there.intro, TUESDAY),
        there.calcom.book(there.intro, TUESDAY + timedelta(hours=1), name="Cy", email="cy@example.org"),
    )
    pass_on(app, there.sent()[:1])
    hear(app)
    there.calcom.cancel(known.uid)
    there.sent()

    found = [app.extensions["booker"].service.sync(TUESDAY - timedelta(days=2)) for _ in range(2)]
    hear(app)

    assert found == [2, 0]
    assert recorder.kinds[0] == CREATED
    assert {(each.kind, each.booking.uid) for each in recorder.events[1:]} == {
        (CANCELLED, known.uid),
        (CREATED, lost.uid),
    }


# --- who is believed -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "given",
    [
        pytest.param("", id="unsigned"),
        pytest.param("no-secret-provided", id="without a secret"),
        pytest.param("0" * 64, id="forged"),
    ],
)
def test_what_is_not_genuine_is_refused_and_not_kept(
    making: Making, given: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer tells a stranger nothing, the log tells the host what to do; neither names a guest."""
    there, app = making()
    there.calcom.book(there.intro, TUESDAY)

    answer = send(app, there.sent()[0].body, given=given)

    assert (answer.status_code, answer.text) == (400, "The webhook was rejected.")
    assert "BOOKER_CALCOM_WEBHOOK_SECRET" in caplog.text
    assert "bo@example.org" not in caplog.text
    assert counts(app) == (0, 0, 0, 0)


def test_a_signature_does_not_cover_another_body(making: Making) -> None:
    """Who has seen a genuine webhook cannot say anything else with its signature."""
    there, app = making()
    there.calcom.book(there.intro, TUESDAY)
    genuine = there.sent()[0]

    answer = send(app, genuine.body + b" ", given=genuine.headers["X-Cal-Signature-256"])

    assert answer.status_code == 400


def test_without_a_secret_webhooks_are_refused(making: Making, caplog: pytest.LogCaptureFixture) -> None:
    """Anybody could write to the address; the log names the setting."""
    there, app = making(settings={"BOOKER_CALCOM_WEBHOOK_SECRET": ""})
    there.calcom.book(there.intro, TUESDAY)

    assert pass_on(app, there.sent()) == [400]
    assert "'BOOKER_CALCOM_WEBHOOK_SECRET' is not set" in caplog.text


def test_the_hosts_form_protection_does_not_stand_in_the_way(making: Making, recorder: Recorder) -> None:
    """A webhook has no form token, whatever the host app demands of its own forms."""
    there, app = making()
    CSRFProtect(app)
    there.calcom.book(there.intro, TUESDAY)

    answers = pass_on(app, there.sent())
    hear(app)

    assert (answers, recorder.kinds) == ([204], [CREATED])


# --- what is answered ----------------------------------------------------------------------------


def test_a_try_out_is_answered_and_forgotten(making: Making, recorder: Recorder) -> None:
    """The ping of Cal.com's settings wants an answer and tells nothing."""
    _, app = making()

    answer = send(app, notice("BOOKING_CREATED", {"type": "Test", "title": "Test trigger event"}))
    hear(app)

    assert (answer.status_code, answer.data) == (204, b"")
    assert (counts(app), recorder.kinds) == ((0, 0, 0, 0), [])


def test_what_is_not_understood_is_kept(making: Making, recorder: Recorder) -> None:
    """A trigger that is about no booking and that nobody hears is answered and kept as it came."""
    _, app = making()

    answer = send(app, notice("OOO_CREATED", {"oooEntry": {"id": 4}}))
    hear(app)

    assert (answer.status_code, counts(app), recorder.kinds) == (204, (0, 0, 1, 0), [])


def test_a_form_is_read_as_it_came(making: Making, recorder: Recorder) -> None:
    """A custom template that is no JSON comes as a form, whose bytes are signed all the same."""
    there, app = making()
    made = there.calcom.book(there.intro, TUESDAY)

    answer = send(app, f"uid={made.uid}&a=1".encode(), kind="application/x-www-form-urlencoded")
    hear(app)

    assert (answer.status_code, recorder.kinds) == (204, [CREATED])


def test_only_the_apps_own_provider_is_listened_to(making: Making, app: Flask) -> None:
    """Other names are nothing, nor is any provider to which nothing happens elsewhere."""
    _, ours = making()

    assert ours.test_client().post("/webhooks/jicoo").status_code == 404
    assert app.test_client().post("/webhooks/embedded").status_code == 404
    assert app.test_client().post("/webhooks/calcom").status_code == 404


def test_looking_at_the_address_does_nothing(making: Making) -> None:
    """Who opens it in a browser is told that this is not how."""
    _, app = making()

    assert app.test_client().get("/webhooks/calcom").status_code == 405


def test_a_body_without_end_is_not_read(making: Making) -> None:
    """More than a megabyte is no webhook."""
    _, app = making()

    assert send(app, b" " * (1024 * 1024)).status_code == 204
    assert send(app, b" " * (1024 * 1024 + 1)).status_code == 413


# --- without anybody's help ----------------------------------------------------------------------


def test_a_web_process_takes_webhooks_by_itself(making: Making, recorder: Recorder) -> None:
    """With threads, whoever has answered a webhook also takes it."""
    there, app = making(settings={"BOOKER_DISPATCH": "thread"})
    there.calcom.book(there.intro, TUESDAY)

    pass_on(app, there.sent())

    assert _soon(recorder) == [CREATED]


def _soon(recorder: Recorder) -> list[EventKind]:
    """Wait until something is heard, and give what."""
    until = time.monotonic() + 20
    while not recorder.events and time.monotonic() < until:
        time.sleep(0.01)
    return recorder.kinds


def test_a_webhook_outlives_the_process_that_answered_it(
    making: Making, make_app: Callable[..., Flask], recorder: Recorder, tmp_path: Path
) -> None:
    """Whoever serves the next request takes what another process has left."""
    database = {"BOOKER_DATABASE_URL": f"sqlite:///{tmp_path}/shared.sqlite3"}
    there, ended = making(settings=database)
    there.calcom.book(there.intro, TUESDAY)
    pass_on(ended, there.sent())
    next_one = make_app(**(there.settings() | database | {"BOOKER_DISPATCH": "thread"}))

    next_one.test_client().get("/bookings/none")

    assert _soon(recorder) == [CREATED]


def test_a_moved_booking_is_found_under_both_uids(making: Making) -> None:
    """After a move elsewhere the old link shows what stands now."""
    there, app = making()
    made = there.calcom.book(there.intro, TUESDAY)
    moved = there.calcom.reschedule(made.uid, WEDNESDAY)

    with app.app_context():
        assert get_booking(made.uid).replaced_by == moved.uid


# --- whole times that guests share ---------------------------------------------------------------


@pytest.mark.parametrize("by_webhook", [pytest.param(True, id="webhook"), pytest.param(False, id="sync")])
def test_a_shared_time_that_was_cancelled_is_heard_of_seat_by_seat(
    making: Making, recorder: Recorder, by_webhook: bool
) -> None:
    """The host cancels for all: everybody's seat is cancelled, and the whole is nobody's booking."""
    there, app = making(**SEATS)
    shared, first = take_seat(there)
    _, second = take_seat(there, "Cy")
    pass_on(app, there.sent())
    hear(app)
    there.calcom.cancel(shared, reason="Ill", by="ann@example.com")
    if by_webhook:
        pass_on(app, there.sent())
    else:
        app.extensions["booker"].service.sync(TUESDAY - timedelta(days=2))
    hear(app)

    ended = [(each.kind, each.booking.uid, each.booking.attendee.name) for each in recorder.events[2:]]
    assert sorted(ended) == sorted([(CANCELLED, first, "Bo"), (CANCELLED, second, "Cy")])
    assert {each.booking.reason for each in recorder.events[2:]} == {"Ill"}


def test_a_seat_that_was_given_up_unheard_is_found(making: Making, recorder: Recorder) -> None:
    """A seat is listed no more once it was given up; that it is gone is found all the same."""
    there, app = making(**SEATS)
    shared, first = take_seat(there)
    take_seat(there, "Cy")
    pass_on(app, there.sent())
    hear(app)
    there.calcom.cancel(shared, seat=first)
    there.sent()

    found = [app.extensions["booker"].service.sync(TUESDAY - timedelta(days=2)) for _ in range(2)]
    hear(app)

    assert found == [1, 0]
    assert [(each.kind, each.booking.uid) for each in recorder.events[2:]] == [(CANCELLED, first)]


def test_what_happens_to_a_shared_time_is_heard_of_by_every_seat(making: Making, recorder: Recorder) -> None:
    """A meeting that has begun has begun for all; who of them did not come is not told of any."""
    there, app = making(**SEATS)
    shared, first = take_seat(there)
    _, second = take_seat(there, "Cy")
    pass_on(app, there.sent())

    send(app, notice("MEETING_STARTED", {"uid": shared}))
    send(app, notice("BOOKING_NO_SHOW_UPDATED", {"bookingUid": shared}))
    hear(app)

    begun = {each.booking.uid for each in recorder.events if each.kind is EventKind.STARTED}
    assert begun == {first, second}
    assert len(recorder.events) == 4
