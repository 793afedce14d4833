"""What is not known of Jicoo, to be switched (contracts/jicoo.md 10)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from .records import Side


class Errors(StrEnum):
    """How the member "errors" of a refusal is written (contracts/jicoo.md 1.1)."""

    #: `{"startedAt": ["is not available"]}`
    OBJECT = "object"
    #: `[{"field": "startedAt", "message": "is not available"}]`
    LIST = "list"
    #: `"startedAt is not available"`
    TEXT = "text"
    #: `null`
    NOTHING = "nothing"


@dataclass(slots=True, kw_only=True)
class Habits:
    """How the fake behaves where nobody knows how Jicoo does; change it at any time."""

    errors: Errors = Errors.OBJECT
    #: Whether a booking that moved keeps its uid; otherwise it is closed, and another stands (2.4).
    keeps_uid: bool = True
    #: The key of a cancellation's reason; what stands under another one is dropped (2.5).
    cancel_reason_key: str = "cancelReason"
    #: Whether another key is refused; an empty body is good always.
    strict_cancel: bool = False
    #: The status that answers what was cancelled; 204 has no body.
    cancelled_status: int = 200
    #: The status that answers what was booked (2.3).
    created_status: int = 201
    #: Whether a booking has to name its location, be it by null (2.3).
    needs_location: bool = False
    #: How answers are given: as lists, as lists for check boxes and texts for others, or either way (9.5).
    contents: Literal["any", "lists", "typed"] = "any"
    #: The most items of a page, whatever is asked for, and how many there are by default (2.2).
    most_per_page: int = 50
    per_page: int = 20
    #: As whom the API moves and cancels, in webhooks and in "cancelledBy" (2.1).
    moves_as: Side = "guest"
    cancels_as: Side = "host"
    #: Whether webhooks have members that some have met: a name, an URL, hosts, the guest's phone (4).
    tells_more: bool = False
    #: The name of a user's id among the organization's users (2, O1).
    user_key: str = "id"
