"""The token in our forms: the host's, where the host runs Flask-WTF's CSRFProtect, else our own."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from typing import Any

from flask import current_app, request, session
from itsdangerous import BadSignature, URLSafeTimedSerializer

from ..errors import FormExpired, LinkInvalid
from ..languages import N_
from .components import Hidden

FIELD = "csrf_token"
_LIFETIME = 7 * 24 * 3600


def field(keys: Sequence[bytes]) -> Hidden:
    """Give the hidden field for a form: with the host's token for a visitor who has the host's session.

    For anyone else the host's token would set a cookie, and fail where cookies are blocked.
    """
    if (host := _host_protection()) and session:
        return Hidden(name=FIELD, value=str(host.generate_csrf()))
    return Hidden(name=FIELD, value=str(_serializer(keys).dumps("form")))


def check(keys: Sequence[bytes]) -> None:
    """Refuse a POST that another site made, or whose token is not right.

    Our own token needs no cookie: guests have no session that could be abused, so it only has to show that
    the form came from here; a browser's word on who sent it (Fetch Metadata, Origin) comes first.
    """
    _check_origin()
    token = request.form.get(FIELD, "")
    if not (_is_ours(token, keys) or _is_hosts(token)):
        raise FormExpired("The CSRF token is missing, forged or expired.")


def _is_ours(token: str, keys: Sequence[bytes]) -> bool:
    try:
        _serializer(keys).loads(token, max_age=_LIFETIME)
    except BadSignature:
        return False
    return True


def _is_hosts(token: str) -> bool:
    host = _host_protection()
    if host is None:
        return False
    try:
        host.validate_csrf(token)
    except host.ValidationError:
        return False
    return True


def judge_own_forms(_endpoint: str | None, _values: dict[str, Any] | None) -> None:
    """Keep the host's CSRFProtect from our own forms, which `check` judges.

    Over https it wants a referrer, and our pages send none. Preprocessors of URL values come before all that
    is done before a request, so it does not matter which of the two extensions was set up first.
    """
    if protection := current_app.extensions.get("csrf"):
        protection.exempt(current_app.blueprints[request.blueprint or ""])


def _check_origin() -> None:
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin", "null")
    # Under Referrer-Policy no-referrer browsers send "Origin: null" even for our own forms (Fetch, 3.1).
    foreign = origin != "null" and origin.partition("://")[2] != request.host
    if site not in (None, "same-origin", "none") or (site is None and foreign):
        raise LinkInvalid(
            "A form was sent by another site.", sentence=N_("This form was sent from another site.")
        )


def _host_protection() -> Any:
    """Give Flask-WTF's module when the host runs its CSRFProtect; we never import it otherwise."""
    runs = "csrf" in current_app.extensions and current_app.config["WTF_CSRF_ENABLED"]
    return importlib.import_module("flask_wtf.csrf") if runs else None


def _serializer(keys: Sequence[bytes]) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(list(keys), salt="booker.csrf.v1")
