"""Builds the subscribers that send mail from an app's settings."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from ...languages import Languages
from ...settings import Settings
from ...storage import Storage
from ...values import BookingEvent
from .guests import GuestLetters
from .hosts import HostLetters
from .link import LinkMailer
from .mailer import Mailer
from .once import Once
from .post import Post
from .readers import Readers
from .rounds import Rounds
from .site import Site
from .writing import Writer


def build_mail(
    settings: Settings,
    *,
    site: Site,
    storage: Storage,
    clock: Callable[[], datetime],
    languages: Languages,
    own: bool,
) -> tuple[Callable[[BookingEvent], None], ...]:
    """Give the subscribers that 'BOOKER_MAILS' asks for; none without 'BOOKER_MAIL_URL'.

    *own* says whether bookings are ours to tell of: Cal.com and Jicoo mail by themselves, and two mails about
    one booking, with two entries in the calendar, are worse than one. Raises `ConfigurationError`.
    """
    if not settings.mail_url or settings.mails == "none":
        return ()
    post = Post(settings.mail_url, settings.mail_from)
    writer = Writer(site=site, post=post, readers=_readers(settings, languages))
    links = LinkMailer(writer)
    if settings.mails == "links" or not own:
        return (links,)
    once = Once(storage, clock)
    return (
        links,
        Mailer(
            rounds=Rounds(name="booker.mail.guest", post=post, once=once),
            letters=GuestLetters(writer=writer),
            site=site,
            clock=clock,
        ),
        Mailer(
            rounds=Rounds(name="booker.mail.host", post=post, once=once),
            letters=HostLetters(writer=writer),
            site=site,
            clock=clock,
        ),
    )


def _readers(settings: Settings, languages: Languages) -> Readers:
    # Hosts read mails outside of any request of which a function could be asked.
    language = settings.language if isinstance(settings.language, str) else ""
    return Readers(languages=languages, app_language=language)
