"""Redirects are checked when the app starts: those of settings, of event types and of a TOML file."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booker_components import ConfigurationError, Redirect, Redirects
from booker_components.providers.embedded.catalogue import load_event_types
from booker_components.settings import check_event_types, read_settings
from booker_components.values import EventType, Occasion

from .conftest import CHECKUP, INTRO
from .providers.calcom.test_event_types import offer
from .redirects.samples import HOSTILE, PARTNER, SECRET, led

TOML = """
[schedules.office]
weekdays = ["09:00-17:00"]
[hosts.ada]
name = "Ada"
zone = "Europe/London"
schedule = "office"
[[event_types]]
slug = "intro-call"
title = "Intro call"
host = "ada"
[[event_types.questions]]
slug = "topic"
label = "What about?"
"""

ALLOWED = {"BOOKER_REDIRECT_ORIGINS": [PARTNER]}


def _written(tmp_path: Path, more: str) -> Path:
    path = tmp_path / "booking.toml"
    path.write_text(TOML + more, "utf-8")
    return path


def _checked(found: EventType, **settings: Any) -> None:
    check_event_types([found], read_settings(ALLOWED | settings))


# --- what is read --------------------------------------------------------------------------------


BOOKED = Redirect(f"{PARTNER}/thanks", flavour="cal", answers=("topic",), signed=True)


@pytest.mark.parametrize(
    ("given", "found"),
    [
        pytest.param(None, None, id="nothing"),
        pytest.param({}, Redirects(), id="an empty mapping"),
        pytest.param(Redirects(booked=BOOKED), Redirects(booked=BOOKED), id="a value"),
        pytest.param({"booked": BOOKED, "cancelled": None}, Redirects(booked=BOOKED), id="of values"),
        pytest.param(
            {
                "booked": {
                    "url": f"{PARTNER}/thanks",
                    "flavour": "cal",
                    "answers": ["topic"],
                    "signed": True,
                },
                "cancelled": {"url": PARTNER},
            },
            Redirects(booked=BOOKED, cancelled=Redirect(PARTNER)),
            id="a mapping",
        ),
    ],
)
def test_redirects_for_all_event_types_are_read(given: object, found: Redirects | None) -> None:
    """As values, or as a table of a TOML or JSON file."""
    settings = {"BOOKER_REDIRECTS": given, "BOOKER_REDIRECT_SECRET": SECRET}

    assert read_settings(ALLOWED | settings).redirects == found


def test_a_file_may_say_it_for_an_event_type(tmp_path: Path) -> None:
    """Occasion by occasion."""
    path = _written(
        tmp_path,
        f"""
        [event_types.redirects.booked]
        url = "{PARTNER}/thanks"
        flavour = "cal"
        answers = ["topic"]
        signed = true
        [event_types.redirects.cancelled]
        url = ""
        """,
    )

    (found,) = load_event_types(path)

    assert found.redirects == Redirects(booked=BOOKED, cancelled=Redirect(""))
    _checked(found, BOOKER_REDIRECT_SECRET=SECRET)


# --- what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given", "said"),
    [
        pytest.param(PARTNER, "is a str; it must be a Redirects or a mapping", id="an address"),
        pytest.param([BOOKED], "is a list; it must be", id="a list"),
        pytest.param({"book": BOOKED}, "has 'book'; it takes booked, rescheduled, cancelled", id="misspelt"),
        pytest.param({"booked": PARTNER}, "at 'booked' is a str", id="an address for an occasion"),
        pytest.param({"booked": {"uri": PARTNER}}, "has 'uri'; it takes url, flavour", id="no such field"),
        pytest.param({"booked": {"flavour": "cal"}}, "at 'booked' has no 'url'", id="no address"),
        pytest.param({"booked": {"url": PARTNER, "flavour": "x"}}, "must be one of", id="flavour"),
        pytest.param({"booked": {"url": PARTNER, "answers": "topic"}}, "must be a tuple", id="answers"),
        pytest.param({"booked": {"url": 7}}, "must be a text", id="no text"),
        pytest.param({"booked": BOOKED}, "'BOOKER_REDIRECT_SECRET' is not set", id="no secret"),
        pytest.param(
            {"rescheduled": Redirect(PARTNER, answers=("eventUid",))}, "Name the question", id="a clash"
        ),
    ],
)
def test_what_is_wrong_with_the_setting_is_said(given: object, said: str) -> None:
    """With the key and the remedy."""
    with pytest.raises(ConfigurationError, match="'BOOKER_REDIRECTS'") as refusal:
        read_settings(ALLOWED | {"BOOKER_REDIRECTS": given})

    assert said in str(refusal.value)


@pytest.mark.parametrize(
    ("redirect", "said"),
    [
        pytest.param(Redirect("https://other.example/?key=s3cret"), "'https://other.example/'", id="origin"),
        pytest.param(replace(BOOKED, answers=()), "'BOOKER_REDIRECT_SECRET' is not set", id="no secret"),
        pytest.param(Redirect(PARTNER, answers=("colour",)), "no question of the event type", id="answer"),
        pytest.param(Redirect(PARTNER, flavour="cal", answers=("title",)), "Name the question", id="clash"),
    ],
)
@pytest.mark.parametrize("occasion", Occasion)
def test_what_is_wrong_with_an_event_type_is_said(redirect: Redirect, said: str, occasion: Occasion) -> None:
    """Which one, after what, and what to do; nothing of a query, which may hold a secret."""
    found = replace(CHECKUP, redirects=Redirects(**{occasion.value: redirect}))

    with pytest.raises(ConfigurationError) as refusal:
        _checked(found)

    assert f"The event type 'check-up' has redirects.{occasion}, which" in str(refusal.value)
    assert said in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


def test_an_event_type_has_redirects_or_none() -> None:
    """A mapping is for files and settings."""
    with pytest.raises(ConfigurationError, match="it must be a Redirects"):
        _checked(replace(INTRO, redirects={"booked": PARTNER}))  # type: ignore[arg-type]  # the mistake


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (
            '[event_types.redirects.book]\nurl = "x"',
            "redirects.book is not a known key. Did you mean 'booked'?",
        ),
        ('[event_types.redirects.booked]\nflavour = "cal"', "redirects.booked.url is missing. Add it."),
        ("[event_types.redirects.booked]\nurl = 7", "redirects.booked.url must be a text in quotes"),
        (
            '[event_types.redirects.booked]\nurl = "x"\nflavour = "hubspot"',
            "redirects.booked is wrong: Redirect.flavour must be one of",
        ),
        ('[event_types.redirects.booked]\nurl = "x"\nsigned = 1', "booked.signed must be true or false"),
        ('[event_types]\n[event_types.redirects]\nbooked = "x"', "not valid TOML"),
    ],
    ids=["occasion", "no address", "no text", "flavour", "flag", "table"],
)
def test_what_is_wrong_in_a_file_is_said(tmp_path: Path, lines: str, said: str) -> None:
    """With the key."""
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        load_event_types(_written(tmp_path, lines))


def test_the_secret_shows_in_no_representation() -> None:
    """What is logged by accident tells nothing."""
    settings = read_settings({"BOOKER_REDIRECT_SECRET": SECRET})

    assert SECRET not in repr(settings)


# --- hostile targets -----------------------------------------------------------------------------


@pytest.mark.parametrize("url", HOSTILE, ids=ascii)
def test_no_setting_leads_to_a_hostile_target(url: str) -> None:
    """The app does not start."""
    with pytest.raises(ConfigurationError, match="'BOOKER_REDIRECT_ORIGINS'"):
        read_settings(ALLOWED | {"BOOKER_REDIRECTS": {"cancelled": {"url": url}}})


@pytest.mark.parametrize("url", HOSTILE, ids=ascii)
def test_no_declared_event_type_leads_to_a_hostile_target(url: str) -> None:
    """The app does not start."""
    with pytest.raises(ConfigurationError, match="'BOOKER_REDIRECT_ORIGINS'"):
        _checked(replace(INTRO, redirects=Redirects(rescheduled=Redirect(url, flavour=""))))


@pytest.mark.parametrize("url", HOSTILE, ids=ascii)
def test_no_file_leads_to_a_hostile_target(tmp_path: Path, url: str) -> None:
    """The app does not start; TOML writes such characters as JSON does."""
    path = _written(tmp_path, f"[event_types.redirects.booked]\nurl = {json.dumps(url)}")
    (found,) = load_event_types(path)

    with pytest.raises(ConfigurationError, match="'BOOKER_REDIRECT_ORIGINS'"):
        _checked(found)


@pytest.mark.parametrize("told", [True, False], ids=["with parameters", "without"])
@pytest.mark.parametrize("url", HOSTILE, ids=ascii)
def test_no_api_leads_to_a_hostile_target(url: str, told: bool) -> None:
    """The app cannot help what is entered at Cal.com: guests stay."""
    found = offer(successRedirectUrl=url, forwardParamsSuccessRedirect=told).event_type

    assert found.redirects
    assert led(found.redirects.booked) == ""


@pytest.mark.parametrize(
    "origin",
    [
        "https://partner.example/",
        "https://partner.example/done",
        "https://partner.example?x",
        "https://partner.example#x",
        "https://ann@partner.example",
        "https://partner.example\\",
        "https://partner.example\n",
        "https://*",
        "https://*.example",
        "*",
        "//partner.example",
        "partner.example",
        "javascript:",
        "data:text/html",
        "file://partner.example",
        "https://p\u0430rtner.example",
        "https://partner%2eexample",
        "https://partner.example:",
        "https://partner.example https://evil.example",
        "'self'",
        "",
    ],
    ids=ascii,
)
def test_what_is_no_origin_is_not_allowed(origin: str) -> None:
    """An origin has a scheme, a name and perhaps a port, and nothing else."""
    with pytest.raises(ConfigurationError, match="'BOOKER_REDIRECT_ORIGINS' is"):
        read_settings({"BOOKER_REDIRECT_ORIGINS": [origin]})


# --- at start ------------------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["setting", "event type", "file"])
def test_an_app_that_would_send_guests_astray_does_not_start(
    make_app: Callable[..., Flask], tmp_path: Path, source: str
) -> None:
    """Wherever it is said; with the origin it starts."""
    redirects = Redirects(booked=Redirect(f"{PARTNER}/done"))
    file = _written(tmp_path, f'[event_types.redirects.booked]\nurl = "{PARTNER}/done"')
    config: dict[str, Any] = {
        "setting": {"BOOKER_REDIRECTS": redirects},
        "event type": {"BOOKER_EVENT_TYPES": [replace(INTRO, redirects=redirects)]},
        "file": {"BOOKER_EVENT_TYPES": str(file)},
    }[source]

    with pytest.raises(ConfigurationError, match="add its origin to 'BOOKER_REDIRECT_ORIGINS'"):
        make_app(**config)

    assert make_app(**config, **ALLOWED)
