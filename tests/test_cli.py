"""The commands show what is offered, why a time is not, and who has heard of what."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.cli import FlaskGroup

from booker_components import (
    Absence,
    Approval,
    Booker,
    BookingEvent,
    EventKind,
    HostGroup,
    Limit,
    Member,
    Period,
    create_booking,
)
from booker_components.errors import ConfigurationError, DeliveryFailed
from booker_components.testing import FrozenClock, Recorder

from .conftest import INTRO, MONDAY, TUESDAY
from .ports import held_port

ONE_A_DAY = (Limit(per=Period.DAY, count=1),)


def run(app: Flask, *words: str) -> str:
    """Run `flask booker` and give what it printed."""
    result = app.test_cli_runner().invoke(args=["booker", *words])
    return result.output


def test_check_shows_next_week(app: Flask) -> None:
    """Each event type is listed with its free times in the host's zone."""
    said = run(app, "check", "--slug", "intro-call")

    assert "intro-call: Intro call, 30 min, times of Europe/Berlin" in said
    assert "Tuesday 2 February 2027: 09:00 09:30 10:00" in said
    assert "check-up" not in said


def test_check_refuses_what_it_cannot_read(app: Flask) -> None:
    """A wrong slug is answered with the remedy."""
    assert "'flask booker check' shows all" in run(app, "check", "--slug", "nope")


def test_check_tells_how_things_run(make_app: Callable[..., Flask], clock: FrozenClock) -> None:
    """What waits and what was given up, when the upkeep was, and whether the queue answers."""
    app = make_app(BOOKER_DISPATCH="huey")
    outbox = app.extensions["booker"].outbox
    before = run(app, "check")
    with app.app_context():
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
    app.extensions["booker"].upkeep.run()
    with app.extensions["booker"].storage.transaction() as connection:
        connection.exec_driver_sql("UPDATE booker_deliveries SET state = 'parked'")
    clock.move(timedelta(hours=1))

    result = app.test_cli_runner().invoke(args=["booker", "check"])

    assert "ok     Deliveries: 0 waiting, 0 given up." in before
    assert "note   The upkeep has never run" in before
    assert "ok     The queue (sqlite) answers." in before
    assert "WRONG  Deliveries: 0 waiting, 1 given up. 'flask booker outbox --state parked'" in result.output
    assert "note   The last upkeep was at 2027-02-01T08:00:00Z." in result.output
    assert "bo@example.com" not in result.output
    assert (result.exit_code, len(outbox.deliveries())) == (1, 1)


def test_check_tells_when_the_queue_does_not_answer(make_app: Callable[..., Flask]) -> None:
    """Without repeating its address, which may hold a password."""
    with held_port() as port:
        app = make_app(BOOKER_DISPATCH="huey", BOOKER_QUEUE_URL=f"redis://:secret@127.0.0.1:{port}/0")
        result = app.test_cli_runner().invoke(args=["booker", "check"])

    assert "WRONG  The queue (redis) does not answer; look at 'BOOKER_QUEUE_URL'." in result.output
    assert "secret" not in result.output
    assert result.exit_code == 1


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"BOOKER_HOLD_MINUTES": "soon"}, "Error: 'BOOKER_HOLD_MINUTES' is 'soon'"),
        ({"BOOKER_NONSENSE": 1}, "Error: 'BOOKER_NONSENSE' is not a setting"),
        ({"BOOKER_EVENT_TYPES": lambda: ["none"]}, "Error: event_types[0] must be an EventType"),
        ({"BOOKER_EVENT_TYPES": "none.toml"}, "Error: {cwd}/none.toml: there is no such file"),
    ],
    ids=["wrong", "unknown", "told by a function", "no file"],
)
def test_a_mistake_in_the_settings_is_one_line(
    tmp_path: Path, clock: FrozenClock, config: dict[str, object], said: str
) -> None:
    """It names the setting, and ends with exit code 1; nobody reads a traceback to find it."""

    def create_app() -> Flask:
        app = Flask("partner", instance_path=str(tmp_path))
        app.config.update({"SECRET_KEY": "k" * 40, "BOOKER_EVENT_TYPES": [INTRO], **config})
        Booker(app, clock=clock)
        return app

    flask = FlaskGroup(create_app=create_app)
    result = CliRunner(env={"FLASK_RUN_FROM_CLI": None}).invoke(flask, ["booker", "check"])

    assert result.exit_code == 1
    assert result.output.startswith(said.format(cwd=Path.cwd()))
    assert len(result.output.splitlines()) == 1
    assert isinstance(result.exception, SystemExit)


