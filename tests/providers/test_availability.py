"""Free slots: hours in the host's zone, the grid, busy times, notice and horizon."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booker_components.policy import Rule
from booker_components.providers.embedded.availability import explain, free_slots
from booker_components.times import by_day, day_window, parse_instant
from booker_components.values import BookingWindow, EventType, Host, Schedule, TimeWindow

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
LONG_AGO = datetime(1999, 1, 1, tzinfo=UTC)


def at(text: str, zone: str = "UTC") -> datetime:
    """Give the instant of "2026-03-10 09:00" in a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def hours(text: str) -> tuple[tuple[int, int], ...]:
    """Read "09:00-12:00 13:00-17:00"."""
    clocks = [part.split("-") for part in text.split()]
    return tuple(tuple(int(end[:2]) * 60 + int(end[3:]) for end in pair) for pair in clocks)


def event_type(zone="UTC", daily="", *, overrides=(), weekly=None, **fields):
    """Give an event type whose host works the same hours every day, with slots every half hour."""
    schedule = Schedule(
        weekly=tuple(hours(day) for day in weekly or [daily] * 7),
        overrides=MappingProxyType({date.fromisoformat(day): hours(text) for day, text in overrides}),
    )
    host = Host(slug="ada", name="Ada", zone=zone, schedule=schedule)
    plain = EventType(slug="call", title="Call", hosts=(host,), window=BookingWindow(days=None))
    return replace(plain, **fields)


def offered(event_type, day, *, busy=(), now=LONG_AGO, duration=30 * MINUTE, zone=None, days=1):
    """Give the starts of the free slots on a day of *zone*, as wall times there."""
    zone = zone or event_type.zone
    first = date.fromisoformat(day)
    window = TimeWindow(start=day_window(first, zone).start, end=day_window(first + days * DAY, zone).start)
    found = free_slots(event_type, busy, now=now, window=window, duration=duration)
    return " ".join(f"{slot.start.astimezone(ZoneInfo(zone)):%H:%M}" for slot in found)


# --- time zones ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "day", "daily", "starts"),
    [
        pytest.param(
            "Europe/Paris", "2026-01-15", "01:00-04:00", "01:00 01:30 02:00 02:30 03:00 03:30", id="plain"
        ),
        pytest.param(
            "Europe/Paris", "2026-03-29", "01:00-04:00", "01:00 01:30 03:00 03:30", id="paris-spring"
        ),
        pytest.param(
            "Europe/Paris",
            "2026-10-25",
            "01:00-04:00",
            "01:00 01:30 02:00 02:30 02:00 02:30 03:00 03:30",
            id="paris-autumn",
        ),
        pytest.param(
            "America/New_York", "2026-03-08", "01:00-04:00", "01:00 01:30 03:00 03:30", id="new-york-spring"
        ),
        pytest.param(
            "America/New_York",
            "2026-11-01",
            "00:30-02:30",
            "00:30 01:00 01:30 01:00 01:30 02:00",
            id="new-york-autumn",
        ),
        # Lord Howe's clocks jump from 02:00 to 02:30, and back from 02:00 to 01:30.
        pytest.param(
            "Australia/Lord_Howe",
            "2026-10-04",
            "01:00-04:00",
            "01:00 01:30 02:30 03:00 03:30",
            id="lord-howe-spring",
        ),
        pytest.param(
            "Australia/Lord_Howe",
            "2026-04-05",
            "01:00-03:00",
            "01:00 01:30 01:30 02:00 02:30",
            id="lord-howe-autumn",
        ),
        pytest.param("Europe/Paris", "2026-03-29", "02:30-04:00", "03:30", id="begins-in-the-gap"),
        pytest.param("Europe/Paris", "2026-03-29", "02:00-02:30", "03:00", id="lies-in-the-gap"),
        pytest.param("Europe/Paris", "2026-03-29", "02:30-03:00", "", id="ends-with-the-gap"),
        pytest.param(
            "Europe/Paris", "2026-10-25", "02:30-03:30", "02:30 02:00 02:30 03:00", id="begins-in-the-fold"
        ),
        pytest.param("Europe/Paris", "2026-10-25", "01:30-02:30", "01:30 02:00", id="ends-in-the-fold"),
        pytest.param("Asia/Kathmandu", "2026-03-04", "09:00-10:30", "09:00 09:30 10:00", id="kathmandu"),
        pytest.param("Pacific/Apia", "2026-03-04", "09:00-10:00", "09:00 09:30", id="apia"),
        pytest.param("Pacific/Apia", "2011-12-30", "09:00-10:00", "", id="day-that-apia-skipped"),
        pytest.param("Pacific/Apia", "2011-12-31", "09:00-10:00", "09:00 09:30", id="day-after-it"),
        pytest.param("Pacific/Kiritimati", "2026-03-04", "09:00-10:00", "09:00 09:30", id="kiritimati"),
        pytest.param("Africa/Cairo", "2026-04-24", "00:00-02:00", "01:00 01:30", id="gap-at-midnight"),
        pytest.param("Europe/Paris", "2028-02-29", "09:00-10:00", "09:00 09:30", id="leap-day"),
        pytest.param("Europe/Paris", "2026-12-31", "23:00-00:00", "23:00 23:30", id="year-end"),
    ],
)
def test_hours_are_wall_time_of_the_host(zone, day, daily, starts):
    """Whatever the clocks do that day, slots lie within the hours they show."""
    assert offered(event_type(zone, daily), day) == starts


