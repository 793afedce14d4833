"""Event types: Cal.com's JSON as our values (contracts/calcom.md 4.7)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from ... import times
from ...errors import ProviderError
from ...languages import N_
from ...values import (
    Approval,
    BookingWindow,
    ChangeRule,
    EventType,
    Frequency,
    Host,
    Layout,
    Price,
    ReasonRule,
    Redirect,
    Redirects,
    Seats,
    Series,
)
from . import locations
from .fields import Form
from .objects import Object

# How far ahead Cal.com looks for bookable days in a rolling window (contracts/calcom.md 9.2, step 13).
_FURTHEST_ROLLING = 61
# How many further people the form takes; Cal.com takes 30 in all (contracts/calcom.md 4.8).
_MOST_GUESTS = 10
# In minutes: longer than any event type of Cal.com.
_LONGEST = 100_000
# More occurrences, or months between two of them, than anybody books.
_MOST_STEPS = 1000

_PAID = N_("This has a price, and is booked and paid for at Cal.com.")
_VERIFIED = N_("Your e-mail address has to be verified first, so this is booked at Cal.com.")
_PRIVATE = N_("This can be booked at Cal.com only.")
_GROUP = N_("A meeting with several people is booked at Cal.com.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Offer:
    """An event type with what of Cal.com's own is needed to book it."""

    event_type: EventType
    form: Form
    #: Whether only the host, or who has the host's rights, may book it (bookingRequiresAuthentication).
    host_only: bool = False


def read_offer(found: Object, *, zone: str, owner: str, proven: bool) -> Offer:
    """Read an event type.

    *zone* is the host's, which the API does not tell; *owner* is under whom it was found; *proven* says
    whether we call with credentials.
    """
    form = Form.read(found.children("bookingFields"))
    places = locations.offered(found.children("locations"))
    event_type = EventType(
        slug=found.word("slug"),
        title=found.text("title") or found.word("slug"),
        description=found.text("description"),
        hosts=_hosts(found, zone),
        durations=_durations(found),
        slot_interval=_minutes(found, "slotInterval") or None,
        buffer_before=_minutes(found, "beforeEventBuffer"),
        buffer_after=_minutes(found, "afterEventBuffer"),
        minimum_notice=_minutes(found, "minimumBookingNotice"),
        window=_window(found.setting("bookingWindow")),
        locations=places,
        questions=tuple(each.question() for each in form.asked([place.kind for place in places])),
        max_guests=_MOST_GUESTS if form.takes_guests and not found.flag("disableGuests") else 0,
        notes=form.takes_notes,
        reschedule=_reschedule_rule(found, form),
        cancel=_cancel_rule(found),
        owner=owner,
        id=_id(found),
        booking_url=found.text("bookingUrl"),
        approval=_approval(found.setting("confirmationPolicy")),
        seats=_seats(found),
        series=_series(found.setting("recurrence")),
        price=_price(found),
        redirects=_redirects(found),
        zone_locked=found.flag("lockTimeZoneToggleOnBookingPage"),
        host_email_hidden=found.flag("hideOrganizerEmail"),
        elsewhere=_elsewhere(found, proven=proven),
        layouts=_layouts(found.child("bookerLayouts")),
    )
    host_only = found.flag("bookingRequiresAuthentication")
    return Offer(event_type=event_type, form=form, host_only=host_only)


def _id(found: Object) -> str:
    """Give the id; empty for a group of users, which is no event type of its own."""
    return str(found.number("id", 0) or "")


def _minutes(found: Object, key: str) -> timedelta:
    return timedelta(minutes=found.count(key, 0))


def _durations(found: Object) -> tuple[timedelta, ...]:
    """Give the lengths, the default first (contracts/calcom.md 4.7)."""
    options = found.fields.get("lengthInMinutesOptions") or []
    if not isinstance(options, list) or not all(
        type(each) is int and 0 < each <= _LONGEST for each in options
    ):
        raise ProviderError("Cal.com gave an event type whose 'lengthInMinutesOptions' are no lengths.")
    lengths = dict.fromkeys([found.count("lengthInMinutes", least=1, most=_LONGEST), *options])
    return tuple(timedelta(minutes=each) for each in lengths)


def _hosts(found: Object, zone: str) -> tuple[Host, ...]:
    """Give the people: users, or a team's hosts; without any, the team stands for them."""
    people = found.children("users") or found.children("hosts")
    hosts = tuple(_host(each, zone) for each in people)
    if hosts:
        return hosts
    team = found.child("team")
    name = team.text("name") if team else ""
    return (Host(slug=team.text("slug") if team else "", name=name, zone=zone),)


def _host(found: Object, zone: str) -> Host:
    slug = found.text("username") or found.identifier("userId") or found.identifier("id")
    return Host(slug=slug, name=found.text("name") or slug, zone=zone)


