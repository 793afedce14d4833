"""Webhooks of Jicoo: only those count that are signed about now, and each is read for what it is about."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from booker_components.errors import WebhookRejected
from booker_components.providers import ReceivesWebhooks
from booker_components.providers.jicoo.told import booking_told, completed
from booker_components.providers.jicoo.webhooks import (
    EVENTS,
    HEADER,
    LONGEST_BODY,
    TOLERANCE,
    read_webhook,
    signature,
)
from booker_components.testing import FrozenClock
from booker_components.testing.jicoo import news
from booker_components.values import Booking, BookingStatus, Incoming, LocationKind

from .samples import HALF_HOUR, NINE, NOW, AtJicoo, slot

SECRET = "whsec_a secret of the webhook"
UID = "_k3pQw81LmA-"

OBJECT: dict[str, Any] = {
    "uid": UID,
    "eventTypeUid": "-T7xR_2bQe0c",
    "status": "open",
    "timeZone": "America/New_York",
    "startedAt": "2026-03-03T09:00:00.000Z",
    "endedAt": "2026-03-03T09:30:00.000Z",
    "createdAt": "2026-03-02T07:00:00.000Z",
    "updatedAt": "2026-03-02T07:59:59.123Z",
    "contact": {"email": "taro@example.com", "name": "Taro"},
    "answers": [{"question": "How did you hear of us?", "content": ["SNS", "DM"]}],
    "tracking": {"utm_campaign": "winter", "utm_source": "x", "utm_medium": None, "other": "y"},
}


def body(event: str | None = "guest_booked", **fields: Any) -> bytes:
    """Give the body of a notice about the booking, with other *fields* of it; None takes one away."""
    told = {name: value for name, value in (OBJECT | fields).items() if value is not None}
    sent = {"createdAt": "2026-03-02T08:00:00.000Z", "event": event, "object": told}
    return json.dumps({name: value for name, value in sent.items() if value is not None}).encode()


def signed(sent: bytes, *, secret: str = SECRET, at: datetime = NOW) -> dict[str, str]:
    """Give the header of a body, reckoned here and not by the code under test."""
    seconds = int(at.timestamp())
    digest = hmac.new(secret.encode(), f"{seconds}.".encode() + sent, hashlib.sha256).hexdigest()
    return {HEADER: f"t={seconds},v1={digest}"}


def read(sent: bytes, headers: Mapping[str, str] | None = None, **options: Any) -> Incoming:
    """Read a body under its own signature, or with the *headers* given."""
    given = signed(sent) if headers is None else headers
    return read_webhook(given, sent, **{"secret": SECRET, "clock": FrozenClock(NOW), **options})


def about(sent: bytes) -> Booking:
    """Give the booking as a notice tells it."""
    told = read(sent).told
    assert told is not None
    return told


# --- who is believed -----------------------------------------------------------------------------


def test_a_signature_is_reckoned_over_time_and_body() -> None:
    """As the vendor says, over the bytes as they came."""
    sent = body()

    seconds = str(int(NOW.timestamp()))

    assert signed(sent)[HEADER] == f"t={seconds},v1={signature(sent, SECRET, seconds)}"
    assert read(sent).uids == (UID,)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda header: header,
        lambda header: header.replace(",", ", "),
        lambda header: f"  {header} ".replace("=", " = "),
        lambda header: f"v0=0123,{header},v2=made-up",
        lambda header: f"{header},,x,=,v12",
        lambda header: ",".join(reversed(header.split(","))),
        lambda header: header.replace("v1=", f"v1={'0' * 64},v1="),
        lambda header: f"{header},v1={'0' * 64},v1=",
    ],
    ids=["as it is", "blank", "blanks", "others", "odd ones", "order", "second", "first of several"],
)
def test_a_header_may_have_more_than_is_needed(spoil: Callable[[str], str]) -> None:
    """One signature that fits is enough, as while a secret is replaced; what nobody knows means nothing."""
    sent = body()

    incoming = read(sent, {HEADER: spoil(signed(sent)[HEADER])})

    assert incoming.trigger == "guest_booked"


def test_the_headers_name_may_be_written_in_any_way() -> None:
    """Servers in between change it."""
    sent = body()

    assert read(sent, {HEADER.upper(): signed(sent)[HEADER]}).uids == (UID,)


_UNSIGNED: dict[str, dict[str, str]] = {
    "none": {},
    "empty": {HEADER: ""},
    "no value": {HEADER: "t=1,v1"},
    "no time": {HEADER: "v1=abc"},
    "no v1": {HEADER: "t=1772438400"},
    "others": {HEADER: "t=1772438400,v0=abc,v2=abc"},
    "empty time": {HEADER: "t=,v1=abc"},
    "a word": {HEADER: "t=soon,v1=abc"},
    "before all time": {HEADER: "t=-5,v1=abc"},
    "wide digits": {HEADER: "t=\uff11\uff17,v1=abc"},
    "endless": {HEADER: f"t={'9' * 400},v1=abc"},
    "odd": {HEADER: "é=ü"},
}


@pytest.mark.parametrize("headers", _UNSIGNED.values(), ids=_UNSIGNED)
def test_what_is_not_signed_is_refused(headers: dict[str, str]) -> None:
    """The message names the header, and nothing of what came."""
    with pytest.raises(WebhookRejected, match=HEADER):
        read(body(), headers)


@pytest.mark.parametrize(
    "spoil",
    [
        lambda sent, header: (sent + b" ", header),
        lambda sent, header: (sent, header[:-1]),
        lambda sent, header: (sent, header.upper().replace("T=", "t=").replace("V1=", "v1=")),
        lambda sent, header: (sent, header.replace("t=1", "t=2")),
        lambda sent, header: (sent, f"t={int(NOW.timestamp())},{header}"),
        lambda sent, header: (sent, header.split("v1=")[0] + "v1=ü€"),
    ],
    ids=["body", "cut", "capitals", "time", "another time", "odd"],
)
def test_a_signature_that_does_not_fit_is_refused(
    spoil: Callable[[bytes, str], tuple[bytes, str]],
) -> None:
    """Whatever was changed, the time too; the setting is named, no secret is."""
    sent = body()
    header = signed(sent, at=NOW - timedelta(seconds=9))[HEADER]

    sent, header = spoil(sent, header)

    with pytest.raises(WebhookRejected, match="'BOOKER_JICOO_WEBHOOK_SECRET'") as caught:
        read(sent, {HEADER: header})
    assert SECRET not in caught.value.message


def test_a_signature_with_another_secret_is_refused() -> None:
    """However right everything else is."""
    sent = body()

    with pytest.raises(WebhookRejected, match="does not fit"):
        read(sent, signed(sent, secret="another's"))


@pytest.mark.parametrize("late", [TOLERANCE, -TOLERANCE], ids=["old", "ahead"])
def test_a_signature_is_good_for_five_minutes(late: timedelta) -> None:
    """And for as long before, for clocks differ."""
    sent = body()

    assert read(sent, signed(sent, at=NOW - late)).uids == (UID,)
    with pytest.raises(WebhookRejected, match=r"301 seconds .*sync"):
        read(sent, signed(sent, at=NOW - late * (301 / 300)))


def test_without_a_secret_everything_is_refused() -> None:
    """An empty one signs as well as any other; the remedy is named."""
    sent = body()

    with pytest.raises(WebhookRejected, match="'BOOKER_JICOO_WEBHOOK_SECRET' is not set"):
        read(sent, signed(sent, secret=""), secret="")


def test_a_body_without_end_is_refused() -> None:
    """Before it is reckoned over."""
    sent = b" " * (LONGEST_BODY + 1)

    with pytest.raises(WebhookRejected, match="longer than"):
        read(sent)


def test_there_are_no_addresses_of_accounts() -> None:
    """What was sent once cannot be sent again under other keys, though it is well signed."""
    with pytest.raises(WebhookRejected, match="the app's own address"):
        read(body(), mark="x")


# --- what each is about --------------------------------------------------------------------------


@pytest.mark.parametrize("event", [*EVENTS, "host_approved", "reminder.sent"])
def test_every_event_names_its_booking(event: str) -> None:
    """Those that nobody knows too: the booking is looked at, and that tells what is new."""
    incoming = read(body(event))

    assert (incoming.trigger, incoming.uids, incoming.kind) == (event, (UID,), None)
    assert incoming.at == datetime(2026, 3, 2, 8, tzinfo=UTC)
    assert (incoming.ping, incoming.account, incoming.notice) == (False, "", None)


@pytest.mark.parametrize(
    "sent",
    [
        b"",
        b"null",
        b"[1]",
        b'"text"',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b"{}",
        b'{"event": "page_viewed"}',
        b'{"event": "page_viewed", "object": []}',
        b'{"event": "page_viewed", "object": {"uid": 5}}',
        b'{"event": "page_viewed", "object": {"uid": "a b"}}',
        b'{"event": "page_viewed", "object": {"uid": "../cancel"}}',
        b'{"event": ["x"], "object": {"uid": ""}, "createdAt": "yesterday"}',
    ],
    ids=lambda sent: sent[:40].decode("ascii", "replace") or "empty",
)
def test_what_names_no_booking_is_about_none(sent: bytes) -> None:
    """It is nevertheless genuine, so it is kept and answered; copies have the same key."""
    incoming = read(sent)

    assert (incoming.uids, incoming.told) == ((), None)
    assert incoming.key == read(sent).key


@pytest.mark.parametrize("event", ["", "an event", "é" * 3, None], ids=["empty", "blank", "odd", "missing"])
def test_an_odd_event_still_names_its_booking(event: str | None) -> None:
    """Without being kept as a word."""
    incoming = read(body(event))

    assert (incoming.trigger, incoming.uids) == ("", (UID,))


# --- copies --------------------------------------------------------------------------------------


def test_copies_have_the_same_key() -> None:
    """Signed again, made again and written otherwise: event, booking and change are what counts."""
    first = read(body()).key
    other = json.dumps(json.loads(body()) | {"createdAt": "2026-03-02T09:00:00.000Z"}, indent=1).encode()

    assert first == read(other).key
    assert first == read(body(updatedAt="2026-03-02T16:59:59.123+09:00")).key
    assert (
        first == hashlib.sha256(f"guest_booked|{UID}|2026-03-02T07:59:59.123000+00:00".encode()).hexdigest()
    )


@pytest.mark.parametrize(
    "sent",
    [
        body("guest_rescheduled"),
        body(uid="another"),
        body(updatedAt="2026-03-02T07:59:59.124Z"),
        body(updatedAt=None),
    ],
    ids=["event", "booking", "change", "no change"],
)
def test_what_is_no_copy_has_another_key(sent: bytes) -> None:
    """Nothing new is taken for something old."""
    assert read(sent).key != read(body()).key


def test_without_the_time_of_the_change_the_whole_body_counts() -> None:
    """Where not even its own time is told, each is taken: looking twice does no harm."""
    bare = json.dumps({"event": "guest_booked", "object": {"uid": UID}}).encode()

    assert read(body(updatedAt=None)).key == read(body(updatedAt=None)).key
    assert read(body(updatedAt=None)).key != read(body(updatedAt=None, status="cancel")).key
    assert read(bare).key != read(bare).key
    assert read(bare).at == NOW


# --- the booking as it is told -------------------------------------------------------------------


def test_a_booking_is_read_from_the_notice() -> None:
    """In the words of webhooks, which are not the API's."""
    told = about(body())

    assert (told.uid, told.event_type, told.event_type_id) == (UID, "-T7xR_2bQe0c", "-T7xR_2bQe0c")
    assert (told.start, told.end, told.status) == (NINE, NINE + HALF_HOUR, BookingStatus.CONFIRMED)
    assert (told.attendee.name, told.attendee.email) == ("Taro", "taro@example.com")
    assert told.attendee.zone == "America/New_York"
    assert told.answers == {"How did you hear of us?": ("SNS", "DM")}
    assert told.metadata == {"utm_campaign": "winter", "utm_source": "x"}
    assert told.updated_at == datetime(2026, 3, 2, 7, 59, 59, 123000, tzinfo=UTC)
    assert (told.title, told.location, told.host.name, told.revision) == ("", None, "", 1)


