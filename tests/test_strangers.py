"""What Cal.com tells anybody who knows a uid is not told on by us, and strangers' bookings are no news."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from booker_components import EventKind, cancel_booking, create_booking, get_slots
from booker_components.testing import FakeCalcom, FrozenClock, Recorder
from booker_components.testing.calcom.records import EventType

from .conftest import TUESDAY
from .elsewhere import hear
from .guests import Guest
from .testing.fixtures import watched

SEATS = {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}
BO = {"name": "Bo Ek", "email": "bo@example.org", "zone": "Europe/London"}
MAILS = {
    "BOOKER_MAIL_URL": "smtp://127.0.0.1:1",
    "BOOKER_MAIL_FROM": "bookings@partner.example",
    "BOOKER_PUBLIC_URL": "https://partner.example",
}


@dataclass(frozen=True, kw_only=True)
class World:
    """A Cal.com with two hosts who know nothing of each other, and apps that offer what Ann offers."""

    calcom: FakeCalcom
    #: The calls that hosts offer, by their names.
    offers: dict[str, EventType]
    make: Callable[..., Flask]


@pytest.fixture
def world(make_app: Callable[..., Flask], clock: FrozenClock) -> Iterator[World]:
    """Ann offers a call and a class, Mallory a call by the same slug."""
    apps: list[Flask] = []

    with watched(FakeCalcom(clock=clock)) as calcom:

        def make(**config: Any) -> Flask:
            settings = {
                "BOOKER_PROVIDER": "calcom",
                "BOOKER_CALCOM_API_URL": calcom.url,
                "BOOKER_CALCOM_USERNAME": "ann",
                "BOOKER_DISPATCH": "none",
            }
            apps.append(make_app(**settings | config))
            return apps[-1]

        ann, mallory = (calcom.add_user(each, zone="Europe/Berlin") for each in ("ann", "mallory"))
        offers = {
            "ann": calcom.add_event_type(ann, "intro", title="Intro"),
            "mallory": calcom.add_event_type(mallory, "intro", title="Free money"),
        }
        calcom.add_event_type(ann, "class", title="Class", seats=SEATS)
        yield World(calcom=calcom, offers=offers, make=make)
        for app in apps:
            app.extensions["booker"].calcom.close()


def test_a_booking_is_recorded_once_on_the_way_back(world: World, recorder: Recorder) -> None:
    """However often the address is opened, by mail scanners too."""
    app = world.make()
    made = world.calcom.book(world.offers["ann"], TUESDAY)
    client = app.test_client()

    pages = [client.get(f"/bookings/return?uid={made.uid}") for _ in range(2)]
    hear(app)

    assert [(page.status_code, page.location) for page in pages] == [(303, f"/bookings/{made.uid}")] * 2
    assert recorder.kinds == [EventKind.CREATED]


@pytest.mark.parametrize(
    "address",
    [
        "/bookings/return?uid={uid}",
        "/bookings/{uid}",
        "/bookings/{uid}.ics",
        "/bookings/cancel/{uid}",
        "/reschedule?rescheduleUid={uid}&eventTypeSlug=intro",
        "/book/mallory/intro",
    ],
)
def test_strangers_are_not_served(world: World, recorder: Recorder, address: str) -> None:
    """Anybody may have event types and bookings at Cal.com and name them to us."""
    app = world.make()
    made = world.calcom.book(world.offers["mallory"], TUESDAY)

    response = app.test_client().get(address.format(uid=made.uid))
    hear(app)

    assert response.status_code == 404
    assert "Free money" not in response.text
    assert recorder.kinds == []


@pytest.mark.parametrize("owners", [["mallory"], ["*"]], ids=["named", "anybody"])
def test_other_owners_are_served_where_the_settings_say_so(world: World, owners: list[str]) -> None:
    """A marketplace offers what many people offer."""
    client = world.make(BOOKER_CALCOM_OWNERS=owners).test_client()
    made = world.calcom.book(world.offers["mallory"], TUESDAY)

    pages = [client.get("/book/mallory/intro"), client.get(f"/bookings/{made.uid}")]

    assert [page.status_code for page in pages] == [200, 200]
    assert all("Free money" in page.text for page in pages)


def test_whose_the_key_is_does_not_matter_where_the_settings_name_the_host(world: World) -> None:
    """So a page needs no call for it, and stands when that call fails."""
    key = world.calcom.api_key(world.offers["ann"].owner)
    client = world.make(BOOKER_CALCOM_API_KEY=key, BOOKER_CALCOM_ZONE="Europe/Berlin").test_client()
    made = world.calcom.book(world.offers["ann"], TUESDAY)
    world.calcom.next(status=503, times=100, path="/me")

    pages = [client.get(path) for path in ("/book/ann/intro", f"/bookings/{made.uid}")]

    assert [page.status_code for page in pages] == [200, 200]


def test_a_group_that_is_named_is_served_with_its_members(world: World) -> None:
    """A booking names those who host it, not the group under which it was found."""
    client = world.make(BOOKER_CALCOM_OWNERS=["bo+mallory"]).test_client()
    made = world.calcom.book(world.offers["mallory"], TUESDAY)

    pages = [client.get(path) for path in ("/book/mallory/intro", f"/bookings/{made.uid}")]

    assert [page.status_code for page in pages] == [200, 200]


@pytest.mark.parametrize(
    "config",
    [
        {"BOOKER_CALCOM_OWNERS": ["team:sales"]},
        {"BOOKER_CALCOM_USERNAME": "", "BOOKER_CALCOM_TEAM": "sales"},
    ],
    ids=["named", "own"],
)
def test_a_team_is_served_whoever_hosts(world: World, config: dict[str, Any]) -> None:
    """What its members offer by themselves is not."""
    ann, mallory = (world.offers[each].owner for each in ("ann", "mallory"))
    team = world.calcom.add_team("sales", ann, mallory)
    demo = world.calcom.add_event_type(team, "demo", title="Demo", hosts=[mallory])
    client = world.make(BOOKER_CALCOM_API_KEY=world.calcom.api_key(ann), **config).test_client()
    theirs = world.calcom.book(demo, TUESDAY)
    strange = world.calcom.book(world.offers["mallory"], TUESDAY + timedelta(hours=1))

    page, other = (client.get(f"/bookings/{each.uid}") for each in (theirs, strange))

    assert (page.status_code, other.status_code) == (200, 404)


def test_a_booking_of_ours_is_served_after_its_event_type_was_deleted(world: World) -> None:
    """It names no event type any more, and a team's hosts are nobody whom the settings name."""
    ann, mallory = (world.offers[each].owner for each in ("ann", "mallory"))
    team = world.calcom.add_team("sales", ann, mallory)
    world.calcom.add_event_type(team, "demo", title="Demo", hosts=[mallory])
    key = world.calcom.api_key(ann)
    app = world.make(BOOKER_CALCOM_USERNAME="", BOOKER_CALCOM_TEAM="sales", BOOKER_CALCOM_API_KEY=key)
    with app.app_context():
        ours = create_booking("demo", get_slots("demo")[-1].start, **BO)
    strange = world.calcom.book(world.offers["mallory"], TUESDAY)
    for each in world.calcom.bookings:
        each.event_type = replace(each.event_type, id=0, fields={**each.event_type.fields, "slug": ""})
    client = app.test_client()

    page, other = (client.get(f"/bookings/{uid}") for uid in (ours.uid, strange.uid))

    assert (page.status_code, other.status_code) == (200, 404)


