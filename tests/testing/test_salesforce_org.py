"""Tests of what the fake Salesforce tells of itself, and of what people do in it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from simple_salesforce.api import Salesforce

from booker_components.testing import FakeSalesforce, FrozenClock

from .salesforce import EVENT, LEAD, SalesforceApi, logged_in
from .salesforce import api as api
from .salesforce import client as client
from .salesforce import org as org


@pytest.fixture
def people(clock: FrozenClock) -> Iterator[FakeSalesforce]:
    """An org with person accounts."""
    with FakeSalesforce(clock=clock, person_accounts=True) as org:
        yield org


def described(client: Salesforce, object: str) -> dict[str, dict[str, Any]]:
    """Describe the fields of an object, by their names."""
    return {each["name"]: each for each in getattr(client, object).describe()["fields"]}


# --- what it tells -------------------------------------------------------------------------------


def test_fields_are_described(org: FakeSalesforce, client: Salesforce) -> None:
    """Standard ones and the administrator's own."""
    org.add_field(
        "Lead",
        "Days__c",
        label="Days of call",
        type="multipicklist",
        picklist=("Mon", "Tue"),
        required=True,
        updateable=False,
    )

    fields = described(client, "Lead")

    assert {
        name: fields["LastName"][name] for name in ("type", "length", "nillable", "createable", "custom")
    } == {
        "type": "string",
        "length": 80,
        "nillable": False,
        "createable": True,
        "custom": False,
    }
    own = fields["Days__c"]
    assert (own["label"], own["type"], own["nillable"], own["updateable"]) == (
        "Days of call",
        "multipicklist",
        False,
        False,
    )
    assert ([each["value"] for each in own["picklistValues"]], own["restrictedPicklist"]) == (
        ["Mon", "Tue"],
        True,
    )
    assert (fields["Status"]["nillable"], fields["Status"]["defaultedOnCreate"]) == (False, True)
    assert (fields["Description"]["type"], fields["Description"]["length"]) == ("textarea", 32000)


def test_references_and_keys_are_described(client: Salesforce) -> None:
    """To what they point, and by what upsert finds."""
    fields = described(client, "Event")

    assert (fields["WhoId"]["referenceTo"], fields["WhoId"]["relationshipName"]) == (
        ["Contact", "Lead"],
        "Who",
    )
    assert (fields["Booking_Uid__c"]["externalId"], fields["Booking_Uid__c"]["idLookup"]) == (True, True)
    assert (fields["Subject"]["length"], fields["Subject"]["idLookup"]) == (255, False)


def test_record_types_are_described(org: FakeSalesforce, client: Salesforce) -> None:
    """With the master, which is the default unless another is."""
    guest = org.add_record_type("Lead", "Guest of ours", default=True)

    infos = client.Lead.describe()["recordTypeInfos"]

    assert [(each["name"], each["developerName"], each["defaultRecordTypeMapping"]) for each in infos] == [
        ("Guest of ours", "Guest_of_ours", True),
        ("Master", "Master", False),
    ]
    assert infos[0]["recordTypeId"] == guest.id
    assert [each["defaultRecordTypeMapping"] for each in client.Contact.describe()["recordTypeInfos"]] == [
        True
    ]


def test_a_field_may_be_out_of_sight(org: FakeSalesforce, client: Salesforce, api: SalesforceApi) -> None:
    """It is as if it were not there."""
    org.add("Lead", **LEAD)
    org.remove_field("Lead", "Phone")

    assert "Phone" not in described(client, "Lead")
    assert api.refused("GET", "/query", q="SELECT Phone FROM Lead")[1] == "INVALID_FIELD"


def test_objects_versions_and_limits_are_told(api: SalesforceApi, client: Salesforce) -> None:
    """As far as the fake has them."""
    objects = client.describe()
    lead = client.Lead.metadata()
    versions = api.send("GET", "/../").json()
    limits = client.limits()

    assert objects is not None
    assert "Lead" in [each["name"] for each in objects["sobjects"]]
    assert lead["objectDescribe"]["keyPrefix"] == "00Q"
    assert versions[-1]["url"] == f"/services/data/v{versions[-1]['version']}"
    assert limits["DailyApiRequests"]["Max"] == 15_000
    assert client.is_sandbox() is False
    assert client.api_usage["api-usage"].used == 4


@pytest.mark.parametrize(
    ("version", "refusal"),
    [("v30.0", (410, "UNSUPPORTED_API_VERSION")), ("v99.0", (404, "NOT_FOUND")), ("64", (404, "NOT_FOUND"))],
)
def test_only_some_versions_answer(api: SalesforceApi, version: str, refusal: tuple[int, str]) -> None:
    """Old ones are retired, and others there are not yet."""
    api.version = version

    assert api.refused("GET", "/sobjects")[:2] == refusal


@pytest.mark.parametrize("path", ["/sobjects/Foo", "/sobjects/Foo/describe", "/nothing", ""])
def test_what_there_is_not(api: SalesforceApi, path: str) -> None:
    """Is not found."""
    assert api.refused("GET", path) == (404, "NOT_FOUND", None)


# --- what people do ------------------------------------------------------------------------------


