"""Tests of reading calendars: when somebody is busy, by every way in which calendars say so."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booker_components.errors import ProviderError
from booker_components.providers.embedded.calendars.reading import merged
from booker_components.providers.embedded.calendars.recurring import ahead, work
from booker_components.times import zone
from booker_components.values import TimeWindow

from .ics import CALENDARS, YEAR, busy, calendar, event, instants, read

DAY = timedelta(days=1)
NINE = ("DTSTART;TZID=Europe/Berlin:20270202T090000", "DTEND;TZID=Europe/Berlin:20270202T100000")


# --- whole calendars ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "zone", "expected"),
    [
        pytest.param(
            "google",
            "America/New_York",
            [
                "02-02 09:00 - 10:00",
                # Two days of the calendar's own zone; the birthday takes no time.
                "02-14 23:00 - 02-16 23:00",
                "03-03 08:30 - 08:45",
                "03-10 08:30 - 08:45",
                # The 17th is left out, the 24th is on the 25th, and the clocks change on the 28th.
                "03-25 13:00 - 14:00",
                "03-31 07:30 - 07:45",
                # The 7th is cancelled and the 14th is free.
                "04-21 07:30 - 07:45",
            ],
            id="google",
        ),
        pytest.param(
            "outlook",
            "Europe/Berlin",
            [
                "02-02 09:00 - 10:00",
                # Perhaps is busy, and what is marked as free is not; a day away counts, and so do its
                # Fridays, the last of which begins at the instant at which they end.
                "02-03 09:00 - 10:00",
                "02-04 23:00 - 02-05 23:00",
                "02-07 23:00 - 02-08 23:00",
                "02-11 23:00 - 02-12 23:00",
                "02-18 23:00 - 02-19 23:00",
                # A zone that only the calendar knows, in its summer.
                "07-02 04:00 - 05:00",
            ],
            id="outlook",
        ),
        pytest.param(
            "apple",
            "America/New_York",
            [
                # Wherever the host is; the others are where a vendor's long name says.
                "02-02 17:00 - 17:45",
                "02-03 12:00 - 13:00",
                "02-10 12:00 - 14:00",
                "02-11 12:00 - 12:30",
            ],
            id="apple",
        ),
        pytest.param(
            "freebusy",
            "Europe/Berlin",
            [
                "02-02 09:00 - 10:00",
                "02-03 09:00 - 09:30",
                "02-04 09:00 - 10:00",
                "02-05 09:00 - 10:00",
                "02-07 09:00 - 10:00",
            ],
            id="busy times of a server",
        ),
    ],
)
def test_calendar_is_read(name: str, zone: str, expected: list[str]) -> None:
    """What the vendors write is understood, whole."""
    body = (CALENDARS / f"{name}.ics").read_bytes()

    assert busy(body, zone=zone) == expected
    assert read(body, zone=zone).skipped == 0


# --- what takes time ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param((), True, id="nothing said"),
        pytest.param(("TRANSP:OPAQUE",), True, id="opaque"),
        pytest.param(("TRANSP:TRANSPARENT",), False, id="transparent"),
        pytest.param(("transp:transparent",), False, id="small letters"),
        pytest.param(("STATUS:TENTATIVE",), True, id="tentative"),
        pytest.param(("STATUS:CANCELLED",), False, id="cancelled"),
        pytest.param(("X-MICROSOFT-CDO-BUSYSTATUS:FREE", "TRANSP:OPAQUE"), False, id="free for Outlook"),
        pytest.param(("X-MICROSOFT-CDO-BUSYSTATUS:OOF", "TRANSP:TRANSPARENT"), True, id="away for Outlook"),
        pytest.param(("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE",), True, id="another word"),
        pytest.param(
            ("X-MICROSOFT-CDO-BUSYSTATUS:WORKINGELSEWHERE", "TRANSP:TRANSPARENT"),
            False,
            id="working elsewhere",
        ),
        pytest.param(("X-MICROSOFT-CDO-BUSYSTATUS:BUSY", "STATUS:CANCELLED"), False, id="busy but cancelled"),
    ],
)
def test_event_takes_time_unless_it_says_otherwise(lines: tuple[str, ...], expected: bool) -> None:
    """Whether an event keeps others out is told in several ways."""
    found = busy(calendar(event(*NINE, *lines)))

    assert found == (["02-02 08:00 - 09:00"] if expected else [])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(("DTSTART:20270202T090000Z", "DTEND:20270202T100000Z"), "02-02 09:00 - 10:00", id="UTC"),
        pytest.param(("DTSTART:20270202T090000Z", "DURATION:PT90M"), "02-02 09:00 - 10:30", id="length"),
        pytest.param(("DTSTART:20270202T090000Z", "DURATION:P1DT1H"), "02-02 09:00 - 02-03 10:00", id="long"),
        pytest.param(
            ("DTSTART:20270202T090000", "DTEND:20270202T100000"), "02-02 08:00 - 09:00", id="floating"
        ),
        pytest.param(("DTSTART;VALUE=DATE:20270202",), "02-01 23:00 - 02-02 23:00", id="day"),
        pytest.param(
            ("DTSTART;VALUE=DATE:20270202", "DTEND;VALUE=DATE:20270202"),
            "02-01 23:00 - 02-02 23:00",
            id="no days",
        ),
        pytest.param(
            ("DTSTART;VALUE=DATE:20270202", "DURATION:P2D"), "02-01 23:00 - 02-03 23:00", id="length in days"
        ),
        pytest.param(
            ("DTSTART;TZID=Asia/Kathmandu:20270202T090000", "DTEND;TZID=America/New_York:20270202T090000"),
            "02-02 03:15 - 14:00",
            id="two zones",
        ),
        pytest.param(
            ("DTSTART;TZID=Nowhere/Unknown:20270202T090000", "DURATION:PT1H"),
            "02-02 08:00 - 09:00",
            id="unknown zone",
        ),
        pytest.param(
            ("DTSTART;TZID=India Standard Time:20270202T090000", "DURATION:PT1H"),
            "02-02 03:30 - 04:30",
            id="zone of Windows",
        ),
        pytest.param(
            ("DTSTART;TZID=/mozilla.org/20050126_1/Asia/Kathmandu:20270202T090000", "DURATION:PT1H"),
            "02-02 03:15 - 04:15",
            id="zone with a path",
        ),
        pytest.param(
            ("DTSTART:20270202T100000Z", "DTEND:20270202T090000Z"), "02-02 09:00 - 10:00", id="backwards"
        ),
    ],
)
def test_time_is_read(lines: tuple[str, ...], expected: str) -> None:
    """Begin and end are told in many ways; what tells no zone is meant in the host's."""
    assert busy(calendar(event(*lines))) == [expected]


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("DTSTART:20270202T090000Z",), id="no end"),
        pytest.param(("DTSTART:20270202T090000Z", "DTEND:20270202T090000Z"), id="same end"),
        pytest.param(("DTSTART:20270202T090000Z", "DURATION:PT0S"), id="no length"),
    ],
)
def test_moment_takes_no_time(lines: tuple[str, ...]) -> None:
    """What ends as it begins is a note."""
    assert busy(calendar(event(*lines))) == []


