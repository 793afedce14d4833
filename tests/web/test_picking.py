"""The calendar with its zones, lengths and clocks, as a browser without scripts is given it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from ..conftest import INTRO

MONTH = "/book/intro-call?month=2027-02"
OPEN = re.compile(r'<a href="([^"#]+)#([^"]+)" data-bk-go class="bk-zone__current"[^>]*aria-expanded="false"')
CLOSE = re.compile(r'<a href="([^"#]+)" data-bk-go class="bk-zone__current"[^>]*aria-expanded="true"')
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    """A client of an app that delivers nothing."""
    return make_app(BOOKER_DISPATCH="none").test_client()


def address_of(pattern: re.Pattern[str], page: str) -> str:
    """Give the address of the one link that fits *pattern*."""
    (found,) = pattern.finditer(page)
    return found[1].replace("&amp;", "&")


def test_the_list_of_zones_is_a_step_of_its_own(client: FlaskClient) -> None:
    """A page has no list until somebody asks for it, and the same link hides it again."""
    page = client.get(MONTH).text
    listed = client.get(address_of(OPEN, page)).text

    assert page.count("<option") == 0
    assert listed.count("<option") > 300
    assert f'id="{OPEN.search(page)[2]}"' in listed  # type: ignore[index]  # it was found above
    assert client.get(address_of(CLOSE, listed)).text == page


def test_the_list_keeps_what_is_on_view(client: FlaskClient) -> None:
    """The form of the list goes on from the day and the clock on view, and shows no list then."""
    listed = client.get("/book/intro-call?date=2027-02-04&clock=12&zones=1").text
    kept = dict(HIDDEN.findall(listed))

    chosen = client.get("/book/intro-call", query_string={**kept, "tz": "Asia/Kathmandu"}).text

    assert kept == {"date": "2027-02-04", "clock": "12"}
    assert "1:45" in chosen
    assert chosen.count("<option") == 0


def test_other_steps_hide_the_list(client: FlaskClient) -> None:
    """A day, a month, a time or the other clock is another place."""
    listed = client.get(f"{MONTH}&zones=1").text
    steps = re.findall(r'href="(/book/intro-call\?[^"]+)"', listed)

    assert len(steps) > 100
    assert [each for each in steps if "zones=" in each] == []


def test_a_locked_zone_has_no_list(make_app: Callable[..., Flask]) -> None:
    """Whatever the address asks for."""
    app = make_app(BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=[replace(INTRO, zone_locked=True)])

    page = app.test_client().get(f"{MONTH}&zones=1").text

    assert "<option" not in page
    assert "Time zone:" in page


def test_what_was_typed_stays_while_the_list_is_on_view(client: FlaskClient) -> None:
    """With answers carried along the list is shown by a button, and its form sends them on."""
    typed = {"name": "Ann", "email": "ann@example.com"}

    listed = client.post("/book/intro-call", data={"go": "month=2027-02&zones=1", **typed}).text
    form = listed[listed.index("data-bk-zones") :].partition("</form>")[0]
    sent = dict(re.findall(r'name="([^"]+)" value="([^"]*)"', form))
    chosen = client.post("/book/intro-call", data={**sent, "tz": "Asia/Tokyo"}).text

    assert sent == {**typed, "go": "month=2027-02"}
    assert "Tokyo" in chosen
    assert 'value="Ann"' in chosen
    assert "<option" not in chosen


def test_a_day_is_called_by_its_full_date(client: FlaskClient) -> None:
    """And by how many times it has: one, or several."""
    page = client.get(MONTH).text

    assert re.search(r'aria-label="Tuesday 2 February 2027, \d+ times"', page)
    assert "data-bk-day" in page
