"""What a fake was asked, and what it answered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

#: A JSON object.
Json = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Answer:
    """What a fake answers."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        """The body read as JSON; None if it is none."""
        return read(self.body)


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request that a fake has got, and what it answered."""

    method: str
    #: With the prefix of the API, without the query, percent-encoded as it was sent.
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: bytes
    #: None while it is being answered, and for a connection that was cut.
    answer: Answer | None = None
    #: Whether a test has bent the answer.
    bent: bool = False

    @property
    def json(self) -> Any:
        """The body read as JSON; None if it is none."""
        return read(self.body)


def read(body: bytes) -> Any:
    """Read a body as JSON; None if it is none."""
    try:
        return json.loads(body)
    except ValueError:
        return None


def answer(value: Any, *, status: int = 200) -> Answer:
    """Give *value* as JSON."""
    return Answer(
        status=status,
        body=json.dumps(value, ensure_ascii=False).encode(),
        headers={"Content-Type": "application/json; charset=utf-8"},
    )


def stamp(instant: datetime) -> str:
    """Write an instant as the vendors stamp: milliseconds and Z."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{instant.microsecond // 1000:03}Z"
