"""The commands of `flask booker`, a module for each or for those that belong together."""

from __future__ import annotations

from flask import Blueprint

from .calcom import calcom
from .check import check
from .deciding import approve, decline
from .jicoo import jicoo
from .masks import masks
from .outbox import deliver, outbox
from .privacy import audit, erase, export
from .salesforce import salesforce
from .why import why
from .worker import worker


def register(blueprint: Blueprint) -> None:
    """Add the commands to *blueprint*, which adds them to `flask`."""
    ours = (check, masks, why, approve, decline, audit, export, erase, outbox, deliver, worker)
    commands = (*ours, calcom, jicoo, salesforce)
    for command in commands:
        blueprint.cli.add_command(command)
