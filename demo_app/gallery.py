"""The gallery: every widget in every state, each on a page of its own."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from booker_components.examples import EXAMPLES, Example

bp = Blueprint("gallery", __name__, url_prefix="/gallery")

THEMES = ("light", "dark")
WIDTHS = ("360", "768", "full")


@bp.get("")
def index() -> ResponseReturnValue:
    """List the examples, by widget."""
    seen = [example for example in EXAMPLES if not example.hidden]
    shelves = [(word, list(some)) for word, some in groupby(seen, key=_word)]
    return render_template("demo/gallery.html", shelves=shelves, count=len(seen))


@bp.get("/<name>")
def example(name: str) -> ResponseReturnValue:
    """Show one example; the query parameters `theme` and `width` dress it."""
    found = next((each for each in EXAMPLES if each.name == name), None)
    if found is None:
        abort(404)
    return render_template(
        "demo/example.html",
        example=found,
        theme=_one_of(THEMES, request.args.get("theme"), ""),
        width=_one_of(WIDTHS, request.args.get("width"), "full"),
        themes=THEMES,
        widths=WIDTHS,
    )


def _word(example: Example) -> str:
    return example.component.word


def _one_of(choices: tuple[str, ...], value: str | None, default: str) -> str:
    return value if value in choices else default
