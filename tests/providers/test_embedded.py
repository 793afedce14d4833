"""Tests of what the embedded engine does beyond the contract of all providers."""

import threading
import time
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from booker_components.errors import (
    BookingClosed,
    ConfigurationError,
    NotBookable,
    SlotTaken,
)
from booker_components.policy import Rule
from booker_components.providers.embedded.tables import appointments, bookings, host_times
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
def url(database_url):
    """The address of a fresh database, of each kind."""
    return database_url


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

    lines = [
        (each.revision, each.action, each.actor, each.before and each.before.start, each.after.start)
        for each in engine.history(booking.uid)
    ]
    assert lines == [
        (1, "booking.created", "guest", None, slot(0)),
        (2, "booking.rescheduled", "guest", slot(0), slot(1)),
        (3, "booking.cancelled", "host", slot(1), slot(1)),
    ]
    assert [each.after.reason for each in engine.history(booking.uid)] == ["", "a", "b"]


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


def test_cancelling_a_series_that_is_none_cancels_the_booking(engine):
    """All of what stands alone is itself."""
    booking = engine.book(request_at(slot(0)))

    assert not engine.cancel(booking.uid, scope=CancelScope.ALL).is_open


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

    def rules(start, **options):
        return {(each.rule, each.host) for each in engine.explain(INTRO, start, **options)}

    assert rules(slot(1)) == set()
    assert rules(slot(0) + timedelta(minutes=1)) == {(Rule.GRID, ""), (Rule.BUSY, "ada")}
    assert rules(slot(20)) == {(Rule.HOURS, "ada")}
    assert (Rule.DURATION, "") in rules(slot(1), duration=timedelta(minutes=20))


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
    """A storage of foreign code on a database that holds bookings in the slots 0 and 2."""
    engine.book(request_at(slot(0)))
    engine.book(request_at(slot(2), attendee=Attendee(name="Bo", email="bo@example.org")))
    storage = Storage(url)
    yield storage
    storage.close()


def _first(connection, table):
    return connection.execute(select(table).order_by(table.c.id).limit(1)).one()._asdict()


def _copy(storage, minutes, **changes):
    """Give the first host's time once more, so many minutes later, to an appointment of its own."""
    with storage.transaction() as connection:
        other = _first(connection, appointments) | {"id": 99, "uid": "x"}
        connection.execute(insert(appointments).values(other))
        connection.execute(
            insert(host_times).values(_later(_first(connection, host_times), minutes) | changes)
        )


def _later(row, minutes):
    step = timedelta(minutes=minutes)
    times = {"blocked_from": row["blocked_from"] + step, "blocked_until": row["blocked_until"] + step}
    return row | times | {"id": 99, "appointment_id": 99}


def _change(storage, table, change):
    """Change the first row of a table; *change* gives the new values from the old ones."""
    with storage.transaction() as connection:
        row = _first(connection, table)
        connection.execute(update(table).where(table.c.id == row["id"]).values(change(row)))


def _moved(minutes):
    """Give the change that moves a host's time."""
    step = timedelta(minutes=minutes)
    return lambda row: {name: row[name] + step for name in ("blocked_from", "blocked_until")}


@pytest.mark.parametrize(
    ("minutes", "holding", "refused"),
    [(0, True, True), (29, True, True), (-29, True, True), (30, True, False), (0, False, False)],
    ids=["same", "end", "begin", "touching", "free"],
)
def test_the_database_refuses_overlapping_rows(foreign, minutes, holding, refused):
    """An INSERT by foreign code cannot book a host twice."""
    if refused:
        with pytest.raises(IntegrityError, match="booker_no_overlap"):
            _copy(foreign, minutes, holding=holding)
    else:
        _copy(foreign, minutes, holding=holding)


@pytest.mark.parametrize(
    ("table", "change"),
    [
        pytest.param(host_times, _moved(60), id="onto another"),
        pytest.param(
            host_times,
            lambda row: {"blocked_until": row["blocked_until"] + timedelta(seconds=1801)},
            id="into another",
        ),
        pytest.param(host_times, lambda row: {"blocked_until": row["blocked_from"]}, id="no time"),
        pytest.param(host_times, lambda row: {"host_id": 99}, id="no host"),
        pytest.param(appointments, lambda row: {"taken": 2}, id="oversold"),
        pytest.param(appointments, lambda row: {"taken": -1}, id="undersold"),
        pytest.param(appointments, lambda row: {"ends": row["starts"]}, id="no length"),
        pytest.param(bookings, lambda row: {"ends": row["starts"]}, id="no length of a booking"),
        pytest.param(bookings, lambda row: {"status": "unknown"}, id="status"),
        pytest.param(bookings, lambda row: {"appointment_id": 99}, id="no appointment"),
        pytest.param(bookings, lambda row: {"revision": 0}, id="revision"),
    ],
)
def test_the_database_refuses_wrong_changes(foreign, table, change):
    """An UPDATE by foreign code can neither overlap nor oversell nor break a booking."""
    with pytest.raises(IntegrityError):
        _change(foreign, table, change)


def test_a_time_cannot_be_taken_back_over_another_one(engine, foreign):
    """Reviving a row is refused when the time has been given away."""
    first = engine.bookings(BookingFilter())[0]
    engine.cancel(first.uid)
    engine.book(request_at(slot(0)))

    with pytest.raises(IntegrityError, match="booker_no_overlap"):
        _change(foreign, host_times, lambda row: {"holding": True})


def test_a_booking_may_be_moved_over_its_own_old_time(foreign):
    """A row does not stand in its own way."""
    _change(foreign, host_times, _moved(1))
