"""What `flask booker calcom check` finds out: whether Cal.com and the settings agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, TypeVar

from ..errors import BookerError
from ..providers.calcom.accounts import PROVIDER
from ..providers.calcom.client import CalcomClient, Resource, quote
from ..providers.calcom.failures import CalcomForbidden
from ..redirects import is_allowed
from ..settings import calcom_auth
from ..values import BookingFilter, EventType, TimeWindow
from ..web.runtime import Runtime
from .addresses import Addresses, origin
from .trying import Finding, Mark, tried

if TYPE_CHECKING:
    from ..providers.calcom.parts import CalcomParts

# An app may have thousands; a check is to end soon.
_MOST_ACCOUNTS = 10
_BY_API = "'flask booker calcom check --set' writes it"
_Result = TypeVar("_Result")


def findings(
    parts: Runtime, calcom: CalcomParts, addresses: Addresses, account: str = ""
) -> Iterator[Finding]:
    """Look at everything, one after the other; a failure is a finding too.

    Of the connected accounts it looks at *account*, or at the first ones.
    """
    names = (account,) if account else calcom.tokens.accounts(PROVIDER) if calcom.tokens else ()
    yield from _settings(parts)
    yield from _credentials(parts, calcom)
    if calcom.tokens:
        yield from _connected(calcom, names)
    yield from _offered(parts, calcom, names)
    yield from _platform_client(calcom, addresses)
    if calcom.oauth and names:
        with calcom.accounts.using(names[0]):
            yield _oauth_client(calcom.client, parts.settings.calcom_client_id, addresses.callback)


def _settings(parts: Runtime) -> Iterator[Finding]:
    if not parts.settings.public_url:
        yield Finding(Mark.WRONG, "'BOOKER_PUBLIC_URL' is not set, so Cal.com cannot be told our addresses.")
    if not parts.settings.calcom_webhook_secret:
        yield Finding(
            Mark.NOTE,
            "'BOOKER_CALCOM_WEBHOOK_SECRET' is not set: webhooks are refused, so subscribers do not hear at "
            "once of what happens elsewhere.",
        )


# --- who calls -----------------------------------------------------------------------------------


def _credentials(parts: Runtime, calcom: CalcomParts) -> Iterator[Finding]:
    auth = calcom_auth(parts.settings)
    if auth == "none":
        yield Finding(Mark.NOTE, "No key is set: guests can book, but nobody can list or sync bookings.")
    if auth == "key":
        yield _person(calcom.client, "The API key", "check 'BOOKER_CALCOM_API_KEY'")
    if calcom.platform:
        # The cheapest call that wants the client's secret.
        look_up = calcom.platform.users
        yield _tried(
            lambda: look_up(emails=("nobody@example.invalid",)),
            lambda _: "The Platform client's id and secret are good.",
            "'BOOKER_CALCOM_CLIENT_ID' or 'BOOKER_CALCOM_CLIENT_SECRET' is refused",
        )


def _connected(calcom: CalcomParts, names: Sequence[str]) -> Iterator[Finding]:
    if not names:
        yield Finding(Mark.NOTE, "No account is connected yet.")
    # A token is refused to an origin that its client does not know, as well.
    remedy = "adopt it anew, or see the client's redirect URIs" if calcom.platform else "connect it anew"
    for name in names[:_MOST_ACCOUNTS]:
        with calcom.accounts.using(name):
            yield _person(calcom.client, f"The account '{name}'", remedy)
    if others := names[_MOST_ACCOUNTS:]:
        yield Finding(Mark.NOTE, f"{len(others)} more accounts were not looked at; name one with --account.")


def _person(client: CalcomClient, what: str, remedy: str) -> Finding:
    return _tried(
        lambda: client.get("/me", Resource.OTHER),
        lambda me: f"{what} belongs to the user '{me.get('username') if isinstance(me, dict) else me}'.",
        f"{what} is refused: {remedy}",
    )


# --- what is offered -----------------------------------------------------------------------------


def _offered(parts: Runtime, calcom: CalcomParts, names: Sequence[str]) -> Iterator[Finding]:
    """Look at what the settings offer; where each request says whose it is, at the first account's."""
    settings = parts.settings
    if settings.calcom_username or settings.calcom_team or calcom_auth(settings) == "key":
        yield from _contracts(parts)
    elif names:
        with calcom.accounts.using(names[0]):
            yield from _contracts(parts)
    else:
        yield Finding(Mark.NOTE, "Each request says whose event types are offered, so none were looked at.")


def _contracts(parts: Runtime) -> Iterator[Finding]:
    """Read one of everything: each resource answers in its own version of the contract, or not at all."""
    found: list[EventType] = []
    read = _tried(
        lambda: found.extend(parts.service.event_types()),
        lambda _: f"Event types are read (version {Resource.EVENT_TYPES}).",
    )
    # None at all may be an address or a version that Cal.com does not know: that is no success.
    yield read if found or read.mark is Mark.WRONG else _NOTHING_OFFERED
    yield from _event_types(parts, found)
    if found:
        yield _slots(parts, found[0])
    if calcom_auth(parts.settings) == "key":
        yield _tried(
            lambda: parts.service.bookings(BookingFilter(limit=1)),
            lambda _: f"Bookings are read (version {Resource.BOOKINGS}).",
        )


