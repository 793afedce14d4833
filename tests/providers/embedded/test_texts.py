"""Texts that not every database keeps are refused on each."""

from dataclasses import replace

import pytest

from booker_components.errors import Refused
from booker_components.values import Approval, BookingStatus

from ..samples import INTRO, engine_on, slot
from ..team import of

NUL = "See you\0"


@pytest.mark.parametrize(
    "change",
    [
        lambda engine, uid: engine.reschedule(uid, slot(1), reason=NUL),
        lambda engine, uid: engine.reschedule(uid, slot(1), by=NUL),
        lambda engine, uid: engine.cancel(uid, reason=NUL),
        lambda engine, uid: engine.cancel(uid, by=NUL),
        lambda engine, uid: engine.decline(uid, reason=NUL),
    ],
    ids=["reason of a move", "who moves", "reason of a cancellation", "who cancels", "reason of a refusal"],
)
def test_the_character_nul_changes_nothing(url, change):
    """PostgreSQL has no such text, and SQLite must not be the only one that has."""
    asked = replace(INTRO, approval=Approval())
    engine, _ = engine_on(url, asked)
    booked = engine.book(of(asked, slot(0)))

    with pytest.raises(Refused) as refused:
        change(engine, booked.uid)

    assert "NUL" in refused.value.message
    assert refused.value.sentence == "This has characters that cannot be used. Please type it again."
    assert (engine.get(booked.uid).status, engine.get(booked.uid).revision) == (BookingStatus.PENDING, 1)
