"""Tests of the demo's CRM: the scenario as one walks it by hand, over each of the three providers."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from html5lib import HTMLParser

from demo_app import calcom, close, create_app, jicoo, seed
from demo_app.crm import Crm, open_crm

from . import demos
from .ports import held_port
from .test_demo import ROOT, links, post

World = demos.World[Any]

_ALL_WRITTEN = "Everything that has happened since the start is written"


@contextmanager
def _embedded(folder: Path, crm: Crm) -> Iterator[World]:
    """Give the demo that keeps its bookings itself."""
    settings = {"INSTANCE_PATH": str(folder / "instance"), "BOOKER_DISPATCH": "none", "TESTING": True}
    app = create_app(settings, crm=crm)
    yield demos.World(address="", app=app, practice=None)
    close(app)


#: How each demo is opened.
DEMOS: dict[str, Callable[[Path, Crm], Any]] = {
    "embedded": _embedded,
    "calcom": lambda folder, crm: demos.open_world(calcom.open_practice, folder, crm=crm),
    "jicoo": lambda folder, crm: demos.open_world(jicoo.open_practice, folder, crm=crm),
}


@dataclass(frozen=True, kw_only=True)
class Walk:
    """A demo, and somebody who walks through it."""

    world: World
    crm: Crm

    @property
    def client(self) -> FlaskClient:
        """A browser."""
        return self.world.client

    def page(self) -> str:
        """Let Salesforce hear what is due, and give the page that shows it."""
        self.world.heard()
        return self.client.get("/crm").text

    def counts(self) -> tuple[int, ...]:
        """Give how many Events, Leads and Contacts the page shows."""
        found = dict(re.findall(r">(Event|Lead|Contact)s \((\d+)\)<", self.page()))
        return tuple(int(found[each]) for each in ("Event", "Lead", "Contact"))

    def starts(self) -> list[str]:
        """Give the starts of the Events that the page shows, in order."""
        events = self.page().partition(">Events (")[2].partition(">Leads (")[0]
        return sorted(re.findall(r'<time datetime="([^"]+)">', events))

    def press(self) -> str:
        """Press the switch, and give the page that follows."""
        page = self.client.get("/crm").text
        (action,) = re.findall(r'action="(/crm/\w+)"', page)
        (token,) = re.findall(r'name="token" value="([^"]*)"', page)
        return self.client.post(action, data={"token": token}, follow_redirects=True).text

    def move(self, booking: str) -> str:
        """Move a booking by the link of its page to the last time on offer; give where it then is."""
        link = links(self.client.get(booking).text, r"[^\"]*/reschedule[^\"]*")[0]
        return post(self.client, links(self.client.get(link).text, demos.TIMES)[-1])

    def cancel(self, booking: str) -> None:
        """Cancel a booking by the link of its page."""
        (link,) = links(self.client.get(booking).text, r"[^\"]*/cancel/[^\"]*")
        post(self.client, link)


@pytest.fixture(params=DEMOS)
def walk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Walk]:
    """Give a demo without bookings over each provider."""
    with open_crm() as crm, DEMOS[request.param](tmp_path, crm) as world:
        yield Walk(world=world, crm=crm)


@pytest.fixture
def plain(tmp_path: Path) -> Iterator[Walk]:
    """Give the demo that keeps its bookings itself."""
    with open_crm() as crm, _embedded(tmp_path, crm) as world:
        yield Walk(world=world, crm=crm)


# --- the scenario --------------------------------------------------------------------------------


def test_the_scenario_can_be_walked_by_hand(walk: Walk) -> None:
    """Booked, booked again by the same guest, moved, cancelled: the page shows what each does."""
    counts = [walk.counts()]
    first = walk.world.book("/book/intro-call")
    counts.append(walk.counts())
    walk.world.book("/book/intro-call", number=1)
    counts.append(walk.counts())
    before = walk.starts()
    moved = walk.move(first)
    after = walk.starts()
    walk.cancel(moved)
    counts.append(walk.counts())

    assert counts == [(0, 0, 0), (1, 1, 0), (2, 1, 0), (1, 1, 0)]
    assert after[0] == before[1]
    assert after[1] > before[1]
    assert walk.starts() == [before[1]]
    assert "grace@example.com" in walk.page()


def test_the_switch_changes_nothing_in_the_end(walk: Walk) -> None:
    """Closed for all of it, the page says what waits; open again, all stands as it would have."""
    closed = walk.press()
    first = walk.world.book("/book/intro-call")
    walk.world.book("/book/intro-call", number=1)
    walk.cancel(walk.move(first))
    waiting = walk.page()
    opened = walk.press()

    until = time.monotonic() + 30
    while _ALL_WRITTEN not in (page := walk.page()) and time.monotonic() < until:
        time.sleep(0.2)

    assert "Salesforce is down" in closed
    assert "4 events wait to be written; the next attempt" in " ".join(waiting.split())
    assert "Salesforce is up" in opened
    assert _ALL_WRITTEN in page
    assert walk.counts() == (1, 1, 0)


def test_a_follow_up_makes_a_contact(plain: Walk) -> None:
    """Whoever comes again is no stranger."""
    plain.world.book("/book/follow-up", location="At the practice")

    assert plain.counts() == (1, 0, 1)


def test_answers_and_owners_are_shown(plain: Walk) -> None:
    """The topic is the answer of the last booking; the host owns what becomes of it."""
    for number, topic in enumerate(("Back or neck", "Something else")):
        plain.world.book("/book/intro-call", number=number, topic=topic)

    page = plain.page()

    assert "No company, Something else, owned by Mara Lindqvist" in page
    assert "Back or neck" not in page


# --- the page ------------------------------------------------------------------------------------


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
def test_the_page_is_sound(plain: Walk, down: bool) -> None:
    """Valid, under the demo's policy, with nothing inline; with bookings and without."""
    empty = plain.client.get("/crm")
    with plain.world.app.app_context():
        seed()
    if down:
        plain.press()
    plain.world.heard()
    full = plain.client.get("/crm")

    for answer in (empty, full):
        HTMLParser(strict=True).parse(answer.data)
        assert answer.status_code == 200
        assert not re.search(r"<style| style=|<script(?![^>]* src=)", answer.text)
    assert ("events wait" in full.text) is down
    assert ("Chloé Martin" in full.text) is not down


