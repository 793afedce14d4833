"""Tests of the bookings of the fake Cal.com (contracts/calcom.md 4.3, 4.5, 4.8)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
import requests

from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.testing.calcom.records import EventType, User

from .api import BO, NINE, Api, at, bearer
from .fixtures import deliberately

TOPIC = {"type": "text", "slug": "topic", "label": "Topic", "required": True}


@pytest.fixture
def ada(calcom: FakeCalcom) -> User:
    """A host in Berlin."""
    return calcom.add_user("ada", name="Ada Lovelace", zone="Europe/Berlin")


@pytest.fixture
def intro(calcom: FakeCalcom, ada: User) -> EventType:
    """Half an hour with her."""
    return calcom.add_event_type(ada, "intro", title="Intro")


@pytest.fixture
def guest(calcom: FakeCalcom) -> Api:
    """Somebody who proves nothing."""
    return Api(calcom)


@pytest.fixture
def host(calcom: FakeCalcom, ada: User) -> Api:
    """The host, by her API key."""
    return Api(calcom, **bearer(calcom.api_key(ada)))


# --- made and read -------------------------------------------------------------------------------


def test_a_booking_holds_what_was_asked_for(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """Every detail is in the answer, and in what is read again."""
    made = guest.book(
        intro,
        at(8),
        guests=["friend@example.org"],
        bookingFieldsResponses={"notes": "Hello", "title": "Money"},
        metadata={"crm": "42"},
    )

    assert made == guest.get(f"/bookings/{made['uid']}")
    assert (made["start"], made["end"], made["duration"]) == (at(8), at(8, 30), 30)
    assert (made["title"], made["status"]) == ("Intro between Ada Lovelace and Bo Ek", "accepted")
    assert made["eventType"] == {"id": intro.id, "slug": "intro"}
    assert made["attendees"][0]["timeZone"] == "Europe/Berlin"
    assert made["guests"] == ["friend@example.org"]
    assert made["bookingFieldsResponses"] == {
        "notes": "Hello",
        "title": "Money",
        "name": "Bo Ek",
        "email": "bo@example.org",
        "guests": ["friend@example.org"],
    }
    assert made["metadata"] == {"crm": "42"}
    assert calcom.bookings[0].uid == made["uid"]


def test_the_systems_own_answers_are_overwritten(guest: Api, intro: EventType) -> None:
    """What is said about name, address and guests among the answers counts for nothing."""
    answers = {"name": "Mallory", "email": "mallory@example.org", "guests": ["x@example.org"]}

    made = guest.book(intro, at(8), bookingFieldsResponses=answers)

    assert made["bookingFieldsResponses"] == {"name": "Bo Ek", "email": "bo@example.org", "guests": []}


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("Intro", "Intro"),
        ("{Scheduler} meets {Organiser first name}", "Bo Ek meets Ada"),
        ("{Event type title} {unknown}", "Intro {unknown}"),
    ],
    ids=["fixed", "people", "unknown"],
)
def test_the_custom_name_is_the_title(
    calcom: FakeCalcom, guest: Api, ada: User, name: str, title: str
) -> None:
    """The custom name of an event type decides how its bookings are called."""
    event_type = calcom.add_event_type(ada, "named", title="Intro", custom_name=name)

    assert guest.book(event_type, at(8))["title"] == title


@pytest.mark.parametrize("named", ["eventTypeId", "username", "teamSlug"])
def test_an_event_type_is_named_in_three_ways(
    calcom: FakeCalcom, guest: Api, ada: User, intro: EventType, named: str
) -> None:
    """By its id, by the slug with the user's name, or by the slug with the team's."""
    calcom.add_event_type(calcom.add_team("crew", ada), "intro")
    ways: dict[str, dict[str, Any]] = {
        "eventTypeId": {"eventTypeId": intro.id},
        "username": {"eventTypeSlug": "intro", "username": "ada"},
        "teamSlug": {"eventTypeSlug": "intro", "teamSlug": "crew"},
    }

    made = guest.post("/bookings", {"start": at(8), "attendee": BO, **ways[named]})

    assert (made["eventType"]["slug"], made["hosts"][0]["username"]) == ("intro", "ada")


def test_a_taken_time_is_refused_with_400(guest: Api, intro: EventType) -> None:
    """It is no 409: only the words tell (contracts/calcom.md 4.8)."""
    guest.book(intro, at(8))
    body = {"eventTypeId": intro.id, "start": at(8), "attendee": BO}

    status, words = guest.refused("POST", "/bookings", json=body)

    assert status == 400
    assert "User either already has booking at this time or is not available" in words


def test_a_team_says_other_words_for_a_taken_time(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """One of its hosts is busy."""
    intro = calcom.add_event_type(calcom.add_team("crew", ada, calcom.add_user("bob")), "both")
    calcom.book(calcom.add_event_type(ada, "alone"), NINE + timedelta(hours=2))
    body = {"eventTypeId": intro.id, "start": at(10), "attendee": BO}

    assert "One of the hosts either" in guest.refused("POST", "/bookings", json=body)[1]


@pytest.mark.parametrize(
    ("fields", "change", "status", "words"),
    [
        ({}, {"eventTypeId": 999}, 404, "Event type with"),
        ({}, {"start": "2027-02-01T07:30:00Z"}, 400, "Attempting to book a meeting in the past."),
        ({"minimumBookingNotice": 60 * 48}, {}, 400, 'can\'t be booked at the "start" time provided'),
        (
            {"bookingWindow": {"type": "range", "value": ["2027-02-03", "2027-02-04"]}},
            {},
            400,
            'can\'t be booked at the "start" time provided',
        ),
        ({}, {"start": at(8, 7)}, 400, "is not available"),
        ({}, {"start": at(22)}, 400, "is not available"),
        ({"bookingFields": [TOPIC]}, {}, 400, "Missing required booking field response: topic"),
        ({"bookingFields": [{**TOPIC, "hidden": True}]}, {}, 400, "Missing required booking field"),
        (
            {"bookingFields": [{"type": "number", "slug": "size"}]},
            {"bookingFieldsResponses": {"size": "2"}},
            400,
            "Invalid type for booking field 'size'",
        ),
        (
            {"bookingFields": [{"type": "radio", "slug": "size", "options": ["S"]}]},
            {"bookingFieldsResponses": {"size": "L"}},
            400,
            "Invalid option 'L' for booking field",
        ),
        (
            {"bookingFields": [{"type": "checkbox", "slug": "days", "options": ["Mon"]}]},
            {"bookingFieldsResponses": {"days": ["Sun"]}},
            400,
            "One or more invalid options for booking field",
        ),
        (
            {"bookingFields": [{"type": "phone", "slug": "attendeePhoneNumber", "required": True}]},
            {},
            400,
            "Missing attendee phone number",
        ),
        (
            {},
            {"location": {"type": "attendeePhone", "phone": "+4930123456"}},
            400,
            "Booking location with type",
        ),
        (
            {},
            {"location": {"type": "integration", "integration": "zoom"}},
            400,
            "Booking location with integration zoom not valid",
        ),
        ({}, {"lengthInMinutes": 60}, 400, "Can't specify 'lengthInMinutes'"),
        (
            {"lengthInMinutesOptions": [30, 60]},
            {"lengthInMinutes": 45},
            400,
            "Provided 'lengthInMinutes' is not one of the possible lengths",
        ),
        ({"bookingRequiresAuthentication": True}, {}, 401, "requires authentication"),
        ({"requiresBookerEmailVerification": True}, {}, 400, "verification code is required"),
        (
            {"requiresBookerEmailVerification": True},
            {"emailVerificationCode": "000000"},
            400,
            "Invalid email verification code",
        ),
        ({}, {"recurrenceCount": 2}, 400, "recurrenceCount"),
        ({}, {"instant": True}, 400, "Instant meetings"),
        ({}, {"metadata": {"a" * 41: "x"}}, 400, "Metadata"),
        ({}, {"metadata": {"a": "x" * 501}}, 400, "Metadata"),
        ({}, {"metadata": {str(each): "x" for each in range(51)}}, 400, "Metadata"),
        ({}, {"attendee": {**BO, "timeZone": "Mars/Base"}}, 400, "timeZone"),
        ({}, {"attendee": {**BO, "phoneNumber": "030 1234"}}, 400, "phone number"),
        ({}, {"attendee": {"name": "Bo", "timeZone": "UTC"}}, 400, "email"),
        ({}, {"guests": ["nobody"]}, 400, "guests"),
    ],
    ids=lambda value: re.sub(r"\W+", "-", str(value))[:40],
)
def test_what_is_refused_says_why(
    calcom: FakeCalcom,
    guest: Api,
    ada: User,
    fields: dict[str, Any],
    change: dict[str, Any],
    status: int,
    words: str,
) -> None:
    """Each row of the table of errors has its status and its words."""
    event_type = calcom.add_event_type(ada, "one", **fields)
    body = {"eventTypeId": event_type.id, "start": at(8), "attendee": BO, **change}

    refused = guest.refused("POST", "/bookings", json=body)

    assert refused[0] == status
    assert words in refused[1]
    assert calcom.bookings == []


@pytest.mark.parametrize("offer", [True, False], ids=["offered", "not offered"])
def test_a_booker_may_have_so_many_bookings(calcom: FakeCalcom, guest: Api, ada: User, offer: bool) -> None:
    """At the limit the answer may name the booking that could be moved instead."""
    limit = {"maximumActiveBookings": 1, "offerReschedule": offer}
    event_type = calcom.add_event_type(ada, "one", bookerActiveBookingsLimit=limit)
    first = guest.book(event_type, at(8))
    body = {"eventTypeId": event_type.id, "start": at(9), "attendee": BO}

    words = guest.refused("POST", "/bookings", json=body)[1]

    assert "maximum number of active bookings has been reached" in words
    assert (f"You can reschedule your existing booking ({first['uid']})" in words) is offer


def test_a_length_on_offer_may_be_asked_for(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """Without one it is the default."""
    event_type = calcom.add_event_type(ada, "one", lengthInMinutesOptions=[30, 60])

    made = guest.book(event_type, at(8), lengthInMinutes=60)

    assert (made["duration"], guest.book(event_type, at(9))["duration"]) == (60, 30)


@pytest.mark.parametrize(
    ("location", "given", "shown"),
    [
        ({"type": "attendeePhone"}, {"type": "attendeePhone", "phone": "+49301234567"}, "+49301234567"),
        ({"type": "attendeeAddress"}, {"type": "attendeeAddress", "address": "1 Rue X"}, "1 Rue X"),
        ({"type": "attendeeDefined"}, {"type": "attendeeDefined", "location": "At home"}, "At home"),
        ({"type": "address", "address": "Here", "public": False}, {"type": "address"}, "Here"),
        ({"type": "link", "link": "https://meet.example", "public": True}, None, "https://meet.example"),
    ],
    ids=["phone", "address", "anything", "preset", "default"],
)
def test_the_location_is_the_hosts_or_the_guests(
    calcom: FakeCalcom, guest: Api, ada: User, location: Any, given: Any, shown: str
) -> None:
    """It is put out as a plain text, and a link as the meeting's address as well."""
    event_type = calcom.add_event_type(ada, "one", locations=[location])

    made = guest.book(event_type, at(8), **({"location": given} if given else {}))

    assert made["location"] == shown
    assert made.get("meetingUrl") == (shown if shown.startswith("https") else None)


