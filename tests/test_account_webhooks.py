"""Webhooks of connected accounts: each account tells of its own bookings, and can forge no other's."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from sqlalchemy import func, select

from booker_components import EventKind
from booker_components.providers.calcom.accounts import OAUTH, PROVIDER
from booker_components.providers.calcom.webhooks import account_mark, account_secret, signature
from booker_components.records.tables import inbox
from booker_components.records.tokens import TokenPair
from booker_components.testing import FrozenClock, Recorder
from booker_components.testing.calcom.records import User

from .conftest import TUESDAY
from .elsewhere import Elsewhere, elsewhere, hear

ROOT = "the-secret-of-this-app-which-no-account-sees"
ANN, BO = "ann@partner.example", "bo@partner.example"
CREATED, CANCELLED, PAID = EventKind.CREATED, EventKind.CANCELLED, EventKind.PAID


@dataclass(frozen=True, kw_only=True)
class Both:
    """A Cal.com with the hosts Ann and Bo, and an app to which both have connected their accounts."""

    there: Elsewhere
    bo: User
    app: Flask
    clock: FrozenClock

    def connect(self, name: str, user: User, username: str) -> None:
        """Connect the account of *user* under *name*."""
        calcom = self.there.calcom
        given = calcom.oauth_tokens(next(iter(calcom.store.oauth_clients.values())), user)
        pair = TokenPair(
            access=given["access_token"],
            refresh=given["refresh_token"],
            expires_at=self.clock() + timedelta(minutes=30),
            kind=OAUTH,
            username=username,
        )
        self.tokens.write(PROVIDER, name, pair)

    @property
    def tokens(self) -> Any:
        """The tokens of the app."""
        return self.app.extensions["booker"].calcom.tokens

    def book(self, user: User) -> str:
        """Have a guest book with *user*, and give the uid."""
        intro = next(each for each in self.there.calcom.store.event_types.values() if each.user is user)
        return self.there.calcom.book(intro, TUESDAY).uid

    def post(self, body: bytes, *, name: str = "", secret: str = "") -> int:
        """Post a webhook to the address of the account *name*, signed with its secret or *secret*."""
        mark = account_mark(ROOT, name)
        path = f"/webhooks/calcom/{mark}" if mark else "/webhooks/calcom"
        proof = signature(body, secret or account_secret(ROOT, mark))
        headers = {"Content-Type": "application/json", "X-Cal-Signature-256": proof}
        return self.app.test_client().post(path, data=body, headers=headers).status_code

    def pass_on(self) -> list[tuple[str, int]]:
        """Post what Cal.com has sent, and give where to and the statuses of the answers."""
        client, answers = self.app.test_client(), []
        for each in self.there.sent():
            path = urlsplit(each.url).path
            answers.append((path, client.post(path, data=each.body, headers=each.headers).status_code))
        hear(self.app)
        return answers

    def kept(self) -> tuple[int, ...]:
        """Give how many webhooks are new, done, kept and parked."""
        return tuple(self.app.extensions["booker"].receiver.inbox.counts("calcom").values())


@pytest.fixture
def both(clock: FrozenClock, make_app: Callable[..., Flask]) -> Iterator[Both]:
    """Ann and Bo have connected their accounts, and the app is registered at each."""
    with elsewhere(clock) as there:
        there.calcom.store.webhooks.clear()
        bo = there.calcom.add_user("bo", zone="Europe/Berlin")
        there.calcom.add_event_type(bo, "intro")
        client = there.calcom.oauth_client()
        settings = {
            "BOOKER_CALCOM_API_KEY": "",
            "BOOKER_CALCOM_AUTH": "oauth",
            "BOOKER_CALCOM_CLIENT_ID": client.id,
            "BOOKER_CALCOM_CLIENT_SECRET": client.secret,
            "BOOKER_CALCOM_WEBHOOK_SECRET": ROOT,
        }
        made = Both(there=there, bo=bo, app=make_app(**there.settings() | settings), clock=clock)
        for name, user in ((ANN, there.ann), (BO, bo)):
            made.connect(name, user, user.username)
            words = ["booker", "calcom", "webhooks", "--register", "--account", name]
            done = made.app.test_cli_runner().invoke(args=words)
            assert done.exit_code == 0, done.output
        yield made


def body(trigger: str, uid: str, **told: Any) -> bytes:
    """Give the body of a webhook about the booking *uid*, told as if Ann hosted it."""
    payload = {
        "uid": uid,
        "type": "intro",
        "title": "Forged",
        "startTime": "2027-02-02T08:00:00Z",
        "endTime": "2027-02-02T08:30:00Z",
        "organizer": {"name": "Ann", "username": "ann", "email": "ann@example.org"},
        "attendees": [{"name": "Eve", "email": "eve@example.org", "timeZone": "UTC"}],
    }
    sent = {"triggerEvent": trigger, "createdAt": "2027-02-01T08:00:00.000Z", "payload": payload | told}
    return json.dumps(sent).encode()


# --- what is heard -------------------------------------------------------------------------------


def test_every_account_tells_of_its_own_bookings(both: Both, recorder: Recorder) -> None:
    """Each at its own address, in which nobody's name is."""
    uids = [both.book(both.there.ann), both.book(both.bo)]

    answers = both.pass_on()

    assert [status for _, status in answers] == [204, 204]
    assert len({path for path, _ in answers}) == 2
    assert all(re.fullmatch("/webhooks/calcom/[0-9a-f]{20}", path) for path, _ in answers)
    assert [(each.kind, each.booking.uid) for each in recorder.events] == [(CREATED, each) for each in uids]


