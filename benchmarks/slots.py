"""How long it takes to list free slots: `python benchmarks/slots.py W1 W2 W3 W4`.

From busy times in memory, and from the database with few bookings and with many, in one run. The ratio is to
what only reads the same rows, or only makes as many values. A wrong list of slots is an error.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # Run as a file, whose folder comes first then: its http.py is not the standard library's.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from functools import partial

from benchmarks.cases import Case, WrongSlots, in_database, in_memory
from benchmarks.filling import add_database, fresh_database
from benchmarks.measuring import Row, in_turn, parser, progress, say
from benchmarks.workloads import CONFIGS, WORKLOADS

#: What is aimed at from the database, in milliseconds.
GOALS = {
    ("full", "W1"): 0.2,
    ("full", "W2"): 0.6,
    ("full", "W3"): 0.9,
    ("full", "W4"): 0.4,
    ("month", "W1"): 0.04,
    ("month", "W4"): 0.2,
}

_VIEWS: dict[str, Callable[[Case], object]] = {
    "full": Case.full,
    "full, values": Case.values,
    "month": Case.month_view,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; give 1 if slots are wrong, else 0."""
    asked = _parser().parse_args(arguments)
    rows: list[Row] = []
    try:
        for cases in _together(asked):
            rows += _measured(cases, asked)
    except WrongSlots as wrong:
        progress(str(wrong))
        return 1
    say("Free slots, milliseconds", rows, as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    made = parser(__doc__, seconds=1.0)
    names = ", ".join(WORKLOADS)
    made.add_argument(
        "workloads", nargs="*", metavar="WORKLOAD", help=f"some of {names}; all if none is named"
    )
    made.add_argument("--config", choices=CONFIGS, help="hosts and guests in UTC, or in two zones; else both")
    made.add_argument("--source", choices=("memory", "database"), help="else both")
    made.add_argument("--view", choices=("full", "month"), help="else both")
    made.add_argument(
        "--many", type=int, default=20_000, help="further bookings of each host; 0: no such case"
    )
    add_database(made)
    return made


def _together(asked: argparse.Namespace) -> Iterator[list[Case]]:
    """Give the cases that are measured in one run: those of one workload and config."""
    if unknown := set(asked.workloads) - set(WORKLOADS):
        raise SystemExit(f"There is no workload {', '.join(unknown)}; name some of {', '.join(WORKLOADS)}.")
    configs = [CONFIGS[asked.config]] if asked.config else list(CONFIGS.values())
    with ExitStack() as stack:
        database = None
        if asked.source != "memory":
            database = stack.enter_context(fresh_database(asked.database_url, postgres=asked.postgres))
        for workload in [WORKLOADS[name] for name in asked.workloads or WORKLOADS]:
            for config in configs:
                with ExitStack() as these:
                    cases = list(in_memory(workload, config)) if asked.source != "database" else []
                    if database:
                        stored = (in_database(database, workload, config, more=more) for more in _more(asked))
                        cases += map(these.enter_context, stored)
                    yield cases


def _more(asked: argparse.Namespace) -> Sequence[int]:
    return (0, asked.many) if asked.many else (0,)


def _measured(cases: Sequence[Case], asked: argparse.Namespace) -> Iterator[Row]:
    progress(f"{cases[0].workload.name} {cases[0].config.name} ...")
    came = [case.check() for case in cases]
    views = [view for view in _VIEWS if asked.view in (None, view.partition(",")[0])]
    tasks: dict[tuple[int, str], Callable[[], object]] = {}
    for number, case in enumerate(cases):
        name, least = case.yardstick
        tasks[number, name] = least
        tasks |= {(number, view): partial(_VIEWS[view], case) for view in views}
    found = in_turn(tasks, seconds=asked.seconds * len(tasks))
    for (number, view), timing in found.items():
        case, beside = cases[number], found[number, cases[number].yardstick[0]]
        yield {
            "workload": case.workload.name,
            "config": case.config.name,
            "source": case.source,
            "given": case.given,
            "what": view,
            **timing.row(),
            "ratio": timing.cpu / beside.cpu,
            "goal": None if case.source == "memory" else GOALS.get((view, case.workload.name)),
            "slots": came[number].count,
            "hash": came[number].digest,
        }


if __name__ == "__main__":
    sys.exit(main())