def test_a_priced_booking_waits(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """It comes back pending, without a word of payment."""
    made = guest.book(calcom.add_event_type(ada, "one", price=1000), at(8))

    assert made["status"] == "pending"
    assert not [name for name in made if "payment" in name.lower()]


# --- moved ---------------------------------------------------------------------------------------


def test_moving_makes_a_new_booking(guest: Api, intro: EventType) -> None:
    """It has a uid of its own; the old one is cancelled and says where it went."""
    old = guest.book(intro, at(8), metadata={"crm": "42"})
    wish = {"start": at(9), "reschedulingReason": "Ill", "rescheduledBy": "bo@example.org"}

    new = guest.post(f"/bookings/{old['uid']}/reschedule", wish)

    left = guest.get(f"/bookings/{old['uid']}")
    assert new["uid"] != old["uid"]
    assert (new["rescheduledFromUid"], left["rescheduledToUid"]) == (old["uid"], new["uid"])
    assert (new["status"], left["status"]) == ("accepted", "cancelled")
    assert (new["reschedulingReason"], new["rescheduledByEmail"]) == ("Ill", "bo@example.org")
    assert (new["metadata"], new["location"], new["icsUid"]) == (
        old["metadata"],
        old["location"],
        old["icsUid"],
    )


def test_a_move_keeps_the_length(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """Also if it is not the default one."""
    event_type = calcom.add_event_type(ada, "one", lengthInMinutesOptions=[30, 60], slotInterval=30)
    old = guest.book(event_type, at(8), lengthInMinutes=60)

    new = guest.post(f"/bookings/{old['uid']}/reschedule", {"start": at(8, 30)})

    assert (new["start"], new["duration"]) == (at(8, 30), 60)


def test_what_moved_cannot_move_again(guest: Api, intro: EventType) -> None:
    """The refusal names the booking that stands."""
    old = guest.book(intro, at(8))
    path = f"/bookings/{old['uid']}/reschedule"
    new = guest.post(path, {"start": at(9)})

    status, words = guest.refused("POST", path, json={"start": at(10)})

    assert status == 400
    assert f"because it has been cancelled and rescheduled already to booking with uid={new['uid']}" in words


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"start": "2027-02-01T07:00:00Z"}, "in the past"),
        ({"start": at(9)}, "is not available"),
        ({"start": at(10), "rescheduledBy": "guest"}, "rescheduledBy must be an email"),
        ({"start": "soon"}, "start must be a valid ISO 8601"),
    ],
    ids=["past", "taken", "no address", "no time"],
)
def test_a_move_is_refused(guest: Api, intro: EventType, body: dict[str, str], words: str) -> None:
    """The booking stays where it was."""
    booking = guest.book(intro, at(8))
    guest.book(intro, at(9))

    status, said = guest.refused("POST", f"/bookings/{booking['uid']}/reschedule", json=body)

    assert status == 400
    assert words in said
    assert guest.get(f"/bookings/{booking['uid']}") == booking


