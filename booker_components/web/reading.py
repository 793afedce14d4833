"""How a visitor reads times: in which zone, by which clock, in which words."""

from __future__ import annotations

from dataclasses import dataclass

from babel import Locale
from flask import has_request_context, request

from .. import times


@dataclass(frozen=True, kw_only=True, slots=True)
class Reading:
    """How a visitor reads times."""

    #: IANA name of the guest's zone.
    zone: str
    hours24: bool
    locale: Locale


def visitors(zone: str) -> Reading:
    """Give how the visitor of this request reads times of *zone*, an IANA name (RFC 9110, 12.5.4)."""
    said = request.headers.get("Accept-Language", "") if has_request_context() else ""
    locale = times.best_locale(said)
    return Reading(zone=zone, hours24=times.uses_24_hours(locale), locale=locale)
