"""Tests of what a host's page is told, in the words of Jicoo, of Cal.com and of Calendly."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest

from booker_components import Booking
from booker_components.redirects import Done, clashes
from booker_components.values import Flavour, Occasion, Redirect

from ..conftest import INTRO
from .samples import BOOKING, PARTNER, done, led

_MOVED = replace(BOOKING, former_start=BOOKING.start - timedelta(days=1))
_PEOPLE = ("Bo", "bo%2Bx", "example.org", "Ann", "see", "private")


def _pairs(address: str) -> list[tuple[str, str]]:
    return parse_qsl(urlsplit(address).query, keep_blank_values=True)


def _told(flavour: Flavour, was: Done | None = None, **options: object) -> list[tuple[str, str]]:
    return _pairs(led(Redirect(f"{PARTNER}/done", flavour=flavour, **options), was))  # type: ignore[arg-type]


# --- Jicoo ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("occasion", "event"),
    [
        (Occasion.BOOKED, "guest_booked"),
        (Occasion.RESCHEDULED, "guest_rescheduled"),
        (Occasion.CANCELLED, "guest_cancelled"),
    ],
)
def test_the_seven_parameters_are_written_to_the_letter(occasion: Occasion, event: str) -> None:
    """In Jicoo's order, with milliseconds and an offset, `+` and `:` encoded (contracts/jicoo.md 5)."""
    tokyo = replace(BOOKING, attendee=replace(BOOKING.attendee, zone="Asia/Tokyo"))
    named = replace(INTRO, id="mT7xR-2bQe0c", title="Intro & demo, 30 min")

    address = led(Redirect(f"{PARTNER}/done"), done(occasion, tokyo, event_type=named))

    assert address == (
        "https://partner.example/done"
        f"?event={event}"
        "&eventTypeUid=mT7xR-2bQe0c"
        "&eventTypeName=Intro%20%26%20demo%2C%2030%20min"
        "&eventUid=new1"
        "&eventStartedAt=2031-05-06T16%3A00%3A00.000%2B09%3A00"
        "&eventEndedAt=2031-05-06T16%3A30%3A00.000%2B09%3A00"
        "&eventCreatedAt=2031-05-02T08%3A59%3A59.123%2B09%3A00"
    )


@pytest.mark.parametrize(
    ("zone", "start", "written"),
    [
        pytest.param("UTC", (2031, 5, 6, 7), "2031-05-06T07:00:00.000+00:00", id="UTC"),
        pytest.param("Asia/Kathmandu", (2031, 5, 6, 7), "2031-05-06T12:45:00.000+05:45", id="quarters"),
        pytest.param("America/St_Johns", (2031, 1, 6, 7), "2031-01-06T03:30:00.000-03:30", id="behind"),
        pytest.param("Europe/London", (2031, 3, 30, 0), "2031-03-30T00:00:00.000+00:00", id="before summer"),
        pytest.param("Europe/London", (2031, 3, 30, 1), "2031-03-30T02:00:00.000+01:00", id="in summer"),
        pytest.param("Europe/London", (2031, 10, 26, 0), "2031-10-26T01:00:00.000+01:00", id="first 1 am"),
        pytest.param("Europe/London", (2031, 10, 26, 1), "2031-10-26T01:00:00.000+00:00", id="second 1 am"),
        pytest.param("Pacific/Kiritimati", (2030, 12, 31, 23), "2031-01-01T13:00:00.000+14:00", id="year"),
    ],
)
def test_times_are_the_guests(zone: str, start: tuple[int, ...], written: str) -> None:
    """With the offset that holds at that time, and never "Z"."""
    begin = datetime(*start, tzinfo=UTC)  # type: ignore[misc,arg-type]  # the fields of an instant
    moved = replace(BOOKING, start=begin, attendee=replace(BOOKING.attendee, zone=zone))

    assert dict(_told("jicoo", done(booking=moved)))["eventStartedAt"] == written


def test_jicoos_parameters_name_nobody() -> None:
    """Nor does the title of the booking, into which vendors put the guest's name, stand for the page's."""
    named = replace(BOOKING, title="Intro between Ann and Bo")

    shown = [led(Redirect(PARTNER), done(booking=named, event_type=each)) for each in (INTRO, None)]

    assert not [part for part in _PEOPLE for address in shown if part in urlsplit(address).query]
    assert dict(_pairs(shown[1]))["eventTypeName"] == "intro-call"


