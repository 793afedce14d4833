"""Calls Salesforce by simple-salesforce, over a session of our own, and says failures in our words."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import requests

from .failures import OutcomeLost, SalesforceFailed, refusal, unreadable
from .login import Login, Ticket
from .session import Session

if TYPE_CHECKING:
    from simple_salesforce.api import Salesforce

#: Seconds that all calls for one event may take: with a mail behind them, less than the outbox's lease.
BUDGET = 30.0

#: The fields of a record, by API name.
Fields = Mapping[str, object]

_Result = TypeVar("_Result")

# What is said of a record that somebody has deleted.
_GONE = frozenset({"ENTITY_IS_DELETED", "INVALID_CROSS_REFERENCE_KEY", "NOT_FOUND"})


class Org(Protocol):
    """What the subscriber needs of an org; every failure is a `SalesforceFailed`."""

    def query(self, soql: str) -> Sequence[Mapping[str, Any]]:
        """Give the records that a query finds, at most one page of them."""

    def create(self, kind: str, fields: Fields) -> str:
        """Make a record and give its id."""

    def update(self, kind: str, id: str, fields: Fields) -> None:
        """Change a record."""

    def upsert(self, kind: str, key: str, value: str, fields: Fields) -> None:
        """Change the record whose external id *key* is *value*, or make it."""

    def delete(self, kind: str, id: str) -> None:
        """Delete a record; one that is gone is no failure."""


class SalesforceClient:
    """An org, for all threads of a process, also after a fork; logs in when it has to."""

    def __init__(self, login: Login, *, version: str, session: Callable[[], Session] = Session) -> None:
        """Log in by *login* and speak the *version* of the API, over what *session* makes."""
        self._login = login
        self._version = version
        self._make_session = session
        self._ticket: Ticket | None = None
        self._renew()

    def query(self, soql: str) -> Sequence[Mapping[str, Any]]:
        """Give the records that a query finds, at most one page of them."""
        answer = self._call("a query", lambda org: org.query(soql))
        return _records(answer)

    def create(self, kind: str, fields: Fields) -> str:
        """Make a record and give its id; `OutcomeLost` where it may have been made."""
        what = f"to create a {kind}"
        with _changing(what):
            answer = self._call(what, lambda org: getattr(org, kind).create(dict(fields)))
        id = answer.get("id") if isinstance(answer, Mapping) else None
        if not isinstance(id, str) or not id:
            raise unreadable(what)
        return id

    def update(self, kind: str, id: str, fields: Fields) -> None:
        """Change a record; that it is gone passes, for the next attempt looks for another."""
        try:
            self._call(f"to change a {kind}", lambda org: getattr(org, kind).update(id, dict(fields)))
        except SalesforceFailed as error:
            gone = error.code in _GONE and not error.fields
            error.permanent = error.permanent and not gone
            raise

    def upsert(self, kind: str, key: str, value: str, fields: Fields) -> None:
        """Change the record whose external id *key* is *value*, or make it."""
        from simple_salesforce.format import format_external_id

        what = f"to write an {kind}"
        place = format_external_id(key, value)
        with _changing(what):
            self._call(what, lambda org: getattr(org, kind).upsert(place, dict(fields)))

    def delete(self, kind: str, id: str) -> None:
        """Delete a record; one that is gone is no failure."""
        try:
            self._call(f"to delete an {kind}", lambda org: getattr(org, kind).delete(id))
        except SalesforceFailed as error:
            if error.code not in _GONE:
                raise

    def describe(self, kind: str) -> Mapping[str, Any]:
        """Tell what fields an object has."""
        answer = self._call(f"to describe {kind}", lambda org: getattr(org, kind).describe())
        if not isinstance(answer, Mapping):
            raise unreadable(f"a description of {kind}")
        return answer

    def log_in(self) -> str:
        """Log in anew, and give the host that keeps the org's data."""
        self._here()
        self._ticket = self._login(self._session)
        return self._ticket.instance

    @contextmanager
    def within(self, seconds: float = BUDGET) -> Iterator[None]:
        """Let the calls of this thread take so many *seconds* all together."""
        self._here()
        with self._session.deadline.within(seconds):
            yield

    def close(self) -> None:
        """Close the connections; a later call opens new ones."""
        self._here()
        self._session.close()

    def _call(self, what: str, act: Callable[[Salesforce], _Result]) -> _Result:
        """Do *act*, once more after another login where the session has ended."""
        ticket = self._logged_in()
        try:
            return self._once(what, ticket, act)
        except SalesforceFailed as error:
            if error.code != "INVALID_SESSION_ID":
                raise
        with self._lock:
            if self._ticket is ticket:
                self._ticket = self._login(self._session)
        return self._once(what, self._logged_in(), act)

    def _once(self, what: str, ticket: Ticket, act: Callable[[Salesforce], _Result]) -> _Result:
        from simple_salesforce.api import Salesforce
        from simple_salesforce.exceptions import SalesforceError

        org = Salesforce(
            session_id=ticket.token, instance=ticket.instance, version=self._version, session=self._session
        )
        try:
            return act(org)
        except SalesforceError as error:
            raise refusal(what, error.status, error.content) from None
        except requests.exceptions.JSONDecodeError:
            raise unreadable(what) from None
        except requests.RequestException as error:
            raise _Lost(what, error) from None
        # Whatever simple-salesforce stumbles over in an answer that is none.
        except (AttributeError, LookupError, TypeError, ValueError):
            raise unreadable(what) from None

    def _logged_in(self) -> Ticket:
        self._here()
        with self._lock:
            if self._ticket is None:
                self._ticket = self._login(self._session)
            return self._ticket

    def _here(self) -> None:
        if self._pid != os.getpid():
            self._renew()

    def _renew(self) -> None:
        # Neither sockets nor locks may be shared with a forked process.
        self._pid = os.getpid()
        self._lock = threading.Lock()
        self._session = self._make_session()
        self._ticket = None


class _Lost(SalesforceFailed):
    """A call without an answer."""

    def __init__(self, what: str, error: requests.RequestException) -> None:
        super().__init__(f"Salesforce did not answer {what}: {type(error).__name__}.", code="no_answer")
        #: Whether it cannot have come to anything.
        self.never_sent = isinstance(error, requests.ConnectTimeout)


@contextmanager
def _changing(what: str) -> Iterator[None]:
    """Say of a change without an answer that it may have been made."""
    try:
        yield
    except _Lost as error:
        if error.never_sent:
            raise
        raise OutcomeLost(f"{error.message} It may have been done.") from None
    except SalesforceFailed as error:
        if error.code == "unreadable":
            raise OutcomeLost(f"{error.message} It may have been done.") from None
        raise


def _records(answer: object) -> Sequence[Mapping[str, Any]]:
    records = answer.get("records") if isinstance(answer, Mapping) else None
    if not isinstance(records, list) or not all(_is_record(each) for each in records):
        raise unreadable("a query")
    return records


def _is_record(each: object) -> bool:
    return isinstance(each, Mapping) and isinstance(each.get("Id"), str) and bool(each["Id"])


def soql(text: str, **values: str | Iterable[str]) -> str:
    """Give a query with *values* in the place of their names in braces, each escaped as a literal."""
    from simple_salesforce.format import format_soql

    literals = {name: each if isinstance(each, str) else list(each) for name, each in values.items()}
    return str(format_soql(text, **literals))
