"""The standard objects as a new org has them (Object Reference, the pages of each object)."""

from __future__ import annotations

from collections.abc import Iterator

from .objects import Field, Sobject

#: Values that a new org's picklists have.
_SOURCES = ("Web", "Phone Inquiry", "Partner Referral", "Purchased List", "Other")
_STATUSES = ("Open - Not Contacted", "Working - Contacted", "Closed - Converted", "Closed - Not Converted")
_SALUTATIONS = ("Mr.", "Ms.", "Mrs.", "Dr.", "Prof.", "Mx.")


def standard_objects(*, person_accounts: bool) -> list[Sobject]:
    """Give the objects of a new org, in which *person_accounts* are enabled or not."""
    made = [
        _lead(person_accounts),
        _contact(),
        _account(),
        _event(),
        _user(),
        _record_type(),
        _organization(),
    ]
    if person_accounts:
        _allow_persons({each.name: each for each in made})
    return made


def _lead(person_accounts: bool) -> Sobject:
    lead = Sobject(name="Lead", prefix="00Q")
    lead.add(_system())
    lead.add(_person())
    lead.add(
        [
            # A lead without a company becomes a person account.
            Field(name="Company", required=not person_accounts),
            Field(name="Website", type="url"),
            Field(name="Industry", type="picklist", picklist=("Consulting", "Education", "Technology")),
            Field(name="Rating", type="picklist", picklist=("Hot", "Warm", "Cold")),
            Field(name="Status", type="picklist", picklist=_STATUSES, required=True, default=_STATUSES[0]),
            Field(name="NumberOfEmployees", label="Employees", type="int"),
            Field(name="AnnualRevenue", label="Annual Revenue", type="currency"),
            _told("IsConverted", "Converted", type="boolean", default=False),
            _told("ConvertedDate", "Converted Date", type="date"),
            _link("ConvertedAccountId", "Converted Account ID", "Account", "ConvertedAccount", told=True),
            _link("ConvertedContactId", "Converted Contact ID", "Contact", "ConvertedContact", told=True),
        ]
    )
    lead.add(_address(""))
    return lead


def _contact() -> Sobject:
    contact = Sobject(name="Contact", prefix="003")
    contact.add(_system())
    contact.add(_person())
    contact.add(
        [
            _link("AccountId", "Account ID", "Account", "Account"),
            Field(name="Department", length=80),
            Field(name="Birthdate", type="date"),
            Field(name="HomePhone", label="Home Phone", type="phone"),
        ]
    )
    contact.add(_address("Mailing"))
    return contact


def _account() -> Sobject:
    account = Sobject(name="Account", prefix="001")
    account.add(_system())
    account.add(
        [
            Field(name="Name", label="Account Name", required=True),
            Field(name="Phone", type="phone"),
            Field(name="Website", type="url"),
            Field(
                name="Type", label="Account Type", type="picklist", picklist=("Prospect", "Customer", "Other")
            ),
            Field(name="Description", label="Account Description", type="textarea", length=32000),
        ]
    )
    account.add(_address("Billing"))
    return account


def _event() -> Sobject:
    event = Sobject(name="Event", prefix="00U")
    event.add(_system())
    event.add(
        [
            Field(name="Subject", type="combobox", picklist=("Call", "Email", "Meeting", "Other")),
            Field(name="Location"),
            Field(name="Description", type="textarea", length=32000),
            Field(name="StartDateTime", label="Start Date Time", type="datetime"),
            Field(name="EndDateTime", label="End Date Time", type="datetime"),
            Field(name="ActivityDateTime", label="Due Date Time", type="datetime"),
            Field(name="ActivityDate", label="Due Date Only", type="date"),
            Field(name="DurationInMinutes", label="Duration", type="int"),
            Field(name="IsAllDayEvent", label="All-Day Event", type="boolean", default=False),
            Field(name="IsPrivate", label="Private", type="boolean", default=False),
            Field(
                name="ShowAs",
                label="Show Time As",
                type="picklist",
                picklist=("Busy", "OutOfOffice", "Free"),
                restricted=True,
                default="Busy",
            ),
            _link("WhoId", "Name ID", "Contact Lead", "Who"),
            _link("WhatId", "Related To ID", "Account", "What"),
        ]
    )
    return event


def _user() -> Sobject:
    user = Sobject(name="User", prefix="005", writable=False)
    user.add(each for each in _system() if each.name not in ("OwnerId", "RecordTypeId", "IsDeleted"))
    user.add(
        each
        for each in _person()
        if each.name in ("FirstName", "LastName", "Name", "Email", "Phone", "Title")
    )
    user.add(
        [
            Field(name="Username", length=80, required=True),
            Field(name="IsActive", label="Active", type="boolean", default=True),
            Field(name="TimeZoneSidKey", label="Time Zone", type="picklist"),
            Field(name="UserType", label="User Type", type="picklist", default="Standard"),
        ]
    )
    return user


