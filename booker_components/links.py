"""Links that let a guest book under a name, see, move or cancel: what they look like and whom they let in."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from urllib.parse import quote, urlencode

from itsdangerous import BadSignature, URLSafeSerializer

from .errors import LinkExpired, LinkInvalid
from .values import Booking


class Purpose(StrEnum):
    """What a link is for; a token opens only the page that it was made for.

    From a page to manage, move or cancel a link leads back to the booking page, so whoever holds any of them
    can see and change the booking: they are for its guest alone. The one to decide is for its host alone.
    """

    MANAGE = "manage"
    RESCHEDULE = "reschedule"
    CANCEL = "cancel"
    DECIDE = "decide"


_FOLDERS = {
    Purpose.MANAGE: "/bookings/",
    Purpose.CANCEL: "/bookings/cancel/",
    Purpose.DECIDE: "/bookings/decide/",
}
_TWICE_AT_ONCE = timedelta(minutes=1)


class Links:
    """Makes and checks links.

    A token holds the booking's uid, its revision and an expiry in Unix seconds. It is signed with HMAC-SHA256
    under a salt of its purpose, so it cannot be forged or used for something else, and every change of the
    booking revokes it. Where moving makes a new booking, the link to the old one leads to the new one.
    """

    def __init__(
        self,
        keys: Sequence[bytes],
        *,
        signed: bool = True,
        lifetime: timedelta = timedelta(days=30),
        clock: Callable[[], datetime],
    ) -> None:
        """Sign with the last of *keys*, accept all of them; links expire *lifetime* after a booking's end.

        With *signed* false, knowing a booking's uid is all the authority that a guest needs, as at Cal.com; a
        link to decide is signed all the same, for the guest knows the uid.
        """
        self.signed = signed
        self._keys = list(keys)
        self._lifetime = lifetime
        self._clock = clock

    def token(self, purpose: Purpose, booking: Booking) -> str:
        """Give the token for *booking* as it stands; empty where links for *purpose* are not signed."""
        if not self._signs(purpose):
            return ""
        expires = int((booking.end + self._lifetime).timestamp())
        return str(self._serializer(purpose).dumps([booking.uid, booking.revision, expires]))

    def check(self, token: str, purpose: Purpose, booking: Booking) -> None:
        """Let the bearer of *token* in, or raise `LinkInvalid` or `LinkExpired`."""
        if not self._signs(purpose):
            return
        uid, revision, expires = self._read(token, purpose)
        if uid != booking.uid:
            raise LinkInvalid("The token was made for another booking.")
        if revision != booking.revision and not _made_before_replaced(revision, booking):
            raise LinkExpired("The booking has changed since the token was made.")
        if expires < self._clock().timestamp():
            raise LinkExpired("The token's time is over.")

    def just_used(self, token: str, purpose: Purpose, booking: Booking) -> bool:
        """Tell whether *token* let somebody in until the booking changed, a minute ago at most.

        A form that is sent twice at once comes with such a token the second time.
        """
        if self._clock() - booking.updated_at > _TWICE_AT_ONCE:
            return False
        try:
            self.check(token, purpose, replace(booking, revision=booking.revision - 1))
        except (LinkInvalid, LinkExpired):
            return False
        return True

    def path(self, purpose: Purpose, booking: Booking) -> str:
        """Give path and query, below the blueprint's own prefix, of the page for *purpose*."""
        token = self.token(purpose, booking)
        if purpose is Purpose.RESCHEDULE:
            named = {"rescheduleUid": booking.uid, "eventTypeSlug": booking.event_type}
            return "/reschedule" + _query(**named, token=token)
        return _FOLDERS[purpose] + quote(booking.uid, safe="") + _query(token=token)

    def _signs(self, purpose: Purpose) -> bool:
        return self.signed or purpose is Purpose.DECIDE

    def _read(self, token: str, purpose: Purpose) -> tuple[str, int, int]:
        uid, revision, expires = _read(self._serializer(purpose), token)
        return str(uid), int(revision), int(expires)

    def _serializer(self, purpose: Purpose) -> URLSafeSerializer:
        return _serializer(self._keys, f"booker.links.v1.{purpose}")


class PrefillTokens:
    """Makes and checks the tokens that stand for what a host knows of its user (contracts/jicoo.md 3).

    A token holds a random id and an expiry in Unix seconds, signed with HMAC-SHA256 under a salt of its own.
    It holds nothing of the user: that is kept under the id, and so is how many bookings it is good for, until
    it expires, to whoever holds it.
    """

    def __init__(self, keys: Sequence[bytes], *, clock: Callable[[], datetime]) -> None:
        """Sign with the last of *keys*, accept all of them."""
        self._serializer = _serializer(keys, "booker.prefills.v1")
        self._clock = clock

    def token(self, id: str, *, until: datetime) -> str:
        """Give the token for *id*, good until an instant (aware)."""
        return str(self._serializer.dumps([id, int(until.timestamp())]))

    def read(self, token: str) -> str:
        """Give the id that *token* stands for, or raise `LinkInvalid` or `LinkExpired`."""
        id, expires = _read(self._serializer, token)
        if int(expires) <= self._clock().timestamp():
            raise LinkExpired("The token's time is over.")
        return str(id)


def _serializer(keys: Sequence[bytes], salt: str) -> URLSafeSerializer:
    return URLSafeSerializer(list(keys), salt=salt, signer_kwargs={"digest_method": hashlib.sha256})


def _read(serializer: URLSafeSerializer, token: str) -> list[Any]:
    try:
        return list(serializer.loads(token))
    except (BadSignature, ValueError, TypeError):
        raise LinkInvalid("The token is not ours, or not for this purpose.") from None


def _made_before_replaced(revision: int, booking: Booking) -> bool:
    """Tell whether a link was the last one before *booking* was replaced: its guest still has no other."""
    return bool(booking.replaced_by) and revision == booking.revision - 1


def _query(**parameters: str) -> str:
    """Give a query of the *parameters* that are not empty, with its question mark."""
    filled = {name: value for name, value in parameters.items() if value}
    return "?" + urlencode(filled) if filled else ""