def _slots(parts: Runtime, event_type: EventType) -> Finding:
    now = parts.service.clock()
    week = TimeWindow(start=now, end=now + timedelta(days=7))
    return _tried(
        lambda: parts.service.provider.slots(event_type, week),
        lambda slots: f"Slots are read (version {Resource.SLOTS}): {len(slots)} in the next 7 days.",
    )


_NOTHING_OFFERED = Finding(
    Mark.WRONG,
    "There are no event types to offer: check 'BOOKER_CALCOM_USERNAME' or 'BOOKER_CALCOM_TEAM', that they "
    "are not hidden at Cal.com, and that 'BOOKER_CALCOM_API_URL' is right; it mostly ends in /v2.",
)


def _event_types(parts: Runtime, found: Sequence[EventType]) -> Iterator[Finding]:
    for each in found:
        name = f"Event type '{each.slug}'"
        if each.elsewhere:
            yield Finding(Mark.NOTE, f"{name} can be booked at Cal.com's own page only: {each.elsewhere}")
        elif addresses := [url for url in _led_to(each) if not _leads_on(url, parts)]:
            yield Finding(
                Mark.WRONG,
                f"{name} sends guests to {addresses[0]}, which is not allowed here: add its origin to "
                "'BOOKER_REDIRECT_ORIGINS', or they stay on the booking page.",
            )
        else:
            yield Finding(Mark.OK, f"{name} can be booked.")


def _led_to(event_type: EventType) -> list[str]:
    return [redirect.url for _, redirect in event_type.redirects.each()] if event_type.redirects else []


def _leads_on(address: str, parts: Runtime) -> bool:
    """Tell whether guests get to *address*; our landing page only leads to where they are anyway."""
    landing = Addresses.of(parts).success
    return address in ("", landing) or is_allowed(address, parts.settings.redirect_origins)


# --- clients -------------------------------------------------------------------------------------


def _platform_client(calcom: CalcomParts, addresses: Addresses) -> Iterator[Finding]:
    if calcom.platform is None:
        return
    try:
        client = calcom.platform.client()
    except BookerError as error:
        yield Finding(Mark.NOTE, f"The Platform client's addresses were not looked at. {error.message}")
        return
    yield _redirect_uris(client.redirect_uris, addresses.origin)
    yield _address("booking redirect", client.booking_uri, addresses.booking)
    yield _address("reschedule redirect", client.reschedule_uri, addresses.reschedule)
    yield _address("cancel redirect", client.cancel_uri, addresses.cancel)
    if not client.emails_enabled:
        yield Finding(Mark.NOTE, "The Platform client sends no mails, so guests get no links from Cal.com.")


def _redirect_uris(configured: Sequence[str], wanted: str) -> Finding:
    """Judge the origins from which tokens of managed users may be used (contracts/calcom.md 3.6, 4.2)."""
    if any(fnmatchcase(wanted, origin(each)) for each in configured):
        return Finding(Mark.OK, f"The redirect URIs of the Platform client allow {wanted}")
    return Finding(
        Mark.WRONG,
        f"The redirect URIs of the Platform client do not allow {wanted}, so Cal.com refuses every call for "
        "a managed user: add it there.",
    )


def _address(name: str, configured: str, wanted: str) -> Finding:
    """Judge an address to which Cal.com appends a slash, a uid and a query, as plain text."""
    what = f"The {name} of the Platform client"
    if not configured:
        return Finding(
            Mark.NOTE, f"{what} is not set: Cal.com's mails have no such link. Wanted: {wanted} ({_BY_API})"
        )
    if configured == wanted:
        return Finding(Mark.OK, f"{what} is {configured}")
    if "?" in configured or "#" in configured:
        why = "has a query or a fragment of its own, and Cal.com appends '/' and the uid behind it"
    elif configured.endswith("/"):
        why = "ends in a slash, and Cal.com appends another one with the uid"
    else:
        return Finding(Mark.NOTE, f"{what} is {configured}; this app's is {wanted} ({_BY_API})")
    return Finding(
        Mark.WRONG,
        f"{what} is {configured}: it {why}, so every link breaks. Wanted: {wanted} ({_BY_API})",
    )


def _oauth_client(client: CalcomClient, id: str, wanted: str) -> Finding:
    """Look at the redirect URI of an OAuth 2.0 client; of several the API tells one."""
    try:
        found = client.get(f"/auth/oauth2/clients/{quote(id)}", Resource.OTHER)
    except BookerError as error:
        return Finding(Mark.NOTE, f"The OAuth client's redirect URI was not looked at. {error.message}")
    uri = found.get("redirect_uri") if isinstance(found, dict) else None
    if uri == wanted:
        return Finding(Mark.OK, f"The redirect URI of the OAuth client is {wanted}")
    return Finding(Mark.NOTE, f"A redirect URI of the OAuth client is {uri}; {wanted} has to be one too.")


def _tried(
    ask: Callable[[], _Result], told: Callable[[_Result], str], refused: str = "Cal.com refuses the call"
) -> Finding:
    return tried(ask, told, {CalcomForbidden: refused}, address="BOOKER_CALCOM_API_URL")
