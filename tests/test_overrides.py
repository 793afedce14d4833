"""A host can change how widgets look, from one block to a whole template."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booker_components import Booker
from booker_components.testing import FrozenClock

from .conftest import INTRO

DOCS = (Path(__file__).parents[1] / "docs" / "overriding.md").read_text()


def block(language: str, part: str) -> str:
    """Give the example of the docs in *language* that holds *part*."""
    blocks = re.findall(rf"^```{language}\n(.*?)^```", DOCS, re.DOTALL | re.MULTILINE)
    return next(each for each in blocks if part in each)


def app_with(tmp_path: Path, clock: FrozenClock, name: str, template: str) -> Flask:
    """Give an app whose own templates hold *template* as booker/*name*."""
    folder = tmp_path / "templates" / "booker"
    folder.mkdir(parents=True)
    (folder / name).write_text(template)
    app = Flask("partner", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO])
    Booker(app, clock=clock)
    return app


def test_a_layout_of_the_host(tmp_path: Path, clock: FrozenClock) -> None:
    """The host's layout.html stands around our pages."""
    layout = (
        "<!doctype html><title>{{ title }}</title><body>Ours {% block head %}{% endblock %}{% block main %}"
    )
    app = app_with(tmp_path, clock, "layout.html", layout + "{% endblock %}")

    page = app.test_client().get("/book/intro-call").text

    assert "<body>Ours" in page
    assert 'data-bk="booker"' in page


def test_one_block_of_a_widget(tmp_path: Path, clock: FrozenClock) -> None:
    """A template that extends `default:` changes one block and keeps the rest."""
    override = '{% extends "default:booker/notice.html" %}{% block actions %}Call us{% endblock %}'
    app = app_with(tmp_path, clock, "notice.html", override)

    page = app.test_client().get("/bookings/unknown").text

    assert "Call us" in page
    assert "Booking not found" in page


def test_a_whole_template(tmp_path: Path, clock: FrozenClock) -> None:
    """The fields of the component are all that a template of the host's own needs."""
    app = app_with(tmp_path, clock, "notice.html", '<p id="{{ id }}">{{ headline }}: {{ sentence }}</p>')

    page = app.test_client().get("/bookings/unknown", headers={"HX-Request": "true"}).text

    assert page == (
        '<p id="bk-notice">Booking not found: We could not find this booking. Please check the link.</p>'
    )


def test_the_layout_of_the_docs(tmp_path: Path, clock: FrozenClock) -> None:
    """It has all that our pages need of it, the style and the script among it."""
    app = app_with(tmp_path, clock, "layout.html", block("jinja", "<!DOCTYPE html>"))

    page = app.test_client().get("/book/intro-call").text

    assert '<header><a href="/">Alder &amp; Finch</a></header>' in page
    assert "<style>" in page
    assert "booker.js" in page
    assert 'data-bk="booker"' in page


def test_the_block_of_the_docs(tmp_path: Path, clock: FrozenClock) -> None:
    """What is ours stays, with something beside it."""
    app = app_with(tmp_path, clock, "notice.html", block("jinja", "super()"))

    page = app.test_client().get("/bookings/unknown").text

    assert "04 78 00 00 00" in page
    assert "Booking not found" in page


def test_the_template_of_the_docs(tmp_path: Path, clock: FrozenClock) -> None:
    """A few lines are a widget."""
    app = app_with(tmp_path, clock, "notice.html", block("jinja", "<section"))

    page = app.test_client().get("/bookings/unknown").text

    assert '<h2 tabindex="-1" data-bk-focus>Booking not found</h2>' in page


def test_the_texts_of_the_docs(tmp_path: Path, clock: FrozenClock) -> None:
    """A text of the host's stands where ours did."""
    app = Flask("partner", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO])
    exec(block("python", "BOOKER_LABELS"), {"app": app})
    Booker(app, clock=clock)

    page = app.test_client().get("/book/intro-call?slot=2027-02-02T09:00:00Z").text

    assert "Book it</button>" in page
    assert "Confirm booking" not in page


def test_the_subscriber_of_the_docs(tmp_path: Path) -> None:
    """The example is an app that hears of bookings."""
    app = Flask("partner", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")
    names: dict[str, Any] = {"app": app}

    exec(block("python", "BookingEvent"), names)

    heard = app.extensions["booker"].outbox.subscribers
    assert any("note" in name for name in heard)


@pytest.mark.parametrize("word", ["booker", "reschedule", "booking", "cancel", "notice"])
def test_every_block_is_named(word: str) -> None:
    """The docs name each block of each widget."""
    template = (Path(__file__).parents[1] / "templates" / "booker" / f"{word}.html").read_text()

    for name in re.findall(r"{%-? block (\w+)", template):
        assert f"`{name}`" in DOCS
