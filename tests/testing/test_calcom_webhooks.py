"""Tests of the webhooks and the mails of the fake Cal.com (contracts/calcom.md 3.2, 3.4, 5)."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import requests
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.testing.calcom.records import Delivery, User

from .api import NINE, Api, at, bearer
from .fixtures import watched

HOUR = timedelta(hours=1)
SEATS = {"seatsPerTimeSlot": 2, "showAttendeeInfo": False, "showAvailabilityCount": True}
ALWAYS = {"type": "always", "blockUnconfirmedBookingsInBooker": True}
NOWHERE = "https://partner.example/webhooks/calcom"


class Ear:
    """A receiver of webhooks, which calls `then` for each."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.then: Callable[[], None] = lambda: None
        self.url = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Keep what is posted."""
        request = Request(environ)
        self.heard.append((dict(request.headers), request.get_data()))
        self.then()
        return Response(status=204)(environ, start_response)


@pytest.fixture
def ear() -> Iterator[Ear]:
    """A receiver on 127.0.0.1."""
    ear = Ear()
    server = make_server("127.0.0.1", 0, ear, threaded=True)
    ear.url = f"http://127.0.0.1:{server.port}/"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield ear
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def ada(calcom: FakeCalcom) -> User:
    """A host in Berlin."""
    return calcom.add_user("ada", name="Ada Lovelace", zone="Europe/Berlin")


def body(delivery: Delivery) -> dict[str, Any]:
    """Read what is posted."""
    read: dict[str, Any] = json.loads(delivery.body)
    return read


# --- delivery ------------------------------------------------------------------------------------


def test_webhooks_wait_until_they_are_sent(calcom: FakeCalcom, ada: User, ear: Ear) -> None:
    """In order, each once, signed over the raw body."""
    calcom.add_webhook(ada, ear.url, secret="quiet")
    event_type = calcom.add_event_type(ada, "intro")
    calcom.book(event_type, NINE, name="Bo Ek", answers={"notes": "Grüße"})
    calcom.book(event_type, NINE + HOUR)
    assert ear.heard == []

    assert calcom.send_webhooks() == [204, 204]

    headers, raw = ear.heard[0]
    assert headers["X-Cal-Signature-256"] == hmac.new(b"quiet", raw, hashlib.sha256).hexdigest()
    assert headers["Content-Type"] == "application/json"
    assert [json.loads(each)["payload"]["startTime"] for _, each in ear.heard] == [at(8), at(9)]
    assert calcom.send_webhooks() == []


def test_webhooks_may_go_out_at_once(clock: FrozenClock, ear: Ear) -> None:
    """Before the call is answered; the receiver may read the booking again meanwhile."""
    with watched(FakeCalcom(clock=clock, webhooks_at_once=True)) as calcom:
        ada = calcom.add_user("ada", zone="Europe/Berlin")
        calcom.add_webhook(ada, ear.url)
        read: list[Any] = []
        ear.then = lambda: read.append(Api(calcom).get(f"/bookings/{calcom.bookings[0].uid}"))

        made = Api(calcom).book(calcom.add_event_type(ada, "intro"), at(8))

    assert read == [made]


def test_without_a_secret_the_signature_says_so(calcom: FakeCalcom, ada: User) -> None:
    """A text in place of a digest."""
    calcom.add_webhook(ada, NOWHERE)
    calcom.book(calcom.add_event_type(ada, "intro"), NINE)

    assert calcom.outgoing[0].headers["X-Cal-Signature-256"] == "no-secret-provided"


def test_tests_do_to_webhooks_what_networks_do(calcom: FakeCalcom, ada: User, ear: Ear) -> None:
    """Reorder, repeat, lose."""
    calcom.add_webhook(ada, ear.url)
    event_type = calcom.add_event_type(ada, "intro")
    for number in range(3):
        calcom.book(event_type, NINE + number * HOUR)

    calcom.outgoing.reverse()
    calcom.outgoing.append(calcom.outgoing[0])
    del calcom.outgoing[1]
    calcom.send_webhooks()

    heard = [json.loads(raw)["payload"]["startTime"] for _, raw in ear.heard]
    assert heard == [at(10), at(8), at(10)]


def test_nobody_listening_is_no_error(calcom: FakeCalcom, ada: User, ear: Ear) -> None:
    """Cal.com does not repeat what was not taken."""
    hook = calcom.add_webhook(ada, "http://127.0.0.1:9/")

    assert calcom.ping(hook) == 0


def test_the_ping_is_a_test_event(calcom: FakeCalcom, ada: User, ear: Ear) -> None:
    """With a trigger like any other."""
    calcom.ping(calcom.add_webhook(ada, ear.url), "BOOKING_CANCELLED")

    heard = json.loads(ear.heard[0][1])
    assert heard["triggerEvent"] == "BOOKING_CANCELLED"
    assert (heard["payload"]["type"], heard["payload"]["title"]) == ("Test", "Test trigger event")


@pytest.mark.parametrize(
    ("template", "kind", "text"),
    [
        ('{"id": "{{uid}}", "who": "{{organizer.name}}"}', "application/json", '"who": "Ada Lovelace"'),
        (
            "event={{triggerEvent}}&x={{nothing}}",
            "application/x-www-form-urlencoded",
            "event=BOOKING_CREATED&x=",
        ),
    ],
    ids=["JSON", "form"],
)
def test_a_template_replaces_the_envelope(
    calcom: FakeCalcom, ada: User, template: str, kind: str, text: str
) -> None:
    """The body is then whatever its owner wants."""
    calcom.add_webhook(ada, NOWHERE, template=template)
    calcom.book(calcom.add_event_type(ada, "intro"), NINE)

    (delivery,) = calcom.outgoing

    assert delivery.headers["Content-Type"] == kind
    assert text in delivery.body.decode()


# --- payloads ------------------------------------------------------------------------------------


def test_a_created_booking_is_told_in_the_words_of_webhooks(calcom: FakeCalcom, ada: User) -> None:
    """`startTime` for `start`, the slug as `type`, the status in capitals."""
    calcom.add_webhook(ada, NOWHERE)
    fields = [{"type": "text", "slug": "topic", "label": "Topic"}]
    event_type = calcom.add_event_type(ada, "intro", bookingFields=fields)

    booking = calcom.book(event_type, NINE, name="Bo Ek", zone="Asia/Tokyo", answers={"topic": "Money"})

    told = body(calcom.outgoing[0])
    payload = told["payload"]
    assert (told["triggerEvent"], told["createdAt"]) == ("BOOKING_CREATED", "2027-02-01T08:00:00.000Z")
    assert (payload["uid"], payload["bookingId"]) == (booking.uid, booking.id)
    assert (payload["type"], payload["status"], payload["length"]) == ("intro", "ACCEPTED", 30)
    assert (payload["startTime"], payload["endTime"]) == (at(8), at(8, 30))
    assert payload["organizer"]["utcOffset"] == 60
    assert payload["attendees"][0] == {
        "name": "Bo Ek",
        "firstName": "Bo",
        "lastName": "Ek",
        "email": "bo@example.org",
        "timeZone": "Asia/Tokyo",
        "language": {"locale": "en"},
        "utcOffset": 540,
    }
    assert payload["userFieldsResponses"] == {
        "topic": {"label": "Topic", "value": "Money", "isHidden": False}
    }
    assert payload["location"] == "integrations:daily"
    assert payload["metadata"]["videoCallUrl"].startswith("https://app.cal.com/video/")


def test_every_change_has_its_trigger(calcom: FakeCalcom, ada: User) -> None:
    """In the order in which they happen."""
    calcom.add_webhook(ada, NOWHERE)
    strict = calcom.add_event_type(ada, "strict", confirmationPolicy=ALWAYS)
    plain = calcom.add_event_type(ada, "plain")

    calcom.confirm(calcom.book(strict, NINE).uid)
    calcom.decline(calcom.book(strict, NINE + HOUR).uid, reason="No")
    old = calcom.book(plain, NINE + 2 * HOUR)
    new = calcom.reschedule(old.uid, NINE + 3 * HOUR, by="bo@example.org")
    calcom.cancel(new.uid, reason="Ill", by="bo@example.org")
    calcom.notify(new.uid, "MEETING_ENDED", {"uid": new.uid})

    told = [body(each) for each in calcom.outgoing]
    assert [each["triggerEvent"] for each in told] == [
        "BOOKING_REQUESTED",
        "BOOKING_CREATED",
        "BOOKING_REQUESTED",
        "BOOKING_REJECTED",
        "BOOKING_CREATED",
        "BOOKING_RESCHEDULED",
        "BOOKING_CANCELLED",
        "MEETING_ENDED",
    ]
    statuses = ["PENDING", "ACCEPTED", "PENDING", "REJECTED", "ACCEPTED", "ACCEPTED", "CANCELLED"]
    assert [each["payload"]["status"] for each in told[:7]] == statuses
    assert told[3]["payload"]["rejectionReason"] == "No"
    moved, gone = told[5]["payload"], told[6]["payload"]
    assert (moved["uid"], moved["rescheduleUid"]) == (new.uid, old.uid)
    assert (moved["rescheduleStartTime"], moved["startTime"]) == (at(10), at(11))
    assert (gone["cancelledBy"], gone["cancellationReason"]) == ("bo@example.org", "Ill")


def test_moving_what_needs_confirmation_looks_like_a_request(calcom: FakeCalcom, ada: User) -> None:
    """Without the old uid: an oddity of Cal.com."""
    booking = calcom.confirm(
        calcom.book(calcom.add_event_type(ada, "x", confirmationPolicy=ALWAYS), NINE).uid
    )
    calcom.add_webhook(ada, NOWHERE)

    calcom.reschedule(booking.uid, NINE + HOUR)

    (told,) = map(body, calcom.outgoing)
    assert told["triggerEvent"] == "BOOKING_REQUESTED"
    assert "rescheduleUid" not in told["payload"]


def test_a_seat_is_told_alone(calcom: FakeCalcom, ada: User) -> None:
    """A cancelled seat says CANCELLED, though the booking goes on; a moved one does not say from where."""
    group = calcom.add_event_type(ada, "group", seats=SEATS)
    booking = calcom.book(group, NINE)
    calcom.book(group, NINE, name="Cy", email="cy@example.org")
    one, other = (each.seat for each in booking.attendees)
    calcom.add_webhook(ada, NOWHERE)

    calcom.reschedule(booking.uid, NINE + HOUR, seat=one)
    calcom.book(group, NINE, name="Di", email="di@example.org")
    calcom.cancel(booking.uid, seat=other)

    moved, _, gone = (body(each)["payload"] for each in calcom.outgoing)
    assert (moved["attendeeSeatId"], "rescheduleUid" in moved) == (one, False)
    assert (gone["attendeeSeatId"], gone["status"], gone["uid"]) == (other, "CANCELLED", booking.uid)
    assert [each["name"] for each in gone["attendees"]] == ["Cy"]


def test_who_did_not_come_is_told_briefly(calcom: FakeCalcom, ada: User, clock: FrozenClock) -> None:
    """This payload is of another shape."""
    booking = calcom.book(calcom.add_event_type(ada, "intro"), NINE)
    calcom.add_webhook(ada, NOWHERE)
    clock.move(timedelta(days=2))
    host = Api(calcom, **bearer(calcom.api_key(ada)))

    absent = {"attendees": [{"email": "bo@example.org", "absent": True}]}
    host.post(f"/bookings/{booking.uid}/mark-absent", absent)

    (told,) = map(body, calcom.outgoing)
    assert told["triggerEvent"] == "BOOKING_NO_SHOW_UPDATED"
    assert told["payload"]["bookingUid"] == booking.uid
    assert told["payload"]["attendees"] == [{"email": "bo@example.org", "noShow": True}]


@pytest.mark.parametrize("of", ["user", "event type", "client"])
def test_a_webhook_hears_of_its_own(calcom: FakeCalcom, of: str) -> None:
    """Of a user's, an event type's, or a client's bookings, and of the triggers it asked for."""
    client = calcom.platform_client(booking_uri="https://partner.example/bookings")
    user = calcom.managed_user(client, name="May", email="may@example.org", zone="Europe/Berlin")
    intro, other = calcom.add_event_type(user, "intro"), calcom.add_event_type(user, "other")
    stranger = calcom.add_event_type(calcom.add_user("bob", zone="Europe/Berlin"), "intro")
    owner = {"user": user, "event type": intro, "client": client}[of]
    calcom.add_webhook(owner, NOWHERE, triggers=["BOOKING_CREATED"])

    for number, each in enumerate((intro, other, stranger)):
        calcom.cancel(calcom.book(each, NINE + number * HOUR).uid)

    told = [body(each)["payload"] for each in calcom.outgoing]
    assert [each["type"] for each in told] == (["intro"] if of == "event type" else ["intro", "other"])
    assert told[0]["platformClientId"] == client.id
    assert told[0]["platformBookingUrl"] == "https://partner.example/bookings"


