"""Dates, times and durations in words, in the manner of a guest's territory."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from functools import lru_cache

from babel import Locale, dates, localedata
from babel.core import get_global

from .days import Month, local_date
from .zones import zone

_LANGUAGE = re.compile(
    r"\s*([a-zA-Z]{2,3})(?:-([a-zA-Z]{4}))?(?:-([a-zA-Z]{2}))?[^;,]*(?:;\s*q=([01](?:\.\d*)?))?\s*"
)


def _territory(language: re.Match[str]) -> str:
    """Give the territory that a language tag names, or the likeliest for its language (CLDR)."""
    if language[3]:
        return language[3].upper()
    code = language[1].lower()
    likely = get_global("likely_subtags")
    full = likely.get(f"{code}_{(language[2] or '').title()}") or likely.get(code) or ""
    return full.rpartition("_")[2]


def _quality(language: re.Match[str]) -> float:
    """Give the weight of a language in the header (RFC 9110 section 12.4.2)."""
    return float(language[4] or 1)


@lru_cache(maxsize=512)
def best_locale(accept_language: str) -> Locale:
    """Give the locale for a guest, from the header `Accept-Language`.

    The texts are English. Order of days and 12 or 24 hours follow the territory of the language that the
    guest likes best, where CLDR has English for it ("de" gives en_DE); else they are those of en_GB.
    """
    found = [match for part in accept_language[:200].split(",") if (match := _LANGUAGE.fullmatch(part))]
    best = max(found, key=_quality, default=None)
    territory = _territory(best) if best and _quality(best) else ""
    name = f"en_{territory}"
    return Locale.parse(name if territory and localedata.exists(name) else "en_GB")


def uses_24_hours(locale: Locale) -> bool:
    """Tell whether people there write 14:00 rather than 2:00 pm."""
    return "H" in locale.time_formats["short"].pattern


def first_weekday(locale: Locale) -> int:
    """Give the day with which a week begins there; 0 is Monday."""
    return locale.first_week_day


def weekday_names(locale: Locale) -> tuple[tuple[str, str], ...]:
    """Give (short, full) names of the seven days, from the first of the week."""
    short, full = (locale.days["stand-alone"][width] for width in ("abbreviated", "wide"))
    order = ((first_weekday(locale) + each) % 7 for each in range(7))
    return tuple((short[day], full[day]) for day in order)


def month_name(month: Month, locale: Locale) -> str:
    """Give "March 2026"."""
    return _date_in_words(month.first, "LLLL y", locale)


def full_date(day: date, locale: Locale) -> str:
    """Give "Tuesday 4 March 2026"."""
    return _date_in_words(day, "EEEE d MMMM y", locale)


def day_name(day: date, locale: Locale) -> str:
    """Give "Tuesday 4 March"."""
    return _date_in_words(day, "EEEE d MMMM", locale)


@lru_cache(maxsize=4096)
def _date_in_words(day: date, pattern: str, locale: Locale) -> str:
    return dates.format_date(day, pattern, locale=locale)


@lru_cache(maxsize=4096)
def _time_in_words(wall: time, locale: Locale, hours24: bool) -> str:
    # A line must not break before "am": CLDR has a no-break space there too.
    return dates.format_time(wall, "HH:mm" if hours24 else "h:mm\u00a0a", locale=locale)


def clock_time(instant: datetime, zone_name: str, locale: Locale, hours24: bool) -> str:
    """Give the wall time of an aware *instant* in a zone: "09:00", or "9:00 am" with a no-break space."""
    local = instant.astimezone(zone(zone_name))
    return _time_in_words(time(local.hour, local.minute), locale, hours24)


def time_span(start: datetime, end: datetime, zone_name: str, locale: Locale, hours24: bool) -> str:
    """Give "09:00 – 09:30"; with the date of the end where that is another local day."""
    words = [clock_time(each, zone_name, locale, hours24) for each in (start, end)]
    last = local_date(end, zone_name)
    suffix = "" if last == local_date(start, zone_name) else f", {day_name(last, locale)}"
    return f"{words[0]} – {words[1]}{suffix}"


def duration_name(duration: timedelta) -> str:
    """Give "30 min", "1 h" or "1 h 30 min"."""
    hours, minutes = divmod(int(duration.total_seconds()) // 60, 60)
    parts = [f"{hours} h" if hours else "", f"{minutes} min" if minutes or not hours else ""]
    return " ".join(filter(None, parts))
