"""kill -9 before and after every call to Salesforce: restarted, everything ends as if nobody had died."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from werkzeug.wrappers import Request

from booker_components import (
    Booker,
    EventKind,
    cancel_booking,
    create_booking,
    get_booking,
    reschedule_booking,
)
from booker_components.outbox import LEASE, DeliveryState
from booker_components.records.turns import LASTS
from booker_components.testing import FakeSalesforce, FrozenClock
from booker_components.testing.exchanges import Answer, Exchange
from booker_components.testing.salesforce.server import Server

from .conftest import INTRO, TUESDAY
from .databases import lay_database
from .processes import FORKS
from .salesforce.desk import KEY

#: After so long a dead process keeps nothing to itself any more.
LATER = max(LEASE, LASTS) + timedelta(seconds=1)

#: Seconds that a process may take for anything.
PATIENCE = 60


class Gate:
    """Halts a caller at one moment: before its first call is 0, after it 1, before the second 2 and so on."""

    def __init__(self) -> None:
        self._wanted: int | None = None
        self._passed = 0
        self._reached, self._opened = threading.Event(), threading.Event()

    def set(self, moment: int | None) -> None:
        """Halt whoever comes to *moment*, counted from now on; None: nobody."""
        self._wanted, self._passed = moment, 0
        self._reached.clear()
        self._opened.clear()

    def go_through(self) -> None:
        """Go on, or wait until the gate opens; whoever called is dead then."""
        moment, self._passed = self._passed, self._passed + 1
        if moment == self._wanted:
            self._reached.set()
            assert self._opened.wait(PATIENCE)
            raise ConnectionAbortedError

    def reached(self, seconds: float) -> bool:
        """Wait until somebody is halted; tell whether anybody is."""
        return self._reached.wait(seconds)

    def open(self) -> None:
        """Let go whoever is halted."""
        self._opened.set()


class HaltingSalesforce(FakeSalesforce):
    """An org whose callers can be halted right before what they ask is done, and right after."""

    def __init__(self, **options: Any) -> None:
        self.gate = Gate()
        super().__init__(**options)

    def serving(self, after: Callable[[], None]) -> Server:
        """Give a server with the gate before and behind it."""
        return _Halting(self, self.store, self._door, after)


class _Halting(Server):
    def __init__(self, org: HaltingSalesforce, *parts: Any) -> None:
        super().__init__(*parts)
        self._gate = org.gate

    def handled(self, exchange: Exchange, request: Request) -> Answer:
        self._gate.go_through()
        made = super().handled(exchange, request)
        self._gate.go_through()
        return made


Config = dict[str, Any]


def _app(folder: Path, config: Config, clock: FrozenClock) -> Flask:
    app = Flask("partner", instance_path=str(folder))
    app.config.update(config, BOOKER_EVENT_TYPES=[INTRO])
    Booker(app, clock=clock)
    return app


def _deliver(folder: Path, config: Config, now: datetime) -> None:
    """What a process of its own does: deliver what is due, and end."""
    _app(folder, config, FrozenClock(now)).extensions["booker"].outbox.deliver_due()


class Partner:
    """An app whose events are delivered by processes that come and go."""

    def __init__(self, folder: Path, org: HaltingSalesforce, clock: FrozenClock) -> None:
        self.org = org
        self.clock, self._folder = clock, folder
        self._config = {
            "SECRET_KEY": "k" * 40,
            "BOOKER_DISPATCH": "none",
            "BOOKER_SALESFORCE": {"*": {}},
            "BOOKER_SALESFORCE_URL": org.url,
            "BOOKER_SALESFORCE_DOMAIN": org.credentials.domain,
            "BOOKER_SALESFORCE_CLIENT_ID": org.credentials.consumer_key,
            "BOOKER_SALESFORCE_CLIENT_SECRET": org.credentials.consumer_secret,
        }
        lay_database(folder)
        self.app = _app(folder, self._config, clock)

    def deliver(self, moment: int | None) -> bool:
        """Deliver in a process that is killed at *moment*, if it comes there, and tell whether it did."""
        self.org.gate.set(moment)
        process = FORKS.Process(target=_deliver, args=(self._folder, self._config, self.clock()))
        process.start()
        while not (halted := self.org.gate.reached(0.02)) and process.is_alive():
            pass
        if halted:
            process.kill()
        process.join(PATIENCE)
        self.org.gate.open()
        assert process.exitcode == (-9 if halted else 0)
        process.close()
        return halted

    def restart(self) -> None:
        """Deliver what the dead has left, once nothing is the dead's any more."""
        self.clock.move(LATER)
        assert not self.deliver(None)

    def pending(self) -> int:
        """Tell how many deliveries have not been made."""
        return len(self.app.extensions["booker"].outbox.deliveries(DeliveryState.PENDING))

    def ending(self, email: str, uid: str) -> Any:
        """Give how things stand with a guest who has one booking, whoever it is and whenever that was."""
        start = _start_of(email)
        people = {each.id: each["LastName"] for each in self.org.records("Lead") if each["Email"] == email}
        events = [
            (each[KEY].removeprefix(uid), each["StartDateTime"] - start, people[each["WhoId"]])
            for each in self.org.records("Event")
            if each[KEY].startswith(uid)
        ]
        return sorted(people.values()), events


