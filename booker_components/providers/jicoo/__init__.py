"""Jicoo, by its API version 1."""

from __future__ import annotations

from .provider import JicooProvider as JicooProvider
