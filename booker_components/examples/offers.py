"""What hosts offer in the examples, and what guests have said: texts that no catalogue translates."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from ..values import (
    Approval,
    EventType,
    Frequency,
    Host,
    HostGroup,
    Location,
    LocationKind,
    Member,
    Price,
    Question,
    QuestionKind,
    Seats,
    Series,
)

#: The moment at which all examples are seen, and its day.
NOW = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
FIRST = date(2026, 3, 5)
CHOSEN = date(2026, 3, 12)
#: The time that is chosen or booked, 10:30 in Paris, and the one before a move.
START = datetime(2026, 3, 12, 9, 30, tzinfo=UTC)
FORMER = datetime(2026, 3, 10, 13, 0, tzinfo=UTC)
HALF = timedelta(minutes=30)
PARIS = "Europe/Paris"

CAMILLE = Host(slug="camille", name="Camille Laurent", zone=PARIS)
NOAH = Host(slug="noah", name="Noah Petit", zone=PARIS)
LEA = Host(slug="lea", name="Léa Martin", zone=PARIS)
GUEST, GUEST_EMAIL, FRIEND = "Ana Souza", "ana@example.com", "ben@example.com"
NOTES = "We have used the trial for a week.\nThree questions so far."
ILL = "I have to be in Porto that day."
MEETING = "https://meet.example.com/camille"

INTRO = EventType(
    slug="intro-call",
    title="Introduction call",
    hosts=(CAMILLE,),
    description=(
        "A first conversation about what you need, and whether we are the right people for it.\n\n"
        "Please have your last two invoices at hand."
    ),
    locations=(Location(kind=LocationKind.CONFERENCE),),
)
LENGTHS = replace(INTRO, durations=(HALF, timedelta(minutes=60), timedelta(minutes=90)))
TEAM = replace(
    INTRO,
    hosts=(CAMILLE, NOAH, LEA),
    groups=(HostGroup(members=(Member(host="noah"), Member(host="lea"))),),
)
COURSE = replace(INTRO, series=Series(frequency=Frequency.WEEKLY, interval=2, occurrences=8))
ASKED = replace(INTRO, approval=Approval())
PRICED = replace(INTRO, price=Price(amount=4000, currency="EUR"))
CONDITIONS = replace(COURSE, approval=Approval(within=timedelta(days=2)), price=PRICED.price)
CLASS = replace(
    INTRO, title="Yoga for beginners", durations=(timedelta(hours=1),), seats=Seats(per_slot=12), locations=()
)
LOCKED_ZONE = replace(INTRO, zone_locked=True)
PLACES = replace(
    INTRO,
    locations=tuple(
        Location(kind=kind)
        for kind in (LocationKind.CONFERENCE, LocationKind.ATTENDEE_PHONE, LocationKind.ATTENDEE_ADDRESS)
    ),
    max_guests=0,
    notes=False,
)

_KINDS = (
    Question(
        slug="mobile",
        label="Phone",
        kind=QuestionKind.PHONE,
        required=True,
        placeholder="+33 6 12 34 56 78",
        help="We call you at this number.",
    ),
    Question(slug="site", label="Website", kind=QuestionKind.URL, placeholder="https://"),
    Question(slug="seats", label="How many seats?", kind=QuestionKind.NUMBER),
    Question(
        slug="source",
        label="How did you find us?",
        kind=QuestionKind.SELECT,
        options=("A friend", "A search engine", "The news"),
    ),
    Question(
        slug="size",
        label="Size of your team",
        kind=QuestionKind.RADIO,
        required=True,
        options=("1 to 10", "11 to 50", "More than 50"),
    ),
    Question(
        slug="topics",
        label="What shall we talk about?",
        kind=QuestionKind.CHECKBOXES,
        options=("Billing", "Integration", "Something else"),
        help="Choose as many as you like.",
    ),
    Question(
        slug="terms",
        label="I have read the terms of the trial",
        kind=QuestionKind.BOOLEAN,
        required=True,
    ),
)
QUESTIONS = replace(INTRO, questions=_KINDS)
KNOWN = replace(
    INTRO,
    questions=(
        Question(slug="customer", label="Customer number"),
        Question(
            slug="plan", label="Plan", kind=QuestionKind.SELECT, options=("Trial", "Team", "Enterprise")
        ),
        Question(
            slug="topics", label="Topics", kind=QuestionKind.CHECKBOXES, options=("Billing", "Integration")
        ),
        Question(slug="partner", label="I come from a partner", kind=QuestionKind.BOOLEAN),
    ),
    max_guests=0,
    notes=False,
)

_WORD = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft"
LONG = replace(
    INTRO,
    title=f"Quarterly review of the {_WORD} and of everything that follows from it",
    hosts=(
        replace(CAMILLE, name="Prof. Dr. Maximiliane-Alexandra von und zu Guttenberg-Hohenstein"),
        *(Host(slug=name.lower(), name=name, zone=PARIS) for name in ("Ana", "Ben", "Chidi", "Dzvenyslava")),
    ),
    description=f"{'A sentence that goes on. ' * 30}\n\nhttps://example.com/{'a' * 120}",
    durations=(timedelta(minutes=90),),
    locations=(
        Location(
            kind=LocationKind.IN_PERSON,
            label="Our office in Lyon, 3rd floor, second door on the left, 69002 Lyon, France",
        ),
        Location(kind=LocationKind.CONFERENCE),
    ),
)
