"""Upkeep: reminders, the digest of what was given up, and pruning; once a minute, by one process."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest

from booker_components.errors import ConfigurationError, DeliveryFailed
from booker_components.outbox import DeliveryState, Outbox
from booker_components.outbox.counting import sequence_of
from booker_components.outbox.parked import untold
from booker_components.outbox.pruning import prune
from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.records.turns import Turns
from booker_components.service import BookingService
from booker_components.storage import Storage
from booker_components.testing import FrozenClock, Recorder
from booker_components.upkeep import EVERY, Upkeep
from booker_components.upkeep.digest import EVERY as DIGEST_EVERY
from booker_components.upkeep.digest import Digest
from booker_components.upkeep.reminders import PAGE, Reminders
from booker_components.values import (
    Booking,
    BookingEvent,
    BookingFilter,
    BookingStatus,
    EventKind,
    EventType,
)

from .mail.boxes import Mailbox, content, smtp_server
from .ports import held_port
from .providers.samples import INTRO, NINE, NOW, request_at
from .test_payloads import FULL

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REMINDING = replace(INTRO, reminders=(HOUR, DAY))


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """A database, of each kind."""
    made = Storage(database_url)
    yield made
    made.close()


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands on a Monday, at eight."""
    return FrozenClock(NOW)


class House:
    """An app without Flask: engine, service, outbox with one subscriber, and upkeep."""

    def __init__(self, storage: Storage, clock: FrozenClock, *event_types: EventType, **options: Any) -> None:
        self.storage = storage
        self.clock = clock
        self.ear = Recorder()
        self.outbox = Outbox(storage, [self.ear], clock=clock)
        offer = Catalogue(event_types or (REMINDING,))
        engine = EmbeddedProvider(offer, storage=storage, clock=clock)
        self.service = BookingService(provider=engine, storage=storage, outbox=self.outbox, clock=clock)
        self.upkeep = Upkeep(self.service, storage=storage, outbox=self.outbox, clock=clock, **options)

    def book(self, start: datetime = NINE, **changes: Any) -> Booking:
        """Book, and let the subscriber hear of it."""
        booking = self.service.book(request_at(start, **changes))
        self.outbox.deliver_due()
        return booking

    def later(self, now: datetime) -> list[EventKind]:
        """Let it be *now*, do the upkeep, and give what the subscriber heard."""
        self.clock.set(now)
        heard = len(self.ear.events)
        self.upkeep.run()
        self.outbox.deliver_due()
        return self.ear.kinds[heard:]


@pytest.fixture
def house(storage: Storage, clock: FrozenClock) -> House:
    """An app whose event type reminds a day and an hour before."""
    return House(storage, clock)


# --- reminders -----------------------------------------------------------------------------------


def test_each_reminder_comes_once_at_its_moment(house: House) -> None:
    """Not before, and not again a minute later; the event has the booking."""
    booking = house.book()

    early = house.later(NINE - DAY - timedelta(minutes=1))
    first = house.later(NINE - DAY)
    between = [house.later(NINE - DAY + EVERY * number) for number in range(1, 20)]
    second = house.later(NINE - HOUR)
    after = house.later(NINE - timedelta(minutes=30))

    assert (early, first, second, after) == ([], [EventKind.REMINDER], [EventKind.REMINDER], [])
    assert not any(between)
    assert house.ear.events[-1].booking.uid == booking.uid


