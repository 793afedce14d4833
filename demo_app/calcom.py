"""Alder & Finch at Cal.com: a pretended Cal.com in this process, what is set up there, what others do."""

from __future__ import annotations

import secrets
import tomllib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from flask import Flask

from booker_components import get_calcom
from booker_components.testing import FakeCalcom
from booker_components.testing.calcom import Booking, EventType, Mail, Refusal, User

from .practice import Appointment, Letter, Link, Practice, Stranger

#: The name under which the app keeps the tokens of the practice's managed user.
ACCOUNT = "practice"

_SET_UP = Path(__file__).with_name("calcom.toml")
_GUIDE = """\
    {address}/inbox                        Cal.com's mails, whose links lead here

  The bookings are at a Cal.com that this process pretends to be. To see what is special about it:
    1. book a first visit, and open the inbox: two mails, with links as Cal.com really writes them
    2. move it by the link in the mail; the old mail's links then lead to the new booking
    3. take a place in the back class, book the four weeks after surgery, request a home visit
    4. press the buttons of the inbox: what others do at Cal.com arrives among the events, and on the desk
    5. book with Theo, whose account is not the app's: his mails lead to Cal.com's own pages
  It is all in memory: stop it, start it, and you have the bookings of the start again.
"""


@contextmanager
def open_practice(address: str) -> Iterator[CalcomPractice]:
    """Serve a Cal.com on a free port while the block runs; its mails and webhooks lead to *address*."""
    with FakeCalcom(webhooks_at_once=True) as calcom:
        yield CalcomPractice(calcom, address)


