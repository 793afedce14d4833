"""Event types from TOML: what is read, and what is said about what cannot be."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from textwrap import dedent

import pytest

from booker_components.errors import ConfigurationError
from booker_components.providers.embedded import catalogue
from booker_components.values import (
    Absence,
    Align,
    Approval,
    BookingWindow,
    ChangeRule,
    Counting,
    EventType,
    Frequency,
    Host,
    HostGroup,
    Limit,
    Location,
    LocationKind,
    Member,
    Period,
    Question,
    QuestionKind,
    ReasonRule,
    Redirect,
    Redirects,
    Schedule,
    Seats,
    Series,
    Travel,
)

from .declared import ADA, CLASS, GRACE, HOUR, INTRO, MINUTE, OFFICE, SMALL, TEAM, load, load_one

# --- what is read --------------------------------------------------------------------------------


def test_a_small_file_is_enough(tmp_path: Path) -> None:
    """What a file does not say is as in Python."""
    assert load(tmp_path, SMALL) == (INTRO,)


def test_the_documented_example_is_read(tmp_path: Path) -> None:
    """The example of the documentation is complete and right."""
    example = dedent((catalogue.__doc__ or "").partition("::\n")[2].partition("\nSlugs are")[0])

    intro, group = load(tmp_path, example)

    office = Schedule(
        weekly=(((540, 750), (810, 1020)),) * 4 + (((540, 720),), ((1380, 120),), ()),
        overrides={date(2026, 12, 24): ((540, 720),), date(2026, 12, 25): ()},
    )
    ada = Host(
        slug="ada",
        name="Ada Lovelace",
        email="ada@example.com",
        zone="Europe/London",
        schedule=office,
        holidays="GB-ENG",
        away=(Absence(first=date(2026, 8, 3), last=date(2026, 8, 14), stand_in="grace"),),
        travels=(Travel(first=date(2026, 10, 5), last=date(2026, 10, 9), zone="Asia/Tokyo"),),
        limits=(Limit(per=Period.DAY, count=6), Limit(per=Period.WEEK, total=20 * HOUR)),
        calendars=("https://calendar.example.com/ada.ics",),
    )
    assert intro == EventType(
        colour="#1f5a45",
        slug="intro-call",
        title="Intro call",
        description="What it is about.",
        hosts=(ada,),
        schedule=office,
        durations=(30 * MINUTE, HOUR),
        slot_interval=15 * MINUTE,
        offset=5 * MINUTE,
        buffer_after=10 * MINUTE,
        minimum_notice=4 * HOUR,
        window=BookingWindow(days=60),
        limits=(Limit(per=Period.DAY, count=4),),
        guest_limits=(Limit(per=Period.MONTH, count=2),),
        max_active=3,
        max_guests=3,
        reminders=(24 * HOUR, HOUR),
        approval=Approval(within=48 * HOUR, expires=24 * HOUR),
        locations=(
            Location(kind=LocationKind.LINK, value="https://meet.example.com/ada", label="Video call"),
        ),
        cancel=ChangeRule(notice=24 * HOUR, reason=ReasonRule.OPTIONAL),
        reschedule=ChangeRule(notice=24 * HOUR),
        questions=(
            Question(
                slug="topic",
                label="What shall we talk about?",
                kind=QuestionKind.SELECT,
                options=("Prices", "A demo"),
                required=True,
                help="One is enough.",
            ),
        ),
        redirects=Redirects(
            booked=Redirect("https://example.com/thanks", flavour="jicoo", answers=("topic",), signed=True)
        ),
    )
    assert group == EventType(
        slug="class",
        title="Class",
        hosts=(ada, replace(GRACE, schedule=office)),
        groups=(HostGroup(members=(Member(host="ada"), Member(host="grace", priority=3, weight=200))),),
        same_hosts=False,
        seats=Seats(per_slot=5),
        series=Series(frequency=Frequency.WEEKLY, occurrences=4),
    )


@pytest.mark.parametrize(
    ("text", "length"),
    [
        ("30m", 30 * MINUTE),
        ("90m", 90 * MINUTE),
        ("1h30m", 90 * MINUTE),
        ("1h 30m", 90 * MINUTE),
        ("2d", 48 * HOUR),
    ],
)
def test_lengths_are_written_with_their_units(tmp_path: Path, text: str, length: timedelta) -> None:
    """Days, hours and minutes, alone or together."""
    assert load_one(tmp_path, SMALL + f'durations = ["{text}"]').durations == (length,)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("{ days = 7 }", BookingWindow(days=7)),
        ("{ start = 2026-01-01 }", BookingWindow(days=60, start=date(2026, 1, 1))),
        ("{ end = 2026-03-31 }", BookingWindow(days=None, end=date(2026, 3, 31))),
        ("{ days = 7, end = 2026-03-31 }", BookingWindow(days=7, end=date(2026, 3, 31))),
        ('{ days = 10, counting = "business" }', BookingWindow(days=10, counting=Counting.BUSINESS)),
        ('{ days = 5, counting = "bookable" }', BookingWindow(days=5, counting=Counting.BOOKABLE)),
    ],
)
def test_windows_are_days_or_dates(tmp_path: Path, text: str, window: BookingWindow) -> None:
    """An end replaces the usual number of days; a start alone does not."""
    assert load_one(tmp_path, SMALL + f"window = {text}").window == window


def test_hours_over_midnight_and_whole_days_are_read(tmp_path: Path) -> None:
    """23:00-02:00 runs into the next day; 24:00 is the end of this one."""
    hours = 'weekdays = ["09:00-17:00"]\nsaturday = ["23:00-02:00"]\nsunday = ["00:00-24:00"]'

    event_type = load_one(tmp_path, SMALL.replace('weekdays = ["09:00-17:00"]', hours))

    assert event_type.host.schedule is not None
    assert event_type.host.schedule.weekly[5:] == (((1380, 120),), ((0, 1440),))


def test_a_schedule_may_be_of_another_zone_than_its_host(tmp_path: Path) -> None:
    """Hours in Tokyo are Tokyo's, wherever the host is."""
    event_type = load_one(tmp_path, SMALL.replace("[hosts.ada]", 'zone = "Asia/Tokyo"\n[hosts.ada]'))

    assert event_type.host.schedule == replace(OFFICE, zone="Asia/Tokyo")


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        pytest.param('align = "guest"', {"align": Align.GUEST}, id="align"),
        pytest.param(
            "optimized = true\nfirst_only = true", {"optimized": True, "first_only": True}, id="grid"
        ),
        pytest.param("approval = true", {"approval": Approval()}, id="approval of all"),
        pytest.param("approval = false", {"approval": None}, id="no approval"),
        pytest.param(
            'approval = { expires = "2d" }',
            {"approval": Approval(expires=48 * HOUR)},
            id="approval that ends",
        ),
        pytest.param("seats = 5", {"seats": Seats(per_slot=5)}, id="seats"),
        pytest.param(
            "seats = { per_slot = 2, show_guests = true, show_left = false }",
            {"seats": Seats(per_slot=2, show_guests=True, show_left=False)},
            id="seats as a table",
        ),
        pytest.param(
            'series = { frequency = "monthly", interval = 2, occurrences = 6 }',
            {"series": Series(frequency=Frequency.MONTHLY, interval=2, occurrences=6)},
            id="series",
        ),
        pytest.param(
            'series = { frequency = "yearly" }', {"series": Series(frequency=Frequency.YEARLY)}, id="twice"
        ),
        pytest.param(
            "private = true\nzone_locked = true\nhost_email_hidden = true\nverify_email = true",
            {"private": True, "zone_locked": True, "host_email_hidden": True, "verify_email": True},
            id="what guests see",
        ),
        pytest.param('colour = "#1F5a45"', {"colour": "#1F5a45"}, id="colour"),
        pytest.param("cancel = { begun = true }", {"cancel": ChangeRule(begun=True)}, id="what has begun"),
        pytest.param(
            'questions = [{ slug = "from", label = "From", hidden = true, locked = true }]',
            {"questions": (Question(slug="from", label="From", hidden=True, locked=True),)},
            id="unseen question",
        ),
    ],
)
def test_rules_are_written_shortly(tmp_path: Path, line: str, fields: dict[str, object]) -> None:
    """Each has the form that says the least."""
    assert load_one(tmp_path, SMALL + line) == replace(INTRO, **fields)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("lines", "fields"),
    [
        pytest.param('hosts = ["grace", "ada"]', {"hosts": (GRACE, ADA)}, id="all of them"),
        pytest.param(
            'groups = [{ members = ["ada", "grace"] }]',
            {"groups": (HostGroup(members=(Member(host="ada"), Member(host="grace"))),)},
            id="one of them",
        ),
        pytest.param(
            'host = "ada"\ngroups = [{ members = [{ host = "grace", weight = 50 }], need = 1 }]',
            {"groups": (HostGroup(members=(Member(host="grace", weight=50),)),)},
            id="one with one of the others",
        ),
        pytest.param(
            'hosts = ["grace", "ada"]\ngroups = [{ members = ["ada", "grace"], need = 2 }]',
            {
                "hosts": (GRACE, ADA),
                "groups": (HostGroup(members=(Member(host="ada"), Member(host="grace")), need=2),),
            },
            id="in an order of their own",
        ),
    ],
)
def test_hosts_are_named_alone_together_and_in_groups(
    tmp_path: Path, lines: str, fields: dict[str, object]
) -> None:
    """Whom a group names need not be named again."""
    assert load_one(tmp_path, TEAM + lines) == replace(CLASS, **fields)  # type: ignore[arg-type]  # any field


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        pytest.param(
            "away = [{ first = 2026-12-01 }]",
            {"away": (Absence(first=date(2026, 12, 1), last=date(2026, 12, 1)),)},
            id="away for a day",
        ),
        pytest.param(
            'travels = [{ first = 2026-12-01, zone = "Asia/Tokyo" }]',
            {"travels": (Travel(first=date(2026, 12, 1), last=date(2026, 12, 1), zone="Asia/Tokyo"),)},
            id="travels for a day",
        ),
        pytest.param(
            'calendars = [" https://a.example/b.ics", "webcal://a.example/c"]',
            {"calendars": ("https://a.example/b.ics", "webcal://a.example/c")},
            id="calendars",
        ),
        pytest.param('holidays = "DE-BY"', {"holidays": "DE-BY"}, id="holidays"),
    ],
)
def test_what_keeps_a_host_is_read(tmp_path: Path, line: str, fields: dict[str, object]) -> None:
    """Of a single day the last one need not be said."""
    text = SMALL.replace('schedule = "office"', f'schedule = "office"\n{line}')

    assert load_one(tmp_path, text).host == replace(ADA, **fields)  # type: ignore[arg-type]  # any field


