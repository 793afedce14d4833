"""Tests of the slots and reservations of the fake Cal.com (contracts/calcom.md 4.6, 9)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.testing.calcom.records import EventType, Schedule, User
from booker_components.testing.calcom.spans import Grid, hours, without
from booker_components.times import zone

from .api import NINE, Api, at, bearer
from .fixtures import deliberately

DAY = {"start": "2027-02-02", "end": "2027-02-02"}


@pytest.fixture
def ada(calcom: FakeCalcom) -> User:
    """A host in Berlin."""
    return calcom.add_user("ada", zone="Europe/Berlin")


@pytest.fixture
def intro(calcom: FakeCalcom, ada: User) -> EventType:
    """Half an hour with her."""
    return calcom.add_event_type(ada, "intro")


@pytest.fixture
def guest(calcom: FakeCalcom) -> Api:
    """Somebody who proves nothing."""
    return Api(calcom)


def starts(guest: Api, event_type: EventType, **query: Any) -> list[str]:
    """Give the starts of all slots, on the day after today unless asked otherwise."""
    days = guest.get("/slots", eventTypeId=event_type.id, **{**DAY, **query})
    return [each["start"] for day in days.values() for each in day]


def times_of(guest: Api, event_type: EventType, **query: Any) -> list[str]:
    """Give the starts in UTC as times of the day."""
    return [each[11:16] for each in starts(guest, event_type, **query)]


# --- the shape -----------------------------------------------------------------------------------


def test_slots_are_grouped_by_the_day_of_the_zone(guest: Api, intro: EventType) -> None:
    """Those late in the day are tomorrow's further east; times carry the offset of that zone."""
    days = guest.get("/slots", eventTypeId=intro.id, **DAY, timeZone="Pacific/Auckland")

    assert list(days) == ["2027-02-02", "2027-02-03"]
    assert days["2027-02-02"][0] == {"start": "2027-02-02T21:00:00.000+13:00"}
    assert days["2027-02-03"][0] == {"start": "2027-02-03T00:00:00.000+13:00"}


def test_slots_may_have_ends(guest: Api, intro: EventType) -> None:
    """With format=range."""
    days = guest.get("/slots", eventTypeId=intro.id, **DAY, format="range")

    assert days["2027-02-02"][0] == {
        "start": "2027-02-02T08:00:00.000+00:00",
        "end": "2027-02-02T08:30:00.000+00:00",
    }


def test_days_without_slots_are_absent(guest: Api, intro: EventType) -> None:
    """A weekend has none."""
    assert guest.get("/slots", eventTypeId=intro.id, start="2027-02-06", end="2027-02-07") == {}


def test_the_range_may_be_instants(guest: Api, intro: EventType) -> None:
    """Both ends belong to it."""
    found = times_of(guest, intro, start="2027-02-02T09:00:00Z", end="2027-02-02T10:00:00Z")

    assert found == ["09:00", "09:30", "10:00"]


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"eventTypeId": 999}, 404),
        ({"start": "2027-02-03", "end": "2027-02-02"}, 400),
        ({"timeZone": "Mars/Base"}, 400),
        ({"duration": 45}, 400),
        ({"start": "soon"}, 400),
    ],
    ids=["event type", "range", "zone", "length", "no time"],
)
def test_slots_are_refused(guest: Api, intro: EventType, query: dict[str, Any], status: int) -> None:
    """Each mistake has its status."""
    asked = {"eventTypeId": intro.id, **DAY, **query}

    assert guest.refused("GET", "/slots", **asked)[0] == status


def test_event_types_are_named_by_slugs(calcom: FakeCalcom, guest: Api, ada: User, intro: EventType) -> None:
    """Of a user or a team; a dynamic group is named by its users and has four lengths."""
    team = calcom.add_team("crew", ada, calcom.add_user("bob", zone="Europe/Berlin"))
    calcom.add_event_type(team, "intro")

    of_user = guest.get("/slots", eventTypeSlug="intro", username="ada", **DAY)
    of_team = guest.get("/slots", eventTypeSlug="intro", teamSlug="crew", **DAY)
    of_group = guest.get("/slots", usernames="ada,bob", duration=90, **DAY)

    assert of_user == of_team
    assert len(of_group["2027-02-02"]) == 5
    assert guest.refused("GET", "/slots", eventTypeSlug="intro", username="bob", **DAY)[0] == 404


