"""Who gives a time: hosts together, groups of them, stand-ins."""

from __future__ import annotations

from types import MappingProxyType

import pytest

from booker_components.providers.embedded.availability import crew, enough, takers

from .offers import HOUR, MINUTE, absence, at, event_type, group, host, offered, people, schedule

DAY = "2026-03-04"


def offer_of(hosts, *groups, **fields):
    """Give an event type of several hosts."""
    return event_type(hosts=tuple(hosts), groups=groups, **fields)


def busy(**times):
    """Read "09:00-10:00 11:00-12:00" for each host, as busy times of the day."""
    return {
        slug: [tuple(f"{DAY} {clock}" for clock in part.split("-")) for part in text.split()]
        for slug, text in times.items()
    }


# --- together, any of them, some of them -----------------------------------------------------------


def test_all_hosts_of_no_group_must_be_free():
    """What two have in common is what both have."""
    offer = offer_of([host("ada", daily="09:00-12:00"), host("bob", daily="10:00-13:00")])

    assert offered(offer, DAY, busy=busy(bob="11:00-11:30")) == "10:00 10:30 11:30"


def test_hosts_meet_across_zones():
    """Nine to five in New York and in Paris leaves two hours together."""
    offer = offer_of(
        [host("ada", "Europe/Paris", "09:00-17:00"), host("bob", "America/New_York", "09:00-17:00")]
    )

    assert offered(offer, "2026-01-14", duration=HOUR) == "15:00 16:00"
    # For two weeks in March, New York is an hour nearer.
    assert offered(offer, "2026-03-10", duration=HOUR) == "14:00 15:00 16:00"


def test_of_a_group_one_is_enough():
    """A round robin is free when any of its hosts is, each for a whole slot."""
    duo = [host("ada", daily="09:00-10:00"), host("bob", daily="11:00-12:00")]

    shown = offered(offer_of(duo, group("ada", "bob")), DAY, busy=busy(bob="11:00-11:30"))

    assert shown == "09:00 09:30 11:30"


def test_free_times_of_two_hosts_do_not_add_up():
    """Half an hour of one and the next half of another are no hour of either."""
    duo = [host("ada", daily="09:00-09:30"), host("bob", daily="09:30-10:00")]

    assert offered(offer_of(duo, group("ada", "bob")), DAY, duration=HOUR) == ""


def test_a_fixed_host_and_one_of_a_group():
    """The fixed one is in every booking, with whoever of the group is free then (calcom.md 9.5)."""
    trio = [
        host("ada", daily="11:00-13:00"),
        host("bob", daily="11:00-11:30"),
        host("cy", daily="12:30-13:00"),
    ]

    assert offered(offer_of(trio, group("bob", "cy")), DAY) == "11:00 12:30"


def test_of_each_group_one_is_needed():
    """Two groups meet when each has somebody; one with nobody keeps all away."""
    four = [
        host(slug, daily=daily)
        for slug, daily in {
            "ada": "09:00-10:00",
            "bob": "10:00-11:00",
            "cy": "09:30-10:30",
            "dee": "15:00-16:00",
        }.items()
    ]
    offer = offer_of(four, group("ada", "bob"), group("cy", "dee"))

    assert offered(offer, DAY) == "09:30 10:00"
    assert offered(offer, DAY, busy=busy(cy="09:00-11:00")) == ""


@pytest.mark.parametrize(
    ("need", "starts"), [(1, "09:00 10:00 11:00 12:00"), (2, "10:00 11:00"), (3, "11:00"), (4, "")]
)
def test_some_of_many(need, starts):
    """As many of the group as a booking takes must be free at once."""
    many = [
        host("ada", daily="09:00-12:00"),
        host("bob", daily="10:00-12:00"),
        host("cy", daily="11:00-13:00"),
        host("dee", daily=""),
    ]

    shown = offered(offer_of(many, group("ada", "bob", "cy", "dee", need=need)), DAY, duration=HOUR)

    assert shown == starts


def test_hosts_may_share_the_event_types_hours():
    """With common hours, everybody works them, each where he is."""
    duo = [host("ada", "UTC", "00:00-24:00"), host("bob", "Asia/Tokyo", "00:00-24:00")]

    own = offered(offer_of(duo, group("ada", "bob"), schedule=schedule("09:00-10:00")), DAY, duration=HOUR)
    fixed = offered(offer_of(duo, schedule=schedule("09:00-10:00", zone="Europe/Paris")), DAY, duration=HOUR)

    assert own == "00:00 09:00"
    assert fixed == "08:00"


