"""A visitor who reads another language: the form, what is wrong with it, refusals, and what is kept of it.

The catalogue is a host's, with a few texts of which each says that it is not English.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from booker_components import (
    EventType,
    Frequency,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    ReasonRule,
    Series,
)
from booker_components.testing import FrozenClock
from booker_components.values import ChangeRule

from .conftest import INTRO
from .guests import BO, Guest
from .pages import Page
from .studio import HoldingStudio, offering, studio_app

NINE = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
TUESDAY_NINE = "2027-02-02T09:00:00Z"
TEXTS = {
    "Your name": "Ihr Name",
    "Guests": "Begleitung",
    "Where": "Wo",
    "We call you": "Wir rufen an",
    "Phone number": "Telefonnummer",
    "Needed if we are to call you.": "Für den Anruf nötig.",
    "How many dates?": "Wie viele Termine?",
    "Please fill this in.": "Bitte ausfüllen.",
    "Please enter a phone number like +49 30 123456.": "Bitte eine Nummer wie +49 30 123456 angeben.",
    "%(question)s: %(problem)s": "%(question)s – %(problem)s",
    "Confirm booking": "Termin buchen",
    "Choose another time": "Andere Zeit wählen",
    "Move: %(title)s": "Verschieben: %(title)s",
    "Why are you moving it?": "Warum verschieben Sie?",
    "Move booking": "Termin verschieben",
    "This was filled in for you and cannot be changed here.": "Vorausgefüllt und fest.",
    "Further dates: %(n)s": "Weitere Termine: %(n)s",
    "That time has just been taken. Please choose another one.": "Die Zeit ist gerade vergeben worden.",
    "This time is no longer free. Please choose another one.": "Die Zeit ist nicht mehr frei.",
    "This time is no longer free. Please choose another one; what you have typed is kept.": "Nicht frei.",
    "That time is too soon: it could be booked until %(moment)s.": "Zu kurzfristig: buchbar bis %(moment)s.",
    "The date in the address was not readable.": "Das Datum in der Adresse ist unlesbar.",
    "This page was open for a long time. Please send the form once more.": "Bitte noch einmal absenden.",
}
PLURALS = {
    ("You can invite %(n)s guest at most.", "You can invite %(n)s guests at most."): (
        "Höchstens %(n)s Gast.",
        "Höchstens %(n)s Gäste.",
    ),
    ("%(rhythm)s, %(n)s time at most.", "%(rhythm)s, %(n)s times at most."): (
        "%(rhythm)s, einmal.",
        "%(rhythm)s, bis zu %(n)s-mal.",
    ),
}
#: As htmx asks: the widget alone is the answer.
SCRIPTS = {"HX_Request": "true", "HX_Target": "bk-booker"}
GERMAN = {"Accept_Language": "de-AT,en;q=0.5"}

PLACES = (
    Location(kind=LocationKind.ATTENDEE_PHONE),
    Location(kind=LocationKind.IN_PERSON, label="Where"),
)
TOPIC = Question(slug="topic", label="Your name", help="Guests", required=True)
SIZE = Question(slug="size", label="Size", kind=QuestionKind.RADIO, options=("Where", "Guests"))
CLASS = offering(locations=PLACES, questions=(TOPIC, SIZE), max_guests=1)

Opening = Callable[..., tuple[Guest, HoldingStudio]]


def lay_catalogue(folder: Path) -> Path:
    """Write a German catalogue with the texts above into *folder*, and give it."""
    path = folder / "texts" / "de" / "LC_MESSAGES" / "booker.po"
    path.parent.mkdir(parents=True)
    head = 'msgid ""\nmsgstr "Language: de\\nPlural-Forms: nplurals=2; plural=(n != 1);\\n"\n'
    texts = (f'msgid "{one}"\nmsgstr "{said}"\n' for one, said in TEXTS.items())
    plurals = (
        f'msgid "{one}"\nmsgid_plural "{many}"\nmsgstr[0] "{few}"\nmsgstr[1] "{most}"\n'
        for (one, many), (few, most) in PLURALS.items()
    )
    path.write_text("\n".join((head, *texts, *plurals)), "utf-8")
    return folder / "texts"


@pytest.fixture
def opening(tmp_path: Path, clock: FrozenClock) -> Iterator[Opening]:
    """Give a guest, with the headers that are named, at a studio that offers an event type."""
    made: list[Flask] = []

    def open_(offer: EventType = CLASS, **headers: str) -> tuple[Guest, HoldingStudio]:
        studio = HoldingStudio(offer, clock)
        app = studio_app(tmp_path, studio, clock, BOOKER_TRANSLATIONS=str(lay_catalogue(tmp_path)))
        made.append(app)
        return Guest(app.test_client(), **(headers or GERMAN)), studio

    yield open_
    for app in made:
        app.extensions["booker"].storage.close()


with_scripts_or_without = pytest.mark.parametrize(
    "headers", [GERMAN, GERMAN | SCRIPTS], ids=["without scripts", "with scripts"]
)


def form_of(guest: Guest, query: str = "") -> Page:
    """Have *guest* choose nine o'clock."""
    return guest.open(f"/book/class?slot={TUESDAY_NINE}{query}")


