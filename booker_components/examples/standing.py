"""The booking and cancel widgets in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from werkzeug.datastructures import MultiDict

from ..changes import reason_question
from ..errors import (
    ProviderUnavailable,
)
from ..languages import gettext as _
from ..languages import pgettext
from ..values import Location, LocationKind, Question, QuestionKind, ReasonRule
from ..web import components as web
from ..web import wording
from ..web.details import location_row
from ..web.forms import Form
from .offers import CAMILLE, FORMER, FRIEND, GUEST, GUEST_EMAIL, ILL, INTRO, MEETING, NOTES, START
from .parts import BOOKING, HIDDEN, PATH, Example, moment, posted, series_date, when

#: The offer of a new link.
LINK_REQUEST = web.LinkRequest(action=f"{BOOKING}/link", hidden=HIDDEN[:1])


# --- the booking page ----------------------------------------------------------------------------


def _calendars() -> tuple[web.Action, ...]:
    google = "https://calendar.google.com/calendar/render?text=Introduction+call"
    outlook = "https://outlook.live.com/calendar/0/deeplink/compose?subject=Call"
    return (
        web.Action(label=_("Calendar file (.ics)"), href=f"{BOOKING}.ics"),
        web.Action(label=_("Google Calendar"), href=google),
        web.Action(label="Outlook", href=outlook),
    )


def people() -> tuple[web.Person, ...]:
    """Give who takes part, as the guest sees it."""
    return (
        web.Person(name=CAMILLE.name, role=pgettext("booking", "Host")),
        web.Person(name=GUEST, role=pgettext("booking", "You"), email=GUEST_EMAIL),
        web.Person(name=FRIEND, role=pgettext("booking", "Guest")),
    )


def _booking(id: str, state: str, headline: str, sentence: str, **changes: Any) -> web.Booking:
    place = Location(kind=LocationKind.LINK, value=MEETING, label="meet.example.com/camille")
    base = web.Booking(
        id=id,
        state=state,
        headline=headline,
        sentence=sentence,
        title=INTRO.title,
        when=when(),
        people=people(),
        rows=(location_row(place), web.Row(label=_("Notes"), text=NOTES)),
    )
    return replace(base, **changes)


def _confirmed(id: str, **changes: Any) -> web.Booking:
    move = web.Action(
        label=pgettext("booking", "Reschedule"),
        name=_("Reschedule this booking"),
        href="/reschedule/1f0c?token=t",
    )
    cancel = web.Action(
        label=pgettext("booking", "Cancel"), name=_("Cancel this booking"), href="/cancel/1f0c?token=t"
    )
    headline, sentence = _("Your booking is confirmed"), _("We look forward to meeting you.")
    base = _booking(
        id, "confirmed", headline, sentence, calendars=_calendars(), reschedule=move, cancel=cancel
    )
    return replace(base, **changes)


def _limited(id: str, **changes: Any) -> web.Booking:
    """Give what anyone may see who knows the uid."""
    return _confirmed(id, people=people()[:1], rows=(), reschedule=None, cancel=None, **changes)


def _open_bookings() -> tuple[web.Booking, ...]:
    until = wording.CHANGES_UNTIL
    return (
        _confirmed("booking-confirmed"),
        _confirmed(
            "booking-pending",
            state="pending",
            headline=_("Waiting for confirmation"),
            sentence=_("The booking stands once the host has agreed to it."),
            calendars=(),
        ),
        _confirmed(
            "booking-moved",
            state="moved",
            headline=_("Your booking has been moved"),
            sentence=_("The new time is confirmed."),
            former=when(FORMER),
        ),
        _confirmed("booking-zones", when=when(zone="Asia/Tokyo"), host_when=when()),
        _limited("booking-limited", link_request=LINK_REQUEST),
        _limited(
            "booking-limited-bare",
            closed=_("To move or cancel this booking, open it by the link that you were given."),
        ),
        _confirmed(
            "booking-closed",
            reschedule=None,
            cancel=None,
            closed=_(until, moment=moment(START - timedelta(days=1))),
        ),
    )


def _series_booking() -> web.Booking:
    marks = (pgettext("series", "Over"), pgettext("series", "This one"), pgettext("series", "Cancelled"), "")
    days = [date(2026, 3, 12) + timedelta(weeks=2 * each) for each in range(len(marks))]
    return _confirmed(
        "booking-series",
        when=when(START + timedelta(weeks=2)),
        dates=tuple(
            series_date(day, mark=mark, href="" if place == 1 else f"{BOOKING}-{place}")
            for place, (day, mark) in enumerate(zip(days, marks, strict=True))
        ),
    )


def _closed_bookings() -> tuple[web.Booking, ...]:
    again = web.Action(label=_("Book another time"), href=PATH)
    free = _("The time is free again.")
    why = (web.Row(label=_("Reason"), text=ILL),)
    declined = _("The host could not accept this time.")
    new = web.Action(label=_("See the new booking"), href="/bookings/2a7d")
    cancelled = _("This booking was cancelled")
    return (
        _booking("booking-cancelled", "cancelled", cancelled, free, again=again, rows=why),
        _booking("booking-rejected", "rejected", _("This booking was declined"), declined, again=again),
        _booking("booking-past", "past", _("This booking is over"), _("Thank you for coming."), again=again),
        _booking("booking-replaced", "cancelled", cancelled, free, replacement=new, rows=()),
    )


def bookings() -> tuple[Example, ...]:
    """Give the booking page in every state."""
    told = (
        "A booking that stands.",
        "It waits for the host.",
        "It was moved.",
        "The guest is in another zone than the host.",
        "What anyone sees who knows the address, where new links are mailed.",
        "The same where no mail is sent.",
        "It is too late for changes.",
        "One date of a series.",
        "It was cancelled.",
        "The host has declined it.",
        "It is over.",
        "Another booking stands in its place.",
    )
    shown = (*_open_bookings(), _series_booking(), *_closed_bookings())
    return tuple(
        Example(name=each.id, component=each, description=text)
        for each, text in zip(shown, told, strict=True)
    )


# --- cancelling ----------------------------------------------------------------------------------


def _cancel(
    id: str,
    *,
    required: bool = False,
    typed: dict[str, str] | None = None,
    series: bool = False,
    alert: str = "",
) -> web.Cancel:
    rule = ReasonRule.REQUIRED if required else ReasonRule.OPTIONAL
    reason = reason_question(rule, _("Why are you cancelling?"))
    asked = tuple(filter(None, (_scope() if series else None, reason)))
    form = Form.of(asked, typed=MultiDict(typed) if typed else None, prefill={"scope": _scope().options[1]})
    if typed:
        form.valid()
    return web.Cancel(
        id=id,
        title=INTRO.title,
        when=when(),
        host=wording.listed([CAMILLE.name]),
        form=posted(id, form, action="/cancel/1f0c", submit=_("Cancel booking")),
        alert=alert,
        keep=web.Action(label=_("Keep the booking as it is"), href=BOOKING),
    )


def _scope() -> Question:
    return Question(
        slug="scope",
        label=_("What shall be cancelled?"),
        kind=QuestionKind.RADIO,
        required=True,
        options=(_("Only this date"), _("This date and all that follow"), _("All dates that are left")),
        help=_("This booking belongs to a series."),
    )


def cancels() -> tuple[Example, ...]:
    """Give the cancel widget in every state."""
    failed = _(ProviderUnavailable.default_sentence)
    told = (
        (_cancel("cancel"), "Asked once more, reason optional."),
        (_cancel("cancel-required", required=True), "A reason is required."),
        (_cancel("cancel-errors", required=True, typed={"reason": " "}), "The reason is missing."),
        (_cancel("cancel-failed", alert=failed), "The backend failed."),
        (_cancel("cancel-series", series=True), "A date of a series."),
    )
    return tuple(Example(name=each.id, component=each, description=text) for each, text in told)
