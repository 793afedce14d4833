"""What a host knows of its signed-in user: in a link or a page of its own, and locked whatever is sent."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, g, render_template_string
from itsdangerous import URLSafeSerializer
from sqlalchemy import func, select

from booker_components import (
    EventType,
    EventTypeNotFound,
    InvalidRequest,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    Redirect,
    Redirects,
    Series,
    booker_link,
    booking_link,
    create_booking,
    list_bookings,
)
from booker_components.records.tables import prefills
from booker_components.testing import FrozenClock
from booker_components.values import Flavour, Frequency

from .conftest import CHECKUP, INTRO
from .elsewhere import elsewhere
from .guests import BO, Guest
from .pages import Page
from .studio import Studio, offering, studio_app
from .test_readme import blocks

TUESDAY_TEN = "2027-02-02T09:00:00Z"
ANN = {"name": "Ann Arden", "email": "ann@partner.example"}
EVE = {"name": "Eve", "email": "eve@evil.example"}
HOUR = timedelta(hours=1)
OVER = "The details that were filled in for you have expired."
FAILED = "Your details could not be filled in."

QUESTIONS = (
    Question(slug="company", label="Company"),
    Question(slug="plan", label="Plan", kind=QuestionKind.SELECT, options=("Trial", "Team")),
    Question(slug="size", label="Size", kind=QuestionKind.RADIO, options=("S", "L")),
    Question(slug="days", label="Days", kind=QuestionKind.CHECKBOXES, options=("Mon", "Tue", "Wed")),
    Question(slug="terms", label="Terms", kind=QuestionKind.BOOLEAN),
    Question(slug="count", label="Count", kind=QuestionKind.NUMBER),
    Question(slug="family", label="Family", kind=QuestionKind.EMAILS),
    Question(slug="key", label="Key"),
    Question(slug="name", label="Name of the dog"),
    Question(slug="account", label="Account", hidden=True),
    Question(slug="tier", label="Tier", kind=QuestionKind.RADIO, options=("1", "2"), hidden=True),
)
PLACES = (
    Location(kind=LocationKind.IN_PERSON, value="1 Main St", label="Office"),
    Location(kind=LocationKind.ATTENDEE_PHONE),
)
RICH = offering(questions=QUESTIONS, locations=PLACES, max_guests=3)


class Partner:
    """A partner app over a studio, whose users come to its booker by links."""

    def __init__(self, app: Flask, studio: Studio) -> None:
        self.app = app
        self.studio = studio

    def link(self, slug: str = "class", **options: Any) -> str:
        """Give a link for a user."""
        with self.app.app_context():
            return booker_link(slug, **options)

    def visit(self, address: str = "", *, slot: str = TUESDAY_TEN, **headers: str) -> Guest:
        """Open *address*, with the form for a time unless *slot* is empty."""
        guest = Guest(self.app.test_client(), **headers)
        guest.open(f"{address}&slot={slot}" if slot else address)
        return guest

    @property
    def booked(self) -> list[tuple[str, str]]:
        """Name and address of whoever has booked."""
        return [(each.attendee.name, each.attendee.email) for each in self.studio.requests]


Opening = Callable[..., Partner]


@pytest.fixture
def opening(tmp_path: Path, clock: FrozenClock) -> Iterator[Opening]:
    """Open partner apps, each with a database of its own."""
    apps: list[Flask] = []

    def open_(event_type: EventType = RICH, **config: object) -> Partner:
        studio = Studio(event_type, clock)
        apps.append(studio_app(tmp_path / str(len(apps)), studio, clock, **config))
        return Partner(apps[-1], studio)

    yield open_
    for app in apps:
        app.extensions["booker"].storage.close()


@pytest.fixture
def partner(opening: Opening) -> Partner:
    """A partner app that offers one thing, with questions of every kind."""
    return opening()


def _field(page: Page, name: str) -> list[dict[str, str]]:
    fields = [each for tag in ("input", "select", "textarea") for each in page.tree.iter(tag)]
    return [dict(each.attrib) for each in fields if each.get("name") == name]


def _is_locked(page: Page, name: str) -> bool:
    shown = [each for each in _field(page, name) if each.get("type") != "hidden"]
    return bool(shown) and all("readonly" in each or "disabled" in each for each in shown)


def _value(page: Page, name: str) -> str:
    return _field(page, name)[0].get("value", "")


def _alert(page: Page) -> str:
    found = [each for each in page.tree.iter("p") if "bk-alert__text" in each.get("class", "")]
    return " ".join(" ".join(each.itertext()) for each in found)


def _token(address: str) -> str:
    return parse_qs(urlsplit(address).query)["prefill"][0]


def _wrong(partner: Partner, **options: Any) -> Mapping[str, str]:
    with pytest.raises(InvalidRequest) as refused:
        partner.link(**options)
    return refused.value.problems


# --- links -----------------------------------------------------------------------------------------


def test_a_link_holds_nothing_of_the_user(partner: Partner) -> None:
    """Neither in clear nor in the token's own coding; two links for one user differ."""
    first, second = partner.link(locked=ANN, prefill={"company": "Arden Ltd"}), partner.link(locked=ANN)

    assert re.fullmatch(r"/book/class\?prefill=[\w.-]+", first)
    payload = URLSafeSerializer("any").load_payload(_token(first).rpartition(".")[0].encode())
    assert not re.search("ann|arden|partner|class", str(payload), re.IGNORECASE)
    assert _token(first) != _token(second)


