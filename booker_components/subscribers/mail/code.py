"""Mails a code to an address that somebody says is theirs, while they wait."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from ...errors import DeliveryFailed
from ...languages import speech
from .post import Letter, Post
from .site import Site
from .writing import written

#: The guest waits for the server: so many seconds, and no longer.
_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class CodeMailer:
    """Mails codes; not a subscriber, for there is no booking yet of which anything could happen."""

    site: Site
    post: Post
    clock: Callable[[], datetime]

    def send(self, address: str, code: str, *, minutes: int) -> None:
        """Mail *code*, good for *minutes*, to *address* in the language that is spoken now.

        It says nothing else: whoever asks for it may have typed somebody else's address. Raises
        `DeliveryFailed` if the server does not take it.
        """
        spoken = speech()
        values = {"lang": spoken.tag, "dir": spoken.direction, "code": code, "minutes": minutes}
        subject, text = written(self.site, "code.txt", values)
        letter = Letter(
            to=address,
            subject=subject,
            text=text,
            html=self.site.render("code.html", values),
            at=self.clock(),
            id=uuid4().hex,
        )
        try:
            self.post.send(letter, until=time.monotonic() + _SECONDS)
        except DeliveryFailed:
            # What the server said may name the address.
            raise DeliveryFailed("A code could not be mailed.") from None
