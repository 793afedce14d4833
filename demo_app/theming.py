"""Theming: the custom properties of the widgets, and a page to try them on."""

from __future__ import annotations

import re
from dataclasses import dataclass
from re import Pattern

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue

from booker_components.examples import EXAMPLES

bp = Blueprint("theming", __name__, url_prefix="/gallery")

_COLOUR = re.compile(r"#[0-9a-f]{6}", re.IGNORECASE | re.ASCII)
_LENGTH = re.compile(r"\d{1,2}(\.\d)?(px|em|rem)", re.ASCII)
_FONT = re.compile(r"[\w\s,'-]{1,80}", re.ASCII)
_SHADOW = re.compile(r"none")

#: The widgets on view while a theme is tried.
_SHOWN = ("booker-first", "booker-errors", "booking-confirmed")


@dataclass(frozen=True, slots=True)
class Token:
    """A custom property that a host may set on `.bk` or on any element around it."""

    name: str
    #: What it is where nobody sets it, in the light and in the dark.
    light: str
    dark: str
    meaning: str
    #: What may be tried on the page, from its address.
    allowed: Pattern[str] = _COLOUR

    @property
    def is_colour(self) -> bool:
        """Whether the page offers a colour to pick."""
        return self.allowed is _COLOUR


#: Every public property of the style sheet.
TOKENS = (
    Token("--bk-accent", "#2b57c9", "#a3bcff", "Links, free days and times, filled buttons, focus."),
    Token("--bk-on-accent", "#fff", "#0e1a3c", "Text on the accent."),
    Token("--bk-text", "#1b1f27", "#eceef3", "Text."),
    Token("--bk-muted", "#59606e", "#a6adba", "Secondary text; at least 4.5:1 on the surface."),
    Token("--bk-surface", "#fff", "#191c22", "The card."),
    Token("--bk-page", "#f4f5f8", "#0f1115", "Behind the card, on our own pages."),
    Token("--bk-border", "#e1e4ea", "#2e333d", "Lines that only part."),
    Token("--bk-edge", "#858c9a", "#747c8b", "Edges of fields and buttons; at least 3:1 on the surface."),
    Token("--bk-danger", "#b3261e", "#ffa8a0", "Errors and cancelling."),
    Token("--bk-success", "#14713d", "#7fd9a4", "What has worked."),
    Token("--bk-warning", "#8a5300", "#f2c063", "What needs care."),
    Token("--bk-radius", "10px", "10px", "Round corners of fields and buttons.", _LENGTH),
    Token("--bk-font", "inherit", "inherit", "The font; on our own pages `system-ui, sans-serif`.", _FONT),
    Token("--bk-font-size", "inherit", "inherit", "The size of text.", _LENGTH),
    Token("--bk-shadow", "two soft shadows", "two soft shadows", "The card's shadow.", _SHADOW),
)


def table() -> str:
    """Give the properties as a table in Markdown, for docs/theming.md."""
    rows = ["| Property | Light | Dark | |", "|---|---|---|---|"]
    rows += (f"| `{each.name}` | `{each.light}` | `{each.dark}` | {each.meaning} |" for each in TOKENS)
    return "\n".join(rows)


@bp.get("/theming")
def show() -> ResponseReturnValue:
    """Show some widgets in the theme that the address says, with the style that makes it."""
    return render_template(
        "demo/theming.html",
        tokens=TOKENS,
        chosen=_chosen(),
        style=_style(":root"),
        query=request.query_string.decode("ascii", "ignore"),
        examples=[each for name in _SHOWN for each in EXAMPLES if each.name == name],
    )


@bp.get("/theme.css")
def style() -> Response:
    """Give the theme that the address says, for the widgets on that page alone."""
    return Response(_style(".theming__stage"), mimetype="text/css")


def _chosen() -> dict[str, str]:
    """Give what the address says of each property; what could be anything else than its value is left out."""
    said = ((each, request.args.get(each.name.removeprefix("--bk-"), "")) for each in TOKENS)
    return {each.name: value for each, value in said if each.allowed.fullmatch(value)}


def _style(selector: str) -> str:
    lines = "".join(f"  {name}: {value};\n" for name, value in _chosen().items())
    return f"{selector} {{\n{lines}}}\n"
