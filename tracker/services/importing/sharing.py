"""Merged cells: the task of a row that shares a list points to the task that holds it."""

from __future__ import annotations

from collections.abc import Mapping

from tracker.identity import id_of
from tracker.importers.draft import Diagnostic, DraftRow, DraftTable, Severity
from tracker.models import Task
from tracker.services.importing.acts import doubt
from tracker.services.importing.differences import FIELD_LABELS

_POINTERS = {"deliverables": "deliverables_from_id", "milestones": "milestones_from_id"}


def share_lists(
    task: Task, row: DraftRow, table: DraftTable, tasks: Mapping[str | None, Task]
) -> list[Diagnostic]:
    """Point a task to the holders of its shared lists; a holder that cannot be found is doubtful."""
    doubts = []
    for name, pointer in _POINTERS.items():
        label = row.shared.get(name)
        holder = _holder(name, row, table, tasks) if label else None
        if label and holder is None:
            message = f"{FIELD_LABELS[name]}与第{label}项共用，但表中没有这一项，请核对。"
            doubts.append(Diagnostic("shared-holder-missing", Severity.WARNING, message, where=row.where))
        holder_id = id_of(holder) if holder is not None and holder is not task else None
        before = getattr(task, pointer)
        if before == holder_id:
            continue
        setattr(task, pointer, holder_id)
        if before is not None:
            message = f"{FIELD_LABELS[name]}原与任务{before}共用，新文件不再共用；已办的仍记在任务{before}名下，请核对是否要补办。"
            doubts.append(doubt("list-unshared", message))
    return doubts


def _holder(name: str, row: DraftRow, table: DraftTable, tasks: Mapping[str | None, Task]) -> Task | None:
    """Follow the labels to the row that holds the list itself; never in a circle."""
    by_label = {each.label: each for each in reversed(table.rows)}  # the first row of a label wins
    seen = {row.row_key}
    current = by_label.get(row.shared[name])
    while current is not None and name in current.shared and current.row_key not in seen:
        seen.add(current.row_key)
        current = by_label.get(current.shared[name])
    return tasks.get(current.row_key) if current is not None and current.row_key not in seen else None
