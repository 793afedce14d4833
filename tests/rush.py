"""Changes made elsewhere that are heard of from several sides while a call of our own is under way."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from booker_components.service import BookingService
from booker_components.values import Incoming


def rush(service: BookingService, act: Callable[[], object], *, notice: Incoming, since: datetime) -> None:
    """Do *act*, while two threads take *notice* and one syncs, over and over, until it is done."""
    line, done = threading.Barrier(4), threading.Event()

    def ours() -> None:
        line.wait()
        try:
            act()
        finally:
            done.set()

    def again(work: Callable[[], object]) -> None:
        line.wait()
        while not done.is_set():
            work()

    def take() -> None:
        again(lambda: service.take(notice))

    def sync() -> None:
        again(lambda: service.sync(since))

    with ThreadPoolExecutor(4) as pool:
        for each in [pool.submit(work) for work in (ours, take, take, sync)]:
            each.result(30)
