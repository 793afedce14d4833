"""What guests wrote, as Salesforce keeps it: names in two pieces, answers in the types of their fields."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ... import times
from ...values import Answer, Booking
from .rules import SOURCES, FieldKind, FieldMap, NameOrder, Record, SalesforceRules, TooLong

# The lengths of standard fields, which no org changes (Object Reference: Lead, Contact).
_FIRST_NAME, _LAST_NAME, _COMPANY, _PHONE = 40, 80, 255, 40

_BLANKS = re.compile(r"[ \t\r\n\f\v]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class Unfit(Exception):
    """An answer cannot be kept in its field; the message does not quote it."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Mapped:
    """The answers of a booking by the API names of their fields."""

    fields: Mapping[str, object]
    #: Those without which nothing may be written.
    required: frozenset[str]
    #: Why a field is left out, by its API name.
    unfit: Mapping[str, str]


def mapped(rules: SalesforceRules, booking: Booking, record: Record) -> Mapped:
    """Give what *rules* keep of *booking* at *record*; what the guest left empty is left out."""
    fields: dict[str, object] = {}
    unfit: dict[str, str] = {}
    for source, field in rules.fields.items():
        name, answer = field.at(record), _source(rules, booking, source)
        if not name or answer in ("", (), None):
            continue
        try:
            fields[name] = value(field, answer)
        except Unfit as reason:
            unfit[name] = str(reason)
    required = frozenset(field.at(record) for field in rules.fields.values() if field.required)
    return Mapped(fields=fields, required=required - {""}, unfit=unfit)


def standard(rules: SalesforceRules, booking: Booking, record: Record, email: str) -> dict[str, object]:
    """Give what every new *record* has: name, *email*, phone, and a Lead's company (jicoo.md 8.3)."""
    first, last = split_name(booking.attendee.name, rules.names)
    fields: dict[str, object] = {"LastName": cut(last or email, _LAST_NAME), "Email": email}
    if first:
        fields["FirstName"] = cut(first, _FIRST_NAME)
    if phone := _line(booking.attendee.phone):
        fields["Phone"] = cut(phone, _PHONE)
    if record is Record.LEAD and (company := company_of(rules, booking)):
        fields["Company"] = company
    return fields


def company_of(rules: SalesforceRules, booking: Booking) -> str:
    """Give the guest's company, or what stands for none; empty where a person account is wanted."""
    answer = booking.answers.get(rules.company, "")
    told = cut(_line(answer), _COMPANY) if isinstance(answer, str) else ""
    return told or ("" if rules.person_accounts else rules.no_company)


def split_name(name: str, order: NameOrder) -> tuple[str, str]:
    """Give first and last name; a name of one word is a last name, for Salesforce wants one."""
    words = _CONTROL.sub("", name).split()
    if order is NameOrder.WHOLE or len(words) < 2:
        return "", " ".join(words)
    if order is NameOrder.LAST_FIRST:
        return " ".join(words[1:]), words[0]
    return " ".join(words[:-1]), words[-1]


def value(field: FieldMap, answer: Answer) -> object:
    """Give *answer* in the type of *field*; `Unfit` if it cannot be."""
    return _KINDS[field.kind](field, answer)


def cut(text: str, length: int) -> str:
    """Give *text* with at most *length* characters, counted as Salesforce does: in UTF-16.

    Characters that no answer may have, such as one half of a pair, are dropped.
    """
    encoded = _CONTROL.sub("", text).encode("utf-16-le")
    # A pair that is cut in the middle is dropped.
    return encoded[: 2 * length].decode("utf-16-le", errors="ignore").rstrip()


def _source(rules: SalesforceRules, booking: Booking, source: str) -> Answer | None:
    if source not in SOURCES:
        return booking.answers.get(source)
    guest = booking.attendee
    first, last = split_name(guest.name, rules.names)
    words = {
        "name": guest.name,
        "first_name": first,
        "last_name": last,
        "email": guest.email,
        "phone": guest.phone,
        "notes": booking.notes,
        "title": booking.title,
    }
    return words[source]


def _text(field: FieldMap, answer: Answer) -> str:
    return _fitting(field, _line(_written(field, answer)))


def _long_text(field: FieldMap, answer: Answer) -> str:
    return _fitting(field, _CONTROL.sub("", _written(field, answer)).strip())


def _picklist(field: FieldMap, answer: Answer) -> str:
    if not isinstance(answer, str):
        raise Unfit("it takes one choice")
    return _whole(field, field.values.get(answer, answer))


def _multipicklist(field: FieldMap, answer: Answer) -> str:
    choices = (answer,) if isinstance(answer, str) else answer
    if not isinstance(choices, tuple):
        raise Unfit("it takes choices")
    values = [field.values.get(each, each) for each in choices]
    if any(";" in each for each in values):
        raise Unfit("a choice has ';' in it, which parts the values of a multi-select picklist")
    return ";".join(_whole(field, each) for each in values)


def _checkbox(field: FieldMap, answer: Answer) -> bool:
    if not isinstance(answer, bool):
        raise Unfit("it takes a tick")
    return answer


def _number(field: FieldMap, answer: Answer) -> float:
    try:
        number = float(answer) if isinstance(answer, (str, int, float)) else math.nan
    except ValueError:
        number = math.nan
    if isinstance(answer, bool) or not math.isfinite(number):
        raise Unfit("it takes a number")
    return int(number) if number.is_integer() else number


def _date(field: FieldMap, answer: Answer) -> str:
    try:
        return times.parse_date(answer.strip() if isinstance(answer, str) else "").isoformat()
    except ValueError:
        raise Unfit("it takes a date such as 2026-03-12") from None


def _written(field: FieldMap, answer: Answer) -> str:
    """Give any answer as text: choices in one line, a tick as a word, a number as short as it is."""
    if isinstance(answer, bool):
        return "Yes" if answer else "No"
    if isinstance(answer, tuple):
        return ", ".join(field.values.get(each, each) for each in answer)
    if isinstance(answer, str):
        return field.values.get(answer, answer)
    return str(int(answer) if float(answer).is_integer() else answer)


def _fitting(field: FieldMap, text: str) -> str:
    return cut(text, field.limit) if field.too_long is TooLong.CUT else _whole(field, text)


def _whole(field: FieldMap, text: str) -> str:
    """Give *text* as it is: half a choice is none."""
    if len(text.encode("utf-16-le", errors="surrogatepass")) > 2 * field.limit:
        raise Unfit(f"it takes {field.limit} characters")
    return text


def _line(text: str) -> str:
    return _CONTROL.sub("", _BLANKS.sub(" ", text)).strip()


_KINDS: Mapping[FieldKind, Callable[[FieldMap, Answer], object]] = {
    FieldKind.TEXT: _text,
    FieldKind.LONG_TEXT: _long_text,
    FieldKind.PICKLIST: _picklist,
    FieldKind.MULTIPICKLIST: _multipicklist,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.NUMBER: _number,
    FieldKind.DATE: _date,
}
