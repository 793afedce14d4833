"""What can be booked: declared event types, and Jicoo's own, kept for a minute (contracts/jicoo.md 2.8)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

from ...errors import EventTypeNotFound, ProviderError, Unsupported
from ...values import Booking, EventType, Host
from .._caching import Cache
from .._offers import of_booking
from .._together import together
from .client import JicooClient, JicooForbidden, JicooNotFound, quote
from .event_types import Told, completed, plain, read_event_type
from .objects import Object
from .people import People

_KEPT = timedelta(minutes=1)
_ALL = ""
# Ids are url-safe; nothing else is worth asking for (contracts/jicoo.md 1).
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_AT_ONCE = 4


class _Untold(Enum):
    """Why nothing is told of an event type."""

    FORBIDDEN = "the key may not ask"
    GONE = "there is none"


class Catalogue:
    """Finds event types: what is declared wins over what Jicoo tells, and needs no leave to ask."""

    def __init__(
        self,
        client: JicooClient,
        clock: Callable[[], datetime],
        *,
        declared: Sequence[EventType] = (),
        zone: str = "UTC",
        team: str = "",
    ) -> None:
        """Read by *client*; *declared* event types carry Jicoo's `id`, *zone* is where the hosts work."""
        self._client = client
        self._declared = {each.slug: each for each in declared}
        self._ids = {each.id: each for each in declared}
        self._team = team
        self._people = People(client, clock, zone=zone)
        self._told: Cache[str, Told | _Untold] = Cache(clock, keep=_KEPT)
        # None where the key may not ask.
        self._lists: Cache[str, tuple[Told, ...] | None] = Cache(clock, keep=_KEPT)

    def all(self) -> tuple[EventType, ...]:
        """Give every event type that guests may book: the declared ones first.

        Raises `Unsupported` where none is declared, and the key may not list Jicoo's.
        """
        listed = self._lists.get(_ALL, self._ask_all)
        if listed is None and not self._declared:
            raise Unsupported(
                "The key in 'BOOKER_JICOO_API_KEY' may not list event types, and none are declared. Declare "
                "them in 'BOOKER_EVENT_TYPES', each with its 'id' at Jicoo, or use a key that may."
            )
        told = {each.id: each for each in listed or ()}
        others = [each for each in told.values() if each.id not in self._ids and each.duration]
        offered = [each for each in others if each.enabled]
        declared = [each for each in self._ids.values() if each.id not in told or told[each.id].enabled]
        makers: list[Callable[[], EventType]] = [
            *(partial(self._complete, each, told.get(each.id)) for each in declared),
            *(partial(self._plain, each) for each in offered),
        ]
        return tuple(together(makers, at_once=_AT_ONCE))

    def one(self, slug: str, owner: str | None = None) -> EventType:
        """Give one event type by its slug, or by its id; `EventTypeNotFound` if guests may not book it."""
        declared = self._declared.get(slug)
        id = declared.id if declared else slug
        told = self._ask_if_known(id)
        if told and not told.enabled:
            raise EventTypeNotFound(f"The event type {slug!r} is disabled at Jicoo.")
        found = self._made(id, told)
        if found is None:
            raise EventTypeNotFound(f"No event type {slug!r} is declared, and the key may not look for it.")
        if owner and owner not in {found.owner, *(host.slug for host in found.hosts)}:
            raise EventTypeNotFound(f"No event type {slug!r} is offered by the owner {owner!r}.")
        return found

    def of(self, booking: Booking) -> EventType:
        """Give the event type of *booking*, also a disabled one, or as much of it as can be known.

        `EventTypeNotFound` if it was deleted, or the booking names none.
        """
        if not booking.event_type_id:
            raise EventTypeNotFound("The event type of the booking is gone.")
        return self._made(booking.event_type_id, self._ask_if_known(booking.event_type_id)) or of_booking(
            booking
        )

    def by_id(self, id: str) -> EventType | None:
        """Give the event type with an id of Jicoo's, also a disabled one; None if nothing tells of it.

        For what it adds to a booking: an event type that is gone, or cannot be read now, hides none.
        """
        try:
            return self._made(id, self._ask_if_known(id))
        except (EventTypeNotFound, ProviderError):
            return None

    def hosts(self, user_ids: Sequence[str], event_type: EventType | None) -> tuple[Host, ...]:
        """Give the users with these ids, by the names that can be found for them."""
        return self._people.named(user_ids, event_type.hosts if event_type else ())

    def forget(self) -> None:
        """Forget what Jicoo told: it has just shown that something is otherwise than we thought."""
        self._told.drop()
        self._lists.drop()

    # --- making ---

    def _made(self, id: str, told: Told | None) -> EventType | None:
        """Make the event type of what is declared and *told*; None where that is nothing."""
        declared = self._ids.get(id)
        if declared:
            return self._complete(declared, told)
        return self._plain(told) if told else None

    def _complete(self, declared: EventType, told: Told | None) -> EventType:
        hosts = () if declared.hosts else self._people.hosts(declared.id, name=declared.title)
        return completed(declared, told, hosts, team=self._team)

    def _plain(self, told: Told) -> EventType:
        return plain(told, self._people.hosts(told.id, name=told.title), team=self._team)

    # --- asking ---

    def _ask_if_known(self, id: str) -> Told | None:
        """Give what Jicoo tells of an event type; None where the key may not ask, and it is declared.

        A declared one does without, so that it is there also while Jicoo does not answer.
        """
        if not _ID.fullmatch(id):
            raise EventTypeNotFound("No event type has an id like this.")
        listed = self._lists.known(_ALL)
        for each in listed or ():
            if each.id == id:
                return each
        try:
            told = self._told.get(id, partial(self._ask_one, id))
        except ProviderError:
            if id in self._ids:
                return None
            raise
        if told is _Untold.GONE:
            raise EventTypeNotFound(f"Jicoo has no event type with the id {id!r}.")
        return told if isinstance(told, Told) else None

    def _ask_one(self, id: str) -> Told | _Untold:
        try:
            data = self._client.get(f"/event_types/{quote(id)}")
        except JicooNotFound:
            return _Untold.GONE
        except JicooForbidden as error:
            _require_known_key(error)
            return _Untold.FORBIDDEN
        return read_event_type(Object.of(data, "event type"))

    def _ask_all(self) -> tuple[Told, ...] | None:
        try:
            found = list(self._client.pages("/event_types"))
        except JicooForbidden as error:
            _require_known_key(error)
            return None
        return tuple(map(read_event_type, Object.all(found, "event type")))


def _require_known_key(error: JicooForbidden) -> None:
    """Raise unless it is only that the key may not ask."""
    if error.answered == 401:
        raise error
