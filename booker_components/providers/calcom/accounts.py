"""Who calls Cal.com: the account that a call is about, and the headers that prove it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, kw_only=True, slots=True)
class CalcomAccount:
    """Whose event types and bookings a call is about, and with what right (contracts/calcom.md 4.2)."""

    #: A username, or several joined by "+" for a dynamic group.
    username: str = ""
    #: The slug of a team, in place of a username.
    team: str = ""
    #: The slug of the organization that the user or the team belongs to.
    organization: str = ""
    api_key: str = field(default="", repr=False)
    #: The name under which tokens are kept: of an account connected by OAuth 2.0, or of a managed user.
    tokens: str = ""


class Identity(Protocol):
    """Says for which account the call at hand is made, and proves it."""

    def account(self) -> CalcomAccount:
        """Give the account that the call at hand is about."""

    def headers(self) -> Mapping[str, str]:
        """Give the headers that prove it; empty for calls that anybody may make."""

    def renew(self, stale: Mapping[str, str]) -> bool:
        """Renew what the headers *stale* held, which Cal.com has refused; False if that is not possible."""


@dataclass(frozen=True, kw_only=True, slots=True)
class FixedIdentity:
    """One account for all calls: none, or an API key."""

    of: CalcomAccount = CalcomAccount()

    def account(self) -> CalcomAccount:
        """Give the account."""
        return self.of

    def headers(self) -> Mapping[str, str]:
        """Give the API key as a header, if there is one."""
        return {"Authorization": f"Bearer {self.of.api_key}"} if self.of.api_key else {}

    def renew(self, stale: Mapping[str, str]) -> bool:
        """Give False: an API key that was refused stays refused."""
        return False
