"""Widgets in hostile pages are the same to the pixel: frameworks, resets, right to left, policies."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask, Response, render_template_string
from playwright.sync_api import Browser, Page, expect

from booker_components import EventKind
from booker_components.examples import EXAMPLES
from booker_components.testing import Recorder

from ..test_examples import FILES, assets, bare_app
from .hosts import SHEETS, STRICT, add_page
from .servers import Server, serving
from .visits import TUESDAY, Visit, eventually

SHOWN = (
    "booker-first",
    "booker-errors",
    "booker-questions",
    "booker-taken",
    "booker-series",
    "reschedule-pick",
    "reschedule-form",
    "booking-confirmed",
    "cancel",
    "notice-expired",
)

_PAGE = """<!DOCTYPE html>
<html lang="en" dir="{{ direction }}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Host</title>
  <link rel="icon" href="data:,">
  {% include "booker/head.html" %}
  {#- After ours, where it wins what is even. #}
  <link rel="stylesheet" href="/css/{{ sheet }}">
  <link rel="stylesheet" href="/css/same-{{ scheme }}">
</head>
<body><div id="stage">{% for each in shown %}{{ each }}{% endfor %}</div></body>
</html>"""

# Widgets take font, colours and room from where they stand: these are the same on every page.
_SAME = """
html:root, html:root body { max-width: none; margin: 0; padding: 0; background: none; scrollbar-width: none; }
#stage { display: flow-root; padding: 12px; background: Canvas; color: CanvasText; color-scheme: %s; }
#stage { font: 16px/1.5 sans-serif; letter-spacing: normal; text-align: start; text-rendering: auto; }
"""

_OPEN = """() => {
  for (const each of document.querySelectorAll("details")) each.open = true;
  document.activeElement.blur();
  scrollTo(0, 0);
}"""
_PLACES = """() => [...document.querySelectorAll("#stage > .bk")].map(each => {
  const box = each.getBoundingClientRect();
  return [each.id, box.top, box.bottom];
})"""
# Gives the rows in which two pictures differ.
_ROWS = """async pictures => {
  const [one, other] = await Promise.all(pictures.map(async picture => {
    const image = new Image();
    image.src = "data:image/png;base64," + picture;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    return canvas.getImageData(0, 0, image.width, image.height);
  }));
  const rows = [];
  for (let row = 0; row < Math.max(one.height, other.height); row++) {
    const rowOf = ({ data, width }) => data.subarray(row * width * 4, (row + 1) * width * 4);
    const [mine, theirs] = [one, other].map(rowOf);
    if (mine.length !== theirs.length || mine.some((each, place) => each !== theirs[place])) rows.push(row);
  }
  return rows;
}"""


@dataclass(frozen=True, kw_only=True)
class Look:
    """How wide a page is, in pixels, and whether it is dark."""

    width: int
    scheme: str = "light"


LOOKS = (Look(width=360), Look(width=1280), Look(width=360, scheme="dark"))


@dataclass(kw_only=True)
class Camera:
    """Takes pictures of the examples in pages of hosts, with scripts, in a zone that none would leave."""

    browser: Browser
    base: str
    #: What they look like in a page without any style sheet.
    plain: dict[Look, bytes] = field(default_factory=dict)

    def differences(self, **host: str) -> list[tuple[Look, str]]:
        """Give the widgets that look otherwise in a page of *host* than in a plain one."""
        found = []
        for look in LOOKS:
            if look not in self.plain:
                self.plain[look], _ = self._picture(look)
            picture, places = self._picture(look, **host)
            # Equal pictures need not be equal files.
            rows = self._rows(self.plain[look], picture) if picture != self.plain[look] else []
            hit = {name for name, top, bottom in places for row in rows if top <= row < bottom}
            found += [(look, name) for name in sorted(hit)]
        return found

    def _picture(self, look: Look, *, sheet: str = "none", direction: str = "ltr") -> tuple[bytes, list[Any]]:
        address = f"{self.base}/page/{look.scheme}/{sheet}/{direction}"
        with self._page(look.width) as page:
            page.goto(address)
            page.evaluate(_OPEN)
            # Hiding the caret would need a style that strict policies refuse.
            return page.screenshot(full_page=True, caret="initial"), page.evaluate(_PLACES)

    def _rows(self, one: bytes, other: bytes) -> list[int]:
        with self._page(360) as page:
            rows: list[int] = page.evaluate(_ROWS, [base64.b64encode(each).decode() for each in (one, other)])
            return rows

    def _page(self, width: int) -> Page:
        return self.browser.new_page(
            viewport={"width": width, "height": 800}, timezone_id="Europe/Paris", reduced_motion="reduce"
        )


def _host() -> Flask:
    """Make an app whose pages show the examples, among style sheets of others."""
    app = bare_app()
    shown = [each.component for each in EXAMPLES if each.name in SHOWN]
    sheets = SHEETS | {"none": ""} | {f"same-{each}": _SAME % each for each in ("light", "dark")}

    def page(scheme: str, sheet: str, direction: str) -> Response:
        told = {"scheme": scheme, "sheet": sheet, "direction": direction}
        html = render_template_string(_PAGE, shown=shown, assets=assets(), **told)
        return Response(html, headers={"Content-Security-Policy": STRICT})

    app.add_url_rule("/page/<scheme>/<sheet>/<direction>", "page", page)
    app.add_url_rule("/css/<name>", "css", lambda name: Response(sheets[name], mimetype="text/css"))
    app.add_url_rule(
        "/static/<name>",
        "static",
        lambda name: FILES.answer(FILES.digest, "htmx-4.0.1.min.js" if name == "htmx.js" else name),
    )
    return app


@pytest.fixture(scope="module")
def camera(browser: Browser) -> Iterator[Camera]:
    """A camera in each browser."""
    with serving(_host()) as server:
        yield Camera(browser=browser, base=server.url)


@pytest.mark.parametrize("sheet", list(SHEETS))
def test_a_hosts_style_sheet_changes_no_pixel(camera: Camera, sheet: str) -> None:
    """Whatever it says about elements, even after our own; narrow and wide, light and dark."""
    assert camera.differences(sheet=sheet) == []


def test_a_page_from_right_to_left_changes_no_pixel(camera: Camera) -> None:
    """Widgets say in which direction their own language runs."""
    assert camera.differences(direction="rtl") == []


def test_all_at_once_is_no_hindrance(
    make_app: Callable[..., Flask],
    serve: Callable[[Flask], Server],
    visit: Callable[..., Visit],
    recorder: Recorder,
) -> None:
    """Under a strict policy, boosted, from right to left, among loud rules, a guest books."""
    app = make_app()
    add_page(
        app,
        'booker("intro-call")',
        css=SHEETS["bootstrap"] + SHEETS["loud"],
        html='dir="rtl"',
        body='hx-boost:inherited="true" hx-target:inherited="#host-only"',
        htmx="4",
        policy=STRICT,
    )
    guest = visit(serve(app)).open("/host")

    guest.pick(TUESDAY, "10:00")
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert guest.page.url.endswith("/host")
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])
