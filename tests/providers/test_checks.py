"""Declared event types are checked alike, whether a file or Python declares them."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from booker_components.errors import ConfigurationError
from booker_components.providers.embedded.catalogue import checked
from booker_components.providers.embedded.checks.questions import RESERVED_FIELDS
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
    Schedule,
    Seats,
    Series,
    Travel,
)

from .declared import ADA, CLASS, GRACE, HOUR, INTRO, MINUTE, OFFICE

WEEK = timedelta(days=7)


def asking(**fields: Any) -> tuple[Question, ...]:
    """Give the questions of one."""
    return (replace(Question(slug="topic", label="Topic"), **fields),)


def meeting(**fields: Any) -> tuple[Location, ...]:
    """Give the locations of one."""
    return (Location(**fields),)


def group(*members: str | Member, need: int = 1) -> HostGroup:
    """Give a group of hosts, by slug."""
    found = (Member(host=each) if isinstance(each, str) else each for each in members)
    return HostGroup(members=tuple(found), need=need)


def per(period: Period, count: int | None = None, *, total: timedelta | None = None) -> Limit:
    """Give a limit."""
    return Limit(per=period, count=count, total=total)


def repeating(occurrences: int, *, interval: int = 1, frequency: Frequency = Frequency.WEEKLY) -> Series:
    """Give a series."""
    return Series(frequency=frequency, interval=interval, occurrences=occurrences)


# --- what is right -------------------------------------------------------------------------------


def test_what_is_right_is_given_back() -> None:
    """Right event types pass, also from a generator, also none at all."""
    assert checked(each for each in (INTRO,)) == (INTRO,)
    assert checked([]) == ()


def test_every_kind_of_location_and_question_can_be_right() -> None:
    """One of each kind passes."""
    guests = (LocationKind.ATTENDEE_PHONE, LocationKind.ATTENDEE_ADDRESS, LocationKind.ATTENDEE_CHOICE)
    locations = (
        Location(kind=LocationKind.LINK, label="Sent before the call"),
        Location(kind=LocationKind.IN_PERSON, value="1 Main Street"),
        *(Location(kind=kind) for kind in guests),
    )
    choices = {QuestionKind.SELECT, QuestionKind.RADIO, QuestionKind.CHECKBOXES}
    questions = tuple(
        Question(slug=kind, label="?", kind=kind, options=("a", "b") if kind in choices else ())
        for kind in QuestionKind
        if kind not in RESERVED_FIELDS
    )

    event_type = replace(INTRO, locations=locations, questions=questions)

    assert checked([event_type]) == (event_type,)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"groups": (group("ada"), group("grace"))}, id="groups of one"),
        pytest.param({"groups": (group("ada", "grace", need=2),)}, id="all of a group"),
        pytest.param(
            {
                "groups": (
                    group(Member(host="ada", priority=0, weight=1), Member(host="grace", weight=10_000)),
                )
            },
            id="weights",
        ),
        pytest.param({"schedule": OFFICE, "hosts": (ADA, replace(GRACE, schedule=None))}, id="its own hours"),
        pytest.param({"limits": (per(Period.YEAR, 9), per(Period.DAY, 9))}, id="limits in any order"),
        pytest.param(
            {"limits": (per(Period.DAY, 9), per(Period.WEEK, total=HOUR))}, id="limits of two kinds"
        ),
        pytest.param({"limits": [per(Period.DAY, 9)]}, id="a list for a tuple"),
        pytest.param({"limits": (per(Period.DAY, total=30 * MINUTE),)}, id="one a day"),
        pytest.param({"approval": Approval(within=HOUR + MINUTE), "minimum_notice": HOUR}, id="approval"),
        pytest.param({"window": BookingWindow(days=61, counting=Counting.BOOKABLE)}, id="bookable days"),
        pytest.param({"window": BookingWindow(days=0, counting=Counting.BUSINESS)}, id="today"),
        pytest.param({"series": repeating(52, interval=10)}, id="ten years of weeks"),
        pytest.param({"series": repeating(3), "seats": Seats(per_slot=1000), "max_active": 1}, id="together"),
        pytest.param({"reminders": (timedelta(days=30), MINUTE)}, id="reminders"),
        pytest.param({"offset": 59 * MINUTE, "align": Align.GUEST}, id="offset"),
    ],
)
def test_what_goes_is_taken(fields: dict[str, Any]) -> None:
    """Up to the edges of what is allowed."""
    event_type = replace(CLASS, **fields)

    assert checked([event_type]) == (event_type,)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param(
            {
                "away": (
                    Absence(first=date(2026, 1, 1), last=date(2026, 1, 5), stand_in="grace"),
                    Absence(first=date(2026, 1, 5), last=date(2026, 1, 5), stand_in="grace"),
                )
            },
            id="away twice at once",
        ),
        pytest.param(
            {
                "travels": (
                    Travel(first=date(2026, 1, 1), last=date(2026, 1, 5), zone="Asia/Tokyo"),
                    Travel(first=date(2026, 1, 6), last=date(2026, 1, 6), zone="Asia/Seoul"),
                )
            },
            id="from place to place",
        ),
        pytest.param({"calendars": ("https://a.example", "webcal://a.example:8443/b?c=d")}, id="calendars"),
        pytest.param({"schedule": replace(OFFICE, zone="Asia/Tokyo")}, id="hours elsewhere"),
        pytest.param({"holidays": "DE-BY"}, id="holidays of a part"),
        pytest.param({"holidays": "DE"}, id="holidays"),
    ],
)
def test_what_goes_with_a_host_is_taken(fields: dict[str, Any]) -> None:
    """Absences may overlap where they agree."""
    event_type = replace(CLASS, hosts=(replace(ADA, **fields), GRACE))

    assert checked([event_type]) == (event_type,)


def test_calendars_of_a_private_network_need_no_https() -> None:
    """Nobody is on the way there."""
    event_type = replace(INTRO, hosts=(replace(ADA, calendars=("http://10.0.0.1/ada.ics",)),))

    assert checked([event_type], private_network=True) == (event_type,)


# --- mistakes in one event type ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"slug": ""}, ".slug (of '') must be"),
        ({"slug": "-a"}, "no hyphen first"),
        ({"slug": "a" * 65}, "must be up to 64"),
        ({"slug": "a/../b"}, "must be up to 64"),
        ({"title": " "}, ".title (of 'intro-call') is empty."),
        ({"hosts": ()}, ".hosts (of 'intro-call') is empty. Name at least one host."),
        ({"hosts": (ADA, ADA)}, ".hosts[1] (of 'intro-call') = 'ada' is named twice."),
        ({"hosts": (replace(ADA, slug="Ada L."),)}, ".hosts[0].slug"),
        ({"hosts": (replace(ADA, schedule=None),)}, "the host 'ada' has none either. Give one of them"),
        ({"durations": (HOUR, HOUR)}, "none twice"),
        ({"durations": (timedelta(seconds=90),)}, "must be whole minutes"),
        (
            {"slot_interval": timedelta(0)},
            ".slot_interval (of 'intro-call') must be whole minutes, from 1 minute to 3650 days, but",
        ),
        ({"buffer_after": -MINUTE}, ".buffer_after"),
        ({"minimum_notice": timedelta.max}, ".minimum_notice"),
        ({"cancel": ChangeRule(notice=-HOUR)}, ".cancel.notice"),
        ({"schedule": Schedule(weekly=((),) * 6)}, ".schedule.weekly (of 'intro-call') must hold seven days"),
        ({"schedule": Schedule(weekly=(((540, 1500),),) * 7)}, "hours beyond the day: 09:00-25:00"),
        ({"schedule": replace(OFFICE, zone="Mars")}, ".schedule.zone (of 'intro-call') is wrong: 'Mars'"),
        (
            {"schedule": replace(OFFICE, overrides={date(2026, 1, 1): ((0, 0),)})},
            ".schedule.overrides.2026-01-01",
        ),
        ({"locations": meeting(kind=LocationKind.LINK, value="javascript:alert(1)")}, "is not a web address"),
        ({"locations": meeting(kind=LocationKind.OTHER)}, ".locations[0] (of 'intro-call') says nothing"),
        (
            {"locations": meeting(kind=LocationKind.ATTENDEE_PHONE, value="1")},
            "guests say it themselves. Leave it out, or use the kind phone.",
        ),
        ({"locations": meeting(kind=LocationKind.ATTENDEE_ADDRESS, value="1")}, "use the kind in_person."),
        (
            {"locations": meeting(kind=LocationKind.ATTENDEE_PHONE) * 2},
            ".locations[1].label (of 'intro-call') leaves guests two locations that look alike",
        ),
        (
            {
                "locations": (
                    *meeting(kind=LocationKind.IN_PERSON, value="1 Main Street", label="Office"),
                    *meeting(kind=LocationKind.LINK, value="https://example.com", label="office "),
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
        ({"questions": asking(slug="without")}, "= 'without' is a field of the form itself"),
        ({"questions": asking(label="")}, ".questions[0].label"),
        ({"questions": asking() * 2}, ".questions[1].slug (of 'intro-call') = 'topic' is taken"),
        ({"questions": asking(kind=QuestionKind.RADIO)}, "must hold choices for the kind radio"),
        ({"questions": asking(kind=QuestionKind.SELECT, options=("a", "a"))}, "none of them empty or twice"),
        ({"questions": asking(options=("a",))}, "the kind text takes none"),
        ({"max_guests": 101}, "must be 0 to 100"),
        ({"max_active": 0}, ".max_active (of 'intro-call') must be 1 to 1000, but is 0."),
        ({"offset": HOUR}, "must be whole minutes, from 0 minutes to 59 minutes, but is 1:00:00."),
        (
            {"window": BookingWindow(days=None, counting=Counting.BUSINESS)},
            ".window.days (of 'intro-call') is",
        ),
        ({"window": BookingWindow(days=62, counting=Counting.BOOKABLE)}, "must be 1 to 61, but is 62."),
        ({"window": BookingWindow(days=0, counting=Counting.BOOKABLE)}, "must be 1 to 61, but is 0."),
        ({"reminders": (HOUR, HOUR)}, ".reminders (of 'intro-call') hold the same length twice."),
        ({"reminders": (timedelta(0),)}, ".reminders[0] (of 'intro-call') must be whole minutes, from 1"),
        ({"reminders": (31 * 24 * HOUR,)}, "to 30 days, but is 31 days"),
        ({"approval": Approval(expires=timedelta(0))}, ".approval.expires"),
        (
            {"approval": Approval(within=HOUR), "minimum_notice": HOUR},
            ".approval.within (of 'intro-call') is not above the minimum_notice, 1:00:00, so no booking",
        ),
        ({"seats": Seats(per_slot=1001)}, ".seats.per_slot (of 'intro-call') must be 1 to 1000"),
        ({"series": repeating(1)}, ".series.occurrences (of 'intro-call') must be 2 to 52, but is 1."),
        ({"series": repeating(2, interval=0)}, ".series.interval (of 'intro-call') must be at least 1"),
        ({"series": repeating(52, interval=11)}, ".series (of 'intro-call') reaches more than ten years"),
        (
            {"series": repeating(12, frequency=Frequency.YEARLY)},
            ".series (of 'intro-call') reaches more than ten years ahead.",
        ),
    ],
)
def test_mistakes_in_declared_event_types_are_told(fields: dict[str, Any], message: str) -> None:
    """Each check names the event type, the field and the remedy."""
    with pytest.raises(ConfigurationError, match=re.escape(message)) as caught:
        checked([INTRO, replace(INTRO, **fields)])

    assert str(caught.value).startswith("event_types[1].")


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        ((HostGroup(members=()),), ".groups[0].members (of 'class') is empty. Name the hosts of the group."),
        (
            (group("bob"),),
            ".groups[0].members[0].host (of 'class') = 'bob' is not a known host of the event type",
        ),
        ((group("ada", "ada"),), ".groups[0].members[1].host (of 'class') = 'ada' is in a group already."),
        (
            (group("ada"), group("ada")),
            ".groups[1].members[0].host (of 'class') = 'ada' is in a group already.",
        ),
        ((group("ada", need=0),), ".groups[0].need (of 'class') must be 1 to 1, but is 0."),
        ((group("ada", "grace", need=3),), ".groups[0].need (of 'class') must be 1 to 2, but is 3."),
        (
            (group(Member(host="ada", priority=4)),),
            "members[0].priority (of 'class') must be 0 to 3, but is 4.",
        ),
        (
            (group(Member(host="ada", weight=0)),),
            "members[0].weight (of 'class') must be 1 to 10000, but is 0.",
        ),
    ],
)
def test_mistakes_in_groups_are_told(groups: tuple[HostGroup, ...], message: str) -> None:
    """A host is in one group of the event type, once."""
    with pytest.raises(ConfigurationError, match=re.escape(message)):
        checked([replace(CLASS, groups=groups)])


@pytest.mark.parametrize(
    ("limits", "message"),
    [
        ((per(Period.DAY),), "[0] (of 'intro-call') must have either a count or a total."),
        (
            (per(Period.DAY, 1, total=HOUR),),
            "[0] (of 'intro-call') must have either a count or a total. For both write two limits.",
        ),
        ((per(Period.DAY, 0),), "[0].count (of 'intro-call') must be at least 1, but is 0."),
        ((per(Period.DAY, total=29 * MINUTE),), "[0].total (of 'intro-call') must be whole minutes, from 30"),
        (
            (per(Period.DAY, 1), per(Period.DAY, 2)),
            "[1] (of 'intro-call') is the second of its kind per day.",
        ),
        (
            (per(Period.WEEK, 2), per(Period.DAY, 3)),
            " (of 'intro-call') allow more per day than per week: 3, but 2. Raise the one",
        ),
        (
            (per(Period.DAY, total=3 * HOUR), per(Period.YEAR, total=2 * HOUR)),
            " (of 'intro-call') allow more per day than per year: 3:00:00, but 2:00:00.",
        ),
    ],
)
@pytest.mark.parametrize("name", ["limits", "guest_limits"])
def test_mistakes_in_limits_are_told(name: str, limits: tuple[Limit, ...], message: str) -> None:
    """They ascend, and leave room for a booking (contracts/calcom.md 9.5)."""
    event_type = replace(INTRO, **{name: limits})  # type: ignore[arg-type]  # one of two fields of this kind

    with pytest.raises(ConfigurationError, match=re.escape(f"event_types[0].{name}{message}")):
        checked([event_type])


def holding(**fields: Any) -> Schedule:
    """Give hours with other fields."""
    return replace(OFFICE, **fields)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"durations": (30,)}, ".durations[0] (of 'intro-call') must be a timedelta, but is 30."),
        ({"slug": 7}, ".slug (of 7) must be a text, but is 7."),
        ({"hosts": ADA}, ".hosts (of 'intro-call') must be a tuple, but is a Host."),
        ({"hosts": ("ada",)}, ".hosts[0] (of 'intro-call') must be a Host, but is 'ada'."),
        ({"align": "guest"}, ".align (of 'intro-call') must be an Align, but is 'guest'."),
        ({"max_guests": True}, ".max_guests (of 'intro-call') must be a whole number, but is True."),
        ({"private": 1}, ".private (of 'intro-call') must be True or False, but is 1."),
        ({"seats": 5}, ".seats (of 'intro-call') must be a Seats, but is 5."),
        (
            {"locations": meeting(kind="link", value="https://a.example")},
            ".locations[0].kind (of 'intro-call') must be a LocationKind, but is 'link'.",
        ),
        (
            {"window": BookingWindow(start=datetime(2026, 1, 1))},
            ".window.start (of 'intro-call') must be a date, but is datetime.datetime(2026",
        ),
        (
            {"schedule": holding(weekly=(((540,),),) * 7)},
            ".schedule.weekly[0][0] (of 'intro-call') must be a tuple of 2, but is a tuple.",
        ),
        (
            {"schedule": holding(overrides=[date(2026, 1, 1)])},
            ".schedule.overrides (of 'intro-call') must be a mapping, but is a list.",
        ),
        (
            {"schedule": holding(overrides={"2026-01-01": ()})},
            ".schedule.overrides (of 'intro-call') must be a date, but is '2026-01-01'.",
        ),
    ],
)
def test_values_of_another_kind_are_told(fields: dict[str, Any], message: str) -> None:
    """Python takes them, and guests would find out."""
    event_type = replace(INTRO, **fields)

    with pytest.raises(ConfigurationError, match=re.escape(f"event_types[0]{message}")):
        checked([event_type])


# --- mistakes in hosts ---------------------------------------------------------------------------


def away(first: str, last: str, stand_in: str = "") -> Absence:
    """Give an absence from a date to another."""
    return Absence(first=date.fromisoformat(first), last=date.fromisoformat(last), stand_in=stand_in)


def travel(first: str, last: str, zone: str = "Asia/Tokyo") -> Travel:
    """Give a journey from a date to another."""
    return Travel(first=date.fromisoformat(first), last=date.fromisoformat(last), zone=zone)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"name": ""}, ".name is empty."),
        ({"email": "ada"}, ".email is not an e-mail address. Correct it or leave it out."),
        ({"email": "a@b.c\nBcc: x"}, ".email is not an e-mail address."),
        ({"zone": "Mars"}, ".zone is wrong: 'Mars' is not an IANA"),
        ({"schedule": Schedule(weekly=((),) * 6)}, ".schedule.weekly must hold seven days"),
        ({"limits": (per(Period.DAY, 0),)}, ".limits[0].count must be at least 1, but is 0."),
        (
            {"away": (away("2026-02-01", "2026-01-01"),)},
            ".away[0].first = 2026-02-01 is after the last, 2026",
        ),
        ({"away": (away("2026-02-01", "2300-01-01"),)}, ".away[0].last = 2300-01-01 is beyond the years we"),
        ({"away": (away("2026-02-01", "2026-02-01", "ada"),)}, ".away[0].stand_in = 'ada' is away then."),
        (
            {"away": (away("2026-02-01", "2026-02-01", "bob"),)},
            ".away[0].stand_in = 'bob' is not a known host",
        ),
        (
            {"away": (away("2026-02-01", "2026-02-03", "grace"), away("2026-02-03", "2026-02-04"))},
            ".away[1] shares dates with away[0], but not its stand-in.",
        ),
        (
            {"travels": (travel("2026-02-01", "2026-01-01"),)},
            ".travels[0].first = 2026-02-01 is after the last",
        ),
        ({"travels": (travel("2026-02-01", "2026-02-01", "Mars"),)}, ".travels[0].zone is wrong: 'Mars'"),
        (
            {"travels": (travel("2026-02-01", "2026-02-03"), travel("2026-01-01", "2026-02-01"))},
            ".travels[1] shares dates with travels[0]. Nobody is in two places",
        ),
        ({"holidays": "Bavaria"}, ".holidays = 'Bavaria' is no country whose holidays are known."),
        ({"holidays": "DE-XX"}, ".holidays = 'DE-XX' is no country whose holidays are known."),
        ({"calendars": ("https://a.example/b",) * 2}, ".calendars[1] is there already."),
    ],
)
def test_mistakes_in_hosts_are_told(fields: dict[str, Any], message: str) -> None:
    """A host is named by the slug, and looked at once, whatever it hosts."""
    ada = replace(ADA, **fields)

    with pytest.raises(ConfigurationError, match=re.escape(message)) as caught:
        checked([replace(CLASS, hosts=(ada, GRACE)), replace(INTRO, hosts=(ada,))])

    assert str(caught.value).startswith("hosts.ada.")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "hush",
        "//a.example/hush",
        "https:///hush",
        "https://a.example/hu sh",
        "https://a.example/hush\n",
        "https://[hush",
        "https://a.example:99999/hush",
        "https://a.example:hush/",
        "file:///etc/hush",
        "javascript:hush",
        "https://ä.example/hush",
    ],
    ids=ascii,
)
def test_what_is_no_address_of_a_calendar_is_told_without_it(address: str) -> None:
    """An address is as good as a password, and a broken one may be most of it."""
    event_type = replace(INTRO, hosts=(replace(ADA, calendars=(address,)),))

    with pytest.raises(ConfigurationError) as caught:
        checked([event_type])

    assert (
        str(caught.value) == 'hosts.ada.calendars[0] is no address of a calendar. Begin it with "https://".'
    )


@pytest.mark.parametrize(
    "calendars", ["https://a.example/hush", {"https://a.example/hush": 1}], ids=["text", "dict"]
)
def test_calendars_of_another_kind_are_told_without_them(calendars: object) -> None:
    """What stands in the wrong place is as secret."""
    event_type = replace(INTRO, hosts=(replace(ADA, calendars=calendars),))  # type: ignore[arg-type]  # so wrong

    with pytest.raises(ConfigurationError, match=r"hosts\[0\]\.calendars .* must be a tuple") as caught:
        checked([event_type])

    assert "hush" not in str(caught.value)


@pytest.mark.parametrize(
    ("library", "fields", "extra"),
    [
        ("holidays", {"holidays": "DE"}, "holidays"),
        ("recurring_ical_events", {"calendars": ("https://a.example",)}, "calendars"),
    ],
)
def test_a_library_that_is_not_installed_is_told(
    monkeypatch: pytest.MonkeyPatch, library: str, fields: dict[str, Any], extra: str
) -> None:
    """At the start, with the extra that brings it."""
    monkeypatch.setitem(sys.modules, library, None)
    event_type = replace(INTRO, hosts=(replace(ADA, **fields),))

    with pytest.raises(ConfigurationError, match=rf"pip install 'booker-components\[{extra}\]'\."):
        checked([event_type])

    assert checked([INTRO]) == (INTRO,)


# --- mistakes in all of them together ------------------------------------------------------------


def test_slugs_must_differ() -> None:
    """Two event types cannot share an address."""
    with pytest.raises(ConfigurationError, match=r"event_types\[1\]\.slug = 'intro-call' is taken"):
        checked([INTRO, INTRO])


def test_a_host_is_one_person() -> None:
    """The same slug with another zone would be booked twice."""
    twin = replace(INTRO, slug="other", hosts=(replace(ADA, zone="Asia/Tokyo"),))

    with pytest.raises(ConfigurationError, match="a second host 'ada' that differs from the first"):
        checked([INTRO, twin])


def test_a_stand_in_may_host_something_else() -> None:
    """Whoever is declared anywhere can stand in."""
    ada = replace(ADA, away=(away("2026-02-01", "2026-02-01", "grace"),))
    declared = (replace(INTRO, hosts=(ada,)), replace(INTRO, slug="other", hosts=(GRACE,)))

    assert checked(declared) == declared


@pytest.mark.parametrize(
    ("declared", "shown"),
    [("booking.toml", "'booking.toml'"), ({"calendars": "hush"}, "a dict"), (None, "a NoneType")],
    ids=["path", "mapping", "nothing"],
)
def test_only_event_types_are_event_types(declared: Any, shown: str) -> None:
    """A forgotten call of load_event_types is told, and nothing of what may be secret."""
    with pytest.raises(ConfigurationError) as caught:
        checked([declared])

    assert str(caught.value) == f"event_types[0] must be an EventType, but is {shown}."


# --- remote --------------------------------------------------------------------------------------

REMOTE = EventType(slug="intro", id="mT7xR-2bQe0c", title="Intro", hosts=())


def test_a_remote_event_type_needs_its_id_alone() -> None:
    """Hosts and hours are the provider's; a host may be declared for the name."""
    named = replace(REMOTE, hosts=(Host(slug="U_1", name="Ada", zone="Asia/Tokyo"),), zone_locked=True)

    assert checked([REMOTE], remote=True) == (REMOTE,)
    assert checked([named], remote=True) == (named,)


