"""The signature of what a host's page is told, and how the page checks it.

Of a query, `sig` is the HMAC-SHA256 of its canonical form under the secret (as UTF-8), in lower-case hex::

    1. Take all parameters but `sig`, decoded; `ts`, the Unix time of signing in seconds, is one of them.
    2. Write each as name=value, both percent-encoded as UTF-8 but for A-Z a-z 0-9 - . _ ~
    3. Sort these texts by their bytes.
    4. Join them with "&".

So the order of the parameters does not matter, nor how they were encoded; each of them and their number do.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import parse_qs, parse_qsl, quote

from ..errors import ConfigurationError, LinkExpired, LinkInvalid
from ..times import utc_now

#: The parameters that hold when a query was signed, and its signature.
TIME = "ts"
_SIGNATURE = "sig"
# Far more than any redirect has.
_MOST = 200
_SECONDS = re.compile(r"\d{1,11}", re.ASCII)
# What a query could begin with as well must not hide a parameter: such an address is none.
_UP_TO_QUERY = re.compile(r"(?:(?:[a-z]+:)?/[^?=&]*)?\?", re.IGNORECASE)


def sign(query: str, secret: str, now: datetime) -> str:
    """Give *query* with the time and the signature."""
    timed = f"{query}&{TIME}={int(now.timestamp())}"
    return f"{timed}&{_SIGNATURE}={_digest(_pairs(timed), secret)}"


def verify_redirect(
    address_or_query: str,
    *,
    secret: str,
    max_age: timedelta = timedelta(minutes=15),
    now: datetime | None = None,
) -> dict[str, list[str]]:
    """Give what a signed redirect says, by the names of its parameters, as `urllib.parse.parse_qs` does.

    *address_or_query* is the address at which the guest arrived, or its query as it came, with "?" before it
    where the path has "=" or "&"; *secret* is the sender's 'BOOKER_REDIRECT_SECRET'; *now* (aware) defaults
    to the present. Believe what is given, and not what something else has read. Needs no Flask.

    Raises `LinkInvalid` where it was not signed with *secret* as it stands, and `LinkExpired` where that was
    more than *max_age* ago, so that nobody can use it again later; within that time it can be used again.
    """
    if not secret:
        raise ConfigurationError("The secret is empty, so that anybody could sign. Set the sender's.")
    query = _query(address_or_query)
    pairs = _pairs(query)
    given, signed_at = _only(pairs, _SIGNATURE), _only(pairs, TIME)
    expected = _digest([pair for pair in pairs if pair[0] != _SIGNATURE], secret)
    if not hmac.compare_digest(expected.encode(), given.encode(errors="surrogateescape")):
        raise LinkInvalid("The redirect was not signed with this secret, or was changed since.")
    if not _SECONDS.fullmatch(signed_at):
        raise LinkInvalid(f"The redirect was signed, but '{TIME}' is no Unix time.")
    if abs((now or utc_now()).timestamp() - int(signed_at)) > max_age.total_seconds():
        raise LinkExpired("The redirect was signed too long ago, or its clock is wrong.")
    return parse_qs(query, keep_blank_values=True)


def _query(text: str) -> str:
    """Give the query of an address; a query is given as it is."""
    try:
        text.encode()
    except UnicodeEncodeError:
        raise LinkInvalid("The redirect has characters that no address has.") from None
    # What stands in the fragment no server was sent.
    text = text.partition("#")[0]
    before = _UP_TO_QUERY.match(text)
    return text[before.end() :] if before else text


def _only(pairs: Iterable[tuple[str, str]], wanted: str) -> str:
    values = [value for name, value in pairs if name == wanted]
    if len(values) != 1:
        raise LinkInvalid(f"The redirect must have '{TIME}' and '{_SIGNATURE}', each once.")
    return values[0]


def _pairs(query: str) -> list[tuple[str, str]]:
    # Bytes that are no UTF-8 must not all become the same character: each stays what it is.
    try:
        return parse_qsl(query, keep_blank_values=True, max_num_fields=_MOST, errors="surrogateescape")
    except ValueError:
        raise LinkInvalid("The redirect has more parameters than any that was signed.") from None


def _digest(pairs: Iterable[tuple[str, str]], secret: str) -> str:
    written = partial(quote, safe="", errors="surrogateescape")
    texts = sorted(f"{written(name)}={written(value)}" for name, value in pairs)
    return hmac.new(secret.encode(), "&".join(texts).encode(), hashlib.sha256).hexdigest()
