"""What the parts of the provider share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...errors import NotBookable, SlotTaken
from ...policy import Rule
from ...values import Booking, EventType
from .._offers import fits_grid
from .bookings import Reader
from .catalogue import Catalogue
from .client import JicooClient
from .slots import SlotBoard


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The client, what is known of event types, slots and bookings, and the time."""

    client: JicooClient
    catalogue: Catalogue
    board: SlotBoard
    reader: Reader
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    #: Under which name Jicoo takes the reason of a cancellation (contracts/jicoo.md 2.5).
    cancel_reason_key: str

    @classmethod
    def of(
        cls,
        client: JicooClient,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        declared: Sequence[EventType] = (),
        zone: str = "UTC",
        team: str = "",
        cancel_reason_key: str = "cancelReason",
        recall: Callable[[str], Booking | None] = lambda uid: None,
    ) -> Desk:
        """Set up a desk for *client*; the other parameters are those of `JicooProvider`."""
        catalogue = Catalogue(client, clock, declared=declared, zone=zone, team=team)
        return cls(
            client=client,
            catalogue=catalogue,
            board=SlotBoard(client, clock),
            reader=Reader(client, catalogue, recall),
            clock=clock,
            sleep=sleep,
            cancel_reason_key=cancel_reason_key,
        )

    def require_offered(self, event_type: EventType, start: datetime) -> None:
        """Raise unless *start* is a free slot: `SlotTaken`, or `NotBookable` where none could be."""
        if self.board.known(event_type, start):
            return
        slots = self.board.around(event_type, start)
        if any(slot.start == start for slot in slots):
            return
        if fits_grid(event_type, slots, start, event_type.duration):
            raise SlotTaken(f"Jicoo offers no slot of {event_type.slug!r} at {start.isoformat()}.")
        raise NotBookable(f"No slot of {event_type.slug!r} starts at {start.isoformat()}.", rule=Rule.GRID)

    def is_offered(self, event_type: EventType, start: datetime) -> bool:
        """Tell whether *start* is a free slot this moment."""
        return any(slot.start == start for slot in self.board.around(event_type, start))
