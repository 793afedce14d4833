"""Tests of reading bookings: what Jicoo tells of them, in two answers, and what it does not keep."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import BookingNotFound, ProviderError, ProviderUnavailable
from booker_components.testing.jicoo import Question as Asked
from booker_components.values import BookingStatus, Location, LocationKind, Question

from .samples import ANSWERS, ASKED, HALF_HOUR, NINE, OFFICE, PAGE, ZOE, AtJicoo, at_jicoo, declared, slot

BOOKING = {
    "uid": "_b1",
    "eventTypeId": PAGE,
    "name": "Intro call",
    "status": "open",
    "startedAt": "2026-03-03T09:00:00.000Z",
    "endedAt": "2026-03-03T09:30:00.000Z",
    "timeZone": "Asia/Tokyo",
    "hosts": [{"userId": "u_1", "role": "admin"}],
    "createdAt": "2026-03-02T08:00:00.000Z",
}


def told(at: AtJicoo, *, contacts: Any = (), answered: int = 200, **fields: Any) -> str:
    """Let Jicoo answer the next questions for one booking so; give its uid."""
    envelope = {"data": {**BOOKING, **fields}, "errors": {}}
    at.fake.next(status=200, body=envelope, method="GET", path="/bookings/_b1")
    body = {"data": list(contacts) if isinstance(contacts, tuple) else contacts, "errors": {}}
    at.fake.next(status=answered, body=body, method="GET", path="/bookings/_b1/contacts")
    return "_b1"


# --- what is told --------------------------------------------------------------------------------


def test_guest_and_answers_come_from_a_call_of_their_own(at: AtJicoo) -> None:
    """Answers go by the text of their question there, and have its slug with us."""
    made = at.fake.book(
        at.page,
        NINE,
        name="Zoe",
        email="zoe@example.org",
        zone="Asia/Tokyo",
        company="Acme",
        message="Line one\nline two",
        cc=("friend@example.org",),
        answers={
            "q-topic": "pricing",
            "_q-days": ["Mon"],
            "q-size": "L",
            "q-count": "3",
            "q-terms": "I agree",
        },
    )

    booking = at.provider.get(made.uid)

    assert (booking.attendee, booking.guests) == (ZOE, ("friend@example.org",))
    assert (booking.notes, dict(booking.answers)) == ("Line one\nline two", ANSWERS)
    assert (booking.start, booking.duration, booking.title) == (NINE, HALF_HOUR, "Intro call")
    assert (booking.event_type, booking.event_type_id) == ("intro-call", PAGE)
    assert [host.name for host in booking.hosts] == ["Ann"]


@pytest.mark.parametrize(
    ("status", "meant", "revision"),
    [
        ("request", BookingStatus.PENDING, 1),
        ("open", BookingStatus.CONFIRMED, 1),
        ("cancel", BookingStatus.CANCELLED, 2),
    ],
)
def test_each_status_has_its_word_with_us(
    at: AtJicoo, status: str, meant: BookingStatus, revision: int
) -> None:
    """Links go by open or closed, for Jicoo counts no changes."""
    booking = at.provider.get(told(at, status=status))

    assert (booking.status, booking.revision) == (meant, revision)


def test_a_cancellation_tells_why_and_by_whom(at: AtJicoo) -> None:
    """As far as Jicoo's words for it are known."""
    made = at.fake.book(at.page, NINE)
    at.fake.cancel(made.uid, reason="Ill", by="host")

    booking = at.provider.get(made.uid)

    assert (booking.reason, booking.changed_by) == ("Ill", "host")
    strange = at.provider.get(told(at, status="cancel", cancelledBy="robot"))
    assert strange.changed_by == ""


def test_answers_to_questions_that_are_not_known_are_kept_under_their_text(at: AtJicoo) -> None:
    """The page asks more than was declared, or once asked otherwise."""
    answers = [
        {"question": "Old question", "content": ["a", "b"]},
        {"question": " Another   one ", "content": ["x"]},
        {"question": "What  is it about?", "content": "as a text"},
        {"question": "How many?", "content": ["some"]},
        {"question": "Nothing", "content": []},
    ]

    booking = at.provider.get(told(at, contacts=({"name": "Zoe", "answers": answers},)))

    assert dict(booking.answers) == {
        "Old question": ("a", "b"),
        " Another   one ": "x",
        "topic": "as a text",
        "count": "some",
    }


def test_two_questions_with_the_same_words_are_told_apart_by_their_order(tmp_path: Path) -> None:
    """Nothing else tells them apart."""
    twice = tuple(Question(slug=slug, label="Name?", id=slug) for slug in ("one", "two"))
    with at_jicoo(tmp_path, event_type=declared(questions=twice)) as at:
        answers = [{"question": "Name?", "content": [text]} for text in ("a", "b")]

        booking = at.provider.get(told(at, contacts=({"name": "Zoe", "answers": answers},)))

    assert dict(booking.answers) == {"one": "a", "two": "b"}


