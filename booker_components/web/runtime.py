"""What one app's views and helpers work with: the parts that the extension built for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flask import current_app, has_request_context, request
from limits import RateLimitItem
from limits.strategies import RateLimiter

from ..errors import ConfigurationError
from ..languages import Languages
from ..links import Links
from ..outbox import Outbox
from ..outbox.queue import Queue
from ..providers.calcom.parts import CalcomParts
from ..providers.jicoo.parts import JicooParts
from ..receiving import Receiver
from ..service import BookingService
from ..settings import Settings
from ..storage import Storage
from ..subscribers.mail import CodeMailer
from ..upkeep import Upkeep
from .assets import Assets
from .memory import Memory

#: The key of `app.extensions`.
KEY = "booker"


@dataclass(frozen=True, kw_only=True, slots=True)
class Runtime:
    """The parts of one app; never shared between apps."""

    settings: Settings
    service: BookingService
    #: What takes in webhooks of the provider.
    receiver: Receiver
    links: Links
    storage: Storage
    outbox: Outbox
    #: What wakes workers in other processes; None where 'BOOKER_DISPATCH' is not "huey".
    queue: Queue | None
    #: What is done as time goes by.
    upkeep: Upkeep
    assets: Assets
    #: The languages that are spoken, with their texts.
    languages: Languages
    #: What was drawn of late.
    memory: Memory = field(default_factory=Memory, repr=False)
    #: The keys that sign forms, oldest first.
    keys: Sequence[bytes] = field(repr=False)
    #: Where the host registered the blueprint: "" or, for example, "/scheduling".
    mount: str
    #: The name under which the blueprint is registered.
    blueprint: str
    #: Whether a subscriber mails new links to guests.
    mails_links: bool
    #: What mails codes; None where no mails are sent.
    codes: CodeMailer | None
    limiter: RateLimiter
    link_limit: RateLimitItem
    #: The parts of Cal.com, where it is the provider.
    calcom: CalcomParts | None = None
    #: The same of Jicoo.
    jicoo: JicooParts | None = None

    def public(self, path: str) -> str:
        """Give the absolute address of *path*, for a mail or a file; "" where 'BOOKER_PUBLIC_URL' is not set.

        Never from a request: a forged Host header would lead guests, with their links, to a stranger's site.
        """
        public_url = self.settings.public_url
        return f"{public_url}{self.mount}{path}" if public_url else ""

    def url(self, path: str) -> str:
        """Give the address of *path*, which starts at the blueprint's own root."""
        root = request.script_root if has_request_context() else ""
        return f"{root}{self.mount}{path}"


def runtime() -> Runtime:
    """Give the parts of the current app; `ConfigurationError` when the app has no booker."""
    state = current_app.extensions.get(KEY)
    if not isinstance(state, Runtime):
        raise ConfigurationError(
            "This app has no booker. Create Booker(app), or register create_blueprint() on the app."
        )
    return state
