"""Tests of the benchmarks: each runs, with tiny numbers, and measures slots that are right."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from benchmarks.cases import Case, WrongSlots, in_database, in_memory
from benchmarks.crowds import Processes, Threads, Turn
from benchmarks.filling import fresh_database
from benchmarks.measuring import in_turn
from benchmarks.workloads import CONFIGS, EXPECTED, WORKLOADS, Span, apart
from benchmarks.writers import Bare, prepare

ROOT = Path(__file__).resolve().parent.parent


def run(name: str, *arguments: str) -> Any:
    """Run the benchmark of a *name* as a file, as its documentation says, and give what it prints."""
    command = [sys.executable, f"benchmarks/{name}.py", "--json", *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)["rows"]


def spoiled(case: Case) -> Case:
    """Give *case* with a lister that forgets the last slot."""
    return replace(case, lister=lambda window: case.lister(window)[:-1])


@pytest.mark.parametrize(("workload", "config"), EXPECTED, ids=["-".join(each) for each in EXPECTED])
def test_slots_of_a_workload_are_right(workload: str, config: str) -> None:
    """Every workload gives the slots that other programs found, in the list and in the month."""
    for case in in_memory(WORKLOADS[workload], CONFIGS[config]):
        assert case.check() == EXPECTED[workload, config]


def test_slots_are_the_same_from_the_database(tmp_path: Path) -> None:
    """Bookings in the tables, with many more around them, give the same slots."""
    with fresh_database(f"sqlite:///{tmp_path}/booker.sqlite3") as database:
        for more in (0, 300):
            with in_database(database, WORKLOADS["W1"], CONFIGS["tz"], more=more) as case:
                assert case.check() == EXPECTED["W1", "tz"]


def test_wrong_slots_are_an_error() -> None:
    """A single missing slot is told, with the name of the case."""
    case, _ = in_memory(WORKLOADS["W2"], CONFIGS["utc"])

    with pytest.raises(WrongSlots, match=r"W2 utc from memory, .*count=30.*count=29"):
        spoiled(case).check()


def test_busy_times_that_overlap_become_bookings_that_do_not() -> None:
    """The parts that are kept follow one another, and hold the same time."""
    spans = list(WORKLOADS["W1"].busy_times(0, CONFIGS["utc"]))

    found = apart(spans)

    assert all(before[1] <= after[0] for before, after in pairwise(found))
    assert _minutes(found) == _minutes(spans)


def _minutes(spans: Iterable[Span]) -> set[datetime]:
    minute = timedelta(minutes=1)
    return {start + step * minute for start, end in spans for step in range((end - start) // minute)}


def test_things_are_done_in_turn() -> None:
    """What is measured together is done alternately, the first time without being counted."""
    done: list[str] = []

    found = in_turn({name: partial(done.append, name) for name in "ab"}, seconds=0)

    assert done == ["a", "b", "a", "b"]
    assert [len(found[name].seconds) for name in "ab"] == [1, 1]


def test_a_database_that_is_in_use_is_left_alone(tmp_path: Path) -> None:
    """Benchmarks write what they like, so a database with hosts is refused."""
    url = f"sqlite:///{tmp_path}/booker.sqlite3"
    with fresh_database(url) as database, in_database(database, WORKLOADS["W1"], CONFIGS["utc"], more=0):
        pass

    with pytest.raises(SystemExit, match="has hosts already"), fresh_database(url):
        pass


def test_slots_benchmark_prints_every_figure() -> None:
    """Memory and database, few bookings and many, each view with its yardstick, hash and goal."""
    rows = run("slots", "W1", "--config", "utc", "--seconds", "0", "--many", "30")

    assert {row["hash"] for row in rows} == {EXPECTED["W1", "utc"].digest}
    assert {row["source"] for row in rows} == {"memory", "SQLite"}
    assert {row["what"] for row in rows} > {"full", "full, values", "month", "reading the rows"}
    assert {row["goal"] for row in rows if row["source"] == "SQLite" and row["what"] == "full"} == {0.2}
    assert all(row["minimum"] <= row["median"] for row in rows)


def test_unknown_workloads_are_refused() -> None:
    """Whoever mistypes a workload is told which there are."""
    command = [sys.executable, "-m", "benchmarks.slots", "W5"]

    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 1
    assert "W1, W2, W3, W4" in done.stderr


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_book_benchmark_prints_every_figure(database: str) -> None:
    """Bookings stand beside bare rows and, on PostgreSQL, beside their own statements."""
    crowd = ("--crowd", "1 thread", "--crowd", "8 threads")

    rows = run("book", "--database", database, *crowd, "--seconds", "0", "--rounds", "2")

    wanted = {"bookings", "bare rows", *(["same statements"] if database == "postgresql" else [])}
    assert {row["what"] for row in rows} == wanted
    assert {row["clients"] for row in rows} == {"1 thread", "8 threads"}
    assert all(row["p50"] <= row["p99"] <= row["longest"] for row in rows)


@pytest.mark.parametrize("kind", [Threads, Processes])
def test_crowds_share_what_there_is_to_do(kind: type[Threads] | type[Processes], tmp_path: Path) -> None:
    """Each client has numbers of its own, and tells how long each took."""
    with fresh_database(f"sqlite:///{tmp_path}/booker.sqlite3") as database:
        prepare(database)
        crowd = kind(partial(Bare, database.url), 2)

        done = crowd.run([Turn(first=first, step=2, begin=0.0, seconds=0.0) for first in range(2)])

        crowd.close()
        connection: Any = database.bare()
        written = connection.execute("SELECT appointment_id FROM bare_host_times ORDER BY 1").fetchall()
        connection.close()
    assert written == [(0,), (1,)]
    assert [(len(each.latencies), each.following) for each in done] == [(1, 2), (1, 3)]


def test_http_benchmark_prints_every_figure() -> None:
    """The booker page, its day and its 304 stand beside a plain page of 10 KB, on the same server."""
    pytest.importorskip("granian", reason="pip install -e '.[bench]'")

    rows = run("http", "--seconds", "0", "--rounds", "1", "--workers", "1", "--connections", "1")

    pages = {row["page"]: row for row in rows}
    assert set(pages) == {"plain page", "booker page", "day fragment", "not modified"}
    assert 10_000 < pages["plain page"]["bytes"] < 12_000
    assert pages["not modified"]["bytes"] < 1_000
    assert pages["plain page"]["ratio"] == 1


def test_page_benchmark_prints_every_figure() -> None:
    """The booker's page stands beside a static one and the peers; its bytes are within the goals."""
    pytest.importorskip("granian", reason="pip install -e '.[bench]'")

    rows = run("page", "--rounds", "0", "--profile", "none")

    ours, floor, *peers = rows
    assert (ours["page"], floor["page"]) == ("booker", "static page")
    assert ours["page alone"] <= 4900
    assert ours["total"] <= 19_000
    assert ours["requests"] <= 4
    assert ours["month, bytes"] <= 3000
    assert all(each["usable"] > 0 for each in rows)
    assert len(peers) == 9
