"""Tests of calendar feeds against servers that answer well, badly and not at all."""

from __future__ import annotations

import gzip
import logging
import socket
import threading
import traceback
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select
from werkzeug.wrappers import Response

from booker_components import create_booking, get_slots
from booker_components.errors import ProviderError, ProviderUnavailable
from booker_components.providers.embedded.calendars.busy import BusySource
from booker_components.providers.embedded.calendars.copies import Copies
from booker_components.providers.embedded.calendars.feeds import (
    FRESH,
    LARGEST,
    RECENT,
    CalendarFeed,
    FeedState,
    refresh,
    renew,
)
from booker_components.providers.embedded.tables import feeds
from booker_components.storage import Storage
from booker_components.testing import FrozenClock

from ..databases import lay_database
from .ics import CALENDARS, NOW, YEAR, calendar, event, shown
from .remote import serving, serving_raw, unused_url

SECRET = "/calendar/private-4f9c/basic.ics?key=verysecret"
NINE = calendar(event("DTSTART:20270202T090000Z", "DURATION:PT1H"))
TEN = calendar(event("DTSTART:20270202T100000Z", "DURATION:PT1H"))
MINUTE = timedelta(minutes=1)

Make = Callable[..., CalendarFeed]


@pytest.fixture
def clock() -> FrozenClock:
    """A clock that stands still."""
    return FrozenClock(NOW)


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """A database with our tables."""
    made = Storage(lay_database(tmp_path))
    yield made
    made.close()


@pytest.fixture
def make(storage: Storage, clock: FrozenClock) -> Make:
    """What makes feeds that may be on this machine."""
    return partial(CalendarFeed, storage=storage, zone="Europe/Berlin", clock=clock, private=True)


def file(body: bytes, **headers: str) -> Response:
    """Answer with a calendar; a header may be written etag="1" or last_modified="..."."""
    return Response(body, headers={name.replace("_", "-"): value for name, value in headers.items()})


def busy(feed: CalendarFeed) -> list[str]:
    """Give what a feed says of the year."""
    return [shown(*span) for span in feed.busy(YEAR)]


def stored(storage: Storage) -> list[dict[str, object]]:
    """Give the rows of all feeds."""
    with storage.reading() as connection:
        return [dict(row) for row in connection.execute(select(feeds)).mappings()]


# --- reading ------------------------------------------------------------------------------------------


def test_feed_is_a_source(make: Make) -> None:
    """What a host's calendars say is asked like any other source."""
    assert isinstance(make("https://example.com/"), BusySource)


def test_feed_is_read_when_it_is_asked_for_the_first_time(make: Make) -> None:
    """A host's page needs no worker to know the calendar."""
    with serving(file((CALENDARS / "google.ics").read_bytes())) as remote:
        found = busy(make(remote.url + SECRET))

    assert found[0] == "02-02 09:00 - 10:00"
    assert remote.last.full_path == SECRET


def test_packed_feed_is_read(make: Make) -> None:
    """Most servers pack calendars."""
    packed = file(gzip.compress(NINE), content_encoding="gzip")
    with serving(packed) as remote:
        assert busy(make(remote.url)) == ["02-02 09:00 - 10:00"]


def test_redirected_feed_is_read(make: Make) -> None:
    """Feeds move."""
    with serving(Response("", status=301, headers={"Location": "/new"}), file(NINE)) as remote:
        assert busy(make(f"{remote.url}/old")) == ["02-02 09:00 - 10:00"]


@pytest.mark.parametrize("scheme", ["webcal", "webcals", "WEBCAL"])
def test_webcal_is_read_over_https(scheme: str, make: Make) -> None:
    """Calendar programs show addresses that begin with webcal; they are read encrypted."""
    assert make(f" {scheme}://example.com{SECRET} ").origin == "https://example.com"


# --- how often ----------------------------------------------------------------------------------------


