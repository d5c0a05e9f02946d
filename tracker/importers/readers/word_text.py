"""The text of a paragraph as a reader sees it on the page.

Insertions, links, content controls and smart tags are looked through; deletions, field codes and hidden text are
not seen, and what is hidden is counted. A text box is handed back for the caller to place.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lxml.etree import _Element

from tracker.importers.readers import word_names as names
from tracker.importers.readers.word_names import child, is_on, word
from tracker.importers.source import count_characters

_RUN = word("r")
_TEXT = frozenset({word("t"), names.MATHS_TEXT})
_SYMBOL = word("sym")
_WRITTEN = {
    word("tab"): "\t",
    word("ptab"): "\t",
    word("br"): "\n",
    word("cr"): "\n",
    word("noBreakHyphen"): "-",
    word("softHyphen"): "",
}
_WORD_ART = "{urn:schemas-microsoft-com:vml}textpath"
_PICTURES = frozenset({
    "{http://schemas.openxmlformats.org/drawingml/2006/main}blip",
    "{urn:schemas-microsoft-com:vml}imagedata",
})  # fmt: skip
_EMBEDDED = frozenset({word("object"), word("altChunk")})
_COMMENT = word("commentReference")
# Wingdings and Symbol in the private use area, as check lists use them
_SYMBOLS = {
    0xFE: "☑",
    0xA8: "□",
    0x6F: "□",
    0xFC: "√",
    0x52: "☑",
    0x51: "☒",
    0xFD: "☒",
    0x6C: "●",
    0x6E: "■",
    0xD7: "×",
}


@dataclass
class Findings:
    """What the reader saw and did not hand on, counted over a whole document."""

    hidden_characters: int = 0
    unseen_merged_characters: int = 0
    pictures: int = 0
    embedded: int = 0
    comments: int = 0
    unknown_symbols: int = 0
    cut_merges: list[str] = field(default_factory=list)
    furniture_characters: int = 0

    def notes(self) -> tuple[str, ...]:
        """One Chinese sentence for each thing found."""
        counted = (
            (self.hidden_characters, "有{}个字符设为隐藏文字，未导入。"),
            (self.unseen_merged_characters, "有{}个字符在合并单元格被遮住的部分里，Word 不显示，未导入。"),
            (self.pictures, "有{}张图片，图片里的文字不会读入，如有任务内容请改为文字。"),
            (self.embedded, "有{}个嵌入对象，其内容不会读入，请把内容粘贴为普通表格。"),
            (self.comments, "有{}条批注，未导入。"),
            (self.unknown_symbols, "有{}个特殊符号无法辨认，以“□”代替。"),
            (self.furniture_characters, "页眉、页脚共{}个字符，未导入。"),
        )
        cuts = (f"{place}的合并单元格从上一页的表格延续而来，已按新单元格读取。" for place in self.cut_merges)
        return (*(sentence.format(count) for count, sentence in counted if count), *cuts)


@dataclass
class Written:
    """The text of one paragraph, and the text boxes anchored in it."""

    pieces: list[str] = field(default_factory=list)
    boxes: list[_Element] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(self.pieces)


def write_paragraph(paragraph: _Element, findings: Findings) -> Written:
    """Collect what a reader sees of one `w:p`."""
    written = Written()
    _write(paragraph, written, findings)
    return written


def _write(element: _Element, written: Written, findings: Findings) -> None:
    for part in element:
        tag = part.tag
        if tag in _TEXT:
            written.pieces.append(part.text or "")
        elif tag in names.UNSEEN:
            continue
        elif tag == _RUN and is_on(child(part, "rPr"), "vanish"):
            findings.hidden_characters += sum(count_characters(text.text or "") for text in part.iter(*_TEXT))
        elif tag in _WRITTEN:
            written.pieces.append(_WRITTEN[tag])
        elif tag == names.TEXT_BOX:
            written.boxes.append(part)
        elif tag == names.ALTERNATIVES:
            _write(chosen_branch(part), written, findings)
        elif tag == _SYMBOL:
            written.pieces.append(_symbol(part, findings))
        else:
            _note_unreadable(part, written, findings)
            _write(part, written, findings)


def _note_unreadable(part: _Element, written: Written, findings: Findings) -> None:
    tag = part.tag
    if tag == _WORD_ART:
        written.pieces.append(part.get("string", ""))
    elif tag in _PICTURES:
        findings.pictures += 1
    elif tag in _EMBEDDED:
        findings.embedded += 1
    elif tag == _COMMENT:
        findings.comments += 1


def _symbol(part: _Element, findings: Findings) -> str:
    try:
        code = int(part.get(word("char"), ""), 16)
    except ValueError:
        code = 0
    if code & 0xFF00 != 0xF000:
        code_is_text = 0x20 < code < 0xE000
        findings.unknown_symbols += not code_is_text
        return chr(code) if code_is_text else "□"
    findings.unknown_symbols += (code & 0xFF) not in _SYMBOLS
    return _SYMBOLS.get(code & 0xFF, "□")


def chosen_branch(alternatives: _Element) -> _Element:
    """The one branch of `mc:AlternateContent` that is shown: the first with text in it, else the first."""
    branches = [branch for branch in alternatives if branch.tag in (names.CHOICE, names.FALLBACK)]
    shown = (
        branch for branch in branches if next(branch.iter(names.TEXT_BOX, *_TEXT, _SYMBOL), None) is not None
    )
    return next(shown, branches[0] if branches else alternatives)
