'''The event types of the embedded engine: declared in a TOML file, in Python or by a function, checked alike.

A file declares schedules and hosts by name, and a list of event types; docs/declaring.md explains every key::

    [schedules.office]                      # wall time where the host is; or of a zone = "Europe/London"
    weekdays = ["09:00-12:30", "13:30-17:00"]   # Monday to Friday; or write monday, tuesday and so on
    friday = ["09:00-12:00"]                # a day of its own wins; a day without hours is closed
    saturday = ["23:00-02:00"]              # runs into Sunday; a whole day is "00:00-24:00"

    [schedules.office.overrides]            # other hours for single dates; [] closes
    "2026-12-24" = ["09:00-12:00"]
    "2026-12-25" = []

    [hosts.ada]
    name = "Ada Lovelace"
    email = "ada@example.com"
    zone = "Europe/London"                  # IANA name
    schedule = "office"
    holidays = "GB-ENG"                     # closed there; ISO 3166, with or without a part of the country
    away = [{ first = 2026-08-03, last = 2026-08-14, stand_in = "grace" }]
    travels = [{ first = 2026-10-05, last = 2026-10-09, zone = "Asia/Tokyo" }]
    limits = [{ per = "day", count = 6 }, { per = "week", total = "20h" }]
    calendars = ["https://calendar.example.com/ada.ics"]    # times in it are not offered

    [hosts.grace]
    name = "Grace Hopper"
    zone = "America/New_York"
    schedule = "office"

    [[event_types]]
    slug = "intro-call"                     # the last part of the address: /book/intro-call
    title = "Intro call"
    host = "ada"                            # or hosts = ["ada", "grace"]: all of them
    description = """What it is about."""
    schedule = "office"                     # in place of the hosts'
    durations = ["30m", "1h"]               # lengths: "30m", "4h", "2d", "1h 30m"; the first is the default
    slot_interval = "15m"                   # how far apart slots start; default: the duration
    offset = "5m"                           # how much later than that part of the hour
    align = "host"                          # whose hour that is: host or guest
    optimized = false                       # true: leaves the part of the hour if that makes one more slot
    first_only = false                      # true: only the first free slot of each day
    buffer_before = "0m"
    buffer_after = "10m"
    minimum_notice = "4h"
    window = { days = 60, counting = "calendar" }   # or business, bookable; and start = 2026-01-01, end
    limits = [{ per = "day", count = 4 }]   # per day, week, month or year; a count, or a total such as "6h"
    guest_limits = [{ per = "month", count = 2 }]   # for each guest
    max_active = 3                          # bookings to come, for each guest
    max_guests = 3
    notes = true
    private = false                         # true: only by a private link
    zone_locked = false                     # true: times are shown in the host's zone only
    verify_email = false                    # true: guests show by a mailed code that an address is theirs
    colour = "#1f5a45"                      # the brand's colour in the widgets
    host_email_hidden = false
    reminders = ["24h", "1h"]               # before the start
    approval = { within = "48h", expires = "24h" }  # or true: always
    locations = [{ kind = "link", value = "https://meet.example.com/ada", label = "Video call" }]
    cancel = { allowed = true, notice = "24h", reason = "optional" }    # reason: off, optional or required
    reschedule = { notice = "24h" }

    [[event_types.questions]]
    slug = "topic"
    label = "What shall we talk about?"
    kind = "select"                         # see values.QuestionKind
    options = ["Prices", "A demo"]          # for select, radio and checkboxes
    required = true
    help = "One is enough."

    [event_types.redirects.booked]          # also .rescheduled and .cancelled; where guests go then
    url = "https://example.com/thanks"      # of an origin in BOOKER_REDIRECT_ORIGINS; "": they stay
    flavour = "jicoo"                       # whose parameters it gets: jicoo, cal, calendly; "": none
    answers = ["topic"]                     # the slugs of the questions whose answers go along
    signed = true                           # with BOOKER_REDIRECT_SECRET

    [[event_types]]
    slug = "class"
    title = "Class"
    groups = [{ members = ["ada", { host = "grace", priority = 3, weight = 200 }], need = 1 }]
    same_hosts = false                      # one that is moved may get another host
    seats = 5                               # or { per_slot = 5, show_guests = false, show_left = true }
    series = { frequency = "weekly", interval = 1, occurrences = 4 }

Slugs are lower-case letters, digits and hyphens. The kinds of location are those of `values.LocationKind`.
With a remote provider, an event type and a question may have an `id`, theirs at the provider; the event type
needs it, and may leave out its hosts. Hours, and what else only the embedded engine keeps, are refused there.
'''

from __future__ import annotations

import logging
import os
import threading
import tomllib
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from ...errors import ConfigurationError
from ...values import EventType, Host
from .checks import hosts_of, require_right
from .problems import Mistake
from .toml import read

_log = logging.getLogger(__name__)
# What no function gives.
_NOTHING = object()

#: The path of a TOML file, event types, or a function that gives those of now.
Declared = str | os.PathLike[str] | Sequence[EventType] | Callable[[], Sequence[EventType]]


