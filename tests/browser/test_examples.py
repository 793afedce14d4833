"""Every example in a real browser: what axe finds, what overflows, what can be reached."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, send_from_directory
from playwright.sync_api import Browser, Page, ViewportSize

from booker_components.examples import EXAMPLES

from ..test_examples import ROOT, bare_app, page
from .servers import Server

AXE = Axe()
PHONE: ViewportSize = {"width": 360, "height": 740}
LOOKS: dict[Literal["light", "dark"], ViewportSize] = {
    "light": {"width": 1280, "height": 800},
    "dark": PHONE,
}


@pytest.fixture
def gallery(serve: Callable[[Flask], Server]) -> Server:
    """All examples, each at its name, with the files that they ask for."""
    app = bare_app()
    pages = {each.name: page(each) for each in EXAMPLES}
    static = {"htmx.js": "htmx-4.0.1.min.js"}
    app.add_url_rule("/<name>", "page", lambda name: pages[name])
    app.add_url_rule(
        "/static/<name>",
        "static",
        lambda name: send_from_directory(ROOT / "static", static.get(name, name), max_age=3600),
    )
    return serve(app)


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


@pytest.mark.parametrize("hidden", [False, True], ids=["shown", "hidden"])
def test_axe_finds_nothing(gallery: Server, open_page: Callable[..., Page], hidden: bool) -> None:
    """No example has a fault that axe knows, closed parts opened, light and wide or dark and narrow."""
    shown = open_page()
    found = []

    for example in EXAMPLES:
        if example.hidden is hidden:
            shown.goto(f"{gallery.url}/{example.name}")
            shown.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            shown.evaluate(AXE.axe_script)
            for scheme, viewport in LOOKS.items():
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
      document.documentElement.dir = direction
      return document.documentElement.scrollWidth > innerWidth
    })"""

    for example in EXAMPLES:
        shown.goto(f"{gallery.url}/{example.name}")
        wide.extend((example.name, direction) for direction in shown.evaluate(measure))

    assert wide == []


def test_targets_are_big_enough_for_thumbs(gallery: Server, open_page: Callable[..., Page]) -> None:
    """Links, buttons and fields are 44 px high, but for links within sentences; days are at least 36 wide."""
    shown = open_page(viewport=PHONE)
    small = []
    measure = """() => [...document.querySelectorAll(".bk :is(a, button, summary, input, select, .bk-check)")]
      .filter(each => each.checkVisibility() && !each.matches(".bk-link, .bk-problems__link, .bk-check__box"))
      .map(each => [each.className, each.getBoundingClientRect()])
      .filter(([name, box]) => box.height < 44 || box.width < 36).map(([name]) => name)"""

    for example in EXAMPLES:
        if not example.hidden:
            shown.goto(f"{gallery.url}/{example.name}")
            small.extend((example.name, name) for name in shown.evaluate(measure))

    assert small == []
