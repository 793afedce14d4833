"""The partner's pages: home, appointments with an embedded booker, the team's desk and its log."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import groupby
from zoneinfo import ZoneInfo

from flask import Blueprint, abort, render_template, url_for
from flask.typing import ResponseReturnValue

from booker_components import (
    Booking,
    BookingStatus,
    EventType,
    EventTypeNotFound,
    Location,
    LocationKind,
    booking_link,
    get_event_type,
    get_event_types,
    get_slots,
    list_bookings,
)

from .heard import HeardEvents

#: Where the practice is; its desk shows times of this zone.
STUDIO = ZoneInfo("Europe/Berlin")

#: What is said of a place that has neither a label nor, before booking, a value.
_PLACES = {
    LocationKind.IN_PERSON: "At the practice",
    LocationKind.LINK: "Online",
    LocationKind.ATTENDEE_PHONE: "By phone",
    LocationKind.ATTENDEE_ADDRESS: "At your address",
}


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """A card of the home page."""

    event_type: EventType
    #: The path of its booker.
    path: str
    #: "Mara Lindqvist or Emre Aydın"
    who: str
    #: "At the practice or Video call"
    where: str
    #: "30 or 60 min"
    lengths: str
    #: "Thu 12 Mar, 09:00", at the practice; empty if there is none in two weeks.
    next_free: str


def create_blueprint(
    heard: HeardEvents, *, others: Sequence[tuple[str, str]] = (), own: bool = True
) -> Blueprint:
    """Make the blueprint of the partner's pages; *heard* is the log that /desk/events shows.

    *others* are owner and slug of what is offered beside the practice's own event types. *own* says whether
    bookings are kept here.
    """
    bp = Blueprint("demo", __name__)
    bp.add_url_rule("/", "home", partial(home, others))
    bp.add_url_rule("/appointments", view_func=appointments)
    bp.add_url_rule("/appointments/<slug>", view_func=appointments)
    bp.add_url_rule("/desk", "desk", partial(desk, own))
    for change in ("booking", "reschedule", "cancel"):
        bp.add_url_rule(f"/desk/{change}/<uid>", view_func=desk_booking, defaults={"widget": change})
    bp.add_url_rule("/desk/events", "events", lambda: events(heard))
    bp.add_app_template_filter(studio_date)
    bp.add_app_template_filter(studio_time)
    return bp


def home(others: Sequence[tuple[str, str]]) -> ResponseReturnValue:
    """Show what the practice offers, and those *others*."""
    services = [_service(each) for each in get_event_types()]
    services += [_service(get_event_type(slug, owner=owner), owner=owner) for owner, slug in others]
    return render_template("demo/home.html", services=services)


def appointments(slug: str = "first-visit") -> ResponseReturnValue:
    """Show the booker of one service inside the partner's layout."""
    try:
        chosen = get_event_type(slug)
    except EventTypeNotFound:
        abort(404)
    return render_template("demo/appointments.html", chosen=chosen, event_types=get_event_types())


def desk(own: bool) -> ResponseReturnValue:
    """List the bookings ahead, by day, and those that will not take place; *own* ones are answered here."""
    ahead = list_bookings(after=datetime.now(UTC), limit=200)
    open_ones = [booking for booking in ahead if booking.is_open]
    # Where moving makes a new booking, the old one is cancelled too.
    closed = [booking for booking in ahead if not booking.is_open and not booking.replaced_by]
    waiting = [booking for booking in open_ones if booking.status is BookingStatus.PENDING]
    return render_template(
        "demo/desk.html",
        days=_by_day(open_ones),
        count=len(open_ones),
        closed=closed,
        # Vendors have pages of their own on which their hosts decide.
        deciding={each.uid: booking_link(each.uid, "decide") for each in waiting} if own else {},
    )


def desk_booking(uid: str, widget: str) -> ResponseReturnValue:
    """Show one booking to the team, or its reschedule or cancel widget."""
    return render_template("demo/desk_booking.html", uid=uid, widget=widget)


def events(heard: HeardEvents) -> ResponseReturnValue:
    """Show what the subscriber heard."""
    return render_template("demo/events.html", lines=heard.latest())


def studio_date(instant: datetime) -> str:
    """Give the date of *instant* at the practice: "Thursday 12 March"."""
    day = instant.astimezone(STUDIO)
    return f"{day:%A} {day.day} {day:%B}"


def studio_time(instant: datetime) -> str:
    """Give the time of *instant* at the practice: "09:00"."""
    return f"{instant.astimezone(STUDIO):%H:%M}"


def _by_day(bookings: Iterable[Booking]) -> list[tuple[str, list[Booking]]]:
    return [
        (day, list(some)) for day, some in groupby(bookings, key=lambda booking: studio_date(booking.start))
    ]


def _service(event_type: EventType, *, owner: str = "") -> Service:
    minutes = [str(length // timedelta(minutes=1)) for length in event_type.durations]
    lengths = " or ".join(filter(None, (", ".join(minutes[:-1]), minutes[-1])))
    return Service(
        event_type=event_type,
        path=url_for("booker.book", slug=event_type.slug, username=owner or None),
        who=(" or " if event_type.groups else " and ").join(each.name for each in event_type.hosts),
        where=" or ".join(map(_place, event_type.locations)),
        lengths=f"{lengths} min",
        next_free=_next_free(event_type, owner),
    )


def _place(location: Location) -> str:
    return location.label or _PLACES.get(location.kind) or location.value


def _next_free(event_type: EventType, owner: str) -> str:
    now = datetime.now(UTC)
    slots = get_slots(event_type.slug, start=now, end=now + timedelta(days=14), owner=owner)
    if not slots:
        return ""
    day = slots[0].start.astimezone(STUDIO)
    return f"{day:%a} {day.day} {day:%b}, {day:%H:%M}"
