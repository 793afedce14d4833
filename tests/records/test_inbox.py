"""The inbox: every webhook is kept once, taken until that has worked, and forgotten after a while."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from booker_components.records.attempts import CRASHES
from booker_components.records.inbox import (
    KEEP,
    LEASE,
    PARK_AFTER,
    Claim,
    Inbox,
    InboxState,
    hearer_of,
    incoming_from,
)
from booker_components.records.tables import inbox as rows
from booker_components.storage import Storage
from booker_components.testing import FrozenClock
from booker_components.values import EventKind, Incoming, Notice, NoticeKind

from ..providers.samples import NOW
from ..test_payloads import FULL

NOTICE = Incoming(key="k1", trigger="BOOKING_CREATED", at=NOW, uids=("one", "two"))
UNKNOWN = Incoming(key="k2", trigger="OOO_CREATED", at=NOW)
FORM = Notice(
    id="k4", kind=NoticeKind.FORM_SUBMITTED, at=NOW, form="Routing", answers={"days": ("Mon", "Tue")}
)
HEARD = Incoming(key="k4", trigger="FORM_SUBMITTED", at=NOW, notice=FORM)
BODY = b'{"as": "it came"}'
SOON = timedelta(seconds=10)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands still."""
    return FrozenClock(NOW)


@pytest.fixture
def inbox(storage: Storage, clock: FrozenClock) -> Inbox:
    """An inbox with nothing in it."""
    return Inbox(storage, clock)


def claimed(inbox: Inbox) -> Claim:
    """Give the webhook that is due, which there must be."""
    claim = inbox.claim("calcom")
    assert claim is not None
    return claim


def counts(inbox: Inbox) -> tuple[int, ...]:
    """Give how many webhooks are new, done, kept and parked."""
    return tuple(inbox.counts("calcom").values())


def bodies(storage: Storage) -> list[bytes]:
    """Give what is kept of every webhook."""
    with storage.reading() as connection:
        return [row.body for row in connection.execute(select(rows).order_by(rows.c.id))]


@pytest.mark.parametrize(
    "notice",
    [
        pytest.param(NOTICE, id="plain"),
        pytest.param(replace(NOTICE, kind=EventKind.PAID), id="with a kind"),
        pytest.param(replace(NOTICE, told=FULL), id="with the booking"),
        pytest.param(replace(NOTICE, account="ann"), id="for an account"),
    ],
)
def test_a_webhook_is_claimed_as_it_was_received(inbox: Inbox, notice: Incoming) -> None:
    """What a webhook is about survives until somebody takes it, whatever process that is."""
    assert inbox.receive("calcom", notice, BODY)

    assert incoming_from(claimed(inbox)) == notice


def test_a_copy_is_let_go(inbox: Inbox) -> None:
    """The second one of a notice is not kept, even after the first was taken."""
    inbox.receive("calcom", NOTICE, BODY)
    inbox.done(claimed(inbox))

    assert not inbox.receive("calcom", NOTICE, BODY)
    assert inbox.claim("calcom") is None


def test_the_same_key_of_another_provider_is_no_copy(inbox: Inbox) -> None:
    """Keys are a provider's own, and each takes its own webhooks."""
    assert inbox.receive("calcom", NOTICE, BODY)
    assert inbox.receive("jicoo", NOTICE, BODY)

    assert inbox.claim("calcom") is not None
    assert inbox.claim("calcom") is None
    assert inbox.claim("jicoo") is not None


def test_the_same_key_at_another_address_is_no_copy(inbox: Inbox) -> None:
    """Whoever may write to one address cannot use up the keys of another."""
    assert inbox.receive("calcom", NOTICE, BODY, mark="a1")
    assert inbox.receive("calcom", NOTICE, BODY, mark="b2")
    assert inbox.receive("calcom", NOTICE, BODY)

    assert not inbox.receive("calcom", NOTICE, BODY, mark="b2")


def test_a_notice_tells_for_which_account_it_came(inbox: Inbox) -> None:
    """Its hearer may be in another process."""
    told = replace(HEARD, account="ann", notice=replace(FORM, account="ann"))
    inbox.receive("calcom", told, BODY, hearers=("one",), mark="a1")

    assert incoming_from(claimed(inbox)) == told


def test_what_is_not_understood_is_kept_as_it_came(inbox: Inbox, storage: Storage) -> None:
    """A webhook about no booking waits for nobody, and keeps its body."""
    assert inbox.receive("calcom", UNKNOWN, BODY)

    assert inbox.claim("calcom") is None
    assert bodies(storage) == [BODY]
    assert counts(inbox) == (0, 0, 1, 0)


def test_a_notice_is_claimed_once_for_each_hearer(inbox: Inbox, storage: Storage) -> None:
    """Each hearer has a row of its own, under its name; a copy is let go for all of them."""
    assert inbox.receive("calcom", HEARD, BODY, hearers=("one", "two"))
    assert not inbox.receive("calcom", HEARD, BODY, hearers=("one", "two"))

    claims = [claimed(inbox), claimed(inbox)]

    assert [hearer_of(each) for each in claims] == ["one", "two"]
    assert [incoming_from(each) for each in claims] == [HEARD, HEARD]
    assert inbox.claim("calcom") is None


