"""A brand's colour, made so light or dark that its text can be read: contrast is kept at 4.5 to 1.

Contrast is that of WCAG 2.2, success criterion 1.4.3. Lightness is changed in OKLab, in which a colour keeps
its hue (CSS Color Module Level 4, section 9.3), as the style sheet mixes its own softer colours there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

#: The surfaces of the style sheet, which a host may change: --bk-surface in the light and in the dark.
SURFACES = ("#ffffff", "#191c22")
#: How much of the accent is in the style sheet's soft colour, on which text has the accent's colour.
SOFT = 0.11
_ENOUGH = 4.5
# What is drawn is rounded, and hosts' surfaces are a little off ours.
_WANTED = 4.6
_HEX = re.compile(r"#([0-9a-f]{6}|[0-9a-f]{3})", re.IGNORECASE | re.ASCII)

Triple = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Accent:
    """A colour for text, links and filled buttons, and that of the text on such a button."""

    colour: str
    on: str


def parse(colour: str) -> str:
    """Give a colour as "#rrggbb"; `ValueError` for what is not written like that or like "#rgb"."""
    if not _HEX.fullmatch(colour):
        raise ValueError(f"{colour!r} is not a colour like '#2b57c9'.")
    digits = colour[1:].lower()
    return f"#{digits}" if len(digits) == 6 else "#" + "".join(2 * each for each in digits)


def contrast(one: str, other: str) -> float:
    """Give the contrast of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted((_luminance(one), _luminance(other)))
    return (high + 0.05) / (low + 0.05)


@lru_cache
def accents(brand: str) -> tuple[Accent, Accent]:
    """Give what a *brand*'s colour becomes on the light and on the dark surface."""
    light, dark = (_readable(parse(brand), surface) for surface in SURFACES)
    return light, dark


def _readable(colour: str, surface: str) -> Accent:
    """Give *colour*, darker or lighter until text of it can be read on *surface* and on its soft mixture."""
    towards = 0.0 if _luminance(surface) > 0.5 else 1.0
    lightness, *rest = _oklab(colour)
    for step in range(101):
        tried = _hex((lightness + (towards - lightness) * step / 100, rest[0], rest[1]))
        if min(contrast(tried, surface), contrast(tried, _mixed(tried, surface))) >= _WANTED:
            break
    return Accent(tried, max("#ffffff", "#000000", key=lambda each: contrast(each, tried)))


def _mixed(colour: str, surface: str) -> str:
    pairs = zip(_oklab(colour), _oklab(surface), strict=True)
    one, two, three = (SOFT * own + (1 - SOFT) * other for own, other in pairs)
    return _hex((one, two, three))


# --- sRGB and OKLab ------------------------------------------------------------------------------


def _luminance(colour: str) -> float:
    red, green, blue = _linear(colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(colour: str) -> Triple:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return _unfolded(red), _unfolded(green), _unfolded(blue)


def _unfolded(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else float(((part + 0.055) / 1.055) ** 2.4)


def _folded(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else float(1.055 * part ** (1 / 2.4) - 0.055)


def _oklab(colour: str) -> Triple:
    red, green, blue = _linear(colour)
    long = (0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue) ** (1 / 3)
    medium = (0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue) ** (1 / 3)
    short = (0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue) ** (1 / 3)
    return (
        0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short,
        1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short,
        0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short,
    )


def _hex(oklab: Triple) -> str:
    """Give what is nearest to a colour of OKLab, each part by itself, where screens do not have it."""
    lightness, a, b = oklab
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    parts = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    return "#" + "".join(f"{round(255 * _folded(min(max(part, 0.0), 1.0))):02x}" for part in parts)
