"""Zones, months, grouping by local day and times in words: the only place that leaves UTC.

Zone names are IANA names. A wall time that the clocks skip is carried forward by the length of the gap, and
one that comes twice means the first (RFC 5545 section 3.3.5; `zoneinfo` with `fold=0`).
"""

from .clock import clock_time as clock_time
from .clock import time_span as time_span
from .clock import uses_24_hours as uses_24_hours
from .days import Month as Month
from .days import by_day as by_day
from .days import day_window as day_window
from .days import local_date as local_date
from .days import occurrences as occurrences
from .days import period_window as period_window
from .instants import YEARS as YEARS
from .instants import format_instant as format_instant
from .instants import local_iso as local_iso
from .instants import parse_date as parse_date
from .instants import parse_instant as parse_instant
from .instants import utc_now as utc_now
from .labels import offset_label as offset_label
from .labels import zone_choices as zone_choices
from .labels import zone_label as zone_label
from .lengths import duration_name as duration_name
from .words import day_name as day_name
from .words import first_weekday as first_weekday
from .words import full_date as full_date
from .words import month_name as month_name
from .words import weekday_names as weekday_names
from .zones import canonical_zone as canonical_zone
from .zones import zone as zone
