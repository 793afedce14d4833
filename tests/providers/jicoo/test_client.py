"""Tests of the client of Jicoo's API, against servers that answer as agreed, or badly."""

from __future__ import annotations

import itertools
import logging
import traceback
from collections.abc import Callable, Iterator

import pytest
from werkzeug.wrappers import Response

from booker_components.errors import OutcomeUnknown, ProviderError, ProviderRefused, ProviderUnavailable
from booker_components.providers._http import Http
from booker_components.providers.jicoo.client import (
    JicooClient,
    JicooError,
    JicooForbidden,
    JicooNotFound,
    JicooUnprocessable,
    Page,
    quote,
)

from ..remote import Remote, as_json, serving

KEY = "sk_live_0123456789"
UID = "_zDLK66WrbIT"
TAKEN = f"booking {UID} of zoe@example.org is at this time"

At = Callable[[Remote], JicooClient]


def success(data: object, status: int = 200, **more: object) -> Response:
    """Make an answer in Jicoo's envelope (contracts/jicoo.md 1.1)."""
    return as_json({"data": data, "errors": {}, **more}, status)


def refusal(errors: object, status: int = 422) -> Response:
    """Make an answer that refuses."""
    return as_json({"data": None, "errors": errors}, status)


@pytest.fixture
def at() -> Iterator[At]:
    """What makes clients of servers, which do not wait between calls."""
    http = Http(sleep=lambda seconds: None)
    yield lambda remote: JicooClient(http, f"{remote.url}/v1/", KEY)
    http.close()


def refused(client: JicooClient) -> JicooError:
    """Make a change that is refused, and give the error."""
    with pytest.raises(JicooError) as caught:
        client.post(f"/bookings/{UID}/cancel", json={"reason": "Ill"})
    return caught.value


# --- calling -------------------------------------------------------------------------------------


def test_every_call_carries_the_key_in_its_own_header(at: At) -> None:
    """Not as a bearer token, which was seen to fail (contracts/jicoo.md 1)."""
    with serving(success({"uid": UID})) as remote:
        given = at(remote).get("/bookings/x")

    assert given == {"uid": UID}
    assert remote.last.headers["X-Jicoo-Api-Key"] == KEY
    assert "Authorization" not in remote.last.headers
    assert (remote.last.path, remote.last.headers["Accept"]) == ("/v1/bookings/x", "application/json")


def test_parameters_without_a_value_are_left_out(at: At) -> None:
    """The rest is written as text."""
    with serving(success([])) as remote:
        at(remote).get("/bookings", params={"page": 2, "status": None, "sort": "asc"})

    assert remote.last.args.to_dict() == {"page": "2", "sort": "asc"}


@pytest.mark.parametrize("method", ["post", "patch"])
def test_a_change_is_sent_as_json(at: At, method: str) -> None:
    """Each method sends its body and gives the data of the answer."""
    with serving(success({"uid": UID}, 201)) as remote:
        given = getattr(at(remote), method)("/bookings", json={"startedAt": "x"})

    assert given == {"uid": UID}
    assert (remote.last.method, remote.last.json) == (method.upper(), {"startedAt": "x"})


def test_an_answer_without_content_has_no_data(at: At) -> None:
    """204 is a success (contracts/jicoo.md 1.2)."""
    with serving(Response(status=204)) as remote:
        given = at(remote).post("/bookings/x/cancel")

    assert given is None
    assert remote.last.json == {}


@pytest.mark.parametrize("errors", [{}, None, []], ids=repr)
def test_errors_of_a_success_do_not_matter(at: At, errors: object) -> None:
    """They are an empty object, or null (contracts/jicoo.md 1.1)."""
    with serving(as_json({"data": [1], "errors": errors})) as remote:
        assert at(remote).get("/bookings") == [1]


@pytest.mark.parametrize(
    ("part", "quoted"),
    [(UID, UID), ("o-P4XTBDZeLW", "o-P4XTBDZeLW"), ("a/b?c", "a%2Fb%3Fc"), ("é", "%C3%A9")],
)
def test_an_id_may_begin_with_anything(part: str, quoted: str) -> None:
    """Ids are opaque: what an address cannot hold is encoded."""
    assert quote(part) == quoted


@pytest.mark.parametrize("part", ["", ".", "..", "\ud800"], ids=ascii)
def test_what_cannot_be_in_a_path_is_unknown(part: str) -> None:
    """Asking for it would ask for something else."""
    with pytest.raises(JicooNotFound) as caught:
        quote(part)

    assert caught.value.answered == 404


