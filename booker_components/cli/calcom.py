"""The commands `flask booker calcom check`, `sync` and `webhooks`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

import click
from flask.cli import with_appcontext

from ..errors import BookerError, ConfigurationError
from ..providers.calcom.accounts import PROVIDER, ClientIdentity
from ..providers.calcom.client import CalcomClient
from ..providers.calcom.failures import CalcomForbidden, CalcomNotFound
from ..providers.calcom.registrations import Registration, Registrations
from ..providers.calcom.webhooks import NOTICES, TRIGGERS
from ..settings import calcom_auth
from ..web.runtime import Runtime, runtime
from .addresses import Addresses
from .findings import findings
from .signing import outdated, require_secret, secret_of
from .syncing import begin, look, retry_option, since_option, take
from .trying import Mark

if TYPE_CHECKING:
    from ..providers.calcom.parts import CalcomParts


@click.group()
def calcom() -> None:
    """Set up, verify and reconcile Cal.com."""


def _command(action: Callable[..., None]) -> Callable[..., None]:
    """Hand *action* the app's parts, Cal.com's, and the name of the account that every call is for."""

    @click.option("--account", default="", help="The name of a connected account, in place of the settings'.")
    @with_appcontext
    def run(account: str, **options: Any) -> None:
        parts = runtime()
        if parts.calcom is None:
            raise click.ClickException(
                f"The provider of this app is '{parts.service.provider.name}'; this command needs "
                "'BOOKER_PROVIDER' to be 'calcom'."
            )
        with _in_words(parts), parts.calcom.accounts.using(account or None):
            action(parts, parts.calcom, account, **options)

    return update_wrapper(run, action)


@contextmanager
def _in_words(parts: Runtime) -> Iterator[None]:
    """Say failures in words: whoever runs a command is not helped by a traceback."""
    try:
        yield
    except BookerError as error:
        raise click.ClickException(_said(parts, error)) from error
    except ConfigurationError as error:
        raise click.ClickException(str(error)) from error


#: What to do about a refusal, by who calls.
_REMEDIES = {
    "none": "To act as a host, set 'BOOKER_CALCOM_API_KEY'.",
    "key": "Check 'BOOKER_CALCOM_API_KEY'.",
    "platform": "Name an account with --account; 'flask booker calcom check' looks at the client.",
    "oauth": "Name an account with --account; if that is done, connect it anew.",
}


def _said(parts: Runtime, error: BookerError) -> str:
    """Give the words of *error*, with the remedy where there is one."""
    if isinstance(error, CalcomForbidden):
        return f"{error.message} {_REMEDIES[calcom_auth(parts.settings)]}"
    if isinstance(error, CalcomNotFound):
        return f"{error.message} There is no such thing, or 'BOOKER_CALCOM_API_URL' is wrong."
    return error.message


# --- check ---------------------------------------------------------------------------------------


@calcom.command()
@click.option("--set", "sets", is_flag=True, help="Write the first three addresses into the Platform client.")
@click.option("--yes", is_flag=True, help="Do not ask before --set.")
@_command
def check(parts: Runtime, calcom: CalcomParts, account: str, sets: bool, yes: bool) -> None:
    """Show the addresses to enter at Cal.com, and verify keys, versions, event types and addresses.

    Ends with exit code 1 if something is wrong.
    """
    addresses = Addresses.of(parts, account)
    # At the app's own address, an account's owner would be told the app's secret.
    by_account = not account and calcom_auth(parts.settings) == "oauth"
    click.echo("\n".join(addresses.lines(by_account=by_account)))
    if sets:
        _set(parts, calcom, addresses, yes)
    wrong = False
    for each in findings(parts, calcom, addresses, account):
        click.echo(f"{each.mark.value:<7}{each.text}")
        wrong = wrong or each.mark is Mark.WRONG
    if wrong:
        raise SystemExit(1)


def _set(parts: Runtime, calcom: CalcomParts, addresses: Addresses, yes: bool) -> None:
    if calcom.platform is None:
        raise click.ClickException("--set is for a Platform client; only such have these addresses.")
    _require_public_url(parts)
    if not yes:
        click.confirm("Write the first three addresses into the Platform client?", abort=True)
    calcom.platform.set_addresses(
        booking=addresses.booking, reschedule=addresses.reschedule, cancel=addresses.cancel
    )
    click.echo("Written.")


def _require_public_url(parts: Runtime) -> None:
    if not parts.settings.public_url:
        raise click.ClickException("'BOOKER_PUBLIC_URL' is not set, so nobody knows our addresses; set it.")


# --- sync ----------------------------------------------------------------------------------------


@calcom.command()
@since_option
@retry_option
@_command
def sync(parts: Runtime, calcom: CalcomParts, account: str, since: timedelta | datetime, retry: bool) -> None:
    """Look for changes that no webhook told of, and take the webhooks that wait.

    Safe to run at any time and as often as wanted: what is known already is told to nobody again. Asks for
    the account of the settings, or for every connected account. Ends with exit code 1 if one of them fails.
    """
    start = begin(parts, since)
    failed = False
    for choice in _accounts(parts, calcom, account):
        name = f"Account '{choice}': " if choice else ""
        try:
            with calcom.accounts.using(choice):
                look(parts, start, whose=name)
        except BookerError as error:
            click.echo(f"{name}{_said(parts, error)}", err=True)
            failed = True
    take(parts, retry)
    if failed:
        raise SystemExit(1)


def _accounts(parts: Runtime, calcom: CalcomParts, account: str) -> Sequence[str | None]:
    """Give whose bookings to look at: with a client, the connected accounts', for it has none itself."""
    if account:
        return (account,)
    if calcom.tokens is None or calcom_auth(parts.settings) not in {"platform", "oauth"}:
        return (None,)
    connected = calcom.tokens.accounts(PROVIDER)
    if not connected:
        raise click.ClickException("No account is connected, so there are no bookings to look at.")
    return connected


