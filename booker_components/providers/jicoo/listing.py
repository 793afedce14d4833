"""Lists of bookings, by the few filters that Jicoo has (contracts/jicoo.md 2.2).

Jicoo filters by status, start and end, and sorts by start or creation. It knows no filter by guest, by event
type or by when something was changed: for those the bookings that are left are read and looked through, up
to a number. Beyond it the list is `Unsupported`, and the remedy is a narrower time. A guest is asked for
booking by booking, so a list by guest ends sooner.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import partial
from itertools import islice, takewhile

from ...errors import Unsupported
from ...values import Booking, BookingFilter, BookingOrder, BookingStatus
from .._together import together
from .bookings import Reader, status_of
from .desk import Desk
from .objects import Object, written

#: How many bookings are read for one list at most; and of how many their guests, to filter by them.
MOST_READ, MOST_ASKED = 2000, 400

# How many guests are asked for at the same time: nothing is known of Jicoo's limits (contracts/jicoo.md 1).
_AT_ONCE = 4
# No booking is longer, so one that ends after an instant starts at most this long before it.
_LONGEST = timedelta(days=1)
_SECOND = timedelta(seconds=1)

# What Jicoo can be asked for; what waits for its host has no word in the filter.
_STATUSES = {
    frozenset({BookingStatus.CONFIRMED}): "open",
    frozenset({BookingStatus.CANCELLED}): "cancel",
}
_ORDERS = {
    BookingOrder.START: "startedAt",
    BookingOrder.CREATED: "createdAt",
    BookingOrder.UPDATED: "createdAt",
}
_KEYS: dict[BookingOrder, Callable[[Object], datetime]] = {
    BookingOrder.START: lambda data: data.instant("startedAt"),
    BookingOrder.CREATED: lambda data: data.instant("createdAt"),
    BookingOrder.UPDATED: lambda data: _updated(data),
}


class Lister:
    """Lists bookings, and those that have changed."""

    def __init__(self, desk: Desk) -> None:
        self._client = desk.client
        self._reader: Reader = desk.reader

    def bookings(self, wanted: BookingFilter) -> tuple[Booking, ...]:
        """Give the bookings that match, in the order that is wanted; `Unsupported` where that is too many."""
        status = wanted.status - {BookingStatus.REJECTED}
        if wanted.limit < 1 or (wanted.status and not status):
            return ()
        first, last = wanted.offset, wanted.offset + wanted.limit
        found = self._sorted(wanted)
        if wanted.attendee_email or wanted.attendee_name:
            return tuple(islice(self._of_guest(found, wanted), first, last))
        return self._complete(islice(found, first, last))

    def changed_since(self, instant: datetime) -> Iterator[Booking]:
        """Give every booking that has changed since *instant*, the first to change first.

        Jicoo cannot be asked for that, so everything that starts from a day before *instant* on is read
        again: whatever a guest or a host still changes starts after the change, or has only just begun. What
        a host edits later than that is not found. By creation, for that order never changes: what moves while
        the pages are read cannot slip from one to another.
        """
        query = {"startedAt": written(instant - _LONGEST), "order": "createdAt", "sort": "asc"}
        listed = (Object.of(each, "booking") for each in self._client.pages("/bookings", params=query))
        # A second earlier, for nobody says how exact these times are.
        changed = [each for each in listed if _updated(each) >= instant - _SECOND]
        for each in sorted(changed, key=_updated):
            yield self._reader.listed(each)

    # --- reading ---

    def _sorted(self, wanted: BookingFilter) -> Iterator[Object]:
        """Give what matches as far as the bookings tell, in order, and page by page where Jicoo sorts it."""
        found = (each for each in self._read(wanted) if self._matches(each, wanted))
        if wanted.created_after is None and wanted.order is not BookingOrder.UPDATED:
            return found
        return iter(sorted(found, key=_KEYS[wanted.order], reverse=wanted.descending))

    def _read(self, wanted: BookingFilter) -> Iterator[Object]:
        items = self._client.pages("/bookings", params=_query(wanted))
        pages: Iterator[Object] = (Object.of(each, "booking") for each in items)
        since = wanted.created_after
        if since is not None:
            # The newest come first then, and the rest is older.
            pages = takewhile(lambda each: each.instant("createdAt") > since, pages)
        for number, each in enumerate(pages):
            if number >= MOST_READ:
                raise _too_many(MOST_READ)
            yield each

    def _matches(self, data: Object, wanted: BookingFilter) -> bool:
        return (
            (not wanted.status or status_of(data) in wanted.status)
            and _is_between(data.instant("endedAt"), wanted.after, None)
            and _is_between(data.instant("startedAt"), None, wanted.before)
            and _is_between(data.instant("createdAt"), wanted.created_after, wanted.created_before)
            and _is_between(_updated(data), wanted.updated_after, wanted.updated_before)
            and (not wanted.event_types or self._reader.slug(data) in wanted.event_types)
        )

    # --- guests ---

    def _of_guest(self, found: Iterator[Object], wanted: BookingFilter) -> Iterator[Booking]:
        email, asked = wanted.attendee_email.casefold(), 0
        while some := list(islice(found, _AT_ONCE)):
            asked += len(some)
            if asked > MOST_ASKED:
                raise _too_many(MOST_ASKED)
            for each in self._complete(iter(some)):
                guest = each.attendee
                if email in ("", guest.email.casefold()) and wanted.attendee_name in ("", guest.name):
                    yield each

    def _complete(self, found: Iterator[Object]) -> tuple[Booking, ...]:
        makers = [partial(self._reader.listed, each) for each in found]
        return tuple(together(makers, at_once=_AT_ONCE))


def _query(wanted: BookingFilter) -> dict[str, object]:
    """Give the filters that Jicoo has, somewhat wider than wanted: it means start and end the other way."""
    newest_first = wanted.created_after is not None
    order = BookingOrder.CREATED if newest_first else wanted.order
    return {
        "status": _STATUSES.get(wanted.status - {BookingStatus.REJECTED}),
        "startedAt": written(wanted.after - _LONGEST) if wanted.after else None,
        "endedAt": written(wanted.before + _LONGEST) if wanted.before else None,
        "order": _ORDERS[order],
        "sort": "desc" if newest_first or wanted.descending else "asc",
    }


def _updated(data: Object) -> datetime:
    return data.instant("updatedAt", data.instant("createdAt"))


def _is_between(instant: datetime, after: datetime | None, before: datetime | None) -> bool:
    return (after is None or instant > after) and (before is None or instant < before)


def _too_many(most: int) -> Unsupported:
    return Unsupported(
        f"Jicoo cannot filter by this, and more than {most} bookings are too many to be looked through. "
        "Narrow the list by 'after' and 'before'."
    )
