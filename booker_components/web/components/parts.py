"""The parts that widgets are made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup


@dataclass(frozen=True, kw_only=True, slots=True)
class Choice:
    """A step to another state of the same widget: a link, or a button while something typed must be kept."""

    label: str
    #: Path and query of that state.
    href: str
    #: The query alone: the value of the button "go", sent with everything that was typed.
    query: str
    #: The accessible name, where the label alone does not say enough.
    name: str = ""
    current: bool = False
    #: A few words under the label, for example "3 seats left".
    note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Action:
    """A link or button that leaves the widget, or acts."""

    label: str
    href: str
    name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Hidden:
    """A hidden form field."""

    name: str
    value: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One choice of a field."""

    id: str
    value: str
    label: str
    chosen: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Field:
    """A visible form field with its state."""

    #: text, email, tel, url, number, long_text, select, radio, checkboxes, boolean, list (one per line), or
    #: code (digits).
    kind: str
    id: str
    name: str
    label: str
    value: str = ""
    required: bool = False
    options: tuple[Option, ...] = ()
    help: str = ""
    error: str = ""
    placeholder: str = ""
    #: Token of the HTML attribute `autocomplete`; empty for none.
    autocomplete: str = ""
    maxlength: int = 0
    #: The range of a number; 0 and 0 for none.
    least: int = 0
    most: int = 0
    #: Whether the value was known beforehand and cannot be changed here.
    locked: bool = False

    @property
    def described_by(self) -> str:
        """The ids of the elements that describe the field, for `aria-describedby`."""
        ids = [f"{self.id}-help"] if self.help else []
        if self.error:
            ids.append(f"{self.id}-error")
        return " ".join(ids)

    @property
    def direction(self) -> str:
        """The attribute `dir`: addresses and numbers go from left to right in every language.

        What is typed into an empty field goes as the form does, what stands there as its own letters do.
        """
        if self.kind in ("email", "tel", "url", "list"):
            return "ltr"
        return "auto" if self.value and self.kind in ("text", "long_text") else ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One line of the error summary."""

    #: The id of the field to mend.
    target: str
    sentence: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """The colour of an event type's brand."""

    #: Its six digits, part of a class name.
    name: str
    #: The address of its style sheet; empty where the page has it.
    href: str


@dataclass(frozen=True, kw_only=True, slots=True)
class When:
    """A time span in words, in one zone."""

    #: "Tuesday 4 March 2026"
    date: str
    #: "09:00 – 09:30"
    time: str
    #: "Central European Time - Paris, GMT+1"
    zone: str
    #: The start for the attribute `datetime`.
    iso: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Summary:
    """What is being booked or moved: the first part of the layout."""

    title: str
    host: str
    #: Paragraphs of the description.
    description: tuple[str, ...] = ()
    #: That a booking waits until the host has agreed to it.
    approval: str = ""
    duration: str = ""
    #: "Repeats every 2 weeks"
    series: str = ""
    locations: tuple[str, ...] = ()
    #: "€40.00"
    price: str = ""
    #: How many seats the chosen time has left.
    seats: str = ""
    #: The time that the guest has chosen, once there is one.
    chosen: When | None = None
    #: The time before the move; shown struck through.
    former: When | None = None

    @property
    def mark(self) -> str:
        """The first letter of the host, in the place of a picture."""
        return next((each.upper() for each in self.host if each.isalnum()), "")


@dataclass(frozen=True, kw_only=True, slots=True)
class Day:
    """A cell of the month."""

    number: int
    #: "2026-03-04"
    iso: str
    #: The link of a free day; None: plain text.
    choice: Choice | None = None
    #: The id of the day's list of times on this page.
    panel: str = ""
    today: bool = False
    #: Whether the cell belongs to the month before or after.
    outside: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Weekday:
    """A column head of the month."""

    short: str
    full: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Month:
    """The calendar of one month."""

    #: "March 2026"
    caption: str
    weekdays: tuple[Weekday, ...]
    weeks: tuple[tuple[Day, ...], ...]
    previous: Choice | None = None
    next: Choice | None = None
    #: Why there is no free day, if there is none.
    empty: str = ""
    #: The next month or day with free times, when this month has none.
    next_free: Choice | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class DayTimes:
    """The free times of one day."""

    id: str
    #: "Tuesday 4 March"
    heading: str
    iso: str
    times: Sequence[Choice]
    #: Whether another day is chosen.
    hidden: bool = True
    #: The same times by booker/_times.html, where that has been drawn before; else empty.
    drawn: Markup = Markup()


