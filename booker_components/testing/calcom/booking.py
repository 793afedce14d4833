"""Making bookings: what is refused, who hosts, which words are used (contracts/calcom.md 4.8)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta

from .calls import Json, Refusal
from .records import Attendee, Booking, EventType, User
from .slots import Ask, available, in_window, schedule_of
from .spans import Span
from .store import Store
from .wishes import Wish, occurrences

_BUSY = "User either already has booking at this time or is not available"
_BUSY_TEAM = "One of the hosts either already has booking at this time or is not available"


def make(store: Store, wish: Wish) -> list[Booking]:
    """Make the booking, or all of a series; `Refusal` with nothing done if one of them cannot be."""
    spans = occurrences(wish)
    check_time(store, wish.event_type, spans[0][0], wish.zone)
    _check_active(store, wish)
    hosts = [find_hosts(store, wish.event_type, span, wish.zone) for span in spans]
    recurring = store.name(22) if wish.event_type.setting("recurrence") else ""
    return [
        _join(store, wish, span) or _new(store, wish, span, who, recurring)
        for span, who in zip(spans, hosts, strict=True)
    ]


def check_time(store: Store, event_type: EventType, start: datetime, zone: str) -> None:
    """Refuse a start in the past, too soon, or beyond the booking window."""
    if start < store.clock():
        raise Refusal(400, "Attempting to book a meeting in the past.")
    if not in_window(store, event_type, start, zone):
        raise Refusal(
            400, f'Event type with id={event_type.id} can\'t be booked at the "start" time provided.'
        )


def _check_active(store: Store, wish: Wish) -> None:
    limit = wish.event_type.setting("bookerActiveBookingsLimit")
    if limit is None:
        return
    active = [
        each
        for each in store.bookings.values()
        if each.open
        and each.event_type is wish.event_type
        and each.end > store.clock()
        and any(one.email == wish.email for one in each.attendees)
    ]
    if len(active) < limit["maximumActiveBookings"]:
        return
    offer = (
        f" You can reschedule your existing booking ({active[-1].uid})."
        if limit.get("offerReschedule")
        else ""
    )
    raise Refusal(400, f"The maximum number of active bookings has been reached.{offer}")


def find_hosts(store: Store, event_type: EventType, span: Span, zone: str, *, moving: str = "") -> list[User]:
    """Give who hosts at a time; 400 if nobody is free, 409 if the seats there are all taken.

    The grid of starts may be that of the attendee's zone, of the host's, or of UTC: the call does not tell in
    which of them the slots were shown.
    """
    start, end = span
    if not event_type.hosts:
        raise Refusal(422, "Event type has no hosts.")
    if (there := seated_at(store, event_type, start)) is not None and there.uid != moving:
        if len(there.attendees) >= event_type.seats:
            raise Refusal(409, "No more seats left at this seated booking.")
        return there.hosts
    length = (end - start) // timedelta(minutes=1)
    for each in dict.fromkeys((zone, schedule_of(store, event_type, event_type.hosts[0]).zone, "UTC")):
        ask = Ask(window=span, zone=each, length=length, moving=moving, booking=True)
        if start in available(store, event_type, ask):
            return _chosen(store, event_type, ask)
    raise Refusal(400, _BUSY_TEAM if event_type.team else _BUSY)


def _chosen(store: Store, event_type: EventType, ask: Ask) -> list[User]:
    """Give every host, or the first of a round robin who is free."""
    if event_type.scheduling != "roundRobin":
        return list(event_type.hosts)
    start, end = ask.window[0], ask.window[0] + timedelta(minutes=ask.length)
    for user in event_type.hosts:
        alone = EventType(
            id=event_type.id,
            owner=event_type.owner,
            hosts=[user],
            fields=event_type.fields,
            created=event_type.created,
        )
        if start in available(
            store, alone, Ask(window=(start, end), zone=ask.zone, length=ask.length, booking=True)
        ):
            return [user]
    return event_type.hosts[:1]


def seated_at(store: Store, event_type: EventType, start: datetime) -> Booking | None:
    """Give the booking whose seats are shared at a time; None without one."""
    if not event_type.seats:
        return None
    open_ones = (each for each in store.bookings.values() if each.open and each.event_type is event_type)
    return next((each for each in open_ones if each.start == start), None)


# --- making --------------------------------------------------------------------------------------


def _join(store: Store, wish: Wish, span: Span) -> Booking | None:
    """Take a seat in the booking that is there; None if there is none."""
    there = seated_at(store, wish.event_type, span[0])
    if there is not None:
        there.attendees.append(_attendee(store, wish))
        there.updated = store.clock()
    return there


def _new(store: Store, wish: Wish, span: Span, hosts: list[User], recurring: str) -> Booking:
    uid, now = store.name(22), store.clock()
    booking = Booking(
        id=store.next_id(),
        uid=uid,
        event_type=wish.event_type,
        hosts=hosts,
        start=span[0],
        end=span[1],
        status=_status(store, wish, span[0]),
        title=title(wish.event_type, hosts[0], wish.name, wish.location),
        description=str(wish.responses.get("notes") or ""),
        location=wish.location,
        created=now,
        updated=now,
        attendees=[_attendee(store, wish)],
        guests=_guests(wish, hosts),
        responses=_responses(wish),
        metadata=dict(wish.metadata),
        recurring=recurring,
        ics_uid=f"{uid}@Cal.com",
    )
    store.bookings[uid] = booking
    return booking


def _guests(wish: Wish, hosts: Sequence[User]) -> list[str]:
    """Give the guests without the hosts of a team, whom Cal.com drops (contracts/calcom.md 10.3)."""
    team = {host.email for host in hosts} if wish.event_type.team else set()
    return [each for each in wish.guests if each not in team]


def _status(store: Store, wish: Wish, start: datetime) -> str:
    if wish.instant or wish.event_type.fields["price"] > 0:
        return "pending"
    return "pending" if needs_confirmation(store, wish.event_type, start) else "accepted"


def needs_confirmation(store: Store, event_type: EventType, start: datetime) -> bool:
    """Tell whether the host has to confirm: always, or only what is booked on short notice."""
    policy = event_type.setting("confirmationPolicy")
    if policy is None:
        return False
    if policy["type"] == "always":
        return True
    threshold = policy["noticeThreshold"]
    return bool(start - store.clock() < timedelta(**{threshold["unit"]: threshold["count"]}))


def _attendee(store: Store, wish: Wish) -> Attendee:
    seated = wish.event_type.seats > 0
    return Attendee(
        id=store.next_id(),
        name=wish.name,
        email=wish.email,
        zone=wish.zone,
        language=wish.language,
        phone=wish.phone,
        seat=store.name(22) if seated else "",
        responses=_responses(wish) if seated else {},
        metadata=dict(wish.metadata) if seated else {},
    )


def _responses(wish: Wish) -> Json:
    """Give the answers as they are kept: those of the system are overwritten by their own keys."""
    own: Json = {"name": wish.name, "email": wish.email}
    if wish.phone:
        own["attendeePhoneNumber"] = wish.phone
    if wish.guests or "guests" in wish.responses:
        own["guests"] = list(wish.guests)
    return {slug: value for slug, value in wish.responses.items() if slug != "location"} | own


def title(event_type: EventType, host: User, attendee: str, location: str) -> str:
    """Give the title of a booking, from the custom name of its event type."""
    names = {
        "Event type title": event_type.title,
        "Organiser": host.name,
        "Organiser first name": host.name.split(" ")[0],
        "Scheduler": attendee,
        "Scheduler first name": attendee.split(" ")[0],
        "Location": location,
    }
    name = str(event_type.fields["customName"])
    return re.sub(r"{([^{}]+)}", lambda match: names.get(match[1], match[0]), name)
