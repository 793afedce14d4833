"""The organization's users and their working hours (contracts/jicoo.md 2.12, and O1 in 2)."""

from __future__ import annotations

from functools import partial

from .calls import Answer, Call, Refusal, Route, listed, success
from .showing import shown_calendar, shown_user


def _users(call: Call) -> Answer:
    return listed(call, call.store.users.values(), partial(shown_user, call.store))


def _calendars(call: Call) -> Answer:
    number = call.one("userId")
    if not number:
        raise Refusal(400, {"userId": ["is missing"]})
    user = call.store.user(number)
    return listed(call, user.calendars, partial(shown_calendar, user))


def _calendar(call: Call, uid: str) -> Answer:
    return success(shown_calendar(*call.store.calendar(uid)))


ROUTES = (
    Route(method="GET", path="/organization/users", handler=_users, guarded=True),
    Route(method="GET", path="/user_availability_calendars", handler=_calendars),
    Route(method="GET", path="/user_availability_calendars/<uid>", handler=_calendar),
)