def test_an_organization_has_users_of_its_own(calcom: FakeCalcom, guest: Api) -> None:
    """A name counts within it only."""
    calcom.add_event_type(calcom.add_user("cy", organization="acme"), "intro")
    query = {"eventTypeSlug": "intro", "username": "cy", **DAY}

    assert guest.get("/slots", **query, organizationSlug="acme")
    assert guest.refused("GET", "/slots", **query)[0] == 404


# --- what is free --------------------------------------------------------------------------------


def test_bookings_take_their_time_with_buffers(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """The gap before and after is as both event types want it (contracts/calcom.md 9.2)."""
    calcom.book(calcom.add_event_type(ada, "other", beforeEventBuffer=30), NINE + timedelta(hours=2))
    event_type = calcom.add_event_type(ada, "one", afterEventBuffer=15, beforeEventBuffer=30)

    found = times_of(guest, event_type)

    assert found[:4] == ["08:00", "08:30", "11:00", "11:30"]


@pytest.mark.parametrize(("block", "free"), [(True, False), (False, True)], ids=["blocks", "does not"])
def test_what_waits_may_block(calcom: FakeCalcom, guest: Api, ada: User, block: bool, free: bool) -> None:
    """The policy of its event type says whether."""
    policy = {"type": "always", "blockUnconfirmedBookingsInBooker": block}
    event_type = calcom.add_event_type(ada, "one", confirmationPolicy=policy)
    calcom.book(event_type, NINE)

    assert ("08:00" in times_of(guest, event_type)) is free


def test_the_own_time_is_free_when_moving(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """For who names the booking that moves."""
    uid = calcom.book(intro, NINE).uid

    assert "08:00" not in times_of(guest, intro)
    assert "08:00" in times_of(guest, intro, bookingUidToReschedule=uid)


def test_a_team_is_free_together_or_in_turn(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """All hosts of a collective event type, any of a round robin, who then hosts alone."""
    bob = calcom.add_user("bob", zone="Europe/Berlin")
    team = calcom.add_team("crew", ada, bob)
    together = calcom.add_event_type(team, "together")
    turns = calcom.add_event_type(team, "turns", schedulingType="roundRobin")
    calcom.book(calcom.add_event_type(ada, "other"), NINE)

    assert times_of(guest, together)[0] == "08:30"
    assert times_of(guest, turns)[0] == "08:00"
    assert [each["username"] for each in guest.book(turns, at(8))["hosts"]] == ["bob"]


def test_a_managed_parent_is_refused(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """Its children are asked instead, also for bookings."""
    parent = calcom.add_event_type(calcom.add_team("crew", ada), "one", schedulingType="managed")

    assert guest.refused("GET", "/slots", eventTypeId=parent.id, **DAY)[0] == 400


def test_overrides_replace_a_day(calcom: FakeCalcom, guest: Api, ada: User, intro: EventType) -> None:
    """Its hours, or all of it."""
    calcom.add_schedule(
        ada,
        overrides=[
            {"date": "2027-02-02", "startTime": "12:00", "endTime": "13:00"},
            {"date": "2027-02-03", "startTime": "00:00", "endTime": "00:00"},
        ],
    )

    assert times_of(guest, intro, end="2027-02-03") == ["11:00", "11:30"]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"minimumBookingNotice": 26 * 60}, "2027-02-02T10:00"),
        ({"bookingWindow": {"type": "calendarDays", "value": 0, "rolling": False}}, None),
        ({"bookingWindow": {"type": "range", "value": ["2027-02-01", "2027-02-01"]}}, None),
        ({"bookingLimitsCount": {"day": 1}}, None),
        ({"bookingLimitsDuration": {"week": 30}}, None),
    ],
    ids=["notice", "rolling", "range", "count", "duration"],
)
def test_rules_of_the_event_type_are_kept(
    calcom: FakeCalcom, guest: Api, ada: User, fields: dict[str, Any], expected: str | None
) -> None:
    """The first slot of tomorrow, if any is left: limits are reached by a booking that was made before."""
    event_type = calcom.add_event_type(ada, "one", **fields)
    if "Limits" in next(iter(fields)):
        calcom.book(event_type, NINE + timedelta(hours=2))

    found = starts(guest, event_type)

    assert (found[0][:16] if found else None) == expected