def test_a_host_among_others_tells_of_the_teams_booking(both: Both, recorder: Recorder) -> None:
    """Whose booking it is first does not matter: all who host it may tell of it."""
    calcom = both.there.calcom
    talk = calcom.add_event_type(calcom.add_team("sales", both.bo, both.there.ann), "talk")
    made = calcom.book(talk, TUESDAY)
    both.there.sent()

    status = both.post(body("BOOKING_PAID", made.uid), name=ANN)
    hear(both.app)

    assert [each.username for each in made.hosts] == ["bo", "ann"]
    assert (status, recorder.kinds) == (204, [CREATED, PAID])


def test_the_apps_own_webhook_tells_of_everybodys_bookings(both: Both, recorder: Recorder) -> None:
    """What was registered at the plain address goes on: a Platform client's is for all its users."""
    uids = [both.book(both.there.ann), both.book(both.bo)]

    statuses = [both.post(body("BOOKING_PAID", uid)) for uid in uids]
    hear(both.app)

    assert statuses == [204, 204]
    assert recorder.kinds == [CREATED, PAID, CREATED, PAID]


# --- who is not believed -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "secret"),
    [
        pytest.param(BO, account_secret(ROOT, account_mark(ROOT, ANN)), id="at the address of another"),
        pytest.param("", account_secret(ROOT, account_mark(ROOT, ANN)), id="at the app's own address"),
        pytest.param(ANN, ROOT, id="the app's own secret at an account's"),
        pytest.param("nobody", "", id="an account that never was"),
    ],
)
def test_the_secret_of_one_account_opens_no_other_address(both: Both, name: str, secret: str) -> None:
    """An account's owner can read its secret at Cal.com."""
    status = both.post(body("BOOKING_PAID", both.book(both.bo)), name=name, secret=secret)

    assert status == 400
    assert both.kept() == (0, 0, 0, 0)


@pytest.mark.parametrize(
    "trigger", ["BOOKING_CREATED", "BOOKING_PAID", "BOOKING_NO_SHOW_UPDATED", "MEETING_ENDED"]
)
def test_an_account_tells_nothing_of_another_ones_booking(
    both: Both, recorder: Recorder, caplog: pytest.LogCaptureFixture, trigger: str
) -> None:
    """Who hosts it is read again, whatever the webhook says; only the trigger is logged."""
    uid = both.book(both.bo)

    status = both.post(body(trigger, uid), name=ANN)
    hear(both.app)

    assert (status, recorder.kinds, both.kept()) == (204, [], (0, 1, 0, 0))
    (said,) = [each.getMessage() for each in caplog.records if each.levelname == "WARNING"]
    assert f"({trigger})" in said
    assert not any(word in said for word in (uid, "ann", "bo@", BO))


def test_an_account_cannot_end_another_ones_booking_that_is_gone(both: Both, recorder: Recorder) -> None:
    """What can no longer be read goes by what was last told of it."""
    uid = both.book(both.bo)
    both.pass_on()
    with both.there.calcom.store.lock:
        del both.there.calcom.store.bookings[uid]

    both.post(body("BOOKING_CANCELLED", uid), name=ANN)
    hear(both.app)
    forged = list(recorder.kinds)
    both.post(body("BOOKING_CANCELLED", uid), name=BO)
    hear(both.app)

    assert (forged, recorder.kinds) == ([CREATED], [CREATED, CANCELLED])


