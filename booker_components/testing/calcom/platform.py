"""The Platform, deprecated: OAuth clients, managed users, their tokens (contracts/calcom.md 3.6, 4.10)."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from . import event_types
from .callers import client_of_path
from .calls import Answer, Auth, Call, Json, Refusal, Route, invalid, stamp, success
from .fields import EMAIL
from .people import change_user
from .records import PlatformClient, Token, User
from .store import Store

#: How long the tokens of managed users live (contracts/calcom.md 4.2).
_ACCESS, _REFRESH = timedelta(minutes=60), timedelta(days=365)

#: The event types that a new managed user gets where the client says so.
_DEFAULT_EVENT_TYPES = (
    ("thirty-minutes", 30, False),
    ("thirty-minutes-video", 30, True),
    ("sixty-minutes", 60, False),
    ("sixty-minutes-video", 60, True),
)

#: The fields of a client in a body, and what we call them.
_FIELDS = {
    "name": "name",
    "logo": "logo",
    "redirectUris": "redirect_uris",
    "permissions": "permissions",
    "bookingRedirectUri": "booking_uri",
    "bookingRescheduleRedirectUri": "reschedule_uri",
    "bookingCancelRedirectUri": "cancel_uri",
    "areEmailsEnabled": "emails",
    "areDefaultEventTypesEnabled": "default_event_types",
    "areCalendarEventsEnabled": "calendar_events",
}


def add_client(store: Store, owner: User, given: Json) -> PlatformClient:
    """Add a client of the Platform with the fields of a body."""
    letters = "abcdefghijklmnopqrstuvwxyz0123456789"
    made = PlatformClient(
        id=f"cl{store.name(23, letters)}",
        secret=store.name(64),
        owner=owner,
        created=store.clock(),
        **{_FIELDS[name]: value for name, value in given.items() if name in _FIELDS},
    )
    store.clients[made.id] = made
    return made


def _shown(client: PlatformClient) -> Json:
    data = {name: getattr(client, ours) for name, ours in _FIELDS.items()}
    optional = ("logo", "bookingRedirectUri", "bookingRescheduleRedirectUri", "bookingCancelRedirectUri")
    data = {name: value for name, value in data.items() if value or name not in optional}
    return {
        **data,
        "id": client.id,
        "secret": client.secret,
        "organizationId": client.owner.id,
        "createdAt": stamp(client.created),
    }


def _own(call: Call, client: str) -> PlatformClient:
    found = call.store.clients.get(client)
    if found is None or found.owner is not call.host:
        raise Refusal(404, f"OAuth client with ID {client} not found")
    return found


def _create_client(call: Call) -> Answer:
    call.text("name", required=True)
    if not isinstance(call.json.get("redirectUris"), list):
        raise invalid("redirectUris", "isArray", "redirectUris must be an array")
    made = add_client(call.store, call.host, call.json)
    return success({"clientId": made.id, "clientSecret": made.secret}, status=201)


def _clients(call: Call) -> Answer:
    return success([_shown(each) for each in call.store.clients.values() if each.owner is call.host])


def _client(call: Call, client: str) -> Answer:
    return success(_shown(_own(call, client)))


def _change_client(call: Call, client: str) -> Answer:
    found = _own(call, client)
    for name in (_FIELDS.keys() - {"permissions"}) & call.json.keys():
        setattr(found, _FIELDS[name], call.json[name])
    return success(_shown(found))


def _delete_client(call: Call, client: str) -> Answer:
    return success(_shown(call.store.clients.pop(_own(call, client).id)))


# --- managed users -------------------------------------------------------------------------------


def add_managed(store: Store, client: PlatformClient, given: Json) -> User:
    """Add a managed user, whose address gets the client's id; 409 if he is there already."""
    email = managed_email(given["email"], client.id)
    if any(each.email == email for each in store.users.values()):
        raise Refusal(409, "User with the provided e-mail already exists.")
    user = store.add_user(
        re.sub(r"[^a-z0-9]+", "-", email.lower()).strip("-"),
        name=given["name"],
        email=email,
        zone=given.get("timeZone") or "Europe/London",
        client=client.id,
    )
    change_user(user, {name: value for name, value in given.items() if name != "email"})
    if client.default_event_types:
        _add_default_event_types(store, user)
    return user


def _add_default_event_types(store: Store, user: User) -> None:
    for slug, length, video in _DEFAULT_EVENT_TYPES:
        app: Json = {"type": "integration", "integration": "cal-video"}
        fields = {"slug": slug, "lengthInMinutes": length, "locations": [app] if video else []}
        event_types.add(store, user, fields)


