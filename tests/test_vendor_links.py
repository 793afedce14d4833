"""Every shape of link that Cal.com promises or really sends shows the page that its guest expects."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient

from booker_components import (
    cancel_booking,
    create_booking,
    get_slots,
    reschedule_booking,
)
from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.times import format_instant

from .guests import Guest
from .testing.fixtures import watched

SUCCESS = {
    "isSuccessBookingPage": "true",
    "email": "bo@example.org",
    "eventTypeSlug": "intro",
    "title": "Intro",
    "startTime": "2027-02-02T09:00:00Z",
    "endTime": "2027-02-02T09:30:00Z",
    "hostName": "Ann",
    "attendeeName": "Bo Ek",
    "guestEmails": "",
}


SEATS = {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}


@dataclass(frozen=True, kw_only=True)
class World:
    """An app over a Cal.com with one booking of each sort, by uid."""

    calcom: FakeCalcom
    app: Flask
    uids: dict[str, str]

    @property
    def client(self) -> FlaskClient:
        return self.app.test_client()


@pytest.fixture
def world(make_app: Callable[..., Flask], clock: FrozenClock) -> Iterator[World]:
    """Bookings that are open, cancelled, moved, a seat and a series, and one of a team's page."""
    with watched(FakeCalcom(clock=clock)) as calcom:
        ann = calcom.add_user("ann", name="Ann", zone="Europe/Berlin")
        calcom.add_event_type(ann, "intro", title="Intro")
        calcom.add_event_type(
            ann,
            "class",
            title="Class",
            seats=SEATS,
        )
        calcom.add_event_type(
            ann, "course", title="Course", recurrence={"interval": 1, "occurrences": 3, "frequency": "weekly"}
        )
        app = make_app(
            BOOKER_PROVIDER="calcom",
            BOOKER_CALCOM_API_URL=calcom.url,
            BOOKER_CALCOM_USERNAME="ann",
            BOOKER_CALCOM_ZONE="Europe/Berlin",
            BOOKER_DISPATCH="none",
        )
        with app.app_context():
            yield World(calcom=calcom, app=app, uids=_book_all())
        app.extensions["booker"].calcom.close()


def _book_all() -> dict[str, str]:
    guest = {"name": "Bo Ek", "email": "bo@example.org", "zone": "Europe/London"}
    start = get_slots("intro")[0].start
    day = timedelta(days=1)
    open_ = create_booking("intro", start, **guest)
    old = create_booking("intro", start + day, **guest)
    new = reschedule_booking(old.uid, start + day + timedelta(hours=2), by="guest")
    gone = create_booking("intro", start + 2 * day, **guest)
    cancel_booking(gone.uid, by="guest")
    seat = create_booking("class", get_slots("class")[-1].start, **guest)
    series = create_booking("course", get_slots("course")[-1].start, **guest)
    return {
        "open": open_.uid,
        "old": old.uid,
        "new": new.uid,
        "gone": gone.uid,
        "seat": seat.uid,
        "shared": seat.shared,
        "one": series.occurrences[0].uid,
        "series": series.series,
    }


REAL = "slug=intro&username=ann"

