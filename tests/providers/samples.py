"""Event types, requests and engines for the tests of providers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from booker_components.providers.embedded import EmbeddedProvider
from booker_components.providers.embedded.catalogue import Catalogue
from booker_components.storage import Storage
from booker_components.testing import FrozenClock
from booker_components.values import (
    Attendee,
    BookingRequest,
    BookingWindow,
    EventType,
    Host,
    Schedule,
    TimeWindow,
)

from ..databases import lay_database

#: A Monday.
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
#: The Tuesday after, with ten slots of half an hour from 9 o'clock UTC.
DAY = TimeWindow(start=datetime(2026, 3, 3, tzinfo=UTC), end=datetime(2026, 3, 4, tzinfo=UTC))
NINE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)

ADA = Host(
    slug="ada",
    name="Ada",
    zone="UTC",
    email="ada@example.com",
    schedule=Schedule(weekly=(((9 * 60, 14 * 60),),) * 7),
)
INTRO = EventType(
    slug="intro-call",
    title="Intro call",
    hosts=(ADA,),
    durations=(HALF_HOUR, 2 * HALF_HOUR),
    slot_interval=HALF_HOUR,
    window=BookingWindow(days=60),
)


def slot(number):
    """Give the start of one of the ten slots of the day."""
    return NINE + number * HALF_HOUR


def request_at(start, **changes):
    """Give a request by Zoe for the intro call at *start*."""
    zoe = Attendee(name="Zoe", email="zoe@example.org", zone="Asia/Tokyo", locale="ja")
    return replace(BookingRequest(event_type="intro-call", start=start, attendee=zoe), **changes)


def url_in(folder):
    """Give the URL of a database with our tables in *folder*."""
    return lay_database(folder)


def engine_on(url, *event_types, now=NOW):
    """Give an engine with a migrated database, and its clock, which stands still at *now*."""
    storage = Storage(url)
    storage.upgrade()
    clock = FrozenClock(now)
    offer = Catalogue(event_types or (INTRO,))
    return EmbeddedProvider(offer, storage=storage, clock=clock), clock
