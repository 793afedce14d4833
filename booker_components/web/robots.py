"""Forms that programs send: kept out without riddles for people, without cookies, and without anybody's help.

A form has a field that nobody sees, a stamp that tells when it was shown, and where the host wants it a
little work for the browser, which costs a person nothing, and who sends thousands of forms a lot.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import request
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, parse

from ..errors import FormExpired, TooManyRequests
from ..languages import N_
from .components import Hidden, Work
from .runtime import Runtime

#: The field that people neither see nor hear of; what fills in every field fills it in.
TRAP = "fax"
#: The field that says when the form was shown; nobody can make one but us.
STAMP = "stamp"
#: The field for what the browser has found.
WORK = "work"

#: So long a form may stand open.
_STANDS = timedelta(days=7)
# Browsers without scripts cannot work. They may send a few forms all the same.
_IDLE = RateLimitItemPerHour(5)
_TRAPPED = N_(
    "Something has filled in a field that is not for people. It is empty again: please send the form "
    "once more."
)
_TOO_FAST = N_("That was very quick. Please look at your answers, and send the form once more.")
_WORKED_ALREADY = N_("This form was sent before. Please send it once more.")


@dataclass(frozen=True, slots=True)
class _Stamp:
    """When a form was shown, and a name that no other form has."""

    made: datetime
    name: str


def stamp(parts: Runtime) -> Hidden:
    """Give the stamp of a form that is shown now."""
    made = int(parts.service.clock().timestamp())
    return Hidden(name=STAMP, value=str(_serializer(parts).dumps([made, secrets.token_urlsafe(9)])))


def work(parts: Runtime) -> Work | None:
    """Give what the browser is to do before a form is sent; None where the host wants nothing of it."""
    bits = parts.settings.proof_of_work
    return Work(bits=bits, stamp=STAMP, field=WORK) if bits else None


def check(parts: Runtime) -> None:
    """Refuse the form of this request if a program has sent it, or too many came from one address.

    Whatever is refused is refused once: the form that is shown again is as good as new.
    """
    if request.form.get(TRAP):
        raise FormExpired("The trap of a form was filled in.", sentence=_TRAPPED)
    stamp = _read(parts, request.form.get(STAMP, ""))
    age = parts.service.clock() - stamp.made
    if age > _STANDS:
        raise FormExpired("The stamp of a form is too old.")
    # Without such a wish a form may come from before: clocks of several servers differ.
    if (least := parts.settings.form_seconds) and age < timedelta(seconds=least):
        raise FormExpired("A form came back too soon.", sentence=_TOO_FAST)
    _check_work(parts, stamp)
    if limit := parts.settings.booking_limit:
        _count(parts, parse(limit), "address")


def is_solved(stamp: str, found: str, bits: int) -> bool:
    """Tell whether SHA-256 of "<stamp>:<found>" begins with so many *bits* that are 0."""
    digest = hashlib.sha256(f"{stamp}:{found}".encode()).digest()
    return int.from_bytes(digest) >> (256 - bits) == 0


def _check_work(parts: Runtime, stamp: _Stamp) -> None:
    bits, found = parts.settings.proof_of_work, request.form.get(WORK, "")[:20]
    if not bits:
        return
    if not is_solved(request.form[STAMP], found, bits):
        _count(parts, _IDLE, "idle")
    elif not _is_for_one(parts, stamp):
        raise FormExpired("The work for a form was used before.", sentence=_WORKED_ALREADY)


def _is_for_one(parts: Runtime, stamp: _Stamp) -> bool:
    """Tell whether the work for *stamp* is used for one booking: a double click asks for the same twice."""
    once, key = RateLimitItemPerDay(1, _STANDS.days), request.form.get("key", "")
    known = hashlib.sha256(key.encode()).hexdigest()
    if parts.limiter.hit(once, "booker-stamp", stamp.name):
        parts.limiter.hit(once, "booker-stamp", stamp.name, known)
        return True
    return bool(key) and not parts.limiter.test(once, "booker-stamp", stamp.name, known)


def _count(parts: Runtime, limit: RateLimitItem, what: str) -> None:
    if not parts.limiter.hit(limit, "booker-form", what, request.remote_addr or ""):
        raise TooManyRequests(f"More than {limit} forms from one address.")


def _read(parts: Runtime, text: str) -> _Stamp:
    try:
        made, name = _serializer(parts).loads(text)
        return _Stamp(datetime.fromtimestamp(made, UTC), str(name))
    except (BadSignature, TypeError, ValueError, OverflowError, OSError):
        raise FormExpired("The stamp of a form is missing or forged.") from None


def _serializer(parts: Runtime) -> URLSafeSerializer:
    return URLSafeSerializer(list(parts.keys), salt="booker.stamp")
