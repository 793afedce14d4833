"""Registrations of webhooks at Cal.com: which addresses it tells of what (contracts/calcom.md 5)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field

from .client import CalcomClient, Resource, quote
from .failures import CalcomError
from .objects import Object
from .webhooks import TRIGGERS

#: The version of the payloads that we read.
_VERSION = "2021-10-20"
# The most that one page holds.
_PAGE = 250
_CONFLICT = 409


@dataclass(frozen=True, kw_only=True, slots=True)
class Registration:
    """One address that Cal.com tells of changes."""

    id: str
    url: str
    active: bool
    triggers: tuple[str, ...]
    #: What it is signed with; empty for none, and where Cal.com does not tell.
    secret: str = field(default="", repr=False)

    def missing(self, wanted: Collection[str]) -> tuple[str, ...]:
        """Give the triggers out of those *wanted* that we are not told of."""
        return tuple(each for each in wanted if each not in self.triggers)


class Registrations:
    """The registrations of one owner: a user, an event type, or a Platform client.

    Every method raises `CalcomError` when Cal.com refuses, `CalcomNotFound` for an unknown owner or number.
    """

    def __init__(self, client: CalcomClient, *owner: str) -> None:
        """Call as *client* for its user, or for *owner* in segments: "event-types" and an id, for example."""
        self._client = client
        self._path = "".join(f"/{quote(segment)}" for segment in (*owner, "webhooks"))

    def all(self) -> tuple[Registration, ...]:
        """Give the registrations."""
        found: dict[str, Registration] = {}
        while True:
            params = {"take": _PAGE, "skip": len(found)}
            page = self._client.page(self._path, Resource.OTHER, params=params).data
            new = {each.id: each for each in map(_registration, page) if each.id not in found}
            found |= new
            # Whoever does not know "skip" gives the same page for ever.
            if len(page) < _PAGE or not new:
                return tuple(found.values())

    def register(self, url: str, secret: str, triggers: Collection[str] = TRIGGERS) -> Registration:
        """Have *url* told of *triggers* and no others; a former registration is renewed."""
        body = {
            "active": True,
            "subscriberUrl": url,
            "triggers": list(triggers),
            "secret": secret,
            "version": _VERSION,
        }
        try:
            return _registration(self._client.post(self._path, Resource.OTHER, json=body))
        except CalcomError as error:
            known = self._known(url) if error.answered == _CONFLICT else None
            if known is None:
                raise
        path = f"{self._path}/{quote(known.id)}"
        return _registration(self._client.patch(path, Resource.OTHER, json=body))

    def remove(self, id: str) -> None:
        """Remove one registration."""
        self._client.delete(f"{self._path}/{quote(id)}", Resource.OTHER)

    def _known(self, url: str) -> Registration | None:
        return next((each for each in self.all() if each.url == url), None)


def _registration(data: object) -> Registration:
    found = Object.of(data, "webhook")
    return Registration(
        id=found.identifier("id"),
        url=found.text("subscriberUrl"),
        active=found.flag("active"),
        triggers=found.texts("triggers"),
        secret=found.text("secret"),
    )
