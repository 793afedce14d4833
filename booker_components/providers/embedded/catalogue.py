'''The event types of the embedded engine: read from a TOML file or declared in Python, checked alike.

A file declares schedules and hosts by name, and a list of event types::

    [schedules.office]                      # wall time of the host's zone
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

    [[event_types]]
    slug = "intro-call"                     # the last part of the address: /book/intro-call
    title = "Intro call"
    host = "ada"
    description = """What it is about."""
    schedule = "office"                     # in place of the host's
    durations = ["30m", "1h"]               # lengths: "30m", "4h", "2d", "1h 30m"; the first is the default
    slot_interval = "15m"                   # how far apart slots start; default: the duration
    buffer_before = "0m"
    buffer_after = "10m"
    minimum_notice = "4h"
    window = { days = 60 }                  # or { start = 2026-01-01, end = 2026-03-31 }, or any of the three
    max_guests = 3
    notes = true
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

Slugs are lower-case letters, digits and hyphens. The kinds of location are those of `values.LocationKind`.
With a remote provider, an event type and a question may have an `id`, theirs at the provider; the event type
needs it, and may leave out its host and its hours.
'''

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from ...errors import ConfigurationError
from ...times import YEARS
from ...values import (
    BookingWindow,
    EventType,
    Host,
    Location,
    LocationKind,
    Question,
    QuestionKind,
)
from .hosting import own_problems, remote_problems, schedule_problems
from .problems import SLUG, SLUG_WORDS, Found, below, slug_problems, text_problems
from .toml import Mistake, read

_FORM = {"name", "email", "guests", "notes", "location", "phone", "reason"}
_STATE = {"slot", "duration", "date", "month", "tz", "clock", "token", "key", "go", "csrf_token"}
_VENDORS = {"attendeePhoneNumber", "rescheduleUid", "eventTypeSlug"}
#: Fields and parameters that forms and addresses use themselves; no question may take their names.
RESERVED_FIELDS = frozenset(_FORM | _STATE | _VENDORS)

_FIELD = re.compile(r"[a-zA-Z][a-zA-Z0-9_-]{0,63}", re.ASCII)
_FIELD_WORDS = "up to 64 letters, digits, hyphens and underscores, a letter first"
_WITH_OPTIONS = (QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES)
#: Ten years: beyond it, sums of dates leave the years we know.
_LONGEST = timedelta(days=3650)


def load_event_types(path: str | Path, *, remote: bool = False) -> tuple[EventType, ...]:
    """Give the event types of a TOML file, checked; *remote* as in `checked`.

    `ConfigurationError` names the file, the key, what is wrong and what to do. The first event type is
    `event_types[0]`.
    """
    try:
        event_types = read(tomllib.loads(Path(path).read_text("utf-8")))
        if not event_types:
            raise Mistake("event_types", "is missing. Declare at least one [[event_types]].")
        return _checked(event_types, remote)
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


def checked(event_types: Iterable[EventType], *, remote: bool = False) -> tuple[EventType, ...]:
    """Give *event_types*, declared in Python, if nothing is wrong with them.

    *remote* ones describe what a remote provider offers: each has the provider's `id`, and needs neither a
    host nor hours.
    `ConfigurationError` names the event type, the field, what is wrong and what to do.
    """
    try:
        return _checked(tuple(event_types), remote)
    except Mistake as mistake:
        raise ConfigurationError(str(mistake)) from None


def _checked(event_types: tuple[EventType, ...], remote: bool) -> tuple[EventType, ...]:
    for place, event_type in enumerate(event_types):
        name = f"event_types[{place}]"
        if not isinstance(event_type, EventType):
            raise Mistake(name, f"must be an EventType, but is {event_type!r}.")
        kept_where = remote_problems if remote else own_problems
        for key, problem in (*_problems(event_type), *kept_where(event_type)):
            raise Mistake(f"{name}.{key}", f"(of {event_type.slug!r}) {problem}")
    for key, problem in _clashes(event_types):
        raise Mistake(key, problem)
    return event_types


def _clashes(event_types: Sequence[EventType]) -> Found:
    """Find what is right in each event type and wrong in all of them together."""
    hosts: dict[str, Host] = {}
    slugs = [event_type.slug for event_type in event_types]
    ids = [event_type.id for event_type in event_types]
    for place, event_type in enumerate(event_types):
        if event_type.slug in slugs[:place]:
            yield f"event_types[{place}].slug", f"= {event_type.slug!r} is taken. Choose another one."
        if event_type.id and event_type.id in ids[:place]:
            yield f"event_types[{place}].id", f"= {event_type.id!r} is taken. Declare each event type once."
        for host in event_type.hosts:
            if hosts.setdefault(host.slug, host) != host:
                yield (
                    f"event_types[{place}].hosts",
                    f"holds a second host {host.slug!r} that differs from the first. Use the same Host for "
                    "both.",
                )


