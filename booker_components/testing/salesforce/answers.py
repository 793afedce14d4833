"""How Salesforce writes errors: a list, each with a message and a code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..exchanges import Answer, Json, answer

#: The statuses of errors that are not answered with 400 (REST API Developer Guide, "Status Codes and
#: Error Responses").
_STATUSES = {
    "INVALID_SESSION_ID": 401,
    "INVALID_AUTH_HEADER": 401,
    "REQUEST_LIMIT_EXCEEDED": 403,
    "API_DISABLED_FOR_ORG": 403,
    "INSUFFICIENT_ACCESS": 403,
    "NOT_FOUND": 404,
    "ENTITY_IS_DELETED": 404,
    "METHOD_NOT_ALLOWED": 405,
    "UNSUPPORTED_API_VERSION": 410,
    "URI_TOO_LONG": 414,
    "UNSUPPORTED_MEDIA_TYPE": 415,
    "UNKNOWN_EXCEPTION": 500,
    "THE_FAKE_DOES_NOT_KNOW": 501,
    "SERVER_UNAVAILABLE": 503,
}

#: What the errors say that a test asks for by their code alone.
WORDS = {
    "INVALID_SESSION_ID": "Session expired or invalid",
    "REQUEST_LIMIT_EXCEEDED": "TotalRequests Limit exceeded.",
    "API_DISABLED_FOR_ORG": "The REST API is not enabled for this Organization.",
    "INSUFFICIENT_ACCESS_OR_READONLY": "insufficient access rights on object id",
    "UNABLE_TO_LOCK_ROW": "unable to obtain exclusive access to this record",
    "NOT_FOUND": "The requested resource does not exist",
    "UNKNOWN_EXCEPTION": "An unexpected error occurred.",
    "SERVER_UNAVAILABLE": "The server is temporarily unable to handle the request.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Flaw:
    """One error of an answer."""

    code: str
    message: str
    #: The fields that it is about, by their API names; None where Salesforce does not tell.
    fields: tuple[str, ...] | None = None
    #: What else it says: the records that a duplicate rule has found.
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def json(self) -> Json:
        """As Salesforce writes it."""
        told = {} if self.fields is None else {"fields": list(self.fields)}
        return {**self.more, "message": self.message, "errorCode": self.code, **told}


class Refusal(Exception):
    """An answer that is a list of errors; the first decides the status."""

    def __init__(self, flaws: Iterable[Flaw], *, status: int = 0) -> None:
        self.flaws = list(flaws)
        super().__init__("; ".join(f"{each.code}: {each.message}" for each in self.flaws))
        self.status = status or status_of(self.flaws[0].code)


def refused(
    code: str, message: str = "", fields: tuple[str, ...] | None = None, *, status: int = 0
) -> Refusal:
    """Give a refusal with one error, in its usual words unless *message* says otherwise."""
    return Refusal([Flaw(code=code, message=message or WORDS.get(code, code), fields=fields)], status=status)


def status_of(code: str) -> int:
    """Give the status that an error is answered with."""
    return _STATUSES.get(code, 400)


def refusal_answer(refusal: Refusal) -> Answer:
    """Write *refusal* as Salesforce does."""
    return answer([each.json for each in refusal.flaws], status=refusal.status)