# --- registration --------------------------------------------------------------------------------


@pytest.mark.parametrize("of", ["user", "event type", "client"])
def test_webhooks_are_registered_changed_and_removed(calcom: FakeCalcom, ada: User, of: str) -> None:
    """The same URL twice is refused with 409."""
    client = calcom.platform_client()
    paths = {
        "user": "/webhooks",
        "event type": f"/event-types/{calcom.add_event_type(ada, 'intro').id}/webhooks",
        "client": f"/oauth-clients/{client.id}/webhooks",
    }
    proof = {"x-cal-secret-key": client.secret} if of == "client" else bearer(calcom.api_key(ada))
    api, path = Api(calcom, **proof), paths[of]
    wish = {"active": True, "subscriberUrl": NOWHERE, "triggers": ["BOOKING_CREATED"], "secret": "quiet"}

    made = api.post(path, wish)
    one = f"{path}/{made['id']}"

    assert api.refused("POST", path, json=wish)[0] == 409
    assert api.get(path) == [made] == [api.get(one)]
    assert api.data("PATCH", one, json={"active": False})["active"] is False
    assert api.data("DELETE", one)["id"] == made["id"]
    assert api.refused("GET", one)[0] == 404


# --- mails ---------------------------------------------------------------------------------------

PARTNER = "https://partner.example"


