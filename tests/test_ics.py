"""Tests of calendar files and "add to calendar" links."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from icalendar import Calendar, Component

from booker_components.ics import (
    Entry,
    Method,
    Party,
    calendar_file,
    dates_file,
    google_link,
    invitation,
    outlook_link,
    place,
)
from booker_components.languages import Languages, speaking
from booker_components.values import (
    Attendee,
    Booking,
    BookingStatus,
    Host,
    Location,
    LocationKind,
)

PARIS_WINTER = timezone(timedelta(hours=1))

BOOKING = Booking(
    uid="b-123",
    event_type="intro-call",
    title="Intro call",
    start=datetime(2026, 3, 12, 10, 0, tzinfo=PARIS_WINTER),
    end=datetime(2026, 3, 12, 10, 30, tzinfo=PARIS_WINTER),
    status=BookingStatus.CONFIRMED,
    hosts=(Host(slug="ada", name="Ada Example", zone="Europe/Paris", email="ada@host.example"),),
    attendee=Attendee(name="Grace Guest", email="grace@guest.example"),
    created_at=datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC),
    updated_at=datetime(2026, 3, 2, 8, 0, 0, 654321, tzinfo=UTC),
    revision=3,
    location=Location(kind=LocationKind.IN_PERSON, value="1 Example Street", label="Our office"),
)

LONG = "Gespräch über 予約 \U0001f4c5 " + "lang " * 40 + "ß"

HOSTILE = {
    "comma, semicolon; backslash\\": "comma, semicolon; backslash\\",
    "two\nlines": "two\nlines",
    "x\r\nBEGIN:VALARM\r\nEND:VALARM": "x\nBEGIN:VALARM\nEND:VALARM",
    "x\rATTENDEE:mailto:evil@example.com": "x\nATTENDEE:mailto:evil@example.com",
    "x\u2028y\x85z": "x\ny\nz",
    "nul\x00bell\x07": "nulbell",
    LONG: LONG,
}


def event_of(content: bytes) -> Component:
    """Give the one event of a calendar file, read by the parser."""
    events = Calendar.from_ical(content).walk("VEVENT")
    assert len(events) == 1
    return events[0]


def test_file_can_be_read_again() -> None:
    """Everything that a calendar shows survives the round trip, in UTC and whole seconds."""
    event = event_of(calendar_file(BOOKING, domain="app.example", url="https://app.example/bookings/b-123"))

    assert event["uid"] == "b-123@app.example"
    assert event.decoded("dtstart") == datetime(2026, 3, 12, 9, 0, tzinfo=UTC)
    assert event.decoded("dtend") == datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
    assert event.decoded("dtstamp") == datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
    assert event["sequence"] == 2
    assert event["summary"] == "Intro call"
    assert event["location"] == "Our office, 1 Example Street"
    assert event["url"] == "https://app.example/bookings/b-123"


def test_file_is_a_publication_in_utc() -> None:
    """The file names its method and writes its times with Z, without any time zone component."""
    content = calendar_file(BOOKING, domain="app.example")

    assert b"METHOD:PUBLISH\r\n" in content
    assert b"DTSTART:20260312T090000Z\r\n" in content
    assert b"VTIMEZONE" not in content


@pytest.mark.parametrize(
    ("status", "word"),
    [
        pytest.param(BookingStatus.CONFIRMED, "CONFIRMED", id="confirmed"),
        pytest.param(BookingStatus.PENDING, "TENTATIVE", id="pending"),
        pytest.param(BookingStatus.CANCELLED, "CANCELLED", id="cancelled"),
        pytest.param(BookingStatus.REJECTED, "CANCELLED", id="rejected"),
    ],
)
def test_status_is_a_word_of_the_standard(status: BookingStatus, word: str) -> None:
    """Each status has its word of RFC 5545 section 3.8.1.11."""
    event = event_of(calendar_file(replace(BOOKING, status=status), domain="app.example"))

    assert event["status"] == word


def test_personal_data_stays_out_unless_allowed() -> None:
    """Without the flag the file names neither the guest nor any address; with it, guest and organizer."""
    closed = calendar_file(BOOKING, domain="app.example")
    allowed = calendar_file(BOOKING, domain="app.example", people=True)

    assert b"Grace" not in closed
    assert b"mailto:" not in closed
    event = event_of(allowed)
    assert event["organizer"] == "mailto:ada@host.example"
    assert event["organizer"].params["CN"] == "Ada Example"
    assert "Grace Guest" in str(event["description"])


def test_description_is_in_the_language_that_is_spoken() -> None:
    """It is the only text of ours, and says so (RFC 5545 section 3.2.10); its names are listed as there."""
    hosts = tuple(replace(BOOKING.host, name=name) for name in ("Ada", "Bo", "Cy"))
    languages = Languages(labels={"en": {"With %(names)s": "You meet %(names)s"}}, only=("en",))

    with speaking(languages.best(("en-US",))):
        event = event_of(calendar_file(replace(BOOKING, hosts=hosts), domain="app.example"))

    assert event["description"] == "You meet Ada, Bo, and Cy"
    assert event["description"].params == {"LANGUAGE": "en"}
    assert not any(event[name].params for name in ("summary", "location"))


def test_file_without_names_has_no_word_before_them() -> None:
    """A provider may name no host."""
    event = event_of(calendar_file(replace(BOOKING, hosts=()), domain="app.example"))

    assert "description" not in event


@pytest.mark.parametrize(("text", "kept"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_hostile_texts_stay_texts(text: str, kept: str) -> None:
    """No text can end its line, begin a component or add a property; what can be kept is kept."""
    hosts = (replace(BOOKING.host, name=text, email="ada@host.example"),)
    location = Location(kind=LocationKind.OTHER, value=text)
    booking = replace(BOOKING, title=text, hosts=hosts, location=location)

    content = calendar_file(booking, domain="app.example", people=True)

    event = event_of(content)
    assert event["summary"] == kept.strip()
    assert event["location"] == kept.strip()
    assert event.subcomponents == []
    assert "attendee" not in event


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_lines_are_folded(text: str) -> None:
    """No line is longer than 75 octets, and each ends with CR LF (RFC 5545 section 3.1)."""
    content = calendar_file(replace(BOOKING, title=text), domain="app.example")

    lines = content.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in content.replace(b"\r\n", b"")


SENDER = Party(name="Bookings", email="bookings@app.example")
GRACE = Party(name="Grace Guest", email="grace@guest.example")


def invited(booking: Booking = BOOKING, method: Method = Method.REQUEST, **parts: Any) -> bytes:
    """Give the calendar part of a mail to the guest."""
    entry = Entry(booking=booking, summary=booking.title, **parts)
    return invitation(
        entry, method=method, domain="app.example", organizer=SENDER, attendee=GRACE, accepted=True
    )


def test_invitation_names_who_asks_whom() -> None:
    """One organizer, who sends the mail, and one attendee, who need not answer."""
    event = event_of(invited(location="Here", description="With Ada", language="en"))

    assert event["organizer"] == "mailto:bookings@app.example"
    assert event["organizer"].params["CN"] == "Bookings"
    assert event["attendee"] == "mailto:grace@guest.example"
    assert dict(event["attendee"].params) == {
        "CN": "Grace Guest",
        "CUTYPE": "INDIVIDUAL",
        "ROLE": "REQ-PARTICIPANT",
        "PARTSTAT": "ACCEPTED",
        "RSVP": "FALSE",
    }
    assert (event["location"], event["description"]) == ("Here", "With Ada")
    assert event["description"].params == {"LANGUAGE": "en"}


def test_invitation_and_file_are_about_the_same_entry() -> None:
    """Whoever adds the file and is then invited has the booking once."""
    file, asked = event_of(calendar_file(BOOKING, domain="app.example")), event_of(invited())

    for name in ("uid", "sequence", "dtstamp", "dtstart", "dtend", "status"):
        assert file[name].to_ical() == asked[name].to_ical()


def test_taking_back_is_cancelled_whatever_the_booking_is() -> None:
    """A booking that stands is off for whoever is out of it (RFC 5546 section 3.2.5)."""
    content = invited(method=Method.CANCEL)

    assert b"METHOD:CANCEL\r\n" in content
    assert event_of(content)["status"] == "CANCELLED"


def test_successor_keeps_the_entry_of_the_first() -> None:
    """UID and CREATED are those of the first of all, and SEQUENCE counts every change."""
    former = (replace(BOOKING, uid="b-2", revision=2), replace(BOOKING, uid="b-1", revision=4))

    event = event_of(invited(replace(BOOKING, uid="b-3", revision=1), former=former))

    assert event["uid"] == "b-1@app.example"
    assert event["sequence"] == 6


@pytest.mark.parametrize(("text", "kept"), HOSTILE.items(), ids=range(len(HOSTILE)))
def test_hostile_texts_of_an_invitation_stay_texts(text: str, kept: str) -> None:
    """Names of people are parameters, which have no line ends at all; all else is as in a file."""
    party = Party(name=text, email="x@app.example")
    entry = Entry(booking=BOOKING, summary=text, location=text, description=text)

    content = invitation(
        entry, method=Method.REQUEST, domain="app.example", organizer=party, attendee=party, accepted=False
    )

    event = event_of(content)
    assert event["summary"] == event["location"] == event["description"] == kept.strip()
    assert event["organizer"] == event["attendee"] == "mailto:x@app.example"
    assert event["organizer"].params["CN"] == " ".join(kept.strip().split("\n"))
    assert event.subcomponents == []
    assert max(map(len, content.split(b"\r\n"))) <= 75


def test_dates_file_has_an_entry_for_each() -> None:
    """To be added at once, without anybody being asked to come."""
    entries = [Entry(booking=replace(BOOKING, uid=f"b-{each}"), summary="Course") for each in range(3)]

    content = dates_file(entries, domain="app.example", organizer=SENDER)

    events = Calendar.from_ical(content).walk("VEVENT")
    assert b"METHOD:PUBLISH\r\n" in content
    assert [event["uid"] for event in events] == ["b-0@app.example", "b-1@app.example", "b-2@app.example"]
    assert all("attendee" not in event for event in events)


def test_google_link_says_title_time_and_place_only() -> None:
    """The link for Google Calendar carries the basic UTC times and no personal data."""
    address = urlsplit(google_link(BOOKING))

    query = parse_qs(address.query)
    assert (address.scheme, address.netloc) == ("https", "calendar.google.com")
    assert query["dates"] == ["20260312T090000Z/20260312T093000Z"]
    assert query["text"] == ["Intro call"]
    assert set(query) == {"action", "text", "dates", "location"}
    assert "grace" not in address.query.lower()


def test_outlook_link_says_title_time_and_place_only() -> None:
    """The link for Outlook carries extended UTC times, and blanks as %20."""
    address = urlsplit(outlook_link(BOOKING))

    query = parse_qs(address.query)
    assert query["startdt"] == ["2026-03-12T09:00:00Z"]
    assert query["enddt"] == ["2026-03-12T09:30:00Z"]
    assert "subject=Intro%20call" in address.query
    assert set(query) == {"path", "rru", "subject", "startdt", "enddt", "location"}


def test_links_cannot_be_broken_by_a_title() -> None:
    """Ampersands, hashes and line ends in a title stay in the title."""
    booking = replace(BOOKING, title="A&B #1\r\n&dates=x", location=None)

    query = parse_qs(urlsplit(google_link(booking)).query)

    assert query["text"] == ["A&B #1\n&dates=x"]
    assert query["dates"] == ["20260312T090000Z/20260312T093000Z"]
    assert "location" not in query


@pytest.mark.parametrize(
    ("location", "line"),
    [
        pytest.param(None, "", id="none"),
        pytest.param(Location(kind=LocationKind.PHONE, value="+33 1 00"), "+33 1 00", id="value"),
        pytest.param(Location(kind=LocationKind.LINK, label="Video call"), "Video call", id="label"),
        pytest.param(Location(kind=LocationKind.OTHER, value="Here", label="Here"), "Here", id="same"),
        pytest.param(
            Location(kind=LocationKind.ATTENDEE_PHONE, value="+33 6 00", label="We call you"),
            "We call you",
            id="number of the guest",
        ),
    ],
)
def test_place_is_one_line_without_the_guests_number(location: Location | None, line: str) -> None:
    """A place reads as label and value; the guest's own number is personal data."""
    assert place(location) == line


def test_place_shows_the_guests_number_where_allowed() -> None:
    """Whoever may see personal data sees the number that the host will call."""
    location = Location(kind=LocationKind.ATTENDEE_PHONE, value="+33 6 00", label="We call you")

    assert place(location, people=True) == "We call you, +33 6 00"
