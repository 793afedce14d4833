"""The files in static/: rules of the style sheet, their weight, and the version of the vendored htmx."""

import re
from pathlib import Path

import pytest

from booker_components.web import packing
from booker_components.web.assets import STYLES, Assets

STATIC = Path(__file__).parents[1] / "static"
PARTS = {
    name: re.sub(r"/\*.*?\*/", "", (STATIC / "style" / f"{name}.css").read_text(), flags=re.DOTALL)
    for name in STYLES
}
SHEET = "".join(PARTS.values())
FILES = Assets.load()

#: The most bytes that a file may have, compressed as the route of static files does.
WEIGHTS = {
    "booker.js": 1500,
    "steps.js": 5000,
    "booker.css": 4500,
    "htmx-4.0.1.min.js": 12_100,
    "icon.svg": 300,
}
#: The most bytes that a part adds to the sheet of a page, where it is the last one.
PART_WEIGHTS = {"base": 1530, "picker": 1300, "form": 1900, "single": 1000, "languages": 300}


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


@pytest.mark.parametrize("name", STYLES)
def test_parts_stand_by_themselves(name: str) -> None:
    """A part reads no private property, and runs no animation, but its own and those that every page has."""
    known = PARTS["base"] + PARTS[name] + (PARTS["form"] if name == "single" else "")
    used = set(re.findall(r"var\((--_bk-[a-z-]+)", PARTS[name]))
    moved = set(re.findall(r"animation: (bk-[a-z]+)", PARTS[name]))

    assert {each for each in used if f"{each}:" not in known} == set()
    assert {each for each in moved if f"@keyframes {each}" not in known} == set()


@pytest.mark.parametrize("name", WEIGHTS)
def test_files_are_small(name: str) -> None:
    """Each file weighs little on the wire; who adds to it gives a reason here."""
    assert len(packing.packed(FILES.files[name], "br", quality=packing.EVER)) <= WEIGHTS[name]


@pytest.mark.parametrize("name", STYLES)
def test_parts_are_small(name: str) -> None:
    """Each part of the style sheet weighs little in the page that has it."""
    before = STYLES[: STYLES.index(name)]
    with_it, without = (
        len(packing.packed("".join(PARTS[each] for each in names).encode(), "br"))
        for names in ((*before, name), before)
    )

    assert with_it - without <= PART_WEIGHTS[name]


def test_files_are_sent_without_comments() -> None:
    """What only explains stays here; no word of a script is changed, and no rule of the sheet is lost."""
    script, sheet = (FILES.files[name].decode() for name in ("steps.js", "booker.css"))
    source = (STATIC / "steps.js").read_text()
    words = re.sub(r"^\s*//.*$| // .*$", "", source, flags=re.MULTILINE).split()

    assert "//" not in script
    assert script.split() == words
    assert "/*" not in sheet
    assert sheet.count("{") == SHEET.count("{")
    assert sheet.count("{") == sheet.count("}")


def test_htmx_is_the_version_in_its_name() -> None:
    """The vendored file and its licence are what they say."""
    files = list(STATIC.glob("htmx-*.min.js"))
    version = re.fullmatch(r"htmx-([\d.]+)\.min\.js", files[0].name)

    assert len(files) == 1
    assert version is not None
    assert version[1] in files[0].read_text()
    assert "Zero-Clause BSD" in (STATIC / "htmx-LICENSE.txt").read_text()
