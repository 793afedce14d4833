"""Another site, to a browser: its pages show bookers of ours, under the strictest policy that lets them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response
from playwright.sync_api import Frame, Locator, expect

from .calcom import taken_elsewhere
from .servers import Server
from .visits import Visit, eventually

EVENTS = ("ready", "viewed", "slot-selected", "booked", "rescheduled", "cancelled", "height", "failed")

_PAGE = """<!DOCTYPE html>
<html lang="en" dir="{dir}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Elsewhere</title>
  <link rel="icon" href="data:,">
  {head}
</head>
<body>{body}</body>
</html>"""

# What the page hears, in order: events of ours and of other products, and every message.
_EARS = """if (window === top) {
  window.heard = [];
  window.messages = [];
  for (const name of EVENTS) {
    addEventListener("booker:" + name, ({ target, detail }) => heard.push([name, target.id, detail]));
  }
  addEventListener("CAL::bookingSuccessfulV2", ({ detail }) => heard.push(["cal", "", detail.data]));
  addEventListener("message", ({ data }) => messages.push(data));
}""".replace("EVENTS", json.dumps(EVENTS))


@dataclass(frozen=True, kw_only=True)
class Elsewhere:
    """A guest at a page of another site."""

    guest: Visit
    #: Where the booker answers.
    booker: str

    @property
    def frame(self) -> Frame:
        """The first frame on the page, with its widget."""
        expect(self.inside.locator(".bk")).to_be_visible()
        return self.guest.page.frames[1]

    @property
    def inside(self) -> Any:
        """What is within the first frame."""
        return self.guest.page.frame_locator("iframe").first

    @property
    def iframe(self) -> Locator:
        """The first frame from without."""
        return self.guest.page.locator("iframe").first

    def heard(self, *names: str) -> list[list[Any]]:
        """Give the events of these names that the page has heard: name, id of the element, detail."""
        found = self.guest.page.evaluate("heard")
        return [each for each in found if each[0] in names]

    def await_(self, name: str, times: int = 1) -> None:
        """Wait until the page has heard of something."""
        assert eventually(lambda: len(self.heard(name)) >= times), f"Not heard: {name}"

    def pick(self, day: Any, at: str) -> None:
        """Choose a day and a time in the frame."""
        self.choice(day).click()
        self.choice(at).click()
        expect(self.press("booking")).to_be_visible()

    def choice(self, name: Any) -> Locator:
        """Give the step in the frame that is called so; with something typed carried along it is a button."""
        exact = isinstance(name, str)
        links, buttons = (
            self.inside.get_by_role(role, name=name, exact=exact) for role in ("link", "button")
        )
        found: Locator = links.or_(buttons)
        return found

    def press(self, what: str) -> Locator:
        """Give the button in the frame that says so."""
        found: Locator = self.inside.get_by_role("button", name=re.compile(what))
        return found

    def fill(self, name: str = "Grace Hopper", email: str = "grace@example.com") -> None:
        """Type a name and an address in the frame."""
        self.inside.get_by_label("Your name", exact=True).fill(name)
        self.inside.get_by_label("E-mail address", exact=True).fill(email)

    def book(self, day: Any, at: str = "10:00") -> None:
        """Do all of it in the frame."""
        self.pick(day, at)
        self.fill()
        self.press("Confirm booking").click()
        expect(self.inside.get_by_role("heading", name="Your booking is confirmed")).to_be_visible()

    def close(self) -> None:
        """Assert that nobody else was asked for anything."""
        # What is told nobody, or cannot be told in a page that shows no frame of ours, is not complained of.
        assert all(each.startswith(f"{self.booker}/") for each in taken_elsewhere(self.guest))


def page(body: str, booker: str, *, head: str = "", dir: str = "ltr", styles: str = "'none'") -> Response:
    """Give a page of another site; in *body* and *head* BOOKER is where the booker answers."""
    response = Response(_PAGE.format(body=body, head=head, dir=dir).replace("BOOKER", booker))
    response.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src {booker}; frame-src {booker}; style-src {styles}; img-src data:"
    )
    return response


def site(body: str, booker: str, **options: str) -> Flask:
    """Make another site with one page; *options* are those of `page`."""
    app = Flask("site elsewhere")
    app.add_url_rule("/", "page", lambda: page(body, booker, **options))
    app.add_url_rule("/other", "other", lambda: page("<p>Other</p>", booker))
    return app


def opened(
    app: Flask,
    booker: Server,
    serve: Callable[[Flask], Server],
    visit: Callable[..., Visit],
    *,
    path: str = "/",
    script: str = "",
    expected: tuple[str, ...] = (),
    **options: Any,
) -> Elsewhere:
    """Open the page at *path* of the site *app*; *script* runs in every frame before anything else.

    The console may hold what is *expected*.
    """
    server = serve(app)
    # Another site to a browser, not just another port.
    server.url = server.url.replace("127.0.0.1", "localhost")
    guest = visit(server, **options)
    guest.expected = expected
    guest.context.add_init_script(_EARS)
    if script:
        guest.context.add_init_script(script)
    return Elsewhere(guest=guest.open(path), booker=booker.url)
