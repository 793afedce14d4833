"""What the examples are made of: a month with free times, fields, forms."""

from __future__ import annotations

import calendar
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from markupsafe import Markup

from ..web import components as web

#: The day on which all examples are seen.
TODAY = date(2026, 3, 4)
FIRST = date(2026, 3, 5)
CHOSEN = date(2026, 3, 12)

_ZONES = (
    ("Pacific/Honolulu", "(GMT-10:00) Honolulu"),
    ("America/Los_Angeles", "(GMT-08:00) Los Angeles"),
    ("America/New_York", "(GMT-05:00) New York"),
    ("America/Sao_Paulo", "(GMT-03:00) São Paulo"),
    ("UTC", "(GMT+00:00) Coordinated Universal Time"),
    ("Europe/London", "(GMT+00:00) London"),
    ("Europe/Paris", "(GMT+01:00) Paris"),
    ("Africa/Cairo", "(GMT+02:00) Cairo"),
    ("Asia/Dubai", "(GMT+04:00) Dubai"),
    ("Asia/Kathmandu", "(GMT+05:45) Kathmandu"),
    ("Asia/Tokyo", "(GMT+09:00) Tokyo"),
    ("Australia/Lord_Howe", "(GMT+11:00) Lord Howe"),
    ("Pacific/Kiritimati", "(GMT+14:00) Kiritimati"),
)
_PARIS = "Paris, Central European Time (GMT+1)"


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """A widget in one state."""

    #: Unique; a word for file names and links.
    name: str
    component: web.Component
    #: What there is to see.
    description: str
    #: Whether it is for the tests alone.
    hidden: bool = False


# --- parts ---------------------------------------------------------------------------------------


def day_name(day: date) -> str:
    return f"{day:%A} {day.day} {day:%B}"


