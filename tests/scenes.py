"""The whole product at work: an app over any provider, an org of Salesforce, a guest with a browser."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from flask import Flask, request

from booker_components import booking_link, verify_redirect
from booker_components.testing import FakeSalesforce, FrozenClock
from booker_components.testing.jicoo import Habits
from booker_components.testing.memory import Delivery

from .elsewhere import elsewhere, hear, pass_on
from .elsewhere_jicoo import jicoo_elsewhere, pass_on_jicoo
from .guests import BO, Guest
from .pages import path
from .salesforce.desk import KEY, config_of

PARTNER = "https://partner.example"
SECRET = "hush hush, for the pages of the partner only"
HALF = timedelta(minutes=30)


@dataclass(frozen=True, kw_only=True)
class Vendor:
    """Where bookings are kept, and how what is done there without us reaches the app."""

    #: The slug of the event type as the app offers it, and the vendor's own id of it.
    slug: str
    id: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    #: A `FakeCalcom` or a `FakeJicoo` with its event type; None with the embedded engine.
    fake: Any = None
    intro: Any = None
    #: Takes the webhooks that are on their way, and posts some to an app.
    sent: Callable[[], list[Delivery]] = list
    post: Callable[[Flask, list[Delivery]], list[int]] = lambda app, sent: []
    close: Callable[[Flask], None] = lambda app: None


def _embedded(stack: ExitStack, clock: FrozenClock) -> Vendor:
    return Vendor(slug="intro-call", id="intro-call")


def _calcom(stack: ExitStack, clock: FrozenClock) -> Vendor:
    there = stack.enter_context(elsewhere(clock, title="Intro call"))
    return Vendor(
        slug="intro",
        id=str(there.intro.id),
        settings=there.settings(),
        fake=there.calcom,
        intro=there.intro,
        sent=there.sent,
        post=pass_on,
        close=lambda app: app.extensions["booker"].calcom.close(),
    )


def _jicoo(stack: ExitStack, clock: FrozenClock, *, keeps_uid: bool = True) -> Vendor:
    there = stack.enter_context(jicoo_elsewhere(clock, habits=Habits(keeps_uid=keeps_uid)))
    return Vendor(
        slug="intro",
        id=there.intro.uid,
        settings=there.settings(),
        fake=there.jicoo,
        intro=there.intro,
        sent=there.sent,
        post=pass_on_jicoo,
        close=lambda app: app.extensions["booker"].jicoo.close(),
    )


VENDORS: Mapping[str, Callable[[ExitStack, FrozenClock], Vendor]] = {
    "embedded": _embedded,
    "calcom": _calcom,
    "jicoo": _jicoo,
    "jicoo with new uids": partial(_jicoo, keeps_uid=False),
}


@dataclass(frozen=True, kw_only=True)
class Scene:
    """A partner's app over a vendor, an org of Salesforce, and a guest with a browser."""

    app: Flask
    org: FakeSalesforce
    clock: FrozenClock
    vendor: Vendor
    #: The addresses at which the guest arrived at the partner's own pages.
    arrivals: list[str]

    def told(self) -> None:
        """Let in what the vendor tells, and let Salesforce hear what is due."""
        assert set(self.vendor.post(self.app, self.vendor.sent())) <= {200, 204}
        hear(self.app)

    def leads(self) -> list[tuple[str, ...]]:
        """Give the people whom Salesforce knows."""
        return [(each["FirstName"], each["LastName"], each["Email"]) for each in self.org.records("Lead")]

    def events(self) -> dict[str, tuple[datetime, str]]:
        """Give start and id of each Event that there is, by the uid of its booking; all are the Lead's."""
        (lead,) = self.org.records("Lead")
        found = self.org.records("Event")
        assert {each["WhoId"] for each in found} <= {lead.id}
        assert all("Intro call" in each["Subject"] for each in found)
        assert all(each["EndDateTime"] - each["StartDateTime"] == HALF for each in found)
        return {each[KEY]: (each["StartDateTime"], each.id) for each in found}

    # --- what the guest does ---

    def book(self, start: datetime) -> str:
        """Book through the widget, and give the uid that the partner's page is told."""
        guest = Guest(self.app.test_client(), base=PARTNER)
        guest.open(f"/book/{self.vendor.slug}?tz=Asia/Tokyo&date={start:%Y-%m-%d}")
        guest.follow(f"slot={start:%Y-%m-%dT%H:%M}")
        guest.send(**BO)
        return _arrived(guest)

    def move(self, uid: str, start: datetime) -> str:
        """Move by the link of the guest's mail, and give the uid that then stands."""
        guest = self._with_link(uid, "reschedule")
        guest.follow(f"slot={start:%Y-%m-%dT%H:%M}")
        guest.send()
        return _arrived(guest)

    def cancel(self, uid: str) -> str:
        """Cancel by the link of the guest's mail."""
        guest = self._with_link(uid, "cancel")
        guest.send()
        return _arrived(guest)

    def _with_link(self, uid: str, purpose: str) -> Guest:
        with self.app.test_request_context():
            link = path(booking_link(uid, purpose))
        guest = Guest(self.app.test_client(), base=PARTNER)
        guest.open(link)
        return guest


def _arrived(guest: Guest) -> str:
    assert guest.statuses[-2:] == [303, 200], guest.page.text()
    return dict(parse_qsl(urlsplit(guest.addresses[-1]).query))["eventUid"]


# --- setting it ----------------------------------------------------------------------------------


def set_scene(
    stack: ExitStack, make_app: Callable[..., Flask], clock: FrozenClock, name: str, *, port: int = 0
) -> Scene:
    """Set the scene over one of `VENDORS` until *stack* ends.

    At a *port* that is given nothing of Salesforce listens, until somebody starts it.
    """
    org = FakeSalesforce(clock=clock)
    org.add_field("Event", KEY, external_id=True, case_sensitive=True)
    if not port:
        stack.enter_context(org)
    address = f"http://127.0.0.1:{port}" if port else org.url
    vendor = VENDORS[name](stack, clock)
    own = {"BOOKER_DISPATCH": "none", "BOOKER_PUBLIC_URL": PARTNER} | _redirects()
    app = make_app(**own | vendor.settings | config_of(org, salesforce_url=address))
    stack.callback(vendor.close, app)
    return Scene(app=app, org=org, clock=clock, vendor=vendor, arrivals=_welcoming(app, clock))


def _redirects() -> dict[str, Any]:
    pages = {
        each: {"url": f"{PARTNER}/thanks/{each}?from=app#top", "flavour": "jicoo", "signed": True}
        for each in ("booked", "rescheduled", "cancelled")
    }
    return {
        "BOOKER_REDIRECTS": pages,
        "BOOKER_REDIRECT_ORIGINS": [PARTNER],
        "BOOKER_REDIRECT_SECRET": SECRET,
    }


def _welcoming(app: Flask, clock: FrozenClock) -> list[str]:
    """Add the partner's own pages, which believe nothing but what was signed; give who comes."""
    came: list[str] = []

    def thanks(occasion: str) -> str:
        # As it was sent: `request.url` is written anew.
        came.append(f"{request.path}?{request.query_string.decode()}")
        said = verify_redirect(came[-1], secret=SECRET, now=clock())
        assert said["event"] == [f"guest_{occasion}"]
        return "Thank you"

    app.add_url_rule("/thanks/<occasion>", "thanks", thanks)
    return came
