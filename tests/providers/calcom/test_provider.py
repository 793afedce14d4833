"""Tests of the provider as a whole: what it can do, what it gives under which uid, holds and webhooks."""

from __future__ import annotations

import dataclasses
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booker_components import providers
from booker_components.errors import (
    BookingNotFound,
    EventTypeNotFound,
    NotBookable,
    ProviderError,
    ProviderUnavailable,
    SlotTaken,
    WebhookRejected,
)
from booker_components.policy import Rule
from booker_components.providers.calcom import CalcomProvider
from booker_components.providers.calcom.accounts import CalcomAccount, FixedIdentity
from booker_components.providers.calcom.client import CalcomClient
from booker_components.providers.calcom.webhooks import signature
from booker_components.values import BookingStatus

from .samples import HALF_HOUR, NINE, NOW, SEATS, ZOE, AtCalcom, slot

WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
ABILITIES = (
    providers.Provider,
    providers.ListsBookings,
    providers.FindsEventTypes,
    providers.HoldsSlots,
    providers.ReceivesWebhooks,
    providers.ApprovesBookings,
    providers.MarksAbsences,
    providers.AddsGuests,
    providers.LinksCalendars,
)


@pytest.mark.parametrize("ability", ABILITIES, ids=lambda each: each.__name__)
def test_it_can_do_everything_but_explain(at: AtCalcom, ability: type) -> None:
    """Why a time is not free, Cal.com tells nobody."""
    assert isinstance(at.provider, ability)
    assert not isinstance(at.provider, providers.ExplainsSlots)


def test_its_name_and_its_links(at: AtCalcom) -> None:
    """Whoever knows a uid may change the booking: so it is with Cal.com's own links."""
    assert (at.provider.name, at.provider.links_by_uid) == ("calcom", True)


def test_nothing_is_asked_before_it_is_needed(at: AtCalcom) -> None:
    """A provider is made when the app starts."""
    assert at.calls() == []


def test_guests_calls_name_the_platform_client_that_has_no_secret_in_them(at: AtCalcom) -> None:
    """What an account without credentials sends is sent for its guests too."""

    class Platform(FixedIdentity):
        def headers(self) -> dict[str, str]:
            return {"x-cal-client-id": "client"}

    at.event_type()
    client = CalcomClient(at.http, at.fake.url, Platform(of=CalcomAccount(username="ann")))
    CalcomProvider(client, keys=at.keys, clock=at.clock).book(at.request())

    assert at.sent("POST", "/bookings").headers["x-cal-client-id"] == "client"


# --- uids ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "uid", ["", ".", "..", "../x", "a/b", "a b", "a\0b", "\ud800", "é", "%2e", "x" * 100_000], ids=ascii
)
def test_what_cannot_be_a_uid_is_asked_of_nobody(at: AtCalcom, uid: str) -> None:
    """It is not found, whatever is done with it."""
    for act in (at.provider.get, at.provider.cancel, at.provider.confirm, at.provider.calendar_links):
        with pytest.raises(BookingNotFound):
            act(uid)
    assert at.provider.held(uid) is None
    at.provider.release(uid)

    assert at.calls() == []


def test_an_unknown_uid_may_be_that_of_a_seat(at: AtCalcom) -> None:
    """So a second path is asked before it is said to be unknown."""
    with pytest.raises(BookingNotFound):
        at.provider.get("nobodyhasthis")

    assert at.calls() == ["GET /bookings/nobodyhasthis", "GET /bookings/by-seat/nobodyhasthis"]


def test_a_seat_is_found_by_its_own_uid(at: AtCalcom) -> None:
    """It is what its guest holds; the shared booking tells of nobody."""
    at.event_type(seats=SEATS)
    seat = at.provider.book(at.request())

    assert at.provider.get(seat.uid) == seat
    shared = at.provider.get(seat.shared)
    assert (shared.uid, shared.attendee.email, shared.guests) == (seat.shared, "", ())


def test_a_series_is_found_by_its_own_uid(at: AtCalcom) -> None:
    """The next booking to come stands for it; a single one is only itself."""
    at.event_type(recurrence=WEEKLY)
    series = at.provider.book(at.request())
    at.clock.set(NINE + timedelta(days=1))

    found = at.provider.get(series.series)

    assert (found.uid, len(found.occurrences)) == (series.occurrences[1].uid, 3)
    assert at.provider.get(series.uid).occurrences == ()


