"""The two invented tables of the demo office, as they come out of an import."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.golden_files import Golden
from tests.unit.tracker.importers.sources import ROOT, codes, dues, names, office_synonyms
from tracker.importers.build import build_draft
from tracker.importers.draft import Draft, DraftMilestone, DraftRow
from tracker.importers.readers import read_source

TABLES = ROOT / "runtime" / "demo" / "tables"


def read(path: Path) -> Draft:
    return build_draft(read_source(path), synonyms=office_synonyms())


def summary(draft: Draft) -> str:
    """What a coordinator would want to see of every row, one block a row."""
    lines = [f"{finding.severity} {finding.code}: {finding.message}" for finding in draft.diagnostics]
    for table in draft.tables:
        lines += ["", f"# {table.title} ({table.year})", str(dict(table.columns))]
        lines += [f"{finding.severity} {finding.code}: {finding.message}" for finding in table.diagnostics]
        for row in table.rows:
            lines += ["", *_row_lines(row)]
    return "\n".join(lines) + "\n"


def _row_lines(row: DraftRow) -> list[str]:
    people = "; ".join(f"{role} {'、'.join(names(row, role)) or '-'}" for role in row.people)
    lines = [f"## {row.label} {row.title} | {row.group or '-'} | {row.score.kind} {row.score.max}"]
    lines.append(f"{row.lead_unit or '-'} | {'、'.join(row.units) or '-'} | {people}")
    lines += [f"  {item.n}. {item.text}" for item in row.deliverables]
    lines += [f"  > {milestone.n}. {milestone.text} [{_when(milestone)}]" for milestone in row.milestones]
    lines += [f"  ! {finding.severity} {finding.code}" for finding in row.diagnostics]
    return lines


def _when(milestone: DraftMilestone) -> str:
    marks = [
        word for word, is_set in (("standing", milestone.standing), ("archive", milestone.archive)) if is_set
    ]
    for deadline in milestone.deadlines:
        if deadline.offset is not None:
            marks.append(f"{deadline.offset.count} {deadline.offset.unit} after {deadline.offset.event}")
        else:
            marks.append(
                deadline.recurrence or (deadline.due.isoformat() if deadline.due else str(deadline.kind))
            )
    return ", ".join(marks)


@pytest.fixture(scope="module")
def rows() -> dict[str, DraftRow]:
    """The rows of the larger table by their labels."""
    draft = read(TABLES / "drill.tsv")
    assert draft.source.unplaced == 0
    return {row.label: row for table in draft.tables for row in table.rows}


class TestDrillTable:
    def test_eleven_pages_are_one_table_of_41_rows(self, rows: dict[str, DraftRow]) -> None:
        assert list(rows) == [str(number) for number in range(1, 42)]

    def test_festivals_and_spans_have_their_days(self, rows: dict[str, DraftRow]) -> None:
        assert dues(rows["3"]) == ["2024-09-30", "2024-10-15"]  # the day before 国庆节
        assert dues(rows["7"]) == ["2024-02-09", "2024-06-09", "2024-10-15"]  # before 春节 and 端午节
        assert dues(rows["6"]) == ["2024-06-20", "2024-09-30", "2024-10-15"]

    def test_recurring_relative_and_standing_duties_have_no_day_yet(self, rows: dict[str, DraftRow]) -> None:
        recurring = rows["17"].milestones[0].deadlines[0]
        assert recurring.recurrence == "FREQ=YEARLY;BYMONTH=1,4,7,10;BYMONTHDAY=5"
        offset = rows["21"].milestones[2].deadlines[0].offset
        assert offset is not None
        assert (offset.count, str(offset.unit), offset.event) == (20, "workday", "检查结束")
        assert rows["4"].milestones[1].standing

    def test_two_periods_for_one_duty_are_reported(self, rows: dict[str, DraftRow]) -> None:
        assert "deadline-contradicts" in codes(rows["33"])

    def test_the_shifted_row_stands_right(self, rows: dict[str, DraftRow]) -> None:
        assert rows["18"].people == rows["17"].people

    def test_every_row_is_as_it_was_read_and_accepted(self, golden: Golden) -> None:
        golden.check("importers/drill.txt", summary(read(TABLES / "drill.tsv")))


class TestBaseTable:
    def test_sub_rows_are_counted_under_their_number(self) -> None:
        draft = read(TABLES / "base.tsv")
        assert draft.source.unplaced == 0
        labels = [row.label for table in draft.tables for row in table.rows]
        assert labels == [
            "1.1",
            "1.2",
            "1.3",
            "2.1",
            "2.2",
            "3.1",
            "3.2",
            "4",
            "5.1",
            "5.2",
            "6.1",
            "6.2",
            "6.3",
            "8",
        ]

    def test_every_row_is_as_it_was_read_and_accepted(self, golden: Golden) -> None:
        golden.check("importers/base.txt", summary(read(TABLES / "base.tsv")))
