"""The commands for Jicoo verify what is set up, and fill gaps."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from booker_components import EventType
from booker_components.testing import FakeJicoo, FrozenClock

from .conftest import HOST

Make = Callable[..., Flask]


def run(app: Flask, *words: str) -> Result:
    """Run `flask booker` and give what came of it."""
    result: Result = app.test_cli_runner().invoke(args=["booker", *words])
    return result


@pytest.fixture
def jicoo(clock: FrozenClock) -> Iterator[FakeJicoo]:
    """A Jicoo with one page."""
    with FakeJicoo(clock=clock) as fake:
        fake.add_event_type(uid="_intro", name="Intro call")
        yield fake


@pytest.fixture
def made(make_app: Make, jicoo: FakeJicoo) -> Iterator[Make]:
    """Build apps that use it, with everything set."""
    apps: list[Flask] = []

    def make(**config: Any) -> Flask:
        defaults = {
            "BOOKER_PROVIDER": "jicoo",
            "BOOKER_EVENT_TYPES": (),
            "BOOKER_JICOO_API_URL": jicoo.url,
            "BOOKER_JICOO_API_KEY": jicoo.api_key,
            "BOOKER_JICOO_TEAM": "acme",
            "BOOKER_JICOO_WEBHOOK_SECRET": "whsec_x",
            "BOOKER_PUBLIC_URL": "https://partner.example",
            "BOOKER_DISPATCH": "none",
        }
        apps.append(make_app(**defaults | config))
        return apps[-1]

    yield make
    for app in apps:
        app.extensions["booker"].jicoo.close()


def declared(**fields: Any) -> EventType:
    """Declare the page."""
    return EventType(**{"slug": "intro", "id": "_intro", "title": "Intro", "hosts": (HOST,), **fields})


# --- check ---------------------------------------------------------------------------------------


def test_check_shows_the_addresses_and_that_all_is_well(made: Make) -> None:
    """Everything that guests need has been asked for once."""
    result = run(made(BOOKER_EVENT_TYPES=[declared()]), "jicoo", "check")

    assert result.exit_code == 0, result.output
    assert "https://partner.example/webhooks/jicoo\n" in result.output
    for after in ("booking", "a date change", "a cancellation"):
        line = next(each for each in result.output.splitlines() if f"redirect after {after} " in each)
        assert line.endswith(" https://partner.example/bookings/return")
    for said in (
        "is good. Event types: 1.",
        "The declared event type 'intro' is Jicoo's 'Intro call'",
        "Event types on offer: 1.",
        "Slots of 'intro' are read: 80 in the next 7 days",
        "Bookings are read",
        "The names of hosts are read",
    ):
        assert said in result.output
    assert "note" not in result.output


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({"BOOKER_JICOO_API_KEY": "sk_live_old"}, id="key"),
        pytest.param({"BOOKER_EVENT_TYPES": [declared(id="gone")]}, id="event type"),
    ],
)
def test_the_check_of_offers_leads_to_that_of_the_vendor(made: Make, config: dict[str, Any]) -> None:
    """What Jicoo refuses is said in words, with the command that says why."""
    result = run(made(**config), "check")

    assert result.output.startswith("Error: Jicoo ")
    assert result.output.endswith("'flask booker jicoo check' looks into it.\n")


@pytest.mark.parametrize(
    ("config", "said", "code"),
    [
        ({"BOOKER_JICOO_API_KEY": "sk_live_old"}, "is not known to Jicoo: copy it again", 1),
        ({"BOOKER_JICOO_WEBHOOK_SECRET": ""}, "note   'BOOKER_JICOO_WEBHOOK_SECRET' is not set", 0),
        ({"BOOKER_JICOO_TEAM": ""}, "note   'BOOKER_JICOO_TEAM' is not set", 0),
        ({"BOOKER_PUBLIC_URL": ""}, "WRONG  'BOOKER_PUBLIC_URL' is not set", 1),
        ({"BOOKER_EVENT_TYPES": [declared(id="gone")]}, "which Jicoo does not know: copy", 1),
        (
            {"BOOKER_EVENT_TYPES": [declared(durations=(timedelta(hours=1),))]},
            "note   The declared event type 'intro' has 1 hr, but Jicoo books 30 min, which counts",
            0,
        ),
    ],
    ids=["key", "secret", "team", "address", "id", "length"],
)
def test_check_says_what_is_wrong(made: Make, config: dict[str, Any], said: str, code: int) -> None:
    """Each with its remedy, and with no secret."""
    result = run(made(**config), "jicoo", "check")

    assert said in result.output
    assert result.exit_code == code
    assert "sk_live" not in result.output
    assert "whsec" not in result.output


def test_check_knows_keys_that_may_not_list(jicoo: FakeJicoo, made: Make) -> None:
    """That is enough where event types are declared."""
    key = jicoo.add_key(restricted=True)

    bare = run(made(BOOKER_JICOO_API_KEY=key), "jicoo", "check")
    result = run(made(BOOKER_JICOO_API_KEY=key, BOOKER_EVENT_TYPES=[declared()]), "jicoo", "check")

    assert bare.exit_code == 1
    assert "declare them in 'BOOKER_EVENT_TYPES', each with its 'id' at Jicoo" in bare.output
    assert result.exit_code == 0, result.output
    assert "those are offered that are declared" in result.output
    assert "could not be compared with Jicoo's" in result.output
    assert "declare hosts, with their ids as slugs" in result.output


def test_check_tells_of_disabled_event_types(jicoo: FakeJicoo, made: Make) -> None:
    """They are not offered, which may be meant so."""
    jicoo.store.event_types["_intro"].enabled = False

    result = run(made(BOOKER_EVENT_TYPES=[declared()]), "jicoo", "check")

    assert "is disabled at Jicoo, so it is not offered" in result.output
    assert "Event types on offer: 0." in result.output


def test_check_says_where_nobody_answers(jicoo: FakeJicoo, made: Make) -> None:
    """One finding for an outage, and one for an address that is wrong."""
    app = made(BOOKER_JICOO_API_URL=jicoo.url.removesuffix("/v1"))
    assert "it mostly ends in /v1" in run(app, "jicoo", "check").output

    jicoo.next(status=503, times=99)
    result = run(made(), "jicoo", "check")

    assert result.exit_code == 1
    assert result.output.count("WRONG") == 1


def test_commands_for_jicoo_need_jicoo(app: Flask) -> None:
    """With another provider the setting is named."""
    result = run(app, "jicoo", "check")

    assert result.exit_code == 1
    assert "needs 'BOOKER_PROVIDER' to be 'jicoo'" in result.output


# --- sync ----------------------------------------------------------------------------------------


def test_sync_tells_what_no_webhook_told(
    jicoo: FakeJicoo, made: Make, clock: FrozenClock, recorder: Any
) -> None:
    """Once."""
    app = made()
    page = jicoo.store.event_types["_intro"]
    jicoo.book(page, clock() + timedelta(hours=1))

    first, second = run(app, "jicoo", "sync", "--since", "1h"), run(app, "jicoo", "sync", "--retry")
    run(app, "deliver")

    assert "New since 2027-02-01T07:00:00Z: 1." in first.output
    assert "Webhooks taken up: 0. Waiting: 0. Given up: 0." in first.output
    assert "Webhooks due again: 0." in second.output
    assert len(recorder.events) == 1


def test_sync_says_why_it_fails(jicoo: FakeJicoo, made: Make) -> None:
    """Without a traceback; the webhooks that wait are taken all the same."""
    jicoo.next(status=403, times=9)

    result = run(made(), "jicoo", "sync")

    assert result.exit_code == 1
    assert "Jicoo answered GET of bookings with 403" in result.output
    assert "Webhooks taken up: 0." in result.output


def test_sync_takes_the_webhooks_that_wait(
    jicoo: FakeJicoo, made: Make, clock: FrozenClock, recorder: Any
) -> None:
    """Before or after, nothing is told twice."""
    app = made()
    jicoo.webhooks("https://partner.example/webhooks/jicoo", "whsec_x")
    jicoo.book(jicoo.store.event_types["_intro"], clock() + timedelta(hours=1))
    (sent,) = jicoo.outgoing
    app.test_client().post("/webhooks/jicoo", data=sent.body, headers=sent.headers)

    before = run(app, "jicoo", "webhooks")
    result = run(app, "jicoo", "sync")
    after = run(app, "jicoo", "webhooks")
    run(app, "deliver")

    assert "Webhooks taken up: 1. Waiting: 0. Given up: 0." in result.output
    assert "have come: 1. Done: 0. Waiting: 1. About no booking: 0. Given up: 0." in before.output
    assert "have come: 1. Done: 1. Waiting: 0." in after.output
    assert len(recorder.events) == 1


@pytest.mark.parametrize("since", ["2 days", "2026-03-12", "x"])
def test_sync_wants_a_span_or_an_instant(made: Make, since: str) -> None:
    """And shows what they look like."""
    result = run(made(), "jicoo", "sync", "--since", since)

    assert result.exit_code == 2
    assert "neither a span such as 2d" in " ".join(result.output.split())


def test_sync_names_the_setting_of_a_key_that_is_refused(made: Make) -> None:
    """The key itself is shown nowhere."""
    result = run(made(BOOKER_JICOO_API_KEY="sk_live_old"), "jicoo", "sync")

    assert result.exit_code == 1
    assert "'BOOKER_JICOO_API_KEY' is refused" in result.output
    assert "sk_live" not in result.output


# --- webhooks ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("secret", "said"),
    [("whsec_x", "has to be what 'BOOKER_JICOO_WEBHOOK_SECRET' is set to"), ("", "it is not set")],
    ids=["set", "not set"],
)
def test_webhooks_says_what_to_enter_where(made: Make, secret: str, said: str) -> None:
    """By hand, in Jicoo's dashboard; nothing is asked of its API, and no secret is shown."""
    result = run(made(BOOKER_JICOO_WEBHOOK_SECRET=secret), "jicoo", "webhooks")

    assert result.exit_code == 0, result.output
    for each in ("/dashboard/webhooks", "https://partner.example/webhooks/jicoo\n", "host_cancelled", said):
        assert each in result.output
    assert "whsec" not in result.output


def test_webhooks_without_a_public_address_shows_the_path(made: Make) -> None:
    """With the setting that stands before it."""
    result = run(made(BOOKER_PUBLIC_URL="", prefix="/scheduling"), "jicoo", "webhooks")

    assert "https://<BOOKER_PUBLIC_URL>/scheduling/webhooks/jicoo" in result.output


# --- the general command -------------------------------------------------------------------------


def test_the_general_check_shows_what_is_offered(made: Make) -> None:
    """As with every provider."""
    result = run(made(BOOKER_EVENT_TYPES=[declared()]), "check", "--days", "2")

    assert result.exit_code == 0, result.output
    assert "intro: Intro, 30 min, times of Europe/Berlin" in result.output


def test_the_general_check_says_why_nothing_can_be_shown(jicoo: FakeJicoo, made: Make) -> None:
    """In the provider's words, with the remedy."""
    result = run(made(BOOKER_JICOO_API_KEY=jicoo.add_key(restricted=True)), "check")

    assert result.exit_code == 1
    assert "may not list event types, and none are declared" in result.output
