"""Two change the same thing at the same moment: the second one waits for the first, and sees what it did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select, text

from booker_components.errors import BookingClosed, NotBookable, Refused, SlotTaken
from booker_components.outbox import Outbox
from booker_components.providers.embedded import EmbeddedProvider, making
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.providers.embedded.tables import busy_masks
from booker_components.storage import Storage
from booker_components.testing import FrozenClock
from booker_components.values import (
    Approval,
    Booking,
    BookingStatus,
    CancelScope,
    EventType,
    Frequency,
    Limit,
    Period,
    Seats,
    Series,
)

from ...invariants import problems
from ..samples import INTRO, NOW, slot
from ..team import ROBIN, hosts, of

CLASS = replace(INTRO, slug="class", seats=Seats(per_slot=3))
ASKED = replace(CLASS, slug="asked", approval=Approval(expires=timedelta(minutes=30)))
COURSE = replace(INTRO, slug="course", series=Series(frequency=Frequency.WEEKLY, occurrences=3))
ONCE = replace(ROBIN, slug="once", guest_limits=(Limit(per=Period.DAY, count=1),))
SCARCE = replace(ROBIN, slug="scarce", limits=(Limit(per=Period.DAY, count=1),))
#: Seats of which so many times may be opened on a day.
COUNTED = replace(CLASS, slug="counted", limits=(Limit(per=Period.DAY, count=5),))

#: Statements of this database that wait for somebody else's lock.
_WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()
"""


class Race:
    """One engine, and a way to do two things at once."""

    def __init__(self, url: str) -> None:
        """Use the database at *url*."""
        self.clock = FrozenClock(NOW)
        self.storage = Storage(url)
        self._url = url
        offer = Catalogue((INTRO, ROBIN, CLASS, ASKED, COURSE, ONCE, SCARCE, COUNTED))
        self.engine = EmbeddedProvider(offer, storage=self.storage, clock=self.clock)
        self.engine.on_change(Outbox(self.storage, clock=self.clock).add)

    def book(self, event_type: EventType, start: datetime, guest: str = "zoe", **changes: Any) -> Booking:
        """Book."""
        return self.engine.book(of(event_type, start, guest=guest, **changes))

    def run(
        self,
        first: Callable[[], object],
        second: Callable[[], Any],
        *,
        then: Callable[[], object] = lambda: None,
    ) -> Any:
        """Do *first*, and *second* from before that is safe; give what came of the second, also a refusal.

        When the second waits, *then* is done with the first.
        """
        with ThreadPoolExecutor(1) as pool:
            with self.storage.transaction():
                first()
                future = pool.submit(_outcome, second)
                self._await_waiting(future)
                then()
            outcome = future.result(60)
        assert problems(self._url) == []
        return outcome

    def _await_waiting(self, future: Future[Any]) -> None:
        # On SQLite the second cannot even begin before the first has ended.
        if not self._url.startswith("postgresql"):
            return
        with closing(Storage(self._url)) as storage:
            give_up = time.monotonic() + 30
            while not future.done() and not _is_waiting(storage):
                assert time.monotonic() < give_up, "Nobody waits for anybody."
                time.sleep(0.005)


def _outcome(act: Callable[[], Any]) -> Any:
    try:
        return act()
    except Refused as refusal:
        return refusal


def _is_waiting(storage: Storage) -> bool:
    with storage.reading() as connection:
        return bool(connection.scalar(text(_WAITING)))


@pytest.fixture
def race(url: str) -> Iterator[Race]:
    """A race in a database of each kind."""
    made = Race(url)
    with closing(made.storage):
        yield made


# --- booking -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [INTRO, CLASS], ids=lambda kind: kind.slug)
def test_the_same_request_sent_twice_at_once_is_one_booking(race: Race, kind: EventType) -> None:
    """The second one gets what the first one made, also where there would be another seat for it."""
    made = []
    if kind.seats:
        race.book(kind, slot(0), "bo")

    second = race.run(
        lambda: made.append(race.book(kind, slot(0), key="form")),
        lambda: race.book(kind, slot(0), key="form"),
    )

    assert second == made[0]


