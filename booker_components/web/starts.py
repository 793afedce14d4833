"""The free times of a day as steps of a booker."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import overload

from .. import times
from ..languages import gettext as _
from ..values import Seats, Slot
from .components import Choice
from .reading import Reading
from .state import State, step
from .wording import enumerated, seats_left


@dataclass(frozen=True, kw_only=True, slots=True)
class Starts(Sequence[Choice]):
    """A step to each of some free slots, made whenever it is looked at: most are drawn but once.

    Equal ones look alike.
    """

    #: To be hashed with the rest: a tuple, or another sequence that does not change.
    slots: Sequence[Slot]
    #: The path of the widget.
    path: str
    #: What their queries begin with for this visitor alone; without it they are anybody's.
    kept: str
    #: What else their queries share; they end with the slot.
    query: str
    reading: Reading
    #: How the seats are told, where guests share a time.
    seats: Seats | None
    #: The start of the booking that is being moved.
    present: datetime | None

    @classmethod
    def of(
        cls, state: State, slots: Sequence[Slot], *, seats: Seats | None, present: datetime | None
    ) -> Starts:
        """Give the steps from *state* to *slots*, which do not change."""
        return cls(
            slots=slots,
            path=state.path,
            kept=state.beginning(),
            query=replace(state.at(), kept=()).query(),
            reading=state.reading,
            seats=seats,
            present=present,
        )

    def __len__(self) -> int:
        """Give how many there are."""
        return len(self.slots)

    def __iter__(self) -> Iterator[Choice]:
        """Give each; what their queries share is written once."""
        slots = tuple(self.slots)
        prefix = "&".join(filter(None, (self.kept, self.query, "slot=")))
        for slot, label in zip(slots, self._labels(slots), strict=True):
            query, note = prefix + times.format_instant(slot.start), seats_left(self.seats, slot)
            name = ""
            if slot.start == self.present:
                name = enumerated(filter(None, (label, note, _("the present time"))))
            yield step(self.path, query, label, name=name, note=note)

    @overload
    def __getitem__(self, index: int) -> Choice: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[Choice]: ...
    def __getitem__(self, index: int | slice) -> Choice | Sequence[Choice]:
        """Give one, or some."""
        return tuple(self)[index]

    def _labels(self, slots: Sequence[Slot]) -> list[str]:
        """Give the clock times; those that a day has twice, as the clocks go back, with their offset."""
        zone, locale, hours24 = self.reading.zone, self.reading.locale, self.reading.hours24
        labels = [times.clock_time(slot.start, zone, locale, hours24) for slot in slots]
        if len(set(labels)) == len(labels):
            return labels
        return [
            f"{label} ({times.offset_label(zone, slot.start, locale)})" if labels.count(label) > 1 else label
            for slot, label in zip(slots, labels, strict=True)
        ]
