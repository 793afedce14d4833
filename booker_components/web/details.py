"""The booking page: a booking as it stands, and what the visitor may do about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from .. import ics
from ..languages import N_, pgettext
from ..languages import gettext as _
from ..links import Purpose
from ..policy import Rule, Verdict
from ..values import Answer, Booking, BookingStatus, EventType, Location, LocationKind, Question
from . import components, csrf, dates, embedding, wording
from .components import Action, LinkRequest, Person, Row
from .forms import location_label
from .language import keeping
from .reading import Reading
from .runtime import Runtime
from .state import booker_path

# The state of a booking, its headline, and the sentence under it.
_STATES = {
    "confirmed": (N_("Your booking is confirmed"), N_("We look forward to meeting you.")),
    "pending": (N_("Waiting for confirmation"), N_("The booking stands once the host has agreed to it.")),
    "moved": (N_("Your booking has been moved"), N_("The new time is confirmed.")),
    "cancelled": (N_("This booking was cancelled"), N_("The time is free again.")),
    "rejected": (N_("This booking was declined"), N_("The host could not accept this time.")),
    "past": (N_("This booking is over"), N_("Thank you for coming.")),
}
_NEEDS_LINK = N_("To move or cancel this booking, open it by the link that you were given.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Details:
    """Builds the booking component for one visitor."""

    parts: Runtime
    booking: Booking
    reading: Reading
    id: str
    #: Whether the visitor has shown that the booking is theirs; else nothing personal is shown.
    trusted: bool

    def component(self) -> components.Booking:
        """Give the widget."""
        state = self._state()
        headline, sentence = _STATES[state]
        booking = self.booking
        return components.Booking(
            id=self.id,
            state=state,
            headline=_(headline),
            sentence=_(sentence),
            title=self._seen().title,
            when=wording.booked_when(booking, self.reading),
            host_when=wording.when_in(booking.host.zone, booking, self.reading),
            former=wording.former_when(booking, self.reading),
            people=tuple(self._people()),
            rows=tuple(self._rows()),
            dates=dates.booked(self.parts, booking, self.reading) if self.trusted else (),
            # What waits may never take place, and calendars would show it as agreed.
            calendars=self._calendars() if state in ("confirmed", "moved") else (),
            reschedule=self._change(Purpose.RESCHEDULE),
            cancel=self._change(Purpose.CANCEL),
            closed=self._closed(),
            replacement=self._replacement(),
            again=self._again() if state in ("cancelled", "rejected", "past") else None,
            link_request=self._link_request(),
            facts=embedding.facts(booking, for_strangers(booking, self._event_type()).title),
        )

    def _event_type(self) -> EventType | None:
        return self.parts.service.event_type_of(self.booking)

    def _seen(self) -> Booking:
        return self.booking if self.trusted else for_strangers(self.booking, self._event_type())

    def _state(self) -> str:
        booking = self.booking
        if not booking.is_open:
            return str(booking.status)
        if booking.end <= self.parts.service.clock():
            return "past"
        moved = booking.former_start and booking.status is BookingStatus.CONFIRMED
        return "moved" if moved else str(booking.status)

    # --- who, where ---

    def _people(self) -> Iterator[Person]:
        for host in self.booking.hosts:
            yield Person(name=host.name, role=pgettext("booking", "Host"))
        guest = self.booking.attendee
        # Whom a vendor does not tell us is not listed.
        if self.trusted and (guest.name or guest.email):
            yield Person(name=guest.name, role=pgettext("booking", "You"), email=guest.email)
        if self.trusted and self._shows_guests():
            for each in self.booking.guests:
                yield Person(name=each, role=pgettext("booking", "Guest"))

    def _shows_guests(self) -> bool:
        """Tell whether the visitor may see the guests; those who share a time may not see each other."""
        if not self.booking.shared:
            return True
        event_type = self._event_type()
        return bool(event_type and event_type.seats and event_type.seats.show_guests)

    def _rows(self) -> Iterator[Row]:
        location = self._seen().location
        if location:
            yield location_row(location)
        if self.trusted:
            yield from answer_rows(self.booking, self._event_type())
            if self.booking.companions:
                yield Row(label=_("Also coming"), text=wording.enumerated(self.booking.companions))

    # --- what can be done ---

    def _calendars(self) -> tuple[Action, ...]:
        own = self.parts.links.path(Purpose.MANAGE, self.booking) if self.trusted else ""
        query = own.partition("?")[2]
        path = self.parts.url(f"/bookings/{self.booking.uid}.ics")
        shown = self._seen()
        file = keeping(f"{path}?{query}" if query else path)
        return (
            Action(label=_("Calendar file (.ics)"), href=file),
            Action(label=_("Google Calendar"), href=ics.google_link(shown)),
            Action(label="Outlook", href=ics.outlook_link(shown)),
        )

    def _verdict(self, purpose: Purpose) -> Verdict:
        service = self.parts.service
        return (service.may_cancel if purpose is Purpose.CANCEL else service.may_reschedule)(self.booking)

    def _change(self, purpose: Purpose) -> Action | None:
        if not self.trusted or not self._verdict(purpose):
            return None
        href = keeping(self.parts.url(self.parts.links.path(purpose, self.booking)))
        if purpose is Purpose.CANCEL:
            return Action(label=pgettext("booking", "Cancel"), name=_("Cancel this booking"), href=href)
        return Action(label=pgettext("booking", "Reschedule"), name=_("Reschedule this booking"), href=href)

    def _closed(self) -> str:
        """Say what can no longer be changed and why, where the state alone does not say it."""
        if not self.booking.is_open or self._state() == "past":
            return ""
        if not self.trusted and self.booking.is_held:
            return "" if self.parts.mails_links else _(_NEEDS_LINK)
        moving, cancelling = self._verdict(Purpose.RESCHEDULE), self._verdict(Purpose.CANCEL)
        if not moving and not cancelling:
            return wording.closed(cancelling if _ends_later(cancelling, moving) else moving, self.reading)
        if moving.rule is Rule.CUTOFF:
            return wording.closed(moving, self.reading, until=wording.MOVING_UNTIL)
        if cancelling.rule is Rule.CUTOFF:
            return wording.closed(cancelling, self.reading, until=wording.CANCELLING_UNTIL)
        return ""

    def _replacement(self) -> Action | None:
        if not self.booking.replaced_by:
            return None
        href = keeping(self.parts.url(f"/bookings/{self.booking.replaced_by}"))
        return Action(label=_("See the new booking"), href=href)

    def _again(self) -> Action | None:
        event_type = self._event_type()
        if event_type is None or event_type.private:
            return None
        path = booker_path(event_type, event_type.owner)
        return Action(label=_("Book another time"), href=keeping(self.parts.url(path)))

    def _link_request(self) -> LinkRequest | None:
        if self.trusted or not (self.booking.is_open and self.booking.is_held):
            return None
        # What is over is of no use to its guest, unless the host lets it be moved.
        if self._state() == "past" and not self._verdict(Purpose.RESCHEDULE):
            return None
        return link_request(self.parts, self.booking.uid)


def _ends_later(one: Verdict, other: Verdict) -> bool:
    return bool(one.until and other.until and one.until > other.until)


def for_strangers(booking: Booking, event_type: EventType | None) -> Booking:
    """Give *booking* of *event_type* for whoever knows no more than its uid.

    It has no way into the meeting, and its title is that of the event type: vendors put the guest's name into
    the booking's own ("Intro between Ann and Bo", contracts/calcom.md 4.8).
    """
    location, guest = booking.location, booking.attendee.name
    public = location is not None and location.kind is LocationKind.IN_PERSON
    title = event_type.title if event_type else booking.title
    # Where the event type is gone or cannot be looked up, there may be no other title than the booking's own.
    personal = guest in title if guest else title == booking.title
    return replace(booking, title=_untitled() if personal else title, location=location if public else None)


def for_guest(booking: Booking, event_type: EventType | None) -> Booking:
    """Give *booking* of *event_type* with what its guest may know of the others who take part."""
    if event_type and event_type.host_email_hidden:
        booking = replace(booking, hosts=tuple(replace(host, email="") for host in booking.hosts))
    return _for_seat(booking, event_type)


def _for_seat(booking: Booking, event_type: EventType | None) -> Booking:
    """Give a seat without the name of somebody else.

    Where guests share a time and may not see each other, its title is that of the event type: a vendor's own
    names the first of them.
    """
    seats = event_type.seats if event_type else None
    if not booking.shared or (seats and seats.show_guests):
        return booking
    return replace(booking, title=event_type.title if event_type and seats else _untitled())


def _untitled() -> str:
    # Translators: What a booking is called where its own title would tell whose it is.
    return pgettext("booking", "Booking")


def link_request(parts: Runtime, uid: str) -> LinkRequest | None:
    """Give the offer to mail a new link for the booking *uid*, where mails can be sent."""
    if not parts.mails_links:
        return None
    action = keeping(parts.url(f"/bookings/{uid}/link"))
    return LinkRequest(action=action, hidden=(csrf.field(parts.keys),))


def summary_locations(event_type: EventType) -> tuple[str, ...]:
    """Give what guests read for each location of *event_type*."""
    return tuple(map(location_label, event_type.locations))


def location_row(location: Location) -> Row:
    """Give the line that says where."""
    text = location.value or location_label(location)
    if location.kind is LocationKind.LINK and location.value.startswith(("https://", "http://")):
        return Row(label=_("Where"), text=location.label or location.value, href=location.value)
    label = location_label(location)
    if text == label:
        return Row(label=_("Where"), text=text)
    # Translators: As in "We come to you: 7 High Street".
    whole = _("%(label)s: %(text)s", label=wording.own(label), text=wording.own(text))
    return Row(label=_("Where"), text=whole)


def answer_rows(booking: Booking, event_type: EventType | None, *, hidden: bool = False) -> Iterator[Row]:
    """Give the lines of what was said about *booking*; answers to *hidden* questions are for hosts alone."""
    unknown = (Question(slug=slug, label=slug) for slug in booking.answers)
    asked = event_type.questions if event_type else tuple(unknown)
    for question in asked:
        if question.slug in booking.answers and (hidden or not question.hidden):
            yield Row(label=question.label, text=_answer_text(booking.answers[question.slug]))
    if booking.notes:
        yield Row(label=_("Notes"), text=booking.notes)
    if booking.reason:
        yield Row(label=_("Reason"), text=booking.reason)


def _answer_text(answer: Answer) -> str:
    if isinstance(answer, bool):
        return pgettext("booking", "Yes") if answer else pgettext("booking", "No")
    if isinstance(answer, tuple):
        return wording.enumerated(answer)
    return str(int(answer)) if isinstance(answer, float) and answer.is_integer() else str(answer)
