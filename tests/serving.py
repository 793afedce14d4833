"""A small app, with a server and a worker to be run in processes of their own, for tests that kill them."""

from __future__ import annotations

import os
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


def make_app(
    folder: str,
    *,
    clock: Callable[[], datetime] = utc_now,
    dispatch: str = "thread",
    database: str = "",
) -> Flask:
    """Make the app whose log of events is in *folder*, and its database too unless that has a URL."""
    app = Flask("served", instance_path=folder)
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[ANYTIME], BOOKER_DISPATCH=dispatch)
    app.config.update(BOOKER_DATABASE_URL=database)
    Booker(app, subscribers=[Ear(Path(folder) / "heard.txt")], clock=clock)
    return app


def serve(folder: str, port: int, database: str) -> None:
    """Serve the app until killed."""
    _log_to(folder)
    make_server("127.0.0.1", port, make_app(folder, database=database), threaded=True).serve_forever()


def work(folder: str, database: str) -> None:
    """Run `flask booker worker` of the app until killed."""
    _log_to(folder)
    app = make_app(folder, database=database, dispatch="none")
    done = app.test_cli_runner().invoke(args=["booker", "worker"])
    raise SystemExit(done.output) from done.exception


def _log_to(folder: str) -> None:
    file = os.open(Path(folder) / "log", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    for stream in (1, 2):
        os.dup2(file, stream)
