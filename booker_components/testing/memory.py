"""What every fake remembers, and the webhooks that it sends."""

from __future__ import annotations

import random
import string
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

import requests

_LETTERS = string.ascii_letters + string.digits

#: Seconds that the receiver of a webhook may take.
_PATIENCE = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A webhook on its way: post `body` with `headers` to `url`."""

    trigger: str
    url: str
    headers: dict[str, str]
    body: bytes


def posted(made: Delivery) -> int:
    """Post a webhook, and give the answer's status; 0 if nobody answered."""
    try:
        answer = requests.post(
            made.url, data=made.body, headers=made.headers, timeout=_PATIENCE, allow_redirects=False
        )
    except requests.RequestException:
        return 0
    return answer.status_code


@dataclass(slots=True)
class Memory:
    """What a fake knows. Whoever reads or changes it from another thread holds `lock`."""

    clock: Callable[[], datetime]
    #: The address of the web application, for links and pages.
    app_url: str = ""
    lock: threading.RLock = field(default_factory=threading.RLock)
    outgoing: list[Delivery] = field(default_factory=list)
    _ids: int = 0
    # The same names in every run: a test that fails fails again.
    _random: random.Random = field(default_factory=lambda: random.Random(2024))  # noqa: S311

    def next_id(self) -> int:
        """Give a number that nothing has."""
        self._ids += 1
        return self._ids

    def name(self, length: int, letters: str = _LETTERS) -> str:
        """Give a name that nothing has."""
        return "".join(self._random.choices(letters, k=length))
