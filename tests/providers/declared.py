"""Event types as they are declared, in a file and in Python."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from booker_components.providers.embedded.catalogue import load_event_types
from booker_components.values import EventType, Host, Schedule

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

SMALL = """
[schedules.office]
weekdays = ["09:00-17:00"]

[hosts.ada]
name = "Ada Lovelace"
zone = "Europe/London"
schedule = "office"

[[event_types]]
slug = "intro-call"
title = "Intro call"
host = "ada"
"""

#: The same with a second host, and no event type yet.
TEAM = (
    SMALL.partition("[[event_types]]")[0]
    + """
[hosts.grace]
name = "Grace Hopper"
zone = "America/New_York"
schedule = "office"

[[event_types]]
slug = "class"
title = "Class"
"""
)

OFFICE = Schedule(weekly=(((540, 1020),),) * 5 + ((), ()))
ADA = Host(slug="ada", name="Ada Lovelace", zone="Europe/London", schedule=OFFICE)
GRACE = Host(slug="grace", name="Grace Hopper", zone="America/New_York", schedule=OFFICE)
INTRO = EventType(slug="intro-call", title="Intro call", hosts=(ADA,))
CLASS = EventType(slug="class", title="Class", hosts=(ADA, GRACE))


def load(folder: Path, text: str, *, remote: bool = False) -> tuple[EventType, ...]:
    """Load *text* from a file."""
    path = folder / "booking.toml"
    path.write_text(text, "utf-8")
    return load_event_types(path, remote=remote)


def load_one(folder: Path, text: str) -> EventType:
    """Load *text*, which declares one event type."""
    (found,) = load(folder, text)
    return found
