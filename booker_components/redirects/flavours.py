"""What a host's page is told of a booking: the parameters of Jicoo, of Cal.com and of Calendly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import format_datetime
from types import MappingProxyType

from .. import times
from ..values import Answer, Booking, EventType, Occasion, Redirect

Pair = tuple[str, str]
Pairs = Sequence[Pair]

# What says how the booker was shown is of no use to the page that follows (contracts/calcom.md 3.5).
_DROPPED = frozenset({"embed", "layout", "embedType", "ui.color-scheme", "overlayCalendar"})
#: Parameters of our own that let somebody in, or hold what was typed: they go to nobody.
_PRIVATE = frozenset({"token", "key", "go", "hold", "prefill", "csrf_token", "booker_csrf"})
_UTM = ("utm_campaign", "utm_source", "utm_medium", "utm_content", "utm_term")


@dataclass(frozen=True, kw_only=True, slots=True)
class Done:
    """What a guest has done, and how."""

    occasion: Occasion
    booking: Booking
    #: None where it is no longer offered.
    event_type: EventType | None
    #: What the address of the booker said.
    query: Pairs = ()
    #: Whether the widget stands in a frame.
    embedded: bool = False

    @property
    def event(self) -> str:
        """What happened, in Jicoo's words (contracts/jicoo.md 5)."""
        return f"guest_{self.occasion}"

    @property
    def event_type_uid(self) -> str:
        """The provider's own id of the event type; its slug where it has none."""
        known = self.event_type.id if self.event_type else ""
        return self.booking.event_type_id or known or self.booking.event_type

    @property
    def event_type_name(self) -> str:
        """What guests read; never the booking's own title, into which vendors put the guest's name."""
        return self.event_type.title if self.event_type else self.booking.event_type


def parameters(redirect: Redirect, done: Done) -> Iterator[Pair]:
    """Give what *redirect* tells its page of *done*, in order; nothing is there that has no value.

    A signed one says in every flavour what happened, so that it is of no use at the page for something else.
    """
    of_flavour = _FLAVOURS[redirect.flavour](done, redirect)
    pairs = [pair for pair in of_flavour if pair[1]]
    yield from pairs
    if redirect.signed and "event" not in dict(pairs):
        yield "event", done.event


def forwarded(redirect: Redirect, done: Done) -> Iterator[Pair]:
    """Give what is passed on of the booker's own address: by Cal.com's page all of it but what is private.

    A guest writes that address, so nothing in it may pass for what we say of the booking and sign.
    """
    if redirect.flavour == "cal":
        ours = _own_names(redirect) | set(redirect.answers) if redirect.signed else frozenset()
        yield from (pair for pair in done.query if pair[0] not in _DROPPED | _PRIVATE | ours)


def clashes(redirect: Redirect) -> tuple[str, ...]:
    """Give the slugs in the allow-list of *redirect* that another parameter is called by."""
    if redirect.flavour == "calendly":
        # Its answers have names of their own, which no slug can take.
        return ()
    return tuple(slug for slug in redirect.answers if slug in _own_names(redirect))


def _own_names(redirect: Redirect) -> frozenset[str]:
    return _NAMES.get(redirect.flavour, frozenset()) | (_SIGNED if redirect.signed else frozenset())


# --- Jicoo ---------------------------------------------------------------------------------------


def _jicoo(done: Done, redirect: Redirect) -> Iterator[Pair]:
    """Give the seven parameters in their order (contracts/jicoo.md 5), then answers."""
    booking = done.booking
    yield "event", done.event
    yield "eventTypeUid", done.event_type_uid
    yield "eventTypeName", done.event_type_name
    yield "eventUid", booking.uid
    yield "eventStartedAt", _exact(booking.start, booking)
    yield "eventEndedAt", _exact(booking.end, booking)
    yield "eventCreatedAt", _exact(booking.created_at, booking)
    yield from _answers(booking, redirect)


def _exact(instant: datetime, booking: Booking) -> str:
    """Write "2023-02-01T17:30:00.000+09:00", in the guest's zone; Jicoo does not say which it takes."""
    return times.local_iso(instant, booking.attendee.zone, timespec="milliseconds")


# --- Cal.com -------------------------------------------------------------------------------------


