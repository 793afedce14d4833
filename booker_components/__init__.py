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
from .errors import NotBookable as NotBookable
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
from .helpers import booking_link as booking_link
from .helpers import cancel_booking as cancel_booking
from .helpers import create_booking as create_booking
from .helpers import get_booking as get_booking
from .helpers import get_event_type as get_event_type
from .helpers import get_event_types as get_event_types
from .helpers import get_slots as get_slots
from .helpers import list_bookings as list_bookings
from .helpers import reschedule_booking as reschedule_booking
from .links import Purpose as Purpose
from .outbox import Subscriber as Subscriber
from .providers import ExplainsSlots as ExplainsSlots
from .providers import ListsBookings as ListsBookings
from .providers import Provider as Provider
from .values import Answer as Answer
from .values import Attendee as Attendee
from .values import Booking as Booking
from .values import BookingEvent as BookingEvent
from .values import BookingFilter as BookingFilter
from .values import BookingRequest as BookingRequest
from .values import BookingStatus as BookingStatus
from .values import BookingWindow as BookingWindow
from .values import CancelScope as CancelScope
from .values import ChangeRule as ChangeRule
from .values import EventKind as EventKind
from .values import EventType as EventType
from .values import Host as Host
from .values import Location as Location
from .values import LocationKind as LocationKind
from .values import Question as Question
from .values import QuestionKind as QuestionKind
from .values import ReasonRule as ReasonRule
from .values import Schedule as Schedule
from .values import Slot as Slot
from .values import TimeWindow as TimeWindow

__all__ = [
    "Answer",
    "Attendee",
    "Booker",
    "BookerError",
    "Booking",
    "BookingClosed",
    "BookingEvent",
    "BookingFilter",
    "BookingNotFound",
    "BookingRequest",
    "BookingStatus",
    "BookingWindow",
    "CancelScope",
    "ChangeRule",
    "ConfigurationError",
    "DeliveryFailed",
    "EventKind",
    "EventType",
    "EventTypeNotFound",
    "ExplainsSlots",
    "FormExpired",
    "Host",
    "InvalidRequest",
    "LinkExpired",
    "LinkInvalid",
    "ListsBookings",
    "Location",
    "LocationKind",
    "NotBookable",
    "Provider",
    "ProviderError",
    "ProviderRefused",
    "ProviderUnavailable",
    "Purpose",
    "Question",
    "QuestionKind",
    "ReasonRule",
    "Refused",
    "Schedule",
    "Slot",
    "SlotTaken",
    "Subscriber",
    "TimeWindow",
    "TooManyRequests",
    "Unsupported",
    "WebhookRejected",
    "booking_link",
    "cancel_booking",
    "create_blueprint",
    "create_booking",
    "get_booking",
    "get_event_type",
    "get_event_types",
    "get_slots",
    "list_bookings",
    "reschedule_booking",
]
