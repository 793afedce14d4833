"""The reference of the components, written from their dataclasses: `python -m tests.reference`.

What stands behind `#:` above a field is its documentation, as in the code.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from dataclasses import MISSING, Field, fields, is_dataclass
from pathlib import Path

from booker_components.web import components
from booker_components.web.components import Component, parts

PAGE = Path(__file__).parents[1] / "docs" / "components.md"

_HEAD = """# Components

Every widget is a frozen dataclass and one template. The fields are all that the template may use: whoever
overrides a template can rely on them, and on nothing else (docs/overriding.md). A template's variables are
the fields of its component, by name.

This page is written from the code: `python -m tests.reference`.
"""
_WIDGETS = "## Widgets\n\nEach is shown by the template of its name, on a page of ours or in a host's own."
_PARTS = "## Parts\n\nWhat widgets are made of."
_DOCUMENTED = re.compile(r"((?:^ *#:.*\n)*)^    (\w+): ", re.MULTILINE)


def text() -> str:
    """Give the whole page."""
    widgets = [each for each in _dataclasses(components) if issubclass(each, Component) and each.template]
    pieces = [each for each in _dataclasses(parts) if not issubclass(each, Component)]
    sections = (_HEAD, _WIDGETS, *map(_section, widgets), _PARTS, *map(_section, pieces))
    return "\n".join(f"{each.rstrip()}\n" for each in sections)


def _dataclasses(module: object) -> list[type]:
    found = [each for each in vars(module).values() if inspect.isclass(each) and is_dataclass(each)]
    return sorted(found, key=lambda each: each.__name__)


def _section(kind: type) -> str:
    template = f"Template: `{kind.template}`\n\n" if issubclass(kind, Component) else ""
    rows = "\n".join(_rows(kind))
    table = f"| Field | Type | Default | |\n|---|---|---|---|\n{rows}\n"
    return f"### {kind.__name__}\n\n{inspect.getdoc(kind)}\n\n{template}{table}"


def _rows(kind: type) -> Iterator[str]:
    said = {name: words for base in reversed(kind.__mro__) for name, words in _documented(base)}
    for each in fields(kind):
        default = f"`{_default(each)}`" if _default(each) else "required"
        kind_name = str(each.type).replace("|", "\\|")
        yield f"| `{each.name}` | `{kind_name}` | {default} | {said.get(each.name, '')} |"


def _default(field: Field[object]) -> str:
    return "" if field.default is MISSING else repr(field.default)


def _documented(kind: type) -> Iterator[tuple[str, str]]:
    """Give the comments that stand above the fields of a class, by field."""
    if not is_dataclass(kind):
        return
    for comment, name in _DOCUMENTED.findall(inspect.getsource(kind)):
        lines = (line.strip().removeprefix("#:").strip() for line in comment.splitlines())
        yield name, " ".join(lines).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(text())
