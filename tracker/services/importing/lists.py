"""Applying a corrected list of deliverables or milestones to a task without losing what was done.

An item is recognised by its text, then by its number. What has evidence, was issued, or was done before the program
came (补录), is never deleted: it is kept and the coordinator is told. The first due day of an issued milestone stays; its present one moves only while
it is not done.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from tracker.clock import office_day
from tracker.identity import id_of
from tracker.importers.draft import Diagnostic
from tracker.importers.milestones import without_turn
from tracker.models import Deliverable, Milestone, Task
from tracker.queries.directory import (
    list_deliverables_with_evidence,
    list_own_deliverables,
    list_own_milestones,
    was_issued,
)
from tracker.queries.served import WATCHED_STATES, SharedList, list_served_tasks
from tracker.services.changing import change_row
from tracker.services.events import roll_out
from tracker.services.importing.acts import ImportAct, doubt
from tracker.services.tasks import DeliverablePlan, MilestonePlan, write_milestone
from tracker.services.watching import look_day
from workflows.milestone import DONE_MILESTONES, MilestoneKind
from workflows.task import OPEN_STATES, TaskState

Old = TypeVar("Old")
New = TypeVar("New")


def match_items(
    old: Sequence[Old],
    new: Sequence[New],
    keys: Sequence[tuple[Callable[[Old], object], Callable[[New], object]]],
) -> tuple[list[tuple[Old, New]], list[Old], list[New]]:
    """Pair old and new items by the first key that fits, then by the next; also what is left on either side."""
    pairs: list[tuple[Old, New]] = []
    left, right = list(old), list(new)
    for key_of_old, key_of_new in keys:
        for item in list(right):
            found = next((each for each in left if key_of_old(each) == key_of_new(item)), None)
            if found is not None:
                pairs.append((found, item))
                left.remove(found)
                right.remove(item)
    return pairs, left, right


def rewrite_deliverables(
    act: ImportAct, task: Task, plans: Sequence[DeliverablePlan]
) -> tuple[list[dict[str, Any]], list[Diagnostic]]:
    """Bring a task's own deliverables to what the new file lists; returns what changed and what is doubtful."""
    session = act.session
    known = list_own_deliverables(session, id_of(task))
    with_evidence = list_deliverables_with_evidence(session, [id_of(each) for each in known])
    pairs, gone, fresh = match_items(
        known,
        plans,
        [(lambda row: row.text, lambda plan: plan.text), (lambda row: row.number, lambda plan: plan.number)],
    )
    changes: list[dict[str, Any]] = []
    doubts: list[Diagnostic] = []
    _free_numbers(act, known)
    for row, plan in pairs:
        if row.text != plan.text and row.id in with_evidence:
            doubts.append(
                doubt(
                    "deliverable-reworded",
                    f"成果“{row.text}”改为“{plan.text}”，已有佐证材料，请核对是否仍然适用。",
                )
            )
        if row.text != plan.text:
            changes.append({"id": row.id, "changed": {"text": [row.text, plan.text]}})
        row.text, row.number, row.is_required = plan.text, plan.number, True
    next_number = max((plan.number for plan in plans), default=0)
    for row in gone:
        if row.id in with_evidence:
            next_number += 1
            row.number, row.is_required = next_number, False
            doubts.append(
                doubt("deliverable-kept", f"新文件中没有成果“{row.text}”，因已有佐证材料而保留，不再必需。")
            )
            changes.append({"id": row.id, "changed": {"is_required": [True, False]}})
        else:
            changes.append({"id": row.id, "removed": row.text})
            session.delete(row)
    for plan in fresh:
        session.add(
            Deliverable(task_id=id_of(task), number=plan.number, text=plan.text, is_required=plan.is_required)
        )
        changes.append({"added": plan.text, "number": plan.number})
    session.flush()
    return changes, doubts


def rewrite_milestones(
    act: ImportAct, task: Task, plans: Sequence[MilestonePlan]
) -> tuple[list[dict[str, Any]], list[Diagnostic]]:
    """Bring a task's own milestones to what the new file lists; returns what changed and what is doubtful.

    `task.draft` still holds the row as it was imported before.
    """
    before = imported_deadlines(task)
    known = [row for row in list_own_milestones(act.session, id_of(task)) if row.series_id is None]
    served = list_served_tasks(act.session, id_of(task), SharedList.MILESTONES)
    is_issued = was_issued(act.session, [id_of(each) for each in served])
    is_watched = any(each.state in WATCHED_STATES for each in served)
    pairs, gone, fresh = match_items(
        known,
        plans,
        [
            (_words_and_phrase, _words_and_phrase),
            (lambda row: (row.number, row.part), lambda plan: (plan.number, plan.part)),
        ],
    )
    changes: list[dict[str, Any]] = []
    doubts: list[Diagnostic] = []
    for row, plan in pairs:
        if is_issued and _is_another_duty(row, plan):
            gone.append(row)
            fresh.append(plan)
            continue
        said = before.get((row.number, row.part))
        change, doubted = _rewrite_milestone(act, row, plan, said, is_issued=is_issued)
        if any("due_on" in each["changed"] for each in change):
            row.look_on = look_day(row, office_day(act.at), is_watched=is_watched)
        changes += change
        doubts += doubted
    for row in gone:
        if row.done_on is not None and not is_issued:
            doubts.append(
                doubt(
                    "milestone-backfilled",
                    f"新文件中没有节点“{row.text}”，因已补录而保留；不再需要的，请先撤回补录，再导入一次。",
                )
            )
        elif is_issued:
            if row.state not in DONE_MILESTONES:
                doubts.append(
                    doubt(
                        "milestone-kept",
                        f"新文件中没有节点“{row.text}”，已下达的节点予以保留；不再需要的，请分管领导豁免。",
                    )
                )
        else:
            changes.append({"id": row.id, "removed": row.text})
            act.session.delete(row)
    changes += [_add_milestone(act, task, plan, is_watched=is_watched) for plan in fresh]
    act.session.flush()
    if fresh and (under_way := [each for each in served if each.state in OPEN_STATES]):
        roll_out(act.session, id_of(under_way[0]), calendar=act.calendar)
    return changes, doubts