def load_event_types(
    path: str | os.PathLike[str], *, remote: bool = False, private_network: bool = False
) -> tuple[EventType, ...]:
    """Give the event types of a TOML file, checked; *remote* and *private_network* as in `checked`.

    `ConfigurationError` names the file, the key, what is wrong and what to do. The first event type is
    `event_types[0]`.
    """
    try:
        event_types = read(tomllib.loads(Path(path).read_text("utf-8")))
        if not event_types:
            raise Mistake("event_types", "is missing. Declare at least one [[event_types]].")
        require_right(event_types, remote=remote, private_network=private_network)
    except FileNotFoundError:
        raise ConfigurationError(f"{path}: there is no such file. Create it or correct the path.") from None
    except OSError as error:
        raise ConfigurationError(f"{path}: cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: is not UTF-8 text. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigurationError(f"{path}: is not valid TOML: {error}.") from error
    except Mistake as mistake:
        raise ConfigurationError(f"{path}: {mistake}") from None
    return event_types


def checked(
    event_types: Iterable[EventType], *, remote: bool = False, private_network: bool = False
) -> tuple[EventType, ...]:
    """Give *event_types*, declared in Python, if nothing is wrong with them.

    *remote* ones describe what a remote provider offers: each has the provider's `id`, needs no host, and
    has no hours. *private_network* allows calendars without https.
    `ConfigurationError` names the event type, the field, what is wrong and what to do.
    """
    found = tuple(event_types)
    try:
        require_right(found, remote=remote, private_network=private_network)
    except Mistake as mistake:
        raise ConfigurationError(str(mistake)) from None
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class _Offer:
    """What was found right, by slug."""

    #: What it was made of.
    given: object
    event_types: Mapping[str, EventType]
    hosts: Mapping[str, Host]


class Catalogue:
    """What our own engine offers now: declared once, in a file or a list, or told by a function.

    A function is called for each look, and what it gives is checked anew only if it is not the very same
    object as before: let it give the same tuple for as long as nothing changes. While it fails, or gives what
    is wrong, what it gave before stays on offer, and what is wrong is logged once.
    """

    def __init__(
        self,
        declared: Declared,
        *,
        private_network: bool = False,
        check: Callable[[Sequence[EventType]], object] | None = None,
    ) -> None:
        """Check what is *declared*; `ConfigurationError` if anything is wrong, or a function fails.

        *private_network* allows calendars without https. *check* raises `ConfigurationError` for whatever
        else must not be.
        """
        self._function = declared if callable(declared) else None
        self._private_network = private_network
        self._check = check
        # What the function gave last that was wrong, and what was said about it.
        self._standing = threading.local()
        self._refused: object = _NOTHING
        self._complaint = ""
        self._offer = self._made(_asked(declared) if callable(declared) else declared)

    def event_types(self) -> Mapping[str, EventType]:
        """Give what is offered now by slug, in order; the very same mapping while nothing changes."""
        return self._now().event_types

    def hosts(self) -> Mapping[str, Host]:
        """Give the hosts of what is offered now by slug; the very same mapping while nothing changes."""
        return self._now().hosts

    @contextmanager
    def still(self) -> Iterator[None]:
        """Offer this thread the same until the end of the block, whatever the function would say by then.

        For what must not change its mind half way: a booking is looked for, assigned and written by one list.
        """
        outer: _Offer | None = getattr(self._standing, "offer", None)
        self._standing.offer = outer or self._now()
        try:
            yield
        finally:
            self._standing.offer = outer

    def _now(self) -> _Offer:
        if self._function is None:
            return self._offer
        standing: _Offer | None = getattr(self._standing, "offer", None)
        return standing or self._latest(self._function)

    def _latest(self, function: Callable[[], Sequence[EventType]]) -> _Offer:
        try:
            given = _asked(function)
            if given is self._offer.given:
                self._refused, self._complaint = _NOTHING, ""
            elif given is not self._refused:
                self._take(given)
        except ConfigurationError as error:
            self._complain(str(error))
        return self._offer

    def _take(self, given: object) -> None:
        # Until it is found right, so that it is looked at once.
        self._refused = given
        self._offer = self._made(given)
        self._refused, self._complaint = _NOTHING, ""

    def _made(self, given: object) -> _Offer:
        if isinstance(given, str | os.PathLike) and self._function is None:
            event_types = load_event_types(given, private_network=self._private_network)
        elif isinstance(given, list | tuple):
            event_types = checked(given, private_network=self._private_network)
        else:
            raise ConfigurationError(
                f"The event types are a {type(given).__name__}; they must be a list or a tuple of EventType."
            )
        if self._check:
            self._check(event_types)
        return _Offer(
            given=given,
            event_types=MappingProxyType({each.slug: each for each in event_types}),
            hosts=MappingProxyType(hosts_of(event_types)),
        )

    def _complain(self, complaint: str) -> None:
        if complaint != self._complaint:
            self._complaint = complaint
            _log.error("The event types stay as they were. %s", complaint)


def _asked(function: Callable[[], Sequence[EventType]]) -> object:
    """Give what *function* gives; `ConfigurationError` if it fails, without words that may be personal."""
    try:
        return function()
    except Exception as error:
        last = traceback.extract_tb(error.__traceback__)[-1]
        raise ConfigurationError(
            f"The function in 'BOOKER_EVENT_TYPES' failed: {type(error).__name__} at "
            f"{os.path.basename(last.filename)}:{last.lineno}."
        ) from error
