"""Reading Cal.com's JSON."""

from __future__ import annotations

from typing import Self

from .. import _objects


class Object(_objects.Object):
    """A JSON object of Cal.com."""

    __slots__ = ()
    vendor = "Cal.com"

    def setting(self, key: str) -> Self | None:
        """Give a setting, None where it is off: missing, or {disabled: true}, or an empty list.

        A setting may come in a list (contracts/calcom.md 4.7, bookingWindow).
        """
        value = self.fields.get(key)
        if isinstance(value, list):
            value = value[0] if value else None
        found = None if value is None else self.of(value, f"{self.name}.{key}")
        return None if found is None or found.flag("disabled") else found
