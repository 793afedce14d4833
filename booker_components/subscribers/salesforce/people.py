"""Registers a guest as a Lead or a Contact, or brings what is there up to date (jicoo.md 8.3, 8.5)."""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from functools import partial

from ...values import Booking
from .client import Org, soql
from .mapping import mapped, standard
from .matching import Email, Person, find, find_contact, find_outside
from .persons import change_contact
from .rules import OwnerRule, Record, SalesforceRules
from .writing import LeftOut, write

# Ids of users and of record types, with or without the three letters that tell cases apart.
_USER = re.compile(r"005[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?", re.ASCII)
_RECORD_TYPE = re.compile(r"012[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?", re.ASCII)

#: Fields without which nobody is registered: a person has to be recognisable.
_NEEDED = frozenset({"FirstName", "LastName", "Company", "Email"})


def register(
    org: Org, rules: SalesforceRules, booking: Booking, *, overwrite: bool, left_out: LeftOut
) -> Person | None:
    """Give whom the booking's activity is about, registered if the rules say so; None for nobody.

    With *overwrite*, and if the rules allow it, a record that was there before gets what is mapped.
    """
    email = Email.of(booking.attendee.email)
    person = find(org, rules, email)
    if rules.register_contact:
        return _as_contact(org, rules, booking, email, person, overwrite=overwrite, left_out=left_out)
    if person is None:
        return _as_lead(org, rules, booking, email, left_out) if rules.register_lead else None
    if overwrite and not person.converted:
        _overwrite(org, rules, booking, person, left_out)
    return person


def _as_lead(org: Org, rules: SalesforceRules, booking: Booking, email: Email, left_out: LeftOut) -> Person:
    """Give a new Lead, unless somebody outside `rules.match` has the address."""
    there = find_outside(org, rules, email, Record.LEAD, Record.CONTACT)
    return there or _create(org, rules, booking, Record.LEAD, email, left_out)


def _as_contact(
    org: Org,
    rules: SalesforceRules,
    booking: Booking,
    email: Email,
    person: Person | None,
    *,
    overwrite: bool,
    left_out: LeftOut,
) -> Person:
    """See that a Contact has the address, and give it unless *person*, a Lead, comes before it."""
    contact = find_contact(org, rules, email)
    if contact is None:
        contact = find_outside(org, rules, email, Record.CONTACT)
        contact = contact or _create(org, rules, booking, Record.CONTACT, email, left_out)
    elif overwrite:
        _overwrite(org, rules, booking, contact, left_out)
    return person if person and person.record is Record.LEAD else contact


def _create(
    org: Org, rules: SalesforceRules, booking: Booking, record: Record, email: Email, left_out: LeftOut
) -> Person:
    fields = standard(rules, booking, record, email.sent)
    if record is Record.LEAD and (record_type := _record_type(org, rules, left_out)):
        fields["RecordTypeId"] = record_type
    if owner := owner_of(org, rules.owner, booking, left_out):
        fields["OwnerId"] = owner
    answers = mapped(rules, booking, record)
    id = write(
        partial(org.create, record.value),
        {**fields, **answers.fields},
        needed=_NEEDED | answers.required,
        unfit=answers.unfit,
        left_out=left_out,
    )
    assert id is not None, "a record that is made has needed fields"
    return Person(record=record, id=id)


def _overwrite(org: Org, rules: SalesforceRules, booking: Booking, person: Person, left_out: LeftOut) -> None:
    """Write the mapped fields, and only these (8.3)."""
    if not rules.overwrite:
        return
    answers = mapped(rules, booking, person.record)
    contact = person.record is Record.CONTACT
    change = partial(change_contact, org) if contact else partial(org.update, person.record.value)
    write(
        partial(change, person.id),
        answers.fields,
        needed=answers.required,
        unfit=answers.unfit,
        left_out=left_out,
    )


def owner_of(org: Org, rule: OwnerRule, booking: Booking, left_out: MutableMapping[str, str]) -> str:
    """Give the id of who is to own what is made; empty for whoever is logged in."""
    if rule.host:
        for host in booking.hosts:
            if host.email and (id := _user(org, host.email)):
                return id
    return user_of(org, rule, left_out)


def user_of(org: Org, rule: OwnerRule, left_out: MutableMapping[str, str]) -> str:
    """Give the id of the user whom *rule* names; empty where it names none, or nobody active."""
    if not rule.user or _USER.fullmatch(rule.user):
        return rule.user
    if not (id := _user(org, rule.user)):
        left_out["OwnerId"] = "there is no active user with the address of the rule 'owner'"
    return id


def _user(org: Org, email: str) -> str:
    keys = Email.of(email).keys
    found = org.query(
        soql(
            # Customers and partners may have a login with the address of one of the org's own people.
            "SELECT Id FROM User WHERE Email IN {keys} AND IsActive = true AND UserType = 'Standard' "
            "ORDER BY Id ASC LIMIT 1",
            keys=keys,
        )
    )
    return str(found[0]["Id"]) if found else ""


def _record_type(org: Org, rules: SalesforceRules, left_out: MutableMapping[str, str]) -> str:
    if not rules.record_type or _RECORD_TYPE.fullmatch(rules.record_type):
        return rules.record_type
    found = org.query(
        soql(
            "SELECT Id FROM RecordType WHERE SobjectType = 'Lead' AND DeveloperName = {name} "
            "AND IsActive = true LIMIT 1",
            name=rules.record_type,
        )
    )
    if not found:
        left_out["RecordTypeId"] = "there is no active record type of the name in the rule 'record_type'"
    return str(found[0]["Id"]) if found else ""
