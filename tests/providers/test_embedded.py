"""Tests of what the embedded engine does beyond the contract of all providers."""

import sqlite3
import threading
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from booker_components.errors import (
    BookingClosed,
    ConfigurationError,
    NotBookable,
    SlotTaken,
    Unsupported,
)
from booker_components.policy import Rule
from booker_components.storage import Storage
from booker_components.values import (
    Attendee,
    BookingFilter,
    BookingWindow,
    CancelScope,
    Location,
    LocationKind,
    Schedule,
    TimeWindow,
)

from . import samples
from .samples import ADA, DAY, HALF_HOUR, INTRO, NINE, NOW, request_at, slot


@pytest.fixture
def url(tmp_path):
    """The address of a fresh database."""
    return samples.url_in(tmp_path)


@pytest.fixture
def engine(url):
    """An engine with the intro call."""
    return samples.engine_on(url)[0]


def _starts(engine, event_type=INTRO, **options):
    return [each.start for each in engine.slots(event_type, DAY, **options)]


def test_a_window_without_end_costs_no_more_than_what_is_asked_for(engine):
    """Only the days that are asked for are looked at, however far ahead may be booked."""
    endless = replace(INTRO, window=BookingWindow(days=None))

    begun = time.process_time()
    found = [_starts(engine, endless) for _ in range(100)]

    assert found == [_starts(engine)] * 100
    assert time.process_time() - begun < 2


# --- refusals ---


@pytest.mark.parametrize(
    ("changes", "start", "rule", "until"),
    [
        ({}, NOW - timedelta(days=1), Rule.PAST, NOW - timedelta(days=1)),
        ({"minimum_notice": timedelta(days=2)}, NINE, Rule.NOTICE, NINE - timedelta(days=2)),
        ({"window": BookingWindow(days=0)}, NINE, Rule.HORIZON, DAY.start),
        ({"window": BookingWindow(end=date(2026, 3, 2))}, NINE, Rule.HORIZON, None),
        ({}, slot(10), Rule.HOURS, None),
        ({}, NINE + timedelta(minutes=1), Rule.GRID, None),
    ],
    ids=["past", "notice", "days", "last date", "hours", "grid"],
)
def test_a_refused_time_names_the_rule(url, changes, start, rule, until):
    """The error tells which rule refuses, and the instant at which its answer changes."""
    engine, _ = samples.engine_on(url, replace(INTRO, **changes))

    with pytest.raises(NotBookable) as caught:
        engine.book(request_at(start))

    assert (caught.value.rule, caught.value.until) == (rule, until)


def test_a_refused_length_names_the_rule(engine):
    """A length that is not on offer is refused as such."""
    with pytest.raises(NotBookable) as caught:
        engine.book(request_at(NINE, duration=timedelta(minutes=31)))

    assert caught.value.rule == Rule.DURATION


def test_buffers_of_both_bookings_are_kept_free(url):
    """A quarter after and before each: neighbours are half an hour apart."""
    quarter = timedelta(minutes=15)
    engine, _ = samples.engine_on(
        url, replace(INTRO, buffer_before=quarter, buffer_after=quarter, slot_interval=quarter)
    )
    event_type = engine.event_type("intro-call")
    engine.book(request_at(slot(2)))

    offered = _starts(engine, event_type)

    assert max(each for each in offered if each < slot(2)) == slot(1) - HALF_HOUR
    assert min(each for each in offered if each > slot(2)) == slot(4)
    with pytest.raises(SlotTaken):
        engine.book(request_at(slot(3)))


def test_two_event_types_of_one_host_do_not_overlap(url):
    """The host is taken, whatever was booked."""
    other = replace(INTRO, slug="review", title="Review", durations=(3 * HALF_HOUR,))
    engine, _ = samples.engine_on(url, INTRO, other)

    engine.book(request_at(slot(1), event_type="review"))

    assert _starts(engine)[:2] == [slot(0), slot(4)]
    with pytest.raises(SlotTaken):
        engine.book(request_at(slot(3)))


