"""What was drawn before is shown again to whoever is to see the same, and to nobody else."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, g, render_template_string, request, template_rendered
from jinja2 import FunctionLoader, Template
from markupsafe import escape
from werkzeug.test import TestResponse

from booker_components import Booker, EventType, Schedule, Seats, booking_link, cancel_booking, create_booking
from booker_components.testing import FrozenClock
from booker_components.web.memory import Latest

from ..conftest import HOST, INTRO
from ..databases import lay_database
from ..guests import BO
from ..studio import Studio, offering, studio_app

MONTH = "/book/intro-call?month=2027-02"
TEN, TUESDAY_TEN = datetime(2027, 2, 2, 9, 0, tzinfo=UTC), "slot=2027-02-02T09:00:00Z"
HTMX = {"HX-Request": "true", "HX-Target": "section#bk-mine"}

#: Makes an app from templates of its own, by their names under booker/.
MakeHost = Callable[..., Flask]


@pytest.fixture
def make_host(tmp_path: Path, clock: FrozenClock) -> Iterator[MakeHost]:
    """Make apps, each with a folder of its own."""
    apps: list[Flask] = []

    def make(
        templates: Mapping[str, str] | None = None, offers: tuple[EventType, ...] = (INTRO,), **config: object
    ) -> Flask:
        root = tmp_path / str(len(apps))
        (root / "templates" / "booker").mkdir(parents=True)
        for name, source in (templates or {}).items():
            (root / "templates" / "booker" / name).write_text(source)
        app = Flask("partner", root_path=str(root), instance_path=str(root / "instance"))
        app.config.update(
            SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=list(offers), BOOKER_DISPATCH="none", **config
        )
        lay_database(Path(app.instance_path))
        Booker(app, clock=clock)
        apps.append(app)
        return app

    yield make
    for app in apps:
        app.extensions["booker"].storage.close()


@pytest.fixture
def app(make_host: MakeHost) -> Flask:
    """An app without templates of its own."""
    return make_host()


def ask(app: Flask, address: str = MONTH, **headers: str) -> TestResponse:
    """Ask for a page; *headers* are written with underscores."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(address, headers=sent)


def fresh(make_host: MakeHost, address: str, **headers: str) -> str:
    """Give what an app shows that has shown nothing before."""
    return ask(make_host(), address, **headers).text


# --- what changes is seen ---------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["page", "widget"])
def test_a_time_that_is_booked_vanishes_at_once(app: Flask, headers: dict[str, str]) -> None:
    """And comes back as the booking is cancelled; the other times stay."""
    client = app.test_client()
    before = [client.get(MONTH, headers=headers).text for _ in range(2)]

    with app.app_context():
        uid = create_booking("intro-call", TEN, **BO).uid
    booked = client.get(MONTH, headers=headers).text
    with app.app_context():
        cancel_booking(uid)
    after = client.get(MONTH, headers=headers).text

    assert before[0] == before[1] == after
    assert TUESDAY_TEN in before[0]
    assert TUESDAY_TEN not in booked
    assert booked.count("slot=2027") == before[0].count("slot=2027") - 1


def test_times_vanish_as_they_pass(app: Flask, clock: FrozenClock) -> None:
    """The page is another an hour later, and on the next day, which is today then."""
    pages = [ask(app).text]
    clock.move(timedelta(hours=1))
    pages.append(ask(app).text)
    clock.move(timedelta(days=1))
    pages.append(ask(app).text)

    assert [len(set(pages[:count])) for count in (1, 2, 3)] == [1, 2, 3]
    assert [each.count("bk-day--today") - each.count(".bk-day--today") for each in pages] == [1, 1, 1]
    assert TUESDAY_TEN not in pages[2]


def test_seats_are_counted_anew(tmp_path: Path, clock: FrozenClock) -> None:
    """The times are the same, what is left of each is not."""
    studio = Studio(offering(seats=Seats(per_slot=3)), clock)
    app = studio_app(tmp_path, studio, clock)

    texts = [ask(app, "/book/class?month=2027-02").text]
    studio.seats_left = 1
    texts.append(ask(app, "/book/class?month=2027-02").text)
    app.extensions["booker"].storage.close()

    assert ["3 seats left" in each for each in texts] == [True, False]
    assert "1 seat left" in texts[1]


