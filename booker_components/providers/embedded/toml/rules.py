"""The tables of rules: what may be booked how often, by how many, and who takes it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from ....values import (
    Approval,
    BookingWindow,
    ChangeRule,
    Counting,
    Frequency,
    Host,
    HostGroup,
    Limit,
    Member,
    Period,
    ReasonRule,
    Seats,
    Series,
)
from ..problems import Mistake
from .parsers import Parser, day, flag, length, many, named, one_of, short, table, whole

#: How much is booked at most: `[{ per = "day", count = 3 }]`.
limits = many(table(Limit, {"per": one_of(Period), "count": whole, "total": length}, ("per",)))

#: Until when, and with what reason, something is changed.
change = table(ChangeRule, {"allowed": flag, "notice": length, "reason": one_of(ReasonRule), "begun": flag})

#: Seats: their number, or a table.
seats = short(
    whole,
    lambda count: Seats(per_slot=count),
    table(Seats, {"per_slot": whole, "show_guests": flag, "show_left": flag}, ("per_slot",)),
)

#: Whether somebody has to agree: true, false or a table.
approval: Parser[Approval | None] = short(
    flag,
    lambda needed: Approval() if needed else None,
    table(Approval, {"within": length, "expires": length}),
)

#: How often a booking repeats.
series = table(
    Series,
    {"frequency": one_of(Frequency), "interval": whole, "occurrences": whole},
    ("frequency",),
)


def _make_window(
    *,
    days: int | None = None,
    start: date | None = None,
    end: date | None = None,
    counting: Counting = Counting.CALENDAR,
) -> BookingWindow:
    """Keep the usual number of days where neither *days* nor *end* sets a limit; only it counts otherwise."""
    limit = BookingWindow().days if days is None and end is None else days
    return BookingWindow(days=limit, start=start, end=end, counting=counting)


_window = table(_make_window, {"days": whole, "start": day, "end": day, "counting": one_of(Counting)})


def window(value: object, key: str) -> BookingWindow:
    """Read how far ahead may be booked."""
    if isinstance(value, dict) and "counting" in value and "days" not in value:
        raise Mistake(f"{key}.days", "is missing: it is not said how many are counted. Add it.")
    return _window(value, key)


def groups(hosts: Mapping[str, Host]) -> Parser[tuple[HostGroup, ...]]:
    """Give a parser of groups of *hosts*: a member is a name, or a table with its priority and its weight."""

    def name(value: object, key: str) -> str:
        return named(hosts, "host")(value, key).slug

    member = short(
        name,
        lambda slug: Member(host=slug),
        table(Member, {"host": name, "priority": whole, "weight": whole}, ("host",)),
    )
    return many(table(HostGroup, {"members": many(member), "need": whole}, ("members",)))
