"""What webhooks of Cal.com tell beside bookings: absences, forms, calendars (contracts/calcom.md 5).

Nothing is refused for what it says: what is missing or of another type is left empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ... import times
from ...values import Answer, Host, Notice, NoticeKind
from .objects import known_zone

Fields = Mapping[str, Any]

#: Triggers that can be heard without a booking; the last three where they name none, as a template may do.
KINDS: Mapping[str, NoticeKind] = MappingProxyType(
    {
        "OOO_CREATED": NoticeKind.HOST_AWAY,
        "FORM_SUBMITTED": NoticeKind.FORM_SUBMITTED,
        "FORM_SUBMITTED_NO_EVENT": NoticeKind.FORM_WITHOUT_BOOKING,
        "ROUTING_FORM_FALLBACK_HIT": NoticeKind.FORM_FALLBACK,
        "DELEGATION_CREDENTIAL_ERROR": NoticeKind.CALENDAR_REFUSED,
        "AFTER_HOSTS_CAL_VIDEO_NO_SHOW": NoticeKind.HOST_MISSING,
        "AFTER_GUESTS_CAL_VIDEO_NO_SHOW": NoticeKind.GUEST_MISSING,
        "WRONG_ASSIGNMENT_REPORT": NoticeKind.WRONG_HOST,
    }
)

# A form has some dozens of questions; the body of a webhook has room for a hundred thousand.
_MOST_ANSWERS = 1000
# An answer is a list of chosen options at most, each with its label.
_DEEPEST = 4


def notice_told(trigger: str, payload: Fields, *, id: str, at: datetime) -> Notice | None:
    """Give what *payload* tells at *at*, known as *id*; None if *trigger* tells nothing beside bookings."""
    kind = KINDS.get(trigger)
    return Notice(id=id, kind=kind, at=at, **_TOLD[kind](payload)) if kind else None


def _away(payload: Fields) -> dict[str, Any]:
    entry = _fields(payload, "oooEntry") or payload
    return {
        "host": _host(_fields(entry, "user")),
        "stand_in": _host(_fields(entry, "toUser")),
        "start": _instant(entry, "start"),
        "end": _instant(entry, "end"),
        "reason": _text(_fields(entry, "reason"), "reason") or _text(entry, "reason"),
        "notes": _text(entry, "notes"),
    }


def _form(payload: Fields) -> dict[str, Any]:
    return {
        "form": _text(payload, "formName"),
        "form_id": _text(payload, "formId"),
        "answers": _answers(_fields(payload, "responses")),
    }


def _refused(payload: Fields) -> dict[str, Any]:
    error = _fields(payload, "error")
    return {
        "host": _host(_fields(payload, "user")),
        "reason": _text(error, "type"),
        "notes": _text(error, "message") or _text(payload, "error"),
    }


def _missing(payload: Fields) -> dict[str, Any]:
    return {
        "host": _host({"email": _text(payload, "hostEmail")}),
        "start": _instant(payload, "startTime"),
        "end": _instant(payload, "endTime"),
        "notes": _text(payload, "message"),
    }


def _reported(payload: Fields) -> dict[str, Any]:
    report = _fields(payload, "report")
    return {
        "host": _host(_fields(report, "host")),
        "reason": _text(report, "routingReason"),
        "notes": _text(report, "additionalNotes"),
    }


_TOLD = {
    NoticeKind.HOST_AWAY: _away,
    NoticeKind.FORM_SUBMITTED: _form,
    NoticeKind.FORM_WITHOUT_BOOKING: _form,
    NoticeKind.FORM_FALLBACK: _form,
    NoticeKind.CALENDAR_REFUSED: _refused,
    NoticeKind.HOST_MISSING: _missing,
    NoticeKind.GUEST_MISSING: _missing,
    NoticeKind.WRONG_HOST: _reported,
}


def _host(user: Fields) -> Host | None:
    slug, name, email = (_text(user, field) for field in ("username", "name", "email"))
    if not (slug or name or email):
        return None
    return Host(slug=slug, name=name, zone=known_zone(_text(user, "timeZone")), email=email)


def _answers(given: Fields) -> Mapping[str, Answer]:
    named = list(given.items())[:_MOST_ANSWERS]
    answers = {slug: _answer(value) for slug, value in named}
    return MappingProxyType({slug: answer for slug, answer in answers.items() if answer is not None})


def _answer(given: Any, levels: int = _DEEPEST) -> Answer | None:
    """Give what was answered: its label where an option was chosen, a tuple where several may be."""
    if isinstance(given, dict) and levels:
        parts = (_answer(given.get(name), levels - 1) for name in ("value", "response", "label"))
        return next((part for part in parts if part not in (None, "", ())), None)
    if isinstance(given, list) and levels:
        chosen = (_answer(each, levels - 1) for each in given)
        return tuple(str(each) for each in chosen if isinstance(each, (str, int, float)))
    return given if isinstance(given, (str, int, float)) else None


# --- reading -------------------------------------------------------------------------------------


def _fields(payload: Fields, name: str) -> Fields:
    value = payload.get(name)
    return value if isinstance(value, dict) else {}


def _text(payload: Fields, name: str) -> str:
    """Give a text, or a number as one; "" for anything else."""
    value = payload.get(name)
    return str(value) if isinstance(value, (str, int)) and not isinstance(value, bool) else ""


def _instant(payload: Fields, name: str) -> datetime | None:
    try:
        return times.parse_instant(_text(payload, name))
    except ValueError:
        return None
