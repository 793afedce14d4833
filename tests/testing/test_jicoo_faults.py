"""Tests of what goes wrong in the fake Jicoo when a test says so."""

from __future__ import annotations

import time
from typing import Any

import pytest
import requests

from booker_components.testing import FakeJicoo
from booker_components.testing.jicoo import Errors, EventType

from .jicoo import JicooApi, at


@pytest.fixture
def api(jicoo: FakeJicoo) -> JicooApi:
    """A client with a key that may do everything."""
    return JicooApi(jicoo)


@pytest.fixture
def intro(jicoo: FakeJicoo) -> EventType:
    """Half an hour with somebody in Tokyo."""
    return jicoo.add_event_type(zone="Asia/Tokyo")


def test_an_error_is_in_the_shape_that_is_switched_on(jicoo: FakeJicoo, api: JicooApi) -> None:
    """As often as asked; then all is well."""
    jicoo.habits.errors = Errors.LIST
    jicoo.next(status=500, words="Down.", times=2)

    answers = [api.send("GET", "/bookings") for _ in range(3)]

    assert [each.status_code for each in answers] == [500, 500, 200]
    assert answers[0].json()["errors"] == [{"field": "base", "message": "Down."}]


@pytest.mark.parametrize(
    ("body", "text"), [({"x": 1}, '{"x": 1}'), ("Bad gateway", "Bad gateway")], ids=["JSON", "text"]
)
def test_an_error_may_have_any_body(jicoo: FakeJicoo, api: JicooApi, body: Any, text: str) -> None:
    """JSON of any kind, or none."""
    jicoo.next(status=502, body=body)

    answer = api.send("GET", "/bookings")

    assert (answer.status_code, answer.text) == (502, text)


@pytest.mark.parametrize("status", [0, 503], ids=["200", "503"])
def test_garbage_is_a_page(jicoo: FakeJicoo, api: JicooApi, status: int) -> None:
    """As proxies send them."""
    jicoo.next(garbage=True, status=status)

    answer = api.send("GET", "/bookings")

    assert (answer.status_code, answer.headers["Content-Type"]) == (status or 200, "text/html")


def test_a_limit_says_nothing_of_its_length(jicoo: FakeJicoo, api: JicooApi) -> None:
    """Unless a test lets it (contracts/jicoo.md 1)."""
    jicoo.throttle()
    jicoo.throttle(retry_after=7)

    answers = [api.send("GET", "/bookings") for _ in range(2)]

    assert [each.status_code for each in answers] == [429, 429]
    assert [each.headers.get("Retry-After") for each in answers] == [None, "7"]


def test_only_the_calls_that_are_meant_go_wrong(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """By method and path; until all is healed."""
    jicoo.next(status=500, method="POST", path="/bookings/*/cancel", times=9)
    uid = api.book(intro, at(0))["uid"]

    assert api.refused("POST", f"/bookings/{uid}/cancel", json={})[0] == 500
    jicoo.heal()
    assert api.post(f"/bookings/{uid}/cancel", {})["status"] == "cancel"


@pytest.mark.parametrize("perform", [False, True], ids=["nothing is done", "it is done"])
def test_a_cut_connection_leaves_the_outcome_open(
    jicoo: FakeJicoo, api: JicooApi, intro: EventType, *, perform: bool
) -> None:
    """The booking is made, or not; nobody hears of it."""
    jicoo.next(cut=True, perform=perform, method="POST")

    with pytest.raises(requests.ConnectionError):
        api.book(intro, at(0))

    assert [each.status for each in jicoo.bookings] == ["open"] * perform
    assert jicoo.requests[-1].answer is None


def test_a_lost_answer_may_be_an_error(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """A gateway gave up, the booking was made."""
    jicoo.next(status=504, perform=True, method="POST")

    assert api.send("POST", "/bookings", json=api.wish(intro, at(0))).status_code == 504
    assert len(jicoo.bookings) == 1


def test_a_slow_answer_is_a_true_one(jicoo: FakeJicoo, api: JicooApi) -> None:
    """It only takes its time."""
    jicoo.next(delay=0.1)
    begin = time.monotonic()

    assert api.get("/bookings") == []
    assert time.monotonic() - begin >= 0.1
