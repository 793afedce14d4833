"""What guests are mailed, and what they are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.subscribers.mail import Mailer
from booker_components.testing import FrozenClock
from booker_components.values import (
    Booking,
    BookingStatus,
    EventKind,
    Host,
    Location,
    LocationKind,
)

from .boxes import Mailbox, all_of, content
from .desk import ADA, BOOKING, CANCELLED, INTRO, MOVED, PENDING, Desk, calendar_of, event, method_of, series

ALONE = replace(BOOKING, guests=())


def both(mailbox: Mailbox, number: int = 0) -> tuple[str, str]:
    """Give text and HTML of a mail."""
    mail = mailbox.mails[number]
    return content(mail, "plain"), content(mail, "html")


MAILED = {
    EventKind.CREATED,
    EventKind.RESCHEDULED,
    EventKind.CANCELLED,
    EventKind.CONFIRMED,
    EventKind.REJECTED,
    EventKind.REMINDER,
}


@pytest.mark.parametrize("kind", [kind for kind in EventKind if kind not in MAILED])
def test_what_changes_nothing_for_guests_is_not_mailed(
    kind: EventKind, guests: Mailer, hosts: Mailer, mailbox: Mailbox
) -> None:
    """Payments, absences and the like are for other subscribers."""
    guests(event(kind=kind))
    hosts(event(kind=kind))

    assert mailbox.mails == []


def test_invited_guests_get_no_link_that_changes_the_booking(guests: Mailer, mailbox: Mailbox) -> None:
    """Whoever booked reads the links; those who were invited get the time and the calendar only."""
    guests(event())

    own, invited = mailbox.mails
    assert "token=" in content(own, "plain")
    assert "token=" not in all_of(invited)
    assert "https://app.example" not in all_of(invited)
    assert "Grace Guest has booked this and invited you." in content(invited, "plain")


def test_mailing_lists_are_deduplicated(guests: Mailer, mailbox: Mailbox) -> None:
    """Whoever is named twice, in whatever case, is mailed once."""
    named = ("GRACE@guest.example", "carol@friend.example", "Carol@friend.example")

    guests(event(replace(BOOKING, guests=named)))

    assert [each.lower() for each in mailbox.recipients] == ["grace@guest.example", "carol@friend.example"]


def test_guest_without_an_address_is_not_mailed(guests: Mailer, mailbox: Mailbox) -> None:
    """Where a provider keeps the address to itself, only those whose address is known are mailed."""
    guests(event(replace(BOOKING, attendee=replace(BOOKING.attendee, email=""))))
    guests(event(replace(ALONE, attendee=replace(BOOKING.attendee, email="")), id="e-2"))

    assert mailbox.recipients == ["carol@friend.example"]


@pytest.mark.parametrize(
    ("kind", "booking"),
    [
        pytest.param(EventKind.CREATED, BOOKING, id="confirmed"),
        pytest.param(EventKind.CREATED, PENDING, id="pending"),
        pytest.param(EventKind.RESCHEDULED, MOVED, id="moved"),
        pytest.param(EventKind.CANCELLED, CANCELLED, id="cancelled"),
        pytest.param(EventKind.REMINDER, BOOKING, id="reminder"),
    ],
)
def test_hidden_addresses_of_hosts_stay_hidden(
    kind: EventKind, booking: Booking, guests: Mailer, mailbox: Mailbox, desk: Desk
) -> None:
    """Where guests are not to read them, no mail, header or calendar has a host's address."""
    desk.event_types = {"intro-call": replace(INTRO, host_email_hidden=True)}
    desk.bookings = {booking.uid: booking}

    guests(event(booking, kind))

    assert len(mailbox.mails) == 2
    for mail in mailbox.mails:
        calendar = calendar_of(mail)
        assert "host.example" not in all_of(mail)
        assert mail["Reply-To"] is None
        assert not calendar or calendar["organizer"] == "mailto:bookings@app.example"


def test_answer_reaches_the_host(guests: Mailer, mailbox: Mailbox) -> None:
    """Where its address is no secret, what a guest answers goes to the host."""
    guests(event())

    assert {mail["Reply-To"] for mail in mailbox.mails} == {"ada@host.example"}


def test_booking_without_hosts_is_mailed(guests: Mailer, mailbox: Mailbox) -> None:
    """A provider may name no host."""
    guests(event(replace(ALONE, hosts=())))

    assert "With:" not in both(mailbox)[0]


def test_times_are_the_guests(guests: Mailer, mailbox: Mailbox) -> None:
    """Zone and clock are those with which the guest booked."""
    guests(event(replace(ALONE, attendee=replace(ALONE.attendee, zone="America/New_York", locale="en-US"))))

    assert "5:00\u00a0AM – 5:30\u00a0AM" in both(mailbox)[0]
    assert "Eastern Time - New York, GMT-4" in both(mailbox)[0]


