"""A small app for workers in processes of their own: `flask --app 'tests.working:make_app(...)' ...`."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from flask import Flask

from booker_components import Booker, BookingEvent
from booker_components.times import utc_now

from .databases import lay_database
from .serving import ANYTIME, Ear

ROOT = Path(__file__).resolve().parent.parent

#: What workers offer: as in the served app, but with a reminder.
REMINDING = replace(ANYTIME, reminders=(timedelta(hours=1),))


class SlowEar(Ear):
    """A subscriber that takes a moment, and says when it begins."""

    name = "slow"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder / "slow.txt")
        self._begun = folder / "begun.txt"

    def __call__(self, event: BookingEvent) -> None:
        """Begin, wait, and then hear."""
        self._begun.touch()
        time.sleep(0.3)
        super().__call__(event)


class Deaf:
    """A subscriber that always fails."""

    name = "deaf"

    def __call__(self, event: BookingEvent) -> None:
        """Fail."""
        raise ConnectionError("nobody listens")


class FolderClock:
    """The time, later by as many seconds as a file in a folder says."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "later.txt"

    def __call__(self) -> datetime:
        """Give the time now."""
        later = self._file.read_text() if self._file.exists() else ""
        return utc_now() + timedelta(seconds=float(later or 0))

    def move(self, step: timedelta) -> None:
        """Let it be later from now on, for all processes at once."""
        new = self._file.with_suffix(".new")
        new.write_text(str((self() - utc_now() + step).total_seconds()))
        new.rename(self._file)


_SUBSCRIBERS: dict[str, Callable[[Path], Any]] = {
    "ear": lambda folder: Ear(folder / "heard.txt"),
    "slow": SlowEar,
    "deaf": lambda folder: Deaf(),
}


def make_app(
    folder: str, dispatch: str = "huey", subscribers: Sequence[str] = ("ear",), **config: Any
) -> Flask:
    """Make the app whose database, queue, clock and log of events are in *folder*."""
    place = Path(folder)
    app = Flask("working", instance_path=folder)
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[REMINDING], BOOKER_DISPATCH=dispatch, **config)
    if "BOOKER_DATABASE_URL" not in config:
        lay_database(place)
    heard = [_SUBSCRIBERS[name](place) for name in subscribers]
    Booker(app, subscribers=heard, clock=FolderClock(place))
    return app


@contextmanager
def worker(folder: Path, *words: str, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """Run a worker of that app, and kill it at the end; *options* are those of `make_app`."""
    given = ", ".join(f"{name}={value!r}" for name, value in options.items())
    app = f"tests.working:make_app({str(folder)!r}, {given})"
    with (folder / "worker.log").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "flask", "--app", app, "booker", "worker", *words],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
        )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def first_line(process: subprocess.Popen[str]) -> str:
    """Give the first line that a worker says, which it does when it is at work."""
    assert process.stdout is not None
    return process.stdout.readline()


def stop(process: subprocess.Popen[str], how: signal.Signals = signal.SIGTERM) -> str:
    """Ask a worker to stop, wait for it, and give what else it said."""
    process.send_signal(how)
    said, _ = process.communicate(timeout=60)
    return said


def wait_for(condition: Callable[[], object]) -> None:
    """Wait until *condition* holds."""
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "It did not happen within a minute."
        time.sleep(0.01)
