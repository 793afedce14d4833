"""The guest's own zone and clock, with scripts and without."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import Locator, Route, expect

from booker_components import EventKind
from booker_components.testing import Recorder

from .hosts import add_page
from .servers import Server
from .visits import NO_ANSWER, THURSDAY, TUESDAY, Visit, eventually, focused

Visits = Callable[..., Visit]

BOTH = pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])


def _zone(guest: Visit) -> Locator:
    return guest.page.get_by_label("Time zone", exact=True)


def _open_zones(guest: Visit) -> None:
    guest.page.locator(".bk-zone__current").click()


def test_the_zone_of_the_browser_is_proposed(server: Server, visit: Visits) -> None:
    """A guest in New York reads the host's ten o'clock as four, without doing anything."""
    guest = visit(server, timezone_id="America/New_York").open()

    expect(guest.page.locator(".bk-zone__label")).to_contain_text("New York")
    expect(guest.page).to_have_url(re.compile("tz=America(/|%2F)New_York$"))
    expect(guest.page.get_by_role("status").last).to_contain_text("New York")
    guest.pick(TUESDAY, "04:00")

    expect(guest.page.locator(".bk-summary")).to_contain_text("04:00 – 04:30")
    expect(guest.page.locator(".bk-summary")).to_contain_text("New York")


def test_the_proposal_is_no_step_to_go_back_to(server: Server, visit: Visits) -> None:
    """The zone and the clock change how times are read, not where the guest is: Back leaves the page."""
    guest = visit(server, timezone_id="America/New_York")
    guest.expected = ("status of 404",)
    guest.open("/bookings/none")
    guest.open()
    expect(guest.page.locator(".bk-zone__label")).to_contain_text("New York")
    guest.link("12-hour clock").click()
    expect(guest.link("4:00 am")).to_have_count(1)

    guest.page.go_back()

    expect(guest.page).to_have_url(re.compile("/bookings/none"))


def _open_while_proposing(visit: Visits, server: Server, path: str) -> tuple[Visit, list[Route]]:
    """Open a page in New York; the request for that zone waits, as its only item, to be let go on."""
    guest = visit(server, timezone_id="America/New_York")
    held: list[Route] = []

    def hold(route: Route) -> None:
        if route.request.resource_type == "document" or held:
            route.continue_()
        else:
            held.append(route)

    guest.page.route(re.compile("/book/"), hold)
    guest.open(path)
    expect(guest.page.locator("[aria-busy]")).to_have_count(1)
    return guest, held


def test_a_day_chosen_while_the_zone_is_proposed_is_shown_again(server: Server, visit: Visits) -> None:
    """The day that a quick guest has chosen stands in the other zone as well, and in the address."""
    guest, held = _open_while_proposing(visit, server, "/book/intro-call")

    guest.link(THURSDAY).click()
    expect(guest.heading("Thursday 4 February")).to_be_focused()
    held[0].continue_()

    expect(guest.page.locator(".bk-zone__label")).to_contain_text("New York")
    expect(guest.heading("Thursday 4 February")).to_be_focused()
    expect(guest.link("03:00")).to_be_visible()
    expect(guest.page).to_have_url(re.compile("date=2027-02-04"))


def test_a_time_taken_while_the_zone_is_proposed_is_taken(server: Server, visit: Visits) -> None:
    """The link is followed once the zone is there, and in that zone."""
    guest, held = _open_while_proposing(visit, server, "/book/intro-call")

    guest.link(TUESDAY).click()
    guest.link("10:00").click()
    held[0].continue_()

    expect(guest.heading("Your details")).to_be_focused()
    expect(guest.page.locator(".bk-summary")).to_contain_text(
        "Tuesday 2 February 2027 04:00 – 04:30 Eastern Time - New York"
    )


def test_a_button_pressed_while_the_zone_is_proposed_is_pressed(
    app: Flask, serve: Callable[[Flask], Server], visit: Visits
) -> None:
    """Where answers are carried along, the button is pressed once the zone is there, with all of them."""
    add_page(app, """booker("intro-call", prefill={"email": "known@example.com"})""")
    guest, held = _open_while_proposing(visit, serve(app), "/host")

    guest.button("March 2027").click()
    held[0].continue_()
    expect(guest.heading("March 2027")).to_be_focused()
    expect(guest.page.locator(".bk-zone__label")).to_contain_text("New York")
    guest.button(re.compile("^Tuesday 2 March 2027")).click()
    guest.button("04:00").click()

    expect(guest.page.get_by_label("E-mail address", exact=True)).to_have_value("known@example.com")


def test_a_proposal_that_does_not_come_is_no_news(server: Server, visit: Visits) -> None:
    """What the guest did not ask for does not fail for the guest; a link clicked meanwhile is followed."""
    guest, held = _open_while_proposing(visit, server, "/book/intro-call")
    guest.expected = NO_ANSWER

    guest.link("March 2027").click()
    held[0].abort()

    expect(guest.heading("March 2027")).to_be_focused()
    expect(guest.page.get_by_role("alert")).to_have_count(0)


def test_a_time_opened_straight_away_is_shown_in_the_zone_of_the_browser(
    server: Server, visit: Visits, recorder: Recorder
) -> None:
    """Who follows a link to a time reads and books it in the zone of the browser, and types undisturbed."""
    guest, held = _open_while_proposing(visit, server, "/book/intro-call?slot=2027-02-02T09:00:00Z")

    guest.fill()
    held[0].continue_()
    expect(guest.page.locator(".bk-summary")).to_contain_text(
        "Tuesday 2 February 2027 04:00 – 04:30 Eastern Time - New York"
    )
    expect(guest.page.get_by_label("E-mail address", exact=True)).to_be_focused()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])
    assert recorder.events[0].booking.attendee.zone == "America/New_York"


def test_the_booking_page_says_both_times(server: Server, visit: Visits) -> None:
    """Who booked from New York sees that time, and the host's."""
    guest = visit(server, timezone_id="America/New_York").open()
    expect(guest.page.locator(".bk-zone__label")).to_contain_text("New York")

    guest.pick(TUESDAY, "04:00")
    guest.fill()
    guest.button("Confirm booking").click()

    expect(guest.page.locator(".bk-when")).to_contain_text("04:00 – 04:30")
    expect(guest.page.get_by_text("For the host: Tuesday 2 February 2027, 10:00 – 10:30")).to_be_visible()