@settings(max_examples=40, deadline=None)
@given(minutes=st.integers(min_value=-120, max_value=480))
def test_list_explanation_and_booking_agree(minutes, tmp_path_factory):
    """A time is offered exactly when nothing refuses it, and exactly then it can be booked."""
    engine, _ = samples.engine_on(samples.url_in(tmp_path_factory.mktemp("engine")))
    engine.book(request_at(slot(3)))
    start = NINE + timedelta(minutes=minutes)

    offered = start in _starts(engine)
    refusals = engine.explain(INTRO, start)

    assert offered == (not refusals)
    assert offered == _succeeds(lambda: engine.book(request_at(start)))


@settings(max_examples=40, deadline=None)
@given(minutes=st.integers(min_value=-120, max_value=480).filter(lambda each: each != 150))
def test_list_and_move_agree(minutes, tmp_path_factory):
    """A time is offered for a move exactly when the booking can move there."""
    engine, _ = samples.engine_on(samples.url_in(tmp_path_factory.mktemp("engine")))
    engine.book(request_at(slot(3)))
    own = engine.book(request_at(slot(5)))
    start = NINE + timedelta(minutes=minutes)

    offered = start in _starts(engine, moving=own.uid)

    assert offered == _succeeds(lambda: engine.reschedule(own.uid, start))


def _succeeds(work):
    try:
        work()
    except (NotBookable, SlotTaken):
        return False
    return True


# --- the same request ---


def test_a_repeated_request_gives_the_booking_as_it_now_stands(engine):
    """Also after its time has passed from the list, after a move and after a cancellation."""
    request = request_at(slot(0), key="k")
    first = engine.book(request)
    engine.reschedule(first.uid, slot(4))
    moved = engine.reschedule(first.uid, slot(6))

    assert engine.book(request) == moved

    cancelled = engine.cancel(first.uid)
    assert engine.book(request) == cancelled


def test_a_repeated_request_is_answered_after_its_time_has_passed(url):
    """A late second click gets the booking, not a refusal."""
    engine, clock = samples.engine_on(url)
    booking = engine.book(request_at(slot(0), key="k"))

    clock.move(timedelta(days=30))

    assert engine.book(request_at(slot(0), key="k")) == booking


def test_requests_without_a_key_are_never_the_same(engine):
    """Two bookings without a key are two."""
    assert engine.book(request_at(slot(0))).uid != engine.book(request_at(slot(1))).uid


def test_the_same_request_by_many_threads_is_one_booking(engine):
    """A form that is sent ten times at once gets the same answer ten times."""
    request, uids = request_at(slot(0), key="k"), []
    threads = [threading.Thread(target=lambda: uids.append(engine.book(request).uid)) for _ in range(10)]

    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(uids) == 10
    assert len(set(uids)) == 1


# --- moving and cancelling ---


def test_every_change_is_a_revision_of_the_same_booking(engine):
    """Uid and creation stay, the revision counts, the last change is told."""
    booking = engine.book(request_at(slot(0)))

    moved = engine.reschedule(booking.uid, slot(1), reason="a", by="guest")
    cancelled = engine.cancel(booking.uid, reason="b", by="host")

    assert {booking.uid, moved.uid, cancelled.uid} == {booking.uid}
    assert (booking.revision, moved.revision, cancelled.revision) == (1, 2, 3)
    assert (cancelled.former_start, cancelled.reason, cancelled.changed_by) == (slot(0), "b", "host")


def test_the_history_is_kept(engine):
    """One line of the audit for each revision: who, what, before and after."""
    booking = engine.book(request_at(slot(0)))
    engine.reschedule(booking.uid, slot(1), reason="a", by="guest")
    engine.cancel(booking.uid, reason="b", by="host")

    with engine._storage.reading() as connection:
        lines = connection.exec_driver_sql(
            "SELECT revision, action, actor, before ->> 'start', after ->> 'start', after ->> 'status', "
            "after ->> 'reason' FROM booker_audit ORDER BY id"
        ).all()

    nine, half_past = slot(0).isoformat(), slot(1).isoformat()
    assert lines == [
        (1, "booking.created", "", None, nine, "confirmed", ""),
        (2, "booking.rescheduled", "guest", nine, half_past, "confirmed", "a"),
        (3, "booking.cancelled", "host", half_past, half_past, "cancelled", "b"),
    ]


def test_a_move_to_the_same_time_is_refused(engine):
    """It would change nothing but count as a change."""
    booking = engine.book(request_at(slot(0)))

    with pytest.raises(NotBookable) as caught:
        engine.reschedule(booking.uid, slot(0))

    assert "already" in caught.value.sentence
    assert engine.get(booking.uid) == booking


