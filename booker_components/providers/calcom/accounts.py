"""Who calls Cal.com: the account that a call is about, and the headers that prove it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

from ...errors import ConfigurationError, ProviderUnavailable
from ...records.tokens import NotConnected, TokenPair, Tokens

#: The name under which tokens of Cal.com are kept.
PROVIDER = "calcom"
#: The kinds of tokens: of a Platform client's managed user, and of an account connected by OAuth 2.0.
MANAGED, OAUTH = "managed", "oauth"

# A token that ends sooner than this is renewed first: it must outlast the call that it is sent with.
_AHEAD = timedelta(seconds=30)


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


#: How a host's function names an account: in full, by the name of its tokens, or None for the settings'.
Choice = CalcomAccount | str | None


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
        return _bearer(self.of.api_key) if self.of.api_key else {}

    def renew(self, stale: Mapping[str, str]) -> bool:
        """Give False: an API key that was refused stays refused."""
        return False


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientIdentity:
    """A Platform client itself, which owns its managed users (contracts/calcom.md 4.2)."""

    client_id: str
    secret: str = field(repr=False)

    def account(self) -> CalcomAccount:
        """Give nobody's account: these calls name whom they are about."""
        return CalcomAccount()

    def headers(self) -> Mapping[str, str]:
        """Give the client's id and secret."""
        return {"x-cal-client-id": self.client_id, "x-cal-secret-key": self.secret}

    def renew(self, stale: Mapping[str, str]) -> bool:
        """Give False: a secret that was refused stays refused."""
        return False


# What `Accounts.using` chose in this context, innermost last.
_chosen: ContextVar[tuple[tuple[Accounts, Choice], ...]] = ContextVar("booker_calcom_accounts", default=())


class Accounts:
    """One app, many accounts: each call goes out for the account of the request at hand.

    Nothing of an account is kept between two calls, so that none can be taken for another; threads may share
    one object.
    """

    def __init__(
        self,
        default: CalcomAccount,
        *,
        current: Callable[[], Choice] = lambda: None,
        tokens: Tokens | None = None,
        renewers: Mapping[str, Callable[[TokenPair], TokenPair]] | None = None,
        clock: Callable[[], datetime],
        client_id: str = "",
        origin: str = "",
    ) -> None:
        """Call for what *current* chooses, else for *default*.

        *renewers* get new tokens, by kind. *client_id* is a Platform client, which guests' calls name, and
        *origin* the one that calls of its managed users come from, as its redirect URIs allow.
        """
        self._default = default
        self._current = current
        self._tokens = tokens
        self._renewers = dict(renewers or {})
        self._clock = clock
        self._client_id = client_id
        self._origin = origin

    @contextmanager
    def using(self, choice: Choice) -> Iterator[None]:
        """Make every call of the block for *choice*, for commands and jobs, where there is no request."""
        token = _chosen.set((*_chosen.get(), (self, choice)))
        try:
            yield
        finally:
            _chosen.reset(token)

    def account(self) -> CalcomAccount:
        """Give the account that the call at hand is about.

        Raises `NotConnected` if it is one whose tokens we do not have.
        """
        account = self._account()
        if account.tokens and not (account.username or account.team):
            return replace(account, username=self._read(account.tokens).username)
        return account

    def headers(self) -> Mapping[str, str]:
        """Give the headers that prove the account; those of a token that ends soon only after its renewal.

        Raises `NotConnected` if there are no tokens, or none that Cal.com takes.
        """
        account = self._account()
        if account.tokens:
            return self._token_headers(self._fresh(account.tokens))
        if account.api_key:
            return _bearer(account.api_key)
        return {"x-cal-client-id": self._client_id} if self._client_id else {}

    def renew(self, stale: Mapping[str, str]) -> bool:
        """Renew the token of the headers *stale*, unless another has; False if they held none of ours."""
        name = self._account().tokens
        access = stale.get("Authorization", "").removeprefix("Bearer ")
        if not (name and access):
            return False
        self.refresh(name, access)
        return True

    def refresh(self, name: str, stale: str) -> TokenPair:
        """Give tokens of the account *name* whose access token is not *stale*, renewed if need be.

        Raises `NotConnected` if there are none, or Cal.com takes them no longer.
        """
        return self._kept().refresh(PROVIDER, name, stale, self._renewed)

    def fresh_access(self, expired: str) -> str | None:
        """Give the access token that now stands for the managed user whose token *expired* was.

        None if it is nobody's. This is what atoms ask for at `refreshUrl` (contracts/calcom.md 1.2).
        """
        name = self._kept().find_by_access_token(PROVIDER, expired)
        pair = self._read(name) if name else None
        if name is None or pair is None or pair.kind != MANAGED:
            return None
        renewed_before = pair.access != expired and pair.lasts(self._clock() + _AHEAD)
        return pair.access if renewed_before else self.refresh(name, pair.access).access

    def _account(self) -> CalcomAccount:
        choice = self._choice()
        if choice is None:
            return self._default
        if isinstance(choice, CalcomAccount):
            return choice
        if isinstance(choice, str) and choice:
            return CalcomAccount(tokens=choice)
        raise ConfigurationError(
            f"The function in 'BOOKER_CALCOM_ACCOUNT' gave a {type(choice).__name__} that is neither a "
            "CalcomAccount, nor the name of a connected account, nor None."
        )

    def _choice(self) -> Choice:
        for accounts, choice in reversed(_chosen.get()):
            if accounts is self:
                return choice
        return self._current()

    def _fresh(self, name: str) -> TokenPair:
        pair = self._read(name)
        now = self._clock()
        if pair.lasts(now + _AHEAD):
            return pair
        try:
            return self.refresh(name, pair.access)
        except ProviderUnavailable:
            if pair.lasts(now):
                return pair
            raise

    def _token_headers(self, pair: TokenPair) -> Mapping[str, str]:
        needs_origin = pair.kind == MANAGED and self._origin
        return _bearer(pair.access) | ({"Origin": self._origin} if needs_origin else {})

    def _renewed(self, pair: TokenPair) -> TokenPair:
        renew = self._renewers.get(pair.kind)
        if renew is None:
            raise ConfigurationError(
                f"Tokens of kind '{pair.kind}' are kept, but the settings name no client of that kind; see "
                "'BOOKER_CALCOM_AUTH'."
            )
        return renew(pair)

    def _read(self, name: str) -> TokenPair:
        pair = self._kept().read(PROVIDER, name)
        if pair is None:
            raise NotConnected("No account of this name is connected to Cal.com.", account=name)
        return pair

    def _kept(self) -> Tokens:
        if self._tokens is None:
            raise ConfigurationError(
                "'BOOKER_CALCOM_ACCOUNT' named a connected account, but there are none: set "
                "'BOOKER_CALCOM_CLIENT_ID', or give a CalcomAccount with an API key."
            )
        return self._tokens


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}
