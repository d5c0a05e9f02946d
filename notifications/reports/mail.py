"""The report as a mail: subject, text, and HTML for a phone."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from notifications.rendering import SUBJECT_MARK, templates_in
from notifications.reports.cards import list_groups
from notifications.reports.charts import choose_units, draw_lights, draw_trend, lights_text
from notifications.reports.snapshot import Snapshot
from notifications.reports.wording import (
    TITLE,
    as_of_text,
    change_text,
    has_nothing,
    list_measured,
    list_points,
    percent,
    points_text,
    short_day,
    summary,
    week_text,
)
from tracker.figures.values import WeeklyFigures

_FOLDER = Path(__file__).resolve().parent / "templates"
NOTES = (
    "走势中最近两周为当时的实际情况，更早各周按登记的日期推算。",
    "人员、部门按生成通报时的登记列出。",
)


@dataclass(frozen=True)
class Tile:
    """One large figure."""

    label: str
    value: str
    note: str
    is_alarming: bool = False


def subject_of(snapshot: Snapshot) -> str:
    """One line: what, which week, how many are late."""
    figures = snapshot.figures
    late = figures.totals.overdue_milestones
    said = f"逾期节点{late}个" if late else "没有逾期节点"
    if has_nothing(figures):
        said = "还没有下达任务"
    return f"{SUBJECT_MARK}{TITLE} {week_text(figures)} {said}"


def text_of(snapshot: Snapshot) -> str:
    return templates_in(_FOLDER).get_template("weekly.txt").render(_context(snapshot)).strip() + "\n"


def html_of(snapshot: Snapshot) -> str:
    return templates_in(_FOLDER).get_template("weekly.html").render(_context(snapshot)).lstrip()


def _context(snapshot: Snapshot) -> dict[str, Any]:
    figures = snapshot.figures
    return {
        "title": TITLE,
        "week": week_text(figures),
        "as_of": as_of_text(figures),
        "figures": figures,
        "has_nothing": has_nothing(figures),
        "tiles": _tiles(figures),
        "summary": summary(figures),
        "groups": list_groups(snapshot),
        "points": list(list_points(figures.totals.points)),
        "measured": list_measured(figures),
        "charted": choose_units(figures.units),
        "lights_chart": draw_lights(figures.units),
        "trend_chart": draw_trend(figures.trend),
        "notes": NOTES,
        "why": _why(figures),
        "percent": percent,
        "points_text": points_text,
        "lights_text": lights_text,
        "short_day": short_day,
    }


def _tiles(figures: WeeklyFigures) -> list[Tile]:
    now, before = figures.totals, figures.previous
    return [
        Tile("在办任务", str(now.open), f"共{now.total}项"),
        Tile("办结率", percent(now.completion), f"{now.closed}÷{now.total}"),
        Tile(
            "按时办结率",
            percent(now.on_time),
            f"{now.on_time.part}÷{now.on_time.whole}" if now.on_time.whole else "没有到期节点",
        ),
        Tile(
            "逾期节点",
            str(now.overdue_milestones),
            f"比上周{change_text(now.overdue_milestones, before.overdue_milestones)}",
            is_alarming=now.overdue_milestones > 0,
        ),
        Tile("当周办结", str(now.closed_this_week), f"上周{before.closed_this_week}项"),
        Tile(
            "即将到期" if figures.today <= figures.ends_on else "下周到期",
            str(len(figures.upcoming)),
            "个节点",
        ),
    ]


def _why(figures: WeeklyFigures) -> str:
    who = "您分管有关工作" if figures.scope.startswith("leader:") else "您负责协调有关工作"
    return f"{who}，所以收到这份通报。附件为可以打印的通报和可以筛选的工作簿，内容相同。"
