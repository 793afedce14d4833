"""The dates of a series that a form asks for: which of them are free, and which are left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from .. import questions, times
from ..errors import BookerError
from ..policy import Rule
from ..providers import ExplainsSlots
from ..service import BookingService
from ..values import EventType, Series
from . import dates
from .components import Dates
from .forms import Form
from .reading import Reading

#: The hidden fields that name the dates which are left out, since they are not free.
FIELD = "without"


@dataclass(frozen=True, kw_only=True, slots=True)
class Planning:
    """The dates of a series from a start on, as a guest asks for them."""

    service: BookingService
    event_type: EventType
    series: Series
    start: datetime
    duration: timedelta
    reading: Reading
    #: How many dates the guest wants.
    count: int

    @classmethod
    def of(
        cls,
        service: BookingService,
        event_type: EventType,
        start: datetime | None,
        duration: timedelta,
        reading: Reading,
        form: Form,
    ) -> Planning | None:
        """Give what *form* asks for; None where there is no series, or no time is chosen."""
        series = event_type.series
        if series is None or start is None:
            return None
        try:
            count = questions.check_occurrences(event_type, form.answer("occurrences"))
        except ValueError:
            count = None
        return cls(
            service=service,
            event_type=event_type,
            series=series,
            start=start,
            duration=duration,
            reading=reading,
            count=count or series.occurrences,
        )

    def component(self) -> Dates:
        """Give what the form says about the dates."""
        return dates.wanted(
            self.series,
            self.start,
            self.duration,
            self.reading,
            count=self.count,
            host_zone=self.event_type.zone,
            taken=self._taken(),
        )

    def left_out(self, named: Iterable[str]) -> tuple[datetime, ...]:
        """Give those of the dates, but for the first, that a form has *named*."""
        texts = frozenset(named)
        return tuple(each for each in self._starts()[1:] if times.format_instant(each) in texts)

    def has_conflicts(self, named: Iterable[str]) -> bool:
        """Tell whether dates beside the first are not free which a form has not *named*."""
        return not self._taken().intersection(self._starts()) <= set(self.left_out(named))

    def is_held(self) -> bool:
        """Tell whether nothing but a hold keeps the first date from being free.

        It may be the guest's own, of which the form that was sent did not know yet.
        """
        provider, zone = self.service.provider, self.reading.zone
        if not isinstance(provider, ExplainsSlots):
            return False
        reasons = provider.explain(self.event_type, self.start, duration=self.duration, zone=zone)
        return {each.rule for each in reasons} == {Rule.HELD}

    def _starts(self) -> tuple[datetime, ...]:
        series, zone = self.series, self.reading.zone
        return times.occurrences(self.start, zone, series.frequency, series.interval, self.count)

    def _taken(self) -> frozenset[datetime]:
        """Give the dates of the whole series, but for the first, that are known not to be free."""
        zone = self.reading.zone
        try:
            planned = self.service.plan(self.event_type, self.start, duration=self.duration, zone=zone)
        except BookerError:
            # What was typed is on view all the same; whether all are free shows when it is sent.
            return frozenset()
        return frozenset(each.start for each in planned if not each.free and each.start != self.start)
