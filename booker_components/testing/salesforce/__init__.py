"""A Salesforce for tests; use it as `booker_components.testing.FakeSalesforce`."""

from __future__ import annotations

from .fake import FakeSalesforce as FakeSalesforce
from .login import Credentials as Credentials
from .objects import Field as Field
from .objects import Record as Record
