"""Notices: hosts hear what Cal.com tells beside bookings, each hearer once, and nobody reads it in a log."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import select

from booker_components import (
    Booker,
    ConfigurationError,
    DeliveryFailed,
    EventKind,
    Hearer,
    Notice,
    NoticeKind,
)
from booker_components.providers.calcom.accounts import MANAGED, PROVIDER
from booker_components.providers.calcom.webhooks import (
    NOTICES,
    TRIGGERS,
    account_mark,
    account_secret,
    signature,
)
from booker_components.records.inbox import PARK_AFTER
from booker_components.records.tables import inbox as rows
from booker_components.records.tokens import TokenPair
from booker_components.testing import FrozenClock, Recorder

from .conftest import TUESDAY
from .elsewhere import Elsewhere, elsewhere, hear, pass_on, send

PAYLOADS = Path(__file__).parent / "providers" / "calcom" / "payloads"
CREATED = EventKind.CREATED
SEATS = {"seats": {"seatsPerTimeSlot": 3, "showAttendeeInfo": False, "showAvailabilityCount": True}}
SOON = timedelta(minutes=1)

#: What the host hears by trigger, of a booking that was not known or beside bookings (contracts/calcom.md 5).
HEARD: dict[str, list[EventKind | NoticeKind]] = {
    "BOOKING_CREATED": [CREATED],
    "BOOKING_REQUESTED": [CREATED],
    "BOOKING_RESCHEDULED": [CREATED],
    "BOOKING_CANCELLED": [CREATED],
    "BOOKING_REJECTED": [CREATED],
    "BOOKING_PAYMENT_INITIATED": [CREATED],
    "BOOKING_PAID": [CREATED, EventKind.PAID],
    "BOOKING_NO_SHOW_UPDATED": [CREATED, EventKind.NO_SHOW],
    "MEETING_STARTED": [CREATED, EventKind.STARTED],
    "MEETING_ENDED": [CREATED, EventKind.ENDED],
    "RECORDING_READY": [CREATED, EventKind.RECORDING_READY],
    "RECORDING_TRANSCRIPTION_GENERATED": [CREATED, EventKind.TRANSCRIPT_READY],
    "INSTANT_MEETING": [CREATED],
    "AFTER_HOSTS_CAL_VIDEO_NO_SHOW": [CREATED, EventKind.HOST_MISSING],
    "AFTER_GUESTS_CAL_VIDEO_NO_SHOW": [CREATED, EventKind.GUEST_MISSING],
    "WRONG_ASSIGNMENT_REPORT": [CREATED, EventKind.WRONG_HOST],
    "OOO_CREATED": [NoticeKind.HOST_AWAY],
    "FORM_SUBMITTED": [NoticeKind.FORM_SUBMITTED],
    "FORM_SUBMITTED_NO_EVENT": [NoticeKind.FORM_WITHOUT_BOOKING],
    "ROUTING_FORM_FALLBACK_HIT": [NoticeKind.FORM_FALLBACK],
    "DELEGATION_CREDENTIAL_ERROR": [NoticeKind.CALENDAR_REFUSED],
}


class Ear:
    """A hearer that keeps what it hears, and fails as often as it is told to."""

    def __init__(self, name: str = "ear", *, failures: int = 0, error: BaseException | None = None) -> None:
        self.name = name
        self.heard: list[Notice] = []
        self.failures = failures
        self.error = error or DeliveryFailed("The ear was told to fail.")

    def __call__(self, notice: Notice) -> None:
        """Keep *notice*, unless it is to fail."""
        if self.failures:
            self.failures -= 1
            raise self.error
        self.heard.append(notice)

    @property
    def kinds(self) -> list[NoticeKind]:
        """What was told, oldest first."""
        return [each.kind for each in self.heard]


@pytest.fixture
def there(clock: FrozenClock) -> Iterator[Elsewhere]:
    """A Cal.com whose webhooks tell us of everything."""
    with elsewhere(clock) as there:
        yield there


@pytest.fixture
def hearing(tmp_path: Path, clock: FrozenClock, recorder: Recorder) -> Iterator[Callable[..., Flask]]:
    """Build apps over one database whose notices are heard by the given hearers."""
    made: list[Flask] = []

    def build(there: Elsewhere, *hearers: Hearer, **settings: Any) -> Flask:
        app = Flask("partner", instance_path=str(tmp_path / "instance"))
        app.config.update({"SECRET_KEY": "k" * 40, "TESTING": True} | there.settings() | settings)
        Booker(app, subscribers=[recorder], on_notice=hearers, clock=clock)
        made.append(app)
        return app

    yield build
    for app in made:
        app.extensions["booker"].receiver.stop()
        app.extensions["booker"].outbox.stop()
        app.extensions["booker"].storage.close()


def body(trigger: str, uid: str = "q1W2e3R4") -> bytes:
    """Give the body of a webhook as Cal.com sends it, about the booking *uid* where it is about one."""
    sent = (PAYLOADS / f"{trigger.lower()}.json").read_bytes()
    return sent.replace(b"q1W2e3R4", uid.encode()).replace(b"n5E6w7U8", uid.encode())


def counts(app: Flask) -> tuple[int, ...]:
    """Give how many webhooks are new, done, kept and parked."""
    return tuple(app.extensions["booker"].receiver.inbox.counts("calcom").values())


def bodies(app: Flask) -> list[bytes]:
    """Give what is kept of every webhook."""
    with app.extensions["booker"].storage.reading() as connection:
        return [row.body for row in connection.execute(select(rows).order_by(rows.c.id))]


# --- what is heard -------------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", HEARD)
def test_every_trigger_is_heard(
    there: Elsewhere, hearing: Callable[..., Flask], recorder: Recorder, trigger: str
) -> None:
    """What is about a booking comes from the outbox, the rest as a notice; nothing is left unheard."""
    ear = Ear()
    app = hearing(there, ear)
    made = there.calcom.book(there.intro, TUESDAY)

    answer = send(app, body(trigger, made.uid))
    hear(app)

    assert answer.status_code == 204
    assert [*recorder.kinds, *ear.kinds] == HEARD[trigger]
    assert counts(app) == (0, 1, 0, 0)


def test_the_table_has_every_trigger() -> None:
    """Whatever can be registered for is heard, and is either about a booking or a notice."""
    known = json.loads((PAYLOADS / "triggers.json").read_text())

    assert sorted(HEARD) == sorted(known) == sorted((*TRIGGERS, *NOTICES))


def test_copies_are_heard_once(there: Elsewhere, hearing: Callable[..., Flask]) -> None:
    """A notice that comes three times, before and after the first was heard, is heard once."""
    ear = Ear()
    app = hearing(there, ear)

    answers = [send(app, body("OOO_CREATED")).status_code for _ in range(2)]
    hear(app)
    answers.append(send(app, body("OOO_CREATED")).status_code)
    hear(app)

    assert answers == [204] * 3
    assert ear.kinds == [NoticeKind.HOST_AWAY]


def test_what_happens_at_cal_com_is_heard(
    there: Elsewhere, hearing: Callable[..., Flask], recorder: Recorder
) -> None:
    """The stand-in sends each of them as Cal.com does, so that hosts can test what they do about it."""
    ear = Ear()
    app = hearing(there, ear)
    bo = there.calcom.add_user("bo", zone="Europe/London")
    made = there.calcom.book(there.intro, TUESDAY)

    there.calcom.miss_hosts(made.uid)
    there.calcom.miss_guests(made.uid)
    there.calcom.report_host(made.uid, notes="Not mine.")
    there.calcom.go_away(there.ann, TUESDAY, TUESDAY + timedelta(days=2), notes="At the sea", stand_in=bo)
    there.calcom.fill_in_form(there.ann, {"Company": "Acme", "Days": ["Mon", "Tue"]}, title="Who are you?")
    there.calcom.fill_in_form(there.ann, {"Company": "Acme"}, trigger="FORM_SUBMITTED_NO_EVENT")
    there.calcom.refuse_calendar(there.ann)
    there.calcom.refuse_calendar(bo)
    pass_on(app, there.sent())
    hear(app)

    assert recorder.kinds == [
        CREATED,
        EventKind.HOST_MISSING,
        EventKind.GUEST_MISSING,
        EventKind.WRONG_HOST,
    ]
    away, filled, *others = ear.heard
    assert (away.host and away.host.slug, away.stand_in and away.stand_in.slug) == ("ann", "bo")
    assert (away.start, away.notes) == (TUESDAY, "At the sea")
    assert (filled.form, filled.answers) == ("Who are you?", {"Company": "Acme", "Days": ("Mon", "Tue")})
    assert [each.kind for each in others] == [NoticeKind.FORM_WITHOUT_BOOKING, NoticeKind.CALENDAR_REFUSED]


def test_a_notice_tells_for_which_account_it_came(there: Elsewhere, hearing: Callable[..., Flask]) -> None:
    """Whose webhook it was, not what it says: the account's owner could have written it."""
    ear, secret = Ear(), "s" * 32
    keys = {"BOOKER_CALCOM_CLIENT_ID": "client", "BOOKER_CALCOM_CLIENT_SECRET": "secret"}
    app = hearing(there, ear, **keys, BOOKER_CALCOM_WEBHOOK_SECRET=secret)
    pair = TokenPair(access="a", refresh="r", expires_at=TUESDAY, kind=MANAGED, username="zoe-client")
    app.extensions["booker"].calcom.tokens.write(PROVIDER, "zoe", pair)
    mark, sent = account_mark(secret, "zoe"), body("OOO_CREATED")
    proof = {"X-Cal-Signature-256": signature(sent, account_secret(secret, mark))}

    status = app.test_client().post(f"/webhooks/calcom/{mark}", data=sent, headers=proof).status_code
    send(app, sent, given=signature(sent, secret))
    hear(app)

    assert status == 204
    assert [each.account for each in ear.heard] == ["zoe-client", ""]


