"""The colour of an event type's brand: in our pages at once, in a host's page by a sheet of a few lines."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from flask import Flask, render_template_string

from ..conftest import INTRO

MakeApp = Callable[..., Flask]
SHEET = ".bk-brand-ffd400{--bk-accent:light-dark(#8b6200,#ffd400);--bk-on-accent:light-dark(#ffffff,#000000)}"


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """An app whose event type is as yellow as its brand."""
    return make_app(BOOKER_EVENT_TYPES=[replace(INTRO, colour="#FFD400")])


def test_a_page_of_ours_has_it_at_once(app: Flask) -> None:
    """It stands in the page's one style element, which the policy allows by its hash."""
    response = app.test_client().get("/book/intro-call")

    style = re.search(r"<style>(.*?)</style>", response.text, re.DOTALL)
    assert style
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert style[1].endswith(SHEET)
    assert f"'sha256-{digest}'" in response.headers["Content-Security-Policy"]
    assert 'class="bk bk-booker bk-brand-ffd400"' in response.text
    assert "/booker/brand/" not in response.text


def test_a_widget_alone_brings_a_link(app: Flask) -> None:
    """What htmx asks for, and a host's own page, have no style of ours inline."""
    app.add_url_rule("/host", "host", lambda: render_template_string("{{ booker('intro-call') }}"))
    client = app.test_client()
    asked = {"HX-Request": "true", "HX-Target": "section#bk-booker"}

    for response in (client.get("/book/intro-call", headers=asked), client.get("/host")):
        assert '<link rel="stylesheet" href="/booker/brand/ffd400.css">' in response.text
        assert "<style>" not in response.text


def test_the_sheet_is_what_it_says(app: Flask) -> None:
    """Its colours can be read on the light and on the dark."""
    response = app.test_client().get("/booker/brand/ffd400.css")

    assert response.text == SHEET
    assert response.mimetype == "text/css"


@pytest.mark.parametrize("name", ["red", "12345g", "ffd400}body{", "1234567"])
def test_there_is_none_for_what_is_no_colour(app: Flask, name: str) -> None:
    """Nothing of an address gets into a style."""
    assert app.test_client().get(f"/booker/brand/{name}.css").status_code == 404


def test_without_a_colour_nothing_is_said(make_app: MakeApp) -> None:
    """The page's own accent counts."""
    assert "bk-brand" not in make_app().test_client().get("/book/intro-call").text
