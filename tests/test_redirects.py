"""Addresses to which guests go after booking: only allowed ones, with exactly the expected parameters."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from booker_components import Attendee, Booking, BookingStatus, Host, Location, LocationKind
from booker_components.redirects import is_allowed, success_address

from .conftest import INTRO

ORIGINS = ["https://partner.example", "http://localhost:8000"]

BOOKING = Booking(
    uid="new1",
    event_type="intro-call",
    title="Intro & more",
    start=datetime(2031, 5, 6, 7, 0, tzinfo=UTC),
    end=datetime(2031, 5, 6, 7, 30, tzinfo=UTC),
    status=BookingStatus.CONFIRMED,
    hosts=(Host(slug="ann", name="Ann", zone="Europe/Rome"), Host(slug="cy", name="Cy", zone="UTC")),
    attendee=Attendee(name="Bo Ek", email="bo+x@example.org", zone="Europe/London"),
    created_at=datetime(2031, 5, 1, tzinfo=UTC),
    updated_at=datetime(2031, 5, 1, tzinfo=UTC),
    guests=("a@example.org", "b@example.org"),
    notes="see you",
    location=Location(kind=LocationKind.LINK, value="https://meet.example/1"),
)


def _address(url, query=(), booking=BOOKING, parameters=True, **options):
    event_type = replace(INTRO, success_url=url, success_parameters=parameters)
    return success_address(event_type, booking, query, origins=ORIGINS, **options)


def _pairs(address):
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


def test_the_parameters_are_those_of_the_contract_in_their_order():
    """Own parameters of the address stay, then the page's, then the booking's; nothing is replaced."""
    address = _address("https://partner.example/done?uid=mine&x=#top", [("month", "2031-05"), ("embed", "")])

    assert address.startswith("https://partner.example/done?")
    assert address.endswith("#top")
    assert _pairs(address) == [
        ("uid", "mine"),
        ("x", ""),
        ("month", "2031-05"),
        ("isSuccessBookingPage", "true"),
        ("email", "bo+x@example.org"),
        ("eventTypeSlug", "intro-call"),
        ("uid", "new1"),
        ("title", "Intro & more"),
        ("description", "see you"),
        ("startTime", "2031-05-06T07:00:00Z"),
        ("endTime", "2031-05-06T07:30:00Z"),
        ("location", "https://meet.example/1"),
        ("hostName", "Ann, Cy"),
        ("hostStartTime", "2031-05-06T09:00:00+02:00"),
        ("attendeeName", "Bo Ek"),
        ("attendeeStartTime", "2031-05-06T08:00:00+01:00"),
        ("guestEmails", "a@example.org, b@example.org"),
    ]


def test_a_seat_is_named_beside_its_booking():
    """The uid is the shared booking's, the seat has a parameter of its own."""
    pairs = _pairs(_address("https://partner.example/", booking=replace(BOOKING, uid="seat9", shared="new1")))

    assert ("uid", "new1") in pairs
    assert ("seatReferenceUid", "seat9") in pairs


def test_a_series_says_that_all_of_it_remains():
    """A series has no seats."""
    pairs = _pairs(_address("https://partner.example/", booking=replace(BOOKING, series="r1")))

    assert ("allRemainingBookings", "true") in pairs
    assert "seatReferenceUid" not in dict(pairs)


def test_a_moved_booking_tells_its_former_time_in_words():
    """As JavaScript writes dates, not as ISO 8601."""
    moved = replace(BOOKING, former_start=BOOKING.start - timedelta(days=1))

    assert ("formerTime", "Mon, 05 May 2031 07:00:00 GMT") in _pairs(
        _address("https://partner.example", booking=moved)
    )


def test_without_parameters_the_address_is_used_as_it_is():
    """Not even its query is written anew."""
    url = "https://partner.example/done?a=%20b"

    assert _address(url, parameters=False) == url


def test_what_lets_somebody_in_is_not_forwarded():
    """Tokens and form keys of ours are nobody else's business."""
    pairs = dict(
        _pairs(_address("https://partner.example/", [("token", "t"), ("key", "k"), ("utm_source", "ad")]))
    )

    assert "token" not in pairs
    assert "key" not in pairs
    assert pairs["utm_source"] == "ad"


def test_a_frame_is_told():
    """The page that follows may want to know that the booker stood in a frame."""
    assert ("isEmbed", "true") in _pairs(_address("https://partner.example/", embedded=True))


@pytest.mark.parametrize(
    "address",
    ["https://partner.example", "https://PARTNER.example:443/x?y#z", "http://localhost:8000/done"],
)
def test_allowed_addresses(address):
    """The same scheme, host and port."""
    assert is_allowed(address, ORIGINS)


@pytest.mark.parametrize(
    "address",
    [
        "",
        "/done",
        "//evil.example/",
        "https:evil.example",
        "https:/evil.example",
        "https:///evil.example",
        "http://partner.example/",
        "https://partner.example:444/",
        "https://partner.example.evil.example/",
        "https://evilpartner.example/",
        "https://partner.example@evil.example/",
        "https://partner.example:x@evil.example/",
        "https://evil.example\\@partner.example/",
        "https://evil.example\\.partner.example/",
        "https://pаrtner.example/",
        "https://partner.example%2eevil.example/",
        "https://partner.example\r\nSet-Cookie: x=1",
        "https://partner.exa\tmple/",
        " https://partner.example/",
        "javascript:alert(1)//https://partner.example",
        "data:text/html,https://partner.example",
        "https://[::1",
        "https://partner.example:99999/",
        "https://partner.example:abc/",
    ],
    ids=ascii,
)
def test_nobody_is_sent_anywhere_else(address):
    """Not a relative address, nor a look-alike, nor one that browsers read otherwise than Python."""
    assert not is_allowed(address, ORIGINS)
    assert _address(address) == ""
