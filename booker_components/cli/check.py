"""The command `flask booker check`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta

import click
from babel import Locale
from flask.cli import with_appcontext

from .. import times
from ..errors import BookerError, EventTypeNotFound
from ..outbox import DeliveryState
from ..outbox.queue import Queue
from ..providers.embedded import EmbeddedProvider
from ..values import EventType, TimeWindow
from ..web.runtime import Runtime, runtime
from .masks import said
from .mistakes import in_one_line
from .trying import Finding, Mark

_LOCALE = Locale("en", "GB")

# A round is due every minute; several that are missed are no accident.
_LATE = timedelta(minutes=10)


@click.command()
@click.option("--slug", default="", help="Only this event type.")
@click.option(
    "--days", default=7, type=click.IntRange(1, 366), show_default=True, help="How many days to show."
)
@with_appcontext
@in_one_line()
def check(slug: str, days: int) -> None:
    """Show what would be offered next week, and whether deliveries, upkeep and calendars are up to date.

    `flask booker why` tells why a time is not offered. Ends with exit code 1 if something is wrong.
    """
    parts = runtime()
    wrong = False
    try:
        for event_type in _wanted(parts, slug):
            click.echo("\n".join(_offer(parts, event_type, days)))
        for each in _running(parts):
            click.echo(f"{each.mark.value:<7}{each.text}")
            wrong = wrong or each.mark is Mark.WRONG
    except BookerError as error:
        raise click.ClickException(f"{error.message}{_more(parts)}") from error
    if wrong:
        raise SystemExit(1)


def _more(parts: Runtime) -> str:
    """Say which command finds out why a vendor did not do as asked, where there is one."""
    vendor = next((name for name in ("calcom", "jicoo") if getattr(parts, name)), "")
    return f" 'flask booker {vendor} check' looks into it." if vendor else ""


def _wanted(parts: Runtime, slug: str) -> Sequence[EventType]:
    wanted = (named(parts, slug),) if slug else parts.service.event_types()
    if not wanted:
        raise click.ClickException("There are no event types; set 'BOOKER_EVENT_TYPES'.")
    return wanted


def named(parts: Runtime, slug: str) -> EventType:
    """Give the event type *slug*, or end the command with the remedy."""
    try:
        return parts.service.event_type(slug)
    except EventTypeNotFound:
        raise click.ClickException(
            f"There is no event type '{slug}'; 'flask booker check' shows all."
        ) from None


def _offer(parts: Runtime, event_type: EventType, days: int) -> Iterator[str]:
    now = parts.service.clock()
    window = TimeWindow(start=now, end=now + timedelta(days=days))
    zone = event_type.zone
    length = times.duration_name(event_type.duration, _LOCALE)
    yield f"{event_type.slug}: {event_type.title}, {length}, times of {zone}"
    found = times.by_day(parts.service.slots(event_type, window), zone)
    for day, slots in found.items():
        starts = " ".join(times.clock_time(slot.start, zone, _LOCALE, True) for slot in slots)
        yield f"  {times.full_date(day, _LOCALE)}: {starts}"
    if not found:
        yield f"  nothing in the next {days} days"


# --- what runs -----------------------------------------------------------------------------------


def _running(parts: Runtime) -> Iterator[Finding]:
    yield _deliveries(parts)
    yield _upkeep(parts)
    if parts.queue:
        yield _queue(parts.queue)
    yield from _calendars(parts)
    yield from _masks(parts)


def _deliveries(parts: Runtime) -> Finding:
    counts = parts.outbox.counts()
    waiting, parked = counts[DeliveryState.PENDING], counts[DeliveryState.PARKED]
    text = f"Deliveries: {waiting} waiting, {parked} given up."
    if not parked:
        return Finding(Mark.OK, text)
    return Finding(
        Mark.WRONG,
        f"{text} 'flask booker outbox --state parked' shows them, 'flask booker outbox retry' has them tried "
        "again.",
    )


def _upkeep(parts: Runtime) -> Finding:
    last = parts.upkeep.last()
    if last is None:
        return Finding(Mark.NOTE, "The upkeep has never run; is a web process or a worker running?")
    text = f"The last upkeep was at {times.format_instant(last)}."
    if parts.service.clock() - last < _LATE:
        return Finding(Mark.OK, text)
    return Finding(Mark.NOTE, f"{text} It is due every minute; is a web process or a worker running?")


def _queue(queue: Queue) -> Finding:
    answers = queue.answers()
    queue.close()
    if answers:
        return Finding(Mark.OK, f"The queue ({queue.kind}) answers.")
    return Finding(
        Mark.WRONG,
        f"The queue ({queue.kind}) does not answer; look at 'BOOKER_QUEUE_URL'. Until it does, workers look "
        "by themselves, and are some seconds late.",
    )


def _calendars(parts: Runtime) -> Iterator[Finding]:
    provider, now = parts.service.provider, parts.service.clock()
    if isinstance(provider, EmbeddedProvider):
        for host, state in provider.calendars():
            mark = Mark.OK if state.is_well(now) else Mark.WRONG
            yield Finding(mark, f"{host.name}: {state.sentence(now)}")


def _masks(parts: Runtime) -> Iterator[Finding]:
    provider = parts.service.provider
    if isinstance(provider, EmbeddedProvider):
        counts = provider.masks()
        yield Finding(Mark.WRONG if counts.wrong else Mark.OK, said(counts))
