"""What a failed delivery leaves: when to try again, and what to say without personal data."""

from __future__ import annotations

import os
import random
import traceback
from datetime import timedelta

from ..values import Booking

#: The delay after the first failure; it doubles with each further one.
FIRST_DELAY = timedelta(seconds=1)

#: The longest delay between two attempts.
LONGEST_DELAY = timedelta(hours=1)


def delay_after(attempts: int) -> timedelta:
    """Give how long to wait after so many *attempts*: doubling, with jitter so that crowds spread."""
    longest: timedelta = min(LONGEST_DELAY, FIRST_DELAY * 2 ** min(attempts - 1, 20))
    return longest * random.uniform(0.5, 1.0)  # noqa: S311 - nothing secret


def described(error: BaseException, booking: Booking) -> str:
    """Give class and message of *error*, without anything personal of *booking*."""
    text = f"{type(error).__name__}: {error}"
    attendee = booking.attendee
    answers = (answer for answer in booking.answers.values() if isinstance(answer, str))
    private = {attendee.name, attendee.email, attendee.phone, booking.notes, booking.reason, *booking.guests}
    # Shorter ones are no secret, and would riddle the text with holes.
    for each in sorted({*private, *answers}, key=len, reverse=True):
        if len(each) > 2:
            text = text.replace(each, "[…]")
    return text[:500]


def place(error: BaseException) -> str:
    """Give file and line where *error* was raised; the message may be personal, its place is not."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    return f"{os.path.basename(last.filename)}:{last.lineno}"
