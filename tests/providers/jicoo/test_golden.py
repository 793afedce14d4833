"""Every request that the provider sends, use case by use case, as a table to be reviewed by eye.

`BOOKER_WRITE_GOLDEN=1 pytest tests/providers/jicoo/test_golden.py` writes the table anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import BookerError
from booker_components.providers.jicoo.changing import Changer
from booker_components.providers.jicoo.desk import Desk
from booker_components.values import BookingFilter, BookingOrder, BookingStatus, EventType, TimeWindow

from .samples import ANSWERS, DAY, NINE, OFFICE, PHONE, ZOE, AtJicoo, at_jicoo, declared, slot

TABLE = Path(__file__).parent / "golden" / "requests.md"

HEADER = """# Every request to Jicoo

Recorded by `tests/providers/jicoo/test_golden.py` over the fake, and compared there. In each use case, what
was asked for shortly before (event types, hosts, users) is known already. Calls that go out at the same time
stand in the order of their paths. Every call carries the API key. Read against contracts/jicoo.md 1 to 2.9
when it changes.
"""

Case = Callable[[AtJicoo], Iterator[None]]
CASES: dict[str, Case] = {}
PLACES = declared(locations=(OFFICE, PHONE))


def case(title: str) -> Callable[[Case], Case]:
    """Declare a use case: what comes before its `yield` prepares it, and is not recorded."""

    def declare(act: Case) -> Case:
        CASES[title] = act
        return act

    return declare


def _known(at: AtJicoo) -> EventType:
    """Let the provider know the event type, its hosts and the users."""
    at.provider.get(at.fake.book(at.page, slot(9)).uid)
    return at.provider.event_type("intro-call")


# --- event types and slots -----------------------------------------------------------------------


@case("Event types")
def _list(at: AtJicoo) -> Iterator[None]:
    yield
    at.provider.event_types()


@case("One event type that is declared")
def _one(at: AtJicoo) -> Iterator[None]:
    yield
    at.provider.event_type("intro-call")


@case("Slots of a day")
def _day(at: AtJicoo) -> Iterator[None]:
    event_type = _known(at)
    yield
    at.provider.slots(event_type, DAY)


@case("Slots of ten days: no more than seven are asked for at once")
def _days(at: AtJicoo) -> Iterator[None]:
    event_type = _known(at)
    yield
    at.provider.slots(event_type, TimeWindow(start=DAY.start, end=DAY.start + timedelta(days=10)))


# --- booking -------------------------------------------------------------------------------------


@case("A guest books, and sends the form a second time")
def _book(at: AtJicoo) -> Iterator[None]:
    _known(at)
    yield
    at.provider.book(at.request(key="1"))
    at.provider.book(at.request(key="1"))


@case("A guest books with every detail")
def _book_all(at: AtJicoo) -> Iterator[None]:
    _known(at)
    provider = at.other(PLACES)
    provider.get(at.fake.bookings[0].uid)
    yield
    request = at.request(
        key="1",
        attendee=replace(ZOE, locale="ja"),
        guests=("friend@example.org",),
        notes="Ring twice",
        answers=ANSWERS,
        location=replace(PHONE, value="+49 30 123456"),
        metadata={"utm_source": "mail", "utm_campaign": "winter", "crm": "42"},
    )
    provider.book(request)


@case("A booking whose location is refused")
def _book_elsewhere(at: AtJicoo) -> Iterator[None]:
    _known(at)
    provider = at.other(PLACES)
    at.fake.next(status=422, words="locationId is not offered", method="POST", path="/bookings")
    yield
    provider.book(at.request(key="1", location=OFFICE))


@case("A booking that is refused in unknown words")
def _book_refused(at: AtJicoo) -> Iterator[None]:
    _known(at)
    at.fake.next(status=422, method="POST", path="/bookings")
    yield
    with suppress(BookerError):
        at.provider.book(at.request(key="1"))


@case("A booking whose answer was lost")
def _book_lost(at: AtJicoo) -> Iterator[None]:
    _known(at)
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")
    yield
    at.provider.book(at.request(key="1"))


@case("A booking that was lost before it was made")
def _book_again(at: AtJicoo) -> Iterator[None]:
    _known(at)
    at.fake.next(cut=True, method="POST", path="/bookings")
    yield
    at.provider.book(at.request(key="1"))


# --- reading and changing ------------------------------------------------------------------------


@case("A booking")
def _get(at: AtJicoo) -> Iterator[None]:
    _known(at)
    yield
    at.provider.get(at.fake.bookings[0].uid)


@case("A guest moves a booking")
def _move(at: AtJicoo) -> Iterator[None]:
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.reschedule(booking.uid, slot(3), reason="Train late", by="guest")


@case("A host moves a booking")
def _move_by_host(at: AtJicoo) -> Iterator[None]:
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.reschedule(booking.uid, slot(3), by="host")


@case("A move whose answer was lost, to a booking with another uid")
def _move_lost(at: AtJicoo) -> Iterator[None]:
    at.fake.habits.keeps_uid = False
    booking = at.provider.book(at.request(key="1"))
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings/*/reschedule")
    yield
    at.provider.reschedule(booking.uid, slot(3), by="guest")


@case("A guest cancels a booking")
def _cancel(at: AtJicoo) -> Iterator[None]:
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.cancel(booking.uid, reason="Ill", by="guest")


@case("A cancellation whose reason is refused")
def _cancel_plainly(at: AtJicoo) -> Iterator[None]:
    booking = at.provider.book(at.request(key="1"))
    at.fake.next(status=422, method="POST", path="/bookings/*/cancel")
    yield
    at.provider.cancel(booking.uid, reason="Ill", by="guest")


@case("A cancellation whose answer was lost")
def _cancel_lost(at: AtJicoo) -> Iterator[None]:
    booking = at.provider.book(at.request(key="1"))
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings/*/cancel")
    yield
    at.provider.cancel(booking.uid, by="guest")


@case("A host edits a booking")
def _edit(at: AtJicoo) -> Iterator[None]:
    booking = at.provider.book(at.request(key="1"))
    desk = Desk.of(at.client, turns=at.turns, clock=at.clock, sleep=at.naps.append, declared=(declared(),))
    desk.reader.find(booking.uid)
    yield
    Changer(desk).update(
        booking.uid,
        title="Second call",
        description="",
        start=NINE - timedelta(hours=8),
        hosts={at.page.hosts[0].user.id: "editor"},
        priority="high",
        message="Sorry",
        notify=True,
    )


# --- lists ---------------------------------------------------------------------------------------


@case("Bookings, by every filter")
def _bookings(at: AtJicoo) -> Iterator[None]:
    at.provider.book(at.request(key="1"))
    yield
    wanted = BookingFilter(
        status=frozenset({BookingStatus.CONFIRMED}),
        event_types=frozenset({"intro-call"}),
        attendee_email=ZOE.email,
        attendee_name=ZOE.name,
        after=DAY.start,
        before=DAY.end,
        created_before=DAY.end,
        updated_before=DAY.end,
        order=BookingOrder.CREATED,
        descending=True,
    )
    at.provider.bookings(wanted)


@case("Bookings that were made lately")
def _lately(at: AtJicoo) -> Iterator[None]:
    yield
    at.provider.bookings(BookingFilter(created_after=DAY.start))


@case("Bookings that have changed")
def _changed(at: AtJicoo) -> Iterator[None]:
    at.provider.book(at.request(key="1"))
    yield
    list(at.provider.changed_since(DAY.start - timedelta(days=1)))


# --- the table -----------------------------------------------------------------------------------


def recorded(folder: Path, act: Case) -> str:
    """Run one use case and give its requests as text."""
    with at_jicoo(folder, locations=("inPerson", "phone")) as at:
        steps = act(at)
        next(steps)
        prepared = len(at.fake.requests)
        next(steps, None)
        names = {each.uid: f"<booking {number}>" for number, each in enumerate(at.fake.bookings, 1)}
        made = at.fake.requests[prepared:]
        # A location that is left out on purpose is more than one copy of the documents allows.
        at.fake.requests[:] = [
            each for each in at.fake.requests if "locationId" in (each.json or "locationId")
        ]
    texts = [written(each) for each in made]
    for uid, name in names.items():
        texts = [text.replace(uid, name) for text in texts]
    return "\n\n".join(_in_order(texts)) or "    (nothing is asked)"


def _in_order(texts: list[str]) -> Iterator[str]:
    """Give requests with reads that may cross on their way in the order of their paths."""
    reads: list[str] = []
    for text in texts:
        if text.startswith("    GET"):
            reads.append(text)
            continue
        yield from sorted(reads)
        reads = []
        yield text
    yield from sorted(reads)


def written(request: Any) -> str:
    """Give one request, without the key."""
    path = request.path.removeprefix("/v1")
    query = [f"    ? {name} = {', '.join(values)}" for name, values in sorted(request.query.items())]
    body = json.dumps(request.json, indent=2, ensure_ascii=False, sort_keys=True) if request.body else ""
    lines = [f"    {line}" for line in body.splitlines()]
    return "\n".join([f"    {request.method} {path}", *query, *lines])


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The table as the provider writes it now."""
    parts = [
        f"## {title}\n\n{recorded(tmp_path_factory.mktemp('golden'), act)}" for title, act in CASES.items()
    ]
    return "\n\n".join([HEADER.strip(), *parts]) + "\n"


def test_every_request_is_as_reviewed(table: str) -> None:
    """What goes out is what the table says; whoever changes it looks at the difference."""
    if os.environ.get("BOOKER_WRITE_GOLDEN"):
        TABLE.write_text(table, "utf-8")

    assert table == TABLE.read_text("utf-8"), "BOOKER_WRITE_GOLDEN=1 writes the table anew; review it."


def test_the_table_holds_no_secret(table: str) -> None:
    """No key."""
    assert "sk_live_" not in table
