"""Tests of what our requests become in the bodies of calls."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from booker_components.languages import Languages
from booker_components.providers._once import fingerprint
from booker_components.providers.calcom import locations
from booker_components.providers.calcom.event_types import Offer, read_offer
from booker_components.providers.calcom.objects import Object
from booker_components.providers.calcom.requests import booking_body, language, mark_of
from booker_components.values import Attendee, BookingRequest, Location, LocationKind

from ...contracts.openapi import document
from . import samples
from .samples import NINE

ZOE = Attendee(name="Zoe", email="zoe@example.org", zone="Asia/Tokyo", locale="en-GB")
CHOICE = Location(kind=LocationKind.ATTENDEE_CHOICE, value="The park")


def offer(**changes: Any) -> Offer:
    """Read the event type of a file, with *changes* to its fields."""
    data = Object.of({**samples.answer("event_type"), **changes}, "event type")
    return read_offer(data, zone="UTC", owner="ann", proven=False)


def body(of: Offer | None = None, **changes: Any) -> dict[str, Any]:
    """Give the body for a request with *changes*."""
    request = BookingRequest(event_type="consultation", start=NINE, attendee=ZOE)
    return booking_body(of or offer(), replace(request, **changes), mark="feed")


def test_the_least() -> None:
    """Nothing is sent that nobody said, but an answer to what is demanded and never shown."""
    assert body(offer(lengthInMinutesOptions=[], bookingFields=[])) == {
        "start": "2026-03-03T09:00:00Z",
        "eventTypeId": 12,
        "attendee": {
            "name": "Zoe",
            "email": "zoe@example.org",
            "timeZone": "Asia/Tokyo",
            "language": "en",
        },
        "metadata": {"bookerKey": "feed"},
    }


def test_answers_go_out_in_the_types_that_the_api_takes() -> None:
    """Numbers as numbers, choices as lists, addresses as a list, under Cal.com's own names."""
    answers = {
        "topic": "pricing",
        "people": 3.0,
        "days": ("Mon", "Tue"),
        "terms": True,
        "colleagues": ("a@example.org", "b@example.org"),
        "date": "1 May",
        "title": "A talk",
    }

    sent = body(answers=answers, notes="Ring twice")["bookingFieldsResponses"]

    assert sent == {
        "topic": "pricing",
        "people": 3,
        "days": ["Mon", "Tue"],
        "terms": True,
        "colleagues": ["a@example.org", "b@example.org"],
        "date": "1 May",
        "title": "A talk",
        "notes": "Ring twice",
        "campaign": "-",
    }
    assert isinstance(sent["people"], int)


def test_an_answer_to_a_hidden_field_is_sent_as_it_was_brought_along() -> None:
    """Only where there is none, something that says nothing stands for it."""
    assert body(answers={"campaign": "spring"})["bookingFieldsResponses"]["campaign"] == "spring"


@pytest.mark.parametrize(
    ("kind", "blank"),
    [("text", "-"), ("boolean", False), ("multiselect", []), ("number", None), ("select", None)],
)
def test_what_stands_for_an_answer_that_nobody_was_asked_for(kind: str, blank: object) -> None:
    """No number and no option is made up."""
    field = {"type": kind, "slug": "secret", "hidden": True, "required": True}

    sent = body(offer(bookingFields=[field])).get("bookingFieldsResponses", {})

    assert sent.get("secret") == blank


@pytest.mark.parametrize(
    "changes",
    [
        {"answers": {"attendeePhoneNumber": "+49 30 123456"}},
        {"answers": {"smsReminderNumber": "0049 30 123456"}},
        {"attendee": replace(ZOE, phone="+49 (30) 12-34-56")},
        {"location": Location(kind=LocationKind.ATTENDEE_PHONE, value="+49 30/123456")},
    ],
    ids=["attendeePhoneNumber", "smsReminderNumber", "attendee", "location"],
)
def test_every_number_of_the_guest_is_the_attendees(changes: dict[str, Any]) -> None:
    """In the international form; it is no answer to a field."""
    sent = body(**changes)

    assert sent["attendee"]["phoneNumber"] == "+4930123456"
    assert set(sent.get("bookingFieldsResponses", {})) == {"campaign"}


