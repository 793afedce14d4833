"""The commands show what is offered, why a time is not, and who has heard of what."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask

from booker_components import Booker, BookingEvent, create_booking
from booker_components.testing import FrozenClock, Recorder

from .conftest import INTRO, MONDAY, TUESDAY


def run(app: Flask, *words: str) -> str:
    """Run `flask booker` and give what it printed."""
    result = app.test_cli_runner().invoke(args=["booker", *words])
    return result.output


def test_check_shows_next_week(app: Flask) -> None:
    """Each event type is listed with its free times in the host's zone."""
    said = run(app, "check", "--slug", "intro-call")

    assert "intro-call: Intro call, 30 min, times of Europe/Berlin" in said
    assert "Tuesday 2 February 2027: 09:00 09:30 10:00" in said
    assert "check-up" not in said


def test_check_tells_why_a_time_is_not_offered(app: Flask) -> None:
    """Every rule that refuses is named."""
    with app.app_context():
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")

    assert "busy: the host is booked" in run(
        app, "check", "--slug", "intro-call", "--at", "2027-02-02T09:00+01:00"
    )
    assert "hours: it is outside" in run(app, "check", "--slug", "intro-call", "--at", "2027-02-02T03:00Z")
    assert "is offered" in run(app, "check", "--slug", "intro-call", "--at", "2027-02-02T10:00+01:00")


def test_check_refuses_what_it_cannot_read(app: Flask) -> None:
    """A wrong slug or time is answered with the remedy."""
    assert "leave --slug out" in run(app, "check", "--slug", "nope")
    assert "write it like 2026-03-12T09:00+01:00" in run(app, "check", "--at", "tomorrow")


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["check", "--days", "0"], id="no days"),
        pytest.param(["check", "--days", "367"], id="more than a year"),
        pytest.param(["check", "--minutes", "-1"], id="negative length"),
        pytest.param(["check", "--minutes", "1441"], id="more than a day"),
        pytest.param(["outbox", "--limit", "0"], id="nothing to show"),
        pytest.param(["outbox", "--limit", "1001"], id="too much to show"),
        pytest.param(["deliver", "--every", "0.0"], id="no pause"),
    ],
)
def test_numbers_out_of_range_are_refused_with_the_range(app: Flask, words: list[str]) -> None:
    """A number that would run for ever, or show nothing, is answered with what is possible."""
    assert f"Invalid value for '{words[1]}': {words[2]} is not in the range" in run(app, *words)


def test_outbox_and_deliver(make_app: object, recorder: Recorder) -> None:
    """What waits is shown without personal data, and delivered by a process of its own."""
    assert callable(make_app)
    app = make_app(BOOKER_DISPATCH="none")
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")

    waiting = run(app, "outbox")
    delivered = run(app, "deliver")
    done = run(app, "outbox", "--state", "done")

    assert f"booking.created  {booking.uid}  -> recorder  pending  attempts 0" in waiting
    assert "bo@example.com" not in waiting
    assert delivered == "1 delivered.\n"
    assert "done" in done
    assert [event.booking.uid for event in recorder.events] == [booking.uid]


class Interrupt:
    """A subscriber at which somebody presses Ctrl+C: the end of a watch."""

    name = "interrupt"

    def __init__(self) -> None:
        self.heard: list[BookingEvent] = []

    def __call__(self, event: BookingEvent) -> None:
        """Keep *event* and interrupt."""
        self.heard.append(event)
        raise KeyboardInterrupt


def test_a_watch_goes_on_after_the_database_was_away(tmp_path: Path) -> None:
    """A failure is one line without personal data, and what is due is delivered when the database is back."""
    folder, away, subscriber = tmp_path / "instance", tmp_path / "away", Interrupt()
    app = Flask("partner", instance_path=str(folder))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")
    Booker(app, subscribers=[subscriber], clock=FrozenClock(MONDAY))
    storage = app.extensions["booker"].storage
    with app.app_context():
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
    storage.close()
    folder.rename(away)
    back = threading.Timer(0.5, away.rename, [folder])

    back.start()
    result = app.test_cli_runner().invoke(args=["booker", "deliver", "--watch", "--every", "0.1"])
    back.join()
    storage.close()

    assert "ProviderUnavailable: nothing delivered; the next look follows.\n" in result.stderr
    assert "bo@example.com" not in result.output
    assert len(subscriber.heard) == 1


def test_outbox_says_when_there_is_nothing(app: Flask) -> None:
    """An empty outbox is said to be empty."""
    assert run(app, "outbox") == "No deliveries.\n"
    assert run(app, "outbox", "--retry") == "0 parked deliveries are due again.\nNo deliveries.\n"
