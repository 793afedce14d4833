"""Pruning: rows whose time is over go, a few at a time, in the transaction that brings a new one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, delete, select

#: So many old rows go at most when a new one comes: far more than come, and too few to keep anybody waiting.
BATCH = 100


def prune(connection: Connection, key: Column[Any], until: Column[Any], now: datetime) -> None:
    """Delete some rows, each found by its *key*, whose *until* is over at *now*.

    Those that others delete at this moment are left to them.
    """
    old = select(key).where(until <= now)
    some = old.order_by(until).limit(BATCH).with_for_update(skip_locked=True)
    if found := connection.execute(some).scalars().all():
        connection.execute(delete(key.table).where(key.in_(found)))
