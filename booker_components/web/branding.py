"""The colour of an event type's brand: a style sheet of a few lines for each."""

from __future__ import annotations

from flask import Blueprint, Response, abort

from ..values import EventType
from .colours import accents, parse
from .components import Brand
from .runtime import Runtime

_DAY = 24 * 3600


def register(blueprint: Blueprint) -> None:
    """Register the route."""
    blueprint.add_url_rule("/booker/brand/<name>.css", "brand", brand)


def brand(name: str) -> Response:
    """Give the style sheet of a colour, named by its six digits."""
    try:
        response = Response(sheet(name), mimetype="text/css")
    except ValueError:
        abort(404)
    response.headers["Cache-Control"] = f"public, max-age={_DAY}"
    return response


def of(parts: Runtime, event_type: EventType) -> Brand | None:
    """Give the brand of *event_type*; None where it has no colour of its own."""
    if not event_type.colour:
        return None
    name = parse(event_type.colour)[1:]
    return Brand(name=name, href=parts.url(f"/booker/brand/{name}.css"))


def sheet(name: str) -> str:
    """Give the style of widgets whose brand has the colour *name*; `ValueError` for what is no colour."""
    light, dark = accents(parse(f"#{name}"))
    return (
        f".bk-brand-{name}{{--bk-accent:light-dark({light.colour},{dark.colour});"
        f"--bk-on-accent:light-dark({light.on},{dark.on})}}"
    )
