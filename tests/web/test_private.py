"""Private links: the only way in to what is private, for so many bookings and no longer."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask, render_template_string
from sqlalchemy import select

from booker_components import (
    Booking,
    BookingRequest,
    InvalidRequest,
    OutcomeUnknown,
    ProviderError,
    ProviderRefused,
    SlotTaken,
    Unsupported,
    booker_link,
    get_event_types,
)
from booker_components.records.tables import prefills
from booker_components.testing import FrozenClock
from booker_components.values import Incoming

from ..elsewhere import elsewhere
from ..guests import BO, Guest
from ..pages import Page
from ..studio import HoldingStudio, offering, studio_app

TUESDAY_TEN, ELEVEN = "2027-02-02T09:00:00Z", "2027-02-02T10:00:00Z"
TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
SECRET = offering(private=True, description="For members of the board.")
USED_UP = "Every booking that this link was for has been made."


class Club(HoldingStudio):
    """A studio that keeps times, and knows a request by its key."""

    def book(self, request: BookingRequest) -> Booking:
        """Book, the same key once."""
        for number, known in enumerate(self.requests, start=1):
            if request.key and request.key == known.key:
                return self.bookings[f"bk-{number}"]
        return super().book(request)


class Inviting:
    """A partner's app over a studio, which sends links to guests."""

    def __init__(self, app: Flask, studio: Club) -> None:
        self.app = app
        self.studio = studio

    def link(self, **options: Any) -> str:
        """Give a link."""
        with self.app.app_context():
            return booker_link("class", **options)

    def visit(self, address: str, slot: str = TUESDAY_TEN) -> Guest:
        """Open *address* with the form for a time, unless *slot* is empty."""
        guest = Guest(self.app.test_client())
        guest.open(f"{address}{'&' if '?' in address else '?'}slot={slot}" if slot else address)
        return guest

    @property
    def uses(self) -> list[int | None]:
        """How many bookings the links are still good for."""
        with self.app.extensions["booker"].storage.reading() as connection:
            return list(connection.execute(select(prefills.c.uses).order_by(prefills.c.uses)).scalars())


Opening = Callable[..., Inviting]


@pytest.fixture
def opening(tmp_path: Path, clock: FrozenClock) -> Iterator[Opening]:
    """Open partners' apps."""
    apps: list[Flask] = []

    def open_(offer: Any = SECRET, **config: object) -> Inviting:
        studio = Club(offer, clock)
        apps.append(studio_app(tmp_path / str(len(apps)), studio, clock, **config))
        return Inviting(apps[-1], studio)

    yield open_
    for app in apps:
        app.extensions["booker"].storage.close()


@pytest.fixture
def partner(opening: Opening) -> Inviting:
    """An app that offers one thing, which is private."""
    return opening()


def _alert(page: Page) -> str:
    found = [each for each in page.tree.iter("p") if "bk-alert__text" in each.get("class", "")]
    return " ".join("".join(each.itertext()) for each in found)


# --- who gets in ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("query", ["", f"?slot={TUESDAY_TEN}", "?date=2027-02-02&tz=Asia/Tokyo", "?prefill="])
def test_without_a_link_there_is_nothing_to_see(partner: Inviting, query: str) -> None:
    """Neither times nor what it is about."""
    page = partner.visit(f"/book/class{query}", slot="").page

    assert (page.status, page.headline()) == (403, "A private link is needed")
    assert page.times() == []
    assert "board" not in page.response.text


def test_without_a_link_nothing_is_booked(partner: Inviting) -> None:
    """Nor is a step taken on the way there."""
    guest = partner.visit(partner.link())
    action, data = guest.page.form()
    stranger = Guest(partner.app.test_client())

    pages = [
        stranger.post(action, {**data, **BO, "prefill": None}),
        stranger.post(action, {**data, "prefill": None, "go": f"slot={TUESDAY_TEN}"}),
        stranger.post(action, {**data, **BO, "prefill": "x"}),
    ]

    assert [each.status for each in pages] == [403, 403, 403]
    assert partner.studio.requests == []


def test_what_is_private_is_listed_nowhere(partner: Inviting) -> None:
    """A host's page that lists what can be booked need not look."""
    with partner.app.app_context():
        assert get_event_types() == ()
        partner.studio.offer = offering()
        assert [each.slug for each in get_event_types()] == ["class"]


