"""Event types with conditions, as guests meet them: seats, series, approval, price, places, fixed answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import render_template_string

from booker_components import (
    Approval,
    CancelScope,
    ChangeRule,
    EventType,
    Frequency,
    Location,
    LocationKind,
    Price,
    Question,
    QuestionKind,
    Seats,
    Series,
)
from booker_components.testing import FrozenClock

from .conftest import HOST
from .guests import BO, Guest
from .pages import Page
from .studio import Studio, offering, studio_app

TEN = datetime(2027, 3, 23, 9, 0, tzinfo=UTC)
TUESDAY_TEN = "2027-03-23T09:00:00Z"
WEEKLY = Series(frequency=Frequency.WEEKLY, occurrences=8)

#: Gives a guest of a studio that offers an event type, and the studio.
Visiting = Callable[[EventType], tuple[Guest, Studio]]


@pytest.fixture
def visiting(tmp_path: Path, clock: FrozenClock) -> Iterator[Visiting]:
    """Open studios."""
    apps = []

    def open_(event_type: EventType) -> tuple[Guest, Studio]:
        studio = Studio(event_type, clock)
        apps.append(studio_app(tmp_path, studio, clock))
        return Guest(apps[-1].test_client()), studio

    yield open_
    for app in apps:
        app.extensions["booker"].storage.close()


def _form(guest: Guest, query: str = "") -> Page:
    """Have *guest* choose a time on the last Tuesday in Berlin's winter."""
    return guest.open(f"/book/class?slot={TUESDAY_TEN}{query}")


def _times(page: Page) -> list[str]:
    return [
        " ".join("".join(each.itertext()).split())
        for each in page.tree.iter("a")
        if "slot=" in each.get("href", "")
    ]


def _facts(page: Page) -> list[str]:
    items = [each for each in page.tree.iter("li") if "bk-facts__item" in each.get("class", "")]
    return [" ".join("".join(each.itertext()).split()) for each in items]


def _submit(page: Page) -> str:
    buttons = [each for each in page.tree.iter("button") if "bk-button--main" in each.get("class", "")]
    return "".join(buttons[-1].itertext())


def _field(page: Page, name: str) -> list[dict[str, str]]:
    fields = [each for tag in ("input", "select", "textarea") for each in page.tree.iter(tag)]
    return [dict(each.attrib) for each in fields if each.get("name") == name]


def _errors(page: Page) -> list[str]:
    found = [each for each in page.tree.iter("a") if "bk-problems__link" in each.get("class", "")]
    return ["".join(each.itertext()) for each in found]


# --- seats -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "said"), [(3, "10:00 3 seats left"), (1, "10:00 1 seat left")], ids=["three", "one"]
)
def test_each_time_says_how_many_seats_are_left(visiting: Visiting, left: int, said: str) -> None:
    """In the words that are its name, too; and again in the form."""
    guest, studio = visiting(offering(seats=Seats(per_slot=12)))
    studio.seats_left = left

    page = guest.open("/book/class?date=2027-03-23")

    assert _times(page)[0] == said
    assert said.removeprefix("10:00 ") in _facts(_form(guest))


def test_the_number_of_seats_can_be_kept_back(visiting: Visiting) -> None:
    """Nothing takes its place."""
    guest, _ = visiting(offering(seats=Seats(per_slot=12, show_left=False)))

    page = guest.open("/book/class?date=2027-03-23")

    assert _times(page)[0] == "10:00"
    assert "left" not in page.text() + _form(guest).text()


@pytest.mark.parametrize("shown", [True, False])
def test_guests_of_one_time_see_each_other_only_if_they_may(visiting: Visiting, shown: bool) -> None:
    """The guest's own name is always there."""
    guest, _ = visiting(offering(seats=Seats(per_slot=12, show_guests=shown)))
    _form(guest)

    page = guest.send(**BO, guests="other@guest.example")

    assert "Bo Müller" in page.text()
    assert ("other@guest.example" in page.text()) is shown


def test_seats_are_counted_where_a_seat_is_moved(visiting: Visiting) -> None:
    """The present time has a name of its own, which holds the number as well."""
    guest, _ = visiting(offering(seats=Seats(per_slot=12)))
    _form(guest)
    guest.send(**BO)

    page = guest.open("/reschedule/bk-1?date=2027-03-23")

    names = [each.get("aria-label") for each in page.tree.iter("a") if TUESDAY_TEN in each.get("href", "")]
    assert names == ["10:00, 3 seats left, the present time"]


