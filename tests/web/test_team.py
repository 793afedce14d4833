"""Several hosts, as guests read of them before and after booking; and what hosts may ask of their times."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from booker_components import (
    Absence,
    Host,
    HostGroup,
    Member,
    Unsupported,
    create_booking,
)
from booker_components.helpers import why_not
from booker_components.testing import FrozenClock
from booker_components.times import format_instant

from ..conftest import HOST, INTRO, TUESDAY
from ..guests import BO, Guest
from ..pages import Page
from ..studio import Studio, offering, studio_app

BOB, CY = (replace(HOST, slug=slug, name=name) for slug, name in (("bob", "Bob Noyce"), ("cy", "Cy Young")))
EVE = {"name": "Eve", "email": "eve@elsewhere.example"}
MakeApp = Callable[..., Flask]


def _group(*slugs: str, need: int = 1) -> HostGroup:
    return HostGroup(members=tuple(Member(host=each) for each in slugs), need=need)


def _visit(app: Flask) -> Guest:
    guest = Guest(app.test_client())
    guest.open(f"/book/intro-call?slot={format_instant(TUESDAY)}")
    return guest


def _said(page: Page) -> str:
    found = next(each for each in page.tree.iter("p") if "bk-summary__host" in each.get("class", ""))
    return "".join(found.itertext())[1:]


def _hosts(page: Page) -> list[str]:
    people = [each for each in page.tree.iter("li") if "bk-people__item" in each.get("class", "")]
    texts = [" ".join("".join(each.itertext()).split()) for each in people]
    return [each.removesuffix(" Host") for each in texts if each.endswith(" Host")]


@pytest.mark.parametrize(
    ("hosts", "groups", "said", "booked"),
    [
        ((HOST,), (), "Ada Lovelace", 1),
        ((HOST, BOB, CY), (), "Ada Lovelace, Bob Noyce and Cy Young", 3),
        ((HOST, BOB), (_group("ada", "bob"),), "One of our team", 1),
        ((HOST, BOB, CY), (_group("bob", "cy"),), "Ada Lovelace and one of our team", 2),
        ((HOST, BOB, CY), (_group("ada", "bob", "cy", need=2),), "2 of our team", 2),
        ((HOST, BOB), (_group("ada", "bob", need=2),), "Ada Lovelace and Bob Noyce", 2),
        ((HOST, BOB), (_group("bob"),), "Ada Lovelace and Bob Noyce", 2),
    ],
    ids=["one", "all", "round robin", "fixed and round robin", "two of three", "whole group", "group of one"],
)
def test_guests_read_who_it_is_with(
    make_app: MakeApp, hosts: tuple[Host, ...], groups: tuple[HostGroup, ...], said: str, booked: int
) -> None:
    """Before, as far as it is known; afterwards by name, and when the booking is moved."""
    offer = replace(INTRO, hosts=hosts, groups=groups)
    guest = _visit(make_app(BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=[offer]))

    before = _said(guest.page)
    page = guest.send(**BO)
    real = _hosts(page)
    moving = guest.follow("/reschedule")

    assert before == said
    assert len(real) == booked
    assert set(real) <= {each.name for each in hosts}
    assert all(each in _said(moving) for each in real)


def test_a_stand_in_is_named_as_who_it_is(make_app: MakeApp) -> None:
    """Whoever takes over from a host that is away."""
    away = Absence(first=TUESDAY.date(), last=TUESDAY.date(), stand_in="bob")
    offer = replace(INTRO, hosts=(replace(HOST, away=(away,)),))
    others = replace(INTRO, slug="other", hosts=(BOB,))
    guest = _visit(make_app(BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=[offer, others]))

    page = guest.send(**BO)

    assert _hosts(page) == ["Bob Noyce"]


# --- why a time is not offered -----------------------------------------------------------------------


def test_hosts_learn_why_a_time_is_not_offered(make_app: MakeApp) -> None:
    """Everything that stands in its way, and who it is about."""
    app = make_app(BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=[INTRO])
    with app.app_context():
        free = why_not("intro-call", TUESDAY)
        create_booking("intro-call", TUESDAY, **EVE)
        busy = why_not("intro-call", TUESDAY)
        night = why_not("intro-call", TUESDAY - timedelta(hours=5), duration=timedelta(hours=3))

    assert list(free) == []
    assert [(each.rule, each.host) for each in busy] == [("busy", "ada")]
    assert {"hours", "duration"} <= {each.rule for each in night}


def test_not_every_provider_can_tell_why(tmp_path: Path, clock: FrozenClock) -> None:
    """A remote one gives its times and no reasons."""
    app = studio_app(tmp_path, Studio(offering(), clock), clock)

    with app.app_context(), pytest.raises(Unsupported):
        why_not("class", TUESDAY)

    app.extensions["booker"].storage.close()


def test_hosts_book_what_is_private(make_app: MakeApp) -> None:
    """Links are for guests."""
    app = make_app(BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=[replace(INTRO, private=True)])

    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, **EVE)

    assert booking.start == TUESDAY
