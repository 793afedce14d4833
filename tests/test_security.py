"""Tests of who may see and change what: links, forms, redirects, and what never leaves the database."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask, session
from flask.testing import FlaskClient
from flask_wtf import CSRFProtect
from itsdangerous import URLSafeTimedSerializer
from werkzeug.test import TestResponse

from booker_components import (
    Booker,
    Booking,
    BookingEvent,
    ChangeRule,
    ConfigurationError,
    EventType,
    Location,
    LocationKind,
    Question,
    booking_link,
    create_booking,
    get_booking,
    list_bookings,
    reschedule_booking,
)
from booker_components.testing import FrozenClock

from .conftest import HOST, INTRO
from .guests import BO, Guest, form_of
from .mail.boxes import Mailbox, smtp_server
from .pages import Page

TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
TUESDAY_TEN = "2027-02-02T09:00:00Z"
MEETING = "https://meet.example/secret-room"
TALK = EventType(
    slug="talk",
    title="Talk",
    hosts=(HOST,),
    locations=(Location(kind=LocationKind.LINK, value=MEETING, label="Video call"),),
    questions=(Question(slug="topic", label="Topic"),),
)
#: Everything personal in the booking of `personal`.
PERSONAL = ("Bo Müller", "bo@guest.example", "guest2@", "Dear Ada", "Pumps", "secret-room", "ada@example.com")

MakeApp = Callable[..., Flask]


@pytest.fixture
def app(make_app: MakeApp) -> Flask:
    """An app with signed links and an event type with a meeting link."""
    return make_app(BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=[INTRO, TALK])


@pytest.fixture
def personal(app: Flask) -> Booking:
    """A booking that holds personal data of every kind."""
    with app.app_context():
        return create_booking(
            "talk", TEN, **BO, notes="Dear Ada", guests=["guest2@a.example"], answers={"topic": "Pumps"}
        )


def _link(app: Flask, booking: Booking, purpose: str = "manage") -> str:
    with app.app_context():
        return booking_link(booking.uid, purpose)


def _state(app: Flask, uid: str) -> Booking:
    with app.app_context():
        return get_booking(uid)


# --- links -----------------------------------------------------------------------------------------

PATHS = {"manage": "/bookings/{uid}", "reschedule": "/reschedule/{uid}", "cancel": "/bookings/cancel/{uid}"}


def _spoilt(token: str) -> dict[str, str]:
    payload, _, signature = token.partition(".")
    return {
        "cut": token[:-1],
        "without a signature": payload,
        "with another signature": f"{payload}.{'A' * len(signature)}",
        "with another payload": f"{payload[:-4]}AAAA.{signature}",
        "twice": f"{token}.{token}",
        "nothing": "",
    }


@pytest.mark.parametrize("purpose", PATHS)
@pytest.mark.parametrize("how", _spoilt("a.b"))
def test_a_spoilt_token_opens_nothing(app: Flask, personal: Booking, purpose: str, how: str) -> None:
    """403, nothing personal, and nothing changed by a POST either."""
    token = _spoilt(_link(app, personal, purpose).partition("token=")[2])[how]
    address = f"{PATHS[purpose].format(uid=personal.uid)}?token={token}"
    client = app.test_client()

    answers = [client.get(address), client.post(address, data={"slot": TUESDAY_TEN, "reason": "x"})]

    # Without a token the booking page shows what everybody may see.
    expected = 200 if purpose == "manage" and how == "nothing" else 403
    assert answers[0].status_code == expected
    assert not any(secret in each.text for each in answers for secret in PERSONAL)
    assert _state(app, personal.uid) == personal


@pytest.mark.parametrize("purpose", PATHS)
@pytest.mark.parametrize("other", PATHS)
def test_a_token_opens_its_own_page_alone(app: Flask, personal: Booking, purpose: str, other: str) -> None:
    """A link to the booking page cannot cancel, and so on."""
    token = _link(app, personal, other).partition("token=")[2]

    answer = app.test_client().get(f"{PATHS[purpose].format(uid=personal.uid)}?token={token}")

    assert answer.status_code == (200 if purpose == other else 403)


@pytest.mark.parametrize("purpose", PATHS)
def test_a_token_opens_its_own_booking_alone(app: Flask, personal: Booking, purpose: str) -> None:
    """Another booking's page stays closed, also where the uid stands in the query."""
    with app.app_context():
        mine = create_booking("intro-call", TEN + timedelta(hours=1), name="Eve", email="eve@evil.example")
    token = _link(app, mine, purpose).partition("token=")[2]
    addresses = [PATHS[purpose].format(uid=personal.uid), f"/reschedule?rescheduleUid={personal.uid}&x=1"]

    answers = [
        app.test_client().get(f"{address}{'&' if '?' in address else '?'}token={token}")
        for address in addresses
    ]

    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize("purpose", PATHS)
