"""Tests of what makes each request once, with attempts that end as a test says."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from booker_components.errors import (
    BookingNotFound,
    NotBookable,
    OutcomeUnknown,
    ProviderUnavailable,
    SlotTaken,
)
from booker_components.policy import Rule
from booker_components.providers._once import NothingMade, Once, fingerprint, in_turn, settled
from booker_components.records.keys import RequestKeys
from booker_components.records.turns import Turns
from booker_components.storage import Storage
from booker_components.testing import FrozenClock
from booker_components.values import Attendee, Booking, BookingStatus

from .samples import ADA, HALF_HOUR, NINE, NOW, request_at, slot, url_in

STALE = timedelta(seconds=90)


def booking(uid: str, **changes: object) -> Booking:
    """Give a booking."""
    made = Booking(
        uid=uid,
        event_type="intro-call",
        title="Intro call",
        start=NINE,
        end=NINE + HALF_HOUR,
        status=BookingStatus.CONFIRMED,
        hosts=(ADA,),
        attendee=Attendee(name="Zoe", email="zoe@example.org"),
        created_at=NOW,
        updated_at=NOW,
    )
    return replace(made, **changes)  # type: ignore[arg-type]


Step = Callable[[], Booking | None]


def fails(error: Exception) -> Callable[[], Booking]:
    """Give a step that raises *error*."""

    def step() -> Booking:
        raise error

    return step


@dataclass
class Attempt:
    """An attempt whose steps end one after the other as they are told, the last for ever."""

    checks: list[Step] = field(default_factory=lambda: [lambda: None])
    sends: list[Step] = field(default_factory=lambda: [lambda: booking("made")])
    looks: list[Step] = field(default_factory=lambda: [lambda: None])
    reads: list[Step] = field(default_factory=lambda: [lambda: booking("read")])
    looking: bool = True
    #: What was done, in order.
    done: list[str] = field(default_factory=list)

    def _do(self, name: str, steps: list[Step]) -> Booking | None:
        self.done.append(name)
        return (steps.pop(0) if len(steps) > 1 else steps[0])()

    def check(self) -> None:
        """Check."""
        self._do("check", self.checks)

    def send(self) -> Booking:
        """Send."""
        made = self._do("send", self.sends)
        assert made is not None
        return made

    def can_look(self) -> bool:
        """Tell whether one may look."""
        return self.looking

    def look(self) -> Booking | None:
        """Look."""
        return self._do("look", self.looks)

    def read(self, uid: str) -> Booking:
        """Read."""
        found = self._do(f"read {uid}", self.reads)
        assert found is not None
        return found


@dataclass
class Ground:
    """Keys, a clock, and what was slept."""

    keys: RequestKeys
    turns: Turns
    clock: FrozenClock
    naps: list[float]

    @property
    def once(self) -> Once:
        """Give what makes each request once."""
        return Once(self.keys, clock=self.clock, sleep=self.naps.append, stale=STALE)

    def turn(self, name: str) -> AbstractContextManager[None]:
        """Wait for the turn of a name."""
        return in_turn(self.turns, name, sleep=self.naps.append)


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    """A database of its own."""
    storage, clock = Storage(url_in(tmp_path)), FrozenClock(NOW)
    storage.upgrade()
    turns = Turns(storage, clock, lasts=STALE)
    yield Ground(keys=RequestKeys(storage, clock), turns=turns, clock=clock, naps=[])
    storage.close()


# --- once for each key ---------------------------------------------------------------------------


def test_the_second_time_the_booking_is_read(ground: Ground) -> None:
    """As it now stands; of a series, by the series."""
    attempt = Attempt(sends=[lambda: booking("made", series="series")])

    first, second = (ground.once.make("key", "print", attempt) for _ in range(2))

    assert (first.uid, second.uid) == ("made", "read")
    assert attempt.done == ["check", "send", "read series"]


def test_a_key_of_another_request_is_refused(ground: Ground) -> None:
    """And so is one whose booking the provider knows no more."""
    ground.once.make("key", "print", Attempt())

    with pytest.raises(NotBookable) as caught:
        ground.once.make("key", "other", Attempt())
    with pytest.raises(NotBookable) as gone:
        ground.once.make("key", "print", Attempt(reads=[fails(BookingNotFound())]))

    assert caught.value.rule is gone.value.rule is Rule.REPEATED


@pytest.mark.parametrize("step", ["checks", "sends"])
def test_a_refusal_frees_the_key(ground: Ground, step: str) -> None:
    """It has made nothing, and never will."""
    with pytest.raises(SlotTaken):
        ground.once.make("key", "print", Attempt(**{step: [fails(SlotTaken())]}))

    assert ground.keys.read("key") is None


def test_a_crash_of_the_check_frees_the_key(ground: Ground) -> None:
    """Nothing has been sent."""
    with pytest.raises(ZeroDivisionError):
        ground.once.make("key", "print", Attempt(checks=[fails(ZeroDivisionError())]))

    assert ground.keys.read("key") is None


def test_an_unknown_outcome_keeps_the_key_until_it_is_stale(ground: Ground) -> None:
    """Others wait; then what was made is looked up."""
    with pytest.raises(OutcomeUnknown):
        ground.once.make("key", "print", Attempt(sends=[fails(OutcomeUnknown())]))
    with pytest.raises(ProviderUnavailable) as caught:
        ground.once.make("key", "print", Attempt())
    assert "being made" in caught.value.sentence
    assert sum(ground.naps) == pytest.approx(5)

    ground.clock.move(STALE + timedelta(seconds=1))
    late = Attempt(looks=[lambda: booking("late")])

    assert ground.once.make("key", "print", late).uid == "late"
    assert late.done == ["look"]
    assert ground.once.make("key", "print", Attempt()).uid == "read"


def test_who_takes_over_books_if_nothing_was_made(ground: Ground) -> None:
    """Having looked."""
    ground.keys.claim("key", "print")
    ground.clock.move(STALE + timedelta(seconds=1))
    attempt = Attempt()

    assert ground.once.make("key", "print", attempt).uid == "made"
    assert attempt.done == ["look", "check", "send"]


def test_nothing_is_taken_over_blindly(ground: Ground) -> None:
    """Where nobody can look, or the look fails, the key stays closed."""
    ground.keys.claim("key", "print")
    ground.clock.move(STALE + timedelta(seconds=1))
    blind, failing = Attempt(looking=False), Attempt(looks=[fails(ProviderUnavailable())])

    with pytest.raises(OutcomeUnknown):
        ground.once.make("key", "print", blind)
    with pytest.raises(OutcomeUnknown):
        ground.once.make("key", "print", failing)

    assert "send" not in blind.done + failing.done


def test_after_a_call_that_made_nothing_so_far_the_next_looks_first(ground: Ground) -> None:
    """At once, and for another request too: it may be made yet."""
    lost = Attempt(sends=[fails(NothingMade("Nothing."))])
    with pytest.raises(NothingMade):
        ground.once.make("key", "print", lost)
    attempt = Attempt()

    assert ground.once.make("key", "other", attempt).uid == "made"
    assert attempt.done == ["look", "check", "send"]
    assert ground.naps == []


@pytest.mark.parametrize("step", ["checks", "sends"])
def test_what_a_lost_call_makes_late_is_no_taken_slot(ground: Ground, step: str) -> None:
    """The time is taken by the guest's own first call."""
    ground.keys.claim("key", "print")
    ground.clock.move(STALE + timedelta(seconds=1))
    looks: list[Step] = [lambda: None, lambda: booking("late")]
    attempt = Attempt(looks=looks, **{step: [fails(SlotTaken())]})

    assert ground.once.make("key", "print", attempt).uid == "late"


