"""Tests of booking: once for each request, whatever happens on the way."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import (
    EventTypeNotFound,
    InvalidRequest,
    NotBookable,
    OutcomeUnknown,
    ProviderRefused,
    ProviderUnavailable,
    SlotTaken,
)
from booker_components.policy import Rule
from booker_components.providers._http import Http
from booker_components.providers._once import fingerprint
from booker_components.providers.jicoo.client import JicooClient
from booker_components.providers.jicoo.requests import language
from booker_components.testing.jicoo import Errors
from booker_components.values import (
    BookingStatus,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    Seats,
    TimeWindow,
)

from .samples import (
    ANSWERS,
    BO,
    DAY,
    HALF_HOUR,
    NINE,
    OFFICE,
    PAGE,
    PHONE,
    ZOE,
    ZOOM,
    AtJicoo,
    at_jicoo,
    declared,
    slot,
)

LOST: list[dict[str, Any]] = [{"cut": True}, {"status": 500}, {"status": 504}, {"garbage": True}]
SHARED = declared(seats=Seats(per_slot=5))


# --- what is booked ------------------------------------------------------------------------------


def test_every_detail_is_sent(tmp_path: Path) -> None:
    """Choices as lists, texts as texts, campaigns without their prefix."""
    place = declared(locations=(OFFICE, PHONE))
    with at_jicoo(tmp_path, event_type=place, locations=("inPerson", "phone")) as at:
        booking = at.provider.book(
            at.request(
                attendee=replace(ZOE, locale="ja-JP"),
                guests=("friend@example.org",),
                notes="Ring twice",
                answers=ANSWERS,
                location=replace(PHONE, value="+49 30 123456"),
                metadata={"utm_source": "mail", "utm_term": "x" * 300, "crm": "42"},
            )
        )

        assert at.sent("POST", "/bookings") == {
            "eventTypeId": PAGE,
            "startedAt": "2026-03-03T09:00:00.000Z",
            "timeZone": "Asia/Tokyo",
            "name": "Zoe",
            "email": "zoe@example.org",
            "locationId": "phone",
            "phoneNumber": "+49 30 123456",
            "company": "Acme",
            "message": "Ring twice",
            "ccEmails": ["friend@example.org"],
            "locale": "ja",
            "answers": [
                {"questionUid": "q-topic", "content": "pricing"},
                {"questionUid": "_q-days", "content": ["Mon"]},
                {"questionUid": "q-size", "content": ["L"]},
                {"questionUid": "q-count", "content": "3"},
                {"questionUid": "q-terms", "content": ["I agree"]},
            ],
            "tracking": {"source": "mail", "term": "x" * 255},
        }
        assert at.provider.get(at.tell(booking).uid) == booking


def test_what_says_nothing_is_not_sent(at: AtJicoo) -> None:
    """But the location is named always, be it by null (contracts/jicoo.md 2.3)."""
    at.provider.book(at.request(attendee=replace(ZOE, locale="fr"), answers={"terms": False}))

    assert at.sent("POST", "/bookings").keys() == {
        "eventTypeId",
        "startedAt",
        "timeZone",
        "name",
        "email",
        "locationId",
    }


def test_it_is_given_as_it_can_be_read(at: AtJicoo) -> None:
    """With the facts and the language, which Jicoo does not give back; in one call."""
    at.fake.habits.created_status = 200

    booking = at.tell(at.provider.book(at.request(answers=ANSWERS, notes="Hi", metadata={"crm": "42"})))

    assert dict(booking.metadata) == {"crm": "42"}
    assert at.calls("GET", "/bookings") == []
    assert at.provider.get(booking.uid) == booking


def test_a_booking_that_needs_approval_waits(tmp_path: Path) -> None:
    """It is pending, and holds its time."""
    with at_jicoo(tmp_path, approval=True) as at:
        booking = at.provider.book(at.request())

        assert booking.status is BookingStatus.PENDING
        assert NINE not in at.starts()


@pytest.mark.parametrize(
    ("location", "id"),
    [
        (OFFICE, "inPerson"),
        (replace(PHONE, value="+4930123"), "phone"),
        (ZOOM, "zoom"),
        (Location(kind=LocationKind.CONFERENCE, value="google-meet"), "googleMeet"),
        (Location(kind=LocationKind.CONFERENCE, value="Microsoft Teams"), "teams"),
        (Location(kind=LocationKind.LINK, value="https://meet.example"), "custom"),
        (Location(kind=LocationKind.ATTENDEE_CHOICE, value="At the café"), "askInvitee"),
        (Location(kind=LocationKind.CONFERENCE, value="jitsi"), None),
        (None, None),
    ],
    ids=["office", "phone", "zoom", "meet", "teams", "link", "guest's", "unknown", "none"],
)
def test_the_location_is_named_where_there_is_a_choice(
    tmp_path: Path, location: Location | None, id: str | None
) -> None:
    """A choice among several."""
    event_type = declared(locations=(OFFICE, PHONE, ZOOM))
    every = ("inPerson", "phone", "zoom", "googleMeet", "askInvitee", "teams", "custom")
    with at_jicoo(tmp_path, event_type=event_type, locations=every) as at:
        at.provider.book(at.request(location=location))

        assert at.sent("POST", "/bookings")["locationId"] == id


def test_an_only_location_is_left_to_jicoo(tmp_path: Path) -> None:
    """Null, and what Jicoo makes of it."""
    with at_jicoo(tmp_path, event_type=declared(locations=(ZOOM,))) as at:
        booking = at.provider.book(at.request(location=ZOOM))

        assert at.sent("POST", "/bookings")["locationId"] is None
        assert "Zoom" in repr(booking.location)


def test_where_the_guest_wants_to_meet_goes_with_the_message(tmp_path: Path) -> None:
    """No other field is known to take it."""
    wanted = Location(kind=LocationKind.ATTENDEE_ADDRESS, value="At home")
    with at_jicoo(tmp_path, event_type=declared(locations=(wanted, ZOOM)), locations=("askInvitee",)) as at:
        booking = at.provider.book(at.request(location=wanted, notes="Ring twice"))

        assert at.provider.get(booking.uid) == booking
        assert at.sent("POST", "/bookings")["message"] == "Ring twice\n\nAt home"


def test_a_location_that_is_refused_is_left_out(tmp_path: Path) -> None:
    """Whether it may be named is not documented; once more, and no more."""
    with at_jicoo(tmp_path, event_type=declared(locations=(OFFICE, ZOOM)), locations=("zoom",)) as at:
        booking = at.provider.book(at.request(location=OFFICE))

        assert booking.start == NINE
        assert "locationId" not in at.sent("POST", "/bookings")
        assert len(at.calls("POST", "/bookings")) == 2
        # One copy of the documents calls it required, so the contract has something to say of the last.
        at.fake.requests.clear()


# --- what is refused before anything is sent -----------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "slug", "said"),
    [
        ({"attendee": replace(ZOE, name="Z" * 65)}, "name", "64 characters at most; these are 65"),
        ({"attendee": replace(ZOE, email=f"{'z' * 250}@x.org")}, "email", "255 characters"),
        ({"attendee": replace(ZOE, phone="1" * 33)}, "phone", "32 characters"),
        ({"location": replace(PHONE, value="1" * 33)}, "phone", "32 characters"),
        ({"notes": "n" * 2001}, "notes", "2000 characters at most; these are 2001"),
        ({"guests": tuple(f"{n}@example.org" for n in range(31))}, "guests", "30 guests at most"),
        ({"answers": {"company": "A" * 33}}, "company", "32 characters"),
        ({"answers": {"unheard": "of"}}, "unheard", "not asked"),
    ],
    ids=["name", "email", "phone", "called", "notes", "guests", "company", "unknown"],
)
def test_what_jicoo_would_refuse_is_told_by_its_field(
    at: AtJicoo, changes: dict[str, Any], slug: str, said: str
) -> None:
    """In a sentence for the guest, and the key may be used again."""
    with pytest.raises(InvalidRequest) as caught:
        at.provider.book(at.request(**changes, key="form-1"))

    assert said in caught.value.problems[slug]
    assert list(caught.value.problems) == [slug]
    assert at.calls("POST") == []
    assert at.keys.read("form-1") is None


def test_limits_themselves_are_kept(at: AtJicoo) -> None:
    """As long as allowed, in characters of any script."""
    full = replace(ZOE, name="佐" * 64, phone="1" * 32)
    guests = tuple(f"{number}@example.org" for number in range(30))
    answers = {"company": "A" * 32}

    booking = at.provider.book(at.request(attendee=full, guests=guests, notes="n" * 2000, answers=answers))

    assert at.provider.get(booking.uid) == booking


@pytest.mark.parametrize(
    ("fields", "changes", "rule"),
    [
        ({"minimum_notice": timedelta(days=3)}, {}, Rule.NOTICE),
        ({}, {"start": NINE + timedelta(days=300)}, Rule.HORIZON),
        ({}, {"start": NINE - timedelta(days=30)}, Rule.PAST),
        ({}, {"start": NINE + timedelta(minutes=7)}, Rule.GRID),
        ({}, {"duration": 2 * HALF_HOUR}, Rule.DURATION),
    ],
    ids=["notice", "horizon", "past", "grid", "duration"],
)
def test_rules_refuse_before_anything_is_sent(
    tmp_path: Path, fields: dict[str, Any], changes: dict[str, Any], rule: Rule
) -> None:
    """Those that are declared, for Jicoo tells none."""
    with at_jicoo(tmp_path, event_type=declared(**fields)) as at:
        with pytest.raises(NotBookable) as caught:
            at.provider.book(at.request(**changes, key="form-1"))

        assert caught.value.rule == rule
        assert at.calls("POST") == []
        assert at.keys.read("form-1") is None


def test_what_is_booked_elsewhere_only(tmp_path: Path) -> None:
    """The sentence says where."""
    with at_jicoo(tmp_path, event_type=declared(elsewhere="Please book at Jicoo.")) as at:
        with pytest.raises(NotBookable) as caught:
            at.provider.book(at.request())

        assert caught.value.sentence == "Please book at Jicoo."
        assert at.calls("POST") == []


def test_the_slots_are_looked_at_again_before_the_call(at: AtJicoo) -> None:
    """Free half a minute ago, and taken by another process since."""
    at.starts()
    at.fake.book(at.page, NINE)

    with pytest.raises(SlotTaken):
        at.provider.book(at.request(key="form-1"))

    assert at.calls("POST") == []
    assert NINE not in at.starts()


# --- what Jicoo refuses --------------------------------------------------------------------------


@pytest.mark.parametrize("errors", Errors)
def test_a_time_that_was_taken_at_this_moment(at: AtJicoo, errors: Errors) -> None:
    """Whatever the words: the slots tell, and the key is free."""
    at.fake.habits.errors = errors
    at.fake.next(delay=0.4, method="POST", path="/bookings")

    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(at.provider.book, at.request(key="form-1"))
        while not at.fake.requests or at.fake.requests[-1].method != "POST":
            time.sleep(0.01)
        at.fake.book(at.page, NINE)
        with pytest.raises(SlotTaken):
            slow.result(10)

    assert at.keys.read("form-1") is None


@pytest.mark.parametrize("status", [402, 422])
def test_a_refusal_while_the_slot_is_there(at: AtJicoo, status: int) -> None:
    """A limit of the page's, perhaps; Jicoo's words may hold anything and are not shown."""
    at.fake.next(status=status, words="zoe@example.org has too many", method="POST", path="/bookings")

    with pytest.raises(NotBookable) as caught:
        at.provider.book(at.request(key="form-1"))

    assert "not accepted" in caught.value.sentence
    assert "zoe" not in caught.value.message + caught.value.sentence
    assert at.keys.read("form-1") is None


@pytest.mark.parametrize("status", [400, 401, 403])
def test_what_is_our_own_fault(at: AtJicoo, status: int) -> None:
    """A guest can do nothing about it."""
    at.fake.next(status=status, method="POST", path="/bookings")

    with pytest.raises(ProviderRefused):
        at.provider.book(at.request())


def test_an_event_type_that_is_gone(at: AtJicoo) -> None:
    """It was there a moment ago."""
    at.fake.next(status=404, method="POST", path="/bookings")

    with pytest.raises(EventTypeNotFound):
        at.provider.book(at.request())


def test_too_many_calls(at: AtJicoo) -> None:
    """A create that was refused for the number of calls has made nothing; the key is free."""
    at.fake.throttle(method="POST", path="/bookings")

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.book(at.request(key="form-1"))

    assert not isinstance(caught.value, OutcomeUnknown)
    assert at.keys.read("form-1") is None


def test_answers_as_a_page_wants_them(tmp_path: Path) -> None:
    """How each kind of answer is sent follows from the kind that is declared (contracts/jicoo.md 9.5)."""
    chosen = Question(
        slug="days", label="Which days?", kind=QuestionKind.TEXT, options=("Mon", "Tue"), id="_q-days"
    )
    with at_jicoo(tmp_path, event_type=declared(questions=(chosen,))) as at:
        at.fake.habits.contents = "lists"

        with pytest.raises(NotBookable):
            at.provider.book(at.request(answers={"days": "Mon"}))
        provider = at.other(declared(questions=(replace(chosen, kind=QuestionKind.CHECKBOXES),)))
        booking = provider.book(at.request(answers={"days": ("Mon", "Tue")}))

        assert dict(provider.get(booking.uid).answers) == {"days": ("Mon", "Tue")}


# --- the same form twice -------------------------------------------------------------------------


def test_a_form_that_is_sent_twice_books_once(at: AtJicoo) -> None:
    """Even after the booking has changed: it is given as it now stands."""
    first = at.provider.book(at.request(key="form-1"))

    assert at.provider.book(at.request(key="form-1")) == first
    at.provider.cancel(first.uid)
    assert at.provider.book(at.request(key="form-1")).status is BookingStatus.CANCELLED
    assert len(at.calls("POST", "/bookings")) == 2


def test_forms_that_are_sent_at_the_same_moment_book_once(at: AtJicoo) -> None:
    """The later ones wait for the outcome of the first."""
    at.fake.next(delay=0.2, method="POST", path="/bookings")
    patient = at.other(sleep=lambda seconds: time.sleep(0.1))

    with ThreadPoolExecutor(4) as pool:
        bookings = list(pool.map(lambda _: patient.book(at.request(key="form-1")), range(4)))

    assert len({each.uid for each in bookings}) == 1
    assert len(at.calls("POST", "/bookings")) == 1


def test_two_tabs_of_one_guest_never_both_call(at: AtJicoo) -> None:
    """Each has a key of its own; the second finds the time taken before it calls."""
    at.fake.next(delay=0.3, method="POST", path="/bookings")
    patient = at.other(sleep=lambda seconds: time.sleep(0.05))

    def book(key: str) -> str:
        try:
            return patient.book(at.request(key=key)).uid
        except SlotTaken:
            return "taken"

    with ThreadPoolExecutor(2) as pool:
        ended = list(pool.map(book, ["tab-1", "tab-2"]))

    assert sorted(ended).count("taken") == 1
    assert len(at.calls("POST", "/bookings")) == 1


def test_guests_of_a_shared_time_do_not_wait_for_each_other(tmp_path: Path) -> None:
    """A rush for one webinar is no queue; the tabs of one guest are."""
    with at_jicoo(tmp_path, event_type=SHARED, capacity=5) as at:
        both = threading.Barrier(2, timeout=5)
        at.fake.next(delay=0.3, times=2, method="POST", path="/bookings")

        def book(attendee: Any) -> str:
            both.wait()
            return at.provider.book(at.request(attendee=attendee)).uid

        with ThreadPoolExecutor(2) as pool:
            uids = list(pool.map(book, [ZOE, BO]))

        assert len(set(uids)) == 2
        assert at.naps == []


def test_somebody_elses_call_is_waited_for_and_not_for_ever(at: AtJicoo) -> None:
    """The guest is told to wait."""
    turn = "\n".join(("jicoo", PAGE, "2026-03-03T09:00:00Z", ""))
    assert at.turns.take(turn)

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.book(at.request(key="form-1"))

    assert "being made" in caught.value.sentence
    assert 0 < sum(at.naps) <= 10
    assert at.calls("POST") == []
    at.clock.move(timedelta(minutes=5))
    assert at.provider.book(at.request(key="form-1")).start == NINE


def test_what_a_crash_left_behind_is_found(at: AtJicoo) -> None:
    """The process ended before it could keep the uid; guest, event type and start tell."""
    request = at.request(key="form-1")
    at.keys.claim("form-1", fingerprint(request))
    made = at.fake.book(at.page, NINE, name="Zoe", email="ZOE@example.org", zone="Asia/Tokyo")
    at.clock.move(timedelta(minutes=5))

    assert at.provider.book(request).uid == made.uid
    assert at.calls("POST", "/bookings") == []


# --- no answer -----------------------------------------------------------------------------------


@pytest.mark.parametrize("fault", LOST, ids=["cut", "500", "504", "garbage"])
def test_a_booking_whose_answer_was_lost_is_found(at: AtJicoo, fault: dict[str, Any]) -> None:
    """It is looked up by event type, start and guest, and made no second time."""
    at.fake.next(**fault, perform=True, method="POST", path="/bookings")

    booking = at.provider.book(at.request(key="form-1", metadata={"crm": "42"}))

    assert dict(booking.metadata) == {"crm": "42"}
    assert at.provider.book(at.request(key="form-1")).uid == booking.uid
    assert len(at.fake.bookings) == 1


def test_one_that_is_longer_than_declared_is_found_too(tmp_path: Path) -> None:
    """A key that may not ask for event types knows no length but the declared one, which may be wrong."""
    with at_jicoo(tmp_path, duration=60) as at:
        http = Http(sleep=lambda seconds: None)
        restricted = JicooClient(http, at.fake.url, at.fake.add_key(restricted=True))
        at.fake.next(cut=True, perform=True, method="POST", path="/bookings")

        booking = replace(at, client=restricted).other().book(at.request(key="form-1"))
        http.close()

    assert [each.uid for each in at.fake.bookings] == [booking.uid]
    assert booking.duration == timedelta(hours=1)
    assert len(at.calls("POST", "/bookings")) == 1


def test_one_that_waits_for_its_host_is_found_too(tmp_path: Path) -> None:
    """Its status has no word in Jicoo's filter."""
    with at_jicoo(tmp_path, approval=True) as at:
        at.fake.next(cut=True, perform=True, method="POST", path="/bookings")

        assert at.provider.book(at.request()).status is BookingStatus.PENDING
        assert len(at.fake.bookings) == 1


