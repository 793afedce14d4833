"""Tests of what is kept about a guest: told as a whole, erased from every table and from the file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import insert, select

from booker_components.errors import DeliveryFailed, Refused
from booker_components.outbox import DeliveryState, Outbox
from booker_components.payloads import booking_to_dict, notice_to_dict
from booker_components.privacy import Privacy
from booker_components.providers.embedded.audit import note
from booker_components.providers.embedded.tables import appointments, bookings, host_times, hosts
from booker_components.records.tables import inbox, known_bookings, moves, prefills, reports, request_keys
from booker_components.records.traces import overwrite
from booker_components.service import BookingService
from booker_components.storage import Storage, metadata
from booker_components.testing import FrozenClock, Recorder
from booker_components.values import (
    Attendee,
    Booking,
    BookingFilter,
    BookingStatus,
    CancelScope,
    EventKind,
    Host,
    Notice,
    NoticeKind,
)

from .databases import lay_database
from .providers.samples import NOW

ZOE = "zoe@example.org"
#: What must be found nowhere once she is erased.
TRACES = ("zoe@example.org", "zoe%40example.org", "zoe quill", "+81 3", "my knee", "moving house")

ADA = Host(slug="ada", name="Ada Lovelace", zone="UTC", email="ada@example.com")
DAY = timedelta(days=1)
OWN = Booking(
    uid="own",
    event_type="intro-call",
    title="Intro call",
    start=NOW - DAY,
    end=NOW - DAY + timedelta(minutes=30),
    status=BookingStatus.CONFIRMED,
    hosts=(ADA,),
    attendee=Attendee(name="Zoe Quill", email="Zoe@Example.org", zone="Asia/Tokyo", phone="+81 3 12"),
    created_at=NOW - 3 * DAY,
    updated_at=NOW - 2 * DAY,
    revision=2,
    guests=("friend@example.org",),
    notes="My knee hurts.",
    answers={"topic": "My knee"},
    metadata={"crm": "zoe@example.org"},
    reason="Moving house",
    changed_by="guest",
)
OTHERS = replace(
    OWN,
    uid="others",
    start=NOW + DAY,
    end=NOW + DAY + timedelta(minutes=30),
    attendee=Attendee(name="Bo", email="bo@example.com"),
    guests=("zoe@example.org", "cy@example.com"),
    notes="Together with ZOE@example.org, please.",
    answers={"topic": "Travels"},
    metadata={},
    reason="",
)


class Desk:
    """A provider that lists and cancels what a test gives it."""

    name = "desk"

    def __init__(self, *held: Booking) -> None:
        self.held = {booking.uid: booking for booking in held}

    def bookings(self, wanted: BookingFilter) -> list[Booking]:
        """Give those that match."""
        return [
            booking
            for booking in self.held.values()
            if booking.attendee.email.lower() == wanted.attendee_email.lower()
            and booking.status in wanted.status
            and wanted.after is not None
            and booking.end > wanted.after
        ]

    def get(self, uid: str) -> Booking:
        """Give one."""
        return self.held[uid]

    def cancel(
        self, uid: str, *, reason: str = "", by: str = "", scope: CancelScope = CancelScope.ONE
    ) -> Booking:
        """Cancel one."""
        booking = self.held[uid]
        gone = replace(booking, status=BookingStatus.CANCELLED, revision=booking.revision + 1, changed_by=by)
        self.held[uid] = gone
        return gone


class Kept:
    """A database with something about Zoe in every table that can have it."""

    def __init__(self, storage: Storage, clock: FrozenClock) -> None:
        self.storage = storage
        self.recorder = Recorder(name="crm")
        self.outbox = Outbox(storage, [self.recorder], clock=clock)
        self.desk = Desk()
        service = BookingService(
            provider=self.desk,  # type: ignore[arg-type] # only what is called
            storage=storage,
            outbox=self.outbox,
            clock=clock,
        )
        self.privacy = Privacy(service, storage, self.outbox)
        with storage.transaction() as connection:
            connection.execute(
                insert(hosts).values(id=1, slug="ada", name="Ada", zone="UTC", email=ADA.email)
            )
        for booking in (OWN, OTHERS):
            self.insert(booking)
        self._tell()
        self._record()

    def insert(self, booking: Booking) -> None:
        """Write a booking into the engine's tables, with two lines of its history."""
        appointment = {"uid": booking.uid, "event_type": booking.event_type, "capacity": 1, "taken": 1}
        times = {"starts": booking.start, "ends": booking.end}
        with self.storage.transaction() as connection:
            number = connection.execute(insert(appointments).values(appointment | times)).inserted_primary_key
            assert number is not None
            block = {"host_id": 1, "place": 0, "holding": True}
            blocked = {"blocked_from": booking.start, "blocked_until": booking.end}
            connection.execute(insert(host_times).values(block | blocked | {"appointment_id": number.id}))
            connection.execute(insert(bookings).values(_row(booking) | {"appointment_id": number.id}))
            first = replace(booking, revision=1, reason="")
            note(connection, EventKind.CREATED, None, first, actor="guest", at=booking.created_at)
            note(connection, EventKind.RESCHEDULED, first, booking, actor="guest", at=booking.updated_at)

    def _tell(self) -> None:
        self.outbox.add(EventKind.CREATED, replace(OWN, revision=1))
        self.outbox.deliver_due()
        self.recorder.failures = 9
        self.outbox.add(EventKind.RESCHEDULED, OWN)
        self.outbox.add(EventKind.CREATED, OTHERS)
        self.outbox.deliver_due()
        self.recorder.failures = 0

    def _record(self) -> None:
        soon = {"keep_until": NOW + DAY}
        made = {"fingerprint": "digest", "begun_at": NOW, **soon}
        known = {"event_type": "intro-call", "owner": "", "digest": "digest", **soon}
        locked = json.dumps({"email": ["ZOE@example.org"]})
        with self.storage.transaction() as connection:
            connection.execute(insert(request_keys).values(key="k1", uid="own", **made))
            connection.execute(insert(request_keys).values(key=f"host:{ZOE}", uid="", **made))
            connection.execute(insert(request_keys).values(key="k2", uid="others", **made))
            connection.execute(insert(prefills).values(id="p1", locked=locked, open="[]", **known))
            opened = json.dumps([["email", "bo@example.com"]])
            connection.execute(insert(prefills).values(id="p2", locked="{}", open=opened, **known))
            connection.execute(insert(known_bookings).values(uid="own", status="", changes=1, shared=""))
            connection.execute(insert(moves).values(uid="own", replaces="older"))
            connection.execute(insert(reports).values(kind="late", recipient="digest", booking_uid="own"))
            connection.execute(insert(inbox), list(_webhooks()))


