"""Tests of what the fake Salesforce refuses to save, and how it says so."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest

from booker_components.testing import FakeSalesforce
from booker_components.testing.salesforce import Record

from .salesforce import EVENT, LEAD, SalesforceApi
from .salesforce import api as api
from .salesforce import client as client
from .salesforce import org as org


@pytest.fixture
def own(org: FakeSalesforce) -> FakeSalesforce:
    """The org with fields of its own."""
    org.add_field("Lead", "Size__c", type="picklist", picklist=("Small", "Large"))
    org.add_field("Lead", "Days__c", type="multipicklist", picklist=("Mon", "Tue", "Wed"))
    org.add_field("Lead", "Free__c", type="picklist", picklist=("Small",), restricted=False)
    org.add_field("Lead", "Seats__c", type="int")
    org.add_field("Lead", "Budget__c", type="double", precision=5, scale=2)
    org.add_field("Lead", "Agreed__c", type="boolean")
    org.add_field("Lead", "Day__c", type="date")
    org.add_field("Lead", "At__c", type="datetime")
    org.add_field("Lead", "Note__c", type="textarea", length=1000)
    org.add_field("Lead", "Closed__c", createable=False, updateable=False)
    org.add_field("Lead", "Once__c", updateable=False)
    return org


@pytest.mark.parametrize(
    ("told", "code", "fields"),
    [
        ({"Foo__c": "x"}, "INVALID_FIELD", None),
        ({"Owner": {"Username": "x"}}, "THE_FAKE_DOES_NOT_KNOW", None),
        ({"Id": "x"}, "INVALID_FIELD", None),
        ({"LastName": None}, "REQUIRED_FIELD_MISSING", ["LastName"]),
        ({"Company": " "}, "REQUIRED_FIELD_MISSING", ["Company"]),
        ({"LastName": "x" * 81}, "STRING_TOO_LONG", ["LastName"]),
        ({"LastName": "🐘" * 41}, "STRING_TOO_LONG", ["LastName"]),
        ({"Note__c": "x" * 1001}, "STRING_TOO_LONG", ["Note__c"]),
        ({"Email": "bo@example"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ({"Email": "bö@example.org"}, "INVALID_EMAIL_ADDRESS", ["Email"]),
        ({"Email": f"{'x' * 80}@example.org"}, "STRING_TOO_LONG", ["Email"]),
        ({"Size__c": "Huge"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Size__c"]),
        ({"Size__c": "small"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Size__c"]),
        ({"Days__c": "Mon;Sun"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Days__c"]),
        ({"Days__c": "Mon, Tue"}, "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", ["Days__c"]),
        ({"Days__c": ["Mon"]}, "JSON_PARSER_ERROR", None),
        ({"LastName": {"x": 1}}, "JSON_PARSER_ERROR", None),
        ({"Seats__c": "many"}, "JSON_PARSER_ERROR", None),
        ({"Seats__c": True}, "JSON_PARSER_ERROR", None),
        ({"Seats__c": "NaN"}, "JSON_PARSER_ERROR", None),
        ({"Seats__c": 2.5}, "INVALID_TYPE_ON_FIELD_IN_RECORD", ["Seats__c"]),
        ({"Budget__c": 1000}, "NUMBER_OUTSIDE_VALID_RANGE", ["Budget__c"]),
        ({"Agreed__c": "yes"}, "JSON_PARSER_ERROR", None),
        ({"Agreed__c": None}, "INVALID_TYPE_ON_FIELD_IN_RECORD", ["Agreed__c"]),
        ({"Day__c": "2027-02-02T08:00:00Z"}, "JSON_PARSER_ERROR", None),
        ({"Day__c": "2 February"}, "JSON_PARSER_ERROR", None),
        ({"At__c": "2027-02-02 08:00:00"}, "JSON_PARSER_ERROR", None),
        ({"At__c": 5}, "JSON_PARSER_ERROR", None),
        ({"Closed__c": "x"}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Closed__c"]),
        ({"IsConverted": True}, "INVALID_FIELD_FOR_INSERT_UPDATE", ["IsConverted"]),
        ({"OwnerId": "rubbish"}, "MALFORMED_ID", ["OwnerId"]),
        ({"OwnerId": "00Qbk0ZZZZZZZZZ"}, "MALFORMED_ID", ["OwnerId"]),
        ({"OwnerId": "005bk0ZZZZZZZZZ"}, "INVALID_CROSS_REFERENCE_KEY", ["OwnerId"]),
        ({"RecordTypeId": "012bk0ZZZZZZZZZ"}, "INVALID_CROSS_REFERENCE_KEY", ["RecordTypeId"]),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_a_lead_may_be_wrong(
    own: FakeSalesforce, api: SalesforceApi, told: dict[str, Any], code: str, fields: list[str] | None
) -> None:
    """Each error has its code and, where Salesforce tells, its field; nothing is saved."""
    status, got, about = api.refused("POST", "/sobjects/Lead", json={**LEAD, **told})

    assert (got, about) == (code, fields)
    assert status == (501 if code == "THE_FAKE_DOES_NOT_KNOW" else 400)
    assert own.records("Lead") == []


@pytest.mark.parametrize(
    ("told", "kept"),
    [
        ({"Size__c": "Large"}, {"Size__c": "Large"}),
        ({"Free__c": "Medium"}, {"Free__c": "Medium"}),
        ({"Days__c": "Tue;Mon"}, {"Days__c": "Tue;Mon"}),
        ({"Seats__c": "2", "Budget__c": "1.239"}, {"Seats__c": 2, "Budget__c": 1.24}),
        ({"Seats__c": "", "Day__c": "", "Size__c": ""}, {"Seats__c": None, "Day__c": None, "Size__c": None}),
        ({"Agreed__c": "true"}, {"Agreed__c": True}),
        ({"FirstName": 7}, {"FirstName": "7"}),
        ({"Email": "o'brien+x@mail.example.org"}, {"Email": "o'brien+x@mail.example.org"}),
        ({"Once__c": "x"}, {"Once__c": "x"}),
        ({"attributes": {"type": "Lead"}}, {}),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_a_lead_may_be_right(
    own: FakeSalesforce, api: SalesforceApi, told: dict[str, Any], kept: dict[str, Any]
) -> None:
    """Values become those of the field's type."""
    answer = api.send("POST", "/sobjects/Lead", json={**LEAD, **told})

    assert answer.status_code == 201, answer.text
    (lead,) = own.records("Lead")
    assert {name: lead[name] for name in kept} == kept