# --- series ----------------------------------------------------------------------------------------


def test_a_series_is_announced_and_its_dates_are_listed(visiting: Visiting) -> None:
    """Five of eight, across the change of the clocks, which moves none of them for the guest."""
    guest, _ = visiting(offering(series=replace(WEEKLY, interval=2)))

    calendar = guest.open("/book/class?date=2027-03-23")
    page = _form(guest)

    assert "Repeats every 2 weeks" in _facts(calendar)
    dates = [each for each in page.tree.iter("li") if each.get("class") == "bk-dates__item"]
    texts = [" ".join("".join(each.itertext()).split()) for each in dates]
    assert texts[:3] == [
        "Tuesday 23 March 2027, 10:00 – 11:00",
        "Tuesday 6 April 2027, 10:00 – 11:00 GMT+2",
        "Tuesday 20 April 2027, 10:00 – 11:00 GMT+2",
    ]
    assert len(dates) == 5
    assert "Further dates: 3" in page.text()
    assert "The clocks change in between; the time of day stays the same for you." in page.text()
    field = _field(page, "occurrences")[0]
    assert (field["value"], field["min"], field["max"]) == ("8", "1", "8")


@pytest.mark.parametrize(
    ("zone", "notes"),
    [
        ("America/New_York", []),
        ("Europe/London", ["The clocks change in between", "For the host it will be another hour."]),
    ],
    ids=["changed before", "changes in between"],
)
def test_the_change_of_the_guests_clocks_counts(visiting: Visiting, zone: str, notes: list[str]) -> None:
    """New York has changed its clocks already; a host in India never does, and meets at another hour."""
    india = replace(HOST, zone="Asia/Kolkata")
    guest, _ = visiting(offering(series=WEEKLY, hosts=(india,)))

    page = _form(guest, f"&tz={zone}")

    sentences = ("The clocks change in between", "For the host it will be another hour.")
    assert [each for each in sentences if each in page.text()] == notes


def test_as_many_dates_are_booked_as_the_guest_wants(visiting: Visiting) -> None:
    """The booking page lists them all, with the way to each."""
    guest, studio = visiting(offering(series=WEEKLY))
    _form(guest)

    page = guest.send(**BO, occurrences="3")

    assert studio.requests[0].occurrences == 3
    assert "This one" in page.text()
    pages = [each for each in page.links("/bookings/bk-1-") if not each.endswith(".ics")]
    assert pages == ["/bookings/bk-1-2", "/bookings/bk-1-3"]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("9", "How many dates? You can book 8 dates at most."),
        ("0", "How many dates? Please enter a whole number from 1 to 8."),
        ("two", "How many dates? Please enter a whole number from 1 to 8."),
        ("", "How many dates? Please enter a whole number from 1 to 8."),
    ],
    ids=["too many", "none", "a word", "nothing"],
)
def test_a_wrong_number_of_dates_is_told(visiting: Visiting, typed: str, sentence: str) -> None:
    """Nothing is booked, and what was typed stays."""
    guest, studio = visiting(offering(series=WEEKLY))
    _form(guest)

    page = guest.send(**BO, occurrences=typed)

    assert (page.status, _errors(page)) == (422, [sentence])
    assert _field(page, "occurrences")[0]["value"] == typed
    assert studio.requests == []


def test_fewer_dates_hide_the_rest_of_the_list(visiting: Visiting) -> None:
    """Without scripts, when the form comes back; with them, the script shows and hides the same items."""
    guest, _ = visiting(offering(series=WEEKLY))
    _form(guest)

    page = guest.send(occurrences="2")

    dates = [each for each in page.tree.iter("li") if each.get("class") == "bk-dates__item"]
    more = next(each for each in page.tree.iter("p") if each.get("data-bk-more") is not None)
    assert [each.get("hidden") is not None for each in dates] == [False, False, True, True, True]
    assert more.get("hidden") is not None


def _booked_series(visiting: Visiting) -> tuple[Guest, Studio]:
    guest, studio = visiting(offering(series=WEEKLY))
    _form(guest)
    guest.send(**BO, occurrences="4")
    return guest, studio


