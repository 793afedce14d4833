"""The pages of the web application that the fake has: consent to OAuth 2.0, and a stand-in for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from markupsafe import Markup
from werkzeug.utils import redirect
from werkzeug.wrappers import Request, Response

from .calls import Refusal
from .oauth import add_code
from .records import User
from .store import Store

#: Where the user is asked (contracts/calcom.md 4.11).
AUTHORIZE = "/auth/oauth2/authorize"

_PAGE = Markup("""\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1>{body}</body>
</html>
""")

_ASK = Markup("""\
<p>{app} would like to use the account of {user}.</p>
<form method="post">{fields}
<button name="choice" value="allow">Allow</button>
<button name="choice" value="deny">Deny</button>
</form>
""")

_FIELD = Markup('<input type="hidden" name="{}" value="{}">')


def page(store: Store, request: Request) -> Response:
    """Give the page for a path outside the API."""
    if request.path == AUTHORIZE:
        return _authorize(store, request)
    if request.path.startswith(("/booking/", "/reschedule/", "/video/")) or _is_booker(store, request.path):
        return _written("Cal.com", Markup("<p>Here Cal.com would show its own page.</p>"))
    return _written("Not found", Markup("<p>There is no such page.</p>"), status=404)


def _is_booker(store: Store, path: str) -> bool:
    """Tell whether an event type of a user is booked at *path*."""
    return any(path == f"/{each.user.username}/{each.slug}" for each in store.event_types.values())


def _written(title: str, body: Markup, *, status: int = 200) -> Response:
    return Response(_PAGE.format(title=title, body=body), status=status, mimetype="text/html")


def _authorize(store: Store, request: Request) -> Response:
    """Ask the user who is logged in; nobody is sent to a URI that is not a known client's own."""
    asked = (request.form if request.method == "POST" else request.args).to_dict()
    client = store.oauth_clients.get(asked.get("client_id", ""))
    if client is None or asked.get("redirect_uri") not in client.redirect_uris:
        return _written("Error", Markup("<p>The client or its redirect URI is not known.</p>"), status=400)
    user = store.logged_in or next(iter(store.users.values()), None)
    if user is None:
        return _written("Log in", Markup("<p>Nobody has an account.</p>"), status=401)
    choice = asked.pop("choice", "allow" if store.allow_at_once else "")
    if not choice:
        fields = Markup("").join(_FIELD.format(*each) for each in asked.items())
        return _written("Allow access?", _ASK.format(app=client.name, user=user.name, fields=fields))
    return redirect(_back(asked["redirect_uri"], _decided(store, asked, user, allowed=choice == "allow")))


def _decided(store: Store, asked: Mapping[str, str], user: User, *, allowed: bool) -> dict[str, str]:
    """Give the parameters that the client gets."""
    state = {"state": asked["state"]} if "state" in asked else {}
    if not allowed:
        return {"error": "access_denied", "error_description": "The user denied the request.", **state}
    try:
        return {"code": add_code(store, asked, user), **state}
    except Refusal as refusal:
        return {"error": refusal.code, "error_description": refusal.message, **state}


def _back(uri: str, parameters: dict[str, str]) -> str:
    parts = urlsplit(uri)
    query = urlencode([*parse_qsl(parts.query), *parameters.items()])
    return urlunsplit(parts._replace(query=query))
