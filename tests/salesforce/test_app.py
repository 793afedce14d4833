"""Salesforce as a part of an app: bookings of guests and of webhooks arrive, whatever happens."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest
from flask import Flask

from booker_components import (
    ConfigurationError,
    EventType,
    Question,
    QuestionKind,
    cancel_booking,
    create_booking,
    reschedule_booking,
)
from booker_components.outbox import DeliveryState
from booker_components.testing import FakeSalesforce, FrozenClock

from ..conftest import HOST, INTRO, MONDAY, TUESDAY
from ..elsewhere import elsewhere, hear, pass_on
from ..mail.boxes import Mailbox, smtp_server
from .desk import KEY, config_of

MakeApp = Callable[..., Flask]


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of the apps, not that of the desks."""
    return FrozenClock(MONDAY)


@pytest.fixture
def org(clock: FrozenClock) -> Iterator[FakeSalesforce]:
    """An org that is set up for bookings."""
    with FakeSalesforce(clock=clock) as made:
        made.add_field("Event", KEY, external_id=True, case_sensitive=True)
        yield made


@pytest.fixture
def app(make_app: MakeApp, org: FakeSalesforce) -> Flask:
    """An app over the embedded engine that delivers when told to."""
    return make_app(BOOKER_DISPATCH="none", **config_of(org))


def book(app: Flask, start: datetime = TUESDAY) -> str:
    """Book as Bo, and give the uid."""
    with app.app_context():
        return create_booking("intro-call", start, name="Bo Ek", email="bo@guest.example.com").uid


def parked(app: Flask) -> list[str]:
    """Give the errors of parked deliveries."""
    return [each.last_error for each in app.extensions["booker"].outbox.deliveries(DeliveryState.PARKED)]


def test_a_bookings_life_is_told(app: Flask, org: FakeSalesforce) -> None:
    """Booked, booked again by the same guest, moved, cancelled."""
    first = book(app)
    book(app, TUESDAY + timedelta(hours=2))
    hear(app)
    people, events = len(org.records("Lead")), len(org.records("Event"))
    with app.app_context():
        reschedule_booking(first, TUESDAY + timedelta(hours=1))
    hear(app)
    (moved,) = org.records("Event", **{KEY: first})
    with app.app_context():
        cancel_booking(first)
    hear(app)

    assert (people, events) == (1, 2)
    assert moved["StartDateTime"] == TUESDAY + timedelta(hours=1)
    assert [each["StartDateTime"] for each in org.records("Event")] == [TUESDAY + timedelta(hours=2)]


def test_salesforce_may_be_down_for_all_of_it(app: Flask, org: FakeSalesforce, clock: FrozenClock) -> None:
    """What happened while Salesforce was closed is written when it opens, in order."""
    org.down()
    uid = book(app)
    hear(app)
    with app.app_context():
        reschedule_booking(uid, TUESDAY + timedelta(hours=1))
    hear(app)
    org.up()
    clock.move(timedelta(hours=2))
    hear(app)

    assert [(each[KEY], each["StartDateTime"]) for each in org.records("Event")] == [
        (uid, TUESDAY + timedelta(hours=1))
    ]
    assert len(org.records("Lead")) == 1


def test_what_cannot_be_written_is_parked_and_written_when_mended(
    make_app: MakeApp, org: FakeSalesforce
) -> None:
    """A permanent failure parks the event at once, later ones wait behind it; 'retry' writes them all."""
    mailbox = Mailbox()
    org.add_field("Lead", "Region__c", required=True)
    with smtp_server(mailbox) as place:
        app = make_app(
            BOOKER_DISPATCH="none",
            BOOKER_MAIL_URL=f"smtp://{place}",
            BOOKER_MAIL_FROM="bookings@app.example",
            BOOKER_MAILS="none",
            BOOKER_PUBLIC_URL="https://app.example",
            BOOKER_ADMIN_EMAIL="admin@example.com",
            **config_of(org),
        )
        uid = book(app)
        hear(app)
        with app.app_context():
            reschedule_booking(uid, TUESDAY + timedelta(hours=1))
        hear(app)
        errors = parked(app)
        org.remove_field("Lead", "Region__c")
        done = app.test_cli_runner().invoke(args=["booker", "salesforce", "retry"])

    assert errors == [
        "SalesforceFailed: Salesforce refused to create a Lead: REQUIRED_FIELD_MISSING (Region__c)."
    ]
    assert sorted(str(each["To"]) for each in mailbox.mails) == ["ada@example.com", "admin@example.com"]
    assert "Parked deliveries due again: 1." in done.output
    assert parked(app) == []
    assert [each["StartDateTime"] for each in org.records("Event")] == [TUESDAY + timedelta(hours=1)]


