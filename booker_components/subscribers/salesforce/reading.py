"""Rules as a host writes them, in Python or as plain tables like those of TOML, are read and checked."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import fields as fields_of
from enum import StrEnum
from types import MappingProxyType
from typing import Any, TypeVar

from ...errors import ConfigurationError
from ...values import EventType, QuestionKind
from .rules import (
    ANY,
    Cancellation,
    FieldKind,
    FieldMap,
    Match,
    NameOrder,
    OwnerRule,
    Record,
    SalesforceRules,
    Ties,
    TooLong,
)

_Value = TypeVar("_Value")
_Enum = TypeVar("_Enum", bound=StrEnum)
_Reader = Callable[[str, object], Any]


def read_rules(setting: object) -> Mapping[str, SalesforceRules]:
    """Give the rules of 'BOOKER_SALESFORCE', by the slug of an event type or "*" for all others.

    Each is a `SalesforceRules` or a mapping of its fields. Raises `ConfigurationError`.
    """
    if not isinstance(setting, Mapping) or not all(isinstance(slug, str) and slug for slug in setting):
        raise ConfigurationError(
            f"'BOOKER_SALESFORCE' is a {type(setting).__name__}; it must map slugs of event types, or "
            f"'{ANY}', to rules."
        )
    return MappingProxyType({slug: _rules(slug, each) for slug, each in setting.items()})


def check_choices(rules: Mapping[str, SalesforceRules], event_types: Collection[EventType]) -> None:
    """Refuse choices of the questions of *event_types* that their fields cannot hold."""
    for event_type in event_types:
        mine = rules.get(event_type.slug) or rules.get(ANY)
        for question in event_type.questions:
            if mine and question.kind is QuestionKind.CHECKBOXES and question.slug in mine.fields:
                mine.fields[question.slug].check_choices(question.options)


def _rules(slug: str, written: object) -> SalesforceRules:
    return written if isinstance(written, SalesforceRules) else _read(SalesforceRules, slug, written, _RULES)


def _read(wanted: type[_Value], place: str, written: object, readers: Mapping[str, _Reader]) -> _Value:
    """Give a *wanted* from a mapping of its fields; *place* says where it stands."""
    if not isinstance(written, Mapping):
        raise _wrong(place, f"is a {type(written).__name__}; it must be a {wanted.__name__} or a mapping")
    known = [each.name for each in fields_of(wanted)]  # type: ignore[arg-type]  # always one of ours
    for name in written:
        if name not in known:
            near = difflib.get_close_matches(str(name), known, n=1)
            hint = f"did you mean '{near[0]}'?" if near else f"it takes {', '.join(sorted(known))}."
            raise ConfigurationError(
                f"'BOOKER_SALESFORCE' has {name!r} at '{place}', which is nothing; {hint}"
            )
    missing = [each for each in ("name", "record") if each in known and each not in written]
    if missing:
        raise _wrong(place, f"lacks '{missing[0]}'")
    return wanted(**{name: readers[name](f"{place}.{name}", value) for name, value in written.items()})


def _flag(place: str, written: object) -> bool:
    if not isinstance(written, bool):
        raise _wrong(place, f"is {written!r}; it must be true or false")
    return written


def _text(place: str, written: object) -> str:
    if not isinstance(written, str):
        raise _wrong(place, f"is {written!r}; it must be a text")
    return written


def _length(place: str, written: object) -> int:
    if isinstance(written, bool) or not isinstance(written, int):
        raise _wrong(place, f"is {written!r}; it must be a whole number")
    return written


def _one_of(kind: type[_Enum]) -> Callable[[str, object], _Enum]:
    def read(place: str, written: object) -> _Enum:
        try:
            return kind(str(written))
        except ValueError:
            choices = ", ".join(f"'{each}'" for each in kind)
            raise _wrong(place, f"is {written!r}; it must be one of {choices}") from None

    return read


def _texts(place: str, written: object) -> Mapping[str, str]:
    if not isinstance(written, Mapping):
        raise _wrong(place, "must map choices to values")
    return MappingProxyType({_text(place, key): _text(place, value) for key, value in written.items()})


def _owner(place: str, written: object) -> OwnerRule:
    return written if isinstance(written, OwnerRule) else _read(OwnerRule, place, written, _OWNER)


def _field(place: str, written: object) -> FieldMap:
    if isinstance(written, FieldMap):
        return written
    return FieldMap(written) if isinstance(written, str) else _read(FieldMap, place, written, _FIELD)


def _fields(place: str, written: object) -> Mapping[str, FieldMap]:
    if not isinstance(written, Mapping):
        raise _wrong(place, "must map questions to fields")
    return MappingProxyType({slug: _field(f"{place}.{slug}", each) for slug, each in written.items()})


def _matches(place: str, written: object) -> tuple[Match, ...]:
    if not isinstance(written, (list, tuple)):
        raise _wrong(place, "must be a list of records")
    return tuple(
        each if isinstance(each, Match) else _read(Match, f"{place}[{number}]", each, _MATCH)
        for number, each in enumerate(written)
    )


def _wrong(place: str, problem: str) -> ConfigurationError:
    return ConfigurationError(f"'BOOKER_SALESFORCE': '{place}' {problem}.")


_OWNER: Mapping[str, _Reader] = {"host": _flag, "user": _text}
_MATCH: Mapping[str, _Reader] = {"record": _one_of(Record), "where": _text}
_FIELD: Mapping[str, _Reader] = {
    "name": _text,
    "kind": _one_of(FieldKind),
    "contact": _text,
    "length": _length,
    "too_long": _one_of(TooLong),
    "values": _texts,
    "required": _flag,
}
_RULES: Mapping[str, _Reader] = {
    "register_lead": _flag,
    "register_contact": _flag,
    "activity": _flag,
    "overwrite": _flag,
    "record_type": _text,
    "person_accounts": _flag,
    "owner": _owner,
    "cancelled": _one_of(Cancellation),
    "names": _one_of(NameOrder),
    "company": _text,
    "no_company": _text,
    "subject": _text,
    "fields": _fields,
    "match": _matches,
    "ties": _one_of(Ties),
}
