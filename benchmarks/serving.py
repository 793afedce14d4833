"""The app of the benchmark of pages: a booker, and beside it a page of Jinja that does nothing."""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path

from flask import Flask, Response, render_template
from jinja2 import Template

from booker_components import Booker
from booker_components.web import packing

from .workloads import CONFIGS, NOW, WORKLOADS

#: Names the database in the environment of the server.
DATABASE = "BOOKER_BENCH_DATABASE"
#: Names, if anything, the file of the static page that `benchmarks/page.py` compares the booker with.
FLOOR = "BOOKER_BENCH_FLOOR"

CONFIG = CONFIGS["tz"]
#: What can be booked; so it is called by the case that writes its bookings.
EVENT_TYPE = WORKLOADS["W1"].event_type(CONFIG, "w1-tz-0")

#: The address of the page that does nothing.
PLAIN = "/plain"
_ROWS = 60
# 60 rows of it are a page of 10 KB.
_TEMPLATE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{{ title }}</title></head><body><h1>{{ title }}</h1><table>
{%- for row in rows %}
<tr><th scope="row"><a href="/rows/{{ row.number }}?sort=name&amp;page=1">{{ row.name }}</a></th>
<td>{{ row.text }}</td><td>{{ row.price }}</td></tr>
{%- endfor %}
</table></body></html>"""


def make_app() -> Flask:
    """Make the app, with the database that the environment names."""
    url = os.environ[DATABASE]
    app = Flask("benchmark", instance_path=str(Path(url.removeprefix("sqlite:///")).parent))
    app.config.update(
        SECRET_KEY="k" * 40,
        BOOKER_DATABASE_URL=url,
        BOOKER_EVENT_TYPES=[EVENT_TYPE],
        BOOKER_DISPATCH="none",
    )
    Booker(app, clock=lambda: NOW)
    # Compiled once, as a template of a file is.
    app.add_url_rule(PLAIN, "plain", partial(_plain, app.jinja_env.from_string(_TEMPLATE)))
    if floor := os.environ.get(FLOOR):
        app.add_url_rule("/floor", "floor", partial(_floor, Path(floor)))
    return app


def _floor(file: Path) -> Response:
    """Give the static page."""
    packed = packing.packed(file.read_bytes(), "br")
    return Response(packed, mimetype="text/html", headers={"Content-Encoding": "br"})


def _plain(template: Template) -> str:
    """Give a page of a table."""
    rows = [
        {
            "number": number,
            "name": f"Row {number}",
            "text": f"What there is to say about <{number}> & its neighbours, in a line.",
            "price": f"{number * 1.25:.2f}",
        }
        for number in range(_ROWS)
    ]
    return render_template(template, title="A table", rows=rows)
