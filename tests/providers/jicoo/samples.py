"""Jicoo for the tests of the provider: a provider that calls a fake, held against what is known of Jicoo."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from booker_components.providers._http import Http
from booker_components.providers.jicoo import JicooProvider
from booker_components.providers.jicoo.client import JicooClient
from booker_components.records.keys import RequestKeys
from booker_components.records.turns import CHANGE_LASTS, Turns
from booker_components.storage import Storage
from booker_components.testing import FakeJicoo, FrozenClock
from booker_components.testing.jicoo import EventType as Page
from booker_components.testing.jicoo import Question as Asked
from booker_components.testing.jicoo import weekly
from booker_components.values import (
    Attendee,
    Booking,
    BookingRequest,
    CancelScope,
    EventType,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    TimeWindow,
)

from ...contracts import jicoo as contract
from ..samples import url_in

#: A Monday.
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
#: The Tuesday after, with ten slots of half an hour from 9 o'clock UTC.
DAY = TimeWindow(start=datetime(2026, 3, 3, tzinfo=UTC), end=datetime(2026, 3, 4, tzinfo=UTC))
NINE = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
HOURS = weekly("09:00", "14:00", days=(1, 2, 3, 4, 5, 6, 7))

#: Jicoo's id of the page that is the event type "intro-call"; ids begin with whatever they like.
PAGE = "_intro-page1"
ZOE = Attendee(name="Zoe", email="zoe@example.org", zone="Asia/Tokyo")
BO = Attendee(name="Bo", email="bo@example.org", zone="Europe/Paris")

#: What the page asks, as Jicoo knows it and as it is declared.
ASKED = (
    Asked(uid="q-topic", text="What is it about?"),
    Asked(uid="_q-days", text="Which days?", kind="checkbox", choices=("Mon", "Tue")),
    Asked(uid="q-size", text="How large?", kind="radio", choices=("S", "L")),
    Asked(uid="q-count", text="How many?"),
    Asked(uid="q-terms", text="I agree", kind="checkbox", choices=("I agree",)),
)
QUESTIONS = (
    Question(slug="topic", label="What is it about?", id="q-topic"),
    Question(
        slug="days", label="Which days?", kind=QuestionKind.CHECKBOXES, options=("Mon", "Tue"), id="_q-days"
    ),
    Question(slug="size", label="How large?", kind=QuestionKind.RADIO, options=("S", "L"), id="q-size"),
    Question(slug="count", label="How many?", kind=QuestionKind.NUMBER, id="q-count"),
    Question(slug="terms", label="I agree", kind=QuestionKind.BOOLEAN, id="q-terms"),
    Question(slug="company", label="Company"),
)
ANSWERS = {
    "topic": "pricing",
    "days": ("Mon",),
    "size": "L",
    "count": 3.0,
    "terms": True,
    "company": "Acme",
}
PHONE = Location(kind=LocationKind.ATTENDEE_PHONE)
OFFICE = Location(kind=LocationKind.IN_PERSON, value="1 Invented Street", label="Our office")
ZOOM = Location(kind=LocationKind.CONFERENCE, value="zoom", label="Zoom")


def slot(number: int) -> datetime:
    """Give the start of one of the ten slots of the day."""
    return NINE + number * HALF_HOUR


def declared(**fields: Any) -> EventType:
    """Give the event type that stands for the page, as a host declares it."""
    intro = EventType(slug="intro-call", id=PAGE, title="Intro call", hosts=(), questions=QUESTIONS)
    return replace(intro, **fields)


@dataclass(frozen=True, kw_only=True)
class AtJicoo:
    """A fake with one page, and a provider that calls it."""

    fake: FakeJicoo
    page: Page
    provider: JicooProvider
    client: JicooClient
    clock: FrozenClock
    keys: RequestKeys
    turns: Turns
    #: How long the provider has slept, each time.
    naps: list[float]
    #: What subscribers were last told of, by uid.
    told: dict[str, Booking] = field(default_factory=dict)

    def other(self, *event_types: EventType, **options: Any) -> JicooProvider:
        """Give another provider at the same fake, for other declared event types."""
        given = {
            "keys": self.keys,
            "turns": self.turns,
            "clock": self.clock,
            "sleep": self.naps.append,
            **options,
        }
        return JicooProvider(self.client, declared=event_types or (declared(),), **given)

    def request(self, start: datetime = NINE, **changes: Any) -> BookingRequest:
        """Give a request by Zoe."""
        return replace(BookingRequest(event_type="intro-call", start=start, attendee=ZOE), **changes)

    def tell(self, booking: Booking) -> Booking:
        """Let the subscribers hear of *booking*."""
        self.told[booking.uid] = booking
        return booking

    def starts(self) -> list[datetime]:
        """Give the starts of the free slots of the day."""
        return [each.start for each in self.provider.slots(declared(durations=(HALF_HOUR,)), DAY)]

    def calls(self, method: str = "", path: str = "") -> list[str]:
        """Give what was asked of the fake, those that begin so: "POST /bookings"."""
        made = [f"{each.method} {each.path.removeprefix('/v1')}" for each in self.fake.requests]
        return [each for each in made if each.startswith(f"{method} {path}".strip())]

    def sent(self, method: str, path: str) -> Any:
        """Give the body of the newest request of a method to a path that ends so."""
        found = [each for each in self.fake.requests if each.method == method and each.path.endswith(path)]
        return found[-1].json


class Journalled(JicooProvider):
    """A provider whose changes are remembered as they are told of, as the journal of an app does."""

    def __init__(self, client: JicooClient, *, told: dict[str, Booking], **options: Any) -> None:
        super().__init__(client, recall=told.get, **options)
        self._told = told

    def book(self, request: BookingRequest) -> Booking:
        """Book, and tell of it."""
        return self._tell(super().book(request))

    def reschedule(self, uid: str, start: datetime, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking, and tell of it."""
        return self._tell(super().reschedule(uid, start, reason=reason, by=by))

    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel a booking, and tell of it."""
        return self._tell(super().cancel(uid, reason=reason, by=by, scope=scope))

    def _tell(self, booking: Booking) -> Booking:
        self._told[booking.uid] = booking
        return booking


@contextmanager
def at_jicoo(
    folder: Path, *, now: datetime = NOW, event_type: EventType | None = None, **page: Any
) -> Iterator[AtJicoo]:
    """Start a fake at *now*, and a provider with one event type, declared in this way over such a page."""
    clock = FrozenClock(now)
    storage = Storage(url_in(folder))
    storage.upgrade()
    http = Http(sleep=lambda seconds: None)
    naps: list[float] = []
    told: dict[str, Booking] = {}
    with FakeJicoo(clock=clock) as fake:
        ann = fake.add_user("Ann", hours=HOURS)
        fields = {"uid": PAGE, "hosts": [ann], "questions": ASKED, **page}
        made = fake.add_event_type(**fields)
        keys, turns = RequestKeys(storage, clock), Turns(storage, clock, lasts=CHANGE_LASTS)
        client = JicooClient(http, fake.url, fake.api_key)
        recall: Callable[[str], Booking | None] = told.get
        provider = JicooProvider(
            client,
            declared=(event_type or declared(),),
            keys=keys,
            turns=turns,
            clock=clock,
            sleep=naps.append,
            recall=recall,
            webhook_secret="hush",
        )
        try:
            yield AtJicoo(
                fake=fake,
                page=made,
                provider=provider,
                client=client,
                clock=clock,
                keys=keys,
                turns=turns,
                naps=naps,
                told=told,
            )
        finally:
            http.close()
            storage.close()
        contract.check(fake.requests)
