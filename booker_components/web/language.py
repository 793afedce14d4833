"""The language of a visitor: as the host says, or as the browser asks for it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from flask import current_app, has_request_context, request
from markupsafe import Markup, escape

from .. import languages
from ..languages import Speech
from .runtime import Runtime

#: The parameter that names a language, as a BCP 47 tag; the visitor or a link to us has chosen it.
PARAMETER = "lang"
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_ASKED = re.compile(r"\s*([A-Za-z0-9-]{2,20})\s*(?:;\s*q=([01](?:\.\d*)?))?\s*")


def visitors(parts: Runtime) -> Speech:
    """Give what is spoken to the visitor of this request.

    What the address names comes first, then what the host says ('BOOKER_LANGUAGE', or else Flask-Babel, where
    it is in use), then what the browser asks for (RFC 9110 section 12.5.4).
    """
    if not has_request_context():
        return parts.languages.best(())
    asked = () if (said := _said_by_host(parts)) else _asked_for(request.headers.get("Accept-Language", ""))
    return parts.languages.best((*filter(None, (chosen(), said)), *asked))


def chosen() -> str:
    """Give the language that the address or a form names; "" for none."""
    tag = request.values.get(PARAMETER, "")
    return tag if _TAG.fullmatch(tag) else ""


def _said_by_host(parts: Runtime) -> str:
    language = parts.settings.language
    if callable(language):
        return str(language(request) or "")
    if language or "babel" not in current_app.extensions:
        return str(language or "")
    # An extension of this name may be another than Flask-Babel.
    try:
        from flask_babel import get_locale
    except ImportError:
        return ""
    return str(get_locale() or "")


def _asked_for(header: str) -> Sequence[str]:
    """Give the languages of the header, the best first."""
    found = [match for part in header[:200].split(",") if (match := _ASKED.fullmatch(part))]
    wanted = [(float(each[2] or 1), each[1]) for each in found]
    return [tag for weight, tag in sorted(wanted, key=lambda each: -each[0]) if weight]


# --- for templates -------------------------------------------------------------------------------


def text(message: str, **values: object) -> str:
    """Give *message* as `languages.gettext` does; with markup among the *values* it is markup, too."""
    return _filled(languages.gettext(message), values)


def plural(one: str, many: str, n: int, **values: object) -> str:
    """Give the text for *n* things as `languages.ngettext` does, with markup as `text`."""
    return _filled(languages.speech().texts.ngettext(one, many, n), {"n": n, **values})


def in_context(context: str, message: str, **values: object) -> str:
    """Give *message* as `languages.pgettext` does, with markup as `text`."""
    return _filled(languages.pgettext(context, message), values)


def _filled(said: str, values: dict[str, object]) -> str:
    if any(hasattr(each, "__html__") for each in values.values()):
        return Markup(escape(said)) % values  # noqa: S704 - escaped
    return said % values if values else said


#: What templates call: names of ours, for `_` may be the host's own.
GLOBALS = {"bk_": text, "bk_n": plural, "bk_p": in_context, "bk_speech": languages.speech}
