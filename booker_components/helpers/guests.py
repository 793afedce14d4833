"""What is kept about a guest: told as a whole, and erased."""

from __future__ import annotations

from typing import Any

from ..privacy import Erasure, Privacy
from ..web.runtime import runtime


def export_guest(email: str) -> dict[str, Any]:
    """Give everything that is kept about a guest, whom *email* names in any case, as a JSON object.

    Raises `ValueError` where that is no address.
    """
    return _privacy().export(email)


def erase_guest(email: str, *, cancel: bool = False) -> Erasure:
    """Erase everything that is kept about a guest, and give what that was and who else may know the guest.

    Bookings to come must be cancelled first: *cancel* does so as their host, and delivers what is due before
    anything is erased, which may take a while. Doing it again does no harm. Raises `Refused` where bookings
    are open, `ValueError` where *email* is no address, and what the provider raises.
    """
    return _privacy().erase(email, cancel=cancel)


def _privacy() -> Privacy:
    parts = runtime()
    return Privacy(parts.service, parts.storage, parts.outbox)
