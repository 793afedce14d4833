"""Tests of the outbox: at least once, in order, again after failures, never lost."""

import contextlib
import logging
import os
import re
import threading
import time
import warnings
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlencode

import pytest

from booker_components.errors import ConfigurationError, DeliveryFailed
from booker_components.outbox import (
    CRASHES,
    LEASE,
    PARK_AFTER,
    UNFINISHED,
    DeliveryState,
    Outbox,
    subscriber_name,
)
from booker_components.outbox.failures import delay_after
from booker_components.outbox.worker import Worker
from booker_components.payloads import booking_from_dict, booking_to_dict
from booker_components.storage import Storage
from booker_components.testing import FrozenClock, Recorder
from booker_components.values import EventKind

from .databases import lay_database
from .processes import FORKS
from .providers.samples import NOW
from .test_payloads import FULL

CREATED, MOVED, CANCELLED = EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED

ONE = replace(FULL, uid="one", revision=1)
TWO = replace(FULL, uid="two", revision=1)


@pytest.fixture
def storage(database_url):
    """A storage with tables, of each kind."""
    made = Storage(database_url)
    yield made
    made.close()


@pytest.fixture
def clock():
    """A clock that stands still."""
    return FrozenClock(NOW)


@pytest.fixture
def ear():
    """A subscriber."""
    return Recorder()


@pytest.fixture
def outbox(storage, clock, ear):
    """An outbox with one subscriber."""
    return Outbox(storage, [ear], clock=clock)


def _history(outbox, *bookings):
    """Add what happens to bookings: created, moved, cancelled."""
    for revision, kind in enumerate((CREATED, MOVED, CANCELLED), 1):
        for booking in bookings:
            outbox.add(kind, replace(booking, revision=revision))


def _told(ear, uid):
    return [event.kind for event in ear.events if event.booking.uid == uid]


# --- adding ---


def test_an_event_holds_the_booking_as_it_was(outbox, ear):
    """Subscribers get every field of the snapshot, whatever happens to the booking later."""
    event = outbox.add(CREATED, ONE)

    outbox.deliver_due()

    assert ear.events == [event]
    assert ear.events[0].booking == booking_from_dict(booking_to_dict(ONE))


def test_an_event_is_lost_with_its_transaction(storage, outbox, ear):
    """What was rolled back has not happened."""

    def work():
        with storage.transaction():
            outbox.add(CREATED, ONE)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()

    assert outbox.deliver_due() == 0
    assert outbox.events() == ()


def test_the_same_change_is_one_event(outbox, ear):
    """Adding kind and revision again gives the first event, and nobody hears twice."""
    first = outbox.add(CREATED, ONE)
    again = outbox.add(CREATED, replace(ONE, notes="changed since"))
    later = outbox.add(MOVED, replace(ONE, revision=2))

    outbox.deliver_due()

    assert again == first
    assert ear.events == [first, later]


def test_a_link_may_be_requested_again_and_again(outbox, ear):
    """Each request is an event of its own."""
    outbox.add(EventKind.LINK_REQUESTED, ONE)
    outbox.add(EventKind.LINK_REQUESTED, ONE)

    assert outbox.deliver_due() == 2
    assert len({event.id for event in ear.events}) == 2


def test_events_are_kept_without_any_subscriber(storage, clock):
    """What happened is on record, and is nobody's to deliver."""
    outbox = Outbox(storage, clock=clock)

    event = outbox.add(CREATED, ONE)

    assert outbox.events() == (event,)
    assert outbox.deliver_due() == 0


# --- delivering ---


def test_every_subscriber_hears_every_event_once(storage, clock):
    """Two subscribers, three events: six deliveries, and none when nothing is due."""
    ears = [Recorder(name="a"), Recorder(name="b")]
    outbox = Outbox(storage, ears, clock=clock)
    _history(outbox, ONE)

    delivered = outbox.deliver_due()

    assert (delivered, outbox.deliver_due()) == (6, 0)
    assert [ear.kinds for ear in ears] == [[CREATED, MOVED, CANCELLED]] * 2


