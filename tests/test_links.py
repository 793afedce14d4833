"""Links let in whom they were made for, for what they were made for, and no longer."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from booker_components import Attendee, Booking, BookingStatus, LinkExpired, LinkInvalid
from booker_components.links import Links, PrefillTokens, Purpose
from booker_components.testing import FrozenClock

from .conftest import HOST, MONDAY

DAY = timedelta(days=1)
BOOKING = Booking(
    uid="abc",
    event_type="intro-call",
    title="Intro call",
    start=MONDAY,
    end=MONDAY + timedelta(minutes=30),
    status=BookingStatus.CONFIRMED,
    hosts=(HOST,),
    attendee=Attendee(name="Bo", email="bo@example.com"),
    created_at=MONDAY,
    updated_at=MONDAY,
)


@pytest.fixture
def links(clock: FrozenClock) -> Links:
    """Links signed with one key, good for a day after the booking."""
    return Links([b"key"], lifetime=timedelta(days=1), clock=clock)


@pytest.mark.parametrize("purpose", Purpose)
def test_a_token_lets_in_for_its_purpose(links: Links, purpose: Purpose) -> None:
    """Whoever brings the token for a purpose may do just that."""
    token = links.token(purpose, BOOKING)

    links.check(token, purpose, BOOKING)

    for other in set(Purpose) - {purpose}:
        with pytest.raises(LinkInvalid):
            links.check(token, other, BOOKING)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda token: "", id="none"),
        pytest.param(lambda token: token[:-1], id="cut"),
        pytest.param(lambda token: "x" + token, id="longer"),
        pytest.param(lambda token: token.replace(".", ".."), id="dots"),
        pytest.param(lambda token: "\x00é" + token, id="not ASCII"),
    ],
)
def test_a_spoilt_token_is_invalid(links: Links, spoil: object) -> None:
    """Nothing but the very token counts."""
    assert callable(spoil)
    token = spoil(links.token(Purpose.CANCEL, BOOKING))

    with pytest.raises(LinkInvalid):
        links.check(token, Purpose.CANCEL, BOOKING)


def test_a_token_is_for_one_booking(links: Links) -> None:
    """The token of one booking does not open another."""
    token = links.token(Purpose.MANAGE, BOOKING)

    with pytest.raises(LinkInvalid):
        links.check(token, Purpose.MANAGE, replace(BOOKING, uid="other"))


def test_a_change_revokes_older_tokens(links: Links) -> None:
    """A link in an old mail is worth nothing once the booking has changed."""
    token = links.token(Purpose.MANAGE, BOOKING)

    with pytest.raises(LinkExpired):
        links.check(token, Purpose.MANAGE, replace(BOOKING, revision=2))


def test_a_token_ends_some_time_after_the_booking(links: Links, clock: FrozenClock) -> None:
    """The last second of the lifetime is good, the next is not."""
    token = links.token(Purpose.MANAGE, BOOKING)

    clock.set(BOOKING.end + timedelta(days=1))
    links.check(token, Purpose.MANAGE, BOOKING)

    clock.move(timedelta(seconds=1))
    with pytest.raises(LinkExpired):
        links.check(token, Purpose.MANAGE, BOOKING)


@pytest.mark.parametrize(
    ("made_for", "now", "words"),
    [
        pytest.param({"uid": "other"}, MONDAY, "The token was made for another booking.", id="other-booking"),
        pytest.param(
            {"revision": 0}, MONDAY, "The booking has changed since the token was made.", id="changed"
        ),
        pytest.param({}, MONDAY + 9 * DAY, "The token's time is over.", id="expired"),
    ],
)
def test_the_log_tells_why_a_link_does_not_open(
    links: Links, clock: FrozenClock, made_for: dict[str, object], now: datetime, words: str
) -> None:
    """Whoever is asked by a guest finds there which of the reasons it was."""
    token = links.token(Purpose.MANAGE, replace(BOOKING, **made_for))
    clock.set(now)

    with pytest.raises((LinkInvalid, LinkExpired)) as refused:
        links.check(token, Purpose.MANAGE, BOOKING)

    assert str(refused.value) == words


def test_a_link_to_a_replaced_booking_opens_it_still(links: Links) -> None:
    """Where moving makes a new booking, the guest has no other link than the last one before it."""
    moved = replace(BOOKING, revision=BOOKING.revision + 2, replaced_by="new")
    earliest, latest = (
        links.token(Purpose.MANAGE, replace(BOOKING, revision=BOOKING.revision + each)) for each in (0, 1)
    )

    links.check(latest, Purpose.MANAGE, moved)

    with pytest.raises(LinkExpired):
        links.check(earliest, Purpose.MANAGE, moved)
    with pytest.raises(LinkExpired):
        links.check(latest, Purpose.MANAGE, replace(moved, replaced_by=""))


@pytest.mark.parametrize(
    ("seconds", "purpose", "older", "known"),
    [
        pytest.param(60, Purpose.CANCEL, 1, True, id="a-minute-ago"),
        pytest.param(61, Purpose.CANCEL, 1, False, id="longer-ago"),
        pytest.param(1, Purpose.RESCHEDULE, 1, False, id="for-something-else"),
        pytest.param(1, Purpose.CANCEL, 2, False, id="two-changes-ago"),
    ],
)
def test_a_form_that_is_sent_twice_at_once_is_known(
    links: Links, clock: FrozenClock, seconds: int, purpose: Purpose, older: int, known: bool
) -> None:
    """The second one comes with the token that the first has used up, within a minute."""
    changed = replace(BOOKING, revision=BOOKING.revision + older)
    clock.set(changed.updated_at + timedelta(seconds=seconds))

    assert links.just_used(links.token(purpose, BOOKING), Purpose.CANCEL, changed) is known


def test_keys_can_be_rotated(clock: FrozenClock) -> None:
    """A token of the old key still opens; one of an unknown key does not."""
    token = Links([b"old"], clock=clock).token(Purpose.MANAGE, BOOKING)

    Links([b"old", b"new"], clock=clock).check(token, Purpose.MANAGE, BOOKING)

    with pytest.raises(LinkInvalid):
        Links([b"new"], clock=clock).check(token, Purpose.MANAGE, BOOKING)


def test_without_signatures_the_uid_is_enough(clock: FrozenClock) -> None:
    """With plain links no token is made and none is asked for."""
    links = Links([b"key"], signed=False, clock=clock)

    links.check("", Purpose.CANCEL, BOOKING)

    assert links.path(Purpose.CANCEL, BOOKING) == "/bookings/cancel/abc"
    assert links.path(Purpose.MANAGE, BOOKING) == "/bookings/abc"


def test_a_link_to_decide_is_always_signed(clock: FrozenClock) -> None:
    """The guest knows the uid, and is not to agree in place of the host."""
    links = Links([b"key"], signed=False, clock=clock)
    token = links.token(Purpose.DECIDE, BOOKING)

    links.check(token, Purpose.DECIDE, BOOKING)

    assert links.path(Purpose.DECIDE, BOOKING) == f"/bookings/decide/abc?token={token}"
    for other in ("", "abc", token[:-1]):
        with pytest.raises(LinkInvalid):
            links.check(other, Purpose.DECIDE, BOOKING)
    with pytest.raises(LinkExpired):
        links.check(token, Purpose.DECIDE, replace(BOOKING, revision=2))
    assert links.just_used(token, Purpose.DECIDE, replace(BOOKING, revision=2))


def test_paths_have_the_documented_shapes(links: Links) -> None:
    """A reschedule link is the one that Cal.com documents, with our token behind it."""
    path = links.path(Purpose.RESCHEDULE, BOOKING)

    assert path.startswith("/reschedule?rescheduleUid=abc&eventTypeSlug=intro-call&token=")


def test_a_uid_stays_one_part_of_its_path(links: Links) -> None:
    """A provider of the host's own may have uids with slashes."""
    path = links.path(Purpose.MANAGE, replace(BOOKING, uid="a/b"))

    assert path.startswith("/bookings/a%2Fb?token=")


