"""The lines of the booking page."""

from __future__ import annotations

from dataclasses import replace
from gettext import NullTranslations

import pytest
from babel import Locale

from booker_components import Attendee, Booking, BookingStatus, Location, LocationKind, Question
from booker_components.languages import Speech, speaking
from booker_components.values import Answer
from booker_components.web.components import Row
from booker_components.web.details import answer_rows, location_row

from ..conftest import HOST, INTRO, TUESDAY

HIGH_STREET = "7 High Street"


@pytest.mark.parametrize(
    ("location", "row"),
    [
        (Location(kind=LocationKind.CONFERENCE), Row(label="Where", text="Video call")),
        (
            Location(kind=LocationKind.ATTENDEE_ADDRESS, value=HIGH_STREET),
            Row(label="Where", text=f"We come to you: {HIGH_STREET}"),
        ),
        (
            Location(kind=LocationKind.IN_PERSON, label="Studio", value=HIGH_STREET),
            Row(label="Where", text=f"Studio: {HIGH_STREET}"),
        ),
        (
            Location(kind=LocationKind.LINK, label="Room 1", value="https://meet.example/1"),
            Row(label="Where", text="Room 1", href="https://meet.example/1"),
        ),
        (
            Location(kind=LocationKind.LINK, value="javascript:alert(1)"),
            Row(label="Where", text="Online: javascript:alert(1)"),
        ),
    ],
    ids=["a kind", "of the guest's", "of the host's", "a link", "no link"],
)
def test_places_are_said(location: Location, row: Row) -> None:
    """With what there is to know of them."""
    assert location_row(location) == row


def test_addresses_keep_their_direction() -> None:
    """The house number does not go to the other end of an Arabic line."""
    arabic = Speech(locale=Locale.parse("ar"), tag="ar", texts=NullTranslations())

    with speaking(arabic):
        row = location_row(Location(kind=LocationKind.ATTENDEE_ADDRESS, value=HIGH_STREET))

    assert row.text == f"\u2068We come to you\u2069: \u2068{HIGH_STREET}\u2069"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (True, "Yes"),
        (False, "No"),
        (("Mon", "Tue"), "Mon, Tue"),
        (3.0, "3"),
        (2.5, "2.5"),
        ("Pumps", "Pumps"),
    ],
    ids=["yes", "no", "several", "whole", "part", "text"],
)
def test_answers_are_said(answer: Answer, said: str) -> None:
    """Under the host's own question, which is translated by nobody."""
    asking = replace(INTRO, questions=(Question(slug="topic", label="Notes"),))

    rows = list(answer_rows(_booking(answer), asking))

    assert rows == [Row(label="Notes", text=said), Row(label="Reason", text="Ill")]


def _booking(answer: Answer) -> Booking:
    return Booking(
        uid="b1",
        event_type="intro-call",
        title="Intro call",
        start=TUESDAY,
        end=TUESDAY + INTRO.duration,
        status=BookingStatus.CONFIRMED,
        hosts=(HOST,),
        attendee=Attendee(name="Bo", email="bo@guest.example", zone="Asia/Tokyo"),
        answers={"topic": answer},
        reason="Ill",
        created_at=TUESDAY,
        updated_at=TUESDAY,
    )
