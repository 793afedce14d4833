"""What can go wrong while booking in a browser: nothing that was typed is ever lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components import EventKind, create_booking
from booker_components.testing import Recorder

from .servers import Server
from .visits import NO_ANSWER, TUESDAY, WEDNESDAY, Visit, eventually, focused

Visits = Callable[..., Visit]

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
NOTES = 'Please bring\nthe <red> & the "blue" one.'


def _take(app: Flask, hour: int) -> None:
    """Book *hour* UTC on Tuesday, as another guest would."""
    with app.app_context():
        start = datetime(2027, 2, 2, hour, tzinfo=UTC)
        create_booking("intro-call", start, name="First", email="first@example.com")


def _type(guest: Visit) -> None:
    guest.fill()
    guest.page.get_by_label("Additional notes").fill(NOTES)


def _expect_typed(guest: Visit) -> None:
    expect(guest.page.get_by_label("Your name")).to_have_value("Grace Hopper")
    expect(guest.page.get_by_label("E-mail address", exact=True)).to_have_value("grace@example.com")
    expect(guest.page.get_by_label("Additional notes")).to_have_value(NOTES)


@BOTH
def test_an_incomplete_form_says_what_is_missing_and_keeps_the_rest(
    server: Server, visit: Visits, scripts: bool
) -> None:
    """The summary leads to each field that is wrong; what was typed stands in the others."""
    guest = visit(server, java_script_enabled=scripts).open()
    guest.expected = ("status of 422",)
    guest.pick()
    guest.page.get_by_label("E-mail address", exact=True).fill("grace@")
    guest.page.get_by_label("Additional notes").fill(NOTES)

    guest.button("Confirm booking").click()
    problems = guest.page.locator(".bk-problems")
    expect(problems).to_be_visible()
    if scripts:
        expect(problems).to_be_focused()
    problems.get_by_role("link", name=re.compile("^Your name")).click()

    expect(guest.page.get_by_label("Your name")).to_be_focused()
    expect(guest.page.get_by_label("Your name")).to_have_attribute("aria-invalid", "true")
    expect(guest.page.get_by_label("Your name")).to_have_accessible_description(re.compile("^Error: "))
    expect(guest.page.get_by_label("E-mail address", exact=True)).to_have_attribute("aria-invalid", "true")
    expect(guest.page.get_by_label("E-mail address", exact=True)).to_have_value("grace@")
    expect(guest.page.get_by_label("Additional notes")).to_have_value(NOTES)
    _type(guest)
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()


@BOTH
def test_a_time_taken_in_the_meantime_is_replaced_without_typing_again(
    app: Flask, server: Server, visit: Visits, scripts: bool
) -> None:
    """The guest learns that someone was faster, takes another time and books with one more click."""
    guest = visit(server, java_script_enabled=scripts).open()
    guest.expected = ("status of 409",)
    guest.pick(TUESDAY, "10:00")
    _type(guest)
    _take(app, 9)

    guest.button("Confirm booking").click()
    others = guest.page.get_by_role("group", name="Other times on that day")
    expect(others.get_by_role("button")).to_have_count(13)
    expect(guest.page.get_by_role("alert")).to_be_visible()
    expect(others.get_by_role("button", name="10:00")).to_have_count(0)
    _expect_typed(guest)
    others.get_by_role("button", name="10:30").click()
    expect(guest.page.locator(".bk-summary")).to_contain_text("10:30 – 11:00")
    _expect_typed(guest)
    guest.button("Confirm booking").click()

    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    expect(guest.page.locator(".bk-when")).to_contain_text("10:30 – 11:00")
    assert not any("grace" in each.lower() for each in guest.requests)


def test_the_sentence_about_the_taken_time_is_focused(app: Flask, server: Server, visit: Visits) -> None:
    """With scripts the focus goes to the sentence, so that nobody has to look for what happened."""
    guest = visit(server).open()
    guest.expected = ("status of 409",)
    guest.pick(TUESDAY, "10:00")
    _type(guest)
    _take(app, 9)

    guest.button("Confirm booking").click()

    expect(focused(guest.page)).to_contain_text(re.compile("no longer free|taken", re.IGNORECASE))


@BOTH
def test_choosing_another_time_keeps_what_was_typed(
    server: Server, visit: Visits, recorder: Recorder, scripts: bool
) -> None:
    """The way back to the calendar carries the answers along, through months and days; no address does."""
    guest = visit(server, java_script_enabled=scripts).open()
    guest.pick()
    _type(guest)

    guest.button("Choose another time").click()
    guest.button("March 2027").click()
    expect(guest.heading("March 2027")).to_be_visible()
    guest.button("February 2027").click()
    expect(guest.heading("February 2027")).to_be_visible()
    guest.button("12-hour clock").click()
    expect(guest.button("9:30 am")).to_be_visible()
    guest.button(WEDNESDAY).click()
    expect(guest.heading("Wednesday 3 February")).to_be_visible()
    guest.button("3:00 pm").click()
    expect(guest.button("Confirm booking")).to_be_visible()
    _expect_typed(guest)
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])
    booking = recorder.events[0].booking
    assert (booking.start, booking.notes) == (datetime(2027, 2, 3, 14, tzinfo=UTC), NOTES)
    assert not any("grace" in each.lower() or "red" in each for each in guest.requests)


@BOTH
def test_back_and_forward_keep_what_was_typed(server: Server, visit: Visits, scripts: bool) -> None:
    """The browser's own buttons lead to the calendar and to the form again, as it was left."""
    guest = visit(server, java_script_enabled=scripts).open()
    guest.pick()
    _type(guest)
    if scripts:
        guest.keep()

    guest.page.go_back()
    expect(guest.heading("February 2027")).to_be_visible()
    guest.page.go_forward()

    expect(guest.button("Confirm booking")).to_be_visible()
    _expect_typed(guest)


