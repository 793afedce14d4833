"""Tests of writing: what is given and told without reading it again is what anybody reads later."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType
from zoneinfo import ZoneInfo

import pytest

from booker_components.payloads import booking_to_dict
from booker_components.values import (
    Approval,
    CancelScope,
    EventKind,
    Frequency,
    Location,
    LocationKind,
    Seats,
    Series,
)

from ..samples import ADA, INTRO, NOW, engine_on, slot
from ..team import GRACE, MIXED, PAIR, ROBIN, of

KATHMANDU = ZoneInfo("Asia/Kathmandu")

OFFICE = Location(kind=LocationKind.IN_PERSON, value="Rue de l'Été 5", label="Ours")
PLAIN = replace(INTRO, slug="plain", title="Plain \N{SNOWMAN}", locations=(OFFICE,))
ASKED = replace(INTRO, slug="asked", approval=Approval(expires=timedelta(hours=5)))
CLASS = replace(INTRO, slug="class", seats=Seats(per_slot=3))
WEEKLY = replace(INTRO, slug="weekly", series=Series(frequency=Frequency.WEEKLY, occurrences=3))
KINDS = [PLAIN, ASKED, CLASS, WEEKLY, PAIR, ROBIN, MIXED]

#: What a host app may put in, and what JSON makes something else of.
ODD = {
    "guests": ("a@example.org", "b@example.org"),
    "notes": "Zürich\r\n\N{GRINNING FACE} \\u0041",
    "answers": MappingProxyType({"one": ("a", "b"), "two": 0.1 + 0.2, "three": True, "four": "\N{SNOWMAN}"}),
    "metadata": MappingProxyType({"text": "é", "pair": ("a", 1), "nested": {"deep": (None, 2.5)}}),
}


@pytest.fixture
def told():
    """What was told, with what the engine gave for it."""
    return []


@pytest.fixture
def engine(url, told):
    """An engine that tells of its changes, at an odd moment by a clock that is not in UTC."""
    now = (NOW + timedelta(microseconds=123457)).astimezone(KATHMANDU)
    made = engine_on(url, *KINDS, now=now)[0]
    made.on_change(lambda kind, booking: told.append((kind, booking)))
    return made


def _exactly(booking):
    """Give all that is in *booking*, down to the zone of each instant."""
    return repr(booking), booking_to_dict(booking)


def _read_again(engine, booking):
    return _exactly(engine.get(booking.uid))


def _asked(event_type, start=None):
    return of(event_type, start or slot(2).astimezone(KATHMANDU), **ODD)


@pytest.mark.parametrize("event_type", KINDS, ids=[each.slug for each in KINDS])
def test_a_new_booking_is_given_and_told_as_it_is_read_later(engine, told, event_type):
    """Of a series the first is given, and each is told with all the others."""
    booked = engine.book(_asked(event_type))

    assert _exactly(booked) == _read_again(engine, booked)
    assert [_exactly(each) for _, each in told] == [_read_again(engine, each) for _, each in told]


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        (lambda engine, uid: engine.cancel(uid, reason="Ill \N{SNOWMAN}", by="guest"), EventKind.CANCELLED),
        (
            lambda engine, uid: engine.reschedule(uid, slot(6), reason="Late", by="host"),
            EventKind.RESCHEDULED,
        ),
    ],
    ids=["cancelled", "moved"],
)
@pytest.mark.parametrize("event_type", KINDS, ids=[each.slug for each in KINDS])
def test_a_change_is_given_and_told_as_it_is_read_later(engine, told, event_type, change, kind):
    """Hosts may change with it, a seat its time, and the dates of a series with each other."""
    booked = engine.book(_asked(event_type))
    told.clear()

    changed = change(engine, booked.uid)

    assert [each for each, _ in told] == [kind]
    assert _exactly(changed) == _exactly(told[0][1]) == _read_again(engine, booked)
    assert changed.revision == 2


@pytest.mark.parametrize("decide", ["confirm", "decline"])
def test_a_decision_is_given_and_told_as_it_is_read_later(engine, told, decide):
    """Nobody waits any more."""
    booked = engine.book(_asked(ASKED))
    assert booked.decide_by == NOW + timedelta(hours=5, microseconds=123457)

    decided = getattr(engine, decide)(booked.uid)

    assert _exactly(decided) == _exactly(told[-1][1]) == _read_again(engine, booked)
    assert decided.decide_by is None


def test_of_what_guests_share_each_seat_is_told_as_it_is_read_later(engine, told):
    """All are cancelled by the uid of the whole."""
    seats = [engine.book(of(CLASS, slot(0), guest=guest)) for guest in ("zoe", "yan")]
    told.clear()

    engine.cancel(seats[0].shared, by="host")

    assert [_exactly(each) for _, each in told] == [_read_again(engine, each) for each in seats]


def test_of_a_series_each_date_is_told_with_what_became_of_the_others(engine, told):
    """The last one tells of the end of all."""
    first = engine.book(_asked(WEEKLY))
    told.clear()

    engine.cancel(first.uid, by="guest", scope=CancelScope.ALL)

    assert [len(each.occurrences) for _, each in told] == [3, 3, 3]
    assert _exactly(told[-1][1]) == _read_again(engine, told[-1][1])


def test_hosts_are_given_as_whoever_declared_them_last_has_them(url):
    """Another version of the app may know another name of a host than this one."""
    engine = engine_on(url, PAIR)[0]
    renamed = replace(PAIR, hosts=(replace(ADA, name="Ada Lovelace"), GRACE))
    engine_on(url, renamed)

    booked = engine.book(of(PAIR, slot(0)))

    assert [host.name for host in booked.hosts] == ["Ada Lovelace", "Grace"]
    assert _exactly(booked) == _read_again(engine, booked)
