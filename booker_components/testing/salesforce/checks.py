"""Tells what is wrong with a record before it is saved, in Salesforce's order.

First what the platform itself demands, then validation rules, then duplicate rules (Apex Developer Guide,
"Triggers and Order of Execution"). How many errors of one step an answer lists is not documented: the fake
lists all of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from . import ids
from .answers import Flaw, Refusal, refused
from .objects import NUMBERS, TEXTS, Field, Record, Sobject
from .store import DuplicateRule, Store
from .values import write

_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}"
)


def check(
    store: Store,
    object: Sobject,
    after: Record,
    given: dict[str, Any],
    *,
    creating: bool,
    allow: bool = False,
) -> None:
    """Look at a record as it would be saved; a `Refusal` if it may not be.

    *given* is what the call sets. With *allow* the caller has asked to save what is only alerted of.
    """
    _stage(_demanded(store, object, after, given))
    _stage(_missing(object, after, given, creating=creating))
    _stage(_validated(store, after))
    for rule in store.duplicate_rules:
        if rule.object == object.name and (creating or rule.on_update):
            _compare(store, rule, after, allow=allow)


def _stage(flaws: Iterator[Flaw]) -> None:
    found = list(flaws)
    if found:
        raise Refusal(found)


# --- what the platform demands -------------------------------------------------------------------


def _demanded(store: Store, object: Sobject, after: Record, given: dict[str, Any]) -> Iterator[Flaw]:
    for name, value in given.items():
        field = object.field(name)
        if field is None or value is None:
            continue
        if field.type in TEXTS:
            yield from _text_flaws(field, value)
        if field.type in NUMBERS and abs(value) >= 10 ** (field.precision - field.scale):
            yield _flaw(
                field, "NUMBER_OUTSIDE_VALID_RANGE", f"{field.label}: value outside of valid range: {value}"
            )
        if field.type == "reference":
            yield from _reference_flaws(store, object, field, value)
        if field.unique:
            yield from _twins(store, field, after, value)


def _text_flaws(field: Field, value: str) -> Iterator[Flaw]:
    if field.type == "reference":
        return
    # Inferred: counted in UTF-16, as Apex does, so that an emoji is two.
    if len(value.encode("utf-16-le", "surrogatepass")) // 2 > field.length:
        words = f"{field.label}: data value too large: {value[:50]} (max length={field.length})"
        yield _flaw(field, "STRING_TOO_LONG", words)
    elif field.type == "email" and not _EMAIL.fullmatch(value):
        yield _flaw(field, "INVALID_EMAIL_ADDRESS", f"{field.label}: invalid email address: {value}")
    elif field.restricted:
        chosen = value.split(";") if field.type == "multipicklist" else [value]
        if any(each not in field.picklist for each in chosen):
            words = f"{field.label}: bad value for restricted picklist field: {value}"
            yield _flaw(field, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", words)


def _reference_flaws(store: Store, object: Sobject, field: Field, value: str) -> Iterator[Flaw]:
    id = ids.full(value)
    target = store.by_prefix(id)
    if target is None or target.name not in field.refers:
        yield _flaw(field, "MALFORMED_ID", f"{field.label}: id value of incorrect type: {value}")
        return
    found = store.find(id)
    if found is None or (field.name == "RecordTypeId" and found["SobjectType"] != object.name):
        yield _flaw(
            field, "INVALID_CROSS_REFERENCE_KEY", f"{field.label}: this ID value isn't valid: {value}"
        )
    elif found.get("IsDeleted"):
        yield Flaw(code="ENTITY_IS_DELETED", message="entity is deleted", fields=())
    elif field.name == "OwnerId" and not found["IsActive"]:
        words = f"operation performed with inactive user [{id}] as owner of {object.name.lower()}"
        yield Flaw(code="INACTIVE_OWNER_OR_USER", message=words, fields=())
    elif found.get("IsConverted"):
        yield Flaw(code="CANNOT_UPDATE_CONVERTED_LEAD", message="cannot reference converted lead", fields=())


def _twins(store: Store, field: Field, after: Record, value: Any) -> Iterator[Flaw]:
    for other in store.of(after.object):
        if other.get("Id") != after.get("Id") and same(field, other[field.name], value):
            words = f"duplicate value found: {field.name} duplicates value on record with id: {other.id}"
            yield Flaw(code="DUPLICATE_VALUE", message=words, fields=())


def _missing(object: Sobject, after: Record, given: dict[str, Any], *, creating: bool) -> Iterator[Flaw]:
    names = tuple(
        each.name
        for each in object
        if each.required and after.get(each.name) in (None, "") and (creating or each.name in given)
    )
    if names:
        words = f"Required fields are missing: [{', '.join(names)}]"
        yield Flaw(code="REQUIRED_FIELD_MISSING", message=words, fields=names)


def same(field: Field, one: Any, other: Any) -> bool:
    """Tell whether two values of a field are equal: texts whatever their case, unless the field minds it."""
    if isinstance(one, str) and isinstance(other, str) and not field.case_sensitive:
        return one.casefold() == other.casefold()
    return bool(one == other)


# --- what the administrator demands --------------------------------------------------------------


def _validated(store: Store, after: Record) -> Iterator[Flaw]:
    for rule in store.validation_rules:
        words = rule.check(after) if rule.object == after.object else None
        if words:
            fields = (rule.field,) if rule.field else ()
            yield Flaw(code="FIELD_CUSTOM_VALIDATION_EXCEPTION", message=words, fields=fields)


def _compare(store: Store, rule: DuplicateRule, after: Record, *, allow: bool) -> None:
    if allow and rule.allow:
        return
    found = [
        each
        for name in rule.among
        for each in store.of(name)
        if each.get("Id") != after.get("Id") and _alike(rule, each, after)
    ]
    if found:
        raise Refusal([_duplicates(rule, found)])


def _alike(rule: DuplicateRule, one: Record, other: Record) -> bool:
    values = [(one.get(name), other.get(name)) for name in rule.fields]
    # A converted lead is its contact's business.
    return not one.get("IsConverted") and all(
        left is not None and right is not None and str(left).casefold() == str(right).casefold()
        for left, right in values
    )


def _duplicates(rule: DuplicateRule, found: list[Record]) -> Flaw:
    """Give the error with what was found, as REST API versions of today write it."""
    words = "Use one of these records?"
    result = {
        "allowSave": rule.allow,
        "duplicateRule": rule.name,
        "duplicateRuleEntityType": rule.object,
        "errorMessage": words,
        "matchResults": [_match(rule, name, found) for name in dict.fromkeys(each.object for each in found)],
    }
    return Flaw(code="DUPLICATES_DETECTED", message=words, more={"duplicateResult": result})


def _match(rule: DuplicateRule, object: str, found: list[Record]) -> dict[str, Any]:
    matched = [
        {
            "additionalInformation": [],
            "fieldDiffs": [],
            "matchConfidence": 100.0,
            "record": {"attributes": {"type": each.object}, "Id": write(each.id)},
        }
        for each in found
        if each.object == object
    ]
    return {
        "entityType": object,
        "errors": [],
        "matchEngine": "ExactMatchEngine",
        "matchRecords": matched,
        "rule": rule.name,
        "size": len(matched),
        "success": True,
    }


def _flaw(field: Field, code: str, words: str) -> Flaw:
    return Flaw(code=code, message=words, fields=(field.name,))


def convertible(record: Record) -> None:
    """Refuse to change a lead that was converted."""
    if record.get("IsConverted"):
        raise refused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead", ())
