"""Receiver: webhooks come in, and are taken: at once by a thread, or later by a command."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import cast

from .errors import ConfigurationError, DeliveryFailed, ProviderUnavailable
from .outbox import POLL_SECONDS, STOP_SECONDS, Subscriber, subscriber_name
from .outbox.failures import delay_after, described
from .outbox.worker import Worker
from .providers import ReceivesWebhooks
from .records.inbox import Claim, Inbox, InboxState, hearer_of, incoming_from
from .service import BookingService
from .values import Notice

_log = logging.getLogger(__name__)

#: Takes a notice; returns once it is safe elsewhere, raises to get it again.
Hearer = Callable[[Notice], None]


class Receiver:
    """Keeps every webhook before it is answered, and tells service or hearers of it until that has worked.

    The sender is answered once its webhook is safe, before anybody asks the provider's API: a vendor that
    sends no notice twice must not depend on whether its own API answers at this moment.
    """

    def __init__(
        self,
        service: BookingService,
        inbox: Inbox,
        *,
        hearers: Sequence[Hearer] = (),
        surroundings: Callable[[], contextlib.AbstractContextManager[object]] = contextlib.nullcontext,
        call: Callable[[], object] | None = None,
    ) -> None:
        """Take webhooks to *service*, and notices to *hearers*, each within `surroundings()`.

        Those are an app context, for example. *call* wakes workers in other processes; it is called when a
        webhook has come. Raises `ConfigurationError` if two hearers have the same name.
        """
        self.inbox = inbox
        self._service = service
        self._hearers = _by_name(hearers)
        self._surroundings = surroundings
        self._call = call
        self._worker = Worker(self.take_next, name="booker-inbox", pause=POLL_SECONDS)

    def knows(self, provider: str) -> bool:
        """Tell whether webhooks of *provider* are received here."""
        return self.is_fed and self.provider == provider

    @property
    def provider(self) -> str:
        """The name of the provider whose webhooks are received."""
        return self._service.provider.name

    @property
    def is_fed(self) -> bool:
        """Whether the provider sends webhooks."""
        return isinstance(self._service.provider, ReceivesWebhooks)

    @property
    def is_heard(self) -> bool:
        """Whether anybody here hears notices."""
        return bool(self._hearers)

    def receive(self, headers: Mapping[str, str], body: bytes, *, mark: str = "") -> None:
        """Verify a webhook of the provider, and keep it to be taken; a copy or a try-out is let go.

        *mark* ends the address of a single account's. `WebhookRejected` if it is not genuine;
        `ProviderUnavailable` if it could not be kept.
        """
        provider = self._service.provider
        assert isinstance(provider, ReceivesWebhooks), "ask knows() first"
        incoming = provider.incoming(headers, body, mark=mark)
        if incoming.ping:
            return
        if self.inbox.receive(provider.name, incoming, body, hearers=self._hearers, mark=mark):
            self.wake()
            if self._call is not None:
                self._call()

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
                self._take(claim)
        # A hearer that calls sys.exit must not end the thread.
        except (Exception, SystemExit) as error:
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

    def start(self) -> None:
        """Take webhooks in a daemon thread of this process; leaves a running one alone."""
        self._worker.start()

    def wake(self) -> None:
        """Let the thread look at once; start it where it is wanted and does not run."""
        self._worker.wake()

    def stop(self, seconds: float = STOP_SECONDS) -> None:
        """Let the thread finish the webhook at hand, and wait so many *seconds* for it."""
        self._worker.stop()
        self._worker.join(seconds)

    def _take(self, claim: Claim) -> None:
        incoming = incoming_from(claim)
        if incoming.notice is None:
            self._service.take(incoming)
            return
        name = hearer_of(claim)
        if name not in self._hearers:
            raise DeliveryFailed(f"Nobody of the name '{name}' hears notices any more; see 'on_notice'.")
        self._hearers[name](incoming.notice)

    def _failed(self, claim: Claim, error: BaseException) -> None:
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


def _by_name(hearers: Sequence[Hearer]) -> Mapping[str, Hearer]:
    # Named as subscribers are, whatever they take.
    named = {subscriber_name(cast(Subscriber, each)): each for each in hearers}
    if len(named) < len(hearers):
        raise ConfigurationError("Two of 'on_notice' have the same name; give one another 'name' attribute.")
    return named
