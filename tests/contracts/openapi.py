"""Holds calls and answers against Cal.com's OpenAPI document, by openapi-core.

`problems` looks at one exchange of `FakeCalcom.requests`, `check` at all of them. Requests are looked at more
strictly than the document asks: a property or a parameter that it does not know is a problem, for Cal.com
drops it without a word. Errors, of which the document says nothing, are held against the three shapes of
contracts/calcom.md 4.5. Where that contract says that Cal.com's code differs from its document, the document
is amended by `DIFFERENCES`; nothing else is let pass.
"""

from __future__ import annotations

import fnmatch
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from http import HTTPStatus
from pathlib import Path
from typing import Any

from openapi_core import Config, OpenAPI
from openapi_core.testing import MockRequest, MockResponse

from booker_components.testing.calcom.server import Exchange

from .prune import references

_DOCUMENT = Path(__file__).with_name("calcom-openapi.json")

_BOOLEAN = {"type": "boolean"}
_NUMBER = {"type": "number"}
_TEXT = {"type": "string"}
_PEOPLE = {"type": "array", "items": {"type": "object", "required": ["id", "name", "username"]}}
_STATUS = {"type": "string", "enum": ["success", "error"]}


def _to(name: str) -> dict[str, Any]:
    return {"$ref": f"#/components/schemas/{name}"}


def _or(*schemas: dict[str, Any]) -> dict[str, Any]:
    return {"anyOf": list(schemas)}


def _or_null(schema: dict[str, Any]) -> dict[str, Any]:
    return _or(schema, {"type": "string", "nullable": True, "enum": [None]})


@dataclass(frozen=True, kw_only=True)
class Difference:
    """A place where Cal.com's code differs from its document."""

    #: Of contracts/calcom.md.
    section: str
    #: What the code does.
    says: str
    #: The part of the document: names and numbers with blanks between them; `*` stands for any characters.
    at: str
    #: What stands there in truth.
    truth: Any


_EVENT_TYPE = "components schemas *EventTypeOutput_2024_06_14 properties"
_DISABLED = _to("Disabled_2024_06_14")
_WINDOW = _or(*(_to(f"{kind}Window_2024_06_14") for kind in ("BusinessDays", "CalendarDays", "Range")))
_HOURS = "components schemas ScheduleAvailabilityInput_2024_06_11 properties"
_SLOT = {
    "type": "object",
    "required": ["start"],
    "properties": {
        "start": {"type": "string", "format": "date-time"},
        "end": {"type": "string", "format": "date-time"},
        "seatsBooked": _NUMBER,
        "seatsRemaining": _NUMBER,
        "seatsTotal": _NUMBER,
        "bookingUid": _TEXT,
    },
    "additionalProperties": False,
}
_TOKEN = _or(
    *(_to(f"OAuth2{way}Input") for way in ("ExchangeConfidential", "ExchangePublic")),
    *(_to(f"OAuth2{way}Input") for way in ("RefreshConfidential", "RefreshPublic")),
)
_SLOTS = {
    "type": "object",
    "required": ["status", "data"],
    "properties": {
        "status": _STATUS,
        "data": {"type": "object", "additionalProperties": {"type": "array", "items": _SLOT}},
    },
}

