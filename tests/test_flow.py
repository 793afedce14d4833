"""Tests of the main job over plain HTTP: book, see, move and cancel, as a guest does who runs no scripts."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask, render_template_string

from booker_components import (
    Booking,
    BookingClosed,
    BookingStatus,
    BookingWindow,
    ChangeRule,
    EventKind,
    InvalidRequest,
    NotBookable,
    ReasonRule,
    SlotTaken,
    booking_link,
    cancel_booking,
    create_blueprint,
    create_booking,
    get_booking,
    get_event_type,
    get_event_types,
    get_slots,
    list_bookings,
    reschedule_booking,
)
from booker_components.testing import FrozenClock, Recorder

from .conftest import CHECKUP, INTRO
from .guests import BO, Guest, form_of
from .pages import Page

TUESDAY_TEN = "2027-02-02T09:00:00Z"
TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)

MakeApp = Callable[..., Flask]
CHECKUP_ANSWERS = {**BO, "topic": "Pumps", "size": "Large", "days": ["Mon", "Tue"]}

#: Parameters that vendors add to links (contracts/calcom.md section 3.2 to 3.5).
VENDORS = (
    "slug=intro-call&username=undefined&teamId=7&seatReferenceUid=seat-1&changes=true&reschedule=true"
    "&cancel=true&allRemainingBookings=false&rescheduledBy=ada%40example.com&cancelledBy=x"
)
SUCCESS = (
    "isSuccessBookingPage=true&email=bo%40guest.example&eventTypeSlug=intro-call&title=Intro+call"
    "&startTime=2027-02-02T09%3A00%3A00Z&endTime=x&attendeeName=Bo&formerTime=Tue+Feb+02&flag.coep=false"
    "&seatReferenceUid=&guestEmails=a%2C+b&phone=%2B49&isEmbed=true&location=integrations%3Adaily&changes=true"
)


@pytest.fixture
def quiet(make_app: MakeApp) -> Flask:
    """An app whose events are delivered only when a test asks for it."""
    return make_app(BOOKER_DISPATCH="none")


@pytest.fixture
def guest(quiet: Flask) -> Guest:
    """A guest of that app."""
    return Guest(quiet.test_client())


def _book(guest: Guest, slug: str = "intro-call", time: str = TUESDAY_TEN, **answers: Any) -> str:
    """Book, and give the uid."""
    form_of(guest, slug, time)
    guest.send(**(answers or (CHECKUP_ANSWERS if slug == "check-up" else BO)))
    assert guest.statuses[-2:] == [303, 200]
    return guest.addresses[-1].partition("?")[0].rpartition("/")[2]


def _offers(guest: Guest, time: str, slug: str = "intro-call") -> bool:
    page = guest.open(f"/book/{slug}?date={time[:10]}")
    return any(f"slot={time}" in each for each in page.times())


# --- the main job ----------------------------------------------------------------------------------


@pytest.mark.parametrize("prefix", ["", "/scheduling"], ids=["at the root", "under a prefix"])
@pytest.mark.parametrize("links", ["signed", "uid"])
def test_a_guest_books_moves_and_cancels_by_links_and_forms_alone(
    make_app: MakeApp, recorder: Recorder, prefix: str, links: str
) -> None:
    """Every step answers 200 or 303, and the slot is gone while it is booked and back afterwards."""
    app = make_app(prefix=prefix or None, BOOKER_DISPATCH="none", BOOKER_LINKS=links)
    guest = Guest(app.test_client())

    guest.open(f"{prefix}/book/intro-call")
    guest.follow("date=", 2)
    slot = guest.follow("slot=", 1).form()[1]["slot"]
    confirmed = guest.send(**BO)
    booked_at = guest.addresses[-1]
    assert guest.addresses[-1].startswith(f"{prefix}/bookings/")
    assert confirmed.headline() == "Your booking is confirmed"
    taken = any(slot in each for each in guest.open(f"{prefix}/book/intro-call?date={slot[:10]}").times())
    guest.open(booked_at)
    guest.follow("/reschedule?")
    guest.follow("slot=", 5)
    moved = guest.send(reason="Train is late")
    assert moved.headline() == "Your booking has been moved"
    guest.follow("/bookings/cancel/")
    cancelled = guest.send(reason="Ill")

    assert taken is False
    assert cancelled.headline() == "This booking was cancelled"
    assert any(slot in each for each in guest.open(f"{prefix}/book/intro-call?date={slot[:10]}").times())
    assert set(guest.statuses) == {200, 303}
    app.extensions["booker"].outbox.deliver_due()
    assert recorder.kinds == [EventKind.CREATED, EventKind.RESCHEDULED, EventKind.CANCELLED]
    assert [event.booking.reason for event in recorder.events] == ["", "Train is late", "Ill"]


def test_the_pages_work_behind_a_proxy_that_adds_a_prefix(quiet: Flask) -> None:
    """Under SCRIPT_NAME every link, form and redirect stays below it."""
    guest = Guest(quiet.test_client(), base="http://localhost/mounted")

    def local(part: str, number: int = 0) -> str:
        address = guest.page.links(part)[number]
        assert address.startswith("/mounted/")
        return address.removeprefix("/mounted")

    guest.open("/book/intro-call")
    guest.open(local("slot="))
    action, data = guest.page.form()
    response = quiet.test_client().post(
        action.removeprefix("/mounted"), data=data | BO, base_url="http://localhost/mounted"
    )
    assert response.status_code == 303
    guest.open(response.headers["Location"].removeprefix("/mounted"))

    assert guest.page.headline() == "Your booking is confirmed"
    assert all(each.startswith("/mounted/") for each in guest.page.links("/") if each.startswith("/"))
    assert urlsplit(action).path == "/mounted/book/intro-call"


def test_the_blueprint_can_be_registered_by_hand(tmp_path: Any, clock: FrozenClock) -> None:
    """`app.register_blueprint(create_blueprint(), url_prefix=...)` is all that a host needs."""
    app = Flask("partner", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")
    app.register_blueprint(create_blueprint(clock=clock), url_prefix="/scheduling")
    guest = Guest(app.test_client())

    form_of(guest, "intro-call", TUESDAY_TEN, "/scheduling")
    guest.send(**BO)

    assert guest.statuses == [200, 303, 200]
    assert guest.addresses[-1].startswith("/scheduling/bookings/")
    app.extensions["booker"].storage.close()


def test_the_owner_may_stand_in_the_address(guest: Guest) -> None:
    """/book/<username>/<slug> books like /book/<slug>, and its steps keep the name."""
    page = guest.open("/book/ada/intro-call")
    guest.follow("slot=")
    guest.send(**BO)

    assert all(each.startswith("/book/ada/intro-call?") for each in page.times())
    assert guest.statuses == [200, 200, 303, 200]
    assert guest.open("/book/bob/intro-call").status == 404


# --- the shapes of links ---------------------------------------------------------------------------


def _query(quiet: Flask, uid: str, purpose: str) -> str:
    """Give the query of a signed link, with vendors' parameters around it."""
    with quiet.app_context():
        return f"{urlsplit(booking_link(uid, purpose)).query}&{VENDORS}"


