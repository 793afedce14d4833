"""Tests of how the fake Salesforce makes, changes and deletes records."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest, SalesforceResourceNotFound
from simple_salesforce.format import format_external_id

from booker_components.testing import FakeSalesforce, FrozenClock
from booker_components.testing.salesforce import ids

from .salesforce import EVENT, LEAD, SalesforceApi
from .salesforce import api as api
from .salesforce import client as client
from .salesforce import org as org

NINE = datetime(2027, 2, 2, 8, 0, tzinfo=UTC)


def test_a_lead_lives(org: FakeSalesforce, client: Salesforce) -> None:
    """It is made, read, changed and deleted."""
    id = client.Lead.create({**LEAD, "FirstName": "Bo", "Email": " bo@example.org "})["id"]
    made = client.Lead.get(id)
    status = client.Lead.update(id, {"Phone": "+46 8 1"})
    changed = client.Lead.get(id)

    assert (made["Name"], made["Email"]) == ("Bo Ek", "bo@example.org")
    assert made["Status"] == "Open - Not Contacted"
    assert made["attributes"] == {"type": "Lead", "url": f"/services/data/v64.0/sobjects/Lead/{id}"}
    assert (status, changed["Phone"], changed["Email"]) == (204, "+46 8 1", "bo@example.org")
    assert client.Lead.delete(id) == 204
    assert org.records("Lead") == []


def test_a_record_tells_when_and_by_whom(org: FakeSalesforce, clock: FrozenClock, client: Salesforce) -> None:
    """It was made, and changed last."""
    id = client.Lead.create(LEAD)["id"]
    made = clock()
    clock.move(timedelta(hours=1))

    client.Lead.update(id, {"Phone": "1"})

    record = org.record(id)
    assert (record["CreatedDate"], record["LastModifiedDate"]) == (made, clock())
    assert record["CreatedById"] == record["LastModifiedById"] == record["OwnerId"] == org.user.id
    assert client.Lead.get(id)["CreatedDate"] == "2027-02-01T08:00:00.000+0000"


def test_an_id_may_be_short_or_in_any_case(org: FakeSalesforce, client: Salesforce) -> None:
    """Fifteen characters that mind case, or eighteen that do not."""
    id = client.Lead.create(LEAD)["id"]

    assert len(id) == 18
    assert client.Lead.get(id[:15])["Id"] == id
    assert client.Lead.get(id.lower())["Id"] == id
    contact = org.add("Contact", LastName="Ek", OwnerId=org.user.id[:15])
    assert contact["OwnerId"] == org.user.id


@pytest.mark.parametrize(
    ("short", "whole"),
    [("001D000000IqhSL", "001D000000IqhSLIAZ"), ("0038M0000016Wv8", "0038M0000016Wv8QAE")],
)
def test_an_id_ends_as_salesforce_ends_it(short: str, whole: str) -> None:
    """Three characters tell which of the fifteen are capitals; ids of other forms are none."""
    assert ids.full(short) == ids.full(whole) == ids.full(whole.upper()) == whole
    assert ids.full(whole[:-1] + "*") == ids.full(whole[:-1] + "9") == ids.full(whole[:-1]) == ""


def test_names_of_objects_and_fields_have_any_case(org: FakeSalesforce, api: SalesforceApi) -> None:
    """In paths, bodies and queries."""
    answer = api.send("POST", "/sobjects/lead", json={"lastname": "Ek", "COMPANY": "Ek AB"})

    assert answer.status_code == 201
    assert org.records("Lead")[0]["LastName"] == "Ek"
    assert api.query("select lastname from LEAD")[0]["LastName"] == "Ek"


def test_only_some_fields_may_be_read(client: Salesforce) -> None:
    """Those that the call names."""
    id = client.Lead.create(LEAD)["id"]

    record = client.Lead.get(id, params={"fields": "LastName, Company"})

    assert {name: value for name, value in record.items() if name != "attributes"} == LEAD
    with pytest.raises(SalesforceMalformedRequest, match="No such column 'Foo' on sobject of type Lead"):
        client.Lead.get(id, params={"fields": "Foo"})


@pytest.mark.parametrize(
    ("method", "id", "refusal"),
    [
        ("GET", "00Qbk0ZZZZZZZZZ", (404, "NOT_FOUND", None)),
        ("GET", "rubbish", (404, "NOT_FOUND", None)),
        ("PATCH", "00Qbk0ZZZZZZZZZ", (400, "INVALID_CROSS_REFERENCE_KEY", [])),
        ("DELETE", "00Qbk0ZZZZZZZZZ", (400, "INVALID_CROSS_REFERENCE_KEY", [])),
        ("PATCH", "003bk0ZZZZZZZZZ", (400, "MALFORMED_ID", ["Id"])),
    ],
    ids=["read", "no id", "change", "delete", "of another object"],
)
def test_a_record_that_is_not_there(
    api: SalesforceApi, method: str, id: str, refusal: tuple[int, str, list[str] | None]
) -> None:
    """What is answered depends on what was asked."""
    assert api.refused(method, f"/sobjects/Lead/{id}", json={}) == refusal


def test_a_deleted_record_is_in_the_bin(org: FakeSalesforce, client: Salesforce, api: SalesforceApi) -> None:
    """It is not found, and can be neither changed nor deleted again."""
    id = client.Lead.create(LEAD)["id"]
    client.Lead.delete(id)

    assert api.refused("GET", f"/sobjects/Lead/{id}")[:2] == (404, "NOT_FOUND")
    assert api.refused("PATCH", f"/sobjects/Lead/{id}", json={}) == (404, "ENTITY_IS_DELETED", [])
    assert api.refused("DELETE", f"/sobjects/Lead/{id}") == (404, "ENTITY_IS_DELETED", [])
    assert org.record(id)["IsDeleted"] is True


def test_what_pointed_at_a_deleted_record_points_at_nothing(org: FakeSalesforce, client: Salesforce) -> None:
    """The record itself stays."""
    lead = org.add("Lead", **LEAD)
    event = client.Event.create({**EVENT, "WhoId": lead.id})["id"]

    client.Lead.delete(lead.id)

    assert org.record(event)["WhoId"] is None


# --- upsert --------------------------------------------------------------------------------------


def test_upsert_makes_one_record(org: FakeSalesforce, client: Salesforce) -> None:
    """However often it is called: 201, then 200."""
    place = format_external_id("Booking_Uid__c", "a/b c")

    statuses = [client.Event.upsert(place, {**EVENT, "Subject": name}) for name in ("One", "Two")]

    assert statuses == [201, 200]
    assert [(each["Booking_Uid__c"], each["Subject"]) for each in org.records("Event")] == [("a/b c", "Two")]


def test_upsert_tells_what_it_did(api: SalesforceApi) -> None:
    """In versions before 46.0 not, where the record was there already."""
    path = "/sobjects/Event/Booking_Uid__c/x"

    made = api.send("PATCH", path, json=EVENT)
    changed = api.send("PATCH", path, json=EVENT)
    api.version = "v45.0"
    old = api.send("PATCH", path, json=EVENT)

    assert (made.status_code, made.json()["created"], made.json()["success"]) == (201, True, True)
    assert changed.json() == {**made.json(), "created": False}
    assert (old.status_code, old.content) == (204, b"")


def test_an_external_id_that_several_have_is_no_place(org: FakeSalesforce, api: SalesforceApi) -> None:
    """300, with their addresses."""
    org.add_field("Lead", "Key__c", external_id=True)
    leads = [org.add("Lead", Key__c="x", **LEAD) for _ in range(2)]

    answers = [api.send(method, "/sobjects/Lead/Key__c/X", json={}) for method in ("PATCH", "GET", "DELETE")]

    assert [each.status_code for each in answers] == [300, 300, 300]
    assert answers[0].json() == [f"/services/data/v64.0/sobjects/Lead/{each.id}" for each in leads]


@pytest.mark.parametrize(
    ("path", "body", "refusal"),
    [
        ("Booking_Uid__c/x", {**EVENT, "booking_uid__c": "x"}, (400, "INVALID_FIELD", None)),
        ("Booking_Uid__c/x", {**EVENT, "Id": "x"}, (400, "INVALID_FIELD", None)),
        ("Subject/x", EVENT, (404, "NOT_FOUND", None)),
        ("Foo__c/x", EVENT, (404, "NOT_FOUND", None)),
        ("Id/00Ubk0ZZZZZZZZZ", EVENT, (400, "INVALID_CROSS_REFERENCE_KEY", [])),
        (f"Booking_Uid__c/{'x' * 81}", EVENT, (400, "STRING_TOO_LONG", ["Booking_Uid__c"])),
    ],
    ids=["names the key", "names the id", "no external id", "no field", "unknown id", "too long"],
)
def test_an_upsert_may_be_wrong(
    api: SalesforceApi, path: str, body: dict[str, str], refusal: tuple[int, str, list[str] | None]
) -> None:
    """The key stands in the path alone, and has to be one."""
    assert api.refused("PATCH", f"/sobjects/Event/{path}", json=body) == refusal


def test_an_external_id_leads_to_its_record(client: Salesforce, api: SalesforceApi) -> None:
    """It is read and deleted by it."""
    client.Event.upsert("Booking_Uid__c/x", EVENT)

    assert client.Event.get_by_custom_id("Booking_Uid__c", "x")["Subject"] == "Intro"
    assert api.send("DELETE", "/sobjects/Event/Booking_Uid__c/x").status_code == 204
    assert api.refused("DELETE", "/sobjects/Event/Booking_Uid__c/x") == (404, "NOT_FOUND", None)
    with pytest.raises(SalesforceResourceNotFound):
        client.Event.get_by_custom_id("Booking_Uid__c", "x")


def test_an_id_is_a_key_too(org: FakeSalesforce, api: SalesforceApi) -> None:
    """PATCH below Id changes the record."""
    lead = org.add("Lead", **LEAD)

    answer = api.send("PATCH", f"/sobjects/Lead/Id/{lead.id}", json={"Phone": "1"})

    assert (answer.status_code, org.record(lead)["Phone"]) == (200, "1")


def test_a_unique_value_is_had_once(org: FakeSalesforce, api: SalesforceApi) -> None:
    """Whatever its case; also where a record is given it by a change."""
    other = org.add("Event", **EVENT)
    api.send("POST", "/sobjects/Event", json={**EVENT, "Booking_Uid__c": "x"})

    made = api.refused("POST", "/sobjects/Event", json={**EVENT, "Booking_Uid__c": "X"})
    changed = api.refused("PATCH", f"/sobjects/Event/{other.id}", json={"Booking_Uid__c": "x"})
    again = api.send("PATCH", "/sobjects/Event/Booking_Uid__c/x", json={})

    assert made == changed == (400, "DUPLICATE_VALUE", [])
    assert again.status_code == 200


# --- events --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "told",
    [
        {"EndDateTime": "2027-02-02T09:30:00+01:00"},
        {"DurationInMinutes": 30},
        {"EndDateTime": "2027-02-02T08:30:00Z", "DurationInMinutes": "30"},
    ],
    ids=["end", "length", "both"],
)
def test_an_event_needs_an_end_or_a_length(
    org: FakeSalesforce, client: Salesforce, told: dict[str, str | int]
) -> None:
    """The other follows."""
    client.Event.create({"StartDateTime": "2027-02-02T08:00:00.000+0000", **told})

    (event,) = org.records("Event")
    assert (event["StartDateTime"], event["EndDateTime"]) == (NINE, NINE + timedelta(minutes=30))
    assert (event["DurationInMinutes"], event["ActivityDateTime"]) == (30, NINE)
    assert event["ActivityDate"] == date(2027, 2, 2)


def test_an_event_may_last_all_day(org: FakeSalesforce, client: Salesforce) -> None:
    """From midnight of its date, in UTC."""
    client.Event.create({"IsAllDayEvent": True, "ActivityDate": "2027-02-02", "DurationInMinutes": 1440})

    (event,) = org.records("Event")
    assert event["EndDateTime"] - event["StartDateTime"] == timedelta(days=1)


def test_an_event_that_moves_keeps_its_length(org: FakeSalesforce, client: Salesforce) -> None:
    """Unless its end is changed too."""
    id = client.Event.create(EVENT)["id"]

    client.Event.update(id, {"StartDateTime": "2027-02-02T10:00:00Z"})
    moved = org.record(id)["EndDateTime"]
    client.Event.update(id, {"EndDateTime": "2027-02-02T11:00:00Z"})

    assert moved == datetime(2027, 2, 2, 10, 30, tzinfo=UTC)
    assert org.record(id)["DurationInMinutes"] == 60


@pytest.mark.parametrize(
    ("told", "code", "field"),
    [
        ({}, "REQUIRED_FIELD_MISSING", "DurationInMinutes"),
        ({"StartDateTime": "2027-02-02T08:00:00Z"}, "REQUIRED_FIELD_MISSING", "DurationInMinutes"),
        ({**EVENT, "EndDateTime": "2027-02-02T07:00:00Z"}, "FIELD_INTEGRITY_EXCEPTION", "DurationInMinutes"),
        ({**EVENT, "EndDateTime": "2027-02-03T09:00:00Z"}, "FIELD_INTEGRITY_EXCEPTION", "DurationInMinutes"),
        ({**EVENT, "DurationInMinutes": 45}, "FIELD_INTEGRITY_EXCEPTION", "DurationInMinutes"),
        ({**EVENT, "ActivityDateTime": "2027-02-02T09:00:00Z"}, "FIELD_INTEGRITY_EXCEPTION", "StartDateTime"),
    ],
    ids=["no time", "no end", "ends before it starts", "of two days", "another length", "another start"],
)
def test_the_times_of_an_event_agree(
    api: SalesforceApi, told: dict[str, str | int], code: str, field: str
) -> None:
    """Or it is refused."""
    status, got, fields = api.refused("POST", "/sobjects/Event", json=told)

    assert (status, got, fields and fields[0]) == (400, code, field)


def test_an_event_of_a_lead_is_related_to_nothing_else(org: FakeSalesforce, api: SalesforceApi) -> None:
    """One of a contact may be."""
    lead, contact = org.add("Lead", **LEAD), org.add("Contact", LastName="Ek")
    body = {**EVENT, "WhatId": org.add("Account", Name="Ek AB").id}

    of_lead = api.refused("POST", "/sobjects/Event", json={**body, "WhoId": lead.id})
    of_contact = api.send("POST", "/sobjects/Event", json={**body, "WhoId": contact.id})

    assert of_lead == (400, "FIELD_INTEGRITY_EXCEPTION", ["WhatId"])
    assert of_contact.status_code == 201
