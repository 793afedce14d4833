"""What docs/operations.md says is true: its settings, commands and figures are today's."""

from __future__ import annotations

import re
import shlex
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from flask import Flask

from booker_components.cli.masks import said
from booker_components.outbox import LEASE, POLL_SECONDS
from booker_components.outbox.hueys import NAME, PATIENCE
from booker_components.outbox.queue import REST
from booker_components.providers.embedded.marking import Counts
from booker_components.providers.embedded.tables import busy_masks
from booker_components.records.attempts import PARK_AFTER
from booker_components.records.inbox import KEEP
from booker_components.settings import Settings, settings_table
from booker_components.upkeep.digest import EVERY

TEXT = (Path(__file__).resolve().parent.parent / "docs" / "operations.md").read_text()


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


def commands() -> list[str]:
    """Give each command that the page tells of, without `flask booker`."""
    told = "\n".join(blocks("sh")) + "\n" + "\n".join(re.findall(r"`(flask booker [^`]*)`", TEXT))
    return sorted(set(re.findall(r"flask booker (.*)", told)))


def test_the_settings_make_an_app_with_a_queue(make_app: Callable[..., Flask]) -> None:
    """The example is taken as it stands."""
    config: dict[str, Any] = {}
    exec(blocks("python")[0], {"app": SimpleNamespace(config=config)})

    app = make_app(**config)

    assert app.extensions["booker"].queue.kind == "redis"


def test_every_setting_is_one() -> None:
    """By its whole name."""
    told = set(re.findall(r"`(BOOKER_[A-Z_]+)`", TEXT))

    assert len(told) >= 5
    assert all(f"`{name}`" in settings_table() for name in told)


@pytest.mark.parametrize("words", commands())
def test_every_command_is_understood(words: str, app: Flask) -> None:
    """With its options and arguments; nothing is run."""
    context = click.Context(app.cli)
    command: click.Command | None = app.cli
    rest = ["booker", *shlex.split(words)]

    while isinstance(command, click.Group) and rest and command.get_command(context, rest[0]):
        command = command.get_command(context, rest.pop(0))
    assert command is not None

    command.make_context("flask", list(rest), parent=context).close()


def test_the_figures_are_todays() -> None:
    """Minutes, days and seconds of the text are those of the code."""
    assert timedelta(minutes=1) == LEASE
    assert timedelta(days=1) == PARK_AFTER
    assert timedelta(days=30) == KEEP
    assert timedelta(hours=1) == EVERY
    assert POLL_SECONDS == PATIENCE == 2
    assert REST > PATIENCE
    assert f"{NAME}_..." in TEXT
    assert f"`BOOKER_KEEP_DAYS` after its end, {Settings().keep_days} by default" in TEXT


def test_what_is_said_of_wrong_masks_is_what_the_command_says() -> None:
    """Word for word, of the table that there is."""
    counts = Counts(hosts=4, masks=12, wrong=2)

    assert said(counts) in TEXT.splitlines()
    assert f"`{busy_masks.name}`" in TEXT