def test_hearers_are_called_in_a_context_of_the_app(there: Elsewhere, hearing: Callable[..., Flask]) -> None:
    """A hearer may use the app's database and its settings."""
    names: list[str] = []
    app = hearing(there, lambda notice: names.append(current_app.name))

    send(app, body("OOO_CREATED"))
    hear(app)

    assert names == ["partner"]


def test_a_web_process_tells_notices_by_itself(there: Elsewhere, hearing: Callable[..., Flask]) -> None:
    """With threads, whoever has answered a webhook also tells it."""
    ear = Ear()
    app = hearing(there, ear, BOOKER_DISPATCH="thread")

    send(app, body("OOO_CREATED"))

    until = time.monotonic() + 20
    while not ear.heard and time.monotonic() < until:
        time.sleep(0.01)
    assert ear.kinds == [NoticeKind.HOST_AWAY]


# --- seats ---------------------------------------------------------------------------------------


def test_what_happens_to_a_shared_time_is_heard_of_by_every_seat(
    clock: FrozenClock, hearing: Callable[..., Flask], recorder: Recorder
) -> None:
    """A host that is missing is missing for all; which of the guests are missing is told of none."""
    with elsewhere(clock, **SEATS) as there:
        app = hearing(there)
        made = there.calcom.book(there.intro, TUESDAY)
        there.calcom.book(there.intro, TUESDAY, name="Cy", email="cy@example.org")
        pass_on(app, there.sent())

        there.calcom.miss_hosts(made.uid)
        there.calcom.miss_guests(made.uid)
        there.calcom.report_host(made.uid)
        pass_on(app, there.sent())
        hear(app)

        seats = {each.seat for each in made.attendees}
        assert len(seats) == 2
        heard = sorted((each.kind, each.booking.uid) for each in recorder.events)
        kinds = (CREATED, EventKind.HOST_MISSING, EventKind.WRONG_HOST)
        assert heard == sorted((kind, seat) for kind in kinds for seat in seats)