def test_a_booking_that_was_not_made_is_made_by_a_second_call(at: AtJicoo) -> None:
    """After two looks, two seconds apart."""
    at.fake.next(cut=True, method="POST", path="/bookings")

    booking = at.provider.book(at.request(key="form-1"))

    assert [each.uid for each in at.fake.bookings] == [booking.uid]
    assert at.naps == [2.0]
    assert len(at.calls("POST", "/bookings")) == 2


def test_a_second_call_whose_answer_was_lost_is_looked_up_as_well(at: AtJicoo) -> None:
    """Found, it is adopted."""
    at.fake.next(cut=True, method="POST", path="/bookings")
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")

    booking = at.provider.book(at.request(key="form-1"))

    assert [each.uid for each in at.fake.bookings] == [booking.uid]


def test_after_two_lost_calls_nobody_knows(at: AtJicoo) -> None:
    """There is no third one; the key stays closed until a call made then must have ended."""
    at.fake.next(cut=True, times=2, method="POST", path="/bookings")

    with pytest.raises(OutcomeUnknown):
        at.provider.book(at.request(key="form-1"))

    assert at.naps == [2.0, 2.0]
    assert len(at.calls("POST", "/bookings")) == 2
    with pytest.raises(ProviderUnavailable):
        at.provider.book(at.request(key="form-1"))
    assert len(at.calls("POST", "/bookings")) == 2
    at.clock.move(timedelta(minutes=5))
    assert at.provider.book(at.request(key="form-1")).start == NINE