def test_by_a_link_the_whole_way_is_open(partner: Inviting) -> None:
    """Calendar, zone, form, a mistake, another time, booking; the provider hears that it was by a link."""
    guest = partner.visit(partner.link(uses=1), slot="")

    pages = [guest.page, guest.open(guest.page.times()[0]), guest.send()]
    back = next(each for each in guest.page.tree.iter("button") if "bk-back" in each.get("class", ""))
    pages += [guest.press(str(back.get("value"))), guest.press(guest.page.times()[1])]
    booked = guest.send(**BO)

    assert [each.status for each in pages] == [200, 200, 422, 200, 200]
    assert booked.headline() == "Your booking is confirmed"
    assert [each.invited for each in partner.studio.requests] == [True]
    assert partner.uses == [0]


def test_what_is_not_private_needs_no_link(opening: Opening) -> None:
    """Nobody was invited there."""
    partner = opening(offering())

    partner.visit("/book/class").send(**BO)

    assert [each.invited for each in partner.studio.requests] == [False]


def test_a_page_by_a_link_is_kept_nowhere(partner: Inviting) -> None:
    """Not even for Back."""
    answer = partner.app.test_client().get(partner.link())

    assert answer.headers["Cache-Control"] == "no-store"


def test_a_hosts_page_invites_whoever_sees_it(partner: Inviting) -> None:
    """For it is the host who decides who does."""
    page = '<!DOCTYPE html><title>x</title><body>{{ booker("class") }}</body>'
    partner.app.add_url_rule("/members", "members", lambda: render_template_string(page))
    guest = partner.visit("/members", slot="")

    guest.open(guest.page.times()[0])
    booked = guest.send(**BO)

    assert booked.headline() == "Your booking is confirmed"
    assert partner.uses == [None]


def test_what_was_booked_by_a_link_is_moved_without(partner: Inviting) -> None:
    """Its guest has a link to the booking; only another one cannot be made from there."""
    guest = partner.visit(partner.link(uses=1))
    guest.send(**BO)

    guest.open(f"/reschedule/bk-1?slot={ELEVEN}")
    moved = guest.send()
    guest.open("/cancel/bk-1")
    cancelled = guest.send()

    assert moved.headline() == "Your booking has been moved"
    assert "Book another time" not in cancelled.text()


# --- times are not held for strangers --------------------------------------------------------------------


def _held(partner: Inviting, guest: Guest, address: str) -> int:
    _, data = guest.page.form()
    sent = {name: data[name] for name in ("csrf_token", "slot", "hold")}
    return partner.app.test_client().post(address, data=sent).status_code


def test_times_are_held_by_a_link_only(partner: Inviting) -> None:
    """Else anybody could ask which are free."""
    guest = partner.visit(partner.link())
    form = next(each for each in guest.page.tree.iter("form") if each.get("data-bk-hold"))
    address = str(form.get("data-bk-hold"))

    statuses = [_held(partner, guest, address.partition("&prefill")[0]), _held(partner, guest, address)]

    assert statuses == [403, 200]


# --- how often, and how long ----------------------------------------------------------------------------


def test_a_link_is_good_for_so_many_bookings(partner: Inviting) -> None:
    """Then it says so, to whoever opens it."""
    link = partner.link(uses=2)

    for slot in (TUESDAY_TEN, ELEVEN):
        assert partner.visit(link, slot).send(**BO).headline() == "Your booking is confirmed"
    late = partner.visit(link).page

    assert (late.status, late.headline()) == (410, "This link has been used up")
    assert f"{USED_UP} Please ask your host for a new one." in late.text()
    assert late.times() == []


def test_links_are_counted_one_by_one(partner: Inviting) -> None:
    """Though the same is known of their users, which is nothing."""
    links = [partner.link(uses=1) for _ in range(3)]

    partner.visit(links[1]).send(**BO)

    assert len(set(links)) == 3
    assert partner.uses == [0, 1, 1]


def test_a_form_that_comes_too_late_is_kept(partner: Inviting) -> None:
    """Somebody else has used the link since it was opened: nothing typed is lost, and nothing is booked."""
    link = partner.link(uses=1)
    guest = partner.visit(link)
    partner.visit(link, ELEVEN).send(**BO)

    page = guest.send(**BO, notes="Dear Ada")

    assert (page.status, _alert(page)) == (410, USED_UP)
    assert page.form()[1]["notes"] == "Dear Ada"
    assert len(partner.studio.requests) == 1