def imported_deadlines(task: Task) -> dict[tuple[int, int], tuple[str | None, date | None]]:
    """The phrase and the day of each milestone as the file gave them last, by number and part."""
    found: dict[tuple[int, int], tuple[str | None, date | None]] = {}
    parts: dict[int, int] = {}
    for milestone in (task.draft or {}).get("milestones", ()):
        for deadline in milestone["deadlines"] or ({"span": None, "due": None},):
            number = milestone["n"]
            parts[number] = parts.get(number, 0) + 1
            due = date.fromisoformat(deadline["due"]) if deadline["due"] else None
            found[(number, parts[number])] = (deadline["span"], due)
    return found


def _words_and_phrase(item: Milestone | MilestonePlan) -> tuple[str, str | None]:
    """What a step says, whichever of its deadlines it is counted as: another day in the cell moves nobody's work."""
    return without_turn(item.text, item.span), item.span


def _free_numbers(act: ImportAct, known: Sequence[Deliverable]) -> None:
    """Move the numbers out of the way first: two rows of a task never have the same one, not even for a moment."""
    for row in known:
        row.number = -row.number - 1
    act.session.flush()


def _is_another_duty(row: Milestone, plan: MilestonePlan) -> bool:
    """Whether a change of rule would leave behind occurrences that were reckoned by the old one."""
    if row.kind is not plan.kind:
        return MilestoneKind.SERIES in (row.kind, plan.kind)
    if row.kind is not MilestoneKind.SERIES:
        return False
    offset = (row.offset_count, row.offset_unit, row.offset_event)
    new_offset = (
        (plan.offset.count, plan.offset.unit, plan.offset.event) if plan.offset else (None, None, None)
    )
    return (row.recurrence, offset) != (plan.recurrence, new_offset)


def _rewrite_milestone(
    act: ImportAct,
    row: Milestone,
    plan: MilestonePlan,
    said: tuple[str | None, date | None] | None,
    *,
    is_issued: bool,
) -> tuple[list[dict[str, Any]], list[Diagnostic]]:
    """Bring one milestone to what the new file says of it; `said` is what the file before said of its deadline."""
    is_moved = said != (plan.span, plan.due_on)
    wanted = write_milestone(plan, row.task_id)
    values: dict[str, Any] = {"number": wanted.number, "part": wanted.part, "text": wanted.text}
    doubts = []
    if row.state in DONE_MILESTONES:
        if is_moved:
            doubts.append(
                doubt("milestone-done", f"节点“{row.text}”已经办结，新文件的时限“{plan.span}”没有应用。")
            )
    else:
        is_extended = is_issued and said is not None and row.due_on not in (said[1], wanted.due_on)
        values |= _dates(row, wanted, is_issued=is_issued, is_moved=is_moved and not is_extended)
        if is_moved and is_extended:
            doubts.append(
                doubt(
                    "extension-kept",
                    f"节点“{row.text}”已延期到{row.due_on}，新文件的时限“{plan.span}”没有应用；"
                    "需要改变的，请由分管领导另行批准。",
                )
            )
    changed = change_row(row, values)
    act.session.add(row)
    return ([{"id": row.id, "changed": changed}] if changed else []), doubts


def _dates(row: Milestone, wanted: Milestone, *, is_issued: bool, is_moved: bool) -> dict[str, Any]:
    """The fields of the deadline; a day that was moved in the register stays where the file says what it said."""
    values: dict[str, Any] = {
        "kind": wanted.kind,
        "deadline_kind": wanted.deadline_kind,
        "span": wanted.span,
        "start_on": wanted.start_on,
        "recurrence": wanted.recurrence,
        "offset_count": wanted.offset_count,
        "offset_unit": wanted.offset_unit,
        "offset_event": wanted.offset_event,
    }
    if is_moved or not is_issued:
        values |= {"due_on": wanted.due_on, "is_provisional": wanted.is_provisional}
        values["first_due_on"] = (row.first_due_on if is_issued else None) or wanted.first_due_on
    return values


def _add_milestone(act: ImportAct, task: Task, plan: MilestonePlan, *, is_watched: bool) -> dict[str, Any]:
    row = write_milestone(plan, id_of(task))
    row.look_on = look_day(row, office_day(act.at), is_watched=is_watched)
    act.session.add(row)
    return {"added": plan.text, "due_on": plan.due_on.isoformat() if plan.due_on else None}


def is_finished(task: Task) -> bool:
    """Whether a corrected file can change nothing on the task any more."""
    return task.state in (TaskState.CLOSED, TaskState.ARCHIVED, TaskState.CANCELLED)
