"""How a widget leaves the app: alone for htmx, else in a page; with the headers that protect it."""

from __future__ import annotations

from dataclasses import replace

from flask import Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from ..languages import gettext as _
from . import branding, htmx, language, packing
from .assets import STYLES, Addresses, styles
from .components import Chooser, Component
from .memory import Body, Page
from .runtime import Runtime
from .state import PREFILL

_LOOKS = ("GET", "HEAD")


def show(
    parts: Runtime, component: Component, *, title: str, status: int = 200, shared: bool = False
) -> Response:
    """Answer with *component*: the widget itself where htmx asks for it, else the page around it.

    What is *shared* is the same for whoever asks for it: drawn once, and compressed (see web/memory.py).
    """
    alone = htmx.wants_widget()
    heading = _("Error: %(title)s", title=title) if status in (409, 422) else title
    shown = component if alone else page(parts, component, heading)
    body = parts.memory.body(shown) if shared else Body.of(shown)
    by = packing.encoding(request.headers.get("Accept-Encoding", "")) if shared else ""
    response = Response(body.packed(by), mimetype="text/html")
    response.status_code = status if htmx.swaps_errors() else 200
    if by:
        response.content_encoding = by
    if isinstance(shown, Page):
        response.headers["Content-Security-Policy"] = policy(parts, shown.assets.css_hash)
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
    # tag, which is weak: the same page has it in every encoding, ours or that of what stands before the app.
    response.set_etag(f"{body.etag}-{header}" if header else body.etag, weak=True)
    packing.conditional(response)


def page(parts: Runtime, component: Component, title: str) -> Page:
    """Give the whole page around *component*, with what it needs of the style sheet.

    Where a template of the host's has a part in our pages, that is all of it. Where htmx puts the page in
    another's place, that one has all of it, and a policy that allows no further style element.
    """
    languages = language.choices(parts)
    needed = styles(component) | ({"languages"} if languages else set())
    sheet = parts.assets.sheet(needed if parts.memory.is_plain() else STYLES[1:])
    if isinstance(component, Chooser) and component.brand and not htmx.restores():
        sheet = sheet.with_more(branding.sheet(component.brand.name))
        component = replace(component, brand=replace(component.brand, href=""))
    assets = Addresses.of(parts.assets, parts.url(""), None if htmx.restores() else sheet)
    return Page(component=component, title=title, assets=assets, languages=languages)


def see_other(address: str) -> AnyResponse:
    """Send the browser on after a POST."""
    return redirect(address, code=303)


def protect(parts: Runtime, response: AnyResponse) -> AnyResponse:
    """Set the headers of our own answers; the host's are not touched, and a file has its own."""
    headers = response.headers
    if (request.endpoint or "").endswith(".static") and response.status_code in (200, 304):
        return response
    headers.setdefault("Content-Security-Policy", policy(parts))
    headers.setdefault("X-Content-Type-Options", "nosniff")
    headers.setdefault("Referrer-Policy", "no-referrer")
    headers.setdefault("Cache-Control", "private, no-cache" if _is_public() else "no-store")
    vary = (*headers.getlist("Vary"), *htmx.vary(), "Accept-Language", "Accept-Encoding")
    # In one line: who adds to `response.vary`, as Flask does for a session, keeps no other than the first.
    headers["Vary"] = ", ".join(vary)
    return response


def _is_public() -> bool:
    """Tell whether the answer holds nothing of anybody, so that a browser may keep it for Back."""
    shown = (request.endpoint or "").endswith(".book") and request.method in _LOOKS
    return shown and PREFILL not in request.args


def policy(parts: Runtime, css_hash: str = "") -> str:
    """Give the Content-Security-Policy: our own files, the style element of that hash, and nothing else."""
    directives = {
        "default-src": "'none'",
        "script-src": "'self'",
        "style-src": f"'self' {css_hash}".strip(),
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
