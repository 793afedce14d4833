"""Bookings: Jicoo's JSON as our values (contracts/jicoo.md 2.1, 2.7)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from types import MappingProxyType
from typing import Any

from ...errors import BookingNotFound, ProviderError
from ...values import Answer, Attendee, Booking, BookingRequest, BookingStatus, EventType, Host
from .._objects import known_zone
from .._together import together
from . import answers, locations
from .catalogue import Catalogue
from .client import JicooClient, JicooNotFound, quote
from .objects import Object

#: Jicoo's word for a booking that was cancelled.
CANCELLED = "cancel"

_STATUSES = {
    "request": BookingStatus.PENDING,
    "open": BookingStatus.CONFIRMED,
    CANCELLED: BookingStatus.CANCELLED,
}
_SIDES = frozenset({"guest", "host"})
_UID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)


@dataclass(frozen=True, kw_only=True, slots=True)
class Said:
    """What a guest said when booking: it is not on the booking (contracts/jicoo.md 2.1)."""

    #: The zone of a booking counts, not this one's.
    attendee: Attendee = Attendee(name="", email="")
    guests: tuple[str, ...] = ()
    notes: str = ""
    answers: Mapping[str, Answer] = field(default_factory=lambda: MappingProxyType({}))
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))

    @classmethod
    def of(cls, given: BookingRequest | Booking) -> Said:
        """Give what was said in a request, or is known of a booking."""
        return cls(
            attendee=given.attendee,
            guests=given.guests,
            notes=given.notes,
            answers=given.answers,
            metadata=given.metadata,
        )


def told(contact: Object, event_type: EventType | None) -> Said:
    """Read a contact. In which language the guest reads, and facts of the host app, Jicoo does not tell."""
    questions = event_type.questions if event_type else ()
    return Said(
        attendee=Attendee(
            name=contact.text("name"), email=contact.text("email"), phone=contact.text("phoneNumber")
        ),
        guests=contact.texts("ccEmails"),
        notes=contact.text("message"),
        answers=MappingProxyType(answers.read(contact, questions)),
    )


def _nothing(uid: str) -> Booking | None:
    return None


class Reader:
    """Reads bookings as they stand."""

    def __init__(
        self, client: JicooClient, catalogue: Catalogue, recall: Callable[[str], Booking | None] = _nothing
    ) -> None:
        """Read by *client*, and name event types, questions and hosts by *catalogue*.

        *recall* gives a booking as it was last told of, None if it never was: for what Jicoo does not keep.
        """
        self._client = client
        self._catalogue = catalogue
        self._recall = recall

    def find(self, uid: str) -> Booking:
        """Give a booking; `BookingNotFound` if there is none. One without a contact is nobody's."""
        if not _UID.fullmatch(uid):
            raise BookingNotFound("No booking has a uid like this.")
        data, contact = self._ask(uid)
        return self._read(data, contact)

    def listed(self, data: Object) -> Booking:
        """Give a booking that was listed, with its guest, who has to be asked for."""
        return self._read(data, self.contact(data.word("uid")))

    def slug(self, data: Object) -> str:
        """Give the slug of a booking's event type; Jicoo's id of it where nothing tells more."""
        event_type = self._event_type(data)
        return event_type.slug if event_type else data.text("eventTypeId")

    def contact(self, uid: str) -> Object | None:
        """Give the guest of a booking, the first of several; None where nobody is told."""
        try:
            found = Object.all(self._client.get(f"/bookings/{quote(uid)}/contacts"), "contact")
        except JicooNotFound:
            return None
        return found[0] if found else None

    def read(self, data: Any, said: Said) -> Booking:
        """Read an answer, of whose guest we know what was *said*; `ProviderError` if it makes no sense."""
        found = Object.of(data, "booking")
        return _booking(found, said, self._event_type(found), self._catalogue)

    def _ask(self, uid: str) -> tuple[Object, Object | None]:
        """Ask for booking and guest at the same time: a page waits for both."""
        parts: list[Callable[[], Object | None]] = [partial(self._get, uid), partial(self.contact, uid)]
        data, contact = together(parts, at_once=2)
        assert data is not None, "a booking that is not there was refused"
        return data, contact

    def _get(self, uid: str) -> Object:
        try:
            return Object.of(self._client.get(f"/bookings/{quote(uid)}"), "booking")
        except JicooNotFound:
            raise BookingNotFound("Jicoo has no booking with this uid.") from None

    def _read(self, data: Object, contact: Object | None) -> Booking:
        event_type = self._event_type(data)
        said = told(contact, event_type) if contact else Said()
        booking = _booking(data, said, event_type, self._catalogue)
        last = self._recall(booking.uid)
        return recalled(booking, last) if last else booking

    def _event_type(self, data: Object) -> EventType | None:
        id = data.text("eventTypeId")
        return self._catalogue.by_id(id) if id else None


