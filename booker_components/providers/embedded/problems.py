"""What can be wrong with names and texts, and where it is said to be."""

from __future__ import annotations

import re
from collections.abc import Iterator

#: A key below the one that is checked, and what is wrong with it.
Found = Iterator[tuple[str, str]]

SLUG = re.compile(r"[a-z0-9][a-z0-9-]{0,63}", re.ASCII)
SLUG_WORDS = "up to 64 lower-case letters, digits and hyphens, no hyphen first"


def below(key: str, found: Found) -> Found:
    """Give what was *found*, with *key* before its keys."""
    return ((f"{key}.{inner}" if inner else key, problem) for inner, problem in found)


def slug_problems(key: str, slug: str, pattern: re.Pattern[str], wanted: str) -> Found:
    """Find out that a name is not of *pattern*, which the word *wanted* describe."""
    if not isinstance(slug, str) or not pattern.fullmatch(slug):
        yield key, f"must be {wanted}, but is {slug!r}."


def text_problems(key: str, text: str) -> Found:
    """Find out that a text is none, or empty."""
    if not isinstance(text, str) or not text.strip():
        yield key, "is empty. Write what guests are to read."
