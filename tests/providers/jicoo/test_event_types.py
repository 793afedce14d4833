"""Tests of the event types: those that are declared, those that Jicoo tells of, and both together."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from booker_components.errors import EventTypeNotFound, ProviderError, ProviderUnavailable, Unsupported
from booker_components.providers.jicoo.client import JicooForbidden
from booker_components.providers.jicoo.event_types import Told, completed, plain, read_event_type
from booker_components.providers.jicoo.objects import Object
from booker_components.values import Attendee, Booking, BookingStatus, Host, Price, Question

from .bare import ADA, MINUTE, NOW, BareJicoo, bare_jicoo, declared

HALF_HOUR, HOUR = 30 * MINUTE, 60 * MINUTE
TOPIC = Question(slug="topic", label="What about?", id="q_1")
TOLD = Told(id="_zDLK66WrbIT", title="Intro call", duration=HOUR, enabled=True)


@pytest.fixture
def at() -> Iterator[BareJicoo]:
    """A Jicoo with nothing in it."""
    with bare_jicoo() as made:
        yield made


def read(**fields: Any) -> Told:
    """Read an event type with *fields*."""
    return read_event_type(Object.of({"uid": "_x", "name": "Intro", "duration": 30} | fields, "event type"))


# --- reading -------------------------------------------------------------------------------------


def test_the_little_that_jicoo_tells_is_read() -> None:
    """Four fields are known of it (contracts/jicoo.md 2.8)."""
    found = read(status="enable", somethingNew={"x": 1})

    assert found == Told(id="_x", title="Intro", duration=HALF_HOUR, enabled=True)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"status": "disable"}, {"enabled": False}),
        ({"status": "whatever"}, {"enabled": False}),
        ({"status": None}, {"enabled": True}),
        ({"duration": None}, {"duration": None}),
        ({"duration": 0}, {"duration": None}),
        ({"name": None}, {"title": "_x"}),
    ],
    ids=str,
)
def test_what_is_not_told_is_not_made_up(fields: dict[str, Any], expected: dict[str, Any]) -> None:
    """The schema is not documented, so any field may be missing but the id."""
    assert read(**fields) == replace(read(), **expected)


@pytest.mark.parametrize(
    "fields",
    [{"uid": None}, {"uid": 7}, {"name": []}, {"duration": "30"}, {"duration": -1}, {"duration": 10**9}],
    ids=str,
)
def test_garbage_is_a_provider_error(fields: dict[str, Any]) -> None:
    """Never a KeyError."""
    with pytest.raises(ProviderError, match=r"Jicoo gave an? event type whose"):
        read(**fields)


def test_an_event_type_that_is_not_declared_has_its_id_for_a_slug() -> None:
    """When it may be booked is for the slots to tell; guests are not shown who could be written to."""
    found = plain(TOLD, (ADA,), team="acme")

    assert (found.slug, found.id, found.title, found.durations) == (TOLD.id, TOLD.id, "Intro call", (HOUR,))
    assert (found.hosts, found.window.days, found.host_email_hidden) == ((ADA,), 180, True)
    assert found.booking_url == "https://www.jicoo.com/t/acme/e/_zDLK66WrbIT"


def test_an_event_type_without_a_length_has_to_be_declared() -> None:
    """Nobody could say when its bookings end."""
    with pytest.raises(ProviderError, match="declare it in 'BOOKER_EVENT_TYPES'"):
        plain(replace(TOLD, duration=None), (ADA,), team="")


def test_what_has_a_price_is_booked_at_jicoo() -> None:
    """How a payment is asked for is not known; guests are sent to the page that takes it."""
    priced = declared(TOLD.id, price=Price(amount=3000, currency="JPY"))

    found = completed(priced, TOLD, (ADA,), team="acme")

    assert found.elsewhere == "This has a price, and is booked and paid for at Jicoo."
    assert found.booking_url.startswith("https://www.jicoo.com/t/acme/")


def test_what_is_declared_wins() -> None:
    """Slug, title, questions, hosts; but Jicoo is not told a length, so its own counts."""
    ours = declared(TOLD.id, questions=(TOPIC,), durations=(HALF_HOUR,), booking_url="https://a.example")

    found = completed(ours, TOLD, (replace(ADA, name="Other"),), team="acme")

    assert found == replace(ours, durations=(HOUR,))


def test_what_is_not_declared_is_filled_in() -> None:
    """The hosts, with addresses that guests do not see; without Jicoo's word the length stays."""
    ours = declared(TOLD.id, hosts=(), durations=(HALF_HOUR,))

    found = completed(ours, None, (ADA,), team="")

    assert found == replace(ours, hosts=(ADA,), host_email_hidden=True)


