"""Sentences about prices, lengths and rhythms."""

from __future__ import annotations

from datetime import datetime, timedelta
from gettext import NullTranslations

import pytest
from babel import Locale

from booker_components import Approval, BookingClosed, Frequency, NotBookable, Price, Seats, Series, Slot
from booker_components.languages import Speech, speaking
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
        (Frequency.WEEKLY, 1, "Repeats every week"),
        (Frequency.MONTHLY, 3, "Repeats every 3 months"),
        (Frequency.YEARLY, 2, "Repeats every 2 years"),
    ],
    ids=["week", "months", "years"],
)
def test_rhythms_are_said(frequency: Frequency, interval: int, said: str) -> None:
    """One of a kind needs no number."""
    assert wording.rhythm(Series(frequency=frequency, interval=interval)) == said


@pytest.mark.parametrize(
    ("within", "said"),
    [(timedelta(days=2), "2 days"), (timedelta(days=1), "1 day"), (timedelta(hours=36), "36 hr")],
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


@pytest.mark.parametrize(
    ("tag", "said"),
    [
        ("en-US", "Ann, Bo, and Cy"),
        ("de", "Ann, Bo und Cy"),
        ("ja", "Ann、Bo、Cy"),
        ("ar", "\u2068Ann\u2069 و\u2068Bo\u2069 و\u2068Cy\u2069"),
        ("ro", "Ann, Bo și Cy"),
    ],
)
def test_lists_are_those_of_the_language(tag: str, said: str) -> None:
    """Names that are read from left to right do not turn an Arabic list round."""
    with speaking(_speech(tag)):
        assert wording.listed(["Ann", "Bo", "Cy"]) == said


@pytest.mark.parametrize(
    ("tag", "said"),
    [("en", "red, blue"), ("zh-Hant", "red、blue"), ("he", "\u2068red\u2069, \u2068blue\u2069")],
    ids=["English", "Chinese", "Hebrew"],
)
def test_texts_are_enumerated(tag: str, said: str) -> None:
    """Without a word that would have to be spoken in their own language."""
    with speaking(_speech(tag)):
        assert wording.enumerated(["red", "blue"]) == said


@pytest.mark.parametrize(
    ("tag", "text", "said"),
    [
        ("en", "Bo", "Bo"),
        ("en", "שלום 5", "\u2068שלום 5\u2069"),
        ("ar", "Bo", "\u2068Bo\u2069"),
        ("ar", "", ""),
    ],
    ids=["one direction", "theirs", "ours", "nothing"],
)
def test_what_others_wrote_keeps_its_direction(tag: str, text: str, said: str) -> None:
    """And is left alone where nothing could turn it round."""
    with speaking(_speech(tag)):
        assert wording.own(text) == said


@pytest.mark.parametrize(("tag", "said"), [("en", "One. Two."), ("ja", "One.Two.")])
def test_sentences_follow_one_another(tag: str, said: str) -> None:
    """With a blank in between where the language has one; what is not said takes none."""
    with speaking(_speech(tag)):
        assert wording.told("One.", "", "Two.") == said


def test_deadlines_say_what_they_are_of() -> None:
    """Moving may end before cancelling does."""
    reading = Reading(zone="Europe/Berlin", hours24=True, locale=Locale.parse("en_GB"))
    refusal = BookingClosed(rule="cutoff", until=TUESDAY)

    said = [wording.closed(refusal, reading), wording.closed(refusal, reading, until=wording.MOVING_UNTIL)]

    assert said == [
        "Changes were possible until Tuesday 2 February 2027, 09:00.",
        "Moving was possible until Tuesday 2 February 2027, 09:00.",
    ]


def _speech(tag: str) -> Speech:
    return Speech(locale=Locale.parse(tag, sep="-"), tag=tag, texts=NullTranslations())
