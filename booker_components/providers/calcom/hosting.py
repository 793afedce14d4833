"""What only hosts do: agree, decline, note absences, invite, and list (contracts/calcom.md 4.8)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from ...errors import BookingClosed, BookingNotFound, EventTypeNotFound
from ...languages import N_
from ...policy import Rule
from ...times import format_instant
from ...values import Booking, BookingFilter, BookingOrder, BookingStatus, CalendarLink
from . import refusals
from .bookings import Found, read_seats
from .client import CalcomError, CalcomNotFound, Resource, quote
from .desk import Desk
from .objects import Object

# How many guests a call takes, and how many bookings a page has at most.
_GUESTS, _PAGE = 10, 250
# No booking is longer, so one that ends after an instant starts at most this long before it.
_LONGEST = timedelta(days=1)
_SECOND = timedelta(seconds=1)

#: The words of the API that cover a status; each covers more, so the answer is looked through again.
_STATUSES = {
    BookingStatus.CONFIRMED: ("upcoming", "past", "recurring"),
    BookingStatus.PENDING: ("unconfirmed", "past"),
    BookingStatus.CANCELLED: ("cancelled",),
    BookingStatus.REJECTED: ("cancelled",),
}

_ORDERS = {
    BookingOrder.START: "sortStart",
    BookingOrder.CREATED: "sortCreated",
    BookingOrder.UPDATED: "sortUpdatedAt",
}

_NOT_WAITING = N_("This booking does not wait for an answer.")
_NOT_BEGUN = N_("Who did not come can be noted once the booking has begun.")


class Hosting:
    """Does for hosts what Cal.com lets nobody else do."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # --- bookings that wait ---

    def confirm(self, uid: str) -> Booking:
        """Agree to a booking; `BookingClosed` if it does not wait."""
        self._desk.catalogue.require_proof("confirm bookings")
        return self._answered(uid, "confirm", {})

    def decline(self, uid: str, *, reason: str) -> Booking:
        """Decline a booking; `BookingClosed` if it does not wait."""
        self._desk.catalogue.require_proof("decline bookings")
        return self._answered(uid, "decline", {"reason": reason} if reason else {})

    def _answered(self, uid: str, verb: str, body: dict[str, object]) -> Booking:
        booking = self._desk.reader.find(uid).booking
        if booking.status is not BookingStatus.PENDING:
            raise _not_waiting(booking)
        try:
            return self._act(booking, verb, body)
        except CalcomError as error:
            now = self._desk.reader.find(uid).booking
            raise (error if now.status is BookingStatus.PENDING else _not_waiting(now)) from None
        finally:
            self._desk.board.written(booking.event_type_id)

    # --- people ---

    def mark_absent(self, uid: str, *, host: bool, attendees: Sequence[str]) -> Booking:
        """Note who did not come; `BookingClosed` before the booking has begun."""
        self._desk.catalogue.require_proof("note who did not come")
        booking = self._desk.reader.find(uid).booking
        if self._desk.clock() < booking.start:
            raise BookingClosed("The booking has not begun.", until=booking.start, sentence=_NOT_BEGUN)
        body: dict[str, object] = {"host": True} if host else {}
        if attendees:
            body["attendees"] = [{"email": each, "absent": True} for each in attendees]
        return self._act(booking, "mark-absent", body) if body else booking

    def add_guests(self, uid: str, emails: Sequence[str]) -> Booking:
        """Invite further guests, ten in a call; `BookingClosed` if it will not take place."""
        self._desk.catalogue.require_proof("add guests")
        booking = self._desk.reader.find(uid).booking
        if not booking.is_open:
            raise BookingClosed(f"The booking is {booking.status}.", rule=Rule.CANCELLED)
        for first in range(0, len(emails), _GUESTS):
            guests = [{"email": each} for each in emails[first : first + _GUESTS]]
            booking = self._act(booking, "guests", {"guests": guests})
        return booking

    def calendar_links(self, uid: str) -> tuple[CalendarLink, ...]:
        """Give links that put a booking into a calendar."""
        self._desk.catalogue.require_proof("read the links for calendars")
        path = f"/bookings/{quote(self._desk.reader.uid_to_move(uid))}/calendar-links"
        try:
            data = self._desk.client.get(path, Resource.BOOKINGS)
        except CalcomNotFound:
            raise BookingNotFound("Cal.com has no such booking.") from None
        links = Object.all(data, "calendar link")
        return tuple(CalendarLink(label=each.word("label"), url=each.word("link")) for each in links)

    def _act(self, booking: Booking, verb: str, body: dict[str, object]) -> Booking:
        path = f"/bookings/{quote(booking.shared or booking.uid)}/{verb}"
        try:
            data: Any = self._desk.client.post(path, Resource.BOOKINGS, json=body)
        except CalcomNotFound:
            raise BookingNotFound("Cal.com has no such booking any more.") from None
        except CalcomError as error:
            raise (refusals.of_closed(error) or error) from None
        if booking.shared:
            return self._desk.reader.find(booking.uid).booking
        return self._desk.reader.read(data, uid=booking.uid).booking

    # --- lists ---

    def bookings(self, wanted: BookingFilter) -> tuple[Booking, ...]:
        """Give the bookings that match, in the order that is wanted; of shared ones each seat."""
        self._desk.catalogue.require_proof("list bookings")
        query = self._query(wanted)
        if query is None or wanted.limit < 1:
            return ()
        found: list[Booking] = []
        for each in self._pages(query, take=min(wanted.offset + wanted.limit, _PAGE)):
            if _matches(each.booking, wanted):
                found.append(each.booking)
            if len(found) >= wanted.offset + wanted.limit:
                break
        return tuple(found[wanted.offset : wanted.offset + wanted.limit])

    def changed_since(self, instant: datetime) -> Iterator[Booking]:
        """Give every booking that has changed since *instant*, the first to change first.

        Of what guests share it gives each seat; where none is left the whole, which is nobody's.
        """
        self._desk.catalogue.require_proof("tell what has changed")
        found = (each for data in self._changes(instant) for each in read_seats(data))
        return (self._desk.reader.remember(each).booking for each in found)

    def _changes(self, since: datetime) -> Iterator[Object]:
        """Give what has changed since an instant, page by page, some of it more than once.

        What changes meanwhile goes to the end, and all the others move up: so a page does not count on from
        the one before, but begins with the last change that this one told of.
        """
        skip, team = 0, self._team()
        while True:
            query = {"afterUpdatedAt": format_instant(since), "sortUpdatedAt": "asc", **team}
            params = {**query, "take": _PAGE, "skip": skip}
            page = self._desk.client.page("/bookings", Resource.BOOKINGS, params=params)
            found = Object.all(page.data, "booking")
            yield from found
            if not (page.has_next and found):
                return
            # A second earlier, for nobody says whether "after" means "from".
            latest = found[-1].instant("updatedAt", since) - _SECOND
            since, skip = (latest, 0) if latest > since else (since, skip + len(found))

    def _query(self, wanted: BookingFilter) -> dict[str, object] | None:
        """Give the filters that the API has; None if nothing can match."""
        query: dict[str, object] = {_ORDERS[wanted.order]: "desc" if wanted.descending else "asc"}
        if wanted.event_types:
            ids = list(filter(None, map(self._id, sorted(wanted.event_types))))
            if not ids:
                return None
            query["eventTypeIds"] = ",".join(ids)
        if wanted.status:
            words = (word for each in sorted(wanted.status) for word in _STATUSES[each])
            query["status"] = ",".join(dict.fromkeys(words))
        if wanted.attendee_email:
            query["attendeeEmail"] = wanted.attendee_email
        if wanted.attendee_name:
            query["attendeeName"] = wanted.attendee_name
        return query | _times(wanted)

    def _id(self, slug: str) -> str:
        """Give the id of an event type; empty for one that is unknown, or no event type of its own."""
        try:
            return self._desk.catalogue.one(slug).event_type.id
        except EventTypeNotFound:
            return ""

    def _pages(self, query: dict[str, object], *, take: int = _PAGE) -> Iterator[Found]:
        query |= self._team()
        skip = 0
        while True:
            params = {**query, "take": take, "skip": skip}
            page = self._desk.client.page("/bookings", Resource.BOOKINGS, params=params)
            for each in Object.all(page.data, "booking"):
                yield from read_seats(each)
            skip += len(page.data)
            if not (page.has_next and page.data):
                return

    def _team(self) -> dict[str, object]:
        """Give the filter for the team whose event types are offered, if it is one."""
        team = self._desk.client.identity.account().team
        return {"teamId": self._desk.catalogue.team_id(team)} if team else {}


