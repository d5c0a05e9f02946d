"""Moving on the day on which a reminder round has to look at a milestone again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import bindparam, update
from sqlmodel import Session, col

from tracker.models import Milestone

_MOVE_ON = (
    update(Milestone)
    .where(col(Milestone.id) == bindparam("milestone_id"))
    .values(look_on=bindparam("day"))
    .execution_options(synchronize_session=False)
)


def set_look_days(session: Session, days: Mapping[int, date | None]) -> None:
    """Set the next day to be looked at, by milestone; None: not at all. For the round that holds the rows."""
    if days:
        rows = [{"milestone_id": milestone_id, "day": day} for milestone_id, day in days.items()]
        session.connection().execute(_MOVE_ON, rows)


def look_at_all(session: Session, *, on: date) -> None:
    """Let the round look on `on` at everything that it would look at later: its policy or calendar changed."""
    session.connection().execute(
        update(Milestone)
        .where(col(Milestone.look_on) > on)
        .values(look_on=on)
        .execution_options(synchronize_session=False)
    )
