"""Widgets in the pages of host apps: alone, twice, boosted, under loud style sheets, at other addresses."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, expect

from booker_components import EventKind, Provider, ProviderUnavailable, create_blueprint, create_booking
from booker_components.testing import FrozenClock, Recorder

from ..conftest import INTRO
from .hosts import LOUD, add_page
from .servers import Server
from .visits import NO_ANSWER, THURSDAY, TUESDAY, WEDNESDAY, Visit, eventually

Visits = Callable[..., Visit]
Apps = Callable[..., Flask]

ONE = 'booker("intro-call")'
TWO = """booker("intro-call", prefill={"email": "known@example.com"}) + booker("intro-call")"""


@pytest.fixture
def embed(make_app: Apps, serve: Callable[[Flask], Server]) -> Callable[..., Server]:
    """Serve an app whose page /host shows widgets; the keywords are those of `add_page`."""

    def start(widgets: str = ONE, **options: Any) -> Server:
        app = make_app()
        add_page(app, widgets, **options)
        return serve(app)

    return start


def _pick(guest: Visit, widget: Locator, day: re.Pattern[str], at: str) -> None:
    """Choose a time in one of several widgets."""
    widget.get_by_role("link", name=day).or_(widget.get_by_role("button", name=day)).click()
    widget.get_by_role("link", name=at).or_(widget.get_by_role("button", name=at, exact=True)).click()
    expect(widget.get_by_role("button", name=re.compile("^(Confirm|Move) booking"))).to_be_visible()


def test_a_guest_books_within_the_hosts_page(
    embed: Callable[..., Server], visit: Visits, recorder: Recorder
) -> None:
    """The whole of booking happens in the widget: the host's page and its address stay as they are."""
    guest = visit(embed()).open("/host")
    guest.page.evaluate("window.stays = true")

    guest.pick(TUESDAY, "10:00")
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    assert guest.page.url.endswith("/host")
    assert guest.page.title() == "Partner"
    assert guest.page.evaluate("window.stays")
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])


def test_two_widgets_on_a_page_are_two(embed: Callable[..., Server], visit: Visits) -> None:
    """Each has ids of its own and goes its own way; the other stays where it is."""
    guest = visit(embed(TWO)).open("/host")
    first = guest.page.locator("#bk-booker-intro-call")
    second = guest.page.locator("#bk-booker-intro-call-2")
    ids = "[...document.querySelectorAll('[id]')].map(each => each.id)"
    before = guest.page.evaluate(ids)

    _pick(guest, second, WEDNESDAY, "11:00")
    expect(first.get_by_role("heading", name="February 2027", exact=True)).to_be_visible()
    expect(first.get_by_role("heading", name=re.compile("^Monday 1 February"))).to_be_visible()
    _pick(guest, first, THURSDAY, "09:00")
    expect(second.locator(".bk-summary")).to_contain_text("Wednesday 3 February 2027 11:00 – 11:30")
    expect(first.locator(".bk-summary")).to_contain_text("Thursday 4 February 2027 09:00 – 09:30")
    after = guest.page.evaluate(ids)

    assert guest.page.url.endswith("/host")
    assert len(before) == len(set(before))
    assert len(after) == len(set(after))


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_what_the_host_knows_is_in_the_form_and_in_no_address(
    embed: Callable[..., Server], visit: Visits, scripts: bool
) -> None:
    """A prefilled address travels in forms alone, through months and days, up to the guest's form."""
    guest = visit(embed(TWO), java_script_enabled=scripts).open("/host")
    first = guest.page.locator(".bk").first

    first.get_by_role("button", name="March 2027").click()
    expect(first.get_by_role("heading", name="March 2027", exact=True)).to_be_visible()
    _pick(guest, guest.page.locator(".bk").first, re.compile("^Tuesday 2 March 2027"), "10:00")

    expect(first.get_by_label("E-mail address", exact=True)).to_have_value("known@example.com")
    assert guest.page.url.endswith("/host") or not scripts
    assert not any("known" in each for each in guest.requests)


def test_both_widgets_are_shown_in_the_zone_of_the_browser(
    embed: Callable[..., Server], visit: Visits
) -> None:
    """The zone is proposed to each widget of a page, once, and takes no focus."""
    guest = visit(embed(TWO), timezone_id="America/New_York").open("/host")

    expect(guest.page.locator(".bk-zone__label", has_text="New York")).to_have_count(2)

    expect(guest.page.locator("body")).to_be_focused()
    assert guest.page.url.endswith("/host")
    assert len(guest.requests) == 3


