"""When hosts work: zones and their clocks, nights, overrides, travels, absences and holidays."""

from __future__ import annotations

from datetime import date

import pytest

from booker_components.providers.embedded.availability import explain, free_slots
from booker_components.providers.embedded.availability.hours import hours_of
from booker_components.providers.embedded.availability.zones import unix_day
from booker_components.times import by_day, day_window
from booker_components.values import TimeWindow, Travel

from .offers import (
    DAY,
    HOUR,
    LONG_AGO,
    MINUTE,
    absence,
    at,
    event_type,
    host,
    offered,
    people,
    schedule,
    slots,
)

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
        # At 01:00 the Azores' clocks go back to midnight.
        pytest.param(
            "Atlantic/Azores",
            "2026-10-25",
            "00:00-02:00",
            "00:00 00:30 00:00 00:30 01:00 01:30",
            id="fold-at-midnight",
        ),
        pytest.param("Europe/Paris", "2028-02-29", "09:00-10:00", "09:00 09:30", id="leap-day"),
        pytest.param("Europe/Paris", "2026-12-31", "23:00-00:00", "23:00 23:30", id="year-end"),
        # Until 1972 Liberia's clocks were 44 minutes and a half behind.
        pytest.param("Africa/Monrovia", "1971-03-04", "09:00-10:01", "09:00 09:30", id="half-a-minute"),
    ],
)
def test_hours_are_wall_time_of_the_host(zone, day, daily, starts):
    """Whatever the clocks do that day, slots lie within the hours they show."""
    shown = offered(event_type(zone, daily), day)

    assert shown == starts


@pytest.mark.parametrize(
    ("zone", "day", "first", "last"),
    [
        ("America/New_York", "2023-11-05", "14:00", "21:30"),
        ("America/New_York", "2023-11-04", "13:00", "20:30"),
        ("Europe/London", "2026-03-28", "09:00", "16:30"),
        ("Europe/London", "2026-03-29", "08:00", "15:30"),
        ("Europe/London", "2026-10-25", "09:00", "16:30"),
    ],
)
def test_office_hours_on_days_of_change(zone, day, first, last):
    """Nine to five is as long as ever, an hour earlier or later in UTC; the afternoon too."""
    found = slots(event_type(zone, "09:00-17:00"), day)

    assert (found[0].start, found[-1].start) == (at(f"{day} {first}"), at(f"{day} {last}"))
    assert len(found) == 16


def test_a_slot_over_the_gap_is_as_long_as_any():
    """Lengths are absolute: 01:30 and an hour is 03:30 on the day the clocks go forward."""
    found = slots(
        event_type("Europe/Paris", "01:30-03:30", slot_interval=30 * MINUTE), "2026-03-29", duration=HOUR
    )

    assert [(slot.start, slot.end) for slot in found] == [(at("2026-03-29 00:30"), at("2026-03-29 01:30"))]


@pytest.mark.parametrize(
    ("zone", "daily", "guest", "starts"),
    [
        ("Europe/Paris", "09:00-10:00", "Asia/Kathmandu", "13:45 14:15"),
        ("America/New_York", "20:00-21:00", "Asia/Tokyo", "10:00 10:30"),
        ("Pacific/Kiritimati", "08:00-09:00", "Pacific/Pago_Pago", "07:00 07:30"),
        ("Pacific/Pago_Pago", "08:00-09:00", "Pacific/Kiritimati", "09:00 09:30"),
    ],
)
def test_guests_ask_for_days_of_their_own(zone, daily, guest, starts):
    """The guest's 4 March may be another day at the host's."""
    shown = offered(event_type(zone, daily), "2026-03-04", zone=guest)

    assert shown == starts


