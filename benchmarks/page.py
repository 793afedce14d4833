"""What the first view of a booker weighs, and when it can be used: `python -m benchmarks.page`, in Chromium.

The booker's page with a month of W1 (469 times), in turn with a static page of the same times, under granian.
Each view has an empty cache. Other machines are other: what is compared with the peers is the ratio to that
page.
"""

from __future__ import annotations

import sys
from pathlib import Path

if not __package__:
    # Run as a file, whose folder comes first then: its http.py is not the standard library's.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

import argparse
import importlib.util
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any
from urllib.request import Request, urlopen

from benchmarks.cases import in_database
from benchmarks.filling import fresh_database
from benchmarks.floor import write_floor
from benchmarks.http import served
from benchmarks.measuring import Row, parser, progress, say
from benchmarks.serving import CONFIG, FLOOR
from benchmarks.workloads import WORKLOADS
from tests.browser import browsers

_MONTH = "/book/w1-tz-0?month=2027-01"


@dataclass(frozen=True, kw_only=True, slots=True)
class Peer:
    """What others reach, measured once on one machine (2 cores, Chromium 156, loopback)."""

    total: int
    requests: int
    #: Milliseconds by profile; None where they were not measured.
    usable: tuple[int, int | None, int]
    #: Milliseconds on the slow line, and megabytes.
    blocking: int | None = None
    heap: float | None = None


