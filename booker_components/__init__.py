"""Server-rendered booking widgets for Flask: book, see, move and cancel, complete without JavaScript."""

from .errors import BookerError as BookerError
from .errors import BookingClosed as BookingClosed
from .errors import BookingNotFound as BookingNotFound
from .errors import ConfigurationError as ConfigurationError
from .errors import DeliveryFailed as DeliveryFailed
from .errors import EventTypeNotFound as EventTypeNotFound
from .errors import FormExpired as FormExpired
from .errors import InvalidRequest as InvalidRequest
from .errors import LinkExpired as LinkExpired
from .errors import LinkInvalid as LinkInvalid
from .errors import LinkUsedUp as LinkUsedUp
from .errors import NotBookable as NotBookable
from .errors import OutcomeUnknown as OutcomeUnknown
from .errors import ProviderError as ProviderError
from .errors import ProviderRefused as ProviderRefused
from .errors import ProviderUnavailable as ProviderUnavailable
from .errors import Refused as Refused
from .errors import SlotTaken as SlotTaken
from .errors import TooManyRequests as TooManyRequests
from .errors import Unsupported as Unsupported
from .errors import WebhookRejected as WebhookRejected
from .extension import Booker as Booker
from .extension import create_blueprint as create_blueprint
from .helpers import add_guests as add_guests
from .helpers import booker_link as booker_link
from .helpers import booking_link as booking_link
from .helpers import cancel_booking as cancel_booking
from .helpers import confirm_booking as confirm_booking
from .helpers import create_booking as create_booking
from .helpers import decline_booking as decline_booking
from .helpers import erase_guest as erase_guest
from .helpers import export_guest as export_guest
from .helpers import get_booking as get_booking
from .helpers import get_calcom as get_calcom
from .helpers import get_calendar_links as get_calendar_links
from .helpers import get_event_type as get_event_type
from .helpers import get_event_types as get_event_types
from .helpers import get_history as get_history
from .helpers import get_jicoo as get_jicoo
from .helpers import get_slots as get_slots
from .helpers import list_bookings as list_bookings
from .helpers import mark_absent as mark_absent
from .helpers import reschedule_booking as reschedule_booking
from .helpers import update_booking as update_booking
from .helpers import why_not as why_not
from .links import Purpose as Purpose
from .outbox import Subscriber as Subscriber
from .privacy import Erasure as Erasure
from .providers import AddsGuests as AddsGuests
from .providers import ApprovesBookings as ApprovesBookings
from .providers import ExplainsSlots as ExplainsSlots
from .providers import FindsEventTypes as FindsEventTypes
from .providers import HoldsSlots as HoldsSlots
from .providers import KeepsHistory as KeepsHistory
from .providers import LinksCalendars as LinksCalendars
from .providers import ListsBookings as ListsBookings
from .providers import MarksAbsences as MarksAbsences
from .providers import PlansSeries as PlansSeries
from .providers import Provider as Provider
from .providers import ReceivesWebhooks as ReceivesWebhooks
from .providers import TellsChanges as TellsChanges
from .providers import Tidies as Tidies
from .providers.calcom.accounts import CalcomAccount as CalcomAccount
from .providers.embedded.calendars import BusySource as BusySource
from .receiving import Hearer as Hearer
from .redirects import verify_redirect as verify_redirect
from .subscribers.webhooks import verify_webhook as verify_webhook
from .values import Absence as Absence
from .values import Align as Align
from .values import Answer as Answer
from .values import Approval as Approval
from .values import Attendee as Attendee
from .values import AuditEntry as AuditEntry
from .values import AuditFacts as AuditFacts
from .values import Booking as Booking
from .values import BookingEvent as BookingEvent
from .values import BookingFilter as BookingFilter
from .values import BookingOrder as BookingOrder
from .values import BookingRequest as BookingRequest
from .values import BookingStatus as BookingStatus
from .values import BookingWindow as BookingWindow
from .values import CalendarLink as CalendarLink
from .values import CancelScope as CancelScope
from .values import ChangeRule as ChangeRule
from .values import Counting as Counting
from .values import EventKind as EventKind
from .values import EventType as EventType
from .values import Frequency as Frequency
from .values import Hold as Hold
from .values import Host as Host
from .values import HostGroup as HostGroup
from .values import Incoming as Incoming
from .values import Layout as Layout
from .values import Limit as Limit
from .values import Location as Location
from .values import LocationKind as LocationKind
from .values import Member as Member
from .values import Notice as Notice
from .values import NoticeKind as NoticeKind
from .values import Occurrence as Occurrence
from .values import Period as Period
from .values import Planned as Planned
from .values import Price as Price
from .values import Question as Question
from .values import QuestionKind as QuestionKind
from .values import Reason as Reason
from .values import ReasonRule as ReasonRule
from .values import Redirect as Redirect
from .values import Redirects as Redirects
from .values import Schedule as Schedule
from .values import Seats as Seats
from .values import Series as Series
from .values import Slot as Slot
from .values import TimeWindow as TimeWindow
from .values import Travel as Travel

__all__ = [
    "Absence",
    "AddsGuests",
    "Align",
    "Answer",
    "Approval",
    "ApprovesBookings",
    "Attendee",
    "AuditEntry",
    "AuditFacts",
    "Booker",
    "BookerError",
    "Booking",
    "BookingClosed",
    "BookingEvent",
    "BookingFilter",
    "BookingNotFound",
    "BookingOrder",
    "BookingRequest",
    "BookingStatus",
    "BookingWindow",
    "BusySource",
    "CalcomAccount",
    "CalendarLink",
    "CancelScope",
    "ChangeRule",
    "ConfigurationError",
    "Counting",
    "DeliveryFailed",
    "Erasure",
    "EventKind",
    "EventType",
    "EventTypeNotFound",
    "ExplainsSlots",
    "FindsEventTypes",
    "FormExpired",
    "Frequency",
    "Hearer",
    "Hold",
    "HoldsSlots",
    "Host",
    "HostGroup",
    "Incoming",
    "InvalidRequest",
    "KeepsHistory",
    "Layout",
    "Limit",
    "LinkExpired",
    "LinkInvalid",
    "LinkUsedUp",
    "LinksCalendars",
    "ListsBookings",
    "Location",
    "LocationKind",
    "MarksAbsences",
    "Member",
    "NotBookable",
    "Notice",
    "NoticeKind",
    "Occurrence",
    "OutcomeUnknown",
    "Period",
    "Planned",
    "PlansSeries",
    "Price",
    "Provider",
    "ProviderError",
    "ProviderRefused",
    "ProviderUnavailable",
    "Purpose",
    "Question",
    "QuestionKind",
    "Reason",
    "ReasonRule",
    "ReceivesWebhooks",
    "Redirect",
    "Redirects",
    "Refused",
    "Schedule",
    "Seats",
    "Series",
    "Slot",
    "SlotTaken",
    "Subscriber",
    "TellsChanges",
    "Tidies",
    "TimeWindow",
    "TooManyRequests",
    "Travel",
    "Unsupported",
    "WebhookRejected",
    "add_guests",
    "booker_link",
    "booking_link",
    "cancel_booking",
    "confirm_booking",
    "create_blueprint",
    "create_booking",
    "decline_booking",
    "erase_guest",
    "export_guest",
    "get_booking",
    "get_calcom",
    "get_calendar_links",
    "get_event_type",
    "get_event_types",
    "get_history",
    "get_jicoo",
    "get_slots",
    "list_bookings",
    "mark_absent",
    "reschedule_booking",
    "update_booking",
    "verify_redirect",
    "verify_webhook",
    "why_not",
]
