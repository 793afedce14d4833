"""Keeping the busy masks: written in the transaction that takes or frees a host's time, and made anew.

Who changes a host's masks keeps them from others until the transaction ends, before anything else of that
host is written: two who want the same host then wait for each other here, and never within the writing.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple, Self

from sqlalchemy import Connection, bindparam, delete, select, text, update

from .availability import Spans
from .availability.masks import instant, minute_from, minute_of
from .held import held_between
from .marks import FREE, Block, blocks_of, numbers_of
from .tables import busy_masks, host_times, hosts, is_held

_Span = tuple[datetime, datetime]
#: By their numbers.
_Blocks = Mapping[int, Block]

_m, _h = busy_masks.c, host_times.c
_WANTED = (
    select(busy_masks)
    .where(_m.host_id.in_(bindparam("hosts", expanding=True)))
    .where(_m.block.in_(bindparam("numbers", expanding=True)))
    .order_by(_m.block, _m.host_id)
    .with_for_update()
)
# Somebody else may create the same.
_NEW = text(
    "INSERT INTO booker_busy_masks (host_id, block, unit, mask) VALUES (:host, :number, :unit, :mask)"
    " ON CONFLICT DO NOTHING"
)
_CHANGED = (
    update(busy_masks)
    .where(_m.host_id == bindparam("host"), _m.block == bindparam("number"))
    .values(unit=bindparam("unit"), mask=bindparam("mask"))
)


class _Key(NamedTuple):
    host: int
    block: int


class Marking:
    """The masks of some hosts where their time is to be taken or freed, kept from others."""

    def __init__(self, connection: Connection, blocks: dict[_Key, Block]) -> None:
        self._connection, self._blocks = connection, blocks
        self._before = dict(blocks)

    @classmethod
    def of(cls, connection: Connection, hosts: Collection[int], spans: Iterable[_Span]) -> Self:
        """Read the masks of *hosts*, by number, wherever one of the *spans* is."""
        edges = (numbers_of(*_minutes(span)) for span in spans)
        numbers = {number for first, last in edges for number in range(first, last + 1)}
        wanted = {_Key(host, number) for host in hosts for number in numbers}
        found = _locked(connection, hosts, numbers)
        if len(found) < len(wanted):
            connection.execute(_NEW, [_row(key, FREE) for key in sorted(wanted - found.keys())])
            found = _locked(connection, hosts, numbers)
        return cls(connection, found)

    def take(self, host: int, span: _Span) -> None:
        """Mark a *span* of a host as taken."""
        self._change(host, span, taken=Spans((span,)))

    def free(self, host: int, span: _Span) -> None:
        """Mark a *span* of a host as free, whose row is no longer held."""
        # A minute that begins in it may belong to another booking, too.
        others = held_within(self._connection, host, span)
        self._change(host, span, taken=Spans(others), freed=Spans((span,)))

    def write(self) -> None:
        """Write what has changed."""
        rows = [_row(key, block) for key, block in self._blocks.items() if block != self._before[key]]
        if rows:
            self._connection.execute(_CHANGED, rows)

    def _change(self, host: int, span: _Span, **changes: Spans) -> None:
        first, last = numbers_of(*_minutes(span))
        for number in range(first, last + 1):
            key = _Key(host, number)
            self._blocks[key] = self._blocks[key].changed(number, **changes)


def held_within(connection: Connection, host: int, span: _Span, *, but: int | None = None) -> list[_Span]:
    """Give what is held of the minutes of a *span* of a host; without the appointment *but*."""
    start, end = map(instant, _minutes(span))
    others = held_between(connection, (host,), start, end, but=but)
    return [(max(span[0], start), min(span[1], end)) for _, span in others]


def rebuild(connection: Connection) -> int:
    """Write the masks of every host anew, from the times that bookings take; give how many were wrong.

    Whoever books meanwhile waits.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("LOCK TABLE booker_busy_masks IN EXCLUSIVE MODE"))
    wrong = 0
    for host, before, after in _compared(connection):
        wrong += _differing(before, after)
        if before != after:
            connection.execute(delete(busy_masks).where(_m.host_id == host))
            if rows := [_row(_Key(host, number), block) for number, block in after.items()]:
                connection.execute(_NEW, rows)
    return wrong


class Counts(NamedTuple):
    """How many busy masks there are, and how they are."""

    hosts: int
    masks: int
    #: Those that are not what the times that bookings take make of them, also where there is none.
    wrong: int


def count(connection: Connection) -> Counts:
    """Compare the masks of every host with the times that bookings take; nothing is changed."""
    every, masks, wrong = 0, 0, 0
    for _, before, after in _compared(connection):
        every, masks, wrong = every + 1, masks + len(before), wrong + _differing(before, after)
    return Counts(every, masks, wrong)


def _compared(connection: Connection) -> Iterator[tuple[int, _Blocks, _Blocks]]:
    """Give each host with its masks as they are kept, and as they must be; without those that are free."""
    for host in connection.scalars(select(hosts.c.id).order_by(hosts.c.id)).all():
        kept = connection.execute(select(_m.block, _m.unit, _m.mask).where(_m.host_id == host))
        before = {row.block: Block(row.unit, bytes(row.mask)) for row in kept}
        rows = connection.execute(
            select(_h.blocked_from, _h.blocked_until).where(_h.host_id == host, is_held())
        )
        after = blocks_of(_minutes((row.blocked_from, row.blocked_until)) for row in rows)
        yield host, before, after


def _differing(before: _Blocks, after: _Blocks) -> int:
    every = before.keys() | after.keys()
    return sum(before.get(each, FREE).finer(1) != after.get(each, FREE).finer(1) for each in every)


def _locked(connection: Connection, hosts: Collection[int], numbers: Collection[int]) -> dict[_Key, Block]:
    # In order, so that two never wait for each other.
    rows = connection.execute(_WANTED, {"hosts": list(hosts), "numbers": list(numbers)})
    return {_Key(row.host_id, row.block): Block(row.unit, bytes(row.mask)) for row in rows}


def _row(key: _Key, block: Block) -> dict[str, Any]:
    return {"host": key.host, "number": key.block, "unit": block.unit, "mask": block.mask}


def _minutes(span: _Span) -> tuple[int, int]:
    return minute_of(span[0]), minute_from(span[1])