def _cal(done: Done, redirect: Redirect) -> Iterator[Pair]:
    """Give the parameters of Cal.com's page (contracts/calcom.md 3.5), which it has after booking and moving.

    What is cancelled has those that fit. Answers, which Cal.com passes on to nobody, follow.
    """
    booking, attendee, host = done.booking, done.booking.attendee, done.booking.host
    yield from _cal_occasion(done)
    yield "uid", booking.shared or booking.uid
    yield "title", booking.title
    yield "description", booking.notes
    yield "startTime", times.format_instant(booking.start)
    yield "endTime", times.format_instant(booking.end)
    yield "location", booking.location.value if booking.location else ""
    yield "hostName", _host_names(booking)
    yield "hostStartTime", times.local_iso(booking.start, host.zone)
    yield "attendeeName", attendee.name
    yield "attendeeStartTime", times.local_iso(booking.start, attendee.zone)
    yield "guestEmails", ", ".join(booking.guests)
    yield "phone", str(booking.answers.get("phone", ""))
    yield "isEmbed", "true" if done.embedded else ""
    yield from _answers(booking, redirect)


def _cal_occasion(done: Done) -> Iterator[Pair]:
    booking, cancelled = done.booking, done.occasion is Occasion.CANCELLED
    yield "isSuccessBookingPage", "" if cancelled else "true"
    yield "email", booking.attendee.email
    yield "eventTypeSlug", booking.event_type
    if booking.series and not cancelled:
        yield "allRemainingBookings", "true"
    else:
        yield "seatReferenceUid", booking.uid if booking.shared else ""
    if done.occasion is Occasion.RESCHEDULED:
        yield "formerTime", _in_words(booking.former_start)
        yield "rescheduledBy", "" if booking.series else booking.attendee.email


def _in_words(instant: datetime | None) -> str:
    return format_datetime(instant.astimezone(UTC), usegmt=True) if instant else ""


# --- Calendly ------------------------------------------------------------------------------------


def _calendly(done: Done, redirect: Redirect) -> Iterator[Pair]:
    """Give Calendly's parameters; an answer has the number of its place in the allow-list."""
    booking, attendee = done.booking, done.booking.attendee
    yield "assigned_to", _host_names(booking)
    yield "event_type_uuid", done.event_type_uid
    yield "event_type_name", done.event_type_name
    yield "event_start_time", times.local_iso(booking.start, attendee.zone)
    yield "event_end_time", times.local_iso(booking.end, attendee.zone)
    yield "invitee_uuid", booking.uid
    yield "invitee_full_name", attendee.name
    yield "invitee_email", attendee.email
    for number, slug in enumerate(redirect.answers, 1):
        yield from _answer(f"answer_{number}", booking.answers.get(slug))
    came = dict(done.query)
    yield from ((name, came.get(name) or booking.metadata.get(name, "")) for name in _UTM)


# --- what they share -----------------------------------------------------------------------------


def _nothing(done: Done, redirect: Redirect) -> Iterator[Pair]:
    return iter(())


def _host_names(booking: Booking) -> str:
    return ", ".join(host.name for host in booking.hosts)


def _answers(booking: Booking, redirect: Redirect) -> Iterator[Pair]:
    for slug in redirect.answers:
        yield from _answer(slug, booking.answers.get(slug))


def _answer(name: str, answer: Answer | None) -> Iterator[Pair]:
    """Give an answer, several choices as the same parameter several times."""
    if isinstance(answer, tuple):
        yield from ((name, each) for each in answer)
    elif isinstance(answer, bool):
        yield name, "true" if answer else "false"
    elif isinstance(answer, float) and answer.is_integer():
        yield name, str(int(answer))
    elif answer is not None:
        yield name, str(answer)


_FLAVOURS: Mapping[str, Callable[[Done, Redirect], Iterator[Pair]]] = MappingProxyType(
    {"": _nothing, "jicoo": _jicoo, "cal": _cal, "calendly": _calendly}
)
_JICOO_NAMES = "event eventTypeUid eventTypeName eventUid eventStartedAt eventEndedAt eventCreatedAt"
_CAL_NAMES = (
    "isSuccessBookingPage email eventTypeSlug allRemainingBookings seatReferenceUid formerTime rescheduledBy "
    "uid title description startTime endTime location hostName hostStartTime attendeeName attendeeStartTime "
    "guestEmails phone isEmbed"
)
_NAMES: Mapping[str, frozenset[str]] = MappingProxyType(
    {"jicoo": frozenset(_JICOO_NAMES.split()), "cal": frozenset(_CAL_NAMES.split())}
)
_SIGNED = frozenset({"event", "ts", "sig"})