# --- what goes wrong -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "error",
    [
        pytest.param(DeliveryFailed("The CRM is down."), id="said"),
        pytest.param(ValueError("ann@example.com is away"), id="any"),
        pytest.param(SystemExit(1), id="an end"),
    ],
)
def test_a_hearer_that_fails_hears_it_again_and_the_others_do_not(
    there: Elsewhere,
    hearing: Callable[..., Flask],
    clock: FrozenClock,
    caplog: pytest.LogCaptureFixture,
    error: BaseException,
) -> None:
    """Each hearer has its own attempts; what is logged of a failure is nothing personal."""
    weak, well = Ear("weak", failures=1, error=error), Ear("well")
    app = hearing(there, weak, well)

    send(app, body("OOO_CREATED"))
    hear(app)
    first = (list(weak.heard), list(well.heard), counts(app))
    clock.move(SOON)
    hear(app)

    assert first == ([], well.heard, (1, 1, 0, 0))
    assert weak.heard == well.heard
    assert well.kinds == [NoticeKind.HOST_AWAY]
    said = [each.getMessage() for each in caplog.records if each.levelno == logging.WARNING]
    assert len(said) == 1
    assert type(error).__name__ in said[0]
    assert not any(word in caplog.text for word in ("ann@example.com", "Ann Host", "At the sea"))


