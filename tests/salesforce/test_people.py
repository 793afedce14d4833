"""Tests of who is registered and who is overwritten: the table of contracts/jicoo.md 8.5, and around it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from booker_components.subscribers.salesforce import FieldMap, NameOrder, SalesforceRules
from booker_components.subscribers.salesforce.failures import SalesforceFailed
from booker_components.testing import FrozenClock
from booker_components.values import Attendee, EventKind

from .desk import BOOKING, MOVED, Desk, desk_at

GUEST = "grace@guest.example.com"
ASKED = replace(BOOKING, answers={"team": "Compilers"})
FIELDS = {"team": FieldMap("Department", contact="Department")}
LEAD, CONTACT = "Lead", "Contact"

#: switch, overwrite, who is there before -> whose team is written, who is made, whose the Event is.
MATRIX = [
    # The Lead switch.
    ("lead", True, "lead", "Lead", "", "Lead"),
    ("lead", True, "contact", "Contact", "", "Contact"),
    ("lead", True, "lead contact", "Lead", "", "Lead"),
    ("lead", True, "", "Lead", "Lead", "Lead"),
    ("lead", True, "converted", "", "", "Contact"),
    ("lead", True, "converted lead", "Lead", "", "Lead"),
    # The Contact switch.
    ("contact", True, "contact", "Contact", "", "Contact"),
    ("contact", True, "lead contact", "Contact", "", "Lead"),
    ("contact", True, "converted", "Contact", "", "Contact"),
    ("contact", True, "", "Contact", "Contact", "Contact"),
    ("contact", True, "lead", "Contact", "Contact", "Lead"),
    # Overwriting off: what was there is left alone, the Event is made.
    ("lead", False, "lead", "", "", "Lead"),
    ("lead", False, "contact", "", "", "Contact"),
    ("lead", False, "lead contact", "", "", "Lead"),
    ("lead", False, "", "Lead", "Lead", "Lead"),
    ("lead", False, "converted", "", "", "Contact"),
    ("contact", False, "contact", "", "", "Contact"),
    ("contact", False, "lead contact", "", "", "Lead"),
    ("contact", False, "", "Contact", "Contact", "Contact"),
    ("contact", False, "lead", "Contact", "Contact", "Lead"),
    # Neither switch: only who is there.
    ("", True, "lead", "Lead", "", "Lead"),
    ("", True, "contact", "Contact", "", "Contact"),
    ("", True, "", "", "", ""),
    ("", False, "lead", "", "", "Lead"),
    ("", False, "", "", "", ""),
]


@pytest.fixture
def desk(tmp_path: Any, clock: FrozenClock) -> Any:
    """An org whose Leads have the field that is mapped, as its Contacts do."""
    with desk_at(tmp_path, clock) as made:
        made.org.add_field("Lead", "Department")
        yield made


def people(desk: Desk, words: str) -> None:
    """Add whom the words say."""
    for word in words.split():
        if word == "converted":
            desk.org.convert(desk.org.add("Lead", LastName="Hopper", Company="Navy", Email=GUEST))
        else:
            desk.org.add(word.title(), LastName="Hopper", Email=GUEST)


def rules_for(switch: str, **more: Any) -> SalesforceRules:
    """Give rules with one of the switches on, or none."""
    return SalesforceRules(
        register_lead=switch == "lead", register_contact=switch == "contact", fields=FIELDS, **more
    )


@pytest.mark.parametrize(
    ("switch", "overwrite", "there", "written", "made", "event_of"),
    MATRIX,
    ids=lambda value: str(value) or "none",
)
def test_who_is_registered_and_overwritten(
    desk: Desk, switch: str, overwrite: bool, there: str, written: str, made: str, event_of: str
) -> None:
    """Each row of the table, on booking; heard twice it is no different."""
    people(desk, there)
    before = {name: len(desk.org.records(name)) for name in (LEAD, CONTACT)}

    for _ in range(2):
        desk.hear(EventKind.CREATED, ASKED, rules=rules_for(switch, overwrite=overwrite))

    after = {name: desk.org.records(name) for name in (LEAD, CONTACT)}
    assert {name for name in after for each in after[name] if each["Department"]} == {written} - {""}
    assert {name for name in after if len(after[name]) > before[name]} == {made} - {""}
    open_people = {each.id: name for name in after for each in after[name] if not each.get("IsConverted")}
    assert [open_people[each["WhoId"]] for each in desk.org.records("Event")] == [event_of] * bool(event_of)


@pytest.mark.parametrize("switch", ["lead", "contact"])
def test_the_same_guest_again_is_the_same_record(desk: Desk, switch: str) -> None:
    """A second booking of a guest makes a second Event, and nobody new."""
    desk.hear(EventKind.CREATED, rules=rules_for(switch))

    desk.hear(EventKind.CREATED, replace(BOOKING, uid="b-9"), rules=rules_for(switch))

    assert len(desk.org.records(switch.title())) == 1
    assert {each["WhoId"] for each in desk.org.records("Event")} == {desk.org.records(switch.title())[0].id}
    assert len(desk.org.records("Event")) == 2


def test_moving_overwrites_nothing_of_the_guest(desk: Desk) -> None:
    """A move is none of the guest's record's business (8.4)."""
    desk.org.add(LEAD, LastName="Hopper", Email=GUEST)

    desk.hear(EventKind.RESCHEDULED, replace(MOVED, answers=ASKED.answers), rules_for("lead", overwrite=True))

    assert desk.org.records(LEAD)[0]["Department"] is None


def test_overwriting_leaves_what_is_not_mapped(desk: Desk) -> None:
    """Name, phone and company of who was there stay; an answer that is empty takes nothing away."""
    desk.org.add(LEAD, LastName="Murray", Company="Navy", Email=GUEST, Department="COBOL")
    told = replace(ASKED, answers={"team": "", "company": "Acme"})

    desk.hear(EventKind.CREATED, told, rules=rules_for("lead", overwrite=True))

    (lead,) = desk.org.records(LEAD)
    assert (lead["LastName"], lead["Company"], lead["Department"]) == ("Murray", "Navy", "COBOL")


def test_converted_to_another_address_still_has_the_event(desk: Desk) -> None:
    """Where only a converted Lead has the address, its Contact has the Event, and no Lead is made again."""
    lead = desk.org.add(LEAD, LastName="Hopper", Company="Navy", Email=GUEST)
    contact = desk.org.change(desk.org.convert(lead), Email="grace@navy.example.com")

    desk.hear(EventKind.CREATED, ASKED, rules=rules_for("lead", overwrite=True))

    assert [each["WhoId"] for each in desk.org.records("Event")] == [contact.id]
    assert desk.org.record(contact)["Department"] is None
    assert len(desk.org.records(LEAD)) == 1


def test_a_new_lead_has_what_leads_have(desk: Desk) -> None:
    """Name in two pieces, address, phone, company and what is mapped."""
    guest = replace(BOOKING.attendee, phone="+49 30 1234")

    desk.hear(
        EventKind.CREATED,
        replace(ASKED, attendee=guest, answers={"team": "Compilers", "company": "  US \n Navy "}),
        rules=rules_for("lead"),
    )

    (lead,) = desk.org.records(LEAD)
    wanted = {
        "FirstName": "Grace Brewster",
        "LastName": "Hopper",
        "Email": GUEST,
        "Phone": "+49 30 1234",
        "Company": "US Navy",
        "Department": "Compilers",
    }
    assert {name: lead[name] for name in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "order", "first", "last"),
    [
        pytest.param("Grace Brewster Hopper", NameOrder.FIRST_LAST, "Grace Brewster", "Hopper", id="west"),
        pytest.param("山田 太郎", NameOrder.LAST_FIRST, "太郎", "山田", id="japan"),
        pytest.param("山田\u3000太郎", NameOrder.LAST_FIRST, "太郎", "山田", id="wide blank"),
        pytest.param("Grace Hopper", NameOrder.WHOLE, None, "Grace Hopper", id="whole"),
        pytest.param("Grace", NameOrder.FIRST_LAST, None, "Grace", id="one word"),
        pytest.param("山田太郎", NameOrder.LAST_FIRST, None, "山田太郎", id="one word in japan"),
        pytest.param("  ", NameOrder.FIRST_LAST, None, GUEST, id="none"),
        pytest.param("G" * 90 + " " + "H" * 90, NameOrder.FIRST_LAST, "G" * 40, "H" * 80, id="long"),
    ],
)
def test_names_are_split_by_the_rule(
    desk: Desk, name: str, order: NameOrder, first: str | None, last: str
) -> None:
    """Salesforce wants a last name; a guest without any name is known by the address."""
    booking = replace(BOOKING, attendee=Attendee(name=name, email=GUEST))

    desk.hear(EventKind.CREATED, booking, rules=rules_for("lead", names=order))

    (lead,) = desk.org.records(LEAD)
    assert (lead["FirstName"], lead["LastName"]) == (first, last)


def test_without_a_company_there_is_a_placeholder(desk: Desk) -> None:
    """A Lead needs a company; which word stands for none is a rule."""
    desk.hear(EventKind.CREATED, rules=rules_for("lead", no_company="Private"))

    assert desk.org.records(LEAD)[0]["Company"] == "Private"


@pytest.mark.parametrize("named", ["developer name", "id"])
def test_a_new_lead_has_the_record_type(desk: Desk, named: str) -> None:
    """The record type is named by its developer name or its id."""
    wanted = desk.org.add_record_type(LEAD, "Web Booking")
    name = wanted.id if named == "id" else "Web_Booking"

    desk.hear(EventKind.CREATED, rules=rules_for("lead", record_type=name))

    assert desk.org.records(LEAD)[0]["RecordTypeId"] == wanted.id


def test_a_record_type_that_is_gone_stops_nothing(desk: Desk) -> None:
    """Without it the Lead is made as the org makes any."""
    desk.hear(EventKind.CREATED, rules=rules_for("lead", record_type="Gone"))

    assert len(desk.org.records("Event")) == 1


def test_person_accounts_need_no_company(tmp_path: Any, clock: FrozenClock) -> None:
    """Where the org has person accounts, a Lead may be without a company."""
    with desk_at(tmp_path, clock, person_accounts=True) as desk:
        desk.hear(EventKind.CREATED, rules=SalesforceRules(person_accounts=True))

        assert [each["Company"] for each in desk.org.records(LEAD)] == [None]


def test_an_org_without_person_accounts_refuses_a_lead_without_company(desk: Desk) -> None:
    """There the rule is a mistake, which somebody has to mend."""
    with pytest.raises(SalesforceFailed, match=r"REQUIRED_FIELD_MISSING \(Company\)") as failure:
        desk.hear(EventKind.CREATED, rules=SalesforceRules(person_accounts=True))

    assert failure.value.permanent


def test_a_person_account_is_overwritten_through_its_account(tmp_path: Any, clock: FrozenClock) -> None:
    """The Contact of a person account cannot be changed itself; names of fields are the account's there."""
    with desk_at(tmp_path, clock, person_accounts=True) as desk:
        desk.org.add_field("Account", "Team__pc")
        desk.org.add_field("Contact", "Team__c")
        account = desk.org.add("Account", LastName="Hopper", PersonEmail=GUEST)
        fields = {"team": FieldMap("Team__c"), "title": FieldMap("Title")}

        desk.hear(EventKind.CREATED, ASKED, rules=SalesforceRules(overwrite=True, fields=fields))

        changed = desk.org.record(account)
        assert (changed["Team__pc"], changed["PersonTitle"]) == ("Compilers", "Intro call")
        assert [each["WhoId"] for each in desk.org.records("Event")] == [changed["PersonContactId"]]


def test_no_address_is_told_at_once(desk: Desk) -> None:
    """A guest without an e-mail address cannot be found, so somebody has to look."""
    nobody = replace(BOOKING, attendee=Attendee(name="Grace", email=" "))

    with pytest.raises(SalesforceFailed, match="no e-mail address") as failure:
        desk.hear(EventKind.CREATED, nobody)

    assert failure.value.permanent
