"""Tests of webhooks out: signed as the standard says, delivered whatever the receiver does."""

from __future__ import annotations

import base64
import json
import logging
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from standardwebhooks import Webhook as Standard
from standardwebhooks import WebhookVerificationError
from werkzeug.wrappers import Request, Response

from booker_components.errors import ConfigurationError, DeliveryFailed, WebhookRejected
from booker_components.guarded import Guarded
from booker_components.outbox import DeliveryState, Outbox
from booker_components.outbox.counting import sequence_of
from booker_components.payloads import booking_from_dict
from booker_components.settings import Settings
from booker_components.settings.webhooks import Endpoint, read_endpoints, read_secrets
from booker_components.storage import Storage
from booker_components.subscribers.webhooks import Webhook, build_webhooks, verify_webhook
from booker_components.subscribers.webhooks.signing import signed
from booker_components.subscribers.webhooks.subscriber import body_of, delivery_id
from booker_components.testing import FrozenClock, Recorder
from booker_components.times import utc_now
from booker_components.values import BookingEvent, EventKind

from .databases import lay_database
from .providers.remote import Remote, serving, serving_raw, unused_url
from .providers.samples import NOW
from .test_payloads import FULL

CREATED, MOVED, CANCELLED = EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED
ONE = replace(FULL, uid="one", revision=1)
TWO = replace(FULL, uid="two", revision=1)


def secret_of(byte: bytes, length: int = 32) -> str:
    """Give a secret that consists of one byte."""
    return "whsec_" + base64.b64encode(byte * length).decode()


