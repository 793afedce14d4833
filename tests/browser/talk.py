"""The form of the talk, which asks something of every sort; Cal.com and Jicoo offer it alike."""

from __future__ import annotations

from playwright.sync_api import expect

from .visits import Visit

MARY = "mary@example.com"

_TYPED = (
    ("What is it about?", "A talk"),
    ("Phone number", "+49 151 2345678"),
    ("Guests", MARY),
    ("Additional notes", "Back door"),
)
_TICKED = ("We call you", "Large", "Tue", "I have read the rules.")


def fill_in(guest: Visit) -> None:
    """Answer everything that the talk asks."""
    guest.fill()
    for label, text in _TYPED:
        guest.page.get_by_label(label).fill(text)
    for label in _TICKED:
        guest.page.get_by_label(label).check()


def expect_filled_in(guest: Visit) -> None:
    """Expect all of it to be there still."""
    for label, text in (("Your name", "Grace Hopper"), *_TYPED):
        expect(guest.page.get_by_label(label)).to_have_value(text)
    for label in _TICKED:
        expect(guest.page.get_by_label(label)).to_be_checked()


def book_half_an_hour_later(guest: Visit) -> None:
    """Send the form for ten o'clock, which is taken by now, and book the next time as it stands."""
    guest.button("Confirm booking").click()
    others = guest.page.get_by_role("group", name="Other times on that day")
    expect(others.get_by_role("button", name="10:30")).to_be_visible()
    expect(others.get_by_role("button", name="10:00")).to_have_count(0)
    expect(guest.page.get_by_role("alert")).to_contain_text("just been taken")
    expect_filled_in(guest)
    others.get_by_role("button", name="10:30").click()
    expect(guest.page.locator(".bk-summary")).to_contain_text("10:30 – 11:00")
    expect_filled_in(guest)
    guest.button("Confirm booking").click()
    expect(guest.heading("Your booking is confirmed")).to_be_visible()