@pytest.mark.parametrize(
    ("window", "last"),
    [
        ({"type": "calendarDays", "value": 5, "rolling": False}, "2027-02-05"),
        ({"type": "businessDays", "value": 5, "rolling": False}, "2027-02-08"),
        ({"type": "calendarDays", "value": 6, "rolling": True}, "2027-02-08"),
        ({"type": "range", "value": ["2027-02-01", "2027-02-04"]}, "2027-02-04"),
    ],
    ids=["days", "business days", "bookable days", "range"],
)
def test_the_booking_window_ends(
    calcom: FakeCalcom, guest: Api, ada: User, window: dict[str, Any], last: str
) -> None:
    """At the end of a day; a rolling one counts the days that have slots, today's too."""
    event_type = calcom.add_event_type(ada, "one", bookingWindow=window)

    days = guest.get("/slots", eventTypeId=event_type.id, start="2027-02-01", end="2027-03-01")

    assert max(days) == last


def test_only_the_first_slot_of_a_day_may_be_shown(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """Of each day."""
    event_type = calcom.add_event_type(ada, "one", onlyShowFirstAvailableSlot=True)

    assert times_of(guest, event_type, end="2027-02-03") == ["08:00", "08:00"]


# --- reservations --------------------------------------------------------------------------------


def reserved(intro: EventType, **fields: Any) -> dict[str, Any]:
    """Give the body of a reservation."""
    return {"eventTypeId": intro.id, "slotStart": at(8), **fields}


def test_a_reservation_hides_the_slot_from_everybody(
    calcom: FakeCalcom, guest: Api, ada: User, intro: EventType, clock: FrozenClock
) -> None:
    """Also from who made it, and in every event type of the host, until it lapses."""
    other = calcom.add_event_type(ada, "other")

    held = guest.post("/slots/reservations", reserved(intro))

    assert held["reservationUntil"] == "2027-02-01T08:05:00.000Z"
    assert (held["slotDuration"], held["reservationDuration"]) == (30, 5)
    assert guest.get(f"/slots/reservations/{held['reservationUid']}") == held
    assert ("08:00" in times_of(guest, intro), "08:00" in times_of(guest, other)) == (False, False)
    clock.move(timedelta(minutes=5))
    assert "08:00" in times_of(guest, intro)
    assert guest.get(f"/slots/reservations/{held['reservationUid']}") is None


def test_booking_ignores_reservations(guest: Api, intro: EventType) -> None:
    """They are advice."""
    guest.post("/slots/reservations", reserved(intro))

    assert guest.book(intro, at(8))["status"] == "accepted"


def test_a_reservation_moves_and_is_given_up(guest: Api, intro: EventType) -> None:
    """Its own time does not stand in its way; an unknown one is not found."""
    path = f"/slots/reservations/{guest.post('/slots/reservations', reserved(intro))['reservationUid']}"

    moved = guest.data("PATCH", path, json=reserved(intro, slotStart=at(9)))
    offered = times_of(guest, intro)
    guest.data("DELETE", path)

    assert moved["slotStart"] == "2027-02-02T09:00:00.000Z"
    assert ("08:00" in offered, "09:00" in offered) == (True, False)
    assert "09:00" in times_of(guest, intro)
    unknown = guest.refused("PATCH", "/slots/reservations/nobody", json=reserved(intro))
    assert unknown[0] == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({}, 422),
        ({"eventTypeId": 999}, 404),
        ({"slotStart": at(10), "slotDuration": 45}, 400),
        ({"slotStart": at(10), "reservationDuration": 10}, 401),
    ],
    ids=["reserved", "event type", "length", "without a proof"],
)
def test_a_reservation_is_refused(
    calcom: FakeCalcom, guest: Api, intro: EventType, change: dict[str, Any], status: int
) -> None:
    """Each with its status."""
    guest.post("/slots/reservations", reserved(intro))

    refused = guest.refused("POST", "/slots/reservations", json=reserved(intro) | change)

    assert refused[0] == status


