"""Tests of the demo over Jicoo: declared questions, places in a group, approval, changes made elsewhere."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest
from html5lib import HTMLParser

from booker_components import get_event_types
from demo_app import seed
from demo_app.jicoo import JicooPractice, open_practice

from . import demos
from .contracts.jicoo import check
from .ports import held_port
from .test_demo import ROOT, links, post

World = demos.World[JicooPractice]

MANAGE, RESCHEDULE, CANCEL = "Manage", "Reschedule", "Cancel"
GRACE = "grace@example.com"


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Serve a demo without bookings; in the end every call is held against what is known of Jicoo's API."""
    with demos.open_world(open_practice, tmp_path) as opened:
        yield opened
    check(opened.practice.jicoo.requests)


def _ours(world: World) -> list[dict[str, str]]:
    """Give the links of the app's own mails to Grace, the newest first."""
    world.heard()
    return world.mails(GRACE, sender="Alder")


# --- the guest's way -----------------------------------------------------------------------------


def test_home_leads_to_every_booker(world: World) -> None:
    """What is declared is offered by its slug, and what is not by Jicoo's uid; each answers."""
    with world.app.app_context():
        slugs = [event_type.slug for event_type in get_event_types()]

    found = links(world.client.get("/").text, '/book/[^"]+')

    assert len(slugs) == 6
    assert slugs[:2] == ["intro-call", "first-visit"]
    assert found == [f"/book/{slug}" for slug in slugs]
    assert {world.client.get(address).status_code for address in found} == {200}


def test_guest_goes_by_the_links_of_the_apps_mails(world: World) -> None:
    """Booked; moved by the mail's link; cancelled by that of the next mail; the uid stays the same."""
    client = world.client
    path = urlsplit(world.book("/book/intro-call")).path
    (first,) = _ours(world)
    assert list(first) == [MANAGE, RESCHEDULE, CANCEL]
    assert all(link.startswith(f"{world.address}/") and "token=" in link for link in first.values())
    assert "Grace Guest" in client.get(first[MANAGE]).text

    moved = post(client, links(client.get(first[RESCHEDULE]).text, demos.TIMES)[-1])
    second = _ours(world)[0]
    assert urlsplit(moved).path == path
    cancelled = post(client, second[CANCEL].removeprefix(world.address))

    assert "cancelled" in client.get(cancelled).text
    assert list(_ours(world)[0]) == [MANAGE]
    assert world.heard() == [(kind, "Grace Guest") for kind in ("created", "rescheduled", "cancelled")]
    assert [each.status for each in world.practice.jicoo.bookings] == ["cancel"]


def test_links_of_jicoos_mails_have_its_shapes(world: World) -> None:
    """One leads to Jicoo's own page, one is where that sends the guest back, with seven parameters."""
    world.book("/book/first-visit", **_VISIT)
    world.heard()
    (mail,) = world.mails(GRACE, sender="Jicoo")

    there = urllib.request.urlopen(mail["Page"], timeout=20).read().decode()
    told = parse_qsl(urlsplit(mail["Return"]).query)
    back = world.client.get(mail["Return"], follow_redirects=True)

    assert mail["Page"] == f"{world.practice.jicoo.app_url}/t/alder-finch/e/first-visit"
    assert "First visit" in there
    assert '"/book/first-visit">The same on our pages' in world.client.get("/inbox").text
    assert [name for name, _ in told] == [
        "event",
        "eventTypeUid",
        "eventTypeName",
        "eventUid",
        "eventStartedAt",
        "eventEndedAt",
        "eventCreatedAt",
    ]
    assert dict(told)["event"] == "guest_booked"
    assert (back.status_code, back.request.path) == (200, f"/bookings/{dict(told)['eventUid']}")
    # Jicoo signs none of it, so it lets nobody see who has booked.
    assert "Grace" not in back.text


def test_guest_who_comes_back_from_jicoo_is_heard_of_once(world: World) -> None:
    """The redirect may come before the webhook: subscribers hear of the booking once."""
    jicoo = world.practice.jicoo
    world.press("book")
    (booking,) = jicoo.bookings

    backs = [world.client.get(jicoo.redirect_of(booking), follow_redirects=True) for _ in range(2)]

    assert [each.status_code for each in backs] == [200, 200]
    assert "Introductory call" in backs[0].text
    assert world.heard() == [("created", "Ines Carvalho")]


def test_guests_of_a_class_have_places_of_their_own(world: World) -> None:
    """Two share a time; each has a booking, and one who leaves makes room for another."""
    grace = world.book("/book/back-class")
    world.book("/book/back-class", name="Hugo Host", email="hugo@example.com")
    assert "1 seat left" in world.client.get("/book/back-class").text

    (cancel,) = links(world.client.get(grace).text, r"[^\"]*/cancel/[^\"]*")
    post(world.client, cancel)

    assert "2 seats left" in world.client.get("/book/back-class").text
    assert [each.status for each in world.practice.jicoo.bookings] == ["cancel", "open"]
    assert world.heard() == [
        ("created", "Grace Guest"),
        ("created", "Hugo Host"),
        ("cancelled", "Grace Guest"),
    ]


_VISIT = {
    "mobile": "+49 30 5550123",
    "area": ["Back", "Hip"],
    "since": "3",
    "before": "No",
    "history": "A knee, in 2019",
    "consent": "yes",
}