# --- finding -------------------------------------------------------------------------------------


def test_all_are_offered_the_declared_ones_first(at: BareJicoo) -> None:
    """Those that are disabled at Jicoo are not, declared or not."""
    intro, other = at.fake.add_event_type(name="Intro call"), at.fake.add_event_type(name="Other")
    at.fake.add_event_type(name="Off").enabled = False
    off = at.fake.add_event_type(name="Off, declared")
    off.enabled = False

    found = at.catalogue(declared(other.uid, slug="other", title="Ours"), declared(off.uid, slug="off")).all()

    assert [(each.slug, each.title) for each in found] == [("other", "Ours"), (intro.uid, "Intro call")]


def test_the_list_is_asked_for_once_a_minute(at: BareJicoo) -> None:
    """All pages of it; one event type is then known too."""
    types = [at.fake.add_event_type(name=f"Number {number}") for number in range(60)]
    catalogue = at.catalogue(*(declared(each.uid, slug=f"n{place}") for place, each in enumerate(types)))

    first, again = catalogue.all(), catalogue.all()
    catalogue.one("n59")

    assert (len(first), first) == (60, again)
    assert at.asked() == ["/event_types", "/event_types"]
    at.clock.move(MINUTE)
    catalogue.all()
    assert len(at.asked()) == 2


def test_a_key_that_may_not_list_offers_what_is_declared(at: BareJicoo) -> None:
    """The list is forbidden to some keys (contracts/jicoo.md 1), and not asked for again at once."""
    intro = at.fake.add_event_type(duration=60)
    ours = declared(intro.uid, durations=(HALF_HOUR,))
    catalogue = at.catalogue(ours, restricted=True)

    found = catalogue.all(), catalogue.all(), catalogue.one("intro"), catalogue.one("intro")

    assert found == ((ours,), (ours,), ours, ours)
    assert sorted(at.asked()) == ["/event_types", f"/event_types/{intro.uid}"]


def test_a_key_that_may_not_list_without_declarations_says_what_to_do(at: BareJicoo) -> None:
    """Names the setting, and the remedy."""
    intro = at.fake.add_event_type()
    catalogue = at.catalogue(restricted=True)

    with pytest.raises(Unsupported, match="Declare them in 'BOOKER_EVENT_TYPES', each with its 'id'"):
        catalogue.all()
    with pytest.raises(EventTypeNotFound, match="the key may not look for it"):
        catalogue.one(intro.uid)


def test_a_key_that_nobody_knows_is_refused(at: BareJicoo) -> None:
    """That is no leave to offer less."""
    catalogue = at.catalogue()
    at.fake.store.keys.clear()

    with pytest.raises(JicooForbidden):
        catalogue.all()
    with pytest.raises(JicooForbidden):
        catalogue.one("abc")


def test_one_is_found_by_its_slug_and_by_its_id(at: BareJicoo) -> None:
    """Jicoo's redirects and webhooks name the id, of declared ones too."""
    intro, other = at.fake.add_event_type(duration=60), at.fake.add_event_type()
    catalogue = at.catalogue(declared(intro.uid))

    assert catalogue.one("intro") == catalogue.one(intro.uid)
    assert catalogue.one("intro").durations == (HOUR,)
    assert catalogue.one(other.uid).title == "Intro call"
    assert at.asked()[:2] == [f"/event_types/{intro.uid}", f"/event_types/{other.uid}"]


@pytest.mark.parametrize("slug", ["", "no such", "../bookings", "x" * 101, "\ud800"], ids=ascii)
def test_what_can_be_no_id_is_not_asked_for(at: BareJicoo, slug: str) -> None:
    """Nothing has such a name."""
    with pytest.raises(EventTypeNotFound):
        at.catalogue().one(slug)

    assert at.asked() == []


