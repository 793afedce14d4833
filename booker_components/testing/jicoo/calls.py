"""One call of the fake's API: what was asked, and how answers look (contracts/jicoo.md 1)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeVar

from ... import times
from ..exchanges import Answer as Answer
from ..exchanges import Json, answer
from .habits import Errors

if TYPE_CHECKING:
    from .habits import Habits
    from .store import Store

#: The name of what concerns no field.
_BASE = "base"

T = TypeVar("T")


class Refusal(Exception):
    """An answer that is an error: by field what is wrong, or words alone."""

    def __init__(self, status: int, errors: Mapping[str, Sequence[str]] | str) -> None:
        super().__init__(errors)
        self.status = status
        self.errors = {_BASE: [errors]} if isinstance(errors, str) else dict(errors)


def refusal_answer(refusal: Refusal, shape: Errors) -> Answer:
    """Write *refusal* in a shape."""
    return answer({"data": None, "errors": _written(refusal, shape)}, status=refusal.status)


def _written(refusal: Refusal, shape: Errors) -> Any:
    pairs = [(name, text) for name, texts in refusal.errors.items() for text in texts]
    if shape is Errors.LIST:
        return [{"field": name, "message": text} for name, text in pairs]
    if shape is Errors.TEXT:
        return ", ".join(text if name == _BASE else f"{name} {text}" for name, text in pairs)
    return None if shape is Errors.NOTHING else {name: list(texts) for name, texts in refusal.errors.items()}


@dataclass(slots=True, kw_only=True)
class Call:
    """A request, read, with the store that it is about."""

    store: Store
    query: Mapping[str, list[str]]
    #: Read as JSON; None if it is none.
    body: Any

    @property
    def habits(self) -> Habits:
        """What is switched."""
        return self.store.habits

    @property
    def json(self) -> Json:
        """The body, which has to be an object; 400 otherwise."""
        if not isinstance(self.body, dict):
            raise Refusal(400, "The body is not a JSON object.")
        return self.body

    def one(self, name: str, choices: Sequence[str] = ()) -> str:
        """Give a parameter of the query, "" if it is missing; 422 if it is none of *choices*."""
        text = (self.query.get(name) or [""])[0]
        if text and choices and text not in choices:
            raise Refusal(422, {name: ["is not included in the list"]})
        return text

    def number(self, name: str, default: int) -> int:
        """Give a parameter that is a number from 1; 400 if it is something else."""
        text = self.one(name)
        if not text:
            return default
        if not (text.isascii() and text.isdigit() and int(text)):
            raise Refusal(400, {name: ["is not a number"]})
        return int(text)

    def instant(self, name: str, *, required: bool = False) -> datetime | None:
        """Give a parameter that is an instant; 400 if it is missing though *required*, or something else."""
        text = self.one(name)
        if not text and not required:
            return None
        try:
            return times.parse_instant(text)
        except ValueError:
            raise Refusal(400, {name: ["is not a time" if text else "is missing"]}) from None


def success(data: Any, *, status: int = 200) -> Answer:
    """Give *data* in the envelope of a success; 204 has no body."""
    return Answer(status=status) if status == 204 else answer({"data": data, "errors": {}}, status=status)


def listed(call: Call, found: Iterable[T], show: Callable[[T], Json]) -> Answer:
    """Give a page of what was found; the last one has no "nextPage" (contracts/jicoo.md 1.1)."""
    items = list(found)
    page = call.number("page", 1)
    size = min(call.number("perPage", call.habits.per_page), call.habits.most_per_page)
    shown = [show(each) for each in items[(page - 1) * size : page * size]]
    body = {
        "data": shown,
        "errors": {},
        "totalCount": len(items),
        "count": len(shown),
        "currentPage": page,
        "numberOfPages": -(-len(items) // size),
    }
    return answer(body | ({"nextPage": page + 1} if page * size < len(items) else {}))


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method and path of the API."""

    method: str
    #: As werkzeug writes it, without "/v1".
    path: str
    #: Answers a call; the keywords are the parts of its path.
    handler: Callable[..., Answer]
    #: Whether it is called without a key (contracts/jicoo.md 3).
    open: bool = False
    #: Whether a restricted key may not call it (contracts/jicoo.md 1).
    guarded: bool = False
