"""What people do in the org: records that they add and change, and what its administrator sets up."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import events, ids, persons, writing
from .objects import Field, Record, Sobject
from .store import Check, DuplicateRule, Store, ValidationRule
from .values import read


class Org:
    """The half of `FakeSalesforce` that acts as the org's own people do."""

    store: Store

    def _settle_in(self, username: str) -> None:
        """Move in: the org itself and the user whom integrations log in as."""
        organization = self._keep("Organization", {"Name": "Booker Components"})
        self.store.org_id = organization.id
        self.store.user_id = self.add_user(username, name="Integration User", username=username).id

    # --- records ---------------------------------------------------------------------------------

    def records(self, object: str, **fields: Any) -> list[Record]:
        """Give what an object holds, oldest first, without the bin; or the records whose *fields* are so."""
        with self.store.lock:
            found = [each.copy() for each in self.store.of(self._object(object).name)]
            wanted = self._values(self._object(object), fields)
        return [each for each in found if all(each[name] == value for name, value in wanted.items())]

    def record(self, record: Record | str) -> Record:
        """Give a record as it stands now, be it in the bin; `LookupError` without one."""
        with self.store.lock:
            return self._there(record).copy()

    def add(self, object: str, **fields: Any) -> Record:
        """Add a record as somebody might have long ago: what is required may be missing, no rule is asked.

        Fields that Salesforce fills can be given too. `ValueError` for a field that there is not.
        """
        with self.store.lock:
            record = self._keep(object, fields)
            persons.follow(self.store, record)
            return record.copy()

    def change(self, record: Record | str, **fields: Any) -> Record:
        """Change a record as somebody does in the org; no rule is asked."""
        with self.store.lock:
            there = self._there(record)
            self._put(there, fields)
            self.store.stamp(there)
            persons.follow(self.store, there)
            return there.copy()

    def delete(self, record: Record | str) -> None:
        """Put a record into the bin as somebody does in the org."""
        with self.store.lock:
            writing.delete(self.store, self._there(record))

    def convert(self, lead: Record | str) -> Record:
        """Convert a lead: give the contact that it becomes, which takes over its events."""
        with self.store.lock:
            there = self._there(lead)
            contact = self._converted(there)
            for event in self.store.of("Event"):
                if event["WhoId"] == there.id:
                    event["WhoId"] = contact.id
            there |= {
                "IsConverted": True,
                "Status": "Closed - Converted",
                "ConvertedDate": self.store.now.date(),
                "ConvertedContactId": contact.id,
                "ConvertedAccountId": contact["AccountId"],
            }
            self.store.stamp(there)
            return contact.copy()

    def _converted(self, lead: Record) -> Record:
        """Make the account and the contact of a lead; one without a company becomes a person account."""
        shared = {name: lead[name] for name in ("FirstName", "LastName", "Phone", "OwnerId")}
        if not lead["Company"] and self.store.person_accounts:
            account = self.add("Account", PersonEmail=lead["Email"], **shared)
            return self._there(str(account["PersonContactId"]))
        account = self.add("Account", Name=lead["Company"], OwnerId=lead["OwnerId"])
        return self._keep("Contact", {"Email": lead["Email"], "AccountId": account.id, **shared})

    def _keep(self, object: str, fields: dict[str, Any]) -> Record:
        record = self.store.blank(self._object(object))
        self._put(record, fields)
        return self.store.keep(record)

    def _put(self, record: Record, fields: dict[str, Any]) -> None:
        """Put values into a record, with what follows from them."""
        values = self._values(self._object(record.object), fields)
        record |= values
        persons.name(record)
        timed = record.get("EndDateTime") or record.get("DurationInMinutes") is not None
        if record.object == "Event" and record["StartDateTime"] and timed:
            events.settle(record, values)

    def _values(self, object: Sobject, fields: dict[str, Any]) -> dict[str, Any]:
        """Give values as they are kept; aware instants and dates may be given as such."""
        made = {}
        for name, value in fields.items():
            field = object.field(name)
            if field is None:
                raise ValueError(f"{object.name} has no field {name!r}; add it with `add_field`.")
            plain = value.isoformat() if hasattr(value, "isoformat") else value
            made[field.name] = read(field, plain)
        return made

    def _object(self, name: str) -> Sobject:
        found = self.store.sobject(name)
        if found is None:
            raise ValueError(f"The org has no object {name!r}.")
        return found

    def _there(self, record: Record | str) -> Record:
        id = record if isinstance(record, str) else record.id
        found = self.store.find(id)
        if found is None:
            raise LookupError(f"The org has no record {ids.full(id) or id!r}.")
        return found

    # --- people ----------------------------------------------------------------------------------

    def add_user(self, email: str, *, name: str = "", username: str = "", active: bool = True) -> Record:
        """Add somebody who can own records."""
        first, _, last = (name or email.partition("@")[0].title()).rpartition(" ")
        return self.add(
            "User", Email=email, Username=username or email, FirstName=first, LastName=last, IsActive=active
        )

    @property
    def user(self) -> Record:
        """The user whom integrations log in as, and who owns what they make."""
        return self.record(self.store.user_id)

    def deactivate(self, user: Record) -> None:
        """Let a user be active no longer: he cannot log in nor be given records, and his sessions end."""
        with self.store.lock:
            self._there(user)["IsActive"] = False
            if user.id == self.store.user_id:
                self.store.sessions.clear()

    # --- what the administrator sets up ----------------------------------------------------------

    def add_field(
        self,
        object: str,
        api_name: str,
        *,
        type: str = "string",
        label: str = "",
        length: int = 0,
        picklist: Iterable[str] = (),
        restricted: bool | None = None,
        required: bool = False,
        default: Any = None,
        createable: bool = True,
        updateable: bool = True,
        external_id: bool = False,
        unique: bool = False,
        case_sensitive: bool = False,
        refers: Iterable[str] = (),
        precision: int = 18,
        scale: int = 2,
    ) -> Field:
        """Add a field to an object, or put it in the place of the one of that name.

        A field with a *picklist* takes its values alone, unless it is not *restricted*. A long text area is a
        "textarea" with a *length* above 255; a "reference" *refers* to objects. Records that are there
        already have the *default*.
        """
        choices = tuple(picklist)
        field = Field(
            name=api_name,
            label=label,
            type=type,
            length=length,
            picklist=choices,
            restricted=bool(choices) if restricted is None else restricted,
            required=required,
            default=default,
            createable=createable,
            updateable=updateable,
            external_id=external_id,
            unique=unique,
            case_sensitive=case_sensitive,
            refers=tuple(refers),
            relationship=f"{api_name.removesuffix('__c')}__r" if type == "reference" else "",
            precision=precision,
            scale=scale,
        )
        self._place(object, field)
        return field

    def _place(self, object: str, field: Field) -> None:
        default = False if field.type == "boolean" and field.default is None else field.default
        with self.store.lock:
            self._object(object).add([field])
            for record in self.store.of(self._object(object).name, deleted=True):
                record.setdefault(field.name, default)

    def remove_field(self, object: str, api_name: str) -> None:
        """Take a field away, or out of the sight of the integration's user, which is the same to it."""
        with self.store.lock:
            self._object(object).remove(api_name)
            for record in self.store.of(self._object(object).name, deleted=True):
                record.pop(api_name, None)

    def deny(self, object: str, *acts: str) -> None:
        """Keep the integration's user from "create", "update" or "delete"; without any, allow all again."""
        with self.store.lock:
            self._object(object).denied = set(acts)

    def add_record_type(
        self, object: str, name: str, *, default: bool = False, active: bool = True
    ) -> Record:
        """Add a record type; with *default* new records that name none have it."""
        known = self._object(object).name
        developer_name = name.replace(" ", "_")
        made = self.add(
            "RecordType", Name=name, DeveloperName=developer_name, SobjectType=known, IsActive=active
        )
        if default:
            self.store.default_record_types[known] = made.id
        return made

    def add_validation_rule(self, object: str, check: Check, *, field: str = "") -> None:
        """Refuse what *check* has words against: it is called with each record before it is saved.

        It gives what the error says, or nothing if all is well; *field* is where a page would show it.
        """
        with self.store.lock:
            self.store.validation_rules.append(
                ValidationRule(object=self._object(object).name, check=check, field=field)
            )

    def add_duplicate_rule(
        self,
        object: str,
        *,
        fields: Iterable[str] = ("Email",),
        among: Iterable[str] = (),
        allow: bool = False,
        on_update: bool = True,
    ) -> None:
        """Refuse records of which there is one already with the same *fields*, *among* these objects.

        They are those of the same object unless said otherwise. With *allow* the rule only alerts: a caller
        who asks for it by the header Sforce-Duplicate-Rule-Header may save all the same.
        """
        known = self._object(object).name
        rule = DuplicateRule(
            name=f"Standard_{known}_Duplicate_Rule",
            object=known,
            fields=tuple(fields),
            among=tuple(among) or (known,),
            allow=allow,
            on_update=on_update,
        )
        with self.store.lock:
            self.store.duplicate_rules.append(rule)