def test_each_date_of_a_series_says_how_it_stands(visiting: Visiting, clock: FrozenClock) -> None:
    """Over, cancelled, or the one that is on view."""
    guest, studio = _booked_series(visiting)
    first = studio.bookings["series-1"].occurrences
    cancelled = replace(first[2], status=first[2].status.CANCELLED)
    studio.bookings["series-1"] = replace(
        studio.bookings["series-1"], occurrences=(*first[:2], cancelled, first[3])
    )
    clock.set(TEN + timedelta(days=3))

    page = guest.open("/bookings/bk-1-2")

    assert re.findall(r"11:00 (Over|This one|Cancelled)?", page.text().partition("All dates")[2])[:4] == [
        "Over",
        "This one",
        "Cancelled",
        "",
    ]


def test_only_its_guest_sees_the_dates_of_a_series(tmp_path: Path, clock: FrozenClock) -> None:
    """Who knows a uid and no more does not learn the others."""
    studio = Studio(offering(series=WEEKLY), clock)
    app = studio_app(tmp_path, studio, clock, BOOKER_LINKS="signed")
    guest = Guest(app.test_client())
    _form(guest)
    own = guest.send(**BO, occurrences="3")

    page = Guest(app.test_client()).open("/bookings/bk-1-1")

    assert "All dates" in own.text()
    assert guest.open(own.links("/bookings/bk-1-2")[0]).status == 200
    assert "All dates" not in page.text()
    app.extensions["booker"].storage.close()


@pytest.mark.parametrize(
    ("query", "chosen"),
    [("", "Only this date"), ("?allRemainingBookings=true", "All dates that are left")],
    ids=["plain", "as Cal.com links"],
)
def test_cancelling_a_date_of_a_series_asks_how_much(visiting: Visiting, query: str, chosen: str) -> None:
    """The link of a vendor's mail only proposes."""
    guest, _ = _booked_series(visiting)

    page = guest.open(f"/cancel/bk-1-2{query}")

    assert [each["value"] for each in _field(page, "scope") if "checked" in each] == [chosen]
    assert "All dates that are left" in page.text()


def test_cancelling_a_single_booking_asks_nothing_more(visiting: Visiting) -> None:
    """There is only one."""
    guest, _ = visiting(offering())
    _form(guest)
    guest.send(**BO)

    assert _field(guest.open("/cancel/bk-1?allRemainingBookings=true"), "scope") == []


def test_moving_a_date_of_a_series_says_that_the_rest_stays(visiting: Visiting) -> None:
    """The rhythm is not said: it does not apply."""
    guest, _ = _booked_series(visiting)

    page = guest.open("/reschedule/bk-1-2")

    assert "Only this date of the series is moved." in _facts(page)
    assert not any("Repeats" in each for each in _facts(page))


def test_scope_reaches_the_provider(visiting: Visiting) -> None:
    """What the guest has chosen is what is cancelled."""
    guest, studio = _booked_series(visiting)
    guest.open("/cancel/bk-1-2")

    guest.send(scope="All dates that are left", reason="Ill")

    assert studio.cancelled == [("bk-1-2", CancelScope.ALL, "Ill")]


# --- approval and price ----------------------------------------------------------------------------


def test_a_booking_that_waits_is_requested(visiting: Visiting) -> None:
    """The guest reads so before, at the button and after."""
    guest, _ = visiting(offering(approval=Approval()))

    calendar, page = guest.open("/book/class"), _form(guest)
    pending = guest.send(**BO)
    moving = guest.open(f"/reschedule/bk-1?slot={TUESDAY_TEN.replace('09', '10')}")

    assert "The host confirms each booking." in _facts(calendar)
    assert "The host has to confirm this booking." in _facts(page)
    assert _submit(page) == "Request booking"
    assert pending.headline() == "Waiting for confirmation"
    assert _submit(moving) == "Request new time"


@pytest.mark.parametrize(
    ("ahead", "waits"),
    [(timedelta(days=60), True), (timedelta(days=2), False)],
    ids=["too soon", "early enough"],
)
def test_only_bookings_at_short_notice_wait(visiting: Visiting, ahead: timedelta, waits: bool) -> None:
    """50 days are less than 60, and not less than 2."""
    guest, _ = visiting(offering(approval=Approval(within=ahead)))

    calendar, page = guest.open("/book/class"), _form(guest)

    said = f"Bookings made less than {ahead.days} days ahead wait for the host to confirm them."
    assert said in _facts(calendar)
    assert ("The host has to confirm this booking." in _facts(page)) is waits
    assert _submit(page) == ("Request booking" if waits else "Confirm booking")


