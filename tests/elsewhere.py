"""A Cal.com at which others act without us, and an app that its webhooks tell of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from booker_components.providers.calcom.webhooks import signature
from booker_components.testing import FakeCalcom
from booker_components.testing.calcom.records import Delivery, EventType, User

from .testing.fixtures import watched

SECRET = "the-secret-of-the-webhook"
PUBLIC = "https://partner.example"


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """Cal.com with one host, Ann, who offers one event type, and whose webhooks tell us of everything."""

    calcom: FakeCalcom
    ann: User
    intro: EventType
    key: str

    def settings(self) -> dict[str, Any]:
        """Give the settings of an app that uses it by Ann's key, and delivers when told to."""
        return {
            "BOOKER_PROVIDER": "calcom",
            "BOOKER_EVENT_TYPES": (),
            "BOOKER_CALCOM_API_URL": self.calcom.url,
            "BOOKER_CALCOM_APP_URL": self.calcom.app_url,
            "BOOKER_CALCOM_USERNAME": "ann",
            "BOOKER_CALCOM_API_KEY": self.key,
            "BOOKER_CALCOM_WEBHOOK_SECRET": SECRET,
            "BOOKER_PUBLIC_URL": PUBLIC,
            "BOOKER_DISPATCH": "none",
        }

    def sent(self) -> list[Delivery]:
        """Give the webhooks that are on their way, oldest first, and take them off it."""
        found = list(self.calcom.outgoing)
        self.calcom.outgoing.clear()
        return found


@contextmanager
def elsewhere(clock: Callable[[], datetime], **fields: Any) -> Iterator[Elsewhere]:
    """Serve a Cal.com whose event type has these *fields*."""
    with watched(FakeCalcom(clock=clock)) as calcom:
        ann = calcom.add_user("ann", zone="Europe/Berlin")
        intro = calcom.add_event_type(ann, "intro", **fields)
        calcom.add_webhook(ann, f"{PUBLIC}/webhooks/calcom", secret=SECRET)
        yield Elsewhere(calcom=calcom, ann=ann, intro=intro, key=calcom.api_key(ann))


def send(
    app: Flask, body: bytes, *, given: str | None = None, kind: str = "application/json"
) -> TestResponse:
    """Post a webhook under its own signature, or under the one *given*, and give the answer."""
    proof = signature(body, SECRET) if given is None else given
    headers = {"Content-Type": kind, "X-Cal-Signature-256": proof}
    return app.test_client().post("/webhooks/calcom", data=body, headers=headers)


def pass_on(app: Flask, sent: list[Delivery]) -> list[int]:
    """Post webhooks to the app as Cal.com does, and give the statuses of the answers."""
    client = app.test_client()
    answers = [client.post("/webhooks/calcom", data=each.body, headers=each.headers) for each in sent]
    return [each.status_code for each in answers]


def hear(app: Flask) -> None:
    """Take the webhooks that are due, and let the subscribers hear."""
    done = app.test_cli_runner().invoke(args=["booker", "deliver"])
    assert done.exit_code == 0, done.output