# --- mistakes ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        pytest.param(
            "[schedules", "[schedule", "schedule is not a known table. Did you mean 'schedules'?", id="table"
        ),
        pytest.param(
            "title =", "titel =", "event_types[0].titel is not a known key. Did you mean 'title'?", id="key"
        ),
        pytest.param('slug = "intro-call"\n', "", "event_types[0].slug is missing. Add it.", id="missing"),
        pytest.param('host = "ada"\n', "", "event_types[0].hosts (of 'intro-call') is empty.", id="no-host"),
        pytest.param(
            '= "ada"',
            '= "adda"',
            "event_types[0].host = 'adda' is not a known host. Did you mean 'ada'?",
            id="host",
        ),
        pytest.param(
            'host = "ada"',
            'host = "ada"\nhosts = ["ada"]',
            "event_types[0].host is given beside hosts. Keep one of them.",
            id="host-and-hosts",
        ),
        pytest.param(
            'schedule = "office"',
            'schedule = "night"',
            "hosts.ada.schedule = 'night' is not a known schedule. Known: office. Or add [schedules.night].",
            id="schedule",
        ),
        pytest.param(
            "Europe/London",
            "Europe/Londres",
            "hosts.ada.zone is wrong: 'Europe/Londres' is not an IANA",
            id="zone",
        ),
        pytest.param(
            "[hosts.ada]",
            'zone = "Mars"\n[hosts.ada]',
            "schedules.office.zone is wrong: 'Mars' is not an IANA",
            id="zone-of-a-schedule",
        ),
        pytest.param("09:00-17:00", "9-17", "schedules.office.weekdays[0] must be hours such as", id="hours"),
        pytest.param(
            "09:00-17:00", "09:00-25:00", "within 00:00-24:00, but is '09:00-25:00'.", id="beyond-the-day"
        ),
        pytest.param(
            "09:00-17:00", "09:00-09:00", "schedules.office.weekdays[0] must be hours", id="no-time"
        ),
        pytest.param(
            '["09:00-17:00"]', '"09:00-17:00"', "schedules.office.weekdays must be a list, but is", id="list"
        ),
        pytest.param(
            "weekdays",
            "mondey",
            "schedules.office.mondey is not a known key. Did you mean 'monday'?",
            id="day",
        ),
        pytest.param(
            '"Intro call"', "7", "event_types[0].title must be a text in quotes, but is 7.", id="text"
        ),
        pytest.param("[[event_types]]", "[event_types]", "event_types must be a list", id="one-event-type"),
        pytest.param(
            "[hosts.ada]", "[[hosts]]", "hosts must be tables such as [hosts.name]", id="hosts-as-a-list"
        ),
        pytest.param(
            "[hosts.ada]", "[hosts.Ada]", "event_types[0].host = 'ada' is not a known host", id="capital"
        ),
        pytest.param(
            '"intro-call"',
            '"Intro Call"',
            "event_types[0].slug (of 'Intro Call') must be up to 64",
            id="slug",
        ),
        pytest.param("[[event_types]]", "[[event_types]", "is not valid TOML: ", id="syntax"),
    ],
)
def test_mistakes_name_file_key_and_remedy(tmp_path: Path, old: str, new: str, message: str) -> None:
    """The first mistake is told with file, key path, what is wrong and what to do."""
    assert old in SMALL

    with pytest.raises(ConfigurationError, match=re.escape(message)) as caught:
        load(tmp_path, SMALL.replace(old, new))

    assert str(caught.value).startswith(f"{tmp_path / 'booking.toml'}: ")


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("durations = 30", "event_types[0].durations must be a list, but is 30."),
        ("durations = [30]", 'event_types[0].durations[0] must be a length such as "30m"'),
        ('durations = ["30"]', "but is '30'."),
        ('durations = ["-30m"]', "but is '-30m'."),
        ('durations = [""]', "but is ''."),
        (
            'durations = ["0m"]',
            "event_types[0].durations[0] (of 'intro-call') must be whole minutes, from 1 minute to 3650 days",
        ),
        ('durations = ["99999d"]', "to 3650 days"),
        ("durations = []", "must hold at least one length"),
        ("notes = 1", "event_types[0].notes must be true or false, but is 1."),
        ("max_guests = true", "event_types[0].max_guests must be a whole number, but is true."),
        ("max_guests = -1", "must be 0 to 100, but is -1."),
        ("window = 60", "event_types[0].window must be a table, but is 60."),
        ('window = { start = "2026-01-01" }', "must be a date without quotes such as 2026-03-12"),
        ("window = { start = 2026-01-01T00:00:00Z }", "must be a date without quotes"),
        ("window = { start = 2026-02-01, end = 2026-01-01 }", "is after the end, 2026-01-01. Swap them."),
        ("window = { days = 99999999999 }", "event_types[0].window.days (of 'intro-call') must be 0 to 3650"),
        ("window = { end = 9999-12-31 }", "is beyond the years we know"),
        ('window = { counting = "bookable" }', "event_types[0].window.days is missing"),
        ('window = { counting = "weekly", days = 3 }', "must be one of calendar, business, bookable"),
        (
            'cancel = { reason = "maybe" }',
            "event_types[0].cancel.reason must be one of off, optional, required",
        ),
        ('locations = [{ value = "x" }]', "event_types[0].locations[0].kind is missing."),
        ('locations = [{ kind = "vdeo" }]', "must be one of in_person, link, phone"),
        ("questions = [{ slug = 'a', label = 'A', kind = ['b'] }]", "but is ['b']."),
        ('align = "visitor"', "event_types[0].align must be one of host, guest, but is 'visitor'."),
        ('offset = "60m"', "event_types[0].offset (of 'intro-call') must be whole minutes, from 0 minutes"),
        ("limits = [{ count = 3 }]", "event_types[0].limits[0].per is missing. Add it."),
        ('limits = [{ per = "hour", count = 3 }]', "must be one of day, week, month, year, but is 'hour'."),
        ('limits = [{ per = "day" }]', "event_types[0].limits[0] (of 'intro-call') must have either"),
        ('guest_limits = { per = "day", count = 1 }', "event_types[0].guest_limits must be a list"),
        ("max_active = 0", "event_types[0].max_active (of 'intro-call') must be 1 to 1000, but is 0."),
        ("private = 'yes'", "event_types[0].private must be true or false, but is 'yes'."),
        ('reminders = "24h"', "event_types[0].reminders must be a list, but is '24h'."),
        ('reminders = ["31d"]', "event_types[0].reminders[0] (of 'intro-call') must be whole minutes"),
        ("approval = 'yes'", "event_types[0].approval must be true or false, but is 'yes'."),
        ("approval = { after = '1h' }", "event_types[0].approval.after is not a known key."),
        ('seats = "five"', "event_types[0].seats must be a whole number, but is 'five'."),
        ("seats = {}", "event_types[0].seats.per_slot is missing. Add it."),
        ("seats = 0", "event_types[0].seats.per_slot (of 'intro-call') must be 1 to 1000, but is 0."),
        ("series = { occurrences = 3 }", "event_types[0].series.frequency is missing. Add it."),
        ('series = { frequency = "daily" }', "must be one of weekly, monthly, yearly, but is 'daily'."),
        (
            'groups = [{ members = ["bob"] }]',
            "event_types[0].groups[0].members[0] = 'bob' is not a known host",
        ),
        ("groups = [{ members = [{ priority = 1 }] }]", "members[0].host is missing. Add it."),
        ("groups = [{ need = 1 }]", "event_types[0].groups[0].members is missing. Add it."),
        ('groups = [{ members = ["ada"], need = 2 }]', "groups[0].need (of 'intro-call') must be 1 to 1,"),
        ("price = 10", "event_types[0].price is not a known key."),
    ],
)
def test_mistakes_in_an_event_type_are_told(tmp_path: Path, line: str, message: str) -> None:
    """Wrong types, units and limits, each with what is wanted."""
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        load(tmp_path, SMALL + line)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("away = 2026-12-01", "hosts.ada.away must be a list, but is datetime.date(2026, 12, 1)."),
        ("away = [{ last = 2026-12-01 }]", "hosts.ada.away[0].first is missing. Add it."),
        (
            "away = [{ first = 2026-12-02, last = 2026-12-01 }]",
            "hosts.ada.away[0].first = 2026-12-02 is after",
        ),
        (
            'away = [{ first = 2026-12-01, stand_in = "bob" }]',
            "hosts.ada.away[0].stand_in = 'bob' is not a known host of an event type. Known: ada.",
        ),
        ("travels = [{ first = 2026-12-01 }]", "hosts.ada.travels[0].zone is missing. Add it."),
        (
            'travels = [{ first = 2026-12-01, zone = "Mars" }]',
            "hosts.ada.travels[0].zone is wrong: 'Mars' is not",
        ),
        ('limits = [{ per = "day", total = "0m" }]', "hosts.ada.limits[0].total must be whole minutes"),
        ("holidays = 49", "hosts.ada.holidays must be a text in quotes, but is 49."),
        ('email = "ada"', "hosts.ada.email is not an e-mail address."),
    ],
)
def test_mistakes_in_a_host_are_told(tmp_path: Path, line: str, message: str) -> None:
    """By the name of the host's own table."""
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        load(tmp_path, SMALL.replace('schedule = "office"', f'schedule = "office"\n{line}'))


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('calendars = "https://a.example/hush"', "hosts.ada.calendars must be a list of addresses"),
        ('calendars = ["https://a.example/hush", 7]', "hosts.ada.calendars must be a list of addresses"),
        ('calendars = ["ftp://a.example/hush"]', "hosts.ada.calendars[0] is no address of a calendar."),
        ('calendars = ["http://a.example/hush"]', "set 'BOOKER_PRIVATE_NETWORK' if nobody can."),
    ],
    ids=["no list", "no text", "no web address", "no https"],
)
def test_no_message_shows_the_address_of_a_calendar(tmp_path: Path, line: str, message: str) -> None:
    """Whoever has it can read the calendar."""
    with pytest.raises(ConfigurationError, match=re.escape(message)) as caught:
        load(tmp_path, SMALL.replace('schedule = "office"', f'schedule = "office"\n{line}'))

    assert "hush" not in str(caught.value)


def test_a_wrong_override_is_told(tmp_path: Path) -> None:
    """The date of an override must be a date."""
    with pytest.raises(
        ConfigurationError, match=r"schedules\.office\.overrides\.24\.12\. '24\.12\.' is not a date"
    ):
        load(tmp_path, SMALL + '[schedules.office.overrides]\n"24.12." = []')
