"""Tests of the client of Cal.com's API, against servers that answer as agreed, or badly."""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping

import pytest
from werkzeug.wrappers import Response

from booker_components.errors import OutcomeUnknown, ProviderError, ProviderRefused, ProviderUnavailable
from booker_components.providers._http import Http
from booker_components.providers.calcom.accounts import CalcomAccount, FixedIdentity
from booker_components.providers.calcom.client import (
    CalcomClient,
    CalcomError,
    CalcomForbidden,
    CalcomNotFound,
    Page,
    Resource,
    quote,
)

from ..remote import Remote, as_json, serving, success

UID = "q1W2e3R4uid"
TAKEN = f"User either already has booking {UID} at this time"

SHAPE_A = {
    "status": "error",
    "timestamp": "2030-01-02T03:04:05.678Z",
    "path": f"/v2/bookings/{UID}",
    "error": {
        "code": "BadRequestException",
        "message": TAKEN,
        "details": {"message": "other", "error": "Bad Request", "statusCode": 400},
    },
}
SHAPE_B = {"statusCode": 400, "message": TAKEN}
SHAPE_C = {"error": "invalid_grant", "error_description": TAKEN}


class Renewing:
    """An identity whose token is renewed on demand."""

    def __init__(self, *, can_renew: bool = True) -> None:
        self._can_renew = can_renew
        self._tokens = 1
        #: What was said to be stale, oldest first.
        self.stale: list[Mapping[str, str]] = []

    def account(self) -> CalcomAccount:
        """Give no account in particular."""
        return CalcomAccount()

    def headers(self) -> Mapping[str, str]:
        """Give the newest token."""
        return {"Authorization": f"Bearer token-{self._tokens}"}

    def renew(self, stale: Mapping[str, str]) -> bool:
        """Make the next token, if allowed to."""
        self.stale.append(stale)
        self._tokens += self._can_renew
        return self._can_renew


@pytest.fixture
def http() -> Iterator[Http]:
    """What makes the calls, without waiting between them."""
    made = Http(sleep=lambda seconds: None)
    yield made
    made.close()


class Anyone:
    """Makes clients of servers."""

    def __init__(self, http: Http) -> None:
        self._http = http

    def at(self, remote: Remote) -> CalcomClient:
        """Make a client without credentials."""
        return CalcomClient(self._http, f"{remote.url}/v2/", FixedIdentity())


@pytest.fixture
def anyone(http: Http) -> Anyone:
    """Calls servers as nobody in particular."""
    return Anyone(http)


def refusal(client: CalcomClient, method: str = "POST") -> CalcomError:
    """Make a call that is refused, and give the error."""
    with pytest.raises(CalcomError) as caught:
        client.send(method, f"/bookings/{UID}/cancel", Resource.BOOKINGS)
    return caught.value


@pytest.mark.parametrize(
    ("resource", "version"),
    [
        (Resource.BOOKINGS, "2024-08-13"),
        (Resource.SLOTS, "2024-09-04"),
        (Resource.EVENT_TYPES, "2024-06-14"),
        (Resource.OTHER, None),
    ],
    ids=lambda each: each.name if isinstance(each, Resource) else "",
)
def test_call_names_its_version_of_the_contract(
    anyone: Anyone, resource: Resource, version: str | None
) -> None:
    """Another version would answer another contract (contracts/calcom.md 4.3)."""
    with serving(success({})) as remote:
        anyone.at(remote).get("/somewhere", resource)

    assert remote.last.headers.get("cal-api-version") == version
    assert remote.last.headers["Accept"] == "application/json"


def test_call_is_sent_as_the_account(http: Http) -> None:
    """The API key goes along with every call."""
    identity = FixedIdentity(of=CalcomAccount(api_key="cal_live_key"))
    with serving(success({})) as remote:
        client = CalcomClient(http, remote.url, identity)
        client.get("/me", Resource.OTHER)

    assert remote.last.headers["Authorization"] == "Bearer cal_live_key"
    assert client.identity is identity


def test_call_without_credentials_sends_none(anyone: Anyone) -> None:
    """Public endpoints are asked by nobody in particular."""
    with serving(success({})) as remote:
        anyone.at(remote).get("/slots", Resource.SLOTS)

    assert "Authorization" not in remote.last.headers