def test_what_is_said_of_an_event_type_changes_at_once(tmp_path: Path, clock: FrozenClock) -> None:
    """Its slots are the same as before."""
    studio = Studio(offering(title="Yoga"), clock)
    app = studio_app(tmp_path, studio, clock)

    texts = [ask(app, "/book/class?month=2027-02").text]
    studio.offer = replace(studio.offer, title="Pilates", durations=(timedelta(hours=1), timedelta(hours=2)))
    texts.append(ask(app, "/book/class?month=2027-02").text)
    app.extensions["booker"].storage.close()

    assert [("Yoga" in each, "Pilates" in each, "2 hr" in each) for each in texts] == [
        (True, False, False),
        (False, True, True),
    ]


def test_what_a_host_declares_may_be_lists(tmp_path: Path, clock: FrozenClock) -> None:
    """A provider of the host's own may give lists of lengths, as of slots."""
    lengths: Any = [timedelta(minutes=30), timedelta(hours=1)]
    app = studio_app(tmp_path, Studio(offering(durations=lengths), clock), clock)

    page = ask(app, "/book/class?month=2027-02")
    app.extensions["booker"].storage.close()

    assert (page.status_code, "duration=60" in page.text) == (200, True)


# --- no more than fits --------------------------------------------------------------------------------------


def latest(made: list[int], most: int) -> Latest[int, str]:
    """Keep so many letters at most; each number is made to a text of so many."""

    def make(count: int) -> str:
        made.append(count)
        return "x" * count

    return Latest(make, weigh=len, most=most)


def test_what_is_asked_for_again_and_again_is_made_once() -> None:
    """However much else is asked for between."""
    made: list[int] = []
    kept = latest(made, 100)

    texts = [kept(each) for number in range(11, 40) for each in (10, number)]

    assert {len(text) for text in texts[::2]} == {10}
    assert made.count(10) == 1


def test_no_more_is_kept_than_fits() -> None:
    """The oldest goes, and what is too much by itself is not kept at all."""
    made: list[int] = []
    kept = latest(made, 100)

    for number in (10, *range(20, 31), 51):
        kept(number)
    again = [kept(number) for number in (30, 10, 51)]

    assert [len(text) for text in again] == [30, 10, 51]
    assert [made.count(number) for number in (30, 10, 51)] == [1, 2, 2]


def test_many_zones_take_no_more_memory_than_some(make_host: MakeHost) -> None:
    """Whoever asks in all of them for pages of half a megabyte does not fill the memory with them."""
    all_day = replace(HOST, schedule=Schedule(weekly=(((0, 1440),),) * 7))
    often = timedelta(minutes=5)
    app = make_host(offers=(replace(INTRO, hosts=(all_day,), durations=(often,), slot_interval=often),))

    tracemalloc.start()
    zones = [f"Etc/GMT{sign}{hour}" for sign in ("%2B", "-") for hour in range(1, 13)]
    sizes = [len(ask(app, f"{MONTH}&tz={zone}").data) for zone in zones]
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert min(sizes) > 600_000
    assert taken < 25_000_000


# --- to each their own ------------------------------------------------------------------------------------

READINGS = {
    "here": (MONTH, {}),
    "another language": (MONTH, {"Accept-Language": "en-US"}),
    "another zone": (f"{MONTH}&tz=Asia/Kathmandu", {}),
    "another clock": (f"{MONTH}&clock=12", {}),
    "another day": ("/book/intro-call?date=2027-02-04", {}),
    "another month": ("/book/intro-call?month=2027-03", {}),
    "the owner's address": ("/book/ada/intro-call?month=2027-02", {}),
    "the widget": (MONTH, {"HX-Request": "true"}),
    "another widget": (MONTH, HTMX),
    "a name in the address": (f"{MONTH}&name=Ann%20Arden", {}),
    "another name": (f"{MONTH}&name=Eve%20%22%3Cb%3E", {}),
}


def test_each_reader_sees_what_is_theirs(app: Flask, make_host: MakeHost) -> None:
    """However they alternate, everybody is shown what an app would show that knew nobody else."""
    alone = {who: fresh(make_host, address, **headers) for who, (address, headers) in READINGS.items()}

    shown = [
        {who: ask(app, address, **headers).text for who, (address, headers) in READINGS.items()}
        for _ in range(3)
    ]

    assert shown == [alone] * 3
    assert len(set(alone.values())) == len(alone)
    assert {who for who, text in alone.items() if "Ann" in text} == {"a name in the address"}


