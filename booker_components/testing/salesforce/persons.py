"""Names of people, and person accounts: accounts that are one person, each with a contact of its own."""

from __future__ import annotations

from .answers import refused
from .objects import Record
from .standard import PERSON_FIELDS
from .store import Store


def name(record: Record) -> None:
    """Fill in the name of a person, which Salesforce makes of its parts."""
    if record.get("LastName"):
        record["Name"] = " ".join(part for part in (record["FirstName"], record["LastName"]) if part)


def follow(store: Store, account: Record) -> None:
    """Bring the contact of a person account to what the account says, and make it if need be.

    An account that is created with a last name is a person account.
    """
    if account.object != "Account" or not account.get("LastName"):
        return
    contact = store.find(account["PersonContactId"])
    if contact is None:
        contact = store.keep(store.blank(store.objects["contact"]))
        contact |= {"IsPersonAccount": True, "AccountId": account.id}
        account |= {"IsPersonAccount": True, "PersonContactId": contact.id}
    contact |= {theirs: account[ours] for ours, theirs in _shared(account, contact).items()}
    name(contact)
    store.stamp(contact)


def _shared(account: Record, contact: Record) -> dict[str, str]:
    """Give the fields that both have; a contact's own field X__c is X__pc of the account."""
    own = {each: f"{each.removesuffix('__pc')}__c" for each in account if each.endswith("__pc")}
    same = {each: each for each in ("Phone", "OwnerId", "Description")}
    return {ours: theirs for ours, theirs in (PERSON_FIELDS | same | own).items() if theirs in contact}


def changeable(record: Record) -> None:
    """Refuse to change the contact of a person account: the account is what is changed.

    That it cannot be deleted is documented (SOAP API Developer Guide, "StatusCode"); that a change is refused
    with the same code is inferred.
    """
    if record.object == "Contact" and record.get("IsPersonAccount"):
        raise refused(
            "INVALID_PERSON_ACCOUNT_OPERATION",
            "A person account's contact is changed through its account.",
            (),
        )


def bury(store: Store, account: Record) -> None:
    """Put the contact of a person account into the bin with it."""
    if account.object == "Account" and account.get("IsPersonAccount"):
        contact = store.find(account["PersonContactId"])
        if contact is not None:
            contact["IsDeleted"] = True
