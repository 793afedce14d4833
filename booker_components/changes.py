"""Changes that guests ask for: whether they are allowed now, and the reason that is asked for."""

from __future__ import annotations

from datetime import datetime

from . import policy, questions
from .errors import BookingClosed, InvalidRequest, NotBookable
from .policy import Rule, Verdict
from .values import Booking, CancelScope, EventType, Question, QuestionKind, ReasonRule


def checked_move(
    booking: Booking, event_type: EventType | None, start: datetime, reason: str, now: datetime
) -> str:
    """Give the *reason* as it is wanted; `BookingClosed` or `NotBookable` if *booking* may not go to *start*.

    *event_type* is that of the booking, None where it is no longer offered. `InvalidRequest` for the reason.
    """
    require(policy.may_reschedule(booking, event_type, now), BookingClosed)
    assert event_type is not None, "policy forbids to move what is no longer offered"
    reason = checked_reason(event_type.reschedule.reason, reason)
    require(policy.may_book(event_type, start, now), NotBookable)
    return reason


def checked_cancellation(
    booking: Booking, event_type: EventType | None, scope: CancelScope, reason: str, now: datetime
) -> str:
    """Give the *reason* as it is wanted; `BookingClosed` if a date within *scope* may not be cancelled.

    The other parameters and `InvalidRequest` are as in `checked_move`.
    """
    require(policy.may_cancel(booking, event_type, now), BookingClosed)
    for each in _others(booking, scope):
        # What has taken place is left alone.
        if each.is_open and each.start > now:
            require(policy.may_cancel(each, event_type, now), BookingClosed)
    return checked_reason(event_type.cancel.reason if event_type else ReasonRule.OPTIONAL, reason)


def checked_reason(rule: ReasonRule, reason: str) -> str:
    """Give *reason* as *rule* wants it, or raise `InvalidRequest` for the field "reason"."""
    question = reason_question(rule)
    if question is None:
        return ""
    try:
        return str(questions.check(question, reason) or "")
    except ValueError as problem:
        raise InvalidRequest({question.slug: str(problem)}) from None


def reason_question(rule: ReasonRule, label: str = "Reason") -> Question | None:
    """Give the question why, as *rule* wants it asked; None where it is not to be asked."""
    if rule is ReasonRule.OFF:
        return None
    required = rule is ReasonRule.REQUIRED
    return Question(slug="reason", label=label, kind=QuestionKind.LONG_TEXT, required=required)


def require(verdict: Verdict, error: type[NotBookable] | type[BookingClosed]) -> None:
    """Raise *error* with the rule of a *verdict* that refuses."""
    if verdict.allowed:
        return
    rule = verdict.rule or Rule.NOT_ALLOWED
    raise error(f"Refused by the rule '{rule}'.", rule=rule, until=verdict.until)


def _others(booking: Booking, scope: CancelScope) -> tuple[Booking, ...]:
    """Give the dates of the series that are cancelled along with *booking*."""
    if scope is CancelScope.ONE:
        return ()
    following = scope is CancelScope.FOLLOWING
    return tuple(each for each in booking.each() if not following or each.start >= booking.start)