RESCHEDULE_SHAPES = {
    "query": "/reschedule?rescheduleUid={uid}&eventTypeSlug=intro-call&",
    "bookings": "/bookings/reschedule?rescheduleUid={uid}&eventTypeSlug=other&",
    "path": "/reschedule/{uid}?",
}


@pytest.mark.parametrize("links", ["signed", "uid"])
@pytest.mark.parametrize("shape", RESCHEDULE_SHAPES.values(), ids=RESCHEDULE_SHAPES.keys())
def test_every_shape_of_a_reschedule_link_moves(make_app: MakeApp, shape: str, links: str) -> None:
    """The three shapes lead to the calendar of the booking, whatever else the vendor says."""
    app = make_app(BOOKER_DISPATCH="none", BOOKER_LINKS=links)
    guest = Guest(app.test_client())
    uid = _book(guest)

    page = guest.open(shape.format(uid=uid) + _query(app, uid, "reschedule"))
    assert "Former time: Tuesday 2 February 2027, 10:00" in page.text()
    guest.follow("slot=2027-02-02T12:00")
    moved = guest.send(reason="")

    assert moved.headline() == "Your booking has been moved"
    assert set(guest.statuses) == {200, 303}


@pytest.mark.parametrize("links", ["signed", "uid"])
@pytest.mark.parametrize("folder", ["/bookings/cancel", "/cancel"])
def test_every_shape_of_a_cancel_link_cancels(make_app: MakeApp, folder: str, links: str) -> None:
    """Both shapes ask once more, whatever else the vendor says, and cancel on POST."""
    app = make_app(BOOKER_DISPATCH="none", BOOKER_LINKS=links)
    guest = Guest(app.test_client())
    uid = _book(guest)

    page = guest.open(f"{folder}/{uid}?{_query(app, uid, 'cancel')}")
    assert page.headline() == "Cancel this booking?"
    cancelled = guest.send()

    assert cancelled.headline() == "This booking was cancelled"
    assert set(guest.statuses) == {200, 303}


@pytest.mark.parametrize("query", [VENDORS, SUCCESS], ids=["manage link", "success redirect"])
def test_the_booking_page_tolerates_what_vendors_add(quiet: Flask, guest: Guest, query: str) -> None:
    """Parameters of vendors change nothing and are not repeated."""
    uid = _book(guest)

    page = guest.open(f"/bookings/{uid}?{query}")

    assert page.status == 200
    assert "bo@guest.example" not in page.response.text