def managed_email(email: str, client: str) -> str:
    """Give the address under which Cal.com keeps a managed user."""
    local, _, domain = email.partition("@")
    return email if local.endswith(f"+{client}") else f"{local}+{client}@{domain}"


def tokens(store: Store, user: User) -> Json:
    """Give a managed user a new pair of tokens."""
    access, refresh = store.token_pair(user, user.client, access=_ACCESS, refresh=_REFRESH)
    return {
        "accessToken": access.value,
        "refreshToken": refresh.value,
        "accessTokenExpiresAt": _milliseconds(access),
        "refreshTokenExpiresAt": _milliseconds(refresh),
    }


def _milliseconds(token: Token) -> int:
    return int(token.expires.timestamp() * 1000)


def _shown_user(user: User) -> Json:
    return {
        "id": user.id,
        "email": user.email,
        "username": user.username,
        "name": user.name,
        "bio": user.bio,
        "timeZone": user.zone,
        "weekStart": user.week_start,
        "createdDate": stamp(user.created),
        "timeFormat": user.time_format,
        "defaultScheduleId": user.schedule,
        "locale": user.locale,
        "avatarUrl": user.avatar,
        "metadata": user.metadata,
    }


def _managed(call: Call, client: str, number: int) -> User:
    found = call.store.users.get(number)
    if found is None or found.client != client_of_path(call.store, client, call.headers).id:
        raise Refusal(404, f"User with ID {number} is not part of the requested platform client.")
    return found


def _create_user(call: Call, client: str) -> Answer:
    owner = client_of_path(call.store, client, call.headers)
    call.text("name", required=True)
    if not EMAIL.fullmatch(call.text("email", required=True)):
        raise invalid("email", "isEmail", "email must be an email")
    user = add_managed(call.store, owner, call.json)
    return success({"user": _shown_user(user), **tokens(call.store, user)}, status=201)


def _users(call: Call, client: str) -> Answer:
    owner = client_of_path(call.store, client, call.headers)
    emails = {managed_email(each, client) for each in call.many("emails")}
    own = [each for each in call.store.users.values() if each.client == owner.id]
    found = [_shown_user(each) for each in own if not emails or each.email in emails]
    limit, offset = call.number("limit", 50), call.number("offset", 0)
    return success(found[offset : offset + limit])


def _user(call: Call, client: str, number: int) -> Answer:
    return success(_shown_user(_managed(call, client, number)))


def _change_user(call: Call, client: str, number: int) -> Answer:
    user, body = _managed(call, client, number), dict(call.json)
    if "email" in body:
        body["email"] = managed_email(call.text("email", required=True), client)
    change_user(user, body)
    return success(_shown_user(user))


def _delete_user(call: Call, client: str, number: int) -> Answer:
    user = call.store.users.pop(_managed(call, client, number).id)
    for each in call.store.tokens.values():
        each.revoked = each.revoked or each.user is user
    for event_type in call.store.event_types_of(user):
        del call.store.event_types[event_type.id]
    return success(_shown_user(user))


def _force_refresh(call: Call, client: str, number: int) -> Answer:
    return success(tokens(call.store, _managed(call, client, number)))


def _refresh(call: Call, client: str) -> Answer:
    """Exchange a refresh token, which is then of no more use."""
    owner = client_of_path(call.store, client, call.headers)
    token = call.store.tokens.get(call.text("refreshToken", required=True))
    good = token is not None and token.refresh and not token.oauth and not token.revoked
    if token is None or not good or token.client != owner.id or token.expires <= call.now:
        raise Refusal(401, "Invalid refresh token.")
    token.revoked = True
    return success(tokens(call.store, token.user))


_CLIENT, _USERS = "/oauth-clients/<client>", "/oauth-clients/<client>/users"
_USER = f"{_USERS}/<int:number>"


def _secret(method: str, path: str, handler: Any) -> Route:
    return Route(method=method, path=path, handler=handler, auth=Auth.OWN)


ROUTES = (
    Route(method="POST", path="/oauth-clients", handler=_create_client),
    Route(method="GET", path="/oauth-clients", handler=_clients),
    Route(method="GET", path=_CLIENT, handler=_client),
    Route(method="PATCH", path=_CLIENT, handler=_change_client),
    Route(method="DELETE", path=_CLIENT, handler=_delete_client),
    _secret("POST", _USERS, _create_user),
    _secret("GET", _USERS, _users),
    _secret("GET", _USER, _user),
    _secret("PATCH", _USER, _change_user),
    _secret("DELETE", _USER, _delete_user),
    _secret("POST", f"{_USER}/force-refresh", _force_refresh),
    _secret("POST", "/oauth/<client>/refresh", _refresh),
)