def test_a_change_closes_older_links(app: Flask, personal: Booking, purpose: str) -> None:
    """410 after a move; the page says nothing personal."""
    old = _link(app, personal, purpose)
    with app.app_context():
        reschedule_booking(personal.uid, TEN + timedelta(hours=1))

    answer = app.test_client().get(old)

    assert answer.status_code == 410
    assert Page.of(answer).headline() == "This link has expired"
    assert not any(secret in answer.text for secret in PERSONAL)
    assert app.test_client().get(_link(app, personal, purpose)).status_code == 200


def test_a_link_ends_some_days_after_the_booking(app: Flask, personal: Booking, clock: FrozenClock) -> None:
    """Until then it shows a booking that is over; afterwards it is 410."""
    link = _link(app, personal)
    clock.set(personal.end + timedelta(days=30))
    before = app.test_client().get(link)
    clock.move(timedelta(seconds=1))
    after = app.test_client().get(link)

    assert (before.status_code, after.status_code) == (200, 410)
    assert "bo@guest.example" not in after.text


def test_keys_can_be_changed_without_closing_links(make_app: MakeApp, tmp_path: Any) -> None:
    """Links and forms of an older key work while it stands in SECRET_KEY_FALLBACKS, and no longer."""
    shared = {"BOOKER_DATABASE_URL": f"sqlite:///{tmp_path / 'a.sqlite3'}", "BOOKER_DISPATCH": "none"}
    first = make_app(**shared)
    with first.app_context():
        link = booking_link(create_booking("intro-call", TEN, **BO).uid, "cancel")
    guest = Guest(first.test_client())
    action, data = guest.open(link).form()
    rotated = make_app(**shared, SECRET_KEY="n" * 40, SECRET_KEY_FALLBACKS=["m" * 40, "k" * 40])
    dropped = make_app(**shared, SECRET_KEY="n" * 40)

    assert dropped.test_client().get(link).status_code == 403
    assert rotated.test_client().get(link).status_code == 200
    assert rotated.test_client().post(action, data=data).status_code == 303


def test_whoever_knows_the_uid_alone_sees_no_personal_data(app: Flask, personal: Booking) -> None:
    """What, when, where in general, and how it stands; no names, no meeting link, no way to change it."""
    client = app.test_client()

    answers = [client.get(f"/bookings/{personal.uid}"), client.get(f"/bookings/{personal.uid}.ics")]
    page = Page.of(answers[0])

    assert page.headline() == "Your booking is confirmed"
    assert "Tuesday 2 February 2027 10:00 – 10:30" in page.text()
    assert not any(secret in answer.text for answer in answers for secret in PERSONAL)
    assert "secret-room" not in "".join(page.links(""))
    assert page.links("/reschedule") == page.links("/cancel") == []


def test_the_guests_link_shows_everything(app: Flask, personal: Booking) -> None:
    """The page behind the signed link is the guest's own."""
    answer = app.test_client().get(_link(app, personal))

    assert all(secret in answer.text for secret in PERSONAL[:-1])


def test_an_unknown_uid_is_not_found(app: Flask) -> None:
    """404 with a sentence, on every page of a booking."""
    client = app.test_client()

    answers = [client.get(path.format(uid="A" * 22)) for path in (*PATHS.values(), "/bookings/{uid}.ics")]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert all("We could not find this booking." in answer.text for answer in answers)


