"""Mail from an app: what happens to bookings there reaches people, with links that work."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booker_components import (
    Booker,
    cancel_booking,
    confirm_booking,
    create_booking,
    decline_booking,
    reschedule_booking,
)
from booker_components.testing import FrozenClock
from booker_components.upkeep.reminders import Reminders
from booker_components.values import (
    Approval,
    Booking,
    CancelScope,
    Frequency,
    HostGroup,
    Member,
    Seats,
    Series,
)

from ..conftest import HOST, INTRO, MONDAY, TUESDAY
from ..databases import lay_database
from .boxes import Mailbox, content
from .desk import calendar_of, method_of, tree

BASE = "https://app.example"
BO: dict[str, Any] = {"name": "Bo Ek", "email": "bo@guest.example", "zone": "Europe/London"}
CY: dict[str, Any] = {"name": "Cy Oh", "email": "cy@guest.example"}
LATER = TUESDAY + timedelta(hours=1)
ASKED = replace(INTRO, slug="asked", title="Asked for", approval=Approval())
CLASS = replace(INTRO, slug="class", title="Class", seats=Seats(per_slot=3))
COURSE = replace(
    INTRO, slug="course", title="Course", series=Series(frequency=Frequency.WEEKLY, occurrences=3)
)
EVE = replace(HOST, slug="eve", name="Eve", email="eve@example.com")


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands a day before the first slot."""
    return FrozenClock(MONDAY)


@pytest.fixture
def mailing(make_app: Callable[..., Flask], server: str) -> Callable[..., Flask]:
    """Build apps that mail; keywords are settings."""

    def build(**config: object) -> Flask:
        settings: dict[str, object] = {
            "BOOKER_DISPATCH": "none",
            "BOOKER_EVENT_TYPES": [INTRO, ASKED, CLASS, COURSE],
            "BOOKER_MAIL_URL": server,
            "BOOKER_MAIL_FROM": "Bookings <bookings@app.example>",
            "BOOKER_PUBLIC_URL": BASE,
        }
        return make_app(prefix="/book-here", **(settings | config))

    return build


@pytest.fixture
def app(mailing: Callable[..., Flask]) -> Iterator[Flask]:
    """An app that mails, in its context."""
    app = mailing()
    with app.app_context():
        yield app


def deliver(app: Flask) -> None:
    """Let the subscribers hear of what has happened."""
    app.extensions["booker"].outbox.deliver_due()


def to(mailbox: Mailbox, address: str) -> list[EmailMessage]:
    """Give the mails that an address has had."""
    return [mail for mail in mailbox.mails if mail["To"] == address]


def links(mail: EmailMessage) -> list[str]:
    """Give the addresses in a mail that are the app's."""
    return [each.removeprefix(BASE) for each in re.findall(rf"{BASE}\S+", content(mail, "plain"))]


def book(slug: str = "intro-call", **more: str) -> Booking:
    """Book the first slot."""
    return create_booking(slug, TUESDAY, **(BO | more))


def test_life_of_a_booking_is_mailed_in_order(app: Flask, mailbox: Mailbox) -> None:
    """Guest and host read of each step, and their calendars follow."""
    booking = book()
    reschedule_booking(booking.uid, LATER, by="host")
    cancel_booking(booking.uid, by="host", reason="I am ill.")
    deliver(app)

    for address in ("bo@guest.example", "ada@example.com"):
        mails = to(mailbox, address)
        assert [method_of(mail) for mail in mails] == ["REQUEST", "REQUEST", "CANCEL"]
        found = [calendar_of(mail) for mail in mails]
        assert [each["sequence"] for each in found if each] == [0, 1, 2]
        assert {str(each["uid"]) for each in found if each} == {f"{booking.uid}@app.example"}
    assert "> I am ill." in content(to(mailbox, "bo@guest.example")[2], "plain")


def test_links_of_a_mail_open_their_pages(app: Flask, mailbox: Mailbox) -> None:
    """To see, move and cancel, below the prefix of the app."""
    book()
    deliver(app)

    found = links(to(mailbox, "bo@guest.example")[0])
    pages = [app.test_client().get(each) for each in found]
    assert all(each.startswith("/book-here/") for each in found)
    assert [page.status_code for page in pages] == [200] * 3
    assert "Your booking is confirmed" in pages[0].text
    assert 'data-bk="reschedule"' in pages[1].text
    assert 'data-bk="cancel"' in pages[2].text


