"""No text is forgotten: what is said in a language that nobody speaks holds no English."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booker_components import (
    Approval,
    ChangeRule,
    EventType,
    Frequency,
    HostGroup,
    Location,
    LocationKind,
    Member,
    Price,
    Question,
    QuestionKind,
    ReasonRule,
    Seats,
    Series,
    booker_link,
    booking_link,
    cancel_booking,
    confirm_booking,
    create_booking,
    decline_booking,
    reschedule_booking,
)
from booker_components.testing import FrozenClock
from booker_components.upkeep.reminders import Reminders

from .conftest import HOST, TUESDAY
from .guests import Guest
from .mail.boxes import Mailbox, content, smtp_server
from .pages import Page
from .pseudo import TAG, forgotten, lay_catalogue, pseudo, texts_of
from .studio import Studio, studio_app

NINE, TEN, LATER = "2027-02-02T08:00:00Z", "2027-02-02T09:00:00Z", "2027-02-04T09:00:00Z"
BO: dict[str, Any] = {"name": "‹Bo Müller›", "email": "bo@guest.example"}
EVE = replace(HOST, slug="eve", name="‹Eve›", email="eve@example.com")


def offer(slug: str, **more: Any) -> EventType:
    """Give an event type with a host of its own."""
    base = EventType(
        slug=slug,
        title="‹Talk›",
        hosts=(replace(HOST, slug=f"ada-{slug}", name="‹Ada›"),),
        description="‹A first talk.›",
        reminders=(timedelta(hours=24),),
        reschedule=ChangeRule(reason=ReasonRule.REQUIRED),
        cancel=ChangeRule(reason=ReasonRule.REQUIRED),
    )
    return replace(base, **more)


KINDS = dict.fromkeys(QuestionKind, ()) | dict.fromkeys(
    (QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES), ("‹A›", "‹B›")
)
QUESTIONS = tuple(
    Question(slug=f"q-{kind}", label=f"‹{kind}›", kind=kind, required=True, options=options)
    for kind, options in KINDS.items()
)
PLACES = tuple(
    Location(kind=each, value="" if each.value.startswith("attendee") else f"‹{each}›")
    for each in LocationKind
    if each is not LocationKind.LINK
)
TALK = offer("talk")
ASKING = offer(
    "asking",
    durations=(timedelta(minutes=30), timedelta(minutes=90)),
    locations=PLACES,
    questions=QUESTIONS,
)
COURSE = offer("course", series=Series(frequency=Frequency.WEEKLY, interval=2, occurrences=8))
PRIVATE = offer("private", private=True)
VERIFIED = offer("verified", verify_email=True)
STRICT = offer(
    "strict",
    max_active=1,
    minimum_notice=timedelta(hours=20),
    reschedule=ChangeRule(notice=timedelta(hours=30)),
    cancel=ChangeRule(allowed=False),
    zone_locked=True,
)
OFFERS = [
    TALK,
    ASKING,
    offer("asked", approval=Approval()),
    offer("soon", approval=Approval(within=timedelta(days=2))),
    offer("class", seats=Seats(per_slot=3)),
    COURSE,
    PRIVATE,
    VERIFIED,
    STRICT,
    offer(
        "team",
        hosts=(replace(HOST, name="‹Ada›"), EVE),
        groups=(HostGroup(members=(Member(host="ada"), Member(host="eve"))),),
    ),
]


class Reader(Guest):
    """A guest who notes every text that was forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.read: list[str] = []

    def _ask(self, method: str, address: str, data: dict[str, Any] | None) -> Page:
        page = super()._ask(method, address, data)
        self.read += texts_of(page.response.text)
        return page


@pytest.fixture
def translations(tmp_path: Path) -> Path:
    """A folder with the catalogue of the pseudo-language."""
    return lay_catalogue(tmp_path / "translations")


@pytest.fixture
def speaking(translations: Path) -> dict[str, Any]:
    """Settings of an app that speaks no other language."""
    return {"BOOKER_TRANSLATIONS": translations, "BOOKER_LANGUAGES": [TAG]}


@pytest.fixture
def mailbox() -> Mailbox:
    """What the app has mailed."""
    return Mailbox()


@pytest.fixture
def app(make_app: Callable[..., Flask], speaking: dict[str, Any], mailbox: Mailbox) -> Iterator[Flask]:
    """An app that mails, with every kind of event type, in its context."""
    with smtp_server(mailbox) as place:
        app = make_app(
            BOOKER_EVENT_TYPES=OFFERS,
            BOOKER_DISPATCH="none",
            BOOKER_LANGUAGE_SWITCH=True,
            BOOKER_OVERLAY="link",
            BOOKER_MAIL_URL=f"smtp://{place}",
            BOOKER_MAIL_FROM="bookings@app.example",
            BOOKER_PUBLIC_URL="http://localhost",
            **speaking,
        )
        with app.app_context():
            yield app


@pytest.fixture
def reader(app: Flask) -> Reader:
    """A guest of that app."""
    return Reader(app.test_client())