def choice(label: str, query: str, *, name: str = "", current: bool = False) -> web.Choice:
    return web.Choice(label=label, href=f"/book/intro-call?{query}", query=query, name=name, current=current)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def starts(day: date) -> tuple[int, ...]:
    """Give believable free starts of a working day, in minutes after midnight."""
    if day.weekday() > 4 or day <= TODAY or day.day % 11 == 6:
        return ()
    return tuple(m for m in range(9 * 60, 17 * 60, 30) if (m // 30 * 5 + day.day * 3) % 7 > 2)


def times(id: str, day: date, chosen: date) -> web.DayTimes:
    texts = map(clock, starts(day))
    return web.DayTimes(
        id=f"{id}-{day}",
        heading=day_name(day),
        iso=str(day),
        times=tuple(choice(text, f"slot={day}T{text}:00Z&tz=Europe/Paris") for text in texts),
        hidden=day != chosen,
    )


def _day(id: str, day: date, month: int, chosen: date | None) -> web.Day:
    count = len(starts(day)) if day.month == month else 0
    name = f"{day_name(day)} {day.year}, {count} times"
    link = choice(str(day.day), f"date={day}", name=name, current=day == chosen) if count else None
    return web.Day(
        number=day.day,
        iso=str(day),
        choice=link,
        panel=f"{id}-{day}" if link else "",
        today=day == TODAY,
        outside=day.month != month,
    )


def _month(id: str, year: int, month: int, chosen: date | None) -> web.Month:
    weeks = calendar.Calendar().monthdatescalendar(year, month)
    names = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
    return web.Month(
        caption=f"{calendar.month_name[month]} {year}",
        weekdays=tuple(web.Weekday(short=name[:3], full=name) for name in names),
        weeks=tuple(tuple(_day(id, day, month, chosen) for day in week) for week in weeks),
        next=choice("Next month", "month=2026-04", name="Next month, April 2026"),
    )


def zones(id: str) -> web.Zones:
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(
            name, Markup(" selected") if name == "Europe/Paris" else "", label
        )
        for name, label in _ZONES
    )
    return web.Zones(
        action="/book/intro-call",
        id=f"{id}-tz",
        label=_PARIS,
        current="Europe/Paris",
        options=options,
        chosen=True,
        hidden=(web.Hidden(name="date", value=str(CHOSEN)),),
        query=f"date={CHOSEN}",
    )


def picker(id: str, chosen: date = CHOSEN) -> web.Picker:
    days = [date(2026, 3, 1) + timedelta(days=n) for n in range(31)]
    return web.Picker(
        month=_month(id, 2026, 3, chosen),
        days=tuple(times(id, day, chosen) for day in days if starts(day)),
        zones=zones(id),
        clocks=(choice("12h", f"date={CHOSEN}&clock=12"), choice("24h", f"date={CHOSEN}", current=True)),
    )


def empty_picker(id: str) -> web.Picker:
    month = _month(id, 2026, 5, None)
    weeks = tuple(tuple(replace(day, choice=None, panel="") for day in week) for week in month.weeks)
    return web.Picker(
        month=replace(
            month,
            weeks=weeks,
            next=None,
            previous=choice("Previous month", "month=2026-04", name="Previous month, April 2026"),
            empty="Bookings are possible until Sunday 3 May 2026.",
            next_free=choice("Go to Thursday 30 April", "date=2026-04-30"),
        ),
        days=(),
        zones=zones(id),
    )


def when(day: date = CHOSEN, time: str = "10:30 – 11:00", zone: str = _PARIS) -> web.When:
    return web.When(date=f"{day_name(day)} {day.year}", time=time, zone=zone, iso=f"{day}T09:30:00Z")


SUMMARY = web.Summary(
    title="Introduction call",
    host="Camille Laurent",
    description=(
        "A first conversation about what you need, and whether we are the right people for it.",
        "Please have your last two invoices at hand.",
    ),
    duration="30 min",
    locations=("Video call",),
)
TYPED = (web.Hidden(name="name", value="Ana Souza"), web.Hidden(name="email", value="ana@example.com"))
BACK = choice("Choose another time", f"date={CHOSEN}")
ALTERNATIVES = tuple(choice(text, f"slot={CHOSEN}T{text}:00Z") for text in ("10:00", "11:00", "14:30"))


def fields(id: str) -> tuple[web.Field, ...]:
    """Give the fields that every booking has."""
    return (
        web.Field(
            kind="text", id=f"{id}-name", name="name", label="Name", required=True, autocomplete="name"
        ),
        web.Field(
            kind="email", id=f"{id}-email", name="email", label="Email", required=True, autocomplete="email"
        ),
        web.Field(
            kind="list", id=f"{id}-guests", name="guests", label="Guests", help="One address on each line."
        ),
        web.Field(
            kind="long_text",
            id=f"{id}-notes",
            name="notes",
            label="Notes",
            help="Anything that helps us to prepare.",
            maxlength=2000,
        ),
    )


def options(id: str, labels: Iterable[str], chosen: str = "") -> tuple[web.Option, ...]:
    return tuple(
        web.Option(id=f"{id}-{number}", value=label, label=label, chosen=label == chosen)
        for number, label in enumerate(labels)
    )


def questions(id: str) -> tuple[web.Field, ...]:
    """Give one field of every kind."""
    sizes = options(f"{id}-size", ("1 to 10", "11 to 50", "More than 50"), "11 to 50")
    topics = options(f"{id}-topics", ("Billing", "Integration", "Something else"), "Billing")
    sources = options(f"{id}-source", ("A friend", "A search engine", "The news"))
    return (
        *fields(id)[:2],
        web.Field(
            kind="tel",
            id=f"{id}-phone",
            name="phone",
            label="Phone",
            required=True,
            autocomplete="tel",
            placeholder="+33 6 12 34 56 78",
            help="We call you at this number.",
        ),
        web.Field(kind="url", id=f"{id}-site", name="site", label="Website", placeholder="https://"),
        web.Field(kind="number", id=f"{id}-seats", name="seats", label="How many seats?", value="12"),
        web.Field(
            kind="select", id=f"{id}-source", name="source", label="How did you find us?", options=sources
        ),
        web.Field(
            kind="radio",
            id=f"{id}-size",
            name="size",
            label="Size of your team",
            options=sizes,
            required=True,
        ),
        web.Field(
            kind="checkboxes",
            id=f"{id}-topics",
            name="topics",
            label="What shall we talk about?",
            options=topics,
            help="Choose as many as you like.",
        ),
        web.Field(
            kind="boolean",
            id=f"{id}-terms",
            name="terms",
            label="I have read the terms of the trial",
            required=True,
        ),
        *fields(id)[2:],
    )


def form(fields: tuple[web.Field, ...], errors: dict[str, str] | None = None) -> web.Form:
    """Give the form with a sentence at each field named in *errors*."""
    errors = errors or {}
    wrong = tuple(each for each in fields if each.name in errors)
    return web.Form(
        action="/book/intro-call?slot=2026-03-12T09:30:00Z",
        submit="Book this time",
        hidden=(web.Hidden(name="csrf_token", value="abc"), web.Hidden(name="key", value="def")),
        fields=tuple(replace(each, error=errors.get(each.name, "")) for each in fields),
        problems=tuple(web.Problem(target=each.id, sentence=errors[each.name]) for each in wrong),
    )


def filled(id: str) -> tuple[web.Field, ...]:
    name, email, *rest = fields(id)
    return (replace(name, value="Ana Souza"), replace(email, value="ana@example.com"), *rest)
