"""A Jicoo for tests (contracts/jicoo.md); use it as `booker_components.testing.FakeJicoo`."""

from __future__ import annotations

from .calls import Refusal as Refusal
from .fake import FakeJicoo as FakeJicoo
from .habits import Errors as Errors
from .habits import Habits as Habits
from .records import Booking as Booking
from .records import EventType as EventType
from .records import Question as Question
from .records import User as User
from .records import weekly as weekly