def test_of_two_who_book_the_same_time_at_once_one_is_refused(race: Race) -> None:
    """The database tells the second one, whose look at the host's time was too early."""
    refusal = race.run(lambda: race.book(INTRO, slot(0)), lambda: race.book(INTRO, slot(0), "bo"))

    assert isinstance(refusal, SlotTaken)


def test_who_books_a_team_at_once_gets_the_next_host(race: Race) -> None:
    """It is tried anew, with those who are left."""
    made = []

    second = race.run(lambda: made.append(race.book(ROBIN, slot(0))), lambda: race.book(ROBIN, slot(0), "bo"))

    assert hosts(second) != hosts(made[0])


def test_two_first_guests_of_a_time_share_it(race: Race) -> None:
    """Both want to open it; the second one joins."""
    made = []

    second = race.run(lambda: made.append(race.book(CLASS, slot(0))), lambda: race.book(CLASS, slot(0), "bo"))

    assert second.shared == made[0].shared


def test_the_last_seat_goes_to_one_of_two(race: Race) -> None:
    """It is counted in the row that both change."""
    for guest in ("one", "two"):
        race.book(CLASS, slot(0), guest)

    refusal = race.run(lambda: race.book(CLASS, slot(0)), lambda: race.book(CLASS, slot(0), "bo"))

    assert isinstance(refusal, SlotTaken)


def test_a_guest_books_no_more_than_one_may_at_once(race: Race) -> None:
    """Both bookings would have fitted alone; another guest's does not matter."""
    refusal = race.run(lambda: race.book(ONCE, slot(0)), lambda: race.book(ONCE, slot(1)))

    assert isinstance(refusal, NotBookable)
    assert race.book(ONCE, slot(1), "bo").is_open


def test_a_guest_moves_into_no_day_that_is_being_filled(race: Race) -> None:
    """A move is counted as a booking is."""
    booking = race.book(ONCE, slot(0) + timedelta(days=1))

    refusal = race.run(
        lambda: race.book(ONCE, slot(0)),
        lambda: race.engine.reschedule(booking.uid, slot(1), by="guest"),
    )

    assert isinstance(refusal, NotBookable)
    assert race.engine.get(booking.uid).start == booking.start


def test_no_more_of_a_kind_is_booked_at_once_than_may_be(race: Race) -> None:
    """Three hosts are free, and one booking a day is allowed."""
    refusal = race.run(lambda: race.book(SCARCE, slot(0)), lambda: race.book(SCARCE, slot(1), "bo"))

    assert isinstance(refusal, NotBookable)


# --- what guests share ---------------------------------------------------------------------------


def test_who_books_a_shared_time_that_moves_away_stays_where_they_wanted(race: Race) -> None:
    """The seat is at the time that was asked for: a new one, since the others have left it."""
    first = race.book(CLASS, slot(0))

    second = race.run(
        lambda: race.engine.reschedule(first.shared, slot(4), by="host"),
        lambda: race.book(CLASS, slot(0), "bo"),
    )

    assert (second.start, race.engine.get(first.uid).start) == (slot(0), slot(4))
    assert second.shared != first.shared


def test_who_books_a_shared_time_that_is_cancelled_opens_another(race: Race) -> None:
    """Nobody joins what does not take place."""
    first = race.book(CLASS, slot(0))

    second = race.run(lambda: race.engine.cancel(first.shared), lambda: race.book(CLASS, slot(0), "bo"))

    assert second.is_open
    assert not race.engine.get(first.uid).is_open


def test_a_seat_taken_while_the_whole_is_cancelled_is_cancelled_too(race: Race) -> None:
    """The host cancels what there is when it happens, not what there was when it was looked at."""
    first, second = race.book(CLASS, slot(0)), []

    race.run(lambda: second.append(race.book(CLASS, slot(0), "bo")), lambda: race.engine.cancel(first.shared))

    assert not race.engine.get(second[0].uid).is_open


