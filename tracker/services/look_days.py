"""Moving on the day on which a reminder round has to look at a milestone again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from sqlalchemy import update
from sqlmodel import Session, col

from tracker.models import Milestone


def set_look_days(session: Session, days: Mapping[int, date | None]) -> None:
    """Set the next day to be looked at, by milestone; None: not at all. For the round that holds the rows.

    One statement a day: of thousands of milestones most are looked at again on the same few days.
    """
    milestones: dict[date | None, list[int]] = {}
    for milestone_id, day in days.items():
        milestones.setdefault(day, []).append(milestone_id)
    for day, milestone_ids in milestones.items():
        session.connection().execute(
            update(Milestone)
            .where(col(Milestone.id).in_(milestone_ids))
            .values(look_on=day)
            .execution_options(synchronize_session=False)
        )


def look_at_all(session: Session, *, on: date) -> None:
    """Let the round look on `on` at everything that it would look at later: its policy or calendar changed."""
    session.connection().execute(
        update(Milestone)
        .where(col(Milestone.look_on) > on)
        .values(look_on=on)
        .execution_options(synchronize_session=False)
    )