def test_a_first_call_that_takes_effect_late_is_no_taken_slot(at: AtJicoo) -> None:
    """The second call is refused, for the time is the guest's own by then."""
    at.fake.next(cut=True, method="POST", path="/bookings")
    at.fake.next(delay=0.4, method="POST", path="/bookings")

    with ThreadPoolExecutor(1) as pool:
        again = pool.submit(at.provider.book, at.request(key="form-1"))
        while len(at.calls("POST", "/bookings")) < 2:
            time.sleep(0.01)
        at.fake.book(at.page, NINE, name="Zoe", email=ZOE.email, zone=ZOE.zone)
        booking = again.result(10)

    assert [each.uid for each in at.fake.bookings] == [booking.uid]
    assert at.keys.read("form-1").uid == booking.uid  # type: ignore[union-attr]


@pytest.mark.parametrize("status", [429, 401], ids=["too many calls", "a key of the past"])
def test_what_takes_no_second_call_may_have_taken_the_first(at: AtJicoo, status: int) -> None:
    """Whoever sends the form again is given the booking, and not told that the time is gone."""
    at.fake.next(cut=True, method="POST", path="/bookings")
    at.fake.next(status=status, method="POST", path="/bookings")
    with pytest.raises(ProviderUnavailable):
        at.provider.book(at.request(key="form-1"))
    made = at.fake.book(at.page, NINE, name="Zoe", email=ZOE.email, zone=ZOE.zone)

    again = at.provider.book(at.request(key="form-1"))

    assert again.uid == made.uid
    assert len(at.calls("POST", "/bookings")) == 2