def test_who_was_taken_over_from_sends_nothing(ground: Ground) -> None:
    """Its check took too long; it gives what the other one has made."""
    quick = Attempt()

    def slow() -> None:
        ground.clock.move(STALE + timedelta(seconds=1))
        ground.once.make("key", "print", quick)

    attempt = Attempt(checks=[slow])

    assert ground.once.make("key", "print", attempt).uid == "read"
    assert attempt.done == ["check", "read made"]
    assert quick.done == ["look", "check", "send"]


# --- turns ---------------------------------------------------------------------------------------


def test_one_after_the_other(ground: Ground) -> None:
    """Of the same name; others have turns of their own."""
    inside: list[str] = []
    most: list[int] = []

    def have(name: str) -> None:
        with in_turn(ground.turns, name, sleep=lambda seconds: time.sleep(0.02)):
            inside.append(name)
            most.append(inside.count(name))
            time.sleep(0.03)
            inside.remove(name)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(have, ["a", "a", "b", "a"]))

    assert max(most) == 1
    assert len(most) == 4


def test_a_turn_ends_with_its_block(ground: Ground) -> None:
    """Also with one that fails."""
    with pytest.raises(ZeroDivisionError), ground.turn("name"):
        raise ZeroDivisionError
    with ground.turn("name"):
        pass

    assert ground.naps == []
    assert not ground.turns.is_taken("name")


def test_a_turn_is_waited_for_and_not_for_ever(ground: Ground) -> None:
    """Until whoever has it must have crashed."""
    assert ground.turns.take("name")

    with pytest.raises(ProviderUnavailable) as caught, ground.turn("name"):
        pass
    ground.clock.move(STALE + timedelta(seconds=1))
    with ground.turn("name"):
        pass

    assert "being made" in caught.value.sentence
    assert sum(ground.naps) == pytest.approx(5)


# --- looking -------------------------------------------------------------------------------------


def test_it_is_looked_until_something_is_found() -> None:
    """Some seconds apart, and not for ever."""
    naps: list[float] = []
    found: list[Booking | None] = [None, booking("made")]
    unknown = OutcomeUnknown("Nobody knows.")

    made = settled(lambda: found.pop(0), unknown, looks=3, pause=2.0, sleep=naps.append)
    nothing = settled(lambda: None, unknown, looks=3, pause=2.0, sleep=naps.append)

    assert made == booking("made")
    assert nothing is None
    assert naps == [2.0] * 3


def test_a_look_that_fails_tells_nothing() -> None:
    """The outcome is as unknown as before."""
    unknown = OutcomeUnknown("Nobody knows.")

    with pytest.raises(OutcomeUnknown) as caught:
        settled(fails(ProviderUnavailable()), unknown, looks=3, pause=2.0, sleep=lambda seconds: None)

    assert caught.value is unknown


# --- fingerprints --------------------------------------------------------------------------------


def test_fingerprints_tell_requests_apart_and_nothing_else() -> None:
    """By event type, owner, start and guest, whose address is the same in any case."""
    one = request_at(NINE)
    same = replace(one, attendee=replace(one.attendee, email="ZOE@example.org"), notes="Other words")
    others = [request_at(slot(1)), request_at(NINE, event_type="other"), request_at(NINE, owner="bo")]

    assert fingerprint(one) == fingerprint(same)
    assert len({fingerprint(each) for each in (one, *others)}) == 4
    assert "zoe" not in fingerprint(one)
