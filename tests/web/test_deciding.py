"""The host's page: agree to a booking that waits, or decline it, by a link that nobody else has."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from booker_components import (
    Approval,
    Booking,
    BookingClosed,
    BookingStatus,
    EventType,
    Frequency,
    Location,
    LocationKind,
    Question,
    Series,
    booking_link,
    confirm_booking,
)
from booker_components.testing import FrozenClock

from ..guests import BO, Guest
from ..pages import Page
from ..studio import Studio, offering, studio_app

TUESDAY_TEN = "2027-02-02T09:00:00Z"
ELEVEN = "2027-02-02T10:00:00Z"
QUESTIONS = (
    Question(slug="topic", label="Topic"),
    Question(slug="account", label="Account", hidden=True),
)
OFFER = offering(approval=Approval(), questions=QUESTIONS)
#: What only those may read whom it concerns.
PERSONAL = ("Bo Müller", "bo@guest.example", "Pumps", "A-7", "Dear Ada")
PURPOSES = {"manage": "/bookings/bk-1", "reschedule": "/reschedule/bk-1", "cancel": "/cancel/bk-1"}


class Desk(Studio):
    """A studio whose hosts agree to bookings, and which counts their changes if it is to."""

    counts = True

    def confirm(self, uid: str) -> Booking:
        """Agree to a booking that waits."""
        return self._decide(uid, BookingStatus.CONFIRMED, "")

    def decline(self, uid: str, *, reason: str = "") -> Booking:
        """Decline a booking that waits."""
        return self._decide(uid, BookingStatus.REJECTED, reason)

    def reschedule(self, uid: str, start: object, *, reason: str = "", by: str = "") -> Booking:
        """Move a booking, which is a change as any other."""
        return self._changed(super().reschedule(uid, start, reason=reason, by=by))  # type: ignore[arg-type]

    def _decide(self, uid: str, status: BookingStatus, reason: str) -> Booking:
        booking = self.get(uid)
        if booking.status is not BookingStatus.PENDING:
            raise BookingClosed(f"{uid} does not wait.", rule="decided")
        return self._changed(replace(booking, status=status, reason=reason, changed_by="host"))

    def _changed(self, booking: Booking) -> Booking:
        revision = booking.revision + self.counts
        self.bookings[booking.uid] = replace(booking, revision=revision, updated_at=self._clock())
        return self.bookings[booking.uid]


class Office:
    """An app over a studio with one booking that waits, and its host with a browser."""

    def __init__(self, app: Flask, studio: Desk, **answers: str) -> None:
        self.app = app
        self.studio = studio
        self.guest = Guest(app.test_client())
        self.guest.open(f"/book/class?slot={TUESDAY_TEN}&tz=Asia/Tokyo&account=A-7")
        self.guest.send(**BO, topic="Pumps", notes="Dear Ada", **answers)
        self.host = Guest(app.test_client())

    @property
    def booking(self) -> Booking:
        """The booking as it stands."""
        return self.studio.bookings["bk-1"]

    def link(self, purpose: str = "decide", uid: str = "bk-1") -> str:
        """Give a link to the booking as it stands."""
        with self.app.app_context():
            return booking_link(uid, purpose)

    def opened(self) -> Page:
        """Have the host open the link of the mail."""
        return self.host.open(self.link())


Opening = Callable[..., Office]


@pytest.fixture
def opening(tmp_path: Path, clock: FrozenClock) -> Iterator[Opening]:
    """Open offices."""
    apps: list[Flask] = []

    def open_(
        offer: EventType = OFFER, *, links: str = "signed", counts: bool = True, **answers: str
    ) -> Office:
        studio = Desk(offer, clock)
        studio.counts = counts
        apps.append(studio_app(tmp_path / str(len(apps)), studio, clock, BOOKER_LINKS=links))
        return Office(apps[-1], studio, **answers)

    yield open_
    for app in apps:
        app.extensions["booker"].storage.close()


@pytest.fixture
def office(opening: Opening) -> Office:
    """An app with signed links."""
    return opening()


def _buttons(page: Page) -> list[str]:
    named = [each for each in page.tree.iter("button") if each.get("name") == "decision"]
    return ["".join(each.itertext()) for each in named]


def _alert(page: Page) -> str:
    found = [each for each in page.tree.iter("p") if "bk-alert__text" in each.get("class", "")]
    return " ".join("".join(each.itertext()) for each in found)


# --- deciding ----------------------------------------------------------------------------------------


def test_the_host_reads_what_there_is_to_know(office: Office) -> None:
    """In the host's own zone first; with the answers that the guest never saw."""
    page = office.opened()

    assert page.headline() == "Do you agree to this booking?"
    assert "All dates of the series" not in page.text()
    assert "10:00 – 11:00 Central European Time - Berlin" in page.text()
    assert "For the guest: Tuesday 2 February 2027, 18:00 – 19:00 , Japan Time - Tokyo" in page.text()
    assert all(each in page.text() for each in (*PERSONAL, "Account", "Ada Lovelace"))
    assert _buttons(page) == ["Agree", "Decline"]