def test_links_are_for_the_booking_as_it_stands(guests: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """A mail that comes late has links that work, for what may still be done."""
    desk.bookings = {"b123": replace(BOOKING, revision=3)}
    guests(event(ALONE))
    desk.bookings = {"b123": CANCELLED}
    guests(event(ALONE, id="e-2"))

    assert "token=t3" in both(mailbox)[0]
    assert "token=" not in both(mailbox, 1)[0]


def test_own_number_is_shown_to_whoever_gave_it_only(guests: Mailer, mailbox: Mailbox) -> None:
    """The number that the host will call is for the guest, not for those who were invited."""
    location = Location(kind=LocationKind.ATTENDEE_PHONE, value="+977 1 444555", label="We call you")

    guests(event(replace(BOOKING, location=location)))

    assert "Where:\nWe call you, +977 1 444555" in both(mailbox, 0)[0]
    assert "Where:\nWe call you\n" in both(mailbox, 1)[0]


def test_place_in_the_guests_own_words_is_not_mailed(guests: Mailer, mailbox: Mailbox) -> None:
    """Whoever books with somebody else's address may have written anything there."""
    location = Location(kind=LocationKind.ATTENDEE_CHOICE, value="https://evil.example", label="You choose")

    guests(event(replace(BOOKING, location=location)))

    assert all("evil" not in all_of(mail) for mail in mailbox.mails)
    assert "Where:\nYou choose" in both(mailbox)[0]


def test_reason_of_the_host_is_told_and_the_guests_is_not(guests: Mailer, mailbox: Mailbox) -> None:
    """Why the host cancels concerns the guest; what the guest wrote could be meant for somebody else."""
    guests(event(replace(CANCELLED, guests=()), EventKind.CANCELLED))
    guests(event(replace(CANCELLED, guests=(), changed_by="guest"), EventKind.CANCELLED, id="e-2"))

    assert "> I am ill.\n> Sorry!" in both(mailbox, 0)[0]
    assert "I am ill." not in both(mailbox, 1)[0]


# --- reminders and what comes late -----------------------------------------------------------------


def test_reminder_has_no_calendar_part(guests: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """The booking is in the calendar since it was confirmed."""
    desk.bookings = {"b123": ALONE}

    guests(event(ALONE, EventKind.REMINDER))

    assert mailbox.mails[0]["Subject"].startswith("Reminder: Intro call")
    assert method_of(mailbox.mails[0]) == ""


@pytest.mark.parametrize(
    "now",
    [
        pytest.param(None, id="gone"),
        pytest.param(MOVED, id="moved"),
        pytest.param(CANCELLED, id="cancelled"),
        pytest.param(PENDING, id="waits again"),
    ],
)
def test_reminder_of_what_has_changed_is_not_sent(
    now: Booking | None, guests: Mailer, hosts: Mailer, mailbox: Mailbox, desk: Desk
) -> None:
    """A reminder that was held up says nothing of a booking that is no longer so."""
    desk.bookings = {"b123": now} if now else {}

    guests(event(kind=EventKind.REMINDER))
    hosts(event(kind=EventKind.REMINDER))

    assert mailbox.mails == []


def test_reminder_of_what_has_begun_is_not_sent(
    guests: Mailer, mailbox: Mailbox, desk: Desk, clock: FrozenClock
) -> None:
    """It reminds up to the start, and not from it on."""
    desk.bookings = {"b123": ALONE}
    clock.set(BOOKING.start - timedelta(seconds=1))
    guests(event(ALONE, EventKind.REMINDER))
    clock.set(BOOKING.start)
    guests(event(ALONE, EventKind.REMINDER, id="e-2"))

    assert len(mailbox.mails) == 1


def test_confirmation_of_what_was_cancelled_since_is_still_sent(
    guests: Mailer, mailbox: Mailbox, desk: Desk
) -> None:
    """In order, each with its own number, so that calendars end where the booking does."""
    desk.bookings = {"b123": replace(CANCELLED, guests=())}
    guests(event(ALONE))
    guests(event(replace(CANCELLED, guests=()), EventKind.CANCELLED, id="e-2"))

    first, second = mailbox.mails
    assert [method_of(first), method_of(second)] == ["REQUEST", "CANCEL"]
    for mail, number in ((first, 0), (second, 1)):
        calendar = calendar_of(mail)
        assert calendar is not None
        assert calendar["sequence"] == number


# --- seats and series ------------------------------------------------------------------------------


def test_guest_of_a_seat_reads_of_no_other_guest(guests: Mailer, mailbox: Mailbox) -> None:
    """Not even the own further guests are listed: each mail names whoever it is for."""
    guests(event(replace(BOOKING, shared="whole")))

    assert "carol" not in all_of(mailbox.mails[0])


def test_series_leads_to_a_page_where_dates_are_chosen(guests: Mailer, mailbox: Mailbox) -> None:
    """One link to see them all; which to move or cancel is chosen there."""
    first = series()[0]

    guests(event(replace(first, guests=())))

    text = both(mailbox)[0]
    assert text.count("token=") == 1
    assert "- Thursday 26 March 2026, 14:45 – 15:15" in text


def test_dates_are_asked_for_where_the_event_lacks_them(guests: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """An event may be about its own date only; the app knows the others, by its uid or the series'."""
    first, second, _ = (replace(each, guests=()) for each in series())
    desk.bookings = {"series1": first}

    guests(event(replace(second, occurrences=())))

    assert "3 dates" in mailbox.mails[0]["Subject"]


def test_dates_that_are_off_are_left_out(guests: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """What was cancelled before anybody was told is not announced; the last one left stands for itself."""
    first, second, third = (replace(each, guests=()) for each in series())
    gone = replace(second.occurrences[1], status=BookingStatus.CANCELLED)
    known = (first.occurrences[0], gone, first.occurrences[2])
    guests(event(replace(first, occurrences=known), id="e-1"))
    left = tuple(replace(each, status=BookingStatus.CANCELLED) for each in known[:2])
    guests(event(replace(third, series="another", occurrences=(*left, known[2])), id="e-2"))

    assert "2 dates" in mailbox.mails[0]["Subject"]
    assert "26 March" in mailbox.mails[1]["Subject"]
    assert method_of(mailbox.mails[1]) == "REQUEST"


def test_hosts_are_named(guests: Mailer, mailbox: Mailbox) -> None:
    """Everybody whom the guest will meet."""
    guests(event(replace(ALONE, hosts=(ADA, Host(slug="eve", name="Eve", zone="UTC")))))

    assert "With:\nAda Example and Eve\n" in both(mailbox)[0]
