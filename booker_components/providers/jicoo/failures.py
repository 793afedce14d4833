"""What Jicoo's error answers mean, as errors of ours (contracts/jicoo.md 1.2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ...errors import OutcomeUnknown, ProviderError, ProviderRefused, ProviderUnavailable
from .._calls import parsed
from .._http import Reply

_LONGEST_TEXT = 1000
# How many texts of an error's body are looked for at most, at any depth.
_MOST_TEXTS = 50


class JicooError(ProviderRefused):
    """Jicoo refused a call, with a status from 400 to 499.

    `status` stays what our own answer gets; Jicoo's is in `answered`. The message and the sentence never
    hold Jicoo's words, which may quote personal data and uids.
    """

    def __init__(self, message: str, *, answered: int, text: str = "") -> None:
        super().__init__(message)
        #: The HTTP status that Jicoo answered.
        self.answered = answered
        #: Jicoo's own words, for matching only: they are neither for logs nor for guests.
        self.text = text


class JicooNotFound(JicooError):
    """Jicoo knows no such thing (404)."""


class JicooForbidden(JicooError):
    """Jicoo takes no such key (401), or the key does not allow this (403)."""


class JicooUnprocessable(JicooError):
    """Jicoo understood the call, and cannot do it (422): most likely a time that is gone."""


_KINDS: dict[int, type[JicooError]] = {
    401: JicooForbidden,
    403: JicooForbidden,
    404: JicooNotFound,
    422: JicooUnprocessable,
}


def failure(reply: Reply, call: str, *, repeatable: bool) -> ProviderError:
    """Make the error that says what *reply*, of status 400 or more, means; *call* names the call.

    A 5xx tells nothing about what became of a change, for it may come after the change was made: that is
    `OutcomeUnknown`, unless the call is *repeatable*.
    """
    message = f"Jicoo answered {call} with {reply.status} (request {reply.request_id})."
    if reply.status >= 500:
        return ProviderUnavailable(message) if repeatable else OutcomeUnknown(message)
    kind = _KINDS.get(reply.status, JicooError)
    return kind(message, answered=reply.status, text=words(reply.body))


def garbled(reply: Reply, call: str, wrong: str, *, repeatable: bool) -> ProviderError:
    """Make the error for an answer of success that says something else than agreed."""
    message = f"Jicoo answered {call} with {reply.status} but {wrong} (request {reply.request_id})."
    return ProviderError(message) if repeatable else OutcomeUnknown(message)


def words(body: bytes) -> str:
    """Give the texts of an error's *body*, joined; "" if there are none.

    The shape of `errors` is not documented (contracts/jicoo.md 1.1): an object, a list, a text, null, or a
    body that is no JSON at all, whatever a gateway writes.
    """
    found = parsed(body)
    if isinstance(found, dict):
        found = found.get("errors") or found
    if found is None:
        found = body[: 4 * _LONGEST_TEXT].decode("utf-8", "replace")
    texts = (each for each, _ in zip(_texts(found), range(_MOST_TEXTS), strict=False))
    return "; ".join(texts)[:_LONGEST_TEXT]


def _texts(value: Any) -> Iterator[str]:
    """Give every text in *value*, the names of an object's fields too: they say what a text is about."""
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str(text):
                yield text
            case dict(fields):
                waiting += [each for pair in reversed(fields.items()) for each in reversed(pair)]
            case list(items):
                waiting += reversed(items)