def test_headers_of_a_call_come_on_top(http: Http) -> None:
    """A call may prove itself by other means than the identity's."""
    identity = FixedIdentity(of=CalcomAccount(api_key="cal_live_key"))
    with serving(success({})) as remote:
        CalcomClient(http, remote.url, identity).send(
            "GET", "/me", Resource.OTHER, headers={"Authorization": "Bearer other", "x-cal-client-id": "c1"}
        )

    assert remote.last.headers["Authorization"] == "Bearer other"
    assert remote.last.headers["x-cal-client-id"] == "c1"


def test_query_is_written_as_calcom_reads_it(anyone: Anyone) -> None:
    """Truth is in small letters, nothing is left out, the rest is plain text."""
    with serving(success({})) as remote:
        anyone.at(remote).get(
            "/slots", Resource.SLOTS, params={"a": True, "b": False, "c": None, "d": 30, "e": "Asia/Tokyo"}
        )

    assert remote.last.path == "/v2/slots"
    assert remote.last.args.to_dict() == {"a": "true", "b": "false", "d": "30", "e": "Asia/Tokyo"}


@pytest.mark.parametrize("method", ["post", "patch", "delete"])
def test_change_is_sent_as_json(anyone: Anyone, method: str) -> None:
    """Each method sends its body and gives the data of the answer."""
    with serving(success({"uid": UID}, 201)) as remote:
        given = getattr(anyone.at(remote), method)("/bookings", Resource.BOOKINGS, json={"start": "x"})

    assert given == {"uid": UID}
    assert (remote.last.method, remote.last.json) == (method.upper(), {"start": "x"})


def test_change_without_body_sends_none(anyone: Anyone) -> None:
    """No body is not an empty object."""
    with serving(success(None)) as remote:
        anyone.at(remote).delete("/slots/reservations/r1", Resource.SLOTS)

    assert (remote.last.get_data(), remote.last.mimetype) == (b"", "")


@pytest.mark.parametrize("data", [{}, [], None, [{"uid": UID}], "text", 0], ids=repr)
def test_data_of_the_answer_is_given(anyone: Anyone, data: object) -> None:
    """Whatever the envelope holds comes back, be it an object or an array."""
    with serving(success(data)) as remote:
        given = anyone.at(remote).get(f"/bookings/{UID}", Resource.BOOKINGS)

    assert given == data


@pytest.mark.parametrize(
    "answer", [as_json({"status": "success"}), Response(status=204)], ids=["bare", "204"]
)
def test_answer_may_hold_no_data(anyone: Anyone, answer: Response) -> None:
    """Deletions are answered with their success alone."""
    with serving(answer) as remote:
        given = anyone.at(remote).delete("/webhooks/1", Resource.OTHER)

    assert given is None


def test_page_tells_whether_another_follows(anyone: Anyone) -> None:
    """Items, total and the existence of a next page are read from the envelope."""
    with serving(success([1, 2], pagination={"totalItems": 7, "hasNextPage": True})) as remote:
        page = anyone.at(remote).page("/bookings", Resource.BOOKINGS, params={"take": 2})

    assert page == Page(data=[1, 2], has_next=True, total=7)
    assert remote.last.args["take"] == "2"


@pytest.mark.parametrize(
    "pagination",
    [None, [], {}, {"totalItems": "7", "hasNextPage": "no"}, {"totalItems": True}],
    ids=["none", "list", "empty", "texts", "truth"],
)
def test_list_without_pages_is_one_page(anyone: Anyone, pagination: object) -> None:
    """Lists that do not count themselves have no next page."""
    with serving(success([1, 2], pagination=pagination)) as remote:
        page = anyone.at(remote).page("/event-types", Resource.EVENT_TYPES)

    assert page == Page(data=[1, 2], has_next=False, total=2)


@pytest.mark.parametrize("data", [{}, None, "text"], ids=repr)
def test_page_that_is_no_list_is_an_error(anyone: Anyone, data: object) -> None:
    """Garbage is reported, not iterated."""
    with serving(success(data)) as remote, pytest.raises(ProviderError, match="GET of bookings"):
        anyone.at(remote).page("/bookings", Resource.BOOKINGS)


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, CalcomError),
        (401, CalcomForbidden),
        (403, CalcomForbidden),
        (404, CalcomNotFound),
        (409, CalcomError),
        (422, CalcomError),
        (498, CalcomForbidden),
    ],
)
def test_status_decides_the_kind_of_refusal(anyone: Anyone, status: int, kind: type[CalcomError]) -> None:
    """Statuses are matched first; ours stays the one for failed backends."""
    with serving(as_json(SHAPE_A, status)) as remote:
        error = refusal(anyone.at(remote))

    assert type(error) is kind
    assert (error.answered, error.status) == (status, ProviderRefused.status)


