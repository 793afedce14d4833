"""Tokens: unreadable at rest, found by digest, renewed once however many ask for it at once."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from booker_components.errors import ProviderUnavailable
from booker_components.records.boxes import Box
from booker_components.records.tables import tokens as rows
from booker_components.records.tokens import LEASE, NotConnected, TokenPair, Tokens
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ..conftest import MONDAY
from ..processes import FORKS

KEY, FORMER_KEY = b"k" * 40, b"f" * 40
HOUR = timedelta(hours=1)
FIRST = TokenPair(
    access="access-1", refresh="refresh-1", expires_at=MONDAY + HOUR, kind="managed", user="7", username="ann"
)
SECOND = replace(FIRST, access="access-2", refresh="refresh-2", expires_at=MONDAY + 2 * HOUR)

Renew = Callable[[TokenPair], TokenPair]


@pytest.fixture
def tokens(storage: Storage, clock: FrozenClock) -> Tokens:
    """A store that waits only a moment for the renewals of others."""
    return Tokens(storage, Box([KEY]), clock, patience=0.1)


@pytest.fixture
def kept(tokens: Tokens) -> Tokens:
    """The store with the tokens of Ann."""
    tokens.write("calcom", "ann", FIRST)
    return tokens


def never(_pair: TokenPair) -> TokenPair:
    """Renew nothing; to be called is a failure."""
    raise AssertionError("Nothing was to be renewed.")


def refused(_pair: TokenPair) -> TokenPair:
    """Renew as a provider does that takes the refresh token no longer."""
    raise NotConnected("It was refused.")


# --- keeping -------------------------------------------------------------------------------------


def test_what_is_written_is_read(kept: Tokens) -> None:
    """Every field comes back, the instant aware."""
    assert kept.read("calcom", "ann") == FIRST


def test_accounts_and_providers_are_kept_apart(kept: Tokens) -> None:
    """Nobody gets the tokens of another name."""
    assert kept.read("calcom", "bo") is None
    assert kept.read("jicoo", "ann") is None
    assert kept.accounts("jicoo") == []


def test_the_last_that_is_written_counts(kept: Tokens) -> None:
    """Connecting once more replaces what was there."""
    kept.write("calcom", "ann", SECOND)

    assert kept.read("calcom", "ann") == SECOND
    assert kept.accounts("calcom") == ["ann"]


def test_what_is_deleted_is_gone(kept: Tokens) -> None:
    """A second deletion is nothing to mind."""
    kept.delete("calcom", "ann")
    kept.delete("calcom", "ann")

    assert kept.read("calcom", "ann") is None
    assert kept.find_by_access_token("calcom", "access-1") is None


def test_tokens_show_in_no_representation() -> None:
    """What is logged by accident tells nothing."""
    shown = repr(FIRST)

    assert "access-1" not in shown
    assert "refresh-1" not in shown


def test_an_end_without_a_zone_is_refused() -> None:
    """All instants are aware."""
    with pytest.raises(ValueError, match="aware"):
        replace(FIRST, expires_at=MONDAY.replace(tzinfo=None))


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_database_holds_no_token(kept: Tokens, storage: Storage, tmp_path: Path) -> None:
    """Whoever reads the file, or its log, finds neither tokens nor names at the provider."""
    kept.refresh("calcom", "ann", "access-1", lambda pair: SECOND)
    storage.close()

    content = b"".join(file.read_bytes() for file in tmp_path.iterdir())

    assert b"booker_tokens" in content
    for secret in (b"access-1", b"access-2", b"refresh-1", b"refresh-2", b"username"):
        assert secret not in content


def test_a_former_key_opens_and_the_newest_seals(storage: Storage, clock: FrozenClock) -> None:
    """SECRET_KEY can be changed: with the former one as a fallback nobody has to connect again."""
    Tokens(storage, Box([FORMER_KEY]), clock).write("calcom", "ann", FIRST)
    both = Tokens(storage, Box([FORMER_KEY, KEY]), clock)

    pair = both.read("calcom", "ann")
    both.refresh("calcom", "ann", "access-1", lambda pair: SECOND)

    assert pair == FIRST
    assert Tokens(storage, Box([KEY]), clock).read("calcom", "ann") == SECOND


def test_a_lost_key_is_named_with_its_remedy(kept: Tokens, storage: Storage, clock: FrozenClock) -> None:
    """Tokens that no key opens have to be connected again, which is possible."""
    other = Tokens(storage, Box([b"another key"]), clock)

    with pytest.raises(NotConnected, match="SECRET_KEY_FALLBACKS") as loss:
        other.read("calcom", "ann")
    other.write("calcom", "ann", SECOND)

    assert loss.value.account == "ann"
    assert other.read("calcom", "ann") == SECOND


def test_what_another_version_has_added_is_passed_over(kept: Tokens, storage: Storage) -> None:
    """Whoever goes back to this version finds the accounts connected."""
    content = {"access": "a", "refresh": "r", "expires_at": MONDAY.isoformat(), "new_in_2030": 1}
    with storage.transaction() as connection:
        connection.execute(update(rows).values(box=Box([KEY]).seal(json.dumps(content).encode())))

    assert kept.read("calcom", "ann") == TokenPair(access="a", refresh="r", expires_at=MONDAY)


# --- finding -------------------------------------------------------------------------------------


def test_an_account_is_found_by_its_token_and_the_one_before(kept: Tokens) -> None:
    """An expired token leads to its account for one renewal, not for ever."""
    kept.refresh("calcom", "ann", "access-1", lambda pair: SECOND)

    found = [kept.find_by_access_token("calcom", each) for each in ("access-1", "access-2", "access-3", "")]
    kept.refresh("calcom", "ann", "access-2", lambda pair: replace(SECOND, access="access-3"))

    assert found == ["ann", "ann", None, None]
    assert kept.find_by_access_token("calcom", "access-1") is None


@pytest.mark.parametrize(
    ("user", "found"),
    [
        pytest.param("7", "ann", id="the same user"),
        pytest.param("8", None, id="another user"),
        pytest.param("", None, id="nobody knows who"),
    ],
)
def test_a_former_token_opens_no_strangers_account(kept: Tokens, user: str, found: str | None) -> None:
    """A name that is given to another user keeps nothing of the one before."""
    kept.write("calcom", "ann", replace(SECOND, user=user))

    assert kept.find_by_access_token("calcom", "access-1") == found


# --- renewing ------------------------------------------------------------------------------------


def test_a_stale_token_is_renewed(kept: Tokens) -> None:
    """The renewer gets what is kept, and what it gives is kept."""
    asked: list[TokenPair] = []

    def renew(pair: TokenPair) -> TokenPair:
        asked.append(pair)
        return SECOND

    given = kept.refresh("calcom", "ann", "access-1", renew)

    assert asked == [FIRST]
    assert given == SECOND
    assert kept.read("calcom", "ann") == SECOND


def test_what_another_has_renewed_is_used(kept: Tokens) -> None:
    """A token that is no longer the one kept calls for no renewal."""
    assert kept.refresh("calcom", "ann", "access-0", never) == FIRST


def test_an_unknown_account_is_refused(tokens: Tokens) -> None:
    """Who was never connected is told so."""
    with pytest.raises(NotConnected, match="No tokens"):
        tokens.refresh("calcom", "ann", "access-1", never)


def test_many_threads_renew_once(storage: Storage, clock: FrozenClock) -> None:
    """Sixteen threads that meet a stale token make one call, and all get what it gave."""
    tokens = Tokens(storage, Box([KEY]), clock)
    tokens.write("calcom", "ann", FIRST)
    line, calls = threading.Barrier(16), []

    def renew(pair: TokenPair) -> TokenPair:
        calls.append(pair)
        return SECOND

    def work(_number: int) -> TokenPair:
        line.wait()
        return tokens.refresh("calcom", "ann", "access-1", renew)

    with ThreadPoolExecutor(16) as pool:
        given = list(pool.map(work, range(16)))

    assert calls == [FIRST]
    assert given == [SECOND] * 16


def test_no_transaction_is_open_while_the_provider_is_asked(kept: Tokens, storage: Storage) -> None:
    """Others can write in the meantime, even where one writer locks the whole database."""

    def renew(pair: TokenPair) -> TokenPair:
        assert not storage.is_open
        kept.write("calcom", "bo", replace(SECOND, access="of-bo"))
        return SECOND

    assert kept.refresh("calcom", "ann", "access-1", renew) == SECOND


def test_a_refused_refresh_token_is_never_tried_again(kept: Tokens) -> None:
    """The account is to be connected again, and everybody is told so without another call."""
    for renew in (refused, never, never):
        with pytest.raises(NotConnected) as refusal:
            kept.refresh("calcom", "ann", "access-1", renew)
        assert refusal.value.account == "ann"

    pair = kept.read("calcom", "ann")
    assert pair is not None
    assert pair.refused


def test_connecting_again_ends_the_refusal(kept: Tokens) -> None:
    """New tokens can be renewed as any others."""
    with pytest.raises(NotConnected):
        kept.refresh("calcom", "ann", "access-1", refused)
    kept.write("calcom", "ann", SECOND)

    third = replace(SECOND, access="access-3")

    assert kept.refresh("calcom", "ann", "access-2", lambda pair: third) == third


def test_a_provider_that_is_away_leaves_the_lease_free(kept: Tokens) -> None:
    """After a failure the next one may try at once."""

    def fail(_pair: TokenPair) -> TokenPair:
        raise ProviderUnavailable("It is away.")

    with pytest.raises(ProviderUnavailable, match="away"):
        kept.refresh("calcom", "ann", "access-1", fail)

    assert kept.refresh("calcom", "ann", "access-1", lambda pair: SECOND) == SECOND


def test_an_account_that_is_disconnected_meanwhile_stays_so(kept: Tokens) -> None:
    """A renewal brings nothing back that was deleted while it went on."""

    def renew(pair: TokenPair) -> TokenPair:
        kept.delete("calcom", "ann")
        return SECOND

    with pytest.raises(NotConnected, match="meanwhile"):
        kept.refresh("calcom", "ann", "access-1", renew)

    assert kept.accounts("calcom") == []


def test_what_is_connected_meanwhile_stands(kept: Tokens) -> None:
    """Tokens of a new connection are not replaced by those of a renewal that began before."""
    newest = replace(SECOND, access="access-9", user="9")

    def renew(pair: TokenPair) -> TokenPair:
        kept.write("calcom", "ann", newest)
        return SECOND

    assert kept.refresh("calcom", "ann", "access-1", renew) == newest
    assert kept.read("calcom", "ann") == newest


def test_who_comes_back_late_still_keeps_the_newest_tokens(kept: Tokens, clock: FrozenClock) -> None:
    """A lease that lapsed let a second one try, in vain: what the first got is not lost."""

    def slowly(pair: TokenPair) -> TokenPair:
        clock.move(LEASE)
        with pytest.raises(NotConnected):
            kept.refresh("calcom", "ann", "access-1", refused)
        return SECOND

    assert kept.refresh("calcom", "ann", "access-1", slowly) == SECOND
    assert kept.read("calcom", "ann") == SECOND


# --- many processes ------------------------------------------------------------------------------


def _die_renewing(url: str) -> None:
    """Take the lease and be killed while the provider is asked."""
    tokens = Tokens(Storage(url), Box([KEY]), FrozenClock(MONDAY))
    tokens.refresh("calcom", "ann", "access-1", lambda pair: os._exit(9))


def test_the_lease_of_a_dead_process_lapses(kept: Tokens, clock: FrozenClock, database_url: str) -> None:
    """Others wait for a while and give up; after the lease one of them renews."""
    process = FORKS.Process(target=_die_renewing, args=(database_url,))
    process.start()
    process.join(timeout=30)

    with pytest.raises(ProviderUnavailable) as wait:
        kept.refresh("calcom", "ann", "access-1", never)
    clock.move(LEASE)
    given = kept.refresh("calcom", "ann", "access-1", lambda pair: SECOND)

    assert process.exitcode == 9
    assert wait.value.retry_after
    assert given == SECOND


def test_many_threads_may_connect_the_same_account(storage: Storage, clock: FrozenClock) -> None:
    """Two browsers that end a connection at once leave the tokens of one of them."""
    tokens = Tokens(storage, Box([KEY]), clock)
    line = threading.Barrier(8)

    def work(number: int) -> None:
        line.wait()
        tokens.write("calcom", "ann", replace(FIRST, access=f"access-{number}"))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))

    pair = tokens.read("calcom", "ann")
    assert pair is not None
    assert tokens.find_by_access_token("calcom", pair.access) == "ann"
