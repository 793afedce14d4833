"""The queries that look for what must never be do find it, on every database."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from booker_components.outbox import Outbox
from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.storage import Storage
from booker_components.testing import FrozenClock, Recorder
from booker_components.values import Approval, Frequency, Seats, Series

from .invariants import problems
from .providers.samples import DAY, INTRO, NOW, slot
from .providers.team import ALAN, PAIR, of

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
CLASS = replace(INTRO, slug="class", hosts=(ALAN,), seats=Seats(per_slot=2), approval=Approval())
COURSE = replace(INTRO, slug="course", series=Series(frequency=Frequency.WEEKLY, occurrences=2))

_FIRST = "(SELECT uid FROM booker_bookings ORDER BY id LIMIT 1)"
_LATEST = "(SELECT max(id) FROM booker_events)"
#: The one mask of a host who has one booking.
_ONE = "host_id = (SELECT id FROM booker_hosts WHERE slug = 'grace')"

#: What somebody does to the rows, and what is said about it then.
_HARM = {
    "UPDATE booker_appointments SET taken = 0": "as many seats are taken as there are open bookings",
    "UPDATE booker_bookings SET appointment_id = 1": "a time with one seat has one open booking",
    "UPDATE booker_host_times SET holding = (1 = 0)": "hosts are held as long as a seat is taken",
    "UPDATE booker_appointments SET starts = (SELECT min(created_at) FROM booker_bookings)": (
        "hosts are held for all of the time"
    ),
    "UPDATE booker_bookings SET starts = created_at": "open bookings are when their appointments are",
    "UPDATE booker_bookings SET decide_by = NULL": "what waits is decided about until some instant",
    "UPDATE booker_bookings SET series = 'no-such' WHERE series <> ''": "a series has the uid of one of its",
    f"UPDATE booker_bookings SET series = uid WHERE uid = {_FIRST}": "a series is several bookings of one",
    f"UPDATE booker_bookings SET revision = 2 WHERE uid = {_FIRST}": "each revision of a booking was told",
    f"DELETE FROM booker_audit WHERE booking_uid = {_FIRST}": "each revision of a booking has its line",
    "UPDATE booker_events SET kind = 'booking.cancelled'": "the first that is told of a booking is that",
    "UPDATE booker_audit SET action = 'booking.cancelled'": "what was told is what the audit says",
    "UPDATE booker_bookings SET status = 'rejected'": "a booking stands as was told last",
    f"UPDATE booker_events SET booking_uid = 'no-such' WHERE id = {_LATEST}": "events are of bookings that",
    f"DELETE FROM booker_deliveries WHERE event = {_LATEST} AND subscriber = 'one'": "each event goes once",
    "DELETE FROM booker_busy_masks": "busy masks are when hosts are held",
    "UPDATE booker_busy_masks SET block = block + 1": "busy masks are when hosts are held",
}


class _Subscriber(Recorder):
    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """A database with a booking of two hosts, two seats that wait, and a series."""
    clock = FrozenClock(NOW)
    with closing(Storage(database_url)) as storage:
        engine = EmbeddedProvider(Catalogue((PAIR, CLASS, COURSE)), storage=storage, clock=clock)
        outbox = Outbox(storage, [_Subscriber("one"), _Subscriber("two")], clock=clock)
        engine.on_change(outbox.add)
        engine.book(of(PAIR, slot(0), key="one"))
        for guest in ("ann", "bo"):
            engine.book(of(CLASS, slot(2), guest=guest))
        engine.book(of(COURSE, slot(4)))
        yield storage


def _do(storage: Storage, *statements: str) -> None:
    with storage.transaction() as connection:
        for statement in statements:
            connection.execute(text(statement))


def test_nothing_is_wrong_where_nothing_is(storage: Storage) -> None:
    """Also by the URL, and where it is said how many hosts there have to be."""
    url = storage._url.render_as_string(hide_password=False)

    assert problems(storage) == problems(url) == problems(storage, needs={"pair": 2}) == []


@pytest.mark.parametrize("harm", _HARM)
def test_what_is_wrong_is_told(storage: Storage, harm: str) -> None:
    """Whatever else is wrong then too."""
    _do(storage, harm)

    assert any(_HARM[harm] in problem for problem in problems(storage))


def test_two_times_of_a_host_that_overlap_are_told(storage: Storage) -> None:
    """Which needs the database's own rule to be taken away before."""
    triggers = [f"DROP TRIGGER booker_host_times_no_overlap_{name}" for name in ("insert", "update")]
    rule = ["ALTER TABLE booker_host_times DROP CONSTRAINT booker_no_overlap"]
    is_sqlite = storage._url.get_backend_name() == "sqlite"
    longer = "UPDATE booker_host_times SET blocked_until = (SELECT max(blocked_until) FROM booker_host_times)"

    _do(storage, *(triggers if is_sqlite else rule), longer)

    assert any("a host has two times that overlap" in problem for problem in problems(storage))


@pytest.mark.parametrize(
    ("minute", "wrong"),
    [
        pytest.param(8 * 60, "not held", id="a bit too many"),
        pytest.param(9 * 60, "not marked", id="one too few"),
    ],
)
def test_a_wrong_bit_is_told(storage: Storage, minute: int, wrong: str) -> None:
    """With the five minutes for which it stands, counted within their block of 32 days."""
    mask = bytearray(_mask(storage))
    first = int((DAY.start - EPOCH).total_seconds()) // 60 % (32 * 1440) + minute
    mask[first // 40] ^= 1 << first // 5 % 8

    _set_mask(storage, bytes(mask))

    [problem] = problems(storage)
    assert f"'{wrong}': {[*range(first, first + 5)]}" in problem


def _mask(storage: Storage) -> bytes:
    with storage.reading() as connection:
        return bytes(connection.scalar(text(f"SELECT mask FROM booker_busy_masks WHERE {_ONE}")))


def _set_mask(storage: Storage, mask: bytes) -> None:
    with storage.transaction() as connection:
        connection.execute(text(f"UPDATE booker_busy_masks SET mask = :mask WHERE {_ONE}"), {"mask": mask})


def test_too_few_hosts_are_told(storage: Storage) -> None:
    """None at all where it is not said how many there should be."""
    harm = ("DELETE FROM booker_host_times WHERE place = 1", f"DELETE FROM booker_busy_masks WHERE {_ONE}")

    _do(storage, *harm)

    assert problems(storage) == []
    assert any("pair has 2 hosts" in problem for problem in problems(storage, needs={"pair": 2}))
