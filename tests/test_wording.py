"""Sentences about prices, lengths and rhythms."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from babel import Locale

from booker_components import Approval, Frequency, Price, Seats, Series, Slot
from booker_components.web import wording

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

    assert wording.seats_left(replace(INTRO, seats=seats), slot) == said
