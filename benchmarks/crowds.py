"""Crowds: several clients that write at the same time, as threads or as processes."""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnContext, SpawnProcess
from typing import Protocol


class Writer(Protocol):
    """Writes something for each number, which is never given twice; one for all threads of a process."""

    def write(self, number: int) -> object:
        """Write, and return when it is safe."""

    def close(self) -> None:
        """Close what is open."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Turn:
    """What each client does in one round: numbers from the first on, some apart, for some seconds."""

    first: int
    step: int
    #: When it begins, on the machine's monotonic clock.
    begin: float
    seconds: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """What one client did in its turn; all in seconds."""

    #: How long each took.
    latencies: list[float]
    #: How long the processor worked for all of them, in the client.
    worked: float
    #: When the last one was done.
    last: float
    #: The number that follows.
    following: int


class Crowd(Protocol):
    """Clients that write at the same time."""

    size: int

    def run(self, turns: Sequence[Turn]) -> list[Written]:
        """Let each client have its turn, at the same time, and give what they did."""

    def close(self) -> None:
        """End the clients."""


class Threads:
    """Clients in threads of this process, which share one writer."""

    def __init__(self, make: Callable[[], Writer], size: int) -> None:
        """Prepare *size* threads for the writer that *make* gives."""
        self.size = size
        self._writer = make()
        self._pool = ThreadPoolExecutor(size)

    def run(self, turns: Sequence[Turn]) -> list[Written]:
        """Let each client have its turn, at the same time, and give what they did."""
        return list(self._pool.map(partial(_written, self._writer), turns))

    def close(self) -> None:
        """End the threads."""
        self._pool.shutdown()
        self._writer.close()


class Processes:
    """Clients in processes of their own, which stay until the crowd is closed."""

    def __init__(self, make: Callable[[], Writer], size: int) -> None:
        """Start *size* processes, each of which makes its own writer; *make* must be picklable."""
        self.size = size
        context = multiprocessing.get_context("spawn")
        self._clients = [_client(context, make) for _ in range(size)]
        for pipe, _ in self._clients:
            pipe.recv()

    def run(self, turns: Sequence[Turn]) -> list[Written]:
        """Let each client have its turn, at the same time, and give what they did."""
        for (pipe, _), turn in zip(self._clients, turns, strict=True):
            pipe.send(turn)
        return [pipe.recv() for pipe, _ in self._clients]

    def close(self) -> None:
        """End the processes."""
        for pipe, process in self._clients:
            pipe.send(None)
            process.join()
            pipe.close()


def _client(context: SpawnContext, make: Callable[[], Writer]) -> tuple[Connection, SpawnProcess]:
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, make), daemon=True)
    process.start()
    theirs.close()
    return ours, process


def _serve(pipe: Connection, make: Callable[[], Writer]) -> None:
    """Take turns until there is none any more."""
    writer = make()
    pipe.send("ready")
    try:
        while turn := pipe.recv():
            pipe.send(_written(writer, turn))
    finally:
        writer.close()


def _written(writer: Writer, turn: Turn) -> Written:
    time.sleep(max(0.0, turn.begin - time.monotonic()))
    number = turn.first
    latencies: list[float] = []
    now, began = time.monotonic(), time.thread_time()
    while now < turn.begin + turn.seconds or not latencies:
        writer.write(number)
        number += turn.step
        before, now = now, time.monotonic()
        latencies.append(now - before)
    worked = time.thread_time() - began
    return Written(latencies=latencies, worked=worked, last=now, following=number)