# --- a new link by mail ----------------------------------------------------------------------------


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server takes."""
    return Mailbox()


@pytest.fixture
def mailing(make_app: MakeApp, mailbox: Mailbox) -> Iterator[Flask]:
    """An app that mails links by a server on this machine."""
    with smtp_server(mailbox) as place:
        yield make_app(
            BOOKER_DISPATCH="none",
            BOOKER_EVENT_TYPES=[INTRO, TALK],
            BOOKER_MAIL_URL=f"smtp://{place}",
            BOOKER_MAIL_FROM="Bookings <bookings@app.example>",
            BOOKER_MAILS="links",
            BOOKER_PUBLIC_URL="https://book.example",
        )


def _ask_for_link(app: Flask, uid: str, *, origin: str = "192.0.2.1", **headers: str) -> TestResponse:
    """Ask for a link with the token of the form on any booking page."""
    keys = app.extensions["booker"].keys
    token = URLSafeTimedSerializer(list(keys), salt="booker.csrf.v1").dumps("form")
    return app.test_client().post(
        f"/bookings/{uid}/link",
        data={"csrf_token": token},
        headers=headers,
        environ_overrides={"REMOTE_ADDR": origin},
    )


def test_a_guest_whose_link_is_dead_has_a_new_one_mailed(
    mailing: Flask, mailbox: Mailbox, clock: FrozenClock
) -> None:
    """The old link offers it, the mail goes to the address on file, and the mailed link works."""
    with mailing.app_context():
        booking = create_booking("talk", TEN, **BO)
        old = booking_link(booking.uid)
        reschedule_booking(booking.uid, TEN + timedelta(hours=1))
    guest = Guest(mailing.test_client(), base="http://evil.example", Host="evil.example")

    expired = guest.open(old.removeprefix("https://book.example"))
    assert expired.status == 410
    assert "bo@guest.example" not in expired.response.text
    told = guest.send()
    assert told.headline() == "Check your mail"
    assert "bo@guest.example" not in told.response.text
    mailing.extensions["booker"].outbox.deliver_due()

    (mail,) = mailbox.mails
    body = mail.get_body(("plain",))
    assert body is not None
    (link,) = re.findall(r"https?://\S+", body.get_content())
    assert mailbox.envelopes[0].rcpt_tos == ["bo@guest.example"]
    assert link.startswith(f"https://book.example/bookings/{booking.uid}?token=")
    assert "evil.example" not in mail.as_string()
    assert mailing.test_client().get(link.removeprefix("https://book.example")).status_code == 200


def test_nobody_learns_which_bookings_exist(mailing: Flask, mailbox: Mailbox) -> None:
    """The answer is the same, letter by letter, for a uid that is there and one that is not."""
    with mailing.app_context():
        booking = create_booking("talk", TEN, **BO)

    known = _ask_for_link(mailing, booking.uid, origin="192.0.2.1")
    unknown = _ask_for_link(mailing, "A" * 22, origin="192.0.2.2")
    nonsense = _ask_for_link(mailing, "%00%ff", origin="192.0.2.3")
    mailing.extensions["booker"].outbox.deliver_due()

    assert [each.status_code for each in (known, unknown, nonsense)] == [200, 200, 200]
    assert known.text == unknown.text == nonsense.text
    assert known.headers == unknown.headers
    assert len(mailbox.mails) == 1


def test_links_may_be_asked_for_a_few_times_only(mailing: Flask, mailbox: Mailbox) -> None:
    """Three an hour for a booking from wherever, thirty an hour from one address for whatever booking."""
    with mailing.app_context():
        booking = create_booking("talk", TEN, **BO)
        other = create_booking("talk", TEN + timedelta(hours=1), **BO)

    from_everywhere = [
        _ask_for_link(mailing, booking.uid, origin=f"192.0.2.{number}").status_code for number in range(5)
    ]
    from_one = [_ask_for_link(mailing, f"{uid:022}", origin="198.51.100.1") for uid in range(30)]
    blocked = [_ask_for_link(mailing, other.uid, origin="198.51.100.1") for _ in range(4)]
    honest = _ask_for_link(mailing, other.uid, origin="203.0.113.9")
    mailing.extensions["booker"].outbox.deliver_due()

    assert from_everywhere == [200, 200, 200, 429, 429]
    assert [each.status_code for each in (*from_one, *blocked)] == [200] * 30 + [429] * 4
    assert "too often" in blocked[0].text
    assert honest.status_code == 200, "one visitor's excess must not use up another booking's requests"
    assert len(mailbox.mails) == 4


def test_a_link_request_needs_the_form(mailing: Flask, mailbox: Mailbox) -> None:
    """Another site cannot have mails sent, and neither can a bare POST."""
    with mailing.app_context():
        booking = create_booking("talk", TEN, **BO)

    bare = mailing.test_client().post(f"/bookings/{booking.uid}/link")
    foreign = _ask_for_link(mailing, booking.uid, **{"Sec-Fetch-Site": "cross-site"})
    mailing.extensions["booker"].outbox.deliver_due()

    assert (bare.status_code, foreign.status_code) == (403, 403)
    assert mailbox.mails == []


@pytest.mark.parametrize(
    ("rule", "offered"),
    [
        pytest.param(ChangeRule(begun=True), True, id="may still be moved"),
        pytest.param(ChangeRule(), False, id="over"),
    ],
)
def test_a_new_link_to_what_is_over_is_offered_where_it_may_be_moved(
    make_app: MakeApp, clock: FrozenClock, rule: ChangeRule, offered: bool
) -> None:
    """Who missed a booking comes by a vendor's link, which says nothing of whose it is."""
    app = make_app(
        BOOKER_EVENT_TYPES=[replace(TALK, reschedule=rule)],
        BOOKER_MAIL_URL="smtp://127.0.0.1:9",
        BOOKER_MAIL_FROM="bookings@app.example",
        BOOKER_MAILS="links",
        BOOKER_PUBLIC_URL="https://book.example",
    )
    with app.app_context():
        booking = create_booking("talk", TEN, **BO)
    clock.set(TEN + timedelta(days=1))

    page = app.test_client().get(f"/bookings/{booking.uid}").text

    assert "This booking is over" in page
    assert (f"/bookings/{booking.uid}/link" in page) is offered