@pytest.mark.parametrize("name", ["uid", "eventUid"])
def test_guests_land_on_their_booking_after_a_vendors_page(guest: Guest, name: str) -> None:
    """/bookings/return leads to the booking page with 303."""
    uid = _book(guest)

    page = guest.open(f"/bookings/return?{SUCCESS}&{name}={uid}&event=created")

    assert guest.addresses[-1] == f"/bookings/{uid}"
    assert guest.statuses[-2:] == [303, 200]
    assert page.headline() == "Your booking is confirmed"


@pytest.mark.parametrize("query", ["", "uid=", "uid=nobody", "uid=//evil.example", "eventUid=../../x"])
def test_landing_without_a_booking_says_so(guest: Guest, query: str) -> None:
    """There is nothing to redirect to, so there is no redirect."""
    page = guest.open(f"/bookings/return?{query}")

    assert page.status == 404
    assert page.headline() == "Booking not found"


def test_a_booking_is_a_calendar_file_too(guest: Guest) -> None:
    """The guest downloads it by the link on the booking page."""
    uid = _book(guest)

    response = guest.follow(".ics").response

    assert response.mimetype == "text/calendar"
    assert f"UID:{uid}@localhost".encode() in response.data


def test_calendars_know_a_booking_by_the_apps_own_name(make_app: MakeApp) -> None:
    """The UID in the file does not follow the Host header where the settings say where we are."""
    app = make_app(BOOKER_DISPATCH="none", BOOKER_PUBLIC_URL="https://book.example/at")
    uid = _book(Guest(app.test_client()))

    text = app.test_client().get(f"/bookings/{uid}.ics", headers={"Host": "other.example"}).text

    assert f"UID:{uid}@book.example" in text
    assert "other.example" not in text


# --- what the host sees ----------------------------------------------------------------------------


def test_helpers_see_the_whole_story_in_a_script(quiet: Flask, guest: Guest) -> None:
    """In an app context, without a request, helpers read what a guest did."""
    uid = _book(guest, "check-up")

    with quiet.app_context():
        booking = get_booking(uid)
        listed = list_bookings(status="confirmed", attendee_email="BO@guest.example")
        several = list_bookings(event_type=["check-up", "intro-call"], order="created")
        others = list_bookings(event_type="intro-call")
        slots = get_slots("check-up", start=TEN, end=TEN + timedelta(hours=2))
        own = get_slots("check-up", start=TEN, end=TEN + timedelta(hours=2), moving=uid)
        types = [each.slug for each in get_event_types()]
        title = get_event_type("intro-call").title
        link = booking_link(uid)

    assert (listed, several, others) == ((booking,), (booking,), ())
    assert (booking.attendee.name, booking.answers["topic"]) == ("Bo Müller", "Pumps")
    assert booking.answers["days"] == ("Mon", "Tue")
    assert TEN not in [slot.start for slot in slots]
    assert TEN in [slot.start for slot in own]
    assert (types, title) == (["intro-call", "check-up"], "Intro call")
    assert guest.open(link).headline() == "Your booking is confirmed"


def test_helpers_book_move_and_cancel_in_a_view(quiet: Flask, guest: Guest) -> None:
    """What a host does in a view of its own is what the guest then sees."""

    @quiet.post("/desk")
    def desk() -> str:
        booking = create_booking("intro-call", TEN, **BO, zone="Asia/Tokyo", notes="VIP", key="desk-1")
        return booking.uid

    @quiet.post("/desk/<uid>/move")
    def move(uid: str) -> str:
        return reschedule_booking(uid, TEN + timedelta(hours=4), reason="Room").uid

    @quiet.post("/desk/<uid>/cancel")
    def cancel(uid: str) -> str:
        return str(cancel_booking(uid, reason="Closed").status)

    client = quiet.test_client()
    uid = client.post("/desk").text
    with quiet.app_context():
        first = guest.open(booking_link(uid))
    moved = client.post(f"/desk/{uid}/move").text
    with quiet.app_context():
        second = guest.open(booking_link(uid))
    cancelled = client.post(f"/desk/{uid}/cancel").text

    assert "18:00 – 18:30 Japan Time - Tokyo" in first.text()
    assert "For the host: Tuesday 2 February 2027, 10:00" in first.text()
    assert (moved, second.headline(), cancelled) == (uid, "Your booking has been moved", "cancelled")
    assert guest.open(f"/bookings/{uid}").headline() == "This booking was cancelled"


def test_helpers_refuse_with_errors_that_say_why(quiet: Flask) -> None:
    """Each refusal has its own class, and `force` passes over the guest's rules but over no booking."""
    with quiet.app_context():
        booking = create_booking("check-up", TEN - timedelta(hours=1), **BO, answers={"topic": "x"})
        other = create_booking("intro-call", TEN + timedelta(hours=1), **BO)

        with pytest.raises(SlotTaken):
            create_booking("intro-call", TEN - timedelta(hours=1), **BO)
        with pytest.raises(NotBookable):
            create_booking("intro-call", TEN + timedelta(minutes=7), **BO)
        with pytest.raises(InvalidRequest) as wrong:
            create_booking("check-up", TEN, name="", email="x", answers={"size": "Huge"})
        with pytest.raises(InvalidRequest):
            reschedule_booking(booking.uid, TEN)
        with pytest.raises(SlotTaken):
            reschedule_booking(booking.uid, other.start, force=True)
        forced = reschedule_booking(booking.uid, TEN, force=True)

    assert set(wrong.value.problems) == {"name", "email", "topic", "size"}
    assert forced.start == TEN


