"""Alder & Finch, a partner app that takes its appointments with booker_components."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask, Response

from booker_components import Booker

from . import pages
from .gallery import bp as gallery
from .heard import HeardEvents
from .seeds import seed as seed

HERE = Path(__file__).resolve().parent

#: What the partner's own pages may load: nothing from elsewhere, nothing inline.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """Make the demo app.

    *config* goes over the defaults; its key `INSTANCE_PATH` names the folder for the database, the log of
    events and the secret key.
    """
    config = dict(config or {})
    app = Flask(__name__, instance_path=config.pop("INSTANCE_PATH", None))
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    app.config.from_mapping(BOOKER_EVENT_TYPES=str(HERE / "booking.toml"))
    app.config.from_mapping(config)
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = secret_key(Path(app.instance_path, "secret_key"))
    heard = HeardEvents(Path(app.instance_path, "heard.sqlite3"))
    Booker(app, subscribers=[heard])
    app.register_blueprint(pages.create_blueprint(heard))
    app.register_blueprint(gallery)
    app.after_request(_protect)
    return app


def secret_key(path: Path) -> str:
    """Give the key kept in *path*, made on the first call; processes that start together agree on one."""
    if not path.exists():
        handle, name = tempfile.mkstemp(dir=path.parent)
        with open(handle, "w") as file:
            file.write(secrets.token_hex())
        try:
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
    return path.read_text()


def _protect(response: Response) -> Response:
    """Set the partner's headers where the booker has not set its own."""
    response.headers.setdefault("Content-Security-Policy", POLICY)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    return response