def test_a_slot_over_the_gap_is_as_long_as_any():
    """Lengths are absolute: 01:30 and an hour is 03:30 on the day the clocks go forward."""
    window = day_window(date(2026, 3, 29), "Europe/Paris")

    slots = free_slots(
        event_type("Europe/Paris", "01:30-03:30"), (), now=LONG_AGO, window=window, duration=HOUR
    )

    assert [(slot.start, slot.end) for slot in slots] == [(at("2026-03-29 00:30"), at("2026-03-29 01:30"))]


@pytest.mark.parametrize(
    ("host", "daily", "guest", "starts"),
    [
        ("Europe/Paris", "09:00-10:00", "Asia/Kathmandu", "13:45 14:15"),
        ("America/New_York", "20:00-21:00", "Asia/Tokyo", "10:00 10:30"),
        ("Pacific/Kiritimati", "08:00-09:00", "Pacific/Pago_Pago", "07:00 07:30"),
        ("Pacific/Pago_Pago", "08:00-09:00", "Pacific/Kiritimati", "09:00 09:30"),
    ],
)
def test_guests_ask_for_days_of_their_own(host, daily, guest, starts):
    """The guest's 4 March may be another day at the host's."""
    assert offered(event_type(host, daily), "2026-03-04", zone=guest) == starts


def test_the_hosts_weekday_counts_not_the_guests():
    """A host who works on Mondays only is met on Sunday on the other side of the date line."""
    mondays = event_type("Pacific/Kiritimati", weekly=["08:00-09:00", *[""] * 6])
    window = TimeWindow(start=at("2026-03-01 00:00"), end=at("2026-03-08 00:00"))

    slots = free_slots(mondays, (), now=LONG_AGO, window=window, duration=30 * MINUTE)

    assert [str(day) for day in by_day(slots, "Pacific/Kiritimati")] == ["2026-03-02"]
    assert [str(day) for day in by_day(slots, "Pacific/Pago_Pago")] == ["2026-03-01"]
    assert [str(day) for day in by_day(slots, "Pacific/Apia")] == ["2026-03-02"]


