"""The findings on the units of one row: words that name no single unit, and who answers where such a word leads."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

from tracker.importers.collective import is_collective
from tracker.importers.columns import Field
from tracker.importers.draft import Diagnostic, DraftRow, Severity
from tracker.importers.spellings import Directory


@dataclass(frozen=True)
class UnitWords:
    """What is said of words for units. `collectives`: a word for several units -> the unit that answers where it leads,
    empty where nobody is named; `single`: those that name one unit after all; `directory`: units that the office knows.
    """

    collectives: Mapping[str, str] = field(default_factory=dict)
    single: Collection[str] = ()
    directory: Directory = field(default_factory=Directory)

    def is_collective(self, name: str) -> bool:
        bare = "".join(name.split())
        if bare in self.collectives:
            return True
        return bare not in self.single and not self.directory.knows_unit(bare) and is_collective(bare)

    def has_lead(self, name: str) -> bool:
        """Whether somebody said which unit answers where the word leads."""
        return bool(self.collectives.get("".join(name.split())))


NO_UNIT_WORDS = UnitWords()


def check_units(
    row: DraftRow, words: UnitWords, *, has_lead_column: bool
) -> Iterator[tuple[Diagnostic, Field]]:
    """The findings, each with the field that it concerns."""
    named = [unit for unit in dict.fromkeys(row.units) if words.is_collective(unit)]
    if named:
        listed = "、".join(f"“{name}”" for name in named)
        message = f"{listed}是统称，不新建单位；代表哪些单位，可在“人员单位”一步指明。"
        yield _finding("collective-unit", Severity.INFO, message, row), Field.UNITS
    first = row.lead_unit or (row.units[0] if row.units and not has_lead_column else "")
    if not first or not words.is_collective(first) or words.has_lead(first):
        return
    wanted = Field.LEAD_UNIT if row.lead_unit else Field.UNITS
    others = [] if row.lead_unit else [unit for unit in row.units if not words.is_collective(unit)]
    if others:
        message = f"责任部门的第一个“{first}”是统称，暂由“{others[0]}”负责，请确认由哪个单位负责。"
        yield _finding("collective-lead", Severity.WARNING, message, row), wanted
        return
    part = "牵头部门" if row.lead_unit else "责任部门"
    message = f"{part}填的是统称“{first}”，没有一个负责的单位。请在本格或“人员单位”一步指明由哪个单位负责。"
    yield _finding("collective-lead", Severity.ERROR, message, row), wanted


def _finding(code: str, severity: Severity, message: str, row: DraftRow) -> Diagnostic:
    return Diagnostic(code, severity, message, None, None, row.where)
