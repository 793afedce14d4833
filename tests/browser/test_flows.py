"""The main job in a browser: book, see, move and cancel, with scripts and without, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components import EventKind, get_slots
from booker_components.testing import Recorder

from .servers import Server
from .visits import THURSDAY, TUESDAY, Visit, eventually, focused

Visits = Callable[..., Visit]

PHONE = {
    "viewport": {"width": 360, "height": 740},
    "has_touch": True,
    "is_mobile": True,
    "reduced_motion": "no-preference",
}


def _free(app: Flask, hour: int, day: int = 2) -> bool:
    """Tell whether *hour* UTC of that day in February 2027 can be booked."""
    start = datetime(2027, 2, day, hour, tzinfo=UTC)
    with app.app_context():
        return any(slot.start == start for slot in get_slots("intro-call"))


@pytest.mark.parametrize(
    "options",
    [
        pytest.param({}, id="scripts"),
        pytest.param({"java_script_enabled": False}, id="no scripts"),
        pytest.param(PHONE, id="scripts on a phone"),
    ],
)
def test_a_guest_books_moves_and_cancels(
    app: Flask, server: Server, visit: Visits, recorder: Recorder, options: dict[str, object]
) -> None:
    """A booking is made, moved and cancelled, its time taken meanwhile, and the host hears of each step."""
    guest = visit(server, **options)

    guest.book(TUESDAY, "10:00")
    expect(guest.page).to_have_url(re.compile(r"/bookings/[\w-]+\?token="))
    taken = _free(app, 9)

    guest.link("Reschedule this booking").click()
    guest.pick(THURSDAY, "14:30")
    expect(guest.page.locator("del")).to_contain_text("Tuesday 2 February 2027, 10:00")
    guest.button("Move booking").click()
    expect(guest.heading("Your booking has been moved")).to_be_visible()
    expect(guest.page.locator(".bk-when")).to_contain_text("Thursday 4 February 2027 14:30")
    freed = _free(app, 9)

    guest.link("Cancel this booking").click()
    guest.button("Cancel booking").click()
    expect(guest.heading("This booking was cancelled")).to_be_visible()

    assert (taken, freed, _free(app, 13, 4)) == (False, True, True)
    assert eventually(lambda: len(recorder.kinds) == 3)
    assert recorder.kinds == [EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_an_appointment_with_lengths_questions_and_reasons(
    server: Server, visit: Visits, recorder: Recorder, scripts: bool
) -> None:
    """The length is kept, answers of every kind survive the way back, and moving asks why."""
    guest = visit(server, java_script_enabled=scripts).open("/book/check-up")
    guest.expected = ("status of 422",)

    guest.link("1 hr").click()
    expect(guest.link("1 hr")).to_have_attribute("aria-current", "true")
    guest.pick(THURSDAY, "10:00")
    guest.fill()
    guest.page.get_by_label("What is it about?").fill("A talk")
    guest.page.get_by_label("Large").check()
    guest.page.get_by_label("Tue").check()
    guest.button("Choose another time").click()
    guest.button("11:00").click()
    expect(guest.page.get_by_label("Large")).to_be_checked()
    guest.button("Confirm booking").click()
    expect(guest.page.locator(".bk-details")).to_contain_text("11:00 – 12:00")

    guest.link("Reschedule this booking").click()
    guest.pick(THURSDAY, "13:00")
    guest.button("Move booking").click()
    expect(guest.page.locator(".bk-problems")).to_be_visible()
    guest.page.get_by_label("Why are you moving it?").fill("A train")
    guest.button("Move booking").click()
    expect(guest.page.locator(".bk-details")).to_contain_text("13:00 – 14:00")

    assert eventually(lambda: len(recorder.events) == 2)
    booking = recorder.events[1].booking
    assert booking.answers == {"topic": "A talk", "size": "Large", "days": ("Tue",)}
    assert booking.reason == "A train"


def test_a_time_opens_in_a_tab_of_its_own(server: Server, visit: Visits) -> None:
    """Links stay links: with a key held down the browser does what it does with any."""
    guest = visit(server).open()
    guest.link(TUESDAY).click()

    with guest.context.expect_page() as tab:
        guest.link("10:00").click(modifiers=["ControlOrMeta"])
    expect(tab.value.get_by_role("heading", name="Your details")).to_be_visible()

    expect(guest.heading("Tuesday 2 February")).to_be_visible()


def test_choosing_a_day_asks_the_server_nothing(server: Server, visit: Visits) -> None:
    """A click on a day shows its times at once, moves the focus to them and tells the day."""
    guest = visit(server).open()

    guest.link(THURSDAY).click()
    expect(guest.heading("Thursday 4 February")).to_be_focused()
    expect(guest.link("09:00")).to_have_count(1)
    expect(guest.page.get_by_role("status")).to_have_text(re.compile("^Thursday 4 February 2027, 14 times$"))
    expect(guest.link(THURSDAY)).to_have_attribute("aria-current", "date")
    guest.link("09:00").click()
    expect(guest.heading("Your details")).to_be_focused()

    # What the click on the day might have asked would stand between the two.
    asked = [each for each in guest.requests if "/booker/" not in each]
    assert len(asked) == 2
    assert "slot=2027-02-04T08:00:00Z" in asked[1]


def test_the_address_follows_the_widget(server: Server, visit: Visits) -> None:
    """Day, time and month stand in the address, so that a reload shows the same."""
    guest = visit(server).open()

    guest.link(THURSDAY).click()
    expect(guest.page).to_have_url(re.compile("date=2027-02-04"))
    guest.link("09:00").click()
    expect(guest.page).to_have_url(re.compile("slot=2027-02-04T08:00:00Z"))
    guest.keep()
    with guest.page.expect_response(re.compile("tz=Europe")):
        guest.page.reload()
    expect(guest.page.locator("[aria-busy]")).to_have_count(0)
    expect(guest.heading("Your details")).to_be_visible()
    guest.keep()
    guest.page.go_back()
    expect(guest.heading("Thursday 4 February")).to_be_visible()
    guest.link("March 2027").click()
    expect(guest.page).to_have_url(re.compile("month=2027-03"))
    guest.page.go_back()

    expect(guest.heading("Thursday 4 February")).to_be_visible()


def test_a_step_tells_its_news_and_swaps_only_the_widget(server: Server, visit: Visits) -> None:
    """After each swap the focus is on the new heading, it is announced, and the page was not loaded anew."""
    guest = visit(server).open()
    guest.page.evaluate("window.stays = true")

    guest.pick()
    expect(focused(guest.page)).to_have_text("Your details")
    expect(guest.page.get_by_role("status")).to_have_text("Your details")
    guest.fill()
    guest.button("Confirm booking").click()
    expect(focused(guest.page)).to_have_text("Your booking is confirmed")
    expect(guest.page.get_by_role("status")).to_have_text("Your booking is confirmed")

    assert guest.page.evaluate("window.stays")


def test_the_title_of_the_page_follows_the_widget(server: Server, visit: Visits) -> None:
    """Window, tab and history name what is on view, and whether something is wrong with it."""
    guest = visit(server).open()
    expect(guest.page).to_have_title("Intro call")
    guest.expected = ("status of 422",)

    guest.pick()
    guest.button("Confirm booking").click()
    expect(guest.page).to_have_title("Error: Intro call")
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.page).to_have_title("Your booking is confirmed")
    guest.link("Reschedule this booking").click()
    expect(guest.page).to_have_title("Move: Intro call")
    guest.pick(THURSDAY)

    expect(guest.page).to_have_title("Move: Intro call")
    expect(guest.page.get_by_role("heading", level=1)).to_have_text("Online booking")


def test_a_double_click_books_once(server: Server, visit: Visits, recorder: Recorder) -> None:
    """Two clicks on the button send one form and make one booking."""
    guest = visit(server).open()
    guest.pick()
    guest.fill()

    guest.button("Confirm booking").dblclick()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert [each for each in server.answered if each.startswith("POST /book/")] == [
        "POST /book/intro-call 303"
    ]
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])


@pytest.mark.chromium("without scripts")
def test_a_double_click_without_scripts_books_once(server: Server, visit: Visits, recorder: Recorder) -> None:
    """The same form sent twice is one booking, whose page the second answer shows, too."""
    guest = visit(server, java_script_enabled=False).open()
    guest.pick()
    guest.fill()

    guest.button("Confirm booking").dblclick()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])


@pytest.mark.chromium("without scripts")
def test_sending_the_form_again_after_going_back_is_the_same_booking(
    server: Server, visit: Visits, recorder: Recorder
) -> None:
    """Without scripts, Back and the same button again lead to the booking that there is."""
    guest = visit(server, java_script_enabled=False)
    guest.book()
    first = guest.page.url

    guest.page.go_back()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert guest.page.url == first
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])
