"""Answers are brought into their proper form, or refused with a sentence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from booker_components import (
    Attendee,
    BookingRequest,
    EventType,
    Frequency,
    InvalidRequest,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    Series,
)
from booker_components.languages import Languages, speaking
from booker_components.questions import (
    check,
    check_guests,
    check_location,
    check_occurrences,
    checked,
    too_many_guests,
)

from .conftest import CHECKUP, INTRO, MONDAY


def question(kind: str, *, required: bool = False) -> Question:
    """Give a question of a kind, with two options where it needs some."""
    options = ("A", "B") if kind in ("select", "radio", "checkboxes") else ()
    return Question(slug="q", label="Q", kind=QuestionKind(kind), required=required, options=options)


@pytest.mark.parametrize(
    ("kind", "given", "kept"),
    [
        pytest.param("text", "  two  words ", "two words", id="text folded"),
        pytest.param("text", "", None, id="text empty"),
        pytest.param("text", "   ", None, id="text blank"),
        pytest.param("long_text", "a\r\nb", "a\nb", id="lines kept"),
        pytest.param("email", "Bo@Example.COM", "Bo@example.com", id="e-mail"),
        pytest.param("email", "bö@exämple.com", "bö@exämple.com", id="e-mail beyond ASCII"),
        pytest.param(
            "emails",
            " a@Example.com,b@example.com;\r\nc@example.com\na@example.com ",
            ("a@example.com", "b@example.com", "c@example.com"),
            id="e-mails, each once",
        ),
        pytest.param("emails", ["a@example.com", ""], ("a@example.com",), id="e-mails as a list"),
        pytest.param("emails", " ,\n", None, id="no e-mails"),
        pytest.param("phone", "+49 30 123456", "+49 30 123456", id="phone"),
        pytest.param("number", "2,5", 2.5, id="number with comma"),
        pytest.param("number", 3, 3.0, id="number as number"),
        pytest.param("select", "A", "A", id="select"),
        pytest.param("checkboxes", ["A", "B", "A"], ("A", "B"), id="checkboxes"),
        pytest.param("checkboxes", [], None, id="no checkbox"),
        pytest.param("boolean", True, True, id="ticked"),
        pytest.param("boolean", False, False, id="not ticked"),
        pytest.param("url", "https://example.com/x", "https://example.com/x", id="url"),
    ],
)
def test_a_good_answer_is_kept_in_its_form(kind: str, given: Any, kept: object) -> None:
    """What a guest means is kept, however it was typed."""
    assert check(question(kind), given) == kept


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        pytest.param("text", "a\x00b", id="NUL"),
        pytest.param("text", "a\ud800", id="lone surrogate"),
        pytest.param("text", "x" * 501, id="too long"),
        pytest.param("text", 3, id="not a text"),
        pytest.param("email", "bo", id="no e-mail"),
        pytest.param("email", "bo@example.com\nBcc: x@example.com", id="header injection"),
        pytest.param("emails", "bo@example.com\nbo", id="one is no e-mail"),
        pytest.param("emails", ("bo@example.com", 3), id="one is no text"),
        pytest.param("emails", {"bo@example.com": 1}, id="neither text nor list"),
        pytest.param("phone", "call me", id="no phone"),
        pytest.param("phone", "(((((((", id="brackets"),
        pytest.param("number", "many", id="no number"),
        pytest.param("number", "nan", id="nan"),
        pytest.param("number", "1e999", id="infinite"),
        pytest.param("number", True, id="true is no number"),
        pytest.param("select", "C", id="not an option"),
        pytest.param("checkboxes", "A", id="one text for several"),
        pytest.param("checkboxes", ["A", "C"], id="not all options"),
        pytest.param("boolean", "yes", id="text for a tick"),
        pytest.param("url", "javascript:alert(1)", id="script"),
        pytest.param("url", "https://[", id="broken url"),
    ],
)
def test_a_wrong_answer_is_refused_with_a_sentence(kind: str, given: Any) -> None:
    """The refusal is a sentence for the guest."""
    with pytest.raises(ValueError) as refusal:
        check(question(kind), given)

    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize("kind", list(QuestionKind))
def test_a_required_answer_must_be_there(kind: QuestionKind) -> None:
    """No kind of question lets a required answer pass that is not there."""
    for nothing in (None, "", (), False):
        with pytest.raises(ValueError):
            check(question(kind, required=True), nothing)


def test_which_of_several_addresses_is_wrong_is_told() -> None:
    """A guest who has typed many need not look for it; blanks alone are none."""
    with pytest.raises(ValueError, match=r"; bo@@example\.com is none\.$"):
        check(question("emails"), "ann@example.com, bo@@example.com")
    with pytest.raises(ValueError, match="fill this in"):
        check(question("emails", required=True), " , ")


def test_guests_are_addresses_and_each_once() -> None:
    """Two times the same guest is one; more than allowed are refused."""
    assert check_guests(INTRO, ("a@example.com", "a@example.com")) == ("a@example.com",)

    with pytest.raises(ValueError, match="1 guest at most"):
        check_guests(replace(INTRO, max_guests=1), ("a@example.com", "b@example.com"))


def test_a_single_location_needs_no_choice() -> None:
    """Where there is one place, it is the place; where there are two, one must be named."""
    office = Location(kind=LocationKind.IN_PERSON, value="1 Main St", label="Office")
    call = Location(kind=LocationKind.ATTENDEE_PHONE, label="We call you")

    assert check_location(INTRO, None) is None
    assert check_location(replace(INTRO, locations=(office,)), None) == office
    both = replace(INTRO, locations=(office, call))
    assert check_location(both, replace(call, value="+49 30 123456")) == call
    for wrong in (None, Location(kind=LocationKind.LINK, value="https://evil.example")):
        with pytest.raises(ValueError):
            check_location(both, wrong)


CALL = Location(kind=LocationKind.ATTENDEE_PHONE, label="We call you")
OFFICE = Location(kind=LocationKind.IN_PERSON, value="1 Main St", label="Office")


def call_request(location: Location | None, phone: str = "") -> BookingRequest:
    """Give a request for the intro call at *location*, by a guest whose number on file is *phone*."""
    guest = Attendee(name="Bo", email="bo@example.com", phone=phone)
    return BookingRequest(event_type="intro-call", start=MONDAY, attendee=guest, location=location)


@pytest.mark.parametrize(
    ("location", "phone"),
    [
        pytest.param(replace(CALL, value=" +49 30  123456 "), "", id="with the location"),
        pytest.param(replace(CALL, value="+49 30 123456"), "+1 212 555", id="with both"),
        pytest.param(CALL, "+49 30 123456", id="on file"),
    ],
)
def test_a_number_to_call_is_kept_with_location_and_guest(location: Location, phone: str) -> None:
    """The host reads the number at either place."""
    request = checked(replace(INTRO, locations=(OFFICE, CALL)), call_request(location, phone))

    assert request.location == replace(CALL, value="+49 30 123456")
    assert request.attendee.phone == "+49 30 123456"


@pytest.mark.parametrize(
    ("locations", "location", "phone"),
    [
        pytest.param((CALL,), None, "", id="only call, nothing given"),
        pytest.param((OFFICE, CALL), CALL, "", id="missing"),
        pytest.param((OFFICE, CALL), replace(CALL, value="call me"), "", id="wrong"),
        pytest.param((OFFICE,), None, "call\x00me", id="wrong on file"),
    ],
)
def test_a_wrong_number_is_a_problem_of_the_phone_field(
    locations: tuple[Location, ...], location: Location | None, phone: str
) -> None:
    """The choice of the place was right, so the sentence stands at the number."""
    with pytest.raises(InvalidRequest) as refusal:
        checked(replace(INTRO, locations=locations), call_request(location, phone))

    assert set(refusal.value.problems) == {"phone"}


def test_no_choice_of_a_place_is_a_problem_of_the_place_alone() -> None:
    """Who has not said where is not asked for a number."""
    with pytest.raises(InvalidRequest) as refusal:
        checked(replace(INTRO, locations=(OFFICE, CALL)), call_request(None))

    assert set(refusal.value.problems) == {"location"}


def test_all_problems_of_a_request_are_told_at_once() -> None:
    """A caller learns of every wrong field in one go."""
    request = BookingRequest(
        event_type="check-up",
        start=MONDAY,
        attendee=Attendee(name="", email="bo", zone="Mars/Base"),
        guests=("x",),
        answers={"size": "Huge", "shoe": "42"},
    )

    with pytest.raises(InvalidRequest) as refusal:
        checked(CHECKUP, request)

    assert set(refusal.value.problems) == {"name", "email", "tz", "guests", "topic", "size", "shoe"}


# --- places, series, facts -------------------------------------------------------------------------

HOME = Location(kind=LocationKind.ATTENDEE_ADDRESS)
SERIES = replace(INTRO, series=Series(frequency=Frequency.WEEKLY, occurrences=8))


def test_where_a_guest_wants_to_meet_is_kept_on_one_line() -> None:
    """Calendars and hosts read a place in one line."""
    home = replace(HOME, value="1 Main St\n Paris ")

    request = checked(replace(INTRO, locations=(HOME,)), call_request(home))

    assert request.location == replace(HOME, value="1 Main St, Paris")


@pytest.mark.parametrize("value", ["", "a\x00b", "x" * 5001], ids=["nothing", "NUL", "too long"])
def test_a_wrong_place_is_a_problem_of_its_field(value: str) -> None:
    """The choice of that location was right."""
    with pytest.raises(InvalidRequest) as refusal:
        checked(replace(INTRO, locations=(OFFICE, HOME)), call_request(replace(HOME, value=value)))

    assert set(refusal.value.problems) == {"place"}


@pytest.mark.parametrize("wanted", [None, 1, 8], ids=["all", "the least", "the most"])
def test_so_many_dates_of_a_series_can_be_booked(wanted: int | None) -> None:
    """None stays none: the provider knows how many there are."""
    assert checked(SERIES, replace(call_request(None), occurrences=wanted)).occurrences == wanted


@pytest.mark.parametrize(
    ("event_type", "wanted"),
    [(SERIES, 9), (SERIES, 0), (SERIES, -1), (SERIES, True), (INTRO, 1), (SERIES, 10**12)],
    ids=["too many", "none", "negative", "true", "no series", "a great many"],
)
def test_a_wrong_number_of_dates_is_refused(event_type: EventType, wanted: int) -> None:
    """Under the name of its field."""
    with pytest.raises(InvalidRequest) as refusal:
        checked(event_type, replace(call_request(None), occurrences=wanted))

    assert set(refusal.value.problems) == {"occurrences"}


WEEK = timedelta(weeks=1)


def test_dates_of_a_series_can_be_left_out() -> None:
    """At the wall time of the guest's zone, over a change of its clocks."""
    request = replace(call_request(None), start=MONDAY + 7 * WEEK, occurrences=3)
    later = request.start + WEEK - timedelta(hours=1)
    guest = replace(request.attendee, zone="Europe/Berlin")

    found = checked(SERIES, replace(request, attendee=guest, without=(later,)))

    assert found.without == (later,)


