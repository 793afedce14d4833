"""Tests of what an app that uses Jicoo is made of, from its settings to what the fake sees."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booker_components import ConfigurationError, get_event_types, get_jicoo, get_slots
from booker_components.providers import FindsEventTypes, ListsBookings, Provider, ReceivesWebhooks
from booker_components.providers.jicoo.parts import JicooParts
from booker_components.testing import FakeJicoo, FrozenClock
from booker_components.values import Question

from .bare import ADA, declared

Make = Callable[..., Flask]
TOPIC = Question(slug="topic", label="What about?", id="q_1")


@pytest.fixture
def jicoo(clock: FrozenClock) -> Iterator[FakeJicoo]:
    """A Jicoo with nothing in it."""
    with FakeJicoo(clock=clock) as fake:
        yield fake


@pytest.fixture
def made(make_app: Make, jicoo: FakeJicoo) -> Iterator[Make]:
    """Build apps that use it."""
    parts: list[JicooParts] = []

    def make(**config: Any) -> Flask:
        defaults = {
            "BOOKER_PROVIDER": "jicoo",
            "BOOKER_EVENT_TYPES": (),
            "BOOKER_JICOO_API_URL": jicoo.url,
            "BOOKER_JICOO_API_KEY": jicoo.api_key,
            "BOOKER_DISPATCH": "none",
        }
        app = make_app(**defaults | config)
        with app.app_context():
            parts.append(get_jicoo())
        return app

    yield make
    for each in parts:
        each.close()


def test_building_calls_nobody(jicoo: FakeJicoo, made: Make) -> None:
    """A server that starts while Jicoo is down starts all the same."""
    made()

    assert jicoo.requests == []


def test_the_provider_does_what_a_remote_one_can(made: Make) -> None:
    """It hears of changes, lists bookings, and knows event types by id; its links are signed."""
    parts = made().extensions["booker"]
    provider = parts.service.provider

    assert provider.name == "jicoo"
    for ability in (Provider, ReceivesWebhooks, ListsBookings, FindsEventTypes):
        assert isinstance(provider, ability)
    assert parts.links.signed
    assert parts.jicoo.provider is provider


def test_the_settings_reach_the_fake(jicoo: FakeJicoo, made: Make) -> None:
    """Key, address, zone and team."""
    intro = jicoo.add_event_type(zone="Asia/Tokyo")
    app = made(BOOKER_JICOO_ZONE="Asia/Tokyo", BOOKER_JICOO_TEAM="acme")

    with app.app_context():
        (found,) = get_event_types()
        slots = get_slots(found.slug)

    assert (found.zone, found.booking_url) == ("Asia/Tokyo", f"https://www.jicoo.com/t/acme/e/{intro.uid}")
    assert len(slots) > 100
    assert {each.headers["X-Jicoo-Api-Key"] for each in jicoo.requests} == {jicoo.api_key}


def test_event_types_may_be_declared(jicoo: FakeJicoo, made: Make) -> None:
    """With the id that they have at Jicoo; without a host they have Jicoo's."""
    intro = jicoo.add_event_type(hosts=[jicoo.add_user("Ann")])
    app = made(BOOKER_EVENT_TYPES=[declared(intro.uid, hosts=())])

    with app.app_context():
        (found,) = get_event_types()

    assert (found.slug, found.title, [host.name for host in found.hosts]) == ("intro", "Intro", ["Ann"])
    assert app.test_client().get("/book/intro").status_code == 200


def test_event_types_may_be_declared_in_a_file(jicoo: FakeJicoo, made: Make, tmp_path: Path) -> None:
    """Event types and questions with their ids, neither host nor hours."""
    intro = jicoo.add_event_type(uid="_zDLK66WrbIT")
    file = tmp_path / "booking.toml"
    file.write_text(
        '[[event_types]]\nslug = "intro"\nid = "_zDLK66WrbIT"\ntitle = "Ours"\n'
        '[[event_types.questions]]\nslug = "topic"\nlabel = "What about?"\nid = "q_1"\n'
    )

    with made(BOOKER_EVENT_TYPES=str(file)).app_context():
        (found,) = get_event_types()

    assert (found.id, found.title, found.questions[0].id) == (intro.uid, "Ours", "q_1")


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"id": ""}, r"event_types\[0\].id \(of 'intro'\) must be the provider's id for it"),
        ({"id": "a b"}, r"event_types\[0\].id"),
        ({"durations": (timedelta(minutes=30), timedelta(hours=1))}, "durations .*holds several lengths"),
        ({"hosts": (replace(ADA, zone="Mars"),)}, r"hosts\.ada\.zone is wrong"),
        ({"hosts": (replace(ADA, slug="a b"),)}, r"hosts\[0\].slug"),
        ({"questions": (TOPIC, replace(TOPIC, slug="other"))}, "hold the same id twice"),
    ],
    ids=["no id", "odd id", "lengths", "zone", "host", "questions"],
)
def test_mistakes_in_declared_event_types_are_told(make_app: Make, fields: dict[str, Any], said: str) -> None:
    """When the app starts."""
    with pytest.raises(ConfigurationError, match=said):
        make_app(
            BOOKER_PROVIDER="jicoo",
            BOOKER_JICOO_API_KEY="key",
            BOOKER_EVENT_TYPES=[declared(**{"id": "x", **fields})],
        )


def test_an_event_type_is_declared_once(make_app: Make) -> None:
    """Under which slug its bookings are would else be left to chance."""
    twice = [declared("x"), declared("x", slug="other")]

    with pytest.raises(ConfigurationError, match=r"event_types\[1\].id = 'x' is taken"):
        make_app(BOOKER_PROVIDER="jicoo", BOOKER_JICOO_API_KEY="key", BOOKER_EVENT_TYPES=twice)


def test_guests_are_led_to_a_page_with_their_name(jicoo: FakeJicoo, made: Make) -> None:
    """By the slug of an event type that is offered."""
    intro = jicoo.add_event_type()
    app = made(BOOKER_EVENT_TYPES=[declared(intro.uid)], BOOKER_JICOO_TEAM=jicoo.team)

    with app.app_context():
        url = get_jicoo().account_url("intro", name="Zoe", email="zoe@example.org")

    assert url.startswith(f"{jicoo.app_url}/t/{jicoo.team}/e/{intro.uid}?guestSessionId=")


def test_the_hours_of_a_user_are_read(jicoo: FakeJicoo, made: Make) -> None:
    """One calendar after the other."""
    ann = jicoo.add_user("Ann", zone="Asia/Tokyo")

    with made().app_context():
        (host,) = get_jicoo().availability(ann.id)

    assert (host.slug, host.zone) == (ann.id, "Asia/Tokyo")


def test_the_parts_of_jicoo_are_given_where_it_is_used(app: Flask) -> None:
    """Where another provider is used, the setting is named."""
    with app.app_context(), pytest.raises(ConfigurationError, match="Set 'BOOKER_PROVIDER' to 'jicoo'"):
        get_jicoo()


def test_the_parts_of_an_app_show_no_key(jicoo: FakeJicoo, made: Make) -> None:
    """Whoever logs or prints them gives nobody the key."""
    app = made()

    assert jicoo.api_key not in repr(app.extensions["booker"])
