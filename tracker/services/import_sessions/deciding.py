"""What coordinators decide about an import: where it belongs, what its columns are, what its cells should say.

Each decision is kept with who took it and on which day, and changes nothing but the import itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from tracker.clock import office_day
from tracker.errors import TrackerError, ValueRefused
from tracker.importers.columns import ROLES, Field
from tracker.importers.corrections import ADDED_HEADINGS, is_added
from tracker.importers.draft import DraftCell, DraftRow
from tracker.importers.name_shapes import is_none
from tracker.models import ImportSession, ImportStep
from tracker.queries.campaigns import find_campaign, get_campaign
from tracker.services.acting import require_coordinator
from tracker.services.auditing import Actor

MAX_CELL_CHARACTERS = 20_000
MAX_NOTE_CHARACTERS = 500
MAX_CAMPAIGN_CHARACTERS = 200
MAX_TITLE_CHARACTERS = 200
STEPS = tuple(ImportStep)
ACT = "导入责任分解表"


class CellChanged(TrackerError):
    """Somebody else changed the cell since it was shown; nothing was changed now."""

    def __init__(self, heading: str, text: str) -> None:
        shown = " ".join(text.split())
        super().__init__(
            f"“{heading}”刚刚被他人改为“{shown[:60] or '（空）'}”，您的改动没有保存，请核对后再改。"
        )


@dataclass(frozen=True)
class Decision:
    """Who decides, and when."""

    actor: Actor
    at: datetime

    @property
    def said(self) -> dict[str, str]:
        return {"by": self.actor.name, "at": office_day(self.at).isoformat()}


def touch(session: Session, run: ImportSession, decision: Decision) -> None:
    """Say that the import was worked on."""
    run.version += 1
    run.updated_at, run.updated_by_id = decision.at, decision.actor.person_id or run.updated_by_id
    session.add(run)
    session.flush()


def reach(session: Session, run: ImportSession, step: ImportStep, decision: Decision) -> None:
    """Go on to a step; coming back to an earlier one loses nothing."""
    if STEPS.index(step) > STEPS.index(run.step):
        run.step = step
        run.updated_at, run.updated_by_id = decision.at, decision.actor.person_id or run.updated_by_id
        session.add(run)
        session.flush()


def choose_place(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    campaign_id: int | None,
    campaign_name: str,
    year: int | None,
) -> None:
    """Say which campaign the tasks belong to, an existing one or one to be opened, and of which year they are.

    Raises CampaignNotFound, ActRefused where somebody else runs the campaign, or ValueRefused.
    """
    name = campaign_name.strip()
    if run.committed_at is not None and campaign_id != run.campaign_id:
        raise ValueRefused("任务已经写入专项工作，不能再换到别的专项工作；需要时请重新上传一次。")
    if campaign_id is None:
        if not name or len(name) > MAX_CAMPAIGN_CHARACTERS:
            raise ValueRefused(f"请填写新专项工作的名称，不超过{MAX_CAMPAIGN_CHARACTERS}个字。")
        if find_campaign(session, name):
            raise ValueRefused(f"专项工作“{name}”已经存在，请从列表中选择它，或者换一个名称。")
    else:
        campaign = get_campaign(session, campaign_id)
        require_coordinator(session, decision.actor, campaign_id, ACT)
        if campaign.closed_at is not None:
            raise ValueRefused(f"专项工作“{campaign.name}”已经结束，不能再导入，请另选一项。")
        name = ""
    if year is not None and not 2000 <= year <= 2100:
        raise ValueRefused("年份应在2000到2100之间。")
    run.campaign_id, run.campaign_name, run.year = campaign_id, name, year
    touch(session, run, decision)


def choose_columns(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    table: int,
    chosen: dict[int, Field | None],
    recognised: dict[int, Field | None],
) -> None:
    """Say what the columns of a table are. `recognised` is what the importer itself took them for, where that is known:
    no more is kept than differs.
    """
    kept = [each for each in run.columns if each["table"] != table]
    for column, wanted in sorted(chosen.items()):
        if is_added(column) and wanted not in ADDED_HEADINGS:
            continue
        if is_added(column) or column not in recognised or wanted is not recognised[column]:
            kept.append({"table": table, "column": column, "field": str(wanted) if wanted else None})
    run.columns = kept
    touch(session, run, decision)


def choose_layout(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    table: int,
    headings_at: str | None = None,
    title: str | None = None,
) -> None:
    """Say in which row the headings of a table stand (a place of the file, or `NO_HEADINGS`), or under which title the
    register shall know it; what is None stays as it was, an empty one lets the file say it again.

    Raises ValueRefused where the tables are written already.
    """
    if run.committed_at is not None:
        raise ValueRefused("任务已经写入，表头和表名不能再改；需要时请重新上传一次。")
    known = next((each for each in run.layouts if each["table"] == table), {})
    said = {
        "table": table,
        "headings_at": known.get("headings_at") if headings_at is None else headings_at or None,
        "title": known.get("title")
        if title is None
        else " ".join(title.split())[:MAX_TITLE_CHARACTERS] or None,
        **decision.said,
    }
    kept = [each for each in run.layouts if each["table"] != table]
    run.layouts = [*kept, said] if said["headings_at"] or said["title"] else kept
    if headings_at is not None:  # other headings: what was said about the columns under the old ones is void
        run.columns = [each for each in run.columns if each["table"] != table]
    touch(session, run, decision)


def leave_out(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    table: int,
    row: str = "",
    is_out: bool = True,
) -> None:
    """Leave a table or one row of it out of the import, or take it in again."""
    kept = [each for each in run.excluded if (each["table"], each["row"]) != (table, row)]
    if is_out:
        kept.append({"table": table, "row": row, **decision.said})
    run.excluded = kept
    touch(session, run, decision)


def edit_cell(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    table: int,
    row: DraftRow,
    column: int,
    text: str,
    seen: str | None = None,
) -> None:
    """Put other words into a cell; the row is read again with them. `seen` is what the coordinator saw there.

    Raises ValueRefused or CellChanged.
    """
    cell = cell_of(row, column)
    text = "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").split("\n")).strip()
    if len(text) > MAX_CELL_CHARACTERS:
        raise ValueRefused(f"“{cell.heading}”最多{MAX_CELL_CHARACTERS}个字，现在有{len(text)}个字，请精简。")
    if seen is not None and _squeezed(seen) != _squeezed(cell.text):
        raise CellChanged(cell.heading, cell.text)
    if text == cell.text:
        return
    before = {(each["table"], each["row"], each["column"]): each["before"] for each in run.edits}
    places = [(table, place, column) for place in cell.rows]
    kept = [each for each in run.edits if (each["table"], each["row"], each["column"]) not in places]
    for number, (_, place, _) in enumerate(places):
        kept.append(
            {
                "table": table,
                "row": place,
                "column": column,
                "heading": cell.heading,
                "text": text if number == 0 else "",
                "before": before.get((table, place, column), cell.text if number == 0 else ""),
                **decision.said,
            }
        )
    run.edits = kept
    touch(session, run, decision)


def undo_edits(
    session: Session, run: ImportSession, decision: Decision, *, table: int, row: DraftRow, column: int
) -> None:
    """Let a cell say again what the file says."""
    places = {(table, place, column) for place in cell_of(row, column).rows}
    run.edits = [each for each in run.edits if (each["table"], each["row"], each["column"]) not in places]
    touch(session, run, decision)


def fill_blanks(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    table: int,
    rows: Sequence[DraftRow],
    column: int,
    text: str,
) -> int:
    """Put the same words into every cell of a column where nothing stands, or “—” for nobody; returns into how many."""
    if not text.strip():
        raise ValueRefused("请填写要填入空格的内容。")
    blank = [row for row in rows if _is_blank(cell_of(row, column))]
    for row in blank:
        edit_cell(session, run, decision, table=table, row=row, column=column, text=text)
    return len(blank)


def note_findings(
    session: Session,
    run: ImportSession,
    decision: Decision,
    *,
    found: Sequence[tuple[int, str, str, str]],
    note: str,
) -> None:
    """Say what was done about findings that stay as they are; `found` names each by table, row, code and message."""
    note = note.strip()
    if not note or len(note) > MAX_NOTE_CHARACTERS:
        raise ValueRefused(f"请写明怎样处理的（例如“已核对，日期无误”），不超过{MAX_NOTE_CHARACTERS}个字。")
    named = set(found)
    kept = [each for each in run.notes if note_key(each) not in named]
    kept += [
        {"table": table, "row": row, "code": code, "message": message, "note": note, **decision.said}
        for table, row, code, message in dict.fromkeys(found)
    ]
    run.notes = kept
    touch(session, run, decision)


def withdraw_note(
    session: Session, run: ImportSession, decision: Decision, *, found: tuple[int, str, str, str]
) -> None:
    """Open a finding again."""
    run.notes = [each for each in run.notes if note_key(each) != found]
    touch(session, run, decision)


def note_key(note: dict[str, Any]) -> tuple[int, str, str, str]:
    return note["table"], note["row"], note["code"], note["message"]


def cell_of(row: DraftRow, column: int) -> DraftCell:
    """Raises ValueRefused where the row has no such column."""
    found = next((cell for cell in row.cells if cell.column == column), None)
    if found is None:
        raise ValueRefused("这张表里没有这一列，可能列的对应关系刚刚改过，请刷新页面。")
    return found


def _is_blank(cell: DraftCell) -> bool:
    if cell.shared_with:
        return False
    return not cell.text or (cell.field in set(map(str, ROLES)) and is_none(cell.text))


def _squeezed(text: str) -> str:
    return "".join(text.split())