@pytest.mark.parametrize(
    ("htmx", "body"),
    [
        pytest.param("", "", id="no htmx"),
        pytest.param("4", "", id="htmx 4"),
        pytest.param("2", "", id="htmx 2"),
        pytest.param(
            "4", 'hx-boost:inherited="true" hx-target:inherited="#host-only"', id="htmx 4 boosts everything"
        ),
        pytest.param("2", 'hx-boost="true" hx-target="#host-only"', id="htmx 2 boosts everything"),
    ],
)
def test_a_hosts_own_htmx_sends_nothing_twice(
    embed: Callable[..., Server], visit: Visits, recorder: Recorder, htmx: str, body: str
) -> None:
    """Every step is one request and changes the widget alone, whatever htmx the host has and inherits."""
    server = embed(htmx=htmx, body=body)
    guest = visit(server).open("/host")

    guest.link("March 2027").click()
    expect(guest.heading("March 2027")).to_be_visible()
    guest.link("February 2027").click()
    expect(guest.heading("February 2027")).to_be_visible()
    guest.pick(TUESDAY, "10:00")
    guest.expected = ("status of 422",)
    guest.button("Confirm booking").click()
    expect(guest.page.locator(".bk-problems")).to_be_focused()
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    expect(guest.page.locator("#host-only")).to_have_text("The partner's own words.")

    refused = "200" if htmx == "2" else "422"
    book = "/book/intro-call"
    steps = [
        f"GET {book} 200",
        f"GET {book} 200",
        f"POST {book} {refused}",
        f"POST {book} 303",
    ]
    answered = [each for each in server.answered if " /booker/" not in each]
    # The first month may have been asked for before anybody turned to it.
    beforehand = len(answered) == 1 + len(steps) + 1
    assert answered[:-1] == ["GET /host 200", *([] if beforehand else steps[:1]), *steps]
    assert guest.page.url.endswith("/host")
    assert guest.page.evaluate("document.querySelectorAll('script[src*=htmx]').length") == 1
    assert eventually(lambda: recorder.kinds == [EventKind.CREATED])


@pytest.mark.parametrize("htmx", ["4", "2"])
def test_with_a_hosts_htmx_a_failure_loses_nothing(
    embed: Callable[..., Server], visit: Visits, htmx: str
) -> None:
    """Whatever htmx the host has, the widget says that it did not work and can be used again."""
    server = embed(htmx=htmx)
    guest = visit(server).open("/host")
    guest.pick()
    guest.fill()
    guest.expected = (*NO_ANSWER, "htmx:sendError", "afterRequest")
    server.stop()

    guest.button("Confirm booking").click()

    expect(guest.page.get_by_role("alert")).to_have_text(re.compile("^That did not work"))
    expect(guest.page.locator("[aria-busy]")).to_have_count(0)
    expect(guest.page.get_by_label("Your name")).to_have_value("Grace Hopper")


def test_a_host_shows_moving_and_cancelling_in_its_own_pages(
    make_app: Apps, serve: Callable[[Flask], Server], visit: Visits, recorder: Recorder
) -> None:
    """The widgets of a booking do their work where they stand."""
    app = make_app()
    with app.app_context():
        start = datetime(2027, 2, 2, 9, tzinfo=UTC)
        uid = create_booking("intro-call", start, name="Grace", email="grace@example.com").uid
    add_page(app, f"booker.reschedule('{uid}') + booker.booking('{uid}')")
    add_page(app, f"booker.cancel('{uid}')", path="/host/cancel")
    guest = visit(serve(app)).open("/host")

    _pick(guest, guest.page.locator(".bk-reschedule"), THURSDAY, "14:30")
    guest.button("Move booking").click()
    expect(guest.heading("Your booking has been moved")).to_be_visible()
    assert guest.page.url.endswith("/host")
    guest.open("/host/cancel")
    guest.button("Cancel booking").click()
    expect(guest.heading("This booking was cancelled")).to_be_visible()

    assert guest.page.url.endswith("/host/cancel")
    assert eventually(lambda: len(recorder.kinds) == 3)


@pytest.mark.parametrize("htmx", ["4", "2"])
def test_a_link_out_of_a_boosted_page_is_a_plain_link(
    embed: Callable[..., Server], visit: Visits, htmx: str
) -> None:
    """Moving begins on a page of its own, not within some part of the host's page."""
    body = 'hx-boost="true" hx-boost:inherited="true" hx-target="#host-only" hx-target:inherited="#host-only"'
    guest = visit(embed(htmx=htmx, body=body)).open("/host")
    guest.pick()
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()

    guest.link("Reschedule this booking").click()

    expect(guest.page).to_have_url(re.compile(r"/reschedule\?.*token="))
    expect(guest.page.locator("#host-only")).to_have_count(0)
    guest.pick(THURSDAY, "14:00")


