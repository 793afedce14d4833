"""Tests of the booking pages, hosts and free times of the fake Jicoo (contracts/jicoo.md 2.8-2.12, 3)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests

from booker_components.testing import FakeJicoo, FrozenClock
from booker_components.testing.jicoo import EventType, Refusal, User, weekly
from tests.contracts.jicoo import CALENDAR_FIELDS, HOST_FIELDS

from .fixtures import deliberately
from .jicoo import NINE, JicooApi, at

HOUR = timedelta(hours=1)


@pytest.fixture
def api(jicoo: FakeJicoo) -> JicooApi:
    """A client with a key that may do everything."""
    return JicooApi(jicoo)


@pytest.fixture
def ada(jicoo: FakeJicoo) -> User:
    """A host in Tokyo who works from nine to noon."""
    return jicoo.add_user("Ada Lovelace", zone="Asia/Tokyo", hours=weekly("09:00", "12:00"))


@pytest.fixture
def grace(jicoo: FakeJicoo) -> User:
    """A host in Tokyo who works from ten to one."""
    return jicoo.add_user("Grace Hopper", zone="Asia/Tokyo", hours=weekly("10:00", "13:00"))


def starts(api: JicooApi, event_type: EventType) -> list[str]:
    """Give the free starts of Tuesday."""
    return list(api.slots(event_type, at(0), at(0, day=3)))


# --- free times ----------------------------------------------------------------------------------


def test_taken_times_are_missing(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """Whoever took them, and whatever page they were booked on."""
    hourly = jicoo.add_event_type(duration=60, hosts=[ada])
    short = jicoo.add_event_type(duration=30, hosts=[ada])

    jicoo.book(short, NINE + HOUR)

    assert api.slots(hourly, at(0), at(12)) == {at(0): 1, at(2): 1}
    assert starts(api, short) == [at(0), at(0, 30), at(1, 30), at(2), at(2, 30)]


def test_places_of_a_group_are_counted(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """Until none is left; each guest has a booking of his own."""
    group = jicoo.add_event_type(duration=60, hosts=[ada], capacity=2)
    other = jicoo.add_event_type(duration=60, hosts=[ada])

    first = api.book(group, at(0))
    assert api.slots(group, at(0), at(2)) == {at(0): 1, at(1): 2}
    second = api.book(group, at(0), email="cy@example.org")

    assert first["uid"] != second["uid"]
    assert api.slots(group, at(0), at(2)) == {at(1): 2}
    assert api.refused("POST", "/bookings", json=api.wish(group, at(0)))[0] == 422
    assert starts(api, other) == [at(1), at(2)]


def test_a_window_is_of_seven_days_at_most(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """And has both its ends."""
    intro = jicoo.add_event_type(hosts=[ada])
    path = f"/event_types/{intro.uid}/available_schedules"

    assert len(api.slots(intro, at(0), at(0, day=9))) == 5 * 6
    wrong = {"periodStart": at(0), "periodEnd": "2027-02-09T00:00:00.001Z"}
    assert api.refused("GET", path, **wrong)[0] == 422
    assert api.refused("GET", path, periodStart=at(1), periodEnd=at(0))[0] == 422
    with deliberately(jicoo):
        assert api.refused("GET", path, periodStart=at(0)) == (400, {"periodEnd": ["is missing"]})


def test_hours_follow_the_clocks_of_their_zone(jicoo: FakeJicoo, api: JicooApi, clock: FrozenClock) -> None:
    """Nine in Berlin is an hour earlier in summer; Sunday may be 0 or 7."""
    page = jicoo.add_event_type(
        duration=60, hours=weekly("09:00", "10:00", days=(6, 0)), zone="Europe/Berlin"
    )

    found = api.slots(page, "2027-03-26T00:00:00.000Z", "2027-03-30T00:00:00.000Z")

    assert list(found) == ["2027-03-27T08:00:00.000Z", "2027-03-28T07:00:00.000Z"]


def test_a_day_may_last_until_midnight(jicoo: FakeJicoo, api: JicooApi) -> None:
    """Which is 24:00 of the same day."""
    page = jicoo.add_event_type(duration=60, hours=weekly("22:00", "24:00", days=(2,)))

    assert list(api.slots(page, at(0), at(0, day=4))) == [at(22), at(23)]


def test_notice_and_the_last_day_bound_the_times(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """The clock stands at eight on Monday, UTC."""
    page = jicoo.add_event_type(duration=60, hosts=[ada], notice=17 * 60, days=2)

    found = api.slots(page, at(0, day=1), at(0, day=8))

    assert list(found) == [at(1), at(2), at(0, day=3), at(1, day=3), at(2, day=3)]


def test_buffers_keep_time_free(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """Of the page that was booked and of the one that is looked at."""
    page = jicoo.add_event_type(duration=30, hosts=[ada], before=10, after=10)

    jicoo.book(page, NINE + HOUR)

    assert starts(api, page) == [at(0), at(2), at(2, 30)]


def test_starts_come_at_an_interval(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """Other than the duration."""
    page = jicoo.add_event_type(duration=60, interval=90, hosts=[ada])

    assert starts(api, page) == [at(0), at(1, 30)]


# --- hosts ---------------------------------------------------------------------------------------


def test_hosts_take_part_together(jicoo: FakeJicoo, api: JicooApi, ada: User, grace: User) -> None:
    """When all of them are free."""
    page = jicoo.add_event_type(duration=60, hosts=[ada, grace])

    made = api.book(page, at(1))

    assert starts(api, page) == [at(2)]
    assert [each["userId"] for each in made["hosts"]] == [ada.id, grace.id]


def test_one_host_is_assigned_by_priority(jicoo: FakeJicoo, api: JicooApi, ada: User, grace: User) -> None:
    """Of those who are free."""
    page = jicoo.add_event_type(duration=60, hosts=[ada, grace], assigned=True)
    host = api.get("/event_type_hosts", eventTypeId=page.uid)[1]

    api.data("PATCH", f"/event_types/{page.uid}/hosts/{host['uid']}", json={"priority": 3})
    made = [api.book(page, at(1)) for _ in range(2)]

    assert [each["hosts"][0]["userId"] for each in made] == [grace.id, ada.id]
    assert starts(api, page) == [at(0), at(2), at(3)]


def test_hosts_are_listed_with_eight_fields(jicoo: FakeJicoo, api: JicooApi, ada: User, grace: User) -> None:
    """Of all pages, or of one."""
    page = jicoo.add_event_type(hosts=[ada, grace])
    jicoo.add_event_type(hosts=[ada])

    found = api.get("/event_type_hosts", eventTypeId=page.uid)

    assert [(each["name"], each["sort"]) for each in found] == [("Ada Lovelace", 0), ("Grace Hopper", 1)]
    assert {len(each) for each in found} == {len(HOST_FIELDS)} == {8}
    assert len(api.get("/event_type_hosts")) == 3


def test_a_wrong_priority_is_refused(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """It is from 0 to 3; a host has to be there."""
    page = jicoo.add_event_type(hosts=[ada])
    path = f"/event_types/{page.uid}/hosts"

    with deliberately(jicoo):
        assert api.refused("PATCH", f"{path}/{page.hosts[0].uid}", json={"priority": 4})[0] == 422
        assert api.refused("PATCH", f"{path}/nobody", json={"priority": 1})[0] == 404


# --- pages and people ----------------------------------------------------------------------------


def test_a_page_shows_what_is_known_of_pages(jicoo: FakeJicoo, api: JicooApi) -> None:
    """And whatever else a test says."""
    page = jicoo.add_event_type(uid="_zDLK66WrbIT", name="Intro", duration=45, extra={"color": "red"})
    jicoo.add_event_type(name="Other")

    first, second = api.get("/event_types")

    assert first == api.get("/event_types/_zDLK66WrbIT")
    assert first == {
        "uid": page.uid,
        "name": "Intro",
        "status": "enable",
        "duration": 45,
        "color": "red",
    }
    assert second["name"] == "Other"


def test_users_are_found_by_the_ids_of_hosts(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """Under a name that is switched."""
    page = jicoo.add_event_type(hosts=[ada])
    host = api.book(page, at(0))["hosts"][0]

    (user,) = api.get("/organization/users")
    jicoo.habits.user_key = "uid"
    (again,) = api.get("/organization/users")

    assert user == {"id": host["userId"], "name": "Ada Lovelace", "email": "ada@example.com", "role": "admin"}
    assert again["uid"] == host["userId"]


def test_calendars_are_a_users_own(jicoo: FakeJicoo, api: JicooApi, ada: User) -> None:
    """The default one counts."""
    other = jicoo.add_calendar(ada, zone="Asia/Tokyo", hours=weekly("15:00", "16:00", days=(2,)), name="Late")

    basic, late = api.get("/user_availability_calendars", userId=ada.id)

    assert len(basic) == len(CALENDAR_FIELDS) == 9
    assert (basic["isDefault"], late["isDefault"]) == (0, 1)
    assert late == api.get(f"/user_availability_calendars/{other.uid}")
    assert (late["timezone"], late["userId"]) == ("Asia/Tokyo", ada.id)
    assert [(each["wday"], each["startHour"]) for each in late["calendars"]] == [(2, 15)]
    assert starts(api, jicoo.add_event_type(hosts=[ada])) == [at(6), at(6, 30)]


def test_calendars_of_nobody_are_not_there(jicoo: FakeJicoo, api: JicooApi) -> None:
    """The user has to be named."""
    assert api.refused("GET", "/user_availability_calendars", userId="u_0")[0] == 404
    assert api.refused("GET", "/user_availability_calendars/x")[0] == 404
    with deliberately(jicoo):
        assert api.refused("GET", "/user_availability_calendars")[0] == 400


# --- Account Integration -------------------------------------------------------------------------


def test_a_guest_is_announced_without_a_key(jicoo: FakeJicoo) -> None:
    """And gets a page that knows him."""
    page = jicoo.add_event_type(name="Intro <call>")
    nobody = JicooApi(jicoo, "")
    bo = {"name": "Bo Ek", "email": "bo@example.org"}

    answer = nobody.send("POST", f"/teams/{jicoo.team}/event_types/{page.uid}/validate", json=bo)

    url = answer.json()["data"]["url"]
    session = parse_qs(urlsplit(url).query)["guestSessionId"][0]
    assert answer.status_code == 201
    assert url.startswith(f"{jicoo.page_of(page)}?guestSessionId=")
    assert session.count("--") == 2
    assert unquote(url.partition("=")[2]) == session
    assert jicoo.guest_of(session) == ("Bo Ek", "bo@example.org")
    shown = requests.get(url, timeout=10).text
    assert "You book as Bo Ek, bo@example.org." in shown
    assert "Intro &lt;call&gt;" in shown


@pytest.mark.parametrize(
    ("team", "uid", "body", "status"),
    [
        ("other", "page", {"name": "Bo", "email": "bo@example.org"}, 404),
        ("acme", "none", {"name": "Bo", "email": "bo@example.org"}, 404),
        ("acme", "page", {"name": "Bo"}, 400),
        ("acme", "page", {"name": "", "email": "bo@example.org"}, 400),
    ],
    ids=["team", "page", "no address", "no name"],
)
def test_a_wrong_announcement_is_refused(
    jicoo: FakeJicoo, api: JicooApi, team: str, uid: str, body: dict[str, Any], status: int
) -> None:
    """With the statuses of contracts/jicoo.md 3."""
    jicoo.add_event_type(uid="page")

    with deliberately(jicoo):
        assert api.refused("POST", f"/teams/{team}/event_types/{uid}/validate", json=body)[0] == status


def test_pages_for_people_are_there(jicoo: FakeJicoo) -> None:
    """By slug or by uid, without a guest."""
    page = jicoo.add_event_type(slug="intro")

    found = [requests.get(f"{jicoo.app_url}{path}", timeout=10).status_code for path in ("/t/acme/e/x", "/x")]

    assert requests.get(jicoo.page_of(page), timeout=10).ok
    assert found == [404, 404]


# --- redirects -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("to", "before", "after"),
    [
        ("https://partner.example/thanks", "https://partner.example/thanks?", ""),
        ("https://partner.example/thanks?a=1#top", "https://partner.example/thanks?a=1&", "#top"),
    ],
    ids=["bare", "with a query"],
)
def test_a_redirect_has_seven_parameters(jicoo: FakeJicoo, to: str, before: str, after: str) -> None:
    """In the order of the vendor's table, with the offset of the guest's zone (contracts/jicoo.md 5)."""
    page = jicoo.add_event_type(uid="mT7xR-2bQe0c", name="Intro & more", zone="Asia/Tokyo", redirect=to)
    made = jicoo.book(page, NINE, zone="Asia/Tokyo")

    assert jicoo.redirect_of(made, "guest_rescheduled") == (
        f"{before}event=guest_rescheduled&eventTypeUid=mT7xR-2bQe0c&eventTypeName=Intro%20%26%20more"
        f"&eventUid={made.uid}"
        "&eventStartedAt=2027-02-02T09%3A00%3A00.000%2B09%3A00"
        "&eventEndedAt=2027-02-02T09%3A30%3A00.000%2B09%3A00"
        f"&eventCreatedAt=2027-02-01T17%3A00%3A00.000%2B09%3A00{after}"
    )


def test_utc_is_an_offset_in_digits(jicoo: FakeJicoo) -> None:
    """Never Z; and a page sends guests only where it says."""
    page = jicoo.add_event_type(redirect={"guest_cancelled": "https://partner.example/"}, zone="Asia/Tokyo")
    made = jicoo.book(page, NINE)

    assert "eventStartedAt=2027-02-02T00%3A00%3A00.000%2B00%3A00" in jicoo.redirect_of(
        made, "guest_cancelled"
    )
    assert jicoo.redirect_of(made) == ""


def test_what_a_test_does_wrongly_raises(jicoo: FakeJicoo, clock: FrozenClock) -> None:
    """As the API would refuse it."""
    page = jicoo.add_event_type()
    taken: datetime = NINE + 10 * HOUR
    made = jicoo.book(page, taken)

    for wrong in (lambda: jicoo.book(page, taken), lambda: jicoo.booking("x")):
        with pytest.raises(Refusal):
            wrong()
    assert jicoo.booking(made.uid) is made
