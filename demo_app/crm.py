"""The CRM: a Salesforce that this process pretends to be, shown as it stands, and the switch to close it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from math import ceil
from typing import Any

from flask import Blueprint, abort, current_app, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from booker_components.testing import FakeSalesforce

from . import tokens

#: How many records of an object the page shows.
MOST = 30

#: The fields that the org's administrator has added: of Events, and of Leads and Contacts.
_UID, _TOPIC = "Booking_Uid__c", "Topic__c"

#: Who works at the practice, and so owns what becomes of their bookings.
_TEAM = (
    ("Mara Lindqvist", "mara@alder-and-finch.example"),
    ("Emre Aydın", "emre@alder-and-finch.example"),
    ("Theo Okafor", "theo@alder-and-finch.example"),
    ("Theo Okafor", "theo@okafor.example"),
)

_OWNER = {"host": True}

#: What becomes of bookings: who comes for a follow-up is no stranger any more, so no Lead.
_RULES: Mapping[str, Mapping[str, Any]] = {
    "*": {"owner": _OWNER},
    "intro-call": {"owner": _OWNER, "fields": {"topic": _TOPIC}, "overwrite": True},
    "follow-up": {"owner": _OWNER, "register_lead": False, "register_contact": True},
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A Lead or a Contact, as the page shows it."""

    name: str
    email: str
    #: Whatever else is known: company, topic, owner.
    facts: str
    since: datetime


@dataclass(frozen=True, kw_only=True, slots=True)
class Activity:
    """An Event, as the page shows it."""

    subject: str
    start: datetime
    #: "Lead" or "Contact", and the name of whom it is about.
    kind: str
    who: str
    owner: str
    #: The uid of its booking.
    uid: str


@contextmanager
def open_crm() -> Iterator[Crm]:
    """Serve a Salesforce on a free port while the block runs."""
    with FakeSalesforce() as org:
        yield Crm(org)


class Crm:
    """The practice's org, with its people and the fields that it has added; all of it is in memory."""

    def __init__(self, org: FakeSalesforce) -> None:
        """Set up *org*."""
        #: The pretended Salesforce itself.
        self.org = org
        org.add_field("Event", _UID, external_id=True, case_sensitive=True)
        for each in ("Lead", "Contact"):
            org.add_field(each, _TOPIC)
        for name, email in _TEAM:
            org.add_user(email, name=name)

    def settings(self) -> dict[str, Any]:
        """Give the settings of an app whose bookings are written here."""
        own = self.org.credentials
        return {
            "BOOKER_SALESFORCE": _RULES,
            "BOOKER_SALESFORCE_URL": self.org.url,
            "BOOKER_SALESFORCE_DOMAIN": own.domain,
            "BOOKER_SALESFORCE_CLIENT_ID": own.consumer_key,
            "BOOKER_SALESFORCE_CLIENT_SECRET": own.consumer_secret,
            "BOOKER_SALESFORCE_EXTERNAL_ID": _UID,
        }

    @property
    def is_down(self) -> bool:
        """Whether it answers nobody."""
        return self.org.store.down

    @property
    def acts(self) -> Mapping[str, Callable[[], None]]:
        """What the page's button does, by its name."""
        return {"down": self.org.down, "up": self.org.up}

    def people(self, object: str) -> list[Person]:
        """Give the Leads or the Contacts, the newest first."""
        return [self._person(each) for each in reversed(self.org.records(object))]

    def activities(self) -> list[Activity]:
        """Give the Events, those first that were written last."""
        found = sorted(self.org.records("Event"), key=_written)[::-1]
        return [self._activity(each) for each in found]

    def _person(self, record: Mapping[str, Any]) -> Person:
        facts = (record.get("Company"), record[_TOPIC], f"owned by {self._name(record['OwnerId'])}")
        return Person(
            name=record["Name"],
            email=record["Email"],
            facts=", ".join(filter(None, facts)),
            since=record["CreatedDate"],
        )

    def _activity(self, record: Mapping[str, Any]) -> Activity:
        who = self.org.record(record["WhoId"])
        return Activity(
            subject=record["Subject"],
            start=record["StartDateTime"],
            kind=who.object,
            who=who["Name"],
            owner=self._name(record["OwnerId"]),
            uid=record[_UID],
        )

    def _name(self, user: str) -> str:
        return str(self.org.record(user)["Name"])


def _written(record: Mapping[str, Any]) -> datetime:
    changed: datetime = record["LastModifiedDate"]
    return changed


def create_blueprint(crm: Crm) -> Blueprint:
    """Make the blueprint of /crm, which shows *crm*."""
    bp = Blueprint("crm", __name__)
    bp.add_url_rule("/crm", "show", lambda: show(crm))
    bp.add_url_rule("/crm/<act>", "act", lambda act: do(crm, act), methods=["POST"])
    return bp


def show(crm: Crm) -> ResponseReturnValue:
    """Show what stands at Salesforce, and what has not come there yet."""
    waiting, seconds = _waiting()
    return render_template(
        "demo/crm.html",
        down=crm.is_down,
        waiting=waiting,
        seconds=seconds,
        people={each: crm.people(each) for each in ("Lead", "Contact")},
        activities=crm.activities(),
        most=MOST,
        token=tokens.token("crm"),
    )


def do(crm: Crm, act: str) -> ResponseReturnValue:
    """Close Salesforce or open it, and show the page anew."""
    tokens.check("crm")
    if act not in crm.acts:
        abort(404)
    crm.acts[act]()
    return redirect(url_for("crm.show"), 303)


def _waiting() -> tuple[int, int]:
    """Give how many events Salesforce has not taken, and in how many seconds it is told the next of them."""
    latest = current_app.extensions["booker"].outbox.deliveries(limit=500)
    due = [each.next_at for each in latest if (each.subscriber, each.state) == ("salesforce", "pending")]
    left = (min(due) - datetime.now(UTC)).total_seconds() if due else 0
    return len(due), max(0, ceil(left))