def test_days_are_the_calendars() -> None:
    """Whole days are in the zone that the calendar tells, and else in the host's."""
    day = event("DTSTART;VALUE=DATE:20270202")

    assert busy(calendar(day, head="X-WR-TIMEZONE:Asia/Kathmandu")) == ["02-01 18:15 - 02-02 18:15"]
    assert busy(calendar(day, head="X-WR-TIMEZONE:Nowhere")) == ["02-01 23:00 - 02-02 23:00"]


def test_floating_times_are_the_hosts() -> None:
    """A time without a zone is wherever the host is, whatever the calendar says of itself."""
    lunch = event("DTSTART:20270202T120000", "DURATION:PT1H")

    found = busy(calendar(lunch, head="X-WR-TIMEZONE:Asia/Tokyo"), zone="Australia/Adelaide")

    assert found == ["02-02 01:30 - 02:30"]


def test_two_events_of_one_uid_are_both_busy() -> None:
    """Some give every event the same uid; only a newer version replaces an event."""
    events = [event(f"DTSTART:2027020{day}T090000Z", "DURATION:PT1H") for day in (2, 3)]
    newer = event("DTSTART:20270204T090000Z", "DURATION:PT1H", "SEQUENCE:1")

    assert busy(calendar(*events)) == ["02-02 09:00 - 10:00", "02-03 09:00 - 10:00"]
    assert busy(calendar(events[0], newer)) == ["02-04 09:00 - 10:00"]


