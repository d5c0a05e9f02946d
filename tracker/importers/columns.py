"""Which column is which: the fields of a responsibility table and the headings offices print over them.

The synonyms are policy data: whoever starts the program reads `config/columns.toml` and hands the mapping over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from tracker.errors import TrackerError
from tracker.importers.characters import to_simplified


class Field(StrEnum):
    SEQ = "seq"
    GROUP = "group"
    TITLE = "title"
    REQUIREMENT = "requirement"
    MEASURE = "measure"
    BASIS = "basis"
    SOURCE = "source"
    LEAD_UNIT = "lead_unit"
    UNITS = "units"
    DELIVERABLES = "deliverables"
    MILESTONES = "milestones"
    EXPEDITER = "expediter"
    OWNER = "owner"
    LEADER = "leader"
    SCORE = "score"
    PROGRESS = "progress"
    CONTACT = "contact"
    REMARK = "remark"


ROLES = (Field.EXPEDITER, Field.OWNER, Field.LEADER)
UNIT_FIELDS = (Field.LEAD_UNIT, Field.UNITS)
TASK_FIELDS = (Field.TITLE, Field.REQUIREMENT, Field.MEASURE, Field.BASIS)
# Too short to be looked for inside a longer heading (“项目” stands in “项目负责人”), but not at its end: Chinese puts
# the noun there, and “督导事项” is a kind of 事项.
SHORT = 2
LONGEST_HEADING = 24
MOST_REMEMBERED = 4096
BRACKETED = re.compile(r"[(（\[【〔][^)）\]】〕]*[)）\]】〕]?")
NOISE = re.compile(r"[\s*:：·.。、,，“”\"'_—\-]+")
BEGINNING = re.compile(r"(开始|启动|起始|开工)(时间|日期|时限)?$")
PERIOD_HEADING = re.compile(
    r"(第?[一二三四1234]季度|[上下]半年|全年|\d{1,2}月(份|底)?|[一二三四五六七八九十]{1,2}月份?)"
    r"(目标|任务|进度|节点|计划|安排|工作)*$"
)


class ColumnsInvalid(TrackerError):
    """The synonyms cannot be used; the sentence says which entry and what is accepted."""


@dataclass(frozen=True)
class Heading:
    """What a printed heading was recognised as.

    `certainty`: 3 exact, 2 a part of it, 1 contained in it, 0 taken by what stands below it (`is_assumed`).
    """

    text: str
    field: Field | None
    certainty: int = 0
    parts: tuple[Field, ...] = ()  # of a heading for several fields (责任领导/责任人), in their order

    @property
    def is_assumed(self) -> bool:
        return self.field is not None and self.certainty == 0


@dataclass(frozen=True)
class ColumnSynonyms:
    """Field by normalised heading."""

    by_heading: Mapping[str, Field]
    _met: dict[str, Heading] = field(init=False, repr=False, compare=False, default_factory=dict)

    @classmethod
    def from_mapping(cls, mapping: Mapping[str, object]) -> ColumnSynonyms:
        """Build from `field -> headings`, as the policy file says it. Raises ColumnsInvalid in Chinese."""
        found: dict[str, Field] = {}
        for name, headings in mapping.items():
            if name not in set(Field):
                known = "、".join(Field)
                raise ColumnsInvalid(f"列名设置里没有栏目“{name}”，可用的栏目是：{known}。")
            for heading in _as_headings(name, headings):
                key = normalise_heading(heading)
                if not key:
                    raise ColumnsInvalid(f"栏目“{name}”里有空的叫法“{heading}”，请删去或填写表头文字。")
                if found.setdefault(key, Field(name)) != name:
                    raise ColumnsInvalid(
                        f"叫法“{heading}”同时写在栏目“{found[key]}”和“{name}”里，请只保留一处。"
                    )
        return cls(found)

    def recognise(self, text: str) -> Heading:
        """What a heading means; `field` is None where nothing fits."""
        if len(self._met) > MOST_REMEMBERED:
            self._met.clear()
        if text not in self._met:
            self._met[text] = self._recognise(text)
        return self._met[text]

    def _recognise(self, text: str) -> Heading:
        key = normalise_heading(text)
        if not key or len(key) > LONGEST_HEADING:
            return Heading(text, None)
        bare = normalise_heading(BRACKETED.sub("", text))
        for candidate in (key, bare):
            if candidate in self.by_heading:
                return Heading(text, self.by_heading[candidate], 3)
        words = re.split(r"[/／|\n和及与、]", BRACKETED.sub("", text))
        parts = tuple(
            field for word in words if (field := self.by_heading.get(normalise_heading(word))) is not None
        )
        if parts:
            return Heading(text, parts[0], 2, parts)
        return Heading(text, *self._contained_in(bare or key))

    def _contained_in(self, key: str) -> tuple[Field | None, int]:
        if PERIOD_HEADING.match(key):
            return Field.MILESTONES, 1
        inside = [
            synonym
            for synonym in self.by_heading
            if (synonym in key and len(synonym) > SHORT)
            or (key.endswith(synonym) and len(synonym) == SHORT < len(key))
        ]
        if inside:
            # the longest is the most telling; of equals the last, since Chinese puts the noun at the end
            best = max(inside, key=lambda synonym: (len(synonym), key.rfind(synonym)))
            return self.by_heading[best], 1
        return None, 0


def normalise_heading(text: str) -> str:
    """One spelling for a heading: simplified, half width, without spaces and marks."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return re.sub(r"[()\[\]【】〔〕/|]", "", NOISE.sub("", to_simplified(folded)))


def is_beginning(heading: str) -> bool:
    """Whether the heading asks for the day on which something begins (开始时间), which is no deadline."""
    return BEGINNING.search(normalise_heading(heading)) is not None


def is_period(heading: str) -> bool:
    """Whether the heading itself is a period (一季度, 3月), so that its cells are steps of that period."""
    return PERIOD_HEADING.match(normalise_heading(heading)) is not None


def _as_headings(name: str, headings: object) -> Sequence[str]:
    if isinstance(headings, str) or not isinstance(headings, Sequence):
        raise ColumnsInvalid(f'栏目“{name}”应写成列表，例如 {name} = ["序号", "编号"]。')
    if wrong := [heading for heading in headings if not isinstance(heading, str)]:
        raise ColumnsInvalid(f"栏目“{name}”里的“{wrong[0]}”不是文字，每个叫法都要加引号。")
    return headings
