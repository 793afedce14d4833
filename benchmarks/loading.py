"""Load for a web server: requests over connections that stay, and what its processors do for them."""

from __future__ import annotations

import os
import re
import selectors
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing
from dataclasses import dataclass, field
from pathlib import Path

_LENGTH = re.compile(rb"\r\ncontent-length: (\d+)", re.IGNORECASE)
_TICKS = os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100


class WrongAnswer(Exception):
    """The server answered something else than was wanted."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """What is asked for, and the status that must come."""

    path: str
    headers: Mapping[str, str] = field(default_factory=dict)
    status: int = 200

    @property
    def request(self) -> bytes:
        """The request as it is sent."""
        lines = [f"GET {self.path} HTTP/1.1", "Host: localhost", "Accept-Language: en-GB,en;q=0.9"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        return "\r\n".join((*lines, "", "")).encode()


@dataclass(frozen=True, kw_only=True, slots=True)
class Load:
    """What came of asking for some time."""

    count: int
    seconds: float
    #: The bytes of one answer.
    size: int


@dataclass(slots=True)
class _Line:
    """A connection, and what has come of the answer it waits for."""

    socket: socket.socket
    answer: bytes = b""

    def is_whole(self) -> bool:
        """Read what is there; tell whether that is all."""
        piece = self.socket.recv(1 << 18)
        if not piece:
            raise WrongAnswer("The server has closed the connection.")
        self.answer += piece
        head, end, body = self.answer.partition(b"\r\n\r\n")
        length = _LENGTH.search(head)
        return bool(end) and len(body) >= (int(length[1]) if length else 0)


def load(port: int, target: Target, *, seconds: float, connections: int) -> Load:
    """Ask for *target* by all *connections* at once, over and over, for some *seconds*."""
    request, count, size = target.request, 0, 0
    wanted = f"HTTP/1.1 {target.status} ".encode()
    with ExitStack() as stack, selectors.DefaultSelector() as ready:
        for _ in range(connections):
            line = _Line(stack.enter_context(closing(socket.create_connection(("127.0.0.1", port), 60))))
            line.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            ready.register(line.socket, selectors.EVENT_READ, line)
            line.socket.sendall(request)
        begin = now = time.perf_counter()
        while now < begin + seconds or not count:
            for key, _ in ready.select(60):
                line = key.data
                if not line.is_whole():
                    continue
                if not line.answer.startswith(wanted):
                    raise WrongAnswer(f"{target.path} gave {line.answer[:40]!r}, expected {target.status}.")
                size, line.answer = len(line.answer), b""
                count += 1
                line.socket.sendall(request)
            now = time.perf_counter()
    return Load(count=count, seconds=now - begin, size=size)


def etag(port: int, target: Target) -> str:
    """Give the ETag of what is asked for; "" if the server gives none."""
    with closing(socket.create_connection(("127.0.0.1", port), 60)) as connection:
        connection.sendall(target.request)
        line = _Line(connection)
        while not line.is_whole():
            pass
    found = re.search(rb"\r\netag: ([^\r]+)", line.answer.partition(b"\r\n\r\n")[0], re.IGNORECASE)
    return found[1].decode() if found else ""


def worked(process: int) -> float:
    """Give the seconds for which a *process* and its children have worked; 0 where nobody tells."""
    if not Path("/proc/self/stat").exists():
        return 0.0
    return sum(_ticks(each) for each in _family(process)) / _TICKS


def _family(process: int) -> Iterator[int]:
    yield process
    for task in Path(f"/proc/{process}/task").glob("*/children"):
        for child in task.read_text().split():
            yield from _family(int(child))


def _ticks(process: int) -> int:
    # The name before may hold anything, and ends with the last bracket; the times are fields 14 and 15.
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
