"""What can be wrong with an event type, whoever keeps its bookings."""

from __future__ import annotations

from datetime import timedelta

from ....values import EventType
from ..problems import COLOUR, SLUG, SLUG_WORDS, Found, below, count_problems, slug_problems, text_problems
from .hosts import schedule_problems
from .lengths import MINUTE, length_problems
from .questions import asked_problems
from .rules import window_problems

_NONE = timedelta(0)


def offer_problems(event_type: EventType) -> Found:
    """Find what is wrong with the words, the lengths, the dates and the questions of one event type."""
    yield from slug_problems("slug", event_type.slug, SLUG, SLUG_WORDS)
    yield from text_problems("title", event_type.title)
    yield from _length_problems(event_type)
    yield from below("schedule", schedule_problems(event_type.schedule))
    yield from below("window", window_problems(event_type.window))
    yield from asked_problems(event_type)
    yield from count_problems("max_guests", event_type.max_guests, 0, 100)
    if event_type.colour and not COLOUR.fullmatch(event_type.colour):
        yield "colour", f"= {event_type.colour!r} is no colour. Write it like '#1f5a45'."


def _length_problems(event_type: EventType) -> Found:
    lengths = [
        ("slot_interval", event_type.slot_interval, MINUTE),
        ("buffer_before", event_type.buffer_before, _NONE),
        ("buffer_after", event_type.buffer_after, _NONE),
        ("minimum_notice", event_type.minimum_notice, _NONE),
        ("cancel.notice", event_type.cancel.notice, _NONE),
        ("reschedule.notice", event_type.reschedule.notice, _NONE),
        *((f"durations[{place}]", each, MINUTE) for place, each in enumerate(event_type.durations)),
    ]
    for key, length, least in lengths:
        yield from length_problems(key, length, least=least)
    if not event_type.durations or len(set(event_type.durations)) < len(event_type.durations):
        yield "durations", "must hold at least one length, and none twice."
