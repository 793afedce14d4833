"""What hosts, guests and forms do at Cal.com that changes no booking (contracts/calcom.md 5)."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

from . import news
from .calls import Json, stamp
from .records import Booking, User
from .store import Store


class Notices(ABC):
    """The part of `FakeCalcom` that tells of what changes no booking; nothing but webhooks comes of it."""

    store: Store

    @abstractmethod
    def acting(self) -> AbstractContextManager[None]:
        """Hold the store while something is done, and send the webhooks of it afterwards."""

    def miss_hosts(self, uid: str) -> None:
        """Tell that no host has joined the call of a booking in time."""
        with self.acting():
            booking = self.store.booking(uid)
            payload = _missing(booking) | {"hostEmail": booking.hosts[0].email}
            news.notify(self.store, booking, "AFTER_HOSTS_CAL_VIDEO_NO_SHOW", payload)

    def miss_guests(self, uid: str) -> None:
        """Tell that the guests have not joined the call of a booking in time."""
        with self.acting():
            booking = self.store.booking(uid)
            guests = [{"email": each.email} for each in booking.attendees]
            payload = _missing(booking) | {"guests": guests}
            news.notify(self.store, booking, "AFTER_GUESTS_CAL_VIDEO_NO_SHOW", payload)

    def report_host(self, uid: str, *, notes: str = "") -> None:
        """Report that a booking went to the wrong host."""
        with self.acting():
            booking = self.store.booking(uid)
            host = booking.hosts[0]
            payload = {
                "booking": {"uid": booking.uid, "id": booking.id, "title": booking.title},
                "report": {
                    "routingReason": "Round robin",
                    "guest": booking.attendees[0].email,
                    "host": {"email": host.email, "name": host.name},
                    "additionalNotes": notes,
                },
            }
            news.notify(self.store, booking, "WRONG_ASSIGNMENT_REPORT", payload)

    def go_away(
        self,
        user: User,
        start: datetime,
        end: datetime,
        *,
        reason: str = "Vacation",
        notes: str = "",
        stand_in: User | None = None,
    ) -> None:
        """Enter that *user* is out of office; free times stay as they are."""
        with self.acting():
            entry = {
                "id": self.store.next_id(),
                "start": stamp(start),
                "end": stamp(end),
                "createdAt": stamp(self.store.clock()),
                "notes": notes,
                "reason": {"emoji": "🏝️", "reason": reason},
                "user": _person(user),
                "toUser": _person(stand_in) if stand_in else None,
            }
            news.notify_of(self.store, user, "OOO_CREATED", {"oooEntry": entry})

    def fill_in_form(
        self,
        owner: User,
        answers: Mapping[str, str | Sequence[str]],
        *,
        title: str = "Routing",
        trigger: str = "FORM_SUBMITTED",
    ) -> None:
        """Fill in a form of *owner*, whose questions are the keys of *answers*.

        *trigger* may be FORM_SUBMITTED_NO_EVENT or ROUTING_FORM_FALLBACK_HIT too.
        """
        with self.acting():
            given = {
                name: answer if isinstance(answer, str) else list(answer) for name, answer in answers.items()
            }
            payload = {
                "formId": f"form-{owner.id}",
                "formName": title,
                "teamId": None,
                "responses": {name: {"value": each, "response": each} for name, each in given.items()},
            }
            news.notify_of(self.store, owner, trigger, given | payload)

    def refuse_calendar(self, user: User) -> None:
        """Let the calendar of *user* refuse what an organization's credential asks of it."""
        with self.acting():
            payload = {
                "error": {"type": "invalid_grant", "message": "The calendar refused."},
                "credential": {"id": 1, "type": "google_calendar", "appId": "google-calendar"},
                "user": {"id": user.id, "email": user.email},
            }
            news.notify_of(self.store, user, "DELEGATION_CREDENTIAL_ERROR", payload)


def _missing(booking: Booking) -> Json:
    return {
        "title": booking.title,
        "bookingId": booking.id,
        "bookingUid": booking.uid,
        "startTime": stamp(booking.start),
        "endTime": stamp(booking.end),
        "eventType": {"id": booking.event_type.id, "teamId": None, "parentId": None},
        "webhook": {"time": 5, "timeUnit": "MINUTE"},
        "message": "Nobody has joined.",
    }


def _person(user: User) -> Json:
    return {
        "id": user.id,
        "name": user.name,
        "username": user.username,
        "timeZone": user.zone,
        "email": user.email,
    }
