"""The booker where an event type has conditions: seats, series, approval, price, places, fixed answers."""

from __future__ import annotations

from dataclasses import replace

from ..web import components as web
from .choosing import booker, booker_form
from .parts import SUMMARY, Example, fields, filled, form, options, picker, when


def _seated(picker: web.Picker) -> web.Picker:
    """Give *picker* with the number of seats under each time."""
    days = (
        replace(
            day,
            times=tuple(
                replace(each, note=f"{left} seat{'' if left == 1 else 's'} left")
                for each, left in zip(day.times, (12, 3, 1, 7, 2, 5, 4, 9, 6), strict=False)
            ),
        )
        for day in picker.days
    )
    return replace(picker, days=tuple(days))


def _occurrences(id: str) -> web.Field:
    """Give the field that asks how many dates of a series are booked."""
    return web.Field(
        kind="number",
        id=f"{id}-occurrences",
        name="occurrences",
        label="How many dates?",
        value="8",
        required=True,
        help="Every 2 weeks, 8 times at most.",
        least=1,
        most=8,
    )


_SUMMER = "GMT+2"
_DATES = web.Dates(
    dates=(
        web.SeriesDate(date="Thursday 12 March 2026", time="10:30 – 11:00"),
        web.SeriesDate(date="Thursday 26 March 2026", time="10:30 – 11:00"),
        web.SeriesDate(date="Thursday 9 April 2026", time="10:30 – 11:00", mark=_SUMMER),
        web.SeriesDate(date="Thursday 23 April 2026", time="10:30 – 11:00", mark=_SUMMER),
        web.SeriesDate(date="Thursday 7 May 2026", time="10:30 – 11:00", mark=_SUMMER),
    ),
    more="and 3 more",
    note="The clocks change in between; the time of day stays the same for you.",
)


_TAKEN = (3, "9 April"), (7, "4 June")


def _with_taken_dates(id: str) -> web.Booker:
    """Give the form of a series with two dates that somebody else has, one of them late."""
    dates = list(_DATES.dates)
    dates[2] = replace(dates[2], mark="Not free")
    taken = tuple(
        web.SeriesDate(
            date=f"Thursday {day} 2026",
            time="10:30 – 11:00",
            place=place,
            without=f"2026-01-{place:02}T09:30:00Z",
        )
        for place, day in _TAKEN
    )
    said = replace(_DATES, dates=tuple(dates), taken=taken, taken_note="Not free, and left out: 2 of 8 dates")
    series = replace(form((_occurrences(id), *fields(id))), dates=said)
    return replace(
        booker_form(id, series), summary=replace(SUMMARY, chosen=when(), series="Repeats every 2 weeks")
    )


def _places(id: str) -> tuple[web.Field, ...]:
    """Give the fields about a place that the guest may choose."""
    ways = options(f"{id}-location", ("Video call", "We call you", "We come to you"), "We come to you")
    name, email, *_ = filled(id)
    return (
        name,
        email,
        web.Field(
            kind="radio", id=f"{id}-location", name="location", label="Where", options=ways, required=True
        ),
        web.Field(
            kind="tel",
            id=f"{id}-phone",
            name="phone",
            label="Phone number",
            autocomplete="tel",
            help="Needed if we are to call you.",
        ),
        web.Field(
            kind="long_text",
            id=f"{id}-place",
            name="place",
            label="Your address",
            autocomplete="street-address",
            help="Needed if we are to come to you.",
        ),
    )


def _locked(id: str) -> tuple[web.Field, ...]:
    """Give fields of several kinds whose answers were known beforehand and are not to be changed."""
    why = "This was filled in for you and cannot be changed here."
    plans = options(f"{id}-plan", ("Trial", "Team", "Enterprise"), "Team")
    topics = options(f"{id}-topics", ("Billing", "Integration"), "Billing")
    kept: tuple[tuple[str, str, str, str, tuple[web.Option, ...]], ...] = (
        ("text", "customer", "Customer number", "C-20417", ()),
        ("select", "plan", "Plan", "", plans),
        ("checkboxes", "topics", "Topics", "", topics),
        ("boolean", "partner", "I come from a partner", "true", ()),
    )
    return (
        *fields(id)[:2],
        *(
            web.Field(
                kind=kind,
                id=f"{id}-{name}",
                name=name,
                label=label,
                value=value,
                options=choices,
                help=why,
                locked=True,
            )
            for kind, name, label, value, choices in kept
        ),
    )


