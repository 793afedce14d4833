"""The command compares the busy masks with the bookings, and writes them anew."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import text

from booker_components import cancel_booking, create_booking
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from .conftest import INTRO, TUESDAY
from .invariants import wrong_masks
from .studio import Studio, studio_app

RIGHT = "Busy masks: 2 of 1 hosts, 0 wrong.\n"
REMEDY = (
    "Times may be offered that are taken, which nobody can book, or free ones be missing: "
    "'flask booker masks --rebuild' writes them anew.\n"
)

_CLEAR = "UPDATE booker_busy_masks SET mask = :mask WHERE block = (SELECT min(block) FROM booker_busy_masks)"


def run(app: Flask, *words: str) -> Result:
    """Run `flask booker`."""
    return app.test_cli_runner().invoke(args=["booker", *words])


def storage_of(app: Flask) -> Storage:
    """Give the app's storage."""
    storage: Storage = app.extensions["booker"].storage
    return storage


def clear(app: Flask) -> None:
    """Clear every bit of one of the masks."""
    with storage_of(app).transaction() as connection:
        connection.execute(text(_CLEAR), {"mask": b"\0" * 1152})


def wrong(app: Flask) -> int:
    """Give how many masks are wrong."""
    with storage_of(app).reading() as connection:
        return len(wrong_masks(connection))


@pytest.fixture(params=["sqlite", "postgresql"])
def app(request: pytest.FixtureRequest, make_app: Callable[..., Flask]) -> Flask:
    """An app with two bookings, more than a month apart, on each kind of database."""
    url = (
        {} if request.param == "sqlite" else {"BOOKER_DATABASE_URL": request.getfixturevalue("postgres_url")}
    )
    made = make_app(BOOKER_DISPATCH="none", **url)
    with made.app_context():
        for start in (TUESDAY, TUESDAY + timedelta(days=35)):
            create_booking("intro-call", start, name="Bo", email="bo@example.com")
    return made


def test_masks_that_are_right_are_said_to_be(app: Flask) -> None:
    """With how many there are; and nothing is done."""
    said = run(app, "masks")

    assert (said.output, said.exit_code) == (RIGHT, 0)


def test_wrong_masks_are_counted_and_stay_wrong(app: Flask) -> None:
    """The remedy is named, and the exit code is 1, for a monitor."""
    clear(app)

    said = run(app, "masks")

    assert said.output == f"Busy masks: 2 of 1 hosts, 1 wrong. {REMEDY}"
    assert said.exit_code == 1
    assert wrong(app) == 1


def test_wrong_masks_are_written_anew(app: Flask) -> None:
    """It says how many were wrong, and none is any more."""
    clear(app)

    said = run(app, "masks", "--rebuild")
    again = run(app, "masks", "--rebuild")

    assert (said.output, said.exit_code) == (f"Busy masks written anew. Wrong before: 1.\n{RIGHT}", 0)
    assert (again.output, again.exit_code) == (f"Busy masks written anew. Wrong before: 0.\n{RIGHT}", 0)
    assert wrong(app) == 0


def test_a_mask_that_is_missing_is_a_wrong_one(app: Flask) -> None:
    """What is compared is what there should be."""
    with storage_of(app).transaction() as connection:
        connection.execute(text("DELETE FROM booker_busy_masks"))

    assert run(app, "masks").output.startswith("Busy masks: 0 of 1 hosts, 2 wrong.")


def test_check_tells_of_wrong_masks(app: Flask) -> None:
    """With the same words and the remedy; it fails where it did not before."""
    before = run(app, "check")
    clear(app)

    said = run(app, "check")

    assert f"ok     {RIGHT}" in before.output
    assert before.exit_code == 0
    assert f"WRONG  Busy masks: 2 of 1 hosts, 1 wrong. {REMEDY}" in said.output
    assert said.exit_code == 1


def test_bookings_are_told_to_nobody(app: Flask) -> None:
    """To write masks anew is no change of a booking; who books afterwards finds them right."""
    counted = app.extensions["booker"].outbox.counts()
    clear(app)
    run(app, "masks", "--rebuild")

    assert app.extensions["booker"].outbox.counts() == counted
    with app.app_context():
        cancel_booking(
            create_booking("intro-call", TUESDAY + timedelta(hours=1), name="Bo", email="bo@a.com").uid
        )
    assert wrong(app) == 0


@pytest.mark.parametrize("words", [["masks"], ["masks", "--rebuild"]], ids=" ".join)
def test_only_the_embedded_provider_has_masks(tmp_path: Path, clock: FrozenClock, words: list[str]) -> None:
    """Of another one the command says so; a check does not mention them."""
    app = studio_app(tmp_path, Studio(INTRO, clock), clock)
    said, check = run(app, *words), run(app, "check")
    storage_of(app).close()

    assert said.output == (
        "Error: The provider of this app is 'studio', and busy masks are kept by the embedded one only.\n"
    )
    assert said.exit_code == 1
    assert "masks" not in check.output
