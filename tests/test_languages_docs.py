"""What docs/languages.md says is true: its settings are taken, its texts and catalogues shown."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from booker_components.languages import Languages
from booker_components.settings import settings_table

from .guests import Guest
from .pages import Page
from .test_languages import HEADING, HEADINGS, lay
from .translating import TEMPLATE, languages

ROOT = Path(__file__).resolve().parent.parent
TEXT = (ROOT / "docs" / "languages.md").read_text("utf-8")
FORM = "/book/intro-call?slot=2027-02-02T09:00:00Z"
SWITCH, LABELS, FOLDER = range(3)


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


def config(number: int) -> dict[str, Any]:
    """Give the settings of the example with *number*."""
    found: dict[str, Any] = {}
    exec(blocks("python")[number], {"app": SimpleNamespace(config=found)})
    return found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A host's folder with a catalogue for German and French, whatever ours say."""
    for language in ("de", "fr"):
        lay(tmp_path / "translations", {HEADING: HEADINGS[language]}, language)
    return tmp_path / "translations"


def submit(page: Page) -> str:
    """Give what the button of the form says."""
    (button,) = [each for each in page.tree.iter("button") if "bk-button--main" in each.get("class", "")]
    return "".join(button.itertext())


def test_the_languages_are_those_of_the_example(make_app: Callable[..., Flask], folder: Path) -> None:
    """A cookie decides, then the browser, then the first of the list; and our own pages have a choice."""
    client = make_app(BOOKER_TRANSLATIONS=folder, **config(SWITCH)).test_client()
    french = {"Accept-Language": "fr"}

    plain = client.get("/book/intro-call").text
    asked = client.get("/book/intro-call", headers=french).text
    client.set_cookie("language", "de")
    chosen = client.get("/book/intro-call", headers=french).text

    assert [HEADINGS["de"] in each for each in (plain, chosen)] == [True, True]
    assert HEADINGS["fr"] in asked
    assert re.findall(r'hreflang="([^"]+)"', plain) == ["de", "fr", "en"]


def test_the_labels_are_shown(make_app: Callable[..., Flask], folder: Path) -> None:
    """Each in its language."""
    app = make_app(BOOKER_TRANSLATIONS=folder, **config(LABELS))

    said = [submit(Guest(app.test_client()).open(f"{FORM}&lang={tag}")) for tag in ("en", "de")]

    assert said == ["Book it", "Termin buchen"]


def test_the_catalogue_is_read(tmp_path: Path, make_app: Callable[..., Flask]) -> None:
    """Where the settings say, as it stands; what it leaves out is ours."""
    path = tmp_path / "translations" / "de" / "LC_MESSAGES" / "booker.po"
    path.parent.mkdir(parents=True)
    path.write_text(blocks("po")[0], "utf-8")
    app = make_app(BOOKER_TRANSLATIONS=tmp_path / config(FOLDER)["BOOKER_TRANSLATIONS"])

    page = Guest(app.test_client()).open(f"{FORM}&lang=de-AT")

    assert submit(page) == "Jetzt buchen"
    texts = Languages(folder=tmp_path / "translations").best(["de"]).texts
    assert texts.ngettext("%(n)s seat left", "%(n)s seats left", 1) == "nur noch %(n)s Platz"


def test_the_template_is_shown(make_app: Callable[..., Flask], tmp_path: Path, folder: Path) -> None:
    """The names that templates of hosts may use are there, under the names that the page gives."""
    app = make_app(BOOKER_TRANSLATIONS=folder)
    place = tmp_path / "templates" / "booker"
    place.mkdir(parents=True)
    (place / "layout.html").write_text(blocks("jinja")[0], "utf-8")
    app.jinja_loader.searchpath.insert(0, str(tmp_path / "templates"))  # type: ignore[union-attr]

    page = app.test_client().get("/book/intro-call?lang=de-AT").text

    assert re.search(r'<p lang="de">[^<]+ AT</p>', page)


def test_every_language_is_named() -> None:
    """Whatever there is a catalogue of is in the list."""
    listed = re.findall(r"`([a-z]{2}(?:-[A-Z]\w+)?)`", TEXT.partition("Beside English")[2].partition("**")[0])

    assert len(listed) == 29
    assert {each.replace("_", "-") for each in languages()} <= set(listed)


def test_every_name_is_there() -> None:
    """The settings are in the table of the README, the texts that are replaced in the template."""
    named = set(re.findall(r"BOOKER_[A-Z_]*[A-Z]", TEXT))
    english = re.findall(r'^msgid(?:_plural)? "(.+)"', blocks("po")[0], re.MULTILINE)
    english += [each for texts in config(LABELS)["BOOKER_LABELS"].values() for each in texts]
    english += re.findall(r'bk_\("([A-Z][^"]+)"\)', blocks("jinja")[0])

    assert all(f"`{each}`" in settings_table() for each in named)
    template = TEMPLATE.read_text("utf-8")
    assert all(f'"{each}"' in template for each in english)
    assert "i18n:" in (ROOT / "Makefile").read_text("utf-8")
