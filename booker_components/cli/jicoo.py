"""The commands `flask booker jicoo check`, `sync` and `webhooks`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import update_wrapper
from typing import TYPE_CHECKING, Any

import click
from babel import Locale
from flask.cli import with_appcontext

from .. import times
from ..errors import BookerError, ConfigurationError, ProviderError
from ..providers.jicoo.client import JicooForbidden, JicooNotFound, quote
from ..providers.jicoo.event_types import Told, read_event_type
from ..providers.jicoo.objects import Object
from ..providers.jicoo.webhooks import EVENTS
from ..values import BookingFilter, EventType, TimeWindow
from ..web.runtime import Runtime, runtime
from .syncing import begin, counted, look, retry_option, since_option, take
from .trying import Finding, Mark, said, tried

if TYPE_CHECKING:
    from ..providers.jicoo.parts import JicooParts

_ADDRESS = "BOOKER_JICOO_API_URL"
_LOCALE = Locale("en", "GB")
_REFUSED: Mapping[type[BookerError], str] = {
    JicooForbidden: "The key in 'BOOKER_JICOO_API_KEY' is refused, or lacks the permission",
    JicooNotFound: f"There is no such thing, or '{_ADDRESS}' is wrong; it mostly ends in /v1",
}


@click.group()
def jicoo() -> None:
    """Verify and reconcile Jicoo."""


def _command(action: Callable[..., None]) -> Callable[..., None]:
    """Hand *action* the app's parts and Jicoo's."""

    @with_appcontext
    def run(**options: Any) -> None:
        parts = runtime()
        if parts.jicoo is None:
            raise click.ClickException(
                f"The provider of this app is '{parts.service.provider.name}'; this command needs "
                "'BOOKER_PROVIDER' to be 'jicoo'."
            )
        try:
            action(parts, parts.jicoo, **options)
        except BookerError as error:
            raise click.ClickException(said(error, _REFUSED)) from error
        except ConfigurationError as error:
            raise click.ClickException(str(error)) from error

    return update_wrapper(run, action)


@jicoo.command()
@_command
def check(parts: Runtime, jicoo: JicooParts) -> None:
    """Show the addresses to enter at Jicoo, and verify the key, event types, slots and bookings.

    Ends with exit code 1 if something is wrong.
    """
    click.echo("\n".join(_addresses(parts)))
    wrong = False
    for each in _findings(parts, jicoo):
        click.echo(f"{each.mark.value:<7}{each.text}")
        wrong = wrong or each.mark is Mark.WRONG
    if wrong:
        raise SystemExit(1)


@jicoo.command()
@since_option
@retry_option
@_command
def sync(parts: Runtime, jicoo: JicooParts, since: timedelta | datetime, retry: bool) -> None:
    """Look for changes that no webhook told of, and take the webhooks that wait.

    Safe to run at any time and as often as wanted: what is known already is told to nobody again. Changes to
    what starts more than a day before the instant are not found, for Jicoo lists bookings by their start.
    """
    start = begin(parts, since)
    try:
        look(parts, start)
    finally:
        take(parts, retry)


@jicoo.command()
@_command
def webhooks(parts: Runtime, jicoo: JicooParts) -> None:
    """Say how to have Jicoo tell this app of every change, and how many webhooks have come.

    They are entered by hand: how it is done by Jicoo's API is not documented.
    """
    click.echo("\n".join(_registering(parts)))
    click.echo(counted(parts))


# --- what is to be entered at Jicoo --------------------------------------------------------------


def _addresses(parts: Runtime) -> Iterator[str]:
    back = _at(parts, "/bookings/return")
    yield "To be entered at Jicoo exactly as they stand:"
    yield f"  webhook (see 'flask booker jicoo webhooks')  {_at(parts, '/webhooks/jicoo')}"
    yield f"  booking page, redirect after booking         {back}"
    yield f"  booking page, redirect after a date change   {back}"
    yield f"  booking page, redirect after a cancellation  {back}"
    yield "Redirects are in the booking page's workflow; have the event's details passed on to each."


def _registering(parts: Runtime) -> Iterator[str]:
    """Say what is done where; names of pages and plans are Jicoo's (contracts/jicoo.md 4)."""
    yield "In Jicoo's dashboard, at /dashboard/webhooks (the plan is Pro or higher), add an endpoint:"
    yield f"  URL     {_at(parts, '/webhooks/jicoo')}"
    yield f"  events  {', '.join(EVENTS)}"
    if parts.settings.jicoo_webhook_secret:
        yield "Its secret, which is shown there, has to be what 'BOOKER_JICOO_WEBHOOK_SECRET' is set to."
    else:
        yield "Then set 'BOOKER_JICOO_WEBHOOK_SECRET' to its secret, which is shown there: it is not set."


def _at(parts: Runtime, path: str) -> str:
    return parts.public(path) or f"https://<BOOKER_PUBLIC_URL>{parts.mount}{path}"


# --- what is found -------------------------------------------------------------------------------