def test_an_unknown_one_is_not_found(at: BareJicoo) -> None:
    """Nor one that is declared and gone, nor one that is disabled, nor one of another owner."""
    off, intro = at.fake.add_event_type(), at.fake.add_event_type()
    off.enabled = False
    catalogue = at.catalogue(declared("gone"), declared(intro.uid, slug="ours"))

    for slug, owner in (("nothing", None), ("intro", None), (off.uid, None), ("ours", "nobody")):
        with pytest.raises(EventTypeNotFound):
            catalogue.one(slug, owner)
    assert catalogue.one("ours", "ada") == catalogue.one("ours", "") == catalogue.one("ours")


def test_a_declared_one_is_there_while_jicoo_is_not(at: BareJicoo) -> None:
    """Nothing has to be asked for it; one that is not declared cannot be known."""
    intro = at.fake.add_event_type()
    ours = declared(intro.uid)
    at.fake.next(status=503, times=9)

    assert at.catalogue(ours).one("intro") == ours
    with pytest.raises(ProviderUnavailable):
        at.catalogue().one(intro.uid)


def test_what_was_told_is_forgotten_when_it_turned_out_wrong(at: BareJicoo) -> None:
    """Before its minute is over."""
    intro = at.fake.add_event_type()
    catalogue = at.catalogue()
    catalogue.one(intro.uid)
    intro.name = "New name"

    catalogue.forget()

    assert catalogue.one(intro.uid).title == "New name"


# --- of a booking --------------------------------------------------------------------------------


def booking_of(id: str) -> Booking:
    """Give a booking of the event type with an id."""
    return Booking(
        uid="b1",
        event_type="intro",
        event_type_id=id,
        title="Intro",
        start=NOW,
        end=NOW + HOUR,
        status=BookingStatus.CONFIRMED,
        hosts=(ADA,),
        attendee=Attendee(name="Zoe", email="zoe@example.org"),
        created_at=NOW,
        updated_at=NOW,
    )


def test_the_event_type_of_a_booking_may_be_disabled(at: BareJicoo) -> None:
    """The links of those who have booked go on working (contracts/jicoo.md 7)."""
    intro = at.fake.add_event_type()
    intro.enabled = False
    catalogue = at.catalogue(declared(intro.uid))

    assert catalogue.of(booking_of(intro.uid)).slug == "intro"
    assert catalogue.by_id(intro.uid) == catalogue.of(booking_of(intro.uid))


def test_an_event_type_that_may_not_be_read_is_what_its_booking_tells(at: BareJicoo) -> None:
    """So that the booking can still be changed."""
    intro = at.fake.add_event_type()
    catalogue = at.catalogue(restricted=True)

    found = catalogue.of(booking_of(intro.uid))

    assert (found.id, found.title, found.duration, found.hosts) == (intro.uid, "Intro", HOUR, (ADA,))
    assert catalogue.by_id(intro.uid) is None


@pytest.mark.parametrize("id", ["", "gone", "no id"])
def test_an_event_type_that_is_gone_is_not_found(at: BareJicoo, id: str) -> None:
    """A booking may name none; it is there all the same."""
    catalogue = at.catalogue()

    with pytest.raises(EventTypeNotFound):
        catalogue.of(booking_of(id))
    assert catalogue.by_id(id) is None
    # A list may hold many of its bookings.
    assert len(at.asked()) == (id == "gone")


def test_a_booking_is_not_hidden_by_its_event_type(at: BareJicoo) -> None:
    """Where that cannot be read now, it tells nothing."""
    intro = at.fake.add_event_type()
    at.fake.next(status=503, times=9, path="/event_types/*")

    assert at.catalogue().by_id(intro.uid) is None


# --- hosts ---------------------------------------------------------------------------------------