@pytest.mark.parametrize(
    ("nightly", "starts"),
    [
        pytest.param("22:00-02:00", "00:30 22:00 22:50 23:40", id="apart"),
        pytest.param("22:00-24:00 00:00-02:00", "00:30 22:00 22:50 23:40", id="touching-at-midnight"),
        pytest.param(
            "22:00-02:00 01:00-03:00", "00:30 01:20 02:10 22:00 22:50 23:40", id="overlapping-in-the-night"
        ),
        pytest.param(
            "22:00-08:00 07:00-09:00",
            "00:30 01:20 02:10 03:00 03:50 04:40 05:30 06:20 07:10 08:00 22:00 22:50 23:40",
            id="overlapping-in-the-morning",
        ),
    ],
)
@pytest.mark.parametrize("day", ["2011-12-29", "2011-12-31", "2012-01-01"])
def test_nights_around_the_day_that_apia_skipped(nightly, starts, day):
    """29 December 2011 leads straight on to the 31st, whatever the window, in the list and in a booking."""
    offer = event_type("Pacific/Apia", nightly)
    asked = {"now": LONG_AGO, "duration": 50 * MINUTE}
    today = day_window(date.fromisoformat(day), "Pacific/Apia")
    moments = [today.start + each * 10 * MINUTE for each in range(144)]
    wide = TimeWindow(start=today.start - 5 * DAY, end=today.end + 5 * DAY)
    narrow = [TimeWindow(start=moment, end=moment + MINUTE) for moment in moments]

    listed = offered(offer, day, duration=50 * MINUTE)
    in_wide = {slot.start for slot in free_slots(offer, (), window=wide, **asked)}
    in_narrow = {slot.start for window in narrow for slot in free_slots(offer, (), window=window, **asked)}
    bookable = {moment for moment in moments if not explain(offer, (), start=moment, **asked)}

    assert listed == starts
    assert bookable == in_narrow == in_wide & set(moments)


# --- hours over midnight, merged hours, overrides ------------------------------------------------


def test_hours_may_run_over_midnight():
    """23:00-02:00 belongs to the day on which it begins."""
    fridays = event_type("Europe/Berlin", weekly=[*[""] * 4, "23:00-02:00", "", ""])

    assert offered(fridays, "2026-03-06") == "23:00 23:30"
    assert offered(fridays, "2026-03-07") == "00:00 00:30 01:00 01:30"
    assert offered(fridays, "2026-03-08") == ""


def test_hours_over_midnight_meet_the_change_of_clocks():
    """The night in which the clocks go forward has an hour less, over the year's end nothing changes."""
    nights = event_type("Europe/Berlin", "23:00-04:00")

    assert (
        offered(nights, "2026-03-28", duration=HOUR, days=2)
        == "00:00 01:00 02:00 03:00 23:00 00:00 01:00 03:00 23:00"
    )
    assert (
        offered(nights, "2026-12-31", duration=HOUR, days=2)
        == "00:00 01:00 02:00 03:00 23:00" + " 00:00 01:00 02:00 03:00 23:00"
    )


@pytest.mark.parametrize(
    ("daily", "starts"),
    [
        pytest.param("09:00-10:30 10:30-12:00", "09:00 09:50 10:40", id="touching"),
        pytest.param("09:00-11:00 10:00-12:00", "09:00 09:50 10:40", id="overlapping"),
        pytest.param("10:00-12:00 09:00-11:00", "09:00 09:50 10:40", id="out-of-order"),
        pytest.param("09:00-12:00 10:00-11:00", "09:00 09:50 10:40", id="within"),
        pytest.param("09:00-10:00 10:01-12:00", "09:00 10:01 10:51", id="apart"),
    ],
)
def test_touching_hours_are_one(daily, starts):
    """Slots lie across the seam, on one grid."""
    assert offered(event_type("UTC", daily), "2026-03-04", duration=50 * MINUTE) == starts


def test_hours_that_touch_at_midnight_are_one():
    """The grid of the evening goes on into the night."""
    nights = event_type("UTC", weekly=["", "22:00-24:00", "00:00-02:00", "", "", "", ""])

    assert offered(nights, "2026-03-03", duration=50 * MINUTE) == "22:00 22:50 23:40"
    assert offered(nights, "2026-03-04", duration=50 * MINUTE) == "00:30"


def test_round_the_clock_hours_begin_anew_every_day():
    """The grid does not drift from day to day, whatever window is asked for; slots cross midnight."""
    always = event_type("UTC", "00:00-24:00")

    days = {offered(always, day, duration=7 * HOUR) for day in ("2026-03-04", "2026-03-05", "2027-01-01")}

    assert days == {"00:00 07:00 14:00 21:00"}


def test_a_slot_may_be_longer_than_a_day():
    """Where the host never stops, a slot of two days fits."""
    always = event_type("UTC", "00:00-24:00", slot_interval=12 * HOUR)

    assert offered(always, "2026-03-04", duration=2 * DAY) == "00:00 12:00"


