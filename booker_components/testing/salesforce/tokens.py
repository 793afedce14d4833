"""Takes SOQL apart into words, signs and literals, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .answers import Refusal, refused

_TOKEN = re.compile(
    r"""\s*(?:
      (?P<string>'(?:[^'\\]|\\.)*')
    | (?P<datetime>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:?\d\d)\b)
    | (?P<date>\d{4}-\d\d-\d\d\b)
    | (?P<number>[+-]?(?:\d+\.?\d*|\.\d+)\b)
    | (?P<name>[A-Za-z][A-Za-z0-9_]*(?:\.[A-Za-z][A-Za-z0-9_]*)*)
    | (?P<sign><=|>=|!=|<>|[=<>(),:])
    )""",
    re.VERBOSE | re.DOTALL,
)

_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """A word of a query and where it stands."""

    kind: str
    text: str
    at: int

    @property
    def word(self) -> str:
        """The text in lower case; "" for what is no name."""
        return self.text.lower() if self.kind == "name" else ""


def tokens(text: str) -> Iterator[Token]:
    """Give the words of a query, the last of the kind "end"; a `Refusal` at what is none."""
    at = 0
    while text[at:].strip():
        found = _TOKEN.match(text, at)
        if found is None or found.lastgroup is None:
            at += len(text[at:]) - len(text[at:].lstrip())
            raise flaw(text, at, f"unexpected character: '{text[at]}'")
        kind = found.lastgroup
        yield Token(kind=kind, text=found[kind], at=found.start(kind))
        at = found.end()
    yield Token(kind="end", text="", at=len(text))


def flaw(text: str, at: int, words: str, *, code: str = "MALFORMED_QUERY") -> Refusal:
    """Give the refusal of a query with the words around the fault, and an arrow below it."""
    before = text[:at].splitlines() or [""]
    row, column = len(before), len(before[-1]) + 1
    shown = text[max(0, at - 40) : at + 40].replace("\n", " ").replace("\r", " ")
    arrow = " " * min(at, 40) + "^"
    return refused(code, f"\n{shown}\n{arrow}\nERROR at Row:{row}:Column:{column}\n{words}")


def pieces(raw: str) -> Iterator[tuple[str, bool]]:
    """Give the characters of a text as it was written for LIKE, each with whether it was escaped."""
    escaped = False
    for each in raw:
        if escaped:
            yield _ESCAPES.get(each.lower(), each), True
            escaped = False
        elif each == "\\":
            escaped = True
        else:
            yield each, False


def unescaped(text: str, raw: str, at: int, *, like: bool) -> str:
    """Give the text that was written as *raw*; a line break or an unknown escape makes no SOQL."""
    if "\n" in raw or "\r" in raw:
        raise flaw(text, at, "line breaks not allowed in string literals")
    known = set(_ESCAPES) | ({"%", "_"} if like else set())
    for each in re.findall(r"\\(.)", raw, re.DOTALL):
        if each.lower() not in known:
            words = f"Invalid string literal. Illegal character sequence '\\{each}' in string literal."
            raise flaw(text, at, words)
    return "".join(each for each, _ in pieces(raw))
