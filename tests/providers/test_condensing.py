"""Tests of what is kept of somebody's calendar: times, and nothing else."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booker_components.providers.embedded.calendars.condensing import (
    HEAD,
    NotACalendar,
    components,
    condensed,
)

from .ics import CALENDARS, SINCE, calendar, event, nobody

OURS = "q1W2e3R4t5Y6u7I8o9P0aS"


def kept(body: bytes, ours: Collection[str] = ()) -> str:
    """Give what is kept of a calendar, where some uids are ours."""
    known = frozenset(ours)
    return condensed(body, since=SINCE, ours=lambda uids: known & set(uids)).decode()


@pytest.mark.parametrize("path", sorted(CALENDARS.glob("*.ics")), ids=lambda path: str(path.stem))
def test_no_words_are_kept(path: object) -> None:
    """Titles, places, texts, names and uids go; so what is in the database tells nobody anything."""
    assert hasattr(path, "read_bytes")

    found = kept(path.read_bytes())

    private = (
        "SUMMARY",
        "DESCRIPTION",
        "LOCATION",
        "Doctor",
        "Meier",
        "google.com",
        "040000008200",
        "5F1C6A1E",
    )
    assert not [word for word in private if word in found]
    assert found.startswith(HEAD.decode())


def test_condensed_calendar_stays_as_it_is() -> None:
    """What was condensed is a calendar, of which everything is kept but the hidden uids, hidden once more."""
    first = kept((CALENDARS / "google.ics").read_bytes())

    again = kept(first.encode())

    assert [line for line in again.splitlines() if not line.startswith("UID:")] == [
        line for line in first.splitlines() if not line.startswith("UID:")
    ]


def test_what_vendors_write_anew_each_time_changes_nothing() -> None:
    """Google dates every copy of every event; who reads it need not do so again."""
    first = (CALENDARS / "google.ics").read_bytes()
    later = first.replace(b"DTSTAMP:20270201T070000Z", b"DTSTAMP:20270201T070500Z")

    assert first != later
    assert kept(first) == kept(later)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(("DTSTART:20261231T090000Z", "DTEND:20261231T100000Z"), 0, id="over"),
        pytest.param(("DTSTART:20261231T230000Z", "DTEND:20270101T010000Z"), 1, id="ends then"),
        pytest.param(("DTSTART;VALUE=DATE:20261230",), 0, id="a day that is over"),
        pytest.param(("DTSTART:20261201T090000Z", "DURATION:P90D"), 1, id="may last"),
        pytest.param(
            ("DTSTART:20200101T090000Z", "DTEND:20200101T100000Z", "RRULE:FREQ=DAILY"), 1, id="repeats"
        ),
        pytest.param(
            ("DTSTART:20200101T090000Z", "DTEND:20200101T100000Z", "RDATE:20270301"), 1, id="comes again"
        ),
        pytest.param(
            ("DTSTART:20200101T090000Z", "DTEND:20200101T100000Z", "RECURRENCE-ID:2"), 1, id="stands for"
        ),
        pytest.param(("DTSTART:never", "DTEND:never"), 1, id="broken, to be counted"),
    ],
)
def test_what_is_over_is_not_kept(lines: tuple[str, ...], expected: int) -> None:
    """Most of a calendar lies in the past; what may come again does not."""
    assert kept(calendar(event(*lines))).count("BEGIN:VEVENT") == expected


def test_own_bookings_are_not_kept() -> None:
    """An invitation that the host has taken must not keep the host out of its own booking's time."""
    at_nine = ("DTSTART:20270202T090000Z", "DTEND:20270202T100000Z")
    ours = event(*at_nine, uid=f"{OURS}@bookings.example.com")
    same = event(*at_nine, uid=f"{OURS[::-1]}@bookings.example.com")
    other = event(*at_nine, uid="040000008200E00074C5B7101A82E008")

    assert kept(calendar(ours, same, other), [OURS]).count("BEGIN:VEVENT") == 2
    assert kept(calendar(ours, same, other)).count("BEGIN:VEVENT") == 3


