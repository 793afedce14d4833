"""Pages that a browser may keep: asked about again, they are sent again only where they have changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask, Response, session
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booker_components import booker_link, booking_link, cancel_booking, create_blueprint, create_booking
from booker_components.testing import FrozenClock

from ..conftest import INTRO
from ..databases import lay_database
from ..guests import BO

MONTH = "/book/intro-call?month=2027-02"
TEN, TUESDAY_TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC), "2027-02-02T09:00:00Z"
HTMX = {"HX-Request": "true", "HX-Target": "section#bk-booker", "HX-Current-URL": f"http://localhost{MONTH}"}
VARY = {"Accept-Encoding", "Accept-Language", "HX-History-Restore-Request", "HX-Request"}
#: What decides on an answer to htmx, besides.
HTMX_VARY = {"HX-Boosted", "HX-Current-URL", "HX-Target"}


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    """A client of an app that delivers nothing."""
    return make_app(BOOKER_DISPATCH="none").test_client()


def again(client: FlaskClient, seen: TestResponse, address: str = MONTH, **headers: str) -> TestResponse:
    """Ask whether what was *seen* is still so."""
    return client.get(address, headers={**headers, "If-None-Match": seen.headers["ETag"]})


def _shared(response: TestResponse) -> dict[str, str]:
    """Give the headers by which a browser goes when it takes out what it has kept (RFC 9111, 4.3.4)."""
    return {
        name: value
        for name, value in response.headers.items()
        if name not in ("Content-Type", "Content-Length", "Date")
    }


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "widget"])
@pytest.mark.parametrize(
    "query", ["", "&name=Bo%20M%C3%BCller&email=bo@guest.example"], ids=["plain", "prefilled"]
)
def test_a_page_that_has_not_changed_is_not_sent_again(
    client: FlaskClient, headers: dict[str, str], query: str
) -> None:
    """304, without a body, with the headers of the page."""
    seen = client.get(MONTH + query, headers=headers)

    unchanged = again(client, seen, MONTH + query, **headers)

    assert (seen.status_code, unchanged.status_code, unchanged.data) == (200, 304, b"")
    assert _shared(unchanged) == _shared(seen)
    assert seen.headers["Cache-Control"] == "private, no-cache"
    assert seen.headers["ETag"].startswith('W/"')
    assert set(seen.vary.as_set(preserve_casing=True)) == VARY | (HTMX_VARY if headers else set())
    assert seen.headers.getlist("Set-Cookie") == []


def test_new_availability_is_sent(client: FlaskClient) -> None:
    """After a booking, after its cancellation, and as the clock goes on."""
    seen = client.get(MONTH)
    with client.application.app_context():
        uid = create_booking("intro-call", TEN, **BO).uid
    booked = again(client, seen)
    with client.application.app_context():
        cancel_booking(uid)

    assert (booked.status_code, TUESDAY_TEN in booked.text) == (200, False)
    assert again(client, booked).status_code == 200
    assert again(client, seen).status_code == 304


def test_a_new_day_is_sent(client: FlaskClient, clock: FrozenClock) -> None:
    """Today is another, though the times of the month after are the same."""
    address = "/book/intro-call?month=2027-03"
    seen = client.get(address)
    clock.move(timedelta(days=30))

    assert again(client, seen, address).status_code == 200


OTHERS = {
    "the widget alone": {"HX-Request": "true"},
    "a widget with another id": {"HX-Request": "true", "HX-Target": "bk-mine"},
    "another language": {"Accept-Language": "en-US"},
}


@pytest.mark.parametrize("headers", OTHERS.values(), ids=OTHERS)
def test_what_reads_otherwise_has_another_tag(client: FlaskClient, headers: dict[str, str]) -> None:
    """A tag of one is none of the other's."""
    seen = client.get(MONTH)

    other = again(client, seen, **headers)

    assert other.status_code == 200
    assert other.headers["ETag"] != seen.headers["ETag"]


_FROM = {"HX-Push-Url": "month=2027-03", "HX-Replace-Url": "month=2027-02&clock=12"}