def test_links_that_were_mailed_open_after_an_update(links: Links, clock: FrozenClock) -> None:
    """What is signed, and how, stays as it is: guests keep their mails, and hosts their tokens."""
    mailed = "WyJhYmMiLDEsMTgwMTU1NzAwMF0.Mroa0TzKeAd08eIWxPltX8Y85NYtG7ts0A6Fd2Uzka8"
    handed_out = "WyJpZCIsMTgwMTU1NTIwMF0.LupgiAt7dKrpeG4FUXhNBaWsczFb9OsvokXu82Gj8Vw"
    tokens = PrefillTokens([b"key"], clock=clock)

    links.check(mailed, Purpose.MANAGE, BOOKING)

    assert links.token(Purpose.MANAGE, BOOKING) == mailed
    assert tokens.token("id", until=MONDAY + DAY) == handed_out
    assert tokens.read(handed_out) == "id"


# --- what hosts know of their users ----------------------------------------------------------------


def test_a_prefill_token_stands_for_its_id_until_it_expires(clock: FrozenClock) -> None:
    """To the second, whichever of the keys has signed it."""
    tokens = PrefillTokens([b"old", b"new"], clock=clock)
    made = [PrefillTokens([key], clock=clock).token("id", until=MONDAY + DAY) for key in (b"old", b"new")]

    assert [tokens.read(each) for each in made] == ["id", "id"]
    clock.move(DAY)
    with pytest.raises(LinkExpired, match=r"^The token's time is over\.$"):
        tokens.read(made[0])


def test_a_prefill_token_is_of_its_app_and_for_its_purpose(links: Links, clock: FrozenClock) -> None:
    """Neither another key nor a token of a booking will do, and the other way round."""
    tokens = PrefillTokens([b"key"], clock=clock)
    own = tokens.token("id", until=MONDAY + DAY)

    for stranger in (
        PrefillTokens([b"x"], clock=clock).token("id", until=MONDAY + DAY),
        links.token(Purpose.MANAGE, BOOKING),
        own[:-1],
        "",
        "\x00é",
        "\ud800",
    ):
        with pytest.raises(LinkInvalid, match=r"^The token is not ours, or not for this purpose\.$"):
            tokens.read(stranger)
    with pytest.raises(LinkInvalid):
        links.check(own, Purpose.MANAGE, BOOKING)
