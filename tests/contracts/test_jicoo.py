"""Tests that the check against what is known of Jicoo finds what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from booker_components.testing.exchanges import Answer, Exchange

from .jicoo import KEY, check, of_webhook, problems

WISH: dict[str, Any] = {
    "eventTypeId": "mT7xR-2bQe0c",
    "startedAt": "2027-02-02T00:00:00.000Z",
    "timeZone": "Asia/Tokyo",
    "name": "Bo Ek",
    "email": "bo@example.org",
    "locationId": None,
}

BOOKING: dict[str, Any] = {
    "uid": "_k3_pQw81LmA",
    "eventTypeId": "mT7xR-2bQe0c",
    "name": "Intro call",
    "description": None,
    "status": "open",
    "startedAt": "2027-02-02T00:00:00.000Z",
    "endedAt": "2027-02-02T00:30:00.000Z",
    "locationId": "zoom",
    "url": "https://example.zoom.us/j/1",
    "phoneNumber": None,
    "address": None,
    "customLocation": None,
    "access": None,
    "timeZone": "Asia/Tokyo",
    "priority": None,
    "cancelReason": None,
    "cancelledAt": None,
    "cancelledBy": None,
    "hosts": [{"userId": "u_19", "role": "admin"}],
    "createdAt": "2027-02-01T08:00:00.000Z",
    "updatedAt": "2027-02-01T08:00:00.000Z",
}

TOLD: dict[str, Any] = {
    "createdAt": "2027-02-01T08:00:01.000Z",
    "event": "guest_booked",
    "object": {
        **{name: BOOKING[name] for name in ("uid", "status", "timeZone", "startedAt", "endedAt")},
        **{name: BOOKING[name] for name in ("createdAt", "updatedAt")},
        "eventTypeUid": "mT7xR-2bQe0c",
        "contact": {"email": "bo@example.org", "name": "Bo"},
        "answers": [{"question": "Topic", "content": ["Money"]}],
        "tracking": {f"utm_{each}": None for each in ("campaign", "source", "medium", "content", "term")},
    },
}


def answered(body: Any, status: int = 201) -> Answer:
    """Give an answer."""
    return Answer(status=status, body=json.dumps(body).encode())


def exchange(wish: Any = WISH, data: Any = BOOKING, **changes: Any) -> Exchange:
    """Give an exchange that makes a booking."""
    made = Exchange(
        method="POST",
        path="/v1/bookings",
        query={},
        headers={KEY: "sk_live_x"},
        body=json.dumps(wish).encode(),
        answer=answered({"data": data, "errors": {}}),
    )
    return replace(made, **changes)


def listed(**changes: Any) -> Exchange:
    """Give an exchange that lists bookings."""
    body = {
        "data": [BOOKING],
        "errors": {},
        "totalCount": 1,
        "count": 1,
        "currentPage": 1,
        "numberOfPages": 1,
    }
    made = exchange(method="GET", body=b"", answer=answered(body, 200), query={"page": ["1"]})
    return replace(made, **changes)


def without(body: dict[str, Any], name: str) -> dict[str, Any]:
    """Give an object that lacks a member."""
    return {each: value for each, value in body.items() if each != name}


def test_a_right_exchange_has_no_problems() -> None:
    """With a page of a list, an error, an answer that has no body, or none."""
    good = [
        exchange(),
        listed(),
        exchange(answer=answered({"errors": "No."}, 422)),
        exchange(answer=Answer(status=204)),
        exchange(answer=None),
        exchange(answer=answered("garbage", 200), bent=True),
    ]

    check(good)


@pytest.mark.parametrize(
    "wrong",
    [
        exchange(without(WISH, "email")),
        exchange({**WISH, "message": "m" * 2001}),
        exchange({**WISH, "startedAt": "2027-02-02T00:00:00Z"}),
        exchange({**WISH, "tracking": {"utm_source": "x"}}),
        exchange({**WISH, "ccEmails": ["x"] * 31}),
        exchange({**WISH, "reason": "x"}),
        exchange(headers={}),
        exchange(path="/v1/schedules"),
        exchange(data=without(BOOKING, "access")),
        exchange(data={**BOOKING, "status": "accepted"}),
        exchange(data={**BOOKING, "guest": "Bo"}),
        exchange(data={**BOOKING, "hosts": [{"userId": "u_19"}]}),
        exchange(data="x"),
        exchange(answer=answered({"data": BOOKING})),
        exchange(answer=answered({"message": "No."}, 422)),
        listed(query={"email": ["bo@example.org"]}),
        listed(query={"status": ["request"]}),
        listed(answer=answered({"data": [BOOKING], "errors": {}}, 200)),
        listed(path="/v1/event_types/x/available_schedules", query={"periodStart": [BOOKING["startedAt"]]}),
    ],
    ids=[
        "missing member",
        "too long",
        "no milliseconds",
        "prefix",
        "too many",
        "unknown member",
        "no key",
        "unknown path",
        "answer without a field",
        "wrong value",
        "answer with another field",
        "wrong host",
        "no object",
        "no errors",
        "strange error",
        "unknown parameter",
        "wrong parameter",
        "no page",
        "missing parameter",
    ],
)
def test_a_wrong_exchange_has_problems(wrong: Exchange) -> None:
    """Each of them in words."""
    assert problems(wrong)
    with pytest.raises(AssertionError):
        check([wrong])


@pytest.mark.parametrize(
    ("wrong", "name"),
    [
        (without(TOLD, "createdAt"), "createdAt"),
        ({**TOLD, "object": {**TOLD["object"], "eventTypeId": "x"}}, "eventTypeId"),
        ({**TOLD, "object": without(TOLD["object"], "contact")}, "contact"),
        ({**TOLD, "object": {**TOLD["object"], "tracking": {"source": "x"}}}, "source"),
    ],
    ids=["no time", "the name of the API", "no guest", "no prefix"],
)
def test_a_webhook_has_a_form_of_its_own(wrong: Any, name: str) -> None:
    """Other than that of the API."""
    assert of_webhook(TOLD) == []
    assert any(name in each for each in of_webhook(wrong))
