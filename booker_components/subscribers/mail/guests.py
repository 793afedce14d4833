"""Mails to guests: to the one who booked, and to those who were invited."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from ...ics import Method
from ...languages import speaking
from ...links import Purpose
from ...values import Booking, BookingEvent, EventKind, LocationKind
from .occasions import dates_of, method_of, template_of
from .post import Calendar, Letter
from .readers import Reader
from .words import Mail, for_guests, harmless_name, place_of
from .writing import Recipient, Writer

_ENDS = (EventKind.CANCELLED, EventKind.REJECTED)


@dataclass(frozen=True, kw_only=True, slots=True)
class GuestLetters:
    """Writes what guests read about an event."""

    writer: Writer

    def __call__(self, event: BookingEvent) -> Sequence[Letter]:
        """Give a letter to whoever booked, and one to each who was invited.

        All are in the language of whoever booked: of the others nothing but the address is known.
        """
        reader = self.writer.readers.guest(event.booking)
        # Written while the language is spoken: what is put off would be in another one.
        with speaking(reader.speech):
            return tuple(self._letters(event, reader))

    def _letters(self, event: BookingEvent, reader: Reader) -> Iterator[Letter]:
        site = self.writer.site
        seen = replace(event, booking=site.for_guest(event.booking))
        booking, name = seen.booking, harmless_name(seen.booking.attendee.name)
        told = _Told.of(seen, self.writer, reader, method_of(event, site.before(event)))
        to = Recipient(email=booking.attendee.email, name=name, organizer=", ".join(told.mail.hosts))
        to = replace(to, reply_to=next((host.email for host in booking.hosts), ""), language=told.mail.lang)
        if to.email:
            yield told.letter(replace(self._own(told), name=reader.speech.own(name)), to)
        for email in _others(booking):
            other = replace(to, email=email, name="", accepted=False)
            yield told.letter(replace(told.mail, invited=True, inviter=reader.speech.own(name)), other)

    def _own(self, told: _Told) -> Mail:
        """Give what only the guest who booked may know: the links, and the number that was given."""
        site, booking, mail = self.writer.site, told.event.booking, told.mail
        ended = told.event.kind in _ENDS
        return replace(
            mail,
            place=place_of(booking, told.reader, people=_is_call(booking)),
            manage="" if ended else site.address(Purpose.MANAGE, booking),
            # Of several dates, the page lets the guest choose which to change.
            reschedule="" if ended or mail.dates else site.address(Purpose.RESCHEDULE, booking),
            cancel="" if ended or mail.dates else site.address(Purpose.CANCEL, booking),
            again=site.again(booking) if ended else "",
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class _Told:
    """What all guests are told of one event."""

    event: BookingEvent
    writer: Writer
    reader: Reader
    mail: Mail
    dates: tuple[Booking, ...]
    method: Method | None

    @classmethod
    def of(cls, event: BookingEvent, writer: Writer, reader: Reader, method: Method | None) -> _Told:
        dates = tuple(dates_of(event, writer.site))
        attached = bool(dates) and method is Method.REQUEST
        words = for_guests(event.booking, writer.site.event_type(event.booking), reader)
        mail = replace(words, dates=tuple(map(reader.of, dates)), attached=attached)
        return cls(event=event, writer=writer, reader=reader, mail=mail, dates=dates, method=method)

    def letter(self, mail: Mail, to: Recipient) -> Letter:
        return self.writer.letter(self.event, template_of(self.event), mail, to, self._calendar(mail, to))

    def _calendar(self, mail: Mail, to: Recipient) -> Calendar | None:
        if mail.attached:
            return self.writer.dates(self.dates, mail, to)
        if self.method is None:
            return None
        return self.writer.invitation(self.event.booking, mail, to, self.method)


def _others(booking: Booking) -> tuple[str, ...]:
    """Give the addresses of those who were invited, each once."""
    known = {each.lower(): each for each in booking.guests}
    known.pop(booking.attendee.email.lower(), None)
    return tuple(known.values())


def _is_call(booking: Booking) -> bool:
    """Tell whether the place is a number that the guest gave: it was checked to be nothing but a number."""
    return booking.location is not None and booking.location.kind is LocationKind.ATTENDEE_PHONE
