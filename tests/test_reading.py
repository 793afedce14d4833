"""What guests read: offsets of the day on view, the repeated hour told apart, numbers as they were typed."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from flask.testing import FlaskClient

from booker_components import BookingWindow, Host, Question, QuestionKind, Schedule, create_booking

from .conftest import HOST, INTRO, TUESDAY
from .pages import Page


def test_the_zone_has_the_offset_of_the_day_on_view(client: FlaskClient) -> None:
    """In March the page of a day after the change says the offset after the change."""
    before = Page.of(client.get("/book/intro-call?date=2027-03-26&tz=Europe/Paris")).text()
    after = Page.of(client.get("/book/intro-call?date=2027-03-30&tz=Europe/Paris")).text()

    assert "Paris, GMT+1" in before
    assert "Paris, GMT+2" in after


def test_the_repeated_hour_is_told_apart(make_app: Any, clock: Any) -> None:
    """As the clocks go back, both halves of the hour are on offer, each with its offset."""
    nights = Host(slug="n", name="N", zone="America/New_York", schedule=Schedule(weekly=(((0, 240),),) * 7))
    app = make_app(BOOKER_EVENT_TYPES=[replace(INTRO, hosts=(nights,), window=BookingWindow(days=None))])
    clock.set(datetime(2027, 11, 1, tzinfo=UTC))

    page = Page.of(app.test_client().get("/book/intro-call?date=2027-11-07&tz=America/New_York&clock=24"))

    said = page.text()
    for label in ("01:00 (GMT-4)", "01:30 (GMT-4)", "01:00 (GMT-5)", "01:30 (GMT-5)"):
        assert said.count(label) == 1
    assert "00:30 (GMT" not in said


def test_a_number_is_shown_as_it_was_typed(make_app: Any) -> None:
    """A customer's number of eight digits is not shortened."""
    question = Question(slug="customer", label="Customer number", kind=QuestionKind.NUMBER)
    app = make_app(BOOKER_LINKS="uid", BOOKER_EVENT_TYPES=[replace(INTRO, questions=(question,))])
    with app.app_context():
        answers = {"customer": 12345678}
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="b@example.com", answers=answers)

    assert "12345678" in Page.of(app.test_client().get(f"/bookings/{booking.uid}")).text()


def test_a_slow_typist_learns_until_when_it_was_possible(make_app: Any, clock: Any) -> None:
    """A time that has slipped into the notice is refused with the moment at which it did."""
    app = make_app(BOOKER_EVENT_TYPES=[replace(INTRO, minimum_notice=timedelta(hours=4), hosts=(HOST,))])
    client = app.test_client()
    action, data = Page.of(client.get("/book/intro-call?slot=2027-02-01T13:00:00Z")).form()
    clock.move(timedelta(hours=2))

    answer = client.post(action, data=data | {"name": "Bo", "email": "bo@example.com"})

    assert answer.status_code == 422
    said = Page.of(answer).text()
    assert "too soon: it could be booked until Monday 1 February 2027, 10:00." in said


def test_the_way_back_from_a_closed_change_keeps_the_guest_in(make_app: Any, clock: Any) -> None:
    """Who comes too late by a good link is led to the whole booking page, not to a stranger's."""
    app = make_app()
    client = app.test_client()
    action, data = Page.of(client.get("/book/intro-call?slot=2027-02-02T09:00:00Z")).form()
    booked = client.post(action, data=data | {"name": "Bo", "email": "bo@example.com"})
    address = Page.of(client.get(booked.location)).links("/bookings/cancel/")[0]
    clock.move(timedelta(days=2))

    page = Page.of(client.get(address))

    assert page.status == 409
    assert "bo@example.com" in Page.of(client.get(page.links("/bookings/")[0])).text()