def test_widgets_stand_in_the_hosts_own_template(quiet: Flask) -> None:
    """Two widgets on one page have ids of their own, and a failure is a notice, not a broken page."""
    template = """<html><head>{{ booker.head() }}</head><body>
      {{ booker("intro-call", prefill={"email": "a@b.example"}) }}{{ booker("intro-call") }}
      {{ booker.booking(uid) }}{{ booker.reschedule(uid) }}{{ booker.cancel(uid) }}
      {{ booker("nothing") }}{{ booker.booking("nobody") }}</body></html>"""
    quiet.add_url_rule("/host/<uid>", view_func=lambda uid: render_template_string(template, uid=uid))
    guest = Guest(quiet.test_client())

    page = guest.open(f"/host/{_book(guest)}")

    ids = [each.get("id") for each in page.tree.iter("section")]
    assert len(set(ids)) == 7
    assert page.text().count("There is nothing to book at this address.") == 1
    assert page.text().count("Booking not found") == 1
    assert "a@b.example" not in "".join(page.links(""))


# --- once is once ----------------------------------------------------------------------------------


def test_the_same_form_sent_twice_is_one_booking(quiet: Flask, guest: Guest, recorder: Recorder) -> None:
    """A second click, or a reload of the answer, leads to the booking that there is."""
    action, data = form_of(guest, "intro-call", TUESDAY_TEN).form()

    guest.post(action, data | BO)
    first = guest.addresses[-1]
    guest.post(action, data | BO)

    assert guest.addresses[-1] == first
    with quiet.app_context():
        assert len(list_bookings()) == 1
    quiet.extensions["booker"].outbox.deliver_due()
    assert recorder.kinds == [EventKind.CREATED]


def test_a_form_sent_again_after_a_move_creates_nothing(
    quiet: Flask, guest: Guest, recorder: Recorder
) -> None:
    """Neither a booking nor another event that says that one was created."""
    action, data = form_of(guest, "intro-call", TUESDAY_TEN).form()
    guest.post(action, data | BO)
    guest.follow("/reschedule?")
    guest.follow("slot=2027-02-02T12:00")
    guest.send()

    page = guest.post(action, data | BO)

    assert page.headline() == "Your booking has been moved"
    quiet.extensions["booker"].outbox.deliver_due()
    assert recorder.kinds == [EventKind.CREATED, EventKind.RESCHEDULED]


def test_a_key_cannot_fetch_somebody_elses_booking(guest: Guest) -> None:
    """Whoever sends another one's key with other details learns nothing."""
    action, data = form_of(guest, "intro-call", TUESDAY_TEN).form()
    guest.post(action, data | BO)

    page = guest.post(action, data | {"name": "Eve", "email": "eve@evil.example"})

    assert page.status == 422
    assert "bo@guest.example" not in page.response.text


# --- a slot that somebody else took ----------------------------------------------------------------


def test_a_taken_slot_offers_others_and_keeps_what_was_typed(quiet: Flask, guest: Guest) -> None:
    """409 with fresh times; a time picked among them books with everything that was typed."""
    form_of(guest, "check-up", TUESDAY_TEN)
    with quiet.app_context():
        create_booking("intro-call", TEN, name="Eve", email="eve@guest.example")

    typed = {**CHECKUP_ANSWERS, "guests": "a@b.example\nc@d.example", "notes": "Dear\nall"}
    refused = guest.send(**typed)
    assert refused.status == 409
    assert refused.text().count("has just been taken") == 1
    times = refused.times()
    assert not any(TUESDAY_TEN in each for each in times)
    again = guest.press(times[3])
    assert _undated(again) == _undated(refused) | {"slot": dict(parse_qsl(times[3]))["slot"]}
    guest.send()

    assert guest.statuses[-2:] == [303, 200]
    with quiet.app_context():
        booking = next(each for each in list_bookings() if each.event_type == "check-up")
    assert booking.guests == ("a@b.example", "c@d.example")
    assert (booking.notes, booking.answers["size"]) == ("Dear\nall", "Large")


def _undated(page: Page) -> dict[str, Any]:
    """Give what the form would send, without the day on view, what holds the time, and the trap."""
    but = ("date", "csrf_token", "stamp", "fax")
    return {name: value for name, value in page.form()[1].items() if name not in but}


