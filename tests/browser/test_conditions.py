"""Holds and series in a browser: what scripts add to forms that work without them."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components import EventType, Frequency, Hold, Series, SlotTaken, TooManyRequests
from booker_components.testing import FrozenClock
from booker_components.web.components import Action, Notice
from booker_components.web.responses import page
from booker_components.web.runtime import runtime

from ..studio import HoldingStudio, offering, studio_app
from .servers import Server
from .visits import TUESDAY, Visit, eventually, retype

Visits = Callable[..., Visit]

TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
FIVE_MINUTES = timedelta(minutes=5)
FORM = "/book/class?slot=2027-02-02T09:00:00Z&tz=Europe/Berlin"


@pytest.fixture
def studio(clock: FrozenClock) -> HoldingStudio:
    """A studio that keeps times, and has series of eight."""
    return HoldingStudio(offering(series=Series(frequency=Frequency.WEEKLY, occurrences=8)), clock)


@pytest.fixture
def studio_server(
    tmp_path: Path, studio: HoldingStudio, clock: FrozenClock, serve: Callable[[Flask], Server]
) -> Iterator[Server]:
    """An app over the studio, served."""
    app = studio_app(tmp_path, studio, clock)
    yield serve(app)
    app.extensions["booker"].storage.close()


def _held(studio: HoldingStudio, *starts: datetime) -> bool:
    """Tell whether exactly *starts* come to be held."""
    return eventually(lambda: [each.start for each in studio.holds.values()] == list(starts))


def _knows(guest: Visit) -> bool:
    """Wait until the page knows of its hold: what it does not know it cannot let go."""
    expect(guest.page.locator("[name=hold]")).not_to_have_value("")
    return True


def test_the_time_is_held_while_the_form_is_on_view(
    studio_server: Server, studio: HoldingStudio, visit: Visits
) -> None:
    """Chosen: held. Another one: that one is, and the first is free again. Booked: none is."""
    guest = visit(studio_server).open("/book/class")

    guest.pick(TUESDAY, "10:00")
    first = _knows(guest) and _held(studio, TEN)
    guest.button("Choose another time").click()
    expect(guest.link("10:00").or_(guest.button("10:00"))).to_be_visible()
    freed = _held(studio)
    guest.button("11:00").click()
    second = _knows(guest) and _held(studio, TEN + timedelta(hours=1))
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert (first, freed, second, _held(studio)) == (True, True, True, True)
    assert studio.requests[0].start == TEN + timedelta(hours=1)


@pytest.mark.chromium("without scripts")
def test_without_scripts_nothing_is_held(studio_server: Server, studio: HoldingStudio, visit: Visits) -> None:
    """And everything goes on as ever."""
    guest = visit(studio_server, java_script_enabled=False).open("/book/class")

    guest.pick(TUESDAY, "10:00")
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert (studio.holds, studio.released) == ({}, [])


def test_a_reload_finds_the_own_time_free(
    studio_server: Server, studio: HoldingStudio, visit: Visits
) -> None:
    """Although the page is asked for before the hold of its last view can be let go."""
    guest = visit(studio_server).open(FORM)
    held = _knows(guest) and _held(studio, TEN)

    guest.page.reload()
    expect(guest.heading("Your details")).to_be_visible()

    assert held
    assert _held(studio, TEN)
    assert studio.released


def test_leaving_lets_the_time_go(studio_server: Server, studio: HoldingStudio, visit: Visits) -> None:
    """By a beacon, for nothing else gets through then; Back holds it again."""
    guest = visit(studio_server).open(FORM)
    held = _knows(guest) and _held(studio, TEN)

    guest.page.goto("about:blank")
    freed = _held(studio)
    guest.page.go_back()
    expect(guest.heading("Your details")).to_be_visible()

    assert (held, freed, _held(studio, TEN)) == (True, True, True)


def test_a_zone_is_proposed_before_the_time_is_held(
    studio_server: Server, studio: HoldingStudio, visit: Visits
) -> None:
    """Else the visitor's own hold would make the time seem taken."""
    guest = visit(studio_server, timezone_id="Asia/Tokyo").open("/book/class?slot=2027-02-02T09:00:00Z")

    expect(guest.page.locator(".bk-facts")).to_contain_text("18:00")
    expect(guest.heading("Your details")).to_be_visible()

    assert _held(studio, TEN)


def test_a_hold_is_renewed_while_the_form_is_on_view(
    studio_server: Server, studio: HoldingStudio, clock: FrozenClock, visit: Visits
) -> None:
    """A little before it lapses; the one before is given up, since the provider takes no two."""
    guest = visit(studio_server)
    guest.page.clock.install()
    guest.open(FORM)
    _knows(guest)
    clock.move(timedelta(seconds=290))

    guest.page.clock.fast_forward(290_000)

    assert eventually(lambda: [each.until for each in studio.holds.values()] == [clock() + FIVE_MINUTES])


