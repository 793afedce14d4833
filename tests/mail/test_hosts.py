"""What hosts are mailed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from booker_components.subscribers.mail import Mailer
from booker_components.values import BookingStatus, EventKind

from .boxes import Mailbox, content
from .desk import (
    ADA,
    BOB,
    BOOKING,
    CANCELLED,
    MOVED,
    PENDING,
    Desk,
    calendar_of,
    event,
    method_of,
    series,
    tree,
)


def test_each_host_reads_who_booked_in_its_own_zone(hosts: Mailer, mailbox: Mailbox) -> None:
    """Name, address, number, answers and notes; times where the host works."""
    hosts(event(replace(BOOKING, hosts=(ADA, BOB))))

    first, second = (content(mail, "plain") for mail in mailbox.mails)
    assert mailbox.recipients == ["ada@host.example", "bob@host.example"]
    assert "10:00 – 10:30" in first
    assert "05:00 – 05:30" in second
    for text in (first, second):
        assert "Hosts:\nAda Example and Bob Example\n" in text
        assert "grace@guest.example" in text
        assert "+977 1 444555" in text
        assert "What is it about?\n> Prices\n> and terms" in text
        assert "Days:\n> Mon\n> Tue" in text
        assert "Is it your first time?\n> Yes" in text
        assert "People:\n> 3" in text
        assert "Notes:\n> We met in Lyon.\n> See you!" in text


def test_answers_to_what_is_no_longer_asked_are_shown(hosts: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """Without their question they stand under its name."""
    desk.event_types = {}

    hosts(event(replace(BOOKING, answers={"topic": "Prices", "ok": False})))

    text = content(mailbox.mails[0], "plain")
    assert "topic:\n> Prices" in text
    assert "ok:\n> No" in text


def test_hosts_without_an_address_are_not_mailed(hosts: Mailer, mailbox: Mailbox) -> None:
    """Nobody is mailed where no host has an address."""
    hosts(event(replace(BOOKING, hosts=(replace(ADA, email=""),))))

    assert mailbox.mails == []


def test_answer_reaches_the_guest(hosts: Mailer, mailbox: Mailbox) -> None:
    """What a host answers goes to whoever booked."""
    hosts(event())

    assert mailbox.mails[0]["Reply-To"] == "grace@guest.example"


def test_no_guests_link_is_in_a_mail_to_hosts(hosts: Mailer, mailbox: Mailbox) -> None:
    """The links to move and cancel are the guest's authority."""
    hosts(event())
    hosts(event(PENDING, id="e-2"))

    assert "token=" not in content(mailbox.mails[0], "plain")
    assert content(mailbox.mails[1], "plain").count("token=") == 1
    assert "https://app.example/decide/b123?token=t1" in content(mailbox.mails[1], "plain")