@pytest.mark.parametrize(
    ("body", "code", "text"),
    [
        (SHAPE_A, "BadRequestException", TAKEN),
        (SHAPE_B, "", TAKEN),
        (SHAPE_B | {"error": "Bad Request"}, "Bad Request", TAKEN),
        (SHAPE_C, "invalid_grant", TAKEN),
        ({"error": "invalid_client"}, "invalid_client", "invalid_client"),
        (
            {"message": ["start must be a date", "name is empty", 7]},
            "",
            "start must be a date; name is empty",
        ),
        ({"error": {"code": "BAD_REQUEST", "message": ["a", "b"]}}, "BAD_REQUEST", "a; b"),
        ({"error": {"code": 7, "message": {"x": 1}}, "message": TAKEN}, "", TAKEN),
        ({"error": None, "message": None}, "", ""),
        ({}, "", ""),
        ([TAKEN], "", ""),
    ],
    ids=["A", "B", "B-error", "C", "C-bare", "list", "A-list", "A-odd", "nulls", "empty", "array"],
)
def test_words_of_a_refusal_are_read_from_every_shape(
    anyone: Anyone, body: object, code: str, text: str
) -> None:
    """The three shapes of contracts/calcom.md 4.5, and whatever else comes."""
    with serving(as_json(body, 400)) as remote:
        error = refusal(anyone.at(remote))

    assert (error.code, error.text) == (code, text)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>403 Forbidden</html>", b"\xff\xfe", b"[" * 100_000, b'{"error":'],
    ids=["empty", "html", "bytes", "deep", "cut"],
)
def test_refusal_without_words_is_a_refusal(anyone: Anyone, body: bytes) -> None:
    """A gateway's page is no reason to fail in another way."""
    with serving(Response(body, status=403)) as remote:
        error = refusal(anyone.at(remote))

    assert (type(error), error.code, error.text) == (CalcomForbidden, "", "")


def test_long_words_are_cut(anyone: Anyone) -> None:
    """Nobody keeps a megabyte of text for matching."""
    with serving(as_json({"message": "x" * 100_000}, 400)) as remote:
        error = refusal(anyone.at(remote))

    assert len(error.text) == 2000


def test_refusal_says_what_was_refused(anyone: Anyone) -> None:
    """Method, kind of thing, status and Cal.com's id of the call are named."""
    with serving(as_json(SHAPE_A, 400, {"X-Request-Id": "req-7"})) as remote:
        error = refusal(anyone.at(remote))

    assert str(error) == "Cal.com answered POST of bookings with 400 (request req-7)."


def test_refusal_repeats_neither_uid_nor_words(anyone: Anyone) -> None:
    """What Cal.com quotes may be personal, and a uid is as good as a key: logs and guests get neither."""
    with serving(as_json(SHAPE_A, 404)) as remote:
        error = refusal(anyone.at(remote))

    shown = "".join([*traceback.format_exception(error), repr(error), error.sentence])
    assert UID not in shown
    assert "already has booking" not in shown


@pytest.mark.parametrize("status", [500, 501, 503, 520])
def test_failure_of_a_read_is_unavailability(anyone: Anyone, status: int) -> None:
    """A read that Cal.com cannot answer may be asked again later."""
    with serving(as_json(SHAPE_A, status)) as remote, pytest.raises(ProviderUnavailable) as caught:
        anyone.at(remote).get("/slots", Resource.SLOTS)

    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize("status", [500, 501, 503, 520])
def test_failure_of_a_change_leaves_its_outcome_open(anyone: Anyone, status: int) -> None:
    """Cal.com may fail after it has kept the booking; the change is not sent again."""
    with serving(as_json(SHAPE_A, status)) as remote, pytest.raises(OutcomeUnknown):
        anyone.at(remote).post("/bookings", Resource.BOOKINGS, json={})

    assert len(remote.requests) == 1


def test_failure_of_a_repeatable_change_is_unavailability(anyone: Anyone) -> None:
    """Where the caller may send a change again, nobody needs to find out what became of it."""
    with serving(as_json(SHAPE_A, 500)) as remote, pytest.raises(ProviderUnavailable) as caught:
        anyone.at(remote).send("DELETE", "/slots/reservations/r1", Resource.SLOTS, repeatable=True)

    assert not isinstance(caught.value, OutcomeUnknown)
    assert len(remote.requests) == 3


