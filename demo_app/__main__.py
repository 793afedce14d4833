"""Serves the demo app: `python -m demo_app`.

PORT names another port than 5000, DEMO_FOLDER another folder for the demo's data than instance/. PROVIDER is
embedded, calcom or jicoo: with the latter two the bookings are at a vendor that this process pretends to be.
Nothing of that is kept: this vendor, and the folder with what the app knows of it, are gone at the end.
"""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, ExitStack, suppress

from flask import Flask
from werkzeug.serving import make_server

from booker_components import get_event_types

from . import calcom, close, create_app, crm, jicoo, letterbox, seed
from .practice import Practice

#: The vendors at which the bookings may be.
VENDORS: Mapping[str, Callable[[str], AbstractContextManager[Practice]]] = {
    "calcom": calcom.open_practice,
    "jicoo": jicoo.open_practice,
}
OWN = "embedded"

GUIDE = """
  Alder & Finch is served at {address}

  What to click:
    {address}                              the partner's home page, with a link to every booker
{bookers}
    {address}/appointments                 a booker inside the partner's own layout
    {address}/desk                         the bookings, through the helper functions
    {address}/desk/events                  what the subscriber heard
    {address}/crm                          what stands at a pretended Salesforce, and its switch
    {address}/elsewhere                    bookers on the page of another site
    {address}/gallery                      every widget in every state
{more}
  Ctrl-C stops it.
"""

MAILS = """    {address}/inbox                        what guests and hosts are mailed
"""


def port() -> int:
    """Give the port that PORT names, or 5000."""
    text = os.environ.get("PORT", "5000")
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT is {text!r}; it must be a number from 1 to 65535, for example PORT=8000.")
    return int(text)


def provider() -> str:
    """Give the provider that PROVIDER names, or "embedded"."""
    text = os.environ.get("PROVIDER", OWN)
    if text not in (OWN, *VENDORS):
        sys.exit(f"PROVIDER is {text!r}; it must be embedded, calcom or jicoo, for example PROVIDER=calcom.")
    return text


def main() -> None:
    """Seed the demo and serve it until interrupted."""
    chosen, backend = port(), provider()
    address = f"http://127.0.0.1:{chosen}"
    # So that everything is closed then, too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        practice = stack.enter_context(VENDORS[backend](address)) if backend in VENDORS else None
        org = stack.enter_context(crm.open_crm())
        folder = stack.enter_context(tempfile.TemporaryDirectory()) if practice else _folder()
        box = None if practice else stack.enter_context(letterbox.open_letterbox())
        mails = box.settings(address) if box else {}
        app = create_app({"INSTANCE_PATH": folder, **mails}, practice=practice, crm=org, box=box)
        stack.callback(close, app)
        server = make_server("127.0.0.1", chosen, app, threaded=True)
        stack.callback(server.server_close)
        with app.test_request_context():
            seed(practice.others if practice else ())
        if practice:
            practice.tell()
        print(_guide(app, address, practice.guide if practice else MAILS), flush=True)
        server.serve_forever()


def _folder() -> str | None:
    """Give the folder that DEMO_FOLDER names; None for instance/."""
    folder = os.environ.get("DEMO_FOLDER")
    return folder and os.path.abspath(folder)


def _guide(app: Flask, address: str, more: str) -> str:
    with app.app_context():
        slugs = [event_type.slug for event_type in get_event_types()]
    bookers = "\n".join(f"    {address + '/book/' + slug:<50} a booker as a full page" for slug in slugs)
    return GUIDE.format(address=address, bookers=bookers, more=more.format(address=address))


if __name__ == "__main__":
    main()
