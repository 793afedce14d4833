"""Answers queries: finds, sorts and shows the records that a query asks for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..exchanges import Json
from . import ids
from .answers import Refusal, refused
from .comparing import holds, normal
from .objects import NUMBERS, Field, Record, Sobject
from .queries import Both, Comparison, Condition, Literal, Negation, Order, Path, Query
from .store import Store
from .tokens import flaw
from .values import write

#: The farthest offset (SOQL and SOSL Reference, "OFFSET").
_FARTHEST = 2000

#: What Salesforce advises where a name is unknown.
_REMEDY = (
    " If you are attempting to use a custom {}, be sure to append the '__c' after the {} name. Please "
    "reference your WSDL or the describe call for the appropriate names."
)

_KINDS = {"boolean": ("boolean",), "date": ("date",), "datetime": ("datetime",)}

#: Of a reference to several objects, which one it is: Who.Type.
_KIND = Field(name="Type")

_Test = Callable[[Record], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reach:
    """A field as a query reaches it: over which references, to which field."""

    over: tuple[Field, ...]
    field: Field

    def holder(self, store: Store, record: Record) -> Record | None:
        """Give the record that has the field; None where a reference on the way is empty."""
        holder: Record | None = record
        for each in self.over:
            holder = store.find(holder[each.name]) if holder is not None else None
        return holder

    def of(self, holder: Record) -> Any:
        """Give the value of the record that has the field."""
        return holder.object if self.field is _KIND else holder.get(self.field.name)

    def value(self, store: Store, record: Record) -> Any:
        """Give the value for a record; None where a reference on the way is empty."""
        holder = self.holder(store, record)
        return None if holder is None else self.of(holder)


def found(store: Store, query: Query, *, deleted: bool = False) -> list[Record]:
    """Give the records that *query* asks for, in its order; those in the bin too if *deleted*."""
    object = store.sobject(query.object)
    if object is None:
        raise flaw(query.text, query.object_at, _no_object(query.object), code="INVALID_TYPE")
    if query.offset > _FARTHEST:
        raise refused("NUMBER_OUTSIDE_VALID_RANGE", f"Maximum SOQL offset allowed is {_FARTHEST}")
    asked = _Asked(store, query, object)
    asked.check_fields()
    test = asked.test(query.where) if query.where else _any
    records = [each for each in store.of(object.name, deleted=deleted) if test(each)]
    for order in reversed(query.order):
        asked.sort(records, order)
    end = None if query.limit is None else query.offset + query.limit
    return records[query.offset : end]


def shown(store: Store, query: Query, record: Record, *, version: str) -> Json:
    """Give a record as an answer shows it: the fields asked for, parents inside."""
    asked = _Asked(store, query, store.objects[record.object.lower()])
    made: Json = {"attributes": attributes(record, version)}
    for path in query.fields:
        _show(store, asked.reach(path), record, made, version)
    return made


def attributes(record: Record, version: str) -> Json:
    """Give what tells an answer's record from others."""
    return {"type": record.object, "url": f"/services/data/{version}/sobjects/{record.object}/{record.id}"}


def _show(store: Store, reach: _Reach, record: Record, made: Json, version: str) -> None:
    holder: Record | None = record
    for each in reach.over:
        holder = store.find(holder[each.name]) if holder else None
        if holder is None:
            made[each.relationship] = None
            return
        made = made.setdefault(each.relationship, {"attributes": attributes(holder, version)})
    assert holder is not None
    made[reach.field.name] = write(reach.of(holder))