@pytest.mark.parametrize(
    ("booking_id", "event_type_id", "uid"),
    [("12", "34", "12"), ("", "34", "34"), ("", "", "intro-call")],
    ids=["the booking's", "the event type's", "none"],
)
def test_an_event_type_is_named_as_the_provider_does(booking_id: str, event_type_id: str, uid: str) -> None:
    """By its own id, else by its slug."""
    booking = replace(BOOKING, event_type_id=booking_id)

    told = _told("jicoo", done(booking=booking, event_type=replace(INTRO, id=event_type_id)))

    assert dict(told)["eventTypeUid"] == uid


def test_of_the_booker_s_address_jicoos_page_is_told_nothing() -> None:
    """Whatever a guest or a link brought along stays here."""
    told = _told("jicoo", done(query=[("utm_source", "ad"), ("eventUid", "other")], embedded=True))

    assert [name for name, _ in told] == [
        "event",
        "eventTypeUid",
        "eventTypeName",
        "eventUid",
        "eventStartedAt",
        "eventEndedAt",
        "eventCreatedAt",
    ]


# --- Cal.com -------------------------------------------------------------------------------------


def test_the_parameters_of_calcom_have_their_order() -> None:
    """Own parameters of the address stay, then the page's, then the booking's; nothing is replaced."""
    redirect = Redirect(f"{PARTNER}/done?uid=mine&x=#top", flavour="cal")
    address = led(redirect, done(query=[("month", "2031-05"), ("embed", ""), ("uid", "theirs")]))

    assert address.startswith("https://partner.example/done?uid=mine&x=&")
    assert address.endswith("#top")
    assert _pairs(address) == [
        ("uid", "mine"),
        ("x", ""),
        ("month", "2031-05"),
        ("uid", "theirs"),
        ("isSuccessBookingPage", "true"),
        ("email", "bo+x@example.org"),
        ("eventTypeSlug", "intro-call"),
        ("uid", "new1"),
        ("title", "Intro & more"),
        ("description", "see you"),
        ("startTime", "2031-05-06T07:00:00Z"),
        ("endTime", "2031-05-06T07:30:00Z"),
        ("location", "https://meet.example/1"),
        ("hostName", "Ann, Cy"),
        ("hostStartTime", "2031-05-06T09:00:00+02:00"),
        ("attendeeName", "Bo Ek"),
        ("attendeeStartTime", "2031-05-06T08:00:00+01:00"),
        ("guestEmails", "a@example.org, b@example.org"),
    ]


def test_a_moved_booking_tells_its_former_time_in_words() -> None:
    """As JavaScript writes dates, not as ISO 8601; and who moved it, after the seat."""
    told = _told("cal", done(Occasion.RESCHEDULED, replace(_MOVED, uid="seat9", shared="new1")))

    assert told[3:6] == [
        ("seatReferenceUid", "seat9"),
        ("formerTime", "Mon, 05 May 2031 07:00:00 GMT"),
        ("rescheduledBy", "bo+x@example.org"),
    ]
    assert ("uid", "new1") in told


@pytest.mark.parametrize(
    ("occasion", "there"),
    [(Occasion.BOOKED, True), (Occasion.RESCHEDULED, True), (Occasion.CANCELLED, False)],
)
def test_a_series_says_that_all_of_it_remains(occasion: Occasion, there: bool) -> None:
    """A series has no seats, nor is it told who moved one of its dates; what is cancelled does not remain."""
    told = dict(_told("cal", done(occasion, replace(_MOVED, series="r1"))))

    assert (told.get("allRemainingBookings") == "true") is there
    assert not {"seatReferenceUid", "rescheduledBy"} & told.keys()


def test_what_is_cancelled_is_no_success() -> None:
    """It is told of by what fits: the booking, not how it came about."""
    told = dict(_told("cal", done(Occasion.CANCELLED, _MOVED)))

    assert (told["uid"], told["title"], told["attendeeName"]) == ("new1", "Intro & more", "Bo Ek")
    assert not {"isSuccessBookingPage", "formerTime", "rescheduledBy"} & told.keys()


