"""Tests of lists: what Jicoo can be asked for, what is looked through, and what is too much."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import ProviderError, Unsupported
from booker_components.providers.jicoo import listing
from booker_components.values import BookingFilter, BookingOrder, BookingStatus

from .samples import DAY, HALF_HOUR, NINE, NOW, AtJicoo, at_jicoo, declared, slot


def listed(at: AtJicoo, **fields: Any) -> list[str]:
    """Give the uids of a list."""
    return [each.uid for each in at.provider.bookings(BookingFilter(**fields))]


def query(at: AtJicoo) -> dict[str, str]:
    """Give what the newest list was asked for."""
    found = [each for each in at.fake.requests if each.path == "/v1/bookings" and each.method == "GET"]
    return {name: values[0] for name, values in found[-1].query.items()}


# --- filters -------------------------------------------------------------------------------------


def test_what_jicoo_filters_it_is_asked_for(at: AtJicoo) -> None:
    """Status and times, the latter wider: Jicoo means starts after and ends before."""
    at.provider.bookings(
        BookingFilter(
            status=frozenset({BookingStatus.CANCELLED}), after=DAY.start, before=DAY.end, descending=True
        )
    )

    assert query(at) == {
        "status": "cancel",
        "startedAt": "2026-03-02T00:00:00.000Z",
        "endedAt": "2026-03-05T00:00:00.000Z",
        "order": "startedAt",
        "sort": "desc",
        "page": "1",
        "perPage": "50",
    }


def test_a_booking_that_lasts_at_a_bound(at: AtJicoo) -> None:
    """What ends after one instant and starts before another matches, be it under way at both."""
    uid = at.fake.book(at.page, NINE).uid
    middle = NINE + HALF_HOUR / 2

    assert listed(at, after=middle, before=middle) == [uid]
    assert listed(at, after=NINE + HALF_HOUR) == listed(at, before=NINE) == []


@pytest.mark.parametrize(
    ("statuses", "asked", "found"),
    [
        (set(), None, ["request", "open", "cancel"]),
        ({"pending"}, None, ["request"]),
        ({"confirmed"}, "open", ["open"]),
        ({"cancelled"}, "cancel", ["cancel"]),
        ({"cancelled", "rejected"}, "cancel", ["cancel"]),
        ({"pending", "confirmed"}, None, ["request", "open"]),
    ],
    ids=["all", "pending", "confirmed", "cancelled", "ended", "open"],
)
def test_statuses(tmp_path: Path, statuses: set[str], asked: str | None, found: list[str]) -> None:
    """What waits for its host has no word in Jicoo's filter (contracts/jicoo.md 2.2)."""
    with at_jicoo(tmp_path, approval=True) as at:
        made = [at.fake.book(at.page, slot(number)) for number in range(3)]
        at.fake.approve(made[1].uid)
        at.fake.cancel(made[2].uid)

        uids = listed(at, status=frozenset(map(BookingStatus, statuses)))

        assert [at.fake.booking(uid).status for uid in uids] == found
        assert query(at).get("status") == asked


def test_what_jicoo_does_not_have_is_not_asked_for(at: AtJicoo) -> None:
    """It rejects by cancelling; and no booking is none."""
    assert listed(at, status=frozenset({BookingStatus.REJECTED})) == []
    assert listed(at, limit=0) == []
    assert at.calls("GET", "/bookings") == []


def test_event_types_by_slug_or_id_disabled_ones_too(at: AtJicoo) -> None:
    """Looked through here, for Jicoo knows no such filter."""
    page = at.fake.add_event_type(hosts=[at.page.hosts[0].user])
    mine, other = at.fake.book(at.page, NINE).uid, at.fake.book(page, slot(1)).uid
    page.enabled = False

    assert listed(at, event_types=frozenset({"intro-call"})) == [mine]
    assert listed(at, event_types=frozenset({page.uid})) == [other]
    assert listed(at, event_types=frozenset({"intro-call", page.uid})) == [mine, other]


