"""Remote bookings as we knew them: each change is told to whoever notes it first, and to nobody else."""

from __future__ import annotations

import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from booker_components.errors import ProviderUnavailable
from booker_components.records.known import Change, KnownBookings, what_happened
from booker_components.storage import Storage
from booker_components.values import Booking, BookingStatus, EventKind

from ..conftest import MONDAY
from ..processes import FORKS
from ..test_payloads import FULL

PROCESSES, PATIENCE = 8, 30
PENDING, CONFIRMED = BookingStatus.PENDING, BookingStatus.CONFIRMED
CANCELLED, REJECTED = BookingStatus.CANCELLED, BookingStatus.REJECTED
LATER = timedelta(hours=1)

#: A booking on its own: it replaces none and is replaced by none.
ALONE = replace(FULL, replaces="", replaced_by="", status=CONFIRMED)


@pytest.fixture
def known(storage: Storage) -> KnownBookings:
    """Records that know no booking yet."""
    return KnownBookings(storage)


def booking(status: BookingStatus = CONFIRMED, **changes: Any) -> Booking:
    """Give a booking as the provider has it."""
    return replace(ALONE, status=status, **changes)


def note(known: KnownBookings, each: Booking, minute: int = 0) -> Change | None:
    """Note a booking that was asked for so many minutes after midnight."""
    return known.note(each, asked_at=MONDAY + timedelta(minutes=minute))


@pytest.mark.parametrize(
    ("before", "now", "kind"),
    [
        pytest.param("", booking(CONFIRMED), EventKind.CREATED, id="new"),
        pytest.param("", booking(PENDING), EventKind.CREATED, id="new, waiting"),
        pytest.param("", booking(replaces="old"), EventKind.RESCHEDULED, id="new, in place of another"),
        pytest.param("", booking(CANCELLED), EventKind.CANCELLED, id="new, cancelled already"),
        pytest.param("", booking(REJECTED), EventKind.REJECTED, id="new, declined already"),
        pytest.param("", booking(CANCELLED, replaced_by="next"), None, id="new, replaced already"),
        pytest.param("confirmed", booking(CONFIRMED), None, id="as it was"),
        pytest.param("pending", booking(PENDING), None, id="still waiting"),
        pytest.param("pending", booking(CONFIRMED), EventKind.CONFIRMED, id="agreed to"),
        pytest.param("confirmed", booking(PENDING), None, id="waiting again"),
        pytest.param("confirmed", booking(start=ALONE.start + LATER), EventKind.RESCHEDULED, id="moved"),
        pytest.param(
            "pending", booking(start=ALONE.start + LATER), EventKind.RESCHEDULED, id="moved and agreed to"
        ),
        pytest.param("confirmed", booking(CANCELLED), EventKind.CANCELLED, id="cancelled"),
        pytest.param("pending", booking(CANCELLED), EventKind.CANCELLED, id="cancelled while waiting"),
        pytest.param("pending", booking(REJECTED), EventKind.REJECTED, id="declined"),
        pytest.param("confirmed", booking(CANCELLED, replaced_by="next"), None, id="replaced"),
        pytest.param("cancelled", booking(CANCELLED), None, id="still cancelled"),
        pytest.param("cancelled", booking(REJECTED), None, id="closed in another way"),
        pytest.param("rejected", booking(CANCELLED), None, id="declined, then cancelled"),
        pytest.param("cancelled", booking(CONFIRMED), None, id="an older state that came late"),
        pytest.param(
            "cancelled", booking(start=ALONE.start + LATER), None, id="an older state at another time"
        ),
    ],
)
def test_what_happened_follows_from_before_and_now(before: str, now: Booking, kind: EventKind | None) -> None:
    """Every transition has one meaning, or none."""
    start: datetime | None = ALONE.start if before else None

    assert what_happened(before, start, now) is kind


