"""How a widget leaves the app: alone for htmx, else in a page; with the headers that protect it."""

from __future__ import annotations

from flask import Response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from . import htmx
from .assets import Addresses
from .components import Component
from .runtime import Runtime
from .state import PREFILL


def show(parts: Runtime, component: Component, *, title: str, status: int = 200) -> Response:
    """Answer with *component*: the widget itself where htmx asks for it, else the page around it."""
    alone = htmx.wants_widget()
    heading = f"Error: {title}" if status in (409, 422) else title
    body = component.__html__() if alone else page(parts, component, heading)
    response = Response(body, status=status if htmx.swaps_errors() else 200, mimetype="text/html")
    if alone and status == 200 and request.method == "GET" and htmx.on_own_page(parts.blueprint):
        header = "HX-Push-Url" if htmx.goes_on() else "HX-Replace-Url"
        response.headers[header] = htmx.address()
    return response


def page(parts: Runtime, component: Component, title: str) -> str:
    """Give the whole page around *component*."""
    assets = Addresses.of(parts.assets, parts.url(""))
    return render_template("booker/page.html", title=title, component=component, assets=assets)


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
    response.vary.update(("HX-Request", "Accept-Language"))
    return response


def _is_public() -> bool:
    """Tell whether the answer holds nothing of anybody, so that a browser may keep it for Back."""
    shown = (request.endpoint or "").endswith((".book", ".static")) and request.method == "GET"
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
