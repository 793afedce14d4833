"""Local days, months and series, where clocks and dates are at their oddest."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from booker_components import times
from booker_components.times import Month
from booker_components.values import Frequency, Slot, Slots


def slot(text: str) -> Slot:
    """Give a slot of 30 minutes."""
    start = times.parse_instant(text)
    return Slot(start=start, end=start + timedelta(minutes=30))


@pytest.mark.parametrize(
    ("day", "zone", "start", "hours"),
    [
        pytest.param("2026-01-15", "Europe/Paris", "2026-01-14T23:00:00Z", 24, id="plain"),
        pytest.param("2026-03-29", "Europe/Paris", "2026-03-28T23:00:00Z", 23, id="spring"),
        pytest.param("2026-10-25", "Europe/Paris", "2026-10-24T22:00:00Z", 25, id="autumn"),
        pytest.param(
            "2026-04-05", "Australia/Lord_Howe", "2026-04-04T13:00:00Z", 24.5, id="half-hour-change"
        ),
        pytest.param("2026-01-01", "Asia/Kathmandu", "2025-12-31T18:15:00Z", 24, id="five-forty-five"),
        pytest.param("2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z", 23, id="no-midnight"),
        pytest.param("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z", 0, id="skipped-day"),
        pytest.param("2026-01-01", "Pacific/Kiritimati", "2025-12-31T10:00:00Z", 24, id="date-line"),
    ],
)
def test_day_window_holds_the_local_day(day, zone, start, hours):
    """A day is as long as its zone makes it."""
    window = times.day_window(date.fromisoformat(day), zone)

    assert times.format_instant(window.start) == start
    assert window.end - window.start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("zone", "days"),
    [
        ("UTC", ["2026-03-04"]),
        ("Pacific/Apia", ["2026-03-04", "2026-03-05"]),
        ("Pacific/Kiritimati", ["2026-03-04", "2026-03-05"]),
        ("Pacific/Pago_Pago", ["2026-03-03", "2026-03-04"]),
    ],
)
def test_slots_group_by_the_guests_day(zone, days):
    """The same times fall on other days across the date line."""
    slots = [slot("2026-03-04T09:00:00Z"), slot("2026-03-04T11:00:00Z")]

    grouped = times.by_day(slots, zone)

    assert [str(day) for day in grouped] == days
    assert [each for group in grouped.values() for each in group] == slots


#: Zones and days around which their clocks or dates are at their oddest.
ODD_DAYS = [
    pytest.param("2026-03-04", "UTC", id="plain"),
    pytest.param("2026-03-29", "Europe/Paris", id="spring"),
    pytest.param("2026-10-25", "Europe/Paris", id="autumn"),
    pytest.param("2026-04-05", "Australia/Lord_Howe", id="half an hour"),
    pytest.param("2026-04-24", "Africa/Cairo", id="no midnight"),
    pytest.param("2018-02-18", "America/Sao_Paulo", id="back at midnight"),
    pytest.param("2026-01-01", "Asia/Kathmandu", id="five forty-five"),
    pytest.param("2011-12-30", "Pacific/Apia", id="skipped day"),
    pytest.param("1995-01-01", "Pacific/Kiritimati", id="skipped new year"),
    pytest.param("1919-12-31", "Africa/Monrovia", id="not even a minute"),
    pytest.param("1969-12-31", "America/St_Johns", id="before 1970"),
]


@pytest.mark.parametrize("unit", [1, 5])
@pytest.mark.parametrize(("day", "zone"), ODD_DAYS)
def test_lists_are_grouped_as_their_slots_are(day, zone, unit):
    """Each day has the slots that start on it, whatever keeps them; no day is there without any."""
    begin = minute_of(date.fromisoformat(day) - timedelta(days=3)) + 10 * unit
    # One in seven, of six days that begin and end at any time; and a gap of more than a day.
    places = [place for place in range(0, 8640 // unit, 7) if not 2000 < place * unit < 4000]
    slots = Slots(sum(1 << place for place in places), begin=begin, unit=unit, duration=timedelta(minutes=30))

    grouped, plain = times.by_day(slots, zone), times.by_day(tuple(slots), zone)

    assert [*grouped] == sorted({times.local_date(each.start, zone) for each in slots}) == [*plain]
    assert {each: tuple(part) for each, part in grouped.items()} == plain
    assert all(times.local_date(each.start, zone) == day for day, part in grouped.items() for each in part)
    assert [each for part in grouped.values() for each in part] == list(slots)


def minute_of(day):
    """Give the unix minute at which a day begins in UTC."""
    return (day - date(1970, 1, 1)) // timedelta(minutes=1)


@pytest.mark.parametrize("kind", [tuple, list, lambda slots: slots], ids=["tuple", "list", "lists of slots"])
def test_days_are_known_by_their_slots(kind):
    """What is given for a day is the key of what was made for it, of another list as well."""
    begin = minute_of(date(2026, 3, 4))
    days = [
        times.by_day(kind(Slots(mask, begin=begin, unit=5, duration=timedelta(minutes=30))), "Europe/Paris")
        for mask in (1 << 100 | 1 << 400, 1 << 100 | 1 << 401)
    ]

    (first, second), (same, other) = (found.values() for found in days)

    assert {first: "made"}[same] == "made"
    assert second != other


def test_no_slots_have_no_days():
    """Whatever keeps them."""
    none = Slots(0, begin=0, unit=5, duration=timedelta(minutes=30))

    assert times.by_day(none, "UTC") == times.by_day((), "UTC") == {}


def test_month_reads_and_writes_itself():
    """A month survives the way through an address."""
    assert Month.parse("2026-03") == Month(2026, 3)
    assert str(Month(2026, 3)) == "2026-03"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026",
        "2026-3",
        "2026-13",
        "2026-00",
        "1969-12",
        "2201-01",
        "2026-03-01",
        " 2026-03",
        "２０２６-03",
    ],
)
def test_month_refuses_other_text(text):
    """What is not a month, or is out of all reason, is refused with an example."""
    with pytest.raises(ValueError, match="Write it like '2026-03'"):
        Month.parse(text)


def test_months_follow_each_other():
    """The neighbours of a month cross the year; the last day knows leap years."""
    assert Month(2026, 12).next() == Month(2027, 1)
    assert Month(2026, 1).previous() == Month(2025, 12)
    assert Month(2026, 12) < Month(2027, 1)
    assert (Month(2028, 2).first, Month(2028, 2).last) == (date(2028, 2, 1), date(2028, 2, 29))


def test_month_of_an_instant_is_the_guests():
    """The last hour of a year is next year in the east."""
    instant = times.parse_instant("2026-12-31T23:30:00Z")

    assert Month.of(instant, "UTC") == Month(2026, 12)
    assert Month.of(instant, "Europe/Paris") == Month(2027, 1)


def test_month_window_reaches_from_midnight_to_midnight():
    """A month with a change of clocks is an hour shorter."""
    window = Month(2026, 3).window("Europe/Paris")

    assert times.format_instant(window.start) == "2026-02-28T23:00:00Z"
    assert times.format_instant(window.end) == "2026-03-31T22:00:00Z"


@pytest.mark.parametrize(
    ("first", "corners"), [(0, ("2026-02-23", "2026-04-05")), (6, ("2026-03-01", "2026-04-04"))]
)
def test_weeks_are_whole_and_begin_as_wished(first, corners):
    """The month's first and last weeks are filled up with the days around it."""
    weeks = Month(2026, 3).weeks(first)

    assert {len(week) for week in weeks} == {7}
    assert (str(weeks[0][0]), str(weeks[-1][-1])) == corners


