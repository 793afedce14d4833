"""Brings an org to where a booking stands: who is registered, and which Event there is."""

from __future__ import annotations

from dataclasses import dataclass

from ...values import Booking, EventKind
from .activity import Activities
from .client import Org
from .failures import SalesforceFailed
from .people import register
from .rules import SalesforceRules
from .writing import LeftOut

#: After these a booking takes place. A booking that waits for its host is written when the guest makes it,
#: for it holds its time; what became of it follows.
OPENING = frozenset({EventKind.CREATED, EventKind.CONFIRMED, EventKind.RESCHEDULED})

#: After these it does not.
CLOSING = frozenset({EventKind.CANCELLED, EventKind.REJECTED})

# A move changes nothing about the guest (contracts/jicoo.md 8.4).
_OVERWRITING = OPENING - {EventKind.RESCHEDULED}


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """Other bookings that this one has to do with."""

    #: The uids that it had before it was moved.
    former: tuple[str, ...] = ()
    #: Whether another stands in its place by now.
    superseded: bool = False


class Syncing:
    """Writes bookings to an org; each call may be repeated after a crash at any point."""

    def __init__(self, org: Org, key: str) -> None:
        """Write to *org*, whose Events have the external id *key*."""
        self._org = org
        self._activities = Activities(org, key)

    def __call__(self, kind: EventKind, rules: SalesforceRules, booking: Booking, past: Past) -> LeftOut:
        """Bring the org to where *booking* stands after *kind*; give which fields were left out, and why.

        Raises `SalesforceFailed`.
        """
        left_out: LeftOut = {}
        if kind in CLOSING:
            if rules.activity:
                self._activities.close(rules, booking, former=past.former, left_out=left_out)
            return left_out
        if not booking.attendee.email.strip():
            raise SalesforceFailed(
                "The guest has no e-mail address, by which Salesforce is searched.",
                code="no_email",
                permanent=True,
            )
        overwrite = kind in _OVERWRITING
        person = register(self._org, rules, booking, overwrite=overwrite, left_out=left_out)
        if rules.activity and past.superseded:
            self._activities.drop((booking.uid, *past.former))
        elif rules.activity and person:
            self._activities.write(rules, booking, person, former=past.former, left_out=left_out)
        return left_out
