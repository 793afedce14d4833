"""Reads SOQL: a query's text in, what it asks for out, or the error that Salesforce would give.

The grammar is the part of "SOQL and SOSL Reference" that a client needs who looks for records: fields, also
of parents, of one object; conditions; order, limit and offset. What lies beyond, subqueries, groups and
date literals for example, is answered with THE_FAKE_DOES_NOT_KNOW rather than with a guess.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import NoReturn

from .answers import refused
from .queries import Both, Comparison, Condition, Literal, Negation, Order, Path, Query, Value
from .tokens import Token, flaw, tokens, unescaped

#: More characters make no query (SOQL and SOSL Reference, "SOQL SELECT Syntax").
LONGEST = 100_000

#: Names that are none of a field or an object.
_KEYWORDS = re.compile(
    "select|from|where|and|or|not|in|like|includes|excludes|order|by|asc|desc|nulls|limit|offset"
)
_BEYOND = frozenset(["group", "having", "with", "using", "for", "typeof", "update", "view", "tracking"])
#: Literals that are names, with their kind and value.
_CONSTANTS: dict[str, tuple[str, Value]] = {
    "true": ("boolean", True),
    "false": ("boolean", False),
    "null": ("null", None),
}
_OPERATORS = ("<=", ">=", "!=", "<>", "=", "<", ">")


def parsed(text: str) -> Query:
    """Read *text*; a `Refusal` with MALFORMED_QUERY if it is no SOQL."""
    if len(text) > LONGEST:
        raise refused("MALFORMED_QUERY", f"SOQL statements cannot be longer than {LONGEST} characters.")
    return _Parser(text).query()


class _Parser:
    """Reads one query from left to right."""

    def __init__(self, text: str) -> None:
        self.text = text
        self._tokens = list(tokens(text))
        self._next = 0

    # --- tokens ----------------------------------------------------------------------------------

    @property
    def _token(self) -> Token:
        return self._tokens[self._next]

    def _take(self) -> Token:
        token = self._token
        if token.kind != "end":
            self._next += 1
        return token

    def _met(self, *words: str) -> bool:
        """Take the next tokens if they are *words*."""
        ahead = self._tokens[self._next : self._next + len(words)]
        if [each.word or each.text for each in ahead] != list(words):
            return False
        self._next += len(words)
        return True

    def _expect(self, *words: str) -> None:
        if not self._met(*words):
            self._refuse()

    def _refuse(self) -> NoReturn:
        token = self._token
        if token.word in _BEYOND:
            raise refused("THE_FAKE_DOES_NOT_KNOW", f"The fake does not know {token.text!r} in SOQL.")
        shown = "<EOF>" if token.kind == "end" else token.text
        raise flaw(self.text, token.at, f"unexpected token: '{shown}'")

    def _name(self) -> Token:
        token = self._token
        if token.kind != "name" or _KEYWORDS.fullmatch(token.word):
            self._refuse()
        return self._take()

    # --- clauses ---------------------------------------------------------------------------------

    def query(self) -> Query:
        """Read the whole query."""
        self._expect("select")
        fields = self._selected()
        self._expect("from")
        name = self._name()
        query = Query(
            text=self.text,
            fields=fields,
            object=name.text,
            object_at=name.at,
            where=self._condition() if self._met("where") else None,
            order=self._orders() if self._met("order", "by") else (),
            limit=self._whole() if self._met("limit") else None,
            offset=self._whole() if self._met("offset") else 0,
        )
        if self._token.kind != "end":
            self._refuse()
        return query

    def _selected(self) -> tuple[Path, ...]:
        if self._met("count", "(", ")"):
            return ()
        fields = [self._column()]
        while self._met(","):
            fields.append(self._column())
        return tuple(fields)

    def _column(self) -> Path:
        if self._token.text == "(":
            raise refused("THE_FAKE_DOES_NOT_KNOW", "The fake does not know subqueries.")
        return self._path()

    def _path(self) -> Path:
        token = self._name()
        if self._token.text == "(":
            raise refused("THE_FAKE_DOES_NOT_KNOW", f"The fake does not know the function {token.text!r}.")
        return Path(names=tuple(token.text.split(".")), at=token.at)

    def _orders(self) -> tuple[Order, ...]:
        orders = [self._order()]
        while self._met(","):
            orders.append(self._order())
        return tuple(orders)

    def _order(self) -> Order:
        path = self._path()
        descending = self._met("desc")
        if not descending:
            self._met("asc")
        last = self._met("nulls", "last")
        if not last and self._met("nulls"):
            self._expect("first")
        return Order(path=path, descending=descending, nulls_last=last)

    def _whole(self) -> int:
        if self._token.kind != "number" or not self._token.text.isdigit():
            self._refuse()
        return int(self._take().text)

    # --- conditions ------------------------------------------------------------------------------

    def _condition(self) -> Condition:
        """Read conditions joined by AND or by OR: both without parentheses are no SOQL."""
        parts = [self._part()]
        joint = self._token.word
        if joint not in ("and", "or"):
            return parts[0]
        while self._met(joint):
            parts.append(self._part())
        if self._token.word in ("and", "or"):
            self._refuse()
        return Both(every=joint == "and", parts=tuple(parts))

    def _part(self) -> Condition:
        if self._met("not"):
            return Negation(part=self._part())
        if self._met("("):
            inner = self._condition()
            self._expect(")")
            return inner
        return self._comparison()

    def _comparison(self) -> Comparison:
        path = self._path()
        for words in (("not", "in"), ("in",), ("includes",), ("excludes",)):
            if self._met(*words):
                return Comparison(path=path, operator=" ".join(words), values=self._list())
        if self._met("like"):
            return Comparison(path=path, operator="like", values=(self._literal(like=True),))
        if self._token.text not in _OPERATORS:
            self._refuse()
        operator = self._take().text.replace("<>", "!=")
        return Comparison(path=path, operator=operator, values=(self._literal(),))

    def _list(self) -> tuple[Literal, ...]:
        self._expect("(")
        if self._token.word == "select":
            raise refused("THE_FAKE_DOES_NOT_KNOW", "The fake does not know subqueries.")
        values = [self._literal()]
        while self._met(","):
            values.append(self._literal())
        self._expect(")")
        return tuple(values)

    def _literal(self, *, like: bool = False) -> Literal:
        token = self._token
        if token.kind == "string":
            self._take()
            raw = token.text[1:-1]
            text = unescaped(self.text, raw, token.at, like=like)
            return Literal(value=text, kind="string", at=token.at, raw=raw)
        if like or token.kind in ("sign", "end") or _KEYWORDS.fullmatch(token.word):
            self._refuse()
        if token.kind == "name" and token.word not in _CONSTANTS:
            raise refused("THE_FAKE_DOES_NOT_KNOW", f"The fake does not know the literal {token.text!r}.")
        self._take()
        kind, value = _CONSTANTS.get(token.word, (token.kind, None))
        return Literal(value=value if token.word else self._plain(token), kind=kind, at=token.at)

    def _plain(self, token: Token) -> Value:
        try:
            return _plain(token)
        except ValueError:
            raise flaw(self.text, token.at, f"Invalid {token.kind}: {token.text}") from None


def _plain(token: Token) -> Value:
    if token.kind == "datetime":
        return datetime.fromisoformat(token.text).astimezone(UTC)
    if token.kind == "date":
        return date.fromisoformat(token.text)
    return float(token.text) if "." in token.text else int(token.text)