def test_the_hosts_weekday_counts_not_the_guests():
    """A host who works on Mondays only is met on Sunday on the other side of the date line."""
    ada = host(zone="Pacific/Kiritimati", schedule=schedule(weekly=["08:00-09:00", *[""] * 6]))

    found = slots(event_type(hosts=(ada,)), "2026-03-01", days=7, zone="UTC")

    assert [str(day) for day in by_day(found, "Pacific/Kiritimati")] == ["2026-03-02"]
    assert [str(day) for day in by_day(found, "Pacific/Pago_Pago")] == ["2026-03-01"]
    assert [str(day) for day in by_day(found, "Pacific/Apia")] == ["2026-03-02"]


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
    offer = event_type("Pacific/Apia", nightly, durations=(50 * MINUTE,))
    asked = {"now": LONG_AGO, "duration": 50 * MINUTE}
    today = day_window(date.fromisoformat(day), "Pacific/Apia")
    moments = [today.start + each * 10 * MINUTE for each in range(144)]
    wide = TimeWindow(start=today.start - 5 * DAY, end=today.end + 5 * DAY)
    narrow = [TimeWindow(start=moment, end=moment + MINUTE) for moment in moments]
    everybody = people(offer)

    listed = offered(offer, day, duration=50 * MINUTE)
    in_wide = {slot.start for slot in free_slots(offer, everybody, window=wide, **asked)}
    in_narrow = {
        slot.start for window in narrow for slot in free_slots(offer, everybody, window=window, **asked)
    }
    bookable = {moment for moment in moments if not explain(offer, everybody, start=moment, **asked)}

    assert listed == starts
    assert bookable == in_narrow == in_wide & set(moments)


def test_a_skipped_day_has_no_hours_of_its_weekday():
    """30 December 2011 would have been a Friday in Apia."""
    ada = host(zone="Pacific/Apia", schedule=schedule(weekly=[*[""] * 4, "09:00-10:00", "", ""]))

    shown = offered(event_type(hosts=(ada,)), "2011-12-22", days=16, form="%d.%H:%M")

    assert shown == "23.09:00 23.09:30 06.09:00 06.09:30"


def test_hours_far_west_reach_the_day_after_the_next():
    """Monday's night in Pago Pago goes on until Wednesday morning in Greenwich."""
    ada = host(zone="Pacific/Pago_Pago", schedule=schedule(weekly=["22:00-18:00", *[""] * 6]))

    shown = offered(event_type(hosts=(ada,)), "2026-03-04", zone="UTC", duration=HOUR)

    assert shown == "00:00 01:00 02:00 03:00 04:00"


# In the first minutes of this day, at an odd one, the clocks of St. John's went forward.
_ODD = unix_day(date(2010, 3, 14))


@pytest.mark.parametrize(
    ("fields", "first", "last", "unit"),
    [
        pytest.param({}, _ODD - 30, _ODD - 20, 5, id="long-before"),
        pytest.param({}, _ODD - 3, _ODD + 3, 1, id="around"),
        pytest.param({}, _ODD + 3, _ODD + 4, 1, id="hours-of-days-before-reach-in"),
        pytest.param({}, _ODD - 20, _ODD - 1, 1, id="hours-go-on"),
        pytest.param({}, _ODD - 20, _ODD + 20, 1, id="in-between"),
        pytest.param({}, _ODD + 20, _ODD + 30, 5, id="long-after"),
        pytest.param({"zone": "UTC"}, _ODD - 3, _ODD + 3, 5, id="elsewhere"),
        pytest.param({"zone": "UTC", "schedule": None}, _ODD - 3, _ODD + 3, 5, id="no-hours"),
        pytest.param(
            {"zone": "UTC", "schedule": schedule("09:00-17:00", zone="America/St_Johns")},
            _ODD - 3,
            _ODD + 3,
            1,
            id="hours-kept-there",
        ),
        pytest.param(
            {
                "zone": "UTC",
                "travels": (
                    Travel(first=date(2010, 1, 1), last=date(2010, 12, 31), zone="America/St_Johns"),
                ),
            },
            _ODD - 3,
            _ODD + 3,
            1,
            id="travels-there",
        ),
        pytest.param({"schedule": schedule("09:05-17:35")}, _ODD - 30, _ODD - 20, 5, id="fives"),
        pytest.param({"schedule": schedule("09:06-17:00")}, _ODD - 30, _ODD - 20, 1, id="odd-hours"),
        pytest.param(
            {"schedule": schedule("09:00-17:00", overrides=[("2020-01-01", "09:00-17:04")])},
            _ODD - 30,
            _ODD - 20,
            1,
            id="odd-hours-of-a-date",
        ),
    ],
)
def test_hours_tell_how_long_units_may_be(fields, first, last, unit):
    """Five minutes where nothing begins or ends between, on these days and those that reach into them."""
    ada = host(**{"zone": "America/St_Johns", "schedule": schedule("09:00-17:00"), **fields})

    found = hours_of(ada, ada.schedule)

    assert [found.unit((first, last)) for _ in range(2)] == [unit] * 2


# --- hours over midnight, merged hours, overrides ------------------------------------------------


