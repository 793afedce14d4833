"""The public custom properties: those of the style sheet, the demo's page and the docs are the same."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Flask

from booker_components.web.assets import ROOT
from demo_app import close, create_app
from demo_app.theming import TOKENS, table

PAGE = Path(__file__).parents[1] / "docs" / "theming.md"
SHEETS = "".join(path.read_text() for path in sorted((ROOT / "static").rglob("*.css")))


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The demo."""
    app = create_app({"INSTANCE_PATH": str(tmp_path_factory.mktemp("demo")), "BOOKER_DISPATCH": "none"})
    close(app)
    return app


def test_every_property_of_the_style_sheet_is_named() -> None:
    """And no other."""
    read = set(re.findall(r"var\((--bk-[a-z-]+)", SHEETS))

    assert {each.name for each in TOKENS} == read


@pytest.mark.parametrize("token", [each for each in TOKENS if each.is_colour], ids=lambda each: each.name)
def test_colours_are_what_is_said(token: object) -> None:
    """Both values stand in the style sheet."""
    name, light, dark = (getattr(token, each) for each in ("name", "light", "dark"))

    assert f"var({name}, light-dark({light}, {dark}))" in SHEETS


def test_the_table_is_todays() -> None:
    """The docs say what the demo's page says; `demo_app.theming.table()` gives it."""
    assert table() in PAGE.read_text()


def test_every_style_of_the_page_is_understood() -> None:
    """The examples set public properties, and nothing that does not exist."""
    blocks = re.findall(r"```css\n(.*?)```", PAGE.read_text(), re.DOTALL)
    named = {name for block in blocks for name in re.findall(r"(--[\w-]+):", block)}

    assert len(blocks) == 3
    assert named <= {each.name for each in TOKENS}


def test_a_theme_is_tried_without_scripts(app: Flask) -> None:
    """The form's own address shows it, and gives the style to copy."""
    client = app.test_client()

    page = client.get("/gallery/theming?accent=%237a1fa2&radius=4px").text
    style = client.get("/gallery/theme.css?accent=%237a1fa2&radius=4px").text

    assert ":root {\n  --bk-accent: #7a1fa2;\n  --bk-radius: 4px;\n}" in page
    assert style == ".theming__stage {\n  --bk-accent: #7a1fa2;\n  --bk-radius: 4px;\n}\n"


@pytest.mark.parametrize(
    "value", ["red;}body{display:none", "url(//example.com)", "</style>", "expression(1)"]
)
def test_only_values_get_into_the_style(app: Flask, value: str) -> None:
    """What could be more than a colour is left out."""
    style = app.test_client().get("/gallery/theme.css", query_string={"accent": value, "font": value}).text

    assert style == ".theming__stage {\n}\n"
