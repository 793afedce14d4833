"""Read a page as a visitor without scripts does: its links, its form, what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import html5lib
from werkzeug.test import TestResponse


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page that a client was answered with."""

    response: TestResponse
    tree: Any

    @classmethod
    def of(cls, response: TestResponse) -> Page:
        """Read the answer of a test client."""
        return cls(response=response, tree=html5lib.parse(response.text, namespaceHTMLElements=False))

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code

    def links(self, part: str) -> list[str]:
        """Give the targets of the links whose address holds *part*."""
        return [a.get("href") for a in self.tree.iter("a") if part in a.get("href", "")]

    def text(self) -> str:
        """Give what the page says, blanks folded."""
        body = self.tree.find("body")
        return " ".join(" ".join(body.itertext()).split())

    def headline(self) -> str:
        """Give the widget's own heading."""
        return " ".join(" ".join(next(self.tree.iter("h2")).itertext()).split())

    def times(self) -> list[str]:
        """Give the links or the "go" values of the times on offer."""
        buttons = [b.get("value") for b in self.tree.iter("button") if b.get("name") == "go"]
        return self.links("slot=") + [value for value in buttons if "slot=" in value]

    def form(self) -> tuple[str, dict[str, Any]]:
        """Give the address of the POST form and the fields that it would send as it stands."""
        form = next(each for each in self.tree.iter("form") if each.get("method") == "post")
        data: dict[str, Any] = {}
        for field in form.iter():
            value = _value(field) if field.tag in ("input", "textarea", "select") else None
            if field.get("name") and value is not None:
                data.setdefault(field.get("name"), []).append(value)
        return form.get("action"), {
            name: values[0] if len(values) == 1 else values for name, values in data.items()
        }


def _value(field: Any) -> str | None:
    if field.get("disabled") is not None:
        return None
    if field.tag == "textarea":
        return (field.text or "").removeprefix("\n")
    if field.tag == "select":
        chosen = [each.get("value") for each in field.iter("option") if each.get("selected") is not None]
        return chosen[0] if chosen else ""
    if field.get("type") in ("radio", "checkbox") and field.get("checked") is None:
        return None
    return str(field.get("value", ""))


def path(address: str) -> str:
    """Give path and query of an address."""
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
