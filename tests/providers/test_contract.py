"""What every provider keeps; a new provider joins with one entry in BACKENDS."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, timedelta
from pathlib import Path

import pytest

from booker_components.errors import (
    BookingClosed,
    BookingNotFound,
    EventTypeNotFound,
    NotBookable,
    SlotTaken,
)
from booker_components.policy import Rule
from booker_components.providers import ListsBookings, Provider
from booker_components.testing import FrozenClock
from booker_components.values import (
    Attendee,
    BookingFilter,
    BookingOrder,
    BookingRequest,
    BookingStatus,
    EventType,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    TimeWindow,
)

from . import samples
from .calcom import samples as calcom
from .jicoo import samples as jicoo

OFFICE_PHONE = Location(kind=LocationKind.PHONE, value="+33 1 23 45 67 89")
ASKED = (
    Question(slug="topic", label="Topic"),
    Question(slug="several", label="Several", kind=QuestionKind.CHECKBOXES, options=("a", "b")),
    Question(slug="count", label="Count", kind=QuestionKind.NUMBER),
    Question(slug="agreed", label="Agreed", kind=QuestionKind.BOOLEAN),
)


@dataclass(frozen=True)
class Backend:
    """A provider with an event type that has at least four free slots in the window."""

    provider: Provider
    event_type: EventType
    window: TimeWindow
    clock: FrozenClock
    #: Whether the own time of a booking that moves is among the free ones.
    offers_own_time: bool = True

    def starts(self, **options):
        """Give the starts of the free slots."""
        return [slot.start for slot in self.provider.slots(self.event_type, self.window, **options)]

    def request(self, start, **changes):
        """Give a request of a guest with every detail."""
        request = BookingRequest(
            event_type=self.event_type.slug,
            start=start,
            attendee=Attendee(name="Zoë 🐘", email="zoe@example.org", zone="Asia/Tokyo", locale="ja"),
            guests=("friend@example.org",),
            notes="Line one\nline two",
            answers={"topic": "<b>money</b>", "several": ("a", "b"), "count": 2, "agreed": True},
            location=OFFICE_PHONE,
        )
        return replace(request, **changes)


@contextmanager
def _embedded(url: str) -> Iterator[Backend]:
    provider, clock = samples.engine_on(url)
    yield Backend(provider=provider, event_type=samples.INTRO, window=samples.DAY, clock=clock)


@contextmanager
def _calcom(folder: Path) -> Iterator[Backend]:
    with calcom.at_calcom(folder) as at:
        event_type = at.event_type(
            "intro-call",
            lengthInMinutesOptions=[30, 60],
            slotInterval=30,
            locations=[{"type": "phone", "phone": "+33 1 23 45 67 89", "public": True}],
        )
        yield Backend(provider=at.provider, event_type=event_type, window=calcom.DAY, clock=at.clock)


@contextmanager
def _jicoo(folder: Path) -> Iterator[Backend]:
    """Give Jicoo with what an app remembers for it, as the journal does: it keeps little of a change."""
    event_type = jicoo.declared(questions=ASKED, locations=(OFFICE_PHONE,))
    asked = [jicoo.Asked(uid=each.slug, text=each.label, kind="checkbox") for each in ASKED]
    with jicoo.at_jicoo(folder, event_type=event_type, questions=asked, locations=("phone",)) as at:
        provider = jicoo.Journalled(
            at.client,
            declared=(event_type,),
            told=at.told,
            keys=at.keys,
            turns=at.turns,
            clock=at.clock,
        )
        yield Backend(
            provider=provider,
            event_type=provider.event_type("intro-call"),
            window=jicoo.DAY,
            clock=at.clock,
            offers_own_time=False,
        )


BACKENDS: dict[str, Callable[[Path], AbstractContextManager[Backend]]] = {
    "embedded": lambda folder: _embedded(samples.url_in(folder)),
    "calcom": _calcom,
    "jicoo": _jicoo,
}


#: The embedded engine on the other kind of database.
POSTGRESQL = "embedded-postgresql"


@pytest.fixture(params=[*BACKENDS, POSTGRESQL])
def backend(request, tmp_path):
    """One provider after the other."""
    if request.param == POSTGRESQL:
        chosen = _embedded(request.getfixturevalue("postgres_url"))
    else:
        chosen = BACKENDS[request.param](tmp_path)
    with chosen as made:
        yield made


# --- event types and slots ---


def test_it_has_the_methods_of_the_protocol(backend):
    """A provider is found to be one by isinstance."""
    assert isinstance(backend.provider, Provider)
    assert backend.provider.name


def test_event_types_are_listed_and_found_by_slug(backend):
    """What is listed can be asked for."""
    slugs = [each.slug for each in backend.provider.event_types()]

    assert backend.event_type.slug in slugs
    assert backend.provider.event_type(backend.event_type.slug).title == backend.event_type.title


def test_an_unknown_event_type_is_not_found(backend):
    """An unknown slug, or an owner who has no such event type, is said to be unknown."""
    with pytest.raises(EventTypeNotFound):
        backend.provider.event_type("no-such-thing")
    with pytest.raises(EventTypeNotFound):
        backend.provider.event_type(backend.event_type.slug, owner="nobody")


def test_slots_are_in_order_within_the_window_and_as_long_as_asked(backend):
    """Slots start in the window, ascend, are in UTC, and have the default or the given length."""
    for duration in (None, backend.event_type.durations[-1]):
        slots = backend.provider.slots(backend.event_type, backend.window, duration=duration)

        starts = [slot.start for slot in slots]
        assert len(starts) >= 4
        assert starts == sorted(set(starts))
        assert all(backend.window.start <= start < backend.window.end for start in starts)
        assert {slot.end - slot.start for slot in slots} == {duration or backend.event_type.duration}
        assert {start.utcoffset() for start in starts} == {timedelta(0)}


# --- booking ---


def test_a_booking_holds_what_was_asked_for(backend):
    """Every detail of the request is in the booking, as given and as read again."""
    request = backend.request(backend.starts()[0])

    booking = backend.provider.book(request)

    assert booking == backend.provider.get(booking.uid)
    assert (booking.start, booking.duration) == (request.start, backend.event_type.duration)
    assert (booking.attendee, booking.guests) == (request.attendee, request.guests)
    assert (booking.notes, dict(booking.answers)) == (request.notes, dict(request.answers))
    assert (booking.location, booking.title) == (request.location, backend.event_type.title)
    assert (booking.status, booking.revision) == (BookingStatus.CONFIRMED, 1)
    assert booking.start.tzinfo is UTC


def test_a_booked_time_is_no_longer_offered_and_cannot_be_booked(backend):
    """The list and the booking agree."""
    start = backend.starts()[0]

    backend.provider.book(backend.request(start))

    assert start not in backend.starts()
    with pytest.raises(SlotTaken):
        backend.provider.book(backend.request(start))


def test_the_same_key_twice_is_one_booking(backend):
    """A form that is sent twice books once."""
    request = backend.request(backend.starts()[0], key="form-1")

    first, second = backend.provider.book(request), backend.provider.book(request)

    assert first == second


def test_a_key_of_another_request_is_refused(backend):
    """A key gives nobody the booking of somebody else."""
    one, other = backend.starts()[:2]
    backend.provider.book(backend.request(one, key="form-1"))
    mallory = Attendee(name="Mallory", email="mallory@example.org")

    for stolen in (
        backend.request(other, key="form-1"),
        backend.request(one, key="form-1", attendee=mallory),
    ):
        with pytest.raises(NotBookable) as caught:
            backend.provider.book(stolen)
        assert caught.value.rule is Rule.REPEATED
        assert "zoe" not in (caught.value.message + caught.value.sentence).lower()


@pytest.mark.parametrize("step", [timedelta(days=-365), timedelta(minutes=7)], ids=["past", "off the grid"])
def test_a_time_that_is_not_offered_cannot_be_booked(backend, step):
    """Nothing can be booked but what could be listed."""
    with pytest.raises(NotBookable):
        backend.provider.book(backend.request(backend.starts()[0] + step))


def test_a_length_that_is_not_offered_cannot_be_booked(backend):
    """Only the lengths of the event type."""
    with pytest.raises(NotBookable):
        backend.provider.book(backend.request(backend.starts()[0], duration=timedelta(minutes=17)))


# --- moving ---


def test_moving_frees_the_old_time_and_takes_the_new_one(backend):
    """The booking that stands afterwards keeps its length and tells where it was."""
    old, new = backend.starts()[0], backend.starts()[3]
    booking = backend.provider.book(backend.request(old))

    moved = backend.provider.reschedule(booking.uid, new, reason="Ill", by="guest")

    assert moved == backend.provider.get(moved.uid)
    assert (moved.start, moved.duration, moved.former_start) == (new, booking.duration, old)
    assert (moved.reason, moved.changed_by) == ("Ill", "guest")
    assert old in backend.starts()
    assert new not in backend.starts()


def test_the_own_time_counts_as_free_when_moving(backend):
    """The list for a move offers the own time, and a longer booking may move by a part of its length."""
    first, second = backend.starts()[:2]
    long = backend.event_type.durations[-1]
    booking = backend.provider.book(backend.request(first, duration=long))

    offered = backend.starts(moving=booking.uid)
    moved = backend.provider.reschedule(booking.uid, second)

    assert second in offered
    assert not backend.offers_own_time or first in offered
    assert (moved.start, moved.duration) == (second, long)


def test_a_booking_cannot_move_to_a_taken_time(backend):
    """It stays where it was."""
    one, other = backend.starts()[:2]
    booking = backend.provider.book(backend.request(one))
    backend.provider.book(backend.request(other))

    with pytest.raises(SlotTaken):
        backend.provider.reschedule(booking.uid, other)

    assert backend.provider.get(booking.uid) == booking


# --- cancelling ---


def test_cancelling_frees_the_time(backend):
    """The booking tells who cancelled it and why, and its time is offered again."""
    start = backend.starts()[0]
    booking = backend.provider.book(backend.request(start))

    cancelled = backend.provider.cancel(booking.uid, reason="Ill", by="guest")

    assert cancelled == backend.provider.get(booking.uid)
    assert (cancelled.status, cancelled.reason, cancelled.changed_by) == (
        BookingStatus.CANCELLED,
        "Ill",
        "guest",
    )
    assert start in backend.starts()


def test_a_cancelled_booking_cannot_be_changed(backend):
    """Neither cancelled again nor moved."""
    first, second = backend.starts()[:2]
    booking = backend.provider.book(backend.request(first))
    backend.provider.cancel(booking.uid)

    with pytest.raises(BookingClosed):
        backend.provider.cancel(booking.uid)
    with pytest.raises(BookingClosed):
        backend.provider.reschedule(booking.uid, second)


@pytest.mark.parametrize(
    "uid", ["nobodyhasthisuid012345", "", "../x", "a\0b", "\ud800", "x" * 100_000], ids=ascii
)
def test_an_unknown_uid_is_not_found(backend, uid):
    """Whatever is asked for under it, and whatever characters it has."""
    with pytest.raises(BookingNotFound):
        backend.provider.get(uid)
    with pytest.raises(BookingNotFound):
        backend.provider.cancel(uid)
    with pytest.raises(BookingNotFound):
        backend.provider.reschedule(uid, backend.starts()[0])


# --- listing ---


def test_bookings_are_listed_by_start_and_filtered(backend):
    """Each field of the filter narrows the list."""
    if not isinstance(backend.provider, ListsBookings):
        return
    third, first, second = backend.starts()[2], *backend.starts()[:2]
    other = Attendee(name="Bo", email="Bo@Example.org")
    late = backend.provider.book(backend.request(third))
    early = backend.provider.book(backend.request(first, attendee=other))
    gone = backend.provider.cancel(backend.provider.book(backend.request(second)).uid)

    def listed(**fields):
        return [each.uid for each in backend.provider.bookings(BookingFilter(**fields))]

    assert listed() == [early.uid, gone.uid, late.uid]
    assert listed(descending=True, limit=1, offset=1) == [gone.uid]
    assert listed(status=frozenset({BookingStatus.CONFIRMED})) == [early.uid, late.uid]
    assert listed(attendee_email="bo@example.ORG") == [early.uid]
    assert listed(attendee_name="Bo") == [early.uid]
    assert listed(attendee_name="Zoë 🐘") == [gone.uid, late.uid]
    assert listed(attendee_name="bo") == listed(attendee_name="B") == []
    assert listed(event_types=frozenset({"other"})) == []
    assert listed(event_types=frozenset({"other", "intro-call"}), limit=1) == [early.uid]
    assert listed(after=early.end) == [gone.uid, late.uid]
    assert listed(before=third) == [early.uid, gone.uid]


def test_bookings_are_listed_by_when_they_were_made_and_changed(backend):
    """Each bound leaves out the very instant, to less than a second; either may be the order."""
    if not isinstance(backend.provider, ListsBookings):
        return
    tick, made = timedelta(seconds=0.5), backend.clock()
    last, middle = backend.starts()[2], backend.starts()[1]
    one = backend.provider.book(backend.request(last)).uid
    backend.clock.set(made + tick)
    two = backend.provider.book(backend.request(middle)).uid
    backend.clock.set(made + 2 * tick)
    backend.provider.cancel(one)

    def listed(**fields):
        return [each.uid for each in backend.provider.bookings(BookingFilter(**fields))]

    assert listed() == [two, one]
    assert listed(order=BookingOrder.CREATED) == [one, two]
    assert listed(order=BookingOrder.UPDATED) == [two, one]
    assert listed(order=BookingOrder.UPDATED, descending=True, limit=1) == [one]
    assert listed(created_after=made) == [two]
    assert listed(created_before=made + tick) == [one]
    assert listed(created_after=made - tick, created_before=made + 2 * tick) == [two, one]
    assert listed(updated_after=made + tick) == [one]
    assert listed(updated_before=made + 2 * tick) == [two]
    assert listed(updated_after=made + tick, updated_before=made + 2 * tick) == []
