"""Tests with a server that is killed while guests book: nothing is lost, nothing is half done."""

from __future__ import annotations

import random
import sqlite3
import subprocess
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import requests

from booker_components import BookingStatus, list_bookings
from booker_components.times import format_instant, utc_now

from .guests import BO
from .pages import Page
from .ports import held_port
from .serving import QUARTER, make_app

ROOT = Path(__file__).resolve().parent.parent
GUESTS = 4
ROUNDS = 6


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
            if response.status_code == 303:
                return self._ask("GET", urljoin(address, response.headers["Location"]), patient=True)
            if response.status_code not in expected:
                self.surprises.append((response.status_code, address))
            return Page.of(response)


@contextmanager
def _server(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server, ready to answer; kill it at the end."""
    with (folder / "server.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.serving", str(folder), str(port)], cwd=ROOT, stdout=log, stderr=log
        )
        try:
            _await_answer(process, port)
            yield process
        finally:
            process.kill()
            process.wait()


def _await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            requests.get(f"http://127.0.0.1:{port}/booker/static/x/booker.js", timeout=5)
        except requests.ConnectionError:
            time.sleep(0.02)
        else:
            return
    raise AssertionError("The server did not start.")


def test_no_crash_loses_or_halves_a_booking(tmp_path: Path) -> None:
    """After kill -9 at random moments: every booking has its events, and every event is heard in order."""
    dice = random.Random(20270201)

    with held_port() as port:
        crowd = Crowd(f"http://127.0.0.1:{port}")
        crowd.start()
        for _ in range(ROUNDS):
            with _server(tmp_path, port):
                crowd.await_bookings(5)
                time.sleep(dice.uniform(0, 0.6))
        with _server(tmp_path, port):
            crowd.stop()

    _check_database(tmp_path / "booker.sqlite3")
    later = make_app(tmp_path, clock=lambda: utc_now() + timedelta(hours=1), dispatch="none")
    outbox = later.extensions["booker"].outbox
    outbox.deliver_due()
    with later.app_context():
        bookings = {booking.uid: booking for booking in list_bookings(limit=100_000)}
    events = outbox.events(limit=100_000)[::-1]
    later.extensions["booker"].storage.close()

    assert crowd.surprises == []
    assert len(crowd.confirmed) >= 5 * ROUNDS
    # Each form is one booking at most, and there are no others.
    assert len(set(crowd.confirmed)) == len(crowd.confirmed)
    assert set(crowd.confirmed) <= set(bookings)
    unheard = [booking.start for uid, booking in bookings.items() if uid not in set(crowd.confirmed)]
    assert set(unheard) <= set(crowd.lost)
    assert {uid: bookings[uid].revision for uid in crowd.revisions} == crowd.revisions
    told: defaultdict[str, list[int]] = defaultdict(list)
    for event in events:
        told[event.booking.uid].append(event.booking.revision)
    assert told == {uid: list(range(1, each.revision + 1)) for uid, each in bookings.items()}
    assert _heard(tmp_path / "heard.txt") == told
    held = sorted(each.start for each in bookings.values() if each.status is BookingStatus.CONFIRMED)
    assert len(held) == len(set(held))


def _check_database(file: Path) -> None:
    connection = sqlite3.connect(file)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


def _heard(file: Path) -> dict[str, list[int]]:
    """Give the revisions that the subscriber heard of, by booking, in the order of the first time."""
    heard: defaultdict[str, list[int]] = defaultdict(list)
    known: set[str] = set()
    for line in file.read_text().splitlines():
        event, uid, revision = line.split()
        if event not in known:
            heard[uid].append(int(revision))
        known.add(event)
    return heard
