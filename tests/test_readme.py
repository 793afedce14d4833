"""What the README says is true: its examples run, its tables are today's."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask, render_template_string

import booker_components
from booker_components import Booker, Question, create_booking, get_slots
from booker_components.providers.calcom.platform import Platform
from booker_components.redirects import Done, address
from booker_components.settings import read_settings, settings_table
from booker_components.testing import FakeCalcom, FrozenClock
from booker_components.values import Occasion

from .conftest import INTRO, MONDAY, TUESDAY
from .elsewhere import elsewhere, pass_on
from .testing.fixtures import watched

ROOT = Path(__file__).resolve().parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", README, flags=re.DOTALL | re.MULTILINE)


@pytest.fixture
def partner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """The app of the ten lines, with its booking.toml beside it."""
    (tmp_path / "booking.toml").write_text(blocks("toml")[0])
    (tmp_path / "app.py").write_text(blocks("python")[0])
    monkeypatch.syspath_prepend(tmp_path)
    names = {"__name__": "app", "__file__": str(tmp_path / "app.py")}
    exec(compile(blocks("python")[0], tmp_path / "app.py", "exec"), names)
    app = names["app"]
    assert isinstance(app, Flask)
    yield app
    app.extensions["booker"].outbox.stop()
    app.extensions["booker"].receiver.stop()
    app.extensions["booker"].storage.close()


def test_the_ten_lines_serve_a_booker(partner: Flask) -> None:
    """The first example is an app with a booker."""
    response = partner.test_client().get("/book/intro-call")

    assert response.status_code == 200
    assert "Ada Lovelace" in response.text


def test_the_python_example_runs(partner: Flask, capsys: pytest.CaptureFixture[str]) -> None:
    """The helpers do what the README shows."""
    exec(blocks("python")[1], {"app": partner})

    assert "['Intro call'] 0" in capsys.readouterr().out


def test_the_calcom_examples_show_a_booker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    """The settings, the accounts and the stand-in of the section on Cal.com are one app together."""
    app = Flask("partner", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "k" * 40
    names = {"app": app, "Booker": Booker}

    for example in (*blocks("python")[2:4], blocks("python")[6]):
        exec(example, names)
    request.addfinalizer(app.extensions["booker"].calcom.close)

    assert "200 OK" in capsys.readouterr().out.splitlines()


def test_the_jicoo_examples_show_a_booker(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], request: pytest.FixtureRequest
) -> None:
    """The settings, the declared event type and the stand-in of the section on Jicoo are one app together."""
    app = Flask("partner", instance_path=str(tmp_path), root_path=str(tmp_path))
    app.config["SECRET_KEY"] = "k" * 40
    (tmp_path / "jicoo.toml").write_text(next(each for each in blocks("toml") if "mT7xR" in each))

    for example in blocks("python"):
        if "jicoo.toml" in example or "FakeJicoo" in example:
            exec(example, {"app": app, "Booker": Booker})
    request.addfinalizer(app.extensions["booker"].jicoo.close)

    assert capsys.readouterr().out == "200 OK\n"


def test_the_example_of_managed_users_runs(
    make_app: Callable[..., Flask], capsys: pytest.CaptureFixture[str]
) -> None:
    """A Platform client's users are made, changed and found as the README shows."""
    with watched(FakeCalcom()) as calcom:
        client = calcom.platform_client()
        app = make_app(
            BOOKER_PROVIDER="calcom",
            BOOKER_EVENT_TYPES=(),
            BOOKER_CALCOM_API_URL=calcom.url,
            BOOKER_CALCOM_CLIENT_ID=client.id,
            BOOKER_CALCOM_CLIENT_SECRET=client.secret,
            BOOKER_CALCOM_USERNAME="ann",
        )
        exec(blocks("python")[4], {"app": app})
        app.extensions["booker"].calcom.close()

    assert capsys.readouterr().out == "['ann@example.com']\n"


