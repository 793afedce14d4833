"""Tests of the bookings of the fake Jicoo (contracts/jicoo.md 1, 2.1-2.7)."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest

from booker_components.testing import FakeJicoo, FrozenClock
from booker_components.testing.jicoo import Errors, EventType, Question, Refusal
from tests.contracts.jicoo import BOOKING_FIELDS, CONTACT_FIELDS

from .fixtures import deliberately
from .jicoo import NINE, JicooApi, at

HALF = timedelta(minutes=30)
HEARD = Question(
    uid="q_heard", text="How did you hear of us?", kind="checkbox", choices=("SNS", "DM", "Mail")
)
TOPIC = Question(uid="q_topic", text="Topic", required=True)
SIZE = Question(uid="q_size", text="Size", kind="radio", choices=("Small", "Large"))


@pytest.fixture
def intro(jicoo: FakeJicoo) -> EventType:
    """Half an hour with a host in Tokyo."""
    return jicoo.add_event_type(name="Intro call", hosts=[jicoo.add_user("Ada Lovelace", zone="Asia/Tokyo")])


@pytest.fixture
def api(jicoo: FakeJicoo) -> JicooApi:
    """A client with a key that may do everything."""
    return JicooApi(jicoo)


# --- who may call --------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["", "sk_live_wrong"], ids=["none", "a wrong one"])
def test_without_a_key_nothing_is_told(jicoo: FakeJicoo, key: str) -> None:
    """Not even that a path does not exist."""
    with deliberately(jicoo):
        statuses = [JicooApi(jicoo, key).send("GET", each).status_code for each in ("/bookings", "/x")]

    assert statuses == [401, 401]


def test_a_bearer_token_is_no_key(jicoo: FakeJicoo, api: JicooApi) -> None:
    """It stands in another header."""
    api.headers = {"Authorization": f"Bearer {jicoo.api_key}"}

    with deliberately(jicoo):
        assert api.refused("GET", "/bookings")[0] == 401


def test_a_restricted_key_sees_free_times_only(jicoo: FakeJicoo, intro: EventType) -> None:
    """And bookings; the pages themselves are not for it."""
    api = JicooApi(jicoo, jicoo.add_key(restricted=True))

    assert api.refused("GET", "/event_types")[0] == 403
    assert api.refused("GET", f"/event_types/{intro.uid}")[0] == 403
    assert api.refused("GET", "/organization/users")[0] == 403
    assert api.slots(intro, at(0), at(1)) == {at(0): 1, at(0, 30): 1}
    assert api.get("/bookings") == []


# --- made and read -------------------------------------------------------------------------------


def test_a_booking_has_21_fields(api: JicooApi, intro: EventType) -> None:
    """And the same ones when it is read again."""
    made = api.book(intro, at(0), locationId="zoom")

    assert made == api.get(f"/bookings/{made['uid']}")
    assert len(made) == len(BOOKING_FIELDS) == 21
    assert (made["eventTypeId"], made["name"], made["status"]) == (intro.uid, "Intro call", "open")
    assert (made["startedAt"], made["endedAt"], made["timeZone"]) == (at(0), at(0, 30), "Asia/Tokyo")
    assert (made["locationId"], made["url"][:8]) == ("zoom", "https://")
    assert made["createdAt"] == "2027-02-01T08:00:00.000Z"
    assert made["hosts"] == [{"userId": intro.hosts[0].user.id, "role": "admin"}]


def test_the_guest_stands_in_the_contacts_only(api: JicooApi, jicoo: FakeJicoo, intro: EventType) -> None:
    """With the answers by the text of their questions, as lists."""
    intro.questions = (TOPIC, HEARD)
    answers = [
        {"questionUid": "q_heard", "content": ["SNS", "DM"]},
        {"questionUid": "q_topic", "content": "Money"},
    ]

    made = api.book(
        intro,
        at(0),
        company="Ek AB",
        phoneNumber="+46 8 1",
        message="Hello",
        ccEmails=["cy@example.org"],
        textRemindCountryCode="+81",
        textRemindNumber="90",
        locale="ja",
        answers=answers,
    )
    (contact,) = api.get(f"/bookings/{made['uid']}/contacts")

    assert len(contact) == len(CONTACT_FIELDS) == 11
    assert "bo@example.org" not in str(made)
    assert (contact["name"], contact["email"], contact["company"]) == ("Bo Ek", "bo@example.org", "Ek AB")
    assert (contact["ccEmails"], contact["message"]) == (["cy@example.org"], "Hello")
    assert (contact["textRemindCountryCode"], contact["textRemindNumber"]) == ("+81", "90")
    assert contact["answers"] == [
        {"question": "Topic", "content": ["Money"]},
        {"question": "How did you hear of us?", "content": ["SNS", "DM"]},
    ]


def test_what_is_not_there_is_not_found(api: JicooApi, intro: EventType) -> None:
    """Neither a booking, nor its guest, nor a booking page."""
    for path in ("/bookings/x", "/bookings/x/contacts", "/event_types/x"):
        assert api.refused("GET", path)[0] == 404
    assert api.refused("POST", "/bookings", json=api.wish(intro, at(0), eventTypeId="x"))[0] == 404


def test_ids_are_safe_in_urls_and_begin_as_they_like(
    api: JicooApi, jicoo: FakeJicoo, intro: EventType
) -> None:
    """Twelve characters, some of them "-" and "_", even in front."""
    uids = [api.book(intro, at(hour))["uid"] for hour in range(8)]

    assert all(re.fullmatch(r"[\w-]{12}", each, re.ASCII) for each in uids)
    assert len(set(uids)) == 8
    assert {"_", "-"} <= {each[0] for each in uids}
    assert [api.get(f"/bookings/{each}")["uid"] for each in uids] == uids


def test_a_page_with_approval_makes_requests(api: JicooApi, jicoo: FakeJicoo, intro: EventType) -> None:
    """They take their time until the host denies."""
    intro.approval = True
    first, second = api.book(intro, at(0)), api.book(intro, at(1))

    jicoo.approve(first["uid"])
    jicoo.deny(second["uid"], reason="No")

    assert first["status"] == second["status"] == "request"
    assert api.get(f"/bookings/{first['uid']}")["status"] == "open"
    denied = api.get(f"/bookings/{second['uid']}")
    assert (denied["status"], denied["cancelReason"], denied["cancelledBy"]) == ("cancel", "No", "host")
    assert api.slots(intro, at(0), at(2)) == {at(0, 30): 1, at(1): 1, at(1, 30): 1}
    with pytest.raises(Refusal):
        jicoo.approve(first["uid"])


@pytest.mark.parametrize(
    ("location", "field", "value"),
    [
        ("phone", "phoneNumber", "+46 8 1"),
        ("inPerson", "address", "Skeppsbron 1"),
        ("custom", "customLocation", "Skeppsbron 1"),
        ("askInvitee", "url", None),
    ],
)
def test_each_location_has_its_field(
    api: JicooApi, intro: EventType, location: str, field: str, value: str | None
) -> None:
    """Null stands for the first location of the page."""
    intro.locations, intro.place = (location, "zoom"), "Skeppsbron 1"

    made = api.book(intro, at(0), phoneNumber="+46 8 1")

    assert (made["locationId"], made[field]) == (location, value)


# --- refused -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("eventTypeId", None),
        ("startedAt", None),
        ("startedAt", "tomorrow"),
        ("timeZone", ""),
        ("timeZone", "Mars/Base"),
        ("email", None),
        ("email", "bo"),
        ("email", f"{'b' * 250}@ek.se"),
        ("name", ""),
        ("name", "b" * 65),
        ("name", 7),
        ("locationId", "moon"),
        ("locationId", "teams"),
        ("company", "e" * 33),
        ("phoneNumber", "1" * 33),
        ("message", "m" * 2001),
        ("ccEmails", ["cy"]),
        ("ccEmails", [f"c{number}@example.org" for number in range(31)]),
        ("textRemindCountryCode", "8" * 256),
        ("textRemindNumber", "9" * 33),
        ("locale", "sv"),
        ("answers", "Money"),
        ("answers", [{"questionUid": "q_none", "content": "x"}]),
        ("answers", [{"questionUid": "q_size", "content": "Huge"}]),
        ("answers", [{"questionUid": "q_size", "content": ["Small", "Large"]}]),
        ("answers", [{"questionUid": "q_size"}]),
        ("tracking", "winter"),
        ("payment", 5),
    ],
)
def test_a_wrong_field_is_refused(
    jicoo: FakeJicoo, api: JicooApi, intro: EventType, field: str, value: Any
) -> None:
    """With 422, and the name of what is wrong; nothing is booked."""
    intro.questions = (SIZE,)

    with deliberately(jicoo):
        status, errors = api.refused("POST", "/bookings", json=api.wish(intro, at(0), **{field: value}))

    assert (status, list(errors)) == (422, [field])
    assert jicoo.bookings == []


@pytest.mark.parametrize(
    ("field", "inner", "value"),
    [
        ("tracking", "source", "s" * 256),
        ("payment", "paymentMethod", "cash"),
        ("payment", "successUrl", "thanks"),
        ("payment", "items", {}),
    ],
)
def test_a_wrong_field_within_a_field_is_refused(
    jicoo: FakeJicoo, api: JicooApi, intro: EventType, field: str, inner: str, value: Any
) -> None:
    """By its own name."""
    with deliberately(jicoo):
        status, errors = api.refused(
            "POST", "/bookings", json=api.wish(intro, at(0), **{field: {inner: value}})
        )

    assert (status, list(errors)) == (422, [inner])


def test_the_greatest_values_are_taken(api: JicooApi, intro: EventType) -> None:
    """A limit is what may still be."""
    api.book(
        intro,
        at(0),
        name="b" * 64,
        email=f"{'b' * 248}@ek.org",
        company="e" * 32,
        phoneNumber="1" * 32,
        message="m" * 2000,
        ccEmails=[f"c{number}@example.org" for number in range(30)],
        tracking={"campaign": "w" * 255},
        payment={"paymentMethod": "none", "items": []},
    )


def test_a_required_answer_has_to_be_there(api: JicooApi, intro: EventType) -> None:
    """An empty one does not count."""
    intro.questions = (TOPIC,)

    for answers in ([], [{"questionUid": "q_topic", "content": ""}]):
        status, errors = api.refused("POST", "/bookings", json=api.wish(intro, at(0), answers=answers))
        assert (status, errors) == (422, {"answers": ["leave out Topic"]})


@pytest.mark.parametrize(
    ("contents", "good", "wrong"),
    [("lists", ["Small"], "Small"), ("typed", "Small", ["Small"])],
)
def test_the_kind_of_answers_is_switched(
    jicoo: FakeJicoo, api: JicooApi, intro: EventType, contents: Any, good: Any, wrong: Any
) -> None:
    """For nobody knows it (contracts/jicoo.md 9.5)."""
    intro.questions, jicoo.habits.contents = (SIZE,), contents

    def wish(content: Any) -> dict[str, Any]:
        return api.wish(intro, at(0), answers=[{"questionUid": "q_size", "content": content}])

    assert api.refused("POST", "/bookings", json=wish(wrong))[0] == 422
    assert api.post("/bookings", wish(good))


def test_whether_a_location_is_needed_is_switched(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """Two copies of the documents disagree."""
    jicoo.habits.needs_location = True
    wish = api.wish(intro, at(0))
    del wish["locationId"]

    with deliberately(jicoo):
        assert api.refused("POST", "/bookings", json=wish) == (422, {"locationId": ["is missing"]})
    assert api.book(intro, at(0))["locationId"] == "zoom"


@pytest.mark.parametrize(
    "start", [at(0), at(0, 10), at(12), at(0, day=1)], ids=["taken", "off the grid", "night", "past"]
)
def test_a_time_that_is_not_free_is_refused(
    jicoo: FakeJicoo, api: JicooApi, intro: EventType, start: str
) -> None:
    """In the same words, whatever the reason."""
    jicoo.book(intro, NINE)

    assert api.refused("POST", "/bookings", json=api.wish(intro, start)) == (
        422,
        {"startedAt": ["is not available"]},
    )


def test_of_many_at_once_one_books(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """The others are told that the time is not free."""
    wish = api.wish(intro, at(0))

    with ThreadPoolExecutor(8) as threads:
        statuses = list(threads.map(lambda _: api.send("POST", "/bookings", json=wish).status_code, range(8)))

    assert sorted(statuses) == [201, *[422] * 7]
    assert len(jicoo.bookings) == 1


def test_a_disabled_page_takes_no_bookings(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """What was booked can be cancelled all the same."""
    made = api.book(intro, at(0))
    intro.enabled = False

    assert api.slots(intro, at(0), at(2)) == {}
    assert api.refused("POST", "/bookings", json=api.wish(intro, at(1)))[0] == 422
    assert api.get(f"/event_types/{intro.uid}")["status"] == "disable"
    assert api.post(f"/bookings/{made['uid']}/cancel", {})["status"] == "cancel"


def test_a_body_that_is_no_object_is_a_bad_request(jicoo: FakeJicoo, api: JicooApi) -> None:
    """Whatever it is."""
    with deliberately(jicoo):
        assert api.refused("POST", "/bookings", json=[1])[0] == 400


@pytest.mark.parametrize(
    ("shape", "errors"),
    [
        (Errors.OBJECT, {"startedAt": ["is not available"]}),
        (Errors.LIST, [{"field": "startedAt", "message": "is not available"}]),
        (Errors.TEXT, "startedAt is not available"),
        (Errors.NOTHING, None),
    ],
)
def test_the_shape_of_errors_is_switched(
    jicoo: FakeJicoo, api: JicooApi, intro: EventType, shape: Errors, errors: Any
) -> None:
    """For nobody knows it (contracts/jicoo.md 1.1)."""
    jicoo.habits.errors = shape

    assert api.refused("POST", "/bookings", json=api.wish(intro, at(12))) == (422, errors)


# --- moved ---------------------------------------------------------------------------------------


def test_a_booking_that_moves_keeps_its_uid(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """It may be moved by less than its length; its old time is free again."""
    made = api.book(intro, at(0))
    body = {"timeZone": "Europe/Paris", "startedAt": at(0, 30)}

    moved = api.post(f"/bookings/{made['uid']}/reschedule", body)

    assert (moved["uid"], moved["createdAt"]) == (made["uid"], made["createdAt"])
    assert (moved["startedAt"], moved["endedAt"], moved["timeZone"]) == (at(0, 30), at(1), "Europe/Paris")
    assert moved["updatedAt"] > made["updatedAt"]
    assert api.slots(intro, at(0), at(1)) == {at(0): 1}


def test_a_new_uid_is_switched(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """The old booking is then closed."""
    jicoo.habits.keeps_uid = False
    made = api.book(intro, at(0))

    moved = api.post(f"/bookings/{made['uid']}/reschedule", {"timeZone": "Asia/Tokyo", "startedAt": at(1)})

    assert moved["uid"] != made["uid"]
    assert api.get(f"/bookings/{made['uid']}")["status"] == "cancel"
    assert api.get(f"/bookings/{moved['uid']}/contacts")[0]["email"] == "bo@example.org"
    assert at(0) in api.slots(intro, at(0), at(1))


def test_what_cannot_be_moved_is_refused(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """Onto a time that is taken, without a time, or when it was cancelled."""
    made, _ = api.book(intro, at(0)), api.book(intro, at(1))
    path, zone = f"/bookings/{made['uid']}/reschedule", {"timeZone": "Asia/Tokyo"}

    assert api.refused("POST", path, json={**zone, "startedAt": at(1)})[0] == 422
    with deliberately(jicoo):
        assert api.refused("POST", path, json=zone) == (422, {"startedAt": ["can't be blank"]})
    jicoo.cancel(made["uid"])
    assert api.refused("POST", path, json={**zone, "startedAt": at(2)})[0] == 422


def test_a_host_moves_to_any_time(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """Even at night."""
    made = jicoo.book(intro, NINE)

    jicoo.reschedule(made.uid, NINE + timedelta(hours=12), by="host")

    assert api.get(f"/bookings/{made.uid}")["startedAt"] == at(12)


# --- cancelled -----------------------------------------------------------------------------------


def test_a_cancelled_booking_says_why_and_by_whom(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """Once; its time is free again."""
    made = api.book(intro, at(0))
    path = f"/bookings/{made['uid']}/cancel"

    gone = api.post(path, {"cancelReason": "Ill"})

    assert (gone["status"], gone["cancelReason"], gone["cancelledBy"]) == ("cancel", "Ill", "host")
    assert gone["cancelledAt"] == "2027-02-01T08:00:00.000Z"
    assert at(0) in api.slots(intro, at(0), at(1))
    assert api.refused("POST", path, json={}) == (422, {"status": ["is cancel"]})


@pytest.mark.parametrize("body", [None, {}], ids=["no body", "an empty object"])
@pytest.mark.parametrize("strict", [False, True], ids=["lenient", "strict"])
def test_a_cancellation_needs_no_reason(
    jicoo: FakeJicoo, api: JicooApi, intro: EventType, body: Any, *, strict: bool
) -> None:
    """Whatever is switched."""
    jicoo.habits.strict_cancel = strict
    made = api.book(intro, at(0))

    assert api.post(f"/bookings/{made['uid']}/cancel", body)["cancelReason"] is None


def test_the_key_of_a_reason_is_switched(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """Another one is dropped, or refused."""
    jicoo.habits.cancel_reason_key = "reason"
    first, second = api.book(intro, at(0)), api.book(intro, at(1))

    assert api.post(f"/bookings/{first['uid']}/cancel", {"cancelReason": "Ill"})["cancelReason"] is None
    jicoo.habits.strict_cancel = True
    path = f"/bookings/{second['uid']}/cancel"
    assert api.refused("POST", path, json={"cancelReason": "Ill"}) == (422, {"cancelReason": ["is unknown"]})
    assert api.post(path, {"reason": "Ill"})["cancelReason"] == "Ill"


def test_the_statuses_of_successes_are_switched(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """204 has no body."""
    jicoo.habits.created_status, jicoo.habits.cancelled_status = 200, 204
    made = api.send("POST", "/bookings", json=api.wish(intro, at(0)))

    gone = api.send("POST", f"/bookings/{made.json()['data']['uid']}/cancel", json={})

    assert (made.status_code, gone.status_code, gone.content) == (200, 204, b"")


# --- edited --------------------------------------------------------------------------------------


def test_a_host_edits_what_is_sent(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """And nothing else; any time is good."""
    other = jicoo.add_user("Grace Hopper", role="editor")
    made = api.book(intro, at(0))
    changes = {
        "name": "Long call",
        "startedAt": at(12),
        "endedAt": at(14),
        "priority": "high",
        "hosts": [{"userId": other.id, "role": "editor"}],
        "updateMessage": "Later",
        "isSendUpdates": False,
    }

    edited = api.data("PATCH", f"/bookings/{made['uid']}", json=changes)

    kept = ("uid", "timeZone", "status", "createdAt", "description", "url")
    assert {name: edited[name] for name in kept} == {name: made[name] for name in kept}
    assert (edited["name"], edited["priority"]) == ("Long call", "high")
    assert (edited["startedAt"], edited["endedAt"]) == (at(12), at(14))
    assert edited["hosts"] == [{"userId": other.id, "role": "editor"}]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("priority", "urgent"),
        ("updateMessage", "m" * 2001),
        ("isSendUpdates", "yes"),
        ("hosts", [{"userId": "u_0", "role": "admin"}]),
        ("endedAt", at(0)),
    ],
)
def test_a_wrong_edit_is_refused(
    jicoo: FakeJicoo, api: JicooApi, intro: EventType, field: str, value: Any
) -> None:
    """As a whole."""
    made = api.book(intro, at(0))

    with deliberately(jicoo):
        status, errors = api.refused("PATCH", f"/bookings/{made['uid']}", json={"name": "X", field: value})

    assert (status, list(errors)) == (422, [field])
    assert api.get(f"/bookings/{made['uid']}") == made


def test_a_description_is_emptied_by_null(api: JicooApi, intro: EventType) -> None:
    """And left alone where it is not named."""
    path = f"/bookings/{api.book(intro, at(0))['uid']}"

    assert api.data("PATCH", path, json={"description": "Bring tea"})["description"] == "Bring tea"
    assert api.data("PATCH", path, json={"name": "X"})["description"] == "Bring tea"
    assert api.data("PATCH", path, json={"description": None})["description"] is None


# --- lists ---------------------------------------------------------------------------------------


@pytest.fixture
def three(jicoo: FakeJicoo, clock: FrozenClock, intro: EventType) -> list[str]:
    """The uids of three bookings: the last one made is the first to start; the second is cancelled."""
    made = []
    for number in range(3):
        made.append(jicoo.book(intro, NINE + (2 - number) * HALF).uid)
        clock.move(timedelta(minutes=1))
    jicoo.cancel(made[1])
    return made


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, (2, 1, 0)),
        ({"sort": "asc"}, (0, 1, 2)),
        ({"order": "startedAt", "sort": "asc"}, (2, 1, 0)),
        ({"order": "startedAt", "sort": "desc"}, (0, 1, 2)),
        ({"status": "open", "sort": "asc"}, (0, 2)),
        ({"status": "cancel"}, (1,)),
        ({"startedAt": at(0, 30), "sort": "asc"}, (0, 1)),
        ({"endedAt": at(1), "sort": "asc"}, (1, 2)),
        ({"startedAt": at(0, 30), "endedAt": at(1)}, (1,)),
    ],
)
def test_a_list_is_filtered_and_sorted(
    api: JicooApi, three: list[str], query: dict[str, str], found: tuple[int, ...]
) -> None:
    """By "sort", the direction, and "order", the column."""
    assert [each["uid"] for each in api.get("/bookings", **query)] == [three[number] for number in found]


def test_the_last_page_names_no_next_one(api: JicooApi, three: list[str]) -> None:
    """Nor does one that is beyond it."""
    pages = [api.send("GET", "/bookings", page=page, perPage=2, sort="asc").json() for page in (1, 2, 3)]

    assert [[each["uid"] for each in page["data"]] for page in pages] == [three[:2], three[2:], []]
    assert [page.get("nextPage", "absent") for page in pages] == [2, "absent", "absent"]
    assert [(page["count"], page["currentPage"]) for page in pages] == [(2, 1), (1, 2), (0, 3)]
    assert {(page["totalCount"], page["numberOfPages"]) for page in pages} == {(3, 2)}


def test_a_page_has_a_greatest_size(jicoo: FakeJicoo, api: JicooApi, three: list[str]) -> None:
    """Whatever is asked for; nobody knows it."""
    jicoo.habits.most_per_page = 2

    answer = api.send("GET", "/bookings", perPage=100).json()

    assert (answer["count"], answer["nextPage"]) == (2, 2)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"status": "request"}, 422),
        ({"sort": "startedAt"}, 422),
        ({"order": "asc"}, 422),
        ({"page": "0"}, 400),
        ({"startedAt": "today"}, 400),
    ],
)
def test_a_wrong_parameter_is_refused(
    jicoo: FakeJicoo, api: JicooApi, query: dict[str, str], status: int
) -> None:
    """By its name."""
    with deliberately(jicoo):
        assert api.refused("GET", "/bookings", **query)[0] == status


def test_no_two_changes_share_a_millisecond(jicoo: FakeJicoo, api: JicooApi, intro: EventType) -> None:
    """Though the clock stands: what changed last can be told."""
    made = jicoo.book(intro, NINE)
    changes: list[Callable[[], Any]] = [
        lambda: jicoo.reschedule(made.uid, NINE + HALF),
        lambda: jicoo.reschedule(made.uid, NINE),
        lambda: jicoo.cancel(made.uid),
    ]
    stamps = [api.get(f"/bookings/{made.uid}")["updatedAt"]]

    for change in changes:
        change()
        stamps.append(api.get(f"/bookings/{made.uid}")["updatedAt"])

    assert stamps == sorted(set(stamps))
