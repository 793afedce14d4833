"""Webhooks of Jicoo come in, and guests come back from its pages: each change is heard of exactly once."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from booker_components import (
    BookingStatus,
    EventKind,
    NotBookable,
    cancel_booking,
    create_booking,
    get_booking,
    reschedule_booking,
    update_booking,
)
from booker_components.records.inbox import Inbox
from booker_components.testing import FrozenClock, Recorder
from booker_components.testing.jicoo import Booking
from booker_components.testing.jicoo.news import HEADER, sign
from booker_components.testing.memory import Delivery

from .conftest import TUESDAY
from .elsewhere import hear
from .elsewhere_jicoo import SECRET, JicooElsewhere, jicoo_elsewhere, pass_on_jicoo

CREATED, MOVED, CANCELLED = EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED
LATER, LATEST = TUESDAY + timedelta(hours=1), TUESDAY + timedelta(hours=2)
MINUTE = timedelta(minutes=1)
Making = Callable[..., tuple[JicooElsewhere, Flask]]


@pytest.fixture
def making(clock: FrozenClock, make_app: Callable[..., Flask]) -> Iterator[Making]:
    """Make a Jicoo whose page has the given fields, and an app that hears of it."""
    with ExitStack() as ends:

        def make(*, settings: dict[str, Any] | None = None, **fields: Any) -> tuple[JicooElsewhere, Flask]:
            there = ends.enter_context(jicoo_elsewhere(clock, **fields))
            app = make_app(**(there.settings() | (settings or {})))
            ends.callback(app.extensions["booker"].jicoo.close)
            return there, app

        yield make


def told(app: Flask, there: JicooElsewhere) -> None:
    """Let everything that is on its way come in and be heard."""
    assert set(pass_on_jicoo(app, there.sent())) <= {204}
    hear(app)


def counts(app: Flask) -> tuple[int, ...]:
    """Give how many webhooks are new, done, kept and parked."""
    inbox: Inbox = app.extensions["booker"].receiver.inbox
    return tuple(inbox.counts("jicoo").values())


def sync(app: Flask) -> int:
    """Look at what has changed in the last days, and give how much is new."""
    found: int = app.extensions["booker"].service.sync(TUESDAY - timedelta(days=3))
    return found


def gone(there: JicooElsewhere, made: Booking) -> None:
    """Let a booking be readable no more."""
    with there.jicoo.store.lock:
        del there.jicoo.store.bookings[made.uid]


def resigned(there: JicooElsewhere, sent: Delivery, change: Callable[[dict[str, Any]], object]) -> Delivery:
    """Give a webhook that says something else, well signed."""
    said = json.loads(sent.body)
    change(said)
    body = json.dumps(said).encode()
    elements = sign(body, [SECRET], there.jicoo.store.clock())
    return replace(sent, body=body, headers={**sent.headers, HEADER: ",".join(elements)})


# --- what is heard -------------------------------------------------------------------------------


def test_a_booking_made_elsewhere_is_heard_of_once(making: Making, recorder: Recorder) -> None:
    """With all that the API tells of it, and the campaign, of which only the webhook knows."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY, message="Hello", tracking={"campaign": "winter"})

    answers = pass_on_jicoo(app, there.sent())
    hear(app)

    assert (answers, recorder.kinds) == ([204], [CREATED])
    booking = recorder.events[0].booking
    assert (booking.uid, booking.event_type, booking.start) == (made.uid, "intro", TUESDAY)
    assert (booking.attendee.name, booking.notes, booking.host.name) == ("Bo", "Hello", "Ann")
    assert booking.metadata == {"utm_campaign": "winter"}


