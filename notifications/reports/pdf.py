"""The report as a PDF, printed by Typst with fonts of its own: alike on every machine, and readable aloud (PDF/UA-1).

Typst and its Chinese fonts are the extra `[pdf]`. PDF/UA allows no character that no font has, as in a rare name: such a
report is printed all the same, tagged but without that claim, and the character shows as an empty box. Everything
that the register says travels as data, so that nothing in it is read as markup. The same snapshot makes the same bytes.
"""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any, Literal

from notifications.reports.charts import choose_units
from notifications.reports.mail import NOTES
from notifications.reports.sections import UNIT_HEADINGS, UNIT_WIDTHS, Section, list_sections
from notifications.reports.snapshot import Snapshot
from notifications.reports.wording import (
    LIGHT_MEANINGS,
    TITLE,
    day_text,
    has_nothing,
    list_measured,
    list_points,
    percent,
    point_text,
    points_text,
    short_day,
    summary,
    week_text,
)
from tracker.archive.printing import printable
from tracker.clock import office_day
from tracker.figures.values import LightCounts, UnitRow, WeeklyFigures
from tracker.lights import LIGHT_NAMES, WORST_FIRST, Light

PDF_TYPE = "application/pdf"
MOST_ROWS = 100
_TEMPLATE = Path(__file__).resolve().parent / "templates" / "weekly.typ"
_NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
_PARTS: dict[Light, tuple[str, str, str]] = {  # fill, ink, stripes
    Light.RED: ("#c0362c", "#ffffff", ""),
    Light.YELLOW: ("#e0a100", "#000000", ""),
    Light.YELLOW_BLUE: ("#e0a100", "#000000", "#2f6db3"),
    Light.GREEN: ("#3c8d5a", "#ffffff", ""),
    Light.BLUE: ("#2f6db3", "#ffffff", ""),
    Light.GREY: ("#d0d5db", "#000000", ""),
}


class PdfNotInstalled(Exception):
    """This installation cannot print PDFs."""

    def __init__(self) -> None:
        super().__init__(
            "本机没有安装 PDF 组件，请下载 Word 版，或者请管理员执行 pip install 'dingban[pdf]' 后重试。"
        )


def can_print_pdf() -> bool:
    """Whether the extra `[pdf]` is installed."""
    return all(importlib.util.find_spec(name) is not None for name in ("typst", "pylopdf_fonts_zh_cn"))


def pdf_of(snapshot: Snapshot) -> bytes:
    """The report as PDF/UA-1, or as plain PDF where a character is in no font. Raises PdfNotInstalled."""
    if not can_print_pdf():
        raise PdfNotInstalled
    import typst

    content = json.dumps(_content_of(snapshot), ensure_ascii=False)
    made_at = int(snapshot.made_at.timestamp())
    try:
        return _print(content, made_at, "ua-1")
    except typst.TypstError:
        return _print(content, made_at, "1.7")


def _print(content: str, made_at: int, standard: Literal["ua-1", "1.7"]) -> bytes:
    import pylopdf_fonts_zh_cn as fonts
    import typst

    printed: bytes = typst.compile(
        _TEMPLATE,
        root=_TEMPLATE.parent,
        font_paths=[fonts.serif_path().parent],
        ignore_system_fonts=True,
        sys_inputs={"report": content},
        pdf_standards=standard,
        timestamp=made_at,
    )
    return printed


def _content_of(snapshot: Snapshot) -> dict[str, Any]:
    figures, made_on = snapshot.figures, office_day(snapshot.made_at)
    if has_nothing(figures):
        chapters = [_chapter("", sentences=summary(figures))]
    else:
        chapters = [_overview(figures), *_lists(figures), _points(figures), _units(figures), _trend(figures)]
        for numeral, chapter in zip(_NUMERALS, chapters, strict=False):
            chapter["title"] = f"{numeral}、{chapter['title']}"
    return {
        "title": TITLE,
        "week": week_text(figures),
        "scope": printable(figures.scope_label),
        "made_on": {"year": made_on.year, "month": made_on.month, "day": made_on.day},
        "signed": day_text(made_on),
        "chapters": chapters,
    }


def _chapter(title: str, **parts: list[Any]) -> dict[str, Any]:
    return {"title": title, "sentences": [], "tables": [], "notes": [], "charts": []} | parts


