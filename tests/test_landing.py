"""Guests who come back from a vendor's page: of what it says the uid alone counts, unless it is signed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from booker_components import EventKind, Redirect, create_booking, get_booking
from booker_components.redirects import Done
from booker_components.testing import FrozenClock, Recorder
from booker_components.values import Flavour, Occasion

from .conftest import TUESDAY
from .elsewhere import Elsewhere, elsewhere, hear
from .redirects.samples import led

OURS = "https://app.example"
SECRET = "hush hush, for receivers only"
#: What Jicoo appends (contracts/jicoo.md 5), of a booking that never was so.
JICOO = {
    "event": "guest_booked",
    "eventTypeUid": "mT7xR-2bQe0c",
    "eventTypeName": "Intro call",
    "eventUid": "",
    "eventStartedAt": "2023-02-01T17:30:00.000+09:00",
    "eventEndedAt": "2023-02-01T18:00:00.000+09:00",
    "eventCreatedAt": "2023-01-08T17:30:00.000+09:00",
}


@pytest.fixture
def there(clock: FrozenClock) -> Iterator[Elsewhere]:
    """A Cal.com at which others book."""
    with elsewhere(clock) as found:
        yield found


@pytest.fixture
def app(there: Elsewhere, make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An app that hears of a booking for the first time when its guest comes back."""
    app = make_app(**there.settings(), BOOKER_REDIRECT_SECRET=SECRET)
    yield app
    app.extensions["booker"].calcom.close()


def _back(app: Flask, query: str) -> TestResponse:
    return app.test_client().get(f"/bookings/return?{query}")


def _jicoo(uid: str, **changes: str) -> str:
    return urlencode(JICOO | {"eventUid": uid} | changes)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda query: query,
        lambda query: query.replace("%2B", "+"),
        lambda query: query.replace("%2B", "%20"),
        lambda query: query.replace("%3A", ":").replace("%2B", "+"),
        lambda query: "&".join(reversed(query.split("&"))),
        lambda query: query + "&eventStartedAt=&x[]=1&%FF=%FE",
    ],
    ids=["as it should be", "plus as it is", "a blank", "colons", "another order", "odd ones"],
)
def test_jicoos_parameters_lead_to_the_booking(
    there: Elsewhere, app: Flask, recorder: Recorder, spoil: Callable[[str], str]
) -> None:
    """However their dates were mangled on the way; the subscribers hear what the provider says, once."""
    made = there.calcom.book(there.intro, TUESDAY)

    answers = [_back(app, spoil(_jicoo(made.uid))) for _ in range(2)]
    hear(app)

    assert [(each.status_code, each.location) for each in answers] == [(303, f"/bookings/{made.uid}")] * 2
    assert [(event.kind, event.booking.start) for event in recorder.events] == [(EventKind.CREATED, TUESDAY)]


@pytest.mark.parametrize("event", ["guest_cancelled", "guest_rescheduled", "host_cancelled", "x", ""])
def test_what_is_not_signed_is_not_believed(
    there: Elsewhere, app: Flask, recorder: Recorder, event: str
) -> None:
    """Anybody can write such an address; whatever it says, the booking is as the provider has it."""
    made = there.calcom.book(there.intro, TUESDAY)

    answer = _back(app, _jicoo(made.uid, event=event))
    hear(app)

    assert answer.status_code == 303
    assert recorder.kinds == [EventKind.CREATED]
    with app.app_context():
        assert get_booking(made.uid).is_open


@pytest.mark.parametrize("uid", ["", "nobody", "_zDLK66WrbIT", "-P4XTBDZeLW", "//evil.example", "a b", "%00"])
def test_a_booking_that_there_is_not_is_not_found(app: Flask, recorder: Recorder, uid: str) -> None:
    """Nor does it lead anywhere, nor is anything told."""
    answer = _back(app, _jicoo(uid))
    hear(app)

    assert answer.status_code == 404
    assert recorder.events == []


def test_the_embedded_engine_takes_them_too(make_app: Callable[..., Flask]) -> None:
    """A page of the host's between may pass on what it was told."""
    app = make_app()
    with app.app_context():
        uid = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.org").uid

    answer = _back(app, _jicoo(uid))

    assert (answer.status_code, answer.location) == (303, f"/bookings/{uid}")


# --- with a signature ----------------------------------------------------------------------------


def _signed(app: Flask, uid: str, clock: FrozenClock, *, flavour: Flavour = "jicoo", **options: Any) -> str:
    """Give the query with which an app sends a guest to this one."""
    with app.app_context():
        booking = get_booking(uid)
    redirect = Redirect(f"{OURS}/bookings/return", flavour=flavour, signed=True)
    was = Done(occasion=Occasion.BOOKED, booking=booking, event_type=None)
    return urlsplit(led(redirect, was, origins=[OURS], now=clock(), **options)).query


@pytest.mark.parametrize("flavour", ["jicoo", "cal"])
def test_a_signature_that_holds_leads_on(
    there: Elsewhere, app: Flask, clock: FrozenClock, flavour: Flavour
) -> None:
    """From one of our apps to another."""
    made = there.calcom.book(there.intro, TUESDAY)

    answer = _back(app, _signed(app, made.uid, clock, flavour=flavour))

    assert (answer.status_code, answer.location) == (303, f"/bookings/{made.uid}")


@pytest.mark.parametrize(
    ("spoil", "later", "status"),
    [
        (lambda query: query.replace("guest_booked", "guest_cancelled"), 0, 403),
        (lambda query: query + "&uid=other", 0, 403),
        (lambda query: query[:-1], 0, 403),
        (lambda query: query.replace("ts=", "tz="), 0, 403),
        (lambda query: query.replace("%2B", "+"), 0, 403),
        (lambda query: query, 16, 410),
        (lambda query: query, -16, 410),
    ],
    ids=["changed", "added", "cut", "renamed", "mangled", "too late", "too early"],
)
def test_a_signature_that_does_not_hold_leads_nowhere(
    there: Elsewhere,
    app: Flask,
    clock: FrozenClock,
    recorder: Recorder,
    spoil: Callable[[str], str],
    later: int,
    status: int,
) -> None:
    """Whoever signs means it; nothing is recorded."""
    made = there.calcom.book(there.intro, TUESDAY)
    query = spoil(_signed(app, made.uid, clock))
    clock.move(timedelta(minutes=later))

    answer = _back(app, query)
    hear(app)

    assert answer.status_code == status
    assert recorder.events == []


@pytest.mark.parametrize("before", ["/=&uid={}&x=?", "https://app.example/&uid={}&x=?", "?=&uid={}&x=?"])
def test_a_signature_holds_for_the_whole_query(
    there: Elsewhere, app: Flask, clock: FrozenClock, before: str
) -> None:
    """What stands in the query before a further question mark is part of it, and not another address."""
    made, other = [there.calcom.book(there.intro, TUESDAY + timedelta(hours=each)) for each in (0, 2)]

    answer = _back(app, before.format(other.uid) + _signed(app, made.uid, clock))

    assert answer.status_code == 403


def test_without_a_secret_a_signature_says_nothing(
    there: Elsewhere, app: Flask, make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """It cannot be looked at, and the uid alone counts."""
    made = there.calcom.book(there.intro, TUESDAY)
    query = _signed(app, made.uid, clock, secret="another's")
    other = make_app(**there.settings())

    answer = _back(other, query)
    other.extensions["booker"].calcom.close()

    assert answer.status_code == 303
    assert _back(app, query).status_code == 403