OURS: Mapping[str, Any] = {
    "groups": (group("ada"),),
    "same_hosts": False,
    "schedule": OFFICE,
    "slot_interval": HOUR,
    "buffer_before": HOUR,
    "buffer_after": HOUR,
    "align": Align.GUEST,
    "offset": MINUTE,
    "optimized": True,
    "first_only": True,
    "limits": (per(Period.DAY, 1),),
    "guest_limits": (per(Period.DAY, 1),),
    "max_active": 1,
    "private": True,
    "reminders": (HOUR,),
    "series": repeating(2),
}


@pytest.mark.parametrize("name", OURS)
def test_what_only_the_embedded_engine_does_is_refused_elsewhere(name: str) -> None:
    """What is said would be passed over in silence, and somebody would rely on it."""
    event_type = replace(REMOTE, **{name: OURS[name]})

    with pytest.raises(ConfigurationError, match=rf"event_types\[0\]\.{name} \(of 'intro'\) is kept by the"):
        checked([event_type], remote=True)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"id": ""}, ".id (of 'intro') must be the provider's id for it"),
        (
            {"window": BookingWindow(counting=Counting.BUSINESS)},
            ".window.counting (of 'intro') is kept by the",
        ),
        ({"durations": (HOUR, MINUTE)}, ".durations (of 'intro') holds several lengths"),
        ({"hosts": (replace(ADA, slug="a b"),)}, ".hosts[0].slug"),
        (
            {"hosts": (replace(ADA, schedule=None, holidays="DE"),)},
            ".hosts[0].holidays (of 'intro') is kept by the embedded",
        ),
        (
            {"questions": (*asking(id="q"), *asking(id="q", slug="b"))},
            ".questions (of 'intro') hold the same",
        ),
    ],
)
def test_mistakes_in_remote_event_types_are_told(fields: dict[str, Any], message: str) -> None:
    """Each names the field and the remedy."""
    with pytest.raises(ConfigurationError, match=re.escape(f"event_types[0]{message}")):
        checked([replace(REMOTE, **fields)], remote=True)


def test_ids_must_differ() -> None:
    """Two event types cannot be one at the provider."""
    with pytest.raises(ConfigurationError, match=r"event_types\[1\]\.id = 'mT7xR-2bQe0c' is taken"):
        checked([REMOTE, replace(REMOTE, slug="other")], remote=True)
