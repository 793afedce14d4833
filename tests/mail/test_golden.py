"""Every mail as a person reads it, beside the one that was reviewed.

`BOOKER_WRITE_GOLDEN=1 pytest tests/mail/test_golden.py` writes the files anew; look at the .html ones
in a browser.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from email.message import EmailMessage
from pathlib import Path

import html5lib
import pytest

from booker_components.storage import Storage
from booker_components.subscribers.mail import CodeMailer, Post
from booker_components.testing import FrozenClock
from booker_components.values import Booking, BookingStatus, EventKind, Location, LocationKind

from .boxes import Mailbox, content
from .desk import (
    BOB,
    BOOKING,
    CANCELLED,
    MOVED,
    PENDING,
    SENDER,
    Desk,
    event,
    link_mailer,
    mailers,
    series,
    tree,
)

FOLDER = Path(__file__).parent / "golden"


@dataclass(frozen=True, kw_only=True)
class Case:
    """What happened, and how it was before."""

    booking: Booking
    kind: EventKind
    before: Booking | None = None
    #: Which of the mails it is: by the address that gets it.
    to: str = "grace@guest.example"


CALL = replace(
    BOOKING,
    title="مكالمة تعريفية",
    location=Location(kind=LocationKind.LINK, value="https://video.example/room", label="Video call"),
    attendee=replace(BOOKING.attendee, name="Visit https://evil.example", locale="en-US"),
)
WAITS_AGAIN = replace(MOVED, status=BookingStatus.PENDING, changed_by="guest", reason="I have to travel.")
BY_GUEST = replace(CANCELLED, changed_by="guest")
DECLINED = replace(CANCELLED, status=BookingStatus.REJECTED)
DATES = series()
WAITING_DATES = tuple(
    replace(
        each,
        status=BookingStatus.PENDING,
        occurrences=tuple(replace(date, status=BookingStatus.PENDING) for date in each.occurrences),
    )
    for each in DATES
)
HOST = "ada@host.example"
FRIEND = "carol@friend.example"

CASES: Mapping[str, Case] = {
    "confirmed": Case(booking=BOOKING, kind=EventKind.CREATED),
    "confirmed-series": Case(booking=DATES[0], kind=EventKind.CREATED),
    "confirmed-call": Case(booking=CALL, kind=EventKind.CREATED),
    "confirmed-invited": Case(booking=BOOKING, kind=EventKind.CREATED, to=FRIEND),
    "pending": Case(booking=PENDING, kind=EventKind.CREATED),
    "approved": Case(booking=replace(BOOKING, revision=2), kind=EventKind.CONFIRMED, before=PENDING),
    "declined": Case(booking=DECLINED, kind=EventKind.REJECTED, before=PENDING),
    "moved": Case(booking=MOVED, kind=EventKind.RESCHEDULED, before=BOOKING),
    "moved-invited": Case(booking=MOVED, kind=EventKind.RESCHEDULED, before=BOOKING, to=FRIEND),
    "moved-waiting": Case(booking=WAITS_AGAIN, kind=EventKind.RESCHEDULED, before=BOOKING),
    "cancelled": Case(booking=CANCELLED, kind=EventKind.CANCELLED, before=BOOKING),
    "cancelled-by-guest": Case(booking=BY_GUEST, kind=EventKind.CANCELLED, before=BOOKING),
    "reminder": Case(booking=BOOKING, kind=EventKind.REMINDER, before=BOOKING),
    "link": Case(booking=BOOKING, kind=EventKind.LINK_REQUESTED),
    "host-confirmed": Case(booking=BOOKING, kind=EventKind.CREATED, to=HOST),
    "host-confirmed-series": Case(booking=DATES[0], kind=EventKind.CREATED, to=HOST),
    "host-pending": Case(booking=replace(PENDING, decide_by=BOOKING.start), kind=EventKind.CREATED, to=HOST),
    "host-pending-series": Case(booking=WAITING_DATES[0], kind=EventKind.CREATED, to=HOST),
    "host-pending-moved": Case(booking=WAITS_AGAIN, kind=EventKind.RESCHEDULED, before=BOOKING, to=HOST),
    "host-approved": Case(
        booking=replace(BOOKING, revision=2), kind=EventKind.CONFIRMED, before=PENDING, to=HOST
    ),
    "host-declined": Case(booking=DECLINED, kind=EventKind.REJECTED, before=PENDING, to=HOST),
    "host-moved": Case(booking=MOVED, kind=EventKind.RESCHEDULED, before=BOOKING, to=HOST),
    "host-released": Case(
        booking=replace(MOVED, hosts=(BOB,)), kind=EventKind.RESCHEDULED, before=BOOKING, to=HOST
    ),
    "host-cancelled": Case(booking=BY_GUEST, kind=EventKind.CANCELLED, before=BOOKING, to=HOST),
    "host-reminder": Case(booking=BOOKING, kind=EventKind.REMINDER, before=BOOKING, to=HOST),
}

#: The mail that is about no booking.
CODE = "code"


def mailed(
    case: Case,
    server: str,
    mailbox: Mailbox,
    storage: Storage,
    clock: FrozenClock,
    *,
    trimmed: bool = False,
) -> EmailMessage:
    """Give the mail of *case* as the server took it; *trimmed* as `Desk` has it."""
    desk = Desk(bookings={case.booking.uid: case.booking}, trimmed=trimmed)
    happened = event(case.booking, case.kind)
    if case.before:
        desk.earlier[happened.id] = case.before
    for subscriber in (link_mailer(server, desk), *mailers(server, desk, storage, clock)):
        subscriber(happened)
    (mail,) = [each for each in mailbox.mails if each["To"] == case.to]
    return mail


def code_mailed(server: str, mailbox: Mailbox, clock: FrozenClock) -> EmailMessage:
    """Give the mail with a code as the server took it."""
    CodeMailer(site=Desk(), post=Post(server, SENDER), clock=clock).send(
        "grace@guest.example", "042042", minutes=15
    )
    (mail,) = mailbox.mails
    # No two have the same.
    mail.replace_header("Message-ID", "<code@app.example>")
    return mail


def shown(mail: EmailMessage) -> str:
    """Give a mail as text: headers, the types of its parts, its text, its calendar."""
    return "\n".join(_sections(mail))


def _sections(mail: EmailMessage) -> Iterator[str]:
    for name, value in mail.items():
        # Boundaries are made at random; the types are told below.
        if not name.startswith(("Content-", "MIME-", "X-")):
            yield f"{name}: {value}"
    yield from ("", *tree(mail), "", content(mail, "plain"))
    calendars = [part for part in mail.walk() if part.get_content_type() == "text/calendar"]
    for part in calendars:
        assert isinstance(part, EmailMessage)
        yield f"--- {part['Content-Type']}\n"
        yield part.get_content().replace("\r\n", "\n")


@pytest.mark.parametrize("name", [*CASES, CODE])
def test_mail_is_the_reviewed_one(
    name: str, server: str, mailbox: Mailbox, storage: Storage, clock: FrozenClock
) -> None:
    """What each kind of mail says is what somebody has read and found good."""
    if name == CODE:
        mail = code_mailed(server, mailbox, clock)
    else:
        mail = mailed(CASES[name], server, mailbox, storage, clock)
    found = {f"{name}.txt": shown(mail), f"{name}.html": content(mail, "html")}

    if os.environ.get("BOOKER_WRITE_GOLDEN"):
        FOLDER.mkdir(exist_ok=True)
        for file, text in found.items():
            (FOLDER / file).write_text(text, "utf-8")
    known = {file: (FOLDER / file).read_text("utf-8") for file in found}

    assert found == known, "BOOKER_WRITE_GOLDEN=1 writes the mails anew; review them."


@pytest.mark.parametrize(
    "name", ["moved", "confirmed-series", "host-pending-series", "host-pending-moved", "host-cancelled"]
)
def test_app_that_trims_its_templates_mails_the_same_text(
    name: str, server: str, mailbox: Mailbox, storage: Storage, clock: FrozenClock
) -> None:
    """Jinja may leave out the ends of lines behind tags: no line joins the next, and no paragraph."""
    mail = mailed(CASES[name], server, mailbox, storage, clock, trimmed=True)

    assert shown(mail) == (FOLDER / f"{name}.txt").read_text("utf-8")


@pytest.mark.parametrize("name", [*CASES, CODE])
def test_mail_is_a_page_that_loads_nothing(name: str) -> None:
    """Each is valid HTML, with a language and a direction, and asks nobody for anything when it is opened."""
    page = (FOLDER / f"{name}.html").read_text("utf-8")

    html5lib.HTMLParser(strict=True).parse(page)
    assert '<html lang="en" dir="ltr">' in page
    assert not re.search(r"src=|url\(|@import|<img|<script|<link|<iframe", page)
    # What is drawn by a class alone would be lost where the sheet is.
    assert all("style=" in tag for tag in re.findall(r"<[a-z0-9]+ class=[^>]*>", page))


def test_every_template_has_a_reviewed_mail() -> None:
    """No template is left out: each is the mail of a case."""
    folder = Path(__file__).resolve().parents[2] / "templates" / "booker" / "email"
    templates = {path.stem.replace("_", "-") for path in folder.glob("[!_]*.html")}

    assert templates <= {*CASES, CODE}