SHAPES = [
    # Promised (contracts/calcom.md 3.1).
    ("/bookings/{open}", "booking", "open"),
    ("/reschedule?rescheduleUid={open}&eventTypeSlug=intro", "reschedule", "open"),
    ("/bookings/reschedule?rescheduleUid={open}&eventTypeSlug=intro", "reschedule", "open"),
    ("/reschedule/?rescheduleUid={open}&eventTypeSlug=intro", "reschedule", "open"),
    ("/bookings/cancel/{open}", "cancel", "open"),
    ("/cancel/{open}", "cancel", "open"),
    # Really sent (3.2): the manage link.
    ("/bookings/{open}?" + REAL + "&changes=true", "booking", "open"),
    ("/bookings/{open}?slug=intro&username=undefined&changes=true", "booking", "open"),
    ("/bookings/{open}?" + REAL + "&teamId=7&changes=true", "booking", "open"),
    ("/bookings//{open}?" + REAL + "&changes=true", "booking", "open"),
    ("/bookings/{open}/?" + REAL + "&changes=true", "booking", "open"),
    ("/bookings/{shared}?slug=class&username=ann&seatReferenceUid={seat}&changes=true", "booking", "seat"),
    ("/bookings/{seat}?slug=class&username=ann&changes=true", "booking", "seat"),
    # The cancel link.
    ("/bookings/cancel/{open}?" + REAL + "&cancel=true&allRemainingBookings=false", "cancel", "open"),
    ("/bookings/cancel/{open}?slug=intro&cancel=true&allRemainingBookings=false&teamId=7", "cancel", "open"),
    ("/bookings/cancel//{open}?" + REAL + "&cancel=true&allRemainingBookings=false", "cancel", "open"),
    ("/cancel/{open}?" + REAL + "&cancel=true&allRemainingBookings=false", "cancel", "open"),
    (
        "/bookings/cancel/{shared}?slug=class&cancel=true&allRemainingBookings=false&seatReferenceUid={seat}",
        "cancel",
        "seat",
    ),
    ("/bookings/cancel/{one}?slug=course&cancel=true&allRemainingBookings=true", "cancel", "one"),
    # The reschedule link, with a seat's uid in the path for seated bookings.
    ("/reschedule/{open}?" + REAL + "&reschedule=true", "reschedule", "open"),
    ("/reschedule/{open}?slug=intro&reschedule=true&teamId=7", "reschedule", "open"),
    ("/bookings/reschedule/{open}?" + REAL + "&reschedule=true", "reschedule", "open"),
    ("/reschedule//{open}?" + REAL + "&reschedule=true", "reschedule", "open"),
    ("/reschedule/{seat}?slug=class&username=ann&reschedule=true", "reschedule", "seat"),
    ("/reschedule/{shared}?seatReferenceUid={seat}&rescheduledBy=bo@example.org", "reschedule", "seat"),
    # As Cal.com's own pages link among themselves (1.9, 3.4).
    ("/reschedule?rescheduleUid={seat}&rescheduledBy=bo@example.org&bookingUid=null", "reschedule", "seat"),
    ("/reschedule/{open}?allowRescheduleForCancelledBooking=true", "reschedule", "open"),
    ("/bookings/{open}?changes=true", "booking", "open"),
    ("/bookings/{open}?cancel=true&allRemainingBookings=false&cancelledBy=bo@example.org", "cancel", "open"),
    ("/bookings/{shared}?cancel=true&allRemainingBookings=false&seatReferenceUid={seat}", "cancel", "seat"),
    # The landing page of a success redirect (3.5).
    ("/bookings/return?uid={open}", "booking", "open"),
    ("/bookings/return?" + urlencode(SUCCESS) + "&uid={open}", "booking", "open"),
    ("/bookings/return?" + urlencode(SUCCESS) + "&uid={shared}&seatReferenceUid={seat}", "booking", "seat"),
    ("/bookings/{open}?" + urlencode(SUCCESS) + "&uid={open}", "booking", "open"),
    # What the address says of slug and user is not believed.
    ("/reschedule/{open}?slug=class&username=mallory&reschedule=true", "reschedule", "open"),
    ("/bookings/{open}?seatReferenceUid={seat}", "booking", "open"),
    # Old links lead to what stands.
    ("/bookings/{old}?" + REAL + "&changes=true", "booking", "new"),
    ("/reschedule/{old}?" + REAL + "&reschedule=true", "reschedule", "new"),
    ("/bookings/cancel/{old}?" + REAL + "&cancel=true&allRemainingBookings=false", "cancel", "new"),
    # What can no longer be changed says so.
    ("/bookings/{gone}?" + REAL + "&changes=true", "booking", "gone"),
    ("/bookings/{gone}?cancel=true", "booking", "gone"),
    ("/reschedule/{gone}?" + REAL + "&reschedule=true", "notice", "gone"),
    ("/bookings/cancel/{gone}?" + REAL + "&cancel=true", "notice", "gone"),
    ("/reschedule/{shared}?slug=class&reschedule=true", "notice", "shared"),
    ("/bookings/nobodyhasthis?" + REAL, "notice", ""),
    ("/reschedule", "notice", ""),
]


