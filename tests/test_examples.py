"""Generic suites: what must hold for every widget in every state, read from its markup alone."""

import re
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from xml.etree.ElementTree import Element

import html5lib
import pytest
from flask import Flask, render_template
from jinja2 import FileSystemLoader, StrictUndefined
from markupsafe import Markup

from booker_components.examples import EXAMPLES, MARKUP, Example
from booker_components.web.language import GLOBALS

ROOT = Path(__file__).parents[1]
TEMPLATES = ROOT / "templates"
HTML = "{http://www.w3.org/1999/xhtml}"
ASSETS = SimpleNamespace(
    css=Markup((ROOT / "static" / "booker.css").read_text()),
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
    """Give the full page around an example."""
    with APP.app_context():
        return render_template(
            "booker/page.html", title=example.description, component=example.component, assets=ASSETS
        )


def elements(example: Example) -> list[Element]:
    """Give the elements of the page, in order, read as HTML5 by the book."""
    tree = html5lib.HTMLParser(strict=True).parse(page(example))
    return [each for each in tree.iter() if isinstance(each.tag, str)]


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


@every
def test_ids_are_unique(example: Example) -> None:
    """No id occurs twice on a page."""
    ids = Counter(each.get("id") for each in elements(example) if each.get("id"))

    assert [name for name, count in ids.items() if count > 1] == []


@every
def test_references_have_targets(example: Example) -> None:
    """Whatever points at an id points at something."""
    found = elements(example)
    ids = {each.get("id") for each in found}
    pointers = ("for", "form", "aria-describedby", "aria-labelledby", "aria-controls", "data-bk-day")
    pointed = {word for each in found for name in pointers for word in each.get(name, "").split()}
    pointed |= {
        each.get("href", "")[1:] for each in named(found, "a") if each.get("href", "").startswith("#")
    }
    pointed |= {each.get("hx-target", "")[1:] for each in found if each.get("hx-target")}

    assert pointed - ids == set()


@every
def test_controls_are_labelled(example: Example) -> None:
    """Every field has a label, every link and button a name, every group a legend or a label."""
    found = elements(example)
    labelled = {each.get("for") for each in named(found, "label") if text(each)}
    fields = [each for each in named(found, "input", "select", "textarea") if each.get("type") != "hidden"]
    steps = named(found, "a", "button", "summary")
    groups = named(found, "fieldset") + [each for each in found if each.get("role") == "group"]

    assert [each.get("id") for each in fields if each.get("id") not in labelled] == []
    assert [each.attrib for each in steps if not (each.get("aria-label") or text(each))] == []
    for group in groups:
        assert group.get("aria-label") or group.get("aria-labelledby") or text(group[0])


@every
def test_nothing_is_inline(example: Example) -> None:
    """No style attribute, no handler, no script of its own; the one style element holds the sheet exactly."""
    found = elements(example)
    attributes = [name for each in found for name in each.attrib]
    styles = named(found, "style")

    assert not [name for name in attributes if name == "style" or name.startswith(("on", "hx-on"))]
    assert [text(each) for each in named(found, "script")] == [""]
    assert [each.text for each in styles] == [str(ASSETS.css)]


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
        head = render_template("booker/head.html", assets=ASSETS)

    assert '<link rel="stylesheet" href="/static/booker.css">' in head
    assert '<script src="/static/booker.js" data-bk-htmx="/static/htmx.js" defer></script>' in head
