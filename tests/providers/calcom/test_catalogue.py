"""Tests of whose event types are found, and of how seldom they are asked for."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from booker_components.errors import EventTypeNotFound, ProviderUnavailable, Unsupported
from booker_components.providers.calcom.accounts import CalcomAccount

from . import samples
from .samples import NINE, AtCalcom


def test_the_event_types_of_the_account(at: AtCalcom) -> None:
    """Hidden ones are not listed, though a guest may have their address."""
    at.event_type("intro")
    at.event_type("secret", hidden=True)

    assert [each.slug for each in at.provider.event_types()] == ["intro"]
    assert at.provider.event_type("secret").slug == "secret"
    assert at.provider.event_types()[0].owner == "ann"


def test_an_owner_in_the_address_comes_before_the_accounts(at: AtCalcom) -> None:
    """One app may offer many users' event types."""
    bo = at.fake.add_user("bo")
    at.fake.add_event_type(bo, "intro", title="Bo's")
    at.event_type("intro")

    assert at.provider.event_type("intro", owner="bo").title == "Bo's"
    assert at.provider.event_type("intro").title == "Intro"


def test_a_user_of_an_organization(at: AtCalcom) -> None:
    """The organization is named along."""
    cy = at.fake.add_user("cy", organization="acme")
    at.fake.add_event_type(cy, "intro", title="Cy's")
    provider = at.other(CalcomAccount(username="cy", organization="acme"))

    assert provider.event_type("intro").title == "Cy's"
    assert at.sent("GET", "/event-types").query["orgSlug"] == ["acme"]


@pytest.mark.parametrize(
    "slug", ["nothing", "", "a\0b", "x" * 300, "4711", "../intro"], ids=lambda each: each[:12] or "empty"
)
def test_unknown_event_types(at: AtCalcom, slug: str) -> None:
    """Whatever the address says."""
    at.event_type()

    with pytest.raises(EventTypeNotFound):
        at.provider.event_type(slug)


def test_a_slug_of_another_is_not_taken_for_it(at: AtCalcom) -> None:
    """What the answer says counts, not what was asked for."""
    at.fake.next(
        method="GET",
        path="/event-types",
        status=200,
        body={"status": "success", "data": [samples.answer("event_type")]},
    )

    with pytest.raises(EventTypeNotFound):
        at.provider.event_type("intro")


def test_an_event_type_can_be_found_by_its_id(at: AtCalcom) -> None:
    """With credentials, where no slug is like it; and it has to be the account's."""
    number = at.event_type().id
    bo = at.fake.add_user("bo")
    theirs = at.fake.add_event_type(bo, "other")

    assert at.provider.event_type(number).slug == "intro"
    with pytest.raises(EventTypeNotFound):
        at.provider.event_type(str(theirs.id))


def test_a_managed_template_cannot_be_booked(at: AtCalcom) -> None:
    """Its children can."""
    at.fake.add_event_type(at.user, "template", schedulingType="managed")

    assert at.provider.event_types() == ()
    with pytest.raises(EventTypeNotFound):
        at.provider.event_type("template")


def test_a_dynamic_group(at: AtCalcom) -> None:
    """Several users have one event type together, in several lengths, which only Cal.com can book."""
    at.fake.add_user("bo")

    (group,) = at.other(CalcomAccount(username="ann+bo")).event_types()

    assert at.sent("GET", "/event-types").query["usernames"] == ["ann,bo"]
    assert (group.owner, group.id) == ("ann+bo", "")
    assert len(group.durations) > 1
    assert group.elsewhere


# --- teams ---------------------------------------------------------------------------------------


def test_a_teams_event_types(at: AtCalcom) -> None:
    """Its number is looked up by its slug, once."""
    team = at.fake.add_team("sales", at.user)
    at.fake.add_event_type(team, "demo", title="Demo")
    at.fake.add_event_type(team, "call", title="Call")
    provider = at.other(replace(at.account, username="", team="sales"))

    slugs = [each.slug for each in provider.event_types()]

    assert slugs == ["demo", "call"]
    assert provider.event_type("demo").owner == "team:sales"
    assert at.provider.event_type("demo", owner="team:sales").title == "Demo"
    with pytest.raises(EventTypeNotFound):
        provider.event_type("intro")
    assert len(at.calls("GET", "/teams")) == len(at.calls("GET", f"/teams/{team.id}")) + 2


def test_an_unknown_team(at: AtCalcom) -> None:
    """The setting to look at is named."""
    with pytest.raises(EventTypeNotFound, match="BOOKER_CALCOM_TEAM"):
        at.provider.event_type("demo", owner="team:nobody")


def test_a_team_needs_credentials(stranger: AtCalcom) -> None:
    """The remedy is named."""
    with pytest.raises(Unsupported, match="BOOKER_CALCOM_API_KEY"):
        stranger.provider.event_type("demo", owner="team:sales")


# --- who asks ------------------------------------------------------------------------------------