def test_guests_are_asked_for_only_where_they_matter(at: AtJicoo) -> None:
    """For those of the page that is shown; by address or name, for all that are left."""
    for number in range(8):
        at.fake.book(at.page, slot(number), name=f"Guest {number}", email=f"{number}@example.org")

    assert len(listed(at, offset=2, limit=3)) == 3
    assert len([each for each in at.calls("GET") if each.endswith("/contacts")]) == 3

    at.fake.requests.clear()
    assert len(listed(at, attendee_email="6@EXAMPLE.org", after=slot(3))) == 1
    assert len([each for each in at.calls("GET") if each.endswith("/contacts")]) == 5


def test_name_and_address_together(at: AtJicoo) -> None:
    """The name letter for letter, the address in any case."""
    uid = at.fake.book(at.page, NINE, name="Zoë", email="Zoe@example.org").uid
    at.fake.book(at.page, slot(1), name="Zoë", email="other@example.org")

    assert listed(at, attendee_name="Zoë", attendee_email="zoe@EXAMPLE.org") == [uid]
    assert listed(at, attendee_name="zoë") == []


def test_a_booking_whose_guest_is_not_told(at: AtJicoo) -> None:
    """It is listed all the same."""
    uid = at.fake.book(at.page, NINE).uid
    at.fake.next(status=404, method="GET", path=f"/bookings/{uid}/contacts")

    assert listed(at) == [uid]


# --- order and pages -----------------------------------------------------------------------------


def test_pages_are_followed_as_far_as_wanted(at: AtJicoo) -> None:
    """Ten at once would be two pages; the first of them is enough for a few."""
    at.fake.habits.most_per_page = 3
    uids = [at.fake.book(at.page, slot(number)).uid for number in range(8)]

    assert listed(at) == uids
    assert len(at.calls("GET", "/bookings")) >= 3
    at.fake.requests.clear()
    assert listed(at, limit=2, offset=1) == uids[1:3]
    assert [each for each in at.calls() if each == "GET /bookings"] == ["GET /bookings"]


def test_orders(at: AtJicoo) -> None:
    """By start and creation as Jicoo sorts, by change as we do."""
    late = at.fake.book(at.page, slot(5)).uid
    at.clock.move(timedelta(minutes=1))
    early = at.fake.book(at.page, NINE).uid
    at.clock.move(timedelta(minutes=1))
    at.fake.cancel(late)

    assert listed(at) == [early, late]
    assert listed(at, descending=True) == [late, early]
    assert listed(at, order=BookingOrder.CREATED) == [late, early]
    assert listed(at, order=BookingOrder.CREATED, descending=True) == [early, late]
    assert listed(at, order=BookingOrder.UPDATED) == [early, late]
    assert listed(at, order=BookingOrder.UPDATED, descending=True) == [late, early]


def test_what_was_made_lately_is_read_from_the_newest_on(at: AtJicoo) -> None:
    """The older pages are left alone, and the order is the one that is wanted."""
    at.fake.habits.most_per_page = 2
    old = [at.fake.book(at.page, slot(number)).uid for number in (0, 1, 2, 3)]
    at.clock.move(timedelta(hours=1))
    new = [at.fake.book(at.page, slot(number)).uid for number in (6, 5)]
    at.fake.requests.clear()

    assert listed(at, created_after=NOW + timedelta(minutes=1)) == list(reversed(new))
    assert len([each for each in at.calls() if each == "GET /bookings"]) == 2
    assert listed(at, created_before=NOW + timedelta(minutes=1)) == old


# --- too much ------------------------------------------------------------------------------------


def booking(number: int, event_type: str = "x") -> dict[str, Any]:
    """Give a booking as a list has it."""
    return {
        "uid": f"b{number}",
        "eventTypeId": event_type,
        "status": "open",
        "startedAt": "2026-03-03T09:00:00.000Z",
        "endedAt": "2026-03-03T09:30:00.000Z",
        "createdAt": "2026-03-02T08:00:00.000Z",
    }


