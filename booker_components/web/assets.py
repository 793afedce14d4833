"""The files that pages need: where they are, what they are called, and how browsers may keep them."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from pathlib import Path

from flask import Response, abort, request
from markupsafe import Markup

from . import packing
from .components import Booker, Chooser, Component

PACKAGE = Path(__file__).resolve().parent.parent
#: The folder that holds templates/ and static/: the package in a wheel, else the top of the checkout.
ROOT = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent

#: The parts of the style sheet, static/style/<part>.css, in their order: what every page needs, then what
#: some do.
STYLES = ("base", "picker", "form", "single", "languages")

_HTMX = "htmx-4.0.1.min.js"
_YEAR = 31536000


@dataclass(frozen=True, kw_only=True, slots=True)
class Sheet:
    """What one of our own pages needs of the style sheet."""

    #: For its one style element.
    css: Markup
    #: The source expression that allows it in our policy (CSP level 3, 2.3.1).
    hash: str
    #: The name of the file with all that is not in it; empty where there is nothing.
    rest: str

    @classmethod
    def of(cls, css: str, *, rest: str) -> Sheet:
        """Give the sheet with this text."""
        digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
        return cls(css=Markup(css), hash=f"'sha256-{digest}'", rest=rest)  # noqa: S704 - our own files

    def with_more(self, css: str) -> Sheet:
        """Give the sheet with *css* of ours at its end."""
        return Sheet.of(f"{self.css}{css}", rest=self.rest)


@dataclass(frozen=True, kw_only=True, slots=True)
class Assets:
    """The static files, by name, and a digest of them all."""

    files: dict[str, bytes]
    digest: str
    #: By the parts that are in it.
    sheets: dict[frozenset[str], Sheet]

    @classmethod
    def load(cls, folder: Path = ROOT / "static") -> Assets:
        """Read every file of *folder*, and join the parts of the style sheet: all of them to "booker.css"."""
        files = {path.name: _read(path) for path in sorted(folder.iterdir()) if path.is_file()}
        parts = {name: _read(folder / "style" / f"{name}.css").decode() for name in STYLES}
        files["booker.css"] = "".join(parts.values()).encode()
        digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
        sheets = {}
        for chosen in _choices(STYLES[1:]):
            others = [name for name in STYLES[1:] if name not in chosen]
            rest = f"{'-'.join(others)}.css" if others else ""
            if rest:
                files[rest] = "".join(parts[name] for name in others).encode()
            css = "".join(parts[name] for name in (STYLES[0], *chosen))
            sheets[frozenset(chosen)] = Sheet.of(css, rest=rest)
        return cls(files=files, digest=digest, sheets=sheets)

    def sheet(self, parts: Iterable[str]) -> Sheet:
        """Give the sheet for a page that needs these *parts*, beside what every page needs."""
        return self.sheets[frozenset(parts)]

    def path(self, name: str) -> str:
        """Give the path of a file below the blueprint's root; it changes whenever any file does."""
        return f"/booker/static/{self.digest}/{name}"

    def answer(self, digest: str, name: str) -> Response:
        """Serve one file: for ever when *digest* is today's, briefly when it is an older page's."""
        if name not in self.files:
            abort(404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        by = packing.encoding(request.headers.get("Accept-Encoding", ""))
        response = Response(_packed(self.files[name], by), mimetype=kind)
        if by:
            response.content_encoding = by
        current = digest == self.digest
        response.headers["Cache-Control"] = f"max-age={_YEAR}, immutable" if current else "max-age=60"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Vary"] = "Accept-Encoding"
        response.set_etag(self.digest, weak=True)
        return packing.conditional(response)


@lru_cache(maxsize=64)
def _packed(content: bytes, by: str) -> bytes:
    return packing.packed(content, by, quality=packing.EVER)


def _read(path: Path) -> bytes:
    """Give a file as it is sent: ours without what is only for whoever reads it here."""
    if ".min." in path.name or path.suffix not in _LEAN:
        return path.read_bytes()
    text = path.read_text("utf-8")
    for pattern, instead in _LEAN[path.suffix]:
        text = pattern.sub(instead, text)
    return text.encode()


# In our scripts a comment has its own lines, or ends one after a space; in our styles no text holds a brace,
# a colon or a semicolon before a space.
_LEAN = {
    ".js": [(re.compile(r"^\s*//.*\n|\s+// .*$|^\s+", re.MULTILINE), "")],
    ".css": [
        (re.compile(r"/\*.*?\*/", re.DOTALL), ""),
        (re.compile(r"\s+"), " "),
        (re.compile(r" ?([{};,>]) ?|(:) "), r"\1\2"),
        (re.compile(r";}"), "}"),
    ],
}


def styles(component: Component) -> frozenset[str]:
    """Give the parts of the style sheet that a page around *component* needs, beside what all do."""
    if not isinstance(component, Chooser):
        return frozenset(("form", "single"))
    picker = component.picker
    if not picker:
        return frozenset(("form", "picker") if component.alternatives else ("form",))
    more = component.alert or picker.zones.options or picker.month.empty or not isinstance(component, Booker)
    return frozenset(("form", "picker") if more else ("picker",))


def _choices(names: Sequence[str]) -> Iterable[tuple[str, ...]]:
    return (chosen for count in range(len(names) + 1) for chosen in combinations(names, count))


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """What the page templates know of the assets."""

    #: What the page needs of the style sheet, for the one style element of our own pages.
    css: Markup = Markup()
    #: The source expression that allows it in our policy; empty without one.
    css_hash: str = ""
    #: The address of what the page has not of it; empty where it has all.
    rest: str = ""
    stylesheet: str
    script: str
    htmx: str
    icon: str

    @classmethod
    def of(cls, assets: Assets, prefix: str, sheet: Sheet | None = None) -> Addresses:
        """Give the addresses under *prefix*, where the blueprint is mounted, for a page with *sheet*."""
        return cls(
            css=sheet.css if sheet else Markup(),
            css_hash=sheet.hash if sheet else "",
            rest=prefix + assets.path(sheet.rest) if sheet and sheet.rest else "",
            stylesheet=prefix + assets.path("booker.css"),
            script=prefix + assets.path("booker.js"),
            htmx=prefix + assets.path(_HTMX),
            icon=prefix + assets.path("icon.svg"),
        )