def test_a_host_says_how_long_a_reservation_holds(calcom: FakeCalcom, ada: User, intro: EventType) -> None:
    """Nobody else may."""
    body = reserved(intro, reservationDuration=20)
    host = Api(calcom, **bearer(calcom.api_key(ada)))
    other = Api(calcom, **bearer(calcom.api_key(calcom.add_user("bob"))))

    assert other.refused("POST", "/slots/reservations", json=body)[0] == 403
    assert host.post("/slots/reservations", body)["reservationDuration"] == 20


def test_a_reserved_seat_counts_as_taken(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """Of that event type only."""
    seats = {"seatsPerTimeSlot": 2, "showAttendeeInfo": False, "showAvailabilityCount": True}
    group = calcom.add_event_type(ada, "group", seats=seats)

    guest.post("/slots/reservations", reserved(group))

    slot = guest.get("/slots", eventTypeId=group.id, **DAY)["2027-02-02"][0]
    assert (slot["seatsBooked"], slot["seatsRemaining"]) == (1, 1)


# --- the grid ------------------------------------------------------------------------------------


def _time(text: str) -> datetime:
    day, _, clock = text.rpartition(" ")
    return datetime.fromisoformat(f"2021-06-{day or '21'}T{clock}").replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("spans", "length", "zone_name", "expected"),
    [
        ([("00:00", "22 00:00")], (60, 60), "UTC", 24),
        ([("00:00", "22 00:00")], (30, 60), "UTC", 24),
        ([("00:00", "22 00:00")], (20, 20), "UTC", 72),
        ([("00:00", "23:45")], (20, 20), "UTC", 71),
        ([("11:00", "12:00"), ("14:00", "15:00")], (20, 20), "UTC", 6),
        ([("11:00", "12:00"), ("11:20", "12:40")], (20, 20), "UTC", 5),
        ([("11:00", "13:00"), ("11:15", "13:00")], (45, 45), "UTC", 2),
        ([("11:15", "13:00"), ("11:00", "13:00")], (45, 45), "UTC", 2),
        ([("09:15", "11:00"), ("11:30", "14:00")], (60, 60), "UTC", 3),
        ([("02:00", "04:00")], (60, 60), "Asia/Kolkata", 1),
        ([("07:00", "07:05"), ("07:10", "07:30")], (5, 5), "UTC", 5),
        ([("07:22", "08:00")], (8, 8), "UTC", 4),
    ],
    ids=[
        "a day",
        "shorter than the step",
        "twenty minutes",
        "not quite a day",
        "two pieces",
        "overlapping",
        "overlapping, snapped",
        "overlapping, out of order",
        "not on the hour",
        "half-hour zone",
        "five minutes",
        "eight minutes",
    ],
)
def test_the_grid_is_the_vendors(
    spans: list[tuple[str, str]], length: tuple[int, int], zone_name: str, expected: int
) -> None:
    """The cases of contracts/calcom.md 9.5."""
    grid = Grid(length=length[0], frequency=length[1], zone=zone(zone_name))

    found = grid.starts([(_time(a), _time(b)) for a, b in spans], _time("20 11:59:59"))

    assert len(found) == expected