def _table(
    headings: list[str],
    rows: list[list[str]],
    widths: list[float],
    centred: list[int],
    *,
    last_is_sum: bool = False,
) -> dict[str, Any]:
    plain = [[printable(cell) for cell in row] for row in rows]
    return {
        "headings": headings,
        "rows": plain,
        "widths": widths,
        "centred": centred,
        "last_is_sum": last_is_sum,
    }


def _overview(figures: WeeklyFigures) -> dict[str, Any]:
    rows = [
        [line.label, line.now_text, line.before_text, line.change, line.rule]
        for line in list_measured(figures)
    ]
    headings = ["指标", "本周", "上周", "与上周相比", "计算方法"]
    return _chapter(
        "总体情况",
        sentences=summary(figures),
        tables=[_table(headings, rows, [4.1, 1.5, 1.5, 2.9, 5.8], [1, 2, 3])],
    )


def _lists(figures: WeeklyFigures) -> list[dict[str, Any]]:
    return [
        _list(section)
        for section in list_sections(figures)
        if section.rows or section.sheet not in ("签收", "批示")
    ]


def _list(section: Section[Any]) -> dict[str, Any]:
    if not section.rows:
        return _chapter(section.title, sentences=[section.empty])
    columns = section.printed_columns
    rows = section.printed_cells(most=MOST_ROWS)
    centred = [place for place, column in enumerate(columns) if column.kind not in ("text", "names")]
    table = _table(
        [column.heading for column in columns], rows, [column.printed for column in columns], centred
    )
    left = len(section.rows) - len(rows)
    return _chapter(section.title, tables=[table], notes=[f"其余{left}项见工作簿。"] if left else [])


def _points(figures: WeeklyFigures) -> dict[str, Any]:
    rows = [[label, points_text(value), rule] for label, value, rule in list_points(figures.totals.points)]
    return _chapter("分值情况", tables=[_table(["项目", "分值", "计算方法"], rows, [3.0, 2.4, 10.2], [1])])


def _units(figures: WeeklyFigures) -> dict[str, Any]:
    if not figures.units:
        return _chapter("各部门情况", sentences=["范围内还没有下达任务。"])
    whole = UnitRow(None, "合计", figures.totals, figures.lights)
    rows = [_unit_cells(unit) for unit in (*figures.units, whole)]
    headings, widths = [*UNIT_HEADINGS], [*UNIT_WIDTHS]
    longest = max((unit.lights.total for unit in figures.units), default=0) or 1
    lines = [
        {
            "name": printable(unit.unit),
            "parts": _light_parts(unit.lights, longest),
            "end": f"{unit.lights.total}项",
        }
        for unit in choose_units(figures.units)
    ]
    legend = "　".join(
        f"{LIGHT_NAMES[light]}（{LIGHT_MEANINGS[light]}）{figures.lights.of(light)}项"
        for light in WORST_FIRST
    )
    chart = {
        "caption": "各部门任务灯色（条长为任务数，条内为各色任务数）",
        "lines": lines,
        "notes": [f"从左到右依次为：{legend}。"],
    }
    table = _table(headings, rows, widths, list(range(1, len(headings))), last_is_sum=True)
    return _chapter("各部门情况", tables=[table], charts=[chart])


def _unit_cells(unit: UnitRow) -> list[str]:
    tally = unit.tally
    return [
        unit.unit,
        *map(str, (tally.total, tally.open, tally.closed, tally.suspended)),
        percent(tally.completion),
        str(tally.overdue),
        str(tally.overdue_milestones),
        percent(tally.on_time),
        percent(tally.on_time_first),
        points_text(tally.points.secured),
    ]


def _light_parts(lights: LightCounts, longest: int) -> list[dict[str, Any]]:
    parts = []
    for light in WORST_FIRST:
        fill, ink, stripes = _PARTS[light]
        if number := lights.of(light):
            share = number / longest
            text = str(number) if share >= 0.03 * len(str(number)) else ""
            parts.append({"share": share, "text": text, "fill": fill, "ink": ink, "stripes": stripes})
    return parts


def _trend(figures: WeeklyFigures) -> dict[str, Any]:
    fill, ink, _ = _PARTS[Light.BLUE]
    lines = [
        {
            "name": f"截至{short_day(point.ends_on)}",
            "parts": [
                {"share": point.on_time.rate or 0.0, "text": "", "fill": fill, "ink": ink, "stripes": ""}
            ],
            "end": point_text(point),
        }
        for point in figures.trend
    ]
    chart = {"caption": "按时办结率（现行时限）", "lines": lines, "notes": list(NOTES)}
    return _chapter("近十二周走势", charts=[chart])
