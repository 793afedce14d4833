"""A Cal.com for tests (contracts/calcom.md); use it as `booker_components.testing.FakeCalcom`."""

from __future__ import annotations

from .calls import Refusal as Refusal
from .fake import FakeCalcom as FakeCalcom
from .records import Booking as Booking
from .records import EventType as EventType
from .records import Mail as Mail
from .records import User as User
from .server import Exchange as Exchange
