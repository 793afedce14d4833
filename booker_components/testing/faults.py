"""What goes wrong when a test says so: errors, delays, garbage, cut connections."""

from __future__ import annotations

import fnmatch
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from .exchanges import Answer, answer

#: Writes an error with a status and words as the vendor does.
ErrorWriter = Callable[[int, str], Answer]


@dataclass(slots=True, kw_only=True)
class Fault:
    """What happens to the next calls that match."""

    #: Answer with this status in place of the true answer; 0 = the true answer.
    status: int = 0
    #: The body of that answer: JSON, or text as it stands; None = an error as the vendor writes it.
    body: Any = None
    #: What that error says.
    words: str = "Something went wrong."
    headers: dict[str, str] = field(default_factory=dict)
    #: Seconds to wait before anything else.
    delay: float = 0.0
    #: Close the connection in place of answering.
    cut: bool = False
    #: Answer 200 with a page that is no JSON.
    garbage: bool = False
    #: Do what was asked all the same: the outcome is then unknown to the caller.
    perform: bool = False
    #: How many calls.
    times: int = 1
    #: Which calls; "" = any. The path is without the prefix of the API and may hold `*`.
    method: str = ""
    path: str = ""

    def matches(self, method: str, path: str) -> bool:
        """Tell whether a call is meant."""
        return self.method in ("", method) and (not self.path or fnmatch.fnmatchcase(path, self.path))

    @property
    def bends(self) -> bool:
        """Whether the caller gets another answer than the true one."""
        return bool(self.status or self.cut or self.garbage)

    def answer(self, error: ErrorWriter) -> Answer | None:
        """Give what is answered in place of the truth, written by *error* if need be; None for the truth."""
        if self.garbage:
            page = b"<html><body>502 Bad Gateway</body></html>"
            return Answer(status=self.status or 200, body=page, headers={"Content-Type": "text/html"})
        if not self.status:
            return None
        made = self._error(error)
        made.headers |= self.headers
        return made

    def _error(self, error: ErrorWriter) -> Answer:
        if self.body is None:
            return error(self.status, self.words)
        if isinstance(self.body, str):
            return Answer(status=self.status, body=self.body.encode(), headers={"Content-Type": "text/plain"})
        return answer(self.body, status=self.status)


@dataclass(slots=True)
class Faults:
    """The faults that wait for their calls; the first that matches is met."""

    _waiting: list[Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, fault: Fault) -> None:
        """Let *fault* happen, after those that were added before it."""
        with self._lock:
            self._waiting.append(fault)

    def take(self, method: str, path: str) -> Fault | None:
        """Give the fault that a call meets, and count it; None for none."""
        with self._lock:
            found = next((each for each in self._waiting if each.matches(method, path)), None)
            if found is not None:
                found.times -= 1
                if found.times <= 0:
                    self._waiting.remove(found)
            return found

    def clear(self) -> None:
        """Let nothing more go wrong."""
        with self._lock:
            self._waiting.clear()
