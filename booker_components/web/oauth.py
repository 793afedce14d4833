"""Connecting accounts at Cal.com by OAuth 2.0, and the tokens that atoms ask for during a migration.

A host with `SESSION_COOKIE_SAMESITE = "Strict"` cannot use it: Cal.com sends people back from another site.
"""

from __future__ import annotations

import hmac
import json
import logging
import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from flask import Blueprint, Response, abort, jsonify, request, session
from limits import RateLimitItemPerMinute
from werkzeug.wrappers import Response as AnyResponse

from ..errors import BookerError, ConfigurationError, ProviderError, ProviderUnavailable
from ..languages import N_
from ..languages import gettext as _
from ..providers.calcom.accounts import PROVIDER
from ..records.boxes import Box
from ..records.tokens import NotConnected, Tokens
from .components import Action, Notice
from .responses import see_other, show
from .runtime import Runtime, runtime

if TYPE_CHECKING:
    from ..providers.calcom.oauth import OAuth
    from ..providers.calcom.parts import CalcomParts

_log = logging.getLogger(__name__)

_CALLBACK = "/oauth/calcom/callback"
_START = "/oauth/calcom/start"
# Where the session keeps what was begun.
_BEGUN = "booker_calcom_oauth"
#: A code lives as long (contracts/calcom.md 4.11).
_PATIENCE = timedelta(minutes=10)
_LONGEST_CODE = 4096

# An app's users may share an address; whoever guesses tokens gets nowhere at this pace.
_REFRESHES = RateLimitItemPerMinute(60)


def register(blueprint: Blueprint) -> None:
    """Register the routes; each answers 404 where its kind of client is not set up."""
    blueprint.add_url_rule(_START, "calcom_start", start)
    blueprint.add_url_rule(_CALLBACK, "calcom_callback", callback)
    blueprint.add_url_rule("/oauth/calcom/refresh", "calcom_refresh", refresh)


# --- connecting ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class _Begun:
    """What was begun in this browser and has to be ended in it."""

    state: str = field(repr=False)
    verifier: str = field(repr=False)
    account: str = field(repr=False)
    #: Where to go afterwards, a local path; empty for a page of ours.
    next: str
    #: ISO 8601.
    until: str


@dataclass(frozen=True, kw_only=True, slots=True)
class _Connecting:
    """The parts for connecting, all there."""

    oauth: OAuth
    tokens: Tokens
    box: Box
    clock: Callable[[], datetime]
    connect: Callable[[Any], str | None]
    redirect_uri: str


def start() -> AnyResponse:
    """Send the host's user to Cal.com, to allow us what 'BOOKER_CALCOM_SCOPES' says.

    `next` is a path of the host's to go to afterwards.
    """
    parts = runtime()
    connecting = _connecting(parts)
    account = _connectable(connecting)
    if not account:
        return _say(parts, _FOREIGN, status=403)
    begun = connecting.oauth.authorization(connecting.redirect_uri)
    _keep(
        connecting.box,
        _Begun(
            state=begun.state,
            verifier=begun.verifier,
            account=account,
            next=_local(request.args.get("next", "")),
            until=(connecting.clock() + _PATIENCE).isoformat(),
        ),
    )
    return see_other(begun.url)


def callback() -> AnyResponse:
    """Take back whom Cal.com sends, and keep the tokens that their code is worth."""
    parts = runtime()
    connecting = _connecting(parts)
    begun = _taken(connecting.box)
    if begun is None or not _continues(begun, connecting.clock()):
        return _say(parts, _STALE, status=400, again=True)
    if _connectable(connecting) != begun.account:
        return _say(parts, _FOREIGN, status=403)
    code = request.args.get("code", "")
    if not 0 < len(code) <= _LONGEST_CODE or "error" in request.args:
        refused = request.args.get("error") == "access_denied"
        return _say(parts, _DENIED if refused else _FAILED, status=400, again=True)
    return _connect(parts, connecting, begun, code)


def _connect(parts: Runtime, connecting: _Connecting, begun: _Begun, code: str) -> AnyResponse:
    try:
        pair = connecting.oauth.exchange(code, redirect_uri=connecting.redirect_uri, verifier=begun.verifier)
    except ProviderError as error:
        _log.warning("An account could not be connected: %s", error.message)
        return _say(parts, _FAILED, status=error.status, again=True)
    connecting.tokens.write(PROVIDER, begun.account, pair)
    return see_other(begun.next) if begun.next else _say(parts, _DONE)


