"""The commands `flask booker outbox`, `outbox retry` and `deliver`."""

from __future__ import annotations

import click
from flask.cli import with_appcontext

from .. import times
from ..outbox import DeliveryState, Outbox
from ..web.runtime import runtime


@click.group(invoke_without_command=True)
@click.option("--state", type=click.Choice([each.value for each in DeliveryState]), help="Only these.")
@click.option(
    "--limit",
    default=50,
    type=click.IntRange(1, 1000),
    show_default=True,
    help="How many to show at most.",
)
@click.pass_context
@with_appcontext
def outbox(context: click.Context, state: str | None, limit: int) -> None:
    """Show which subscriber has heard of which event; no personal data is shown."""
    if context.invoked_subcommand is None:
        _show(runtime().outbox, DeliveryState(state) if state else None, limit)


def _show(box: Outbox, state: DeliveryState | None, limit: int) -> None:
    found = box.deliveries(state, limit)
    for each in found:
        error = f"  {each.last_error}" if each.last_error else ""
        click.echo(
            f"{each.id}  {each.kind}  {each.booking_uid}  -> {each.subscriber}  "
            f"{each.state}  attempts {each.attempts}  next {times.format_instant(each.next_at)}{error}"
        )
    if not found:
        click.echo("No deliveries.")


@outbox.command()
@click.argument("ids", nargs=-1, type=int)
@click.option("--subscriber", default="", metavar="NAME", help="Only those to this subscriber.")
@with_appcontext
def retry(ids: tuple[int, ...], subscriber: str) -> None:
    """Make deliveries due again that were given up: all, or those with the IDS that `outbox` shows.

    They get another day. Web processes and workers deliver them, as 'BOOKER_DISPATCH' says; without either,
    run `flask booker deliver`.
    """
    box = runtime().outbox
    click.echo(f"{box.retry(ids or None, subscriber=subscriber)} parked deliveries are due again.")
    # The threads that it has started must not be cut off in the middle by the end of this process.
    box.stop()


@click.command()
@with_appcontext
def deliver() -> None:
    """Take webhooks, do the upkeep and deliver events that are due, once; for a timer such as cron.

    `flask booker worker` does the same all the time.
    """
    parts = runtime()
    # In this order: what webhooks and upkeep tell is delivered along.
    parts.receiver.take_due()
    parts.upkeep.run()
    click.echo(f"{parts.outbox.deliver_due()} delivered.")
