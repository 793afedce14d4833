"""Checks that settings of several providers share."""

from __future__ import annotations

from collections.abc import Callable

from .. import times
from ..errors import ConfigurationError
from .fields import PREFIX, Settings


def for_headers(*names: str) -> Callable[[Settings], None]:
    """Refuse what cannot stand in a header, above all a key that was pasted with the end of its line."""

    def check(settings: Settings) -> None:
        for name in names:
            value = getattr(settings, name)
            if not (value.isascii() and value.isprintable()) or " " in value:
                raise ConfigurationError(
                    f"'{PREFIX}{name.upper()}' has a blank, a line break or a character beyond ASCII; "
                    "copy it again."
                )

    return check


def zone(name: str) -> Callable[[Settings], None]:
    """Refuse a zone that nobody knows; "" is none."""

    def check(settings: Settings) -> None:
        if not getattr(settings, name):
            return
        try:
            times.zone(getattr(settings, name))
        except ValueError as error:
            raise ConfigurationError(f"'{PREFIX}{name.upper()}' cannot be used: {error}") from None

    return check