def _connecting(parts: Runtime) -> _Connecting:
    calcom = parts.calcom
    if not (calcom and calcom.oauth and calcom.tokens and calcom.box and calcom.connect):
        abort(404)
    return _Connecting(
        oauth=calcom.oauth,
        tokens=calcom.tokens,
        box=calcom.box,
        clock=calcom.clock,
        connect=calcom.connect,
        redirect_uri=parts.public(_CALLBACK),
    )


def _connectable(connecting: _Connecting) -> str | None:
    """Give the account that the user of this request may connect; None if there is none."""
    account = connecting.connect(request)
    if account is not None and not (isinstance(account, str) and account):
        raise ConfigurationError(
            f"The function in 'BOOKER_CALCOM_CONNECT' gave a {type(account).__name__}; it must give the name "
            "of an account, or None to refuse."
        )
    return account


# --- what the browser keeps ----------------------------------------------------------------------


def _keep(box: Box, begun: _Begun) -> None:
    # Flask's session is signed but readable, and the verifier is a secret.
    session[_BEGUN] = box.seal(json.dumps(asdict(begun)).encode()).decode()


def _taken(box: Box) -> _Begun | None:
    """Take what this browser has begun out of the session, so that it is used once."""
    # A session that is only looked at sets no cookie.
    sealed = session.pop(_BEGUN) if _BEGUN in session else None
    content = box.open(sealed.encode()) if isinstance(sealed, str) else None
    return _Begun(**json.loads(content)) if content else None


def _continues(begun: _Begun, now: datetime) -> bool:
    state = request.args.get("state", "")
    ours = hmac.compare_digest(state.encode(), begun.state.encode())
    return ours and now <= datetime.fromisoformat(begun.until)


def _local(path: str) -> str:
    """Give *path* if it leads to a page of this very site, else nothing."""
    # Browsers read a backslash as a slash and drop tabs and line breaks: "/\\host" is another host.
    alien = not path.startswith("/") or path.startswith("//") or "\\" in path
    return "" if alien or not path.isprintable() or not path.isascii() else path


# --- what is said --------------------------------------------------------------------------------

_Words = tuple[str, str, str]

_DONE: _Words = ("success", N_("Connected"), N_("The account at Cal.com is connected."))
_DENIED: _Words = (
    "info",
    N_("Not connected"),
    N_("Access was not allowed at Cal.com, so nothing has changed."),
)
_FAILED: _Words = (
    "error",
    N_("Not connected"),
    N_("Cal.com did not confirm the connection. Please try again."),
)
_STALE: _Words = (
    "warning",
    N_("Please start again"),
    N_("This connection was begun too long ago, or in another browser."),
)
_FOREIGN: _Words = (
    "warning",
    N_("Not possible"),
    N_("You cannot connect an account here. Please sign in first, or ask who runs this site."),
)


def _say(parts: Runtime, words: _Words, *, status: int = 200, again: bool = False) -> Response:
    tone, headline, sentence = words
    actions = (Action(label=_("Try again"), href=parts.url(_START)),) if again else ()
    notice = Notice(id="bk-notice", tone=tone, headline=_(headline), sentence=_(sentence), actions=actions)
    return show(parts, notice, title=notice.headline, status=status)


# --- tokens for atoms ----------------------------------------------------------------------------


def refresh() -> AnyResponse:
    """Answer atoms' `refreshUrl`: an expired token of a managed user for its present one.

    GET with `Authorization: Bearer <expired token>`, answered `{"accessToken": "..."}` (contracts/calcom.md
    1.2). A token that is nobody's is answered 401.
    """
    parts = runtime()
    calcom = parts.calcom
    if not (calcom and calcom.platform):
        abort(404)
    if not parts.limiter.hit(_REFRESHES, "booker-refresh", request.remote_addr or ""):
        return _refused(429, "too_many_requests", retry_after=60)
    try:
        access = _fresh_access(calcom)
    except NotConnected:
        access = None
    except ProviderUnavailable as error:
        return _refused(error.status, "temporarily_unavailable", retry_after=error.retry_after or 1)
    except BookerError as error:
        return _refused(error.status, "refused")
    return jsonify(accessToken=access) if access else _refused(401, "invalid_token")


def _fresh_access(calcom: CalcomParts) -> str | None:
    given = request.authorization
    known = given is not None and given.type == "bearer" and given.token
    return calcom.accounts.fresh_access(known) if known else None


def _refused(status: int, error: str, *, retry_after: float = 0) -> Response:
    response = jsonify(error=error)
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = "Bearer"
    if retry_after:
        response.headers["Retry-After"] = str(math.ceil(retry_after))
    return response
