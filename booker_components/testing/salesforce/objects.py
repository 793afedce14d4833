"""Objects and fields of the org: their types, lengths and rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

#: Types whose values are texts; a picklist's is one of its choices or several, joined by ";".
TEXTS = frozenset(
    {
        "string",
        "email",
        "phone",
        "url",
        "textarea",
        "picklist",
        "multipicklist",
        "combobox",
        "id",
        "reference",
    }
)
NUMBERS = frozenset({"int", "double", "currency", "percent"})
TYPES = TEXTS | NUMBERS | {"boolean", "date", "datetime"}

#: Lengths of types that have one unless the field says otherwise (Object Reference, "Field Types").
_LENGTHS = {
    "string": 255,
    "email": 80,
    "phone": 40,
    "url": 255,
    "textarea": 255,
    "picklist": 255,
    "multipicklist": 4099,
    "combobox": 255,
    "id": 18,
    "reference": 18,
}


@dataclass(slots=True, kw_only=True)
class Field:
    """One field of an object."""

    name: str
    label: str = ""
    type: str = "string"
    length: int = 0
    #: The choices, in order.
    picklist: tuple[str, ...] = ()
    #: Whether a value that is no choice is refused.
    restricted: bool = False
    required: bool = False
    default: Any = None
    createable: bool = True
    updateable: bool = True
    external_id: bool = False
    unique: bool = False
    #: Whether a text is compared with regard to case.
    case_sensitive: bool = False
    #: The objects that a reference points to.
    refers: tuple[str, ...] = ()
    #: How SOQL reaches the record that a reference points to.
    relationship: str = ""
    #: Digits in all, and after the point, of a number.
    precision: int = 18
    scale: int = 2

    def __post_init__(self) -> None:
        if self.type not in TYPES:
            raise ValueError(
                f"{self.name!r} has the type {self.type!r}; there are {', '.join(sorted(TYPES))}."
            )
        self.label = self.label or self.name.removesuffix("__c").replace("_", " ")
        self.length = self.length or _LENGTHS.get(self.type, 0)

    @property
    def custom(self) -> bool:
        """Whether the org's administrator has added it."""
        return self.name.endswith("__c")

    @property
    def filterable(self) -> bool:
        """Whether SOQL may filter and sort by it: by anything but a long text area."""
        return self.type != "textarea" or self.length <= 255

    @property
    def id_lookup(self) -> bool:
        """Whether upsert may find a record by it."""
        return self.external_id or self.name == "Id"


@dataclass(slots=True, kw_only=True)
class Sobject:
    """One object: what Salesforce calls a table."""

    name: str
    #: The three characters that ids of its records begin with.
    prefix: str
    plural: str = ""
    writable: bool = True
    #: What the integration's user may not do with its records: "create", "update", "delete".
    denied: set[str] = field(default_factory=set)
    _fields: dict[str, Field] = field(default_factory=dict)

    def __iter__(self) -> Iterator[Field]:
        """Give the fields, in the order of their adding."""
        return iter(self._fields.values())

    def add(self, fields: Iterable[Field]) -> None:
        """Add *fields*, or put them in the place of those of the same name."""
        self._fields |= {each.name.lower(): each for each in fields}

    def remove(self, name: str) -> None:
        """Take a field away; none of that name is no error."""
        self._fields.pop(name.lower(), None)

    def field(self, name: str) -> Field | None:
        """Give the field of that API name, whatever its case; None without one."""
        return self._fields.get(name.lower())

    def by_relationship(self, name: str) -> Field | None:
        """Give the reference that SOQL follows by *name*; None without one."""
        return next(
            (each for each in self if each.relationship and each.relationship.lower() == name.lower()), None
        )


class Record(dict[str, Any]):
    """The values of one record by the API names of its fields; instants are aware, in UTC."""

    def __init__(self, object: str, values: dict[str, Any]) -> None:
        super().__init__(values)
        #: The name of its object.
        self.object = object

    @property
    def id(self) -> str:
        """The eighteen characters of its id."""
        return str(self["Id"])

    def copy(self) -> Record:
        """Give a record of its own with the same values."""
        return Record(self.object, dict(self))