def recalled(booking: Booking, last: Booking) -> Booking:
    """Give *booking* with what Jicoo does not keep of it, as it was when *last* told of.

    That is the guest's language, the host app's facts, and of a move where it was, why, and by whom. Whoever
    cancels by the API may be the host to Jicoo, so whom we know to have done it counts (contracts/jicoo.md
    9.2).
    """
    if not (booking.attendee.name or booking.attendee.email):
        booking = _filled(booking, Said.of(last))
    booking = replace(
        booking,
        attendee=replace(booking.attendee, locale=last.attendee.locale),
        metadata=last.metadata,
        replaces=last.replaces,
    )
    if not booking.is_open:
        ended = not last.is_open
        reason = booking.reason or (last.reason if ended else "")
        return replace(
            booking, reason=reason, changed_by=(last.changed_by if ended else "") or booking.changed_by
        )
    if booking.start != last.start:
        return replace(booking, former_start=last.start)
    return replace(booking, former_start=last.former_start, reason=last.reason, changed_by=last.changed_by)


def _filled(booking: Booking, said: Said) -> Booking:
    return replace(
        booking,
        attendee=replace(said.attendee, zone=booking.attendee.zone),
        guests=said.guests,
        notes=said.notes,
        answers=said.answers,
    )


def _booking(data: Object, said: Said, event_type: EventType | None, catalogue: Catalogue) -> Booking:
    status, created, id = status_of(data), data.instant("createdAt"), data.text("eventTypeId")
    is_open = status is not BookingStatus.CANCELLED
    return Booking(
        uid=data.word("uid"),
        event_type=event_type.slug if event_type else id,
        event_type_id=id,
        title=data.text("name"),
        start=data.instant("startedAt"),
        end=data.instant("endedAt"),
        status=status,
        hosts=_hosts(data, event_type, catalogue),
        attendee=replace(said.attendee, zone=known_zone(data.text("timeZone"))),
        created_at=created,
        updated_at=data.instant("updatedAt", created),
        # Jicoo counts no changes; open or closed is what links go by.
        revision=1 if is_open else 2,
        guests=said.guests,
        notes=said.notes,
        answers=said.answers,
        location=locations.booked(
            data, phone=said.attendee.phone, offered=event_type.locations if event_type else ()
        ),
        reason="" if is_open else data.text("cancelReason"),
        changed_by="" if is_open else _side(data.text("cancelledBy")),
        metadata=said.metadata,
    )


def status_of(data: Object) -> BookingStatus:
    """Give the status of a booking; `ProviderError` for a word that nobody knows."""
    status = _STATUSES.get(data.text("status"))
    if status is None:
        raise ProviderError("Jicoo gave a booking with an unknown status.")
    return status


def _side(word: str) -> str:
    """Give who cancelled; another word than the two that are known is not guessed at."""
    return word if word in _SIDES else ""


def _hosts(data: Object, event_type: EventType | None, catalogue: Catalogue) -> tuple[Host, ...]:
    ids = tuple(filter(None, (each.identifier("userId") for each in data.children("hosts"))))
    found = catalogue.hosts(ids, event_type) if ids else ()
    known = event_type.hosts if event_type else ()
    return found or known or (Host(slug="", name="", zone="UTC"),)
