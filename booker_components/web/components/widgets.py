"""The widgets: each dataclass is the whole contract of the template of its name."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from flask import render_template
from markupsafe import Markup

from .parts import (
    Action,
    Brand,
    Choice,
    Elsewhere,
    Form,
    Hidden,
    LinkRequest,
    Person,
    Picker,
    Row,
    SeriesDate,
    Summary,
    When,
)


@dataclass(frozen=True, kw_only=True, slots=True)
class Component:
    """A widget: a frozen value and the one template that shows it."""

    template: ClassVar[str] = ""
    #: The word for the component in templates, styles and routes.
    word: ClassVar[str] = ""

    #: The id of the root element; the prefix of every id within.
    id: str

    def context(self) -> dict[str, Any]:
        """Give the variables of the template: the fields, by name."""
        return {each.name: getattr(self, each.name) for each in fields(self)}

    def __html__(self) -> Markup:
        """Give the widget's markup; lets a template write `{{ component }}`."""
        return Markup(render_template(self.template, **self.context()))  # noqa: S704 - autoescaped template


@dataclass(frozen=True, kw_only=True, slots=True)
class Chooser(Component):
    """What both widgets say in which a time is chosen, and then a form filled in."""

    summary: Summary
    #: Names the widget for drafts kept in the browser, for example "intro-call".
    slug: str
    #: Where the "go" buttons post while something typed is carried along.
    action: str
    brand: Brand | None = None
    #: A sentence above everything: a taken slot, a wrong value in the address, a failure.
    alert: str = ""
    #: The calendar; None once a time is chosen.
    picker: Picker | None = None
    #: The form; None until a time is chosen.
    form: Form | None = None
    #: Where to book, if not here; then there is neither calendar nor form.
    elsewhere: Elsewhere | None = None
    #: Back to the calendar, from the form.
    back: Choice | None = None
    #: Other times of the same day, offered in the form when the chosen one was taken.
    alternatives: tuple[Choice, ...] = ()
    #: What was typed, carried through the calendar; if there is any, choices are buttons.
    carried: tuple[Hidden, ...] = ()
    #: Back to the booking page without moving, where a booking is moved.
    keep: Action | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Booker(Chooser):
    """Choose a day and a time, then say who you are."""

    template: ClassVar[str] = "booker/booker.html"
    word: ClassVar[str] = "booker"


@dataclass(frozen=True, kw_only=True, slots=True)
class Shell(Component):
    """Stands for a booker until it comes near; without scripts it is a link to it."""

    template: ClassVar[str] = "booker/shell.html"
    word: ClassVar[str] = "shell"

    #: What is booked.
    title: str
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Reschedule(Chooser):
    """Choose another time for a booking."""

    template: ClassVar[str] = "booker/reschedule.html"
    word: ClassVar[str] = "reschedule"


@dataclass(frozen=True, kw_only=True, slots=True)
class Booking(Component):
    """A booking as it stands, and what can be done about it."""

    template: ClassVar[str] = "booker/booking.html"
    word: ClassVar[str] = "booking"

    #: One of confirmed, pending, moved, cancelled, rejected, past.
    state: str
    headline: str
    #: One sentence under the headline.
    sentence: str
    title: str
    when: When
    #: The same time where the host is, if that is another zone.
    host_when: When | None = None
    former: When | None = None
    people: tuple[Person, ...] = ()
    #: Where, notes, answers, reason of a move or a cancellation.
    rows: tuple[Row, ...] = ()
    #: Every date of the series that it belongs to.
    dates: tuple[SeriesDate, ...] = ()
    calendars: tuple[Action, ...] = ()
    reschedule: Action | None = None
    cancel: Action | None = None
    #: Why it cannot be changed any more.
    closed: str = ""
    #: The booking that stands in this one's place.
    replacement: Action | None = None
    #: Book the same again.
    again: Action | None = None
    #: The offer of a link, where the visitor came without one that allows changes.
    link_request: LinkRequest | None = None
    #: What a page around a frame is told of the booking, as JSON.
    facts: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Cancel(Component):
    """Ask once more, with a reason, then cancel."""

    template: ClassVar[str] = "booker/cancel.html"
    word: ClassVar[str] = "cancel"

    title: str
    when: When
    form: Form
    host: str = ""
    alert: str = ""
    #: Back to the booking page without cancelling.
    keep: Action | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Decide(Component):
    """For the host: a booking that waits, to agree to it or to decline it."""

    template: ClassVar[str] = "booker/decide.html"
    word: ClassVar[str] = "decide"

    #: One of pending, confirmed, rejected, cancelled, past.
    state: str
    headline: str
    #: One sentence under the headline.
    sentence: str
    title: str
    #: Where the host is.
    when: When
    #: The same time where the guest is, if it reads differently there.
    guest_when: When | None = None
    #: The time before the move that waits.
    former: When | None = None
    people: tuple[Person, ...] = ()
    #: Where, phone, answers, notes, reason.
    rows: tuple[Row, ...] = ()
    #: Every date of the series that it belongs to.
    dates: tuple[SeriesDate, ...] = ()
    #: Asks why, for its second button; None once there is nothing to decide.
    form: Form | None = None
    #: What that button says.
    decline: str = ""
    alert: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice(Component):
    """Something to say instead of a widget: an error, an expired link, a thing done."""

    template: ClassVar[str] = "booker/notice.html"
    word: ClassVar[str] = "notice"

    #: One of error, warning, info, success.
    tone: str
    headline: str
    sentence: str
    #: A page to go on to, in place of the whole page; scripts go there at once.
    leave: Action | None = None
    actions: tuple[Action, ...] = ()
    link_request: LinkRequest | None = None
    #: What a page around a frame is told of the booking that was made, moved or cancelled, as JSON.
    facts: str = ""
