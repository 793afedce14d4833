"""What there is to know before something is booked, or cannot be booked here."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booker_components import Host, HostGroup, Member
from booker_components.web.components import Action
from booker_components.web.summary import elsewhere

from ..conftest import HOST, INTRO

BOB = replace(HOST, slug="bob", name="Bob Noyce")
WHY = "This is paid for in advance."


def _group(*slugs: str, need: int = 1) -> HostGroup:
    return HostGroup(members=tuple(Member(host=each) for each in slugs), need=need)


@pytest.mark.parametrize(
    ("hosts", "groups", "said"),
    [
        ((HOST,), (), "Please ask Ada Lovelace how to book."),
        ((HOST, BOB), (), "Please ask Ada Lovelace and Bob Noyce how to book."),
        ((HOST, BOB), (_group("ada", "bob"),), "Please ask our team how to book."),
        ((HOST, BOB), (_group("ada", "bob", need=2),), "Please ask Ada Lovelace and Bob Noyce how to book."),
    ],
    ids=["one", "two", "one of several", "all of several"],
)
def test_guests_read_whom_to_ask(hosts: tuple[Host, ...], groups: tuple[HostGroup, ...], said: str) -> None:
    """Where something cannot be booked here, and nobody knows the site where it can."""
    shown = elsewhere(replace(INTRO, hosts=hosts, groups=groups, elsewhere=WHY))

    assert shown is not None
    assert (shown.headline, shown.sentence) == ("Not bookable here", f"{WHY} {said}")


def test_guests_are_led_to_the_other_site() -> None:
    """By its name."""
    shown = elsewhere(replace(INTRO, elsewhere=WHY, booking_url="https://there.example/x"))

    assert shown is not None
    assert (shown.headline, shown.sentence) == ("Book at there.example", WHY)
    assert shown.action == Action(label="Continue at there.example", href="https://there.example/x")


def test_what_is_bookable_here_leads_nowhere() -> None:
    """Nor does it say so."""
    assert elsewhere(INTRO) is None