def test_nobody_is_needed_twice():
    """A host of two groups takes one part of a booking, not both."""
    trio = [host(slug, daily="09:00-10:00") for slug in ("ada", "bob", "cy")]
    offer = offer_of(trio, group("ada", "bob"), group("ada", "cy"))

    assert offered(offer, DAY) == "09:00 09:30"
    assert offered(offer, DAY, busy=busy(bob="09:00-09:30", cy="09:30-10:00")) == "09:00 09:30"
    assert offered(offer, DAY, busy=busy(bob="09:00-09:30", cy="09:00-10:00")) == "09:30"


# --- stand-ins -----------------------------------------------------------------------------------


def test_a_stand_in_takes_over_on_the_dates_of_an_absence():
    """In the stand-in's own hours, free of the stand-in's own busy times."""
    ada = host("ada", daily="09:00-10:00", away=(absence(DAY, stand_in="bob"),))
    bob = host("bob", daily="13:00-15:00")

    shown = offered(
        offer_of([ada]), "2026-03-03", days=3, others=[bob], busy=busy(bob="13:30-14:00"), form="%d.%H:%M"
    )

    assert shown == "03.09:00 03.09:30 04.13:00 04.14:00 04.14:30 05.09:00 05.09:30"


def test_dates_of_an_absence_are_the_hosts():
    """A slot is the stand-in's when it starts on such a date where the host is."""
    ada = host("ada", "Asia/Tokyo", "", away=(absence(DAY, stand_in="bob"),))
    bob = host("bob", "UTC", "00:00-24:00")

    shown = offered(
        offer_of([ada]), "2026-03-03", days=3, zone="UTC", others=[bob], duration=6 * HOUR, form="%d.%H:%M"
    )

    # Of Tokyo's day, the last six hours begin at nine in UTC, and run into the day after.
    assert shown == "03.15:00 03.21:00 04.03:00 04.09:00"


def test_stand_ins_have_absences_and_no_stand_ins():
    """Whoever stands in and is away as well is not stood in for."""
    ada = host("ada", daily="09:00-10:00", away=(absence(DAY, stand_in="bob"),))
    bob = host("bob", daily="09:00-10:00", away=(absence(DAY, stand_in="cy"),))
    cy = host("cy", daily="09:00-10:00")

    assert offered(offer_of([ada]), DAY, others=[bob, cy]) == ""


def test_the_first_absence_that_names_a_date_counts():
    """Where two hold the same date, the one named first says who stands in."""
    away = (absence(DAY, stand_in="bob"), absence("2026-03-03", "2026-03-05", stand_in="cy"))
    ada = host("ada", daily="09:00-10:00", away=away)
    others = [host("bob", daily="13:00-14:00"), host("cy", daily="16:00-17:00")]

    shown = offered(offer_of([ada]), "2026-03-03", days=3, others=others, duration=HOUR, form="%d.%H:%M")

    assert shown == "03.16:00 04.13:00 05.16:00"


def test_one_may_stand_in_for_several_absences():
    """Two absences of a host, one after the other, may name the same stand-in."""
    away = (absence(DAY, stand_in="bob"), absence("2026-03-03", stand_in="bob"))
    ada, bob = host("ada", daily="09:00-10:00", away=away), host("bob", daily="09:00-10:00")

    alone = offered(offer_of([ada]), "2026-03-03", days=2, others=[bob], form="%d.%H:%M")
    together = offered(offer_of([ada, bob]), "2026-03-03", days=3, form="%d.%H:%M")

    assert alone == "03.09:00 03.09:30 04.09:00 04.09:30"
    assert together == "05.09:00 05.09:30"


def test_a_stand_in_is_not_needed_twice():
    """Who stands in for one of the hosts cannot be another of them at once."""
    ada = host("ada", daily="09:00-11:00", away=(absence(DAY, stand_in="bob"),))
    bob = host("bob", daily="09:00-11:00")
    cy = host("cy", daily="09:00-10:00")

    both = offer_of([ada, bob])
    with_group = offer_of([ada, bob, cy], group("bob", "cy"))

    assert offered(both, DAY) == ""
    assert offered(both, "2026-03-05") == "09:00 09:30 10:00 10:30"
    # While Cy is there, he takes the group's part.
    assert offered(with_group, DAY) == "09:00 09:30"


def test_one_may_stand_in_for_several_of_a_group():
    """On different days, each time for whoever is away, while the others are busy."""
    ada = host("ada", daily="09:00-10:00", away=(absence(DAY, stand_in="cy"),))
    bob = host("bob", daily="09:00-10:00", away=(absence("2026-03-05", stand_in="cy"),))
    known = {
        "ada": [("2026-03-05 00:00", "2026-03-06 00:00")],
        "bob": [("2026-03-04 00:00", "2026-03-05 00:00")],
    }

    shown = offered(
        offer_of([ada, bob], group("ada", "bob")),
        DAY,
        days=2,
        busy=known,
        others=[host("cy", daily="14:00-15:00")],
        duration=HOUR,
        form="%d.%H:%M",
    )

    assert shown == "04.14:00 05.14:00"