def test_a_taken_slot_of_a_move_offers_others(quiet: Flask, guest: Guest) -> None:
    """The reason that was typed survives, and picking an alternative moves the booking."""
    _book(guest)
    guest.follow("/reschedule?")
    guest.follow("slot=2027-02-02T12:00")
    with quiet.app_context():
        create_booking("intro-call", TEN + timedelta(hours=3), name="Eve", email="eve@guest.example")

    refused = guest.send(reason="Train")
    assert refused.status == 409
    again = guest.press(next(each for each in refused.times() if "T13:00" in each))
    assert again.form()[1]["reason"] == "Train"
    guest.send()

    assert guest.page.headline() == "Your booking has been moved"


def test_a_link_to_a_time_that_is_gone_shows_the_day(quiet: Flask, guest: Guest) -> None:
    """An old link leads to the calendar of that day with a sentence, not to a form that must fail."""
    _book(guest)

    page = guest.open(f"/book/intro-call?slot={TUESDAY_TEN}")

    assert page.status == 200
    assert "This time is no longer free." in page.text()
    chosen = [each.get("aria-label") for each in page.tree.iter("a") if each.get("aria-current") == "date"]
    assert chosen == ["Tuesday 2 February 2027, 13 times"]


def test_a_time_beside_a_slot_is_not_offered(guest: Guest) -> None:
    """A time some fraction of a second before a slot is no slot."""
    page = guest.open("/book/intro-call?slot=2027-02-02T08:59:59.5Z")

    assert "This time is no longer free." in page.text()


# --- errors and going back -------------------------------------------------------------------------


def test_wrong_answers_are_listed_and_kept(guest: Guest) -> None:
    """422, a summary whose links lead to fields, a message at each field, and everything still there."""
    form_of(guest, "check-up", TUESDAY_TEN)

    page = guest.send(name="Bo", email="nonsense", topic="", size="Small", guests="x", notes="Kept")

    ids = {each.get("id") for each in page.tree.iter()}
    targets = [each.removeprefix("#") for each in page.links("#")]
    assert page.status == 422
    assert targets == ["bk-booker-f-email", "bk-booker-f-topic", "bk-booker-f-guests"]
    assert set(targets) <= ids
    assert page.response.text.count('aria-invalid="true"') == 3
    assert _undated(page) | {"key": ""} == {
        "slot": TUESDAY_TEN,
        "key": "",
        "hold": "",
        "name": "Bo",
        "email": "nonsense",
        "topic": "",
        "size": "Small",
        "guests": "x",
        "notes": "Kept",
    }


def test_choosing_another_time_keeps_what_was_typed_out_of_addresses(guest: Guest) -> None:
    """Back, another month, back to a day and a time: all by buttons, with nothing personal in an address."""
    form_of(guest, "check-up", TUESDAY_TEN)
    back = next(each.get("value") for each in guest.page.tree.iter("button") if each.get("name") == "go")
    action, data = guest.page.form()

    guest.post(action, data | CHECKUP_ANSWERS | {"go": back})
    month = next(
        each.get("value")
        for each in guest.page.tree.iter("button")
        if each.get("value", "").startswith("month=2027-03")
    )
    guest.press(month)
    assert guest.page.links("slot=") == []
    guest.press(guest.page.times()[0])
    typed = guest.page.form()[1]
    guest.send()

    assert {name: typed[name] for name in CHECKUP_ANSWERS} == CHECKUP_ANSWERS
    assert guest.statuses[-2:] == [303, 200]
    assert not any("Bo" in each or "guest.example" in each or "Pumps" in each for each in guest.addresses)


def test_answers_may_be_known_beforehand(guest: Guest) -> None:
    """Parameters named like fields fill the form in, through the steps of the calendar too."""
    guest.open("/book/check-up?name=Bo&email=bo%40guest.example&topic=Pumps&days=Mon&days=Tue&size=Small&x=1")
    guest.follow("slot=")

    data = guest.page.form()[1]

    assert (data["name"], data["email"], data["topic"]) == ("Bo", "bo@guest.example", "Pumps")
    assert (data["days"], data["size"], "x" in data) == (["Mon", "Tue"], "Small", False)


# --- rules of change -------------------------------------------------------------------------------


def _with_rules(**rules: Any) -> list[Any]:
    return [replace(INTRO, **rules)]


@pytest.mark.parametrize("rule", [ReasonRule.OFF, ReasonRule.OPTIONAL, ReasonRule.REQUIRED])
@pytest.mark.parametrize("change", ["reschedule", "cancel"])
def test_a_reason_is_asked_for_as_the_rule_says(make_app: MakeApp, change: str, rule: ReasonRule) -> None:
    """Not at all, if the guest likes, or always: for moving and for cancelling apart."""
    app = make_app(
        BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=_with_rules(**{change: ChangeRule(reason=rule)})
    )
    guest = Guest(app.test_client())
    uid = _book(guest)
    guest.follow("/reschedule?" if change == "reschedule" else "/bookings/cancel/")
    if change == "reschedule":
        guest.follow("slot=2027-02-02T12:00")

    asked = "reason" in guest.page.form()[1]
    page = guest.send()

    assert asked is (rule is not ReasonRule.OFF)
    assert page.status == (422 if rule is ReasonRule.REQUIRED else 200)
    if rule is ReasonRule.REQUIRED:
        guest.send(reason="Because")
    with app.app_context():
        assert get_booking(uid).reason == ("Because" if rule is ReasonRule.REQUIRED else "")
        assert get_booking(uid).revision == 2


