"""The Event of a booking: one for each, found by its external id (contracts/jicoo.md 8.3, 8.4, 8.8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

from ... import times
from ...values import Booking
from .client import Fields, Org, soql
from .mapping import cut
from .matching import Person
from .people import owner_of
from .rules import Cancellation, SalesforceRules
from .writing import LeftOut, write

_EVENT = "Event"
_MARK = "[Cancelled] "

# The lengths of standard fields (Object Reference: Event).
_SUBJECT, _LOCATION, _DESCRIPTION = 255, 255, 32_000

_NEEDED = frozenset({"Subject", "StartDateTime", "EndDateTime", "WhoId"})


class Activities:
    """The Events of an org. Every method may be repeated after a crash at any point."""

    def __init__(self, org: Org, key: str) -> None:
        """Know Events by the external id *key*, which holds the uid of a booking."""
        self._org = org
        self._key = key

    def write(
        self,
        rules: SalesforceRules,
        booking: Booking,
        person: Person,
        *,
        former: Sequence[str],
        left_out: LeftOut,
    ) -> None:
        """Make the Event of *booking*, or bring it up to date: also one that has a *former* uid of it.

        Whom it is about and who owns it stays as it is: people at Salesforce may have changed that.
        """
        found = self._find((booking.uid, *former))
        if not found:
            self._make(rules, booking, person, left_out)
            return
        standing, *others = found
        fields = _details(rules, booking)
        if standing.get(self._key) != booking.uid:
            fields[self._key] = booking.uid
        for each in others:
            self._org.delete(_EVENT, each["Id"])
        self._update(standing, fields, left_out)

    def close(
        self, rules: SalesforceRules, booking: Booking, *, former: Sequence[str], left_out: LeftOut
    ) -> None:
        """Delete or mark the Event of a booking that will not take place."""
        found = self._find((booking.uid, *former))
        if rules.cancelled is Cancellation.MARK and found:
            subject = cut(f"{_MARK}{_subject(rules, booking)}", _SUBJECT)
            self._update(found[0], _details(rules, booking) | {"Subject": subject}, left_out)
            found = found[1:]
        for each in found:
            self._org.delete(_EVENT, each["Id"])

    def drop(self, uids: Sequence[str]) -> None:
        """Delete the Events of bookings in whose place another stands."""
        for each in self._find(uids):
            self._org.delete(_EVENT, each["Id"])

    def _make(self, rules: SalesforceRules, booking: Booking, person: Person, left_out: LeftOut) -> None:
        fields: dict[str, object] = _details(rules, booking) | {"WhoId": person.id}
        if owner := owner_of(self._org, rules.owner, booking, left_out):
            fields["OwnerId"] = owner
        send = partial(self._org.upsert, _EVENT, self._key, booking.uid)
        write(send, fields, needed=_NEEDED, unfit={}, left_out=left_out)

    def _update(self, event: Mapping[str, Any], fields: Fields, left_out: LeftOut) -> None:
        send = partial(self._org.update, _EVENT, event["Id"])
        write(send, fields, needed=_NEEDED | {self._key}, unfit={}, left_out=left_out)

    def _find(self, uids: Sequence[str]) -> Sequence[Mapping[str, Any]]:
        """Give the Events of bookings, oldest first; there is one, unless somebody has copied it."""
        return self._org.query(
            soql(
                f"SELECT Id, {self._key} FROM {_EVENT} WHERE {self._key} IN {{uids}} "  # noqa: S608 - checked
                "ORDER BY CreatedDate ASC, Id ASC LIMIT 50",
                uids=uids,
            )
        )


def _details(rules: SalesforceRules, booking: Booking) -> dict[str, object]:
    place = booking.location
    where = (place.value or place.label) if place else ""
    return {
        "Subject": cut(_subject(rules, booking), _SUBJECT),
        "StartDateTime": times.format_instant(booking.start),
        "EndDateTime": times.format_instant(booking.end),
        "Location": cut(where, _LOCATION),
        "Description": cut(_description(booking), _DESCRIPTION),
    }


def _subject(rules: SalesforceRules, booking: Booking) -> str:
    host = booking.hosts[0].name if booking.hosts else ""
    return rules.subject.format(title=booking.title, name=booking.attendee.name, host=host)


def _description(booking: Booking) -> str:
    """Give who comes and what was written, a line each; answers stand where they are mapped to."""
    guest = booking.attendee
    lines = [
        f"{guest.name} <{guest.email}>",
        guest.phone,
        f"Guests: {', '.join(booking.guests)}" if booking.guests else "",
        booking.notes,
        f"Reason: {booking.reason}" if booking.reason else "",
    ]
    return "\n".join(filter(None, lines))
