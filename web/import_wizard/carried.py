"""What became of the decisions on an earlier version of the file, and taking either side where the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from tracker.importers.draft import Draft, DraftRow
from tracker.models import ImportSession, ImportStep
from tracker.services.import_sessions.carried import (
    CHOICES,
    Kind,
    Outcome,
    choose_side,
    count_outcomes,
    is_open,
)
from web.desk import Desk
from web.forms import InputRefused
from web.import_wizard import frame
from web.import_wizard.labels import COLUMN_LABELS
from web.import_wizard.slugs import slug_of

SHOWN = (Outcome.OPEN, Outcome.GONE, Outcome.MINE, Outcome.FILE)


@dataclass(frozen=True)
class CarriedView:
    """One earlier decision: where it was, what was said then and what the new file says; `slug` names its row."""

    number: int
    place: str
    was: str
    mine: str
    now: str
    said_by: str
    kind: Kind
    outcome: Outcome
    is_open: bool
    slug: str = ""

    @property
    def can_be_chosen(self) -> bool:
        return self.is_open or self.outcome in CHOICES


@dataclass(frozen=True)
class CarriedSummary:
    """All of them: those to be shown, and how many went on without a question."""

    views: list[CarriedView]
    kept: int
    same: int
    open: int

    def __bool__(self) -> bool:
        return bool(self.views or self.kept or self.same)

    @property
    def sentence(self) -> str:
        """沿用3处，新文件已改好1处，有2处请选择."""
        gone = sum(each.outcome is Outcome.GONE for each in self.views)
        counts = (
            (self.kept, f"沿用{self.kept}处"),
            (self.same, f"新文件已经改好{self.same}处"),
            (gone, f"新文件里没有了{gone}处"),
            (self.open, f"新文件另有改动、请选择{self.open}处"),
        )
        return "，".join(words for count, words in counts if count)


def summary_of(run: ImportSession, draft: Draft) -> CarriedSummary:
    outcomes = count_outcomes(run)
    slugs = {
        (table.number, place): slug_of(table.number, row.where)
        for table in draft.tables
        for row in table.rows
        for cell in row.cells
        for place in cell.rows
    }
    views = [
        _view(run, number, each, slugs)
        for number, each in enumerate(run.carried)
        if Outcome(each["outcome"]) in SHOWN
    ]
    return CarriedSummary(views, outcomes[Outcome.KEPT], outcomes[Outcome.SAME], outcomes[Outcome.OPEN])


def carried_by_place(run: ImportSession) -> dict[tuple[int, str, int], CarriedView]:
    """The decisions on cells about which somebody may choose, by the cell."""
    found = {}
    for number, each in enumerate(run.carried):
        if each["kind"] == Kind.CELL:
            view = _view(run, number, each, {})
            if view.can_be_chosen:
                found[(each["table"], each["row"], each["column"])] = view
    return found


def in_row(
    carried: dict[tuple[int, str, int], CarriedView], table: int, row: DraftRow
) -> dict[int, CarriedView]:
    """Those on the cells of one row, by column."""
    return {
        cell.column: carried[(table, place, cell.column)]
        for cell in row.cells
        for place in cell.rows
        if (table, place, cell.column) in carried
    }


def choose(desk: Desk, import_id: int) -> Response:
    """Take one side for one of them, or for all that are open."""
    run, draft = frame.locked(desk, import_id)
    choice = Outcome(desk.form.choice("choice", "采用哪一个", {each.value for each in CHOICES}))
    if desk.form.is_ticked("all"):
        numbers = [number for number, each in enumerate(run.carried) if is_open(run, each)]
    else:
        numbers = [_number(desk)]
    choose_side(desk.session, run, frame.decision_of(desk), draft=draft, numbers=numbers, choice=choice)
    said = "已采用上次的改动。" if choice is Outcome.MINE else "已采用新文件的文字。"
    return desk.back(frame.path_of(run, ImportStep.ROWS), said)


def _number(desk: Desk) -> int:
    text = desk.form.raw("item")
    if not text.isdecimal() or len(text) > 6:
        raise InputRefused("item", "没有指明是哪一处，请刷新页面后重试。")
    return int(text)


def _view(
    run: ImportSession, number: int, each: dict[str, Any], slugs: dict[tuple[int, str], str]
) -> CarriedView:
    kind = Kind(each["kind"])
    mine = each["mine"]
    if kind is Kind.COLUMN:
        mine = next((label for field, label in COLUMN_LABELS.items() if field == mine), "存入备注")
    if kind is Kind.ROW:
        mine = "略去这一行"
    return CarriedView(
        number,
        _place(kind, each),
        each["was"],
        mine,
        each["now"],
        "，".join(filter(None, (each["by"], each["at"]))),
        kind,
        Outcome(each["outcome"]),
        is_open(run, each),
        slugs.get((each["table"], each["row"]), ""),
    )


def _place(kind: Kind, each: dict[str, Any]) -> str:
    row = f"第{each['label']}项" if each["label"] else ""
    match kind:
        case Kind.CELL:
            return f"{row}“{each['heading']}”"
        case Kind.ROW:
            return row or "一行"
        case Kind.COLUMN:
            return f"“{each['heading']}”一列"
        case Kind.TABLE:
            return f"“{each['heading']}”的表头所在的行"
        case Kind.YEAR:
            return "年份"
        case Kind.NAME:
            return f"姓名或单位“{each['heading']}”"
        case Kind.NOTE:
            return f"{row}处理说明"
        case Kind.FILE:
            return "上次导入的原文件"
