"""The commands `flask booker salesforce check` and `retry`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from functools import update_wrapper
from typing import Any

import click
from flask.cli import with_appcontext

from ..errors import BookerError, ConfigurationError
from ..records.moves import Moves
from ..subscribers.salesforce.client import SalesforceClient
from ..subscribers.salesforce.dry import DryOrg, Intent
from ..subscribers.salesforce.parts import build_client
from ..subscribers.salesforce.reading import read_rules
from ..subscribers.salesforce.rules import SalesforceRules, rules_of
from ..subscribers.salesforce.subscriber import Salesforce
from ..subscribers.salesforce.syncing import Past, Syncing
from ..values import Booking, BookingStatus, EventKind, EventType
from ..web.runtime import Runtime, runtime
from .orgs import findings
from .trying import Mark


@click.group()
def salesforce() -> None:
    """Verify what is written to Salesforce, and write again what was refused."""


def _command(action: Callable[..., None]) -> Callable[..., None]:
    """Hand *action* the app's parts."""

    @with_appcontext
    def run(**options: Any) -> None:
        parts = runtime()
        if not parts.settings.salesforce:
            raise click.ClickException(
                "'BOOKER_SALESFORCE' is not set, so nothing is written to Salesforce. Set it to rules, "
                "such as {'*': {}}."
            )
        action(parts, **options)

    return update_wrapper(run, action)


@salesforce.command()
@click.option("--booking", default="", metavar="UID", help="Show what would be sent for this booking.")
@_command
def check(parts: Runtime, booking: str) -> None:
    """Verify login, rules and fields, and show what would be sent for a booking; nothing is written.

    What would be sent is the guest's. Ends with exit code 1 if something is wrong.
    """
    rules = read_rules(parts.settings.salesforce)
    with closing(build_client(parts.settings)) as client:
        wrong = False
        for each in findings(parts.settings, client, rules, _event_types(parts)):
            click.echo(f"{each.mark.value:<7}{each.text}")
            wrong = wrong or each.mark is Mark.WRONG
        if booking and not _shown(parts, client, rules, booking):
            wrong = True
    if wrong:
        raise SystemExit(1)


@salesforce.command()
@_command
def retry(parts: Runtime) -> None:
    """Write again what was refused, each booking's events in order, and what has become due."""
    count = parts.outbox.retry(subscriber=Salesforce.name)
    click.echo(f"Parked deliveries due again: {count}.")
    click.echo(f"{parts.outbox.deliver_due()} delivered.")


def _event_types(parts: Runtime) -> Sequence[EventType]:
    try:
        return parts.service.event_types()
    except BookerError as error:
        click.echo(f"{Mark.NOTE.value:<7}Event types were not looked at. {error.message}")
        return ()


def _shown(parts: Runtime, client: SalesforceClient, rules: Mapping[str, SalesforceRules], uid: str) -> bool:
    """Show what would be sent for a booking as it stands; False if that cannot be said."""
    try:
        booking = parts.service.get(uid)
        mine = rules_of(booking, rules)
        if mine is None:
            click.echo(f"There are no rules for '{booking.event_type}', so nothing would be sent.")
            return True
        click.echo("\n".join(_intents(parts, client, mine, booking)) or "Nothing would be sent.")
    except (BookerError, ConfigurationError) as error:
        click.echo(f"{Mark.WRONG.value:<7}{error}")
        return False
    return True


def _intents(
    parts: Runtime, client: SalesforceClient, rules: SalesforceRules, booking: Booking
) -> Iterator[str]:
    org = DryOrg(client)
    moves = Moves(parts.storage)
    past = Past(former=moves.former(booking.uid), superseded=moves.is_superseded(booking.uid))
    with client.within():
        left_out = Syncing(org, parts.settings.salesforce_external_id)(_kind(booking), rules, booking, past)
    for each in org.intents:
        yield _line(each)
        yield from (f"    {name}: {value}" for name, value in each.fields.items())
    yield from (f"left out: {name}: {why}" for name, why in left_out.items())


def _kind(booking: Booking) -> EventKind:
    """Give what would be heard of a booking that stands like this."""
    if booking.is_open:
        return EventKind.CREATED
    return EventKind.REJECTED if booking.status is BookingStatus.REJECTED else EventKind.CANCELLED


def _line(intent: Intent) -> str:
    return f"would {intent.act} {intent.kind}{f' {intent.id}' if intent.id else ''}"
