"""The page of the demo that plays another site."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from html5lib import HTMLParser

from demo_app import create_app

CLUB = "http://localhost:5000"
PRACTICE = "http://127.0.0.1:5000"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[Flask]:
    """Give a demo app with a folder of its own."""
    demo = create_app(
        {"INSTANCE_PATH": str(tmp_path / "instance"), "BOOKER_DISPATCH": "none", "TESTING": True}
    )
    yield demo
    demo.extensions["booker"].storage.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Give a browser without scripts."""
    return app.test_client()


def test_the_page_is_another_site(client: FlaskClient) -> None:
    """Whoever comes from the practice's own pages is led to the club's name."""
    answer = client.get("/elsewhere", base_url=PRACTICE)

    assert (answer.status_code, answer.headers["Location"]) == (302, f"{CLUB}/elsewhere")


def test_the_page_is_sound_under_a_strict_policy(client: FlaskClient) -> None:
    """All three kinds of bookers, from the practice's origin, with nothing inline; it may show them."""
    answer = client.get("/elsewhere", base_url=CLUB)

    HTMLParser(strict=True).parse(answer.data)
    policy = answer.headers["Content-Security-Policy"]
    assert f"script-src 'self' {PRACTICE}; frame-src {PRACTICE}; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert f'src="{PRACTICE}/booker/embed.js" async' in answer.text
    assert f'<booker-embed src="{PRACTICE}/book/intro-call">' in answer.text
    assert f'href="{PRACTICE}/book/first-visit" data-booker-popup' in answer.text
    assert f'<booker-embed mode="button" src="{PRACTICE}/book/' in answer.text
    framed = client.get("/book/intro-call", base_url=PRACTICE).headers["Content-Security-Policy"]
    assert "frame-ancestors 'self' http://localhost:* http://127.0.0.1:*" in framed


def test_under_any_other_name_there_is_one_site(client: FlaskClient) -> None:
    """Where the demo is served to others."""
    page = client.get("/elsewhere", base_url="https://demo.example").text

    assert 'src="https://demo.example/booker/embed.js"' in page


def test_home_leads_there(client: FlaskClient) -> None:
    """From below the services."""
    assert 'href="/elsewhere"' in client.get("/").text