def problems(page: Page) -> list[str]:
    """Give the lines of the error summary."""
    found = (each for each in page.tree.iter("a") if "bk-problems__link" in each.get("class", ""))
    return ["".join(each.itertext()) for each in found]


# --- the form ------------------------------------------------------------------------------------


@with_scripts_or_without
def test_the_form_asks_in_the_visitors_language(opening: Opening, headers: dict[str, str]) -> None:
    """Labels, options, help and buttons of ours."""
    guest, _ = opening(**headers)

    said = form_of(guest).text()

    for each in ("Ihr Name", "Begleitung", "Wir rufen an", "Für den Anruf nötig.", "Termin buchen"):
        assert each in said
    assert "Andere Zeit wählen" in said


def test_what_the_host_asks_stays_as_it_is(opening: Opening) -> None:
    """Also where a text of ours reads the same: labels, help, options and places."""
    guest, _ = opening()

    page = form_of(guest)

    labels = [" ".join("".join(each.itertext()).split()) for each in page.tree.iter("label")]
    assert [label for label in labels if label in ("Your name", "Where", "Guests")] == [
        "Where",
        "Your name",
        "Where",
        "Guests",
    ]


def test_options_of_ours_have_one_value_in_every_language(opening: Opening) -> None:
    """What was shown in one language may be sent in another."""
    guest, studio = opening()
    form_of(guest)

    guest.send(**BO, location="We call you", phone="030 123456", topic="Tea")

    (request,) = studio.requests
    assert request.location == replace(PLACES[0], value="030 123456")


@with_scripts_or_without
def test_problems_are_told_in_the_visitors_language(opening: Opening, headers: dict[str, str]) -> None:
    """Each with the label before it, which is the host's own or ours; numbers have their plural."""
    guest, _ = opening(**headers)
    form_of(guest)

    page = guest.send(
        email="bo@guest.example", location="We call you", phone="no", guests="a@b.example c@d.example"
    )

    assert problems(page) == [
        "Ihr Name – Bitte ausfüllen.",
        "Telefonnummer – Bitte eine Nummer wie +49 30 123456 angeben.",
        "Your name – Bitte ausfüllen.",
        "Begleitung – Höchstens 1 Gast.",
    ]


def test_what_only_the_service_finds_is_told_likewise(opening: Opening) -> None:
    """It is said at the field, as if the form had found it."""
    guest, _ = opening()
    form_of(guest)

    page = guest.send(**BO, location="We call you", phone="", topic="Tea")

    assert problems(page) == ["Telefonnummer – Bitte ausfüllen."]


