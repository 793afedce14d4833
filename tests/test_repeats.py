"""The same form sent twice, and keys that meet: one booking where one was meant, and never another's."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booker_components import create_booking, list_bookings

from .conftest import TUESDAY
from .pages import Page

BO = {"name": "Bo", "email": "bo@example.com"}


def form_at(client: FlaskClient, address: str) -> tuple[str, dict[str, Any]]:
    """Give the form of a page, filled in by Bo."""
    action, data = Page.of(client.get(address)).form()
    return action, data | BO


def test_a_key_in_the_address_is_not_taken(client: FlaskClient) -> None:
    """A link that somebody else wrote cannot choose the key of a guest's booking."""
    _, data = form_at(client, "/book/intro-call?slot=2027-02-02T09:00:00Z&key=known")

    assert data["key"] != "known"
    assert len(data["key"]) >= 20


def test_a_form_cannot_reach_a_booking_of_the_host(app: Flask, client: FlaskClient) -> None:
    """The keys of forms and the host's own are apart, however they are guessed."""
    with app.app_context():
        create_booking("intro-call", TUESDAY, key="order-1", **BO)
    action, data = form_at(client, "/book/intro-call?slot=2027-02-02T09:00:00Z")

    taken = client.post(action, data=data | {"slot": "2027-02-02T08:00:00Z", "key": "order-1"})

    assert taken.status_code == 409
    assert "token=" not in taken.headers.get("Location", "")


def test_a_form_that_has_booked_can_book_again(app: Flask, client: FlaskClient) -> None:
    """Back and another time: the guest is asked once, and the second sending makes the second booking."""
    action, data = form_at(client, "/book/intro-call?slot=2027-02-02T09:00:00Z")
    first = client.post(action, data=data)

    asked = client.post(action, data=data | {"slot": "2027-02-02T10:00:00Z"})
    again_action, again = Page.of(asked).form()
    second = client.post(again_action, data=again)

    assert (first.status_code, asked.status_code, second.status_code) == (303, 422, 303)
    assert "Send it once more to make another one" in Page.of(asked).text()
    with app.app_context():
        assert len(list_bookings()) == 2


@pytest.mark.parametrize("links", ["signed", "uid"])
@pytest.mark.parametrize("part", ["/reschedule?", "/bookings/cancel/"], ids=["move", "cancel"])
def test_a_change_sent_twice_at_once_is_one(make_app: Any, links: str, part: str) -> None:
    """After a double click the browser shows the answer to the second form: the booking as it now stands."""
    app = make_app(BOOKER_LINKS=links)
    client = app.test_client()
    action, data = form_at(client, "/book/intro-call?slot=2027-02-02T09:00:00Z")
    booked = client.post(action, data=data)
    address = Page.of(client.get(booked.location)).links(part)[0]
    if part == "/reschedule?":
        address += "&slot=2027-02-02T12:00:00Z"
    action, data = Page.of(client.get(address)).form()

    answers = [client.post(action, data=data) for _ in range(2)]

    assert [each.status_code for each in answers] == [303, 303]
    assert answers[0].location == answers[1].location
    with app.app_context():
        assert [each.revision for each in list_bookings()] == [2]


def test_an_old_link_stays_dead_after_a_minute(app: Flask, client: FlaskClient, clock: Any) -> None:
    """Only a form sent twice at once is let pass; a link from an old mail is not."""

    action, data = form_at(client, "/book/intro-call?slot=2027-02-02T09:00:00Z")
    page = Page.of(client.get(client.post(action, data=data).location))
    action, data = Page.of(client.get(page.links("/bookings/cancel/")[0])).form()
    client.post(action, data=data)

    clock.move(timedelta(seconds=61))

    assert client.post(action, data=data).status_code == 410
