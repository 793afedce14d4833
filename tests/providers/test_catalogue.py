"""Event types from TOML and from Python: what is read, and what is said about mistakes."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from textwrap import dedent

import pytest

from booker_components.errors import ConfigurationError
from booker_components.providers.embedded import catalogue
from booker_components.providers.embedded.catalogue import RESERVED_FIELDS, checked, load_event_types
from booker_components.values import (
    BookingWindow,
    ChangeRule,
    EventType,
    Host,
    Location,
    LocationKind,
    Question,
    QuestionKind,
    ReasonRule,
    Redirect,
    Redirects,
    Schedule,
)

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)

SMALL = """
[schedules.office]
weekdays = ["09:00-17:00"]

[hosts.ada]
name = "Ada Lovelace"
zone = "Europe/London"
schedule = "office"

[[event_types]]
slug = "intro-call"
title = "Intro call"
host = "ada"
"""

OFFICE = Schedule(weekly=(((540, 1020),),) * 5 + ((), ()))
ADA = Host(slug="ada", name="Ada Lovelace", zone="Europe/London", schedule=OFFICE)
INTRO = EventType(slug="intro-call", title="Intro call", hosts=(ADA,))


def load(tmp_path, text):
    """Load *text* from a file."""
    path = tmp_path / "booking.toml"
    path.write_text(text, "utf-8")
    return load_event_types(path)


# --- what is read --------------------------------------------------------------------------------


def test_a_small_file_is_enough(tmp_path):
    """What a file does not say is as in Python."""
    assert load(tmp_path, SMALL) == (INTRO,)


def test_the_documented_example_is_read(tmp_path):
    """The example of the documentation is complete and right."""
    example = dedent(catalogue.__doc__.partition("::\n")[2].partition("\nSlugs are")[0])

    (event_type,) = load(tmp_path, example)

    office = Schedule(
        weekly=(((540, 750), (810, 1020)),) * 4 + (((540, 720),), ((1380, 120),), ()),
        overrides={date(2026, 12, 24): ((540, 720),), date(2026, 12, 25): ()},
    )
    assert event_type == EventType(
        slug="intro-call",
        title="Intro call",
        description="What it is about.",
        hosts=(replace(ADA, email="ada@example.com", schedule=office),),
        schedule=office,
        durations=(30 * MINUTE, HOUR),
        slot_interval=15 * MINUTE,
        buffer_after=10 * MINUTE,
        minimum_notice=4 * HOUR,
        window=BookingWindow(days=60),
        max_guests=3,
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
def test_lengths_are_written_with_their_units(tmp_path, text, length):
    """Days, hours and minutes, alone or together."""
    (event_type,) = load(tmp_path, SMALL + f'durations = ["{text}"]')

    assert event_type.durations == (length,)


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("{ days = 7 }", BookingWindow(days=7)),
        ("{ start = 2026-01-01 }", BookingWindow(days=60, start=date(2026, 1, 1))),
        ("{ end = 2026-03-31 }", BookingWindow(days=None, end=date(2026, 3, 31))),
        ("{ days = 7, end = 2026-03-31 }", BookingWindow(days=7, end=date(2026, 3, 31))),
    ],
)
def test_windows_are_days_or_dates(tmp_path, text, window):
    """An end replaces the usual number of days; a start alone does not."""
    (event_type,) = load(tmp_path, SMALL + f"window = {text}")

    assert event_type.window == window


def test_hours_over_midnight_and_whole_days_are_read(tmp_path):
    """23:00-02:00 runs into the next day; 24:00 is the end of this one."""
    hours = 'weekdays = ["09:00-17:00"]\nsaturday = ["23:00-02:00"]\nsunday = ["00:00-24:00"]'

    (event_type,) = load(tmp_path, SMALL.replace('weekdays = ["09:00-17:00"]', hours))

    assert event_type.host.schedule.weekly[5:] == (((1380, 120),), ((0, 1440),))


# --- mistakes in a file --------------------------------------------------------------------------


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
        pytest.param('host = "ada"\n', "", "event_types[0].hosts (of 'intro-call') must hold", id="no-host"),
        pytest.param(
            '= "ada"',
            '= "adda"',
            "event_types[0].host = 'adda' is not a known host. Did you mean 'ada'?",
            id="host",
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
            '"intro-call"',
            '"Intro Call"',
            "event_types[0].slug (of 'Intro Call') must be up to 64",
            id="slug",
        ),
        pytest.param("[[event_types]]", "[[event_types]", "is not valid TOML: ", id="syntax"),
    ],
)
def test_mistakes_name_file_key_and_remedy(tmp_path, old, new, message):
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
            "event_types[0].durations[0] (of 'intro-call') must be whole minutes, from 1 on",
        ),
        ('durations = ["99999d"]', "and below ten years"),
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
        (
            'cancel = { reason = "maybe" }',
            "event_types[0].cancel.reason must be one of off, optional, required",
        ),
        ('locations = [{ value = "x" }]', "event_types[0].locations[0].kind is missing."),
        ('locations = [{ kind = "vdeo" }]', "must be one of in_person, link, phone"),
        ("questions = [{ slug = 'a', label = 'A', kind = ['b'] }]", "but is ['b']."),
    ],
)
def test_mistakes_in_an_event_type_are_told(tmp_path, line, message):
    """Wrong types, units and limits, each with what is wanted."""
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        load(tmp_path, SMALL + line)


def test_a_wrong_override_is_told(tmp_path):
    """The date of an override must be a date."""
    with pytest.raises(
        ConfigurationError, match=r"schedules\.office\.overrides\.24\.12\. '24\.12\.' is not a date"
    ):
        load(tmp_path, SMALL + '[schedules.office.overrides]\n"24.12." = []')


def test_a_missing_file_is_told(tmp_path):
    """The path is named."""
    with pytest.raises(ConfigurationError, match=r"nowhere\.toml: there is no such file"):
        load_event_types(tmp_path / "nowhere.toml")


def test_a_folder_is_no_file(tmp_path):
    """What cannot be read says why."""
    with pytest.raises(ConfigurationError, match="cannot be read: Is a directory"):
        load_event_types(tmp_path)


def test_a_file_of_bytes_is_told(tmp_path):
    """TOML is UTF-8."""
    (tmp_path / "booking.toml").write_bytes(b"\xff\xfe")

    with pytest.raises(ConfigurationError, match="is not UTF-8 text"):
        load_event_types(tmp_path / "booking.toml")


def test_bad_syntax_names_the_line(tmp_path):
    """The place of a mistake in the TOML itself is told."""
    with pytest.raises(ConfigurationError, match=r"is not valid TOML: .*line 2"):
        load(tmp_path, "a = 1\nb = = 2\n")


def test_a_file_without_event_types_is_refused(tmp_path):
    """An empty file is more likely a wrong one."""
    with pytest.raises(ConfigurationError, match="event_types is missing"):
        load(tmp_path, "")


# --- mistakes in Python --------------------------------------------------------------------------


def test_what_is_right_is_given_back():
    """Right event types pass, also from a generator, also none at all."""
    assert checked(each for each in (INTRO,)) == (INTRO,)
    assert checked([]) == ()


def test_every_kind_of_location_and_question_can_be_right():
    """One of each kind passes."""
    locations = (
        Location(kind=LocationKind.LINK, label="Sent before the call"),
        Location(kind=LocationKind.IN_PERSON, value="1 Main Street"),
        Location(kind=LocationKind.ATTENDEE_PHONE),
    )
    choices = {QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES}
    questions = tuple(
        Question(slug=kind, label="?", kind=kind, options=("a", "b") if kind in choices else ())
        for kind in QuestionKind
        if kind not in RESERVED_FIELDS
    )

    event_type = replace(INTRO, locations=locations, questions=questions)

    assert checked([event_type]) == (event_type,)


def asking(**fields):
    """Give the questions of one."""
    return (replace(Question(slug="topic", label="Topic"), **fields),)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"slug": ""}, ".slug (of '') must be"),
        ({"slug": "-a"}, "no hyphen first"),
        ({"slug": "a" * 65}, "must be up to 64"),
        ({"slug": "a/../b"}, "must be up to 64"),
        ({"title": " "}, ".title (of 'intro-call') is empty."),
        ({"hosts": ()}, "must hold exactly one host, but holds 0"),
        ({"hosts": (ADA, ADA)}, "booking several people at once is not possible yet"),
        ({"hosts": (replace(ADA, slug="Ada L."),)}, ".host.slug"),
        ({"hosts": (replace(ADA, name=""),)}, ".host.name"),
        ({"hosts": (replace(ADA, email="ada"),)}, "= 'ada' is not an e-mail address"),
        ({"hosts": (replace(ADA, email="a@b.c\nBcc: x"),)}, "is not an e-mail address"),
        ({"hosts": (replace(ADA, zone="Mars"),)}, ".host.zone (of 'intro-call') is wrong: 'Mars'"),
        ({"hosts": (replace(ADA, schedule=None),)}, "Give one of them working hours."),
        ({"durations": (30,)}, ".durations[0] (of 'intro-call') must be a timedelta, but is 30."),
        ({"durations": (HOUR, HOUR)}, "none twice"),
        ({"durations": (timedelta(seconds=90),)}, "must be whole minutes"),
        (
            {"slot_interval": timedelta(0)},
            ".slot_interval (of 'intro-call') must be whole minutes, from 1 on",
        ),
        ({"buffer_after": -MINUTE}, ".buffer_after"),
        ({"minimum_notice": timedelta.max}, ".minimum_notice"),
        ({"cancel": ChangeRule(notice=-HOUR)}, ".cancel.notice"),
        ({"schedule": Schedule(weekly=((),) * 6)}, ".schedule.weekly (of 'intro-call') must hold seven days"),
        ({"schedule": Schedule(weekly=(((540, 1500),),) * 7)}, "hours beyond the day: 09:00-25:00"),
        (
            {"schedule": replace(OFFICE, overrides={date(2026, 1, 1): ((0, 0),)})},
            ".schedule.overrides.2026-01-01",
        ),
        (
            {"locations": (Location(kind=LocationKind.LINK, value="javascript:alert(1)"),)},
            "is not a web address",
        ),
        ({"locations": (Location(kind=LocationKind.OTHER),)}, ".locations[0] (of 'intro-call') says nothing"),
        (
            {"locations": (Location(kind=LocationKind.ATTENDEE_PHONE, value="1"),)},
            "guests give their own number",
        ),
        (
            {"locations": (Location(kind=LocationKind.ATTENDEE_PHONE),) * 2},
            ".locations[1].label (of 'intro-call') leaves guests two locations that look alike",
        ),
        (
            {
                "locations": (
                    Location(kind=LocationKind.IN_PERSON, value="1 Main Street", label="Office"),
                    Location(kind=LocationKind.LINK, value="https://example.com", label="office "),
                )
            },
            "Give each a label of its own.",
        ),
        (
            {"locations": tuple(Location(kind=LocationKind.IN_PERSON, value=each) for each in "AB")},
            "Give each a label of its own.",
        ),
        ({"questions": asking(slug="1st")}, "a letter first, but is '1st'"),
        ({"questions": asking(slug="email")}, "= 'email' is a field of the form itself"),
        ({"questions": asking(label="")}, ".questions[0].label"),
        ({"questions": asking() * 2}, ".questions[1].slug (of 'intro-call') = 'topic' is taken"),
        ({"questions": asking(kind=QuestionKind.RADIO)}, "must hold choices for the kind radio"),
        ({"questions": asking(kind=QuestionKind.SELECT, options=("a", "a"))}, "none of them empty or twice"),
        ({"questions": asking(options=("a",))}, "the kind text takes none"),
        ({"max_guests": 101}, "must be 0 to 100"),
    ],
)
def test_mistakes_in_declared_event_types_are_told(fields, message):
    """Each check names the event type, the field and the remedy."""
    with pytest.raises(ConfigurationError, match=re.escape(message)) as caught:
        checked([INTRO, replace(INTRO, **fields)])

    assert str(caught.value).startswith("event_types[1].")


def test_slugs_must_differ():
    """Two event types cannot share an address."""
    with pytest.raises(ConfigurationError, match=r"event_types\[1\]\.slug = 'intro-call' is taken"):
        checked([INTRO, INTRO])


def test_a_host_is_one_person():
    """The same slug with another zone would be booked twice."""
    twin = replace(INTRO, slug="other", hosts=(replace(ADA, zone="Asia/Tokyo"),))

    with pytest.raises(ConfigurationError, match="a second host 'ada' that differs from the first"):
        checked([INTRO, twin])


def test_only_event_types_are_event_types():
    """A forgotten call of load_event_types is told."""
    with pytest.raises(ConfigurationError, match=r"must be an EventType, but is 'booking\.toml'"):
        checked(["booking.toml"])
