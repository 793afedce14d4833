"""Reading and writing Jicoo's JSON."""

from __future__ import annotations

from datetime import UTC, datetime

from .. import _objects


class Object(_objects.Object):
    """A JSON object of Jicoo."""

    __slots__ = ()
    vendor = "Jicoo"


def written(instant: datetime) -> str:
    """Write an aware *instant* as Jicoo does: "2026-03-12T09:00:00.000Z" (contracts/jicoo.md 1)."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
