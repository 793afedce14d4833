"""How a visitor reads times: in which zone, by which clock, in which words."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale

from .. import times
from ..languages import speech


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How a visitor reads times."""

    #: IANA name of the guest's zone.
    zone: str
    hours24: bool
    locale: Locale


def visitors(zone: str) -> Reading:
    """Give how the visitor of this request reads times of *zone*, an IANA name."""
    locale = speech().locale
    return Reading(zone=zone, hours24=times.uses_24_hours(locale), locale=locale)
