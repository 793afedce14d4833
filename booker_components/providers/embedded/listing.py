"""Which bookings a list holds, and in what order, as parts of a query."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select

from ...values import BookingFilter, BookingOrder
from .tables import bookings

_ORDERS = {
    BookingOrder.START: bookings.c.starts,
    BookingOrder.CREATED: bookings.c.created_at,
    BookingOrder.UPDATED: bookings.c.updated_at,
}


def listed(query: Select[Any], wanted: BookingFilter) -> Select[Any]:
    """Give *query*, which selects bookings, for those that are *wanted* alone."""
    order = (_ORDERS[wanted.order], bookings.c.id)
    return (
        query.where(*_is_of(wanted), *_is_in_time(wanted))
        .order_by(*(each.desc() if wanted.descending else each for each in order))
        .limit(wanted.limit)
        .offset(wanted.offset)
    )


def _is_of(wanted: BookingFilter) -> Iterator[ColumnElement[bool]]:
    if wanted.status:
        yield bookings.c.status.in_([status.value for status in wanted.status])
    if wanted.event_types:
        yield bookings.c.event_type.in_(wanted.event_types)
    if wanted.attendee_email:
        yield bookings.c.guest == wanted.attendee_email.casefold()
    if wanted.attendee_name:
        yield bookings.c.attendee_name == wanted.attendee_name


def _is_in_time(wanted: BookingFilter) -> Iterator[ColumnElement[bool]]:
    after = (
        (bookings.c.ends, wanted.after),
        (bookings.c.created_at, wanted.created_after),
        (bookings.c.updated_at, wanted.updated_after),
    )
    before = (
        (bookings.c.starts, wanted.before),
        (bookings.c.created_at, wanted.created_before),
        (bookings.c.updated_at, wanted.updated_before),
    )
    yield from (column > instant for column, instant in after if instant)
    yield from (column < instant for column, instant in before if instant)