def test_the_example_of_notices_runs(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A host who will be away is told of as the README shows."""
    app = Flask("partner", instance_path=str(tmp_path))
    app.config["SECRET_KEY"] = "k" * 40
    with elsewhere(FrozenClock(MONDAY)) as there:
        app.config.update(there.settings())
        exec(blocks("python")[5], {"app": app})
        there.calcom.go_away(there.ann, TUESDAY, TUESDAY, reason="Vacation")
        pass_on(app, there.sent())
        app.extensions["booker"].receiver.take_due()
        app.extensions["booker"].storage.close()
        app.extensions["booker"].calcom.close()

    assert capsys.readouterr().out == "Ann is away: Vacation\n"


def test_the_template_example_renders(partner: Flask) -> None:
    """The line for a host's own page gives a widget."""
    page = blocks("jinja")[0].partition("{{ booker.booking")[0]

    with partner.test_request_context("/"):
        shown = render_template_string(page, user={"name": "Bo", "email": "bo@example.com"})

    assert 'data-bk="booker"' in shown


def test_the_settings_table_is_todays() -> None:
    """The table is the one that the settings give."""
    assert settings_table() in README


def test_every_route_is_there(partner: Flask) -> None:
    """Each path of the routes table is one that the blueprint serves."""
    table = README.partition("## Routes")[2].partition("They are at the root")[0]
    told = {path.partition("?")[0] for path in re.findall(r"`(/[^`]*)`", table)}

    served = {str(rule) for rule in partner.url_map.iter_rules()}

    assert told <= served


def test_every_name_in_the_sections_on_calcom_is_there(partner: Flask) -> None:
    """What a user of Cal.com or of atoms is told to set, to call and to open exists."""
    told = README.partition("## Cal.com in five minutes")[2].partition("## Settings")[0]
    here = " ".join(re.findall(r"`([^`\n]+)`", told))
    rules = [str(rule) for rule in partner.url_map.iter_rules()]
    served = {rule.replace("<provider>", name) for rule in rules for name in ("calcom", "jicoo")}

    settings = set(re.findall(r"BOOKER_[A-Z_]*[A-Z]", told))
    helpers = set(re.findall(r"\b((?:create|cancel|get|list)_\w+)\(", here))
    methods = set(re.findall(r"\b(create|adopt|users|user|update|delete)\(", here))
    paths = set(re.findall(r"(?:^| )(/oauth/\w+/\w+|/webhooks/\w+|/reschedule(?=\?))", here))

    assert all(f"`{each}`" in settings_table() for each in settings)
    assert helpers
    assert helpers <= set(booker_components.__all__)
    assert methods
    assert all(hasattr(Platform, each) for each in methods)
    assert paths <= served


def test_pictures_are_there() -> None:
    """Every picture that the README shows is in the repository."""
    assert all((ROOT / name).is_file() for name in re.findall(r"!\[[^\]]*\]\(([^)]+)\)", README))


def test_the_examples_of_redirects_lead_to_each_other(
    make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """The settings are taken, and the page that checks the signature is told of the booking."""
    sending, receiving = (each for each in blocks("python") if "REDIRECT_SECRET" in each)
    told = next(each for each in blocks("toml") if "redirects.rescheduled" in each)
    config: dict[str, Any] = {}
    exec(sending, {"app": SimpleNamespace(config=config)})
    app = make_app(
        **config, BOOKER_EVENT_TYPES=[replace(INTRO, questions=(Question(slug="topic", label="Topic"),))]
    )
    exec(receiving, {"app": app})
    clock.set(datetime.now(UTC))

    with app.app_context():
        booking = create_booking(
            "intro-call", get_slots("intro-call")[0].start, name="Bo", email="bo@b.example"
        )
    was = Done(occasion=Occasion.BOOKED, booking=booking, event_type=None)
    settings = read_settings(app.config)
    redirect = settings.redirects and settings.redirects.booked
    sent = address(
        redirect, was, origins=settings.redirect_origins, secret=settings.redirect_secret, now=clock()
    )

    assert tomllib.loads(f"[[event_types]]\n{told}")
    assert app.test_client().get(sent).text == f"Your booking: {booking.uid}"
    assert app.test_client().get("/thanks").text == "Thank you."
