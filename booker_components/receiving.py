"""Receiver: webhooks come in, and are taken: at once by a thread, or later by a command."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping
from datetime import timedelta

from .errors import ProviderUnavailable
from .outbox import POLL_SECONDS, STOP_SECONDS
from .outbox.failures import delay_after, described
from .outbox.worker import Worker
from .providers import ReceivesWebhooks
from .records.inbox import Claim, Inbox, InboxState, incoming_from
from .service import BookingService

_log = logging.getLogger(__name__)


class Receiver:
    """Keeps every webhook before it is answered, and tells the service of it until that has worked.

    The sender is answered once its webhook is safe, before anybody asks the provider's API: a vendor that
    sends no notice twice must not depend on whether its own API answers at this moment.
    """

    def __init__(
        self,
        service: BookingService,
        inbox: Inbox,
        *,
        surroundings: Callable[[], contextlib.AbstractContextManager[object]] = contextlib.nullcontext,
    ) -> None:
        """Take webhooks to *service*, each within `surroundings()`, for example an app context."""
        self.inbox = inbox
        self._service = service
        self._surroundings = surroundings
        self._worker = Worker(self.take_next, name="booker-inbox", pause=POLL_SECONDS)

    def knows(self, provider: str) -> bool:
        """Tell whether webhooks of *provider* are received here."""
        return isinstance(self._service.provider, ReceivesWebhooks) and self.provider == provider

    @property
    def provider(self) -> str:
        """The name of the provider whose webhooks are received."""
        return self._service.provider.name

    def receive(self, headers: Mapping[str, str], body: bytes) -> None:
        """Verify a webhook of the provider, and keep it to be taken; a copy or a try-out is let go.

        `WebhookRejected` if it is not genuine; `ProviderUnavailable` if it could not be kept.
        """
        provider = self._service.provider
        assert isinstance(provider, ReceivesWebhooks), "ask knows() first"
        incoming = provider.incoming(headers, body)
        if not incoming.ping and self.inbox.receive(provider.name, incoming, body):
            self._worker.wake()

    def take_due(self) -> int:
        """Take webhooks until none is due any more; give how many were tried."""
        count = 0
        while self.take_next():
            count += 1
        return count

    def take_next(self) -> bool:
        """Take the webhook that has been due longest; False if there is none."""
        claim = self.inbox.claim(self.provider)
        if claim is None:
            return False
        try:
            with self._surroundings():
                self._service.take(incoming_from(claim))
        except Exception as error:
            self._failed(claim, error)
        else:
            self.inbox.done(claim)
        return True

    def arm(self) -> None:
        """Let the first webhook start the thread."""
        self._worker.arm()

    def ensure(self) -> None:
        """Start the thread where it is wanted and does not run; cheap enough for every request."""
        self._worker.ensure()

    def stop(self) -> None:
        """Let the thread finish the webhook at hand, and wait for it."""
        self._worker.stop()
        self._worker.join(STOP_SECONDS)

    def _failed(self, claim: Claim, error: Exception) -> None:
        asked = error.retry_after if isinstance(error, ProviderUnavailable) else None
        again = max(delay_after(claim.attempts), timedelta(seconds=asked or 0))
        state = self.inbox.failed(claim, described(error), again=again)
        level = logging.ERROR if state is InboxState.PARKED else logging.WARNING
        _log.log(
            level,
            "Webhook %d (%s) of %s could not be taken (attempt %d, now %s): %s",
            claim.id,
            claim.trigger,
            self.provider,
            claim.attempts,
            state,
            described(error),
        )