def test_links_of_the_platform_lead_to_the_partner(calcom: FakeCalcom) -> None:
    """In the shapes of contracts/calcom.md 3.2, to the letter."""
    client = calcom.platform_client(
        booking_uri=f"{PARTNER}/bookings",
        reschedule_uri=f"{PARTNER}/reschedule",
        cancel_uri=f"{PARTNER}/cancel",
    )
    user = calcom.managed_user(client, name="May", email="may@example.org", zone="Europe/Berlin")
    uid = calcom.book(calcom.add_event_type(user, "intro"), NINE).uid

    mail, to_host = calcom.mails

    names = f"slug=intro&username=may-{client.id}-example-org"
    assert (mail.kind, mail.to, to_host.to) == ("created", "bo@example.org", user.email)
    assert mail.manage == f"{PARTNER}/bookings/{uid}?{names}&changes=true"
    assert mail.reschedule == f"{PARTNER}/reschedule/{uid}?{names}&reschedule=true"
    assert mail.cancel == f"{PARTNER}/cancel/{uid}?{names}&cancel=true&allRemainingBookings=false"


def test_links_of_a_seat_name_it(calcom: FakeCalcom) -> None:
    """The way to move has it in its path."""
    client = calcom.platform_client(
        booking_uri=f"{PARTNER}/bookings",
        reschedule_uri=f"{PARTNER}/reschedule",
        cancel_uri=f"{PARTNER}/cancel",
    )
    user = calcom.managed_user(client, name="May", email="may@example.org", zone="Europe/Berlin")
    team = calcom.add_team("crew", user)
    booking = calcom.book(calcom.add_event_type(team, "group", seats=SEATS), NINE)
    seat = booking.attendees[0].seat

    mail = calcom.mails[0]

    names = f"slug=group&username={user.username}"
    assert mail.manage == (f"{PARTNER}/bookings/{booking.uid}?{names}&seatReferenceUid={seat}&changes=true")
    assert mail.reschedule == f"{PARTNER}/reschedule/{seat}?{names}&reschedule=true&teamId={team.id}"
    assert mail.cancel == (
        f"{PARTNER}/cancel/{booking.uid}?{names}&cancel=true&allRemainingBookings=false"
        f"&seatReferenceUid={seat}&teamId={team.id}"
    )


