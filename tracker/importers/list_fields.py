"""The lists of one row: deliverables and milestones, numbered, line by line, or in columns of periods."""

from __future__ import annotations

import re
from collections.abc import Sequence

from tracker.importers.cell_reader import CellReader
from tracker.importers.columns import Field, is_beginning, is_period
from tracker.importers.draft import DraftDeliverable, DraftMilestone, Note
from tracker.importers.ledger import Bucket, Passage
from tracker.importers.lists import ListItem, SplitList, split_lines, split_numbered, trim_separators
from tracker.importers.milestones import COMMAS, make_milestone, steps_of
from tracker.importers.name_shapes import is_none
from tracker.importers.row_fields import RowFields, bare
from tracker.importers.rows import WorkRow

LINES_AND_STOPS = re.compile(r"[\n；;]+")
LONGEST_LISTED_LINE = 60
# Papers named one after the other in one line: 工作方案、总结报告. “方案、措施和人员落实” is no such list.
PAPER = re.compile(
    r"[^、，,；;。]{0,14}(?:方案|总结|报告|台账|清单|照片|记录|证明|证书|材料|文件|通知|通报|简报|意见|目录|名单|计划|制度|办法|纪要|合同|协议"
    r"|发票|凭证|报表|统计表|表|文本|试卷|试题|课件|案卷|函|批文|公告|公示|数据|信息|截图|影像|视频|图片|资料|说明|复印件|手册|规程|预案|批复|请示|决定|档案)"
    r"(?:[(（][^()（）]*[)）])?等?"
)
BETWEEN_PAPERS = re.compile(r"、")


class ListReader(CellReader):
    """Reads the lists of one table's rows."""

    def read_deliverables(self, row: WorkRow, fields: RowFields) -> tuple[DraftDeliverable, ...]:
        items = self._items(row, fields, Field.DELIVERABLES, LINES_AND_STOPS)
        return tuple(DraftDeliverable(item.n, _flat(text)) for item, text, _ in items)

    def read_milestones(self, row: WorkRow, fields: RowFields) -> tuple[DraftMilestone, ...]:
        items = self._items(row, fields, Field.MILESTONES, LINES_AND_STOPS)
        return tuple(
            make_milestone(item.n, _flat(text), prefix, fields.title or fields.requirement, self.parse)
            for item, text, prefix in items
        )

    def _items(
        self, row: WorkRow, fields: RowFields, wanted: Field, pattern: re.Pattern[str]
    ) -> list[tuple[ListItem, str, str]]:
        """Items of all columns of a list field with their text and, for a column of periods, its heading."""
        found: list[tuple[ListItem, str, str]] = []
        columns = self.header.columns_of(wanted)
        beginnings = [column for column in columns if is_beginning(self.header.headings[column].text)]
        if len(columns) <= len(beginnings):
            beginnings = []
        for column in (column for column in columns if column not in beginnings):
            heading = self.header.headings[column].text
            prefix = bare(heading) if wanted is Field.MILESTONES and is_period(heading) else ""
            slots = row.cells.get(column, [])
            if self.share(row, fields, str(wanted), slots):
                continue
            for position, slot in enumerate(slot for slot in slots if slot.is_holder):
                if is_none(slot.text):
                    if slot.text:
                        fields.marked_none.add(wanted)
                    self.ledger.claim(slot.passage, Bucket.FURNITURE)
                    continue
                split = self._split(slot.passage, wanted, pattern)
                fields.problems.extend((bare(heading), problem) for problem in split.problems)
                self._keep_preamble(split, heading, fields)
                items = [(item, item.body.text, prefix) for item in split.items]
                if position and found and items and not items[0][0].is_numbered:
                    last, text, own = found[-1]
                    found[-1] = (last, text + items.pop(0)[1], own)
                found.extend(items)
        return self._with_beginnings(row, fields, beginnings, _renumbered(found))

    def _with_beginnings(
        self,
        row: WorkRow,
        fields: RowFields,
        columns: Sequence[int],
        items: list[tuple[ListItem, str, str]],
    ) -> list[tuple[ListItem, str, str]]:
        """开始时间 and 结束时间 of one step are one window; a beginning that fits nowhere is kept as a note."""
        for column in columns:
            slots = row.cells.get(column, [])
            text = "".join(slot.text for slot in slots if slot.is_holder and not is_none(slot.text))
            whole = f"{text}至{items[0][1]}" if text and len(items) == 1 else ""
            deadlines = self.parse(whole) if whole else ()
            if len(deadlines) == 1 and deadlines[0].start is not None:
                items = [(items[0][0], whole, items[0][2])]
                for slot in slots:
                    self.place(slot)
            else:
                self.note_columns(row, fields, [column])
        return items

    def _split(self, passage: Passage, wanted: Field, pattern: re.Pattern[str]) -> SplitList:
        split = split_numbered(passage, self.ledger)
        if split is None:
            if self._is_plainly_a_list(passage, wanted, pattern):
                split = SplitList(split_lines(passage, self.ledger, pattern))
            elif wanted is Field.DELIVERABLES and _names_papers(passage.text):
                split = SplitList(split_lines(passage, self.ledger, BETWEEN_PAPERS))
            elif wanted is Field.MILESTONES and len(steps_of(passage.text, self.parse)) > 1:
                split = SplitList(split_lines(passage, self.ledger, COMMAS))
            else:
                body = trim_separators(passage, self.ledger)
                split = SplitList((ListItem(1, body, is_numbered=False),) if body else ())
        for item in split.items:
            self.ledger.claim(item.body, Bucket.PLACED)
        return split

    def _is_plainly_a_list(self, passage: Passage, wanted: Field, pattern: re.Pattern[str]) -> bool:
        parts = [part.strip() for part in pattern.split(passage.text) if part.strip()]
        if len(parts) < 2:
            return False
        if wanted is Field.MILESTONES:
            return all(self.parse(part) for part in parts)
        return all(len(part) <= LONGEST_LISTED_LINE for part in parts)

    def _keep_preamble(self, split: SplitList, heading: str, fields: RowFields) -> None:
        if split.preamble is not None:
            self.ledger.claim(split.preamble, Bucket.PLACED)
            fields.notes.append(Note(bare(heading), _flat(split.preamble.text)))


def _names_papers(text: str) -> bool:
    parts = text.strip(" \n。；;").split("、")
    return len(parts) > 1 and all(PAPER.fullmatch(part.strip()) for part in parts)


def _renumbered(items: list[tuple[ListItem, str, str]]) -> list[tuple[ListItem, str, str]]:
    """Items without printed numbers count on over all their columns."""
    if any(item.is_numbered for item, _, _ in items):
        return items
    return [(ListItem(n, item.body, False), text, prefix) for n, (item, text, prefix) in enumerate(items, 1)]


def _flat(text: str) -> str:
    """A list item on one line: line breaks inside it were made by the column's width."""
    return re.sub(r"\s*\n\s*", "", text).strip()