def test_going_back_and_taking_another_time_keeps_what_was_typed(server: Server, visit: Visits) -> None:
    """With scripts even a new form is filled with what the guest typed in the former one."""
    guest = visit(server).open()
    guest.pick()
    _type(guest)

    guest.page.go_back()
    expect(guest.heading("February 2027")).to_be_visible()
    guest.pick(WEDNESDAY, "11:00")

    _expect_typed(guest)


def test_a_reload_keeps_what_was_typed(server: Server, visit: Visits) -> None:
    """With scripts a page that is loaded anew is filled with what the guest typed."""
    guest = visit(server).open()
    guest.pick()
    _type(guest)

    guest.page.reload()

    _expect_typed(guest)


def test_going_back_after_booking_offers_other_times(server: Server, visit: Visits) -> None:
    """The form of a booking that stands is not shown as if it could be sent once more."""
    guest = visit(server)
    guest.book(TUESDAY, "10:00")

    guest.page.go_back()
    expect(guest.page.get_by_role("alert")).to_have_text(re.compile("no longer free"))
    guest.link(TUESDAY).click()

    expect(guest.link("10:00")).to_have_count(0)
    expect(guest.link("10:30")).to_be_visible()


def test_what_was_typed_is_forgotten_once_it_is_booked(server: Server, visit: Visits) -> None:
    """The next guest at the same browser finds an empty form."""
    guest = visit(server)
    guest.book()

    guest.open()
    guest.pick(WEDNESDAY)

    expect(guest.page.get_by_label("Your name")).to_have_value("")


def test_what_was_typed_is_kept_while_nothing_is_booked(app: Flask, server: Server, visit: Visits) -> None:
    """Neither a form that was refused nor a look at another booking makes the browser forget."""
    with app.app_context():
        other = create_booking(
            "intro-call", datetime(2027, 2, 4, 9, tzinfo=UTC), name="Other", email="other@example.com"
        )
    guest = visit(server).open()
    guest.expected = ("status of 422",)
    guest.pick()
    guest.page.get_by_label("Your name").fill("Grace Hopper")
    guest.button("Confirm booking").click()
    expect(guest.page.locator(".bk-problems")).to_be_visible()
    guest.button("Choose another time").click()
    guest.button("12-hour clock").click()
    expect(guest.button("12-hour clock")).to_have_attribute("aria-current", "true")

    guest.open(f"/bookings/{other.uid}")
    guest.open()
    guest.pick(WEDNESDAY)

    expect(guest.page.get_by_label("Your name")).to_have_value("Grace Hopper")


def test_a_server_that_does_not_answer_loses_nothing(server: Server, visit: Visits) -> None:
    """The widget says that it did not work; what was typed stands, and the button can be pressed again."""
    guest = visit(server).open()
    guest.pick()
    _type(guest)
    guest.expected = NO_ANSWER
    server.stop()

    guest.button("Confirm booking").click()
    expect(guest.page.get_by_role("alert")).to_have_text(re.compile("^That did not work"))
    _expect_typed(guest)
    expect(guest.page.locator("[aria-busy]")).to_have_count(0)
    expect(guest.button("Confirm booking")).not_to_have_attribute("aria-disabled", "true")


def test_a_month_that_does_not_come_leaves_this_one(server: Server, visit: Visits) -> None:
    """A step that fails says so; the month on view can still be used."""
    guest = visit(server).open()
    guest.expected = NO_ANSWER
    guest.link("March 2027").click()
    expect(guest.heading("March 2027")).to_be_focused()
    server.stop()

    guest.link("February 2027").click()
    expect(guest.page.get_by_role("alert")).to_have_text(re.compile("^That did not work"))
    guest.link(re.compile("^Thursday 4 March 2027")).click()

    expect(guest.heading("Thursday 4 March")).to_be_focused()


def test_an_error_page_of_another_server_takes_no_widgets_place(
    app: Flask, server: Server, visit: Visits
) -> None:
    """When a proxy or the host's app answers instead, the form stays and says that it did not work."""
    guest = visit(server).open()
    guest.expected = ("status of 500",)
    guest.pick()
    _type(guest)
    app.before_request_funcs.setdefault(None, []).append(lambda: ("<h1>Bad gateway</h1>", 500))

    guest.button("Confirm booking").click()

    expect(guest.page.get_by_role("alert")).to_have_text(re.compile("^That did not work"))
    _expect_typed(guest)
