"""Free slots against a second, slow way that tries every minute, for hosts and rules drawn at random."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from booker_components.providers.embedded.availability import (
    Person,
    Spans,
    crew,
    enough,
    explain,
    free_slots,
    is_on_lattice,
    reach,
    takers,
)
from booker_components.values import Counting, TimeWindow

from .drawing import cases
from .reference import EPOCH, MINUTE, Reference, minute_after

#: How many cases are tried; with more than usual, they are others each time.
USUAL = 60
EXAMPLES = int(os.environ.get("BOOKER_EXAMPLES", USUAL))

_bounded = settings(
    max_examples=EXAMPLES,
    # Who asks for fewer wants to know whether there is a case, not the smallest, which is long in coming.
    phases=tuple(Phase) if EXAMPLES >= USUAL else (Phase.generate,),
    deadline=None,
    derandomize=EXAMPLES <= USUAL,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
_probes = st.lists(st.integers(0, 2500), max_size=3)


def window_of(span: tuple[int, int]) -> TimeWindow:
    """Give the instants from a minute up to another."""
    return TimeWindow(start=EPOCH + span[0] * MINUTE, end=EPOCH + span[1] * MINUTE)


def known(
    asked: Reference, span: tuple[int, int]
) -> tuple[dict[str, Person], Mapping[datetime, int], dict[str, Any]]:
    """Give people and open seats as a caller has them who knows what is within reach only, and the rest."""
    rest = {"now": asked.now, "duration": asked.duration, "zone": asked.zone}
    edges = reach(asked.event_type, window=window_of(span), **rest)
    people = {
        host.slug: Person(
            host=host,
            busy=Spans(
                (start, end)
                for start, end in asked.busy[host.slug]
                if start < edges.end and end > edges.start
            ),
        )
        for host in crew(asked.event_type, asked.hosts)
    }
    seats = {start: left for start, left in asked.open_seats.items() if edges.start <= start < edges.end}
    return people, seats, rest


def check(asked: Reference, span: tuple[int, int], probes: Sequence[int]) -> None:
    """Compare the list, and at some minutes explanations and takers, with the slow way."""
    people, seats, rest = known(asked, span)

    slots = free_slots(asked.event_type, people, window=window_of(span), open_seats=seats, **rest)

    found = [minute_after(slot.start) for slot in slots]
    assert found == asked.starts(*span)
    assert all(slot.end - slot.start == asked.duration for slot in slots)
    event("slots" if found else "no slots")
    some = {*found[:2], *found[-1:], *(span[0] + probe % (span[1] - span[0]) for probe in probes)}
    for minute in sorted(some):
        check_minute(asked, minute, minute in found)


def check_minute(asked: Reference, minute: int, is_shown: bool) -> None:
    """Compare what is said of one minute with the slow way, and with whether the list shows it."""
    people, seats, rest = known(asked, (minute, minute + 1))
    start = EPOCH + minute * MINUTE
    alone = {"start": start, "duration": asked.duration}

    reasons = explain(asked.event_type, people, start=start, open_seats=seats, **rest)
    able = takers(asked.event_type, people, **alone)
    by_force = takers(asked.event_type, people, **alone, hours=False)

    assert (reasons == ()) is is_shown
    assert able == asked.takers(minute)
    assert by_force == asked.takers(minute, hours=False)
    assert enough(asked.event_type, able) is asked.is_free(minute)
    if is_shown and start not in seats:
        assert is_on_lattice(asked.event_type, start, asked.duration, asked.zone)


@_bounded
@given(case=cases([Counting.CALENDAR, Counting.BUSINESS]), probes=_probes)
def test_free_slots_agree_with_trying_every_minute(
    case: tuple[Reference, tuple[int, int]], probes: list[int]
) -> None:
    """Any hosts, hours, zones, busy times, groups, absences and rules of the grid."""
    check(*case, probes)


@settings(_bounded, max_examples=max(EXAMPLES // 12, 1))
@given(case=cases([Counting.BOOKABLE], most=1), probes=_probes)
def test_days_with_free_slots_are_counted(case: tuple[Reference, tuple[int, int]], probes: list[int]) -> None:
    """The window ends with the last of so many days that have a free slot."""
    asked, span = case
    now = minute_after(asked.now)
    whole = (min(asked.around[0], now - 4 * 1440), now + 66 * 1440)

    check(replace(asked, around=whole), span, probes[:1])
