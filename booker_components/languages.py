"""The languages of the texts: which there are, which is spoken now, and what a text is called in it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from functools import lru_cache
from gettext import NullTranslations
from itertools import pairwise, takewhile
from os import PathLike
from pathlib import Path
from unicodedata import bidirectional

from babel import Locale, localedata
from babel.core import get_global
from babel.lists import format_list
from babel.messages.catalog import Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

_OURS = Path(__file__).resolve().parent / "translations"
_DOMAIN = "booker"
#: The language that the texts in the code are written in.
SOURCE = "en"
_PLACE = re.compile(r"%\((\w+)\)s")
# What Unicode calls the letters that are read from right to left (UAX 9, section 3.2).
_LEFTWARD = frozenset({"R", "AL"})


@dataclass(frozen=True, slots=True)
class Speech:
    """What is spoken to one visitor."""

    #: The order of dates, the clock and the territory.
    locale: Locale
    #: The BCP 47 tag of the language of the texts: "en", "pt-BR", "zh-Hant".
    tag: str
    texts: NullTranslations

    @property
    def direction(self) -> str:
        """Give "rtl" where the texts are written from right to left, else "ltr"."""
        return Locale.parse(self.tag, sep="-").text_direction

    def own(self, text: str) -> str:
        """Give a *text* of somebody's own, such as a name, so that it can stand in a sentence of ours.

        Where one of them is written from right to left it is isolated, that neither turns the other round
        (UAX 9, section 2.4.2). In markup the element `bdi` does the same.
        """
        turns = self.direction == "rtl" or any(bidirectional(each) in _LEFTWARD for each in text)
        return f"\u2068{text}\u2069" if text and turns else text

    def listed(self, names: Iterable[str]) -> str:
        """Give *names* as a list in words: "Ann, Bo and Cy"."""
        return format_list([self.own(name) for name in names], locale=self.locale)


class Languages:
    """The languages of one app, with their texts: ours, and before them those of its host.

    A catalogue is the file `<language>/LC_MESSAGES/booker.po`. It is read as it stands, when somebody first
    asks for the language: there are no compiled copies that could be older than what they were made from.
    """

    def __init__(
        self,
        *,
        folder: str | PathLike[str] | None = None,
        labels: Mapping[str, Mapping[str, str]] | None = None,
        only: Sequence[str] = (),
    ) -> None:
        """Take the texts of the host: a *folder* of catalogues, and *labels* by language and English text.

        *only* names the languages that are spoken, the first where a visitor knows none; all if empty.
        Raises `LookupError` for one that has no catalogue.
        """
        self._folders = (Path(folder), _OURS) if folder else (_OURS,)
        self._labels = {_name(tag): dict(texts) for tag, texts in (labels or {}).items()}
        files = (path for each in self._folders for path in each.glob(f"*/LC_MESSAGES/{_DOMAIN}.po"))
        found = {path.parent.parent.name for path in files}
        spoken = tuple(map(_name, only)) or (SOURCE, *sorted(found - {SOURCE}))
        unknown = [name for name in spoken if name not in found | {SOURCE}]
        if unknown:
            raise LookupError(_tag(unknown[0]))
        #: BCP 47 tags; the first is spoken to whoever knows none of them.
        self.tags = tuple(map(_tag, spoken))
        self._texts: dict[str, NullTranslations] = {}

    def best(self, wanted: Sequence[str]) -> Speech:
        """Give how to speak to a visitor who reads *wanted*, BCP 47 tags of which the best comes first.

        Where none of them is spoken, dates and clock follow the territory of the best where CLDR has that.
        """
        wishes = [wish for tag in wanted if (wish := _Wish.read(tag))]
        names = tuple(map(_name, self.tags))
        for wish in wishes:
            if name := wish.found(names):
                return self._speech(name, wish.territory)
        return self._speech(names[0], wishes[0].territory if wishes else "")

    def _speech(self, name: str, territory: str) -> Speech:
        return Speech(_locale(name, territory), _tag(name), self._of(name))

    def _of(self, name: str) -> NullTranslations:
        if name not in self._texts:
            chain: list[NullTranslations] = [_Labels(labels)] if (labels := self._labels.get(name)) else []
            paths = [each / name / "LC_MESSAGES" / f"{_DOMAIN}.po" for each in self._folders]
            chain += [_read(path) for path in paths if path.is_file()]
            self._texts[name] = _chained((*chain, NullTranslations()))
        return self._texts[name]


class _Labels(NullTranslations):
    """The texts that a host's settings put in the place of ours; each is known by its English one."""

    def __init__(self, labels: Mapping[str, str]) -> None:
        super().__init__()
        self._texts = labels

    def gettext(self, message: str) -> str:
        return self._texts.get(message) or super().gettext(message)

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        return self._texts.get(msgid1 if n == 1 else msgid2) or super().ngettext(msgid1, msgid2, n)

    def pgettext(self, context: str, message: str) -> str:
        return self._texts.get(message) or super().pgettext(context, message)


