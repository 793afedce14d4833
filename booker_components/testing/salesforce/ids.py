"""Record ids as Salesforce forms them: fifteen characters that mind case, and three that guard it."""

from __future__ import annotations

import re
import string

_DIGITS = string.ascii_uppercase + string.ascii_lowercase + string.digits
_GUARDS = string.ascii_uppercase + "012345"
_FORM = re.compile(r"[0-9A-Za-z]{15}(?:[0-9A-Za-z]{3})?")


def made(prefix: str, number: int) -> str:
    """Give the eighteen characters of record *number* of the objects whose ids begin with *prefix*."""
    text = ""
    while number:
        number, digit = divmod(number, len(_DIGITS))
        text = _DIGITS[digit] + text
    short = f"{prefix}bk0{text:A>9}"
    return short + _guard(short)


def full(text: str) -> str:
    """Give the eighteen characters of an id of fifteen or eighteen; "" for what is no id.

    The three characters at the end tell which of the others are capitals, and win over their case
    (Object Reference, "Field Types", ID field type).
    """
    if not _FORM.fullmatch(text):
        return ""
    if len(text) == 15:
        return text + _guard(text)
    short, guard = text[:15], text[15:].upper()
    if any(each not in _GUARDS for each in guard):
        return ""
    capitals = [_GUARDS.index(guard[at // 5]) >> at % 5 & 1 for at in range(15)]
    right = "".join(
        each.upper() if capital else each.lower() for each, capital in zip(short, capitals, strict=True)
    )
    return right + guard if _guard(right) == guard else ""


def _guard(short: str) -> str:
    blocks = (short[at : at + 5] for at in (0, 5, 10))
    return "".join(
        _GUARDS[sum(1 << at for at, each in enumerate(block) if each.isascii() and each.isupper())]
        for block in blocks
    )
