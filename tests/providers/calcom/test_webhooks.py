"""Webhooks of Cal.com: only signed ones count, and each is read for what it is about."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import WebhookRejected
from booker_components.providers.calcom.webhooks import (
    LONGEST_BODY,
    NOTICES,
    TRIGGERS,
    account_mark,
    account_secret,
    read_webhook,
    signature,
)
from booker_components.values import BookingStatus, EventKind, Incoming, LocationKind

PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "a secret of the webhook"
UID, SEAT = "q1W2e3R4", "seat-2"

# The file, what it is about, and what it tells beside that a booking stands otherwise.
SENT: dict[str, tuple[str, EventKind | None]] = {
    "booking_created.json": (UID, None),
    "booking_created_seat.json": (SEAT, None),
    "booking_requested.json": (UID, None),
    "booking_rescheduled.json": ("n5E6w7U8", None),
    "booking_cancelled.json": (UID, None),
    "booking_cancelled_seat.json": (SEAT, None),
    "booking_rejected.json": (UID, None),
    "booking_payment_initiated.json": (UID, None),
    "booking_paid.json": (UID, EventKind.PAID),
    "booking_no_show_updated.json": (UID, EventKind.NO_SHOW),
    "meeting_started.json": (UID, EventKind.STARTED),
    "meeting_ended.json": (UID, EventKind.ENDED),
    "recording_ready.json": (UID, EventKind.RECORDING_READY),
    "recording_transcription_generated.json": (UID, EventKind.TRANSCRIPT_READY),
    "instant_meeting.json": (UID, None),
    "platform_booking_created.json": (UID, None),
    "ooo_created.json": ("", None),
    "form_submitted.json": ("", None),
    "form_submitted_no_event.json": ("", None),
    "routing_form_fallback_hit.json": ("", None),
    "after_hosts_cal_video_no_show.json": (UID, EventKind.HOST_MISSING),
    "after_guests_cal_video_no_show.json": (UID, EventKind.GUEST_MISSING),
    "delegation_credential_error.json": ("", None),
    "wrong_assignment_report.json": (UID, EventKind.WRONG_HOST),
    "template_flat.json": (UID, None),
    "template_nested.json": (UID, None),
    "template_form.txt": (UID, EventKind.PAID),
    "template_text.txt": ("", None),
    "ping.json": ("", None),
}

#: Every trigger that can be registered for (contracts/calcom.md 5).
KNOWN = json.loads((PAYLOADS / "triggers.json").read_text())


def body(name: str) -> bytes:
    """Give the body of a payload file as it is sent."""
    return (PAYLOADS / name).read_bytes()


def read(sent: bytes, given: str | None = None) -> Incoming:
    """Read a body under its own signature, or under the one *given*."""
    named = {"X-Cal-Signature-256": signature(sent, SECRET) if given is None else given}
    return read_webhook(named, sent, secret=SECRET)


def changed(name: str, **payload: Any) -> bytes:
    """Give the body of a payload file with other fields in its payload."""
    sent = json.loads(body(name))
    sent["payload"].update(payload)
    return json.dumps(sent).encode()


# --- what each is about --------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "about"), [pytest.param(*each, id=each[0]) for each in SENT.items()])
def test_every_trigger_is_read(name: str, about: tuple[str, EventKind | None]) -> None:
    """Each notice names the booking or seat that it is about, and what reading that again does not tell."""
    uid, kind = about

    incoming = read(body(name))

    assert (incoming.uids, incoming.kind) == ((uid,) if uid else (), kind)
    assert incoming.ping is (name == "ping.json")


def test_every_trigger_has_a_payload() -> None:
    """No trigger of Cal.com is missing in the table."""
    seen = {read(body(name)).trigger for name in SENT}

    assert set(KNOWN) <= seen
    assert sorted((*TRIGGERS, *NOTICES)) == sorted(KNOWN)
    assert {path.name for path in PAYLOADS.iterdir()} == {*SENT, "triggers.json"}


def test_a_notice_says_when_it_was_made() -> None:
    """The instant of the envelope is the notice's own, in UTC."""
    assert read(body("booking_created.json")).at == datetime(2031, 5, 1, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"[1, 2]", id="a list"),
        pytest.param(b"null", id="null"),
        pytest.param(b'"text"', id="a text"),
        pytest.param(b"\xff\xfe\x00", id="no text at all"),
        pytest.param(b"[" * 100_000, id="nested for ever"),
        pytest.param(b"1" * 10_000, id="a number without end"),
        pytest.param(b"&".join([b"a=1"] * 5000), id="a form with too many fields"),
        pytest.param(b'{"triggerEvent": ["BOOKING_CREATED"], "payload": {"uid": 7}}', id="wrong types"),
        pytest.param(b'{"triggerEvent": "BOOKING_CREATED", "payload": "q1"}', id="payload of text"),
        pytest.param(
            b'{"triggerEvent": "BOOKING_CREATED", "payload": {"uid": "../me"}}', id="a path for a uid"
        ),
        pytest.param(
            b'{"triggerEvent": "BOOKING_CREATED", "payload": {"uid": "\\ud800"}}', id="half a character"
        ),
        pytest.param(
            b'{"triggerEvent": "BOOKING_MULLED_OVER", "payload": {"uid": "q1"}}', id="unknown trigger"
        ),
    ],
)
def test_what_nobody_understands_names_no_booking(sent: bytes) -> None:
    """A genuine notice is never refused for what it says: it is left to be kept as it came."""
    incoming = read(sent)

    assert (incoming.uids, incoming.kind, incoming.told, incoming.ping) == ((), None, None, False)


