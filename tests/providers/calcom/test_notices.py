"""Notices of Cal.com: what it tells beside bookings, in our words, whatever its payloads hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from booker_components.payloads import notice_from_dict, notice_to_dict
from booker_components.providers.calcom.notices import KINDS, notice_told
from booker_components.providers.calcom.webhooks import NOTICES, read_webhook, signature
from booker_components.values import Answer, Host, Notice, NoticeKind

PAYLOADS = Path(__file__).parent / "payloads"
SECRET = "a secret of the webhook"
NOW = datetime(2031, 5, 1, 10, tzinfo=UTC)
ANN = Host(slug="ann", name="Ann Host", zone="Europe/Rome", email="ann@example.com")
ANNS_ADDRESS = Host(slug="", name="", zone="UTC", email="ann@example.com")

TOLD: dict[str, dict[str, Any]] = {
    "OOO_CREATED": {
        "kind": NoticeKind.HOST_AWAY,
        "host": ANN,
        "start": datetime(2031, 5, 6, tzinfo=UTC),
        "end": datetime(2031, 5, 8, 23, 59, 59, tzinfo=UTC),
        "reason": "Vacation",
        "notes": "At the sea",
    },
    "FORM_SUBMITTED": {
        "kind": NoticeKind.FORM_SUBMITTED,
        "form": "Routing",
        "form_id": "f-1",
        "answers": {"Company": "Acme"},
    },
    "FORM_SUBMITTED_NO_EVENT": {
        "kind": NoticeKind.FORM_WITHOUT_BOOKING,
        "form": "Routing",
        "form_id": "f-1",
        "answers": {"Company": "Acme"},
    },
    "ROUTING_FORM_FALLBACK_HIT": {"kind": NoticeKind.FORM_FALLBACK, "form": "Routing", "form_id": "f-1"},
    "DELEGATION_CREDENTIAL_ERROR": {
        "kind": NoticeKind.CALENDAR_REFUSED,
        "host": ANNS_ADDRESS,
        "reason": "invalid_grant",
        "notes": "The calendar refused.",
    },
}


def read(sent: bytes) -> Notice | None:
    """Read the body of a webhook under its own signature."""
    return read_webhook({"X-Cal-Signature-256": signature(sent, SECRET)}, sent, secret=SECRET).notice


def body(trigger: str) -> bytes:
    """Give the body of a webhook as it is sent."""
    return (PAYLOADS / f"{trigger.lower()}.json").read_bytes()


def told(trigger: str, payload: dict[str, Any]) -> Notice:
    """Give what a payload tells."""
    notice = notice_told(trigger, payload, id="n-1", at=NOW)
    assert notice is not None
    return notice


@pytest.mark.parametrize("trigger", NOTICES)
def test_every_notice_is_told_in_our_words(trigger: str) -> None:
    """Kind, host, time, words and answers come from the payload; the key of the webhook is the id."""
    sent = body(trigger)

    notice = read(sent)

    key = read_webhook({"X-Cal-Signature-256": signature(sent, SECRET)}, sent, secret=SECRET).key
    assert notice == Notice(id=key, at=NOW, **TOLD[trigger])


@pytest.mark.parametrize(
    ("trigger", "expected"),
    [
        pytest.param(
            "AFTER_HOSTS_CAL_VIDEO_NO_SHOW", (NoticeKind.HOST_MISSING, "ann@example.com"), id="host"
        ),
        pytest.param("AFTER_GUESTS_CAL_VIDEO_NO_SHOW", (NoticeKind.GUEST_MISSING, ""), id="guest"),
        pytest.param("WRONG_ASSIGNMENT_REPORT", (NoticeKind.WRONG_HOST, "ann@example.com"), id="wrong host"),
    ],
)
def test_what_is_about_a_booking_that_is_not_named_is_a_notice(
    trigger: str, expected: tuple[NoticeKind, str]
) -> None:
    """Where the uid is there it is none: the booking is heard of instead."""
    unnamed = body(trigger).replace(b'"bookingUid"', b'"left"').replace(b'"uid"', b'"out"')

    notice = read(unnamed)

    assert notice is not None
    assert (notice.kind, notice.host.email if notice.host else "") == expected
    assert read(body(trigger)) is None


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        pytest.param({"value": "Acme"}, "Acme", id="text"),
        pytest.param({"value": ["A", "B"]}, ("A", "B"), id="several"),
        pytest.param({"value": 5, "response": 5}, 5, id="number"),
        pytest.param({"value": False}, False, id="no tick"),
        pytest.param({"response": {"id": "o-1", "label": "Large"}}, "Large", id="an option"),
        pytest.param(
            {"response": [{"id": "o-1", "label": "Mon"}, {"id": "o-2", "label": "Tue"}]},
            ("Mon", "Tue"),
            id="several options",
        ),
        pytest.param({"value": "", "response": "Acme"}, "Acme", id="an empty value"),
        pytest.param("Acme", "Acme", id="a bare text"),
    ],
)
def test_an_answer_is_read_as_the_form_gives_it(given: Any, answer: Answer) -> None:
    """Values, options and their labels are one kind of answer."""
    assert told("FORM_SUBMITTED", {"responses": {"field": given}}).answers == {"field": answer}


_NESTED: Any = "deep"
for _ in range(400):
    _NESTED = {"value": _NESTED}


@pytest.mark.parametrize("trigger", KINDS)
@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="nothing"),
        pytest.param(
            dict.fromkeys(
                ("oooEntry", "responses", "formName", "formId", "error", "user", "report", "startTime"), 7.5
            ),
            id="numbers",
        ),
        pytest.param(
            {"oooEntry": [], "responses": [], "formName": [], "error": [], "user": [], "hostEmail": []},
            id="lists",
        ),
        pytest.param(
            {
                "oooEntry": {"start": "soon", "end": None, "reason": [], "user": "Ann", "toUser": 7.5},
                "responses": {"a": None, "b": {"value": None}, "c": [], "d": {"response": {}}, "e": [[[]]]},
                "error": {"type": {}, "message": []},
                "user": {"email": {}, "name": None},
                "report": {"host": "Ann", "additionalNotes": {}},
                "startTime": "9999-12-31T23:59:59-14:00",
            },
            id="wrong inside",
        ),
        pytest.param({"responses": {"a": _NESTED, "b": [_NESTED]}}, id="nested for ever"),
    ],
)
def test_garbage_is_told_as_nothing(trigger: str, payload: dict[str, Any]) -> None:
    """No notice fails for what it holds; what cannot be read is empty."""
    notice = told(trigger, payload)

    assert (notice.host, notice.stand_in, notice.start, notice.end) == (None, None, None, None)
    assert (notice.reason, notice.notes, notice.form) == ("", "", "")
    assert not any(notice.answers.values())


def test_a_form_without_end_is_cut() -> None:
    """A thousand answers are more than any form has."""
    responses = {f"q{number}": {"value": "x"} for number in range(3000)}

    assert len(told("FORM_SUBMITTED", {"responses": responses}).answers) == 1000


def test_an_answer_is_never_taken_for_a_booking() -> None:
    """The answers stand beside the fields, under names of the form's: a visitor must not name a booking."""
    payload = {"formId": "f-1", "uid": "q1W2e3R4", "responses": {"uid": {"value": "q1W2e3R4"}}}
    sent = json.dumps({"triggerEvent": "FORM_SUBMITTED", "payload": payload}).encode()

    incoming = read_webhook({"X-Cal-Signature-256": signature(sent, SECRET)}, sent, secret=SECRET)

    assert (incoming.uids, incoming.told) == ((), None)
    assert incoming.notice is not None


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b'{"triggerEvent": "OOO_CREATED", "notes": "At the sea"}', id="flat"),
        pytest.param(b'{"what": {"triggerEvent": "OOO_CREATED"}, "notes": "At the sea"}', id="nested"),
        pytest.param(b"triggerEvent=OOO_CREATED&notes=At+the+sea", id="a form"),
    ],
)
def test_templates_are_tolerated(sent: bytes) -> None:
    """A custom template leaves the envelope out; what it does tell is told."""
    notice = read(sent)

    assert notice is not None
    assert (notice.kind, notice.notes) == (NoticeKind.HOST_AWAY, "At the sea")


@pytest.mark.parametrize("trigger", ["BOOKING_PAID", "BOOKING_MULLED_OVER", ""])
def test_other_triggers_tell_nothing(trigger: str) -> None:
    """Neither those about bookings nor those that nobody here knows are notices."""
    assert notice_told(trigger, {}, id="n-1", at=NOW) is None


@pytest.mark.parametrize("trigger", NOTICES)
def test_a_notice_outlives_its_process(trigger: str) -> None:
    """What is kept as JSON is read back as it was."""
    notice = read(body(trigger))
    assert notice is not None

    kept = json.loads(json.dumps(notice_to_dict(notice)))

    assert notice_from_dict(kept) == notice


def test_a_notice_of_another_version_is_read() -> None:
    """Fields that are missing are empty, others are passed over."""
    kept = {"id": "n-1", "kind": "host.away", "at": "2031-05-01T10:00:00Z", "later": 1}

    assert notice_from_dict(kept) == Notice(id="n-1", kind=NoticeKind.HOST_AWAY, at=NOW)