def test_the_campaign_stays_with_the_booking(making: Making, recorder: Recorder) -> None:
    """Later webhooks and looks tell it again, though the API never does."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY, tracking={"campaign": "winter"})
    told(app, there)
    there.jicoo.reschedule(made.uid, LATER)
    sync(app)
    hear(app)

    assert [each.booking.metadata for each in recorder.events] == [{"utm_campaign": "winter"}] * 2


def test_every_change_is_heard_of_in_order(making: Making, recorder: Recorder) -> None:
    """Made, moved by either side and cancelled, and who did it: of a move the webhook alone tells that."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY)
    told(app, there)
    there.jicoo.reschedule(made.uid, LATER)
    told(app, there)
    there.jicoo.reschedule(made.uid, LATEST, by="host")
    told(app, there)
    there.jicoo.cancel(made.uid, reason="Ill", by="host")
    told(app, there)

    assert recorder.kinds == [CREATED, MOVED, MOVED, CANCELLED]
    assert {each.booking.uid for each in recorder.events} == {made.uid}
    assert [each.booking.former_start for each in recorder.events[:3]] == [None, TUESDAY, LATER]
    assert [each.booking.changed_by for each in recorder.events] == ["", "guest", "host", "host"]
    last = recorder.events[3].booking
    assert (last.reason, last.changed_by, last.status) == ("Ill", "host", BookingStatus.CANCELLED)


def test_copies_are_heard_of_once(making: Making, recorder: Recorder, clock: FrozenClock) -> None:
    """Also those that are signed again, before and after the first was taken."""
    there, app = making()
    there.jicoo.book(there.intro, TUESDAY)
    sent = there.sent()

    pass_on_jicoo(app, sent * 2)
    hear(app)
    clock.move(10 * MINUTE)
    answers = pass_on_jicoo(app, [*sent, *map(there.jicoo.sign_again, sent)])
    hear(app)

    assert (answers, recorder.kinds, counts(app)) == ([400, 204], [CREATED], (0, 1, 0, 0))


def test_late_webhooks_tell_how_things_stand_now(making: Making, recorder: Recorder) -> None:
    """Out of order, nothing old overwrites what is newer: the booking is read again each time."""
    there, app = making()
    ended = there.jicoo.book(there.intro, TUESDAY, name="Cy", email="cy@example.org")
    moved = there.jicoo.book(there.intro, LATER)
    there.jicoo.cancel(ended.uid)
    there.jicoo.reschedule(moved.uid, LATEST)

    pass_on_jicoo(app, there.sent()[::-1])
    hear(app)

    heard = {(each.booking.uid, each.kind, each.booking.start) for each in recorder.events}
    assert heard == {(ended.uid, CANCELLED, TUESDAY), (moved.uid, CREATED, LATEST)}
    assert len(recorder.events) == 2


def test_a_webhook_of_before_does_not_say_who_did_it_last(making: Making, recorder: Recorder) -> None:
    """The guest's move is heard of only when the host has moved it again."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY)
    told(app, there)
    there.jicoo.reschedule(made.uid, LATER)
    sent = there.sent()
    there.jicoo.reschedule(made.uid, LATEST, by="host")

    pass_on_jicoo(app, sent)
    hear(app)

    moved = recorder.events[-1]
    assert (moved.kind, moved.booking.start, moved.booking.changed_by) == (MOVED, LATEST, "")


def test_a_late_webhook_does_not_bring_a_booking_back(making: Making, recorder: Recorder) -> None:
    """What was heard to be moved, then cancelled, stays so whatever comes after."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY)
    first = there.sent()
    there.jicoo.reschedule(made.uid, LATER)
    second = there.sent()
    there.jicoo.cancel(made.uid)
    third = there.sent()

    for sent in (third, second, first):
        pass_on_jicoo(app, sent)
        hear(app)

    assert recorder.kinds == [CANCELLED]


