"""Tells the administrator of what was given up: one mail for everything that is new, once an hour at most."""

from __future__ import annotations

import hashlib
import smtplib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime

from ..errors import ConfigurationError, DeliveryFailed
from ..outbox import Delivery
from ..outbox.parked import note_told, untold
from ..records.chores import Chores
from ..storage import Storage
from ..subscribers.mail import MailServer, mail_failure, one_line, recipient_address, sender_address

#: How far apart two digests are at least.
EVERY = timedelta(hours=1)

# So many kinds of failure of a subscriber are listed.
_MOST_ERRORS = 10

_CHORE = "digest"

_TEXT = """\
Hello,

{count} of your booking app's events could not be delivered, and {were} given up. Each waits, and the later
ones of its booking with it, until somebody has them delivered again.

{groups}

When it is mended, this delivers everything again, in order:

    flask booker outbox retry

With '--subscriber NAME' it does so for one subscriber only. 'flask booker outbox --state parked' lists all
that wait.
"""


class Digest:
    """Mails what was parked and what for; without names, addresses or anything else of guests."""

    def __init__(
        self, storage: Storage, clock: Callable[[], datetime], *, url: str, sender: str, admin: str
    ) -> None:
        """Send by the server at *url* from *sender* to *admin*. Raises `ConfigurationError`."""
        self._storage = storage
        self._clock = clock
        self._chores = Chores(storage, clock)
        self._server = MailServer.parse(url)
        self._sender = sender_address(sender)
        self._admin = recipient_address(admin)
        if self._admin is None:
            raise ConfigurationError(f"'BOOKER_ADMIN_EMAIL' is {admin!r}; it must be one e-mail address.")

    def send(self) -> int:
        """Tell of what nobody was told of yet, unless there was a digest within the hour; give of how many.

        Raises `DeliveryFailed` if the server does not take the mail; the next try tells of the same.
        """
        if not self._chores.is_due(_CHORE, every=EVERY):
            return 0
        if not (parked := untold(self._storage)):
            return 0
        self._mail(parked)
        self._chores.begin(_CHORE, every=EVERY)
        note_told(self._storage, parked, self._clock())
        return len(parked)

    def _mail(self, parked: Sequence[Delivery]) -> None:
        try:
            self._server.send(self._message(parked))
        except (smtplib.SMTPException, OSError, UnicodeError) as error:
            raise DeliveryFailed(
                f"Nobody could be told of what was parked: {self._server.host}:{self._server.port} "
                f"{mail_failure(error)}."
            ) from None

    def _message(self, parked: Sequence[Delivery]) -> EmailMessage:
        message = EmailMessage()
        message["Subject"] = f"Bookings: {_count(len(parked), 'delivery', 'deliveries')} given up"
        message["From"] = self._sender
        message["To"] = self._admin
        message["Date"] = format_datetime(self._clock())
        # The same digest has the same id: after a crash before it is noted it is sent once more.
        about = "/".join(f"{each.id}-{each.attempts}" for each in parked)
        message["Message-ID"] = f"<{hashlib.sha256(about.encode()).hexdigest()[:32]}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(_text(parked))
        return message


def _text(parked: Sequence[Delivery]) -> str:
    were = "was" if len(parked) == 1 else "were"
    return _TEXT.format(count=len(parked), were=were, groups="\n\n".join(_groups(parked)))


def _groups(parked: Sequence[Delivery]) -> Iterator[str]:
    """Give a paragraph for each subscriber: how many of what kind, and why."""
    for subscriber in sorted({each.subscriber for each in parked}):
        mine = [each for each in parked if each.subscriber == subscriber]
        kinds = Counter(each.kind for each in mine)
        errors = Counter(one_line(each.last_error) for each in mine)
        lines = [f"{subscriber}: {len(mine)}"]
        lines += (f"  {kind}: {number}" for kind, number in sorted(kinds.items()))
        lines += (f"  {number} x {error}" for error, number in errors.most_common(_MOST_ERRORS))
        if len(errors) > _MOST_ERRORS:
            lines.append(f"  and {len(errors) - _MOST_ERRORS} other failures")
        yield "\n".join(lines)


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
