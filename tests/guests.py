"""A guest who books without scripts: follows links, fills in forms, presses buttons."""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin

from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from .pages import Page

#: What guests type into the forms of the event types in conftest.py.
BO = {"name": "Bo Müller", "email": "bo@guest.example"}


class Guest:
    """One visitor with one browser window: knows the page on view and every answer so far."""

    def __init__(self, client: FlaskClient, *, base: str = "http://localhost", **headers: str) -> None:
        """Browse with *client* at *base*; *headers* go with every request, as `Accept_Language="de"`."""
        self._client = client
        self._base = base
        self._headers = {name.replace("_", "-"): value for name, value in headers.items()}
        #: The status of every answer, redirects included.
        self.statuses: list[int] = []
        #: Every address that was asked for.
        self.addresses: list[str] = []
        self.page: Page

    def open(self, address: str) -> Page:
        """Go to *address* and on to where it redirects."""
        return self._ask("GET", address, None)

    def follow(self, part: str, number: int = 0) -> Page:
        """Follow the link whose address holds *part*, the one with *number* if there are several."""
        return self.open(self.page.links(part)[number])

    def send(self, **answers: Any) -> Page:
        """Fill *answers* into the form on view and send it; None leaves a field out."""
        action, data = self.page.form()
        return self.post(action, data | answers)

    def press(self, value: str) -> Page:
        """Press the button "go" with *value*, which sends what was typed along."""
        action, data = self.page.form()
        return self.post(action, data | {"go": value})

    def post(self, action: str, data: dict[str, Any]) -> Page:
        """Send *data* to *action*, and go on to where that redirects."""
        return self._ask("POST", action, {name: value for name, value in data.items() if value is not None})

    def _ask(self, method: str, address: str, data: dict[str, Any] | None) -> Page:
        typed = None if data is None else MultiDict(data)
        response = self._client.open(
            address, method=method, data=typed, base_url=self._base, headers=self._headers
        )
        self.statuses.append(response.status_code)
        self.addresses.append(address)
        if response.status_code in (301, 302, 303, 307, 308):
            return self.open(urljoin(address, response.headers["Location"]))
        self.page = Page.of(response)
        return self.page


def form_of(guest: Guest, slug: str, time: str, prefix: str = "") -> Page:
    """Have *guest* choose the *time*, like "2027-02-02T09:00:00Z", and give the page with the form."""
    return guest.open(f"{prefix}/book/{slug}?date={time[:10]}&slot={time}")
