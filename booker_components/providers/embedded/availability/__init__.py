"""Free slots from working hours, busy times and the rules of an event type: pure, on bit masks.

The slot list and the booking itself share this code. Hours are wall time, read as RFC 5545 section 3.3.5
says: a time that the clocks skip is carried forward by the length of the gap, one that comes twice means the
first. Lengths are absolute time. A day that a zone skipped has no hours.

One bit stands for five minutes, or for one where anything is no multiple of five. What hosts have free is
their hours without their busy times; what they have in common is an AND, and any of a group an OR of ints; a
slot of some length fits where as many bits in a row are set.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from ....values import EventType
from .busy import Busy as Busy
from .busy import Spans as Spans
from .grid import grid_of
from .hosts import Person as Person
from .hosts import crew as crew
from .hosts import enough as enough
from .hosts import takers as takers
from .masks import Frame as Frame
from .reasons import explain as explain
from .slots import free_slots as free_slots
from .slots import reach as reach


def is_on_lattice(event_type: EventType, start: datetime, duration: timedelta, zone: str) -> bool:
    """Tell whether slots of *duration* can start at *start* at all, for a guest in *zone* ("": the host's).

    A slot that a page showed is on the lattice still when now, or another booking, has shifted the list of
    the moment. An optimized event type may start at any minute, as its slots may begin where free time does.
    """
    return grid_of(event_type, duration, zone).on_lattice(start)
