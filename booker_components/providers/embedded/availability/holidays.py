"""Public holidays, of countries and parts of them; the library for them comes with the extra 'holidays'."""

from __future__ import annotations

from datetime import date
from functools import lru_cache


def is_known(code: str) -> bool:
    """Tell whether the holidays of a country ("DE") or a part of it ("DE-BY") are known, by ISO 3166.

    `ModuleNotFoundError` if the library is not installed.
    """
    # Half a second of imports, for those who need it only.
    from holidays import list_supported_countries

    country, dash, part = code.partition("-")
    parts = list_supported_countries(include_aliases=False).get(country)
    return parts is not None and (part in parts if dash else True)


@lru_cache(maxsize=1024)
def holidays_of(code: str, year: int) -> frozenset[date]:
    """Give the public holidays of a *year* by a code that `is_known`, days in lieu of them included."""
    from holidays import country_holidays

    country, _, part = code.partition("-")
    found = country_holidays(country, subdiv=part or None, years=year)
    return frozenset(day for day in found if day.year == year)
