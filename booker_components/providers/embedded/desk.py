"""What every part of the engine works with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from ...errors import EventTypeNotFound
from ...storage import Storage
from ...values import Booking, EventKind, EventType, Host
from . import rows
from .catalogue import Catalogue
from .outside import Outside


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
