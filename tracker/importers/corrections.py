"""What a coordinator says about a table after it was read: where its headings stand, other columns, another title,
other words in a cell, tables left out.

Nothing of the source is changed for good: the same file and the same corrections make the same draft again, and
every replaced cell is a finding on its row (手工改为…). Tables are known by their number in reading order, rows by
where they stand, cells by their column.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from tracker.importers.columns import Field, Heading

ADDED_FROM = (
    1000  # columns that the source lacks and the coordinator adds are numbered from here, one a field
)
SHOWN = 40
NO_HEADINGS = "-"  # said instead of a row: the table prints no headings
ADDED_HEADINGS = {
    Field.GROUP: "评审项目",
    Field.TITLE: "任务名称",
    Field.REQUIREMENT: "任务内容",
    Field.LEAD_UNIT: "牵头部门",
    Field.UNITS: "责任部门",
    Field.DELIVERABLES: "成果",
    Field.MILESTONES: "时间节点",
    Field.EXPEDITER: "盯办人",
    Field.OWNER: "责任人",
    Field.LEADER: "分管领导",
    Field.SCORE: "分值",
}


@dataclass(frozen=True)
class CellEdit:
    """The words that stand in a cell from now on. `before` is what was read there, `by` and `on` (a day) are said."""

    text: str
    before: str
    by: str
    on: str

    @property
    def message(self) -> str:
        """What the finding says."""
        return f"手工改为“{_shown(self.text) or '（空）'}”（原为“{_shown(self.before) or '（空）'}”），{self.by}，{self.on}。"


@dataclass(frozen=True)
class Corrections:
    """Everything at once. `columns`: table -> column -> field, None for a column that is only kept as a note;
    `edits`: (table, row, column) -> words; `same_people`: a name -> the name of the person
    whom it means, itself where it is somebody else than those who are spelled alike. `headings_at`: table -> the row
    that holds its headings, or `NO_HEADINGS`; `titles`: table -> the title under which the register shall know it.
    `collectives`: a word that names several units (各科室) -> the unit that answers where it leads, or nothing;
    `single_units`: words that look like such and name one unit.
    """

    columns: Mapping[int, Mapping[int, Field | None]] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()  # tables
    dropped: frozenset[tuple[int, str]] = frozenset()  # rows, by table and place
    edits: Mapping[tuple[int, str, int], CellEdit] = field(default_factory=dict)
    same_people: Mapping[str, str] = field(default_factory=dict)
    headings_at: Mapping[int, str] = field(default_factory=dict)
    titles: Mapping[int, str] = field(default_factory=dict)
    collectives: Mapping[str, str] = field(default_factory=dict)
    single_units: frozenset[str] = frozenset()

    def headings(self, table: int, printed: Mapping[int, Heading]) -> dict[int, Heading]:
        """The headings of a table as they are to be understood, with the columns that were added."""
        chosen = dict(printed)
        for column, wanted in self.columns.get(table, {}).items():
            if column in printed:
                chosen[column] = Heading(printed[column].text, wanted, 3)
            elif wanted is not None and is_added(column):
                chosen[column] = Heading(ADDED_HEADINGS[wanted], wanted, 3)
        return chosen

    def of_row(self, table: int, where: str) -> Mapping[int, CellEdit]:
        """The edits in one row, by column."""
        return self._by_row.get((table, where), {})

    def edited(self, table: int) -> set[tuple[str, int]]:
        """The places and columns of a table's corrected cells."""
        return {(row, column) for number, row, column in self.edits if number == table}

    @cached_property
    def _by_row(self) -> dict[tuple[int, str], dict[int, CellEdit]]:
        found: dict[tuple[int, str], dict[int, CellEdit]] = {}
        for (table, row, column), edit in self.edits.items():
            found.setdefault((table, row), {})[column] = edit
        return found


NO_CORRECTIONS = Corrections()


def added_column(wanted: Field) -> int:
    """The number of the column that is added for a field. Raises KeyError for one that is never added."""
    return ADDED_FROM + list(ADDED_HEADINGS).index(wanted)


def is_added(column: int) -> bool:
    return column >= ADDED_FROM


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[: SHOWN - 1]}…"