# --- days on which the clocks change ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(("DTSTART;VALUE=DATE:20270328",), "03-27 23:00 - 03-28 22:00", id="a day of 23 hours"),
        pytest.param(("DTSTART;VALUE=DATE:20271031",), "10-30 22:00 - 10-31 23:00", id="a day of 25 hours"),
        pytest.param(
            ("DTSTART;TZID=Europe/Berlin:20270328T023000", "DTEND;TZID=Europe/Berlin:20270328T033000"),
            "03-28 01:30 - 02:30",
            id="a time that is skipped",
        ),
        pytest.param(
            ("DTSTART;TZID=Europe/Berlin:20271031T023000", "DTEND;TZID=Europe/Berlin:20271031T033000"),
            "10-31 00:30 - 02:30",
            id="a time that comes twice",
        ),
        pytest.param(
            ("DTSTART;TZID=Europe/Berlin:20270327T220000", "DURATION:PT8H"),
            "03-27 21:00 - 03-28 05:00",
            id="hours are exact in spring",
        ),
        pytest.param(
            ("DTSTART;TZID=Europe/Berlin:20271030T220000", "DURATION:PT8H"),
            "10-30 20:00 - 10-31 04:00",
            id="hours are exact in autumn",
        ),
        pytest.param(
            ("DTSTART;TZID=Europe/Berlin:20270327T220000", "DURATION:P1D"),
            "03-27 21:00 - 03-28 20:00",
            id="days are not",
        ),
        pytest.param(
            ("DTSTART;TZID=Africa/Cairo:20270430T003000", "DURATION:PT1H"),
            "04-29 22:30 - 23:30",
            id="midnight that is skipped",
        ),
        pytest.param(
            (
                "DTSTART;TZID=Australia/Lord_Howe:20270404T013000",
                "DTEND;TZID=Australia/Lord_Howe:20270404T023000",
            ),
            "04-03 14:30 - 16:00",
            id="half an hour twice",
        ),
    ],
)
def test_time_on_a_day_of_change_is_read(lines: tuple[str, ...], expected: str) -> None:
    """Times that are skipped or come twice are meant as RFC 5545 section 3.3.5 says."""
    assert busy(calendar(event(*lines))) == [expected]


# --- what repeats ------------------------------------------------------------------------------------


def every(rule: str, start: str = "DTSTART;TZID=Europe/Berlin:20270201T090000", *more: str) -> bytes:
    """Give a calendar with one event of an hour that repeats."""
    return calendar(event(start, "DURATION:PT1H", f"RRULE:{rule}", *more))


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        pytest.param("FREQ=DAILY;COUNT=2", ["02-01", "02-02"], id="so many times"),
        pytest.param("FREQ=DAILY;UNTIL=20270202T080000Z", ["02-01", "02-02"], id="until an instant"),
        pytest.param("FREQ=DAILY;UNTIL=20270202T075959Z", ["02-01"], id="until right before"),
        pytest.param("FREQ=DAILY;UNTIL=20270202T090000", ["02-01", "02-02"], id="until a local time"),
        pytest.param("FREQ=DAILY;UNTIL=20270202", ["02-01", "02-02"], id="until a day"),
        pytest.param("FREQ=MONTHLY;BYDAY=1MO;COUNT=2", ["02-01", "03-01"], id="first Monday"),
        pytest.param("FREQ=MONTHLY;BYMONTHDAY=31;UNTIL=20270601", ["02-01", "03-31", "05-31"], id="31st"),
        pytest.param("FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=8", ["02-01", "03-08"], id="once a year"),
        pytest.param(
            "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;COUNT=4", ["02-01", "02-04", "02-15", "02-18"], id="weeks"
        ),
        pytest.param("freq=daily;count=2", ["02-01", "02-02"], id="small letters"),
    ],
)
def test_rule_is_followed(rule: str, expected: list[str]) -> None:
    """Events are repeated as the rule says; the first one counts whether it fits or not."""
    found = [each[:5] for each in busy(every(rule))]

    assert found == expected


def test_local_end_of_a_series_is_meant_in_its_zone() -> None:
    """The last event is not lost west of UTC, where the end would come before it."""
    start = "DTSTART;TZID=America/Los_Angeles:20270201T140000"

    found = busy(every("FREQ=DAILY;UNTIL=20270203T140000", start))

    assert [each[:5] for each in found] == ["02-01", "02-02", "02-03"]