def test_without_a_mail_server_no_link_is_offered(app: Flask, personal: Booking) -> None:
    """An offer that cannot be kept is not made."""
    pages = [
        Page.of(app.test_client().get(f"{PATHS[purpose].format(uid=personal.uid)}{query}"))
        for purpose in PATHS
        for query in ("", "?token=x")
    ]

    assert all(list(page.tree.iter("form")) == [] for page in pages)
    assert not any("mail" in page.text().lower() for page in pages)


# --- forms of other sites --------------------------------------------------------------------------


def _filled(client: FlaskClient) -> tuple[str, dict[str, Any]]:
    action, data = form_of(Guest(client), "intro-call", TUESDAY_TEN).form()
    return action, data | BO | {"notes": "Keep this"}


def _expired(keys: Any) -> str:
    class Old(URLSafeTimedSerializer.default_signer):  # type: ignore[misc, name-defined]  # for its clock
        def get_timestamp(self) -> int:
            return int(super().get_timestamp()) - 8 * 24 * 3600

    return str(URLSafeTimedSerializer(list(keys), salt="booker.csrf.v1", signer=Old).dumps("form"))


@pytest.mark.parametrize("how", ["missing", "empty", "forged", "of a link", "expired"])
def test_a_form_without_its_token_is_shown_once_more(app: Flask, how: str) -> None:
    """403 with everything that was typed and a fresh token: sending it again books."""
    guest = Guest(app.test_client())
    action, data = _filled(app.test_client())
    keys = app.extensions["booker"].keys
    spoilt = {
        "missing": None,
        "empty": "",
        "forged": "ImZvcm0i.aaaaaa.AAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "of a link": URLSafeTimedSerializer(list(keys), salt="booker.links.v1.manage").dumps("form"),
        "expired": _expired(keys),
    }[how]

    page = guest.post(action, data | {"csrf_token": spoilt})
    assert page.status == 403
    assert "Please send the form once more." in page.text()
    fresh = {name: page.form()[1][name] for name in ("csrf_token", "stamp")}
    assert page.form()[1] == data | fresh
    guest.send()

    assert guest.statuses == [403, 303, 200]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example"}, 403),
        ({"Origin": "http://[bad"}, 403),
        ({"Origin": "null"}, 303),
        ({"Origin": "http://localhost"}, 303),
        ({"Sec-Fetch-Site": "same-origin", "Origin": "null"}, 303),
        ({"Sec-Fetch-Site": "none"}, 303),
        ({}, 303),
    ],
    ids=str,
)
def test_forms_of_other_sites_are_refused(app: Flask, headers: dict[str, str], status: int) -> None:
    """The browser's word on who sends counts, also where the token is right."""
    action, data = _filled(app.test_client())

    answer = app.test_client().post(action, data=data, headers=headers)

    assert answer.status_code == status
    with app.app_context():
        assert len(list_bookings()) == (1 if status == 303 else 0)