@pytest.mark.chromium("without scripts")
def test_without_scripts_the_hosts_zone_is_shown(server: Server, visit: Visits) -> None:
    """A server cannot know where a browser is, so it shows, and names, the host's zone."""
    guest = visit(server, timezone_id="America/New_York", java_script_enabled=False).open()

    expect(guest.page.locator(".bk-zone__label")).to_contain_text("Berlin")
    guest.link(TUESDAY).click()
    expect(guest.link("09:00")).to_be_visible()


def test_a_zone_in_the_address_is_not_overruled(server: Server, visit: Visits) -> None:
    """A link that names a zone shows that one, wherever the browser is."""
    guest = visit(server, timezone_id="America/New_York").open("/book/intro-call?tz=Asia/Tokyo")
    guest.link(TUESDAY).click()

    expect(guest.page.locator(".bk-zone__label")).to_contain_text("Tokyo")
    expect(guest.link("17:00")).to_be_visible()
    assert len(guest.requests) == 1


@BOTH
def test_the_zone_can_be_changed(server: Server, visit: Visits, scripts: bool) -> None:
    """Choosing a zone is enough with scripts; without, a button sends it. The day on view stays."""
    guest = visit(server, java_script_enabled=scripts).open()
    guest.link(THURSDAY).click()

    _open_zones(guest)
    _zone(guest).select_option("Asia/Kathmandu")
    if not scripts:
        guest.button("Change").click()

    expect(guest.page.locator(".bk-zone__label")).to_contain_text("Kathmandu")
    expect(guest.heading("Thursday 4 February")).to_be_visible()
    expect(guest.link("13:45")).to_be_visible()
    expect(guest.page).to_have_url(re.compile("tz=Asia(/|%2F)Kathmandu"))
    if scripts:
        expect(guest.page.get_by_role("status").last).to_have_text(
            re.compile("^Time zone: Nepal Time - Kathmandu")
        )
        expect(focused(guest.page)).to_have_text(re.compile("^Time zone: Nepal Time - Kathmandu"))


def test_a_chosen_zone_stays_through_the_months(server: Server, visit: Visits) -> None:
    """Once chosen, a zone is kept by every step."""
    guest = visit(server).open("/book/intro-call?tz=Asia/Tokyo")

    guest.link("March 2027").click()
    expect(guest.heading("March 2027")).to_be_visible()
    guest.link(re.compile("^Tuesday 2 March 2027")).click()
    guest.link("17:00").click()

    expect(guest.page.locator(".bk-summary")).to_contain_text("17:00 – 17:30")


def test_zones_can_be_searched(server: Server, visit: Visits) -> None:
    """Typing a part of a city leaves few zones, whatever the accents; Enter takes the first one."""
    guest = visit(server).open()
    _open_zones(guest)
    search = guest.page.get_by_label("Search time zones")

    search.fill("xyzzy")
    expect(guest.page.get_by_text("No time zone matches.")).to_be_visible()
    search.fill("são pau")
    expect(_zone(guest).locator("option")).to_have_count(1)
    search.press("Enter")

    expect(guest.page.locator(".bk-zone__label")).to_contain_text("Sao Paulo")
    expect(guest.page).to_have_url(re.compile("tz=America(/|%2F)Sao_Paulo"))


@pytest.mark.chromium("without scripts")
def test_the_search_is_not_there_without_scripts(server: Server, visit: Visits) -> None:
    """A field that could not do anything is not shown."""
    guest = visit(server, java_script_enabled=False).open()
    _open_zones(guest)

    expect(_zone(guest)).to_be_visible()
    expect(guest.page.get_by_label("Search time zones")).to_be_hidden()


@BOTH
def test_the_clock_can_be_switched(server: Server, visit: Visits, scripts: bool) -> None:
    """One click shows times on the other clock, on the same day, and it stays."""
    guest = visit(server, java_script_enabled=scripts).open()
    guest.link(THURSDAY).click()

    guest.link("12-hour clock").click()
    expect(guest.link("2:30 pm")).to_be_visible()
    expect(guest.heading("Thursday 4 February")).to_be_visible()
    guest.link("2:30 pm").click()

    expect(guest.page.locator(".bk-summary")).to_contain_text("2:30 pm – 3:00 pm")


def test_an_american_browser_gets_twelve_hours_and_sundays_first(server: Server, visit: Visits) -> None:
    """The language of the browser decides about clock and week."""
    guest = visit(server, locale="en-US").open()
    guest.link(re.compile("^Tuesday, February 2, 2027")).click()

    expect(guest.page.locator(".bk-month th").first).to_have_attribute("abbr", "Sunday")
    expect(guest.page.get_by_role("link", name=re.compile(r"^9:00.AM$"))).to_be_visible()
