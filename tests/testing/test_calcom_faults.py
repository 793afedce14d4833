"""Tests of what goes wrong in the fake Cal.com when a test says so."""

from __future__ import annotations

import time

import pytest
import requests

from booker_components.testing import FakeCalcom
from booker_components.testing.calcom.records import EventType

from .api import Api, at


@pytest.fixture
def guest(calcom: FakeCalcom) -> Api:
    """Somebody who proves nothing."""
    return Api(calcom)


@pytest.fixture
def intro(calcom: FakeCalcom) -> EventType:
    """Half an hour with a host in Berlin."""
    return calcom.add_event_type(calcom.add_user("ada", zone="Europe/Berlin"), "intro")


def test_an_error_is_as_the_vendor_writes_it(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """Once, or as often as asked; then all is well."""
    calcom.next(status=503, words="Down.", times=2)

    answers = [guest.send("GET", "/event-types", username="ada") for _ in range(3)]

    assert [each.status_code for each in answers] == [503, 503, 200]
    assert answers[0].json()["error"]["message"] == "Down."
    assert answers[0].headers["X-Request-Id"]


@pytest.mark.parametrize(
    ("body", "text"), [({"x": 1}, '{"x": 1}'), ("Bad gateway", "Bad gateway")], ids=["JSON", "text"]
)
def test_an_error_may_have_any_body(calcom: FakeCalcom, guest: Api, body: object, text: str) -> None:
    """And any headers."""
    calcom.next(status=502, body=body, headers={"Retry-After": "5"})

    answer = guest.send("GET", "/event-types", username="ada")

    assert (answer.status_code, answer.text, answer.headers["Retry-After"]) == (502, text, "5")


def test_only_the_calls_that_are_meant_go_wrong(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """By method and path; until all is healed."""
    calcom.next(status=500, method="POST", path="/bookings/*/cancel", times=9)
    uid = guest.book(intro, at(8))["uid"]

    assert guest.refused("POST", f"/bookings/{uid}/cancel", json={})[0] == 500
    assert guest.get(f"/bookings/{uid}")["status"] == "accepted"
    calcom.heal()
    assert guest.post(f"/bookings/{uid}/cancel", {})["status"] == "cancelled"


def test_a_cut_connection_answers_nothing(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """And does nothing."""
    calcom.next(cut=True)

    with pytest.raises(requests.ConnectionError):
        guest.book(intro, at(8))

    assert calcom.bookings == []
    assert calcom.requests[0].answer is None


def test_an_outcome_may_be_unknown(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """The booking is made, and nobody hears of it."""
    calcom.next(cut=True, perform=True, method="POST", path="/bookings")

    with pytest.raises(requests.ConnectionError):
        guest.book(intro, at(8))

    assert [each.status for each in calcom.bookings] == ["accepted"]


def test_a_slow_answer_is_a_true_one(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """It only takes its time."""
    calcom.next(delay=0.1)
    begin = time.monotonic()

    assert guest.get("/event-types", username="ada")
    assert time.monotonic() - begin >= 0.1


def test_garbage_is_no_json(calcom: FakeCalcom, guest: Api) -> None:
    """A page, as proxies send them."""
    calcom.next(garbage=True)

    answer = guest.send("GET", "/event-types", username="ada")

    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/html")


def test_a_limit_says_how_long_it_holds(calcom: FakeCalcom, guest: Api) -> None:
    """As a duration, and not in Retry-After (contracts/calcom.md 4.4)."""
    calcom.throttle(reset=7)

    answer = guest.send("GET", "/event-types", username="ada")

    assert answer.status_code == 429
    assert answer.json()["error"]["message"] == (
        "CustomThrottlerGuard - Too many requests. Please try again later."
    )
    assert answer.headers["X-RateLimit-Remaining-Default"] == "0"
    assert answer.headers["X-RateLimit-Reset-Default"] == "7"
    assert "Retry-After" not in answer.headers
