"""The state of a booker and the steps that lead on from it."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from werkzeug.datastructures import MultiDict

from booker_components.web import state
from booker_components.web.state import State

from ..conftest import CHECKUP

KEPT = (("name", "Bo & Cy"), ("email", "b@x.example"))
QUERIES = [
    "",
    "month=2027-02",
    "date=2027-02-01&tz=Asia/Kathmandu&clock=12",
    "slot=2027-02-02T09:00:00Z&duration=60",
]


def read(query: str, kept: state.Pairs = ()) -> State:
    """Give the state of a *query*."""
    values = MultiDict(pair.split("=") for pair in query.split("&") if pair)
    return state.read(values, CHECKUP, path="/book/check-up", kept=kept)


@pytest.mark.parametrize("kept", [(), KEPT], ids=["plain", "prefilled"])
@pytest.mark.parametrize("query", QUERIES)
def test_days_are_reached_by_what_is_written_once(query: str, kept: state.Pairs) -> None:
    """The query to each day is that of the state with the day on view."""
    at = read(query, kept)
    days = [date(2027, 2, 1) + timedelta(days=count) for count in range(3)]

    to_days = at.to_days()

    assert [to_days(day) for day in days] == [at.at(day=day).query() for day in days]


def test_every_step_begins_with_what_is_kept() -> None:
    """So that what is one visitor's can be put before what is anybody's."""
    at = read("tz=Asia/Tokyo", KEPT)

    assert at.beginning() == "name=Bo%20%26%20Cy&email=b%40x.example"
    assert at.query() == f"{at.beginning()}&tz=Asia/Tokyo"
    assert read("tz=Asia/Tokyo").beginning() == ""
