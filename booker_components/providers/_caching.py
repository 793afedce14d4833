"""A cache for answers of remote providers: kept briefly, asked for once, dropped when we know better."""

from __future__ import annotations

import os
import threading
import weakref
from collections.abc import Callable, Hashable
from concurrent.futures import Future
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Generic, TypeVar

from ..errors import BookerError, ProviderUnavailable

# How many old values may make room when one is kept; two at least, so that more go than come.
_SWEPT = 4

_caches: weakref.WeakSet[Cache[Any, Any]] = weakref.WeakSet()

_K = TypeVar("_K", bound=Hashable)
_V = TypeVar("_V")


class Cache(Generic[_K, _V]):
    """Keeps values for a while; threads that want the same value at the same time make it once.

    Failures are not kept. A value that was dropped while it was being made goes to those who wait for it, and
    is not kept either. A forked process begins with nothing.
    """

    def __init__(self, clock: Callable[[], datetime], *, keep: timedelta, size: int = 512) -> None:
        """Keep each value for *keep*, and *size* values at most, the newest."""
        self._clock = clock
        self._keep = keep
        self._size = size
        self._begin()
        _caches.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[_K, tuple[datetime, _V]] = {}
        self._flights: dict[_K, Future[_V]] = {}

    def get(self, key: _K, make: Callable[[], _V]) -> _V:
        """Give the value of *key*, which *make* makes where it is not known."""
        with self._lock:
            if (kept := self._fresh(key)) is not None:
                return kept[1]
            flight = self._flights.get(key)
            mine: Future[_V] | None = None
            if flight is None:
                flight = mine = self._flights[key] = Future()
        return flight.result() if mine is None else self._make(key, make, mine)

    def known(self, key: _K) -> _V | None:
        """Give the value of *key* if it is known; None if it is not."""
        with self._lock:
            kept = self._fresh(key)
        return kept[1] if kept else None

    def put(self, key: _K, value: _V) -> None:
        """Keep a value that came by another way."""
        with self._lock:
            self._store(key, value)

    def drop(self, unwanted: Callable[[_K], bool] = lambda key: True) -> None:
        """Forget the values of the *unwanted* keys, and those that are being made."""
        with self._lock:
            for key in list(filter(unwanted, {**self._kept, **self._flights})):
                self._kept.pop(key, None)
                self._flights.pop(key, None)

    def _make(self, key: _K, make: Callable[[], _V], flight: Future[_V]) -> _V:
        try:
            value = make()
        except BaseException as error:
            with self._lock:
                self._landed(key, flight)
            known = isinstance(error, BookerError)
            flight.set_exception(error if known else ProviderUnavailable("What others waited for failed."))
            raise
        with self._lock:
            if self._landed(key, flight):
                self._store(key, value)
        flight.set_result(value)
        return value

    def _fresh(self, key: _K) -> tuple[datetime, _V] | None:
        kept = self._kept.get(key)
        # A clock that was set back makes no value live longer.
        young = kept is not None and timedelta(0) <= self._clock() - kept[0] < self._keep
        return kept if young else None

    def _store(self, key: _K, value: _V) -> None:
        self._kept.pop(key, None)
        self._kept[key] = (self._clock(), value)
        # The oldest come first. Those that are too old are of no use, and a list of slots is long.
        for oldest in list(islice(self._kept, _SWEPT)):
            if len(self._kept) > self._size or not self._fresh(oldest):
                del self._kept[oldest]

    def _landed(self, key: _K, flight: Future[_V]) -> bool:
        """End a flight; False if it was dropped meanwhile."""
        if self._flights.get(key) is not flight:
            return False
        del self._flights[key]
        return True


def _renew_all() -> None:
    """Let a forked process begin with nothing: the threads that held locks, or made values, are not here."""
    for cache in tuple(_caches):
        cache._begin()


os.register_at_fork(after_in_child=_renew_all)