def test_a_subscriber_is_called_outside_of_transactions_and_within_the_surroundings(storage, clock):
    """It may use the database, and finds what the app prepares, for example an app context."""
    seen, around = [], []

    @contextlib.contextmanager
    def surroundings():
        around.append("in")
        yield
        around.append("out")

    def ear(event):
        seen.append((storage.is_open, list(around)))

    outbox = Outbox(storage, [ear], clock=clock, surroundings=surroundings)
    outbox.add(CREATED, ONE)

    outbox.deliver_due()

    assert seen == [(False, ["in"])]
    assert around == ["in", "out"]


def test_delivering_within_a_transaction_is_refused(storage, outbox):
    """A slow subscriber would keep every writer waiting."""
    with storage.transaction(), pytest.raises(RuntimeError, match="not delivered within a transaction"):
        outbox.deliver_due()


def test_a_failing_event_holds_back_only_its_booking(outbox, ear):
    """The other booking's events go on; after the failure both arrived in order."""
    ear.failures = 1
    _history(outbox, ONE, TWO)

    outbox.deliver_due()
    before = _told(ear, "one"), _told(ear, "two")
    outbox._clock.move(timedelta(seconds=2))
    outbox.deliver_due()

    assert before == ([], [CREATED, MOVED, CANCELLED])
    assert _told(ear, "one") == [CREATED, MOVED, CANCELLED]


def test_a_failing_subscriber_holds_back_no_other(storage, clock):
    """Its neighbour hears everything at once."""
    deaf, ear = Recorder(name="deaf", failures=99), Recorder(name="ear")
    outbox = Outbox(storage, [deaf, ear], clock=clock)
    _history(outbox, ONE)

    outbox.deliver_due()

    assert (deaf.kinds, ear.kinds) == ([], [CREATED, MOVED, CANCELLED])


def test_order_is_kept_whatever_fails(storage, clock):
    """A subscriber that fails every other time hears each booking's events in order, all of them."""
    heard, calls = [], iter(range(1000))

    def moody(event):
        if next(calls) % 2:
            raise DeliveryFailed("not now")
        heard.append(event)

    outbox = Outbox(storage, [moody], clock=clock)
    bookings = [replace(FULL, uid=f"booking{number}") for number in range(5)]
    _history(outbox, *bookings)

    for _ in range(40):
        outbox.deliver_due()
        clock.move(timedelta(hours=1))

    for booking in bookings:
        kinds = [event.kind for event in heard if event.booking.uid == booking.uid]
        assert kinds == [CREATED, MOVED, CANCELLED]


def test_delays_double_up_to_an_hour():
    """From a second on, never less than half of it, never more than an hour."""
    for attempts in (1, 2, 3, 5, 20, 10_000):
        full = min(timedelta(hours=1), timedelta(seconds=2 ** min(attempts - 1, 30)))
        assert full / 2 <= delay_after(attempts) <= full


def test_a_delivery_is_parked_after_a_day_and_can_be_retried(outbox, ear, clock):
    """Nothing is given up silently: the row stays, and a command brings it back."""
    ear.failures = 1000
    outbox.add(CREATED, ONE)
    started = clock()

    while not (parked := outbox.deliveries(DeliveryState.PARKED)):
        outbox.deliver_due()
        clock.move(timedelta(hours=1))

    assert clock() - started >= PARK_AFTER
    assert parked[0].attempts >= 24
    assert parked[0].last_error == "DeliveryFailed: The recorder was told to fail."

    ear.failures = 0
    assert outbox.deliver_due() == 0
    assert (outbox.retry([999]), outbox.retry([parked[0].id]), outbox.retry()) == (0, 1, 0)
    assert outbox.deliver_due() == 1
    assert ear.kinds == [CREATED]


