"""The lists of the report as cards: a phone has no room for a table of eight columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from notifications.reports.sections import finished_result, list_sections, overdue_remark, task_label
from notifications.reports.snapshot import Snapshot
from notifications.reports.wording import day_text, short_day
from notifications.wording import day_words
from tracker.figures.values import (
    ExtensionRow,
    FinishedRow,
    InstructionRow,
    OverdueRow,
    StandingRow,
    TaskWords,
    UnacceptedRow,
    UpcomingRow,
)
from tracker.lights import LIGHT_NAMES, Light
from workflows.extension import EXTENSION_WORKFLOW

MOST_CARDS = 30
_PLAIN = "#9aa5b1"
_BORDERS = {
    Light.RED: "#c0362c",
    Light.YELLOW: "#e0a100",
    Light.YELLOW_BLUE: "#2f6db3",
    Light.GREEN: "#3c8d5a",
    Light.BLUE: "#2f6db3",
    Light.GREY: _PLAIN,
}


@dataclass(frozen=True)
class Card:
    head: str
    lines: tuple[str, ...]
    people: tuple[str, ...]
    colour: str = _PLAIN
    link: str = ""


@dataclass(frozen=True)
class CardGroup:
    """`left`: how many are not shown here and stand in the workbook."""

    title: str
    count: str
    empty: str
    cards: tuple[Card, ...]
    left: int


def list_groups(snapshot: Snapshot) -> list[CardGroup]:
    """The report's lists in their order, each with its first cards."""
    groups = []
    for section in list_sections(snapshot.figures):
        rows: Sequence[Any] = section.rows
        cards = tuple(_card(row, snapshot.console_url) for row in rows[:MOST_CARDS])
        count = f"{len(rows)}项" if rows else ""
        groups.append(CardGroup(section.title, count, section.empty, cards, len(rows) - len(cards)))
    return groups


def _card(row: Any, console_url: str) -> Card:
    head, lines, colour = _WRITERS[type(row)](row)
    link = f"{console_url}/tasks/{row.task.task_id}" if console_url else ""
    return Card(head, tuple(line for line in lines if line), people_of(row.task), colour, link)


_Written = tuple[str, list[str], str]


def _overdue(row: OverdueRow) -> _Written:
    over = f"逾期{row.days_over}天（{row.workdays_over}个工作日），时限{day_text(row.due_on)}"
    lines = [f"任务：{task_label(row.task)}", over, overdue_remark(row)]
    return row.text, lines, _BORDERS[row.light]


def _finished(row: FinishedRow) -> _Written:
    if row.what == "task":
        lines = [f"任务办结，{short_day(row.done_on)}销号"]
        return task_label(row.task), lines, _BORDERS[Light.BLUE]
    done = f"{short_day(row.done_on)}完成，{finished_result(row)}"
    due = f"，时限{short_day(row.due_on)}" if row.due_on else ""
    colour = _BORDERS[Light.YELLOW if row.on_time is False else Light.BLUE]
    return row.text, [f"任务：{task_label(row.task)}", done + due], colour


def _upcoming(row: UpcomingRow) -> _Written:
    state = "，已报告待审核" if row.is_reported else ""
    due = f"{day_words(row.due_on, row.due_on)}到期，{LIGHT_NAMES[row.light]}{state}"
    return row.text, [f"任务：{task_label(row.task)}", due], _BORDERS[row.light]


def _standing(row: StandingRow) -> _Written:
    last = f"最近进展{day_text(row.last_news_on)}" if row.last_news_on else "下达以来没有进展"
    lines = [f"任务：{task_label(row.task)}", f"{row.silent_days}天没有进展，{last}"]
    return row.text, lines, _PLAIN


def _extension(row: ExtensionRow) -> _Written:
    moved = f"{day_text(row.from_due_on)}延至{day_text(row.to_due_on)}"
    state = EXTENSION_WORKFLOW.state_labels[row.state]
    late = "，逾期后申请" if row.is_late else ""
    lines = [
        f"任务：{task_label(row.task)}",
        f"{moved}：{state}{late}",
        f"理由：{row.reason}",
    ]
    return row.text, lines, _PLAIN


def _instruction(row: InstructionRow) -> _Written:
    given = f"{row.leader}{short_day(row.given_on)}批示，已等待{row.waiting_days}天"
    return row.text, [f"任务：{task_label(row.task)}", given], _PLAIN


def _unaccepted(row: UnacceptedRow) -> _Written:
    limit = f"{short_day(row.issued_on)}下达，应于{short_day(row.accept_by_on)}前签收，逾期{row.workdays_over}个工作日"
    return task_label(row.task), [limit], _BORDERS[Light.RED]


def people_of(task: TaskWords) -> tuple[str, ...]:
    """Who is on the task, unit first."""
    parts = (("责任人", task.owners), ("盯办人", task.expediters), ("分管领导", task.leaders))
    return (task.unit, *(f"{title}{names}" for title, names in parts if names))


_WRITERS: dict[type[Any], Callable[[Any], _Written]] = {
    OverdueRow: _overdue,
    FinishedRow: _finished,
    UpcomingRow: _upcoming,
    StandingRow: _standing,
    ExtensionRow: _extension,
    InstructionRow: _instruction,
    UnacceptedRow: _unaccepted,
}
