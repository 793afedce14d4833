"""Several calls of a remote provider at the same time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

_T = TypeVar("_T")


def together(makers: Sequence[Callable[[], _T]], *, at_once: int) -> list[_T]:
    """Call all *makers*, *at_once* at most at the same time, and give what they make, in their order.

    The first failure is raised, and what had not begun by then is left. The threads are this call's own: a
    forked process inherits none, and there is none to be closed later.
    """
    if len(makers) < 2:
        return [make() for make in makers]
    with ThreadPoolExecutor(max_workers=min(at_once, len(makers)), thread_name_prefix="booker") as pool:
        return list(pool.map(_call, makers))


def _call(make: Callable[[], _T]) -> _T:
    return make()