def test_after_a_pause_only_the_nearest_reminder_comes(house: House) -> None:
    """An app that was down for a day does not remind twice at once, and does not remind of what has begun."""
    house.book()
    house.book(NINE + 4 * HOUR)
    house.later(NOW + EVERY)

    late = house.later(NINE - timedelta(minutes=30))
    begun = house.later(NINE + 2 * DAY)

    assert late == [EventKind.REMINDER] * 2
    assert sorted(each.booking.start for each in house.ear.events[-2:]) == [NINE, NINE + 4 * HOUR]
    assert begun == []


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("booked", id="booked after the moment"),
        pytest.param("moved", id="moved to after the moment"),
    ],
)
def test_who_has_just_booked_or_moved_is_not_reminded(change: str, house: House) -> None:
    """The mail about it says everything; the reminder after that comes."""
    if change == "moved":
        booking = house.book(NINE + 20 * DAY)
    house.clock.set(NINE - DAY + HOUR)
    if change == "moved":
        house.service.reschedule(booking.uid, NINE, force=True)
    else:
        house.book()
    house.outbox.deliver_due()

    now = house.later(NINE - DAY + HOUR + EVERY)
    then = house.later(NINE - HOUR)

    assert (now, then) == ([], [EventKind.REMINDER])


def test_a_booking_that_moves_is_reminded_of_anew(house: House) -> None:
    """Each start has its own reminders."""
    booking = house.book()
    before = house.later(NINE - DAY)
    house.service.reschedule(booking.uid, NINE + 3 * DAY, force=True)
    house.outbox.deliver_due()

    old = house.later(NINE - HOUR)
    new = house.later(NINE + 2 * DAY)

    assert (before, old, new) == ([EventKind.REMINDER], [], [EventKind.REMINDER])


def test_what_is_cancelled_is_not_reminded_of(house: House) -> None:
    """Nor is what waits for its host."""
    booking = house.book()
    house.service.cancel(booking.uid, force=True)
    house.outbox.deliver_due()

    assert house.later(NINE - DAY) == []


class Shelf:
    """A provider of the host's own that lists what it has."""

    name = "shelf"

    def __init__(self, *bookings: Booking) -> None:
        self.kept = {booking.uid: booking for booking in bookings}

    def event_types(self) -> Sequence[EventType]:
        """Give the one that reminds."""
        return (REMINDING,)

    def get(self, uid: str) -> Booking:
        """Give one of them."""
        return self.kept[uid]

    def bookings(self, wanted: BookingFilter) -> Sequence[Booking]:
        """Give a page of them."""
        return tuple(self.kept.values())[wanted.offset : wanted.offset + wanted.limit]


def test_many_bookings_are_reminded_of(storage: Storage, clock: FrozenClock) -> None:
    """More than are read at once."""
    open_one = replace(FULL, start=NINE, end=NINE + HOUR, updated_at=NOW, status=BookingStatus.CONFIRMED)
    shelf: Any = Shelf(*(replace(open_one, uid=f"b{number}") for number in range(PAGE + 5)))
    outbox = Outbox(storage, clock=clock)
    service = BookingService(provider=shelf, storage=storage, outbox=outbox, clock=clock)
    clock.set(NINE - HOUR)

    added = Reminders(service, storage=storage, outbox=outbox, clock=clock).add_due()

    assert added == PAGE + 5
    assert {event.booking.uid for event in outbox.events(limit=1000)} == set(shelf.kept)


def test_event_types_without_reminders_are_left_alone(storage: Storage, clock: FrozenClock) -> None:
    """Nothing is asked for and nothing comes."""
    house = House(storage, clock, INTRO)
    house.book()

    assert house.later(NINE - timedelta(minutes=1)) == []


# --- rounds --------------------------------------------------------------------------------------


class Bare:
    """A provider with nothing to offer, that has something to do."""

    name = "bare"

    def __init__(self, failures: int = 0) -> None:
        self.tidied = 0
        self.failures = failures

    def tidy(self) -> None:
        """Do it, or fail."""
        self.tidied += 1
        if self.tidied <= self.failures:
            raise RuntimeError("zoe@example.org could not be tidied")

    def event_types(self) -> Sequence[EventType]:
        """Give none."""
        return ()

    def bookings(self, wanted: BookingFilter) -> Sequence[Booking]:
        """Give none."""
        return ()


def _bare(storage: Storage, clock: FrozenClock, provider: Any, **options: Any) -> Upkeep:
    outbox = Outbox(storage, clock=clock)
    service = BookingService(provider=provider, storage=storage, outbox=outbox, clock=clock)
    return Upkeep(service, storage=storage, outbox=outbox, clock=clock, **options)


