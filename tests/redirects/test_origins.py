"""Tests of which addresses guests may be sent to."""

from __future__ import annotations

import pytest

from booker_components.redirects import is_allowed
from booker_components.values import Redirect

from .samples import HOSTILE, ORIGINS, led


@pytest.mark.parametrize(
    "address",
    [
        "https://partner.example",
        "https://PARTNER.example:443/x?y#z",
        "HTTPS://partner.example/",
        "https://partner.example:/",
        "https://partner.example?next=//evil.example",
        "https://partner.example/a@b:c",
        "http://localhost:8000/done",
    ],
)
def test_addresses_of_an_allowed_origin_are_gone_to(address: str) -> None:
    """The same scheme, host and port, whatever follows."""
    assert is_allowed(address, ORIGINS)


@pytest.mark.parametrize("address", ["", *HOSTILE], ids=ascii)
def test_nobody_is_sent_anywhere_else(address: str) -> None:
    """Not to a relative address, nor a look-alike, nor one that browsers read otherwise than Python."""
    assert not is_allowed(address, ORIGINS)
    assert led(Redirect(address)) == ""


@pytest.mark.parametrize("origins", [(), ("",), ("partner.example",), ("https://partner.example.",)])
def test_what_is_no_origin_allows_nothing(origins: tuple[str, ...]) -> None:
    """Settings are checked when the app starts; here nothing is guessed either."""
    assert not is_allowed("https://partner.example/", origins)