# --- webhooks ------------------------------------------------------------------------------------


@calcom.command()
@click.option("--event-type", default="", metavar="ID", help="Those of one event type.")
@click.option("--register", "registers", is_flag=True, help="Have Cal.com tell this app of every change.")
@click.option("--remove", default="", metavar="ID", help="Remove a registration.")
@_command
def webhooks(
    parts: Runtime, calcom: CalcomParts, account: str, event_type: str, registers: bool, remove: str
) -> None:
    """Show the webhooks that are registered at Cal.com; register this app's, or remove one.

    They are those of the account; with a Platform client, those of the client, which tell of all its users.
    Registering asks for what is about bookings, and for the rest where the app has functions in 'on_notice'.
    With --account it uses an address and a secret of that account's own, for its owner can read them there,
    and removes what was registered for the account before.
    """
    found = _registrations(parts, calcom, account, event_type)
    if remove:
        found.remove(remove)
        click.echo(f"Removed {remove}.")
    if registers:
        _require_public_url(parts)
        require_secret(parts, calcom, account)
        made = found.register(Addresses.of(parts, account).webhook, secret_of(parts, account), _wanted(parts))
        click.echo(f"Registered {made.id}.")
        if account:
            _remove_outdated(parts, calcom, found)
    listed = found.all()
    for each in listed:
        click.echo(_line(parts, account, each))
    if not listed:
        click.echo("No webhooks are registered; --register does it.")


def _wanted(parts: Runtime) -> tuple[str, ...]:
    """Give the triggers to ask for: what people fill in is not sent to an app in which nobody hears it."""
    return (*TRIGGERS, *NOTICES) if parts.receiver.is_heard else TRIGGERS


def _remove_outdated(parts: Runtime, calcom: CalcomParts, found: Registrations) -> None:
    for each, was_seen in outdated(parts, calcom, found.all()):
        found.remove(each.id)
        click.echo(f"Removed {each.id}, which was registered for the account before.")
        if was_seen:
            click.echo(
                "There the owner of the account could read the app's own secret: change "
                "'BOOKER_CALCOM_WEBHOOK_SECRET', then register for every account again."
            )


def _registrations(parts: Runtime, calcom: CalcomParts, account: str, event_type: str) -> Registrations:
    if event_type:
        _require_proof(parts, calcom)
        return Registrations(calcom.client, "event-types", event_type)
    if calcom.platform is None or account:
        _require_proof(parts, calcom)
        return Registrations(calcom.client)
    settings = parts.settings
    owner = ClientIdentity(client_id=settings.calcom_client_id, secret=settings.calcom_client_secret)
    client = CalcomClient(calcom.http, settings.calcom_api_url, owner)
    return Registrations(client, "oauth-clients", settings.calcom_client_id)


def _require_proof(parts: Runtime, calcom: CalcomParts) -> None:
    """Refuse before Cal.com does: webhooks are the host's alone."""
    account = calcom.accounts.account()
    if not (account.api_key or account.tokens):
        raise click.ClickException(f"Webhooks are the host's alone. {_REMEDIES[calcom_auth(parts.settings)]}")


def _line(parts: Runtime, account: str, each: Registration) -> str:
    state, wanted = "active" if each.active else "inactive", _wanted(parts)
    told = len(wanted) - len(each.missing(wanted))
    line = f"{each.id}  {each.url}  {state}  {told} of {len(wanted)} triggers"
    if each.url != Addresses.of(parts, account).webhook:
        return line
    if each.secret and each.secret != secret_of(parts, account):
        return f"{line}  signed with another secret than this app's: --register sets it"
    return f"{line}  this app's"
