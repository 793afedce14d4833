"""What a guest does reaches Salesforce over every provider, whatever is down and whoever tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from functools import partial
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask

from booker_components.testing import FrozenClock

from .conftest import TUESDAY
from .elsewhere import hear
from .guests import BO
from .ports import held_port
from .scenes import VENDORS, Scene, set_scene

FIRST, SECOND, LATER = TUESDAY, TUESDAY + timedelta(hours=1), TUESDAY + timedelta(hours=5)
WHO = [("Bo", "Müller", BO["email"])]

STEPS = ("booked", "booked again", "rescheduled", "cancelled")
#: During which steps Salesforce is down.
OUTAGES = {"never": (), "always": STEPS} | {each: (each,) for each in STEPS}

#: At which guests may book without us, and whose webhooks tell all of it.
REMOTE = ("calcom", "jicoo")

Staging = Callable[..., Scene]


@pytest.fixture
def staging(make_app: Callable[..., Flask], clock: FrozenClock) -> Iterator[Staging]:
    """Set scenes."""
    with ExitStack() as stack:
        yield partial(set_scene, stack, make_app, clock)


def _live(scene: Scene, outage: tuple[str, ...] = ()) -> tuple[str, ...]:
    """Let the guest book twice, move and cancel the first; give the uids that the pages were told."""
    uids: list[str] = []
    acts: tuple[Callable[[], str], ...] = (
        lambda: scene.book(FIRST),
        lambda: scene.book(SECOND),
        lambda: scene.move(uids[0], LATER),
        lambda: scene.cancel(uids[2]),
    )
    for step, act in zip(STEPS, acts, strict=True):
        (scene.org.down if step in outage else scene.org.up)()
        before = scene.org.records("Event")
        uids.append(act())
        scene.told()
        assert (scene.org.records("Event") == before) is (step in outage)
        # Long enough for another attempt, short enough for the guest's links.
        scene.clock.move(timedelta(minutes=5))
    scene.org.up()
    scene.told()
    return tuple(uids)


def _check_end(scene: Scene, second: str) -> None:
    """See that all stands as it must in the end: one Lead, the Event of the *second* booking."""
    deliveries = scene.app.extensions["booker"].outbox.deliveries()
    assert scene.leads() == WHO
    assert {uid: start for uid, (start, _) in scene.events().items()} == {second: SECOND}
    assert scene.org.records("Contact") == []
    assert {each.state for each in deliveries} == {"done"}


# --- the scenario --------------------------------------------------------------------------------


@pytest.mark.parametrize("vendor", VENDORS)
def test_salesforce_follows_a_guest(staging: Staging, vendor: str) -> None:
    """Booked: a Lead and an Event; booked again: no second Lead; moved: the same Event; cancelled: gone."""
    scene = staging(vendor)

    first = scene.book(FIRST)
    scene.told()
    booked = scene.leads(), scene.events()
    second = scene.book(SECOND)
    scene.told()
    again = scene.leads(), scene.events()
    moved = scene.move(first, LATER)
    scene.told()
    after = scene.events()
    scene.cancel(moved)
    scene.told()

    _, event = booked[1][first]
    assert booked == (WHO, {first: (FIRST, event)})
    assert again == (WHO, {first: (FIRST, event), second: (SECOND, again[1][second][1])})
    assert after == {moved: (LATER, event), second: again[1][second]}
    _check_end(scene, second)


@pytest.mark.parametrize("outage", OUTAGES)
@pytest.mark.parametrize("vendor", VENDORS)
def test_it_ends_the_same_whenever_salesforce_was_down(staging: Staging, vendor: str, outage: str) -> None:
    """During all of it, or during any step."""
    scene = staging(vendor)

    _, second, _, _ = _live(scene, OUTAGES[outage])

    _check_end(scene, second)


@pytest.mark.parametrize("vendor", VENDORS)
def test_it_ends_the_same_when_salesforce_could_not_be_reached(staging: Staging, vendor: str) -> None:
    """Nothing answers at its address until all is over."""
    with held_port() as port:
        scene = staging(vendor, port=port)
        _, second, _, _ = _live(scene, STEPS)
        scene.org.start(port)
        scene.clock.move(timedelta(minutes=5))
        scene.told()
        scene.org.close()

    _check_end(scene, second)


@pytest.mark.parametrize("vendor", VENDORS)
def test_every_redirect_tells_what_was_done(staging: Staging, vendor: str) -> None:
    """The seven parameters in their order, in the guest's zone, and a signature over all of them."""
    scene = staging(vendor)

    uids = _live(scene)

    told = [parse_qsl(urlsplit(each).query) for each in scene.arrivals]
    assert [urlsplit(each).path for each in scene.arrivals] == [
        f"/thanks/{each}" for each in ("booked", "booked", "rescheduled", "cancelled")
    ]
    assert all(each.count("%2B09%3A00") == 3 and "+" not in each for each in scene.arrivals)
    for said, step, uid, hour in zip(told, STEPS, uids, (17, 18, 22, 22), strict=True):
        made = "17:05" if step == "booked again" else "17:00"
        # What is moved at Cal.com is another booking, made then.
        made = "17:10" if vendor == "calcom" and step in STEPS[2:] else made
        assert said[:-2] == [
            ("from", "app"),
            ("event", f"guest_{step.split()[0]}"),
            ("eventTypeUid", scene.vendor.id),
            ("eventTypeName", "Intro call"),
            ("eventUid", uid),
            ("eventStartedAt", f"2027-02-02T{hour}:00:00.000+09:00"),
            ("eventEndedAt", f"2027-02-02T{hour}:30:00.000+09:00"),
            ("eventCreatedAt", f"2027-02-01T{made}:00.000+09:00"),
        ]
        assert [name for name, _ in said[-2:]] == ["ts", "sig"]


