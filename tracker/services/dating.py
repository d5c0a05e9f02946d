"""Giving a day to a milestone whose phrase names none (尽快, 按要求, or nothing at all).

The grammar never invents a day; the coordinator is asked for one, and this is where the answer goes. A day that a
milestone has already is moved by an extension alone, and those of series come from their rule or event.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import ActRefused, StaleTask
from tracker.identity import id_of
from tracker.models import Milestone
from tracker.queries.milestones import get_milestone
from tracker.queries.served import WATCHED_STATES, lock_served_tasks
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor, record
from tracker.services.changing import changes_of, compare_and_set
from tracker.services.watching import WATCHED_KINDS, look_day
from workflows.kernel import Unmet
from workflows.milestone import MilestoneState

_ACT = "确定时限"


def set_milestone_day(
    session: Session, milestone_id: int, *, on: date, actor: Actor, at: datetime
) -> Milestone:
    """Give an undated milestone its first due day (an office day, kept to its end).

    Raises MilestoneNotFound, StaleTask, or ActRefused with everything that stands in the way. The caller commits.
    """
    milestone = get_milestone(session, milestone_id)
    served = lock_served_tasks(session, milestone.task_id)
    session.refresh(milestone)
    require_coordinator(session, actor, served.holder.campaign_id, _ACT)
    if unmet := _unmet(milestone, on, office_day(at)):
        raise ActRefused(_ACT, unmet)
    values = {"due_on": on, "first_due_on": on}
    changed = changes_of(milestone, values)
    session.flush()
    if not compare_and_set(session, milestone, ("state",), values):
        raise StaleTask(milestone.task_id)
    milestone.look_on = look_day(milestone, office_day(at), is_watched=served.is_any_in(WATCHED_STATES))
    record(
        session,
        kind="milestone.date",
        actor=actor,
        at=at,
        subject="milestone",
        subject_id=id_of(milestone),
        task_id=milestone.task_id,
        data={"reason": on.isoformat(), "changed": changed},
    )
    return milestone


def _unmet(milestone: Milestone, on: date, today: date) -> list[Unmet]:
    unmet = []
    if milestone.due_on is not None:
        unmet.append(Unmet("has-day", f"节点的时限已经是{milestone.due_on}，要改时限请申请延期"))
    elif milestone.kind not in WATCHED_KINDS:
        unmet.append(Unmet("wrong-kind", "常态化和周期性的节点不由人工定日期"))
    elif milestone.offset_event:
        unmet.append(Unmet("waits-for-event", f"节点从“{milestone.offset_event}”起算，请登记事件"))
    if milestone.state is not MilestoneState.PENDING:
        unmet.append(Unmet("wrong-state", "只有未完成的节点才能确定时限"))
    if on < today:
        unmet.append(Unmet("past-day", f"时限不能早于今天（{today}）"))
    return unmet
