"""Mistakes in the settings, as a command line tells them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from ..errors import ConfigurationError


class Misconfigured(ConfigurationError, click.ClickException):
    """A `ConfigurationError` that ends a command, flask's or a server's, in one line with exit code 1."""

    def __init__(self, message: str) -> None:
        click.ClickException.__init__(self, message)


@contextmanager
def in_one_line() -> Iterator[None]:
    """Let a command that cannot even begin say what is wrong, and nothing else; elsewhere nothing changes."""
    try:
        yield
    except ConfigurationError as error:
        if click.get_current_context(silent=True) is None:
            raise
        raise Misconfigured(str(error)) from None