def test_a_mistake_in_the_settings_is_the_error_it_is_elsewhere(tmp_path: Path) -> None:
    """A server's log has the traceback."""
    app = Flask("partner", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_HOLD_MINUTES="soon")

    with pytest.raises(ConfigurationError) as error:
        Booker(app)

    assert type(error.value) is ConfigurationError


# --- why -----------------------------------------------------------------------------------------


def test_why_tells_of_a_whole_day(app: Flask) -> None:
    """Times that nothing sets apart stand together, in order, those that are free too."""
    with app.app_context():
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")

    assert run(app, "why", "intro-call", "2027-02-02").splitlines() == [
        "intro-call: Tuesday 2 February 2027, 30 min, times of Europe/Berlin",
        "  00:00 – 08:30  it is outside the working hours of Ada Lovelace",
        "  09:00          Ada Lovelace is busy",
        "  09:30 – 11:30  free",
        "  12:00 – 12:30  it is outside the working hours of Ada Lovelace",
        "  13:00 – 16:30  free",
        "  17:00 – 23:30  it is outside the working hours of Ada Lovelace",
    ]


def test_why_takes_the_day_and_the_times_of_the_guest(app: Flask) -> None:
    """A guest in Tokyo asks for another day."""
    said = run(app, "why", "intro-call", "2027-02-03", "--zone", "Asia/Tokyo")

    assert "intro-call: Wednesday 3 February 2027, 30 min, times of Asia/Tokyo" in said
    assert "  00:00 – 00:30  free" in said
    assert "  17:00 – 19:30  free" in said


def test_why_asks_about_another_length(app: Flask) -> None:
    """An hour that ends after the working hours is not offered, and a length that there is not never is."""
    hour = run(app, "why", "check-up", "2027-02-02", "--duration", "60")
    odd = run(app, "why", "check-up", "2027-02-02T09:00+01:00", "--duration", "45")

    assert "check-up: Tuesday 2 February 2027, 1 hr, times of Europe/Berlin" in hour
    assert "  09:00 – 11:00  free" in hour
    assert odd.splitlines()[1:] == ["  - this length is not on offer"]


def test_why_tells_every_reason_of_one_time(make_app: Callable[..., Flask], clock: FrozenClock) -> None:
    """All rules that refuse it are named, and a time that is offered is said to be."""
    event_type = replace(INTRO, minimum_notice=timedelta(days=2))
    app = make_app(BOOKER_EVENT_TYPES=[event_type])

    refused = run(app, "why", "intro-call", "2027-02-02T03:00Z")
    offered = run(app, "why", "intro-call", "2027-02-05T10:00+01:00")

    assert refused.splitlines() == [
        "intro-call: Tuesday 2 February 2027, 04:00 (Europe/Berlin) is not offered",
        "  - it is within the minimum notice",
        "  - it is outside the working hours of Ada Lovelace",
    ]
    assert offered == "intro-call: Friday 5 February 2027, 10:00 (Europe/Berlin) is offered\n"


def test_why_has_a_line_for_each_host(make_app: Callable[..., Flask]) -> None:
    """However many a group has; what several rules say of one host stands together."""
    hosts = [replace(INTRO.host, slug=name, name=name.title(), limits=ONE_A_DAY) for name in ("ada", "bo")]
    hosts[1] = replace(hosts[1], away=(Absence(first=TUESDAY.date(), last=TUESDAY.date()),), limits=())
    group = HostGroup(members=(Member(host="ada"), Member(host="bo")))
    team = replace(INTRO, slug="team", hosts=tuple(hosts), groups=(group,))
    app = make_app(BOOKER_EVENT_TYPES=[team, replace(INTRO, slug="solo", hosts=(hosts[0],))])
    with app.app_context():
        create_booking("solo", TUESDAY + timedelta(hours=2), name="Bo", email="bo@example.com")

    day = run(app, "why", "team", "2027-02-02").splitlines()
    time = run(app, "why", "team", "2027-02-02T08:00+01:00").splitlines()

    assert day[1:3] == [
        "  00:00 – 08:30  it is outside the working hours of Ada; Ada has as many bookings as are taken then",
        "                 Bo is away; it is outside the working hours of Bo",
    ]
    assert time[1:] == [
        "  - it is outside the working hours of Ada; Ada has as many bookings as are taken then",
        "  - Bo is away; it is outside the working hours of Bo",
    ]