def test_a_template_that_names_a_booking_alone_is_reason_to_look_at_it() -> None:
    """A custom template may leave everything out but the uid."""
    incoming = read(b'{"uid": "q1W2e3R4"}')

    assert (incoming.trigger, incoming.uids) == ("", (UID,))


# --- copies --------------------------------------------------------------------------------------


def test_copies_share_a_key_and_other_notices_do_not() -> None:
    """Trigger, uid and instant make the key, whatever else a copy says (contracts/calcom.md 5)."""
    first = read(body("booking_created.json")).key

    assert read(changed("booking_created.json", title="Another title")).key == first
    assert read(changed("booking_created.json", uid="other")).key != first
    assert read(changed("booking_created.json", attendeeSeatId="seat-1")).key != first
    assert read(body("booking_cancelled.json")).key != first
    assert read(body("booking_created.json").replace(b"T10:00:00.000Z", b"T10:00:00.001Z")).key != first


def test_notices_that_look_alike_are_not_taken_for_copies() -> None:
    """A template without an instant gives two changes one body: neither must get lost."""
    assert read(body("template_flat.json")).key != read(body("template_flat.json")).key


@pytest.mark.parametrize("name", ["ooo_created.json", "template_text.txt"])
def test_what_is_only_kept_is_kept_once(name: str) -> None:
    """Without a booking, the body itself tells copies."""
    assert read(body(name)).key == read(body(name)).key


# --- who sends it --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "why"),
    [
        pytest.param("", "not signed", id="no signature"),
        pytest.param("no-secret-provided", "not signed", id="no secret at Cal.com"),
        pytest.param("0" * 64, "does not fit", id="forged"),
        pytest.param(signature(body("booking_created.json"), "other"), "does not fit", id="other secret"),
        pytest.param(signature(b"other body", SECRET), "does not fit", id="replayed with another body"),
        pytest.param(
            "sha256=" + signature(body("booking_created.json"), SECRET), "does not fit", id="a prefix"
        ),
        pytest.param("ä" * 64, "does not fit", id="beyond ASCII"),
        pytest.param("\udcff", "does not fit", id="no text"),
    ],
)
def test_a_webhook_that_is_not_genuine_is_rejected(given: str, why: str) -> None:
    """Whoever cannot sign the very bytes is not heard; the reason names the remedy and no personal data."""
    with pytest.raises(WebhookRejected, match=why) as rejection:
        read(body("booking_created.json"), given)

    assert "BOOKER_CALCOM_WEBHOOK_SECRET" in rejection.value.message
    assert "bo@example.net" not in rejection.value.message


def test_headers_are_found_in_any_case() -> None:
    """HTTP headers have no case, whatever server passes them on."""
    sent = body("booking_created.json")

    incoming = read_webhook({"x-cal-SIGNATURE-256": signature(sent, SECRET)}, sent, secret=SECRET)

    assert incoming.uids == (UID,)


@pytest.mark.parametrize("given", ["", "no-secret-provided", signature(body("booking_created.json"), "")])
def test_without_a_secret_nothing_is_believed(given: str) -> None:
    """Anybody could write to the address: the setting is named instead."""
    with pytest.raises(WebhookRejected, match="'BOOKER_CALCOM_WEBHOOK_SECRET' is not set"):
        read_webhook({"X-Cal-Signature-256": given}, body("booking_created.json"), secret="")


def test_a_body_without_end_is_rejected() -> None:
    """What is longer than any notice is not even read."""
    with pytest.raises(WebhookRejected, match="longer than 1048576 bytes"):
        read(b" " * (LONGEST_BODY + 1))


# --- the booking as it is told -------------------------------------------------------------------


def test_a_notice_tells_the_booking_in_our_words() -> None:
    """What can no longer be read stands in the payload, under other names than the API's."""
    told = read(body("booking_created.json")).told

    assert told is not None
    assert (told.uid, told.event_type, told.event_type_id, told.owner) == (UID, "intro", "12", "ann")
    assert (told.start, told.duration.total_seconds()) == (datetime(2031, 5, 6, 7, tzinfo=UTC), 1800)
    assert (told.status, told.revision, told.notes) == (BookingStatus.CONFIRMED, 1, "Please ring twice.")
    assert (told.host.name, told.host.zone) == ("Ann Host", "Europe/Rome")
    assert (told.attendee.name, told.attendee.email, told.attendee.zone) == (
        "Bo Guest",
        "bo@example.net",
        "Europe/London",
    )
    assert told.location is not None
    assert (told.location.kind, told.location.value) == (LocationKind.LINK, "https://meet.example.com/abc")
    assert (dict(told.answers), told.metadata["crm"]) == ({"topic": "pricing"}, "42")