def test_a_webhook_about_bookings_is_for_no_hearer(inbox: Inbox) -> None:
    """Whoever hears notices, it is taken once."""
    inbox.receive("calcom", NOTICE, BODY, hearers=("one", "two"))

    assert hearer_of(claimed(inbox)) == ""
    assert inbox.claim("calcom") is None


def test_a_notice_that_nobody_hears_is_kept_as_it_came(inbox: Inbox, storage: Storage) -> None:
    """Without hearers it is as if it were not understood."""
    assert inbox.receive("calcom", HEARD, BODY)

    assert inbox.claim("calcom") is None
    assert bodies(storage) == [BODY]


def test_what_was_taken_keeps_no_personal_data(inbox: Inbox, storage: Storage) -> None:
    """The body of a webhook that was taken is emptied."""
    inbox.receive("calcom", replace(NOTICE, told=FULL), BODY)

    inbox.done(claimed(inbox))

    assert bodies(storage) == [b""]
    assert counts(inbox) == (0, 1, 0, 0)


def test_what_fails_is_due_again_after_a_while(inbox: Inbox, clock: FrozenClock) -> None:
    """A failure is no end: not before the time that was asked for, and with one more attempt."""
    inbox.receive("calcom", NOTICE, BODY)

    state = inbox.failed(claimed(inbox), "ProviderUnavailable", again=SOON)
    clock.move(SOON - timedelta(seconds=1))
    too_early = inbox.claim("calcom")
    clock.move(timedelta(seconds=1))

    assert (state, too_early) == (InboxState.NEW, None)
    assert claimed(inbox).attempts == 2


def test_a_failing_webhook_holds_up_no_other(inbox: Inbox) -> None:
    """Whoever is due longest comes first, and who has failed comes later."""
    inbox.receive("calcom", NOTICE, BODY)
    inbox.receive("calcom", replace(NOTICE, key="k3", uids=("three",)), BODY)

    inbox.failed(claimed(inbox), "ProviderUnavailable", again=SOON)

    assert incoming_from(claimed(inbox)).uids == ("three",)


def test_what_fails_for_a_day_is_parked_until_somebody_retries_it(inbox: Inbox, clock: FrozenClock) -> None:
    """A day of failures ends the attempts; retrying gives it another day."""
    inbox.receive("calcom", NOTICE, BODY)
    clock.move(PARK_AFTER)

    state = inbox.failed(claimed(inbox), "ProviderRefused", again=SOON)
    clock.move(SOON)
    left_alone = inbox.claim("calcom")
    retried = inbox.retry("calcom")
    again = inbox.failed(claimed(inbox), "ProviderRefused", again=SOON)

    assert (state, left_alone, retried, again) == (InboxState.PARKED, None, 1, InboxState.NEW)


def test_a_webhook_whose_process_ended_is_due_again(inbox: Inbox, clock: FrozenClock) -> None:
    """A claim lasts as long as its lease: what nobody ended is taken again, and only its claimer ends it."""
    inbox.receive("calcom", NOTICE, BODY)
    first = claimed(inbox)
    meanwhile = inbox.claim("calcom")
    clock.move(LEASE)

    second = claimed(inbox)
    inbox.done(first)

    assert meanwhile is None
    assert counts(inbox) == (1, 0, 0, 0)
    inbox.done(second)
    assert counts(inbox) == (0, 1, 0, 0)


def test_what_is_old_is_forgotten(inbox: Inbox, storage: Storage, clock: FrozenClock) -> None:
    """Nothing that was taken, kept or parked stays longer than it is of use; what is new stays."""
    for number in range(3):
        inbox.receive("calcom", replace(NOTICE, key=f"n{number}"), BODY)
    inbox.done(claimed(inbox))
    inbox.receive("calcom", UNKNOWN, BODY)
    clock.move(PARK_AFTER)
    inbox.failed(claimed(inbox), "ProviderRefused", again=SOON)
    clock.move(KEEP)

    inbox.receive("calcom", replace(NOTICE, key="late"), BODY)

    assert counts(inbox) == (2, 0, 0, 0)
    assert len(bodies(storage)) == 2


def test_a_webhook_that_always_ends_its_process_is_parked(
    inbox: Inbox, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """After a day nobody touches it, and the next one is taken; a retry gives it another day."""
    inbox.receive("calcom", NOTICE, BODY)
    for _ in range(CRASHES):
        claimed(inbox)
        clock.move(PARK_AFTER / CRASHES)
    inbox.receive("calcom", replace(NOTICE, key="k3", uids=("three",)), BODY)

    healthy = claimed(inbox)
    parked = counts(inbox)
    inbox.retry("calcom")

    assert incoming_from(healthy).uids == ("three",)
    assert parked == (1, 0, 0, 1)
    assert "its attempt 10 did not end" in caplog.text
    assert incoming_from(claimed(inbox)).uids == ("one", "two")


def test_one_that_failed_in_an_orderly_way_is_tried_again_after_a_pause(
    inbox: Inbox, clock: FrozenClock
) -> None:
    """However long the app was down, and however often it had failed."""
    inbox.receive("calcom", NOTICE, BODY)
    for _ in range(CRASHES):
        inbox.failed(claimed(inbox), "ProviderUnavailable", again=SOON)
        clock.move(SOON)
    clock.move(PARK_AFTER)

    assert claimed(inbox).attempts == CRASHES + 1