def test_recent_copy_is_used(make: Make, clock: FrozenClock) -> None:
    """A page asks the server once in five minutes at most."""
    with serving(file(NINE), file(TEN)) as remote:
        feed = make(remote.url)
        before = [busy(feed)]
        clock.move(RECENT - MINUTE)
        before.append(busy(feed))
        clock.move(MINUTE)
        after = busy(feed)

    assert before == [["02-02 09:00 - 10:00"]] * 2
    assert after == ["02-02 10:00 - 11:00"]
    assert len(remote.requests) == 2


def test_copy_is_every_processs(make: Make) -> None:
    """What one process has read, the others need not read."""
    with serving(file(NINE)) as remote:
        found = [busy(make(remote.url)) for _ in range(3)]

    assert found == [["02-02 09:00 - 10:00"]] * 3
    assert len(remote.requests) == 1


def test_booking_goes_by_a_fresh_copy(make: Make, clock: FrozenClock) -> None:
    """What is half a minute old is good enough to show, and not to book by."""
    with serving(file(NINE), file(TEN)) as remote:
        feed = make(remote.url)
        busy(feed)
        clock.move(FRESH / 2)
        feed.fresh()
        assert len(remote.requests) == 1
        clock.move(FRESH / 2)
        feed.fresh()

        assert busy(feed) == ["02-02 10:00 - 11:00"]


def test_upkeep_reads_before_pages_have_to(make: Make, clock: FrozenClock) -> None:
    """Where a worker runs, no page waits for a calendar."""
    with serving(file(NINE), file(TEN)) as remote:
        feed = make(remote.url)
        feed.refresh()
        clock.move(RECENT - MINUTE)
        feed.refresh()
        clock.move(MINUTE)

        assert busy(feed) == ["02-02 10:00 - 11:00"]
    assert len(remote.requests) == 2


def test_clock_that_was_set_back_reads_again(make: Make, clock: FrozenClock) -> None:
    """A copy from the future is not young for ever."""
    with serving(file(NINE), file(TEN)) as remote:
        feed = make(remote.url)
        busy(feed)
        clock.move(-timedelta(days=1))

        assert busy(feed) == ["02-02 10:00 - 11:00"]


def test_unchanged_feed_is_not_sent_again(make: Make, clock: FrozenClock, storage: Storage) -> None:
    """The server is told what we have, and says that it is good still."""
    date = "Mon, 01 Feb 2027 07:00:00 GMT"
    with serving(file(NINE, etag='"v1"', last_modified=date), Response("", status=304)) as remote:
        feed = make(remote.url)
        busy(feed)
        clock.move(RECENT)
        again = busy(feed)

    assert "If-None-Match" not in remote.requests[0].headers
    assert remote.last.headers["If-None-Match"] == '"v1"'
    assert remote.last.headers["If-Modified-Since"] == date
    assert again == ["02-02 09:00 - 10:00"]
    assert stored(storage)[0]["good_at"] == clock()


def test_copy_of_another_form_is_read_anew(make: Make, clock: FrozenClock, storage: Storage) -> None:
    """When more of calendars is kept than before, what was kept is no reason to say: nothing new."""
    with serving(file(NINE, etag='"v1"')) as remote:
        feed = make(remote.url)
        busy(feed)
        with storage.transaction() as connection:
            connection.execute(feeds.update().values(body=NINE))
        clock.move(RECENT)
        busy(feed)

    assert "If-None-Match" not in remote.last.headers


def test_unasked_for_not_modified_is_a_failure(make: Make) -> None:
    """Who has nothing cannot be told that it is good still."""
    with serving(Response("", status=304)) as remote, pytest.raises(ProviderUnavailable, match="304"):
        busy(make(remote.url))