def test_one_who_stands_in_for_a_group_and_another_host_is_not_needed_twice():
    """Whichever of the group it is for, on whichever day."""
    ada = host("ada", daily="09:00-10:00", away=(absence(DAY, stand_in="cy"),))
    bob = host("bob", daily="09:00-10:00", away=(absence("2026-03-05", stand_in="cy"),))
    dee = host("dee", daily="09:00-10:00", away=(absence(DAY, "2026-03-05", stand_in="cy"),))
    known = {
        "ada": [("2026-03-05 00:00", "2026-03-06 00:00")],
        "bob": [("2026-03-04 00:00", "2026-03-05 00:00")],
    }

    shown = offered(
        offer_of([ada, bob, dee], group("ada", "bob")),
        DAY,
        days=3,
        busy=known,
        others=[host("cy", daily="09:00-10:00")],
        duration=HOUR,
        form="%d.%H:%M",
    )

    assert shown == "06.09:00"


def test_one_who_stands_in_for_three_is_needed_once_at_a_time():
    """For the first and the third on one day, which cannot be, for the second on another, which can."""
    away = {"ada": DAY, "bob": "2026-03-05", "dee": DAY}
    trio = [
        host(slug, daily="09:00-10:00", away=(absence(day, stand_in="cy"),)) for slug, day in away.items()
    ]

    shown = offered(
        offer_of(trio),
        DAY,
        days=3,
        others=[host("cy", daily="09:00-10:00")],
        duration=HOUR,
        form="%d.%H:%M",
    )

    assert shown == "05.09:00 06.09:00"


def test_a_group_counts_people_not_parts():
    """One who is in the group and stands in for another of it is one of the two that are needed."""
    ada = host("ada", daily="09:00-10:00", away=(absence(DAY, stand_in="bob"),))
    offer = offer_of([ada, host("bob", daily="09:00-10:00")], group("ada", "bob", need=2))

    assert offered(offer, DAY) == ""
    assert offered(offer, "2026-03-05") == "09:00 09:30"


def test_everyone_who_may_be_needed_is_in_the_crew():
    """The hosts first, then those who stand in for them, nobody twice."""
    ada = host("ada", away=(absence(DAY, stand_in="cy"), absence("2026-03-05", stand_in="bob")))
    bob, cy = host("bob", away=(absence(DAY, stand_in="dee"),)), host("cy")
    declared = {each.slug: each for each in (ada, bob, cy, host("dee"), host("eve"))}

    found = crew(offer_of([ada, bob]), declared)

    assert [each.slug for each in found] == ["ada", "bob", "cy", "dee"]


def test_a_stand_in_who_is_one_of_the_hosts_is_taken_from_them():
    """Whatever else is declared by that name, or nothing."""
    ada, bob = host("ada", away=(absence(DAY, stand_in="bob"),)), host("bob", daily="09:00-10:00")

    assert crew(offer_of([ada, bob]), {}) == (ada, bob)
    assert crew(offer_of([ada, bob]), {"bob": host("bob")}) == (ada, bob)


def test_a_stand_in_who_is_not_declared_is_an_error():
    """A slug that stands for nobody is not passed over."""
    ada = host("ada", away=(absence(DAY, stand_in="nobody"),))

    with pytest.raises(KeyError, match="nobody"):
        crew(offer_of([ada]), {"ada": ada})


# --- takers --------------------------------------------------------------------------------------


def taken_by(offer, start, *, known=MappingProxyType({}), others=(), duration=30 * MINUTE, **rest):
    """Give who takes a time of the day."""
    everybody = people(offer, known, others)
    return takers(offer, everybody, start=at(f"{DAY} {start}"), duration=duration, **rest)


def test_takers_are_those_who_can():
    """In the order of the hosts, whatever the group needs; buffers must be free too."""
    many = [
        host("ada", daily="09:00-12:00"),
        host("bob", daily="09:00-12:00"),
        host("cy", daily="13:00-14:00"),
    ]
    offer = offer_of(many, group("ada", "bob", "cy"), buffer_before=10 * MINUTE)

    assert taken_by(offer, "10:00") == {"ada": "ada", "bob": "bob"}
    assert taken_by(offer, "10:00", known=busy(ada="09:45-09:51")) == {"bob": "bob"}
    assert taken_by(offer, "13:45") == {}


