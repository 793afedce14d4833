"""The parts of an app that uses Cal.com, built from its settings over a fake."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from booker_components.providers.calcom.oauth import Authorization
from booker_components.providers.calcom.parts import CalcomParts, build_calcom
from booker_components.settings import read_settings
from booker_components.storage import Storage
from booker_components.testing import FakeCalcom, FrozenClock

from ..samples import url_in

BACK = "https://book.example/oauth/calcom/callback"
SCOPES = ("EVENT_TYPE_READ", "BOOKING_READ", "BOOKING_WRITE", "PROFILE_READ")

Build = Callable[..., CalcomParts]


@contextmanager
def building(calcom: FakeCalcom, clock: FrozenClock, folder: Path) -> Iterator[Build]:
    """Give what builds parts from settings, which are closed in the end.

    The keyword `current` says whom a request is about.
    """
    storage = Storage(url_in(folder))
    storage.upgrade()
    made: list[CalcomParts] = []

    def build(*, current: Callable[[], Any] = lambda: None, **config: Any) -> CalcomParts:
        defaults = {
            "BOOKER_PROVIDER": "calcom",
            "BOOKER_PUBLIC_URL": "https://book.example",
            "BOOKER_CALCOM_API_URL": calcom.url,
            "BOOKER_CALCOM_APP_URL": calcom.app_url,
            "BOOKER_CALCOM_USERNAME": "ann",
        }
        settings = read_settings(defaults | config)
        _, parts = build_calcom(settings, storage=storage, keys=[b"k" * 40], clock=clock, current=current)
        made.append(parts)
        return parts

    yield build
    for parts in made:
        parts.close()
    storage.close()


def platform_of(calcom: FakeCalcom, *, redirect_uri: str = "https://book.example/") -> dict[str, str]:
    """Add a Platform client, and give the settings for it and for its owner's key."""
    owner = calcom.add_user("partner")
    client = calcom.platform_client(owner=owner, redirect_uris=[redirect_uri])
    return {
        "BOOKER_CALCOM_CLIENT_ID": client.id,
        "BOOKER_CALCOM_CLIENT_SECRET": client.secret,
        "BOOKER_CALCOM_API_KEY": calcom.api_key(owner),
    }


def oauth_of(calcom: FakeCalcom, *, public: bool = False, scopes: tuple[str, ...] = SCOPES) -> dict[str, Any]:
    """Add an OAuth 2.0 client, and give the settings for it."""
    client = calcom.oauth_client(redirect_uris=[BACK], scopes=scopes, public=public)
    return {
        "BOOKER_CALCOM_CLIENT_ID": client.id,
        "BOOKER_CALCOM_CLIENT_SECRET": client.secret,
        "BOOKER_CALCOM_SCOPES": scopes,
        "BOOKER_CALCOM_CONNECT": lambda request: "ann",
    }


def allow(begun: Authorization) -> str:
    """Allow access as whoever is logged in at Cal.com, in a browser; give the code that comes back."""
    asked = {name: values[0] for name, values in parse_qs(urlsplit(begun.url).query).items()}
    answer = requests.post(begun.url, data={**asked, "choice": "allow"}, allow_redirects=False, timeout=10)
    back = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert back["state"] == [begun.state]
    return back["code"][0]