def test_a_move_keeps_a_length_that_is_no_longer_offered(url):
    """What was booked as an hour moves as an hour."""
    engine, _ = samples.engine_on(url)
    booking = engine.book(request_at(slot(0), duration=2 * HALF_HOUR))
    shorter, _ = samples.engine_on(url, replace(INTRO, durations=(HALF_HOUR,)))

    moved = shorter.reschedule(booking.uid, slot(4))

    assert moved.duration == 2 * HALF_HOUR


def test_a_host_may_move_a_booking_within_the_notice(url):
    """Notice and dates bind guests, and the service asks about them; hours bind the engine."""
    engine, _ = samples.engine_on(url)
    booking = engine.book(request_at(slot(0)))
    strict, _ = samples.engine_on(url, replace(INTRO, minimum_notice=timedelta(days=9)))

    assert strict.reschedule(booking.uid, slot(1)).start == slot(1)
    with pytest.raises(NotBookable) as caught:
        strict.reschedule(booking.uid, slot(11))
    assert caught.value.rule == Rule.HOURS


def test_only_single_bookings_can_be_cancelled(engine):
    """There are no series."""
    booking = engine.book(request_at(slot(0)))

    with pytest.raises(Unsupported):
        engine.cancel(booking.uid, scope=CancelScope.ALL)


def test_a_booking_outlives_its_event_type(url):
    """It can still be seen, listed and cancelled; there is no time to move it to."""
    engine, _ = samples.engine_on(url)
    booking = engine.book(request_at(slot(0)))
    later, _ = samples.engine_on(url, replace(INTRO, slug="other"))

    assert later.get(booking.uid) == booking
    assert later.bookings(BookingFilter()) == (booking,)
    with pytest.raises(BookingClosed) as caught:
        later.reschedule(booking.uid, slot(1))
    assert caught.value.rule == Rule.GONE
    assert not later.cancel(booking.uid).is_open


# --- details ---


def test_uids_are_long_and_random(engine):
    """22 letters and digits."""
    uids = [engine.book(request_at(slot(number))).uid for number in range(10)]

    assert len(set(uids)) == 10
    assert all(len(uid) == 22 and uid.isascii() and uid.isalnum() for uid in uids)


def test_the_only_location_need_not_be_chosen(url):
    """A booking takes place there, unless the request says otherwise."""
    office = Location(kind=LocationKind.IN_PERSON, value="1 rue de Lyon")
    phone = Location(kind=LocationKind.PHONE, value="+33 1")
    engine, _ = samples.engine_on(url, replace(INTRO, locations=(office,)))

    assert engine.book(request_at(slot(0))).location == office
    assert engine.book(request_at(slot(1), location=phone)).location == phone


def test_hosts_follow_their_declaration(url):
    """A new name or zone shows on old bookings too, and the host stays the same one."""
    engine, _ = samples.engine_on(url)
    booking = engine.book(request_at(slot(0)))
    renamed = replace(INTRO, hosts=(replace(ADA, name="Ada L.", zone="Europe/Paris"),))

    later, _ = samples.engine_on(url, renamed)

    assert later.get(booking.uid).host.name == "Ada L."
    assert later.get(booking.uid).host.zone == "Europe/Paris"
    with pytest.raises(SlotTaken):
        later.book(request_at(slot(0)))


def test_a_wrong_declaration_is_refused_at_the_start(url):
    """What the catalogue refuses, the engine refuses."""
    storage = Storage(url)
    storage.upgrade()

    with pytest.raises(ConfigurationError):
        samples.engine_on(url, INTRO, INTRO)


def test_the_owner_of_an_event_type_is_its_owner_or_its_host(url):
    """An address with a user name finds the event type of that user."""
    team = replace(INTRO, slug="team-call", owner="sales")
    engine, _ = samples.engine_on(url, INTRO, team)

    assert engine.event_type("intro-call", owner="ada").slug == "intro-call"
    assert engine.event_type("team-call", owner="sales").slug == "team-call"


def test_a_host_learns_why_a_time_is_not_offered(engine):
    """All rules that refuse it, not only the first."""
    engine.book(request_at(slot(0)))

    assert engine.explain(INTRO, slot(1)) == ()
    assert engine.explain(INTRO, slot(0) + timedelta(minutes=1)) == (Rule.GRID, Rule.BUSY)
    assert engine.explain(INTRO, slot(20)) == (Rule.HOURS,)
    assert engine.explain(INTRO, slot(1), timedelta(minutes=20)) == (Rule.DURATION,)