@pytest.mark.parametrize(
    ("start", "taken"),
    [
        pytest.param("00:15", ("2026-03-03 23:40", "2026-03-03 23:50"), id="before"),
        pytest.param("23:00", ("2026-03-05 00:05", "2026-03-05 00:10"), id="after"),
    ],
)
def test_takers_are_free_beyond_midnight_too(start, taken):
    """Buffers of forty minutes reach into the day before and the day after."""
    offer = offer_of([host("ada", daily="00:00-24:00")], buffer_before=40 * MINUTE, buffer_after=40 * MINUTE)

    assert taken_by(offer, start) == {"ada": "ada"}
    assert taken_by(offer, start, known={"ada": [taken]}) == {}


def test_takers_name_who_stands_in():
    """Each host with whoever really does it."""
    ada = host("ada", daily="09:00-10:00", away=(absence(DAY, stand_in="bob"),))
    offer = offer_of([ada, host("cy", daily="09:00-10:00")])
    bob = host("bob", daily="09:00-10:00")

    found = taken_by(offer, "09:00", others=[bob])

    assert list(found.items()) == [("ada", "bob"), ("cy", "cy")]
    assert taken_by(offer, "09:00", known=busy(bob="09:00-09:30"), others=[bob]) == {"cy": "cy"}


def test_takers_need_not_work_then_if_hours_do_not_count():
    """A host who moves a booking may pass over hours, holidays and being away, never over what is booked."""
    ada = host("ada", daily="09:00-10:00", holidays="FR", away=(absence(DAY),))
    bob = host("bob", away=(absence(DAY, stand_in="cy"),))
    offer = offer_of([ada, bob])
    cy = host("cy")

    assert taken_by(offer, "20:00", others=[cy]) == {}
    assert taken_by(offer, "20:00", others=[cy], hours=False) == {"ada": "ada", "bob": "cy"}
    assert taken_by(offer, "20:00", known=busy(ada="20:29-21:00"), others=[cy], hours=False) == {"bob": "cy"}


def test_a_stand_in_begins_at_the_hosts_midnight():
    """The fifth of March begins there at three in the afternoon of the fourth in UTC."""
    ada = host("ada", "Asia/Tokyo", "00:00-24:00", away=(absence("2026-03-05", stand_in="bob"),))
    everybody = {"others": [host("bob", daily="00:00-24:00")]}

    found = [taken_by(offer_of([ada]), start, **everybody) for start in ("00:00", "14:30", "15:00")]

    assert found == [{"ada": "ada"}, {"ada": "ada"}, {"ada": "bob"}]


def test_takers_are_those_of_the_date_on_which_a_time_begins():
    """Bob stands in on the first date, Cy on the next; over midnight it is Bob, not the host herself."""
    ada = host("ada", away=(absence(DAY, stand_in="bob"), absence("2026-03-05", stand_in="cy")))
    others = [host("bob"), host("cy")]

    found = taken_by(offer_of([ada]), "23:45", others=others, hours=False)

    assert found == {"ada": "bob"}


def test_takers_are_told_for_parts_of_minutes():
    """A time that begins within a minute needs the whole minutes that it touches."""
    offer = offer_of([host("ada", daily="09:00-10:00")])

    assert taken_by(offer, "09:00:30") == {"ada": "ada"}
    assert taken_by(offer, "09:30:30") == {}
    assert taken_by(offer, "09:00:30", known=busy(ada="09:30-09:31")) == {}


@pytest.mark.parametrize(
    ("able", "is_enough"),
    [
        pytest.param({"ada": "ada", "bob": "bob", "cy": "cy"}, True, id="all"),
        pytest.param({"bob": "bob", "cy": "cy"}, False, id="fixed-one-missing"),
        pytest.param({"ada": "ada", "bob": "bob"}, False, id="too-few-of-the-group"),
        pytest.param({"ada": "eve", "bob": "bob", "dee": "dee"}, True, id="stand-in"),
        pytest.param({"ada": "bob", "bob": "bob", "cy": "cy"}, False, id="needed-twice"),
        pytest.param({"ada": "bob", "bob": "bob", "cy": "cy", "dee": "dee"}, True, id="others-take-it"),
        pytest.param({"ada": "ada", "bob": "eve", "cy": "eve"}, False, id="one-for-two"),
    ],
)
def test_enough_are_all_fixed_and_some_of_each_group(able, is_enough):
    """Ada is fixed; two of Bob, Cy and Dee are needed; nobody does it for two."""
    four = [host(slug) for slug in ("ada", "bob", "cy", "dee")]
    offer = offer_of(four, group("bob", "cy", "dee", need=2))

    assert enough(offer, able) is is_enough
