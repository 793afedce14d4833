"""Which booking stands in the place of which, at providers where moving makes a new one."""

from __future__ import annotations

from sqlalchemy import insert, select
from sqlalchemy.exc import IntegrityError

from ..storage import Storage
from ..values import Booking
from .tables import moves

# Nobody moves a booking so often; a circle, which nothing but a broken provider makes, ends here.
_MOST = 100


class Moves:
    """Remembers each move of which anybody tells, for events of several uids come in any order."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def note(self, booking: Booking) -> None:
        """Remember what *booking* tells of its predecessor and of its successor."""
        self._keep(booking.uid, booking.replaces)
        self._keep(booking.replaced_by, booking.uid)

    def former(self, uid: str) -> tuple[str, ...]:
        """Give the uids that a booking had before, the latest first, as far as they are known."""
        found: dict[str, None] = {}
        with self._storage.reading() as connection:
            while len(found) < _MOST:
                query = select(moves.c.replaces).where(moves.c.uid == uid)
                uid = connection.execute(query).scalar() or ""
                if not uid or uid in found:
                    break
                found[uid] = None
        return tuple(found)

    def is_superseded(self, uid: str) -> bool:
        """Tell whether another booking is known to stand in the place of *uid*."""
        with self._storage.reading() as connection:
            return connection.execute(select(moves.c.uid).where(moves.c.replaces == uid)).first() is not None

    def _keep(self, uid: str, replaces: str) -> None:
        if not (uid and replaces) or uid == replaces:
            return
        with self._storage.reading() as connection:
            if connection.execute(select(moves.c.uid).where(moves.c.uid == uid)).first() is not None:
                return
        try:
            with self._storage.transaction() as connection:
                connection.execute(insert(moves).values(uid=uid, replaces=replaces))
        except IntegrityError:
            # Somebody else has kept it at this moment.
            pass
