"""Tests of Account Integration and of availability calendars."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests

from booker_components.errors import EventTypeNotFound, ProviderError, Unsupported
from booker_components.providers.jicoo.availability import Availability
from booker_components.providers.jicoo.client import JicooError, JicooNotFound
from booker_components.providers.jicoo.integration import AccountIntegration
from booker_components.testing.jicoo import weekly
from booker_components.values import Host, Schedule

from .bare import NOW, BareJicoo, bare_jicoo, declared

ZOE = {"name": "山田 太郎", "email": "taro@example.com"}
_NINE_TO_FIVE = ((540, 1020),)


@pytest.fixture
def at() -> Iterator[BareJicoo]:
    """A Jicoo with nothing in it."""
    with bare_jicoo() as made:
        yield made


def integration(at: BareJicoo, *, team: str = "acme") -> AccountIntegration:
    """Give what asks for pages of a team."""
    return AccountIntegration(at.client(), team=team)


# --- account integration -------------------------------------------------------------------------


def test_the_address_is_that_of_the_guest(at: BareJicoo) -> None:
    """Jicoo's page shows who was named; the address itself names nobody."""
    intro = at.fake.add_event_type()

    url = integration(at).account_url(declared(intro.uid), **ZOE)

    session = parse_qs(urlsplit(url).query)["guestSessionId"][0]
    assert at.fake.guest_of(session) == (ZOE["name"], ZOE["email"])
    assert "example.com" not in url
    assert ZOE["name"] in requests.get(url, timeout=10).text


def test_a_failure_is_passed_over(at: BareJicoo) -> None:
    """Asking changes nothing, so it is done again."""
    intro = at.fake.add_event_type()
    at.fake.next(status=503, path="*/validate")

    assert integration(at).account_url(declared(intro.uid), **ZOE).startswith("http")


def test_without_a_team_there_is_no_page(at: BareJicoo) -> None:
    """The setting is named."""
    with pytest.raises(Unsupported, match="'BOOKER_JICOO_TEAM' is not set"):
        integration(at, team="").account_url(declared("x"), **ZOE)


@pytest.mark.parametrize("team", ["acme", "other", ".."])
def test_a_page_that_is_not_there_is_told(at: BareJicoo, team: str) -> None:
    """What to look at is told, and not who was to book."""
    with pytest.raises(EventTypeNotFound, match="'BOOKER_JICOO_TEAM'") as caught:
        integration(at, team=team).account_url(declared("gone"), **ZOE)

    assert "taro" not in str(caught.value)


def test_a_guest_who_is_refused_is_a_refusal(at: BareJicoo) -> None:
    """By Jicoo's own rules for names and addresses."""
    intro = at.fake.add_event_type()

    with pytest.raises(JicooError) as caught:
        integration(at).account_url(declared(intro.uid), name="", email="")

    assert caught.value.answered == 400


@pytest.mark.parametrize(
    "url",
    [
        "",
        None,
        7,
        "javascript:alert(1)",
        "/t/acme",
        "https://",
        "https://[",
        "https://a.example/\r\nX: y",
        "ftp://a",
    ],
    ids=repr,
)
def test_what_is_no_address_is_not_given(at: BareJicoo, url: Any) -> None:
    """A browser is to be sent there."""
    at.fake.next(status=201, body={"data": {"url": url}, "errors": None}, path="*/validate")

    with pytest.raises(ProviderError, match=r"Jicoo gave an? account integration whose 'url'"):
        integration(at).account_url(declared("x"), **ZOE)


# --- availability --------------------------------------------------------------------------------


def test_a_user_is_given_once_for_each_calendar(at: BareJicoo) -> None:
    """The usual one first, with its zone and hours (contracts/jicoo.md 2.12)."""
    ann = at.fake.add_user("Ann", zone="Asia/Tokyo", hours=weekly("10:00", "19:00", days=(1, 3)))
    at.fake.add_calendar(ann, name="Winter", zone="Mars/Base", default=False)

    first, other = Availability(at.client()).hosts(ann.id, NOW)

    assert first == Host(
        slug=ann.id,
        name="Basic",
        zone="Asia/Tokyo",
        schedule=Schedule(weekly=(((600, 1140),), (), ((600, 1140),), (), (), (), ())),
    )
    assert (other.name, other.zone) == ("Winter", "UTC")
    assert other.schedule == Schedule(weekly=(_NINE_TO_FIVE,) * 5 + ((),) * 2)