def test_an_account_cannot_seat_a_false_guest(both: Both, recorder: Recorder) -> None:
    """Cal.com does not say who has a seat; of another one's, a webhook does not either."""
    seats = {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}
    class_ = both.there.calcom.add_event_type(both.bo, "class", seats=seats)
    made = both.there.calcom.book(class_, TUESDAY, name="Cy", email="cy@example.org")
    seat = made.attendees[-1].seat

    both.post(body("BOOKING_CREATED", made.uid, attendeeSeatId=seat, seatsPerTimeSlot=3), name=ANN)
    hear(both.app)
    both.pass_on()

    heard = [(each.booking.uid, each.booking.attendee.name) for each in recorder.events]
    assert heard == [(seat, "Cy")]


def test_an_account_cannot_pass_its_booking_off_as_another_ones(both: Both, recorder: Recorder) -> None:
    """Of a seat that was given up the notice alone tells, but not whose it is, nor what it replaces."""
    seats = {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}
    class_ = both.there.calcom.add_event_type(both.there.ann, "class", seats=seats)
    made = both.there.calcom.book(class_, TUESDAY, name="Cy", email="cy@example.org")
    seat, theirs = made.attendees[-1].seat, both.book(both.bo)
    both.pass_on()
    with both.there.calcom.store.lock:
        del both.there.calcom.store.bookings[made.uid]

    claims = {"organizer": {"name": "Bo", "username": "bo"}, "rescheduleUid": theirs, "attendeeSeatId": seat}
    both.post(body("BOOKING_CANCELLED", theirs, seatsPerTimeSlot=3, **claims), name=ANN)
    hear(both.app)

    heard = recorder.events[-1]
    told = heard.booking
    assert (heard.kind, told.uid, told.shared, told.replaces) == (CANCELLED, seat, made.uid, "")
    assert (told.host.slug, told.owner, told.event_type) == ("ann", "ann", "class")


def test_an_account_cannot_use_up_another_ones_webhook(both: Both, recorder: Recorder) -> None:
    """A copy is one from the same address: what was forged before does not stand in its way."""
    sent = body("BOOKING_PAID", both.book(both.bo))

    both.post(sent, name=ANN)
    hear(both.app)
    both.post(sent, name=BO)
    both.post(sent, name=BO)
    hear(both.app)

    assert recorder.kinds == [CREATED, PAID]
    assert both.kept() == (0, 2, 0, 0)


def test_an_account_that_was_disconnected_is_heard_no_more(both: Both) -> None:
    """Its webhook may still be registered, and its owner still knows the secret."""
    sent = body("BOOKING_PAID", both.book(both.there.ann))
    both.tokens.delete(PROVIDER, ANN)

    assert both.post(sent, name=ANN) == 400
    assert both.kept() == (0, 0, 0, 0)


def test_an_account_whose_username_is_not_known_is_not_heard(
    both: Both, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody could tell which bookings are its own; the log says what to do and names nobody."""
    both.connect(ANN, both.there.ann, "")

    assert both.post(body("BOOKING_PAID", both.book(both.there.ann)), name=ANN) == 400
    assert "connected anew" in caplog.text
    assert ANN not in caplog.text


def test_an_account_whose_tokens_cannot_be_opened_is_not_heard(
    both: Both, make_app: Callable[..., Flask]
) -> None:
    """Without the former SECRET_KEY nobody can tell whose it is."""
    url = f"sqlite:///{both.app.instance_path}/booker.sqlite3"
    other = make_app(**dict(both.app.config) | {"SECRET_KEY": "n" * 40, "BOOKER_DATABASE_URL": url})
    sent = body("BOOKING_PAID", both.book(both.there.ann))

    assert replace(both, app=other).post(sent, name=ANN) == 400
    assert both.post(sent, name=ANN) == 204


def test_what_nobody_understands_of_an_account_is_not_kept(both: Both) -> None:
    """Its owner could sign it, and fill the database with it; the app's own is kept as it came."""
    body = json.dumps({"triggerEvent": "SOMETHING_NEW", "payload": {"text": "x" * 1000}}).encode()

    statuses = [both.post(body, name=ANN), both.post(body)]

    with both.app.extensions["booker"].storage.reading() as connection:
        lengths = connection.execute(select(func.length(inbox.c.body))).scalars().all()
    assert statuses == [204, 204]
    assert sorted(lengths) == [0, len(body)]
