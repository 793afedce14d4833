"""The calendar part of mails: where programs look for it, and what two independent readers find in it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from typing import Any

import pytest
import vobject
from icalendar import Calendar

from booker_components.subscribers.mail import Mailer
from booker_components.values import Booking, BookingStatus, EventKind

from .boxes import Mailbox
from .desk import BOOKING, CANCELLED, MOVED, PENDING, Desk, calendar_of, event, method_of, series, tree

WAITS_AGAIN = replace(MOVED, status=BookingStatus.PENDING)
DECLINED = replace(CANCELLED, status=BookingStatus.REJECTED)


def parts(mail: EmailMessage) -> list[EmailMessage]:
    """Give the parts of a mail that are calendars."""
    found = [each for each in mail.walk() if "calendar" in each.get_content_type() or each.get_filename()]
    assert all(isinstance(each, EmailMessage) for each in found)
    return found


def read(part: EmailMessage) -> Any:
    """Give a calendar part as vobject reads it, which raises where a required property is missing."""
    calendar = vobject.readOne(part.get_payload(decode=True).decode())  # type: ignore[union-attr]  # no multipart
    calendar.validate(raiseException=True)
    return calendar


def test_invitation_stands_where_programs_look_for_it(guests: Mailer, mailbox: Mailbox) -> None:
    """As a last alternative with its method, for those that act; as a file, for those that only attach."""
    guests(event())

    mail = mailbox.mails[0]
    assert tree(mail) == [
        "multipart/mixed",
        "  multipart/alternative",
        "    text/plain",
        "    text/html",
        "    text/calendar",
        "  application/ics",
    ]
    inline, attached = parts(mail)
    assert inline["Content-Type"] == 'text/calendar; charset="utf-8"; method="REQUEST"'
    assert inline["Content-Disposition"] is None
    assert attached.get_filename() == "invite.ics"
    assert attached.get_content_disposition() == "attachment"


def test_both_copies_are_the_same_lines(guests: Mailer, mailbox: Mailbox) -> None:
    """Lines end with CR LF (RFC 5545 section 3.1) in either copy."""
    guests(event())

    inline, attached = (part.get_payload(decode=True) for part in parts(mailbox.mails[0]))
    assert inline == attached
    assert isinstance(inline, bytes)
    assert b"\n" not in inline.replace(b"\r\n", b"")


def test_two_readers_agree(guests: Mailer, mailbox: Mailbox) -> None:
    """icalendar and vobject find the same booking, in UTC, with who asks whom."""
    guests(event())

    part = parts(mailbox.mails[0])[0]
    found, other = calendar_of(mailbox.mails[0]), read(part)
    assert found is not None
    assert other.method.value == "REQUEST"
    assert (str(found["uid"]), found["sequence"]) == ("b123@app.example", 0)
    assert (other.vevent.uid.value, other.vevent.sequence.value) == ("b123@app.example", "0")
    for start in (found.decoded("dtstart"), other.vevent.dtstart.value):
        assert start.astimezone(UTC) == BOOKING.start
    for attendee, parameters in (
        (str(found["attendee"]), {name: [value] for name, value in found["attendee"].params.items()}),
        (other.vevent.attendee.value, other.vevent.attendee.params),
    ):
        assert attendee == "mailto:grace@guest.example"
        assert parameters["RSVP"] == ["FALSE"]
        assert parameters["PARTSTAT"] == ["ACCEPTED"]
    assert other.vevent.organizer.value == str(found["organizer"]) == "mailto:bookings@app.example"
    assert other.vevent.organizer.params["CN"] == ["Ada Example"]
    assert b"VTIMEZONE" not in part.get_payload(decode=True)  # type: ignore[operator]  # bytes, when decoded


def test_invited_guest_has_not_agreed(guests: Mailer, mailbox: Mailbox) -> None:
    """Whoever was invited by somebody else may say no; only the recipient is named."""
    guests(event())

    calendar = calendar_of(mailbox.mails[1])
    assert calendar is not None
    assert calendar["attendee"] == "mailto:carol@friend.example"
    assert calendar["attendee"].params["PARTSTAT"] == "NEEDS-ACTION"


def test_host_is_invited_by_the_app(hosts: Mailer, mailbox: Mailbox) -> None:
    """Outlook takes no invitation from the host to itself, so that the sender is the organizer there too."""
    hosts(event())

    calendar = calendar_of(mailbox.mails[0])
    assert calendar is not None
    assert calendar["organizer"] == "mailto:bookings@app.example"
    assert calendar["attendee"] == "mailto:ada@host.example"
    assert calendar["summary"] == "Intro call: Grace Guest"
    assert "+977 1 444555" in calendar["description"]


STEPS = [
    pytest.param(EventKind.CREATED, BOOKING, None, "REQUEST", "CONFIRMED", id="booked"),
    pytest.param(EventKind.CREATED, PENDING, None, "", "", id="asked for"),
    pytest.param(
        EventKind.CONFIRMED, replace(BOOKING, revision=2), PENDING, "REQUEST", "CONFIRMED", id="agreed"
    ),
    pytest.param(EventKind.RESCHEDULED, MOVED, BOOKING, "REQUEST", "CONFIRMED", id="moved"),
    pytest.param(EventKind.RESCHEDULED, MOVED, None, "REQUEST", "CONFIRMED", id="moved, of old"),
    pytest.param(
        EventKind.RESCHEDULED, WAITS_AGAIN, BOOKING, "REQUEST", "TENTATIVE", id="moved, waits again"
    ),
    pytest.param(EventKind.RESCHEDULED, WAITS_AGAIN, PENDING, "", "", id="moved, waited before"),
    pytest.param(EventKind.CANCELLED, CANCELLED, BOOKING, "CANCEL", "CANCELLED", id="cancelled"),
    pytest.param(EventKind.CANCELLED, CANCELLED, None, "CANCEL", "CANCELLED", id="cancelled, of old"),
    pytest.param(EventKind.CANCELLED, CANCELLED, PENDING, "", "", id="withdrawn"),
    pytest.param(EventKind.REJECTED, DECLINED, PENDING, "", "", id="declined"),
    pytest.param(EventKind.REJECTED, DECLINED, None, "", "", id="declined, of old"),
    pytest.param(
        EventKind.REJECTED,
        replace(DECLINED, former_start=BOOKING.start),
        WAITS_AGAIN,
        "CANCEL",
        "CANCELLED",
        id="declined after a move",
    ),
]


@pytest.mark.parametrize(("kind", "booking", "before", "method", "status"), STEPS)
def test_calendar_follows_what_happens(
    kind: EventKind,
    booking: Booking,
    before: Booking | None,
    method: str,
    status: str,
    guests: Mailer,
    hosts: Mailer,
    mailbox: Mailbox,
    desk: Desk,
) -> None:
    """What stands is put in or moved, what is off is taken out, what nobody has agreed to is not in it."""
    if before:
        desk.earlier = {"e-1": before}

    guests(event(booking, kind))
    hosts(event(booking, kind))

    assert len(mailbox.mails) == 3
    for mail in mailbox.mails:
        calendar = calendar_of(mail)
        assert method_of(mail) == method
        assert (calendar["status"] if calendar else "") == status
        assert calendar is None or read(parts(mail)[0]).method.value == method


def test_a_booking_is_one_entry_all_its_life(guests: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """The UID stays and the SEQUENCE grows, so that calendars move the entry and take it out."""
    desk.earlier = {"e-2": BOOKING, "e-3": MOVED}
    gone = replace(MOVED, status=BookingStatus.CANCELLED, revision=3)
    for id, kind, booking in (
        ("e-1", EventKind.CREATED, BOOKING),
        ("e-2", EventKind.RESCHEDULED, MOVED),
        ("e-3", EventKind.CANCELLED, gone),
    ):
        guests(event(replace(booking, guests=()), kind, id=id))

    found = [calendar_of(mail) for mail in mailbox.mails]
    assert [str(each["uid"]) for each in found if each] == ["b123@app.example"] * 3
    assert [each["sequence"] for each in found if each] == [0, 1, 2]


def test_a_booking_that_moves_under_a_new_uid_is_the_same_entry(
    guests: Mailer, mailbox: Mailbox, desk: Desk
) -> None:
    """Where moving makes a new booking, it keeps the first one's UID and counts on."""
    first = replace(BOOKING, revision=2, status=BookingStatus.CANCELLED, replaced_by="c456")
    second = replace(BOOKING, uid="c456", replaces="b123", replaced_by="d789", revision=3)
    third = replace(BOOKING, uid="d789", replaces="c456", revision=1, guests=())
    desk.bookings = {each.uid: each for each in (first, second, third)}

    guests(event(third, EventKind.RESCHEDULED))

    calendar = calendar_of(mailbox.mails[0])
    assert calendar is not None
    assert (str(calendar["uid"]), calendar["sequence"]) == ("b123@app.example", 5)