def test_the_host_reads_until_when_to_decide(office: Office, clock: FrozenClock) -> None:
    """In the host's own zone; not of a provider that does not tell, nor once it is over."""
    silent = office.opened().text()
    by = clock() + timedelta(hours=3)
    office.studio.bookings["bk-1"] = replace(office.booking, decide_by=by)

    told = office.opened().text()
    clock.set(by)
    over = office.opened()

    assert "If nobody answers by Monday 1 February 2027, 12:00, it is declined by itself." in told
    assert ["If nobody answers" in each for each in (silent, over.text())] == [False, False]
    assert _buttons(over) == ["Agree", "Decline"]


def test_a_place_of_the_guests_is_said_as_hosts_read_it(opening: Opening) -> None:
    """What guests read, "We come to you", would be about the wrong one."""
    home = Location(kind=LocationKind.ATTENDEE_ADDRESS, label="At your place")
    office = opening(offering(approval=Approval(), locations=(home,)), place="5 Finch Row")

    page = office.opened()

    assert "Where At the guest's: 5 Finch Row" in page.text()
    assert "At your place" not in page.text()


def test_the_host_agrees(office: Office) -> None:
    """The page shows what stands then, under a link of its own; the guest's page shows it, too."""
    office.opened()

    page = office.host.send(decision="confirm")

    assert office.host.statuses == [200, 303, 200]
    assert office.host.addresses[-1] == office.link()
    assert (page.headline(), _buttons(page)) == ("This booking is confirmed", [])
    assert office.booking.status is BookingStatus.CONFIRMED
    assert office.guest.open(office.link("manage")).headline() == "Your booking is confirmed"


def test_the_host_declines_with_a_reason(office: Office) -> None:
    """The guest reads it."""
    office.opened()

    page = office.host.send(decision="decline", reason="I am away")

    assert page.headline() == "This booking was declined"
    assert (office.booking.status, office.booking.reason) == (BookingStatus.REJECTED, "I am away")
    assert "I am away" in office.guest.open(office.link("manage")).text()


def test_a_reason_is_not_needed(office: Office) -> None:
    """Nor does one that was typed by accident go anywhere when the host agrees."""
    office.opened()

    office.host.send(decision="confirm", reason="No idea")

    assert office.booking.reason == ""


def test_looking_decides_nothing(office: Office) -> None:
    """Whatever the address says: mail scanners look."""
    for query in ("", "&decision=confirm", "&decision=decline&reason=x"):
        assert office.host.open(office.link() + query).status == 200

    assert office.booking.status is BookingStatus.PENDING


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"decision": None}, 422, "Please press one of the two buttons."),
        ({"decision": "maybe"}, 422, "Please press one of the two buttons."),
        ({"decision": "decline", "reason": "x" * 6000}, 422, ""),
        ({"decision": "decline", "csrf_token": "x"}, 403, "Please send the form once more."),
    ],
    ids=["no button", "another button", "too long", "forged"],
)
def test_what_is_not_understood_is_asked_once_more(
    office: Office, sent: dict[str, str | None], status: int, said: str
) -> None:
    """What was typed is kept."""
    office.opened()

    page = office.host.send(**{"reason": "I am away", **sent})

    assert (page.status, office.booking.status) == (status, BookingStatus.PENDING)
    assert said in _alert(page)
    assert page.form()[1]["reason"] == (sent.get("reason") or "I am away")


def test_a_double_click_decides_once(office: Office) -> None:
    """The second form is answered as the first."""
    office.opened()
    action, data = office.host.page.form()

    pages = [office.host.post(action, data | {"decision": "confirm"}) for _ in range(2)]

    assert office.host.statuses == [200, 303, 200, 303, 200]
    assert [each.headline() for each in pages] == ["This booking is confirmed"] * 2


def test_a_booking_that_was_moved_waits_again(office: Office) -> None:
    """The host is asked about the new time, and reads the old one."""
    office.guest.open(f"{office.link('reschedule')}&slot={ELEVEN}")
    office.guest.send(reason="The train is late")

    page = office.opened()
    office.host.send(decision="confirm")

    assert page.headline() == "Do you agree to the new time?"
    assert "Former time: Tuesday 2 February 2027, 10:00 – 11:00" in page.text()
    assert office.booking.status is BookingStatus.CONFIRMED


def test_a_series_is_shown_with_its_dates(opening: Opening) -> None:
    """Without links, which would be the guest's."""
    series = Series(frequency=Frequency.WEEKLY, occurrences=3)
    office = opening(offering(approval=Approval(), series=series))

    page = office.host.open(office.link(uid="bk-1-1"))

    assert page.text().count("10:00 – 11:00") == 4
    assert "All dates of the series are decided about at once." in page.text()
    assert page.links("/bookings/") == []


def test_what_has_begun_can_no_longer_be_agreed_to(office: Office, clock: FrozenClock) -> None:
    """Though nobody has declined it yet."""
    clock.move(timedelta(days=1, hours=1))

    page = office.opened()

    assert (page.headline(), _buttons(page)) == ("It is too late to decide", [])


