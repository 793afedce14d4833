"""Finds whom Salesforce knows by a guest's e-mail address (contracts/jicoo.md 8.3, 8.5, 9.1)."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import idna

from .client import Org, soql
from .failures import SalesforceFailed
from .rules import Match, Record, SalesforceRules, Ties

_ORDER = {Ties.NEWEST: "DESC", Ties.NONE: "DESC", Ties.OLDEST: "ASC"}


@dataclass(frozen=True, kw_only=True, slots=True)
class Person:
    """A record that stands for a guest."""

    record: Record
    id: str
    #: Whether it is known as what a Lead with the guest's address was converted to: through the Lead it is
    #: not changed (8.5).
    converted: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Email:
    """A guest's e-mail address: as it is sent, and as it is looked for."""

    #: As the guest typed it, with the domain as servers write it.
    sent: str
    #: Lower case, for comparing; Salesforce may have the domain in either writing.
    keys: tuple[str, ...]

    @classmethod
    def of(cls, typed: str) -> Email:
        """Read what a guest typed; one without "@" is looked for as it stands."""
        text = unicodedata.normalize("NFC", typed.strip())
        local, at, domain = text.rpartition("@")
        written = _ascii(domain)
        writings = (written, domain, _unicode(written))
        keys = dict.fromkeys(f"{local}{at}{each}".lower() for each in writings)
        return cls(sent=f"{local}{at}{written}", keys=tuple(keys))


def find(org: Org, rules: SalesforceRules, email: Email) -> Person | None:
    """Give whom the guest's bookings are about: the first that `rules.match` finds; None for nobody.

    Of a Lead that was converted it is the Contact, also where that has another address by now.
    `SalesforceFailed`, permanent, where several have the address and `rules.ties` takes none of them.
    """
    person: Person | None = None
    for match in rules.match:
        if id := _one(org, match, rules.ties, email):
            person = Person(record=match.record, id=id)
            break
    leads_count = any(match.record is Record.LEAD for match in rules.match)
    if not leads_count or (person and (person.record is Record.LEAD or not rules.overwrite)):
        return person
    return _after_conversion(org, person, email)


def find_contact(org: Org, rules: SalesforceRules, email: Email) -> Person | None:
    """Give the Contact that stands for the guest, whatever Leads there are."""
    wanted = [each for each in rules.match if each.record is Record.CONTACT] or [Match(record=Record.CONTACT)]
    for match in wanted:
        if id := _one(org, match, rules.ties, email):
            return Person(record=Record.CONTACT, id=id)
    return None


def find_outside(org: Org, rules: SalesforceRules, email: Email, *records: Record) -> Person | None:
    """Give who has the guest's address, but is none of those whom `rules.match` names.

    Before somebody is made: we may have made him before, without what `match` asks for.
    """
    for record in records:
        everybody = Match(record=record)
        if everybody not in rules.match and (id := _one(org, everybody, rules.ties, email)):
            return Person(record=record, id=id)
    return None


def _one(org: Org, match: Match, ties: Ties, email: Email) -> str:
    """Give the id of the record of a kind that stands for the guest; empty for none."""
    order = _ORDER[ties]
    condition = f" AND ({_as_it_is(match.where)})" if match.where else ""
    if match.record is Record.LEAD:
        condition += " AND IsConverted = false"
    records = org.query(
        soql(
            f"SELECT Id FROM {match.record} WHERE Email IN {{keys}}{condition} "  # noqa: S608 - literals are escaped
            f"ORDER BY CreatedDate {order}, Id {order} LIMIT 2",
            keys=email.keys,
        )
    )
    if len(records) > 1 and ties is Ties.NONE:
        raise SalesforceFailed(
            f"Several {match.record}s have the guest's e-mail address; merge them, or choose 'ties'.",
            code="several_records",
            permanent=True,
        )
    return str(records[0]["Id"]) if records else ""


def _after_conversion(org: Org, person: Person | None, email: Email) -> Person | None:
    """Tell of the Contact *person* whether a Lead was converted to it; for None, give one that was."""
    leads = org.query(
        soql(
            "SELECT Id, ConvertedContactId FROM Lead WHERE Email IN {keys} AND IsConverted = true "
            "ORDER BY CreatedDate DESC, Id DESC LIMIT 10",
            keys=email.keys,
        )
    )
    contacts = tuple(filter(None, map(_contact_of, leads)))
    if person is not None:
        return replace(person, converted=person.id in contacts)
    return Person(record=Record.CONTACT, id=contacts[0], converted=True) if contacts else None


def _contact_of(lead: Mapping[str, Any]) -> str:
    id = lead.get("ConvertedContactId")
    return id if isinstance(id, str) else ""


def _as_it_is(where: str) -> str:
    """Give a condition for a text in which braces stand for values."""
    return where.replace("{", "{{").replace("}", "}}")


def _ascii(domain: str) -> str:
    try:
        return idna.encode(domain, uts46=True).decode() if not domain.isascii() else domain
    except idna.IDNAError:
        return domain


def _unicode(domain: str) -> str:
    try:
        return idna.decode(domain) if "xn--" in domain.lower() else domain
    except idna.IDNAError:
        return domain
