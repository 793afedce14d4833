"""Zones, months, grouping by local day and times in words: the only place that leaves UTC.

Zone names are IANA names. A wall time that the clocks skip is carried forward by the length of the gap, and
one that comes twice means the first (RFC 5545 section 3.3.5; `zoneinfo` with `fold=0`).
"""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from importlib.resources import files
from zoneinfo import ZoneInfo, available_timezones

from babel import Locale, dates, localedata
from babel.core import get_global

from .values import Frequency, Slot, TimeWindow

#: The years that this library reads and shows.
YEARS = range(1970, 2201)

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)
_LANGUAGE = re.compile(
    r"\s*([a-zA-Z]{2,3})(?:-([a-zA-Z]{4}))?(?:-([a-zA-Z]{2}))?[^;,]*(?:;\s*q=([01](?:\.\d*)?))?\s*"
)

#: Names in the system's zone data that name no place and no offset.
_NOT_ZONES = {"localtime", "Factory", "posixrules"}


def utc_now() -> datetime:
    """Give the present instant: the default of every `clock` parameter."""
    return datetime.now(UTC)


# --- zones ---------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _zone_names() -> frozenset[str]:
    """Give every name that `zone` knows; scanning the zone data takes some milliseconds."""
    return frozenset(available_timezones() - _NOT_ZONES)


def zone(name: str) -> ZoneInfo:
    """Give the zone of an IANA *name*; `ValueError` for any other text."""
    if name not in _zone_names():
        raise ValueError(f"{name!r} is not an IANA time zone. Use a name such as 'Europe/Paris'.")
    return ZoneInfo(name)


def _lines(name: str) -> list[str]:
    """Give the lines of a table of the `tzdata` package."""
    return files("tzdata").joinpath("zoneinfo", name).read_text("utf-8").splitlines()


@lru_cache(maxsize=1)
def _places() -> frozenset[str]:
    """Give the zones worth a choice: those of zone.tab, at least one for each country, and UTC."""
    rows = (line.split("\t") for line in _lines("zone.tab") if not line.startswith("#"))
    return (frozenset(row[2] for row in rows) & _zone_names()) | {"UTC"}


@lru_cache(maxsize=1)
def _links() -> dict[str, str]:
    """Give the former and other names of zones with what they now stand for (`L` lines of tzdata.zi)."""
    rows = (line.split() for line in _lines("tzdata.zi") if line.startswith("L "))
    return {alias: target for _, target, alias in rows}


def canonical_zone(name: str) -> str:
    """Give the name under which `zone_choices` offers a zone; browsers still say 'Asia/Calcutta'.

    A zone that is not on offer, such as 'Etc/GMT+5', keeps its name. `ValueError` for unknown zones.
    """
    zone(name)
    if name in _places():
        return name
    others = (get_global("zone_aliases").get(name, name), _links().get(name, name))
    if set(others) & {"Etc/UTC", "Etc/GMT"}:
        return "UTC"
    return next((other for other in others if other in _places()), name)


# --- days and months -----------------------------------------------------------------------------


def _midnight(day: date, zone_name: str) -> datetime:
    """Give the instant at which *day* begins in a zone."""
    return datetime.combine(day, time(), zone(zone_name)).astimezone(UTC)


def day_window(day: date, zone_name: str) -> TimeWindow:
    """Give the instants of a local *day*; empty for a day that the zone skipped."""
    return TimeWindow(start=_midnight(day, zone_name), end=_midnight(day + timedelta(days=1), zone_name))


def local_date(instant: datetime, zone_name: str) -> date:
    """Give the date in a zone at an aware *instant*."""
    return instant.astimezone(zone(zone_name)).date()