def booked(slug: str = "talk", start: Any = TUESDAY, **more: Any) -> str:
    """Book for Bo, and give the uid."""
    return create_booking(slug, start, **(BO | {"zone": "Asia/Tokyo"} | more)).uid


def _forgotten(texts: Iterable[str]) -> str:
    """Give the English texts among *texts*, one on each line."""
    return "\n".join(forgotten(texts).values())


# --- what guests see -----------------------------------------------------------------------------


def _booker(reader: Reader, clock: FrozenClock) -> None:
    for each in OFFERS:
        reader.open(f"/book/{each.slug}")
        reader.open(f"/book/{each.slug}?date=2027-02-02&clock=12")
        reader.open(f"/book/{each.slug}?slot={TEN}")
    reader.open("/book/talk?date=2027-02-02&zones=1")
    reader.open("/booker/overlay?id=bk")
    reader.open("/book/talk?month=2031-01")
    reader.open("/book/talk?month=2020-01")
    reader.open("/book/talk?date=wrong&tz=Nowhere/Land&duration=7&month=x")
    reader.open("/book/talk?slot=2027-02-02T08:07:00Z")
    link = booker_link("talk", locked={"name": "‹Cy›", "email": "cy@guest.example"})
    private = booker_link("private")
    reader.open(link)
    reader.open(private)
    clock.move(timedelta(days=400))
    reader.open(link)
    reader.open(private)


def _mistakes(reader: Reader, clock: FrozenClock) -> None:
    reader.open(f"/book/asking?slot={TEN}")
    reader.send()
    kinds = {f"q-{kind}": "x" for kind in QuestionKind}
    reader.send(name="1" * 300, email="no", guests="a\nb@", notes="1" * 9000, location="?", **kinds)
    crowd = "\n".join(f"g{number}@guest.example" for number in range(30))
    reader.send(email="a@b@c", guests=crowd, phone="1", place="")
    many = {f"q-{kind}": "1" * 9000 for kind in QuestionKind}
    reader.send(**many, email=f"{'a' * 300}@guest.example")
    reader.open(f"/book/course?slot={TEN}")
    reader.send(**BO, occurrences="99")
    reader.send(occurrences="many")
    reader.open(f"/book/talk?slot={TEN}")
    action, data = reader.page.form()
    reader.post(action, {**data, **BO, "csrf_token": "wrong"})
    booked(start=TUESDAY + timedelta(hours=1))
    reader.post(action, {**data, **BO})
    reader.press("date=2027-02-02")
    reader.open(f"/book/verified?slot={TEN}")
    reader.send(**BO)
    reader.send(code="123")
    for slug in ("strict", "course"):
        reader.open(f"/book/{slug}?slot={LATER}")
        action, data = reader.page.form()
        reader.post(action, {**data, **BO})
        reader.open(f"/book/{slug}?slot=2027-02-03T09:00:00Z")
        reader.send(**BO)


def _life(reader: Reader, clock: FrozenClock) -> None:
    for each in OFFERS:
        if each not in (ASKING, PRIVATE, STRICT, VERIFIED):
            reader.open(f"/book/{each.slug}?slot={LATER}&tz=Asia/Tokyo")
            reader.send(**BO, guests="cy@guest.example", notes="‹Notes›")
            reader.open(reader.addresses[-1].partition("?")[0])
            cancel_booking(reader.addresses[-1].rpartition("/")[2], reason="‹Reason›")
            reader.open(reader.addresses[-1])
    uid = booked()
    for purpose in ("manage", "reschedule", "cancel"):
        reader.open(booking_link(uid, purpose))
    reader.send()
    reader.open(booking_link(uid, "reschedule"))
    reader.follow("slot=", 5)
    reader.send()
    reader.send(reason="‹Late›")
    reader.open(f"/bookings/{uid}?token=wrong")
    reader.open(booking_link(uid, "cancel"))
    reader.send(reason="‹Ill›")
    reader.open(booking_link(uid, "cancel"))
    past = booked()
    clock.move(timedelta(days=3))
    for purpose in ("manage", "reschedule", "cancel"):
        reader.open(booking_link(past, purpose))


def _rules(reader: Reader, clock: FrozenClock) -> None:
    for slug in ("strict", "class", "course"):
        uid = booked(slug, TUESDAY + timedelta(days=1))
        for purpose in ("manage", "reschedule", "cancel"):
            reader.open(booking_link(uid, purpose))
    clock.move(timedelta(hours=12))
    for purpose in ("manage", "reschedule", "cancel"):
        reader.open(booking_link(uid, purpose))


