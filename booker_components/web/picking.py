"""What the calendar of a booker shows, once it is known what is free: a month with all its times."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from markupsafe import Markup, escape

from .. import times
from ..languages import gettext as _
from ..languages import ngettext
from ..times import Month
from ..values import Seats, Slot
from .components import Choice, Day, DayTimes, Picker, Weekday, Zones
from .components import Month as MonthView
from .starts import Starts
from .state import State, step

#: Draws the times of a day, as links or as buttons of the form with that id.
Draw = Callable[[Starts, str], Markup]


@dataclass(frozen=True, kw_only=True, slots=True)
class View:
    """All that decides on a picker: equal views look alike."""

    #: The id of the widget.
    id: str
    state: State
    month: Month
    #: What is free in that month; to be hashed, as in `Starts`.
    slots: Sequence[Slot]
    today: date
    #: Whether the month before, and the one after, can be looked at.
    earlier: bool
    later: bool
    #: Why nothing is free, and where else something is; said where nothing is.
    empty: str = ""
    next_free: Choice | None = None
    #: The id of the form that steps belong to; "" where they are links.
    form: str = ""
    #: The lengths to choose from, the default first; empty where there is no choice.
    durations: tuple[timedelta, ...] = ()
    #: The one that is chosen.
    duration: timedelta
    #: Whether times are shown in this zone only.
    locked: bool = False
    seats: Seats | None = None
    #: Whether guests may compare the times with their own calendar.
    overlay: bool = False
    #: The start of the booking that is being moved.
    present: datetime | None = None

    @property
    def is_personal(self) -> bool:
        """Whether something is one visitor's: answers or a way in, which all steps keep, or a booking."""
        return bool(self.state.kept or self.present)

    def picker(self, draw: Draw | None = None) -> Picker:
        """Give calendar, times, zones, lengths and clocks; with the times drawn by *draw*."""
        days = times.by_day(self.slots, self._zone)
        none = Starts.of(self.state, (), seats=self.seats, present=None)
        starts = {day: replace(none, slots=slots) for day, slots in days.items()}
        if self.present and (day := times.local_date(self.present, self._zone)) in starts:
            starts[day] = replace(starts[day], present=self.present)
        chosen = self.state.day if self.state.day in days else next(iter(days), None)
        return Picker(
            month=self._month({day: len(slots) for day, slots in days.items()}, chosen),
            days=tuple(self._times(day, each, day != chosen, draw) for day, each in starts.items()),
            zones=self._zones(chosen or self.month.first),
            durations=tuple(self._durations()),
            clocks=tuple(self._clocks()),
            minutes=self.duration // timedelta(minutes=1) if self.overlay else 0,
        )

    @property
    def _zone(self) -> str:
        return self.state.reading.zone

    @property
    def _locale(self) -> Locale:
        return self.state.reading.locale

    def _month(self, counts: dict[date, int], chosen: date | None) -> MonthView:
        month, locale, to_days = self.month, self._locale, self.state.to_days()
        return MonthView(
            caption=times.month_name(month, locale, alone=True),
            weekdays=tuple(Weekday(short=short, full=full) for short, full in times.weekday_names(locale)),
            weeks=tuple(
                tuple(self._day(day, counts.get(day, 0), day == chosen, to_days) for day in week)
                for week in month.weeks(times.first_weekday(locale))
            ),
            previous=self._step(month.previous()) if self.earlier else None,
            next=self._step(month.next()) if self.later else None,
            empty=self.empty,
            next_free=self.next_free,
        )

    def _step(self, month: Month) -> Choice:
        return self.state.at(month=month).choice(times.month_name(month, self._locale))

    def _day(self, day: date, count: int, chosen: bool, to_days: Callable[[date], str]) -> Day:
        choice = None
        if count:
            # Translators: The name of a day in the calendar; its date comes first.
            name = ngettext(
                "%(date)s, %(n)s time",
                "%(date)s, %(n)s times",
                count,
                date=times.full_date(day, self._locale),
            )
            choice = step(self.state.path, to_days(day), str(day.day), name=name, current=chosen)
        return Day(
            number=day.day,
            iso=day.isoformat(),
            choice=choice,
            panel=self._panel(day) if count else "",
            today=day == self.today,
            outside=(day.year, day.month) != (self.month.year, self.month.month),
        )

    def _panel(self, day: date) -> str:
        return f"{self.id}-{day.isoformat()}"

    def _times(self, day: date, starts: Starts, hidden: bool, draw: Draw | None) -> DayTimes:
        return DayTimes(
            id=self._panel(day),
            heading=times.day_name(day, self._locale, alone=True),
            iso=day.isoformat(),
            times=starts,
            hidden=hidden,
            drawn=draw(starts, self.form) if draw else Markup(),
        )

    # --- the settings of the view ---

    def _zones(self, day: date) -> Zones:
        """Give the choice of zones, with the offsets that hold on *day*, which is on view."""
        state, is_open = self._here(), self.state.zones and not self.locked
        label = times.zone_label(self._zone, _noon(day), self._locale)
        return Zones(
            action=self.state.path,
            id=f"{self.id}-tz",
            label=label,
            current=self._zone,
            options=_zone_options(self._locale, day, self._zone) if is_open else Markup(),
            change=None if self.locked else replace(state, zones=not is_open).choice(label),
            locked=self.locked,
            chosen=self.state.zone_chosen,
            hidden=state.hidden("tz"),
            query=replace(state, zone_chosen=False).query(),
        )

    def _here(self) -> State:
        """Give the state on view, without a time and a list."""
        return replace(self.state, slot=None, zones=False)

    def _durations(self) -> Iterable[Choice]:
        for each in self.durations:
            state = replace(self._here(), duration=None if each == self.durations[0] else each)
            yield state.choice(times.duration_name(each, self._locale), current=each == self.duration)

    def _clocks(self) -> Iterable[Choice]:
        reading = self.state.reading
        names = ((_("12h"), _("12-hour clock"), False), (_("24h"), _("24-hour clock"), True))
        for label, name, hours24 in names:
            there = replace(reading, hours24=hours24)
            state = replace(self._here(), clock_chosen=True, reading=there)
            yield state.choice(label, name=name, current=hours24 == reading.hours24)


def _zone_options(locale: Locale, day: date, current: str) -> Markup:
    """Give the `<option>` elements of the zone select with their offsets on *day*."""
    options, plain = _options(locale, day), _option(current, "")
    if (opening := plain.partition(">")[0]) + ">" not in options:
        options = _option(current, times.zone_label(current, _noon(day), locale)) + options
    return Markup(options.replace(f"{opening}>", f"{opening} selected>", 1))  # noqa: S704 - escaped below


@lru_cache(maxsize=64)
def _options(locale: Locale, day: date) -> str:
    return "".join(_option(name, label) for name, label in times.zone_choices(locale, _noon(day)))


def _option(name: str, label: str) -> str:
    return f'<option value="{escape(name)}">{escape(label)}</option>'


def _noon(day: date) -> datetime:
    return times.day_window(day, "UTC").start + timedelta(hours=12)
