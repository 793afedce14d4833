"""What docs/calendars.md says is true: its examples run, and what is taken elsewhere is not offered."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from flask import Flask
from werkzeug.wrappers import Response

from booker_components import Booker, Frequency, Series, SlotTaken, TimeWindow, create_booking, get_slots
from booker_components.providers.embedded.calendars.feeds import FRESH
from booker_components.providers.embedded.catalogue import checked
from booker_components.providers.embedded.toml import read
from booker_components.testing import FrozenClock

from .conftest import INTRO, TUESDAY
from .databases import lay_database
from .providers.ics import calendar, event
from .providers.remote import serving

PAGE = (Path(__file__).resolve().parent.parent / "docs" / "calendars.md").read_text("utf-8")
HALF = timedelta(minutes=30)


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, flags=re.DOTALL | re.MULTILINE)


class Duty(NamedTuple):
    """A time at the front desk."""

    start: datetime
    end: datetime


@pytest.fixture
def app(tmp_path: Path) -> Flask:
    """An app that is not set up yet."""
    made = Flask("partner", instance_path=str(tmp_path))
    made.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], TESTING=True)
    lay_database(tmp_path)
    return made


def test_the_calendars_of_the_example_are_taken() -> None:
    """A host has the calendars that the file names, and nothing shows them."""
    document: dict[str, Any] = tomllib.loads(blocks("toml")[0])
    document["event_types"] = [{"slug": "intro-call", "title": "Intro call", "host": "ada"}]
    document["hosts"]["ada"]["schedule"] = "office"
    document["schedules"] = {"office": {"weekdays": ["09:00-17:00"]}}

    host = checked(read(document))[0].host

    assert len(host.calendars) == 2
    assert "0123456789abcdef" not in repr(host)


def test_the_setting_of_the_example_is_one(app: Flask) -> None:
    """Private addresses are allowed by the setting that the page names."""
    exec(blocks("python")[0], {"app": app})
    Booker(app)
    app.extensions["booker"].storage.close()

    assert app.extensions["booker"].settings.private_network is True


@pytest.mark.parametrize(
    ("duties", "expected"),
    [
        pytest.param(list, TUESDAY, id="never on duty"),
        pytest.param(lambda: [Duty(TUESDAY, TUESDAY + HALF)], TUESDAY + HALF, id="on duty"),
        pytest.param(lambda: 1 / 0, None, id="nobody knows"),
    ],
)
def test_the_source_of_the_example_is_asked(
    duties: Callable[[], Iterable[Duty]], expected: datetime | None, app: Flask, clock: FrozenClock
) -> None:
    """What is taken elsewhere is not offered, and nothing is where that is not known."""

    def booker(app: Flask, **options: Any) -> Booker:
        return Booker(app, clock=clock, **options)

    def ask(start: datetime, end: datetime) -> Iterable[Duty]:
        return duties()

    clock.set(TUESDAY - timedelta(hours=12))
    names = {"app": app, "front_desk": ask, "Booker": booker}
    exec(blocks("python")[1].replace("from booker_components import Booker\n", ""), names)

    with app.app_context():
        found = get_slots("intro-call")
    app.extensions["booker"].storage.close()

    assert next((slot.start for slot in found), None) == expected


def test_calendar_is_read_again_before_a_booking(make_app: Callable[..., Flask], clock: FrozenClock) -> None:
    """What is taken is not offered; what was taken a minute ago is not booked, though it was on offer."""
    at_nine = event(f"DTSTART:{TUESDAY:%Y%m%dT%H%M%SZ}", "DURATION:PT30M", uid="nine")
    at_half_past = event(f"DTSTART:{TUESDAY + HALF:%Y%m%dT%H%M%SZ}", "DURATION:PT30M", uid="half past")
    with serving(Response(calendar(at_nine)), Response(calendar(at_nine, at_half_past))) as remote:
        host = replace(INTRO.host, calendars=(remote.url,))
        app = make_app(BOOKER_EVENT_TYPES=[replace(INTRO, hosts=(host,))], BOOKER_PRIVATE_NETWORK=True)
        with app.app_context():
            offered = [slot.start for slot in get_slots("intro-call")]
            clock.move(FRESH)
            with pytest.raises(SlotTaken):
                create_booking("intro-call", TUESDAY + HALF, name="Bo", email="bo@b.example")
            booking = create_booking("intro-call", TUESDAY + 2 * HALF, name="Bo", email="bo@b.example")

    assert TUESDAY not in offered
    assert TUESDAY + HALF in offered
    assert booking.start == TUESDAY + 2 * HALF


class Watched:
    """A source that is never busy, and keeps for which windows it was asked."""

    def __init__(self) -> None:
        self.asked: list[TimeWindow] = []

    def busy(self, window: TimeWindow) -> Iterable[tuple[datetime, datetime]]:
        """Keep the window."""
        self.asked.append(window)
        return ()


def test_a_series_is_looked_up_on_the_guests_dates(app: Flask, clock: FrozenClock) -> None:
    """Sydney's clocks go back in April: its last date is later than the host's, and is asked for at once."""
    source = Watched()
    weekly = replace(INTRO, series=Series(frequency=Frequency.WEEKLY, occurrences=10))
    app.config["BOOKER_EVENT_TYPES"] = [weekly]
    clock.set(TUESDAY - timedelta(hours=12))
    Booker(app, clock=clock, busy_sources={INTRO.host.slug: [source]})

    with app.app_context():
        booking = create_booking(
            "intro-call", TUESDAY, name="Bo", email="bo@b.example", zone="Australia/Sydney"
        )
    app.extensions["booker"].storage.close()

    (window,) = source.asked
    last = booking.occurrences[-1]
    assert last.start == TUESDAY + timedelta(weeks=9, hours=1)
    assert window.start <= TUESDAY
    assert last.end <= window.end
