"""The client of Jicoo's API v1: its key, its envelope and its pages (contracts/jicoo.md 1)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ...errors import ProviderError
from .._calls import named, parsed, query, segment
from .._http import Http, Reply
from .failures import JicooError as JicooError
from .failures import JicooForbidden as JicooForbidden
from .failures import JicooNotFound as JicooNotFound
from .failures import JicooUnprocessable as JicooUnprocessable
from .failures import failure, garbled

# As many as are known to be given (contracts/jicoo.md 2.2); the most that could be is not documented.
_PER_PAGE = 50
# A list that does not end by then never does.
_MOST_PAGES = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class Page:
    """One page of a list."""

    data: list[Any]
    #: The number of the next page; None on the last one.
    next: int | None
    #: How many items all pages have together.
    total: int


def quote(part: str) -> str:
    """Encode one segment of a path, such as a uid, which may begin with "_" or "-".

    Raises `JicooNotFound` for what cannot be a segment: nothing is called so.
    """
    if not (quoted := segment(part)):
        raise JicooNotFound("A name that cannot stand in an address was looked up.", answered=404)
    return quoted


class JicooClient:
    """Calls Jicoo with an API key.

    Every method raises `JicooNotFound`, `JicooForbidden`, `JicooUnprocessable` or another `JicooError` when
    Jicoo refuses, `ProviderUnavailable` when a read gets no answer, `OutcomeUnknown` when nobody can tell
    what became of a change, and `ProviderError` for an answer that makes no sense.
    """

    def __init__(self, http: Http, base_url: str, api_key: str) -> None:
        """Call the API at *base_url*, such as https://api.jicoo.com/v1, with *api_key*."""
        self._http = http
        self._base_url = base_url.rstrip("/")
        self._headers = {"Accept": "application/json", "X-Jicoo-Api-Key": api_key}

    def get(self, path: str, *, params: Mapping[str, object] | None = None) -> Any:
        """Read what is at *path*, whose changing segments went through `quote`."""
        return self._call("GET", path, params=params).get("data")

    def page(self, path: str, *, params: Mapping[str, object] | None = None) -> Page:
        """Read one page of the list at *path*, the first one where *params* name no `page`."""
        return _page(self._call("GET", path, params=params), f"GET of {named(path)}")

    def pages(self, path: str, *, params: Mapping[str, object] | None = None) -> Iterator[Any]:
        """Give the items of all pages of the list at *path*, one page after the other as they are wanted."""
        asked: dict[str, object] = {"perPage": _PER_PAGE, **(params or {})}
        number = 1
        for _ in range(_MOST_PAGES):
            page = self.page(path, params={**asked, "page": number})
            yield from page.data
            if page.next is None:
                return
            if page.next <= number:
                raise ProviderError(f"Jicoo's list of {named(path)} has a 'nextPage' that is no later page.")
            number = page.next
        raise ProviderError(f"Jicoo's list of {named(path)} does not end.")

    def post(self, path: str, *, json: Mapping[str, object] | None = None, repeatable: bool = False) -> Any:
        """Send *json* to *path*, and give the data of the answer; None where there is none.

        *repeatable* says that the call changes nothing, and may be sent several times.
        """
        return self._call("POST", path, json=json or {}, repeatable=repeatable).get("data")

    def patch(self, path: str, *, json: Mapping[str, object]) -> Any:
        """Change what is at *path*, and give the data of the answer."""
        return self._call("PATCH", path, json=json).get("data")

    def _call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, object] | None = None,
        json: Mapping[str, object] | None = None,
        repeatable: bool = False,
    ) -> Mapping[str, Any]:
        again = repeatable or method == "GET"
        reply = self._http.send(
            method,
            self._base_url + path,
            headers=self._headers,
            params=query(params or {}),
            json=json,
            repeatable=again,
        )
        return _envelope(reply, f"{method} of {named(path)}", repeatable=again)


def _envelope(reply: Reply, call: str, *, repeatable: bool) -> Mapping[str, Any]:
    """Open an answer (contracts/jicoo.md 1.1)."""
    if reply.status >= 400:
        raise failure(reply, call, repeatable=repeatable)
    if reply.status == 204:
        return {}
    envelope = parsed(reply.body)
    if not isinstance(envelope, dict):
        raise garbled(reply, call, "not with a JSON object", repeatable=repeatable)
    if "data" not in envelope:
        raise garbled(reply, call, "without 'data'", repeatable=repeatable)
    return envelope


def _page(envelope: Mapping[str, Any], call: str) -> Page:
    data = envelope.get("data")
    if not isinstance(data, list):
        raise ProviderError(f"Jicoo answered {call} with something else than a list.")
    total = envelope.get("totalCount")
    return Page(
        data=data,
        next=_next(envelope, call),
        total=total if type(total) is int else len(data),
    )


def _next(envelope: Mapping[str, Any], call: str) -> int | None:
    """Give the number of the next page: it is missing on the last one (contracts/jicoo.md 1.1)."""
    number, here = envelope.get("nextPage"), envelope.get("currentPage")
    if not number:
        return None
    if type(number) is not int or (type(here) is int and number <= here):
        raise ProviderError(f"Jicoo answered {call} with a 'nextPage' that is no later page.")
    return number
