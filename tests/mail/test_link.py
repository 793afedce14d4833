"""Tests of the mails with new links."""

from __future__ import annotations

from dataclasses import replace

import pytest

from booker_components.errors import DeliveryFailed
from booker_components.subscribers.mail import LinkMailer
from booker_components.values import EventKind

from .boxes import Mailbox, all_of, content
from .desk import BOOKING, Desk, event, link_mailer


@pytest.fixture
def mailer(server: str, desk: Desk) -> LinkMailer:
    """The subscriber that mails links."""
    return link_mailer(server, desk)


def test_link_goes_to_the_address_on_file(mailer: LinkMailer, mailbox: Mailbox) -> None:
    """The guest gets one mail with title, time in the guest's zone and link, as text and as HTML."""
    mailer(event(kind=EventKind.LINK_REQUESTED))

    (mail,) = mailbox.mails
    assert mailbox.recipients == ["grace@guest.example"]
    assert mail["Subject"] == "Your link: Intro call"
    assert "14:45" in content(mail, "plain")
    assert "https://app.example/manage/b123?token=t1&b=1" in content(mail, "plain")
    assert 'href="https://app.example/manage/b123?token=t1&amp;b=1"' in content(mail, "html")
    assert mail.get_body(("calendar",)) is None


def test_repeated_delivery_has_the_same_message_id(mailer: LinkMailer, mailbox: Mailbox) -> None:
    """Delivering an event again sends the same mail, so that mail programs show it once."""
    mailer(event(kind=EventKind.LINK_REQUESTED))
    mailer(event(kind=EventKind.LINK_REQUESTED))

    first, second = mailbox.mails
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Date"] == second["Date"] == "Mon, 02 Mar 2026 08:00:00 +0000"


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind is not EventKind.LINK_REQUESTED])
def test_other_events_send_nothing(kind: EventKind, mailer: LinkMailer, mailbox: Mailbox) -> None:
    """Only a request for a link is answered by mail."""
    mailer(event(kind=kind))

    assert mailbox.mails == []


def test_nothing_typed_by_the_guest_is_mailed(mailer: LinkMailer, mailbox: Mailbox) -> None:
    """Whoever books with somebody else's address cannot use the mail to send words of his own."""
    guest = replace(BOOKING.attendee, name="Win at https://evil.example")
    booking = replace(BOOKING, attendee=guest, notes="https://evil.example", reason="https://evil.example")

    mailer(event(booking, EventKind.LINK_REQUESTED))

    assert "evil" not in all_of(mailbox.mails[0])


def test_unusable_address_names_the_booking_only(mailer: LinkMailer) -> None:
    """Whoever looks at what waits finds the booking, and no address."""
    booking = replace(BOOKING, attendee=replace(BOOKING.attendee, email="a@b@c"))

    with pytest.raises(DeliveryFailed, match="address on file of booking 'b123'") as caught:
        mailer(event(booking, EventKind.LINK_REQUESTED))

    assert caught.value.permanent
    assert "a@b" not in str(caught.value)