def test_late_question_has_no_link_once_it_is_decided(hosts: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """A host who was asked late is not sent to a page that refuses."""
    desk.bookings = {"b123": BOOKING}

    hosts(event(PENDING))

    assert "token=" not in content(mailbox.mails[0], "plain")
    assert "a later mail tells how" in content(mailbox.mails[0], "plain")


def test_series_that_waits_is_decided_at_once(hosts: Mailer, mailbox: Mailbox) -> None:
    """One link, whose answer is for all dates, and one mail that tells of it."""
    dates = tuple(replace(each, status=BookingStatus.PENDING) for each in series()[0].occurrences)
    for number, each in enumerate(series()):
        waits = replace(each, status=BookingStatus.PENDING, occurrences=dates)
        hosts(event(waits, id=f"e-{number}"))
        hosts(event(replace(each, revision=2), EventKind.CONFIRMED, id=f"f-{number}"))

    asked, agreed = mailbox.mails
    assert content(asked, "plain").count("/decide/s0?") == 1
    assert "Your answer is for all dates." in content(asked, "plain")
    assert tree(asked) == ["multipart/alternative", "  text/plain", "  text/html"]
    assert agreed["Subject"] == "Confirmed: Intro call with Grace Guest, 3 dates"
    assert "  text/calendar" in tree(agreed)


def test_date_that_was_moved_is_decided_by_itself(hosts: Mailer, mailbox: Mailbox) -> None:
    """Its answer is told of, although the series was decided about before."""
    first, second, _ = series()
    moved = replace(second, revision=4, former_start=second.start - timedelta(days=1))

    hosts(event(replace(first, revision=2), EventKind.CONFIRMED))
    hosts(event(moved, EventKind.CONFIRMED, id="e-2"))

    assert "3 dates" in mailbox.mails[0]["Subject"]
    assert "19 March" in mailbox.mails[1]["Subject"]
    assert method_of(mailbox.mails[1]) == "REQUEST"


def test_move_to_another_host_tells_both(hosts: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """The new host has a new booking; the former one's calendar is freed."""
    desk.earlier = {"e-1": BOOKING}

    hosts(event(replace(MOVED, hosts=(BOB,)), EventKind.RESCHEDULED))

    new, former = mailbox.mails
    assert (new["To"], former["To"]) == ("bob@host.example", "ada@host.example")
    assert new["Subject"].startswith("New booking: ")
    assert former["Subject"].startswith("No longer yours: ")
    assert (method_of(new), method_of(former)) == ("REQUEST", "CANCEL")
    calendar = calendar_of(former)
    assert calendar is not None
    assert (calendar["status"], calendar["sequence"]) == ("CANCELLED", 1)


def test_only_those_who_host_it_now_may_decide(hosts: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """A booking that waits and has moved to another host is no longer the former one's to agree to."""
    desk.earlier = {"e-1": replace(PENDING, hosts=(ADA,))}
    moved = replace(MOVED, hosts=(BOB,), status=BookingStatus.PENDING, changed_by="guest")
    desk.bookings = {moved.uid: moved}

    hosts(event(moved, EventKind.RESCHEDULED))

    new, former = (content(mail, "plain") + content(mail, "html") for mail in mailbox.mails)
    assert "/decide/" in new
    assert "/decide/" not in former
    assert "a later mail tells how" not in former


def test_move_that_keeps_a_host_tells_of_the_move(hosts: Mailer, mailbox: Mailbox, desk: Desk) -> None:
    """Of two hosts, the one who stays reads of a move, the one who comes of a new booking."""
    desk.earlier = {"e-1": BOOKING}

    hosts(event(replace(MOVED, hosts=(ADA, BOB)), EventKind.RESCHEDULED))

    assert [mail["Subject"].split(":")[0] for mail in mailbox.mails] == ["Moved", "New booking"]


def test_former_host_who_had_not_agreed_has_nothing_in_the_calendar(
    hosts: Mailer, mailbox: Mailbox, desk: Desk
) -> None:
    """What waited was in no calendar."""
    desk.earlier = {"e-1": PENDING}
    moved = replace(MOVED, hosts=(BOB,), status=BookingStatus.PENDING)

    hosts(event(moved, EventKind.RESCHEDULED))

    assert [mail["Subject"].split(":")[0] for mail in mailbox.mails] == ["Please decide", "No longer yours"]
    assert [method_of(mail) for mail in mailbox.mails] == ["", ""]


def test_whoever_made_the_change_is_told(hosts: Mailer, mailbox: Mailbox) -> None:
    """A guest who cancels is named, with the reason; else it was somebody of the hosts."""
    hosts(event(replace(CANCELLED, changed_by="guest"), EventKind.CANCELLED))
    hosts(event(CANCELLED, EventKind.CANCELLED, id="e-2"))

    assert "Grace Guest has cancelled the booking." in content(mailbox.mails[0], "plain")
    assert "> I am ill." in content(mailbox.mails[0], "plain")
    assert "The booking was cancelled." in content(mailbox.mails[1], "plain")


def test_guest_without_a_name_goes_by_the_address(hosts: Mailer, mailbox: Mailbox) -> None:
    """Somebody has booked in any case."""
    hosts(event(replace(BOOKING, attendee=replace(BOOKING.attendee, name=""))))

    assert "grace@guest.example has booked your time." in content(mailbox.mails[0], "plain")


def test_guest_of_whom_nothing_is_known_has_a_name_in_sentences(hosts: Mailer, mailbox: Mailbox) -> None:
    """A host's own provider may keep both name and address to itself."""
    hosts(event(replace(BOOKING, attendee=replace(BOOKING.attendee, name="", email=""))))

    assert "Unknown guest has booked your time." in content(mailbox.mails[0], "plain")
    assert mailbox.mails[0]["Subject"].startswith("New booking: Intro call with Unknown guest, ")


def test_end_on_another_day_is_told(hosts: Mailer, mailbox: Mailbox) -> None:
    """A booking over midnight says when it ends."""
    hosts(event(replace(BOOKING, end=BOOKING.end + timedelta(days=1))))

    assert "10:00 – Friday 13 March, 10:30" in content(mailbox.mails[0], "plain")


def test_a_host_reads_until_when_to_decide(hosts: Mailer, mailbox: Mailbox) -> None:
    """Where the host works; where no provider tells, the mail does not either."""
    by = replace(PENDING, hosts=(BOB,), decide_by=BOOKING.start - timedelta(hours=12))

    hosts(event(by))
    hosts(event(replace(PENDING, uid="b124", hosts=(BOB,))))

    known, unknown = (content(mail, "plain") for mail in mailbox.mails)
    assert "if nobody answers by Wednesday 11 March 2026, 17:00, the booking is declined" in known
    assert "if nobody answers in time, the booking is declined" in unknown