#: All of them; whatever else differs from the document is a problem.
DIFFERENCES: tuple[Difference, ...] = (
    Difference(
        section="4.1",
        says="The status of calendar links is a text, as in every other envelope.",
        at="components schemas CalendarLinksOutput_2024_08_13 properties status",
        truth=_STATUS,
    ),
    Difference(
        section="4.6",
        says="Slots come in the envelope, as objects, with seats where there are any.",
        at="paths /v2/slots get responses 200 content application/json schema",
        truth=_SLOTS,
    ),
    Difference(
        section="4.6",
        says="A reservation is read as it was made, or null when it is gone.",
        at="components schemas GetReservedSlotOutput_2024_09_04 properties data",
        truth=_or_null(_to("ReserveSlotOutput_2024_09_04")),
    ),
    Difference(
        section="4.7",
        says="An event type that does not recur has null.",
        at=f"{_EVENT_TYPE} recurrence",
        truth=_or_null(_to("Recurrence_2024_06_14")),
    ),
    Difference(
        section="4.7",
        says="Seats may be disabled.",
        at=f"{_EVENT_TYPE} seats",
        truth=_or(_to("Seats_2024_06_14"), _DISABLED),
    ),
    Difference(
        section="4.7",
        says="The booking window may be one, a list, or disabled.",
        at=f"{_EVENT_TYPE} bookingWindow",
        truth=_or(_DISABLED, _WINDOW, {"type": "array", "items": _WINDOW}),
    ),
    Difference(
        section="4.7",
        says="Minutes are a number; null stands for the duration.",
        at=f"{_EVENT_TYPE} slotInterval",
        truth=_or_null(_NUMBER),
    ),
    Difference(
        section="4.7",
        says="The flat copy of the seats is a number, or null without seats.",
        at=f"{_EVENT_TYPE} seatsPerTimeSlot",
        truth=_or_null(_NUMBER),
    ),
    Difference(
        section="4.7",
        says="The address of a success page is a text, or null.",
        at=f"{_EVENT_TYPE} successRedirectUrl",
        truth=_or_null(_TEXT),
    ),
    Difference(
        section="4.7",
        says="Whether it gets parameters is a boolean.",
        at=f"{_EVENT_TYPE} forwardParamsSuccessRedirect",
        truth=_or_null(_BOOLEAN),
    ),
    Difference(section="4.7", says="Users are objects.", at=f"{_EVENT_TYPE} users", truth=_PEOPLE),
    Difference(section="4.7", says="Hosts are objects.", at=f"{_EVENT_TYPE} hosts", truth=_PEOPLE),
    Difference(
        section="4.7",
        says="The owner of an event type is a number; one of a team has none.",
        at="components schemas TeamEventTypeOutput_2024_06_14 properties ownerId",
        truth=_or_null(_NUMBER),
    ),
    Difference(
        section="4.8",
        says="Several statuses are one text, separated by commas.",
        at="paths /v2/bookings get parameters 1 schema",
        truth={"type": "string", "pattern": "^(upcoming|recurring|past|cancelled|unconfirmed|,)+$"},
    ),
    Difference(
        section="4.9",
        says="The days of working hours are a list of weekdays.",
        at=f"{_HOURS} days",
        truth={"type": "array", "items": {"type": "string", "pattern": "day$"}},
    ),
    Difference(
        section="4.9",
        says='Hours are written like "09:00".',
        at="components schemas Schedule*Input_2024_06_11 properties *Time",
        truth={"type": "string", "pattern": r"^\d\d:\d\d$"},
    ),
    Difference(
        section="4.11",
        says="The token endpoint takes forms, too.",
        at="paths /v2/auth/oauth2/token post requestBody content",
        truth={
            kind: {"schema": _TOKEN} for kind in ("application/json", "application/x-www-form-urlencoded")
        },
    ),
    Difference(
        section="10.3",
        says="Whether a booking field is one of the system's is a boolean.",
        at="components schemas *FieldOutput_2024_06_14 properties isDefault",
        truth=_BOOLEAN,
    ),
    Difference(
        section="10.3",
        says="Whether an address is required is a boolean.",
        at="components schemas EmailDefaultFieldOutput_2024_06_14 properties required",
        truth=_BOOLEAN,
    ),
)


# --- the document --------------------------------------------------------------------------------


@cache
def document() -> dict[str, Any]:
    """Give Cal.com's document as its code has it; bodies of requests are closed to unknown properties."""
    made: dict[str, Any] = json.loads(_DOCUMENT.read_text("utf-8"))
    for each in DIFFERENCES:
        _amend(made, each)
    schemas = made["components"]["schemas"]
    answered = _reached(schemas, [way["responses"] for way in _ways(made)])
    for name in _reached(schemas, [way.get("requestBody") for way in _ways(made)]) - answered:
        if "properties" in schemas[name]:
            schemas[name]["additionalProperties"] = False
    return made


def _ways(made: dict[str, Any]) -> list[dict[str, Any]]:
    return [way for ways in made["paths"].values() for way in ways.values()]


def _amend(made: dict[str, Any], difference: Difference) -> None:
    """Write the truth where the document differs; a place that is not there is a mistake of ours."""
    *parents, last = difference.at.split(" ")
    nodes: list[Any] = [made]
    for key in parents:
        nodes = [node[each] for node in nodes for each in _keys(node, key)]
    places = [(node, each) for node in nodes for each in _keys(node, last)]
    assert places, f"The document has no {difference.at!r}."
    for node, each in places:
        node[each] = difference.truth


def _keys(node: Any, wanted: str) -> list[Any]:
    if isinstance(node, list):
        return [int(wanted)]
    return fnmatch.filter(node, wanted)