@pytest.mark.parametrize(
    ("event_type", "without"),
    [
        (SERIES, (MONDAY,)),
        (SERIES, (MONDAY + WEEK, MONDAY + timedelta(days=1))),
        (SERIES, (MONDAY + 3 * WEEK,)),
        (SERIES, ((MONDAY + WEEK).replace(tzinfo=None),)),
        (INTRO, (MONDAY + WEEK,)),
    ],
    ids=["the first", "another day", "beyond", "naive", "no series"],
)
def test_only_later_dates_of_a_series_can_be_left_out(
    event_type: EventType, without: tuple[datetime, ...]
) -> None:
    """Whoever wants another first date chooses another time."""
    count = 3 if event_type.series else None

    with pytest.raises(InvalidRequest) as refusal:
        checked(event_type, replace(call_request(None), occurrences=count, without=without))

    assert set(refusal.value.problems) == {"without"}


@pytest.mark.parametrize(
    "facts",
    [{f"k{each}": "v" for each in range(50)}, {"k" * 41: "v"}, {"": "v"}, {"k": "v" * 501}, {"k": "a\x00b"}],
    ids=["too many", "long name", "no name", "long text", "NUL"],
)
def test_facts_have_limits(facts: dict[str, str]) -> None:
    """Those of the narrowest provider, so that all keep the same (contracts/calcom.md 4.8)."""
    with pytest.raises(InvalidRequest) as refusal:
        checked(INTRO, replace(call_request(None), metadata=facts))

    assert set(refusal.value.problems) == {"metadata"}


