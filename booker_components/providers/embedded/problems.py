"""What can be wrong with what is declared: where it is said to be, and names and texts that are none."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from difflib import get_close_matches

#: A key below the one that is checked, and what is wrong with it.
Found = Iterator[tuple[str, str]]

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
#: "#rgb" or "#rrggbb".
COLOUR = re.compile(r"#(?:[0-9a-f]{3}){1,2}", re.ASCII | re.IGNORECASE)
SLUG_WORDS = "up to 64 lower-case letters, digits and hyphens, no hyphen first"


class Mistake(Exception):
    """Something is wrong at a key: what, and what to do about it."""

    def __init__(self, key: str, sentence: str) -> None:
        super().__init__(f"{key} {sentence}")


def below(key: str, found: Found) -> Found:
    """Give what was *found*, with *key* before its keys."""
    return (
        (f"{key}{inner}" if inner.startswith("[") else f"{key}.{inner}" if inner else key, problem)
        for inner, problem in found
    )


def unknown(kind: str, name: object, known: Iterable[str]) -> str:
    """Say that a name is not known, with the likeliest or all that are."""
    names = sorted(known)
    close = get_close_matches(str(name), names, n=1)
    remedy = f"Did you mean {close[0]!r}?" if close else f"Known: {', '.join(names) or 'none'}."
    return f"is not a known {kind}. {remedy}"


def slug_problems(key: str, slug: str, pattern: re.Pattern[str], wanted: str) -> Found:
    """Find out that a name is not of *pattern*, which the word *wanted* describe."""
    if not pattern.fullmatch(slug):
        yield key, f"must be {wanted}, but is {slug!r}."


def text_problems(key: str, text: str) -> Found:
    """Find out that a text is empty."""
    if not text.strip():
        yield key, "is empty. Write what guests are to read."


def count_problems(key: str, count: int, least: int, most: int) -> Found:
    """Find out that a number is below the *least* or above the *most*."""
    if not least <= count <= most:
        yield key, f"must be {least} to {most}, but is {count}."
