"""An import with its decisions: begun, corrected, written, written again, thrown away."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from tests.factories import NOON, actor_of, create_campaign, create_person
from tests.integration.tracker.wizard import OWNER, TABLE, Wizard
from tracker.clock import office_day
from tracker.errors import ActRefused, ValueRefused
from tracker.identity import id_of
from tracker.importers import DEFAULT_SYNONYMS
from tracker.importers.columns import Field
from tracker.importers.corrections import added_column
from tracker.importers.errors import SourceClassified, SourceTooLarge
from tracker.importers.readers import ReadLimits
from tracker.models import AuditEvent, ImportFinding, ImportSession, ImportStep, Person, Task, Unit
from tracker.parked_files import ParkedFileMissing
from tracker.queries.import_sessions import (
    ImportSessionNotFound,
    get_visible_import,
    list_visible_imports,
)
from tracker.queries.parts import get_parts
from tracker.queries.people import find_alias
from tracker.queries.sight import sight_of
from tracker.services.calendars import load_calendar
from tracker.services.import_sessions.committing import (
    commit_import,
    count_rows_of_new_tables,
    explain_commit,
    has_unwritten_decisions,
    list_import_differences,
)
from tracker.services.import_sessions.deciding import (
    CellChanged,
    choose_columns,
    choose_place,
    fill_blanks,
    leave_out,
    note_findings,
    undo_edits,
)
from tracker.services.import_sessions.ending import discard_idle_imports, discard_import
from tracker.services.import_sessions.matching import Choice, Standing
from tracker.services.import_sessions.names import choose_name
from tracker.services.import_sessions.reading import ImportReader
from workflows.task import TaskState


@pytest.fixture
def wizard(session: Session, tmp_path: Path) -> Wizard:
    return Wizard(session, tmp_path)


class TestBeginImport:
    def test_proposes_a_campaign_named_after_the_table(self, wizard: Wizard) -> None:
        run = wizard.begin()
        assert (run.campaign_id, run.campaign_name) == (None, "2024年测试大比武")
        assert run.step is ImportStep.COLUMNS

    def test_proposes_the_campaign_that_holds_the_table_already(self, wizard: Wizard) -> None:
        first = wizard.begin()
        wizard.commit(first)
        assert wizard.begin().campaign_id == first.campaign_id

    def test_takes_up_what_was_decided_when_the_same_file_was_written(self, wizard: Wizard) -> None:
        first = wizard.begin()
        wizard.edit(first, 1, "黄蓉")
        wizard.commit(first)

        again = wizard.begin()

        assert [edit["text"] for edit in again.edits] == ["黄蓉"]
        assert list_import_differences(wizard.session, again, wizard.draft(again)) == []

    def test_keeps_nothing_of_a_classified_file(self, wizard: Wizard) -> None:
        with pytest.raises(SourceClassified, match="涉密文件不得导入"):
            wizard.begin(f"秘密★1年\n\n{TABLE}")
        assert list(wizard.files.root.iterdir()) == []
        assert wizard.session.exec(select(ImportSession)).all() == []

    def test_keeps_nothing_of_a_file_without_any_table(self, wizard: Wizard) -> None:
        with pytest.raises(ValueRefused, match="没有找到责任分解表"):
            wizard.begin("今天天气很好。")
        assert list(wizard.files.root.iterdir()) == []

    def test_stops_reading_at_the_limit(self, wizard: Wizard) -> None:
        wizard.reader.limits = ReadLimits(max_bytes=100)
        with pytest.raises(SourceTooLarge, match="超过上限"):
            wizard.begin()
        assert list(wizard.files.root.iterdir()) == []

    def test_is_for_coordinators(self, wizard: Wizard) -> None:
        wizard.actor = actor_of(create_person(wizard.session, "测试戊"))
        with pytest.raises(ActRefused, match="协调员"):
            wizard.begin()


class TestWhoSeesIt:
    def test_whoever_began_it_and_the_coordinators_of_its_campaign(self, wizard: Wizard) -> None:
        run = wizard.begin()
        other, stranger = create_person(wizard.session, "测试戊"), create_person(wizard.session, "测试己")
        run.campaign_id = id_of(create_campaign(wizard.session, "戊的专项", coordinator=other))
        wizard.session.flush()
        for person in (wizard.person, other):
            sight = sight_of(wizard.session, id_of(person))
            assert get_visible_import(wizard.session, sight, id_of(run)) is run
            assert list_visible_imports(wizard.session, sight) == [run]
        with pytest.raises(ImportSessionNotFound):
            get_visible_import(wizard.session, sight_of(wizard.session, id_of(stranger)), id_of(run))


class TestCells:
    def test_an_edit_is_read_again_and_can_be_undone(self, wizard: Wizard) -> None:
        run = wizard.begin()
        wizard.edit(run, 1, "杨过")
        assert [each.name for each in wizard.row(run, 1).people["owner"]] == ["杨过"]
        undo_edits(wizard.session, run, wizard.decision, table=0, row=wizard.row(run, 1), column=OWNER)
        assert wizard.row(run, 1).people["owner"][0].is_unit
        assert run.edits == []

    def test_a_second_edit_remembers_what_the_file_said(self, wizard: Wizard) -> None:
        run = wizard.begin()
        wizard.edit(run, 1, "杨过")
        wizard.edit(run, 1, "郭靖")
        assert [(each["before"], each["text"]) for each in run.edits] == [("各科室负责人", "郭靖")]

    def test_refuses_where_the_cell_says_something_else_than_was_seen(self, wizard: Wizard) -> None:
        run = wizard.begin()
        wizard.edit(run, 1, "杨过", seen="各科室负责人")
        with pytest.raises(CellChanged, match="改为“杨过”"):
            wizard.edit(run, 1, "郭靖", seen="各科室负责人")
        assert [each["text"] for each in run.edits] == ["杨过"]

    def test_fills_the_blanks_of_an_added_column_alone(self, wizard: Wizard) -> None:
        run = wizard.begin(TABLE.replace("\t分管领导", "").replace("\t张三丰", ""))
        number = added_column(Field.LEADER)
        choose_columns(
            wizard.session, run, wizard.decision, table=0, chosen={number: Field.LEADER}, recognised={}
        )
        wizard.edit(run, 0, "周伯通", column=number)
        rows = wizard.draft(run).tables[0].rows
        count = fill_blanks(
            wizard.session, run, wizard.decision, table=0, rows=rows, column=number, text="张三丰"
        )
        leaders = [row.people["leader"][0].name for row in wizard.draft(run).tables[0].rows]
        assert (count, leaders) == (1, ["周伯通", "张三丰"])

    def test_a_row_is_left_out_and_taken_in_again(self, wizard: Wizard) -> None:
        run = wizard.begin()
        where = wizard.row(run, 1).where
        leave_out(wizard.session, run, wizard.decision, table=0, row=where)
        assert len(wizard.draft(run).tables[0].rows) == 1
        leave_out(wizard.session, run, wizard.decision, table=0, row=where, is_out=False)
        assert len(wizard.draft(run).tables[0].rows) == 2


class TestNames:
    def spelled(self, wizard: Wizard, owner: str) -> ImportSession:
        return wizard.begin(TABLE.replace("各科室负责人", owner))

    def test_a_new_name_is_entered(self, wizard: Wizard) -> None:
        run = self.spelled(wizard, "杨过")
        assert wizard.match(run, "杨过").standing is Standing.NEW
        wizard.commit(run)
        assert wizard.session.exec(select(Person).where(Person.name == "杨过")).one().is_active

    def test_another_spelling_has_to_be_confirmed_before_writing(self, wizard: Wizard) -> None:
        known = create_person(wizard.session, "黄蓉")
        run = self.spelled(wizard, "黃蓉")
        match = wizard.match(run, "黃蓉")
        assert (match.standing, match.is_open) == (Standing.SPELLED_ALIKE, True)
        with pytest.raises(ActRefused, match="黃蓉"):
            wizard.commit(run)

        choose_name(
            wizard.session, run, wizard.decision, match=match, choice=Choice.EXISTING, row_id=id_of(known)
        )
        _, task = wizard.commit(run)

        assert get_parts(wizard.session, task).owners == (id_of(known),)
        alias = find_alias(wizard.session, "黃蓉")
        assert alias is not None
        assert alias.person_id == known.id

    def test_one_of_two_people_of_a_name_is_chosen_for_this_import(self, wizard: Wizard) -> None:
        create_person(wizard.session, "杨过")
        second = Person(name="杨过", title="二队")
        wizard.session.add(second)
        wizard.session.flush()
        run = self.spelled(wizard, "杨过")
        match = wizard.match(run, "杨过")
        assert match.standing is Standing.AMBIGUOUS
        choose_name(
            wizard.session, run, wizard.decision, match=match, choice=Choice.EXISTING, row_id=id_of(second)
        )
        _, task = wizard.commit(run)
        assert get_parts(wizard.session, task).owners == (second.id,)
        assert find_alias(wizard.session, "杨过") is None

    def test_two_spellings_of_one_file_become_one_person(self, wizard: Wizard) -> None:
        run = wizard.begin(TABLE.replace("各科室负责人", "黃蓉").replace("郭靖", "黄蓉"))
        choose_name(
            wizard.session,
            run,
            wizard.decision,
            match=wizard.match(run, "黃蓉"),
            choice=Choice.OTHER,
            other="黄蓉",
        )
        assert explain_commit(wizard.session, run, wizard.draft(run)) == []
        first, second = wizard.commit(run)
        assert get_parts(wizard.session, first).owners == get_parts(wizard.session, second).owners

    def test_two_people_spelled_alike_may_stay_two(self, wizard: Wizard) -> None:
        known = create_person(wizard.session, "黄蓉")
        run = self.spelled(wizard, "黃蓉")
        choose_name(wizard.session, run, wizard.decision, match=wizard.match(run, "黃蓉"), choice=Choice.NEW)
        _, task = wizard.commit(run)
        assert known.id not in get_parts(wizard.session, task).owners
        assert "name-variant" not in {each.code for each in wizard.session.exec(select(ImportFinding)).all()}

    def test_a_unit_under_another_name_is_matched_to_one_that_exists(self, wizard: Wizard) -> None:
        office = Unit(name="综合办公室（测试）")
        wizard.session.add(office)
        wizard.session.flush()
        run = wizard.begin()
        choose_name(
            wizard.session,
            run,
            wizard.decision,
            match=wizard.match(run, "综合科"),
            choice=Choice.EXISTING,
            row_id=id_of(office),
        )
        first, _ = wizard.commit(run)
        assert first.lead_unit_id == office.id
        assert wizard.session.exec(select(Unit).where(Unit.name == "综合科")).first() is None


class TestCommitImport:
    def test_writes_tasks_in_draft_and_says_in_the_trail_what_was_decided(self, wizard: Wizard) -> None:
        run = wizard.begin()
        wizard.edit(run, 1, "杨过")
        tasks = wizard.commit(run)
        assert [task.state for task in tasks] == [TaskState.DRAFT] * 2
        assert run.step is ImportStep.ISSUING
        event = wizard.session.exec(select(AuditEvent).where(AuditEvent.kind == "import.decide")).one()
        assert "杨过" in event.data
        finding = wizard.session.exec(select(ImportFinding).where(ImportFinding.code == "edited-cell")).one()
        assert finding.task_id == tasks[1].id

    def test_settles_what_the_coordinator_said_something_about(self, wizard: Wizard) -> None:
        run = wizard.begin()
        row = wizard.row(run, 1)
        (error,) = [each for each in row.diagnostics if each.code == "role-is-unit"]
        key = (0, row.where, error.code, error.message)
        note_findings(wizard.session, run, wizard.decision, found=[key], note="由各科室自报后填写")
        wizard.commit(run)
        found = wizard.session.exec(select(ImportFinding).where(ImportFinding.code == "role-is-unit")).one()
        assert found.settlement == "由各科室自报后填写"
        assert found.settled_by_id == wizard.person.id

    def test_writing_again_changes_only_what_was_decided_since(self, wizard: Wizard) -> None:
        run = wizard.begin()
        wizard.commit(run)
        assert not has_unwritten_decisions(run)
        wizard.edit(run, 1, "杨过")
        assert has_unwritten_decisions(run)
        (difference,) = list_import_differences(wizard.session, run, wizard.draft(run))
        assert (difference.field, difference.after) == ("owner", "杨过")

        first, second = wizard.commit(run)

        assert list_import_differences(wizard.session, run, wizard.draft(run)) == []
        assert len(get_parts(wizard.session, second).owners) == 1
        error = wizard.session.exec(select(ImportFinding).where(ImportFinding.code == "role-is-unit")).one()
        assert error.settled_at is not None
        assert first.version == 0

    def test_refuses_what_was_changed_since_it_was_looked_at(self, wizard: Wizard) -> None:
        run = wizard.begin()
        seen = run.version
        wizard.edit(run, 1, "杨过")
        with pytest.raises(ValueRefused, match="刚刚被他人改过"):
            commit_import(
                wizard.session,
                run,
                reader=wizard.reader,
                actor=wizard.actor,
                at=NOON,
                calendar=load_calendar(wizard.session),
                expected_version=seen,
            )
        assert wizard.session.exec(select(Task)).all() == []

    def test_goes_into_the_campaign_that_was_chosen(self, wizard: Wizard) -> None:
        campaign = create_campaign(wizard.session, "别的专项")
        run = wizard.begin()
        choose_place(
            wizard.session, run, wizard.decision, campaign_id=campaign.id, campaign_name="", year=2025
        )
        tasks = wizard.commit(run)
        assert {task.campaign_id for task in tasks} == {campaign.id}
        assert "2025-05-31" in str(tasks[0].draft)

    def test_refuses_a_campaign_of_somebody_else(self, wizard: Wizard) -> None:
        other = create_campaign(
            wizard.session, "戊的专项", coordinator=create_person(wizard.session, "测试戊")
        )
        run = wizard.begin()
        with pytest.raises(ActRefused):
            choose_place(
                wizard.session, run, wizard.decision, campaign_id=other.id, campaign_name="", year=None
            )


class TestRowsOfNewTables:
    def test_are_counted_where_another_table_of_the_file_is_known(self, wizard: Wizard) -> None:
        wizard.commit(wizard.begin())
        second = TABLE.replace("大比武", "大检查")

        run = wizard.begin(f"{TABLE}\n\n{second}\n")

        draft = wizard.draft(run)
        assert list_import_differences(wizard.session, run, draft) == []
        assert count_rows_of_new_tables(wizard.session, run, draft) == 2


class TestEnding:
    def test_discarding_forgets_what_was_never_written(self, wizard: Wizard) -> None:
        discard_import(wizard.session, wizard.begin(), actor=wizard.actor, at=NOON)
        wizard.session.flush()
        assert wizard.session.exec(select(ImportSession)).all() == []
        event = wizard.session.exec(select(AuditEvent).where(AuditEvent.kind == "import.discard")).one()
        assert event.actor_name == wizard.person.name

    def test_what_nobody_touched_for_a_month_goes_with_its_file(self, wizard: Wizard) -> None:
        old, young = wizard.begin(), wizard.begin(TABLE.replace("郭靖", "杨过"))
        later = NOON + timedelta(days=31)
        young.updated_at = later
        wizard.session.flush()
        ages = NOON.timestamp()
        for path in wizard.files.root.iterdir():
            os.utime(path, (ages, ages))
        assert discard_idle_imports(wizard.session, wizard.files, at=later) == 1
        assert wizard.session.exec(select(ImportSession)).all() == [young]
        assert [path.name for path in wizard.files.root.iterdir()] == [young.source_sha256]
        with pytest.raises(ParkedFileMissing):
            wizard.files.read(old.source_sha256)


class TestReader:
    def test_the_same_decisions_make_the_same_draft(self, wizard: Wizard) -> None:
        run = wizard.begin()
        wizard.edit(run, 1, "杨过")
        fresh = ImportReader(wizard.files, limits=ReadLimits(), synonyms=DEFAULT_SYNONYMS)
        again = fresh.draft(wizard.session, run, today=office_day(NOON))
        assert again == wizard.draft(run)
        assert wizard.draft(run) is wizard.draft(run)

    def test_nothing_but_a_checksum_leads_to_a_file(self, wizard: Wizard) -> None:
        with pytest.raises(ParkedFileMissing):
            wizard.files.read("../../etc/passwd")
