"""What a booker weighs on the wire, in every language: compressed as it is sent, headers included."""

from __future__ import annotations

from collections.abc import Callable

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booker_components.languages import Languages
from booker_components.web import packing
from booker_components.web.assets import Assets

MONTH = "/book/intro-call?month=2027-02"
HTMX = {"HX-Request": "true", "HX-Target": "section#bk-booker", "HX-Current-URL": f"http://localhost{MONTH}"}
#: The first line of an answer, and what a server adds to say who it is.
OF_SERVERS = 60
LANGUAGES = Languages().tags


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    """A client of an app that delivers nothing."""
    return make_app(BOOKER_DISPATCH="none").test_client()


def ask(client: FlaskClient, address: str, **headers: str) -> TestResponse:
    """Ask as browsers do; so often that what is asked for by many has been compressed with patience."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return [client.get(address, headers={"Accept-Encoding": "gzip, br", **sent}) for _ in range(8)][-1]


def weight(answer: TestResponse) -> int:
    """Give the bytes of an answer on the wire."""
    return len(answer.data) + sum(len(f"{name}: {value}\r\n") for name, value in answer.headers) + OF_SERVERS


def of_files(client: FlaskClient, *names: str) -> int:
    """Give the bytes of static files on the wire."""
    assets: Assets = client.application.extensions["booker"].assets
    found = [name for name in assets.files if name in names or name.startswith(tuple(names))]
    assert len(found) == len(names)
    return sum(weight(ask(client, assets.path(name))) for name in found)


def test_a_first_view_is_small(client: FlaskClient) -> None:
    """Until the first time can be used; with all that comes by itself; and with htmx, at the first touch."""
    page = weight(ask(client, MONTH))
    alone = page + of_files(client, "booker.js", "icon.svg")

    assert page <= 4900
    assert alone <= 7200
    assert alone + of_files(client, "htmx-4") <= 19_400


def test_another_month_is_small(client: FlaskClient) -> None:
    """The widget that htmx puts in the place of the one on view."""
    assert weight(ask(client, "/book/intro-call?month=2027-03", **HTMX)) <= 3000


@pytest.mark.parametrize("language", LANGUAGES)
def test_all_that_is_ours_fits_into_a_window_of_tcp(client: FlaskClient, language: str) -> None:
    """Page, both scripts, and the rest of the style sheet, though some letters take three bytes."""
    page = ask(client, MONTH, **{"Accept-Language": language})

    assert f'lang="{language}"' in brotli.decompress(page.data).decode()
    assert weight(page) + of_files(client, "booker.js", "steps.js", "form-single-") <= 14_600


def test_what_is_one_visitors_is_not_compressed(client: FlaskClient) -> None:
    """Forms with tokens, and pages with answers of one visitor, tell nothing by their length (BREACH)."""
    addresses = {
        "shared": MONTH,
        "a form": "/book/intro-call?slot=2027-02-02T09:00:00Z",
        "prefilled": f"{MONTH}&name=Ann",
        "not found": "/bookings/unknown",
    }

    answers = {name: ask(client, address) for name, address in addresses.items()}

    assert {name for name, each in answers.items() if "Content-Encoding" in each.headers} == {"shared"}
    assert all("Accept-Encoding" in each.headers["Vary"] for each in answers.values())


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "widget"])
def test_pages_are_the_same_in_every_encoding(client: FlaskClient, headers: dict[str, str]) -> None:
    """However often they were asked for; each has the same tag, and is not sent again to who has either."""
    plain = client.get(MONTH, headers=headers)
    packed = [client.get(MONTH, headers={**headers, "Accept-Encoding": "br"}) for _ in range(9)]
    again = client.get(
        MONTH, headers={**headers, "Accept-Encoding": "br", "If-None-Match": plain.headers["ETag"]}
    )

    assert {brotli.decompress(each.data) for each in packed} == {plain.data}
    assert len(packed[-1].data) < len(packed[0].data)
    assert {each.headers["ETag"] for each in packed} == {plain.headers["ETag"]}
    assert (again.status_code, "Content-Encoding" in again.headers) == (304, False)


def test_the_quality_of_a_page_is_what_its_readers_make_it(client: FlaskClient) -> None:
    """The first readers wait for nothing; the eighth is worth some milliseconds."""
    packed = [client.get(MONTH, headers={"Accept-Encoding": "br"}).data for _ in range(10)]
    plain = client.get(MONTH).data

    assert packed[:7] == [packing.packed(plain, "br")] * 7
    assert packed[7:] == [packing.packed(plain, "br", quality=packing.EVER)] * 3
