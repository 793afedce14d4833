"""Web processes wake workers through a queue, which may forget or be down without any loss."""

from __future__ import annotations

import json
import logging
import os
import socket
import sqlite3
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from booker_components.errors import ConfigurationError
from booker_components.outbox import Outbox
from booker_components.outbox.hueys import kind_of, place_of
from booker_components.outbox.queue import Queue
from booker_components.settings import read_settings
from booker_components.storage import Storage
from booker_components.testing import FrozenClock, Recorder
from booker_components.values import EventKind

from .ports import held_port
from .postgres import Postgres
from .processes import FORKS
from .providers.samples import NOW
from .resp import RedisStandIn
from .test_payloads import FULL

HUEY = {"BOOKER_DISPATCH": "huey"}
ONE = replace(FULL, uid="one", revision=1)


@pytest.fixture
def queue(tmp_path: Path) -> Iterator[Queue]:
    """A queue in a SQLite file."""
    made = Queue(f"sqlite:///{tmp_path}/queue.sqlite3", database="sqlite:////nowhere/booker.sqlite3")
    yield made
    made.close()


@pytest.fixture
def postgresql(postgres: Postgres) -> Iterator[str]:
    """The URL of an empty database in PostgreSQL."""
    with postgres.database() as url:
        yield url


@pytest.fixture
def redis() -> Iterator[str]:
    """The URL of what speaks as Redis does."""
    with RedisStandIn() as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture(params=["sqlite", "postgresql", "redis"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of each kind of queue."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/new/folder/queue.sqlite3"
    url: str = request.getfixturevalue(request.param)
    return url


def test_a_call_in_one_process_is_taken_in_another(address: str) -> None:
    """With each kind of storage: who asks and who looks need only the address; each call is taken once."""
    web, worker = (Queue(address, database="sqlite:////nowhere/x.sqlite3") for _ in range(2))
    looks: list[str] = []

    web.call()
    first = worker.take(lambda: looks.append("first"))
    second = worker.take(lambda: looks.append("second"))
    web.call()
    third = worker.take(lambda: looks.append("third"))
    answers = web.answers()
    web.close()
    worker.close()

    assert (first, second, third, answers) == (True, False, True, True)
    assert looks == ["first", "third"]


def test_a_worker_that_waits_hears_a_call_at_once(postgresql: str) -> None:
    """PostgreSQL and Redis call it; nobody has to look again and again."""
    web, worker = (Queue(postgresql, database="sqlite:////nowhere/x.sqlite3") for _ in range(2))
    heard = threading.Event()

    def work() -> None:
        for _ in range(20):
            if worker.take(heard.set):
                break
        worker.close()

    thread = threading.Thread(target=work)
    thread.start()
    web.call()
    thread.join(60)
    web.close()

    assert heard.is_set()


def test_processes_that_make_the_tables_at_once_all_have_them(
    postgresql: str, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL lets only one make them, and refuses the others in the middle."""
    queues = [Queue(postgresql, database="sqlite:////nowhere/x.sqlite3") for _ in range(8)]
    start = threading.Barrier(len(queues))

    def call(queue: Queue) -> None:
        start.wait()
        queue.call()

    threads = [threading.Thread(target=call, args=(queue,)) for queue in queues]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    answers = [queue.answers() for queue in queues]
    for queue in queues:
        queue.close()

    assert all(answers)
    assert caplog.messages == []


def test_calls_that_nobody_takes_do_not_pile_up(queue: Queue) -> None:
    """While no worker runs, one request waits for the first that starts, however many bookings there were."""
    for _ in range(100):
        queue.call()

    assert queue.take(lambda: None)
    assert not queue.take(lambda: None)


def test_a_look_that_fails_stops_nothing(queue: Queue) -> None:
    """The next call is taken as ever."""

    def fail() -> None:
        raise ZeroDivisionError

    queue.call()
    failed = queue.take(fail)
    queue.call()

    assert (failed, queue.take(lambda: None)) == (True, True)


def test_requests_are_plain_text(queue: Queue, tmp_path: Path) -> None:
    """Nothing is unpickled: whoever may write into the queue cannot run code in a worker."""
    queue.call()

    connection = sqlite3.connect(tmp_path / "queue.sqlite3")
    (data,) = connection.execute("SELECT data FROM task").fetchone()
    connection.execute("UPDATE task SET data = ?", (b"\x80\x04cos\nsystem\n",))
    connection.commit()
    connection.close()

    assert "look" in json.loads(data)[1]
    assert not queue.take(lambda: pytest.fail("It was taken for a request."))


def test_a_queue_that_is_down_is_logged_once_and_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """Whoever books does not wait for it again and again, and its password is not told."""
    with held_port() as port:
        queue = Queue(f"redis://:secret@127.0.0.1:{port}/0", database="sqlite:////nowhere/x.sqlite3")
        for _ in range(3):
            queue.call()
        answers = queue.answers()
    queue.close()

    assert not answers
    assert [each.levelno for each in caplog.records] == [logging.WARNING]
    assert caplog.messages == [
        "The queue (redis) does not answer (ConnectionError); workers look by themselves."
    ]


def test_a_queue_that_is_back_is_used_again(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """After the rest; both are in the log, once each."""
    folder = tmp_path / "folder"
    folder.touch()
    queue = Queue(f"sqlite:///{folder}/queue.sqlite3", database="sqlite:////nowhere/x.sqlite3")
    queue.call()
    folder.unlink()
    early = queue.answers()

    queue._rests_until = 0.0
    queue.call()
    taken = queue.take(lambda: None)
    queue.close()

    assert (early, taken) == (False, True)
    assert [message.partition("(sqlite) ")[2][:14] for message in caplog.messages] == [
        "does not answe",
        "answers again.",
    ]


def test_a_queue_that_hangs_keeps_nobody_waiting_for_long(caplog: pytest.LogCaptureFixture) -> None:
    """A server that takes the connection and says nothing is given up after two seconds, then left alone."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        queue = Queue(
            f"redis://127.0.0.1:{silent.getsockname()[1]}/0", database="sqlite:////nowhere/x.sqlite3"
        )
        queue.call()
        queue.call()
        queue.close()

    assert len(caplog.messages) == 1
    assert "TimeoutError" in caplog.messages[0]


@pytest.mark.parametrize(
    ("database", "place"),
    [
        pytest.param(
            "sqlite:////srv/app/booker.sqlite3", "sqlite+pysqlite:////srv/app/booker-queue.sqlite3", id="file"
        ),
        pytest.param(
            "sqlite:////srv/booker.db?timeout=5", "sqlite+pysqlite:////srv/booker-queue.db", id="options"
        ),
        pytest.param("postgres://a:b@db/app", "postgresql+psycopg://a:b@db/app", id="PostgreSQL"),
    ],
)
def test_without_an_address_the_queue_is_by_the_database(database: str, place: str) -> None:
    """In PostgreSQL itself, or in a file beside SQLite's."""
    assert place_of("", database) == place


def test_a_database_without_a_folder_needs_an_address() -> None:
    """Where the file is, only SQLite knows then."""
    with pytest.raises(ConfigurationError, match="set 'BOOKER_QUEUE_URL'"):
        Queue("", database="sqlite:///file:/srv/x.sqlite3?uri=true")


@pytest.mark.parametrize(
    ("place", "kind"),
    [
        ("sqlite:///x", "sqlite"),
        ("postgres://x/y", "postgresql"),
        ("postgresql+psycopg://x/y", "postgresql"),
        ("rediss://x/0", "redis"),
    ],
)
def test_the_kind_of_a_queue_is_told_by_its_address(place: str, kind: str) -> None:
    """Drivers and encryption make no other kind."""
    assert kind_of(place) == kind


# --- the outbox ---


@pytest.fixture
def storage(database_url: str) -> Iterator[Storage]:
    """A database, of each kind."""
    made = Storage(database_url)
    yield made
    made.close()


def test_others_are_called_after_the_commit_and_not_before(storage: Storage) -> None:
    """What is not safe yet is nobody's to look at, and what was rolled back is no news."""
    calls: list[bool] = []
    outbox = Outbox(storage, [Recorder()], clock=FrozenClock(NOW), call=lambda: calls.append(storage.is_open))

    with storage.transaction():
        outbox.add(EventKind.CREATED, ONE)
        early = list(calls)
    with pytest.raises(ZeroDivisionError):
        _add_and_fail(storage, outbox)

    assert (early, calls) == ([], [False])


def _add_and_fail(storage: Storage, outbox: Outbox) -> None:
    with storage.transaction():
        outbox.add(EventKind.CANCELLED, ONE)
        raise ZeroDivisionError


def test_who_only_calls_starts_no_thread(storage: Storage) -> None:
    """A web process with 'huey' delivers nothing itself, and a retry calls too."""
    calls: list[str] = []
    recorder = Recorder()
    outbox = Outbox(storage, [recorder], clock=FrozenClock(NOW), call=lambda: calls.append("call"))

    outbox.add(EventKind.CREATED, ONE)
    outbox.ensure()
    outbox.retry()

    assert calls == ["call", "call"]
    assert not [each for each in threading.enumerate() if each.name.startswith("booker-outbox")]
    assert recorder.events == []


def test_a_queue_survives_a_fork(tmp_path: Path) -> None:
    """A server that forks its workers after a call has queues that work in each of them."""
    process = FORKS.Process(target=_fork_and_call, args=(f"sqlite:///{tmp_path}/queue.sqlite3",))
    process.start()
    process.join(timeout=60)
    process.kill()

    assert process.exitcode == 0


def _fork_and_call(address: str) -> None:
    queue = Queue(address, database="")
    queue.call()
    assert queue.take(lambda: None)
    with queue._opening:
        child = os.fork()
        if child == 0:
            queue.call()
            os._exit(0 if queue.answers() else 1)
        _, status = os.waitpid(child, 0)
    assert status == 0
    assert queue.take(lambda: None)


def test_a_subscriber_that_fails_in_a_worker_delays_no_other(storage: Storage) -> None:
    """Several threads for each subscriber keep the order of each booking."""
    told: list[Any] = []
    lock = threading.Lock()

    def ear(event: Any) -> None:
        with lock:
            told.append((event.booking.uid, event.booking.revision))

    deaf = Recorder(name="deaf", failures=10_000)
    outbox = Outbox(storage, [ear, deaf], clock=FrozenClock(NOW))
    for revision in (1, 2, 3):
        for number in range(10):
            outbox.add(EventKind.RESCHEDULED, replace(ONE, uid=f"b{number}", revision=revision))

    outbox.start(4)
    names = {each.name for each in threading.enumerate() if each.name.startswith("booker-outbox")}
    for _ in range(1000):
        if len(told) == 30:
            break
        threading.Event().wait(0.01)
    outbox.stop()

    assert len(names) == 8
    assert sorted(told) == sorted((f"b{number}", revision) for number in range(10) for revision in (1, 2, 3))
    for number in range(10):
        assert [revision for uid, revision in told if uid == f"b{number}"] == [1, 2, 3]


# --- settings ---


@pytest.mark.parametrize(
    ("config", "message"),
    [
        pytest.param({"BOOKER_DISPATCH": "celery"}, "'thread' or 'huey' or 'none'", id="dispatch"),
        pytest.param({"BOOKER_QUEUE_URL": "redis://x/0"}, "'BOOKER_DISPATCH' is not 'huey'", id="unused"),
        pytest.param(HUEY | {"BOOKER_QUEUE_URL": "amqp://a:secret@x"}, "begins with 'amqp'", id="scheme"),
        pytest.param(HUEY | {"BOOKER_QUEUE_URL": "redis://a:secret@x:port/0"}, "cannot be read", id="port"),
        pytest.param(HUEY | {"BOOKER_QUEUE_URL": "sqlite:///"}, "names no file", id="no file"),
        pytest.param({"BOOKER_KEEP_DAYS": -1}, "'BOOKER_KEEP_DAYS' is -1", id="keep"),
    ],
)
def test_settings_that_are_wrong_are_refused(config: dict[str, Any], message: str) -> None:
    """With the key and the remedy, and without the password of the address."""
    with pytest.raises(ConfigurationError, match=message) as error:
        read_settings(config)

    assert "secret" not in str(error.value)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "sqlite:////srv/queue.sqlite3",
        "sqlite:///queue.sqlite3",
        "redis://:secret@localhost:6379/0",
        "rediss://localhost/0",
        "postgres://a:b@localhost/app",
        "postgresql://a:b@localhost/app",
    ],
)
def test_addresses_of_queues_are_taken(url: str) -> None:
    """Each as its own library reads it."""
    assert read_settings(HUEY | {"BOOKER_QUEUE_URL": url}).queue_url == url
