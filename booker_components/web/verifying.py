"""Showing that an address is the guest's own: a code of six digits is mailed there, and typed in here.

Nothing is kept of it on the server but counts: what a form carries along is signed, and says of the code only
what it takes to know it again.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from flask import g, request
from itsdangerous import BadSignature, URLSafeSerializer
from limits import RateLimitItem, RateLimitItemPerDay, RateLimitItemPerHour, RateLimitItemPerMinute

from .. import questions
from ..errors import CodeNeeded, CodeWrong, DeliveryFailed, ProviderUnavailable, TooManyRequests
from ..languages import N_
from ..languages import gettext as _
from ..values import EventType
from .components import Field
from .runtime import Runtime

#: The field for the code, and the hidden one for what is known of it.
CODE = "code"
PROOF = "proof"
#: The button that asks for another code.
AGAIN = "recode"

_DIGITS = 6
#: So long a code is good.
_GOOD = timedelta(minutes=15)
#: So long an address that was shown to be the guest's stays so for one form.
_SHOWN = timedelta(hours=2)
# An address must not be flooded, and a code must not be guessed: of a million, five are tried.
_MOST_CODES = RateLimitItemPerMinute(3, 15)
_MOST_IN_A_DAY = RateLimitItemPerDay(10)
_MOST_FROM_ONE = RateLimitItemPerHour(30)
_MOST_TRIES = RateLimitItemPerMinute(5, 15)
_UNSENT = N_("We could not mail a code to this address. Please check it, and try again in a moment.")


@dataclass(frozen=True, slots=True)
class Proof:
    """What is known about whose an address is."""

    address: str
    #: What tells the code again; empty once it was typed in.
    digest: str
    #: Names the code, to count how often it was tried.
    name: str
    #: Until when it counts, in seconds since 1970.
    until: int


def wanted(parts: Runtime, event_type: EventType, *, known: bool) -> bool:
    """Tell whether a guest has to show whose an address is.

    Not where the host has said it (*known*), and not where no code can be mailed.
    """
    asked = parts.settings.verify_email or event_type.verify_email
    return bool(asked and parts.codes is not None and not known)


def check(parts: Runtime, address: str) -> None:
    """Let pass whoever has shown that *address* is theirs, or shows it now.

    Raises `CodeNeeded` for anybody else, to whom a code has been mailed, and `CodeWrong` for who has typed
    another one; `TooManyRequests`, and `ProviderUnavailable` where none can be mailed.
    """
    # As it will be booked. Letters are not folded: ß.example and ss.example are two people's.
    token, address = request.form.get(PROOF, ""), questions.email(questions.EMAIL, address)
    proof = _read(parts, token)
    code = questions.plain_digits("".join(request.form.get(CODE, "").split()))
    if proof is None or proof.address != address or AGAIN in request.form:
        raise CodeNeeded(address=address, proof=_asked(parts, address))
    if not proof.digest:
        return
    if not code:
        raise CodeNeeded(address=address, proof=token)
    _count(parts, _MOST_TRIES, "tries", proof.name)
    if not any(hmac.compare_digest(proof.digest, each) for each in _digests(parts, proof.name, code)):
        raise CodeWrong(address=address, proof=token)
    g.booker_proof = _written(parts, Proof(address, "", "", _until(parts, _SHOWN)))


def carried(parts: Runtime) -> str:
    """Give what the form that is shown carries along of what is known already; "" for nothing."""
    token = request.form.get(PROOF, "") if request.method == "POST" else ""
    return str(g.get("booker_proof") or (token if _read(parts, token) else ""))


def is_shown(parts: Runtime) -> bool:
    """Tell whether the form that is shown carries along that its address is the guest's."""
    proof = _read(parts, carried(parts))
    return bool(proof and not proof.digest)


def awaited(parts: Runtime, address: str) -> CodeNeeded | None:
    """Give which code is still to be typed in for *address*, where one was mailed; None for no code."""
    token = carried(parts)
    proof = _read(parts, token)
    if proof is None or not proof.digest or proof.address != _bare(address):
        return None
    return CodeNeeded(address=proof.address, proof=token)


def typed(error: CodeNeeded) -> str:
    """Give what was typed for a code that still counts, unless it was wrong; "" for nothing."""
    keeps = error.proof == request.form.get(PROOF) and not isinstance(error, CodeWrong)
    return request.form.get(CODE, "") if keeps else ""


def field(error: CodeNeeded, prefix: str, *, typed: str = "") -> Field:
    """Give the field for the code, with what was *typed* in it; ids start with *prefix*."""
    return Field(
        kind="code",
        id=f"{prefix}-{CODE}",
        name=CODE,
        label=_("Code"),
        value=typed,
        required=True,
        help=_("We have mailed it to %(address)s. It has six digits.", address=error.address),
        error=_(error.sentence) if isinstance(error, CodeWrong) else "",
        autocomplete="one-time-code",
        maxlength=20,
    )


def _asked(parts: Runtime, address: str) -> str:
    """Mail a code to *address*, and give what tells it again."""
    _count(parts, _MOST_FROM_ONE, "guest", request.remote_addr or "")
    # A digest of the address: what is counted lies in a store that may be everybody's.
    known = hashlib.sha256(address.lower().encode()).hexdigest()
    _count(parts, _MOST_CODES, "address", known)
    _count(parts, _MOST_IN_A_DAY, "address", known)
    code, name = f"{secrets.randbelow(10**_DIGITS):0{_DIGITS}}", secrets.token_urlsafe(9)
    assert parts.codes is not None
    try:
        parts.codes.send(address, code, minutes=_GOOD // timedelta(minutes=1))
    except DeliveryFailed as error:
        raise ProviderUnavailable(error.message, sentence=_UNSENT) from None
    return _written(parts, Proof(address, _digests(parts, name, code)[-1], name, _until(parts, _GOOD)))


def _bare(address: str) -> str:
    """Give *address* as it is compared; "" for what is none."""
    try:
        return questions.email(questions.EMAIL, address)
    except ValueError:
        return ""


def _digests(parts: Runtime, name: str, code: str) -> list[str]:
    said = f"{name}:{code}".encode()
    return [hmac.new(key, said, "sha256").hexdigest() for key in parts.keys]


def _count(parts: Runtime, limit: RateLimitItem, what: str, who: str) -> None:
    if not parts.limiter.hit(limit, "booker-code", what, who[:200]):
        raise TooManyRequests(f"More than {limit} codes for one {what}.")


def _until(parts: Runtime, length: timedelta) -> int:
    return int((parts.service.clock() + length).timestamp())


def _written(parts: Runtime, proof: Proof) -> str:
    fields = [proof.address, proof.digest, proof.name, proof.until]
    return str(_serializer(parts).dumps(fields))


def _read(parts: Runtime, token: str) -> Proof | None:
    """Give what *token* says; None if it is not ours, or no longer counts."""
    try:
        proof = Proof(*_serializer(parts).loads(token))
    except (BadSignature, TypeError):
        return None
    return proof if parts.service.clock().timestamp() < proof.until else None


def _serializer(parts: Runtime) -> URLSafeSerializer:
    return URLSafeSerializer(list(parts.keys), salt="booker.code")
