"""Tests of the address that a guest goes to: whose it is, and how it is put together."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import parse_qsl, urlsplit

import pytest

from booker_components.redirects import chosen
from booker_components.values import Flavour, Occasion, Redirect, Redirects

from ..conftest import INTRO
from .samples import PARTNER, done, led

OWN, ALL = Redirect(f"{PARTNER}/own"), Redirect(f"{PARTNER}/all")


@pytest.mark.parametrize(
    ("own", "default", "found"),
    [
        pytest.param(None, None, None, id="nothing said"),
        pytest.param(None, Redirects(booked=ALL), ALL, id="said for all"),
        pytest.param(Redirects(booked=OWN), None, OWN, id="said for one"),
        pytest.param(Redirects(booked=OWN), Redirects(booked=ALL), OWN, id="said for both"),
        pytest.param(Redirects(cancelled=OWN), Redirects(booked=ALL), ALL, id="said for another occasion"),
        pytest.param(Redirects(booked=OWN), Redirects(cancelled=ALL), OWN, id="another for all"),
        pytest.param(Redirects(booked=Redirect("")), Redirects(booked=ALL), Redirect(""), id="stays"),
    ],
)
def test_the_event_types_own_page_comes_first(
    own: Redirects | None, default: Redirects | None, found: Redirect | None
) -> None:
    """For each occasion by itself; an empty address of its own lets guests stay."""
    assert chosen(Occasion.BOOKED, replace(INTRO, redirects=own), default) == found


def test_an_event_type_that_is_gone_has_the_page_of_all() -> None:
    """The booking can still be cancelled."""
    assert chosen(Occasion.CANCELLED, None, Redirects(cancelled=ALL)) == ALL


@pytest.mark.parametrize("redirect", [None, Redirect(""), Redirect("", flavour="cal")], ids=repr)
def test_without_an_address_guests_stay(redirect: Redirect | None) -> None:
    """On the booking page."""
    assert led(redirect) == ""


@pytest.mark.parametrize(
    ("url", "begin", "end"),
    [
        pytest.param("", "?event=", "", id="nothing"),
        pytest.param("/", "/?event=", "", id="a path"),
        pytest.param("/done?a=1&b=%2f+x", "/done?a=1&b=%2f+x&event=", "", id="a query"),
        pytest.param("/done?a=1&a=2&flag&c=", "/done?a=1&a=2&flag&c=&event=", "", id="a flag, a repeat"),
        pytest.param("/done#part?x=1", "/done?event=", "#part?x=1", id="a fragment"),
        pytest.param("/done?#", "/done?event=", "", id="empty ones"),
        pytest.param("/done?&&a=1&", "/done?a=1&event=", "", id="stray separators"),
        pytest.param("/done?a=1#/route/2", "/done?a=1&event=", "#/route/2", id="a route"),
        pytest.param("/é?ü=\u65e5", "/%C3%A9?%C3%BC=%E6%97%A5&event=", "", id="beyond ASCII"),
        pytest.param('/<a>?"x"=\'', "/%3Ca%3E?%22x%22='&event=", "", id="quotes"),
    ],
)
def test_what_the_address_has_of_its_own_is_kept(url: str, begin: str, end: str) -> None:
    """Its query as it is written, its fragment at the end."""
    address = led(Redirect(PARTNER + url))

    assert address.startswith(PARTNER + begin)
    assert address.endswith(end)
    assert address.isascii()


@pytest.mark.parametrize("flavour", ["jicoo", "calendly"])
@pytest.mark.parametrize("name", ["eventUid", "event%55id", "invitee_uuid", "invitee%5Fuuid"])
def test_an_own_parameter_of_the_same_name_is_replaced(flavour: Flavour, name: str) -> None:
    """However it is written: the page is told one thing."""
    address = led(Redirect(f"{PARTNER}/done?x=1&{name}=mine&y=2", flavour=flavour))

    pairs = parse_qsl(urlsplit(address).query)
    uids = [value for name, value in pairs if name == ("eventUid" if flavour == "jicoo" else "invitee_uuid")]
    assert uids == ["new1"]
    assert (pairs[0], ("y", "2") in pairs) == (("x", "1"), True)


@pytest.mark.parametrize("query", ["", "?a=%20b&c", "?a=1#top"])
def test_without_a_flavour_the_address_is_used_as_it_is(query: str) -> None:
    """Not even its query is written anew."""
    url = f"{PARTNER}/done{query}"

    assert led(Redirect(url, flavour="")) == url


def test_nothing_in_a_booking_breaks_out_of_its_parameter() -> None:
    """Neither a separator nor a line break nor a fragment."""
    nasty = replace(INTRO, title="a&eventUid=evil#x\r\nSet-Cookie: y=1\u2028<script>")

    address = led(Redirect(PARTNER), done(event_type=nasty))

    told = dict(parse_qsl(urlsplit(address).query, strict_parsing=True))
    assert (told["eventTypeName"], told["eventUid"]) == (nasty.title, "new1")
    assert address.isascii()
    assert address.isprintable()


@pytest.mark.parametrize("value", [None, "hubspot", "Jicoo"])
def test_a_flavour_that_nobody_knows_is_refused(value: object) -> None:
    """When the event type is declared, not when a guest has booked."""
    with pytest.raises(ValueError, match="'jicoo', 'cal', 'calendly'"):
        Redirect(PARTNER, flavour=value)  # type: ignore[arg-type]  # the mistake at hand


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"url": None}, "Redirect.url must be a text"),
        ({"answers": "topic"}, "Redirect.answers must be a tuple"),
        ({"answers": ["topic"]}, "Redirect.answers must be a tuple"),
        ({"answers": (7,)}, "Redirect.answers must be a tuple"),
        ({"signed": "yes"}, "Redirect.signed must be True or False"),
        ({"flavour": "", "signed": True}, "Choose a flavour"),
        ({"flavour": "", "answers": ("topic",)}, "Choose a flavour"),
    ],
    ids=repr,
)
def test_what_is_wrong_with_a_redirect_is_said(fields: dict[str, object], said: str) -> None:
    """With the field and what would be right."""
    with pytest.raises(ValueError, match=said):
        Redirect(**{"url": PARTNER} | fields)  # type: ignore[arg-type]  # the mistake at hand


def test_redirects_are_made_of_redirects() -> None:
    """An address alone does not say enough."""
    with pytest.raises(ValueError, match=r"Redirects\.cancelled must be a Redirect, but is a str"):
        Redirects(cancelled=PARTNER)  # type: ignore[arg-type]  # the mistake at hand