def test_no_link_is_mailed_for_a_strangers_booking(world: World, recorder: Recorder) -> None:
    """Whoever books at Cal.com chooses the address: our mails are not to go there for the asking."""
    app = world.make(BOOKER_LINKS="signed", **MAILS)
    with app.app_context():
        ours = create_booking("intro", get_slots("intro")[-1].start, **BO)
    strange = world.calcom.book(world.offers["mallory"], TUESDAY)
    guest = Guest(app.test_client())
    _, form = guest.open(f"/bookings/{ours.uid}").form()

    page = guest.post(f"/bookings/{strange.uid}/link", form)
    hear(app)

    assert page.status == 200
    assert recorder.kinds == [EventKind.CREATED]


def test_the_uid_of_a_shared_time_is_no_way_in(world: World) -> None:
    """Cal.com's free slots name it: whoever reads it there learns neither who comes nor how to join."""
    app = world.make()
    with app.app_context():
        seat = create_booking("class", get_slots("class")[-1].start, **BO)
    guest = Guest(app.test_client())

    page, own = guest.open(f"/bookings/{seat.shared}"), guest.open(f"/bookings/{seat.uid}")
    calendar = app.test_client().get(f"/bookings/{seat.shared}.ics").text

    assert not any("Bo Ek" in text or "app.cal.com" in text for text in (page.text(), calendar))
    assert "To change your own seat, open the link in your own mail." in page.text()
    assert "app.cal.com" in own.text()