def test_each_guest_moves_their_own_booking(make_host: MakeHost) -> None:
    """In the same month, on the same page: each is told their own present time, and has their own way in."""
    app = make_host()
    with app.app_context():
        uids = [create_booking("intro-call", TEN + timedelta(hours=hour), **BO).uid for hour in (0, 1)]
        links = [booking_link(uid, "reschedule") for uid in uids]

    texts = [ask(app, link).text for link in (*links, *links)]

    assert texts[:2] == texts[2:]
    for uid, link, text in zip(uids, links, texts, strict=False):
        assert text.count(f'href="{escape(link)}&amp;slot=') > 100
        assert text.count("the present time") == 1
        assert not any(other in text for other in uids if other != uid)


def test_what_was_typed_goes_with_buttons(app: Flask) -> None:
    """Each visitor's answers stand in their own page, and no address holds them."""
    client = app.test_client()
    sent = [{"go": "month=2027-02", "name": name, "email": "b@x.example"} for name in ("Ann", "Eve", "Ann")]

    texts = [client.post("/book/intro-call", data=data).text for data in sent]

    assert [("Ann" in each, "Eve" in each) for each in texts] == [(True, False), (False, True), (True, False)]
    assert all(each.count('form="bk-booker-go" name="go" value="slot=2027') > 100 for each in texts)


def test_links_keep_the_prefix_of_a_proxy(app: Flask) -> None:
    """Two ways to the same app: each page links by its own."""
    client = app.test_client()

    texts = [client.get(MONTH, environ_overrides={"SCRIPT_NAME": name}).text for name in ("", "/a", "", "/a")]

    assert [each.count('href="/a/book/') > 20 for each in texts] == [False, True, False, True]


def test_apps_know_nothing_of_each_other(make_host: MakeHost) -> None:
    """The same address, title and zone; other hosts, other bookings."""
    late = replace(HOST, name="Grace Hopper")
    apps = make_host(), make_host(offers=(replace(INTRO, hosts=(late,)),))
    with apps[1].app_context():
        create_booking("intro-call", TEN, **BO)

    texts = [ask(each).text for each in (*apps, *apps)]

    assert ["Ada Lovelace" in each for each in texts] == [True, False, True, False]
    assert [TUESDAY_TEN in each for each in texts] == [True, False, True, False]


def test_threads_share_what_is_drawn(app: Flask) -> None:
    """Many at once, in two zones, get whole pages."""
    addresses = [MONTH, f"{MONTH}&tz=Asia/Tokyo"] * 20

    with ThreadPoolExecutor(8) as pool:
        texts = list(pool.map(lambda address: ask(app, address).text, addresses))

    assert set(texts[::2]) == {ask(app, addresses[0]).text}
    assert set(texts[1::2]) == {ask(app, addresses[1]).text}


# --- the host's pages and templates -----------------------------------------------------------------------


def test_a_hosts_page_shows_widgets_as_they_are_now(app: Flask) -> None:
    """Two of them have ids of their own, and a booked time is gone from both."""
    source = "{{ booker('intro-call') }}{{ booker('intro-call') }}"

    def shown() -> str:
        with app.test_request_context("/"):
            return render_template_string(source)

    before = [shown(), shown()]
    with app.app_context():
        create_booking("intro-call", TEN, **BO)
    after = shown()

    assert before[0] == before[1]
    assert ['id="bk-booker-intro-call"' in after, 'id="bk-booker-intro-call-2"' in after] == [True, True]
    assert [each.count(TUESDAY_TEN) for each in (before[0], after)] == [2, 0]


