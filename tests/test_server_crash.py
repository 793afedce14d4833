"""Tests with a server that is killed while guests book: nothing is lost, nothing is half done."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import pytest
import requests

from booker_components import Booking, list_bookings
from booker_components.times import format_instant, utc_now

from .crashing import DATABASES
from .guests import BO
from .hammering import started
from .invariants import problems
from .ledger import every_revision, heard
from .pages import Page
from .ports import held_port
from .processes import FORKS
from .serving import QUARTER, make_app, serve, work

GUESTS = 4
#: How many workers there are, one after the other, how many servers for each, and bookings with each server.
WORKERS, ROUNDS, BOOKINGS = 2, 2, 6


class Crowd:
    """Guests who book all the time, some of whom move or cancel.

    When the server dies, patient ones send the form again until it is answered, the others go on.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._over = threading.Event()
        self._threads = [threading.Thread(target=self._live, args=(number,)) for number in range(GUESTS)]
        #: The uids of the bookings that a guest was told of, one for each form.
        self.confirmed: list[str] = []
        #: The slots of the forms that were never answered.
        self.lost: list[datetime] = []
        #: The revision that a guest was told of last, by uid.
        self.revisions: dict[str, int] = {}
        #: Statuses that no guest should see.
        self.surprises: list[tuple[int, str]] = []

    def start(self) -> None:
        """Let the guests come."""
        for thread in self._threads:
            thread.start()

    def await_bookings(self, more: int) -> None:
        """Wait until so many *more* are confirmed."""
        wanted, until = len(self.confirmed) + more, time.monotonic() + 30
        while len(self.confirmed) < wanted and time.monotonic() < until:
            time.sleep(0.005)

    def stop(self) -> None:
        """Wait until each guest has an answer to the form at hand."""
        self._over.set()
        for thread in self._threads:
            thread.join(timeout=60)

    def _live(self, number: int) -> None:
        first = datetime.combine(utc_now().date() + timedelta(days=2), datetime.min.time(), UTC)
        dice, slot = random.Random(number), first + number * 2 * QUARTER
        action, data = self._ask("GET", f"/book/anytime?slot={format_instant(slot)}", patient=True).form()
        while not self._over.is_set():
            form = {**data, **BO, "slot": format_instant(slot), "key": f"{number}-{slot}"}
            self._book(action, form, slot, dice, patient=number % 2 == 0)
            slot += 2 * GUESTS * QUARTER

    def _book(
        self, action: str, form: dict[str, Any], slot: datetime, dice: random.Random, *, patient: bool
    ) -> None:
        try:
            page = self._ask("POST", action, form, patient=patient)
        except requests.RequestException:
            self.lost.append(slot)
            return
        uid = page.links(".ics")[0].partition(".ics")[0].rpartition("/")[2]
        self.confirmed.append(uid)
        self.revisions[uid] = 1
        if change := dice.choice(["", "", "/reschedule?", "/bookings/cancel/"]):
            self._change(uid, page.links(change)[0], slot + QUARTER)

    def _change(self, uid: str, link: str, slot: datetime) -> None:
        moving = f"&slot={format_instant(slot)}" if link.startswith("/reschedule") else ""
        action, data = self._ask("GET", link + moving, patient=True).form()
        # A change whose answer was lost has closed its own link: 410.
        self._ask("POST", action, data, patient=True, expected=(200, 410))
        self.revisions[uid] = 2

    def _ask(
        self,
        method: str,
        address: str,
        data: Any = None,
        *,
        patient: bool,
        expected: tuple[int, ...] = (200,),
    ) -> Page:
        """Ask, if *patient* over any number of crashes, and follow the redirect."""
        while True:
            try:
                response = requests.request(
                    method, self._address + address, data=data, timeout=20, allow_redirects=False
                )
            except requests.RequestException:
                time.sleep(0.05)
                if not patient:
                    raise
                continue
            if response.status_code == 503 and not patient:
                raise requests.ConnectionError("The database does not answer.")
            if response.status_code == 503:
                time.sleep(0.05)
                continue
            if response.status_code == 303:
                return self._ask("GET", urljoin(address, response.headers["Location"]), patient=True)
            if response.status_code not in expected:
                self.surprises.append((response.status_code, address))
            return Page.of(response)


class Machines:
    """A web server and a worker, which can be killed, on one database."""

    def __init__(self, folder: Path, port: int, database: str) -> None:
        self._folder = str(folder)
        self._port = port
        self._database = database

    @contextmanager
    def server(self) -> Iterator[None]:
        """Run the server, ready to answer; kill it at the end."""
        process = FORKS.Process(target=serve, args=(self._folder, self._port, self._database))
        with started(process):
            self._await_answer(process)
            yield

    @contextmanager
    def worker(self) -> Iterator[None]:
        """Run a worker; kill it at the end."""
        with started(FORKS.Process(target=work, args=(self._folder, self._database))):
            yield

    def _await_answer(self, process: BaseProcess) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and process.is_alive():
            try:
                requests.get(f"http://127.0.0.1:{self._port}/booker/static/x/booker.js", timeout=5)
            except requests.ConnectionError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("The server did not start.")


def _live_through_crashes(crowd: Crowd, machines: Machines, crash: Callable[[], None]) -> None:
    """Kill the server after each few bookings, workers less often, and the database in between."""
    dice = random.Random(20270201)
    for _ in range(WORKERS):
        with machines.worker():
            for number in range(ROUNDS):
                with machines.server():
                    crowd.await_bookings(BOOKINGS)
                    if number == 1:
                        crash()
                        crowd.await_bookings(BOOKINGS)
                    time.sleep(dice.uniform(0, 0.6))
    with machines.server():
        crowd.stop()


@pytest.mark.parametrize("kind", DATABASES)
def test_no_crash_loses_or_halves_a_booking(tmp_path: Path, kind: str) -> None:
    """After kill -9 at random moments: every booking has its events, and every event is heard in order."""
    with DATABASES[kind](tmp_path) as database, held_port() as port:
        crowd = Crowd(f"http://127.0.0.1:{port}")
        crowd.start()
        _live_through_crashes(crowd, Machines(tmp_path, port, database.url), database.crash)

        bookings = _delivered(tmp_path, database.url)
        assert problems(database.url) == []

    assert crowd.surprises == []
    assert len(crowd.confirmed) >= BOOKINGS * ROUNDS * WORKERS
    # Each form is one booking at most, and there are no others.
    assert len(set(crowd.confirmed)) == len(crowd.confirmed)
    assert set(crowd.confirmed) <= set(bookings)
    unheard = [booking.start for uid, booking in bookings.items() if uid not in set(crowd.confirmed)]
    assert set(unheard) <= set(crowd.lost)
    assert {uid: bookings[uid].revision for uid in crowd.revisions} == crowd.revisions
    assert heard(tmp_path / "heard.txt") == every_revision(bookings)


def _delivered(folder: Path, url: str) -> dict[str, Booking]:
    """Deliver what is left, an hour later; give every booking by its uid."""
    later = make_app(str(folder), clock=lambda: utc_now() + timedelta(hours=1), dispatch="none", database=url)
    parts = later.extensions["booker"]
    parts.outbox.deliver_due()
    with later.app_context():
        bookings = {booking.uid: booking for booking in list_bookings(limit=100_000)}
    parts.storage.close()
    return bookings
