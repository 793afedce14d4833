"""A booking to tell of, and addresses to which nobody is to be sent."""

from __future__ import annotations

from datetime import UTC, datetime

from booker_components import Attendee, Booking, BookingStatus, Host, Location, LocationKind
from booker_components.redirects import Done, address
from booker_components.values import Occasion, Redirect

from ..conftest import INTRO

PARTNER = "https://partner.example"
ORIGINS = (PARTNER, "http://localhost:8000")
NOW = datetime(2031, 5, 2, 12, 0, tzinfo=UTC)
SECRET = "hush hush, for receivers only"

BOOKING = Booking(
    uid="new1",
    event_type="intro-call",
    title="Intro & more",
    start=datetime(2031, 5, 6, 7, 0, tzinfo=UTC),
    end=datetime(2031, 5, 6, 7, 30, tzinfo=UTC),
    status=BookingStatus.CONFIRMED,
    hosts=(Host(slug="ann", name="Ann", zone="Europe/Rome"), Host(slug="cy", name="Cy", zone="UTC")),
    attendee=Attendee(name="Bo Ek", email="bo+x@example.org", zone="Europe/London"),
    created_at=datetime(2031, 5, 1, 23, 59, 59, 123999, tzinfo=UTC),
    updated_at=datetime(2031, 5, 1, tzinfo=UTC),
    guests=("a@example.org", "b@example.org"),
    notes="see you",
    answers={
        "topic": "R&D + more",
        "days": ("Mon", "Tue"),
        "size": 3.0,
        "ratio": 1.5,
        "consent": True,
        "news": False,
        "diagnosis": "private",
        "blank": "",
    },
    location=Location(kind=LocationKind.LINK, value="https://meet.example/1"),
    metadata={"utm_source": "kept", "crm": "7"},
)


def done(occasion: Occasion = Occasion.BOOKED, booking: Booking = BOOKING, **options: object) -> Done:
    """Give what was done to *booking*."""
    return Done(occasion=occasion, booking=booking, **{"event_type": INTRO, **options})  # type: ignore[arg-type]


def led(redirect: Redirect | None, was: Done | None = None, **options: object) -> str:
    """Give the address that a guest goes to who was at *was*."""
    given = {"origins": ORIGINS, "secret": SECRET, "now": NOW} | options
    return address(redirect, was or done(), **given)  # type: ignore[arg-type]


#: What neither a setting nor an event type nor an API leads to, where "https://partner.example" is allowed.
HOSTILE = (
    "/done",
    "done",
    "?x=https://partner.example/",
    "//evil.example/",
    "///evil.example/",
    "//partner.example/",
    "https:evil.example",
    "https:/evil.example",
    "https:///evil.example",
    "https:partner.example/",
    "https:/partner.example/",
    "http://partner.example/",
    "HTTP://partner.example/",
    "https://evil.example/?https://partner.example/",
    "https://evil.example/#https://partner.example/",
    "https://evil.example/https://partner.example/",
    # Ports.
    "https://partner.example:444/",
    "https://partner.example:80/",
    "https://partner.example:0/",
    "https://partner.example:-443/",
    "https://partner.example:+443/",
    "https://partner.example:4 43/",
    "https://partner.example:443@evil.example/",
    "https://partner.example:99999/",
    "https://partner.example:abc/",
    "https://partner.example:44\uff13/",
    # Names that look alike.
    "https://partner.example.evil.example/",
    "https://evilpartner.example/",
    "https://partner-example/",
    "https://partner.example./",
    "https://.partner.example/",
    "https://partner..example/",
    "https://sub.partner.example/",
    "https://p\u0430rtner.example/",
    "https://partner\u3002example/",
    "https://partner\uff0eexample/",
    "https://\uff50artner.example/",
    "https://partner.example\u2044.evil.example/",
    "https://partner.example\uff0f.evil.example/",
    "https://partner\u00ad.example/",
    "https://partner.ex\u200bample/",
    "https://xn--prtner-4ve.example/",
    # Users.
    "https://partner.example@evil.example/",
    "https://partner.example:x@evil.example/",
    "https://evil.example@partner.example/",
    "https://@partner.example/",
    "https://partner.example%40evil.example/",
    # Encoded.
    "https://partner.example%2eevil.example/",
    "https://partner%2eexample/",
    "https://partner.example%2f.evil.example/",
    "https://partner.example%00.evil.example/",
    "https%3a//partner.example/",
    "%68ttps://partner.example/",
    # What browsers read otherwise than Python.
    "https://evil.example\\@partner.example/",
    "https://evil.example\\.partner.example/",
    "https:\\\\partner.example/",
    "https://partner.example\\.evil.example/",
    "/\\evil.example",
    "\\\\evil.example\\partner.example",
    "https://partner.example\r\nSet-Cookie: x=1",
    "https://partner.example/\r\nLocation: https://evil.example/",
    "https://partner.example/\n.evil.example",
    "https://partner.exa\tmple/",
    "ht\ntps://partner.example/",
    "https://partner.example/ x",
    "https://partner.example/\u00a0x",
    "https://partner.example/\u2028x",
    "https://partner.example/\u202egpj.exe",
    "\x00https://partner.example/",
    "https://partner.example/\x00",
    "\x01javascript:alert(1)",
    # Other schemes.
    "javascript:alert(1)//https://partner.example",
    "JavaScript://partner.example/%0aalert(1)",
    "java\nscript:alert(1)",
    "data:text/html,https://partner.example",
    "data://partner.example/,x",
    "vbscript:msgbox(1)",
    "blob:https://partner.example/1",
    "view-source:https://partner.example/",
    "file://partner.example/etc/passwd",
    "ftp://partner.example/",
    "ws://partner.example/",
    "mailto:evil@partner.example",
    "about:blank",
    "https://[::1",
    "https://[partner.example]/",
    "https://",
    "https://:443/",
)