@pytest.mark.parametrize("url", ["https://cal.example/ada/class", "", "javascript:alert(1)", "https://["])
def test_what_can_only_be_booked_elsewhere_says_so(visiting: Visiting, url: str) -> None:
    """With the way there, where it is known; no calendar, no form, no dead end."""
    price = Price(amount=4000, currency="EUR")
    paid = offering(price=price, elsewhere="This is paid for at Cal.com.", booking_url=url)
    guest, studio = visiting(paid)

    page = _form(guest)
    posted = guest.post("/book/class", {**BO, "slot": TUESDAY_TEN})

    assert "€40.00" in _facts(page)
    assert "This is paid for at Cal.com." in page.text()
    assert page.times() == []
    assert (posted.status, studio.requests) == (409, [])
    links = [each for each in page.tree.iter("a") if each.get("target")]
    if url.startswith("https://cal"):
        assert ["".join(each.itertext()) for each in links] == ["Continue at cal.example"]
        assert (links[0].get("target"), links[0].get("rel")) == ("_top", "noopener noreferrer")
    else:
        assert links == []
        assert "Please ask Ada Lovelace how to book." in page.text()


def test_what_was_booked_elsewhere_can_be_moved_here(visiting: Visiting) -> None:
    """Moving costs nothing."""
    guest, studio = visiting(offering())
    _form(guest)
    guest.send(**BO)
    studio.offer = replace(studio.offer, elsewhere="This is paid for at Cal.com.")

    page = guest.open("/reschedule/bk-1?date=2027-03-23")

    assert len([each for each in page.times() if "slot=2027-03-23" in each]) == 8


# --- places ----------------------------------------------------------------------------------------

HOME = Location(kind=LocationKind.ATTENDEE_ADDRESS)
CHOICE = Location(kind=LocationKind.ATTENDEE_CHOICE)
VIDEO = Location(kind=LocationKind.CONFERENCE, value="cal-video")


@pytest.mark.parametrize(
    ("location", "label"),
    [(HOME, "Your address"), (CHOICE, "Where shall we meet?")],
    ids=["address", "choice"],
)
def test_a_guest_says_where(visiting: Visiting, location: Location, label: str) -> None:
    """The answer is the booking's place, and asked for where it is the only one."""
    guest, studio = visiting(offering(locations=(location,)))

    page = _form(guest)
    empty = guest.send(**BO)
    _form(guest)
    booked = guest.send(**BO, place="1 Main St\r\n\r\n 75001 Paris")

    assert label in page.text()
    assert _errors(empty) == [f"{label}{'' if label.endswith('?') else ':'} Please fill this in."]
    assert studio.requests[0].location == replace(location, value="1 Main St, 75001 Paris")
    assert "1 Main St, 75001 Paris" in booked.text()


def test_a_place_is_needed_only_if_it_is_chosen(visiting: Visiting) -> None:
    """The video call needs none."""
    guest, studio = visiting(offering(locations=(VIDEO, HOME, CHOICE)))
    _form(guest)

    missing = guest.send(**BO, location="We come to you")
    booked = guest.send(**BO, location="Video call")

    assert _errors(missing) == ["Your address, or where we shall meet: Please fill this in."]
    assert booked.headline() == "Your booking is confirmed"
    assert studio.requests[0].location == VIDEO
    assert "Where Video call" in booked.text()


# --- several addresses -----------------------------------------------------------------------------


def test_several_addresses_are_typed_into_one_field(visiting: Visiting) -> None:
    """One wrong one is named where it was typed; the booking page lists them all."""
    family = Question(slug="family", label="Who else?", kind=QuestionKind.EMAILS, required=True)
    guest, studio = visiting(offering(questions=(family,)))
    page = _form(guest, "&family=ann@guest.example&family=ben@guest.example")
    known = next(each.text for each in page.tree.iter("textarea") if each.get("name") == "family")

    wrong = guest.send(**BO, family="ann@guest.example\nben")
    booked = guest.send(**BO, family="ann@guest.example\nben@guest.example, ann@guest.example")

    assert str(known).split() == ["ann@guest.example", "ben@guest.example"]
    assert _errors(wrong) == ["Who else? Please enter addresses like name@example.com; ben is none."]
    assert studio.requests[0].answers == {"family": ("ann@guest.example", "ben@guest.example")}
    assert "Who else? ann@guest.example, ben@guest.example" in booked.text()


# --- answers known beforehand ----------------------------------------------------------------------

