"""Booking pages, their hosts and free times, and Account Integration (contracts/jicoo.md 2.8-2.10, 3)."""

from __future__ import annotations

import base64
from datetime import timedelta
from urllib.parse import quote

from ..exchanges import stamp
from .availability import free
from .calls import Answer, Call, Refusal, Route, listed, success
from .records import Host
from .showing import shown_event_type, shown_host

#: The longest window that may be asked for at once (contracts/jicoo.md 2.9).
_MOST = timedelta(days=7)


def _list(call: Call) -> Answer:
    return listed(call, call.store.event_types.values(), shown_event_type)


def _get(call: Call, uid: str) -> Answer:
    return success(shown_event_type(call.store.event_type(uid)))


def _slots(call: Call, uid: str) -> Answer:
    event_type = call.store.event_type(uid)
    start, end = call.instant("periodStart", required=True), call.instant("periodEnd", required=True)
    assert start is not None
    assert end is not None
    if end <= start or end - start > _MOST:
        raise Refusal(422, {"periodEnd": ["is not within 7 days after the start"]})
    found = free(call.store, event_type, (start, end))
    return success([{"startedAt": stamp(each), "remainingCapacity": left} for each, left in found.items()])


# --- hosts ---------------------------------------------------------------------------------------


def _hosts(call: Call) -> Answer:
    """List the hosts of all booking pages, or of one; whether there is such a filter nobody knows."""
    wanted = call.one("eventTypeId")
    pages = [each for each in call.store.event_types.values() if wanted in ("", each.uid)]
    return listed(call, [pair for page in pages for pair in enumerate(page.hosts)], shown_host)


def _set_priority(call: Call, uid: str, host: str) -> Answer:
    hosts = call.store.event_type(uid).hosts
    pair = next((pair for pair in enumerate(hosts) if pair[1].uid == host), None)
    if pair is None:
        raise Refusal(404, "There is no such host.")
    _prioritise(pair[1], call.json.get("priority"))
    return success(shown_host(pair))


def _prioritise(host: Host, priority: object) -> None:
    if not isinstance(priority, int) or not 0 <= priority <= 3:
        raise Refusal(422, {"priority": ["is not from 0 to 3"]})
    host.priority = priority


# --- Account Integration -------------------------------------------------------------------------


def _validate(call: Call, team: str, uid: str) -> Answer:
    """Give the address of the booking page for a guest whose name and address are fixed."""
    event_type = call.store.event_type(uid)
    if team != call.store.team:
        raise Refusal(404, "There is no such team.")
    name, email = call.json.get("name"), call.json.get("email")
    if not (isinstance(name, str) and name and isinstance(email, str) and email):
        raise Refusal(400, "The name or the email is missing.")
    session = _session(call)
    call.store.guests[session] = (name, email)
    page = f"{call.store.app_url}/t/{team}/e/{event_type.uid}?guestSessionId={quote(session, safe='')}"
    return success({"url": page}, status=201)


def _session(call: Call) -> str:
    """Give three parts in base64, as a sealed message has: data, start, tag (contracts/jicoo.md 3)."""
    parts = (call.store.name(length).encode() for length in (40, 12, 16))
    return "--".join(base64.b64encode(each).decode() for each in parts)


_ONE = "/event_types/<uid>"

ROUTES = (
    Route(method="GET", path="/event_types", handler=_list, guarded=True),
    Route(method="GET", path=_ONE, handler=_get, guarded=True),
    Route(method="GET", path=f"{_ONE}/available_schedules", handler=_slots),
    Route(method="GET", path="/event_type_hosts", handler=_hosts, guarded=True),
    Route(method="PATCH", path=f"{_ONE}/hosts/<host>", handler=_set_priority, guarded=True),
    Route(method="POST", path="/teams/<team>/event_types/<uid>/validate", handler=_validate, open=True),
)