def _layouts(found: Object | None) -> tuple[Layout, ...]:
    """Give the layouts that we know, the default first (contracts/calcom.md 4.7)."""
    words = (found.text("defaultLayout"), *found.texts("enabledLayouts")) if found else ()
    known = (each for word in dict.fromkeys(words) for each in Layout if each == word)
    return tuple(known) or (Layout.MONTH,)


# --- when ----------------------------------------------------------------------------------------


def _window(found: Object | None) -> BookingWindow:
    """Give bounds that no bookable time is outside of; Cal.com's slots say the rest.

    Cal.com counts days in the visitor's zone and, where the window rolls, bookable days only; so the bounds
    are a day wider than the figures, or as wide as it looks ahead (contracts/calcom.md 9.2, step 13).
    """
    if found is None:
        return BookingWindow(days=None)
    kind = found.text("type")
    if kind == "range":
        first, last = _dates(found)
        return BookingWindow(days=None, start=first - timedelta(days=1), end=last + timedelta(days=1))
    days = found.count("value")
    if kind == "businessDays":
        days += 2 * (days // 5 + 1)
    if found.flag("rolling"):
        days = max(days, _FURTHEST_ROLLING)
    return BookingWindow(days=days + 1)


def _dates(found: Object) -> tuple[date, date]:
    texts = found.texts("value")
    try:
        first, last = (times.parse_date(each[:10]) for each in texts)
    except ValueError:
        raise ProviderError("Cal.com gave a booking window whose range is not two dates.") from None
    return first, last


_UNITS = {"minute": timedelta(minutes=1), "hour": timedelta(hours=1), "day": timedelta(days=1)}


def _approval(found: Object | None) -> Approval | None:
    if found is None:
        return None
    threshold = found.child("noticeThreshold")
    if found.text("type") != "time" or threshold is None:
        return Approval()
    unit = _UNITS.get(threshold.text("unit").rstrip("s"))
    if unit is None:
        raise ProviderError("Cal.com gave a confirmation policy with an unknown unit of time.")
    return Approval(within=threshold.count("count") * unit)


def _series(found: Object | None) -> Series | None:
    if found is None:
        return None
    try:
        frequency = Frequency(found.text("frequency"))
    except ValueError:
        raise ProviderError("Cal.com gave an event type with an unknown frequency.") from None
    return Series(
        frequency=frequency,
        interval=found.count("interval", 1, least=1, most=_MOST_STEPS),
        occurrences=found.count("occurrences", most=_MOST_STEPS),
    )


# --- who, for what, and what may be changed ------------------------------------------------------


def _seats(found: Object) -> Seats | None:
    seats = found.setting("seats")
    if seats is not None:
        return Seats(
            per_slot=seats.number("seatsPerTimeSlot"),
            show_guests=seats.flag("showAttendeeInfo"),
            show_left=seats.flag("showAvailabilityCount", True),
        )
    flat = found.number("seatsPerTimeSlot", 0) if "seats" not in found.fields else 0
    return Seats(per_slot=flat, show_left=found.flag("seatsShowAvailabilityCount", True)) if flat else None


def _reschedule_rule(found: Object, form: Form) -> ChangeRule:
    rule = found.child("disableRescheduling")
    return ChangeRule(
        allowed=not (rule and rule.flag("disabled")),
        notice=_minutes(rule, "minutesBefore") if rule else timedelta(0),
        reason=form.reschedule_reason,
        begun=found.flag("allowReschedulingPastBookings"),
    )


def _cancel_rule(found: Object) -> ChangeRule:
    rule = found.child("disableCancelling")
    return ChangeRule(allowed=not (rule and rule.flag("disabled")), reason=ReasonRule.OPTIONAL)


def _price(found: Object) -> Price | None:
    """Give the price: that of the payment app where one is set up, for the plain fields may be left over."""
    priced = [each for each in _apps(found) if "price" in each.fields]
    for each in [each for each in priced if each.flag("enabled")] if priced else [found]:
        if amount := each.number("price", 0):
            return Price(amount=amount, currency=each.text("currency", "usd").upper())
    return None


def _redirects(found: Object) -> Redirects | None:
    """Give the page for after booking, which is the one for after moving, too (contracts/calcom.md 3.5)."""
    url = found.text("successRedirectUrl")
    told = found.flag("forwardParamsSuccessRedirect", True)
    page = Redirect(url, flavour="cal" if told else "")
    return Redirects(booked=page, rescheduled=page) if url else None


def _apps(found: Object) -> list[Object]:
    metadata = found.fields.get("metadata")
    apps = metadata.get("apps") if isinstance(metadata, dict) else None
    each_app = apps.values() if isinstance(apps, dict) else ()
    return [Object(each, "payment app") for each in each_app if isinstance(each, dict)]


def _elsewhere(found: Object, *, proven: bool) -> str:
    """Say why guests have to go to Cal.com, if they do (contracts/calcom.md 4.8)."""
    if _price(found):
        return _PAID
    if found.flag("requiresBookerEmailVerification"):
        return _VERIFIED
    if found.flag("bookingRequiresAuthentication") and not proven:
        return _PRIVATE
    return "" if _id(found) else _GROUP
