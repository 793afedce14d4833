"""A second, slow way to find free slots: minute by minute, as the rules say it, with nothing of the engine's.

Times are unix minutes. It reads the values of the package and zones by `zoneinfo`, and knows no masks, no
stretches and no calendar arithmetic beyond that of the standard library.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, cached_property
from itertools import product
from zoneinfo import ZoneInfo

from holidays import country_holidays

from booker_components.values import Align, Counting, EventType, Host

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)

Spans = Sequence[tuple[datetime, datetime]]


def minute_after(instant: datetime) -> int:
    """Give the first minute that begins at an instant or after it."""
    whole, part = divmod(instant - EPOCH, MINUTE)
    return whole + bool(part)


def local(minute: int, zone: str) -> datetime:
    """Give what the clocks of a zone show at a minute."""
    return (EPOCH + minute * MINUTE).astimezone(ZoneInfo(zone))


@cache
def wall(day: date, minutes: int, zone: str) -> int:
    """Give the minute at which the clocks of a zone show a time after the midnight of a day."""
    shown = datetime(day.year, day.month, day.day) + minutes * MINUTE
    return minute_after(shown.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC))


def exists(day: date, zone: str) -> bool:
    """Tell whether a zone had a day at all."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(zone))
    return noon.astimezone(UTC).astimezone(ZoneInfo(zone)).date() == day


def day_of(minute: int, zone: str) -> int:
    """Give when the local day began in which a minute lies."""
    day = local(minute, zone).date()
    return max(edge for edge in (wall(day + each * DAY, 0, zone) for each in range(-2, 3)) if edge <= minute)


