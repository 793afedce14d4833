"""The widgets as frozen values: each dataclass is the whole contract of the template of its name.

A field holds what the template prints or follows, ready made: dates are text, links are paths, counts are in
words. Nothing else reaches a template, so an overriding template may use these fields and nothing more.
"""

from .parts import Action as Action
from .parts import Brand as Brand
from .parts import Choice as Choice
from .parts import Dates as Dates
from .parts import Day as Day
from .parts import DayTimes as DayTimes
from .parts import Elsewhere as Elsewhere
from .parts import Field as Field
from .parts import Form as Form
from .parts import Guards as Guards
from .parts import Hidden as Hidden
from .parts import LinkRequest as LinkRequest
from .parts import Month as Month
from .parts import Option as Option
from .parts import Person as Person
from .parts import Picker as Picker
from .parts import Problem as Problem
from .parts import Row as Row
from .parts import SeriesDate as SeriesDate
from .parts import Summary as Summary
from .parts import Weekday as Weekday
from .parts import When as When
from .parts import Work as Work
from .parts import Zones as Zones
from .widgets import Booker as Booker
from .widgets import Booking as Booking
from .widgets import Cancel as Cancel
from .widgets import Chooser as Chooser
from .widgets import Component as Component
from .widgets import Decide as Decide
from .widgets import Notice as Notice
from .widgets import Reschedule as Reschedule
from .widgets import Shell as Shell