def test_strangers_find_what_is_public(stranger: AtCalcom) -> None:
    """Without credentials nothing else is asked for."""
    stranger.event_type("intro")
    stranger.fake.add_event_type(stranger.user, "secret", hidden=True)

    assert [each.slug for each in stranger.provider.event_types()] == ["intro"]
    with pytest.raises(EventTypeNotFound):
        stranger.provider.event_type("secret")
    assert set(stranger.calls()) == {"GET /event-types"}


def test_an_account_without_a_name_is_that_of_its_key(at: AtCalcom) -> None:
    """The username is looked up."""
    at.event_type("intro")
    provider = at.other(replace(at.account, username=""))

    assert [each.owner for each in provider.event_types()] == ["ann"]


def test_an_account_of_nobody_names_the_setting(at: AtCalcom) -> None:
    """There is nothing to offer."""
    with pytest.raises(Unsupported, match="BOOKER_CALCOM_USERNAME"):
        at.other(CalcomAccount()).event_types()


@pytest.mark.parametrize(
    ("setting", "proven", "expected"),
    [("", True, "Europe/Rome"), ("Asia/Tokyo", True, "Asia/Tokyo"), ("", False, "UTC")],
    ids=["the user's", "the setting's", "unknown"],
)
def test_the_zone_of_the_hosts(at: AtCalcom, setting: str, proven: bool, expected: str) -> None:
    """The API tells it of the user whose credentials we have, and of nobody else."""
    at.event_type()
    at.user.zone = "Europe/Rome"
    account = at.account if proven else CalcomAccount(username="ann")

    event_type = at.other(account, zone=setting).event_type("intro")

    assert event_type.zone == expected


def test_a_token_that_may_not_read_the_profile_leaves_the_zone_unknown(at: AtCalcom) -> None:
    """That is no reason to offer nothing."""
    at.event_type()
    at.fake.next(status=403, method="GET", path="/me")

    assert at.other(at.account).event_type("intro").zone == "UTC"


# --- asking seldom -------------------------------------------------------------------------------


def test_event_types_are_kept_for_a_minute(at: AtCalcom) -> None:
    """A page asks for them several times; the user is asked for even more seldom."""
    at.event_type()
    provider = at.other(at.account)
    at.fake.requests.clear()

    for _ in range(3):
        provider.event_type("intro")
        provider.event_types()
    assert at.calls() == ["GET /event-types", "GET /me", "GET /event-types"]

    at.clock.move(timedelta(seconds=61))
    provider.event_type("intro")
    assert at.calls()[3:] == ["GET /event-types"]


def test_accounts_are_kept_apart(at: AtCalcom) -> None:
    """What one may see is not shown to another."""
    at.event_type("secret", hidden=True)

    with pytest.raises(EventTypeNotFound):
        at.other(CalcomAccount(username="ann")).event_type("secret")


def test_failures_are_told_and_not_kept(at: AtCalcom) -> None:
    """The next look asks again."""
    at.event_type()
    provider = at.other(at.account)
    at.fake.next(status=503, times=3, method="GET", path="/event-types")

    with pytest.raises(ProviderUnavailable):
        provider.event_type("intro")

    assert provider.event_type("intro")


# --- the event type of a booking -----------------------------------------------------------------


def test_the_booking_tells_its_event_type(at: AtCalcom) -> None:
    """By host and slug, which anybody may ask for."""
    event_type = at.event_type()
    booking = at.provider.book(at.request())

    assert at.provider.event_type_of(booking) == event_type
    assert at.other(CalcomAccount(username="bo")).event_type_of(booking).id == event_type.id


def test_a_teams_booking_is_not_taken_for_the_hosts_own(at: AtCalcom) -> None:
    """His own event type may have the same slug: the id decides."""
    at.event_type("intro", title="Ann's own")
    team = at.fake.add_team("sales", at.user)
    at.fake.add_event_type(team, "intro", title="The team's")
    provider = at.other(replace(at.account, username="", team="sales"))
    booking = provider.book(at.request())

    assert booking.owner == "ann"
    assert provider.event_type_of(booking).title == "The team's"
    assert at.provider.event_type_of(booking).title == "The team's"


def test_what_cannot_be_looked_up_is_read_from_the_booking(stranger: AtCalcom) -> None:
    """A hidden event type is shown to nobody; its bookings can be shown, moved and cancelled all the same."""
    made = stranger.fake.add_event_type(stranger.user, "secret", hidden=True, title="Secret")
    booking = stranger.provider.get(stranger.fake.book(made, NINE, name="Bo", email="bo@example.org").uid)

    found = stranger.provider.event_type_of(booking)

    assert (found.slug, found.id, found.durations) == ("secret", str(made.id), (booking.duration,))
    assert stranger.starts(found)


def test_an_event_type_that_was_deleted_is_gone(at: AtCalcom) -> None:
    """Its bookings name none."""
    booking = replace(at.provider.book(at.request(event_type=at.event_type().slug)), event_type_id="")

    with pytest.raises(EventTypeNotFound):
        at.provider.event_type_of(booking)