def test_hours_may_run_over_midnight():
    """23:00-02:00 belongs to the day on which it begins."""
    ada = host(zone="Europe/Berlin", schedule=schedule(weekly=[*[""] * 4, "23:00-02:00", "", ""]))
    fridays = event_type(hosts=(ada,))

    assert offered(fridays, "2026-03-06") == "23:00 23:30"
    assert offered(fridays, "2026-03-07") == "00:00 00:30 01:00 01:30"
    assert offered(fridays, "2026-03-08") == ""


def test_hours_over_midnight_meet_the_change_of_clocks():
    """The night in which the clocks go forward has an hour less, over the year's end nothing changes."""
    nights = event_type("Europe/Berlin", "23:00-04:00")

    spring = offered(nights, "2026-03-28", duration=HOUR, days=2)
    year_end = offered(nights, "2026-12-31", duration=HOUR, days=2)

    assert spring == "00:00 01:00 02:00 03:00 23:00 00:00 01:00 03:00 23:00"
    assert year_end == "00:00 01:00 02:00 03:00 23:00 00:00 01:00 02:00 03:00 23:00"


def test_hours_over_midnight_meet_a_late_change_far_in_the_west():
    """In Apia the clocks went back at four in the morning: that night was seven hours."""
    nights = event_type("Pacific/Apia", "23:00-05:00")

    shown = offered(nights, "2011-04-01", duration=HOUR, days=2, form="%d.%H").split()

    assert shown[shown.index("01.23") :] == [
        "01.23",
        "02.00",
        "02.01",
        "02.02",
        "02.03",
        "02.03",
        "02.04",
        "02.23",
    ]


def test_half_a_minute_of_a_zone_is_not_worked():
    """44 minutes and a half behind UTC, an hour holds but 59 whole minutes of it."""
    offer = event_type("Africa/Monrovia", "09:00-10:00", slot_interval=MINUTE)

    shown = [offered(offer, "1971-06-01", zone="UTC", duration=each * MINUTE) for each in (59, 60)]

    assert shown == ["09:45", ""]


@pytest.mark.parametrize(
    ("daily", "starts"),
    [
        pytest.param("09:00-10:30 10:30-12:00", "09:00 09:50 10:40", id="touching"),
        pytest.param("09:00-11:00 10:00-12:00", "09:00 09:50 10:40", id="overlapping"),
        pytest.param("10:00-12:00 09:00-11:00", "09:00 09:50 10:40", id="out-of-order"),
        pytest.param("09:00-12:00 10:00-11:00", "09:00 09:50 10:40", id="within"),
        pytest.param("09:00-10:00 10:01-12:00", "09:00 10:10 11:00", id="apart"),
    ],
)
def test_touching_hours_are_one(daily, starts):
    """Slots lie across the seam, as if there were none."""
    shown = offered(event_type("UTC", daily), "2026-03-04", duration=50 * MINUTE)

    assert shown == starts


def test_hours_that_touch_at_midnight_are_one():
    """What begins in the evening goes on into the night."""
    nights = event_type(
        hosts=(host(schedule=schedule(weekly=["", "22:00-24:00", "00:00-02:00", "", "", "", ""])),)
    )

    assert offered(nights, "2026-03-03", duration=50 * MINUTE) == "22:00 22:50 23:40"
    assert offered(nights, "2026-03-04", duration=50 * MINUTE) == "00:30"


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
    ada = host(zone="Pacific/Apia", schedule=schedule("09:00-10:00", overrides=exceptions))

    assert offered(event_type(hosts=(ada,)), day) == starts


@pytest.mark.parametrize(
    ("zone", "day", "daily", "overrides", "starts"),
    [
        pytest.param(
            "UTC", "2026-03-04", "09:00-09:10", [("2026-03-04", "12:00-12:10")], "12:00 12:05", id="own-hours"
        ),
        pytest.param(
            "Europe/Paris", "2026-03-29", "09:00-09:10", [], "07:00 07:05", id="change-of-the-clocks"
        ),
        pytest.param(
            "Pacific/Apia", "2011-12-29", "09:00-09:10", [], "19:00 19:05", id="before-a-skipped-day"
        ),
    ],
)
def test_days_that_are_read_one_by_one_have_their_hours_and_no_more(zone, day, daily, overrides, starts):
    """Not the first minutes that are looked at, those of midnight in UTC."""
    ada = host(zone=zone, schedule=schedule(daily, overrides=overrides))

    assert offered(event_type(hosts=(ada,)), day, zone="UTC", duration=5 * MINUTE) == starts


