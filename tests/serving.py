"""A small app in a server of its own, for tests that kill it: `python -m tests.serving FOLDER PORT`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from flask import Flask
from werkzeug.serving import make_server

from booker_components import Booker, BookingEvent, EventType, Host, Schedule
from booker_components.times import utc_now

#: Every quarter of an hour, day and night.
QUARTER = timedelta(minutes=15)
ANYTIME = EventType(
    slug="anytime",
    title="Anytime",
    hosts=(Host(slug="ada", name="Ada", zone="UTC", schedule=Schedule(weekly=(((0, 1440),),) * 7)),),
    durations=(QUARTER,),
)


class Ear:
    """A subscriber that writes what it hears to a file, and returns only when that is safe."""

    name = "ear"

    def __init__(self, file: Path) -> None:
        self._file = file

    def __call__(self, event: BookingEvent) -> None:
        """Append the event's id, booking and revision as one line."""
        with self._file.open("a") as heard:
            heard.write(f"{event.id} {event.booking.uid} {event.booking.revision}\n")
            heard.flush()
            os.fsync(heard.fileno())


def make_app(folder: Path, *, clock: Callable[[], datetime] = utc_now, dispatch: str = "thread") -> Flask:
    """Make the app whose database and log of events are in *folder*."""
    app = Flask("served", instance_path=str(folder))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[ANYTIME], BOOKER_DISPATCH=dispatch)
    Booker(app, subscribers=[Ear(folder / "heard.txt")], clock=clock)
    return app


def main(folder: str, port: str) -> None:
    """Serve the app until killed."""
    make_server("127.0.0.1", int(port), make_app(Path(folder)), threaded=True).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