def test_questions_of_every_kind_reach_the_booking(world: World) -> None:
    """They go by Jicoo's uids and come back by their texts: what was answered is on the booking's page."""
    path = world.book("/book/first-visit", **_VISIT)
    (booking,) = world.practice.jicoo.bookings

    page = world.client.get(path).text

    for text in ("Back, Hip", "3", "No", "A knee, in 2019", "Yes"):
        assert f">{text}<" in page
    assert dict(booking.contact.answers)["Where does it hurt?"] == ["Back", "Hip"]
    assert booking.contact.answers[-1][1] == ["I have read how the practice treats my health data."]


# --- what others do ------------------------------------------------------------------------------


def test_booking_made_elsewhere_is_heard_of_and_answered_by_mail(world: World) -> None:
    """Somebody books at Jicoo's own page: the desk shows it, and the app mails its own links."""
    page = world.press("book")
    heard = world.heard()

    (mail,) = world.mails("stranger-0@example.com", sender="Alder")

    assert "Somebody has booked an introductory call at Jicoo" in page
    assert heard == [("created", "Ines Carvalho")]
    assert "Ines Carvalho" in world.client.get("/desk").text
    assert "Something else" in world.client.get(mail[MANAGE]).text


@pytest.mark.parametrize(
    ("act", "kind", "word"),
    [("confirm", "confirmed", "is confirmed"), ("decline", "cancelled", "was cancelled")],
)
def test_answer_of_the_host_is_heard_of_when_jicoo_is_asked(
    world: World, act: str, kind: str, word: str
) -> None:
    """No webhook tells of it: the guest's page says it at once, the subscribers hear it by asking."""
    path = world.book("/book/home-visit", place="5 Finch Row")
    before, waiting = world.heard(), world.client.get(path).text
    mail = _ours(world)[0]

    world.press(act)
    after = world.client.get(mail[MANAGE])
    unheard = world.heard()
    world.press("sync")

    assert "Waiting for confirmation" in waiting
    assert before == unheard == [("created", "Grace Guest")]
    assert after.status_code == (200 if act == "confirm" else 410)
    assert word in world.client.get(urlsplit(path).path).text
    assert world.heard() == [*before, (kind, "Grace Guest")]
    assert "has no request to answer" in world.client.get("/inbox").text


def test_changes_by_the_host_are_heard_of(world: World) -> None:
    """The host moves a booking at Jicoo, then cancels it: the desk says so, and why."""
    world.book("/book/intro-call")

    world.press("move")
    moved = world.heard()
    world.press("cancel")

    assert [kind for kind, _ in moved] == ["created", "rescheduled"]
    assert world.heard() == [*moved, ("cancelled", "Grace Guest")]
    assert "I am ill" in world.client.get("/desk").text


def test_webhook_that_comes_again_is_heard_once(world: World) -> None:
    """Jicoo gives its webhooks no id: the same news of the same state is one."""
    world.press("book")

    page = world.press("repeat")
    world.press("repeat")

    assert "Nobody hears of the booking a second time" in page
    assert world.heard() == [("created", "Ines Carvalho")]


def test_what_was_changed_meanwhile_is_refused_in_words(world: World) -> None:
    """A button for a booking that stands otherwise by now changes nothing, and says so."""
    page = world.client.get("/inbox").text
    (token,) = set(re.findall(r'name="token" value="([^"]*)"', page))

    answer = world.client.post("/inbox/confirm", data={"token": token, "uid": "gone"}, follow_redirects=True)

    assert "Jicoo refuses" in answer.text


def test_an_expired_link_is_followed_by_a_new_one(world: World) -> None:
    """The app mails links itself, so its pages offer a new one, which arrives in the inbox."""
    path = urlsplit(world.book("/book/intro-call")).path
    page = world.client.get(f"{path}?token=old").text
    (action,) = re.findall(r'<form[^>]*action="([^"]*/link)"', page)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))

    answer = world.client.post(action, data=hidden)
    world.heard()

    assert answer.status_code == 200
    assert "Your new link: Introductory call" in world.client.get("/inbox").text


# --- the pages -----------------------------------------------------------------------------------


def test_seeds_and_pages_are_sound(world: World) -> None:
    """The bookings of the start are there once; every page is valid and keeps to its policy."""
    with world.app.test_request_context():
        assert (seed(), seed()) == (13, 0)
    world.heard()

    for address in ("/", "/appointments", "/appointments/back-class", "/desk", "/desk/events", "/inbox"):
        answer = world.client.get(address)
        HTMLParser(strict=True).parse(answer.data)
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<style| style=|<script(?![^>]* src=)", answer.text)
    desk = world.client.get("/desk").text
    assert (desk.count(">moved<"), desk.count(">pending<"), desk.count(">cancelled<")) == (1, 1, 1)
    assert {world.client.get(each).status_code for each in links(desk, r"/desk/\w+/[^\"]+")} == {200}


# --- the command ---------------------------------------------------------------------------------


def test_demo_over_jicoo_serves_and_leaves_nothing(tmp_path: Path) -> None:
    """`PROVIDER=jicoo python -m demo_app` says what to click, serves it, and is gone when it ends."""
    command = [sys.executable, "-m", "demo_app"]

    with held_port() as chosen:
        environment = {**os.environ, "PORT": str(chosen), "PROVIDER": "jicoo", "TMPDIR": str(tmp_path)}
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            guide = "".join(iter(process.stdout.readline, "  Ctrl-C stops it.\n"))
            desk = urllib.request.urlopen(f"http://127.0.0.1:{chosen}/desk", timeout=20).read().decode()
            kept = len(list(tmp_path.iterdir()))
            process.send_signal(signal.SIGINT)

    assert f"http://127.0.0.1:{chosen}/inbox" in guide
    assert "a Jicoo that this process pretends to be" in guide
    assert "Amara Diallo" in desk
    assert (kept, process.returncode) == (1, 0)
    assert list(tmp_path.iterdir()) == []
