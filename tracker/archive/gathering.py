"""Reading from the register what a closing package says. Nothing of it depends on when the package is built."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from tracker.archive.contents import (
    PackageContents,
    PackagedDeliverable,
    PackagedEvidence,
    PackagedMilestone,
)
from tracker.archive.history import line_of
from tracker.archive.naming import file_name, folder_name
from tracker.clock import office_day
from tracker.identity import id_of
from tracker.lights import BACKFILLED
from tracker.models import Deliverable, Evidence, Milestone, StoredFile, Task
from tracker.queries.campaigns import get_campaign
from tracker.queries.evidence import list_accepted_evidence, list_deliverables
from tracker.queries.milestones import list_milestones
from tracker.queries.packages import find_closing_event_id, list_assisting_units, list_history
from tracker.queries.parts import list_people_on_task
from tracker.queries.people import get_unit, names_of
from tracker.queries.served import SharedList, list_served_tasks
from tracker.queries.tasks import get_task
from tracker.row_numbers import row_number
from tracker.services.auditing import GENESIS_HASH
from workflows.milestone import MILESTONE_WORKFLOW, MilestoneKind, MilestoneState
from workflows.roles import ROLE_LABELS, TASK_ROLES

_Accepted = tuple[Evidence, StoredFile | None, Milestone | None]


def gather_package(session: Session, task: Task, *, closed_at: datetime) -> PackageContents:
    """What the package of a closed task holds and says."""
    until_id = find_closing_event_id(session, id_of(task)) or 0
    milestones = [each for each in list_milestones(session, task) if each.kind is not MilestoneKind.SERIES]
    steps = {id_of(each): _step_label(each) for each in milestones}
    events = list_history(session, task, until_id=until_id)
    campaign = get_campaign(session, task.campaign_id)
    holder_id = task.deliverables_from_id or id_of(task)
    return PackageContents(
        task_id=id_of(task),
        campaign=campaign.name,
        year=campaign.year,
        seq=row_number(task.seq, task.sub),
        group=task.group or "",
        title=task.title,
        requirement=task.requirement,
        lead_unit=get_unit(session, task.lead_unit_id).name if task.lead_unit_id else "",
        units=tuple(unit.name for unit in list_assisting_units(session, id_of(task))),
        people=_people(session, id_of(task)),
        issued_at=task.issued_at,
        submitted_at=task.submitted_at,
        closed_at=closed_at,
        deliverables=_deliverables(session, task, holder_id),
        milestones=tuple(_milestone(each) for each in milestones),
        history=tuple(line_of(event, steps) for event in events),
        audit_event_id=until_id,
        audit_hash=events[-1].hash if events else GENESIS_HASH,
        holder=_full_label(get_task(session, holder_id)) if task.deliverables_from_id else None,
        sharers=tuple(
            _full_label(other)
            for other in list_served_tasks(session, holder_id, SharedList.DELIVERABLES)
            if other.id not in (task.id, holder_id)
        ),
    )


def _deliverables(session: Session, task: Task, holder_id: int) -> tuple[PackagedDeliverable, ...]:
    accepted: dict[int, list[_Accepted]] = {}
    for row in list_accepted_evidence(session, holder_id):
        accepted.setdefault(row[0].deliverable_id, []).append(row)
    people = {
        number
        for rows in accepted.values()
        for evidence, _, _ in rows
        for number in (evidence.submitted_by_id, evidence.reviewed_by_id)
        if number is not None
    }
    names = names_of(session, people)
    return tuple(
        PackagedDeliverable(
            number=each.number,
            text=each.text,
            is_required=each.is_required,
            evidence=_evidence(each, accepted.get(id_of(each), []), names),
        )
        for each in list_deliverables(session, task)
    )


def _evidence(
    deliverable: Deliverable, rows: Sequence[_Accepted], names: dict[int, str]
) -> tuple[PackagedEvidence, ...]:
    folder = folder_name(deliverable.number, deliverable.text)
    return tuple(
        PackagedEvidence(
            evidence_id=id_of(evidence),
            name=evidence.name,
            version=evidence.version,
            path=f"{folder}/{_member_name(position, evidence)}",
            sha256=evidence.sha256,
            link=evidence.link,
            size=stored.size if stored else None,
            submitted_by=names.get(evidence.submitted_by_id, ""),
            submitted_on=office_day(evidence.submitted_at),
            reviewed_by=names.get(evidence.reviewed_by_id or 0, ""),
            reviewed_on=office_day(evidence.reviewed_at) if evidence.reviewed_at else None,
            occurrence=(milestone.occurs_on or milestone.due_on) if milestone else None,
        )
        for position, (evidence, stored, milestone) in enumerate(rows, start=1)
    )


def _member_name(position: int, evidence: Evidence) -> str:
    return file_name(position, evidence.name if evidence.sha256 else f"{evidence.name}（链接）.txt")


def _people(session: Session, task_id: int) -> tuple[tuple[str, tuple[str, ...]], ...]:
    rows = list_people_on_task(session, task_id)
    return tuple(
        (ROLE_LABELS[role], tuple(person.name for part, person in rows if part.role is role))
        for role in TASK_ROLES
    )


def _milestone(milestone: Milestone) -> PackagedMilestone:
    """The archiving step is met by the archiving that comes after the package, and its state is none of the contents;
    what was archived on paper before the program came (补录) is in it like any other.
    """
    is_archiving = milestone.kind is MilestoneKind.ARCHIVE and milestone.done_on is None
    is_standing = milestone.kind is MilestoneKind.STANDING
    state = MILESTONE_WORKFLOW.state_labels[milestone.state]
    if is_archiving:
        state = "随任务归档"
    elif is_standing and milestone.state is MilestoneState.PENDING:
        state = "常态化"
    elif milestone.done_on is not None:
        state = f"{state}（{BACKFILLED}）"
    done_at = milestone.reported_at if milestone.state is MilestoneState.MET else None
    reported_on = office_day(done_at) if done_at and not is_archiving else None
    return PackagedMilestone(
        number=milestone.number,
        text=milestone.text,
        state=state,
        first_due_on=milestone.first_due_on,
        due_on=milestone.due_on,
        done_on=milestone.done_on or reported_on,
    )


def _step_label(milestone: Milestone) -> str:
    occurrence = f"（{milestone.occurs_on.isoformat()}期）" if milestone.occurs_on else ""
    return f"第{milestone.number}个节点：{milestone.text}{occurrence}"


def _full_label(task: Task) -> str:
    return f"{row_number(task.seq, task.sub)} {task.title}".strip()