# --- pages ---------------------------------------------------------------------------------------


def test_a_page_tells_which_one_follows(at: At) -> None:
    """The number is missing on the last page (contracts/jicoo.md 1.1)."""
    with serving(success([1, 2], totalCount=3, currentPage=1, nextPage=2)) as remote:
        page = at(remote).page("/bookings", params={"perPage": 2})

    assert page == Page(data=[1, 2], next=2, total=3)


def test_all_pages_are_read_one_after_the_other(at: At) -> None:
    """Until one names no other."""
    pages = (
        success([1, 2], currentPage=1, nextPage=2),
        success([3, 4], currentPage=2, nextPage=3),
        success([5], currentPage=3, nextPage=None),
    )
    with serving(*pages) as remote:
        found = list(at(remote).pages("/bookings", params={"status": "open"}))

    assert found == [1, 2, 3, 4, 5]
    assert [each.args["page"] for each in remote.requests] == ["1", "2", "3"]
    assert {(each.args["status"], each.args["perPage"]) for each in remote.requests} == {("open", "50")}


def test_pages_are_read_only_as_they_are_wanted(at: At) -> None:
    """Who has found what was looked for asks for no more."""
    with serving(success([1, 2], currentPage=1, nextPage=2)) as remote:
        first = next(at(remote).pages("/bookings"))

    assert first == 1
    assert len(remote.requests) == 1


@pytest.mark.parametrize("number", [1, "2", -1, 1.5, True], ids=repr)
def test_a_list_that_goes_round_is_an_error(at: At, number: object) -> None:
    """Nobody reads the same page for ever."""
    with (
        serving(success([1], currentPage=1, nextPage=number)) as remote,
        pytest.raises(ProviderError) as caught,
    ):
        list(at(remote).pages("/bookings"))

    assert "nextPage" in caught.value.message


def test_a_list_without_an_end_is_given_up(at: At) -> None:
    """A server may name one page after the other."""
    number = itertools.count(2)
    with (
        serving(lambda: success([], nextPage=next(number))) as remote,
        pytest.raises(ProviderError, match="does not end"),
    ):
        list(at(remote).pages("/bookings"))

    assert len(remote.requests) == 1000


def test_a_server_that_minds_no_page_is_asked_twice(at: At) -> None:
    """Whatever is asked for, it gives the first one."""
    with serving(success([1], nextPage=2)) as remote, pytest.raises(ProviderError, match="nextPage"):
        list(at(remote).pages("/bookings"))

    assert len(remote.requests) == 2


@pytest.mark.parametrize("data", [{}, None, "text"], ids=repr)
def test_a_page_that_is_no_list_is_an_error(at: At, data: object) -> None:
    """Garbage is reported, not iterated."""
    with serving(success(data)) as remote, pytest.raises(ProviderError, match="GET of bookings"):
        at(remote).page("/bookings")


# --- refusals ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, JicooError),
        (401, JicooForbidden),
        (402, JicooError),
        (403, JicooForbidden),
        (404, JicooNotFound),
        (422, JicooUnprocessable),
    ],
)
def test_the_status_decides_the_kind_of_refusal(at: At, status: int, kind: type[JicooError]) -> None:
    """The body is not documented; ours stays the status for failed backends."""
    with serving(refusal({"base": ["no"]}, status)) as remote:
        error = refused(at(remote))

    assert type(error) is kind
    assert (error.answered, error.status) == (status, ProviderRefused.status)
    assert len(remote.requests) == 1


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"errors": {"startedAt": ["is taken", "is odd"]}}, "startedAt; is taken; is odd"),
        (
            {"errors": [{"field": "locationId", "message": "is wrong"}]},
            "field; locationId; message; is wrong",
        ),
        ({"errors": ["a", "b", 7, None]}, "a; b"),
        ({"errors": "Parameter Error"}, "Parameter Error"),
        ({"data": None, "errors": None}, "data; errors"),
        ({"message": "Parameter Error", "errors": {}}, "message; Parameter Error; errors"),
        ("Parameter Error", "Parameter Error"),
        ([], ""),
        (7, ""),
    ],
    ids=["fields", "list", "texts", "text", "null", "message", "bare", "empty", "number"],
)
def test_words_of_a_refusal_are_found_in_every_shape(at: At, body: object, text: str) -> None:
    """They are for matching alone."""
    with serving(as_json(body, 422)) as remote:
        error = refused(at(remote))

    assert error.text == text


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"", ""),
        (b"<html>403</html>", "<html>403</html>"),
        (b"\xff\xfe", "\ufffd\ufffd"),
        (b'{"errors":', '{"errors":'),
        (b"[" * 100_000, "[" * 1000),
        (b'{"errors": ' + b"[" * 500 + b'"x"' + b"]" * 500 + b"}", "x"),
    ],
    ids=["empty", "html", "bytes", "cut", "deeper", "deep"],
)
def test_a_refusal_without_json_is_a_refusal(at: At, body: bytes, text: str) -> None:
    """A gateway's page is no reason to fail in another way, and no more of it is kept than may be wanted."""
    with serving(Response(body, status=403)) as remote:
        error = refused(at(remote))

    assert (type(error), error.text) == (JicooForbidden, text)


