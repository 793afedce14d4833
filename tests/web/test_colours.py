"""A brand's colour: whatever it is, what is written in it or on it can be read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from booker_components.web.colours import SURFACES, accents, contrast, parse

colours = st.tuples(*3 * [st.integers(0, 255)]).map(lambda parts: "#{:02x}{:02x}{:02x}".format(*parts))


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [("#000000", "#ffffff", 21.0), ("#777777", "#ffffff", 4.48), ("#ffffff", "#ffffff", 1.0)],
)
def test_contrast_is_that_of_the_guidelines(one: str, other: str, expected: float) -> None:
    """Figures that are known: black on white, the grey just below 4.5, nothing."""
    assert contrast(one, other) == pytest.approx(expected, abs=0.01)
    assert contrast(other, one) == contrast(one, other)


@given(colours)
def test_any_colour_becomes_one_that_can_be_read(brand: str) -> None:
    """As text on the surface, and with text on it, in the light and in the dark."""
    for accent, surface in zip(accents(brand), SURFACES, strict=True):
        assert contrast(accent.colour, surface) >= 4.5
        assert contrast(accent.on, accent.colour) >= 4.5


@pytest.mark.parametrize("brand", ["#2b57c9", "#7a1fa2", "#8a1538"])
def test_what_can_be_read_stays_as_it_is(brand: str) -> None:
    """A brand that is dark enough is not touched in the light."""
    assert accents(brand)[0].colour == brand


@pytest.mark.parametrize("brand", ["#ffd400", "#00e5ff", "#ff6f61"])
def test_a_light_brand_keeps_its_hue(brand: str) -> None:
    """It gets darker, and what was strongest in it still is."""
    changed = accents(brand)[0].colour

    assert changed != brand
    strongest = [
        max(range(3), key=lambda place: int(each[1 + 2 * place :][:2], 16)) for each in (brand, changed)
    ]
    assert strongest[0] == strongest[1]


@pytest.mark.parametrize("text", ["", "red", "#12", "#12345", "#1234567", "2b57c9", "#2b57cg", "#2b57c9;}"])
def test_what_is_no_colour_is_refused(text: str) -> None:
    """Nothing else gets into a style sheet."""
    with pytest.raises(ValueError, match="is not a colour"):
        parse(text)


def test_a_short_colour_is_read() -> None:
    """Three digits stand for six."""
    assert parse("#ABC") == "#aabbcc"
