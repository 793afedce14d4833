"""The tables of what can be booked: event types with their locations, questions and redirects."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ....values import (
    Align,
    EventType,
    Host,
    HostGroup,
    Location,
    LocationKind,
    Occasion,
    Question,
    QuestionKind,
    Redirect,
    Redirects,
    Schedule,
)
from ..problems import Mistake
from . import rules
from .parsers import Parser, colour, flag, length, many, named, one_of, table, text, whole

_location = table(Location, {"kind": one_of(LocationKind), "value": text, "label": text}, ("kind",))
_question = table(
    Question,
    {
        "slug": text,
        "label": text,
        "kind": one_of(QuestionKind),
        "required": flag,
        "options": many(text),
        "help": text,
        "placeholder": text,
        "hidden": flag,
        "locked": flag,
        "id": text,
    },
    ("slug", "label"),
)


def _redirect(value: object, key: str) -> Redirect:
    keys: dict[str, Parser[Any]] = {"url": text, "flavour": text, "answers": many(text), "signed": flag}
    try:
        return table(Redirect, keys, ("url",))(value, key)
    except ValueError as error:
        raise Mistake(key, f"is wrong: {error}") from None


#: What an event type has whoever hosts it.
_KEYS: Mapping[str, Parser[Any]] = {
    "slug": text,
    "id": text,
    "title": text,
    "description": text,
    "durations": many(length),
    "slot_interval": length,
    "align": one_of(Align),
    "offset": length,
    "optimized": flag,
    "first_only": flag,
    "buffer_before": length,
    "buffer_after": length,
    "minimum_notice": length,
    "window": rules.window,
    "limits": rules.limits,
    "guest_limits": rules.limits,
    "max_active": whole,
    "locations": many(_location),
    "questions": many(_question),
    "max_guests": whole,
    "notes": flag,
    "reschedule": rules.change,
    "cancel": rules.change,
    "private": flag,
    "reminders": many(length),
    "approval": rules.approval,
    "seats": rules.seats,
    "series": rules.series,
    "redirects": table(Redirects, {each.value: _redirect for each in Occasion}),
    "zone_locked": flag,
    "verify_email": flag,
    "colour": colour,
    "host_email_hidden": flag,
    "same_hosts": flag,
}


def event_type(known: Mapping[str, Host], schedules: Mapping[str, Schedule]) -> Parser[EventType]:
    """Give a parser of an event type, whose hosts and hours are of the *known* ones and of *schedules*."""

    def make(
        *,
        hosts: tuple[Host, ...] = (),
        groups: tuple[HostGroup, ...] = (),
        host: Host | None = None,
        **rest: Any,
    ) -> EventType:
        named_here = (host,) if host else hosts
        return EventType(hosts=_with_members(named_here, groups, known), groups=groups, **rest)

    whose: dict[str, Parser[Any]] = {
        "host": named(known, "host"),
        "hosts": many(named(known, "host")),
        "groups": rules.groups(known),
        "schedule": named(schedules, "schedule"),
    }
    parse_table = table(make, {**_KEYS, **whose}, ("slug", "title"))

    def parse(value: object, key: str) -> EventType:
        if isinstance(value, dict) and "host" in value and "hosts" in value:
            raise Mistake(f"{key}.host", "is given beside hosts. Keep one of them.")
        return parse_table(value, key)

    return parse


def _with_members(
    named_here: tuple[Host, ...], groups: tuple[HostGroup, ...], known: Mapping[str, Host]
) -> tuple[Host, ...]:
    """Give the hosts that an event type names, then those whom only its groups name."""
    slugs = {host.slug for host in named_here}
    members = {member.host: known[member.host] for group in groups for member in group.members}
    return (*named_here, *(host for slug, host in members.items() if slug not in slugs))
