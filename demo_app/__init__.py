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

from . import crm as crms
from . import elsewhere, inbox, letterbox, pages
from .gallery import bp as gallery
from .heard import HeardEvents
from .practice import Practice
from .seeds import seed as seed
from .theming import bp as theming

HERE = Path(__file__).resolve().parent

#: What the partner's own pages may load: nothing from elsewhere, nothing inline.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)

#: The pages of the navigation: endpoint and label.
NAV = (
    ("demo.home", "Services"),
    ("demo.appointments", "Book"),
    ("demo.desk", "Desk"),
    ("demo.events", "Events"),
    ("inbox.show", "Inbox"),
    ("crm.show", "CRM"),
    ("gallery.index", "Gallery"),
)


def create_app(
    config: Mapping[str, Any] | None = None,
    *,
    practice: Practice | None = None,
    crm: crms.Crm | None = None,
    box: letterbox.Letterbox | None = None,
) -> Flask:
    """Make the demo app, which keeps its bookings itself or, with *practice*, at a vendor.

    With *crm* it writes them to Salesforce, too; with *box* it shows the mails in it.

    *config* goes over the defaults; its key `INSTANCE_PATH` names the folder for the database, the log of
    events and the secret key: one for each *practice*, whose bookings no other knows.
    """
    config = dict(config or {})
    app = Flask(__name__, instance_path=config.pop("INSTANCE_PATH", None))
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    app.config.from_mapping(
        practice.settings() if practice else {"BOOKER_EVENT_TYPES": str(HERE / "booking.toml")}
    )
    app.config.from_mapping(crm.settings() if crm else {})
    app.config["BOOKER_LANGUAGE_SWITCH"] = True
    app.config.from_mapping(BOOKER_EMBED_ORIGINS=elsewhere.ORIGINS)
    app.config.from_mapping(config)
    if not app.config["SECRET_KEY"]:
        app.config["SECRET_KEY"] = secret_key(Path(app.instance_path, "secret_key"))
    heard = HeardEvents(Path(app.instance_path, "heard.sqlite3"))
    Booker(app, subscribers=[heard, *(practice.subscribers if practice else ())])
    app.register_blueprint(
        pages.create_blueprint(heard, others=practice.others if practice else (), own=not practice)
    )
    app.register_blueprint(elsewhere.bp)
    app.register_blueprint(gallery)
    app.register_blueprint(theming)
    if practice:
        practice.connect(app)
        app.register_blueprint(inbox.create_blueprint(practice))
    if box:
        app.register_blueprint(letterbox.create_blueprint(box))
    if crm:
        app.register_blueprint(crms.create_blueprint(crm))
    app.jinja_env.globals["main_nav"] = [each for each in NAV if each[0].split(".")[0] in app.blueprints]
    app.after_request(_protect)
    return app


def close(app: Flask) -> None:
    """Stop what *app* does beside answering, and close what it holds open."""
    parts = app.extensions["booker"]
    parts.receiver.stop()
    parts.outbox.stop()
    parts.storage.close()
    for vendor in (parts.calcom, parts.jicoo):
        if vendor:
            vendor.close()


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