def test_exceptions_of_a_series_are_minded() -> None:
    """Dates are left out by day and by instant, others are added."""
    more = (
        "EXDATE;VALUE=DATE:20270202",
        "EXDATE:20270203T080000Z,20270204T080000Z",
        "RDATE;TZID=Europe/Berlin:20270220T120000",
    )

    found = busy(every("FREQ=DAILY;COUNT=5", "DTSTART;TZID=Europe/Berlin:20270201T090000", *more))

    assert found == ["02-01 08:00 - 09:00", "02-05 08:00 - 09:00", "02-20 11:00 - 12:00"]


def test_change_of_all_that_follow_is_minded() -> None:
    """From one event on, the others may begin later and last longer."""
    start = "DTSTART;TZID=Europe/Berlin:20270201T090000"
    change = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270203T090000",
        "DTSTART;TZID=Europe/Berlin:20270203T110000",
        "DTEND;TZID=Europe/Berlin:20270203T130000",
    )
    series = event(start, "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=4")

    found = busy(calendar(series, change))

    assert found == [
        "02-01 08:00 - 09:00",
        "02-02 08:00 - 09:00",
        "02-03 10:00 - 12:00",
        "02-04 10:00 - 12:00",
    ]


def test_changed_event_of_a_series_that_is_not_there_counts() -> None:
    """Somebody may be invited to one event of a series alone."""
    one = event("RECURRENCE-ID:20270203T080000Z", "DTSTART:20270203T100000Z", "DTEND:20270203T110000Z")

    assert busy(calendar(one)) == ["02-03 10:00 - 11:00"]


@given(
    hour=st.integers(0, 23),
    minutes=st.integers(5, 600),
    name=st.sampled_from(
        [
            "Europe/Berlin",
            "America/New_York",
            "Asia/Kathmandu",
            "Australia/Lord_Howe",
            "America/Santiago",
            "UTC",
        ]
    ),
    days=st.lists(st.integers(0, 364), min_size=1, max_size=6, unique=True),
    interval=st.integers(1, 9),
)
@settings(max_examples=40, deadline=None)
def test_daily_series_is_at_the_same_wall_time_all_year(
    hour: int, minutes: int, name: str, days: list[int], interval: int
) -> None:
    """Each event begins at its wall time, except for those left out; it ends by the clock on the wall."""
    home, first = zone(name), datetime(2027, 1, 1, hour, 20)
    length, left_out = timedelta(minutes=minutes), [first + timedelta(days=day) for day in days]
    gone = ",".join(f"{each:%Y%m%dT%H%M%S}" for each in left_out)
    body = calendar(
        event(
            f"DTSTART;TZID={name}:{first:%Y%m%dT%H%M%S}",
            f"DTEND;TZID={name}:{first + length:%Y%m%dT%H%M%S}",
            f"RRULE:FREQ=DAILY;INTERVAL={interval};UNTIL=20271230T235959Z",
            f"EXDATE;TZID={name}:{gone}",
        )
    )
    starts = [first + timedelta(days=day) for day in range(0, 365, interval)]
    expected = [
        (start.replace(tzinfo=home), (start + length).replace(tzinfo=home))
        for start in starts
        if start not in left_out
        and start.replace(tzinfo=home) <= datetime(2027, 12, 30, 23, 59, 59, tzinfo=UTC)
    ]

    found = read(body, zone=name).busy(TimeWindow(start=YEAR.start - DAY, end=YEAR.end + DAY))

    utc = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in expected]
    assert found == merged((start, end if start < end else start + length) for start, end in utc)


#: How the days of a series that began long ago are told from others, without going by a rule.
_SERIES = {
    "FREQ=DAILY": lambda first, day, n: (day - first).days % n == 0,
    "FREQ=DAILY;BYDAY=MO,TH": lambda first, day, n: (day - first).days % n == 0 and day.weekday() in (0, 3),
    "FREQ=WEEKLY": lambda first, day, n: (day - first).days % (7 * n) == 0,
    "FREQ=WEEKLY;BYDAY=TU,SU": lambda first, day, n: _weeks(first, day) % n == 0 and day.weekday() in (1, 6),
    "FREQ=MONTHLY": lambda first, day, n: _months(first, day) % n == 0 and day.day == first.day,
    "FREQ=YEARLY": lambda first, day, n: (
        (day.year - first.year) % n == 0 and (day.month, day.day) == (first.month, first.day)
    ),
}