def test_a_booking_over_midnight_is_found_by_both_days(url):
    """A booking that began the day before blocks the first hours of the day."""
    night = replace(ADA, schedule=Schedule(weekly=(((22 * 60, 2 * 60),),) * 7))
    long = replace(INTRO, hosts=(night,), durations=(3 * HALF_HOUR,), slot_interval=HALF_HOUR)
    engine, _ = samples.engine_on(url, long)
    engine.book(request_at(DAY.start - HALF_HOUR))

    early = TimeWindow(start=DAY.start, end=DAY.start + timedelta(hours=2))

    assert [each.start for each in engine.slots(long, early)] == []


# --- what the database itself refuses ---


@pytest.fixture
def foreign(url, engine):
    """A connection of foreign code to a database that holds bookings in the slots 0 and 2."""
    engine.book(request_at(slot(0)))
    engine.book(request_at(slot(2), attendee=Attendee(name="Bo", email="bo@example.org")))
    connection = sqlite3.connect(url.removeprefix("sqlite:///"), isolation_level=None)
    yield connection
    connection.close()


_COPY = """
INSERT INTO booker_bookings SELECT NULL, uid || :mark, NULL, event_type, title, host_id, starts + :step,
  ends + :step, blocked_from + :step, blocked_until + :step, first_starts, former_starts, :status, {rest}
FROM booker_bookings ORDER BY id LIMIT 1
"""
_REST = (
    "revision, attendee_name, attendee_email, attendee_zone, attendee_locale, attendee_phone, guests, "
    "answers, location, notes, reason, changed_by, created_at, updated_at"
)


@pytest.mark.parametrize(
    ("minutes", "status", "refused"),
    [
        (0, "confirmed", True),
        (29, "pending", True),
        (-29, "confirmed", True),
        (30, "confirmed", False),
        (0, "cancelled", False),
    ],
    ids=["same", "end", "begin", "touching", "cancelled"],
)
def test_the_database_refuses_overlapping_rows(foreign, minutes, status, refused):
    """An INSERT by foreign code cannot book a host twice."""
    values = {"mark": "x", "step": minutes * 60_000_000, "status": status}
    statement = _COPY.format(rest=_REST)

    if refused:
        with pytest.raises(sqlite3.IntegrityError, match="booker_no_overlap"):
            foreign.execute(statement, values)
    else:
        foreign.execute(statement, values)


@pytest.mark.parametrize(
    "change",
    [
        "starts = starts + 3600000000, ends = ends + 3600000000, "
        "blocked_from = blocked_from + 3600000000, blocked_until = blocked_until + 3600000000",
        "blocked_until = blocked_until + 1800000001",
        "starts = starts + 86400000000, ends = ends + 86400000000",
        "ends = starts",
        "status = 'unknown'",
        "host_id = 99",
        "revision = 0",
    ],
    ids=["move", "longer buffer", "time without its block", "no length", "status", "host", "revision"],
)
def test_the_database_refuses_wrong_changes(foreign, change):
    """An UPDATE by foreign code can neither overlap nor break a booking."""
    foreign.execute("PRAGMA foreign_keys = ON")

    with pytest.raises(sqlite3.IntegrityError):
        foreign.execute(f"UPDATE booker_bookings SET {change} WHERE id = 1")


def test_a_cancelled_booking_cannot_come_back_over_another_one(engine, foreign):
    """Reviving by status alone is refused when the time has been given away."""
    first = engine.bookings(BookingFilter())[0]
    engine.cancel(first.uid)
    engine.book(request_at(slot(0)))

    with pytest.raises(sqlite3.IntegrityError, match="booker_no_overlap"):
        foreign.execute("UPDATE booker_bookings SET status = 'confirmed' WHERE uid = ?", (first.uid,))


def test_a_booking_may_be_moved_over_its_own_old_time(foreign):
    """A row does not stand in its own way."""
    foreign.execute(
        "UPDATE booker_bookings SET starts = starts + 60000000, ends = ends + 60000000, "
        "blocked_from = blocked_from + 60000000, blocked_until = blocked_until + 60000000 "
        "WHERE id = 1"
    )
