"""The Python API for hosts: each helper is a line or two over the service of the current app."""

from .changing import add_guests as add_guests
from .changing import cancel_booking as cancel_booking
from .changing import confirm_booking as confirm_booking
from .changing import create_booking as create_booking
from .changing import decline_booking as decline_booking
from .changing import mark_absent as mark_absent
from .changing import reschedule_booking as reschedule_booking
from .guests import erase_guest as erase_guest
from .guests import export_guest as export_guest
from .links import booker_link as booker_link
from .links import booking_link as booking_link
from .reading import get_booking as get_booking
from .reading import get_calendar_links as get_calendar_links
from .reading import get_event_type as get_event_type
from .reading import get_event_types as get_event_types
from .reading import get_history as get_history
from .reading import get_slots as get_slots
from .reading import list_bookings as list_bookings
from .reading import why_not as why_not
from .vendors import get_calcom as get_calcom
from .vendors import get_jicoo as get_jicoo
from .vendors import update_booking as update_booking
