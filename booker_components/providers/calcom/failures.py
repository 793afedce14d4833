"""What Cal.com's error answers mean, as errors of ours."""

from __future__ import annotations

from typing import Any

from ...errors import OutcomeUnknown, ProviderError, ProviderRefused, ProviderUnavailable
from .._calls import parsed
from .._http import Reply

_LONGEST_TEXT = 2000


class CalcomError(ProviderRefused):
    """Cal.com refused a call, with a status from 400 to 499.

    `status` stays what our own answer gets; Cal.com's is in `answered`. The message and the sentence never
    hold Cal.com's words, which may quote personal data and uids.
    """

    def __init__(self, message: str, *, answered: int, code: str = "", text: str = "") -> None:
        super().__init__(message)
        #: The HTTP status that Cal.com answered.
        self.answered = answered
        #: Cal.com's word for the error, mostly the name of an exception; empty if it gave none.
        self.code = code
        #: Cal.com's own words, for matching only: they are neither for logs nor for guests.
        self.text = text


class CalcomNotFound(CalcomError):
    """Cal.com knows no such thing (404)."""


class CalcomForbidden(CalcomError):
    """Cal.com wants other credentials for this (401, 403, 498)."""


_KINDS: dict[int, type[CalcomError]] = {
    401: CalcomForbidden,
    403: CalcomForbidden,
    404: CalcomNotFound,
    498: CalcomForbidden,
}


def failure(reply: Reply, call: str, *, repeatable: bool) -> ProviderError:
    """Make the error that says what *reply*, of status 400 or more, means; *call* names the call.

    A 5xx tells nothing about what became of a change, for it may come after the change was made: that is
    `OutcomeUnknown`, unless the call is *repeatable*.
    """
    message = f"Cal.com answered {call} with {reply.status} (request {reply.request_id})."
    if reply.status >= 500:
        return ProviderUnavailable(message) if repeatable else OutcomeUnknown(message)
    code, text = words(reply.body)
    return _KINDS.get(reply.status, CalcomError)(message, answered=reply.status, code=code, text=text)


def garbled(reply: Reply, call: str, wrong: str, *, repeatable: bool) -> ProviderError:
    """Make the error for an answer of success that says something else than agreed."""
    message = f"Cal.com answered {call} with {reply.status} but {wrong} (request {reply.request_id})."
    return ProviderError(message) if repeatable else OutcomeUnknown(message)


def words(body: bytes) -> tuple[str, str]:
    """Read the code and the text of an error's *body*, each empty if there is none.

    The body is of one of three shapes (contracts/calcom.md 4.5), or anything that a gateway writes.
    """
    found = parsed(body)
    if not isinstance(found, dict):
        return "", ""
    error = found.get("error")
    if isinstance(error, dict):
        return _text(error.get("code")), _text(error.get("message")) or _text(found.get("message"))
    return _text(error), _text(found.get("message")) or _text(found.get("error_description")) or _text(error)


def _text(value: Any) -> str:
    if isinstance(value, list):
        return "; ".join(_text(each) for each in value if isinstance(each, str))[:_LONGEST_TEXT]
    return value[:_LONGEST_TEXT] if isinstance(value, str) else ""
