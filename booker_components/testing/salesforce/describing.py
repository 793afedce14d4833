"""Describes objects as the API does (REST API Developer Guide, "sObject Describe")."""

from __future__ import annotations

from typing import Any

from ..exchanges import Json
from .objects import NUMBERS, Field, Sobject
from .store import Store

#: The record type of records that have none, in every org.
_MASTER = "012000000000000AAA"

_SOAP = {
    "id": "tns:ID",
    "reference": "tns:ID",
    "boolean": "xsd:boolean",
    "int": "xsd:int",
    "double": "xsd:double",
    "currency": "xsd:double",
    "percent": "xsd:double",
    "date": "xsd:date",
    "datetime": "xsd:dateTime",
}


def brief(object: Sobject, version: str) -> Json:
    """Describe an object without its fields, as the list of all does."""
    base = f"/services/data/{version}/sobjects/{object.name}"
    return {
        "name": object.name,
        "label": object.name,
        "labelPlural": object.plural or f"{object.name}s",
        "keyPrefix": object.prefix,
        "custom": object.name.endswith("__c"),
        "createable": object.writable and "create" not in object.denied,
        "updateable": object.writable and "update" not in object.denied,
        "deletable": object.writable and "delete" not in object.denied,
        "undeletable": object.writable,
        "queryable": True,
        "retrieveable": True,
        "urls": {"sobject": base, "describe": f"{base}/describe", "rowTemplate": f"{base}/{{ID}}"},
    }


def whole(store: Store, object: Sobject, version: str) -> Json:
    """Describe an object with its fields and record types."""
    fields = [_field(each) for each in object]
    return {**brief(object, version), "fields": fields, "recordTypeInfos": _record_types(store, object)}


def _field(field: Field) -> Json:
    return {
        "name": field.name,
        "label": field.label,
        "type": field.type,
        "soapType": _SOAP.get(field.type, "xsd:string"),
        "custom": field.custom,
        "nameField": field.name == "Name",
        "calculated": False,
        "autoNumber": False,
        **_extent(field),
        **_permissions(field),
        "picklistValues": [_choice(field, each) for each in field.picklist],
        "restrictedPicklist": field.restricted,
        "referenceTo": list(field.refers),
        "relationshipName": field.relationship or None,
        "polymorphicForeignKey": len(field.refers) > 1,
    }


def _extent(field: Field) -> Json:
    """Tell how long a text is, or how many digits a number has."""
    fraction = field.type in NUMBERS and field.type != "int"
    return {
        "length": field.length,
        "byteLength": field.length * 3,
        "precision": field.precision if fraction else 0,
        "scale": field.scale if fraction else 0,
        "digits": 9 if field.type == "int" else 0,
    }


def _permissions(field: Field) -> Json:
    """Tell what may be done with a field, and what is done without."""
    boolean = field.type == "boolean"
    return {
        "nillable": not field.required and field.type not in ("boolean", "id"),
        "createable": field.createable,
        "updateable": field.updateable,
        "defaultedOnCreate": field.default is not None or boolean or field.name in ("Id", "OwnerId"),
        "defaultValue": field.default if boolean else None,
        "externalId": field.external_id,
        "idLookup": field.id_lookup,
        "unique": field.unique,
        "caseSensitive": field.case_sensitive,
        "filterable": field.filterable,
        "sortable": field.filterable,
    }


def _choice(field: Field, value: str) -> Json:
    default = value == field.default
    return {"value": value, "label": value, "active": True, "defaultValue": default, "validFor": None}


def _record_types(store: Store, object: Sobject) -> list[Json]:
    default = store.default_record_types.get(object.name, _MASTER)
    master = _info(_MASTER, "Master", "Master", default=default, master=True)
    own: list[Json] = [
        _info(each.id, each["Name"], each["DeveloperName"], default=default, active=each["IsActive"])
        for each in store.of("RecordType")
        if each["SobjectType"] == object.name
    ]
    return [*own, master]


def _info(
    id: str, name: str, developer_name: str, *, default: str, active: Any = True, master: bool = False
) -> Json:
    return {
        "recordTypeId": id,
        "name": name,
        "developerName": developer_name,
        "active": active,
        "available": active,
        "defaultRecordTypeMapping": id == default,
        "master": master,
    }
