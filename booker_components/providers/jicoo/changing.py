"""Moving, cancelling and editing (contracts/jicoo.md 2.4, 2.5, 2.6, 9.4).

Jicoo is told where a booking goes, and nothing of why or by whom: the booking that is given tells it, so that
subscribers hear of it, and whoever asks Jicoo later does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from ...errors import (
    BookerError,
    BookingClosed,
    BookingNotFound,
    EventTypeNotFound,
    InvalidRequest,
    NotBookable,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    SlotTaken,
)
from ...languages import N_
from ...policy import Rule
from ...questions import too_long
from ...values import Booking, CancelScope, EventType
from .._once import settled
from . import finding
from .bookings import Said
from .client import JicooError, JicooNotFound, quote
from .desk import Desk
from .objects import written

#: Who changes something with the rights of the host.
HOST = "host"
#: The most characters of the words that go with an edit.
MESSAGE_LIMIT = 2000

# What Jicoo answers where a change is understood and refused.
_REFUSALS = frozenset({402, 422})
# What a body with an unknown field may be answered.
_BAD_BODY = frozenset({400, 422})

_NOT_MOVED = N_("The booking cannot be moved to this time. Please choose another one.")
_NOT_EDITED = N_("Jicoo does not accept this change. Please check the times and the hosts.")


class Changer:
    """Moves, cancels and edits bookings."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    # --- moving ---

    def reschedule(self, uid: str, start: datetime, *, reason: str, by: str) -> Booking:
        """Move a booking and give the one that now stands.

        One that is there already is given as it is: the call before may have had no answer. Its uid is kept
        as far as is known (contracts/jicoo.md 2.4); under another one it says what it `replaces`.
        """
        old = self._desk.reader.find(uid)
        _require_open(old)
        if start == old.start:
            return old
        event_type = self._event_type(old)
        with self._desk.turn(event_type, start, old.attendee.email):
            if by != HOST:
                self._desk.require_offered(event_type, start)
            new = self._moved(old, event_type, start)
        replaces = old.replaces if new.uid == old.uid else old.uid
        return replace(new, former_start=old.start, reason=reason, changed_by=by, replaces=replaces)

    def _moved(self, old: Booking, event_type: EventType, start: datetime) -> Booking:
        body = {"timeZone": old.attendee.zone, "startedAt": written(start)}
        try:
            return self._read(self._post(old, "reschedule", body), old)
        except JicooError as error:
            raise self._not_moved(error, old, event_type, start) from None
        except OutcomeUnknown as unknown:
            return self._settled(unknown, lambda: self._moved_after_all(old, start))
        finally:
            self._desk.board.drop()

    def _event_type(self, booking: Booking) -> EventType:
        try:
            return self._desk.catalogue.of(booking)
        except EventTypeNotFound:
            raise BookingClosed("The event type of the booking is gone.", rule=Rule.GONE) from None

    def _not_moved(
        self, error: JicooError, old: Booking, event_type: EventType, start: datetime
    ) -> BookerError:
        """Say why, as far as the status and the slots tell: the words are not documented."""
        if isinstance(error, JicooNotFound):
            return _gone()
        if error.answered not in _REFUSALS:
            return error
        if not self._desk.reader.find(old.uid).is_open:
            return _closed()
        if self._desk.is_offered(event_type, start):
            return NotBookable(error.message, rule=Rule.NOT_ALLOWED, sentence=_NOT_MOVED)
        return SlotTaken("Jicoo refused, and offers the slot no longer.")

    def _moved_after_all(self, old: Booking, start: datetime) -> Booking | None:
        """Look what became of a move: the booking is there, or one like it is where it was closed."""
        try:
            now = self._desk.reader.find(old.uid)
        except BookingNotFound:
            now = None
        if now and now.is_open:
            return now if now.start == start else None
        trace = finding.Trace(event_type_id=old.event_type_id, start=start, email=old.attendee.email)
        found = finding.find(self._desk.client, self._desk.reader, trace)
        if found is None:
            raise _closed() if now else _gone()
        return self._desk.reader.read(found.fields, Said.of(old))

    # --- cancelling ---

    def cancel(self, uid: str, *, reason: str, by: str, scope: CancelScope) -> Booking:
        """Cancel a booking and give it as it now stands; *scope* means nothing where there are no series."""
        old = self._desk.reader.find(uid)
        _require_open(old)
        try:
            now = self._cancelled(self._post_reason(old, reason), old)
        except JicooError as error:
            raise self._not_cancelled(error, old) from None
        except OutcomeUnknown as unknown:
            now = self._settled(unknown, lambda: self._cancelled_after_all(old))
        finally:
            self._desk.board.drop()
        return replace(now, reason=now.reason or reason, changed_by=by or now.changed_by)

    def _post_reason(self, old: Booking, reason: str) -> Any:
        """Cancel with the reason, and without it where Jicoo does not take it: its name is not documented."""
        body = {self._desk.cancel_reason_key: reason} if reason else {}
        try:
            return self._post(old, "cancel", body)
        except JicooError as error:
            if not body or error.answered not in _BAD_BODY:
                raise
        return self._post(old, "cancel", {})

    def _cancelled(self, data: Any, old: Booking) -> Booking:
        """Read the answer, of which nothing is documented: it may be empty, or the booking as it was."""
        now = self._read(data, old)
        if now.is_open:
            raise OutcomeUnknown("Jicoo answered a cancellation with a booking that stands.")
        return now

    def _not_cancelled(self, error: JicooError, old: Booking) -> BookerError:
        if isinstance(error, JicooNotFound):
            return _gone()
        if error.answered not in _REFUSALS:
            return error
        if not self._desk.reader.find(old.uid).is_open:
            return _closed()
        return BookingClosed("Jicoo refuses to cancel the booking.", rule=Rule.NOT_ALLOWED)

    def _cancelled_after_all(self, old: Booking) -> Booking | None:
        now = self._desk.reader.find(old.uid)
        return None if now.is_open else now

    # --- editing ---

    def update(
        self,
        uid: str,
        *,
        title: str = "",
        description: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        zone: str = "",
        hosts: Mapping[str, str] | None = None,
        priority: str = "",
        message: str = "",
        notify: bool | None = None,
    ) -> Booking:
        """Edit a booking as its host may, to any time at all, and give it; what is not said stays.

        *start* and *end* are aware; a start alone keeps the length. *description* "" clears it. *hosts* are
        ids of users with a role each: "admin", "editor" or "viewer". *priority* is "low", "middle" or "high".
        *message* goes to those whom Jicoo notifies, if *notify* says so. Raises `InvalidRequest` for a
        message of more than 2000 characters, `NotBookable` where Jicoo refuses, or `BookingNotFound`.
        """
        if len(message) > MESSAGE_LIMIT:
            raise InvalidRequest({"message": too_long(len(message), MESSAGE_LIMIT)})
        old = self._desk.reader.find(uid)
        until = end or (start + old.duration if start else None)
        body: dict[str, object | None] = {
            "name": title or None,
            "timeZone": zone or None,
            "startedAt": written(start) if start else None,
            "endedAt": written(until) if until else None,
            "hosts": _roles(hosts) if hosts else None,
            "priority": priority or None,
            "updateMessage": message or None,
            "isSendUpdates": notify,
        }
        told: dict[str, object] = {name: value for name, value in body.items() if value is not None}
        cleared = {} if description is None else {"description": description or None}
        new = self._edited(old, {**told, **cleared})
        return new if new.start == old.start else replace(new, former_start=old.start, changed_by=HOST)

    def _edited(self, old: Booking, body: Mapping[str, object]) -> Booking:
        try:
            data = self._desk.client.patch(f"/bookings/{quote(old.uid)}", json=body)
        except JicooNotFound:
            raise _gone() from None
        except JicooError as error:
            if error.answered in _REFUSALS:
                raise NotBookable(error.message, rule=Rule.NOT_ALLOWED, sentence=_NOT_EDITED) from None
            raise
        finally:
            self._desk.board.drop()
        return self._read(data, old)

    # --- all ---

    def _post(self, booking: Booking, verb: str, body: Mapping[str, object]) -> Any:
        return self._desk.client.post(f"/bookings/{quote(booking.uid)}/{verb}", json=body)

    def _read(self, data: Any, old: Booking) -> Booking:
        """Read the answer to a change that was made: one that makes no sense tells nothing of it."""
        try:
            return self._desk.reader.read(data, Said.of(old))
        except ProviderError as garbled:
            raise OutcomeUnknown(garbled.message) from None

    def _settled(self, unknown: OutcomeUnknown, look: Callable[[], Booking | None]) -> Booking:
        """Give the booking if it was changed after all; raise what is known of it otherwise."""
        found = settled(look, unknown, looks=finding.LOOKS, pause=finding.LOOK, sleep=self._desk.sleep)
        if found is None:
            raise ProviderUnavailable("Jicoo did not answer, and has changed nothing.")
        return found


def _roles(hosts: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"userId": id, "role": role} for id, role in hosts.items()]


def _require_open(booking: Booking) -> None:
    if not booking.is_open:
        raise _closed()


def _closed() -> BookingClosed:
    return BookingClosed("The booking is cancelled.", rule=Rule.CANCELLED)


def _gone() -> BookingNotFound:
    return BookingNotFound("Jicoo has no such booking any more.")
