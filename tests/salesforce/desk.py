"""An org, a subscriber that writes to it, and the bookings that it hears of."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from booker_components.records.moves import Moves
from booker_components.records.reports import Reports
from booker_components.records.turns import Turns
from booker_components.settings import Settings
from booker_components.storage import Storage
from booker_components.subscribers.salesforce import Salesforce, SalesforceRules
from booker_components.subscribers.salesforce.client import SalesforceClient
from booker_components.subscribers.salesforce.login import Login
from booker_components.subscribers.salesforce.session import Session
from booker_components.subscribers.salesforce.telling import Teller
from booker_components.testing import FakeSalesforce, FrozenClock
from booker_components.values import (
    Attendee,
    Booking,
    BookingEvent,
    BookingStatus,
    EventKind,
    Host,
    Location,
    LocationKind,
)

from ..databases import lay_database

KEY = "Booking_Uid__c"
NOW = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)

BOOKING = Booking(
    uid="b-1",
    event_type="intro-call",
    title="Intro call",
    start=datetime(2027, 2, 2, 8, 0, tzinfo=UTC),
    end=datetime(2027, 2, 2, 8, 30, tzinfo=UTC),
    status=BookingStatus.CONFIRMED,
    hosts=(Host(slug="ada", name="Ada Lovelace", zone="Europe/Berlin", email="ada@example.com"),),
    attendee=Attendee(name="Grace Brewster Hopper", email="grace@guest.example.com"),
    location=Location(kind=LocationKind.LINK, value="https://meet.example.com/1"),
    created_at=NOW,
    updated_at=NOW,
)

MOVED = replace(BOOKING, start=BOOKING.start + timedelta(days=1), end=BOOKING.end + timedelta(days=1))
CANCELLED = replace(BOOKING, status=BookingStatus.CANCELLED, revision=2, reason="Ill")


@dataclass(frozen=True, kw_only=True)
class Desk:
    """What a test acts with."""

    org: FakeSalesforce
    storage: Storage
    clock: FrozenClock
    client: SalesforceClient

    def subscriber(
        self,
        rules: SalesforceRules | Mapping[str, SalesforceRules] | None = None,
        *,
        client: Any = None,
        **mail: Any,
    ) -> Salesforce:
        """Give a subscriber with *rules*, the same for every event type."""
        given = rules if isinstance(rules, Mapping) else {"*": rules or SalesforceRules()}
        return Salesforce(
            client or self.client,
            given,
            key=KEY,
            moves=Moves(self.storage),
            turns=Turns(self.storage, self.clock),
            teller=Teller(Reports(self.storage, self.clock), self.clock, **mail),
            clock=self.clock,
        )

    def hear(self, kind: EventKind, booking: Booking = BOOKING, rules: Any = None, **options: Any) -> None:
        """Let a new subscriber hear one event."""
        self.subscriber(rules, **options)(self.event(kind, booking))

    def event(self, kind: EventKind, booking: Booking = BOOKING) -> BookingEvent:
        """Give an event that happens now."""
        return BookingEvent(id=f"{booking.uid}/{kind}", kind=kind, at=self.clock(), booking=booking)

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """Give what the org holds about guests and bookings, without what differs each time."""
        return {
            name: [{field: each[field] for field in fields} for each in self.org.records(name)]
            for name, fields in _SHOWN.items()
        }


_SHOWN = {
    "Lead": ("FirstName", "LastName", "Email", "Company"),
    "Contact": ("FirstName", "LastName", "Email"),
    "Event": ("Subject", "StartDateTime", "EndDateTime", "WhoId", KEY),
}


def settings_of(org: FakeSalesforce, **more: Any) -> dict[str, Any]:
    """Give the settings of an app that writes to *org*, by JWT bearer."""
    own = org.credentials
    return {
        "salesforce": {"*": {}},
        "salesforce_url": org.url,
        "salesforce_client_id": own.consumer_key,
        "salesforce_private_key": own.private_key,
        "salesforce_username": own.username,
    } | more


def config_of(org: FakeSalesforce, **more: Any) -> dict[str, Any]:
    """Give the same as keys of an app's configuration."""
    return {f"BOOKER_{name.upper()}": value for name, value in settings_of(org, **more).items()}


def client_of(
    org: FakeSalesforce, *, session: Callable[[], Session] | None = None, **more: Any
) -> SalesforceClient:
    """Give a client for *org*."""
    login = Login.of(Settings(**settings_of(org, **more)))
    return SalesforceClient(login, version="65.0", session=session or partial(Session, org.url))


@contextmanager
def desk_at(folder: Path, clock: FrozenClock, **org_options: Any) -> Iterator[Desk]:
    """Serve an org whose Events have our external id, and give a desk with a database in *folder*."""
    with FakeSalesforce(clock=clock, **org_options) as org:
        org.add_field("Event", KEY, external_id=True, case_sensitive=True, length=255)
        storage, client = Storage(lay_database(folder)), client_of(org)
        try:
            yield Desk(org=org, storage=storage, clock=clock, client=client)
        finally:
            client.close()
            storage.close()
