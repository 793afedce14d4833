"""A language that nobody speaks: ⟦Ćőńƒĩřɱ⟧ for "Confirm", so that a text which was forgotten shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import html5lib
from babel import Locale
from babel.core import get_global
from babel.messages.catalog import Catalog

from . import translating

#: It must be one that CLDR knows, and that we do not speak: Esperanto.
TAG = "eo"
#: Those of which the tests speak.
ZONES = ("Europe/Berlin", "Europe/Paris", "Asia/Tokyo")
_PLACEHOLDER = re.compile(r"(%\(\w+\)s)")
_ACCENTED = str.maketrans("aceghijlnorstuwyzACEGHIJLNORSTUWYZ", "áćéğĥíĵĺńóŕśţúŵýźÁĆÉĞĤÍĴĹŃÓŔŚŢÚŴÝŹ")
#: Whatever is in such brackets is ours, and translated; what hosts and guests say is in ‹these› in tests.
_MARKED = re.compile(r"⟦[^⟧]*⟧|‹[^›]*›")
_ADDRESS = re.compile(r"\w+://\S*|\S+@\S+|(?<!\w)[/#]\S+|\w+(\.\w+)*\.(example|com)\b\S*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SPOKEN = ("aria-label", "placeholder", "title", "alt", "abbr", "label")
#: Names, what zones are called where CLDR has no word for them, and what stands between the parts of a date.
_NAMES = {"google", "outlook", "apple", "ics", "gmt", "utc", "berlin", "paris", "tokyo", "la", "de"}


def pseudo(text: str, *, longer: bool = True) -> str:
    """Give *text* in brackets, with accents and half as long again; placeholders stand between brackets."""
    parts = _PLACEHOLDER.split(text)
    said = "".join(part if number % 2 else _bracketed(part) for number, part in enumerate(parts))
    return f"{said}⟦{'~' * (len(text) // 2)}⟧" if longer and len(text) > 2 else said


def _bracketed(text: str) -> str:
    # A text may be no more than a blank before a placeholder.
    return f"⟦{text.translate(_ACCENTED)}⟧" if text.strip() else text


@cache
def _extracted() -> Catalog:
    return translating.extracted()


def lay_catalogue(folder: Path, language: str = TAG, *, longer: bool = True) -> Path:
    """Write the catalogue of the pseudo-language into *folder*, a value of 'BOOKER_TRANSLATIONS'; give it."""
    catalog = translating.updated(translating.begun(language), _extracted())
    for message in catalog:
        if isinstance(message.id, tuple):
            message.string = tuple(
                pseudo(message.id[number > 0], longer=longer) for number in range(catalog.num_plurals)
            )
        elif message.id:
            message.string = pseudo(message.id, longer=longer)
    path = folder / language / "LC_MESSAGES" / "booker.po"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(translating.written(catalog, language), "utf-8")
    return folder


# --- what was forgotten --------------------------------------------------------------------------


def english(text: str) -> str:
    """Give the words of *text* that are neither translated, nor a guest's or a host's, nor CLDR's."""
    rest = _ADDRESS.sub(" ", _MARKED.sub(" ", text))
    return " ".join(word for word in _WORD.findall(rest) if word.lower() not in _known())


def forgotten(texts: Iterable[str]) -> Mapping[str, str]:
    """Give those of *texts* that hold English, the first one for each choice of words."""
    found: dict[str, str] = {}
    for text in texts:
        if words := english(text):
            found.setdefault(words, " ".join(text.split()))
    return found


def texts_of(markup: str) -> Iterator[str]:
    """Give whatever a page says, to eyes and to screen readers."""
    return _texts(html5lib.parse(markup, namespaceHTMLElements=False))


def _texts(tree: Any) -> Iterator[str]:
    for element in tree.iter():
        if not isinstance(element.tag, str) or element.tag in ("script", "style", "option"):
            # Options are hosts' own, but for those of the zones, of which CLDR knows few in this language.
            yield from _empty_option(element)
        else:
            yield element.text or ""
            yield from _attributes(element.attrib)
        yield element.tail or ""


def _empty_option(element: Any) -> Iterator[str]:
    if element.tag == "option" and not element.get("value"):
        yield element.text or ""


def _attributes(attributes: Mapping[str, str]) -> Iterator[str]:
    for name, value in attributes.items():
        # What scripts read is text, or JSON with facts that nobody else reads.
        if name in _SPOKEN or (name.startswith("data-bk-") and " " in value and value[0] not in "[{"):
            yield value


@cache
def _known() -> frozenset[str]:
    locale = Locale.parse(TAG)
    # Babel formats units, and names none of them.
    units = [each for name, each in locale._data["unit_patterns"].items() if name.startswith("duration")]
    parts = (locale.months, locale.days, locale.day_periods, locale.list_patterns)
    zones = [locale.time_zones.get(each, {}) for each in ZONES]
    areas = [locale.meta_zones.get(get_global("meta_zones")[each], {}) for each in ZONES]
    texts = _leaves([*parts, *zones, *areas, *units])
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text)) | _NAMES


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _leaves(each)
    elif hasattr(value, "values"):
        for each in value.values():
            yield from _leaves(each)
