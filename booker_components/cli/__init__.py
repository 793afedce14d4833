"""The commands `flask booker check`, `outbox`, `deliver`, `calcom`, `jicoo` and `salesforce`."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

import click
from babel import Locale
from flask import Blueprint
from flask.cli import with_appcontext

from .. import times
from ..errors import BookerError, EventTypeNotFound
from ..outbox import DeliveryState
from ..providers import ExplainsSlots
from ..values import EventType, TimeWindow
from ..web.runtime import Runtime, runtime
from .calcom import calcom
from .jicoo import jicoo
from .salesforce import salesforce

_LOCALE = Locale("en", "GB")
_WHY = {
    "past": "it is over",
    "notice": "it is within the minimum notice",
    "horizon": "it is outside the booking window",
    "hours": "it is outside the working hours, or would run beyond them",
    "grid": "no slot starts at this minute",
    "busy": "the host is booked, or a buffer is in the way",
    "duration": "this length is not on offer",
}


def register(blueprint: Blueprint) -> None:
    """Add the commands to *blueprint*, which adds them to `flask`."""
    for command in (check, outbox, deliver, calcom, jicoo, salesforce):
        blueprint.cli.add_command(command)


@click.command()
@click.option("--slug", default="", help="Only this event type.")
@click.option(
    "--days", default=7, type=click.IntRange(1, 366), show_default=True, help="How many days to show."
)
@click.option("--at", default="", metavar="INSTANT", help="Say why this time is or is not offered.")
@click.option(
    "--minutes",
    default=0,
    type=click.IntRange(0, 1440),
    help="The length that --at asks about; default: the event type's.",
)
@with_appcontext
def check(slug: str, days: int, at: str, minutes: int) -> None:
    """Show what would be offered next week, or why a given time is not.

    INSTANT is a time with its offset, for example 2026-03-12T09:00+01:00.
    """
    parts = runtime()
    try:
        for event_type in _wanted(parts, slug):
            lines = _why(parts, event_type, at, minutes) if at else _offer(parts, event_type, days)
            click.echo("\n".join(lines))
    except BookerError as error:
        raise click.ClickException(f"{error.message}{_more(parts)}") from error


def _more(parts: Runtime) -> str:
    """Say which command finds out why a vendor did not do as asked, where there is one."""
    vendor = next((name for name in ("calcom", "jicoo") if getattr(parts, name)), "")
    return f" 'flask booker {vendor} check' looks into it." if vendor else ""


def _wanted(parts: Runtime, slug: str) -> Sequence[EventType]:
    try:
        wanted = [parts.service.event_type(slug)] if slug else parts.service.event_types()
    except EventTypeNotFound:
        raise click.ClickException(f"There is no event type '{slug}'; leave --slug out to see all.") from None
    if not wanted:
        raise click.ClickException("There are no event types; set 'BOOKER_EVENT_TYPES'.")
    return wanted


def _offer(parts: Runtime, event_type: EventType, days: int) -> Iterator[str]:
    now = parts.service.clock()
    window = TimeWindow(start=now, end=now + timedelta(days=days))
    zone = event_type.zone
    length = times.duration_name(event_type.duration)
    yield f"{event_type.slug}: {event_type.title}, {length}, times of {zone}"
    found = times.by_day(parts.service.slots(event_type, window), zone)
    for day, slots in found.items():
        starts = " ".join(times.clock_time(slot.start, zone, _LOCALE, True) for slot in slots)
        yield f"  {times.full_date(day, _LOCALE)}: {starts}"
    if not found:
        yield f"  nothing in the next {days} days"


def _why(parts: Runtime, event_type: EventType, at: str, minutes: int) -> Iterator[str]:
    try:
        start = times.parse_instant(at)
    except ValueError:
        raise click.ClickException(
            f"--at '{at}' is no time with an offset; write it like 2026-03-12T09:00+01:00."
        ) from None
    provider = parts.service.provider
    if not isinstance(provider, ExplainsSlots):
        raise click.ClickException(f"The provider '{provider.name}' does not tell why a time is not offered.")
    length = timedelta(minutes=minutes) if minutes else event_type.duration
    day = times.full_date(times.local_date(start, event_type.zone), _LOCALE)
    clock = times.clock_time(start, event_type.zone, _LOCALE, True)
    reasons = provider.explain(event_type, start, length)
    yield f"{event_type.slug}: {day}, {clock} ({event_type.zone}) is {'not ' if reasons else ''}offered"
    yield from (f"  - {rule}: {_WHY.get(rule, rule)}" for rule in reasons)


@click.command()
@click.option("--state", type=click.Choice([each.value for each in DeliveryState]), help="Only these.")
@click.option(
    "--limit",
    default=50,
    type=click.IntRange(1, 1000),
    show_default=True,
    help="How many to show at most.",
)
@click.option("--retry", is_flag=True, help="Make parked deliveries due again.")
@with_appcontext
def outbox(state: str | None, limit: int, retry: bool) -> None:
    """Show which subscriber has heard of which event; no personal data is shown."""
    box = runtime().outbox
    if retry:
        click.echo(f"{box.retry()} parked deliveries are due again.")
    found = box.deliveries(DeliveryState(state) if state else None, limit)
    for each in found:
        error = f"  {each.last_error}" if each.last_error else ""
        click.echo(
            f"{each.id}  {each.kind}  {each.booking_uid}  -> {each.subscriber}  "
            f"{each.state}  attempts {each.attempts}  next {times.format_instant(each.next_at)}{error}"
        )
    if not found:
        click.echo("No deliveries.")


@click.command()
@click.option("--watch", is_flag=True, help="Go on until interrupted.")
@click.option(
    "--every",
    default=2.0,
    type=click.FloatRange(min=0.1),
    show_default=True,
    help="Seconds between two looks with --watch.",
)
@with_appcontext
def deliver(watch: bool, every: float) -> None:
    """Take webhooks and deliver events that are due, in this process."""
    parts = runtime()
    if not watch:
        click.echo(f"{_deliver(parts)} delivered.")
        return
    while True:
        if count := _look(parts):
            click.echo(f"{count} delivered.")
        time.sleep(every)


def _deliver(parts: Runtime) -> int:
    # Webhooks first: what they tell is delivered along.
    parts.receiver.take_due()
    return parts.outbox.deliver_due()


def _look(parts: Runtime) -> int:
    """Deliver what is due; after a failure there is a next look, as in the thread of a web process."""
    try:
        return _deliver(parts)
    except Exception as error:
        # The class alone: what a database says may quote personal data.
        click.echo(f"{type(error).__name__}: nothing delivered; the next look follows.", err=True)
        return 0