def test_facts_within_the_limits_are_kept() -> None:
    """As they are."""
    facts = {f"k{each}": "v" * 500 for each in range(49)}

    assert checked(INTRO, replace(call_request(None), metadata=facts)).metadata == facts


def test_an_answer_that_nobody_is_asked_for_may_be_missing() -> None:
    """A hidden question that is required refuses no booking, but a wrong answer to it does."""
    hidden = Question(slug="ref", label="Ref", kind=QuestionKind.NUMBER, required=True, hidden=True)
    event_type = replace(INTRO, questions=(hidden,))

    assert checked(event_type, call_request(None)).answers == {}
    with pytest.raises(InvalidRequest):
        checked(event_type, replace(call_request(None), answers={"ref": "many"}))


@pytest.mark.parametrize(
    ("slug", "change"),
    [
        ("key", {"key": "web:a\x00b"}),
        ("by", {"by": "host\x00"}),
        ("locale", {"attendee": Attendee(name="Bo", email="bo@example.com", locale="en\x00")}),
        ("name", {"attendee": Attendee(name="Bo\x00", email="bo@example.com")}),
        ("notes", {"notes": "a\x00b"}),
    ],
    ids=["key", "who books", "language", "name", "notes"],
)
def test_what_not_every_database_keeps_is_refused(slug: str, change: dict[str, Any]) -> None:
    """Beforehand, whatever the database: also what no form shows, but anybody can send."""
    request = BookingRequest(
        event_type="intro-call", start=MONDAY, attendee=Attendee(name="Bo", email="bo@example.com")
    )

    with pytest.raises(InvalidRequest) as caught:
        checked(replace(INTRO, notes=True), replace(request, **change))

    assert caught.value.problems == {slug: "This has characters that cannot be used. Please type it again."}