# --- series ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "zone", "frequency", "interval", "dates"),
    [
        pytest.param(
            "2027-02-01T09:00:00Z",
            "UTC",
            "weekly",
            2,
            ["2027-02-01T09:00:00Z", "2027-02-15T09:00:00Z", "2027-03-01T09:00:00Z"],
            id="every two weeks",
        ),
        pytest.param(
            "2027-03-23T09:00:00Z",
            "Europe/Berlin",
            "weekly",
            1,
            ["2027-03-23T09:00:00Z", "2027-03-30T08:00:00Z", "2027-04-06T08:00:00Z"],
            id="into summer",
        ),
        pytest.param(
            "2026-10-20T08:00:00+02:00",
            "Europe/Berlin",
            "weekly",
            1,
            ["2026-10-20T06:00:00Z", "2026-10-27T07:00:00Z", "2026-11-03T07:00:00Z"],
            id="into winter",
        ),
        pytest.param(
            "2027-03-21T01:30:00Z",
            "Europe/Berlin",
            "weekly",
            1,
            ["2027-03-21T01:30:00Z", "2027-03-28T01:30:00Z", "2027-04-04T01:30:00Z"],
            id="through a skipped time: 02:30, 03:30, 03:30",
        ),
        pytest.param(
            "2026-10-18T00:30:00Z",
            "Europe/Berlin",
            "weekly",
            1,
            ["2026-10-18T00:30:00Z", "2026-10-25T00:30:00Z", "2026-11-01T01:30:00Z"],
            id="through a time that comes twice",
        ),
        pytest.param(
            "2026-10-04T15:00:00Z",
            "Australia/Lord_Howe",
            "weekly",
            26,
            ["2026-10-04T15:00:00Z", "2027-04-04T15:30:00Z", "2027-10-03T15:00:00Z"],
            id="half an hour",
        ),
        pytest.param(
            "2027-01-31T12:00:00Z",
            "UTC",
            "monthly",
            1,
            ["2027-01-31T12:00:00Z", "2027-02-28T12:00:00Z", "2027-03-28T12:00:00Z"],
            id="month end",
        ),
        pytest.param(
            "2028-02-29T12:00:00Z",
            "UTC",
            "yearly",
            1,
            ["2028-02-29T12:00:00Z", "2029-02-28T12:00:00Z", "2030-02-28T12:00:00Z"],
            id="leap day",
        ),
        pytest.param(
            "2027-11-30T12:00:00Z",
            "UTC",
            "monthly",
            3,
            ["2027-11-30T12:00:00Z", "2028-02-29T12:00:00Z", "2028-05-29T12:00:00Z"],
            id="over the year's end",
        ),
        pytest.param(
            "2027-01-30T20:00:00Z",
            "Pacific/Kiritimati",
            "monthly",
            1,
            ["2027-01-30T20:00:00Z", "2027-02-27T20:00:00Z", "2027-03-27T20:00:00Z"],
            id="where it is the 31st already",
        ),
    ],
)
def test_a_series_keeps_its_time_of_day(start, zone, frequency, interval, dates):
    """Each date is counted from the one before, in the zone; a missing day is the last of its month."""
    found = times.occurrences(times.parse_instant(start), zone, Frequency(frequency), interval, 3)

    assert [times.format_instant(each) for each in found] == dates


def test_a_series_of_one_is_its_start():
    """Nothing is counted."""
    start = times.parse_instant("2027-01-31T12:00:00Z")

    assert times.occurrences(start, "Europe/Berlin", Frequency.MONTHLY, 1, 1) == (start,)