def test_what_some_notices_tell_more_is_read_too() -> None:
    """An address, a title, a number; whom it says to host is not believed."""
    told = about(
        body(
            name="Intro call",
            url="https://zoom.example/1",
            contact={"name": "Taro", "lastName": "Yamada", "phone": "+81 3 1", "email": None},
            hosts=[{"userId": "mallory", "name": "Mallory", "role": "admin"}],
        )
    )

    assert told.title == "Intro call"
    assert told.location is not None
    assert (told.location.kind, told.location.value) == (LocationKind.LINK, "https://zoom.example/1")
    assert (told.attendee.name, told.attendee.phone, told.attendee.email) == ("Taro", "+81 3 1", "")
    assert [host.slug for host in told.hosts] == [""]


def test_a_surname_stands_for_a_guest_without_a_name() -> None:
    """The API knows one name, so nothing is put together."""
    assert about(body(contact={"lastName": "Yamada"})).attendee.name == "Yamada"


@pytest.mark.parametrize(
    ("event", "status", "stands", "by"),
    [
        ("guest_booked", "open", BookingStatus.CONFIRMED, ""),
        ("guest_booked", "request", BookingStatus.PENDING, ""),
        ("guest_cancelled", "cancel", BookingStatus.CANCELLED, "guest"),
        ("host_cancelled", "open", BookingStatus.CANCELLED, "host"),
        ("host_cancelled", None, BookingStatus.CANCELLED, "host"),
        ("host_denied", "cancel", BookingStatus.CANCELLED, ""),
    ],
)
def test_a_notice_tells_how_the_booking_stands(
    event: str, status: str | None, stands: BookingStatus, by: str
) -> None:
    """What was cancelled is so, whatever status comes along."""
    told = about(body(event, status=status))

    assert (told.status, told.changed_by) == (stands, by)
    assert told.revision == (2 if stands is BookingStatus.CANCELLED else 1)


