"""Measuring: several things in turn in one run, so that what else the machine does meets all of them."""

from __future__ import annotations

import argparse
import gc
import json
import os
import platform
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median, quantiles
from typing import Any, TypeVar

_Name = TypeVar("_Name")

#: What is printed: a line of a table, or an object in JSON.
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Timing:
    """How long something took, in seconds, each time."""

    seconds: list[float]
    #: How long the processor worked for it in this thread, where that was looked at.
    worked: list[float] = field(default_factory=list)

    @property
    def median(self) -> float:
        """The median in milliseconds."""
        return median(self.seconds) * 1e3

    @property
    def minimum(self) -> float:
        """The minimum in milliseconds: what it takes when nothing else runs."""
        return min(self.seconds) * 1e3

    @property
    def cpu(self) -> float:
        """The median of the processor's time in milliseconds, which others on the machine take less of."""
        return median(self.worked) * 1e3

    @property
    def p99(self) -> float:
        """What 99 of 100 take at most, in milliseconds."""
        if len(self.seconds) < 2:
            return self.seconds[0] * 1e3
        return quantiles(self.seconds, n=100, method="inclusive")[98] * 1e3

    def row(self) -> Row:
        """Give the columns that tell it, in milliseconds."""
        return {"median": self.median, "minimum": self.minimum, "cpu": self.cpu}


def in_turn(tasks: Mapping[_Name, Callable[[], object]], *, seconds: float) -> dict[_Name, Timing]:
    """Do each of *tasks* in turn, over and over for some *seconds*, and tell how long each took.

    The first round, which fills caches, does not count; at least one does.
    """
    found: dict[_Name, Timing] = {}
    for name, task in tasks.items():
        task()
        found[name] = Timing(seconds=[], worked=[])
    with _undisturbed():
        give_up = time.perf_counter() + seconds
        while True:
            for name, task in tasks.items():
                _time(task, found[name])
            if time.perf_counter() > give_up:
                return found


def _time(task: Callable[[], object], timing: Timing) -> None:
    begin, began = time.perf_counter(), time.thread_time()
    task()
    worked, seconds = time.thread_time() - began, time.perf_counter() - begin
    timing.seconds.append(seconds)
    timing.worked.append(worked)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Keep the garbage collector out, as `timeit` does."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


# --- saying it -----------------------------------------------------------------------------------


def parser(description: str | None, *, seconds: float) -> argparse.ArgumentParser:
    """Give the parser of a benchmark's command line, with the options that all have."""
    made = argparse.ArgumentParser(description=description)
    made.add_argument("--json", action="store_true", help="print JSON")
    made.add_argument("--seconds", type=float, default=seconds, help="how long each thing is measured")
    return made


def say(title: str, rows: Sequence[Row], *, as_json: bool) -> None:
    """Print what was measured, with what there is to know of the machine."""
    if as_json:
        print(json.dumps({"title": title, "machine": machine(), "rows": rows}, indent=1))
        return
    about = machine()
    print(f"{title} ({about['python']}, {about['cores']} cores, load {about['load']})\n")
    print("\n".join(_lines(rows)), end="\n\n", flush=True)


def progress(text: str) -> None:
    """Tell whoever waits what is being done; it is no part of the result."""
    print(text, file=sys.stderr, flush=True)


def machine() -> dict[str, Any]:
    """Give what figures depend on: the Python, the cores, and how busy the machine is with other things."""
    load = round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None
    return {"python": f"Python {platform.python_version()}", "cores": os.cpu_count(), "load": load}


def _lines(rows: Sequence[Row]) -> Iterable[str]:
    names = list(dict.fromkeys(name for row in rows for name in row))
    table = [names, *([_text(row.get(name)) for name in names] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for line in table:
        # Words to the left, figures to the right.
        cells = (
            text.rjust(width) if _is_number(text) else text.ljust(width)
            for text, width in zip(line, widths, strict=True)
        )
        yield "  ".join(cells).rstrip()


def _text(value: object) -> str:
    if value is None:
        return "-"
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _is_number(text: str) -> bool:
    return text == "-" or text[:1].isdigit()