def test_all_errors_of_a_step_are_listed(org: FakeSalesforce, api: SalesforceApi) -> None:
    """And none of the steps behind it: what is missing is told last."""
    first = api.send("POST", "/sobjects/Lead", json={"Email": "x", "FirstName": "x" * 41})
    second = api.send("POST", "/sobjects/Lead", json={})

    assert [each["fields"] for each in first.json()] == [["Email"], ["FirstName"]]
    assert second.json() == [
        {
            "message": "Required fields are missing: [LastName, Company]",
            "errorCode": "REQUIRED_FIELD_MISSING",
            "fields": ["LastName", "Company"],
        }
    ]


def test_what_a_change_does_not_name_is_not_missed(org: FakeSalesforce, api: SalesforceApi) -> None:
    """Only what it empties."""
    contact = org.add("Contact", Email="bo@example.org")

    changed = api.send("PATCH", f"/sobjects/Contact/{contact.id}", json={"Phone": "1"})
    emptied = api.refused("PATCH", f"/sobjects/Contact/{contact.id}", json={"LastName": ""})

    assert changed.status_code == 204
    assert emptied == (400, "REQUIRED_FIELD_MISSING", ["LastName"])


def test_a_field_may_be_set_once(own: FakeSalesforce, api: SalesforceApi) -> None:
    """When the record is made, not later."""
    lead = own.add("Lead", **LEAD)

    refusal = api.refused("PATCH", f"/sobjects/Lead/{lead.id}", json={"Once__c": "x"})

    assert refusal == (400, "INVALID_FIELD_FOR_INSERT_UPDATE", ["Once__c"])


def test_a_field_of_the_administrators_may_be_required(org: FakeSalesforce, client: Salesforce) -> None:
    """Unless it has a default."""
    org.add_field("Lead", "Region__c", required=True, default="North")
    client.Lead.create(LEAD)
    org.add_field("Lead", "Region__c", required=True)

    with pytest.raises(SalesforceMalformedRequest, match="REQUIRED_FIELD_MISSING") as caught:
        client.Lead.create(LEAD)

    assert caught.value.content[0]["fields"] == ["Region__c"]
    assert [each["Region__c"] for each in org.records("Lead")] == ["North"]


