"""The free times of a day, as steps that are made when they are looked at."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import MultiDict

from booker_components import Seats, Slot
from booker_components.web import state
from booker_components.web.starts import Starts

from ..conftest import INTRO

NINE = datetime(2027, 2, 2, 8, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)


def starts(
    first: datetime = NINE, *, step: timedelta = HALF, query: str = "", kept: state.Pairs = (), **more: object
) -> Starts:
    """Give three times of a day in Berlin, *step* apart."""
    at = state.read(
        MultiDict(pair.split("=") for pair in query.split("&") if pair), INTRO, path="/p", kept=kept
    )
    slots = tuple(Slot(start=first + step * number, end=first + step * number + HALF) for number in range(3))
    return replace(Starts.of(at, slots, seats=None, present=None), **more)


def test_times_are_a_sequence_of_steps() -> None:
    """Templates may count them, take the first, or go through them more than once."""
    found = starts(query="tz=Europe/Paris", kept=(("name", "Bo"),))

    assert len(found) == 3
    assert [each.label for each in found] == ["09:00", "09:30", "10:00"] == [each.label for each in found[:]]
    assert found[-1] == tuple(found)[-1] != found[0]
    assert found[0].href == "/p?name=Bo&tz=Europe/Paris&slot=2027-02-02T08:00:00Z"
    assert found[0].query == "name=Bo&tz=Europe/Paris&slot=2027-02-02T08:00:00Z"
    assert starts()[0].query == "slot=2027-02-02T08:00:00Z"


def test_an_hour_that_comes_twice_is_told_apart() -> None:
    """As the clocks go back, by the offset; the other times stay short."""
    found = starts(datetime(2027, 10, 30, 23, 30, tzinfo=UTC), step=timedelta(hours=1))

    assert [each.label for each in found] == ["01:30", "02:30 (GMT+2)", "02:30 (GMT+1)"]


def test_seats_and_the_present_time_are_said() -> None:
    """Beside the time, and in its name."""
    plain = starts(present=NINE + HALF)
    shared = tuple(replace(each, seats_left=2, seats_total=3) for each in plain.slots)

    assert [each.name for each in plain] == ["", "09:30, the present time", ""]
    assert replace(plain, slots=shared)[1].name == "09:30, 2 seats left, the present time"
    assert [each.note for each in replace(plain, slots=shared)] == ["2 seats left"] * 3
    assert [each.note for each in replace(plain, slots=shared, seats=Seats(per_slot=3, show_left=False))] == [
        ""
    ] * 3


def test_equal_times_are_known_by_their_values() -> None:
    """What is drawn of one can be shown for the other."""
    assert starts() == starts()
    assert hash(starts()) == hash(starts())
    assert (
        len({starts(), starts(kept=(("name", "Bo"),)), starts(query="tz=Asia/Tokyo"), starts(NINE + HALF)})
        == 4
    )
