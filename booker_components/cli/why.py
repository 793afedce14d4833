"""The command `flask booker why`: every rule that keeps a time from being offered, in words for hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from math import gcd

import click
from babel import Locale
from flask.cli import with_appcontext

from .. import times
from ..errors import BookerError
from ..policy import Rule
from ..providers import ExplainsSlots
from ..service import BookingService
from ..values import EventType, Reason, TimeWindow
from ..web.runtime import runtime
from .check import named

_LOCALE = Locale("en", "GB")

#: What each rule says, where it is about one host and where it is about none.
_WORDS: Mapping[str, tuple[str, str]] = {
    Rule.PAST: ("", "it is over"),
    Rule.NOTICE: ("", "it is within the minimum notice"),
    Rule.HORIZON: ("", "it is outside the booking window"),
    Rule.HOURS: ("it is outside the working hours of {host}", "it is outside the working hours"),
    Rule.GRID: ("no slot of {host} starts then", "no slot starts then"),
    Rule.BUSY: ("{host} is busy", "the host is busy"),
    Rule.AWAY: ("{host} is away", "the host is away"),
    Rule.HOLIDAY: ("it is a public holiday where {host} works", "it is a public holiday"),
    Rule.LIMIT: (
        "{host} has as many bookings as are taken then",
        "there are as many bookings as are taken then",
    ),
    Rule.GUEST_LIMIT: ("", "the guest has as many bookings as one may have then"),
    Rule.ACTIVE: ("", "the guest has as many bookings to come as one may have"),
    Rule.HELD: ("somebody is about to book {host}", "somebody is about to book it"),
    Rule.FULL: ("", "every seat is taken"),
    Rule.LATER: ("", "only the first free time of the day is offered"),
    Rule.PRIVATE: ("", "it is booked through a private link only"),
    Rule.DURATION: ("", "this length is not on offer"),
}


@click.command()
@click.argument("slug")
@click.argument("when", metavar="DATE|INSTANT")
@click.option(
    "--zone",
    default="",
    help="The guest's zone, in which the date is read and times are shown; default: the event type's.",
)
@click.option(
    "--duration",
    default=0,
    type=click.IntRange(0, 1440),
    metavar="MINUTES",
    help="The length that is asked about; default: the event type's first.",
)
@with_appcontext
def why(slug: str, when: str, zone: str, duration: int) -> None:
    """Tell why times of the event type SLUG are not offered: all of a date such as 2026-03-12, or one.

    One is written with its offset: 2026-03-12T09:00+01:00.
    """
    parts = runtime()
    event_type = named(parts, slug)
    length = timedelta(minutes=duration) if duration else event_type.duration
    try:
        question = _Question(service=parts.service, event_type=event_type, length=length, zone=_checked(zone))
        click.echo("\n".join(_answer(question, when)))
    except BookerError as error:
        raise click.ClickException(error.message) from error


@dataclass(frozen=True, kw_only=True, slots=True)
class _Question:
    """What is asked about."""

    service: BookingService
    event_type: EventType
    length: timedelta
    #: The guest's zone; "" for the event type's.
    zone: str

    @property
    def shown_zone(self) -> str:
        return self.zone or self.event_type.zone

    def reasons(self, start: datetime) -> tuple[Reason, ...]:
        """Give every reason why *start* is not offered."""
        provider = self.service.provider
        if not isinstance(provider, ExplainsSlots):
            raise click.ClickException(
                f"The provider '{provider.name}' does not tell why a time is not offered."
            )
        found = provider.explain(self.event_type, start, duration=self.length, zone=self.zone)
        return tuple(dict.fromkeys(found))

    def starts(self, day: date) -> Sequence[datetime]:
        """Give the starts of a day that are offered, or could be."""
        window = times.day_window(day, self.shown_zone)
        free = self.service.slots(self.event_type, window, duration=self.length, zone=self.zone)
        return sorted({*_steps(window, _step(self.event_type, self.length)), *(slot.start for slot in free)})

    def clock(self, instant: datetime) -> str:
        """Give the wall time that is shown for *instant*."""
        return times.clock_time(instant, self.shown_zone, _LOCALE, True)


def _checked(zone: str) -> str:
    try:
        return times.canonical_zone(zone) if zone else ""
    except ValueError:
        raise click.BadParameter(
            f"'{zone}' is no zone; write its IANA name, such as Europe/Paris.", param_hint="'--zone'"
        ) from None


def _answer(question: _Question, when: str) -> Iterator[str]:
    try:
        day = times.parse_date(when)
    except ValueError:
        return _about_time(question, _instant(when))
    return _about_day(question, day)


def _instant(text: str) -> datetime:
    try:
        return times.parse_instant(text)
    except ValueError:
        raise click.ClickException(
            f"'{text}' is neither a date such as 2026-03-12 nor a time with an offset such as "
            "2026-03-12T09:00+01:00."
        ) from None


def _about_time(question: _Question, start: datetime) -> Iterator[str]:
    day = times.full_date(times.local_date(start, question.shown_zone), _LOCALE)
    reasons = question.reasons(start)
    yield (
        f"{question.event_type.slug}: {day}, {question.clock(start)} ({question.shown_zone}) is "
        f"{'not ' if reasons else ''}offered{_way_in(question.event_type)}"
    )
    yield from (f"  - {line}" for line in _lines(reasons, question.event_type))


def _about_day(question: _Question, day: date) -> Iterator[str]:
    date_name, length = times.full_date(day, _LOCALE), times.duration_name(question.length, _LOCALE)
    way_in, zone = _way_in(question.event_type), question.shown_zone
    yield f"{question.event_type.slug}: {date_name}, {length}, times of {zone}{way_in}"
    told = ((start, question.reasons(start)) for start in question.starts(day))
    # Between the starts that there are, nothing needs an excuse.
    candidates = [(start, reasons) for start, reasons in told if not _is_off_grid(reasons)]
    for reasons, found in groupby(candidates, key=lambda each: each[1]):
        first, *others = _lines(reasons, question.event_type) or ["free"]
        yield f"  {_range(question, [start for start, _ in found]):<13}  {first}"
        yield from (f"{'':<17}{line}" for line in others)
    if not candidates:
        yield "  no slot starts on this day"


def _range(question: _Question, starts: Sequence[datetime]) -> str:
    first, last = question.clock(starts[0]), question.clock(starts[-1])
    return f"{first} – {last}" if len(starts) > 1 else first


def _is_off_grid(reasons: Sequence[Reason]) -> bool:
    return any(reason.rule == Rule.GRID for reason in reasons)


def _way_in(event_type: EventType) -> str:
    """Say that a time is offered to some only, which is no rule about the time."""
    return f"; {_WORDS[Rule.PRIVATE][1]}" if event_type.private else ""


def _lines(reasons: Sequence[Reason], event_type: EventType) -> list[str]:
    """Give a line for each host, and one for what is about none."""
    found: dict[str, list[str]] = {}
    for reason in reasons:
        found.setdefault(reason.host, []).append(_said(reason, event_type))
    return ["; ".join(words) for words in found.values()]


def _said(reason: Reason, event_type: EventType) -> str:
    """Give a reason in words; the provider's own word where it is none of ours."""
    about_host, about_all = _WORDS.get(reason.rule, ("", reason.rule))
    if not reason.host or not about_host:
        return about_all
    name = next((host.name for host in event_type.hosts if host.slug == reason.host), reason.host)
    return about_host.format(host=name)


def _step(event_type: EventType, length: timedelta) -> timedelta:
    """Give the distance of times at which slots may start (contracts/calcom.md 9.3)."""
    minutes = [
        int(each.total_seconds()) // 60 for each in (event_type.slot_interval or length, event_type.offset)
    ]
    common = gcd(60, *minutes)
    if common % 5:
        return timedelta(minutes=1)
    return timedelta(minutes=5 if event_type.optimized else common)


def _steps(window: TimeWindow, step: timedelta) -> Iterator[datetime]:
    start = window.start
    while start < window.end:
        yield start
        start += step
