"""The main job with the keyboard alone: all is reached by Tab, shows its focus, answers to Enter."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from .keyboard import arrive, press, tab_to
from .servers import Server
from .visits import THURSDAY, TUESDAY, Visit

Visits = Callable[..., Visit]


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_guest_books_moves_and_cancels_without_a_mouse(
    server: Server, visit: Visits, scripts: bool
) -> None:
    """Tab, Enter and typing are enough for the whole flow."""
    guest = visit(server, java_script_enabled=scripts).open()

    press(guest, guest.link(TUESDAY))
    arrive(guest, "Tuesday 2 February", scripts=scripts)
    press(guest, guest.link("09:30"))
    arrive(guest, "Your details", scripts=scripts)
    tab_to(guest, guest.page.get_by_label("Your name"))
    guest.page.keyboard.type("Grace Hopper")
    tab_to(guest, guest.page.get_by_label("E-mail address", exact=True))
    guest.page.keyboard.type("grace@example.com")
    guest.page.keyboard.press("Enter")
    arrive(guest, "Your booking is confirmed", scripts=scripts)

    press(guest, guest.link("Reschedule this booking"))
    expect(guest.heading("February 2027")).to_be_visible()
    press(guest, guest.link(THURSDAY))
    arrive(guest, "Thursday 4 February", scripts=scripts)
    press(guest, guest.link("10:00"))
    arrive(guest, "Move to this time?", scripts=scripts)
    press(guest, guest.button("Move booking"))
    arrive(guest, "Your booking has been moved", scripts=scripts)

    press(guest, guest.link("Cancel this booking"))
    expect(guest.heading("Cancel this booking?")).to_be_visible()
    press(guest, guest.button("Cancel booking"))
    expect(guest.heading("This booking was cancelled")).to_be_visible()


def test_the_focus_follows_the_guest(server: Server, visit: Visits) -> None:
    """After each step the focus is on the heading of what is new, and Tab goes on from there."""
    guest = visit(server).open()

    press(guest, guest.link("March 2027"))
    expect(guest.heading("March 2027")).to_be_focused()
    press(guest, guest.link("February 2027"))
    expect(guest.heading("February 2027")).to_be_focused()
    press(guest, guest.link(THURSDAY))
    expect(guest.heading("Thursday 4 February")).to_be_focused()
    guest.page.keyboard.press("Tab")
    expect(guest.link("09:00")).to_be_focused()
    guest.page.keyboard.press("Enter")
    expect(guest.heading("Your details")).to_be_focused()
    guest.page.keyboard.press("Tab")
    expect(guest.page.get_by_label("Your name")).to_be_focused()


def test_the_arrow_keys_look_through_the_zones_without_choosing_one(server: Server, visit: Visits) -> None:
    """A list changes with every arrow key; only Enter sends it, so that nobody is carried away."""
    guest = visit(server).open()
    zones = guest.page.get_by_label("Time zone", exact=True)

    press(guest, guest.page.locator(".bk-zone__current"))
    tab_to(guest, zones)
    guest.page.keyboard.press("ArrowDown")
    expect(zones).not_to_have_value("Europe/Berlin")
    chosen = zones.input_value()
    requests = len(guest.requests)
    guest.page.keyboard.press("Enter")
    expect(guest.page).to_have_url(re.compile(f"tz={re.escape(chosen).replace('/', '(/|%2F)')}$"))

    assert len(guest.requests) == requests + 1 == 3


def test_the_focus_is_not_lost_while_the_zone_is_proposed(server: Server, visit: Visits) -> None:
    """Who is quicker with Tab than the times in the own zone goes on from the month, not from the top."""
    guest = visit(server, timezone_id="Asia/Tokyo")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "document" or held:
            route.continue_()
        else:
            held.append(route)

    guest.page.route(re.compile("/book/"), hold)
    guest.open()
    expect(guest.page.locator("[aria-busy]")).to_have_count(1)
    tab_to(guest, guest.link(TUESDAY))
    held[0].continue_()
    expect(guest.page.locator(".bk-zone__label")).to_contain_text("Tokyo")

    expect(guest.heading("February 2027")).to_be_focused()