def test_hours_that_end_when_they_begin_are_a_day_and_a_night():
    """An end that is not after the start is on the next day."""
    wednesdays = host(schedule=schedule(weekly=["", "", "09:00-09:00", "", "", "", ""]))

    shown = offered(event_type(hosts=(wednesdays,)), "2026-03-03", days=4, duration=6 * HOUR, form="%d.%H")

    assert shown == "04.09 04.15 04.21 05.03"


def test_a_closed_date_does_not_cut_the_night_before():
    """Friday's hours end on Saturday, even when Saturday is closed."""
    ada = host(schedule=schedule("23:00-01:00", overrides=[("2026-03-07", "")]))

    assert offered(event_type(hosts=(ada,)), "2026-03-07") == "00:00 00:30"


def test_the_day_after_a_change_of_the_clocks_may_have_hours_of_its_own():
    """Weekly hours are read anew from there on, and do not come back on a date that is closed."""
    ada = host(zone="Europe/Paris", schedule=schedule("09:00-09:30", overrides=[("2026-03-30", "")]))

    assert offered(event_type(hosts=(ada,)), "2026-03-29", days=3, form="%d.%H:%M") == "29.09:00 31.09:00"


def test_an_override_meets_the_evening_before():
    """The hours of a date go on from those of the date before it."""
    ada = host(schedule=schedule("20:00-24:00", overrides=[("2026-03-07", "00:00-01:00")]))

    shown = offered(event_type(hosts=(ada,)), "2026-03-06", days=2, duration=2 * HOUR)

    assert shown == "20:00 22:00"


def test_an_event_type_may_have_hours_of_its_own():
    """They stand in place of every host's."""
    own = event_type("UTC", "09:00-10:00", schedule=schedule("14:00-15:00"))

    assert offered(own, "2026-03-04") == "14:00 14:30"


def test_hours_go_on_week_after_week():
    """However long is looked ahead, every weekday has them, to the last one."""
    weekly = ["09:00-10:00"] * 5 + ["", "12:00-13:00"]
    offer = event_type(hosts=(host(schedule=schedule(weekly=weekly)),))

    shown = offered(offer, "2026-03-01", days=120, duration=HOUR, form="%m-%d.%H").split()

    assert len(shown) == 103
    assert shown[-3:] == ["06-25.09", "06-26.09", "06-28.12"]


def test_without_hours_nothing_is_free():
    """A host without a schedule is never offered."""
    idle = event_type(hosts=(host(schedule=None),))

    assert offered(idle, "2026-03-04") == ""
    assert offered(idle, "2026-03-04", duration=5 * MINUTE) == ""


# --- travels -------------------------------------------------------------------------------------


def traveller(**fields):
    """Give a host of Paris who is in Tokyo from 4 to 5 March 2026."""
    tokyo = Travel(first=date(2026, 3, 4), last=date(2026, 3, 5), zone="Asia/Tokyo")
    return host(zone="Europe/Paris", daily="09:00-10:00", travels=(tokyo,), **fields)


def test_hours_travel_with_the_host():
    """On the dates of a travel the same hours are worked elsewhere; Tokyo is eight hours ahead."""
    shown = offered(event_type(hosts=(traveller(),)), "2026-03-03", days=4, form="%d.%H:%M")

    assert shown == "03.09:00 03.09:30 04.01:00 04.01:30 05.01:00 05.01:30 06.09:00 06.09:30"


def test_travellers_far_east_begin_tomorrow_today():
    """Their morning of the sixth is seven in the evening of the fifth in UTC, the last that is looked at."""
    journey = Travel(first=date(2026, 1, 1), last=date(2026, 1, 2), zone="UTC")
    offer = event_type(hosts=(host(zone="Pacific/Kiritimati", daily="09:00-14:00", travels=(journey,)),))
    window = TimeWindow(start=at("2026-03-05 12:00"), end=at("2026-03-05 23:00"))

    found = free_slots(offer, people(offer), now=LONG_AGO, window=window, duration=HOUR)

    assert [f"{slot.start:%d.%H:%M}" for slot in found] == ["05.19:00", "05.20:00", "05.21:00", "05.22:00"]


def test_overrides_travel_too():
    """Other hours on a date of the travel are wall time where the host is."""
    ada = traveller(schedule=schedule("09:00-10:00", overrides=[("2026-03-05", "20:00-20:30")]))

    assert offered(event_type(hosts=(ada,)), "2026-03-05") == "12:00"