@pytest.mark.parametrize(
    ("config", "owner", "start"),
    [
        pytest.param({}, "", "/book/class?prefill=", id="path"),
        pytest.param({}, "ann", "/book/ann/class?prefill=", id="owner"),
        pytest.param(
            {"BOOKER_PUBLIC_URL": "https://partner.example"},
            "",
            "https://partner.example/book/class?prefill=",
            id="absolute",
        ),
    ],
)
def test_a_link_leads_to_the_booker(opening: Opening, config: dict[str, str], owner: str, start: str) -> None:
    """Absolute where the app knows its own address."""
    partner = opening(**config)

    link = partner.link(locked=ANN, owner=owner)

    assert link.startswith(start)


def test_a_link_of_which_nothing_is_known_is_the_plain_address(partner: Partner) -> None:
    """And nothing is kept."""
    assert partner.link() == "/book/class"
    assert partner.link(locked={}, prefill={"company": ""}) == "/book/class"


def test_a_link_to_nothing_is_refused(partner: Partner) -> None:
    """At once, and not when the user follows it."""
    with pytest.raises(EventTypeNotFound):
        partner.link("other", locked=ANN)


def test_a_user_books_under_the_locked_name(partner: Partner) -> None:
    """Through calendar, form, a mistake, another time and the zone; the fields cannot be changed anywhere."""
    company = replace(QUESTIONS[0], required=True)
    partner.studio.offer = offering(questions=(company,))
    guest = partner.visit(partner.link(locked=ANN), slot="")

    pages = [guest.open(guest.page.times()[0])]
    pages.append(guest.send())
    back = next(each for each in guest.page.tree.iter("button") if "bk-back" in each.get("class", ""))
    guest.press(str(back.get("value")))
    pages.append(guest.press(guest.page.times()[1]))
    booked = guest.send(company="Arden Ltd", notes="Hello")

    assert [each.status for each in pages] == [200, 422, 200]
    assert [_value(each, "email") for each in pages] == [ANN["email"]] * 3
    assert all(_is_locked(each, name) for each in pages for name in ANN)
    assert booked.headline() == "Your booking is confirmed"
    assert partner.booked == [("Ann Arden", "ann@partner.example")]
    assert not any("Ann" in each or "partner.example" in each for each in guest.addresses)


def test_steps_by_htmx_stay_locked(partner: Partner) -> None:
    """A fragment carries the token as the page does."""
    headers = {"HX_Request": "true", "HX_Target": "section#bk-booker"}
    guest = partner.visit(partner.link(locked=ANN), slot="", **headers)

    form = guest.open(guest.page.times()[0])
    guest.send(**EVE, location="Office")

    assert "<html" not in form.response.text
    assert _is_locked(form, "email")
    assert partner.booked == [("Ann Arden", "ann@partner.example")]


def test_another_zone_keeps_what_is_locked(partner: Partner) -> None:
    """The form of the zones sends the token along, as every link does."""
    link = partner.link(locked=ANN)
    calendar = partner.visit(f"{link}&zones=1", slot="").page

    zones = next(each for each in calendar.tree.iter("form") if each.get("method") == "get")
    sent = {each.get("name"): each.get("value") for each in zones.iter("input")}

    assert sent["prefill"] == _token(link)
    assert {_token(each) for each in calendar.times()} == {_token(link)}


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(EVE, id="other values"),
        pytest.param({"name": None, "email": None}, id="left out"),
        pytest.param({"name": "", "email": ""}, id="empty"),
        pytest.param({"email": ["eve@evil.example", "ann@partner.example"]}, id="twice"),
        pytest.param({"email": "eve@evil.example", "locked": "email"}, id="marked"),
        pytest.param({"email": "no address"}, id="wrong"),
        pytest.param({"name": "x" * 100_000, "email": "<script>alert(1)</script>"}, id="huge, and markup"),
        pytest.param({"name": "a\x00b", "email": "a\r\nBcc: eve@evil.example"}, id="control characters"),
    ],
)
def test_what_a_form_says_of_locked_fields_does_not_count(partner: Partner, sent: dict[str, Any]) -> None:
    """Whoever writes a form of their own books under the locked name all the same."""
    guest = partner.visit(partner.link(locked=ANN))

    page = guest.send(**sent, location="Office")

    assert page.headline() == "Your booking is confirmed"
    assert partner.booked == [("Ann Arden", "ann@partner.example")]


