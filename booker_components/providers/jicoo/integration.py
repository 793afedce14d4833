"""Account Integration: Jicoo's own page, for a guest whom it shows as given (contracts/jicoo.md 3)."""

from __future__ import annotations

from urllib.parse import urlsplit

from ...errors import EventTypeNotFound, ProviderError, Unsupported
from ...values import EventType
from .client import JicooClient, JicooNotFound, quote
from .objects import Object


class AccountIntegration:
    """Asks for addresses of Jicoo's page on which name and e-mail cannot be changed; Enterprise plan."""

    def __init__(self, client: JicooClient, *, team: str) -> None:
        """Ask by *client* for pages of *team*, Jicoo's id of it."""
        self._client = client
        self._team = team

    def account_url(self, event_type: EventType, *, name: str, email: str) -> str:
        """Give the address of Jicoo's page for *event_type*, with the guest's *name* and *email* locked.

        Send the guest's browser there; keep the address to yourself until then. It proves nothing about the
        guest: whoever knows the page can have such an address made for anybody. How long it lasts is not
        documented, so make one when it is needed. Raises `Unsupported` without a team, `EventTypeNotFound`,
        or another `ProviderError`.
        """
        if not self._team:
            raise Unsupported(
                "'BOOKER_JICOO_TEAM' is not set, so no page can be named. Set it to the team's id."
            )
        try:
            path = f"/teams/{quote(self._team)}/event_types/{quote(event_type.id)}/validate"
            # Any number of addresses may be made for one guest.
            data = self._client.post(path, json={"name": name, "email": email}, repeatable=True)
        except JicooNotFound:
            raise EventTypeNotFound(
                f"Jicoo offers no account integration for {event_type.slug!r}: check its 'id' and "
                "'BOOKER_JICOO_TEAM', and that the page has it switched on."
            ) from None
        return _address(Object.of(data, "account integration").word("url"))


def _address(url: str) -> str:
    """Give *url* if a browser may be sent there; it holds a session, and must not stand in a message."""
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme not in ("https", "http") or not parts.hostname or not url.isprintable() or " " in url:
        raise ProviderError("Jicoo gave an account integration whose 'url' is no web address.")
    return url
