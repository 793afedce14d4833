"""A page that plays another site: a running club shows bookers of the practice in frames, by embed.js.

To a browser the two names of this machine, localhost and 127.0.0.1, are two sites: the page is shown at the
one, and its frames come from the other.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from booker_components import EventType, get_event_types

#: Who may show our pages in frames; for a real site one such as "https://club.example".
ORIGINS = ("http://localhost:*", "http://127.0.0.1:*")

_CLUB, _PRACTICE = "localhost", "127.0.0.1"

bp = Blueprint("elsewhere", __name__)


@bp.get("/elsewhere")
def show() -> AnyResponse:
    """Show the club's page, at the club's own name."""
    here = urlsplit(request.host_url)
    if here.hostname == _PRACTICE:
        return redirect(f"{_named(_CLUB)}{url_for('elsewhere.show')}")
    # Under any other name there is only one site, which may frame itself.
    practice = _named(_PRACTICE if here.hostname == _CLUB else here.hostname or "")
    inline, *others = get_event_types()
    page = render_template(
        "demo/elsewhere.html",
        practice=practice,
        script=practice + url_for("booker.embed"),
        inline=_offer(practice, inline),
        popups=[_offer(practice, each) for each in others[:2]],
    )
    return _protected(make_response(page), practice)


def _named(name: str) -> str:
    here = urlsplit(request.host_url)
    return f"{here.scheme}://{name}{f':{here.port}' if here.port else ''}"


def _offer(practice: str, event_type: EventType) -> tuple[str, str]:
    """Give what can be booked, and the address of its booker."""
    return event_type.title, practice + url_for("booker.book", slug=event_type.slug)


def _protected(response: Response, practice: str) -> Response:
    """Set the club's policy: what the page of another site needs for the bookers, and its own two files."""
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {practice}; frame-src {practice}; style-src 'self'; "
        "img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return response
