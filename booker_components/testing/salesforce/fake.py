"""`FakeSalesforce`: an org of Salesforce for tests, which really listens on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any

import requests
from requests.adapters import HTTPAdapter

from ... import times as times_of_day
from ..fakes import Fake
from .answers import WORDS, Flaw, status_of
from .login import Credentials, Door
from .org import Org
from .server import Server
from .standard import standard_objects
from .store import Store

#: Seconds that a session of the fake waits for an answer.
_PATIENCE = 10


class FakeSalesforce(Org, Fake):
    """An empty org, for the tests of apps that write to Salesforce::

        with FakeSalesforce(clock=clock) as org:
            org.add("Contact", LastName="Ek", Email="bo@example.org")
            client = simple_salesforce.Salesforce(**org.credentials.jwt, session=org.session())

    It is a real server on 127.0.0.1 that keeps everything in memory and speaks the REST API: logins, SOQL,
    describe, create, update, upsert by external id, delete. It refuses what Salesforce refuses: missing and
    unknown fields, long texts, values that no picklist has, duplicates, converted leads. Its methods add
    what a test needs, act as people do in the org, let things go wrong, and tell what was asked of it.
    What of Salesforce's behaviour is taken from its documentation stands in the modules.
    """

    store: Store

    def __init__(
        self,
        *,
        clock: Callable[[], datetime] = times_of_day.utc_now,
        person_accounts: bool = False,
        page_size: int = 2000,
    ) -> None:
        """Believe that it is the time of *clock*; tokens alone are held against the machine's own.

        With *person_accounts* an account may be one person. *page_size*: records in one answer to a query.
        """
        self.credentials = Credentials()
        self.store = Store(clock, person_accounts=person_accounts, page_size=page_size)
        self.store.objects = {
            each.name.lower(): each for each in standard_objects(person_accounts=person_accounts)
        }
        self._settle_in(self.credentials.username)
        self._door = Door(store=self.store, credentials=self.credentials)
        super().__init__(webhooks_at_once=False)

    def serving(self, after: Callable[[], None]) -> Server:
        """Give Salesforce's server."""
        return Server(self.store, self._door, after)

    def session(self) -> requests.Session:
        """Give a session that leads every call to an address with https to this org, whatever its host.

        simple-salesforce speaks https alone, to hosts below salesforce.com.
        """
        session = requests.Session()
        session.mount("https://", _Detour(self))
        return session

    # --- what goes wrong -------------------------------------------------------------------------

    def next(
        self,
        *,
        code: str = "",
        fields: Iterable[str] | None = None,
        status: int = 0,
        body: Any = None,
        words: str = "",
        headers: Mapping[str, str] | None = None,
        delay: float = 0.0,
        cut: bool = False,
        garbage: bool = False,
        perform: bool = False,
        times: int = 1,
        method: str = "",
        path: str = "",
    ) -> None:
        """Let the next call go wrong, or the next *times* calls.

        *code*: refuse with this error of Salesforce's, about *fields*: UNABLE_TO_LOCK_ROW,
        REQUEST_LIMIT_EXCEEDED, INVALID_SESSION_ID and so on, with the status and the words that it has there
        unless *status* and *words* say others. *delay*: wait so many seconds first. *cut*: close the
        connection in place of an answer. *garbage*: answer with a page. With *perform* the call is done all
        the same: `next(cut=True, perform=True, method="POST", path="*/sobjects/Lead*")` makes a lead whose
        maker cannot know it. *method* and *path*, which is whole and may hold `*`, say which calls are meant.
        """
        if code:
            told = None if fields is None else tuple(fields)
            body = [Flaw(code=code, message=words or WORDS.get(code, code), fields=told).json]
            status = status or status_of(code)
        super().next(
            status=status,
            body=body,
            words=words or "Something went wrong.",
            headers=headers,
            delay=delay,
            cut=cut,
            garbage=garbage,
            perform=perform,
            times=times,
            method=method,
            path=path,
        )

    def down(self) -> None:
        """Close for maintenance: 503 with a page for everything, logins too, until `up`."""
        self.store.down = True

    def up(self) -> None:
        """Open again."""
        self.store.down = False

    def expire_sessions(self) -> None:
        """End every session: the next call of each is answered with INVALID_SESSION_ID."""
        with self.store.lock:
            self.store.sessions.clear()

    def limit(self, calls: int) -> None:
        """Allow so many calls more today; those after are answered with REQUEST_LIMIT_EXCEEDED."""
        with self.store.lock:
            self.store.daily_limit = self.store.used + calls

    def refuse_logins(
        self, error: str = "invalid_grant", description: str = "user hasn't approved this consumer"
    ) -> None:
        """Refuse every login with an error of the token endpoint, until `allow_logins`.

        `refuse_logins("invalid_app_access", "user is not admin approved to access this app")` for example.
        """
        self.store.login_error = (error, description)

    def allow_logins(self) -> None:
        """Let integrations in again."""
        self.store.login_error = ("", "")


class _Detour(HTTPAdapter):
    """Sends what is meant for Salesforce to the fake."""

    def __init__(self, org: FakeSalesforce) -> None:
        super().__init__()
        self._org = org

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> requests.Response:
        """Send *request* to the org in place of its host."""
        rest = (request.url or "").partition("://")[2].partition("/")[2]
        request.url = f"{self._org.url}/{rest}"
        kwargs["timeout"] = kwargs.get("timeout") or _PATIENCE
        return super().send(request, *args, **kwargs)