@dataclass(frozen=True, kw_only=True, slots=True)
class Zones:
    """The choice of the guest's time zone: a step that shows the list, which is a GET form of its own."""

    action: str
    id: str
    #: What the zone is called: "Central European Time - Paris, GMT+1".
    label: str
    #: IANA name.
    current: str
    #: `<option>` elements, prepared once per language and zone; empty where the list is not on view.
    options: Markup = Markup()
    #: The step that shows the list, or hides it again; None where there is no choice.
    change: Choice | None = None
    #: Whether the guest has chosen the zone (else scripts may propose the browser's).
    chosen: bool = False
    #: The rest of the state, kept by hidden fields.
    hidden: tuple[Hidden, ...] = ()
    #: The same rest as a query: sent as "go", beside `tz`, while something typed is carried along.
    query: str = ""
    #: Whether there is no choice: times are shown in this zone only.
    locked: bool = False


@dataclass(frozen=True, kw_only=True, slots=True, eq=False)
class Picker:
    """Calendar and times: the second and third part of the layout.

    It is equal to nothing but itself: one is made for each view, and to compare all it holds would take long.
    """

    month: Month
    days: tuple[DayTimes, ...]
    zones: Zones
    #: The lengths on offer; empty where there is only one.
    durations: tuple[Choice, ...] = ()
    #: "12h" and "24h".
    clocks: tuple[Choice, ...] = ()
    #: How many minutes a time takes, where guests may compare times with their own calendar; else 0.
    minutes: int = 0


@dataclass(frozen=True, kw_only=True, slots=True)
class SeriesDate:
    """One date of a series."""

    #: "Tuesday 4 March 2026"
    date: str
    #: "09:00 – 09:30"
    time: str
    #: A word or two beside it: where it stands, or the offset after the clocks have changed.
    mark: str = ""
    #: Its own page; empty where it is on view, or not booked yet.
    href: str = ""
    #: Whether it is beyond the dates that the guest wants.
    hidden: bool = False
    #: Its place in the series from 1 on, where it is not free.
    place: int = 0
    #: The instant that is sent along to leave it out, where it is not free.
    without: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Dates:
    """What the form of a series says about its dates."""

    #: The first ones.
    dates: tuple[SeriesDate, ...]
    #: "and 3 more"; empty where a series cannot have more.
    more: str = ""
    #: Whether there are no more than those, as things stand in the form.
    complete: bool = False
    #: What happens when the clocks change in between.
    note: str = ""
    #: Those that are not free, and left out.
    taken: tuple[SeriesDate, ...] = ()
    #: "Not free, and left out: 2 of 5 dates"
    taken_note: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Work:
    """What a browser does unseen before a form is sent, see `web.robots`."""

    #: With so many bits that are 0 the digest begins that is looked for.
    bits: int
    #: The names of the fields that say of what, and take what was found.
    stamp: str
    field: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Guards:
    """What keeps a form from programs, and from whoever gives somebody else's address."""

    #: The name of the field that no guest sees, and only programs fill in.
    trap: str
    #: What a browser does before the form is sent; None for nothing.
    work: Work | None = None
    #: Asks for the code that was mailed to the guest.
    code: Field | None = None
    #: The name of the button that asks for another code.
    again: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Form:
    """The form of a widget: posts to *action*."""

    action: str
    submit: str
    hidden: tuple[Hidden, ...]
    fields: tuple[Field, ...] = ()
    problems: tuple[Problem, ...] = ()
    #: The dates of a series, after the first field, which asks how many.
    dates: Dates | None = None
    #: Where scripts ask to keep the chosen time for the guest; empty where that is not possible.
    hold: str = ""
    guards: Guards | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Elsewhere:
    """Said instead of calendar and form, where something can only be booked on another site."""

    headline: str
    sentence: str
    #: The way there; None where it is not known.
    action: Action | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """Somebody who takes part."""

    name: str
    #: "Host", "You" or "Guest".
    role: str
    email: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Row:
    """A line of the booking page: a label and what it says."""

    label: str
    text: str
    #: Set where the text is a link.
    href: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class LinkRequest:
    """The offer to mail a new link to the address on file."""

    action: str
    hidden: tuple[Hidden, ...]