@dataclass(frozen=True, kw_only=True)
class Reference:
    """What is asked; the parameters are those of `free_slots`, with plain spans for busy times."""

    event_type: EventType
    hosts: Mapping[str, Host]
    busy: Mapping[str, Spans]
    now: datetime
    duration: timedelta
    zone: str = ""
    open_seats: Mapping[datetime, int]
    #: The minutes around what is asked within which time is looked at.
    around: tuple[int, int]

    # --- one host --------------------------------------------------------------------------------

    def place(self, host: Host, day: date) -> str:
        """Give the zone in which a host is on a date."""
        for travel in host.travels:
            if travel.first <= day <= travel.last:
                return travel.zone
        return host.zone

    def days(self) -> list[date]:
        """Give every date that may matter."""
        first, last = (local(minute, "UTC").date() for minute in self.around)
        return [first + each * DAY for each in range(-4, (last - first).days + 5)]

    @cached_property
    def work(self) -> dict[str, set[int]]:
        """The minutes at which each host works, absences and holidays left out."""
        return {
            slug: self.hours(host) - self.away(host) - self.free(host) for slug, host in self.hosts.items()
        }

    def hours(self, host: Host) -> set[int]:
        """Give the minutes at which a host works by the schedule."""
        schedule, found = self.event_type.schedule or host.schedule, set()
        for day in self.days() if schedule else []:
            zone = schedule.zone or self.place(host, day)
            if exists(day, zone):
                for start, end in schedule.overrides.get(day, schedule.weekly[day.weekday()]):
                    length = end if end > start else end + 24 * 60
                    found.update(range(wall(day, start, zone), wall(day, length, zone)))
        return found

    def absent(self, host: Host, first: date, last: date) -> range:
        """Give the host's minutes from the begin of one date to the end of another."""
        end = wall(last + DAY, 0, self.place(host, last))
        return range(wall(first, 0, self.place(host, first)), end)

    def away(self, host: Host) -> set[int]:
        """Give the minutes at which a host is away."""
        return {minute for each in host.away for minute in self.absent(host, each.first, each.last)}

    def free(self, host: Host) -> set[int]:
        """Give the minutes of a host's holidays."""
        if not host.holidays:
            return set()
        schedule = self.event_type.schedule or host.schedule
        country, _, part = host.holidays.partition("-")
        known = country_holidays(country, subdiv=part or None, years={day.year for day in self.days()})
        own = schedule.overrides if schedule else {}
        days = [day for day in self.days() if day in known and day not in own]
        return {minute for day in days for minute in self.absent(host, day, day)}

    @cached_property
    def taken(self) -> dict[str, set[int]]:
        """The minutes at which each host is taken."""
        return {
            slug: {
                minute
                for start, end in self.busy.get(slug, ())
                for minute in range((start - EPOCH) // MINUTE, minute_after(end))
            }
            for slug in self.hosts
        }

    @cached_property
    def length(self) -> int:
        """How long a slot is."""
        return self.duration // MINUTE

    def fits(self, slug: str, start: int, *, hours: bool = True) -> bool:
        """Tell whether somebody can be in a slot."""
        end = start + self.length
        before, after = self.buffers
        work, taken = self.work[slug], self.taken[slug]
        works = not hours or (start in work and all(minute in work for minute in range(start, end)))
        return works and not any(minute in taken for minute in range(start - before, end + after))

    @cached_property
    def buffers(self) -> tuple[int, int]:
        """How long before and after a slot its hosts must be free."""
        return self.event_type.buffer_before // MINUTE, self.event_type.buffer_after // MINUTE

    @cached_property
    def absences(self) -> dict[str, list[tuple[range, str]]]:
        """The minutes at which each host is away, with who stands in."""
        return {
            host.slug: [(self.absent(host, each.first, each.last), each.stand_in) for each in host.away]
            for host in self.hosts.values()
        }

    def doer(self, host: Host, start: int, *, hours: bool = True) -> str | None:
        """Give who takes a slot for a host; None if nobody does."""
        for minutes, stand_in in self.absences[host.slug]:
            if start in minutes:
                who = stand_in or (None if hours else host.slug)
                return who if who and self.fits(who, start, hours=hours) else None
        return host.slug if self.fits(host.slug, start, hours=hours) else None

    def takers(self, start: int, *, hours: bool = True) -> dict[str, str]:
        """Give who takes a slot for each host that can."""
        found = {host.slug: self.doer(host, start, hours=hours) for host in self.event_type.hosts}
        return {host: who for host, who in found.items() if who}

    def is_free(self, start: int) -> bool:
        """Tell whether a slot finds all the hosts that it needs, nobody of them twice."""
        takers = self.takers(start)
        choices = [{takers[slug] for slug in seat if slug in takers} for seat in self.seats]
        if any(not choice for choice in choices):
            return False
        return any(len(set(chosen)) == len(chosen) for chosen in product(*choices))

    @cached_property
    def seats(self) -> list[list[str]]:
        """For each part in a booking, the hosts of whom one takes it."""
        groups = self.event_type.groups
        grouped = {member.host for group in groups for member in group.members}
        seats = [[host.slug] for host in self.event_type.hosts if host.slug not in grouped]
        return seats + [
            [member.host for member in group.members] for group in groups for _ in range(group.need)
        ]

    # --- the grid --------------------------------------------------------------------------------

    @cached_property
    def earliest(self) -> int:
        """The first minute that is neither past nor too soon."""
        notice = minute_after(self.now + self.event_type.minimum_notice)
        return max(minute_after(self.now + MINUTE / 60_000_000), notice)

    @property
    def aligning(self) -> str:
        """The zone in which starts are aligned."""
        guest = self.event_type.align is Align.GUEST and self.zone
        return guest or self.event_type.zone

    def on_grid(self) -> Iterator[int]:
        """Give the starts, whenever they are."""
        interval = (self.event_type.slot_interval or self.duration) // MINUTE
        grid = next((each for each in (60, 30, 20, 15, 10, 5) if interval % each == 0), 1)
        offset = self.event_type.offset // MINUTE
        if interval == grid and not offset and not self.event_type.optimized:
            for start in range(max(self.around[0], self.earliest), self.around[1]):
                if local(start, self.aligning).minute % grid == 0 and self.is_free(start):
                    yield start
            return
        for begin, latest, end in self.pieces():
            start = max(begin, self.earliest)
            start += self.shift(local(start, self.aligning).minute, grid, end - start) + offset
            while start <= latest:
                yield start
                start += interval + offset

    def shift(self, minute: int, grid: int, room: int) -> int:
        """Give how long a piece waits for the grid."""
        to_grid, to_quarter, to_five = ((each - minute % each) % each for each in (grid, 15, 5))
        if not self.event_type.optimized or to_grid == 0:
            return to_grid
        spare = room % grid
        if to_grid <= spare:
            return to_grid
        if to_quarter <= spare:
            return to_quarter
        return to_five if to_five <= spare else 0

    def pieces(self) -> Iterator[tuple[int, int, int]]:
        """Give the first and last start of each run of free ones, cut at its second midnight and later."""
        begin, midnights = None, 0
        days = {wall(day, 0, self.aligning) for day in self.days() if exists(day, self.aligning)}
        for start in range(self.around[0], self.around[1]):
            free = self.is_free(start)
            if begin is None and free:
                begin, midnights = start, 0
            elif begin is not None and not free:
                yield begin, start - 1, start - 1 + self.length
                begin = None
            if begin is not None and start in days:
                midnights += 1
                if midnights > 1:
                    yield begin, start - 1, start + self.length
                    begin = start
        if begin is not None:
            yield begin, self.around[1] - 1, self.around[1] - 1 + self.length

    # --- what is offered -------------------------------------------------------------------------

    @cached_property
    def last_day(self) -> date | None:
        """Give the last date that the booking window allows, the bookable ones not counted."""
        window, today = self.event_type.window, self.now.astimezone(ZoneInfo(self.event_type.zone)).date()
        ends = [] if window.end is None else [window.end]
        if window.days is not None:
            last, count = today, window.days if window.counting is not Counting.BOOKABLE else 60
            while count:
                last += DAY
                count -= window.counting is not Counting.BUSINESS or last.weekday() < 5
            ends.append(last)
        return min(ends, default=None)

    def is_allowed(self, start: int) -> bool:
        """Tell whether notice and dates allow a start."""
        window, zone, last = self.event_type.window, self.event_type.zone, self.last_day
        return (
            start >= self.earliest
            and (window.start is None or start >= wall(window.start, 0, zone))
            and (last is None or start < wall(last + DAY, 0, zone))
        )

    @cached_property
    def every(self) -> list[int]:
        """All starts on offer around what is asked, in order."""
        shared = {minute_after(start) for start, left in self.open_seats.items() if left > 0}
        starts = sorted(start for start in {*self.on_grid(), *shared} if self.is_allowed(start))
        window = self.event_type.window
        if window.counting is Counting.BOOKABLE and window.days is not None:
            days: list[int] = []
            for start in starts:
                day = day_of(start, self.event_type.zone)
                days += [] if day in days else [day]
            wanted = days[: window.days]
            starts = [start for start in starts if day_of(start, self.event_type.zone) in wanted]
        return starts

    def starts(self, first: int, last: int) -> list[int]:
        """Give the starts on offer from a minute up to another."""
        starts = self.every
        if self.event_type.first_only:
            zone = self.zone or self.event_type.zone
            seen: set[int] = set()
            days = [day_of(start, zone) for start in starts]
            starts = [
                start for start, day in zip(starts, days, strict=True) if not (day in seen or seen.add(day))
            ]
        return [start for start in starts if first <= start < last]
