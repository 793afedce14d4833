"""What webhooks of Cal.com tell beside bookings: absences, forms, calendars (contracts/calcom.md 5).

Nothing is refused for what it says: what is missing or of another type is left empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from ...values import Answer, Host, Notice, NoticeKind
from .._objects import known_zone
from .lenient import Fields, fields, instant, text

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
    entry = fields(payload, "oooEntry") or payload
    return {
        "host": _host(fields(entry, "user")),
        "stand_in": _host(fields(entry, "toUser")),
        "start": instant(entry, "start"),
        "end": instant(entry, "end"),
        "reason": text(fields(entry, "reason"), "reason") or text(entry, "reason"),
        "notes": text(entry, "notes"),
    }


def _form(payload: Fields) -> dict[str, Any]:
    return {
        "form": text(payload, "formName"),
        "form_id": text(payload, "formId"),
        "answers": _answers(fields(payload, "responses")),
    }


def _refused(payload: Fields) -> dict[str, Any]:
    error = fields(payload, "error")
    return {
        "host": _host(fields(payload, "user")),
        "reason": text(error, "type"),
        "notes": text(error, "message") or text(payload, "error"),
    }


def _missing(payload: Fields) -> dict[str, Any]:
    return {
        "host": _host({"email": text(payload, "hostEmail")}),
        "start": instant(payload, "startTime"),
        "end": instant(payload, "endTime"),
        "notes": text(payload, "message"),
    }


def _reported(payload: Fields) -> dict[str, Any]:
    report = fields(payload, "report")
    return {
        "host": _host(fields(report, "host")),
        "reason": text(report, "routingReason"),
        "notes": text(report, "additionalNotes"),
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
    slug, name, email = (text(user, field) for field in ("username", "name", "email"))
    if not (slug or name or email):
        return None
    return Host(slug=slug, name=name, zone=known_zone(text(user, "timeZone")), email=email)


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