# --- heard by webhook only -----------------------------------------------------------------------


def _live_there(scene: Scene, told: Callable[[], None]) -> str:
    """Let the same happen at the vendor's own page, each step *told* of; give the second booking's uid."""
    vendor, who = scene.vendor, {"name": BO["name"], "email": BO["email"], "zone": "Asia/Tokyo"}
    first = vendor.fake.book(vendor.intro, FIRST, **who)
    told()
    second = vendor.fake.book(vendor.intro, SECOND, **who)
    told()
    moved = vendor.fake.reschedule(first.uid, LATER)
    told()
    vendor.fake.cancel(moved.uid)
    told()
    return str(second.uid)


@pytest.mark.parametrize("down", [False, True], ids=["up", "down"])
@pytest.mark.parametrize("vendor", REMOTE)
def test_webhooks_alone_are_enough(staging: Staging, vendor: str, down: bool) -> None:
    """Booked at the vendor's own page, where nothing of ours was open, and Salesforce up or down."""
    scene = staging(vendor)
    if down:
        scene.org.down()

    second = _live_there(scene, scene.told)
    scene.org.up()
    scene.clock.move(timedelta(minutes=5))
    scene.told()

    _check_end(scene, second)


@pytest.mark.parametrize("order", ["in order", "backwards", "twice"])
@pytest.mark.parametrize("vendor", REMOTE)
def test_webhooks_may_come_late_and_in_any_order(staging: Staging, vendor: str, order: str) -> None:
    """Whatever comes in when all is over, the end is the same."""
    scene = staging(vendor)

    second = _live_there(scene, lambda: None)
    sent = scene.vendor.sent()
    for each in {"in order": sent, "backwards": sent[::-1], "twice": sent * 2}[order]:
        scene.vendor.post(scene.app, [each])
        hear(scene.app)

    _check_end(scene, second)


def test_a_sync_finds_what_no_webhook_tells(staging: Staging) -> None:
    """Should Jicoo make another booking of one that moves, nothing says in whose place: asking does."""
    scene = staging("jicoo with new uids")

    second = _live_there(scene, scene.told)
    left = len(scene.org.records("Event"))
    done = scene.app.test_cli_runner().invoke(args=["booker", "jicoo", "sync"])
    hear(scene.app)

    assert (done.exit_code, left) == (0, 2)
    _check_end(scene, second)