@pytest.mark.parametrize(
    ("contacts", "answered"), [((), 200), ({"x": []}, 404), (None, 404)], ids=["empty", "404", "404 null"]
)
def test_a_booking_without_a_contact_is_shown(at: AtJicoo, contacts: Any, answered: int) -> None:
    """It is nobody's, so nobody can change it by its page."""
    booking = at.provider.get(told(at, contacts=contacts, answered=answered))

    assert booking.start == NINE
    assert not booking.is_held


def test_only_the_first_contact_is_the_guest(at: AtJicoo) -> None:
    """Guests of the same time are not told of each other."""
    contacts = ({"name": "Zoe", "email": "zoe@example.org"}, {"name": "Bo", "email": "bo@example.org"})

    booking = at.provider.get(told(at, contacts=contacts))

    assert booking.attendee.name == "Zoe"
    assert "bo@example.org" not in repr(booking)


def test_a_guest_without_an_address(at: AtJicoo) -> None:
    """An e-mail address may be null (contracts/jicoo.md 2.7)."""
    booking = at.provider.get(told(at, contacts=({"name": "Zoe", "email": None},)))

    assert booking.is_held
    assert booking.attendee.email == ""


def test_an_event_type_that_is_gone_hides_no_booking(at: AtJicoo) -> None:
    """Its answers keep the texts of their questions then."""
    made = at.fake.add_event_type(questions=ASKED, hosts=[at.page.hosts[0].user])
    uid = at.fake.book(made, NINE, answers={"q-topic": "pricing"}).uid
    del at.fake.store.event_types[made.uid]

    booking = at.provider.get(uid)

    assert (booking.event_type, dict(booking.answers)) == (made.uid, {"What is it about?": "pricing"})


def test_a_booking_of_no_event_type(at: AtJicoo) -> None:
    """`eventTypeId` may be null, and hosts may be missing."""
    booking = at.provider.get(told(at, eventTypeId=None, hosts=[]))

    assert (booking.event_type, booking.event_type_id) == ("", "")
    assert booking.host.zone == "UTC"


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"status": "lost"}, "unknown status"),
        ({"startedAt": "soon"}, "'startedAt'"),
        ({"endedAt": None}, "'endedAt'"),
        ({"uid": ""}, "'uid'"),
        ({"hosts": "Ann"}, "hosts"),
        ({"name": 7}, "'name'"),
    ],
    ids=["status", "start", "end", "uid", "hosts", "name"],
)
def test_garbage_is_named(at: AtJicoo, fields: dict[str, Any], wrong: str) -> None:
    """By the field, never by its value."""
    with pytest.raises(ProviderError) as caught:
        at.provider.get(told(at, **fields))

    assert wrong in caught.value.message
    assert "soon" not in caught.value.message


@pytest.mark.parametrize(
    "contact",
    [
        "Zoe",
        {"name": ["Zoe"]},
        {"name": "Zoe", "ccEmails": [1]},
        {"name": "Zoe", "answers": "none"},
        {"name": "Zoe", "answers": [{"question": "?", "content": 5}]},
    ],
    ids=["text", "name", "guests", "answers", "content"],
)
def test_garbage_in_a_contact_is_named_too(at: AtJicoo, contact: Any) -> None:
    """It is an answer that makes no sense, not an error of ours."""
    with pytest.raises(ProviderError):
        at.provider.get(told(at, contacts=(contact,)))


@pytest.mark.parametrize("uid", ["", "../x", "a b", "x" * 101, "ä"], ids=ascii)
def test_what_can_be_no_uid_is_asked_of_nobody(at: AtJicoo, uid: str) -> None:
    """It is not found."""
    with pytest.raises(BookingNotFound):
        at.provider.get(uid)

    assert at.calls("GET", "/bookings") == []


def test_jicoo_out_of_order_is_no_missing_booking(at: AtJicoo) -> None:
    """Neither for the booking nor for its guest."""
    uid = at.fake.book(at.page, NINE).uid
    at.fake.next(status=503, times=3, method="GET", path=f"/bookings/{uid}/contacts")

    with pytest.raises(ProviderUnavailable):
        at.provider.get(uid)


