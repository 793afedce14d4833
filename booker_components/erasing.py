"""A guest as what we keep names them, by e-mail address, and what is left of it once it is erased."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from .values import LocationKind

#: What stands where a name or an address was.
ERASED = "erased"

#: Where the guest says what the place is.
_GUESTS_OWN = frozenset(
    {
        LocationKind.ATTENDEE_PHONE.value,
        LocationKind.ATTENDEE_ADDRESS.value,
        LocationKind.ATTENDEE_CHOICE.value,
    }
)
# What a database may compare otherwise than Python does, and JSON or an address may write otherwise.
# "ss" is also what a sharp s is folded to.
_UNSURE = re.compile(r"(?:[^a-z0-9._-]|ss)+")
# Shorter names would be found in words that have nothing to do with them.
_SHORTEST_NAME = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Whoever has an e-mail address, in whatever case it was typed."""

    #: As it is compared.
    key: str = field(repr=False)

    @classmethod
    def of(cls, email: str) -> Person:
        """Give whoever has *email*; `ValueError` if that is no address."""
        key = _folded(email.strip())
        if not re.fullmatch(r"[^@\s]+@[^@\s]+", key):
            raise ValueError("This is no e-mail address. Write it like 'zoe@example.org'.")
        return cls(key=key)

    @property
    def pattern(self) -> str:
        """What the LIKE of SQL has to find in the lower-case text of a column that may name the person."""
        return f"%{_UNSURE.sub('%', self.key)}%"

    def has(self, email: str) -> bool:
        """Tell whether *email* is the person's."""
        return _folded(email.strip()) == self.key

    def is_in(self, value: object) -> bool:
        """Tell whether a text, or any text in a JSON value, names the person."""
        if isinstance(value, str):
            text = _folded(value)
            return self.key in text or _folded(quote(self.key)) in text
        if isinstance(value, Mapping):
            return any(self.is_in(each) for pair in value.items() for each in pair)
        return isinstance(value, (list, tuple)) and any(map(self.is_in, value))

    def gone_from(self, value: Any) -> Any:
        """Give a text or a JSON value without the person's address."""
        if not self.is_in(value):
            return value
        if isinstance(value, str):
            return self._gone_from_text(value)
        if isinstance(value, Mapping):
            return {self.gone_from(name): self.gone_from(each) for name, each in value.items()}
        return [self.gone_from(each) for each in value]

    def without(self, emails: list[str]) -> list[str]:
        """Give a list of addresses without the person's."""
        return [each for each in emails if not self.has(each)]

    def _gone_from_text(self, text: str) -> str:
        text = unicodedata.normalize("NFC", text)
        for written in (self.key, quote(self.key)):
            text = re.sub(re.escape(written), ERASED, text, flags=re.IGNORECASE)
        # What is written so oddly that only folding finds it goes as a whole.
        return ERASED if self.is_in(text) else text


def erased_booking(payload: Mapping[str, Any], person: Person) -> dict[str, Any]:
    """Give a booking as `payloads.booking_to_dict` gives one, without what is *person*'s.

    Of their own booking nothing that a guest says is left; of others' what names them is not. Hosts stay as
    they are: an address is also theirs where a host books at a colleague's.
    """
    hosts, guests = payload.get("hosts", []), payload.get("guests", [])
    rest = {**payload, "guests": person.without(guests)}
    if person.has(payload["attendee"]["email"]):
        rest |= _own(payload)
    return {**person.gone_from(rest), "hosts": hosts}


def erased_location(location: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Give a location without what its guest said of it."""
    if location is None:
        return None
    return {**location, "value": ""} if location["kind"] in _GUESTS_OWN else dict(location)


def erased_title(title: str, name: str) -> str:
    """Give a title without the guest's *name*: providers make titles such as "Ada and Zoe"."""
    name = name.strip()
    if len(name) < _SHORTEST_NAME:
        return title
    return re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", ERASED, title, flags=re.IGNORECASE)


def _own(payload: Mapping[str, Any]) -> dict[str, Any]:
    attendee = payload["attendee"]
    return {
        # A name, for a booking without one is nobody's (`Booking.is_held`); no address, for nobody is mailed.
        "attendee": {**attendee, "name": ERASED, "email": "", "phone": ""},
        "title": erased_title(payload["title"], attendee["name"]),
        "location": erased_location(payload.get("location")),
        "guests": [],
        "answers": {},
        "metadata": {},
        "notes": "",
        "reason": "",
    }


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()
