"""The state of a booker as its address says it: read strictly, written back as links."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import quote, urlencode

from werkzeug.datastructures import MultiDict

from .. import times
from ..languages import N_
from ..languages import gettext as _
from ..times import Month
from ..values import EventType
from .components import Choice, Hidden
from .language import PARAMETER, named
from .reading import Reading, visitors

_T = TypeVar("_T")

Pairs = tuple[tuple[str, str], ...]

#: The parameter whose token stands for what a host knows of its user.
PREFILL = "prefill"


@dataclass(frozen=True, kw_only=True, slots=True)
class State:
    """Where a visitor stands in a booker, and how to get to the next step from there."""

    #: The path of the widget, without a query.
    path: str
    #: Parameters that every step keeps: prefilled answers or their token, or the link that lets a guest in.
    kept: Pairs
    reading: Reading
    month: Month | None = None
    day: date | None = None
    slot: datetime | None = None
    #: None: the default length.
    duration: timedelta | None = None
    #: Whether the address names the zone, the clock.
    zone_chosen: bool = False
    clock_chosen: bool = False
    #: The BCP 47 tag of the language that links have to name, to be spoken again; "" where none has to.
    language: str = ""
    #: Whether the list of zones is on view; no other step keeps it so.
    zones: bool = False
    #: A sentence for each value in the address that could not be used.
    complaints: tuple[str, ...] = ()

    def pairs(self) -> Pairs:
        """Give the state as parameters, those that a visitor never chose left out."""
        minutes = self.duration and str(self.duration // timedelta(minutes=1))
        clock = ("24" if self.reading.hours24 else "12") if self.clock_chosen else None
        own = {
            "month": self.month and str(self.month),
            "date": self.day and self.day.isoformat(),
            "duration": minutes,
            "tz": self.reading.zone if self.zone_chosen else None,
            "clock": clock,
            PARAMETER: self.language,
            "zones": "1" if self.zones else None,
            "slot": self.slot and times.format_instant(self.slot),
        }
        return (*self.kept, *((name, value) for name, value in own.items() if value))

    def query(self) -> str:
        """Give the state as a query, without its question mark."""
        return _written(self.pairs())

    def beginning(self) -> str:
        """Give what the query of every step begins with: the parameters that all of them keep."""
        return _written(self.kept)

    def choice(self, label: str, *, name: str = "", current: bool = False) -> Choice:
        """Give the step that leads to this state."""
        return step(self.path, self.query(), label, name=name, current=current)

    def hidden(self, *but: str) -> tuple[Hidden, ...]:
        """Give the state as hidden fields of a GET form, without the parameters named."""
        return tuple(Hidden(name=name, value=value) for name, value in self.pairs() if name not in but)

    def spoken(self) -> tuple[Hidden, ...]:
        """Give the language alone as a hidden field; none where it need not be named."""
        return (Hidden(name=PARAMETER, value=self.language),) if self.language else ()

    def saying(self, complaint: str) -> State:
        """Give the state with a further sentence about its address; the same where there is none."""
        return replace(self, complaints=(*self.complaints, complaint)) if complaint else self

    def at(self, *, month: Month | None = None, day: date | None = None) -> State:
        """Give the state with another month or day on view, no time chosen and no list open."""
        return replace(self, month=month, day=day, slot=None, zones=False)

    def to_days(self) -> Callable[[date], str]:
        """Give what gives the query of `at` a day: what those of many days share is written once."""
        rest = self.at().pairs()[len(self.kept) :]
        before, after = _written((*self.kept, ("date", ""))), _written(rest)
        end = f"&{after}" if after else ""
        return lambda day: f"{before}{day.isoformat()}{end}"


def step(
    path: str, query: str, label: str, *, name: str = "", note: str = "", current: bool = False
) -> Choice:
    """Give the step that leads to what *query* says."""
    return Choice(label=label, href=f"{path}?{query}", query=query, name=name, note=note, current=current)


def _written(pairs: Pairs) -> str:
    return urlencode(pairs, safe=":/", quote_via=quote)


def booker_path(event_type: EventType, owner: str) -> str:
    """Give the path of the booker of *event_type*, below the blueprint's own prefix; *owner* may be empty."""
    return f"/book/{owner}/{event_type.slug}" if owner else f"/book/{event_type.slug}"


def read(
    query: MultiDict[str, str], event_type: EventType, *, path: str, kept: Pairs = (), zone: str = ""
) -> State:
    """Read a *query* of the widget at *path* for *event_type*; *kept* goes into every link.

    *zone* is read when the query names none; it defaults to the event type's, which alone counts where the
    event type is locked to it. A value that cannot be used falls back, with a sentence in `complaints`.
    """
    values = _Values(query)
    locked = event_type.zone if event_type.zone_locked else ""
    chosen_zone = None if locked else values.one(_zone, _UNKNOWN_ZONE, "tz", "cal.tz")
    hours24 = _CLOCKS.get(query.get("clock", ""))
    reading = visitors(locked or chosen_zone or zone or event_type.zone)
    return State(
        path=path,
        kept=kept,
        month=values.one(Month.parse, _NO_MONTH, "month"),
        day=values.one(times.parse_date, _NO_DATE, "date"),
        slot=values.one(times.parse_instant, _NO_TIME, "slot"),
        duration=values.one(partial(_duration, event_type), _UNKNOWN_LENGTH, "duration"),
        reading=reading if hours24 is None else replace(reading, hours24=hours24),
        zone_chosen=chosen_zone is not None,
        clock_chosen=hours24 is not None,
        language=named(),
        zones=query.get("zones") == "1",
        complaints=tuple(values.complaints),
    )


_CLOCKS = {"12": False, "24": True}
_NO_MONTH = N_("The month in the address was not readable.")
_NO_DATE = N_("The date in the address was not readable.")
_NO_TIME = N_("The time in the address was not readable.")
_UNKNOWN_ZONE = N_("The time zone in the address is not known, so times are shown in another one.")
_UNKNOWN_LENGTH = N_("The length in the address is not on offer.")


class _Values:
    """The values of a query, and a sentence for each that cannot be used."""

    def __init__(self, query: MultiDict[str, str]) -> None:
        self._query = query
        self.complaints: list[str] = []

    def one(self, parse: Callable[[str], _T], sentence: str, *names: str) -> _T | None:
        """Give what *parse* makes of the first of *names* that is there."""
        text = next((self._query[name] for name in names if self._query.get(name)), "")
        try:
            return parse(text) if text else None
        except ValueError:
            self.complaints.append(_(sentence))
            return None


def _zone(text: str) -> str:
    return times.canonical_zone(times.zone(text).key)


def _duration(event_type: EventType, text: str) -> timedelta | None:
    if not (text.isascii() and text.isdigit() and len(text) < 6):
        raise ValueError(text)
    duration = timedelta(minutes=int(text))
    if duration not in event_type.durations:
        raise ValueError(text)
    return None if duration == event_type.duration else duration
