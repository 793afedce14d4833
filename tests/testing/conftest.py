"""Fixtures for the tests of the fakes."""

from __future__ import annotations

from .fixtures import calcom as calcom
from .jicoo import jicoo as jicoo
