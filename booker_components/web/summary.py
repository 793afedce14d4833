"""What is being booked or moved, and what there is to know about it before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from .. import times
from ..languages import gettext as _
from ..languages import ngettext
from ..values import Booking, EventType, Slot
from . import components, wording
from .components import Action, Elsewhere
from .details import summary_locations
from .reading import Reading


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """Builds the first part of the booker and the reschedule widget."""

    event_type: EventType
    reading: Reading
    duration: timedelta
    #: The present instant.
    now: datetime
    #: The time that the guest has chosen.
    start: datetime | None = None
    #: The slot at that time, once it was found to be free.
    slot: Slot | None = None
    #: The booking that is being moved.
    booking: Booking | None = None

    def component(self) -> components.Summary:
        """Give it for the template."""
        event_type, start, booking, reading = self.event_type, self.start, self.booking, self.reading
        return components.Summary(
            title=event_type.title,
            host=self._hosts(),
            description=tuple(filter(None, map(str.strip, event_type.description.split("\n\n")))),
            approval=self._approval(),
            duration=times.duration_name(self.duration, reading.locale),
            series=self._series(),
            locations=summary_locations(event_type),
            price=wording.price(event_type.price, reading.locale) if event_type.price else "",
            seats=wording.seats_left(event_type.seats, self.slot) if self.slot else "",
            chosen=wording.when(start, start + self.duration, reading) if start else None,
            former=wording.when(booking.start, booking.end, reading) if booking else None,
        )

    def waits(self) -> bool:
        """Tell whether a booking of the chosen time waits until the host has agreed to it."""
        approval = self.event_type.approval
        if approval is None or self.start is None:
            return False
        return approval.within is None or self.start - self.now < approval.within

    def _hosts(self) -> str:
        if self.booking and self.event_type.same_hosts:
            return wording.listed(host.name for host in self.booking.hosts)
        return _hosts(self.event_type)

    def _approval(self) -> str:
        approval = self.event_type.approval
        if approval is None:
            return ""
        if self.start is None:
            return wording.approval(approval)
        return _("The host has to confirm this booking.") if self.waits() else ""

    def _series(self) -> str:
        if self.booking:
            return _("Only this date of the series is moved.") if self.booking.series else ""
        series = self.event_type.series
        return wording.rhythm(series) if series else ""


def elsewhere(event_type: EventType) -> Elsewhere | None:
    """Lead to the other site on which alone *event_type* can be booked; None where it can be here."""
    if not event_type.elsewhere:
        return None
    why, site = _(event_type.elsewhere), _site(event_type.booking_url)
    if not site:
        asking = wording.told(why, _whom_to_ask(event_type))
        return Elsewhere(headline=_("Not bookable here"), sentence=asking)
    action = Action(label=_("Continue at %(site)s", site=site), href=event_type.booking_url)
    return Elsewhere(headline=_("Book at %(site)s", site=site), sentence=why, action=action)


def _whom_to_ask(event_type: EventType) -> str:
    names, others = _sure(event_type)
    if others or not names:
        return _("Please ask our team how to book.")
    return _("Please ask %(hosts)s how to book.", hosts=wording.listed(names))


def _hosts(event_type: EventType) -> str:
    """Name the hosts: those who take part in any case, and how many of a group."""
    names, others = _sure(event_type)
    if not others:
        return wording.listed(names)
    if not names:
        # Translators: Whom the guest will meet, before it is known who of several people that will be.
        return ngettext("One of our team", "%(n)s of our team", others)
    # Translators: It comes last in a list of names, as in "Ann, Bo and one of our team".
    group = ngettext("one of our team", "%(n)s of our team", others)
    return wording.listed((*names, group))


def _sure(event_type: EventType) -> tuple[tuple[str, ...], int]:
    """Give the names of those who take part in any case, and how many others."""
    chosen = {member.host for group in event_type.groups for member in group.members}
    whole = [group for group in event_type.groups if len(group.members) <= group.need]
    sure = {member.host for group in whole for member in group.members}
    names = tuple(host.name for host in event_type.hosts if host.slug not in chosen or host.slug in sure)
    return names, sum(group.need for group in event_type.groups if group not in whole)


def _site(address: str) -> str:
    """Give the host name of a web address; "" for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("https", "http") else ""
