"""Moving on the day on which a reminder round has to look at a milestone again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, update
from sqlmodel import Session, SQLModel, col

from tracker.models import Milestone
from tracker.prepared import Prepared, is_among


def set_look_days(session: Session, days: Mapping[int, date | None]) -> None:
    """Set the next day to be looked at, by milestone; None: not at all. For the round that holds the rows.

    One statement a day: of thousands of milestones most are looked at again on the same few days.
    """
    milestones: dict[date | None, list[int]] = {}
    for milestone_id, day in days.items():
        milestones.setdefault(day, []).append(milestone_id)
    for day, milestone_ids in milestones.items():
        _SET_DAY.change(session, {"milestone_ids": milestone_ids, "day": day})


_MILESTONE = SQLModel.metadata.tables["milestone"]
_SET_DAY = Prepared(
    update(_MILESTONE).where(is_among(_MILESTONE.c.id, "milestone_ids")).values(look_on=bindparam("day"))
)


def look_at_all(session: Session, *, on: date) -> None:
    """Let the round look on `on` at everything that it would look at later: its policy or calendar changed."""
    session.connection().execute(
        update(Milestone)
        .where(col(Milestone.look_on) > on)
        .values(look_on=on)
        .execution_options(synchronize_session=False)
    )