@pytest.mark.parametrize("base", ["http://localhost", "https://localhost"], ids=["http", "https"])
@pytest.mark.parametrize("first", ["CSRFProtect", "Booker"])
def test_forms_work_beside_the_hosts_own_protection(
    tmp_path: Any, clock: FrozenClock, first: str, base: str
) -> None:
    """Whichever extension comes first: who has the host's session gets its token, and needs no referrer."""
    host = Flask("partner", instance_path=str(tmp_path / "instance"))
    host.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")
    if first == "CSRFProtect":
        CSRFProtect(host)
    Booker(host, clock=clock)
    if first == "Booker":
        CSRFProtect(host)
    host.add_url_rule("/own", "own", lambda: "done", methods=["POST"])
    host.add_url_rule("/login", "login", lambda: session.update(user=1) or "done")
    client = host.test_client()
    client.get("/login", base_url=base)
    guest = Guest(client, base=base)

    form_of(guest, "intro-call", TUESDAY_TEN)
    stranger = Guest(host.test_client(), base=base)
    refused = stranger.post(guest.page.form()[0], guest.page.form()[1] | BO)
    guest.send(**BO)
    guest.follow("/bookings/cancel/")
    guest.send()

    assert guest.statuses == [200, 303, 200, 200, 303, 200]
    assert (refused.status, refused.form()[1]["name"]) == (403, BO["name"])
    assert client.post("/own", base_url=base).status_code == 400
    host.extensions["booker"].storage.close()


def test_a_guest_without_the_hosts_session_needs_none(make_app: MakeApp) -> None:
    """Beside the host's CSRFProtect a guest still gets no cookie, and books where cookies are blocked."""
    host = make_app(BOOKER_DISPATCH="none")
    CSRFProtect(host)
    client = host.test_client(use_cookies=False)
    guest = Guest(client)

    answers = [client.get("/book/intro-call")]
    form_of(guest, "intro-call", TUESDAY_TEN)
    guest.send(**BO)

    assert guest.statuses == [200, 303, 200]
    assert all("Set-Cookie" not in each.headers for each in answers)


def test_a_host_that_switched_its_protection_off_has_ours(make_app: MakeApp) -> None:
    """WTF_CSRF_ENABLED = False, as in the host's tests, leaves our own token and sets no cookie."""
    host = make_app(BOOKER_DISPATCH="none", WTF_CSRF_ENABLED=False)
    CSRFProtect(host)
    guest = Guest(host.test_client())

    form_of(guest, "intro-call", TUESDAY_TEN)
    guest.send(**BO)

    assert guest.statuses == [200, 303, 200]
    assert "Set-Cookie" not in guest.page.response.headers


# --- what leaves the app ---------------------------------------------------------------------------


@pytest.mark.parametrize("links", ["signed", "uid"])
def test_a_whole_flow_leaves_nothing_personal_behind(
    make_app: MakeApp, caplog: pytest.LogCaptureFixture, links: str
) -> None:
    """No address, no log record and no cookie holds what the guest typed, mistakes included."""
    caplog.set_level(logging.DEBUG)
    app = make_app(BOOKER_LINKS=links, BOOKER_DISPATCH="none")
    client = app.test_client()
    guest = Guest(client)
    answers = []

    def keep(page: Page) -> None:
        answers.append(page)

    keep(guest.open("/book/check-up"))
    keep(guest.follow("slot=2027-02-03"))
    keep(guest.send(**BO, notes="My secret"))
    keep(guest.press(guest.page.tree.find(".//button[@name='go']").get("value")))
    keep(guest.press(guest.page.times()[20]))
    keep(guest.send(topic="Pumps"))
    keep(guest.follow("/reschedule?"))
    keep(guest.follow("slot=2027-02-04"))
    keep(guest.send(reason="My secret too"))
    keep(guest.follow("/bookings/cancel/"))
    keep(guest.send())
    app.extensions["booker"].outbox.deliver_due()

    # A token may hold any three letters.
    secrets = re.compile(r"Bo(?: |\+|%20)M|M%C3%BCller|guest\.example|secret|Pumps")
    links_shown = [href for page in answers for href in page.links("")]
    assert guest.page.headline() == "This booking was cancelled"
    assert [each for each in (*guest.addresses, *links_shown) if secrets.search(each)] == []
    messages = [record.getMessage() for record in caplog.records]
    assert [each for each in messages if re.search(r"Bo M|guest\.example|secret|Pumps", each)] == []
    assert not any("Set-Cookie" in page.response.headers for page in answers)
    assert {page.response.headers["Referrer-Policy"] for page in answers} == {"no-referrer"}


