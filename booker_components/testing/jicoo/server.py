"""The server of the fake: finds the route of a request, and looks at its key (contracts/jicoo.md 1)."""

from __future__ import annotations

from collections.abc import Callable

from markupsafe import Markup
from werkzeug.wrappers import Request, Response

from ..exchanges import Exchange
from ..serving import Paths
from ..serving import Server as BaseServer
from . import booking_paths, event_type_paths, people_paths
from .calls import Answer, Call, Refusal, Route, refusal_answer
from .store import Store

#: Where the API begins.
PREFIX = "/v1"

#: Every path of the API that the fake has.
ROUTES: tuple[Route, ...] = (*booking_paths.ROUTES, *event_type_paths.ROUTES, *people_paths.ROUTES)

_PAGE = Markup("""\
<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>{title}</title></head>
<body><h1>{title}</h1><p>{text}</p></body>
</html>
""")


class Server(BaseServer):
    """Serves a store on 127.0.0.1 in threads of its own, from `start` to `close`."""

    prefix = PREFIX

    def __init__(self, store: Store, after: Callable[[], None]) -> None:
        """Call *after* when a request was dealt with, outside the store's lock and before the answer goes."""
        super().__init__(store, after)
        self.store = store
        self._paths = Paths(ROUTES, prefix=PREFIX)

    def handled(self, exchange: Exchange, request: Request) -> Answer:
        """Do what is asked, and give the answer, errors included."""
        try:
            return self._routed(exchange, request)
        except Refusal as refusal:
            return refusal_answer(refusal, self.store.habits.errors)

    def error(self, exchange: Exchange, status: int, words: str) -> Answer:
        """Give an error in the shape that is switched on."""
        return refusal_answer(Refusal(status, words), self.store.habits.errors)

    def page(self, request: Request) -> Response:
        """Give the page on which a guest books, with who he is if Account Integration has said so."""
        team, _, uid = request.path.removeprefix("/t/").partition("/e/")
        pages = self.store.event_types.values()
        event_type = next((each for each in pages if uid and uid in (each.uid, each.slug)), None)
        if event_type is None or team != self.store.team:
            return _written("Not found", "There is no such page.", status=404)
        guest = self.store.guests.get(request.args.get("guestSessionId", ""))
        text = f"You book as {guest[0]}, {guest[1]}." if guest else "Here Jicoo would show its own page."
        return _written(event_type.name, text)

    def _routed(self, exchange: Exchange, request: Request) -> Answer:
        found = self._paths.find(request)
        route = found[0] if found else None
        if route is None or not route.open:
            self._check_key(exchange, route)
        if found is None:
            raise Refusal(404, "There is no such resource.")
        body = exchange.json if exchange.body else {}
        return found[0].handler(Call(store=self.store, query=exchange.query, body=body), **found[1])

    def _check_key(self, exchange: Exchange, route: Route | None) -> None:
        """Refuse a request without a key, and one whose key may not do this."""
        restricted = self.store.keys.get(exchange.headers.get("X-Jicoo-Api-Key", ""))
        if restricted is None:
            raise Refusal(401, "No valid API key provided.")
        if restricted and route is not None and route.guarded:
            raise Refusal(403, "The API key doesn't have permissions to perform the request.")


def _written(title: str, text: str, *, status: int = 200) -> Response:
    return Response(_PAGE.format(title=title, text=text), status=status, mimetype="text/html")