def test_a_parked_event_holds_back_its_booking_until_it_is_retried(outbox, ear, clock):
    """Late is better than out of order; other bookings go on."""
    ear.failures = 1
    outbox.add(CREATED, ONE)
    outbox.deliver_due()
    ear.failures = 1
    clock.move(PARK_AFTER)
    outbox.add(MOVED, replace(ONE, revision=2))
    outbox.add(CANCELLED, replace(ONE, revision=3))
    outbox.add(CREATED, TWO)

    outbox.deliver_due()
    while_parked = _told(ear, "one"), _told(ear, "two")
    outbox.retry()
    outbox.deliver_due()

    assert while_parked == ([], [CREATED])
    assert _told(ear, "one") == [CREATED, MOVED, CANCELLED]


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param("kind = 'booking.unheard_of'", id="kind of a newer version"),
        pytest.param("booking = '{}'", id="empty booking"),
        pytest.param("booking = '[]'", id="no mapping"),
    ],
)
def test_an_event_that_cannot_be_read_fails_alone(damage, storage, outbox, ear, clock):
    """It is tried again and parked at last, is listed, and keeps no other booking waiting."""
    outbox.add(CREATED, ONE)
    outbox.add(CREATED, TWO)
    with storage.transaction() as connection:
        connection.exec_driver_sql(f"UPDATE booker_events SET {damage} WHERE booking_uid = 'one'")

    first = outbox.deliver_due()
    (waiting,) = outbox.deliveries(DeliveryState.PENDING)
    clock.move(PARK_AFTER)
    outbox.deliver_due()
    (parked,) = outbox.deliveries(DeliveryState.PARKED)

    assert (first, _told(ear, "two")) == (1, [CREATED])
    assert (waiting.booking_uid, waiting.attempts, parked.attempts) == ("one", 1, 2)
    assert parked.kind == ("booking.unheard_of" if "kind" in damage else CREATED)


def test_an_event_that_is_no_json_fails_alone(tmp_path, clock, ear):
    """SQLite would keep such a text; PostgreSQL takes none."""
    storage = Storage(lay_database(tmp_path))
    outbox = Outbox(storage, [ear], clock=clock)
    outbox.add(CREATED, ONE)
    outbox.add(CREATED, TWO)
    with storage.transaction() as connection:
        connection.exec_driver_sql("UPDATE booker_events SET booking = '{' WHERE booking_uid = 'one'")

    delivered = outbox.deliver_due()
    storage.close()

    assert (delivered, _told(ear, "two")) == (1, [CREATED])


def test_time_without_any_attempt_parks_nothing(outbox, ear, clock):
    """An app that was down for days tries its old events anew."""
    ear.failures = 1
    outbox.add(CREATED, ONE)
    clock.move(timedelta(days=9))

    outbox.deliver_due()

    assert [each.state for each in outbox.deliveries()] == [DeliveryState.PENDING]


def test_rows_of_a_subscriber_that_is_gone_wait(storage, clock):
    """They block nobody, and are delivered when it comes back."""
    gone, ear = Recorder(name="gone"), Recorder(name="ear")
    Outbox(storage, [gone, ear], clock=clock).add(CREATED, ONE)

    assert Outbox(storage, [ear], clock=clock).deliver_due() == 1
    assert Outbox(storage, [gone, ear], clock=clock).deliver_due() == 1
    assert gone.kinds == ear.kinds == [CREATED]


# --- crashes and rivals ---


class _Crash(BaseException):
    """Passes through everything, as a kill would."""


def test_a_crashed_delivery_is_repeated_after_its_lease(storage, clock, ear):
    """Until then the event belongs to the one that crashed, and holds back its booking."""

    def crashing(event):
        raise _Crash

    crashing.name = ear.name
    crashed = Outbox(storage, [crashing], clock=clock)
    _history(crashed, ONE)
    with pytest.raises(_Crash):
        crashed.deliver_due()
    healthy = Outbox(storage, [ear], clock=clock)

    assert healthy.deliver_due() == 0
    clock.move(LEASE)
    assert healthy.deliver_due() == 3
    assert ear.kinds == [CREATED, MOVED, CANCELLED]


