"""The public paths of bookings: made, read, moved, cancelled (contracts/calcom.md 4.8)."""

from __future__ import annotations

from . import news
from .booking import make
from .calls import Answer, Auth, Call, Refusal, Route, invalid, read_instant, success
from .changes import cancel, cancel_seat, check_cancel, move, move_seat, need_reason
from .fields import EMAIL
from .records import Booking
from .showing import is_host, shown, shown_all, shown_old
from .wishes import check_code, read

VERSIONS = ("2024-08-13",)


def _create(call: Call) -> Answer:
    wish = read(call)
    if wish.instant and (wish.event_type.team is None or not wish.event_type.fields["isInstantEvent"]):
        raise Refusal(400, "Instant meetings are for team event types that allow them only.")
    bookings = make(call.store, wish)
    seats = [each.attendees[-1].seat for each in bookings]
    for each in bookings:
        news.made(call.store, each, each.attendees[-1])
    data = [shown(each, call.caller, seat=seat) for each, seat in zip(bookings, seats, strict=True)]
    return success(data if bookings[0].recurring else data[0], status=201)


def _get(call: Call, uid: str) -> Answer:
    if series := call.store.series(uid):
        return success([shown(each, call.caller) for each in series])
    return success(shown(call.store.booking(uid), call.caller))


def _get_by_seat(call: Call, seat: str) -> Answer:
    found = call.store.with_seat(seat)
    if found is None:
        raise Refusal(404, f"Booking with seatUid={seat} was not found in the database")
    return success(shown(found, call.caller))


# --- moving --------------------------------------------------------------------------------------


def _reschedule(call: Call, uid: str) -> Answer:
    booking = call.store.booking(uid)
    start = read_instant(call.json.get("start"), "start")
    by, reason, seat = call.text("rescheduledBy"), call.text("reschedulingReason"), call.text("seatUid")
    if by and not EMAIL.fullmatch(by):
        raise invalid("rescheduledBy", "isEmail", "rescheduledBy must be an email")
    if booking.event_type.fields["requiresBookerEmailVerification"] and not is_host(booking, call.caller):
        check_code(call)
    if booking.event_type.seats:
        return _reschedule_seat(call, booking, seat)
    before = booking.start
    new = move(call.store, booking, start, reason=reason, by=by)
    news.moved(call.store, new, booking, before)
    return success(shown(new, call.caller), status=201)


def _reschedule_seat(call: Call, booking: Booking, seat: str) -> Answer:
    if not seat:
        if not is_host(booking, call.caller):
            raise Refusal(500, "Internal server error")
        raise Refusal(400, "Provide seatUid: this booking has seats.")
    before, start = booking.start, read_instant(call.json.get("start"), "start")
    there = move_seat(call.store, booking, seat, start, by=call.text("rescheduledBy"))
    news.moved(call.store, there, booking, before, seat=seat)
    return success(shown(there, call.caller, seat=seat), status=201)


# --- cancelling ----------------------------------------------------------------------------------


def _cancel(call: Call, uid: str) -> Answer:
    reason = call.text("cancellationReason")
    if series := call.store.series(uid):
        return _cancel_all(call, _remaining(call, series), reason)
    booking = call.store.booking(uid)
    if booking.event_type.seats:
        return _cancel_seat(call, booking, reason)
    check_cancel(call.store, booking)
    if call.json.get("cancelSubsequentBookings") is True and booking.recurring:
        later = [each for each in call.store.series(booking.recurring) if each.start >= booking.start]
        return _cancel_all(call, _remaining(call, later), reason)
    return _cancel_all(call, [booking], reason)


def _remaining(call: Call, series: list[Booking]) -> list[Booking]:
    """Give what is still to come of a series; all of it if nothing is, so that the refusal says why."""
    return [each for each in series if each.open and each.end >= call.now] or series[-1:]


def _cancel_all(call: Call, bookings: list[Booking], reason: str) -> Answer:
    hosting = is_host(bookings[0], call.caller)
    if hosting and not reason and call.caller.client is None:
        raise need_reason()
    by = call.caller.user.email if hosting and call.caller.user else ""
    for each in bookings:
        check_cancel(call.store, each)
    for each in bookings:
        cancel(call.store, each, reason=reason, by=by)
        news.cancelled(call.store, each, each.attendees, reason=reason, by=by)
    return success(shown_all(bookings, call.caller))


def _cancel_seat(call: Call, booking: Booking, reason: str) -> Answer:
    seat = call.text("seatUid")
    if seat:
        who = cancel_seat(call.store, booking, seat, reason=reason)
        news.cancelled(call.store, booking, [who], reason=reason, by="")
        return success(shown(booking, call.caller))
    if not is_host(booking, call.caller):
        raise Refusal(401, "User not a host of this event: provide a seatUid to cancel a seat.")
    return _cancel_all(call, [booking], reason)


# --- the old contract ----------------------------------------------------------------------------


def _get_old(call: Call, uid: str) -> Answer:
    return success(shown_old(call.store.booking(uid)))


def _create_old(call: Call) -> Answer:
    raise invalid("responses", "isObject", "responses must be an object, timeZone must be a string")


_PUBLIC = Auth.PUBLIC

ROUTES = (
    Route(method="POST", path="/bookings", handler=_create, auth=_PUBLIC, versions=VERSIONS, old=_create_old),
    Route(method="GET", path="/bookings/<uid>", handler=_get, auth=_PUBLIC, versions=VERSIONS, old=_get_old),
    Route(
        method="GET",
        path="/bookings/by-seat/<seat>",
        handler=_get_by_seat,
        auth=_PUBLIC,
        versions=VERSIONS,
    ),
    Route(
        method="POST",
        path="/bookings/<uid>/reschedule",
        handler=_reschedule,
        auth=_PUBLIC,
        versions=VERSIONS,
    ),
    Route(method="POST", path="/bookings/<uid>/cancel", handler=_cancel, auth=_PUBLIC, versions=VERSIONS),
)
