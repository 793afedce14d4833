"""What can be wrong with event types that describe what a remote provider offers."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import Any

from ....values import Counting, EventType, Host
from ..problems import Found, slug_problems

# Ids of remote providers may begin with anything (contracts/jicoo.md 1).
_ID = re.compile(r"[A-Za-z0-9_-]{1,100}", re.ASCII)
_ID_WORDS = "the provider's id for it: up to 100 letters, digits, hyphens and underscores"

#: What only our own engine keeps; of approval and seats pages tell, whoever keeps them.
_OURS = (
    "groups",
    "same_hosts",
    "schedule",
    "slot_interval",
    "buffer_before",
    "buffer_after",
    "align",
    "offset",
    "optimized",
    "first_only",
    "limits",
    "guest_limits",
    "max_active",
    "private",
    "reminders",
    "series",
)
# A schedule may stay: an app that comes from our own engine has one at each host, and it is not looked at.
_OURS_OF_HOSTS = ("limits", "away", "travels", "holidays", "calendars")


def remote_problems(event_type: EventType) -> Found:
    """Find what is wrong for a provider that keeps hours itself, and has one length for each event type.

    Hosts may be declared, for their names, or be left to the provider.
    """
    yield from slug_problems("id", event_type.id, _ID, _ID_WORDS)
    for place, host in enumerate(event_type.hosts):
        yield from slug_problems(f"hosts[{place}].slug", host.slug, _ID, _ID_WORDS)
        for name in _given(host, _OURS_OF_HOSTS):
            yield f"hosts[{place}].{name}", _ELSEWHERE
    for name in _given(event_type, _OURS):
        yield name, _ELSEWHERE
    if event_type.window.counting is not Counting.CALENDAR:
        yield "window.counting", _ELSEWHERE
    if len(event_type.durations) > 1:
        yield "durations", "holds several lengths, but the provider has one for each event type. Keep that."
    ids = [question.id for question in event_type.questions if question.id]
    if len(set(ids)) < len(ids):
        yield "questions", "hold the same id twice. Give each question its own."


_ELSEWHERE = "is kept by the embedded engine only; this provider has its own. Set it there and leave it out."


def _given(value: EventType | Host, names: tuple[str, ...]) -> list[str]:
    """Give the *names* of fields that are not as they are where nothing is said."""
    usual: dict[str, Any] = {each.name: each.default for each in fields(value)}
    return [name for name in names if getattr(value, name) not in (usual[name], [])]