def test_an_agreement_of_the_host_is_heard_of(making: Making, recorder: Recorder) -> None:
    """Jicoo is not known to tell of it: an event that nobody knows is as good, and so is a look."""
    there, app = making(approval=True)
    one, other = there.jicoo.book(there.intro, TUESDAY), there.jicoo.book(there.intro, LATER)
    told(app, there)
    there.jicoo.approve(one.uid)
    there.jicoo.approve(other.uid)
    there.jicoo.notify(one.uid, "host_approved")
    told(app, there)
    found = [sync(app), sync(app)]
    hear(app)

    assert found == [1, 0]
    assert recorder.kinds == [CREATED, CREATED, EventKind.CONFIRMED, EventKind.CONFIRMED]
    assert recorder.events[2].booking.uid == one.uid


@pytest.mark.parametrize("tells_more", [False, True], ids=["bare", "more"])
def test_a_webhook_may_tell_little(making: Making, recorder: Recorder, tells_more: bool) -> None:
    """Not even guest and times are needed, for everything is read; nor is what is told more believed."""
    there, app = making()
    there.jicoo.habits.tells_more = tells_more
    made = there.jicoo.book(there.intro, TUESDAY)
    bare = resigned(
        there,
        there.sent()[0],
        lambda said: said.update(object={"uid": made.uid, "hosts": [{"userId": "mallory"}]}),
    )

    pass_on_jicoo(app, [bare])
    hear(app)

    assert [(each.kind, each.booking.attendee.email) for each in recorder.events] == [
        (CREATED, "bo@example.org")
    ]
    assert recorder.events[0].booking.host.name == "Ann"


# --- what cannot be read -------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/bookings/{}", "/bookings/{}/contacts"], ids=["booking", "guest"])
def test_a_webhook_is_kept_while_the_api_is_down(
    making: Making, recorder: Recorder, clock: FrozenClock, path: str
) -> None:
    """What was answered is heard of once the API answers again, as it then stands."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY)
    there.jicoo.next(status=503, times=3, method="GET", path=path.format(made.uid))

    answers = pass_on_jicoo(app, there.sent())
    hear(app)
    waiting = (counts(app), list(recorder.kinds))
    there.jicoo.heal()
    there.jicoo.reschedule(made.uid, LATER)
    clock.move(timedelta(minutes=10))
    hear(app)

    assert (answers, waiting) == ([204], ((1, 0, 0, 0), []))
    assert [(each.kind, each.booking.start) for each in recorder.events] == [(CREATED, LATER)]


def test_a_booking_that_is_gone_is_heard_of_as_it_was_told(making: Making, recorder: Recorder) -> None:
    """What was known and can no longer be read stands in the webhook, but not who hosts it."""
    there, app = making()
    there.jicoo.habits.tells_more = True
    made = there.jicoo.book(there.intro, TUESDAY, message="Hello")
    told(app, there)
    there.jicoo.cancel(made.uid, reason="Ill", by="host")
    gone(there, made)
    told(app, there)

    assert recorder.kinds == [CREATED, CANCELLED]
    first, last = (each.booking for each in recorder.events)
    assert (last.attendee, last.hosts, last.notes) == (first.attendee, first.hosts, "Hello")
    assert (last.event_type, last.title, last.changed_by) == ("intro", first.title, "host")


def test_a_webhook_alone_makes_no_booking(making: Making, recorder: Recorder) -> None:
    """What was never heard of and cannot be read is not believed, however well it is signed."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY)
    gone(there, made)
    told(app, there)

    assert (recorder.kinds, counts(app)) == ([], (0, 1, 0, 0))


def test_what_is_about_no_booking_is_kept(making: Making, recorder: Recorder) -> None:
    """It is answered, and nobody is asked about it."""
    there, app = making()
    there.jicoo.book(there.intro, TUESDAY)
    other = resigned(there, there.sent()[0], lambda said: said.update(event="page_viewed", object={}))

    answers = pass_on_jicoo(app, [other, other])
    hear(app)

    assert (answers, counts(app), recorder.kinds) == ([204, 204], (0, 0, 1, 0), [])


# --- who is believed -----------------------------------------------------------------------------


