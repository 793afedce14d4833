"""Bookers that are asked for once a guest comes near them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from .hosts import add_page
from .servers import Server
from .visits import NO_SCRIPTS, TUESDAY, Visit

Visits = Callable[..., Visit]

FAR = 'booker.lazy("intro-call") + booker.lazy("check-up", prefill={"email": "known@example.com"})'
TALL = "#host-only { height: 3000px; }"


@pytest.fixture
def page(make_app: Callable[..., Flask], serve: Callable[[Flask], Server]) -> Callable[..., Server]:
    """Serve a page of a host with two shells; keywords are those of `add_page`."""

    def start(**options: str) -> Server:
        app = make_app()
        add_page(app, FAR, **options)
        return serve(app)

    return start


@pytest.mark.parametrize("htmx", ["", "4", "2"], ids=["no htmx", "htmx 4", "htmx 2"])
def test_a_booker_comes_once_the_guest_is_near(page: Callable[..., Server], visit: Visits, htmx: str) -> None:
    """Not before; in the guest's zone, without taking the focus, and the page stays where it is."""
    guest = visit(page(css=TALL, htmx=htmx), timezone_id="America/New_York").open("/host")
    guest.page.wait_for_timeout(300)
    before = list(guest.requests)

    guest.page.locator("#bk-booker-intro-call").scroll_into_view_if_needed()
    widget = guest.page.locator("#bk-booker-intro-call")
    expect(widget.get_by_role("heading", name="February 2027", exact=True)).to_be_visible()

    assert [each for each in before if "/book/" in each] == []
    expect(widget.locator(".bk-zone__label")).to_contain_text("New York")
    expect(guest.page.locator("body")).to_be_focused()
    assert guest.page.url.endswith("/host")
    widget.get_by_role("link", name=TUESDAY).click()
    widget.get_by_role("link", name="03:00", exact=True).click()
    expect(widget.get_by_role("button", name="Confirm booking")).to_be_visible()


def test_what_the_host_knows_stands_in_the_form_and_in_no_address(
    page: Callable[..., Server], visit: Visits
) -> None:
    """A token stands for it until the form is there."""
    guest = visit(page()).open("/host")
    widget = guest.page.locator("#bk-booker-check-up")

    # Choices are buttons while what is known is carried along.
    widget.get_by_role("button", name=TUESDAY).click()
    widget.get_by_role("button", name="10:00", exact=True).click()

    expect(widget.get_by_label("E-mail address", exact=True)).to_have_value("known@example.com")
    assert not any("known" in each for each in guest.requests)


@pytest.mark.parametrize("options", [NO_SCRIPTS], ids=["no scripts"])
def test_without_scripts_a_shell_is_a_link(
    page: Callable[..., Server], visit: Visits, options: dict[str, bool]
) -> None:
    """To the booker's own page."""
    guest = visit(page(), **options).open("/host")

    guest.link("Intro call").click()

    expect(guest.page).to_have_url(re.compile("/book/intro-call$"))
    expect(guest.heading("February 2027")).to_be_visible()
