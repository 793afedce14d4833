"""What a check finds out by asking."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from ..errors import BookerError, ProviderUnavailable

_Result = TypeVar("_Result")


class Mark(Enum):
    """How a finding is to be taken."""

    OK = "ok"
    #: Worth knowing; may be meant so.
    NOTE = "note"
    WRONG = "WRONG"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    mark: Mark
    text: str


def tried(
    ask: Callable[[], _Result],
    told: Callable[[_Result], str],
    remedies: Mapping[type[BookerError], str],
    *,
    address: str,
) -> Finding:
    """Give what came of asking: what is *told* of the result, or the failure with the remedy for its kind.

    *address* is the setting to look at where nobody answers. The message of an error of ours holds no
    personal data.
    """
    try:
        return Finding(Mark.OK, told(ask()))
    except ProviderUnavailable as error:
        return Finding(Mark.WRONG, f"{error.message} Try again later, or check '{address}'.")
    except BookerError as error:
        return Finding(Mark.WRONG, said(error, remedies))


def said(error: BookerError, remedies: Mapping[type[BookerError], str]) -> str:
    """Give the words of *error* behind the remedy for its kind, where there is one."""
    remedy = next((each for kind, each in remedies.items() if isinstance(error, kind)), "")
    return f"{remedy}. {error.message}" if remedy else error.message