@pytest.mark.parametrize(
    ("hours_before", "moving", "cancelling", "sentence"),
    [
        (25, True, True, ""),
        (23, False, True, "Moving was possible until Monday 1 February 2027, 10:00."),
        (1, False, False, "Changes were possible until Tuesday 2 February 2027, 08:00."),
    ],
    ids=["before both", "between", "after both"],
)
def test_moving_and_cancelling_have_cut_offs_of_their_own(
    guest: Guest, clock: FrozenClock, hours_before: int, moving: bool, cancelling: bool, sentence: str
) -> None:
    """The booking page offers what is still possible, and says until when the rest was."""
    _book(guest, "check-up")
    page_of = guest.addresses[-1]
    links = [guest.page.links(part)[0] for part in ("/reschedule?", "/bookings/cancel/")]
    clock.set(TEN - timedelta(hours=hours_before))

    page = guest.open(page_of)
    assert bool(page.links("/reschedule?")) is moving
    assert bool(page.links("/bookings/cancel/")) is cancelling
    assert sentence in page.text()
    statuses = [guest.open(each).status for each in links]

    assert statuses == [200 if moving else 409, 200 if cancelling else 409]


def test_a_cut_off_is_checked_again_when_the_form_is_sent(
    guest: Guest, quiet: Flask, clock: FrozenClock
) -> None:
    """A form that was opened in time and sent too late changes nothing."""
    uid = _book(guest, "check-up")
    guest.follow("/bookings/cancel/")
    clock.set(TEN - timedelta(hours=1))

    page = guest.send()

    assert page.status == 409
    assert "Changes were possible until Tuesday 2 February 2027, 08:00." in page.text()
    with quiet.app_context():
        assert get_booking(uid).status is BookingStatus.CONFIRMED


def test_a_cancelled_booking_cannot_be_cancelled_again(quiet: Flask, guest: Guest) -> None:
    """In uid mode and with a fresh link alike, the second time says so."""
    uid = _book(guest)
    with quiet.app_context():
        cancel_booking(uid)
        again = booking_link(uid, "cancel")
        moving = booking_link(uid, "reschedule")
        with pytest.raises(BookingClosed):
            cancel_booking(uid)

    pages = [guest.open(again), guest.open(moving)]

    assert [page.status for page in pages] == [409, 409]
    assert all("This booking was cancelled" in page.text() for page in pages)


def test_an_event_type_that_is_gone_still_shows_and_cancels(make_app: MakeApp, tmp_path: Any) -> None:
    """Its bookings can be seen and cancelled, not moved."""
    database = f"sqlite:///{tmp_path / 'shared.sqlite3'}"
    first = make_app(BOOKER_DISPATCH="none", BOOKER_DATABASE_URL=database)
    uid = _book(Guest(first.test_client()))
    second = make_app(BOOKER_DISPATCH="none", BOOKER_DATABASE_URL=database, BOOKER_EVENT_TYPES=[CHECKUP])
    guest = Guest(second.test_client())

    with second.app_context():
        page = guest.open(booking_link(uid))
        moving = booking_link(uid, "reschedule")

    assert page.links("/reschedule?") == []
    guest.follow("/bookings/cancel/")
    assert guest.send().headline() == "This booking was cancelled"
    assert guest.open(moving).status == 410


# --- the calendar ----------------------------------------------------------------------------------


def test_the_calendar_opens_on_the_first_month_with_a_free_day(make_app: MakeApp) -> None:
    """Where nothing is free this month, the guest sees the next one at once."""
    later = _with_rules(window=BookingWindow(days=None, start=date(2027, 4, 12), end=date(2027, 5, 31)))
    guest = Guest(make_app(BOOKER_EVENT_TYPES=later).test_client())

    page = guest.open("/book/intro-call")

    assert "April 2027" in page.text()
    assert page.times()[0] == "/book/intro-call?slot=2027-04-12T07:00:00Z"


@pytest.mark.parametrize(
    ("month", "why", "offers"),
    [
        ("2027-03", "Bookings are possible from Monday 12 April 2027.", "Next free day"),
        ("2027-08", "Bookings are possible until Monday 31 May 2027.", "First free day"),
    ],
    ids=["too early", "too late"],
)
def test_an_empty_month_says_why_and_when_the_next_is(
    make_app: MakeApp, month: str, why: str, offers: str
) -> None:
    """The guest reads why there is nothing, and follows a link to the next free day."""
    later = _with_rules(window=BookingWindow(days=None, start=date(2027, 4, 12), end=date(2027, 5, 31)))
    guest = Guest(make_app(BOOKER_EVENT_TYPES=later).test_client())

    page = guest.open(f"/book/intro-call?month={month}")
    assert why in page.text()
    assert f"{offers}: Monday 12 April 2027" in page.text()
    guest.follow("date=2027-04-12")

    assert guest.page.times()


