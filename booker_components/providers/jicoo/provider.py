"""`JicooProvider`: what a provider can do, at Jicoo (contracts/jicoo.md 9.3)."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from ...records.keys import RequestKeys
from ...records.turns import Turns
from ...values import (
    Booking,
    BookingFilter,
    BookingRequest,
    CancelScope,
    EventType,
    Incoming,
    Slot,
    TimeWindow,
)
from .changing import Changer
from .client import JicooClient
from .desk import Desk
from .listing import Lister
from .making import Maker
from .told import completed
from .webhooks import read_webhook


class JicooProvider:
    """Bookings at Jicoo, by its API version 1: no holds, series, approval or several lengths."""

    name = "jicoo"
    #: Nothing says that who knows a uid may change the booking.
    links_by_uid = False

    def __init__(
        self,
        client: JicooClient,
        *,
        keys: RequestKeys,
        turns: Turns,
        clock: Callable[[], datetime],
        declared: Sequence[EventType] = (),
        zone: str = "UTC",
        team: str = "",
        webhook_secret: str = "",
        cancel_reason_key: str = "cancelReason",
        recall: Callable[[str], Booking | None] = lambda uid: None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Call by *client*; *keys* keep which request made which booking, *turns* whose turn it is.

        *declared* event types carry Jicoo's `id`; *zone* is the hosts', an IANA name. *team* is in the
        addresses of Jicoo's own pages, "" to name none. *cancel_reason_key* is under which name Jicoo takes
        the reason of a cancellation. *recall* gives a booking as the subscribers were last told of it, for
        what Jicoo does not keep: who moved it, from when, and why. *sleep* waits for some seconds, between
        two looks at what became of a call without an answer.
        """
        desk = Desk.of(
            client,
            turns=turns,
            clock=clock,
            sleep=sleep,
            declared=declared,
            zone=zone,
            team=team,
            cancel_reason_key=cancel_reason_key,
            recall=recall,
        )
        self._desk = desk
        self._secret = webhook_secret
        self._recall = recall
        self._maker = Maker(desk, keys)
        self._changer = Changer(desk)
        self._lister = Lister(desk)

    # --- event types and slots ---

    def event_types(self) -> Sequence[EventType]:
        """Give every event type that guests may book: the declared ones, then Jicoo's others.

        Raises `Unsupported` where none are declared and the key may not list them.
        """
        return self._desk.catalogue.all()

    def event_type(self, slug: str, *, owner: str | None = None) -> EventType:
        """Give one event type by its slug, or by Jicoo's id; `EventTypeNotFound` if it is not offered."""
        return self._desk.catalogue.one(slug, owner)

    def event_type_of(self, booking: Booking) -> EventType:
        """Give the event type of *booking*, or the little that the booking itself tells of it.

        `EventTypeNotFound` if it was deleted.
        """
        return self._desk.catalogue.of(booking)

    def slots(
        self,
        event_type: EventType,
        window: TimeWindow,
        *,
        duration: timedelta | None = None,
        moving: str | None = None,
        zone: str = "",
    ) -> Sequence[Slot]:
        """Give the free slots that start in *window*, in order, as of half a minute ago at most.

        There is one length for each event type, and the same times in every zone. Jicoo cannot be told
        which booking moves, so the own time of *moving* is offered only if Jicoo does so by itself.
        """
        return self._desk.board.slots(event_type, window)

    # --- bookings ---

    def book(self, request: BookingRequest) -> Booking:
        """Book; a request whose key has made a booking gives that booking, as it now stands.

        Raises `NotBookable`, `SlotTaken`, `EventTypeNotFound`, or `OutcomeUnknown` where nobody can tell.
        """
        return self._maker.book(request)

    def get(self, uid: str) -> Booking:
        """Give one booking; `BookingNotFound` if there is none."""
        return self._desk.reader.find(uid)

    def reschedule(self, uid: str, start: datetime, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking and give the one that now stands, mostly with the same uid.

        Raises `BookingClosed`, `SlotTaken`, `NotBookable` or `BookingNotFound`.
        """
        return self._changer.reschedule(uid, start, reason=reason, by=by)

    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel a booking and give it as it now stands; `BookingClosed` or `BookingNotFound`."""
        return self._changer.cancel(uid, reason=reason, by=by, scope=scope)

    def update(
        self,
        uid: str,
        *,
        title: str = "",
        description: str | None = None,
        start: datetime | None = None,
        end: datetime | None = None,
        zone: str = "",
        hosts: Mapping[str, str] | None = None,
        priority: str = "",
        message: str = "",
        notify: bool | None = None,
    ) -> Booking:
        """Edit a booking as its host may, to any time at all, and give it; what is not said stays.

        See `Changer.update`. Nobody is told of it here: `update_booking` lets the subscribers hear.
        """
        return self._changer.update(
            uid,
            title=title,
            description=description,
            start=start,
            end=end,
            zone=zone,
            hosts=hosts,
            priority=priority,
            message=message,
            notify=notify,
        )

    def bookings(self, wanted: BookingFilter) -> Sequence[Booking]:
        """Give the bookings that match, in the order that is wanted."""
        return self._lister.bookings(wanted)

    # --- changes made elsewhere ---

    def incoming(self, headers: Mapping[str, str], body: bytes, *, mark: str = "") -> Incoming:
        """Verify and read a webhook; `WebhookRejected` if it is forged, or its address has a *mark*."""
        incoming = read_webhook(headers, body, secret=self._secret, clock=self._desk.clock, mark=mark)
        # Whatever has happened, the free times may be others now.
        self._desk.board.drop()
        last = self._recall(incoming.told.uid) if incoming.told else None
        if incoming.told is None or last is None:
            return incoming
        return replace(incoming, told=completed(incoming.told, last))

    def changed_since(self, instant: datetime) -> Iterator[Booking]:
        """Give every booking that has changed since *instant*."""
        return self._lister.changed_since(instant)