def test_a_link_without_its_uri_is_left_out(calcom: FakeCalcom) -> None:
    """It does not lead to Cal.com instead; a host without a name is "undefined" in one of them."""
    client = calcom.platform_client(booking_uri=f"{PARTNER}/", cancel_uri=f"{PARTNER}/cancel")
    user = calcom.managed_user(client, name="May", email="may@example.org", zone="Europe/Berlin")
    user.username = ""

    uid = calcom.book(calcom.add_event_type(user, "intro"), NINE).uid

    mail = calcom.mails[0]
    assert mail.manage == f"{PARTNER}//{uid}?slug=intro&username=undefined&changes=true"
    assert mail.reschedule == ""
    assert mail.cancel == f"{PARTNER}/cancel/{uid}?slug=intro&cancel=true&allRemainingBookings=false"


def test_standard_links_lead_to_calcom(calcom: FakeCalcom, ada: User) -> None:
    """In the shapes of contracts/calcom.md 3.4; a page is there."""
    booking = calcom.book(calcom.add_event_type(ada, "intro"), NINE)

    mail = calcom.mails[0]

    page = f"{calcom.app_url}/booking/{booking.uid}"
    assert mail.manage == f"{page}?changes=true"
    assert mail.cancel == f"{page}?cancel=true&allRemainingBookings=false&cancelledBy=bo%40example.org"
    assert mail.reschedule == (f"{calcom.app_url}/reschedule/{booking.uid}?rescheduledBy=bo%40example.org")
    assert requests.get(mail.manage, timeout=10).status_code == 200


