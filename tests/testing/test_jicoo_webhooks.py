"""Tests of the webhooks of the fake Jicoo (contracts/jicoo.md 4)."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from booker_components.testing import FakeJicoo, FrozenClock
from booker_components.testing.jicoo import EventType, Question
from booker_components.testing.memory import Delivery
from tests.contracts.jicoo import of_webhook

from .jicoo import NINE, JicooApi, at, watched_jicoo

HALF = timedelta(minutes=30)
NOWHERE = "https://partner.example/webhooks/jicoo"
HEADER = "Jicoo-Webhook-Signature"
SECRET = "whsec_quiet"


class Ear:
    """A receiver of webhooks."""

    def __init__(self) -> None:
        self.heard: list[tuple[dict[str, str], bytes]] = []
        self.url = ""

    def __call__(self, environ: Any, start_response: Any) -> Any:
        """Keep what is posted."""
        request = Request(environ)
        self.heard.append((dict(request.headers), request.get_data()))
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
def intro(jicoo: FakeJicoo) -> EventType:
    """Half an hour with somebody in Tokyo, who asks a question."""
    heard = Question(uid="q_heard", text="How did you hear of us?", kind="checkbox")
    return jicoo.add_event_type(zone="Asia/Tokyo", questions=[heard])


def said(delivery: Delivery) -> dict[str, Any]:
    """Read what is posted, which is as a webhook has to be."""
    read: dict[str, Any] = json.loads(delivery.body)
    assert of_webhook(read) == []
    return read


def proof(secret: str, seconds: int, body: bytes) -> str:
    """Give what a "v1" has to be."""
    return hmac.new(secret.encode(), f"{seconds}.".encode() + body, hashlib.sha256).hexdigest()


# --- signatures ----------------------------------------------------------------------------------


def test_a_webhook_is_signed_over_its_time_and_raw_body(
    jicoo: FakeJicoo, clock: FrozenClock, intro: EventType, ear: Ear
) -> None:
    """With seconds, a dot, and every byte as it is sent."""
    jicoo.webhooks(ear.url, SECRET)
    jicoo.book(intro, NINE, name="Grüße")
    assert ear.heard == []

    assert jicoo.send_webhooks() == [204]

    headers, body = ear.heard[0]
    seconds = int(clock().timestamp())
    assert headers[HEADER] == f"t={seconds},v1={proof(SECRET, seconds, body)}"
    assert headers["Content-Type"] == "application/json"
    assert "Grüße".encode() in body
    assert jicoo.send_webhooks() == []


def test_several_secrets_sign(jicoo: FakeJicoo, clock: FrozenClock, intro: EventType) -> None:
    """As while one is replaced; elements that nobody knows may stand beside them."""
    jicoo.webhooks(NOWHERE, SECRET, "old", separator=", ", foreign=True)
    jicoo.book(intro, NINE)

    (sent,) = jicoo.outgoing

    seconds = int(clock().timestamp())
    elements = sent.headers[HEADER].split(", ")
    assert elements[:3] == [
        f"t={seconds}",
        f"v1={proof('old', seconds, sent.body)}",
        f"v1={proof(SECRET, seconds, sent.body)}",
    ]
    assert [each.partition("=")[0] for each in elements[3:]] == ["v0", "v2"]


def test_what_has_waited_is_signed_again(jicoo: FakeJicoo, clock: FrozenClock, intro: EventType) -> None:
    """For an old signature is refused."""
    jicoo.webhooks(NOWHERE, SECRET)
    jicoo.book(intro, NINE)
    clock.move(timedelta(hours=1))

    (old,) = jicoo.outgoing
    new = jicoo.sign_again(old)

    seconds = int(clock().timestamp())
    assert new.body == old.body
    assert old.headers[HEADER].startswith(f"t={seconds - 3600},")
    assert new.headers[HEADER] == f"t={seconds},v1={proof(SECRET, seconds, new.body)}"


# --- on their way --------------------------------------------------------------------------------


def test_tests_do_to_webhooks_what_networks_do(jicoo: FakeJicoo, intro: EventType, ear: Ear) -> None:
    """Reorder, repeat, lose."""
    jicoo.webhooks(ear.url, SECRET)
    for number in range(3):
        jicoo.book(intro, NINE + number * HALF)

    jicoo.outgoing.reverse()
    jicoo.outgoing.append(jicoo.outgoing[0])
    del jicoo.outgoing[1]
    jicoo.send_webhooks()

    heard = [json.loads(body)["object"]["startedAt"] for _, body in ear.heard]
    assert heard == [at(1), at(0), at(1)]


def test_webhooks_may_go_out_at_once(clock: FrozenClock, ear: Ear) -> None:
    """Before the call is answered."""
    with watched_jicoo(FakeJicoo(clock=clock, webhooks_at_once=True)) as jicoo:
        intro = jicoo.add_event_type(zone="Asia/Tokyo")
        jicoo.webhooks(ear.url, SECRET)

        made = JicooApi(jicoo).book(intro, at(0))

    assert [json.loads(body)["object"]["uid"] for _, body in ear.heard] == [made["uid"]]


def test_nobody_listening_is_no_error(jicoo: FakeJicoo, intro: EventType) -> None:
    """What was not taken is not repeated."""
    jicoo.webhooks("http://127.0.0.1:9/", SECRET)
    jicoo.book(intro, NINE)

    assert jicoo.send_webhooks() == [0]


# --- what they say -------------------------------------------------------------------------------


def test_a_booking_is_told_in_the_words_of_webhooks(jicoo: FakeJicoo, intro: EventType) -> None:
    """`eventTypeUid` for `eventTypeId`, "utm_" before the tracking, the guest, no message."""
    jicoo.webhooks(NOWHERE, SECRET)
    body = {
        "answers": [{"questionUid": "q_heard", "content": ["SNS", "DM"]}],
        "tracking": {"campaign": "winter", "source": "x"},
        "message": "Hello",
    }

    made = JicooApi(jicoo).book(intro, at(0), **body)

    told = said(jicoo.outgoing[0])
    assert (told["event"], told["createdAt"]) == ("guest_booked", "2027-02-01T08:00:00.000Z")
    assert told["object"] == {
        "uid": made["uid"],
        "eventTypeUid": intro.uid,
        "status": "open",
        "timeZone": "Asia/Tokyo",
        "startedAt": at(0),
        "endedAt": at(0, 30),
        "createdAt": made["createdAt"],
        "updatedAt": made["updatedAt"],
        "contact": {"email": "bo@example.org", "name": "Bo Ek"},
        "answers": [{"question": "How did you hear of us?", "content": ["SNS", "DM"]}],
        "tracking": {
            "utm_campaign": "winter",
            "utm_source": "x",
            "utm_medium": None,
            "utm_content": None,
            "utm_term": None,
        },
    }


def test_every_change_has_its_event(jicoo: FakeJicoo, intro: EventType) -> None:
    """In the order in which they happen, whoever acts, at Jicoo or by the API."""
    jicoo.webhooks(NOWHERE, SECRET)
    api = JicooApi(jicoo)
    first, second = jicoo.book(intro, NINE), jicoo.book(intro, NINE + 2 * HALF)

    jicoo.reschedule(first.uid, NINE + HALF)
    jicoo.reschedule(first.uid, NINE, by="host")
    api.data("PATCH", f"/bookings/{first.uid}", json={"name": "X"})
    api.data("PATCH", f"/bookings/{first.uid}", json={"startedAt": at(9), "endedAt": at(10)})
    jicoo.cancel(first.uid, reason="Ill")
    api.post(f"/bookings/{second.uid}/reschedule", {"timeZone": "Asia/Tokyo", "startedAt": at(2)})
    api.post(f"/bookings/{second.uid}/cancel", {})

    told = [said(each) for each in jicoo.outgoing]
    assert [(each["event"], each["object"]["uid"] == first.uid) for each in told] == [
        ("guest_booked", True),
        ("guest_booked", False),
        ("guest_rescheduled", True),
        ("host_rescheduled", True),
        ("host_rescheduled", True),
        ("guest_cancelled", True),
        ("guest_rescheduled", False),
        ("host_cancelled", False),
    ]
    assert [each["object"]["status"] for each in told[-3:]] == ["cancel", "open", "cancel"]


def test_as_whom_the_api_acts_is_switched(jicoo: FakeJicoo, intro: EventType) -> None:
    """For nobody knows it."""
    jicoo.habits.moves_as, jicoo.habits.cancels_as = "host", "guest"
    jicoo.webhooks(NOWHERE, SECRET, events=["host_rescheduled", "guest_cancelled"])
    api, made = JicooApi(jicoo), jicoo.book(intro, NINE)

    api.post(f"/bookings/{made.uid}/reschedule", {"timeZone": "Asia/Tokyo", "startedAt": at(2)})
    gone = api.post(f"/bookings/{made.uid}/cancel", {})

    assert [said(each)["event"] for each in jicoo.outgoing] == ["host_rescheduled", "guest_cancelled"]
    assert gone["cancelledBy"] == "guest"


def test_approval_is_told_by_nothing_that_is_known(jicoo: FakeJicoo, intro: EventType) -> None:
    """A test may make up an event."""
    intro.approval = True
    jicoo.webhooks(NOWHERE, SECRET)
    made = jicoo.book(intro, NINE)

    jicoo.approve(made.uid)
    jicoo.notify(made.uid, "host_approved")

    told = [said(each) for each in jicoo.outgoing]
    assert [(each["event"], each["object"]["status"]) for each in told] == [
        ("guest_booked", "request"),
        ("host_approved", "open"),
    ]


def test_webhooks_may_tell_more(jicoo: FakeJicoo, intro: EventType) -> None:
    """What code in production has met, and the document does not name."""
    jicoo.habits.tells_more = True
    jicoo.webhooks(NOWHERE, SECRET)

    jicoo.book(intro, NINE, phone="+46 8 1")

    told = said(jicoo.outgoing[0])["object"]
    assert told["contact"]["phone"] == "+46 8 1"
    assert told["name"] == "Intro call"
    assert told["hosts"][0].keys() == {"userId", "role"}
    assert told["url"]


def test_a_call_that_is_refused_tells_nothing(jicoo: FakeJicoo, intro: EventType) -> None:
    """Nothing has happened."""
    jicoo.webhooks(NOWHERE, SECRET)
    api = JicooApi(jicoo)

    api.refused("POST", "/bookings", json=api.wish(intro, at(12)))

    assert jicoo.outgoing == []
