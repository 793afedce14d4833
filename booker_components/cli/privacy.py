"""The commands `flask booker export`, `erase` and `audit`: what is kept about guests and of bookings."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from functools import update_wrapper
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext

from .. import times
from ..errors import BookerError, Refused
from ..privacy import Erasure, Privacy
from ..values import AuditEntry, AuditFacts, Booking
from ..web.runtime import runtime

_EMAIL = click.option("--email", required=True, help="The guest's address, in any case.")
_WORDS = {
    "bookings": "Bookings erased",
    "named_in": "Bookings of others that named the guest",
    "history": "Lines of the audit trail",
    "events": "Events",
    "errors": "Messages of failed deliveries",
    "prefills": "Prefilled links",
    "webhooks": "Webhooks that came in",
    "request_keys": "Keys of requests",
}


def _command(action: Callable[..., None]) -> Callable[..., None]:
    """Say what went wrong in the words of its error."""

    @with_appcontext
    def run(**options: Any) -> None:
        try:
            action(**options)
        except (BookerError, ValueError) as error:
            raise click.ClickException(str(error)) from error

    return update_wrapper(run, action)


@click.command()
@_EMAIL
@click.option("--to", type=click.Path(path_type=Path, dir_okay=False), help="A new file; default: print it.")
@_command
def export(email: str, to: Path | None) -> None:
    """Give everything that is kept about a guest as JSON."""
    text = json.dumps(_privacy().export(email), ensure_ascii=False, indent=2)
    if to is None:
        click.echo(text)
        return
    try:
        # For nobody else on this machine to read.
        file = os.open(to, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise click.ClickException(f"--to '{to}' cannot be written: {error.strerror}.") from None
    with open(file, "w", encoding="utf-8") as opened:
        opened.write(text + "\n")


@click.command()
@_EMAIL
@click.option("--cancel", is_flag=True, help="Cancel bookings to come first, so that their hosts hear of it.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@_command
def erase(email: str, cancel: bool, yes: bool) -> None:
    """Erase everything that is kept about a guest; nothing brings it back.

    Bookings to come are named, and have to be cancelled first.
    """
    privacy = _privacy()
    coming = privacy.open_bookings(email)
    for booking in coming:
        click.echo(f"To come: {_line(booking)}")
    if coming and not cancel:
        raise Refused("Nothing was erased: cancel the bookings to come, or run it again with --cancel.")
    if not yes:
        click.confirm("Erase everything about this guest for good?", abort=True)
    click.echo("\n".join(_report(privacy.erase(email, cancel=cancel))))


@click.command()
@click.argument("uid")
@_command
def audit(uid: str) -> None:
    """Show who has changed a booking, when and how."""
    for entry in runtime().service.history(uid):
        click.echo("  ".join(_change(entry)))


def _privacy() -> Privacy:
    parts = runtime()
    return Privacy(parts.service, parts.storage, parts.outbox)


def _line(booking: Booking) -> str:
    return f"{times.format_instant(booking.start)}  {booking.event_type}  {booking.uid}  {booking.status}"


def _report(done: Erasure) -> Iterator[str]:
    if done.cancelled:
        yield f"Bookings cancelled: {len(done.cancelled)} ({', '.join(done.cancelled)})."
    if not any(done.counts.values()):
        yield "Nothing is kept about this address."
    yield from (f"{_WORDS[name]}: {count}." for name, count in done.counts.items() if count)
    if done.waiting:
        yield f"Deliveries still to come, which hold what is left: {done.waiting}."
    if not done.overwritten:
        yield (
            "The files of the database may hold old rows for a while: PostgreSQL clears them by itself "
            "(autovacuum); with SQLite run it again when nobody is connected."
        )
    yield "Beyond our reach:"
    yield from (f"  {each}" for each in done.elsewhere)


def _change(entry: AuditEntry) -> Iterator[str]:
    yield times.format_instant(entry.at)
    # What is not known was booked through a page or by the host app.
    yield entry.actor or "-"
    yield entry.action
    before, after = (dict(_facts(each)) if each else {} for each in (entry.before, entry.after))
    for name, value in after.items():
        if not before:
            yield f"{name} {value}"
        elif value != before[name]:
            yield f"{name} {before[name] or '-'} -> {value or '-'}"


def _facts(facts: AuditFacts) -> Iterator[tuple[str, str]]:
    yield "start", times.format_instant(facts.start)
    yield "end", times.format_instant(facts.end)
    yield "status", facts.status.value
    yield "hosts", ", ".join(facts.hosts)
    yield "reason", facts.reason
