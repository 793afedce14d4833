"""Tests of how the fake Salesforce reads SOQL and finds records by it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from simple_salesforce.api import Salesforce
from simple_salesforce.exceptions import SalesforceMalformedRequest
from simple_salesforce.format import format_soql

from booker_components.testing import FakeSalesforce
from booker_components.testing.salesforce.answers import Refusal
from booker_components.testing.salesforce.soql import parsed

from .salesforce import EVENT, LEAD, SalesforceApi
from .salesforce import api as api
from .salesforce import client as client
from .salesforce import org as org

HOSTILE = [
    "o'brien@example.org",
    "' OR Email != '",
    "x' OR IsConverted = false OR Email = 'y",
    "\\' OR Name LIKE '%",
    "\\",
    "\\\\'",
    'say "hi"',
    "a\nb\r\tc\b\f",
    "') LIMIT 1 --",
    "%",
    "_",
    "{0} {name} {",
    "ünï漢字🎈",
    "null",
    "&#39; OR 1=1",
]


@pytest.fixture
def leads(org: FakeSalesforce) -> FakeSalesforce:
    """The org with three leads: Ada, Bo and Cy, of whom the last has nothing but a name."""
    org.add_field("Lead", "Seats__c", type="int")
    org.add_field("Lead", "Days__c", type="multipicklist", picklist=("Mon", "Tue", "Wed"))
    org.add_field("Lead", "Day__c", type="date")
    org.add_field("Lead", "Code__c", external_id=True, case_sensitive=True)
    org.add(
        "Lead",
        LastName="Ada",
        Email="Ada@example.org",
        Seats__c=2,
        Days__c="Mon;Wed",
        Code__c="Ab",
        Day__c="2027-02-02",
    )
    org.add(
        "Lead",
        LastName="Bo",
        Email="bo_x@example.org",
        Seats__c=10,
        Days__c="Tue",
        Code__c="aB",
        IsConverted=True,
    )
    org.add("Lead", LastName="Cy")
    return org


# --- reading -------------------------------------------------------------------------------------


def test_a_query_is_read() -> None:
    """Whatever the case of its words, over several lines."""
    query = parsed(
        "select Id,\n Owner.Email FROM Lead\tWhere A = 'x' Order By B Desc Nulls Last, C LIMIT 5 OFFSET 2"
    )

    assert [each.names for each in query.fields] == [("Id",), ("Owner", "Email")]
    assert (query.object, query.limit, query.offset) == ("Lead", 5, 2)
    assert [(each.path.names, each.descending, each.nulls_last) for each in query.order] == [
        (("B",), True, True),
        (("C",), False, False),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("'x'", "string", "x"),
        ("''", "string", ""),
        (r"'a\'b\\c\"d'", "string", "a'b\\c\"d"),
        (r"'\n\r\t\b\f\N'", "string", "\n\r\t\b\f\n"),
        ("true", "boolean", True),
        ("FALSE", "boolean", False),
        ("null", "null", None),
        ("5", "number", 5),
        ("-0.5", "number", -0.5),
        ("2027-02-02", "date", date(2027, 2, 2)),
        ("2027-02-02T08:00:00Z", "datetime", datetime(2027, 2, 2, 8, tzinfo=UTC)),
        ("2027-02-02T09:00:00.000+01:00", "datetime", datetime(2027, 2, 2, 8, tzinfo=UTC)),
    ],
)
def test_a_literal_is_read(text: str, kind: str, value: object) -> None:
    """Texts with their escapes, numbers, dates, constants."""
    query = parsed(f"SELECT Id FROM Lead WHERE A = {text}")

    literal = query.where.values[0]
    assert (literal.kind, literal.value) == (kind, value)


@pytest.mark.parametrize("text", HOSTILE)
def test_what_simple_salesforce_quotes_is_read_back(text: str) -> None:
    """A hostile text stays one text."""
    query = parsed(format_soql("SELECT Id FROM Lead WHERE A = {} AND B IN {}", text, [text, "y"]))

    one, several = query.where.parts
    assert [each.value for each in one.values] == [text]
    assert [each.value for each in several.values] == [text, "y"]


@pytest.mark.parametrize(
    ("query", "column", "words"),
    [
        ("", 1, "unexpected token: '<EOF>'"),
        ("DELETE FROM Lead", 1, "unexpected token: 'DELETE'"),
        ("SELECT FROM Lead", 8, "unexpected token: 'FROM'"),
        ("SELECT Id Lead", 11, "unexpected token: 'Lead'"),
        ("SELECT Id, FROM Lead", 12, "unexpected token: 'FROM'"),
        ("SELECT Id FROM Lead WHERE", 26, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE A", 28, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE A = ", 31, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE A = AND", 31, "unexpected token: 'AND'"),
        ("SELECT Id FROM Lead WHERE A IN ()", 33, "unexpected token: ')'"),
        ("SELECT Id FROM Lead WHERE A IN ('x'", 36, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE A LIKE 5", 34, "unexpected token: '5'"),
        ("SELECT Id FROM Lead WHERE A = 1 AND B = 2 OR C = 3", 43, "unexpected token: 'OR'"),
        ("SELECT Id FROM Lead WHERE (A = 1", 33, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE A NOT 'x'", 29, "unexpected token: 'NOT'"),
        ("SELECT Id FROM Lead LIMIT x", 27, "unexpected token: 'x'"),
        ("SELECT Id FROM Lead LIMIT -1", 27, "unexpected token: '-1'"),
        ("SELECT Id FROM Lead x y", 21, "unexpected token: 'x'"),
        ("SELECT Id FROM Lead ORDER BY A NULLS", 37, "unexpected token: '<EOF>'"),
        ("SELECT Id FROM Lead WHERE A = 'it's'", 36, "unexpected character: '''"),
        ("SELECT Id FROM Lead WHERE A = 'x", 31, "unexpected character: '''"),
        ('SELECT Id FROM Lead WHERE A = "x"', 31, "unexpected character: '\"'"),
        ("SELECT Id FROM Lead; DELETE", 20, "unexpected character: ';'"),
        (r"SELECT Id FROM Lead WHERE A = '\x'", 31, r"Illegal character sequence '\x'"),
        (r"SELECT Id FROM Lead WHERE A = '\%'", 31, r"Illegal character sequence '\%'"),
        ("SELECT Id FROM Lead WHERE A = 'a\nb'", 31, "line breaks not allowed"),
        ("SELECT Id FROM Lead WHERE A = 2027-13-01", 31, "Invalid date"),
        ("SELECT Id FROM Lead WHERE A = 2027-02-02T25:00:00Z", 31, "Invalid datetime"),
    ],
)
def test_what_is_no_soql_is_refused(query: str, column: int, words: str) -> None:
    """With the place where it ends to be."""
    with pytest.raises(Refusal) as caught:
        parsed(query)

    (flaw,) = caught.value.flaws
    assert (caught.value.status, flaw.code) == (400, "MALFORMED_QUERY")
    assert words in flaw.message
    assert f"ERROR at Row:1:Column:{column}\n" in flaw.message


def test_a_query_has_an_end() -> None:
    """A longer one is refused."""
    with pytest.raises(Refusal, match="cannot be longer than 100000 characters"):
        parsed("SELECT Id FROM Lead WHERE A = '" + "x" * 100_000 + "'")


@pytest.mark.parametrize(
    "query",
    [
        "SELECT COUNT(Id) FROM Lead",
        "SELECT Id, (SELECT Id FROM Events) FROM Lead",
        "SELECT Id FROM Lead WHERE Id IN (SELECT WhoId FROM Event)",
        "SELECT Id FROM Lead GROUP BY Id",
        "SELECT Id FROM Lead WHERE CreatedDate = TODAY",
        "SELECT Id FROM Lead FOR UPDATE",
    ],
)
def test_what_the_fake_does_not_know_it_says(query: str) -> None:
    """Rather than to guess."""
    with pytest.raises(Refusal) as caught:
        parsed(query)

    assert (caught.value.status, caught.value.flaws[0].code) == (501, "THE_FAKE_DOES_NOT_KNOW")


# --- finding -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ("Email = 'ADA@EXAMPLE.ORG'", ["Ada"]),
        ("Email != 'ada@example.org'", ["Bo", "Cy"]),
        ("Email <> 'ada@example.org'", ["Bo", "Cy"]),
        ("Email = null", ["Cy"]),
        ("Email = ''", ["Cy"]),
        ("Email != null", ["Ada", "Bo"]),
        ("NOT Email = 'ada@example.org'", ["Bo", "Cy"]),
        ("(NOT(Email = 'ada@example.org')) AND IsConverted = true", ["Bo"]),
        ("Email IN ('ada@example.org', 'BO_X@example.org')", ["Ada", "Bo"]),
        ("Email NOT IN ('ada@example.org')", ["Bo", "Cy"]),
        ("Email = 'ada@example.org' OR LastName = 'cy'", ["Ada", "Cy"]),
        ("IsConverted = false AND (Email = 'bo_x@example.org' OR LastName = 'Cy')", ["Cy"]),
        ("Email LIKE '%@EXAMPLE.org'", ["Ada", "Bo"]),
        ("Email LIKE 'a_a@%'", ["Ada"]),
        (r"Email LIKE '%\_%'", ["Bo"]),
        (r"Email LIKE '\%'", []),
        ("Seats__c > 2", ["Bo"]),
        ("Seats__c >= 2.0", ["Ada", "Bo"]),
        ("Seats__c < 10", ["Ada"]),
        ("Seats__c <= null", []),
        ("Days__c INCLUDES ('Mon', 'Tue')", ["Ada", "Bo"]),
        ("Days__c INCLUDES ('Mon;Wed')", ["Ada"]),
        ("Days__c EXCLUDES ('Mon')", ["Bo", "Cy"]),
        ("Code__c = 'Ab'", ["Ada"]),
        ("Day__c = 2027-02-02", ["Ada"]),
        ("CreatedDate >= 2027-02-01T09:00:00+01:00", ["Ada", "Bo", "Cy"]),
        ("CreatedDate > 2027-02-01T08:00:00Z", []),
        ("Owner.Email LIKE 'integration@%' AND LastName = 'Bo'", ["Bo"]),
        ("RecordType.Name = null", ["Ada", "Bo", "Cy"]),
    ],
)
def test_records_are_found(
    leads: FakeSalesforce, api: SalesforceApi, condition: str, found: list[str]
) -> None:
    """Texts without regard to case; what is not so may be nothing at all."""
    assert api.names(f"WHERE {condition}") == found


@pytest.mark.parametrize(
    ("clause", "found"),
    [
        ("ORDER BY Seats__c", ["Cy", "Ada", "Bo"]),
        ("ORDER BY Seats__c DESC", ["Cy", "Bo", "Ada"]),
        ("ORDER BY Seats__c ASC NULLS LAST", ["Ada", "Bo", "Cy"]),
        ("ORDER BY Seats__c DESC NULLS LAST", ["Bo", "Ada", "Cy"]),
        ("ORDER BY IsConverted DESC NULLS FIRST, LastName DESC", ["Bo", "Cy", "Ada"]),
        ("ORDER BY LastName LIMIT 2", ["Ada", "Bo"]),
        ("ORDER BY LastName LIMIT 2 OFFSET 2", ["Cy"]),
        ("LIMIT 0", []),
    ],
)
def test_records_are_sorted_and_cut(
    leads: FakeSalesforce, api: SalesforceApi, clause: str, found: list[str]
) -> None:
    """What is nothing comes first, unless the query says otherwise."""
    assert api.names(clause) == found


@pytest.mark.parametrize("text", [each for each in HOSTILE if each.strip() == each])
def test_a_hostile_text_finds_itself_alone(org: FakeSalesforce, client: Salesforce, text: str) -> None:
    """Nothing else comes with it."""
    org.add("Lead", LastName=text)
    org.add("Lead", LastName="Somebody")

    found = client.query(format_soql("SELECT LastName FROM Lead WHERE LastName = {}", text))["records"]
    alike = client.query(format_soql("SELECT LastName FROM Lead WHERE LastName LIKE '{:like}'", text))[
        "records"
    ]

    assert [each["LastName"] for each in found] == [text]
    assert [each["LastName"] for each in alike] == [text]


def test_parents_are_shown(org: FakeSalesforce, client: Salesforce) -> None:
    """Inside the record, each with its own attributes; nothing where there is none."""
    lead, ada = org.add("Lead", **LEAD), org.add_user("ada@example.org", name="Ada Lovelace")
    client.Event.create({**EVENT, "WhoId": lead.id, "OwnerId": ada.id[:15]})

    (event,) = client.query("SELECT Id, Who.Type, who.name, Owner.Email, What.Name FROM Event")["records"]

    assert event["Who"]["Type"] == "Lead"
    assert event["Who"]["Name"] == "Ek"
    assert event["Owner"]["Email"] == "ada@example.org"
    assert event["Owner"]["attributes"]["type"] == "User"
    assert event["What"] is None


def test_values_are_shown_as_json_has_them(org: FakeSalesforce, client: Salesforce) -> None:
    """Instants with milliseconds and +0000, dates as such."""
    client.Event.create(EVENT)

    (event,) = client.query("SELECT StartDateTime, ActivityDate, IsAllDayEvent FROM Event")["records"]

    assert event["StartDateTime"] == "2027-02-02T08:00:00.000+0000"
    assert (event["ActivityDate"], event["IsAllDayEvent"]) == ("2027-02-02", False)


def test_records_are_counted(leads: FakeSalesforce, client: Salesforce) -> None:
    """Without being shown."""
    answer = client.query("SELECT COUNT() FROM Lead WHERE IsConverted = false")

    assert (answer["totalSize"], answer["records"]) == (2, [])


def test_the_bin_is_looked_through_on_demand(org: FakeSalesforce, client: Salesforce) -> None:
    """By queryAll."""
    org.delete(org.add("Lead", **LEAD))

    assert client.query("SELECT Id FROM Lead")["totalSize"] == 0
    assert client.query("SELECT Id FROM Lead WHERE IsDeleted = true", include_deleted=True)["totalSize"] == 1


@pytest.mark.parametrize(
    ("query", "code", "words"),
    [
        ("SELECT Foo FROM Lead", "INVALID_FIELD", "No such column 'Foo' on entity 'Lead'"),
        ("SELECT Id FROM Lead WHERE Foo = 1", "INVALID_FIELD", "No such column 'Foo'"),
        ("SELECT Id FROM Lead ORDER BY Foo", "INVALID_FIELD", "No such column 'Foo'"),
        ("SELECT Id, id FROM Lead", "INVALID_FIELD", "duplicate field selected: id"),
        ("SELECT Foo.Id FROM Lead", "INVALID_FIELD", "Didn't understand relationship 'Foo'"),
        ("SELECT Owner.Foo FROM Lead", "INVALID_FIELD", "No such column 'Foo' on entity 'User'"),
        ("SELECT Id FROM Foo", "INVALID_TYPE", "sObject type 'Foo' is not supported."),
        ("SELECT Id FROM Lead WHERE Email = 5", "INVALID_FIELD", "must be of type string and should be"),
        ("SELECT Id FROM Lead WHERE IsConverted = 'true'", "INVALID_FIELD", "must be of type boolean"),
        ("SELECT Id FROM Lead WHERE CreatedDate > '2027-02-02'", "INVALID_FIELD", "must be of type dateTime"),
        ("SELECT Id FROM Lead WHERE NumberOfEmployees = '5'", "INVALID_FIELD", "must be of type double"),
        ("SELECT Id FROM Lead WHERE Id = 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid ID field: x"),
        ("SELECT Id FROM Lead WHERE Id LIKE 'x'", "INVALID_QUERY_FILTER_OPERATOR", "invalid operator"),
        ("SELECT Id FROM Lead WHERE Email INCLUDES ('x')", "INVALID_FIELD", "only valid on multipicklist"),
        ("SELECT Id FROM Lead WHERE Description = 'x'", "INVALID_FIELD", "can not be filtered"),
        ("SELECT Id FROM Lead ORDER BY Description", "MALFORMED_QUERY", "can not be sorted"),
        ("SELECT Id FROM Lead OFFSET 2001", "NUMBER_OUTSIDE_VALID_RANGE", "Maximum SOQL offset"),
    ],
)
def test_a_query_may_ask_what_cannot_be(client: Salesforce, query: str, code: str, words: str) -> None:
    """It is refused even where there is nothing to be found."""
    with pytest.raises(SalesforceMalformedRequest) as caught:
        client.query(query)

    flaw: Any = caught.value.content[0]
    assert flaw["errorCode"] == code
    assert words in flaw["message"]


# --- pages ---------------------------------------------------------------------------------------


def test_many_records_come_in_pages() -> None:
    """simple-salesforce follows them to the end."""
    with FakeSalesforce(page_size=2) as org, org.session() as session:
        client = Salesforce(**org.credentials.client, session=session, version="64.0")
        for number in range(5):
            org.add("Lead", LastName=str(number))
        first = client.query("SELECT LastName FROM Lead ORDER BY LastName")

        found = client.query_all("SELECT LastName FROM Lead ORDER BY LastName")

        assert (first["totalSize"], first["done"], len(first["records"])) == (5, False, 2)
        assert first["nextRecordsUrl"].startswith("/services/data/v64.0/query/01g")
        assert [each["LastName"] for each in found["records"]] == ["0", "1", "2", "3", "4"]


def test_a_page_has_at_least_two_hundred_records(org: FakeSalesforce, api: SalesforceApi) -> None:
    """However few are asked for."""
    for number in range(201):
        org.add("Lead", LastName=str(number))

    answer = api.send(
        "GET", "/query", q="SELECT Id FROM Lead", headers={"Sforce-Query-Options": "batchSize=1"}
    ).json()

    assert (len(answer["records"]), answer["done"]) == (200, False)


def test_a_page_that_there_is_not(api: SalesforceApi) -> None:
    """Is refused."""
    assert api.refused("GET", "/query/01gNOTHING-2000") == (400, "INVALID_QUERY_LOCATOR", None)


def test_a_query_fits_into_an_address(api: SalesforceApi) -> None:
    """One that is too long for it is refused, though SOQL might be longer."""
    values = ", ".join(f"'{number:05}@example.org'" for number in range(800))

    refusal = api.refused("GET", "/query", q=f"SELECT Id FROM Lead WHERE Email IN ({values})")

    assert refusal == (414, "URI_TOO_LONG", None)