def test_those_who_share_a_time_read_no_name_in_its_title(world: World) -> None:
    """The title names whoever booked first; the others may not see who comes."""
    app = world.make()
    with app.app_context():
        start = get_slots("class")[-1].start
        first = create_booking("class", start, **BO)
        create_booking("class", start, name="Cy Dee", email="cy@example.org")
    seats = [each.seat for each in world.calcom.bookings[0].attendees]
    other = next(each for each in seats if each != first.uid)
    client = app.test_client()

    pages = [
        client.get(path.format(other)).text
        for path in ("/bookings/{}", "/bookings/{}.ics", "/bookings/cancel/{}", "/reschedule/{}")
    ]

    assert "Bo Ek" in first.title
    assert not any("Bo Ek" in page for page in pages)
    assert all("Class" in page for page in pages)


def test_a_title_tells_strangers_no_name(world: World) -> None:
    """Cal.com puts the guest's name into it; where links are signed, the uid alone must not show it."""
    app = world.make(BOOKER_LINKS="signed")
    with app.app_context():
        made = create_booking("intro", get_slots("intro")[-1].start, **BO)
    client = app.test_client()

    page, calendar = client.get(f"/bookings/{made.uid}").text, client.get(f"/bookings/{made.uid}.ics").text

    assert "Bo Ek" in made.title
    assert "Bo Ek" not in page + calendar
    assert "Bo%20Ek" not in page
    assert "Intro" in page


def test_a_title_without_an_event_type_tells_strangers_no_name(world: World) -> None:
    """What was offered is gone, and only the booking's own title is left."""
    app = world.make(BOOKER_LINKS="signed")
    with app.app_context():
        made = create_booking("intro", get_slots("intro")[-1].start, **BO)
    del world.calcom.store.event_types[world.offers["ann"].id]

    assert "Bo Ek" not in app.test_client().get(f"/bookings/{made.uid}").text


def test_a_new_link_is_offered_for_the_seat_that_the_address_names(world: World) -> None:
    """Cal.com's links name the booking that all share in the path, which is nobody's to mail a link for."""
    app = world.make(BOOKER_LINKS="signed", **MAILS)
    with app.app_context():
        seat = create_booking("class", get_slots("class")[-1].start, **BO)

    page = app.test_client().get(f"/bookings/cancel/{seat.shared}?cancel=true&seatReferenceUid={seat.uid}")
    whole = app.test_client().get(f"/bookings/{seat.shared}")

    assert page.status_code == 403
    assert f'action="/bookings/{seat.uid}/link"' in page.text
    assert "/link" not in whole.text


def test_another_time_is_booked_with_the_same_host(world: World) -> None:
    """Two hosts may offer something by the same slug."""
    app = world.make(BOOKER_CALCOM_OWNERS=["mallory"])
    with app.app_context():
        made = create_booking("intro", get_slots("intro", owner="mallory")[0].start, owner="mallory", **BO)
        cancel_booking(made.uid, by="guest")

    page = app.test_client().get(f"/bookings/{made.uid}").text

    assert 'href="/book/mallory/intro"' in page


@pytest.mark.parametrize("hidden", [False, True], ids=["shown", "hidden"])
def test_a_host_who_hides_the_address_is_not_given_away(world: World, hidden: bool) -> None:
    """Guests then find it neither on the page nor in the calendar file."""
    app = world.make()
    world.offers["ann"].fields["hideOrganizerEmail"] = hidden
    with app.app_context():
        made = create_booking("intro", get_slots("intro")[-1].start, **BO)
    client = app.test_client()

    texts = [client.get(f"/bookings/{made.uid}{end}").text for end in ("", ".ics")]

    assert any("ann@example.com" in text for text in texts) is not hidden
