"""Zones, months, local days and times in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from babel import Locale

from booker_components import times
from booker_components.times import Month
from booker_components.values import Frequency, Slot

BRITISH = Locale.parse("en_GB")
AMERICAN = Locale.parse("en_US")


def slot(text: str) -> Slot:
    """Give a slot of 30 minutes."""
    start = times.parse_instant(text)
    return Slot(start=start, end=start + timedelta(minutes=30))


# --- zones ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Europe/Paris", "UTC", "Asia/Calcutta", "Etc/GMT+5"])
def test_zone_knows_iana_names(name):
    """Canonical names, former names and fixed offsets are zones."""
    assert times.zone(name).key == name


@pytest.mark.parametrize(
    "name",
    ["", "Mars/Olympus", "europe/paris", "../etc/passwd", "/etc/passwd", "localtime", "Factory", "a\0b", "é"],
)
def test_zone_refuses_what_is_not_a_zone(name):
    """Unknown names, paths and odd bytes are refused with a remedy."""
    with pytest.raises(ValueError, match="is not an IANA time zone"):
        times.zone(name)


@pytest.mark.parametrize(
    ("name", "canonical"),
    [
        ("Asia/Calcutta", "Asia/Kolkata"),
        ("US/Eastern", "America/New_York"),
        ("Europe/Oslo", "Europe/Oslo"),
        ("Iceland", "Atlantic/Reykjavik"),
        ("Etc/UTC", "UTC"),
        ("GMT", "UTC"),
        ("Etc/GMT+5", "Etc/GMT+5"),
    ],
)
def test_former_names_lead_to_the_zone_on_offer(name, canonical):
    """A name that a browser sends is found again among the choices."""
    assert times.canonical_zone(name) == canonical


@pytest.mark.parametrize(
    ("name", "at", "label"),
    [
        pytest.param("UTC", "2027-01-01T00:00:00Z", "UTC+0", id="utc"),
        pytest.param("Asia/Kathmandu", "2027-01-01T00:00:00Z", "UTC+5:45", id="quarters"),
        pytest.param("America/New_York", "2027-11-07T05:30:00Z", "UTC-4", id="new-york-first"),
        pytest.param("America/New_York", "2027-11-07T06:30:00Z", "UTC-5", id="new-york-second"),
        pytest.param("Australia/Lord_Howe", "2027-04-03T14:45:00Z", "UTC+11", id="lord-howe-first"),
        pytest.param("Australia/Lord_Howe", "2027-04-03T15:15:00Z", "UTC+10:30", id="lord-howe-second"),
    ],
)
def test_the_offset_tells_a_repeated_time_apart(name, at, label):
    """Twice 01:30 in New York, twice 01:45 on Lord Howe: only the offset differs."""
    assert times.offset_label(name, times.parse_instant(at)) == label


# --- days and months -----------------------------------------------------------------------------


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


# --- machine text --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    ["2026-03-12T09:00:00Z", "2026-03-12T09:00Z", "2026-03-12T10:00:00+01:00", "2026-03-12T09:00:00.000Z"],
)
def test_instants_are_read_in_utc(text):
    """Whatever the offset, the instant is the same."""
    instant = times.parse_instant(text)

    assert instant == datetime(2026, 3, 12, 9, tzinfo=UTC)
    assert instant.tzinfo is UTC
    assert times.format_instant(instant) == "2026-03-12T09:00:00Z"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "soon",
        "2026-03-12",
        "2026-03-12T09:00:00",
        "2026-02-30T09:00:00Z",
        "1969-12-31T23:59:59Z",
        "2200-12-31T23:30:00-01:00",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-12:00",
        "2026-03-12T09:00:00Z\0",
        "2026-W11-4T09:00:00Z",
        "20260312T090000Z",
        "2026-03-12T09:00:00 01:00",
        "2026-03-12T25:00:00Z",
        "2026-03-12T09:00:00\ud800",
    ],
)
def test_other_text_is_no_instant(text):
    """Garbage, missing offsets and years out of all reason are refused with an example."""
    with pytest.raises(ValueError, match="is not an instant"):
        times.parse_instant(text)


@pytest.mark.parametrize(
    "text", ["", "2026-3-1", "20260301", "2026-02-29", "1969-01-01", "2026-W10-1", "2026-03-01T00"]
)
def test_other_text_is_no_date(text):
    """Only real dates written YYYY-MM-DD are dates."""
    with pytest.raises(ValueError, match="is not a date"):
        times.parse_date(text)


def test_leap_day_is_a_date():
    """The leap day of a leap year is read."""
    assert times.parse_date("2028-02-29") == date(2028, 2, 29)


# --- words ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "locale", "hours24", "first"),
    [
        pytest.param("", "en_GB", True, 0, id="nothing"),
        pytest.param("de", "en_DE", True, 0, id="language-alone"),
        pytest.param("de-CH,de;q=0.9,en;q=0.8", "en_CH", True, 0, id="territory"),
        pytest.param("en-US,en;q=0.9", "en_US", False, 6, id="american"),
        pytest.param("fr-FR,fr;q=0.9,en-US;q=0.8", "en_GB", True, 0, id="no-english-there"),
        pytest.param("en;q=0.3, sv ; q=0.9", "en_SE", True, 0, id="weights"),
        pytest.param("en-US;q=0", "en_GB", True, 0, id="refused-language"),
        pytest.param("zh-Hant", "en_GB", True, 0, id="script"),
        pytest.param("zh-Hant-HK", "en_HK", False, 6, id="script-and-territory"),
        pytest.param("*", "en_GB", True, 0, id="any"),
        pytest.param("<script>,;;q=,\0" + "x" * 9000, "en_GB", True, 0, id="hostile"),
    ],
)
def test_locale_follows_the_best_language(header, locale, hours24, first):
    """Clock and first day of the week are those of the guest's territory."""
    best = times.best_locale(header)

    assert str(best) == locale
    assert times.uses_24_hours(best) is hours24
    assert times.first_weekday(best) == first


