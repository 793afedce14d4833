"""Holds: the chosen time is kept for some minutes while a visitor fills in the form.

Scripts ask for it by POST, so that looking never changes anything. The visitor gets a signed token, which
says that the hold is theirs and no more; a hold is advisory, and whoever books first has the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from flask import Blueprint, jsonify, request
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItemPerMinute
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from .. import times
from ..errors import BookerError, NotBookable, SlotTaken, TooManyRequests, Unsupported
from ..languages import N_
from ..languages import gettext as _
from ..providers import HoldsSlots
from ..values import EventType, Hold
from . import csrf, finding, language, locking
from .runtime import Runtime, runtime
from .state import PREFILL

#: The hidden field for the token.
FIELD = "hold"
# How many holds one address may ask for while one lasts: several guests may share it, but it must not empty
# a calendar. Whoever is refused can book all the same.
_MOST = 30
# A hold is renewed so many seconds before it lapses, but not sooner than after so many.
_EARLIER = 15
_SOONEST = 30
_LONGEST = 24 * 60
_GONE = N_("This time is no longer free. Please choose another one; what you have typed is kept.")


def register(blueprint: Blueprint) -> None:
    """Register the routes."""
    blueprint.add_url_rule("/booker/hold", "hold", hold, methods=["POST"])
    blueprint.add_url_rule("/booker/release", "release", release, methods=["POST"])


def address(parts: Runtime, event_type: EventType, duration: timedelta, *, zone: str, token: str = "") -> str:
    """Give where scripts ask for a hold of *duration*; "" where no times are kept.

    *zone* is the guest's; *token* is that of the visitor's link, if there is one.
    """
    if not (_keeps(parts) and (token or not event_type.private)):
        return ""
    minutes = duration // timedelta(minutes=1)
    query: dict[str, object] = {
        "slug": event_type.slug,
        "username": event_type.owner,
        "tz": zone,
        "minutes": minutes,
    }
    if event_type.private:
        query[PREFILL] = token
    return language.keeping(f"{parts.url('/booker/hold')}?{urlencode(query)}")


def _keeps(parts: Runtime) -> bool:
    return bool(parts.settings.hold_minutes) and isinstance(parts.service.provider, HoldsSlots)


def uid_of(parts: Runtime, form: MultiDict[str, str]) -> str:
    """Give the uid of the hold whose token *form* sends along; "" for none, or one that is not ours."""
    try:
        return str(_serializer(parts.keys).loads(form.get(FIELD, "")))
    except BadSignature:
        return ""


def held(parts: Runtime, uid: str) -> Hold | None:
    """Give the hold *uid* while it lasts; None where that cannot be asked, for a hold is not needed."""
    try:
        return parts.service.held(uid)
    except BookerError:
        return None


def let_go(parts: Runtime, uid: str) -> None:
    """Give up the hold *uid*; one that cannot be given up now lapses by itself."""
    try:
        parts.service.release(uid)
    except BookerError:
        return


# --- what scripts ask for ------------------------------------------------------------------------


def hold() -> Response:
    """Keep a slot in place of the one held before; answer with the token, and when to ask again."""
    parts = runtime()
    try:
        kept = _hold(parts)
    except SlotTaken as error:
        return _answer(error.status, sentence=_(_GONE))
    except BookerError as error:
        return _answer(error.status, sentence=_(error.sentence))
    seconds = (kept.until - parts.service.clock()).total_seconds()
    token = str(_serializer(parts.keys).dumps(kept.uid))
    return _answer(200, hold=token, seconds=max(_SOONEST, int(seconds) - _EARLIER))


def release() -> Response:
    """Give up a hold."""
    parts = runtime()
    csrf.check(parts.keys)
    let_go(parts, uid_of(parts, request.form))
    return Response(status=204)


def _hold(parts: Runtime) -> Hold:
    csrf.check(parts.keys)
    if not _keeps(parts):
        raise Unsupported("No times are kept here.")
    limit = RateLimitItemPerMinute(_MOST, parts.settings.hold_minutes)
    if not parts.limiter.hit(limit, "booker-hold", (request.remote_addr or "")[:200]):
        raise TooManyRequests(f"More than {limit} holds for one address.")
    args = request.args
    owner = finding.owner(parts, args.get("username", ""))
    event_type = parts.service.event_type(args.get("slug", ""), owner=owner)
    if event_type.private:
        locking.admit(parts, args.get(PREFILL, ""), event_type)
    start, duration = _instant(request.form.get("slot", "")), _minutes(args.get("minutes", ""))
    # Where times are shown in one zone only, no other makes a time that could be booked.
    zone = event_type.zone if event_type.zone_locked else _zone(args.get("tz", ""))
    # A provider may refuse to hold what is held, and does not know by whom.
    let_go(parts, uid_of(parts, request.form))
    return parts.service.hold(event_type, start, duration=duration, zone=zone)


def _instant(text: str) -> datetime:
    try:
        return times.parse_instant(text)
    except ValueError as error:
        raise NotBookable(str(error)) from None


def _zone(text: str) -> str:
    try:
        return times.zone(text).key if text else ""
    except ValueError as error:
        raise NotBookable(str(error)) from None


def _minutes(text: str) -> timedelta:
    if not (text.isascii() and text.isdigit() and 0 < len(text) < 6 and 0 < int(text) <= _LONGEST):
        raise NotBookable(f"{text[:20]!r} is no number of minutes.")
    return timedelta(minutes=int(text))


def _answer(status: int, **told: object) -> Response:
    answer = jsonify(told)
    answer.status_code = status
    return answer


def _serializer(keys: Sequence[bytes]) -> URLSafeSerializer:
    return URLSafeSerializer(list(keys), salt="booker.holds.v1")
