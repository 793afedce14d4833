"""The widgets for a host's own templates: `{{ booker("intro-call") }}` and its siblings."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from flask import g, render_template
from markupsafe import Markup
from werkzeug.datastructures import MultiDict

from ..errors import BookerError, InvalidRequest
from ..languages import speaking
from ..values import Booking
from . import cancelling, language, locking, notices, wording
from . import prefill as prefill_
from .assets import Addresses
from .components import Component, Shell
from .details import Details
from .reading import visitors
from .runtime import Runtime, runtime
from .state import PREFILL, booker_path
from .steps import Steps

_log = logging.getLogger(__name__)

#: So long a host's page may stand open before what is locked in it ends.
_STANDS = timedelta(days=1)


class Widgets:
    """What the name `booker` is in the templates of an app; the host decides who sees its pages."""

    def head(self) -> Markup:
        """Give the style sheet and the script, for the page's `<head>`."""
        parts = runtime()
        assets = Addresses.of(parts.assets, parts.url(""))
        return Markup(render_template("booker/head.html", assets=assets))  # noqa: S704 - autoescaped

    def __call__(
        self,
        slug: str,
        *,
        owner: str = "",
        prefill: Mapping[str, Any] | None = None,
        locked: Mapping[str, Any] | None = None,
    ) -> Markup:
        """Give the booker of an event type; known answers, by slug, stay out of links.

        Those in *prefill* may be changed, unless the event type locks their questions; those in *locked*
        cannot, whatever a browser sends (see `booker_link`). Whoever sees the page may book what is private.
        """

        def draw(parts: Runtime, identity: str) -> Markup:
            event_type = parts.service.event_type(slug, owner=owner or None)
            known = prefill or {}
            query: MultiDict[str, str] = MultiDict()
            told = prefill_.told(known, event_type)
            if locked or event_type.private or locking.locks(event_type, known):
                kept = locking.token(parts, event_type, locked=locked or {}, known=known, expires=_STANDS)
                query, told = MultiDict({PREFILL: kept}), ()
            at = Steps.of_booking(parts, event_type, query, id=identity, owner=owner, told=told)
            widget = at.widget()
            return parts.memory.widget(widget) if at.is_shared(widget) else widget.__html__()

        return _shown(f"booker-{slug}", draw)

    def lazy(
        self,
        slug: str,
        *,
        owner: str = "",
        prefill: Mapping[str, Any] | None = None,
        locked: Mapping[str, Any] | None = None,
    ) -> Markup:
        """Give a shell, in whose place the booker comes once the guest is near; without scripts it is a link.

        No slots are asked for until then. The rest is as without *lazy*, but what is known of the guest is
        always kept here, with a token for it in the shell.
        """

        def draw(parts: Runtime, identity: str) -> Markup:
            event_type = parts.service.event_type(slug, owner=owner or None)
            kept = locking.token(parts, event_type, locked=locked or {}, known=prefill or {}, expires=_STANDS)
            path = parts.url(booker_path(event_type, owner))
            href = language.keeping(f"{path}?{urlencode({PREFILL: kept})}" if kept else path)
            return Shell(id=identity, title=event_type.title, href=href).__html__()

        return _shown(f"booker-{slug}", draw)

    def booking(self, uid: str) -> Markup:
        """Give a booking with everything that its guest may see and do."""

        def draw(parts: Runtime, identity: str) -> Markup:
            booking = parts.service.get(uid)
            reading = visitors(booking.attendee.zone)
            details = Details(parts=parts, booking=booking, reading=reading, id=identity, trusted=True)
            return details.component().__html__()

        return _shown("booking", draw)

    def reschedule(self, uid: str) -> Markup:
        """Give the calendar in which a booking is moved."""
        return _shown(
            "reschedule",
            lambda parts, identity: _reschedule(parts, identity, parts.service.get(uid)).__html__(),
        )

    def cancel(self, uid: str) -> Markup:
        """Give the form in which a booking is cancelled."""
        return _shown(
            "cancel", lambda parts, identity: _cancel(parts, identity, parts.service.get(uid)).__html__()
        )


def _shown(word: str, draw: Callable[[Runtime, str], Markup]) -> Markup:
    """Give what *draw* gives, or a notice: a failure never breaks the host's page."""
    parts, identity = runtime(), _next_id(word)
    with speaking(language.visitors(parts)):
        return _drawn(parts, identity, draw)


def _drawn(parts: Runtime, identity: str, draw: Callable[[Runtime, str], Markup]) -> Markup:
    try:
        return draw(parts, identity)
    except InvalidRequest as error:
        # Nothing that a visitor could mend: the page itself gives a wrong answer.
        _log.error("The widget %s cannot be shown. %s", identity, error.message)
        return replace(notices.of_status(500), id=identity).__html__()
    except BookerError as error:
        return replace(notices.of(parts, error), id=identity).__html__()


def _next_id(word: str) -> str:
    """Give an id for a widget that no other on this page has."""
    taken: dict[str, int] = g.setdefault("_booker_ids", {})
    taken[word] = taken.get(word, 0) + 1
    return f"bk-{word}" if taken[word] == 1 else f"bk-{word}-{taken[word]}"


def _reschedule(parts: Runtime, identity: str, booking: Booking) -> Component:
    event_type = parts.service.event_type_of(booking)
    verdict = parts.service.may_reschedule(booking)
    if event_type is None or not verdict.allowed:
        sentence = wording.closed(verdict, visitors(booking.attendee.zone))
        return replace(notices.closed(parts, booking, sentence), id=identity)
    at = Steps.of_move(parts, event_type, booking, MultiDict(), id=identity)
    return at.widget()


def _cancel(parts: Runtime, identity: str, booking: Booking) -> Component:
    verdict = parts.service.may_cancel(booking)
    reading = visitors(booking.attendee.zone)
    if not verdict.allowed:
        sentence = wording.closed(verdict, reading)
        return replace(notices.closed(parts, booking, sentence), id=identity)
    form = cancelling.form(parts, booking)
    return cancelling.component(parts, booking, form, id=identity, reading=reading)
