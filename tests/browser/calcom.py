"""A practice that takes its bookings at Cal.com, served; its mails lead to the pages of our app."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from flask import Flask, Response, request

from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.testing.calcom.records import Booking, EventType, Mail, PlatformClient

from ..testing.fixtures import watched
from .servers import Server
from .visits import Visit

_ACCOUNT = "practice"

#: What can be booked, in the shape of the API (contracts/calcom.md 4.7, 10).
OFFERS: Mapping[str, Mapping[str, Any]] = {
    "talk": {
        "lengthInMinutesOptions": [30, 60],
        "locations": [
            {"type": "address", "address": "12 Alder Lane", "public": True},
            {"type": "attendeePhone"},
        ],
        "bookingFields": [
            {"type": "text", "slug": "topic", "label": "What is it about?", "required": True},
            {"type": "radio", "slug": "size", "label": "Size", "options": ["Small", "Large"]},
            {"type": "checkbox", "slug": "days", "label": "Days", "options": ["Mon", "Tue"]},
            {"type": "boolean", "slug": "consent", "label": "I have read the rules.", "required": True},
        ],
    },
    "class": {
        "lengthInMinutes": 60,
        "seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True},
    },
    "course": {"recurrence": {"interval": 1, "occurrences": 4, "frequency": "weekly"}},
    "visit": {"confirmationPolicy": {"type": "always", "blockUnconfirmedBookingsInBooker": True}},
    "analysis": {"price": 12000, "currency": "eur"},
    "intro": {},
}


@dataclass(frozen=True, kw_only=True)
class Practice:
    """An app and the account at Cal.com behind it."""

    calcom: FakeCalcom
    server: Server
    offers: Mapping[str, EventType]

    @property
    def bookings(self) -> list[Booking]:
        """Every booking at Cal.com, in the order of their making."""
        return self.calcom.bookings

    @property
    def standing(self) -> list[Booking]:
        """The bookings that stand or wait for their host."""
        return [each for each in self.bookings if each.open]

    @property
    def held(self) -> list[datetime]:
        """The starts that are reserved at Cal.com this moment."""
        with self.calcom.store.lock:
            return [each.start for each in self.calcom.store.held()]

    def mail(self, to: str) -> Mail:
        """Give the latest mail to an address."""
        return next(each for each in reversed(self.calcom.mails) if each.to == to)

    def take(self, slug: str, hour: int) -> None:
        """Book *hour* UTC on Tuesday, 2 February 2027 at Cal.com's own page, as somebody else."""
        self.calcom.book(self.offers[slug], datetime(2027, 2, 2, hour, tzinfo=UTC))


@contextmanager
def open_practice(
    clock: FrozenClock,
    make_app: Callable[..., Flask],
    serve: Callable[[Flask], Server],
    *,
    offers: Mapping[str, Mapping[str, Any]] = OFFERS,
    **settings: Any,
) -> Iterator[Practice]:
    """Serve an app that takes its bookings at a Cal.com with *offers*, as a Platform client.

    In the end every call that it made is held against Cal.com's document.
    """
    with watched(FakeCalcom(clock=clock)) as calcom:
        client = calcom.platform_client()
        ann = calcom.managed_user(client, name="Ann", email="ann@example.com", zone="Europe/Berlin")
        # Else the title of a class would name the guest who booked first.
        name = "{Event type title}"
        added = {
            slug: calcom.add_event_type(ann, slug, custom_name=name, **fields)
            for slug, fields in offers.items()
        }
        app = make_app(
            BOOKER_PROVIDER="calcom",
            BOOKER_EVENT_TYPES=(),
            BOOKER_CALCOM_API_URL=calcom.url,
            BOOKER_CALCOM_APP_URL=calcom.app_url,
            BOOKER_CALCOM_CLIENT_ID=client.id,
            BOOKER_CALCOM_CLIENT_SECRET=client.secret,
            BOOKER_CALCOM_USERNAME=ann.username,
            BOOKER_CALCOM_ZONE=ann.zone,
            BOOKER_CALCOM_ACCOUNT=lambda request: _ACCOUNT,
            **settings,
        )
        parts = app.extensions["booker"].calcom
        parts.platform.adopt(_ACCOUNT, ann.id)
        server = serve(app)
        _lead(client, server.url)
        yield Practice(calcom=calcom, server=server, offers=added)
        parts.close()


def _lead(client: PlatformClient, address: str) -> None:
    """Let the links in the mails lead to the app at *address*."""
    client.booking_uri = f"{address}/bookings"
    client.reschedule_uri = f"{address}/reschedule"
    client.cancel_uri = f"{address}/bookings/cancel"


# --- another site that embeds the booker ---------------------------------------------------------

_PARTNER = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title><link rel="icon" href="data:,"></head>
<body>{body}</body>
</html>"""


def partner_app() -> Flask:
    """Make a site whose page / shows what 'EMBEDS' names in a frame, and /done says what it was told."""
    app = Flask("partner site")

    def home() -> str:
        frame = f'<iframe title="Booking" width="800" height="900" src="{app.config["EMBEDS"]}"></iframe>'
        return _PARTNER.format(title="Partner", body=frame)

    def done() -> Response:
        return Response(_PARTNER.format(title="Done", body=f"<p>{request.args['uid']}</p>"))

    app.add_url_rule("/", "home", home)
    app.add_url_rule("/done", "done", done)
    return app


def taken_elsewhere(guest: Visit) -> list[str]:
    """Give the addresses of other sites that a visit asked for, and let it do so."""
    prefix = "elsewhere: "
    found = [each.removeprefix(prefix) for each in guest.complaints if each.startswith(prefix)]
    guest.complaints[:] = [each for each in guest.complaints if not each.startswith(prefix)]
    return found
