"""What the commands share that look for changes which no webhook told of."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import click

from .. import times
from ..records.inbox import InboxState
from ..web.runtime import Runtime

_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_SPAN = re.compile(r"(\d{1,4})([mhdw])", re.ASCII)


def _since(context: click.Context, parameter: click.Parameter, text: str) -> timedelta | datetime:
    if match := _SPAN.fullmatch(text):
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    try:
        return times.parse_instant(text)
    except ValueError:
        raise click.BadParameter(
            f"'{text}' is neither a span such as 2d or 12h nor an instant such as 2026-03-12T09:00Z."
        ) from None


since_option = click.option(
    "--since",
    default="2d",
    show_default=True,
    callback=_since,
    metavar="SPAN|INSTANT",
    help="How far back to look: 30m, 12h, 2d, 1w, or 2026-03-12T09:00Z.",
)
retry_option = click.option(
    "--retry", is_flag=True, help="Take webhooks again that were given up after a day of failures."
)


def begin(parts: Runtime, since: timedelta | datetime) -> datetime:
    """Give the instant from which on is looked."""
    return parts.service.clock() - since if isinstance(since, timedelta) else since


def look(parts: Runtime, start: datetime, *, whose: str = "") -> None:
    """Tell the subscribers what has changed since *start*, and say how much; *whose* names the account."""
    found = parts.service.sync(start)
    click.echo(f"{whose}New since {times.format_instant(start)}: {found}.")


def take(parts: Runtime, retry: bool) -> None:
    """Take the webhooks that wait, with *retry* also those that were given up, and say how many."""
    receiver = parts.receiver
    if retry:
        click.echo(f"Webhooks due again: {receiver.inbox.retry(receiver.provider)}.")
    taken = receiver.take_due()
    counts = receiver.inbox.counts(receiver.provider)
    waiting, parked = counts[InboxState.NEW], counts[InboxState.PARKED]
    click.echo(f"Webhooks taken up: {taken}. Waiting: {waiting}. Given up: {parked}.")


def counted(parts: Runtime) -> str:
    """Say how many webhooks have come in the last month, and what has become of them."""
    counts = parts.receiver.inbox.counts(parts.receiver.provider)
    return (
        f"Webhooks that have come: {sum(counts.values())}. Done: {counts[InboxState.DONE]}. "
        f"Waiting: {counts[InboxState.NEW]}. About no booking: {counts[InboxState.KEPT]}. "
        f"Given up: {counts[InboxState.PARKED]}."
    )
