"""Reading a vendor's JSON: what is not as agreed is a `ProviderError` that names the field, not its value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Self

from .. import times
from ..errors import ProviderError


@dataclass(frozen=True, slots=True)
class Object:
    """A JSON object of a vendor; null is as good as missing, for answers have both.

    Each provider has a subclass of its own, which names the vendor.
    """

    #: The vendor's name, for messages.
    vendor: ClassVar[str] = "The provider"

    fields: Mapping[str, Any]
    #: What it is, for messages: "booking".
    name: str

    @classmethod
    def of(cls, value: object, name: str) -> Self:
        """Take *value* for an object."""
        if not isinstance(value, dict):
            raise ProviderError(f"{cls.vendor} gave a {name} that is no JSON object.")
        return cls(value, name)

    @classmethod
    def all(cls, value: object, name: str) -> tuple[Self, ...]:
        """Take *value* for a list of objects."""
        if not isinstance(value, list):
            raise ProviderError(f"{cls.vendor} gave no list where a list of {name} objects was due.")
        return tuple(cls.of(each, name) for each in value)

    def text(self, key: str, default: str = "") -> str:
        """Give a text."""
        value = self.fields.get(key)
        if value is None:
            return default
        if not isinstance(value, str):
            raise self.wrong(key, "no text")
        return value

    def word(self, key: str) -> str:
        """Give a text that must be there."""
        if not (text := self.text(key)):
            raise self.wrong(key, "empty or missing")
        return text

    def number(self, key: str, default: int | None = None) -> int:
        """Give a whole number, which must be there without a *default*."""
        value = self.fields.get(key)
        if value is None and default is not None:
            return default
        if isinstance(value, bool) or not isinstance(value, (int, float)) or value % 1:
            raise self.wrong(key, "no whole number")
        return int(value)

    def count(self, key: str, default: int | None = None, *, least: int = 0, most: int = 1_000_000) -> int:
        """Give a whole number from *least* to *most*: beyond it, no calendar could be reckoned."""
        number = self.number(key, default)
        if not least <= number <= most:
            raise self.wrong(key, "out of all bounds")
        return number

    def identifier(self, key: str) -> str:
        """Give a number or a text as text; empty for none, and for 0, which names nothing."""
        value = self.fields.get(key)
        if isinstance(value, bool) or not isinstance(value, (int, str, type(None))):
            raise self.wrong(key, "neither number nor text")
        return str(value or "")

    def flag(self, key: str, default: bool = False) -> bool:
        """Give a truth value."""
        value = self.fields.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.wrong(key, "neither true nor false")
        return value

    def instant(self, key: str, default: datetime | None = None) -> datetime:
        """Give an instant in UTC, which must be there without a *default*."""
        text = self.text(key)
        if not text and default is not None:
            return default
        try:
            return times.parse_instant(text)
        except ValueError:
            raise self.wrong(key, "no instant") from None

    def child(self, key: str) -> Self | None:
        """Give the object under *key*, None if there is none."""
        value = self.fields.get(key)
        return None if value is None else self.of(value, f"{self.name}.{key}")

    def children(self, key: str) -> tuple[Self, ...]:
        """Give the objects of the list under *key*."""
        value = self.fields.get(key)
        return () if value is None else self.all(value, f"{self.name}.{key}")

    def texts(self, key: str) -> tuple[str, ...]:
        """Give the texts of the list under *key*."""
        value = self.fields.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            raise self.wrong(key, "no list of texts")
        return tuple(value)

    def wrong(self, key: str, how: str) -> ProviderError:
        """Make the error that says *how* the field *key* is not as agreed; never with its value."""
        return ProviderError(f"{self.vendor} gave a {self.name} whose '{key}' is {how}.")


def known_zone(name: str) -> str:
    """Give *name* if it is an IANA zone, else "UTC": an unknown zone must not hide a booking."""
    try:
        return times.zone(name).key
    except ValueError:
        return "UTC"
