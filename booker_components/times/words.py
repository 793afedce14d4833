"""Dates and weeks in words, in the language and the manner of a locale."""

from __future__ import annotations

import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from functools import lru_cache
from unicodedata import category

from babel import Locale, dates
from babel.core import UnknownLocaleError, get_global

from .days import Month

# Languages that set a capital where months or days stand alone (`contextTransforms` of CLDR, which Babel
# leaves out).
_MONTHS_ALONE = frozenset({"es", "fr", "it", "nl", "pl", "ru", "uk"})
_DAYS_ALONE = _MONTHS_ALONE | {"pt"}

#: Classes of what takes no width of its own, or next to none: vowel signs and full stops.
_MARKS = frozenset({"Mn", "Mc", "Po"})
#: Ways to write a day without its year, the fullest first (UTS 35 part 4).
_DAY_SKELETONS = ("MMMMEEEEd", "MMMEEEEd", "MMMMEd", "MMMEd")
_FIELD = re.compile("'[^']*'|E+|c+|M{3,}|L{3,}")


def plain(text: str) -> str:
    """Give a *text* of CLDR without its thin spaces, which some fonts and the plain text of mails lack."""
    return text.replace("\u202f", "\u00a0").replace("\u2009", " ")


# --- weeks ----------------------------------------------------------------------------------------


def first_weekday(locale: Locale) -> int:
    """Give the day with which a week begins there; 0 is Monday.

    A language without a territory has the week of its likeliest one.
    """
    if not locale.territory and (likely := get_global("likely_subtags").get(str(locale))):
        with suppress(UnknownLocaleError):
            return Locale.parse(likely).first_week_day
    return locale.first_week_day


@lru_cache(maxsize=512)
def weekday_names(locale: Locale) -> tuple[tuple[str, str], ...]:
    """Give (short, full) names of the seven days, from the first of the week."""
    names = locale.days["stand-alone"]
    short, full = _short(names["abbreviated"], names["short"]), names["wide"]
    order = [(first_weekday(locale) + each) % 7 for each in range(7)]
    return tuple(
        (_alone(short[day], locale, _DAYS_ALONE), _alone(full[day], locale, _DAYS_ALONE)) for day in order
    )


def _short(abbreviated: Mapping[int, str], shorter: Mapping[int, str]) -> Mapping[int, str]:
    """Give the names for narrow columns: of three letters, else the *shorter* if they tell days apart."""
    long = any(sum(category(each) not in _MARKS for each in name) > 3 for name in abbreviated.values())
    return shorter if long and len(set(shorter.values())) == 7 else abbreviated


# --- dates ----------------------------------------------------------------------------------------


def month_name(month: Month, locale: Locale, *, alone: bool = False) -> str:
    """Give "March 2026"; *alone*: as a heading has it, "Mars 2026" rather than "mars 2026" in French."""
    words = _date_in_words(month.first, "month", locale)
    return _alone(words, locale, _MONTHS_ALONE) if alone else words


def full_date(day: date, locale: Locale) -> str:
    """Give "Tuesday 4 March 2026"."""
    return _date_in_words(day, "full", locale)


def day_name(day: date, locale: Locale, *, alone: bool = False) -> str:
    """Give "Tuesday 4 March"; *alone*: as a heading has it, "Mardi 4 mars" rather than "mardi 4 mars"."""
    words = _date_in_words(day, "day", locale)
    return _alone(words, locale, _DAYS_ALONE) if alone else words


def _alone(words: str, locale: Locale, languages: frozenset[str]) -> str:
    return words[0].upper() + words[1:] if locale.language in languages else words


@lru_cache(maxsize=16384)
def _date_in_words(day: date, kind: str, locale: Locale) -> str:
    return plain(dates.format_date(day, _patterns(locale)[kind], locale=locale))


@lru_cache(maxsize=512)
def _patterns(locale: Locale) -> Mapping[str, str]:
    """Give how a locale writes a "full" date, a "day" without its year, and a "month" with it."""
    full, skeletons = str(locale.date_formats["full"].pattern), locale.datetime_skeletons
    key = next(key for key in _DAY_SKELETONS if key in skeletons)
    day = _FIELD.sub(_widened, skeletons[key].pattern)
    if locale.language == "en" and full.index("d") < full.index("M"):
        # Without a comma, as most British papers write it; CLDR's English differs by territory.
        full, day = "EEEE d MMMM y", "EEEE d MMMM"
    return {"full": full, "day": day, "month": skeletons["yMMMM"].pattern}


def _widened(field: re.Match[str]) -> str:
    """Give a field of a pattern in full, where no skeleton has it so (UTS 35 part 4, 2.6.2)."""
    return field[0] if field[0].startswith("'") else field[0][0] * 4
