"""Every request that the provider sends, use case by use case, as a table to be reviewed by eye.

What is sent about accounts and webhooks stands in `test_golden_accounts.py`.
`BOOKER_WRITE_GOLDEN=1 pytest tests/providers/calcom/test_golden.py` writes the table anew.
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
from booker_components.values import (
    BookingFilter,
    BookingOrder,
    BookingStatus,
    CancelScope,
    Location,
    LocationKind,
    TimeWindow,
)

from .samples import DAY, HALF_HOUR, NINE, SEATS, ZOE, AtCalcom, at_calcom, slot

TABLE = Path(__file__).parent / "golden" / "requests.md"

HEADER = """# Every request to Cal.com

Recorded by `tests/providers/calcom/test_golden.py` over the fake, and compared there. In each use case, what
was asked for shortly before (event types, slots) is known already. "As the host" means that the call carries
the account's credentials, "as a guest" that it carries none. Read against contracts/calcom.md 4.2 to 4.9
when it changes.
"""

WEEKLY = {"interval": 1, "occurrences": 3, "frequency": "weekly"}
ALWAYS = {"type": "always", "blockUnconfirmedBookingsInBooker": True}
PLACES = [
    {"type": "attendeePhone"},
    {"type": "integration", "integration": "google-meet"},
    {"type": "address", "address": "1 Invented Street", "public": True},
]
FIELDS = [
    {"type": "text", "slug": "topic", "label": "Topic"},
    {"type": "number", "slug": "people", "label": "People"},
    {"type": "multiselect", "slug": "days", "label": "Days", "options": ["Mon", "Tue"]},
    {"type": "boolean", "slug": "terms", "label": "Terms"},
    {"type": "text", "slug": "campaign", "label": "Campaign", "required": True, "hidden": True},
]

Case = Callable[[AtCalcom], Iterator[None]]
CASES: dict[str, Case] = {}


def case(title: str) -> Callable[[Case], Case]:
    """Declare a use case: what comes before its `yield` prepares it, and is not recorded."""

    def declare(act: Case) -> Case:
        CASES[title] = act
        return act

    return declare


# --- event types ---------------------------------------------------------------------------------


@case("Event types of a user")
def _list(at: AtCalcom) -> Iterator[None]:
    at.fake.add_event_type(at.user, "intro")
    yield
    at.provider.event_types()


@case("One event type, by user and slug")
def _one(at: AtCalcom) -> Iterator[None]:
    at.fake.add_event_type(at.user, "intro")
    yield
    at.provider.event_type("intro", owner="ann")


@case("One event type, by its id")
def _by_id(at: AtCalcom) -> Iterator[None]:
    made = at.fake.add_event_type(at.user, "intro")
    yield
    at.provider.event_type(str(made.id))


@case("Event types and slots of several users together")
def _group(at: AtCalcom) -> Iterator[None]:
    at.fake.add_user("bo")
    yield
    (event_type,) = at.other(replace(at.account, username="ann+bo")).event_types()
    at.provider.slots(event_type, DAY, zone=ZOE.zone)


@case("Event types of a team in an organization")
def _team(at: AtCalcom) -> Iterator[None]:
    team = at.fake.add_team("sales", at.user, organization="acme")
    at.fake.add_event_type(team, "demo")
    yield
    at.other(replace(at.account, username="", team="sales", organization="acme")).event_types()


@case("The event type of a booking that the public may not see")
def _hidden(at: AtCalcom) -> Iterator[None]:
    bo = at.fake.add_user("bo")
    made = at.fake.add_event_type(bo, "secret", hidden=True)
    booking = at.provider.get(at.fake.book(made, NINE).uid)
    yield
    at.provider.event_type_of(booking)


# --- slots ---------------------------------------------------------------------------------------


@case("Slots of a day")
def _day(at: AtCalcom) -> Iterator[None]:
    event_type = at.event_type()
    yield
    at.provider.slots(event_type, DAY, zone=ZOE.zone)


@case("Slots of two months, one hour long")
def _months(at: AtCalcom) -> Iterator[None]:
    event_type = at.event_type(lengthInMinutesOptions=[30, 60])
    window = TimeWindow(start=DAY.start, end=DAY.start + timedelta(days=40))
    yield
    at.provider.slots(event_type, window, duration=2 * HALF_HOUR, zone=ZOE.zone)


@case("Slots to move a booking to")
def _moving(at: AtCalcom) -> Iterator[None]:
    event_type = at.event_type()
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.slots(event_type, DAY, moving=booking.uid, zone=ZOE.zone)


@case("Slots to move a seat to, by a provider that knows only its uid")
def _moving_seat(at: AtCalcom) -> Iterator[None]:
    event_type = at.event_type(seats=SEATS)
    seat = at.provider.book(at.request(key="1"))
    yield
    at.other(at.account).slots(event_type, DAY, moving=seat.uid, zone=ZOE.zone)


@case("A slot held, looked at, given up")
def _holding(at: AtCalcom) -> Iterator[None]:
    event_type = at.event_type(lengthInMinutesOptions=[30, 60])
    yield
    hold = at.provider.hold(event_type, NINE)
    at.provider.held(hold.uid)
    at.provider.release(hold.uid)


# --- booking -------------------------------------------------------------------------------------


@case("A guest books, and sends the form a second time")
def _book(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    yield
    at.provider.book(at.request(key="1"))
    at.provider.book(at.request(key="1"))


@case("A guest books with every detail, in a slot seen seconds ago")
def _book_all(at: AtCalcom) -> Iterator[None]:
    event_type = at.event_type(lengthInMinutesOptions=[30, 60], locations=PLACES, bookingFields=FIELDS)
    at.provider.slots(event_type, DAY, duration=2 * HALF_HOUR, zone=ZOE.zone)
    yield
    request = at.request(
        key="1",
        duration=2 * HALF_HOUR,
        guests=("friend@example.org",),
        notes="Ring twice",
        answers={"topic": "pricing", "people": 3.0, "days": ("Mon",), "terms": True},
        location=Location(kind=LocationKind.ATTENDEE_PHONE, value="+49 30 123456"),
        metadata={"crm": "42"},
    )
    at.provider.book(request)


@case("A guest books a slot that was held")
def _book_held(at: AtCalcom) -> Iterator[None]:
    hold = at.provider.hold(at.event_type(), NINE)
    yield
    at.provider.book(at.request(key="1", hold=hold.uid))


@case("A guest takes a seat")
def _book_seat(at: AtCalcom) -> Iterator[None]:
    at.event_type(seats=SEATS)
    yield
    at.provider.book(at.request(key="1"))


@case("A guest books two of a series, by video")
def _book_series(at: AtCalcom) -> Iterator[None]:
    at.event_type(recurrence=WEEKLY, locations=PLACES)
    yield
    place = Location(kind=LocationKind.CONFERENCE, value="google-meet")
    at.provider.book(at.request(key="1", occurrences=2, location=place))


@case("An event type that only the host may book")
def _book_private(at: AtCalcom) -> Iterator[None]:
    at.event_type(bookingRequiresAuthentication=True)
    yield
    at.provider.book(at.request(key="1"))


@case("A booking whose answer was lost")
def _book_lost(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")
    yield
    at.provider.book(at.request(key="1"))


@case("A booking that Cal.com refuses in unknown words")
def _book_refused(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    at.fake.next(status=400, method="POST", path="/bookings")
    yield
    with suppress(BookerError):
        at.provider.book(at.request(key="1"))


# --- reading -------------------------------------------------------------------------------------


@case("A booking that was moved, by a provider that knows nothing of it")
def _get_moved(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    moved = at.provider.reschedule(at.provider.book(at.request(key="1")).uid, slot(3))
    yield
    at.other(at.account).get(moved.uid)


@case("A seat")
def _get_seat(at: AtCalcom) -> Iterator[None]:
    at.event_type(seats=SEATS)
    seat = at.provider.book(at.request(key="1"))
    yield
    at.provider.get(seat.uid)


@case("A series")
def _get_series(at: AtCalcom) -> Iterator[None]:
    at.event_type(recurrence=WEEKLY)
    series = at.provider.book(at.request(key="1"))
    yield
    at.provider.get(series.series)


# --- changing ------------------------------------------------------------------------------------


@case("A guest moves a booking")
def _move(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.reschedule(booking.uid, slot(3), reason="Train late", by="guest")


@case("A host moves a booking")
def _move_by_host(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.reschedule(booking.uid, slot(3), reason="Train late", by="host")


@case("A guest moves a seat")
def _move_seat(at: AtCalcom) -> Iterator[None]:
    at.event_type(seats=SEATS)
    seat = at.provider.book(at.request(key="1"))
    yield
    at.provider.reschedule(seat.uid, slot(3), reason="Train late", by="guest")


@case("A guest cancels a booking")
def _cancel(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.cancel(booking.uid, reason="Ill", by="guest")


@case("A host cancels a booking")
def _cancel_by_host(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.cancel(booking.uid, reason="Ill", by="host")


@case("A guest gives up a seat, without a reason")
def _cancel_seat(at: AtCalcom) -> Iterator[None]:
    at.event_type(seats=SEATS)
    seat = at.provider.book(at.request(key="1"))
    yield
    at.provider.cancel(seat.uid, by="guest")


@case("A guest cancels this and the following bookings of a series")
def _cancel_following(at: AtCalcom) -> Iterator[None]:
    at.event_type(recurrence=WEEKLY)
    series = at.provider.book(at.request(key="1"))
    yield
    second = series.occurrences[1].uid
    at.provider.cancel(second, reason="Ill", by="guest", scope=CancelScope.FOLLOWING)


@case("A guest cancels all of a series")
def _cancel_all(at: AtCalcom) -> Iterator[None]:
    at.event_type(recurrence=WEEKLY)
    series = at.provider.book(at.request(key="1"))
    yield
    at.provider.cancel(series.uid, reason="Ill", by="guest", scope=CancelScope.ALL)


# --- hosts ---------------------------------------------------------------------------------------


@case("A host agrees to a booking")
def _confirm(at: AtCalcom) -> Iterator[None]:
    at.event_type(confirmationPolicy=ALWAYS)
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.confirm(booking.uid)


@case("A host declines a booking")
def _decline(at: AtCalcom) -> Iterator[None]:
    at.event_type(confirmationPolicy=ALWAYS)
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.decline(booking.uid, reason="No room")


@case("A host notes who did not come")
def _absent(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    booking = at.provider.book(at.request(key="1"))
    at.clock.set(NINE)
    yield
    at.provider.mark_absent(booking.uid, host=True, attendees=[ZOE.email])


@case("A host adds guests")
def _add_guests(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.add_guests(booking.uid, ["one@example.org", "two@example.org"])


@case("Links for calendars")
def _links(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    booking = at.provider.book(at.request(key="1"))
    yield
    at.provider.calendar_links(booking.uid)


@case("Bookings, by every filter")
def _bookings(at: AtCalcom) -> Iterator[None]:
    at.event_type()
    yield
    wanted = BookingFilter(
        status=frozenset({BookingStatus.PENDING, BookingStatus.CANCELLED}),
        event_types=frozenset({"intro"}),
        attendee_email=ZOE.email,
        attendee_name=ZOE.name,
        after=DAY.start,
        before=DAY.end,
        created_after=DAY.start,
        created_before=DAY.end,
        updated_after=DAY.start,
        updated_before=DAY.end,
        order=BookingOrder.CREATED,
        descending=True,
    )
    at.provider.bookings(wanted)


@case("Bookings that have changed")
def _changed(at: AtCalcom) -> Iterator[None]:
    yield
    list(at.provider.changed_since(DAY.start))


# --- the table -----------------------------------------------------------------------------------


def recorded(folder: Path, act: Case) -> str:
    """Run one use case and give its requests as text."""
    with at_calcom(folder) as at:
        steps = act(at)
        next(steps)
        at.fake.requests.clear()
        next(steps, None)
        return "\n\n".join(map(written, at.fake.requests))


def written(request: Any) -> str:
    """Give one request, without secrets."""
    path = request.path.removeprefix("/v2")
    version = request.headers.get("cal-api-version", "none")
    who = "as the host" if "Authorization" in request.headers else "as a guest"
    query = [f"    ? {name} = {', '.join(values)}" for name, values in sorted(request.query.items())]
    body = json.dumps(request.json, indent=2, ensure_ascii=False, sort_keys=True) if request.body else ""
    lines = [f"    {line}" for line in body.splitlines()]
    return "\n".join([f"    {request.method} {path}", f"    # {who}, version {version}", *query, *lines])


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
    """No key, and no token."""
    assert "cal_" not in table.replace("cal-api", "")
    assert "Bearer" not in table