@pytest.mark.parametrize(
    ("span", "busy", "length", "optimised", "normal"),
    [
        (("08:00", "12:30"), ("10:00", "10:10"), 60, 4, 3),
        (("08:00", "12:00"), ("10:00", "10:10"), 60, 3, 3),
        (("09:30", "17:30"), None, 60, 8, 7),
        (("08:00", "12:45"), ("10:00", "10:10"), 30, 9, 8),
        (("08:00", "12:30"), ("10:00", "10:10"), 20, 13, 12),
        (("09:30", "17:00"), None, 60, 7, 7),
        (("07:45", "15:30"), None, 60, 7, 7),
    ],
    ids=["gain", "none", "half past", "half hours", "twenty minutes", "17:00", "07:45"],
)
def test_optimised_slots_waste_less(
    span: tuple[str, str], busy: tuple[str, str] | None, length: int, optimised: int, normal: int
) -> None:
    """Where the time that is left allows it."""
    taken = [(_time(busy[0]), _time(busy[1]))] if busy else []
    free = without([(_time(span[0]), _time(span[1]))], taken)

    found = [
        len(Grid(length=length, frequency=length, optimised=each, zone=UTC).starts(free, _time("20 00:00")))
        for each in (True, False)
    ]

    assert found == [optimised, normal]


def test_an_offset_moves_every_slot() -> None:
    """L = 25, O = 5: every half an hour, five minutes late (contracts/calcom.md 9.5)."""
    grid = Grid(length=25, frequency=25, offset=5, zone=zone("Asia/Kolkata"))

    found = grid.starts([(_time("04:00"), _time("05:31"))], _time("20 00:00"))

    assert [each.strftime("%H:%M") for each in found] == ["04:05", "04:35", "05:05"]


def test_hours_are_wall_time_on_the_day_the_clocks_change() -> None:
    """New York on 5 November 2023: nine to five is 14:00 to 22:00 in UTC."""
    schedule = Schedule(
        id=1,
        owner=1,
        name="",
        zone="America/New_York",
        availability=[{"days": ["Sunday"], "startTime": "09:00", "endTime": "17:00"}],
    )
    day = datetime(2023, 11, 5, tzinfo=UTC)

    (found,) = hours(schedule, (day, day + timedelta(days=1)))

    assert [each.strftime("%d %H:%M") for each in found] == ["05 14:00", "05 22:00"]


def test_work_goes_on_over_midnight() -> None:
    """An end of 23:59 means midnight, and what begins there belongs to it."""
    schedule = Schedule(
        id=1,
        owner=1,
        name="",
        zone="UTC",
        availability=[
            {"days": ["Monday"], "startTime": "22:00", "endTime": "23:59"},
            {"days": ["Tuesday"], "startTime": "00:00", "endTime": "02:00"},
        ],
    )
    day = datetime(2027, 2, 1, tzinfo=UTC)

    (found,) = hours(schedule, (day, day + timedelta(days=1)))

    assert found[1] - found[0] == timedelta(hours=4)


# --- event types ---------------------------------------------------------------------------------