def _findings(parts: Runtime, jicoo: JicooParts) -> Iterator[Finding]:
    """Look at everything, one after the other; a failure is a finding too."""
    yield from _settings(parts)
    listing = _listed(parts, jicoo)
    yield listing
    # Whom Jicoo does not know, or cannot reach, is told so once.
    if listing.mark is Mark.WRONG:
        return
    for each in jicoo.declared:
        yield _declared(jicoo, each)
    yield from _offered(parts)
    yield tried(
        lambda: parts.service.bookings(BookingFilter(limit=1)),
        lambda _: "Bookings are read.",
        _REFUSED,
        address=_ADDRESS,
    )
    yield _people(jicoo)


def _settings(parts: Runtime) -> Iterator[Finding]:
    if not parts.settings.public_url:
        yield Finding(Mark.WRONG, "'BOOKER_PUBLIC_URL' is not set, so nobody knows our addresses; set it.")
    if not parts.settings.jicoo_webhook_secret:
        yield Finding(
            Mark.NOTE,
            "'BOOKER_JICOO_WEBHOOK_SECRET' is not set: webhooks are refused, so subscribers do not hear at "
            "once of what happens elsewhere. 'flask booker jicoo webhooks' says how it is done.",
        )
    if not parts.settings.jicoo_team:
        yield Finding(Mark.NOTE, "'BOOKER_JICOO_TEAM' is not set, so there is no account integration.")


def _listed(parts: Runtime, jicoo: JicooParts) -> Finding:
    """Ask for the list of event types, which some keys may not see (contracts/jicoo.md 1)."""
    try:
        total = jicoo.client.page("/event_types").total
    except JicooForbidden as error:
        return _unlisted(error, declared=bool(jicoo.declared))
    except BookerError as error:
        return Finding(Mark.WRONG, f"{error.message} Check '{_ADDRESS}'; it mostly ends in /v1.")
    return Finding(Mark.OK, f"The key in 'BOOKER_JICOO_API_KEY' is good. Event types: {total}.")


def _unlisted(error: JicooForbidden, *, declared: bool) -> Finding:
    if error.answered == 401:
        return Finding(
            Mark.WRONG,
            f"The key in 'BOOKER_JICOO_API_KEY' is not known to Jicoo: copy it again. {error.message}",
        )
    if declared:
        return Finding(Mark.NOTE, "The key may not list event types, so those are offered that are declared.")
    return Finding(
        Mark.WRONG,
        "The key may not list event types, and none are declared: declare them in 'BOOKER_EVENT_TYPES', each "
        f"with its 'id' at Jicoo, or use a key that may. {error.message}",
    )


def _declared(jicoo: JicooParts, event_type: EventType) -> Finding:
    """Hold a declared event type against what Jicoo tells of it."""
    name = f"The declared event type '{event_type.slug}'"
    try:
        data = jicoo.client.get(f"/event_types/{quote(event_type.id)}")
        told = read_event_type(Object.of(data, "event type"))
    except JicooNotFound:
        return Finding(
            Mark.WRONG,
            f"{name} has the id '{event_type.id}', which Jicoo does not know: "
            "copy the event type's uid there again.",
        )
    except ProviderError as error:
        return Finding(Mark.NOTE, f"{name} could not be compared with Jicoo's. {error.message}")
    return _compared(name, event_type, told)


def _compared(name: str, event_type: EventType, told: Told) -> Finding:
    if not told.enabled:
        return Finding(Mark.NOTE, f"{name} is disabled at Jicoo, so it is not offered.")
    if told.duration and told.duration != event_type.duration:
        theirs, ours = (times.duration_name(each, _LOCALE) for each in (told.duration, event_type.duration))
        return Finding(Mark.NOTE, f"{name} has {ours}, but Jicoo books {theirs}, which counts.")
    return Finding(Mark.OK, f"{name} is Jicoo's '{told.title}'.")


def _offered(parts: Runtime) -> Iterator[Finding]:
    """Read one of everything that guests need."""
    found: list[EventType] = []
    yield tried(
        lambda: found.extend(parts.service.event_types()),
        lambda _: f"Event types on offer: {len(found)}.",
        _REFUSED,
        address=_ADDRESS,
    )
    if found:
        yield _slots(parts, found[0])


def _slots(parts: Runtime, event_type: EventType) -> Finding:
    now = parts.service.clock()
    week = TimeWindow(start=now, end=now + timedelta(days=7))
    return tried(
        lambda: parts.service.provider.slots(event_type, week),
        lambda slots: f"Slots of '{event_type.slug}' are read: {len(slots)} in the next 7 days.",
        _REFUSED,
        address=_ADDRESS,
    )


def _people(jicoo: JicooParts) -> Finding:
    try:
        jicoo.client.page("/organization/users")
    except ProviderError as error:
        return Finding(
            Mark.NOTE,
            f"The names of hosts cannot be read: declare hosts, with their ids as slugs. {error.message}",
        )
    return Finding(Mark.OK, "The names of hosts are read.")
