"""The files that pages need: where they are, what they are called, and how browsers may keep them."""

from __future__ import annotations

import base64
import hashlib
import mimetypes
from dataclasses import dataclass
from pathlib import Path

from flask import Response, abort, request
from markupsafe import Markup

PACKAGE = Path(__file__).resolve().parent.parent
#: The folder that holds templates/ and static/: the package in a wheel, else the top of the checkout.
ROOT = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent

_HTMX = "htmx-4.0.1.min.js"
_YEAR = 31536000


@dataclass(frozen=True, kw_only=True, slots=True)
class Assets:
    """The static files, by name, and a digest of them all."""

    files: dict[str, bytes]
    digest: str
    #: The style sheet, for the one style element of our own pages.
    css: Markup
    #: The source expression that allows it in our policy (CSP level 3, 2.3.1).
    css_hash: str

    @classmethod
    def load(cls, folder: Path = ROOT / "static") -> Assets:
        """Read every file of *folder*."""
        files = {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}
        digest = hashlib.sha256(b"".join(files.values())).hexdigest()[:12]
        sheet = files["booker.css"]
        sheet_digest = base64.b64encode(hashlib.sha256(sheet).digest()).decode()
        return cls(
            files=files,
            digest=digest,
            css=Markup(sheet.decode()),  # noqa: S704 - our own file
            css_hash=f"'sha256-{sheet_digest}'",
        )

    def path(self, name: str) -> str:
        """Give the path of a file below the blueprint's root; it changes whenever any file does."""
        return f"/booker/static/{self.digest}/{name}"

    def answer(self, digest: str, name: str) -> Response:
        """Serve one file: for ever when *digest* is today's, briefly when it is an older page's."""
        if name not in self.files:
            abort(404)
        kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = Response(self.files[name], mimetype=kind)
        current = digest == self.digest
        response.headers["Cache-Control"] = f"public, max-age={_YEAR}, immutable" if current else "max-age=60"
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.set_etag(self.digest)
        response.make_conditional(request)
        return response


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """What the page templates know of the assets."""

    #: The whole style sheet, for the one style element of our own pages.
    css: Markup
    stylesheet: str
    script: str
    htmx: str
    icon: str

    @classmethod
    def of(cls, assets: Assets, prefix: str) -> Addresses:
        """Give the addresses under *prefix*, where the blueprint is mounted."""
        return cls(
            css=assets.css,
            stylesheet=prefix + assets.path("booker.css"),
            script=prefix + assets.path("booker.js"),
            htmx=prefix + assets.path(_HTMX),
            icon=prefix + assets.path("icon.svg"),
        )