@pytest.mark.parametrize(
    ("wanted", "sent"),
    [
        (Location(kind=LocationKind.IN_PERSON, value="1 Invented Street"), {"type": "address"}),
        (Location(kind=LocationKind.LINK), {"type": "link"}),
        (Location(kind=LocationKind.PHONE, value="+15550100"), {"type": "phone"}),
        (
            Location(kind=LocationKind.CONFERENCE, value="google-meet"),
            {"type": "integration", "integration": "google-meet"},
        ),
        (Location(kind=LocationKind.CONFERENCE), {"type": "organizersDefaultApp"}),
        (
            Location(kind=LocationKind.ATTENDEE_ADDRESS, value="Home"),
            {"type": "attendeeAddress", "address": "Home"},
        ),
        (
            Location(kind=LocationKind.ATTENDEE_PHONE, value="+1 555 0100"),
            {"type": "attendeePhone", "phone": "+15550100"},
        ),
        (CHOICE, {"type": "attendeeDefined", "location": "The park"}),
        (Location(kind=LocationKind.OTHER), None),
        (None, None),
    ],
    ids=lambda each: str(each.kind) if isinstance(each, Location) else "",
)
def test_locations(wanted: Location | None, sent: object) -> None:
    """A preset of the host's is named by its type, and what the guest says goes along."""
    assert body(location=wanted).get("location") == sent


def test_the_only_preset_is_not_named() -> None:
    """But what the guest has to say is, even where it is the only location."""
    one = (Location(kind=LocationKind.LINK),)

    assert locations.sent(one[0], one) is None
    assert locations.sent(CHOICE, (CHOICE,)) == {"type": "attendeeDefined", "location": "The park"}


def test_lengths_guests_and_occurrences_are_sent_where_there_is_a_choice() -> None:
    """The API refuses a length where there is one only, and a count where there is no series."""
    series = {"interval": 1, "occurrences": 4, "frequency": "weekly"}

    sent = body(offer(recurrence=series), occurrences=3, guests=("a@example.org",))
    plain = body(offer(lengthInMinutesOptions=[]), occurrences=3)

    assert (sent["lengthInMinutes"], sent["recurrenceCount"]) == (30, 3)
    assert sent["guests"] == ["a@example.org"]
    assert plain.keys().isdisjoint({"lengthInMinutes", "recurrenceCount", "guests"})


def test_facts_go_along_with_our_mark() -> None:
    """The mark finds a booking whose making nobody could see."""
    assert body(metadata={"crm": "42"})["metadata"] == {"crm": "42", "bookerKey": "feed"}


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [
        ("de-AT", "de"),
        ("pt-BR", "pt-BR"),
        ("pt_br", "pt-BR"),
        ("pt-PT", "pt"),
        ("pt-Latn-BR", "pt-BR"),
        ("es-MX", "es"),
        ("es-419", "es-419"),
        ("zh", "zh-CN"),
        ("zh-Hans-CN", "zh-CN"),
        ("zh-Hans-HK", "zh-CN"),
        ("zh-Hant-TW", "zh-TW"),
        ("zh-Hant", "zh-TW"),
        ("zh-TW", "zh-TW"),
        ("zh-HK", "zh-TW"),
        ("nb", "no"),
        ("nb-NO", "no"),
        ("nn-NO", "no"),
        ("he-IL", "he"),
        ("sr-Latn-RS", "sr"),
        ("en-GB", "en"),
        ("tlh", "en"),
        ("", "en"),
    ],
)
def test_languages(locale: str, spoken: str) -> None:
    """The nearest that Cal.com speaks, else English."""
    assert language(locale) == spoken


@pytest.mark.parametrize("tag", [*Languages().tags, "zh-Hant-HK", "sr-Latn-RS", "fil-PH", "es-419"])
def test_every_language_that_we_speak_is_told_as_one_of_cal_coms(tag: str) -> None:
    """Whatever territory a visitor has; others than those in the document are refused."""
    known = document()["components"]["schemas"]["CreateBookingAttendee"]["properties"]["language"]["enum"]

    assert {language(tag), language(f"{tag}-US")} <= set(known)


def test_marks_and_fingerprints_tell_nothing_and_differ() -> None:
    """Neither key nor address can be read from them; other requests have others."""
    one = BookingRequest(event_type="intro", start=NINE, attendee=ZOE, key="form-1")
    other = replace(one, attendee=replace(ZOE, email="bo@example.org"))
    same = replace(one, attendee=replace(ZOE, email="ZOE@example.org", name="Zoë"))

    assert fingerprint(one) == fingerprint(same) != fingerprint(other)
    assert "zoe" not in fingerprint(one)
    assert mark_of("form-1") != mark_of("form-2")
    assert "form" not in mark_of("form-1")
    assert len(mark_of("form-1")) <= 500
