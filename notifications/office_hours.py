"""When the office can be disturbed: working days, between opening and closing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from notifications.policy_reading import Section
from tracker.calendar import WorkCalendar
from tracker.clock import OFFICE_ZONE, office_moment


@dataclass(frozen=True)
class OfficeHours:
    """Times of day in the office's zone. `closes` is no longer open; the digest goes out from `digest_at` on."""

    opens: time = time(8, 30)
    closes: time = time(17, 30)
    digest_at: time = time(8, 30)

    def is_open(self, moment: datetime, calendar: WorkCalendar) -> bool:
        """Whether anything may be sent at `moment` (aware): a working day, make-up days included, and in hours."""
        local = moment.astimezone(OFFICE_ZONE)
        return calendar.is_workday(local.date()) and self.opens <= local.time() < self.closes

    def is_digest_time(self, moment: datetime) -> bool:
        """Whether the day's digest may go out by now; asked while the office is open."""
        return moment.astimezone(OFFICE_ZONE).time() >= self.digest_at

    def telling_day(self, moment: datetime, calendar: WorkCalendar) -> date:
        """The working day on which what happened at `moment` can be told at the earliest."""
        local = moment.astimezone(OFFICE_ZONE)
        day = local.date() if local.time() < self.closes else local.date() + timedelta(days=1)
        return calendar.next_workday_on_or_after(day)

    def digest_moment(self, day: date) -> datetime:
        """The UTC moment of the digest of an office day."""
        return office_moment(day, self.digest_at.hour, self.digest_at.minute)

    @classmethod
    def from_mapping(cls, content: Mapping[str, Any]) -> OfficeHours:
        """Read what an office wrote in `office_hours.toml`. Raises PolicyRefused with every finding at once."""
        root = Section(content)
        opens, closes, digest_at = (_time(root, key) for key in ("opens", "closes", "digest_at"))
        if opens and closes and not opens < closes:
            root.problem(f"opens、closes：上班时间 {opens:%H:%M} 须早于下班时间 {closes:%H:%M}")
        elif opens and closes and digest_at and not opens <= digest_at < closes:
            root.problem(f"digest_at：{digest_at:%H:%M} 须在工作时间 {opens:%H:%M} 至 {closes:%H:%M} 之内")
        root.finish()
        assert opens
        assert closes
        assert digest_at
        return cls(opens, closes, digest_at)


def _time(root: Section, key: str) -> time | None:
    text = root.text(key)
    if text is None:
        root.problem(f'{key}：应为时刻，写成 "08:30" 的样子')
        return None
    try:
        return time.fromisoformat(text).replace(second=0, microsecond=0, tzinfo=None)
    except ValueError:
        root.problem(f'{key}：写的是“{text}”，应为时刻，写成 "08:30" 的样子')
        return None