def test_a_full_month_says_so(make_app: MakeApp) -> None:
    """Bookings alone can fill a month, too."""
    short = _with_rules(window=BookingWindow(days=None, start=date(2027, 3, 31), end=date(2027, 4, 1)))
    app = make_app(BOOKER_EVENT_TYPES=short, BOOKER_DISPATCH="none")
    with app.app_context():
        for slot in get_slots("intro-call", end=datetime(2027, 4, 1, tzinfo=UTC)):
            create_booking("intro-call", slot.start, **BO)

    page = Guest(app.test_client()).open("/book/intro-call?month=2027-03")

    assert "Everything in March 2027 is taken or closed." in page.text()
    assert "Next free day: Thursday 1 April 2027" in page.text()


def test_a_length_can_be_chosen_and_is_booked(guest: Guest, quiet: Flask) -> None:
    """The longer length has its own times, and the booking lasts as long."""
    guest.open("/book/check-up?date=2027-02-02")
    longer = guest.follow("duration=60")
    assert "1 hr" in longer.text()
    guest.follow("slot=2027-02-02T09:00")
    guest.send(**CHECKUP_ANSWERS)

    with quiet.app_context():
        (booking,) = list_bookings()
    assert booking.duration == timedelta(hours=1)
    assert guest.statuses[-2:] == [303, 200]


def test_times_are_read_in_the_guests_zone_and_clock(guest: Guest, quiet: Flask) -> None:
    """`tz`, or a vendor's `cal.tz`, and `clock` change what is read, not what is booked."""
    page = guest.open("/book/intro-call?cal.tz=America/New_York&clock=12&date=2027-02-02")
    assert "4:00" in page.text()
    assert "am" in page.text().lower()
    guest.follow("slot=2027-02-02T09:00")
    confirmed = guest.send(**BO)

    assert "New York" in confirmed.text()
    with quiet.app_context():
        (booking,) = list_bookings()
    assert (booking.start, booking.attendee.zone) == (TEN, "America/New_York")


# --- GET changes nothing ---------------------------------------------------------------------------


def _story(app: Flask) -> tuple[tuple[Booking, ...], int]:
    with app.app_context():
        return tuple(list_bookings()), len(app.extensions["booker"].outbox.events())


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_looking_never_changes_anything(make_app: MakeApp, method: str) -> None:
    """Mail scanners and browsers open every link, with whatever parameters; nothing comes of it."""
    app = make_app(BOOKER_DISPATCH="none", BOOKER_LINKS="uid")
    uid = _book(Guest(app.test_client()))
    before = _story(app)
    acting = (
        f"slot={TUESDAY_TEN}&name=Eve&email=eve@evil.example&key=k&reason=x&csrf_token=x&cancel=true&go=x"
    )
    routes = [
        "/book/intro-call",
        "/book/ada/intro-call",
        f"/bookings/{uid}",
        f"/bookings/{uid}.ics",
        f"/bookings/{uid}/link",
        "/reschedule",
        "/bookings/reschedule",
        f"/reschedule/{uid}",
        f"/bookings/cancel/{uid}",
        f"/cancel/{uid}",
        "/bookings/return",
    ]

    client = app.test_client()
    statuses = {
        route: client.open(f"{route}?rescheduleUid={uid}&uid={uid}&{acting}", method=method).status_code
        for route in routes
    }

    assert _story(app) == before
    assert {route for route, status in statuses.items() if status >= 400} == (
        {f"/bookings/{uid}/link"} if method != "OPTIONS" else set()
    )


# --- headers ---------------------------------------------------------------------------------------


def test_our_answers_carry_the_headers_that_protect_them(quiet: Flask, guest: Guest) -> None:
    """Policy, no sniffing, no referrer; personal pages are not stored anywhere."""
    uid = _book(guest)
    calendar, personal = guest.open("/book/intro-call").response, guest.open(f"/bookings/{uid}").response

    for response in (calendar, personal):
        style = response.text.partition("<style>")[2].partition("</style>")[0]
        digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
        assert response.headers["Content-Security-Policy"] == (
            f"default-src 'none'; script-src 'self'; style-src 'self' 'sha256-{digest}'; img-src 'self'; "
            "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
        )
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert response.headers["Referrer-Policy"] == "no-referrer"
        assert {"HX-Request", "Accept-Language"} <= set(response.vary.as_set(preserve_casing=True))
    assert calendar.headers["Cache-Control"] == "private, no-cache"
    assert personal.headers["Cache-Control"] == "no-store"