def test_a_refused_second_call_that_cannot_be_looked_up_frees_no_key(at: AtJicoo) -> None:
    """It may be for what the first call has made: the next one with the key looks before it books."""
    at.fake.next(cut=True, method="POST", path="/bookings")
    at.fake.next(delay=0.4, method="POST", path="/bookings")

    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(at.provider.book, at.request(key="form-1"))
        while len(at.calls("POST", "/bookings")) < 2:
            time.sleep(0.01)
        made = at.fake.book(at.page, NINE, name="Zoe", email=ZOE.email, zone=ZOE.zone)
        at.fake.next(status=503, times=3, method="GET", path="/bookings")
        with pytest.raises(ProviderUnavailable):
            first.result(10)

    assert at.provider.book(at.request(key="form-1")).uid == made.uid


def test_a_look_that_fails_leaves_the_outcome_unknown(at: AtJicoo) -> None:
    """Nobody can tell, and nothing is sent again."""
    at.fake.next(cut=True, perform=True, method="POST", path="/bookings")
    at.fake.next(status=503, times=3, method="GET", path="/bookings")

    with pytest.raises(OutcomeUnknown):
        at.provider.book(at.request(key="form-1"))

    assert len(at.calls("POST", "/bookings")) == 1
    assert at.keys.read("form-1").uid == ""  # type: ignore[union-attr]