# --- failures -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        pytest.param(Response("", status=500), "answered 500", id="500"),
        pytest.param(Response("", status=404), "answered 404", id="404"),
        pytest.param(Response("", status=204), "answered 204", id="204"),
        pytest.param(Response("<title>Sign in</title>"), "no calendar", id="a page"),
        pytest.param(Response(""), "no calendar", id="nothing"),
        pytest.param(Response(NINE[:-20]), "no calendar", id="cut off"),
        pytest.param(Response(b"x" * (LARGEST + 1)), "more than", id="too large"),
        pytest.param(
            Response("", 302, {"Location": "http://127.0.0.1:1/"}), "failed", id="redirected to nobody"
        ),
        pytest.param(
            Response("", 302, {"Location": "file:///etc/passwd"}), "must begin", id="redirected to a file"
        ),
    ],
)
def test_failure_keeps_the_last_good_copy(
    answer: Response, reason: str, make: Make, clock: FrozenClock, caplog: pytest.LogCaptureFixture
) -> None:
    """What was known counts until something better is known, however long that takes."""
    with serving(file(NINE, etag='"v1"'), answer) as remote:
        feed = make(remote.url + SECRET)
        before = busy(feed)
        clock.move(timedelta(days=3))
        after = busy(feed)
        state = feed.state()

    assert after == before == ["02-02 09:00 - 10:00"]
    assert reason in state.error
    assert state.good_at == NOW
    assert reason in caplog.text
    assert "verysecret" not in caplog.text + state.error


@pytest.mark.parametrize("answer", [Response("", status=500), Response("<title>Sign in</title>")])
def test_feed_that_was_never_read_cannot_tell(answer: Response, make: Make) -> None:
    """Nobody is booked by a calendar that nobody has seen."""
    with serving(answer) as remote, pytest.raises(ProviderUnavailable, match="was never read") as caught:
        busy(make(remote.url + SECRET))

    assert "4f9c" not in caught.value.message


def test_failure_is_not_repeated_with_every_page(make: Make, clock: FrozenClock) -> None:
    """A server that is down is asked again after some minutes, or for a booking after half a minute."""
    with serving(file(NINE), Response("", status=500)) as remote:
        feed = make(remote.url)
        busy(feed)
        clock.move(RECENT)
        for _ in range(3):
            busy(feed)
        asked = len(remote.requests)
        clock.move(FRESH)
        busy(feed)
        feed.fresh()

    assert asked == 2
    assert len(remote.requests) == 3


def test_feed_that_was_never_read_is_tried_soon_again(make: Make, clock: FrozenClock) -> None:
    """Until it was read for once, its host cannot be booked."""
    with serving(Response("", status=500), file(NINE)) as remote:
        feed = make(remote.url)
        for _ in range(3):
            with pytest.raises(ProviderError):
                busy(feed)
        asked = len(remote.requests)
        clock.move(FRESH)

        assert busy(feed) == ["02-02 09:00 - 10:00"]
    assert asked == 1


def test_feed_that_hangs_keeps_no_page_for_long(make: Make, clock: FrozenClock, storage: Storage) -> None:
    """A page waits for some seconds and goes on with the copy that is there."""
    silence = threading.Event()

    def behave(line: socket.socket) -> None:
        silence.wait(60)

    with serving_raw(behave) as (url, heard):
        Copies(storage, url).claim(RECENT, NOW)
        with storage.transaction() as connection:
            connection.execute(feeds.update().values(body=NINE, good_at=NOW))
        clock.move(RECENT)
        feed = make(url, patience=0.3)

        found = busy(feed)
        silence.set()

    assert found == ["02-02 09:00 - 10:00"]
    assert len(heard) == 1
    assert "too long" in feed.state().error


def test_private_address_is_not_read(storage: Storage, clock: FrozenClock) -> None:
    """A host may not have us read what only this machine reaches."""
    with serving(file(NINE)) as remote:
        feed = CalendarFeed(remote.url, storage=storage, zone="UTC", clock=clock)

        with pytest.raises(ProviderUnavailable, match="BOOKER_PRIVATE_NETWORK"):
            busy(feed)

    assert remote.requests == []


def test_error_of_reading_is_told(make: Make) -> None:
    """A calendar without a single event that can be read is still one; how many were left out is told."""
    broken = calendar(event("DTSTART:soon"), event("DTSTART:20270202T090000Z", "DURATION:PT1H", uid="two"))
    with serving(file(broken)) as remote:
        feed = make(remote.url)
        found = busy(feed)
        state = feed.state()

    assert found == ["02-02 09:00 - 10:00"]
    assert (state.events, state.skipped, state.error) == (1, 1, "")
    assert not state.is_well(NOW)


