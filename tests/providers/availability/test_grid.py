"""Where slots start (contracts/calcom.md 9.3 and, for the cases of the vendor, 9.5)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.providers.embedded.availability import free_slots, is_on_lattice
from booker_components.values import Align, BookingWindow, TimeWindow

from .offers import DAY, HOUR, LONG_AGO, MINUTE, at, event_type, group, host, offered, people, schedule, slots

# --- cases of the vendor -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("daily", "interval", "length", "count"),
    [
        pytest.param("00:00-24:00", None, 60, 24, id="hours"),
        pytest.param("00:00-24:00", 60, 30, 24, id="half-an-hour-each-hour"),
        pytest.param("00:00-24:00", None, 20, 72, id="twenty-minutes"),
        pytest.param("00:00-23:45", None, 20, 71, id="a-quarter-short"),
        pytest.param("11:00-12:00 14:00-15:00", None, 20, 6, id="two-pieces"),
        pytest.param("11:00-12:00 11:20-12:40", None, 20, 5, id="overlapping"),
        pytest.param("11:00-13:00 11:15-13:00", None, 45, 2, id="one-within-the-other"),
        pytest.param("11:15-13:00 11:00-13:00", None, 45, 2, id="the-other-way-round"),
        pytest.param("07:00-07:05 07:10-07:30", None, 5, 5, id="five-minutes"),
    ],
)
def test_as_many_slots_as_the_vendor_gives(daily, interval, length, count):
    """A day has as many slots as Cal.com finds in it."""
    offer = event_type("UTC", daily, slot_interval=interval and interval * MINUTE)

    # The slots of the day before that run into this one have the starts of their own day.
    found = slots(offer, "2021-06-21", duration=length * MINUTE, days=2)

    assert len(found) == 2 * count


@pytest.mark.parametrize(
    ("notice", "day", "starts"),
    [
        pytest.param(0, "2021-06-20", 12, id="today"),
        pytest.param(1500, "2021-06-21", 11, id="with-notice-tomorrow"),
    ],
)
def test_now_lies_between_two_starts(notice, day, starts):
    """A second before noon, noon is next; 25 hours later it is 13:00 of the next day."""
    offer = event_type("UTC", "00:00-24:00", minimum_notice=notice * MINUTE)

    found = slots(offer, day, duration=HOUR, now=at("2021-06-20 11:59:59"))

    assert len(found) == starts


@pytest.mark.parametrize(
    ("daily", "length", "starts"),
    [
        ("09:15-11:00 11:30-14:00", 60, "10:00 12:00 13:00"),
        ("07:22-08:00", 8, "07:22 07:30 07:38 07:46"),
        ("07:30-09:30", 60, "08:00"),
        ("09:05-12:55", 45, "09:15 10:00 10:45 11:30"),
        ("09:05-12:55", 90, "09:30 11:00"),
    ],
)
def test_the_first_slot_of_a_piece_is_at_an_even_part_of_the_hour(daily, length, starts):
    """Of 60, 30, 20, 15, 10 and 5 minutes the first that divides the interval, or of a minute."""
    shown = offered(event_type("Asia/Kolkata", daily), "2021-06-21", duration=length * MINUTE)

    assert shown == starts


def test_the_last_slot_ends_with_the_hours():
    """A quarter of an hour before eleven in the evening, in Brussels' summer."""
    found = slots(event_type("Europe/Brussels", "09:00-23:00"), "2021-06-21", duration=15 * MINUTE)

    assert found[-1].start == at("2021-06-21 20:45")


_AT_TEN = [("2021-06-21 10:00", "2021-06-21 10:10")]


