"""Every request about accounts and webhooks, use case by use case, as a table to be reviewed by eye.

`BOOKER_WRITE_GOLDEN=1 pytest tests/providers/calcom/test_golden_accounts.py` writes the table anew.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from booker_components.providers.calcom.client import Resource
from booker_components.providers.calcom.oauth import OAuth
from booker_components.providers.calcom.parts import CalcomParts
from booker_components.providers.calcom.platform import Platform
from booker_components.providers.calcom.registrations import Registrations
from booker_components.records.tokens import TokenPair
from booker_components.testing import FakeCalcom, FrozenClock

from ...testing.fixtures import watched
from .parts import BACK, Build, allow, building, oauth_of, platform_of
from .samples import NOW

TABLE = Path(__file__).parent / "golden" / "accounts.md"

HEADER = """# Every request to Cal.com about accounts and webhooks

Recorded by `tests/providers/calcom/test_golden_accounts.py` over the fake, and compared there. A line "#"
names the headers that say who calls, and the version, if there is one; `***` stands for what is secret or
drawn by lot. Read against contracts/calcom.md 4.2, 4.10, 4.11 and 5 when it changes.
"""

#: The headers of a call that the table names.
PROOFS = ("Authorization", "Origin", "x-cal-client-id", "x-cal-secret-key")
#: The fields and parameters that it does not tell.
HIDDEN = frozenset(
    {"state", "code", "code_challenge", "code_verifier", "secret", "client_secret"}
) | frozenset({"refresh_token", "refreshToken"})

ADDRESS = "https://book.example/webhooks/calcom"


@dataclass(frozen=True, kw_only=True)
class World:
    """A fake, and parts that call it."""

    calcom: FakeCalcom
    build: Build
    #: Where browsers are sent.
    addresses: list[str] = field(default_factory=list)

    @property
    def secrets(self) -> set[str]:
        """Everything at Cal.com that nobody is to read."""
        store = self.calcom.store
        clients = [*store.clients.values(), *store.oauth_clients.values()]
        return {*store.api_keys, *store.tokens, *(each.secret for each in clients if each.secret), "hush"}

    def platform(self) -> tuple[CalcomParts, Platform]:
        """Give the parts of an app with a Platform client, whose requests are about Di."""
        parts = self.build(current=lambda: "di", **platform_of(self.calcom))
        assert parts.platform
        return parts, parts.platform

    def oauth(self, *, public: bool = False) -> OAuth:
        """Give an OAuth 2.0 client, at which Bo is logged in."""
        self.calcom.log_in(self.calcom.add_user("bo"))
        found = self.build(**oauth_of(self.calcom, public=public)).oauth
        assert found
        return found


Case = Callable[[World], Iterator[None]]
CASES: dict[str, Case] = {}


def case(title: str) -> Callable[[Case], Case]:
    """Declare a use case: what comes before its `yield` prepares it, and is not recorded."""

    def declare(act: Case) -> Case:
        CASES[title] = act
        return act

    return declare


# --- managed users -------------------------------------------------------------------------------

DI: Mapping[str, Any] = {
    "email": "di@example.com",
    "name": "Di",
    "zone": "Europe/Rome",
    "locale": "it",
    "week_start": "Monday",
    "time_format": 24,
    "avatar_url": "https://book.example/di.png",
    "bio": "A guide",
}


@case("A managed user is made")
def _create(at: World) -> Iterator[None]:
    _, platform = at.platform()
    yield
    platform.create("di", **DI, metadata={"crm": "7"})


@case("Managed users, all and by e-mail address")
def _users(at: World) -> Iterator[None]:
    _, platform = at.platform()
    platform.create("di", **DI)
    yield
    platform.users()
    platform.users(emails=["di@example.com", "ed@example.com"])


@case("One managed user")
def _user(at: World) -> Iterator[None]:
    _, platform = at.platform()
    made = platform.create("di", **DI)
    yield
    platform.user(made.id)


@case("A managed user is changed")
def _update(at: World) -> Iterator[None]:
    _, platform = at.platform()
    made = platform.create("di", **DI)
    yield
    platform.update(made.id, **DI, default_schedule=made.default_schedule)


@case("A managed user is deleted")
def _delete(at: World) -> Iterator[None]:
    _, platform = at.platform()
    made = platform.create("di", **DI)
    yield
    platform.delete(made.id)


@case("A managed user is taken over")
def _adopt(at: World) -> Iterator[None]:
    _, platform = at.platform()
    made = platform.create("di", **DI)
    yield
    platform.adopt("di", made.id)


@case("A call for a managed user, whose token has expired")
def _renewed(at: World) -> Iterator[None]:
    parts, platform = at.platform()
    platform.create("di", **DI)
    at.calcom.expire(_kept(parts).access)
    yield
    parts.client.get("/me", Resource.OTHER)


@case("A call for a managed user, whose tokens have both expired")
def _forced(at: World) -> Iterator[None]:
    parts, platform = at.platform()
    platform.create("di", **DI)
    pair = _kept(parts)
    at.calcom.expire(pair.access)
    at.calcom.expire(pair.refresh)
    yield
    parts.client.get("/me", Resource.OTHER)


@case("A call for a guest of a Platform client")
def _guest(at: World) -> Iterator[None]:
    ann = at.calcom.add_user("ann")
    at.calcom.add_event_type(ann, "intro")
    parts = at.build(**platform_of(at.calcom))
    yield
    parts.client.get("/event-types", Resource.EVENT_TYPES, params={"username": "ann"})


def _kept(parts: CalcomParts) -> TokenPair:
    pair = parts.tokens.read("calcom", "di") if parts.tokens else None
    assert pair
    return pair


# --- the Platform client -------------------------------------------------------------------------


@case("What is set up for a Platform client")
def _client(at: World) -> Iterator[None]:
    _, platform = at.platform()
    yield
    platform.client()


@case("The addresses that its mails link to")
def _addresses(at: World) -> Iterator[None]:
    _, platform = at.platform()
    yield
    platform.set_addresses(
        booking="https://book.example/bookings",
        reschedule="https://book.example/reschedule",
        cancel="https://book.example/bookings/cancel",
    )


# --- OAuth 2.0 -----------------------------------------------------------------------------------


@case("A person is asked for consent, by a confidential client")
def _authorization(at: World) -> Iterator[None]:
    oauth = at.oauth()
    yield
    at.addresses.append(oauth.authorization(BACK).url)


@case("A person is asked for consent, by a public client")
def _public_authorization(at: World) -> Iterator[None]:
    oauth = at.oauth(public=True)
    yield
    at.addresses.append(oauth.authorization(BACK).url)


@case("A confidential client gets its first tokens, and asks whose they are")
def _exchange(at: World) -> Iterator[None]:
    oauth = at.oauth()
    begun = oauth.authorization(BACK)
    code = allow(begun)
    yield
    oauth.exchange(code, redirect_uri=BACK, verifier=begun.verifier)


@case("A public client gets its first tokens, and asks whose they are")
def _public_exchange(at: World) -> Iterator[None]:
    oauth = at.oauth(public=True)
    begun = oauth.authorization(BACK)
    code = allow(begun)
    yield
    oauth.exchange(code, redirect_uri=BACK, verifier=begun.verifier)


@case("A confidential client renews its tokens")
def _renew(at: World) -> Iterator[None]:
    oauth = at.oauth()
    pair = _connected(oauth)
    yield
    oauth.renew(pair)


@case("A public client renews its tokens")
def _public_renew(at: World) -> Iterator[None]:
    oauth = at.oauth(public=True)
    pair = _connected(oauth)
    yield
    oauth.renew(pair)


def _connected(oauth: OAuth) -> TokenPair:
    begun = oauth.authorization(BACK)
    return oauth.exchange(allow(begun), redirect_uri=BACK, verifier=begun.verifier)


# --- webhooks ------------------------------------------------------------------------------------


@case("Webhooks of a user: listed, registered, removed")
def _of_user(at: World) -> Iterator[None]:
    parts = at.build(BOOKER_CALCOM_API_KEY=at.calcom.api_key(at.calcom.add_user("ann")))
    yield
    _register_and_remove(Registrations(parts.client))


@case("Webhooks of an event type: listed, registered, removed")
def _of_event_type(at: World) -> Iterator[None]:
    ann = at.calcom.add_user("ann")
    made = at.calcom.add_event_type(ann, "intro")
    parts = at.build(BOOKER_CALCOM_API_KEY=at.calcom.api_key(ann))
    yield
    _register_and_remove(Registrations(parts.client, "event-types", str(made.id)))


@case("Webhooks of a Platform client: listed, registered, removed")
def _of_client(at: World) -> Iterator[None]:
    _, platform = at.platform()
    yield
    _register_and_remove(Registrations(platform.owner, "oauth-clients", platform.client_id))


@case("A webhook of a user that is registered already")
def _again(at: World) -> Iterator[None]:
    parts = at.build(BOOKER_CALCOM_API_KEY=at.calcom.api_key(at.calcom.add_user("ann")))
    Registrations(parts.client).register(ADDRESS, "hush")
    yield
    Registrations(parts.client).register(ADDRESS, "hush")


def _register_and_remove(registrations: Registrations) -> None:
    registrations.all()
    registrations.remove(registrations.register(ADDRESS, "hush").id)


# --- the table -----------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Section:
    """One use case as it is written, and what it must not tell."""

    text: str
    secrets: set[str]


def recorded(folder: Path, title: str, act: Case) -> Section:
    """Run one use case and write its requests down."""
    clock = FrozenClock(NOW)
    with watched(FakeCalcom(clock=clock)) as calcom, building(calcom, clock, folder) as build:
        at = World(calcom=calcom, build=build)
        steps = act(at)
        next(steps)
        begin = len(calcom.requests)
        next(steps, None)
        sent = [written(each) for each in calcom.requests[begin:]]
        text = "\n\n".join([f"## {title}", *sent, *map(shown, at.addresses)])
        return Section(text=text, secrets=at.secrets)


def written(request: Any) -> str:
    """Give one request, without secrets."""
    proofs = [name for name in PROOFS if name in request.headers]
    version = request.headers.get("cal-api-version")
    who = ", ".join([*proofs, *([f"version {version}"] if version else [])])
    lines = [f"{request.method} {request.path.removeprefix('/v2')}", f"# {who or 'none'}"]
    body = json.dumps(masked(request.json), indent=2, sort_keys=True) if request.body else ""
    return indented([*lines, *asked(request.query), *body.splitlines()])


def shown(address: str) -> str:
    """Give the address at which a browser asks, without secrets."""
    parts = urlsplit(address)
    lines = [f"GET {parts.path}", "# by a browser, at Cal.com's own site"]
    return indented([*lines, *asked(parse_qs(parts.query))])


def asked(query: Mapping[str, list[str]]) -> list[str]:
    """Give the lines for the parameters of a request."""
    given = {name: ", ".join(values) for name, values in sorted(query.items())}
    return [f"? {name} = {value}" for name, value in masked(given).items()]


def masked(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Give fields or parameters without secrets."""
    return {name: "***" if name in HIDDEN else value for name, value in fields.items()}


def indented(lines: list[str]) -> str:
    """Give lines as Markdown shows them as they are."""
    return "\n".join(f"    {each}" for each in lines)


@pytest.fixture(scope="module")
def sections(tmp_path_factory: pytest.TempPathFactory) -> list[Section]:
    """The use cases as they are written now."""
    return [recorded(tmp_path_factory.mktemp("golden"), title, act) for title, act in CASES.items()]


def test_every_request_is_as_reviewed(sections: list[Section]) -> None:
    """What goes out is what the table says; whoever changes it looks at the difference."""
    table = "\n\n".join([HEADER.strip(), *(each.text for each in sections)]) + "\n"
    if os.environ.get("BOOKER_WRITE_GOLDEN"):
        TABLE.write_text(table, "utf-8")

    assert table == TABLE.read_text("utf-8"), "BOOKER_WRITE_GOLDEN=1 writes the table anew; review it."


def test_the_table_holds_no_secret(sections: list[Section]) -> None:
    """No key, no token, and nobody's secret."""
    secrets = set().union(*(each.secrets for each in sections))

    assert len(secrets) > 10
    assert not any(secret in each.text for each in sections for secret in secrets)
