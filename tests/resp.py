"""A stand-in for Redis: lists in memory, behind its protocol.

It speaks RESP3 (https://redis.io/docs/latest/develop/reference/protocol-spec), as clients of today begin.
"""

from __future__ import annotations

import socketserver
import threading
import time
from collections import defaultdict
from types import TracebackType


class RedisStandIn:
    """Listens on 127.0.0.1 and knows what a list of requests needs; other commands are errors."""

    def __init__(self) -> None:
        self.lists: defaultdict[bytes, list[bytes]] = defaultdict(list)
        self.changed = threading.Condition()
        self._server = _Server(("127.0.0.1", 0), _Talk)
        self._server.memory = self
        self.port: int = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> RedisStandIn:
        """Start."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def answer(self, words: list[bytes]) -> bytes:
        """Give the answer to a command."""
        name, rest = words[0].upper(), words[1:]
        with self.changed:
            if name == b"LPUSH":
                self.lists[rest[0]].insert(0, rest[1])
                self.changed.notify_all()
                return _number(len(self.lists[rest[0]]))
            if name == b"LLEN":
                return _number(len(self.lists[rest[0]]))
            if name == b"BRPOP":
                return self._pop(rest[0], float(rest[1]))
            if name == b"HMGET":
                return _many([None for _ in rest[1:]])
        if name == b"HDEL":
            return _number(0)
        if name == b"HELLO":
            return b"%1\r\n$5\r\nproto\r\n:3\r\n"
        if name in (b"CLIENT", b"SELECT"):
            return b"+OK\r\n"
        return b"-ERR unknown command\r\n"

    def _pop(self, key: bytes, seconds: float) -> bytes:
        until = time.monotonic() + seconds
        while not self.lists[key]:
            left = until - time.monotonic()
            if left <= 0:
                return b"_\r\n"
            self.changed.wait(left)
        return _many([key, self.lists[key].pop()])


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True
    allow_reuse_address = True
    memory: RedisStandIn


class _Talk(socketserver.StreamRequestHandler):
    server: _Server

    def handle(self) -> None:
        while line := self.rfile.readline():
            words = [self._word() for _ in range(int(line[1:]))]
            self.wfile.write(self.server.memory.answer(words))

    def _word(self) -> bytes:
        length = int(self.rfile.readline()[1:])
        return self.rfile.read(length + 2)[:-2]


def _number(number: int) -> bytes:
    return b":%d\r\n" % number


def _many(words: list[bytes | None]) -> bytes:
    parts = [b"_\r\n" if each is None else b"$%d\r\n%s\r\n" % (len(each), each) for each in words]
    return b"*%d\r\n%s" % (len(words), b"".join(parts))