@pytest.mark.parametrize(
    "fields",
    [
        {"startedAt": None},
        {"endedAt": "soon"},
        {"status": "lost"},
        {"status": None},
        {"contact": "Taro"},
        {"contact": {"name": 5}},
        {"answers": "SNS"},
        {"tracking": ["x"]},
        {"timeZone": 9},
    ],
    ids=str,
)
def test_what_makes_no_sense_tells_nothing(fields: dict[str, Any]) -> None:
    """The booking is looked at all the same."""
    incoming = read(body(**fields))

    assert (incoming.uids, incoming.told) == ((UID,), None)


@pytest.mark.parametrize(
    "fields",
    [{"contact": None}, {"answers": None}, {"answers": []}, {"tracking": None}, {"timeZone": "Mars"}],
    ids=str,
)
def test_what_is_missing_is_left_empty(fields: dict[str, Any]) -> None:
    """An unknown zone is no reason to forget a booking."""
    assert about(body(**fields)).start == NINE


# --- at the provider -----------------------------------------------------------------------------


def _notice(at: AtJicoo) -> tuple[dict[str, str], bytes]:
    sent = at.fake.outgoing.pop()
    return sent.headers, sent.body


def test_the_provider_takes_webhooks(at: AtJicoo) -> None:
    """By its own secret and clock; the free times are asked for anew."""
    assert isinstance(at.provider, ReceivesWebhooks)
    at.fake.webhooks("https://partner.example/webhooks/jicoo", "hush")
    before = at.starts()
    made = at.fake.book(at.page, NINE)
    headers, sent = _notice(at)

    incoming = at.provider.incoming(headers, sent)

    assert incoming.uids == (made.uid,)
    assert (NINE in before, NINE in at.starts()) == (True, False)
    with pytest.raises(WebhookRejected):
        at.provider.incoming(headers, sent, mark="x")
    at.clock.move(TOLERANCE + timedelta(seconds=1))
    with pytest.raises(WebhookRejected):
        at.provider.incoming(headers, sent)


