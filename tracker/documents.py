"""Rows of the register as plain documents: what `--json` and the API tell, and what pages for people are drawn from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlmodel import Session

from tracker.identity import id_of
from tracker.lights import light_of, rests_on_backfill, task_light
from tracker.models import Evidence, EvidenceState, Extension, Instruction, Milestone, Task
from tracker.queries.campaigns import get_campaign, list_deductions, sum_deductions
from tracker.queries.directory import list_task_units
from tracker.queries.evidence import list_deliverables, list_evidence
from tracker.queries.findings import list_findings
from tracker.queries.instructions import list_instructions
from tracker.queries.milestones import list_extensions, list_milestones, list_milestones_of_tasks
from tracker.queries.parts import Parts, get_parts_of_tasks
from tracker.queries.people import get_unit, names_of
from tracker.queries.tasks import get_task
from tracker.queries.timeline import label_event, list_timeline
from tracker.row_numbers import row_number
from tracker.rules import OfficeRules
from workflows.kernel import Unmet
from workflows.milestone import OPEN_MILESTONES, MilestoneKind
from workflows.registry import state_label
from workflows.roles import TASK_ROLES
from workflows.task import STANDING_STILL

if TYPE_CHECKING:
    from tracker.services.importing import ImportOutcome


def read_task_documents(
    session: Session, tasks: Sequence[Task], *, today: date, rules: OfficeRules
) -> list[dict[str, Any]]:
    """What a list shows of each task, in the order given, by a handful of statements for all of them."""
    milestones = list_milestones_of_tasks(session, tasks)
    parts = get_parts_of_tasks(session, tasks)
    names = names_of(session, {person for part in parts.values() for person in part.everyone()})
    return [
        _task_document(task, milestones[id_of(task)], parts[id_of(task)], names, today=today, rules=rules)
        for task in tasks
    ]


def task_document(session: Session, task: Task, *, today: date, rules: OfficeRules) -> dict[str, Any]:
    """What a list shows of one task."""
    return read_task_documents(session, [task], today=today, rules=rules)[0]


def _task_document(
    task: Task,
    milestones: Sequence[Milestone],
    parts: Parts,
    names: Mapping[int, str],
    *,
    today: date,
    rules: OfficeRules,
) -> dict[str, Any]:
    steps = [milestone for milestone in milestones if milestone.kind is not MilestoneKind.SERIES]
    light = task_light(
        steps,
        today=today,
        thresholds=rules.lights,
        measure=rules.measure,
        is_running=task.state not in STANDING_STILL,
    )
    open_days = [each.due_on for each in steps if each.state in OPEN_MILESTONES and each.due_on is not None]
    return {
        "id": id_of(task),
        "label": row_number(task.seq, task.sub) or None,
        "title": task.title,
        "state": task.state.value,
        "state_label": state_label(task.workflow, task.state, task.step),
        "light": light.value,
        "is_backfilled": rests_on_backfill(steps),
        "next_due_on": min(open_days, default=None),
        "version": task.version,
        "people": {role.value: [names[person] for person in parts.holders(role)] for role in TASK_ROLES},
    }


def task_page(session: Session, task_id: int, *, today: date, rules: OfficeRules) -> dict[str, Any]:
    """Everything about one task. Raises TaskNotFound."""
    task = get_task(session, task_id)
    return {
        "schema": "dingban.task/1",
        **task_document(session, task, today=today, rules=rules),
        "campaign": get_campaign(session, task.campaign_id).name,
        "group": task.group,
        "requirement": task.requirement,
        "basis": task.basis,
        "score": task.score,
        "lead_unit": None if task.lead_unit_id is None else get_unit(session, task.lead_unit_id).name,
        "units": [
            {
                "id": each.unit_id,
                "name": get_unit(session, each.unit_id).name,
                "progress": each.progress,
                "progress_at": each.progress_at,
            }
            for each in list_task_units(session, task_id)
        ],
        "shared": {
            "deliverables": task.deliverables_from_id,
            "milestones": task.milestones_from_id,
        },
        "issued_at": task.issued_at,
        "accept_by_on": task.accept_by_on,
        "closed_at": task.closed_at,
        "milestones": milestone_documents(session, task, today=today, rules=rules),
        "deliverables": deliverable_documents(session, task),
        "instructions": [instruction_document(each) for each in list_instructions(session, task_id)],
        "deductions": [
            {"on": each.on, "points": each.points, "note": each.note}
            for each in list_deductions(session, task_id)
        ],
        "points_lost": sum_deductions(session, task),
        "findings": _findings(session, task_id),
        "timeline": _timeline(session, task_id),
    }


def milestone_documents(
    session: Session, task: Task, *, today: date, rules: OfficeRules
) -> list[dict[str, Any]]:
    """The milestones of a task, with their lights and extensions."""
    return [
        {
            **milestone_document(milestone),
            "light": light_of(
                milestone,
                today=today,
                thresholds=rules.lights,
                measure=rules.measure,
                is_running=task.state not in STANDING_STILL,
            ).value,
            "extensions": [extension_document(each) for each in list_extensions(session, id_of(milestone))],
        }
        for milestone in list_milestones(session, task)
    ]


def _findings(session: Session, task_id: int) -> list[dict[str, Any]]:
    return [
        {
            "id": each.id,
            "severity": each.severity.value,
            "message": each.message,
            "settled": each.settled_at is not None,
        }
        for each in list_findings(session, task_id=task_id)
    ]


def _timeline(session: Session, task_id: int) -> list[dict[str, Any]]:
    return [
        {
            "at": event.at,
            "actor": event.actor_name,
            "recorded_by": event.recorded_by_name,
            "kind": event.kind,
            "label": label_event(event.kind),
            "data": json.loads(event.data),
        }
        for event in list_timeline(session, task_id)
    ]


def deliverable_documents(session: Session, task: Task) -> list[dict[str, Any]]:
    """What is to be handed in for a task, with the newest versions of what was."""
    handed_in = [
        (deliverable.number, evidence)
        for deliverable, evidence in list_evidence(session, task)
        if evidence.state is not EvidenceState.SUPERSEDED
    ]
    names = names_of(session, {evidence.submitted_by_id for _, evidence in handed_in})
    return [
        {
            "id": id_of(deliverable),
            "number": deliverable.number,
            "text": deliverable.text,
            "is_required": deliverable.is_required,
            "evidence": [
                {**evidence_document(evidence), "submitted_by": names.get(evidence.submitted_by_id)}
                for number, evidence in handed_in
                if number == deliverable.number
            ],
        }
        for deliverable in list_deliverables(session, task)
    ]


def milestone_document(milestone: Milestone) -> dict[str, Any]:
    return {
        "id": milestone.id,
        "task_id": milestone.task_id,
        "number": milestone.number,
        "part": milestone.part,
        "text": milestone.text,
        "kind": milestone.kind.value,
        "state": milestone.state.value,
        "span": milestone.span,
        "due_on": milestone.due_on,
        "first_due_on": milestone.first_due_on,
        "is_provisional": milestone.is_provisional,
        "recurrence": milestone.recurrence,
        "series_id": milestone.series_id,
        "waits_for": milestone.offset_event if milestone.due_on is None else None,
        "reported_at": milestone.reported_at,
        "met_at": milestone.met_at,
        "done_on": milestone.done_on,
        "done_basis": milestone.done_basis,
    }


def extension_document(extension: Extension) -> dict[str, Any]:
    return {
        "id": extension.id,
        "milestone_id": extension.milestone_id,
        "number": extension.number,
        "state": extension.state.value,
        "from_due_on": extension.from_due_on,
        "to_due_on": extension.to_due_on,
        "reason": extension.reason,
        "is_late": extension.is_late,
        "decision": extension.decision,
    }


def evidence_document(evidence: Evidence) -> dict[str, Any]:
    return {
        "id": evidence.id,
        "deliverable_id": evidence.deliverable_id,
        "milestone_id": evidence.milestone_id,
        "name": evidence.name,
        "version": evidence.version,
        "state": evidence.state.value,
        "sha256": evidence.sha256,
        "link": evidence.link,
        "submitted_at": evidence.submitted_at,
        "review_reason": evidence.review_reason,
    }


def import_document(source: Mapping[str, Any], outcome: ImportOutcome) -> dict[str, Any]:
    """What an import did. `source` is the account of its characters."""
    return {
        "schema": "dingban.import/1",
        "source": dict(source),
        "campaign_id": outcome.campaign_id,
        "created": outcome.created,
        "changed": outcome.changed,
        "unchanged": outcome.unchanged,
        "withdrawn": outcome.withdrawn,
        "moved": outcome.moved,
        "new_people": outcome.new_people,
        "new_units": outcome.new_units,
        "findings": [
            {
                "id": each.id,
                "task_id": each.task_id,
                "code": each.code,
                "severity": each.severity.value,
                "message": each.message,
            }
            for each in outcome.findings
        ],
    }


def explanation_document(task_id: int, found: Mapping[StrEnum, Sequence[Unmet]]) -> dict[str, Any]:
    """What each trigger that starts where the task is still lacks."""
    return {
        "schema": "dingban.explain/1",
        "task_id": task_id,
        "triggers": [
            {
                "trigger": trigger.value,
                "allowed": not unmet,
                "unmet": [{"code": each.code, "message": each.message} for each in unmet],
            }
            for trigger, unmet in found.items()
        ],
    }


def instruction_document(instruction: Instruction) -> dict[str, Any]:
    return {
        "id": instruction.id,
        "task_id": instruction.task_id,
        "text": instruction.text,
        "given_at": instruction.given_at,
        "acknowledged_at": instruction.acknowledged_at,
    }