@lru_cache
def _compiled(path: str) -> bytes:
    with open(path, "rb") as file:
        # Without its locale Babel would drop the plural forms of a file whose header does not tell them.
        catalog = read_po(file, locale=Path(path).parents[1].name)
    for message in catalog:
        if message.id and not _fits(message):
            message.string = ""
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    return compiled.getvalue()


def _fits(message: Message) -> bool:
    ids, said = (each if isinstance(each, (list, tuple)) else [each] for each in (message.id, message.string))
    return all(fits(each or "", *filter(None, ids)) for each in said)


def fits(said: str, *texts: str) -> bool:
    """Tell whether *said* can be filled in where one of *texts* can: what cannot would break a page."""
    names = {name: "" for each in texts for name in _PLACE.findall(each)}
    try:
        return not names or isinstance(said % names, str)
    except (KeyError, TypeError, ValueError):
        return False


def _read(path: Path) -> Translations:
    """Read a catalogue; a text that is missing or in doubt there is that of the next one."""
    return Translations(io.BytesIO(_compiled(str(path))), domain=_DOMAIN)


def _chained(chain: Sequence[NullTranslations]) -> NullTranslations:
    for first, second in pairwise(chain):
        first.add_fallback(second)
    return chain[0]


# --- what is spoken now --------------------------------------------------------------------------


_ENGLISH = Speech(Locale.parse("en_GB"), SOURCE, NullTranslations())
_spoken: ContextVar[Speech] = ContextVar("booker_speech", default=_ENGLISH)


def speech() -> Speech:
    """Give what is spoken now; English where nobody has said otherwise."""
    return _spoken.get()


def speak(spoken: Speech | None) -> None:
    """Speak so from now on, to whoever this thread or task serves; None: English again."""
    _spoken.set(spoken or _ENGLISH)


@contextmanager
def speaking(spoken: Speech) -> Iterator[None]:
    """Speak so for a while."""
    token: Token[Speech] = _spoken.set(spoken)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str, **values: object) -> str:
    """Give *message* in the language that is spoken, with *values* in the places of `%(name)s`."""
    said = speech().texts.gettext(message) if message else ""
    return said % values if values else said


def ngettext(one: str, many: str, n: int, **values: object) -> str:
    """Give the text for *n* things, which stands in it as `%(n)s`."""
    return speech().texts.ngettext(one, many, n) % {"n": n, **values}


def pgettext(context: str, message: str, **values: object) -> str:
    """Give a *message* of which the *context* decides the meaning."""
    said = speech().texts.pgettext(context, message)
    return said % values if values else said


def N_(message: str) -> str:
    """Mark *message* for the catalogues; it is translated where it is shown."""
    return message


# --- the names of languages ----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Wish:
    """What a BCP 47 tag names (RFC 5646), and what is likeliest for the rest of it (CLDR)."""

    code: str
    script: str
    territory: str

    @classmethod
    def read(cls, tag: str) -> _Wish | None:
        """Read a tag; None for what is none, or is of a language that CLDR does not know."""
        code, *others = tag.replace("_", "-").split("-")
        # What stands behind a single letter is of calendars and digits (RFC 6067): "ca" is no Canada there.
        others = list(takewhile(lambda each: len(each) > 1, others))
        code = _NEWER.get(code.lower(), code.lower())
        script = next((each.title() for each in others[:1] if len(each) == 4), "")
        territory = next((each.upper() for each in others[:2] if len(each) == 2), "")
        likely = get_global("likely_subtags")
        keys = (f"{code}_{territory}", f"{code}_{script}", code)
        full = next((likely[key] for key in keys if key in likely), "")
        if not full:
            return None
        likely_script, likely_territory = full.split("_")[1:]
        return cls(code, script or likely_script, territory or likely_territory)

    def names(self) -> Iterator[str]:
        """Give the names of the catalogues that would do, the best first."""
        yield f"{self.code}_{self.territory}"
        yield f"{self.code}_{self.script}"
        yield get_global("parent_exceptions").get(f"{self.code}_{self.territory}", self.code)
        yield self.code

    def found(self, names: Sequence[str]) -> str:
        """Give the one of *names* that does best; "" if none is of the language."""
        relatives = (name for name in names if name.partition("_")[0] == self.code)
        return next((name for name in (*self.names(), *relatives) if name in names), "")


# Older codes of the same languages (RFC 5646 section 2.2.1), and a written Norwegian for the two.
_NEWER = {"iw": "he", "in": "id", "no": "nb", "nn": "nb"}


def _name(tag: str) -> str:
    """Give the name of the catalogue of a language: "pt_BR" for "pt-BR"."""
    return tag.replace("-", "_")


def _tag(name: str) -> str:
    return name.replace("_", "-")


@lru_cache(maxsize=512)
def _locale(name: str, territory: str) -> Locale:
    """Give the locale of a catalogue in a *territory*, or in the likeliest that CLDR has for it."""
    own = Locale.parse(name)
    likely = get_global("likely_subtags").get(name, "en_Latn_GB").rpartition("_")[2]
    home = own.territory or ("GB" if name == SOURCE else likely)
    for each in (territory, home):
        if each and localedata.exists("_".join(filter(None, (own.language, own.script, each)))):
            return Locale(own.language, territory=each, script=own.script)
    return own