QUESTIONS = (
    Question(slug="ref", label="Reference", hidden=True, required=True),
    Question(slug="kind", label="Kind", kind=QuestionKind.SELECT, options=("A", "B"), hidden=True),
    Question(slug="vip", label="VIP", kind=QuestionKind.BOOLEAN, hidden=True),
    Question(slug="customer", label="Customer", locked=True),
    Question(slug="plan", label="Plan", kind=QuestionKind.SELECT, options=("Trial", "Team"), locked=True),
    Question(slug="days", label="Days", kind=QuestionKind.CHECKBOXES, options=("Mon", "Tue"), locked=True),
    Question(slug="terms", label="Terms", kind=QuestionKind.BOOLEAN, locked=True),
)
KNOWN = "&ref=R-7&kind=B&vip=true&customer=C-1&plan=Team&days=Tue&terms=true"


def test_hidden_answers_are_sent_along_unseen(visiting: Visiting) -> None:
    """They are in no label, in the booking, and not on its page."""
    guest, studio = visiting(offering(questions=QUESTIONS[:3]))

    page = _form(guest, KNOWN)
    booked = guest.send(**BO)

    assert "Reference" not in page.text()
    assert [each["type"] for each in _field(page, "ref")] == ["hidden"]
    assert studio.requests[0].answers == {"ref": "R-7", "kind": "B", "vip": True}
    assert "R-7" not in booked.text()


@pytest.mark.parametrize("slug", ["reason", "date", "phone", "how many?", "key"])
def test_a_question_may_have_any_slug(visiting: Visiting, slug: str) -> None:
    """Vendors' slugs may be words of ours, or no words at all."""
    question = Question(slug=slug, label="Which", required=True)
    phone = Location(kind=LocationKind.ATTENDEE_PHONE)
    guest, studio = visiting(offering(questions=(question,), locations=(phone,)))
    page = _form(guest)
    label = next(each for each in page.tree.iter("label") if "Which" in "".join(each.itertext()))
    field = next(each for each in page.tree.iter("input") if each.get("id") == label.get("for"))

    missing = guest.send(**BO, phone="+49 30 123456")
    guest.send(**BO, **{"phone": "+49 30 123456", str(field.get("name")): "That one"})

    assert _errors(missing) == ["Which: Please fill this in."]
    assert studio.requests[0].answers == {slug: "That one"}
    assert studio.requests[0].attendee.phone == "+49 30 123456"


@pytest.mark.parametrize("query", ["", "&kind=Huge&ref="], ids=["nothing", "nonsense"])
def test_hidden_answers_never_stand_in_a_guests_way(visiting: Visiting, query: str) -> None:
    """Nobody could mend them."""
    guest, studio = visiting(offering(questions=QUESTIONS[:3]))
    _form(guest, query)

    booked = guest.send(**BO)

    assert booked.headline() == "Your booking is confirmed"
    assert studio.requests[0].answers == {}


def _locked(page: Page) -> dict[str, list[str]]:
    names = ("customer", "plan", "days", "terms")
    fields = {name: _field(page, name) for name in names}
    return {
        name: [mark for mark in ("readonly", "disabled") if any(mark in each for each in found)]
        for name, found in fields.items()
    }


LOCKED = {"customer": ["readonly"], "plan": ["disabled"], "days": ["disabled"], "terms": ["disabled"]}


def test_locked_answers_are_shown_and_sent(visiting: Visiting) -> None:
    """Also after a mistake, and after choosing another time."""
    guest, studio = visiting(offering(questions=QUESTIONS[3:]))

    first = _locked(_form(guest, KNOWN))
    mistaken = _locked(guest.send(name="Bo"))
    back = next(each.get("value") for each in guest.page.tree.iter("button") if each.get("name") == "go")
    guest.press(back)
    again = guest.press(guest.page.times()[2])
    guest.send(**BO)

    assert [first, mistaken, _locked(again)] == [LOCKED] * 3
    assert studio.requests[0].answers == {"customer": "C-1", "plan": "Team", "days": ("Tue",), "terms": True}


def test_locked_questions_without_an_answer_are_asked(visiting: Visiting) -> None:
    """What a guest has typed stays open to change after a mistake."""
    guest, studio = visiting(offering(questions=QUESTIONS[3:5]))

    open_ = _locked(_form(guest, "&plan=Huge"))
    mistaken = _locked(guest.send(customer="C-1", plan="Trial"))
    guest.send(**BO, customer="C-2")

    assert open_ == mistaken == {"customer": [], "plan": [], "days": [], "terms": []}
    assert studio.requests[0].answers == {"customer": "C-2", "plan": "Trial"}


