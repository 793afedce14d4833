"""What only Cal.com or Jicoo has."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from ..errors import ConfigurationError
from ..providers.calcom.parts import CalcomParts
from ..providers.jicoo.parts import JicooParts
from ..values import (
    Booking,
)
from ..web.runtime import runtime


def get_calcom() -> CalcomParts:
    """Give the parts of Cal.com for the current app, for what only Cal.com has.

    They are `client`, which calls its API for the account of the request, `accounts`, `platform` with the
    managed users, and `oauth`; the last two are None where the settings name no such client. Raises
    `ConfigurationError` when the provider is not Cal.com.
    """
    parts = runtime().calcom
    if parts is None:
        raise ConfigurationError("This app does not use Cal.com. Set 'BOOKER_PROVIDER' to 'calcom'.")
    return parts


def get_jicoo() -> JicooParts:
    """Give the parts of Jicoo for the current app, for what only Jicoo has.

    They are `client`, which calls its API, `account_url`, which leads guests to Jicoo's own page with their
    name and e-mail locked, and `availability`, the working hours of a user. Raises `ConfigurationError` when
    the provider is not Jicoo.
    """
    parts = runtime().jicoo
    if parts is None:
        raise ConfigurationError("This app does not use Jicoo. Set 'BOOKER_PROVIDER' to 'jicoo'.")
    return parts


def update_booking(
    uid: str,
    *,
    title: str = "",
    description: str | None = None,
    start: datetime | None = None,
    end: datetime | None = None,
    zone: str = "",
    hosts: Mapping[str, str] | None = None,
    priority: str = "",
    message: str = "",
    notify: bool | None = None,
) -> Booking:
    """Edit a booking at Jicoo as its host may, to any time at all, and give it; what is not said stays.

    The subscribers hear of a move. *start* and *end* are aware; a start alone keeps the length. *description*
    "" clears it. *hosts* are Jicoo's ids of users with a role each: "admin", "editor" or "viewer". *priority*
    is "low", "middle" or "high". *message* goes to those whom Jicoo notifies, if *notify* says so. Raises
    `BookingNotFound`, `NotBookable`, `InvalidRequest`, or `ConfigurationError` without Jicoo.
    """
    edit = partial(
        get_jicoo().provider.update,
        uid,
        title=title,
        description=description,
        start=start,
        end=end,
        zone=zone,
        hosts=hosts,
        priority=priority,
        message=message,
        notify=notify,
    )
    return runtime().service.follow(uid, edit)
