"""What webhooks are signed with, for whom, and which registrations have had their day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import click

from ..providers.calcom.accounts import PROVIDER
from ..providers.calcom.registrations import Registration
from ..providers.calcom.webhooks import account_mark, account_secret
from ..web.runtime import Runtime
from .addresses import Addresses

if TYPE_CHECKING:
    from ..providers.calcom.parts import CalcomParts

# An account's owner sees what was made of the app's secret, and can guess at it as long as they like.
_LEAST = 32

_REMEDY = (
    "set it to a long random text, for example from: python -c 'import secrets; print(secrets.token_hex())'."
)


def secret_of(parts: Runtime, account: str) -> str:
    """Give what webhooks are signed with; those of a connected *account* with a secret of their own."""
    secret = parts.settings.calcom_webhook_secret
    return account_secret(secret, account_mark(secret, account))


def require_secret(parts: Runtime, calcom: CalcomParts, account: str) -> None:
    """Refuse to register what would not be believed, or would give the app's secret away."""
    secret = parts.settings.calcom_webhook_secret
    if not secret:
        raise click.ClickException(
            f"'BOOKER_CALCOM_WEBHOOK_SECRET' is not set, so no webhook would be believed; {_REMEDY}"
        )
    if account and len(secret) < _LEAST:
        raise click.ClickException(
            f"'BOOKER_CALCOM_WEBHOOK_SECRET' has fewer than {_LEAST} characters, so that the owner of an "
            f"account could guess it from what the account's webhooks are signed with; {_REMEDY}"
        )
    if account and not calcom.accounts.account().username:
        raise click.ClickException(
            "The username of the account is not known, so nobody could tell which bookings it may tell of; "
            "have it connected anew, with 'PROFILE_READ' among 'BOOKER_CALCOM_SCOPES'."
        )


def outdated(
    parts: Runtime, calcom: CalcomParts, listed: Iterable[Registration]
) -> Iterator[tuple[Registration, bool]]:
    """Give which of an account's registrations are to go, and whether its owner could read the app's secret.

    They are at the app's own address, or at one that no connected account has: any more, or since the
    app's secret was changed.
    """
    own = Addresses.of(parts).webhook
    connected = calcom.tokens.accounts(PROVIDER) if calcom.tokens else ()
    standing = {Addresses.of(parts, name).webhook for name in connected}
    for each in listed:
        if each.url == own or (each.url.startswith(f"{own}/") and each.url not in standing):
            yield each, each.url == own