def _row(booking: Booking) -> dict[str, Any]:
    told = booking_to_dict(booking)
    same = ("uid", "event_type", "title", "status", "revision", "series", "guests", "answers", "location")
    return {name: told[name] for name in (*same, "notes", "metadata", "reason", "changed_by")} | {
        "request_key": f"key of {booking.uid}",
        "starts": booking.start,
        "ends": booking.end,
        "first_starts": booking.start,
        "guest": booking.attendee.email.casefold(),
        "attendee_name": booking.attendee.name,
        "attendee_email": booking.attendee.email,
        "attendee_zone": booking.attendee.zone,
        "attendee_locale": booking.attendee.locale,
        "attendee_phone": booking.attendee.phone,
        "created_at": booking.created_at,
        "updated_at": booking.updated_at,
    }


def _webhooks() -> Iterator[dict[str, Any]]:
    """Give a webhook in each state, with Zoe in it."""
    notice = Notice(
        id="n",
        kind=NoticeKind.FORM_SUBMITTED,
        at=NOW,
        answers={"mail": ZOE, "why": "My knee"},
        notes="My knee",
    )
    taken = {"key": "x", "at": NOW.isoformat(), "uids": ["own"], "kind": "", "account": "", "hearer": ""}
    bodies = {
        "new": json.dumps({**taken, "told": booking_to_dict(OWN), "notice": None}).encode(),
        "parked": json.dumps({**taken, "told": None, "notice": notice_to_dict(notice)}).encode(),
        "kept": b"email=zoe%40example.org&why=My+knee",
        "done": b"",
    }
    for number, (state, body) in enumerate(bodies.items()):
        yield {
            "provider": "desk", "key": str(number), "trigger": "BOOKED", "received_at": NOW, "body": body,
            "state": state, "attempts": 0, "next_at": NOW, "last_error": "",
        }  # fmt: skip


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A storage with tables."""
    made = Storage(lay_database(tmp_path))
    yield made
    made.close()


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands still."""
    return FrozenClock(NOW)


