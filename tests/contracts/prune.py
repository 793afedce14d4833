"""Make calcom-openapi.json out of Cal.com's own document: `python -m tests.contracts.prune SOURCE`.

Kept are the facts of the paths that we use: parameters, bodies, answers, and the schemas they reach. Left
out is everything written for people. Two faults of the document are mended on the way: `oneOf` becomes
`anyOf`, for its alternatives overlap and every valid booking would be refused; and required headers lose
their `default`, which makes a missing header count as there.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).with_name("calcom-openapi.json")

PATHS = (
    "/v2/auth/oauth2/clients/{clientId}",
    "/v2/auth/oauth2/token",
    "/v2/bookings",
    "/v2/bookings/by-seat/{seatUid}",
    "/v2/bookings/{bookingUid}",
    "/v2/bookings/{bookingUid}/attendees",
    "/v2/bookings/{bookingUid}/attendees/{attendeeId}",
    "/v2/bookings/{bookingUid}/calendar-links",
    "/v2/bookings/{bookingUid}/cancel",
    "/v2/bookings/{bookingUid}/confirm",
    "/v2/bookings/{bookingUid}/decline",
    "/v2/bookings/{bookingUid}/guests",
    "/v2/bookings/{bookingUid}/location",
    "/v2/bookings/{bookingUid}/mark-absent",
    "/v2/bookings/{bookingUid}/reschedule",
    "/v2/event-types",
    "/v2/event-types/{eventTypeId}",
    "/v2/event-types/{eventTypeId}/webhooks",
    "/v2/event-types/{eventTypeId}/webhooks/{webhookId}",
    "/v2/me",
    "/v2/oauth-clients",
    "/v2/oauth-clients/{clientId}",
    "/v2/oauth-clients/{clientId}/users",
    "/v2/oauth-clients/{clientId}/users/{userId}",
    "/v2/oauth-clients/{clientId}/users/{userId}/force-refresh",
    "/v2/oauth-clients/{clientId}/webhooks",
    "/v2/oauth-clients/{clientId}/webhooks/{webhookId}",
    "/v2/oauth/{clientId}/refresh",
    "/v2/schedules",
    "/v2/schedules/default",
    "/v2/schedules/{scheduleId}",
    "/v2/slots",
    "/v2/slots/reservations",
    "/v2/slots/reservations/{uid}",
    "/v2/teams",
    "/v2/teams/{teamId}",
    "/v2/teams/{teamId}/bookings",
    "/v2/teams/{teamId}/event-types",
    "/v2/teams/{teamId}/event-types/{eventTypeId}",
    "/v2/webhooks",
    "/v2/webhooks/{webhookId}",
)

#: Ways that no part of ours goes.
_LEFT_OUT = {
    ("/v2/teams", "post"),
    ("/v2/teams/{teamId}", "patch"),
    ("/v2/teams/{teamId}", "delete"),
    ("/v2/teams/{teamId}/event-types", "post"),
    ("/v2/teams/{teamId}/event-types/{eventTypeId}", "patch"),
    ("/v2/teams/{teamId}/event-types/{eventTypeId}", "delete"),
}

#: Keywords that are words for people, or that validators stumble over.
_WORDS = {
    "default",
    "deprecated",
    "description",
    "discriminator",
    "example",
    "examples",
    "externalDocs",
    "operationId",
    "summary",
    "tags",
    "title",
}

#: Keywords whose keys are names, not keywords.
_NAMES = ("properties", "paths", "schemas", "responses", "content")


def prune(source: dict[str, Any]) -> dict[str, Any]:
    """Give the facts of a document that we use."""
    paths = {
        path: {method: plain(way) for method, way in source["paths"][path].items() if _used(path, method)}
        for path in PATHS
    }
    schemas: dict[str, Any] = {}
    waiting = references(paths)
    while waiting:
        name = waiting.pop()
        if name not in schemas:
            schemas[name] = plain(source["components"]["schemas"][name])
            waiting |= references(schemas[name])
    return {
        "openapi": source["openapi"],
        "info": {"title": "Cal.com API v2", "version": source["info"]["version"]},
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items()))},
    }


def _used(path: str, method: str) -> bool:
    return (path, method) not in _LEFT_OUT


def plain(node: Any, *, names: bool = False) -> Any:
    """Give a part of the document without words; with *names* its keys are names, which stay."""
    if isinstance(node, list):
        return [plain(each) for each in node]
    if not isinstance(node, dict):
        return node
    kept = {
        ("anyOf" if key == "oneOf" and not names else key): plain(each, names=key in _NAMES and not names)
        for key, each in node.items()
        if names or key not in _WORDS
    }
    return _answer(kept) if "content" in kept and "required" not in kept else kept


def _answer(node: dict[str, Any]) -> dict[str, Any]:
    """Give a part with a content; answers must have a description, which stays empty."""
    return {"description": "", **node}


def references(node: Any) -> set[str]:
    """Give the names of the schemas that a part refers to."""
    if isinstance(node, list):
        return {name for each in node for name in references(each)}
    if not isinstance(node, dict):
        return set()
    found = {name for each in node.values() for name in references(each)}
    reference = node.get("$ref")
    return found | ({reference.rpartition("/")[2]} if isinstance(reference, str) else set())


def main(source: str) -> None:
    """Read *source*, Cal.com's document, and write ours."""
    document = prune(json.loads(Path(source).read_text("utf-8")))
    TARGET.write_text(json.dumps(document, separators=(",", ":"), ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
