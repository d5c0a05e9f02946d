"""Word documents as offices print them: A4, 仿宋 and 宋体, headings in the middle, and always the same bytes.

A document knows no clock: its dates are those it is told, so that a package built twice is the same file.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import docx
from docx.document import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Mm, Pt
from docx.table import _Cell, _Row
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from tracker.archive.container import stamp_of, zip_bytes
from tracker.archive.printing import printable

TITLE_FONT, BODY_FONT, TABLE_FONT = "黑体", "仿宋", "宋体"
LATIN_FONT = "Times New Roman"
# Each font with those that another system may take where it is not installed, and its family.
Fallback = tuple[str, str, str]
_FONTS: tuple[Fallback, ...] = (
    (TITLE_FONT, "SimHei", "swiss"),
    (BODY_FONT, "FangSong", "modern"),
    (TABLE_FONT, "SimSun", "roman"),
)
_UNUSED_PARTS = frozenset({"stylesWithEffects", "customXml", "numbering", "thumbnail"})
_USED_STYLES = frozenset({"Table Grid", "footer"})
_FONT_TABLE = "/word/fontTable.xml"
_WORD_NAMESPACE = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def new_document(
    *, title: str, at: datetime, landscape: bool = False, fonts: Sequence[Fallback] = _FONTS
) -> Document:
    """An empty A4 document with the margins of official papers (GB/T 9704) and page numbers at its foot."""
    document = docx.Document()
    _remove_unused(document)
    _set_fonts(document, fonts)
    _set_page(document, landscape=landscape)
    _set_properties(document, title=title, at=at)
    return document


def add_heading(document: Document, text: str, *, size: float = 22) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.space_after = Pt(size / 2)
    style_run(paragraph.add_run(printable(text)), font=TITLE_FONT, size=size)
    return paragraph


def add_text(document: Document, text: str, *, size: float = 12) -> Paragraph:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(6)
    style_run(paragraph.add_run(printable(text)), font=BODY_FONT, size=size)
    return paragraph


def add_table(
    document: Document,
    headings: Sequence[str],
    rows: Sequence[Sequence[str]],
    *,
    widths: Sequence[float],
    centred: frozenset[int] = frozenset(),
    size: float = 10.5,
    padding: float = 2,
) -> None:
    """A ruled table whose heading row is repeated on every page. `widths` in centimetres, `padding` in points."""
    table = document.add_table(rows=0, cols=len(widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for position, row in enumerate([headings, *rows] if headings else rows):
        is_heading = bool(headings) and position == 0
        line = table.add_row()
        _mark_row(line, is_heading=is_heading)
        for column, (cell, text) in enumerate(zip(line.cells, row, strict=True)):
            cell.width = Cm(widths[column])
            paragraph = fill_cell(
                cell, text, size=size, bold=is_heading, centred=is_heading or column in centred
            )
            paragraph.paragraph_format.space_before = paragraph.paragraph_format.space_after = Pt(padding)
    for column, width in enumerate(widths):
        table.columns[column].width = Cm(width)


def fill_cell(cell: _Cell, text: str, *, size: float, bold: bool = False, centred: bool = False) -> Paragraph:
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER
    paragraph: Paragraph = cell.paragraphs[0]
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    run = paragraph.add_run(printable(text))
    style_run(run, font=TABLE_FONT, size=size)
    run.bold = bold
    return paragraph


def style_run(run: Run, *, font: str, size: float) -> None:
    run.font.name = LATIN_FONT
    run.font.size = Pt(size)
    _fonts_of(run._r.get_or_add_rPr()).set(qn("w:eastAsia"), font)


def document_bytes(document: Document, *, at: datetime) -> bytes:
    """The finished document. Its zip is written anew, because python-docx stamps the current time on it."""
    buffer = io.BytesIO()
    document.save(buffer)
    with zipfile.ZipFile(buffer) as package:
        members = [(info.filename, package.read(info)) for info in package.infolist()]
    return zip_bytes(members, stamp_of(at))


def _remove_unused(document: Document) -> None:
    """Drop what the library's template brings along: 150 styles, and parts that only it refers to."""
    package = document.part.package
    assert package is not None
    for part in (document.part, package):
        unused = [key for key, link in part.rels.items() if link.reltype.rpartition("/")[2] in _UNUSED_PARTS]
        for key in unused:
            del part.rels[key]
    styles = document.styles.element
    for style in list(styles.style_lst):
        if not style.default and style.name_val not in _USED_STYLES:
            styles.remove(style)


def _set_fonts(document: Document, fonts: Sequence[Fallback]) -> None:
    normal = document.styles["Normal"]
    normal.font.name = LATIN_FONT
    normal.font.size = Pt(12)
    _fonts_of(normal.element.get_or_add_rPr()).set(qn("w:eastAsia"), BODY_FONT)
    for part in document.part.package.iter_parts():
        if str(part.partname) == _FONT_TABLE:
            part._blob = _font_table(fonts)


def _fonts_of(properties: Any) -> Any:
    return properties.get_or_add_rFonts()


def _font_table(fonts: Sequence[Fallback]) -> bytes:
    rows = "".join(
        f'<w:font w:name="{name}"><w:altName w:val="{others}"/><w:charset w:val="86"/>'
        f'<w:family w:val="{family}"/><w:pitch w:val="variable"/></w:font>'
        for name, others, family in fonts
    )
    declaration = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f'{declaration}<w:fonts xmlns:w="{_WORD_NAMESPACE}">{rows}</w:fonts>'.encode()


def _set_page(document: Document, *, landscape: bool) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    if landscape:
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Mm(297), Mm(210)
        section.top_margin, section.bottom_margin = Mm(28), Mm(26)
        section.left_margin, section.right_margin = Mm(20), Mm(20)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for text, field in (("第 ", "PAGE"), (" 页  共 ", "NUMPAGES"), (" 页", None)):
        style_run(footer.add_run(text), font=TABLE_FONT, size=9)
        if field:
            _add_field(footer, field)


def _add_field(paragraph: Paragraph, name: str) -> None:
    """A field that the word processor fills in; each of its pieces is a run of its own, or it loses its size."""
    instruction: Any = OxmlElement("w:instrText")
    instruction.text = f" {name} "
    result: Any = OxmlElement("w:t")
    result.text = "1"
    for piece in (_mark("begin"), instruction, _mark("separate"), result, _mark("end")):
        run = paragraph.add_run()
        style_run(run, font=TABLE_FONT, size=9)
        run._r.append(piece)


def _mark(kind: str) -> Any:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    return mark


def _mark_row(row: _Row, *, is_heading: bool) -> None:
    properties: Any = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if is_heading:
        properties.append(OxmlElement("w:tblHeader"))


def _set_properties(document: Document, *, title: str, at: datetime) -> None:
    properties = document.core_properties
    moment = at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties.title = printable(title)[:255]
    properties.author = properties.last_modified_by = "盯办"
    properties.comments = properties.keywords = properties.subject = ""
    properties.language = "zh-CN"
    properties.created = properties.modified = moment
    properties.revision = 1
