"""What becomes of a booking at Salesforce: the rules that a host writes for each event type."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import KW_ONLY, dataclass, field
from enum import StrEnum
from string import Formatter
from types import MappingProxyType

from ...errors import ConfigurationError
from ...values import Booking

#: The rules of every event type that has none of its own.
ANY = "*"

#: What can be mapped beside the answers to questions.
SOURCES = frozenset({"name", "first_name", "last_name", "email", "phone", "notes", "title"})

_API_NAME = re.compile(r"[A-Za-z]\w*", re.ASCII)
_LONG_TEXT = 32_768


class FieldKind(StrEnum):
    """The type of a field at Salesforce (contracts/jicoo.md 8.6)."""

    TEXT = "text"
    LONG_TEXT = "long text"
    PICKLIST = "picklist"
    MULTIPICKLIST = "multipicklist"
    CHECKBOX = "checkbox"
    NUMBER = "number"
    DATE = "date"


class TooLong(StrEnum):
    """What becomes of a text that is longer than its field."""

    CUT = "cut"
    #: It is not sent, and host and administrator are told.
    REFUSE = "refuse"


class Cancellation(StrEnum):
    """What becomes of the activity of a booking that was cancelled or declined."""

    DELETE = "delete"
    #: Its subject says so.
    MARK = "mark"


class Ties(StrEnum):
    """Which of several records with the guest's address is the guest's."""

    NEWEST = "newest"
    OLDEST = "oldest"
    #: None: nothing is written, and host and administrator are told.
    NONE = "none"


class NameOrder(StrEnum):
    """How a name in one piece becomes a first and a last name; a name of one word is a last name."""

    #: The last word is the last name.
    FIRST_LAST = "first last"
    #: The first word is the last name, as in Japan.
    LAST_FIRST = "last first"
    #: All of it is the last name.
    WHOLE = "whole"


class Record(StrEnum):
    """The objects of Salesforce that stand for people."""

    LEAD = "Lead"
    CONTACT = "Contact"


@dataclass(frozen=True, slots=True)
class FieldMap:
    """The field in which an answer is kept."""

    #: The field's API name, for example "Team_Size__c".
    name: str
    _: KW_ONLY
    kind: FieldKind = FieldKind.TEXT
    #: The name at Contacts, where that is another one; None: the same.
    contact: str | None = None
    #: The most characters it takes; None: 255, of long text 32768.
    length: int | None = None
    too_long: TooLong = TooLong.CUT
    #: The values of choices, where these have other names at Salesforce.
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    #: Whether nothing of the guest may be written where what was answered cannot be kept.
    required: bool = False

    def __post_init__(self) -> None:
        for name in filter(None, (self.name, self.contact)):
            if not _API_NAME.fullmatch(name):
                raise ConfigurationError(
                    f"'BOOKER_SALESFORCE' maps to {name!r}; it must be the API name of a field, such as "
                    "'Team_Size__c'."
                )
        if self.length is not None and (isinstance(self.length, bool) or self.length < 1):
            raise ConfigurationError(f"'BOOKER_SALESFORCE' gives '{self.name}' a length below 1.")
        self.check_choices(self.values)

    @property
    def limit(self) -> int:
        """The most characters it takes."""
        return self.length or (_LONG_TEXT if self.kind is FieldKind.LONG_TEXT else 255)

    def at(self, record: Record) -> str:
        """Give its name at *record*; empty where it is not kept there."""
        return self.contact if record is Record.CONTACT and self.contact is not None else self.name

    def check_choices(self, choices: Iterable[str]) -> None:
        """Refuse choices that a multi-select picklist cannot hold, which parts them by ";" (8.6)."""
        values = [self.values.get(each, each) for each in choices]
        if self.kind is FieldKind.MULTIPICKLIST and (wrong := [each for each in values if ";" in each]):
            raise ConfigurationError(
                f"'BOOKER_SALESFORCE' maps the choice {wrong[0]!r} to the multi-select picklist "
                f"'{self.name}', which parts its values by ';'. Word the choice without it, or name its "
                "value in 'values'."
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class OwnerRule:
    """Who owns what is created; without any of it, the user who is logged in."""

    #: The host of the booking, where a user with the host's e-mail address is active.
    host: bool = False
    #: Else this user, by id or e-mail address.
    user: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class Match:
    """Where to look for the guest's record."""

    record: Record
    #: A condition in SOQL beside the e-mail address, and beside that a Lead is still one; empty: none. Who
    #: has the address outside of it is not made again.
    where: str = ""


#: The order in which guests are looked for (contracts/jicoo.md 8.3).
LEAD_THEN_CONTACT = (Match(record=Record.LEAD), Match(record=Record.CONTACT))


@dataclass(frozen=True, kw_only=True, slots=True)
class SalesforceRules:
    """What becomes of the bookings of an event type (contracts/jicoo.md 8.3 to 8.6)."""

    #: Whether a guest whom neither a Lead nor a Contact stands for becomes a Lead.
    register_lead: bool = True
    #: Whether a guest whom no Contact stands for becomes a Contact; not together with `register_lead`.
    register_contact: bool = False
    #: Whether the booking becomes an Event of the Lead, else of the Contact.
    activity: bool = True
    #: Whether the fields of `fields` are written to a record that was there before, too.
    overwrite: bool = False
    #: The record type of new Leads: a developer name or an id.
    record_type: str = ""
    #: Whether a Lead without a company is wanted, for an org that makes person accounts of such.
    person_accounts: bool = False
    owner: OwnerRule = OwnerRule()
    cancelled: Cancellation = Cancellation.DELETE
    names: NameOrder = NameOrder.FIRST_LAST
    #: The slug of the question that asks for the company.
    company: str = "company"
    #: The company of a Lead whose guest has told none.
    no_company: str = "No company"
    #: The subject of the Event; {title}, {name} and {host} stand for the booking's.
    subject: str = "{title}"
    #: Where an answer is kept, by the slug of its question, or by a word of `SOURCES`.
    fields: Mapping[str, FieldMap] = field(default_factory=lambda: MappingProxyType({}))
    match: tuple[Match, ...] = LEAD_THEN_CONTACT
    ties: Ties = Ties.NEWEST

    def __post_init__(self) -> None:
        if self.register_lead and self.register_contact:
            raise ConfigurationError(
                "'BOOKER_SALESFORCE' registers guests both as Leads and as Contacts; for Contacts, set "
                "'register_lead' to False."
            )
        if not self.match:
            raise ConfigurationError(
                "'BOOKER_SALESFORCE' has an empty 'match'; leave it out, or name a record."
            )
        if not self.no_company and not self.person_accounts:
            raise ConfigurationError(
                "'BOOKER_SALESFORCE' has an empty 'no_company', but a Lead needs one; 'person_accounts' "
                "allows Leads without."
            )
        self._check_subject()

    def _check_subject(self) -> None:
        try:
            used = {name for _, name, _, _ in Formatter().parse(self.subject) if name is not None}
        except ValueError:
            used = {"?"}
        if not self.subject or used - {"title", "name", "host"}:
            raise ConfigurationError(
                f"'BOOKER_SALESFORCE' has the subject {self.subject!r}; only {{title}}, {{name}} and "
                "{host} may stand in braces."
            )


def rules_of(booking: Booking, rules: Mapping[str, SalesforceRules]) -> SalesforceRules | None:
    """Give the rules for *booking*; None where its event type has none."""
    return rules.get(booking.event_type) or rules.get(ANY)
