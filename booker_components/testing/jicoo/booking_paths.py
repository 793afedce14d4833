"""Bookings: listed, read, made, moved, cancelled, edited (contracts/jicoo.md 2.2-2.7)."""

from __future__ import annotations

from . import news
from .bodies import Body
from .calls import Answer, Call, Refusal, Route, listed, success
from .changing import cancel, move, update
from .making import make, read
from .records import Booking
from .showing import shown, shown_contact


def _list(call: Call) -> Answer:
    """List bookings: "sort" is the direction and "order" the column (contracts/jicoo.md 2.2)."""
    status = call.one("status", ("open", "cancel"))
    since, until = call.instant("startedAt"), call.instant("endedAt")
    direction = call.one("sort", ("asc", "desc")) or "desc"
    column = call.one("order", ("startedAt", "createdAt")) or "createdAt"
    found = [
        each
        for each in call.store.bookings.values()
        if status in ("", each.status)
        and (since is None or each.start >= since)
        and (until is None or each.end <= until)
    ]
    found.sort(key=lambda each: each.start if column == "startedAt" else each.created)
    return listed(call, found if direction == "asc" else reversed(found), shown)


def _get(call: Call, uid: str) -> Answer:
    return success(shown(call.store.booking(uid)))


def _contacts(call: Call, uid: str) -> Answer:
    return success([shown_contact(call.store.booking(uid))])


def _create(call: Call) -> Answer:
    made = make(call.store, read(call))
    news.tell(call.store, made, "guest_booked")
    return success(shown(made), status=call.habits.created_status)


def _reschedule(call: Call, uid: str) -> Answer:
    booking = call.store.booking(uid)
    body = Body(call.json)
    zone, start = body.zone("timeZone", required=True), body.instant("startedAt", required=True)
    body.check()
    assert start is not None
    stands = move(call.store, booking, start, zone=zone)
    news.tell(call.store, stands, f"{call.habits.moves_as}_rescheduled")
    return success(shown(stands))


def _cancel(call: Call, uid: str) -> Answer:
    booking = call.store.booking(uid)
    reason = _reason(call)
    cancel(call.store, booking, reason=reason, by=call.habits.cancels_as)
    news.tell(call.store, booking, f"{call.habits.cancels_as}_cancelled")
    return success(shown(booking), status=call.habits.cancelled_status)


def _reason(call: Call) -> str:
    """Read the reason; an empty body has none and is good always (contracts/jicoo.md 2.5)."""
    key = call.habits.cancel_reason_key
    unknown = call.json.keys() - {key}
    if unknown and call.habits.strict_cancel:
        raise Refusal(422, {min(unknown): ["is unknown"]})
    body = Body(call.json)
    reason = body.text(key)
    body.check()
    return reason


def _update(call: Call, uid: str) -> Answer:
    booking: Booking = call.store.booking(uid)
    if update(call.store, booking, call.json):
        news.tell(call.store, booking, "host_rescheduled")
    return success(shown(booking))


_ONE = "/bookings/<uid>"

ROUTES = (
    Route(method="GET", path="/bookings", handler=_list),
    Route(method="POST", path="/bookings", handler=_create),
    Route(method="GET", path=_ONE, handler=_get),
    Route(method="PATCH", path=_ONE, handler=_update),
    Route(method="GET", path=f"{_ONE}/contacts", handler=_contacts),
    Route(method="POST", path=f"{_ONE}/reschedule", handler=_reschedule),
    Route(method="POST", path=f"{_ONE}/cancel", handler=_cancel),
)
