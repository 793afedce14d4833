"""Workers in processes of their own: they deliver, remind, stop in order, and survive kill -9."""

from __future__ import annotations

import random
import signal
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booker_components import create_booking
from booker_components.outbox import LEASE, DeliveryState, Outbox
from booker_components.values import EventKind

from .test_payloads import FULL
from .working import FolderClock, first_line, make_app, stop, wait_for, worker

#: Bookings, each of which is made, moved and cancelled.
BOOKINGS = 30
ROUNDS = 3


@pytest.fixture
def there(database_url: str) -> dict[str, str]:
    """Where web processes and workers have their database, of each kind."""
    return {"BOOKER_DATABASE_URL": database_url}


@pytest.fixture
def web(tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Make apps as web processes have them, on the workers' database."""
    made: list[Flask] = []

    def make(**options: Any) -> Flask:
        made.append(make_app(str(tmp_path), **options))
        return made[-1]

    yield make
    for app in made:
        app.extensions["booker"].outbox.stop()
        if app.extensions["booker"].queue:
            app.extensions["booker"].queue.close()
        app.extensions["booker"].storage.close()


def outbox_of(app: Flask) -> Outbox:
    """Give the outbox of *app*."""
    box = app.extensions["booker"].outbox
    assert isinstance(box, Outbox)
    return box


def tell(box: Outbox, uid: str) -> None:
    """Let a booking be made, moved and cancelled."""
    for revision, kind in enumerate((EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED), 1):
        box.add(kind, replace(FULL, uid=uid, revision=revision))


def heard(folder: Path, name: str = "heard.txt") -> list[tuple[str, str, int]]:
    """Give event, booking and revision of what a subscriber heard, in order."""
    file = folder / name
    lines = [line.split() for line in file.read_text().splitlines()] if file.exists() else []
    return [(event, uid, int(revision)) for event, uid, revision in lines]


def pending(box: Outbox) -> int:
    """Give how many deliveries wait."""
    return box.counts()[DeliveryState.PENDING]


@pytest.mark.parametrize("dispatch", ["huey", "none", "thread"])
def test_a_worker_delivers_whatever_the_dispatch(
    dispatch: str, tmp_path: Path, web: Callable[..., Flask]
) -> None:
    """It says in one line what it does, and when it stops; nobody else need deliver."""
    # The threads of a web process are not wanted here, only its commits.
    box = outbox_of(web(dispatch="none" if dispatch == "thread" else dispatch))

    with worker(tmp_path, dispatch=dispatch) as process:
        said = first_line(process)
        tell(box, "one")
        wait_for(lambda: not pending(box))
        end = stop(process)

    woken = "woken by huey (sqlite), and " if dispatch == "huey" else ""
    assert (
        said == f"The worker delivers to ear, does the upkeep; {woken}looking every 2 s. Ctrl+C stops it.\n"
    )
    assert (end, process.returncode) == ("Stopped.\n", 0)
    assert [revision for _, _, revision in heard(tmp_path)] == [1, 2, 3]


def test_a_worker_takes_the_calls(tmp_path: Path, web: Callable[..., Flask], there: dict[str, str]) -> None:
    """Those that came before it started too; the queue is empty when there is nothing more to do."""
    app = web(**there)
    box, queue = outbox_of(app), app.extensions["booker"].queue
    tell(box, "early")

    with worker(tmp_path, **there) as process:
        first_line(process)
        tell(box, "late")
        wait_for(lambda: not pending(box))
        said = stop(process)

    assert said == "Stopped.\n"
    assert not queue.take(lambda: pytest.fail("A call was left."))
    assert [uid for _, uid, _ in heard(tmp_path)] == ["early"] * 3 + ["late"] * 3


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
def test_what_is_at_hand_is_finished(how: signal.Signals, tmp_path: Path, web: Callable[..., Flask]) -> None:
    """A worker that is asked to stop in the middle of a delivery ends it first, and begins no other."""
    box = outbox_of(web(subscribers=("slow",)))
    for number in range(BOOKINGS):
        tell(box, f"b{number}")
    with worker(tmp_path, subscribers=("slow",)) as process:
        first_line(process)
        wait_for((tmp_path / "begun.txt").exists)
        stop(process, how)

    told = heard(tmp_path, "slow.txt")
    assert process.returncode == 0
    assert box.counts()[DeliveryState.DONE] == len(told) < 3 * BOOKINGS
    assert not [each for each in box.deliveries(limit=1000) if each.last_error]


def test_a_second_signal_ends_at_once(tmp_path: Path, web: Callable[..., Flask]) -> None:
    """Whoever cannot wait is not made to."""
    box = outbox_of(web(subscribers=("slow",)))
    for number in range(5):
        tell(box, f"b{number}")
    with worker(tmp_path, subscribers=("slow",)) as process:
        first_line(process)
        wait_for((tmp_path / "begun.txt").exists)
        process.send_signal(signal.SIGTERM)
        wait_for(lambda: process.poll() is not None or process.send_signal(signal.SIGINT))

    assert process.returncode in (0, -signal.SIGINT)


def test_two_workers_share_the_work(tmp_path: Path, web: Callable[..., Flask], there: dict[str, str]) -> None:
    """Without a crash each event is told once, in order, in spite of a neighbour that always fails."""
    names = ("ear", "deaf")
    box = outbox_of(web(subscribers=names, **there))
    with ExitStack() as both:
        workers = [
            both.enter_context(worker(tmp_path, "--threads", "3", subscribers=names, **there))
            for _ in range(2)
        ]
        said = [first_line(process) for process in workers]
        for number in range(BOOKINGS):
            tell(box, f"b{number}")
        wait_for(lambda: len(heard(tmp_path)) >= 3 * BOOKINGS)
        for process in workers:
            stop(process)

    told = heard(tmp_path)
    assert all("delivers to ear, deaf in 3 threads each" in line for line in said)
    assert len(told) == len({event for event, _, _ in told}) == 3 * BOOKINGS
    assert in_order(told)
    assert {each.booking_uid for each in box.deliveries(DeliveryState.DONE, 1000)} == {
        f"b{number}" for number in range(BOOKINGS)
    }


def test_workers_that_are_killed_lose_nothing(
    tmp_path: Path, web: Callable[..., Flask], there: dict[str, str]
) -> None:
    """kill -9 at random moments, over and over: whoever is left, or comes later, tells the rest in order."""
    dice = random.Random(20270201)
    box, clock = outbox_of(web(**there)), FolderClock(tmp_path)

    with worker(tmp_path, "--threads", "2", **there) as steady:
        first_line(steady)
        for turn in range(ROUNDS):
            with worker(tmp_path, "--threads", "2", **there) as process:
                first_line(process)
                for number in range(BOOKINGS // ROUNDS):
                    tell(box, f"b{turn}-{number}")
                time.sleep(dice.uniform(0, 0.2))
                process.kill()
            # What it had claimed is anybody's again.
            clock.move(LEASE)
        steady.kill()
    clock.move(LEASE)
    with worker(tmp_path, "--threads", "2", **there) as last:
        first_line(last)
        wait_for(lambda: not pending(box))
        stop(last)

    told = heard(tmp_path)
    assert {event for event, _, _ in told} == {event.id for event in box.events(1000)}
    assert len({event for event, _, _ in told}) == 3 * BOOKINGS
    assert in_order(told)


def in_order(told: list[tuple[str, str, int]]) -> bool:
    """Tell whether each booking was told in order; what comes twice counts where it was first."""
    known: set[str] = set()
    revisions: defaultdict[str, list[int]] = defaultdict(list)
    for event, uid, revision in told:
        if event not in known:
            revisions[uid].append(revision)
        known.add(event)
    return all(each == sorted(each) for each in revisions.values())


def test_a_worker_without_its_queue_works_on(tmp_path: Path, web: Callable[..., Flask]) -> None:
    """Neither the booking nor the delivery needs it."""
    queue = tmp_path / "gone"
    queue.touch()
    # A file where a folder should be: it can never be opened.
    url = f"sqlite:///{queue}/queue.sqlite3"
    box = outbox_of(web(BOOKER_QUEUE_URL=url))

    with worker(tmp_path, BOOKER_QUEUE_URL=url) as process:
        first_line(process)
        tell(box, "one")
        wait_for(lambda: not pending(box))
        stop(process)

    assert len(heard(tmp_path)) == 3
    assert "does not answer" in (tmp_path / "worker.log").read_text()


def test_a_worker_reminds(tmp_path: Path, web: Callable[..., Flask]) -> None:
    """Once, whoever of two workers is at it, when the moment comes."""
    app, clock = web(), FolderClock(tmp_path)
    start = clock().replace(minute=0, second=0, microsecond=0) + timedelta(days=1)
    with app.app_context():
        booking = create_booking("anytime", start, name="Bo", email="bo@example.com")
    clock.move(start - timedelta(minutes=50) - clock())

    with worker(tmp_path) as one, worker(tmp_path) as two:
        first_line(one)
        first_line(two)
        wait_for(lambda: len(heard(tmp_path)) == 2)
        stop(one)
        stop(two)

    assert [event.kind for event in outbox_of(app).events()] == [EventKind.REMINDER, EventKind.CREATED]
    assert [uid for _, uid, _ in heard(tmp_path)] == [booking.uid] * 2
