"""Applying changed people and units of a corrected row: a change of person is a reassignment, on record as such.

Whoever was put on the task by hand since stays: only people whom the file named before are replaced or dismissed.
"""

from __future__ import annotations

from itertools import zip_longest
from typing import Any

from tracker.errors import ValueRefused
from tracker.identity import id_of
from tracker.importers.draft import Diagnostic, DraftRow
from tracker.models import Task, TaskUnit
from tracker.queries.directory import list_task_units
from tracker.queries.people import find_part
from tracker.services.importing.acts import ImportAct, doubt
from tracker.services.people import appoint, dismiss, reassign_task
from workflows.roles import ROLE_LABELS, Role


def rewrite_people(
    act: ImportAct, task: Task, role: Role, before: list[str], after: list[str]
) -> list[Diagnostic]:
    """Replace, appoint and dismiss as the file does; each is an event of its own. Returns what is doubtful."""
    doubts: list[Diagnostic] = []
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    held = [name for name in gone if _holds(act, task, role, name)]
    doubts += [
        doubt(
            "person-changed-since",
            f"新文件不再由“{name}”担任{ROLE_LABELS[role]}，但系统中已另行调整，请核对现在的{ROLE_LABELS[role]}。",
        )
        for name in gone
        if name not in held
    ]
    newcomers = [number for name in come if (number := act.book.person_id(name)) is not None]
    for name, to_person in zip_longest(held, newcomers):
        doubts += _change_part(act, task, role, name, to_person)
    return doubts


def _change_part(
    act: ImportAct, task: Task, role: Role, name: str | None, to_person: int | None
) -> list[Diagnostic]:
    session, task_id, actor, at = act.session, id_of(task), act.actor, act.at
    from_person = act.book.person_id(name) if name else None
    try:
        if from_person is not None and to_person is not None:
            reassign_task(
                session,
                task_id,
                role=role,
                from_person_id=from_person,
                to_person_id=to_person,
                actor=actor,
                at=at,
            )
        elif to_person is not None:
            appoint(session, task_id, person_id=to_person, role=role, actor=actor, at=at)
        elif from_person is not None:
            dismiss(session, task_id, person_id=from_person, role=role, actor=actor, at=at)
    except ValueRefused as refusal:
        return [doubt("person-kept", f"新文件的{ROLE_LABELS[role]}没有应用：{refusal}")]
    return []


def _holds(act: ImportAct, task: Task, role: Role, name: str) -> bool:
    number = act.book.person_id(name)
    return number is not None and find_part(act.session, id_of(task), number, role) is not None


def rewrite_units(act: ImportAct, task: Task, row: DraftRow) -> tuple[dict[str, Any], list[Diagnostic]]:
    """Add and remove assisting units as the file does; one that reported progress is kept. `task.draft` still holds the
    row as it was imported before.
    """
    rows = {each.unit_id: each for each in list_task_units(act.session, id_of(task))}
    draft = task.draft or {}
    before, after = list(draft.get("units", ())), list(row.units)
    named = act.book.assisting_ids(draft.get("lead_unit", ""), before)
    wanted = act.book.assisting_ids(row.lead_unit, after)
    doubts = []
    for unit_id, name in named.items():
        known = rows.get(unit_id)
        if known is None or unit_id in wanted:
            continue
        if known.progress:
            doubts.append(doubt("unit-kept", f"新文件中没有责任部门“{name}”，因已报送进展而保留。"))
        else:
            act.session.delete(known)
    for position, unit_id in enumerate(wanted):
        if unit_id in rows:
            rows[unit_id].position = position
        else:
            act.session.add(TaskUnit(task_id=id_of(task), unit_id=unit_id, position=position))
    act.session.flush()
    return {"units": [before, after]}, doubts
