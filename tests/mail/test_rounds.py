"""Several recipients of one event: each is mailed once, whatever becomes of the others."""

from __future__ import annotations

import logging
from dataclasses import replace

import pytest

from booker_components.errors import DeliveryFailed
from booker_components.records.turns import LASTS, Turns
from booker_components.storage import Storage
from booker_components.subscribers.mail import Mailer
from booker_components.testing import FrozenClock
from booker_components.values import EventKind

from .boxes import Mailbox, SlowServer, all_of, smtp_server
from .desk import BOB, BOOKING, Desk, event, mailers, series

GRACE, CAROL = "grace@guest.example", "carol@friend.example"


def test_each_recipient_has_a_mail_and_an_id_of_its_own(guests: Mailer, mailbox: Mailbox) -> None:
    """Nobody reads in a mail who else has one, and no id is used twice."""
    guests(event())

    assert mailbox.recipients == [GRACE, CAROL]
    assert len({mail["Message-ID"] for mail in mailbox.mails}) == 2
    assert CAROL not in all_of(mailbox.mails[0])
    assert GRACE not in all_of(mailbox.mails[1])


def test_server_that_dies_after_the_first_mails_only_the_second_again(
    guests: Mailer, mailbox: Mailbox
) -> None:
    """The next attempt goes on where the one before ended."""
    mailbox.life = 1

    with pytest.raises(DeliveryFailed):
        guests(event())
    mailbox.life = None
    guests(event())

    assert mailbox.recipients == [GRACE, CAROL]


def test_hearing_an_event_again_mails_nobody_twice(guests: Mailer, mailbox: Mailbox) -> None:
    """What the outbox delivers twice, since it could not note the first time, is not mailed twice."""
    guests(event())
    guests(event())

    assert mailbox.recipients == [GRACE, CAROL]


def test_two_processes_do_not_mail_one_person_at_once(
    guests: Mailer, mailbox: Mailbox, storage: Storage, clock: FrozenClock
) -> None:
    """While another process may be at it nobody is mailed; if that has crashed, its turn ends."""
    turn = Turns(storage, clock).take(f"mailing/booker.mail.guest/e-1/{GRACE}")
    assert turn is not None

    with pytest.raises(DeliveryFailed, match="Another process is sending"):
        guests(event())
    clock.move(LASTS)
    guests(event())

    assert mailbox.recipients == [GRACE, CAROL]


def test_other_events_are_mailed_to_the_same_people(guests: Mailer, mailbox: Mailbox) -> None:
    """What is remembered is of one event."""
    guests(event())
    guests(event(kind=EventKind.CANCELLED, id="e-2"))

    assert mailbox.recipients == [GRACE, CAROL, GRACE, CAROL]


def test_recipient_who_is_refused_does_not_stop_the_others(
    guests: Mailer, mailbox: Mailbox, caplog: pytest.LogCaptureFixture
) -> None:
    """A wrong address among the invited is logged, without it, and the event is done."""
    mailbox.refused = (GRACE,)

    with caplog.at_level(logging.WARNING):
        guests(event())

    assert mailbox.recipients == [CAROL]
    assert "refused the recipient with 550" in caplog.text
    assert "grace" not in caplog.text


def test_nobody_who_can_be_reached_is_a_failure_for_good(guests: Mailer, mailbox: Mailbox) -> None:
    """Somebody has to look: the guest has not been told."""
    mailbox.refused = (GRACE, CAROL)

    with pytest.raises(DeliveryFailed) as caught:
        guests(event())

    assert caught.value.permanent


def test_recipient_who_is_refused_for_now_is_tried_again(guests: Mailer, mailbox: Mailbox) -> None:
    """A server that wants to be asked later is, and those it took are not mailed again."""
    mailbox.reply = "450 later"
    with pytest.raises(DeliveryFailed) as caught:
        guests(event())
    assert not caught.value.permanent

    mailbox.reply = "250 OK"
    guests(event())

    assert mailbox.recipients == [GRACE, CAROL]


def test_round_ends_at_its_deadline(desk: Desk, storage: Storage, clock: FrozenClock) -> None:
    """All mails of an event share the time in which the outbox leaves it to us."""
    with SlowServer(pause=0.1) as server:
        guests, _ = mailers(server.url, desk, storage, clock, total=0.3)
        with pytest.raises(DeliveryFailed, match="did not take the mail"):
            guests(event())

    assert server.taken == 0


def test_audiences_do_not_wait_for_each_other(
    desk: Desk, storage: Storage, clock: FrozenClock, mailbox: Mailbox
) -> None:
    """What is remembered of guests says nothing of a host with the same address."""
    same = replace(BOOKING, guests=(), hosts=(replace(BOB, email=GRACE),), series="s")

    with smtp_server(mailbox) as place:
        for subscriber in mailers(f"smtp://{place}", desk, storage, clock):
            subscriber(event(same))

    assert [mail["Subject"].split(":")[0] for mail in mailbox.mails] == ["Confirmed", "New booking"]


# --- series --------------------------------------------------------------------------------------


def test_series_is_told_of_once(guests: Mailer, hosts: Mailer, mailbox: Mailbox) -> None:
    """The events of the dates make one mail for each person, with every date in it."""
    for number, date in enumerate(series()):
        guests(event(date, id=f"e-{number}"))
        hosts(event(date, id=f"e-{number}"))

    assert mailbox.recipients == [GRACE, CAROL, "ada@host.example"]
    assert all("3 dates" in mail["Subject"] for mail in mailbox.mails)


def test_any_date_of_a_series_tells_of_all(guests: Mailer, mailbox: Mailbox) -> None:
    """Where the first event fails, the next one tells of every date, and the first of none."""
    first, second, _ = series()
    mailbox.reply = "421 later"
    with pytest.raises(DeliveryFailed):
        guests(event(first, id="e-0"))
    mailbox.reply = "250 OK"

    guests(event(second, id="e-1"))
    guests(event(first, id="e-0"))

    assert mailbox.recipients == [GRACE, CAROL]
    assert "3 dates" in mailbox.mails[0]["Subject"]


def test_each_date_that_is_cancelled_is_told_of(guests: Mailer, mailbox: Mailbox) -> None:
    """A calendar takes out one booking for each mail, so that there is one for each date."""
    for number, date in enumerate(series()):
        guests(event(replace(date, guests=()), EventKind.CANCELLED, id=f"e-{number}"))

    assert mailbox.recipients == [GRACE] * 3
