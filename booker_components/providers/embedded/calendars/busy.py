"""What else takes a host's time: the protocol of who tells, and what several tell together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Protocol, runtime_checkable

from ....errors import ProviderError, ProviderUnavailable
from ....values import TimeWindow
from .reading import merged

_Span = tuple[datetime, datetime]


@runtime_checkable
class BusySource(Protocol):
    """Somebody who knows when a host is busy: a calendar, or a function of the host app.

    A source that cannot tell raises. What it would have said counts as busy then: nobody is booked twice
    knowingly. A calendar feed has its last good copy, and cannot tell only until it was read for once.
    """

    def busy(self, window: TimeWindow) -> Iterable[tuple[datetime, datetime]]:
        """Give from when to when (aware) the host is busy in *window*; what is outside of it does no harm.

        Raises `ProviderError` when it cannot tell. It is asked with every page: it answers within moments.
        """


def gather(sources: Iterable[BusySource], window: TimeWindow) -> list[_Span]:
    """Give what *sources* say together of *window*: in UTC, in order, without overlaps.

    Raises `ProviderError` if one of them cannot tell, whatever it is that it raises: then nothing may be
    offered of the host in *window*. Asks other servers; not for within a transaction.
    """
    return merged(span for source in sources for span in _asked(source, window))


def _asked(source: BusySource, window: TimeWindow) -> list[_Span]:
    try:
        return [_checked(start, end) for start, end in source.busy(window) if start < end]
    except ProviderError:
        raise
    except Exception as error:
        # Neither what it says, which may hold addresses and names, nor where it comes from.
        name = type(source).__name__
        raise ProviderUnavailable(
            f"The source {name} of busy times failed: {type(error).__name__}."
        ) from None


def _checked(start: datetime, end: datetime) -> _Span:
    if start.utcoffset() is None or end.utcoffset() is None:
        raise ValueError("Busy times must be aware.")
    return start.astimezone(UTC), end.astimezone(UTC)