def test_what_an_address_says_of_locked_fields_does_not_count(partner: Partner) -> None:
    """Nor is it shown."""
    link = partner.link(locked={**ANN, "account": "A-1", "metadata[crm]": "42"})

    guest = partner.visit(f"{link}&email=eve@evil.example&account=A-2&metadata[crm]=7&firstName=Eve")
    text = guest.page.response.text
    guest.send(location="Office", account="A-3", **{"metadata[crm]": "8"})

    request = partner.studio.requests[0]
    assert not re.search("evil|A-2|Eve", text)
    assert (request.attendee.email, request.answers, request.metadata) == (
        "ann@partner.example",
        {"account": "A-1", "terms": False},
        {"crm": "42"},
    )


def test_the_token_decides_whose_form_it_is(partner: Partner) -> None:
    """A form of one user that comes with another's token books under the other's name."""
    form = partner.visit(partner.link(locked=ANN))
    other = partner.link(locked={"name": "Bo", "email": "bo@partner.example"})

    form.send(prefill=_token(other), location="Office")

    assert partner.booked == [("Bo", "bo@partner.example")]


def test_a_link_is_good_for_many_bookings(partner: Partner) -> None:
    """Each form has a key of its own."""
    link = partner.link(locked=ANN)

    for hour in ("09", "10"):
        partner.visit(link, slot=f"2027-02-02T{hour}:00:00Z").send(location="Office")

    assert partner.booked == [("Ann Arden", "ann@partner.example")] * 2


# --- what can be locked ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locked", "fields", "answers"),
    [
        pytest.param({"company": "Arden"}, ["company"], {"company": "Arden"}, id="text"),
        pytest.param({"plan": "Team"}, ["plan"], {"plan": "Team"}, id="select"),
        pytest.param({"size": "L"}, ["size"], {"size": "L"}, id="radio"),
        pytest.param({"days": ["Mon", "Wed"]}, ["days"], {"days": ("Mon", "Wed")}, id="checkboxes"),
        pytest.param({"terms": True}, ["terms"], {"terms": True}, id="tick"),
        pytest.param({"terms": False}, ["terms"], {"terms": False}, id="no tick"),
        pytest.param({"count": 3}, ["count"], {"count": 3.0}, id="number"),
        pytest.param(
            {"family": ["a@a.example", "b@a.example"]},
            ["family"],
            {"family": ("a@a.example", "b@a.example")},
            id="addresses",
        ),
        pytest.param({"key": "K"}, ["answer-key"], {"key": "K"}, id="a slug of ours"),
        pytest.param({"answer-name": "Rex"}, ["answer-name"], {"name": "Rex"}, id="a slug that is taken"),
        pytest.param({"company": ""}, ["company"], {}, id="empty"),
        pytest.param({"company": None, "plan": None}, ["company", "plan"], {}, id="nothing"),
        pytest.param({"account": "A-1", "tier": "2"}, [], {"account": "A-1", "tier": "2"}, id="hidden"),
    ],
)
def test_questions_of_every_kind_can_be_locked(
    partner: Partner, locked: dict[str, Any], fields: list[str], answers: dict[str, Any]
) -> None:
    """Shown as they are, if they are shown, and kept whatever a form says instead."""
    guest = partner.visit(partner.link(locked=locked))
    page = guest.page
    tampered = {"company": "X", "plan": "Trial", "size": "S", "days": "Tue", "terms": "yes", "count": "9"}
    tampered |= {"family": "x@x.example", "answer-key": "X", "answer-name": "X"}
    hidden = {"account": "X", "tier": "1"}

    guest.send(**BO, location="Office", **tampered, **hidden)

    found = partner.studio.requests[0].answers
    names = [name.removeprefix("answer-") for name in locked]
    assert [each for each in (*tampered, *hidden) if _is_locked(page, each)] == fields
    assert {name: found[name] for name in names if name in found} == answers
    assert "A-1" not in page.response.text