def test_a_round_is_done_once_a_minute_by_whoever_comes_first(storage: Storage, clock: FrozenClock) -> None:
    """Two processes share the work, and it is known when it was done last."""
    bare = Bare()
    one, two = _bare(storage, clock, bare), _bare(storage, clock, bare)
    never = one.last()

    first = [one.run(), two.run(), one.run()]
    clock.move(EVERY)
    second = [two.run(), one.run()]

    assert (first, second, bare.tidied) == ([True, False, False], [True, False], 2)
    assert (never, one.last()) == (None, NOW + EVERY)


def test_two_are_not_at_it_at_once(storage: Storage, clock: FrozenClock) -> None:
    """However long a round takes; one that crashed ends after some minutes."""
    bare = Bare()
    upkeep = _bare(storage, clock, bare)
    Turns(storage, clock, lasts=timedelta(minutes=5)).take("upkeep")
    meanwhile = upkeep.run()

    clock.move(timedelta(minutes=5))

    assert (meanwhile, upkeep.run(), bare.tidied) == (False, True, 1)


def test_a_part_that_fails_stops_no_other(
    storage: Storage, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """It is logged without its words, which may quote a guest, and done again with the next round."""
    bare = Bare(failures=1)
    told: list[str] = []

    class Teller:
        def send(self) -> int:
            told.append("told")
            return 0

    upkeep = _bare(storage, clock, bare, digest=Teller())

    upkeep.run()
    clock.move(EVERY)
    upkeep.run()

    (said,) = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert said.startswith("A part of the upkeep failed: 'tidy': RuntimeError at test_upkeep.py:")
    assert "zoe@example.org" not in caplog.text
    assert (bare.tidied, told) == (2, ["told", "told"])


def test_the_thread_of_the_upkeep_runs_with_those_of_the_outbox(storage: Storage, clock: FrozenClock) -> None:
    """It starts and stops with them, and is armed with them."""
    others = set(threading.enumerate())
    bare = Bare()
    outbox = Outbox(storage, [Recorder()], clock=clock)
    service: Any = BookingService(provider=bare, storage=storage, outbox=outbox, clock=clock)  # type: ignore[arg-type]
    outbox.arm()
    Upkeep(service, storage=storage, outbox=outbox, clock=clock)

    outbox.ensure()
    until = time.monotonic() + 10
    while not bare.tidied and time.monotonic() < until:
        time.sleep(0.005)
    outbox.stop()

    assert bare.tidied == 1
    assert not [each for each in threading.enumerate() if each.name == "booker-upkeep" and each not in others]


# --- the digest ----------------------------------------------------------------------------------


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server takes."""
    return Mailbox()


@pytest.fixture
def digest(storage: Storage, clock: FrozenClock, mailbox: Mailbox) -> Iterator[Digest]:
    """A digest for the administrator."""
    with smtp_server(mailbox) as place:
        yield _digest(storage, clock, f"smtp://{place}")


def _digest(storage: Storage, clock: FrozenClock, url: str, admin: str = "admin@app.example") -> Digest:
    return Digest(storage, clock, url=url, sender="Bookings <bookings@app.example>", admin=admin)


class Refusing:
    """A subscriber that refuses everything for good."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __call__(self, event: BookingEvent) -> None:
        """Refuse."""
        if event.kind is EventKind.CANCELLED:
            raise ConnectionError("zoe@example.org was refused")
        raise DeliveryFailed("crm.example answered 401.", permanent=True)


def _parked(storage: Storage, clock: FrozenClock, count: int) -> Outbox:
    """Give an outbox whose deliveries have all been given up."""
    outbox = Outbox(storage, [Refusing("crm"), Refusing("mail")], clock=clock)
    for number in range(count):
        outbox.add(EventKind.CREATED, replace(FULL, uid=f"b{number}"))
    outbox.deliver_due()
    return outbox


def test_one_mail_tells_of_everything_that_was_given_up(
    storage: Storage, clock: FrozenClock, digest: Digest, mailbox: Mailbox
) -> None:
    """By subscriber, kind and error, with the command that replays it, and without anything of guests."""
    _parked(storage, clock, 3)

    told = digest.send()

    (mail,) = mailbox.mails
    text = content(mail, "plain")
    assert (told, mailbox.recipients) == (6, ["admin@app.example"])
    assert mail["Subject"] == "Bookings: 6 deliveries given up"
    assert "crm: 3\n  booking.created: 3\n  3 x DeliveryFailed: crm.example answered 401." in text
    assert "mail: 3\n" in text
    assert "flask booker outbox retry" in text
    assert all(private not in mail.as_string() for private in ("zoe@", "Zoë", "b0", FULL.attendee.phone))


def test_what_was_told_is_not_told_again_and_what_is_new_waits_an_hour(
    storage: Storage, clock: FrozenClock, digest: Digest, mailbox: Mailbox
) -> None:
    """One mail an hour at most; without news there is none."""
    outbox = _parked(storage, clock, 1)
    first = digest.send()
    outbox.add(EventKind.CREATED, replace(FULL, uid="new"))
    outbox.deliver_due()

    early = digest.send()
    clock.move(DIGEST_EVERY)
    second = digest.send()
    clock.move(DIGEST_EVERY)
    nothing = digest.send()

    assert (first, early, second, nothing) == (2, 0, 2, 0)
    assert len(mailbox.mails) == 2
    assert mailbox.mails[0]["Message-ID"] != mailbox.mails[1]["Message-ID"]


def test_what_is_given_up_anew_is_news(storage: Storage, clock: FrozenClock, digest: Digest) -> None:
    """After a retry, when nothing was mended."""
    outbox = _parked(storage, clock, 1)
    digest.send()
    outbox.retry()
    waiting = untold(storage)
    outbox.deliver_due()
    clock.move(DIGEST_EVERY)

    assert (waiting, digest.send()) == ((), 2)


def test_a_mail_server_that_fails_is_asked_again(
    storage: Storage, clock: FrozenClock, digest: Digest, mailbox: Mailbox
) -> None:
    """Nothing is noted as told until it is; the failure names no address, and the id stays the same."""
    _parked(storage, clock, 1)
    with (
        held_port() as port,
        pytest.raises(DeliveryFailed, match=f"Nobody could be told.*:{port}") as failure,
    ):
        _digest(storage, clock, f"smtp://127.0.0.1:{port}").send()

    assert "admin@" not in str(failure.value)
    assert digest.send() == 2


def test_a_crash_before_the_note_repeats_the_same_mail(
    storage: Storage, clock: FrozenClock, digest: Digest, mailbox: Mailbox
) -> None:
    """With the same id, by which mail programs know it again."""
    _parked(storage, clock, 2)
    digest.send()
    with storage.transaction() as connection:
        connection.exec_driver_sql("UPDATE booker_deliveries SET done_at = NULL")
    clock.move(DIGEST_EVERY)

    digest.send()

    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 1


def test_many_kinds_of_failure_are_cut_short(
    storage: Storage, clock: FrozenClock, digest: Digest, mailbox: Mailbox
) -> None:
    """The commonest first."""
    numbers = count()

    def fails(event: BookingEvent) -> None:
        raise DeliveryFailed(f"failure {next(numbers)}", permanent=True)

    outbox = Outbox(storage, [fails], clock=clock)
    for number in range(13):
        outbox.add(EventKind.CREATED, replace(FULL, uid=f"b{number}"))
    outbox.deliver_due()

    digest.send()

    text = content(mailbox.mails[0], "plain")
    assert text.count(" x DeliveryFailed: failure") == 10
    assert "and 3 other failures" in text


def test_an_address_that_cannot_be_mailed_is_refused_at_start(storage: Storage, clock: FrozenClock) -> None:
    """With the key."""
    with pytest.raises(ConfigurationError, match="'BOOKER_ADMIN_EMAIL'"):
        _digest(storage, clock, "smtp://127.0.0.1:25", admin="nobody")


# --- pruning -------------------------------------------------------------------------------------

OLD = replace(FULL, uid="old", revision=1)


def _history(outbox: Outbox, booking: Booking) -> None:
    for revision, kind in enumerate((EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED), 1):
        outbox.add(kind, replace(booking, revision=revision))


def _left(outbox: Outbox) -> dict[str, int]:
    """Give how many events there are of each booking."""
    uids = [event.booking.uid for event in outbox.events()]
    return {uid: uids.count(uid) for uid in sorted(set(uids))}


def test_of_what_is_long_over_the_last_event_is_kept(storage: Storage, clock: FrozenClock) -> None:
    """With its delivery; what is younger, and what is not over yet, is kept in full."""
    outbox = Outbox(storage, [Recorder()], clock=clock)
    _history(outbox, OLD)
    _history(outbox, replace(OLD, uid="ahead", end=NOW + 500 * DAY))
    outbox.deliver_due()
    clock.move(300 * DAY)
    _history(outbox, replace(OLD, uid="young"))
    outbox.deliver_due()
    clock.move(150 * DAY)

    forgotten = prune(storage, clock() - 400 * DAY)

    assert forgotten == 2
    assert _left(outbox) == {"ahead": 3, "old": 1, "young": 3}
    assert len(outbox.deliveries()) == 7
    last = outbox.last_told("old")
    assert last is not None
    assert last.revision == 3


def test_what_was_forgotten_is_not_told_anew(storage: Storage, clock: FrozenClock) -> None:
    """A late look at the last change finds its event."""
    ear = Recorder()
    outbox = Outbox(storage, [ear], clock=clock)
    _history(outbox, OLD)
    outbox.deliver_due()
    clock.move(900 * DAY)
    prune(storage, clock() - 400 * DAY)

    outbox.add(EventKind.CANCELLED, replace(OLD, revision=3))
    outbox.deliver_due()

    assert len(ear.events) == 3


@pytest.mark.parametrize("state", [DeliveryState.PENDING, DeliveryState.PARKED])
def test_what_waits_is_never_forgotten(state: DeliveryState, storage: Storage, clock: FrozenClock) -> None:
    """Nor is anything else of its booking, so that the numbers of its events stay."""
    outbox = Outbox(storage, [Recorder()], clock=clock)
    _history(outbox, OLD)
    outbox.deliver_due()
    with storage.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE booker_deliveries SET state = '{state}' WHERE id = 3")
    clock.move(900 * DAY)

    forgotten = prune(storage, clock() - 400 * DAY)

    assert forgotten == 0
    assert sequence_of(storage, outbox.events()[0]) == 3


def test_many_are_forgotten_in_small_steps(storage: Storage, clock: FrozenClock) -> None:
    """As many as asked for, the oldest first; one that nobody can read stops no other."""
    outbox = Outbox(storage, clock=clock)
    with storage.transaction() as connection:
        for number in range(120):
            _history(outbox, replace(OLD, uid=f"old{number:03}"))
        connection.exec_driver_sql("UPDATE booker_events SET booking = '{}' WHERE booking_uid = 'old000'")
    clock.move(900 * DAY)

    first = prune(storage, clock() - 400 * DAY, most=10)
    rest = prune(storage, clock() - 400 * DAY)

    assert (first, rest) == (18, 220)
    assert prune(storage, clock() - 400 * DAY) == 0


def test_the_upkeep_prunes_only_if_told_to(storage: Storage, clock: FrozenClock) -> None:
    """Once an hour; by default for nobody."""
    for keep, left in ((None, 2), (400 * DAY, 1)):
        house = House(storage, clock, keep=keep)
        if keep is None:
            house.book(NINE)
            house.service.cancel(house.ear.events[0].booking.uid, force=True)
            house.outbox.deliver_due()
            clock.move(900 * DAY)
        clock.move(EVERY)
        house.upkeep.run()
        assert len(house.outbox.events()) == left
