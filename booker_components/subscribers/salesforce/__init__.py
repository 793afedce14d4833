"""Salesforce: bookings become Leads or Contacts, and Events (contracts/jicoo.md section 8).

Set 'BOOKER_SALESFORCE'; `rules.SalesforceRules` tells what can be said for each event type.
"""

from .rules import Cancellation as Cancellation
from .rules import FieldKind as FieldKind
from .rules import FieldMap as FieldMap
from .rules import Match as Match
from .rules import NameOrder as NameOrder
from .rules import OwnerRule as OwnerRule
from .rules import Record as Record
from .rules import SalesforceRules as SalesforceRules
from .rules import Ties as Ties
from .rules import TooLong as TooLong
from .subscriber import Salesforce as Salesforce
