"""Webhooks of users, event types and Platform clients: made, changed, removed (contracts/calcom.md 5)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .callers import client_of_path
from .calls import Answer, Auth, Call, Json, Refusal, Route, invalid, success
from .payloads import TRIGGERS
from .records import Webhook

#: Whose webhooks a path is about: the kind, and the id.
_Scope = tuple[str, str]
_Scoped = Callable[..., _Scope]


def _of_user(call: Call) -> _Scope:
    return "user", str(call.host.id)


def _of_event_type(call: Call, event_type: int) -> _Scope:
    found = call.store.event_type(event_type)
    if not call.caller.acts_for(found.user):
        raise Refusal(403, "User does not own this event type.")
    return "event-type", str(event_type)


def _of_client(call: Call, client: str) -> _Scope:
    return "client", client_of_path(call.store, client, call.headers).id


_NAMES = {"user": "userId", "event-type": "eventTypeId", "client": "oAuthClientId"}


def _shown(webhook: Webhook) -> Json:
    kind, number = webhook.scope
    data: Json = {
        "id": webhook.id,
        "payloadTemplate": webhook.template,
        "triggers": list(webhook.triggers),
        _NAMES[kind]: number if kind == "client" else int(number),
        "subscriberUrl": webhook.url,
        "active": webhook.active,
    }
    return data | ({"secret": webhook.secret} if webhook.secret else {})


def _own(call: Call, scope: _Scope, number: str) -> Webhook:
    found = call.store.webhooks.get(int(number)) if number.isdigit() else None
    if found is None or found.scope != scope:
        raise Refusal(404, f"Webhook ({number}) not found")
    return found


def _triggers(given: Any) -> list[str]:
    if not isinstance(given, list) or not given or any(each not in TRIGGERS for each in given):
        raise invalid("triggers", "isEnum", "each value in triggers must be one of the known triggers")
    return list(given)


def _url(call: Call, scope: _Scope, *, besides: int = 0) -> str:
    url = call.text("subscriberUrl", required=True)
    others = (each for each in call.store.webhooks.values() if each.scope == scope and each.id != besides)
    if any(each.url == url for each in others):
        raise Refusal(409, "Webhook with this subscriber url already exists for this owner")
    return url


def _collection(scoped: _Scoped) -> tuple[Callable[..., Answer], Callable[..., Answer]]:
    """Give what answers the paths without an id."""

    def create(call: Call, **parts: Any) -> Answer:
        scope = scoped(call, **parts)
        if not isinstance(call.json.get("active"), bool):
            raise invalid("active", "isBoolean", "active must be a boolean value")
        made = Webhook(
            id=call.store.next_id(),
            scope=scope,
            url=_url(call, scope),
            triggers=_triggers(call.json.get("triggers")),
            active=call.json["active"],
            secret=call.text("secret"),
            template=call.text("payloadTemplate"),
        )
        call.store.webhooks[made.id] = made
        return success(_shown(made), status=201)

    def list_all(call: Call, **parts: Any) -> Answer:
        scope = scoped(call, **parts)
        take, skip = call.number("take", 250), call.number("skip", 0)
        found = [_shown(each) for each in call.store.webhooks.values() if each.scope == scope]
        return success(found[skip : skip + take])

    return create, list_all


def _single(scoped: _Scoped) -> tuple[Callable[..., Answer], ...]:
    """Give what answers the paths with an id: read, changed, removed."""

    def get(call: Call, number: str, **parts: Any) -> Answer:
        return success(_shown(_own(call, scoped(call, **parts), number)))

    def change(call: Call, number: str, **parts: Any) -> Answer:
        scope = scoped(call, **parts)
        found, body = _own(call, scope, number), call.json
        found.url = _url(call, scope, besides=found.id) if "subscriberUrl" in body else found.url
        found.triggers = _triggers(body["triggers"]) if "triggers" in body else found.triggers
        found.active = bool(body.get("active", found.active))
        found.secret = call.text("secret") or found.secret
        found.template = call.text("payloadTemplate") or found.template
        return success(_shown(found))

    def delete(call: Call, number: str, **parts: Any) -> Answer:
        found = _own(call, scoped(call, **parts), number)
        del call.store.webhooks[found.id]
        return success(_shown(found))

    return get, change, delete


def _routes(path: str, scoped: _Scoped, auth: Auth) -> list[Route]:
    create, list_all = _collection(scoped)
    get, change, delete = _single(scoped)
    one = f"{path}/<number>"
    return [
        Route(method="POST", path=path, handler=create, auth=auth),
        Route(method="GET", path=path, handler=list_all, auth=auth),
        Route(method="GET", path=one, handler=get, auth=auth),
        Route(method="PATCH", path=one, handler=change, auth=auth),
        Route(method="DELETE", path=one, handler=delete, auth=auth),
    ]


ROUTES = (
    *_routes("/webhooks", _of_user, Auth.USER),
    *_routes("/event-types/<int:event_type>/webhooks", _of_event_type, Auth.USER),
    *_routes("/oauth-clients/<client>/webhooks", _of_client, Auth.OWN),
)
