"""Salesforce hears what happens to bookings and keeps up with it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta

from ...errors import DeliveryFailed
from ...records.moves import Moves
from ...records.turns import Turn, Turns
from ...values import Booking, BookingEvent
from .client import SalesforceClient
from .failures import OutcomeLost, SalesforceFailed
from .matching import Email
from .rules import SalesforceRules, rules_of
from .syncing import CLOSING, OPENING, Past, Syncing
from .telling import Teller
from .writing import LeftOut

#: An event that Salesforce has not taken so long after it happened is told of before it is parked.
LATE = timedelta(hours=6)

_log = logging.getLogger(__name__)


class Salesforce:
    """A subscriber that writes bookings to Salesforce, by the rules of their event types.

    It may hear an event again after a crash at any point: every step looks first at what is there.
    """

    name = "salesforce"

    def __init__(
        self,
        client: SalesforceClient,
        rules: Mapping[str, SalesforceRules],
        *,
        key: str,
        moves: Moves,
        turns: Turns,
        teller: Teller,
        clock: Callable[[], datetime],
    ) -> None:
        """Write by *client* what *rules* say, to Events whose external id is *key*."""
        self._client = client
        self._rules = rules
        self._syncing = Syncing(client, key)
        self._moves = moves
        self._turns = turns
        self._teller = teller
        self._clock = clock

    def __call__(self, event: BookingEvent) -> None:
        """Bring the org to where the booking stands; `DeliveryFailed` if it could not be."""
        rules = rules_of(event.booking, self._rules)
        if rules is None or event.kind not in OPENING | CLOSING:
            return
        try:
            left_out = self._write(event, rules)
        except SalesforceFailed as error:
            self._tell(event, error)
            raise
        except Exception as error:
            # Before the outbox parks it, somebody is to know of this, too.
            self._tell(event, SalesforceFailed(f"It failed: {type(error).__name__}.", code="failed"))
            raise
        self._written(event.booking, left_out)
        self._teller.remind(event.booking)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _write(self, event: BookingEvent, rules: SalesforceRules) -> LeftOut:
        booking = event.booking
        # Before anything is written: whoever writes a predecessor later on is to know of this one.
        self._moves.note(booking)
        with self._turn(booking), self._client.within():
            past = Past(
                former=self._moves.former(booking.uid), superseded=self._moves.is_superseded(booking.uid)
            )
            return self._syncing(event.kind, rules, booking, past)

    @contextmanager
    def _turn(self, booking: Booking) -> Iterator[Turn]:
        """Keep others from writing of the same guest: both would find no Lead, and make one."""
        keys = Email.of(booking.attendee.email).keys
        turn = self._turns.take(f"salesforce/{keys[0] or booking.uid}")
        if turn is None:
            raise DeliveryFailed("Another booking of the same guest is being written.")
        try:
            yield turn
        except OutcomeLost:
            # What was sent may still be under way: nobody looks for it until the turn has ended by itself.
            raise
        except Exception:
            self._turns.give_back(turn)
            raise
        self._turns.give_back(turn)

    def _tell(self, event: BookingEvent, error: SalesforceFailed) -> None:
        try:
            if error.permanent:
                self._teller.failed(event.booking, error.code, error.message)
            elif self._clock() - event.at >= LATE:
                self._teller.late(event.booking, error.code, error.message)
        except DeliveryFailed as untold:
            # Not permanent, whatever the failure: it is parked once somebody knows of it.
            raise DeliveryFailed(f"{error.message} {untold.message}") from None

    def _written(self, booking: Booking, left_out: LeftOut) -> None:
        if not left_out:
            self._teller.settle(booking)
            return
        _log.warning(
            "A booking of '%s' was written to Salesforce without %s",
            booking.event_type,
            ", ".join(sorted(left_out)),
        )
        self._teller.left_out(booking, left_out)