class CalcomPractice(Practice):
    """The accounts at Cal.com.

    Mara, to whom everything belongs that the app offers, is a managed user of the app's Platform client; Theo
    has a plain account beside it.
    """

    vendor = "Cal.com"
    about_mails = (
        "The mails that Cal.com sends to guests and hosts, with their links as Cal.com really writes them."
    )
    guide = _GUIDE
    refusal = Refusal
    #: Owner and slug of what is not Mara's, and is offered all the same.
    others = (("theo", "running-coaching"),)

    def __init__(self, calcom: FakeCalcom, address: str) -> None:
        """Set up the accounts at *calcom* for an app that is served at *address*."""
        given = tomllib.loads(_SET_UP.read_text())
        #: The pretended Cal.com itself.
        self.calcom = calcom
        self._address = address
        self._secret = secrets.token_urlsafe(24)
        self._client = calcom.platform_client(
            name="Alder & Finch",
            redirect_uris=[address],
            booking_uri=f"{address}/bookings",
            reschedule_uri=f"{address}/reschedule",
            cancel_uri=f"{address}/bookings/cancel",
        )
        self._mara = calcom.managed_user(
            self._client, name="Mara Lindqvist", email="mara@alder-and-finch.example", zone="Europe/Berlin"
        )
        self._theo = calcom.add_user(
            "theo", name="Theo Okafor", email="theo@okafor.example", zone="America/New_York"
        )
        self._mine = _set_up(calcom, self._mara, given["mara"])
        # Whoever books at Cal.com's own page comes back to us (contracts/calcom.md 3.5).
        _set_up(calcom, self._theo, given["theo"], successRedirectUrl=f"{address}/bookings/return")

    # --- the app ---------------------------------------------------------------------------------

    def settings(self) -> dict[str, Any]:
        """Give the settings of an app that takes its bookings here."""
        return {
            "BOOKER_PROVIDER": "calcom",
            "BOOKER_PUBLIC_URL": self._address,
            "BOOKER_REDIRECT_ORIGINS": (self._address,),
            "BOOKER_CALCOM_API_URL": self.calcom.url,
            "BOOKER_CALCOM_APP_URL": self.calcom.app_url,
            "BOOKER_CALCOM_CLIENT_ID": self._client.id,
            "BOOKER_CALCOM_CLIENT_SECRET": self._client.secret,
            "BOOKER_CALCOM_USERNAME": self._mara.username,
            "BOOKER_CALCOM_OWNERS": [self._theo.username],
            "BOOKER_CALCOM_ZONE": self._mara.zone,
            "BOOKER_CALCOM_ACCOUNT": lambda request: ACCOUNT,
            "BOOKER_CALCOM_WEBHOOK_SECRET": self._secret,
        }

    def connect(self, app: Flask) -> None:
        """Let *app* get tokens of Mara's, with which it lists, confirms and declines."""
        with app.app_context():
            platform = get_calcom().platform
        assert platform
        platform.adopt(ACCOUNT, self._mara.id)

    def tell(self) -> None:
        """Let Cal.com tell the app of every change from now on, which must be listening."""
        for owner in (self._client, self._theo):
            self.calcom.add_webhook(owner, f"{self._address}/webhooks/calcom", secret=self._secret)

    # --- what is there ---------------------------------------------------------------------------

    def letters(self, limit: int) -> list[Letter]:
        """Give the latest mails, the newest first."""
        return [self._letter(each) for each in reversed(self.calcom.mails[-limit:])]

    def _letter(self, mail: Mail) -> Letter:
        named = (("Manage", mail.manage), ("Reschedule", mail.reschedule), ("Cancel", mail.cancel))
        return Letter(
            sender=self.vendor,
            # Without what Cal.com puts into the addresses of managed users.
            to=mail.to.replace(f"+{self._client.id}@", "@"),
            subject=mail.subject,
            start=self.calcom.booking(mail.uid).start,
            links=tuple(
                Link(label=label, href=href, ours=self._on_our_pages(href)) for label, href in named if href
            ),
        )

    def _on_our_pages(self, link: str) -> str:
        """Give the path of ours for a *link* to Cal.com's own page; "" for any other."""
        path = link.removeprefix(self.calcom.app_url)
        return "" if path == link else path.replace("/booking/", "/bookings/", 1)

    def waiting(self) -> Appointment | None:
        """Give the booking that has waited longest for its host; None if none does."""
        return next((_named(each) for each in self._ahead() if each.status == "pending"), None)

    def newest(self) -> Appointment | None:
        """Give the booking that was made last and still stands; None if there is none."""
        return next((_named(each) for each in reversed(self._ahead()) if each.status == "accepted"), None)

    def _ahead(self) -> list[Booking]:
        now = datetime.now().astimezone()
        return [each for each in self.calcom.bookings if each.open and each.start > now]

    # --- what others do there --------------------------------------------------------------------

    def book(self, start: datetime) -> None:
        """Book an introductory call as a stranger would, at Cal.com's own page."""
        stranger = Stranger.number(len(self.calcom.bookings))
        self.calcom.book(
            self._mine["intro-call"],
            start,
            name=stranger.name,
            email=stranger.email,
            zone=stranger.zone,
            answers={"topic": "Something else"},
            location="https://meet.alder-and-finch.example/mara",
        )

    @property
    def acts(self) -> Mapping[str, Callable[[str], None]]:
        """What hosts do at Cal.com."""
        return {"confirm": self._confirm, "decline": self._decline, "cancel": self._cancel}

    def _confirm(self, uid: str) -> None:
        self.calcom.confirm(uid)

    def _decline(self, uid: str) -> None:
        self.calcom.decline(uid, reason="I am at a congress that day")

    def _cancel(self, uid: str) -> None:
        host = self.calcom.booking(uid).hosts[0]
        self.calcom.cancel(uid, reason="I am ill, I am sorry", by=host.email)


def _named(booking: Booking) -> Appointment:
    return Appointment(
        uid=booking.uid, guest=booking.attendees[0].name, title=booking.title, start=booking.start
    )


def _set_up(calcom: FakeCalcom, owner: User, given: Mapping[str, Any], **more: Any) -> dict[str, EventType]:
    """Set up the schedules and the event types of *owner*, and give the latter by slug."""
    schedules = {
        each["name"]: calcom.add_schedule(owner, hours=each["availability"], default=not number).id
        for number, each in enumerate(given["schedules"])
    }
    return {
        each["slug"]: calcom.add_event_type(
            owner,
            custom_name="{Event type title}",
            **more,
            **{name: value for name, value in each.items() if name != "schedule"},
            scheduleId=schedules.get(each.get("schedule")),
        )
        for each in given["event_types"]
    }