GARBAGE = {
    "empty": Response(b""),
    "html": Response("<html>hello</html>"),
    "bytes": Response(b"\xff\xfe\x00"),
    "cut": Response('{"status":"success","data":{"uid":"q1W'),
    "deep": Response("[" * 100_000),
    "array": as_json([1]),
    "bare": as_json({"uid": UID}),
    "error": as_json(SHAPE_A),
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_for_a_read_is_an_error(anyone: Anyone, answer: Response) -> None:
    """An answer of success that holds no success is a failure of the backend, and not repeated."""
    with serving(answer) as remote, pytest.raises(ProviderError, match="GET of bookings") as caught:
        anyone.at(remote).get(f"/bookings/{UID}", Resource.BOOKINGS)

    assert type(caught.value) is ProviderError
    assert UID not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_for_a_change_leaves_its_outcome_open(anyone: Anyone, answer: Response) -> None:
    """The status says that something was done; nobody knows what."""
    with serving(answer) as remote, pytest.raises(OutcomeUnknown, match="POST of bookings"):
        anyone.at(remote).post("/bookings", Resource.BOOKINGS, json={})

    assert len(remote.requests) == 1


@pytest.mark.parametrize("status", [401, 498])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_stale_credentials_are_renewed(http: Http, method: str, status: int) -> None:
    """A call that was refused for its token is made again with the new one, changes too."""
    identity = Renewing()
    with serving(as_json(SHAPE_A, status), success("done")) as remote:
        given = CalcomClient(http, remote.url, identity).send(method, "/me", Resource.OTHER, json={"a": 1})

    assert given == "done"
    assert [each.headers["Authorization"] for each in remote.requests] == ["Bearer token-1", "Bearer token-2"]
    assert remote.last.json == {"a": 1}
    assert identity.stale == [{"Authorization": "Bearer token-1"}]


def test_credentials_are_renewed_once_a_call(http: Http) -> None:
    """New credentials that are refused as well are refused for good."""
    identity = Renewing()
    with serving(as_json(SHAPE_A, 498)) as remote:
        error = refusal(CalcomClient(http, remote.url, identity))

    assert isinstance(error, CalcomForbidden)
    assert (len(remote.requests), len(identity.stale)) == (2, 1)


def test_credentials_that_cannot_be_renewed_are_refused(http: Http) -> None:
    """Without new credentials the call is not made again."""
    with serving(as_json(SHAPE_A, 401)) as remote:
        error = refusal(CalcomClient(http, remote.url, Renewing(can_renew=False)))

    assert isinstance(error, CalcomForbidden)
    assert len(remote.requests) == 1


@pytest.mark.parametrize("status", [400, 403, 404])
def test_other_refusals_do_not_renew(http: Http, status: int) -> None:
    """Only the statuses for credentials do (contracts/calcom.md 4.2): 403 says that they lack a right."""
    identity = Renewing()
    with serving(as_json(SHAPE_A, status)) as remote:
        refusal(CalcomClient(http, remote.url, identity))

    assert identity.stale == []


@pytest.mark.parametrize(
    ("part", "expected"),
    [
        ("q1W2e3R4", "q1W2e3R4"),
        ("a/b", "a%2Fb"),
        ("../me", "..%2Fme"),
        ("a?b#c", "a%3Fb%23c"),
        ("a b", "a%20b"),
        ("%2e%2e", "%252e%252e"),
        ("é", "%C3%A9"),
        ("...", "..."),
    ],
)
def test_part_of_a_path_is_encoded(anyone: Anyone, part: str, expected: str) -> None:
    """What a guest puts into an address stays one segment, up to the server."""
    with serving(success({})) as remote:
        anyone.at(remote).get(f"/bookings/{quote(part)}", Resource.BOOKINGS)

    assert quote(part) == expected
    assert remote.last.environ["RAW_URI"] == f"/v2/bookings/{expected}"


@pytest.mark.parametrize("part", ["", ".", "..", "\ud800"], ids=["empty", "here", "up", "surrogate"])
def test_part_that_would_change_the_path_is_unknown(part: str) -> None:
    """Nothing has such a name, and asking for it would ask for something else."""
    with pytest.raises(CalcomNotFound) as caught:
        quote(part)

    assert caught.value.answered == 404