def test_failures_leave_nothing_personal_in_the_log(
    tmp_path: Any, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A subscriber that fails with the guest's data in its error is logged, and shown, without them."""

    def failing(event: BookingEvent) -> None:
        raise RuntimeError(f"{event.booking.attendee.email} is not in the CRM")

    app = Flask("partner", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")
    Booker(app, subscribers=[failing], clock=clock)
    with app.app_context():
        booking = create_booking("intro-call", TEN, **BO)
    app.extensions["booker"].outbox.deliver_due()

    (delivery,) = app.extensions["booker"].outbox.deliveries()
    assert (delivery.booking_uid, delivery.attempts) == (booking.uid, 1)
    assert "guest.example" not in delivery.last_error
    assert "failed on event" in caplog.text
    assert "guest.example" not in caplog.text
    app.extensions["booker"].storage.close()


def test_the_hosts_session_is_left_alone(make_app: MakeApp) -> None:
    """A guest with a session keeps it as it is; one without gets none."""
    app = make_app(BOOKER_DISPATCH="none")

    def sign_in() -> str:
        session["user"] = 7
        return "in"

    app.add_url_rule("/in", view_func=sign_in)
    client = app.test_client()
    client.get("/in")
    guest = Guest(client)

    form_of(guest, "intro-call", TUESDAY_TEN)
    guest.send(**BO)

    assert "Set-Cookie" not in guest.page.response.headers
    with client.session_transaction() as kept:
        assert dict(kept) == {"user": 7}


@pytest.mark.parametrize(
    "address",
    [
        "/bookings/return?uid=https://evil.example",
        "/bookings/return?uid=//evil.example&eventUid={uid}",
        "/bookings/return?uid={uid}&next=https://evil.example&url=//evil.example&redirect=x",
        "/bookings/return?uid={uid}%0d%0aLocation:%20https://evil.example",
        "/bookings/return?uid=..%2f..%2f%2fevil.example",
        "/.//evil.example/bookings/{uid}",
        "/bookings//evil.example",
        "/\\evil.example/%2e%2e",
        "/book/%2f%2fevil.example",
    ],
)
def test_nobody_is_sent_to_another_site(app: Flask, personal: Booking, address: str) -> None:
    """Redirects lead to our own pages, whatever the address and the Host header say."""
    answer = app.test_client().get(address.format(uid=personal.uid))

    location = urlsplit(answer.headers.get("Location", "/bookings/"))
    assert location.netloc in ("", "localhost")
    assert answer.status_code in (303, 308, 404)
    if answer.status_code == 303:
        assert answer.headers["Location"] == f"/bookings/{personal.uid}"


def test_links_on_our_pages_stay_on_our_pages(app: Flask, personal: Booking) -> None:
    """A forged Host header changes no link; the only foreign ones are calendars and the meeting."""
    answer = app.test_client().get(_link(app, personal), headers={"Host": "evil.example"})

    hosts = {urlsplit(href).netloc for href in Page.of(answer).links("")}
    assert hosts == {"", "calendar.google.com", "outlook.live.com", "meet.example"}
    assert "evil.example" not in answer.text


# --- settings --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("config", "message"),
    [
        ({"BOOKER_LINK": "uid"}, "'BOOKER_LINK' is not a setting; did you mean 'BOOKER_LINKS'?"),
        (
            {"BOOKER_QQQQQQQQQQQQ": 1},
            "'BOOKER_QQQQQQQQQQQQ' is not a setting; see the settings table in the README.",
        ),
        ({"SECRET_KEY": None}, "'SECRET_KEY' is not set, so links cannot be signed. Set it to a long random"),
        ({"SECRET_KEY": ""}, "'SECRET_KEY' is not set"),
    ],
    ids=["typing mistake", "unknown", "no key", "empty key"],
)
def test_a_wrong_set_up_is_refused_with_the_remedy(
    make_app: MakeApp, config: dict[str, Any], message: str
) -> None:
    """At start, before any guest comes."""
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        make_app(**config)