def _known(id: str, *, locked: bool) -> tuple[web.Field, ...]:
    """Give the usual fields with the name and the address of a signed-in user."""
    why = "This was filled in for you and cannot be changed here." if locked else ""
    name, email, *others = fields(id)
    return (
        replace(name, value="Ana Souza", help=why, locked=locked),
        replace(email, value="ana@example.com", help=why, locked=locked),
        *others,
    )


def _with_conditions() -> tuple[web.Booker, ...]:
    facts = replace(
        SUMMARY,
        approval="Bookings made less than 2 days ahead wait for the host to confirm them.",
        series="Repeats every 2 weeks",
        price="€40.00",
    )
    group = replace(SUMMARY, title="Yoga for beginners", duration="1 h", seats="3 seats left")
    here = picker("booker-zone-locked")
    series = replace(form((_occurrences("booker-series"), *fields("booker-series"))), dates=_DATES)
    request = replace(form(fields("booker-approval")), submit="Request booking")
    waiting = replace(SUMMARY, chosen=when(), approval="The host has to confirm this booking.")
    team = replace(SUMMARY, host="Camille Laurent and one of our team")
    return (
        booker("booker-facts", summary=facts, picker=picker("booker-facts")),
        booker("booker-seats", summary=replace(group, seats=""), picker=_seated(picker("booker-seats"))),
        replace(
            booker_form("booker-seat", form(fields("booker-seat"))), summary=replace(group, chosen=when())
        ),
        booker("booker-zone-locked", picker=replace(here, zones=replace(here.zones, locked=True))),
        replace(
            booker_form("booker-series", series),
            summary=replace(SUMMARY, chosen=when(), series="Repeats every 2 weeks"),
        ),
        replace(booker_form("booker-approval", request), summary=waiting),
        _with_taken_dates("booker-series-taken"),
        booker("booker-team", summary=team, picker=picker("booker-team")),
        booker_form("booker-places", form(_places("booker-places"))),
        booker_form("booker-locked", form(_locked("booker-locked"))),
        booker_form("booker-known", form(_known("booker-known", locked=True))),
        booker_form(
            "booker-known-expired",
            form(_known("booker-known-expired", locked=False)),
            alert="The details that were filled in for you have expired. Please check or enter them "
            "yourself, or start again from the page that led you here.",
        ),
    )


def _elsewhere(id: str, elsewhere: web.Elsewhere) -> web.Booker:
    return booker(id, summary=replace(SUMMARY, price="€40.00"), elsewhere=elsewhere)


def conditions() -> tuple[Example, ...]:
    """Give the bookers of event types that have more to them than a time."""
    facts, seats, seat, zone, series, approval, taken, team, places, locked, known, expired = (
        _with_conditions()
    )
    away = web.Elsewhere(
        headline="Book at cal.example.com",
        sentence="This has a price, and is booked and paid for on another site.",
        action=web.Action(label="Continue at cal.example.com", href="https://cal.example.com/camille/intro"),
    )
    nowhere = web.Elsewhere(
        headline="Not bookable here",
        sentence="This is only for people who are signed in. Please ask Camille Laurent how to book.",
    )
    said = (
        (facts, "Approval, a series and a price."),
        (seats, "How many seats each time has left."),
        (seat, "A seat is chosen."),
        (zone, "Times in one zone only."),
        (series, "The dates of a series, over a change of the clocks."),
        (approval, "The host has to agree."),
        (taken, "A series of which some dates are not free."),
        (team, "A host, and one of a group."),
        (places, "What only the guest knows of the place."),
        (locked, "Answers that are not to be changed."),
        (known, "A signed-in user, whose name and address are not to be changed."),
        (expired, "What was filled in for a signed-in user has expired."),
        (_elsewhere("booker-elsewhere", away), "To be booked on another site."),
        (_elsewhere("booker-elsewhere-unknown", nowhere), "To be booked we know not where."),
    )
    return tuple(Example(name=each.id, component=each, description=text) for each, text in said)
