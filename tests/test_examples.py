"""Generic suites: what must hold for every widget in every state, read from its markup alone."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask, render_template
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from booker_components.examples import EXAMPLES, MARKUP, Example, examples, offers
from booker_components.languages import Languages, Speech, speaking, speech
from booker_components.web.assets import Addresses, Assets, styles
from booker_components.web.language import GLOBALS, Language

from .pseudo import TAG, english, lay_catalogue, texts_of
from .translating import languages

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
HTML = "{http://www.w3.org/1999/xhtml}"
FILES = Assets.load()
#: The switch, as it stands on pages where it is on.
CHOICES = (
    Language(tag="en", label="English", href="/book/intro-call?lang=en", current=True),
    Language(tag="ar", label="العربية", href="/book/intro-call?lang=ar"),
)
#: Whatever is written, and a language of which each text is half as long again.
SPOKEN = (*languages(), TAG)


def assets(example: Example | None = None) -> Addresses:
    """Give what a page around *example* is told of the files: of the style sheet what it needs."""
    return Addresses(
        css=FILES.sheet(styles(example.component) | {"languages"}).css if example else Markup(),
        rest=f"/static/{FILES.sheet(styles(example.component)).rest}" if example else "",
        stylesheet="/static/booker.css",
        script="/static/booker.js",
        htmx="/static/htmx.js",
        icon="/static/icon.svg",
    )


every = pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
with_markup = pytest.mark.parametrize(
    "example", [each for each in EXAMPLES if each.name.endswith("-markup")], ids=lambda each: each.name
)


def bare_app() -> Flask:
    """Give an app that knows the templates and nothing else of us."""
    app = Flask("examples", static_folder=None)
    app.jinja_loader = FileSystemLoader(TEMPLATES)
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.globals.update(GLOBALS)
    return app


APP = bare_app()


def page(example: Example) -> str:
    """Give the full page around an example, in the language that is spoken."""
    with APP.app_context():
        return render_template(
            "booker/page.html",
            title=example.component.id,
            component=example.component,
            assets=assets(example),
            languages=CHOICES,
        )


def parsed(markup: str) -> list[Element]:
    """Give the elements of a page, in order, read as HTML5 by the book."""
    tree = html5lib.HTMLParser(strict=True).parse(markup)
    return [each for each in tree.iter() if isinstance(each.tag, str)]


@cache
def _elements(name: str) -> list[Element]:
    return parsed(page(next(each for each in EXAMPLES if each.name == name)))


def elements(example: Example) -> list[Element]:
    """Give the elements of the page of an example, in English."""
    return _elements(example.name)


def named(found: list[Element], *tags: str) -> list[Element]:
    """Give the elements that have one of *tags*."""
    return [each for each in found if each.tag.removeprefix(HTML) in tags]


def text(element: Element) -> str:
    """Give all text within *element*."""
    return "".join(element.itertext()).strip()


@every
def test_page_is_valid_html(example: Example) -> None:
    """The strict parser finds no error, and every variable of the template is a field of the component."""
    found = elements(example)

    assert named(found, "main", "h1", "h2")


def repeated(found: list[Element]) -> list[str]:
    """Give the ids that a page has twice."""
    ids = Counter(each.get("id") for each in found if each.get("id"))
    return [str(name) for name, count in ids.items() if count > 1]


def dangling(found: list[Element]) -> list[str]:
    """Give what something on a page points at, and is not there."""
    ids = {each.get("id") for each in found}
    pointers = ("for", "form", "aria-describedby", "aria-labelledby", "aria-controls", "data-bk-day")
    pointed = {word for each in found for name in pointers for word in each.get(name, "").split()}
    pointed |= {
        each.get("href", "")[1:] for each in named(found, "a") if each.get("href", "").startswith("#")
    }
    pointed |= {each.get("hx-target", "")[1:] for each in found if each.get("hx-target")}
    return sorted(pointed - ids)


def nameless(found: list[Element]) -> list[dict[str, str]]:
    """Give the fields without a label, links and buttons without a name, groups without a legend or label."""
    labelled = {each.get("for") for each in named(found, "label") if text(each)}
    # What nobody hears needs no name: the field for programs.
    unheard = {inner for each in found if each.get("aria-hidden") == "true" for inner in each.iter()}
    fields = [each for each in named(found, "input", "select", "textarea") if each not in unheard]
    controls = [each for each in fields if each.get("type") != "hidden"]
    steps = named(found, "a", "button", "summary")
    groups = named(found, "fieldset") + [each for each in found if each.get("role") == "group"]
    return [
        *(each.attrib for each in controls if each.get("id") not in labelled),
        *(each.attrib for each in steps if not (each.get("aria-label") or text(each))),
        *(
            each.attrib
            for each in groups
            if not (each.get("aria-label") or each.get("aria-labelledby") or text(each[0]))
        ),
    ]


@every
def test_ids_are_unique(example: Example) -> None:
    """No id occurs twice on a page."""
    assert repeated(elements(example)) == []


@every
def test_references_have_targets(example: Example) -> None:
    """Whatever points at an id points at something."""
    assert dangling(elements(example)) == []


@every
def test_controls_are_labelled(example: Example) -> None:
    """Every field has a label, every link and button a name, every group a legend or a label."""
    assert nameless(elements(example)) == []


@every
def test_nothing_is_inline(example: Example) -> None:
    """No style attribute, no handler, no script of its own; the one style element holds the sheet exactly."""
    found = elements(example)
    attributes = [name for each in found for name in each.attrib]
    styles = named(found, "style")

    assert not [name for name in attributes if name == "style" or name.startswith(("on", "hx-on"))]
    assert [text(each) for each in named(found, "script")] == [""]
    assert [each.text for each in styles] == [str(assets(example).css)]


@every
def test_forms_work_without_scripts(example: Example) -> None:
    """Every form says where it goes; those that post swap the widget when htmx runs."""
    found = elements(example)
    root = example.component.id

    for form in named(found, "form"):
        assert form.get("action")
        if form.get("method") == "post":
            assert form.get("hx-post") == form.get("action")
            assert (form.get("hx-target"), form.get("hx-swap")) == (f"#{root}", "outerHTML")
        else:
            assert form.get("method") == "get"


@every
def test_root_carries_the_word(example: Example) -> None:
    """The root element has the component's id and its word, and is named by its heading."""
    component = example.component
    root = next(each for each in elements(example) if each.get("data-bk"))

    assert (root.tag, root.get("id"), root.get("data-bk")) == (f"{HTML}section", component.id, component.word)
    assert root.get("aria-labelledby") == f"{component.id}-title"


