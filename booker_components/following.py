"""Follower: changes made elsewhere are found out by reading again, and told to the subscribers once."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Protocol

from .errors import BookingNotFound, ProviderError, ProviderUnavailable
from .journal import RemoteJournal, with_guest
from .providers import Provider, ReceivesWebhooks
from .values import Booking, BookingStatus, EventKind, Incoming

_log = logging.getLogger(__name__)

# Happens to some of those that share a time, and a notice of the whole does not tell here to whom.
_OF_SOME = frozenset({EventKind.NO_SHOW, EventKind.GUEST_MISSING})

# How often, and how many seconds apart, it is looked whether a call of ours that a webhook has overtaken has
# ended. A longer one lets the webhook wait its turn in the inbox.
_WAITS, _WAIT = 4, 0.2


class _Remote(Provider, ReceivesWebhooks, Protocol):
    """A provider at which bookings change without us."""


class Follower:
    """Looks at the bookings of a remote provider, whatever the reason, and tells what is new about them.

    What a call of ours is changing at this moment is left to it: not everything that we know of a change can
    be read at the provider.
    """

    def __init__(self, provider: _Remote, journal: RemoteJournal) -> None:
        self._provider = provider
        self._journal = journal

    def observe(self, uid: str) -> Booking:
        """Read a booking, tell what is new about it, and give it as it now stands."""
        asked_at = self._journal.clock()
        booking = self._provider.get(uid)
        self._new(self._settled(booking), asked_at)
        return booking

    def take(self, incoming: Incoming) -> None:
        """Tell what a verified webhook is about; its bookings are read again, for it may be late.

        One that was signed for a single account tells of no booking but those that the account hosts.
        Raises `ProviderError` where they cannot be read now, or a call of ours is changing them; the webhook
        is then to be taken again.
        """
        if incoming.ping:
            return
        for uid in incoming.uids:
            asked_at = self._journal.clock()
            booking = self._reread(uid, incoming)
            if booking is not None:
                self._wait_for_ours(booking)
                self._tell(booking, incoming, asked_at)

    def sync(self, since: datetime) -> int:
        """Tell what has changed at the provider since *since*, aware; give how many changes.

        `Unsupported` where the provider cannot be asked.
        """
        count, asked_at = 0, self._journal.clock()
        shared: dict[str, list[Booking]] = {}
        for booking in self._provider.changed_since(since):
            count += self._new(self._settled(booking), asked_at)
            if whole := booking.shared or ("" if booking.is_held else booking.uid):
                shared.setdefault(whole, []).append(booking)
        # Seats that were given up are listed no more. Last, for one that moved is listed where it is now.
        for whole, listed in shared.items():
            gone = self._seats(whole, listed[0], besides={each.uid for each in listed})
            count += self._new(gone, asked_at)
        return count

    def follow_seats(self, whole: Booking) -> None:
        """Tell what is new about the seats of *whole*, which a call of ours has changed.

        What cannot be read now is told when its webhook comes, or by the next sync.
        """
        asked_at = self._journal.clock()
        with suppress(ProviderError):
            self._new(self._seats(whole.uid, whole), asked_at)

    def seat_given_up(self, uid: str) -> Booking | None:
        """Give a seat that the provider no longer knows, as the subscribers last heard of it."""
        last = self._journal.last_told(uid)
        if last is None or not last.shared:
            return None
        return _given_up(last, last) if last.is_open else last

    def _new(self, bookings: Iterable[Booking], asked_at: datetime) -> int:
        """Tell what is new about *bookings*, and give about how many something is."""
        return sum(self._journal.observe(each, asked_at=asked_at) is not None for each in bookings)

    def _settled(self, booking: Booking) -> Iterator[Booking]:
        """Give *booking* and its series, without what a call of ours is still to tell of."""
        return (each for each in booking.each() if not self._journal.is_changing(each))

    def _wait_for_ours(self, booking: Booking) -> None:
        """Wait for a call of ours that is changing *booking*; `ProviderUnavailable` if it takes long."""
        for _ in range(_WAITS):
            if not self._journal.is_changing(booking):
                return
            time.sleep(_WAIT)
        raise ProviderUnavailable("A call of ours is still changing the booking.")

    def _tell(self, booking: Booking, incoming: Incoming, asked_at: datetime) -> None:
        whole = not booking.is_held
        touched = tuple(self._seats(booking.uid, booking)) if whole else self._closed_along(booking)
        self._new(touched, asked_at)
        if incoming.kind and not (whole and incoming.kind in _OF_SOME):
            for each in touched if whole else (booking,):
                self._journal.told(incoming.kind, each, mark=incoming.key)

    def _reread(self, uid: str, incoming: Incoming) -> Booking | None:
        """Give the booking as it stands now; one we know that can no longer be read, as the notice tells it.

        What we never heard of and cannot read is nothing: the notice alone is no proof that it ever was. Nor
        is it believed about whose the booking is, where it was signed for a single account.
        """
        try:
            booking = self._provider.get(uid)
        except BookingNotFound:
            last = self._journal.last_told(uid)
            return _believed(incoming, last) if last and _may_tell(incoming, last) else None
        return (
            with_guest(_with_facts(booking, incoming), incoming.told)
            if _may_tell(incoming, booking)
            else None
        )

    def _closed_along(self, booking: Booking) -> Sequence[Booking]:
        """Give *booking* and, where it is closed, its series: one notice may stand for all that closed."""
        if booking.is_open or not booking.series or booking.occurrences:
            return booking.each()
        try:
            return (booking, *self._provider.get(booking.series).each())
        except BookingNotFound:
            return (booking,)

    def _seats(self, whole: str, like: Booking, *, besides: Collection[str] = ()) -> Iterator[Booking]:
        """Give the seats that we know of *whole*, as they stand; *like* tells why they may be gone."""
        for uid in self._journal.open_seats(whole):
            if uid in besides:
                continue
            last = self._journal.last_told(uid)
            try:
                yield with_guest(self._provider.get(uid), last)
            except BookingNotFound:
                if last is not None:
                    yield _given_up(last, like)


def _may_tell(incoming: Incoming, booking: Booking) -> bool:
    """Tell whether whoever signed *incoming* may tell of *booking*, as it is known from elsewhere."""
    if not incoming.account or incoming.account in {host.slug for host in booking.hosts}:
        return True
    # Neither the uid nor the username: the one opens a booking, the other may be a person's.
    _log.warning(
        "A webhook (%s) that was signed for one account named a booking of another; it was let go.",
        incoming.trigger,
    )
    return False


def _with_facts(booking: Booking, incoming: Incoming) -> Booking:
    """Give *booking* with what only the notice tells: Jicoo's API knows of no campaign, and not who moved.

    Who did it is believed of the last change only, which the notice has to be about. One that was signed for
    an account tells nothing, for host apps may go by it.
    """
    told = incoming.told
    if told is None or incoming.account:
        return booking
    is_last = (told.updated_at, told.start) == (booking.updated_at, booking.start)
    return replace(
        booking,
        changed_by=booking.changed_by or (told.changed_by if is_last else ""),
        metadata=MappingProxyType({**told.metadata, **booking.metadata}),
    )


def _believed(incoming: Incoming, last: Booking) -> Booking | None:
    """Give the booking *last* as *incoming* tells it; whose it is, one signed for an account does not tell.

    The account's owner could so pass it off as another host's, or as what one of theirs was moved to.
    """
    told = incoming.told
    if told is None or not incoming.account:
        return told
    return replace(
        told,
        event_type=last.event_type,
        event_type_id=last.event_type_id,
        hosts=last.hosts,
        owner=last.owner,
        replaces=last.replaces,
        shared=last.shared,
    )


def _given_up(seat: Booking, whole: Booking) -> Booking:
    """Give a seat that is there no more, as it was last told, closed as the *whole* was."""
    return replace(
        seat,
        status=BookingStatus.CANCELLED if whole.is_open else whole.status,
        revision=2,
        reason="" if whole.is_open else whole.reason,
        changed_by="" if whole.is_open else whole.changed_by,
        updated_at=whole.updated_at,
    )
