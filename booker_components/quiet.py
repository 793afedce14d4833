"""Keeps urllib3 from logging our calls: it logs paths, and whoever knows a booking's uid may change it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ours = threading.local()


@contextmanager
def unlogged() -> Iterator[None]:
    """Let urllib3 log nothing of what this thread calls meanwhile; what others call is logged as ever."""
    _ours.calling = True
    try:
        yield
    finally:
        _ours.calling = False


def _is_not_ours(record: logging.LogRecord) -> bool:
    return not getattr(_ours, "calling", False)


for _name in ("urllib3.connection", "urllib3.connectionpool", "urllib3.util.retry"):
    logging.getLogger(_name).addFilter(_is_not_ours)
