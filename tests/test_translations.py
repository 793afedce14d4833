"""The catalogues: as the code is today, complete, and sound; and what keeps them so."""

from __future__ import annotations

import io
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from gettext import GNUTranslations
from pathlib import Path

import pytest
from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po

from booker_components import errors
from booker_components.errors import BookerError

from . import proofreading, translating

LANGUAGES = translating.languages()
#: All those that are spoken one day: their plurals are known before.
WANTED = (
    "de fr es it pt_BR pt_PT nl sv da nb fi pl cs uk ru tr el ro hu ja ko zh_Hans zh_Hant vi th id hi ar he"
)

each_language = pytest.mark.parametrize("language", LANGUAGES)


@cache
def template() -> Catalog:
    """Give the texts of today's code."""
    return translating.extracted()


def catalogue(texts: str, language: str = "de") -> Catalog:
    """Give a catalogue with *texts* below its header."""
    header = (
        f'msgid ""\nmsgstr "Language: {language}\\nPlural-Forms: {proofreading.plural_forms(language)}\\n"'
    )
    return read_po(io.BytesIO(f"{header}\n\n{texts}".encode()), abort_invalid=True)


def found(texts: str, language: str = "de") -> list[str]:
    """Give what is wrong with *texts*."""
    return list(proofreading.findings(catalogue(texts, language), language))


# --- what there is -------------------------------------------------------------------------------


def test_the_template_is_todays() -> None:
    """The texts of the code are those that translators are given: `make i18n` was run."""
    assert translating.TEMPLATE.read_text("utf-8") == translating.written(template())


@each_language
def test_a_catalogue_is_todays(language: str) -> None:
    """It has the texts of the code and no others, in their order, as `make i18n` writes it."""
    catalog = translating.updated(translating.read(language), template())

    assert translating.place(language).read_text("utf-8") == translating.written(catalog, language)


@each_language
def test_a_catalogue_is_complete_and_sound(language: str) -> None:
    """No text is missing or in doubt, no placeholder lost, nothing marked up or ended in another way."""
    catalog = translating.updated(translating.read(language), template())

    assert list(proofreading.findings(catalog, language)) == []


def _errors(kind: type[BookerError] = BookerError) -> Iterator[type[BookerError]]:
    yield kind
    for each in kind.__subclasses__():
        yield from _errors(each)


def test_every_sentence_of_an_error_can_be_translated() -> None:
    """What visitors read of each error is a text of the catalogues."""
    own = [each for each in _errors() if each.__module__ == errors.__name__]

    assert {each.default_sentence for each in own} <= {message.id for message in template()}


# --- plurals -------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", sorted({*WANTED.split(), *LANGUAGES}))
def test_plurals_are_those_of_cldr(language: str) -> None:
    """Each number has the form that CLDR's rule gives it, and there is no form that no number has."""
    catalog = catalogue('msgid "%(n)s seat"\nmsgid_plural "%(n)s seats"\nmsgstr[0] "0"', language)
    message = catalog.get("%(n)s seat")
    assert message is not None
    message.string = tuple(map(str, range(catalog.num_plurals)))
    rule = Locale.parse(language).plural_form
    file = io.BytesIO()
    write_mo(file, catalog)
    texts = GNUTranslations(io.BytesIO(file.getvalue()))

    forms = {number: texts.ngettext("%(n)s seat", "%(n)s seats", number) for number in range(201)}

    assert len(set(forms.values())) == catalog.num_plurals
    assert len({(form, rule(number)) for number, form in forms.items()}) == catalog.num_plurals


