"""The commands `flask booker outbox`, `outbox retry` and `deliver`."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import click
from flask.cli import with_appcontext

from .. import times
from ..outbox import Delivery, DeliveryState, Outbox
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
        click.echo("  ".join(_told(each)))
    if not found:
        click.echo("No deliveries.")


def _told(each: Delivery) -> Iterator[str]:
    yield from (str(each.id), each.kind, each.booking_uid, f"-> {each.subscriber}", each.state.value)
    yield f"attempts {each.attempts}"
    if each.state is DeliveryState.PENDING:
        yield f"next {times.format_instant(each.next_at)}"
    if each.last_error:
        yield each.last_error


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
    click.echo(f"Parked deliveries due again: {box.retry(ids or None, subscriber=subscriber)}.")
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
    click.echo(f"{_deliver(parts.outbox)} delivered.")


def _deliver(box: Outbox) -> int:
    """Deliver to all subscribers at the same time, as a worker does: nobody waits for one that is slow."""
    if not box.subscribers:
        return 0
    with ThreadPoolExecutor(len(box.subscribers)) as pool:
        delivered = sum(pool.map(box.deliver_due, box.subscribers))
    # One may have caused what another is to hear of that was done by then.
    return delivered + box.deliver_due()