def by_day(slots: Iterable[Slot], zone_name: str) -> dict[date, list[Slot]]:
    """Group *slots* by the local date of their start; days come in the order of the slots."""
    days: dict[date, list[Slot]] = {}
    for slot in slots:
        days.setdefault(local_date(slot.start, zone_name), []).append(slot)
    return days


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A month of the calendar, without a zone."""

    year: int
    #: 1 to 12.
    month: int

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read "2026-03"; `ValueError` for anything else and for years outside `YEARS`."""
        match = _MONTH.fullmatch(text)
        if match is None or int(match[1]) not in YEARS or not 1 <= int(match[2]) <= 12:
            raise ValueError(f"{text!r} is not a month. Write it like '2026-03'.")
        return cls(int(match[1]), int(match[2]))

    @classmethod
    def of(cls, instant: datetime, zone_name: str) -> Month:
        """Give the month in a zone at an aware *instant*."""
        day = local_date(instant, zone_name)
        return cls(day.year, day.month)

    def next(self) -> Month:
        """Give the month after."""
        return Month(self.year + self.month // 12, self.month % 12 + 1)

    def previous(self) -> Month:
        """Give the month before."""
        return Month(self.year - (self.month == 1), (self.month - 2) % 12 + 1)

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self.next().first - timedelta(days=1)

    def window(self, zone_name: str) -> TimeWindow:
        """Give the instants of the month in a zone."""
        return TimeWindow(start=_midnight(self.first, zone_name), end=_midnight(self.next().first, zone_name))

    def weeks(self, first_weekday: int) -> tuple[tuple[date, ...], ...]:
        """Give whole weeks from *first_weekday* (0 = Monday), with the days around the month."""
        calendar = Calendar(first_weekday)
        return tuple(tuple(week) for week in calendar.monthdatescalendar(self.year, self.month))

    def __str__(self) -> str:
        """Give "2026-03"."""
        return f"{self.year:04}-{self.month:02}"


# --- series ---------------------------------------------------------------------------------------


def occurrences(
    start: datetime, zone_name: str, frequency: Frequency, interval: int, count: int
) -> tuple[datetime, ...]:
    """Give the *count* starts (UTC) of a series from an aware *start* on, at the same wall time in a zone.

    Each lies *interval* weeks, months or years after the one before, and is counted from that one. A day that
    a month lacks is its last one instead: 31 January, 28 February, 28 March. Cal.com counts in the same way
    (contracts/calcom.md 4.8).
    """
    local, found = start.astimezone(zone(zone_name)), [start.astimezone(UTC)]
    while len(found) < count:
        wall = datetime.combine(_step(local.date(), frequency, interval), local.time(), local.tzinfo)
        found.append(wall.replace(fold=0).astimezone(UTC))
        local = found[-1].astimezone(local.tzinfo)
    return tuple(found)


def _step(day: date, frequency: Frequency, interval: int) -> date:
    if frequency is Frequency.WEEKLY:
        return day + timedelta(weeks=interval)
    months = interval * (12 if frequency is Frequency.YEARLY else 1)
    years, month = divmod(day.month - 1 + months, 12)
    goal = Month(day.year + years, month + 1)
    return goal.first.replace(day=min(day.day, goal.last.day))


# --- reading and writing machine text ------------------------------------------------------------


def parse_instant(text: str) -> datetime:
    """Read an instant of ISO 8601 with "Z" or an offset, in UTC.

    `ValueError` for anything else: no offset, no such time, a year outside `YEARS`.
    """
    try:
        if (
            _INSTANT.fullmatch(text)
            and (instant := datetime.fromisoformat(text).astimezone(UTC)).year in YEARS
        ):
            return instant
    except (ValueError, OverflowError):
        pass
    raise ValueError(
        f"{text!r} is not an instant. Write it like '2026-03-12T09:00:00Z', with 'Z' or an offset."
    )


def format_instant(instant: datetime) -> str:
    """Write an aware *instant* like "2026-03-12T09:00:00Z", to the second."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def local_iso(instant: datetime, zone_name: str) -> str:
    """Give *instant* as ISO 8601 in wall time of a zone with its offset: "2026-03-12T09:00:00+01:00"."""
    return instant.astimezone(zone(zone_name)).isoformat(timespec="seconds")


def parse_date(text: str) -> date:
    """Read "2026-03-12"; `ValueError` for anything else and for years outside `YEARS`."""
    match = _DATE.fullmatch(text)
    try:
        if match is not None and int(match[1]) in YEARS:
            return date(int(match[1]), int(match[2]), int(match[3]))
    except ValueError:
        pass
    raise ValueError(f"{text!r} is not a date. Write it like '2026-03-12'.")


# --- words ---------------------------------------------------------------------------------------


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


# --- zones in words ------------------------------------------------------------------------------


def _offset(zone_name: str, at: datetime) -> timedelta:
    """Give how far a zone is ahead of UTC at an instant."""
    return at.astimezone(zone(zone_name)).utcoffset() or timedelta(0)


def _offset_name(offset: timedelta, *, full: bool = False) -> str:
    """Give "UTC+1" or "UTC+5:45"; *full* gives "UTC+01:00" for lists."""
    hours, minutes = divmod(abs(int(offset.total_seconds())) // 60, 60)
    sign = "-" if offset < timedelta(0) else "+"
    if full:
        return f"UTC{sign}{hours:02}:{minutes:02}"
    return f"UTC{sign}{hours}:{minutes:02}" if minutes else f"UTC{sign}{hours}"


def offset_label(zone_name: str, at: datetime) -> str:
    """Give "UTC+1", "UTC-5" or "UTC+5:45" at an aware instant, to tell a repeated hour's two times apart."""
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
    """Give "Paris, Central European Time (UTC+1)", with the offset that holds at an aware instant *at*."""
    local = at.astimezone(zone(zone_name))
    summer = _is_summer(zone_name, local)
    return _zone_words(canonical_zone(zone_name), _offset(zone_name, at), summer, locale)


def zone_choices(locale: Locale, at: datetime) -> tuple[tuple[str, str], ...]:
    """Give (IANA name, "(UTC+01:00) Paris") for every zone worth a choice, by offset, then city.

    The offsets are those of noon (UTC) on the day of *at*, so that a day's answers are alike and kept.
    """
    return _zone_choices(locale, at.astimezone(UTC).date())


@lru_cache(maxsize=64)
def _zone_choices(locale: Locale, day: date) -> tuple[tuple[str, str], ...]:
    noon = datetime.combine(day, time(12), UTC)
    rows = sorted((_offset(name, noon), _city(name, locale), name) for name in _places())
    return tuple((name, f"({_offset_name(offset, full=True)}) {city}") for offset, city, name in rows)