def _weeks(first: date, day: date) -> int:
    monday = [each - timedelta(days=each.weekday()) for each in (first, day)]
    return (monday[1] - monday[0]).days // 7


def _months(first: date, day: date) -> int:
    return (day.year - first.year) * 12 + day.month - first.month


@given(
    rule=st.sampled_from(list(_SERIES)),
    first=st.dates(date(1900, 1, 1), date(2027, 3, 1)),
    interval=st.integers(1, 5),
    until=st.none() | st.dates(date(1990, 1, 1), date(2027, 12, 31)),
    gone=st.lists(st.dates(date(2027, 1, 1), date(2027, 12, 31)), max_size=4),
)
@settings(max_examples=100, deadline=None)
def test_series_that_began_long_ago_has_its_dates(
    rule: str, first: date, interval: int, until: date | None, gone: list[date]
) -> None:
    """Whenever it began: dates are counted from its first one, of which nobody need see all."""
    end = f";UNTIL={until:%Y%m%d}" if until else ""
    left_out = [f"EXDATE;VALUE=DATE:{','.join(f'{day:%Y%m%d}' for day in gone)}"] if gone else []
    start = f"DTSTART;VALUE=DATE:{first:%Y%m%d}"
    body = calendar(event(start, f"RRULE:{rule};INTERVAL={interval}{end}", *left_out))
    days = [date(2027, 1, 1) + timedelta(days=number) for number in range(365)]
    expected = [
        day
        for day in days
        if first <= day <= (until or day)
        and day not in gone
        and (day == first or _SERIES[rule](first, day, interval))
    ]

    spans = read(body, zone="UTC").busy(YEAR)

    assert [day for day in days if any(start.date() <= day < end.date() for start, end in spans)] == expected


def test_series_that_began_long_ago_keeps_its_wall_time_and_its_changes() -> None:
    """One date is moved, one is off, and from one on all are later: they are told from the first date on."""
    rule = ("DTSTART;TZID=Europe/Berlin:19120304T090000", "DTEND;TZID=Europe/Berlin:19120304T100000")
    series = event(*rule, "RRULE:FREQ=WEEKLY", "EXDATE;TZID=Europe/Berlin:20270208T090000")
    moved = event(
        "RECURRENCE-ID;TZID=Europe/Berlin:20270201T090000",
        "DTSTART;TZID=Europe/Berlin:20270203T120000",
        "DTEND;TZID=Europe/Berlin:20270203T130000",
    )
    later = event(
        "RECURRENCE-ID;RANGE=THISANDFUTURE;TZID=Europe/Berlin:20270222T090000",
        "DTSTART;TZID=Europe/Berlin:20270222T110000",
        "DTEND;TZID=Europe/Berlin:20270222T120000",
    )
    window = instants("02-01 00:00", "04-01 00:00")

    alone = busy(calendar(series, moved), window=window)
    both = busy(calendar(series, moved, later), window=window)

    assert alone[:3] == ["02-03 11:00 - 12:00", "02-15 08:00 - 09:00", "02-22 08:00 - 09:00"]
    # The clocks change on the 28th of March.
    assert alone[-1] == "03-29 07:00 - 08:00"
    assert both[:2] == alone[:2]
    assert both[2:4] == ["02-22 10:00 - 11:00", "03-01 10:00 - 11:00"]


@pytest.mark.parametrize(
    ("lines", "changed"),
    [
        pytest.param(("RRULE:FREQ=DAILY",), True, id="plain"),
        pytest.param(("RRULE:FREQ=DAILY;COUNT=60000",), False, id="counted"),
        pytest.param(("RRULE:FREQ=DAILY", "RRULE:FREQ=WEEKLY"), False, id="two rules"),
        pytest.param(("RRULE:FREQ=HOURLY",), False, id="within a day"),
        pytest.param(("RRULE:FREQ=DAILY;INTERVAL=0",), False, id="no interval"),
        pytest.param((f"RRULE:FREQ=DAILY;INTERVAL={'9' * 400}",), False, id="endless interval"),
        pytest.param(("RRULE:FREQ=DAILY", "DTEND;TZID=Asia/Tokyo:19000101T200000"), False, id="two zones"),
        pytest.param(("RRULE:FREQ=DAILY", "DTEND:20000101T200000"), False, id="for a hundred years"),
        pytest.param(("RRULE:FREQ=DAILY", "DURATION:P9999D"), False, id="for very long"),
        pytest.param(("RRULE:FREQ=DAILY", "DURATION:P1DT2H"), True, id="a day and two hours"),
        pytest.param(("RRULE:FREQ=DAILY", "DTEND:19000101"), True, id="all day"),
        pytest.param((), False, id="once"),
    ],
)
def test_series_begins_later_where_that_changes_no_date(lines: tuple[str, ...], changed: bool) -> None:
    """Only what can be told from its rule alone; the other lines stay as they are."""
    event = ["DTSTART:19000101T090000", *lines]

    [found] = ahead([event], date(2027, 2, 1))

    assert (found[0] != event[0]) is changed
    assert [line for line in found if line.startswith("R")] == [line for line in lines if line[0] == "R"]


