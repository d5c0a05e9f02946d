"""Markdown: pipe tables are grids, other lines paragraphs.

Its marks (`|`, the rule under a header, `#`, `**`, `>`, code fences) are syntax and no characters of the source;
the signs of lists stay, since the page shows them. A `<br>` in a cell is a line break.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from tracker.importers.readers.lines import make_grid
from tracker.importers.source import Grid, Paragraph

_RULE_FIELD = re.compile(r":?-+:?")
_HEADING = re.compile(r"\s{0,3}(#{1,6})\s+(.*)")
_FENCE = re.compile(r"\s{0,3}(```|~~~).*")
_THEMATIC_BREAK = re.compile(r"\s{0,3}([-*_])\s*(\1\s*){2,}")
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_ESCAPE = re.compile(r"\\([!-/:-@\[-`{-~])")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PIPE = re.compile(r"(?<!\\)\|")


def has_pipe_table(text: str) -> bool:
    """A rule with at least one pipe under a line with pipes: nothing else looks like it."""
    lines = text.split("\n")
    return any(_is_rule(line) and "|" in above for above, line in pairwise(lines))


def read_markdown(text: str) -> Iterator[Paragraph | Grid]:
    """Blocks in order; a table ends where a line without a pipe stands."""
    lines = text.split("\n")
    index = tables = 0
    while index < len(lines):
        end = _table_end(lines, index)
        if end > index:
            tables += 1
            rows = [_fields(line) for line in lines[index:end] if not _is_rule(line)]
            yield make_grid(rows, f"第{tables}个表格（第{index + 1}—{end}行）")
            index = end
            continue
        yield from _paragraph(lines[index], index + 1)
        index += 1


def _table_end(lines: list[str], start: int) -> int:
    """One past the last line of the table that begins here; `start` where none does."""
    following = lines[start + 1] if start + 1 < len(lines) else ""
    framed = _is_framed(lines[start]) and _is_framed(following)
    if not ("|" in lines[start] and (_is_rule(following) or framed)):
        return start
    end = start
    while end < len(lines) and _PIPE.search(lines[end]):
        end += 1
    return end


def _is_framed(line: str) -> bool:
    return len(line.strip()) > 1 and line.strip().startswith("|") and line.strip().endswith("|")


def _is_rule(line: str) -> bool:
    fields = line.strip().removeprefix("|").removesuffix("|").split("|")
    return "|" in line and all(_RULE_FIELD.fullmatch(field.strip()) for field in fields)


def _fields(line: str) -> list[str]:
    inner = line.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [_plain(field) for field in _PIPE.split(inner)]


def _paragraph(line: str, number: int) -> Iterator[Paragraph]:
    if _FENCE.fullmatch(line) or _THEMATIC_BREAK.fullmatch(line):
        return
    heading = _HEADING.fullmatch(line)
    text = _plain(heading[2].rstrip("# ") if heading else line.lstrip().removeprefix("> "))
    if text:
        yield Paragraph(text, f"第{number}行", f"heading {len(heading[1])}" if heading else None)


def _plain(text: str) -> str:
    return _ESCAPE.sub(r"\1", _BREAK.sub("\n", _BOLD.sub(r"\1", text))).strip()
