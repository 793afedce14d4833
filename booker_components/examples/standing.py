"""The booking, cancel and notice widgets in every state."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from ..web import components as web
from .parts import CHOSEN, Example, form, options, when

_CALENDARS = (
    web.Action(label="Google", href="https://calendar.google.com/calendar/render?text=Introduction+call"),
    web.Action(label="Outlook", href="https://outlook.live.com/calendar/0/deeplink/compose?subject=Call"),
    web.Action(label="Apple and others", href="/bookings/1f0c.ics", name="Apple and others (.ics file)"),
)
_MOVE = web.Action(label="Reschedule", href="/reschedule/1f0c?token=t")
_CANCEL = web.Action(label="Cancel booking", href="/cancel/1f0c?token=t")
_AGAIN = web.Action(label="Book again", href="/book/intro-call")
_REQUEST = web.LinkRequest(action="/bookings/1f0c/link", hidden=(web.Hidden(name="csrf_token", value="abc"),))


def _booking(id: str, state: str, headline: str, sentence: str, **changes: object) -> web.Booking:
    base = web.Booking(
        id=id,
        state=state,
        headline=headline,
        sentence=sentence,
        title="Introduction call",
        when=when(),
        people=(
            web.Person(name="Camille Laurent", role="Host"),
            web.Person(name="Ana Souza", role="You", email="ana@example.com"),
            web.Person(name="ben@example.com", role="Guest", email="ben@example.com"),
        ),
        rows=(
            web.Row(label="Where", text="meet.example.com/camille", href="https://meet.example.com/camille"),
            web.Row(label="Notes", text="We have used the trial for a week.\nThree questions so far."),
        ),
    )
    return replace(base, **changes)  # type: ignore[arg-type]  # the fields of Booking, by name


def _open_bookings() -> tuple[web.Booking, ...]:
    confirmed = _booking(
        "booking-confirmed",
        "confirmed",
        "You are booked",
        "A confirmation is on its way to ana@example.com.",
        calendars=_CALENDARS,
        reschedule=_MOVE,
        cancel=_CANCEL,
    )
    # What anyone may see who knows the uid; the offer of a link only where links can be mailed.
    limited = replace(
        confirmed,
        id="booking-limited",
        sentence="",
        people=confirmed.people[:1],
        rows=(),
        reschedule=None,
        cancel=None,
    )
    tokyo = when(CHOSEN, "18:30 – 19:00", "Tokyo, Japan Standard Time (GMT+9)")
    return (
        confirmed,
        replace(
            confirmed,
            id="booking-pending",
            state="pending",
            headline="Waiting for confirmation",
            sentence="Camille Laurent has been asked. We hold the time for you until then.",
            calendars=(),
        ),
        replace(
            confirmed,
            id="booking-moved",
            state="moved",
            headline="Your booking was moved",
            sentence="Everybody has been told about the new time.",
            former=when(date(2026, 3, 10), "14:00 – 14:30"),
        ),
        replace(confirmed, id="booking-zones", when=tokyo, host_when=when()),
        replace(limited, link_request=_REQUEST),
        replace(limited, id="booking-limited-bare"),
        replace(
            confirmed,
            id="booking-closed",
            reschedule=None,
            cancel=None,
            closed="Changes were possible until Wednesday 11 March 2026, 10:30.",
        ),
    )


def _series_booking() -> web.Booking:
    texts = ("12 March", "26 March", "9 April", "23 April")
    marks = ("Over", "This one", "Cancelled", "")
    return _booking(
        "booking-series",
        "confirmed",
        "You are booked",
        "A confirmation is on its way to ana@example.com.",
        when=when(date(2026, 3, 26)),
        dates=tuple(
            web.SeriesDate(
                date=f"Thursday {text} 2026",
                time="10:30 – 11:00",
                mark=mark,
                href="" if mark == "This one" else f"/bookings/1f0c-{place}",
            )
            for place, (text, mark) in enumerate(zip(texts, marks, strict=True))
        ),
        calendars=_CALENDARS,
        reschedule=_MOVE,
        cancel=_CANCEL,
    )


def _closed_bookings() -> tuple[web.Booking, ...]:
    cancelled = _booking(
        "booking-cancelled",
        "cancelled",
        "This booking is cancelled",
        "Everybody has been told, and the time is free again.",
        again=_AGAIN,
        rows=(web.Row(label="Reason", text="I have to be in Porto that day."),),
    )
    return (
        cancelled,
        replace(
            cancelled,
            id="booking-rejected",
            state="rejected",
            headline="This booking was declined",
            sentence="Camille Laurent cannot make it. Please choose another time.",
        ),
        replace(
            cancelled,
            id="booking-past",
            state="past",
            headline="This booking is over",
            sentence="It took place on Thursday 12 March 2026.",
            rows=(),
        ),
        replace(
            cancelled,
            id="booking-replaced",
            state="moved",
            headline="This booking was moved",
            sentence="Another booking stands in its place.",
            replacement=web.Action(label="See the new booking", href="/bookings/2a7d"),
            again=None,
            rows=(),
        ),
    )


def bookings() -> tuple[Example, ...]:
    return tuple(
        Example(name=each.id, component=each, description=f"{each.headline}.")
        for each in (*_open_bookings(), _series_booking(), *_closed_bookings())
    )


def _cancel_series() -> web.Cancel:
    labels = ("Only this date", "This date and all that follow", "All dates that are left")
    scope = web.Field(
        kind="radio",
        id="cancel-series-scope",
        name="scope",
        label="What shall be cancelled?",
        help="This booking belongs to a series.",
        options=options("cancel-series-scope", labels, labels[1]),
        required=True,
    )
    cancel = _cancel("cancel-series")
    return replace(cancel, form=replace(cancel.form, fields=(scope, *cancel.form.fields)))


def _cancel(id: str, *, required: bool = False, errors: dict[str, str] | None = None) -> web.Cancel:
    reason = web.Field(
        kind="long_text",
        id=f"{id}-reason",
        name="reason",
        label="Why do you cancel?",
        help="Camille Laurent will read this.",
        required=required,
    )
    return web.Cancel(
        id=id,
        title="Introduction call",
        when=when(),
        host="Camille Laurent",
        form=replace(form((reason,), errors), action="/cancel/1f0c", submit="Cancel booking"),
        keep=web.Action(label="Keep booking", href="/bookings/1f0c"),
    )


def cancels() -> tuple[Example, ...]:
    return (
        Example(name="cancel", component=_cancel("cancel"), description="Asked once more, reason optional."),
        Example(
            name="cancel-required",
            component=_cancel("cancel-required", required=True),
            description="A reason is required.",
        ),
        Example(
            name="cancel-errors",
            component=_cancel("cancel-errors", required=True, errors={"reason": "Please say why."}),
            description="The reason is missing.",
        ),
        Example(
            name="cancel-failed",
            component=replace(_cancel("cancel-failed"), alert="The booking service is not available."),
            description="The backend failed.",
        ),
        Example(name="cancel-series", component=_cancel_series(), description="A date of a series."),
    )


def _notice(id: str, tone: str, headline: str, sentence: str, **changes: object) -> Example:
    notice = web.Notice(id=id, tone=tone, headline=headline, sentence=sentence)
    changed = replace(notice, **changes)  # type: ignore[arg-type]  # the fields of Notice, by name
    return Example(name=id, component=changed, description=f"{headline}.")


def _leaving(id: str, headline: str) -> Example:
    """Give the notice that leads on; here no further than to itself, for scripts follow it at once."""
    return _notice(
        id,
        "success",
        f"{headline}: Introduction call",
        "You are being taken to the next page. If nothing happens, follow the link.",
        leave=web.Action(label="Continue at partner.example.com", href=f"#{id}"),
        actions=(web.Action(label="See the booking", href="/bookings/1f0c?token=t"),),
    )


def notices() -> tuple[Example, ...]:
    again = web.Action(label="Try again", href="/book/intro-call")
    home = web.Action(label="Book a new time", href="/book/intro-call")
    return (
        _notice(
            "notice-error",
            "error",
            "We cannot show the times right now",
            "The booking service is not available. Please try again in a moment.",
            actions=(again,),
        ),
        _notice(
            "notice-expired",
            "warning",
            "This link has expired",
            "The booking has changed since the link was made.",
            actions=(home,),
            link_request=_REQUEST,
        ),
        _notice(
            "notice-missing",
            "warning",
            "We could not find this booking",
            "Please check the link.",
            actions=(home,),
        ),
        _notice(
            "notice-sent",
            "success",
            "Please look into your mail",
            "If the address is on file, a new link is on its way.",
        ),
        _notice(
            "notice-private",
            "info",
            "A private link is needed",
            "This is booked by invitation. Please open the link that you were sent, or ask for one.",
        ),
        _notice(
            "notice-used-up",
            "warning",
            "This link has been used up",
            "Every booking that this link was for has been made. Please ask your host for a new one.",
        ),
        _notice("notice-decided", "warning", "Already decided", "This booking has been confirmed."),
        _notice("notice-info", "info", "Nothing to do", "You are already signed in."),
        _leaving("notice-booked", "Booked"),
        _leaving("notice-requested", "Requested"),
        _leaving("notice-moved", "Moved"),
        _leaving("notice-cancelled", "Cancelled"),
    )
