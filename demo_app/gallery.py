"""The gallery: every widget in every state and every language, each on a page of its own."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby

from babel import Locale
from flask import Blueprint, abort, render_template, request
from flask.typing import ResponseReturnValue

from booker_components.examples import EXAMPLES, Example, examples
from booker_components.languages import Languages, speaking

bp = Blueprint("gallery", __name__, url_prefix="/gallery")

THEMES = ("light", "dark")
WIDTHS = ("360", "768", "full")
LANGUAGES = Languages()


@bp.get("")
def index() -> ResponseReturnValue:
    """List the examples, by widget; the query parameter `lang` names their language."""
    seen = [example for example in EXAMPLES if not example.hidden]
    shelves = [(word, list(some)) for word, some in groupby(seen, key=_word)]
    return render_template(
        "demo/gallery.html", shelves=shelves, count=len(seen), languages=_languages(), lang=_lang()
    )


@bp.get("/<name>")
def example(name: str) -> ResponseReturnValue:
    """Show one example; the query parameters `lang`, `theme` and `width` dress it."""
    lang = _lang()
    with speaking(LANGUAGES.best([lang])):
        found = next((each for each in _examples(lang) if each.name == name), None)
        if found is None:
            abort(404)
        return render_template(
            "demo/example.html",
            example=found,
            languages=_languages(),
            lang=lang,
            theme=_one_of(THEMES, request.args.get("theme"), ""),
            width=_one_of(WIDTHS, request.args.get("width"), "full"),
            themes=THEMES,
            widths=WIDTHS,
        )


@lru_cache(maxsize=4)
def _examples(lang: str) -> tuple[Example, ...]:
    """Give the examples in the language *lang*, which is spoken now."""
    return examples()


@lru_cache(maxsize=1)
def _languages() -> dict[str, str]:
    """Give what each language calls itself, by its tag."""
    return {tag: Locale.parse(tag, sep="-").get_display_name() or tag for tag in LANGUAGES.tags}


def _lang() -> str:
    return _one_of(LANGUAGES.tags, request.args.get("lang"), LANGUAGES.tags[0])


def _word(example: Example) -> str:
    return example.component.word


def _one_of(choices: tuple[str, ...], value: str | None, default: str) -> str:
    return value if value in choices else default