@pytest.mark.parametrize(
    ("body", "content_type", "refusal"),
    [
        (b"{", "application/json", (400, "JSON_PARSER_ERROR")),
        (b"[]", "application/json", (400, "JSON_PARSER_ERROR")),
        (b"LastName=Ek", "application/x-www-form-urlencoded", (415, "UNSUPPORTED_MEDIA_TYPE")),
    ],
    ids=["cut off", "a list", "a form"],
)
def test_a_body_is_an_object_of_json(
    api: SalesforceApi, body: bytes, content_type: str, refusal: tuple[int, str]
) -> None:
    """And says so."""
    answer = requests.post(
        f"{api.org.url}/services/data/v64.0/sobjects/Lead",
        data=body,
        headers={**api.headers, "Content-Type": content_type},
        timeout=10,
    )

    assert (answer.status_code, answer.json()[0]["errorCode"]) == refusal


# --- rules ---------------------------------------------------------------------------------------


def test_a_validation_rule_is_asked(org: FakeSalesforce, api: SalesforceApi) -> None:
    """When a record is made and when it is changed; it sees the whole record."""

    def phone_or_email(lead: Record) -> str | None:
        return None if lead["Phone"] or lead["Email"] else "A lead needs a phone or an e-mail address."

    org.add_validation_rule("Lead", phone_or_email, field="Phone")

    refused = api.send("POST", "/sobjects/Lead", json=LEAD)
    made = api.send("POST", "/sobjects/Lead", json={**LEAD, "Phone": "1"})
    emptied = api.refused("PATCH", f"/sobjects/Lead/{made.json()['id']}", json={"Phone": None})

    assert refused.json() == [
        {
            "message": "A lead needs a phone or an e-mail address.",
            "errorCode": "FIELD_CUSTOM_VALIDATION_EXCEPTION",
            "fields": ["Phone"],
        }
    ]
    assert emptied[1] == "FIELD_CUSTOM_VALIDATION_EXCEPTION"


def test_a_duplicate_rule_blocks(org: FakeSalesforce, api: SalesforceApi) -> None:
    """Without regard to case, among the objects that it names; it tells what it has found."""
    org.add_duplicate_rule("Lead", among=("Lead", "Contact"))
    contact = org.add("Contact", LastName="Ek", Email="Bo@example.org")
    body = {**LEAD, "Email": "bo@example.org"}

    answer = api.send(
        "POST", "/sobjects/Lead", json=body, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    )

    (flaw,) = answer.json()
    (match,) = flaw["duplicateResult"]["matchResults"]
    assert (answer.status_code, flaw["errorCode"]) == (400, "DUPLICATES_DETECTED")
    assert (match["entityType"], match["matchRecords"][0]["record"]["Id"]) == ("Contact", contact.id)
    assert api.send("POST", "/sobjects/Lead", json={**body, "Email": "other@example.org"}).status_code == 201
    assert api.send("POST", "/sobjects/Lead", json=LEAD).status_code == 201


def test_a_duplicate_rule_may_alert_only(org: FakeSalesforce, api: SalesforceApi) -> None:
    """Who asks for it may save all the same."""
    org.add_duplicate_rule("Lead", allow=True)
    body = {**LEAD, "Email": "bo@example.org"}
    org.add("Lead", **body)

    refused = api.send("POST", "/sobjects/Lead", json=body)
    saved = api.send(
        "POST", "/sobjects/Lead", json=body, headers={"Sforce-Duplicate-Rule-Header": "allowSave=true"}
    )

    assert refused.json()[0]["duplicateResult"]["allowSave"] is True
    assert saved.status_code == 201


def test_a_duplicate_rule_leaves_alone_what_is_no_duplicate(org: FakeSalesforce, api: SalesforceApi) -> None:
    """The record itself, deleted ones, converted leads, and changes if the rule is about new records."""
    org.add_duplicate_rule("Lead", on_update=False)
    body = {**LEAD, "Email": "bo@example.org"}
    org.delete(org.add("Lead", **body))
    org.convert(org.add("Lead", **body))

    made = api.send("POST", "/sobjects/Lead", json=body)
    changed = api.send("PATCH", f"/sobjects/Lead/{org.add('Lead', **LEAD).id}", json={"Email": body["Email"]})

    assert (made.status_code, changed.status_code) == (201, 204)


