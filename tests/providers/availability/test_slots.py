"""What is offered: busy times and buffers, notice, how far ahead, first slots of days, seats."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from booker_components.providers.embedded.availability import Person, free_slots, reach
from booker_components.times import by_day
from booker_components.values import BookingWindow, Counting, Seats, TimeWindow

from .offers import (
    DAY,
    HOUR,
    LONG_AGO,
    MINUTE,
    at,
    days_of,
    event_type,
    group,
    offered,
    people,
    schedule,
    slots,
)

# --- busy times and buffers ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("busy", "starts"),
    [
        pytest.param([("09:30", "10:00")], "09:00 10:00 10:30", id="one-slot"),
        pytest.param([("09:45", "10:15")], "09:00 10:30", id="across-two"),
        pytest.param(
            [("08:00", "09:00"), ("11:00", "12:00")], "09:00 09:30 10:00 10:30", id="touching-outside"
        ),
        pytest.param([("10:29", "10:31"), ("09:00", "09:01")], "09:30", id="minutes-out-of-order"),
        pytest.param([("09:29:59", "09:30")], "09:30 10:00 10:30", id="last-second-of-a-slot"),
        pytest.param([("09:30", "09:30:01")], "09:00 10:00 10:30", id="first-second-of-a-slot"),
        pytest.param([("09:00", "10:00"), ("09:15", "09:20")], "10:00 10:30", id="within-each-other"),
        pytest.param([("10:00", "10:00")], "09:00 09:30 10:00 10:30", id="empty"),
        pytest.param([("00:00", "23:59")], "", id="all-day"),
    ],
)
def test_busy_times_are_left_out(busy, starts):
    """A slot is free when it shares no moment with a busy time; touching is fine."""
    spans = [(f"2026-03-04 {start}", f"2026-03-04 {end}") for start, end in busy]

    assert offered(event_type("UTC", "09:00-11:00"), "2026-03-04", busy=spans) == starts


@pytest.mark.parametrize(
    ("before", "after", "starts"),
    [
        (0, 0, "09:00 09:30 10:30 11:00"),
        (10, 0, "09:00 09:30 11:00"),
        (0, 10, "09:00 10:30 11:00"),
        (7, 0, "09:00 09:30 11:00"),
        (30, 30, "09:00 11:00"),
        (60, 60, ""),
    ],
)
def test_buffers_keep_their_distance(before, after, starts):
    """The slot's own buffers must be free as well; they may reach beyond the working hours."""
    offer = event_type("UTC", "09:00-11:30", buffer_before=before * MINUTE, buffer_after=after * MINUTE)
    busy = [("2026-03-04 10:00", "2026-03-04 10:30")]

    assert offered(offer, "2026-03-04", busy=busy) == starts


def test_buffers_hold_at_the_first_minutes_of_a_day():
    """Where all that is looked at begins, a busy time soon after it keeps a slot with a long buffer away."""
    offer = event_type("UTC", "00:00-04:00", buffer_after=HOUR)

    shown = offered(offer, "2026-03-04", busy=[("2026-03-04 00:40", "2026-03-04 00:50")])

    assert shown == "01:00 01:30 02:00 02:30 03:00 03:30"


def test_busy_times_just_outside_the_window_count():
    """A long booking that began before the window, or a buffer that reaches out of it, is seen."""
    offer = event_type("UTC", "00:00-24:00", buffer_before=HOUR, buffer_after=HOUR, slot_interval=HOUR)
    busy = [("2026-03-01 00:00", "2026-03-04 02:30"), ("2026-03-05 00:30", "2026-03-05 01:00")]

    starts = offered(offer, "2026-03-04", busy=busy, duration=HOUR)

    assert starts.split()[0] == "04:00"
    assert starts.split()[-1] == "22:00"