# What the mouse is over is known in the next frame.
_LOOKS = """async () => {
  for (const _ of [1, 2]) await new Promise(requestAnimationFrame);
  const seen = each => each.checkVisibility() && !each.closest("[aria-hidden] > input");
  return [...document.querySelectorAll(".bk *")].filter(seen).map(each => {
    const style = getComputedStyle(each), box = each.getBoundingClientRect();
    const root = each.closest(".bk").getBoundingClientRect();
    const at = [box.x - root.x, box.y - root.y, box.width, box.height].map(number => number.toFixed(1));
    const kept = ["color", "backgroundColor", "backgroundImage", "boxShadow", "fontFamily", "fontSize",
      "fontWeight", "letterSpacing", "textTransform", "textDecorationLine", "textAlign", "borderTopWidth",
      "borderTopStyle", "borderTopColor", "borderTopLeftRadius", "listStyleType", "fill"];
    const looks = kept.map(name => name + ": " + style[name]);
    return [each.tagName + "." + each.getAttribute("class"), ...at, ...looks].join(" | ");
  });
}"""


def _hover(wanted: Locator) -> None:
    """Move the mouse to *wanted*, again where that has moved meanwhile."""

    def hovered() -> bool:
        wanted.hover()
        return bool(wanted.evaluate("each => each.matches(':hover')"))

    assert eventually(hovered)


def _looks(guest: Visit) -> list[list[str]]:
    """Give what every part of the widget looks like, step by step."""
    seen = []
    guest.open("/host")
    guest.page.locator(".bk-zone__current").click()
    expect(guest.page.get_by_label("Search time zones")).to_be_focused()
    seen.append(guest.page.evaluate(_LOOKS))
    guest.link(TUESDAY).click()
    _hover(guest.link("10:00"))
    seen.append(guest.page.evaluate(_LOOKS))
    guest.link("10:00").click()
    guest.expected = ("status of 422",)
    guest.button("Confirm booking").click()
    expect(guest.page.locator(".bk-problems")).to_be_focused()
    _hover(guest.button("Confirm booking"))
    seen.append(guest.page.evaluate(_LOOKS))
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
    seen.append(guest.page.evaluate(_LOOKS))
    return seen


def _differences(expected: list[str], found: list[str]) -> list[str]:
    """Say which parts look different, and how."""
    return [
        f"{one} -> {other}: {before.partition(' | ')[0]}"
        for before, after in zip(expected, found, strict=True)
        for one, other in zip(before.split(" | "), after.split(" | "), strict=True)
        if one != other
    ]


def test_a_loud_style_sheet_does_not_reach_into_widgets(embed: Callable[..., Server], visit: Visits) -> None:
    """Under rules for every element a widget looks, to the pixel, as on a page without any."""
    quiet = _looks(visit(embed()))
    loud = _looks(visit(embed(css=LOUD)))

    for expected, found in zip(quiet, loud, strict=True):
        assert _differences(expected, found) == []


@pytest.fixture
def scheduling(tmp_path: Path, clock: FrozenClock, recorder: Recorder) -> Iterator[Flask]:
    """An app that registers the blueprint by hand, at /scheduling."""
    app = Flask("partner", instance_path=str(tmp_path / "instance"))
    app.config.update(SECRET_KEY="k" * 40, BOOKER_EVENT_TYPES=[INTRO])
    blueprint = create_blueprint(subscribers=[recorder], clock=clock)
    app.register_blueprint(blueprint, url_prefix="/scheduling")
    yield app
    app.extensions["booker"].outbox.stop()
    app.extensions["booker"].storage.close()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_the_blueprint_works_at_another_address(
    scheduling: Flask, serve: Callable[[Flask], Server], visit: Visits, recorder: Recorder, scripts: bool
) -> None:
    """Under a prefix every step, file and link stays there."""
    server = serve(scheduling)
    guest = visit(server, java_script_enabled=scripts).open("/scheduling/book/intro-call")

    guest.pick(TUESDAY, "10:00")
    guest.fill()
    guest.button("Confirm booking").click()
    expect(guest.page).to_have_url(re.compile("/scheduling/bookings/"))
    guest.link("Reschedule this booking").click()
    guest.pick(THURSDAY, "14:30")
    guest.button("Move booking").click()
    expect(guest.heading("Your booking has been moved")).to_be_visible()
    guest.link("Cancel this booking").click()
    guest.button("Cancel booking").click()
    expect(guest.heading("This booking was cancelled")).to_be_visible()

    assert all(" /scheduling/" in each for each in server.answered)
    assert eventually(lambda: len(recorder.kinds) == 3)


class _Down:
    """A provider that cannot be reached."""

    name = "down"

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if not hasattr(Provider, name):
            raise AttributeError(name)

        def fail(*_args: object, **_options: object) -> None:
            raise ProviderUnavailable(f"{name} did not answer.")

        return fail


def test_a_failing_provider_does_not_break_the_hosts_page(
    make_app: Apps, serve: Callable[[Flask], Server], visit: Visits
) -> None:
    """Where the widget would be stands a notice; the host's own words are all there."""
    app = make_app(BOOKER_PROVIDER=_Down())
    add_page(app, TWO)
    guest = visit(serve(app)).open("/host")

    expect(guest.heading("Not available right now")).to_have_count(2)
    expect(guest.page.locator("#host-only")).to_have_text("The partner's own words.")
