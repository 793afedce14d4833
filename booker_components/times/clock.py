"""The clock in words: 24 or 12 hours, in the manner of a locale."""

from __future__ import annotations

import re
from datetime import datetime, time
from functools import lru_cache
from unicodedata import bidirectional

from babel import Locale, dates

from .days import local_date
from .words import day_name, plain
from .zones import zone

#: Left-to-right mark: figures after it are not turned round among Arabic or Hebrew (UAX 9).
LRM = "\u200e"
#: Fields of a pattern that count to 24 (UTS 35 part 4).
_TO_24 = frozenset("Hk")

_QUOTED = re.compile("'[^']*'")
_PERIOD = re.compile("'[^']*'|a+")
#: Classes of letters that are written from right to left (UAX 9).
_RIGHT_TO_LEFT = frozenset({"R", "AL"})


@lru_cache(maxsize=512)
def is_right_to_left(locale: Locale) -> bool:
    """Tell whether a language is written from right to left."""
    return locale.text_direction == "rtl"


def _is_24(pattern: str) -> bool:
    return not _TO_24.isdisjoint(_QUOTED.sub("", pattern))


@lru_cache(maxsize=512)
def uses_24_hours(locale: Locale) -> bool:
    """Tell whether people there write 14:00 rather than 2:00 pm."""
    return _is_24(locale.time_formats["short"].pattern)


def _pattern(locale: Locale, hours24: bool) -> str:
    """Give the locale's short pattern where its clock is the wanted one, else that of the other clock."""
    short, other = locale.time_formats["short"], locale.datetime_skeletons["Hm" if hours24 else "hm"]
    pattern = str((short if _is_24(short.pattern) is hours24 else other).pattern)
    if "am" in locale.day_periods["format"]["wide"]:
        # The short words of Korean and Thai are "AM" and "PM". ICU takes the wide ones too.
        pattern = _PERIOD.sub(_widened, pattern)
    # A line must not break before "am"; CLDR has a no-break space there in some languages only.
    return pattern.replace(" ", "\u00a0")


def _widened(field: re.Match[str]) -> str:
    return field[0] if field[0].startswith("'") else "aaaa"


@lru_cache(maxsize=16384)
def _time_in_words(hour: int, minute: int, locale: Locale, hours24: bool) -> str:
    words = plain(dates.format_time(time(hour, minute), _pattern(locale, hours24), locale=locale))
    return _kept(words, locale) if any(map(str.isalpha, words)) else words


def _kept(words: str, locale: Locale) -> str:
    """Keep *words* of figures and Latin letters in their order, whatever stands around them."""
    foreign = is_right_to_left(locale) and _RIGHT_TO_LEFT.isdisjoint(map(bidirectional, words))
    return LRM + words if foreign and not words.startswith(LRM) else words


def clock_time(instant: datetime, zone_name: str, locale: Locale, hours24: bool) -> str:
    """Give the wall time of an aware *instant* in a zone: "09:00", or "9:00 am" with a no-break space."""
    local = instant.astimezone(zone(zone_name))
    return _time_in_words(local.hour, local.minute, locale, hours24)


@lru_cache(maxsize=512)
def _frame(locale: Locale) -> tuple[str, str, str]:
    """Give what joins two times, the same with spaces around the dash, and what joins a day and a time."""
    span = plain(locale.interval_formats[None])
    dash = span.removeprefix("{0}").removesuffix("{1}").strip()
    return span, f"{{0}} {dash} {{1}}", locale.datetime_formats["medium"]


def time_span(start: datetime, end: datetime, zone_name: str, locale: Locale, hours24: bool) -> str:
    """Give "09:00 – 09:30"; with the day of the end where that is another: "23:30 – Thursday 5 March, 00:15".

    Figures read from left to right among Arabic and Hebrew too.
    """
    first, last = (clock_time(each, zone_name, locale, hours24) for each in (start, end))
    span, spaced, dated = _frame(locale)
    day = local_date(end, zone_name)
    if day != local_date(start, zone_name):
        return spaced.format(first, dated.format(last, day_name(day, locale)))
    return _kept((spaced if any(map(str.isspace, first)) else span).format(first, last), locale)
