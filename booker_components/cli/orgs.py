"""What `flask booker salesforce check` finds out: whether an org and the rules agree (jicoo.md 8.8)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from ..errors import BookerError, ConfigurationError
from ..settings import Settings, salesforce_login
from ..subscribers.salesforce.client import SalesforceClient
from ..subscribers.salesforce.describing import FieldFacts, ObjectFacts, described
from ..subscribers.salesforce.failures import SalesforceFailed
from ..subscribers.salesforce.matching import Email, find
from ..subscribers.salesforce.people import user_of
from ..subscribers.salesforce.rules import (
    ANY,
    SOURCES,
    Cancellation,
    FieldKind,
    FieldMap,
    Record,
    SalesforceRules,
)
from ..values import EventType, Question
from .trying import Finding, Mark, tried

#: The types of Salesforce's that take what a kind of field sends (8.6).
_TYPES: Mapping[FieldKind, frozenset[str]] = {
    FieldKind.TEXT: frozenset({"string", "textarea", "email", "phone", "url", "combobox", "encryptedstring"}),
    FieldKind.LONG_TEXT: frozenset({"textarea", "string"}),
    FieldKind.PICKLIST: frozenset({"picklist", "combobox", "string"}),
    FieldKind.MULTIPICKLIST: frozenset({"multipicklist"}),
    FieldKind.CHECKBOX: frozenset({"boolean"}),
    FieldKind.NUMBER: frozenset({"double", "int", "long", "currency", "percent"}),
    FieldKind.DATE: frozenset({"date"}),
}

#: What to look at when a login fails, by the way in.
_LOGINS: Mapping[str, str] = {
    "key": "Check 'BOOKER_SALESFORCE_CLIENT_ID', 'BOOKER_SALESFORCE_USERNAME' and "
    "'BOOKER_SALESFORCE_DOMAIN', that the app at Salesforce has the certificate of the private "
    "key, and that it allows this user.",
    "client": "Check 'BOOKER_SALESFORCE_CLIENT_ID', 'BOOKER_SALESFORCE_CLIENT_SECRET' and "
    "'BOOKER_SALESFORCE_DOMAIN', and that the app at Salesforce has a run-as user.",
    "password": "Check 'BOOKER_SALESFORCE_USERNAME', 'BOOKER_SALESFORCE_PASSWORD', 'BOOKER_SALESFORCE_TOKEN' "
    "and 'BOOKER_SALESFORCE_DOMAIN'.",
}

#: What we fill in ourselves.
_OURS = frozenset({"lastname", "email", "company", "ownerid"})

#: What we fill in of an Event, besides its external id.
_EVENT_FIELDS = frozenset(
    {"subject", "startdatetime", "enddatetime", "location", "description", "whoid", "ownerid"}
)

#: The shortest field that takes every uid: those of the embedded engine and of Cal.com are shorter.
_LEAST_KEY = 40


def findings(
    settings: Settings,
    client: SalesforceClient,
    rules: Mapping[str, SalesforceRules],
    event_types: Collection[EventType],
) -> Iterator[Finding]:
    """Look at everything, one after the other; a failure is a finding too."""
    yield from _mails(settings)
    login = tried(
        client.log_in,
        lambda host: f"Logged in at {host} (by {salesforce_login(settings)}).",
        {},
        address="BOOKER_SALESFORCE_DOMAIN",
    )
    if login.mark is Mark.WRONG:
        yield Finding(login.mark, f"{login.text} {_LOGINS[salesforce_login(settings)]}")
        return
    yield login
    yield from _offered(rules, event_types)
    try:
        for slug, each in rules.items():
            yield from _rules(settings, client, slug, each, _questions(slug, rules, event_types))
    except BookerError as error:
        yield Finding(Mark.WRONG, error.message)


def _mails(settings: Settings) -> Iterator[Finding]:
    if not settings.mail_url:
        yield Finding(
            Mark.NOTE, "'BOOKER_MAIL_URL' is not set, so nobody is told of what Salesforce refuses."
        )
    elif not settings.admin_email:
        yield Finding(Mark.NOTE, "'BOOKER_ADMIN_EMAIL' is not set, so only hosts are told of failures.")


def _offered(rules: Mapping[str, SalesforceRules], event_types: Collection[EventType]) -> Iterator[Finding]:
    known = {each.slug for each in event_types}
    for slug in rules:
        if known and slug not in known and slug != ANY:
            yield Finding(Mark.NOTE, f"There are rules for '{slug}', but no event type of that name.")


def _questions(
    slug: str, rules: Mapping[str, SalesforceRules], event_types: Collection[EventType]
) -> Sequence[Question]:
    """Give the questions of the event types that the rules of *slug* are for."""
    mine = [each for each in event_types if each.slug == slug or (slug == ANY and each.slug not in rules)]
    return tuple(question for each in mine for question in each.questions)


def _rules(
    settings: Settings,
    client: SalesforceClient,
    slug: str,
    rules: SalesforceRules,
    questions: Sequence[Question],
) -> Iterator[Finding]:
    found: list[Finding] = []
    for record in _records(rules):
        facts = described(client, record.value)
        found += _denied(facts, _acts(rules, record))
        found += _mapped(rules, record, facts, questions)
        if record in _made(rules):
            found += _needed(rules, record, facts)
    if rules.activity:
        found += _events(settings, rules, described(client, "Event"))
    found += _looked_for(client, rules)
    found += _unasked(rules, questions)
    yield from (Finding(each.mark, f"'{slug}': {each.text}") for each in found)
    if not any(each.mark is Mark.WRONG for each in found):
        yield Finding(Mark.OK, f"'{slug}': {len(rules.fields)} mapped fields fit the org.")


def _records(rules: SalesforceRules) -> Sequence[Record]:
    """Give the objects that may be written."""
    looked_for = {match.record for match in rules.match} if rules.overwrite else set()
    return [each for each in Record if each in looked_for | set(_made(rules))]


def _made(rules: SalesforceRules) -> Sequence[Record]:
    made = {Record.LEAD: rules.register_lead, Record.CONTACT: rules.register_contact}
    return [each for each in Record if made[each]]


def _acts(rules: SalesforceRules, record: Record) -> Iterator[str]:
    """Tell what has to be allowed with the records of people."""
    if record in _made(rules):
        yield "create"
    if rules.overwrite:
        yield "update"


def _denied(facts: ObjectFacts, acts: Iterable[str]) -> Iterator[Finding]:
    for act in acts:
        if act in facts.denied:
            yield Finding(Mark.WRONG, f"Our user may not {act} {facts.name}s.")


def _looked_for(client: SalesforceClient, rules: SalesforceRules) -> Iterator[Finding]:
    """Look for somebody, for conditions are the host's own words, and for the user who is to own records."""
    try:
        find(client, rules, Email.of("nobody@example.invalid"))
    except SalesforceFailed as error:
        yield Finding(Mark.WRONG, f"Guests cannot be looked for by 'match': {error.message}")
    unknown: dict[str, str] = {}
    user_of(client, rules.owner, unknown)
    yield from (Finding(Mark.WRONG, f"{name}: {why}.") for name, why in unknown.items())


