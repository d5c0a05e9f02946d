"""The real table of an office, in three formats, against counts made by hand. Row numbers, counts and dates only."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.tracker.importers.sources import codes, dues, names, office_synonyms
from tracker.importers.build import build_draft
from tracker.importers.draft import Draft, DraftRow, ScoreKind
from tracker.importers.readers import read_source

pytestmark = pytest.mark.seeds

TEXT = "panjin-2024-drill-responsibility-tables.txt"
WORD = "panjin-2024-drill-responsibility-table.docx"
WORKBOOK = "panjin-2024-drill-responsibility-table.xlsx"

# counted by hand, row by row
DELIVERABLES = {
    1: 9, 2: 5, 3: 4, 4: 1, 5: 5, 6: 6, 7: 7, 8: 4, 9: 4, 10: 3, 11: 3, 12: 4, 14: 8, 18: 4, 19: 4, 21: 4, 22: 5, 23: 5, 27: 3,
    28: 3, 29: 4, 30: 3, 31: 3, 32: 4, 33: 5, 35: 4, 36: 4, 40: 5, 43: 5, 45: 7, 49: 5,
}  # fmt: skip
MILESTONES = {
    1: 3, 2: 2, 3: 2, 4: 2, 5: 3, 6: 5, 7: 4, 8: 3, 11: 4, 12: 5, 14: 4, 18: 4, 19: 4, 21: 3, 22: 3, 23: 3, 24: 1, 29: 3, 31: 3,
    32: 2, 33: 5, 34: 2, 35: 1, 36: 3, 39: 4, 42: 2, 43: 4, 45: 4, 49: 3, 50: 1,
}  # fmt: skip
DUE = {
    1: "05-31 09-30 10-15", 2: "09-30 10-15", 3: "08-30 09-30 10-15", 4: "05-31", 5: "06-30 10-15", 6: "05-31 06-30 09-30 10-15",
    7: "06-30 09-30 10-15", 8: "10-15", 11: "09-30 10-15", 12: "10-15", 14: "05-31 08-31 10-15", 18: "10-15", 19: "10-15",
    21: "09-30 10-15 10-15", 22: "05-31 06-20 07-31", 23: "07-31 09-30 09-30", 24: "10-15", 29: "10-15", 31: "07-30 10-15",
    32: "07-30 10-15", 33: "05-31 06-30 07-31 09-30 10-15", 36: "10-15", 39: "06-30 09-30 09-30 10-15", 43: "10-15",
    45: "05-31 10-15", 49: "07-30 10-15",
}  # fmt: skip
BASE_LABELS = "1.1 1.2 1.3 1.4 1.5 2.1 2.2 2.3 3.1 3.2 3.3 4 5.1 5.2 5.3 6 7.1 7.2 8.1 8.2 8.3 9.1 9.2 9.3 11"
BASE_DELIVERABLES = [9, 5, 4, 6, 2, 4, 8, 6, 10, 0, 0, 3, 3, 3, 5, 8, 5, 0, 5, 0, 0, 7, 0, 0, 0]
SHARED_LISTS = {
    13: 12,
    15: 14,
    16: 14,
    17: 14,
    20: 19,
    24: 23,
    25: 23,
    37: 36,
    41: 40,
    44: 43,
    46: 45,
    47: 45,
    48: 45,
    50: 49,
    51: 49,
}


@pytest.fixture(scope="module")
def text_draft(seeds: Path) -> Draft:
    return build_draft(read_source(seeds / TEXT), synonyms=office_synonyms())


@pytest.fixture(scope="module", params=[WORD, WORKBOOK])
def merged_draft(request: pytest.FixtureRequest, seeds: Path) -> Draft:
    return build_draft(read_source(seeds / str(request.param)), synonyms=office_synonyms())


def by_number(draft: Draft) -> dict[int, DraftRow]:
    return {int(row.seq): row for row in draft.tables[0].rows}


class TestTextOfTheDrill:
    def test_two_responsibility_tables_and_three_skipped_scoring_tables(self, text_draft: Draft) -> None:
        assert [len(table.rows) for table in text_draft.tables] == [51, 25]
        assert sum("评审细则" in piece.reason for piece in text_draft.skipped) == 3

    def test_the_account_closes_with_nothing_unplaced(self, text_draft: Draft) -> None:
        account = text_draft.source
        assert account.unplaced == 0
        assert account.placed + account.furniture + account.skipped == account.characters

    def test_counts_of_the_whole_file(self, text_draft: Draft) -> None:
        rows = [row for table in text_draft.tables for row in table.rows]
        assert sum(len(row.deliverables) for row in rows) == 233
        assert sum(len(row.milestones) for row in rows) == 92
        assert sum(len(dues(row)) for row in rows) == 57

    def test_lists_row_by_row(self, text_draft: Draft) -> None:
        rows = by_number(text_draft)
        assert {n: len(row.deliverables) for n, row in rows.items() if row.deliverables} == DELIVERABLES
        assert {n: len(row.milestones) for n, row in rows.items() if row.milestones} == MILESTONES

    def test_due_dates_row_by_row(self, text_draft: Draft) -> None:
        found = {
            n: " ".join(due[5:] for due in dues(row)) for n, row in by_number(text_draft).items() if dues(row)
        }
        assert found == DUE

    def test_no_due_date_comes_from_the_subject_text(self, text_draft: Draft) -> None:
        days = {due for row in text_draft.tables[0].rows for due in dues(row)}
        assert not {day for day in days if day[5:7] in ("11", "12")}
        assert not any(row.milestones for row in text_draft.tables[1].rows)

    def test_printed_numbers_of_a_continued_list_are_kept(self, text_draft: Draft) -> None:
        row = by_number(text_draft)[23]
        assert [item.n for item in row.deliverables] == [6, 7, 8, 9, 10]
        assert [milestone.n for milestone in row.milestones] == [3, 4, 5]
        assert "list-continues" in codes(row)

    def test_headings_reach_the_rows_they_stand_over(self, text_draft: Draft) -> None:
        rows = by_number(text_draft)
        for together in (
            (1, 2, 3, 4),
            (5, 6, 7),
            (8, 9, 10),
            (12, 13),
            (14, 15, 16, 17),
            (18, 19, 20, 21),
            (23, 24, 25),
            (27, 28, 29),
            (35, 36, 37),
        ):
            assert len({rows[n].group for n in together}) == 1
            assert rows[together[0]].group
        assert rows[4].group != rows[5].group
        assert rows[51].group == ""

    def test_every_role_is_filled_where_the_table_fills_it(self, text_draft: Draft) -> None:
        for n, row in by_number(text_draft).items():
            filled = [len(names(row, role)) for role in ("expediter", "owner", "leader")]
            assert filled == ([0, 1, 1] if n == 50 else [1, 1, 1])
        assert "role-is-unit" in codes(by_number(text_draft)[50])
        assert by_number(text_draft)[50].lead_unit == ""

    def test_the_shifted_row_is_like_its_neighbours(self, text_draft: Draft) -> None:
        rows = by_number(text_draft)
        assert rows[20].people == rows[19].people
        assert rows[20].milestones == ()
        assert "shifted-row" in codes(rows[20])

    def test_sub_rows_of_the_base_table(self, text_draft: Draft) -> None:
        base = text_draft.tables[1].rows
        assert " ".join(row.label for row in base) == BASE_LABELS
        assert [len(row.deliverables) for row in base] == BASE_DELIVERABLES

    def test_people_of_the_base_table(self, text_draft: Draft) -> None:
        base = {row.label: row for row in text_draft.tables[1].rows}
        lone = {label for label, row in base.items() if not names(row, "owner")}
        assert lone == {"3.2", "3.3"}  # the source leaves the cell blank
        assert base["9.2"].people == base["9.1"].people == base["9.3"].people
        assert base["9.2"].lead_unit == base["9.1"].lead_unit
        assert all(row.lead_unit and names(row, "leader") for row in base.values())

    def test_two_spellings_of_one_name_are_reported_once_and_stay_two(self, text_draft: Draft) -> None:
        assert [finding.code for finding in text_draft.diagnostics].count("name-variant") == 1
        expediters = {
            name for table in text_draft.tables for row in table.rows for name in names(row, "expediter")
        }
        assert len(expediters & set(text_draft.proposed_people)) == len(expediters)

    def test_points(self, text_draft: Draft) -> None:
        rows = by_number(text_draft)
        kinds = {n: row.score.kind for n, row in rows.items() if row.score.kind is not ScoreKind.POINTS}
        assert kinds == {
            4: ScoreKind.DEDUCT, 13: ScoreKind.DEDUCT, 17: ScoreKind.DEDUCT, 20: ScoreKind.DEDUCT, 26: ScoreKind.DEDUCT,
            21: ScoreKind.BONUS, 49: ScoreKind.BONUS, 50: ScoreKind.BONUS, 44: ScoreKind.VETO, 51: ScoreKind.VETO,
        }  # fmt: skip
        assert [rows[n].score.max for n in (1, 2, 3, 4, 5, 6, 12, 16, 42)] == [3, 3, 1, 2, 1, 0.5, 2, 3, 16]

    def test_the_year_is_taken_from_the_title_and_that_is_said(self, text_draft: Draft) -> None:
        first, second = text_draft.tables
        assert (first.year, second.year) == (2024, 2024)
        assert "year-from-title" in {finding.code for finding in first.diagnostics}
        assert "year-from-document" in {finding.code for finding in second.diagnostics}

    def test_the_missing_number_is_reported(self, text_draft: Draft) -> None:
        assert "seq-gap" in {finding.code for finding in text_draft.tables[1].diagnostics}


class TestWordAndWorkbook:
    def test_the_same_rows_with_the_same_lists_and_dates(self, merged_draft: Draft) -> None:
        rows = by_number(merged_draft)
        assert list(rows) == list(range(1, 52))
        assert {n: len(row.deliverables) for n, row in rows.items() if row.deliverables} == DELIVERABLES
        assert {n: " ".join(due[5:] for due in dues(row)) for n, row in rows.items() if dues(row)} == DUE

    def test_people_are_those_of_the_text(self, merged_draft: Draft, text_draft: Draft) -> None:
        text = by_number(text_draft)
        for n, row in by_number(merged_draft).items():
            assert row.people == text[n].people
            assert row.lead_unit == text[n].lead_unit
            assert row.group == text[n].group

    def test_a_merged_list_is_named_on_the_rows_that_share_it(self, merged_draft: Draft) -> None:
        rows = by_number(merged_draft)
        shared = {
            n: int(row.shared["deliverables"]) for n, row in rows.items() if "deliverables" in row.shared
        }
        assert shared == SHARED_LISTS

    def test_units_of_a_merged_cell_reach_every_row(self, merged_draft: Draft) -> None:
        rows = by_number(merged_draft)
        for first, *others in ((14, 15, 16, 17), (18, 19, 20), (22, 23, 24, 25)):
            assert all(rows[n].units == rows[first].units for n in others)

    def test_nothing_is_unplaced(self, merged_draft: Draft) -> None:
        assert merged_draft.source.unplaced == 0


class TestPlansInProse:
    def test_points_that_name_a_section_and_stages_with_dates_become_rows(self, seeds: Path) -> None:
        draft = build_draft(
            read_source(seeds / "panjin-2025-enforcement-inspection-plan.txt"), synonyms=office_synonyms()
        )
        (table,) = draft.tables
        assert table.year == 2025
        assert sum(bool(row.units) for row in table.rows) == 10
        days = {due for row in table.rows for due in dues(row)}
        assert {"2025-04-27", "2025-06-30", "2025-09-30", "2025-10-15"} <= days
        assert draft.source.unplaced == 0

    def test_a_plan_without_duties_has_no_table(self, seeds: Path) -> None:
        draft = build_draft(
            read_source(seeds / "panjin-2019-three-systems-plan.txt"), synonyms=office_synonyms()
        )
        assert draft.source.placed + draft.source.skipped + draft.source.furniture == draft.source.characters
