"""One rule for each kind of question; the sentences are in the language that is spoken."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from unicodedata import decimal
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email

from ..languages import N_, ngettext
from ..languages import gettext as _
from ..values import Answer, Question, QuestionKind

#: The longest answers, in characters.
TEXT_LIMIT = 500
LONG_TEXT_LIMIT = 5000

_EMPTY = N_("Please fill this in.")
#: What is said of a choice that is not offered.
NO_CHOICE = N_("Please choose one of the options.")
_MISSING = {
    QuestionKind.BOOLEAN: N_("Please tick this."),
    QuestionKind.SELECT: NO_CHOICE,
    QuestionKind.RADIO: NO_CHOICE,
    QuestionKind.CHECKBOXES: N_("Please choose at least one of the options."),
}
# Line breaks and tabs are text; the other control characters break headers, files and terminals.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
# Full-width commas and semicolons as well, and those of Arabic.
_BETWEEN_ADDRESSES = re.compile(r"[\s,;，；、،؛]+")
_PHONE = re.compile(r"\+?[\d\s().\-/]{5,30}")
# What keyboards for other scripts write in the place of these signs.
_SIGNS = str.maketrans("＋－．，／（）٫", "+-.,/().")


def check(question: Question, value: object) -> Answer | None:
    """Give the answer in its proper type, None for no answer; `ValueError` holds a sentence for the guest.

    The sentence is in the language that is spoken, here as in every rule.
    """
    if value is None or value == "" or value == () or value == [] or value is False:
        if question.required:
            raise ValueError(_(_MISSING.get(question.kind, _EMPTY)))
        return False if value is False else None
    answer = _RULES[question.kind](question, value)
    if answer not in ("", ()):
        return answer
    if question.required:
        raise ValueError(_(_EMPTY))
    return None


def is_text(text: str) -> bool:
    """Tell whether every database keeps the characters of *text*."""
    return not _CONTROL.search(text)


def check_text(text: str) -> str:
    """Give *text* as it is; `ValueError` if it has characters that not every database keeps."""
    if not is_text(text):
        raise ValueError(_("This has characters that cannot be used. Please type it again."))
    return text


def plain_digits(text: str) -> str:
    """Give *text* with digits and signs as ASCII has them, whatever the script of the keyboard."""
    return "".join(str(decimal(each, each)) for each in text.translate(_SIGNS))


def addresses(text: str | None) -> tuple[str, ...]:
    """Give the e-mail addresses in *text*, with blanks, commas or lines between them, unchecked."""
    return tuple(filter(None, _BETWEEN_ADDRESSES.split(text or "")))


def too_long(length: int, most: int) -> str:
    """Say that a text has a *length* of more than *most* characters."""
    # Translators: "these" are the characters that were typed.
    return ngettext(
        "Please use %(n)s character at most; these are %(length)s.",
        "Please use %(n)s characters at most; these are %(length)s.",
        most,
        length=length,
    )


def _plain(value: object, limit: int) -> str:
    if not isinstance(value, str):
        raise ValueError(_("This must be a text."))
    text = check_text(value).strip()
    if len(text) > limit:
        raise ValueError(too_long(len(text), limit))
    return text


def _text(_question: Question, value: object) -> str:
    return " ".join(_plain(value, TEXT_LIMIT).split())


def _long_text(_question: Question, value: object) -> str:
    return _plain(value, LONG_TEXT_LIMIT).replace("\r\n", "\n")


def email(question: Question, value: object) -> str:
    """Give one e-mail address; `ValueError` as in `check`."""
    text = _text(question, value)
    try:
        return _address(text) if text else ""
    except EmailNotValidError:
        raise ValueError(_("Please enter an e-mail address like name@example.com.")) from None


def _emails(question: Question, value: object) -> tuple[str, ...]:
    """Give several addresses, each once: Cal.com refuses duplicates (contracts/calcom.md 10.1)."""
    given = value if isinstance(value, (tuple, list)) else addresses(_long_text(question, value))
    found: dict[str, None] = {}
    for text in filter(None, (_text(question, each) for each in given)):
        try:
            found[_address(text)] = None
        except EmailNotValidError:
            sentence = _("Please enter addresses like name@example.com; %(text)s is none.", text=text)
            raise ValueError(sentence) from None
    return tuple(found)


def _address(text: str) -> str:
    return validate_email(text, check_deliverability=False).normalized


def _phone(question: Question, value: object) -> str:
    text = plain_digits(_text(question, value))
    if text and not (_PHONE.fullmatch(text) and sum(map(str.isdigit, text)) >= 5):
        raise ValueError(_("Please enter a phone number like +49 30 123456."))
    return text


def _number(question: Question, value: object) -> float | str:
    text = _text(question, str(value)) if not isinstance(value, bool) else "no"
    if not text:
        return ""
    try:
        number = float(plain_digits(text).replace(",", "."))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ValueError(_("Please enter a number."))
    return number


def _choice(question: Question, value: object) -> str:
    if value not in question.options:
        raise ValueError(_(NO_CHOICE))
    return str(value)


def _choices(question: Question, value: object) -> tuple[str, ...]:
    if isinstance(value, str) or not isinstance(value, (tuple, list, set, frozenset)):
        raise ValueError(_(NO_CHOICE))
    return tuple(dict.fromkeys(_choice(question, each) for each in value))


def _boolean(_question: Question, value: object) -> bool:
    if not isinstance(value, bool):
        raise ValueError(_("This must be yes or no."))
    return value


def _url(question: Question, value: object) -> str:
    text = _text(question, value)
    try:
        parts = urlsplit(text)
    except ValueError:
        parts = urlsplit("")
    if text and not (parts.scheme in ("http", "https") and parts.netloc and " " not in text):
        raise ValueError(_("Please enter an address that starts with https:// or http://."))
    return text


_RULES: Mapping[QuestionKind, Callable[[Question, object], Answer]] = {
    QuestionKind.TEXT: _text,
    QuestionKind.LONG_TEXT: _long_text,
    QuestionKind.EMAIL: email,
    QuestionKind.EMAILS: _emails,
    QuestionKind.PHONE: _phone,
    QuestionKind.NUMBER: _number,
    QuestionKind.SELECT: _choice,
    QuestionKind.RADIO: _choice,
    QuestionKind.CHECKBOXES: _choices,
    QuestionKind.BOOLEAN: _boolean,
    QuestionKind.URL: _url,
}