def test_what_lets_somebody_in_is_not_forwarded() -> None:
    """Tokens and form keys of ours are nobody else's business."""
    told = dict(_told("cal", done(query=[("token", "t"), ("key", "k"), ("hold", "h"), ("utm_source", "ad")])))

    assert not {"token", "key", "hold"} & told.keys()
    assert told["utm_source"] == "ad"


def test_a_frame_is_told() -> None:
    """The page that follows may want to know that the booker stood in a frame."""
    assert ("isEmbed", "true") in _told("cal", done(embedded=True))


def test_a_phone_number_is_told_where_it_was_asked_for() -> None:
    """Of a question whose slug is "phone", as Cal.com does."""
    assert ("phone", "+49 30 1") in _told(
        "cal", done(booking=replace(BOOKING, answers={"phone": "+49 30 1"}))
    )


# --- Calendly ------------------------------------------------------------------------------------


def test_calendlys_parameters_have_their_names() -> None:
    """Who, what, when, whom, answers by number, and where the guest came from (peers.md 1.1)."""
    answers = ("topic", "missing", "days")

    told = _told("calendly", done(query=[("utm_medium", "mail"), ("month", "2031-05")]), answers=answers)

    assert told == [
        ("assigned_to", "Ann, Cy"),
        ("event_type_uuid", "intro-call"),
        ("event_type_name", "Intro call"),
        ("event_start_time", "2031-05-06T08:00:00+01:00"),
        ("event_end_time", "2031-05-06T08:30:00+01:00"),
        ("invitee_uuid", "new1"),
        ("invitee_full_name", "Bo Ek"),
        ("invitee_email", "bo+x@example.org"),
        ("answer_1", "R&D + more"),
        ("answer_3", "Mon"),
        ("answer_3", "Tue"),
        ("utm_source", "kept"),
        ("utm_medium", "mail"),
    ]


# --- answers -------------------------------------------------------------------------------------


@pytest.mark.parametrize("flavour", ["jicoo", "cal"])
def test_answers_go_along_by_their_slugs_where_they_are_allowed(flavour: Flavour) -> None:
    """Each kind as a machine reads it, several choices as several parameters."""
    answers = ("topic", "days", "size", "ratio", "consent", "news", "blank", "missing")

    told = _told(flavour, answers=answers)

    assert told[-7:] == [
        ("topic", "R&D + more"),
        ("days", "Mon"),
        ("days", "Tue"),
        ("size", "3"),
        ("ratio", "1.5"),
        ("consent", "true"),
        ("news", "false"),
    ]


@pytest.mark.parametrize("flavour", ["jicoo", "cal", "calendly"])
def test_an_answer_that_is_not_allowed_stays(flavour: Flavour) -> None:
    """Whatever else the page is told."""
    assert "private" not in led(Redirect(PARTNER, flavour=flavour, answers=("topic",)))


@pytest.mark.parametrize(
    ("redirect", "found"),
    [
        (Redirect(PARTNER, answers=("topic", "eventUid")), ("eventUid",)),
        (Redirect(PARTNER, flavour="cal", answers=("topic", "title")), ("title",)),
        (
            Redirect(PARTNER, flavour="cal", answers=("sig", "ts", "event"), signed=True),
            ("sig", "ts", "event"),
        ),
        (Redirect(PARTNER, flavour="calendly", answers=("invitee_email", "sig"), signed=True), ()),
    ],
    ids=["jicoo", "cal", "signed", "calendly"],
)
def test_a_slug_that_means_something_else_is_found(redirect: Redirect, found: tuple[str, ...]) -> None:
    """Before a guest's answer passes for the uid; Calendly's answers have numbers."""
    assert clashes(redirect) == found


@pytest.mark.parametrize("flavour", ["jicoo", "cal"])
@pytest.mark.parametrize("occasion", Occasion)
@pytest.mark.parametrize(
    "booking",
    [
        replace(_MOVED, uid="seat9", shared="new1"),
        replace(_MOVED, series="r1"),
        replace(_MOVED, answers={"phone": "1"}),
    ],
    ids=["seat", "series", "phone"],
)
def test_every_parameter_is_one_that_no_answer_may_have(
    flavour: Flavour, occasion: Occasion, booking: Booking
) -> None:
    """The names that are looked at are those that are really sent."""
    told = _told(flavour, done(occasion, booking, embedded=True), signed=True)
    names = tuple(name for name, _ in told)

    assert clashes(Redirect(PARTNER, flavour=flavour, answers=names, signed=True)) == names