# --- where ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "location"),
    [
        ({"locationId": None}, None),
        (
            {"locationId": "zoom", "url": "https://example.zoom.us/j/1"},
            Location(kind=LocationKind.LINK, value="https://example.zoom.us/j/1", label="Zoom"),
        ),
        (
            {"locationId": "googleMeet", "url": None},
            Location(kind=LocationKind.CONFERENCE, value="googleMeet", label="Google Meet"),
        ),
        (
            {"locationId": "inPerson", "address": "2 Street", "access": "Exit 3"},
            Location(kind=LocationKind.IN_PERSON, value="2 Street (Exit 3)"),
        ),
        ({"locationId": "phone", "phoneNumber": "+81 3"}, Location(kind=LocationKind.PHONE, value="+81 3")),
        (
            {"locationId": "phone", "phoneNumber": "+81-90 123"},
            Location(kind=LocationKind.ATTENDEE_PHONE, value="+8190123"),
        ),
        (
            {"locationId": "phone", "phoneNumber": None},
            Location(kind=LocationKind.ATTENDEE_PHONE, value="+8190123"),
        ),
        (
            {"locationId": "askInvitee", "customLocation": "At the café"},
            Location(kind=LocationKind.ATTENDEE_CHOICE, value="At the café"),
        ),
        (
            {"locationId": "custom", "customLocation": "The garden"},
            Location(kind=LocationKind.OTHER, value="The garden"),
        ),
        (
            {"locationId": "custom", "url": "https://meet.example/1", "customLocation": "Our room"},
            Location(kind=LocationKind.LINK, value="https://meet.example/1", label="Our room"),
        ),
        (
            {"locationId": "hologram", "url": "https://holo.example/1"},
            Location(kind=LocationKind.LINK, value="https://holo.example/1"),
        ),
        ({"locationId": "hologram"}, None),
    ],
    ids=[
        "none",
        "zoom",
        "meet without a link",
        "in person",
        "host's number",
        "guest's number",
        "guest's number untold",
        "asked",
        "custom",
        "custom link",
        "unknown with a link",
        "unknown",
    ],
)
def test_where_to_meet(at: AtJicoo, fields: dict[str, Any], location: Location | None) -> None:
    """A location is read from its name and the field that belongs to it."""
    contacts = ({"name": "Zoe", "phoneNumber": "+8190123"},)

    assert at.provider.get(told(at, contacts=contacts, **fields)).location == location


def test_what_is_declared_of_a_place_completes_it(tmp_path: Path) -> None:
    """Where Jicoo only says "in person"."""
    with at_jicoo(tmp_path, event_type=declared(locations=(OFFICE,))) as at:
        assert at.provider.get(told(at, locationId="inPerson")).location == OFFICE
        other = at.provider.get(told(at, locationId="inPerson", address="2 Street")).location

    assert other == replace(OFFICE, value="2 Street")


# --- what Jicoo does not keep --------------------------------------------------------------------


def test_language_and_facts_are_recalled(at: AtJicoo) -> None:
    """As the subscribers were last told; the rest is Jicoo's."""
    japanese = replace(ZOE, locale="ja")
    made = at.tell(at.provider.book(at.request(attendee=japanese, metadata={"crm": "42"})))
    at.fake.reschedule(made.uid, slot(2))

    booking = at.provider.get(made.uid)

    assert (booking.attendee, dict(booking.metadata)) == (japanese, {"crm": "42"})
    assert (booking.start, booking.former_start) == (slot(2), NINE)
    assert (booking.reason, booking.changed_by) == ("", "")


def test_why_it_was_moved_is_recalled_until_it_moves_again(at: AtJicoo) -> None:
    """A reason belongs to one move."""
    made = at.provider.book(at.request())
    moved = at.tell(at.provider.reschedule(made.uid, slot(2), reason="Ill", by="guest"))

    assert at.provider.get(made.uid) == moved

    at.fake.reschedule(made.uid, slot(4))
    again = at.provider.get(made.uid)
    assert (again.former_start, again.reason, again.changed_by) == (slot(2), "", "")


def test_who_cancelled_is_recalled(at: AtJicoo) -> None:
    """To Jicoo, whoever calls its API is the host."""
    made = at.tell(at.provider.book(at.request()))
    cancelled = at.provider.cancel(made.uid, reason="Ill", by="guest")

    assert at.provider.get(made.uid).changed_by == "host"
    at.tell(cancelled)
    assert at.provider.get(made.uid) == cancelled


def test_a_guest_that_is_no_longer_told_is_recalled(at: AtJicoo) -> None:
    """With everything that was said."""
    made = at.provider.book(at.request(notes="Ring twice", answers={"topic": "pricing"}))
    at.tell(replace(made, uid="_b1"))

    booking = at.provider.get(told(at, updatedAt="2026-03-02T08:00:00.000Z"))

    assert (booking.attendee, booking.notes) == (ZOE, "Ring twice")
    assert dict(booking.answers) == {"topic": "pricing"}


def test_a_booking_that_was_never_told_of_is_as_jicoo_has_it(at: AtJicoo) -> None:
    """Made at Jicoo's own page, for example."""
    made = at.fake.book(at.page, NINE)

    booking = at.provider.get(made.uid)

    assert (booking.former_start, booking.attendee.locale) == (None, "en")
    assert booking.updated_at - booking.created_at < timedelta(seconds=1)


def test_a_page_may_ask_for_one_of_jicoos_own_fields(at: AtJicoo) -> None:
    """A question of that name which is Jicoo's own question is an answer like any other."""
    asked = Asked(uid="q-firm", text="Which firm?")
    page = at.fake.add_event_type(questions=(asked,), hosts=[at.page.hosts[0].user], locations=())
    firm = Question(slug="company", label="Which firm?", id="q-firm")
    provider = at.other(declared(id=page.uid, questions=(firm,)))

    booking = provider.book(at.request(answers={"company": "Acme Incorporated of Springfield, Ohio"}))

    assert "company" not in at.sent("POST", "/bookings")
    assert dict(provider.get(booking.uid).answers) == {"company": "Acme Incorporated of Springfield, Ohio"}
