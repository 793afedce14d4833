"""What htmx, version 2 or 4, tells us in headers."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, quote, urlsplit

from flask import current_app, request
from htmx_flask.requests import HtmxHeaders
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

# Parameters that change how times are read, not where the visitor stands.
_READING = ("tz", "cal.tz", "clock", "zones")
# What decides on an answer to htmx. The page that is on view decides which address is to stand above it.
_VARY = ("HX-Request", "HX-History-Restore-Request", "HX-Target", "HX-Current-URL", "HX-Boosted")
_WIDGET_ID = re.compile(r"(?:[a-z]+#)?(bk-[a-z0-9-]{1,80})")


def wants_widget() -> bool:
    """Tell whether the answer is swapped into a page, so that the widget alone is wanted."""
    headers = HtmxHeaders(request.headers)
    return bool(headers) and not headers.history_restore_request


def vary() -> tuple[str, ...]:
    """Give the names of the headers that decide on this answer; the last three come with the first.

    For Back and Forward htmx 4 sends the second alone.
    """
    return _VARY if _VARY[0] in request.headers else _VARY[:2]


def restores() -> bool:
    """Tell whether the answer is a page that htmx shows in another's place, for Back or Forward."""
    return request.headers.get(_VARY[1]) == "true"


def boosted() -> bool:
    """Tell whether a host's own link or form, boosted by htmx, asks: its page lacks our style sheet."""
    return bool(HtmxHeaders(request.headers).boosted)


def swaps_errors() -> bool:
    """Tell whether an answer with an error status would be shown; htmx 2 drops those."""
    return not wants_widget() or "HX-Request-Type" in request.headers


def target_id() -> str:
    """Give the id of the widget to be replaced, "" if none; htmx 4 writes it as "section#id"."""
    match = _WIDGET_ID.fullmatch(HtmxHeaders(request.headers).target or "")
    return match[1] if match and wants_widget() else ""


def on_own_page(blueprint: str) -> bool:
    """Tell whether the browser shows one of *blueprint*'s pages, whose address follows the widget's state."""
    try:
        path = urlsplit(HtmxHeaders(request.headers).current_url or "").path
    except ValueError:
        return False
    adapter = current_app.create_url_adapter(request)
    if adapter is None or not path.startswith(request.script_root):
        return False
    try:
        endpoint, _ = adapter.match(path.removeprefix(request.script_root) or "/", method="GET")
    except (HTTPException, RequestRedirect):
        return False
    return str(endpoint).startswith(f"{blueprint}.")


def history_header(blueprint: str) -> str:
    """Give the header that lets the address follow the widget, on one of *blueprint*'s pages; else ""."""
    if not on_own_page(blueprint):
        return ""
    return "HX-Push-Url" if goes_on() else "HX-Replace-Url"


def goes_on() -> bool:
    """Tell whether the answer is another step, to which Back leads, and not the same one in another zone."""
    here = urlsplit(HtmxHeaders(request.headers).current_url or "")
    there = urlsplit(address())
    return (here.path, _place(here.query)) != (there.path, _place(there.query))


def _place(query: str) -> set[tuple[str, str]]:
    return {(name, value) for name, value in parse_qsl(query) if name not in _READING}


def address() -> str:
    """Give path and query of this request as a header can hold them, with the prefix of a proxy."""
    path = quote(request.script_root + request.path, safe="/:@!$&'()*+,;=~")
    query = ascii_query()
    return f"{path}?{query}" if query else path


def ascii_query() -> str:
    """Give the query of this request, with every byte that an address may not hold percent-encoded."""
    return quote(request.query_string, safe="/?:@!$&'()*+,;=~%")
