"""A practice that takes its bookings at Jicoo, served; strangers book at Jicoo's own pages."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from flask import Flask

from booker_components import Approval, EventType, Host, Location, LocationKind, Question, QuestionKind
from booker_components.testing import FakeJicoo, FrozenClock
from booker_components.testing import jicoo as pages
from booker_components.testing.jicoo import Booking

from ..testing.jicoo import watched_jicoo
from .servers import Server

_ANN = Host(slug="u_1", name="Ann", zone="Europe/Berlin")
_HALF_AN_HOUR = (timedelta(minutes=30),)

#: What the app declares, each with Jicoo's id; the questions of the talk are of every kind that Jicoo has.
DECLARED: tuple[EventType, ...] = (
    EventType(
        slug="talk",
        id="_t4lk-wITh-U",
        title="Talk",
        hosts=(_ANN,),
        durations=_HALF_AN_HOUR,
        locations=(
            Location(kind=LocationKind.IN_PERSON, value="12 Alder Lane"),
            Location(kind=LocationKind.ATTENDEE_PHONE),
        ),
        questions=(
            Question(slug="topic", id="q_topic", label="What is it about?", required=True),
            Question(
                slug="size", id="q_size", label="Size", kind=QuestionKind.RADIO, options=("Small", "Large")
            ),
            Question(
                slug="days", id="-q_days", label="Days", kind=QuestionKind.CHECKBOXES, options=("Mon", "Tue")
            ),
            Question(
                slug="consent",
                id="q_consent",
                label="I have read the rules.",
                kind=QuestionKind.BOOLEAN,
                required=True,
            ),
        ),
    ),
    EventType(slug="class", id="-cLaSs_of-3_", title="Class", hosts=(_ANN,)),
    EventType(slug="visit", id="vIsIt_req-01", title="Visit", hosts=(_ANN,), approval=Approval()),
    EventType(slug="intro", id="iNtRo_30-min", title="Intro", hosts=(_ANN,)),
)

_QUESTIONS = (
    pages.Question(uid="q_topic", text="What is it about?", required=True),
    pages.Question(uid="q_size", text="Size", kind="radio", choices=("Small", "Large")),
    pages.Question(uid="-q_days", text="Days", kind="checkbox", choices=("Mon", "Tue")),
    pages.Question(
        uid="q_consent",
        text="I have read the rules.",
        kind="checkbox",
        required=True,
        choices=("I have read the rules.",),
    ),
)


@dataclass(frozen=True, kw_only=True)
class Practice:
    """An app and the team at Jicoo behind it."""

    jicoo: FakeJicoo
    server: Server
    offers: Mapping[str, pages.EventType]

    @property
    def bookings(self) -> list[Booking]:
        """Every booking at Jicoo, in the order of their making."""
        return self.jicoo.bookings

    @property
    def sent(self) -> list[str]:
        """Method and path of every request that Jicoo got, oldest first."""
        return [f"{each.method} {each.path}" for each in self.jicoo.requests]

    def take(self, slug: str, hour: int) -> None:
        """Book *hour* UTC on Tuesday, 2 February 2027 at Jicoo's own page, as somebody else."""
        page = self.offers[slug]
        answers = {"q_topic": "Theirs", "q_consent": ["I have read the rules."]} if page.questions else {}
        self.jicoo.book(page, datetime(2027, 2, 2, hour, tzinfo=UTC), answers=answers)


@contextmanager
def open_practice(
    clock: FrozenClock, make_app: Callable[..., Flask], serve: Callable[[Flask], Server]
) -> Iterator[Practice]:
    """Serve an app that takes its bookings at a Jicoo with what it declares.

    In the end every call that it made is held against what is known of Jicoo's API.
    """
    with watched_jicoo(FakeJicoo(clock=clock)) as jicoo:
        ann = jicoo.add_user("Ann", email="ann@example.com", zone="Europe/Berlin")
        offers = {
            each.slug: jicoo.add_event_type(
                uid=each.id,
                name=each.title,
                hosts=[ann],
                questions=_QUESTIONS if each.questions else (),
                capacity=3 if each.slug == "class" else 1,
                approval=each.approval is not None,
                locations=("inPerson", "phone") if each.locations else ("zoom",),
                place="12 Alder Lane",
            )
            for each in DECLARED
        }
        app = make_app(
            BOOKER_PROVIDER="jicoo",
            BOOKER_EVENT_TYPES=DECLARED,
            BOOKER_JICOO_API_URL=jicoo.url,
            BOOKER_JICOO_API_KEY=jicoo.api_key,
            BOOKER_JICOO_ZONE="Europe/Berlin",
        )
        yield Practice(jicoo=jicoo, server=serve(app), offers=offers)
        app.extensions["booker"].jicoo.close()