def test_long_words_are_cut(at: At) -> None:
    """Nobody keeps a megabyte of text for matching."""
    with serving(refusal([f"{number} {'x' * 999}" for number in range(1000)])) as remote:
        error = refused(at(remote))

    assert len(error.text) == 1000


def test_a_refusal_says_what_was_refused_and_repeats_nothing(
    at: At, caplog: pytest.LogCaptureFixture
) -> None:
    """What Jicoo quotes may be personal; neither logs nor guests get that, a uid or the key."""
    caplog.set_level(logging.DEBUG)
    with serving(refusal({"base": [TAKEN]})) as remote:
        error = refused(at(remote))

    shown = "".join([*traceback.format_exception(error), repr(error), error.sentence, caplog.text])
    assert str(error) == "Jicoo answered POST of bookings with 422 (request -)."
    assert not [each for each in (UID, TAKEN, KEY, "zoe@") if each in shown]
    assert error.text == f"base; {TAKEN}"


# --- failures ------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_read_that_fails_is_repeated(at: At, status: int) -> None:
    """So a short failure is none."""
    with serving(Response(status=status, headers={"Retry-After": "1"}), success("fine")) as remote:
        given = at(remote).get("/bookings")

    assert given == "fine"
    assert len(remote.requests) == 2


@pytest.mark.parametrize("status", [429, 500, 503, 520])
def test_a_read_that_goes_on_failing_is_unavailability(at: At, status: int) -> None:
    """It may be asked again later."""
    with serving(refusal("down", status)) as remote, pytest.raises(ProviderUnavailable) as caught:
        at(remote).get("/bookings")

    assert not isinstance(caught.value, OutcomeUnknown)


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_change_that_fails_is_sent_once(at: At, status: int) -> None:
    """Jicoo may fail after it has kept the booking, and knows no idempotency (contracts/jicoo.md 9.4)."""
    with serving(refusal("down", status)) as remote, pytest.raises(OutcomeUnknown):
        at(remote).post("/bookings", json={})

    assert len(remote.requests) == 1


def test_a_change_that_came_too_often_was_not_made(at: At) -> None:
    """Its outcome is known, and it may be sent again later."""
    with serving(Response(status=429)) as remote, pytest.raises(ProviderUnavailable) as caught:
        at(remote).post("/bookings", json={})

    assert not isinstance(caught.value, OutcomeUnknown)
    assert len(remote.requests) == 1


GARBAGE = {
    "empty": Response(b""),
    "html": Response("<html>hello</html>"),
    "bytes": Response(b"\xff\xfe\x00"),
    "cut": Response('{"data":{"uid":"_zD'),
    "deep": Response("[" * 100_000),
    "array": as_json([1]),
    "bare": as_json({"uid": UID}),
    "errors": as_json({"errors": {"base": [TAKEN]}}),
}


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_for_a_read_is_an_error(at: At, answer: Response) -> None:
    """It is not repeated, and not quoted."""
    with serving(answer) as remote, pytest.raises(ProviderError, match="GET of bookings") as caught:
        at(remote).get(f"/bookings/{UID}")

    assert type(caught.value) is ProviderError
    assert UID not in "".join(traceback.format_exception(caught.value))
    assert len(remote.requests) == 1


@pytest.mark.parametrize("answer", GARBAGE.values(), ids=GARBAGE.keys())
def test_garbage_for_a_change_leaves_its_outcome_open(at: At, answer: Response) -> None:
    """The status says that something was done; nobody knows what."""
    with serving(answer) as remote, pytest.raises(OutcomeUnknown, match="POST of bookings"):
        at(remote).post("/bookings", json={})

    assert len(remote.requests) == 1
