"""What is kept about one guest: told as a whole, and erased as a whole."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from .erasing import Person
from .errors import BookingClosed, BookingNotFound, Refused
from .languages import N_
from .outbox import Outbox
from .outbox import personal as in_outbox
from .providers import ListsBookings
from .providers.embedded import personal as in_engine
from .records import personal as in_records
from .records.traces import overwrite
from .service import BookingService
from .storage import Storage
from .values import Booking, BookingFilter, BookingStatus

_OPEN = frozenset({BookingStatus.CONFIRMED, BookingStatus.PENDING})


@dataclass(frozen=True, kw_only=True, slots=True)
class Erasure:
    """What was erased about a guest, and what is beyond our reach."""

    #: How many rows of what were changed or deleted, by a word for each kind; 0 where there were none.
    counts: Mapping[str, int]
    #: The uids of the bookings that were cancelled before.
    cancelled: tuple[str, ...]
    #: How many deliveries are still to come; they hold what is left.
    waiting: int
    #: Whether the files of the database are free of it, too (`records.traces.overwrite`).
    overwritten: bool
    #: Who else may have data of the guest, each with what there is to do.
    elsewhere: tuple[str, ...]


class Privacy:
    """Tells and erases what an app keeps about a guest, whom an e-mail address names in any case."""

    def __init__(self, service: BookingService, storage: Storage, outbox: Outbox) -> None:
        self._service = service
        self._storage = storage
        self._outbox = outbox

    def export(self, email: str) -> dict[str, Any]:
        """Give everything that is kept about a guest as a JSON object; `ValueError` for no address.

        Of other guests' bookings that name them it has only where, when and how.
        """
        person = Person.of(email)
        told = {
            **in_engine.tell(self._storage, person),
            **in_outbox.tell(self._storage, person),
            **in_records.tell(self._storage, person, self._uids(person)),
        }
        elsewhere = list(self._elsewhere(person))
        about = {"email": email.strip(), "at": self._service.clock()}
        plain: dict[str, Any] = _plain({**about, **told, "elsewhere": elsewhere})
        return plain

    def open_bookings(self, email: str) -> tuple[Booking, ...]:
        """Give the bookings of a guest that are open and not over, by start; errors as the provider's.

        Where the provider cannot list bookings there are none.
        """
        Person.of(email)
        if not isinstance(self._service.provider, ListsBookings):
            return ()
        wanted = BookingFilter(status=_OPEN, attendee_email=email.strip(), after=self._service.clock())
        return tuple(self._service.bookings(wanted))

    def erase(self, email: str, *, cancel: bool = False) -> Erasure:
        """Erase everything that is kept about a guest, and give what that was; doing it again does no harm.

        Bookings to come have to be cancelled first: by *cancel*, as their host, with which what is due is
        delivered at once, so that hosts and guest still hear of it in full. Raises `Refused` where some are
        open, `ValueError` for no address, and what the provider raises.
        """
        person = Person.of(email)
        cancelled = tuple(self._cancel(email)) if cancel else ()
        if cancelled:
            self._outbox.deliver_due()
        if still := [booking.uid for booking in self.open_bookings(email)]:
            raise _refused(still)
        with self._storage.transaction():
            counts = self._erase(person)
        waiting = counts.pop("waiting")
        return Erasure(
            counts=counts,
            cancelled=cancelled,
            waiting=waiting,
            overwritten=overwrite(self._storage),
            elsewhere=tuple(self._elsewhere(person)),
        )

    def _cancel(self, email: str) -> Iterator[str]:
        # Until none is left: a list has an end, and cancelling takes a while.
        done: set[str] = set()
        while found := [each.uid for each in self.open_bookings(email) if each.uid not in done]:
            for uid in found:
                done.add(uid)
                with suppress(BookingClosed, BookingNotFound):
                    self._service.cancel(uid, by="host", force=True)
                    yield uid

    def _erase(self, person: Person) -> dict[str, int]:
        # The provider has listed them a moment ago; in the transaction nobody can add one.
        if still := in_engine.open_bookings(self._storage, person, self._service.clock()):
            raise _refused(still)
        uids = self._uids(person)
        return {
            **in_engine.erase(self._storage, person),
            **in_outbox.erase(self._storage, person),
            **in_records.erase(self._storage, person, uids),
        }

    def _uids(self, person: Person) -> tuple[str, ...]:
        """Give the uids of every booking that is, or was told of as, the person's."""
        found = (*in_engine.uids(self._storage, person), *in_outbox.uids(self._storage, person))
        return tuple(dict.fromkeys(found))

    def _elsewhere(self, person: Person) -> Iterator[str]:
        """Say who else may know the guest."""
        provider = self._service.provider.name
        if provider != "embedded":
            yield f"{provider}: erase the guest there first, for what it tells us later is kept anew."
        for name in self._outbox.subscribers:
            yield f"{name}: what it was told so far is where it has put it."
        if in_engine.is_host(self._storage, person):
            yield "event types: a host has this address; hosts stay as they are declared."
        yield "mailboxes and calendars of hosts, backups of the database, logs of servers and proxies."


def _refused(uids: Sequence[str]) -> Refused:
    return Refused(
        f"The guest has bookings to come, which must be cancelled first: {', '.join(uids)}.",
        sentence=N_("There are bookings to come. Please cancel them first."),
    )


def _plain(value: Any) -> Any:
    """Give *value* with its instants as texts."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, (list, tuple)) else value