# --- fields --------------------------------------------------------------------------------------


def _mapped(
    rules: SalesforceRules, record: Record, facts: ObjectFacts, questions: Sequence[Question]
) -> Iterator[Finding]:
    for source, field in rules.fields.items():
        name = field.at(record)
        known = facts.field(name) if name else None
        if name and known is None:
            yield Finding(Mark.WRONG, f"{record} has no field '{name}', or our user may not see it.")
        if known is None:
            continue
        yield from _writable(rules, record, known)
        yield from _typed(field, record, known)
        choices = [option for each in questions if each.slug == source for option in each.options]
        yield from _choices(field, record, known, choices)


def _writable(rules: SalesforceRules, record: Record, known: FieldFacts) -> Iterator[Finding]:
    if record in _made(rules) and not known.createable:
        yield Finding(Mark.WRONG, f"{record}.{known.name} cannot be set on a new record.")
    if rules.overwrite and not known.updateable:
        yield Finding(Mark.WRONG, f"{record}.{known.name} cannot be overwritten.")


def _typed(field: FieldMap, record: Record, known: FieldFacts) -> Iterator[Finding]:
    where = f"{record}.{known.name}"
    if known.type not in _TYPES[field.kind]:
        yield Finding(Mark.WRONG, f"{where} is a {known.type}, but is mapped as {field.kind}.")
    elif field.kind in (FieldKind.TEXT, FieldKind.LONG_TEXT) and 0 < known.length < field.limit:
        yield Finding(
            Mark.NOTE,
            f"{where} takes {known.length} characters: with 'length' set to that, longer answers are cut and "
            "not left out.",
        )


