"""Tests of the demo over Cal.com: mails with links to click, seats, series, and changes made elsewhere."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from html5lib import HTMLParser

from booker_components import get_event_types
from demo_app import close, create_app, seed
from demo_app.__main__ import provider
from demo_app.calcom import CalcomPractice, open_practice

from . import demos
from .contracts.openapi import check
from .ports import held_port
from .test_demo import ROOT, links, post

MANAGE, RESCHEDULE, CANCEL = "Manage", "Reschedule", "Cancel"
World = demos.World[CalcomPractice]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    """Serve a demo without bookings; in the end every call is held against Cal.com's document."""
    with demos.open_world(open_practice, tmp_path) as opened:
        yield opened
    check(opened.practice.calcom.requests)


# --- the guest's way -----------------------------------------------------------------------------


def test_home_leads_to_every_booker(world: World) -> None:
    """The home page leads to what Mara offers and to Theo's coaching, and each answers."""
    with world.app.app_context():
        slugs = [event_type.slug for event_type in get_event_types()]

    found = links(world.client.get("/").text, '/book/[^"]+')

    assert len(slugs) == 7
    assert found == [*(f"/book/{slug}" for slug in slugs), "/book/theo/running-coaching"]
    assert {world.client.get(address).status_code for address in found} == {200}


def test_guest_goes_by_the_links_of_the_mails(world: World) -> None:
    """Booked; moved by the mail's link; the old mail's links lead to what stands, and cancel that."""
    client = world.client
    world.book("/book/intro-call")
    (first,) = world.mails("grace@example.com")
    assert first[MANAGE].startswith(f"{world.address}/bookings/")
    assert first[MANAGE].endswith("&changes=true")
    assert "Grace Guest" in client.get(first[MANAGE]).text

    moved = post(client, links(client.get(first[RESCHEDULE]).text, demos.TIMES)[-1])
    (second, _) = world.mails("grace@example.com")
    uid = moved.rpartition("/")[2]
    assert uid not in first[MANAGE]
    assert all(uid in client.get(link, follow_redirects=True).text for link in first.values())

    assert post(client, first[CANCEL].removeprefix(world.address)) == moved
    assert "cancelled" in client.get(second[MANAGE]).text
    assert list(world.mails("grace@example.com")[0]) == [MANAGE]
    assert world.heard() == [(kind, "Grace Guest") for kind in ("created", "rescheduled", "cancelled")]


def test_guests_of_a_class_have_seats_of_their_own(world: World) -> None:
    """Two share a time; each has links of their own, and one who leaves makes room for another."""
    world.book("/book/back-class")
    world.book("/book/back-class", name="Hugo Host", email="hugo@example.com")
    (grace,), (hugo,) = world.mails("grace@example.com"), world.mails("hugo@example.com")
    assert "1 seat left" in world.client.get("/book/back-class").text

    post(world.client, grace[CANCEL].removeprefix(world.address))

    assert "seatReferenceUid=" in grace[MANAGE]
    assert grace[MANAGE].partition("?")[0] == hugo[MANAGE].partition("?")[0]
    assert "2 seats left" in world.client.get("/book/back-class").text
    assert "Hugo Host" in world.client.get(hugo[MANAGE]).text
    assert 'data-bk="reschedule"' in world.client.get(hugo[RESCHEDULE]).text
    assert world.heard() == [
        ("created", "Grace Guest"),
        ("created", "Hugo Host"),
        ("cancelled", "Grace Guest"),
    ]


def test_series_is_cancelled_as_a_whole(world: World) -> None:
    """The mail of a series offers no move, and its cancel link proposes all dates that are left."""
    world.book("/book/after-surgery")
    mails = world.mails("grace@example.com")

    page = world.client.get(mails[-1][CANCEL]).text
    sent = re.search(r'name="scope" value="([^"]*)"[^>]* checked', page)
    assert sent
    post(world.client, mails[-1][CANCEL].removeprefix(world.address), scope=sent[1])

    assert len(mails) == 4
    assert all(RESCHEDULE not in mail and "allRemainingBookings=true" in mail[CANCEL] for mail in mails)
    assert [kind for kind, _ in world.heard()] == ["created"] * 4 + ["cancelled"] * 4