def _record_type() -> Sobject:
    record_type = Sobject(name="RecordType", prefix="012", plural="Record Types", writable=False)
    record_type.add(
        [
            _told("Id", "Record Type ID", type="id"),
            Field(name="Name", length=80),
            Field(name="DeveloperName", label="Record Type Name", length=80),
            Field(name="SobjectType", label="SObject Type Name", type="picklist"),
            Field(name="IsActive", label="Active", type="boolean", default=True),
        ]
    )
    return record_type


def _organization() -> Sobject:
    organization = Sobject(name="Organization", prefix="00D", writable=False)
    organization.add(
        [
            _told("Id", "Organization ID", type="id"),
            Field(name="Name", length=80),
            _told("IsSandbox", "Is Sandbox", type="boolean", default=False),
            _told("OrganizationType", "Edition", length=40, default="Developer Edition"),
        ]
    )
    return organization


# --- fields that several have --------------------------------------------------------------------


def _told(name: str, label: str, *, type: str = "string", length: int = 0, default: object = None) -> Field:
    """Give a field that Salesforce alone fills."""
    return Field(
        name=name,
        label=label,
        type=type,
        length=length,
        default=default,
        createable=False,
        updateable=False,
    )


def _link(name: str, label: str, objects: str, relationship: str, *, told: bool = False) -> Field:
    """Give a reference to records of *objects*; one that is *told* Salesforce alone fills."""
    return Field(
        name=name,
        label=label,
        type="reference",
        refers=tuple(objects.split()),
        relationship=relationship,
        createable=not told,
        updateable=not told,
    )


def _system() -> Iterator[Field]:
    yield _told("Id", "Record ID", type="id")
    yield _told("IsDeleted", "Deleted", type="boolean", default=False)
    yield _link("OwnerId", "Owner ID", "User", "Owner")
    yield _link("RecordTypeId", "Record Type ID", "RecordType", "RecordType")
    yield _told("CreatedDate", "Created Date", type="datetime")
    yield _link("CreatedById", "Created By ID", "User", "CreatedBy", told=True)
    yield _told("LastModifiedDate", "Last Modified Date", type="datetime")
    yield _link("LastModifiedById", "Last Modified By ID", "User", "LastModifiedBy", told=True)
    yield _told("SystemModstamp", "System Modstamp", type="datetime")


def _person() -> Iterator[Field]:
    yield Field(name="Salutation", type="picklist", picklist=_SALUTATIONS)
    yield Field(name="FirstName", label="First Name", length=40)
    yield Field(name="LastName", label="Last Name", length=80, required=True)
    yield _told("Name", "Full Name", length=121)
    yield Field(name="Title", length=128)
    yield Field(name="Email", type="email")
    yield Field(name="Phone", type="phone")
    yield Field(name="MobilePhone", label="Mobile Phone", type="phone")
    yield Field(name="LeadSource", label="Lead Source", type="picklist", picklist=_SOURCES)
    yield Field(name="Description", type="textarea", length=32000)
    yield Field(name="HasOptedOutOfEmail", label="Email Opt Out", type="boolean", default=False)


def _address(kind: str) -> Iterator[Field]:
    shown = f"{kind} " if kind else ""
    for name, length in (("City", 40), ("State", 80), ("PostalCode", 20), ("Country", 80)):
        yield Field(name=f"{kind}{name}", label=f"{shown}{name}", length=length)
    yield Field(name=f"{kind}Street", label=f"{shown}Street", type="textarea")


#: The fields of a person account and those of its contact: what is written to one is read from the other.
PERSON_FIELDS = {
    "Salutation": "Salutation",
    "FirstName": "FirstName",
    "LastName": "LastName",
    "PersonEmail": "Email",
    "PersonMobilePhone": "MobilePhone",
    "PersonTitle": "Title",
    "PersonLeadSource": "LeadSource",
    "PersonBirthdate": "Birthdate",
}


def _allow_persons(objects: dict[str, Sobject]) -> None:
    account, contact = objects["Account"], objects["Contact"]
    for name, of_contact in PERSON_FIELDS.items():
        source = contact.field(of_contact)
        assert source is not None
        account.add(
            [
                Field(
                    name=name,
                    label=source.label,
                    type=source.type,
                    length=source.length,
                    picklist=source.picklist,
                )
            ]
        )
    for each in (account, contact):
        each.add([_told("IsPersonAccount", "Is Person Account", type="boolean", default=False)])
    account.add([_link("PersonContactId", "Contact ID", "Contact", "PersonContact", told=True)])
    objects["RecordType"].add(
        [Field(name="IsPersonType", label="Is Person Type", type="boolean", default=False)]
    )
