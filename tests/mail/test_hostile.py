"""Nothing that somebody typed abuses a mail: no header, no markup, no word to strangers."""

from __future__ import annotations

from dataclasses import replace
from html.parser import HTMLParser

import pytest

from booker_components.subscribers.mail import Mailer
from booker_components.subscribers.mail.words import harmless_name
from booker_components.values import Booking, EventKind, EventType, Host, Location, LocationKind

from .boxes import Mailbox, all_of, content
from .desk import BOOKING, CANCELLED, INTRO, MOVED, PENDING, Desk, calendar_of, event

EVIL = "<script>alert(1)</script>\r\nBcc: evil@example.com\u2028\x00\u202e {{ 7*7 }} {name} %s \"&' https://evil.example"

KINDS = [
    pytest.param(EventKind.CREATED, BOOKING, id="confirmed"),
    pytest.param(EventKind.CREATED, PENDING, id="pending"),
    pytest.param(EventKind.RESCHEDULED, MOVED, id="moved"),
    pytest.param(EventKind.CONFIRMED, BOOKING, id="approved"),
    pytest.param(EventKind.REJECTED, CANCELLED, id="declined"),
    pytest.param(EventKind.CANCELLED, CANCELLED, id="cancelled"),
    pytest.param(EventKind.REMINDER, BOOKING, id="reminder"),
]


class Tags(HTMLParser):
    """Notes the names of elements."""

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note an element."""
        self.found.add(tag)
        assert all(not name.startswith("on") for name, _ in attrs)


def typed_by_guest(booking: Booking) -> Booking:
    """Give *booking* with everything evil that a guest can type; only addresses are checked before."""
    return replace(
        booking,
        attendee=replace(booking.attendee, name=EVIL, phone=EVIL),
        notes=EVIL,
        answers={"topic": EVIL, "days": (EVIL,), EVIL: EVIL},
        location=Location(kind=LocationKind.ATTENDEE_ADDRESS, label="At your place", value=EVIL),
        reason=EVIL,
        changed_by="guest",
    )


@pytest.mark.parametrize(("kind", "booking"), KINDS)
def test_guests_read_nothing_that_a_guest_typed(
    kind: EventKind, booking: Booking, guests: Mailer, mailbox: Mailbox, desk: Desk
) -> None:
    """Whoever books with strangers' addresses cannot have us mail his words to them."""
    evil = typed_by_guest(booking)
    desk.bookings = {evil.uid: evil}

    guests(event(evil, kind))

    assert mailbox.recipients == ["grace@guest.example", "carol@friend.example"]
    for mail in mailbox.mails:
        assert mail["Bcc"] is None
        assert "evil" not in all_of(mail)


@pytest.mark.parametrize(("kind", "booking"), KINDS)
def test_hosts_read_what_was_typed_as_text_only(
    kind: EventKind, booking: Booking, hosts: Mailer, mailbox: Mailbox, desk: Desk
) -> None:
    """It is no header, no element, no template, and no property of the calendar."""
    evil = typed_by_guest(booking)
    desk.bookings = {evil.uid: evil}

    hosts(event(evil, kind))

    (mail,) = mailbox.mails
    page, tags = content(mail, "html"), Tags()
    tags.feed(page)
    assert mailbox.recipients == ["ada@host.example"]
    assert mail["Bcc"] is None
    assert "\n" not in mail["Subject"]
    assert "script" not in tags.found
    assert "{{ 7*7 }}" in page
    assert "\u202e" not in page + content(mail, "plain")
    assert "\x00" not in page + content(mail, "plain")
    calendar = calendar_of(mail)
    assert calendar is None or calendar.subcomponents == []


