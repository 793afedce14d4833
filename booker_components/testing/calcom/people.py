"""The caller himself, his schedules and his teams (contracts/calcom.md 4.7, 4.9)."""

from __future__ import annotations

from .calls import Answer, Call, Json, Refusal, Route, read_zone, success
from .event_types import shown as shown_event_type
from .records import OFFICE_HOURS, EventType, Schedule, Team, User

VERSIONS = ("2024-06-11", "2024-06-14")

#: The fields of a user that he may change, and what we call them.
CHANGES = {
    "name": "name",
    "email": "email",
    "timeZone": "zone",
    "weekStart": "week_start",
    "timeFormat": "time_format",
    "locale": "locale",
    "bio": "bio",
    "avatarUrl": "avatar",
    "defaultScheduleId": "schedule",
    "metadata": "metadata",
}


def change_user(user: User, given: Json) -> None:
    """Change what a body gives of a user; 400 for a zone that is none."""
    if "timeZone" in given:
        read_zone(given["timeZone"], "timeZone")
    for name in CHANGES.keys() & given.keys():
        setattr(user, CHANGES[name], given[name])


def _me(call: Call) -> Answer:
    return success(_shown_user(call.host))


def _change_me(call: Call) -> Answer:
    change_user(call.host, call.json)
    return success(_shown_user(call.host))


def _shown_user(user: User) -> Json:
    return {
        "id": user.id,
        "username": user.username,
        "email": user.email,
        "name": user.name,
        "avatarUrl": user.avatar,
        "bio": user.bio,
        "timeFormat": user.time_format,
        "defaultScheduleId": user.schedule,
        "weekStart": user.week_start,
        "timeZone": user.zone,
        "locale": user.locale,
        "organizationId": None,
    }


# --- schedules -----------------------------------------------------------------------------------


def _shown_schedule(call: Call, schedule: Schedule) -> Json:
    return {
        "id": schedule.id,
        "ownerId": schedule.owner,
        "name": schedule.name,
        "timeZone": schedule.zone,
        "availability": list(schedule.availability),
        "isDefault": call.host.schedule == schedule.id,
        "overrides": list(schedule.overrides),
    }


def _schedule(call: Call, number: int) -> Schedule:
    found = call.store.schedules.get(number)
    if found is None or found.owner != call.host.id:
        raise Refusal(404, f"Schedule with ID={number} does not exist.")
    return found


def _schedules(call: Call) -> Answer:
    own = [each for each in call.store.schedules.values() if each.owner == call.host.id]
    return success([_shown_schedule(call, each) for each in own])


def _one_schedule(call: Call, number: int) -> Answer:
    return success(_shown_schedule(call, _schedule(call, number)))


def _default_schedule(call: Call) -> Answer:
    number = call.host.schedule
    return success(_shown_schedule(call, call.store.schedules[number]) if number else None)


def _add_schedule(call: Call) -> Answer:
    body = call.json
    made = call.store.add_schedule(
        call.host,
        name=call.text("name", required=True),
        zone=read_zone(body.get("timeZone"), "timeZone"),
        hours=body.get("availability") or OFFICE_HOURS,
        overrides=body.get("overrides") or (),
    )
    if body.get("isDefault") is True:
        call.host.schedule = made.id
    return success(_shown_schedule(call, made), status=201)


def _change_schedule(call: Call, number: int) -> Answer:
    schedule, body = _schedule(call, number), call.json
    schedule.name = call.text("name") or schedule.name
    schedule.zone = read_zone(body.get("timeZone", schedule.zone), "timeZone")
    schedule.availability = body.get("availability", schedule.availability)
    schedule.overrides = body.get("overrides", schedule.overrides)
    if body.get("isDefault") is True:
        call.host.schedule = number
    return success(_shown_schedule(call, schedule))


def _delete_schedule(call: Call, number: int) -> Answer:
    del call.store.schedules[_schedule(call, number).id]
    if call.host.schedule == number:
        call.host.schedule = None
    return success(None)


# --- teams ---------------------------------------------------------------------------------------


def _team(call: Call, number: int) -> Team:
    found = call.store.teams.get(number)
    if found is None:
        raise Refusal(404, f"Team with id {number} not found")
    if call.host not in found.members:
        raise Refusal(403, "User is not a member of the team.")
    return found


def _shown_team(team: Team) -> Json:
    return {"id": team.id, "name": team.name, "slug": team.slug, "isOrganization": False}


def _teams(call: Call) -> Answer:
    own = [each for each in call.store.teams.values() if call.host in each.members]
    return success([_shown_team(each) for each in own])


def _one_team(call: Call, team: int) -> Answer:
    return success(_shown_team(_team(call, team)))


def _team_event_types(call: Call, team: int) -> Answer:
    found = call.store.event_types_of(_team(call, team))
    slug, limit = call.one("eventSlug"), call.number("hostsLimit", 0)
    return success([_limited(call, each, limit) for each in found if slug in ("", each.slug)])


def _limited(call: Call, event_type: EventType, limit: int) -> Json:
    data = shown_event_type(call.store, event_type)
    return {**data, "hosts": data["hosts"][:limit]} if limit else data


def _team_event_type(call: Call, team: int, number: int) -> Answer:
    found = call.store.event_type(number)
    if found.team is not _team(call, team):
        raise Refusal(404, f"Event type with id {number} not found in the team.")
    return success(shown_event_type(call.store, found))


_SCHEDULE, _SCHEDULES = "/schedules/<int:number>", "/schedules"
_READ, _WRITE = "SCHEDULE_READ", "SCHEDULE_WRITE"
_TEAM = "/teams/<int:team>"

ROUTES = (
    Route(method="GET", path="/me", handler=_me, scope="PROFILE_READ"),
    Route(method="PATCH", path="/me", handler=_change_me, scope="PROFILE_WRITE"),
    Route(method="GET", path=_SCHEDULES, handler=_schedules, versions=VERSIONS, scope=_READ),
    Route(method="POST", path=_SCHEDULES, handler=_add_schedule, versions=VERSIONS, scope=_WRITE),
    Route(
        method="GET", path=f"{_SCHEDULES}/default", handler=_default_schedule, versions=VERSIONS, scope=_READ
    ),
    Route(method="GET", path=_SCHEDULE, handler=_one_schedule, versions=VERSIONS, scope=_READ),
    Route(method="PATCH", path=_SCHEDULE, handler=_change_schedule, versions=VERSIONS, scope=_WRITE),
    Route(method="DELETE", path=_SCHEDULE, handler=_delete_schedule, versions=VERSIONS, scope=_WRITE),
    Route(method="GET", path="/teams", handler=_teams, scope="TEAM_PROFILE_READ"),
    Route(method="GET", path=_TEAM, handler=_one_team, scope="TEAM_PROFILE_READ"),
    Route(method="GET", path=f"{_TEAM}/event-types", handler=_team_event_types, scope="TEAM_EVENT_TYPE_READ"),
    Route(
        method="GET",
        path=f"{_TEAM}/event-types/<int:number>",
        handler=_team_event_type,
        scope="TEAM_EVENT_TYPE_READ",
    ),
)