# --- references ----------------------------------------------------------------------------------


def test_a_converted_lead_is_no_longer_changed(org: FakeSalesforce, api: SalesforceApi) -> None:
    """And no event is about it."""
    lead = org.add("Lead", **LEAD)
    org.convert(lead)

    changed = api.refused("PATCH", f"/sobjects/Lead/{lead.id}", json={"Phone": "1"})
    met = api.refused("POST", "/sobjects/Event", json={**EVENT, "WhoId": lead.id})

    assert changed == met == (400, "CANNOT_UPDATE_CONVERTED_LEAD", [])


def test_an_event_is_about_nobody_who_is_gone(org: FakeSalesforce, api: SalesforceApi) -> None:
    """Nor about an account."""
    contact, account = org.add("Contact", LastName="Ek"), org.add("Account", Name="Ek AB")
    org.delete(contact)

    gone = api.refused("POST", "/sobjects/Event", json={**EVENT, "WhoId": contact.id})
    other = api.refused("POST", "/sobjects/Event", json={**EVENT, "WhoId": account.id})

    assert gone == (404, "ENTITY_IS_DELETED", [])
    assert other == (400, "MALFORMED_ID", ["WhoId"])


def test_who_left_owns_nothing_new(org: FakeSalesforce, api: SalesforceApi) -> None:
    """An owner has to be active."""
    ada = org.add_user("ada@example.org", name="Ada Lovelace", active=False)

    refusal = api.refused("POST", "/sobjects/Lead", json={**LEAD, "OwnerId": ada.id})

    assert refusal == (400, "INACTIVE_OWNER_OR_USER", [])


def test_a_record_type_is_of_one_object(org: FakeSalesforce, api: SalesforceApi) -> None:
    """Another's is refused; new records that name none have the default."""
    partner = org.add_record_type("Lead", "Partner Lead")
    guest = org.add_record_type("Lead", "Guest", default=True)
    other = org.add_record_type("Contact", "Guest")

    api.send("POST", "/sobjects/Lead", json=LEAD)
    api.send("POST", "/sobjects/Lead", json={**LEAD, "RecordTypeId": partner.id})
    refusal = api.refused("POST", "/sobjects/Lead", json={**LEAD, "RecordTypeId": other.id})

    assert [each["RecordTypeId"] for each in org.records("Lead")] == [guest.id, partner.id]
    assert refusal == (400, "INVALID_CROSS_REFERENCE_KEY", ["RecordTypeId"])


@pytest.mark.parametrize("object", ["User", "RecordType", "Organization"])
def test_some_objects_are_the_administrators(org: FakeSalesforce, api: SalesforceApi, object: str) -> None:
    """They are read, not written."""
    refusal = api.refused("POST", f"/sobjects/{object}", json={})

    assert refusal == (400, "INSUFFICIENT_ACCESS_OR_READONLY", [])


@pytest.mark.parametrize("act", ["create", "update", "delete"])
def test_what_the_user_may_not_do_is_refused_and_described(
    org: FakeSalesforce, api: SalesforceApi, act: str
) -> None:
    """A user without a right is refused what it is about, and nothing else."""
    lead = org.add("Lead", LastName="Ek", Company="Ek")
    calls = {
        "create": ("POST", "/sobjects/Lead", {"json": LEAD}),
        "update": ("PATCH", f"/sobjects/Lead/{lead.id}", {"json": {"City": "Kiel"}}),
        "delete": ("DELETE", f"/sobjects/Lead/{lead.id}", {}),
    }
    method, path, more = calls[act]
    org.deny("Lead", act)

    refusal = api.refused(method, path, **more)
    described = api.send("GET", "/sobjects/Lead/describe").json()
    org.deny("Lead")

    assert refusal == (400, "INSUFFICIENT_ACCESS_OR_READONLY", [])
    assert not described[{"create": "createable", "update": "updateable", "delete": "deletable"}[act]]
    assert api.send(method, path, **more).ok
