"""Forms that programs send are refused once; people lose nothing by it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask

from booker_components.testing import FrozenClock
from booker_components.web.robots import is_solved

from ..guests import BO, Guest

NINE = "2027-02-02T08:00:00Z"
MakeApp = Callable[..., Flask]


def at_form(app: Flask, time: str = NINE) -> Guest:
    """Give a guest who has the form before them."""
    guest = Guest(app.test_client())
    guest.open(f"/book/intro-call?slot={time}")
    return guest


def solved(stamp: str, bits: int) -> str:
    """Find what a browser would find."""
    return next(str(each) for each in count() if is_solved(stamp, str(each), bits))


def test_a_person_books(make_app: MakeApp) -> None:
    """The field that nobody sees is empty, and the stamp is that of the form."""
    page = at_form(make_app()).send(**BO)

    assert page.headline() == "Your booking is confirmed"


def test_whoever_fills_in_the_trap_is_asked_again(make_app: MakeApp) -> None:
    """Nothing is booked; what was typed stays, and the trap is empty."""
    guest = at_form(make_app())

    page = guest.send(**BO, fax="1234")

    assert page.status == 403
    assert "a field that is not for people" in page.text()
    assert page.form()[1]["name"] == BO["name"]
    assert not page.form()[1].get("fax")
    assert guest.send().headline() == "Your booking is confirmed"


@pytest.mark.parametrize("stamp", ["", "forged", "WzEsICJ4Il0.forged"])
def test_a_form_without_our_stamp_is_refused(make_app: MakeApp, stamp: str) -> None:
    """Nobody can make one, and the form that comes back has one."""
    guest = at_form(make_app())

    page = guest.send(**BO, stamp=stamp)

    assert page.status == 403
    assert guest.send().headline() == "Your booking is confirmed"


def test_a_form_that_stood_open_for_very_long_is_sent_once_more(
    make_app: MakeApp, clock: FrozenClock
) -> None:
    """A stamp ends, too."""
    guest = at_form(make_app(), "2027-02-16T08:00:00Z")
    clock.move(timedelta(days=8))

    page = guest.send(**BO)

    assert page.status == 403
    assert "open for a long time" in page.text()


def test_programs_are_quicker_than_people(make_app: MakeApp, clock: FrozenClock) -> None:
    """Where the host says so, a form has to have been on view for a while."""
    guest = at_form(make_app(BOOKER_FORM_SECONDS=3))

    page = guest.send(**BO)
    clock.move(timedelta(seconds=4))
    again = guest.send()

    assert page.status == 403
    assert "very quick" in page.text()
    assert again.headline() == "Your booking is confirmed"


def test_clocks_of_several_servers_may_differ(make_app: MakeApp, clock: FrozenClock) -> None:
    """Nobody was quick by being told the form by a server whose clock is ahead."""
    guest = at_form(make_app())
    clock.move(timedelta(seconds=-5))

    assert guest.send(**BO).headline() == "Your booking is confirmed"


def test_one_address_sends_so_many_forms(make_app: MakeApp) -> None:
    """Beyond the host's limit it waits; looking is not counted."""
    app = make_app(BOOKER_BOOKING_LIMIT="2/hour")

    pages = [at_form(app, f"2027-02-02T{hour:02}:00:00Z").send(**BO) for hour in (8, 9, 10)]

    assert [page.status for page in pages] == [200, 200, 429]
    assert "asked for too often" in pages[2].text()


def test_work_is_told_to_the_browser_and_looked_at(make_app: MakeApp) -> None:
    """What the browser found counts once."""
    guest = at_form(make_app(BOOKER_PROOF_OF_WORK=8))
    form = next(each for each in guest.page.tree.iter("form") if each.get("data-bk-work"))
    stamp = guest.page.form()[1]["stamp"]

    page = guest.send(**BO, work=solved(stamp, 8))

    assert (form.get("data-bk-work"), form.get("data-bk-stamp"), form.get("data-bk-found")) == (
        "8",
        "stamp",
        "work",
    )
    assert page.headline() == "Your booking is confirmed"


def test_work_is_of_use_once(make_app: MakeApp) -> None:
    """Who has solved one form cannot send it with other answers."""
    app = make_app(BOOKER_PROOF_OF_WORK=8)
    guest, other = at_form(app), at_form(app, "2027-02-02T09:00:00Z")
    stamp = guest.page.form()[1]["stamp"]
    work = solved(stamp, 8)

    guest.send(**BO, work=work)
    page = other.send(**BO, stamp=stamp, work=work)

    assert page.status == 403
    assert "sent before" in page.text()


def test_a_double_click_is_one_booking(make_app: MakeApp) -> None:
    """What is sent twice as it stands is answered twice with the booking."""
    guest = at_form(make_app(BOOKER_PROOF_OF_WORK=8))
    action, data = guest.page.form()
    sent = {**data, **BO, "work": solved(data["stamp"], 8)}

    headlines = [guest.post(action, sent).headline() for _ in range(2)]

    assert headlines == ["Your booking is confirmed"] * 2
    assert guest.addresses[-1] == guest.addresses[-3]


def test_without_scripts_a_few_forms_go_through(make_app: MakeApp) -> None:
    """A browser that cannot work may send five an hour."""
    app = make_app(BOOKER_PROOF_OF_WORK=20)
    hours = ("08:00", "08:30", "09:00", "09:30", "10:00", "10:30")

    pages = [at_form(app, f"2027-02-02T{hour}:00Z").send(**BO) for hour in hours]

    assert [page.status for page in pages] == [200] * 5 + [429]


def test_what_is_solved_is_what_the_digest_says() -> None:
    """As many bits are 0 as are asked for, not one less."""
    for number in range(300):
        digest = hashlib.sha256(f"stamp:{number}".encode()).digest()
        zeros = 256 - int.from_bytes(digest).bit_length()
        assert is_solved("stamp", str(number), zeros)
        assert not is_solved("stamp", str(number), zeros + 1)


def test_moving_needs_none_of_it(make_app: MakeApp) -> None:
    """Whoever has the link to a booking is no stranger."""
    app = make_app(BOOKER_BOOKING_LIMIT="1/hour", BOOKER_PROOF_OF_WORK=20)
    guest = at_form(app)
    guest.send(**BO)
    guest.follow("/reschedule")
    guest.follow("slot=2027-02-02T09")

    page = guest.send()

    assert page.headline() == "Your booking has been moved"


def test_the_settings_of_the_docs_are_understood(make_app: MakeApp) -> None:
    """The example of docs/spam.md makes an app that guards its forms."""
    page = (Path(__file__).parents[2] / "docs" / "spam.md").read_text()
    said = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    config: dict[str, object] = {}
    exec(said[0], {"app": SimpleNamespace(config=config)})

    guest = at_form(make_app(**config))

    assert set(config) == {"BOOKER_FORM_SECONDS", "BOOKER_BOOKING_LIMIT", "BOOKER_PROOF_OF_WORK"}
    assert guest.send(**BO).status == 403