def _reached(schemas: dict[str, Any], nodes: Sequence[Any]) -> set[str]:
    found: set[str] = set()
    waiting = {name for node in nodes for name in references(node)}
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting |= references(schemas[name])
    return found


@cache
def _openapi() -> OpenAPI:
    # The document itself is not valid, as it comes from Cal.com: it is not looked at, only used.
    return OpenAPI.from_dict(document(), config=Config(spec_validator_cls=None))


def _way(method: str, path: str) -> dict[str, Any] | None:
    """Give what the document says of a method and path; literal paths come before those with parameters."""
    found = [each for each in document()["paths"] if _matches(each, path)]
    found.sort(key=lambda each: each.count("{"))
    return next((document()["paths"][each].get(method.lower()) for each in found), None)


def _matches(template: str, path: str) -> bool:
    one, other = template.split("/"), path.split("/")
    pairs = zip(one, other, strict=False)
    return len(one) == len(other) and all(a == b or a.startswith("{") for a, b in pairs)


# --- checks --------------------------------------------------------------------------------------


def check(exchanges: Sequence[Exchange]) -> None:
    """Fail if any of *exchanges* is not as the document says."""
    found = [f"{each.method} {each.path}: {problem}" for each in exchanges for problem in problems(each)]
    assert not found, "\n".join(found)


def problems(exchange: Exchange) -> list[str]:
    """Give what is wrong with a request and its answer, in words; nothing if all is well."""
    way = _way(exchange.method, exchange.path)
    if way is None:
        return ["The document has no such path."]
    return [*_of_query(exchange, way), *_of_request(exchange), *answer_problems(exchange)]


def answer_problems(exchange: Exchange) -> list[str]:
    """Give what is wrong with an answer; nothing for one that a test has bent, or that was never given."""
    if exchange.answer is None or exchange.bent:
        return []
    if exchange.answer.status >= HTTPStatus.BAD_REQUEST:
        return _of_error(exchange)
    given = exchange.answer
    made = MockResponse(given.body, given.status, given.headers, "application/json")
    return [
        f"answer: {text}"
        for error in _openapi().iter_response_errors(_request(exchange), made)
        for text in _words(error)
    ]


def _of_query(exchange: Exchange, way: dict[str, Any]) -> list[str]:
    known = {each["name"] for each in way.get("parameters", ()) if each["in"] == "query"}
    return [f"request: unknown parameter {name!r}" for name in exchange.query if name not in known]


def _of_request(exchange: Exchange) -> list[str]:
    errors = _openapi().iter_request_errors(_request(exchange))
    return [f"request: {text}" for error in errors for text in _words(error)]


def _request(exchange: Exchange) -> MockRequest:
    return MockRequest(
        host_url="http://127.0.0.1",
        method=exchange.method,
        path=exchange.path,
        args={name: values[0] if len(values) == 1 else values for name, values in exchange.query.items()},
        headers=dict(exchange.headers),
        data=exchange.body,
        content_type=exchange.headers.get("Content-Type", "application/json"),
    )


def _words(error: BaseException) -> Iterator[str]:
    """Give the causes of a failure, the innermost, which say most."""
    inner = getattr(error, "schema_errors", None)
    if inner is not None:
        for each in inner:
            yield from _deepest(each)
    elif error.__cause__ is not None:
        yield from _words(error.__cause__)
    else:
        yield str(error)


def _deepest(error: Any) -> Iterator[str]:
    where = "/".join(str(part) for part in error.absolute_path)
    yield f"{where or 'body'}: {error.message[:200]}"
    for each in error.context or ():
        yield from (f"  {text}" for text in _deepest(each))


def _of_error(exchange: Exchange) -> list[str]:
    """Tell whether an error has one of the shapes of contracts/calcom.md 4.5."""
    assert exchange.answer is not None
    body = exchange.answer.json
    status = exchange.answer.status
    if not isinstance(body, dict):
        return ["answer: an error that is no JSON object"]
    if body.get("status") == "error":
        error = body.get("error") or {}
        whole = body.keys() >= {"timestamp", "path"} and error.keys() >= {"code", "message", "details"}
        return [] if whole and body["path"] == exchange.path else ["answer: not the shape A of an error"]
    if "statusCode" in body:
        good = body["statusCode"] == status and isinstance(body.get("message"), str)
        return [] if good else ["answer: not the shape B of an error"]
    good = isinstance(body.get("error"), str) and isinstance(body.get("error_description"), str)
    return [] if good else ["answer: an error of none of the shapes"]
