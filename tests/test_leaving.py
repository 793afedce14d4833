"""After booking, a guest goes to the event type's own page where that is allowed, out of any frame."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from .conftest import INTRO
from .pages import Page, path

DONE = replace(INTRO, success_url="https://partner.example/done?from=mail")


@pytest.fixture
def guest(make_app: Callable[..., Flask]) -> FlaskClient:
    """A guest of an app that may send guests to the partner's pages."""
    app = make_app(BOOKER_EVENT_TYPES=[DONE], BOOKER_REDIRECT_ORIGINS=["https://partner.example"])
    return app.test_client()


def _book(guest: FlaskClient, query: str = "", **headers: str) -> TestResponse:
    """Book the first time on offer, as a guest without scripts does."""
    calendar = Page.of(guest.get(f"/book/intro-call{query}"))
    action, fields = Page.of(guest.get(path(calendar.times()[0]))).form()
    fields |= {"name": "Bo Ek", "email": "bo@example.org"}
    return guest.post(action, data=fields, headers=headers)


def test_the_guest_goes_to_the_page_of_the_event_type(guest: FlaskClient) -> None:
    """With the parameters of Cal.com, those of the booker's own address among them."""
    response = _book(guest, "?utm_source=ad")

    address = urlsplit(response.location)
    sent = parse_qs(address.query)
    assert response.status_code == 303
    assert (address.netloc, address.path) == ("partner.example", "/done")
    assert (sent["from"], sent["utm_source"]) == (["mail"], ["ad"])
    assert (sent["isSuccessBookingPage"], sent["attendeeName"]) == (["true"], ["Bo Ek"])
    assert not {"token", "key", "name", "booker_csrf", "csrf_token"} & sent.keys()


def test_the_browser_lets_the_form_lead_there(guest: FlaskClient) -> None:
    """Chrome holds `form-action` against the redirect that answers a form."""
    policy = guest.get("/book/intro-call").headers["Content-Security-Policy"]

    assert "form-action 'self' https://partner.example;" in policy


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Fetch-Dest": "iframe"}, {"HX-Request": "true", "HX-Target": "section#bk-booker"}],
    ids=["in a frame", "by htmx"],
)
def test_a_frame_is_left_by_a_link(guest: FlaskClient, headers: dict[str, str]) -> None:
    """A redirect would stay within the frame; a link with `target="_top"` does not."""
    page = Page.of(_book(guest, **headers))

    (leave,) = [each for each in page.tree.iter("a") if each.get("target") == "_top"]
    assert page.status == 200
    assert leave.get("href").startswith("https://partner.example/done?")
    assert leave.get("data-bk-leave") is not None
    assert len(page.links("/bookings/")) == 1


@pytest.mark.parametrize("origins", [[], ["https://other.example"]], ids=["none", "another"])
def test_a_page_that_is_not_allowed_is_not_gone_to(
    make_app: Callable[..., Flask], origins: list[str]
) -> None:
    """The guest then sees the booking page, as if the event type had no page of its own."""
    app = make_app(BOOKER_EVENT_TYPES=[DONE], BOOKER_REDIRECT_ORIGINS=origins)

    response = _book(app.test_client())

    assert response.status_code == 303
    assert response.location.startswith("/bookings/")
