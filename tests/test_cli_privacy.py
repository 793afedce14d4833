"""The commands tell and erase what is kept about a guest, and show who has changed a booking."""

from __future__ import annotations

import json
import re
import stat
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from booker_components import (
    BookingNotFound,
    Refused,
    cancel_booking,
    create_booking,
    erase_guest,
    export_guest,
    get_history,
    reschedule_booking,
)
from booker_components.testing import FrozenClock, Recorder
from booker_components.values import BookingStatus, EventKind

from .conftest import TUESDAY

BO = "bo@example.com"


def run(app: Flask, *words: str, typed: str = "") -> Result:
    """Run `flask booker`, answering its question with *typed*."""
    return app.test_cli_runner().invoke(args=["booker", *words], input=typed)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An app that delivers when told to."""
    return make_app(BOOKER_DISPATCH="none")


@pytest.fixture
def uid(app: Flask) -> str:
    """A booking of Bo's on Tuesday."""
    with app.app_context():
        return create_booking("intro-call", TUESDAY, name="Bo Diddley", email=BO, notes="My knee").uid


# --- the audit trail ---


def test_a_history_tells_every_change(app: Flask, uid: str) -> None:
    """Who, what, when, old and new."""
    with app.app_context():
        reschedule_booking(uid, TUESDAY + timedelta(hours=1), reason="Train", by="crm")
        cancel_booking(uid, reason="Ill")
        made, moved, cancelled = get_history(uid)

    assert (made.action, made.before, made.after.hosts) == (EventKind.CREATED, None, ("ada",))
    assert moved.before is not None
    assert (moved.actor, moved.before.start, moved.after.reason) == ("crm", TUESDAY, "Train")
    assert (cancelled.actor, cancelled.after.status) == ("host", BookingStatus.CANCELLED)


def test_audit_shows_what_has_changed(app: Flask, uid: str) -> None:
    """A line for each change, with nothing that did not."""
    with app.app_context():
        reschedule_booking(uid, TUESDAY + timedelta(hours=1), reason="Train", by="crm")
        cancel_booking(uid)

    first, second, third = run(app, "audit", uid).output.splitlines()

    assert "booking.created  start 2027-02-02T08:00:00Z  end 2027-02-02T08:30:00Z  status confirmed" in first
    assert second.endswith(
        "crm  booking.rescheduled  start 2027-02-02T08:00:00Z -> 2027-02-02T09:00:00Z  "
        "end 2027-02-02T08:30:00Z -> 2027-02-02T09:30:00Z  reason - -> Train"
    )
    assert third.endswith("host  booking.cancelled  status confirmed -> cancelled  reason Train -> -")


def test_audit_knows_no_strangers(app: Flask) -> None:
    """A booking that was never made has no history."""
    said = run(app, "audit", "nope")

    with app.app_context(), pytest.raises(BookingNotFound):
        get_history("nope")
    assert (said.exit_code, "There is no booking 'nope'" in said.output) == (1, True)


# --- export ---


def test_export_prints_everything_as_json(app: Flask, uid: str) -> None:
    """As the helper gives it."""
    told = json.loads(run(app, "export", "--email", "BO@example.com").output)

    with app.app_context():
        given = export_guest("BO@example.com")
    assert told == given
    assert [booking["uid"] for booking in told["bookings"]] == [uid]
    assert told["bookings"][0]["notes"] == "My knee"


def test_export_writes_a_file_for_its_owner_alone(app: Flask, uid: str, tmp_path: Path) -> None:
    """It never overwrites one."""
    file = tmp_path / "bo.json"

    said = run(app, "export", "--email", BO, "--to", str(file))
    again = run(app, "export", "--email", BO, "--to", str(file))

    assert said.output == ""
    assert json.loads(file.read_text())["bookings"][0]["uid"] == uid
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert (again.exit_code, "cannot be written: File exists" in again.output) == (1, True)


# --- erase ---


def test_erase_names_what_is_to_come_and_stops(app: Flask, uid: str) -> None:
    """Nothing is erased before it was cancelled."""
    said = run(app, "erase", "--email", BO, "--yes")

    assert said.exit_code == 1
    assert f"To come: 2027-02-02T08:00:00Z  intro-call  {uid}  confirmed" in said.output
    assert "run it again with --cancel" in said.output
    with app.app_context():
        assert export_guest(BO)["bookings"]
        with pytest.raises(Refused, match=uid):
            erase_guest(BO)


def test_erase_cancels_tells_the_host_and_erases(app: Flask, uid: str, recorder: Recorder) -> None:
    """In this order."""
    said = run(app, "erase", "--email", BO.upper(), "--yes", "--cancel").output

    last = recorder.events[-1]
    assert (last.kind, last.booking.attendee.name) == (EventKind.CANCELLED, "Bo Diddley")
    assert f"Bookings cancelled: 1 ({uid})." in said
    assert "Bookings erased: 1." in said
    assert "recorder: what it was told so far" in said
    with app.app_context():
        told = export_guest(BO)
    assert not any(each for name, each in told.items() if name not in ("email", "at", "elsewhere"))


def test_erase_asks_first(app: Flask, uid: str) -> None:
    """Whoever does not say yes has changed nothing."""
    with app.app_context():
        cancel_booking(uid)

    said = run(app, "erase", "--email", BO, typed="n\n")
    unsaid = run(app, "export", "--email", BO).output
    done = run(app, "erase", "--email", BO, typed="y\n")

    assert (said.exit_code, "for good?" in said.output) == (1, True)
    assert json.loads(unsaid)["bookings"]
    assert "Bookings erased: 1." in done.output


def test_erase_says_when_there_is_nothing(app: Flask) -> None:
    """Somebody may have typed another address."""
    assert "Nothing is kept about this address." in run(app, "erase", "--email", BO, "--yes").output


@pytest.mark.parametrize("words", [["export"], ["erase", "--yes"]], ids=["export", "erase"])
def test_what_is_no_address_is_said(app: Flask, words: list[str]) -> None:
    """With an example."""
    said = run(app, *words, "--email", "bo")

    assert (said.exit_code, "This is no e-mail address" in said.output) == (1, True)


def test_the_pages_of_an_erased_booking_still_work(app: Flask, uid: str, clock: FrozenClock) -> None:
    """They show when it was, and nobody."""
    clock.move(timedelta(days=3))
    with app.app_context():
        erase_guest(BO)
        parts: Any = app.extensions["booker"]
        path = parts.links.path("manage", parts.service.get(uid))

    page = app.test_client().get(path)
    file = app.test_client().get(path.replace(uid, f"{uid}.ics"))

    assert (page.status_code, file.status_code) == (200, 200)
    for trace in ("Diddley", BO, "My knee"):
        assert trace not in page.text + file.text


# --- docs/privacy.md ---


def test_the_examples_of_the_docs_run(
    app: Flask, uid: str, clock: FrozenClock, capsys: pytest.CaptureFixture[str]
) -> None:
    """Telling, erasing, and who has changed a booking."""
    docs = (Path(__file__).resolve().parent.parent / "docs" / "privacy.md").read_text()
    examples = re.findall(r"^```python\n(.*?)^```", docs, flags=re.DOTALL | re.MULTILINE)
    with app.app_context():
        create_booking("intro-call", TUESDAY + timedelta(hours=1), name="Zoe", email="zoe@example.org")

    for example in examples:
        exec(example, {"app": app, "uid": uid})

    told, erased, changed = capsys.readouterr().out.splitlines()
    assert told == "1 bookings, 1 events"
    assert erased.startswith("Bookings erased: 1.")
    assert changed.endswith("booking.created confirmed")