def test_hosts_are_those_of_the_event_type(at: BareJicoo) -> None:
    """In their order, in the zone of the setting; those who are only told of bookings are left out."""
    ann, bo = at.fake.add_user("Ann"), at.fake.add_user("Bo")
    intro = at.fake.add_event_type(hosts=[ann, bo])

    hosts = at.catalogue(zone="Asia/Tokyo").one(intro.uid).hosts

    assert [(each.name, each.zone, each.email) for each in hosts] == [
        ("Ann", "Asia/Tokyo", "ann@example.com"),
        ("Bo", "Asia/Tokyo", "bo@example.com"),
    ]


def test_hosts_are_read_as_documented(at: BareJicoo) -> None:
    """Those of another event type, if they say so, and those who are only told, are left out."""
    intro = at.fake.add_event_type()
    hosts = [
        {"uid": "u2", "name": "Bo", "userType": "host", "sort": 2},
        {"uid": "u1", "name": "Ann", "userType": "host", "sort": 1, "eventTypeId": intro.uid},
        {"uid": "u3", "name": "Cy", "userType": "notifyHost", "sort": 0},
        {"uid": "u4", "name": "Di", "userType": "host", "sort": 0, "eventTypeId": "other"},
    ]
    at.fake.next(status=200, body={"data": hosts, "errors": {}}, path="/event_type_hosts")

    found = at.catalogue().one(intro.uid).hosts

    assert [each.slug for each in found] == ["u1", "u2"]


def test_without_a_list_of_hosts_the_only_user_hosts(at: BareJicoo) -> None:
    """With several nobody can tell, and the event type's name stands for them."""
    intro = at.fake.add_event_type(hosts=[at.fake.add_user("Ann")])
    at.fake.next(status=404, path="/event_type_hosts", times=2)

    assert [each.name for each in at.catalogue().one(intro.uid).hosts] == ["Ann"]
    at.fake.add_user("Bo")
    assert at.catalogue().one(intro.uid).hosts == (Host(slug="", name="Intro call", zone="UTC"),)


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 403}, {"garbage": True}, {"status": 200, "body": {"data": [7]}}],
    ids=["down", "forbidden", "page", "garbage"],
)
def test_a_name_is_not_worth_a_page(at: BareJicoo, fault: dict[str, Any]) -> None:
    """Whatever happens to the lists of people, the event type is offered."""
    intro = at.fake.add_event_type(hosts=[at.fake.add_user("Ann")])
    for path in ("/event_type_hosts", "/organization/users"):
        at.fake.next(path=path, times=9, **fault)

    assert [each.name for each in at.catalogue().one(intro.uid).hosts] == ["Intro call"]


def test_people_are_asked_for_once_in_ten_minutes(at: BareJicoo) -> None:
    """A refusal counts as an answer."""
    intro = at.fake.add_event_type()
    catalogue = at.catalogue(declared(intro.uid, hosts=()), restricted=True)
    catalogue.one("intro")
    at.asked()

    at.clock.move(9 * MINUTE)
    catalogue.one("intro")

    assert at.asked() == [f"/event_types/{intro.uid}"]


@pytest.mark.parametrize("key", ["id", "uid", "userId"])
def test_hosts_of_a_booking_are_named_by_the_organization(at: BareJicoo, key: str) -> None:
    """A booking has their ids (contracts/jicoo.md 2.1); under which name users have them is unknown."""
    at.fake.habits.user_key = key
    ann, bo = at.fake.add_user("Ann"), at.fake.add_user("Bo")

    found = at.catalogue().hosts([bo.id, ann.id, "unknown"], None)

    assert [each.name for each in found] == ["Bo", "Ann"]


def test_hosts_of_a_booking_are_those_of_its_event_type_where_nobody_is_named(at: BareJicoo) -> None:
    """There is one at least, for a zone to read times in."""
    catalogue = at.catalogue(restricted=True, zone="Asia/Tokyo")

    assert catalogue.hosts(["u_1"], declared("x")) == (ADA,)
    assert catalogue.hosts(["u_1"], None) == (Host(slug="", name="", zone="Asia/Tokyo"),)
    assert catalogue.hosts(["ada"], declared("x", hosts=(replace(ADA, slug="bo"), ADA))) == (ADA,)


def test_lengths_are_whole_minutes() -> None:
    """As Jicoo tells them."""
    assert read(duration=90).duration == timedelta(hours=1, minutes=30)
