"""Mutation testing: `make mutants` changes availability, policy and links in every small way, one at a time.

A change that no test notices is a survivor: a test is missing, or the change makes no difference. The tests
and modules are named in pyproject.toml, `[tool.mutmut]`; docs/testing.md has the scores. This module is also
a plugin of the pytest that mutmut runs.
"""

from __future__ import annotations

import ast
import os
import resource
import shutil
import subprocess
import sys
import tomllib
from collections import Counter, defaultdict
from fnmatch import fnmatch
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
#: Where the changed copy is, below the copy of what it is made of.
FOLDER = ROOT / "mutants"
_COPIED = ("booker_components", "tests", "static", "templates", "pyproject.toml")
#: The modules that have caches.
_ENGINE = "booker_components.providers.embedded.availability"

#: How many cases are tried against the slow way: most changes fail the first ones, or none of any number.
_EXAMPLES = "15"
#: Bytes that a changed loop may fill before it fails.
_MEMORY = 4 * 1024**3


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the tests that take seconds last, for a change needs to fail but one."""
    items.sort(key=lambda item: "test_agreement" in item.nodeid)


def pytest_runtest_setup() -> None:
    """Empty all caches: mutmut runs for a change the tests that have called the function, and no others."""
    for name, module in list(sys.modules.items()):
        if name.startswith(_ENGINE):
            for each in vars(module).values():
                if hasattr(each, "cache_clear"):
                    each.cache_clear()


def undecorated(source: str) -> str:
    """Give a module with its properties and caches applied below their functions.

    mutmut changes no function that has a decorator; this way it does.
    """
    lines = source.splitlines(keepends=True)
    # From the end on, so that the numbers of the lines before stay as they are.
    for function in sorted(_decorated(source), key=lambda each: each.lineno, reverse=True):
        (decorator,) = function.decorator_list
        indent, wrapper = " " * function.col_offset, ast.unparse(decorator)
        assert function.end_lineno
        lines.insert(function.end_lineno, f"{indent}{function.name} = {wrapper}({function.name})\n")
        del lines[decorator.lineno - 1]
    return "".join(lines)


def _decorated(source: str) -> list[ast.FunctionDef]:
    found = (each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef))
    return [
        each
        for each in found
        if len(each.decorator_list) == 1
        and ast.unparse(each.decorator_list[0]).startswith(("property", "lru_cache"))
    ]


def lay_out() -> None:
    """Copy what the tests need, the modules to change without decorators."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    for name in _COPIED:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy2
        copy(ROOT / name, FOLDER / name)
    wanted = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mutmut"]["only_mutate"]
    for path in FOLDER.rglob("*.py"):
        if any(fnmatch(str(path.relative_to(FOLDER)), pattern) for pattern in wanted):
            path.write_text(undecorated(path.read_text()))


def table(results: str) -> str:
    """Give the scores by module from what `mutmut results --all true` prints."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for line in results.splitlines():
        name, _, state = line.strip().rpartition(": ")
        counts[name.rpartition(".")[0].removeprefix("booker_components.")][state] += 1
    counts["all"] = sum(counts.values(), Counter())
    rows = ["| module | changes | failed | never ended | left |", "|---|---|---|---|---|"]
    for module, found in counts.items():
        total, killed, timeout = found.total(), found["killed"], found["timeout"]
        rows.append(f"| {module} | {total} | {killed} | {timeout} | {total - killed - timeout} |")
    return "\n".join(rows)


def main() -> int:
    """Change, test and tell; the survivors are listed above the scores."""
    lay_out()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    # All in the background: an hour of two processes is nobody's hurry.
    os.nice(19)
    mutmut = Path(sys.executable).with_name("mutmut")
    env = os.environ | {"BOOKER_EXAMPLES": _EXAMPLES}
    done = subprocess.run([mutmut, "run", *sys.argv[1:]], cwd=FOLDER, env=env, check=False)
    if done.returncode:
        return done.returncode
    results = subprocess.check_output([mutmut, "results", "--all", "true"], cwd=FOLDER, env=env, text=True)
    print(*(line for line in results.splitlines() if not line.endswith(": killed")), sep="\n")
    print(table(results))
    return 0


if __name__ == "__main__":
    sys.exit(main())
