"""At Jicoo: own calls, webhooks, returns and syncs, in any order and at once: each change is told once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booker_components.errors import ProviderUnavailable
from booker_components.journal import place
from booker_components.outbox import Outbox
from booker_components.providers.jicoo import JicooProvider
from booker_components.service import BookingService
from booker_components.storage import Storage
from booker_components.values import Attendee, Booking, BookingRequest, CancelScope, EventKind, Incoming

from .providers.jicoo.samples import NOW, AtJicoo, at_jicoo, declared, slot
from .rush import rush

CREATED, MOVED, CANCELLED = EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED
SECOND = timedelta(seconds=1)


class Slow(JicooProvider):
    """A provider whose calls are answered only after something else has happened."""

    #: What happens after each change at Jicoo, before our own call hears of it.
    meanwhile: Callable[[], object] | None = None

    def book(self, request: BookingRequest) -> Booking:
        """Book."""
        return self._late(super().book(request))

    def reschedule(self, uid: str, start: datetime, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking."""
        return self._late(super().reschedule(uid, start, reason=reason, by=by))

    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel a booking."""
        return self._late(super().cancel(uid, reason=reason, by=by, scope=scope))

    def _late(self, booking: Booking) -> Booking:
        if self.meanwhile:
            self.meanwhile()
        return booking


@dataclass(frozen=True, kw_only=True)
class Following:
    """A service over a fake Jicoo, and what its subscribers are told."""

    at: AtJicoo
    provider: Slow
    service: BookingService
    outbox: Outbox

    @property
    def told(self) -> list[tuple[EventKind, str, datetime]]:
        """Give kind, booking and start of every event, oldest first."""
        events = reversed(self.outbox.events())
        return [(each.kind, each.booking.uid, each.booking.start) for each in events]

    @property
    def kinds(self) -> list[EventKind]:
        """Give the kinds of all events, oldest first."""
        return [kind for kind, _, _ in self.told]

    def webhooks(self) -> list[Incoming]:
        """Give the webhooks that are on their way, and take them off it."""
        sent, self.at.fake.outgoing[:] = list(self.at.fake.outgoing), []
        return [self.provider.incoming(each.headers, each.body) for each in sent]


@contextmanager
def follow(folder: Path) -> Iterator[Following]:
    """Put a service over a fake."""
    storage = Storage(f"sqlite:///{folder}/booker.sqlite3")
    with at_jicoo(folder) as at:
        outbox = Outbox(storage, clock=at.clock)
        provider = Slow(
            at.client,
            declared=(declared(),),
            keys=at.keys,
            turns=at.turns,
            clock=at.clock,
            sleep=at.naps.append,
            recall=outbox.last_told,
            webhook_secret="hush",
        )
        service = BookingService(provider=provider, storage=storage, outbox=outbox, clock=at.clock)
        at.fake.webhooks("https://partner.example/webhooks/jicoo", "hush")
        yield Following(at=at, provider=provider, service=service, outbox=outbox)
    storage.close()


@pytest.fixture
def following(tmp_path: Path) -> Iterator[Following]:
    """A service that nothing has happened to."""
    with follow(tmp_path) as made:
        yield made


def _lead(following: Following, steps: list[str]) -> list[Incoming]:
    """Let a booking be made, and these things happen to it here and elsewhere; give the webhooks."""
    service, fake = following.service, following.at.fake
    uid = service.book(following.at.request()).uid
    for number, step in enumerate(steps, 1):
        following.at.clock.move(SECOND)
        if step == "move here":
            uid = service.reschedule(uid, slot(number), by="host", force=True).uid
        elif step == "edit here":
            service.follow(uid, partial(following.provider.update, uid, start=slot(number)))
        elif step.startswith("move elsewhere"):
            uid = fake.reschedule(uid, slot(number), by="host" if "host" in step else "guest").uid
        elif step == "cancel here":
            service.cancel(uid, reason="Ill")
        elif step == "cancel elsewhere":
            fake.cancel(uid, reason="Ill")
    return following.webhooks()


_HERE = ["move here", "edit here"]
_MOVES = st.lists(st.sampled_from([*_HERE, "move elsewhere", "move elsewhere by host"]), max_size=3)
_ENDS = st.sampled_from([[], ["cancel here"], ["cancel elsewhere"]])


@given(moves=_MOVES, ends=_ENDS, data=st.data())
@settings(max_examples=12, deadline=None)
def test_in_any_order_each_change_is_told_once(
    moves: list[str], ends: list[str], data: st.DataObject
) -> None:
    """Webhooks come twice, late and mixed with syncs and returns; each thing is told once, as it was."""
    with TemporaryDirectory() as folder, follow(Path(folder)) as following:
        sent = _lead(following, moves + ends)
        (uid,) = {each.uids[0] for each in sent}
        looks = data.draw(st.permutations([*sent, *sent, "sync", "sync", "return"]))

        for each in looks:
            if isinstance(each, Incoming):
                following.service.take(each)
            elif each == "sync":
                following.service.sync(NOW - SECOND)
            else:
                following.service.observe(uid)

        counts = Counter(following.told)
        stands = following.service.get(uid)
    kinds = [kind for kind, _, _ in counts]
    assert set(counts.values()) == {1}
    assert (kinds.count(CREATED), kinds.count(CANCELLED)) == (1, len(ends))
    # A move that was followed by more before anybody looked is not told.
    assert sum(each in _HERE for each in moves) <= kinds.count(MOVED) <= len(moves)
    assert list(counts)[-1][2] == stands.start


@given(moves=_MOVES, data=st.data())
@settings(max_examples=8, deadline=None)
def test_with_a_new_uid_for_each_move_nothing_is_told_twice(moves: list[str], data: st.DataObject) -> None:
    """Should Jicoo not keep it: whoever moves here is told as moved, and nothing that stands as cancelled."""
    with TemporaryDirectory() as folder, follow(Path(folder)) as following:
        following.at.fake.habits.keeps_uid = False
        sent = _lead(following, moves)
        looks = data.draw(st.permutations([*sent, *sent, None]))

        for each in looks:
            if each is None:
                following.service.sync(NOW - SECOND)
            else:
                following.service.take(each)

        counts = Counter(following.told)
        (stands,) = [each.uid for each in following.at.fake.bookings if each.stands]
    assert set(counts.values()) == {1}
    assert (CANCELLED, stands) not in {(kind, uid) for kind, uid, _ in counts}


def test_at_the_same_time_each_change_is_told_once(following: Following) -> None:
    """The answer to our own call, the webhooks of before, and a sync, each in a thread."""
    uid = following.service.book(following.at.request()).uid
    asked = following.webhooks()

    rush(
        following.service,
        lambda: following.service.reschedule(uid, slot(2), reason="A conference", force=True),
        notice=asked[0],
        since=NOW - SECOND,
    )
    for late in (*asked, *following.webhooks()):
        following.service.take(late)

    assert following.kinds == [CREATED, MOVED]


def test_a_change_that_a_crash_kept_from_being_told_is_made_up_for(following: Following) -> None:
    """Jicoo has done it, and our process ended before it kept the event: whoever looks next tells."""
    uid = following.service.book(following.at.request()).uid
    following.provider.cancel(uid)

    counts = [following.service.sync(NOW - SECOND), following.service.sync(NOW - SECOND)]

    assert counts == [1, 0]
    assert following.kinds == [CREATED, CANCELLED]


@pytest.mark.parametrize("for_one", [False, True], ids=["the app's own", "an account's"])
def test_facts_of_a_notice_are_believed_from_the_apps_own_webhook(
    following: Following, for_one: bool
) -> None:
    """Host apps may go by them, and whoever signs for one account only could say anything."""
    made = following.at.fake.book(following.at.page, slot(0), tracking={"campaign": "winter"})
    (incoming,) = following.webhooks()
    host = following.provider.get(made.uid).host.slug

    following.service.take(replace(incoming, account=host if for_one else ""))

    (event,) = following.outbox.events()
    assert event.booking.metadata == ({} if for_one else {"utm_campaign": "winter"})


# --- others who are faster than our own call -----------------------------------------------------


def _overtake(following: Following, look: Callable[[], object]) -> None:
    """Book, move and cancel with all that Jicoo does not keep, while *look* looks each time."""
    following.provider.meanwhile = look
    japanese = Attendee(name="Zoe", email="Zoe@example.org", zone="Asia/Tokyo", locale="ja")
    request = replace(following.at.request(), attendee=japanese, metadata={"crm": "42"})
    uid = following.service.book(request).uid
    following.at.clock.move(SECOND)
    uid = following.service.reschedule(uid, slot(2), reason="A conference", by="guest").uid
    following.at.clock.move(SECOND)
    following.service.cancel(uid, reason="Ill", by="guest")
    following.provider.meanwhile = None


def _assert_told_in_full(following: Following) -> None:
    assert following.kinds == [CREATED, MOVED, CANCELLED]
    told = [each.booking for each in reversed(following.outbox.events())]
    assert {(each.attendee.locale, each.metadata["crm"]) for each in told} == {("ja", "42")}
    assert [(each.reason, each.changed_by) for each in told[1:]] == [
        ("A conference", "guest"),
        ("Ill", "guest"),
    ]


@pytest.mark.parametrize("keeps_uid", [True, False], ids=["same uid", "another uid"])
def test_a_webhook_that_overtakes_our_own_call_waits_for_it(following: Following, keeps_uid: bool) -> None:
    """What Jicoo does not keep (facts, language, why and by whom) only our own call can tell."""
    following.at.fake.habits.keeps_uid = keeps_uid
    sent: list[Incoming] = []

    def take() -> None:
        sent.extend(following.webhooks())
        with pytest.raises(ProviderUnavailable):
            following.service.take(sent[-1])

    _overtake(following, take)
    for each in sent:
        following.service.take(each)

    assert len(sent) == 3
    _assert_told_in_full(following)


@pytest.mark.parametrize("look", ["sync", "return"])
def test_a_look_that_overtakes_our_own_call_leaves_it_alone(following: Following, look: str) -> None:
    """A sync and a guest who comes back are not kept waiting; what they see is told by our own call."""

    def see() -> None:
        if look == "sync":
            assert following.service.sync(NOW - SECOND) == 0
        else:
            following.service.observe(following.at.fake.bookings[-1].uid)

    _overtake(following, see)

    _assert_told_in_full(following)


def test_our_own_call_keeps_nobody_waiting_that_has_crashed(following: Following) -> None:
    """Its turn ends by itself, and the webhook, which is taken again, tells what can be read."""
    request = following.at.request()
    turn = following.at.turns.take(f"change/{place(request.start, request.attendee.email)}")
    following.provider.book(request)
    (incoming,) = following.webhooks()
    assert turn is not None

    with pytest.raises(ProviderUnavailable):
        following.service.take(incoming)
    following.at.clock.move(timedelta(minutes=5))
    following.service.take(incoming)

    assert following.kinds == [CREATED]
