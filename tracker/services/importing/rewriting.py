"""Applying a corrected row to its task: the fields that the file itself changed, and nothing else."""

from __future__ import annotations

from typing import Any

from tracker.identity import id_of
from tracker.importers.draft import Diagnostic, DraftRow
from tracker.models import Task
from tracker.queries.locking import lock_task
from tracker.services.auditing import record
from tracker.services.changing import change_row
from tracker.services.importing.acts import ImportAct, doubt
from tracker.services.importing.differences import FIELD_LABELS, changed_fields
from tracker.services.importing.lists import is_finished, rewrite_deliverables, rewrite_milestones
from tracker.services.importing.people import rewrite_people, rewrite_units
from tracker.services.importing.plans import plain_fields, plan_deliverables, plan_milestones, title_of
from workflows.roles import TASK_ROLES
from workflows.task import TASK_WORKFLOW

_PLAIN = frozenset(
    {"seq", "sub", "group", "title", "requirement", "basis", "source", "score", "notes", "units", "lead_unit"}
)


def rewrite_task(act: ImportAct, task_id: int, row: DraftRow, *, source_name: str) -> list[Diagnostic]:
    """Apply what changed between the last import of a row and this one, in one event. Returns what is doubtful.

    A task that is closed, archived or cancelled keeps everything; the finding says what the file wants.
    """
    task = lock_task(act.session, task_id)
    after = row.to_json()
    changed = changed_fields(task.draft or {}, after)
    doubts: list[Diagnostic] = []
    said: dict[str, Any] = {"fields": sorted(changed), "file": source_name}
    if is_finished(task):
        fields = "、".join(FIELD_LABELS[name] for name in changed)
        state = TASK_WORKFLOW.state_labels[task.state]
        doubts.append(doubt("task-finished", f"任务{state}，新文件对{fields}的改动没有应用，请核对。"))
        said["is_applied"] = False
    else:
        doubts += _apply(act, task, row, changed, said)
    task.draft = after
    task.source = {"file": source_name, "where": row.where, "cells": dict(row.places)}
    task.version += 1
    act.session.add(task)
    _record(act, task, said)
    return doubts


def _apply(
    act: ImportAct, task: Task, row: DraftRow, changed: dict[str, tuple[Any, Any]], said: dict[str, Any]
) -> list[Diagnostic]:
    doubts: list[Diagnostic] = []
    said["changed"] = change_row(task, _columns(act, row, changed))
    for role in TASK_ROLES:
        if role.value in changed:
            doubts += rewrite_people(act, task, role, *changed[role.value])
    if "units" in changed or (
        "lead_unit" in changed and any(map(act.book.collective, filter(None, changed["lead_unit"])))
    ):
        units, more = rewrite_units(act, task, row)
        said["changed"] |= units
        doubts += more
    if "deliverables" in changed:
        said["deliverables"], more = rewrite_deliverables(act, task, plan_deliverables(row))
        doubts += more
    if "milestones" in changed:
        said["milestones"], more = rewrite_milestones(act, task, plan_milestones(row.milestones))
        doubts += more
    return doubts


def _columns(act: ImportAct, row: DraftRow, changed: dict[str, tuple[Any, Any]]) -> dict[str, Any]:
    """The columns of the task that the changed fields of the row stand in."""
    wanted = plain_fields(row, act.book) | {"title": title_of(row), "requirement": row.requirement}
    column_of = dict.fromkeys(("source", "notes", "units", "lead_unit"), "remark")
    values = {
        column_of.get(name, name): wanted[column_of.get(name, name)] for name in changed if name in _PLAIN
    }
    if "requirement" in changed and not row.title.strip():  # then its beginning is the title
        values["title"] = wanted["title"]
    if "lead_unit" in changed or (
        "units" in changed and not row.lead_unit and _is_led_by_word(act, row, changed)
    ):
        values["lead_unit_id"] = act.book.lead_unit_id(row.lead_unit, row.units)
    return values


def _is_led_by_word(act: ImportAct, row: DraftRow, changed: dict[str, tuple[Any, Any]]) -> bool:
    """Whether the first of the units was, or is now, a word for several (各科室)."""
    firsts = [next(iter(units), "") for units in (changed["units"][0], row.units)]
    return any(act.book.collective(first) is not None for first in firsts if first)


def _record(act: ImportAct, task: Task, said: dict[str, Any]) -> None:
    record(
        act.session,
        kind="task.change",
        actor=act.actor,
        at=act.at,
        subject="task",
        subject_id=id_of(task),
        task_id=id_of(task),
        data=said,
    )
