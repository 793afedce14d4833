"""Holds calls and answers against what is known of Jicoo's API (contracts/jicoo.md 2-4).

`problems` looks at one exchange of `FakeJicoo.requests`, `check` at all of them, `of_webhook` at what a
webhook says. Requests are looked at more strictly than Jicoo does: a member of a body or a parameter that is
not documented is a problem, for Jicoo may drop it without a word.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from booker_components.testing.exchanges import Exchange

#: Tells what is wrong with a value, which is called by a name.
Look = Callable[[Any, str], Iterator[str]]

KEY = "X-Jicoo-Api-Key"

_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", re.ASCII)
_LOCATIONS = ("inPerson", "phone", "zoom", "googleMeet", "askInvitee", "teams", "custom")
_UTM = ("campaign", "source", "medium", "content", "term")


# --- kinds of values -----------------------------------------------------------------------------


def _kind(what: str, good: Callable[[Any], bool]) -> Look:
    def look(value: Any, name: str) -> Iterator[str]:
        if not good(value):
            yield f"{name} is not {what}"

    return look


def _whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


ANY: Look = _kind("anything", lambda value: True)
TEXT = _kind("a text", lambda value: isinstance(value, str))
NUMBER = _kind("a whole number", _whole)
FLAG = _kind("a boolean", lambda value: isinstance(value, bool))
INSTANT = _kind("an instant", lambda value: isinstance(value, str) and bool(_INSTANT.fullmatch(value)))
DIGITS = _kind("a number", lambda value: isinstance(value, str) and value.isdigit())


def up_to(most: int) -> Look:
    """Let pass a text of at most *most* characters."""
    return _kind(f"a text of {most} characters", lambda value: isinstance(value, str) and len(value) <= most)


def one_of(*choices: Any) -> Look:
    """Let pass one of *choices*."""
    return _kind(f"one of {', '.join(map(str, choices))}", lambda value: value in choices)


def maybe(look: Look) -> Look:
    """Let pass null, too."""

    def looked(value: Any, name: str) -> Iterator[str]:
        return iter(()) if value is None else look(value, name)

    return looked


def many(look: Look, *, most: int | None = None) -> Look:
    """Let pass a list of such values."""

    def looked(value: Any, name: str) -> Iterator[str]:
        if not isinstance(value, list) or (most is not None and len(value) > most):
            yield f"{name} is not a list" + (f" of {most}" if most else "")
            return
        for number, each in enumerate(value):
            yield from look(each, f"{name}[{number}]")

    return looked


def members(
    needed: Mapping[str, Look], others: Mapping[str, Look] | None = None, *, open: bool = False
) -> Look:
    """Let pass an object with all that is *needed*, with some of the *others*, and if *open* with more."""
    known = {**needed, **(others or {})}

    def looked(value: Any, name: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{name} is not an object"
            return
        yield from (f"{name}.{each} is missing" for each in needed if each not in value)
        for each, inner in value.items():
            if each in known:
                yield from known[each](inner, f"{name}.{each}")
            elif not open:
                yield f"{name}.{each} is unknown"

    return looked


# --- objects -------------------------------------------------------------------------------------

_BOOKING_HOST = members({"userId": TEXT, "role": one_of("admin", "editor", "viewer")})

#: 21 fields (section 2.1).
BOOKING_FIELDS: dict[str, Look] = {
    "uid": TEXT,
    "eventTypeId": maybe(TEXT),
    "name": TEXT,
    "description": maybe(TEXT),
    "status": one_of("request", "open", "cancel"),
    "startedAt": INSTANT,
    "endedAt": INSTANT,
    "locationId": maybe(one_of(*_LOCATIONS)),
    "url": maybe(TEXT),
    "phoneNumber": maybe(TEXT),
    "address": maybe(TEXT),
    "customLocation": maybe(TEXT),
    "access": maybe(TEXT),
    "timeZone": TEXT,
    "priority": maybe(one_of("low", "middle", "high")),
    "cancelReason": maybe(TEXT),
    "cancelledAt": maybe(INSTANT),
    "cancelledBy": maybe(one_of("host", "guest")),
    "hosts": many(_BOOKING_HOST),
    "createdAt": INSTANT,
    "updatedAt": INSTANT,
}

_ANSWERS = many(members({"question": TEXT, "content": many(TEXT)}))

#: 11 fields (section 2.7).
CONTACT_FIELDS: dict[str, Look] = {
    "name": TEXT,
    "email": maybe(TEXT),
    "ccEmails": many(TEXT),
    "company": maybe(TEXT),
    "phoneNumber": maybe(TEXT),
    "message": maybe(TEXT),
    "textRemindNumber": maybe(TEXT),
    "textRemindCountryCode": maybe(TEXT),
    "answers": _ANSWERS,
    "createdAt": INSTANT,
    "updatedAt": INSTANT,
}

#: What running code uses; the other fields are not known (section 2.8).
EVENT_TYPE_FIELDS: dict[str, Look] = {
    "uid": TEXT,
    "name": TEXT,
    "status": one_of("enable", "disable"),
    "duration": NUMBER,
}

#: 8 fields (section 2.10).
HOST_FIELDS: dict[str, Look] = {
    "uid": TEXT,
    "name": TEXT,
    "email": TEXT,
    "profileImage": maybe(TEXT),
    "role": one_of("admin", "editor", "viewer"),
    "priority": one_of(0, 1, 2, 3),
    "userType": one_of("host", "notifyHost"),
    "sort": NUMBER,
}

_HOURS = members(
    {
        "startHour": NUMBER,
        "startMinute": NUMBER,
        "endHour": NUMBER,
        "endMinute": NUMBER,
        "startedAt": INSTANT,
        "endedAt": maybe(INSTANT),
        "wday": one_of(0, 1, 2, 3, 4, 5, 6, 7),
        "frequencyType": NUMBER,
        "frequencyInterval": NUMBER,
        "exceptions": maybe(ANY),
    }
)

#: 9 fields (section 2.12).
CALENDAR_FIELDS: dict[str, Look] = {
    "uid": TEXT,
    "teamId": NUMBER,
    "userId": TEXT,
    "name": TEXT,
    "isDefault": one_of(0, 1),
    "timezone": TEXT,
    "createdAt": INSTANT,
    "updatedAt": INSTANT,
    "calendars": many(_HOURS),
}

BOOKING = members(BOOKING_FIELDS)
CONTACT = members(CONTACT_FIELDS)
EVENT_TYPE = members(EVENT_TYPE_FIELDS, open=True)
HOST = members(HOST_FIELDS)
CALENDAR = members(CALENDAR_FIELDS)
SLOT = members({"startedAt": INSTANT, "remainingCapacity": NUMBER})
#: The fields are not known, but for the name, and an id under one name or another.
USER = members({"name": TEXT}, open=True)

#: What a webhook says (section 4); what some have met besides is let pass.
WEBHOOK = members(
    {
        "createdAt": INSTANT,
        "event": TEXT,
        "object": members(
            {
                "uid": TEXT,
                "eventTypeUid": TEXT,
                "status": one_of("request", "open", "cancel"),
                "timeZone": TEXT,
                "startedAt": INSTANT,
                "endedAt": INSTANT,
                "createdAt": INSTANT,
                "updatedAt": INSTANT,
                "contact": members(
                    {"email": maybe(TEXT), "name": TEXT}, {"lastName": maybe(TEXT), "phone": maybe(TEXT)}
                ),
                "answers": _ANSWERS,
                "tracking": members({f"utm_{each}": maybe(TEXT) for each in _UTM}),
            },
            {"name": TEXT, "url": maybe(TEXT), "hosts": many(_BOOKING_HOST)},
        ),
    }
)


# --- calls ---------------------------------------------------------------------------------------

_CREATE = members(
    {
        "eventTypeId": TEXT,
        "startedAt": INSTANT,
        "timeZone": TEXT,
        "email": up_to(255),
        "name": up_to(64),
    },
    {
        # One copy of the documents requires it, another does not.
        "locationId": maybe(one_of(*_LOCATIONS)),
        "company": up_to(32),
        "phoneNumber": up_to(32),
        "message": up_to(2000),
        "ccEmails": many(TEXT, most=30),
        "textRemindCountryCode": up_to(255),
        "textRemindNumber": up_to(32),
        "locale": one_of("ja", "en"),
        "answers": many(members({"questionUid": TEXT, "content": ANY})),
        "tracking": members({}, dict.fromkeys(_UTM, up_to(255))),
        "payment": members(
            {},
            {
                "paymentMethod": one_of("none", "card", "onsite"),
                "items": many(ANY),
                "successUrl": TEXT,
                "cancelUrl": TEXT,
            },
        ),
    },
)

_UPDATE = members(
    {},
    {
        "name": TEXT,
        "description": maybe(TEXT),
        "timeZone": TEXT,
        "startedAt": INSTANT,
        "endedAt": INSTANT,
        "hosts": many(_BOOKING_HOST),
        "priority": one_of("low", "middle", "high"),
        "updateMessage": up_to(2000),
        "isSendUpdates": FLAG,
    },
)

_PAGES: dict[str, Look] = {"page": DIGITS, "perPage": DIGITS}
_NO_BODY = members({})


@dataclass(frozen=True, kw_only=True)
class Way:
    """What is known of a method and path."""

    method: str
    #: A pattern.
    path: str
    #: The member "data" of its answer.
    data: Look
    #: Whether the answer is a page of a list.
    paged: bool = False
    #: The parameters of the query that may be there, and those that have to be.
    query: Mapping[str, Look] = field(default_factory=dict)
    needed: Sequence[str] = ()
    body: Look = _NO_BODY
    #: Whether it is called without a key.
    open: bool = False


_ONE = r"/v1/bookings/[^/]+"
_PAGE = r"/v1/event_types/[^/]+"

#: Every call that is known well enough (section 2).
WAYS = (
    Way(
        method="GET",
        path="/v1/bookings",
        data=many(BOOKING),
        paged=True,
        query={
            **_PAGES,
            "status": one_of("open", "cancel"),
            "startedAt": INSTANT,
            "endedAt": INSTANT,
            "sort": one_of("asc", "desc"),
            "order": one_of("startedAt", "createdAt"),
        },
    ),
    Way(method="POST", path="/v1/bookings", data=BOOKING, body=_CREATE),
    Way(method="GET", path=_ONE, data=BOOKING),
    Way(method="PATCH", path=_ONE, data=BOOKING, body=_UPDATE),
    Way(method="GET", path=f"{_ONE}/contacts", data=many(CONTACT)),
    Way(
        method="POST",
        path=f"{_ONE}/reschedule",
        data=BOOKING,
        body=members({"timeZone": TEXT, "startedAt": INSTANT}),
    ),
    # Under which key the reason stands is not known (section 2.5).
    Way(method="POST", path=f"{_ONE}/cancel", data=BOOKING, body=members({}, open=True)),
    Way(
        method="GET",
        path="/v1/event_types",
        data=many(EVENT_TYPE),
        paged=True,
        query={**_PAGES, "teamId": TEXT},
    ),
    Way(method="GET", path=_PAGE, data=EVENT_TYPE),
    Way(
        method="GET",
        path=f"{_PAGE}/available_schedules",
        data=many(SLOT),
        query={"periodStart": INSTANT, "periodEnd": INSTANT},
        needed=("periodStart", "periodEnd"),
    ),
    Way(
        method="GET",
        path="/v1/event_type_hosts",
        data=many(HOST),
        paged=True,
        query={**_PAGES, "eventTypeId": TEXT},
    ),
    Way(
        method="PATCH", path=f"{_PAGE}/hosts/[^/]+", data=HOST, body=members({"priority": one_of(0, 1, 2, 3)})
    ),
    Way(
        method="POST",
        path=r"/v1/teams/[^/]+/event_types/[^/]+/validate",
        data=members({"url": TEXT}),
        body=members({"name": TEXT, "email": TEXT}),
        open=True,
    ),
    Way(method="GET", path="/v1/organization/users", data=many(USER), paged=True, query=_PAGES),
    Way(
        method="GET",
        path="/v1/user_availability_calendars",
        data=many(CALENDAR),
        paged=True,
        query={**_PAGES, "userId": TEXT},
        needed=("userId",),
    ),
    Way(method="GET", path=r"/v1/user_availability_calendars/[^/]+", data=CALENDAR),
)

_PAGING: dict[str, Look] = {
    "totalCount": NUMBER,
    "count": NUMBER,
    "currentPage": NUMBER,
    "numberOfPages": NUMBER,
}


# --- checks --------------------------------------------------------------------------------------


def check(exchanges: Sequence[Exchange]) -> None:
    """Fail if any of *exchanges* is not as is known."""
    found = [f"{each.method} {each.path}: {problem}" for each in exchanges for problem in problems(each)]
    assert not found, "\n".join(found)


def problems(exchange: Exchange) -> list[str]:
    """Give what is wrong with a request and its answer, in words; nothing if all is well."""
    ways = (each for each in WAYS if each.method == exchange.method)
    way = next((each for each in ways if re.fullmatch(each.path, exchange.path)), None)
    if way is None:
        return ["request: nothing is known of such a call"]
    return [*_of_request(exchange, way), *_of_answer(exchange, way)]


def of_webhook(payload: Any) -> list[str]:
    """Give what is wrong with what a webhook says; nothing if all is well."""
    return list(WEBHOOK(payload, "webhook"))


def _of_request(exchange: Exchange, way: Way) -> Iterator[str]:
    if not way.open and not exchange.headers.get(KEY):
        yield f"request: no {KEY}"
    for name, values in exchange.query.items():
        look = way.query.get(name)
        if look is None:
            yield f"request: the parameter {name} is unknown"
        for value in values if look else ():
            yield from look(value, f"request: {name}")
    yield from (f"request: {name} is missing" for name in way.needed if name not in exchange.query)
    yield from way.body(exchange.json if exchange.body else {}, "request")


def _of_answer(exchange: Exchange, way: Way) -> Iterator[str]:
    """Look at an answer that no test has bent."""
    given = exchange.answer
    if given is None or exchange.bent or given.status == HTTPStatus.NO_CONTENT:
        return
    if given.status >= HTTPStatus.BAD_REQUEST:
        yield from members({"errors": ANY}, {"data": ANY})(given.json, "answer")
        return
    paging = _PAGING if way.paged else {}
    more = {"nextPage": NUMBER} if way.paged else {}
    yield from members({"data": way.data, "errors": members({}), **paging}, more)(given.json, "answer")