@pytest.mark.parametrize(
    ("daily", "length", "busy", "plain", "optimized"),
    [
        ("08:00-12:30", 60, _AT_TEN, 3, 4),
        ("08:00-12:00", 60, _AT_TEN, 3, 3),
        ("09:30-17:30", 60, [], 7, 8),
        ("08:00-12:45", 30, _AT_TEN, 8, 9),
        ("08:00-12:30", 20, _AT_TEN, 12, 13),
    ],
)
def test_optimized_slots_are_as_many_as_the_vendor_finds(daily, length, busy, plain, optimized):
    """A piece whose end leaves no room for the even part of the hour begins before it."""
    offer = event_type("UTC", daily)

    counts = [
        len(slots(replace(offer, optimized=each), "2021-06-21", busy=busy, duration=length * MINUTE))
        for each in (False, True)
    ]

    assert counts == [plain, optimized]


@pytest.mark.parametrize("daily", ["09:30-17:00", "07:45-15:30", "09:05-12:00"])
def test_optimized_slots_stay_even_where_nothing_is_won(daily):
    """Where as many slots fit on the hour, they are on the hour."""
    plain = event_type("UTC", daily)

    shown = [offered(offer, "2021-06-21", duration=HOUR) for offer in (plain, replace(plain, optimized=True))]

    assert shown[0] == shown[1]


@pytest.mark.parametrize(
    ("daily", "length", "starts"),
    [
        ("09:05-12:55", 60, "09:15 10:15 11:15"),
        ("11:22-12:55", 15, "11:25 11:40 11:55 12:10 12:25 12:40"),
    ],
)
def test_optimized_slots_keep_quarters_and_fives(daily, length, starts):
    """Where the hour would cost a slot, the vendor takes the next quarter of it, or five minutes."""
    offer = event_type("UTC", daily, optimized=True)

    assert offered(offer, "2021-06-21", duration=length * MINUTE) == starts


@pytest.mark.parametrize(
    ("busy_until", "starts"),
    [
        ("10:00", "10:00 11:00"),
        ("10:07", "10:15 11:15"),
        ("10:22", "10:25 11:25"),
        ("10:28", "10:28 11:28"),
        ("10:30", "10:30 11:30"),
        ("10:31", "11:00"),
    ],
)
def test_optimized_slots_wait_as_little_as_they_must(busy_until, starts):
    """For the hour, a quarter of one, five minutes or not at all, as the end of the piece allows."""
    ends = {
        "10:00": "12:00",
        "10:07": "12:20",
        "10:22": "12:25",
        "10:28": "12:28",
        "10:30": "12:50",
        "10:31": "12:00",
    }
    offer = event_type("UTC", f"09:30-{ends[busy_until]}", optimized=True)
    busy = [("2021-06-21 09:00", f"2021-06-21 {busy_until}")]

    assert offered(offer, "2021-06-21", busy=busy, duration=HOUR) == starts


def test_an_offset_comes_upon_the_even_part_and_each_step():
    """25 minutes from half past nine in India, five later: every half hour from 04:05 in UTC."""
    offer = event_type("Asia/Kolkata", "09:30-11:30", offset=5 * MINUTE)

    shown = offered(offer, "2026-03-04", zone="UTC", duration=25 * MINUTE)

    assert shown == "04:05 04:35 05:05 05:35"


# --- in whose zone -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("align", "guest", "starts"),
    [
        (Align.HOST, "Asia/Kolkata", "13:30 14:30 15:30"),
        (Align.GUEST, "Asia/Kolkata", "14:00 15:00"),
        (Align.GUEST, "Asia/Kathmandu", "14:00 15:00"),
        (Align.GUEST, "America/New_York", "03:00 04:00 05:00"),
        (Align.GUEST, "", "09:00 10:00 11:00"),
    ],
)
def test_starts_are_even_for_the_host_or_for_the_guest(align, guest, starts):
    """The same three hours in Berlin, seen from zones with and without half hours."""
    offer = event_type("Europe/Berlin", "09:00-12:00", align=align)

    assert offered(offer, "2026-01-14", zone=guest, duration=HOUR) == starts


