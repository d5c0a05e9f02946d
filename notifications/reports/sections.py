"""The lists of the report as tables, drawn alike by the document and the workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Literal, TypeVar

from notifications.reports.narrow import fold_names
from notifications.reports.wording import NONE, short_day
from tracker.figures.values import (
    ExtensionRow,
    FinishedRow,
    InstructionRow,
    OverdueRow,
    StandingRow,
    TaskWords,
    UnacceptedRow,
    UpcomingRow,
    WeeklyFigures,
)
from tracker.lights import LIGHT_NAMES
from workflows.extension import EXTENSION_WORKFLOW

Cell = str | int | float | date | None
Kind = Literal["text", "names", "label", "number", "date"]
_Row = TypeVar("_Row")


@dataclass(frozen=True)
class Column(Generic[_Row]):
    """`printed`: its width on paper in centimetres, 0 where only the workbook has it; `wide`: there, in characters."""

    heading: str
    value: Callable[[_Row], Cell]
    printed: float = 0.0
    wide: float = 12.0
    kind: Kind = "text"

    def print(self, row: _Row) -> str:
        """What stands in the column on paper."""
        cell = self.value(row)
        if cell is None:
            return NONE
        if isinstance(cell, date):
            return cell.isoformat()
        return fold_names(str(cell), room_in(self.printed)) if self.kind == "names" else str(cell)


def room_in(width: float) -> float:
    """How many Chinese characters of nine points fit into a column of so many centimetres, beside its margins."""
    return (width - 0.21) / 0.3175


@dataclass(frozen=True)
class Section(Generic[_Row]):
    """One list. `empty` is what stands in its place when there is nothing to list."""

    title: str
    sheet: str
    empty: str
    columns: tuple[Column[_Row], ...]
    rows: tuple[_Row, ...]

    @property
    def printed_columns(self) -> tuple[Column[_Row], ...]:
        return tuple(column for column in self.columns if column.printed)

    def printed_cells(self, *, most: int) -> list[list[str]]:
        """The first rows as they stand on paper: nothing is a dash, and no name is broken in two."""
        shown = self.printed_columns
        return [[column.print(row) for column in shown] for row in self.rows[:most]]

    def cells(self, columns: Iterable[Column[_Row]]) -> list[list[Cell]]:
        shown = tuple(columns)
        return [[column.value(row) for column in shown] for row in self.rows]


def list_sections(figures: WeeklyFigures) -> list[Section[Any]]:
    """The lists in the order of the report. Of a week that still runs, its rest belongs to what is coming."""
    coming = "下周" if figures.today > figures.ends_on else "本周其余时间和下周"
    return [
        Section("逾期节点", "逾期", "没有逾期节点。", OVERDUE, figures.overdue),
        Section("本周完成情况", "本周完成", "本周没有办结的任务和节点。", FINISHED, figures.finished),
        Section(f"{coming}到期节点", "下周到期", f"{coming}没有到期的节点。", UPCOMING, figures.upcoming),
        Section(
            f"常态化工作无进展（超过{figures.standing_silent_days}天）",
            "常态化",
            f"没有超过{figures.standing_silent_days}天没有进展的常态化工作。",
            STANDING,
            figures.standing,
        ),
        Section("本周延期", "延期", "本周没有申请或者批复延期。", EXTENSIONS, figures.extensions),
        Section("尚未签阅的批示", "批示", "批示都已签阅。", INSTRUCTIONS, figures.instructions),
        Section("逾期未签收的任务", "签收", "没有逾期未签收的任务。", UNACCEPTED, figures.unaccepted),
    ]


# The figures of the units on paper; a heading breaks where its words part.
UNIT_HEADINGS = (
    *("牵头部门", "任务", "在办", "办结", "中止", "办结率", "逾期任务", "逾期节点"),
    *("按时率\n（现行）", "按时率\n（原定）", "已得分"),
)
UNIT_WIDTHS = (2.9, 1.0, 1.0, 1.0, 1.0, 1.4, 1.5, 1.5, 1.55, 1.55, 1.2)


def task_label(task: TaskWords) -> str:
    """The task as the office calls it, with its number in the table."""
    return f"{task.title}（序号{task.number}）" if task.number else task.title


def overdue_remark(row: OverdueRow) -> str:
    said = []
    if row.due_on != row.first_due_on:
        said.append(f"原定{short_day(row.first_due_on)}，已延期")
    if row.is_reported:
        said.append("已报告，待审核")
    if row.is_archive:
        said.append("待归档")
    return "；".join(said)


def finished_result(row: FinishedRow) -> str:
    if row.what == "task":
        return "销号"
    return {True: "按时", False: "补办", None: "无时限"}[row.on_time]


def _task_columns(*, printed: tuple[float, float, float, float, float]) -> tuple[Column[Any], ...]:
    """The task's number and title, unit, owner, expediter and leader."""
    task, unit, owner, expediter, leader = printed
    return (
        Column("序号", lambda row: row.task.number, 1.0, 8, "label"),
        Column("任务", lambda row: row.task.title, task, 28),
        Column("牵头部门", lambda row: row.task.unit, unit, 16),
        Column("责任人", lambda row: row.task.owners, owner, 14, "names"),
        Column("盯办人", lambda row: row.task.expediters, expediter, 12, "names"),
        Column("分管领导", lambda row: row.task.leaders, leader, 12, "names"),
    )


