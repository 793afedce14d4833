"""Tests of the mails about what could not be written: to whom, of what, and how often."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from booker_components.errors import DeliveryFailed
from booker_components.subscribers.salesforce import FieldMap, SalesforceRules
from booker_components.subscribers.salesforce.failures import SalesforceFailed
from booker_components.subscribers.salesforce.subscriber import LATE
from booker_components.values import Booking, EventKind, Host

from ..mail.boxes import Mailbox, content, smtp_server
from .desk import BOOKING, Desk

ADMIN = "admin@example.com"
OTHER = replace(BOOKING, uid="b-2", attendee=replace(BOOKING.attendee, email="bo@guest.example.com"))


class Picky(Mailbox):
    """Refuses some recipients."""

    def __init__(self) -> None:
        super().__init__()
        self.refused: dict[str, str] = {}

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Note the recipient, or refuse it."""
        if address in self.refused:
            return self.refused[address]
        return await super().handle_RCPT(server, session, envelope, address, options)


@pytest.fixture
def mailbox() -> Picky:
    """Give what the mail server takes."""
    return Picky()


@pytest.fixture
def mail(mailbox: Picky) -> Iterator[dict[str, str]]:
    """Give what a teller needs to send by a running server."""
    with smtp_server(mailbox) as place:
        yield {"url": f"smtp://{place}", "sender": "Bookings <bookings@app.example>", "admin": ADMIN}


def fail(
    desk: Desk, mail: dict[str, str], booking: Booking = BOOKING, code: str = "DUPLICATES_DETECTED"
) -> None:
    """Let an org refuse to make a Lead."""
    desk.org.next(code=code, method="POST", path="*/sobjects/Lead*")
    with pytest.raises(SalesforceFailed, match=code):
        desk.hear(EventKind.CREATED, booking, **mail)


def to(mails: list[EmailMessage]) -> list[str]:
    """Give who got the mails."""
    return sorted(str(each["To"]) for each in mails)


