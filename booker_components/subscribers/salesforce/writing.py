"""Writes a record; a field that is refused, and not needed, is left out (contracts/jicoo.md 8.8)."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, MutableMapping, Sequence
from typing import TypeVar

from .client import Fields
from .failures import ABOUT_FIELDS, SalesforceFailed

#: Why a field was left out, by its API name; never quotes what was in it.
LeftOut = MutableMapping[str, str]

_Result = TypeVar("_Result")

# So many fields are left out one at a time: more calls take too long.
_TRIES = 12


def write(
    send: Callable[[Fields], _Result],
    fields: Fields,
    *,
    needed: Collection[str],
    unfit: Mapping[str, str],
    left_out: LeftOut,
) -> _Result | None:
    """Send *fields*, without those that are refused; give what came of it, None if nothing was left to send.

    Raises the refusal where it is about something *needed*, or about no field. What was *unfit* beforehand
    is among what is left out.
    """
    missing = [name for name in unfit if name in needed]
    if missing:
        raise SalesforceFailed(
            f"A needed field cannot be filled: {missing[0]}, for {unfit[missing[0]]}.",
            code="unfit",
            fields=missing,
            permanent=True,
        )
    left_out.update(unfit)
    while fields:
        try:
            return send(fields)
        except SalesforceFailed as error:
            names, results = _refused(send, fields, error, needed)
            if not names:
                raise
            left_out.update(dict.fromkeys(names, error.code))
        if results:
            return results[0]
        fields = _without(fields, names)
    return None


def _refused(
    send: Callable[[Fields], _Result], fields: Fields, error: SalesforceFailed, needed: Collection[str]
) -> tuple[Collection[str], Sequence[_Result]]:
    """Give the fields to do without after *error*, none if that is of no use.

    Where the error does not say which, they are tried one after the other; what came of the one that was
    taken stands in the list.
    """
    spare = [name for name in fields if name not in needed] if error.permanent else []
    if error.fields or error.code not in ABOUT_FIELDS:
        return [name for name in spare if name in error.fields], ()
    for name in spare[:_TRIES]:
        try:
            return (name,), (send(_without(fields, (name,))),)
        except SalesforceFailed as other:
            if not other.permanent:
                raise
            if (other.code, other.fields) != (error.code, error.fields):
                return (name,), ()
    return spare, ()


def _without(fields: Fields, names: Collection[str]) -> Fields:
    return {name: each for name, each in fields.items() if name not in names}
