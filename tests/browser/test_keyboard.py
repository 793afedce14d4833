"""The main job with the keyboard alone: all is reached by Tab, shows its focus, answers to Enter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, expect

from .servers import Server
from .visits import THURSDAY, TUESDAY, Visit, focused

Visits = Callable[..., Visit]

_HERE = "each => each === document.activeElement"
#: A ring, or for fields a border that changes with it.
_RING = """() => {
  const style = getComputedStyle(document.activeElement);
  return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
    && document.activeElement.getBoundingClientRect().width > 0;
}"""


def _tab_to(guest: Visit, wanted: Locator) -> None:
    """Press Tab until *wanted* has the focus; each stop on the way must show it."""
    for _ in range(60):
        guest.page.keyboard.press("Tab")
        assert guest.page.evaluate(_RING), focused(guest.page).evaluate("each => each.outerHTML")
        if wanted.evaluate(_HERE):
            return
    raise AssertionError(f"60 steps of Tab do not reach {wanted}.")


def _press(guest: Visit, wanted: Locator) -> None:
    _tab_to(guest, wanted)
    guest.page.keyboard.press("Enter")


def _arrive(guest: Visit, heading: str, *, scripts: bool) -> None:
    """Wait until the step with *heading* is there; with scripts the focus comes to it."""
    if scripts:
        expect(guest.heading(heading)).to_be_focused()
    else:
        expect(guest.heading(heading)).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "no scripts"])
def test_a_guest_books_moves_and_cancels_without_a_mouse(
    server: Server, visit: Visits, scripts: bool
) -> None:
    """Tab, Enter and typing are enough for the whole flow."""
    guest = visit(server, java_script_enabled=scripts).open()

    _press(guest, guest.link(TUESDAY))
    _arrive(guest, "Tuesday 2 February", scripts=scripts)
    _press(guest, guest.link("09:30"))
    _arrive(guest, "Your details", scripts=scripts)
    _tab_to(guest, guest.page.get_by_label("Your name"))
    guest.page.keyboard.type("Grace Hopper")
    _tab_to(guest, guest.page.get_by_label("E-mail address", exact=True))
    guest.page.keyboard.type("grace@example.com")
    guest.page.keyboard.press("Enter")
    _arrive(guest, "Your booking is confirmed", scripts=scripts)

    _press(guest, guest.link("Reschedule this booking"))
    expect(guest.heading("February 2027")).to_be_visible()
    _press(guest, guest.link(THURSDAY))
    _arrive(guest, "Thursday 4 February", scripts=scripts)
    _press(guest, guest.link("10:00"))
    _arrive(guest, "Move to this time?", scripts=scripts)
    _press(guest, guest.button("Move booking"))
    _arrive(guest, "Your booking has been moved", scripts=scripts)

    _press(guest, guest.link("Cancel this booking"))
    expect(guest.heading("Cancel this booking?")).to_be_visible()
    _press(guest, guest.button("Cancel booking"))
    expect(guest.heading("This booking was cancelled")).to_be_visible()


def test_the_focus_follows_the_guest(server: Server, visit: Visits) -> None:
    """After each step the focus is on the heading of what is new, and Tab goes on from there."""
    guest = visit(server).open()

    _press(guest, guest.link("March 2027"))
    expect(guest.heading("March 2027")).to_be_focused()
    _press(guest, guest.link("February 2027"))
    expect(guest.heading("February 2027")).to_be_focused()
    _press(guest, guest.link(THURSDAY))
    expect(guest.heading("Thursday 4 February")).to_be_focused()
    guest.page.keyboard.press("Tab")
    expect(guest.link("09:00")).to_be_focused()
    guest.page.keyboard.press("Enter")
    expect(guest.heading("Your details")).to_be_focused()
    guest.page.keyboard.press("Tab")
    expect(guest.page.get_by_label("Your name")).to_be_focused()


def test_the_arrow_keys_look_through_the_zones_without_choosing_one(server: Server, visit: Visits) -> None:
    """A list changes with every arrow key; only Enter sends it, so that nobody is carried away."""
    guest = visit(server).open()
    zones = guest.page.get_by_label("Time zone", exact=True)

    _press(guest, guest.page.locator("summary", has_text="Time zone"))
    _tab_to(guest, zones)
    guest.page.keyboard.press("ArrowDown")
    expect(zones).not_to_have_value("Europe/Berlin")
    chosen = zones.input_value()
    requests = len(guest.requests)
    guest.page.keyboard.press("Enter")
    expect(guest.page.locator('[data-bk-zone="chosen"] select')).to_have_value(chosen)

    assert len(guest.requests) == requests + 1 == 2