@pytest.mark.parametrize(
    ("name", "status", "reason", "by"),
    [
        pytest.param("booking_requested.json", BookingStatus.PENDING, "", "", id="requested"),
        pytest.param(
            "booking_cancelled.json", BookingStatus.CANCELLED, "Ann is ill.", "host", id="cancelled"
        ),
        pytest.param("booking_cancelled_seat.json", BookingStatus.CANCELLED, "", "guest", id="seat given up"),
        pytest.param("booking_rejected.json", BookingStatus.REJECTED, "No time that day.", "", id="rejected"),
        pytest.param("instant_meeting.json", BookingStatus.PENDING, "", "", id="instant meeting"),
        pytest.param("meeting_started.json", BookingStatus.CONFIRMED, "", "", id="flat body"),
    ],
)
def test_a_notice_tells_how_the_booking_stands(
    name: str, status: BookingStatus, reason: str, by: str
) -> None:
    """Status, reason and who it was come from the payload and the trigger."""
    told = read(body(name)).told

    assert told is not None
    assert (told.status, told.reason, told.changed_by) == (status, reason, by)
    assert told.revision == (1 if told.is_open else 2)


def test_a_cancellation_is_one_whatever_the_payload_says_of_the_status() -> None:
    """A seat that was given up may come with the status of the booking that goes on without it."""
    told = read(changed("booking_cancelled_seat.json", status="ACCEPTED")).told

    assert told is not None
    assert (told.status, told.uid, told.shared) == (BookingStatus.CANCELLED, SEAT, UID)


def test_a_move_tells_what_it_replaces() -> None:
    """The old uid and the old time come along."""
    told = read(body("booking_rescheduled.json")).told

    assert told is not None
    assert (told.replaces, told.changed_by) == (UID, "guest")
    assert told.former_start == datetime(2031, 5, 6, 7, tzinfo=UTC)


def test_a_seat_is_told_of_its_own_guest() -> None:
    """Where all guests are listed, the answers say whose seat it is; nobody is told of another's."""
    mine = read(body("booking_created_seat.json")).told
    nobodys = read(changed("booking_created_seat.json", responses={})).told

    assert mine is not None
    assert (mine.attendee.email, mine.uid, mine.shared) == ("bo@example.net", SEAT, UID)
    assert nobodys is None


def test_addresses_of_managed_users_are_told_without_the_client() -> None:
    """A Platform client's id in an address is nothing for people (contracts/calcom.md 4.10)."""
    told = read(body("platform_booking_created.json")).told

    assert told is not None
    assert (told.host.email, told.attendee.email) == ("ann@example.com", "bo@example.net")


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({"startTime": "soon"}, id="no start"),
        pytest.param({"endTime": None}, id="no end"),
        pytest.param({"attendees": []}, id="no guest"),
        pytest.param({"attendees": "bo"}, id="a text for guests"),
        pytest.param({"organizer": None}, id="no host"),
        pytest.param({"seatsPerTimeSlot": 3}, id="what guests share"),
    ],
)
def test_too_little_tells_no_booking(payload: dict[str, Any]) -> None:
    """What is not there is not invented; the notice is still about the booking."""
    incoming = read(changed("booking_created.json", **payload))

    assert (incoming.told, incoming.uids) == (None, (UID,))


def test_an_unknown_zone_is_read_as_utc() -> None:
    """A zone that nobody knows must not fail later, when times are shown in it."""
    sent = body("booking_created.json").replace(b"Europe/London", b"Mars/Olympus")

    told = read(sent).told

    assert told is not None
    assert told.attendee.zone == "UTC"


# --- for whom it is ------------------------------------------------------------------------------


def test_a_mark_stands_for_an_account_without_its_name() -> None:
    """It is in an address: always the same for one account, another for each other one and each secret."""
    marks = {account_mark(secret, name) for secret in ("one", "two") for name in ("ann@example.org", "bo")}

    assert len(marks) == 4
    assert all(re.fullmatch("[0-9a-f]{20}", mark) for mark in marks)
    assert account_mark("one", "bo") in marks


def test_every_account_has_a_secret_of_its_own() -> None:
    """Neither the app's secret nor another account's is told by it."""
    secrets = {account_secret(SECRET, account_mark(SECRET, name)) for name in ("ann", "bo")}

    assert len(secrets | {SECRET}) == 3
    assert all(re.fullmatch("[0-9a-f]{64}", each) for each in secrets)


def test_without_an_account_the_secret_is_the_apps() -> None:
    """And without the app's there is none for anybody: what is made of nothing, anybody can make."""
    assert account_mark(SECRET, "") == ""
    assert account_secret(SECRET, "") == SECRET
    assert (account_mark("", "ann"), account_secret("", "a" * 20)) == ("", "")
