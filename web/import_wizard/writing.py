"""Step 4: what will be written or changed, and writing it: all of it or nothing."""

from __future__ import annotations

from starlette.responses import Response

from tracker.importers.draft import Draft
from tracker.models import ImportStep
from tracker.queries.import_sessions import count_beyond_draft
from tracker.services.import_sessions.committing import (
    commit_import,
    count_rows_of_new_tables,
    explain_commit,
    is_known,
    list_import_differences,
)
from tracker.services.import_sessions.matching import NameKind, NameMatch, list_name_matches
from tracker.services.importing import DifferenceKind, ImportOutcome, RowDifference
from web.desk import Desk
from web.import_wizard import frame
from web.import_wizard.carried import summary_of
from web.import_wizard.slugs import slug_of

MOST_SHOWN = 300


def show(desk: Desk, import_id: int) -> Response:
    run, draft = frame.opened(desk, import_id)
    differences = list_import_differences(desk.session, run, draft)
    names = list_name_matches(desk.session, run, draft)
    return frame.show(
        desk,
        run,
        draft,
        ImportStep.DIFFERENCES,
        "differences.html",
        unmet=explain_commit(desk.session, run, draft),
        by_row=_by_row(differences)[:MOST_SHOWN],
        row_count=len(_by_row(differences)),
        counts=_counts(draft),
        kinds={kind: sum(each.kind is kind for each in differences) for kind in DifferenceKind},
        new_rows=count_rows_of_new_tables(desk.session, run, draft),
        carried=summary_of(run, draft),
        is_again=is_known(desk.session, run, draft),
        new_people=[each.name for each in names if each.is_entered and each.kind is NameKind.PERSON],
        new_units=[each.name for each in names if each.is_entered and each.kind is NameKind.UNIT],
        unanswered=[words for each in names if (words := _unanswered_words(each))],
        slugs={
            (table.title, row.row_key): slug_of(table.number, row.where)
            for table in draft.tables
            for row in table.rows
        },
    )


def _unanswered_words(match: NameMatch) -> str:
    """What was asked of a name and not answered, so that it is entered beside the others; empty where nothing was."""
    if not match.asked:
        return ""
    return f"“{match.name}”是否就是{'、'.join(f'“{each.name}”' for each in match.asked)}"


def commit(desk: Desk, import_id: int) -> Response:
    run, _ = frame.locked(desk, import_id)
    outcome = commit_import(
        desk.session,
        run,
        reader=frame.reader_of(desk),
        actor=desk.actor,
        at=desk.at,
        calendar=desk.house.calendar(desk.session),
        expected_version=desk.form.whole("version", "版本") - 1,
    )
    said = "，".join(
        f"{label}{len(ids)}项"
        for label, ids in (
            ("新建", outcome.created),
            ("更新", outcome.changed),
            ("没有变化", outcome.unchanged),
            ("新文件中没有而保留", outcome.withdrawn),
        )
        if ids
    )
    return desk.done(frame.path_of(run, ImportStep.ISSUING), _written_words(desk, outcome, said))


def _written_words(desk: Desk, outcome: ImportOutcome, said: str) -> str:
    """What was written; changes of tasks that were issued before count at once, and are not called drafts."""
    live = count_beyond_draft(desk.session, outcome.changed)
    if not live:
        return f"已写入草稿：任务{said}。下达之前不通知任何人。"
    has_drafts = len(outcome.created) + len(outcome.changed) > live
    rest = "；其余是草稿，下达之前不通知任何人" if has_drafts else ""
    return f"已写入：任务{said}。更新的任务中{live}项已下达，改动立即生效{rest}。"


def _by_row(differences: list[RowDifference]) -> list[list[RowDifference]]:
    rows: dict[tuple[str, str, str], list[RowDifference]] = {}
    for each in differences:
        rows.setdefault((each.table, each.row_key, each.kind), []).append(each)
    return list(rows.values())


def _counts(draft: Draft) -> dict[str, int]:
    rows = [row for table in draft.tables for row in table.rows]
    return {
        "tasks": len(rows),
        "milestones": sum(len(each.deadlines) or 1 for row in rows for each in row.milestones),
        "deliverables": sum(len(row.deliverables) for row in rows),
        "dates": sum(
            deadline.due is not None
            for row in rows
            for milestone in row.milestones
            for deadline in milestone.deadlines
        ),
    }
