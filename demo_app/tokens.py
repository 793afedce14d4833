"""Tokens in the demo's own forms: other sites cannot read them, so they cannot send the forms."""

from __future__ import annotations

from flask import abort, current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

_DAY = 24 * 3600


def token(page: str) -> str:
    """Give the token for the forms of a *page*, which send it as "token"."""
    return str(_serializer(page).dumps(page))


def check(page: str) -> None:
    """Refuse a form that is not from *page*, with status 400."""
    try:
        _serializer(page).loads(request.form.get("token", ""), max_age=_DAY)
    except BadSignature:
        abort(400, "The form is too old, or not from this site. Go back, reload the page and try again.")


def _serializer(page: str) -> URLSafeTimedSerializer:
    assert current_app.secret_key
    return URLSafeTimedSerializer(current_app.secret_key, salt=f"demo.{page}")
