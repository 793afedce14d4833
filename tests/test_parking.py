"""A failure that a subscriber calls permanent parks its event at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.errors import DeliveryFailed
from booker_components.outbox import DeliveryState, Outbox
from booker_components.storage import Storage
from booker_components.testing import FrozenClock, Recorder
from booker_components.values import BookingEvent, EventKind

from .providers.samples import NOW
from .test_payloads import FULL

ONE = replace(FULL, uid="one")
TWO = replace(FULL, uid="two")


class Broken:
    """A subscriber that fails until somebody has mended it."""

    name = "broken"

    def __init__(self) -> None:
        self.mended = False
        self.heard: list[tuple[str, EventKind]] = []

    def __call__(self, event: BookingEvent) -> None:
        """Hear, or fail for good."""
        if not self.mended:
            raise DeliveryFailed("It is broken.", permanent=True)
        self.heard.append((event.booking.uid, event.kind))


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """A database, of each kind."""
    made = Storage(database_url)
    yield made
    made.close()


def test_a_permanent_failure_parks_at_once(storage: Storage) -> None:
    """After one attempt, with its message; others of the same subscriber and all of another go on."""
    recorder, broken = Recorder(), Broken()
    outbox = Outbox(storage, (recorder, broken), clock=FrozenClock(NOW))
    outbox.add(EventKind.CREATED, ONE)

    outbox.deliver_due()

    (parked,) = outbox.deliveries(DeliveryState.PARKED)
    assert (parked.subscriber, parked.attempts) == ("broken", 1)
    assert parked.last_error == "DeliveryFailed: It is broken."
    assert recorder.kinds == [EventKind.CREATED]


def test_later_events_of_the_booking_wait_behind_it(storage: Storage) -> None:
    """What was parked is heard first when it is mended; bookings without such a failure do not wait."""
    clock, broken = FrozenClock(NOW), Broken()
    outbox = Outbox(storage, (broken,), clock=clock)
    outbox.add(EventKind.CREATED, ONE)
    outbox.deliver_due()
    broken.mended = True
    outbox.add(EventKind.CANCELLED, ONE)
    outbox.add(EventKind.CREATED, TWO)
    clock.move(timedelta(days=2))
    outbox.deliver_due()
    before = list(broken.heard)

    outbox.retry(subscriber="broken")
    outbox.deliver_due()

    assert before == [("two", EventKind.CREATED)]
    assert broken.heard[1:] == [("one", EventKind.CREATED), ("one", EventKind.CANCELLED)]


def test_retry_can_be_for_one_subscriber(storage: Storage) -> None:
    """Those that another has parked stay parked."""
    outbox = Outbox(storage, (Broken(),), clock=FrozenClock(NOW))
    outbox.add(EventKind.CREATED, ONE)
    outbox.deliver_due()

    assert outbox.retry(subscriber="other") == 0
    assert outbox.retry(subscriber="broken") == 1


def test_an_ordinary_failure_is_tried_again(storage: Storage) -> None:
    """What is not called permanent comes back, as ever."""
    outbox = Outbox(storage, (Recorder(failures=1),), clock=FrozenClock(NOW))
    outbox.add(EventKind.CREATED, ONE)

    outbox.deliver_due()

    assert [each.state for each in outbox.deliveries()] == [DeliveryState.PENDING]
