"""Who is told: subscribers, and the names under which their deliveries are recorded."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ..errors import ConfigurationError
from ..values import BookingEvent

#: Takes an event; returns once it is safe elsewhere, raises to get it again.
Subscriber = Callable[[BookingEvent], None]


def subscriber_name(subscriber: Subscriber) -> str:
    """Give the name under which deliveries to *subscriber* are recorded."""
    name = getattr(subscriber, "name", "")
    if isinstance(name, str) and name:
        return name
    named = subscriber if hasattr(subscriber, "__qualname__") else type(subscriber)
    return f"{named.__module__}.{named.__qualname__}"


def by_name(subscribers: Sequence[Subscriber]) -> Mapping[str, Subscriber]:
    """Give *subscribers* by their names; `ConfigurationError` if two have the same."""
    named: dict[str, Subscriber] = {}
    for subscriber in subscribers:
        name = subscriber_name(subscriber)
        if name in named:
            raise ConfigurationError(
                f"Two subscribers are called '{name}'; give one of them another 'name' attribute."
            )
        named[name] = subscriber
    return named
