"""Lets integrations in: the OAuth 2.0 token endpoint and SOAP's login().

After Salesforce Help, "OAuth 2.0 JWT Bearer Flow for Server-to-Server Integration", "OAuth 2.0 Client
Credentials Flow for Server-to-Server Integration" and "OAuth 2.0 Username-Password Flow", and the SOAP API
Developer Guide, "login()".
"""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from ... import times
from ..exchanges import Answer, Exchange, answer
from .objects import Record
from .store import Store

_JWT_BEARER = "urn:ietf:params:oauth:grant-type:jwt-bearer"


@cache
def _keys() -> tuple[str, str]:
    """Give a private key and its public one, as PEM; made once, for making them takes a while."""
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric import rsa

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    return (
        private.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption()).decode(),
        private.public_key().public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo).decode(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What an integration proves itself with; its properties are keywords of simple-salesforce."""

    username: str = "integration@booker.example.com"
    password: str = "correct horse <&> battery"  # noqa: S105 - proves nothing outside the fake
    security_token: str = "sEcUrItYtOkEn"  # noqa: S105
    consumer_key: str = "3MVG9FakeConsumerKey.of_the_fake"
    consumer_secret: str = "FAKE0SECRET0OF0THE0CONNECTED0APP"  # noqa: S105
    #: "My Domain", which client credentials are asked for at.
    domain: str = "booker.my"

    @property
    def private_key(self) -> str:
        """The key that JSON web tokens are signed with, as PEM; needs the package cryptography."""
        return _keys()[0]

    @property
    def token(self) -> dict[str, str]:
        """For a login with password and security token."""
        return {"username": self.username, "password": self.password, "security_token": self.security_token}

    @property
    def jwt(self) -> dict[str, str]:
        """For a login with a signed JSON web token."""
        return {"username": self.username, "consumer_key": self.consumer_key, "privatekey": self.private_key}

    @property
    def client(self) -> dict[str, str]:
        """For a login of the connected app itself."""
        return {
            "consumer_key": self.consumer_key,
            "consumer_secret": self.consumer_secret,
            "domain": self.domain,
        }


class LoginRefused(Exception):
    """A login that fails: OAuth's error and its description."""

    def __init__(self, error: str, description: str) -> None:
        super().__init__(description)
        self.error = error
        self.description = description


@dataclass(slots=True, kw_only=True)
class Door:
    """Looks at what callers prove themselves with."""

    store: Store
    credentials: Credentials

    # --- OAuth 2.0 -------------------------------------------------------------------------------

    def token(self, exchange: Exchange) -> Answer:
        """Answer POST /services/oauth2/token."""
        form = dict(parse_qsl(exchange.body.decode("utf-8", "replace")))
        try:
            self._admit(form, exchange.headers)
        except LoginRefused as refused:
            return oauth_error(refused.error, refused.description)
        store = self.store
        made = {
            "access_token": store.open_session(),
            "scope": "api",
            "instance_url": store.app_url,
            "id": f"{store.app_url}/id/{store.org_id}/{store.user_id}",
            "token_type": "Bearer",
        }
        return answer(made)

    def _admit(self, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
        grants = {
            _JWT_BEARER: lambda: self._bearer(form.get("assertion", "")),
            "client_credentials": lambda: self._client(form, headers),
            "password": lambda: self._password(form, headers),
        }
        grant = grants.get(form.get("grant_type", ""))
        if grant is None:
            raise LoginRefused("unsupported_grant_type", "grant type not supported")
        if self.store.login_error[0]:
            raise LoginRefused(*self.store.login_error)
        grant()

    def _bearer(self, assertion: str) -> None:
        import jwt

        try:
            told: dict[str, Any] = jwt.decode(assertion, options={"verify_signature": False})
        except jwt.InvalidTokenError:
            raise LoginRefused("invalid_grant", "invalid assertion") from None
        if told.get("iss") != self.credentials.consumer_key:
            raise LoginRefused("invalid_client_id", "client identifier invalid")
        try:
            jwt.decode(
                assertion,
                _keys()[1],
                algorithms=["RS256"],
                options={"verify_exp": False, "verify_aud": False},
            )
        except jwt.InvalidTokenError:
            raise LoginRefused("invalid_grant", "invalid assertion") from None
        if str(told.get("aud", "")).rstrip("/") not in self._audiences():
            raise LoginRefused("invalid_grant", "audience is invalid")
        # Held against the clock of the machine: who makes tokens reads no other.
        if not _number(told.get("exp")) > times.utc_now().timestamp():
            raise LoginRefused("invalid_grant", "expired authorization code")
        self._user(str(told.get("sub", "")), "user hasn't approved this consumer")

    def _audiences(self) -> tuple[str, ...]:
        hosts = ("login", "test", self.credentials.domain)
        return (*(f"https://{each}.salesforce.com" for each in hosts), self.store.app_url)

    def _client(self, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
        key, secret = _basic(headers.get("Authorization", ""))
        key, secret = key or form.get("client_id", ""), secret or form.get("client_secret", "")
        if key != self.credentials.consumer_key:
            raise LoginRefused("invalid_client_id", "client identifier invalid")
        if secret != self.credentials.consumer_secret:
            raise LoginRefused("invalid_client", "invalid client credentials")
        self._user(self.credentials.username, "no client credentials user enabled")

    def _password(self, form: Mapping[str, str], headers: Mapping[str, str]) -> None:
        self._client(form, headers)
        own = self.credentials
        if form.get("password") not in (own.password, own.password + own.security_token):
            raise LoginRefused("invalid_grant", "authentication failure")
        self._user(form.get("username", ""), "authentication failure")

    def _user(self, username: str, unknown: str) -> Record:
        """Give the user of a name; refused for a stranger and for one who is no longer active."""
        found = self.store.find(self.store.user_id)
        assert found is not None
        if username.casefold() != self.credentials.username.casefold():
            raise LoginRefused("invalid_grant", unknown)
        if not found["IsActive"]:
            raise LoginRefused("invalid_grant", "inactive user")
        return found

    # --- SOAP ------------------------------------------------------------------------------------

    def soap(self, exchange: Exchange, version: str) -> Answer:
        """Answer POST /services/Soap/u/<version>: login(), which 65.0 has no longer."""
        if _number(version) >= 65:
            return _fault("UNSUPPORTED_API_VERSION", "SOAP API login() is not available in this version.")
        given = _soap_fields(exchange.body)
        own = self.credentials
        try:
            if given.get("password") != own.password + own.security_token or self.store.login_error[0]:
                raise LoginRefused("invalid_grant", "authentication failure")
            user = self._user(given.get("username", ""), "authentication failure")
        except LoginRefused:
            return _fault("INVALID_LOGIN", "Invalid username, password, security token; or user locked out.")
        return _xml(
            "<loginResponse><result>"
            f"<serverUrl>{self.store.app_url}/services/Soap/u/{escape(version)}/{self.store.org_id[:15]}</serverUrl>"
            f"<sessionId>{escape(self.store.open_session())}</sessionId><userId>{user.id}</userId>"
            "</result></loginResponse>",
            status=200,
        )


def oauth_error(error: str, description: str, *, status: int = 400) -> Answer:
    """Write an error as the token endpoint does."""
    return answer({"error": error, "error_description": description}, status=status)


def _basic(header: str) -> tuple[str, str]:
    kind, _, coded = header.partition(" ")
    if kind.lower() != "basic":
        return "", ""
    try:
        name, _, secret = base64.b64decode(coded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return name, secret


def _number(value: Any) -> float:
    """Give a number that may be a text, as simple-salesforce sends the time of expiry; 0 for none."""
    return float(value) if re.fullmatch(r"\d+(\.\d+)?", str(value)) else 0.0


def _soap_fields(body: bytes) -> dict[str, str]:
    try:
        tree = ElementTree.fromstring(body)  # noqa: S314 - the test's own client has written it
    except ElementTree.ParseError:
        return {}
    return {each.tag.rpartition("}")[2]: each.text or "" for each in tree.iter()}


def _fault(code: str, words: str) -> Answer:
    return _xml(
        f"<soapenv:Fault><faultcode>{code}</faultcode><faultstring>{code}: {words}</faultstring><detail>"
        f"<sf:LoginFault><sf:exceptionCode>{code}</sf:exceptionCode>"
        f"<sf:exceptionMessage>{words}</sf:exceptionMessage></sf:LoginFault></detail></soapenv:Fault>",
        status=500,
    )


def _xml(inner: str, *, status: int) -> Answer:
    body = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" '
        'xmlns="urn:partner.soap.sforce.com" xmlns:sf="urn:fault.partner.soap.sforce.com">'
        f"<soapenv:Body>{inner}</soapenv:Body></soapenv:Envelope>"
    )
    return Answer(status=status, body=body.encode(), headers={"Content-Type": "text/xml;charset=UTF-8"})
