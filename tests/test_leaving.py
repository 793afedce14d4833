"""Having booked, moved or cancelled, guests go to a page of the host's, out of any frame."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from booker_components import (
    Booking,
    LinkInvalid,
    Question,
    Redirect,
    Redirects,
    booking_link,
    create_booking,
    get_booking,
    verify_redirect,
)
from booker_components.testing import FakeCalcom, FrozenClock

from .conftest import INTRO, MONDAY, TUESDAY
from .pages import Page, path
from .testing.fixtures import watched

PARTNER = "https://partner.example"
SECRET = "hush hush, for receivers only"
GUEST = {"name": "Bo Ek", "email": "bo@example.org", "zone": "Asia/Tokyo"}
ACTS = {"booked": "Booked", "rescheduled": "Moved", "cancelled": "Cancelled"}
HTMX2 = {"HX-Request": "true", "HX-Target": "bk-booker"}
HTMX4 = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "section#bk-booker"}


def everywhere(**fields: Any) -> Redirects:
    """Lead to a page for each occasion, each with *fields*."""
    return Redirects(**{each: Redirect(f"{PARTNER}/{each}?from=mail#top", **fields) for each in ACTS})


@dataclass(frozen=True, kw_only=True)
class Visitor:
    """A guest of an app, who books, moves and cancels without scripts."""

    app: Flask

    @property
    def client(self) -> FlaskClient:
        """A browser of its own."""
        return self.app.test_client()

    def made(self, **fields: Any) -> Booking:
        """Give a booking that was made in another way."""
        with self.app.app_context():
            return create_booking("intro-call", TUESDAY, **GUEST, **fields)

    def stands(self, uid: str) -> Booking:
        """Give a booking as it now stands."""
        with self.app.app_context():
            found = get_booking(uid)
            return get_booking(found.replaced_by) if found.replaced_by else found

    def form(self, act: str, booking: Booking | None = None, query: str = "") -> tuple[str, dict[str, Any]]:
        """Give the address and the fields of the form of one of the three acts, filled in."""
        if act == "cancelled":
            return Page.of(self.client.get(self._link(booking, "cancel"))).form()
        begun = self._link(booking, "reschedule") if act == "rescheduled" else f"/book/intro-call?{query}"
        later = f"{begun}&tz=Asia/Tokyo&slot=2027-02-02T08:30:00Z"
        action, fields = Page.of(self.client.get(later)).form()
        typed = {"name": GUEST["name"], "email": GUEST["email"]} if act == "booked" else {}
        return action, fields | typed

    def does(
        self, act: str, *, query: str = "", headers: dict[str, str] | None = None, **sent: str
    ) -> TestResponse:
        """Do one of the three, and give the answer to the form."""
        booking = None if act == "booked" else self.made()
        action, fields = self.form(act, booking, query)
        return self.client.post(action, data=fields | sent, headers=headers)

    def _link(self, booking: Booking | None, purpose: str) -> str:
        assert booking
        with self.app.test_request_context():
            return path(booking_link(booking.uid, purpose))


Making = Callable[..., Visitor]


@pytest.fixture(params=["embedded", "calcom"])
def making(
    request: pytest.FixtureRequest, make_app: Callable[..., Flask], clock: FrozenClock
) -> Iterator[Making]:
    """Build apps over each provider, with one event type; keywords are its redirects and settings."""
    with ExitStack() as stack:

        def embedded(own: Redirects | None = None, **settings: Any) -> Visitor:
            topic = Question(slug="topic", label="Topic")
            event_type = replace(INTRO, redirects=own, questions=(topic,))
            return Visitor(app=make_app(**{"BOOKER_EVENT_TYPES": [event_type]} | settings))

        def calcom(own: Redirects | None = None, **settings: Any) -> Visitor:
            fake = stack.enter_context(watched(FakeCalcom(clock=clock)))
            ann = fake.add_user("ann", name="Ann", zone="Europe/Berlin")
            fake.add_event_type(
                ann,
                "intro-call",
                title="Intro call",
                bookingFields=[{"type": "text", "slug": "topic", "label": "Topic", "required": False}],
                successRedirectUrl=own.booked.url if own and own.booked else None,
                forwardParamsSuccessRedirect=bool(own and own.booked and own.booked.flavour),
            )
            there = {
                "BOOKER_PROVIDER": "calcom",
                "BOOKER_EVENT_TYPES": (),
                "BOOKER_CALCOM_API_URL": fake.url,
                "BOOKER_CALCOM_USERNAME": "ann",
                "BOOKER_CALCOM_ZONE": "Europe/Berlin",
                "BOOKER_DISPATCH": "none",
            }
            app = make_app(**there | settings)
            stack.callback(app.extensions["booker"].calcom.close)
            return Visitor(app=app)

        yield {"embedded": embedded, "calcom": calcom}[request.param]


@pytest.fixture
def visitor(making: Making) -> Visitor:
    """A guest who is sent on with Jicoo's parameters, whatever was done."""
    return making(BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=everywhere())


