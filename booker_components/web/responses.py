"""How a widget leaves the app: alone for htmx, else in a page; with the headers that protect it."""

from __future__ import annotations

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from . import htmx
from .assets import Addresses
from .components import Component
from .memory import Body, Page
from .runtime import Runtime
from .state import PREFILL

_LOOKS = ("GET", "HEAD")
_VARY = ", ".join((*htmx.VARY, "Accept-Language"))


def show(
    parts: Runtime, component: Component, *, title: str, status: int = 200, shared: bool = False
) -> Response:
    """Answer with *component*: the widget itself where htmx asks for it, else the page around it.

    What is *shared* is the same for whoever asks for it, and drawn once.
    """
    alone = htmx.wants_widget()
    heading = f"Error: {title}" if status in (409, 422) else title
    shown = component if alone else page(parts, component, heading)
    body = parts.memory.body(shown) if shared else Body.of(shown)
    response = Response(body.content, mimetype="text/html")
    response.status_code = status if htmx.swaps_errors() else 200
    if status == 200 and request.method in _LOOKS:
        header = htmx.history_header(parts.blueprint) if alone else ""
        if header:
            response.headers[header] = htmx.address()
        # A form has a key that no other has, and what is not stored by a browser is not asked about.
        if _is_public() and not getattr(component, "form", None):
            _tag(response, body, header)
    return response


def _tag(response: Response, body: Body, header: str) -> None:
    """Let a browser ask whether what it has kept is still so; *header* is what htmx is told by, if it is."""
    # A browser that has kept one such header and is told by another would go by both: it has a part in the
    # tag, which is weak, for what stands before the app may compress the page.
    response.set_etag(f"{body.etag}-{header}" if header else body.etag, weak=True)
    response.make_conditional(request)


def page(parts: Runtime, component: Component, title: str) -> Page:
    """Give the whole page around *component*."""
    return Page(component=component, title=title, assets=Addresses.of(parts.assets, parts.url("")))


def see_other(address: str) -> AnyResponse:
    """Send the browser on after a POST."""
    return redirect(address, code=303)


def protect(parts: Runtime, response: AnyResponse) -> AnyResponse:
    """Set the headers of our own answers; the host's are not touched."""
    headers = response.headers
    headers.setdefault("Content-Security-Policy", policy(parts))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cache-Control", "private, no-cache" if _is_public() else "no-store")
    # In one line: who adds to `response.vary`, as Flask does for a session, keeps no other than the first.
    headers["Vary"] = ", ".join((*headers.getlist("Vary"), _VARY))
    return response


def _is_public() -> bool:
    """Tell whether the answer holds nothing of anybody, so that a browser may keep it for Back."""
    shown = (request.endpoint or "").endswith((".book", ".static")) and request.method in _LOOKS
    return shown and PREFILL not in request.args


def policy(parts: Runtime) -> str:
    """Give the Content-Security-Policy: our own files and nothing else."""
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' {parts.assets.css_hash}",
        "img-src": "'self'",
        # htmx fetches widgets; without this, default-src would forbid it.
        "connect-src": "'self'",
        # Chrome holds this against the redirect that answers a form, too.
        "form-action": " ".join(("'self'", *parts.settings.redirect_origins)),
        "base-uri": "'none'",
        "frame-ancestors": " ".join(("'self'", *parts.settings.embed_origins)),
    }
    for directive, sources in parts.settings.csp.items():
        directives[directive] = f"{directives.get(directive, '')} {sources}".strip()
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())