def test_the_same_form_sent_twice_uses_the_link_once(partner: Inviting) -> None:
    """Both are answered with the one booking."""
    guest = partner.visit(partner.link(uses=2))
    action, data = guest.page.form()

    pages = [guest.post(action, data | BO) for _ in range(2)]

    assert [each.headline() for each in pages] == ["Your booking is confirmed"] * 2
    assert (partner.uses, len(partner.studio.requests)) == ([1], 1)


def test_the_last_use_can_be_repeated(partner: Inviting) -> None:
    """By the form that had it, and by no other."""
    link = partner.link(uses=1)
    first, second = partner.visit(link), partner.visit(link, ELEVEN)
    action, data = first.page.form()
    first.send(**BO)

    again, other = first.post(action, data | BO), second.send(**BO)

    assert again.headline() == "Your booking is confirmed"
    assert (other.status, partner.uses) == (410, [0])


def test_a_form_without_a_key_uses_the_link_each_time(partner: Inviting) -> None:
    """Whoever leaves it out says that no two are the same."""
    guest = partner.visit(partner.link(uses=3))
    action, data = guest.page.form()

    for slot in (TUESDAY_TEN, ELEVEN):
        guest.post(action, {**data, **BO, "key": None, "slot": slot})

    assert (partner.uses, len(partner.studio.requests)) == ([1], 2)


def test_what_is_not_booked_uses_nothing(partner: Inviting) -> None:
    """A mistake, a time that is taken, one that was never free."""
    guest = partner.visit(partner.link(uses=1))
    mistake = guest.send(name="Bo")
    partner.studio.taken.add(TEN)
    taken = guest.send(**BO)

    assert (mistake.status, taken.status, partner.uses) == (422, 409, [1])
    partner.studio.taken.clear()
    assert guest.send(**BO).headline() == "Your booking is confirmed"
    assert partner.uses == [0]


@pytest.mark.parametrize("slot", ["", TUESDAY_TEN], ids=["calendar", "form"])
def test_a_link_expires(partner: Inviting, clock: FrozenClock, slot: str) -> None:
    """To the second, whether or not it was used."""
    link = partner.link(uses=5, expires=DAY)
    guest = partner.visit(link)
    clock.move(DAY - timedelta(seconds=1))
    before = partner.visit(link, slot).page.status
    clock.move(timedelta(seconds=1))

    late, sent = partner.visit(link, slot).page, guest.send(**BO)

    assert (before, late.status, sent.status) == (200, 410, 410)
    assert "This link has expired." in late.text()
    assert partner.studio.requests == []


def test_a_link_is_for_one_event_type(opening: Opening) -> None:
    """Another private one stays closed."""
    partner = opening()
    link = partner.link(uses=1)
    partner.studio.offer = offering(slug="other", private=True)

    page = partner.visit(link.replace("/class", "/other"), slot="").page

    assert (page.status, page.headline()) == (403, "This link is not valid")


@pytest.mark.parametrize("how", ["cut", "longer", "of a booking"])
def test_a_forged_link_lets_nobody_in(partner: Inviting, how: str) -> None:
    """Nothing but the very token counts."""
    token = parse_qs(urlsplit(partner.link(uses=1)).query)["prefill"][0]
    spoilt = {"cut": token[:-1], "longer": f"{token}x", "of a booking": "WyJhIiwxLDFd.abc"}[how]

    page = partner.visit(f"/book/class?prefill={spoilt}").page

    assert page.status == 403


# --- links that know something, of what is not private ----------------------------------------------------


def test_a_known_user_can_be_given_one_booking(opening: Opening) -> None:
    """Of what anybody may book: afterwards the link has no answers any more."""
    partner = opening(offering())
    link = partner.link(locked=BO, uses=1)

    booked = partner.visit(link).send(name="Eve", email="eve@evil.example")
    late = partner.visit(link).page

    assert booked.headline() == "Your booking is confirmed"
    assert [each.attendee.email for each in partner.studio.requests] == [BO["email"]]
    assert _alert(late).startswith(f"{USED_UP} Your details could not be filled in.")
    assert BO["email"] not in late.response.text


# --- what hosts may ask for -------------------------------------------------------------------------------