def test_questions_of_every_kind_reach_the_booking(world: World) -> None:
    """What was answered is on the booking's page: texts, choices, numbers, addresses, ticks."""
    visit = world.book(
        "/book/first-visit",
        mobile="+49 30 5550123",
        area=["Back", "Hip"],
        since="3",
        before="No",
        history="A knee, in 2019",
        consent="yes",
    )
    home = world.book(
        "/book/home-visit",
        number=-1,
        place="5 Finch Row",
        days=["Monday", "Friday"],
        parking="In the yard",
        doctor="doctor@example.com",
        family="one@example.com two@example.com",
    )

    first, second = world.client.get(visit).text, world.client.get(home).text

    for text in ("Back, Hip", "3", "No", "A knee, in 2019", "Yes"):
        assert f">{text}<" in first
    for text in ("Monday, Friday", "In the yard", "doctor@example.com", "one@example.com, two@example.com"):
        assert f">{text}<" in second


def test_priced_service_leads_to_calcom(world: World) -> None:
    """What has a price is booked at Cal.com's own page, which is there."""
    page = world.client.get("/book/gait-analysis").text

    (address,) = links(page, r"http://127\.0\.0\.1:\d+/[^\"]*/gait-analysis")
    there = urllib.request.urlopen(address, timeout=20).read().decode()

    assert links(page, demos.TIMES) == []
    assert "Cal.com would show its own page" in there


def test_mails_of_a_plain_account_lead_to_calcom(world: World) -> None:
    """Theo's guest comes back by the success redirect; the mail leads to Cal.com, in shapes that we know."""
    back = world.book("/book/theo/running-coaching", phone="+49 30 5550123", goal="A marathon")
    (mail,) = world.mails("grace@example.com")

    ours = links(world.client.get("/inbox").text, r"/(?:bookings|reschedule)/[^\"]*grace[^\"]*")

    assert back.startswith(f"{world.address}/bookings/return?")
    assert "Grace Guest" in world.client.get(back, follow_redirects=True).text
    assert not any(link.startswith(world.address) for link in mail.values())
    shown = [world.client.get(each, follow_redirects=True).text for each in ours]
    assert [re.findall(r'data-bk="(\w+)"', page) for page in shown] == [["reschedule"], ["cancel"]]


# --- what others do ------------------------------------------------------------------------------


def test_booking_made_elsewhere_is_heard_of(world: World) -> None:
    """Somebody books at Cal.com's own page: the desk shows it, the events tell it, the time is taken."""
    page = world.press("book")

    assert "Somebody has booked" in page
    assert world.heard() == [("created", "Ines Carvalho")]
    assert "Ines Carvalho" in world.client.get("/desk").text


@pytest.mark.parametrize(
    ("act", "kind", "word"),
    [("confirm", "confirmed", "Confirmed"), ("decline", "rejected", "declined")],
)
def test_answer_of_the_host_is_heard_of(world: World, act: str, kind: str, word: str) -> None:
    """A request waits until the host answers at Cal.com; the guest's page then says how."""
    path = world.book("/book/home-visit", place="5 Finch Row")
    before = world.heard()

    world.press(act)

    assert before == [("created", "Grace Guest")]
    assert world.heard() == [*before, (kind, "Grace Guest")]
    assert word.lower() in world.client.get(path).text.lower()
    assert "has no request to answer" in world.client.get("/inbox").text


def test_cancellation_by_the_host_is_heard_of(world: World) -> None:
    """The host cancels at Cal.com: the guest's page says so, and why."""
    path = world.book("/book/intro-call")

    world.press("cancel")

    assert world.heard() == [("created", "Grace Guest"), ("cancelled", "Grace Guest")]
    assert "I am ill" in world.client.get(path).text
    assert "I am ill" in world.client.get("/desk").text


def test_what_was_changed_meanwhile_is_refused_in_words(world: World) -> None:
    """A button for a booking that stands otherwise by now changes nothing, and says so."""
    page = world.client.get("/inbox").text
    (token,) = set(re.findall(r'name="token" value="([^"]*)"', page))

    answer = world.client.post("/inbox/confirm", data={"token": token, "uid": "gone"}, follow_redirects=True)

    assert "Cal.com refuses" in answer.text


