"""What is wrong with a catalogue: texts that are missing or in doubt, or would not do where they stand."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from gettext import c2py

from babel import Locale
from babel.messages.catalog import Catalog, Message
from babel.messages.plurals import get_plural
from babel.plural import _GettextCompiler

#: What is alike in every language; what is alike in one has the comment `_ALIKE` in its catalogue.
_NAMES = {"OK", "Google", "Outlook", "12h", "24h"}
_ALIKE = "As in English."
_PLACEHOLDER = re.compile(r"%\((\w+)\)s")
_MARKUP = re.compile(r"<[/!a-z]|&#?\w+;", re.IGNORECASE)
# How sentences end elsewhere: Greek asks with a semicolon, Thai ends sentences with nothing, and whom one
# greets one does not greet with a comma everywhere.
_ENDS = {
    ".": ".。।।",
    "?": "?？؟;",
    ":": ":：",
    ",": ",،、，:：!！",
    "…": "…",
    "!": "!！",
    ";": ";；؛",
    ")": ")）",
}
_ENDLESS = {"th": ".?"}
_MARKS = "".join(_ENDS.values()).replace(")", "").replace("）", "")


def findings(catalog: Catalog, language: str) -> Iterator[str]:
    """Tell what is missing, in doubt or wrong, with the language and the English text."""
    if f"nplurals={catalog.num_plurals};" not in plural_forms(language):
        yield f"{language}: it has {catalog.num_plurals} plural forms; write '{plural_forms(language)}'."
    for message in catalog:
        if message.id:
            for reason in _wrong(message, catalog, language):
                yield f"{language}: {_ids(message)[0]!r}: {reason}"


def _wrong(message: Message, catalog: Catalog, language: str) -> Iterator[str]:
    texts = message.string if isinstance(message.string, tuple) else (message.string,)
    if not all(texts):
        yield "there is no translation."
        return
    if message.fuzzy:
        yield "the translation is in doubt; read it, and take away '#, fuzzy'."
    yield from (f"{each}." for each in message.check(catalog))
    for text in texts:
        yield from _wrong_text(text, message, language)
    alike = _ALIKE in message.user_comments or message.id in _NAMES
    says = any(map(str.isalpha, _PLACEHOLDER.sub("", _ids(message)[0])))
    if says and set(texts) <= set(_ids(message)) and not alike:
        yield f"it is as in English; write '# {_ALIKE}' above it if it has to be."


def _wrong_text(text: str, message: Message, language: str) -> Iterator[str]:
    english = _ids(message)[-1]
    wanted, found = (set(_PLACEHOLDER.findall(each)) for each in (english, text))
    # "One seat", "no seats": of a plural, a form may do without the number.
    if found != wanted and not (message.pluralizable and found | {"n"} == wanted):
        yield f"it should have the placeholders {sorted(wanted)}, and has {sorted(found)}."
    if _MARKUP.search(text) and not _MARKUP.search(english):
        yield "there is markup in it."
    if _edges(text) != _edges(english):
        yield "it begins or ends with other blanks."
    if not _ends_alike(text.strip(), english.strip(), language):
        yield f"it should end as the English text does, with {english.strip()[-1]!r}."


def _ids(message: Message) -> Sequence[str]:
    return (message.id,) if isinstance(message.id, str) else message.id


def _edges(text: str) -> tuple[str, str]:
    return text[: len(text) - len(text.lstrip())], text[len(text.rstrip()) :]


def _ends_alike(text: str, english: str, language: str) -> bool:
    last = english[-1]
    if last in _ENDS:
        return text[-1] in _ENDS[last] or last in _ENDLESS.get(language, "")
    return text[-1] not in _MARKS


def plural_forms(language: str) -> str:
    """Give the header `Plural-Forms`: the usual one, or that of CLDR's rule where they do not agree."""
    rule = Locale.parse(language).plural_form
    numbers = range(1001)
    tags = ("zero", "one", "two", "few", "many", "other")
    used = [tag for tag in tags if tag in set(map(rule, numbers))]
    count, usual = get_plural(language)[:2]
    index = c2py(usual)
    if count != len(used) or any(used[index(n)] != rule(n) for n in numbers):
        compiled = _GettextCompiler().compile
        parts = [f"{compiled(dict(rule.abstract)[tag])} ? {place} : " for place, tag in enumerate(used[:-1])]
        usual = f"({''.join(parts)}{len(used) - 1})"
    return f"nplurals={len(used)}; plural={usual};"