def test_htmx_gets_the_widget_alone(office: Office) -> None:
    """Under the id that it asks for."""
    headers = {"HX-Request": "true", "HX-Target": "section#bk-decide"}

    answer = office.app.test_client().get(office.link(), headers=headers)

    assert "<html" not in answer.text
    assert 'id="bk-decide"' in answer.text


# --- who may -----------------------------------------------------------------------------------------


def test_the_page_is_kept_nowhere(office: Office) -> None:
    """Neither by a browser nor by whatever a link on it leads to."""
    client = office.app.test_client()
    _, data = office.opened().form()

    answers = [client.get(office.link()), client.post(office.link(), data=data | {"decision": "confirm"})]

    assert [each.status_code for each in answers] == [200, 303]
    assert {each.headers["Cache-Control"] for each in answers} == {"no-store"}
    assert {each.headers["Referrer-Policy"] for each in answers} == {"no-referrer"}


@pytest.mark.parametrize("links", ["signed", "uid"])
def test_a_uid_is_never_enough(opening: Opening, links: str) -> None:
    """The guest knows it; that is so where it is enough for everything else."""
    office = opening(links=links)
    _, data = office.opened().form()
    client = office.app.test_client()

    answers = [
        client.get("/bookings/decide/bk-1"),
        client.post("/bookings/decide/bk-1", data=data | {"decision": "confirm"}),
        client.post("/bookings/decide/bk-1?token=x", data=data | {"decision": "confirm"}),
    ]

    assert {each.status_code for each in answers} == {403}
    assert not any(secret in each.text for each in answers for secret in PERSONAL)
    assert office.booking.status is BookingStatus.PENDING


@pytest.mark.parametrize("purpose", PURPOSES)
def test_links_of_guest_and_host_do_not_open_each_others_pages(office: Office, purpose: str) -> None:
    """Neither way round."""
    client = office.app.test_client()
    guests, hosts = (office.link(each).partition("token=")[2] for each in (purpose, "decide"))

    answers = [
        client.get(f"/bookings/decide/bk-1?token={guests}"),
        client.post(f"/bookings/decide/bk-1?token={guests}", data={"decision": "confirm"}),
        client.get(f"{PURPOSES[purpose]}?token={hosts}"),
    ]

    assert [each.status_code for each in answers] == [403, 403, 403]
    assert "link" not in {form.get("id") for form in Page.of(answers[0]).tree.iter("form")}
    assert "latest mail" not in answers[2].text


def test_a_link_is_for_one_booking(office: Office) -> None:
    """The one of another does not do."""
    office.guest.open(f"/book/class?slot={ELEVEN}")
    office.guest.send(**BO)
    other = office.link(uid="bk-2").partition("token=")[2]

    assert office.host.open(f"/bookings/decide/bk-1?token={other}").status == 403


@pytest.mark.parametrize("uid", ["bk-9", "no such booking", "%00"])
def test_an_unknown_booking_is_not_found(office: Office, uid: str) -> None:
    """As on every page."""
    assert office.host.open(f"/bookings/decide/{uid}").status == 404


# --- links that are over -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("decision", "said"),
    [("confirm", "This booking has been confirmed."), ("decline", "This booking has been declined.")],
)
def test_an_old_link_says_what_was_decided(office: Office, decision: str, said: str) -> None:
    """By whomever, of several hosts; and no more than that."""
    link = office.link()
    office.opened()
    action, data = office.host.page.form()
    office.host.send(decision=decision)
    other = {"confirm": "decline", "decline": "confirm"}[decision]

    pages = [office.host.open(link), office.host.post(action, data | {"decision": other})]

    assert [each.status for each in pages] == [409, 409]
    assert all(said in each.text() for each in pages)
    assert not any(secret in each.text() for each in pages for secret in PERSONAL)


def test_a_link_from_before_a_move_leads_to_the_latest_mail(office: Office) -> None:
    """For it is about another time."""
    link = office.link()
    office.guest.open(f"{office.link('reschedule')}&slot={ELEVEN}")
    office.guest.send()

    page = office.host.open(link)

    assert page.status == 410
    assert "Please open the link in your latest mail about it." in page.text()
    assert not any(secret in page.text() for secret in PERSONAL)


def test_a_cancelled_booking_says_so(office: Office) -> None:
    """Also by a link that is still right, where changes are not counted."""
    office.guest.open(office.link("cancel"))
    office.guest.send()

    page = office.opened()

    assert (page.headline(), _buttons(page)) == ("This booking was cancelled", [])


def test_what_was_decided_elsewhere_is_told(opening: Opening) -> None:
    """Where the provider counts no changes the link stays right: the page shows how the booking stands."""
    office = opening(counts=False)
    office.opened()
    with office.app.app_context():
        confirm_booking("bk-1")

    sent = office.host.send(decision="decline")
    seen = office.opened()

    assert (sent.status, _alert(sent)) == (409, "This booking waits for no answer any more.")
    assert (seen.headline(), _buttons(seen)) == ("This booking is confirmed", [])
    assert office.booking.status is BookingStatus.CONFIRMED
