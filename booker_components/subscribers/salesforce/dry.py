"""An org that reads and does not write: shows what would be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .client import Fields, Org


@dataclass(frozen=True, kw_only=True, slots=True)
class Intent:
    """One change that would be made; its fields hold personal data."""

    #: "create", "change", "write" or "delete".
    act: str
    kind: str
    #: The id of the record, or its external id; empty for a new one.
    id: str
    fields: Fields


class DryOrg:
    """Reads from an org, and keeps what would be written to it."""

    def __init__(self, org: Org) -> None:
        self._org = org
        #: What would be written, in order.
        self.intents: list[Intent] = []

    def query(self, soql: str) -> Sequence[Mapping[str, Any]]:
        """Give what the org finds."""
        return self._org.query(soql)

    def create(self, kind: str, fields: Fields) -> str:
        """Keep that a record would be made, and give words in the place of its id."""
        self._intend("create", kind, "", fields)
        return f"(the new {kind})"

    def update(self, kind: str, id: str, fields: Fields) -> None:
        """Keep that a record would be changed."""
        self._intend("change", kind, id, fields)

    def upsert(self, kind: str, key: str, value: str, fields: Fields) -> None:
        """Keep that a record would be made or changed."""
        self._intend("write", kind, f"{key} = {value}", fields)

    def delete(self, kind: str, id: str) -> None:
        """Keep that a record would be deleted."""
        self._intend("delete", kind, id, {})

    def _intend(self, act: str, kind: str, id: str, fields: Fields) -> None:
        self.intents.append(Intent(act=act, kind=kind, id=id, fields=fields))
