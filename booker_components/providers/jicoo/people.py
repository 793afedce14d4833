"""Who hosts: names for the ids of users, kept for some minutes (contracts/jicoo.md 2.10)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial

from ...errors import ProviderError, ProviderUnavailable
from ...values import Host
from .._caching import Cache
from .client import JicooClient
from .objects import Object

_KEPT = timedelta(minutes=10)
# Hosts who are told of a booking and do not come.
_TOLD_ONLY = "notifyHost"
_EVERYBODY = ""


class People:
    """Finds the people at Jicoo, as far as the key allows to ask: a name is worth a line, never a page."""

    def __init__(self, client: JicooClient, clock: Callable[[], datetime], *, zone: str) -> None:
        """Read by *client*; *zone* is where they all work, for it is told nowhere beside their names."""
        self._client = client
        self._zone = zone
        self._hosts: Cache[str, tuple[Host, ...]] = Cache(clock, keep=_KEPT)
        self._users: Cache[str, Mapping[str, Host]] = Cache(clock, keep=_KEPT)

    def hosts(self, event_type_id: str, *, name: str) -> tuple[Host, ...]:
        """Give who hosts an event type: the only user there is, where that cannot be asked.

        Where nobody can tell, it is one host of the *name* that is given.
        """
        try:
            found = self._hosts.get(event_type_id, partial(self._ask_hosts, event_type_id))
        except ProviderError:
            found = ()
        if found:
            return found
        users = tuple(self._everybody().values())
        return users if len(users) == 1 else (Host(slug="", name=name, zone=self._zone),)

    def named(self, user_ids: Sequence[str], known: Sequence[Host]) -> tuple[Host, ...]:
        """Give the users with these ids as hosts, one at least; *known* are those of the event type.

        Whom nobody can name is left out; where that is everybody, those that are known stand for them.
        """
        by_id = {host.slug: host for host in known}
        if not set(user_ids) <= by_id.keys():
            by_id = {**self._everybody(), **by_id}
        found = tuple(by_id[id] for id in user_ids if id in by_id) or tuple(known)
        return found or (Host(slug="", name="", zone=self._zone),)

    def _everybody(self) -> Mapping[str, Host]:
        """Give the organization's users by their ids; nobody where they cannot be asked for."""
        try:
            return self._users.get(_EVERYBODY, self._ask_users)
        except ProviderError:
            return {}

    def _ask_hosts(self, event_type_id: str) -> tuple[Host, ...]:
        """Ask for the hosts of one event type.

        How the list is filtered is not documented: by the name that the id has elsewhere, and what says that
        it is of another event type is left out. A key that may not ask is not asked again for a while.
        """
        query = {"eventTypeId": event_type_id}
        found = self._list("/event_type_hosts", "host", query)
        attending = [
            each
            for each in found
            if each.text("userType") != _TOLD_ONLY
            and each.text("eventTypeId", event_type_id) == event_type_id
        ]
        return tuple(map(self._host, sorted(attending, key=lambda each: each.number("sort", 0))))

    def _ask_users(self) -> Mapping[str, Host]:
        hosts = map(self._host, self._list("/organization/users", "user"))
        return {host.slug: host for host in hosts if host.slug}

    def _list(self, path: str, name: str, query: Mapping[str, object] | None = None) -> Sequence[Object]:
        """Read a list; nothing where the key may not, or the answer makes no sense, to be kept so."""
        try:
            return Object.all(list(self._client.pages(path, params=query)), name)
        except ProviderUnavailable:
            raise
        except ProviderError:
            return ()

    def _host(self, found: Object) -> Host:
        """Read a host or a user; the latter's fields are not documented, so any name of the id is taken."""
        id = next(filter(None, map(found.identifier, ("userId", "uid", "id"))), "")
        return Host(slug=id, name=found.text("name") or id, zone=self._zone, email=found.text("email"))
