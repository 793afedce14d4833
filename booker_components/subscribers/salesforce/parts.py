"""Builds the subscriber and the client from an app's settings."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime
from functools import partial

from ...records.moves import Moves
from ...records.reports import Reports
from ...records.turns import Turns
from ...settings import Settings
from ...storage import Storage
from ...values import EventType
from .client import SalesforceClient
from .login import Login
from .reading import check_choices, read_rules
from .session import Session
from .subscriber import Salesforce
from .telling import Teller


def build_client(settings: Settings) -> SalesforceClient:
    """Give a client for the org that *settings* name; it logs in with its first call."""
    return SalesforceClient(
        Login.of(settings),
        version=settings.salesforce_api_version,
        session=partial(Session, settings.salesforce_url),
    )


def build_salesforce(
    settings: Settings,
    *,
    storage: Storage,
    clock: Callable[[], datetime],
    event_types: Collection[EventType] = (),
) -> Salesforce | None:
    """Give the subscriber that *settings* ask for; None where they ask for none.

    *event_types* are those that are declared: their choices have to fit their fields. Raises
    `ConfigurationError`.
    """
    if not settings.salesforce:
        return None
    rules = read_rules(settings.salesforce)
    check_choices(rules, event_types)
    return Salesforce(
        build_client(settings),
        rules,
        key=settings.salesforce_external_id,
        moves=Moves(storage),
        turns=Turns(storage, clock),
        teller=Teller(
            Reports(storage, clock),
            clock,
            url=settings.mail_url,
            sender=settings.mail_from,
            admin=settings.admin_email,
        ),
        clock=clock,
    )