def test_why_names_a_private_way_in(make_app: Callable[..., Flask]) -> None:
    """It is no rule about a time, which whoever has a link is offered."""
    app = make_app(BOOKER_EVENT_TYPES=[replace(INTRO, private=True)])

    day = run(app, "why", "intro-call", "2027-02-02")
    time = run(app, "why", "intro-call", "2027-02-02T09:00+01:00")

    assert day.splitlines()[0].endswith("times of Europe/Berlin; it is booked through a private link only")
    assert time.endswith("is offered; it is booked through a private link only\n")


@pytest.mark.parametrize(
    ("interval", "offset", "said"),
    [
        pytest.param(45, 0, "  09:00 – 11:15  free", id="not a part of an hour"),
        pytest.param(7, 0, "  09:00 – 11:27  free", id="odd minutes"),
        pytest.param(30, 10, "  09:10 – 11:10  free", id="later than on the hour"),
    ],
)
def test_why_knows_where_slots_start(
    make_app: Callable[..., Flask], interval: int, offset: int, said: str
) -> None:
    """Times at which no slot starts need no reason, whatever the interval."""
    event_type = replace(INTRO, slot_interval=timedelta(minutes=interval), offset=timedelta(minutes=offset))
    app = make_app(BOOKER_EVENT_TYPES=[event_type])

    lines = run(app, "why", "intro-call", "2027-02-02").splitlines()

    assert said in lines
    assert not any("no slot" in line for line in lines)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        pytest.param(["nope", "2027-02-02"], "There is no event type 'nope'", id="event type"),
        pytest.param(["intro-call", "tomorrow"], "'tomorrow' is neither a date such as", id="date"),
        pytest.param(["intro-call", "2027-02-02T09:00"], "nor a time with an offset", id="no offset"),
        pytest.param(["intro-call", "2027-02-02", "--zone", "Mars"], "'Mars' is no zone", id="zone"),
        pytest.param(["intro-call", "2027-02-02", "--duration", "-1"], "not in the range", id="length"),
    ],
)
def test_why_refuses_what_it_cannot_read(app: Flask, words: list[str], said: str) -> None:
    """Each with the remedy."""
    assert said in run(app, "why", *words)


# --- deciding ------------------------------------------------------------------------------------


def test_a_host_agrees_and_declines_by_command(make_app: Callable[..., Flask], recorder: Recorder) -> None:
    """What waits is confirmed or declined, and subscribers hear of it; what does not wait is not."""
    app = make_app(BOOKER_EVENT_TYPES=[replace(INTRO, approval=Approval())], BOOKER_DISPATCH="none")
    with app.app_context():
        one = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
        two = create_booking("intro-call", TUESDAY + timedelta(hours=1), name="Bo", email="bo@example.com")

    said = [run(app, "approve", one.uid), run(app, "decline", two.uid, "--reason", "I am away")]
    twice = run(app, "approve", one.uid)
    run(app, "deliver")

    assert said == [
        f"{one.uid} (intro-call, 2027-02-02T08:00:00Z) is now confirmed.\n",
        f"{two.uid} (intro-call, 2027-02-02T09:00:00Z) is now rejected.\n",
    ]
    assert twice.startswith("Error: ")
    assert recorder.kinds[2:] == [EventKind.CONFIRMED, EventKind.REJECTED]
    assert recorder.events[3].booking.reason == "I am away"


# --- deliveries ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "words",
    [
        pytest.param(["check", "--days", "0"], id="no days"),
        pytest.param(["check", "--days", "367"], id="more than a year"),
        pytest.param(["why", "--duration", "1441", "intro-call", "2027-02-02"], id="more than a day"),
        pytest.param(["outbox", "--limit", "0"], id="nothing to show"),
        pytest.param(["outbox", "--limit", "1001"], id="too much to show"),
        pytest.param(["worker", "--threads", "0"], id="no thread"),
    ],
)
def test_numbers_out_of_range_are_refused_with_the_range(app: Flask, words: list[str]) -> None:
    """A number that would run for ever, or show nothing, is answered with what is possible."""
    assert f"Invalid value for '{words[1]}': {words[2]} is not in the range" in run(app, *words)


