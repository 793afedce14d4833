"""Serves the demo app: `python -m demo_app`.

PORT names another port than 5000, DEMO_FOLDER another folder for the demo's data than instance/.
"""

from __future__ import annotations

import os
import sys

from werkzeug.serving import make_server

from booker_components import get_event_types

from . import create_app, seed

GUIDE = """
  Alder & Finch is served at {address}

  What to click:
    {address}                              the partner's home page, with a link to every booker
{bookers}
    {address}/appointments                 a booker inside the partner's own layout
    {address}/desk                         the bookings, through the helper functions
    {address}/desk/events                  what the subscriber heard
    {address}/gallery                      every widget in every state

  Ctrl-C stops it.
"""


def port() -> int:
    """Give the port that PORT names, or 5000."""
    text = os.environ.get("PORT", "5000")
    if not text.isascii() or not text.isdigit() or not 0 < int(text) < 65536:
        sys.exit(f"PORT is {text!r}; it must be a number from 1 to 65535, for example PORT=8000.")
    return int(text)


def main() -> None:
    """Seed the demo and serve it until interrupted."""
    chosen = port()
    folder = os.environ.get("DEMO_FOLDER")
    app = create_app({"INSTANCE_PATH": folder and os.path.abspath(folder)})
    server = make_server("127.0.0.1", chosen, app, threaded=True)
    with app.app_context():
        seed()
        slugs = [event_type.slug for event_type in get_event_types()]
    address = f"http://127.0.0.1:{chosen}"
    bookers = "\n".join(f"    {address + '/book/' + slug:<50} a booker as a full page" for slug in slugs)
    print(GUIDE.format(address=address, bookers=bookers), flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        server.server_close()


if __name__ == "__main__":
    main()