OVERDUE: tuple[Column[OverdueRow], ...] = (
    *_task_columns(printed=(2.3, 1.9, 1.6, 0, 1.6)),
    Column("逾期节点", lambda row: row.text, 3.6, 36),
    Column("原定时限", lambda row: row.first_due_on, 0, 12, "date"),
    Column("现行时限", lambda row: row.due_on, 2.1, 12, "date"),
    Column("逾期天数", lambda row: row.days_over, 1.5, 10, "number"),
    Column("逾期工作日", lambda row: row.workdays_over, 0, 12, "number"),
    Column("灯", lambda row: LIGHT_NAMES[row.light], 0, 8, "label"),
    Column("说明", overdue_remark, 0, 26),
)
FINISHED: tuple[Column[FinishedRow], ...] = (
    *_task_columns(printed=(3.1, 2.2, 1.8, 0, 0)),
    Column("完成内容", lambda row: "任务办结" if row.what == "task" else row.text, 3.8, 36),
    Column("时限", lambda row: row.due_on, 0, 12, "date"),
    Column("完成日期", lambda row: row.done_on, 2.2, 12, "date"),
    Column("结果", finished_result, 1.5, 8, "label"),
)
UPCOMING: tuple[Column[UpcomingRow], ...] = (
    *_task_columns(printed=(2.7, 2.0, 1.7, 0, 1.7)),
    Column("节点", lambda row: row.text, 4.3, 36),
    Column("时限", lambda row: row.due_on, 2.2, 12, "date"),
    Column("剩余天数", lambda row: row.days_left, 0, 10, "number"),
    Column("灯", lambda row: LIGHT_NAMES[row.light], 0, 8, "label"),
    Column("说明", lambda row: "已报告，待审核" if row.is_reported else "", 0, 16),
)
STANDING: tuple[Column[StandingRow], ...] = (
    *_task_columns(printed=(3.0, 2.1, 1.8, 0, 0)),
    Column("常态化工作", lambda row: row.text, 3.7, 36),
    Column("最近进展", lambda row: row.last_news_on, 2.2, 12, "date"),
    Column("无进展天数", lambda row: row.silent_days, 1.8, 12, "number"),
)
EXTENSIONS: tuple[Column[ExtensionRow], ...] = (
    *_task_columns(printed=(2.5, 0, 1.8, 0, 0)),
    Column("节点", lambda row: row.text, 2.5, 32),
    Column("延期前", lambda row: row.from_due_on, 2.1, 12, "date"),
    Column("延期后", lambda row: row.to_due_on, 2.1, 12, "date"),
    Column("申请日期", lambda row: row.asked_on, 0, 12, "date"),
    Column("批复日期", lambda row: row.decided_on, 0, 12, "date"),
    Column("批复", lambda row: EXTENSION_WORKFLOW.state_labels[row.state], 1.4, 10, "label"),
    Column("逾期后申请", lambda row: "是" if row.is_late else "", 0, 12, "label"),
    Column("理由", lambda row: row.reason, 2.2, 32),
)
INSTRUCTIONS: tuple[Column[InstructionRow], ...] = (
    *_task_columns(printed=(3.0, 0, 1.8, 0, 0)),
    Column("批示", lambda row: row.text, 4.3, 44),
    Column("批示人", lambda row: row.leader, 1.8, 12, "names"),
    Column("批示日期", lambda row: row.given_on, 2.2, 12, "date"),
    Column("等待天数", lambda row: row.waiting_days, 1.5, 10, "number"),
)
UNACCEPTED: tuple[Column[UnacceptedRow], ...] = (
    *_task_columns(printed=(3.9, 2.6, 1.8, 0, 0)),
    Column("下达日期", lambda row: row.issued_on, 2.2, 12, "date"),
    Column("签收期限", lambda row: row.accept_by_on, 2.2, 12, "date"),
    Column("逾期工作日", lambda row: row.workdays_over, 1.9, 12, "number"),
)
