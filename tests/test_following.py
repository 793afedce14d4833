"""Own calls, webhooks and syncs, in any order and at the same time: each change is told exactly once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booker_components.outbox import Outbox
from booker_components.service import BookingService
from booker_components.storage import Storage
from booker_components.testing.calcom.records import Delivery
from booker_components.values import EventKind, Incoming

from .providers.calcom.samples import NOW, SEATS, ZOE, AtCalcom, at_calcom, slot
from .rush import rush

CREATED, MOVED, CANCELLED = EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED
CONFIRMED, REJECTED = EventKind.CONFIRMED, EventKind.REJECTED
ALWAYS = {"type": "always", "blockUnconfirmedBookingsInBooker": True}
BO = replace(ZOE, name="Bo", email="bo@example.org")
SECOND = timedelta(seconds=1)


@dataclass(frozen=True, kw_only=True)
class Following:
    """A service over a fake Cal.com, and what its subscribers are told."""

    at: AtCalcom
    service: BookingService
    outbox: Outbox

    @property
    def told(self) -> list[tuple[EventKind, str]]:
        """Give kind and booking of every event, oldest first."""
        return [(each.kind, each.booking.uid) for each in reversed(self.outbox.events())]

    @property
    def kinds(self) -> list[EventKind]:
        """Give the kinds of all events, oldest first."""
        return [kind for kind, _ in self.told]

    def webhooks(self) -> list[Incoming]:
        """Give the webhooks that are on their way, and take them off it."""
        sent, self.at.fake.outgoing[:] = list(self.at.fake.outgoing), []
        return [self._read(each) for each in sent]

    def _read(self, sent: Delivery) -> Incoming:
        return self.at.provider.incoming(sent.headers, sent.body)


def follow(at: AtCalcom, folder: Path) -> tuple[Following, Storage]:
    """Put a service over a fake."""
    storage = Storage(f"sqlite:///{folder}/booker.sqlite3")
    outbox = Outbox(storage, clock=at.clock)
    service = BookingService(provider=at.provider, storage=storage, outbox=outbox, clock=at.clock)
    at.fake.add_webhook(at.user, "https://partner.example/webhooks/calcom", secret="hush")
    return Following(at=at, service=service, outbox=outbox), storage


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Following]:
    """A service that nothing has happened to."""
    with at_calcom(tmp_path) as at:
        made, storage = follow(at, tmp_path)
        yield made
        storage.close()


def test_the_first_free_time_is_looked_for_month_by_month(following: Following) -> None:
    """One month is one question, which the page of that month need not ask again."""
    event_type = following.at.event_type()

    found = following.service.next_slot(event_type, NOW)

    assert found is not None
    assert len(following.at.calls("GET", "/slots")) == 1


# --- what guests share ---------------------------------------------------------------------------


def test_a_host_who_cancels_what_guests_share_is_heard_of_by_each(following: Following) -> None:
    """At once, whether or not there are webhooks; and once, though there are."""
    following.at.event_type(seats=SEATS)
    one = following.service.book(following.at.request())
    other = following.service.book(following.at.request(attendee=BO))

    following.service.cancel(one.shared, by="host", reason="Ill", force=True)

    assert set(following.told[2:]) == {(CANCELLED, one.uid), (CANCELLED, other.uid)}
    for each in following.webhooks():
        following.service.take(each)
    assert following.service.sync(NOW) == 0
    assert len(following.told) == 4


def test_a_host_who_declines_what_guests_share_is_heard_of_by_each(following: Following) -> None:
    """They asked together, and are answered together."""
    following.at.event_type(seats=SEATS, confirmationPolicy=ALWAYS)
    one = following.service.book(following.at.request())
    following.service.book(following.at.request(attendee=BO))

    following.service.decline(one.shared, reason="No room")

    assert following.kinds == [CREATED, CREATED, REJECTED, REJECTED]


def test_a_change_stands_though_the_seats_cannot_be_read(following: Following) -> None:
    """The webhook tells of them later."""
    following.at.event_type(seats=SEATS)
    seat = following.service.book(following.at.request())
    following.at.fake.next(status=503, times=9, method="GET", path="/bookings/by-seat/*")

    following.service.cancel(seat.shared, by="host", reason="Ill", force=True)

    assert following.kinds == [CREATED]
    following.at.fake.heal()
    for each in following.webhooks():
        following.service.take(each)
    assert following.kinds == [CREATED, CANCELLED]


# --- any order -----------------------------------------------------------------------------------


def _lead(following: Following, steps: list[str]) -> list[Incoming]:
    """Let a booking be made, and these things happen to it here and elsewhere; give the webhooks."""
    service, fake = following.service, following.at.fake
    uid = service.book(following.at.request()).uid
    for number, step in enumerate(steps, 1):
        following.at.clock.move(SECOND)
        if step == "move here":
            uid = service.reschedule(uid, slot(number), by="host", force=True).uid
        elif step == "move elsewhere":
            uid = fake.reschedule(uid, slot(number)).uid
        elif step == "cancel here":
            service.cancel(uid, reason="Ill")
        elif step == "cancel elsewhere":
            fake.cancel(uid, reason="Ill")
    return following.webhooks()


_MOVES = st.lists(st.sampled_from(["move here", "move elsewhere"]), max_size=3)
_ENDS = st.sampled_from([[], ["cancel here"], ["cancel elsewhere"]])


@given(moves=_MOVES, ends=_ENDS, data=st.data())
@settings(max_examples=12, deadline=None)
def test_in_any_order_each_change_is_told_once(
    moves: list[str], ends: list[str], data: st.DataObject
) -> None:
    """Webhooks come twice, late and mixed with syncs; of each booking each thing is told once."""
    with TemporaryDirectory() as folder, at_calcom(Path(folder)) as at:
        following, storage = follow(at, Path(folder))
        at.event_type()
        sent = _lead(following, moves + ends)
        looks = data.draw(st.permutations([*sent, *sent, None, None]))

        for each in looks:
            if each is None:
                following.service.sync(NOW - SECOND)
            else:
                following.service.take(each)

        counts = Counter(following.told)
        storage.close()
    kinds = [kind for kind, _ in counts]
    assert set(counts.values()) == {1}
    assert (kinds.count(CREATED), kinds.count(CANCELLED)) == (1, len(ends))
    # A move that was followed by more before anybody looked is not told.
    assert moves.count("move here") <= kinds.count(MOVED) <= len(moves)
    assert MOVED in kinds or not moves or ends


def test_at_the_same_time_each_change_is_told_once(following: Following) -> None:
    """The answer to our own call, its webhook, a copy of that and a sync, each in a thread."""
    following.at.event_type(confirmationPolicy=ALWAYS)
    booking = following.service.book(following.at.request())
    asked = following.webhooks()

    rush(
        following.service,
        lambda: following.service.confirm(booking.uid),
        notice=asked[0],
        since=NOW - SECOND,
    )
    for late in (*asked, *following.webhooks()):
        following.service.take(late)

    assert following.kinds == [CREATED, CONFIRMED]


def test_a_change_that_a_crash_kept_from_being_told_is_made_up_for(following: Following) -> None:
    """Cal.com has done it, and our process ended before it kept the event: whoever looks next tells."""
    following.at.event_type()
    booking = following.service.book(following.at.request())
    following.at.provider.cancel(booking.uid)

    counts = [following.service.sync(NOW - SECOND), following.service.sync(NOW - SECOND)]

    assert counts == [1, 0]
    assert following.told == [(CREATED, booking.uid), (CANCELLED, booking.uid)]
