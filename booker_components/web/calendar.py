"""The calendar of a booker: asks the service what is free, and where else to look."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from babel import Locale

from .. import policy, times
from ..languages import N_
from ..languages import gettext as _
from ..service import BookingService
from ..times import Month
from ..values import Booking, EventType, Slot, TimeWindow
from .components import Choice
from .picking import View
from .starts import Starts
from .state import State


@dataclass(frozen=True, kw_only=True, slots=True)
class Calendar:
    """Finds what the calendar of one event type shows for one state."""

    service: BookingService
    event_type: EventType
    state: State
    #: The id of the widget.
    id: str
    #: The length of what is booked or moved.
    duration: timedelta
    #: The booking that is being moved.
    moving: Booking | None = None

    def view(self, form: str = "", *, overlay: bool = False) -> View:
        """Give what is to be seen; steps belong to the form with the id *form*, or are links.

        With *overlay* guests may compare the times with their own calendar.
        """
        month, slots = self._on_view()
        today = times.local_date(self._now(), self._zone)
        allowed = policy.bookable_window(self.event_type, self._now())
        return View(
            id=self.id,
            state=self.state,
            month=month,
            slots=_kept(slots),
            today=today,
            earlier=month.first > today,
            later=month.window(self._zone).end < allowed.end,
            empty="" if slots else self._why_empty(month),
            next_free=None if slots else self._next_free(month),
            form=form,
            durations=self._durations(),
            duration=self.duration,
            locked=self.event_type.zone_locked,
            seats=self.event_type.seats,
            overlay=overlay,
            present=self.moving.start if self.moving else None,
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
        slots = self._free(times.day_window(day, self._zone))
        present = self.moving.start if self.moving else None
        return tuple(Starts.of(self.state, slots, seats=self.event_type.seats, present=present))

    # --- the month ---

    @property
    def _zone(self) -> str:
        return self.state.reading.zone

    @property
    def _locale(self) -> Locale:
        return self.state.reading.locale

    def _now(self) -> datetime:
        return self.service.clock()

    def _on_view(self) -> tuple[Month, Sequence[Slot]]:
        """Give the month on view and what is free in it: as asked for, else the first one with a free day."""
        day, month = self.state.day, self.state.month
        asked = Month(day.year, day.month) if day else month
        present = asked or Month.of(self._now(), self._zone)
        slots = self._free(present.window(self._zone))
        if slots or asked:
            return present, slots
        first = self._next_slot(present.window(self._zone).end)
        if first is None:
            return present, ()
        later = Month.of(first.start, self._zone)
        return later, self._free(later.window(self._zone))

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

    def _why_empty(self, month: Month) -> str:
        allowed = policy.bookable_window(self.event_type, self._now())
        window, name = month.window(self._zone), times.month_name(month, self._locale)
        if allowed.end <= allowed.start or allowed.end <= self._now():
            return _("This can no longer be booked.")
        if window.start >= allowed.end:
            last = times.local_date(allowed.end - timedelta(seconds=1), self._zone)
            return _("Bookings are possible until %(date)s.", date=times.full_date(last, self._locale))
        if window.end <= allowed.start:
            first = times.full_date(times.local_date(allowed.start, self._zone), self._locale)
            return _("Bookings are possible from %(date)s.", date=first)
        return _("Everything in %(month)s is taken or closed.", month=name)

    def _next_free(self, month: Month) -> Choice | None:
        """Lead to the next free day after *month*, or to the first of all when none comes after it."""
        later, label = self._next_slot(month.window(self._zone).end), N_("Next free day: %(date)s")
        if later is None:
            later, label = self._next_slot(self._now()), N_("First free day: %(date)s")
        if later is None:
            return None
        day = times.local_date(later.start, self._zone)
        return self.state.at(day=day).choice(_(label, date=times.full_date(day, self._locale)))

    def _durations(self) -> tuple[timedelta, ...]:
        """Give the lengths to choose from; a booking that is moved keeps its own."""
        many = len(self.event_type.durations) > 1 and not self.moving
        # To be hashed, as what `_kept` gives.
        return tuple(self.event_type.durations) if many else ()


def _kept(slots: Sequence[Slot]) -> Sequence[Slot]:
    """Give *slots* so that they can be the key of a mapping: some providers give a list."""
    return slots if isinstance(slots, Hashable) else tuple(slots)
