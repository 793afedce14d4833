"""What an app that uses Jicoo is made of, built from its settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from ...records.keys import RequestKeys
from ...records.turns import CHANGE_LASTS, Turns
from ...settings import Settings
from ...storage import Storage
from ...values import Booking, EventType, Host
from .._http import Http
from .availability import Availability
from .client import JicooClient
from .integration import AccountIntegration
from .provider import JicooProvider


@dataclass(frozen=True, kw_only=True, slots=True)
class JicooParts:
    """What only Jicoo has, for commands and hosts; never shared between apps."""

    http: Http
    #: Calls with the app's key.
    client: JicooClient
    provider: JicooProvider
    integration: AccountIntegration
    #: The event types of 'BOOKER_EVENT_TYPES'.
    declared: Sequence[EventType]
    clock: Callable[[], datetime]

    def account_url(self, slug: str, *, name: str, email: str) -> str:
        """Give the address of Jicoo's own page for an event type, with the guest's name and e-mail locked.

        See `AccountIntegration.account_url`.
        """
        return self.integration.account_url(self.provider.event_type(slug), name=name, email=email)

    def availability(self, user_id: str) -> tuple[Host, ...]:
        """Give a user of Jicoo with zone and working hours, once for each calendar, the usual one first.

        The name is that of the calendar.
        """
        return Availability(self.client).hosts(user_id, self.clock())

    def close(self) -> None:
        """Close idle connections; they open again when they are needed."""
        self.http.close()


def build_jicoo(
    settings: Settings,
    *,
    declared: Sequence[EventType],
    storage: Storage,
    clock: Callable[[], datetime],
    recall: Callable[[str], Booking | None] = lambda uid: None,
) -> tuple[JicooProvider, JicooParts]:
    """Build the provider and what belongs to it; nothing is opened or called yet.

    *declared* are the event types of 'BOOKER_EVENT_TYPES', each with Jicoo's `id`. *recall* gives a booking
    as the subscribers were last told of it.
    """
    http = Http()
    client = JicooClient(http, settings.jicoo_api_url, settings.jicoo_api_key)
    provider = JicooProvider(
        client,
        keys=RequestKeys(storage, clock),
        turns=Turns(storage, clock, lasts=CHANGE_LASTS),
        clock=clock,
        declared=declared,
        zone=settings.jicoo_zone or "UTC",
        team=settings.jicoo_team,
        webhook_secret=settings.jicoo_webhook_secret,
        cancel_reason_key=settings.jicoo_cancel_reason_key,
        recall=recall,
    )
    integration = AccountIntegration(client, team=settings.jicoo_team)
    return provider, JicooParts(
        http=http,
        client=client,
        provider=provider,
        integration=integration,
        declared=tuple(declared),
        clock=clock,
    )
