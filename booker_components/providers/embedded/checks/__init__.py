"""Checks of declared event types, the same for what a file says and what is made in Python."""

from __future__ import annotations

from collections.abc import Sequence

from ....values import EventType, Host
from ..problems import Found, Mistake, below, unknown
from .hosts import host_problems
from .kinds import kind_problems
from .offers import offer_problems
from .remote import remote_problems
from .rules import own_problems


def require_right(event_types: Sequence[object], *, remote: bool, private_network: bool) -> None:
    """Raise `Mistake` for the first thing that is wrong with *event_types*.

    *remote* ones describe what a remote provider offers; *private_network* allows calendars without https.
    """
    found: list[EventType] = []
    for place, event_type in enumerate(event_types):
        name = f"event_types[{place}]"
        if not isinstance(event_type, EventType):
            shown = repr(event_type) if isinstance(event_type, str) else f"a {type(event_type).__name__}"
            raise Mistake(name, f"must be an EventType, but is {shown}.")
        for key, problem in _problems(event_type, remote):
            raise Mistake(f"{name}.{key}", f"(of {event_type.slug!r}) {problem}")
        found.append(event_type)
    for key, problem in (*_clashes(found), *_host_problems(found, private_network)):
        raise Mistake(key, problem)


def hosts_of(event_types: Sequence[EventType]) -> dict[str, Host]:
    """Give every host of *event_types* by slug, in order."""
    return {host.slug: host for event_type in event_types for host in event_type.hosts}


def _problems(event_type: EventType, remote: bool) -> Found:
    """Find what is wrong in one event type; nothing further is asked of fields that hold another kind."""
    wrong = list(kind_problems(event_type))
    if wrong:
        yield from wrong
        return
    yield from offer_problems(event_type)
    yield from (remote_problems if remote else own_problems)(event_type)


def _clashes(event_types: Sequence[EventType]) -> Found:
    """Find what is right in each event type and wrong in all of them together."""
    hosts: dict[str, Host] = {}
    slugs = [event_type.slug for event_type in event_types]
    ids = [event_type.id for event_type in event_types]
    for place, event_type in enumerate(event_types):
        if event_type.slug in slugs[:place]:
            yield f"event_types[{place}].slug", f"= {event_type.slug!r} is taken. Choose another one."
        if event_type.id and event_type.id in ids[:place]:
            yield f"event_types[{place}].id", f"= {event_type.id!r} is taken. Declare each event type once."
        for host in event_type.hosts:
            if hosts.setdefault(host.slug, host) != host:
                yield (
                    f"event_types[{place}].hosts",
                    f"holds a second host {host.slug!r} that differs from the first. Use the same Host for "
                    "both.",
                )


def _host_problems(event_types: Sequence[EventType], private_network: bool) -> Found:
    hosts = hosts_of(event_types)
    for slug, host in hosts.items():
        yield from below(f"hosts.{slug}", host_problems(host, private_network=private_network))
        for place, each in enumerate(host.away):
            if each.stand_in and each.stand_in not in hosts:
                known = unknown("host of an event type", each.stand_in, hosts)
                yield f"hosts.{slug}.away[{place}].stand_in", f"= {each.stand_in!r} {known}"
