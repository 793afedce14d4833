"""A signed-in user in a browser: who they are is filled in, and stays so."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask
from playwright.sync_api import expect

from booker_components import booker_link, list_bookings

from .hosts import add_page
from .servers import Server
from .visits import WEDNESDAY, Visit

Visits = Callable[..., Visit]

ANN = {"name": "Ann Arden", "email": "ann@partner.example"}
HOST_PAGE = "booker('intro-call', locked={'name': 'Ann Arden', 'email': 'ann@partner.example'})"
# What somebody does who would rather be another.
_TAMPER = """
for (const each of document.querySelectorAll('.bk-form [readonly]')) {
  each.readOnly = false;
  each.value = 'eve@evil.example';
}
"""


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
@pytest.mark.parametrize("where", ["link", "host"])
def test_a_signed_in_user_books(
    app: Flask, serve: Callable[[Flask], Server], visit: Visits, scripts: bool, where: str
) -> None:
    """By a link or in a host's page, on another day than the first, and after another time was chosen."""
    add_page(app, HOST_PAGE)
    with app.app_context():
        address = booker_link("intro-call", locked=ANN) if where == "link" else "/host"
    guest = visit(serve(app), java_script_enabled=scripts).open(address)

    guest.pick()
    guest.button("Choose another time").click()
    guest.button(WEDNESDAY).or_(guest.link(WEDNESDAY)).click()
    guest.button("11:00").or_(guest.link("11:00")).click()
    name, email = (guest.page.get_by_label(each, exact=True) for each in ("Your name", "E-mail address"))
    expect(name).to_have_value("Ann Arden")
    expect(email).not_to_be_editable()
    expect(email).to_have_accessible_description(re.compile("cannot be changed here"))
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    with app.app_context():
        (booking,) = list_bookings()
    assert (booking.attendee.name, booking.attendee.email) == tuple(ANN.values())
    assert not any(re.search("Ann|partner", each) for each in guest.requests)
    assert "prefill" not in guest.page.url


def test_a_user_who_would_be_another_is_not(app: Flask, server: Server, visit: Visits) -> None:
    """Whatever becomes of the fields in the browser; and it keeps what was typed, not who typed it."""
    with app.app_context():
        link = booker_link("intro-call", locked=ANN)
    guest = visit(server).open(link)
    guest.pick()

    guest.page.get_by_label("Additional notes").fill("Hello")
    kept = str(guest.page.evaluate("JSON.stringify(sessionStorage)"))
    guest.page.evaluate(_TAMPER)
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    with app.app_context():
        (booking,) = list_bookings()
    assert (booking.attendee.email, booking.notes) == ("ann@partner.example", "Hello")
    assert "Hello" in kept
    assert "Ann" not in kept