@pytest.mark.parametrize(
    ("kind", "typed", "answer"),
    [
        pytest.param("number", "1,5", 1.5, id="comma"),
        pytest.param("number", "١٢٫٥", 12.5, id="Arabic"),
        pytest.param("number", "۱۲", 12.0, id="Persian"),
        pytest.param("number", "１２．５", 12.5, id="full width"),
        pytest.param("number", "－३", -3.0, id="Devanagari"),
        pytest.param("phone", "+49 30 123456", "+49 30 123456", id="phone"),
        pytest.param("phone", "＋４９（３０）１２３４５６", "+49(30)123456", id="full-width phone"),
        pytest.param("phone", "٠٣٠-١٢٣٤٥٦", "030-123456", id="Arabic phone"),
        pytest.param("emails", "a@b.example，c@d.example؛e@f.example", 3, id="separators"),
    ],
)
def test_keyboards_of_every_script_write_numbers(kind: str, typed: str, answer: object) -> None:
    """They are kept in ASCII, as providers and telephones want them; what was taken before is as it was."""
    given = check(question(kind), typed)

    assert (len(given) if isinstance(given, tuple) else given) == answer


@pytest.mark.parametrize("typed", ["5²", "½", "XII", "①"])
def test_what_only_looks_like_a_digit_is_none(typed: str) -> None:
    """An exponent is no further digit."""
    with pytest.raises(ValueError, match=r"Please enter a number\."):
        check(question("number"), typed)


def test_dates_of_a_series_are_counted_in_every_script() -> None:
    """The field is the form's own, and browsers that know no number fields send what was typed."""
    weekly = replace(INTRO, series=Series(frequency=Frequency.WEEKLY, occurrences=12))

    assert [check_occurrences(weekly, typed) for typed in ("3", "３", "٣")] == [3, 3, 3]
    with pytest.raises(ValueError, match="12 dates at most"):
        check_occurrences(weekly, "１３")


def test_sentences_are_in_the_language_that_is_spoken(tmp_path: Path) -> None:
    """Those with numbers, too; elsewhere they are English."""
    path = tmp_path / "pl" / "LC_MESSAGES" / "booker.po"
    path.parent.mkdir(parents=True)
    few = "plural=(n==1 ? 0 : n%10>=2 && n%10<=4 && (n%100<10 || n%100>=20) ? 1 : 2)"
    path.write_text(
        f'msgid ""\nmsgstr "Language: pl\\nPlural-Forms: nplurals=3; {few};\\n"\n\n'
        'msgid "You can invite %(n)s guest at most."\nmsgid_plural "You can invite %(n)s guests at most."\n'
        'msgstr[0] "jeden gość: %(n)s"\nmsgstr[1] "goście: %(n)s"\nmsgstr[2] "gości: %(n)s"\n'
    )
    polish = Languages(folder=tmp_path).best(["pl"])

    with speaking(polish):
        said = [too_many_guests(number) for number in (1, 2, 5, 22)]

    assert said == ["jeden gość: 1", "goście: 2", "gości: 5", "goście: 22"]
    assert too_many_guests(2) == "You can invite 2 guests at most."