def test_that_moving_is_disabled_is_not_enforced(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """Only Cal.com's own pages look at it (contracts/calcom.md 4.8)."""
    event_type = calcom.add_event_type(ada, "one", disableRescheduling={"disabled": True})
    booking = guest.book(event_type, at(8))

    assert guest.post(f"/bookings/{booking['uid']}/reschedule", {"start": at(9)})["status"] == "accepted"


# --- cancelled -----------------------------------------------------------------------------------


def test_cancelling_frees_the_time(guest: Api, intro: EventType) -> None:
    """The booking says why, and somebody else may have its time."""
    booking = guest.book(intro, at(8))

    gone = guest.post(f"/bookings/{booking['uid']}/cancel", {"cancellationReason": "Ill"})

    assert (gone["status"], gone["cancellationReason"]) == ("cancelled", "Ill")
    assert guest.book(intro, at(8))["status"] == "accepted"


def test_what_is_cancelled_cannot_be_cancelled(guest: Api, intro: EventType) -> None:
    """The error is of the older code: it has another shape (contracts/calcom.md 4.5)."""
    booking = guest.book(intro, at(8))
    guest.post(f"/bookings/{booking['uid']}/cancel", {})

    answer = guest.send("POST", f"/bookings/{booking['uid']}/cancel", json={})

    assert answer.status_code == 400
    assert answer.json() == {"statusCode": 400, "message": "This booking has already been cancelled."}


def test_what_has_ended_cannot_be_cancelled(guest: Api, intro: EventType, clock: FrozenClock) -> None:
    """It is history."""
    booking = guest.book(intro, at(8))
    clock.move(timedelta(days=2))

    words = guest.refused("POST", f"/bookings/{booking['uid']}/cancel", json={})[1]

    assert words == "Cannot cancel a booking that has already ended"


def test_an_event_type_may_not_allow_it(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """That is enforced, other than that it may not be moved."""
    booking = guest.book(calcom.add_event_type(ada, "one", disableCancelling={"disabled": True}), at(8))

    words = guest.refused("POST", f"/bookings/{booking['uid']}/cancel", json={})[1]

    assert words == "This event type does not allow cancellations"


def test_a_host_has_to_say_why(guest: Api, host: Api, intro: EventType) -> None:
    """A guest need not."""
    booking = guest.book(intro, at(8))
    path = f"/bookings/{booking['uid']}/cancel"

    assert host.refused("POST", path, json={})[1] == "Cancellation reason is required when you are the host"
    assert host.post(path, {"cancellationReason": "Ill"})["cancelledByEmail"] == "ada@example.com"


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", ""), ("POST", "/reschedule"), ("POST", "/cancel")],
    ids=["read", "moved", "cancelled"],
)
def test_an_unknown_uid_is_not_found(calcom: FakeCalcom, guest: Api, method: str, path: str) -> None:
    """Whatever is asked of it."""
    body = None if method == "GET" else {"start": at(8)} if path == "/reschedule" else {}

    assert guest.refused(method, f"/bookings/nobody{path}", json=body)[0] == 404


# --- hosts ---------------------------------------------------------------------------------------

ALWAYS = {"type": "always", "blockUnconfirmedBookingsInBooker": True}


def test_a_host_confirms_or_declines(calcom: FakeCalcom, guest: Api, host: Api, ada: User) -> None:
    """What needs no confirmation any more cannot be confirmed."""
    event_type = calcom.add_event_type(ada, "one", confirmationPolicy=ALWAYS)
    one, other = (guest.book(event_type, at(hour)) for hour in (8, 9))

    confirmed = host.post(f"/bookings/{one['uid']}/confirm")
    declined = host.post(f"/bookings/{other['uid']}/decline", {"reason": "No"})

    assert (one["status"], confirmed["status"], declined["status"]) == ("pending", "accepted", "rejected")
    assert declined["cancellationReason"] == "No"
    assert host.refused("POST", f"/bookings/{one['uid']}/confirm")[0] == 400
    with deliberately(calcom):
        assert guest.refused("POST", f"/bookings/{one['uid']}/confirm")[0] == 401


@pytest.mark.parametrize(
    ("hours", "status"), [(2, "pending"), (48, "accepted")], ids=["at short notice", "in good time"]
)
def test_confirmation_may_depend_on_the_notice(
    calcom: FakeCalcom, guest: Api, ada: User, hours: int, status: str
) -> None:
    """Only what is booked closer than the threshold needs it."""
    policy = {
        "type": "time",
        "noticeThreshold": {"unit": "hours", "count": 24},
        "blockUnconfirmedBookingsInBooker": False,
    }
    event_type = calcom.add_event_type(ada, "one", confirmationPolicy=policy)

    made = guest.book(event_type, at(10, day=1) if hours == 2 else at(8, day=3))

    assert made["status"] == status


def test_a_hosts_move_needs_no_confirmation(calcom: FakeCalcom, guest: Api, ada: User) -> None:
    """A guest's does."""
    event_type = calcom.add_event_type(ada, "one", confirmationPolicy=ALWAYS)
    booking = calcom.confirm(calcom.book(event_type, NINE).uid)

    once = guest.post(f"/bookings/{booking.uid}/reschedule", {"start": at(9)})
    twice = guest.post(
        f"/bookings/{once['uid']}/reschedule", {"start": at(10), "rescheduledBy": "ada@example.com"}
    )

    assert (once["status"], twice["status"]) == ("pending", "accepted")


def test_who_did_not_come_is_marked_after_the_start(
    guest: Api, host: Api, intro: EventType, clock: FrozenClock
) -> None:
    """Not before."""
    booking = guest.book(intro, at(8))
    path = f"/bookings/{booking['uid']}/mark-absent"
    body = {"attendees": [{"email": "bo@example.org", "absent": True}]}
    early = host.refused("POST", path, json=body)
    clock.move(timedelta(days=1, minutes=5))

    marked = host.post(path, body)

    assert early[0] == 400
    assert marked["attendees"][0]["absent"] is True
    assert marked["absentHost"] is False


def test_guests_are_added_within_limits(guest: Api, host: Api, intro: EventType) -> None:
    """Ten a call, thirty in all, five calls a minute."""
    uid = guest.book(intro, at(8))["uid"]
    path = f"/bookings/{uid}/guests"

    def people(first: int, count: int) -> dict[str, Any]:
        return {"guests": [{"email": f"guest{first + each}@example.org"} for each in range(count)]}

    for first in (0, 10, 20):
        host.post(path, people(first, 10))
    full = host.refused("POST", path, json=people(30, 1))
    many = host.refused("POST", path, json=people(30, 11))
    often = host.refused("POST", path, json=people(30, 1))

    assert len(guest.get(f"/bookings/{uid}")["guests"]) == 30
    assert "at most 30" in full[1]
    assert "1 to 10" in many[1]
    assert often[0] == 429


def test_attendees_links_and_the_place(guest: Api, host: Api, intro: EventType) -> None:
    """What else a host may read and change."""
    uid = guest.book(intro, at(8))["uid"]

    (bo,) = host.get(f"/bookings/{uid}/attendees")
    added = host.post(f"/bookings/{uid}/attendees", {**BO, "email": "cy@example.org"})
    links = host.get(f"/bookings/{uid}/calendar-links")
    place = {"location": {"type": "address", "address": "Here"}}
    moved = host.data("PATCH", f"/bookings/{uid}/location", json=place)

    assert host.get(f"/bookings/{uid}/attendees/{bo['id']}") == bo
    assert added["email"] == "cy@example.org"
    assert [each["label"] for each in links] == [
        "Google Calendar",
        "Microsoft Office",
        "Microsoft Outlook",
        "ICS",
    ]
    assert links[3]["link"].startswith("data:text/calendar,BEGIN%3AVCALENDAR")
    assert moved["location"] == "Here"


def test_bookings_of_others_are_out_of_bounds(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """Another user may read them by their uid, as anybody may, but not act as their host."""
    uid = guest.book(intro, at(8))["uid"]
    other = Api(calcom, **bearer(calcom.api_key(calcom.add_user("bob"))))

    assert other.get("/bookings") == []
    assert other.refused("GET", f"/bookings/{uid}/attendees")[0] == 403


# --- contracts and errors ------------------------------------------------------------------------


def test_without_the_version_the_old_contract_answers(
    calcom: FakeCalcom, guest: Api, intro: EventType
) -> None:
    """It looks different: `startTime` in place of `start`."""
    uid = guest.book(intro, at(8))["uid"]

    with deliberately(calcom):
        old = requests.get(f"{calcom.url}/bookings/{uid}", timeout=10).json()["data"]

    assert old["startTime"] == "2027-02-02T08:00:00.000Z"
    assert "start" not in old


@pytest.mark.parametrize("version", ["", "2024-04-15", "nonsense"], ids=["none", "old", "unknown"])
@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/event-types?username=ada"),
        ("GET", "/slots?eventTypeId=1&start=2027-02-02&end=2027-02-02"),
        ("GET", "/schedules"),
        ("POST", "/bookings/uid/cancel"),
        ("GET", "/bookings/by-seat/uid"),
    ],
    ids=["event types", "slots", "schedules", "cancel", "seat"],
)
def test_without_the_version_there_is_no_such_path(
    calcom: FakeCalcom, version: str, method: str, path: str
) -> None:
    """Paths of the new contracts only are not found."""
    headers = {"cal-api-version": version} if version else {}

    with deliberately(calcom):
        answer = requests.request(method, calcom.url + path, headers=headers, json={}, timeout=10)

    assert answer.status_code == 404
    assert answer.json()["error"]["message"].startswith(f"Cannot {method} /v2/")