def test_a_label_with_a_mark_of_its_own_gets_no_colon(opening: Opening) -> None:
    """Whatever the script of the mark."""
    asked = tuple(
        Question(slug=f"q{number}", label=label, required=True)
        for number, label in enumerate(("Why?", "为什么？", "لماذا؟", "Why"))
    )
    guest, _ = opening(offering(questions=asked), Accept_Language="en")
    form_of(guest)

    lines = problems(guest.send(**BO))

    assert [line.replace("\u2068", "").replace("\u2069", "") for line in lines] == [
        "Why? Please fill this in.",
        "为什么？ Please fill this in.",
        "لماذا؟ Please fill this in.",
        "Why: Please fill this in.",
    ]


def test_a_series_is_told_with_its_numbers(opening: Opening) -> None:
    """Nothing else depends on the number of further dates: scripts write another one."""
    weekly = Series(frequency=Frequency.WEEKLY, occurrences=8)
    guest, _ = opening(offering(series=weekly))

    said = form_of(guest).text()

    assert "Wie viele Termine?" in said
    assert ", bis zu 8-mal." in said
    assert "Weitere Termine: 3" in said


def test_fixed_answers_say_so(opening: Opening) -> None:
    """After the help that the question has of its own."""
    fixed = replace(TOPIC, help="One is enough.", locked=True)
    guest, _ = opening(offering(questions=(fixed,)))

    said = form_of(guest, "&topic=Tea").text()

    assert "One is enough. Vorausgefüllt und fest." in said


# --- refusals ------------------------------------------------------------------------------------


@with_scripts_or_without
def test_a_taken_slot_is_told(opening: Opening, headers: dict[str, str]) -> None:
    """With the other times of the day."""
    guest, studio = opening(offering(), **headers)
    form_of(guest)
    studio.taken.add(NINE)

    page = guest.send(**BO)

    assert "Die Zeit ist gerade vergeben worden." in page.text()


@with_scripts_or_without
def test_a_deadline_is_told_in_the_visitors_words(
    make_app: Callable[..., Flask], tmp_path: Path, clock: FrozenClock, headers: dict[str, str]
) -> None:
    """The instant stands where the language wants it, and reads as the visitor's days and clocks do."""
    offer = replace(INTRO, minimum_notice=timedelta(hours=19))
    app = make_app(BOOKER_EVENT_TYPES=[offer], BOOKER_TRANSLATIONS=str(lay_catalogue(tmp_path)))
    guest = Guest(app.test_client(), **headers)
    guest.open("/book/intro-call?slot=2027-02-02T08:00:00Z")
    clock.move(timedelta(hours=10))

    page = guest.send(**BO)

    assert "Zu kurzfristig: buchbar bis Montag, 1. Februar 2027, 14:00." in page.text()


def test_a_lost_hold_is_told_to_scripts(opening: Opening) -> None:
    """They show the sentence as it comes."""
    guest, studio = opening(offering())
    page = form_of(guest)
    form = next(each for each in page.tree.iter("form") if each.get("data-bk-hold"))
    _, data = page.form()
    studio.taken.add(NINE)

    taken = guest.post(form.get("data-bk-hold"), {each: data[each] for each in ("csrf_token", "slot")})
    stale = guest.post(form.get("data-bk-hold"), {"slot": data["slot"]})

    assert taken.response.json == {"sentence": "Nicht frei."}
    assert stale.response.json == {"sentence": "Bitte noch einmal absenden."}


def test_an_address_is_complained_of(opening: Opening) -> None:
    """In the language of the page around it."""
    guest, _ = opening()

    assert "Das Datum in der Adresse ist unlesbar." in guest.open("/book/class?date=soon").text()


# --- the language is kept ------------------------------------------------------------------------


def test_a_language_in_the_address_stays_there(opening: Opening) -> None:
    """In every link of the calendar, in the form, and where scripts ask for a hold."""
    guest, _ = opening(Accept_Language="en")

    calendar = guest.open("/book/class?date=2027-02-02&lang=de")
    links = calendar.links("/book/class?")
    form = guest.open(next(each for each in links if "slot=" in each))

    assert links
    assert all("lang=de" in each for each in links)
    assert "Ihr Name" in form.text()
    assert form.form()[1]["lang"] == "de"
    assert "lang=de" in form.response.text.partition('data-bk-hold="')[2].partition('"')[0]


