"""Bookers on the pages of other sites: the scripts of embedding, and what such a page is told."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import replace

from flask import Blueprint, Response

from .. import times
from ..values import Booking
from .assets import Assets
from .runtime import runtime

# No digest is in their addresses: other sites write the one down, and the other has settings in it.
_SECONDS = 300
_ORIGIN = re.compile(r"(https?)://(\[[^\]]+\]|[^:]+)(?::(.+))?")
_USUAL = {"http": "80", "https": "443"}


def register(blueprint: Blueprint) -> None:
    """Register the routes of the scripts."""
    blueprint.add_url_rule("/booker/embed.js", "embed", embed)
    blueprint.add_url_rule("/booker/frame.js", "frame", frame)


def embed() -> Response:
    """Give the script that other sites load: <booker-embed>, its dialog and its button."""
    response = _briefly(runtime().assets, "embed.js")
    # A page that asks all it loads for leave (COEP: require-corp) may load this, too.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def frame() -> Response:
    """Give the script that our pages load in a frame, with the origins that may hear what happens."""
    parts = runtime()
    assets, allowed = parts.assets, origins(parts.settings.embed_origins)
    told = json.dumps([allowed, parts.url(assets.path("dialects.js"))])
    script = b"(%b)(...%b);\n" % (assets.files["frame.js"].strip(), told.encode())
    digest = hashlib.sha256(script).hexdigest()[:12]
    return _briefly(replace(assets, files={"frame.js": script}, digest=digest), "frame.js")


def origins(allowed: Iterable[str]) -> str:
    r"""Give a regular expression, as scripts write one, of the origins that *allowed* names.

    It fits those that a browser lets frame us (CSP level 3, 6.7.2.8): "*." is for any subdomain, ":*" for any
    port, and what is allowed by http is by https, too. Without any it fits nothing.
    """
    return f"^(?:{'|'.join(map(_pattern, allowed)) or '(?!)'})$"


def _pattern(origin: str) -> str:
    found = _ORIGIN.fullmatch(origin.lower())
    assert found, "the settings are checked"
    scheme, host, port = found.groups()
    # A browser leaves the usual port out of an origin.
    ports = {None: "", _USUAL[scheme]: "", "*": r"(?::\d+)?"}.get(port, f":{port}")
    names = re.escape(host).replace(r"\*", "[^/:]+")
    return f"{'https?' if scheme == 'http' else scheme}://{names}{ports}"


def facts(booking: Booking, title: str) -> str:
    """Give what a page around the widget is told of *booking*, as JSON: nothing of its guest, no way in.

    *title* is what strangers read.
    """
    return json.dumps(
        {
            "uid": booking.uid,
            "title": title,
            "start": times.format_instant(booking.start),
            "end": times.format_instant(booking.end),
            "status": str(booking.status),
            "eventType": booking.event_type,
            "recurring": bool(booking.series),
        },
        ensure_ascii=False,
    )


def _briefly(assets: Assets, name: str) -> Response:
    response = assets.answer("", name)
    response.headers["Cache-Control"] = f"public, max-age={_SECONDS}"
    return response
