"""When hosts are busy elsewhere: the calendars that they declare, and whatever else the host app asks.

The path of an answer: `outside` remembers it for a moment, `busy` asks all sources of a host, and `feeds`
fetches a calendar, whose last good copy `copies` keeps. `condensing` leaves out what nobody needs, `ical`
reads events, `recurring` their dates, `tzids` their zones, and `reading` gives when they are.
"""

from __future__ import annotations

from .busy import BusySource as BusySource
from .feeds import FeedState as FeedState
from .outside import Outside as Outside
