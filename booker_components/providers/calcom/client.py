"""The client of Cal.com's API v2: who calls, which version of the contract, and what an answer holds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from ...errors import ProviderError
from .._calls import named, parsed, query, segment
from .._http import Http, Reply
from .accounts import Identity
from .failures import CalcomError as CalcomError
from .failures import CalcomForbidden as CalcomForbidden
from .failures import CalcomNotFound as CalcomNotFound
from .failures import failure, garbled

#: Statuses that say that the credentials are refused or have expired (contracts/calcom.md 4.2).
_STALE = frozenset({401, 498})

_READS = frozenset({"GET"})


class Resource(StrEnum):
    """What a call is about; the value is the version of the contract for it (contracts/calcom.md 4.3)."""

    BOOKINGS = "2024-08-13"
    SLOTS = "2024-09-04"
    EVENT_TYPES = "2024-06-14"
    #: Teams' event types, the user, calendars, webhooks, OAuth and managed users have no version.
    OTHER = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a list."""

    data: list[Any]
    has_next: bool
    #: How many items all pages have together.
    total: int


def quote(part: str) -> str:
    """Encode one segment of a path.

    Raises `CalcomNotFound` for what cannot be a segment: nothing is called so.
    """
    if not (quoted := segment(part)):
        raise CalcomNotFound("A name that cannot stand in an address was looked up.", answered=404)
    return quoted


class CalcomClient:
    """Calls Cal.com as the identity says.

    Every method raises `CalcomNotFound`, `CalcomForbidden` or another `CalcomError` when Cal.com refuses,
    `ProviderUnavailable` when a read gets no answer, `OutcomeUnknown` when nobody can tell what
    became of a change, and `ProviderError` for an answer that makes no sense.
    """

    def __init__(self, http: Http, base_url: str, identity: Identity) -> None:
        """Call the API at *base_url*, such as https://api.cal.com/v2, as *identity*."""
        self._http = http
        self._base_url = base_url.rstrip("/")
        #: Who calls.
        self.identity = identity

    def with_identity(self, identity: Identity) -> CalcomClient:
        """Give a client of the same session that calls as *identity*."""
        return CalcomClient(self._http, self._base_url, identity)

    def get(self, path: str, resource: Resource, *, params: Mapping[str, object] | None = None) -> Any:
        """Read what is at *path*, whose changing segments went through `quote`."""
        return self.send("GET", path, resource, params=params)

    def page(self, path: str, resource: Resource, *, params: Mapping[str, object] | None = None) -> Page:
        """Read one page of the list at *path*; a list without pages is one page."""
        envelope = self._call("GET", path, resource, params=params)
        return _page(envelope, f"GET of {named(path)}")

    def post(self, path: str, resource: Resource, *, json: Mapping[str, object] | None = None) -> Any:
        """Send *json* to *path*, and give the data of the answer."""
        return self.send("POST", path, resource, json=json)

    def patch(self, path: str, resource: Resource, *, json: Mapping[str, object] | None = None) -> Any:
        """Change what is at *path*, and give the data of the answer."""
        return self.send("PATCH", path, resource, json=json)

    def delete(self, path: str, resource: Resource, *, json: Mapping[str, object] | None = None) -> Any:
        """Delete what is at *path*, and give the data of the answer."""
        return self.send("DELETE", path, resource, json=json)

    def send(
        self,
        method: str,
        path: str,
        resource: Resource,
        *,
        params: Mapping[str, object] | None = None,
        json: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Any:
        """Call *path* and give the `data` of the answer; None where there is none.

        In *params*, None is left out and truth is written as Cal.com reads it. *headers* come on top of the
        identity's. *repeatable* says that the call may be sent several times; by default a GET may.
        """
        envelope = self._call(
            method, path, resource, params=params, json=json, headers=headers, repeatable=repeatable
        )
        return envelope.get("data")

    def _call(
        self,
        method: str,
        path: str,
        resource: Resource,
        *,
        params: Mapping[str, object] | None = None,
        json: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        repeatable: bool | None = None,
    ) -> Mapping[str, Any]:
        again = method in _READS if repeatable is None else repeatable

        def once(proof: Mapping[str, str]) -> Reply:
            return self._http.send(
                method,
                self._base_url + path,
                headers={**_spoken(resource), **proof, **(headers or {})},
                params=query(params or {}),
                json=json,
                repeatable=again,
            )

        proof = self.identity.headers()
        reply = once(proof)
        # A call that was refused has changed nothing, so a change may be sent again too.
        if reply.status in _STALE and self.identity.renew(proof):
            reply = once(self.identity.headers())
        return _envelope(reply, f"{method} of {named(path)}", repeatable=again)


def _spoken(resource: Resource) -> dict[str, str]:
    version = {"cal-api-version": resource.value} if resource.value else {}
    return {"Accept": "application/json", **version}


def _envelope(reply: Reply, call: str, *, repeatable: bool) -> Mapping[str, Any]:
    """Open an answer (contracts/calcom.md 4.1)."""
    if reply.status >= 400:
        raise failure(reply, call, repeatable=repeatable)
    if reply.status == 204:
        return {}
    envelope = parsed(reply.body)
    if not isinstance(envelope, dict):
        raise garbled(reply, call, "not with a JSON object", repeatable=repeatable)
    if envelope.get("status") != "success":
        raise garbled(reply, call, "without saying 'success'", repeatable=repeatable)
    return envelope


def _page(envelope: Mapping[str, Any], call: str) -> Page:
    data = envelope.get("data")
    if not isinstance(data, list):
        raise ProviderError(f"Cal.com answered {call} with something else than a list.")
    pagination = envelope.get("pagination")
    given = pagination if isinstance(pagination, dict) else {}
    total = given.get("totalItems")
    return Page(
        data=data,
        has_next=given.get("hasNextPage") is True,
        total=total if type(total) is int else len(data),
    )
