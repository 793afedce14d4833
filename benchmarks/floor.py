"""The least that a page with a month of times can be: static HTML of the same times as a booker's."""

from __future__ import annotations

import re
from html import escape
from itertools import groupby
from pathlib import Path
from urllib.request import Request, urlopen

_TIME = re.compile(r'href="([^"]*[?;]slot=(\d{4}-\d\d-\d\d)T[^"]*)"[^>]*>([^<]+)')
_HTMX = re.compile(r'data-bk-htmx="([^"]+)"')
_HEAD = (
    '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
    "<title>A month</title><style>body{font:16px system-ui;max-width:60em;margin:auto}"
    "td a{display:block;padding:1em}"
    "ul{list-style:none;display:none}ul:target,body:not(:has(:target)) ul:first-of-type{display:block}"
    "li a{display:inline-block;padding:.7em 1em;border:1px solid}</style>"
)


def write_floor(file: Path, month: str) -> None:
    """Write to *file* the page with the times, and with the htmx, of the booker at the address *month*."""
    with urlopen(Request(month, headers={"Accept-Language": "en-GB"})) as answer:
        page = answer.read().decode()
    htmx = _HTMX.search(page)
    days = [
        (day, [(href, label) for href, _, label in times])
        for day, times in groupby(_TIME.findall(page), key=lambda each: each[1])
    ]
    cells = "".join(f'<td><a href="#d{day}">{day[-2:]}</a>' for day, _ in days)
    lists = "".join(
        f'<ul id="d{day}">' + "".join(f'<li><a href="{href}">{label}</a>' for href, label in times) + "</ul>"
        for day, times in days
    )
    script = f'<script src="{escape(htmx[1])}" defer></script>' if htmx else ""
    file.write_text(f"{_HEAD}{script}<h1>A month</h1><table><tr>{cells}</table>{lists}")
