"""What docs/databases.md says is true: its examples work, its figures are those of the code."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import make_url, text

from booker_components import create_booking, get_booking
from booker_components.engines import checked_url
from booker_components.engines.postgresql import KEPT, MOST
from booker_components.settings import settings_table
from booker_components.storage import Storage

from ..conftest import TUESDAY
from ..postgres import Postgres, libpq

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "databases.md").read_text()


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


def _url(block: str) -> str:
    config: dict[str, Any] = {}
    exec(block, {"app": SimpleNamespace(config=config)})
    url: str = config["BOOKER_DATABASE_URL"]
    return url


def _booked(app: Flask) -> str:
    with app.app_context():
        return create_booking("intro-call", TUESDAY, name="Bo", email="bo@b.example").uid


def test_the_addresses_are_those_of_databases_that_we_know() -> None:
    """One of each kind."""
    file, server = (checked_url(_url(each)) for each in (blocks("python")[0], blocks("python")[2]))

    assert file.database == "/var/lib/app/booker.sqlite3"
    assert (server.username, server.host, server.query) == (
        "booker",
        "db.example.com",
        {"sslmode": "verify-full"},
    )


def test_every_setting_is_there() -> None:
    """What the text tells to set exists."""
    told = set(re.findall(r"\bBOOKER_[A-Z_]*[A-Z]", TEXT)) - {"BOOKER_TEST_PG_DSN"}

    assert told
    assert all(f"`{each}`" in settings_table() for each in told)


def test_the_backup_of_a_file_has_what_was_confirmed(
    make_app: Callable[..., Flask], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is made while the app runs, and serves in the place of the original."""
    uid = _booked(make_app())
    monkeypatch.chdir(tmp_path / "instance0")

    exec(blocks("python")[1], {})

    restored = make_app(BOOKER_DATABASE_URL=f"sqlite:///{tmp_path}/instance0/backup.sqlite3")
    with restored.app_context():
        assert get_booking(uid).uid == uid


@pytest.fixture
def of_booker(postgres: Postgres) -> Iterator[str]:
    """The URL of the database that the text tells to make, for its owner."""
    url = make_url(postgres.url_of("booker")).set(username="booker", password="secret")
    try:
        for statement in blocks("sql")[0].strip().splitlines():
            postgres.run(statement)
        yield url.render_as_string(hide_password=False)
    finally:
        postgres.run("DROP DATABASE IF EXISTS booker WITH (FORCE)")
        postgres.run("DROP ROLE IF EXISTS booker")


def test_a_database_that_is_made_as_told_can_be_used(
    of_booker: str, postgres: Postgres, make_app: Callable[..., Flask]
) -> None:
    """Its owner makes the tables, and a limit that is set for it stands."""
    postgres.run(blocks("sql")[1])

    app = make_app(BOOKER_DATABASE_URL=of_booker)
    uid = _booked(app)

    with app.app_context():
        assert get_booking(uid).uid == uid
    with app.extensions["booker"].storage.reading() as connection:
        assert connection.scalar(text("SHOW lock_timeout")) == "10s"


def test_a_user_with_fewer_rights_can_serve(
    of_booker: str, postgres: Postgres, make_app: Callable[..., Flask], request: pytest.FixtureRequest
) -> None:
    """Once the owner has made the tables, the app needs no right to make any."""
    owner = Storage(of_booker)
    owner.upgrade()
    owner.close()
    request.addfinalizer(lambda: postgres.run("DROP ROLE booker_app"))
    postgres.run("CREATE ROLE booker_app LOGIN PASSWORD 'secret'")
    request.addfinalizer(lambda: _run(postgres.url_of("booker"), "DROP OWNED BY booker_app"))
    _run(postgres.url_of("booker"), blocks("sql")[2])

    url = make_url(of_booker).set(username="booker_app").render_as_string(hide_password=False)

    assert _booked(make_app(BOOKER_DATABASE_URL=url))


def _run(url: str, statements: str) -> None:
    with closing(psycopg.connect(libpq(url), autocommit=True)) as connection:
        connection.execute(statements.encode())


def test_the_limits_are_those_of_the_code(postgres_url: str) -> None:
    """How long is waited, and how many connections there are."""
    told = dict(re.findall(r"^\| `(\w+_timeout)` \| (\d+) s \|", TEXT, flags=re.MULTILINE))
    names = ("lock_timeout", "statement_timeout", "idle_in_transaction_session_timeout")
    query = "SELECT extract(epoch FROM current_setting('{}')::interval)::int::text"

    with Storage(postgres_url).reading() as connection:
        real = {name: connection.scalar(text(query.format(name))) for name in names}

    assert real.items() <= told.items()
    assert f"keeps {KEPT} connections open and has {MOST} at most" in TEXT
