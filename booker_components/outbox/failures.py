"""What a failed delivery leaves: when to try again, and what to say without personal data."""

from __future__ import annotations

import os
import random
import traceback
from datetime import timedelta

from ..errors import DeliveryFailed

#: The delay after the first failure; it doubles with each further one.
FIRST_DELAY = timedelta(seconds=1)

#: The longest delay between two attempts.
LONGEST_DELAY = timedelta(hours=1)


def delay_after(attempts: int) -> timedelta:
    """Give how long to wait after so many *attempts*: doubling, with jitter so that crowds spread."""
    longest: timedelta = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(attempts - 1, 20))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - nothing secret


def wait_after(attempts: int, error: BaseException) -> timedelta:
    """Give how long to wait after so many *attempts* and this *error*, which may ask for a longer wait."""
    asked = error.retry_after if isinstance(error, DeliveryFailed) else None
    return max(delay_after(attempts), timedelta(seconds=asked or 0))


def is_permanent(error: BaseException) -> bool:
    """Tell whether a further attempt can only fail like this one, as its subscriber says."""
    return isinstance(error, DeliveryFailed) and error.permanent


def described(error: BaseException) -> str:
    """Give class and place of *error*, or class and message of `DeliveryFailed`, which promises a clean one.

    Whatever else fails may quote the guest in ways nobody can search for: encoded, shortened, in other case.
    """
    name = type(error).__name__
    text = f"{name}: {error}" if isinstance(error, DeliveryFailed) else f"{name} at {place(error)}"
    return text[:500]


def place(error: BaseException) -> str:
    """Give file and line where *error* was raised; the message may be personal, its place is not."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{os.path.basename(last.filename)}:{last.lineno}"
