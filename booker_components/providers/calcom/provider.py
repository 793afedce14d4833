"""`CalcomProvider`: everything that a provider can do, at Cal.com (contracts/calcom.md 4)."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from ...records.keys import RequestKeys
from ...values import (
    Booking,
    BookingFilter,
    BookingRequest,
    CalendarLink,
    CancelScope,
    EventType,
    Hold,
    Incoming,
    Slot,
    TimeWindow,
)
from .changing import Changer
from .client import CalcomClient
from .desk import Desk
from .holds import Holds
from .hosting import Hosting
from .making import Maker
from .owners import Owner
from .slots import Search
from .webhooks import account_secret, read_webhook, sent_for


class CalcomProvider:
    """Bookings at Cal.com, by its API version 2.

    What a guest does goes out without the host's credentials, as from Cal.com's own pages; what a host does
    (`by="host"`, and whatever else only hosts may) goes out with them.
    """

    name = "calcom"
    #: Whoever knows a uid may change the booking: so do Cal.com's own links (contracts/calcom.md section 0).
    links_by_uid = True

    def __init__(
        self,
        client: CalcomClient,
        *,
        keys: RequestKeys,
        clock: Callable[[], datetime],
        zone: str = "",
        webhook_secret: str = "",
        username_of: Callable[[str], str] = lambda mark: "",
        owners: Collection[str] = (),
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Call by *client*; *keys* keep which request made which booking.

        *zone* is the hosts', an IANA name, "" to ask for it where that can be done. *owners* are those whom
        guests reach besides the account's own, "*" for anybody. *username_of* gives whose the mark in the
        address of a webhook is, "" for nobody's (`webhooks.account_mark`). *sleep* waits for some seconds,
        between two looks at what became of a call without an answer.
        """
        desk = Desk.of(client, clock=clock, zone=zone, sleep=sleep)
        self._desk = desk
        self._secret = webhook_secret
        self._username_of = username_of
        self._teams = tuple(each for each in owners if Owner.of(each).team)
        self._owners = frozenset[str]().union(*(Owner.of(each).names() for each in owners))
        self._holds = Holds(desk)
        self._maker = Maker(desk, self._holds, keys)
        self._changer = Changer(desk)
        self._hosting = Hosting(desk)

    # --- event types and slots ---

    def event_types(self) -> Sequence[EventType]:
        """Give every event type of the account that guests may find."""
        return tuple(each.event_type for each in self._desk.catalogue.all())

    def event_type(self, slug: str, *, owner: str | None = None) -> EventType:
        """Give one event type by its slug, or its id; *owner* is a username, "ann+bo" or "team:sales".

        Raises `EventTypeNotFound`, or `Unsupported` where only a team's members may look.
        """
        return self._desk.catalogue.one(slug, owner).event_type

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
        """Give the free slots that start in *window*, in order, as of some seconds ago at most."""
        uid = self._desk.reader.uid_to_move(moving) if moving else ""
        length = duration or event_type.duration
        search = Search(event_type=event_type, duration=length, zone=zone, moving=uid)
        return self._desk.board.slots(search, window)

    def serves(self, owner: str) -> bool:
        """Tell whether guests may book what *owner* offers: the account at hand, or one that was named."""
        return not owner or not self._owners.isdisjoint({"*", owner}) or self._desk.catalogue.owns(owner)

    def serves_booking(self, booking: Booking) -> bool:
        """Tell whether a host of *booking* is served, or its event type the account's or a named team's."""
        names = {booking.owner, *(host.slug for host in booking.hosts)} - {""}
        if "*" in self._owners or any(map(self.serves, names)):
            return True
        # A team's hosts are not named: only the event type tells that they host for it.
        return any(self._desk.catalogue.has(booking, each) for each in (None, *self._teams))

    # --- bookings ---

    def book(self, request: BookingRequest) -> Booking:
        """Book; a request whose key has made a booking gives that booking, as it now stands.

        Raises `NotBookable` with the rule that refuses, `InvalidRequest`, `SlotTaken`, `EventTypeNotFound`,
        or `OutcomeUnknown` where nobody can tell whether it was made.
        """
        return self._maker.book(request)

    def get(self, uid: str) -> Booking:
        """Give what a guest holds under the uid of a booking, a seat or a series; or `BookingNotFound`.

        Of a series it is the next booking to come, with all of them as occurrences.
        """
        return self._desk.reader.find(uid).booking

    def reschedule(self, uid: str, start: datetime, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking and give the one that now stands, which has another uid.

        Raises `BookingClosed`, `SlotTaken`, `NotBookable` or `BookingNotFound`.
        """
        return self._changer.reschedule(uid, start, reason=reason, by=by)

    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel a booking and give it as it now stands; *scope* tells how much of a series.

        Raises `BookingClosed`, `BookingNotFound`, or `InvalidRequest` where a host has to say why.
        """
        return self._changer.cancel(uid, reason=reason, by=by, scope=scope)

    def bookings(self, wanted: BookingFilter) -> Sequence[Booking]:
        """Give the bookings that match, in the order that is wanted; `Unsupported` without credentials."""
        return self._hosting.bookings(wanted)

    # --- holds ---

    def hold(
        self, event_type: EventType, start: datetime, *, duration: timedelta | None = None, zone: str = ""
    ) -> Hold:
        """Keep a slot for five minutes, whatever the *zone*; `SlotTaken` if it is gone."""
        return self._holds.hold(event_type, start, duration or event_type.duration)

    def held(self, uid: str) -> Hold | None:
        """Give a hold that has not lapsed; None if there is none."""
        return self._holds.held(uid)

    def release(self, uid: str) -> None:
        """Give up a hold; one that is gone is nothing to mind."""
        self._holds.release(uid)

    # --- changes made elsewhere ---

    def incoming(self, headers: Mapping[str, str], body: bytes, *, mark: str = "") -> Incoming:
        """Verify and read a webhook; `WebhookRejected` if it is forged.

        One that came to the address with a *mark* is signed for that one account, which must be connected.
        """
        incoming = read_webhook(headers, body, secret=account_secret(self._secret, mark))
        if mark:
            incoming = sent_for(self._username_of(mark), incoming)
        if not incoming.ping:
            self._desk.board.drop()
        return incoming

    def changed_since(self, instant: datetime) -> Iterator[Booking]:
        """Give every booking that has changed since *instant*; `Unsupported` without credentials."""
        return self._hosting.changed_since(instant)

    # --- what only hosts do; all of it `Unsupported` without credentials ---

    def confirm(self, uid: str) -> Booking:
        """Agree to a booking that waits; `BookingClosed` if it does not."""
        return self._hosting.confirm(uid)

    def decline(self, uid: str, *, reason: str = "") -> Booking:
        """Decline a booking that waits; `BookingClosed` if it does not."""
        return self._hosting.decline(uid, reason=reason)

    def mark_absent(self, uid: str, *, host: bool = False, attendees: Sequence[str] = ()) -> Booking:
        """Keep who did not come; `BookingClosed` before the booking has begun."""
        return self._hosting.mark_absent(uid, host=host, attendees=attendees)

    def add_guests(self, uid: str, emails: Sequence[str]) -> Booking:
        """Invite further guests to a booking; Cal.com takes five calls of ten guests a minute."""
        return self._hosting.add_guests(uid, emails)

    def calendar_links(self, uid: str) -> Sequence[CalendarLink]:
        """Give links that put a booking into a calendar."""
        return self._hosting.calendar_links(uid)
