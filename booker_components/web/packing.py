"""Compressing what is sent: by which encoding a browser takes it, and how."""

from __future__ import annotations

import gzip
from functools import lru_cache

from flask import Response, request
from werkzeug.datastructures import Accept
from werkzeug.http import parse_accept_header

try:
    import brotli
except ImportError:
    # It is among what we need, but some platforms have no wheel of it: there gzip does.
    brotli = None

#: The encodings that we write, the best first.
ENCODINGS: tuple[str, ...] = ("br", "gzip") if brotli else ("gzip",)

#: Brotli's quality for what somebody waits for, and for what is sent over and over. A page of 50 KB takes 0.4
#: and 60 ms, in which other threads go on; the first has an eighth more bytes.
SOON, EVER = 5, 11


@lru_cache(maxsize=256)
def encoding(accepted: str) -> str:
    """Give the encoding for a browser that sends *accepted* as Accept-Encoding; "" for none.

    Among those that it likes best, ours come in our own order; what has the weight 0 is refused (RFC 9110
    section 12.5.3).
    """
    wanted = parse_accept_header(accepted, Accept)
    best = max(ENCODINGS, key=wanted.quality)
    return best if wanted.quality(best) > 0 else ""


def packed(content: bytes, by: str, *, quality: int = SOON) -> bytes:
    """Give *content* compressed *by* one of `ENCODINGS`, at a *quality* of brotli's; as it is for ""."""
    if by == "br":
        return bytes(brotli.compress(content, quality=quality))
    if by == "gzip":
        # Without a time within, equal contents stay equal.
        return gzip.compress(content, compresslevel=min(quality + 1, 9), mtime=0)
    return content


def conditional(response: Response) -> Response:
    """Give *response*, or that nothing has changed, without the encoding (RFC 9110 section 15.4.5)."""
    response.make_conditional(request)
    if response.status_code == 304:
        del response.headers["Content-Encoding"]
    return response
