"""Who can give a time: hosts, those who stand in for them, and whether they are enough for a booking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from ....values import EventType, Host
from .busy import Busy
from .hours import Hours, hours_of
from .masks import DAY, Frame, at_least, cover, minute_from, minute_of, minutes_of, spread

#: The mask of all minutes, also of those outside any frame.
_ALWAYS = -1


class Person(NamedTuple):
    """A host with what takes the host's time."""

    host: Host
    busy: Busy


@dataclass(frozen=True, kw_only=True, slots=True)
class Lengths:
    """How long a slot takes its hosts, in minutes."""

    before: int
    length: int
    after: int

    @classmethod
    def of(cls, event_type: EventType, duration: timedelta) -> Lengths:
        """Give the lengths of a slot of *duration* with the buffers of *event_type*."""
        return cls(
            before=minutes_of(event_type.buffer_before),
            length=minutes_of(duration),
            after=minutes_of(event_type.buffer_after),
        )


class Doer(NamedTuple):
    """Who does it for a host: the host, or a stand-in."""

    slug: str
    #: When this one is free for it, minute by minute.
    free: int
    #: The starts that are this one's to take.
    starts: int


def crew(event_type: EventType, hosts: Mapping[str, Host]) -> tuple[Host, ...]:
    """Give everyone whose busy times are needed: the hosts of *event_type*, and who stands in for them.

    *hosts* are all there are, by slug. `KeyError` for a stand-in who is none of them.
    """
    names = [absence.stand_in for host in event_type.hosts for absence in host.away if absence.stand_in]
    own = {host.slug: host for host in event_type.hosts}
    return tuple((own | {name: own.get(name) or hosts[name] for name in names}).values())


def may_change(event_type: EventType) -> bool:
    """Tell whether it may be somebody else from one start to the next."""
    return bool(event_type.groups) or any(
        absence.stand_in for host in event_type.hosts for absence in host.away
    )


def hours(event_type: EventType, host: Host) -> Hours:
    """Give the hours that *host* has for *event_type*, whose own stand in place of everybody's."""
    return hours_of(host, event_type.schedule or host.schedule)


