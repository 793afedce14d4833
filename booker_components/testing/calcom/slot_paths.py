"""The paths of slots and reservations (contracts/calcom.md 4.6)."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from ... import times
from .calls import Answer, Auth, Call, Json, Refusal, Route, read_instant, read_zone, stamp, success
from .event_types import find, group
from .records import Booking, EventType, Reservation
from .slots import VERSIONS, Ask, available, seats_left
from .spans import local_text

_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


def _slots(call: Call) -> Answer:
    event_type = _asked(call)
    length = _length(event_type, call.number("duration", event_type.lengths[0]))
    zone = read_zone(call.one("timeZone", "UTC"), "timeZone")
    start, end = _edge(call, "start", "T00:00:00Z"), _edge(call, "end", "T23:59:59Z")
    if start > end:
        raise Refusal(400, "Invalid time range given: start is after end.")
    moving = call.one("bookingUidToReschedule")
    ask = Ask(window=(start, end), zone=zone, length=length, moving=moving)
    as_range = call.one("format", "time") == "range"
    days: dict[str, list[Json]] = {}
    for each in available(call.store, event_type, ask):
        slot = _slot(call, event_type, each, ask, as_range=as_range)
        days.setdefault(times.local_date(each, zone).isoformat(), []).append(slot)
    return success(days)


def _asked(call: Call) -> EventType:
    names = call.many("usernames")
    if len(names) > 1:
        return group(call.store, names, call.one("organizationSlug"))
    asked: Json = {name: values[0] for name, values in call.query.items() if values}
    if "eventTypeId" in asked:
        asked["eventTypeId"] = call.number("eventTypeId", 0)
    found = find(call, asked)
    if found.scheduling == "managed":
        raise Refusal(400, "This is a managed event type: ask for the slots of its children.")
    return found


def _length(event_type: EventType, length: int) -> int:
    """Give the length asked for; 400 if the event type has others only."""
    if length not in event_type.lengths:
        raise Refusal(400, "Provided 'duration' is not one of the possible lengths.")
    return length


def _edge(call: Call, name: str, clock: str) -> datetime:
    text = call.one(name)
    return read_instant(text + clock if _DATE.fullmatch(text) else text, name)


def _slot(call: Call, event_type: EventType, start: datetime, ask: Ask, *, as_range: bool) -> Json:
    zone = times.zone(ask.zone)
    slot: Json = {"start": local_text(start, zone)}
    if as_range:
        slot["end"] = local_text(start + timedelta(minutes=ask.length), zone)
    if event_type.seats:
        left = seats_left(call.store, event_type, start, ask.length)
        slot |= {
            "seatsBooked": event_type.seats - left,
            "seatsRemaining": left,
            "seatsTotal": event_type.seats,
        }
        if (there := _booking_at(call, event_type, start)) is not None:
            slot["bookingUid"] = there.uid
    return slot


def _booking_at(call: Call, event_type: EventType, start: datetime) -> Booking | None:
    open_ones = (each for each in call.store.bookings.values() if each.open and each.start == start)
    return next((each for each in open_ones if each.event_type is event_type), None)


# --- reservations --------------------------------------------------------------------------------


def _reserve(call: Call) -> Answer:
    held = _read_reservation(call, call.store.name(22))
    call.store.reservations[held.uid] = held
    return success(_shown(held), status=201)


def _read_reservation(call: Call, uid: str) -> Reservation:
    """Make a reservation out of the body; 422 if the time is taken (contracts/calcom.md 4.6)."""
    event_type = call.store.event_type(call.json.get("eventTypeId"))
    start = read_instant(call.json.get("slotStart"), "slotStart")
    length = call.json.get("slotDuration") or event_type.lengths[0]
    if length not in event_type.lengths:
        raise Refusal(400, "Provided 'slotDuration' is not one of the possible lengths.")
    minutes = call.json.get("reservationDuration")
    if minutes is not None:
        _may_choose(call, event_type)
    call.store.reservations.pop(uid, None)
    _check_free(call, event_type, start, length)
    return Reservation(
        uid=uid,
        event_type=event_type,
        start=start,
        end=start + timedelta(minutes=length),
        minutes=minutes or 5,
        until=call.now + timedelta(minutes=minutes or 5),
    )


def _may_choose(call: Call, event_type: EventType) -> None:
    if call.caller.user is None:
        raise Refusal(401, "reservationDuration can only be used for authenticated requests.")
    if not any(call.caller.acts_for(each) for each in (event_type.user, *event_type.hosts)):
        raise Refusal(403, "reservationDuration can only be used by the owner or a member.")


def _check_free(call: Call, event_type: EventType, start: datetime, length: int) -> None:
    end = start + timedelta(minutes=length)
    if event_type.seats:
        if seats_left(call.store, event_type, start, length) < 1:
            raise Refusal(422, f"Event type with id={event_type.id} has no seats left at the given time.")
        return
    users = {host.id for host in event_type.hosts}
    held = (each for each in call.store.held() if users & {host.id for host in each.event_type.hosts})
    if any(each.start < end and start < each.end for each in held):
        raise Refusal(422, "This time slot is already reserved.")
    taken = (each for host in event_type.hosts for each in call.store.blocking(host))
    if any(each.start < end and start < each.end for each in taken):
        raise Refusal(422, "This time slot is already booked.")


def _shown(held: Reservation) -> Json:
    return {
        "eventTypeId": held.event_type.id,
        "slotStart": stamp(held.start),
        "slotEnd": stamp(held.end),
        "slotDuration": (held.end - held.start) // timedelta(minutes=1),
        "reservationUid": held.uid,
        "reservationDuration": held.minutes,
        "reservationUntil": stamp(held.until),
    }


def _get(call: Call, uid: str) -> Answer:
    held = next((each for each in call.store.held() if each.uid == uid), None)
    return success(_shown(held) if held else None)


def _move(call: Call, uid: str) -> Answer:
    before = call.store.reservations.get(uid)
    if before is None:
        raise Refusal(404, f"Reservation with uid={uid} not found.")
    try:
        call.store.reservations[uid] = _read_reservation(call, uid)
    except Refusal:
        call.store.reservations[uid] = before
        raise
    return success(_shown(call.store.reservations[uid]))


def _release(call: Call, uid: str) -> Answer:
    if call.store.reservations.pop(uid, None) is None:
        raise Refusal(404, f"Reservation with uid={uid} not found.")
    return success(None)


_PUBLIC = Auth.PUBLIC
_ONE = "/slots/reservations/<uid>"

ROUTES = (
    Route(method="GET", path="/slots", handler=_slots, auth=_PUBLIC, versions=VERSIONS),
    Route(method="POST", path="/slots/reservations", handler=_reserve, auth=_PUBLIC, versions=VERSIONS),
    Route(method="GET", path=_ONE, handler=_get, auth=_PUBLIC, versions=VERSIONS),
    Route(method="PATCH", path=_ONE, handler=_move, auth=_PUBLIC, versions=VERSIONS),
    Route(method="DELETE", path=_ONE, handler=_release, auth=_PUBLIC, versions=VERSIONS),
)
