"""Each request once, at providers that know no idempotency: claims, turns, and looks at what was made."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from typing import Protocol

from ..errors import (
    BookerError,
    BookingNotFound,
    NotBookable,
    OutcomeUnknown,
    ProviderError,
    ProviderUnavailable,
    SlotTaken,
)
from ..languages import N_
from ..policy import Rule
from ..records.keys import Claim, RequestKeys
from ..records.turns import Turn, Turns
from ..times import format_instant
from ..values import Booking, BookingRequest

#: Whoever has not booked after this time has crashed: a call gets its answer, or none, much sooner.
STALE = timedelta(seconds=60)

# How often, and how many seconds apart, the outcome of another one's call is looked at.
_WAITS, _WAIT = 25, 0.2

_REPEATED = N_("This form has made a booking already. Send it once more to make another one.")
_UNDER_WAY = N_("This booking is being made. Please wait a moment and send the form once more.")


class NothingMade(ProviderUnavailable):
    """A call got no answer, and has made nothing so far."""


class Attempt(Protocol):
    """What a provider does to make one booking."""

    def check(self) -> None:
        """Raise what refuses the request before anything is sent."""

    def send(self) -> Booking:
        """Make the booking.

        `OutcomeUnknown` says that it may have been made, `NothingMade` that a slow call may make it yet, and
        any other error that it never will be.
        """

    def can_look(self) -> bool:
        """Tell whether `look` could find what was made."""

    def look(self) -> Booking | None:
        """Give what an earlier call for the same request has made; `ProviderError` if nobody can tell."""

    def read(self, uid: str) -> Booking:
        """Give the booking *uid* as it now stands."""


class Once:
    """Makes one booking for each key, across threads, processes and crashes."""

    def __init__(
        self,
        keys: RequestKeys,
        *,
        clock: Callable[[], datetime],
        sleep: Callable[[float], None],
        stale: timedelta = STALE,
    ) -> None:
        """Remember by *keys*; who has not ended *stale* after its call began is taken over from."""
        self._keys = keys
        self._clock = clock
        self._sleep = sleep
        self._stale = stale

    def make(self, key: str, wanted: str, attempt: Attempt) -> Booking:
        """Give the booking that *key* has made, or make it; *wanted* is the `fingerprint` of the request.

        Raises what the attempt raises, and `NotBookable` if the key belongs to another request.
        """
        for _ in range(_WAITS):
            claim = self._keys.claim(key, wanted)
            if claim.mine:
                return self._first(attempt, claim)
            if claim.fingerprint != wanted and not claim.given_up:
                raise _repeated()
            if claim.uid:
                return _made_before(attempt, claim.uid)
            if self._clock() - claim.begun_at > self._stale and (
                mine := self._took_over(attempt, claim, wanted)
            ):
                return self._found(attempt, key) or self._first(attempt, mine, again=True)
            self._sleep(_WAIT)
        raise _under_way()

    def _first(self, attempt: Attempt, claim: Claim, *, again: bool = False) -> Booking:
        """Book as the one to use the key; it is free again after a refusal, but not while nobody knows.

        *again*: a call before this one has ended without an outcome, and may take effect as late as now.
        """
        try:
            attempt.check()
        except BaseException as error:
            if again and isinstance(error, SlotTaken) and (found := self._found(attempt, claim.key)):
                return found
            self._keys.forget(claim)
            raise
        # Who takes over waits from now on: the checks may have taken long.
        mine = self._keys.take_over(claim, claim.fingerprint)
        if mine is None:
            return self.make(claim.key, claim.fingerprint, attempt)
        return self._call(attempt, mine, again=again)

    def _call(self, attempt: Attempt, claim: Claim, *, again: bool) -> Booking:
        try:
            booking = attempt.send()
        except OutcomeUnknown:
            raise
        except NothingMade:
            # A slow call may make it yet: the next one with this key looks again before it books.
            self._keys.give_up(claim)
            raise
        except BookerError as error:
            if again and isinstance(error, SlotTaken) and (found := self._found(attempt, claim.key)):
                return found
            self._keys.forget(claim)
            raise
        return self._kept(claim.key, booking)

    def _took_over(self, attempt: Attempt, claim: Claim, wanted: str) -> Claim | None:
        """Take the place of a call that ended without a word, if what it did can be looked up."""
        if not attempt.can_look():
            raise OutcomeUnknown("A call with the same key has ended without an outcome.")
        return self._keys.take_over(claim, wanted)

    def _found(self, attempt: Attempt, key: str) -> Booking | None:
        try:
            found = attempt.look()
        except ProviderError:
            raise OutcomeUnknown("What a call with the same key has done cannot be looked up.") from None
        return self._kept(key, found) if found else None

    def _kept(self, key: str, booking: Booking) -> Booking:
        self._keys.keep(key, booking.series or booking.uid)
        return booking


@contextmanager
def in_turn(turns: Turns, about: str, *, sleep: Callable[[float], None]) -> Iterator[None]:
    """Wait for the turn to do what *about* names, and have it for a `with` block.

    `ProviderUnavailable` if it takes too long.
    """
    turn = _waited_for(turns, about, sleep)
    try:
        yield
    finally:
        # What was done is done, and a turn ends by itself.
        with suppress(ProviderUnavailable):
            turns.give_back(turn)


def _waited_for(turns: Turns, about: str, sleep: Callable[[float], None]) -> Turn:
    for _ in range(_WAITS):
        if turn := turns.take(about):
            return turn
        sleep(_WAIT)
    raise _under_way()


def settled(
    look: Callable[[], Booking | None],
    unknown: OutcomeUnknown,
    *,
    looks: int,
    pause: float,
    sleep: Callable[[float], None],
) -> Booking | None:
    """Look several times, *pause* seconds apart, for what a call without an answer has done after all.

    None: nothing so far. Raises *unknown* where that cannot be asked.
    """
    for number in range(looks):
        if number:
            sleep(pause)
        try:
            found = look()
        except ProviderError:
            raise unknown from None
        if found:
            return found
    return None


def fingerprint(request: BookingRequest) -> str:
    """Give what tells *request* from another one under the same key, without keeping who it is by."""
    told = (
        request.event_type,
        request.owner,
        format_instant(request.start),
        request.attendee.email.casefold(),
    )
    return digest("\n".join(told))


def digest(text: str) -> str:
    """Give what stands for *text* in our database without telling it."""
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()


def _made_before(attempt: Attempt, uid: str) -> Booking:
    try:
        return attempt.read(uid)
    except BookingNotFound:
        # What was given up in such a way that the provider knows it no more.
        raise _repeated() from None


def _repeated() -> NotBookable:
    message = "The key of the request belongs to another one, or to a booking that was given up."
    return NotBookable(message, rule=Rule.REPEATED, sentence=_REPEATED)


def _under_way() -> ProviderUnavailable:
    return ProviderUnavailable("Another call for the same is under way.", sentence=_UNDER_WAY)
