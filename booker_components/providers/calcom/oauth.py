"""OAuth 2.0 at Cal.com: people connect their accounts by authorization code (contracts/calcom.md 4.11)."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ...errors import ConfigurationError, ProviderError, ProviderRefused
from ...records.tokens import NotConnected, TokenPair
from .._http import Http
from .accounts import OAUTH, CalcomAccount, FixedIdentity
from .client import CalcomClient, Resource
from .failures import CalcomError, CalcomForbidden, failure
from .objects import Object

# RFC 7636, 4.1 wants 43 to 128 characters.
_VERIFIER_LENGTH = 64
# Seconds in a year: more than any token lives, so that no wrong figure leaves the years we know.
_LONGEST_LIFE = 31_536_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Authorization:
    """The beginning of a connection: where to send the person, and what to keep until they come back."""

    #: The page at Cal.com that asks for consent.
    url: str = field(repr=False)
    #: Comes back with the person; proves that the answer belongs to this question.
    state: str = field(repr=False)
    #: Proves at the exchange that we asked (RFC 7636); empty for clients that have a secret for that.
    verifier: str = field(repr=False)


class OAuth:
    """One OAuth 2.0 client, confidential if it has a secret, else public; threads may share it."""

    def __init__(
        self,
        http: Http,
        *,
        api_url: str,
        app_url: str,
        client_id: str,
        client_secret: str = "",
        scopes: Sequence[str],
        clock: Callable[[], datetime],
    ) -> None:
        """Ask at *app_url* to be allowed *scopes*, get tokens at *api_url*.

        Raises `ConfigurationError` if authlib is not installed.
        """
        _require_authlib()
        self._http = http
        self._api_url = api_url
        self._app_url = app_url
        self._client_id = client_id
        self._client_secret = client_secret
        self._scopes = tuple(scopes)
        self._clock = clock

    def authorization(self, redirect_uri: str) -> Authorization:
        """Begin a connection that comes back to *redirect_uri*, which must be registered to the letter."""
        from authlib.common.security import generate_token
        from authlib.oauth2.client import OAuth2Client

        # A confidential client's exchange takes a secret or a verifier, never both; a challenge would ask
        # for the verifier (contracts/calcom.md 4.11).
        verifier = "" if self._client_secret else generate_token(_VERIFIER_LENGTH)
        client = OAuth2Client(
            session=None,
            client_id=self._client_id,
            scope=list(self._scopes),
            redirect_uri=redirect_uri,
            code_challenge_method="S256",
        )
        url, state = client.create_authorization_url(
            f"{self._app_url}/auth/oauth2/authorize",
            state=generate_token(_VERIFIER_LENGTH),
            code_verifier=verifier or None,
        )
        return Authorization(url=url, state=state, verifier=verifier)

    def exchange(self, code: str, *, redirect_uri: str, verifier: str) -> TokenPair:
        """Give the tokens for *code*, with the account's id and username if the scopes let us read them.

        Raises `ProviderRefused` if Cal.com takes the code no longer, or not from us.
        """
        proof = {"client_secret": self._client_secret} if self._client_secret else {"code_verifier": verifier}
        answer = self._ask(
            {
                "client_id": self._client_id,
                "grant_type": "authorization_code",
                "code": code,
                "redirect_uri": redirect_uri,
            }
            | proof
        )
        return self._named(self._pair(answer))

    def renew(self, pair: TokenPair) -> TokenPair:
        """Give the tokens that follow *pair*, whose refresh token is spent by that.

        Raises `NotConnected` if Cal.com takes the refresh token no longer.
        """
        secret = {"client_secret": self._client_secret} if self._client_secret else {}
        question = {
            "client_id": self._client_id,
            "grant_type": "refresh_token",
            "refresh_token": pair.refresh,
        }
        try:
            answer = self._ask(question | secret)
        except CalcomError as error:
            if error.code != "invalid_grant":
                raise
            raise NotConnected(
                "The account has to be connected to Cal.com again: its refresh token was refused."
            ) from error
        fresh = self._pair(answer, former=pair.refresh)
        return replace(fresh, user=pair.user, username=pair.username)

    def _ask(self, question: Mapping[str, str]) -> Object:
        """Ask the token endpoint, which takes no further properties and wraps nothing."""
        reply = self._http.send(
            "POST",
            f"{self._api_url}/auth/oauth2/token",
            headers={"Accept": "application/json"},
            json=question,
            repeatable=False,
        )
        if reply.status >= 400:
            raise _explained(failure(reply, "POST of tokens", repeatable=False))
        try:
            return Object.of(json.loads(reply.body), "pair of tokens")
        except (ValueError, RecursionError):
            raise ProviderError("Cal.com answered POST of tokens with something else than JSON.") from None

    def _pair(self, answer: Object, *, former: str = "") -> TokenPair:
        life = min(max(answer.number("expires_in"), 0), _LONGEST_LIFE)
        return TokenPair(
            access=answer.word("access_token"),
            # Who gives no new refresh token goes on taking the former one (RFC 6749, 6).
            refresh=answer.text("refresh_token", former) or answer.word("refresh_token"),
            expires_at=self._clock() + timedelta(seconds=life),
            kind=OAUTH,
        )

    def _named(self, pair: TokenPair) -> TokenPair:
        """Give *pair* with whose it is, which takes the scope PROFILE_READ."""
        theirs = FixedIdentity(of=CalcomAccount(api_key=pair.access))
        try:
            data = CalcomClient(self._http, self._api_url, theirs).get("/me", Resource.OTHER)
        except CalcomForbidden:
            return pair
        me = Object.of(data, "profile")
        return replace(pair, user=me.identifier("id"), username=me.text("username"))


def _explained(error: ProviderError) -> ProviderError:
    """Name the remedy where the client itself was refused; the words of Cal.com are not for logs."""
    if isinstance(error, CalcomError) and error.code == "invalid_client":
        return ProviderRefused(
            "Cal.com does not know the OAuth 2.0 client, or not by this secret: check "
            "'BOOKER_CALCOM_CLIENT_ID' and 'BOOKER_CALCOM_CLIENT_SECRET'."
        )
    return error


def _require_authlib() -> None:
    try:
        import authlib.oauth2.client  # noqa: F401
    except ImportError:
        raise ConfigurationError(
            "Connecting accounts by OAuth 2.0 needs authlib, which is not installed: "
            "pip install 'booker-components[oauth]'."
        ) from None
