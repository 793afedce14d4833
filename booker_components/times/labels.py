"""Zones in words: their offsets, their names, and the list to choose from, in the language of a locale."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from unicodedata import combining, normalize

from babel import Locale
from babel.core import get_global

from .clock import LRM, is_right_to_left
from .zones import canonical_zone, places, zone

# --- offsets --------------------------------------------------------------------------------------


def _offset(zone_name: str, at: datetime) -> timedelta:
    """Give how far a zone is ahead of UTC at an instant."""
    return at.astimezone(zone(zone_name)).utcoffset() or timedelta(0)


@lru_cache(maxsize=4096)
def _offset_name(offset: timedelta, locale: Locale, *, full: bool = False) -> str:
    """Give "GMT+1" or "GMT+5:45", in French "UTC+1"; *full* gives "GMT+01:00" for lists.

    Babel leaves CLDR's pattern of hours out, so sign and colon are those of the locale's numbers.
    """
    symbols = locale.number_symbols["latn"]
    sign = symbols["minusSign" if offset < timedelta(0) else "plusSign"].strip(LRM)
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    figures = f"{hours:02}" if full else str(hours)
    if full or minutes:
        figures += f"{symbols.get('timeSeparator', ':')}{minutes:02}"
    mark = LRM if is_right_to_left(locale) else ""
    return str(locale.zone_formats["gmt"] % f"{mark}{sign}{figures}")


def offset_label(zone_name: str, at: datetime, locale: Locale) -> str:
    """Give "GMT+1", "GMT-5" or "GMT+5:45" at an aware instant, to tell a repeated hour's two times apart."""
    return _offset_name(_offset(zone_name, at), locale)


# --- names ----------------------------------------------------------------------------------------


def _utc_name(locale: Locale) -> str:
    """Give "Coordinated Universal Time"."""
    return str(locale.time_zones.get("Etc/UTC", {}).get("long", {}).get("standard", "UTC"))


def _key(zone_name: str) -> str:
    """Give the name under which CLDR files a zone, which is the oldest."""
    return str(get_global("zone_aliases").get(zone_name, zone_name))


def _city(zone_name: str, locale: Locale) -> str:
    """Give the city of a zone in the words of CLDR, which leaves out what the zone's name says already."""
    if zone_name == "UTC":
        return _utc_name(locale)
    key = _key(zone_name)
    return str(locale.time_zones.get(key, {}).get("city") or key.rpartition("/")[2].replace("_", " "))


def _is_summer(zone_name: str, local: datetime) -> bool:
    """Tell whether the clocks are ahead of the year's lowest offset.

    `datetime.dst` does not tell: Dublin's zone data counts winter time as a negative saving.
    """
    seasons = (datetime(local.year, month, 1, tzinfo=zone(zone_name)) for month in (1, 7))
    return any(local.utcoffset() > each.utcoffset() for each in seasons)  # type: ignore[operator]  # all are aware


def _zone_name(zone_name: str, summer: bool, locale: Locale) -> str:
    """Give what people call a zone ("Central European Time"), empty where CLDR knows nothing.

    Some zones, such as Kolkata and London, have a name for standard or summer time only.
    """
    key = _key(zone_name)
    own = locale.time_zones.get(key, {}).get("long", {})
    area = locale.meta_zones.get(get_global("meta_zones").get(key), {}).get("long", {})
    wanted = ("generic", "daylight" if summer else "standard")
    name = next((name for each in wanted if (name := own.get(each) or area.get(each))), "")
    # "India Standard Time" is so called by CLDR's English alone: where no other time is kept, it is India's.
    return name if own or "daylight" in area else name.replace(" Standard Time", " Time")


def _comma(locale: Locale) -> str:
    return "،" if "،" in locale.datetime_formats["medium"] else ","


@lru_cache(maxsize=4096)
def _zone_words(name: str, offset: timedelta, summer: bool, locale: Locale) -> str:
    if name == "UTC":
        said = _utc_name(locale)
        return said if "UTC" in said else f"{said} (UTC)"
    if name.startswith("Etc/"):
        return _offset_name(offset, locale)
    words = filter(None, (_zone_name(name, summer, locale), _city(name, locale)))
    return f"{' - '.join(words)}{_comma(locale)} {_offset_name(offset, locale)}"


def zone_label(zone_name: str, at: datetime, locale: Locale) -> str:
    """Give "Central European Time - Paris, GMT+1", with the offset that holds at an aware instant *at*."""
    local = at.astimezone(zone(zone_name))
    summer = _is_summer(zone_name, local)
    return _zone_words(canonical_zone(zone_name), _offset(zone_name, at), summer, locale)


# --- the list -------------------------------------------------------------------------------------


def zone_choices(locale: Locale, at: datetime) -> tuple[tuple[str, str], ...]:
    """Give (IANA name, "(GMT+01:00) Paris") for every zone worth a choice, by offset, then city.

    The offsets are those of noon (UTC) on the day of *at*, so that a day's answers are alike and kept.
    """
    return _zone_choices(locale, _offsets(at.astimezone(UTC).date()))


@lru_cache(maxsize=256)
def _zone_choices(locale: Locale, offsets: tuple[timedelta, ...]) -> tuple[tuple[str, str], ...]:
    # Most days of a year have the offsets of others, so that few lists are made for a language.
    rows = sorted((offset, *city) for offset, city in zip(offsets, _cities(locale), strict=True))
    return tuple((name, f"({_offset_name(each, locale, full=True)}) {city}") for each, _, city, name in rows)


@lru_cache(maxsize=1024)
def _offsets(day: date) -> tuple[timedelta, ...]:
    noon = datetime.combine(day, time(12), UTC)
    return tuple(_offset(name, noon) for name in sorted(places()))


@lru_cache(maxsize=64)
def _cities(locale: Locale) -> tuple[tuple[str, str, str], ...]:
    """Give (key to sort by, city, IANA name) for every zone worth a choice, by its name."""
    named = ((_city(name, locale), name) for name in sorted(places()))
    return tuple((_bare(city), city, name) for city, name in named)


def _bare(word: str) -> str:
    """Give *word* in small letters without accents, to sort it as an index would."""
    return "".join(each for each in normalize("NFKD", word.casefold()) if not combining(each))