def _told(response: TestResponse) -> dict[str, str]:
    address = response.headers.get("HX-Redirect") or response.location
    return dict(parse_qsl(urlsplit(address).query, keep_blank_values=True))


# --- where to ------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
def test_the_guest_goes_to_the_page_of_the_occasion(visitor: Visitor, act: str) -> None:
    """By a plain redirect, with what has happened, to what, and when; the booking is as it tells."""
    response = visitor.does(act)

    told = _told(response)
    found = visitor.stands(told["eventUid"])
    start, end = ("00", "17:30") if act == "cancelled" else ("30", "18:00")
    assert response.status_code == 303
    assert response.location.startswith(f"{PARTNER}/{act}?from=mail&event=guest_{act}&eventTypeUid=")
    assert response.location.endswith("%2B09%3A00#top")
    assert told == {
        "from": "mail",
        "event": f"guest_{act}",
        "eventTypeUid": found.event_type_id or "intro-call",
        "eventTypeName": "Intro call",
        "eventUid": found.uid,
        "eventStartedAt": f"2027-02-02T17:{start}:00.000+09:00",
        "eventEndedAt": f"2027-02-02T{end}:00.000+09:00",
        "eventCreatedAt": "2027-02-01T17:00:00.000+09:00",
    }
    assert found.is_open is (act != "cancelled")


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("said", ACTS)
def test_each_occasion_is_led_on_by_itself(making: Making, act: str, said: str) -> None:
    """Of the others the guest sees the booking page."""
    redirects = {said: {"url": f"{PARTNER}/done"}}
    visitor = making(BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=redirects)

    response = visitor.does(act)

    assert response.status_code == 303
    assert response.location.startswith(f"{PARTNER}/done?" if act == said else "/bookings/")


def test_the_event_types_own_page_comes_first(making: Making) -> None:
    """Declared, or entered at Cal.com; where it says nothing, the setting does."""
    own = Redirects(booked=Redirect(f"{PARTNER}/own", flavour="cal"))
    visitor = making(own, BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=everywhere())

    booked, cancelled = visitor.does("booked"), visitor.does("cancelled")

    assert booked.location.startswith(f"{PARTNER}/own?")
    assert cancelled.location.startswith(f"{PARTNER}/cancelled?from=mail&event=")


@pytest.mark.parametrize("origins", [[], ["https://other.example"]], ids=["none", "another"])
def test_a_page_that_is_not_allowed_is_not_gone_to(
    make_app: Callable[..., Flask], clock: FrozenClock, origins: list[str]
) -> None:
    """What is entered at a provider does not stop the app: the guest then sees the booking page."""
    with watched(FakeCalcom(clock=clock)) as calcom:
        ann = calcom.add_user("ann", zone="Europe/Berlin")
        calcom.add_event_type(ann, "intro-call", successRedirectUrl=f"{PARTNER}/done")
        app = make_app(
            BOOKER_PROVIDER="calcom",
            BOOKER_CALCOM_API_URL=calcom.url,
            BOOKER_CALCOM_USERNAME="ann",
            BOOKER_REDIRECT_ORIGINS=origins,
        )

        response = Visitor(app=app).does("booked")
        app.extensions["booker"].calcom.close()

    assert response.status_code == 303
    assert response.location.startswith("/bookings/")


