"""Booking fields: which an event type has, and which answers the API refuses (contracts/calcom.md 10)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import urlsplit

from .calls import Json, Refusal
from .records import EventType

#: The system fields before and after those of the host, in order (contracts/calcom.md 10.2).
_BEFORE: tuple[Json, ...] = (
    {"type": "name", "slug": "name", "label": "Name", "required": True},
    {"type": "email", "slug": "email", "label": "Email", "required": True, "hidden": False},
)
_LOCATION: Json = {
    "type": "radioInput",
    "slug": "location",
    "label": "Where",
    "required": False,
    "hidden": False,
}
_AFTER: tuple[Json, ...] = (
    {"type": "text", "slug": "title", "label": "Title", "required": True, "hidden": True},
    {"type": "textarea", "slug": "notes", "label": "Notes", "required": False, "hidden": False},
    {"type": "multiemail", "slug": "guests", "label": "Guests", "required": False, "hidden": False},
    {"type": "textarea", "slug": "rescheduleReason", "label": "Reason", "required": False, "hidden": False},
)

#: The slugs that are not checked, for the system checks them elsewhere or not at all.
SYSTEM = ("name", "email", "location", "title", "notes", "guests", "rescheduleReason", "attendeePhoneNumber")

#: An address, as strictly as Cal.com looks at it.
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+")
#: E.164.
PHONE = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


def with_system(given: Iterable[Json], *, locations: int) -> list[Json]:
    """Give the fields of an event type: the system's, with what *given* changes of them, and the host's.

    The field for the location is there only with more than one location to choose from.
    """
    custom = [_custom(each) for each in given if each.get("slug", each["type"]) not in SYSTEM]
    changed = {str(each.get("slug", each["type"])): each for each in given}
    phone = [_plain(changed["attendeePhoneNumber"])] if "attendeePhoneNumber" in changed else []
    system = [*_BEFORE, *phone, *([_LOCATION] if locations > 1 else [])]
    return [
        *(_system(each, changed) for each in system),
        *custom,
        *(_system(each, changed) for each in _AFTER),
    ]


def _plain(field: Json) -> Json:
    return {
        "slug": field["type"],
        "label": field.get("slug", ""),
        "required": False,
        "hidden": False,
        **field,
    }


def _system(field: Json, changed: dict[str, Json]) -> Json:
    default = {"placeholder": "", "disableOnPrefill": False, "isDefault": True}
    return {**field, **default, **changed.get(field["slug"], {})}


def _custom(field: Json) -> Json:
    default = {"placeholder": "", "disableOnPrefill": False}
    return {**default, **_plain(field), "isDefault": False}


# --- answers -------------------------------------------------------------------------------------


def check_answers(event_type: EventType, responses: Json, phone: str) -> None:
    """Refuse answers to the host's own fields that are missing or of a wrong kind (contracts/calcom.md 10.3).

    System fields are not looked at; `required` counts even of a hidden field.
    """
    for field in event_type.fields["bookingFields"]:
        slug = field["slug"]
        if slug in ("smsReminderNumber", "attendeePhoneNumber"):
            if field.get("required") and not phone:
                raise Refusal(400, "Missing attendee phone number, which this event type requires.")
        elif slug not in SYSTEM:
            _check(field, responses.get(slug))


def _check(field: Json, value: Any) -> None:
    slug = field["slug"]
    if value is None or value == "":
        if field.get("required"):
            raise Refusal(400, f"Missing required booking field response: {slug}.")
        return
    kind = field["type"]
    if not _KINDS.get(kind, _is_text)(value):
        raise Refusal(400, f"Invalid type for booking field '{slug}'. Expected the type of a {kind} field.")
    options = field.get("options") or ()
    if kind in ("select", "radio") and str(value) not in options:
        raise Refusal(400, f"Invalid option '{value}' for booking field '{slug}'.")
    if kind in ("multiselect", "checkbox") and not set(value) <= set(options):
        raise Refusal(400, f"One or more invalid options for booking field '{slug}'.")


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_option(value: Any) -> bool:
    return _is_text(value) or _is_number(value)


def _is_list(value: Any) -> bool:
    return isinstance(value, list) and all(_is_text(each) for each in value)


def _is_emails(value: Any) -> bool:
    return _is_list(value) and all(EMAIL.fullmatch(each) for each in value)


def _is_url(value: Any) -> bool:
    return _is_text(value) and urlsplit(value).scheme in ("http", "https") and bool(urlsplit(value).netloc)


def _is_boolean(value: Any) -> bool:
    return isinstance(value, bool)


_KINDS: dict[str, Callable[[Any], bool]] = {
    "number": _is_number,
    "select": _is_option,
    "radio": _is_option,
    "multiselect": _is_list,
    "checkbox": _is_list,
    "multiemail": _is_emails,
    "boolean": _is_boolean,
    "url": _is_url,
}
