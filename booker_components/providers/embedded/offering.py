"""What a list of slots is made from: the busy masks of the hosts, and the little that is not in them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache

from ...storage import instant_of
from ...values import Host
from .availability import Person, Spans
from .availability.masks import minute_from, minute_of
from .desk import Desk
from .held import held_by
from .marking import held_within
from .marks import Marks, Plain, numbers_of
from .people import Elsewhere, Wish, limited

# Of each host, by number.
_Blocks = dict[int, dict[int, Plain]]
_Spans = defaultdict[int, list[tuple[datetime, datetime]]]


def busy(desk: Desk, wish: Wish, elsewhere: Elsewhere) -> dict[str, Person]:
    """Give the hosts with what keeps them, for a list; *elsewhere* is what `look` gave.

    It goes by their masks, so it costs the same however much is booked.
    """
    hosts = desk.crew(wish.event_type).hosts
    blocks, more = _read(desk, hosts, wish)
    _add_more(desk, hosts, wish, elsewhere, more)
    freed = _given_up(desk, wish, more)
    return {host.slug: Person(host, _marks(number, blocks, more, freed)) for number, host in hosts.items()}


def _read(desk: Desk, hosts: Mapping[int, Host], wish: Wish) -> tuple[_Blocks, _Spans]:
    """Give the masks of *hosts*, and what is held of them."""
    window = wish.blocked
    first, last = numbers_of(minute_of(window.start), minute_from(window.end))
    rows = desk.storage.look(_everything(len(hosts)), (*hosts, first, last, *hosts, desk.now()))
    blocks: _Blocks = {number: {} for number in hosts}
    held = _Spans(list)
    for host, number, unit, mask, kind, start, end in rows:
        if mask is not None:
            blocks[host][number] = (unit, mask)
        elif wish.minds(kind):
            held[host].append((instant_of(start), instant_of(end)))
    return blocks, held


@lru_cache(maxsize=64)
def _everything(count: int) -> str:
    """Give the query for the masks and the holds of so many hosts: one, so that they are of one moment."""
    hosts = ", ".join("?" * count)
    return (
        "SELECT host_id, block, unit, mask, NULL, NULL, NULL FROM booker_busy_masks "  # noqa: S608
        f"WHERE host_id IN ({hosts}) AND block BETWEEN ? AND ? "
        "UNION ALL "
        "SELECT host_id, NULL, NULL, NULL, event_type, blocked_from, blocked_until FROM booker_holds "
        f"WHERE host_id IN ({hosts}) AND until > ?"
    )


def _add_more(desk: Desk, hosts: Mapping[int, Host], wish: Wish, elsewhere: Elsewhere, found: _Spans) -> None:
    """Add to *found* the periods in which limits are reached, and what is elsewhere."""
    if wish.event_type.limits or any(host.limits for host in hosts.values()):
        with desk.storage.reading() as connection:
            for number, span in limited(connection, hosts, wish):
                found[number].append(span)
    for number, host in hosts.items() if elsewhere else ():
        found[number] += elsewhere.get(host.slug, ())


def _given_up(desk: Desk, wish: Wish, others: _Spans) -> _Spans:
    """Give what the appointment that is given up takes of the hosts; *others* get what else is in it."""
    freed = _Spans(list)
    if wish.leaving is not None:
        with desk.storage.reading() as connection:
            for number, span in held_by(connection, wish.leaving):
                freed[number].append(span)
                # A minute that begins in it may belong to another booking, too.
                others[number] += held_within(connection, number, span, but=wish.leaving)
    return freed


def _marks(number: int, blocks: _Blocks, more: _Spans, freed: _Spans) -> Marks:
    if number not in more and number not in freed:
        return Marks(blocks[number])
    return Marks(blocks[number], taken=Spans(more[number]), freed=Spans(freed[number]))