# --- looking up --------------------------------------------------------------------------------------


def test_what_reaches_into_a_window_is_found() -> None:
    """An event that has begun long before keeps the time in which it still is."""
    body = calendar(event("DTSTART:20270110T000000Z", "DTEND:20270901T000000Z"))

    found = busy(body, window=instants("06-01 09:00", "06-01 09:30"))

    assert found == ["01-10 00:00 - 09-01 00:00"]


def test_what_only_touches_a_window_is_not_found() -> None:
    """One appointment may begin when another one ends."""
    body = calendar(event("DTSTART:20270202T090000Z", "DTEND:20270202T100000Z"))

    assert busy(body, window=instants("02-02 10:00", "02-02 11:00")) == []
    assert busy(body, window=instants("02-02 08:00", "02-02 09:00")) == []


@given(st.integers(0, 360), st.integers(1, 200))
@settings(max_examples=30, deadline=None)
def test_windows_agree_with_each_other(day: int, length: int) -> None:
    """A part of the year is seen as in the whole year, wherever it begins."""
    reading = read((CALENDARS / "google.ics").read_bytes())
    start = YEAR.start + timedelta(days=day)
    window = TimeWindow(start=start, end=start + timedelta(days=length))
    wide = TimeWindow(start=YEAR.start, end=YEAR.end + timedelta(days=200))

    found = reading.busy(window)

    assert found == [each for each in reading.busy(wide) if each[0] < window.end and window.start < each[1]]


def test_overlapping_times_are_one() -> None:
    """Whoever is busy with two things is busy once."""
    spans = [(3, 5), (1, 2), (2, 3), (4, 9), (20, 21), (5, 6)]
    start = datetime(2027, 1, 1, tzinfo=UTC)

    found = merged((start + timedelta(hours=a), start + timedelta(hours=b)) for a, b in spans)

    assert [((a - start).total_seconds() / 3600, (b - start).total_seconds() / 3600) for a, b in found] == [
        (1, 9),
        (20, 21),
    ]


def test_threads_read_the_same() -> None:
    """One calendar serves all pages at once."""
    reading = read(every("FREQ=DAILY;COUNT=300"))

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: reading.busy(YEAR), range(16)))

    assert len(found[0]) == 300
    assert all(each == found[0] for each in found)


# --- zones of calendars --------------------------------------------------------------------------------

_ZONE = """BEGIN:VTIMEZONE
TZID:Own
BEGIN:STANDARD
DTSTART:16010101T000000
TZOFFSETFROM:{0}
TZOFFSETTO:{0}
END:STANDARD
END:VTIMEZONE"""


def test_zone_of_one_calendar_means_nothing_in_another() -> None:
    """Two calendars may call different zones by the same name, also if other code knows a third one."""
    at_nine = event("DTSTART;TZID=Own:20270202T090000", "DURATION:PT1H")
    icalendar.Calendar.from_ical(calendar(_ZONE.format("+0900"), at_nine))

    found = [busy(calendar(_ZONE.format(offset), at_nine)) for offset in ("+0545", "-0330")]

    assert found == [["02-02 03:15 - 04:15"], ["02-02 12:30 - 13:30"]]
    assert busy(calendar(at_nine)) == ["02-02 08:00 - 09:00"]


