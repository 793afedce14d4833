"""Keeps the catalogues of texts up to date with the code: `make i18n` (docs/languages.md).

`python -m tests.translating` extracts the texts and writes the catalogues anew, `--check` writes nothing, and
`--new de` begins a language. Each ends with 1 when a text is missing or in doubt, and says which.
"""

from __future__ import annotations

import argparse
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from .proofreading import findings, plural_forms

ROOT = Path(__file__).resolve().parent.parent
TRANSLATIONS = ROOT / "booker_components" / "translations"
TEMPLATE = TRANSLATIONS / "booker.pot"

_ELSEWHERE = {"examples", "testing", "cli", "migrations", "translations"}
_CALLS = {"gettext": None, "ngettext": (1, 2), "pgettext": ((1, "c"), 2)}
_PYTHON = {**_CALLS, "_": None, "N_": None}
_JINJA = {"bk_": None, "bk_n": (1, 2), "bk_p": ((1, "c"), 2)}


# --- what the code says --------------------------------------------------------------------------


def extracted() -> Catalog:
    """Give the texts of the package and its templates, in the order of the files."""
    catalog = Catalog(project="booker_components", domain="booker", charset="utf-8")
    for path, method, calls in _sources():
        for _, text, comments, context in extract_from_file(
            method, path, calls, ("Translators:",), {"silent": "false"}, strip_comment_tags=True
        ):
            place = [(str(path.relative_to(ROOT)), None)]
            catalog.add(text, locations=place, auto_comments=comments, context=context)
    return catalog


def _sources() -> Iterator[tuple[Path, str, dict[str, object]]]:
    package = ROOT / "booker_components"
    for path in sorted(package.rglob("*.py")):
        if path.relative_to(package).parts[0] not in _ELSEWHERE:
            yield path, "python", _PYTHON
    for path in sorted((ROOT / "templates").rglob("*")):
        if path.suffix in (".html", ".txt"):
            yield path, "jinja2.ext:babel_extract", _JINJA


# --- catalogues ----------------------------------------------------------------------------------


def languages() -> Sequence[str]:
    """Give the names of the languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in TRANSLATIONS.glob("*/LC_MESSAGES/booker.po"))


def place(language: str) -> Path:
    """Give the path of a catalogue."""
    return TRANSLATIONS / language / "LC_MESSAGES" / "booker.po"


def read(language: str) -> Catalog:
    """Give a catalogue as it stands; `PoFileError` where it is none."""
    with place(language).open("rb") as file:
        return read_po(file, abort_invalid=True)


def begun(language: str) -> Catalog:
    """Give the catalogue of a language that has none, without a text."""
    return read_po(io.BytesIO((_header(language) + "\n").encode()))


def updated(catalog: Catalog, template: Catalog) -> Catalog:
    """Give *catalog* with the texts of *template*; what was translated from a similar text is in doubt."""
    catalog.update(template)
    return catalog


def written(catalog: Catalog, language: str = "") -> str:
    """Give the file of a catalogue; without *language* that of the texts alone. No date, so none changes."""
    file = io.BytesIO()
    write_po(
        file,
        catalog,
        width=110,
        omit_header=True,
        include_lineno=False,
        include_previous=True,
        ignore_obsolete=True,
    )
    return f"{_header(language)}\n{file.getvalue().decode().rstrip()}\n"


def _header(language: str) -> str:
    name = Locale.parse(language).english_name if language else "The English"
    plurals = [f"Language: {language}", f"Plural-Forms: {plural_forms(language)}"] if language else []
    lines = ("Project-Id-Version: booker_components", *plurals, "Content-Type: text/plain; charset=utf-8")
    told = "".join(f'"{each}\\n"\n' for each in (*lines, "Content-Transfer-Encoding: 8bit"))
    return f'# {name} texts of booker_components.\nmsgid ""\nmsgstr ""\n{told}'


# --- the command ---------------------------------------------------------------------------------


def main() -> int:
    """Update the catalogues, and tell what is wrong with them; give 1 if anything is."""
    parser = argparse.ArgumentParser(prog="python -m tests.translating", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    parser.add_argument("--new", metavar="LANGUAGE", help="begin a catalogue, such as 'de' or 'pt_BR'")
    wanted = parser.parse_args()
    template, wrong = extracted(), []
    files = {TEMPLATE: written(template)}
    for language in sorted({*languages(), *filter(None, [wanted.new])}):
        catalog = updated(read(language) if place(language).exists() else begun(language), template)
        files[place(language)] = written(catalog, language)
        wrong += findings(catalog, language)
    stale = [path for path, text in files.items() if not path.exists() or path.read_text("utf-8") != text]
    if wanted.check:
        wrong += [f"{path.relative_to(ROOT)} is not up to date: run 'make i18n'." for path in stale]
    else:
        _write({path: files[path] for path in stale})
    print("\n".join(wrong) or f"{len(template)} texts in English, and in {len(files) - 1} other languages.")
    return bool(wrong)


def _write(files: Mapping[Path, str]) -> None:
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