def test_host_and_administrator_are_told_what_to_check(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """Both get a mail with the booking, what Salesforce said, and the checklist (contracts/jicoo.md 8.7)."""
    fail(desk, mail)

    assert to(mailbox.mails) == ["ada@example.com", ADMIN]
    text = content(mailbox.mails[0], "plain").replace("\r\n", "\n")
    assert mailbox.mails[0]["Subject"] == "Salesforce: Intro call, Tuesday 2 February 2027"
    for wanted in (
        "Intro call\nTuesday 2 February 2027, 09:00",
        "Grace Brewster Hopper <grace@guest.example.com>",
        "Booking: b-1",
        "Salesforce refused to create a Lead: DUPLICATES_DETECTED.",
        "Does a duplicate rule forbid the record?",
        "made by another form",
        "the one that the guest gave?",
        "fit the questions",
        "flask booker salesforce retry",
    ):
        assert wanted in text


def test_the_same_failure_is_told_once(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """However often it is tried again, and however much later."""
    for _ in range(3):
        fail(desk, mail)
        desk.clock.move(timedelta(days=2))

    assert to(mailbox.mails) == ["ada@example.com", ADMIN]


def test_another_kind_of_failure_is_told(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """What else goes wrong with the same booking is news."""
    fail(desk, mail)

    fail(desk, mail, code="FIELD_CUSTOM_VALIDATION_EXCEPTION")

    assert len(mailbox.mails) == 4


def test_failures_of_one_kind_are_told_once_a_day(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """Many bookings that fail alike are one mail; those in between are named by the next."""
    third = replace(OTHER, uid="b-3", attendee=replace(OTHER.attendee, email="cy@guest.example.com"))
    fail(desk, mail)
    fail(desk, mail, OTHER)
    told = len(mailbox.mails)
    desk.clock.move(timedelta(hours=25))

    fail(desk, mail, third)

    assert told == 2
    assert to(mailbox.mails[2:]) == ["ada@example.com", ADMIN]
    assert "these bookings: b-2" in content(mailbox.mails[3], "plain")


def test_another_host_is_told_of_his_own_booking(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """The quiet of a day is each recipient's own."""
    bob = Host(slug="bob", name="Bob", zone="UTC", email="bob@example.com")
    fail(desk, mail)

    fail(desk, mail, replace(OTHER, hosts=(bob,)))

    assert to(mailbox.mails) == ["ada@example.com", ADMIN, "bob@example.com"]


def test_what_was_mended_and_breaks_again_is_told_again(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """A booking that was written in the meantime begins anew."""
    fail(desk, mail)
    desk.hear(EventKind.CREATED, **mail)
    desk.org.next(code="REQUIRED_FIELD_MISSING", method="PATCH", times=3)
    for _ in range(2):
        with pytest.raises(SalesforceFailed):
            desk.hear(EventKind.RESCHEDULED, **mail)

    assert len(mailbox.mails) == 4


def test_what_passes_is_not_told(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """Nobody can do anything about a lock, and it ends by itself."""
    desk.org.next(code="UNABLE_TO_LOCK_ROW", method="POST")

    with pytest.raises(SalesforceFailed):
        desk.hear(EventKind.CREATED, **mail)

    assert mailbox.mails == []


def test_what_has_not_passed_for_hours_is_told_once(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """Before an event is given up, host and administrator know that Salesforce does not take it."""
    event = desk.event(EventKind.CREATED)
    desk.org.down()
    for _ in range(3):
        desk.clock.move(LATE)
        with pytest.raises(SalesforceFailed):
            desk.subscriber(**mail)(event)

    assert to(mailbox.mails) == ["ada@example.com", ADMIN]
    assert "for some hours" in content(mailbox.mails[0], "plain")


def test_a_field_that_was_left_out_is_told_once(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """The booking is written, and somebody hears which field is missing and why."""
    rules = SalesforceRules(fields={"title": FieldMap("Gone__c")})

    for _ in range(2):
        desk.hear(EventKind.CREATED, rules=rules, **mail)
        desk.hear(EventKind.CREATED, OTHER, rules=rules, **mail)

    assert to(mailbox.mails) == ["ada@example.com", ADMIN]
    assert "Gone__c: INVALID_FIELD" in content(mailbox.mails[0], "plain")
    assert len(desk.org.records("Event")) == 2


def test_a_mail_that_is_not_taken_is_tried_again(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """Nothing is parked before somebody knows: the event comes back until the mail is taken."""
    mailbox.reply = "451 Later"
    desk.org.next(code="DUPLICATES_DETECTED", method="POST", path="*/sobjects/Lead*")
    with pytest.raises(DeliveryFailed, match=r"Nobody could be told.*with 451") as failure:
        desk.hear(EventKind.CREATED, **mail)
    mailbox.reply = "250 OK"

    fail(desk, mail)

    assert not failure.value.permanent
    assert to(mailbox.mails) == ["ada@example.com", ADMIN]


def test_a_report_that_is_not_taken_holds_nothing_up(
    desk: Desk, mailbox: Picky, mail: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """A booking that is written, but for a field, is not written again for a mail."""
    mailbox.reply = "451 Later"

    with caplog.at_level(logging.WARNING):
        desk.hear(EventKind.CREATED, rules=SalesforceRules(fields={"title": FieldMap("Gone__c")}), **mail)

    assert "Nobody could be told" in caplog.text
    assert "without Gone__c" in caplog.text
    assert len(desk.org.records("Event")) == 1


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        pytest.param("", [ADMIN], id="none"),
        pytest.param("no address", [ADMIN], id="broken"),
        pytest.param("x@example.com\nBcc: all@example.com", [ADMIN], id="hostile"),
        pytest.param("Admin@example.com", ["admin@example.com"], id="the administrator"),
    ],
)
def test_each_address_gets_one_mail_if_it_can(
    desk: Desk, mailbox: Picky, mail: dict[str, str], email: str, expected: list[str]
) -> None:
    """Hosts without an address, or with the administrator's, are no further mail."""
    host = replace(BOOKING.hosts[0], email=email)

    fail(desk, mail, replace(BOOKING, hosts=(host,)))

    assert to(mailbox.mails) == expected


def test_without_a_mail_server_nothing_is_told(desk: Desk) -> None:
    """The failure is in the outbox, for whoever looks there."""
    fail(desk, {})


def test_what_a_guest_typed_is_one_line(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """Neither a name nor a title can add lines or headers to a mail."""
    guest = replace(BOOKING.attendee, name="Grace\r\nBcc: all@example.com\n\nBuy")

    fail(desk, mail, replace(BOOKING, attendee=guest, title="Intro\r\nX-Spam: yes {uid}"))

    (first, *_) = mailbox.mails
    assert (first["Bcc"], first["X-Spam"]) == (None, None)
    assert "Grace Bcc: all@example.com Buy <grace@guest.example.com>" in content(first, "plain")
    assert "Intro X-Spam: yes {uid}" in content(first, "plain")


def test_a_host_without_a_mailbox_keeps_nobody_from_being_told(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """Where a host's address is refused for good, the administrator is told, and the event is parked."""
    mailbox.refused["ada@example.com"] = "550 No such user"

    fail(desk, mail)
    fail(desk, mail)
    fail(desk, mail, OTHER)
    desk.clock.move(timedelta(hours=25))
    desk.hear(EventKind.CREATED, **mail)

    assert to(mailbox.mails) == [ADMIN, ADMIN]
    assert "b-2" in content(mailbox.mails[1], "plain")


def test_a_host_whose_mail_has_to_wait_is_told_later(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """The administrator is told at once, and only once; the host when the server takes the mail."""
    mailbox.refused["ada@example.com"] = "451 Later"
    desk.org.next(code="DUPLICATES_DETECTED", method="POST", path="*/sobjects/Lead*")
    with pytest.raises(DeliveryFailed, match=r"DUPLICATES_DETECTED.*Nobody could be told"):
        desk.hear(EventKind.CREATED, **mail)
    mailbox.refused.clear()

    fail(desk, mail)

    assert [str(each["To"]) for each in mailbox.mails] == [ADMIN, "ada@example.com"]


def test_without_anybody_to_tell_it_is_tried_again(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """A server that refuses everybody, as one that is set up wrongly does, parks nothing in silence."""
    mailbox.reply = "554 Relay access denied"
    for _ in range(2):
        desk.org.next(code="DUPLICATES_DETECTED", method="POST", path="*/sobjects/Lead*")
        with pytest.raises(DeliveryFailed, match="with 554") as failure:
            desk.hear(EventKind.CREATED, **mail)
        assert not failure.value.permanent


def test_what_nobody_was_told_of_comes_with_the_next_booking(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """A failure within the quiet of a day is told after it, also where nothing fails any more."""
    third = replace(OTHER, uid="b-3", attendee=replace(OTHER.attendee, email="cy@guest.example.com"))
    fail(desk, mail)
    fail(desk, mail, OTHER)
    desk.hear(EventKind.CREATED, third, **mail)
    within = len(mailbox.mails)
    desk.clock.move(timedelta(hours=25))

    for _ in range(2):
        desk.hear(EventKind.CREATED, third, **mail)

    assert within == 2
    assert to(mailbox.mails[2:]) == ["ada@example.com", ADMIN]
    text = content(mailbox.mails[2], "plain")
    assert "refused to create a Lead: DUPLICATES_DETECTED" in text
    assert "b-2" in text
    assert "b-1" not in text


def test_a_reminder_that_is_not_taken_holds_nothing_up(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """The booking is written; the reminder comes with a later one."""
    third = replace(OTHER, uid="b-3", attendee=replace(OTHER.attendee, email="cy@guest.example.com"))
    fail(desk, mail)
    fail(desk, mail, OTHER)
    desk.clock.move(timedelta(hours=25))
    mailbox.reply = "451 Later"

    desk.hear(EventKind.CREATED, third, **mail)
    mailbox.reply = "250 OK"
    desk.hear(EventKind.CREATED, third, **mail)

    assert to(mailbox.mails[2:]) == ["ada@example.com", ADMIN]


def test_what_was_written_without_a_field_waits_no_longer(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """A booking that was refused and is now written, but for a field, is not told of as one that waits."""
    fail(desk, mail)
    fail(desk, mail, OTHER)
    desk.hear(EventKind.CREATED, OTHER, SalesforceRules(fields={"title": FieldMap("Gone__c")}), **mail)
    desk.clock.move(timedelta(hours=25))

    third = replace(OTHER, uid="b-3", attendee=replace(OTHER.attendee, email="cy@guest.example.com"))
    fail(desk, mail, third)

    assert "b-2" not in content(mailbox.mails[-1], "plain")


def test_salesforce_away_for_a_day_is_one_mail(desk: Desk, mailbox: Picky, mail: dict[str, str]) -> None:
    """However many bookings it does not take."""
    events = [desk.event(EventKind.CREATED, replace(BOOKING, uid=f"b-{each}")) for each in range(30)]
    desk.org.down()
    for _ in range(4):
        desk.clock.move(LATE)
        for event in events:
            with pytest.raises(SalesforceFailed):
                desk.subscriber(**mail)(event)

    assert to(mailbox.mails) == ["ada@example.com", ADMIN]


class Odd:
    """A client that fails in a way nobody has thought of."""

    def query(self, soql: str) -> list[dict[str, str]]:
        """Fail, quoting the guest."""
        raise RuntimeError(f"{BOOKING.attendee.email} in {soql}")

    @contextmanager
    def within(self) -> Iterator[None]:
        """Give all time."""
        yield


def test_a_failure_that_nobody_has_thought_of_is_told(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """Before the outbox gives it up, by its class alone."""
    event = desk.event(EventKind.CREATED)
    desk.clock.move(LATE)

    with pytest.raises(RuntimeError):
        desk.subscriber(client=Odd(), **mail)(event)

    assert to(mailbox.mails) == ["ada@example.com", ADMIN]
    assert "It failed: RuntimeError." in content(mailbox.mails[0], "plain")


def test_all_mails_of_a_failure_together_have_an_end(
    desk: Desk, mailbox: Picky, mail: dict[str, str]
) -> None:
    """However many hosts there are, the outbox does not wait longer than its lease."""
    desk.org.next(code="DUPLICATES_DETECTED", method="POST", path="*/sobjects/Lead*")

    with pytest.raises(DeliveryFailed, match="TimeoutError") as failure:
        desk.subscriber(**mail, seconds=0.0)(desk.event(EventKind.CREATED))

    assert not failure.value.permanent
    assert mailbox.mails == []