def test_only_likely_uids_are_looked_up() -> None:
    """A calendar without anything of ours asks the database nothing."""
    asked: list[Collection[str]] = []

    def ours(uids: Collection[str]) -> Collection[str]:
        asked.append(uids)
        return uids

    condensed(calendar(event("DTSTART:20270202T090000Z")), since=SINCE, ours=ours)
    condensed(calendar(event(uid=f"{OURS}@a.example")), since=SINCE, ours=ours)

    assert [set(each) for each in asked] == [{OURS}]


@pytest.mark.parametrize(
    "end", [pytest.param("\n", id="LF"), pytest.param("\r\n", id="CRLF"), pytest.param("\r", id="CR")]
)
def test_folded_lines_are_one(end: str) -> None:
    """Lines may be folded anywhere (RFC 5545 section 3.1), in a name or in a number."""
    body = calendar(event("DTST", " ART:2027020", "\t2T090000Z", "DTEND:20270202T100000Z"))

    found = kept(body.replace(b"\n", end.encode()))

    assert "DTSTART:20270202T090000Z\n" in found


def test_mark_at_the_begin_is_no_matter() -> None:
    """Some write a byte order mark before a file, and blank lines around it."""
    assert kept(b"\xef\xbb\xbf\n\n" + calendar(event("DTSTART:20270202T090000Z")) + b"\n\n")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"<!doctype html><title>Sign in</title>", id="a page"),
        pytest.param(b'{"error": "not found"}', id="JSON"),
        pytest.param(calendar(event())[:-20], id="cut off"),
        pytest.param(b"BEGIN:VEVENT\nEND:VEVENT", id="no calendar around it"),
        pytest.param(b"\x1f\x8b\x08\x00", id="packed"),
        pytest.param(b"BEGIN:VCALENDAR", id="begin alone"),
    ],
)
def test_what_is_no_calendar_is_none(body: bytes) -> None:
    """A page to sign in at must not be taken for a calendar without events."""
    with pytest.raises(NotACalendar):
        kept(body)


def test_empty_calendar_is_one() -> None:
    """Nothing to do is a calendar, too."""
    assert "VEVENT" not in kept(calendar())


def test_event_without_an_end_ends_with_the_next() -> None:
    """A part that is not closed loses neither itself nor what follows."""
    open_ = event("DTSTART:20270202T090000Z").removesuffix("END:VEVENT")
    body = calendar(open_, event("DTSTART:20270203T090000Z", uid="two"), open_)

    assert kept(body).count("DTSTART:") == 3


def test_alarms_are_no_events() -> None:
    """What is inside of an event has times of its own."""
    alarm = ("BEGIN:VALARM", "DTSTART:20300101T000000Z", "DURATION:PT5M", "END:VALARM")

    found = kept(calendar(event("DTSTART:20270202T090000Z", *alarm, "DTEND:20270202T100000Z")))

    assert "2030" not in found
    assert "DTEND:20270202T100000Z" in found


def test_several_calendars_in_one_file_are_one() -> None:
    """RFC 5545 section 3.4 allows one after the other."""
    body = calendar(event("DTSTART:20270202T090000Z")) + calendar(event("DTSTART:20270203T090000Z"))

    assert kept(body).count("BEGIN:VEVENT") == 2


_NAMES = {"BEGIN", "END", "PRODID", "X-WR-TIMEZONE", "UID", "DTSTART", "DTEND", ""}


@given(st.text(max_size=60))
def test_no_text_adds_lines(text: str) -> None:
    """Whatever stands in a property, nothing of it becomes a property of its own."""
    body = calendar(event("DTSTART:20270202T090000Z", f"DTEND;TZID={text}:20270202T100000Z", uid=text))

    try:
        found = kept(body)
    except NotACalendar:
        return

    names = {re.split("[;:]", line)[0] for line in found.split("\n")}
    assert names <= _NAMES


@given(st.binary(max_size=300))
def test_no_bytes_do_harm(body: bytes) -> None:
    """What comes is a calendar or is none."""
    with pytest.raises(NotACalendar):
        condensed(body, since=date(2027, 1, 1), ours=nobody)


def test_last_part_is_the_calendar() -> None:
    """What a calendar says of itself is found, wherever it stands."""
    parts = list(components(calendar(event(), head="X-WR-TIMEZONE:Asia/Tokyo").decode()))

    assert [each.name for each in parts] == ["VEVENT", "VCALENDAR"]
    assert parts[-1].value("X-WR-TIMEZONE") == "Asia/Tokyo"