def _problems(event_type: EventType) -> Found:
    """Find what is wrong in one event type."""
    yield from slug_problems("slug", event_type.slug, SLUG, SLUG_WORDS)
    yield from text_problems("title", event_type.title)
    yield from _length_problems(event_type)
    yield from below("schedule", schedule_problems(event_type.schedule))
    yield from below("window", _window_problems(event_type.window))
    for place, location in enumerate(event_type.locations):
        same = [_shown(each) for each in event_type.locations[:place]]
        yield from below(f"locations[{place}]", _location_problems(location, same))
    for place, question in enumerate(event_type.questions):
        earlier = [each.slug for each in event_type.questions[:place]]
        yield from below(f"questions[{place}]", _question_problems(question, earlier))
    if not 0 <= event_type.max_guests <= 100:
        yield "max_guests", f"must be 0 to 100, but is {event_type.max_guests}."


def _length_problems(event_type: EventType) -> Found:
    minute = timedelta(minutes=1)
    lengths: list[tuple[str, Any, timedelta]] = [
        ("slot_interval", minute if event_type.slot_interval is None else event_type.slot_interval, minute),
        ("buffer_before", event_type.buffer_before, timedelta(0)),
        ("buffer_after", event_type.buffer_after, timedelta(0)),
        ("minimum_notice", event_type.minimum_notice, timedelta(0)),
        ("cancel.notice", event_type.cancel.notice, timedelta(0)),
        ("reschedule.notice", event_type.reschedule.notice, timedelta(0)),
        *((f"durations[{place}]", each, minute) for place, each in enumerate(event_type.durations)),
    ]
    for key, length, least in lengths:
        if not isinstance(length, timedelta):
            yield key, f"must be a timedelta, but is {length!r}."
        elif not least <= length <= _LONGEST or length % minute:
            yield (
                key,
                f"must be whole minutes, from {least // minute} on and below ten years, but is {length}.",
            )
    if not event_type.durations or len(set(event_type.durations)) < len(event_type.durations):
        yield "durations", "must hold at least one length, and none twice."


def _window_problems(window: BookingWindow) -> Found:
    if window.days is not None and not 0 <= window.days <= _LONGEST.days:
        yield "days", f"must be 0 to {_LONGEST.days}, but is {window.days}."
    for key, day in (("start", window.start), ("end", window.end)):
        if day is not None and day.year not in YEARS:
            yield key, f"= {day} is beyond the years we know, {YEARS[0]} to {YEARS[-1]}."
    if (window.start or date.min) > (window.end or date.max):
        yield "start", f"= {window.start} is after the end, {window.end}. Swap them."


def _shown(location: Location) -> str:
    """Give what tells a location from others: guests choose by its label, or by its kind without one."""
    return location.label.strip().casefold() or location.kind


def _location_problems(location: Location, earlier: Sequence[str]) -> Found:
    given = bool(location.value)
    if (
        location.kind is LocationKind.LINK
        and given
        and not location.value.startswith(("https://", "http://"))
    ):
        yield "value", f'= {location.value!r} is not a web address. Begin it with "https://".'
    if location.kind is LocationKind.ATTENDEE_PHONE and given:
        yield "value", "is given, but guests give their own number. Leave it out, or use the kind phone."
    if location.kind is not LocationKind.ATTENDEE_PHONE and not (given or location.label):
        yield "", "says nothing. Give it a value or a label."
    if _shown(location) in earlier:
        yield "label", "leaves guests two locations that look alike. Give each a label of its own."


def _question_problems(question: Question, earlier: Sequence[str]) -> Found:
    yield from slug_problems("slug", question.slug, _FIELD, _FIELD_WORDS)
    yield from text_problems("label", question.label)
    if question.slug in RESERVED_FIELDS:
        yield "slug", f"= {question.slug!r} is a field of the form itself. Choose another name."
    if question.slug in earlier:
        yield "slug", f"= {question.slug!r} is taken by an earlier question. Choose another name."
    if question.kind in _WITH_OPTIONS:
        if (
            not question.options
            or len(set(question.options)) < len(question.options)
            or "" in question.options
        ):
            yield "options", f"must hold choices for the kind {question.kind}, none of them empty or twice."
    elif question.options:
        yield (
            "options",
            f"are given, but the kind {question.kind} takes none. Use select, radio or checkboxes.",
        )
