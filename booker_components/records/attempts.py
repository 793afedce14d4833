"""When attempts at something are given up: the same for deliveries and for webhooks that came in."""

from __future__ import annotations

from datetime import datetime, timedelta

#: What still fails, or ends its process, so long after its first attempt is parked.
PARK_AFTER = timedelta(hours=24)

#: So many attempts there are at least, before something is parked for ending its process: one crash and a
#: long pause after it say nothing about whoever was called.
CRASHES = 10

#: The last error of what is under way, or whose process ended in the middle.
UNFINISHED = "No attempt has ended yet."


def is_hopeless(attempts: int, last_error: str, *, since: datetime | None, now: datetime) -> bool:
    """Tell whether something that was first tried at *since* has ended its process for a day.

    What failed in an orderly way gets another attempt, however long the app was down.
    """
    broken_off = attempts >= CRASHES and last_error == UNFINISHED
    return bool(broken_off and since and now - since >= PARK_AFTER)
