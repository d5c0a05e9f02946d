"""Paragraphs, tables and bars of an official paper (GB/T 9704): 小标宋 title, 黑体 headings, 仿宋 text, 宋体 tables.

Tables are written as XML: python-docx asks for every cell of a row again and again, and bars need cells of unequal
width. Bars are shaded cells, which every Word and WPS prints without fonts or pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt
from docx.text.paragraph import Paragraph

from tracker.archive.printing import printable
from tracker.archive.word import new_document, style_run

TITLE_FONT, HEADING_FONT, NOTE_FONT = "方正小标宋简体", "黑体", "楷体_GB2312"
TEXT_FONT, TABLE_FONT, LATIN_FONT = "仿宋_GB2312", "宋体", "Times New Roman"
# What is taken where a font is not installed.
_FALLBACKS = (
    (TITLE_FONT, "小标宋,宋体,SimSun", "roman"),
    (HEADING_FONT, "SimHei", "swiss"),
    (NOTE_FONT, "楷体,KaiTi", "script"),
    (TEXT_FONT, "仿宋,FangSong", "modern"),
    (TABLE_FONT, "SimSun", "roman"),
)
_TWIPS_PER_CM = 567
_BAR_CELLS = 40
_CELL_MARGIN = 60  # twips


@dataclass(frozen=True)
class Segment:
    """One part of a bar. `pattern` other than clear is drawn in `ink` over `fill`."""

    size: float
    text: str
    fill: str
    ink: str = "FFFFFF"
    pattern: str = "clear"
    stripes: str = "auto"


def new_paper(*, title: str, at: datetime) -> Document:
    """An empty A4 paper with page numbers. Knows no clock but `at`."""
    return new_document(title=title, at=at, fonts=_FALLBACKS)


def add_title(document: Document, text: str) -> None:
    _add(document, text, font=TITLE_FONT, size=22, spacing=34, alignment=WD_ALIGN_PARAGRAPH.CENTER)


def add_subtitle(document: Document, text: str) -> None:
    _add(document, text, font=NOTE_FONT, size=16, spacing=28, alignment=WD_ALIGN_PARAGRAPH.CENTER)


def add_heading(document: Document, text: str) -> None:
    paragraph = _add(document, text, font=HEADING_FONT, size=16, spacing=28, indented=True)
    paragraph.paragraph_format.keep_with_next = True
    paragraph.paragraph_format.space_before = Pt(8)
    level: Any = OxmlElement("w:outlineLvl")
    level.set(qn("w:val"), "0")
    paragraph._p.get_or_add_pPr().append(level)


def add_text(document: Document, text: str) -> None:
    _add(document, text, font=TEXT_FONT, size=16, spacing=28, indented=True)


def add_note(document: Document, text: str) -> None:
    """Small print under a table."""
    paragraph = _add(document, text, font=TABLE_FONT, size=9, spacing=14)
    paragraph.paragraph_format.space_before = Pt(3)


def add_caption(document: Document, text: str) -> None:
    """A line above bars, never parted from them."""
    paragraph = _add(document, text, font=TABLE_FONT, size=10.5, spacing=20)
    paragraph.paragraph_format.space_before = Pt(10)
    paragraph.paragraph_format.keep_with_next = True


def add_signature(document: Document, text: str) -> None:
    paragraph = _add(document, text, font=TEXT_FONT, size=16, spacing=28, alignment=WD_ALIGN_PARAGRAPH.RIGHT)
    paragraph.paragraph_format.space_before = Pt(20)
    paragraph.paragraph_format.right_indent = Pt(48)


def add_table(
    document: Document,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float],
    centred: frozenset[int] = frozenset(),
    bold_last: bool = False,
) -> None:
    """A ruled table whose heading row is repeated on every page. `widths` in centimetres."""
    grid = [round(width * _TWIPS_PER_CM) for width in widths]
    lines = [
        _row([_cell(text, width, centred=True, bold=True) for text, width in _pairs(headings, grid)], True)
    ]
    for place, row in enumerate(rows):
        bold = bold_last and place == len(rows) - 1
        cells = [
            _cell(text, width, centred=column in centred, bold=bold)
            for column, (text, width) in enumerate(_pairs(row, grid))
        ]
        lines.append(_row(cells, False))
    _add_grid(document, grid, lines, border="single")


def add_bars(document: Document, bars: Sequence[tuple[str, Sequence[Segment], str]]) -> None:
    """Bars with a name before and a figure behind each; the sizes of all are on one scale."""
    longest = max((sum(part.size for part in parts) for _, parts, _ in bars), default=0) or 1
    add_scaled_bars(document, bars, longest)


def add_scaled_bars(
    document: Document, bars: Sequence[tuple[str, Sequence[Segment], str]], full: float
) -> None:
    """Bars of which one of the size `full` takes all the room."""
    name_width, unit, end_width = (
        round(3.6 * _TWIPS_PER_CM),
        round(0.215 * _TWIPS_PER_CM),
        round(3.4 * _TWIPS_PER_CM),
    )
    lines = []
    for name, parts, end in bars:
        cells = [_cell(name, name_width, kept=True)]
        spans = share_out([part.size / full * _BAR_CELLS for part in parts])
        cells += [
            _cell(
                part.text if span * 2 >= 2 * len(part.text) else "",
                span * unit,
                span=span,
                centred=True,
                size=8,
                shading=part,
            )
            for part, span in zip(parts, spans, strict=True)
            if span
        ]
        if rest := _BAR_CELLS - sum(spans):
            cells.append(_cell("", rest * unit, span=rest, size=8))
        cells.append(_cell(end, end_width))
        lines.append(_row(cells, False, height=300))
    _add_grid(document, [name_width, *([unit] * _BAR_CELLS), end_width], lines, border="none")


def share_out(sizes: Sequence[float]) -> list[int]:
    """Whole cells for parts of a bar: at least one for what is not nothing, and never more than there are."""
    spans = [max(1, round(size)) if size > 0 else 0 for size in sizes]
    while sum(spans) > _BAR_CELLS:
        spans[spans.index(max(spans))] -= 1
    return spans


def _add(
    document: Document,
    text: str,
    *,
    font: str,
    size: float,
    spacing: float,
    alignment: WD_ALIGN_PARAGRAPH = WD_ALIGN_PARAGRAPH.LEFT,
    indented: bool = False,
) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = alignment
    form = paragraph.paragraph_format
    form.space_after = Pt(0)
    form.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    form.line_spacing = Pt(spacing)
    if indented:
        form.first_line_indent = Pt(2 * size)
    style_run(paragraph.add_run(printable(text)), font=font, size=size)
    return paragraph


def _pairs(texts: Sequence[str], grid: Sequence[int]) -> list[tuple[str, int]]:
    return list(zip(texts, grid, strict=True))


def _row(cells: Sequence[str], is_heading: bool, *, height: int = 0) -> str:
    fixed = f'<w:trHeight w:val="{height}" w:hRule="exact"/>' if height else ""
    repeated = "<w:tblHeader/>" if is_heading else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{fixed}{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _cell(
    text: str,
    width: int,
    *,
    span: int = 1,
    centred: bool = False,
    bold: bool = False,
    size: float = 9,
    shading: Segment | None = None,
    kept: bool = False,
) -> str:
    spanned = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    borders = shaded = colour = ""
    if shading is not None:
        edge = '<w:{} w:val="single" w:sz="4" w:space="0" w:color="FFFFFF"/>'
        borders = f"<w:tcBorders>{''.join(edge.format(side) for side in ('top', 'left', 'bottom', 'right'))}</w:tcBorders>"
        shaded = f'<w:shd w:val="{shading.pattern}" w:color="{shading.stripes}" w:fill="{shading.fill}"/>'
        colour = f'<w:color w:val="{shading.ink}"/>'
    aligned = '<w:jc w:val="center"/>' if centred else ""
    half_points = round(size * 2)
    return (
        f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{spanned}{borders}{shaded}<w:vAlign w:val="center"/></w:tcPr>'
        f'<w:p><w:pPr>{"<w:keepNext/>" if kept else ""}<w:spacing w:before="0" w:after="0" w:line="240" w:lineRule="auto"/>{aligned}</w:pPr>'
        f'<w:r><w:rPr><w:rFonts w:ascii="{LATIN_FONT}" w:hAnsi="{LATIN_FONT}" w:eastAsia="{TABLE_FONT}"/>'
        f"{'<w:b/>' if bold else ''}{colour}"
        f'<w:sz w:val="{half_points}"/></w:rPr>{_lines(text)}</w:r></w:p></w:tc>'
    )


def _lines(text: str) -> str:
    """The text of a cell, with breaks where it has line ends."""
    lines = escape(printable(text), quote=False).split("\n")
    return "<w:br/>".join(f'<w:t xml:space="preserve">{line}</w:t>' for line in lines)


def _add_grid(document: Document, grid: Sequence[int], lines: Sequence[str], *, border: str) -> None:
    above = 0 if border == "none" else _CELL_MARGIN // 2
    document.paragraphs[-1].paragraph_format.space_after = Pt(4)
    edges = "".join(
        f'<w:{side} w:val="{border}" w:sz="4" w:space="0" w:color="auto"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    margins = "".join(
        f'<w:{side} w:w="{width}" w:type="dxa"/>'
        for side, width in (
            ("top", above),
            ("left", _CELL_MARGIN),
            ("bottom", above),
            ("right", _CELL_MARGIN),
        )
    )
    columns = "".join(f'<w:gridCol w:w="{width}"/>' for width in grid)
    table: Any = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(grid)}" w:type="dxa"/><w:jc w:val="center"/>'
        f'<w:tblBorders>{edges}</w:tblBorders><w:tblLayout w:type="fixed"/><w:tblCellMar>{margins}</w:tblCellMar>'
        f"</w:tblPr><w:tblGrid>{columns}</w:tblGrid>{''.join(lines)}</w:tbl>"
    )
    document._body._body._insert_tbl(table)
