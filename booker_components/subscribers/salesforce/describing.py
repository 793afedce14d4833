"""What an org says of its objects, as far as it matters here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from .client import SalesforceClient
from .failures import unreadable


@dataclass(frozen=True, kw_only=True, slots=True)
class FieldFacts:
    """One field of an object."""

    name: str
    #: Salesforce's word: "string", "textarea", "picklist" and so on.
    type: str
    #: The most characters it takes; 0 where it is no text.
    length: int
    createable: bool
    updateable: bool
    #: Whether a new record needs it, for it may not be empty and has no default.
    needed: bool
    external_id: bool
    case_sensitive: bool
    #: Whether a value that is none of *choices* is refused.
    restricted: bool
    choices: frozenset[str]


@dataclass(frozen=True, kw_only=True, slots=True)
class ObjectFacts:
    """An object of the org, as the user who is logged in sees it."""

    name: str
    #: By name in small letters, for Salesforce takes them in any case.
    fields: Mapping[str, FieldFacts]
    #: Developer names and ids of the record types that may be used.
    record_types: frozenset[str]
    #: What our user may not do with its records: "create", "update", "delete".
    denied: frozenset[str] = frozenset()

    def field(self, name: str) -> FieldFacts | None:
        """Give the field of that API name; None where there is none, or the user may not see it."""
        return self.fields.get(name.lower())


# What an org says of each.
_ACTS = {"create": "createable", "update": "updateable", "delete": "deletable"}


def described(client: SalesforceClient, name: str) -> ObjectFacts:
    """Read what the org says of an object; `SalesforceFailed` where it says nothing that can be read."""
    told = client.describe(name)
    try:
        fields = [_field(each) for each in told["fields"]]
        types = [each for each in told.get("recordTypeInfos") or () if each.get("available")]
        usable = frozenset(str(each.get(key)) for each in types for key in ("developerName", "recordTypeId"))
    except (AttributeError, LookupError, TypeError, ValueError):
        raise unreadable(f"a description of {name}") from None
    by_name = MappingProxyType({each.name.lower(): each for each in fields})
    denied = frozenset(act for act, flag in _ACTS.items() if told.get(flag) is False)
    return ObjectFacts(name=name, fields=by_name, record_types=usable, denied=denied)


def _field(told: Mapping[str, Any]) -> FieldFacts:
    choices = told.get("picklistValues") or ()
    needed = not told["nillable"] and not told["defaultedOnCreate"] and told["createable"]
    return FieldFacts(
        name=str(told["name"]),
        type=str(told["type"]),
        length=int(told["length"]),
        createable=bool(told["createable"]),
        updateable=bool(told["updateable"]),
        needed=bool(needed),
        external_id=bool(told.get("externalId")),
        case_sensitive=bool(told.get("caseSensitive")),
        restricted=bool(told.get("restrictedPicklist")),
        choices=frozenset(str(each["value"]) for each in choices if each.get("active")),
    )
