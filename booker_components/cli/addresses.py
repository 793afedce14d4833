"""The addresses of an app that are to be entered at Cal.com."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from ..providers.calcom.webhooks import account_mark
from ..web.runtime import Runtime

# Without a public address, only the path can be told.
_NOWHERE = "https://<BOOKER_PUBLIC_URL>"


@dataclass(frozen=True, kw_only=True, slots=True)
class Addresses:
    """The addresses of this app that Cal.com is to know; none ends in a slash or has a query."""

    booking: str
    reschedule: str
    cancel: str
    success: str
    webhook: str
    callback: str
    #: Where calls for managed users come from.
    origin: str

    @classmethod
    def of(cls, parts: Runtime, account: str = "") -> Addresses:
        """Give the addresses of an app; webhooks of a connected *account* have one that does not name it."""
        mark = account_mark(parts.settings.calcom_webhook_secret, account)

        def at(path: str) -> str:
            return parts.public(path) or f"{_NOWHERE}{parts.mount}{path}"

        return cls(
            booking=at("/bookings"),
            reschedule=at("/reschedule"),
            cancel=at("/bookings/cancel"),
            success=at("/bookings/return"),
            webhook=at("/".join(filter(None, ("/webhooks/calcom", mark)))),
            callback=at("/oauth/calcom/callback"),
            origin=origin(parts.settings.public_url) or _NOWHERE,
        )

    def lines(self, *, by_account: bool = False) -> Iterator[str]:
        """Give what to enter where, one a line; *by_account*: each account has an own one for webhooks."""
        webhook = (
            "by 'flask booker calcom webhooks --register --account NAME'" if by_account else self.webhook
        )
        yield "To be entered at Cal.com exactly as they stand, without a slash or a query at the end:"
        yield f"  Platform client, booking redirect     {self.booking}"
        yield f"  Platform client, reschedule redirect  {self.reschedule}"
        yield f"  Platform client, cancel redirect      {self.cancel}"
        yield f"  Platform client, redirect URI         {self.origin}"
        yield f"  event type, redirect on booking       {self.success}"
        yield f"  webhook, subscriber URL               {webhook}"
        yield f"  OAuth client, redirect URI            {self.callback}"


def origin(url: str) -> str:
    """Give the origin of *url*; "" for what is no address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""
