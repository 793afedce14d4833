"""Fixtures of the browser tests: one Chromium for all, a server for an app, a profile for a guest."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask
from playwright.sync_api import Browser, sync_playwright

from . import browsers
from .servers import Server, serving
from .visits import Visit


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, else Playwright's own; without either the tests fail."""
    with sync_playwright() as playwright:
        path = browsers.find() or playwright.chromium.executable_path
        try:
            browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        except Exception:
            pytest.fail(browsers.REMEDY, pytrace=False)
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
