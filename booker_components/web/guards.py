"""What keeps a booking form from programs, and from whoever gives somebody else's address."""

from __future__ import annotations

from collections.abc import Iterator

from ..errors import CodeNeeded
from . import robots, verifying
from .components import Guards, Hidden
from .runtime import Runtime

#: The names of their fields.
WORDS = frozenset({robots.TRAP, robots.STAMP, robots.WORK, verifying.CODE, verifying.PROOF, verifying.AGAIN})


def of(parts: Runtime, code: CodeNeeded | None, *, prefix: str) -> Guards:
    """Give them for a form that is shown now, after *code* was asked for; ids start with *prefix*."""
    return Guards(
        trap=robots.TRAP,
        work=robots.work(parts),
        code=verifying.field(code, prefix, typed=verifying.typed(code)) if code else None,
        again=verifying.AGAIN if code else "",
    )


def hidden(parts: Runtime, code: CodeNeeded | None) -> Iterator[Hidden]:
    """Give what the form carries along for them."""
    yield robots.stamp(parts)
    if proof := code.proof if code else verifying.carried(parts):
        yield Hidden(name=verifying.PROOF, value=proof)


def check(parts: Runtime, address: str, *, verify: bool) -> None:
    """Refuse the form of this request if it is a program's, or, to *verify*, nobody has shown the *address*.

    Raises `FormExpired`, `TooManyRequests`, `CodeNeeded` and `CodeWrong`.
    """
    robots.check(parts)
    if verify:
        verifying.check(parts, address)