@pytest.mark.parametrize("act", ["rescheduled", "cancelled"])
def test_the_second_of_two_clicks_leads_on_too(visitor: Visitor, act: str) -> None:
    """A form that is sent twice at once is one change, and the browser shows the second answer."""
    booking = visitor.made()
    action, fields = visitor.form(act, booking)

    first, second = [visitor.client.post(action, data=fields) for _ in range(2)]

    assert second.status_code == 303
    assert second.location == first.location


def test_a_booking_that_is_sent_twice_leads_on_twice(visitor: Visitor) -> None:
    """It is the same booking."""
    action, fields = visitor.form("booked")

    first, second = [visitor.client.post(action, data=fields) for _ in range(2)]

    assert second.location == first.location


@pytest.mark.parametrize("act", ACTS)
def test_a_refused_form_leads_nowhere(visitor: Visitor, act: str) -> None:
    """Its guest has to read what is wrong."""
    response = visitor.does(act, csrf_token="forged", headers=HTMX4)

    assert response.status_code == 403
    assert "HX-Redirect" not in response.headers
    assert PARTNER not in response.text


# --- what the page is told -----------------------------------------------------------------------


def test_calcoms_page_is_told_what_calcoms_own_tells(making: Making) -> None:
    """With the parameters of the booker's own address, and with nothing that lets somebody in."""
    visitor = making(BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=everywhere(flavour="cal"))

    told = _told(visitor.does("booked", query="utm_source=ad"))

    assert told["isSuccessBookingPage"] == "true"
    assert (told["from"], told["utm_source"], told["attendeeName"]) == ("mail", "ad", "Bo Ek")
    assert told["attendeeStartTime"] == "2027-02-02T17:30:00+09:00"
    assert not {"token", "key", "name", "hold", "booker_csrf", "csrf_token"} & told.keys()


def test_calcoms_page_is_told_of_a_move(making: Making) -> None:
    """With the time before, and who moved it; nothing of the link that let the guest in."""
    visitor = making(BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=everywhere(flavour="cal"))

    told = _told(visitor.does("rescheduled"))

    assert (told["formerTime"], told["rescheduledBy"]) == ("Tue, 02 Feb 2027 08:00:00 GMT", "bo@example.org")
    assert told["startTime"] == "2027-02-02T08:30:00Z"
    assert not {"token", "rescheduleUid", "hold", "csrf_token"} & told.keys()


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("flavour", "name"), [("jicoo", "topic"), ("cal", "topic"), ("calendly", "answer_1")]
)
def test_an_allowed_answer_goes_along(making: Making, act: str, flavour: str, name: str) -> None:
    """As it was given, also by who moves or cancels later; without leave it stays."""
    redirects = [everywhere(flavour=flavour, answers=answers) for answers in (("topic",), ())]
    visitors = [making(BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=each) for each in redirects]

    told = []
    for visitor in visitors:
        booking = None if act == "booked" else visitor.made(answers={"topic": "R&D + more"})
        action, fields = visitor.form(act, booking)
        typed = {"topic": "R&D + more"} if act == "booked" else {}
        told.append(_told(visitor.client.post(action, data=fields | typed)))

    assert told[0][name] == "R&D + more"
    assert "R&D + more" not in told[1].values()


def test_calendlys_page_is_told_where_the_guest_came_from(making: Making) -> None:
    """Also when the booking is cancelled, as far as the provider keeps it."""
    visitor = making(BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=everywhere(flavour="calendly"))
    booking = visitor.made(metadata={"utm_source": "ad"})
    action, fields = visitor.form("cancelled", booking)

    booked = _told(visitor.does("booked", query="utm_source=post"))
    cancelled = _told(visitor.client.post(action, data=fields))

    assert (booked["utm_source"], cancelled.get("utm_source")) == ("post", booking.metadata.get("utm_source"))
    assert (booked["invitee_full_name"], cancelled["invitee_uuid"]) == ("Bo Ek", booking.uid)


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("flavour", ["jicoo", "cal", "calendly"])
def test_a_signed_page_can_be_believed(making: Making, clock: FrozenClock, act: str, flavour: str) -> None:
    """Its receiver verifies it, and reads what has happened; a changed one is refused."""
    visitor = making(
        BOOKER_REDIRECT_ORIGINS=[PARTNER],
        BOOKER_REDIRECTS=everywhere(flavour=flavour, signed=True),
        BOOKER_REDIRECT_SECRET=SECRET,
    )

    address = visitor.does(act).location

    assert verify_redirect(address, secret=SECRET, now=clock())["event"] == [f"guest_{act}"]
    with pytest.raises(LinkInvalid):
        verify_redirect(address.replace("from=mail", "from=spam"), secret=SECRET, now=clock())