# --- at the same time ---------------------------------------------------------------------------------


def _slow(entered: threading.Event, go_on: threading.Event, body: bytes) -> Callable[[], Response]:
    def answer() -> Response:
        entered.set()
        go_on.wait(60)
        return file(body)

    return answer


def test_one_reads_and_the_others_go_on(make: Make, clock: FrozenClock) -> None:
    """While one page reads the calendar again, the others use what is there."""
    entered, go_on = threading.Event(), threading.Event()
    with serving(file(NINE), _slow(entered, go_on, TEN)) as remote, ThreadPoolExecutor(1) as pool:
        busy(make(remote.url))
        clock.move(RECENT)
        first = pool.submit(busy, make(remote.url))
        entered.wait(60)
        others = [busy(make(remote.url)) for _ in range(3)]
        go_on.set()

        assert first.result() == ["02-02 10:00 - 11:00"]
    assert others == [["02-02 09:00 - 10:00"]] * 3
    assert len(remote.requests) == 2


def test_first_readers_wait_for_one_of_them(make: Make) -> None:
    """While nothing is known yet, everybody waits for whoever reads it."""
    with serving(file(NINE)) as remote, ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: busy(make(remote.url)), range(4)))

    assert found == [["02-02 09:00 - 10:00"]] * 4
    assert len(remote.requests) == 1


def test_booking_waits_for_whoever_reads(make: Make, clock: FrozenClock) -> None:
    """Who is about to book goes by the copy that is on its way."""
    entered, go_on = threading.Event(), threading.Event()
    with serving(file(NINE), _slow(entered, go_on, TEN)) as remote, ThreadPoolExecutor(2) as pool:
        feed = make(remote.url)
        busy(feed)
        clock.move(RECENT)
        first = pool.submit(busy, make(remote.url))
        entered.wait(60)
        second = pool.submit(feed.fresh)
        go_on.set()
        first.result()
        second.result()

        assert busy(feed) == ["02-02 10:00 - 11:00"]
    assert len(remote.requests) == 2


def test_reader_that_has_died_is_not_waited_for(make: Make, clock: FrozenClock, storage: Storage) -> None:
    """Who has begun and never ended holds nobody back for more than some seconds, and soon others begin."""
    with serving(file(NINE)) as remote:
        Copies(storage, remote.url).claim(RECENT, NOW)
        clock.move(FRESH)

        assert busy(make(remote.url)) == ["02-02 09:00 - 10:00"]


def test_nothing_is_read_within_a_transaction(make: Make, clock: FrozenClock, storage: Storage) -> None:
    """A server that is slow must not hold a lock of the database."""
    with serving(file(NINE), file(TEN)) as remote:
        feed = make(remote.url)
        busy(feed)
        clock.move(RECENT)
        with storage.transaction():
            found = busy(feed)
            feed.fresh()
            renew([feed, feed])
            refresh([feed, feed])

    assert found == ["02-02 09:00 - 10:00"]
    assert len(remote.requests) == 1


@pytest.mark.parametrize("read_all", [renew, refresh])
def test_several_feeds_are_read_at_the_same_time(
    read_all: Callable[[list[CalendarFeed]], None], make: Make
) -> None:
    """Ten calendars take no longer than the slowest of them: each waits here for all the others."""
    together = threading.Barrier(4)

    def answer() -> Response:
        together.wait(60)
        return file(NINE)

    with serving(answer) as remote:
        all_feeds = [make(f"{remote.url}/{number}") for number in range(4)]
        read_all(all_feeds)
        found = [busy(feed) for feed in all_feeds]

    assert found == [["02-02 09:00 - 10:00"]] * 4
    assert len(remote.requests) == 4


# --- what is kept and told ----------------------------------------------------------------------------


def test_database_has_neither_address_nor_words(make: Make, storage: Storage) -> None:
    """Of a calendar only times are kept, under a name that leads nowhere."""
    with serving(file((CALENDARS / "google.ics").read_bytes())) as remote:
        busy(make(remote.url + SECRET))

    row = repr(stored(storage))
    assert "4f9c" not in row
    assert "Doctor" not in row
    assert "DTSTART" in row