def test_a_circle_of_replacements_ends(guests: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """Nothing but a broken provider makes one."""
    first = replace(BOOKING, replaces="c456", guests=())
    desk.bookings = {"b123": first, "c456": replace(BOOKING, uid="c456", replaces="b123")}

    guests(event(first, EventKind.RESCHEDULED))

    assert len(mailbox.mails) == 1


def test_link_is_in_the_guests_own_calendar_only(guests: Mailer, hosts: Mailer, mailbox: Mailbox) -> None:
    """It is the authority to change the booking."""
    guests(event())
    hosts(event())

    found = [calendar_of(mail) for mail in mailbox.mails]
    assert ["token=" in each["description"] for each in found if each] == [True, False, False]


def test_series_is_one_file_with_an_entry_for_each_date(guests: Mailer, mailbox: Mailbox) -> None:
    """It is attached, to be added at once: what asks somebody to come is about one booking only."""
    guests(event(series()[0]))

    mail = mailbox.mails[0]
    (part,) = parts(mail)
    assert tree(mail) == [
        "multipart/mixed",
        "  multipart/alternative",
        "    text/plain",
        "    text/html",
        "  text/calendar",
    ]
    assert part.get_filename() == "invite.ics"
    assert part.get_param("method") == "PUBLISH"
    found = Calendar.from_ical(part.get_content()).walk("VEVENT")
    assert [str(each["uid"]) for each in found] == ["s0@app.example", "s1@app.example", "s2@app.example"]
    assert [f"/manage/s{number}?" in each["description"] for number, each in enumerate(found)] == [True] * 3
    # RFC 5546 section 3.2.1 forbids them.
    assert all("attendee" not in each for each in found)
    assert [each.uid.value for each in read(part).vevent_list] == [str(each["uid"]) for each in found]


def test_date_of_a_series_moves_by_itself(guests: Mailer, mailbox: Mailbox) -> None:
    """Under the UID that the file gave it."""
    date = replace(series()[1], guests=(), revision=2)

    guests(event(date, EventKind.RESCHEDULED))

    calendar = calendar_of(mailbox.mails[0])
    assert calendar is not None
    assert (str(calendar["uid"]), calendar["sequence"]) == ("s1@app.example", 1)
    assert calendar.decoded("dtstart") == datetime(2026, 3, 19, 9, tzinfo=UTC)
