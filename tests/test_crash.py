"""kill -9 at random moments: no half booking, no missing event, nothing acknowledged is lost."""

import os
import random
import sqlite3
import time
from collections import defaultdict
from datetime import timedelta

import pytest

from booker_components.errors import Refused
from booker_components.outbox import DeliveryState, Outbox
from booker_components.storage import Storage
from booker_components.testing import FrozenClock
from booker_components.values import EventKind

from .processes import FORKS
from .providers.samples import DAY, NOW, engine_on, request_at, slot

KILLS = 10


class _Lines:
    """A file to which lines are added, each at once and as a whole; what was written survives a kill."""

    name = "lines"

    def __init__(self, path):
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT)

    def __call__(self, event):
        booking = event.booking
        os.write(self._file, f"{booking.uid} {booking.revision} {event.kind}\n".encode())


def _work(url, told, acknowledged, run):
    """Book, move and cancel until killed; acknowledge what is safe, as a page does that answers a guest."""
    engine, clock = engine_on(url, now=NOW + timedelta(minutes=5 * run))
    storage, chosen = engine._storage, random.Random(run)
    outbox = Outbox(storage, [_Lines(told)], clock=clock)
    outbox.start()
    acknowledge, uids = _Lines(acknowledged), []
    while True:
        try:
            with storage.transaction():
                kind, booking = _change(engine, chosen, uids)
                event = outbox.add(kind, booking)
        except Refused:
            continue
        acknowledge(event)


def _change(engine, chosen, uids):
    start = slot(chosen.randrange(10)) + timedelta(days=chosen.randrange(50))
    action = chosen.choice(["book", "book", "book", "move", "cancel"]) if uids else "book"
    if action == "move":
        return EventKind.RESCHEDULED, engine.reschedule(chosen.choice(uids), start)
    if action == "cancel":
        return EventKind.CANCELLED, engine.cancel(chosen.choice(uids))
    booking = engine.book(request_at(start, key=str(chosen.random())))
    uids.append(booking.uid)
    return EventKind.CREATED, booking


def _kill_at_a_random_moment(arguments, acknowledged, chosen):
    process = FORKS.Process(target=_work, args=arguments)
    process.start()
    before = acknowledged.stat().st_size
    give_up = time.monotonic() + 30
    while acknowledged.stat().st_size == before:
        assert process.is_alive()
        assert time.monotonic() < give_up
        time.sleep(0.002)
    time.sleep(chosen.uniform(0, 0.2))
    process.kill()
    process.join()


@pytest.fixture(scope="module")
def crashed(tmp_path_factory):
    """A folder with a database whose writers were all killed, and what they had said until then."""
    folder = tmp_path_factory.mktemp("crashed")
    url = f"sqlite:///{folder}/booker.sqlite3"
    told, acknowledged, chosen = folder / "told", folder / "acknowledged", random.Random(7)
    told.touch()
    acknowledged.touch()
    for run in range(KILLS):
        _kill_at_a_random_moment((url, told, acknowledged, run), acknowledged, chosen)
    return folder


def _rows(folder, statement):
    connection = sqlite3.connect(folder / "booker.sqlite3")
    try:
        return connection.execute(statement).fetchall()
    finally:
        connection.close()


def _changes(path):
    """Give the lines of a file as uid, revision and kind."""
    lines = (line.split() for line in path.read_text().splitlines())
    return [(uid, int(revision), kind) for uid, revision, kind in lines]


def test_the_database_is_whole(crashed):
    """No page is torn, no reference leads nowhere, and no host is booked twice."""
    assert _rows(crashed, "PRAGMA integrity_check") == [("ok",)]
    assert _rows(crashed, "PRAGMA foreign_key_check") == []
    assert _rows(crashed, "SELECT count(*) >= 10 FROM booker_bookings") == [(1,)]


def test_every_revision_has_its_event_its_audit_and_its_deliveries(crashed):
    """A booking of revision 3 has the events and lines of revisions 1, 2 and 3, and no others."""
    expected = [
        (uid, number)
        for uid, revision in _rows(crashed, "SELECT uid, revision FROM booker_bookings")
        for number in range(1, revision + 1)
    ]

    events = _rows(crashed, "SELECT booking_uid, booking ->> 'revision' FROM booker_events")
    lines = _rows(crashed, "SELECT booking_uid, revision FROM booker_audit")
    deliveries = _rows(
        crashed,
        "SELECT d.booking_uid, e.booking ->> 'revision' FROM booker_deliveries d "
        "JOIN booker_events e ON e.id = d.event",
    )

    assert sorted(events) == sorted(lines) == sorted(deliveries) == sorted(expected)


def test_nothing_acknowledged_is_lost(crashed):
    """What a guest has been told is there."""
    known = set(_rows(crashed, "SELECT booking_uid, booking ->> 'revision', kind FROM booker_events"))
    acknowledged = _changes(crashed / "acknowledged")

    assert len(acknowledged) >= KILLS
    assert set(acknowledged) <= known


def test_what_was_left_is_delivered_in_order(crashed):
    """After the last lease every event has been told at least once, each booking's in its order."""
    storage = Storage(f"sqlite:///{crashed}/booker.sqlite3")
    outbox = Outbox(storage, [_Lines(crashed / "told")], clock=FrozenClock(DAY.end))

    outbox.deliver_due()

    told = defaultdict(list)
    for uid, revision, _ in _changes(crashed / "told"):
        told[uid].append(revision)
    expected = dict(_rows(crashed, "SELECT uid, revision FROM booker_bookings"))
    assert outbox.deliveries(DeliveryState.PENDING) == ()
    assert {uid: max(revisions) for uid, revisions in told.items()} == expected
    assert all(revisions == sorted(revisions) for revisions in told.values())
    assert all(set(revisions) == set(range(1, max(revisions) + 1)) for revisions in told.values())
