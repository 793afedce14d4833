"""Event types: Jicoo's JSON, and what is declared, as our values (contracts/jicoo.md 2.8)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from urllib.parse import quote

from ...errors import ProviderError
from ...languages import N_
from ...values import BookingWindow, EventType, Host
from .objects import Object

# In minutes: longer than any event type of Jicoo.
_LONGEST = 100_000
# Looking for the next free time asks for a week at a time, each a call.
_AHEAD = 180
_ENABLED = "enable"
_PAID = N_("This has a price, and is booked and paid for at Jicoo.")
# The pages that guests see (contracts/jicoo.md 6).
_SITE = "https://www.jicoo.com"


@dataclass(frozen=True, kw_only=True, slots=True)
class Told:
    """What Jicoo tells of an event type, which is little."""

    id: str
    title: str
    #: None where it is not told.
    duration: timedelta | None
    #: Whether guests may book it.
    enabled: bool


def read_event_type(found: Object) -> Told:
    """Read an event type; whatever else Jicoo may tell of it is not documented, and not used."""
    id = found.word("uid")
    minutes = found.count("duration", 0, most=_LONGEST)
    return Told(
        id=id,
        title=found.text("name") or id,
        duration=timedelta(minutes=minutes) if minutes else None,
        enabled=found.text("status", _ENABLED) == _ENABLED,
    )


def plain(told: Told, hosts: tuple[Host, ...], *, team: str) -> EventType:
    """Make an event type that is not declared: its slug is Jicoo's id.

    When it can be booked is for the slots to tell, half a year ahead at most: how far Jicoo takes bookings is
    not told, and a declared event type says so itself. `ProviderError` where Jicoo tells no length.
    """
    if told.duration is None:
        raise ProviderError(
            "Jicoo tells no 'duration' of an event type; declare it in 'BOOKER_EVENT_TYPES', with its 'id'."
        )
    return EventType(
        slug=told.id,
        id=told.id,
        title=told.title,
        hosts=hosts,
        durations=(told.duration,),
        window=BookingWindow(days=_AHEAD),
        # Whether guests may read the hosts' addresses is not told.
        host_email_hidden=True,
        booking_url=page(told.id, team),
    )


def completed(declared: EventType, told: Told | None, hosts: tuple[Host, ...], *, team: str) -> EventType:
    """Give a *declared* event type with what it leaves open; *hosts* are for one without any.

    Its length alone is Jicoo's, where that is known: Jicoo is not told how long a booking is to be. What has
    a price is paid for on Jicoo's own page: how a payment is asked for is not known (contracts/jicoo.md 2.3).
    """
    durations = (told.duration,) if told and told.duration else declared.durations[:1]
    return replace(
        declared,
        hosts=declared.hosts or hosts,
        durations=durations,
        host_email_hidden=declared.host_email_hidden or not declared.hosts,
        booking_url=declared.booking_url or page(declared.id, team),
        elsewhere=declared.elsewhere or (_PAID if declared.price else ""),
    )


def page(id: str, team: str) -> str:
    """Give the address of Jicoo's own page for booking (contracts/jicoo.md 6); "" without a *team*."""
    return f"{_SITE}/t/{quote(team, safe='')}/e/{quote(id, safe='')}" if team else ""
