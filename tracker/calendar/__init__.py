"""Which days the office works: the State Council's published calendar, and counting by it.

Values and arithmetic only. The table that stores the days, and what is recomputed when a year is published,
stay in `tracker.services`. Imported by `tracker` and, through it, by those above.
"""

from tracker.calendar.days import CalendarDay, DayKind, WorkCalendar
from tracker.calendar.festivals import FESTIVALS, Festival, find_festival
from tracker.calendar.files import CalendarFileError, read_calendar_file
from tracker.calendar.published import list_published_days, load_published_calendar

__all__ = [
    "FESTIVALS",
    "CalendarDay",
    "CalendarFileError",
    "DayKind",
    "Festival",
    "WorkCalendar",
    "find_festival",
    "list_published_days",
    "load_published_calendar",
    "read_calendar_file",
]
