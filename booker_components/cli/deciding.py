"""The commands `flask booker approve` and `decline`."""

from __future__ import annotations

from collections.abc import Callable

import click
from flask.cli import with_appcontext

from .. import times
from ..errors import BookerError
from ..service import BookingService
from ..values import Booking
from ..web.runtime import runtime


@click.command()
@click.argument("uid")
@with_appcontext
def approve(uid: str) -> None:
    """Agree to the booking UID, which waits for its host."""
    _decide(lambda service: service.confirm(uid))


@click.command()
@click.argument("uid")
@click.option("--reason", default="", help="Why, in words for the guest.")
@with_appcontext
def decline(uid: str, reason: str) -> None:
    """Decline the booking UID, which waits for its host."""
    _decide(lambda service: service.decline(uid, reason=reason))


def _decide(act: Callable[[BookingService], Booking]) -> None:
    parts = runtime()
    try:
        booking = act(parts.service)
    except BookerError as error:
        raise click.ClickException(error.message) from error
    start = times.format_instant(booking.start)
    click.echo(f"{booking.uid} ({booking.event_type}, {start}) is now {booking.status}.")
    # The threads that it has started must not be cut off in the middle by the end of this process.
    parts.outbox.stop()