def test_what_is_not_genuine_is_refused_and_not_kept(
    making: Making, caplog: pytest.LogCaptureFixture
) -> None:
    """A stranger is told nothing, the host what to do; neither names a guest."""
    there, app = making()
    there.jicoo.book(there.intro, TUESDAY)
    (genuine,) = there.sent()
    forged = replace(genuine, body=genuine.body + b" ")
    bare = replace(genuine, headers={"Content-Type": "application/json"})

    answers = pass_on_jicoo(app, [forged, bare])

    assert (answers, counts(app)) == ([400, 400], (0, 0, 0, 0))
    assert "BOOKER_JICOO_WEBHOOK_SECRET" in caplog.text
    assert HEADER in caplog.text
    assert "bo@example.org" not in caplog.text
    assert SECRET not in caplog.text


def test_a_genuine_webhook_counts_at_one_address_only(making: Making) -> None:
    """Under any other it would be a new one each time, to fill the inbox with."""
    there, app = making()
    there.jicoo.book(there.intro, TUESDAY)
    sent = there.sent()

    answers = [pass_on_jicoo(app, sent, mark=each) for each in ("a", "b")]

    assert (answers, counts(app)) == ([[400], [400]], (0, 0, 0, 0))


def test_without_a_secret_webhooks_are_refused(making: Making, caplog: pytest.LogCaptureFixture) -> None:
    """Anybody could write to the address; the log names the setting."""
    there, app = making(settings={"BOOKER_JICOO_WEBHOOK_SECRET": ""})
    there.jicoo.book(there.intro, TUESDAY)

    assert pass_on_jicoo(app, there.sent()) == [400]
    assert "'BOOKER_JICOO_WEBHOOK_SECRET' is not set" in caplog.text


def test_secrets_can_be_replaced_without_a_gap(making: Making, recorder: Recorder) -> None:
    """While two of them sign, one that fits is enough."""
    there, app = making()
    there.jicoo.store.webhooks.clear()
    there.jicoo.webhooks(
        "https://partner.example/webhooks/jicoo", SECRET, "new", separator=", ", foreign=True
    )
    there.jicoo.book(there.intro, TUESDAY)
    told(app, there)

    assert recorder.kinds == [CREATED]


# --- our own calls -------------------------------------------------------------------------------


def test_own_calls_and_their_webhooks_are_one_event_each(making: Making, recorder: Recorder) -> None:
    """Why something was moved, and by whom, is told once too: Jicoo does not keep it."""
    there, app = making()
    with app.app_context():
        uid = create_booking("intro", TUESDAY, name="Bo", email="bo@example.org", metadata={"crm": "42"}).uid
        reschedule_booking(uid, LATER, reason="A conference")
        cancel_booking(uid, reason="Ill")
    sent = there.sent()

    pass_on_jicoo(app, sent[::-1] * 2)
    hear(app)
    assert sync(app) == 0

    assert [each.trigger for each in sent] == ["guest_booked", "guest_rescheduled", "host_cancelled"]
    assert recorder.kinds == [CREATED, MOVED, CANCELLED]
    assert [each.booking.reason for each in recorder.events] == ["", "A conference", "Ill"]
    assert {each.booking.metadata["crm"] for each in recorder.events} == {"42"}


