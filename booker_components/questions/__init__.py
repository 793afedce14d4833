"""What a guest may answer: one rule per kind of question, for forms and for calls from Python alike."""

from .bookings import FACT_LIMIT as FACT_LIMIT
from .bookings import FACT_NAME_LIMIT as FACT_NAME_LIMIT
from .bookings import FACTS_LIMIT as FACTS_LIMIT
from .bookings import UNASKED as UNASKED
from .bookings import asked as asked
from .bookings import check_facts as check_facts
from .bookings import check_guests as check_guests
from .bookings import check_location as check_location
from .bookings import check_occurrences as check_occurrences
from .bookings import check_without as check_without
from .bookings import checked as checked
from .bookings import too_many_guests as too_many_guests
from .kinds import LONG_TEXT_LIMIT as LONG_TEXT_LIMIT
from .kinds import TEXT_LIMIT as TEXT_LIMIT
from .kinds import addresses as addresses
from .kinds import check as check
from .kinds import check_text as check_text
from .kinds import email as email
from .kinds import plain_digits as plain_digits
from .kinds import too_long as too_long
from .own import EMAIL as EMAIL
from .own import GUESTS_PLACES as GUESTS_PLACES
from .own import NAME as NAME
from .own import NOTES as NOTES
from .own import PHONE as PHONE
from .own import PLACE as PLACE
