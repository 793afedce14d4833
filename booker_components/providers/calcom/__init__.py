"""Cal.com, by its API version 2."""

from __future__ import annotations

from .provider import CalcomProvider as CalcomProvider
