"""Many processes book, move, cancel, decide and deliver at random, on one database: nothing is ever wrong.

`BOOKER_HAMMER_SECONDS` says for how long they do, each time; what they did is printed.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

from sqlalchemy import make_url

from booker_components.outbox import DeliveryState

from .hammering import (
    NEEDS,
    WRONG,
    Field,
    broken_promises,
    deliver_everything,
    everything_booked,
    hammer,
    too_many,
)
from .invariants import problems
from .ledger import every_revision, heard

SECONDS = float(os.environ.get("BOOKER_HAMMER_SECONDS", "4"))

#: SQLite lets one process after the other write.
PLAYERS = {"sqlite": 8, "postgresql": 16}


def test_no_rule_is_ever_broken(database_url: str, tmp_path: Path) -> None:
    """Nothing but refusals; then every booking is whole, and everybody has heard of every change in order."""
    field = Field(url=database_url, folder=tmp_path, began=time.time())

    outcomes = hammer(field, PLAYERS[make_url(database_url).get_backend_name()], SECONDS)
    deliveries = deliver_everything(field)
    bookings = everything_booked(field)

    print(*(f"{count:7} {words}" for words, count in sorted(outcomes.items())), sep="\n")
    assert [words for words in outcomes if words.startswith(WRONG)] == []
    assert all(outcomes[f"{act} done"] for act in ("book", "move", "cancel", "decide"))
    assert problems(database_url, needs=NEEDS) == []
    assert too_many(bookings) == []
    assert broken_promises(field, bookings) == []
    assert deliveries[DeliveryState.DONE] == sum(deliveries.values())
    for ledger in field.ledgers:
        assert heard(ledger) == every_revision(bookings)
