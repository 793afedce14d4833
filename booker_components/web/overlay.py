"""The guest's own calendar beside the times on offer: read by the browser, and kept nowhere else.

A file never leaves the browser. A link cannot be read by scripts, for calendars elsewhere do not allow it: so
we fetch it for the guest, give it on, and forget it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from flask import Blueprint, Response, abort, jsonify, request
from limits import RateLimitItemPerHour

from ..errors import BookerError, Refused, TooManyRequests
from ..guarded import Guarded, Unreachable
from ..languages import N_
from ..languages import gettext as _
from . import csrf
from .components import Component, Hidden
from .runtime import Runtime, runtime

# How many links one address may have us fetch in an hour; several guests may share it.
_MOST = 30
#: The most bytes of a calendar.
LARGEST = 2_000_000
_SECONDS = 8.0
_BEGINNING = b"BEGIN:VCALENDAR"
# What some programs write before it.
_BLANK = b"\xef\xbb\xbf\r\n "
_NO_ADDRESS = N_("This is not the address of a calendar. It begins with https:// or webcal://.")
_NO_ANSWER = N_("The calendar at this address could not be read. Please check it, or choose a file.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Overlay(Component):
    """Asks a guest for a calendar file or a link to one; for scripts alone."""

    template: ClassVar[str] = "booker/overlay.html"
    word: ClassVar[str] = "overlay"

    #: Where a link is sent to be fetched; empty where only files are taken.
    action: str = ""
    hidden: tuple[Hidden, ...] = ()


def register(blueprint: Blueprint) -> None:
    """Register the routes."""
    blueprint.add_url_rule("/booker/overlay", "overlay", overlay)
    blueprint.add_url_rule("/booker/overlay", "overlay_link", fetch, methods=["POST"])


def overlay() -> Response:
    """Give the form, for the widget whose id the address names."""
    parts = runtime()
    if parts.settings.overlay == "none":
        abort(404)
    links = parts.settings.overlay == "link"
    component = Overlay(
        id=f"{request.args.get('id', 'bk-booker')}-overlay",
        action=parts.url("/booker/overlay") if links else "",
        hidden=(csrf.field(parts.keys),) if links else (),
    )
    return Response(component.__html__())


def fetch() -> Response:
    """Give the calendar at the address that was sent, as it is."""
    parts = runtime()
    if parts.settings.overlay != "link":
        abort(404)
    try:
        csrf.check(parts.keys)
        _count(parts)
        return Response(_calendar(parts, request.form.get("url", "")), mimetype="text/calendar")
    except BookerError as error:
        answer = jsonify(sentence=_(error.sentence))
        answer.status_code = error.status
        return answer


def _count(parts: Runtime) -> None:
    if not parts.limiter.hit(RateLimitItemPerHour(_MOST), "booker-overlay", request.remote_addr or ""):
        raise TooManyRequests(f"More than {_MOST} calendars an hour for one address.")


def _calendar(parts: Runtime, link: str) -> bytes:
    """Give the calendar at *link*; `Refused` if there is none.

    Whatever else is at an address is told to nobody, nor where its name leads, so that no network can be
    looked into by asking.
    """
    private = parts.settings.private_network
    calls = Guarded(private=private, timeout=_SECONDS, largest=LARGEST, redirects=3)
    try:
        answer = calls.send("GET", _address(link, plain=private), headers={"Accept": "text/calendar"})
    except Unreachable:
        raise Refused("A calendar did not answer.", sentence=_NO_ANSWER) from None
    if answer.status != 200 or not answer.body.lstrip(_BLANK).startswith(_BEGINNING):
        raise Refused("What an address gave is no calendar.", sentence=_NO_ANSWER)
    return answer.body


def _address(link: str, *, plain: bool) -> str:
    """Give the address that *link* means: webcal is https by another name; http only where *plain*."""
    scheme, _sep, rest = link.strip().partition("://")
    meant = {"https": "https", "webcal": "https", **({"http": "http"} if plain else {})}.get(scheme.lower())
    if not meant or not rest:
        raise Refused("A calendar's address is not https.", sentence=_NO_ADDRESS)
    return f"{meant}://{rest}"
