"""Tests of what only hosts do: agree, decline, note absences, invite, list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booker_components.errors import BookingClosed, BookingNotFound, ProviderRefused, Unsupported
from booker_components.providers.calcom import CalcomProvider
from booker_components.values import BookingFilter, BookingOrder, BookingStatus

from .samples import HALF_HOUR, NINE, NOW, SEATS, ZOE, AtCalcom, slot

ALWAYS = {"type": "always", "blockUnconfirmedBookingsInBooker": True}
WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
BO = replace(ZOE, name="Bo", email="bo@example.org")


@pytest.mark.parametrize(
    "act",
    [
        lambda provider: provider.confirm("x"),
        lambda provider: provider.decline("x"),
        lambda provider: provider.mark_absent("x", host=True),
        lambda provider: provider.add_guests("x", ["a@example.org"]),
        lambda provider: provider.calendar_links("x"),
        lambda provider: provider.bookings(BookingFilter()),
        lambda provider: provider.changed_since(NOW),
    ],
    ids=["confirm", "decline", "absent", "guests", "links", "list", "changes"],
)
def test_without_credentials_the_remedy_is_named(
    stranger: AtCalcom, act: Callable[[CalcomProvider], Any]
) -> None:
    """At once, before anything is asked."""
    with pytest.raises(Unsupported, match="BOOKER_CALCOM_API_KEY"):
        act(stranger.provider)

    assert stranger.calls() == []


# --- bookings that wait --------------------------------------------------------------------------


def test_a_host_agrees(at: AtCalcom) -> None:
    """With credentials; then there is nothing to agree to any more."""
    at.event_type(confirmationPolicy=ALWAYS)
    waiting = at.provider.book(at.request())

    confirmed = at.provider.confirm(waiting.uid)

    assert "Authorization" in at.sent("POST", "/confirm").headers
    assert confirmed.status is BookingStatus.CONFIRMED
    assert at.provider.get(waiting.uid) == confirmed
    with pytest.raises(BookingClosed):
        at.provider.confirm(waiting.uid)


def test_a_host_declines(at: AtCalcom) -> None:
    """The reason is told, and the time is free again."""
    event_type = at.event_type(confirmationPolicy=ALWAYS)
    waiting = at.provider.book(at.request())
    assert NINE not in at.starts(event_type)

    declined = at.provider.decline(waiting.uid, reason="No room")

    assert (declined.status, declined.reason, declined.changed_by) == (
        BookingStatus.REJECTED,
        "No room",
        "host",
    )
    assert NINE in at.starts(event_type)
    with pytest.raises(BookingClosed):
        at.provider.decline(waiting.uid)


def test_somebody_else_may_have_answered_meanwhile(at: AtCalcom) -> None:
    """Then it waits no more; any other refusal is one."""
    at.event_type(confirmationPolicy=ALWAYS)
    waiting = at.provider.book(at.request())
    at.fake.next(status=400, words="No", perform=True, method="POST", path="/bookings/*")

    with pytest.raises(BookingClosed):
        at.provider.confirm(waiting.uid)

    other = at.provider.book(at.request(slot(1)))
    at.fake.next(status=400, words="No", method="POST", path="/bookings/*")
    with pytest.raises(ProviderRefused):
        at.provider.confirm(other.uid)


# --- people --------------------------------------------------------------------------------------


def test_who_did_not_come_is_noted(at: AtCalcom) -> None:
    """Once the booking has begun; the host may be missing too."""
    at.event_type()
    booking = at.provider.book(at.request())
    with pytest.raises(BookingClosed):
        at.provider.mark_absent(booking.uid, host=True)
    at.clock.set(NINE + HALF_HOUR)

    found = at.provider.mark_absent(booking.uid, host=True, attendees=["zoe@example.org"])

    assert found.uid == booking.uid
    assert at.sent("POST", "/mark-absent").json == {
        "host": True,
        "attendees": [{"email": "zoe@example.org", "absent": True}],
    }
    assert at.fake.bookings[0].attendees[0].absent
    assert at.provider.mark_absent(booking.uid) == at.provider.get(booking.uid)


def test_guests_are_added_ten_at_a_time(at: AtCalcom) -> None:
    """As many calls as that takes."""
    at.event_type()
    booking = at.provider.book(at.request(guests=("first@example.org",)))
    emails = [f"guest{number}@example.org" for number in range(12)]

    found = at.provider.add_guests(booking.uid, emails)

    assert found.guests == ("first@example.org", *emails)
    assert len(at.calls("POST", f"/bookings/{booking.uid}/guests")) == 2
    at.provider.cancel(booking.uid)
    with pytest.raises(BookingClosed):
        at.provider.add_guests(booking.uid, ["late@example.org"])


def test_links_for_calendars(at: AtCalcom) -> None:
    """As Cal.com makes them; for a seat they are those of the shared booking."""
    at.event_type(seats=SEATS)
    seat = at.provider.book(at.request())

    links = at.provider.calendar_links(seat.uid)

    assert [each.label for each in links][:1] == ["Google Calendar"]
    assert all(each.url for each in links)
    assert at.calls()[-1] == f"GET /bookings/{seat.shared}/calendar-links"
    with pytest.raises(BookingNotFound):
        at.provider.calendar_links("nobodyhasthis")


def test_a_list_by_address_is_of_those_who_booked(at: AtCalcom) -> None:
    """As with the embedded engine; Cal.com also gives the bookings to which somebody was invited."""
    at.event_type()
    booking = at.provider.book(at.request())
    people = at.fake.booking(booking.uid).attendees
    people.append(replace(people[0], email="bo@example.org", name="Bo"))

    assert at.provider.bookings(BookingFilter(attendee_email="bo@example.org")) == ()
    assert len(at.provider.bookings(BookingFilter(attendee_email="Zoe@example.org"))) == 1


# --- lists ---------------------------------------------------------------------------------------


def uids(at: AtCalcom, **fields: Any) -> list[str]:
    """Give the uids of the bookings that match."""
    return [each.uid for each in at.provider.bookings(BookingFilter(**fields))]


def test_every_filter_narrows_the_list(at: AtCalcom) -> None:
    """What the API tells only roughly is looked through again."""
    at.event_type()
    other_type = at.event_type("other", confirmationPolicy=ALWAYS)
    first = at.provider.book(at.request(slot(0)))
    second = at.provider.book(at.request(slot(1), attendee=BO))
    waiting = at.provider.book(at.request(slot(2), event_type=other_type.slug))
    declined = at.provider.decline(at.provider.book(at.request(slot(3), event_type="other")).uid)
    gone = at.provider.cancel(at.provider.book(at.request(slot(4))).uid)

    assert uids(at) == [first.uid, second.uid, waiting.uid, declined.uid, gone.uid]
    assert uids(at, status=frozenset({BookingStatus.PENDING})) == [waiting.uid]
    assert uids(at, status=frozenset({BookingStatus.REJECTED})) == [declined.uid]
    assert uids(at, status=frozenset({BookingStatus.CANCELLED})) == [gone.uid]
    assert uids(at, status=frozenset({BookingStatus.CONFIRMED, BookingStatus.PENDING})) == [
        first.uid,
        second.uid,
        waiting.uid,
    ]
    assert uids(at, event_types=frozenset({"other"})) == [waiting.uid, declined.uid]
    assert uids(at, event_types=frozenset({"other", "intro", "nothing"})) == uids(at)
    assert uids(at, event_types=frozenset({"nothing"})) == []
    assert uids(at, attendee_email="BO@example.org") == [second.uid]
    assert uids(at, after=slot(2), before=slot(3)) == [waiting.uid]
    assert uids(at, descending=True, limit=2, offset=1) == [declined.uid, waiting.uid]
    assert uids(at, offset=9) == []


def test_filters_are_asked_of_the_api(at: AtCalcom) -> None:
    """Those that it has, in words that cover what is wanted."""
    event_type, other = at.event_type(), at.event_type("other")

    uids(
        at,
        event_types=frozenset({"intro", "other", "nothing"}),
        status=frozenset({BookingStatus.CONFIRMED, BookingStatus.REJECTED}),
        attendee_email="zoe@example.org",
        attendee_name="Zoe",
        after=NINE,
        before=NINE + timedelta(days=2),
        created_after=NOW,
        created_before=NINE,
        updated_after=NOW,
        updated_before=NINE,
        order=BookingOrder.UPDATED,
        descending=True,
    )

    assert {name: value for name, (value,) in at.sent("GET", "/bookings").query.items()} == {
        "sortUpdatedAt": "desc",
        "eventTypeIds": f"{event_type.id},{other.id}",
        "status": "upcoming,past,recurring,cancelled",
        "attendeeEmail": "zoe@example.org",
        "attendeeName": "Zoe",
        "afterStart": "2026-03-02T09:00:00Z",
        "beforeEnd": "2026-03-06T09:00:00Z",
        "afterCreatedAt": "2026-03-02T08:00:00Z",
        "beforeCreatedAt": "2026-03-03T09:00:01Z",
        "afterUpdatedAt": "2026-03-02T08:00:00Z",
        "beforeUpdatedAt": "2026-03-03T09:00:01Z",
        "take": "100",
        "skip": "0",
    }


def test_a_booking_that_is_under_way_ends_after_now(at: AtCalcom) -> None:
    """Though it has begun before."""
    at.event_type()
    booking = at.provider.book(at.request())

    assert uids(at, after=NINE + HALF_HOUR / 2) == [booking.uid]
    assert uids(at, after=NINE + HALF_HOUR) == []


def test_seats_and_series_are_listed_one_by_one(at: AtCalcom) -> None:
    """Each is what a guest holds."""
    at.event_type("shared", seats=SEATS)
    one = at.provider.book(at.request(event_type="shared"))
    other = at.provider.book(at.request(event_type="shared", attendee=BO))
    at.event_type("weekly", recurrence=WEEKLY)
    series = at.provider.book(at.request(slot(3), event_type="weekly"))

    assert uids(at, attendee_email="bo@example.org") == [other.uid]
    assert uids(at) == [one.uid, other.uid, *(each.uid for each in series.occurrences)]


def test_a_team_lists_its_own_bookings(at: AtCalcom) -> None:
    """And not those of its members besides."""
    at.event_type()
    team = at.fake.add_team("sales", at.user)
    at.fake.add_event_type(team, "demo")
    provider = at.other(replace(at.account, username="", team="sales"))
    at.provider.book(at.request())
    theirs = provider.book(at.request(slot(3), event_type="demo"))

    assert [each.uid for each in provider.bookings(BookingFilter())] == [theirs.uid]