def test_event_types_are_public_unless_hidden(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """Their owner sees the hidden ones as well; an unknown user has none."""
    calcom.add_event_type(ada, "open")
    calcom.add_event_type(ada, "secret", hidden=True)
    host = Api(calcom, **bearer(calcom.api_key(ada)))

    assert [each["slug"] for each in guest.get("/event-types", username="ada")] == ["open"]
    assert [each["slug"] for each in host.get("/event-types", username="ada")] == ["open", "secret"]
    assert guest.get("/event-types", username="nobody") == []
    assert [each["slug"] for each in guest.get("/event-types", username="ada", eventSlug="open")] == ["open"]


def test_an_event_type_says_everything(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """What a test gives stands there; the system's fields stand around the host's own."""
    fields = [{"type": "select", "slug": "size", "options": ["S", "L"]}, {"type": "notes", "required": True}]
    places = [{"type": "attendeePhone"}, {"type": "address", "address": "Here", "public": True}]
    calcom.add_event_type(ada, "intro", bookingFields=fields, locations=places, lengthInMinutes=45)

    (shown,) = guest.get("/event-types", username="ada", eventSlug="intro")

    slugs = [each["slug"] for each in shown["bookingFields"]]
    assert slugs == ["name", "email", "location", "size", "title", "notes", "guests", "rescheduleReason"]
    assert [each["required"] for each in shown["bookingFields"] if each["slug"] == "notes"] == [True]
    assert (shown["lengthInMinutes"], shown["locations"]) == (45, places)
    assert shown["users"][0]["username"] == "ada"


def test_event_types_are_made_changed_and_removed(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """By their owner."""
    host = Api(calcom, **bearer(calcom.api_key(ada)))

    made = host.post("/event-types", {"title": "New", "slug": "new", "lengthInMinutes": 20})
    path = f"/event-types/{made['id']}"
    changed = host.data("PATCH", path, json={"title": "Newer"})

    assert (changed["title"], host.get(path)["title"]) == ("Newer", "Newer")
    with deliberately(calcom):
        assert guest.refused("GET", path)[0] == 401
    assert host.data("DELETE", path)["slug"] == "new"
    assert host.refused("GET", path)[0] == 404


def test_teams_have_event_types(calcom: FakeCalcom, ada: User) -> None:
    """Their members read them."""
    team = calcom.add_team("crew", ada, calcom.add_user("bob"))
    event_type = calcom.add_event_type(team, "intro")
    host = Api(calcom, **bearer(calcom.api_key(ada)))
    stranger = Api(calcom, **bearer(calcom.api_key(calcom.add_user("cy"))))

    (listed,) = host.get(f"/teams/{team.id}/event-types", eventSlug="intro", hostsLimit=1)

    assert [each["slug"] for each in host.get("/teams")] == ["crew"]
    assert host.get(f"/teams/{team.id}")["id"] == team.id
    assert (listed["id"], len(listed["hosts"])) == (event_type.id, 1)
    assert host.get(f"/teams/{team.id}/event-types/{event_type.id}")["team"]["slug"] == "crew"
    assert stranger.refused("GET", f"/teams/{team.id}/event-types")[0] == 403


def test_bookings_of_a_team_are_listed(calcom: FakeCalcom, ada: User) -> None:
    """Not those that its members have for themselves."""
    team = calcom.add_team("crew", ada)
    calcom.book(calcom.add_event_type(team, "intro"), NINE)
    calcom.book(calcom.add_event_type(ada, "alone"), NINE + timedelta(hours=1))
    host = Api(calcom, **bearer(calcom.api_key(ada)))

    assert len(host.get(f"/teams/{team.id}/bookings")) == 1
    assert len(host.get("/bookings", teamId=str(team.id))) == 1


def test_schedules_are_made_changed_and_removed(calcom: FakeCalcom, ada: User) -> None:
    """A default one is read by that name."""
    host = Api(calcom, **bearer(calcom.api_key(ada)))
    body = {"name": "Early", "timeZone": "UTC", "isDefault": True}

    made = host.post("/schedules", body)
    path = f"/schedules/{made['id']}"
    changed = host.data("PATCH", path, json={"name": "Late"})

    assert host.get("/schedules/default") == changed == host.get(path)
    assert made["availability"][0]["startTime"] == "09:00"
    assert len(host.get("/schedules")) == 2
    assert host.send("DELETE", path).status_code == 200
    assert host.refused("GET", path)[0] == 404


def test_who_calls_may_read_and_change_himself(calcom: FakeCalcom, ada: User) -> None:
    """His zone and the like."""
    host = Api(calcom, **bearer(calcom.api_key(ada)))

    changed = host.data("PATCH", "/me", json={"timeFormat": 24, "weekStart": "Monday"})

    assert changed == host.get("/me")
    assert (changed["username"], changed["timeFormat"]) == ("ada", 24)