def test_bookings_of_others_are_not_taken_for_it(tmp_path: Path) -> None:
    """Other guests, other times, other event types, what is cancelled, and what another form has made."""
    with at_jicoo(tmp_path, event_type=SHARED, capacity=9) as at:
        other = at.fake.add_event_type(
            hosts=[at.fake.add_user("Eve", hours=at.page.hosts[0].user.calendars[0].hours)]
        )
        zoe = {"name": "Zoe", "email": ZOE.email}
        at.fake.book(at.page, NINE)
        at.fake.book(at.page, slot(1), **zoe)
        at.fake.book(other, NINE, **zoe)
        at.fake.cancel(at.fake.book(at.page, NINE, **zoe).uid)
        mine = at.provider.book(at.request(key="form-1"))
        known = {each.uid for each in at.fake.bookings}
        at.fake.next(cut=True, method="POST", path="/bookings")

        booking = at.provider.book(at.request(key="form-2"))

    assert booking.uid not in known
    assert booking.uid != mine.uid


def test_an_answer_that_makes_no_sense_is_looked_up_too(at: AtJicoo) -> None:
    """It said that the booking was made."""
    at.fake.next(
        status=201,
        body={"data": {"uid": "x"}, "errors": {}},
        perform=True,
        method="POST",
        path="/bookings",
    )

    booking = at.provider.book(at.request(key="form-1"))

    assert at.provider.get(booking.uid).start == booking.start
    assert len(at.fake.bookings) == 1


def test_a_host_who_cannot_be_reached_has_made_nothing(at: AtJicoo) -> None:
    """The key and the turn are free at once."""
    at.provider.slots(at.provider.event_type("intro-call"), TimeWindow(start=DAY.start, end=DAY.end))
    at.fake.close()

    with pytest.raises(ProviderUnavailable) as caught:
        at.provider.book(at.request(key="form-1"))

    at.fake.start()
    assert not isinstance(caught.value, OutcomeUnknown)
    assert at.keys.read("form-1") is None


@pytest.mark.parametrize(
    ("locale", "told"),
    [("ja", "ja"), ("ja-JP", "ja"), ("en-GB", "en"), ("en_US", "en"), ("de-AT", ""), ("zh-Hant-TW", "")],
)
def test_jicoo_is_told_of_the_languages_that_it_speaks(locale: str, told: str) -> None:
    """For any other it is left to Jicoo (contracts/jicoo.md 2.3)."""
    assert language(locale) == told
