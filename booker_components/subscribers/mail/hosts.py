"""Mails to hosts: who booked, what the guest said, and what has changed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...ics import Method
from ...languages import gettext as _
from ...languages import speaking
from ...links import Purpose
from ...values import Booking, BookingEvent, BookingStatus, EventKind, Host
from .addresses import one_line
from .occasions import dates_of, method_of, template_of
from .post import Calendar, Letter
from .words import Mail, for_hosts
from .writing import Recipient, Writer


@dataclass(frozen=True, kw_only=True, slots=True)
class HostLetters:
    """Writes what hosts read about an event."""

    writer: Writer

    def __call__(self, event: BookingEvent) -> Sequence[Letter]:
        """Give a letter to each host of the booking, and to those from whom it was moved to others."""
        # Written while the language is spoken: what is put off would be in another one.
        with speaking(self.writer.readers.app_speech):
            return tuple(self._letters(event))

    def _letters(self, event: BookingEvent) -> Iterator[Letter]:
        before = self.writer.site.before(event)
        told = _Told(
            event=event,
            writer=self.writer,
            dates=tuple(dates_of(event, self.writer.site)),
            method=method_of(event, before),
        )
        former = _hosts(before) if before and event.kind is EventKind.RESCHEDULED else {}
        for email, host in _hosts(event.booking).items():
            yield told.letter(host, is_new=bool(former) and email not in former)
        for email, host in former.items():
            if email not in _hosts(event.booking):
                yield told.released(host, before)


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What hosts are told of one event."""

    event: BookingEvent
    writer: Writer
    dates: tuple[Booking, ...]
    method: Method | None

    def letter(self, host: Host, *, is_new: bool) -> Letter:
        """Give the letter to a host of the booking; *is_new* where another one was it before the move."""
        template = f"host_{template_of(self.event)}"
        if self.event.booking.status is BookingStatus.PENDING:
            template = "host_pending"
        elif is_new:
            template = "host_confirmed"
        return self._letter(host, template, self._mail(host), self.method)

    def released(self, host: Host, before: Booking | None) -> Letter:
        """Give the letter to a host whose booking was moved to others."""
        entered = before is not None and before.status is BookingStatus.CONFIRMED
        # It is not this host's any more to agree to.
        mail = replace(self._mail(host), decide="", waiting=False)
        return self._letter(host, "host_released", mail, Method.CANCEL if entered else None)

    def _letter(self, host: Host, template: str, mail: Mail, method: Method | None) -> Letter:
        guest = self.event.booking.attendee
        to = Recipient(
            email=host.email,
            name=host.name,
            reply_to=guest.email,
            description="host_calendar.txt",
            summary=one_line(_("%(label)s: %(text)s", label=mail.title, text=guest.name))
            if guest.name
            else "",
        )
        return self.writer.letter(self.event, template, mail, to, self._calendar(mail, to, method))

    def _mail(self, host: Host) -> Mail:
        booking, reader = self.event.booking, self.writer.readers.host(host)
        mail = for_hosts(booking, self.writer.site.event_type(booking), reader)
        return replace(
            mail,
            name=reader.speech.own(one_line(host.name)),
            decide=self._decide(booking),
            dates=tuple(map(reader.of, self.dates)),
            attached=bool(self.dates) and self.method is Method.REQUEST,
        )

    def _calendar(self, mail: Mail, to: Recipient, method: Method | None) -> Calendar | None:
        if mail.attached:
            return self.writer.dates(self.dates, mail, to)
        if method is None:
            return None
        return self.writer.invitation(self.event.booking, mail, to, method)

    def _decide(self, booking: Booking) -> str:
        if booking.status is not BookingStatus.PENDING:
            return ""
        return self.writer.site.address(Purpose.DECIDE, booking)


def _hosts(booking: Booking) -> dict[str, Host]:
    """Give the hosts of *booking* who have an address, by it."""
    return {host.email.lower(): host for host in booking.hosts if host.email}
