"""Tests that the check against Cal.com's OpenAPI document finds what is wrong."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from booker_components.testing.calcom import Exchange
from booker_components.testing.calcom.calls import Answer

from .openapi import DIFFERENCES, document, problems
from .prune import plain, references

VERSION = {"cal-api-version": "2024-08-13", "Content-Type": "application/json"}

BODY = {
    "start": "2027-02-02T08:00:00Z",
    "eventTypeId": 1,
    "attendee": {"name": "Bo", "email": "bo@example.org", "timeZone": "UTC"},
}

BOOKING = {
    "id": 1,
    "uid": "x",
    "title": "Intro",
    "description": "",
    "hosts": [],
    "status": "accepted",
    "start": "2027-02-02T08:00:00Z",
    "end": "2027-02-02T08:30:00Z",
    "duration": 30,
    "eventTypeId": 1,
    "eventType": {"id": 1, "slug": "intro"},
    "location": "",
    "absentHost": False,
    "createdAt": "2027-02-01T08:00:00Z",
    "updatedAt": "2027-02-01T08:00:00Z",
    "attendees": [],
    "bookingFieldsResponses": {},
}


def exchange(
    body: Any = BODY, data: Any = BOOKING, *, path: str = "/v2/bookings", **changes: Any
) -> Exchange:
    """Give an exchange that makes a booking."""
    answered = json.dumps({"status": "success", "data": data}).encode()
    made = Exchange(
        method="POST",
        path=path,
        query={},
        headers=VERSION,
        body=json.dumps(body).encode(),
        answer=Answer(status=201, body=answered),
    )
    return replace(made, **changes)


def error(status: int, body: Any) -> Answer:
    """Give an answer that is an error."""
    return Answer(status=status, body=json.dumps(body).encode())


def test_a_right_exchange_has_no_problems() -> None:
    """Though it fits several of the document's alternatives."""
    assert problems(exchange()) == []


@pytest.mark.parametrize(
    "wrong",
    [
        exchange({**BODY, "attendee": {"name": "Bo"}}),
        exchange({**BODY, "eventTypeId": "1"}),
        exchange({**BODY, "reason": "x"}),
        exchange({**BODY, "attendee": {**BODY["attendee"], "zone": "UTC"}}),  # type: ignore[dict-item]
        exchange(headers={"Content-Type": "application/json"}),
        exchange(query={"eventTypeId": ["1"]}),
        exchange(path="/v2/nothing"),
        exchange(data={**BOOKING, "status": "ACCEPTED"}),
        exchange(data={name: value for name, value in BOOKING.items() if name != "start"}),
        exchange(answer=error(400, {"oops": True})),
    ],
    ids=[
        "missing property",
        "wrong type",
        "unknown property",
        "unknown inner property",
        "no version",
        "unknown parameter",
        "unknown path",
        "wrong answer",
        "answer without a property",
        "strange error",
    ],
)
def test_a_wrong_exchange_has_problems(wrong: Exchange) -> None:
    """Each of them in words."""
    assert problems(wrong)


@pytest.mark.parametrize(
    "body",
    [
        {
            "status": "error",
            "timestamp": "",
            "path": "/v2/bookings",
            "error": {"code": "", "message": "", "details": {}},
        },
        {"statusCode": 400, "message": "x"},
        {"error": "invalid_grant", "error_description": "x"},
    ],
    ids=["A", "B", "C"],
)
def test_errors_have_three_shapes(body: dict[str, Any]) -> None:
    """Of contracts/calcom.md 4.5."""
    made = exchange()
    made.answer = error(400, body)

    assert problems(made) == []


def test_an_answer_that_a_test_has_bent_is_let_pass() -> None:
    """The request is looked at all the same."""
    made = exchange({**BODY, "reason": "x"})
    made.answer, made.bent = error(502, "garbage"), True

    assert problems(made)
    assert problems(replace(made, body=json.dumps(BODY).encode())) == []


def test_each_difference_names_its_section() -> None:
    """And says what the code does."""
    for each in DIFFERENCES:
        assert each.section.replace(".", "").isdigit()
        assert each.says.endswith(".")


def test_the_document_holds_facts_only() -> None:
    """No sentence of its authors is in it, and every schema that is referred to."""

    def texts(node: Any) -> list[str]:
        if isinstance(node, dict):
            return [text for each in node.values() for text in texts(each)]
        if isinstance(node, list):
            return [text for each in node for text in texts(each)]
        return [node] if isinstance(node, str) else []

    facts = [document()["paths"], document()["components"]]
    assert not [text for text in texts(facts) if " " in text]
    assert references(document()) <= document()["components"]["schemas"].keys()


def test_words_are_pruned_and_names_are_kept() -> None:
    """A property that is called like a keyword stays."""
    source = {
        "title": "T",
        "properties": {"title": {"type": "string", "description": "D", "example": "E"}},
        "oneOf": [{"$ref": "#/components/schemas/X"}],
    }

    assert plain(source) == {
        "properties": {"title": {"type": "string"}},
        "anyOf": [{"$ref": "#/components/schemas/X"}],
    }