@pytest.mark.parametrize(
    ("day", "starts"),
    [
        ("2026-12-23", "09:00 09:30"),
        ("2026-12-24", "07:00"),
        ("2026-12-25", ""),
        ("2026-12-26", "23:30"),
        ("2026-12-27", "00:00 09:00 09:30"),
    ],
    ids=["usual", "other-hours", "closed", "into-the-night", "the-morning-after"],
)
def test_overrides_replace_the_hours_of_a_date(day, starts):
    """An override belongs to the host's date on which its hours begin."""
    exceptions = [("2026-12-24", "07:00-07:30"), ("2026-12-25", ""), ("2026-12-26", "23:30-00:30")]

    assert offered(event_type("Pacific/Apia", "09:00-10:00", overrides=exceptions), day) == starts


def test_a_closed_date_does_not_cut_the_night_before():
    """Friday's hours end on Saturday, even when Saturday is closed."""
    nights = event_type("UTC", "23:00-01:00", overrides=[("2026-03-07", "")])

    assert offered(nights, "2026-03-07") == "00:00 00:30"


def test_an_event_type_may_have_hours_of_its_own():
    """They stand in place of the host's."""
    own = Schedule(weekly=(hours("14:00-15:00"),) * 7)

    assert offered(event_type("UTC", "09:00-10:00", schedule=own), "2026-03-04") == "14:00 14:30"


def test_without_hours_nothing_is_free():
    """A host without a schedule is never offered."""
    host = Host(slug="ada", name="Ada", zone="UTC")

    assert offered(event_type("UTC", hosts=(host,)), "2026-03-04") == ""


# --- grid, busy times, buffers -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "duration", "starts"),
    [
        (None, 30, "09:00 09:30 10:00 10:30"),
        (None, 45, "09:00 09:45"),
        (15, 90, "09:00 09:15 09:30"),
        (60, 30, "09:00 10:00"),
        (15, 120, "09:00"),
        (15, 121, ""),
    ],
)
def test_slots_start_on_a_grid_and_fit(interval, duration, starts):
    """The step is the interval, or else the duration; the end is within the hours."""
    offer = event_type("UTC", "09:00-11:00", slot_interval=interval and interval * MINUTE)

    assert offered(offer, "2026-03-04", duration=duration * MINUTE) == starts


@pytest.mark.parametrize(
    ("busy", "starts"),
    [
        pytest.param([("09:30", "10:00")], "09:00 10:00 10:30", id="one-slot"),
        pytest.param([("09:45", "10:15")], "09:00 10:30", id="across-two"),
        pytest.param(
            [("08:00", "09:00"), ("11:00", "12:00")], "09:00 09:30 10:00 10:30", id="touching-outside"
        ),
        pytest.param([("10:29", "10:31"), ("09:00", "09:01")], "09:30", id="minutes-out-of-order"),
        pytest.param([("09:00", "10:00"), ("09:15", "09:20")], "10:00 10:30", id="within-each-other"),
        pytest.param([("10:00", "10:00")], "09:00 09:30 10:00 10:30", id="empty"),
        pytest.param([("00:00", "23:59")], "", id="all-day"),
    ],
)
def test_busy_times_are_left_out(busy, starts):
    """A slot is free when it shares no moment with a busy time; touching is fine. The grid stays."""
    spans = [(at(f"2026-03-04 {start}"), at(f"2026-03-04 {end}")) for start, end in busy]

    assert offered(event_type("UTC", "09:00-11:00"), "2026-03-04", busy=spans) == starts


@pytest.mark.parametrize(
    ("before", "after", "starts"),
    [
        (0, 0, "09:00 09:30 10:30 11:00"),
        (10, 0, "09:00 09:30 11:00"),
        (0, 10, "09:00 10:30 11:00"),
        (60, 60, ""),
    ],
)
def test_buffers_keep_their_distance(before, after, starts):
    """The candidate's own buffers must be free as well; they may reach beyond the working hours."""
    offer = event_type("UTC", "09:00-11:30", buffer_before=before * MINUTE, buffer_after=after * MINUTE)
    busy = [(at("2026-03-04 10:00"), at("2026-03-04 10:30"))]

    assert offered(offer, "2026-03-04", busy=busy) == starts


