"""The guest's own calendar beside the times: what we give the browser, and what we fetch for it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import html5lib
import pytest
from flask import Flask
from werkzeug.test import TestResponse
from werkzeug.wrappers import Response

from ..providers.remote import serving

CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//x//EN\r\nEND:VCALENDAR\r\n"


@contextmanager
def elsewhere(body: bytes, status: int = 200) -> Iterator[tuple[str, list[str]]]:
    """Answer every request with *body*; gives the address, and at the end the paths that were asked for."""
    asked: list[str] = []
    with serving(Response(body, status)) as remote:
        yield f"{remote.url}/me.ics", asked
        asked += [each.path for each in remote.requests]


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An app that fetches calendars, from this machine too."""
    return make_app(BOOKER_OVERLAY="link", BOOKER_PRIVATE_NETWORK=True)


def send(app: Flask, url: str, **headers: str) -> TestResponse:
    """Ask for the calendar at *url* as the script does."""
    client = app.test_client()
    form = html5lib.parse(client.get("/booker/overlay").text, namespaceHTMLElements=False)
    token = next(each.get("value") for each in form.iter("input") if each.get("name") == "csrf_token")
    return client.post("/booker/overlay", data={"url": url, "csrf_token": token}, headers=headers)


def test_the_form_asks_for_a_file_alone_by_default(make_app: Callable[..., Flask]) -> None:
    """Nothing is fetched for anybody unless the host wants it."""
    client = make_app().test_client()

    form = client.get("/booker/overlay").text

    assert 'type="file"' in form
    assert 'type="url"' not in form
    assert client.post("/booker/overlay", data={"url": "https://example.com/"}).status_code == 404


def test_none_is_offered_where_the_host_wants_none(make_app: Callable[..., Flask]) -> None:
    """Without it there is no such page."""
    client = make_app(BOOKER_OVERLAY="none").test_client()

    assert client.get("/booker/overlay").status_code == 404


def test_a_calendar_is_given_as_it_is(app: Flask) -> None:
    """It is fetched once, and no browser or proxy keeps it."""
    with elsewhere(CALENDAR) as (url, asked):
        answer = send(app, url)

    assert answer.status_code == 200
    assert answer.data == CALENDAR
    assert answer.mimetype == "text/calendar"
    assert answer.headers["Cache-Control"] == "no-store"
    assert asked == ["/me.ics"]


@pytest.mark.parametrize(
    ("body", "status"),
    [(b"<html>secrets of the network</html>", 200), (CALENDAR, 404), (b"x" * 2_100_000, 200)],
    ids=["another thing", "an error", "too large"],
)
def test_whatever_is_no_calendar_is_told_to_nobody(app: Flask, body: bytes, status: int) -> None:
    """All of it gives the same sentence, so that nothing is learnt by asking."""
    with elsewhere(body, status) as (url, _asked):
        answer = send(app, url)

    assert answer.status_code == 400
    assert answer.json == {
        "sentence": "The calendar at this address could not be read. Please check it, or choose a file."
    }


@pytest.mark.parametrize(
    "url",
    [
        "",
        "example.com/me.ics",
        "ftp://example.com/me.ics",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "https://",
        "http://example.com/me.ics",
    ],
)
def test_no_other_address_is_called(make_app: Callable[..., Flask], url: str) -> None:
    """Only https, by that name or the one for calendars."""
    answer = send(make_app(BOOKER_OVERLAY="link"), url)

    assert answer.status_code == 400
    assert answer.json == {
        "sentence": "This is not the address of a calendar. It begins with https:// or webcal://."
    }


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/me.ics",
        "https://localhost/me.ics",
        "https://[::1]/me.ics",
        "https://169.254.169.254/latest/meta-data",
        "webcal://10.0.0.1/me.ics",
        "https://user:password@example.com/me.ics",
        "https://no-such-host.invalid/me.ics",
    ],
)
def test_nobody_learns_which_names_lead_to_this_network(make_app: Callable[..., Flask], url: str) -> None:
    """What this machine reaches by itself is for nobody else, and reads like what is not there."""
    answer = send(make_app(BOOKER_OVERLAY="link"), url)

    assert answer.status_code == 400
    assert answer.json == {
        "sentence": "The calendar at this address could not be read. Please check it, or choose a file."
    }


def test_another_site_cannot_ask(app: Flask) -> None:
    """A form that was sent from elsewhere, or without our token, fetches nothing."""
    with elsewhere(CALENDAR) as (url, asked):
        crossed = send(app, url, **{"Sec-Fetch-Site": "cross-site"})
        bare = app.test_client().post("/booker/overlay", data={"url": url})

    assert (crossed.status_code, bare.status_code) == (403, 403)
    assert asked == []


def test_one_address_may_ask_so_often(app: Flask) -> None:
    """We are nobody's means to call others without end."""
    with elsewhere(CALENDAR) as (url, asked):
        statuses = [send(app, url).status_code for _ in range(31)]

    assert statuses == [200] * 30 + [429]
    assert len(asked) == 30