@pytest.fixture
def kept(storage: Storage, clock: FrozenClock) -> Kept:
    """A database with something about Zoe."""
    return Kept(storage, clock)


def found(storage: Storage, traces: tuple[str, ...] = TRACES) -> list[tuple[str, str]]:
    """Give where which trace stands in any table, in whatever case."""
    with storage.reading() as connection:
        return [
            (table.name, trace)
            for table in metadata.sorted_tables
            for row in connection.execute(select(table))
            for trace in traces
            if trace in " ".join(map(_text, row)).lower()
        ]


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


# --- telling ---


def test_an_export_tells_everything_that_is_kept(kept: Kept) -> None:
    """Each kind of record under a name of its own, as JSON."""
    told = kept.privacy.export(ZOE.upper())

    assert json.loads(json.dumps(told)) == told
    counts = {name: len(each) for name, each in told.items() if isinstance(each, list)}
    assert counts == {
        "bookings": 1,
        "named_in": 1,
        "history": 2,
        "events": 2,
        "events_that_name_them": 1,
        "deliveries": 2,
        "prefills": 1,
        "webhooks": 3,
        "request_keys": 2,
        "known_bookings": 1,
        "moves": 1,
        "reports": 1,
        "elsewhere": 3,
    }
    assert (told["email"], told["at"]) == ("ZOE@EXAMPLE.ORG", "2026-03-02T08:00:00Z")


def test_an_export_has_all_that_the_guest_said(kept: Kept) -> None:
    """Name, number, answers, notes, guests and the facts of the host app, and who had the appointment."""
    (told,) = kept.privacy.export(ZOE)["bookings"]

    assert (told["attendee_name"], told["attendee_phone"]) == ("Zoe Quill", "+81 3 12")
    assert (told["notes"], told["answers"]) == ("My knee hurts.", {"topic": "My knee"})
    assert (told["guests"], told["metadata"]) == (["friend@example.org"], {"crm": ZOE})
    assert (told["starts"], told["hosts"]) == ("2026-03-01T08:00:00Z", ["Ada"])


def test_an_export_tells_nothing_about_others(kept: Kept) -> None:
    """Of bookings in which the guest is named only when they are and in which way."""
    told = kept.privacy.export(ZOE)

    assert told["named_in"] == [
        {
            "event_type": "intro-call",
            "title": "Intro call",
            "starts": "2026-03-03T08:00:00Z",
            "ends": "2026-03-03T08:30:00Z",
            "status": "confirmed",
            "named_in": ["guests", "notes"],
        }
    ]
    assert "bo@example.com" not in json.dumps(told)
    assert "cy@example.com" not in json.dumps(told)


def test_an_export_tells_who_has_heard_of_what(kept: Kept) -> None:
    """Each delivery once, without the booking that its event has already."""
    told = kept.privacy.export(ZOE)

    assert [(each["subscriber"], each["state"]) for each in told["deliveries"]] == [
        ("crm", "done"),
        ("crm", "pending"),
    ]
    assert {each["event"] for each in told["deliveries"]} == {each["id"] for each in told["events"]}


def test_of_a_stranger_nothing_is_told(kept: Kept) -> None:
    """Every list but the one of other places is empty."""
    told = kept.privacy.export("nobody@example.org")

    assert not any(each for name, each in told.items() if name not in ("email", "at", "elsewhere"))


# --- erasing ---


def test_nothing_is_left_in_any_table(kept: Kept) -> None:
    """Neither the address nor what the guest said."""
    before = found(kept.storage)

    kept.privacy.erase("ZOE@example.ORG")

    assert {table for table, _ in before} == {
        "booker_bookings",
        "booker_audit",
        "booker_events",
        "booker_inbox",
        "booker_prefills",
        "booker_request_keys",
    }
    assert found(kept.storage) == []


def test_nothing_is_left_in_the_file(kept: Kept, tmp_path: Path) -> None:
    """Nor in the log beside it, once the file has been written anew."""
    done = kept.privacy.erase(ZOE)

    left = b"".join(each.read_bytes() for each in tmp_path.glob("booker.sqlite3*")).lower()
    assert done.overwritten
    assert b"booker_bookings" in left
    assert not any(trace.encode() in left for trace in TRACES)


