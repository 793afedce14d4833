"""What is being booked or moved, and what there is to know about it before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from .. import times
from ..values import Booking, EventType, HostGroup, Slot
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
            duration=times.duration_name(self.duration),
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
        said = _hosts(self.event_type)
        return said[:1].upper() + said[1:]

    def _approval(self) -> str:
        approval = self.event_type.approval
        if approval is None:
            return ""
        if self.start is None:
            return wording.approval(approval)
        return "The host has to confirm this booking." if self.waits() else ""

    def _series(self) -> str:
        if self.booking:
            return "Only this date of the series is moved." if self.booking.series else ""
        series = self.event_type.series
        return f"Repeats {wording.rhythm(series)}" if series else ""


def elsewhere(event_type: EventType) -> Elsewhere | None:
    """Lead to the other site on which alone *event_type* can be booked; None where it can be here."""
    if not event_type.elsewhere:
        return None
    site = _site(event_type.booking_url)
    if not site:
        sentence = f"{event_type.elsewhere} Please ask {_hosts(event_type)} how to book."
        return Elsewhere(headline="Not bookable here", sentence=sentence)
    action = Action(label=f"Continue at {site}", href=event_type.booking_url)
    return Elsewhere(headline=f"Book at {site}", sentence=event_type.elsewhere, action=action)


def _hosts(event_type: EventType) -> str:
    """Name the hosts: those who take part in any case, and how many of a group."""
    chosen = {member.host for group in event_type.groups for member in group.members}
    fixed = [host.name for host in event_type.hosts if host.slug not in chosen]
    return wording.listed((*fixed, *(_of_group(group, event_type) for group in event_type.groups)))


def _of_group(group: HostGroup, event_type: EventType) -> str:
    if len(group.members) > group.need:
        return f"{'one' if group.need == 1 else group.need} of our team"
    slugs = [member.host for member in group.members]
    return wording.listed(host.name for host in event_type.hosts if host.slug in slugs)


def _site(address: str) -> str:
    """Give the host name of a web address; "" for anything else."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return ""
    return (parts.hostname or "") if parts.scheme in ("https", "http") else ""
