"""Boxes: sealed under the newest key, opened by every one, proof against change."""

from __future__ import annotations

import subprocess
import sys

from booker_components.records.boxes import Box

OLD, NEW = b"the former secret key", b"the secret key of today"


def test_what_was_sealed_can_be_opened() -> None:
    """The content comes back, and does not show from outside."""
    box = Box([NEW])

    sealed = box.seal(b"a token")

    assert b"token" not in sealed
    assert box.open(sealed) == b"a token"


def test_a_former_key_still_opens() -> None:
    """A box of yesterday opens as long as its key is among the fallbacks."""
    yesterdays = Box([OLD]).seal(b"a token")

    assert Box([OLD, NEW]).open(yesterdays) == b"a token"
    assert Box([NEW]).open(yesterdays) is None


def test_the_newest_key_seals() -> None:
    """What is sealed anew no longer needs the former key; keys come oldest first."""
    sealed = Box([OLD, NEW]).seal(b"a token")

    assert Box([NEW]).open(sealed) == b"a token"
    assert Box([OLD]).open(sealed) is None


def test_a_box_that_was_changed_does_not_open() -> None:
    """Neither a flipped letter nor rubbish is taken for content."""
    box = Box([NEW])
    sealed = bytearray(box.seal(b"a token"))
    sealed[20] ^= 1

    assert box.open(bytes(sealed)) is None
    assert box.open(b"") is None
    assert box.open(b"\xff rubbish") is None


def test_without_cryptography_the_remedy_is_named() -> None:
    """Who has not installed the extra is told which one it is."""
    program = (
        "import sys; sys.modules['cryptography'] = None\n"
        "from booker_components.errors import ConfigurationError\n"
        "from booker_components.records.boxes import Box\n"
        "try: Box([b'key'])\n"
        "except ConfigurationError as error: print(error)\n"
    )

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert "pip install 'booker-components[oauth]'" in done.stdout