def test_refusals_and_redirects_carry_them_too(guest: Guest, quiet: Flask) -> None:
    """An error page is a page of ours like any other."""
    uid = _book(guest)
    client = quiet.test_client()

    answers = [
        client.get("/book/nothing"),
        client.get(f"/reschedule/{uid}?token=x"),
        client.get(f"/bookings/return?uid={uid}"),
        client.get(f"/bookings/{uid}.ics"),
    ]

    assert [each.status_code for each in answers] == [404, 403, 303, 200]
    assert all("default-src 'none'" in each.headers["Content-Security-Policy"] for each in answers)
    assert all(each.headers["Referrer-Policy"] == "no-referrer" for each in answers)


def test_the_hosts_own_answers_are_left_alone(quiet: Flask) -> None:
    """Nothing is set for the whole app."""

    quiet.add_url_rule("/host", view_func=lambda: "Hello")

    headers = quiet.test_client().get("/host").headers

    assert set(headers.keys()) == {"Content-Type", "Content-Length"}


def test_frames_are_allowed_where_the_settings_say(make_app: MakeApp) -> None:
    """'BOOKER_EMBED_ORIGINS' opens frame-ancestors, 'BOOKER_CSP' adds sources."""
    app = make_app(
        BOOKER_EMBED_ORIGINS=["https://partner.example"],
        BOOKER_CSP={"font-src": "'self'", "img-src": "data:"},
    )

    policy = app.test_client().get("/book/intro-call").headers["Content-Security-Policy"]

    assert "frame-ancestors 'self' https://partner.example;" in f"{policy};"
    assert "font-src 'self'" in policy
    assert "img-src 'self' data:" in policy


# --- htmx ------------------------------------------------------------------------------------------

HTMX2 = {"HX-Request": "true"}
HTMX4 = {"HX-Request": "true", "HX-Request-Type": "partial"}


@pytest.mark.parametrize("target", ["bk-x", "section#bk-x"], ids=["htmx 2", "htmx 4"])
def test_htmx_gets_the_widget_under_the_id_of_its_target(quiet: Flask, target: str) -> None:
    """The widget alone, whose id is the one that it replaces."""
    response = quiet.test_client().get("/book/intro-call", headers=HTMX2 | {"HX-Target": target})

    assert response.status_code == 200
    assert response.text.startswith("<section")
    assert 'id="bk-x"' in response.text


@pytest.mark.parametrize(("headers", "status"), [(HTMX2, 200), (HTMX4, 422)], ids=["htmx 2", "htmx 4"])
def test_a_failed_form_is_shown_by_either_htmx(
    quiet: Flask, guest: Guest, headers: dict[str, str], status: int
) -> None:
    """htmx 2 drops answers with an error status, so it is told 200."""
    action, data = form_of(guest, "intro-call", TUESDAY_TEN).form()

    response = quiet.test_client().post(action, data=data, headers=headers)

    assert response.status_code == status
    assert "There is a problem" in response.text


def test_htmx_that_restores_a_page_gets_the_whole_page(quiet: Flask) -> None:
    """Going back in the browser's history needs more than a widget."""
    headers = HTMX2 | {"HX-History-Restore-Request": "true"}

    response = quiet.test_client().get("/book/intro-call", headers=headers)

    assert response.text.lstrip().startswith("<!DOCTYPE html>")
    assert "HX-Push-Url" not in response.headers


@pytest.mark.parametrize(
    ("base", "current", "pushed"),
    [
        ("http://localhost", "http://localhost/book/check-up?x=1", "/book/intro-call?month=2027-03"),
        ("http://localhost", "http://localhost/host", None),
        ("http://localhost", "", None),
        ("http://localhost", "http://[bad", None),
        ("http://localhost/at", "http://localhost/at/book/intro-call", "/at/book/intro-call?month=2027-03"),
    ],
    ids=["our page", "host's page", "unknown", "nonsense", "mounted"],
)
def test_the_address_follows_the_widget_on_our_own_pages_alone(
    quiet: Flask, base: str, current: str, pushed: str | None
) -> None:
    """A widget in a host's page leaves the host's address alone."""
    headers = HTMX4 | {"HX-Current-URL": current}

    response = quiet.test_client().get("/book/intro-call?month=2027-03", base_url=base, headers=headers)

    assert response.status_code == 200
    assert response.headers.get("HX-Push-Url") == pushed


@pytest.mark.parametrize("query", ["clock=12", "tz=Asia/Tokyo", "clock=24&tz=UTC"])
def test_another_zone_or_clock_is_no_step_to_go_back_to(quiet: Flask, query: str) -> None:
    """The address follows, but Back does not lead to the same month in another reading."""
    headers = HTMX4 | {"HX-Current-URL": "http://localhost/book/intro-call?month=2027-03&tz=Europe/Paris"}
    address = f"/book/intro-call?month=2027-03&{query}"

    response = quiet.test_client().get(address, headers=headers)

    assert response.headers["HX-Replace-Url"] == address
    assert "HX-Push-Url" not in response.headers