def test_neither_errors_nor_logs_tell_the_address(make: Make, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever knows the address reads the calendar: its host is all that is named."""
    caplog.set_level(logging.DEBUG)
    feed = make(unused_url() + SECRET)

    with pytest.raises(ProviderError) as caught:
        busy(feed)

    told = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(feed) + repr(feed.state())
    assert unused_url() in caught.value.message
    assert "4f9c" not in told
    assert "verysecret" not in told


def test_header_that_cannot_be_sent_again_is_not_kept(make: Make, clock: FrozenClock) -> None:
    """A server may send anything, and gets nothing of it back that is no header."""
    with serving(file(NINE, etag='"é"', last_modified="x" * 2000), file(TEN)) as remote:
        feed = make(remote.url)
        busy(feed)
        clock.move(RECENT)

        assert busy(feed) == ["02-02 10:00 - 11:00"]
    assert not {"If-None-Match", "If-Modified-Since"} & set(remote.last.headers.keys())


@pytest.mark.parametrize(
    ("state", "is_well", "sentence"),
    [
        pytest.param(
            FeedState(origin="https://a.example", good_at=NOW - 3 * MINUTE, error="", events=7),
            True,
            "The calendar at https://a.example was read 3 min ago. Events in it: 7.",
            id="well",
        ),
        pytest.param(
            FeedState(origin="https://a.example", good_at=NOW - 90 * MINUTE, error="It is down.", events=7),
            False,
            "The calendar at https://a.example was read 1 hr 30 min ago. Events in it: 7. It is down.",
            id="old",
        ),
        pytest.param(
            FeedState(origin="https://a.example", good_at=NOW, error="", events=7, skipped=2),
            False,
            "The calendar at https://a.example was read 0 min ago. Events in it: 7. "
            "Further ones that could not be read, and keep no time: 2.",
            id="in part",
        ),
        pytest.param(
            FeedState(origin="https://a.example", good_at=None, error=""),
            False,
            "The calendar at https://a.example was never read, so its host is not offered.",
            id="never read",
        ),
    ],
)
def test_state_is_told(state: FeedState, is_well: bool, sentence: str) -> None:
    """A check says how old the copy is and what is wrong."""
    assert state.is_well(NOW) is is_well
    assert state.sentence(NOW) == sentence


def test_state_of_a_feed_that_was_never_asked_for(make: Make) -> None:
    """A check asks no server."""
    state = make("https://example.com/").state()

    assert state == FeedState(origin="https://example.com", good_at=None, error="")


# --- our own bookings ---------------------------------------------------------------------------------


def test_invitation_to_an_own_booking_keeps_no_time(
    make_app: Callable[..., Flask], clock: FrozenClock
) -> None:
    """A booking that the host has put into the calendar must not keep itself from being moved."""
    app = make_app()
    storage = app.extensions["booker"].storage
    with app.app_context():
        slot = get_slots("intro-call")[0]
        booking = create_booking("intro-call", slot.start, name="Bo", email="bo@b.example")
    at = f"DTSTART:{slot.start:%Y%m%dT%H%M%SZ}", "DURATION:PT30M"
    body = calendar(event(*at, uid=f"{booking.uid}@example.com"), event(*at, uid="x" * 22 + "@example.com"))

    with serving(file(body)) as remote:
        feed = CalendarFeed(remote.url, storage=storage, zone="UTC", clock=clock, private=True)
        found = feed.busy(YEAR)

    assert [start for start, _ in found] == [slot.start]
    assert feed.state().events == 1
    assert Copies(storage, "x").ours([booking.uid, "x" * 22]) == {booking.uid}


def test_one_feed_serves_all_threads(make: Make) -> None:
    """The pages of a process share what was read."""
    with serving(file(NINE)) as remote, ThreadPoolExecutor(8) as pool:
        feed = make(remote.url)
        found = list(pool.map(lambda _: busy(feed), range(16)))

    assert found == [["02-02 09:00 - 10:00"]] * 16
    assert len(remote.requests) == 1
