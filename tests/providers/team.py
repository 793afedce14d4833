"""Hosts and event types for tests of several hosts, seats and series; everybody works 9 to 14 UTC."""

from dataclasses import replace
from datetime import timedelta

from booker_components.storage import Storage
from booker_components.values import Attendee, EventType, Host, HostGroup, Member

from .samples import ADA, HALF_HOUR, INTRO, request_at

GRACE = replace(ADA, slug="grace", name="Grace", email="grace@example.com")
ALAN = replace(ADA, slug="alan", name="Alan", email="alan@example.com")

#: Needs both.
PAIR = replace(INTRO, slug="pair", title="Pair", hosts=(ADA, GRACE))

#: Takes one of three.
ROBIN = replace(
    INTRO,
    slug="robin",
    title="Robin",
    hosts=(ADA, GRACE, ALAN),
    groups=(HostGroup(members=(Member(host="ada"), Member(host="grace"), Member(host="alan"))),),
)

#: Takes one of Grace and Alan, and always Ada.
MIXED = replace(ROBIN, slug="mixed", groups=(HostGroup(members=(Member(host="grace"), Member(host="alan"))),))


def of(event_type: EventType, start, *, guest="zoe", **changes):
    """Give a request of *guest* for *event_type* at *start*."""
    attendee = Attendee(name=guest.title(), email=f"{guest}@example.org", zone="Asia/Tokyo")
    return replace(request_at(start, attendee=attendee), event_type=event_type.slug, **changes)


def hosts(booking) -> list[str]:
    """Give the slugs of the hosts of *booking*."""
    return [host.slug for host in booking.hosts]


def alone(host: Host, slug: str, **changes) -> EventType:
    """Give an event type of one *host*."""
    return replace(INTRO, slug=slug, title=slug.title(), hosts=(host,), **changes)


def starts(engine, event_type, window, **options):
    """Give the starts of the free slots."""
    return [slot.start for slot in engine.slots(event_type, window, **options)]


def later(start, slots=1):
    """Give the start of the slot that is so many *slots* later."""
    return start + slots * HALF_HOUR


def storage_of(url: str) -> Storage:
    """Give another view of the database, for looking at rows."""
    return Storage(url)


HOUR = timedelta(hours=1)
