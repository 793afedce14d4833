"""Alder & Finch at Jicoo: a pretended Jicoo in this process, what is set up there, what others do."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask, current_app

from booker_components import get_slots
from booker_components.testing import FakeJicoo
from booker_components.testing.jicoo import Booking, Question, Refusal, User, weekly

from .post import Post
from .practice import Appointment, Letter, Practice, Stranger

#: Where the hosts work.
ZONE = "Europe/Berlin"

_DECLARED = Path(__file__).with_name("jicoo.toml")
_GUIDE = """\
    {address}/inbox                        the mails of Jicoo and of the app

  The bookings are at a Jicoo that this process pretends to be. To see what is special about it:
    1. book a first visit, and open the inbox: Jicoo's mail leads to its own page, the app's to ours
    2. open "Return" of a mail: so Jicoo's page sends a guest back, with its seven parameters
    3. take a place in the back class, request a home visit, see the gait analysis that is not declared
    4. press the buttons of the inbox: what others do at Jicoo arrives among the events, and on the desk
    5. answer a request there, of which no webhook tells, and let the app ask what has changed
  It is all in memory: stop it, start it, and you have the bookings of the start again.
"""

_MORNINGS = weekly("08:00", "12:30", days=(1, 2, 3, 4, 5))
_OFFICE = [*_MORNINGS, *weekly("13:30", "18:00", days=(1, 2, 4, 5)), *weekly("09:00", "13:00", days=(6,))]
_CALLS = [*weekly("09:00", "12:00"), *weekly("14:00", "17:00")]

#: What Jicoo alone knows of the event types that the app declares, by their slugs.
_PAGES: Mapping[str, Mapping[str, Any]] = {
    "intro-call": {
        "duration": 15,
        "hours": _CALLS,
        "interval": 30,
        "after": 5,
        "notice": 120,
        "locations": ["googleMeet"],
    },
    "first-visit": {
        "duration": 60,
        "interval": 30,
        "before": 5,
        "after": 10,
        "notice": 720,
        "days": 90,
        "locations": ["inPerson"],
    },
    "follow-up": {
        "duration": 45,
        "interval": 30,
        "after": 10,
        "notice": 240,
        "locations": ["inPerson", "zoom"],
    },
    "back-class": {
        "duration": 60,
        "hours": weekly("18:00", "20:00", days=(2, 4)),
        "capacity": 3,
        "notice": 120,
        "locations": ["inPerson"],
    },
    "home-visit": {
        "duration": 60,
        "before": 30,
        "after": 30,
        "notice": 1440,
        "approval": True,
        "locations": ["askInvitee"],
    },
}
#: Who hosts what Mara does not.
_EMRES = frozenset({"follow-up"})
#: Jicoo's kinds of question for ours; each other one is answered in a line.
_KINDS = {
    "long_text": "lines",
    "select": "pulldown",
    "radio": "radio",
    "checkboxes": "checkbox",
    "boolean": "checkbox",
}


@contextmanager
def open_practice(address: str) -> Iterator[JicooPractice]:
    """Serve a Jicoo on a free port while the block runs; its redirects and webhooks lead to *address*."""
    with FakeJicoo(webhooks_at_once=True, team="alder-finch") as jicoo:
        yield JicooPractice(jicoo, address)


class JicooPractice(Practice):
    """The team at Jicoo: Mara and Emre. The app declares all that they offer but the gait analysis."""

    vendor = "Jicoo"
    about_mails = (
        "Jicoo's mails lead to its own pages, which then send the guest back to us. The app mails links of "
        "its own, which are signed, as soon as it hears of a booking: within a second or two."
    )
    guide = _GUIDE
    refusal = Refusal

    def __init__(self, jicoo: FakeJicoo, address: str) -> None:
        """Set up the team at *jicoo* for an app that is served at *address*."""
        #: The pretended Jicoo itself.
        self.jicoo = jicoo
        self._address = address
        self._secret = f"whsec_{secrets.token_urlsafe(24)}"
        #: Where Jicoo sends its guests after each event.
        self._back = f"{address}/bookings/return"
        mara = jicoo.add_user(
            "Mara Lindqvist", email="mara@alder-and-finch.example", zone=ZONE, hours=_OFFICE
        )
        emre = jicoo.add_user("Emre Aydın", email="emre@alder-and-finch.example", zone=ZONE, hours=_OFFICE)
        declared = tomllib.loads(_DECLARED.read_text())["event_types"]
        self._mine = {
            each["slug"]: self._set_up(each, emre if each["slug"] in _EMRES else mara) for each in declared
        }
        # Not declared by the app, which offers it all the same: its slug is Jicoo's uid.
        jicoo.add_event_type(
            name="Gait analysis", duration=90, hosts=[mara], notice=2880, redirect=self._back
        )
        self._post = Post(jicoo)
        self.subscribers = (self._post,)

    def _set_up(self, declared: Mapping[str, Any], host: User) -> Any:
        """Set up at Jicoo what the app declares: title and questions agree, as they have to."""
        place = declared["locations"][0].get("value", "")
        return self.jicoo.add_event_type(
            uid=declared["id"],
            name=declared["title"],
            hosts=[host],
            zone=ZONE,
            questions=[_question(each) for each in declared.get("questions", ())],
            place=place,
            slug=declared["slug"],
            redirect=self._back,
            **_PAGES[declared["slug"]],
        )

    # --- the app ---------------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        """Give the settings of an app that takes its bookings here."""
        return {
            "BOOKER_PROVIDER": "jicoo",
            "BOOKER_EVENT_TYPES": str(_DECLARED),
            "BOOKER_PUBLIC_URL": self._address,
            "BOOKER_JICOO_API_URL": self.jicoo.url,
            "BOOKER_JICOO_API_KEY": self.jicoo.api_key,
            "BOOKER_JICOO_WEBHOOK_SECRET": self._secret,
            "BOOKER_JICOO_ZONE": ZONE,
            "BOOKER_JICOO_TEAM": self.jicoo.team,
        }

    def connect(self, app: Flask) -> None:
        """Do nothing: the key in the settings is all that the app needs."""

    def tell(self) -> None:
        """Let Jicoo tell the app of every change from now on, which must be listening."""
        self.jicoo.webhooks(f"{self._address}/webhooks/jicoo", self._secret)

    # --- what is there ---------------------------------------------------------------------------

    def letters(self, limit: int) -> list[Letter]:
        """Give the latest mails, the newest first."""
        return self._post.latest(limit)

    def waiting(self) -> Appointment | None:
        """Give the booking that has waited longest for its host; None if none does."""
        return next((_named(each) for each in self._ahead() if each.status == "request"), None)

    def newest(self) -> Appointment | None:
        """Give the booking that was made last and still stands; None if there is none."""
        return next((_named(each) for each in reversed(self._ahead()) if each.status == "open"), None)

    def _ahead(self) -> list[Booking]:
        now = datetime.now(UTC)
        return [each for each in self.jicoo.bookings if each.stands and each.start > now]

    # --- what others do there --------------------------------------------------------------------

    def book(self, start: datetime) -> None:
        """Book an introductory call as a stranger would, at Jicoo's own page."""
        stranger = Stranger.number(len(self.jicoo.bookings))
        (topic,) = self._mine["intro-call"].questions
        self.jicoo.book(
            self._mine["intro-call"],
            start,
            name=stranger.name,
            email=stranger.email,
            zone=stranger.zone,
            answers={topic.uid: "Something else"},
        )

    @property
    def acts(self) -> Mapping[str, Callable[[str], None]]:
        """What hosts, Jicoo and the app do."""
        return {
            "confirm": self._approve,
            "decline": self._deny,
            "move": self._move,
            "cancel": self._cancel,
            "repeat": self._repeat,
            "sync": _ask_what_has_changed,
        }

    def _approve(self, uid: str) -> None:
        self.jicoo.approve(uid)

    def _deny(self, uid: str) -> None:
        self.jicoo.deny(uid, reason="I am at a congress that day")

    def _move(self, uid: str) -> None:
        """Move a booking as its host, to the time that is free next on another day."""
        booking = self.jicoo.booking(uid)
        tomorrow = booking.start + timedelta(hours=20)
        slots = get_slots(booking.event_type.uid, start=tomorrow, end=tomorrow + timedelta(days=14))
        self.jicoo.reschedule(uid, slots[0].start if slots else booking.start + timedelta(days=7), by="host")

    def _cancel(self, uid: str) -> None:
        self.jicoo.cancel(uid, reason="I am ill, I am sorry", by="host")

    def _repeat(self, uid: str) -> None:
        """Send a webhook again that was taken already, as Jicoo may."""
        self.jicoo.notify(uid, "guest_booked")


def _question(declared: Mapping[str, Any]) -> Question:
    """Give a declared question as Jicoo has it; a tick is a check box with one choice."""
    kind = declared.get("kind", "text")
    choices = [declared["label"]] if kind == "boolean" else declared.get("options", ())
    return Question(
        uid=declared["id"],
        text=declared["label"],
        kind=_KINDS.get(kind, "line"),  # type: ignore[arg-type]  # each of them is one
        required=declared.get("required", False),
        choices=choices,
    )


def _named(booking: Booking) -> Appointment:
    return Appointment(uid=booking.uid, guest=booking.contact.name, title=booking.name, start=booking.start)


def _ask_what_has_changed(_uid: str) -> None:
    """Do what `flask booker jicoo sync` does: no webhook tells of a request that was answered."""
    current_app.extensions["booker"].service.sync(datetime.now(UTC) - timedelta(days=1))
