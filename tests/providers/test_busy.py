"""Tests of what several sources of busy times say together."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone

import pytest

from booker_components.errors import ProviderError, ProviderRefused, ProviderUnavailable
from booker_components.providers.embedded.calendars.busy import BusySource, gather

from .ics import instants, shown

WINDOW = instants("02-01 00:00", "02-08 00:00")
NINE = datetime(2027, 2, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)


class Said:
    """A source that says what it was told to."""

    def __init__(self, *spans: tuple[datetime, datetime]) -> None:
        self._spans = spans

    def busy(self, window: object) -> Iterable[tuple[datetime, datetime]]:
        """Say it."""
        return self._spans


class Failing:
    """A source that fails."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    def busy(self, window: object) -> Iterable[tuple[datetime, datetime]]:
        """Fail."""
        raise self._error


def test_sources_are_known_by_their_method() -> None:
    """Whatever has the method is a source."""
    assert isinstance(Said(), BusySource)
    assert not isinstance(object(), BusySource)


def test_several_sources_are_one() -> None:
    """What any of them says is busy, in UTC and without overlaps."""
    india = timezone(timedelta(hours=5, minutes=30))
    sources = [
        Said((NINE + 5 * HOUR, NINE + 6 * HOUR), (NINE, NINE + HOUR)),
        Said((NINE.astimezone(india) + HOUR / 2, NINE.astimezone(india) + 2 * HOUR)),
        Said(),
    ]

    found = gather(sources, WINDOW)

    assert [shown(*each) for each in found] == ["02-02 09:00 - 11:00", "02-02 14:00 - 15:00"]
    assert all(each.tzinfo is UTC for span in found for each in span)


def test_no_sources_are_never_busy() -> None:
    """Whoever has no other calendar is free but for bookings."""
    assert gather([], WINDOW) == []


def test_moments_take_no_time() -> None:
    """What ends as it begins, or before, keeps nobody out."""
    assert gather([Said((NINE, NINE), (NINE, NINE - HOUR))], WINDOW) == []


def test_failure_of_a_source_is_raised() -> None:
    """One that cannot tell may hide anything: what the others say does not suffice."""
    with pytest.raises(ProviderRefused, match="no access"):
        gather([Said((NINE, NINE + HOUR)), Failing(ProviderRefused("no access"))], WINDOW)


@pytest.mark.parametrize(
    "source",
    [
        pytest.param(Failing(RuntimeError("ada@example.com https://secret")), id="any error"),
        pytest.param(Failing(KeyError("ada@example.com https://secret")), id="a bug"),
        pytest.param(Said((NINE.replace(tzinfo=None), NINE.replace(tzinfo=None) + HOUR)), id="naive times"),
        pytest.param(Said(None), id="no times"),  # type: ignore[arg-type]  # what a bug would give
    ],
)
def test_whatever_a_source_raises_is_told_without_its_words(source: BusySource) -> None:
    """A host app's own function may raise anything, and its words may hold addresses and names."""
    with pytest.raises(ProviderUnavailable) as caught:
        gather([source], WINDOW)

    assert isinstance(caught.value, ProviderError)
    assert "secret" not in caught.value.message
    assert "ada" not in caught.value.message
    assert type(source).__name__ in caught.value.message
