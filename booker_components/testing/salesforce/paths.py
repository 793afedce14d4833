"""The paths of the REST API (REST API Developer Guide, "Reference")."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from ..exchanges import Answer, Exchange, Json, answer
from . import describing, ids, querying, soql, writing
from .answers import refused
from .objects import Field, Record, Sobject
from .store import Store
from .values import write

#: The oldest version that still answers, and the newest that the fake knows.
_OLDEST, _NEWEST = 31, 66


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request of somebody who is logged in."""

    store: Store
    exchange: Exchange
    #: As in the path, with its "v".
    version: str

    @property
    def body(self) -> Json:
        """The body, which has to be a JSON object."""
        if "json" not in self.exchange.headers.get("Content-Type", ""):
            raise refused("UNSUPPORTED_MEDIA_TYPE", "The body has to be application/json.")
        body = self.exchange.json
        if not isinstance(body, dict):
            raise refused(
                "JSON_PARSER_ERROR", "The HTTP entity body is not an object of JSON at [line:1, column:1]"
            )
        return body

    @property
    def allow_duplicates(self) -> bool:
        """Whether the caller asks to save what a duplicate rule only alerts of."""
        wish = self.exchange.headers.get("Sforce-Duplicate-Rule-Header", "")
        return "allowsave=true" in wish.lower().replace(" ", "")

    @property
    def page_size(self) -> int:
        """Records in an answer: what the caller asks for, from 200 to 2000, or the org's own number."""
        wish = self.exchange.headers.get("Sforce-Query-Options", "").partition("batchSize=")[2]
        return min(max(int(wish), 200), 2000) if wish.isdigit() else self.store.page_size

    def one(self, name: str) -> str:
        """Give a parameter of the query, "" without it."""
        return (self.exchange.query.get(name) or [""])[0]

    @property
    def number(self) -> int:
        """The version as a number."""
        return int(self.version[1:].partition(".")[0])