def _email(guest: int) -> str:
    return f"guest{guest}@example.com"


def _start_of(email: str) -> datetime:
    """Give the time that a guest books: one of six in a morning."""
    days, half_hours = divmod(int(email.partition("@")[0].removeprefix("guest")), 6)
    return TUESDAY + timedelta(days=days, minutes=30 * half_hours)


def _book(email: str) -> str:
    return create_booking("intro-call", _start_of(email), name="Grace Hopper", email=email).uid


def _move(email: str, uid: str) -> None:
    reschedule_booking(uid, _start_of(email) + timedelta(hours=4))


def _move_anew(email: str, uid: str) -> None:
    """Tell of a move that made another booking, as at Cal.com."""
    old = get_booking(uid)
    later = timedelta(hours=4)
    new = replace(old, uid=f"{uid}-anew", replaces=uid, start=old.start + later, end=old.end + later)
    current_app.extensions["booker"].outbox.add(EventKind.RESCHEDULED, new)


def _cancel(email: str, uid: str) -> None:
    cancel_booking(uid, reason="Ill")


#: What happens to a booking that Salesforce knows of, and how many calls that takes at least, with the login.
STEPS: dict[str, tuple[Callable[[str, str], None] | None, int]] = {
    "booked": (None, 6),
    "moved": (_move, 4),
    "moved anew": (_move_anew, 4),
    "cancelled": (_cancel, 3),
}


#: What there is in the end: what the uid ends in, how much later than booked, and whose it is.
_EVENTS = {
    "booked": [("", timedelta(), "Hopper")],
    "moved": [("", timedelta(hours=4), "Hopper")],
    "moved anew": [("-anew", timedelta(hours=4), "Hopper")],
    "cancelled": [],
}


@pytest.fixture
def partner(tmp_path: Path, clock: FrozenClock) -> Iterator[Partner]:
    """An app and an org that halts its callers."""
    with HaltingSalesforce(clock=clock) as org:
        org.add_field("Event", KEY, external_id=True, case_sensitive=True)
        made = Partner(tmp_path / "instance", org, clock)
        yield made
        made.app.extensions["booker"].storage.close()


def _begin(partner: Partner, step: str, guest: int) -> str:
    """Do the step, of which Salesforce has not heard yet, and of what comes before it has; give the uid."""
    email, (change, _) = _email(guest), STEPS[step]
    with partner.app.app_context():
        uid = _book(email)
        if change:
            partner.app.extensions["booker"].outbox.deliver_due()
            change(email, uid)
    return uid


@pytest.mark.parametrize("step", STEPS)
def test_no_kill_between_two_steps_matters(partner: Partner, step: str) -> None:
    """Killed before or after any call and restarted, all is as with the guest whose process lived."""
    endings = []
    for guest in range(40):
        uid = _begin(partner, step, guest)
        died = partner.deliver(moment=guest)
        left = partner.pending()
        if died:
            partner.restart()
        endings.append(partner.ending(_email(guest), uid))
        assert (left, partner.pending()) == (int(died), 0)
        if not died:
            break

    assert len(endings) > 2 * STEPS[step][1]
    assert all(each == endings[-1] for each in endings)
    assert endings[-1] == (["Hopper"], _EVENTS[step])


def test_a_process_may_be_killed_again_and_again(partner: Partner) -> None:
    """At moments that even the shortest attempt comes to: the guest is written once."""
    uid, dice = _begin(partner, "booked", 0), random.Random(5)

    deaths = []
    for moment in (7, *(dice.randrange(8) for _ in range(12)), 7):
        deaths.append(partner.deliver(moment))
        partner.clock.move(LATER)
    partner.restart()

    assert all(deaths)
    assert partner.pending() == 0
    assert partner.ending(_email(0), uid) == (["Hopper"], _EVENTS["booked"])