def taken(person: Person, frame: Frame, lengths: Lengths) -> int:
    """Give the minutes at which a slot cannot be under way, as its buffers would meet busy times."""
    busy = person.busy.mask(frame)
    if not (lengths.before or lengths.after):
        return busy
    after = lengths.after // frame.unit
    return spread(busy, lengths.before // frame.unit + after) >> after


def doers(
    event_type: EventType, people: Mapping[str, Person], frame: Frame, lengths: Lengths, *, works: bool = True
) -> dict[str, list[Doer]]:
    """Give who does it for each host of *event_type*; nobody twice for one host and start.

    Without *works*, the hours, holidays and absences that nobody stands in for are not looked at.
    """
    work = {slug: hours(event_type, person.host).work(frame) for slug, person in people.items()}
    free = {
        slug: (work[slug].open if works else frame.everything) & ~taken(person, frame, lengths)
        for slug, person in people.items()
    }
    found = {}
    for host in event_type.hosts:
        others, own = [], _ALWAYS
        for slug, starts in work[host.slug].stand_ins:
            others.append(Doer(slug, free[slug], starts))
            own &= ~starts
        found[host.slug] = [*others, Doer(host.slug, free[host.slug], own)]
    return found


def takers(
    event_type: EventType,
    people: Mapping[str, Person],
    *,
    start: datetime,
    duration: timedelta,
    hours: bool = True,
) -> dict[str, str]:
    """Give the hosts who can give exactly this time, buffers included, with who does it: they or stand-ins.

    Both by slug, in the order of the hosts; whether they are `enough` is another question. Without *hours*,
    working hours, holidays and absences that nobody stands in for are not looked at. *people* are those of
    `crew`, with their busy times from `reach` on.
    """
    lengths = whole_lengths(event_type, start, duration)
    place, frame = frame_at(minute_of(start), lengths)
    found = doers(event_type, people, frame, lengths, works=hours)
    return {
        slug: doer.slug
        for slug, others in found.items()
        for doer in others
        if cover(doer.free, lengths.length) & doer.starts & 1 << place
    }


def whole_lengths(event_type: EventType, start: datetime, duration: timedelta) -> Lengths:
    """Give the lengths of the whole minutes that a slot touches, which may begin within a minute."""
    lengths = Lengths.of(event_type, duration)
    length = minute_from(start + duration) - minute_of(start)
    return Lengths(before=lengths.before, length=length, after=lengths.after)


def frame_at(minute: int, lengths: Lengths) -> tuple[int, Frame]:
    """Give a frame that holds a slot at a unix *minute* with its buffers, and the slot's place in it."""
    first = (minute - lengths.before) // DAY
    last = (minute + lengths.length + lengths.after) // DAY + 1
    frame = Frame(first * DAY, 1, (last - first) * DAY)
    return frame.place(minute), frame


# --- enough of them ------------------------------------------------------------------------------


def enough(event_type: EventType, takers: Mapping[str, str]) -> bool:
    """Tell whether `takers` are enough for a booking: all hosts in no group, and of each group some.

    Nobody does it for two hosts at once.
    """
    # Each part is given to somebody who is left, or whose part another one can take: augmenting paths.
    parts = [
        frozenset(takers[slug] for slug in unit if slug in takers)
        for unit, need in units(event_type)
        for _ in range(need)
    ]
    given: dict[str, int] = {}

    def give(part: int, asked: set[str]) -> bool:
        for slug in parts[part] - asked:
            asked.add(slug)
            if slug not in given or give(given[slug], asked):
                given[slug] = part
                return True
        return False

    return all(give(part, set()) for part in range(len(parts)))


def units(event_type: EventType) -> Iterator[tuple[frozenset[str], int]]:
    """Give the sets of hosts of which a booking takes some, with how many: a host in no group is a set."""
    groups = [frozenset(member.host for member in group.members) for group in event_type.groups]
    grouped = frozenset().union(*groups)
    for host in event_type.hosts:
        if host.slug not in grouped:
            yield frozenset((host.slug,)), 1
    for members, group in zip(groups, event_type.groups, strict=True):
        yield members, group.need


def fits(event_type: EventType, found: Mapping[str, list[Doer]], length: int) -> int:
    """Give the starts for which `doers` are `enough`; *length* is that of the slot, in units."""
    together, grouped, names = _ALWAYS, _ALWAYS, []
    for hosts, need in units(event_type):
        others = [doer for slug in hosts for doer in found[slug]]
        names.append({doer.slug for doer in others})
        if len(others) == 1:
            together &= others[0].free
        else:
            grouped &= at_least(need, _each(others, length).values())
    fit = grouped if together == _ALWAYS else grouped & cover(together, length)
    if sum(map(len, names)) == len(set().union(*names)):
        return fit
    return _without_clashes(event_type, found, length, fit)


def _each(others: list[Doer], length: int) -> dict[str, int]:
    """Give the starts that each doer can take, for whomever it is."""
    each: dict[str, int] = {}
    for slug, free, starts in others:
        each[slug] = each.get(slug, 0) | cover(free, length) & starts
    return each


def _without_clashes(event_type: EventType, found: Mapping[str, list[Doer]], length: int, fit: int) -> int:
    """Leave out the starts of *fit* for which somebody would be needed twice.

    Starts are sorted by who can take them, and each sort is looked at once.
    """
    can = {
        (host, slug): cover(free, length) & starts
        for host, others in found.items()
        for slug, free, starts in others
    }
    sorts = {frozenset[tuple[str, str]](): _clashes(event_type, can) & fit}
    result = fit & ~sorts[frozenset()]
    for pair, mask in can.items():
        split = [(known | {pair}, part & mask) for known, part in sorts.items()]
        split += [(known, part & ~mask) for known, part in sorts.items()]
        sorts = {known: part for known, part in split if part}
    for known, part in sorts.items():
        if enough(event_type, dict(known)):
            result |= part
    return result


def _clashes(event_type: EventType, can: Mapping[tuple[str, str], int]) -> int:
    """Give the starts for which somebody could be part of two units."""
    seen: dict[str, int] = {}
    clashes = 0
    for hosts, _ in units(event_type):
        own: dict[str, int] = {}
        for (host, slug), mask in can.items():
            if host in hosts:
                own[slug] = own.get(slug, 0) | mask
        for slug, mask in own.items():
            clashes |= seen.get(slug, 0) & mask
            seen[slug] = seen.get(slug, 0) | mask
    return clashes
