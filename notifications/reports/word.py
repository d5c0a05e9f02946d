"""The report as a Word document to print and circulate, A4, in the style of official papers."""

from __future__ import annotations

from typing import Any

from docx.document import Document

from notifications.reports import paper
from notifications.reports.charts import choose_units
from notifications.reports.mail import NOTES
from notifications.reports.paper import Segment
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
from tracker.archive.word import document_bytes
from tracker.clock import office_day
from tracker.figures.values import LightCounts, WeeklyFigures
from tracker.lights import LIGHT_NAMES, WORST_FIRST, Light

MOST_ROWS = 100
_NUMERALS = "一二三四五六七八九十"
_SEGMENTS = {
    Light.RED: ("C0362C", "FFFFFF", "clear"),
    Light.YELLOW: ("E0A100", "000000", "clear"),
    Light.YELLOW_BLUE: ("E0A100", "000000", "thinDiagStripe"),
    Light.GREEN: ("3C8D5A", "FFFFFF", "clear"),
    Light.BLUE: ("2F6DB3", "FFFFFF", "clear"),
    Light.GREY: ("D0D5DB", "000000", "clear"),
}


def word_of(snapshot: Snapshot) -> bytes:
    """The document; the same snapshot makes the same bytes."""
    figures = snapshot.figures
    document = paper.new_paper(title=f"{TITLE} {week_text(figures)}", at=snapshot.made_at)
    paper.add_title(document, TITLE)
    paper.add_subtitle(document, week_text(figures))
    paper.add_subtitle(document, f"范围：{figures.scope_label}")
    if has_nothing(figures):
        _add_sentences(document, figures)
    else:
        _add_chapters(document, figures)
    paper.add_signature(document, day_text(office_day(snapshot.made_at)))
    return document_bytes(document, at=snapshot.made_at)


def _add_chapters(document: Document, figures: WeeklyFigures) -> None:
    numerals = iter(_NUMERALS)
    paper.add_heading(document, f"{next(numerals)}、总体情况")
    _add_summary(document, figures)
    for section in list_sections(figures):
        if section.sheet in ("签收", "批示") and not section.rows:
            continue
        paper.add_heading(document, f"{next(numerals)}、{section.title}")
        _add_section(document, section)
    paper.add_heading(document, f"{next(numerals)}、分值情况")
    _add_points(document, figures)
    paper.add_heading(document, f"{next(numerals)}、各部门情况")
    _add_units(document, figures)
    _add_trend(document, figures)


def _add_sentences(document: Document, figures: WeeklyFigures) -> None:
    for sentence in summary(figures):
        paper.add_text(document, sentence)


def _add_summary(document: Document, figures: WeeklyFigures) -> None:
    _add_sentences(document, figures)
    rows = [
        [line.label, line.now_text, line.before_text, line.change, line.rule]
        for line in list_measured(figures)
    ]
    headings = ["指标", "本周", "上周", "与上周相比", "计算方法"]
    widths, centred = [4.1, 1.4, 1.4, 2.9, 5.8], frozenset({1, 2, 3})
    paper.add_table(document, headings, rows, widths=widths, centred=centred)


def _add_section(document: Document, section: Section[Any]) -> None:
    if not section.rows:
        paper.add_text(document, section.empty)
        return
    columns = section.printed_columns
    rows = section.printed_cells(most=MOST_ROWS)
    centred = frozenset(place for place, column in enumerate(columns) if column.kind not in ("text", "names"))
    widths = [column.printed for column in columns]
    paper.add_table(document, [column.heading for column in columns], rows, widths=widths, centred=centred)
    if left := len(section.rows) - len(rows):
        paper.add_note(document, f"其余{left}项见工作簿。")


def _add_points(document: Document, figures: WeeklyFigures) -> None:
    rows = [[label, points_text(value), rule] for label, value, rule in list_points(figures.totals.points)]
    paper.add_table(
        document, ["项目", "分值", "计算方法"], rows, widths=[3.0, 2.4, 10.2], centred=frozenset({1})
    )


def _add_units(document: Document, figures: WeeklyFigures) -> None:
    if not figures.units:
        paper.add_text(document, "范围内还没有下达任务。")
        return
    named = [(unit.unit, unit.tally) for unit in figures.units] + [("合计", figures.totals)]
    rows = [
        [
            name,
            *map(str, (tally.total, tally.open, tally.closed, tally.suspended)),
            percent(tally.completion),
            str(tally.overdue),
            str(tally.overdue_milestones),
            percent(tally.on_time),
            percent(tally.on_time_first),
            points_text(tally.points.secured),
        ]
        for name, tally in named
    ]
    centred = frozenset(range(1, len(UNIT_HEADINGS)))
    paper.add_table(document, UNIT_HEADINGS, rows, widths=UNIT_WIDTHS, centred=centred, bold_last=True)
    paper.add_caption(document, "各部门任务灯色（条长为任务数，条内为各色任务数）")
    bars = [
        (unit.unit, _light_segments(unit.lights), f"{unit.lights.total}项")
        for unit in choose_units(figures.units)
    ]
    paper.add_bars(document, bars)
    legend = "　".join(
        f"{LIGHT_NAMES[light]}（{LIGHT_MEANINGS[light]}）{figures.lights.of(light)}项"
        for light in WORST_FIRST
    )
    paper.add_note(document, f"从左到右依次为：{legend}。")


def _light_segments(lights: LightCounts) -> list[Segment]:
    segments = []
    for light in WORST_FIRST:
        fill, ink, pattern = _SEGMENTS[light]
        if number := lights.of(light):
            segments.append(Segment(number, str(number), fill, ink, pattern, "2F6DB3"))
    return segments


def _add_trend(document: Document, figures: WeeklyFigures) -> None:
    paper.add_caption(document, "近十二周按时办结率（现行时限）")
    fill, ink, pattern = _SEGMENTS[Light.BLUE]
    bars = []
    for point in figures.trend:
        rate = point.on_time.rate or 0.0
        said = point_text(point)
        bars.append((f"截至{short_day(point.ends_on)}", [Segment(rate, "", fill, ink, pattern)], said))
    paper.add_scaled_bars(document, bars, 1.0)
    for note in NOTES:
        paper.add_note(document, note)
