"""Fixtures of the browser tests: two browsers, a server for an app, a profile for a guest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Playwright, sync_playwright

from . import browsers
from .servers import Server, serving
from .visits import Visit, silenced

#: Where there is no WebKit `make browser` says so, and nothing of it is collected.
collect_ignore = [] if browsers.webkit() else ["test_webkit.py"]


def pytest_configure(config: pytest.Config) -> None:
    """Name the marker of tests for Chromium alone."""
    config.addinivalue_line(
        "markers", "chromium(reason): what only Chromium can be asked; not run in Firefox"
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out of Firefox what it cannot be asked: there scripts cannot be switched off, for one."""
    apart = [each for each in items if _in_firefox(each) and _is_chromiums(each)]
    if apart:
        config.hook.pytest_deselected(items=apart)
        items[:] = [each for each in items if each not in apart]


def _parameters(item: pytest.Item) -> dict[str, Any]:
    return item.callspec.params if isinstance(item, pytest.Function) and hasattr(item, "callspec") else {}


def _in_firefox(item: pytest.Item) -> bool:
    return _parameters(item).get("browser") == "firefox"


def _is_chromiums(item: pytest.Item) -> bool:
    return item.get_closest_marker("chromium") is not None or silenced(_parameters(item))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What drives the browsers."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="session", params=list(browsers.KINDS))
def browser(playwright: Playwright, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser, started for the first test that asks for it; where there is none the tests fail."""
    kind = browsers.KINDS[request.param]
    try:
        browser = kind.launch(playwright)
    except Exception:
        pytest.fail(kind.remedy, pytrace=False)
    yield browser
    browser.close()


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], Server]]:
    """Serve apps while the test runs."""
    with ExitStack() as stack:
        yield lambda app: stack.enter_context(serving(app))


@pytest.fixture
def server(app: Flask, serve: Callable[[Flask], Server]) -> Server:
    """The app of the suite, served."""
    return serve(app)


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open browser profiles; at the end none may have complained, looked elsewhere or got a cookie."""
    visits: list[Visit] = []

    def start(server: Server, **options: object) -> Visit:
        visits.append(Visit.start(browser, server.url, **options))
        return visits[-1]

    yield start
    for each in visits:
        try:
            each.check()
        finally:
            each.context.close()
