"""What mails take of an app."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from jinja2 import TemplateNotFound

from booker_components import cancel_booking, create_booking, reschedule_booking
from booker_components.links import Purpose
from booker_components.testing import FrozenClock
from booker_components.values import Booking, EventType
from booker_components.web.mailing import MailSite

from ..conftest import INTRO, MONDAY, TUESDAY


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands a day before the first slot."""
    return FrozenClock(MONDAY)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An app below a prefix, with an address of its own."""
    return make_app(prefix="/book-here", BOOKER_PUBLIC_URL="https://app.example", BOOKER_DISPATCH="none")


@pytest.fixture
def booking(app: Flask) -> Booking:
    """A booking that was moved."""
    with app.app_context():
        made = create_booking("intro-call", TUESDAY, name="Bo", email="bo@guest.example")
        return reschedule_booking(made.uid, TUESDAY + timedelta(hours=1))


def test_addresses_are_absolute_and_signed_for_today(app: Flask, booking: Booking) -> None:
    """A booking of an older revision leads to where it stands now."""
    address = MailSite(app).address(Purpose.MANAGE, replace(booking, revision=1))

    assert address.startswith(f"https://app.example/book-here/bookings/{booking.uid}?token=")
    assert app.test_client().get(address).status_code == 200


def test_what_may_not_be_done_has_no_address(app: Flask, booking: Booking) -> None:
    """Neither deciding about what does not wait, nor changing what is off, nor what nobody knows."""
    site = MailSite(app)
    decide = site.address(Purpose.DECIDE, booking)
    with app.app_context():
        cancel_booking(booking.uid)

    assert decide == ""
    assert site.address(Purpose.RESCHEDULE, booking) == ""
    assert site.address(Purpose.CANCEL, booking) == ""
    assert site.address(Purpose.MANAGE, replace(booking, uid="unknown")) == ""


def test_booking_is_known_as_it_was_before_each_event(app: Flask, booking: Booking) -> None:
    """The event before tells; before the first there is nothing, unless the booking replaced another."""
    site = MailSite(app)
    moved, created = app.extensions["booker"].outbox.events()

    assert site.before(created) is None
    assert site.before(moved) == created.booking
    successor = replace(created.booking, uid="another", replaces=booking.uid)
    assert site.before(replace(created, id="unknown", booking=successor)) == moved.booking


@pytest.mark.parametrize(
    ("offered", "address"),
    [
        pytest.param(INTRO, "https://app.example/book-here/book/intro-call", id="offered"),
        pytest.param(replace(INTRO, private=True), "", id="private"),
    ],
)
def test_what_can_be_booked_again_has_an_address(
    make_app: Callable[..., Flask], offered: EventType, address: str, booking: Booking
) -> None:
    """Whoever came by a private link is not sent to a page that refuses."""
    app = make_app(prefix="/book-here", BOOKER_EVENT_TYPES=[offered], BOOKER_PUBLIC_URL="https://app.example")

    assert MailSite(app).again(booking) == address
    assert MailSite(app).again(replace(booking, event_type="gone")) == ""


def test_domain_is_that_of_the_public_address(app: Flask) -> None:
    """It makes ids of calendar entries; the calendar files of the pages have the same."""
    assert MailSite(app).domain == "app.example"


def test_unknown_template_is_an_error(app: Flask) -> None:
    """A mail that cannot be written is a failed delivery, not an empty mail."""
    with pytest.raises(TemplateNotFound):
        MailSite(app).render("unknown.txt", {})


def test_hidden_address_of_a_host_is_not_for_the_guest(
    make_app: Callable[..., Flask], booking: Booking
) -> None:
    """The rule is the one of the booking pages."""
    app = make_app(BOOKER_EVENT_TYPES=[replace(INTRO, host_email_hidden=True)])

    assert MailSite(app).for_guest(booking).host.email == ""
    assert booking.host.email == "ada@example.com"
