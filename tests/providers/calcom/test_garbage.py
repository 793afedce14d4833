"""Whatever Cal.com answers, field by field: it is read, or it is a `ProviderError`, and never a bug."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any

import pytest

from booker_components import policy
from booker_components.errors import BookerError, ProviderError
from booker_components.payloads import booking_from_dict, booking_to_dict
from booker_components.providers._offers import fits_grid, of_booking
from booker_components.providers.calcom.bookings import read_booking, read_seats, read_series
from booker_components.providers.calcom.event_types import read_offer
from booker_components.providers.calcom.objects import Object
from booker_components.providers.calcom.requests import booking_body
from booker_components.providers.calcom.slots import read_slots
from booker_components.values import Booking, BookingFilter, BookingRequest, Slot

from .samples import DAY, HALF_HOUR, NINE, NOW, ZOE, AtCalcom, answer, slot

#: What stands in the place of a field.
_WRONG: tuple[Any, ...] = (
    *(None, "", "x", -1, 0, 1.5, 1e308, 10**30, 10**12, -(10**12), True, [], [None], ["x"], [1], {}),
    *(
        {"x": None},
        {"disabled": 1},
        "\ud800",
        "2026-13-45",
        "2026-03-03T09:00:00",
        "0001-01-01T00:00:00+14:00",
    ),
)
Path = tuple[str | int, ...]


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    """Give the way to every part of a JSON value, itself first."""
    yield path
    parts = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in parts:
        yield from _paths(part, (*path, key))


def _garbled(data: Any) -> Iterator[Any]:
    """Give *data* with each of its parts in turn wrong in every way, and missing."""
    for path in _paths(data):
        for wrong in _WRONG:
            yield _put({"all": copy.deepcopy(data)}, ("all", *path), wrong)
        if path:
            yield _without({"all": copy.deepcopy(data)}, ("all", *path))


def _put(whole: Any, path: Path, value: Any) -> Any:
    parent = whole
    for key in path[:-1]:
        parent = parent[key]
    parent[path[-1]] = value
    return whole["all"]


def _without(whole: Any, path: Path) -> Any:
    parent = whole
    for key in path[:-1]:
        parent = parent[key]
    del parent[path[-1]]
    return whole["all"]


# --- what is done with an answer -----------------------------------------------------------------


def _event_type(data: Any) -> None:
    offer = read_offer(Object.of(data, "event type"), zone="UTC", owner="ann", proven=True)
    event_type = offer.event_type
    policy.bookable_window(event_type, NOW)
    policy.may_book(event_type, NINE, NOW, duration=event_type.duration)
    policy.may_reschedule(_booking_of(answer("booking")), event_type, NOW)
    fits_grid(event_type, [Slot(start=NINE, end=slot(1))], slot(1), event_type.duration)
    if event_type.id:
        request = BookingRequest(event_type="x", start=NINE, attendee=ZOE)
        booking_body(offer, request, mark="m")


def _booking_of(data: Any) -> Booking:
    return read_booking(Object.of(data, "booking")).booking


def _booking(data: Any) -> None:
    booking = _booking_of(data)
    kept = json.loads(json.dumps(booking_to_dict(booking)))
    assert booking_from_dict(kept).uid == booking.uid
    policy.may_cancel(booking, of_booking(booking), NOW)
    read_seats(Object.of(data, "booking"))


def _series(data: Any) -> None:
    read_series(Object.all(data, "booking"), NOW).booking.each()


def _slots(data: Any) -> None:
    list(read_slots(data, HALF_HOUR))


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("event_type", _event_type),
        ("event_type_team", _event_type),
        ("booking", _booking),
        ("booking_left", _booking),
        ("booking_moved", _booking),
        ("booking_seated", _booking),
        ("booking_series", _series),
        ("slots", _slots),
        ("slots_seated", _slots),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)
def test_no_field_can_be_so_wrong_that_reading_breaks(name: str, use: Callable[[Any], None]) -> None:
    """Numbers that no calendar has, lists for texts, nothing at all."""
    right = answer(name)
    use(right)

    for wrong in _garbled(right):
        with suppress(BookerError):
            use(wrong)


# --- every path ----------------------------------------------------------------------------------

Act = Callable[[AtCalcom, str], object]
#: What is asked of Cal.com, and who asks it.
_CALLS: dict[str, Act] = {
    "GET /me": lambda at, uid: at.other(at.account).event_types(),
    "GET /event-types": lambda at, uid: at.other(at.account).event_types(),
    "GET /slots": lambda at, uid: at.provider.slots(at.provider.event_type("intro"), DAY),
    "GET /bookings/*": lambda at, uid: at.provider.get(uid),
    "GET /bookings": lambda at, uid: at.provider.bookings(BookingFilter()),
    "GET /bookings/*/calendar-links": lambda at, uid: at.provider.calendar_links(uid),
    "GET /slots/reservations/*": lambda at, uid: at.provider.held("h"),
    "POST /bookings": lambda at, uid: at.provider.book(at.request(slot(4))),
    "POST /bookings/*/reschedule": lambda at, uid: at.provider.reschedule(uid, slot(2)),
    "POST /bookings/*/cancel": lambda at, uid: at.provider.cancel(uid),
    "POST /bookings/*/guests": lambda at, uid: at.provider.add_guests(uid, ["x@example.org"]),
    "POST /slots/reservations": lambda at, uid: at.provider.hold(at.provider.event_type("intro"), slot(6)),
}


@pytest.mark.parametrize("call", _CALLS)
@pytest.mark.parametrize("data", [7, "x", [7], {"uid": 7}, {"status": {}}], ids=repr)
def test_no_path_can_be_answered_so_wrongly_that_a_bug_shows(at: AtCalcom, call: str, data: Any) -> None:
    """What was not changed by the answer is an error of the provider, or is found out by looking again."""
    at.event_type()
    uid = at.provider.book(at.request()).uid
    method, path = call.split(" ")
    body = {"status": "success", "data": data}
    at.fake.next(status=200, body=body, method=method, path=path, times=9)

    with suppress(ProviderError):
        _CALLS[call](at, uid)
    at.fake.requests.clear()
