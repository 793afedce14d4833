"""No host is ever booked twice: many threads and many processes on one file."""

import random
import sqlite3
import threading
from collections import Counter

from booker_components.errors import SlotTaken

from ..processes import FORKS
from .samples import engine_on, request_at, slot, url_in

PROCESSES, TRIES = 8, 50

_OVERLAPS = """
SELECT count(*) FROM booker_bookings AS a JOIN booker_bookings AS b
ON a.host_id = b.host_id AND a.id < b.id
AND a.blocked_from < b.blocked_until AND b.blocked_from < a.blocked_until
WHERE a.status IN ('confirmed', 'pending') AND b.status IN ('confirmed', 'pending')
"""


def _overlaps(folder):
    connection = sqlite3.connect(folder / "booker.sqlite3")
    try:
        return connection.execute(_OVERLAPS).fetchone()[0]
    finally:
        connection.close()


def _try_to_book(engine, start):
    """Give how a try ended, in a word."""
    try:
        engine.book(request_at(start))
    except SlotTaken:
        return "taken"
    except Exception as error:
        return repr(error)
    return "booked"


def _hammer(url, seed, start, results):
    """Try many times to book the same ten slots, at random."""
    engine, _ = engine_on(url)
    chosen = random.Random(seed)
    start.wait()
    results.put(Counter(_try_to_book(engine, slot(chosen.randrange(10))) for _ in range(TRIES)))


def test_many_processes_book_each_slot_once(tmp_path):
    """8 processes try 50 times each for the same 10 slots: 10 bookings, and nothing but SlotTaken besides."""
    start, results = FORKS.Event(), FORKS.Queue()
    arguments = [(url_in(tmp_path), seed, start, results) for seed in range(PROCESSES)]
    processes = [FORKS.Process(target=_hammer, args=each) for each in arguments]
    for process in processes:
        process.start()

    start.set()
    total = sum((results.get(timeout=120) for _ in processes), Counter())
    for process in processes:
        process.join(timeout=60)

    assert total == {"booked": 10, "taken": PROCESSES * TRIES - 10}
    assert _overlaps(tmp_path) == 0


def test_many_threads_book_each_slot_once(tmp_path):
    """16 threads of one engine, each trying for all ten slots."""
    engine, _ = engine_on(url_in(tmp_path))
    total = Counter()

    def work(seed):
        order = random.Random(seed).sample(range(10), 10)
        total.update([_try_to_book(engine, slot(number)) for number in order])

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert total == {"booked": 10, "taken": 150}
    assert _overlaps(tmp_path) == 0


def test_many_threads_move_and_cancel_without_an_overlap(tmp_path):
    """Threads that book, move and cancel at random leave no overlap and meet no error but refusals."""
    engine, _ = engine_on(url_in(tmp_path))
    problems = []

    def work(seed):
        chosen = random.Random(seed)
        for _ in range(15):
            problems.extend(_change(engine, chosen))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert problems == []
    assert _overlaps(tmp_path) == 0


def _change(engine, chosen):
    """Book, move and perhaps cancel once; give what should not have happened."""
    try:
        booking = engine.book(request_at(slot(chosen.randrange(10))))
        target = slot(chosen.randrange(10))
        if target != booking.start:
            engine.reschedule(booking.uid, target)
    except SlotTaken:
        return []
    except Exception as error:
        return [error]
    engine.cancel(booking.uid)
    return []
