"""The three ways to log in at Salesforce, and which one the settings ask for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from ...settings import Settings, salesforce_login
from .failures import SalesforceFailed, login_refusal, unreadable
from .session import Session

#: The newest version in which a login by name, password and token alone is possible: Salesforce has taken
#: login() out of 65.0, and ends it in the older ones with Summer '27 (its article 005132110).
LAST_SOAP_LOGIN = "64.0"


@dataclass(frozen=True, kw_only=True, slots=True)
class Ticket:
    """What a login gives."""

    token: str = field(repr=False)
    #: The host that keeps the org's data.
    instance: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """How to log in."""

    #: What simple-salesforce is told besides the session.
    options: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, settings: Settings) -> Login:
        """Give the login that *settings* ask for; they have been checked."""
        return cls(
            options={"domain": settings.salesforce_domain} | _WAYS[salesforce_login(settings)](settings)
        )

    def __call__(self, session: Session) -> Ticket:
        """Log in; `SalesforceFailed` if that is refused, or there is no answer."""
        from jwt import PyJWTError
        from simple_salesforce.exceptions import SalesforceAuthenticationFailed
        from simple_salesforce.login import SalesforceLogin

        options: dict[str, Any] = dict(self.options)
        try:
            token, instance = SalesforceLogin(session=session, **options)
        except SalesforceAuthenticationFailed as error:
            raise login_refusal(error.code) from None
        except requests.RequestException as error:
            raise SalesforceFailed(
                f"The login at Salesforce failed: {type(error).__name__}.", code="no_answer"
            ) from None
        # Said of an app that the user has not allowed, where warnings are errors.
        except UserWarning:
            raise login_refusal("invalid_grant") from None
        except PyJWTError:
            raise SalesforceFailed(
                "'BOOKER_SALESFORCE_PRIVATE_KEY' cannot sign; it must be an RSA key in PEM.",
                code="private_key",
                permanent=True,
            ) from None
        # Whatever simple-salesforce stumbles over in an answer that is none.
        except (AttributeError, KeyError, LookupError, TypeError, ValueError):
            raise unreadable("the login") from None
        if not (isinstance(token, str) and token and isinstance(instance, str) and instance):
            raise unreadable("the login")
        return Ticket(token=token, instance=instance)


def _by_key(settings: Settings) -> dict[str, str]:
    return {
        "username": settings.salesforce_username,
        "consumer_key": settings.salesforce_client_id,
        "privatekey": settings.salesforce_private_key,
    }


def _by_client(settings: Settings) -> dict[str, str]:
    return {
        "consumer_key": settings.salesforce_client_id,
        "consumer_secret": settings.salesforce_client_secret,
    }


def _by_password(settings: Settings) -> dict[str, str]:
    user = {"username": settings.salesforce_username}
    if settings.salesforce_client_id:
        # OAuth 2.0 wants the token right behind the password.
        return (
            user
            | _by_client(settings)
            | {"password": settings.salesforce_password + settings.salesforce_token}
        )
    return user | {
        "password": settings.salesforce_password,
        "security_token": settings.salesforce_token,
        "sf_version": min(settings.salesforce_api_version, LAST_SOAP_LOGIN, key=float),
    }


_WAYS: Mapping[str, Callable[[Settings], dict[str, str]]] = {
    "key": _by_key,
    "client": _by_client,
    "password": _by_password,
}