def test_what_a_notice_does_not_tell_is_as_it_was_known(at: AtJicoo) -> None:
    """Hosts, answers by slug, notes and facts; its own are when, whether, where and who."""
    at.fake.webhooks("https://partner.example/webhooks/jicoo", "hush")
    at.fake.habits.tells_more = True
    asked = at.request(notes="Hello", metadata={"crm": "42"}, answers={"topic": "pricing"})
    last = at.tell(at.provider.book(asked))
    at.fake.reschedule(last.uid, slot(3))
    headers, sent = _notice(at)

    told = at.provider.incoming(headers, sent).told

    assert told is not None
    assert (told.start, told.former_start, told.status) == (slot(3), NINE, BookingStatus.CONFIRMED)
    assert (told.event_type, told.title, told.hosts) == ("intro-call", last.title, last.hosts)
    assert (told.notes, told.answers, told.metadata) == ("Hello", {"topic": "pricing"}, {"crm": "42"})
    assert told.attendee == last.attendee
    assert told.location is not None


def test_a_notice_may_tell_less_than_is_known() -> None:
    """Nobody loses name, address or number by it."""
    last = about(body())
    last = replace(last, attendee=replace(last.attendee, phone="+81 3 1"), notes="Hello")
    less = booking_told("host_cancelled", json.loads(body(contact=None))["object"], at=NOW)
    assert less is not None

    told = completed(less, last)

    assert told.attendee == last.attendee
    assert (told.notes, told.status, told.changed_by) == ("Hello", BookingStatus.CANCELLED, "host")


def test_the_fakes_own_words_are_understood(at: AtJicoo) -> None:
    """Every event that it knows is one of ours."""
    assert set(news.EVENTS) == set(EVENTS)
    assert news.HEADER == HEADER