@pytest.mark.parametrize(
    "tzid", ['"(GMT+05:45) Mine; and yours"', "(GMT+05:45) Mine", '"Mitteleuropäische Zeit"', '"a:b"']
)
def test_odd_name_of_a_zone_is_taken(tzid: str) -> None:
    """Names have colons and semicolons, with quotes and without."""
    own = _ZONE.format("+0545").replace("TZID:Own", f"TZID:{tzid.strip(chr(34))}")

    found = busy(calendar(own, event(f"DTSTART;TZID={tzid}:20270202T090000", "DURATION:PT1H")))

    assert found == ["02-02 03:15 - 04:15"]


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("RRULE:FREQ=SECONDLY", id="every second"),
        pytest.param("RRULE:FREQ=YEARLY;BYHOUR=1,2,3", id="hours"),
        pytest.param("RRULE:nonsense", id="nonsense"),
        pytest.param("TZOFFSETTO:noon", id="no offset"),
        pytest.param("BEGIN:STANDARD\nEND:STANDARD\n" * 20, id="many parts"),
        pytest.param("END:STANDARD", id="ends twice"),
    ],
)
def test_zone_that_makes_no_sense_is_the_hosts(rule: str) -> None:
    """A definition that cannot be followed is not, and takes no time."""
    own = _ZONE.format("+0545").replace("END:STANDARD", f"{rule}\nEND:STANDARD")

    found = busy(calendar(own, event("DTSTART;TZID=Own:20270202T090000", "DURATION:PT1H")))

    assert found == ["02-02 08:00 - 09:00"]


# --- what is broken, or meant badly -------------------------------------------------------------------

_GOOD = event("DTSTART:20270202T090000Z", "DURATION:PT1H", uid="good@example.com")


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((), id="nothing"),
        pytest.param(("DTSTART:yesterday", "DURATION:PT1H"), id="no date"),
        pytest.param(("DTSTART:20271345T250000Z", "DURATION:PT1H"), id="no such date"),
        pytest.param(
            ("DTSTART:00010101T000000Z", "DTEND:99991231T235959Z", "RRULE:FREQ=DAILY"), id="all of time"
        ),
        pytest.param(("DTSTART:20270202T090000Z", "DURATION:soon"), id="no length"),
        pytest.param((*NINE, "RRULE:FREQ=SOMETIMES"), id="no frequency"),
        pytest.param((*NINE, "RRULE:FREQ=DAILY;INTERVAL=0"), id="no interval"),
        pytest.param((*NINE, "RRULE:FREQ=DAILY;BYMONTH=x"), id="no month"),
        pytest.param((*NINE, "RRULE:FREQ=SECONDLY"), id="every second"),
        pytest.param((*NINE, "RRULE:FREQ=MINUTELY;INTERVAL=5"), id="every five minutes"),
        pytest.param((*NINE, "RRULE:FREQ=SECONDLY;BYMONTH=2;BYMONTHDAY=30"), id="every second of never"),
        pytest.param((*NINE, "RRULE:FREQ=HOURLY;BYMONTH=2;BYMONTHDAY=30"), id="every hour of never"),
        pytest.param((*NINE, "RRULE:FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30"), id="never"),
        pytest.param((*NINE, "RRULE:FREQ=YEARLY;BYMONTH=4,6;BYMONTHDAY=31,-31"), id="never too"),
        pytest.param((*NINE, "RRULE:FREQ=DAILY;BYSETPOS=7"), id="the seventh of one"),
        pytest.param((*NINE, "RRULE:FREQ=DAILY;BYYEARDAY=366;BYMONTH=1"), id="the last day of January"),
        pytest.param(
            (*NINE, f"RRULE:FREQ=DAILY;BYHOUR={','.join(map(str, range(24)))};BYMINUTE=0,1,2,3,4,5,6,7,8,9"),
            id="many times a day",
        ),
        pytest.param(("DTSTART;VALUE=DATE:19000101", "RRULE:FREQ=HOURLY;COUNT=9999999999"), id="for ever"),
        pytest.param((*NINE, "EXDATE:nothing"), id="no exception"),
        pytest.param((*NINE, "RECURRENCE-ID:whenever"), id="no recurrence"),
    ],
)
def test_broken_event_is_left_out_and_counted(lines: tuple[str, ...]) -> None:
    """What cannot be read, or would keep us busy for too long, hides nothing else."""
    began = time.monotonic()
    reading = read(calendar(event(*lines), _GOOD))

    found = reading.busy(instants("02-01 00:00", "02-08 00:00"))

    assert [start.hour for start, _ in found] == [9]
    assert (reading.events, reading.skipped) == (1, 1)
    assert time.monotonic() - began < 20