def test_where_a_booking_came_from_is_looked_up_once(at: AtCalcom) -> None:
    """The former start stands in the booking that was left."""
    at.event_type()
    old = at.provider.book(at.request())
    new = at.provider.reschedule(old.uid, slot(3))
    fresh = at.other(at.account)
    at.fake.requests.clear()

    found = [fresh.get(new.uid) for _ in range(3)]

    assert {each.former_start for each in found} == {NINE}
    assert at.calls().count(f"GET /bookings/{old.uid}") == 1


def test_a_former_booking_that_is_gone_is_no_reason_to_fail(at: AtCalcom) -> None:
    """Where it was is not known then."""
    at.event_type()
    old = at.provider.book(at.request())
    new = at.provider.reschedule(old.uid, slot(3))
    del at.fake.store.bookings[old.uid]

    assert at.other(at.account).get(new.uid).former_start is None


def test_a_former_booking_that_cannot_be_read_now_is_none_either(at: AtCalcom) -> None:
    """The next look tells."""
    at.event_type()
    old = at.provider.book(at.request())
    new = at.provider.reschedule(old.uid, slot(3))
    fresh = at.other(at.account)
    at.fake.next(status=503, times=3, method="GET", path=f"/bookings/{old.uid}")

    assert fresh.get(new.uid).former_start is None
    assert fresh.get(new.uid).former_start == NINE


@pytest.mark.parametrize(
    "body",
    [
        "no JSON",
        {"status": "success"},
        {"status": "success", "data": {"uid": "x"}},
        {"status": "success", "data": []},
    ],
    ids=["text", "nothing", "too little", "empty series"],
)
def test_garbage_is_a_provider_error(at: AtCalcom, body: Any) -> None:
    """For a read it is plain: there is nothing to look up."""
    at.fake.next(status=200, body=body, method="GET")

    with pytest.raises(ProviderError) as caught:
        at.provider.get("q1W2e3R4")

    assert not isinstance(caught.value, ProviderUnavailable)
    assert "q1W2e3R4" not in caught.value.message


# --- holds ---------------------------------------------------------------------------------------


def test_a_slot_is_held_and_given_up(at: AtCalcom) -> None:
    """Others see it as taken meanwhile; nobody needs credentials for it."""
    event_type = at.event_type()

    hold = at.provider.hold(event_type, NINE)

    assert (hold.start, hold.end) == (NINE, NINE + HALF_HOUR)
    assert hold.until > at.clock()
    assert at.provider.held(hold.uid) == hold
    assert NINE not in at.starts(event_type)
    at.provider.release(hold.uid)
    assert at.provider.held(hold.uid) is None
    assert NINE in at.starts(event_type)
    at.provider.release(hold.uid)
    assert all("Authorization" not in at.sent(verb, "").headers for verb in ("POST", "DELETE"))


def test_a_hold_lapses(at: AtCalcom) -> None:
    """After some minutes it is none."""
    hold = at.provider.hold(at.event_type(), NINE)

    at.clock.set(hold.until)

    assert at.provider.held(hold.uid) is None


def test_the_length_is_held_where_there_are_several(at: AtCalcom) -> None:
    """And refused where there is no such."""
    event_type = at.event_type(lengthInMinutesOptions=[30, 60])

    assert at.provider.hold(event_type, NINE, duration=2 * HALF_HOUR).end == NINE + 2 * HALF_HOUR
    with pytest.raises(NotBookable) as caught:
        at.provider.hold(event_type, slot(4), duration=timedelta(minutes=25))
    assert caught.value.rule == Rule.DURATION


def test_what_cannot_be_held(at: AtCalcom) -> None:
    """A slot that is taken, an event type that is gone, a group that has none."""
    event_type = at.event_type()
    at.provider.book(at.request())

    with pytest.raises(SlotTaken):
        at.provider.hold(event_type, NINE)
    with pytest.raises(EventTypeNotFound):
        at.provider.hold(replace(event_type, id="4711"), slot(3))
    with pytest.raises(NotBookable):
        at.provider.hold(replace(event_type, id="", elsewhere="At Cal.com."), slot(3))


# --- webhooks ------------------------------------------------------------------------------------


def webhook(payload: dict[str, Any], *, secret: str = "hush") -> tuple[dict[str, str], bytes]:
    """Give headers and body of a webhook that is signed with *secret*."""
    sent = {"triggerEvent": "BOOKING_CREATED", "createdAt": "2026-03-02T08:00:00Z", "payload": payload}
    body = json.dumps(sent).encode()
    return {"X-Cal-Signature-256": signature(body, secret)}, body


def test_a_webhook_is_verified(at: AtCalcom) -> None:
    """By the secret that the provider was given."""
    headers, body = webhook({"uid": "q1W2e3R4"})

    assert at.provider.incoming(headers, body).uids == ("q1W2e3R4",)
    with pytest.raises(WebhookRejected):
        at.provider.incoming({**headers, "X-Cal-Signature-256": "0" * 64}, body)