def test_outbox_and_deliver(make_app: Callable[..., Flask], recorder: Recorder) -> None:
    """What waits is shown without personal data, and delivered by a process of its own."""
    app = make_app(BOOKER_DISPATCH="none")
    with app.app_context():
        booking = create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")

    waiting = run(app, "outbox")
    delivered = run(app, "deliver")
    done = run(app, "outbox", "--state", "done")

    assert f"booking.created  {booking.uid}  -> recorder  pending  attempts 0" in waiting
    assert "bo@example.com" not in waiting
    assert delivered == "1 delivered.\n"
    assert "next 2027-02-01T08:00:00Z" in waiting
    assert done.rstrip().endswith("done  attempts 1")
    assert [event.booking.uid for event in recorder.events] == [booking.uid]


def test_deliver_does_the_upkeep_too(
    make_app: Callable[..., Flask], clock: FrozenClock, recorder: Recorder
) -> None:
    """One pass of a timer reminds and tells of it."""
    app = make_app(
        BOOKER_EVENT_TYPES=[replace(INTRO, reminders=(timedelta(hours=1),))], BOOKER_DISPATCH="none"
    )
    with app.app_context():
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")
    first = run(app, "deliver")
    clock.set(TUESDAY - timedelta(minutes=59))

    second = run(app, "deliver")

    assert (first, second) == ("1 delivered.\n", "1 delivered.\n")
    assert recorder.kinds == [EventKind.CREATED, EventKind.REMINDER]


def test_outbox_says_when_there_is_nothing(app: Flask) -> None:
    """An empty outbox is said to be empty."""
    assert run(app, "outbox") == "No deliveries.\n"
    assert run(app, "outbox", "retry") == "Parked deliveries due again: 0.\n"


def test_deliver_lets_nobody_wait_for_a_slow_subscriber(tmp_path: Path) -> None:
    """Each is told in a thread of its own, as by a worker."""
    heard = threading.Event()
    patient: list[bool] = []
    app = Flask("partner", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")

    def slow(event: BookingEvent) -> None:
        patient.append(heard.wait(10))

    def quick(event: BookingEvent) -> None:
        heard.set()

    Booker(app, subscribers=[slow, quick], clock=FrozenClock(MONDAY))
    with app.app_context():
        create_booking("intro-call", TUESDAY, name="Bo", email="bo@example.com")

    said = run(app, "deliver")
    app.extensions["booker"].storage.close()

    assert (said, patient) == ("2 delivered.\n", [True])


class Broken:
    """A subscriber that fails for good until somebody has mended it."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.mended = False
        self.heard: list[str] = []

    def __call__(self, event: BookingEvent) -> None:
        """Hear, or fail for good."""
        if not self.mended:
            raise DeliveryFailed("It is broken.", permanent=True)
        self.heard.append(event.booking.uid)


def test_retry_makes_parked_deliveries_due_again(tmp_path: Path) -> None:
    """Those of one subscriber, those with some ids, or all; what is not parked stays as it is."""
    one, two = Broken("one"), Broken("two")
    app = Flask("partner", instance_path=str(tmp_path))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO], BOOKER_DISPATCH="none")
    Booker(app, subscribers=[one, two], clock=FrozenClock(MONDAY))
    with app.app_context():
        for hour in range(3):
            create_booking("intro-call", TUESDAY + timedelta(hours=hour), name="Bo", email="bo@example.com")
    run(app, "deliver")
    one.mended = two.mended = True
    ids = [each.id for each in app.extensions["booker"].outbox.deliveries() if each.subscriber == "one"]

    some = run(app, "outbox", "retry", str(ids[0]), "999", "--subscriber", "one")
    theirs = run(app, "outbox", "retry", "--subscriber", "two")
    delivered = run(app, "deliver")
    rest = run(app, "outbox", "retry")
    run(app, "deliver")
    app.extensions["booker"].storage.close()

    assert some == "Parked deliveries due again: 1.\n"
    assert theirs == "Parked deliveries due again: 3.\n"
    assert delivered == "4 delivered.\n"
    assert rest == "Parked deliveries due again: 2.\n"
    assert (len(one.heard), len(two.heard)) == (3, 3)