def test_retry_leaves_other_subscribers_alone(app: Flask) -> None:
    """It makes nothing due but what Salesforce is to hear."""
    done = app.test_cli_runner().invoke(args=["booker", "salesforce", "retry"])

    assert done.output == "Parked deliveries due again: 0.\n0 delivered.\n"


def test_a_booking_that_only_a_webhook_told_of_is_written(
    make_app: MakeApp, org: FakeSalesforce, clock: FrozenClock
) -> None:
    """Booked, moved and cancelled at Cal.com's own page, where moving makes a new booking."""
    with elsewhere(clock) as there:
        app = make_app(**(there.settings() | config_of(org)))
        booking = there.calcom.book(
            there.intro, TUESDAY + timedelta(hours=1), name="Bo Ek", email="bo@guest.example.com"
        )
        pass_on(app, there.sent())
        hear(app)
        (event,) = org.records("Event")
        moved = there.calcom.reschedule(booking.uid, TUESDAY + timedelta(hours=2))
        pass_on(app, there.sent())
        hear(app)
        (after,) = org.records("Event")
        there.calcom.cancel(moved.uid)
        pass_on(app, there.sent())
        hear(app)
        app.extensions["booker"].calcom.close()

    assert event[KEY] == booking.uid
    assert (after.id, after[KEY]) == (event.id, moved.uid)
    assert after["StartDateTime"] == TUESDAY + timedelta(hours=2)
    assert org.records("Event") == []
    assert [each["LastName"] for each in org.records("Lead")] == ["Ek"]


def test_event_types_without_rules_are_left_alone(make_app: MakeApp, org: FakeSalesforce) -> None:
    """Only those that are named, or '*', are written."""
    app = make_app(BOOKER_DISPATCH="none", **config_of(org, salesforce={"check-up": {}}))

    book(app)
    hear(app)

    assert org.requests == []


def test_without_the_setting_nobody_listens(make_app: MakeApp) -> None:
    """The commands say so."""
    app = make_app()

    done = app.test_cli_runner().invoke(args=["booker", "salesforce", "check"])

    assert done.exit_code == 1
    assert "'BOOKER_SALESFORCE' is not set" in done.output
    assert "Set it to rules" in done.output


def test_choices_that_cannot_be_kept_are_refused_at_the_start(make_app: MakeApp, org: FakeSalesforce) -> None:
    """A choice with ';' for a multi-select picklist stops the app, not a booking."""
    days = Question(slug="days", label="Days", kind=QuestionKind.CHECKBOXES, options=("Mon; Tue", "Wed"))
    talk = EventType(slug="talk", title="Talk", hosts=(HOST,), questions=(days,))
    rules = {"*": {"fields": {"days": {"name": "Days__c", "kind": "multipicklist"}}}}

    with pytest.raises(ConfigurationError, match="'Mon; Tue'"):
        make_app(BOOKER_EVENT_TYPES=[INTRO, talk], **config_of(org, salesforce=rules))


def test_a_cancellation_that_is_heard_late_marks_the_event(make_app: MakeApp, org: FakeSalesforce) -> None:
    """Booking and cancellation heard at once end as when heard one after the other."""
    app = make_app(BOOKER_DISPATCH="none", **config_of(org, salesforce={"*": {"cancelled": "mark"}}))
    uid = book(app)

    with app.app_context():
        cancel_booking(uid)
    hear(app)

    assert [each["Subject"] for each in org.records("Event")] == ["[Cancelled] Intro call"]
