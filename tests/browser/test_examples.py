"""Every example in a real browser: what axe finds, what overflows, what can be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Browser, Page, ViewportSize

from booker_components.examples import EXAMPLES
from booker_components.languages import Languages

from ..pseudo import TAG, lay_catalogue
from ..test_examples import FILES, bare_app, page, seen
from ..translating import languages
from .servers import Server

AXE = Axe()
#: A language from right to left that we do not speak: Persian, with texts that nobody can read.
MIRRORED = "fa"
#: Long words, wide letters, right to left, where they are spoken; and both kinds longer than any of them.
SPOKEN = (*(each for each in ("de", "ja", "ar") if each in languages()), TAG, MIRRORED)
PHONE: ViewportSize = {"width": 360, "height": 740}
LOOKS: dict[Literal["light", "dark"], ViewportSize] = {
    "light": {"width": 1280, "height": 800},
    "dark": PHONE,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Catalogues of languages whose texts are half as long again as the English ones."""
    folder = tmp_path_factory.mktemp("translations")
    return lay_catalogue(lay_catalogue(folder), MIRRORED)


@pytest.fixture
def gallery(serve: Callable[[Flask], Server]) -> Server:
    """All examples in English."""
    return serve(_gallery({each.name: page(each) for each in EXAMPLES}))


def _gallery(pages: Mapping[str, str]) -> Flask:
    """Give an app with *pages*, each at its name, and the files that they ask for."""
    app = bare_app()
    app.add_url_rule("/<name>", "page", lambda name: pages[name])
    app.add_url_rule(
        "/static/<name>",
        "static",
        lambda name: FILES.answer(FILES.digest, "htmx-4.0.1.min.js" if name == "htmx.js" else name),
    )
    return app


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Callable[..., Page]]:
    """Open pages with the options of a browser context, in a zone that no example proposes to leave."""
    opened: list[Page] = []

    def start(**options: object) -> Page:
        opened.append(browser.new_page(timezone_id="Europe/Paris", reduced_motion="reduce", **options))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


@pytest.mark.parametrize(
    "hidden",
    [False, pytest.param(True, marks=pytest.mark.chromium("the same elements with other texts"))],
    ids=["shown", "hidden"],
)
def test_axe_finds_nothing(
    gallery: Server, open_page: Callable[..., Page], browser: Browser, hidden: bool
) -> None:
    """No example has a fault that axe knows, closed parts opened, light and wide or dark and narrow."""
    shown = open_page()
    # Firefox does not get to know of a wish for dark, and takes twice the time: there every third is enough.
    chromium = browser.browser_type.name == "chromium"
    looks = LOOKS if chromium else {"light": LOOKS["light"]}
    found = []

    for place, example in enumerate(EXAMPLES):
        if example.hidden is hidden and (chromium or place % 3 == 0):
            shown.goto(f"{gallery.url}/{example.name}")
            shown.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            shown.evaluate(AXE.axe_script)
            for scheme, viewport in looks.items():
                shown.emulate_media(color_scheme=scheme)
                shown.set_viewport_size(viewport)
                for each in shown.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
                    found.append((example.name, scheme, each["id"], each["nodes"][0]["html"][:120]))

    assert found == []


def test_nothing_is_wider_than_a_small_phone(gallery: Server, open_page: Callable[..., Page]) -> None:
    """At 320 px, which is 400 % zoom on a common screen, no example scrolls sideways, in either direction."""
    shown = open_page(viewport={"width": 320, "height": 600})
    wide = []
    measure = """() => ["ltr", "rtl"].filter(direction => {
      document.querySelectorAll("html, .bk").forEach(each => { each.dir = direction })
      return document.documentElement.scrollWidth > innerWidth
    })"""

    for example in EXAMPLES:
        shown.goto(f"{gallery.url}/{example.name}")
        wide.extend((example.name, direction) for direction in shown.evaluate(measure))

    assert wide == []


@pytest.mark.chromium("the same elements with other texts")
@pytest.mark.parametrize("language", SPOKEN)
def test_examples_are_as_good_in_every_language(
    serve: Callable[[Flask], Server], open_page: Callable[..., Page], folder: Path, language: str
) -> None:
    """At 320 px axe finds nothing, and nothing scrolls sideways, however long or mirrored it is."""
    pages = {each.name: markup for each, markup in seen(Languages(folder=folder).best([language]))}
    url = serve(_gallery(pages)).url
    shown = open_page(viewport={"width": 320, "height": 600})
    found = []

    for name in pages:
        shown.goto(f"{url}/{name}")
        if shown.evaluate("document.documentElement.scrollWidth > innerWidth"):
            found.append((name, "too wide"))
        shown.evaluate(AXE.axe_script)
        for each in shown.evaluate("axe.run({resultTypes: ['violations']})")["violations"]:
            found.append((name, f"{each['id']}: {each['nodes'][0]['html'][:120]}"))

    assert found == []


def test_targets_are_big_enough_for_thumbs(gallery: Server, open_page: Callable[..., Page]) -> None:
    """Links, buttons and fields are 44 px high, but for links within sentences; days are at least 36 wide."""
    shown = open_page(viewport=PHONE)
    small = []
    measure = """() => [...document.querySelectorAll(".bk :is(a, button, summary, input, select, .bk-check)")]
      .filter(each => each.checkVisibility() && !each.matches("[aria-hidden] > *"))
      .filter(each => !each.matches(".bk-link, .bk-problems__link, .bk-check__box"))
      .map(each => [each.className, each.getBoundingClientRect()])
      .filter(([name, box]) => box.height < 44 || box.width < 36).map(([name]) => name)"""

    for example in EXAMPLES:
        if not example.hidden:
            shown.goto(f"{gallery.url}/{example.name}")
            small.extend((example.name, name) for name in shown.evaluate(measure))

    assert small == []
