"""What the examples are made of: a month with free times, times in words, forms, in the language spoken."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from .. import times
from ..languages import gettext as _
from ..times import Month
from ..values import EventType, Slot
from ..web import components as web
from ..web import dates, forms, wording
from ..web.picking import View
from ..web.reading import Reading, visitors
from ..web.robots import TRAP
from ..web.state import State
from ..web.summary import Summary
from .offers import CHOSEN, FRIEND, GUEST, GUEST_EMAIL, HALF, INTRO, NOW, PARIS, START, TODAY

PATH = "/book/intro-call"
BOOKING = "/bookings/1f0c"
TYPED = (web.Hidden(name="name", value=GUEST), web.Hidden(name="email", value=GUEST_EMAIL))
HIDDEN = (web.Hidden(name="csrf_token", value="abc"), web.Hidden(name="key", value="def"))
FILLED = {"name": GUEST, "email": GUEST_EMAIL, "guests": FRIEND}


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A widget in one state."""

    #: Unique; a word for file names and links.
    name: str
    component: web.Component
    #: What there is to see.
    description: str
    #: Whether it is for the tests alone.
    hidden: bool = False


# --- times ---------------------------------------------------------------------------------------


def reading(zone: str = PARIS) -> Reading:
    """Give how whoever is spoken to reads the times of a zone."""
    return visitors(zone)


def when(start: datetime = START, *, zone: str = PARIS, length: timedelta = HALF) -> web.When:
    """Say a time in words."""
    return wording.when(start, start + length, reading(zone))


def full_date(day: date) -> str:
    """Give "Thursday 12 March 2026"."""
    return times.full_date(day, reading().locale)


def moment(instant: datetime) -> str:
    """Give "Thursday 12 March 2026, 10:30"."""
    return wording.moment(instant, reading())


def clock(instant: datetime) -> str:
    """Give "10:30"."""
    return times.clock_time(instant, PARIS, reading().locale, reading().hours24)


def series_date(day: date, **more: Any) -> web.SeriesDate:
    """Give a date of a series, at the usual time of the day in Paris."""
    said = when(datetime.combine(day, time(10, 30), times.zone(PARIS)))
    return web.SeriesDate(date=said.date, time=said.time, **more)


# --- calendars -----------------------------------------------------------------------------------


def state(**changes: Any) -> State:
    """Give where the visitor stands."""
    base = State(path=PATH, kept=(), reading=reading(), day=CHOSEN, zone_chosen=True)
    return replace(base, **changes)


def slots(offer: EventType = INTRO) -> Iterator[Slot]:
    """Give believable free times of a month, on working days."""
    left = (12, 3, 1, 7, 2, 5, 4, 9, 6)
    for number in range(31):
        day = date(2026, 3, 1) + timedelta(days=number)
        if day.weekday() > 4 or day <= TODAY or day.day % 11 == 6:
            continue
        minutes = (each for each in range(9 * 60, 17 * 60, 30) if (each // 30 * 5 + day.day * 3) % 7 > 2)
        for place, each in enumerate(minutes):
            start = datetime.combine(day, time(each // 60, each % 60), times.zone(PARIS)).astimezone(UTC)
            seats = {"seats_left": left[place % len(left)], "seats_total": 12} if offer.seats else {}
            yield Slot(start=start, end=start + offer.duration, **seats)


def picker(id: str, offer: EventType = INTRO, *, at: State | None = None) -> web.Picker:
    """Give the calendar of *offer*, where the visitor stands *at*."""
    durations = offer.durations if len(offer.durations) > 1 else ()
    return _shown(id, offer, at or state(), slots=tuple(slots(offer)), later=True, durations=durations)


def empty_picker(id: str) -> web.Picker:
    """Give the calendar of a month without a free time."""
    last, free = date(2026, 5, 3), date(2026, 4, 30)
    return _shown(
        id,
        INTRO,
        state(day=None),
        month=Month(2026, 5),
        earlier=True,
        empty=_("Bookings are possible until %(date)s.", date=full_date(last)),
        next_free=state(day=free).choice(_("First free day: %(date)s", date=full_date(free))),
    )


def _shown(id: str, offer: EventType, at: State, **changes: Any) -> web.Picker:
    base = View(
        id=id,
        state=at,
        month=Month(2026, 3),
        slots=(),
        today=TODAY,
        earlier=False,
        later=False,
        duration=offer.duration,
        locked=offer.zone_locked,
        seats=offer.seats,
    )
    shown = replace(base, **changes).picker()
    # Times are made as they are looked at; examples keep them.
    return replace(shown, days=tuple(replace(day, times=tuple(day.times)) for day in shown.days))


# --- summaries and forms -------------------------------------------------------------------------


def summary(offer: EventType = INTRO, start: datetime | None = None, *, left: int = 3) -> web.Summary:
    """Say what is booked, and at which time once one is chosen; *left* seats of many."""
    seats = {"seats_left": left, "seats_total": 12} if offer.seats else {}
    slot = Slot(start=start, end=start + offer.duration, **seats) if start else None
    return _facts(offer, start, slot).component()


def _facts(offer: EventType, start: datetime | None, slot: Slot | None = None) -> Summary:
    return Summary(
        event_type=offer, reading=reading(), duration=offer.duration, now=NOW, start=start, slot=slot
    )


def guest_form(
    id: str,
    offer: EventType = INTRO,
    *,
    typed: Mapping[str, str] | None = None,
    known: Mapping[str, Any] | None = None,
    locked: tuple[str, ...] = (),
    taken: tuple[datetime, ...] = (),
) -> web.Form:
    """Give the form of *offer*: with what was *typed* it came back, *known* is filled in beforehand.

    Of a series, the dates at *taken* are not free.
    """
    form = forms.guest_form(
        offer, typed=MultiDict(typed) if typed is not None else None, prefill=known, locked=frozenset(locked)
    )
    if typed is not None:
        form.valid()
    waits = _facts(offer, START).waits()
    shown = posted(id, form, action=PATH, submit=_("Request booking") if waits else _("Confirm booking"))
    guarded = replace(shown, guards=web.Guards(trap=TRAP))
    return replace(guarded, dates=_dates(offer, taken)) if offer.series else guarded


def posted(id: str, form: forms.Form, *, action: str, submit: str) -> web.Form:
    """Give *form* as templates print it."""
    prefix = f"{id}-f"
    return web.Form(
        action=action,
        submit=submit,
        hidden=HIDDEN,
        fields=form.fields(prefix),
        problems=form.problems(prefix),
    )


def _dates(offer: EventType, taken: tuple[datetime, ...]) -> web.Dates | None:
    series = offer.series
    assert series is not None, "the caller has looked"
    count = series.occurrences
    return dates.wanted(series, START, HALF, reading(), count=count, host_zone=PARIS, taken=taken)
