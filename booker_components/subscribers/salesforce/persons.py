"""Changes a Contact; one that is the face of a person account is changed through its account."""

from __future__ import annotations

from collections.abc import Mapping

from .client import Fields, Org, soql
from .failures import SalesforceFailed
from .rules import Record

#: What a person account calls the fields of its Contact (Object Reference: Account); X__c is X__pc there.
_NAMES: Mapping[str, str] = {
    "Birthdate": "PersonBirthdate",
    "Department": "PersonDepartment",
    "Email": "PersonEmail",
    "HomePhone": "PersonHomePhone",
    "LeadSource": "PersonLeadSource",
    "MobilePhone": "PersonMobilePhone",
    "Title": "PersonTitle",
}


def change_contact(org: Org, id: str, fields: Fields) -> None:
    """Change a Contact, or the person account whose Contact it is."""
    try:
        org.update(Record.CONTACT.value, id, fields)
    except SalesforceFailed as error:
        if error.code != "INVALID_PERSON_ACCOUNT_OPERATION":
            raise
        _change_account(org, id, fields)


def _change_account(org: Org, id: str, fields: Fields) -> None:
    found = org.query(soql("SELECT Id, AccountId FROM Contact WHERE Id = {id} LIMIT 1", id=id))
    account = str(found[0].get("AccountId") or "") if found else ""
    names = {_of_account(name): name for name in fields}
    try:
        org.update("Account", account, {theirs: fields[ours] for theirs, ours in names.items()})
    except SalesforceFailed as error:
        # Whoever asked knows the fields by their names at the Contact.
        error.fields = tuple(names.get(name, name) for name in error.fields)
        raise


def _of_account(name: str) -> str:
    return f"{name.removesuffix('__c')}__pc" if name.endswith("__c") else _NAMES.get(name, name)