def _not_waiting(booking: Booking) -> BookingClosed:
    return BookingClosed(f"The booking is {booking.status}.", rule=Rule.NOT_ALLOWED, sentence=_NOT_WAITING)


def _times(wanted: BookingFilter) -> dict[str, str]:
    """Give the filters by time, somewhat wider than wanted.

    Those of the API go by seconds, take in the instant itself, and mean start and end the other way round.
    """
    bounds = {
        "afterStart": wanted.after and wanted.after - _LONGEST,
        "beforeEnd": wanted.before and wanted.before + _LONGEST,
        "afterCreatedAt": wanted.created_after,
        "beforeCreatedAt": wanted.created_before and wanted.created_before + _SECOND,
        "afterUpdatedAt": wanted.updated_after,
        "beforeUpdatedAt": wanted.updated_before and wanted.updated_before + _SECOND,
    }
    return {name: format_instant(instant) for name, instant in bounds.items() if instant}


def _matches(booking: Booking, wanted: BookingFilter) -> bool:
    """Look again at what the API's filters tell only roughly."""
    email = wanted.attendee_email.casefold()
    return (
        (not wanted.status or booking.status in wanted.status)
        and (not email or email == booking.attendee.email.casefold())
        and wanted.attendee_name in ("", booking.attendee.name)
        and _is_between(booking.end, wanted.after, None)
        and _is_between(booking.start, None, wanted.before)
        and _is_between(booking.created_at, wanted.created_after, wanted.created_before)
        and _is_between(booking.updated_at, wanted.updated_after, wanted.updated_before)
    )


def _is_between(instant: datetime, after: datetime | None, before: datetime | None) -> bool:
    return (after is None or instant > after) and (before is None or instant < before)