def test_what_the_form_asks_itself_can_be_locked(opening: Opening) -> None:
    """Place, phone, guests, notes and the number of dates."""
    series = Series(frequency=Frequency.WEEKLY, occurrences=8)
    partner = opening(offering(locations=PLACES, max_guests=2, series=series))
    locked = {
        **ANN,
        "location": "We call you",
        "phone": "+49 30 123456",
        "guests": ["bo@guest.example", "cy@guest.example"],
        "notes": "Two\nlines",
        "occurrences": 3,
    }
    guest = partner.visit(partner.link(locked=locked))
    page = guest.page

    guest.send(location="Office", phone="+1 555 0100", guests="", notes="Mine", occurrences="8", **EVE)

    request = partner.studio.requests[0]
    assert all(_is_locked(page, name) for name in locked)
    assert request.location == replace(PLACES[1], value="+49 30 123456")
    assert request.guests == ("bo@guest.example", "cy@guest.example")
    assert (request.notes, request.occurrences) == ("Two\nlines", 3)


def test_locked_facts_are_not_crowded_out(partner: Partner) -> None:
    """A guest's own facts, more than may be kept, do not push them aside, and are in no page."""
    link = partner.link(locked={"metadata[user]": "u-17", "utm_source": "partner"})
    guest = partner.visit(link)
    page = guest.page

    own = {f"metadata[k{each}]": "v" for each in range(60)}
    guest.send(**BO, **own, location="Office")

    kept = partner.studio.requests[0].metadata
    assert (kept["user"], kept["utm_source"], len(kept)) == ("u-17", "partner", 49)
    assert "u-17" not in page.response.text


@pytest.mark.parametrize(
    ("locked", "own"),
    [("utm_source", "metadata[utm_source]"), ("metadata[utm_source]", "utm_source")],
    ids=["short", "long"],
)
def test_a_locked_fact_is_locked_under_either_name(partner: Partner, locked: str, own: str) -> None:
    """A campaign has two names; a guest's word under the other one does not count, wherever it is said."""
    guest = partner.visit(f"{partner.link(locked={locked: 'partner'})}&{own}=evil")
    page = guest.page

    guest.send(**BO, location="Office", **{own: "evil"})

    assert partner.studio.requests[0].metadata == {"utm_source": "partner"}
    assert "evil" not in page.response.text


def test_markup_and_other_scripts_are_shown_as_they_are(partner: Partner) -> None:
    """Names are text."""
    name = "<script>alert(1)</script> \"'> 山田 太郎 \u202e"
    guest = partner.visit(partner.link(locked={"name": name}))
    page = guest.page

    guest.send(email=BO["email"], location="Office")

    assert _value(page, "name") == name
    assert "<script>alert" not in page.response.text
    assert partner.studio.requests[0].attendee.name == name


@pytest.mark.parametrize(
    ("locked", "sentence"),
    [
        pytest.param({"email": "ann"}, "Please enter an e-mail address like", id="half an address"),
        pytest.param({"email": ""}, "Please fill this in.", id="empty"),
        pytest.param({"email": None}, "Please fill this in.", id="nothing"),
        pytest.param({"email": ["a@a.example", "b@a.example"]}, "Please enter an e-mail", id="several"),
        pytest.param({"name": "x" * 501}, "Please use 500 characters at most", id="huge"),
        pytest.param({"name": "a\x00b"}, "characters that cannot be used", id="control character"),
        pytest.param({"name": "\ud800"}, "characters that cannot be used", id="half a character"),
        pytest.param({"plan": "Huge"}, "Please choose one of the options.", id="no option"),
        pytest.param({"days": ["Mon", "Sun"]}, "Please choose one of the options.", id="one that is none"),
        pytest.param({"tier": "3"}, "Please choose one of the options.", id="hidden"),
        pytest.param({"count": "many"}, "Please enter a number.", id="no number"),
        pytest.param({"location": "Mars"}, "Please choose one of the options.", id="no place"),
        pytest.param({"guests": ["a@a.de"] * 4}, "You can invite 3 guests at most.", id="guests"),
        pytest.param({"metadata[k]": "x" * 501}, "A fact has a name", id="long fact"),
        pytest.param({f"metadata[{'k' * 41}]": "x"}, "A fact has a name", id="long name of a fact"),
        pytest.param({"occurrences": 3}, "This question is not asked.", id="no series"),
        pytest.param({"titel": "Dr"}, "This question is not asked.", id="unknown"),
        pytest.param({"metadata": "x"}, "This question is not asked.", id="no fact"),
    ],
)
def test_what_is_wrong_is_refused_by_name(partner: Partner, locked: dict[str, Any], sentence: str) -> None:
    """When the link is made: the user could not mend it."""
    problems = _wrong(partner, locked={"company": "Arden", **locked})

    assert list(problems) == list(locked)
    assert sentence in next(iter(problems.values()))