OVERRIDES = {
    "layout.html": "<p>{{ visitor }}</p>{% block main %}{% endblock %}",
    "page.html": "<p>{{ visitor }}</p>{{ component }}",
    "booker.html": '{% extends "default:booker/booker.html" %}'
    "{% block summary %}<p>{{ visitor }}</p>{% endblock %}",
    "_picker.html": "<p>{{ visitor }}</p>{% for each in picker.days[0].times %}{{ each.href }}{% endfor %}",
    "_times.html": "<p>{{ visitor }}</p>{% for each in times %}{{ each.href }} {{ each.label }}{% endfor %}",
    "_summary.html": "<p>{{ visitor }}</p>",
    "_macros.html": '{% macro root(id, word, brand=none) %}id="{{ g.visitor }}"{% endmacro %}'
    "{% macro choice() %}{{ caller }}{{ varargs }}{{ kwargs }}{% endmacro %}"
    "{% macro icon(name) %}{% endmacro %}{% macro hidden(fields) %}{% endmacro %}"
    "{% macro carrier(id, action, carried) %}{% endmacro %}",
}


IN_A_PAGE = ("booker.html", "_picker.html", "_times.html", "_summary.html", "_macros.html")


def meeting(app: Flask) -> Flask:
    """Let the templates of *app* know who asks."""

    def meet() -> None:
        g.visitor = request.headers["X-Visitor"]

    app.before_request(meet)
    app.context_processor(lambda: {"visitor": g.visitor})
    app.add_url_rule("/", "home", lambda: render_template_string("{{ booker('intro-call') }}"))
    return app


@pytest.mark.parametrize(
    ("name", "address"),
    [*((name, MONTH) for name in OVERRIDES), *((name, "/") for name in IN_A_PAGE)],
)
def test_what_a_hosts_template_prints_is_for_its_visitor_alone(
    make_host: MakeHost, name: str, address: str
) -> None:
    """The host's own names are there for every request, whichever template prints them."""
    app = meeting(make_host({name: OVERRIDES[name]}))
    visitors = ["Ann", "Eve", "Ann", "Eve"]

    texts = [ask(app, address, X_Visitor=each).text for each in visitors]

    assert [("Ann" in each, "Eve" in each) for each in texts] == [
        (who == "Ann", who == "Eve") for who in visitors
    ]
    assert len(set(texts)) == 2


def test_a_host_may_have_other_templates_for_each_visitor(app: Flask) -> None:
    """As where many customers share an app: Jinja keeps no templates there, and neither do we."""

    def theirs(name: str) -> str | None:
        dressed = name == "booker/layout.html" and request.headers["X-Visitor"] == "Eve"
        return "<p>Eve's</p>{% block main %}{% endblock %}" if dressed else None

    app.jinja_env.cache = None
    app.jinja_loader = FunctionLoader(theirs)

    texts = [ask(app, X_Visitor=each).text for each in ("Ann", "Eve", "Ann", "Eve")]

    assert ["Eve's" in each for each in texts] == [False, True, False, True]


@pytest.mark.parametrize(
    ("config", "times"), [({}, 1), ({"TEMPLATES_AUTO_RELOAD": True}, 3)], ids=["live", "reloading"]
)
def test_a_page_is_drawn_once_unless_templates_are_being_written(
    make_host: MakeHost, config: dict[str, object], times: int
) -> None:
    """While Flask reloads templates, each request is to show them as they are."""
    app, drawn = make_host(**config), []

    def note(_app: Flask, template: Template, **_more: object) -> None:
        drawn.append(template.name)

    with template_rendered.connected_to(note, app):
        texts = [ask(app).text for _ in range(3)]

    assert len(set(texts)) == 1
    assert (drawn.count("booker/page.html"), drawn.count("booker/booker.html")) == (times, times)


PO = """
msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Language: eo\\n"

msgid "Clock"
msgstr "Horloĝo"
"""


def test_each_language_has_its_own_pages(make_host: MakeHost, tmp_path: Path) -> None:
    """The same month, zone and formats: whoever asks, nobody reads another's words."""
    folder = tmp_path / "texts" / "eo" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "booker.po").write_text(PO)
    app = make_host(BOOKER_TRANSLATIONS=str(tmp_path / "texts"), BOOKER_LANGUAGES=["en", "eo"])
    languages = ["en", "eo", "en", "eo"]

    pages = [ask(app, Accept_Language=each) for each in languages]
    widgets = [ask(app, Accept_Language=each, HX_Request="true").text for each in languages]

    assert ["Horloĝo" in each.text for each in pages] == [False, True, False, True]
    assert ["Horloĝo" in each for each in widgets] == [False, True, False, True]
    assert pages[0].text == pages[2].text
    assert pages[0].headers["ETag"] != pages[1].headers["ETag"]
