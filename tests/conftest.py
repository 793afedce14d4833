"""Fixtures shared by the suites: an app with one host, a clock that stands still, a plain HTML client."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from jinja2 import BytecodeCache
from jinja2.bccache import Bucket

from booker_components import (
    Booker,
    ChangeRule,
    EventType,
    Host,
    Question,
    QuestionKind,
    ReasonRule,
    Schedule,
)
from booker_components.testing import FrozenClock, Recorder

from .browser import browsers
from .databases import lay_database
from .postgres import Postgres, some_postgres

#: A Monday, long before any change of the clocks in Berlin.
MONDAY = datetime(2027, 2, 1, 8, 0, tzinfo=UTC)

#: Nine in the morning of the next day in Berlin: the first slot of that day.
TUESDAY = datetime(2027, 2, 2, 8, 0, tzinfo=UTC)

_OFFICE = ((540, 720), (780, 1020))

HOST = Host(
    slug="ada",
    name="Ada Lovelace",
    zone="Europe/Berlin",
    email="ada@example.com",
    schedule=Schedule(weekly=(_OFFICE,) * 5 + ((), ())),
)

INTRO = EventType(slug="intro-call", title="Intro call", hosts=(HOST,), description="A first talk.")

CHECKUP = EventType(
    slug="check-up",
    title="Check-up",
    hosts=(HOST,),
    durations=(timedelta(minutes=30), timedelta(minutes=60)),
    questions=(
        Question(slug="topic", label="What is it about?", required=True),
        Question(slug="size", label="Size", kind=QuestionKind.RADIO, options=("Small", "Large")),
        Question(slug="days", label="Days", kind=QuestionKind.CHECKBOXES, options=("Mon", "Tue")),
    ),
    reschedule=ChangeRule(notice=timedelta(hours=24), reason=ReasonRule.REQUIRED),
    cancel=ChangeRule(notice=timedelta(hours=2), reason=ReasonRule.OFF),
)


def pytest_report_header() -> list[str]:
    """Say which browser could not be had."""
    return [] if browsers.webkit() else [browsers.NO_WEBKIT]


class _Compiled(BytecodeCache):
    """Compiled templates, kept for every app of the run."""

    def __init__(self) -> None:
        self._kept: dict[tuple[str, str], Any] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give what was compiled from the same source at the same place, if anything was."""
        bucket.code = self._kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        self._kept[bucket.key, bucket.checksum] = bucket.code


@pytest.fixture(scope="session", autouse=True)
def _compile_templates_once() -> Iterator[None]:
    """Let the apps of all tests share compiled templates: each would compile them anew for its first page."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Flask, "jinja_options", {"bytecode_cache": _Compiled()})
        yield


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """The PostgreSQL server of this run, started when the first test asks for it."""
    with some_postgres() as server:
        yield server


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The URL of a PostgreSQL database with today's tables, for one test."""
    with postgres.database(like=postgres.migrated) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database with today's tables; every test that asks for it runs once on each kind."""
    if request.param == "sqlite":
        return lay_database(tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without any table, of each kind."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/booker.sqlite3"
        return
    with request.getfixturevalue("postgres").database() as url:
        yield url


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands at Monday, 1 February 2027, 08:00 UTC."""
    return FrozenClock(MONDAY)


@pytest.fixture
def recorder() -> Recorder:
    """The subscriber of the app."""
    return Recorder()


@pytest.fixture
def make_app(tmp_path: Path, clock: FrozenClock, recorder: Recorder) -> Iterator[Callable[..., Flask]]:
    """Build apps with the event types above; keywords are settings, `prefix` is the mount point."""
    made: list[Flask] = []

    def build(*, prefix: str | None = None, **config: Any) -> Flask:
        app = Flask("partner", instance_path=str(tmp_path / f"instance{len(made)}"))
        defaults = {"SECRET_KEY": "k" * 40, "BOOKER_EVENT_TYPES": [INTRO, CHECKUP], "TESTING": True}
        app.config.update(defaults | config)
        lay_database(Path(app.instance_path))
        Booker(app, subscribers=[recorder], clock=clock, url_prefix=prefix)
        made.append(app)
        return app

    yield build
    for app in made:
        app.extensions["booker"].receiver.stop()
        app.extensions["booker"].outbox.stop()
        app.extensions["booker"].storage.close()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An app with signed links, the pages at its root."""
    return make_app()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A client of that app."""
    return app.test_client()
