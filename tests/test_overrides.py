"""A host can change how widgets look, from one block to a whole template."""

from __future__ import annotations

from pathlib import Path

from flask import Flask

from booker_components import Booker
from booker_components.testing import FrozenClock

from .conftest import INTRO


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
