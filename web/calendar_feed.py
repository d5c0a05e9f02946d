"""A person's due days as an iCalendar document (RFC 5545, RFC 7986), for the calendar program of his choice.

It says what is due, of which task, and where to look; never who else is on it. Reminders stay ours: no alarms.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tracker.queries.feeds import FeedDay
from workflows.roles import ROLE_LABELS

if TYPE_CHECKING:
    from icalendar import Event

MEDIA_TYPE = "text/calendar; charset=utf-8"
REFRESH = timedelta(hours=4)
NAME = "盯办"
_NEVER_SET = datetime(2000, 1, 1, tzinfo=UTC)


def write_feed(days: Iterable[FeedDay], *, console_url: str) -> bytes:
    """The document: one all-day event a milestone. The same days make the same bytes."""
    from icalendar import Calendar  # 3 MB, loaded when the first feed is asked for

    calendar = Calendar()
    calendar.add("prodid", "-//dingban//calendar feed//ZH")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", "PUBLISH")
    calendar.add("name", NAME)
    calendar.add("x-wr-calname", NAME)
    calendar.add("x-wr-timezone", "Asia/Shanghai")
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT4H")
    host = urlsplit(console_url).hostname or "dingban"
    for day in days:
        calendar.add_component(_event_of(day, console_url.rstrip("/"), host))
    written: bytes = calendar.to_ical()
    return written


def _event_of(day: FeedDay, console_url: str, host: str) -> Event:
    """`UID` names the milestone for ever, and `SEQUENCE` grows when its day moves."""
    from icalendar import Event

    settled_at = (day.settled_at or _NEVER_SET).astimezone(UTC).replace(microsecond=0)
    provisional = "（暂定）" if day.is_provisional else ""
    parts = "、".join(ROLE_LABELS[role] for role in day.roles)
    event = Event()
    event.add("uid", f"milestone-{day.milestone_id}@{host}")
    event.add("dtstamp", settled_at)
    event.add("last-modified", settled_at)
    event.add("sequence", day.moved)
    event.add("dtstart", day.due_on)
    event.add("dtend", day.due_on + timedelta(days=1))
    event.add("summary", f"到期{provisional}：{day.text}")
    event.add("description", f"任务：{day.title}\n您是这项任务的{parts}。")
    event.add("url", f"{console_url}/tasks/{day.task_id}")
    event.add("transp", "TRANSPARENT")
    event.add("class", "PRIVATE")
    return event
