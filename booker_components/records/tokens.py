"""Tokens of other people's accounts at a provider: encrypted at rest, renewed by one process at a time."""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from ..errors import ProviderRefused, ProviderUnavailable
from ..languages import N_
from ..storage import Storage
from .boxes import Box
from .tables import tokens

#: How long who renews keeps the others out. Longer than any call to a provider may take, for a refresh token
#: that two use at once is lost to both.
LEASE = timedelta(seconds=60)
#: Seconds for which the others wait for whoever renews.
PATIENCE = 20.0
# Seconds between two looks at what the one who renews has done.
_PAUSE = 0.05


class NotConnected(ProviderRefused):
    """An account has no tokens, or some that the provider takes no longer: its owner has to connect it."""

    default_sentence = N_("The connection to the booking service has ended. Please tell your host.")

    def __init__(self, message: str, *, account: str = "") -> None:
        super().__init__(message)
        #: The name of the account; not part of the message, for it may be a person's.
        self.account = account


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenPair:
    """What proves that we may act for an account, until when, and what gets the next pair."""

    access: str = field(repr=False)
    refresh: str = field(repr=False)
    #: When *access* ends, aware.
    expires_at: datetime
    #: Which kind of client got it; tells how it is renewed.
    kind: str = ""
    #: The account's id and name at the provider, where these are known.
    user: str = ""
    username: str = field(default="", repr=False)
    #: Whether the provider has refused *refresh*, so that nobody tries it again.
    refused: bool = False

    def __post_init__(self) -> None:
        if self.expires_at.tzinfo is None:
            raise ValueError("TokenPair.expires_at must be aware.")

    def lasts(self, until: datetime) -> bool:
        """Tell whether *access* still holds at *until*."""
        return self.expires_at > until


