"""Zones in words: their offsets, their names, and the list to choose from."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache

from babel import Locale, dates
from babel.core import get_global

from .zones import canonical_zone, places, zone


def _offset(zone_name: str, at: datetime) -> timedelta:
    """Give how far a zone is ahead of UTC at an instant."""
    return at.astimezone(zone(zone_name)).utcoffset() or timedelta(0)


def _offset_name(offset: timedelta, *, full: bool = False) -> str:
    """Give "GMT+1" or "GMT+5:45"; *full* gives "GMT+01:00" for lists."""
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "-" if offset < timedelta(0) else "+"
    if full:
        return f"GMT{sign}{hours:02}:{minutes:02}"
    return f"GMT{sign}{hours}:{minutes:02}" if minutes else f"GMT{sign}{hours}"


def offset_label(zone_name: str, at: datetime) -> str:
    """Give "GMT+1", "GMT-5" or "GMT+5:45" at an aware instant, to tell a repeated hour's two times apart."""
    return _offset_name(_offset(zone_name, at))


def _city(zone_name: str, locale: Locale) -> str:
    """Give the city of a zone in the words of CLDR."""
    return dates.get_timezone_location(zone(zone_name), locale=locale, return_city=True)


def _is_summer(zone_name: str, local: datetime) -> bool:
    """Tell whether the clocks are ahead of the year's lowest offset.

    `datetime.dst` does not tell: Dublin's zone data counts winter time as a negative saving.
    """
    seasons = (datetime(local.year, month, 1, tzinfo=zone(zone_name)) for month in (1, 7))
    return any(local.utcoffset() > each.utcoffset() for each in seasons)  # type: ignore[operator]  # all are aware


def _zone_name(zone_name: str, summer: bool, locale: Locale) -> str:
    """Give what people call a zone ("Central European Time"), empty where CLDR knows nothing.

    Some zones, such as Kolkata and London, have a name for standard or summer time only. CLDR files zones
    under their oldest names.
    """
    key = get_global("zone_aliases").get(zone_name, zone_name)
    own = locale.time_zones.get(key, {}).get("long", {})
    area = locale.meta_zones.get(get_global("meta_zones").get(key), {}).get("long", {})
    wanted = ("generic", "daylight" if summer else "standard")
    return next((name for each in wanted if (name := own.get(each) or area.get(each))), "")


@lru_cache(maxsize=4096)
def _zone_words(name: str, offset: timedelta, summer: bool, locale: Locale) -> str:
    if name == "UTC":
        return "Coordinated Universal Time (UTC)"
    if name.startswith("Etc/"):
        return _offset_name(offset)
    words = filter(None, (_city(name, locale), _zone_name(name, summer, locale)))
    return f"{', '.join(words)} ({_offset_name(offset)})"


def zone_label(zone_name: str, at: datetime, locale: Locale) -> str:
    """Give "Paris, Central European Time (GMT+1)", with the offset that holds at an aware instant *at*."""
    local = at.astimezone(zone(zone_name))
    summer = _is_summer(zone_name, local)
    return _zone_words(canonical_zone(zone_name), _offset(zone_name, at), summer, locale)


def zone_choices(locale: Locale, at: datetime) -> tuple[tuple[str, str], ...]:
    """Give (IANA name, "(GMT+01:00) Paris") for every zone worth a choice, by offset, then city.

    The offsets are those of noon (UTC) on the day of *at*, so that a day's answers are alike and kept.
    """
    return _zone_choices(locale, at.astimezone(UTC).date())


@lru_cache(maxsize=64)
def _zone_choices(locale: Locale, day: date) -> tuple[tuple[str, str], ...]:
    noon = datetime.combine(day, time(12), UTC)
    rows = sorted((_offset(name, noon), _city(name, locale), name) for name in places())
    return tuple((name, f"({_offset_name(offset, full=True)}) {city}") for offset, city, name in rows)
