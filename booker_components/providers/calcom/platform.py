"""A Platform client and its managed users (contracts/calcom.md 4.10); deprecated, for those who have one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from ...errors import ProviderError, Unsupported
from ...records.tokens import NotConnected, TokenPair, Tokens
from .accounts import MANAGED, PROVIDER
from .client import CalcomClient, Resource, quote
from .failures import CalcomError, CalcomNotFound
from .objects import Object

_PAGE = 100
# In seconds far in the future, in milliseconds long ago.
_SURELY_MILLISECONDS = 100_000_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class ManagedUser:
    """A user at Cal.com who belongs to a Platform client and never sees Cal.com."""

    id: int
    #: As it was given; Cal.com keeps it with the client's id in it.
    email: str = field(repr=False)
    username: str = field(repr=False)
    name: str = field(default="", repr=False)
    #: IANA name.
    zone: str = ""
    locale: str = ""
    week_start: str = ""
    #: 12 or 24; None if Cal.com does not say.
    time_format: int | None = None
    default_schedule: int | None = None
    avatar_url: str = field(default="", repr=False)
    bio: str = field(default="", repr=False)
    metadata: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)


@dataclass(frozen=True, kw_only=True, slots=True)
class PlatformClient:
    """What is set up for a Platform client (contracts/calcom.md 3.6); its secret is left out."""

    id: str
    name: str
    #: Where tokens of managed users may be used from.
    redirect_uris: tuple[str, ...] = ()
    #: The addresses that Cal.com's mails link to, "/" and a uid being appended (contracts/calcom.md 3.2).
    booking_uri: str = ""
    reschedule_uri: str = ""
    cancel_uri: str = ""
    emails_enabled: bool = False


class Platform:
    """What the owner of a Platform client may do; threads may share it.

    Every method raises `CalcomError` when Cal.com refuses, `CalcomNotFound` for an unknown user.
    """

    def __init__(
        self,
        owner: CalcomClient,
        *,
        client_id: str,
        tokens: Tokens,
        admin: CalcomClient | None = None,
    ) -> None:
        """Call as *owner*, by id and secret; *admin* calls with an API key of whoever made the client."""
        #: Calls as the client itself, which owns its managed users.
        self.owner = owner
        self.client_id = client_id
        self._tokens = tokens
        self._admin = admin

    # --- managed users ---------------------------------------------------------------------------

    def users(self, *, emails: Sequence[str] = ()) -> tuple[ManagedUser, ...]:
        """Give all managed users, or those with these *emails*."""
        found: dict[int, ManagedUser] = {}
        while True:
            params = {"limit": _PAGE, "offset": len(found), "emails": ",".join(emails) or None}
            page = self.owner.page(self._path("users"), Resource.OTHER, params=params).data
            # A page may hold fewer than we asked for and not be the last; one without news is.
            new = {user.id: user for user in map(self._user, page) if user.id not in found}
            if not new:
                return tuple(found.values())
            found |= new

    def user(self, user_id: int) -> ManagedUser:
        """Give one managed user."""
        return self._user(self.owner.get(self._path("users", str(user_id)), Resource.OTHER))

    def create(
        self,
        account: str,
        *,
        email: str,
        name: str,
        zone: str,
        locale: str = "",
        week_start: str = "",
        time_format: int | None = None,
        avatar_url: str = "",
        bio: str = "",
        metadata: Mapping[str, str] | None = None,
    ) -> ManagedUser:
        """Make a managed user and keep the tokens under the name *account*.

        *zone* is an IANA name, in which Cal.com makes the first schedule. *week_start* is an English weekday.
        """
        body = _filled(
            email=email,
            name=name,
            timeZone=zone,
            locale=locale,
            weekStart=week_start,
            timeFormat=time_format,
            avatarUrl=avatar_url,
            bio=bio,
            metadata=dict(metadata or {}),
        )
        data = self.owner.post(self._path("users"), Resource.OTHER, json=body)
        user = self._user(Object.of(data, "new managed user").fields.get("user"))
        self._tokens.write(PROVIDER, account, _pair(data, user))
        return user

    def adopt(self, account: str, user_id: int) -> ManagedUser:
        """Take over a managed user that was made elsewhere: keep new tokens under the name *account*.

        The tokens that others hold for this user may end by that.
        """
        user = self.user(user_id)
        self._tokens.write(PROVIDER, account, _pair(self._force_refresh(user.id), user))
        return user

    def update(
        self,
        user_id: int,
        *,
        email: str = "",
        name: str = "",
        zone: str = "",
        locale: str = "",
        week_start: str = "",
        time_format: int | None = None,
        default_schedule: int | None = None,
        avatar_url: str = "",
        bio: str = "",
        metadata: Mapping[str, str] | None = None,
    ) -> ManagedUser:
        """Change what is given of a managed user, and give the user as it now stands.

        *metadata* is sent whole, an empty one too: what is to stay belongs in it. At most 50 keys of 40
        characters with texts of 500.
        """
        body = _filled(
            email=email,
            name=name,
            timeZone=zone,
            locale=locale,
            weekStart=week_start,
            timeFormat=time_format,
            defaultScheduleId=default_schedule,
            avatarUrl=avatar_url,
            bio=bio,
        )
        if metadata is not None:
            body["metadata"] = dict(metadata)
        return self._user(self.owner.patch(self._path("users", str(user_id)), Resource.OTHER, json=body))

    def delete(self, user_id: int, *, account: str = "") -> ManagedUser:
        """Delete a managed user, and the tokens that are kept under the name *account*."""
        user = self._user(self.owner.delete(self._path("users", str(user_id)), Resource.OTHER))
        if account:
            self._tokens.delete(PROVIDER, account)
        return user

    # --- tokens ----------------------------------------------------------------------------------

    def renew(self, pair: TokenPair) -> TokenPair:
        """Give the tokens that follow *pair*, whose refresh token is spent by that.

        One that is refused is replaced by force, as only the owner of the client may. Raises `NotConnected`
        if the user is no more.
        """
        try:
            data = self.owner.post(
                f"/oauth/{quote(self.client_id)}/refresh",
                Resource.OTHER,
                json={"refreshToken": pair.refresh},
            )
        except CalcomError:
            data = self._forced(pair)
        return replace(_read_pair(data), user=pair.user, username=pair.username)

    def _forced(self, pair: TokenPair) -> Any:
        try:
            return self._force_refresh(int(pair.user))
        except (CalcomNotFound, ValueError) as error:
            raise NotConnected(
                "Cal.com takes the refresh token of a managed user no longer, and knows no such user."
            ) from error

    def _force_refresh(self, user_id: int) -> Any:
        return self.owner.post(self._path("users", str(user_id), "force-refresh"), Resource.OTHER)

    # --- the client itself -----------------------------------------------------------------------

    def client(self) -> PlatformClient:
        """Give what is set up for the client. `Unsupported` without an API key of its owner."""
        return _client(self._administrator().get(self._path(), Resource.OTHER))

    def set_addresses(self, *, booking: str, reschedule: str, cancel: str) -> PlatformClient:
        """Set the addresses that Cal.com's mails link to; `Unsupported` without an API key of its owner.

        None may end in a slash or have a query: Cal.com appends "/" and a uid (contracts/calcom.md 3.2).
        """
        body = {
            "bookingRedirectUri": booking,
            "bookingRescheduleRedirectUri": reschedule,
            "bookingCancelRedirectUri": cancel,
        }
        return _client(self._administrator().patch(self._path(), Resource.OTHER, json=body))

    def _administrator(self) -> CalcomClient:
        if self._admin is None:
            raise Unsupported(
                "What is set up for a Platform client is only told to its owner: set 'BOOKER_CALCOM_API_KEY' "
                "to an API key of the account that made the client."
            )
        return self._admin

    def _path(self, *parts: str) -> str:
        return "/oauth-clients/" + "/".join(quote(part) for part in (self.client_id, *parts))

    def _user(self, data: object) -> ManagedUser:
        user = Object.of(data, "managed user")
        return ManagedUser(
            id=user.number("id"),
            email=user.text("email").replace(f"+{self.client_id}@", "@"),
            username=user.text("username"),
            name=user.text("name"),
            zone=user.text("timeZone"),
            locale=user.text("locale"),
            week_start=user.text("weekStart"),
            time_format=user.number("timeFormat", 0) or None,
            default_schedule=user.number("defaultScheduleId", 0) or None,
            avatar_url=user.text("avatarUrl"),
            bio=user.text("bio"),
            metadata=_texts(user.child("metadata")),
        )


def _client(data: object) -> PlatformClient:
    client = Object.of(data, "Platform client")
    return PlatformClient(
        id=client.word("id"),
        name=client.text("name"),
        redirect_uris=client.texts("redirectUris"),
        booking_uri=client.text("bookingRedirectUri"),
        reschedule_uri=client.text("bookingRescheduleRedirectUri"),
        cancel_uri=client.text("bookingCancelRedirectUri"),
        emails_enabled=client.flag("areEmailsEnabled"),
    )


def _pair(data: object, user: ManagedUser) -> TokenPair:
    return replace(_read_pair(data), user=str(user.id), username=user.username)


def _read_pair(data: object) -> TokenPair:
    keys = Object.of(data, "pair of tokens")
    return TokenPair(
        access=keys.word("accessToken"),
        refresh=keys.word("refreshToken"),
        expires_at=_instant(keys.number("accessTokenExpiresAt")),
        kind=MANAGED,
    )


def _instant(number: int) -> datetime:
    """Read an instant in milliseconds since 1970, or in seconds."""
    try:
        return datetime.fromtimestamp(number / 1000 if number > _SURELY_MILLISECONDS else number, UTC)
    except (ValueError, OverflowError, OSError):
        raise ProviderError("Cal.com gave a pair of tokens that ends beyond all years we know.") from None


def _filled(**fields: Any) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value}


def _texts(metadata: Object | None) -> Mapping[str, str]:
    given = metadata.fields if metadata else {}
    return MappingProxyType({name: str(value) for name, value in given.items()})
