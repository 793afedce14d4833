"""What can be wrong with who hosts a declared event type, and when: here, and at a remote provider."""

from __future__ import annotations

import re

from ...times import zone
from ...values import EventType, Host, Schedule
from .problems import SLUG, SLUG_WORDS, Found, below, slug_problems, text_problems

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")
# Ids of remote providers may begin with anything (contracts/jicoo.md 1).
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_ID_WORDS = "the provider's id for it: up to 100 letters, digits, hyphens and underscores"


def own_problems(event_type: EventType) -> Found:
    """Find what is wrong for our own engine, which keeps the hours of one host."""
    if len(event_type.hosts) != 1:
        yield (
            "hosts",
            f"must hold exactly one host, but holds {len(event_type.hosts)}: booking several people at once "
            "is not possible yet. Declare an event type for each host.",
        )
        return
    host = event_type.host
    yield from slug_problems("host.slug", host.slug, SLUG, SLUG_WORDS)
    yield from below("host", _host_problems(host))
    if host.schedule is None and event_type.schedule is None:
        yield "schedule", "is missing, and the host has none either. Give one of them working hours."


def remote_problems(event_type: EventType) -> Found:
    """Find what is wrong for a provider that keeps hours itself, and has one length for each event type.

    Hosts may be declared, for their names, or be left to the provider.
    """
    yield from slug_problems("id", event_type.id, _ID, _ID_WORDS)
    for place, host in enumerate(event_type.hosts):
        yield from slug_problems(f"hosts[{place}].slug", host.slug, _ID, _ID_WORDS)
        yield from below(f"hosts[{place}]", _host_problems(host))
    if len(event_type.durations) > 1:
        yield "durations", "holds several lengths, but the provider has one for each event type. Keep that."
    ids = [question.id for question in event_type.questions if question.id]
    if len(set(ids)) < len(ids):
        yield "questions", "hold the same id twice. Give each question its own."


def schedule_problems(schedule: Schedule | None) -> Found:
    """Find hours that are none."""
    if schedule is None:
        return
    if len(schedule.weekly) != 7:
        yield "weekly", f"must hold seven days, Monday first, but holds {len(schedule.weekly)}."
    days = [(f"weekly[{place}]", hours) for place, hours in enumerate(schedule.weekly)]
    days += [(f"overrides.{day}", hours) for day, hours in schedule.overrides.items()]
    for key, hours in days:
        for start, end in hours:
            if not (0 <= start < 1440 and 0 <= end <= 1440):
                yield (
                    key,
                    f"holds hours beyond the day: {_clock(start)}-{_clock(end)}. Stay within 00:00-24:00.",
                )
            elif start == end:
                yield key, f'holds {_clock(start)}-{_clock(end)}. For a whole day write "00:00-24:00".'


def _host_problems(host: Host) -> Found:
    yield from text_problems("name", host.name)
    if host.email and not _EMAIL.fullmatch(host.email):
        yield "email", f"= {host.email!r} is not an e-mail address. Correct it or leave it out."
    try:
        zone(host.zone)
    except ValueError as error:
        yield "zone", f"is wrong: {error}"
    yield from below("schedule", schedule_problems(host.schedule))


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"
