"""Tests of how event types of Cal.com become ours."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from booker_components.errors import ProviderError
from booker_components.providers._offers import of_booking
from booker_components.providers.calcom.bookings import read_booking
from booker_components.providers.calcom.event_types import Offer, read_offer
from booker_components.providers.calcom.objects import Object
from booker_components.values import (
    Approval,
    BookingWindow,
    ChangeRule,
    Frequency,
    Host,
    Layout,
    Location,
    LocationKind,
    Price,
    QuestionKind,
    ReasonRule,
    Redirect,
    Redirects,
    Seats,
    Series,
)

from . import samples

MINUTE = timedelta(minutes=1)


def offer(name: str = "event_type", *, proven: bool = False, **changes: Any) -> Offer:
    """Read the event type of a file, with *changes* to its fields."""
    data = Object.of({**samples.answer(name), **changes}, "event type")
    return read_offer(data, zone="Europe/Rome", owner="ann", proven=proven)


def test_an_event_type_keeps_what_a_booker_needs() -> None:
    """Every figure and text has its place."""
    found = offer().event_type

    assert (found.slug, found.title, found.id, found.owner) == ("consultation", "Consultation", "12", "ann")
    assert found.description == "What **we** can do."
    assert found.hosts == (Host(slug="ann", name="Ann Example", zone="Europe/Rome"),)
    assert found.durations == (30 * MINUTE, 15 * MINUTE, 60 * MINUTE)
    assert (found.slot_interval, found.minimum_notice) == (15 * MINUTE, 120 * MINUTE)
    assert (found.buffer_before, found.buffer_after) == (5 * MINUTE, 10 * MINUTE)
    page = Redirect("https://partner.ex.test/done", flavour="")
    assert found.redirects == Redirects(booked=page, rescheduled=page)
    assert found.zone_locked
    assert found.booking_url == "https://cal.ex.test/ann/consultation"
    assert (found.seats, found.series, found.price, found.elsewhere) == (None, None, None, "")


def test_where_guests_go_is_read() -> None:
    """After booking and moving, with Cal.com's parameters if these are not off (contracts/calcom.md 3.5)."""
    page = Redirect("https://partner.ex.test/done", flavour="cal")
    both = Redirects(booked=page, rescheduled=page)

    assert offer(forwardParamsSuccessRedirect=True).event_type.redirects == both
    assert offer(forwardParamsSuccessRedirect=None).event_type.redirects == both
    assert offer(successRedirectUrl=None).event_type.redirects is None
    assert offer(successRedirectUrl="").event_type.redirects is None


def test_what_may_be_changed_is_read() -> None:
    """Cancelling can be off, moving until so many minutes before, with a reason or without."""
    found = offer().event_type

    assert found.cancel == ChangeRule(allowed=False)
    assert found.reschedule == ChangeRule(notice=90 * MINUTE, reason=ReasonRule.REQUIRED)
    assert offer("event_type_team").event_type.reschedule == ChangeRule(allowed=False, reason=ReasonRule.OFF)


def test_a_team_event_type_has_its_hosts_and_rules() -> None:
    """Hosts in place of users; seats, a series, approval always."""
    found = offer("event_type_team").event_type

    assert [host.name for host in found.hosts] == ["Ann Example", "Bo Example"]
    assert found.seats == Seats(per_slot=4, show_guests=True, show_left=False)
    assert found.series == Series(frequency=Frequency.WEEKLY, interval=2, occurrences=6)
    assert found.approval == Approval()
    assert found.max_guests == 0


def test_a_team_without_hosts_stands_for_them() -> None:
    """There is always somebody to name."""
    found = offer("event_type_team", hosts=[]).event_type

    assert found.hosts == (Host(slug="sales", name="Sales", zone="Europe/Rome"),)


@pytest.mark.parametrize(
    ("policy", "approval"),
    [
        (None, None),
        ({"disabled": True}, None),
        ({"type": "always"}, Approval()),
        (
            {"type": "time", "noticeThreshold": {"unit": "hours", "count": 12}},
            Approval(within=timedelta(hours=12)),
        ),
        (
            {"type": "time", "noticeThreshold": {"unit": "day", "count": 1}},
            Approval(within=timedelta(days=1)),
        ),
    ],
    ids=["missing", "off", "always", "hours", "a day"],
)
def test_confirmation_policies(policy: object, approval: Approval | None) -> None:
    """Always, or only for what is booked at short notice."""
    assert offer(confirmationPolicy=policy).event_type.approval == approval


