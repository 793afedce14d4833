"""Who is booked: hosts, when they work and when they do not, and groups of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from .limits import Limit


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """Working hours, in wall time of the schedule's zone.

    An interval is `(start, end)` in minutes after midnight, 0 to 1440. One whose end is not after its
    start runs past midnight into the next day.
    """

    #: Intervals for each weekday, Monday first; always seven.
    weekly: tuple[tuple[tuple[int, int], ...], ...]
    #: Other hours for single dates; an empty tuple closes the date.
    overrides: Mapping[date, tuple[tuple[int, int], ...]] = field(
        default_factory=lambda: MappingProxyType({})
    )
    #: IANA name; "" for the zone in which the host is on that date.
    zone: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Absence:
    """Dates on which a host does not work, in the host's zone."""

    first: date
    #: The last date, this one included.
    last: date
    #: The slug of the colleague who takes the host's bookings then, in the colleague's own hours.
    stand_in: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Travel:
    """Dates on which a host works the usual hours in another zone."""

    first: date
    #: The last date, this one included.
    last: date
    #: IANA name.
    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Host:
    """A person whose time is booked."""

    slug: str
    name: str
    #: IANA name of the zone in which the host works.
    zone: str
    email: str = ""
    schedule: Schedule | None = None
    #: How much is booked of the host's time at most, whatever it is.
    limits: tuple[Limit, ...] = ()
    away: tuple[Absence, ...] = ()
    travels: tuple[Travel, ...] = ()
    #: The country whose public holidays are free, as ISO 3166-1 ("DE") or with a part of it ("DE-BY"). A date
    #: with hours of its own in the schedule is worked all the same.
    holidays: str = ""
    #: Addresses of iCalendar feeds that tell when the host is busy; whoever has one can read it.
    calendars: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class Member:
    """A host in a group."""

    #: The host's slug.
    host: str
    #: Whoever is free and has the highest is taken, 0 to 3 (contracts/jicoo.md 7).
    priority: int = 2
    #: Of those with the same priority, each gets a share of bookings in proportion to this; where all are
    #: equal, whoever was not booked for the longest time is taken.
    weight: int = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class HostGroup:
    """Hosts of whom a booking takes some: round robin, or k of n."""

    members: tuple[Member, ...]
    #: How many of them a booking takes.
    need: int = 1
