"""Where guests go once something is done: pages of the host's, and what these are told."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal, get_args

#: Whose names the parameters have that tell a page of a booking; empty: there are none.
Flavour = Literal["", "jicoo", "cal", "calendly"]
FLAVOURS: tuple[str, ...] = get_args(Flavour)


class Occasion(StrEnum):
    """What a guest has just done."""

    BOOKED = "booked"
    RESCHEDULED = "rescheduled"
    CANCELLED = "cancelled"


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirect:
    """A page of the host's that guests go to in place of the booking page; only at an allowed origin."""

    #: The whole address; its own query and fragment are kept. Empty: guests stay, whatever the settings say.
    url: str = field(kw_only=False)
    #: Jicoo's parameters say nothing about people; Cal.com's and Calendly's name the guest.
    flavour: Flavour = "jicoo"
    #: The slugs of the questions whose answers go along; the first is `answer_1` in Calendly's flavour.
    answers: tuple[str, ...] = ()
    #: Whether the parameters are signed with 'BOOKER_REDIRECT_SECRET', for `verify_redirect`.
    signed: bool = False

    def __post_init__(self) -> None:
        if not isinstance(self.url, str):
            raise ValueError(f"Redirect.url must be a text, but is a {type(self.url).__name__}.")
        if self.flavour not in FLAVOURS:
            known = ", ".join(map(repr, FLAVOURS))
            raise ValueError(f"Redirect.flavour must be one of {known}, but is {self.flavour!r}.")
        if not isinstance(self.answers, tuple) or not all(isinstance(each, str) for each in self.answers):
            raise ValueError(
                f"Redirect.answers must be a tuple of questions' slugs, but is {self.answers!r}."
            )
        if not isinstance(self.signed, bool):
            raise ValueError(f"Redirect.signed must be True or False, but is {self.signed!r}.")
        if not self.flavour and (self.answers or self.signed):
            raise ValueError(
                "A Redirect without a flavour has no parameters, so there are no answers to add and nothing "
                "to sign. Choose a flavour, such as 'jicoo'."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class Redirects:
    """Where guests go after booking, after moving and after cancelling; None: nothing is said about that."""

    booked: Redirect | None = None
    rescheduled: Redirect | None = None
    cancelled: Redirect | None = None

    def __post_init__(self) -> None:
        for occasion in Occasion:
            found = getattr(self, occasion)
            if not isinstance(found, Redirect | None):
                raise ValueError(
                    f"Redirects.{occasion} must be a Redirect, but is a {type(found).__name__}. "
                    "Write Redirect('https://...')."
                )

    def after(self, occasion: Occasion) -> Redirect | None:
        """Give where guests go after *occasion*; None where nothing is said about it."""
        found: Redirect | None = getattr(self, occasion)
        return found

    def each(self) -> Iterator[tuple[Occasion, Redirect]]:
        """Give every occasion about which something is said."""
        return ((occasion, found) for occasion in Occasion if (found := self.after(occasion)))