@pytest.mark.parametrize("uses", [0, -1, 10_001, 1.5, "2", True], ids=str)
def test_a_wrong_number_of_uses_is_refused(partner: Inviting, uses: Any) -> None:
    """By name, and with what it is."""
    with pytest.raises(InvalidRequest, match=f"'uses' is {uses!r}; it must be a whole number") as refused:
        partner.link(uses=uses)

    assert dict(refused.value.problems) == {"uses": "Please give a whole number from 1 to 10000."}


@pytest.mark.parametrize(
    ("options", "longest"),
    [({}, timedelta(days=366)), ({"uses": 3}, timedelta(days=366)), ({"locked": BO}, timedelta(days=30))],
    ids=["bare", "counted", "with somebody's data"],
)
def test_a_link_of_which_nothing_is_known_may_last_longer(
    partner: Inviting, options: dict[str, Any], longest: timedelta
) -> None:
    """Nobody's data is kept so long."""
    assert "prefill=" in partner.link(expires=longest, **options)

    with pytest.raises(InvalidRequest) as refused:
        partner.link(expires=longest + timedelta(seconds=1), **options)

    assert f"{longest.days} days at most" in refused.value.problems["expires"]


# --- at another provider ----------------------------------------------------------------------------------


def test_a_refusal_from_elsewhere_uses_nothing(make_app: Callable[..., Flask], clock: FrozenClock) -> None:
    """Cal.com is asked outside of any transaction: what was used up for it is given back."""
    with elsewhere(clock) as there:
        app = make_app(**there.settings())
        partner = Inviting(app, None)  # type: ignore[arg-type]  # there is no studio
        with app.app_context():
            link = booker_link("intro", uses=1)
        guest = partner.visit(link)
        there.calcom.book(there.intro, TEN, name="Eve", email="eve@evil.example")

        taken, uses = guest.send(**BO).status, partner.uses
        again = partner.visit(link, "2027-02-02T13:00:00Z")
        action, data = again.page.form()
        pages = [again.post(action, data | BO) for _ in range(2)]
        app.extensions["booker"].calcom.close()

    assert (taken, uses, partner.uses) == (409, [1], [0])
    assert [each.headline() for each in pages] == ["Your booking is confirmed"] * 2


@pytest.mark.parametrize(
    ("error", "status", "left"),
    [
        pytest.param(ProviderRefused("No."), 502, [1], id="refused"),
        pytest.param(Unsupported("No."), 501, [1], id="not to be had"),
        pytest.param(OutcomeUnknown("Perhaps."), 503, [0], id="nobody knows"),
    ],
)
def test_what_may_have_been_booked_is_used(
    opening: Opening, error: ProviderError, status: int, left: list[int]
) -> None:
    """A provider elsewhere that refuses has booked nothing; one that does not answer may have."""

    class Elsewhere(Club):
        """Booked by calls, outside of any transaction."""

        def book(self, request: BookingRequest) -> Booking:
            raise error

        def incoming(self, headers: Mapping[str, str], body: bytes, *, mark: str = "") -> Incoming:
            raise AssertionError("Nobody tells of anything here.")

        def changed_since(self, instant: datetime) -> Iterator[Booking]:
            return iter(())

    partner = opening()
    link = partner.link(uses=1)
    parts = partner.app.extensions["booker"]
    elsewhere = _over(parts, Elsewhere(SECRET, parts.service.clock))
    partner.app.extensions["booker"] = replace(parts, service=elsewhere)

    page = partner.visit(link).send(**BO)

    assert (page.status, partner.uses) == (status, left)


def test_a_transaction_takes_back_what_it_used(opening: Opening) -> None:
    """Even if the provider fails only after the link was used."""

    class Late(Club):
        def book(self, request: BookingRequest) -> Booking:
            super().book(request)
            raise SlotTaken()

    partner = opening()
    link = partner.link(uses=1)
    parts = partner.app.extensions["booker"]
    late = Late(SECRET, parts.service.clock)
    partner.app.extensions["booker"] = replace(parts, service=_over(parts, late))

    page = partner.visit(link).send(**BO)

    assert (page.status, partner.uses) == (409, [1])


def _over(parts: Any, provider: Club) -> Any:
    return type(parts.service)(
        provider=provider, storage=parts.storage, outbox=parts.outbox, clock=parts.service.clock
    )