@pytest.mark.parametrize(
    ("window", "expected"),
    [
        (None, BookingWindow(days=None)),
        ({"disabled": True}, BookingWindow(days=None)),
        ([], BookingWindow(days=None)),
        ([{"type": "calendarDays", "value": 30, "rolling": False}], BookingWindow(days=31)),
        ({"type": "calendarDays", "value": 10, "rolling": True}, BookingWindow(days=62)),
        ({"type": "businessDays", "value": 10, "rolling": False}, BookingWindow(days=17)),
        ({"type": "businessDays", "value": 90, "rolling": True}, BookingWindow(days=129)),
        (
            {"type": "range", "value": ["2031-05-01", "2031-05-31T00:00:00.000Z"]},
            BookingWindow(days=None, start=date(2031, 4, 30), end=date(2031, 6, 1)),
        ),
    ],
    ids=["missing", "off", "empty", "days", "rolling", "business days", "rolling business days", "range"],
)
def test_booking_windows_are_outer_bounds(window: object, expected: BookingWindow) -> None:
    """No bookable time lies outside; the slots say the rest."""
    assert offer(bookingWindow=window).event_type.window == expected


@pytest.mark.parametrize(
    ("given", "layouts"),
    [
        (None, (Layout.MONTH,)),
        ({"defaultLayout": "week", "enabledLayouts": ["month", "week"]}, (Layout.WEEK, Layout.MONTH)),
        ({"defaultLayout": "column", "enabledLayouts": None}, (Layout.COLUMN,)),
        ({"defaultLayout": "spiral", "enabledLayouts": ["spiral", "week"]}, (Layout.WEEK,)),
        ({"defaultLayout": "spiral", "enabledLayouts": []}, (Layout.MONTH,)),
    ],
    ids=["missing", "default first", "default only", "unknown left out", "none known"],
)
def test_layouts_begin_with_the_default(given: object, layouts: tuple[Layout, ...]) -> None:
    """Words that we do not know are left out; there is always one."""
    assert offer(bookerLayouts=given).event_type.layouts == layouts


def test_locations_are_offered_once_each_and_private_ones_without_their_value() -> None:
    """The API tells locations of one type apart by nothing, and hides what is for booked guests only."""
    kinds = LocationKind

    assert offer().event_type.locations == (
        Location(kind=kinds.IN_PERSON, value="1 Invented Street"),
        Location(kind=kinds.LINK),
        Location(kind=kinds.PHONE, value="+15550100"),
        Location(kind=kinds.CONFERENCE, value="google-meet", label="Google Meet"),
        Location(kind=kinds.CONFERENCE, value="office365-video", label="Microsoft Teams"),
        Location(kind=kinds.ATTENDEE_ADDRESS),
        Location(kind=kinds.ATTENDEE_PHONE),
        Location(kind=kinds.ATTENDEE_CHOICE),
        Location(kind=kinds.CONFERENCE),
    )


def test_a_location_of_unknown_type_is_offered_where_it_is_the_only_one() -> None:
    """It needs not be named in the request then."""
    found = offer(locations=[{"type": "unknown", "location": "integrations:odd"}]).event_type

    assert found.locations == (Location(kind=LocationKind.OTHER),)


# --- questions -----------------------------------------------------------------------------------

KINDS = {
    "attendeePhoneNumber": QuestionKind.PHONE,
    "topic": QuestionKind.TEXT,
    "story": QuestionKind.LONG_TEXT,
    "people": QuestionKind.NUMBER,
    "size": QuestionKind.SELECT,
    "colour": QuestionKind.RADIO,
    "days": QuestionKind.CHECKBOXES,
    "extras": QuestionKind.CHECKBOXES,
    "terms": QuestionKind.BOOLEAN,
    "site": QuestionKind.URL,
    "home": QuestionKind.TEXT,
    "work-email": QuestionKind.EMAIL,
    "colleagues": QuestionKind.EMAILS,
    "campaign": QuestionKind.TEXT,
    "date": QuestionKind.TEXT,
    "shape": QuestionKind.TEXT,
    "title": QuestionKind.TEXT,
    "smsReminderNumber": QuestionKind.PHONE,
}


def test_booking_fields_become_questions_in_their_order() -> None:
    """What our form asks by itself is no question, and a name that our form needs is changed."""
    found = {each.slug: each.kind for each in offer().event_type.questions}

    assert list(found.items()) == list(KINDS.items())


def test_questions_keep_what_the_host_said_of_them() -> None:
    """Label, placeholder, options; hidden ones are never demanded, and disableOnPrefill locks."""
    found = {each.slug: each for each in offer().event_type.questions}

    topic, campaign = found["topic"], found["campaign"]
    assert (topic.label, topic.placeholder, topic.required, topic.locked) == ("Topic", "In short", True, True)
    assert (campaign.hidden, campaign.required) == (True, False)
    assert found["size"].options == ("Small", "Large")


def test_options_with_prices_keep_their_values() -> None:
    """Newer versions write options as objects."""
    field = {"type": "select", "slug": "size", "options": [{"value": "L", "label": "Large", "price": 5}]}

    (question,) = offer(bookingFields=[field]).event_type.questions

    assert question.options == ("L",)


def test_notes_that_are_demanded_are_a_question() -> None:
    """Our own field for notes is optional."""
    found = offer("event_type_team").event_type

    (notes,) = found.questions
    assert (notes.slug, notes.required, found.notes) == ("notes", True, False)