@pytest.mark.parametrize("argument", ["locked", "prefill"])
@pytest.mark.parametrize(
    "name",
    ["go", "csrf_token", "slot", "tz", "prefill", "locked", "hold", "token", "__proto__", "", "phones"],
)
def test_names_that_mean_something_else_are_refused(partner: Partner, argument: str, name: str) -> None:
    """The form's own words are no questions."""
    assert list(_wrong(partner, **{argument: {name: "x"}})) == [name]


@pytest.mark.parametrize(
    "expires", [timedelta(0), -HOUR, timedelta(days=31), timedelta.max], ids=["now", "ago", "long", "ever"]
)
def test_a_link_lasts_for_some_time(partner: Partner, expires: timedelta) -> None:
    """And what is kept is not kept for ever."""
    assert list(_wrong(partner, locked=ANN, expires=expires)) == ["expires"]


def test_nothing_is_kept_of_a_refused_link(partner: Partner) -> None:
    """The next page shows an empty form."""
    _wrong(partner, locked={"email": "ann"})

    guest = partner.visit("/book/class?")

    assert not _is_locked(guest.page, "email")


# --- what can be changed -----------------------------------------------------------------------------


def test_what_is_prefilled_can_be_changed(partner: Partner) -> None:
    """It is in no address; what is cleared stays cleared, also after another time was chosen."""
    link = partner.link(
        locked=ANN, prefill={"company": "Arden", "notes": "Old", "account": "A-1", "plan": "?"}
    )
    guest = partner.visit(link, slot="")
    first = guest.press(guest.page.times()[0])
    back = next(each for each in first.tree.iter("button") if "bk-back" in each.get("class", ""))

    guest.post("/book/class", first.form()[1] | {"company": "Other", "notes": "", "go": back.get("value")})
    again = guest.press(guest.page.times()[1])
    guest.send(location="Office")

    request = partner.studio.requests[0]
    assert (_value(first, "company"), _is_locked(first, "company")) == ("Arden", False)
    assert _value(again, "company") == "Other"
    assert request.answers == {"company": "Other", "account": "A-1", "terms": False}
    assert request.notes == ""
    assert not any("Arden" in each for each in guest.addresses)


def test_an_event_type_locks_what_is_prefilled(partner: Partner) -> None:
    """A question that is locked once it is prefilled is so for a link as it is for an address, but firmly."""
    partner.studio.offer = offering(questions=(replace(QUESTIONS[0], locked=True),))
    guest = partner.visit(partner.link(prefill={"company": "Arden"}))
    page = guest.page

    guest.send(**BO, company="Other")

    assert _is_locked(page, "company")
    assert partner.studio.requests[0].answers == {"company": "Arden"}


def test_what_is_prefilled_wrongly_is_left_to_the_user(partner: Partner) -> None:
    """Shown where it can be, passed over where not; nothing is locked that the user could not mend."""
    plan, family = replace(QUESTIONS[1], locked=True), replace(QUESTIONS[6], locked=True)
    partner.studio.offer = offering(questions=(QUESTIONS[0], plan, family))
    prefill = {"email": "ann@", "company": "x" * 5001, "plan": "Huge", "family": "half", "notes": "\ud800"}

    page = partner.visit(partner.link(prefill=prefill)).page

    assert (page.status, _value(page, "email"), _value(page, "company")) == (200, "ann@", "")
    assert not any(_is_locked(page, name) for name in prefill)


# --- what a token is not good for ----------------------------------------------------------------------


def test_a_form_whose_time_is_over_says_so(partner: Partner, clock: FrozenClock) -> None:
    """Nothing that was typed is lost; the fields are open, and the form can be sent again."""
    link = partner.link(locked={**ANN, "plan": "Team", "account": "A-1"}, expires=HOUR)
    guest = partner.visit(link)
    clock.move(HOUR)

    page = guest.send(company="Arden", notes="Long thoughts", location="Office")
    sent = list(partner.studio.requests)
    again = guest.send()

    assert (page.status, sent) == (422, [])
    assert OVER in _alert(page)
    assert [_value(page, each) for each in ("name", "email", "company")] == [*ANN.values(), "Arden"]
    assert "Long thoughts" in page.text()
    assert not any(_is_locked(page, name) for name in ("name", "email", "plan"))
    assert page.form()[1].get("prefill") is None
    assert again.headline() == "Your booking is confirmed"
    # What the page never showed is the host's alone.
    assert partner.studio.requests[0].answers == {"company": "Arden", "plan": "Team", "terms": False}