def test_entry_is_the_one_of_the_calendar_file(app: Flask, mailbox: Mailbox) -> None:
    """Whoever adds the file from the booking page, and then moves, has one entry."""
    booking = book()
    deliver(app)

    file = app.test_client().get(f"/book-here/bookings/{booking.uid}.ics", base_url=BASE).text
    calendar = calendar_of(mailbox.mails[0])
    assert calendar is not None
    assert f"UID:{calendar['uid']}\r\n" in file


def test_what_waits_is_decided_by_the_link_in_the_hosts_mail(app: Flask, mailbox: Mailbox) -> None:
    """The guest reads that it waits, the host is asked; then both read what was decided."""
    booking = book("asked")
    deliver(app)
    (link,) = links(to(mailbox, "ada@example.com")[0])
    page = app.test_client().get(link)
    confirm_booking(booking.uid)
    deliver(app)

    assert page.status_code == 200
    assert link.startswith(f"/book-here/bookings/decide/{booking.uid}?token=")
    mails = to(mailbox, "bo@guest.example")
    assert [mail["Subject"].split(":")[0] for mail in mails] == ["Not confirmed yet", "Confirmed"]
    assert [method_of(mail) for mail in mails] == ["", "REQUEST"]
    assert [method_of(mail) for mail in to(mailbox, "ada@example.com")] == ["", "REQUEST"]


def test_declined_booking_leaves_no_trace_in_calendars(app: Flask, mailbox: Mailbox) -> None:
    """Nobody had it in a calendar; the guest may book another time."""
    booking = book("asked")
    decline_booking(booking.uid, reason="I am at a fair.")
    deliver(app)

    last = to(mailbox, "bo@guest.example")[-1]
    assert method_of(last) == ""
    assert links(last) == ["/book-here/book/asked"]
    assert "Your booking was declined" in content(last, "html")


def test_series_is_mailed_once_and_each_cancelled_date_by_itself(app: Flask, mailbox: Mailbox) -> None:
    """One mail tells of all dates, with a file of them; what is taken back is taken back date by date."""
    booking = book("course")
    deliver(app)
    (announced,) = to(mailbox, "bo@guest.example")
    (told,) = to(mailbox, "ada@example.com")
    mailbox.mails.clear()
    cancel_booking(booking.uid, scope=CancelScope.ALL)
    deliver(app)

    cancelled = to(mailbox, "bo@guest.example")
    assert "3 dates" in announced["Subject"]
    assert "3 dates" in told["Subject"]
    assert [method_of(mail) for mail in cancelled] == ["CANCEL"] * 3
    assert len({str(calendar["uid"]) for mail in cancelled if (calendar := calendar_of(mail))}) == 3


def test_guests_of_one_time_do_not_read_of_each_other(app: Flask, mailbox: Mailbox) -> None:
    """Each seat is mailed by itself."""
    book("class")
    book("class", **CY)
    deliver(app)

    (own,) = to(mailbox, "bo@guest.example")
    # "Cy" alone may be within a link.
    assert not any(each in content(own, "plain") for each in CY.values())
    assert len(to(mailbox, "ada@example.com")) == 2


def test_template_of_the_app_takes_the_place_of_ours(
    tmp_path: Path, server: str, mailbox: Mailbox, clock: FrozenClock
) -> None:
    """A whole template, one block, and what stands around all mails: each may be the app's own."""
    folder = tmp_path / "templates" / "booker" / "email"
    folder.mkdir(parents=True)
    (folder / "confirmed.txt").write_text("Subject: Ahoy {{ name }}\n\nSee you on {{ when.date }}.")
    (folder / "confirmed.html").write_text(
        '{% extends "default:booker/email/confirmed.html" %}{% block intro %}Ahoy!{% endblock %}'
    )
    frame = '{% extends "default:booker/email/_frame.html" %}{% block brand %}<p>Partner</p>{% endblock %}'
    (folder / "_frame.html").write_text(frame)
    app = Flask("partner", root_path=str(tmp_path), instance_path=str(tmp_path / "instance"))
    lay_database(tmp_path / "instance")
    app.config.update(
        SECRET_KEY="k" * 40,
        BOOKER_EVENT_TYPES=[INTRO],
        BOOKER_DISPATCH="none",
        BOOKER_MAIL_URL=server,
        BOOKER_MAIL_FROM="bookings@app.example",
        BOOKER_PUBLIC_URL=BASE,
    )
    # An app that sets these for its own pages changes nothing about ours.
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    Booker(app, clock=clock)

    with app.app_context():
        book()
    deliver(app)
    app.extensions["booker"].storage.close()

    mail, host = mailbox.mails
    assert mail["Subject"] == "Ahoy Bo Ek"
    assert content(mail, "plain") == "See you on Tuesday, February 2, 2027.\n"
    assert "Ahoy!" in content(mail, "html")
    assert "Intro call" in content(mail, "html")
    assert "<p>Partner</p>" in content(mail, "html")
    assert "<p>Partner</p>" in content(host, "html")
    assert "What:\nIntro call\n\nWhen:\nTuesday" in content(host, "plain")