def _choices(field: FieldMap, record: Record, known: FieldFacts, options: Sequence[str]) -> Iterator[Finding]:
    try:
        field.check_choices(options)
    except ConfigurationError as error:
        yield Finding(Mark.WRONG, str(error))
    if known.type not in ("picklist", "multipicklist"):
        return
    missing = [each for each in options if field.values.get(each, each) not in known.choices]
    if missing:
        mark = Mark.WRONG if known.restricted else Mark.NOTE
        yield Finding(mark, f"{record}.{known.name} lacks the values {', '.join(map(repr, missing))}.")


def _needed(rules: SalesforceRules, record: Record, facts: ObjectFacts) -> Iterator[Finding]:
    filled = {field.at(record).lower() for field in rules.fields.values()} | _OURS
    if rules.person_accounts:
        filled -= {"company"}
    yield from _empty(facts, filled, "map it, or give a default")
    if record is Record.LEAD and rules.record_type and rules.record_type not in facts.record_types:
        yield Finding(Mark.WRONG, f"Leads have no record type '{rules.record_type}' that our user may use.")


def _empty(facts: ObjectFacts, filled: Collection[str], remedy: str) -> Iterator[Finding]:
    for each in facts.fields.values():
        if each.needed and each.name.lower() not in filled:
            yield Finding(
                Mark.WRONG, f"The org wants {facts.name}.{each.name}, which nothing fills: {remedy}."
            )


def _events(settings: Settings, rules: SalesforceRules, facts: ObjectFacts) -> Iterator[Finding]:
    ending = "delete" if rules.cancelled is Cancellation.DELETE else "update"
    yield from _denied(facts, dict.fromkeys(("create", "update", ending)))
    yield from _key(settings, facts)
    yield from _empty(facts, _EVENT_FIELDS | {settings.salesforce_external_id.lower()}, "give a default")


def _key(settings: Settings, facts: ObjectFacts) -> Iterator[Finding]:
    name = settings.salesforce_external_id
    known = facts.field(name)
    if known is None:
        yield Finding(
            Mark.WRONG,
            f"Events have no field '{name}': make one on the object Activity, a text of 255 characters that "
            "is an external id.",
        )
        return
    if not known.external_id:
        yield Finding(Mark.WRONG, f"Event.{known.name} is no external id; edit the field.")
    if known.type != "string" or known.length < _LEAST_KEY:
        yield Finding(Mark.WRONG, f"Event.{known.name} must be a text of {_LEAST_KEY} characters or more.")
    if not (known.createable and known.updateable):
        yield Finding(Mark.WRONG, f"Event.{known.name} cannot be written by our user.")


def _unasked(rules: SalesforceRules, questions: Sequence[Question]) -> Iterator[Finding]:
    asked = {each.slug for each in questions}
    for source in rules.fields:
        if questions and source not in asked | SOURCES:
            yield Finding(Mark.NOTE, f"'{source}' is mapped, but no question has that name.")
