"""What every part of the engine works with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

from ...errors import EventTypeNotFound
from ...storage import Storage
from ...values import Booking, EventKind, EventType, Host
from . import availability, rows
from .calendars import Outside
from .catalogue import Catalogue

# So many event types are remembered with those who host them.
_KNOWN = 1024


@dataclass(frozen=True, kw_only=True, slots=True)
class Crew:
    """Everybody who may have to do with a booking of an event type, stand-ins too."""

    event_type: EventType
    #: Who it was made of: others make another crew.
    declared: Mapping[str, Host]
    #: By their numbers in the database.
    hosts: Mapping[int, Host]
    #: Those who may be busy elsewhere.
    connected: Sequence[Host]


class Desk:
    """The database, the clock, what is declared, and who is told of changes."""

    def __init__(
        self,
        catalogue: Catalogue,
        *,
        storage: Storage,
        clock: Callable[[], datetime],
        outside: Outside,
        hold: timedelta,
    ) -> None:
        self.storage = storage
        self.now = clock
        self.outside = outside
        #: How long a slot is kept for whoever fills in the form; zero: not at all.
        self.hold = hold
        self._catalogue = catalogue
        self._listeners: list[Callable[[EventKind, Booking], object]] = []
        self._written: Mapping[str, Host] = {}
        self._numbers: Mapping[str, int] = {}
        self._crews: dict[int, Crew] = {}
        self.numbers()

    @contextmanager
    def still(self) -> Iterator[None]:
        """Let this thread see one offer, whatever a function of the host app says meanwhile."""
        with self._catalogue.still():
            self.numbers()
            yield

    def event_types(self) -> Mapping[str, EventType]:
        """Give what can be booked now, by slug."""
        return self._catalogue.event_types()

    def event_type(self, slug: str, owner: str | None = None) -> EventType:
        """Give one event type; *owner* may be its owner or, where it has none, its first host's slug."""
        event_type = self.event_types().get(slug)
        if event_type is None or owner not in (None, event_type.owner or event_type.host.slug):
            raise EventTypeNotFound(f"No event type {slug!r} is declared for the owner {owner!r}.")
        return event_type

    def hosts(self) -> Mapping[str, Host]:
        """Give everybody who hosts anything now, by slug."""
        return self._catalogue.hosts()

    def numbers(self) -> Mapping[str, int]:
        """Give the number of each host in the database, by slug; hosts that are new there are written."""
        declared = self.hosts()
        if declared is not self._written:
            self._numbers = _written(self.storage, declared.values())
            self._written = declared
        return self._numbers

    def crew(self, event_type: EventType) -> Crew:
        """Give everybody who may have to do with a booking of *event_type*."""
        known = self._crews.get(id(event_type))
        # Kept with its event type, so that nothing else has its identity.
        if known is None or known.event_type is not event_type or known.declared is not self.hosts():
            if len(self._crews) >= _KNOWN:
                self._crews.clear()
            known = self._crews[id(event_type)] = self._gathered(event_type)
        return known

    def _gathered(self, event_type: EventType) -> Crew:
        declared, numbers = self.hosts(), self.numbers()
        hosts = availability.crew(event_type, declared)
        return Crew(
            event_type=event_type,
            declared=declared,
            hosts={numbers[host.slug]: host for host in hosts},
            connected=tuple(filter(self.outside.knows, hosts)),
        )

    def listen(self, listener: Callable[[EventKind, Booking], object]) -> None:
        """Call *listener* with every change, in its transaction."""
        self._listeners.append(listener)

    def tell(self, kind: EventKind, booking: Booking) -> None:
        """Tell everybody who listens."""
        for listener in self._listeners:
            listener(kind, booking)


def _written(storage: Storage, hosts: Iterable[Host]) -> Mapping[str, int]:
    # What is no part of a row, such as the schedule, is left out.
    declared = {Host(slug=each.slug, name=each.name, zone=each.zone, email=each.email) for each in hosts}
    with storage.reading() as connection:
        known = rows.read_hosts(connection)
    if not declared <= known.keys():
        with storage.transaction() as connection:
            rows.write_hosts(connection, declared)
            known = rows.read_hosts(connection)
    return {host.slug: number for host, number in known.items()}
