"""Sentences about prices, lengths and rhythms."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from babel import Locale

from booker_components import Approval, Frequency, NotBookable, Price, Seats, Series, Slot
from booker_components.web import wording
from booker_components.web.reading import Reading

from .conftest import INTRO, TUESDAY


@pytest.mark.parametrize(
    ("amount", "currency", "locale", "said"),
    [
        (4000, "EUR", "en_GB", "€40.00"),
        (1050, "USD", "en_US", "$10.50"),
        (4000, "JPY", "en_US", "¥4,000"),
        (12345, "KWD", "en_US", "KWD\xa012.345"),
        (5, "GBP", "en_GB", "£0.05"),
        (700, "XYZ", "en_GB", "XYZ\xa07.00"),
    ],
    ids=["euros", "dollars", "no cents", "thousandths", "pence", "unknown"],
)
def test_prices_are_said_in_their_currency(amount: int, currency: str, locale: str, said: str) -> None:
    """The smallest unit is a hundredth of most currencies, but not of all."""
    assert wording.price(Price(amount=amount, currency=currency), Locale.parse(locale)) == said


@pytest.mark.parametrize(
    ("frequency", "interval", "said"),
    [
        (Frequency.WEEKLY, 1, "every week"),
        (Frequency.MONTHLY, 3, "every 3 months"),
        (Frequency.YEARLY, 2, "every 2 years"),
    ],
    ids=["week", "months", "years"],
)
def test_rhythms_are_said(frequency: Frequency, interval: int, said: str) -> None:
    """One of a kind needs no number."""
    assert wording.rhythm(Series(frequency=frequency, interval=interval)) == said


@pytest.mark.parametrize(
    ("within", "said"),
    [(timedelta(days=2), "2 days"), (timedelta(days=1), "1 day"), (timedelta(hours=36), "36 h")],
    ids=["days", "day", "hours"],
)
def test_short_notice_is_said(within: timedelta, said: str) -> None:
    """In days where it is whole days."""
    sentence = wording.approval(Approval(within=within))

    assert sentence == f"Bookings made less than {said} ahead wait for the host to confirm them."


@pytest.mark.parametrize(
    ("seats", "left", "said"),
    [
        (None, None, ""),
        (None, 2, "2 seats left"),
        (Seats(per_slot=3), 1, "1 seat left"),
        (Seats(per_slot=3), None, ""),
        (Seats(per_slot=3, show_left=False), 2, ""),
    ],
    ids=["alone", "slots alone tell", "declared", "not told", "hidden"],
)
def test_seats_that_are_left_are_said(seats: Seats | None, left: int | None, said: str) -> None:
    """Where guests share a time, and are to know."""
    slot = Slot(start=TUESDAY, end=TUESDAY + INTRO.duration, seats_left=left)

    assert wording.seats_left(seats, slot) == said


@pytest.mark.parametrize("until", [None, TUESDAY], ids=["for good", "until an instant"])
@pytest.mark.parametrize(
    "rule",
    ["away", "holiday", "limit", "guest_limit", "active", "held", "full", "later", "private", "notice"],
)
def test_each_rule_has_words_of_its_own(rule: str, until: datetime | None) -> None:
    """With what to do about it; and until when, where that helps."""
    reading = Reading(zone="Europe/Berlin", hours24=True, locale=Locale.parse("en_GB"))

    said = wording.sentence(NotBookable(rule=rule, until=until), reading)

    assert said != NotBookable.default_sentence
    assert said.endswith(".")
    timeless = {"holiday", "full", "later", "private"}
    assert ("Tuesday 2 February 2027, 09:00" in said) is (until is not None and rule not in timeless)


@pytest.mark.parametrize(
    ("names", "said"), [([], ""), (["Ann"], "Ann"), (["Ann", "Bo", "Cy"], "Ann, Bo and Cy")], ids=len
)
def test_names_are_listed(names: list[str], said: str) -> None:
    """As one says them."""
    assert wording.listed(names) == said