def test_an_erasure_tells_what_it_did(kept: Kept) -> None:
    """How many rows of what, and who else may know the guest."""
    done = kept.privacy.erase(ZOE)

    assert done.counts == {
        "bookings": 1,
        "named_in": 1,
        "history": 1,
        "events": 3,
        "errors": 0,
        "prefills": 1,
        "webhooks": 3,
        "request_keys": 2,
    }
    assert (done.cancelled, done.waiting) == ((), 2)
    assert [each.partition(":")[0] for each in done.elsewhere[:2]] == ["desk", "crm"]
    assert "backups" in done.elsewhere[-1]


def test_erasing_twice_does_no_harm(kept: Kept) -> None:
    """There is nothing left to do."""
    kept.privacy.erase(ZOE)

    again = kept.privacy.erase(ZOE)

    assert not any(again.counts.values())


def test_others_keep_what_is_theirs(kept: Kept) -> None:
    """A guest who named the erased one has the booking as before, and so have their links."""
    kept.privacy.erase(ZOE)

    with kept.storage.reading() as connection:
        row = connection.execute(select(bookings).where(bookings.c.uid == "others")).one()
        links = connection.scalars(select(prefills.c.id)).all()
        keys = connection.scalars(select(request_keys.c.key)).all()
    assert (row.attendee_email, row.guests) == ("bo@example.com", ["cy@example.com"])
    assert (row.notes, row.request_key) == ("Together with erased, please.", "key of others")
    assert (links, keys) == (["p2"], ["k2"])


def test_the_diary_of_the_host_is_still_true(kept: Kept) -> None:
    """When somebody was there, and what became of it, is no secret of the guest's."""
    kept.privacy.erase(ZOE)

    with kept.storage.reading() as connection:
        row = connection.execute(select(bookings).where(bookings.c.uid == "own")).one()
        times = connection.execute(select(host_times)).all()
    assert (row.starts, row.status, row.revision, row.attendee_name) == (OWN.start, "confirmed", 2, "erased")
    assert (row.attendee_email, row.guest, row.request_key) == ("", "", None)
    assert len(times) == 2


def test_what_is_still_to_come_is_delivered_without_the_guest(kept: Kept, clock: FrozenClock) -> None:
    """Subscribers keep up with the booking, and learn nothing about whoever it was."""
    kept.privacy.erase(ZOE)
    heard = len(kept.recorder.events)
    clock.move(timedelta(hours=2))

    kept.outbox.deliver_due()

    told = {event.booking.uid: event for event in kept.recorder.events[heard:]}
    assert told["own"].kind is EventKind.RESCHEDULED
    assert told["own"].booking.attendee.email == ""
    assert told["others"].booking.guests == ("cy@example.com",)


def test_webhooks_that_were_not_taken_yet_can_still_be(kept: Kept) -> None:
    """What waits is read as ever; what nobody takes any more is emptied."""
    kept.privacy.erase(ZOE)

    with kept.storage.reading() as connection:
        bodies = {row.state: row.body for row in connection.execute(select(inbox))}
    told, notice = json.loads(bodies["new"])["told"], json.loads(bodies["parked"])["notice"]
    assert (told["uid"], told["attendee"]["email"]) == ("own", "")
    assert (notice["id"], notice["answers"], notice["notes"]) == ("n", {}, "")
    assert bodies["kept"] == b""


def test_words_that_a_subscriber_left_go_too(storage: Storage, clock: FrozenClock) -> None:
    """A host's own function may have quoted the guest in its error."""

    def careless(event: object) -> None:
        raise DeliveryFailed(f"Nobody called {ZOE} is known.")

    kept = Kept(storage, clock)
    Outbox(storage, [careless], clock=clock).add(EventKind.CANCELLED, replace(OTHERS, revision=9))
    Outbox(storage, [careless], clock=clock).deliver_due()

    done = kept.privacy.erase(ZOE)

    assert done.counts["errors"] == 1
    assert found(storage) == []


def test_hosts_stay_hosts(kept: Kept) -> None:
    """Whoever is declared as one is named as such, and in the calendars of others."""
    done = kept.privacy.erase(ADA.email)

    with kept.storage.reading() as connection:
        assert connection.scalar(select(hosts.c.email)) == ADA.email
    assert any("a host has this address" in each for each in done.elsewhere)


