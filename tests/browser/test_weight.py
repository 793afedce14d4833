"""What a page loads by itself, what with the first touch, and that nobody sees it come."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Request, Route, expect

from .servers import Server
from .visits import TUESDAY, Visit, eventually

Visits = Callable[..., Visit]

_SAVES = "Object.defineProperty(navigator, 'connection', { get: () => ({ saveData: true }) })"


def _files(guest: Visit) -> list[str]:
    """Note the names of files that are asked for from now on."""
    names: list[str] = []

    def note(request: Request) -> None:
        name = request.url.rpartition("/")[2]
        if "/static/" in request.url and name != "icon.svg":
            names.append(name)

    guest.page.on("request", note)
    return names


def _beforehand(guest: Visit) -> list[str]:
    """Note the months that are asked for before anybody turns to them."""
    months: list[str] = []

    def note(request: Request) -> None:
        if request.headers.get("purpose") == "prefetch":
            months.append(request.url.rpartition("?")[2])

    guest.page.on("request", note)
    return months


def _held(guest: Visit, name: str) -> list[Route]:
    """Let the file of that name wait, as the only item, to be let go on."""
    held: list[Route] = []
    guest.page.route(re.compile(f"/{name}$"), lambda route: held.append(route))
    return held


def test_a_page_left_alone_loads_one_script(server: Server, visit: Visits) -> None:
    """All else comes with the first touch, once."""
    guest = visit(server)
    files = _files(guest)

    guest.open()
    guest.page.wait_for_timeout(500)
    alone = list(files)
    guest.touch()
    guest.link(TUESDAY).hover()
    guest.link("March 2027").hover()

    assert alone == ["booker.js"]
    assert sorted(files) == ["booker.js", "form-single-languages.css", "htmx-4.0.1.min.js", "steps.js"]


def test_a_day_needs_nothing_but_the_page(server: Server, visit: Visits) -> None:
    """The times of the month are in it, and are shown though nothing further comes."""
    guest = visit(server)
    guest.page.route(re.compile("steps.js|htmx"), lambda route: None)
    guest.open()

    guest.link(TUESDAY).click()

    expect(guest.heading("Tuesday 2 February")).to_be_focused()
    expect(guest.page.get_by_role("status").last).to_have_text(TUESDAY)
    assert len(guest.requests) == 1


def test_what_is_pressed_too_soon_is_pressed_once_all_is_there(server: Server, visit: Visits) -> None:
    """A quick guest waits for what was pressed, and the page stays."""
    guest = visit(server)
    held = _held(guest, "steps.js")
    guest.open()

    guest.page.evaluate("window.same = true")

    guest.link("March 2027").click()
    assert eventually(lambda: bool(held))
    held[0].continue_()

    expect(guest.heading("March 2027")).to_be_focused()
    assert guest.page.evaluate("window.same")


def test_a_form_is_never_seen_without_its_style(server: Server, visit: Visits) -> None:
    """What a page has of the style sheet is for its calendar; the form comes when the rest has come."""
    guest = visit(server)
    held = _held(guest, "form-single-languages.css")
    guest.open()
    guest.link(TUESDAY).click()

    guest.link("10:00").click()
    guest.page.wait_for_timeout(300)
    before = guest.page.locator(".bk-form").count()
    held[0].continue_()
    expect(guest.heading("Your details")).to_be_focused()

    assert before == 0
    looks = guest.button("Confirm booking").evaluate("each => getComputedStyle(each).backgroundColor")
    assert looks not in ("rgba(0, 0, 0, 0)", "rgb(239, 239, 239)")


def test_the_next_month_is_there_before_it_is_asked_for(server: Server, visit: Visits) -> None:
    """The first touch asks for it, and turning to it asks for the one after."""
    guest = visit(server)
    months = _beforehand(guest)
    guest.open()
    guest.touch()
    assert eventually(lambda: months == ["month=2027-03"])

    guest.link("March 2027").click()
    expect(guest.heading("March 2027")).to_be_focused()
    expect(guest.page).to_have_url(re.compile("month=2027-03$"))

    assert eventually(lambda: months == ["month=2027-03", "month=2027-04"])
    assert guest.requests == ["GET /book/intro-call"]


def test_who_saves_data_is_sent_nothing_beforehand(server: Server, visit: Visits) -> None:
    """Months come when they are turned to."""
    guest = visit(server)
    guest.context.add_init_script(_SAVES)
    months = _beforehand(guest)
    guest.open()
    guest.touch()

    guest.link("March 2027").click()
    expect(guest.heading("March 2027")).to_be_focused()

    assert months == []
    assert len(guest.requests) == 2


def test_without_the_further_scripts_the_widget_is_one_without_scripts(server: Server, visit: Visits) -> None:
    """A line that drops a file costs the guest nothing but a page load."""
    guest = visit(server)
    guest.expected = ("net::ERR_FAILED", "Failed to fetch dynamically imported module")
    guest.page.route(re.compile("steps.js"), lambda route: route.abort())
    guest.open()

    guest.link("March 2027").click()
    expect(guest.heading("March 2027")).to_be_visible()
    guest.link(re.compile("^Tuesday 2 March 2027")).click()
    guest.link("10:00").click()

    expect(guest.heading("Your details")).to_be_visible()


def test_what_never_comes_is_not_waited_for(server: Server, visit: Visits) -> None:
    """A line that swallows a file costs the guest some seconds; then what was pressed is pressed."""
    guest = visit(server)
    held = _held(guest, "htmx-4.0.1.min.js")
    guest.page.clock.install()
    guest.open()

    guest.link("March 2027").click()
    assert eventually(lambda: bool(held))
    guest.page.clock.fast_forward(10_000)

    expect(guest.heading("March 2027")).to_be_visible()
    assert guest.requests == ["GET /book/intro-call", "GET /book/intro-call?month=2027-03"]
