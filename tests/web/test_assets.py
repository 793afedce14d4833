"""The static route: addresses that change with the files, encodings, and how long browsers keep them."""

from __future__ import annotations

import gzip
import re
from collections.abc import Callable

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from booker_components.examples import EXAMPLES, Example
from booker_components.web import packing
from booker_components.web.assets import ROOT, STYLES, Assets, styles

#: The classes that each part of the style sheet speaks of.
CLASSES = {
    name: set(re.findall(r"\.(bk-[\w-]+)", (ROOT / "static" / "style" / f"{name}.css").read_text("utf-8")))
    for name in STYLES
}

ENCODINGS = {
    "": "",
    "gzip, deflate, br, zstd": "br",
    "gzip, deflate": "gzip",
    "br;q=0, gzip;q=0.5": "gzip",
    "br;q=0.1, gzip;q=0.9": "gzip",
    "*": "br",
    "*;q=0": "",
    "identity": "",
    "deflate": "",
}


@pytest.fixture
def client(make_app: Callable[..., Flask]) -> FlaskClient:
    """A client of an app that delivers nothing."""
    return make_app(BOOKER_DISPATCH="none").test_client()


@pytest.fixture
def assets(client: FlaskClient) -> Assets:
    """The files of that app."""
    found: Assets = client.application.extensions["booker"].assets
    return found


@pytest.mark.parametrize(("accepted", "chosen"), ENCODINGS.items(), ids=lambda each: each or "none")
def test_the_encoding_is_one_that_the_browser_likes_best(accepted: str, chosen: str) -> None:
    """Ours come in our order, and what has no weight is refused."""
    assert packing.encoding(accepted) == chosen


@pytest.mark.parametrize(
    ("encoding", "unpacked"), [("br", brotli.decompress), ("gzip", gzip.decompress), ("", bytes)]
)
@pytest.mark.parametrize("name", ["booker.js", "booker.css", "icon.svg"])
def test_files_come_in_every_encoding(
    client: FlaskClient, assets: Assets, name: str, encoding: str, unpacked: Callable[[bytes], bytes]
) -> None:
    """The same file each time, and what its length says is what is sent."""
    response = client.get(assets.path(name), headers={"Accept-Encoding": encoding})

    assert response.headers.get("Content-Encoding", "") == encoding
    assert unpacked(response.data) == assets.files[name]
    assert response.content_length == len(response.data)
    assert response.headers["Vary"] == "Accept-Encoding"


def test_files_are_kept_for_ever(client: FlaskClient, assets: Assets) -> None:
    """An address has the digest of all files in it; that of an older page is asked about again soon."""
    path = assets.path("booker.js")

    now, older = client.get(path), client.get(path.replace(assets.digest, "0123456789ab"))

    assert now.headers["Cache-Control"] == "max-age=31536000, immutable"
    assert older.headers["Cache-Control"] == "max-age=60"
    assert older.data == now.data


def test_files_that_have_not_changed_are_not_sent_again(client: FlaskClient, assets: Assets) -> None:
    """304, whatever encoding the browser has kept, with nothing that is the body's."""
    path = assets.path("booker.css")
    seen = client.get(path, headers={"Accept-Encoding": "br"})

    unchanged = client.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": seen.headers["ETag"]})

    assert (unchanged.status_code, unchanged.data) == (304, b"")
    assert "Content-Encoding" not in unchanged.headers
    assert unchanged.headers["Vary"] == "Accept-Encoding"


def test_a_file_that_is_not_there_is_not_found(client: FlaskClient, assets: Assets) -> None:
    """The answer is a page of ours, with its own policy."""
    response = client.get(assets.path("secret.js"))

    assert response.status_code == 404
    assert "style-src 'self' 'sha256-" in response.headers["Content-Security-Policy"]


def test_the_sheet_of_a_page_is_made_of_parts() -> None:
    """All of them are the sheet that hosts' pages link to, and each choice has a hash of its own."""
    assets = Assets.load()
    hashes = {each.hash for each in assets.sheets.values()}

    assert assets.sheet(STYLES[1:]).css == assets.files["booker.css"].decode()
    assert len(hashes) == len(assets.sheets) == 2 ** (len(STYLES) - 1)
    assert assets.sheet(("picker", "form")) == assets.sheet(("form", "picker"))
    for each in assets.sheets.values():
        rest = assets.files[each.rest].decode() if each.rest else ""
        assert sorted((str(each.css) + rest).split("}")) == sorted(
            assets.files["booker.css"].decode().split("}")
        )


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda each: each.name)
def test_a_page_has_the_style_of_all_that_is_in_it(app: Flask, example: Example) -> None:
    """No part that is left out says anything of a class that is used."""
    with app.test_request_context():
        used = set(" ".join(re.findall(r'class="([^"]*)"', str(example.component.__html__()))).split())
    left_out = [name for name in STYLES[1:] if name not in styles(example.component)]

    assert {name: used & CLASSES[name] for name in left_out if used & CLASSES[name]} == {}
