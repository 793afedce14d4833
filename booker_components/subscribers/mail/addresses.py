"""Addresses of mails, and texts that can stand in a header."""

from __future__ import annotations

import re
from email.errors import MessageError
from email.headerregistry import Address
from email.utils import parseaddr

import idna

from ...errors import ConfigurationError

#: What may stand before the @ without quotes (RFC 5322 section 3.2.3, RFC 6531 section 3.3).
_PLAIN = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*")
#: Unprintable, and parts of words: what joins letters or parts them, and marks that turn nothing round.
_JOINERS = frozenset("\u200c\u200d\u200e\u200f")


def sender_address(text: str) -> Address:
    """Read 'BOOKER_MAIL_FROM', "Name <address>" or an address; `ConfigurationError` if it is none."""
    name, address = parseaddr(text)
    try:
        sender = Address(display_name=name, addr_spec=address)
    except (MessageError, ValueError, IndexError):
        sender = Address()
    if not (sender.username and sender.domain and text.isprintable()):
        raise ConfigurationError(
            f"'BOOKER_MAIL_FROM' is {text!r}; it must be an address, for example "
            "'Bookings <bookings@example.com>'."
        )
    return sender


def recipient_address(text: str) -> Address | None:
    """Give an address that can be mailed; None where there is none, or a broken one.

    A domain in another script is given in its ASCII form, which every server takes; the part before it has no
    such form, and needs a server that speaks SMTPUTF8 (RFC 6531).
    """
    user, _, domain = text.rpartition("@")
    try:
        spec = f"{user}@{domain if domain.isascii() else idna.encode(domain, uts46=True).decode()}"
        if not user.isascii() and _PLAIN.fullmatch(user):
            return Address(username=user, domain=spec.rpartition("@")[2])
        address = Address(addr_spec=spec) if text.isprintable() else Address()
    except (MessageError, ValueError, IndexError):
        return None
    return address if address.username and address.domain else None


def one_line(text: str) -> str:
    """Give *text* on one line and printable, so that it can stand in a header."""
    kept = (char if char.isprintable() or char in _JOINERS else " " for char in text)
    return " ".join("".join(kept).split())


def lines(text: str) -> tuple[str, ...]:
    """Give the lines of *text*, each printable, without empty ones at its start and end."""
    return tuple(map(one_line, text.strip().splitlines()))