@pytest.mark.parametrize("slot", ["", TUESDAY_TEN], ids=["calendar", "form"])
def test_a_link_whose_time_is_over_says_so(partner: Partner, clock: FrozenClock, slot: str) -> None:
    """The booker is there, without the user's data; what was prefilled is gone, too."""
    link = partner.link(locked=ANN, prefill={"company": "Arden"}, expires=HOUR)
    clock.move(HOUR - timedelta(seconds=1))
    before = partner.visit(link, slot=slot).page
    clock.move(timedelta(seconds=1))

    page = partner.visit(link, slot=slot).page

    assert (before.status, page.status) == (200, 400)
    assert OVER in _alert(page)
    assert not re.search("Ann|Arden|prefill=", page.response.text)


def _forged(token: str) -> dict[str, str]:
    payload, _, signature = token.rpartition(".")
    return {
        "cut": token[:-1],
        "without a signature": payload,
        "with another signature": f"{payload}.{'A' * len(signature)}",
        "with another payload": f"{payload[:-4]}AAAA.{signature}",
        "twice": f"{token}.{token}",
        "no token": "null",
        "bytes": "%ff%00",
        "long": "A" * 20_000,
    }


@pytest.mark.parametrize("how", _forged("a.b"))
def test_a_forged_token_is_good_for_nothing(partner: Partner, how: str) -> None:
    """The page says so, shows nothing, and a form that sends it is shown once more."""
    token = _forged(_token(partner.link(locked=ANN)))[how]

    page = partner.visit(f"/book/class?prefill={token}").page
    guest = partner.visit("/book/class?")
    sent = guest.send(**BO, location="Office", prefill=token)

    assert (page.status, sent.status) == (400, 422)
    assert FAILED in _alert(page)
    assert FAILED in _alert(sent)
    assert "Ann" not in page.response.text
    assert partner.studio.requests == []
    assert _value(sent, "email") == BO["email"]


@pytest.mark.parametrize(
    ("keys", "salt", "payload"),
    [
        pytest.param(["x" * 40], "booker.prefills.v1", None, id="of another app"),
        pytest.param(["k" * 40], "booker.links.v1.manage", None, id="for something else"),
        pytest.param(["k" * 40], "booker.prefills.v1", "guessed", id="of an id that is none"),
    ],
)
def test_a_token_that_was_not_made_for_this_is_refused(
    partner: Partner, clock: FrozenClock, keys: list[str], salt: str, payload: str | None
) -> None:
    """Neither another app's key, nor a salt of ours for other links, nor an id that nobody kept."""
    link = partner.link(locked=ANN)
    known = URLSafeSerializer("any").load_payload(_token(link).rpartition(".")[0].encode())
    content = known if payload is None else [payload, known[1]]
    digest = {"digest_method": hashlib.sha256}
    token = URLSafeSerializer(keys, salt=salt, signer_kwargs=digest).dumps(content)

    page = partner.visit(f"/book/class?prefill={token!s}").page

    assert page.status == 400
    assert (OVER if payload else FAILED) in _alert(page)
    assert "Ann" not in page.response.text


def test_a_token_is_for_one_event_type(make_app: Callable[..., Flask]) -> None:
    """Neither its page nor its form takes the token of another."""
    app = make_app(BOOKER_DISPATCH="none")
    with app.app_context():
        token = _token(booker_link("intro-call", locked=ANN))
    guest = Guest(app.test_client())

    page = guest.open(f"/book/check-up?prefill={token}&slot={TUESDAY_TEN}")
    guest.open(f"/book/check-up?slot={TUESDAY_TEN}")
    sent = guest.send(**BO, topic="x", prefill=token)

    assert (page.status, sent.status) == (400, 422)
    assert FAILED in _alert(page)
    assert "Ann" not in page.response.text
    with app.app_context():
        assert not list_bookings()


def test_a_token_is_for_one_owner(opening: Opening) -> None:
    """What another account offers under the same slug is another event type."""
    partner = opening(replace(RICH, owner="ann"))
    link = partner.link(locked=ANN)
    partner.studio.offer = replace(RICH, owner="bo")

    page = partner.visit(link).page

    assert FAILED in _alert(page)
    assert ANN["email"] not in page.response.text


def test_a_prefill_token_opens_no_booking(make_app: Callable[..., Flask]) -> None:
    """Nor does a booking's own token stand for a user."""
    app = make_app(BOOKER_DISPATCH="none")
    with app.app_context():
        booking = create_booking("intro-call", datetime.fromisoformat(TUESDAY_TEN), **ANN)
        token, own = _token(booker_link("intro-call", locked=ANN)), booking_link(booking.uid)
    guest = Guest(app.test_client())

    opened = guest.open(f"/bookings/{booking.uid}?token={token}")
    shown = guest.open(f"/book/intro-call?prefill={own.partition('token=')[2]}")

    assert (opened.status, shown.status) == (403, 400)


