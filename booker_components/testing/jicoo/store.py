"""The memory of the fake: everything that it knows, behind one lock."""

from __future__ import annotations

import string
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from ..memory import Memory
from .calls import Refusal
from .habits import Habits
from .records import Booking, Calendar, EventType, User, Webhook

_SAFE = string.ascii_letters + string.digits + "-_"

#: What some ids begin with (contracts/jicoo.md 1), in turn.
_FIRST = ("_", "", "-", "")


@dataclass(slots=True)
class Store(Memory):
    """What the fake knows. Whoever reads or changes it from another thread holds `lock`."""

    habits: Habits = field(default_factory=Habits)
    team: str = "acme"
    users: dict[str, User] = field(default_factory=dict)
    event_types: dict[str, EventType] = field(default_factory=dict)
    #: By uid, in the order of their making.
    bookings: dict[str, Booking] = field(default_factory=dict)
    #: Whether each key is restricted.
    keys: dict[str, bool] = field(default_factory=dict)
    webhooks: list[Webhook] = field(default_factory=list)
    #: The name and the address of those whom Account Integration announced, by `guestSessionId`.
    guests: dict[str, tuple[str, str]] = field(default_factory=dict)
    _uids: int = 0

    def uid(self) -> str:
        """Give an id of twelve characters that nothing has; the first one begins with "_"."""
        first = _FIRST[self._uids % len(_FIRST)]
        self._uids += 1
        return first + self.name(12 - len(first), _SAFE)

    def now(self) -> datetime:
        """Give the instant, as precisely as the vendor writes it."""
        instant = self.clock()
        return instant.replace(microsecond=instant.microsecond // 1000 * 1000)

    def touch(self, booking: Booking) -> None:
        """Let a booking be changed now: later than before, for no two changes share a millisecond."""
        booking.updated = max(self.now(), booking.updated + timedelta(milliseconds=1))

    def user(self, number: object) -> User:
        """Give the user with an id; 404 without one."""
        found = self.users.get(number) if isinstance(number, str) else None
        if found is None:
            raise Refusal(404, "There is no such user.")
        return found

    def event_type(self, uid: object) -> EventType:
        """Give the booking page with an id; 404 without one."""
        found = self.event_types.get(uid) if isinstance(uid, str) else None
        if found is None:
            raise Refusal(404, "There is no such event type.")
        return found

    def calendar(self, uid: str) -> tuple[User, Calendar]:
        """Give the template of hours with an id, and whose it is; 404 without one."""
        found = ((user, each) for user in self.users.values() for each in user.calendars)
        for user, each in found:
            if each.uid == uid:
                return user, each
        raise Refusal(404, "There is no such availability calendar.")

    def booking(self, uid: str) -> Booking:
        """Give the booking with *uid*; 404 without one."""
        if uid not in self.bookings:
            raise Refusal(404, "There is no such booking.")
        return self.bookings[uid]
