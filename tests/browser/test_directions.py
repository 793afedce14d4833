"""Figures among letters that are written from right to left."""

from __future__ import annotations

import pytest
from babel import Locale
from playwright.sync_api import Browser

from booker_components import times

START, END = times.parse_instant("2026-03-04T08:00:00Z"), times.parse_instant("2026-03-04T12:30:00Z")

# What stands on the screen, from left to right.
_SEEN = """text => {
  document.body.textContent = text;
  const node = document.body.firstChild;
  const places = Array.from(text, (letter, place) => {
    const range = document.createRange();
    range.setStart(node, place);
    range.setEnd(node, place + 1);
    return [range.getBoundingClientRect(), letter];
  }).filter(([box]) => box.width > 0);
  return places.sort(([one], [other]) => one.left - other.left).map(([, letter]) => letter).join("");
}"""


@pytest.mark.parametrize(
    ("name", "hours24", "span", "offset"),
    [
        pytest.param("ar_EG", True, "09:00 – 13:30", "+5:30", id="arabic"),
        pytest.param("ar_EG", False, "م\u00a01:30 – ص\u00a09:00", "+5:30", id="arabic-12"),
        pytest.param("he_IL", True, "9:00 – 13:30", "GMT+5:30", id="hebrew"),
        pytest.param("he_IL", False, "9:00\u00a0AM – 1:30\u00a0PM", "GMT+5:30", id="hebrew-12"),
    ],
)
def test_figures_are_not_turned_round(
    browser: Browser, name: str, hours24: bool, span: str, offset: str
) -> None:
    """A span of figures reads from left to right, one with Arabic words does not; signs come first."""
    locale = Locale.parse(name)
    said = times.time_span(START, END, "Europe/Paris", locale, hours24)
    page = browser.new_page()
    page.set_content('<body dir="rtl">')

    alone, dated, zone = (
        page.evaluate(_SEEN, text)
        for text in (
            said,
            f"{times.full_date(START.date(), locale)}, {said}",
            times.zone_label("Asia/Kolkata", START, locale),
        )
    )
    page.close()

    assert alone == span
    assert dated.startswith(span)
    assert zone.startswith(offset)
