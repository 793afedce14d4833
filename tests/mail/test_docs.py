"""What docs/mail.md says is true: its examples work, its tables name what there is."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask

from booker_components import Booker, create_booking
from booker_components.subscribers.mail import Mail, MailServer
from booker_components.testing import FrozenClock

from ..conftest import INTRO, MONDAY, TUESDAY
from ..databases import lay_database
from .boxes import Mailbox, content
from .desk import TEMPLATES

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "mail.md").read_text()


def blocks(language: str) -> list[str]:
    """Give the code blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```", TEXT, flags=re.DOTALL | re.MULTILINE)


def apart(app: Flask, server: str, clock: FrozenClock, **settings: object) -> None:
    """Have *app*, whose folder is its own, mail by *server*."""
    lay_database(Path(app.instance_path))
    app.config.update(
        SECRET_KEY="k" * 40,
        BOOKER_EVENT_TYPES=[INTRO],
        BOOKER_DISPATCH="none",
        BOOKER_MAIL_URL=server,
        BOOKER_MAIL_FROM="bookings@app.example",
        BOOKER_PUBLIC_URL="https://app.example",
    )
    app.config.update(settings)
    Booker(app, clock=clock)


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands a day before the first slot."""
    return FrozenClock(MONDAY)


def test_the_settings_are_taken(make_app: Callable[..., Flask]) -> None:
    """They make an app that mails guests and hosts."""
    config: dict[str, Any] = {}
    exec(blocks("python")[0], {"app": SimpleNamespace(config=config)})

    app = make_app(BOOKER_DISPATCH="none", **config)

    assert MailServer.parse(config["BOOKER_MAIL_URL"]).starttls
    assert {"booker.mail.guest", "booker.mail.host"} <= set(app.extensions["booker"].outbox.subscribers)
    assert all(each in TEXT for each in ("booker.mail.guest", "booker.mail.host"))


def test_the_templates_are_taken(tmp_path: Path, server: str, mailbox: Mailbox, clock: FrozenClock) -> None:
    """One of them replaces a mail, the other stands around all."""
    folder = tmp_path / "templates" / "booker" / "email"
    folder.mkdir(parents=True)
    _, whole, frame = blocks("jinja")
    (folder / "confirmed.txt").write_text(whole)
    (folder / "_frame.html").write_text(frame)
    app = Flask("partner", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    apart(app, server, clock)

    with app.app_context():
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@guest.example", zone="Europe/Berlin")
    app.extensions["booker"].outbox.deliver_due()
    app.extensions["booker"].storage.close()

    assert mailbox.mails[0]["Subject"] == "See you on Tuesday, February 2, 2027"
    assert content(mailbox.mails[0], "plain").startswith("Hello Bo,\n\nIntro call is at ")
    assert "https://app.example/bookings/cancel/" in content(mailbox.mails[0], "plain")
    assert all("Acme Ltd" in content(mail, "html") for mail in mailbox.mails)


def test_the_template_with_texts_of_its_own_is_translated(
    tmp_path: Path, server: str, mailbox: Mailbox, clock: FrozenClock
) -> None:
    """The text of the host's catalogue, and ours, in the language of the guest."""
    folder, catalogue = (
        tmp_path / each for each in ("templates/booker/email", "translations/de/LC_MESSAGES")
    )
    folder.mkdir(parents=True)
    catalogue.mkdir(parents=True)
    (folder / "confirmed.txt").write_text(blocks("jinja")[0])
    (catalogue / "booker.po").write_text(blocks("po")[0])
    app = Flask("partner", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    apart(app, server, clock, BOOKER_TRANSLATIONS="translations")

    with app.app_context():
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@guest.example", locale="de")
    app.extensions["booker"].outbox.deliver_due()
    app.extensions["booker"].storage.close()

    assert mailbox.mails[0]["Subject"] == "Bis Dienstag, 2. Februar 2027"


def test_every_mail_is_named() -> None:
    """The table of what is sent has each template, and no other."""
    table = TEXT.partition("## What is sent")[2].partition("Each person")[0]
    there = {path.stem for path in (TEMPLATES / "booker" / "email").glob("[!_]*.html")}

    assert set(re.findall(r"`((?:host_)?[a-z]+)`", table)) - {"reminders"} == there


def test_every_name_is_explained() -> None:
    """The table of names has each field that a template may print, and no other."""
    table = TEXT.partition("What a template may print:")[2]
    named = {
        name
        for row in re.findall(r"^\| (`.+?) \|", table, flags=re.MULTILINE)
        for name in re.findall(r"`(\w+)`", row)
    }

    assert named == {each.name for each in fields(Mail)}
