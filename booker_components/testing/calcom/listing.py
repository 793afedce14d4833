"""Lists of bookings, with every filter and in pages (contracts/calcom.md 4.8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from .calls import Answer, Call, Json, Refusal, Route, invalid, success
from .records import Booking
from .showing import is_host, shown, shown_old

#: Bookings on a page: unless asked for, and at most.
_TAKE, _MOST = 100, 250

#: What each word of `status` means, at an instant.
_STATUS: dict[str, Callable[[Booking, datetime], bool]] = {
    "upcoming": lambda booking, now: booking.status == "accepted" and booking.end >= now,
    "recurring": lambda booking, now: bool(booking.recurring) and booking.open and booking.end >= now,
    "past": lambda booking, now: booking.open and booking.end <= now,
    "cancelled": lambda booking, now: not booking.open,
    "unconfirmed": lambda booking, now: booking.status == "pending" and booking.end >= now,
}

#: The orders on offer, the first that is asked for counts.
_ORDER: dict[str, Callable[[Booking], datetime]] = {
    "sortStart": lambda booking: booking.start,
    "sortEnd": lambda booking: booking.end,
    "sortCreated": lambda booking: booking.created,
    "sortUpdatedAt": lambda booking: booking.updated,
}


def _list(call: Call) -> Answer:
    return _page(call, [each for each in call.store.bookings.values() if _concerns(call, each)])


def _list_old(call: Call) -> Answer:
    found = [shown_old(each) for each in call.store.bookings.values() if _concerns(call, each)]
    return success({"bookings": found, "nextCursor": None})


def _list_team(call: Call, team: int) -> Answer:
    if team not in call.store.teams:
        raise Refusal(404, f"Team with id {team} not found")
    if call.host not in call.store.teams[team].members:
        raise Refusal(403, "User is not a member of the team.")
    found = call.store.teams[team]
    return _page(call, [each for each in call.store.bookings.values() if each.event_type.team is found])


def _concerns(call: Call, booking: Booking) -> bool:
    """Tell whether the caller hosts or attends a booking."""
    return is_host(booking, call.caller) or any(one.email == call.host.email for one in booking.attendees)


def _page(call: Call, bookings: Iterable[Booking]) -> Answer:
    found = _ordered(call, [each for each in bookings if _wanted(call, each)])
    take, skip = call.number("take", _TAKE), call.number("skip", 0)
    if not 1 <= take <= _MOST:
        raise invalid("take", "max", f"take must be between 1 and {_MOST}")
    part = found[skip : skip + take]
    return success(
        [shown(each, call.caller) for each in part],
        pagination=_pagination(len(found), take=take, skip=skip, returned=len(part)),
    )


def _pagination(total: int, *, take: int, skip: int, returned: int) -> Json:
    return {
        "totalItems": total,
        "remainingItems": max(total - skip - returned, 0),
        "returnedItems": returned,
        "itemsPerPage": take,
        "currentPage": skip // take + 1,
        "totalPages": -(-total // take),
        "hasNextPage": skip + returned < total,
        "hasPreviousPage": skip > 0,
    }


def _ordered(call: Call, bookings: list[Booking]) -> list[Booking]:
    asked = next((name for name in _ORDER if call.one(name)), "")
    if asked and call.one(asked) not in ("asc", "desc"):
        raise invalid(asked, "isEnum", f"{asked} must be asc or desc")
    return sorted(bookings, key=_ORDER[asked or "sortStart"], reverse=call.one(asked) == "desc")


def _wanted(call: Call, booking: Booking) -> bool:
    status = call.many("status")
    if unknown := [each for each in status if each not in _STATUS]:
        raise invalid("status", "isEnum", f"status must be one of {', '.join(_STATUS)}, not {unknown[0]}")
    if status and not any(_STATUS[each](booking, call.now) for each in status):
        return False
    return _is_in_time(call, booking) and _is_of(call, booking) and _has_attendee(call, booking)


def _is_in_time(call: Call, booking: Booking) -> bool:
    pairs = (
        (call.instant("afterStart"), booking.start),
        (call.instant("afterCreatedAt"), booking.created),
        (call.instant("afterUpdatedAt"), booking.updated),
    )
    until = (
        (booking.end, call.instant("beforeEnd")),
        (booking.created, call.instant("beforeCreatedAt")),
        (booking.updated, call.instant("beforeUpdatedAt")),
    )
    return all(low is None or low <= value for low, value in pairs) and all(
        high is None or value <= high for value, high in until
    )


def _is_of(call: Call, booking: Booking) -> bool:
    uid = call.one("bookingUid")
    types = [*call.many("eventTypeIds"), *call.many("eventTypeId")]
    teams = [*call.many("teamsIds"), *call.many("teamId")]
    team = booking.event_type.team
    return (
        (not uid or booking.uid == uid)
        and (not types or str(booking.event_type.id) in types)
        and (not teams or (team is not None and str(team.id) in teams))
    )


def _has_attendee(call: Call, booking: Booking) -> bool:
    email, name = call.one("attendeeEmail").casefold(), call.one("attendeeName")
    return (not email or any(each.email.casefold() == email for each in booking.attendees)) and (
        not name or any(each.name == name for each in booking.attendees)
    )


ROUTES = (
    Route(
        method="GET",
        path="/bookings",
        handler=_list,
        versions=("2024-08-13",),
        old=_list_old,
        scope="BOOKING_READ",
    ),
    Route(method="GET", path="/teams/<int:team>/bookings", handler=_list_team, scope="TEAM_BOOKING_READ"),
)