SECRET, NEXT_SECRET = secret_of(b"s"), secret_of(b"n")


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A storage with tables."""
    made = Storage(lay_database(tmp_path))
    yield made
    made.close()


@pytest.fixture
def hook(storage: Storage) -> Callable[..., Webhook]:
    """Make a subscriber for an address; other parameters are those of an endpoint."""

    def make(url: str, *, private: bool = True, timeout: float = 10.0, **changes: Any) -> Webhook:
        keys = read_secrets(changes.pop("secret", SECRET))
        endpoint = Endpoint(**{"name": "crm", "url": url, "keys": keys, **changes})
        guarded = Guarded(private=private, timeout=timeout)
        # The time now, for the independent reader knows no other.
        return Webhook(endpoint, guarded, sequence=partial(sequence_of, storage), clock=utc_now)

    return make


@pytest.fixture
def outbox_of(storage: Storage, clock: FrozenClock) -> Callable[..., Outbox]:
    """Make an outbox that delivers to some subscribers."""
    return lambda *subscribers: Outbox(storage, subscribers, clock=clock)


@pytest.fixture
def clock() -> FrozenClock:
    """The clock of the outbox, which stands still."""
    return FrozenClock(NOW)


def read(request: Request, secret: str = SECRET) -> dict[str, Any]:
    """Give what a request says, as the independent reader verifies it."""
    told: dict[str, Any] = Standard(secret).verify(request.get_data(), dict(request.headers))
    return told


def read_all(remote: Remote) -> list[dict[str, Any]]:
    """Give what every request said."""
    return [read(each) for each in remote.requests]


# --- what is sent ---


def test_an_event_is_sent_as_the_standard_says(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """The independent reader verifies it and finds type, timestamp and the whole booking."""
    with serving() as remote:
        outbox = outbox_of(hook(f"{remote.url}/hooks?tenant=7"))
        event = outbox.add(CREATED, ONE)
        outbox.deliver_due()

    told = read(remote.last)
    assert (told["type"], told["timestamp"]) == ("booking.created", "2026-03-02T08:00:00Z")
    assert booking_from_dict(told["data"]) == event.booking
    assert (remote.last.method, remote.last.full_path) == ("POST", "/hooks?tenant=7")
    assert remote.last.mimetype == "application/json"


def test_headers_name_event_and_place_in_its_booking(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """A receiver can sort and count the events of a booking without reading them."""
    with serving() as remote:
        outbox = outbox_of(hook(remote.url))
        outbox.add(CREATED, ONE)
        outbox.add(CREATED, TWO)
        outbox.add(MOVED, replace(ONE, revision=2))
        outbox.add(CANCELLED, replace(ONE, revision=3))
        outbox.deliver_due()

    heads = [(each.headers["Booker-Event"], each.headers["Booker-Sequence"]) for each in remote.requests]
    assert heads == [
        ("booking.created", "1"),
        ("booking.created", "1"),
        ("booking.rescheduled", "2"),
        ("booking.cancelled", "3"),
    ]
    assert [each["data"]["sequence"] for each in read_all(remote)] == [1, 1, 2, 3]


def test_what_is_not_wanted_is_not_sent(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """It counts as taken, and holds nothing back."""
    with serving() as remote:
        outbox = outbox_of(hook(remote.url, events=frozenset({CANCELLED})))
        outbox.add(CREATED, ONE)
        outbox.add(CANCELLED, replace(ONE, revision=2))

        delivered = outbox.deliver_due()

    assert delivered == 2
    assert [each["type"] for each in read_all(remote)] == ["booking.cancelled"]


def test_the_body_is_compact_and_the_same_each_time() -> None:
    """Letters beyond ASCII are themselves, and nothing depends on when it is made."""
    event = BookingEvent(id="e", kind=CREATED, at=NOW, booking=ONE)

    bodies = {body_of(event, 1) for _ in range(3)}

    (body,) = bodies
    assert "Zoë 🐘".encode() in body
    assert b'": ' not in body
    assert b'","' in body


def test_each_delivery_has_an_id_of_its_own() -> None:
    """Two endpoints never share one, nor do two events; none has a full stop, which ends it when signing."""
    event = BookingEvent(id="e1", kind=CREATED, at=NOW, booking=ONE)
    other = replace(event, id="e2")

    ids = [delivery_id(event, "a"), delivery_id(event, "b"), delivery_id(other, "a")]

    assert len(set(ids)) == 3
    assert delivery_id(event, "a") == ids[0]
    assert "." not in "".join(ids)


# --- secrets that change ---


@pytest.mark.parametrize("secret", [SECRET, NEXT_SECRET], ids=["old", "new"])
def test_while_secrets_change_both_verify(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox], secret: str
) -> None:
    """One signature for each, separated by a blank."""
    with serving() as remote:
        outbox = outbox_of(hook(remote.url, secret=[NEXT_SECRET, SECRET]))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()

    assert read(remote.last, secret)["type"] == "booking.created"
    assert len(remote.last.headers["webhook-signature"].split(" ")) == 2


def test_another_secret_verifies_nothing(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """The independent reader refuses it."""
    with serving() as remote:
        outbox = outbox_of(hook(remote.url))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()

    with pytest.raises(WebhookVerificationError):
        read(remote.last, NEXT_SECRET)


# --- receivers that fail ---


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 502, 503, 504])
def test_a_failure_comes_back_with_the_same_id_and_body(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox], clock: FrozenClock, status: int
) -> None:
    """Until it is taken, so that a receiver can tell that it knows it."""
    with serving(Response("no", status=status), Response("fine", status=204)) as remote:
        outbox = outbox_of(hook(remote.url))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()
        failed = outbox.deliveries()[0]
        clock.move(timedelta(hours=1))
        outbox.deliver_due()

    first, second = remote.requests
    assert f"answered {status}." in failed.last_error
    assert outbox.deliveries()[0].state is DeliveryState.DONE
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.get_data() == second.get_data()
    assert read(second)["type"] == "booking.created"


def test_what_is_gone_is_parked_with_its_remedy(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """410 says that the receiver wants no more; nothing is disabled, and a retry tells the rest in order."""
    with serving(Response(status=410), Response()) as remote:
        outbox = outbox_of(hook(remote.url))
        outbox.add(CREATED, ONE)
        outbox.add(MOVED, replace(ONE, revision=2))
        outbox.deliver_due()
        (parked,) = outbox.deliveries(DeliveryState.PARKED)
        calls = len(remote.requests)
        outbox.retry()
        outbox.deliver_due()

    assert "take 'crm' out of 'BOOKER_WEBHOOKS'" in parked.last_error
    assert calls == 1
    assert [each["type"] for each in read_all(remote)[1:]] == ["booking.created", "booking.rescheduled"]


def test_redirects_are_not_followed(hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]) -> None:
    """What is sent is personal, and goes to the address that was set only."""
    with serving() as elsewhere, serving(Response(status=307, headers={"Location": elsewhere.url})) as remote:
        outbox = outbox_of(hook(remote.url))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()

    assert "correct its 'url'" in outbox.deliveries()[0].last_error
    assert not elsewhere.requests


def test_one_that_hangs_is_left_in_time(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """A receiver that takes the call and never answers is tried again later."""
    over = threading.Event()
    with serving_raw(lambda line: over.wait(30) and None) as (url, heard):
        outbox = outbox_of(hook(url, timeout=0.3))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()
        over.set()

    assert len(heard) == 1
    assert "it took too long" in outbox.deliveries()[0].last_error


def test_one_that_trickles_its_headers_is_left_in_time(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """However often a byte comes, the time for all of it is over at some point."""
    over = threading.Event()

    def trickle(line: socket.socket) -> None:
        line.sendall(b"HTTP/1.1 200 OK\r\nX-Slow: ")
        with suppress(OSError):
            while not over.wait(0.05):
                line.sendall(b"x")

    with serving_raw(trickle) as (url, _):
        outbox = outbox_of(hook(url, timeout=0.5))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()
        over.set()

    assert outbox.deliveries()[0].state is DeliveryState.PENDING


def test_the_body_of_an_answer_does_not_matter(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """Whoever says 200 has taken it, even if what follows never ends."""
    ended = threading.Event()

    def pour(line: socket.socket) -> None:
        with suppress(OSError):
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")
            while True:
                line.sendall(b"x" * 65_536)
        ended.set()

    with serving_raw(pour) as (url, heard):
        outbox = outbox_of(hook(url))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()
        left = ended.wait(10)

    assert outbox.deliveries()[0].state is DeliveryState.DONE
    assert len(heard) == 1
    assert left


@pytest.mark.parametrize(
    "before",
    [
        pytest.param(b"", id="at once"),
        pytest.param(b"HTTP/1.1 2", id="in the status"),
        pytest.param(b"SSH-2.0-server\r\n", id="another protocol"),
    ],
)
def test_one_that_breaks_off_is_told_again(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox], before: bytes
) -> None:
    """Before it has said 200, nobody knows whether it took anything."""
    with serving_raw(lambda line: line.sendall(before)) as (url, heard):
        outbox = outbox_of(hook(url))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()

    assert len(heard) == 1
    assert outbox.deliveries()[0].state is DeliveryState.PENDING


def test_a_receiver_that_is_down_is_told_later(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """Nobody listens; the event waits."""
    outbox = outbox_of(hook(unused_url()))
    outbox.add(CREATED, ONE)

    outbox.deliver_due()

    delivery = outbox.deliveries()[0]
    assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 1)
    assert delivery.last_error.startswith("DeliveryFailed: The call to http://127.0.0.1:1 failed")


def test_private_addresses_are_not_called(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """Unless the settings allow it; it is parked at once, for the remedy is a setting."""
    with serving() as remote:
        outbox = outbox_of(hook(remote.url, private=False))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()

    (parked,) = outbox.deliveries(DeliveryState.PARKED)
    assert "Set 'BOOKER_PRIVATE_NETWORK'" in parked.last_error
    assert not remote.requests


def test_a_certificate_that_nobody_trusts_is_refused(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """What is sent is personal."""
    with serving(tls=True) as remote:
        outbox = outbox_of(hook(remote.url))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()

    assert outbox.deliveries()[0].state is DeliveryState.PENDING
    assert not remote.requests


@pytest.mark.parametrize(
    ("asked", "seconds"),
    [
        pytest.param("120", 120.0, id="seconds"),
        pytest.param("999999999", 3600.0, id="far too long"),
        pytest.param("soon", None, id="no time"),
        pytest.param("Mon, 02 Mar 2026 08:05:00 GMT", 300.0, id="date"),
        pytest.param("Mon, 02 Mar 2026 07:00:00 GMT", None, id="date before"),
        pytest.param("Mon, 02 Mar 2026 08:05:00", None, id="date without a zone"),
        pytest.param("Mon, 99 Mar 2026 08:05:00 GMT", None, id="no date"),
        pytest.param("Mon, 02 Mar 9999999999 08:05:00 GMT", None, id="no year"),
    ],
)
def test_a_receiver_may_ask_to_wait(asked: str, seconds: float | None) -> None:
    """In seconds or with a date; the outbox finds it at the failure."""
    with serving(Response(status=503, headers={"Retry-After": asked})) as remote:
        endpoint = Endpoint(name="crm", url=remote.url, keys=read_secrets(SECRET))
        subscriber = Webhook(endpoint, Guarded(private=True), sequence=lambda _: 1, clock=FrozenClock(NOW))
        with pytest.raises(DeliveryFailed) as failure:
            subscriber(BookingEvent(id="e", kind=CREATED, at=NOW, booking=ONE))

    assert failure.value.retry_after == seconds
    assert not failure.value.permanent


# --- order and independence ---


def test_a_booking_is_told_in_order_and_others_go_on(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox], clock: FrozenClock
) -> None:
    """What fails holds back the later events of its booking, and no others."""
    with serving(Response(status=500), Response()) as remote:
        outbox = outbox_of(hook(remote.url))
        outbox.add(CREATED, ONE)
        outbox.add(MOVED, replace(ONE, revision=2))
        outbox.add(CREATED, TWO)
        outbox.deliver_due()
        clock.move(timedelta(hours=1))
        outbox.deliver_due()

    taken = [(each["data"]["uid"], each["data"]["sequence"]) for each in read_all(remote)[1:]]
    assert taken == [("two", 1), ("one", 1), ("one", 2)]


def test_one_failing_endpoint_delays_no_other(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox]
) -> None:
    """Each is a subscriber of its own, with ids of its own."""
    with serving(Response(status=500)) as bad, serving() as good:
        outbox = outbox_of(hook(bad.url, name="bad"), hook(good.url, name="good"), Recorder())
        outbox.add(CREATED, ONE)
        outbox.add(MOVED, replace(ONE, revision=2))
        outbox.deliver_due()

    assert [each["data"]["sequence"] for each in read_all(good)] == [1, 2]
    assert len(bad.requests) == 1
    assert bad.last.headers["webhook-id"] != good.requests[0].headers["webhook-id"]


def test_nothing_personal_is_logged_or_kept_about_failures(
    hook: Callable[..., Webhook], outbox_of: Callable[..., Outbox], caplog: pytest.LogCaptureFixture
) -> None:
    """Neither the address, whose path may be a secret, nor the guest, nor the secret."""
    with serving(Response("zoe@example.org is unknown", status=422)) as remote:
        outbox = outbox_of(hook(f"{remote.url}/hooks/t0ken?key=k3y"))
        outbox.add(CREATED, ONE)
        with caplog.at_level(logging.DEBUG):
            outbox.deliver_due()

    told = caplog.text + outbox.deliveries()[0].last_error
    assert "answered 422" in told
    for private in ("t0ken", "k3y", "zoe@example.org", SECRET):
        assert private not in told


# --- settings ---


def settings(*endpoints: object, private: bool = False) -> Settings:
    """Give settings with these webhooks."""
    return Settings(webhooks=list(endpoints), private_network=private)  # type: ignore[arg-type] # wrong on purpose


GOOD = {"url": "https://example.com/hooks", "secret": SECRET}


def test_endpoints_are_read() -> None:
    """Names default to a digest, which shows nothing of the address."""
    named = {**GOOD, "name": "crm", "events": ["booking.created"], "secret": [NEXT_SECRET, SECRET]}

    first, second = read_endpoints(settings(GOOD, named))

    assert (len(first.name), first.events, first.keys) == (12, frozenset(), (b"s" * 32,))
    assert (second.name, second.events, second.keys) == ("crm", {CREATED}, (b"n" * 32, b"s" * 32))
    assert first.wants(CREATED)
    assert second.wants(CREATED)
    assert not second.wants(CANCELLED)
    assert "example.com" not in repr(first)


def test_every_endpoint_is_a_subscriber() -> None:
    """Under a name of its own."""
    made = build_webhooks(
        settings(GOOD, {**GOOD, "name": "crm"}), sequence=lambda _: 1, clock=FrozenClock(NOW)
    )

    assert made[1].name == "webhook-crm"
    assert made[0].name.startswith("webhook-")


def test_a_receiver_in_a_private_network_may_be_called_unencrypted() -> None:
    """Where the settings allow private addresses."""
    (endpoint,) = read_endpoints(settings({**GOOD, "url": "http://10.0.0.7:8080/hooks"}, private=True))

    assert endpoint.url == "http://10.0.0.7:8080/hooks"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        pytest.param("https://example.com", r"\[0\] is a str", id="no mapping"),
        pytest.param({"secret": SECRET}, "has no 'url'", id="no url"),
        pytest.param({"url": "https://example.com"}, "has no 'secret'", id="no secret"),
        pytest.param({**GOOD, "event": []}, "has 'event'; did you mean 'events'", id="misspelt key"),
        pytest.param({**GOOD, "url": "http://example.com"}, "begin with https://", id="not encrypted"),
        pytest.param({**GOOD, "url": "example.com/hooks"}, "is no address", id="no scheme"),
        pytest.param({**GOOD, "url": "https://"}, "is no address", id="no host"),
        pytest.param({**GOOD, "url": "https://example.com:x"}, "is no address", id="odd port"),
        pytest.param({**GOOD, "url": "https://example.com:0"}, "is no address", id="port 0"),
        pytest.param({**GOOD, "url": "https://example.com/\n"}, "is no address", id="line break"),
        pytest.param({**GOOD, "url": "https://example.com/é"}, "is no address", id="beyond ASCII"),
        pytest.param({**GOOD, "url": "https://a:b@example.com"}, "a blank, a user or", id="user"),
        pytest.param({**GOOD, "url": "https://example.com/#a"}, "a blank, a user or", id="fragment"),
        pytest.param({**GOOD, "url": 7}, "is no address", id="number"),
        pytest.param({**GOOD, "secret": secret_of(b"s", 23)}, "of 23 bytes, not 24 to 64", id="short"),
        pytest.param({**GOOD, "secret": secret_of(b"s", 65)}, "of 65 bytes", id="long"),
        pytest.param({**GOOD, "secret": "whsec_%%%"}, "is no base64", id="no base64"),
        pytest.param({**GOOD, "secret": "whsec_é"}, "is no base64", id="secret beyond ASCII"),
        pytest.param({**GOOD, "secret": [SECRET, 7]}, "is no text", id="secret is a number"),
        pytest.param({**GOOD, "events": "booking.created"}, "must be a list", id="events is a text"),
        pytest.param({**GOOD, "events": ["booking.create"]}, "did you mean 'booking.created'", id="kind"),
        pytest.param({**GOOD, "events": ["zzz"]}, "it takes booking.created, ", id="odd kind"),
        pytest.param({**GOOD, "name": "My CRM"}, "lower-case letters", id="name"),
    ],
)
def test_wrong_endpoints_are_named(wrong: object, said: str) -> None:
    """Each is said at the start, with the remedy, and without address or secret."""
    with pytest.raises(ConfigurationError, match=said) as error:
        read_endpoints(settings(wrong))

    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    "twice", [pytest.param(GOOD, id="same address"), pytest.param({**GOOD, "name": "a"}, id="same name")]
)
def test_names_are_unique(twice: dict[str, object]) -> None:
    """The outbox could not tell who has heard what."""
    with pytest.raises(ConfigurationError, match="twice; give each endpoint a 'name' of its own"):
        read_endpoints(settings(twice, twice))


def test_webhooks_are_a_list() -> None:
    """One mapping alone is refused."""
    with pytest.raises(ConfigurationError, match="'BOOKER_WEBHOOKS' is a dict"):
        read_endpoints(Settings(webhooks=GOOD))  # type: ignore[arg-type] # wrong on purpose


# --- the receiver's side ---


BODY = b'{"type":"booking.created"}'


def test_a_receiver_verifies_what_we_sign() -> None:
    """Headers in any case; the secret alone, or while it changes one of several."""
    headers = signed("id", BODY, read_secrets(SECRET), NOW)
    shouted = {name.upper(): value for name, value in headers.items()}

    assert verify_webhook(headers, BODY, SECRET, now=NOW) == {"type": "booking.created"}
    assert verify_webhook(shouted, BODY, [NEXT_SECRET, SECRET], now=NOW) == {"type": "booking.created"}


def test_a_receiver_verifies_what_others_sign() -> None:
    """The independent signer and our reader agree."""
    now = datetime.now(UTC)
    signature = Standard(SECRET).sign("id", now, BODY.decode())
    headers = {
        "webhook-id": "id",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": f"v1a,other v1,bm8= {signature}",
    }

    assert verify_webhook(headers, BODY, SECRET) == {"type": "booking.created"}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        pytest.param({"webhook-id": "other"}, "not signed with", id="another id"),
        pytest.param({"webhook-id": ""}, "no 'webhook-id'", id="no id"),
        pytest.param({"webhook-timestamp": "now"}, "no Unix time", id="no time"),
        pytest.param({"webhook-timestamp": "1772438399"}, "not signed with", id="another time"),
        pytest.param({"webhook-signature": ""}, "not signed with", id="no signature"),
        pytest.param({"webhook-signature": "v1,é v1, v2"}, "not signed with", id="odd signatures"),
    ],
)
def test_a_receiver_refuses_what_was_changed(changes: dict[str, str], said: str) -> None:
    """Whatever of it was."""
    headers = signed("id", BODY, read_secrets(SECRET), NOW) | changes

    with pytest.raises(WebhookRejected, match=said):
        verify_webhook(headers, BODY, SECRET, now=NOW)


@pytest.mark.parametrize("minutes", [-6, 6], ids=["early", "late"])
def test_a_receiver_refuses_what_was_sent_at_another_time(minutes: int) -> None:
    """So that nobody can send it once more later."""
    headers = signed("id", BODY, read_secrets(SECRET), NOW)

    with pytest.raises(WebhookRejected, match="too long ago"):
        verify_webhook(headers, BODY, SECRET, now=NOW + timedelta(minutes=minutes))


@pytest.mark.parametrize("body", [b"[]", b"{", b"\xff"], ids=["list", "broken", "no text"])
def test_a_receiver_refuses_what_is_no_object(body: bytes) -> None:
    """Signed or not."""
    headers = signed("id", body, read_secrets(SECRET), NOW)

    with pytest.raises(WebhookRejected, match="no JSON object"):
        verify_webhook(headers, body, SECRET, now=NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", [], "whsec_%"], ids=["none", "empty", "no list", "odd"])
def test_a_receiver_without_a_secret_verifies_nothing(secret: Any) -> None:
    """Anybody could sign."""
    headers = signed("id", BODY, read_secrets(SECRET), NOW)

    with pytest.raises(ConfigurationError, match="The secret of the webhook"):
        verify_webhook(headers, BODY, secret, now=NOW)


def test_payloads_of_every_kind_are_json() -> None:
    """Each kind of event can be sent and read."""
    for kind in EventKind:
        told = json.loads(body_of(BookingEvent(id="e", kind=kind, at=NOW, booking=ONE), 4))

        assert (told["type"], told["data"]["sequence"]) == (kind.value, 4)


# --- docs/webhooks.md ---


DOCS = (Path(__file__).resolve().parent.parent / "docs" / "webhooks.md").read_text()


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", DOCS, flags=re.DOTALL | re.MULTILINE)


def test_the_settings_of_the_docs_are_settings(make_app: Callable[..., Flask]) -> None:
    """An app with them tells the endpoint of the example."""
    app = Flask("partner")
    exec(blocks("python")[0], {"app": app})

    built = make_app(**{name: app.config[name] for name in ("BOOKER_WEBHOOKS",)}, BOOKER_DISPATCH="none")

    assert "webhook-crm" in built.extensions["booker"].outbox.subscribers


def test_the_secret_of_the_docs_is_one(capsys: pytest.CaptureFixture[str]) -> None:
    """The command makes what the settings take."""
    program = re.search(r"python -c '(.+)'", blocks("sh")[0])
    assert program is not None

    exec(program[1], {})

    (key,) = read_secrets(capsys.readouterr().out.strip())
    assert len(key) == 32


def test_the_payload_of_the_docs_is_todays() -> None:
    """With the same keys in the same order."""
    shown = json.loads(blocks("json")[0])
    event = BookingEvent(id="e", kind=MOVED, at=NOW, booking=booking_from_dict(shown["data"]))

    sent = json.loads(body_of(event, 2))

    assert sent == shown
    assert list(sent["data"]) == list(shown["data"])


def test_the_receiver_of_the_docs_hears(
    hook: Callable[..., Webhook],
    outbox_of: Callable[..., Outbox],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each delivery once, and nothing that others have signed."""
    monkeypatch.setenv("BOOKER_WEBHOOK_SECRET", SECRET)
    names: dict[str, Any] = {"__name__": "receiver"}
    exec(blocks("python")[1], names)
    exec(blocks("python")[2], names)
    with serving() as remote:
        outbox = outbox_of(hook(remote.url))
        outbox.add(CREATED, ONE)
        outbox.deliver_due()
    body, headers = remote.last.get_data(), dict(remote.last.headers)
    client = names["receiver"].test_client()

    first, again = (client.post("/hooks/booker", data=body, headers=headers) for _ in range(2))
    forged = client.post("/hooks/booker", data=body + b" ", headers=headers)

    assert (first.status_code, again.status_code, forged.status_code) == (204, 204, 400)
    assert capsys.readouterr().out == "booking.created one 1\n"
    assert names["read"](SECRET, headers, body)["type"] == "booking.created"