def test_busy_times_just_outside_the_window_count():
    """A long booking that began before the window, or a buffer that reaches out of it, is seen."""
    offer = event_type("UTC", "00:00-24:00", buffer_before=HOUR, buffer_after=HOUR, slot_interval=HOUR)
    busy = [
        (at("2026-03-01 00:00"), at("2026-03-04 02:30")),
        (at("2026-03-05 00:30"), at("2026-03-05 01:00")),
    ]

    starts = offered(offer, "2026-03-04", busy=busy, duration=HOUR)

    assert starts.split()[0] == "04:00"
    assert starts.split()[-1] == "22:00"


# --- now, notice and horizon ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "notice", "starts"),
    [
        ("09:00", 0, "09:30 10:00 10:30"),
        ("08:59", 0, "09:00 09:30 10:00 10:30"),
        ("08:30", 60, "09:30 10:00 10:30"),
        ("08:31", 60, "10:00 10:30"),
        ("11:00", 0, ""),
    ],
)
def test_slots_start_after_now_and_notice(now, notice, starts):
    """A start at this very moment is past; one exactly at the notice is free."""
    offer = event_type("UTC", "09:00-11:00", minimum_notice=notice * MINUTE)

    assert offered(offer, "2026-03-04", now=at(f"2026-03-04 {now}")) == starts


def test_parts_of_a_second_do_not_open_the_past():
    """A microsecond after the hour, the hour is past."""
    now = at("2026-03-04 09:00") + timedelta(microseconds=1)

    assert offered(event_type("UTC", "09:00-11:00"), "2026-03-04", now=now) == "09:30 10:00 10:30"


def test_the_horizon_is_a_day_of_the_host():
    """Today in Kiritimati is over when it is noon of the day in Berlin."""
    offer = event_type(
        "Pacific/Kiritimati", "00:00-24:00", slot_interval=6 * HOUR, window=BookingWindow(days=0)
    )
    window = TimeWindow(start=at("2026-03-03 00:00"), end=at("2026-03-08 00:00"))

    slots = free_slots(offer, (), now=at("2026-03-03 09:59"), window=window, duration=HOUR)
    later = free_slots(offer, (), now=at("2026-03-03 10:00"), window=window, duration=HOUR)

    assert slots == []
    assert [str(day) for day in by_day(later, "Pacific/Kiritimati")] == ["2026-03-04"]


def test_an_empty_window_has_no_slots():
    """A window that ends before it begins is no error."""
    window = TimeWindow(start=at("2026-03-05 00:00"), end=at("2026-03-04 00:00"))

    assert free_slots(event_type("UTC", "00:00-24:00"), (), now=LONG_AGO, window=window, duration=HOUR) == []


def test_a_length_must_be_positive():
    """No time at all cannot be booked."""
    window = TimeWindow(start=at("2026-03-04 00:00"), end=at("2026-03-05 00:00"))

    with pytest.raises(ValueError, match="must be at least a second"):
        free_slots(event_type("UTC", "09:00-11:00"), (), now=LONG_AGO, window=window, duration=0 * HOUR)