def _decisions(reader: Reader, clock: FrozenClock) -> None:
    for slug in ("asked", "soon"):
        uid = booked(slug, TUESDAY + timedelta(hours=2))
        link = booking_link(uid, "decide")
        reader.open(link)
        reader.send(decision="decline", reason="1" * 9000)
        reader.send(decision="confirm", reason="")
        reader.open(link)
        reader.open(booking_link(uid, "manage"))
    uid = booked("asked", TUESDAY)
    decline_booking(uid, reason="‹No›")
    reader.open(booking_link(uid, "decide"))
    reader.open(booking_link(uid, "manage"))
    gone = booked("asked", TUESDAY)
    link = booking_link(gone, "decide")
    cancel_booking(gone, reason="‹Ill›")
    reader.open(link)
    late = booked("asked", TUESDAY)
    clock.move(timedelta(days=2))
    reader.open(booking_link(late, "decide"))


def _notices(reader: Reader, clock: FrozenClock) -> None:
    uid = booked()
    reader.open(f"/bookings/{uid}")
    reader.send()
    for address in ("/bookings/none", "/book/none", "/cancel/none", "/reschedule", "/bookings/return"):
        reader.open(address)
    reader.post("/book/talk", {"slot": NINE, "x": "y" * 300_000})
    reader.post(f"/bookings/{uid}/link", {"csrf_token": "wrong"})
    link = booking_link(uid, "manage")
    clock.move(timedelta(days=90))
    reader.open(link)


FLOWS = (_booker, _mistakes, _life, _rules, _decisions, _notices)


@pytest.mark.parametrize("flow", FLOWS, ids=lambda flow: flow.__name__[1:])
def test_pages_are_translated(
    reader: Reader, clock: FrozenClock, flow: Callable[[Reader, FrozenClock], None]
) -> None:
    """Whatever a page of this flow says is translated, a host's, a guest's or CLDR's."""
    flow(reader, clock)

    found = _forgotten(reader.read)
    assert not found, found
    assert not {500, 502} & set(reader.statuses)


@pytest.mark.parametrize(
    "offer",
    [
        replace(TALK, slug="class", price=Price(amount=4000, currency="EUR"), seats=Seats(per_slot=12)),
        replace(
            TALK,
            slug="class",
            elsewhere=pseudo("Elsewhere."),
            booking_url="https://there.example/x",
            price=Price(amount=4000, currency="EUR"),
        ),
    ],
    ids=["priced", "elsewhere"],
)
def test_pages_over_other_providers_are_translated(
    tmp_path: Path, clock: FrozenClock, speaking: dict[str, Any], offer: EventType
) -> None:
    """What our own engine cannot do is said in the same words."""
    app = studio_app(tmp_path, Studio(offer, clock), clock, **speaking)
    reader = Reader(app.test_client())

    reader.open("/book/class?date=2027-02-02")
    if not offer.elsewhere:
        reader.open(f"/book/class?slot={TEN}")
        reader.send(**BO)
    app.extensions["booker"].storage.close()

    found = _forgotten(reader.read)
    assert not found, found


# --- what is mailed ------------------------------------------------------------------------------


def test_mails_are_translated(app: Flask, clock: FrozenClock, mailbox: Mailbox) -> None:
    """Each mail to guests and hosts, with its subject and its calendar."""
    _send_every_mail(app, clock)

    found = _forgotten(text for mail in mailbox.mails for text in _texts_of_mail(mail))
    assert len(mailbox.mails) > 20
    assert not found, found


def _send_every_mail(app: Flask, clock: FrozenClock) -> None:
    parts = app.extensions["booker"]
    deliver, reminders = (
        parts.outbox.deliver_due,
        Reminders(parts.service, storage=parts.storage, outbox=parts.outbox, clock=clock),
    )
    uid = booked(notes="‹Notes›", guests=("cy@guest.example",))
    reschedule_booking(uid, TUESDAY + timedelta(hours=2), by="host", reason="‹Reason›")
    cancel_booking(uid, by="guest", reason="‹Reason›")
    for hours, decide in enumerate((confirm_booking, decline_booking)):
        decide(booked("asked", TUESDAY + timedelta(hours=hours)))
        deliver()
        clock.move(timedelta(minutes=1))
    course = booked("course", TUESDAY + timedelta(days=2))
    cancel_booking(course, by="host", reason="‹Reason›")
    waiting = booked("asked", TUESDAY + timedelta(days=3))
    reschedule_booking(waiting, TUESDAY + timedelta(days=3, hours=1), by="guest", reason="‹Reason›")
    asker = Guest(app.test_client())
    asker.open(f"/book/verified?slot={TEN}")
    asker.send(**BO)
    asker.open(f"/bookings/{booked('talk', TUESDAY + timedelta(days=3))}")
    asker.send()
    deliver()
    clock.set(TUESDAY + timedelta(days=2, hours=1))
    reminders.add_due()
    deliver()


def _texts_of_mail(mail: EmailMessage) -> Iterator[str]:
    yield mail["Subject"]
    yield from content(mail, "plain").splitlines()
    yield from texts_of(content(mail, "html"))
    calendars = [part.get_content() for part in mail.walk() if part.get_content_type() == "text/calendar"]
    for line in "\n".join(calendars).replace("\r\n ", "").splitlines():
        if line.startswith(("SUMMARY", "DESCRIPTION", "LOCATION")):
            yield line.partition(":")[2]