@pytest.mark.parametrize(
    ("address", "typed"),
    [
        pytest.param("stra\u00dfe@b\u00fccher.example", "STRA\u00dfE@B\u00dcCHER.example", id="beyond ASCII"),
        pytest.param("50%_off@example.org", "50%_OFF@example.org", id="signs of LIKE"),
        pytest.param("o'neil+a@example.org", "O'Neil+A@example.org", id="quotes"),
        pytest.param('"a\\b"@example.org', '"A\\B"@example.org', id="signs of JSON"),
    ],
)
def test_odd_addresses_are_found_everywhere(kept: Kept, address: str, typed: str) -> None:
    """However a database and JSON write them."""
    odd = replace(OWN, uid="odd", attendee=replace(OWN.attendee, email=address), start=NOW - 9 * DAY)
    kept.insert(replace(odd, end=NOW - 8 * DAY))
    kept.insert(replace(OTHERS, uid="odd2", guests=(address,), start=NOW - 7 * DAY, end=NOW - 6 * DAY))
    kept.outbox.add(EventKind.CREATED, odd)

    done = kept.privacy.erase(typed)

    assert [done.counts[name] for name in ("bookings", "named_in", "events")] == [1, 1, 1]
    assert found(kept.storage, (address.lower(),)) == []


# --- bookings to come ---


def test_bookings_to_come_have_to_be_cancelled_first(kept: Kept) -> None:
    """They are named, and nothing is erased."""
    before = found(kept.storage)
    kept.desk.held["soon"] = replace(OWN, uid="soon", start=NOW + DAY, end=NOW + 2 * DAY)

    with pytest.raises(Refused, match="must be cancelled first: soon"):
        kept.privacy.erase(ZOE)

    assert found(kept.storage) == before


def test_a_booking_that_the_provider_did_not_list_is_found_in_the_table(kept: Kept) -> None:
    """As one that was made at this very moment."""
    kept.insert(replace(OWN, uid="new", start=NOW + 5 * DAY, end=NOW + 6 * DAY))

    with pytest.raises(Refused, match="must be cancelled first: new"):
        kept.privacy.erase(ZOE)

    assert found(kept.storage)


def test_hosts_hear_of_what_is_cancelled_before_it_is_erased(kept: Kept, clock: FrozenClock) -> None:
    """With the guest's name, which they need to know whom they are not to expect."""
    clock.move(timedelta(hours=2))
    kept.desk.held["soon"] = replace(OWN, uid="soon", start=NOW + DAY, end=NOW + 2 * DAY)

    done = kept.privacy.erase(ZOE, cancel=True)

    last = kept.recorder.events[-1]
    assert (done.cancelled, done.waiting) == (("soon",), 0)
    assert (last.kind, last.booking.uid, last.booking.changed_by) == (EventKind.CANCELLED, "soon", "host")
    assert last.booking.attendee.name == "Zoe Quill"
    assert found(kept.storage) == []


def test_what_failed_to_be_delivered_waits(kept: Kept, clock: FrozenClock) -> None:
    """An erasure does not wait for subscribers that fail."""
    kept.recorder.failures = 99
    clock.move(timedelta(hours=2))
    kept.desk.held["soon"] = replace(OWN, uid="soon", start=NOW + DAY, end=NOW + 2 * DAY)

    done = kept.privacy.erase(ZOE, cancel=True)

    assert done.waiting == 3
    assert len(kept.outbox.deliveries(DeliveryState.PENDING)) == 3
    assert found(kept.storage) == []


@pytest.mark.parametrize("act", ["export", "erase", "open_bookings"])
def test_what_is_no_address_is_refused(kept: Kept, act: str) -> None:
    """Nothing must be erased for a slip of the finger."""
    with pytest.raises(ValueError, match="no e-mail address"):
        getattr(kept.privacy, act)("zoe")


def test_a_file_that_somebody_reads_is_overwritten_later(kept: Kept, tmp_path: Path) -> None:
    """An open look at the database keeps old pages; doing it again clears them."""
    other = Storage(f"sqlite:///{tmp_path / 'booker.sqlite3'}?timeout=0.1")
    with other.reading() as connection:
        connection.execute(select(bookings)).all()
        kept.storage.close()
        first = overwrite(Storage(f"sqlite:///{tmp_path / 'booker.sqlite3'}?timeout=0.1"))
    other.close()

    assert not first
    assert overwrite(kept.storage)