class Slow(HoldingStudio):
    """A studio that takes its time to keep one."""

    def __init__(self, event_type: EventType, clock: Callable[[], datetime]) -> None:
        """Answer no hold before `answers` is set."""
        super().__init__(event_type, clock)
        self.asked, self.answers = threading.Event(), threading.Event()

    def hold(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Hold:
        """Keep a slot at once, and tell later."""
        hold = super().hold(event_type, start, duration=duration, zone=zone)
        self.asked.set()
        self.answers.wait(5)
        return hold


def test_a_form_that_comes_back_sooner_than_its_hold_keeps_the_time(
    tmp_path: Path, clock: FrozenClock, serve: Callable[[Flask], Server], visit: Visits
) -> None:
    """The new form does not ask while nobody knows of the first hold, which would stand in its way."""
    slow = Slow(offering(), clock)
    app = studio_app(tmp_path, slow, clock)
    guest = visit(serve(app)).open(FORM)
    guest.expected = ("status of 422",)
    assert slow.asked.wait(5)

    guest.button("Confirm booking").click()
    expect(guest.page.locator(".bk-problems")).to_be_focused()
    slow.answers.set()

    assert _knows(guest)
    assert _held(slow, TEN)
    expect(guest.page.locator("[data-bk-failure]")).to_have_count(0)
    app.extensions["booker"].storage.close()


def test_a_form_that_is_sent_sooner_than_its_hold_is_answered_waits_for_it(
    tmp_path: Path, clock: FrozenClock, serve: Callable[[Flask], Server], visit: Visits
) -> None:
    """Sent without it, the guest's own hold would make the time seem taken."""
    slow = Slow(offering(), clock)
    app = studio_app(tmp_path, slow, clock)
    guest = visit(serve(app)).open(FORM)
    guest.fill()
    assert slow.asked.wait(5)

    guest.button("Confirm booking").click()
    guest.page.wait_for_timeout(300)
    slow.answers.set()

    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    assert [request.hold for request in slow.requests] == ["hold-1"]
    app.extensions["booker"].storage.close()


class Unlucky(HoldingStudio):
    """A studio where somebody else is always a little faster."""

    def hold(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Hold:
        """Refuse."""
        raise SlotTaken()


class Busy(HoldingStudio):
    """A studio where as much is held as may be."""

    def hold(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Hold:
        """Refuse."""
        raise TooManyRequests()


def test_a_guest_who_is_refused_a_hold_books_all_the_same(
    tmp_path: Path,
    clock: FrozenClock,
    serve: Callable[[Flask], Server],
    visit: Visits,
) -> None:
    """And is told nothing of it."""
    busy = Busy(offering(), clock)
    app = studio_app(tmp_path, busy, clock)
    guest = visit(serve(app)).open("/book/class?tz=Europe/Berlin")
    guest.expected = ("status of 429",)

    with guest.page.expect_response("**/booker/hold?**") as answer:
        guest.pick(TUESDAY, "10:00")
    guest.fill()
    alerts = guest.page.get_by_role("alert").count()
    guest.button("Confirm booking").click()

    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    assert (answer.value.status, alerts, len(busy.requests)) == (429, 0, 1)
    app.extensions["booker"].storage.close()


@pytest.fixture
def unlucky(clock: FrozenClock) -> Unlucky:
    """A studio that refuses to hold anything."""
    return Unlucky(offering(), clock)


def test_a_time_that_is_taken_meanwhile_is_told_at_once(
    tmp_path: Path,
    unlucky: Unlucky,
    clock: FrozenClock,
    serve: Callable[[Flask], Server],
    visit: Visits,
) -> None:
    """Politely, the focus left alone, and with the way to other times."""
    app = studio_app(tmp_path, unlucky, clock)
    guest = visit(serve(app)).open("/book/class?tz=Europe/Berlin")
    guest.expected = ("status of 409",)

    guest.pick(TUESDAY, "10:00")
    alert = guest.page.locator("[data-bk-failure]")
    expect(alert).to_contain_text("This time is no longer free.")
    expect(guest.page.get_by_role("status")).to_contain_text("This time is no longer free.")
    expect(guest.heading("Your details")).to_be_focused()
    guest.fill()
    guest.button("Choose another time").click()
    guest.button("11:00").click()

    expect(guest.page.get_by_label("Your name")).to_have_value("Grace Hopper")
    app.extensions["booker"].storage.close()


def test_a_link_that_leads_on_is_followed(studio_server: Server, visit: Visits) -> None:
    """To a page of the host's, without a click of the guest's."""
    leave = Action(label="Continue", href="/book/class")
    notice = Notice(id="bk-notice", tone="success", headline="Booked", sentence="", leave=leave)
    app = studio_server.app
    app.add_url_rule("/done", "done", lambda: page(runtime(), notice, "Booked").__html__())

    guest = visit(studio_server).open("/done")

    expect(guest.heading("February 2027")).to_be_visible()


def test_the_dates_follow_the_number(studio_server: Server, visit: Visits) -> None:
    """As it is typed; the number of the others, too."""
    guest = visit(studio_server).open(FORM)
    dates = guest.page.locator(".bk-dates__item")
    field = guest.page.get_by_label("How many dates?")
    expect(guest.page.get_by_text("Further dates: 3")).to_be_visible()

    retype(field, "2")
    expect(dates.nth(1)).to_be_visible()
    expect(dates.nth(2)).to_be_hidden()
    expect(guest.page.locator("[data-bk-more]")).to_be_hidden()
    retype(field, "7")

    expect(dates.nth(4)).to_be_visible()
    expect(guest.page.get_by_text("Further dates: 2")).to_be_visible()
