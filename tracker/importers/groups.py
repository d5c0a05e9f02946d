"""Headings over several rows: filled up and down where the source shows a merge as blank cells.

The words stand on any one of the merged rows. Which rows belong together is told by the merge itself, else by
the numbers their texts count up with ((1), (2), (3)); only where a table counts nowhere, a blank takes the
heading above it.
"""

from __future__ import annotations

from collections.abc import Sequence

from tracker.importers.columns import Field
from tracker.importers.draft import Severity
from tracker.importers.grids import Slot
from tracker.importers.rows import WorkRow, content_number


def fill_headings(rows: Sequence[WorkRow]) -> None:
    """Set `group` of every row and report what was filled."""
    for row in rows:
        row.group = " ".join(row.text(Field.GROUP).split("\n")).strip()
    if not any(row.group for row in rows):
        _take_chapters(rows)
        return
    runs = _runs(rows)
    for run in runs:
        _fill_run(run)
    if not any(len(run) > 1 for run in runs):
        _fill_down(rows)
    _take_chapters(rows)
    for row in rows:
        if not row.group:
            row.note(
                "missing-group",
                Severity.INFO,
                "没有分组标题，也看不出属于上一组还是下一组。如需分组请在原表补上。",
                column=_heading(row),
            )


def fill_titles(rows: Sequence[WorkRow], wanted: Field) -> dict[int, str]:
    """For a table of tasks over measures: the task that a row with a blank takes from above, by position in `rows`."""
    filled: dict[int, str] = {}
    above = ""
    for position, row in enumerate(rows):
        own = " ".join(row.text(wanted).split())
        if not own and above and not row.knows_merges:
            filled[position] = above
            row.note(
                "title-filled",
                Severity.INFO,
                f"事项名称是空的（合并单元格），沿用上一行的“{above}”。",
                repair=f"填入“{above}”",
            )
        above = own or above
    return filled


def _take_chapters(rows: Sequence[WorkRow]) -> None:
    for row in rows:
        if not row.group and row.chapter is not None:
            row.group = " ".join(row.chapter.text.split())


def _runs(rows: Sequence[WorkRow]) -> list[list[WorkRow]]:
    """Rows that stand under one heading, as far as merges and numbers prove it."""
    runs: list[list[WorkRow]] = []
    for row in rows:
        if runs and _is_linked(runs[-1], row):
            runs[-1].append(row)
        else:
            runs.append([row])
    return runs


def _is_linked(run: Sequence[WorkRow], row: WorkRow) -> bool:
    last = run[-1]
    if _shares_cell(last, row):
        return True
    printed = {member.group for member in run if member.group}
    if row.group and printed and row.group not in printed:
        return False
    one, other = content_number(last), content_number(row)
    return one is not None and other is not None and other == (one[0], one[1] + 1)


def _shares_cell(one: WorkRow, other: WorkRow) -> bool:
    first, second = _group_slot(one), _group_slot(other)
    return first is not None and second is not None and first.cell is second.cell


def _group_slot(row: WorkRow) -> Slot | None:
    slots = row.slots(Field.GROUP)
    return slots[0] if slots else None


def _fill_run(run: Sequence[WorkRow]) -> None:
    printed = list(dict.fromkeys(row.group for row in run if row.group))
    if len(printed) != 1:
        return
    for row in run:
        if not row.group:
            row.group = printed[0]
            _report(row)


def _fill_down(rows: Sequence[WorkRow]) -> None:
    above = next((row.group for row in rows if row.group), "")
    for row in rows:
        if row.group:
            above = row.group
        else:
            row.group = above
            _report(row)


def _report(row: WorkRow) -> None:
    row.note(
        "group-filled",
        Severity.INFO,
        f"“{_heading(row)}”是空的（合并单元格），按编号的连续关系填为“{row.group}”。",
        column=_heading(row),
        repair=f"填入“{row.group}”",
    )


def _heading(row: WorkRow) -> str:
    columns = row.header.columns_of(Field.GROUP)
    return "".join(row.header.headings[columns[0]].text.split()) if columns else "分组"
