"""Editing a cell where it stands, filling the blanks of a column, and saying what was done about a finding."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from tracker.importers.draft import Draft, DraftCell, DraftRow
from tracker.models import ImportSession, ImportStep
from tracker.services.import_sessions.deciding import (
    MAX_CELL_CHARACTERS,
    cell_of,
    edit_cell,
    fill_blanks,
    note_findings,
    undo_edits,
    withdraw_note,
)
from web.desk import Desk
from web.forms import InputRefused
from web.import_wizard import frame
from web.import_wizard.row_views import FindingView, RowView, general_findings, row_views, seen_mark
from web.import_wizard.rows import Filter, context_of, matching_findings, view_of


def ask(desk: Desk, import_id: int, slug: str, column: int, wanted: Filter) -> Response:
    """The form of one cell: in its place, or on a page of its own where there are no scripts."""
    run, draft = frame.opened(desk, import_id)
    view = _row_named(run, draft, slug)
    cell = cell_of(view.row, column)
    context: dict[str, Any] = {
        "view_row": view,
        "cell": cell,
        "seen": seen_mark(cell.text),
        "wanted": wanted,
        "original": _original(run, view, cell),
        "limit": MAX_CELL_CHARACTERS,
    }
    if desk.is_htmx:
        return desk.page("imports/_cell_form.html", base=f"/imports/{run.id}", **context)
    return frame.show(desk, run, draft, ImportStep.ROWS, "cell.html", **context)


def edit(desk: Desk, import_id: int, wanted: Filter) -> Response:
    run, draft = frame.locked(desk, import_id)
    view = _row_of_form(desk, run, draft)
    column = desk.form.whole("column", "列") if desk.form.raw("column") != "0" else 0
    text = desk.form.optional_text("text", "单元格", limit=MAX_CELL_CHARACTERS) or ""
    cell = cell_of(view.row, column)
    is_same = desk.form.raw("seen") == seen_mark(cell.text)
    edit_cell(
        desk.session,
        run,
        frame.decision_of(desk),
        table=view.table,
        row=view.row,
        column=column,
        text=text,
        seen=cell.text if is_same else "\x00",
    )
    return _answer(desk, run, draft, view, wanted, f"已改“{cell.heading}”，并重新读取这一行。")


def undo(desk: Desk, import_id: int, wanted: Filter) -> Response:
    run, draft = frame.locked(desk, import_id)
    view = _row_of_form(desk, run, draft)
    column = desk.form.whole("column", "列") if desk.form.raw("column") != "0" else 0
    undo_edits(desk.session, run, frame.decision_of(desk), table=view.table, row=view.row, column=column)
    return _answer(desk, run, draft, view, wanted, "已恢复为原文件的文字。")


def fill(desk: Desk, import_id: int) -> Response:
    """Put the same words into every blank cell of a column."""
    run, draft = frame.locked(desk, import_id)
    table = next((each for each in draft.tables if str(each.number) == desk.form.raw("table")), None)
    if table is None:
        raise InputRefused("table", "没有指明是哪张表，请刷新页面后重试。")
    count = fill_blanks(
        desk.session,
        run,
        frame.decision_of(desk),
        table=table.number,
        rows=table.rows,
        column=desk.form.whole("column", "列"),
        text=desk.form.text("text", "填入的内容", limit=2000),
    )
    said = f"已填入{count}个空格。" if count else "这一列没有空格，什么也没有改。"
    return desk.done(frame.path_of(run, ImportStep.ROWS) + f"?table={table.number}", said)


def note(desk: Desk, import_id: int, wanted: Filter) -> Response:
    """Say what was done about one finding, or about all that the filter shows."""
    run, draft = frame.locked(desk, import_id)
    text = desk.form.text("note", "处理说明", limit=500)
    if desk.form.raw("finding"):
        view, finding = _finding_of_form(desk, run, draft)
        found = [finding]
    else:
        view, found = None, matching_findings(run, draft, wanted)
    note_findings(desk.session, run, frame.decision_of(desk), found=[each.key for each in found], note=text)
    said = "已记下处理说明。" if view is not None else f"已为{len(found)}处写明“{text}”。"
    return _answer(desk, run, draft, view, wanted, said)


def unnote(desk: Desk, import_id: int, wanted: Filter) -> Response:
    run, draft = frame.locked(desk, import_id)
    view, finding = _finding_of_form(desk, run, draft)
    withdraw_note(desk.session, run, frame.decision_of(desk), found=finding.key)
    return _answer(desk, run, draft, view, wanted, "已重新列为待处理。")


def _row_of_form(desk: Desk, run: ImportSession, draft: Draft) -> RowView:
    return _row_named(run, draft, desk.form.raw("row"))


def _row_named(run: ImportSession, draft: Draft, slug: str) -> RowView:
    found = next((view for view in row_views(run, draft) if view.slug == slug), None)
    if found is None:
        raise InputRefused("row", "这一行已经不在表里了（可能刚刚被他人改过），请刷新页面。")
    return found


def _finding_of_form(desk: Desk, run: ImportSession, draft: Draft) -> tuple[RowView | None, FindingView]:
    """The finding that a form names by row, code and message: its place on the page may have changed."""
    slug, code, message = desk.form.raw("row"), desk.form.raw("finding"), desk.form.raw("message")
    view = _row_named(run, draft, slug) if slug else None
    everything = general_findings(run, draft, None) if view is None else view.all_findings()
    for finding in everything:
        if finding.diagnostic.code == code and finding.diagnostic.message == message:
            return view, finding
    raise InputRefused("finding", "这个问题已经没有了（可能刚刚改好），请刷新页面。")


def _original(run: ImportSession, view: RowView, cell: DraftCell) -> str | None:
    """What the file says in a cell that was edited."""
    places = [(view.table, place, cell.column) for place in cell.rows]
    said = [each["before"] for each in run.edits if (each["table"], each["row"], each["column"]) in places]
    return said[0] if said else None


def _answer(
    desk: Desk, run: ImportSession, before: Draft, view: RowView | None, wanted: Filter, said: str
) -> Response:
    """The rows of the page that changed, in their places; without scripts, the page again."""
    path = frame.path_of(run, ImportStep.ROWS) + wanted.query()
    if not desk.is_htmx or view is None:
        return desk.done(path + (f"#{view.slug}" if view else ""), said)
    draft = frame.reader_of(desk).draft(desk.session, run, today=desk.today)
    after = {each.slug: each for each in row_views(run, draft)}
    if view.slug not in after:  # the row became part of another one
        answer = desk.done(path, said)
        return Response(status_code=200, headers={"HX-Redirect": answer.headers["location"]})
    old: dict[tuple[int, str], DraftRow] = {
        (table.number, row.where): row for table in before.tables for row in table.rows
    }
    wanted = replace(wanted, focus=view.slug)
    shown = {each.slug for each in view_of(run, before, wanted).rows}
    changed = [
        each
        for each in after.values()
        if each.slug in shown - {view.slug} and old.get((each.table, each.row.where)) != each.row
    ]
    return frame.show(
        desk,
        run,
        draft,
        ImportStep.ROWS,
        "_changed.html",
        this=after[view.slug],
        others=changed,
        said=said,
        **context_of(run, draft, wanted),
    )