@pytest.mark.parametrize(
    ("kept", "title"),
    [({INTRO.slug: INTRO}, "Intro call"), ({}, "Booking")],
    ids=["offered", "no longer offered"],
)
@pytest.mark.parametrize("typed", ["Win  at evil.example", "evil"], ids=["name", "answer"])
def test_titles_of_vendors_repeat_nothing_that_a_guest_typed(
    typed: str, kept: dict[str, EventType], title: str, guests: Mailer, mailbox: Mailbox, desk: Desk
) -> None:
    """Cal.com writes names and answers into titles."""
    desk.event_types = kept
    guest = replace(BOOKING.attendee, name=typed if " " in typed else "Grace Guest")
    answers = {"topic": typed}

    guests(event(replace(BOOKING, title=f"Ada and {typed}", attendee=guest, answers=answers)))

    assert len(mailbox.mails) == 2
    assert all("evil" not in all_of(mail) for mail in mailbox.mails)
    assert all(f"What:\n{title}\n" in content(mail, "plain") for mail in mailbox.mails)


def test_titles_of_vendors_may_name_a_guest(guests: Mailer, mailbox: Mailbox) -> None:
    """Where the name can be nothing else."""
    guests(event(replace(BOOKING, title="Ada and Grace Guest")))

    assert all("What:\nAda and Grace Guest\n" in content(mail, "plain") for mail in mailbox.mails)


def test_a_reason_of_nobody_known_is_not_told(guests: Mailer, mailbox: Mailbox) -> None:
    """A vendor may tell why a booking was cancelled, and not by whom."""
    guests(event(replace(CANCELLED, changed_by="", reason="See https://evil.example"), EventKind.CANCELLED))

    assert all("evil" not in all_of(mail) for mail in mailbox.mails)


def test_typed_lines_stand_behind_a_mark(hosts: Mailer, mailbox: Mailbox) -> None:
    """Notes that look like our own lines are told from them."""
    hosts(event(replace(PENDING, notes="See you.\n\nAgree or decline:\nhttps://evil.example")))

    text = content(mailbox.mails[0], "plain")
    assert "> Agree or decline:\n> https://evil.example" in text
    assert "\nhttps://evil.example" not in text


def test_texts_of_the_app_are_text_too(guests: Mailer, mailbox: Mailbox) -> None:
    """Titles and names of hosts are shown as they are written, on one line."""
    booking = replace(BOOKING, guests=(), title=EVIL, hosts=(Host(slug="x", name=EVIL, zone="UTC"),))

    guests(event(booking))

    (mail,) = mailbox.mails
    tags = Tags()
    tags.feed(content(mail, "html"))
    assert "script" not in tags.found
    assert mail["Bcc"] is None
    assert mailbox.recipients == ["grace@guest.example"]
    assert "&lt;script&gt;alert(1)&lt;/script&gt; Bcc: evil@example.com" in content(mail, "html")
    assert "<script>alert(1)</script> Bcc: evil@example.com" in content(mail, "plain")


@pytest.mark.parametrize(
    "name",
    ["Grace Guest", "Müller-Lüdenscheidt", "O'Neill", "Dr. Grace Guest", "María José", "नेहा", "王小明", ""],
)
def test_names_are_taken_for_names(name: str) -> None:
    """What people are called is what they are greeted with."""
    assert harmless_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "https://evil.example",
        "Win at evil.example",
        "www.evil.com",
        "call 0800 123",
        "me@evil.example",
        "<b>Bo</b>",
        "Save 50%!",
        "x" * 61,
    ],
)
def test_what_is_no_name_is_not_repeated(name: str) -> None:
    """Nothing that a mail program makes a link of, and no advertisement."""
    assert harmless_name(name) == ""


def test_name_is_not_repeated_to_guests_where_it_is_none(guests: Mailer, mailbox: Mailbox) -> None:
    """The greeting, the invitation and the calendar do without."""
    guest = replace(BOOKING.attendee, name="Win at evil.example")

    guests(event(replace(BOOKING, attendee=guest)))

    own, invited = mailbox.mails
    assert content(own, "plain").startswith("Hello,\n")
    assert "You were invited by whoever has booked this." in content(invited, "plain")
    assert all("evil" not in all_of(mail) for mail in mailbox.mails)
