"""Tests of what is built: wheel, sdist and editable install find all their files."""

from __future__ import annotations

import re
import site
import subprocess
import sys
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent

#: A host app as small as can be; it serves on a free port and prints its address.
HOST_APP = """\
import sys
from datetime import timedelta

from flask import Flask
from werkzeug.serving import make_server

from booker_components import Booker, EventType, Host, Schedule

hours = Schedule(weekly=(((0, 1440),),) * 7)
host = Host(slug="ada", name="Ada Example", zone="Europe/Paris", schedule=hours)
app = Flask("host_app", instance_path=sys.argv[1])
app.config.update(
    SECRET_KEY="packaging",
    BOOKER_EVENT_TYPES=[EventType(slug="intro-call", title="Intro call", hosts=(host,))],
)
Booker(app)
server = make_server("127.0.0.1", 0, app, threaded=True)
print(server.port, flush=True)
server.serve_forever()
"""


def run(*command: object) -> str:
    """Run *command* and give what it printed; its complaint is the failure's message."""
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with a fresh sdist and the wheel built from it."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT)
    return folder


@pytest.fixture(scope="module")
def wheel(built: Path) -> Path:
    """Give the built wheel."""
    (path,) = built.glob("*.whl")
    return path


def venv(folder: Path) -> Path:
    """Make a virtual environment with our dependencies, which it borrows from the one that runs the tests."""
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    (packages,) = folder.glob("lib/python*/site-packages")
    # The folder goes on sys.path; its .pth files, the one of an editable install among them, are not read.
    packages.joinpath("dependencies.pth").write_text("\n".join(site.getsitepackages()))
    return folder / "bin" / "python"


def install(python: Path, *what: object) -> None:
    """Install into the environment of *python* without asking any registry."""
    quiet = ("--quiet", "--disable-pip-version-check", "--no-deps", "--no-build-isolation", "--no-index")
    run(sys.executable, "-m", "pip", "--python", python, "install", *quiet, *what)


@contextmanager
def served(python: Path, folder: Path) -> Iterator[str]:
    """Serve a host app with the package of *python*'s environment, from an empty folder; give its address."""
    folder.mkdir()
    command = [str(python), "-c", HOST_APP, str(folder / "instance")]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    with process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def fetch(address: str) -> str:
    """Give the body at *address*; anything but a success raises."""
    with urllib.request.urlopen(address, timeout=20) as answer:
        assert answer.status == 200
        text: str = answer.read().decode()
    return text


def assert_serves_a_booker(address: str) -> None:
    """Check a page with the script and the style sheet that it names."""
    page = fetch(f"{address}/book/intro-call")
    assert "Intro call" in page
    scripts = re.findall(r'<script[^>]* src="([^"]+)"', page)
    assert scripts
    for script in scripts:
        assert "bk" in fetch(address + script)
    folder = scripts[0].rpartition("/")[0]
    assert ".bk" in fetch(f"{address}{folder}/booker.css")


def test_wheel_holds_every_file_that_is_needed(wheel: Path) -> None:
    """Templates, static files, texts, migrations, type marker and licence are in; tests and demo are not."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    for folder in ("templates", "static"):
        sources = {str(path.relative_to(ROOT)) for path in (ROOT / folder).rglob("*") if path.is_file()}
        assert {f"booker_components/{name}" for name in sources} <= names
    catalogues = (ROOT / "booker_components" / "translations").rglob("booker.po*")
    assert {str(path.relative_to(ROOT)) for path in catalogues} <= names
    assert "booker_components/translations/booker.pot" in names
    assert "booker_components/py.typed" in names
    assert any(re.fullmatch(r"booker_components/migrations/versions/\w+\.py", name) for name in names)
    assert any(name.endswith(".dist-info/licenses/LICENSE") for name in names)
    assert not {name for name in names if name.startswith(("tests/", "demo_app/"))}


def test_sdist_holds_what_its_tests_need(built: Path) -> None:
    """Whoever unpacks the sdist can build the wheel, run the demo and the tests."""
    (path,) = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}

    wanted = {"pyproject.toml", "LICENSE", "README.md", "CHANGELOG.md", "Makefile", "constraints.txt"}
    assert wanted <= names
    assert {"templates/booker/booker.html", "static/style/base.css", "demo_app/__init__.py"} <= names
    assert "tests/test_packaging.py" in names


def test_wheel_serves_away_from_the_checkout(wheel: Path, tmp_path: Path) -> None:
    """Installed from the wheel, the package finds its templates and static files."""
    python = venv(tmp_path / "venv")
    install(python, wheel)

    place = run(python, "-P", "-c", "import booker_components; print(booker_components.__file__)")

    assert str(tmp_path) in place
    with served(python, tmp_path / "host") as address:
        assert_serves_a_booker(address)


def test_editable_install_serves(tmp_path: Path) -> None:
    """Installed editable, the package finds its templates and static files in the checkout."""
    python = venv(tmp_path / "venv")
    install(python, "-e", ROOT)

    place = run(python, "-P", "-c", "import booker_components; print(booker_components.__file__)")

    assert str(ROOT) in place
    with served(python, tmp_path / "host") as address:
        assert_serves_a_booker(address)


def test_lock_names_no_place() -> None:
    """The lock file holds names, versions, markers and hashes only, never the address of an index."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()

    pinned = re.compile(r"[a-z0-9-]+==\S+( ; .+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    assert [line for line in lines if not pinned.fullmatch(line)] == []
