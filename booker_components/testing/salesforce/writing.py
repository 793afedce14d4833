"""Creates, changes and deletes records as the API does, with everything that may be wrong with that."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import events, persons
from .answers import Flaw, Refusal, refused
from .checks import check, convertible, same
from .objects import Field, Record, Sobject
from .store import Store
from .values import read

_CLOSED = (
    "Please check the security settings of this field and verify that it is read/write for your profile or "
    "permission set."
)


def create(store: Store, object: Sobject, body: Mapping[str, Any], *, allow: bool = False) -> Record:
    """Make a record of what a body says; a `Refusal` if it may not be. *allow* lets duplicates be."""
    given = _given(object, body, creating=True)
    record = store.blank(object)
    record |= given
    _settle(object, record, given)
    check(store, object, record, given, creating=True, allow=allow)
    store.keep(record)
    persons.follow(store, record)
    return record


def update(store: Store, record: Record, body: Mapping[str, Any], *, allow: bool = False) -> None:
    """Change a record as a body says; a `Refusal` if it may not be changed so."""
    if record.get("IsDeleted"):
        raise refused("ENTITY_IS_DELETED", "entity is deleted", ())
    convertible(record)
    persons.changeable(record)
    object = store.objects[record.object.lower()]
    given = _given(object, body, creating=False)
    after = record.copy()
    after |= given
    _settle(object, after, given)
    check(store, object, after, given, creating=False, allow=allow)
    record |= after
    store.stamp(record)
    persons.follow(store, record)


def delete(store: Store, record: Record) -> None:
    """Put a record into the bin; references to it are emptied."""
    if record.get("IsDeleted"):
        raise refused("ENTITY_IS_DELETED", "entity is deleted", ())
    persons.changeable(record)
    record["IsDeleted"] = True
    store.stamp(record)
    for other in store.records.values():
        for field in store.objects[other.object.lower()]:
            if field.type == "reference" and other[field.name] == record.id:
                other[field.name] = None
    persons.bury(store, record)


def matching(store: Store, object: Sobject, field: Field, value: str) -> list[Record]:
    """Give the records whose *field* is *value*, as upsert looks for them."""
    wanted = read(field, value)
    return [each for each in store.of(object.name) if same(field, each[field.name], wanted)]


def _given(object: Sobject, body: Mapping[str, Any], *, creating: bool) -> dict[str, Any]:
    """Give the values of a body by the fields' true names; a `Refusal` if one cannot be read or set."""
    fields = {name: object.field(name) for name in body if name.lower() != "attributes"}
    for name, field in fields.items():
        if name.lower() == "id":
            raise refused("INVALID_FIELD", f"The {name} field should not be specified in the sobject data.")
        if field is None:
            raise _no_column(object, name)
    values = {field.name: read(field, body[name]) for name, field in fields.items() if field}
    closed = [each.name for each in fields.values() if each and not _open(each, creating=creating)]
    if closed:
        words = f"Unable to create/update fields: {', '.join(closed)}. {_CLOSED}"
        flaw = Flaw(code="INVALID_FIELD_FOR_INSERT_UPDATE", message=words, fields=tuple(closed))
        raise Refusal([flaw])
    return values


def _open(field: Field, *, creating: bool) -> bool:
    return field.createable if creating else field.updateable


def _no_column(object: Sobject, name: str) -> Refusal:
    if object.by_relationship(name):
        return refused("THE_FAKE_DOES_NOT_KNOW", f"The fake does not set {name!r} by an external id.")
    return refused("INVALID_FIELD", f"No such column '{name}' on sobject of type {object.name}")


def _settle(object: Sobject, after: Record, given: dict[str, Any]) -> None:
    """Fill in what Salesforce makes of what was given."""
    if object.name == "Event":
        events.settle(after, given)
    persons.name(after)
