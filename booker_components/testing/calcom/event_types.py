"""Event types: their defaults, and the paths to read and change them (contracts/calcom.md 4.7)."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Sequence
from typing import Any

from .calls import Answer, Auth, Call, Json, Refusal, Route, invalid, success
from .fields import with_system
from .records import EventType, Team, User
from .store import Store

VERSIONS = ("2024-06-14",)

_DISABLED: Json = {"disabled": True}

_DEFAULTS: Json = {
    "lengthInMinutes": 30,
    "description": "",
    "locations": [{"type": "integration", "integration": "cal-video"}],
    "recurrence": None,
    "disableGuests": False,
    "slotInterval": None,
    "minimumBookingNotice": 0,
    "beforeEventBuffer": 0,
    "afterEventBuffer": 0,
    "metadata": {},
    "price": 0,
    "currency": "usd",
    "lockTimeZoneToggleOnBookingPage": False,
    "forwardParamsSuccessRedirect": True,
    "successRedirectUrl": None,
    "isInstantEvent": False,
    "scheduleId": None,
    "bookingLimitsCount": _DISABLED,
    "bookingLimitsDuration": _DISABLED,
    "bookerActiveBookingsLimit": _DISABLED,
    "bookingWindow": _DISABLED,
    "onlyShowFirstAvailableSlot": False,
    "showOptimizedSlots": False,
    "offsetStart": 0,
    "confirmationPolicy": _DISABLED,
    "requiresBookerEmailVerification": False,
    "hideCalendarNotes": False,
    "hideCalendarEventDetails": False,
    "hideOrganizerEmail": False,
    "seats": _DISABLED,
    "customName": "{Event type title} between {Organiser} and {Scheduler}",
    "hidden": False,
    "bookingRequiresAuthentication": False,
    "disableCancelling": {"disabled": False},
    "disableRescheduling": {"disabled": False},
    "allowReschedulingPastBookings": False,
    "allowReschedulingCancelledBookings": False,
    "interfaceLanguage": None,
    "bookerLayouts": {"defaultLayout": "month", "enabledLayouts": ["month", "week", "column"]},
    "color": {"lightThemeHex": "#292929", "darkThemeHex": "#fafafa"},
}

#: What dynamic groups offer (contracts/calcom.md 1.8).
_GROUP_LENGTHS = [15, 30, 60, 90]


def add(
    store: Store, owner: User | Team, given: Json, hosts: Sequence[User] = (), *, listed: bool = True
) -> EventType:
    """Add an event type with *given* fields over the defaults; one that is not *listed* has no id."""
    number = store.next_id() if listed else 0
    fields = {**copy.deepcopy(_DEFAULTS), **copy.deepcopy(given), "id": number}
    fields.setdefault("title", str(fields["slug"]).replace("-", " ").capitalize())
    fields["bookingFields"] = with_system(fields.get("bookingFields", ()), locations=len(fields["locations"]))
    everybody = owner.members if isinstance(owner, Team) else [owner]
    made = EventType(
        id=number, owner=owner, hosts=list(hosts or everybody), fields=fields, created=store.clock()
    )
    if made.team is not None:
        fields.setdefault("schedulingType", "collective")
    if listed:
        store.event_types[number] = made
    return made


def group(store: Store, usernames: Iterable[str], organization: str = "") -> EventType:
    """Give the event type of several users together, which exists nowhere; 404 for an unknown one."""
    users = [store.user_named(name, organization) for name in usernames]
    fields = {"slug": "dynamic", "title": "Meeting", "lengthInMinutesOptions": _GROUP_LENGTHS}
    made = add(store, users[0], fields, users, listed=False)
    made.fields["schedulingType"] = "collective"
    return made


def shown(store: Store, event_type: EventType) -> Json:
    """Give the event type as the API puts it out."""
    fields = copy.deepcopy(event_type.fields)
    seats = event_type.setting("seats") or {}
    fields["seatsPerTimeSlot"] = seats.get("seatsPerTimeSlot")
    fields["seatsShowAvailabilityCount"] = seats.get("showAvailabilityCount")
    people = [_person(user) for user in event_type.hosts]
    if event_type.team is None:
        path = f"{event_type.user.username}/{event_type.slug}"
        return {
            **fields,
            "ownerId": event_type.user.id,
            "users": people,
            "bookingUrl": f"{store.app_url}/{path}",
        }
    return {**fields, **_of_team(event_type.team), "hosts": people, "ownerId": None}


def _person(user: User) -> Json:
    return {
        "id": user.id,
        "userId": user.id,
        "name": user.name,
        "username": user.username,
        "avatarUrl": user.avatar,
        "brandColor": None,
        "darkBrandColor": None,
        "weekStart": user.week_start,
        "metadata": user.metadata,
    }


def _of_team(team: Team) -> Json:
    face = {
        "id": team.id,
        "slug": team.slug,
        "name": team.name,
        "bannerUrl": "",
        "logoUrl": "",
        "weekStart": "Sunday",
        "brandColor": "",
        "darkBrandColor": "",
        "theme": "",
    }
    return {"teamId": team.id, "team": face, "parentEventTypeId": None, "assignAllTeamMembers": False}


def find(call: Call, asked: Json) -> EventType:
    """Give the event type that a body or query names in one of its ways; 404 without one, 400 for no name."""
    store, organization = call.store, asked.get("organizationSlug") or ""
    if asked.get("eventTypeId") not in (None, ""):
        return store.event_type(asked["eventTypeId"])
    slug = asked.get("eventTypeSlug")
    if slug and asked.get("teamSlug"):
        return _named(store, store.team_named(asked["teamSlug"], organization), slug)
    if slug and asked.get("username"):
        return _named(store, store.user_named(asked["username"], organization), slug)
    raise invalid(
        "eventTypeId", "required", "eventTypeId, or eventTypeSlug with username or teamSlug, is required"
    )


def _named(store: Store, owner: User | Team, slug: str) -> EventType:
    try:
        return store.event_type_named(owner, slug)
    except Refusal:
        raise Refusal(404, f"Event type with slug {slug} of the given owner not found.") from None


# --- paths ---------------------------------------------------------------------------------------


def _list(call: Call) -> Answer:
    names, organization = call.many("usernames"), call.one("orgSlug")
    if len(names) > 1:
        return success([shown(call.store, group(call.store, names, organization))])
    try:
        owner = call.store.user_named(call.one("username"), organization) if call.one("username") else None
    except Refusal:
        return success([])
    owner = owner or call.caller.user
    found = [each for each in call.store.event_types_of(owner) if _may_see(call, each)] if owner else []
    if call.one("eventSlug"):
        found = [each for each in found if each.slug == call.one("eventSlug")]
    if call.one("sortCreatedAt") == "desc":
        found.reverse()
    return success([shown(call.store, each) for each in found])


def _may_see(call: Call, event_type: EventType) -> bool:
    return not event_type.fields["hidden"] or call.caller.acts_for(event_type.user)


def _own(call: Call, number: int) -> EventType:
    found = call.store.event_type(number)
    members = found.team.members if found.team else [found.user]
    if not any(call.caller.acts_for(each) for each in members):
        raise Refusal(403, "User does not own this event type.")
    return found


def _get(call: Call, number: int) -> Answer:
    return success(shown(call.store, _own(call, number)))


def _create(call: Call) -> Answer:
    body = _checked(call)
    if any(each.slug == body["slug"] for each in call.store.event_types_of(call.host)):
        raise Refusal(400, "User already has an event type with this slug.")
    return success(shown(call.store, add(call.store, call.host, body)), status=201)


def _checked(call: Call) -> Json:
    for name in ("title", "slug"):
        call.text(name, required=True)
    length = call.json.get("lengthInMinutes")
    if not isinstance(length, int) or length < 1:
        raise invalid("lengthInMinutes", "min", "lengthInMinutes must not be less than 1")
    return call.json


def _update(call: Call, number: int) -> Answer:
    found, body = _own(call, number), copy.deepcopy(call.json)
    if "bookingFields" in body:
        locations = body["locations"] if "locations" in body else found.fields["locations"]
        body["bookingFields"] = with_system(body["bookingFields"], locations=len(locations))
    found.fields.update(body)
    return success(shown(call.store, found))


def _delete(call: Call, number: int) -> Answer:
    found = _own(call, number)
    del call.store.event_types[number]
    wanted: tuple[str, ...] = ("id", "lengthInMinutes", "title", "slug")
    data: dict[str, Any] = {name: found.fields[name] for name in wanted}
    return success(data)


_WRITE, _READ = "EVENT_TYPE_WRITE", "EVENT_TYPE_READ"

ROUTES = (
    Route(method="GET", path="/event-types", handler=_list, auth=Auth.PUBLIC, versions=VERSIONS),
    Route(method="POST", path="/event-types", handler=_create, versions=VERSIONS, scope=_WRITE),
    Route(method="GET", path="/event-types/<int:number>", handler=_get, versions=VERSIONS, scope=_READ),
    Route(method="PATCH", path="/event-types/<int:number>", handler=_update, versions=VERSIONS, scope=_WRITE),
    Route(
        method="DELETE", path="/event-types/<int:number>", handler=_delete, versions=VERSIONS, scope=_WRITE
    ),
)
