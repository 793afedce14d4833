"""The language of a visitor: as the host says, or as the browser asks for it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from babel import Locale
from flask import current_app, g, has_request_context, request
from markupsafe import Markup, escape
from werkzeug.exceptions import RequestEntityTooLarge

from .. import languages
from ..languages import Speech
from . import htmx

if TYPE_CHECKING:
    # It draws pickers, and their steps keep the language.
    from .runtime import Runtime

#: The parameter that names a language, as a BCP 47 tag; the visitor or a link to us has chosen it.
PARAMETER = "lang"
# The pages that are the same to whoever opens them again.
_PAGES = frozenset({"book", "booking", "reschedule", "cancel", "decide"})
_TAG = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")
_ASKED = re.compile(r"\s*([A-Za-z0-9-]{2,20})\s*(?:;\s*q=([01](?:\.\d*)?))?\s*")


def visitors(parts: Runtime) -> Speech:
    """Give what is spoken to the visitor of this request.

    What the address names comes first, then what the host says ('BOOKER_LANGUAGE', or else Flask-Babel, where
    it is in use), then what the browser asks for (RFC 9110 section 12.5.4). Where the address names no
    territory, dates and clock stay those of the visitor's own.
    """
    if not has_request_context():
        return parts.languages.best(())
    said = _said_by_host(parts)
    wanted = (said,) if said else _asked_for(request.headers.get("Accept-Language", ""))
    spoken = parts.languages.best(wanted)
    if tag := _chosen(parts):
        spoken = parts.languages.best((_placed(tag, spoken), *wanted))
    # A host's page may speak a language that its user's requests to us say nothing of.
    elsewhere = not _is_ours(parts) and said != parts.settings.language
    g.booker_language = _tag(spoken, tag) if tag or (said and elsewhere) else ""
    return spoken


def _chosen(parts: Runtime) -> str:
    """Give the language that the address or a form of ours names; "" for none."""
    tag = request.args.get(PARAMETER) or _sent(parts)
    return tag if _TAG.fullmatch(tag) else ""


def _is_ours(parts: Runtime) -> bool:
    return request.blueprint == parts.blueprint


def _sent(parts: Runtime) -> str:
    """Give what a form of ours says; hosts read their own, and a webhook's bytes are read as they came."""
    if not _is_ours(parts) or (request.endpoint or "").endswith(".webhook"):
        return ""
    try:
        return request.form.get(PARAMETER, "")
    except RequestEntityTooLarge:
        # Whoever wants the form itself meets this again, and can say so in some language by then.
        return ""


def _placed(tag: str, before: Speech) -> str:
    """Give *tag* with the territory that was gone by *before*, if it has none."""
    territory = before.locale.territory
    has_one = any(len(part) == 2 for part in re.split("[-_]", tag)[1:])
    return f"{tag}-{territory}" if territory and not has_one else tag


def _tag(spoken: Speech, chosen: str) -> str:
    """Give the tag that names what is *spoken*: never what somebody has put into an address."""
    # Dates follow a territory, which the language alone may not name.
    return spoken.tag if chosen == spoken.tag else str(spoken.locale).replace("_", "-")


def named() -> str:
    """Give the tag that links have to name for the next answer to be in this language; "" for none."""
    return str(g.get("booker_language", "")) if has_request_context() else ""


def keeping(address: str) -> str:
    """Give *address*, one of ours, so that the visitor goes on in the language that was chosen."""
    tag = named()
    if not tag or PARAMETER in dict(parse_qsl(urlsplit(address).query)):
        return address
    return f"{address}{'&' if '?' in address else '?'}{PARAMETER}={tag}"


# --- the switch ----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True, slots=True)
class Language:
    """A language that a page of ours can be read in."""

    #: BCP 47: "pt-BR".
    tag: str
    #: What it calls itself: "Português (Brasil)".
    label: str
    #: The same page in it.
    href: str
    current: bool = False


def choices(parts: Runtime) -> tuple[Language, ...]:
    """Give the languages that the page of this request can be read in; none where there is no choice of them.

    The visitor may choose where 'BOOKER_LANGUAGE_SWITCH' is on and several are spoken.
    """
    tags = parts.languages.tags
    path, query = _page(parts) if parts.settings.language_switch and len(tags) > 1 else ("", ())
    if not path:
        return ()
    spoken = languages.speech().tag
    return tuple(
        Language(
            tag=tag,
            label=_native(tag),
            href=f"{path}?{'&'.join((*query, f'{PARAMETER}={tag}'))}",
            current=tag == spoken,
        )
        for tag in tags
    )


def _page(parts: Runtime) -> tuple[str, Sequence[str]]:
    """Give path and parameters, without a language, of the page with this request's widget; no path for none.

    What a form has sent is no part of it. Nobody comes back to what a vendor has led to.
    """
    endpoint = (request.endpoint or "").removeprefix(f"{parts.blueprint}.")
    if endpoint == "link":
        return parts.url(f"/bookings/{quote(str((request.view_args or {}).get('uid')), safe='')}"), ()
    if endpoint not in _PAGES:
        return "", ()
    path, _, query = htmx.address().partition("?")
    return path, [each for each in query.split("&") if each and unquote(each.partition("=")[0]) != PARAMETER]


@lru_cache(maxsize=256)
def _native(tag: str) -> str:
    name = Locale.parse(tag, sep="-").get_display_name() or tag
    # CLDR gives names as they stand in a sentence, "français", and these stand alone.
    return name[:1].upper() + name[1:]


# --- what decides --------------------------------------------------------------------------------


def _said_by_host(parts: Runtime) -> str:
    language = parts.settings.language
    if callable(language):
        return str(language(request) or "")
    # An extension of this name may be another than Flask-Babel.
    if language or not hasattr(current_app.extensions.get("babel"), "locale_selector"):
        return str(language or "")
    from flask_babel import get_locale

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
