"""A Jicoo at which others act without us, and an app that its webhooks tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask

from booker_components import EventType
from booker_components.testing import FakeJicoo
from booker_components.testing.jicoo import EventType as Page
from booker_components.testing.jicoo import Habits
from booker_components.testing.memory import Delivery

from .conftest import HOST
from .elsewhere import PUBLIC
from .testing.jicoo import watched_jicoo

SECRET = "whsec_of-the-webhook"


@dataclass(frozen=True, kw_only=True)
class JicooElsewhere:
    """Jicoo with one page, "intro" to us, and whose webhooks tell us of everything."""

    jicoo: FakeJicoo
    intro: Page

    def settings(self) -> dict[str, Any]:
        """Give the settings of an app that uses it, and delivers when told to."""
        return {
            "BOOKER_PROVIDER": "jicoo",
            "BOOKER_EVENT_TYPES": [
                EventType(slug="intro", id=self.intro.uid, title="Intro call", hosts=(HOST,))
            ],
            "BOOKER_JICOO_API_URL": self.jicoo.url,
            "BOOKER_JICOO_API_KEY": self.jicoo.api_key,
            "BOOKER_JICOO_WEBHOOK_SECRET": SECRET,
            "BOOKER_PUBLIC_URL": PUBLIC,
            "BOOKER_DISPATCH": "none",
        }

    def sent(self) -> list[Delivery]:
        """Give the webhooks that are on their way, oldest first, and take them off it."""
        found = list(self.jicoo.outgoing)
        self.jicoo.outgoing.clear()
        return found


@contextmanager
def jicoo_elsewhere(
    clock: Callable[[], datetime], *, habits: Habits | None = None, **fields: Any
) -> Iterator[JicooElsewhere]:
    """Serve a Jicoo whose page has these *fields*."""
    with watched_jicoo(FakeJicoo(clock=clock, habits=habits)) as jicoo:
        ann = jicoo.add_user("Ann", zone="Europe/Berlin")
        intro = jicoo.add_event_type(**{"uid": "_intro", "name": "Intro call", "hosts": [ann], **fields})
        jicoo.webhooks(f"{PUBLIC}/webhooks/jicoo", SECRET)
        yield JicooElsewhere(jicoo=jicoo, intro=intro)


def pass_on_jicoo(app: Flask, sent: list[Delivery], *, mark: str = "") -> list[int]:
    """Post webhooks to the app as Jicoo does, and give the statuses of the answers."""
    client, path = app.test_client(), "/".join(filter(None, ("/webhooks/jicoo", mark)))
    answers = [client.post(path, data=each.body, headers=each.headers) for each in sent]
    return [each.status_code for each in answers]
