"""What the org knows: objects, records, users, sessions, rules."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from ..memory import Memory
from . import ids
from .answers import refused
from .objects import Field, Record, Sobject

#: Tells whether a record may be saved: words that say why not, or nothing.
Check = Callable[[Record], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationRule:
    """A rule of the administrator's about one record."""

    object: str
    check: Check
    #: Where the page shows the error; "" = at the top.
    field: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DuplicateRule:
    """Which records are taken for duplicates of one that is about to be saved."""

    name: str
    object: str
    #: Records are alike if all of these are filled and equal, without regard to case.
    fields: tuple[str, ...]
    #: The objects that are looked through.
    among: tuple[str, ...]
    #: Whether saving all the same may be asked for: the rule alerts, it does not block.
    allow: bool = False
    on_update: bool = True


@dataclass(slots=True)
class Store(Memory):
    """The org. Whoever reads or changes it from another thread holds `lock`."""

    person_accounts: bool = False
    #: Records in one answer to a query.
    page_size: int = 2000
    session_length: timedelta = timedelta(hours=2)
    daily_limit: int = 15_000
    used: int = 0
    down: bool = False
    #: The user whom the integration logs in as, and the org's own id.
    user_id: str = ""
    org_id: str = ""
    objects: dict[str, Sobject] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    #: The record type of records that name none, by object.
    default_record_types: dict[str, str] = field(default_factory=dict)
    validation_rules: list[ValidationRule] = field(default_factory=list)
    duplicate_rules: list[DuplicateRule] = field(default_factory=list)
    #: When each session ends, by its id.
    sessions: dict[str, datetime] = field(default_factory=dict)
    #: The error of the next logins, and what it says; "" = they succeed.
    login_error: tuple[str, str] = ("", "")
    #: Answers that wait to be fetched, by the name in nextRecordsUrl.
    cursors: dict[str, list[Any]] = field(default_factory=dict)

    @property
    def now(self) -> datetime:
        """The time of the org, to the second, in UTC."""
        return self.clock().astimezone(UTC).replace(microsecond=0)

    # --- objects ---------------------------------------------------------------------------------

    def sobject(self, name: str) -> Sobject | None:
        """Give an object by its API name, whatever its case; None without one."""
        return self.objects.get(name.lower())

    def known(self, name: str) -> Sobject:
        """Give an object that a path names; NOT_FOUND without one."""
        found = self.sobject(name)
        if found is None:
            raise refused("NOT_FOUND")
        return found

    def by_prefix(self, id: str) -> Sobject | None:
        """Give the object that an id belongs to; None for an id of nothing."""
        return next((each for each in self.objects.values() if each.prefix == id[:3]), None)

    # --- records ---------------------------------------------------------------------------------

    def of(self, name: str, *, deleted: bool = False) -> Iterator[Record]:
        """Give the records of an object, in the order of their making; those in the bin if *deleted*."""
        for each in list(self.records.values()):
            if each.object == name and (deleted or not each.get("IsDeleted")):
                yield each

    def find(self, id: Any) -> Record | None:
        """Give a record by its id, be it in the bin; None without one."""
        return self.records.get(ids.full(str(id or "")))

    def blank(self, object: Sobject) -> Record:
        """Give a record as it is before anybody has set a field, without an id."""
        record = Record(object.name, {each.name: _default(each) for each in object})
        own = {"OwnerId": self.user_id or None, "RecordTypeId": self.default_record_types.get(object.name)}
        record |= {name: value for name, value in (own | self._stamps()).items() if name in record}
        return record

    def keep(self, record: Record) -> Record:
        """Keep a new record, and give it its id."""
        object = self.objects[record.object.lower()]
        record["Id"] = ids.made(object.prefix, self.next_id())
        self.records[record.id] = record
        return record

    def stamp(self, record: Record) -> None:
        """Note that a record was changed."""
        stamps = {name: value for name, value in self._stamps().items() if not name.startswith("Created")}
        record |= {name: value for name, value in stamps.items() if name in record}

    def _stamps(self) -> dict[str, Any]:
        now, user = self.now, self.user_id or None
        times = dict.fromkeys(("CreatedDate", "LastModifiedDate", "SystemModstamp"), now)
        return times | {"CreatedById": user, "LastModifiedById": user}

    # --- sessions --------------------------------------------------------------------------------

    def open_session(self) -> str:
        """Let the integration in, and give the id of its session."""
        token = f"{self.org_id[:15]}!AQ{secrets.token_urlsafe(48)}"
        self.sessions[token] = self.clock() + self.session_length
        return token

    def in_session(self, token: str) -> bool:
        """Tell whether a session still runs, and prolong it: it ends after a time without a call."""
        now = self.clock()
        if self.sessions.get(token, now) <= now:
            return False
        self.sessions[token] = now + self.session_length
        return True


def _default(field: Field) -> Any:
    return False if field.type == "boolean" and field.default is None else field.default