def test_an_edit_of_the_host_is_heard_of_once(making: Making, recorder: Recorder) -> None:
    """Where it moves the booking; its webhook and a look tell nothing new."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY)
    told(app, there)
    night = TUESDAY + timedelta(hours=14)

    with app.app_context():
        edited = update_booking(made.uid, start=night, title="Second call", message="Sorry", notify=True)
    told(app, there)

    assert (edited.start, edited.end, sync(app)) == (night, night + timedelta(minutes=30), 0)
    assert recorder.kinds == [CREATED, MOVED]
    last = recorder.events[1].booking
    assert (last.title, last.former_start, last.changed_by) == ("Second call", TUESDAY, "host")


def test_an_edit_that_moves_nothing_is_no_event(making: Making, recorder: Recorder) -> None:
    """Nor is one that Jicoo refuses."""
    there, app = making()
    made = there.jicoo.book(there.intro, TUESDAY)
    told(app, there)

    with app.app_context():
        update_booking(made.uid, title="Second call")
        with pytest.raises(NotBookable):
            update_booking(made.uid, end=TUESDAY - MINUTE)
    told(app, there)

    assert recorder.kinds == [CREATED]


@pytest.mark.parametrize("late", [False, True], ids=["before", "after"])
def test_a_move_that_gives_another_uid_is_one_move(making: Making, recorder: Recorder, late: bool) -> None:
    """As far as is known Jicoo keeps it; if not, the booking that was is not told as cancelled."""
    there, app = making()
    there.jicoo.habits.keeps_uid = False
    with app.app_context():
        uid = create_booking("intro", TUESDAY, name="Bo", email="bo@example.org").uid
        told(app, there)
        moved = reschedule_booking(uid, LATER)
        if late:
            told(app, there)
        sync(app)
        told(app, there)

    assert [(each.kind, each.booking.uid) for each in recorder.events] == [(CREATED, uid), (MOVED, moved.uid)]
    assert recorder.events[1].booking.replaces == uid


# --- guests who come back ------------------------------------------------------------------------


def back(app: Flask, address: str) -> tuple[int, str]:
    """Come back from Jicoo's page, and give status and where to next."""
    answer = app.test_client().get(address.removeprefix("https://partner.example"))
    return answer.status_code, answer.location or ""


RETURN = "https://partner.example/bookings/return"


@pytest.mark.parametrize("first", ["guest", "webhook"])
def test_a_guest_who_comes_back_and_a_webhook_are_one_event(
    making: Making, recorder: Recorder, first: str
) -> None:
    """Whoever is first; the guest is shown the booking, after each of the three events."""
    there, app = making(redirect=RETURN)
    made = there.jicoo.book(there.intro, TUESDAY)
    landed = []
    for event, change in (
        ("guest_booked", lambda: None),
        ("guest_rescheduled", lambda: there.jicoo.reschedule(made.uid, LATER)),
        ("guest_cancelled", lambda: there.jicoo.cancel(made.uid)),
    ):
        change()
        address = there.jicoo.redirect_of(there.jicoo.booking(made.uid), event)
        if first == "webhook":
            told(app, there)
        landed.append(back(app, address))
        told(app, there)

    assert landed == [(303, f"/bookings/{made.uid}")] * 3
    assert recorder.kinds == [CREATED, MOVED, CANCELLED]
    with app.app_context():
        assert get_booking(made.uid).status is BookingStatus.CANCELLED


def test_what_a_return_says_is_not_believed(making: Making, recorder: Recorder) -> None:
    """The parameters are not signed: the API says whether the booking stands, and when."""
    there, app = making(redirect=RETURN)
    made = there.jicoo.book(there.intro, TUESDAY)
    address = there.jicoo.redirect_of(made, "guest_booked").replace("2027-02-02", "2031-01-01")

    landed = back(app, address.replace("guest_booked", "guest_cancelled"))
    hear(app)

    assert landed == (303, f"/bookings/{made.uid}")
    assert [(each.kind, each.booking.start) for each in recorder.events] == [(CREATED, TUESDAY)]


def test_a_forged_uid_leads_nowhere(making: Making, recorder: Recorder) -> None:
    """Nobody hears of it, and the page says that it was not found."""
    there, app = making(redirect=RETURN)
    made = there.jicoo.book(there.intro, TUESDAY)
    address = there.jicoo.redirect_of(made)

    landed = [back(app, address.replace(made.uid, each)) for each in ("_nobody", "", "..%2Fevent_types")]
    hear(app)

    assert landed == [(404, "")] * 3
    assert recorder.events == []
