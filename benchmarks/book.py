"""How many bookings are made in a second: `python benchmarks/book.py`, on SQLite and on PostgreSQL.

By 1, 8 and 32 threads and by 8 processes, each at other times, so that none is refused. In turn with
them, bare rows are written under the same constraint and, on PostgreSQL, a booking's statements by the driver
alone.

A ratio is what of their number the bookings reach; cpu is the time of the client's processor for each.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # Run as a file, whose folder comes first then: its http.py is not the standard library's.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from functools import partial
from statistics import median

from benchmarks.crowds import Crowd, Processes, Threads, Turn, Writer
from benchmarks.filling import Database, fresh_database
from benchmarks.measuring import Row, Timing, parser, progress, say
from benchmarks.repeating import Repeater, watch
from benchmarks.writers import Bare, Bookings, prepare

#: Who writes at the same time.
CROWDS: dict[str, tuple[type[Threads] | type[Processes], int]] = {
    "1 thread": (Threads, 1),
    "8 threads": (Threads, 8),
    "32 threads": (Threads, 32),
    "8 processes": (Processes, 8),
}

# Seconds between the word to begin and the beginning.
_NOTICE = 0.02


@dataclass(kw_only=True, slots=True)
class Score:
    """What came of one crowd's rounds."""

    latencies: list[float] = field(default_factory=list)
    #: How long the clients' processor worked for all of them.
    worked: float = 0.0
    #: How many were written in a second, by round.
    rates: list[float] = field(default_factory=list)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for."""
    asked = _parser().parse_args(arguments)
    rows: list[Row] = []
    for postgres in (False, True):
        if asked.database in (None, _KINDS[postgres]):
            url = asked.database_url if postgres else ""
            with fresh_database(url, postgres=postgres) as database:
                rows += _measured(database, asked)
    say("Bookings, by the second, and their milliseconds", rows, as_json=asked.json)
    return 0


_KINDS = ("sqlite", "postgresql")


def _parser() -> argparse.ArgumentParser:
    made = parser(__doc__, seconds=1.0)
    made.add_argument("--database", choices=_KINDS, help="else both")
    made.add_argument("--database-url", default="", help="this PostgreSQL, an empty one, in place of our own")
    made.add_argument("--crowd", choices=CROWDS, action="append", help="who writes; else each of them")
    made.add_argument("--rounds", type=int, default=5, help="how often each has its turn")
    return made


def _measured(database: Database, asked: argparse.Namespace) -> Iterator[Row]:
    prepare(database)
    makers: dict[str, Callable[[], Writer]] = {
        "bookings": partial(Bookings, database.url),
        "bare rows": partial(Bare, database.url),
    }
    if database.kind == "PostgreSQL":
        makers["same statements"] = partial(Repeater, database.url, watch(database.url))
    # Some write to the same tables: at other times.
    following = {what: place * 1_000_000 for place, what in enumerate(makers)}
    for name in asked.crowd or CROWDS:
        progress(f"{database.kind}, {name} ...")
        scores = _in_turn(makers, *CROWDS[name], asked, following)
        for what, score in scores.items():
            timing = Timing(seconds=score.latencies)
            yield {
                "database": database.kind,
                "clients": name,
                "what": what,
                "a second": median(score.rates),
                "best round": max(score.rates),
                "p50": timing.median,
                "p99": timing.p99,
                "longest": max(score.latencies) * 1e3,
                "cpu": score.worked / len(score.latencies) * 1e3,
                "count": len(score.latencies),
                "ratio": _ratio(scores["bookings"], score),
            }


def _in_turn(
    makers: Mapping[str, Callable[[], Writer]],
    kind: type[Threads] | type[Processes],
    size: int,
    asked: argparse.Namespace,
    following: dict[str, int],
) -> dict[str, Score]:
    """Let a crowd for each of *makers* write, one after the other, for some rounds."""
    scores = {what: Score() for what in makers}
    with ExitStack() as stack:
        crowds = {what: stack.enter_context(closing(kind(make, size))) for what, make in makers.items()}
        for what, crowd in crowds.items():
            following[what] = _round(crowd, following[what], asked.seconds / 4, Score())
        for _ in range(asked.rounds):
            for what, crowd in crowds.items():
                following[what] = _round(crowd, following[what], asked.seconds, scores[what])
    return scores


def _round(crowd: Crowd, first: int, seconds: float, score: Score) -> int:
    """Let everybody in *crowd* write, from the number *first* on, and give the number that follows."""
    begin = time.monotonic() + _NOTICE
    turns = [
        Turn(first=first + client, step=crowd.size, begin=begin, seconds=seconds)
        for client in range(crowd.size)
    ]
    done = crowd.run(turns)
    latencies = [each for written in done for each in written.latencies]
    score.latencies += latencies
    score.worked += sum(each.worked for each in done)
    score.rates.append(len(latencies) / (max(each.last for each in done) - begin))
    return max(each.following for each in done)


def _ratio(score: Score, other: Score) -> float:
    """Give how many times as many *score* has as the *other*: the median of what their rounds say."""
    return median(one / two for one, two in zip(score.rates, other.rates, strict=True))


if __name__ == "__main__":
    sys.exit(main())