# --- now and notice ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "notice", "starts"),
    [
        ("09:00", 0, "09:30 10:00 10:30"),
        ("08:59", 0, "09:00 09:30 10:00 10:30"),
        ("08:59:59", 0, "09:00 09:30 10:00 10:30"),
        ("09:00:00.000001", 0, "09:30 10:00 10:30"),
        ("08:30", 60, "09:30 10:00 10:30"),
        ("08:31", 60, "10:00 10:30"),
        ("08:30:00.000001", 60, "10:00 10:30"),
        ("11:00", 0, ""),
    ],
)
def test_slots_start_after_now_and_notice(now, notice, starts):
    """A start at this very moment is past; one exactly at the notice is free."""
    offer = event_type("UTC", "09:00-11:00", minimum_notice=notice * MINUTE)

    assert offered(offer, "2026-03-04", now=at(f"2026-03-04 {now}")) == starts


# --- how far ahead -------------------------------------------------------------------------------


def ahead(offer, now, **rest):
    """Give the days with slots, as numbers of the month, within ninety days from the one before now."""
    first = at(now).date() - DAY
    found = slots(offer, str(first), days=90, now=at(now), duration=HOUR, **rest)
    return " ".join(f"{day:%d}" for day in by_day(found, offer.zone))


def test_the_horizon_is_a_day_of_the_host():
    """Today in Kiritimati is over when it is noon of the day in Berlin."""
    offer = event_type(
        "Pacific/Kiritimati", "00:00-24:00", slot_interval=6 * HOUR, window=BookingWindow(days=0)
    )

    assert ahead(offer, "2026-03-03 09:30") == ""
    assert ahead(offer, "2026-03-03 10:00") == "04"


@pytest.mark.parametrize(
    ("now", "days", "shown"),
    [
        pytest.param("2026-03-05 08:00", 0, "05", id="thursday-today"),
        pytest.param("2026-03-05 08:00", 1, "05 06", id="thursday-and-friday"),
        pytest.param("2026-03-05 08:00", 2, "05 06 07 08 09", id="over-the-weekend"),
        pytest.param("2026-03-07 08:00", 1, "07 08 09", id="from-saturday"),
        pytest.param("2026-03-08 23:59", 1, "09", id="last-minute-of-sunday"),
        pytest.param("2026-03-02 00:00", 6, "02 03 04 05 06 07 08 09 10", id="more-than-a-week"),
    ],
)
def test_weekdays_are_counted(now, days, shown):
    """The window ends with the so-and-so-many-th weekday after today, weekends on the way included."""
    offer = event_type("UTC", "09:00-10:00", window=BookingWindow(days=days, counting=Counting.BUSINESS))

    assert ahead(offer, now) == shown


@pytest.mark.parametrize(
    ("now", "days", "busy", "shown"),
    [
        pytest.param("2026-03-04 08:00", 0, [], "", id="none"),
        pytest.param("2026-03-04 08:00", 1, [], "04", id="today"),
        pytest.param("2026-03-04 08:00", 3, [], "04 05 06", id="three"),
        pytest.param("2026-03-04 00:00", 2, [], "04 05", id="first-second-of-the-day"),
        pytest.param("2026-03-04 23:59:59", 2, [], "05 06", id="last-second-of-the-day"),
        pytest.param("2026-03-04 09:30", 2, [], "04 05", id="first-slot-over"),
        pytest.param("2026-03-04 11:30", 2, [], "05 06", id="last-slot-over"),
        pytest.param(
            "2026-03-04 08:00", 2, [("2026-03-05 00:00", "2026-03-06 00:00")], "04 06", id="full-day-between"
        ),
        pytest.param(
            "2026-03-04 08:00", 1, [("2026-03-04 00:00", "2026-05-03 00:00")], "03", id="last-of-61-days"
        ),
        pytest.param(
            "2026-03-04 08:00", 1, [("2026-03-04 00:00", "2026-05-04 00:00")], "", id="not-within-61-days"
        ),
        pytest.param(
            "2026-03-04 08:00", 5, [("2026-03-05 00:00", "2026-05-02 00:00")], "04 02 03", id="too-few"
        ),
    ],
)
def test_days_with_free_slots_are_counted(now, days, busy, shown):
    """The window ends with the so-and-so-many-th day that has one, of 61 from today on."""
    window = BookingWindow(days=days, counting=Counting.BOOKABLE)
    offer = event_type("UTC", "09:00-12:00", window=window)

    assert ahead(offer, now, busy=busy) == shown


