"""Tests of who may import whom, and of what the package exports."""

from __future__ import annotations

import ast
import inspect
import subprocess
import sys
from pathlib import Path

import pytest

import booker_components

ROOT = Path(__file__).resolve().parent.parent
PUBLIC = (
    "Booker",
    "cancel_booking",
    "create_blueprint",
    "create_booking",
    "get_booking",
    "get_event_type",
    "get_event_types",
    "get_slots",
    "list_bookings",
    "reschedule_booking",
)


def test_imports_go_down_only(tmp_path: Path) -> None:
    """The contracts of pyproject.toml hold: layers, and frameworks only where they belong."""
    # In a process of its own: import-linter switches off the loggers that other tests listen to.
    program = (
        "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(cache_dir=sys.argv[1]))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_exported_name_is_there() -> None:
    """What `__all__` promises can be imported."""
    missing = [name for name in booker_components.__all__ if not hasattr(booker_components, name)]

    assert missing == []


def test_exported_names_are_sorted() -> None:
    """`__all__` is sorted and without repetition, so that a name is found and added once."""
    names = list(booker_components.__all__)

    assert names == sorted(set(names))


@pytest.mark.parametrize("name", PUBLIC)
def test_name_of_the_public_api_is_exported(name: str) -> None:
    """The names that hosts were promised are exported."""
    assert name in booker_components.__all__


def test_exported_names_are_documented() -> None:
    """Every exported class and function has a docstring of its own."""
    exported = {name: getattr(booker_components, name) for name in booker_components.__all__}
    ours = {
        name: each for name, each in exported.items() if inspect.isclass(each) or inspect.isfunction(each)
    }

    bare = [name for name, each in ours.items() if not inspect.cleandoc(each.__doc__ or "")]

    assert bare == []


@pytest.mark.parametrize("folder", ["booker_components", "demo_app", "tests"])
def test_every_module_says_what_lives_there(folder: str) -> None:
    """Every module that holds anything begins with a docstring."""
    sources = {path: ast.parse(path.read_text()) for path in sorted((ROOT / folder).rglob("*.py"))}

    bare = [str(path) for path, tree in sources.items() if tree.body and not ast.get_docstring(tree)]

    assert bare == []