# --- explain -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "rules"),
    [
        pytest.param("2026-03-04T09:00:00Z", [], id="free"),
        pytest.param("2026-03-04T09:00:00.5Z", [Rule.GRID], id="half-a-second-off"),
        pytest.param("2026-03-04T09:10:00Z", [Rule.GRID], id="off-the-grid"),
        pytest.param("2026-03-04T10:00:00Z", [Rule.BUSY], id="busy"),
        pytest.param("2026-03-04T10:10:00Z", [Rule.GRID, Rule.BUSY], id="busy-and-off-the-grid"),
        pytest.param("2026-03-04T11:00:00Z", [Rule.HOURS], id="after-hours"),
        pytest.param("2026-03-04T10:45:00Z", [Rule.HOURS, Rule.GRID], id="too-long-for-the-hours"),
        pytest.param("2026-03-02T10:00:00Z", [Rule.PAST], id="past"),
        pytest.param("2026-03-03T08:00:00Z", [Rule.NOTICE, Rule.HOURS], id="too-soon-and-out-of-hours"),
        pytest.param("2026-03-06T09:00:00Z", [Rule.HORIZON], id="too-late"),
        pytest.param("1970-01-01T00:00:00Z", [Rule.PAST, Rule.HOURS], id="first-year"),
        pytest.param("2200-12-31T23:59:59Z", [Rule.HORIZON, Rule.HOURS], id="last-year"),
    ],
)
def test_explain_gives_every_reason(start, rules):
    """A host sees all rules that refuse a time; none means free."""
    offer = event_type("UTC", "09:00-11:00", minimum_notice=HOUR, window=BookingWindow(days=2))
    busy = [(at("2026-03-04 10:00"), at("2026-03-04 10:30"))]
    asked = {"now": at("2026-03-03 07:30"), "start": parse_instant(start), "duration": 30 * MINUTE}

    assert list(explain(offer, busy, **asked)) == rules


def naive_starts(offer, busy, now, window, duration):
    """Give the free starts of a daytime schedule by trying every minute of the window."""
    zone = ZoneInfo(offer.zone)
    step = offer.slot_interval or duration
    minutes = ((window.end - window.start) // MINUTE) + 1
    for start in (window.start + each * MINUTE for each in range(minutes)):
        end = start + duration
        day = datetime.combine(start.astimezone(zone).date(), datetime.min.time(), zone)
        working = any(
            (day + begin * MINUTE).astimezone(UTC) <= start
            and end <= (day + close * MINUTE).astimezone(UTC)
            and (start - (day + begin * MINUTE).astimezone(UTC)) % step == timedelta(0)
            for begin, close in offer.host.schedule.weekly[day.weekday()]
        )
        taken = any(a < end + offer.buffer_after and b > start - offer.buffer_before for a, b in busy)
        if (
            working
            and not taken
            and start > now
            and start >= now + offer.minimum_notice
            and start < window.end
        ):
            yield start


@settings(max_examples=60, deadline=None, derandomize=True)
@given(data=st.data())
def test_free_slots_agree_with_trying_every_minute(data):
    """Against a second, slow way: any zone, hours, lengths, buffers, busy times and now."""
    number = lambda low, high: data.draw(st.integers(low, high))  # noqa: E731 - short for the draws below
    zone = data.draw(
        st.sampled_from(["Europe/Paris", "Australia/Lord_Howe", "Asia/Kathmandu", "Pacific/Apia"])
    )
    first = data.draw(
        st.sampled_from([at("2026-03-28 12:00"), at("2026-04-04 09:00"), at("2026-10-03 10:00")])
    )
    # Two intervals a day, apart from each other and from midnight and so never merged.
    weekly = tuple(
        ((number(1, 300), number(301, 600)), (number(660, 900), number(901, 1380))) for _ in range(7)
    )
    host = Host(slug="ada", name="Ada", zone=zone, schedule=Schedule(weekly=weekly))
    offer = event_type(
        hosts=(host,),
        slot_interval=data.draw(st.none() | st.integers(5, 90).map(lambda each: each * MINUTE)),
        buffer_before=number(0, 40) * MINUTE,
        buffer_after=number(0, 40) * MINUTE,
        minimum_notice=number(0, 600) * MINUTE,
    )
    starts = [first + number(-60, 2000) * MINUTE for _ in range(number(0, 5))]
    busy = sorted((start, start + number(1, 200) * MINUTE) for start in starts)
    window = TimeWindow(start=first, end=first + number(1, 1500) * MINUTE)
    asked = {"now": first + number(-900, 900) * MINUTE, "duration": number(5, 200) * MINUTE}

    found = [slot.start for slot in free_slots(offer, busy, window=window, **asked)]

    assert found == list(naive_starts(offer, busy, asked["now"], window, asked["duration"]))
    probes = [*found[:3], first + number(0, 1500) * MINUTE]
    for start in probes:
        free = explain(offer, busy, start=start, **asked) == ()
        assert free is (start in found) or start >= window.end
