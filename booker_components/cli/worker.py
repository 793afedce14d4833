"""The command `flask booker worker`."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

import click
from flask.cli import with_appcontext

from ..outbox import LEASE, POLL_SECONDS
from ..outbox.queue import PAUSE
from ..web.runtime import Runtime, runtime

_SIGNALS = (signal.SIGTERM, signal.SIGINT)

# After its lease a delivery may be another process's.
_PATIENCE = LEASE.total_seconds()


@click.command()
@click.option(
    "--threads",
    default=1,
    type=click.IntRange(1, 64),
    show_default=True,
    help="How many events each subscriber may be told of at once.",
)
@with_appcontext
def worker(threads: int) -> None:
    """Deliver events, take webhooks and do the upkeep until SIGTERM or SIGINT (Ctrl+C).

    What is at hand is finished first, a minute long at most; a second signal ends at once. Any number of
    workers, on any number of machines, may work on one database, with every 'BOOKER_DISPATCH'.
    """
    parts = runtime()
    with _stopping() as stopped:
        click.echo(_said(parts, threads))
        _work(parts, threads, stopped)
    click.echo("Stopped.")


def _said(parts: Runtime, threads: int) -> str:
    """Give the line that tells what this worker does."""
    each = f" in {threads} threads each" if threads > 1 else ""
    names = ", ".join(parts.outbox.subscribers)
    does = [f"delivers to {names}{each}" if names else "has nobody to deliver to"]
    if parts.receiver.is_fed:
        does.append(f"takes webhooks of {parts.receiver.provider}")
    does.append("does the upkeep")
    woken = f"woken by huey ({parts.queue.kind}), and " if parts.queue else ""
    return f"The worker {', '.join(does)}; {woken}looking every {POLL_SECONDS:g} s. Ctrl+C stops it."


def _work(parts: Runtime, threads: int, stopped: threading.Event) -> None:
    parts.outbox.start(threads)
    if parts.receiver.is_fed:
        parts.receiver.start()
    try:
        while not stopped.is_set():
            _wait(parts, stopped)
    finally:
        until = time.monotonic() + _PATIENCE
        parts.outbox.stop(_PATIENCE)
        parts.receiver.stop(max(0.0, until - time.monotonic()))
        if parts.queue:
            parts.queue.close()


def _wait(parts: Runtime, stopped: threading.Event) -> None:
    """Wait for a call, or for the end."""
    if parts.queue is None:
        stopped.wait()
    elif not parts.queue.take(lambda: _look(parts)):
        stopped.wait(PAUSE)


def _look(parts: Runtime) -> None:
    parts.outbox.wake()
    if parts.receiver.is_fed:
        parts.receiver.wake()


@contextmanager
def _stopping() -> Iterator[threading.Event]:
    """Give what is set by the first signal to stop; the second one ends the process at once."""
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()
        for each in _SIGNALS:
            signal.signal(each, signal.SIG_DFL)

    before = {each: signal.signal(each, stop) for each in _SIGNALS}
    try:
        yield stopped
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)
