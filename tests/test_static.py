"""The files in static/: rules of the style sheet, and the version of the vendored htmx."""

import re
from pathlib import Path

STATIC = Path(__file__).parents[1] / "static"
SHEET = re.sub(r"/\*.*?\*/", "", (STATIC / "booker.css").read_text(), flags=re.DOTALL)


def selectors() -> list[str]:
    """Give every selector of the style sheet."""
    preludes = re.findall(r"([^{};]+)\{", SHEET)
    rules = [each.strip() for each in preludes if not each.strip().startswith("@")]
    parts = (part.strip() for each in rules for part in re.split(r",(?![^(]*\))", each))
    return [part for part in parts if part not in ("from", "to")]


def test_selectors_stay_in_the_widget() -> None:
    """One class of ours in each selector, no id: nothing reaches a host's elements."""
    wrong = [each for each in selectors() if "#" in each or len(re.findall(r"\.[a-z]", each)) != 1]

    assert wrong == []
    assert all(each.startswith(".bk") for each in selectors())


def test_public_properties_are_read_once() -> None:
    """Each public property is read in one place, and nothing is forced."""
    public = re.findall(r"var\((--bk-[a-z-]+)", SHEET)

    assert "!important" not in SHEET
    assert {each for each in public if public.count(each) > 1} <= {"--bk-font"}


def test_style_sheet_is_small() -> None:
    """The sheet is inlined in every full page, so it stays below 20 kB before compression."""
    assert (STATIC / "booker.css").stat().st_size < 20_000


def test_htmx_is_the_version_in_its_name() -> None:
    """The vendored file and its licence are what they say."""
    files = list(STATIC.glob("htmx-*.min.js"))
    version = re.fullmatch(r"htmx-([\d.]+)\.min\.js", files[0].name)

    assert len(files) == 1
    assert version is not None
    assert version[1] in files[0].read_text()
    assert "Zero-Clause BSD" in (STATIC / "htmx-LICENSE.txt").read_text()
