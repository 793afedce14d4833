"""Tests of who has been told of what."""

from __future__ import annotations

from datetime import timedelta

import pytest

from booker_components.records.reports import QUIET, Reports
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ..conftest import MONDAY


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands still."""
    return FrozenClock(MONDAY)


@pytest.fixture
def reports(storage: Storage, clock: FrozenClock) -> Reports:
    """Reports in an empty database."""
    return Reports(storage, clock)


def tell(
    reports: Reports, uid: str, *, kind: str = "broken", recipient: str = "ann@example.com"
) -> tuple[str, ...]:
    """Note a failure and tell of it if it is time."""
    uids = reports.note(kind, recipient, uid)
    reports.told(kind, recipient, uids)
    return uids


def test_a_failure_is_told_once(reports: Reports, clock: FrozenClock) -> None:
    """Of one booking nothing is told again, however much later; in whatever case the address is written."""
    first = tell(reports, "b-1")
    clock.move(QUIET * 3)

    assert first == ("b-1",)
    assert tell(reports, "b-1") == ()
    assert tell(reports, "b-1", recipient="Ann@Example.com") == ()


def test_what_was_not_told_is_noted_still(reports: Reports) -> None:
    """Where telling failed, the next note gives it once more."""
    assert reports.note("broken", "ann@example.com", "b-1") == ("b-1",)
    assert reports.note("broken", "ann@example.com", "b-1") == ("b-1",)


def test_failures_of_one_kind_wait_for_each_other(reports: Reports, clock: FrozenClock) -> None:
    """After one was told, others of its kind wait a day, and are told together."""
    tell(reports, "b-1")
    clock.move(timedelta(hours=1))

    assert tell(reports, "b-2") == ()
    assert tell(reports, "b-2", kind="other") == ("b-2",)
    assert tell(reports, "b-2", recipient="bo@example.com") == ("b-2",)
    clock.move(QUIET)
    assert tell(reports, "b-3") == ("b-2", "b-3")


def test_what_is_settled_may_be_told_again(reports: Reports, clock: FrozenClock) -> None:
    """A booking that was written in the meantime is news when it fails again; others are not."""
    tell(reports, "b-1")
    tell(reports, "b-1", kind="other")
    tell(reports, "b-2", kind="third")

    reports.settle("b-1")
    clock.move(QUIET)

    assert tell(reports, "b-1") == ("b-1",)
    assert tell(reports, "b-2", kind="third") == ()


def test_settling_does_not_end_the_quiet_of_a_day(reports: Reports, clock: FrozenClock) -> None:
    """Bookings that are refused and mended one after the other are no mail each."""
    tell(reports, "b-1")
    reports.settle("b-1")
    clock.move(timedelta(hours=1))

    assert tell(reports, "b-2") == ()
    assert tell(reports, "b-1") == ()
    reports.settle("b-2")
    clock.move(QUIET)
    assert tell(reports, "b-3") == ("b-1", "b-3")


def test_what_nobody_heard_of_is_overdue_after_a_day(reports: Reports, clock: FrozenClock) -> None:
    """Kind by kind, for one recipient; what was settled or told is not."""
    tell(reports, "b-1")
    for uid in ("b-2", "b-3", "b-4"):
        tell(reports, uid)
    tell(reports, "b-2", recipient="bo@example.com")
    reports.settle("b-4")
    reports.settle("b-3", but="broken")

    assert reports.overdue("ann@example.com") == {}
    clock.move(QUIET)
    assert reports.overdue("Ann@example.com") == {"broken": ("b-2", "b-3")}
    assert reports.overdue("bo@example.com") == {}
