"""Tests of finding a guest in what is kept, and of what is left afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from booker_components.erasing import ERASED, Person, erased_booking, erased_location, erased_title
from booker_components.payloads import booking_from_dict, booking_to_dict
from booker_components.values import Attendee, Location, LocationKind

from .test_payloads import FULL

ZOE = Person.of("Zoe@Example.org")


@pytest.mark.parametrize(
    "email", ["", "zoe", "@example.org", "zoe@", "a b@example.org", "a@b@c"], ids=lambda each: each or "none"
)
def test_what_is_no_address_names_nobody(email: str) -> None:
    """It is refused with an example, and not repeated."""
    with pytest.raises(ValueError, match="This is no e-mail address"):
        Person.of(email)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        pytest.param("zoe@example.org", "ZOE@example.ORG", id="case"),
        pytest.param("zoe@example.org", " zoe@example.org\n", id="blanks"),
        pytest.param("zo\u00eb@example.org", "ZOE\u0308@example.org", id="accents in two ways"),
        pytest.param("stra\u00dfe@example.org", "STRASSE@example.org", id="sharp s"),
    ],
)
def test_an_address_is_known_however_it_is_written(address: str, written: str) -> None:
    """Both ways round."""
    assert Person.of(address).has(written)
    assert Person.of(written).has(address)


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("write to ZOE@example.org!", id="text"),
        pytest.param("https://example.org/?email=zoe%40example.org", id="address"),
        pytest.param({"a": [{"b": "zoe@example.org"}]}, id="deep"),
        pytest.param({"zoe@example.org": 1}, id="name of a value"),
        pytest.param(["Zoe <zoe@example.org>", 7, None, True], id="list"),
    ],
)
def test_an_address_is_found_and_goes(value: Any) -> None:
    """From texts and JSON values, whatever stands around it."""
    left = ZOE.gone_from(value)

    assert ZOE.is_in(value)
    assert not ZOE.is_in(left)
    assert ERASED in repr(left)


@pytest.mark.parametrize("value", ["zoe", "bo@example.org", 7, None, True, {}, [], {"a": [1.5]}], ids=repr)
def test_what_names_somebody_else_stays(value: Any) -> None:
    """It is the very same."""
    assert not ZOE.is_in(value)
    assert ZOE.gone_from(value) is value


def test_an_own_booking_keeps_nothing_that_its_guest_said() -> None:
    """Neither name, address and number, nor answers, notes, guests and facts of the host app."""
    booking = replace(
        FULL,
        title="Ada and Zoë 🐘",
        metadata={"crm": "42"},
        location=Location(kind=LocationKind.ATTENDEE_PHONE, value="+81 3 1234 5678", label="Phone"),
    )

    left = booking_from_dict(erased_booking(booking_to_dict(booking), ZOE_OF_FULL))

    assert left.attendee == Attendee(name=ERASED, email="", zone="Asia/Tokyo", locale="ja")
    assert left.is_held
    assert (left.title, left.notes, left.reason) == ("Ada and erased", "", "")
    assert (left.guests, left.answers, left.metadata) == ((), {}, {})
    assert left.location == Location(kind=LocationKind.ATTENDEE_PHONE, label="Phone")


ZOE_OF_FULL = Person.of("zoe@example.org")


def test_when_and_with_whom_a_booking_was_stays() -> None:
    """The host's diary is still true."""
    left = booking_from_dict(erased_booking(booking_to_dict(FULL), ZOE_OF_FULL))

    same = ("uid", "event_type", "start", "end", "status", "revision", "hosts", "created_at", "former_start")
    assert [getattr(left, name) for name in same] == [getattr(FULL, name) for name in same]


def test_in_others_bookings_only_the_address_goes() -> None:
    """From the list of guests as a whole, from words alone."""
    booking = replace(FULL, notes="with A@example.org", answers={"who": "a@example.org", "size": 3})

    left = booking_from_dict(erased_booking(booking_to_dict(booking), Person.of("a@example.org")))

    assert left == replace(
        booking, guests=("b@example.org",), notes="with erased", answers={"who": "erased", "size": 3}
    )


def test_hosts_stay_as_they_are() -> None:
    """A host who booked at a colleague's is still one."""
    payload = booking_to_dict(replace(FULL, attendee=replace(FULL.attendee, email="ada@example.com")))

    left = erased_booking(payload, Person.of("ada@example.com"))

    assert left["hosts"] == payload["hosts"]
    assert left["attendee"]["email"] == ""


def test_erasing_twice_changes_nothing_more() -> None:
    """What is left names nobody."""
    once = erased_booking(booking_to_dict(FULL), ZOE_OF_FULL)

    assert erased_booking(once, ZOE_OF_FULL) == once


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        pytest.param(LocationKind.ATTENDEE_ADDRESS, "", id="guest's address"),
        pytest.param(LocationKind.ATTENDEE_CHOICE, "", id="guest's choice"),
        pytest.param(LocationKind.IN_PERSON, "1 rue de Lyon", id="office"),
    ],
)
def test_places_of_hosts_stay(kind: LocationKind, value: str) -> None:
    """What the guest said goes."""
    left = erased_location({"kind": kind.value, "value": "1 rue de Lyon", "label": ""})

    assert left == {"kind": kind.value, "value": value, "label": ""}


@pytest.mark.parametrize(
    ("title", "name", "left"),
    [
        pytest.param("Intro with ZOE BO", "Zoe Bo", "Intro with erased", id="case"),
        pytest.param("Zoetrope with Zoe", "Zoe", "Zoetrope with erased", id="whole words"),
        pytest.param("A day at the sea", "A", "A day at the sea", id="too short"),
        pytest.param("A+B (C)", "B (C)", "A+erased", id="signs"),
        pytest.param("Intro", "", "Intro", id="no name"),
    ],
)
def test_names_go_from_titles(title: str, name: str, left: str) -> None:
    """Where providers put them."""
    assert erased_title(title, name) == left
