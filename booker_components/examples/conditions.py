"""The booker where an event type has conditions: seats, series, approval, price, places, fixed answers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from ..errors import CodeNeeded, CodeWrong
from ..languages import gettext as _
from ..web import components as web
from ..web import verifying, wording
from ..web.robots import TRAP
from ..web.summary import elsewhere
from .choosing import booker, booker_form
from .offers import (
    ASKED,
    CLASS,
    CONDITIONS,
    COURSE,
    GUEST,
    GUEST_EMAIL,
    INTRO,
    KNOWN,
    LOCKED_ZONE,
    PLACES,
    PRICED,
    START,
    TEAM,
)
from .parts import FILLED, Example, guest_form

_USER = {"name": GUEST, "email": GUEST_EMAIL}
_ANSWERS = {**_USER, "customer": "C-20417", "plan": "Team", "topics": ["Billing"], "partner": True}
#: Two dates of the series, the third and the seventh, the clocks having changed in between.
_TAKEN = tuple(START + timedelta(weeks=weeks, hours=-1) for weeks in (4, 12))


def _expired() -> str:
    return wording.told(
        _("The details that were filled in for you have expired."),
        _("Please check or enter them yourself, or start again from the page that led you here."),
    )


def _code(id: str, error: CodeNeeded) -> web.Booker:
    """Give the form that asks for the code which was mailed to the guest."""
    asked = web.Guards(trap=TRAP, code=verifying.field(error, f"{id}-f"), again=verifying.AGAIN)
    form = replace(guest_form(id, known=FILLED), guards=asked)
    return booker_form(id, INTRO, form, alert=_(error.sentence))


def _elsewhere(id: str, sentence: str, address: str = "") -> web.Booker:
    offer = replace(PRICED, elsewhere=sentence, booking_url=address)
    return booker(id, offer, picker=None, elsewhere=elsewhere(offer))


def conditions() -> tuple[Example, ...]:
    """Give the bookers of event types that have more to them than a time."""
    taken = guest_form("booker-series-taken", COURSE, taken=_TAKEN)
    places = guest_form("booker-places", PLACES, known={**_USER, "location": "We come to you"})
    locked = guest_form("booker-locked", KNOWN, known=_ANSWERS, locked=tuple(_ANSWERS))
    known = guest_form("booker-known", known=_USER, locked=tuple(_USER))
    expired = guest_form("booker-known-expired", known=FILLED)
    told = (
        (booker("booker-facts", CONDITIONS), "Approval, a series and a price."),
        (booker("booker-seats", CLASS), "How many seats each time has left."),
        (booker_form("booker-seat", CLASS), "A seat is chosen."),
        (booker("booker-zone-locked", LOCKED_ZONE), "Times in one zone only."),
        (booker_form("booker-series", COURSE), "The dates of a series, over a change of the clocks."),
        (booker_form("booker-approval", ASKED), "The host has to agree."),
        (booker_form("booker-series-taken", COURSE, taken), "A series of which some dates are not free."),
        (booker("booker-team", TEAM), "A host, and one of a group."),
        (booker_form("booker-places", PLACES, places), "What only the guest knows of the place."),
        (booker_form("booker-locked", KNOWN, locked), "Answers that are not to be changed."),
        (booker_form("booker-known", INTRO, known), "A signed-in user, whose name and address are fixed."),
        (
            booker_form("booker-known-expired", INTRO, expired, alert=_expired()),
            "What was filled in for a signed-in user has expired.",
        ),
        (
            _code("booker-code", CodeNeeded(address=GUEST_EMAIL, proof="")),
            "A code was mailed to the guest's address.",
        ),
        (
            _code("booker-code-wrong", CodeWrong(address=GUEST_EMAIL, proof="")),
            "Another code was typed in.",
        ),
        (
            _elsewhere(
                "booker-elsewhere",
                "This has a price, and is booked and paid for at Cal.com.",
                "https://cal.example.com/camille/intro",
            ),
            "To be booked on another site.",
        ),
        (
            _elsewhere("booker-elsewhere-unknown", "This can be booked at Cal.com only."),
            "To be booked we know not where.",
        ),
    )
    return tuple(Example(name=each.id, component=each, description=text) for each, text in told)
