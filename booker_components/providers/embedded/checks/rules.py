"""What can be wrong with who takes a booking of our own engine, and with the rules it keeps."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from ....values import Approval, BookingWindow, Counting, EventType, Frequency, HostGroup, Series
from ..problems import SLUG, SLUG_WORDS, Found, below, count_problems, slug_problems, unknown
from .lengths import MINUTE, date_problems, length_problems, limit_problems

#: How far ahead bookable days are looked for (contracts/calcom.md 9.2, step 13).
_MOST_BOOKABLE = 61
_MOST_SEATS = 1000
_MOST_OCCURRENCES = 52
_MOST_ACTIVE = 1000
_LONGEST_REMINDER = timedelta(days=30)
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)
#: How many steps of a series are ten years.
_MOST_STEPS = {Frequency.WEEKLY: 520, Frequency.MONTHLY: 120, Frequency.YEARLY: 10}


def own_problems(event_type: EventType) -> Found:
    """Find what is wrong for our own engine, which keeps hosts, hours and rules itself."""
    yield from _host_problems(event_type)
    yield from _group_problems(event_type)
    yield from length_problems("offset", event_type.offset, least=timedelta(0), most=_HOUR - MINUTE)
    shortest = min(event_type.durations, default=MINUTE)
    yield from limit_problems("limits", event_type.limits, least=shortest)
    yield from limit_problems("guest_limits", event_type.guest_limits, least=shortest)
    if event_type.max_active is not None:
        yield from count_problems("max_active", event_type.max_active, 1, _MOST_ACTIVE)
    yield from _reminder_problems(event_type.reminders)
    yield from below("approval", _approval_problems(event_type.approval, event_type.minimum_notice))
    if event_type.seats is not None:
        yield from count_problems("seats.per_slot", event_type.seats.per_slot, 1, _MOST_SEATS)
    yield from below("series", _series_problems(event_type.series))


def window_problems(window: BookingWindow) -> Found:
    """Find what is wrong with how far ahead may be booked."""
    if window.days is not None:
        yield from count_problems("days", window.days, 0, 3650)
    yield from date_problems(window.start, window.end, keys=("start", "end"))
    if window.counting is Counting.CALENDAR:
        return
    if window.days is None:
        yield "days", f"is missing: {window.counting} days are counted, but it is not said how many. Add it."
    elif window.counting is Counting.BOOKABLE:
        yield from count_problems("days", window.days, 1, _MOST_BOOKABLE)


# --- hosts ---------------------------------------------------------------------------------------


def _host_problems(event_type: EventType) -> Found:
    if not event_type.hosts:
        yield "hosts", "is empty. Name at least one host."
    slugs = [host.slug for host in event_type.hosts]
    for place, host in enumerate(event_type.hosts):
        yield from slug_problems(f"hosts[{place}].slug", host.slug, SLUG, SLUG_WORDS)
        if host.slug in slugs[:place]:
            yield f"hosts[{place}]", f"= {host.slug!r} is named twice. Name each host once."
        if host.schedule is None and event_type.schedule is None:
            yield (
                "schedule",
                f"is missing, and the host {host.slug!r} has none either. Give one of them working hours.",
            )


def _group_problems(event_type: EventType) -> Found:
    slugs = [host.slug for host in event_type.hosts]
    earlier: list[str] = []
    for place, group in enumerate(event_type.groups):
        yield from below(f"groups[{place}]", _members_problems(group, slugs, earlier))
        earlier += [member.host for member in group.members]


def _members_problems(group: HostGroup, slugs: Sequence[str], earlier: Sequence[str]) -> Found:
    taken = list(earlier)
    for place, member in enumerate(group.members):
        at = f"members[{place}]"
        if member.host not in slugs:
            yield f"{at}.host", f"= {member.host!r} {unknown('host of the event type', member.host, slugs)}"
        if member.host in taken:
            yield f"{at}.host", f"= {member.host!r} is in a group already. A host is in one group, once."
        taken.append(member.host)
        # As Jicoo has them (contracts/jicoo.md 7).
        yield from count_problems(f"{at}.priority", member.priority, 0, 3)
        yield from count_problems(f"{at}.weight", member.weight, 1, 10_000)
    if not group.members:
        yield "members", "is empty. Name the hosts of the group."
    else:
        yield from count_problems("need", group.need, 1, len(group.members))


# --- rules ---------------------------------------------------------------------------------------


def _reminder_problems(reminders: Sequence[timedelta]) -> Found:
    for place, each in enumerate(reminders):
        yield from length_problems(f"reminders[{place}]", each, most=_LONGEST_REMINDER)
    if len(set(reminders)) < len(reminders):
        yield "reminders", "hold the same length twice. Remind once at a time."


def _approval_problems(approval: Approval | None, notice: timedelta) -> Found:
    if approval is None:
        return
    yield from length_problems("within", approval.within)
    yield from length_problems("expires", approval.expires)
    if approval.within is not None and approval.within <= notice:
        yield "within", f"is not above the minimum_notice, {notice}, so no booking would wait. Raise it."


def _series_problems(series: Series | None) -> Found:
    if series is None:
        return
    yield from count_problems("occurrences", series.occurrences, 2, _MOST_OCCURRENCES)
    if series.interval < 1:
        yield "interval", f"must be at least 1, but is {series.interval}."
    elif (series.occurrences - 1) * series.interval > _MOST_STEPS[series.frequency]:
        yield "", "reaches more than ten years ahead. Lower its interval or its occurrences."