def test_a_delivery_that_always_ends_its_process_is_parked(storage, clock):
    """After a day nobody touches it, until a retry gives it another day."""
    calls = []

    def crashing(event):
        calls.append(event)
        raise _Crash

    outbox = Outbox(storage, [crashing], clock=clock)
    outbox.add(CREATED, ONE)
    for _ in range(CRASHES):
        with pytest.raises(_Crash):
            outbox.deliver_due()
        clock.move(PARK_AFTER / CRASHES)

    delivered = outbox.deliver_due()
    (parked,) = outbox.deliveries(DeliveryState.PARKED)
    outbox.retry()
    with pytest.raises(_Crash):
        outbox.deliver_due()
    clock.move(timedelta(minutes=2))
    with pytest.raises(_Crash):
        outbox.deliver_due()

    assert (delivered, parked.attempts, parked.last_error) == (0, CRASHES, UNFINISHED)
    assert len(calls) == CRASHES + 2


def test_one_crash_and_a_long_pause_park_nothing(storage, clock, ear):
    """What a crash left is tried again, even if the app was down for days."""

    def crashing(event):
        raise _Crash

    crashing.name = ear.name
    crashed = Outbox(storage, [crashing], clock=clock)
    _history(crashed, ONE)
    with pytest.raises(_Crash):
        crashed.deliver_due()
    clock.move(timedelta(days=9))

    assert Outbox(storage, [ear], clock=clock).deliver_due() == 3


def test_who_comes_back_after_the_lease_records_nothing(storage, clock):
    """A slow subscriber whose event was claimed again does not overwrite how that went."""
    rival = Recorder(name="ear", failures=1)

    def slow(event):
        clock.move(LEASE)
        Outbox(storage, [rival], clock=clock).deliver_due()

    slow.name = "ear"
    outbox = Outbox(storage, [slow], clock=clock)
    outbox.add(CREATED, ONE)

    outbox.deliver_due()

    delivery = outbox.deliveries()[0]
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 2)


def test_two_processes_do_not_deliver_twice(database_url, tmp_path, storage):
    """Without a crash, each event reaches the subscriber once, whoever delivers."""
    heard = tmp_path / "heard"
    outbox = Outbox(storage, [_Scribe(heard)], clock=FrozenClock(NOW))
    for number in range(40):
        outbox.add(CREATED, replace(ONE, uid=f"booking{number}"))
    processes = [FORKS.Process(target=_deliver, args=(database_url, heard)) for _ in range(2)]

    for process in processes:
        process.start()
    for process in processes:
        process.join(timeout=60)

    lines = heard.read_text().splitlines()
    assert [process.exitcode for process in processes] == [0, 0]
    assert sorted(lines) == sorted(event.booking.uid for event in outbox.events())


class _Scribe:
    """A subscriber that writes uids into a file."""

    name = "scribe"

    def __init__(self, path):
        self.path = path

    def __call__(self, event):
        with self.path.open("a") as file:
            file.write(event.booking.uid + "\n")


def _deliver(url, path):
    Outbox(Storage(url), [_Scribe(path)], clock=FrozenClock(NOW)).deliver_due()


# --- the thread ---


def _wait_for(condition):
    give_up = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < give_up, "It did not happen within 10 s."
        time.sleep(0.005)


def _thread(outbox):
    (worker,) = outbox._workers
    return worker._thread


def test_the_thread_delivers_after_the_commit_and_not_before(storage, outbox, ear):
    """What is not safe yet is not told."""
    outbox.start()

    with storage.transaction():
        outbox.add(CREATED, ONE)
        outbox.wake()
        time.sleep(0.1)
        early = list(ear.events)
    _wait_for(lambda: ear.events)
    outbox.stop()

    assert early == []


def test_an_armed_outbox_starts_its_thread_at_the_first_commit(storage, outbox, ear):
    """A process that adds no event needs no thread."""
    outbox.arm()

    with storage.transaction():
        outbox.add(CREATED, ONE)
        early = _thread(outbox)
    thread = _thread(outbox)
    _wait_for(lambda: ear.events)
    outbox.stop()

    assert early is None
    assert not thread.is_alive()


