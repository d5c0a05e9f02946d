"""A file that comes again, the same or corrected: what was decided about it before is not lost, and never without a word."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, select

from tests.factories import NOON, create_campaign, create_person
from tests.integration.tracker.wizard import FIRST, HEADINGS, OWNER, SECOND, TABLE, TITLE, Wizard
from tracker.errors import ActRefused, ValueRefused
from tracker.identity import id_of
from tracker.importers.columns import Field
from tracker.importers.corrections import added_column
from tracker.models import Campaign, ImportSession, Unit
from tracker.queries.sight import sight_of
from tracker.services.import_sessions.beginning import take_up_earlier
from tracker.services.import_sessions.carried import Kind, Outcome, choose_side, count_outcomes
from tracker.services.import_sessions.committing import list_import_differences
from tracker.services.import_sessions.deciding import (
    choose_columns,
    choose_layout,
    choose_place,
    leave_out,
    note_findings,
)
from tracker.services.import_sessions.ending import discard_idle_imports, discard_import
from tracker.services.import_sessions.matching import Choice
from tracker.services.import_sessions.names import choose_name
from tracker.services.import_sessions.placing import are_related, explain_campaign

THIRD = "3\t队伍建设\t组织全员岗位练兵和考核\t综合科\t—\t1、名单\t6月底前\t测试甲\t杨过\t张三丰"
DATES = 6


def table(*rows: str, title: str = TITLE, headings: str = HEADINGS) -> str:
    return "\n".join([title, "", headings, *rows])


@pytest.fixture
def wizard(session: Session, tmp_path: Path) -> Wizard:
    return Wizard(session, tmp_path)


@pytest.fixture
def first(wizard: Wizard) -> ImportSession:
    """Written, with the owner of the second row corrected."""
    run = wizard.begin()
    wizard.edit(run, 1, "黄蓉")
    wizard.commit(run)
    return run


def said(run: ImportSession, kind: Kind) -> list[tuple[str, str, str]]:
    return [(each["outcome"], each["mine"], each["now"]) for each in run.carried if each["kind"] == kind]


def take(wizard: Wizard, run: ImportSession, choice: Outcome) -> None:
    numbers = [
        number
        for number, each in enumerate(run.carried)
        if each["outcome"] in (Outcome.OPEN, Outcome.MINE, Outcome.FILE)
    ]
    draft = wizard.draft(run)
    choose_side(wizard.session, run, wizard.decision, draft=draft, numbers=numbers, choice=choice)


@pytest.mark.usefixtures("first")
class TestCells:
    def test_a_correction_stays_where_its_cell_is_unchanged(self, wizard: Wizard) -> None:
        run = wizard.begin(TABLE.replace("5月底前", "6月底前"))
        assert [each.name for each in wizard.row(run, 1).people["owner"]] == ["黄蓉"]
        differences = list_import_differences(wizard.session, run, wizard.draft(run))
        assert [each.field for each in differences] == ["milestones"]

    def test_a_correction_goes_with_its_row(self, wizard: Wizard) -> None:
        moved = SECOND.replace("2\t", "3\t", 1)
        run = wizard.begin(table(FIRST, THIRD.replace("3\t", "2\t", 1), moved))
        assert [each.name for each in wizard.row(run, 2).people["owner"]] == ["黄蓉"]
        assert "edited-cell" not in {each.code for each in wizard.row(run, 1).diagnostics}

    def test_a_correction_goes_with_its_column(self, wizard: Wizard) -> None:
        rows = [line.split("\t") for line in (HEADINGS, FIRST, SECOND)]
        turned = ["\t".join([row[0], row[OWNER], *row[1:OWNER], *row[OWNER + 1 :]]) for row in rows]
        run = wizard.begin(table(*turned[1:], headings=turned[0]))
        assert [each.name for each in wizard.row(run, 1).people["owner"]] == ["黄蓉"]

    def test_the_new_words_win_where_the_file_changed_the_cell_and_both_are_told(
        self, wizard: Wizard
    ) -> None:
        run = wizard.begin(TABLE.replace("各科室负责人", "周伯通"))
        assert run.edits == []
        (told,) = [each for each in run.carried if each["kind"] == Kind.CELL]
        assert (told["outcome"], told["label"], told["heading"]) == (Outcome.OPEN, "2", "责任人")
        assert (told["was"], told["mine"], told["now"]) == ("各科室负责人", "黄蓉", "周伯通")

    def test_either_side_is_taken_and_the_other_after_it(self, wizard: Wizard) -> None:
        run = wizard.begin(TABLE.replace("各科室负责人", "周伯通"))
        take(wizard, run, Outcome.MINE)
        assert [each.name for each in wizard.row(run, 1).people["owner"]] == ["黄蓉"]
        take(wizard, run, Outcome.FILE)
        assert [each.name for each in wizard.row(run, 1).people["owner"]] == ["周伯通"]
        assert run.edits == []
        assert count_outcomes(run)[Outcome.OPEN] == 0

    def test_editing_the_cell_by_hand_is_choosing(self, wizard: Wizard) -> None:
        run = wizard.begin(TABLE.replace("各科室负责人", "周伯通"))
        assert count_outcomes(run)[Outcome.OPEN] == 1
        wizard.edit(run, 1, "洪七公")
        assert count_outcomes(run)[Outcome.OPEN] == 0

    def test_nothing_is_asked_where_the_file_now_says_what_was_corrected(self, wizard: Wizard) -> None:
        run = wizard.begin(TABLE.replace("各科室负责人", "黄蓉"))
        assert run.edits == []
        assert said(run, Kind.CELL) == [(Outcome.SAME, "黄蓉", "黄蓉")]

    def test_a_correction_of_a_row_that_is_gone_is_told(self, wizard: Wizard) -> None:
        run = wizard.begin(table(FIRST, THIRD))
        assert said(run, Kind.CELL) == [(Outcome.GONE, "黄蓉", "")]
        with pytest.raises(ValueRefused, match="不用选择"):
            choose_side(
                wizard.session,
                run,
                wizard.decision,
                draft=wizard.draft(run),
                numbers=[0],
                choice=Outcome.MINE,
            )

    def test_a_difference_that_nobody_settled_is_told_again_with_the_next_version(
        self, wizard: Wizard
    ) -> None:
        second = wizard.begin(TABLE.replace("各科室负责人", "周伯通"))
        wizard.commit(second)
        third = wizard.begin(TABLE.replace("各科室负责人", "周伯通").replace("5月底前", "6月底前"))
        assert said(third, Kind.CELL) == [(Outcome.OPEN, "黄蓉", "周伯通")]

    def test_corrections_of_several_versions_add_up(self, wizard: Wizard) -> None:
        second = wizard.begin(TABLE.replace("5月底前", "6月底前"))
        wizard.edit(second, 0, "洪七公")
        wizard.commit(second)
        third = wizard.begin(TABLE.replace("5月底前", "7月底前"))
        assert sorted(each["text"] for each in third.edits) == ["洪七公", "黄蓉"]

    def test_an_import_that_was_never_written_counts_as_well(self, wizard: Wizard) -> None:
        second = wizard.begin(TABLE.replace("5月底前", "6月底前"))
        wizard.edit(second, 0, "洪七公")
        third = wizard.begin(TABLE.replace("5月底前", "7月底前"))
        assert sorted(each["text"] for each in third.edits) == ["洪七公", "黄蓉"]

    def test_the_words_of_others_are_not_taken_up(self, wizard: Wizard) -> None:
        other = create_person(wizard.session, "测试戊")
        campaign = create_campaign(wizard.session, "戊的专项", coordinator=other)
        sight = sight_of(wizard.session, id_of(other))
        run = wizard.begin()
        run.edits, run.carried, run.campaign_id = [], [], campaign.id
        take_up_earlier(wizard.session, run, reader=wizard.reader, sight=sight, today=NOON.date())
        assert run.edits == []


class TestSameFile:
    @settings(max_examples=12, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.integers(0, 1), st.integers(2, 9), st.sampled_from(["黄蓉", "9月底前", "", "甲、乙"])
            ),
            max_size=6,
        )
    )
    def test_changes_nothing_whatever_was_corrected(
        self, session: Session, tmp_path: Path, edits: list[tuple[int, int, str]]
    ) -> None:
        wizard = Wizard(session, tmp_path)
        for run in session.exec(select(ImportSession)).all():
            session.delete(run)
        session.flush()
        run = wizard.begin()
        for number, column, text in edits:
            wizard.edit(run, number, text, column=column)

        again = wizard.begin()

        key = ("table", "row", "column", "text", "before")
        assert [tuple(each[k] for k in key) for each in again.edits] == [
            tuple(each[k] for k in key) for each in run.edits
        ]
        assert wizard.draft(again).tables == wizard.draft(run).tables
        assert count_outcomes(again)[Outcome.OPEN] == 0


class TestAnyCorrection:
    @settings(max_examples=15, derandomize=True, suppress_health_check=list(HealthCheck), deadline=None)
    @given(
        st.permutations([FIRST, SECOND, THIRD]),
        st.integers(1, 3),
        st.sampled_from(
            [("5月底前", "7月底前"), ("郭靖", "洪七公"), ("综合科", "督查科"), ("更新", "换装"), ("杨过", "")]
        ),
        st.permutations(range(10)),
    )
    def test_tells_of_every_cell_what_became_of_it(
        self,
        session: Session,
        tmp_path: Path,
        rows: list[str],
        kept: int,
        change: tuple[str, str],
        columns: list[int],
    ) -> None:
        wizard = Wizard(session, tmp_path)
        for run in session.exec(select(ImportSession)).all():
            session.delete(run)
        session.flush()
        first = wizard.begin(table(FIRST, SECOND, THIRD))
        for number, column in ((0, DATES), (1, OWNER), (2, 2), (2, OWNER)):
            wizard.edit(first, number, f"手工{number}{column}", column=column)

        lines = [line.replace(*change).split("\t") for line in (HEADINGS, *rows[:kept])]
        heading, *body = ["\t".join(line[column] for column in columns) for line in lines]
        again = wizard.begin(table(*body, headings=heading))

        told = [each for each in again.carried if each["kind"] == Kind.CELL]
        assert sorted(each["mine"] for each in told) == sorted(each["text"] for each in first.edits)
        taken_up = [each["mine"] for each in told if each["outcome"] == Outcome.KEPT]
        assert sorted(taken_up) == sorted(each["text"] for each in again.edits)


class TestOtherDecisions:
    def test_a_row_left_out_stays_out_while_it_says_the_same(self, wizard: Wizard) -> None:
        run = wizard.begin(table(FIRST, SECOND, THIRD))
        leave_out(wizard.session, run, wizard.decision, table=0, row=wizard.row(run, 2).where)
        wizard.commit(run)
        again = wizard.begin(table(FIRST.replace("5月底前", "6月底前"), SECOND, THIRD))
        assert len(wizard.draft(again).tables[0].rows) == 2

    def test_a_row_left_out_is_asked_about_where_it_says_something_else(self, wizard: Wizard) -> None:
        run = wizard.begin(table(FIRST, SECOND, THIRD))
        leave_out(wizard.session, run, wizard.decision, table=0, row=wizard.row(run, 2).where)
        wizard.commit(run)
        again = wizard.begin(table(FIRST, SECOND, THIRD.replace("6月底前", "8月底前")))
        assert len(wizard.draft(again).tables[0].rows) == 3
        assert [outcome for outcome, _, _ in said(again, Kind.ROW)] == [Outcome.OPEN]
        take(wizard, again, Outcome.MINE)
        assert len(wizard.draft(again).tables[0].rows) == 2
        take(wizard, again, Outcome.FILE)
        assert len(wizard.draft(again).tables[0].rows) == 3

    def test_columns_are_read_as_they_were_assigned(self, wizard: Wizard) -> None:
        headings = HEADINGS.replace("责任人", "甲栏")
        run = wizard.begin(table(FIRST, SECOND, headings=headings))
        chosen: dict[int, Field | None] = {OWNER: Field.OWNER}
        choose_columns(wizard.session, run, wizard.decision, table=0, chosen=chosen, recognised={OWNER: None})
        wizard.commit(run)
        again = wizard.begin(table(FIRST.replace("5月底前", "6月底前"), SECOND, headings=headings))
        assert [each.name for each in wizard.row(again, 0).people["owner"]] == ["郭靖"]

    def test_a_column_assigned_by_hand_that_is_gone_is_told(self, wizard: Wizard) -> None:
        headings = HEADINGS.replace("责任人", "甲栏")
        run = wizard.begin(table(FIRST, SECOND, headings=headings))
        chosen: dict[int, Field | None] = {OWNER: Field.OWNER}
        choose_columns(wizard.session, run, wizard.decision, table=0, chosen=chosen, recognised={OWNER: None})
        wizard.commit(run)
        rows = [
            "\t".join(cell for n, cell in enumerate(line.split("\t")) if n != OWNER)
            for line in (FIRST, SECOND)
        ]
        again = wizard.begin(table(*rows, headings=HEADINGS.replace("责任人\t", "")))
        assert said(again, Kind.COLUMN) == [(Outcome.GONE, "owner", "")]

    def test_words_in_a_column_that_was_added_meet_those_that_the_file_now_prints(
        self, wizard: Wizard
    ) -> None:
        plain = [line.rpartition("\t")[0] for line in (HEADINGS, FIRST, SECOND)]
        run = wizard.begin(table(*plain[1:], headings=plain[0]))
        number = added_column(Field.LEADER)
        choose_columns(
            wizard.session, run, wizard.decision, table=0, chosen={number: Field.LEADER}, recognised={}
        )
        wizard.edit(run, 0, "周伯通", column=number)
        wizard.edit(run, 1, "张三丰", column=number)
        wizard.commit(run)
        again = wizard.begin(TABLE)
        assert [(each["outcome"], each["mine"], each["now"]) for each in again.carried] == [
            (Outcome.OPEN, "周伯通", "张三丰"),
            (Outcome.SAME, "张三丰", "张三丰"),
        ]

    def test_whom_a_name_means_is_not_asked_twice(self, wizard: Wizard) -> None:
        known = create_person(wizard.session, "黄蓉")
        run = wizard.begin(TABLE.replace("各科室负责人", "黃蓉"))
        match = wizard.match(run, "黃蓉")
        choose_name(
            wizard.session, run, wizard.decision, match=match, choice=Choice.EXISTING, row_id=id_of(known)
        )
        again = wizard.begin(TABLE.replace("各科室负责人", "黃蓉").replace("5月底前", "6月底前"))
        assert not wizard.match(again, "黃蓉").is_open

    def test_a_unit_that_is_no_more_is_told(self, wizard: Wizard) -> None:
        office = Unit(name="综合办公室（测试）")
        wizard.session.add(office)
        wizard.session.flush()
        run = wizard.begin()
        match = wizard.match(run, "综合科")
        choose_name(
            wizard.session, run, wizard.decision, match=match, choice=Choice.EXISTING, row_id=id_of(office)
        )
        office.is_active = False
        wizard.session.flush()
        again = wizard.begin(TABLE.replace("5月底前", "6月底前"))
        assert said(again, Kind.NAME) == [(Outcome.GONE, "综合办公室（测试）", "")]

    def test_what_was_said_about_a_finding_stands_while_the_finding_does(self, wizard: Wizard) -> None:
        run = wizard.begin()
        row = wizard.row(run, 1)
        (error,) = [each for each in row.diagnostics if each.code == "role-is-unit"]
        key = (0, row.where, error.code, error.message)
        note_findings(wizard.session, run, wizard.decision, found=[key], note="由各科室自报")
        wizard.commit(run)
        same = wizard.begin(TABLE.replace("5月底前", "6月底前"))
        assert [each["note"] for each in same.notes] == ["由各科室自报"]
        other = wizard.begin(TABLE.replace("各科室负责人", "各大队负责人"))
        assert other.notes == []
        assert said(other, Kind.NOTE) == [(Outcome.GONE, "由各科室自报", "")]

    def test_the_year_that_was_given_counts_again(self, wizard: Wizard) -> None:
        run = wizard.begin(table(FIRST, SECOND, title="测试大比武责任分解表"))
        choose_place(
            wizard.session, run, wizard.decision, campaign_id=None, campaign_name="大比武", year=2025
        )
        again = wizard.begin(table(FIRST, THIRD, title="测试大比武责任分解表"))
        assert (again.year, again.campaign_name) == (2025, "大比武")

    def test_another_year_in_the_title_is_asked_about(self, wizard: Wizard) -> None:
        run = wizard.begin(table(FIRST, SECOND))
        choose_place(
            wizard.session, run, wizard.decision, campaign_id=None, campaign_name="大比武", year=2025
        )
        wizard.commit(run)
        again = wizard.begin(table(FIRST, SECOND, title=TITLE.replace("2024", "2026")))
        assert again.year is None

    def test_headings_pointed_out_are_found_again(self, wizard: Wizard) -> None:
        unknown = "\t".join(f"{letter}栏" for letter in "甲乙丙丁戊己庚辛壬癸")
        run = wizard.begin(table(FIRST, SECOND, headings=unknown))
        (skipped,) = wizard.draft(run).skipped
        place = skipped.opening[0].where
        choose_layout(wizard.session, run, wizard.decision, table=0, headings_at=place)
        chosen: dict[int, Field | None] = {0: Field.SEQ, 2: Field.REQUIREMENT, OWNER: Field.OWNER}
        choose_columns(wizard.session, run, wizard.decision, table=0, chosen=chosen, recognised={})
        wizard.edit(run, 1, "黄蓉")
        wizard.commit(run)
        again = wizard.begin(table(FIRST, THIRD, SECOND, headings=f"印发各科室\n{unknown}"))
        rows = wizard.draft(again).tables[0].rows
        assert [row.people["owner"][0].name for row in rows] == ["郭靖", "杨过", "黄蓉"]

    def test_a_file_that_is_no_longer_there_is_told(self, wizard: Wizard, first: ImportSession) -> None:
        (wizard.files.root / first.source_sha256).unlink()
        wizard.reader.forget()
        again = wizard.begin(TABLE.replace("5月底前", "6月底前"))
        assert [(each["kind"], each["outcome"]) for each in again.carried] == [(Kind.FILE, Outcome.GONE)]


@pytest.mark.usefixtures("first")
class TestTitles:
    def test_a_table_that_says_the_same_under_another_title_is_taken_for_its_correction(
        self, wizard: Wizard
    ) -> None:
        run = wizard.begin(table(FIRST, SECOND, THIRD, title="2024年测试大比武任务分工（修订稿）"))
        assert wizard.draft(run).tables[0].title == TITLE
        differences = list_import_differences(wizard.session, run, wizard.draft(run))
        assert [each.kind.value for each in differences] == ["added"]
        assert [each.name for each in wizard.row(run, 1).people["owner"]] == ["黄蓉"]

    def test_the_table_of_another_year_is_another_table(self, wizard: Wizard) -> None:
        run = wizard.begin(table(FIRST, SECOND, title=TITLE.replace("2024", "2025")))
        assert run.layouts == []

    def test_the_coordinator_may_say_that_it_is_a_new_one(self, wizard: Wizard) -> None:
        title = "2024年测试大比武任务分工（修订稿）"
        run = wizard.begin(table(FIRST, SECOND, title=title))
        choose_layout(wizard.session, run, wizard.decision, table=0, title="")
        assert wizard.draft(run).tables[0].title == title

    def test_a_title_given_to_a_written_table_stays(self, wizard: Wizard) -> None:
        run = wizard.begin()
        wizard.commit(run)
        with pytest.raises(ValueRefused, match="已经写入"):
            choose_layout(wizard.session, run, wizard.decision, table=0, title="另一个表名")


class TestCampaign:
    def test_one_of_the_same_year_and_a_related_name_goes_before_a_new_one(self, wizard: Wizard) -> None:
        campaign = create_campaign(wizard.session, "2024年度大比武专项行动", year=2024)
        run = wizard.begin()

        assert run.campaign_id == campaign.id
        assert explain_campaign(wizard.session, run, wizard.draft(run)) == "与表名相近"

    def test_the_only_one_of_the_year_is_not_proposed_where_its_name_has_nothing_to_do_with_the_table(
        self, wizard: Wizard
    ) -> None:
        create_campaign(wizard.session, "2024年度案卷评查专项工作", year=2024)
        run = wizard.begin()

        assert (run.campaign_id, run.campaign_name) == (None, "2024年测试大比武")
        assert explain_campaign(wizard.session, run, wizard.draft(run)) == ""

    @pytest.mark.usefixtures("first")
    def test_one_with_a_table_that_says_the_same_is_proposed_whatever_it_is_called(
        self, wizard: Wizard
    ) -> None:
        campaign = wizard.session.exec(select(Campaign).where(Campaign.name == "2024年测试大比武")).one()
        campaign.name = "岗位练兵"
        run = wizard.begin(table(FIRST, SECOND, title="2024年任务分工（修订稿）"))

        assert run.campaign_id == campaign.id
        assert explain_campaign(wizard.session, run, wizard.draft(run)) == "内容与其中已导入的表大体相同"

    @pytest.mark.parametrize(
        ("one", "other", "is_so"),
        [
            ("大比武", "2024年测试大比武表现突出集体", True),
            ("案卷评查专项行动", "2024年案卷评查工作方案", True),
            ("2024年执法检查", "2024年执法大练兵", False),
            ("2024年重点工作", "2024年专项工作任务清单", False),
            ("", "2024年测试大比武", False),
        ],
    )
    def test_names_are_related_by_what_is_peculiar_to_them(self, one: str, other: str, is_so: bool) -> None:
        assert are_related(one, other) is is_so

    def test_of_several_the_one_whose_name_is_closest(self, wizard: Wizard) -> None:
        campaign = create_campaign(wizard.session, "测试大比武专项", year=2024)
        create_campaign(wizard.session, "案卷评查", year=2024)
        assert wizard.begin().campaign_id == campaign.id

    def test_one_of_the_same_name_goes_before_a_new_one(self, wizard: Wizard) -> None:
        campaign = create_campaign(wizard.session, "测试大比武", year=2023)
        run = wizard.begin(table(FIRST, SECOND, title="测试大比武责任分解表"))
        assert run.campaign_id == campaign.id

    def test_one_that_is_over_or_that_others_run_is_not_proposed(self, wizard: Wizard) -> None:
        create_campaign(wizard.session, "岗位练兵", year=2024, closed_at=NOON)
        create_campaign(
            wizard.session, "戊的专项", year=2024, coordinator=create_person(wizard.session, "测试戊")
        )
        assert wizard.begin().campaign_id is None


class TestKeeping:
    def test_what_was_written_cannot_be_given_up(self, wizard: Wizard, first: ImportSession) -> None:
        with pytest.raises(ActRefused, match="已经写入"):
            discard_import(wizard.session, first, actor=wizard.actor, at=NOON)

    def test_what_was_written_is_kept_until_its_campaign_is_closed(
        self, wizard: Wizard, first: ImportSession
    ) -> None:
        later = NOON + timedelta(days=200)
        assert discard_idle_imports(wizard.session, wizard.files, at=later) == 0
        campaign = wizard.session.get_one(Campaign, first.campaign_id)
        campaign.closed_at = later
        wizard.session.flush()
        assert discard_idle_imports(wizard.session, wizard.files, at=later) == 1
        assert wizard.session.exec(select(ImportSession)).all() == []
