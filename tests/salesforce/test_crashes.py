"""A process may end at any point, and calls may be lost: repeated, everything ends up the same."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

import pytest

from booker_components.errors import DeliveryFailed
from booker_components.records.turns import LASTS
from booker_components.subscribers.salesforce import Cancellation, FieldMap, OwnerRule, SalesforceRules
from booker_components.subscribers.salesforce.client import Fields, SalesforceClient
from booker_components.subscribers.salesforce.failures import OutcomeLost
from booker_components.values import Attendee, Booking, EventKind

from .desk import BOOKING, CANCELLED, KEY, MOVED, Desk


class Killed(BaseException):
    """The process has ended here."""


@dataclass
class Dying:
    """A client whose process ends before or after one of its calls."""

    client: SalesforceClient
    #: Before the first call is 0, after it 1, before the second 2 and so on.
    moment: int
    passed: int = 0

    def _live(self, act: Callable[[], Any]) -> Any:
        self._pass()
        made = act()
        self._pass()
        return made

    def _pass(self) -> None:
        if self.passed == self.moment:
            raise Killed
        self.passed += 1

    def query(self, soql: str) -> Sequence[Mapping[str, Any]]:
        """Ask, or die."""
        return list(self._live(lambda: self.client.query(soql)))

    def create(self, kind: str, fields: Fields) -> str:
        """Create, or die."""
        return str(self._live(lambda: self.client.create(kind, fields)))

    def update(self, kind: str, id: str, fields: Fields) -> None:
        """Change, or die."""
        self._live(lambda: self.client.update(kind, id, fields))

    def upsert(self, kind: str, key: str, value: str, fields: Fields) -> None:
        """Write, or die."""
        self._live(lambda: self.client.upsert(kind, key, value, fields))

    def delete(self, kind: str, id: str) -> None:
        """Delete, or die."""
        self._live(lambda: self.client.delete(kind, id))

    def within(self) -> AbstractContextManager[None]:
        """Give the time that a delivery has."""
        return self.client.within()


Story = tuple[tuple[EventKind, Booking], ...]

CREATED = (EventKind.CREATED, BOOKING)
RESCHEDULED = (EventKind.RESCHEDULED, MOVED)
ANEW = (EventKind.RESCHEDULED, replace(MOVED, uid="b-1-again", replaces="b-1"))
GONE = (EventKind.CANCELLED, CANCELLED)

STORIES: dict[str, tuple[Story, SalesforceRules]] = {
    "booked": ((CREATED,), SalesforceRules(owner=OwnerRule(host=True), record_type="Web")),
    "booked as contact": ((CREATED,), SalesforceRules(register_lead=False, register_contact=True)),
    "moved": ((CREATED, RESCHEDULED), SalesforceRules()),
    "moved to a new uid": ((CREATED, ANEW), SalesforceRules()),
    "moved unheard of": ((ANEW,), SalesforceRules()),
    "late": ((ANEW, CREATED), SalesforceRules()),
    "cancelled": ((CREATED, RESCHEDULED, GONE), SalesforceRules()),
    "marked": ((CREATED, GONE), SalesforceRules(cancelled=Cancellation.MARK)),
    "again": (
        (CREATED, (EventKind.CREATED, replace(BOOKING, uid="b-2"))),
        SalesforceRules(overwrite=True, fields={"title": FieldMap("Title")}),
    ),
}


def told_of(story: Story, guest: int) -> Story:
    """Give a story as it happens to another guest."""
    email, mark = f"guest{guest}@example.com", f"{guest}-"

    def named(booking: Booking) -> Booking:
        replaces = f"{mark}{booking.replaces}" if booking.replaces else ""
        who = Attendee(name="Grace Hopper", email=email)
        return replace(booking, uid=f"{mark}{booking.uid}", replaces=replaces, attendee=who)

    return tuple((kind, named(booking)) for kind, booking in story)


def ending(desk: Desk, guest: int) -> Any:
    """Give how things stand with a guest, whoever it is."""
    email, mark = f"guest{guest}@example.com", f"{guest}-"
    people = {
        each.id: (name, each["LastName"], each["Title"])
        for name in ("Lead", "Contact")
        for each in desk.org.records(name)
        if each["Email"] == email
    }
    events = [
        (each["Subject"], each["StartDateTime"], people[each["WhoId"]], each[KEY].removeprefix(mark))
        for each in desk.org.records("Event")
        if each[KEY].startswith(mark)
    ]
    return sorted(people.values()), sorted(events)


def deaths(desk: Desk, story: Story, rules: SalesforceRules) -> Iterator[int]:
    """Let the story happen to one guest after the other, each time dying a moment later; give the guests."""
    for guest in range(200):
        client: Any = Dying(client=desk.client, moment=guest)
        for kind, booking in told_of(story, guest):
            try:
                desk.hear(kind, booking, rules, client=client)
            except Killed:
                client = desk.client
                desk.clock.move(LASTS)
                desk.hear(kind, booking, rules, client=client)
        yield guest
        if client is not desk.client:
            return
    raise AssertionError("The story never ends.")


@pytest.mark.parametrize("name", STORIES)
def test_no_death_between_two_steps_matters(desk: Desk, name: str) -> None:
    """After a death before or after any call, and the event once more, all is as if nobody had died."""
    story, rules = STORIES[name]
    desk.org.add_user("ada@example.com")
    desk.org.add_record_type("Lead", "Web")

    endings = [ending(desk, guest) for guest in deaths(desk, story, rules)]

    assert len(endings) > 6
    # The last guest's story went through undisturbed.
    assert all(each == endings[-1] for each in endings)
    assert endings[-1][0]


@pytest.mark.parametrize("name", STORIES)
def test_hearing_twice_is_hearing_once(desk: Desk, name: str) -> None:
    """Every event heard twice in a row ends as when heard once."""
    story, rules = STORIES[name]
    for guest, times in enumerate((1, 2)):
        for kind, booking in told_of(story, guest):
            for _ in range(times):
                desk.hear(kind, booking, rules)

    assert ending(desk, 0) == ending(desk, 1)


LOST = [
    pytest.param("POST", "*/sobjects/Lead*", id="create a lead"),
    pytest.param("PATCH", "*/sobjects/Event/*", id="write the event"),
]


@pytest.mark.parametrize("performed", [True, False], ids=["done", "not done"])
@pytest.mark.parametrize(("method", "path"), LOST)
def test_a_lost_answer_makes_nothing_twice(desk: Desk, method: str, path: str, performed: bool) -> None:
    """Where nobody knows whether a record was made, nobody else looks for it until that must be over."""
    desk.org.next(cut=True, perform=performed, method=method, path=path)

    with pytest.raises(OutcomeLost, match="It may have been done"):
        desk.hear(EventKind.CREATED)
    with pytest.raises(DeliveryFailed, match="Another booking of the same guest"):
        desk.hear(EventKind.CREATED)
    desk.clock.move(LASTS)
    desk.hear(EventKind.CREATED)

    assert {name: len(found) for name, found in desk.state().items()} == {"Lead": 1, "Contact": 0, "Event": 1}


def test_an_answer_that_is_none_makes_nothing_twice(desk: Desk) -> None:
    """A page in place of an answer tells as little as no answer."""
    desk.org.next(garbage=True, perform=True, method="POST", path="*/sobjects/Lead*")

    with pytest.raises(OutcomeLost):
        desk.hear(EventKind.CREATED)
    desk.clock.move(LASTS)
    desk.hear(EventKind.CREATED)

    assert len(desk.org.records("Lead")) == 1


def test_two_bookings_of_one_guest_at_once_are_one_lead(desk: Desk) -> None:
    """Two processes that write of the same new guest at the same time make one Lead between them."""
    start = threading.Barrier(2)
    failed: list[DeliveryFailed] = []

    def hear(uid: str) -> None:
        start.wait()
        for _ in range(3000):
            try:
                desk.hear(EventKind.CREATED, replace(BOOKING, uid=uid))
                break
            except DeliveryFailed as error:
                failed.append(error)
                time.sleep(0.01)

    threads = [threading.Thread(target=hear, args=(uid,)) for uid in ("b-1", "b-2")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

    assert {str(each) for each in failed} <= {"Another booking of the same guest is being written."}
    assert {name: len(found) for name, found in desk.state().items()} == {"Lead": 1, "Contact": 0, "Event": 2}


def test_a_failure_in_between_frees_the_guest(desk: Desk) -> None:
    """After a failure whose outcome is known, the next booking of the guest need not wait."""
    desk.org.next(code="UNABLE_TO_LOCK_ROW", method="POST")

    with pytest.raises(DeliveryFailed):
        desk.hear(EventKind.CREATED)
    desk.hear(EventKind.CREATED)

    assert len(desk.org.records("Lead")) == 1