def test_each_change_is_told_once_and_counted(known: KnownBookings) -> None:
    """Looking twice brings no news; the numbers of the changes have no gap."""
    moved = booking(start=ALONE.start + LATER)
    states = [
        booking(PENDING),
        booking(PENDING),
        booking(),
        moved,
        moved,
        booking(CANCELLED),
        booking(CANCELLED),
    ]

    told = [note(known, each) for each in states]

    assert told == [
        Change(kind=EventKind.CREATED, number=1),
        None,
        Change(kind=EventKind.CONFIRMED, number=2),
        Change(kind=EventKind.RESCHEDULED, number=3),
        None,
        Change(kind=EventKind.CANCELLED, number=4),
        None,
    ]


def test_what_is_closed_stays_closed(known: KnownBookings) -> None:
    """An older state that comes late neither opens the booking again nor makes it be cancelled twice."""
    note(known, booking())
    note(known, booking(CANCELLED))

    told = [note(known, booking(start=ALONE.start + LATER)), note(known, booking(CANCELLED))]

    assert told == [None, None]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (booking(PENDING), booking()),
        (booking(shared="whole"), booking(shared="whole", start=ALONE.start + LATER)),
    ],
    ids=["agreed to", "a seat that moved"],
)
def test_an_answer_to_an_older_question_is_no_news(
    known: KnownBookings, before: Booking, now: Booking
) -> None:
    """It was on its way while the booking changed: nothing went back, and nothing happens twice."""
    note(known, before, 0)
    assert note(known, now, 2) is not None

    told = [note(known, before, 1), note(known, now, 1), note(known, now, 3)]

    assert told == [None, None, None]
    assert note(known, before, 4) is None or before.status is CONFIRMED


#: What may happen to a seat at a provider, from its beginning to its end.
_LIVES = st.lists(st.sampled_from((0, 1, 2)), max_size=3).flatmap(
    lambda hours: st.booleans().map(
        lambda ends: tuple(
            [booking(PENDING, shared="whole"), booking(shared="whole")]
            + [booking(shared="whole", start=ALONE.start + hour * LATER) for hour in hours]
            + [booking(CANCELLED, shared="whole")] * ends
        )
    )
)