def test_links_outlast_a_change_of_keys(opening: Opening, tmp_path: Path) -> None:
    """While the older key stands among those that are still accepted."""
    shared = {"BOOKER_DATABASE_URL": f"sqlite:///{tmp_path / 'shared.sqlite3'}"}
    link = opening(**shared).link(locked=ANN)
    rotated = opening(**shared, SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=["k" * 40])
    dropped = opening(**shared, SECRET_KEY="n" * 40)

    assert _is_locked(rotated.visit(link).page, "email")
    assert FAILED in _alert(dropped.visit(link).page)


@pytest.mark.parametrize(
    "questions",
    [(), (replace(QUESTIONS[1], options=("Trial",)),)],
    ids=["asked no more", "another choice"],
)
def test_locked_answers_that_fit_no_more_are_given_up(
    partner: Partner, questions: tuple[Question, ...]
) -> None:
    """Nobody could mend them, so the page says that they cannot be filled in, and lets the user book."""
    link = partner.link(locked={"plan": "Team"})
    partner.studio.offer = offering(questions=questions)

    guest = partner.visit(link)
    page = guest.page
    guest.send(**BO)

    assert (page.status, FAILED in _alert(page)) == (400, True)
    assert len(partner.booked) == 1


# --- where nothing may be found ------------------------------------------------------------------------


