"""Boxes: what may not be read in the database, encrypted under keys that come from the app's SECRET_KEY."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from ..errors import ConfigurationError

# Bound to this one use, so that the keys which sign links and those which encrypt are never the same.
_PURPOSE = b"booker.records.boxes.v1"


class Box:
    """Encrypts with the newest key and opens with every one; threads may share it.

    Each key is derived by HKDF-SHA256 (RFC 5869) and used by Fernet, which also proves that nobody has
    changed what was sealed.
    """

    def __init__(self, keys: Sequence[bytes]) -> None:
        """Derive from *keys*, oldest first, as `settings.secret_keys` gives them.

        Raises `ConfigurationError` if cryptography is not installed.
        """
        try:
            from cryptography.fernet import Fernet, InvalidToken, MultiFernet
            from cryptography.hazmat.primitives.hashes import SHA256
            from cryptography.hazmat.primitives.kdf.hkdf import HKDF
        except ImportError:
            raise ConfigurationError(
                "Tokens are kept encrypted, for which cryptography is needed, but it is not installed: "
                "pip install 'booker-components[oauth]'."
            ) from None

        def fernet(key: bytes) -> Fernet:
            derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(key)
            return Fernet(base64.urlsafe_b64encode(derived))

        self._fernet = MultiFernet([fernet(key) for key in reversed(keys)])
        self._refusal = InvalidToken

    def seal(self, content: bytes) -> bytes:
        """Give *content* encrypted."""
        return self._fernet.encrypt(content)

    def open(self, box: bytes) -> bytes | None:
        """Give what `seal` was given; None if no key opens *box*, or somebody has changed it."""
        try:
            return self._fernet.decrypt(box)
        except self._refusal:
            return None
