"""How many pages are served in a second: `python benchmarks/http.py`, under granian.

The booker's page, a day of it for htmx, and the answer that nothing has changed, in turn with a page of 10 KB
and 60 rows by Jinja alone on the same server. The load comes from this machine too; cpu is the time of the
server's processors for one answer, and the ratio what of the plain page's number is reached.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # Run as a file, whose folder comes first then: its http.py is not the standard library's.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import importlib.util
import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from statistics import median

from benchmarks.cases import in_database
from benchmarks.filling import add_database, fresh_database
from benchmarks.loading import Load, Target, WrongAnswer, etag, load, worked
from benchmarks.measuring import Row, parser, progress, say
from benchmarks.serving import CONFIG, DATABASE, PLAIN
from benchmarks.workloads import WORKLOADS
from tests.ports import held_port

_ROOT = Path(__file__).resolve().parent.parent
_MONTH, _DAY = "/book/w1-tz-0?month=2027-01", "/book/w1-tz-0?date=2027-01-12"
_PATIENCE = 60.0


@dataclass(kw_only=True, slots=True)
class Score:
    """What came of one target's rounds."""

    loads: list[Load] = field(default_factory=list)
    #: Seconds for which the server's processors worked.
    worked: float = 0.0

    @property
    def rates(self) -> list[float]:
        """Answers in a second, by round."""
        return [each.count / each.seconds for each in self.loads]

    @property
    def cpu(self) -> float | None:
        """Milliseconds of the server's processors for an answer; None where nobody tells."""
        return self.worked / sum(each.count for each in self.loads) * 1e3 or None


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; give 1 if that cannot be done."""
    asked = _parser().parse_args(arguments)
    if importlib.util.find_spec("granian") is None:
        progress("The server granian is missing: pip install -e '.[bench]'.")
        return 1
    try:
        with fresh_database(asked.database_url, postgres=asked.postgres) as database:
            with in_database(database, WORKLOADS["W1"], CONFIG, more=0):
                database.storage.close()
            with served(database.url, asked.workers) as (process, port):
                rows = list(_measured(process, port, asked))
    except WrongAnswer as wrong:
        progress(str(wrong))
        return 1
    say(f"Pages, by the second, {asked.workers} workers of granian", rows, as_json=asked.json)
    return 0


def _parser() -> argparse.ArgumentParser:
    made = parser(__doc__, seconds=1.0)
    made.add_argument("--rounds", type=int, default=10, help="how often each page has its turn")
    made.add_argument("--workers", type=int, default=2, help="processes of the server")
    made.add_argument("--connections", type=int, default=8, help="requests at the same time")
    add_database(made)
    return made


def _measured(process: int, port: int, asked: argparse.Namespace) -> Iterator[Row]:
    targets = {
        "plain page": Target(path=PLAIN),
        "booker page": Target(path=_MONTH),
        "day fragment": Target(path=_DAY, headers={"HX-Request": "true", "HX-Target": "bk-booker"}),
    }
    seen = {"If-None-Match": etag(port, targets["booker page"])}
    targets["not modified"] = Target(path=_MONTH, headers=seen, status=304)
    scores = _in_turn(process, port, targets, asked)
    plain = scores["plain page"]
    for name, score in scores.items():
        pairs = zip(score.rates, plain.rates, strict=True)
        yield {
            "page": name,
            "bytes": score.loads[-1].size,
            "a second": median(score.rates),
            "best round": max(score.rates),
            "cpu": score.cpu,
            "ratio": median(ours / theirs for ours, theirs in pairs),
            "ratio of cpu": plain.cpu / score.cpu if plain.cpu and score.cpu else None,
        }


def _in_turn(
    process: int, port: int, targets: Mapping[str, Target], asked: argparse.Namespace
) -> dict[str, Score]:
    scores = {name: Score() for name in targets}
    for target in targets.values():
        load(port, target, seconds=asked.seconds / 2, connections=asked.connections)
    for number in range(asked.rounds):
        progress(f"Round {number + 1} of {asked.rounds} ...")
        for name, target in targets.items():
            before = worked(process)
            done = load(port, target, seconds=asked.seconds, connections=asked.connections)
            scores[name].loads.append(done)
            scores[name].worked += worked(process) - before
    return scores


# --- the server ----------------------------------------------------------------------------------


@contextmanager
def served(url: str, workers: int, more: Mapping[str, str] | None = None) -> Iterator[tuple[int, int]]:
    """Serve the app with the database of *url*; give the number of the process, and its port.

    *more* is added to the environment of the server.
    """
    with held_port() as port:
        command = [sys.executable, "-m", "granian", "--interface", "wsgi", "--factory"]
        command += ["--host", "127.0.0.1", "--port", str(port), "--workers", str(workers), "--no-ws"]
        # A thread for each process: more would only fight for the interpreter.
        command += ["--blocking-threads", "1"]
        command += ["--log-level", "warning", "benchmarks.serving:make_app"]
        process = subprocess.Popen(command, cwd=_ROOT, env={**os.environ, DATABASE: url, **(more or {})})
        try:
            _await_answer(process, port)
            yield process.pid, port
        finally:
            process.terminate()
            process.wait()


def _await_answer(process: subprocess.Popen[bytes], port: int) -> None:
    give_up = time.monotonic() + _PATIENCE
    while True:
        try:
            load(port, Target(path=PLAIN), seconds=0, connections=1)
        except OSError:
            if process.poll() is not None or time.monotonic() > give_up:
                raise SystemExit("The server does not start.") from None
            time.sleep(0.05)
        else:
            return


if __name__ == "__main__":
    sys.exit(main())
