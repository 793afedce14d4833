"""The exceptions that booker_components raises.

::

    ConfigurationError(RuntimeError)     the app is set up wrongly; outside the tree on purpose
    BookerError
    ├─ Refused                           the visitor can act: the same widget again, with the sentence
    │  ├─ SlotTaken 409
    │  ├─ NotBookable 422
    │  │  └─ InvalidRequest 422          some fields of the request are wrong: which, and why
    │  ├─ BookingNotFound 404
    │  ├─ EventTypeNotFound 404
    │  ├─ BookingClosed 409
    │  ├─ LinkInvalid 403
    │  ├─ LinkExpired 410
    │  │  └─ LinkUsedUp 410              every booking that it was for has been made
    │  ├─ FormExpired 403
    │  ├─ CodeNeeded 200                the guest has to show whose an address is, by a code
    │  │  └─ CodeWrong 422              another code was mailed
    │  └─ TooManyRequests 429
    ├─ ProviderError 502                 the backend failed: the notice widget, "try again"
    │  ├─ ProviderUnavailable 503
    │  │  └─ OutcomeUnknown 503          a change was sent, and no answer came
    │  ├─ ProviderRefused 502
    │  └─ Unsupported 501
    ├─ WebhookRejected 400
    └─ DeliveryFailed                    a subscriber could not; the outbox retries or parks
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

from .languages import N_


class ConfigurationError(RuntimeError):
    """The app is set up wrongly; the message names the setting and the remedy.

    Not a `BookerError`: nothing that handles failures of a request may swallow it.
    """


class BookerError(Exception):
    """The base of every failure that a request can meet."""

    #: The HTTP status of an answer that reports this error.
    status: ClassVar[int] = 500
    #: What the visitor reads, unless the raiser knows better: in English, translated where it is shown.
    default_sentence: ClassVar[str] = N_("Something went wrong. Please try again.")

    def __init__(self, message: str = "", *, sentence: str | None = None) -> None:
        self.message = message or type(self).__name__
        #: One sentence for the visitor, in English, as the catalogues know it; never holds personal data or
        #: internals.
        self.sentence = sentence or self.default_sentence
        super().__init__(self.message)


class Refused(BookerError):
    """The request was understood and refused; the visitor can act on it."""

    status = 400
    default_sentence = N_("That is not possible.")


class _RuleRefused(Refused):
    """Refused by a rule of the event type, perhaps only until or since an instant."""

    def __init__(
        self, message: str = "", *, rule: str = "", until: datetime | None = None, sentence: str | None = None
    ) -> None:
        super().__init__(message, sentence=sentence)
        #: The word of the rule that refused, one of `policy.Rule`.
        self.rule = rule
        #: The instant (aware) at which the rule's answer changes or changed, if there is one.
        self.until = until


class SlotTaken(Refused):
    """Somebody else has the slot, or it stopped being free."""

    status = 409
    default_sentence = N_("That time has just been taken. Please choose another one.")


class Collision(SlotTaken):
    """Somebody else took a part of it at the same moment; trying once more may find another host or seat."""


class NotBookable(_RuleRefused):
    """The event type does not allow this time: notice, horizon, hours or limits."""

    status = 422
    default_sentence = N_("That time cannot be booked. Please choose another one.")


class InvalidRequest(NotBookable):
    """Some fields of the request are wrong."""

    default_sentence = N_("Some answers need your attention.")

    def __init__(self, problems: Mapping[str, str], *, message: str = "") -> None:
        # The sentences are no part of it: they may repeat what a guest typed.
        super().__init__(message or f"Invalid fields: {', '.join(sorted(problems))}.", rule="fields")
        #: A sentence for each wrong field, by the slug of its question, in the language that was spoken.
        self.problems = dict(problems)


class BookingNotFound(Refused):
    """No booking has this uid."""

    status = 404
    default_sentence = N_("We could not find this booking. Please check the link.")


class EventTypeNotFound(Refused):
    """No event type has this slug."""

    status = 404
    default_sentence = N_("There is nothing to book at this address. Please check the link.")


class BookingClosed(_RuleRefused):
    """The booking cannot be changed any more: past, cancelled, or its cut-off has passed."""

    status = 409
    default_sentence = N_("This booking can no longer be changed.")


class LinkInvalid(Refused):
    """The link was not made by this app, or for something else."""

    status = 403
    default_sentence = N_("This link is not valid.")


class LinkExpired(Refused):
    """The link was right once: it has expired, or the booking has changed since."""

    status = 410
    default_sentence = N_("This link has expired.")


class LinkUsedUp(LinkExpired):
    """Every booking that the link was good for has been made."""

    default_sentence = N_("Every booking that this link was for has been made.")


class FormExpired(Refused):
    """The form's token is missing, forged or too old; what was typed is kept, to be sent once more."""

    status = 403
    default_sentence = N_("This page was open for a long time. Please send the form once more.")


class CodeNeeded(Refused):
    """A code has been mailed to the guest's address, and is to be typed in before anything is booked."""

    status = 200
    default_sentence = N_("We have mailed you a code. Please type it in, and send the form once more.")

    def __init__(self, *, address: str, proof: str) -> None:
        super().__init__("An address is not shown to be the guest's.")
        #: Where the code was mailed to.
        self.address = address
        #: What the form carries along, to know the code again.
        self.proof = proof


class CodeWrong(CodeNeeded):
    """What was typed in is not the code."""

    status = 422
    default_sentence = N_(
        "This is not the code that we have mailed. Please look at your latest mail, or ask for a new code."
    )


class TooManyRequests(Refused):
    """The same thing was asked for too often."""

    status = 429
    default_sentence = N_("That was asked for too often. Please wait a while and try again.")


class ProviderError(BookerError):
    """The booking backend failed."""

    status = 502
    default_sentence = N_("The booking service did not answer as expected. Please try again in a moment.")


class ProviderUnavailable(ProviderError):
    """The backend cannot be reached or asks to wait."""

    status = 503
    default_sentence = N_("The booking service is not available right now. Please try again in a moment.")

    def __init__(
        self, message: str = "", *, retry_after: float | None = None, sentence: str | None = None
    ) -> None:
        super().__init__(message, sentence=sentence)
        #: Seconds to wait before the next try, if the backend said so.
        self.retry_after = retry_after


class OutcomeUnknown(ProviderUnavailable):
    """A change was sent to the backend and no answer came: it may have happened, or not."""

    default_sentence = N_(
        "The booking service did not answer in time, so we cannot tell whether it worked. "
        "Please check your mail before you try again."
    )


class ProviderRefused(ProviderError):
    """The backend refused in a way that we do not know."""


class Unsupported(ProviderError):
    """The backend cannot do this at all."""

    status = 501
    default_sentence = N_("The booking service cannot do that.")


class WebhookRejected(BookerError):
    """An incoming webhook is unsigned, forged, too old or unreadable."""

    status = 400
    default_sentence = N_("The webhook was rejected.")


class DeliveryFailed(BookerError):
    """A subscriber could not take an event; the outbox tries again, unless that is of no use."""

    def __init__(
        self,
        message: str = "",
        *,
        permanent: bool = False,
        retry_after: float | None = None,
        sentence: str | None = None,
    ) -> None:
        super().__init__(message, sentence=sentence)
        #: Whether it fails until somebody has mended something: the outbox parks the event at once.
        self.permanent = permanent
        #: Seconds to wait before the next try at least, if the other side said so.
        self.retry_after = retry_after
