"""The main job in WebKit, the engine of Safari: once by clicks, as a check that nothing is missing there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from booker_components import EventKind
from booker_components.testing import Recorder

from . import browsers
from .hosts import STRICT, add_page
from .servers import Server
from .visits import eventually
from .webdriver import WebKit, opened


def _day(number: int) -> str:
    return f"//a[contains(@class, 'bk-day') and starts-with(normalize-space(), '{number}')]"


def _link(name: str) -> str:
    """Find a link or a button with this name that is on view: the times of other days are there as well."""
    named = f"normalize-space() = '{name}' or @aria-label = '{name}'"
    return f"//*[self::a or self::button][{named}][not(ancestor-or-self::*[@hidden])]"


@pytest.fixture
def webkit(tmp_path: Path) -> Iterator[WebKit]:
    """A window of WebKitGTK."""
    driver = browsers.webkit()
    assert driver
    with opened(driver, tmp_path) as window:
        yield window


def _shows(webkit: WebKit, heading: str) -> bool:
    """Tell whether a heading comes to be there."""
    return eventually(lambda: heading in webkit.run("return document.querySelector('.bk').innerText"))


def test_a_guest_books_moves_and_cancels(server: Server, webkit: WebKit, recorder: Recorder) -> None:
    """A click on a day shows its times at once; each step changes the widget alone."""
    webkit.open(f"{server.url}/book/intro-call")
    webkit.run("window.stays = true")

    webkit.click(_day(2))
    asked = len(server.answered)
    webkit.click(_link("10:00"))
    webkit.type("//input[@name='name']", "Grace Hopper")
    webkit.type("//input[@name='email']", "grace@example.com")
    webkit.click(_link("Confirm booking"))
    booked = _shows(webkit, "Your booking is confirmed") and webkit.run("return window.stays")

    webkit.click(_link("Reschedule this booking"))
    webkit.click(_day(4))
    webkit.click(_link("14:30"))
    webkit.click(_link("Move booking"))
    moved = _shows(webkit, "Your booking has been moved")

    webkit.click(_link("Cancel this booking"))
    webkit.click(_link("Cancel booking"))
    cancelled = _shows(webkit, "This booking was cancelled")

    assert (asked, booked, moved, cancelled) == (1, True, True, True)
    assert eventually(lambda: len(recorder.kinds) == 3)
    assert recorder.kinds == [EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED]


def test_a_guest_books_in_a_hosts_page(
    make_app: Callable[..., Flask], serve: Callable[[Flask], Server], webkit: WebKit, recorder: Recorder
) -> None:
    """Under a strict policy, and what is wrong is said beside what was typed."""
    app = make_app()
    add_page(app, 'booker("intro-call")', policy=STRICT)
    webkit.open(f"{serve(app).url}/host")

    webkit.click(_day(2))
    webkit.click(_link("10:00"))
    webkit.type("//input[@name='name']", "Grace Hopper")
    webkit.click(_link("Confirm booking"))
    refused = _shows(webkit, "There is a problem")
    webkit.type("//input[@name='email']", "grace@example.com")
    webkit.click(_link("Confirm booking"))

    assert refused
    assert _shows(webkit, "Your booking is confirmed")
    assert webkit.address.endswith("/host")
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])
