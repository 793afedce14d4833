"""Before anything is booked a guest shows by a code whose an address is, where the host wants that."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from hashlib import sha256

import pytest
from flask import Flask
from limits import RateLimitItemPerDay

from booker_components import ConfigurationError, booker_link
from booker_components.testing import FrozenClock

from ..conftest import INTRO
from ..guests import BO, Guest
from ..mail.boxes import Mailbox, content, smtp_server

NINE = "2027-02-02T08:00:00Z"
MakeApp = Callable[..., Flask]


@pytest.fixture
def mailbox() -> Mailbox:
    """What was mailed."""
    return Mailbox()


@pytest.fixture
def app(make_app: MakeApp, mailbox: Mailbox) -> Iterator[Flask]:
    """An app that wants to know whose an address is, and mails by a real server."""
    with smtp_server(mailbox) as server:
        yield make_app(
            BOOKER_VERIFY_EMAIL=True,
            BOOKER_MAIL_URL=f"smtp://{server}",
            BOOKER_MAIL_FROM="Bookings <bookings@example.com>",
            BOOKER_PUBLIC_URL="https://example.com",
            BOOKER_DISPATCH="none",
        )


@pytest.fixture
def guest(app: Flask) -> Guest:
    """A guest who has the form before them."""
    guest = Guest(app.test_client())
    guest.open(f"/book/intro-call?slot={NINE}")
    return guest


def code_of(mailbox: Mailbox) -> str:
    """Give the code of the latest mail."""
    found = re.search(r"^\d{6}$", content(mailbox.mails[-1], "plain"), re.MULTILINE)
    assert found
    return found[0]


def another(code: str) -> str:
    """Give a code that is not *code*."""
    return f"{(int(code) + 1) % 10**6:06}"


def test_a_code_is_mailed_and_typed_in(guest: Guest, mailbox: Mailbox) -> None:
    """The form stays with everything typed and asks for the code; with it the time is booked."""
    first = guest.page
    asked = guest.send(**BO)
    booked = guest.send(code=code_of(mailbox))

    assert "Verify email" in first.text()
    assert asked.status == 200
    assert "We have mailed you a code" in asked.text()
    assert asked.form()[1]["name"] == BO["name"]
    assert mailbox.recipients == [BO["email"]]
    assert booked.headline() == "Your booking is confirmed"


def test_the_mail_says_the_code_and_nothing_else(guest: Guest, mailbox: Mailbox) -> None:
    """Whoever types somebody else's address can have them told nothing."""
    guest.send(**BO)

    mail = mailbox.mails[0]
    assert mail["Subject"] == f"Your code: {code_of(mailbox)}"
    for part in (content(mail, "plain"), content(mail, "html")):
        assert BO["name"] not in part
        assert "Intro call" not in part
        assert "15 minutes" in part


def test_another_code_books_nothing(guest: Guest, mailbox: Mailbox) -> None:
    """It can be typed once more, and no further mail is sent."""
    guest.send(**BO)
    code = code_of(mailbox)

    wrong = guest.send(code=another(code))
    right = guest.send(code=code)

    assert wrong.status == 422
    assert "not the code that we have mailed" in wrong.text()
    assert right.headline() == "Your booking is confirmed"
    assert len(mailbox.mails) == 1


def test_a_code_is_not_guessed(guest: Guest, mailbox: Mailbox) -> None:
    """After five tries not even the right one counts."""
    guest.send(**BO)
    code = code_of(mailbox)

    tries = [guest.send(code=another(code)).status for _ in range(5)]
    last = guest.send(code=code)

    assert tries == [422] * 5
    assert last.status == 429


def test_an_address_is_not_flooded(guest: Guest, mailbox: Mailbox) -> None:
    """Three codes in a quarter of an hour, whoever asks."""
    guest.send(**BO)

    statuses = [guest.send(recode="yes").status for _ in range(3)]

    assert statuses == [200, 200, 429]
    assert len(mailbox.mails) == 3


def test_only_the_latest_code_of_a_form_counts(guest: Guest, mailbox: Mailbox) -> None:
    """The one before is another."""
    guest.send(**BO)
    old = code_of(mailbox)
    guest.send(recode="yes")
    new = code_of(mailbox)

    page = guest.send(code=old if old != new else another(old))

    assert page.status == 422


def test_another_address_needs_another_code(guest: Guest, mailbox: Mailbox) -> None:
    """What was shown is about one address."""
    guest.send(**BO)

    page = guest.send(email="eve@example.org", code=code_of(mailbox))

    assert page.status == 200
    assert mailbox.recipients == [BO["email"], "eve@example.org"]
    assert "We have mailed you a code" in page.text()


def test_a_code_ends(guest: Guest, mailbox: Mailbox, clock: FrozenClock) -> None:
    """After a quarter of an hour another one is mailed."""
    guest.send(**BO)
    code = code_of(mailbox)
    clock.move(timedelta(minutes=16))

    page = guest.send(code=code)

    assert page.status == 200
    assert len(mailbox.mails) == 2


def test_what_was_shown_stays_with_the_form(app: Flask, guest: Guest, mailbox: Mailbox) -> None:
    """If the time is taken at that moment, the next one needs no other code."""
    guest.send(**BO)
    code = code_of(mailbox)
    with app.test_request_context():
        app.extensions["booker"].service.book(_taken())
    refused = guest.send(code=code)

    page = guest.press(next(each for each in refused.times()))
    booked = guest.send()

    assert refused.status == 409
    assert "Verify email" not in page.text()
    assert booked.headline() == "Your booking is confirmed"
    assert len(mailbox.mails) == 1


