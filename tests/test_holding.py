"""Holds: a chosen time is kept for its visitor, and for nobody else, until it is let go."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from booker_components import ProviderUnavailable
from booker_components.testing import FrozenClock

from .guests import BO, Guest
from .studio import HoldingStudio, Studio, offering, studio_app

NINE = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
TUESDAY_NINE = "2027-02-02T09:00:00Z"


@pytest.fixture
def studio(clock: FrozenClock) -> HoldingStudio:
    """A studio that keeps times."""
    return HoldingStudio(offering(), clock)


@pytest.fixture
def app(tmp_path: Path, studio: HoldingStudio, clock: FrozenClock) -> Iterator[Flask]:
    """An app over that studio."""
    app = studio_app(tmp_path, studio, clock)
    yield app
    app.extensions["booker"].storage.close()


@pytest.fixture
def guest(app: Flask) -> Guest:
    """A guest who has chosen nine o'clock."""
    guest = Guest(app.test_client())
    guest.open(f"/book/class?slot={TUESDAY_NINE}")
    return guest


def _address(guest: Guest) -> str:
    form = next(each for each in guest.page.tree.iter("form") if each.get("data-bk-hold"))
    return str(form.get("data-bk-hold"))


def _ask(app: Flask, guest: Guest, path: str = "", **changes: str) -> TestResponse:
    """Ask for a hold as the script does."""
    _, data = guest.page.form()
    sent = {name: data[name] for name in ("csrf_token", "slot", "hold")} | changes
    return app.test_client().post(path or _address(guest), data=sent)


def test_looking_holds_nothing(guest: Guest, studio: HoldingStudio) -> None:
    """The form says where to ask, and is the same for everybody."""
    assert _address(guest) == "/booker/hold?slug=class&username=&tz=Europe%2FBerlin&minutes=60"
    assert guest.page.form()[1]["hold"] == ""
    assert studio.holds == {}


def test_a_provider_without_holds_is_not_asked(tmp_path: Path, clock: FrozenClock) -> None:
    """The form says nothing of holds; who asks all the same is told."""
    app = studio_app(tmp_path, Studio(offering(), clock), clock)
    guest = Guest(app.test_client())

    page = guest.open(f"/book/class?slot={TUESDAY_NINE}")
    token = page.form()[1]["csrf_token"]
    answer = app.test_client().post(
        "/booker/hold?slug=class&minutes=60", data={"csrf_token": token, "slot": TUESDAY_NINE}
    )

    assert "data-bk-hold" not in page.response.text
    assert "hold" not in page.form()[1]
    assert answer.status_code == 501
    app.extensions["booker"].storage.close()


def test_times_are_kept_only_where_the_settings_say_so(
    tmp_path: Path, studio: HoldingStudio, clock: FrozenClock
) -> None:
    """Zero minutes are no time at all, whatever the provider can do."""
    app = studio_app(tmp_path, studio, clock, BOOKER_HOLD_MINUTES=0)
    guest = Guest(app.test_client())

    page = guest.open(f"/book/class?slot={TUESDAY_NINE}")
    token = page.form()[1]["csrf_token"]
    answer = app.test_client().post(
        "/booker/hold?slug=class&minutes=60", data={"csrf_token": token, "slot": TUESDAY_NINE}
    )

    assert "data-bk-hold" not in page.response.text
    assert (answer.status_code, studio.holds) == (501, {})
    app.extensions["booker"].storage.close()