def test_more_facts_than_are_kept_do_not_hide_that_it_is_booked(making: Making) -> None:
    """Whoever made up the address: the guest goes on, and the page can check what it is told."""
    visitor = making(
        BOOKER_REDIRECT_ORIGINS=[PARTNER],
        BOOKER_REDIRECTS=everywhere(flavour="cal", signed=True),
        BOOKER_REDIRECT_SECRET=SECRET,
    )
    facts = "&".join(f"metadata[k{each}]=1" for each in range(300))

    response = visitor.does("booked", query=facts)

    told = verify_redirect(response.location, secret=SECRET, now=MONDAY)
    assert response.status_code == 303
    assert sum(name.startswith("metadata[") for name in told) == 49


def test_the_page_entered_at_calcom_is_told_of_a_move_too(
    make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """Cal.com itself goes there after both, with the time before (contracts/calcom.md 3.5)."""
    with watched(FakeCalcom(clock=clock)) as calcom:
        ann = calcom.add_user("ann", zone="Europe/Berlin")
        calcom.add_event_type(ann, "intro-call", successRedirectUrl=f"{PARTNER}/done?from=mail")
        app = make_app(
            BOOKER_PROVIDER="calcom",
            BOOKER_CALCOM_API_URL=calcom.url,
            BOOKER_CALCOM_USERNAME="ann",
            BOOKER_REDIRECT_ORIGINS=[PARTNER],
        )

        moved, cancelled = [Visitor(app=app).does(act) for act in ("rescheduled", "cancelled")]
        app.extensions["booker"].calcom.close()

    told = _told(moved)
    assert moved.location.startswith(f"{PARTNER}/done?from=mail&")
    assert (told["formerTime"], told["rescheduledBy"]) == ("Tue, 02 Feb 2027 08:00:00 GMT", "bo@example.org")
    assert cancelled.location.startswith("/bookings/")


def test_a_seat_does_not_tell_of_somebody_else(make_app: Callable[..., Flask], clock: FrozenClock) -> None:
    """Cal.com names the guest who booked first in the title that all seats share."""
    seats = {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}
    with watched(FakeCalcom(clock=clock)) as calcom:
        ann = calcom.add_user("ann", name="Ann", zone="Europe/Berlin")
        offered = calcom.add_event_type(
            ann, "intro-call", title="Class", seats=seats, successRedirectUrl=f"{PARTNER}/done"
        )
        calcom.book(offered, TUESDAY, name="Zoe Secret")
        app = make_app(
            BOOKER_PROVIDER="calcom",
            BOOKER_CALCOM_API_URL=calcom.url,
            BOOKER_CALCOM_USERNAME="ann",
            BOOKER_REDIRECT_ORIGINS=[PARTNER],
        )
        visitor = Visitor(app=app)
        action, fields = Page.of(visitor.client.get("/book/intro-call?slot=2027-02-02T08:00:00Z")).form()

        response = visitor.client.post(action, data=fields | {"name": "Bo Ek", "email": "bo@example.org"})
        app.extensions["booker"].calcom.close()

    told = _told(response)
    assert told["title"] == "Class"
    assert told["seatReferenceUid"] != told["uid"]
    assert "Zoe" not in response.location


# --- how -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("headers", [HTMX2, HTMX4], ids=["htmx 2", "htmx 4"])
def test_htmx_leaves_the_whole_page(visitor: Visitor, act: str, headers: dict[str, str]) -> None:
    """Ours or a host's; should it not, the answer is a notice with a link there."""
    response = visitor.does(act, headers=headers)

    page = Page.of(response)
    (leave,) = [each for each in page.tree.iter("a") if each.get("data-bk-leave") is not None]
    assert response.status_code == 200
    assert response.headers["HX-Redirect"].startswith(f"{PARTNER}/{act}?from=mail&event=guest_{act}&")
    assert leave.get("href") == response.headers["HX-Redirect"]
    assert page.headline() == f"{ACTS[act]}: {visitor.stands(_told(response)['eventUid']).title}"


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize(
    ("headers", "sent"),
    [
        pytest.param({"Sec-Fetch-Dest": "iframe"}, {}, id="without scripts"),
        pytest.param(HTMX4, {"isEmbed": "true"}, id="by htmx"),
    ],
)
def test_a_frame_is_left_by_a_link(
    visitor: Visitor, act: str, headers: dict[str, str], sent: dict[str, str]
) -> None:
    """A redirect of either kind would stay within the frame; a link with `target="_top"` does not."""
    response = visitor.does(act, headers=headers, **sent)

    page = Page.of(response)
    (leave,) = [each for each in page.tree.iter("a") if each.get("target") == "_top"]
    assert response.status_code == 200
    assert not {"HX-Redirect", "Location"} & set(response.headers.keys())
    assert leave.get("href").startswith(f"{PARTNER}/{act}?from=mail&event=")
    assert leave.get("data-bk-leave") is not None
    assert "".join(leave.itertext()) == "Continue at partner.example"
    assert page.headline().startswith(f"{ACTS[act]}: ")
    assert len(page.links("/bookings/")) == 1


def test_calcoms_page_is_told_of_the_frame(making: Making) -> None:
    """As Cal.com's own is."""
    visitor = making(BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=everywhere(flavour="cal"))

    page = Page.of(visitor.does("booked", headers={"Sec-Fetch-Dest": "iframe"}))

    (leave,) = page.links(PARTNER)
    assert parse_qs(urlsplit(leave).query)["isEmbed"] == ["true"]


def test_what_waits_for_its_host_is_requested(make_app: Callable[..., Flask], clock: FrozenClock) -> None:
    """It is not booked yet."""
    with watched(FakeCalcom(clock=clock)) as calcom:
        ann = calcom.add_user("ann", zone="Europe/Berlin")
        policy = {"type": "always", "blockUnconfirmedBookingsInBooker": True}
        calcom.add_event_type(ann, "intro-call", confirmationPolicy=policy, successRedirectUrl=PARTNER)
        app = make_app(
            BOOKER_PROVIDER="calcom",
            BOOKER_CALCOM_API_URL=calcom.url,
            BOOKER_CALCOM_USERNAME="ann",
            BOOKER_REDIRECT_ORIGINS=[PARTNER],
        )

        page = Page.of(Visitor(app=app).does("booked", headers=HTMX4))
        app.extensions["booker"].calcom.close()

    assert page.headline().startswith("Requested: ")


def test_the_browser_lets_the_form_lead_there(visitor: Visitor) -> None:
    """Chrome holds `form-action` against the redirect that answers a form."""
    policy = visitor.client.get("/book/intro-call").headers["Content-Security-Policy"]

    assert f"form-action 'self' {PARTNER};" in policy


def test_the_page_is_not_told_where_the_guest_was(visitor: Visitor) -> None:
    """The address of our own page may let somebody in; nor is the answer kept."""
    headers = visitor.does("cancelled").headers

    assert (headers["Referrer-Policy"], headers["Cache-Control"]) == ("no-referrer", "no-store")


def test_an_address_beyond_ascii_is_one_that_headers_hold(making: Making) -> None:
    """Percent-encoded, as browsers would."""
    redirects = Redirects(booked=Redirect(f"{PARTNER}/gebucht/größe/日?ü=1", flavour=""))
    visitor = making(BOOKER_REDIRECT_ORIGINS=[PARTNER], BOOKER_REDIRECTS=redirects)

    action, fields = visitor.form("booked")
    plain, htmx = [visitor.client.post(action, data=fields, headers=each) for each in ({}, HTMX2)]

    assert plain.location == f"{PARTNER}/gebucht/gr%C3%B6%C3%9Fe/%E6%97%A5?%C3%BC=1"
    assert htmx.headers["HX-Redirect"] == plain.location