def test_every_answer_has_an_id_and_limits(guest: Api, intro: EventType) -> None:
    """Errors say when and where they happened."""
    answer = guest.send("GET", "/bookings/nobody")

    body = answer.json()
    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-RateLimit-Limit-Default"] == "120"
    assert (body["timestamp"], body["path"]) == ("2027-02-01T08:00:00.000Z", "/v2/bookings/nobody")
    assert body["error"]["code"] == "NotFoundException"


def test_a_path_is_kept_as_it_was_sent(calcom: FakeCalcom, guest: Api) -> None:
    """A slash that was encoded parts nothing."""
    assert guest.refused("GET", "/bookings/..%2Fx")[0] == 404
    assert calcom.requests[0].path == "/v2/bookings/..%2Fx"


def test_the_log_has_every_request_with_its_answer(calcom: FakeCalcom, guest: Api, intro: EventType) -> None:
    """Tests look at what was asked."""
    made = guest.book(intro, at(8))

    (asked,) = calcom.requests
    assert (asked.method, asked.path) == ("POST", "/v2/bookings")
    assert asked.headers["CAL-API-VERSION"] == "2024-08-13"
    assert asked.json["start"] == at(8)
    assert calcom.answers[0].json["data"] == made


# --- lists ---------------------------------------------------------------------------------------


