"""How the readers of mails read: in which language, in which zone, by which clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from babel import Locale

from ... import times
from ...languages import Languages, Speech
from ...values import Booking, Host


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """A time in words, in the reader's zone."""

    date: str
    time: str
    zone: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reader:
    """How somebody reads."""

    #: IANA name of the zone.
    zone: str
    #: The language of the texts, and the manner of dates.
    speech: Speech

    def when(self, start: datetime, end: datetime) -> When:
        """Say the time from *start* to *end*."""
        span = times.time_span(start, end, self.zone, self._locale, self._hours24)
        return self._said(start, span)

    def at(self, instant: datetime) -> When:
        """Say an instant."""
        return self._said(instant, times.clock_time(instant, self.zone, self._locale, self._hours24))

    def of(self, booking: Booking) -> When:
        """Say when a booking is."""
        return self.when(booking.start, booking.end)

    def former(self, booking: Booking) -> When | None:
        """Say when a booking was before its latest move; None if it has not moved."""
        start = booking.former_start
        return self.when(start, start + booking.duration) if start else None

    @property
    def _locale(self) -> Locale:
        return self.speech.locale

    @property
    def _hours24(self) -> bool:
        return times.uses_24_hours(self._locale)

    def _said(self, instant: datetime, time: str) -> When:
        return When(
            date=times.full_date(times.local_date(instant, self.zone), self._locale),
            time=time,
            zone=times.zone_label(self.zone, instant, self._locale),
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Readers:
    """Tells how the guests and the hosts of an app read."""

    languages: Languages
    #: What the app speaks to its hosts, a BCP 47 tag; "": the first of its languages.
    app_language: str = ""

    def guest(self, booking: Booking) -> Reader:
        """Tell how the guest of *booking* reads: as the pages spoke on which it was made."""
        guest = booking.attendee
        return Reader(zone=guest.zone, speech=self._best(guest.locale, self.app_language))

    def host(self, host: Host) -> Reader:
        """Tell how *host* reads: as the app speaks, for of hosts only the zone is known."""
        return Reader(zone=host.zone, speech=self.app_speech)

    @property
    def app_speech(self) -> Speech:
        """What the app speaks to its hosts."""
        return self._best(self.app_language)

    def _best(self, *wanted: str) -> Speech:
        return self.languages.best(tuple(filter(None, wanted)))
