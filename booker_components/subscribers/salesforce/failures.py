"""Refusals of Salesforce: which pass by themselves, which are about a field, and what may be said of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from ...errors import DeliveryFailed

#: Refusals that pass by themselves, whatever their status: the next attempt looks for every record again.
PASSING = frozenset(
    {
        "API_CURRENTLY_DISABLED",
        "CANNOT_UPDATE_CONVERTED_LEAD",
        "ENTITY_IS_DELETED",
        "INVALID_SESSION_ID",
        "QUERY_TIMEOUT",
        "REQUEST_LIMIT_EXCEEDED",
        "REQUEST_RUNNING_TOO_LONG",
        "SERVER_UNAVAILABLE",
        "UNABLE_TO_LOCK_ROW",
    }
)

#: Refusals that can be about a single field, also where they do not say which.
ABOUT_FIELDS = frozenset(
    {
        # About whoever is to own the record.
        "INACTIVE_OWNER_OR_USER",
        "OP_WITH_INVALID_USER_TYPE_EXCEPTION",
        "TRANSFER_REQUIRES_READ",
        "FIELD_CUSTOM_VALIDATION_EXCEPTION",
        "FIELD_INTEGRITY_EXCEPTION",
        "INVALID_EMAIL_ADDRESS",
        "INVALID_FIELD",
        "INVALID_FIELD_FOR_INSERT_UPDATE",
        "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
        "INVALID_TYPE_ON_FIELD_IN_RECORD",
        "JSON_PARSER_ERROR",
        "NUMBER_OUTSIDE_VALID_RANGE",
        "STRING_TOO_LONG",
    }
)

#: Refusals of a login that do not pass until somebody has mended something.
LASTING_LOGINS = frozenset(
    {
        "API_DISABLED_FOR_ORG",
        "INVALID_LOGIN",
        "INVALID_OPERATION_WITH_EXPIRED_PASSWORD",
        "LOGIN_MUST_USE_SECURITY_TOKEN",
        "PASSWORD_LOCKOUT",
        "UNSUPPORTED_API_VERSION",
        "app_not_found",
        "inactive_org",
        "inactive_user",
        "invalid_app_access",
        "invalid_client",
        "invalid_client_id",
        "invalid_grant",
        "invalid_request",
        "unauthorized_client",
        "unsupported_grant_type",
    }
)

# With 300, several records have one external id; the next attempt finds them all. With 420, Salesforce does
# not know at this moment where the org is.
_PASSING_STATUSES = frozenset({300, 408, 409, 420, 429, 500, 502, 503, 504})
_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,79}", re.ASCII)
_FIELD = re.compile(r"[A-Za-z]\w{0,79}", re.ASCII)
# The only places in which a message names a field without quoting what was sent to it.
_NO_COLUMN = re.compile(r"No such column '(\w{1,80})'", re.ASCII)


class SalesforceFailed(DeliveryFailed):
    """Salesforce did not do what was asked; the message quotes nothing that was sent."""

    def __init__(
        self, message: str, *, code: str, fields: Collection[str] = (), permanent: bool = False
    ) -> None:
        super().__init__(message, permanent=permanent)
        #: Salesforce's word for the failure, or ours in small letters.
        self.code = code
        #: The API names of the fields that it is about, as far as it says.
        self.fields = tuple(fields)


class OutcomeLost(SalesforceFailed):
    """A change was sent and no answer came: it may have happened, or not."""

    def __init__(self, message: str) -> None:
        super().__init__(message, code="no_answer")


def refusal(what: str, status: int, content: object) -> SalesforceFailed:
    """Give the failure that an answer stands for; *what* says what was asked for."""
    errors = tuple(_errors(content))
    code = next((each for each, _, _ in errors), "")
    # A trigger that meets a lock says so in its own words.
    passing = any("UNABLE_TO_LOCK_ROW" in message for _, message, _ in errors)
    fields = tuple(dict.fromkeys(name for _, message, given in errors for name in _named(message, given)))
    about = f" ({', '.join(fields)})" if fields else ""
    return SalesforceFailed(
        f"Salesforce refused {what}: {code or status}{about}.",
        code=code or f"status_{status}",
        fields=fields,
        permanent=not (passing or _passes(status, code)),
    )


def login_refusal(code: object) -> SalesforceFailed:
    """Give the failure of a login that was refused with *code*, a word or a status."""
    written = code.removeprefix("sf:") if isinstance(code, str) else ""
    word = written if _CODE.fullmatch(written) else ""
    lasting = word in LASTING_LOGINS or code in {400, 401, 403, 404}
    said = word or (str(code) if isinstance(code, int) else "an answer that cannot be read")
    return SalesforceFailed(f"Salesforce refused the login: {said}.", code=word or "login", permanent=lasting)


def unreadable(what: str) -> SalesforceFailed:
    """Give the failure of an answer that is none of Salesforce's."""
    return SalesforceFailed(f"The answer to {what} cannot be read.", code="unreadable")


def _passes(status: int, code: str) -> bool:
    return code in PASSING or status in _PASSING_STATUSES


def _errors(content: object) -> Iterator[tuple[str, str, object]]:
    """Give code, message and fields of each error in an answer."""
    for each in content if isinstance(content, list) else [content]:
        if isinstance(each, Mapping):
            code, message = each.get("errorCode"), each.get("message")
            known = isinstance(code, str) and _CODE.fullmatch(code)
            yield (
                (str(code) if known else ""),
                (message if isinstance(message, str) else ""),
                each.get("fields"),
            )


def _named(message: str, fields: object) -> Iterator[str]:
    if isinstance(fields, list):
        yield from (each for each in fields if isinstance(each, str) and _FIELD.fullmatch(each))
    yield from _NO_COLUMN.findall(message)
