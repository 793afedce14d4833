"""The calendar of a booker: a month of free days with all their times, ready to print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache

from babel import Locale
from markupsafe import Markup

from .. import policy, times
from ..service import BookingService
from ..times import Month
from ..values import Booking, EventType, Slot, TimeWindow
from .components import Choice, Day, DayTimes, Picker, Weekday, Zones
from .components import Month as MonthView
from .state import State
from .wording import seats_left


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """Builds the picker of one event type for one state."""

    service: BookingService
    event_type: EventType
    state: State
    #: The id of the widget.
    id: str
    #: The length of what is booked or moved.
    duration: timedelta
    #: The booking that is being moved.
    moving: Booking | None = None

    def picker(self) -> Picker:
        """Give calendar, times, zones, lengths and clocks."""
        month = self._month()
        days = times.by_day(self._free(month.window(self._zone)), self._zone)
        chosen = self.state.day if self.state.day in days else next(iter(days), None)
        return Picker(
            month=self._month_view(month, days, chosen),
            days=tuple(self._day_times(day, slots, chosen) for day, slots in days.items()),
            zones=self._zones(chosen or month.first),
            durations=self._durations(),
            clocks=self._clocks(),
        )

    def find(self, start: datetime) -> Slot | None:
        """Give the free slot at *start*; None if there is none."""
        return self._find(start, self._guest()[1])

    def find_for_host(self, start: datetime) -> Slot | None:
        """Give the free slot at *start* in the host's zone; None if there is none, or if that is the guest's.

        A link to a time may come from a page that knew no guest's zone.
        """
        own = self._guest()[1] in ("", self.event_type.zone)
        return None if own else self._find(start, "")

    def times_of(self, day: date) -> tuple[Choice, ...]:
        """Give the free times of one day."""
        return self._times(self._free(times.day_window(day, self._zone)))

    # --- the month ---

    @property
    def _zone(self) -> str:
        return self.state.reading.zone

    @property
    def _locale(self) -> Locale:
        return self.state.reading.locale

    def _now(self) -> datetime:
        return self.service.clock()

    def _month(self) -> Month:
        """Give the month on view: as asked for, else the first one with a free day."""
        if self.state.day:
            return Month(self.state.day.year, self.state.day.month)
        if self.state.month:
            return self.state.month
        first = self._next_slot(self._now())
        return Month.of(first.start if first else self._now(), self._zone)

    def _find(self, start: datetime, zone: str) -> Slot | None:
        window = TimeWindow(start=start, end=start + timedelta(seconds=1))
        return next((slot for slot in self._free(window, zone) if slot.start == start), None)

    def _free(self, window: TimeWindow, zone: str | None = None) -> Sequence[Slot]:
        uid, guests = self._guest()
        wanted = guests if zone is None else zone
        return self.service.slots(self.event_type, window, duration=self.duration, moving=uid, zone=wanted)

    def _next_slot(self, after: datetime) -> Slot | None:
        uid, zone = self._guest()
        return self.service.next_slot(self.event_type, after, duration=self.duration, moving=uid, zone=zone)

    def _guest(self) -> tuple[str | None, str]:
        """Give the uid of what moves, and the zone that decides which times are offered."""
        return (self.moving.uid, self.moving.attendee.zone) if self.moving else (None, self._zone)

    def _month_view(self, month: Month, days: dict[date, list[Slot]], chosen: date | None) -> MonthView:
        today = times.local_date(self._now(), self._zone)
        allowed = policy.bookable_window(self.event_type, self._now())
        weeks = month.weeks(times.first_weekday(self._locale))
        return MonthView(
            caption=times.month_name(month, self._locale),
            weekdays=tuple(
                Weekday(short=short, full=full) for short, full in times.weekday_names(self._locale)
            ),
            weeks=tuple(
                tuple(self._day(day, month, days.get(day), day == chosen, day == today) for day in week)
                for week in weeks
            ),
            previous=self._step(month.previous(), month.first > today),
            next=self._step(month.next(), month.window(self._zone).end < allowed.end),
            empty="" if days else self._why_empty(month),
            next_free=None if days else self._next_free(month),
        )

    def _step(self, month: Month, possible: bool) -> Choice | None:
        if not possible:
            return None
        return self.state.at(month=month).choice(times.month_name(month, self._locale))

    def _day(self, day: date, month: Month, slots: list[Slot] | None, chosen: bool, today: bool) -> Day:
        outside = (day.year, day.month) != (month.year, month.month)
        choice = None
        if slots:
            count = f"{len(slots)} time{'s' if len(slots) != 1 else ''}"
            name = f"{times.full_date(day, self._locale)}, {count}"
            choice = self.state.at(day=day).choice(str(day.day), name=name, current=chosen)
        return Day(
            number=day.day,
            iso=day.isoformat(),
            choice=choice,
            panel=self._panel(day) if slots else "",
            today=today,
            outside=outside,
        )

    def _why_empty(self, month: Month) -> str:
        allowed = policy.bookable_window(self.event_type, self._now())
        window, name = month.window(self._zone), times.month_name(month, self._locale)
        if allowed.end <= allowed.start or allowed.end <= self._now():
            return "This can no longer be booked."
        if window.start >= allowed.end:
            last = times.local_date(allowed.end - timedelta(seconds=1), self._zone)
            return f"Bookings are possible until {times.full_date(last, self._locale)}."
        if window.end <= allowed.start:
            first = times.full_date(times.local_date(allowed.start, self._zone), self._locale)
            return f"Bookings are possible from {first}."
        return f"Everything in {name} is taken or closed."

    def _next_free(self, month: Month) -> Choice | None:
        """Lead to the next free day after *month*, or to the first of all when none comes after it."""
        later, word = self._next_slot(month.window(self._zone).end), "Next"
        if later is None:
            later, word = self._next_slot(self._now()), "First"
        if later is None:
            return None
        day = times.local_date(later.start, self._zone)
        return self.state.at(day=day).choice(f"{word} free day: {times.full_date(day, self._locale)}")

    # --- the times ---

    def _panel(self, day: date) -> str:
        return f"{self.id}-{day.isoformat()}"

    def _day_times(self, day: date, slots: Sequence[Slot], chosen: date | None) -> DayTimes:
        return DayTimes(
            id=self._panel(day),
            heading=times.day_name(day, self._locale),
            iso=day.isoformat(),
            times=self._times(slots),
            hidden=day != chosen,
        )

    def _times(self, slots: Sequence[Slot]) -> tuple[Choice, ...]:
        """Give a step to each slot of a day; what their queries share is written once."""
        before = self.state.at().query()
        prefix = f"{before}&slot=" if before else "slot="
        labels = self._labels(slots)
        queries = [prefix + times.format_instant(slot.start) for slot in slots]
        return tuple(
            Choice(
                label=label,
                href=f"{self.state.path}?{query}",
                query=query,
                name=self._name(slot, label),
                note=seats_left(self.event_type, slot),
            )
            for slot, label, query in zip(slots, labels, queries, strict=True)
        )

    def _labels(self, slots: Sequence[Slot]) -> list[str]:
        """Give the clock times; those that a day has twice, as the clocks go back, with their offset."""
        reading = self.state.reading
        labels = [
            times.clock_time(slot.start, reading.zone, reading.locale, reading.hours24) for slot in slots
        ]
        if len(set(labels)) == len(labels):
            return labels
        return [
            f"{label} ({times.offset_label(reading.zone, slot.start)})" if labels.count(label) > 1 else label
            for slot, label in zip(slots, labels, strict=True)
        ]

    def _name(self, slot: Slot, label: str) -> str:
        if self.moving is None or slot.start != self.moving.start:
            return ""
        return ", ".join(filter(None, (label, seats_left(self.event_type, slot), "the present time")))

    # --- the settings of the view ---

    def _zones(self, day: date) -> Zones:
        """Give the choice of zones, with the offsets that hold on *day*, which is on view."""
        locked = self.event_type.zone_locked
        return Zones(
            action=self.state.path,
            id=f"{self.id}-tz",
            label=times.zone_label(self._zone, _noon(day), self._locale),
            current=self._zone,
            options=Markup() if locked else _zone_options(self._locale, day, self._zone),
            locked=locked,
            chosen=self.state.zone_chosen,
            hidden=replace(self.state, slot=None).hidden("tz"),
            query=replace(self.state, slot=None, zone_chosen=False).query(),
        )

    def _durations(self) -> tuple[Choice, ...]:
        if len(self.event_type.durations) < 2 or self.moving:
            return ()
        default = self.event_type.duration
        return tuple(
            replace(self.state, slot=None, duration=None if each == default else each).choice(
                times.duration_name(each), current=each == self.duration
            )
            for each in self.event_type.durations
        )

    def _clocks(self) -> tuple[Choice, ...]:
        reading = self.state.reading
        return tuple(
            replace(
                self.state, slot=None, clock_chosen=True, reading=replace(reading, hours24=hours24)
            ).choice(label, name=name, current=hours24 == reading.hours24)
            for label, name, hours24 in (("12h", "12-hour clock", False), ("24h", "24-hour clock", True))
        )


@lru_cache(maxsize=256)
def _zone_options(locale: Locale, day: date, current: str) -> Markup:
    """Give the `<option>` elements of the zone select with their offsets on *day*."""
    noon = _noon(day)
    choices = dict(times.zone_choices(locale, noon))
    if current not in choices:
        choices = {current: times.zone_label(current, noon, locale), **choices}
    option = Markup('<option value="{}"{}>{}</option>')
    selected = Markup(" selected")
    return Markup("").join(
        option.format(name, selected if name == current else "", label) for name, label in choices.items()
    )


def _noon(day: date) -> datetime:
    return times.day_window(day, "UTC").start + timedelta(hours=12)