def test_pieces_begin_even_by_the_clocks_of_quarters():
    """Steps of forty minutes from nine on in Kathmandu, which is a quarter past three in UTC."""
    shown = offered(event_type("Asia/Kathmandu", "09:00-12:00"), "2026-03-04", duration=40 * MINUTE)

    assert shown == "09:00 09:40 10:20 11:00"


def test_starts_stay_even_when_clocks_change_by_half_an_hour():
    """On Lord Howe's day of change, slots are on the hour that the clocks show, before and after."""
    offer = event_type("Australia/Lord_Howe", "00:00-06:00")

    shown = offered(offer, "2026-10-04", duration=HOUR)

    # From 02:00 it is 02:30 at once.
    assert shown == "00:00 01:00 03:00 04:00 05:00"


def test_starts_are_even_from_the_first_minute_on_that_is_looked_at():
    """Midnight in UTC is a quarter to six in Kathmandu, and no start there."""
    offer = event_type("Asia/Kathmandu", "05:00-07:00")

    assert offered(offer, "2026-03-04", zone="UTC") == "00:15 00:45 23:15 23:45"


# --- pieces --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("interval", "duration", "starts"),
    [
        (None, 30, "09:00 09:30 10:00 10:30"),
        (None, 45, "09:00 09:45"),
        (15, 90, "09:00 09:15 09:30"),
        (60, 30, "09:00 10:00"),
        (40, 30, "09:00 09:40 10:20"),
        (15, 120, "09:00"),
        (15, 121, ""),
    ],
)
def test_slots_start_in_steps_and_fit(interval, duration, starts):
    """The step is the interval, or else the duration; the end is within the hours."""
    offer = event_type("UTC", "09:00-11:00", slot_interval=interval and interval * MINUTE)

    assert offered(offer, "2026-03-04", duration=duration * MINUTE) == starts


@pytest.mark.parametrize(
    ("length", "starts"),
    [(30, "09:00 09:30 10:30 11:00 11:30"), (45, "09:00 10:15 11:00"), (50, "09:00 10:10 11:00")],
)
def test_steps_begin_anew_after_a_busy_time(length, starts):
    """A booking leaves two pieces, of which each has its own steps."""
    busy = [("2026-03-04 10:00", "2026-03-04 10:10")]

    shown = offered(event_type("UTC", "09:00-12:00"), "2026-03-04", busy=busy, duration=length * MINUTE)

    assert shown == starts


def test_round_the_clock_hours_begin_anew_every_day():
    """The steps do not drift from day to day, whatever window is asked for; slots cross midnight."""
    always = event_type("UTC", "00:00-24:00")

    days = {
        offered(always, day, duration=7 * HOUR, days=days)[:23]
        for day in ("2026-03-04", "2026-03-05", "2027-01-01")
        for days in (1, 2, 9)
    }

    assert days == {"00:00 07:00 14:00 21:00"}


def test_now_does_not_shift_tomorrow():
    """Of round-the-clock hours only today's steps begin with now."""
    always = event_type("UTC", "00:00-24:00")

    shown = offered(always, "2026-03-04", days=2, duration=7 * HOUR, now=at("2026-03-04 09:20"))

    assert shown == "10:00 17:00 00:00 07:00 14:00 21:00"


def test_optimized_slots_are_even_where_free_time_goes_on_after_midnight():
    """Today's piece has room for the slot that begins tomorrow: nothing is won by leaving the hour."""
    always = event_type("UTC", "00:00-24:00", optimized=True)

    shown = offered(always, "2026-03-04", duration=HOUR, now=at("2026-03-04 18:19:59"))

    assert shown == "19:00 20:00 21:00 22:00 23:00"


def test_now_begins_the_steps_of_today():
    """The first slot is at the next even part of the hour, the others follow it."""
    offer = event_type("UTC", "09:00-12:00")

    shown = offered(offer, "2026-03-04", duration=45 * MINUTE, now=at("2026-03-04 09:20"))

    assert shown == "09:30 10:15 11:00"