def test_a_number_is_not_asked_for_twice() -> None:
    """Where the host calls the guest, reminders go to the same number."""
    slugs = [each.slug for each in offer("event_type_team").event_type.questions]

    assert "smsReminderNumber" not in slugs


@pytest.mark.parametrize(
    ("changes", "guests"),
    [({}, 10), ({"disableGuests": True}, 0), ({"bookingFields": []}, 10)],
    ids=["shown", "disabled", "untold"],
)
def test_guests_can_be_switched_off(changes: dict[str, Any], guests: int) -> None:
    """By a setting, or by hiding the field."""
    assert offer(**changes).event_type.max_guests == guests


# --- what cannot be booked here ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "price"),
    [
        ({"price": 500, "currency": "eur"}, Price(amount=500, currency="EUR")),
        (
            {"metadata": {"apps": {"stripe": {"enabled": True, "price": 900, "currency": "usd"}}}},
            Price(amount=900, currency="USD"),
        ),
        ({"price": 500, "metadata": {"apps": {"stripe": {"enabled": False, "price": 500}}}}, None),
        ({"price": 0, "metadata": {"apps": {"giphy": {"enabled": True}, "odd": 3}}}, None),
    ],
    ids=["plain", "app", "app switched off", "other apps"],
)
def test_a_price_sends_guests_to_calcom(changes: dict[str, Any], price: Price | None) -> None:
    """Payment is offered there only; what is left over of a payment app counts for nothing."""
    found = offer(**changes).event_type

    assert found.price == price
    assert bool(found.elsewhere) == bool(price)


@pytest.mark.parametrize(
    ("changes", "proven", "here"),
    [
        ({"requiresBookerEmailVerification": True}, True, False),
        ({"bookingRequiresAuthentication": True}, False, False),
        ({"bookingRequiresAuthentication": True}, True, True),
        ({"id": 0}, True, False),
        ({"isInstantEvent": True}, False, True),
    ],
    ids=["verified address", "private", "private, with credentials", "group", "instant too"],
)
def test_what_the_api_does_not_let_us_book_is_booked_at_calcom(
    changes: dict[str, Any], proven: bool, here: bool
) -> None:
    """A sentence says why."""
    assert (offer(proven=proven, **changes).event_type.elsewhere == "") is here


def test_the_legacy_copy_of_the_seats_is_read_where_there_is_no_other() -> None:
    """Older answers have flat fields only."""
    data = {key: value for key, value in samples.answer("event_type").items() if key != "seats"}
    data |= {"seatsPerTimeSlot": 6, "seatsShowAvailabilityCount": False}

    found = read_offer(Object.of(data, "event type"), zone="UTC", owner="ann", proven=False)

    assert found.event_type.seats == Seats(per_slot=6, show_left=False)


@pytest.mark.parametrize(
    "changes",
    [
        {"slug": None},
        {"slug": 7},
        {"lengthInMinutes": "30"},
        {"lengthInMinutesOptions": ["15"]},
        {"locations": "here"},
        {"bookingFields": [3]},
        {"bookingFields": [{"type": "select", "slug": "x", "options": [1]}]},
        {"recurrence": {"interval": 1, "occurrences": 2, "frequency": "hourly"}},
        {"confirmationPolicy": {"type": "time", "noticeThreshold": {"unit": "moons", "count": 1}}},
        {"bookingWindow": {"type": "range", "value": ["2031-05-01"]}},
        {"bookingWindow": {"type": "range", "value": ["soon", "later"]}},
        {"seats": {"seatsPerTimeSlot": 2.5}},
        {"bookerLayouts": {"defaultLayout": 3}},
        {"hidden": "no", "disableGuests": "no"},
    ],
    ids=str,
)
def test_garbage_is_a_provider_error_that_names_the_field(changes: dict[str, Any]) -> None:
    """Never a KeyError, and never the value itself."""
    with pytest.raises(ProviderError) as caught:
        offer(**changes)

    assert "Cal.com" in caught.value.message
    assert "hourly" not in caught.value.message


def test_the_least_that_an_answer_may_hold_is_enough() -> None:
    """A group's event type has little more."""
    data = {"slug": "dynamic", "lengthInMinutes": 30}

    found = read_offer(Object.of(data, "event type"), zone="UTC", owner="ann+bo", proven=False).event_type

    assert (found.title, found.durations) == ("dynamic", (30 * MINUTE,))


def test_a_booking_tells_the_least_of_its_event_type() -> None:
    """Enough to show it, to move it and to cancel it."""
    booking = read_booking(Object.of(samples.answer("booking"), "booking")).booking

    found = of_booking(booking)

    assert (found.slug, found.id, found.owner) == ("consultation", "12", "ann")
    assert (found.durations, found.zone) == ((30 * MINUTE,), "Europe/Rome")
    assert found.reschedule.allowed
    assert found.cancel.allowed