def test_a_webhook_makes_the_slots_fresh(at: AtCalcom) -> None:
    """A booking that was made elsewhere is seen at once."""
    event_type = at.event_type()
    assert NINE in at.starts(event_type)
    at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE)

    at.provider.incoming(*webhook({"uid": at.fake.bookings[0].uid, "eventTypeId": int(event_type.id)}))

    assert NINE not in at.starts(event_type)


def test_a_webhook_makes_the_slots_of_other_event_types_fresh(at: AtCalcom) -> None:
    """The host is the same."""
    event_type, other = at.event_type(), at.event_type("other")
    assert NINE in at.starts(other)
    at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE)
    at.fake.add_webhook(at.user, "https://partner.example/webhooks/calcom", secret="hush")
    at.fake.notify(at.fake.bookings[0].uid, "BOOKING_CREATED", {"uid": at.fake.bookings[0].uid})

    at.provider.incoming(at.fake.outgoing[-1].headers, at.fake.outgoing[-1].body)

    assert NINE not in at.starts(other)


def test_bookings_that_have_changed(at: AtCalcom) -> None:
    """Since an instant, the first to change first; every seat is one."""
    at.event_type()
    at.event_type("shared", seats=SEATS)
    at.provider.book(at.request())
    at.clock.move(timedelta(minutes=5))
    since = at.clock()
    moved = at.provider.book(at.request(slot(1)))
    at.clock.move(timedelta(minutes=5))
    seat = at.provider.book(at.request(slot(5), event_type="shared"))
    at.clock.move(timedelta(minutes=5))
    new = at.provider.reschedule(moved.uid, slot(3))

    found = list(at.provider.changed_since(since))

    assert [each.uid for each in found] == [seat.uid, moved.uid, new.uid]
    assert found[-1].former_start == slot(1)


def test_a_shared_booking_that_all_have_left_is_told_as_nobodys(at: AtCalcom) -> None:
    """There is no seat left to tell of."""
    at.event_type(seats=SEATS)
    seat = at.provider.book(at.request())
    at.provider.cancel(seat.uid)

    (found,) = at.provider.changed_since(at.clock())

    assert (found.uid, found.attendee.email, found.is_open) == (seat.shared, "", False)


def test_changes_come_in_pages(at: AtCalcom) -> None:
    """As many as there are."""
    event_type = at.event_type()
    made = at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE)
    for number in range(259):
        at.fake.store.bookings[f"copy{number}"] = dataclasses.replace(made, uid=f"copy{number}")

    found = list(at.provider.changed_since(at.clock()))

    assert len({each.uid for each in found}) == 260
    assert [each.query["skip"] for each in at.fake.requests if each.path == "/v2/bookings"] == [
        ["0"],
        ["250"],
    ]


def test_no_change_is_lost_when_more_changes_between_two_pages(at: AtCalcom) -> None:
    """What was on the first page goes to the end then, and the first of the second one moves up."""
    event_type = at.event_type()
    made = at.fake.book(at.fake.store.event_types[int(event_type.id)], NINE)
    for number in range(300):
        at.clock.move(timedelta(seconds=1))
        at.fake.store.bookings[f"copy{number}"] = dataclasses.replace(
            made, uid=f"copy{number}", updated=at.clock()
        )

    found = at.provider.changed_since(NOW)
    first = next(found)
    at.clock.move(timedelta(seconds=1))
    at.fake.store.bookings["copy5"].updated = at.clock()
    rest = list(found)

    assert {each.uid for each in (first, *rest)} >= {f"copy{number}" for number in range(300)}
    assert rest[-1].uid == "copy5"


def test_what_was_moved_costs_no_further_call(at: AtCalcom) -> None:
    """The booking that was left tells its start, and has changed as well."""
    at.event_type()
    moved = at.provider.book(at.request())
    at.provider.reschedule(moved.uid, slot(3))
    fresh = at.other(at.account)
    at.fake.requests.clear()

    found = list(fresh.changed_since(NOW))

    assert found[-1].former_start == NINE
    assert at.calls() == ["GET /bookings"]


def test_a_booking_of_another_account_is_read_as_well(at: AtCalcom) -> None:
    """A webhook names no account: the uid is enough."""
    at.event_type()
    booking = at.provider.book(at.request())

    assert at.other(CalcomAccount()).get(booking.uid) == booking
    assert booking.attendee == ZOE
    assert booking.status is BookingStatus.CONFIRMED
