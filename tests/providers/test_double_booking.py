"""No host is ever booked twice: many threads and many processes on one database."""

import random
import threading
from collections import Counter

from booker_components.errors import SlotTaken

from ..invariants import problems
from ..processes import FORKS
from .samples import engine_on, request_at, slot

PROCESSES, TRIES = 8, 50
#: Seconds after which a process that tells nothing is given up.
PATIENCE = 30

# Told by the database itself; these engines keep no events.
_OVERLAP = "a host has two times that overlap"


def _overlaps(url):
    return [problem for problem in problems(url) if _OVERLAP in problem]


def _outcomes(engine, starts):
    """Try to book each of *starts*; give how each try ended, in a word, up to the first that failed badly."""
    for start in starts:
        try:
            engine.book(request_at(start))
        except SlotTaken:
            yield "taken"
        except Exception as error:
            yield repr(error)
            return
        else:
            yield "booked"


def _hammer(url, seed, line, results):
    """Line up, then try many times to book the same ten slots, at random."""
    try:
        engine, _ = engine_on(url)
        chosen = random.Random(seed)
        line.wait()
        results.put(Counter(_outcomes(engine, (slot(chosen.randrange(10)) for _ in range(TRIES)))))
    except Exception as error:
        results.put(Counter([repr(error)]))
        # The others need not wait for this one.
        line.abort()


def _gathered(results):
    """Sum what the processes tell, up to the first that tells of a problem."""
    total = Counter()
    for _ in range(PROCESSES):
        total += results.get(timeout=PATIENCE)
        if total.keys() - {"booked", "taken"}:
            break
    return total


def test_many_processes_book_each_slot_once(database_url):
    """8 processes try 50 times each for the same 10 slots: 10 bookings, and nothing but SlotTaken besides."""
    line, results = FORKS.Barrier(PROCESSES, timeout=PATIENCE), FORKS.Queue()
    arguments = [(database_url, seed, line, results) for seed in range(PROCESSES)]
    processes = [FORKS.Process(target=_hammer, args=each, daemon=True) for each in arguments]
    for process in processes:
        process.start()

    try:
        total = _gathered(results)
    finally:
        for process in processes:
            process.terminate()
            process.join(timeout=PATIENCE)

    assert total == {"booked": 10, "taken": PROCESSES * TRIES - 10}
    assert _overlaps(database_url) == []


def test_many_threads_book_each_slot_once(database_url):
    """16 threads of one engine, each trying for all ten slots."""
    engine, _ = engine_on(database_url)
    total = Counter()

    def work(seed):
        order = random.Random(seed).sample(range(10), 10)
        total.update(list(_outcomes(engine, map(slot, order))))

    threads = [threading.Thread(target=work, args=(seed,)) for seed in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert total == {"booked": 10, "taken": 150}
    assert _overlaps(database_url) == []


def test_many_threads_move_and_cancel_without_an_overlap(database_url):
    """Threads that book, move and cancel at random leave no overlap and meet no error but refusals."""
    engine, _ = engine_on(database_url)
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
    assert _overlaps(database_url) == []


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
