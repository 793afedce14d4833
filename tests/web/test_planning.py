"""The dates of a series that are not free: named before anything is booked, and left out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from booker_components import (
    Booking,
    BookingRequest,
    EventType,
    Frequency,
    NotBookable,
    Planned,
    ProviderUnavailable,
    Series,
    SlotTaken,
    create_booking,
    list_bookings,
)
from booker_components.testing import FrozenClock
from booker_components.times import format_instant, occurrences

from ..conftest import INTRO, TUESDAY
from ..guests import BO, Guest
from ..pages import Page
from ..studio import HOUR, Studio, offering, studio_app

WEEK = timedelta(weeks=1)
#: Ten in Berlin on the last Tuesday of its winter: from the next week on it is nine, UTC.
FIRST = datetime(2027, 3, 23, 9, 0, tzinfo=UTC)
DATES = occurrences(FIRST, "Europe/Berlin", Frequency.WEEKLY, 1, 8)
EIGHT = offering(series=Series(frequency=Frequency.WEEKLY, occurrences=8))


class Planner(Studio):
    """A studio that tells which dates of a series are free, and books them all or none."""

    fails = False
    #: What a date that is not free is refused with.
    refusal: Callable[[], Exception] = SlotTaken

    def plan(
        self,
        event_type: EventType,
        start: datetime,
        *,
        occurrences: int | None = None,
        duration: timedelta | None = None,
        zone: str = "",
    ) -> Sequence[Planned]:
        """Tell of each date whether somebody else has it."""
        if self.fails:
            raise ProviderUnavailable()
        starts = _dates(event_type, start, zone, occurrences)
        return [Planned(start=each, end=each + HOUR, free=each not in self.taken) for each in starts]

    def book(self, request: BookingRequest) -> Booking:
        """Book what is not left out."""
        starts = set(_dates(self.offer, request.start, request.attendee.zone, request.occurrences))
        if self.taken & (starts - set(request.without)):
            raise self.refusal()
        return super().book(request)


def _dates(event_type: EventType, start: datetime, zone: str, count: int | None) -> tuple[datetime, ...]:
    series = event_type.series
    if series is None:
        return (start,)
    return occurrences(start, zone, series.frequency, series.interval, count or series.occurrences)


Visiting = Callable[..., tuple[Guest, Planner]]


@pytest.fixture
def visiting(tmp_path: Path, clock: FrozenClock) -> Iterator[Visiting]:
    """Open studios in which some dates are taken: those with these numbers, from 1 on."""
    apps = []

    def open_(*taken: int, offer: EventType = EIGHT) -> tuple[Guest, Planner]:
        studio = Planner(offer, clock)
        studio.taken |= {DATES[number - 1] for number in taken}
        apps.append(studio_app(tmp_path, studio, clock))
        guest = Guest(apps[-1].test_client())
        guest.open(f"/book/class?slot={format_instant(FIRST)}")
        return guest, studio

    yield open_
    for app in apps:
        app.extensions["booker"].storage.close()


def _box(page: Page) -> Any:
    return next((each for each in page.tree.iter("div") if each.get("data-bk-gone") is not None), None)


def _gone(page: Page) -> list[tuple[int, str]]:
    """Give number and text of each date that the page says is left out."""
    items = [] if _box(page) is None else _box(page).iter("li")
    shown = [each for each in items if each.get("hidden") is None]
    return [(int(each.get("value")), " ".join("".join(each.itertext()).split())) for each in shown]


def _said(page: Page) -> str:
    box = _box(page)
    return "" if box is None or box.get("hidden") is not None else "".join(next(box.iter("p")).itertext())


def _named(page: Page) -> list[str]:
    """Give what the form would send to leave dates out."""
    found = [each for each in page.tree.iter("input") if each.get("name") == "without"]
    return [each.get("value") for each in found if each.get("disabled") is None]


def _alert(page: Page) -> str:
    found = [each for each in page.tree.iter("p") if "bk-alert__text" in each.get("class", "")]
    return " ".join("".join(each.itertext()) for each in found)


def _booked(studio: Planner) -> list[tuple[int | None, tuple[datetime, ...]]]:
    return [(each.occurrences, each.without) for each in studio.requests]


def test_dates_that_are_not_free_are_named(visiting: Visiting) -> None:
    """Each with its number, however late it comes, and with a mark among the first five."""
    guest, _ = visiting(3, 7)

    assert _said(guest.page) == "Not free, and left out: 2"
    assert _gone(guest.page) == [
        (3, "Tuesday 6 April 2027, 10:00 – 11:00"),
        (7, "Tuesday 4 May 2027, 10:00 – 11:00"),
    ]
    assert guest.page.text().count("Not free") == 2


def test_nothing_is_said_where_all_are_free(visiting: Visiting) -> None:
    """Nor where the provider cannot tell."""
    free, _ = visiting()
    failing, studio = visiting(3)
    studio.fails = True
    failing.open(f"/book/class?slot={format_instant(FIRST)}")

    assert [_box(each.page) for each in (free, failing)] == [None, None]


def test_what_was_named_is_left_out(visiting: Visiting) -> None:
    """The guest has agreed by sending the form."""
    guest, studio = visiting(3, 7)

    page = guest.send(**BO)

    assert page.headline() == "Your booking is confirmed"
    assert _booked(studio) == [(8, (DATES[2], DATES[6]))]


def test_fewer_dates_leave_out_less(visiting: Visiting) -> None:
    """What the guest does not want is not left out either."""
    guest, studio = visiting(3, 7)

    guest.send(**BO, occurrences="4")

    assert _booked(studio) == [(4, (DATES[2],))]


def test_the_list_follows_the_number_of_dates(visiting: Visiting) -> None:
    """Also without scripts, once the form comes back: what is beyond is neither shown nor sent."""
    guest, _ = visiting(3, 7)

    few = guest.send(occurrences="4")
    fewer = guest.send(occurrences="2")

    assert _said(few) == "Not free, and left out: 1"
    assert ([number for number, _ in _gone(few)], _named(few)) == ([3], [format_instant(DATES[2])])
    assert (_said(fewer), _named(fewer)) == ("", [])


def test_more_dates_than_were_shown_are_shown_first(visiting: Visiting) -> None:
    """Nobody has agreed to leave out what was not on the page."""
    guest, studio = visiting(3, 7)
    guest.send(occurrences="4")

    page = guest.send(**BO, occurrences="8")
    guest.send(**BO)

    assert (page.status, [number for number, _ in _gone(page)]) == (409, [3, 7])
    assert _booked(studio) == [(8, (DATES[2], DATES[6]))]


@pytest.mark.parametrize("refusal", [SlotTaken, partial(NotBookable, rule="limit")], ids=["taken", "refused"])
def test_a_date_that_is_taken_meanwhile_is_shown(
    visiting: Visiting, refusal: Callable[[], Exception]
) -> None:
    """The form comes back with everything typed; sent once more, it books the others."""
    guest, studio = visiting(3)
    studio.taken.add(DATES[4])
    studio.refusal = refusal

    page = guest.send(**BO, occurrences="6", notes="Dear Ada")
    again = guest.send()

    assert page.status == 409
    assert _alert(page).startswith("Not all of these dates are free.")
    assert ([number for number, _ in _gone(page)], page.form()[1]["notes"]) == ([3, 5], "Dear Ada")
    assert "Other times on that day" not in page.text()
    assert again.headline() == "Your booking is confirmed"
    assert _booked(studio) == [(6, (DATES[2], DATES[4]))]


def test_a_date_that_is_free_again_stays_left_out(visiting: Visiting) -> None:
    """As the guest has read it."""
    guest, studio = visiting(3)
    studio.taken.clear()

    guest.send(**BO)

    assert _booked(studio) == [(8, (DATES[2],))]


def test_another_time_is_to_be_chosen_where_the_first_is_gone(visiting: Visiting) -> None:
    """It cannot be left out; other times of that day are offered."""
    guest, studio = visiting(3)
    studio.taken |= set(DATES)

    page = guest.send(**BO)

    assert (page.status, studio.requests) == (409, [])
    assert "Other times on that day" in page.text()
    assert _alert(page) == "That time has just been taken. Please choose another one."


@pytest.mark.parametrize(
    "named",
    [
        format_instant(FIRST),
        format_instant(FIRST + timedelta(days=1)),
        format_instant(DATES[-1] + WEEK),
        "tomorrow",
        "",
        "\x00",
    ],
    ids=["the first", "another day", "beyond", "a word", "nothing", "control"],
)
def test_only_dates_of_the_series_are_left_out(visiting: Visiting, named: str) -> None:
    """Whatever a form names besides is passed over."""
    guest, studio = visiting(3)

    guest.send(**BO, without=[named, format_instant(DATES[2])])

    assert _booked(studio) == [(8, (DATES[2],))]


def test_another_start_is_planned_anew(visiting: Visiting) -> None:
    """Nothing that was left out at one time of day is at another."""
    guest, studio = visiting(3)
    back = next(each.get("value") for each in guest.page.tree.iter("button") if each.get("name") == "go")

    guest.press(str(back))
    page = guest.press(next(each for each in guest.page.times() if "T10:00" in each))
    guest.send(**BO)

    assert _box(page) is None
    assert _booked(studio) == [(8, ())]


def test_the_guests_zone_decides_about_the_dates(visiting: Visiting) -> None:
    """New York has changed its clocks already: there all dates are at the same instant of the day."""
    guest, _ = visiting(3)

    page = guest.open(f"/book/class?slot={format_instant(FIRST)}&tz=America/New_York")

    assert _box(page) is None


def test_a_single_date_leaves_nothing_out(visiting: Visiting) -> None:
    """Where there is no series, the field means nothing."""
    guest, studio = visiting(offer=offering())

    guest.send(**BO, without=format_instant(DATES[2]))

    assert _booked(studio) == [(None, ())]


# --- with our own engine -------------------------------------------------------------------------------


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """An app whose one host has single calls, and weekly ones, at the same times."""
    weekly = replace(INTRO, slug="weekly", series=EIGHT.series)
    return make_app(BOOKER_DISPATCH="none", BOOKER_EVENT_TYPES=[INTRO, weekly])


def _take(app: Flask, start: datetime) -> None:
    with app.app_context():
        create_booking("intro-call", start, name="Eve", email="eve@elsewhere.example")


def _starts(app: Flask) -> list[datetime]:
    with app.app_context():
        return [each.start for each in list_bookings(event_type="weekly")]


def test_the_engine_leaves_out_what_somebody_else_has(app: Flask) -> None:
    """What was taken when the form came, and, once that is shown, what was taken until it was sent."""
    _take(app, TUESDAY + 2 * WEEK)
    guest = Guest(app.test_client())
    first = guest.open(f"/book/weekly?slot={format_instant(TUESDAY)}")
    _take(app, TUESDAY + 4 * WEEK)

    again = guest.send(**BO)
    booked = guest.send()

    assert [number for number, _ in _gone(first)] == [3]
    assert (again.status, [number for number, _ in _gone(again)]) == (409, [3, 5])
    assert booked.headline() == "Your booking is confirmed"
    assert _starts(app) == [TUESDAY + weeks * WEEK for weeks in (0, 1, 3, 5, 6, 7)]


def test_a_hold_of_the_first_date_hides_nothing(app: Flask) -> None:
    """It may be the guest's own, the token of which came too late for the form."""
    guest = Guest(app.test_client())
    guest.open(f"/book/weekly?slot={format_instant(TUESDAY)}")
    service = app.extensions["booker"].service
    service.hold(service.event_type("weekly"), TUESDAY)
    _take(app, TUESDAY + WEEK)

    page = guest.send(**BO)

    assert (page.status, [number for number, _ in _gone(page)]) == (409, [2])