def test_a_language_nobody_named_is_in_no_link(opening: Opening) -> None:
    """The browser asks for it again."""
    guest, _ = opening()

    assert guest.open("/book/class?date=2027-02-02").links("lang=") == []


def test_a_language_is_kept_with_what_was_typed(opening: Opening) -> None:
    """Going back to the calendar and on to another time, by buttons that send the form along."""
    guest, _ = opening(Accept_Language="en")
    form_of(guest, "&lang=de")
    action, data = guest.page.form()
    back = next(
        each.get("value") for each in guest.page.tree.iter("button") if "bk-back" in each.get("class", "")
    )

    calendar = guest.post(action, data | {"name": "Bo", "go": back})
    again = guest.press(calendar.times()[0])

    assert "Ihr Name" in again.text()
    assert again.form()[1]["name"] == "Bo"
    assert again.form()[1]["lang"] == "de"


def test_a_refused_form_stays_in_its_language(opening: Opening) -> None:
    """The address that a form is sent to has no query; the language is in the form."""
    guest, studio = opening(offering(), Accept_Language="en")
    form_of(guest, "&lang=de")
    studio.taken.add(NINE)

    page = guest.send(**BO)

    assert "Die Zeit ist gerade vergeben worden." in page.text()
    assert page.form()[1]["lang"] == "de"


def test_the_language_is_no_answer(opening: Opening) -> None:
    """A question of this name has another field, and the booking has no such fact."""
    asked = Question(slug="lang", label="Which?")
    guest, studio = opening(offering(questions=(asked,)))
    form_of(guest, "&lang=de")

    guest.send(**BO, **{"answer-lang": "All"})

    (request,) = studio.requests
    assert (request.answers, dict(request.metadata)) == ({"lang": "All"}, {})


def test_moving_is_in_the_visitors_language(opening: Opening) -> None:
    """The calendar for it, its form and its title; the language is kept there, too."""
    why = ChangeRule(reason=ReasonRule.REQUIRED)
    guest, studio = opening(offering(reschedule=why), Accept_Language="en")
    form_of(guest)
    guest.send(**BO)
    (uid,) = studio.bookings

    calendar = guest.open(f"/reschedule/{uid}?date=2027-02-03&lang=de")
    form = guest.open(next(each for each in calendar.links("slot=")))
    refused = guest.send(reason="")

    assert "<title>Verschieben: Class" in calendar.response.text
    assert "Warum verschieben Sie?" in form.text()
    assert "Termin verschieben" in form.text()
    assert problems(refused) == ["Warum verschieben Sie? Bitte ausfüllen."]


# --- what is stored ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("headers", "query", "locale"),
    [
        pytest.param({"Accept_Language": "de"}, "", "de-DE", id="the likeliest territory"),
        pytest.param(GERMAN, "", "de-AT", id="the visitor's territory"),
        pytest.param({"Accept_Language": "en"}, "&lang=de-CH", "de-CH", id="as the address says"),
        pytest.param({"Accept_Language": "en-GB"}, "", "en-GB", id="English"),
        pytest.param({"Accept_Language": "eo"}, "", "en-001", id="not spoken"),
        pytest.param({"Accept_Language": "xx;;"}, "&lang=<script>", "en-GB", id="nonsense"),
    ],
)
def test_the_booking_keeps_the_language(
    opening: Opening, headers: dict[str, str], query: str, locale: str
) -> None:
    """As a BCP 47 tag of what was spoken, in which mail is written as well."""
    guest, studio = opening(offering(), **headers)
    form_of(guest, query)

    guest.send(**BO)

    assert [each.attendee.locale for each in studio.requests] == [locale]