def test_a_thread_that_pauses_works_at_once_when_woken():
    """However long the pause is."""
    steps = []
    worker = Worker(lambda: bool(steps.append("step")), name="test", pause=3600)
    worker.start()
    _wait_for(lambda: len(steps) == 1)

    worker.wake()
    _wait_for(lambda: len(steps) == 2)
    thread = worker._thread
    worker.stop()
    worker.join(10)

    assert not thread.is_alive()


def test_starting_twice_makes_one_thread(outbox):
    """Each process has at most one, and may start one again after stopping."""
    outbox.start()
    thread = _thread(outbox)
    outbox.start()
    same = _thread(outbox) is thread
    outbox.stop()
    outbox.start()
    restarted = _thread(outbox)
    outbox.stop()

    assert same
    assert restarted is not thread
    assert not restarted.is_alive()


def test_a_hanging_subscriber_keeps_no_other_waiting(storage, clock, ear):
    """Each has a thread of its own, named after it."""
    release, held = threading.Event(), []

    def hanging(event):
        held.append(threading.current_thread().name)
        release.wait(30)

    hanging.name = "slow"
    outbox = Outbox(storage, [hanging, ear], clock=clock)
    outbox.start()
    with storage.transaction():
        _history(outbox, ONE)

    _wait_for(lambda: held and len(ear.events) == 3)
    waiting = list(held)
    release.set()
    _wait_for(lambda: len(held) == 3)
    outbox.stop()

    assert ear.kinds == [CREATED, MOVED, CANCELLED]
    assert waiting == ["booker-outbox-slow"]
    assert not outbox.deliveries(DeliveryState.PENDING)


def test_a_fork_does_not_wait_for_a_hanging_step():
    """Nor do several threads that fork at once leave a worker resting."""
    process = FORKS.Process(target=_fork_while_hanging)
    process.start()
    process.join(timeout=60)
    process.kill()

    assert process.exitcode == 0


def _fork_while_hanging():
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    release, hanging, steps = threading.Event(), threading.Event(), []
    slow = Worker(lambda: hanging.set() or not release.wait(30), name="slow", pause=0.01)
    quick = Worker(lambda: bool(steps.append(1)), name="quick", pause=0.01)
    slow.start()
    quick.start()
    hanging.wait(10)
    took = []
    forks = [threading.Thread(target=_fork, args=(took,)) for _ in range(6)]
    for fork in forks:
        fork.start()
    for fork in forks:
        fork.join()
    seen = len(steps)
    _wait_for(lambda: len(steps) > seen + 3)
    release.set()
    # Half a second would be a step waited for; the rest is a busy machine.
    assert len(took) == 6
    assert min(took) < 0.5


def _fork(took):
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        os._exit(0)
    took.append(time.monotonic() - started)
    os.waitpid(child, 0)


def test_the_thread_outlives_a_failing_database(storage, clock, ear, caplog):
    """A look that fails is logged, and the next one delivers."""
    outbox = Outbox(storage, [ear], clock=clock)
    outbox.add(CREATED, ONE)
    with storage.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE booker_deliveries RENAME TO hidden")
    outbox.start()
    _wait_for(lambda: "it goes on" in caplog.text)

    with storage.transaction() as connection:
        connection.exec_driver_sql("ALTER TABLE hidden RENAME TO booker_deliveries")
    outbox.wake()
    _wait_for(lambda: ear.events)
    outbox.stop()

    assert ear.kinds == [CREATED]


def test_a_child_of_a_fork_starts_a_thread_of_its_own(database_url, tmp_path):
    """A server that forks its workers while the thread is at work delivers from every worker."""
    # In a process of its own: what threads of other tests hold during a fork stays held in the child.
    process = FORKS.Process(target=_fork_while_delivering, args=(database_url, tmp_path / "heard"))
    process.start()
    process.join(timeout=60)
    process.kill()

    assert process.exitcode == 0


