"""Lengths of time in words, by the units of CLDR."""

from __future__ import annotations

from datetime import timedelta
from functools import lru_cache
from typing import Any

from babel import Locale
from babel.localedata import LocaleDataDict, load

from .words import plain


@lru_cache(maxsize=4096)
def _counted(count: int, unit: str, locale: Locale) -> str:
    """Give "30 min": *unit* is "minute" or "hour".

    The short words of a language should be the same in all its territories: CLDR's British "30 mins" are no
    symbol. A plural form that is missing is "other" (UTS 35 part 1, section 4.2), which `babel.units` does
    not know.
    """
    data: dict[Any, Any] = load(str(Locale(locale.language, script=locale.script)))
    words = LocaleDataDict(data)["unit_patterns"][f"duration-{unit}"]["short"]
    return plain(words.get(locale.plural_form(count), words["other"]).format(count))


@lru_cache(maxsize=512)
def _joint(locale: Locale) -> str:
    """Give what stands between hours and minutes: a space, or nothing in the Chinese of the mainland."""
    pair = locale.list_patterns.get("unit-short", {}).get("2", "")
    return "" if pair == "{0}{1}" else " "


def duration_name(duration: timedelta, locale: Locale) -> str:
    """Give "30 min", "1 hr" or "1 hr 30 min"; in French "1 h 30 min"."""
    hours, minutes = divmod(int(duration.total_seconds()) // 60, 60)
    parts = [_counted(hours, "hour", locale)] if hours else []
    if minutes or not hours:
        parts.append(_counted(minutes, "minute", locale))
    return _joint(locale).join(parts)