def test_bookable_days_are_those_of_the_host():
    """Seen from eleven hours behind UTC, the third day is the host's third day as well."""
    window = BookingWindow(days=3, counting=Counting.BOOKABLE)
    offer = event_type("UTC", "00:00-01:00 12:00-13:00", window=window)

    shown = offered(
        offer,
        "2026-03-03",
        days=9,
        zone="Pacific/Pago_Pago",
        now=at("2026-03-04 08:00"),
        form="%d.%H",
        duration=HOUR,
    )

    assert shown == "04.01 04.13 05.01 05.13 06.01"


def test_dates_end_bookable_days_too():
    """Whatever comes first ends the window, and days before its first date do not count."""
    days = {"days": 2, "counting": Counting.BOOKABLE}
    offer = event_type("UTC", "09:00-12:00")

    from_a_date = replace(offer, window=BookingWindow(start=date(2026, 3, 6), **days))
    up_to_a_date = replace(offer, window=BookingWindow(end=date(2026, 3, 4), **days))

    assert ahead(from_a_date, "2026-03-04 08:00") == "06 07"
    assert ahead(up_to_a_date, "2026-03-04 08:00") == "04"


# --- the first slot of a day ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("UTC", "04.09:00 05.09:00"),
        # There, the day ends between the two hours, and the first of the fourth is before the window.
        ("Asia/Tokyo", "05.00:00 06.00:00"),
        ("", "04.09:00 05.09:00"),
    ],
)
def test_only_the_first_slot_of_each_of_the_guests_days(zone, shown):
    """Days are those of the guest's zone, and of the event type's where that is not known."""
    offer = event_type("UTC", "09:00-10:00 15:00-16:00", first_only=True)
    everybody = people(offer)
    window = TimeWindow(start=at("2026-03-04 00:00"), end=at("2026-03-06 00:00"))

    found = free_slots(offer, everybody, now=LONG_AGO, window=window, duration=HOUR, zone=zone)

    shift = timedelta(hours=9 if zone == "Asia/Tokyo" else 0)
    assert " ".join(f"{slot.start + shift:%d.%H:%M}" for slot in found) == shown


def test_the_first_slot_of_a_day_may_be_before_the_window():
    """Asked for the afternoon only, there is none if the morning has one."""
    offer = event_type("UTC", "09:00-17:00", first_only=True)
    asked = {"now": LONG_AGO, "duration": HOUR}
    noon = at("2026-03-04 12:00")
    afternoon = TimeWindow(start=noon, end=noon + 6 * HOUR)
    morning = [("2026-03-04 08:00", "2026-03-04 13:30")]

    free = free_slots(offer, people(offer), window=afternoon, **asked)
    late = free_slots(offer, people(offer, morning), window=afternoon, **asked)

    assert not free
    assert [slot.start for slot in late] == [at("2026-03-04 14:00")]


def test_the_first_slot_of_a_day_may_be_its_last_minutes():
    """Five minutes before midnight belong to the day that ends."""
    offer = event_type("UTC", "23:55-24:00", first_only=True)

    assert offered(offer, "2026-03-04", days=2, duration=5 * MINUTE) == "23:55 23:55"


def test_the_first_slot_is_the_first_that_may_be_booked():
    """What is past or too soon today does not count as the first."""
    offer = event_type("UTC", "09:00-12:00", first_only=True, minimum_notice=HOUR)

    assert offered(offer, "2026-03-04", duration=HOUR, now=at("2026-03-04 09:30")) == "11:00"