def test_the_token_goes_nowhere_else(opening: Opening, caplog: pytest.LogCaptureFixture) -> None:
    """Not to the page that follows, not into a log, not into a cache, not into a referrer."""
    after = Redirect("https://partner.example/done?x=1", flavour="cal")
    partner = opening(
        offering(redirects=Redirects(booked=after)), BOOKER_REDIRECT_ORIGINS=["https://partner.example"]
    )
    client = partner.app.test_client()
    caplog.set_level(logging.DEBUG)

    link = partner.link(locked={"metadata[crm]": "42", **ANN})
    shown = client.get(f"{link}&slot={TUESDAY_TEN}&utm_source=mail")
    done = client.post("/book/class", data=Page.of(shown).form()[1])

    query = parse_qs(urlsplit(done.headers["Location"]).query)
    ours = [each.getMessage() for each in caplog.records if each.name.startswith("booker_components")]
    assert done.status_code == 303
    assert (query["utm_source"], query["attendeeName"]) == (["mail"], ["Ann Arden"])
    assert not query.keys() & {"prefill", "metadata[crm]"}
    assert _token(link) not in done.headers["Location"]
    assert not any(_token(link) in each or "ann@" in each for each in ours)
    assert (shown.headers["Cache-Control"], shown.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize("flavour", ["cal", "calendly"])
@pytest.mark.parametrize("own", ["utm_source", "metadata[utm_source]", "metadata[crm]"])
def test_what_a_guest_says_of_locked_facts_is_not_signed(
    opening: Opening, flavour: Flavour, own: str
) -> None:
    """The page that follows would believe it."""
    after = Redirect("https://partner.example/done", flavour=flavour, signed=True)
    partner = opening(
        offering(redirects=Redirects(booked=after)),
        BOOKER_REDIRECT_ORIGINS=["https://partner.example"],
        BOOKER_REDIRECT_SECRET="hush hush",
    )
    client = partner.app.test_client()

    link = partner.link(locked={**ANN, "metadata[crm]": "42", "utm_source": "partner"})
    form = Page.of(client.get(f"{link}&slot={TUESDAY_TEN}")).form()[1]
    done = client.post("/book/class", data=form | {own: "evil"})

    assert done.status_code == 303
    assert "evil" not in done.headers["Location"]


# --- in a host's page ----------------------------------------------------------------------------------

HOST_PAGE = (
    "<!DOCTYPE html><title>x</title><body>{{ booker('class', locked=locked, prefill=prefill) }}</body>"
)


def _host_page(partner: Partner, **known: Any) -> Guest:
    values = {"locked": None, "prefill": None, **known}
    partner.app.add_url_rule("/host", "host", lambda: render_template_string(HOST_PAGE, **values))
    guest = Guest(partner.app.test_client())
    guest.open("/host")
    return guest


def test_a_hosts_page_locks_as_a_link_does(partner: Partner) -> None:
    """What it locks is neither in an address nor in a field that could be changed."""
    guest = _host_page(partner, locked={**ANN, "account": "A-1"})

    calendar = guest.page
    form = guest.open(calendar.times()[0])
    guest.send(**EVE, account="X", location="Office")

    assert not re.search("Ann|partner.example|A-1", calendar.response.text)
    assert all(_is_locked(form, name) for name in ANN)
    assert partner.booked == [("Ann Arden", "ann@partner.example")]
    assert partner.studio.requests[0].answers == {"account": "A-1", "terms": False}
    assert not any("Ann" in each for each in guest.addresses)


def test_a_hosts_page_that_is_opened_often_keeps_its_user_once(partner: Partner) -> None:
    """Each view leads on; another user has a row of their own."""
    _host_page(partner, locked=ANN)
    pages = [partner.app.test_client().get("/host").text for _ in range(5)]
    partner.link(locked=EVE)

    storage = partner.app.extensions["booker"].storage
    with storage.reading() as connection:
        kept = connection.scalar(select(func.count()).select_from(prefills))
    assert all("prefill=" in each for each in pages)
    assert kept == 2


def test_a_hosts_page_locks_what_the_event_type_locks(partner: Partner) -> None:
    """It was a hidden field once, which whoever wrote a form could change."""
    company = replace(QUESTIONS[0], locked=True)
    partner.studio.offer = offering(questions=(company, QUESTIONS[9]))
    guest = _host_page(partner, prefill={"company": "Arden", "account": "A-1", "nonsense": "x"})

    form = guest.press(guest.page.times()[0])
    guest.send(**BO, company="Other", locked=None)

    assert _is_locked(form, "company")
    assert partner.studio.requests[0].answers == {"company": "Arden", "account": "A-1"}


def test_a_hosts_page_without_locks_keeps_nothing(partner: Partner) -> None:
    """What may be changed travels in fields, as ever."""
    guest = _host_page(partner, prefill={"company": "Arden", "key": "K"})

    form = guest.press(guest.page.times()[0])

    assert (_value(form, "company"), _value(form, "answer-key")) == ("Arden", "K")
    assert not _is_locked(form, "company")
    assert "prefill" not in form.form()[1]


@pytest.mark.parametrize("locked", [{"email": "ann"}, {"titel": "Dr"}], ids=["wrong", "not asked"])
def test_a_hosts_page_that_locks_nonsense_shows_no_booker(
    partner: Partner, locked: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    """An open form would not be what the host wants; the log names the field, and nothing of the user."""
    page = _host_page(partner, locked={"name": "Ann", **locked}).page

    (wrong,) = locked
    assert page.headline() == "That did not work"
    assert caplog.messages == [f"The widget bk-booker-class cannot be shown. Invalid fields: {wrong}."]


# --- in the README -------------------------------------------------------------------------------------


def test_the_example_of_the_readme_leads_a_user_to_the_booker(partner: Partner) -> None:
    """Its view sends a signed-in user on."""
    partner.studio.offer = offering(slug="intro-call")
    (example,) = (each for each in blocks("python") if "booker_link" in each)
    exec(example, {"app": partner.app})

    @partner.app.before_request
    def sign_in() -> None:
        g.user = SimpleNamespace(id=17, **ANN)

    guest = Guest(partner.app.test_client())
    guest.open("/talk-to-us")
    form = guest.press(guest.page.times()[0])
    guest.send(**EVE)

    assert _is_locked(form, "email")
    assert partner.booked == [tuple(ANN.values())]
    assert (partner.studio.requests[0].notes, partner.studio.requests[0].metadata) == (
        "About my account",
        {"user": "17"},
    )


# --- at another provider -------------------------------------------------------------------------------


def test_locked_names_hold_at_calcom(make_app: Callable[..., Flask], clock: FrozenClock) -> None:
    """The booking that Cal.com gets is the user's, also under the name of its owner and with a fact."""
    known = {**ANN, "metadata[crm]": "42"}
    with elsewhere(clock) as there:
        app = make_app(**there.settings())
        with app.app_context():
            links = [booker_link("intro", owner=owner, locked=known) for owner in ("", "ann")]
        for link in links:
            guest = Guest(app.test_client())
            guest.open(link)
            guest.open(guest.page.times()[0])
            guest.send(**EVE, **{"metadata[crm]": "7"})
        with app.app_context():
            made = list_bookings()
        app.extensions["booker"].calcom.close()

    assert [(each.attendee.name, each.attendee.email) for each in made] == [tuple(ANN.values())] * 2
    assert [each.metadata.get("crm") for each in made] == ["42", "42"]


def test_the_embedded_engine_books_locked_names(make_app: Callable[..., Flask]) -> None:
    """One link, one booking, with everything that was locked."""
    app = make_app(BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=[INTRO, CHECKUP])
    with app.app_context():
        link = booker_link("check-up", locked={**ANN, "topic": "Knees"}, prefill={"size": "Large"})
    guest = Guest(app.test_client())

    guest.open(f"{link}&slot={TUESDAY_TEN}")
    guest.send(**EVE, topic="Elbows", size="Small")

    with app.app_context():
        (booking,) = list_bookings()
    assert (booking.attendee.name, booking.attendee.email) == tuple(ANN.values())
    assert booking.answers == {"topic": "Knees", "size": "Small"}