@pytest.mark.parametrize(
    ("fields", "reschedule", "cancel"),
    [
        ({"disableRescheduling": {"disabled": True}}, False, True),
        ({"disableCancelling": {"disabled": True}}, True, False),
        ({"recurrence": {"interval": 1, "occurrences": 2, "frequency": "weekly"}}, False, True),
    ],
    ids=["not moved", "not cancelled", "series"],
)
def test_links_that_are_not_offered_are_left_out(
    calcom: FakeCalcom, ada: User, fields: dict[str, Any], reschedule: bool, cancel: bool
) -> None:
    """A series is not moved, and is cancelled with all that remain."""
    calcom.book(calcom.add_event_type(ada, "one", **fields), NINE)

    mail = calcom.mails[0]

    assert (bool(mail.reschedule), bool(mail.cancel)) == (reschedule, cancel)
    assert ("allRemainingBookings=true" in mail.cancel) is ("recurrence" in fields)


def test_each_change_is_mailed(calcom: FakeCalcom, ada: User) -> None:
    """To the guest and to the host."""
    booking = calcom.book(calcom.add_event_type(ada, "intro"), NINE)
    moved = calcom.reschedule(booking.uid, NINE + HOUR)
    calcom.cancel(moved.uid)

    kinds = [(each.kind, each.to.partition("@")[0]) for each in calcom.mails]

    assert kinds == [(kind, to) for kind in ("created", "rescheduled", "cancelled") for to in ("bo", "ada")]
    assert (calcom.mails[-1].cancel, bool(calcom.mails[-1].manage)) == ("", True)


def test_a_client_may_want_no_mails(calcom: FakeCalcom) -> None:
    """Which is what Cal.com gives unless asked."""
    client = calcom.platform_client(booking_uri=f"{PARTNER}/bookings", emails=False)
    user = calcom.managed_user(client, name="May", email="may@example.org", zone="Europe/Berlin")

    calcom.book(calcom.add_event_type(user, "intro"), NINE)

    assert calcom.mails == []