def piece(first, **fields):
    """Give an event type of a host in UTC who works from a time of Wednesday until Friday is over."""
    weekly = ["", "", f"{first}-24:00", "00:00-24:00", "00:00-24:00", "", ""]
    return event_type(hosts=(host(schedule=schedule(weekly=weekly)),), **fields)


@pytest.mark.parametrize(
    ("first", "wednesday", "thursday"),
    [
        pytest.param("00:00", "00:00 07:00 14:00 21:00", "00:00 07:00 14:00 21:00", id="with-a-day"),
        pytest.param("00:01", "01:00 08:00 15:00 22:00", "05:00 12:00 19:00", id="a-minute-later"),
        pytest.param("09:00", "09:00 16:00 23:00", "06:00 13:00 20:00", id="in-the-morning"),
    ],
)
def test_hours_over_several_days_begin_anew_from_their_second_midnight_on(first, wednesday, thursday):
    """The first night is within a piece; but hours that begin with a day begin with a midnight."""
    friday = "00:00 07:00 14:00"

    shown = offered(piece(first), "2026-03-04", days=3, duration=7 * HOUR)

    assert shown == f"{wednesday} {thursday} {friday}"


def test_a_piece_goes_on_until_the_minute_before_it_begins_anew():
    """Steps that meet that minute are offered, steps that meet the midnight are not."""
    odd = offered(piece("09:01"), "2026-03-05", duration=7 * MINUTE)
    even = offered(
        piece("09:25", slot_interval=25 * MINUTE, offset=5 * MINUTE), "2026-03-05", days=2, duration=HOUR
    )

    assert odd.endswith("23:45 23:52 23:59")
    assert "23:30 00:05 00:35" in even


@pytest.mark.parametrize(
    ("first", "last", "days", "starts"),
    [
        pytest.param("09:20", "12:05", 1, "10:00 11:00", id="room-for-the-hour"),
        pytest.param("09:20", "11:45", 1, "09:30 10:30", id="room-for-the-quarter"),
    ],
)
def test_optimized_slots_count_the_room_of_a_piece_to_its_end(first, last, days, starts):
    """Three quarters of an hour, every hour: the last one goes on after the last hour."""
    offer = event_type("UTC", f"{first}-{last}", optimized=True, slot_interval=HOUR)

    assert offered(offer, "2026-03-04", days=days, duration=45 * MINUTE) == starts


def test_optimized_slots_count_the_room_of_a_piece_up_to_where_it_begins_anew():
    """From twenty past nine to the second midnight there is room for the quarter, not for the hour."""
    offer = piece("09:20", optimized=True, slot_interval=HOUR)

    assert offered(offer, "2026-03-04", duration=45 * MINUTE).startswith("09:30 10:30")


@pytest.mark.parametrize("optimized", [False, True])
@pytest.mark.parametrize("length", [45, 50, 60, 420])
def test_slots_do_not_depend_on_the_window(length, optimized):
    """Asked for minute by minute, the same slots come as at once, over nights and changes of clocks."""
    offer = event_type("Europe/Paris", "00:00-24:00", optimized=optimized)
    everybody = people(offer, [("2026-03-28 20:17", "2026-03-28 21:02")])
    first = at("2026-03-28 20:00")
    asked = {"now": LONG_AGO, "duration": length * MINUTE}

    at_once = free_slots(offer, everybody, window=TimeWindow(start=first, end=first + 2 * DAY), **asked)
    one_by_one = [
        slot
        for each in range(0, 2 * 1440, 15)
        for slot in free_slots(
            offer,
            everybody,
            window=TimeWindow(start=first + each * MINUTE, end=first + (each + 15) * MINUTE),
            **asked,
        )
    ]

    assert one_by_one == list(at_once)