class _Asked:
    """A query held against the org's fields."""

    def __init__(self, store: Store, query: Query, object: Sobject) -> None:
        self.store = store
        self.query = query
        self.object = object

    # --- fields ----------------------------------------------------------------------------------

    def reach(self, path: Path) -> _Reach:
        """Find the field that a path names; INVALID_FIELD without one."""
        objects, over = [self.object], []
        for name in path.names[:-1]:
            link = next((field for each in objects if (field := each.by_relationship(name))), None)
            if link is None:
                words = f"Didn't understand relationship '{name}' in field path."
                raise flaw(self.query.text, path.at, words, code="INVALID_FIELD")
            over.append(link)
            objects = [each for target in link.refers if (each := self.store.sobject(target))]
        field = _field(objects, path.names[-1], polymorphic=len(objects) > 1)
        if field is None:
            words = _no_column(path.names[-1], objects[0].name)
            raise flaw(self.query.text, path.at, words, code="INVALID_FIELD")
        return _Reach(over=tuple(over), field=field)

    def check_fields(self) -> None:
        """Refuse a query that asks for a field that there is not, or for one twice."""
        seen = set()
        for path in self.query.fields:
            self.reach(path)
            name = ".".join(path.names)
            if name.lower() in seen:
                raise refused("INVALID_FIELD", f"duplicate field selected: {name}")
            seen.add(name.lower())

    # --- conditions ------------------------------------------------------------------------------

    def test(self, condition: Condition) -> _Test:
        """Give what tells whether a record meets a condition."""
        if isinstance(condition, Negation):
            inner = self.test(condition.part)
            return lambda record: not inner(record)
        if isinstance(condition, Both):
            tests = [self.test(each) for each in condition.parts]
            joined = all if condition.every else any
            return lambda record: joined(test(record) for test in tests)
        return self._comparison(condition)

    def _comparison(self, asked: Comparison) -> _Test:
        reach = self.reach(asked.path)
        self._check(reach.field, asked)
        held = holds(reach.field, asked)
        return lambda record: held(normal(reach.field, reach.value(self.store, record)))

    def _check(self, field: Field, asked: Comparison) -> None:
        """Refuse a comparison that the field's type does not allow."""
        if not field.filterable:
            self._refuse(asked.path, f"field '{field.name}' can not be filtered in a query call")
        if asked.operator in ("includes", "excludes") and field.type != "multipicklist":
            self._refuse(asked.path, "includes or excludes operator only valid on multipicklist field")
        if asked.operator == "like" and field.type in (
            "id",
            "reference",
            "boolean",
            "date",
            "datetime",
            *NUMBERS,
        ):
            self._refuse(asked.path, "invalid operator on field", code="INVALID_QUERY_FILTER_OPERATOR")
        for literal in asked.values:
            self._check_value(field, literal)

    def _check_value(self, field: Field, literal: Literal) -> None:
        if literal.kind == "null":
            return
        wanted = ("number",) if field.type in NUMBERS else _KINDS.get(field.type, ("string",))
        if literal.kind not in wanted:
            quotes = (
                "should be enclosed in quotes"
                if wanted == ("string",)
                else "should not be enclosed in quotes"
            )
            kind = {"datetime": "dateTime", "number": "double"}.get(wanted[0], wanted[0])
            words = f"value of filter criterion for field '{field.name}' must be of type {kind} and {quotes}"
            raise flaw(self.query.text, literal.at, words, code="INVALID_FIELD")
        if field.type in ("id", "reference") and literal.value and not ids.full(str(literal.value)):
            words = f"invalid ID field: {literal.value}"
            raise flaw(self.query.text, literal.at, words, code="INVALID_QUERY_FILTER_OPERATOR")

    def _refuse(self, path: Path, words: str, *, code: str = "INVALID_FIELD") -> None:
        raise flaw(self.query.text, path.at, words, code=code)

    # --- order -----------------------------------------------------------------------------------

    def sort(self, records: list[Record], order: Order) -> None:
        """Sort by one field; equal ones stay as they were."""
        reach = self.reach(order.path)
        if not reach.field.filterable:
            self._refuse(
                order.path,
                f"field '{reach.field.name}' can not be sorted in a query call",
                code="MALFORMED_QUERY",
            )
        values = {each.id: normal(reach.field, reach.value(self.store, each)) for each in records}
        filled = [each for each in records if values[each.id] is not None]
        empty = [each for each in records if values[each.id] is None]
        filled.sort(key=lambda each: values[each.id], reverse=order.descending)
        records[:] = [*filled, *empty] if order.nulls_last else [*empty, *filled]


def _field(objects: list[Sobject], name: str, *, polymorphic: bool) -> Field | None:
    if polymorphic and name.lower() == "type":
        return _KIND
    return next((field for each in objects if (field := each.field(name))), None)


def _any(record: Record) -> bool:
    return True


def _no_object(name: str) -> str:
    return f"sObject type '{name}' is not supported.{_REMEDY.format('object', 'entity')}"


def _no_column(name: str, object: str) -> str:
    return f"No such column '{name}' on entity '{object}'.{_REMEDY.format('field', 'custom field')}"


def page(store: Store, rows: list[Any], *, size: int, version: str, start: int = 0, cursor: str = "") -> Json:
    """Give an answer with as many rows as fit, and where the others are."""
    made: Json = {
        "totalSize": len(rows),
        "done": start + size >= len(rows),
        "records": rows[start : start + size],
    }
    if not made["done"]:
        cursor = cursor or f"01g{store.name(15)}"
        store.cursors[cursor] = rows
        made["nextRecordsUrl"] = f"/services/data/{version}/query/{cursor}-{start + size}"
    return made


def next_page(store: Store, locator: str, *, size: int, version: str) -> Json:
    """Give the answer that a nextRecordsUrl leads to; INVALID_QUERY_LOCATOR if it leads nowhere."""
    cursor, _, start = locator.rpartition("-")
    if cursor not in store.cursors or not start.isdigit():
        raise _no_locator()
    return page(store, store.cursors[cursor], size=size, version=version, start=int(start), cursor=cursor)


def _no_locator() -> Refusal:
    return refused("INVALID_QUERY_LOCATOR", "invalid query locator")