def test_weekdays_begin_with_the_first_of_the_week():
    """The names come in the order of the columns."""
    assert times.weekday_names(BRITISH)[0] == ("Mon", "Monday")
    assert times.weekday_names(AMERICAN)[0] == ("Sun", "Sunday")
    assert times.weekday_names(AMERICAN)[-1] == ("Sat", "Saturday")


def test_dates_are_said_in_words():
    """Month, date with year and date without."""
    assert times.month_name(Month(2026, 3), BRITISH) == "March 2026"
    assert times.full_date(date(2026, 3, 4), BRITISH) == "Wednesday 4 March 2026"
    assert times.day_name(date(2026, 3, 4), BRITISH) == "Wednesday 4 March"


@pytest.mark.parametrize(
    ("text", "zone", "hours24", "words"),
    [
        ("2026-03-04T08:00:00Z", "Europe/Paris", True, "09:00"),
        ("2026-03-04T08:00:00Z", "Europe/Paris", False, "9:00\u00a0am"),
        ("2026-03-04T23:00:00Z", "UTC", False, "11:00\u00a0pm"),
        ("2026-03-04T12:00:00Z", "UTC", False, "12:00\u00a0pm"),
        ("2026-03-04T00:00:00Z", "UTC", False, "12:00\u00a0am"),
        ("2026-03-04T08:00:00Z", "Asia/Kathmandu", True, "13:45"),
    ],
)
def test_clock_time_is_the_guests(text, zone, hours24, words):
    """Times are told in the guest's zone and manner."""
    assert times.clock_time(times.parse_instant(text), zone, BRITISH, hours24) == words


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        ("2026-03-04T08:00:00Z", "2026-03-04T08:30:00Z", "09:00 – 09:30"),
        ("2026-03-04T22:30:00Z", "2026-03-04T23:15:00Z", "23:30 – 00:15, Thursday 5 March"),
        ("2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "02:30 – 02:30"),
    ],
    ids=["same-day", "over-midnight", "clocks-go-back"],
)
def test_time_span_names_the_day_only_when_it_changes(start, end, words):
    """A span that ends on another local day says on which."""
    span = times.time_span(
        times.parse_instant(start), times.parse_instant(end), "Europe/Paris", BRITISH, True
    )

    assert span == words


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(5, "5 min"), (30, "30 min"), (60, "1 h"), (90, "1 h 30 min"), (1440, "24 h"), (0, "0 min")],
)
def test_durations_are_said_in_words(minutes, words):
    """Hours and minutes, without noughts."""
    assert times.duration_name(timedelta(minutes=minutes)) == words


