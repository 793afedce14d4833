"""The reference of the components is that of the code."""

from __future__ import annotations

from . import reference


def test_the_reference_is_todays() -> None:
    """Every field stands there with what it means; `python -m tests.reference` mends it."""
    assert reference.PAGE.read_text() == reference.text()


def test_every_component_has_a_section() -> None:
    """Those with a template of their own come first."""
    text = reference.text()

    assert (
        text.index("### Booker")
        < text.index("### Notice")
        < text.index("## Parts")
        < text.index("### Choice")
    )
    assert "`booker/booker.html`" in text
