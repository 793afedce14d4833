"""Tests with hostile input on every route: always an answer with a sentence, never a 500, nothing stored."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from io import BytesIO
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import TestResponse

from booker_components import (
    Booker,
    Host,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    booking_link,
    create_booking,
    list_bookings,
)
from booker_components.testing import FrozenClock

from .conftest import CHECKUP, HOST, INTRO, MONDAY
from .guests import BO, Guest, form_of
from .pages import Page

#: Percent-encoded text that some layer may fail to read, to print or to keep out of a header.
TEXTS = {
    "nul": "a%00b",
    "invalid utf-8": "%ff%fe%80",
    "surrogate": "%ed%a0%80",
    "raw bytes": "\xff\xfe",
    "half an escape": "%",
    "markup": quote("<script>alert(1)</script>\"'>"),
    "template": quote("{{7*7777}}{% raw %}${7*7777}"),
    "sql": quote("' OR 1=1; DROP TABLE booker_bookings --"),
    "line ends": "a%0d%0aSet-Cookie:%20a=b",
    "traversal": quote("../../../../etc/passwd"),
    "emoji": quote("💥" * 40),
    "right to left": quote("\u202egnp.exe\u2066"),
    "long": "A" * 20_000,
    "array": quote('["a", {"$ne": null}]'),
}
DATES = ["0000-00", "9999-99", "2027-02-30", "0001-01-01", "1" + "0" * 9, "2027-13", "-1", "٢٠٢٧-٠٢-٠١"]
DATES += ["2201-01-01", "1969-12-31", "2027-02-01T00:00", "2027-W05-1", "NaN"]
INSTANTS = ["2027-02-01T09:00", "2027-02-01T25:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+23:59"]
INSTANTS += ["2027-02-02T09:00:00+99:99", "1" + "0" * 9, "1e309", "2027-02-30T09:00Z", "now", "2027-02-02"]
ZONES = ["../../etc/passwd", "/etc/passwd", "posixrules", "Factory", "localtime", "tzdata.zi", "Europe"]
ZONES += ["europe/paris", "Europe/Paris\x00", "UTC\n", "Europe/../Europe/Paris", "right/UTC", ".", "C:\\zone"]
NUMBERS = ["0", "-30", "31", "1" + "0" * 9, "1" + "0" * 5000, "30.0", "1e1", "²", "NaN", "infinity", "0x1e"]

#: What each parameter of an address is tried with, beside the texts above.
PARAMETERS: dict[str, list[str]] = {
    "month": DATES,
    "date": DATES,
    "slot": INSTANTS,
    "duration": NUMBERS,
    "tz": ZONES,
    "cal.tz": ZONES,
    "clock": NUMBERS,
    "go": [],
    "token": ["..", "a.b.c", "null", "W10.x"],
    "key": [],
    "rescheduleUid": [],
    "eventTypeSlug": [],
    "uid": [],
    "email": [],
    "days": [],
    "topic": [],
}
#: Every route, with {slug} and {uid} for what there is.
ROUTES = {
    "book": "/book/check-up",
    "book by owner": "/book/ada/check-up",
    "booking": "/bookings/{uid}",
    "calendar": "/bookings/{uid}.ics",
    "link": "/bookings/{uid}/link",
    "reschedule by query": "/reschedule",
    "bookings reschedule": "/bookings/reschedule",
    "reschedule": "/reschedule/{uid}",
    "cancel": "/bookings/cancel/{uid}",
    "short cancel": "/cancel/{uid}",
    "return": "/bookings/return",
    "static": "/booker/static/x/booker.css",
}


class Target:
    """An app under attack, with one booking; errors become answers as in production."""

    def __init__(self, folder: Path, **config: Any) -> None:
        self.app = Flask("partner", instance_path=str(folder))
        defaults = {"SECRET_KEY": "k" * 40, "BOOKER_EVENT_TYPES": [INTRO, CHECKUP], "BOOKER_DISPATCH": "none"}
        self.app.config.update(defaults | {"PROPAGATE_EXCEPTIONS": False} | config)
        Booker(self.app, clock=FrozenClock(MONDAY))
        with self.app.app_context():
            booking = create_booking(
                "check-up",
                MONDAY + timedelta(days=3),
                name="Ann",
                email="ann@a.example",
                answers={"topic": "x"},
            )
            self.links = {
                purpose: booking_link(booking.uid, purpose) for purpose in ("manage", "reschedule", "cancel")
            }
        self.uid = booking.uid
        self.client: FlaskClient = self.app.test_client()
        self.before = self.story()

    def story(self) -> tuple[Any, ...]:
        """Everything that is stored."""
        with self.app.app_context():
            return (*list_bookings(), len(self.app.extensions["booker"].outbox.events()))

    def ask(self, path: str, query: str = "", *, method: str = "GET", **options: Any) -> TestResponse:
        """Ask for *path* with *query* as they are, both percent-encoded or raw bytes as latin-1."""
        environ = {"QUERY_STRING": query, **options.pop("environ", {})}
        return self.client.open(
            path.format(uid=self.uid), method=method, environ_overrides=environ, **options
        )

    def unharmed(self, *answers: TestResponse) -> None:
        """Require that each of *answers* has a sentence, and that nothing was stored."""
        for answer in answers:
            assert answer.status_code < 500, answer.request.url[:200]
            assert set(answer.headers.keys()).isdisjoint({"Set-Cookie", "X-Injected"})
            if answer.mimetype == "text/html" and answer.status_code not in (303, 308):
                assert "Traceback" not in answer.text
                assert "54439" not in answer.text
                assert "<script>alert" not in answer.text
                assert re.search(r"<p( [^>]*)?>[^<]{20}|data-bk=", answer.text), answer.text[:500]
        assert self.story() == self.before


@pytest.fixture(scope="module", params=["signed", "uid"])
def target(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """One app for all attacks on links of one kind."""
    found = Target(tmp_path_factory.mktemp("target"), BOOKER_LINKS=request.param)
    yield found
    found.app.extensions["booker"].storage.close()


@pytest.fixture(scope="module")
def open_target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """An app where the uid is all that is needed, so that attacks get further."""
    found = Target(tmp_path_factory.mktemp("open"), BOOKER_LINKS="uid")
    yield found
    found.app.extensions["booker"].storage.close()


# --- addresses -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ROUTES.values(), ids=ROUTES.keys())
def test_any_text_in_a_query_is_answered(target: Target, path: str) -> None:
    """Every parameter at once holds what no layer expects."""
    queries = ["&".join(f"{name}={text}" for name in PARAMETERS) for text in TEXTS.values()]

    target.unharmed(*(target.ask(path, query) for query in queries))


@pytest.mark.parametrize("name", [*filter(PARAMETERS.get, PARAMETERS), "topic"])
@pytest.mark.parametrize("path", ["/book/check-up", "/reschedule/{uid}"], ids=["book", "reschedule"])
def test_wrong_values_in_an_address_fall_back_with_a_sentence(
    open_target: Target, path: str, name: str
) -> None:
    """Bad dates, zones and numbers one by one: the widget is shown, and says what was not readable."""
    values = [*map(quote, PARAMETERS[name]), *TEXTS.values()]

    answers = [open_target.ask(path, f"{name}={value}") for value in values]

    open_target.unharmed(*answers)
    assert {each.status_code for each in answers} <= {200, 400}
    assert all("data-bk=" in each.text for each in answers)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("month=2027-13", "The month in the address was not readable."),
        ("date=2027-02-30", "The date in the address was not readable."),
        ("slot=tomorrow", "The time in the address was not readable."),
        ("duration=31", "The length in the address is not on offer."),
        ("tz=../../etc/passwd", "The time zone in the address is not known"),
    ],
    ids=["month", "date", "slot", "duration", "tz"],
)
def test_an_unreadable_value_is_named(open_target: Target, query: str, sentence: str) -> None:
    """400 with the calendar and one clear sentence."""
    answer = open_target.ask("/book/check-up", query)

    assert answer.status_code == 400
    assert sentence in Page.of(answer).text()


@pytest.mark.parametrize(
    "query",
    [
        "month=1970-01&tz=Pacific/Kiritimati",
        "month=2200-12&tz=Etc/GMT%2B12",
        "date=1970-01-01&tz=America/Los_Angeles",
        "date=2200-12-31&tz=Pacific/Apia",
        "slot=1970-01-01T00:00:00Z&tz=America/Los_Angeles",
        "slot=2200-12-31T23:59:59Z&tz=Pacific/Kiritimati",
        "slot=1970-01-01T13:59:00%2B14:00",
        "date=2011-12-30&tz=Pacific/Apia",
    ],
)
def test_the_ends_of_time_are_shown(open_target: Target, query: str) -> None:
    """The first and the last month, and a day that a zone skipped, are empty months like others."""
    answers = [open_target.ask(path, query) for path in ("/book/check-up", "/reschedule/{uid}")]

    open_target.unharmed(*answers)
    assert {each.status_code for each in answers} <= {200, 400}


@pytest.mark.parametrize("path", ROUTES.values(), ids=ROUTES.keys())
def test_any_text_in_a_path_is_answered(target: Target, path: str) -> None:
    """In the place of a slug or a uid stands what is neither."""
    folder = path.rpartition("/")[0] if "{uid}" not in path else path.partition("{uid}")[0].rstrip("/")

    answers = [
        target.ask(f"{folder}/{text.replace('{', '{{').replace('}', '}}')}{tail}", method=method)
        for text in TEXTS.values()
        for tail, method in (("", "GET"), (".ics", "GET"), ("/link", "POST"))
        if not text.startswith("\xff")
    ]

    target.unharmed(*answers)
    assert {each.status_code for each in answers} <= {303, 308, 400, 403, 404, 405, 410, 429}


def test_raw_bytes_in_a_path_are_answered(target: Target) -> None:
    """Servers hand on bytes that are no UTF-8."""
    paths = ["/book/\xff\xfe", "/bookings/\xc3\x28", "/cancel/\xed\xa0\x80", "/book/\x00/\r\nX-Injected: 1"]

    target.unharmed(*(target.ask("/", environ={"PATH_INFO": path}) for path in paths))


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "HEAD", "OPTIONS"])
def test_other_methods_are_answered(target: Target, method: str) -> None:
    """With a widget where the method is meant, else with 405."""
    answers = [target.ask(path, f"rescheduleUid={target.uid}", method=method) for path in ROUTES.values()]

    assert all(each.status_code < 500 for each in answers)
    assert target.story() == target.before


def test_a_huge_query_is_answered(open_target: Target) -> None:
    """A megabyte in one parameter, and thousands of parameters."""
    queries = ["topic=" + "x" * 1_000_000, "&".join(f"p{number}=1" for number in range(20_000))]
    queries.append("&".join("days=Mon" for _ in range(2_000)))

    open_target.unharmed(*(open_target.ask("/book/check-up", query) for query in queries))


# --- forms -----------------------------------------------------------------------------------------

FORM_FIELDS = ["name", "email", "topic", "size", "days", "guests", "notes", "key", "tz", "slot", "duration"]
FORM_FIELDS += ["csrf_token", "date", "go", "location", "phone"]


def _filled(target: Target) -> tuple[str, dict[str, Any]]:
    guest = Guest(target.client)
    action, data = form_of(guest, "check-up", "2027-02-02T09:00:00Z").form()
    return action, data | BO | {"topic": "Pumps", "size": "Small", "days": ["Mon"]}


@pytest.mark.parametrize("name", [each for each in FORM_FIELDS if each not in ("key", "location", "phone")])
def test_hostile_answers_are_refused_with_a_sentence(open_target: Target, name: str) -> None:
    """Texts that no field takes: the form again with what was typed, nothing stored."""
    action, data = _filled(open_target)
    # Harmless as text, so a guest may well type them where text is asked for.
    harmless = {"markup", "template", "sql", "emoji", "right to left", "traversal", "array", "half an escape"}
    harmless |= {"line ends", "invalid utf-8", "surrogate", "raw bytes"}
    refused = [text for kind, text in TEXTS.items() if kind not in harmless]
    if name in ("email", "size", "days", "guests", "tz", "slot", "duration", "csrf_token"):
        refused = [*TEXTS.values(), *map(quote, PARAMETERS.get(name, []))]

    answers = []
    for text in refused:
        rest = urlencode([(key, value) for key, value in data.items() if key != name], doseq=True)
        answers.append(_post(open_target, action, f"{rest}&{name}={text}"))

    open_target.unharmed(*answers)
    assert {each.status_code for each in answers} <= {200, 400, 403, 409, 422}
    assert all("data-bk=" in each.text for each in answers)


def _post(target: Target, path: str, body: str, **headers: str) -> TestResponse:
    return target.ask(
        path,
        method="POST",
        data=body.encode("latin-1"),
        content_type="application/x-www-form-urlencoded",
        headers=headers,
    )


@pytest.mark.parametrize("path", ROUTES.values(), ids=ROUTES.keys())
def test_forms_of_nonsense_are_answered(target: Target, path: str) -> None:
    """No fields, fields of nonsense, each field many times: nothing is booked, moved or cancelled."""
    bodies = ["", "&&==", "go=", "go=slot%3Dx%26token%3Dy", "csrf_token=&reason=x"]
    bodies += ["&".join(f"{name}={text}" for name in FORM_FIELDS) for text in TEXTS.values()]
    bodies += ["&".join(f"{name}=1&{name}=2" for name in FORM_FIELDS)]

    target.unharmed(*(_post(target, path, body) for body in bodies))


@pytest.mark.parametrize(
    ("body", "statuses"),
    [
        ("notes=" + "x" * 1_000_000, {413}),
        ("go=" + "x" * 1_000_000, {413}),
        ("&".join(f"p{number}=1" for number in range(50_000)), {413}),
        ("&".join(f"p{number}=1" for number in range(5_000)), {403, 422}),
        ("go=" + quote("&".join(f"p{number}=1" for number in range(5_000))), {400}),
    ],
    ids=["1 MB field", "1 MB step", "50 000 fields", "5 000 fields", "a step of 5 000 fields"],
)
def test_huge_forms_are_refused(open_target: Target, body: str, statuses: set[int]) -> None:
    """Too much is 413, with a sentence."""
    answers = [_post(open_target, path, body) for path in ("/book/check-up", "/cancel/{uid}")]

    open_target.unharmed(*answers)
    assert answers[0].status_code in statuses
    assert "data-bk=" in answers[0].text


@pytest.mark.parametrize("path", ROUTES.values(), ids=ROUTES.keys())
def test_other_content_types_are_answered(target: Target, path: str) -> None:
    """JSON, files, broken multipart, nothing that says what it is."""
    answers = [
        target.ask(path, method="POST", json={"name": ["x"], "slot": {"$gt": ""}}),
        target.ask(path, method="POST", data={"name": (BytesIO(b"x" * 5000), "../../x.html"), "go": "a"}),
        target.ask(
            path, method="POST", data=b"--x\r\nbroken", content_type="multipart/form-data; boundary=x"
        ),
        target.ask(path, method="POST", data=b"x" * 300_000, content_type="multipart/form-data"),
        target.ask(path, method="POST", data=b"\xff\x00", content_type="text/plain; charset=nonsense"),
        target.ask(
            path,
            method="POST",
            data={f"f{number}": "x" for number in range(1200)},
            content_type="multipart/form-data",
        ),
    ]

    target.unharmed(*answers)


# --- headers ---------------------------------------------------------------------------------------

HEADERS = {
    "HTTP_HX_TARGET": ['"><script>alert(1)</script>', "bk-" + "x" * 5000, "section#", "\xff", "bk-A B"],
    "HTTP_HX_CURRENT_URL": ["http://[bad", "javascript:alert(1)", "//", "http://x/%ff%00", "\xff" * 3000],
    "HTTP_HX_TRIGGER": ["\xff", "[" * 5000],
    "HTTP_HX_PROMPT": ["\xff%ff"],
    "HTTP_HX_CURRENT_URL_URI_AUTOENCODED": ["true"],
    "HTTP_ACCEPT_LANGUAGE": [
        "*",
        "de;q=x",
        "de;q=9",
        ",,,;;;",
        "x" * 5000,
        "\xff",
        "zz-ZZ",
        "de-Latn-DE-1996",
    ],
    "HTTP_HOST": ["evil.example", "a b", "[::1", "x:99999", "\xff", "a\r\nX-Injected: 1", "", "localhost:x"],
    "HTTP_ORIGIN": ["http://[bad", "null", "\xff", "http://localhost:x"],
    "HTTP_SEC_FETCH_SITE": ["\xff", "", "cross-site"],
    "HTTP_COOKIE": ["session=\xff; =; ;;", "session=" + "x" * 9000],
    "HTTP_X_FORWARDED_HOST": ["evil.example"],
    "HTTP_RANGE": ["bytes=0-99999999999999999999", "x"],
    "HTTP_IF_NONE_MATCH": ['W/"', "\xff"],
    "CONTENT_LENGTH": ["-1", "x", "99999999999999999999"],
    "REMOTE_ADDR": ["", "\xff"],
}


@pytest.mark.parametrize("name", HEADERS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_hostile_headers_are_answered(open_target: Target, name: str, method: str) -> None:
    """Every header that is read, with and without htmx."""
    paths = [
        "/book/check-up",
        *open_target.links.values(),
        "/bookings/{uid}/link",
        "/booker/static/x/booker.css",
    ]

    answers = [
        open_target.ask(
            path.partition("?")[0],
            path.partition("?")[2],
            method=method,
            environ={**htmx, name: value},
        )
        for path in paths
        for value in HEADERS[name]
        for htmx in ({}, {"HTTP_HX_REQUEST": "true"})
    ]

    open_target.unharmed(*answers)
    assert not any("alert(1)" in each.text for each in answers)
    assert not any("evil.example" in each.headers.get("Location", "") for each in answers)


def test_raw_bytes_in_a_pushed_address_are_encoded(open_target: Target) -> None:
    """What htmx is told to show in the address bar is a clean header."""
    environ = {"HTTP_HX_REQUEST": "true", "HTTP_HX_CURRENT_URL": "http://localhost/book/check-up"}

    answer = open_target.ask("/book/check-up", "x=\xff\r\nX-Injected:1&clock=24", environ=environ)

    open_target.unharmed(answer)
    assert answer.headers["HX-Push-Url"] == "/book/check-up?x=%FF%0D%0AX-Injected:1&clock=24"


# --- markup in every text --------------------------------------------------------------------------

MARK = "<b class=\"x\" onclick='y'>M</b>&amp;{{7*7777}}"


@pytest.fixture(scope="module")
def marked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """An app where every text that anybody wrote is markup."""
    host = Host(slug="ada", name=MARK, zone="Europe/Berlin", email="a@b.example", schedule=HOST.schedule)
    checked = (QuestionKind.EMAIL, QuestionKind.EMAILS, QuestionKind.NUMBER)
    kinds = [kind for kind in QuestionKind if kind not in checked]
    event_type = replace(
        CHECKUP,
        title=MARK,
        description=f"{MARK}\n\n{MARK}",
        hosts=(host,),
        locations=(
            Location(kind=LocationKind.IN_PERSON, label=MARK, value=MARK),
            Location(kind=LocationKind.OTHER, label=f"{MARK}2", value=MARK),
        ),
        questions=tuple(
            Question(
                slug=f"q{number}",
                label=MARK,
                kind=kind,
                help=MARK,
                placeholder=MARK,
                options=(MARK, "other")
                if kind in (QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES)
                else (),
            )
            for number, kind in enumerate(kinds)
        ),
    )
    found = Target.__new__(Target)
    found.app = Flask("partner", instance_path=str(tmp_path_factory.mktemp("marked")))
    found.app.config.update(
        SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[event_type], BOOKER_LINKS="uid", BOOKER_DISPATCH="none"
    )
    Booker(found.app, clock=FrozenClock(MONDAY))
    found.client = found.app.test_client()
    yield found
    found.app.extensions["booker"].storage.close()


def test_markup_in_any_text_is_only_text(marked: Target) -> None:
    """Titles, questions, options, names, notes, answers and reasons are escaped on every page."""
    guest = Guest(marked.client)
    pages = [guest.open("/book/check-up"), guest.follow("slot=2027-02-04")]
    asked = [name for name in pages[-1].form()[1] if name.startswith("q")] + ["q4", "q5", "q6", "q7"]
    typed = {
        **dict.fromkeys(asked, MARK),
        **BO,
        "name": MARK,
        "location": MARK,
        "notes": MARK,
        "guests": MARK,
    }
    pages.append(guest.send(**typed))
    wrong = [target.removeprefix("#bk-booker-f-") for target in pages[-1].links("#")]
    pages.append(guest.send(**typed | dict.fromkeys(wrong, "")))
    assert guest.statuses[-3:] == [422, 303, 200]
    pages += [guest.follow("/reschedule?"), guest.follow("slot=", 3), guest.send(reason=MARK)]
    pages += [guest.follow("/bookings/cancel/"), guest.send()]

    for page in pages:
        assert list(page.tree.iter("b")) == []
        assert "onclick" not in {name for each in page.tree.iter() for name in each.attrib}
        assert "54439" not in page.text()
    assert pages[3].text().count(MARK) >= 6
    assert MARK in pages[6].text()


# --- fuzz ------------------------------------------------------------------------------------------

_ANYTHING = st.text(st.characters(codec="utf-8"), max_size=40) | st.sampled_from(
    [*DATES, *INSTANTS, *ZONES, *NUMBERS]
)
_FIELDS = st.dictionaries(st.sampled_from([*PARAMETERS, *FORM_FIELDS, "reason"]), _ANYTHING, max_size=6)


@settings(
    max_examples=150,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    path=st.sampled_from(list(ROUTES.values())), query=_FIELDS, typed=st.none() | _FIELDS, htmx=st.booleans()
)
def test_no_mixture_of_texts_breaks_a_route(
    open_target: Target, path: str, query: dict[str, str], typed: dict[str, str] | None, htmx: bool
) -> None:
    """Random fields with random or nearly right values, read or sent, with and without htmx."""
    answer = open_target.ask(
        path,
        urlencode(query),
        method="GET" if typed is None else "POST",
        data=None if typed is None else urlencode(typed).encode(),
        content_type=None if typed is None else "application/x-www-form-urlencoded",
        headers={"HX-Request": "true"} if htmx else {},
    )

    assert answer.status_code < 500
    assert open_target.story() == open_target.before