@with_markup
def test_markup_in_texts_stays_text(example: Example) -> None:
    """What people wrote is shown as they wrote it and never becomes an element."""
    found = elements(example)

    assert named(found, "b") == []
    assert len(named(found, "script")) == 1
    assert any(MARKUP in (each.text or "") for each in named(found, "h2", "p", "dd"))


# --- languages -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def spoken(tmp_path_factory: pytest.TempPathFactory) -> Languages:
    """All languages, and the one that nobody speaks."""
    return Languages(folder=lay_catalogue(tmp_path_factory.mktemp("translations")))


def seen(spoken: Speech) -> Iterator[tuple[Example, str]]:
    """Give the examples that people look at, with their pages, in a language."""
    with speaking(spoken):
        for each in examples():
            if not each.hidden:
                yield each, page(each)


@pytest.mark.parametrize("language", SPOKEN)
def test_pages_are_sound_in_every_language(spoken: Languages, language: str) -> None:
    """As in English: valid, ids and what points at them, names of whatever can be pressed; each says so."""
    said = spoken.best([language])

    for example, markup in seen(said):
        found = parsed(markup)
        root = next(each for each in found if each.get("data-bk"))
        assert (root.get("lang"), root.get("dir")) == (said.tag, said.direction), example.name
        assert (repeated(found), dangling(found), nameless(found)) == ([], [], []), example.name


def test_examples_are_in_the_language_that_is_spoken(spoken: Languages) -> None:
    """Each text is one of the catalogues: none says what the widgets do not; hosts' own stay as they are."""
    own = re.compile("|".join(f"(?<!\\w){re.escape(each)}(?!\\w)" for each in _texts_of_hosts()))
    found: dict[str, tuple[str, str]] = {}

    for example, markup in seen(spoken.best([TAG])):
        for said in texts_of(markup):
            if english(said) and (words := english(own.sub(" ", said))):
                found.setdefault(words, (example.name, said.strip()))

    assert not found, "\n".join(map(str, found.values()))


def _texts_of_hosts() -> list[str]:
    values = [value for name, value in vars(offers).items() if name.isupper()]
    # The names of the pages, and of the languages to choose from.
    names = {each.component.id for each in EXAMPLES} | {each.label for each in CHOICES}
    lines = {line.strip() for text in _strings(values) for line in text.split("\n\n")}
    return sorted(filter(None, lines | names), key=len, reverse=True)


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif is_dataclass(value):
        yield from _strings([getattr(value, each.name) for each in fields(value)])
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _strings(each)


def test_english_is_left_as_it_was() -> None:
    """Nobody who has looked at the examples speaks on in their language."""
    assert speech().tag == "en"
    assert [each.name for each in examples()] == [each.name for each in EXAMPLES]


# --- what surrounds them -------------------------------------------------------------------------


def test_examples_have_unique_names() -> None:
    """Names serve as file names and links; the visible components as well have ids of their own."""
    names = Counter(each.name for each in EXAMPLES)
    ids = Counter(each.component.id for each in EXAMPLES if not each.hidden)

    assert max(names.values()) == max(ids.values()) == 1


def test_htmx_attributes_come_from_the_macros() -> None:
    """htmx is spoken in one place."""
    others = [path for path in TEMPLATES.rglob("*.html") if path.name != "_macros.html"]

    assert [path.name for path in others if re.search(r"\bhx-", path.read_text())] == []


@pytest.mark.parametrize("path", sorted(TEMPLATES.glob("booker/*.html")), ids=lambda path: path.name)
def test_template_opens_with_a_comment(path: Path) -> None:
    """The first line names what the template shows."""
    first = path.read_text().splitlines()[0]

    assert re.fullmatch(r"\{# Booker: .+\. #\}", first)


def test_head_links_the_assets() -> None:
    """What a host prints in its head loads the sheet and the script, and names htmx for later."""
    with APP.app_context():
        head = render_template("booker/head.html", assets=assets())

    assert '<link rel="stylesheet" href="/static/booker.css">' in head
    assert '<script src="/static/booker.js" data-bk-htmx="/static/htmx.js" defer></script>' in head