@pytest.mark.parametrize(("link", "page", "about"), SHAPES, ids=[shape[0] for shape in SHAPES])
def test_a_link_shows_its_page(world: World, link: str, page: str, about: str) -> None:
    """The page is the right one, about the right booking, and nothing was changed by looking."""
    before = len(world.calcom.requests)

    response = world.client.get(link.format(**world.uids), follow_redirects=True)

    assert re.findall(r'data-bk="(\w+)"', response.text) == [page]
    if about == "gone":
        assert "cancelled" in response.text
    elif page != "notice":
        assert world.uids[about] in response.text
    assert {each.method for each in world.calcom.requests[before:]} <= {"GET"}


def test_a_link_for_cancelling_the_rest_has_that_chosen(world: World) -> None:
    """`allRemainingBookings=true` is the choice that stands when the page opens."""
    link = "/bookings/cancel/{one}?slug=course&cancel=true&allRemainingBookings=true"

    text = world.client.get(link.format(**world.uids)).text

    assert re.search(r'value="All dates that are left"[^>]* checked', text)


def test_a_seat_that_was_given_up_still_has_its_page(world: World) -> None:
    """Cal.com no longer knows it; its guest, led back to it, sees that it is cancelled."""
    guest = Guest(world.client)
    guest.open(f"/bookings/cancel/{world.uids['shared']}?seatReferenceUid={world.uids['seat']}")

    page = guest.send(reason="Ill")

    assert page.headline() == "This booking was cancelled"
    assert "Class" in page.text()


def test_a_stranger_who_claims_to_be_the_host_is_not_believed(world: World) -> None:
    """`rescheduledBy` of an address never decides who moves the booking."""
    host = world.calcom.bookings[0].hosts[0].email
    link = f"/reschedule/{world.uids['open']}?rescheduledBy={host}"
    text = world.client.get(link).text
    slot = re.search(r'href="([^"]*slot=[^"]*)"', text)
    assert slot

    assert host not in slot[1]


@pytest.mark.parametrize("zone", ["", "Asia/Kathmandu"], ids=["hosts", "guests"])
def test_a_link_to_a_time_of_either_zone_shows_its_form(world: World, zone: str) -> None:
    """A partner's page may know no zone, and the guest's browser adds its own to the address."""
    ann = next(iter(world.calcom.store.event_types.values())).user
    world.calcom.add_event_type(ann, "talk", lengthInMinutes=60, slotInterval=60)
    start = format_instant(get_slots("talk", zone=zone)[1].start)
    guest = Guest(world.client)

    page = guest.open(f"/book/talk?slot={start}&tz=Asia/Kathmandu")
    booked = guest.send(name="Bo Ek", email="bo@example.org")

    assert "no longer free" not in page.text()
    assert "Your booking is confirmed" in booked.text()


def test_a_link_to_a_time_of_neither_zone_leads_to_the_calendar(world: World) -> None:
    """Between the hours of both there is nothing to be had."""
    ann = next(iter(world.calcom.store.event_types.values())).user
    world.calcom.add_event_type(ann, "talk", lengthInMinutes=60, slotInterval=60)
    start = format_instant(get_slots("talk")[1].start + timedelta(minutes=7))

    page = Guest(world.client).open(f"/book/talk?slot={start}&tz=Asia/Kathmandu")

    assert "This time is no longer free" in page.text()