# --- seats ---------------------------------------------------------------------------------------


def seated(**rest):
    """Give the slots of a seated event type whose host is taken from ten to eleven."""
    offer = event_type("UTC", "09:00-12:00", seats=Seats(per_slot=4), **rest.pop("fields", {}))
    return slots(offer, "2026-03-04", busy=[("2026-03-04 10:00", "2026-03-04 11:00")], duration=HOUR, **rest)


def test_shared_times_are_offered_with_the_seats_that_are_left():
    """Beside those that are free for everybody; a full one is not offered."""
    open_seats = {at("2026-03-04 10:00"): 3, at("2026-03-04 11:30"): 0, at("2026-03-05 10:00"): 1}

    found = seated(open_seats=open_seats)

    shown = [(f"{slot.start:%H:%M}", slot.seats_left, slot.seats_total) for slot in found]
    assert shown == [("09:00", 4, 4), ("10:00", 3, 4), ("11:00", 4, 4)]


def test_shared_times_need_no_grid_and_no_hours():
    """They stand already; only notice and dates keep guests away."""
    open_seats = {at("2026-03-04 07:10"): 1, at("2026-03-04 20:20"): 2}

    found = seated(open_seats=open_seats, now=at("2026-03-04 08:00"))

    assert [f"{slot.start:%H:%M}" for slot in found] == ["09:00", "11:00", "20:20"]


def test_a_shared_time_may_be_the_first_of_a_day():
    """It counts as a slot of its day like any other."""
    open_seats = {at("2026-03-04 08:00"): 1}

    found = seated(open_seats=open_seats, fields={"first_only": True})

    assert [(f"{slot.start:%H:%M}", slot.seats_left) for slot in found] == [("08:00", 1)]


def test_slots_of_others_have_no_seats():
    """Where guests share nothing, nothing is said of seats."""
    found = slots(event_type("UTC", "09:00-10:00"), "2026-03-04")

    assert {(slot.seats_left, slot.seats_total) for slot in found} == {(None, None)}


def test_slots_are_as_any_others_are():
    """They are made in a quicker way, and equal those that are not."""
    offer = event_type("UTC", "09:00-10:00", seats=Seats(per_slot=4))

    found = slots(offer, "2026-03-04")

    assert [replace(slot) for slot in found] == list(found)
    assert [slot.end - slot.start for slot in found] == [30 * MINUTE] * 2


# --- what must be known, and what cannot be asked --------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "zone", "start", "end"),
    [
        pytest.param({}, "", "2026-03-04", "2026-03-06", id="window"),
        pytest.param({"buffer_before": HOUR}, "", "2026-03-03", "2026-03-06", id="buffer"),
        pytest.param({"slot_interval": 45 * MINUTE}, "", "2026-03-01", "2026-03-06", id="pieces"),
        pytest.param({"optimized": True}, "", "2026-03-01", "2026-03-09", id="optimized"),
        pytest.param({"first_only": True}, "Asia/Tokyo", "2026-03-03", "2026-03-06", id="first-of-a-day"),
        pytest.param(
            {"window": BookingWindow(days=2, counting=Counting.BOOKABLE)},
            "",
            "2026-03-02",
            "2026-05-03",
            id="bookable-days",
        ),
        pytest.param(
            {"window": BookingWindow(days=2, counting=Counting.BOOKABLE, end=date(2026, 3, 1))},
            "",
            "2026-03-04",
            "2026-03-06",
            id="bookable-days-are-over",
        ),
        pytest.param({}, "Asia/Tokyo", "2026-03-04", "2026-03-06", id="another-day-in-the-guests-zone"),
    ],
)
def test_reach_holds_all_that_decides(fields, zone, start, end):
    """Whole days of UTC around the window, or more where what comes before it counts."""
    offer = event_type("UTC", **fields)
    window = TimeWindow(start=at("2026-03-04 00:00"), end=at("2026-03-05 23:30"))

    found = reach(offer, now=at("2026-03-02 08:00"), window=window, duration=30 * MINUTE, zone=zone)

    assert (f"{found.start:%Y-%m-%d}", f"{found.end:%Y-%m-%d}") == (start, end)