def test_locked_answers_of_a_long_address_stay_locked(visiting: Visiting) -> None:
    """What is too long for links is carried through the calendar in fields."""
    guest, _ = visiting(offering(questions=QUESTIONS[3:]))
    guest.open(f"/book/class?date=2027-03-23{KNOWN}&notes={'x' * 400}")

    page = guest.press(guest.page.times()[0])

    assert _locked(page) == LOCKED


def test_facts_of_the_address_are_kept_with_the_booking(visiting: Visiting) -> None:
    """Through calendar, form and mistakes; no more than may be kept."""
    guest, studio = visiting(offering())
    long = "&".join(f"metadata[k{each}]=v" for each in range(60))

    guest.open(f"/book/class?date=2027-03-23&metadata[crm]=42&utm_source=mail&utm_evil=1&metadata[]=x&{long}")
    guest.press(guest.page.times()[0])
    guest.send(name="Bo")
    guest.send(**BO)

    kept = studio.requests[0].metadata
    assert (kept["crm"], kept["utm_source"], len(kept)) == ("42", "mail", 49)
    assert "utm_evil" not in kept


# --- one zone --------------------------------------------------------------------------------------


def test_a_locked_zone_is_no_choice(visiting: Visiting) -> None:
    """Whatever the address says; scripts find nothing to propose in the form either."""
    guest, studio = visiting(offering(zone_locked=True))

    calendar = guest.open("/book/class?date=2027-03-23&tz=Asia/Tokyo")
    page = _form(guest, "&tz=Asia/Tokyo")
    guest.send(**BO)

    assert _times(calendar)[0] == "10:00"
    assert list(calendar.tree.iter("select")) == []
    assert "Time zone: Central European Time - Berlin" in calendar.text()
    assert [each["value"] for each in _field(page, "tz")] == ["Europe/Berlin"]
    assert studio.requests[0].attendee.zone == "Europe/Berlin"


# --- what the provider is asked ---------------------------------------------------------------------


def test_times_are_looked_for_in_the_zone_of_who_books(visiting: Visiting) -> None:
    """Some providers align starts in it; a booking keeps to those of its attendee's zone."""
    guest, studio = visiting(offering())

    _form(guest, "&tz=Asia/Kathmandu")
    guest.send(**BO)
    assert studio.zones == {"Asia/Kathmandu"}

    studio.zones.clear()
    guest.open("/reschedule/bk-1?slot=2027-03-24T10:00:00Z&tz=Asia/Tokyo")
    guest.send()
    assert studio.zones == {"Asia/Kathmandu"}


def test_who_missed_a_booking_can_take_another_time_where_that_is_allowed(
    visiting: Visiting, clock: FrozenClock
) -> None:
    """Its page says that it is over, and leads to other times all the same."""
    guest, studio = visiting(offering(reschedule=ChangeRule(begun=True)))
    _form(guest)
    guest.send(**BO)
    clock.set(TEN + timedelta(days=1))

    page = guest.open("/bookings/bk-1")
    assert "This booking is over" in page.text()
    guest.follow("rescheduleUid=bk-1")
    guest.open("/reschedule/bk-1?slot=2027-03-25T10:00:00Z")
    guest.send()

    assert studio.bookings["bk-1"].start == TEN + timedelta(days=2, hours=1)


# --- in a host's page ------------------------------------------------------------------------------


def test_what_a_host_knows_stays_out_of_addresses_and_locked(tmp_path: Path, clock: FrozenClock) -> None:
    """The widget's first view carries it in fields; the form shows it as the event type wants."""
    studio = Studio(offering(questions=QUESTIONS), clock)
    app = studio_app(tmp_path, studio, clock)
    known = {"customer": "C-1", "plan": "Team", "ref": "R-7", "metadata[crm]": "42", "nonsense": "x"}
    app.add_url_rule("/host", "host", lambda: render_template_string(HOST_PAGE, known=known))
    guest = Guest(app.test_client())

    calendar = guest.open("/host")
    page = guest.press(calendar.times()[0])
    guest.send(**BO)

    assert not any("C-1" in each for each in (*calendar.links("/"), *calendar.times()))
    assert _locked(page) == {"customer": ["readonly"], "plan": ["disabled"], "days": [], "terms": []}
    assert studio.requests[0].answers == {"customer": "C-1", "plan": "Team", "ref": "R-7", "terms": False}
    assert studio.requests[0].metadata == {"crm": "42"}
    app.extensions["booker"].storage.close()


HOST_PAGE = '<!DOCTYPE html><title>x</title><body>{{ booker("class", prefill=known) }}</body>'
