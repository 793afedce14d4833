"""The values that every part speaks: event types, slots, bookings and their events.

All are frozen; all instants are aware; none does any I/O.
"""

from .bookings import Attendee as Attendee
from .bookings import Booking as Booking
from .bookings import BookingFilter as BookingFilter
from .bookings import BookingOrder as BookingOrder
from .bookings import BookingRequest as BookingRequest
from .bookings import BookingStatus as BookingStatus
from .bookings import CalendarLink as CalendarLink
from .bookings import CancelScope as CancelScope
from .bookings import Occurrence as Occurrence
from .events import BookingEvent as BookingEvent
from .events import EventKind as EventKind
from .events import Incoming as Incoming
from .events import Notice as Notice
from .events import NoticeKind as NoticeKind
from .history import AuditEntry as AuditEntry
from .history import AuditFacts as AuditFacts
from .hosts import Absence as Absence
from .hosts import Host as Host
from .hosts import HostGroup as HostGroup
from .hosts import Member as Member
from .hosts import Schedule as Schedule
from .hosts import Travel as Travel
from .instants import TimeWindow as TimeWindow
from .limits import Limit as Limit
from .limits import Period as Period
from .offers import Align as Align
from .offers import Answer as Answer
from .offers import Approval as Approval
from .offers import BookingWindow as BookingWindow
from .offers import ChangeRule as ChangeRule
from .offers import Counting as Counting
from .offers import EventType as EventType
from .offers import Frequency as Frequency
from .offers import Hold as Hold
from .offers import Layout as Layout
from .offers import Location as Location
from .offers import LocationKind as LocationKind
from .offers import Planned as Planned
from .offers import Price as Price
from .offers import Question as Question
from .offers import QuestionKind as QuestionKind
from .offers import Reason as Reason
from .offers import ReasonRule as ReasonRule
from .offers import Seats as Seats
from .offers import Series as Series
from .redirects import FLAVOURS as FLAVOURS
from .redirects import Flavour as Flavour
from .redirects import Occasion as Occasion
from .redirects import Redirect as Redirect
from .redirects import Redirects as Redirects
from .slots import Slot as Slot
from .slots import Slots as Slots
