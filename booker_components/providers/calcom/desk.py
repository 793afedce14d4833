"""What the parts of the provider share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from ...errors import NotBookable, SlotTaken
from ...policy import Rule
from .._offers import fits_grid
from .accounts import CalcomAccount, Identity
from .catalogue import Catalogue
from .client import CalcomClient
from .reading import Reader
from .slots import Search, SlotBoard

#: Who changes something with the rights of the host.
HOST = "host"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Guest:
    """The same account, called without its credentials, as its guests would."""

    of: Identity

    def account(self) -> CalcomAccount:
        """Give the account."""
        return self.of.account()

    def headers(self) -> Mapping[str, str]:
        """Give no credentials; what an account without any sends is sent."""
        account = self.of.account()
        return {} if account.api_key or account.tokens else self.of.headers()

    def renew(self, stale: Mapping[str, str]) -> bool:
        """Give False: there is nothing to renew."""
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class Desk:
    """The clients, what is known of event types, slots and bookings, and the time."""

    #: Calls with the credentials of the account, where there are such.
    client: CalcomClient
    #: Calls without any. What a guest does must not be done in the host's name: Cal.com would ask no host to
    #: confirm it, and would want a reason for every cancellation (contracts/calcom.md 4.8).
    guest: CalcomClient
    catalogue: Catalogue
    board: SlotBoard
    reader: Reader
    clock: Callable[[], datetime]
    sleep: Callable[[float], None]

    @classmethod
    def of(
        cls, client: CalcomClient, *, clock: Callable[[], datetime], zone: str, sleep: Callable[[float], None]
    ) -> Desk:
        """Set up a desk for *client*."""
        guest = client.with_identity(_Guest(of=client.identity))
        return cls(
            client=client,
            guest=guest,
            catalogue=Catalogue(client, clock, zone=zone),
            board=SlotBoard(client, clock),
            reader=Reader(client, clock),
            clock=clock,
            sleep=sleep,
        )

    def caller(self, by: str) -> CalcomClient:
        """Give the client for what *by* does."""
        return self.client if by == HOST else self.guest

    def require_offered(self, search: Search, start: datetime) -> None:
        """Raise unless *start* is a free slot: `SlotTaken`, or `NotBookable` where none could be."""
        if any(self.board.known(each, start) for each in search.views()):
            return
        event_type, fits = search.event_type, False
        for each in search.views():
            slots = self.board.around(each, start)
            if any(slot.start == start for slot in slots):
                return
            fits = fits or fits_grid(event_type, slots, start, search.duration)
        if fits:
            raise SlotTaken(f"Cal.com offers no slot of {event_type.slug!r} at {start.isoformat()}.")
        raise NotBookable(f"No slot of {event_type.slug!r} starts at {start.isoformat()}.", rule=Rule.GRID)

    def is_offered(self, search: Search, start: datetime) -> bool:
        """Tell whether *start* is a free slot this moment."""
        return any(slot.start == start for each in search.views() for slot in self.board.around(each, start))
