"""Tests of the JSON form of bookings."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from booker_components.payloads import (
    booking_from_dict,
    booking_to_dict,
)
from booker_components.values import (
    Attendee,
    Booking,
    BookingStatus,
    Host,
    Location,
    LocationKind,
)

FULL = Booking(
    uid="kT3vB8sQ1xY6mN0pR5wZ2a",
    event_type="intro-call",
    title="Intro call “é” <b>",
    start=datetime(2026, 3, 12, 9, 0, tzinfo=UTC),
    end=datetime(2026, 3, 12, 9, 30, tzinfo=UTC),
    status=BookingStatus.CANCELLED,
    hosts=(
        Host(slug="ada", name="Ada", zone="Europe/Paris", email="ada@example.com"),
        Host(slug="bo", name="Bo", zone="Asia/Kathmandu"),
    ),
    attendee=Attendee(
        name="Zoë 🐘", email="zoe@example.org", zone="Asia/Tokyo", locale="ja", phone="+81 3 1234 5678"
    ),
    created_at=datetime(2026, 3, 1, 8, 0, 0, 123456, tzinfo=UTC),
    updated_at=datetime(2026, 3, 2, 8, 0, 0, 1, tzinfo=UTC),
    revision=3,
    guests=("a@example.org", "b@example.org"),
    notes="Line one\nline two",
    answers={"text": "yes", "number": 2.5, "whole": 3, "tick": True, "several": ("a", "b"), "none": ()},
    location=Location(kind=LocationKind.IN_PERSON, value="1 rue de Lyon", label="Our office"),
    decide_by=datetime(2026, 3, 11, 12, 0, tzinfo=UTC),
    former_start=datetime(2026, 3, 11, 9, 0, tzinfo=UTC),
    reason="Ill",
    changed_by="guest",
    replaces="older",
    replaced_by="newer",
)


def test_every_field_of_a_booking_survives_json():
    """A booking with every field set is the same after a way through JSON text."""
    text = json.dumps(booking_to_dict(FULL))

    restored = booking_from_dict(json.loads(text))

    assert restored == FULL


def test_every_field_of_a_booking_has_a_key_of_its_name():
    """A field that is added to Booking must be added to its payload; but nobody is told of other guests."""
    payload = booking_to_dict(FULL)

    assert set(payload) == {field.name for field in fields(Booking)} - {"companions"}


def test_a_sparse_booking_survives_json():
    """What is not set stays not set."""
    sparse = replace(FULL, location=None, former_start=None, answers={}, guests=(), notes="")

    assert booking_from_dict(json.loads(json.dumps(booking_to_dict(sparse)))) == sparse


def test_instants_are_written_in_utc_with_a_z():
    """An instant of another zone is written as the same instant in UTC."""
    paris = timezone(timedelta(hours=1))
    moved = replace(FULL, start=datetime(2026, 3, 12, 10, 0, tzinfo=paris))

    assert booking_to_dict(moved)["start"] == "2026-03-12T09:00:00Z"


def test_unknown_and_missing_fields_are_tolerated():
    """A snapshot of another version is read: unknown keys are ignored, missing ones take their defaults."""
    payload = booking_to_dict(FULL)
    payload["new_in_2030"] = 1
    for key in ("notes", "answers", "guests", "location", "decide_by", "former_start", "revision"):
        del payload[key]

    restored = booking_from_dict(payload)

    assert (restored.notes, restored.guests, restored.location, restored.revision) == ("", (), None, 1)


@pytest.mark.parametrize("key", ["uid", "start", "hosts"], ids=str)
def test_a_payload_without_a_needed_key_is_refused(key):
    """What makes no booking raises KeyError with the name of the key."""
    payload = booking_to_dict(FULL)
    del payload[key]

    with pytest.raises(KeyError, match=key):
        booking_from_dict(payload)


def test_working_hours_are_no_part_of_a_payload():
    """The schedule of a host does not leave the app."""
    assert set(booking_to_dict(FULL)["hosts"][0]) == {"slug", "name", "zone", "email"}