def test_reach_needs_no_zone_of_a_guest():
    """The days of the first slots are then those of the event type."""
    offer = event_type("Asia/Tokyo", first_only=True)
    window = TimeWindow(start=at("2026-03-04 00:00"), end=at("2026-03-05 00:00"))

    found = reach(offer, now=LONG_AGO, window=window, duration=HOUR)

    assert (found.start, found.end) == (at("2026-03-03 00:00"), at("2026-03-06 00:00"))


class Asked:
    """A host who is never taken, and remembers how long the units were in which that was asked."""

    def __init__(self, unit: int) -> None:
        self._unit, self.units = unit, set()

    def unit(self):
        """Give how long a unit may be."""
        return self._unit

    def mask(self, frame):
        """Give nothing."""
        self.units.add(frame.unit)
        return 0


@pytest.mark.parametrize(
    ("fields", "duration", "busy", "unit"),
    [
        pytest.param({}, 25, 5, 5, id="everything-in-fives"),
        pytest.param({}, 25, 1, 1, id="busy-at-odd-minutes"),
        pytest.param({}, 26, 5, 1, id="odd-length"),
        pytest.param({"slot_interval": 26 * MINUTE}, 25, 5, 1, id="odd-interval"),
        pytest.param({"buffer_after": MINUTE}, 25, 5, 1, id="odd-buffer"),
        pytest.param({"schedule": schedule("09:01-12:00")}, 25, 5, 1, id="odd-hours"),
        pytest.param({"optimized": True}, 30, 5, 1, id="optimized"),
        pytest.param({"groups": (group("ada"),)}, 30, 5, 5, id="group-on-the-grid"),
        pytest.param({"groups": (group("ada"),)}, 45, 5, 1, id="group-in-pieces"),
    ],
)
def test_time_is_read_in_fives_where_that_is_exact(fields, duration, busy, unit):
    """A fifth of the work; at odd minutes, or where pieces may be five minutes apart, it would be wrong."""
    offer, asked = event_type("UTC", "09:00-12:00", **fields), Asked(busy)
    everybody = {"ada": Person(host=offer.host, busy=asked)}
    window = days_of("2026-03-04", "UTC")

    found = free_slots(offer, everybody, now=LONG_AGO, window=window, duration=duration * MINUTE)

    assert found
    assert asked.units == {unit}


def test_an_empty_window_has_no_slots():
    """A window that ends before it begins is no error."""
    offer = event_type("UTC", "00:00-24:00")
    window = TimeWindow(start=at("2026-03-05 00:00"), end=at("2026-03-04 00:00"))

    assert not free_slots(offer, people(offer), now=LONG_AGO, window=window, duration=HOUR)


def test_a_window_in_the_past_has_no_slots():
    """Neither has one that is over."""
    offer = event_type("UTC", "00:00-24:00", first_only=True)

    assert offered(offer, "2026-03-04", now=at("2026-04-04 00:00")) == ""


def test_a_length_must_be_positive():
    """No time at all cannot be booked."""
    offer = event_type("UTC", "09:00-11:00")

    with pytest.raises(ValueError, match="must be positive"):
        free_slots(offer, people(offer), now=LONG_AGO, window=days_of("2026-03-04", "UTC"), duration=0 * HOUR)


@pytest.mark.parametrize("year", [1970, 2200])
def test_the_first_and_the_last_year(year):
    """The years at the edges have slots like any other."""
    offer = event_type("Pacific/Kiritimati", "09:00-10:00")
    now = at("1969-06-01 00:00")

    assert offered(offer, f"{year}-01-01", now=now) == "09:00 09:30"
    assert offered(offer, f"{year}-12-31", now=now) == "09:00 09:30"