def test_a_seat_that_moves_can_be_cancelled_at_once(race: Race) -> None:
    """It is another time's by then, and found all the same."""
    seat, _stays = race.book(CLASS, slot(0)), race.book(CLASS, slot(0), "bo")

    cancelled = race.run(
        lambda: race.engine.reschedule(seat.uid, slot(4)), lambda: race.engine.cancel(seat.uid)
    )

    assert (cancelled.status, cancelled.start, cancelled.revision) == (BookingStatus.CANCELLED, slot(4), 3)


def test_a_seat_is_confirmed_or_cancelled_with_the_whole(race: Race) -> None:
    """Whoever comes second sees what the first one did."""
    seat = race.book(ASKED, slot(0))

    whole = race.run(lambda: race.engine.confirm(seat.uid), lambda: race.engine.cancel(seat.shared))

    assert whole.status is BookingStatus.CANCELLED
    assert race.engine.get(seat.uid).revision == 3


def test_who_moves_a_seat_keeps_no_time_of_a_host_from_those_who_count(race: Race) -> None:
    """Who counts for a limit has the time of the host next: they would wait for each other."""
    seat = race.book(COUNTED, slot(0))

    def queue() -> None:
        with race.storage.transaction() as connection:
            making.queue(connection, race.engine._desk, COUNTED)

    def book() -> None:
        with race.storage.transaction() as connection:
            connection.execute(select(busy_masks).with_for_update(nowait=True)).all()
        race.book(COUNTED, slot(8), "bo")

    moved = race.run(queue, lambda: race.engine.reschedule(seat.uid, slot(4), by="guest"), then=book)

    assert moved.start == slot(4)


# --- deciding ------------------------------------------------------------------------------------


def test_what_is_confirmed_at_the_last_moment_is_not_declined(race: Race) -> None:
    """Nobody waits for a host who is just deciding."""
    seat = race.book(ASKED, slot(0))
    race.clock.move(timedelta(minutes=30))

    race.run(lambda: race.engine.confirm(seat.uid), race.engine.tidy)

    assert race.engine.get(seat.uid).status is BookingStatus.CONFIRMED


def test_what_nobody_decides_about_is_declined_once(race: Race) -> None:
    """However many processes look after it."""
    seats = [race.book(ASKED, slot(0), guest) for guest in ("one", "two")]
    race.clock.move(timedelta(minutes=30))

    race.run(race.engine.tidy, race.engine.tidy)

    assert [race.engine.get(each.uid).revision for each in seats] == [2, 2]


def test_who_confirms_what_is_being_declined_is_told(race: Race) -> None:
    """It is closed."""
    seat = race.book(ASKED, slot(0))
    race.clock.move(timedelta(minutes=30))

    refusal = race.run(race.engine.tidy, lambda: race.engine.confirm(seat.uid))

    assert isinstance(refusal, BookingClosed)


# --- series --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", CancelScope, ids=str)
def test_a_date_is_cancelled_once_with_its_series_or_alone(race: Race, scope: CancelScope) -> None:
    """The series is cancelled by its first date while the last one is."""
    booking = race.book(COURSE, slot(0))
    last = booking.occurrences[-1].uid

    refusal = race.run(
        lambda: race.engine.cancel(booking.uid, scope=CancelScope.ALL),
        lambda: race.engine.cancel(last, scope=scope),
    )

    assert isinstance(refusal, BookingClosed)
    assert race.engine.get(last).revision == 2


def test_a_date_that_moves_is_cancelled_with_its_series(race: Race) -> None:
    """Where it is by then."""
    booking = race.book(COURSE, slot(0))
    last = booking.occurrences[-1]

    race.run(
        lambda: race.engine.reschedule(last.uid, last.start + timedelta(hours=1)),
        lambda: race.engine.cancel(booking.uid, scope=CancelScope.ALL),
    )

    assert not race.engine.get(last.uid).is_open
