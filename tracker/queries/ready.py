"""Tasks under way for which everything is done and handed in: nothing is left but 提交审核."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import exists
from sqlalchemy import select as columns
from sqlalchemy.orm import aliased
from sqlmodel import Session, col

from tracker.models import Deliverable, Evidence, EvidenceState, Milestone, Task
from tracker.queries.served import SharedList, holder_of
from workflows.milestone import OPEN_MILESTONES, MilestoneKind

_HANDED_IN = (EvidenceState.SUBMITTED, EvidenceState.ACCEPTED)


def list_ready_tasks(session: Session, tasks: Iterable[Task]) -> list[Task]:
    """Those of `tasks` that lack nothing any more, by the lists that serve them; two statements.

    A task with a standing duty is never done before its campaign is, and one on which nothing was ever due or asked
    for is left to its owner.
    """
    candidates = list(tasks)
    steps = _steps(session, {holder_of(task) for task in candidates})
    papers = _papers(session, {holder_of(task, SharedList.DELIVERABLES) for task in candidates})
    found = []
    for task in candidates:
        done = steps.get(holder_of(task))
        handed_in = papers.get(holder_of(task, SharedList.DELIVERABLES))
        if (done or handed_in) and done is not False and handed_in is not False:
            found.append(task)
    return found


def _steps(session: Session, holder_ids: set[int]) -> dict[int, bool]:
    """Whether every step but the archiving is done; nothing said of lists without any."""
    occurrence = aliased(Milestone)
    has_begun = exists().where(col(occurrence.series_id) == col(Milestone.id))
    rows = session.execute(
        columns(col(Milestone.task_id), col(Milestone.state))
        .where(
            col(Milestone.task_id).in_(holder_ids),
            col(Milestone.kind) != MilestoneKind.ARCHIVE,
            (col(Milestone.kind) != MilestoneKind.SERIES) | ~has_begun,
        )
        .distinct()
    ).all()
    found: dict[int, bool] = {}
    for holder, state in rows:
        found[holder] = found.get(holder, True) and state not in OPEN_MILESTONES
    return found


def _papers(session: Session, holder_ids: set[int]) -> dict[int, bool]:
    """Whether there is something for every deliverable that is required; nothing said of lists without any."""
    is_handed_in = exists().where(
        col(Evidence.deliverable_id) == col(Deliverable.id), col(Evidence.state).in_(_HANDED_IN)
    )
    rows = session.execute(
        columns(col(Deliverable.task_id), is_handed_in)
        .where(col(Deliverable.task_id).in_(holder_ids), col(Deliverable.is_required))
        .distinct()
    ).all()
    found: dict[int, bool] = {}
    for holder, is_there in rows:
        found[holder] = found.get(holder, True) and bool(is_there)
    return found