def test_a_notice_that_fails_for_a_day_is_given_up_and_can_be_retried(
    there: Elsewhere, hearing: Callable[..., Flask], clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """A day of failures is an error in the log; the command takes it again."""
    ear = Ear(failures=1)
    app = hearing(there, ear)

    send(app, body("FORM_SUBMITTED"))
    clock.move(PARK_AFTER)
    hear(app)
    parked = counts(app)
    retried = app.test_cli_runner().invoke(args=["booker", "calcom", "sync", "--retry"])

    assert parked == (0, 0, 0, 1)
    assert "Webhooks due again: 1." in retried.output
    assert ear.kinds == [NoticeKind.FORM_SUBMITTED]
    assert [each.levelno for each in caplog.records if each.levelno >= logging.ERROR] == [logging.ERROR]
    assert "Acme" not in caplog.text


def test_what_was_heard_is_not_kept(there: Elsewhere, hearing: Callable[..., Flask]) -> None:
    """Answers to forms are personal: they stay until they are heard, and no longer."""
    app = hearing(there, Ear())

    send(app, body("FORM_SUBMITTED"))
    before = bodies(app)
    hear(app)

    assert [b"Acme" in each for each in before] == [True]
    assert bodies(app) == [b""]


def test_a_hearer_that_is_gone_is_named(
    there: Elsewhere, hearing: Callable[..., Flask], caplog: pytest.LogCaptureFixture
) -> None:
    """What was kept for a hearer waits for one of its name; no other is told in its place."""
    later = Ear("later")
    send(hearing(there, Ear("former")), body("OOO_CREATED"))

    app = hearing(there, later)
    hear(app)

    assert (later.heard, counts(app)) == ([], (1, 0, 0, 0))
    assert "Nobody of the name 'former' hears notices any more" in caplog.text


def test_two_hearers_of_one_name_are_refused(there: Elsewhere, hearing: Callable[..., Flask]) -> None:
    """One would be told in place of the other."""
    with pytest.raises(ConfigurationError, match="'on_notice'"):
        hearing(there, Ear(), Ear())


# --- what is not heard ---------------------------------------------------------------------------


@pytest.mark.parametrize("trigger", NOTICES)
def test_without_hearers_notices_are_kept(
    there: Elsewhere, hearing: Callable[..., Flask], recorder: Recorder, trigger: str
) -> None:
    """They are answered and kept as they came, for nobody to take."""
    app = hearing(there)

    answer = send(app, body(trigger))
    hear(app)

    assert (answer.status_code, counts(app), recorder.kinds) == (204, (0, 0, 1, 0), [])
    assert bodies(app) == [body(trigger)]


def test_an_unknown_trigger_is_kept(there: Elsewhere, hearing: Callable[..., Flask]) -> None:
    """What Cal.com may think of later is answered and kept as it came, whoever hears notices."""
    ear = Ear()
    app = hearing(there, ear)
    sent = body("OOO_CREATED").replace(b"OOO_CREATED", b"OOO_MULLED_OVER")

    answer = send(app, sent)
    hear(app)

    assert (answer.status_code, answer.data, counts(app)) == (204, b"", (0, 0, 1, 0))
    assert (bodies(app), ear.heard) == ([sent], [])


def test_a_try_out_is_not_heard(there: Elsewhere, hearing: Callable[..., Flask]) -> None:
    """The ping of Cal.com's settings carries whatever trigger was chosen there."""
    ear = Ear()
    app = hearing(there, ear)
    ping = {"type": "Test", "title": "Test trigger event"}

    answer = send(app, json.dumps({"triggerEvent": "OOO_CREATED", "payload": ping}).encode())
    hear(app)

    assert (answer.status_code, counts(app), ear.heard) == (204, (0, 0, 0, 0), [])


# --- who asks for them ---------------------------------------------------------------------------


@pytest.mark.parametrize("heard", [pytest.param(True, id="heard"), pytest.param(False, id="not heard")])
def test_only_who_hears_notices_asks_for_them(
    there: Elsewhere, hearing: Callable[..., Flask], heard: bool
) -> None:
    """Answers to forms are sent to no app in which nobody hears them; registering anew ends that too."""
    (webhook,) = there.calcom.store.webhooks.values()
    app = hearing(there, Ear()) if heard else hearing(there)

    done = app.test_cli_runner().invoke(args=["booker", "calcom", "webhooks", "--register"])

    wanted = (*TRIGGERS, *NOTICES) if heard else TRIGGERS
    assert done.exit_code == 0, done.output
    assert set(webhook.triggers) == set(wanted)
    assert f"{len(wanted)} of {len(wanted)} triggers  this app's" in done.output