@pytest.mark.parametrize(
    ("zone", "winter", "summer"),
    [
        ("Europe/Paris", "Paris, Central European Time (UTC+1)", "Paris, Central European Time (UTC+2)"),
        ("Europe/London", "London, Greenwich Mean Time (UTC+0)", "London, British Summer Time (UTC+1)"),
        ("Europe/Dublin", "Dublin, Greenwich Mean Time (UTC+0)", "Dublin, Irish Standard Time (UTC+1)"),
        (
            "Asia/Calcutta",
            "Kolkata, India Standard Time (UTC+5:30)",
            "Kolkata, India Standard Time (UTC+5:30)",
        ),
        ("Asia/Kathmandu", "Kathmandu, Nepal Time (UTC+5:45)", "Kathmandu, Nepal Time (UTC+5:45)"),
        ("Europe/Istanbul", "Istanbul (UTC+3)", "Istanbul (UTC+3)"),
        (
            "America/St_Johns",
            "St John’s, Newfoundland Time (UTC-3:30)",
            "St John’s, Newfoundland Time (UTC-2:30)",
        ),
        ("Etc/GMT+5", "UTC-5", "UTC-5"),
        ("Etc/UTC", "Coordinated Universal Time (UTC)", "Coordinated Universal Time (UTC)"),
    ],
)
def test_zone_label_tells_the_offset_at_the_time(zone, winter, summer):
    """City, name and offset of a zone; in summer those of summer."""
    labels = [times.zone_label(zone, datetime(2026, month, 4, tzinfo=UTC), BRITISH) for month in (1, 7)]

    assert labels == [winter, summer]


def test_zone_label_tells_the_repeated_hour_apart():
    """The same wall time before and after the clocks go back has two offsets."""
    instants = (times.parse_instant("2026-10-25T00:30:00Z"), times.parse_instant("2026-10-25T01:30:00Z"))

    labels = [times.zone_label("Europe/Paris", each, BRITISH)[-7:] for each in instants]

    assert labels == ["(UTC+2)", "(UTC+1)"]


def test_zone_choices_are_sorted_and_unique():
    """Every country's zones once, west to east, and UTC."""
    choices = times.zone_choices(BRITISH, times.parse_instant("2026-03-04T22:00:00Z"))
    names, labels = zip(*choices, strict=True)

    assert 400 < len(names) == len(set(names)) == len(set(labels))
    assert labels[0].startswith("(UTC-11:00)")
    assert labels[-1] == "(UTC+14:00) Kiritimati"
    assert dict(choices)["Europe/Paris"] == "(UTC+01:00) Paris"
    assert {"UTC", "Asia/Kolkata", "Europe/Kyiv"} < set(names)
    assert not {"Asia/Calcutta", "Europe/Kiev", "US/Eastern", "CET", "Etc/GMT+5"} & set(names)


def test_every_zone_has_a_label():
    """No zone of the data makes the naming fail."""
    at = times.parse_instant("2026-03-04T22:00:00Z")

    labels = [times.zone_label(name, at, BRITISH) for name in times._zone_names()]

    assert all(label.endswith(")") or label.startswith("UTC") for label in labels)


def test_now_is_aware():
    """The default clock gives UTC."""
    assert times.utc_now().tzinfo is UTC