def _fork_while_delivering(url, heard):
    warnings.filterwarnings("ignore", ".*multi-threaded, use of fork", DeprecationWarning)
    outbox = Outbox(Storage(url), [_Scribe(heard)], clock=FrozenClock(NOW))
    outbox.start()
    for number in range(30):
        outbox.add(CREATED, replace(ONE, uid=f"parent{number}"))
        child = os.fork()
        if child == 0:
            os._exit(_work_in_child(outbox, f"child{number}"))
        _, status = os.waitpid(child, 0)
        assert status == 0
    _wait_for(lambda: not outbox.deliveries(DeliveryState.PENDING))
    assert len(outbox.deliveries()) == 60


def _work_in_child(outbox, uid):
    try:
        assert _thread(outbox) is None
        outbox.add(CREATED, replace(ONE, uid=uid))
        _wait_for(_thread(outbox).is_alive)
        _wait_for(lambda: not outbox.deliveries(DeliveryState.PENDING))
    except BaseException:
        return 1
    return 0


# --- names, listings and privacy ---


def test_a_subscriber_is_known_by_its_name_or_where_it_is_defined():
    """Functions and classes by their qualified name, anything with a name by that."""

    class Plain:
        def __call__(self, event):
            """Do nothing."""

    assert subscriber_name(Recorder(name="crm")) == "crm"
    assert subscriber_name(_deliver) == "tests.test_outbox._deliver"
    assert subscriber_name(Plain()).endswith("<locals>.Plain")


def test_two_subscribers_of_one_name_are_refused(storage, clock):
    """The outbox could not tell who has heard what."""
    with pytest.raises(ConfigurationError, match="Two subscribers are called 'recorder'"):
        Outbox(storage, [Recorder(), Recorder()], clock=clock)


def test_listings_tell_what_happened_and_where_it_stands(outbox, ear, clock):
    """Newest first, as many as asked for, by state."""
    ear.failures = 1
    first, second = outbox.add(CREATED, ONE), outbox.add(CREATED, TWO)
    outbox.deliver_due()

    (pending,) = outbox.deliveries(DeliveryState.PENDING)

    assert outbox.events() == (second, first)
    assert outbox.events(limit=1) == (second,)
    assert [each.booking_uid for each in outbox.deliveries()] == ["two", "one"]
    assert [each.booking_uid for each in outbox.deliveries(limit=1)] == ["two"]
    assert (pending.event_id, pending.kind, pending.subscriber) == (first.id, CREATED, "recorder")
    assert (pending.attempts, pending.next_at > clock()) == (1, True)


def test_failures_are_told_without_personal_data(storage, clock, caplog):
    """Neither the stored error nor the log says what the exception says, in whatever spelling."""
    attendee = FULL.attendee
    query = urlencode({"email": attendee.email, "q": attendee.name})
    first_name = attendee.name.split()[0]
    told = (attendee.email, attendee.email.upper(), attendee.phone, *FULL.guests, query, first_name)

    def careless(event):
        raise ConnectionError(f"Max retries exceeded with url: /contacts?{query} ({told})")

    outbox = Outbox(storage, [careless], clock=clock)
    outbox.add(CREATED, ONE)
    with caplog.at_level(logging.DEBUG, logger="booker_components"):
        outbox.deliver_due()

    error = outbox.deliveries()[0].last_error
    assert re.fullmatch(r"ConnectionError at test_outbox\.py:\d+", error)
    assert "test_outbox.py" in caplog.text
    for private in told:
        assert private not in caplog.text


def test_a_booking_is_remembered_as_it_was_last_told(storage, clock):
    """What nobody can read any more was once told; of what was never told there is nothing."""
    box = Outbox(storage, clock=clock)
    box.add(CREATED, ONE)
    box.add(CREATED, TWO)
    box.add(MOVED, replace(ONE, title="Moved", revision=2))

    assert box.last_told("one").title == "Moved"
    assert box.last_told("three") is None