def test_pieces_of_different_hosts_are_one_where_either_is_free():
    """In a round robin the vendor's overlapping ranges of two hosts are one piece."""
    duo = (host("ada", daily="11:00-13:00"), host("bob", daily="11:15-13:00"))
    offer = event_type(hosts=duo, groups=(group("ada", "bob"),))

    assert offered(offer, "2026-03-04", duration=45 * MINUTE) == "11:00 11:45"


def test_pieces_of_different_hosts_stay_apart_at_fives():
    """The last start of one and the first of another five minutes later are of two pieces."""
    duo = (host("ada", daily="09:00-09:45"), host("bob", daily="09:05-10:35"))
    offer = event_type(hosts=duo, groups=(group("ada", "bob"),))
    no_fives = [("2026-03-04 20:01", "2026-03-04 20:02")]

    assert offered(offer, "2026-03-04", duration=45 * MINUTE) == "09:00 09:15"
    assert offered(offer, "2026-03-04", duration=45 * MINUTE, busy=no_fives) == "09:00 09:15"


# --- the lattice ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "length", "minutes"),
    [
        pytest.param({}, 30, {0, 30}, id="as-long-as-the-grid"),
        pytest.param({}, 45, {0, 15, 30, 45}, id="pieces-at-quarters"),
        pytest.param({"slot_interval": 20 * MINUTE}, 50, {0, 20, 40}, id="interval"),
        pytest.param({"slot_interval": 2 * HOUR}, 50, {0}, id="two-hours"),
        pytest.param({"offset": 10 * MINUTE}, 30, set(range(0, 60, 10)), id="offset"),
        pytest.param({}, 7, set(range(60)), id="minutes"),
        pytest.param({"optimized": True}, 60, set(range(60)), id="optimized"),
    ],
)
def test_slots_can_start_at_some_minutes_only(fields, length, minutes):
    """The lattice holds every start that any list could show, by the minutes of the hour."""
    offer, first = event_type("Asia/Kathmandu", **fields), at("2026-03-04 09:00", "Asia/Kathmandu")

    found = {
        each
        for each in range(60)
        if is_on_lattice(offer, first + each * MINUTE, length * MINUTE, "Europe/Paris")
    }

    assert found == minutes


def test_the_lattice_is_the_guests_where_starts_are():
    """In Kathmandu the hour is a quarter past one of Paris."""
    offer, start = event_type("Europe/Paris", align=Align.GUEST), at("2026-03-04 09:15")

    assert is_on_lattice(offer, start, HOUR, "Asia/Kathmandu")
    assert not is_on_lattice(offer, start, HOUR, "Europe/Paris")
    assert not is_on_lattice(offer, start, HOUR, "")


@pytest.mark.parametrize("day", [4, 5, 6])
def test_the_lattice_moves_with_the_clocks(day):
    """From the day of Lord Howe's change on, it is on the hour that the clocks show, and nowhere else."""
    offer, noon = event_type("Australia/Lord_Howe"), at(f"2026-10-0{day} 12:00", "Australia/Lord_Howe")

    assert is_on_lattice(offer, noon, HOUR, "")
    assert not is_on_lattice(offer, noon + 30 * MINUTE, HOUR, "")


def test_parts_of_a_minute_are_off_the_lattice():
    """No slot starts within a minute."""
    offer, start = event_type("UTC", optimized=True), at("2026-03-04 09:00")

    parts = [timedelta(), timedelta(seconds=1), timedelta.resolution]

    assert [is_on_lattice(offer, start + part, HOUR, "") for part in parts] == [True, False, False]


def test_the_lattice_holds_what_the_clocks_have_moved():
    """Two-hour steps over Lord Howe's change are at half past afterwards, and can be booked."""
    offer = event_type("Australia/Lord_Howe", "00:00-12:00", window=BookingWindow(days=None))

    found = slots(offer, "2026-10-04", duration=2 * HOUR)

    assert offered(offer, "2026-10-04", duration=2 * HOUR) == "00:00 02:30 04:30 06:30 08:30"
    assert all(is_on_lattice(offer, slot.start, 2 * HOUR, "") for slot in found)