def test_people_add_and_change_records(org: FakeSalesforce) -> None:
    """Long ago, and without a rule; what is given back does not change with the record."""
    org.add_validation_rule("Lead", lambda lead: "Never.")
    day, at = date(2027, 2, 1), datetime(2026, 1, 1, tzinfo=UTC)

    lead = org.add("lead", lastname="Ek", CreatedDate=at, ConvertedDate=day)
    changed = org.change(lead, Email="bo@example.org", FirstName="Bo")

    assert (lead["LastName"], lead["CreatedDate"], lead["ConvertedDate"]) == ("Ek", at, day)
    assert (changed["Name"], changed["Email"], lead["Email"]) == ("Bo Ek", "bo@example.org", None)
    assert org.records("Lead", Email="bo@example.org") == [changed]
    assert org.records("Lead", Email="other@example.org") == []


def test_a_slip_of_a_test_is_told(org: FakeSalesforce) -> None:
    """An unknown object, field, record or type."""
    with pytest.raises(ValueError, match="no object 'Foo'"):
        org.add("Foo")
    with pytest.raises(ValueError, match="Lead has no field 'Foo'"):
        org.add("Lead", Foo=1)
    with pytest.raises(LookupError, match="no record 'x'"):
        org.record("x")
    with pytest.raises(ValueError, match="has the type 'text'"):
        org.add_field("Lead", "Foo__c", type="text")


def test_a_lead_is_converted(org: FakeSalesforce, client: Salesforce) -> None:
    """Into an account and a contact, which takes over its events."""
    lead = org.add("Lead", FirstName="Bo", Email="bo@example.org", **LEAD)
    event = client.Event.create({**EVENT, "WhoId": lead.id})["id"]

    contact = org.convert(lead)

    (account,) = org.records("Account")
    now = org.record(lead)
    assert (contact["Name"], contact["Email"], contact["AccountId"]) == (
        "Bo Ek",
        "bo@example.org",
        account.id,
    )
    assert account["Name"] == "Ek AB"
    assert (now["IsConverted"], now["ConvertedContactId"]) == (True, contact.id)
    assert org.record(event)["WhoId"] == contact.id


def test_a_field_that_comes_later_is_empty_before(org: FakeSalesforce) -> None:
    """Or has its default."""
    lead = org.add("Lead", **LEAD)

    org.add_field("Lead", "Agreed__c", type="boolean")
    org.add_field("Lead", "Region__c", default="North")
    org.add_field("Lead", "Friend__c", type="reference", refers=["Contact"])

    now = org.record(lead)
    assert (now["Agreed__c"], now["Region__c"], now["Friend__c"]) == (False, "North", None)


def test_a_reference_of_the_administrators_is_followed(org: FakeSalesforce, client: Salesforce) -> None:
    """By the name that ends with __r."""
    org.add_field("Lead", "Friend__c", type="reference", refers=["Contact"])
    contact = org.add("Contact", LastName="Ada")
    client.Lead.create({**LEAD, "Friend__c": contact.id})

    (lead,) = client.query("SELECT Friend__r.LastName FROM Lead")["records"]

    assert lead["Friend__r"]["LastName"] == "Ada"


# --- person accounts -----------------------------------------------------------------------------


def test_without_person_accounts_there_is_no_trace_of_them(client: Salesforce) -> None:
    """A lead needs a company."""
    assert "IsPersonAccount" not in described(client, "Account")
    assert described(client, "Lead")["Company"]["nillable"] is False


def test_a_person_account_has_a_contact(people: FakeSalesforce) -> None:
    """Which follows it, its own fields too, and cannot be changed by itself."""
    people.add_field("Account", "Size__pc")
    people.add_field("Contact", "Size__c")
    api = SalesforceApi(people)

    answer = api.send(
        "POST",
        "/sobjects/Account",
        json={"FirstName": "Bo", "LastName": "Ek", "PersonEmail": "bo@example.org", "Size__pc": "L"},
    )
    id = answer.json()["id"]
    api.send("PATCH", f"/sobjects/Account/{id}", json={"PersonEmail": "ek@example.org"})

    (account,), (contact,) = people.records("Account"), people.records("Contact")
    assert (account["Name"], account["IsPersonAccount"], account["PersonContactId"]) == (
        "Bo Ek",
        True,
        contact.id,
    )
    assert (contact["Name"], contact["Email"], contact["Size__c"]) == ("Bo Ek", "ek@example.org", "L")
    assert (contact["AccountId"], contact["IsPersonAccount"]) == (account.id, True)
    assert api.refused("PATCH", f"/sobjects/Contact/{contact.id}", json={"Phone": "1"}) == (
        400,
        "INVALID_PERSON_ACCOUNT_OPERATION",
        [],
    )


def test_a_person_account_goes_with_its_contact(people: FakeSalesforce) -> None:
    """Both are deleted."""
    account = people.add("Account", LastName="Ek")

    people.delete(account)

    assert people.records("Account") == people.records("Contact") == []


def test_a_lead_without_a_company_becomes_a_person(people: FakeSalesforce) -> None:
    """It may be made where there are person accounts."""
    with people.session() as session:
        id = logged_in(session, people.credentials.client).Lead.create(
            {"LastName": "Ek", "Email": "bo@example.org"}
        )["id"]

    contact = people.convert(id)

    (account,) = people.records("Account")
    assert (contact["Email"], contact["IsPersonAccount"]) == ("bo@example.org", True)
    assert (account["PersonEmail"], account["PersonContactId"]) == ("bo@example.org", contact.id)


def test_a_company_is_no_person(people: FakeSalesforce) -> None:
    """An account without a last name has no contact of its own."""
    people.add("Account", Name="Ek AB")

    assert [each["IsPersonAccount"] for each in people.records("Account")] == [False]
    assert people.records("Contact") == []