@pytest.mark.parametrize(
    "wanted",
    [
        {"event_types": frozenset({"intro-call"})},
        {"order": BookingOrder.UPDATED},
        {"updated_after": NOW + timedelta(days=1)},
    ],
    ids=["event type", "order", "changes"],
)
def test_more_than_can_be_looked_through_is_unsupported(at: AtJicoo, wanted: dict[str, Any]) -> None:
    """The remedy is in the message."""
    many = [booking(number) for number in range(listing.MOST_READ + 1)]
    at.fake.next(status=200, body={"data": many, "errors": {}}, method="GET", path="/bookings")

    with pytest.raises(Unsupported) as caught:
        listed(at, **wanted)

    assert "'after'" in caught.value.message


def test_more_guests_than_can_be_asked_for_are_unsupported(at: AtJicoo) -> None:
    """Jicoo is asked booking by booking; as many as are read in some seconds."""
    many = [booking(number) for number in range(listing.MOST_ASKED + 1)]
    at.fake.next(status=200, body={"data": many, "errors": {}}, method="GET", path="/bookings")

    with pytest.raises(Unsupported):
        listed(at, attendee_email="nobody@example.org")

    asked = [each for each in at.calls("GET") if each.endswith("/contacts")]
    assert len(asked) == listing.MOST_ASKED


@pytest.mark.parametrize(
    "data", ["none", [7], [{"uid": "x"}]], ids=["no list", "no booking", "half a booking"]
)
def test_garbage_is_no_list(at: AtJicoo, data: Any) -> None:
    """An error of Jicoo's, not of ours."""
    at.fake.next(status=200, body={"data": data, "errors": {}}, method="GET", path="/bookings")

    with pytest.raises(ProviderError):
        listed(at, after=NINE)


# --- changes -------------------------------------------------------------------------------------


def changes(at: AtJicoo, since: datetime) -> list[str]:
    """Give the uids of what has changed."""
    return [each.uid for each in at.provider.changed_since(since)]


def test_what_has_changed_since_is_found(at: AtJicoo) -> None:
    """Made, moved and cancelled, the first to change first; only their guests are asked for."""
    made = [at.fake.book(at.page, slot(number)).uid for number in range(4)]
    at.clock.move(timedelta(hours=1))
    since = at.clock()
    at.fake.cancel(made[3])
    at.clock.move(timedelta(minutes=1))
    at.fake.reschedule(made[0], slot(7))
    at.clock.move(timedelta(minutes=1))
    new = at.fake.book(at.page, slot(8)).uid
    at.fake.requests.clear()

    found = list(at.provider.changed_since(since))

    assert [each.uid for each in found] == [made[3], made[0], new]
    assert found[0].status is BookingStatus.CANCELLED
    assert all(each.is_held for each in found)
    assert len([each for each in at.calls("GET") if each.endswith("/contacts")]) == 3
    assert query(at) == {
        "startedAt": "2026-03-01T09:00:00.000Z",
        "order": "createdAt",
        "sort": "asc",
        "page": "1",
        "perPage": "50",
    }


def test_what_begins_about_now_may_still_change(at: AtJicoo) -> None:
    """A host cancels what has begun, for example; what is older than a day is left alone."""
    uid = at.fake.book(at.page, NINE).uid
    at.clock.set(NINE + timedelta(hours=20))
    at.fake.cancel(uid, by="host")

    assert changes(at, at.clock() - timedelta(hours=1)) == [uid]
    at.clock.set(NINE + timedelta(days=3))
    assert changes(at, at.clock()) == []


def test_a_booking_that_moves_while_the_pages_are_read_is_not_lost(at: AtJicoo) -> None:
    """Pages go by creation: a move changes no page."""
    at.fake.habits.most_per_page = 1
    made = [at.fake.book(at.page, slot(number)).uid for number in (0, 3)]
    at.fake.reschedule(made[1], slot(1))

    assert set(changes(at, NOW)) == set(made)


def test_an_event_type_that_is_not_declared(tmp_path: Path) -> None:
    """Its slug is Jicoo's id."""
    with at_jicoo(tmp_path, event_type=declared(id="other", slug="other")) as at:
        uid = at.fake.book(at.page, NINE).uid

        assert listed(at, event_types=frozenset({at.page.uid})) == [uid]
