"""Committing a draft: tasks as the table says, nothing twice, and corrected files that lose no work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import event as sqlalchemy_event
from sqlmodel import Session, col, func, select

from tests.factories import (
    COORDINATOR,
    EXPEDITER,
    LEADER,
    NOON,
    OWNER,
    actor_of,
    create_campaign,
    create_evidence,
    create_person,
)
from tracker.calendar import WorkCalendar
from tracker.clock import office_moment
from tracker.deadlines import Deadline, DeadlineKind, Offset, OffsetUnit
from tracker.errors import ActRefused, ValueRefused
from tracker.identity import id_of
from tracker.importers.draft import (
    Diagnostic,
    Draft,
    DraftDeliverable,
    DraftMilestone,
    DraftPerson,
    DraftRow,
    DraftTable,
    Note,
    Score,
    ScoreKind,
    Severity,
    SourceAccount,
)
from tracker.models import (
    AuditEvent,
    Campaign,
    CampaignRole,
    Deliverable,
    ImportFinding,
    Milestone,
    Person,
    PersonAlias,
    ResponsibilityTable,
    Task,
    TaskPerson,
    TaskUnit,
    Unit,
)
from tracker.queries.directory import load_directory
from tracker.queries.parts import get_parts
from tracker.rules import OfficeRules
from tracker.services.auditing import Actor, verify_chain
from tracker.services.backfilling import backfill_milestone
from tracker.services.calendars import seed_calendar
from tracker.services.importing import (
    DifferenceKind,
    ImportOutcome,
    commit_draft,
    compare_with_register,
    merge_spellings,
    settle_finding,
)
from tracker.services.lifecycle import move_task
from tracker.services.people import deactivate_person, hand_over, reassign_task
from workflows.kernel import GuardsUnmet
from workflows.milestone import MilestoneKind, MilestoneState
from workflows.roles import Role
from workflows.task import TaskState, TaskTrigger

pytestmark = pytest.mark.postgresql

TITLE = "云岭市2024年执法练兵责任分解表"
CAMPAIGN = "2024年执法练兵"
LATER = datetime(2024, 4, 1, 4, 0, tzinfo=UTC)
MAY = Deadline("5月底前", DeadlineKind.DATE, due=date(2024, 5, 31))
JUNE = Deadline("6月底前", DeadlineKind.DATE, due=date(2024, 6, 30))
CALENDAR = WorkCalendar()


def row_of(number: int = 1, **fields: Any) -> DraftRow:
    """A row with everything a table says; a test names only what it is about."""
    defaults: dict[str, Any] = {
        "row_key": f"{TITLE}#{number}.1",
        "seq": str(number),
        "sub": 1,
        "label": str(number),
        "group": "装备建设（5分）",
        "title": f"装备配备{number}",
        "requirement": "按标准配齐执法装备。",
        "score": Score(ScoreKind.POINTS, 3.0),
        "lead_unit": "综合办公室",
        "units": ("执法一大队", "执法二大队"),
        "people": {
            "owner": (DraftPerson(OWNER),),
            "expediter": (DraftPerson(EXPEDITER),),
            "leader": (DraftPerson(LEADER),),
        },
        "deliverables": (DraftDeliverable(1, "情况简介"), DraftDeliverable(2, "工作目录")),
        "milestones": (DraftMilestone(1, "5月底前出台方案", deadlines=(MAY,)),),
        "places": {"owner": f"第{number + 1}行第5列"},
        "where": f"第{number + 1}行",
    }
    return DraftRow(**defaults | fields)


def draft_of(*rows: DraftRow, sha256: str = "a" * 64, title: str = TITLE, **fields: Any) -> Draft:
    account = SourceAccount("责任表.docx", sha256, 100, 90, 0, 10, 0)
    return Draft(account, (DraftTable(title, 2024, {"seq": "序号"}, rows),), **fields)


def people(owner: Sequence[str], **others: Sequence[str]) -> dict[str, tuple[DraftPerson, ...]]:
    named = {"owner": owner, "expediter": [EXPEDITER], "leader": [LEADER]} | others
    return {role: tuple(DraftPerson(name) for name in names) for role, names in named.items()}


@pytest.fixture
def coordinator(session: Session) -> Actor:
    """The coordinator of a campaign that exists already."""
    create_campaign(session, CAMPAIGN)
    return actor_of(create_person(session, COORDINATOR))


def commit(session: Session, draft: Draft, actor: Actor, **fields: Any) -> ImportOutcome:
    defaults: dict[str, Any] = {"campaign_name": CAMPAIGN, "year": None, "at": NOON, "calendar": CALENDAR}
    return commit_draft(session, draft, actor=actor, **defaults | fields)


def only_task(session: Session) -> Task:
    return session.exec(select(Task)).one()


def steps(session: Session) -> Sequence[Milestone]:
    return session.exec(select(Milestone).order_by(col(Milestone.number), col(Milestone.part))).all()


def deliverables(session: Session) -> list[tuple[int, str, bool]]:
    rows = session.exec(select(Deliverable).order_by(col(Deliverable.number))).all()
    return [(row.number, row.text, row.is_required) for row in rows]


def finding_codes(session: Session, *, only_open: bool = True) -> list[str]:
    rows = session.exec(select(ImportFinding).order_by(col(ImportFinding.id))).all()
    return [row.code for row in rows if not only_open or row.settled_at is None]


def names_in(session: Session, role: Role) -> list[str]:
    rows = session.exec(
        select(Person.name)
        .join(TaskPerson, col(TaskPerson.person_id) == col(Person.id))
        .where(TaskPerson.role == role)
        .order_by(col(TaskPerson.position))
    ).all()
    return list(rows)


def kinds(session: Session) -> list[str]:
    return list(session.exec(select(AuditEvent.kind).order_by(col(AuditEvent.id))).all())


def count(session: Session, model: type[Any]) -> int:
    return session.exec(select(func.count()).select_from(model)).one()


def issue(session: Session, task: Task, actor: Actor) -> None:
    seed_calendar(session, at=NOON)
    move_task(session, id_of(task), TaskTrigger.ISSUE, actor=actor, at=NOON, rules=OfficeRules())


class TestCommitDraft:
    def test_a_row_becomes_a_task_in_draft_with_everything_it_says(
        self, session: Session, coordinator: Actor
    ) -> None:
        outcome = commit(
            session, draft_of(row_of(source="监管平台", notes=(Note("联系人", "测试庚"),))), coordinator
        )

        task = only_task(session)
        assert outcome.created == [task.id]
        assert (task.state, task.seq, task.group, task.title) == (
            TaskState.DRAFT,
            "1",
            "装备建设（5分）",
            "装备配备1",
        )
        assert task.remark == "数据来源：监管平台\n联系人：测试庚"
        assert task.score == {"kind": "points", "max": 3.0, "rules": []}
        assert task.source == {
            "file": "责任表.docx",
            "where": "第2行",
            "cells": {"owner": "第2行第5列"},
        }
        assert session.get_one(Unit, task.lead_unit_id).name == "综合办公室"
        assert count(session, TaskUnit) == 2
        assert [names_in(session, role) for role in (Role.OWNER, Role.EXPEDITER, Role.LEADER)] == [
            [OWNER],
            [EXPEDITER],
            [LEADER],
        ]
        assert deliverables(session) == [(1, "情况简介", True), (2, "工作目录", True)]
        assert [(step.number, step.due_on, step.first_due_on, step.look_on) for step in steps(session)] == [
            (1, date(2024, 5, 31), date(2024, 5, 31), None)
        ]

    def test_one_event_tells_the_whole_import(self, session: Session, coordinator: Actor) -> None:
        outcome = commit(session, draft_of(row_of(1), row_of(2)), coordinator)

        [event] = session.exec(select(AuditEvent)).all()
        said = json.loads(event.data)
        assert (event.kind, event.subject_id) == ("import.commit", outcome.campaign_id)
        assert said["created"] == outcome.created
        assert said["source"]["sha256"] == "a" * 64
        assert said["people"] == [OWNER, EXPEDITER, LEADER]
        assert said["units"] == ["综合办公室", "执法一大队", "执法二大队"]
        assert verify_chain(session).is_intact

    def test_a_campaign_that_is_new_is_opened_and_its_importer_coordinates_it(self, session: Session) -> None:
        administrator = create_person(session, "测试管理", is_administrator=True)

        commit(session, draft_of(row_of()), actor_of(administrator), campaign_name="2024年新专项")

        campaign = session.exec(select(Campaign)).one()
        role = session.exec(select(CampaignRole)).one()
        assert (campaign.name, campaign.year) == ("2024年新专项", 2024)
        assert (role.person_id, role.role) == (administrator.id, Role.COORDINATOR)

    def test_each_deadline_is_a_milestone_of_the_kind_it_asks_for(
        self, session: Session, coordinator: Actor
    ) -> None:
        monthly = Deadline("每月30日前", DeadlineKind.RECURRING, recurrence="FREQ=MONTHLY;BYMONTHDAY=30")
        relative = Deadline(
            "检查结束之日起20个工作日内",
            DeadlineKind.RELATIVE,
            offset=Offset(20, OffsetUnit.WORKDAY, "检查结束"),
        )
        vague = Deadline("尽快", DeadlineKind.VAGUE)
        commit(
            session,
            draft_of(
                row_of(
                    milestones=(
                        DraftMilestone(1, "两次", deadlines=(MAY, JUNE)),
                        DraftMilestone(2, "每月", deadlines=(monthly,)),
                        DraftMilestone(3, "反馈", deadlines=(relative,)),
                        DraftMilestone(4, "尽快", deadlines=(vague,)),
                        DraftMilestone(5, "常态化", standing=True),
                        DraftMilestone(6, "完成档案归档", archive=True, deadlines=(JUNE,)),
                        DraftMilestone(6, "编号重复的一项"),
                    )
                )
            ),
            coordinator,
        )

        assert [(step.number, step.part, step.kind, step.due_on) for step in steps(session)] == [
            (1, 1, MilestoneKind.STEP, date(2024, 5, 31)),
            (1, 2, MilestoneKind.STEP, date(2024, 6, 30)),
            (2, 1, MilestoneKind.SERIES, None),
            (3, 1, MilestoneKind.SERIES, None),
            (4, 1, MilestoneKind.STEP, None),
            (5, 1, MilestoneKind.STANDING, None),
            (6, 1, MilestoneKind.ARCHIVE, date(2024, 6, 30)),
            (6, 2, MilestoneKind.STEP, None),
        ]
        assert (steps(session)[3].offset_count, steps(session)[3].offset_event) == (20, "检查结束")

    def test_a_deliverable_whose_number_repeats_gets_the_next_free_one(
        self, session: Session, coordinator: Actor
    ) -> None:
        items = tuple(DraftDeliverable(n, text) for n, text in ((1, "甲"), (2, "乙"), (2, "丙")))

        commit(session, draft_of(row_of(deliverables=items)), coordinator)

        assert deliverables(session) == [(1, "甲", True), (2, "乙", True), (3, "丙", True)]

    def test_rows_that_share_a_list_point_to_the_row_that_holds_it(
        self, session: Session, coordinator: Actor
    ) -> None:
        sharing = {"deliverables": (), "milestones": ()}
        commit(
            session,
            draft_of(
                row_of(1),
                row_of(2, shared={"deliverables": "1", "milestones": "1"}, **sharing),
                row_of(3, shared={"deliverables": "2"}, deliverables=()),
                row_of(4, shared={"deliverables": "99"}, deliverables=()),
            ),
            coordinator,
        )

        holder, *others = session.exec(select(Task).order_by(col(Task.position))).all()
        assert [task.deliverables_from_id for task in others] == [holder.id, holder.id, None]
        assert [task.milestones_from_id for task in others] == [holder.id, None, None]
        assert finding_codes(session) == ["shared-holder-missing"]

    def test_findings_stand_on_their_task_and_errors_keep_it_from_being_issued(
        self, session: Session, coordinator: Actor
    ) -> None:
        error = Diagnostic(
            "deadline-without-year", Severity.ERROR, "不知是哪一年。", "完成时限", None, "第2行"
        )
        general = Diagnostic("missing-column", Severity.WARNING, "没有备注一列。")
        draft = draft_of(row_of(diagnostics=(error,)), diagnostics=(general,))
        outcome = commit(session, draft, coordinator)
        task = only_task(session)

        assert [(each.code, each.task_id) for each in outcome.findings] == [
            ("deadline-without-year", task.id),
            ("missing-column", None),
        ]
        with pytest.raises(GuardsUnmet, match="不知是哪一年"):
            issue(session, task, coordinator)
        settle_finding(session, id_of(outcome.findings[0]), note="按2024年", actor=coordinator, at=NOON)
        issue(session, task, coordinator)
        assert only_task(session).state is TaskState.ISSUED

    def test_a_role_filled_with_a_unit_appoints_nobody(self, session: Session, coordinator: Actor) -> None:
        parts = people([]) | {"owner": (DraftPerson("各科室", is_unit=True),)}

        commit(session, draft_of(row_of(people=parts)), coordinator)

        assert names_in(session, Role.OWNER) == []
        assert load_directory(session).knows_person("各科室") is False

    def test_known_people_units_and_confirmed_spellings_are_found_again(
        self, session: Session, coordinator: Actor
    ) -> None:
        known = create_person(session, "白圣豪")
        session.add(PersonAlias(person_id=id_of(known), name="白聖豪"))
        before = count(session, Person)

        outcome = commit(
            session,
            draft_of(
                row_of(
                    people=people(["白聖豪"], expediter=["白 圣豪"], leader=[COORDINATOR]),
                    lead_unit="测试 一科",
                    units=(),
                )
            ),
            coordinator,
        )

        assert count(session, Person) == before
        assert (outcome.new_people, outcome.new_units) == ([], [])
        assert names_in(session, Role.OWNER) == names_in(session, Role.EXPEDITER) == ["白圣豪"]
        assert finding_codes(session) == []

    def test_two_spellings_stay_two_people_and_are_flagged(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(
            session,
            draft_of(row_of(1, people=people(["白聖豪"])), row_of(2, people=people(["白圣豪"]))),
            coordinator,
        )

        assert sorted(names_in(session, Role.OWNER)) == sorted(["白聖豪", "白圣豪"])
        assert finding_codes(session) == ["name-variant", "name-variant"]

    def test_a_name_of_two_people_appoints_nobody_and_must_be_settled(
        self, session: Session, coordinator: Actor
    ) -> None:
        for _ in range(2):
            create_person(session, "测试同名", title="科员")

        commit(session, draft_of(row_of(people=people(["测试同名"]))), coordinator)

        assert names_in(session, Role.OWNER) == []
        [finding] = session.exec(select(ImportFinding)).all()
        assert (finding.code, finding.severity.value) == ("ambiguous-person", "error")

    def test_somebody_who_left_is_not_appointed(self, session: Session, coordinator: Actor) -> None:
        create_person(session, "测试离职", is_active=False)

        commit(session, draft_of(row_of(people=people(["测试离职"]))), coordinator)

        assert names_in(session, Role.OWNER) == []
        assert finding_codes(session) == ["inactive-person"]

    def test_a_successor_is_not_asked_about_by_a_file_that_still_names_who_left(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of(people=people(["测试离职"]))), coordinator)
        left, successor = (create_person(session, name) for name in ("测试离职", "测试接手"))
        hand_over(
            session, from_person_id=id_of(left), to_person_id=id_of(successor), actor=coordinator, at=NOON
        )
        deactivate_person(session, id_of(left), actor=coordinator, at=NOON)

        commit(session, draft_of(row_of(people=people(["测试离职"]), requirement="另一段要求")), coordinator)

        assert names_in(session, Role.OWNER) == ["测试接手"]
        assert finding_codes(session) == []

    def test_two_tables_of_one_title_are_kept_apart(self, session: Session, coordinator: Actor) -> None:
        draft = draft_of(row_of(1))
        draft = replace(draft, tables=(draft.tables[0], replace(draft.tables[0], rows=(row_of(2),))))

        commit(session, draft, coordinator)

        titles = session.exec(select(ResponsibilityTable.title)).all()
        assert sorted(titles) == sorted([TITLE, f"{TITLE}（2）"])

    def test_what_is_too_long_for_a_column_is_kept_whole_in_the_row(
        self, session: Session, coordinator: Actor
    ) -> None:
        long_row = row_of(title="长" * 500, group="组" * 500, seq="1" * 50, requirement="求" * 5000)

        commit(session, draft_of(long_row, title="题" * 900), coordinator)

        task = only_task(session)
        assert (len(task.title), task.draft is not None and len(task.draft["title"])) == (300, 500)

    def test_is_refused_for_all_but_the_coordinator(self, session: Session, coordinator: Actor) -> None:
        stranger = actor_of(create_person(session, "测试路人"))

        with pytest.raises(ActRefused, match="协调员"):
            commit(session, draft_of(row_of()), stranger)
        assert count(session, Task) == 0

    def test_a_closed_campaign_takes_nothing_more(self, session: Session, coordinator: Actor) -> None:
        session.exec(select(Campaign)).one().closed_at = NOON
        session.flush()

        with pytest.raises(ValueRefused, match="已经结束"):
            commit(session, draft_of(row_of()), coordinator)

    def test_a_draft_without_rows_or_year_is_refused(self, session: Session, coordinator: Actor) -> None:
        with pytest.raises(ValueRefused, match="没有读出任何任务"):
            commit(session, draft_of(), coordinator)
        undated = draft_of(row_of())
        undated = replace(undated, tables=(replace(undated.tables[0], year=None),))
        with pytest.raises(ValueRefused, match="--year"):
            commit(session, undated, coordinator, campaign_name="没有年份的专项")

    def test_what_is_not_committed_leaves_nothing(self, session: Session, coordinator: Actor) -> None:
        session.commit()
        commit(session, draft_of(row_of()), coordinator)
        session.rollback()

        assert [count(session, model) for model in (Task, ResponsibilityTable, Unit, AuditEvent)] == [
            0,
            0,
            1,
            0,
        ]

    def test_a_large_table_takes_few_statements(self, session: Session, coordinator: Actor) -> None:
        statements: list[str] = []
        listen = lambda *arguments: statements.append(arguments[2])  # noqa: E731
        bind = session.get_bind()
        sqlalchemy_event.listen(bind, "before_cursor_execute", listen)
        commit(session, draft_of(*(row_of(number) for number in range(1, 81))), coordinator)
        sqlalchemy_event.remove(bind, "before_cursor_execute", listen)

        assert count(session, Task) == 80
        assert len(statements) < 120  # one a task, few for everything else


class TestCommitAgain:
    def test_the_same_file_changes_nothing_and_leaves_no_event(
        self, session: Session, coordinator: Actor
    ) -> None:
        draft = draft_of(row_of(1), row_of(2))
        commit(session, draft, coordinator)
        before = session.exec(select(Task)).all()[0].version

        outcome = commit(session, draft, coordinator, at=LATER)

        assert (len(outcome.unchanged), outcome.created, outcome.changed) == (2, [], [])
        assert kinds(session) == ["import.commit"]
        assert session.exec(select(Task)).all()[0].version == before
        assert compare_with_register(session, draft) == []

    def test_the_difference_is_shown_field_by_field(self, session: Session, coordinator: Actor) -> None:
        commit(session, draft_of(row_of(1), row_of(2)), coordinator)
        corrected = draft_of(
            row_of(
                1,
                people=people(["测试戊"]),
                milestones=(DraftMilestone(1, "6月底前出台方案", deadlines=(JUNE,)),),
            ),
            row_of(3),
            sha256="b" * 64,
        )

        found = compare_with_register(session, corrected, campaign_name=CAMPAIGN)

        assert [(each.kind, each.label, each.field_label, each.before, each.after) for each in found] == [
            (DifferenceKind.CHANGED, "1", "责任人", OWNER, "测试戊"),
            (
                DifferenceKind.CHANGED,
                "1",
                "时间节点",
                "1、5月底前出台方案（2024-05-31）",
                "1、6月底前出台方案（2024-06-30）",
            ),
            (DifferenceKind.ADDED, "3", "整行", "", "装备配备3"),
            (DifferenceKind.REMOVED, "2", "整行", "装备配备2", ""),
        ]
        assert compare_with_register(session, corrected, campaign_name="另一项工作") == []

    def test_changed_texts_apply_with_before_and_after(self, session: Session, coordinator: Actor) -> None:
        commit(session, draft_of(row_of()), coordinator)
        outcome = commit(
            session, draft_of(row_of(requirement="改了。", group="新组"), sha256="b" * 64), coordinator
        )

        task = only_task(session)
        assert (task.requirement, task.group, task.version) == ("改了。", "新组", 1)
        assert outcome.changed == [task.id]
        changed = json.loads(
            session.exec(select(AuditEvent.data).where(AuditEvent.kind == "task.change")).one()
        )["changed"]
        assert changed == {
            "requirement": ["按标准配齐执法装备。", "改了。"],
            "group": ["装备建设（5分）", "新组"],
        }

    def test_what_people_changed_since_survives_a_file_that_says_what_it_said(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        task = only_task(session)
        task.title = "改过的名称"
        reassign_task(
            session,
            id_of(task),
            role=Role.OWNER,
            from_person_id=id_of(create_person(session, OWNER)),
            to_person_id=id_of(create_person(session, "测试戊")),
            actor=coordinator,
            at=NOON,
        )

        commit(session, draft_of(row_of(requirement="改了。"), sha256="b" * 64), coordinator)

        task = only_task(session)
        assert (task.title, task.requirement) == ("改过的名称", "改了。")
        assert names_in(session, Role.OWNER) == ["测试戊"]

    def test_a_title_that_is_the_beginning_of_the_requirement_follows_it(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of(title="")), coordinator)
        assert only_task(session).title == "按标准配齐执法装备。"

        commit(session, draft_of(row_of(title="", requirement="改了。"), sha256="b" * 64), coordinator)

        assert only_task(session).title == "改了。"

    def test_a_changed_person_is_a_reassignment(self, session: Session, coordinator: Actor) -> None:
        commit(session, draft_of(row_of(people=people([OWNER, "测试己"]))), coordinator)

        commit(session, draft_of(row_of(people=people(["测试戊", "测试己"])), sha256="b" * 64), coordinator)

        assert names_in(session, Role.OWNER) == ["测试戊", "测试己"]
        assert "person.reassign" in kinds(session)

    def test_added_and_dropped_people_are_appointed_and_dismissed(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of(people=people([OWNER, "测试己"]))), coordinator)
        commit(
            session,
            draft_of(row_of(people=people([OWNER], leader=[LEADER, "测试庚"])), sha256="b" * 64),
            coordinator,
        )

        assert names_in(session, Role.OWNER) == [OWNER]
        assert names_in(session, Role.LEADER) == [LEADER, "测试庚"]

    def test_the_last_owner_of_an_issued_task_is_not_dismissed(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        issue(session, only_task(session), coordinator)

        commit(session, draft_of(row_of(people=people([])), sha256="b" * 64), coordinator)

        assert names_in(session, Role.OWNER) == [OWNER]
        assert "reimport-person-kept" in finding_codes(session)

    def test_a_person_whom_somebody_else_replaced_is_flagged_and_not_replaced_again(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        reassign_task(
            session,
            id_of(only_task(session)),
            role=Role.OWNER,
            from_person_id=id_of(create_person(session, OWNER)),
            to_person_id=id_of(create_person(session, "测试戊")),
            actor=coordinator,
            at=NOON,
        )
        commit(session, draft_of(row_of(people=people([])), sha256="b" * 64), coordinator)

        assert names_in(session, Role.OWNER) == ["测试戊"]
        assert finding_codes(session) == ["reimport-person-changed-since"]

    def test_units_are_added_and_removed_and_one_with_progress_is_kept(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        for assisting in session.exec(select(TaskUnit)).all():
            if session.get_one(Unit, assisting.unit_id).name == "执法二大队":
                assisting.progress = "已完成一半"
        session.flush()

        commit(session, draft_of(row_of(units=("法制科",)), sha256="b" * 64), coordinator)

        units = session.exec(
            select(Unit.name).join(TaskUnit, col(TaskUnit.unit_id) == col(Unit.id)).order_by(col(TaskUnit.id))
        ).all()
        assert sorted(units) == sorted(["执法二大队", "法制科"])
        assert finding_codes(session) == ["reimport-unit-kept"]

    def test_a_new_row_in_the_middle_moves_the_others_down(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of(1), row_of(3)), coordinator)

        outcome = commit(session, draft_of(row_of(1), row_of(2), row_of(3), sha256="b" * 64), coordinator)

        titles = session.exec(select(Task.title).order_by(col(Task.position))).all()
        assert list(titles) == ["装备配备1", "装备配备2", "装备配备3"]
        assert (len(outcome.created), len(outcome.unchanged), len(outcome.moved)) == (1, 2, 1)

    def test_work_stays_with_its_row_when_an_inserted_one_shifts_the_numbers(
        self, session: Session, coordinator: Actor
    ) -> None:
        duties = ["装备购置", "案卷自查", "岗位练兵"]
        before = [row_of(n, title=text, requirement=f"{text}的要求") for n, text in enumerate(duties, 1)]
        commit(session, draft_of(*before), coordinator)
        kept = {task.title: task.id for task in session.exec(select(Task)).all()}
        deliverable = session.exec(select(Deliverable).where(Deliverable.task_id == kept["案卷自查"])).first()
        assert deliverable is not None
        create_evidence(session, deliverable, name="自查报告")

        duties.insert(1, "普法宣传")
        after = [row_of(n, title=text, requirement=f"{text}的要求") for n, text in enumerate(duties, 1)]
        outcome = commit(session, draft_of(*after, sha256="b" * 64), coordinator)

        tasks = {task.title: task for task in session.exec(select(Task)).all()}
        assert {title: tasks[title].id for title in kept} == kept
        assert [(tasks[title].seq, tasks[title].position) for title in duties] == [
            ("1", 0), ("2", 1), ("3", 2), ("4", 3),
        ]  # fmt: skip
        assert outcome.created == [tasks["普法宣传"].id]
        assert deliverable.task_id == tasks["案卷自查"].id
        assert not commit(session, draft_of(*after, sha256="b" * 64), coordinator).has_changes

    def test_a_list_that_is_no_longer_shared_becomes_the_rows_own_and_is_flagged(
        self, session: Session, coordinator: Actor
    ) -> None:
        sharing = row_of(2, shared={"deliverables": "1"}, deliverables=())
        commit(session, draft_of(row_of(1), sharing), coordinator)
        commit(session, draft_of(row_of(1), row_of(2), sha256="b" * 64), coordinator)

        holder, other = session.exec(select(Task).order_by(col(Task.position))).all()
        own = session.exec(select(Deliverable).where(Deliverable.task_id == other.id)).all()
        assert (other.deliverables_from_id, len(own)) == (None, 2)
        assert finding_codes(session) == ["reimport-list-unshared"]
        assert f"任务{holder.id}" in session.exec(select(ImportFinding.message)).one()

    def test_a_withdrawn_row_is_kept_and_flagged_once(self, session: Session, coordinator: Actor) -> None:
        both, one = draft_of(row_of(1), row_of(2)), draft_of(row_of(1), sha256="b" * 64)
        commit(session, both, coordinator)
        commit(session, one, coordinator)
        outcome = commit(session, one, coordinator)

        assert (count(session, Task), len(outcome.withdrawn)) == (2, 1)
        assert finding_codes(session) == ["reimport-row-withdrawn"]

    def test_a_row_that_returns_is_no_longer_flagged_and_can_be_withdrawn_again(
        self, session: Session, coordinator: Actor
    ) -> None:
        both, one = draft_of(row_of(1), row_of(2)), draft_of(row_of(1), sha256="b" * 64)
        for draft in (both, one, replace(both, source=replace(both.source, sha256="c" * 64))):
            commit(session, draft, coordinator)
        assert finding_codes(session) == []

        commit(session, one, coordinator)

        assert finding_codes(session) == ["reimport-row-withdrawn"]

    def test_a_finding_that_the_new_file_puts_right_is_settled_and_one_settled_stays_so(
        self, session: Session, coordinator: Actor
    ) -> None:
        wrong = Diagnostic("missing-unit", Severity.WARNING, "没有牵头部门。")
        doubtful = Diagnostic("several-persons", Severity.WARNING, "责任人有多人。")
        outcome = commit(session, draft_of(row_of(diagnostics=(wrong, doubtful))), coordinator)
        settle_finding(session, id_of(outcome.findings[1]), note="属实", actor=coordinator, at=NOON)

        commit(
            session,
            draft_of(row_of(diagnostics=(doubtful,), requirement="改了。"), sha256="b" * 64),
            coordinator,
        )

        assert finding_codes(session) == []
        assert finding_codes(session, only_open=False) == ["missing-unit", "several-persons"]

    @pytest.mark.parametrize("state", [TaskState.CLOSED, TaskState.ARCHIVED, TaskState.CANCELLED])
    def test_a_finished_task_keeps_everything_and_is_flagged(
        self, session: Session, coordinator: Actor, state: TaskState
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        only_task(session).state = state
        session.flush()
        changed = draft_of(row_of(requirement="改了。", milestones=()), sha256="b" * 64)

        commit(session, changed, coordinator)
        outcome = commit(session, changed, coordinator)

        assert only_task(session).requirement == "按标准配齐执法装备。"
        assert len(steps(session)) == 1
        assert finding_codes(session) == ["reimport-task-finished"]
        assert outcome.changed == []


class TestCorrectedDeliverables:
    def correct(self, session: Session, actor: Actor, *items: tuple[int, str]) -> None:
        listed = tuple(DraftDeliverable(n, text) for n, text in items)
        commit(session, draft_of(row_of(deliverables=listed), sha256="b" * 64), actor)

    def hand_in_for(self, session: Session, text: str) -> Deliverable:
        deliverable = session.exec(select(Deliverable).where(Deliverable.text == text)).one()
        create_evidence(session, deliverable)
        return deliverable

    def test_an_item_put_in_front_leaves_evidence_with_its_own_item(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        kept = self.hand_in_for(session, "情况简介")

        self.correct(session, coordinator, (1, "请示"), (2, "情况简介"), (3, "工作目录"))

        assert deliverables(session) == [(1, "请示", True), (2, "情况简介", True), (3, "工作目录", True)]
        assert session.get_one(Deliverable, kept.id).text == "情况简介"
        assert finding_codes(session) == []

    def test_a_removed_item_goes_unless_it_has_evidence(self, session: Session, coordinator: Actor) -> None:
        commit(session, draft_of(row_of()), coordinator)
        self.hand_in_for(session, "情况简介")

        self.correct(session, coordinator, (2, "工作目录"))

        assert deliverables(session) == [(2, "工作目录", True), (3, "情况简介", False)]
        assert finding_codes(session) == ["reimport-deliverable-kept"]
        self.correct(session, coordinator)
        assert deliverables(session) == [(1, "情况简介", False)]

    def test_a_reworded_item_keeps_its_evidence_and_is_flagged(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        self.hand_in_for(session, "情况简介")

        self.correct(session, coordinator, (1, "情况报告"), (2, "工作目录"))

        assert deliverables(session) == [(1, "情况报告", True), (2, "工作目录", True)]
        assert finding_codes(session) == ["reimport-deliverable-reworded"]


class TestCorrectedMilestones:
    def correct(
        self, session: Session, actor: Actor, *milestones: DraftMilestone, at: datetime = LATER
    ) -> None:
        commit(session, draft_of(row_of(milestones=milestones), sha256="b" * 64), actor, at=at)

    def test_before_the_first_issue_a_new_day_is_the_first_day(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)

        self.correct(session, coordinator, DraftMilestone(1, "出台方案", deadlines=(JUNE,)))

        [step] = steps(session)
        assert (step.due_on, step.first_due_on, step.text) == (
            date(2024, 6, 30),
            date(2024, 6, 30),
            "出台方案",
        )

    def test_after_the_issue_the_day_moves_and_the_first_day_stays(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        issue(session, only_task(session), coordinator)

        self.correct(session, coordinator, DraftMilestone(1, "6月底前出台方案", deadlines=(JUNE,)))

        [step] = steps(session)
        assert (step.due_on, step.first_due_on) == (date(2024, 6, 30), date(2024, 5, 31))
        assert step.look_on == date(2024, 4, 1)

    def test_a_year_that_was_missing_is_filled_in(self, session: Session, coordinator: Actor) -> None:
        undated = replace(MAY, due=None)
        commit(
            session,
            draft_of(row_of(milestones=(DraftMilestone(1, "方案", deadlines=(undated,)),))),
            coordinator,
        )

        self.correct(session, coordinator, DraftMilestone(1, "方案", deadlines=(MAY,)))

        assert [step.due_on for step in steps(session)] == [date(2024, 5, 31)]

    def test_an_extension_survives_a_file_that_says_what_it_said(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        issue(session, only_task(session), coordinator)
        steps(session)[0].due_on = date(2024, 7, 15)
        session.flush()

        self.correct(
            session,
            coordinator,
            DraftMilestone(1, "5月底前出台方案", deadlines=(MAY,)),
            DraftMilestone(2, "归档", deadlines=(JUNE,)),
        )

        assert [step.due_on for step in steps(session)] == [date(2024, 7, 15), date(2024, 6, 30)]
        assert finding_codes(session) == []

    def test_an_extension_survives_a_file_that_moves_the_day(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        issue(session, only_task(session), coordinator)
        steps(session)[0].due_on = date(2024, 7, 15)
        session.flush()

        self.correct(session, coordinator, DraftMilestone(1, "6月底前出台方案", deadlines=(JUNE,)))

        assert [step.due_on for step in steps(session)] == [date(2024, 7, 15)]
        assert finding_codes(session) == ["reimport-extension-kept"]

    def test_a_day_that_files_alone_moved_moves_again(self, session: Session, coordinator: Actor) -> None:
        commit(session, draft_of(row_of()), coordinator)
        issue(session, only_task(session), coordinator)

        self.correct(session, coordinator, DraftMilestone(1, "6月底前出台方案", deadlines=(JUNE,)))
        self.correct(session, coordinator, DraftMilestone(1, "5月底前出台方案", deadlines=(MAY,)))

        assert [step.due_on for step in steps(session)] == [date(2024, 5, 31)]
        assert finding_codes(session) == []

    def test_a_milestone_that_is_done_does_not_move(self, session: Session, coordinator: Actor) -> None:
        commit(session, draft_of(row_of()), coordinator)
        issue(session, only_task(session), coordinator)
        steps(session)[0].state = MilestoneState.MET
        session.flush()

        self.correct(session, coordinator, DraftMilestone(1, "6月底前出台方案", deadlines=(JUNE,)))

        assert [step.due_on for step in steps(session)] == [date(2024, 5, 31)]
        assert finding_codes(session) == ["reimport-milestone-done"]

    @pytest.mark.parametrize("is_of_an_older_version", [False, True])
    def test_two_days_of_one_step_keep_what_was_done_where_another_step_comes_before(
        self, session: Session, coordinator: Actor, is_of_an_older_version: bool
    ) -> None:
        text = "5月底前和6月底前报送"
        commit(
            session,
            draft_of(row_of(milestones=(DraftMilestone(1, text, deadlines=(MAY, JUNE)),))),
            coordinator,
        )
        issue(session, only_task(session), coordinator)
        first, second = steps(session)
        assert [first.text, second.text] == [f"第1次（5月底前）：{text}", f"第2次（6月底前）：{text}"]
        second.state = MilestoneState.MET
        if is_of_an_older_version:  # which called both the same
            first.text = second.text = text
        session.flush()

        self.correct(
            session,
            coordinator,
            DraftMilestone(1, "出台方案", deadlines=(MAY,)),
            DraftMilestone(2, text, deadlines=(MAY, JUNE)),
        )

        done = [step for step in steps(session) if step.state is MilestoneState.MET]
        assert [(step.number, step.part, step.due_on) for step in done] == [(2, 2, date(2024, 6, 30))]
        assert len(steps(session)) == 3

    def test_a_removed_milestone_goes_before_the_issue_and_is_kept_after_it(
        self, session: Session, coordinator: Actor
    ) -> None:
        two = (DraftMilestone(1, "方案", deadlines=(MAY,)), DraftMilestone(2, "总结", deadlines=(JUNE,)))
        commit(session, draft_of(row_of(milestones=two)), coordinator)
        self.correct(session, coordinator, two[0])
        assert [step.text for step in steps(session)] == ["方案"]
        issue(session, only_task(session), coordinator)

        commit(session, draft_of(row_of(milestones=()), sha256="c" * 64), coordinator)

        assert [step.text for step in steps(session)] == ["方案"]
        assert finding_codes(session) == ["reimport-milestone-kept"]

    def test_what_was_done_before_the_program_came_neither_goes_nor_moves(
        self, session: Session, coordinator: Actor
    ) -> None:
        two = (DraftMilestone(1, "方案", deadlines=(MAY,)), DraftMilestone(2, "总结", deadlines=(MAY,)))
        commit(session, draft_of(row_of(milestones=two)), coordinator)
        for step in steps(session):
            backfill_milestone(
                session,
                id_of(step),
                done_on=date(2024, 5, 30),
                basis="五月印发的通知",
                actor=coordinator,
                at=office_moment(date(2024, 6, 3), 9),
            )

        self.correct(session, coordinator, DraftMilestone(1, "方案", deadlines=(JUNE,)))

        assert [(step.text, step.due_on) for step in steps(session)] == [
            ("方案", date(2024, 5, 31)),
            ("总结", date(2024, 5, 31)),
        ]
        assert finding_codes(session) == ["reimport-milestone-done", "reimport-milestone-backfilled"]

    def test_a_series_that_is_added_after_the_issue_rolls_out(
        self, session: Session, coordinator: Actor
    ) -> None:
        commit(session, draft_of(row_of()), coordinator)
        issue(session, only_task(session), coordinator)
        quarterly = Deadline(
            "每季度末", DeadlineKind.RECURRING, recurrence="FREQ=MONTHLY;BYMONTH=3,6,9,12;BYMONTHDAY=-1"
        )

        self.correct(
            session,
            coordinator,
            DraftMilestone(1, "5月底前出台方案", deadlines=(MAY,)),
            DraftMilestone(2, "每季度末报送", deadlines=(quarterly,)),
        )

        occurrences = [step.due_on for step in steps(session) if step.series_id]
        assert date(2024, 6, 30) in occurrences
        assert date(2024, 12, 31) in occurrences

    def test_a_series_of_another_rule_is_a_new_one_and_the_old_is_flagged(
        self, session: Session, coordinator: Actor
    ) -> None:
        monthly = Deadline("每月30日前", DeadlineKind.RECURRING, recurrence="FREQ=MONTHLY;BYMONTHDAY=28")
        weekly = Deadline("每周五", DeadlineKind.RECURRING, recurrence="FREQ=WEEKLY;BYDAY=FR")
        commit(
            session,
            draft_of(row_of(milestones=(DraftMilestone(1, "报送", deadlines=(monthly,)),))),
            coordinator,
        )
        issue(session, only_task(session), coordinator)
        before = len([step for step in steps(session) if step.series_id])

        self.correct(session, coordinator, DraftMilestone(1, "报送", deadlines=(weekly,)))

        series = [step for step in steps(session) if step.kind is MilestoneKind.SERIES]
        assert [each.recurrence for each in series] == [monthly.recurrence, weekly.recurrence]
        assert len([step for step in steps(session) if step.series_id]) > before
        assert finding_codes(session) == ["reimport-milestone-kept"]


class TestSettleFinding:
    def test_it_is_recorded_who_settled_it_and_how(self, session: Session, coordinator: Actor) -> None:
        error = Diagnostic("missing-person", Severity.ERROR, "没有责任人。")
        [finding] = commit(session, draft_of(row_of(diagnostics=(error,))), coordinator).findings

        settle_finding(session, id_of(finding), note=" 已补 ", actor=coordinator, at=LATER)

        assert (finding.settlement, finding.settled_at, finding.settled_by_id) == (
            "已补",
            LATER,
            coordinator.person_id,
        )
        assert kinds(session)[-1] == "finding.settle"

    def test_it_needs_a_note_a_coordinator_and_an_open_finding(
        self, session: Session, coordinator: Actor
    ) -> None:
        error = Diagnostic("missing-person", Severity.ERROR, "没有责任人。")
        [finding] = commit(session, draft_of(row_of(diagnostics=(error,))), coordinator).findings
        stranger = actor_of(create_person(session, "测试路人"))

        with pytest.raises(ValueRefused, match="处理结果"):
            settle_finding(session, id_of(finding), note=" ", actor=coordinator, at=LATER)
        with pytest.raises(ActRefused, match="协调员"):
            settle_finding(session, id_of(finding), note="已补", actor=stranger, at=LATER)
        settle_finding(session, id_of(finding), note="已补", actor=coordinator, at=LATER)
        with pytest.raises(ActRefused, match="已经处理"):
            settle_finding(session, id_of(finding), note="已补", actor=coordinator, at=LATER)


class TestMergeSpellings:
    def test_one_person_takes_over_everything_and_the_spelling_leads_to_him(
        self, session: Session, coordinator: Actor
    ) -> None:
        draft = draft_of(row_of(1, people=people(["白聖豪"])), row_of(2, people=people(["白圣豪"])))
        commit(session, draft, coordinator)
        one, other = (
            session.exec(select(Person).where(Person.name == name)).one() for name in ("白聖豪", "白圣豪")
        )

        merge_spellings(
            session, from_person_id=id_of(one), to_person_id=id_of(other), actor=coordinator, at=LATER
        )
        outcome = commit(session, draft, coordinator, at=LATER)

        owners = {get_parts(session, task).owners for task in session.exec(select(Task)).all()}
        assert owners == {(other.id,)}
        assert (outcome.changed, outcome.new_people) == ([], [])

    def test_different_names_are_not_merged(self, session: Session, coordinator: Actor) -> None:
        one, other = create_person(session, "测试戊"), create_person(session, "测试己")

        with pytest.raises(ValueRefused, match="移交"):
            merge_spellings(
                session, from_person_id=id_of(one), to_person_id=id_of(other), actor=coordinator, at=LATER
            )
        with pytest.raises(ValueRefused):
            merge_spellings(
                session, from_person_id=id_of(one), to_person_id=id_of(one), actor=coordinator, at=LATER
            )