@given(data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_order_looks_are_noted_nothing_is_told_twice_or_lost(
    storage: Storage, data: st.DataObject
) -> None:
    """Each state is looked at when it begins, some again; the notes come as threads happen to be run."""
    life = data.draw(_LIVES)
    looks = list(range(len(life))) + data.draw(st.lists(st.integers(0, len(life) - 1), max_size=4))
    order = data.draw(st.permutations(looks))
    known, uid = KnownBookings(storage), uuid.uuid4().hex

    told = [note(known, replace(life[each], uid=uid), each) for each in order]

    kinds = [change.kind for change in told if change]
    steps = [what_happened(a.status.value, a.start, b) for a, b in pairwise(life)]
    ends = EventKind.CANCELLED in steps
    assert [change.number for change in told if change] == list(range(1, len(kinds) + 1))
    assert all(kinds.count(kind) <= max(1, steps.count(kind)) for kind in set(kinds))
    assert kinds.count(EventKind.CANCELLED) == ends
    assert note(known, replace(life[-1], uid=uid), len(life)) is None


def test_what_was_changed_earlier_is_no_news(known: KnownBookings) -> None:
    """Asked for at the same instant, answered in another order: the provider says which state is newer."""
    before = booking()
    after = replace(before, start=before.start + LATER, end=before.end + LATER, updated_at=MONDAY + LATER)
    before = replace(before, updated_at=MONDAY)

    told = [note(known, each) for each in (before, after, before, after)]

    assert [each and each.kind for each in told] == [EventKind.CREATED, EventKind.RESCHEDULED, None, None]


def test_what_was_agreed_to_does_not_wait_again(known: KnownBookings) -> None:
    """A look that began at the same instant and saw the booking waiting makes no second agreement."""
    waiting = booking(BookingStatus.PENDING)
    note(known, waiting)
    note(known, booking())

    late = [note(known, waiting), note(known, booking())]

    assert late == [None, None]


def test_what_was_moved_away_from_is_no_cancellation(known: KnownBookings) -> None:
    """Its successor tells of the move, also where the provider does not say that there is one."""
    note(known, booking(uid="old"))

    moved = note(known, booking(uid="new", replaces="old"))
    ended = note(known, booking(CANCELLED, uid="old"))

    assert (moved, ended) == (Change(kind=EventKind.RESCHEDULED, number=1), None)


def test_bookings_are_known_apart(known: KnownBookings) -> None:
    """Each uid has changes of its own."""
    note(known, booking())

    assert note(known, booking(uid="another")) == Change(kind=EventKind.CREATED, number=1)


def test_a_change_that_is_rolled_back_is_told_again(known: KnownBookings, storage: Storage) -> None:
    """What is new is kept together with the event that tells of it, or not at all."""

    def fail() -> None:
        with storage.transaction():
            note(known, booking())
            raise ProviderUnavailable

    with pytest.raises(ProviderUnavailable):
        fail()

    assert note(known, booking()) == Change(kind=EventKind.CREATED, number=1)


def test_of_many_threads_one_is_told(known: KnownBookings) -> None:
    """Our own call, the webhook and a look at the provider at the same moment are one event."""
    line = threading.Barrier(PROCESSES)

    def work(_number: int) -> Change | None:
        line.wait()
        return note(known, booking())

    with ThreadPoolExecutor(PROCESSES) as pool:
        told = [each for each in pool.map(work, range(PROCESSES)) if each]

    assert told == [Change(kind=EventKind.CREATED, number=1)]


def _note(url: str, line: Any, results: Any) -> None:
    """Line up, then note the same booking twice, as created and as moved."""
    known = KnownBookings(Storage(url))
    line.wait()
    states = (booking(), booking(start=ALONE.start + LATER), booking(CANCELLED))
    results.put([change.number for each in states if (change := note(known, each))])


def test_of_many_processes_one_is_told(storage: Storage, database_url: str) -> None:
    """However the processes mix, no number is given twice and the ending is told once."""
    line, results = FORKS.Barrier(PROCESSES, timeout=PATIENCE), FORKS.Queue()
    processes = [
        FORKS.Process(target=_note, args=(database_url, line, results), daemon=True) for _ in range(PROCESSES)
    ]
    for process in processes:
        process.start()

    try:
        numbers = [number for _ in processes for number in results.get(timeout=PATIENCE)]
    finally:
        for process in processes:
            process.join(timeout=PATIENCE)

    assert sorted(numbers) == list(range(1, len(numbers) + 1))
    assert note(KnownBookings(storage), booking(CANCELLED)) is None


@pytest.mark.parametrize(
    "last",
    [
        pytest.param(booking(CANCELLED), id="cancelled"),
        pytest.param(booking(shared="whole", start=ALONE.start + LATER), id="a seat that moved"),
    ],
)
def test_what_ended_years_ago_is_known_still(known: KnownBookings, last: Booking) -> None:
    """Old links and long syncs lead to it, and nobody hears of it again, however much has come since."""
    for each in (booking(shared=last.shared), last):
        note(known, each)
    minutes = 5 * 365 * 24 * 60
    for number in range(20):
        note(known, booking(uid=f"other-{number}"), minutes)

    assert note(known, last, minutes) is None


def test_seats_are_known_until_they_are_closed(known: KnownBookings) -> None:
    """What guests share is found by its seats, each of which may close by itself or move elsewhere."""
    for uid in ("s1", "s2", "s3", "s4"):
        note(known, booking(uid=uid, shared="whole"))
    note(known, booking(uid="other", shared="another"))
    note(known, booking(uid="alone"))

    note(known, booking(CANCELLED, uid="s2", shared="whole"))
    note(known, booking(uid="s3", shared="another", start=ALONE.start + LATER))

    assert known.open_seats("whole") == ("s1", "s4")
    assert known.open_seats("nothing") == ()