def test_forms_of_others_are_refused(world: World) -> None:
    """Without the page's token nothing is done; an unknown button is not found."""
    page = world.client.get("/inbox").text
    (token,) = set(re.findall(r'name="token" value="([^"]*)"', page))

    assert world.client.post("/inbox/book").status_code == 400
    assert world.client.post("/inbox/book", data={"token": f"{token}x"}).status_code == 400
    assert world.client.post("/inbox/fly", data={"token": token}).status_code == 404
    assert world.heard() == []


# --- the pages -----------------------------------------------------------------------------------


def test_seeds_and_pages_are_sound(world: World) -> None:
    """The bookings of the start are there once; every page is valid and keeps to its policy."""
    with world.app.test_request_context():
        assert (seed(CalcomPractice.others), seed(CalcomPractice.others)) == (16, 0)

    for address in ("/", "/appointments", "/appointments/back-class", "/desk", "/desk/events", "/inbox"):
        answer = world.client.get(address)
        HTMLParser(strict=True).parse(answer.data)
        assert answer.status_code == 200
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        assert not re.search(r"<style| style=|<script(?![^>]* src=)", answer.text)
    desk = world.client.get("/desk").text
    assert (desk.count(">moved<"), desk.count(">pending<"), desk.count(">cancelled<")) == (1, 1, 1)
    assert {world.client.get(each).status_code for each in links(desk, r"/desk/\w+/[^\"]+")} == {200}


def test_inbox_is_for_calcom_only(world: World, tmp_path: Path) -> None:
    """The navigation leads to the inbox where there is one."""
    embedded = create_app({"INSTANCE_PATH": str(tmp_path / "embedded"), "BOOKER_DISPATCH": "none"})
    client = embedded.test_client()

    pages = [world.client.get("/").text, client.get("/").text]
    status = client.get("/inbox").status_code
    close(embedded)

    assert ['href="/inbox"' in page for page in pages] == [True, False]
    assert status == 404


# --- the command ---------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["", "nonsense", "Calcom"])
def test_unknown_provider_is_refused_with_the_remedy(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that is none ends the demo with a sentence that names those that are."""
    monkeypatch.setenv("PROVIDER", text)

    with pytest.raises(SystemExit, match="must be embedded, calcom or jicoo, for example PROVIDER="):
        provider()


@pytest.mark.parametrize(
    ("given", "passed"),
    [([], "embedded"), (["PROVIDER=calcom"], "calcom"), (["PROVIDER=jicoo"], "jicoo")],
)
def test_make_passes_the_provider_on(given: list[str], passed: str) -> None:
    """`make demo PROVIDER=calcom` is the command that one would write oneself."""
    # Without what an outer make, such as the one of `make test`, hands down.
    inherited = ("PROVIDER", "MAKEFLAGS", "MAKELEVEL", "MFLAGS")
    environment = {name: value for name, value in os.environ.items() if name not in inherited}
    command = ["make", "-n", "demo", *given]

    shown = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)

    assert re.search(rf"PROVIDER='{passed}' \S+/python -m demo_app$", shown.stdout.strip())


def test_demo_over_calcom_serves_and_leaves_nothing(tmp_path: Path) -> None:
    """`PROVIDER=calcom python -m demo_app` says what to click, serves it, and is gone when it ends."""
    command = [sys.executable, "-m", "demo_app"]

    with held_port() as chosen:
        environment = {**os.environ, "PORT": str(chosen), "PROVIDER": "calcom", "TMPDIR": str(tmp_path)}
        with subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
        ) as process:
            assert process.stdout is not None
            guide = "".join(iter(process.stdout.readline, "  Ctrl-C stops it.\n"))
            inbox = urllib.request.urlopen(f"http://127.0.0.1:{chosen}/inbox", timeout=20).read().decode()
            kept = len(list(tmp_path.iterdir()))
            process.send_signal(signal.SIGINT)

    assert f"http://127.0.0.1:{chosen}/inbox" in guide
    assert "all in memory" in guide
    assert "To amara@example.com" in inbox
    assert (kept, process.returncode) == (1, 0)
    assert list(tmp_path.iterdir()) == []