class Tokens:
    """The tokens of all accounts; threads and processes may share the database.

    No method may be called inside a transaction: others would wait for it while the provider is asked.
    """

    def __init__(
        self, storage: Storage, box: Box, clock: Callable[[], datetime], *, patience: float = PATIENCE
    ) -> None:
        """Keep tokens in *storage*, sealed in *box*; wait *patience* seconds for another's renewal."""
        self._storage = storage
        self._box = box
        self._clock = clock
        self._patience = patience

    def read(self, provider: str, account: str) -> TokenPair | None:
        """Give the tokens of *account*; None if it has none, `NotConnected` if no key of ours opens them."""
        row = self._row(provider, account)
        return self._opened(row) if row else None

    def accounts(self, provider: str) -> Sequence[str]:
        """Give the names of all accounts at *provider*, sorted."""
        query = select(tokens.c.account).where(tokens.c.provider == provider).order_by(tokens.c.account)
        with self._storage.reading() as connection:
            return connection.execute(query).scalars().all()

    def find_by_access_token(self, provider: str, access: str) -> str | None:
        """Give the account of *access*, the present access token or the one before it; None if unknown."""
        digest = _digest(access)
        theirs = or_(tokens.c.digest == digest, tokens.c.former_digest == digest)
        query = select(tokens.c.account).where(tokens.c.provider == provider, theirs)
        with self._storage.reading() as connection:
            return connection.execute(query).scalars().first()

    def write(self, provider: str, account: str, pair: TokenPair) -> None:
        """Keep *pair* for *account*, in place of what was kept."""
        # A token of whoever had this name before must not open the way to somebody else's.
        row = self._row(provider, account)
        former = row.digest if row and self._is_of(row, pair.user) else ""
        values = self._sealed(pair) | {"former_digest": former, "leased_until": None}
        if not self._changed(_of(provider, account), values):
            self._insert(provider, account, values)

    def delete(self, provider: str, account: str) -> None:
        """Forget the tokens of *account*, if there are any."""
        with self._storage.transaction() as connection:
            connection.execute(delete(tokens).where(_of(provider, account)))

    def refresh(
        self, provider: str, account: str, stale: str, renew: Callable[[TokenPair], TokenPair]
    ) -> TokenPair:
        """Give tokens of *account* whose access token is not *stale*, from *renew* if need be.

        Of all threads and processes that ask at once, one calls *renew*, and the others wait for what it
        gets. Should it die, another takes its place after `LEASE`. *renew* raises `NotConnected` when its
        refresh token is refused; this is remembered, and everybody else is told so without another try.
        `ProviderUnavailable` if the wait is too long.
        """
        give_up = time.monotonic() + self._patience
        while True:
            row = self._row(provider, account)
            if row is None:
                raise NotConnected("No tokens are kept for the account.", account=account)
            pair = self._opened(row)
            if pair.refused:
                raise NotConnected(_REFUSED, account=account)
            if pair.access != stale:
                return pair
            if self._lease(row):
                return self._renewed(row, pair, renew)
            if time.monotonic() > give_up:
                raise ProviderUnavailable("Another process has not renewed a token in time.", retry_after=5)
            time.sleep(_PAUSE)

    def _lease(self, row: Row[Any]) -> bool:
        """Take the lease of *row* if it is free: the version then says that it is ours."""
        now = self._clock()
        if row.leased_until and row.leased_until > now:
            return False
        free = _of(row.provider, row.account) & (tokens.c.version == row.version)
        return self._changed(free, {"leased_until": now + LEASE})

    def _renewed(self, row: Row[Any], pair: TokenPair, renew: Callable[[TokenPair], TokenPair]) -> TokenPair:
        ours = _of(row.provider, row.account) & (tokens.c.version == row.version + 1)
        try:
            fresh = renew(pair)
        except NotConnected as error:
            self._changed(ours, self._sealed(replace(pair, refused=True)) | {"leased_until": None})
            raise NotConnected(error.message, account=row.account) from error
        except BaseException:
            self._changed(ours, {"leased_until": None})
            raise
        return self._replaced(row, fresh)

    def _replaced(self, row: Row[Any], fresh: TokenPair) -> TokenPair:
        """Put *fresh* in the place of what *row* holds, unless that has gone in the meantime."""
        # Not bound to the lease: though it may have lapsed, these are the newest tokens there are.
        same = _of(row.provider, row.account) & (tokens.c.digest == row.digest)
        values = self._sealed(fresh) | {"former_digest": row.digest, "leased_until": None}
        if self._changed(same, values):
            return fresh
        standing = self.read(row.provider, row.account)
        if standing is None:
            raise NotConnected("The account was disconnected meanwhile.", account=row.account)
        return standing

    # --- rows ------------------------------------------------------------------------------------

    def _row(self, provider: str, account: str) -> Row[Any] | None:
        with self._storage.reading() as connection:
            return connection.execute(select(tokens).where(_of(provider, account))).first()

    def _changed(self, where: ColumnElement[bool], values: dict[str, Any]) -> bool:
        change = update(tokens).where(where).values(version=tokens.c.version + 1, **values)
        with self._storage.transaction() as connection:
            return connection.execute(change).rowcount == 1

    def _insert(self, provider: str, account: str, values: dict[str, Any]) -> None:
        row = {"provider": provider, "account": account, "version": 1}
        try:
            with self._storage.transaction() as connection:
                connection.execute(insert(tokens).values(row | values))
        except IntegrityError:
            # Somebody else connected the account at this moment; the last one counts.
            self._changed(_of(provider, account), values)

    # --- what is sealed --------------------------------------------------------------------------

    def _sealed(self, pair: TokenPair) -> dict[str, Any]:
        content = asdict(pair) | {"expires_at": pair.expires_at.isoformat()}
        return {"box": self._box.seal(json.dumps(content).encode()), "digest": _digest(pair.access)}

    def _opened(self, row: Row[Any]) -> TokenPair:
        content = self._box.open(row.box)
        if content is None:
            raise NotConnected(_LOCKED, account=row.account)
        written = json.loads(content)
        # What another version of this package has added is passed over.
        given = {each.name: written[each.name] for each in fields(TokenPair) if each.name in written}
        return TokenPair(**given | {"expires_at": datetime.fromisoformat(given["expires_at"])})

    def _is_of(self, row: Row[Any], user: str) -> bool:
        try:
            return bool(user) and self._opened(row).user == user
        except NotConnected:
            return False


_REFUSED = "The account has to be connected again: its refresh token was refused."
_LOCKED = (
    "The tokens of the account cannot be decrypted: 'SECRET_KEY' is another one than when they were kept. "
    "Put the former one into 'SECRET_KEY_FALLBACKS', or have the account connected again."
)


def _of(provider: str, account: str) -> ColumnElement[bool]:
    return (tokens.c.provider == provider) & (tokens.c.account == account)


def _digest(access: str) -> str:
    return hashlib.sha256(access.encode()).hexdigest()