def test_a_schedule_with_a_zone_stays_there():
    """Hours that say their zone are not moved by travels."""
    ada = traveller(schedule=schedule("09:00-10:00", zone="America/New_York"))

    assert offered(event_type(hosts=(ada,)), "2026-03-05") == "15:00 15:30"


def test_travellers_are_away_by_the_clocks_where_they_are():
    """A day off in Tokyo begins and ends with Tokyo's day."""
    ada = traveller(schedule=schedule("00:00-24:00", zone="Asia/Tokyo"), away=(absence("2026-03-05"),))

    shown = offered(event_type(hosts=(ada,)), "2026-03-05", zone="Asia/Tokyo", days=2, duration=12 * HOUR)

    assert shown == "00:00 12:00"


# --- absences and holidays -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("daily", "shown"),
    [
        pytest.param("09:00-10:00", "04.09:00 04.09:30 07.09:00 07.09:30", id="daytime"),
        pytest.param(
            "23:00-01:00",
            "04.00:00 04.00:30 04.23:00 04.23:30 07.00:00 07.00:30 07.23:00 07.23:30",
            id="nights",
        ),
    ],
)
def test_dates_of_an_absence_are_free(daily, shown):
    """From the midnight that begins the first one to that which ends the last, whenever hours began."""
    ada = host(zone="Asia/Kathmandu", daily=daily, away=(absence("2026-03-05", "2026-03-06"),))

    assert offered(event_type(hosts=(ada,)), "2026-03-04", days=4, form="%d.%H:%M") == shown


def test_a_slot_does_not_run_into_an_absence():
    """The night before is whole; the evening before ends at midnight."""
    ada = host(daily="22:00-02:00", away=(absence("2026-03-05"),))

    assert offered(event_type(hosts=(ada,)), "2026-03-04", duration=2 * HOUR) == "00:00 22:00"
    assert offered(event_type(hosts=(ada,)), "2026-03-04", duration=3 * HOUR) == ""


@pytest.mark.parametrize(
    ("code", "day", "shown"),
    [
        pytest.param("FR", "2026-07-14", "", id="national"),
        pytest.param("FR", "2026-07-15", "09:00 09:30", id="day-after"),
        pytest.param("DE-BY", "2026-01-06", "", id="regional"),
        pytest.param("DE-BE", "2026-01-06", "09:00 09:30", id="elsewhere-in-the-country"),
        pytest.param("US", "2026-07-03", "", id="in-lieu-of-a-saturday"),
        pytest.param("FR", "2026-05-01", "14:00", id="with-hours-of-its-own"),
        pytest.param("", "2026-07-14", "09:00 09:30", id="none"),
    ],
)
def test_holidays_are_free(code, day, shown):
    """Public holidays where the host works, but for dates that have hours of their own."""
    ada = host(holidays=code, schedule=schedule("09:00-10:00", overrides=[("2026-05-01", "14:00-14:30")]))

    assert offered(event_type(hosts=(ada,)), day) == shown


def test_holidays_keep_to_their_dates():
    """A day that is none begins with its first minute; a host without hours may have holidays, too."""
    ada, idle = host(daily="00:00-24:00", holidays="FR"), host(schedule=None, holidays="FR")

    assert offered(event_type(hosts=(ada,)), "2026-07-15", duration=HOUR).startswith("00:00 01:00")
    assert offered(event_type(hosts=(idle,)), "2026-07-15") == ""


def test_holidays_are_dates_of_the_host():
    """The French holiday is over at midnight in Paris, when it is still on in New York."""
    ada = host(zone="Europe/Paris", daily="00:00-24:00", holidays="FR")

    shown = offered(event_type(hosts=(ada,)), "2026-07-14", zone="America/New_York", duration=6 * HOUR)

    assert shown == "18:00"


def test_the_event_types_hours_open_holidays_and_not_absences():
    """A date with hours in the schedule that counts is worked, unless the host is away."""
    own = schedule("09:00-10:00", overrides=[("2026-07-14", "14:00-14:30")])
    ada = host(daily="09:00-10:00", holidays="FR")

    assert offered(event_type(hosts=(ada,), schedule=own), "2026-07-14") == "14:00"
    away = host(daily="09:00-10:00", away=(absence("2026-07-14"),))
    assert offered(event_type(hosts=(away,), schedule=own), "2026-07-14") == ""
