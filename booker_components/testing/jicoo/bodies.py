"""The bodies of writes: every mistake in them is refused together, with 422 (contracts/jicoo.md 2.3)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from ... import times
from ..exchanges import Json
from .calls import Refusal

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")


class Body:
    """A body that is read field by field; `check` refuses it if anything was wrong."""

    def __init__(self, given: Json) -> None:
        """Read *given*, a JSON object."""
        self.given = given
        self._wrong: dict[str, list[str]] = {}

    def check(self) -> None:
        """Refuse the body with all that is wrong in it."""
        if self._wrong:
            raise Refusal(422, self._wrong)

    def blame(self, name: str, words: str) -> None:
        """Hold *words* against a field."""
        self._wrong.setdefault(name, []).append(words)

    def _value(self, name: str, *, required: bool) -> Any:
        value = self.given.get(name)
        if required and value in (None, ""):
            self.blame(name, "can't be blank")
        return value

    def text(self, name: str, *, most: int = 0, required: bool = False) -> str:
        """Read a text of *most* characters, 0 = any number; "" where there is none."""
        value = self._value(name, required=required)
        if value is None:
            return ""
        if not isinstance(value, str):
            self.blame(name, "is not a string")
            return ""
        if most and len(value) > most:
            self.blame(name, f"is too long (maximum is {most} characters)")
        return value

    def email(self, name: str, *, most: int) -> str:
        """Read an address, which has to be there."""
        value = self.text(name, most=most, required=True)
        if value and not _EMAIL.fullmatch(value):
            self.blame(name, "is not an email")
        return value

    def emails(self, name: str, *, most: int) -> list[str]:
        """Read a list of at most *most* addresses."""
        value = self.given.get(name, [])
        good = isinstance(value, list) and all(isinstance(each, str) for each in value)
        if not good or not all(_EMAIL.fullmatch(each) for each in value):
            self.blame(name, "is not a list of emails")
            return []
        if len(value) > most:
            self.blame(name, f"is too long (maximum is {most} items)")
        return list(value)

    def choice(self, name: str, choices: Sequence[str]) -> str | None:
        """Read one of *choices*; None where there is none."""
        value = self.given.get(name)
        if value is not None and value not in choices:
            self.blame(name, "is not included in the list")
        return value if value in choices else None

    def instant(self, name: str, *, required: bool = False) -> datetime | None:
        """Read an instant; None where there is none."""
        value = self._value(name, required=required)
        if value in (None, ""):
            return None
        try:
            return times.parse_instant(value if isinstance(value, str) else "")
        except ValueError:
            self.blame(name, "is not a time")
            return None

    def zone(self, name: str, *, required: bool = False) -> str:
        """Read the IANA name of a zone; "" where there is none."""
        value = self.text(name, required=required)
        try:
            return times.zone(value).key if value else ""
        except ValueError:
            self.blame(name, "is not a time zone")
            return ""

    def part(self, name: str) -> Body:
        """Read an object in the body; what is wrong in it counts as what is wrong here."""
        value = self.given.get(name)
        if value is not None and not isinstance(value, dict):
            self.blame(name, "is not an object")
        made = Body(value if isinstance(value, dict) else {})
        made._wrong = self._wrong
        return made

    def items(self, name: str) -> list[Json]:
        """Read a list of objects."""
        value = self.given.get(name, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.blame(name, "is not a list of objects")
            return []
        return value

    def uri(self, name: str) -> None:
        """Look at an absolute URI."""
        value = self.text(name)
        if value and not (urlsplit(value).scheme and urlsplit(value).netloc):
            self.blame(name, "is not a URI")
