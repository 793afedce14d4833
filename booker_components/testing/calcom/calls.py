"""One call of the fake's API: what was asked, by whom, and how answers look (contracts/calcom.md 4.5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from ... import times
from ..exchanges import Answer as Answer
from ..exchanges import Json as Json
from ..exchanges import answer as answer
from ..exchanges import stamp as stamp

if TYPE_CHECKING:
    from .records import OAuthClient, PlatformClient, User
    from .store import Store

#: The class names that Cal.com puts in `error.code`, by status.
_CODES = {
    400: "BadRequestException",
    401: "UnauthorizedException",
    403: "ForbiddenException",
    404: "NotFoundException",
    409: "ConflictException",
    422: "UnprocessableEntityException",
    429: "ThrottlerException",
    498: "TokenExpiredException",
    500: "InternalServerErrorException",
}


class Shape(StrEnum):
    """The three shapes of errors (contracts/calcom.md 4.5)."""

    ENVELOPE = "A"
    CORE = "B"
    OAUTH = "C"


class Refusal(Exception):
    """An answer that is an error; `shape` decides how it is written."""

    def __init__(
        self, status: int, message: str, *, shape: Shape = Shape.ENVELOPE, code: str = "", details: Any = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.shape = shape
        self.code = code or _CODES.get(status, "HttpException")
        self.details = details


def success(data: Any, *, status: int = 200, **extra: Any) -> Answer:
    """Give *data* in the envelope of a success (contracts/calcom.md 4.1)."""
    return answer({"status": "success", "data": data, **extra}, status=status)


def refusal_answer(refusal: Refusal, *, path: str, now: datetime) -> Answer:
    """Write *refusal* in its shape."""
    if refusal.shape is Shape.OAUTH:
        body: Json = {"error": refusal.code, "error_description": refusal.message}
    elif refusal.shape is Shape.CORE:
        body = {"statusCode": refusal.status, "message": refusal.message}
    else:
        words = re.sub(r"Exception$", "", refusal.code)
        details = refusal.details or {
            "message": refusal.message,
            "error": re.sub(r"(?<=[a-z])(?=[A-Z])", " ", words),
            "statusCode": refusal.status,
        }
        error = {"code": refusal.code, "message": refusal.message, "details": details}
        body = {"status": "error", "timestamp": stamp(now), "path": path, "error": error}
    return answer(body, status=refusal.status)


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, as far as the headers prove it (contracts/calcom.md 4.2)."""

    user: User | None = None
    client: PlatformClient | None = None
    oauth: OAuthClient | None = None
    #: None for a caller that no scope binds: every one but an OAuth 2.0 token.
    scopes: frozenset[str] | None = None

    def may(self, scope: str) -> bool:
        """Tell whether the caller has *scope*; WRITE does not imply READ."""
        return not scope or self.scopes is None or scope in self.scopes

    def acts_for(self, user: User) -> bool:
        """Tell whether the caller is *user*, or the Platform client that manages him."""
        if self.client is not None and user.client == self.client.id:
            return True
        return self.user is not None and self.user.id == user.id


@dataclass(slots=True, kw_only=True)
class Call:
    """A request, read, with the store that it is about."""

    store: Store
    method: str
    #: With "/v2", without the query.
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    #: Read as JSON; None if it is none.
    body: Any
    raw: bytes = b""
    caller: Caller = Caller()

    @property
    def now(self) -> datetime:
        """The instant of the call."""
        return self.store.clock()

    @property
    def json(self) -> Json:
        """The body, which has to be an object; 400 otherwise."""
        if not isinstance(self.body, dict):
            raise invalid("body", "isObject", "the body must be an object")
        return self.body

    def one(self, name: str, default: str = "") -> str:
        """Give a parameter of the query."""
        return (self.query.get(name) or [default])[0]

    def many(self, name: str) -> list[str]:
        """Give a parameter that is repeated or separated by commas."""
        return [part for value in self.query.get(name, ()) for part in value.split(",") if part]

    def number(self, name: str, default: int) -> int:
        """Give a parameter that is a whole number; 400 if it is something else."""
        text = self.one(name)
        if not text:
            return default
        if not text.isascii() or not text.isdigit():
            raise invalid(name, "isNumber", f"{name} must be a number")
        return int(text)

    def instant(self, name: str) -> datetime | None:
        """Give a parameter that is an instant, None if it is missing; 400 if it is something else."""
        text = self.one(name)
        return read_instant(text, name) if text else None

    def text(self, name: str, *, required: bool = False) -> str:
        """Give a text of the body; 400 if it is something else, or missing though *required*."""
        value = self.json.get(name)
        if value is None and not required:
            return ""
        if not isinstance(value, str) or (required and not value):
            raise invalid(name, "isString", f"{name} must be a string")
        return value

    @property
    def host(self) -> User:
        """The user who calls; 401 without one."""
        if self.caller.user is None:
            raise Refusal(401, "ApiAuthStrategy - no authentication provided.")
        return self.caller.user


#: Answers one call; the keywords are the parts of its path.
Handler = Callable[..., Answer]


class Auth(StrEnum):
    """What a route asks of its caller."""

    #: Nothing; a caller who proves who he is sees more.
    PUBLIC = "public"
    #: An API key, a token, or a Platform client.
    USER = "user"
    #: What its handler asks: the secret of the client in the path, or a proof in the body.
    OWN = "own"


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method and path of the API."""

    method: str
    #: As werkzeug writes it, without "/v2".
    path: str
    handler: Handler
    auth: Auth = Auth.USER
    #: The versions that select this contract (contracts/calcom.md 4.3); none = the header is not looked at.
    versions: tuple[str, ...] = ()
    #: Answers in the old contract, where another version selects one; 404 where not.
    old: Handler | None = None
    #: What an OAuth 2.0 token needs (contracts/calcom.md 4.11).
    scope: str = ""


def invalid(name: str, rule: str, text: str) -> Refusal:
    """Give the refusal of a body or query that is not of the form asked for: 400, with the list of errors."""
    details = {
        "message": [text],
        "error": "Bad Request",
        "statusCode": 400,
        "errors": [{"property": name, "constraints": {rule: text}, "children": []}],
    }
    return Refusal(400, text, code="BAD_REQUEST", details=details)


def read_instant(value: Any, name: str) -> datetime:
    """Read an instant out of a body or query; 400 if it is something else."""
    try:
        return times.parse_instant(value if isinstance(value, str) else "")
    except ValueError:
        raise invalid(name, "isDateString", f"{name} must be a valid ISO 8601 date string") from None


def read_zone(value: Any, name: str) -> str:
    """Read a time zone out of a body or query; 400 if it is something else."""
    try:
        return times.zone(value if isinstance(value, str) else "").key
    except ValueError:
        raise invalid(name, "isTimeZone", f"{name} must be a valid IANA time-zone") from None