def test_context_of_the_apps_pages_is_not_asked_for(app: Flask, mailbox: Mailbox) -> None:
    """What an app adds to its pages may need a request, and a mail has none."""

    @app.context_processor
    def adds() -> dict[str, str]:
        raise RuntimeError("There is no request.")

    book()
    deliver(app)

    assert len(mailbox.mails) == 2


@pytest.mark.parametrize(
    ("mails", "subscribers"),
    [
        pytest.param("all", ["booker.link-mailer", "booker.mail.guest", "booker.mail.host"], id="all"),
        pytest.param("links", ["booker.link-mailer"], id="links"),
        pytest.param("none", [], id="none"),
    ],
)
def test_setting_says_what_is_mailed(
    mailing: Callable[..., Flask], mails: str, subscribers: list[str]
) -> None:
    """Everything, new links only, or nothing."""
    app = mailing(BOOKER_MAILS=mails)

    assert [each for each in app.extensions["booker"].outbox.subscribers if "booker" in each] == subscribers


def test_vendors_mail_by_themselves(mailing: Callable[..., Flask]) -> None:
    """With Cal.com and Jicoo only new links are ours to mail, whatever the setting."""
    calcom = mailing(BOOKER_PROVIDER="calcom", BOOKER_EVENT_TYPES=(), BOOKER_CALCOM_USERNAME="ann")

    names = calcom.extensions["booker"].outbox.subscribers
    calcom.extensions["booker"].calcom.close()
    assert [each for each in names if "booker" in each] == ["booker.link-mailer"]


def test_reminders_are_mailed(mailing: Callable[..., Flask], mailbox: Mailbox, clock: FrozenClock) -> None:
    """What the upkeep adds reaches guest and host, unless the booking is off by then."""
    app = mailing(BOOKER_EVENT_TYPES=[replace(INTRO, reminders=(timedelta(hours=2),))])
    parts = app.extensions["booker"]
    with app.app_context():
        booking = book()
        later = create_booking("intro-call", LATER, **BO)
    deliver(app)
    mailbox.mails.clear()
    clock.set(TUESDAY - timedelta(hours=1))
    reminders = Reminders(parts.service, storage=parts.storage, outbox=parts.outbox, clock=clock)
    reminders.add_due()
    with app.app_context():
        cancel_booking(later.uid)
    deliver(app)

    reminded = [mail["To"] for mail in mailbox.mails if mail["Subject"].startswith("Reminder")]
    assert reminded == ["bo@guest.example", "ada@example.com"]
    assert booking.uid in content(mailbox.mails[0], "plain")


def test_series_that_was_asked_for_is_decided_at_once(
    mailing: Callable[..., Flask], mailbox: Mailbox
) -> None:
    """Guest and host have two mails each: that it waits, and that it stands."""
    app = mailing(BOOKER_EVENT_TYPES=[replace(COURSE, approval=Approval())])
    with app.app_context():
        booking = book("course")
        confirm_booking(booking.uid)
    deliver(app)

    for address in ("bo@guest.example", "ada@example.com"):
        asked, agreed = to(mailbox, address)
        assert "3 dates" in asked["Subject"]
        assert "3 dates" in agreed["Subject"]
        assert "  text/calendar" in tree(agreed)


def test_host_who_is_no_longer_booked_is_told(mailing: Callable[..., Flask], mailbox: Mailbox) -> None:
    """A move that takes another host frees the calendar of the first."""
    group = HostGroup(members=(Member(host="ada"), Member(host="eve")))
    team = replace(INTRO, hosts=(HOST, EVE), groups=(group,), same_hosts=False)
    app = mailing(BOOKER_EVENT_TYPES=[team])
    with app.app_context():
        first = book()
        other = create_booking("intro-call", LATER, **CY)
        create_booking("intro-call", LATER, **CY)
        cancel_booking(other.uid)
        # The host of the first has a booking then, so that the other one takes it.
        moved = reschedule_booking(first.uid, LATER)
    deliver(app)

    assert first.host.slug != moved.host.slug
    last = to(mailbox, first.host.email)[-1]
    assert last["Subject"].startswith("No longer yours: Intro call with Bo Ek")
    assert method_of(last) == "CANCEL"
    assert to(mailbox, moved.host.email)[-1]["Subject"].startswith("New booking: Intro call with Bo Ek")