@pytest.mark.parametrize(
    "rule",
    [
        pytest.param("FREQ=HOURLY;COUNT=3", id="hours"),
        pytest.param("FREQ=MINUTELY;INTERVAL=30;COUNT=3", id="half hours"),
        pytest.param("FREQ=SECONDLY;INTERVAL=600;COUNT=3", id="seconds"),
    ],
)
def test_short_series_within_a_day_is_followed(rule: str) -> None:
    """What repeats within a day and soon ends is no harm."""
    assert busy(every(rule))[0].startswith("02-01 08:00 - ")
    assert read(every(rule)).skipped == 0


def test_calendar_that_takes_too_long_is_not_read() -> None:
    """A calendar of endless work is refused whole, rather than read in part."""
    events = [event("DTSTART:20270202T090000Z", "DURATION:PT1H", uid=str(number)) for number in range(50)]

    with pytest.raises(ProviderError, match="too long"):
        read(calendar(*events), patience=-1.0)


_COUNTED = ("DTSTART:19000101T090000Z", "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=59000")
_DATES = ",".join(f"{2027 + number // 336}0101T090000" for number in range(20_000))


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param([_COUNTED] * 10, id="long series"),
        pytest.param([(*_COUNTED, *_COUNTED[2:] * 10)], id="many rules"),
        pytest.param([(*NINE, *[f"EXDATE:{_DATES}"] * 9)], id="many dates"),
        pytest.param([NINE] * 8_000, id="many events"),
        pytest.param([(*NINE, *["EXDATE:20270202T090000"] * 90_000)], id="many lines"),
    ],
)
def test_calendar_of_too_much_work_is_not_begun(lines: list[tuple[str, ...]]) -> None:
    """It is known beforehand, from the lines alone; and every time it is asked for."""
    reading = read(calendar(*(event(*each, uid=str(number)) for number, each in enumerate(lines))))

    for _ in range(2):
        with pytest.raises(ProviderError, match="too long"):
            reading.busy(YEAR)

    assert (reading.events, reading.skipped) == (0, 0)


@pytest.mark.parametrize(
    ("lines", "most"),
    [
        pytest.param(("RRULE:FREQ=DAILY",), 4_000, id="every day"),
        pytest.param(("RRULE:FREQ=WEEKLY;BYDAY=MO,WE",), 1_000, id="twice a week"),
        pytest.param(("RRULE:FREQ=MONTHLY;BYDAY=-1FR",), 500, id="every month"),
        pytest.param(("RRULE:FREQ=YEARLY",), 200, id="birthday"),
        pytest.param(("RRULE:FREQ=DAILY;UNTIL=19991231",), 200, id="over"),
        pytest.param(("RRULE:FREQ=DAILY;INTERVAL=0",), 200, id="broken"),
        pytest.param((), 100, id="once"),
    ],
)
def test_work_does_not_depend_on_how_old_a_series_is(lines: tuple[str, ...], most: int) -> None:
    """Hundreds of each kind are read, since whenever they have been."""
    today, found = date(2027, 2, 1), []
    for year in (1900, 1980, 2025):
        [begun] = ahead([[f"DTSTART;VALUE=DATE:{year}0105", *lines]], today)
        found.append(work(begun, today))

    assert max(found) <= most


def test_large_calendar_is_read() -> None:
    """Thousands of events and dates are nothing unusual."""
    start = datetime(2027, 1, 1, tzinfo=UTC)
    events = [
        event(
            f"DTSTART:{start + timedelta(hours=3 * number):%Y%m%dT%H%M%SZ}", "DURATION:PT1H", uid=str(number)
        )
        for number in range(1000)
    ]

    reading = read(calendar(*events))

    assert len(reading.busy(YEAR)) == reading.events == 1000


_PIECES = st.sampled_from([*(CALENDARS / "pieces.txt").read_text().splitlines(), "\0"])


@given(st.lists(_PIECES, max_size=25))
@settings(max_examples=150, deadline=None)
def test_no_order_of_lines_does_harm(lines: list[str]) -> None:
    """Whatever stands between begin and end is read or left out: nothing else comes of it."""
    reading = read(calendar(*lines))

    found = reading.busy(YEAR)

    assert all(start < end for start, end in found)
    assert all(first[1] < second[0] for first, second in pairwise(found))
