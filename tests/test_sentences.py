"""Sentences for visitors: every one that the package writes is marked for the catalogues."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import booker_components

PACKAGE = Path(booker_components.__file__).parent
#: What shows English as a picture of pages, what only tests see, and what is said to developers.
ELSEWHERE = {"examples", "testing", "cli", "migrations"}
MODULES = [
    path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] not in ELSEWHERE
]
#: Keyword arguments and attributes that visitors read.
SAID = {"sentence", "default_sentence", "headline", "alert", "submit"}


def unmarked(source: str) -> list[int]:
    """Give the lines of *source* at which a visitor's sentence stands as it is, directly or by its name."""
    tree = ast.parse(source)
    texts = {
        target.id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return sorted({value.lineno for value in _said(tree) if _is_plain(value, texts)})


def _said(tree: ast.AST) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg in SAID:
            yield node.value
        targets = node.targets if isinstance(node, ast.Assign) else ()
        if isinstance(node, ast.AnnAssign) and node.value:
            targets = [node.target]
        if any(isinstance(each, ast.Name) and each.id in SAID for each in targets):
            assert isinstance(node, (ast.Assign, ast.AnnAssign))
            assert node.value is not None
            yield node.value


def _is_plain(value: ast.expr, texts: dict[str, ast.expr]) -> bool:
    """Tell whether *value* is, or may be, a text that nobody has marked."""
    if isinstance(value, ast.Name):
        return value.id in texts and _is_plain(texts[value.id], {})
    if isinstance(value, ast.IfExp):
        return _is_plain(value.body, texts) or _is_plain(value.orelse, texts)
    if isinstance(value, ast.JoinedStr):
        return True
    return isinstance(value, ast.Constant) and isinstance(value.value, str) and bool(value.value)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_sentence_is_marked(path: Path) -> None:
    """None is a plain literal or put together in place: translators would never see it."""
    assert unmarked(path.read_text()) == []


@pytest.mark.parametrize(
    "source",
    [
        pytest.param("raise E(sentence='No.')", id="argument"),
        pytest.param("raise E(sentence=f'No {x}.')", id="put together"),
        pytest.param("raise E(sentence=_A if x else None)\n_A = 'No.'", id="constant"),
        pytest.param("class E:\n    default_sentence = 'No.'", id="attribute"),
        pytest.param("class E:\n    default_sentence: str = 'No.'", id="attribute with its type"),
    ],
)
def test_a_sentence_without_a_mark_is_found(source: str) -> None:
    """However it gets to the visitor."""
    assert len(unmarked(source)) == 1


@pytest.mark.parametrize(
    "source",
    [
        "raise E(sentence=N_('No.'))",
        "raise E(sentence=_A)\n_A = N_('No.')",
        "raise E('No.', sentence=_('No.'))",
        "raise E(sentence=event_type.elsewhere)",
        "E(sentence='')",
    ],
)
def test_a_marked_sentence_is_none(source: str) -> None:
    """Nor is what comes from elsewhere, or no sentence at all."""
    assert unmarked(source) == []