def test_a_list_comes_in_pages(calcom: FakeCalcom, host: Api, intro: EventType) -> None:
    """A hundred unless asked for, 250 at most."""
    for number in range(5):
        calcom.book(intro, NINE + timedelta(minutes=30 * number))

    body = host.send("GET", "/bookings", take=2, skip=2).json()

    assert [each["start"] for each in body["data"]] == [at(9), at(9, 30)]
    assert body["pagination"] == {
        "totalItems": 5,
        "remainingItems": 1,
        "returnedItems": 2,
        "itemsPerPage": 2,
        "currentPage": 2,
        "totalPages": 3,
        "hasNextPage": True,
        "hasPreviousPage": True,
    }
    assert host.send("GET", "/bookings").json()["pagination"]["itemsPerPage"] == 100
    assert host.refused("GET", "/bookings", take=251)[0] == 400


@pytest.mark.parametrize(
    ("query", "hours"),
    [
        ({"status": "upcoming"}, [8, 10]),
        ({"status": "cancelled"}, [9]),
        ({"status": "upcoming,cancelled"}, [8, 9, 10]),
        ({"status": "past"}, []),
        ({"attendeeEmail": "cy@example.org"}, [10]),
        ({"attendeeName": "Cy"}, [10]),
        ({"afterStart": at(9)}, [9, 10]),
        ({"beforeEnd": at(9, 30)}, [8, 9]),
        ({"afterUpdatedAt": "2027-02-01T08:30:00Z"}, [9]),
        ({"beforeUpdatedAt": "2027-02-01T08:30:00Z"}, [8, 10]),
        ({"afterCreatedAt": "2027-02-01T08:30:00Z"}, []),
        ({"sortStart": "desc"}, [10, 9, 8]),
        ({"sortUpdatedAt": "desc", "take": 1}, [9]),
        ({"eventTypeId": "999"}, []),
        ({"teamId": "999"}, []),
        ({"bookingUid": "nobody"}, []),
    ],
    ids=lambda value: "-".join(map(str, value)) if value else "none",
)
def test_a_list_is_filtered_and_sorted(
    calcom: FakeCalcom,
    host: Api,
    intro: EventType,
    clock: FrozenClock,
    query: dict[str, Any],
    hours: list[int],
) -> None:
    """Each filter narrows it."""
    calcom.book(intro, NINE)
    calcom.book(intro, NINE + timedelta(hours=2), name="Cy", email="cy@example.org")
    gone = calcom.book(intro, NINE + timedelta(hours=1))
    clock.move(timedelta(hours=1))
    calcom.cancel(gone.uid, reason="Ill")

    found = host.get("/bookings", **query)

    assert [each["start"] for each in found] == [at(hour) for hour in hours]


def test_a_list_is_the_hosts_own(calcom: FakeCalcom, guest: Api) -> None:
    """Without a proof of who calls there is none."""
    with deliberately(calcom):
        assert guest.refused("GET", "/bookings")[0] == 401