# --- what is found to be wrong -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("texts", "reason"),
    [
        ('msgid "Hello."\nmsgstr ""', "no translation"),
        ('#, fuzzy\nmsgid "Hello."\nmsgstr "Hallo."', "in doubt"),
        ('msgid "%(n)s seat"\nmsgid_plural "%(n)s seats"\nmsgstr[0] "%(n)s Platz"', "no translation"),
        ('#, python-format\nmsgid "Hi %(name)s"\nmsgstr "Hallo %(nam)s"', "unknown named placeholder 'nam'"),
        ('msgid "Hi %(name)s"\nmsgstr "Hallo"', "the placeholders ['name'], and has []"),
        ('msgid "Move it"\nmsgstr "<b>Verschieben</b>"', "markup"),
        ('msgid "Ann & Bo"\nmsgstr "Ann &amp; Bo"', "markup"),
        ('msgid "Name: "\nmsgstr "Vorname:"', "other blanks"),
        ('msgid "Hello."\nmsgstr "Hallo"', "with '.'"),
        ('msgid "Move"\nmsgstr "Verschieben."', "with 'e'"),
        ('msgid "Why?"\nmsgstr "Warum."', "with '?'"),
        ('msgid "Notes"\nmsgstr "Notes"', "as in English"),
    ],
    ids=lambda each: each if len(each) < 40 else None,
)
def test_a_fault_is_found(texts: str, reason: str) -> None:
    """It is told with the language, the text and the reason."""
    (said, *others) = found(texts)

    assert said.startswith("de: '")
    assert reason in "".join((said, *others))


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("de", '# As in English.\nmsgid "Name"\nmsgstr "Name"'),
        ("de", 'msgid "OK"\nmsgstr "OK"'),
        ("de", 'msgid "%(a)s, then %(b)s"\nmsgstr "%(b)s nach %(a)s"'),
        ("ja", 'msgid "Why?"\nmsgstr "なぜですか？"\n\nmsgid "Hello."\nmsgstr "こんにちは。"'),
        ("th", 'msgid "Hello."\nmsgstr "สวัสดี"'),
        ("el", 'msgid "Why?"\nmsgstr "Γιατί;"'),
        ("ar", 'msgid "Why?"\nmsgstr "لماذا؟"'),
        (
            "he",
            'msgid "%(n)s seat"\nmsgid_plural "%(n)s seats"\n'
            'msgstr[0] "מקום אחד"\nmsgstr[1] "שני מקומות"\nmsgstr[2] "%(n)s מקומות"',
        ),
    ],
    ids=["marked", "listed", "order", "japanese", "thai", "greek", "arabic", "without number"],
)
def test_what_is_right_passes(language: str, texts: str) -> None:
    """What is alike on purpose, other ends of sentences, other orders, a number in words."""
    assert found(texts, language) == []


def test_too_many_plurals_are_no_catalogue() -> None:
    """They are refused where the file is read."""
    texts = 'msgid "a"\nmsgid_plural "b"\nmsgstr[0] "0"\nmsgstr[1] "1"\nmsgstr[2] "2"'

    with pytest.raises(PoFileError):
        catalogue(texts)


def test_other_plurals_than_those_of_cldr_are_found() -> None:
    """A header that was changed by hand is told of."""
    catalog = catalogue('msgid "Hello."\nmsgstr "Hallo."', "ja")

    assert list(proofreading.findings(catalog, "de")) == [
        "de: it has 1 plural forms; write 'nplurals=2; plural=(n != 1);'."
    ]


def test_a_changed_text_is_in_doubt() -> None:
    """Its translation is kept, and has to be read again; one that is no longer used is dropped."""
    before = catalogue('msgid "Move the booking"\nmsgstr "Buchung verschieben"\n\nmsgid "x"\nmsgstr "y"')
    now = Catalog()
    now.add("Move this booking")

    catalog = translating.updated(before, now)

    assert "in doubt" in "".join(proofreading.findings(catalog, "de"))
    assert "Buchung verschieben" in translating.written(catalog, "de")
    assert '"y"' not in translating.written(catalog, "de")


def test_a_new_language_begins_with_every_text() -> None:
    """Its header names language and plural forms; what is written reads as it was."""
    catalog = translating.updated(translating.begun("pl"), template())

    text = translating.written(catalog, "pl")

    assert '"Language: pl\\n"\n"Plural-Forms: nplurals=3;' in text
    assert len(catalog) == len(template()) > 0
    again = translating.updated(read_po(io.BytesIO(text.encode()), abort_invalid=True), template())
    assert translating.written(again, "pl") == text


def test_make_checks_without_writing() -> None:
    """The command that `make i18n` runs ends well on what is there, and writes nothing."""
    before = {path: path.stat().st_mtime_ns for path in translating.TRANSLATIONS.rglob("*.po*")}

    done = subprocess.run(
        [sys.executable, "-m", "tests.translating", "--check"],
        cwd=translating.ROOT,
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert {path: path.stat().st_mtime_ns for path in translating.TRANSLATIONS.rglob("*.po*")} == before
    assert "python -m tests.translating" in Path(translating.ROOT, "Makefile").read_text("utf-8")