#: The published packages of the vendors with their own servers' answers in their place.
PEERS: Mapping[str, Peer] = {
    "@calcom/atoms 2.11.0": Peer(
        total=494_154, requests=12, usable=(846, 2195, 6996), blocking=922, heap=9.0
    ),
    "nylas-scheduling 2.6.0": Peer(
        total=252_602, requests=5, usable=(526, 1425, 4599), blocking=680, heap=4.2
    ),
    "cronofy DateTimePicker": Peer(
        total=238_568, requests=3, usable=(463, 1470, 3476), blocking=706, heap=4.2
    ),
}
#: Where the static page was usable on that machine.
_FLOOR = (72, 220, 671)
_ATOMS = PEERS["@calcom/atoms 2.11.0"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure what the command line asks for; give 1 if that cannot be done."""
    asked = _parser().parse_args(arguments)
    missing = [name for name in ("granian", "playwright") if importlib.util.find_spec(name) is None]
    if missing or not browsers.CHROMIUM.available():
        progress(f"Missing: {missing or 'Chromium'}. pip install -e '.[bench,test]', and install Chromium.")
        return 1
    with TemporaryDirectory() as folder, fresh_database("", postgres=False) as database:
        with in_database(database, WORKLOADS["W1"], CONFIG, more=0):
            database.storage.close()
        floor = Path(folder) / "floor.html"
        with served(database.url, 1, {FLOOR: str(floor)}) as (_, port):
            base = f"http://127.0.0.1:{port}"
            write_floor(floor, base + _MONTH)
            _wake(base)
            views = _views(base, asked)
    rows = list(_rows(views))
    say("First view, medians; bytes as they come, headers included; milliseconds", rows, as_json=asked.json)
    if not asked.json:
        say("Goals", list(_goals(views)), as_json=False)
    return 0


def _parser() -> argparse.ArgumentParser:
    made = parser(__doc__, seconds=0)
    made.add_argument(
        "--rounds", type=int, default=7, help="how often each page is looked at in each profile"
    )
    made.add_argument(
        "--profile",
        action="append",
        choices=("none", "cpu4", "slow"),
        help="one of the profiles; all if none is named",
    )
    return made


def _views(base: str, asked: argparse.Namespace) -> Mapping[tuple[str, str], Sequence[Any]]:
    # Imported here, for who lacks it is told so.
    from playwright.sync_api import sync_playwright

    from benchmarks.viewing import PROFILES, Subject, view

    subjects = {
        "booker": Subject(
            address=_MONTH,
            times=".bk-times__list a",
            days="[data-bk-day]",
            month=".bk-calendar__turn a:last-child",
        ),
        "static page": Subject(address="/floor", times="ul a", days="td a"),
    }
    found: dict[tuple[str, str], list[Any]] = {}
    with sync_playwright() as playwright:
        browser = browsers.CHROMIUM.launch(playwright)
        for number in range(asked.rounds + 1):
            progress(f"Round {number} of {asked.rounds} ...")
            for profile in asked.profile or PROFILES:
                for name, subject in subjects.items():
                    seen = view(browser, base, subject, profile)
                    # The first round wakes the browser.
                    if number or not asked.rounds:
                        found.setdefault((profile, name), []).append(seen)
        browser.close()
    return found


def _wake(base: str) -> None:
    """Ask until the server has compressed the pages as it does for those that many read."""
    for path in (_MONTH, "/floor"):
        for _ in range(8):
            with urlopen(Request(base + path, headers={"Accept-Encoding": "br", "Accept-Language": "en-GB"})):
                pass


def _middle(views: Sequence[Any], name: str) -> float | None:
    values = [value for each in views if (value := getattr(each, name)) is not None]
    return median(values) if values else None


def _rows(views: Mapping[tuple[str, str], Sequence[Any]]) -> Iterator[Row]:
    for (profile, name), seen in views.items():
        yield {
            "profile": profile,
            "page": name,
            "page alone": _middle(seen, "document"),
            "total": _middle(seen, "total"),
            "requests": _middle(seen, "requests"),
            "usable": _middle(seen, "usable"),
            "blocking": _middle(seen, "blocking"),
            "shift": _middle(seen, "shift"),
            "heap, MB": _middle(seen, "heap"),
            "day": _middle(seen, "day"),
            "month": _middle(seen, "month"),
            "month, bytes": _middle(seen, "month_bytes"),
            "total, touched": _middle(seen, "touched"),
        }
    for name, peer in PEERS.items():
        for place, profile in enumerate(("none", "cpu4", "slow")):
            slow = profile == "slow"
            yield {
                "profile": profile,
                "page": name,
                "total": peer.total,
                "requests": peer.requests,
                "usable": peer.usable[place],
                "blocking": peer.blocking if slow else None,
                "heap, MB": peer.heap,
            }


def _goals(views: Mapping[tuple[str, str], Sequence[Any]]) -> Iterator[Row]:
    """Give each goal, what was reached, and whether that is enough."""
    profiles = dict.fromkeys(profile for profile, _ in views)
    every = [view for (_, name), seen in views.items() if name == "booker" for view in seen]
    most: Mapping[str, tuple[str, float]] = {
        "bytes before the first time is usable": ("document", 4900),
        "bytes of a view left alone": ("total", 19_000),
        "requests of a view left alone": ("requests", 4),
        "requests of a day change": ("day_requests", 0),
        "bytes of a month change": ("month_bytes", 3000),
        "blocking time": ("blocking", 0),
        "layout shift": ("shift", 0),
        "heap, a fifth of atoms'": ("heap", (_ATOMS.heap or 0) / 5),
    }
    for what, (name, limit) in most.items():
        yield _goal(what, _middle(every, name), limit)
    for profile in profiles:
        place = ("none", "cpu4", "slow").index(profile)
        ours, floor = (_middle(views[profile, name], "usable") or 0 for name in ("booker", "static page"))
        limit = (_ATOMS.usable[place] or 0) / 8 / _FLOOR[place]
        yield _goal(f"usable, {profile}: times the static page, an eighth of atoms'", ours / floor, limit)


def _goal(what: str, reached: float | None, limit: float) -> Row:
    holds = reached is not None and reached <= limit
    return {"goal": what, "at most": limit, "reached": reached, "": "holds" if holds else "missed"}


if __name__ == "__main__":
    sys.exit(main())