#: Answers a call; the keywords are the parts of its path.
Handler = Callable[..., Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One method and path of the API."""

    method: str
    #: As werkzeug writes it, after the version.
    path: str
    handler: Handler


def checked_version(text: str) -> str:
    """Give a version of the API as it stands in a path; refused if there is none such."""
    number = text[1:].removesuffix(".0")
    if not (text.startswith("v") and text.endswith(".0") and number.isdigit() and int(number) <= _NEWEST):
        raise refused("NOT_FOUND")
    if int(number) < _OLDEST:
        raise refused("UNSUPPORTED_API_VERSION", f"The API version {number}.0 is retired.")
    return text


def versions() -> Answer:
    """Answer GET /services/data."""
    numbers = range(_OLDEST, _NEWEST + 1)
    return answer([{"label": f"{n}", "url": f"/services/data/v{n}.0", "version": f"{n}.0"} for n in numbers])


# --- the org -------------------------------------------------------------------------------------


def _limits(call: Call) -> Answer:
    store = call.store
    return answer(
        {"DailyApiRequests": {"Max": store.daily_limit, "Remaining": max(store.daily_limit - store.used, 0)}}
    )


def _objects(call: Call) -> Answer:
    shown = [describing.brief(each, call.version) for each in call.store.objects.values()]
    return answer({"encoding": "UTF-8", "maxBatchSize": 200, "sobjects": shown})


def _object(call: Call, name: str) -> Answer:
    object = call.store.known(name)
    return answer({"objectDescribe": describing.brief(object, call.version), "recentItems": []})


def _describe(call: Call, name: str) -> Answer:
    return answer(describing.whole(call.store, call.store.known(name), call.version))


# --- queries -------------------------------------------------------------------------------------


def _query(call: Call) -> Answer:
    return _answered(call, deleted=False)


def _query_all(call: Call) -> Answer:
    return _answered(call, deleted=True)


def _answered(call: Call, *, deleted: bool) -> Answer:
    query = soql.parsed(call.one("q"))
    records = querying.found(call.store, query, deleted=deleted)
    if not query.fields:
        return answer({"totalSize": len(records), "done": True, "records": []})
    rows = [querying.shown(call.store, query, each, version=call.version) for each in records]
    return answer(querying.page(call.store, rows, size=call.page_size, version=call.version))


def _more(call: Call, locator: str) -> Answer:
    return answer(querying.next_page(call.store, locator, size=call.page_size, version=call.version))


# --- records -------------------------------------------------------------------------------------


def _create(call: Call, name: str) -> Answer:
    object = _writable(call, name)
    record = writing.create(call.store, object, call.body, allow=call.allow_duplicates)
    return answer({"id": record.id, "success": True, "errors": []}, status=201)


def _read(call: Call, name: str, id: str) -> Answer:
    record = _record(call, call.store.known(name), id)
    if record.get("IsDeleted"):
        raise refused("NOT_FOUND")
    return answer(_whole(call, record))


def _update(call: Call, name: str, id: str) -> Answer:
    writing.update(
        call.store, _record(call, _writable(call, name), id), call.body, allow=call.allow_duplicates
    )
    return Answer(status=204)


def _delete(call: Call, name: str, id: str) -> Answer:
    writing.delete(call.store, _record(call, _writable(call, name), id))
    return Answer(status=204)


def _read_by(call: Call, name: str, field: str, value: str) -> Answer:
    found = _by_external_id(call, call.store.known(name), field, value)
    return found if isinstance(found, Answer) else answer(_whole(call, found))


def _delete_by(call: Call, name: str, field: str, value: str) -> Answer:
    found = _by_external_id(call, _writable(call, name), field, value)
    if isinstance(found, Answer):
        return found
    writing.delete(call.store, found)
    return Answer(status=204)


def _upsert(call: Call, name: str, field: str, value: str) -> Answer:
    """Create or change the record whose external id is in the path, which the body must not name."""
    object = _writable(call, name)
    key = _external_id(object, field)
    body = call.body
    if any(each.lower() == key.name.lower() for each in body):
        raise refused("INVALID_FIELD", f"The {key.name} field should not be specified in the sobject data.")
    found = writing.matching(call.store, object, key, value)
    if len(found) > 1:
        return _several(call, found)
    if key.name == "Id" and not found:
        raise refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    if found:
        writing.update(call.store, found[0], body, allow=call.allow_duplicates)
        # Before 46.0 a record that was there already was answered with no body.
        return _upserted(found[0], created=False, status=200) if call.number >= 46 else Answer(status=204)
    given: Mapping[str, Any] = {**body, key.name: value}
    record = writing.create(call.store, object, given, allow=call.allow_duplicates)
    return _upserted(record, created=True, status=201)


def _upserted(record: Record, *, created: bool, status: int) -> Answer:
    return answer({"id": record.id, "success": True, "errors": [], "created": created}, status=status)


def _several(call: Call, found: list[Record]) -> Answer:
    return answer([querying.attributes(each, call.version)["url"] for each in found], status=300)


def _by_external_id(call: Call, object: Sobject, field: str, value: str) -> Record | Answer:
    found = writing.matching(call.store, object, _external_id(object, field), value)
    if not found:
        raise refused("NOT_FOUND")
    return found[0] if len(found) == 1 else _several(call, found)


def _external_id(object: Sobject, name: str) -> Field:
    field = object.field(name)
    if field is None or not field.id_lookup:
        raise refused("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {name}")
    return field


_ACTS = {"POST": "create", "PATCH": "update", "DELETE": "delete"}


def _writable(call: Call, name: str) -> Sobject:
    object = call.store.known(name)
    if not object.writable or _ACTS.get(call.exchange.method) in object.denied:
        raise refused("INSUFFICIENT_ACCESS_OR_READONLY", fields=())
    return object


def _record(call: Call, object: Sobject, id: str) -> Record:
    """Give the record of a path, be it in the bin."""
    whole = ids.full(id)
    if not whole:
        raise refused("NOT_FOUND", f"Provided external ID field does not exist or is not accessible: {id}")
    if not whole.startswith(object.prefix):
        raise refused("MALFORMED_ID", f"{object.name} ID: id value of incorrect type: {id}", ("Id",))
    record = call.store.find(whole)
    if record is None:
        if call.exchange.method == "GET":
            raise refused("NOT_FOUND")
        raise refused("INVALID_CROSS_REFERENCE_KEY", "invalid cross reference id", ())
    return record


def _whole(call: Call, record: Record) -> Json:
    """Give all fields of a record, or those that the call names."""
    object = call.store.objects[record.object.lower()]
    names = [each.strip() for each in call.one("fields").split(",") if each.strip()] or list(record)
    fields = [object.field(each) for each in names]
    if None in fields:
        missing = next(name for name, field in zip(names, fields, strict=True) if field is None)
        raise refused("INVALID_FIELD", f"No such column '{missing}' on sobject of type {object.name}")
    values = {each.name: write(record[each.name]) for each in fields if each}
    return {"attributes": querying.attributes(record, call.version), **values}


ROUTES: tuple[Route, ...] = (
    Route(method="GET", path="/limits", handler=_limits),
    Route(method="GET", path="/sobjects", handler=_objects),
    Route(method="GET", path="/sobjects/<name>", handler=_object),
    Route(method="GET", path="/sobjects/<name>/describe", handler=_describe),
    Route(method="POST", path="/sobjects/<name>", handler=_create),
    Route(method="GET", path="/sobjects/<name>/<id>", handler=_read),
    Route(method="PATCH", path="/sobjects/<name>/<id>", handler=_update),
    Route(method="DELETE", path="/sobjects/<name>/<id>", handler=_delete),
    Route(method="GET", path="/sobjects/<name>/<field>/<path:value>", handler=_read_by),
    Route(method="PATCH", path="/sobjects/<name>/<field>/<path:value>", handler=_upsert),
    Route(method="DELETE", path="/sobjects/<name>/<field>/<path:value>", handler=_delete_by),
    Route(method="GET", path="/query", handler=_query),
    Route(method="GET", path="/query/<locator>", handler=_more),
    Route(method="GET", path="/queryAll", handler=_query_all),
    Route(method="GET", path="/queryAll/<locator>", handler=_more),
)