def test_a_mistake_elsewhere_does_not_take_the_code_away(guest: Guest, mailbox: Mailbox) -> None:
    """What was typed stays, the code too, and no other one is mailed."""
    guest.send(**BO)
    code = code_of(mailbox)

    page = guest.send(name="", code=code)
    booked = guest.send(name=BO["name"])

    assert page.status == 422
    assert page.form()[1]["code"] == code
    assert "Confirm booking" in page.text()
    assert booked.headline() == "Your booking is confirmed"
    assert len(mailbox.mails) == 1


def test_the_field_for_the_code_stays_where_no_other_is_mailed(guest: Guest, mailbox: Mailbox) -> None:
    """Who asks for too many can still type in the latest."""
    guest.send(**BO)
    for _ in range(3):
        guest.send(recode="yes")

    page = guest.send(code=code_of(mailbox))

    assert page.headline() == "Your booking is confirmed"


def test_no_code_stays_for_another_address(guest: Guest, mailbox: Mailbox) -> None:
    """A form with a mistake does not ask for a code that was mailed elsewhere."""
    guest.send(**BO)

    page = guest.send(name="", email="eve@example.org", code=code_of(mailbox))

    assert page.status == 422
    assert "code" not in page.form()[1]


def test_what_was_shown_stays_on_the_way_to_another_time(guest: Guest, mailbox: Mailbox) -> None:
    """Back to the calendar and on to another time: the address is still the guest's."""
    guest.send(**BO)
    code = code_of(mailbox)

    guest.press("date=2027-02-02")
    page = guest.press("date=2027-02-02&slot=2027-02-02T09:00:00Z")
    booked = guest.send(code=code)

    assert "We have mailed it to" in page.text()
    assert booked.headline() == "Your booking is confirmed"
    assert len(mailbox.mails) == 1


def test_the_code_goes_to_the_very_address(guest: Guest, mailbox: Mailbox) -> None:
    """Letters that some take for others lead to other people: ß.example is not ss.example."""
    guest.send(**BO | {"email": "Bo@straße.example"})

    assert mailbox.recipients == ["Bo@xn--strae-oqa.example"]


def test_nobody_is_mailed_all_day(app: Flask, guest: Guest, mailbox: Mailbox) -> None:
    """Ten codes a day go to one address at most, however patiently somebody asks."""
    limiter, known = app.extensions["booker"].limiter, sha256(BO["email"].encode()).hexdigest()
    for _ in range(10):
        limiter.hit(RateLimitItemPerDay(10), "booker-code", "address", known)

    page = guest.send(**BO)

    assert page.status == 429
    assert mailbox.mails == []


def test_digits_of_any_script_and_blanks_are_read(guest: Guest, mailbox: Mailbox) -> None:
    """A code is typed as people type it."""
    guest.send(**BO)
    code = code_of(mailbox)
    arabic = "".join(chr(0x660 + int(digit)) for digit in code)

    page = guest.send(code=f" {arabic[:3]} {arabic[3:]} ")

    assert page.headline() == "Your booking is confirmed"


def test_a_mail_that_is_not_taken_is_told(guest: Guest, mailbox: Mailbox) -> None:
    """Nothing typed is lost, and nothing is said about why."""
    mailbox.reply = "550 no such guest here"

    page = guest.send(**BO)

    assert page.status == 503
    assert "could not mail a code" in page.text()
    assert page.form()[1]["email"] == BO["email"]


def test_whom_the_host_knows_needs_no_code(app: Flask, mailbox: Mailbox) -> None:
    """An address that the host has locked is the guest's."""
    with app.test_request_context():
        link = booker_link("intro-call", locked={"name": "Bo", "email": "bo@example.com"})
    guest = Guest(app.test_client())
    guest.open(f"{link}&slot={NINE}")

    assert guest.send().headline() == "Your booking is confirmed"
    assert mailbox.mails == []


@pytest.mark.parametrize("asks", [True, False], ids=["asked for", "not asked for"])
def test_an_event_type_asks_by_itself(make_app: MakeApp, mailbox: Mailbox, asks: bool) -> None:
    """Without the setting it is up to the event type."""
    with smtp_server(mailbox) as server:
        app = make_app(
            BOOKER_EVENT_TYPES=[replace(INTRO, verify_email=asks)],
            BOOKER_MAIL_URL=f"smtp://{server}",
            BOOKER_MAIL_FROM="bookings@example.com",
            BOOKER_PUBLIC_URL="https://example.com",
            BOOKER_DISPATCH="none",
        )
        guest = Guest(app.test_client())
        guest.open(f"/book/intro-call?slot={NINE}")
        guest.send(**BO)

    assert len(mailbox.mails) == asks


def test_codes_that_nobody_mails_are_refused(make_app: MakeApp) -> None:
    """Nobody takes addresses for shown that nobody has asked about."""
    with pytest.raises(ConfigurationError, match="'intro-call' has verify_email"):
        make_app(BOOKER_EVENT_TYPES=[replace(INTRO, verify_email=True)])


@pytest.mark.parametrize("proof", ["", "forged", "WyJib0BleGFtcGxlLmNvbSIsICIiLCAiIiwgOTk5OTk5OTk5OV0.x"])
def test_nobody_can_write_what_was_shown(guest: Guest, mailbox: Mailbox, proof: str) -> None:
    """What a form carries along is signed."""
    page = guest.send(**BO, proof=proof)

    assert page.status == 200
    assert len(mailbox.mails) == 1


def _taken() -> object:
    from datetime import UTC, datetime

    from booker_components.values import Attendee, BookingRequest

    return BookingRequest(
        event_type="intro-call",
        start=datetime(2027, 2, 2, 8, 0, tzinfo=UTC),
        attendee=Attendee(name="Eve", email="eve@example.org", zone="UTC"),
    )