def test_a_calendar_is_given_by_its_id(at: BareJicoo) -> None:
    """An unknown one is not found."""
    ann = at.fake.add_user("Ann")
    calendar = ann.calendars[0]

    assert Availability(at.client()).calendar(calendar.uid, NOW).slug == ann.id
    with pytest.raises(JicooNotFound):
        Availability(at.client()).calendar("gone", NOW)


def told(**fields: Any) -> dict[str, Any]:
    """Give a calendar with one entry."""
    entry = {
        "wday": 1,
        "startHour": 9,
        "startMinute": 30,
        "endHour": 12,
        "endMinute": 0,
        "startedAt": "2020-01-01T00:00:00.000Z",
        "endedAt": None,
        "frequencyType": 2,
        "frequencyInterval": 1,
        "exceptions": None,
    }
    calendar = {"uid": "c1", "userId": "u1", "name": "Basic", "timezone": "UTC", "isDefault": 1}
    return calendar | {"calendars": [entry | fields]}


def weekly_of(at: BareJicoo, **fields: Any) -> tuple[Any, ...]:
    """Give the days of a calendar with one entry."""
    at.fake.next(status=200, body={"data": told(**fields), "errors": {}})
    schedule = Availability(at.client()).calendar("c1", NOW).schedule
    assert schedule
    return schedule.weekly


@pytest.mark.parametrize(
    ("fields", "day", "hours"),
    [
        ({}, 0, (570, 720)),
        ({"wday": 6}, 5, (570, 720)),
        ({"wday": 0}, 6, (570, 720)),
        ({"wday": 7}, 6, (570, 720)),
        ({"endHour": 24}, 0, (570, 1440)),
        ({"endHour": 2}, 0, (570, 120)),
        ({"endedAt": "2026-03-02T08:00:00.000Z"}, 0, (570, 720)),
    ],
    ids=str,
)
def test_hours_of_a_week_are_read(
    at: BareJicoo, fields: dict[str, Any], day: int, hours: tuple[int, int]
) -> None:
    """1 is Monday; a Sunday may be 0 or 7."""
    found = weekly_of(at, **fields)

    assert found == tuple((hours,) if each == day else () for each in range(7))


@pytest.mark.parametrize(
    "fields",
    [
        {"frequencyType": 1},
        {"frequencyType": None},
        {"frequencyInterval": 2},
        {"endedAt": "2026-03-02T07:59:00.000Z"},
        {"startedAt": "2026-03-02T08:01:00.000Z"},
        {"endHour": 9, "endMinute": 30},
    ],
    ids=str,
)
def test_hours_that_do_not_hold_every_week_are_left_out(at: BareJicoo, fields: dict[str, Any]) -> None:
    """Of other kinds nothing is documented."""
    assert weekly_of(at, **fields) == ((),) * 7


@pytest.mark.parametrize(
    "fields",
    [{"wday": 8}, {"wday": None}, {"startHour": 25}, {"endMinute": 60}, {"startedAt": "soon"}],
    ids=str,
)
def test_hours_of_no_day_are_a_provider_error(at: BareJicoo, fields: dict[str, Any]) -> None:
    """Named by the field."""
    with pytest.raises(ProviderError, match=f"'{next(iter(fields))}'"):
        weekly_of(at, **fields)


def test_calendars_of_long_lists_are_all_read(at: BareJicoo) -> None:
    """Page after page."""
    ann = at.fake.add_user("Ann")
    for number in range(60):
        at.fake.add_calendar(ann, name=str(number), default=False)

    assert len(Availability(at.client()).hosts(ann.id, NOW + timedelta(days=1))) == 61
