"""What an address says about a guest's answers is understood, and nonsense is passed over."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl

import pytest
from werkzeug.datastructures import MultiDict

from booker_components import EventType, Location, LocationKind, Question, QuestionKind
from booker_components.web import prefill
from booker_components.web.state import Pairs

from .studio import offering

OFFICE = Location(kind=LocationKind.IN_PERSON, value="1 Main St", label="Office")
ANNEX = Location(kind=LocationKind.IN_PERSON, value="2 Side St", label="Annex")
CALL = Location(kind=LocationKind.ATTENDEE_PHONE)
HOME = Location(kind=LocationKind.ATTENDEE_ADDRESS)
VIDEO = Location(kind=LocationKind.CONFERENCE, label="Video call")

EVENT_TYPE = offering(
    locations=(OFFICE, ANNEX, CALL, HOME, VIDEO),
    questions=(
        Question(slug="topic", label="Topic"),
        Question(slug="size", label="Size", kind=QuestionKind.RADIO, options=("S", "L")),
        Question(slug="days", label="Days", kind=QuestionKind.CHECKBOXES, options=("Mon", "Tue")),
        Question(slug="terms", label="Terms", kind=QuestionKind.BOOLEAN),
        Question(slug="count", label="Count", kind=QuestionKind.NUMBER),
        Question(slug="family", label="Family", kind=QuestionKind.EMAILS),
        Question(slug="reason", label="Reason"),
        Question(slug="secret", label="Secret", hidden=True),
    ),
)


def _answers(query: str, event_type: EventType = EVENT_TYPE) -> dict[str, Any]:
    sent = MultiDict(parse_qsl(query.replace("+", "%2B"), keep_blank_values=True))
    return prefill.answers(prefill.known(sent, event_type), event_type)


def _place(value: str, added: str = "") -> str:
    return f'location={{"value":"{value}","optionValue":"{added}"}}'


@pytest.mark.parametrize(
    ("query", "known"),
    [
        pytest.param("name=Bo&email=bo@a.example", {"name": "Bo", "email": "bo@a.example"}, id="own names"),
        pytest.param("firstName=Bo&lastName=Müller", {"name": "Bo Müller"}, id="two names"),
        pytest.param("lastName=Müller", {"name": "Müller"}, id="one name"),
        pytest.param("firstName=Bo&name=Ann", {"name": "Ann"}, id="the whole name first"),
        pytest.param("guests=a@a.de&guests=b@a.de", {"guests": "a@a.de\nb@a.de"}, id="guests"),
        pytest.param("guest=a@a.de&guest=b@a.de", {"guests": "a@a.de\nb@a.de"}, id="guest"),
        pytest.param("family=a@a.de&family=b@a.de", {"family": "a@a.de\nb@a.de"}, id="addresses"),
        pytest.param("attendeePhoneNumber=+4930", {"phone": "+4930"}, id="phone"),
        pytest.param("size=L&days=Mon&days=Tue", {"size": "L", "days": ["Mon", "Tue"]}, id="options"),
        pytest.param("terms=true", {"terms": True}, id="tick"),
        pytest.param("terms=false", {"terms": False}, id="no tick"),
        pytest.param("count=2,5", {"count": "2,5"}, id="number"),
        pytest.param("email=bo@", {"email": "bo@"}, id="half an address"),
        pytest.param("reason=Because", {"answer-reason": "Because"}, id="a slug that is a word of ours"),
        pytest.param("secret=x", {"secret": "x"}, id="hidden"),
    ],
)
def test_known_answers_are_understood(query: str, known: dict[str, Any]) -> None:
    """By the slug of the question, and by the other names that Cal.com gives them."""
    assert _answers(query) == known


@pytest.mark.parametrize(
    ("query", "known"),
    [
        pytest.param("location=Annex", {"location": "Annex"}, id="label"),
        pytest.param(_place("inPerson"), {"location": "Office"}, id="first of a kind"),
        pytest.param(_place("inPerson", "2 Side St"), {"location": "Annex"}, id="that address"),
        pytest.param(_place("phone", "+4930"), {"location": "We call you", "phone": "+4930"}, id="phone"),
        pytest.param(
            _place("attendeeInPerson", "3 Home Rd"),
            {"location": "We come to you", "place": "3 Home Rd"},
            id="address",
        ),
        pytest.param(_place("integrations:daily"), {"location": "Video call"}, id="video call"),
    ],
)
def test_a_known_place_is_understood(query: str, known: dict[str, Any]) -> None:
    """Cal.com's way of writing it included (contracts/calcom.md 10.4)."""
    assert _answers(query) == known


@pytest.mark.parametrize(
    "query",
    [
        "size=XL",
        "days=Sun",
        "count=many",
        "location=Mars",
        "location={",
        'location={"value":3}',
        'location={"value":"link"}',
        'location={"optionValue":"x"}',
        "location=" + "{" * 5000,
        'location={"a":' + "[" * 5000,
        "unknown=1",
        "token=x",
        "name=",
        "locked=size",
    ],
)
def test_nonsense_is_passed_over(query: str) -> None:
    """Nothing is said about it, and nothing of it is shown."""
    assert _answers(query) == {}


def test_facts_are_named_by_their_key() -> None:
    """And where a guest came from by the parameter; too long ones are left out."""
    sent = MultiDict(
        {
            "metadata[crm]": "7",
            "utm_source": "mail",
            "utm_other": "x",
            "metadata[]": "x",
            "metadata": "x",
            f"metadata[{'k' * 41}]": "x",
            "metadata[long]": "x" * 501,
            "metadata[nul]": "a\x00b",
        }
    )

    assert prefill.facts(sent) == {"crm": "7", "utm_source": "mail"}


def test_a_host_writes_values_as_they_are() -> None:
    """Lists, ticks and numbers become parameters; nothing stays nothing."""
    known = prefill.of_host(
        {"days": ["Mon", "Tue"], "terms": True, "count": 0, "topic": None, "size": "", "x": False}
    )

    assert list(known.items(multi=True)) == [
        ("days", "Mon"),
        ("days", "Tue"),
        ("terms", "true"),
        ("count", "0"),
    ]


def test_a_host_names_questions_by_their_slugs() -> None:
    """Also those that are words of ours; where the form asks the same itself, that comes first."""
    questions = (Question(slug="key", label="Key"), Question(slug="name", label="Dog"))
    event_type = offering(questions=questions)

    told = prefill.told({"key": "K", "name": "Ann", "answer-name": "Rex", "go": "x"}, event_type)

    assert dict(told) == {"answer-key": "K", "name": "Ann", "answer-name": "Rex"}


@pytest.mark.parametrize(
    ("told", "kept", "carried"),
    [
        pytest.param((), (("name", "Bo"),), (), id="an address alone"),
        pytest.param((("name", "Ann"),), (("name", "Bo"),), (), id="the address first"),
        pytest.param((("email", "a@a.de"),), (), (("name", "Bo"), ("email", "a@a.de")), id="a host"),
    ],
)
def test_links_keep_nothing_that_a_host_has_told(told: Pairs, kept: Pairs, carried: Pairs) -> None:
    """Forms carry it instead."""
    assert prefill.beforehand((("name", "Bo"),), told, offering()) == (kept, carried)
