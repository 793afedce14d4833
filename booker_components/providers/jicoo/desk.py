"""What the parts of the provider share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime

from ...errors import NotBookable, SlotTaken
from ...policy import Rule
from ...records.turns import Turns
from ...times import format_instant
from ...values import Booking, EventType
from .._offers import fits_grid
from .._once import in_turn
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
    turns: Turns
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]
    #: Under which name Jicoo takes the reason of a cancellation (contracts/jicoo.md 2.5).
    cancel_reason_key: str

    @classmethod
    def of(
        cls,
        client: JicooClient,
        *,
        turns: Turns,
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
            turns=turns,
            clock=clock,
            sleep=sleep,
            cancel_reason_key=cancel_reason_key,
        )

    def require_offered(self, event_type: EventType, start: datetime) -> None:
        """Raise unless *start* is a free slot: `SlotTaken`, or `NotBookable` where none could be.

        It is asked for anew: another process may have booked since then, and nothing that is documented says
        that Jicoo refuses what it does not offer.
        """
        slots = self.board.around(event_type, start)
        if any(slot.start == start for slot in slots):
            return
        # What pages show is older.
        self.board.drop()
        if fits_grid(event_type, slots, start, event_type.duration):
            raise SlotTaken(f"Jicoo offers no slot of {event_type.slug!r} at {start.isoformat()}.")
        raise NotBookable(f"No slot of {event_type.slug!r} starts at {start.isoformat()}.", rule=Rule.GRID)

    def turn(self, event_type: EventType, start: datetime, email: str) -> AbstractContextManager[None]:
        """Let one call at a time book, or move to, a *start* of an event type, across processes.

        So none takes what another one has just made for its own (contracts/jicoo.md 9.4). Where guests share
        a start, each waits for calls in the name of the same guest only, who has *email*.
        """
        whose = email.casefold() if event_type.seats else ""
        about = "\n".join(("jicoo", event_type.id, format_instant(start), whose))
        return in_turn(self.turns, about, sleep=self.sleep)

    def is_offered(self, event_type: EventType, start: datetime) -> bool:
        """Tell whether *start* is a free slot this moment."""
        return any(slot.start == start for slot in self.board.around(event_type, start))