def test_a_time_is_held(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """The answer has the token, and when to ask again: a little before the hold lapses."""
    answer = _ask(app, guest)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert answer.json is not None
    assert answer.json["seconds"] == 285
    assert [(each.start, each.end) for each in studio.holds.values()] == [(NINE, NINE + timedelta(hours=1))]


def test_a_held_time_is_for_its_visitor_alone(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """Others do not see it; who holds it goes on, makes a mistake, and books."""
    token = str((_ask(app, guest).json or {})["hold"])

    other = Guest(app.test_client()).open(f"/book/class?slot={TUESDAY_NINE}")
    mistaken = guest.send(name="Bo", hold=token)
    guest.send(**BO)

    assert "no longer free" in other.text()
    assert mistaken.form()[1]["hold"] == token
    assert studio.requests[0].start == NINE


def test_asking_again_renews_the_hold(
    app: Flask, guest: Guest, studio: HoldingStudio, clock: FrozenClock
) -> None:
    """Although the provider refuses to hold what is held."""
    token = str((_ask(app, guest).json or {})["hold"])
    clock.move(timedelta(minutes=4))

    answer = _ask(app, guest, hold=token)

    assert answer.status_code == 200
    assert [each.until for each in studio.holds.values()] == [clock() + timedelta(minutes=5)]


def test_a_time_that_is_gone_is_told(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """In words for the guest who is filling in the form."""
    studio.taken.add(NINE)

    answer = _ask(app, guest)

    assert answer.status_code == 409
    assert (answer.json or {})["sentence"].startswith("This time is no longer free.")


def test_choosing_another_time_lets_the_hold_go(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """Before the calendar is shown, so that the time is in it."""
    token = str((_ask(app, guest).json or {})["hold"])
    action, data = guest.page.form()
    back = next(each.get("value") for each in guest.page.tree.iter("button") if each.get("name") == "go")

    page = guest.post(action, data | {"hold": token, "go": back})

    assert any(TUESDAY_NINE in each for each in page.times())
    assert studio.released == ["hold-1"]


def test_the_same_time_again_keeps_the_hold(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """For it is still being booked."""
    token = str((_ask(app, guest).json or {})["hold"])
    action, data = guest.page.form()

    page = guest.post(action, data | {"hold": token, "go": f"slot={TUESDAY_NINE}"})

    assert page.form()[1]["hold"] == token
    assert studio.released == []


def test_a_hold_can_be_let_go(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """Twice does no harm, and neither does a provider that does not answer."""
    token = str((_ask(app, guest).json or {})["hold"])

    answers = [_ask(app, guest, "/booker/release", hold=token) for _ in range(2)]

    assert [each.status_code for each in answers] == [204, 204]
    assert studio.released == ["hold-1"]


def test_nobody_lets_go_what_others_hold(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """A uid is not enough, nor a token that was made for something else."""
    _ask(app, guest)
    csrf = guest.page.form()[1]["csrf_token"]

    answers = [_ask(app, guest, "/booker/release", hold=each) for each in ("hold-1", csrf, "", "a.b")]

    assert {each.status_code for each in answers} == {204}
    assert list(studio.holds) == ["hold-1"]


@pytest.mark.parametrize(
    ("address", "changes", "status"),
    [
        ("/booker/hold?slug=class&minutes=60", {"csrf_token": "x"}, 403),
        ("/booker/hold?slug=none&minutes=60", {}, 404),
        ("/booker/hold?slug=class&minutes=0", {}, 422),
        ("/booker/hold?slug=class&minutes=99999", {}, 422),
        ("/booker/hold?slug=class", {}, 422),
        ("/booker/hold?slug=class&minutes=60", {"slot": "tomorrow"}, 422),
        ("/booker/hold?slug=class&minutes=60&tz=Mars/Base", {}, 422),
    ],
    ids=["forged", "no event type", "no length", "too long", "length missing", "no time", "no zone"],
)
def test_nonsense_holds_nothing(
    app: Flask, guest: Guest, studio: HoldingStudio, address: str, changes: dict[str, str], status: int
) -> None:
    """Each is answered in a way that the script can read."""
    answer = _ask(app, guest, address, **changes)

    assert (answer.status_code, answer.is_json) == (status, True)
    assert studio.holds == {}


@pytest.mark.parametrize(
    ("minutes", "slot"),
    [(480, TUESDAY_NINE), (60, "2027-01-01T09:00:00Z"), (60, "2037-02-02T09:00:00Z")],
    ids=["longer than any length", "in the past", "beyond the booking window"],
)
def test_no_more_is_held_than_could_be_booked(
    app: Flask, guest: Guest, studio: HoldingStudio, minutes: int, slot: str
) -> None:
    """One visitor cannot keep whole days from all others."""
    answer = _ask(app, guest, f"/booker/hold?slug=class&minutes={minutes}", slot=slot)

    assert (answer.status_code, studio.holds) == (422, {})


def test_letting_go_needs_a_form_of_ours(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """Another site cannot."""
    token = str((_ask(app, guest).json or {})["hold"])

    answer = _ask(app, guest, "/booker/release", hold=token, csrf_token="x")

    assert answer.status_code == 403
    assert list(studio.holds) == ["hold-1"]


def test_holds_are_counted(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """An address has thirty times kept within the time that a hold lasts; it can go on booking."""
    statuses = [_ask(app, guest, slot="2027-02-02T08:00:00Z").status_code for _ in range(31)]

    guest.send(**BO)

    assert statuses[-1] == 429
    assert 429 not in statuses[:-1]
    assert studio.requests[0].start == NINE


def test_a_hold_is_asked_for_in_the_guests_zone(app: Flask, studio: HoldingStudio) -> None:
    """Where starts are aligned in it, no other tells whether a slot starts then."""
    guest = Guest(app.test_client())
    guest.open(f"/book/class?slot={TUESDAY_NINE}&tz=Asia/Kathmandu")

    _ask(app, guest)

    assert studio.held_in == ["Asia/Kathmandu"]


def test_a_locked_zone_is_the_only_one(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """Another would keep times that nobody is offered, each in the way of two that are."""
    studio.offer = replace(studio.offer, zone_locked=True)

    _ask(app, guest, "/booker/hold?slug=class&minutes=60&tz=Asia/Kathmandu")

    assert studio.held_in == [studio.offer.zone]


@pytest.mark.parametrize("path", ["/booker/hold?slug=class&minutes=60", "/booker/release"])
def test_holds_are_no_links(app: Flask, guest: Guest, path: str) -> None:
    """GET changes nothing."""
    assert app.test_client().get(path).status_code == 405


class Flaky(HoldingStudio):
    """A studio whose holds fail once they are made."""

    def held(self, uid: str) -> Any:
        """Fail."""
        raise ProviderUnavailable()

    def release(self, uid: str) -> None:
        """Fail."""
        raise ProviderUnavailable()


def test_a_failing_hold_breaks_nothing(tmp_path: Path, clock: FrozenClock) -> None:
    """The time then counts as taken until the hold lapses; letting go says nothing."""
    studio = Flaky(offering(), clock)
    app = studio_app(tmp_path, studio, clock)
    guest = Guest(app.test_client())
    guest.open(f"/book/class?slot={TUESDAY_NINE}")
    token = str((_ask(app, guest).json or {})["hold"])
    action, data = guest.page.form()

    released = _ask(app, guest, "/booker/release", hold=token)
    page = guest.post(action, data | {"hold": token, "go": f"slot={TUESDAY_NINE}"})

    assert released.status_code == 204
    assert re.search("no longer free", page.text())
    app.extensions["booker"].storage.close()


def test_a_hold_of_a_move_is_asked_for_in_the_bookings_own_length(app: Flask, guest: Guest) -> None:
    """Whatever the event type's is by now."""
    guest.send(**BO)

    guest.open("/reschedule/bk-1?slot=2027-02-02T10:00:00Z")

    assert _address(guest).endswith("minutes=60")


def test_moving_lets_the_own_hold_go(app: Flask, guest: Guest, studio: HoldingStudio) -> None:
    """It would make the time seem taken."""
    guest.send(**BO)
    guest.open("/reschedule/bk-1?slot=2027-02-02T10:00:00Z")
    token = str((_ask(app, guest).json or {})["hold"])

    guest.send(hold=token)

    assert studio.released == ["hold-1"]
    assert studio.bookings["bk-1"].start == NINE + timedelta(hours=1)