def test_forms_of_others_are_refused(plain: Walk) -> None:
    """Without the page's token nothing is switched; an unknown button is not found."""
    (token,) = re.findall(r'name="token" value="([^"]*)"', plain.client.get("/crm").text)

    assert plain.client.post("/crm/down").status_code == 400
    assert plain.client.post("/crm/down", data={"token": f"{token}x"}).status_code == 400
    assert plain.client.post("/crm/fly", data={"token": token}).status_code == 404
    assert not plain.crm.is_down


def test_without_a_crm_there_is_no_page(tmp_path: Path) -> None:
    """The navigation leads to it only where there is one."""
    app: Flask = create_app({"INSTANCE_PATH": str(tmp_path), "BOOKER_DISPATCH": "none"})

    page, status = app.test_client().get("/").text, app.test_client().get("/crm").status_code
    close(app)

    assert 'href="/crm"' not in page
    assert status == 404


#: How many of the bookings at the start stand at least, whatever the day and the hour.
_SEEDED = 9


def _events(page: str) -> int:
    found = re.search(r"Events \((\d+)\)", page)
    return int(found[1]) if found else 0


def test_the_command_serves_it(tmp_path: Path) -> None:
    """`python -m demo_app` names the page, on which the bookings of the start appear by themselves."""
    with held_port() as chosen:
        environment = {**os.environ, "PORT": str(chosen), "DEMO_FOLDER": str(tmp_path)}
        command = [sys.executable, "-m", "demo_app"]
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            guide = "".join(iter(process.stdout.readline, "  Ctrl-C stops it.\n"))
            page, until = "", time.monotonic() + 60
            while _events(page) < _SEEDED and time.monotonic() < until:
                time.sleep(0.2)
                page = urllib.request.urlopen(f"http://127.0.0.1:{chosen}/crm", timeout=20).read().decode()
            process.send_signal(signal.SIGINT)

    assert f"http://127.0.0.1:{chosen}/crm" in guide
    assert _events(page) >= _SEEDED
    assert "Amara Diallo" in page
    assert process.returncode == 0