def test_htmx_is_told_the_address_by_either_answer(client: FlaskClient) -> None:
    """Whether the browser has kept the widget is not to decide where the visitor stands."""
    headers = {**HTMX, "HX-Current-URL": "http://localhost/book/intro-call?month=2027-03"}

    seen = client.get(MONTH, headers=headers)
    unchanged = again(client, seen, **headers)

    assert [each.headers["HX-Push-Url"] for each in (seen, unchanged)] == [MONTH, MONTH]
    assert unchanged.status_code == 304


def test_what_htmx_is_told_by_has_a_part_in_the_tag(client: FlaskClient) -> None:
    """A browser would add the header of a 304 to the other one that it has kept."""
    there = {name: f"http://localhost/book/intro-call?{query}" for name, query in _FROM.items()}
    seen = {
        name: client.get(MONTH, headers={**HTMX, "HX-Current-URL": address})
        for name, address in there.items()
    }

    statuses = {
        (kept, asked): again(client, seen[kept], **{**HTMX, "HX-Current-URL": there[asked]}).status_code
        for kept in there
        for asked in there
    }

    assert [set(_FROM) & set(each.headers.keys()) for each in seen.values()] == [{name} for name in _FROM]
    assert {pair for pair, status in statuses.items() if status == 304} == {(name, name) for name in there}


def test_what_a_host_adds_to_vary_takes_nothing_away(tmp_path: Path, clock: FrozenClock) -> None:
    """Flask adds to it for a session; a cache that missed the rest would show a widget as a page."""
    app = Flask("partner", root_path=str(tmp_path), instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")
    lay_database(tmp_path)
    blueprint = create_blueprint(clock=clock)

    def vary(response: Response) -> Response:
        response.vary.add("Origin")
        return response

    blueprint.after_request(vary)
    app.register_blueprint(blueprint)
    app.before_request(lambda: session.update(user="ann"))

    page = app.test_client().get(MONTH)
    app.extensions["booker"].storage.close()

    assert set(page.vary.as_set(preserve_casing=True)) == {*VARY, "Origin", "Cookie"}
    assert len(page.headers.getlist("Vary")) == 1


def test_head_tells_what_get_would(client: FlaskClient) -> None:
    """The same headers, without the page."""
    page, head = client.get(MONTH), client.head(MONTH)

    assert head.data == b""
    assert {**head.headers, "Date": ""} == {**page.headers, "Date": ""}


@pytest.mark.parametrize(
    "query",
    ["slot=2027-02-02T09:00:00Z", "tz=Nowhere", "slot=2027-02-06T09:00:00Z"],
    ids=["form", "wrong", "taken"],
)
def test_what_is_said_once_has_no_tag(client: FlaskClient, query: str) -> None:
    """A form has a key of its own; a wrong address is no page to come back to."""
    response = client.get(f"/book/intro-call?{query}")

    assert ("ETag" in response.headers) is ("2027-02-06" in query)


def test_personal_pages_are_kept_nowhere(client: FlaskClient) -> None:
    """Nobody's browser stores them, so none has anything to ask about."""
    with client.application.app_context():
        uid = create_booking("intro-call", TEN, **BO).uid
        addresses = [booking_link(uid, purpose) for purpose in ("manage", "reschedule", "cancel")]
        addresses += [f"/bookings/{uid}", "/bookings/unknown", f"/bookings/{uid}.ics"]
        addresses.append(booker_link("intro-call", locked={"name": "Ann Arden"}))

    answers = [client.get(address) for address in addresses]

    assert {each.headers["Cache-Control"] for each in answers} == {"no-store"}
    assert ["ETag" in each.headers for each in answers] == [False] * len(addresses)


def test_posts_are_answered_whole(client: FlaskClient) -> None:
    """Whatever a browser says that it has seen."""
    seen = client.get(MONTH)

    response = client.post(
        "/book/intro-call", data={"go": "month=2027-02"}, headers={"If-None-Match": seen.headers["ETag"]}
    )

    assert (response.status_code, response.text) == (200, seen.text)
    assert response.headers["Cache-Control"] == "no-store"
